-- Further ways to prove who one is: second factors, passkeys, identities at outside services.

-- A person's authenticator app. The seed has to be read again, so it is sealed (crate vault), not hashed.
CREATE TABLE identity.totp_factors (
  user_id uuid CONSTRAINT totp_factors_pkey PRIMARY KEY,
  secret text NOT NULL,
  encryption_version smallint NOT NULL,
  -- until a first code proves that the app has the seed, it guards nothing
  confirmed_at timestamptz,
  -- the last time step whose code was taken: no code counts twice
  last_step bigint NOT NULL DEFAULT 0,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT totp_factors_user_id_fkey FOREIGN KEY (user_id) REFERENCES identity.users (id) ON DELETE CASCADE
);

-- For the day the phone is lost: each works once, and only its SHA-256 is kept (a code carries 80 random bits).
CREATE TABLE identity.recovery_codes (
  id uuid CONSTRAINT recovery_codes_pkey PRIMARY KEY,
  user_id uuid NOT NULL,
  code_hash bytea NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  used_at timestamptz,
  CONSTRAINT recovery_codes_hash_key UNIQUE (user_id, code_hash),
  CONSTRAINT recovery_codes_user_id_fkey FOREIGN KEY (user_id) REFERENCES identity.users (id) ON DELETE CASCADE
);

-- The first step of a sign-in is done, the second is awaited. Its token opens nothing else.
CREATE TABLE identity.pending_sign_ins (
  id uuid CONSTRAINT pending_sign_ins_pkey PRIMARY KEY,
  user_id uuid NOT NULL,
  token_hash bytea NOT NULL,
  first_step text NOT NULL,
  attempts integer NOT NULL DEFAULT 0,
  created_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz NOT NULL,
  used_at timestamptz,
  CONSTRAINT pending_sign_ins_token_hash_key UNIQUE (token_hash),
  CONSTRAINT pending_sign_ins_first_step_check CHECK (first_step IN ('password', 'link', 'external')),
  CONSTRAINT pending_sign_ins_attempts_check CHECK (attempts >= 0),
  CONSTRAINT pending_sign_ins_user_id_fkey FOREIGN KEY (user_id) REFERENCES identity.users (id) ON DELETE CASCADE
);
CREATE INDEX pending_sign_ins_user_id_idx ON identity.pending_sign_ins (user_id, created_at);
CREATE INDEX pending_sign_ins_expires_at_idx ON identity.pending_sign_ins (expires_at);

-- Whether whoever opened the session showed two factors: a second step, or a passkey that asked for its owner. It is set
-- as well by whoever sets up their first factor in it. Having a factor somewhere opens nothing by itself.
ALTER TABLE identity.sessions ADD COLUMN two_factors boolean NOT NULL DEFAULT false;

-- Public keys of a person's authenticators.
CREATE TABLE identity.passkeys (
  id uuid CONSTRAINT passkeys_pkey PRIMARY KEY,
  user_id uuid NOT NULL,
  name text NOT NULL,
  credential_id bytea NOT NULL,
  -- key, algorithm, signature counter and backup state, as the webauthn library keeps them
  credential jsonb NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  last_used_at timestamptz,
  CONSTRAINT passkeys_credential_id_key UNIQUE (credential_id),
  CONSTRAINT passkeys_name_check CHECK (length(name) BETWEEN 1 AND 100),
  CONSTRAINT passkeys_user_id_fkey FOREIGN KEY (user_id) REFERENCES identity.users (id) ON DELETE CASCADE
);
CREATE INDEX passkeys_user_id_idx ON identity.passkeys (user_id);

-- A challenge that awaits its answer: spent by the first one, right or wrong.
CREATE TABLE identity.passkey_ceremonies (
  id uuid CONSTRAINT passkey_ceremonies_pkey PRIMARY KEY,
  purpose text NOT NULL,
  -- nobody yet when the authenticator itself is to say whose passkey it holds
  user_id uuid,
  state jsonb NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz NOT NULL,
  CONSTRAINT passkey_ceremonies_purpose_check CHECK (purpose IN ('register', 'sign_in', 'second_factor')),
  CONSTRAINT passkey_ceremonies_user_check CHECK (user_id IS NOT NULL OR purpose = 'sign_in'),
  CONSTRAINT passkey_ceremonies_user_id_fkey FOREIGN KEY (user_id) REFERENCES identity.users (id) ON DELETE CASCADE
);
CREATE INDEX passkey_ceremonies_user_id_idx ON identity.passkey_ceremonies (user_id);
CREATE INDEX passkey_ceremonies_expires_at_idx ON identity.passkey_ceremonies (expires_at);

-- What the outside service says of the person, for whoever wonders which of their accounts is linked.
ALTER TABLE identity.external_identities
  ADD COLUMN email citext,
  ADD COLUMN name text,
  ADD COLUMN last_used_at timestamptz,
  ADD CONSTRAINT external_identities_provider_check CHECK (length(provider) BETWEEN 1 AND 100),
  ADD CONSTRAINT external_identities_subject_check CHECK (length(subject) BETWEEN 1 AND 255);

-- A sign-in that is under way at an OpenID provider. The browser holds the other half of `browser_hash` in a cookie.
CREATE TABLE identity.external_flows (
  id uuid CONSTRAINT external_flows_pkey PRIMARY KEY,
  provider text NOT NULL,
  state_hash bytea NOT NULL,
  browser_hash bytea NOT NULL,
  -- nonce and PKCE verifier, sealed
  secret text NOT NULL,
  encryption_version smallint NOT NULL,
  -- set when somebody signed in links an identity to themselves
  user_id uuid,
  return_to text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz NOT NULL,
  CONSTRAINT external_flows_state_hash_key UNIQUE (state_hash),
  CONSTRAINT external_flows_user_id_fkey FOREIGN KEY (user_id) REFERENCES identity.users (id) ON DELETE CASCADE
);
CREATE INDEX external_flows_user_id_idx ON identity.external_flows (user_id);
CREATE INDEX external_flows_expires_at_idx ON identity.external_flows (expires_at);

-- What an organization is called at an outside identity service, e.g. Clerk's `org_…`.
CREATE TABLE identity.external_organizations (
  organization_id uuid NOT NULL,
  id uuid NOT NULL,
  provider text NOT NULL,
  subject text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT external_organizations_pkey PRIMARY KEY (organization_id, id),
  CONSTRAINT external_organizations_subject_key UNIQUE (provider, subject),
  CONSTRAINT external_organizations_provider_key UNIQUE (organization_id, provider),
  CONSTRAINT external_organizations_organization_id_fkey FOREIGN KEY (organization_id)
    REFERENCES identity.organizations (id) ON DELETE CASCADE
);
SELECT tenancy.protect('identity.external_organizations');

-- Secrets of people are for the service role alone, as those of 0005.
GRANT SELECT, INSERT, UPDATE, DELETE
  ON identity.totp_factors, identity.recovery_codes, identity.pending_sign_ins, identity.passkeys,
     identity.passkey_ceremonies, identity.external_flows TO bellwether_service;

CREATE TRIGGER totp_factors_touch BEFORE UPDATE ON identity.totp_factors
  FOR EACH ROW EXECUTE FUNCTION tenancy.touch_updated_at();
