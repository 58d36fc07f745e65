-- Publishing: which accounts are connected, what goes out on them when, and the ledger of every attempt. The truth about a
-- publication is in these tables, never in a queue.
CREATE SCHEMA publishing;
GRANT USAGE ON SCHEMA publishing TO bellwether_app, bellwether_service;

-- An account of a network that posts go out on.
CREATE TABLE publishing.connections (
  organization_id uuid NOT NULL,
  id uuid NOT NULL,
  brand_id uuid NOT NULL,
  provider text NOT NULL,
  network text NOT NULL,
  -- the network's own id of the account
  remote_id text NOT NULL,
  name text NOT NULL,
  handle text NOT NULL,
  account_type text,
  avatar_url text,
  -- the instance, where a network has several
  server text,
  -- what else has to be known of the account; nothing secret
  account_info jsonb NOT NULL DEFAULT '{}',
  scopes text[] NOT NULL DEFAULT '{}',
  status text NOT NULL DEFAULT 'active',
  -- why it does not work, in the network's own words
  error_message text,
  -- secrets are Fernet tokens; version 0 is what an older system left in the open, sealed when it is next read
  access_token text NOT NULL DEFAULT '',
  refresh_token text,
  secrets text,
  encryption_version smallint NOT NULL DEFAULT 1,
  token_expires_at timestamptz,
  token_refreshed_at timestamptz,
  -- renewed ahead of its end
  token_refresh_due_at timestamptz,
  -- one renewal at a time: two at once would make each other's refresh token worthless
  refresh_lease_until timestamptz,
  refresh_failures smallint NOT NULL DEFAULT 0,
  -- the network's own limit: no calls before
  blocked_until timestamptz,
  last_published_at timestamptz,
  last_synced_at timestamptz,
  checked_at timestamptz,
  created_by uuid,
  version integer NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  disconnected_at timestamptz,
  CONSTRAINT connections_pkey PRIMARY KEY (organization_id, id),
  CONSTRAINT connections_status_check CHECK (status IN ('active', 'needs_consent', 'revoked', 'disconnected')),
  CONSTRAINT connections_disconnected_check CHECK ((status = 'disconnected') = (disconnected_at IS NOT NULL)),
  CONSTRAINT connections_brand_fkey FOREIGN KEY (organization_id, brand_id)
    REFERENCES brand.brands (organization_id, id) ON DELETE CASCADE
);
CREATE INDEX connections_brand_idx ON publishing.connections (organization_id, brand_id, created_at, id);
-- an account once per brand; connected again it keeps its id and everything planned for it
CREATE UNIQUE INDEX connections_account_idx
  ON publishing.connections (organization_id, brand_id, provider, network, remote_id);
CREATE INDEX connections_refresh_idx ON publishing.connections (token_refresh_due_at)
  WHERE status = 'active' AND token_refresh_due_at IS NOT NULL;
SELECT tenancy.protect_brand('publishing.connections');

-- A consent under way: one person, one brand, once, for a few minutes.
CREATE TABLE publishing.oauth_states (
  organization_id uuid NOT NULL,
  id uuid NOT NULL,
  brand_id uuid NOT NULL,
  user_id uuid NOT NULL,
  provider text NOT NULL,
  server text,
  -- only the hash: who reads the database can't finish somebody's consent
  state_hash bytea NOT NULL,
  -- the PKCE verifier, and after the consent what it gave, sealed
  verifier text NOT NULL,
  granted text,
  encryption_version smallint NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz NOT NULL,
  used_at timestamptz,
  picked_at timestamptz,
  CONSTRAINT oauth_states_pkey PRIMARY KEY (organization_id, id),
  CONSTRAINT oauth_states_state_hash_key UNIQUE (state_hash),
  CONSTRAINT oauth_states_granted_check CHECK (granted IS NULL OR used_at IS NOT NULL),
  CONSTRAINT oauth_states_brand_fkey FOREIGN KEY (organization_id, brand_id)
    REFERENCES brand.brands (organization_id, id) ON DELETE CASCADE,
  CONSTRAINT oauth_states_user_fkey FOREIGN KEY (user_id) REFERENCES identity.users (id) ON DELETE CASCADE
);
CREATE INDEX oauth_states_brand_idx ON publishing.oauth_states (organization_id, brand_id);
CREATE INDEX oauth_states_user_idx ON publishing.oauth_states (user_id);
CREATE INDEX oauth_states_expires_idx ON publishing.oauth_states (expires_at);
SELECT tenancy.protect_brand('publishing.oauth_states');

