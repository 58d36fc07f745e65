-- What an organization decides about itself, who may do what in it, and how people come in.

-- A suspended person can't sign in or use a session; only the installation's operator suspends people.
ALTER TABLE identity.users ADD COLUMN suspended_at timestamptz;

ALTER TABLE identity.organizations
  ADD COLUMN description text NOT NULL DEFAULT '',
  ADD COLUMN website text,
  -- what new brands and people begin with
  ADD COLUMN locale text NOT NULL DEFAULT 'en',
  ADD COLUMN time_zone text NOT NULL DEFAULT 'UTC',
  -- ISO 8601: 1 is Monday
  ADD COLUMN week_start smallint NOT NULL DEFAULT 1,
  ADD COLUMN invitation_role text NOT NULL DEFAULT 'member',
  -- whoever has no second factor gets no further than their own account
  ADD COLUMN require_second_factor boolean NOT NULL DEFAULT false,
  ADD CONSTRAINT organizations_description_check CHECK (length(description) <= 2000),
  ADD CONSTRAINT organizations_website_check CHECK (website ~ '^https?://' AND length(website) <= 2000),
  ADD CONSTRAINT organizations_week_start_check CHECK (week_start BETWEEN 1 AND 7),
  ADD CONSTRAINT organizations_invitation_role_check CHECK (invitation_role IN ('admin', 'manager', 'member'));
-- what the nightly purge looks for
CREATE INDEX organizations_deleted_at_idx ON identity.organizations (deleted_at) WHERE deleted_at IS NOT NULL;

-- Addresses that an organization had: links to them lead on, and nobody else gets them.
CREATE TABLE identity.organization_slugs (
  organization_id uuid NOT NULL,
  slug text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT organization_slugs_pkey PRIMARY KEY (organization_id, slug),
  CONSTRAINT organization_slugs_slug_key UNIQUE (slug),
  CONSTRAINT organization_slugs_organization_id_fkey FOREIGN KEY (organization_id)
    REFERENCES identity.organizations (id) ON DELETE CASCADE
);
SELECT tenancy.protect('identity.organization_slugs');

-- The words in the two arrays are those of the one table of permissions in the code. They are no value set here: a
-- check would be a second copy of that table, to be changed with it in every release. A word that the code doesn't
-- know permits nothing.
ALTER TABLE identity.memberships
  ADD COLUMN permissions_added text[] NOT NULL DEFAULT '{}',
  ADD COLUMN permissions_removed text[] NOT NULL DEFAULT '{}',
  ADD COLUMN suspended_at timestamptz,
  ADD CONSTRAINT memberships_permissions_check CHECK (NOT permissions_added && permissions_removed),
  -- an owner owns the whole organization and may everything, so that somebody always can
  ADD CONSTRAINT memberships_owner_check
    CHECK (role <> 'owner' OR (brand_id IS NULL AND permissions_removed = '{}'));
-- the list of members, page by page
CREATE INDEX memberships_created_at_idx ON identity.memberships (organization_id, created_at, id);

-- The same rule as before in a form that looks up the one person in question: with 10,000 members the list of all of
-- them would be made for every page.
ALTER POLICY members ON identity.users
  USING (EXISTS (SELECT FROM identity.memberships m
                  WHERE m.organization_id = (SELECT tenancy.current_organization()) AND m.user_id = users.id));

CREATE TABLE identity.invitations (
  organization_id uuid NOT NULL,
  id uuid NOT NULL,
  -- whom alone it lets in; null for a link that anybody who has it may use
  email citext,
  role text NOT NULL,
  -- brands reached; empty is the whole organization
  brand_ids uuid[] NOT NULL DEFAULT '{}',
  permissions_added text[] NOT NULL DEFAULT '{}',
  permissions_removed text[] NOT NULL DEFAULT '{}',
  token_hash bytea NOT NULL,
  invited_by uuid NOT NULL,
  max_uses integer NOT NULL DEFAULT 1,
  uses integer NOT NULL DEFAULT 0,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  -- when the token that holds now was sent or shown
  sent_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL,
  accepted_at timestamptz,
  revoked_at timestamptz,
  CONSTRAINT invitations_pkey PRIMARY KEY (organization_id, id),
  CONSTRAINT invitations_token_hash_key UNIQUE (token_hash),
  CONSTRAINT invitations_role_check CHECK (role IN ('owner', 'admin', 'manager', 'member')),
  CONSTRAINT invitations_email_check CHECK (length(email) BETWEEN 3 AND 254),
  CONSTRAINT invitations_uses_check CHECK (uses BETWEEN 0 AND max_uses),
  CONSTRAINT invitations_max_uses_check CHECK (max_uses BETWEEN 1 AND 1000 AND (email IS NULL OR max_uses = 1)),
  CONSTRAINT invitations_organization_id_fkey FOREIGN KEY (organization_id)
    REFERENCES identity.organizations (id) ON DELETE CASCADE,
  CONSTRAINT invitations_invited_by_fkey FOREIGN KEY (invited_by) REFERENCES identity.users (id) ON DELETE CASCADE
);
CREATE INDEX invitations_invited_by_idx ON identity.invitations (invited_by);
CREATE INDEX invitations_created_at_idx ON identity.invitations (organization_id, created_at DESC, id DESC);
-- one open invitation for an address
CREATE UNIQUE INDEX invitations_open_email_idx ON identity.invitations (organization_id, email)
  WHERE accepted_at IS NULL AND revoked_at IS NULL AND email IS NOT NULL;
