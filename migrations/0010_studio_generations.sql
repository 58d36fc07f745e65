-- One input, drafts for every network: the request, what was written per target, the posts and their versions.
CREATE SCHEMA studio;
GRANT USAGE ON SCHEMA studio TO bellwether_app, bellwether_service;

CREATE TABLE studio.generations (
  organization_id uuid NOT NULL,
  id uuid NOT NULL,
  brand_id uuid NOT NULL,
  created_by uuid,
  status text NOT NULL DEFAULT 'pending',
  input_type text NOT NULL,
  input_title text,
  input_url text,
  input_file_name text,
  input_text text NOT NULL,
  input_words integer NOT NULL,
  -- SHA-256 of the normalised text, hex
  input_hash text NOT NULL,
  -- SHA-256 of input, tone, targets, voice, instructions and writer version: the same key is the same answer
  cache_key text NOT NULL,
  targets text[] NOT NULL,
  tone text NOT NULL,
  instructions text,
  writer text NOT NULL,
  variation integer NOT NULL DEFAULT 0,
  core_message text,
  key_points jsonb,
  detected_topic text,
  detected_audience text,
  language text,
  keyphrases text[] NOT NULL DEFAULT '{}',
  error_code text,
  error_message text,
  generation_time_ms integer,
  llm_provider text,
  llm_model text,
  tokens_used bigint NOT NULL DEFAULT 0,
  cost_micro_usd bigint NOT NULL DEFAULT 0,
  -- where the request came from, for the usage rows that are written when the work is done
  request jsonb NOT NULL DEFAULT '{}',
  version integer NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  started_at timestamptz,
  completed_at timestamptz,
  deleted_at timestamptz,
  CONSTRAINT generations_pkey PRIMARY KEY (organization_id, id),
  CONSTRAINT generations_status_check CHECK (status IN ('pending', 'running', 'completed', 'partial', 'failed')),
  CONSTRAINT generations_input_type_check CHECK (input_type IN ('text', 'url', 'file')),
  CONSTRAINT generations_input_hash_check CHECK (input_hash ~ '^[0-9a-f]{64}$'),
  CONSTRAINT generations_cache_key_check CHECK (cache_key ~ '^[0-9a-f]{64}$'),
  CONSTRAINT generations_tone_check CHECK (tone IN ('educational', 'conversational', 'opinionated', 'authority')),
  CONSTRAINT generations_targets_check CHECK (cardinality(targets) BETWEEN 1 AND 24),
  CONSTRAINT generations_brand_fkey FOREIGN KEY (organization_id, brand_id)
    REFERENCES brand.brands (organization_id, id) ON DELETE CASCADE
);
CREATE INDEX generations_brand_idx ON studio.generations (organization_id, brand_id, created_at DESC, id DESC);
CREATE INDEX generations_cache_key_idx ON studio.generations (organization_id, cache_key, created_at DESC)
  WHERE status = 'completed' AND deleted_at IS NULL;
CREATE INDEX generations_created_at_idx ON studio.generations (created_at);
SELECT tenancy.protect_brand('studio.generations');

CREATE TABLE studio.outputs (
  organization_id uuid NOT NULL,
  id uuid NOT NULL,
  brand_id uuid NOT NULL,
  generation_id uuid NOT NULL,
  position integer NOT NULL,
  target text NOT NULL,
  network text NOT NULL,
  status text NOT NULL DEFAULT 'pending',
  content jsonb,
  error_code text,
  error_message text,
  attempts integer NOT NULL DEFAULT 0,
  provider text,
  model text,
  prompt text,
  notes text[] NOT NULL DEFAULT '{}',
  tokens_used bigint NOT NULL DEFAULT 0,
  cost_micro_usd bigint,
  milliseconds integer,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT outputs_pkey PRIMARY KEY (organization_id, id),
  CONSTRAINT outputs_target_key UNIQUE (organization_id, generation_id, target),
  CONSTRAINT outputs_status_check CHECK (status IN ('pending', 'running', 'completed', 'failed')),
  CONSTRAINT outputs_content_check CHECK ((status = 'completed') <= (content IS NOT NULL)),
  CONSTRAINT outputs_generation_fkey FOREIGN KEY (organization_id, generation_id)
    REFERENCES studio.generations (organization_id, id) ON DELETE CASCADE,
  CONSTRAINT outputs_brand_fkey FOREIGN KEY (organization_id, brand_id)
    REFERENCES brand.brands (organization_id, id) ON DELETE CASCADE
);
CREATE INDEX outputs_brand_idx ON studio.outputs (organization_id, brand_id);
SELECT tenancy.protect_brand('studio.outputs');