-- Our application at an instance that registers applications by itself (Mastodon): of the installation, not of a tenant.
CREATE TABLE publishing.apps (
  provider text NOT NULL,
  server text NOT NULL,
  client_id text NOT NULL,
  client_secret text NOT NULL,
  encryption_version smallint NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT apps_pkey PRIMARY KEY (provider, server)
);
GRANT SELECT, INSERT, UPDATE, DELETE ON publishing.apps TO bellwether_service;

-- When a brand publishes.
CREATE TABLE publishing.schedules (
  organization_id uuid NOT NULL,
  id uuid NOT NULL,
  brand_id uuid NOT NULL,
  -- between two posts on one account, in minutes
  min_minutes_apart integer NOT NULL DEFAULT 0,
  -- by network: at most so many a day
  daily_caps jsonb NOT NULL DEFAULT '{}',
  -- after a time that was missed (the machine was off): published all the same up to so many minutes late, asked beyond
  late_minutes integer NOT NULL DEFAULT 60,
  version integer NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT schedules_pkey PRIMARY KEY (organization_id, id),
  CONSTRAINT schedules_brand_key UNIQUE (organization_id, brand_id),
  CONSTRAINT schedules_min_minutes_apart_check CHECK (min_minutes_apart BETWEEN 0 AND 1440),
  CONSTRAINT schedules_late_minutes_check CHECK (late_minutes BETWEEN 1 AND 10080),
  CONSTRAINT schedules_brand_fkey FOREIGN KEY (organization_id, brand_id)
    REFERENCES brand.brands (organization_id, id) ON DELETE CASCADE
);
SELECT tenancy.protect_brand('publishing.schedules');

-- A time of the week at which something from the queue goes out; in the brand's zone.
CREATE TABLE publishing.slots (
  organization_id uuid NOT NULL,
  id uuid NOT NULL,
  brand_id uuid NOT NULL,
  schedule_id uuid NOT NULL,
  -- 1 is Monday, 7 Sunday
  day_of_week smallint NOT NULL,
  local_time time NOT NULL,
  -- for one network only; null is any
  network text,
  created_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT slots_pkey PRIMARY KEY (organization_id, id),
  CONSTRAINT slots_day_of_week_check CHECK (day_of_week BETWEEN 1 AND 7),
  CONSTRAINT slots_time_key UNIQUE NULLS NOT DISTINCT (organization_id, schedule_id, day_of_week, local_time, network),
  CONSTRAINT slots_schedule_fkey FOREIGN KEY (organization_id, schedule_id)
    REFERENCES publishing.schedules (organization_id, id) ON DELETE CASCADE,
  CONSTRAINT slots_brand_fkey FOREIGN KEY (organization_id, brand_id)
    REFERENCES brand.brands (organization_id, id) ON DELETE CASCADE
);
CREATE INDEX slots_brand_idx ON publishing.slots (organization_id, brand_id);
SELECT tenancy.protect_brand('publishing.slots');

-- The red switch: while a row is here nothing that it covers goes out.
CREATE TABLE publishing.pauses (
  organization_id uuid NOT NULL,
  id uuid NOT NULL,
  -- null is every brand
  brand_id uuid,
  -- null is every network
  network text,
  reason text NOT NULL DEFAULT '',
  paused_by uuid,
  created_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT pauses_pkey PRIMARY KEY (organization_id, id),
  CONSTRAINT pauses_scope_key UNIQUE NULLS NOT DISTINCT (organization_id, brand_id, network),
  CONSTRAINT pauses_brand_fkey FOREIGN KEY (organization_id, brand_id)
    REFERENCES brand.brands (organization_id, id) ON DELETE CASCADE
);
CREATE INDEX pauses_brand_idx ON publishing.pauses (organization_id, brand_id);
SELECT tenancy.protect_brand('publishing.pauses');

