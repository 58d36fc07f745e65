-- Tells whoever remembers whom the door let in that somebody may enter less than before, or otherwise: see crates/web/src/known.rs.
-- By trigger, since nobody who changes what identity.enter reads may be forgotten. One statement is told of once, whatever it changed.

CREATE FUNCTION identity.doors_changed() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM pg_notify('bellwether_doors', '');
  RETURN NULL;
END
$$;

-- Not the use of a session, which makes it last longer; nor its beginning, which nobody remembers.
CREATE TRIGGER sessions_doors AFTER UPDATE OF token_hash, user_id, ended_at, two_factors OR DELETE ON identity.sessions
  FOR EACH STATEMENT EXECUTE FUNCTION identity.doors_changed();
CREATE TRIGGER users_doors AFTER UPDATE OF deleted_at, suspended_at OR DELETE ON identity.users
  FOR EACH STATEMENT EXECUTE FUNCTION identity.doors_changed();
CREATE TRIGGER organizations_doors AFTER UPDATE OF slug, deleted_at, require_second_factor OR DELETE ON identity.organizations
  FOR EACH STATEMENT EXECUTE FUNCTION identity.doors_changed();
CREATE TRIGGER organization_slugs_doors AFTER INSERT OR UPDATE OR DELETE ON identity.organization_slugs
  FOR EACH STATEMENT EXECUTE FUNCTION identity.doors_changed();
CREATE TRIGGER memberships_doors AFTER INSERT OR UPDATE OR DELETE ON identity.memberships
  FOR EACH STATEMENT EXECUTE FUNCTION identity.doors_changed();
CREATE TRIGGER agency_clients_doors AFTER INSERT OR UPDATE OR DELETE ON identity.agency_clients
  FOR EACH STATEMENT EXECUTE FUNCTION identity.doors_changed();
CREATE TRIGGER totp_factors_doors AFTER INSERT OR UPDATE OF user_id, confirmed_at OR DELETE ON identity.totp_factors
  FOR EACH STATEMENT EXECUTE FUNCTION identity.doors_changed();
CREATE TRIGGER passkeys_doors AFTER INSERT OR UPDATE OF user_id OR DELETE ON identity.passkeys
  FOR EACH STATEMENT EXECUTE FUNCTION identity.doors_changed();
CREATE TRIGGER brands_doors AFTER UPDATE OF slug, deleted_at OR DELETE ON brand.brands
  FOR EACH STATEMENT EXECUTE FUNCTION identity.doors_changed();
CREATE TRIGGER brand_slugs_doors AFTER INSERT OR UPDATE OR DELETE ON brand.brand_slugs
  FOR EACH STATEMENT EXECUTE FUNCTION identity.doors_changed();
