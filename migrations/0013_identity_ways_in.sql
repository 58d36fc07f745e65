-- Ways in by mail and password, and what a person keeps about themselves.

ALTER TABLE identity.users
  -- runs the installation: sees the admin area, in no organization by that
  ADD COLUMN operator boolean NOT NULL DEFAULT false,
  -- a name of one's own that nobody else has; lower case, so that two can't look alike by case
  ADD COLUMN handle text,
  ADD COLUMN bio text NOT NULL DEFAULT '',
  ADD COLUMN phone text,
  ADD CONSTRAINT users_handle_key UNIQUE (handle),
  ADD CONSTRAINT users_handle_check CHECK (handle ~ '^[a-z0-9](?:[a-z0-9_]{1,28}[a-z0-9])$'),
  ADD CONSTRAINT users_bio_check CHECK (length(bio) <= 500),
  ADD CONSTRAINT users_phone_check CHECK (phone ~ '^\+[0-9]{6,15}$');
-- what the nightly erasure looks for
CREATE INDEX users_deleted_at_idx ON identity.users (deleted_at) WHERE deleted_at IS NOT NULL;

-- A picture, made small by us (at most 256 pixels, 64 KiB), so it may lie here: one place to back up, and every copy of
-- the program can serve it. Its id changes with it, so that browsers may keep it for good.
CREATE TABLE identity.avatars (
  id uuid CONSTRAINT avatars_pkey PRIMARY KEY,
  user_id uuid NOT NULL,
  content_type text NOT NULL,
  content bytea NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT avatars_user_id_key UNIQUE (user_id),
  CONSTRAINT avatars_content_type_check CHECK (content_type IN ('image/png', 'image/jpeg')),
  CONSTRAINT avatars_content_check CHECK (octet_length(content) BETWEEN 1 AND 65536),
  CONSTRAINT avatars_user_id_fkey FOREIGN KEY (user_id) REFERENCES identity.users (id) ON DELETE CASCADE
);

-- Links by mail: each for one purpose, once.
ALTER TABLE identity.login_links
  DROP CONSTRAINT login_links_purpose_check,
  -- the address that the link is about: the one to be confirmed, or the one to go back to
  ADD COLUMN email citext,
  ADD CONSTRAINT login_links_purpose_check CHECK (
    purpose IN ('sign_in', 'reset_password', 'verify_email', 'change_email', 'undo_email', 'undo_deletion')),
  ADD CONSTRAINT login_links_email_check CHECK (
    (purpose IN ('verify_email', 'change_email', 'undo_email')) = (email IS NOT NULL));

-- When the person last proved who they are in this session: what is delicate asks for it again.
ALTER TABLE identity.sessions ADD COLUMN authenticated_at timestamptz NOT NULL DEFAULT now();

-- Browsers from which a person has signed in. Whoever shows such a cookie is not held up by what strangers try.
CREATE TABLE identity.known_devices (
  id uuid CONSTRAINT known_devices_pkey PRIMARY KEY,
  user_id uuid NOT NULL,
  token_hash bytea NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz NOT NULL,
  CONSTRAINT known_devices_token_hash_key UNIQUE (token_hash),
  CONSTRAINT known_devices_user_id_fkey FOREIGN KEY (user_id) REFERENCES identity.users (id) ON DELETE CASCADE
);
CREATE INDEX known_devices_user_id_idx ON identity.known_devices (user_id, created_at);
CREATE INDEX known_devices_expires_at_idx ON identity.known_devices (expires_at);

-- Sign-ups that wait for their address to be confirmed. There is no account before that, so nobody learns from signing
-- up whether an address has one. What was typed waits here, for a day at most.
CREATE TABLE identity.pending_sign_ups (
  id uuid CONSTRAINT pending_sign_ups_pkey PRIMARY KEY,
  email citext NOT NULL,
  name text NOT NULL,
  password_hash text NOT NULL,
  time_zone text NOT NULL,
  -- of the organization that is made with the account
  organization_name text,
  organization_type text,
  -- or the SHA-256 of the invitation's token by whose link they come in instead
  invitation_hash bytea,
  -- SHA-256 of the mailed token; null until the mail is written
  token_hash bytea,
  created_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz NOT NULL,
  CONSTRAINT pending_sign_ups_token_hash_key UNIQUE (token_hash),
  CONSTRAINT pending_sign_ups_email_check CHECK (length(email) BETWEEN 3 AND 254),
  CONSTRAINT pending_sign_ups_name_check CHECK (length(name) BETWEEN 1 AND 200),
  CONSTRAINT pending_sign_ups_organization_check
    CHECK ((organization_name IS NULL) = (organization_type IS NULL)
           AND (organization_name IS NULL) <> (invitation_hash IS NULL)),
  CONSTRAINT pending_sign_ups_organization_name_check CHECK (length(organization_name) BETWEEN 1 AND 120),
  CONSTRAINT pending_sign_ups_organization_type_check
    CHECK (organization_type IN ('creator', 'business', 'agency'))
);
CREATE INDEX pending_sign_ups_email_idx ON identity.pending_sign_ups (email);
CREATE INDEX pending_sign_ups_expires_at_idx ON identity.pending_sign_ups (expires_at);

-- Failed tries to sign in and mails asked for, by account and place: held here, since every copy of the program must
-- count them together. The key is a hash, so that no list of addresses and places comes about.
CREATE TABLE identity.throttles (
  key bytea CONSTRAINT throttles_pkey PRIMARY KEY,
  tries integer NOT NULL,
  blocked_until timestamptz,
  -- forgotten after this
  expires_at timestamptz NOT NULL,
  CONSTRAINT throttles_key_check CHECK (octet_length(key) = 32),
  CONSTRAINT throttles_tries_check CHECK (tries >= 0)
);
CREATE INDEX throttles_expires_at_idx ON identity.throttles (expires_at);

GRANT SELECT, INSERT, UPDATE, DELETE
  ON identity.avatars, identity.known_devices, identity.pending_sign_ups, identity.throttles TO bellwether_service;
