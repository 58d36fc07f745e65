-- What goes out again and again, and the calendar as a feed.

-- Posts that go out by a rule, or in turn at the times of the queue.
CREATE TABLE publishing.recurrences (
  organization_id uuid NOT NULL,
  id uuid NOT NULL,
  brand_id uuid NOT NULL,
  connection_id uuid NOT NULL,
  name text NOT NULL,
  kind text NOT NULL,
  -- of a repetition: by RFC 5545, on the brand's wall clock, from its first time on
  rule text,
  first_day date,
  first_time time,
  -- how long a post rests between two times
  rest_days integer NOT NULL DEFAULT 0,
  status text NOT NULL DEFAULT 'active',
  -- up to where its times have been made
  made_at timestamptz,
  -- why the last time was left out
  words text,
  created_by uuid NOT NULL,
  version integer NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT recurrences_pkey PRIMARY KEY (organization_id, id),
  CONSTRAINT recurrences_kind_check CHECK (kind IN ('repetition', 'rotation')),
  CONSTRAINT recurrences_rule_check
    CHECK ((kind = 'repetition') = (rule IS NOT NULL) AND (rule IS NULL) = (first_day IS NULL)
           AND (rule IS NULL) = (first_time IS NULL)),
  CONSTRAINT recurrences_rest_days_check CHECK (rest_days BETWEEN 0 AND 3650),
  CONSTRAINT recurrences_status_check CHECK (status IN ('active', 'paused', 'stopped', 'ended')),
  CONSTRAINT recurrences_brand_fkey FOREIGN KEY (organization_id, brand_id)
    REFERENCES brand.brands (organization_id, id) ON DELETE CASCADE,
  CONSTRAINT recurrences_connection_fkey FOREIGN KEY (organization_id, connection_id)
    REFERENCES publishing.connections (organization_id, id) ON DELETE CASCADE
);
CREATE INDEX recurrences_brand_idx ON publishing.recurrences (organization_id, brand_id, created_at DESC, id DESC);
CREATE INDEX recurrences_connection_idx ON publishing.recurrences (organization_id, connection_id);
SELECT tenancy.protect_brand('publishing.recurrences');

-- The posts that take their turns.
CREATE TABLE publishing.recurrence_posts (
  organization_id uuid NOT NULL,
  recurrence_id uuid NOT NULL,
  post_id uuid NOT NULL,
  brand_id uuid NOT NULL,
  position integer NOT NULL,
  CONSTRAINT recurrence_posts_pkey PRIMARY KEY (organization_id, recurrence_id, post_id),
  CONSTRAINT recurrence_posts_recurrence_fkey FOREIGN KEY (organization_id, recurrence_id)
    REFERENCES publishing.recurrences (organization_id, id) ON DELETE CASCADE,
  CONSTRAINT recurrence_posts_post_fkey FOREIGN KEY (organization_id, post_id)
    REFERENCES studio.posts (organization_id, id) ON DELETE CASCADE,
  CONSTRAINT recurrence_posts_brand_fkey FOREIGN KEY (organization_id, brand_id)
    REFERENCES brand.brands (organization_id, id) ON DELETE CASCADE
);
CREATE INDEX recurrence_posts_post_idx ON publishing.recurrence_posts (organization_id, post_id);
CREATE INDEX recurrence_posts_brand_idx ON publishing.recurrence_posts (organization_id, brand_id);
SELECT tenancy.protect_brand('publishing.recurrence_posts');

-- A time of a recurrence, made once: the key is the promise.
CREATE TABLE publishing.occurrences (
  organization_id uuid NOT NULL,
  recurrence_id uuid NOT NULL,
  local_time timestamp NOT NULL,
  brand_id uuid NOT NULL,
  publication_id uuid,
  -- why nothing came of it
  words text,
  created_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT occurrences_pkey PRIMARY KEY (organization_id, recurrence_id, local_time),
  CONSTRAINT occurrences_recurrence_fkey FOREIGN KEY (organization_id, recurrence_id)
    REFERENCES publishing.recurrences (organization_id, id) ON DELETE CASCADE,
  CONSTRAINT occurrences_publication_fkey FOREIGN KEY (organization_id, publication_id)
    REFERENCES publishing.publications (organization_id, id) ON DELETE SET NULL (publication_id),
  CONSTRAINT occurrences_brand_fkey FOREIGN KEY (organization_id, brand_id)
    REFERENCES brand.brands (organization_id, id) ON DELETE CASCADE
);
CREATE INDEX occurrences_publication_idx ON publishing.occurrences (organization_id, publication_id);
CREATE INDEX occurrences_brand_idx ON publishing.occurrences (organization_id, brand_id);
SELECT tenancy.protect_brand('publishing.occurrences');

-- A secret address at which calendar programs read a brand's calendar.
CREATE TABLE publishing.calendar_feeds (
  organization_id uuid NOT NULL,
  id uuid NOT NULL,
  brand_id uuid NOT NULL,
  label text NOT NULL,
  token_hash bytea NOT NULL,
  revoked_at timestamptz,
  created_by uuid,
  created_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT calendar_feeds_pkey PRIMARY KEY (organization_id, id),
  CONSTRAINT calendar_feeds_token_hash_key UNIQUE (token_hash),
  CONSTRAINT calendar_feeds_brand_fkey FOREIGN KEY (organization_id, brand_id)
    REFERENCES brand.brands (organization_id, id) ON DELETE CASCADE
);
CREATE INDEX calendar_feeds_brand_idx ON publishing.calendar_feeds (organization_id, brand_id);
SELECT tenancy.protect_brand('publishing.calendar_feeds');
