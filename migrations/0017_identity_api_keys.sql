-- Keys for programs. A key acts for the person who made it, inside one organization, within its scopes and within what
-- that person still may; it opens nothing personal.
CREATE TABLE identity.api_keys (
  organization_id uuid NOT NULL,
  id uuid NOT NULL,
  -- the one brand it reaches; null for all that its maker reaches
  brand_id uuid,
  created_by uuid NOT NULL,
  name text NOT NULL,
  -- the key's beginning, to tell keys apart: far too little to guess the rest
  prefix text NOT NULL,
  -- SHA-256 of the key
  key_hash bytea NOT NULL,
  -- words of the one table of permissions in the code; one that it doesn't know permits nothing
  scopes text[] NOT NULL,
  -- whether it signs its requests instead of travelling with them; then the key, sealed (crate vault)
  signed boolean NOT NULL DEFAULT false,
  signing_secret text,
  encryption_version smallint,
  hourly_limit integer NOT NULL DEFAULT 1000,
  expires_at timestamptz,
  revoked_at timestamptz,
  revoked_by uuid,
  last_used_at timestamptz,
  last_used_ip inet,
  -- requests let in, without those of the hours that are still counted in operations.rate_limits
  usage_count bigint NOT NULL DEFAULT 0,
  -- networks from which it was used, the latest at the end, at most 100
  known_places inet[] NOT NULL DEFAULT '{}',
  version integer NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT api_keys_pkey PRIMARY KEY (organization_id, id),
  CONSTRAINT api_keys_id_key UNIQUE (id),
  CONSTRAINT api_keys_key_hash_key UNIQUE (key_hash),
  CONSTRAINT api_keys_name_check CHECK (length(name) BETWEEN 1 AND 100),
  CONSTRAINT api_keys_key_hash_check CHECK (octet_length(key_hash) = 32),
  CONSTRAINT api_keys_hourly_limit_check CHECK (hourly_limit BETWEEN 1 AND 1000000),
  CONSTRAINT api_keys_usage_count_check CHECK (usage_count >= 0),
  CONSTRAINT api_keys_signed_check
    CHECK (signed = (signing_secret IS NOT NULL) AND signed = (encryption_version IS NOT NULL)),
  CONSTRAINT api_keys_organization_id_fkey FOREIGN KEY (organization_id)
    REFERENCES identity.organizations (id) ON DELETE CASCADE,
  CONSTRAINT api_keys_created_by_fkey FOREIGN KEY (created_by) REFERENCES identity.users (id) ON DELETE CASCADE,
  CONSTRAINT api_keys_revoked_by_fkey FOREIGN KEY (revoked_by) REFERENCES identity.users (id) ON DELETE SET NULL
);
CREATE INDEX api_keys_brand_idx ON identity.api_keys (organization_id, brand_id);
CREATE INDEX api_keys_created_by_idx ON identity.api_keys (created_by);
CREATE INDEX api_keys_revoked_by_idx ON identity.api_keys (revoked_by);
CREATE INDEX api_keys_created_at_idx ON identity.api_keys (organization_id, created_at DESC, id DESC);
SELECT tenancy.protect_brand('identity.api_keys');

GRANT CREATE ON SCHEMA identity TO bellwether_service;
SET LOCAL ROLE bellwether_service;

-- The key of a hash, or of an id when it signs: who it acts for and within what. It opens nothing by itself: what its
-- maker may is asked after it.
CREATE FUNCTION identity.enter_key(p_key_hash bytea, p_key_id uuid, p_network inet)
RETURNS TABLE (
  key_id uuid, organization_id uuid, brand_id uuid, user_id uuid, name text, scopes text[], signed boolean,
  signing_secret text, encryption_version smallint, hourly_limit integer, expires_at timestamptz,
  revoked_at timestamptz, last_used_at timestamptz, place_known boolean, maker_suspended boolean
)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
#variable_conflict use_column
BEGIN
  RETURN QUERY
    SELECT k.id, k.organization_id, k.brand_id, k.created_by, k.name, k.scopes, k.signed, k.signing_secret,
           k.encryption_version, k.hourly_limit, k.expires_at, k.revoked_at, k.last_used_at,
           p_network IS NULL OR p_network = ANY (k.known_places), u.suspended_at IS NOT NULL
      FROM identity.api_keys k JOIN identity.users u ON u.id = k.created_by
     WHERE k.id = CASE
       WHEN p_key_hash IS NULL THEN p_key_id
       ELSE (SELECT h.id FROM identity.api_keys h WHERE h.key_hash = p_key_hash)
     END;
END $$;
REVOKE ALL ON FUNCTION identity.enter_key(bytea, uuid, inet) FROM PUBLIC;
DO $$ BEGIN
  -- the login that the pool uses asks before it takes a role
  EXECUTE format('GRANT EXECUTE ON FUNCTION identity.enter_key(bytea, uuid, inet) TO %I', session_user);
END $$;
RESET ROLE;
REVOKE CREATE ON SCHEMA identity FROM bellwether_service;
