-- Agencies and their clients, and the door that knows of them.

-- A link stands between two organizations and is neither's alone, so it has no organization_id. Both see it; it is
-- changed in service transactions, which write what happened into both logs.
CREATE TABLE identity.agency_clients (
  id uuid CONSTRAINT agency_clients_pkey PRIMARY KEY,
  agency_organization_id uuid NOT NULL,
  client_organization_id uuid NOT NULL,
  -- the one brand that the agency works for; null for all of the client's
  client_brand_id uuid,
  -- what the agency calls its client
  label text NOT NULL,
  -- what the agency's people may do at the client's, at most
  permissions text[] NOT NULL,
  -- the client's part of what the agency spends, in percent
  billing_allocation numeric(5, 2) NOT NULL DEFAULT 0,
  status text NOT NULL DEFAULT 'pending',
  starts_on date,
  ends_on date,
  invited_by uuid,
  accepted_by uuid,
  accepted_at timestamptz,
  ended_at timestamptz,
  -- which side ended it
  ended_by text,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT agency_clients_status_check CHECK (status IN ('pending', 'active', 'ended')),
  CONSTRAINT agency_clients_label_check CHECK (length(label) BETWEEN 1 AND 120),
  CONSTRAINT agency_clients_billing_allocation_check CHECK (billing_allocation BETWEEN 0 AND 100),
  CONSTRAINT agency_clients_contract_check CHECK (ends_on >= starts_on),
  CONSTRAINT agency_clients_other_check CHECK (agency_organization_id <> client_organization_id),
  CONSTRAINT agency_clients_accepted_check CHECK (status <> 'active' OR accepted_at IS NOT NULL),
  CONSTRAINT agency_clients_ended_check
    CHECK ((status = 'ended') = (ended_at IS NOT NULL) AND (status = 'ended') = (ended_by IS NOT NULL)),
  CONSTRAINT agency_clients_ended_by_check CHECK (ended_by IN ('agency', 'client')),
  CONSTRAINT agency_clients_agency_organization_id_fkey FOREIGN KEY (agency_organization_id)
    REFERENCES identity.organizations (id) ON DELETE CASCADE,
  CONSTRAINT agency_clients_client_organization_id_fkey FOREIGN KEY (client_organization_id)
    REFERENCES identity.organizations (id) ON DELETE CASCADE,
  CONSTRAINT agency_clients_invited_by_fkey FOREIGN KEY (invited_by)
    REFERENCES identity.users (id) ON DELETE SET NULL,
  CONSTRAINT agency_clients_accepted_by_fkey FOREIGN KEY (accepted_by)
    REFERENCES identity.users (id) ON DELETE SET NULL
);
CREATE INDEX agency_clients_agency_organization_id_idx ON identity.agency_clients (agency_organization_id);
CREATE INDEX agency_clients_client_organization_id_idx ON identity.agency_clients (client_organization_id);
CREATE INDEX agency_clients_client_brand_idx ON identity.agency_clients (client_organization_id, client_brand_id);
CREATE INDEX agency_clients_invited_by_idx ON identity.agency_clients (invited_by);
CREATE INDEX agency_clients_accepted_by_idx ON identity.agency_clients (accepted_by);
-- one relation of two organizations at a time; ended ones stay as history
CREATE UNIQUE INDEX agency_clients_live_idx
  ON identity.agency_clients (agency_organization_id, client_organization_id) WHERE status <> 'ended';
CREATE TRIGGER agency_clients_touch BEFORE UPDATE ON identity.agency_clients
  FOR EACH ROW EXECUTE FUNCTION tenancy.touch_updated_at();
ALTER TABLE identity.agency_clients ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY parties ON identity.agency_clients FOR SELECT TO bellwether_app
  USING ((SELECT tenancy.current_organization()) IN (agency_organization_id, client_organization_id));
CREATE POLICY service ON identity.agency_clients TO bellwether_service USING (true) WITH CHECK (true);
GRANT SELECT ON identity.agency_clients TO bellwether_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON identity.agency_clients TO bellwether_service;

-- The door again: suspended people stay outside, memberships come with what was added and taken, former addresses
-- lead on, and who belongs to an agency gets into its clients' organizations.
GRANT CREATE ON SCHEMA identity TO bellwether_service;
SET LOCAL ROLE bellwether_service;

