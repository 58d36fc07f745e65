-- The door: one statement answers who asks, whether they may enter the organization and the brand, and as what.
-- It runs before any tenant is known, hence with the service role's eyes; it gives nothing but the answer.

-- The person of a live session.
CREATE FUNCTION identity.authenticate(p_token_hash bytea, p_now timestamptz)
RETURNS TABLE (session_id uuid, user_id uuid, last_seen_at timestamptz)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
  RETURN QUERY
    SELECT s.id, s.user_id, s.last_seen_at
      FROM identity.sessions s
      JOIN identity.users u ON u.id = s.user_id
     WHERE s.token_hash = p_token_hash AND s.ended_at IS NULL AND s.expires_at > p_now AND u.deleted_at IS NULL;
END $$;

-- The person, the organization (by slug or id) and the brand (by slug or id, null for none).
-- No row: not signed in. A null organization_id or brand_id: not there, or not for this person.
CREATE FUNCTION identity.enter(
  p_token_hash bytea, p_now timestamptz,
  p_organization_slug text, p_organization_id uuid, p_brand_slug text, p_brand_id uuid
)
RETURNS TABLE (
  session_id uuid, user_id uuid, last_seen_at timestamptz,
  organization_id uuid, organization_role text, brand_ids uuid[], brand_id uuid, brand_role text
)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
  v_brand uuid;
BEGIN
  SELECT a.session_id, a.user_id, a.last_seen_at INTO session_id, user_id, last_seen_at
    FROM identity.authenticate(p_token_hash, p_now) a;
  IF NOT FOUND THEN
    RETURN;
  END IF;

  SELECT o.id INTO organization_id
    FROM identity.organizations o
   WHERE o.deleted_at IS NULL AND (o.id = p_organization_id OR o.slug = p_organization_slug)
     AND EXISTS (SELECT 1 FROM identity.memberships m WHERE m.organization_id = o.id AND m.user_id = enter.user_id);
  IF organization_id IS NULL THEN
    RETURN NEXT;
    RETURN;
  END IF;

  SELECT max(m.role) FILTER (WHERE m.brand_id IS NULL), array_agg(m.brand_id) FILTER (WHERE m.brand_id IS NOT NULL)
    INTO organization_role, brand_ids
    FROM identity.memberships m
   WHERE m.organization_id = enter.organization_id AND m.user_id = enter.user_id;
  -- the whole organization is reached: no list of brands narrows it
  IF organization_role IS NOT NULL THEN
    brand_ids := NULL;
  END IF;

  IF p_brand_slug IS NOT NULL OR p_brand_id IS NOT NULL THEN
    SELECT b.id INTO v_brand
      FROM brand.directory b
     WHERE b.organization_id = enter.organization_id AND (b.id = p_brand_id OR b.slug = p_brand_slug)
       AND (enter.brand_ids IS NULL OR b.id = ANY (enter.brand_ids));
    brand_id := v_brand;
    SELECT m.role INTO brand_role
      FROM identity.memberships m
     WHERE m.organization_id = enter.organization_id AND m.user_id = enter.user_id AND m.brand_id = v_brand;
  END IF;
  RETURN NEXT;
END $$;

GRANT CREATE ON SCHEMA identity TO bellwether_service;
ALTER FUNCTION identity.authenticate(bytea, timestamptz) OWNER TO bellwether_service;
ALTER FUNCTION identity.enter(bytea, timestamptz, text, uuid, text, uuid) OWNER TO bellwether_service;
REVOKE CREATE ON SCHEMA identity FROM bellwether_service;

-- as the new owner: from anybody else but a superuser these would be mere warnings
SET LOCAL ROLE bellwether_service;
REVOKE ALL ON FUNCTION identity.authenticate(bytea, timestamptz) FROM PUBLIC;
REVOKE ALL ON FUNCTION identity.enter(bytea, timestamptz, text, uuid, text, uuid) FROM PUBLIC;
DO $$ BEGIN
  -- the login that the pool uses asks before it takes a role
  EXECUTE format('GRANT EXECUTE ON FUNCTION identity.authenticate(bytea, timestamptz), '
    'identity.enter(bytea, timestamptz, text, uuid, text, uuid) TO %I', session_user);
END $$;
RESET ROLE;