-- A post on one account: where it stands.
CREATE TABLE publishing.publications (
  organization_id uuid NOT NULL,
  id uuid NOT NULL,
  brand_id uuid NOT NULL,
  post_id uuid NOT NULL,
  connection_id uuid NOT NULL,
  target text NOT NULL,
  network text NOT NULL,
  state text NOT NULL,
  held_reason text,
  -- why it stands there, in the network's own words or ours
  words text,
  -- a text of its own; null follows the post
  content jsonb,
  -- the first words, for lists
  title text NOT NULL DEFAULT '',
  -- how the time came about
  source text NOT NULL,
  -- the wall-clock time that a person means, and where; `due_at` follows from both
  local_time timestamp,
  time_zone text NOT NULL,
  due_at timestamptz,
  -- when somebody has to look at it next: to send it, or to settle an unclear end
  next_at timestamptz,
  -- nothing goes out that nobody approved
  approved_at timestamptz,
  approved_by uuid,
  -- attempts so far, and those in a row that failed for a passing reason
  attempts integer NOT NULL DEFAULT 0,
  failures integer NOT NULL DEFAULT 0,
  -- a thread goes on where it stopped
  pieces integer NOT NULL DEFAULT 1,
  posted jsonb NOT NULL DEFAULT '[]',
  remote_id text,
  remote_url text,
  published_at timestamptz,
  warnings text[] NOT NULL DEFAULT '{}',
  -- who sends it at this moment, and until when that is believed
  worker uuid,
  lease_until timestamptz,
  created_by uuid,
  version integer NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT publications_pkey PRIMARY KEY (organization_id, id),
  CONSTRAINT publications_state_check CHECK (state IN ('draft', 'in_review', 'approved', 'scheduled', 'sending',
    'published', 'failed', 'unclear', 'held', 'cancelled')),
  CONSTRAINT publications_held_reason_check
    CHECK (held_reason IN ('paused', 'late', 'connection', 'not_approved', 'rules')),
  CONSTRAINT publications_held_check CHECK ((state = 'held') = (held_reason IS NOT NULL)),
  CONSTRAINT publications_source_check CHECK (source IN ('exact', 'queue', 'now', 'recurrence')),
  CONSTRAINT publications_approved_check
    CHECK (approved_at IS NOT NULL OR state IN ('draft', 'in_review', 'cancelled')),
  CONSTRAINT publications_next_check
    CHECK ((state = 'scheduled' AND next_at IS NOT NULL) OR state = 'unclear' OR next_at IS NULL),
  CONSTRAINT publications_lease_check CHECK ((state = 'sending') = (lease_until IS NOT NULL)),
  CONSTRAINT publications_published_check CHECK ((state = 'published') = (published_at IS NOT NULL)),
  CONSTRAINT publications_brand_fkey FOREIGN KEY (organization_id, brand_id)
    REFERENCES brand.brands (organization_id, id) ON DELETE CASCADE,
  CONSTRAINT publications_post_fkey FOREIGN KEY (organization_id, post_id)
    REFERENCES studio.posts (organization_id, id) ON DELETE CASCADE,
  CONSTRAINT publications_connection_fkey FOREIGN KEY (organization_id, connection_id)
    REFERENCES publishing.connections (organization_id, id) ON DELETE CASCADE
);
-- what is due, over all tenants
CREATE INDEX publications_due_idx ON publishing.publications (next_at, id) WHERE state = 'scheduled';
CREATE INDEX publications_unclear_idx ON publishing.publications (next_at) WHERE state = 'unclear';
CREATE INDEX publications_lease_idx ON publishing.publications (lease_until) WHERE state = 'sending';
-- the calendar, the queue board, a post's card
CREATE INDEX publications_calendar_idx ON publishing.publications (organization_id, brand_id, due_at, id);
CREATE INDEX publications_state_idx ON publishing.publications (organization_id, brand_id, state, due_at, id);
-- lists, by the time that matters
CREATE INDEX publications_when_idx
  ON publishing.publications (organization_id, brand_id, (coalesce(due_at, created_at)), id);