CREATE TABLE studio.posts (
  organization_id uuid NOT NULL,
  id uuid NOT NULL,
  brand_id uuid NOT NULL,
  generation_id uuid,
  output_id uuid,
  created_by uuid,
  target text NOT NULL,
  network text NOT NULL,
  content_type text NOT NULL,
  status text NOT NULL DEFAULT 'pending',
  content jsonb NOT NULL,
  -- what the writer wrote, beside what people made of it
  original jsonb NOT NULL,
  edited boolean NOT NULL DEFAULT false,
  -- the published text and the source's title, for search
  search_text text NOT NULL,
  -- what the network's rules say of the content, worked out on every write so that lists are cheap
  counts jsonb NOT NULL,
  issues jsonb NOT NULL,
  rule_errors integer NOT NULL DEFAULT 0,
  -- which composition of the same brief this is; each regeneration asks for the next
  variation integer NOT NULL DEFAULT 0,
  regenerating boolean NOT NULL DEFAULT false,
  regeneration_error text,
  feedback smallint NOT NULL DEFAULT 0,
  note text NOT NULL DEFAULT '',
  tone text NOT NULL,
  source_title text,
  source_url text,
  provider text NOT NULL,
  model text NOT NULL,
  rejection_reason text,
  reviewed_by uuid,
  reviewed_at timestamptz,
  published_at timestamptz,
  version integer NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  deleted_at timestamptz,
  CONSTRAINT posts_pkey PRIMARY KEY (organization_id, id),
  CONSTRAINT posts_status_check CHECK (status IN ('pending', 'approved', 'rejected', 'published', 'archived')),
  CONSTRAINT posts_feedback_check CHECK (feedback IN (-1, 0, 1)),
  CONSTRAINT posts_brand_fkey FOREIGN KEY (organization_id, brand_id)
    REFERENCES brand.brands (organization_id, id) ON DELETE CASCADE,
  CONSTRAINT posts_generation_fkey FOREIGN KEY (organization_id, generation_id)
    REFERENCES studio.generations (organization_id, id) ON DELETE SET NULL (generation_id),
  CONSTRAINT posts_output_fkey FOREIGN KEY (organization_id, output_id)
    REFERENCES studio.outputs (organization_id, id) ON DELETE SET NULL (output_id)
);
CREATE INDEX posts_brand_idx ON studio.posts (organization_id, brand_id, created_at DESC, id DESC)
  WHERE deleted_at IS NULL;
CREATE INDEX posts_status_idx ON studio.posts (organization_id, brand_id, status, created_at DESC, id DESC)
  WHERE deleted_at IS NULL;
CREATE INDEX posts_brand_fkey_idx ON studio.posts (organization_id, brand_id);
CREATE INDEX posts_generation_idx ON studio.posts (organization_id, generation_id);
CREATE UNIQUE INDEX posts_output_idx ON studio.posts (organization_id, output_id);
CREATE INDEX posts_search_idx ON studio.posts USING gin (to_tsvector('simple', search_text));
SELECT tenancy.protect_brand('studio.posts');

CREATE TABLE studio.versions (
  organization_id uuid NOT NULL,
  id uuid NOT NULL,
  brand_id uuid NOT NULL,
  post_id uuid NOT NULL,
  number integer NOT NULL,
  reason text NOT NULL,
  content jsonb NOT NULL,
  actor jsonb NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT versions_pkey PRIMARY KEY (organization_id, id),
  CONSTRAINT versions_number_key UNIQUE (organization_id, post_id, number),
  CONSTRAINT versions_reason_check CHECK (reason IN ('generated', 'edited', 'regenerated', 'restored')),
  CONSTRAINT versions_post_fkey FOREIGN KEY (organization_id, post_id)
    REFERENCES studio.posts (organization_id, id) ON DELETE CASCADE,
  CONSTRAINT versions_brand_fkey FOREIGN KEY (organization_id, brand_id)
    REFERENCES brand.brands (organization_id, id) ON DELETE CASCADE
);
CREATE INDEX versions_brand_idx ON studio.versions (organization_id, brand_id);
SELECT tenancy.protect_brand('studio.versions');

-- Generations leave the busy tables after 90 days; the posts made of them stay.
CREATE SCHEMA IF NOT EXISTS archive;
GRANT USAGE ON SCHEMA archive TO bellwether_service;
CREATE TABLE archive.generations (
  organization_id uuid NOT NULL,
  id uuid NOT NULL,
  brand_id uuid NOT NULL,
  created_at timestamptz NOT NULL,
  archived_at timestamptz NOT NULL,
  -- the whole row and its outputs as they were
  generation jsonb NOT NULL,
  outputs jsonb NOT NULL,
  CONSTRAINT generations_pkey PRIMARY KEY (organization_id, id)
);
SELECT tenancy.protect_brand('archive.generations');