-- anew, since it gives one column more
DROP FUNCTION identity.authenticate(bytea, timestamptz);
CREATE FUNCTION identity.authenticate(p_token_hash bytea, p_now timestamptz)
RETURNS TABLE (session_id uuid, user_id uuid, last_seen_at timestamptz, two_factors boolean)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
  RETURN QUERY
    SELECT s.id, s.user_id, s.last_seen_at, s.two_factors
      FROM identity.sessions s
      JOIN identity.users u ON u.id = s.user_id
     WHERE s.token_hash = p_token_hash AND s.ended_at IS NULL AND s.expires_at > p_now
       AND u.deleted_at IS NULL AND u.suspended_at IS NULL;
END $$;

-- An authenticator app that has proved itself, or a passkey.
CREATE FUNCTION identity.has_second_factor(p_user uuid) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
  RETURN EXISTS (SELECT FROM identity.totp_factors f WHERE f.user_id = p_user AND f.confirmed_at IS NOT NULL)
      OR EXISTS (SELECT FROM identity.passkeys k WHERE k.user_id = p_user);
END $$;

-- What a person finds behind the door of an organization (by slug or id) and a brand (by slug or id, null for none).
-- No row: not there, or not for this person. A null brand_id: the brand isn't, or isn't for them.
--
-- organization_role, permissions_added, permissions_removed: the membership in the whole organization. With none of it,
-- brand_ids are the brands reached and permissions_removed is what any of those memberships lacks.
-- p_two_factors: whether whoever asks has shown two factors; who asks by another's word, such as a key, says true.
-- agency_id, agency_permissions: they come as an agency's; the role and permissions are those that they have there.
CREATE FUNCTION identity.entry(
  p_user uuid, p_now timestamptz,
  p_organization_slug text, p_organization_id uuid, p_brand_slug text, p_brand_id uuid, p_two_factors boolean
)
RETURNS TABLE (
  organization_id uuid, organization_role text, permissions_added text[], permissions_removed text[],
  brand_ids uuid[], brand_id uuid, brand_role text, brand_added text[], brand_removed text[],
  suspended boolean, factor_missing boolean, agency_id uuid, agency_permissions text[]
)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
#variable_conflict use_column
DECLARE
  v_organization uuid;
  v_factor boolean;
  v_brand uuid;
  v_brands uuid[];
  v_only uuid;
  v_known integer := 0;
  v_suspended integer := 0;
  r record;
BEGIN
  IF p_organization_id IS NOT NULL THEN
    SELECT o.id, o.require_second_factor INTO v_organization, v_factor
      FROM identity.organizations o WHERE o.id = p_organization_id AND o.deleted_at IS NULL;
  ELSE
    SELECT o.id, o.require_second_factor INTO v_organization, v_factor
      FROM identity.organizations o WHERE o.slug = p_organization_slug AND o.deleted_at IS NULL;
    IF NOT FOUND THEN
      SELECT o.id, o.require_second_factor INTO v_organization, v_factor
        FROM identity.organization_slugs s JOIN identity.organizations o ON o.id = s.organization_id
       WHERE s.slug = p_organization_slug AND o.deleted_at IS NULL;
    END IF;
  END IF;
  IF v_organization IS NULL THEN
    RETURN;
  END IF;

  permissions_added := '{}';
  permissions_removed := '{}';
  FOR r IN
    SELECT m.brand_id, m.role, m.permissions_added, m.permissions_removed, m.suspended_at
      FROM identity.memberships m WHERE m.organization_id = v_organization AND m.user_id = p_user
  LOOP
    v_known := v_known + 1;
    IF r.suspended_at IS NOT NULL THEN
      v_suspended := v_suspended + 1;
    ELSIF r.brand_id IS NULL THEN
      organization_role := r.role;
      permissions_added := r.permissions_added;
      permissions_removed := r.permissions_removed;
    ELSE
      v_brands := v_brands || r.brand_id;
    END IF;
  END LOOP;

  IF v_known = 0 THEN
    SELECT c.agency_organization_id, c.permissions, c.client_brand_id, m.role, m.permissions_added,
           m.permissions_removed, v_factor OR a.require_second_factor
      INTO agency_id, agency_permissions, v_only, organization_role, permissions_added, permissions_removed, v_factor
      FROM identity.agency_clients c
      JOIN identity.organizations a ON a.id = c.agency_organization_id AND a.deleted_at IS NULL
      JOIN identity.memberships m ON m.organization_id = c.agency_organization_id AND m.user_id = p_user
       AND m.brand_id IS NULL AND m.suspended_at IS NULL
     WHERE c.client_organization_id = v_organization AND c.status = 'active'
       AND (c.starts_on IS NULL OR c.starts_on <= (p_now AT TIME ZONE 'UTC')::date)
       AND (c.ends_on IS NULL OR c.ends_on >= (p_now AT TIME ZONE 'UTC')::date)
     ORDER BY c.accepted_at, c.id LIMIT 1;
    IF NOT FOUND THEN
      RETURN;
    END IF;
    v_brands := CASE WHEN v_only IS NULL THEN NULL ELSE ARRAY[v_only] END;
  ELSIF organization_role IS NOT NULL THEN
    -- the whole organization is reached: no list of brands narrows it
    v_brands := NULL;
  ELSIF v_brands IS NOT NULL THEN
    SELECT coalesce(array_agg(DISTINCT word), '{}') INTO permissions_removed
      FROM identity.memberships m, unnest(m.permissions_removed) AS word
     WHERE m.organization_id = v_organization AND m.user_id = p_user AND m.suspended_at IS NULL;
  END IF;
  organization_id := v_organization;
  brand_ids := v_brands;
  suspended := v_known > 0 AND v_known = v_suspended;
  factor_missing := CASE WHEN NOT v_factor THEN false
    WHEN p_two_factors THEN NOT identity.has_second_factor(p_user) ELSE true END;

  IF p_brand_id IS NOT NULL OR p_brand_slug IS NOT NULL THEN
    IF p_brand_id IS NOT NULL THEN
      SELECT b.id INTO v_brand FROM brand.directory b
       WHERE b.organization_id = v_organization AND b.id = p_brand_id;
    ELSE
      SELECT b.id INTO v_brand FROM brand.directory b
       WHERE b.organization_id = v_organization AND b.slug = p_brand_slug;
      IF NOT FOUND THEN
        SELECT b.brand_id INTO v_brand FROM brand.former_slugs b
         WHERE b.organization_id = v_organization AND b.slug = p_brand_slug;
      END IF;
    END IF;
    IF v_brand IS NOT NULL AND (v_brands IS NULL OR v_brand = ANY (v_brands)) THEN
      brand_id := v_brand;
      IF agency_id IS NULL THEN
        SELECT m.role, m.permissions_added, m.permissions_removed INTO brand_role, brand_added, brand_removed
          FROM identity.memberships m
         WHERE m.organization_id = v_organization AND m.user_id = p_user AND m.brand_id = v_brand
           AND m.suspended_at IS NULL;
      END IF;
    END IF;
  END IF;
  RETURN NEXT;