CREATE INDEX publications_post_idx ON publishing.publications (organization_id, post_id);
CREATE INDEX publications_connection_idx ON publishing.publications (organization_id, connection_id, state);
-- a post goes out on an account once
CREATE UNIQUE INDEX publications_once_idx ON publishing.publications (organization_id, post_id, connection_id)
  WHERE state <> 'cancelled' AND source <> 'recurrence';
-- a time of the queue is used once
CREATE UNIQUE INDEX publications_slot_idx ON publishing.publications (organization_id, connection_id, local_time)
  WHERE state <> 'cancelled' AND source = 'queue';
-- two publications are never one post of the network
CREATE UNIQUE INDEX publications_remote_idx ON publishing.publications (organization_id, connection_id, remote_id)
  WHERE remote_id IS NOT NULL;
SELECT tenancy.protect_brand('publishing.publications');

-- The ledger. A row is committed before anything is sent, its end after.
CREATE TABLE publishing.attempts (
  organization_id uuid NOT NULL,
  id uuid NOT NULL,
  brand_id uuid NOT NULL,
  publication_id uuid NOT NULL,
  number integer NOT NULL,
  kind text NOT NULL,
  -- which piece of a thread, from 0
  piece integer NOT NULL DEFAULT 0,
  worker uuid,
  -- what it was sent as: SHA-256 of the text
  fingerprint bytea,
  started_at timestamptz NOT NULL,
  -- set before the call after which readers see something; while it is null nothing can have gone out
  crossed_at timestamptz,
  finished_at timestamptz,
  outcome text,
  -- the network's own words, code and status
  error_message text,
  code text,
  http_status smallint,
  remote_id text,
  remote_url text,
  CONSTRAINT attempts_pkey PRIMARY KEY (organization_id, id),
  CONSTRAINT attempts_number_key UNIQUE (organization_id, publication_id, number),
  CONSTRAINT attempts_kind_check CHECK (kind IN ('send', 'reconcile', 'person')),
  CONSTRAINT attempts_outcome_check CHECK (outcome IN ('published', 'processing', 'transient', 'rate_limited', 'unclear',
    'rejected', 'token_expired', 'needs_consent', 'revoked', 'setup', 'unsupported', 'abandoned', 'found', 'absent',
    'undecided')),
  CONSTRAINT attempts_finished_check CHECK ((finished_at IS NULL) = (outcome IS NULL)),
  CONSTRAINT attempts_publication_fkey FOREIGN KEY (organization_id, publication_id)
    REFERENCES publishing.publications (organization_id, id) ON DELETE CASCADE,
  CONSTRAINT attempts_brand_fkey FOREIGN KEY (organization_id, brand_id)
    REFERENCES brand.brands (organization_id, id) ON DELETE CASCADE
);
CREATE INDEX attempts_brand_idx ON publishing.attempts (organization_id, brand_id);
-- one sending at a time: the constraint behind the promise
CREATE UNIQUE INDEX attempts_open_idx ON publishing.attempts (organization_id, publication_id)
  WHERE finished_at IS NULL AND kind = 'send';
SELECT tenancy.protect_brand('publishing.attempts');

-- The network inside Bellwether.
CREATE TABLE publishing.sandbox_posts (
  organization_id uuid NOT NULL,
  id uuid NOT NULL,
  brand_id uuid NOT NULL,
  connection_id uuid NOT NULL,
  body text NOT NULL,
  media integer NOT NULL DEFAULT 0,
  answers uuid,
  created_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT sandbox_posts_pkey PRIMARY KEY (organization_id, id),
  CONSTRAINT sandbox_posts_brand_fkey FOREIGN KEY (organization_id, brand_id)
    REFERENCES brand.brands (organization_id, id) ON DELETE CASCADE,
  CONSTRAINT sandbox_posts_connection_fkey FOREIGN KEY (organization_id, connection_id)
    REFERENCES publishing.connections (organization_id, id) ON DELETE CASCADE
);
CREATE INDEX sandbox_posts_brand_idx ON publishing.sandbox_posts (organization_id, brand_id, created_at DESC, id DESC);
CREATE INDEX sandbox_posts_connection_idx
  ON publishing.sandbox_posts (organization_id, connection_id, created_at DESC, id DESC);
SELECT tenancy.protect_brand('publishing.sandbox_posts');