SELECT tenancy.protect('identity.invitations');

GRANT CREATE ON SCHEMA identity TO bellwether_service;
SET LOCAL ROLE bellwether_service;

-- The last owner stays, whatever the code above does. The organization's row is the lock: two owners who remove each
-- other at the same moment come here one after the other, and the second sees what the first has left.
CREATE FUNCTION identity.keep_an_owner() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND NEW.role = 'owner' AND NEW.brand_id IS NULL AND NEW.suspended_at IS NULL
    AND NEW.organization_id = OLD.organization_id THEN
    RETURN NULL;
  END IF;
  PERFORM FROM identity.organizations o WHERE o.id = OLD.organization_id AND o.deleted_at IS NULL FOR UPDATE;
  -- gone or on its way: its memberships go with it
  IF NOT FOUND THEN
    RETURN NULL;
  END IF;
  IF NOT EXISTS (
    SELECT FROM identity.memberships m JOIN identity.users u ON u.id = m.user_id
     -- an owner whose account is deleted can do nothing any more, and is erased in the end
     WHERE m.organization_id = OLD.organization_id AND m.role = 'owner' AND m.suspended_at IS NULL
       AND u.deleted_at IS NULL
  ) THEN
    RAISE EXCEPTION USING
      ERRCODE = 'check_violation', CONSTRAINT = 'memberships_last_owner', SCHEMA = 'identity', TABLE = 'memberships',
      MESSAGE = 'an organization keeps at least one owner';
  END IF;
  RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION identity.keep_an_owner() FROM PUBLIC;
DO $$ BEGIN
  EXECUTE format('GRANT EXECUTE ON FUNCTION identity.keep_an_owner() TO %I', session_user);
END $$;
RESET ROLE;
REVOKE CREATE ON SCHEMA identity FROM bellwether_service;

CREATE TRIGGER memberships_keep_an_owner
  AFTER DELETE OR UPDATE OF role, suspended_at, brand_id, organization_id ON identity.memberships
  FOR EACH ROW WHEN (OLD.role = 'owner' AND OLD.suspended_at IS NULL)
  EXECUTE FUNCTION identity.keep_an_owner();

-- Nothing of a tenant stays: what hangs on the organization by a key goes with it, the rest is found in the catalogue,
-- whoever adds a table. Logs that nobody may delete from are opened inside this transaction alone: no other one ever
-- sees the grant.
CREATE FUNCTION tenancy.open_logs() RETURNS regclass[]
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  target regclass;
  opened regclass[] := '{}';
BEGIN
  -- two grants on one table at a time would get into each other's way
  PERFORM pg_advisory_xact_lock(hashtextextended('tenancy.open_logs', 0));
  FOR target IN
    SELECT c.oid FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
     WHERE a.attname = 'organization_id' AND NOT a.attisdropped AND c.relkind IN ('r', 'p') AND NOT c.relispartition
       AND NOT has_table_privilege('bellwether_service', c.oid, 'DELETE')
  LOOP
    EXECUTE format('GRANT DELETE ON %s TO bellwether_service', target);
    opened := opened || target;
  END LOOP;
  RETURN opened;
END $$;

CREATE FUNCTION tenancy.close_logs(opened regclass[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  target regclass;
BEGIN
  FOREACH target IN ARRAY opened LOOP
    EXECUTE format('REVOKE DELETE ON %s FROM bellwether_service', target);
  END LOOP;
END $$;

CREATE FUNCTION tenancy.purge_organization(p_organization uuid) RETURNS bigint
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  opened constant regclass[] := tenancy.open_logs();
  target regclass;
  gone bigint;
  total bigint := 0;
  again boolean := true;
BEGIN
  DELETE FROM identity.organizations WHERE id = p_organization;
  -- rows that point to each other without a cascade go in later rounds
  WHILE again LOOP
    again := false;
    FOR target IN
      SELECT c.oid FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        JOIN pg_attribute a ON a.attrelid = c.oid
       WHERE a.attname = 'organization_id' AND NOT a.attisdropped AND c.relkind IN ('r', 'p') AND NOT c.relispartition
         AND n.nspname NOT IN ('pg_catalog', 'information_schema')
    LOOP
      BEGIN
        EXECUTE format('DELETE FROM %s WHERE organization_id = $1', target) USING p_organization;
        GET DIAGNOSTICS gone = ROW_COUNT;
        total := total + gone;
        again := again OR gone > 0;
      EXCEPTION WHEN foreign_key_violation THEN
        again := true;
      END;
    END LOOP;
  END LOOP;
  PERFORM tenancy.close_logs(opened);
  RETURN total;
END $$;
REVOKE EXECUTE ON FUNCTION tenancy.open_logs(), tenancy.close_logs(regclass[]), tenancy.purge_organization(uuid)
  FROM PUBLIC;
GRANT EXECUTE ON FUNCTION tenancy.open_logs(), tenancy.close_logs(regclass[]), tenancy.purge_organization(uuid)
  TO bellwether_service;
