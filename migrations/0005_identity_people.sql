-- People, how they sign in, and the organizations they belong to.
CREATE SCHEMA identity;
GRANT USAGE ON SCHEMA identity TO bellwether_app, bellwether_service;

CREATE TABLE identity.users (
  id uuid CONSTRAINT users_pkey PRIMARY KEY,
  email citext NOT NULL,
  name text NOT NULL,
  locale text NOT NULL DEFAULT 'en',
  time_zone text NOT NULL DEFAULT 'UTC',
  demo boolean NOT NULL DEFAULT false,
  email_verified_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  -- an account can be deleted and brought back within the undo period
  deleted_at timestamptz,
  CONSTRAINT users_email_key UNIQUE (email),
  CONSTRAINT users_email_check CHECK (length(email) BETWEEN 3 AND 254 AND position('@' IN email) > 1),
  CONSTRAINT users_name_check CHECK (length(name) BETWEEN 1 AND 200)
);
CREATE INDEX users_created_at_idx ON identity.users (created_at);

-- A password lives apart from its person, so that no list of people can carry it along.
CREATE TABLE identity.credentials (
  user_id uuid CONSTRAINT credentials_pkey PRIMARY KEY,
  password_hash text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT credentials_user_id_fkey FOREIGN KEY (user_id) REFERENCES identity.users (id) ON DELETE CASCADE
);

-- Who the person is to an outside identity service, e.g. Clerk's `user_…`.
CREATE TABLE identity.external_identities (
  id uuid CONSTRAINT external_identities_pkey PRIMARY KEY,
  user_id uuid NOT NULL,
  provider text NOT NULL,
  subject text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT external_identities_provider_subject_key UNIQUE (provider, subject),
  CONSTRAINT external_identities_user_id_fkey FOREIGN KEY (user_id) REFERENCES identity.users (id) ON DELETE CASCADE
);
CREATE INDEX external_identities_user_id_idx ON identity.external_identities (user_id);

-- One-time links: only the SHA-256 of the token is kept.
CREATE TABLE identity.login_links (
  id uuid CONSTRAINT login_links_pkey PRIMARY KEY,
  user_id uuid NOT NULL,
  token_hash bytea NOT NULL,
  purpose text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz NOT NULL,
  used_at timestamptz,
  CONSTRAINT login_links_token_hash_key UNIQUE (token_hash),
  CONSTRAINT login_links_purpose_check CHECK (purpose IN ('sign_in')),
  CONSTRAINT login_links_user_id_fkey FOREIGN KEY (user_id) REFERENCES identity.users (id) ON DELETE CASCADE
);
CREATE INDEX login_links_user_id_idx ON identity.login_links (user_id);
CREATE INDEX login_links_expires_at_idx ON identity.login_links (expires_at);

CREATE TABLE identity.sessions (
  id uuid CONSTRAINT sessions_pkey PRIMARY KEY,
  user_id uuid NOT NULL,
  token_hash bytea NOT NULL,
  user_agent text,
  ip_address inet,
  created_at timestamptz NOT NULL DEFAULT now(),
  last_seen_at timestamptz NOT NULL DEFAULT now(),
  -- idle and absolute expiry in one: moved on with use, never past `expires_at_latest`
  expires_at timestamptz NOT NULL,
  expires_at_latest timestamptz NOT NULL,
  ended_at timestamptz,
  CONSTRAINT sessions_token_hash_key UNIQUE (token_hash),
  CONSTRAINT sessions_expiry_check CHECK (expires_at <= expires_at_latest),
  CONSTRAINT sessions_user_id_fkey FOREIGN KEY (user_id) REFERENCES identity.users (id) ON DELETE CASCADE
);
CREATE INDEX sessions_user_id_idx ON identity.sessions (user_id);
CREATE INDEX sessions_expires_at_idx ON identity.sessions (expires_at);

CREATE TABLE identity.organizations (
  id uuid CONSTRAINT organizations_pkey PRIMARY KEY,
  slug text NOT NULL,
  name text NOT NULL,
  type text NOT NULL DEFAULT 'creator',
  -- demo organizations are made by the program, marked everywhere, and left out of every count
  demo boolean NOT NULL DEFAULT false,
  version integer NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  deleted_at timestamptz,
  CONSTRAINT organizations_slug_key UNIQUE (slug),
  CONSTRAINT organizations_slug_check CHECK (slug ~ '^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$'),
  CONSTRAINT organizations_name_check CHECK (length(name) BETWEEN 1 AND 120),
  CONSTRAINT organizations_type_check CHECK (type IN ('creator', 'business', 'agency'))
);

-- A row without a brand reaches the whole organization; a row with one, that brand alone.
CREATE TABLE identity.memberships (
  organization_id uuid NOT NULL,
  id uuid NOT NULL,
  user_id uuid NOT NULL,
  brand_id uuid,
  role text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT memberships_pkey PRIMARY KEY (organization_id, id),
  CONSTRAINT memberships_user_brand_key UNIQUE NULLS NOT DISTINCT (organization_id, user_id, brand_id),
  CONSTRAINT memberships_role_check CHECK (role IN ('owner', 'admin', 'manager', 'member')),
  CONSTRAINT memberships_organization_id_fkey FOREIGN KEY (organization_id)
    REFERENCES identity.organizations (id) ON DELETE CASCADE,
  CONSTRAINT memberships_user_id_fkey FOREIGN KEY (user_id) REFERENCES identity.users (id) ON DELETE CASCADE
);
CREATE INDEX memberships_user_id_idx ON identity.memberships (user_id);

SELECT tenancy.protect('identity.memberships');

-- The organization itself has no organization_id: its own id is the tenant.
ALTER TABLE identity.organizations ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON identity.organizations TO bellwether_app
  USING (id = (SELECT tenancy.current_organization())) WITH CHECK (id = (SELECT tenancy.current_organization()));
CREATE POLICY service ON identity.organizations TO bellwether_service USING (true) WITH CHECK (true);
GRANT SELECT, UPDATE ON identity.organizations TO bellwether_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON identity.organizations TO bellwether_service;

-- A tenant sees the people who are its members, and whoever asks may change themselves only.
ALTER TABLE identity.users ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY members ON identity.users FOR SELECT TO bellwether_app
  USING (id IN (SELECT m.user_id FROM identity.memberships m));
CREATE POLICY own ON identity.users FOR UPDATE TO bellwether_app
  USING (id = (SELECT tenancy.current_user_id())) WITH CHECK (id = (SELECT tenancy.current_user_id()));
CREATE POLICY service ON identity.users TO bellwether_service USING (true) WITH CHECK (true);
GRANT SELECT, UPDATE ON identity.users TO bellwether_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON identity.users TO bellwether_service;

-- Secrets of people are for the service role alone: no grant, so no policy could be wrong.
GRANT SELECT, INSERT, UPDATE, DELETE
  ON identity.credentials, identity.external_identities, identity.login_links, identity.sessions TO bellwether_service;

CREATE TRIGGER users_touch BEFORE UPDATE ON identity.users
  FOR EACH ROW EXECUTE FUNCTION tenancy.touch_updated_at();
CREATE TRIGGER credentials_touch BEFORE UPDATE ON identity.credentials
  FOR EACH ROW EXECUTE FUNCTION tenancy.touch_updated_at();
CREATE TRIGGER organizations_touch BEFORE UPDATE ON identity.organizations
  FOR EACH ROW EXECUTE FUNCTION tenancy.touch_updated_at();