END $$;

DROP FUNCTION identity.enter(bytea, timestamptz, text, uuid, text, uuid);
-- The same for the person of a live session. No row: not signed in. A null organization_id: see entry.
CREATE FUNCTION identity.enter(
  p_token_hash bytea, p_now timestamptz,
  p_organization_slug text, p_organization_id uuid, p_brand_slug text, p_brand_id uuid
)
RETURNS TABLE (
  session_id uuid, user_id uuid, last_seen_at timestamptz,
  organization_id uuid, organization_role text, permissions_added text[], permissions_removed text[],
  brand_ids uuid[], brand_id uuid, brand_role text, brand_added text[], brand_removed text[],
  suspended boolean, factor_missing boolean, agency_id uuid, agency_permissions text[]
)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
  v_two_factors boolean;
BEGIN
  SELECT a.session_id, a.user_id, a.last_seen_at, a.two_factors INTO session_id, user_id, last_seen_at, v_two_factors
    FROM identity.authenticate(p_token_hash, p_now) a;
  IF NOT FOUND THEN
    RETURN;
  END IF;
  SELECT e.* INTO organization_id, organization_role, permissions_added, permissions_removed, brand_ids, brand_id,
      brand_role, brand_added, brand_removed, suspended, factor_missing, agency_id, agency_permissions
    FROM identity.entry(user_id, p_now, p_organization_slug, p_organization_id, p_brand_slug, p_brand_id,
                        v_two_factors) e;
  RETURN NEXT;
END $$;

REVOKE ALL ON FUNCTION identity.has_second_factor(uuid) FROM PUBLIC;
REVOKE ALL ON FUNCTION identity.authenticate(bytea, timestamptz) FROM PUBLIC;
REVOKE ALL ON FUNCTION identity.entry(uuid, timestamptz, text, uuid, text, uuid, boolean) FROM PUBLIC;
REVOKE ALL ON FUNCTION identity.enter(bytea, timestamptz, text, uuid, text, uuid) FROM PUBLIC;
DO $$ BEGIN
  -- the login that the pool uses asks before it takes a role
  EXECUTE format('GRANT EXECUTE ON FUNCTION identity.authenticate(bytea, timestamptz), identity.entry(uuid, timestamptz, text, uuid, text, uuid, boolean), '
    'identity.enter(bytea, timestamptz, text, uuid, text, uuid) TO %I', session_user);
END $$;
RESET ROLE;
REVOKE CREATE ON SCHEMA identity FROM bellwether_service;
