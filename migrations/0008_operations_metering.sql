-- What models cost, what was used, and what came in from outside. `operations.events` is made before this file.
CREATE TABLE operations.ai_runs (
  organization_id uuid NOT NULL,
  id uuid NOT NULL,
  brand_id uuid,
  created_at timestamptz NOT NULL,
  purpose text NOT NULL,
  provider text NOT NULL,
  model text NOT NULL,
  prompt text NOT NULL,
  prompt_version integer NOT NULL,
  status text NOT NULL,
  error_code text,
  attempt integer NOT NULL DEFAULT 1,
  -- as the provider counted; null when it did not say
  input_tokens bigint,
  output_tokens bigint,
  -- millionths of a US dollar; null when the model's price isn't known
  cost_micro_usd bigint,
  milliseconds bigint NOT NULL,
  note text,
  subject_type text,
  subject_id uuid,
  CONSTRAINT ai_runs_pkey PRIMARY KEY (organization_id, id),
  CONSTRAINT ai_runs_status_check CHECK (status IN ('ok', 'error', 'invalid', 'cancelled')),
  CONSTRAINT ai_runs_tokens_check CHECK (input_tokens >= 0 AND output_tokens >= 0)
) PARTITION BY RANGE (id);
CREATE INDEX ai_runs_subject_idx ON operations.ai_runs (organization_id, subject_id, id);
SELECT tenancy.protect('operations.ai_runs');
SELECT tenancy.make_partitions('operations.ai_runs', 3);

-- The month's spending per organization, kept beside the runs so that a cap costs one row to check.
CREATE TABLE operations.ai_spending (
  organization_id uuid NOT NULL,
  id uuid NOT NULL,
  month date NOT NULL,
  cost_micro_usd bigint NOT NULL DEFAULT 0,
  runs bigint NOT NULL DEFAULT 0,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT ai_spending_pkey PRIMARY KEY (organization_id, id),
  CONSTRAINT ai_spending_month_key UNIQUE (organization_id, month),
  CONSTRAINT ai_spending_organization_id_fkey FOREIGN KEY (organization_id)
    REFERENCES identity.organizations (id) ON DELETE CASCADE
);
SELECT tenancy.protect('operations.ai_spending');

-- One row for each thing used: what `usage_logs` was. Kept 90 days, then summed into operations.usage_daily.
CREATE TABLE operations.usage (
  organization_id uuid NOT NULL,
  id uuid NOT NULL,
  brand_id uuid,
  user_id uuid,
  generation_id uuid,
  event_type text NOT NULL,
  networks text[] NOT NULL DEFAULT '{}',
  network_count integer NOT NULL,
  tokens_used bigint,
  cost_micro_usd bigint,
  user_agent text,
  ip_address inet,
  created_at timestamptz NOT NULL,
  CONSTRAINT usage_pkey PRIMARY KEY (organization_id, id),
  CONSTRAINT usage_event_type_check
    CHECK (event_type IN ('generation_started', 'generation_completed', 'generation_failed')),
  CONSTRAINT usage_network_count_check CHECK (network_count >= 0)
) PARTITION BY RANGE (id);
CREATE INDEX usage_event_type_idx ON operations.usage (organization_id, event_type, id);
SELECT tenancy.protect('operations.usage');
SELECT tenancy.make_partitions('operations.usage', 3);

CREATE TABLE operations.usage_daily (
  organization_id uuid NOT NULL,
  id uuid NOT NULL,
  day date NOT NULL,
  event_type text NOT NULL,
  events bigint NOT NULL,
  networks bigint NOT NULL,
  tokens_used bigint NOT NULL,
  cost_micro_usd bigint NOT NULL,
  CONSTRAINT usage_daily_pkey PRIMARY KEY (organization_id, id),
  CONSTRAINT usage_daily_day_key UNIQUE (organization_id, day, event_type),
  CONSTRAINT usage_daily_organization_id_fkey FOREIGN KEY (organization_id)
    REFERENCES identity.organizations (id) ON DELETE CASCADE
);
SELECT tenancy.protect('operations.usage_daily');

-- What outside services told us: stored first, worked on after, replayable; deleted after 30 days once processed.
CREATE TABLE operations.webhook_inbox (
  id uuid CONSTRAINT webhook_inbox_pkey PRIMARY KEY,
  source text NOT NULL,
  event_type text NOT NULL,
  -- the sender's own id: the same event twice is one row
  event_id text NOT NULL,
  payload jsonb NOT NULL,
  processed_at timestamptz,
  error_message text,
  retry_count integer NOT NULL DEFAULT 0,
  created_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT webhook_inbox_source_check CHECK (source IN ('stripe', 'clerk')),
  CONSTRAINT webhook_inbox_event_id_key UNIQUE (source, event_id),
  CONSTRAINT webhook_inbox_retry_count_check CHECK (retry_count >= 0)
);
CREATE INDEX webhook_inbox_created_at_idx ON operations.webhook_inbox (created_at DESC);
CREATE INDEX webhook_inbox_open_idx ON operations.webhook_inbox (created_at) WHERE processed_at IS NULL;
GRANT SELECT, INSERT, UPDATE, DELETE ON operations.webhook_inbox TO bellwether_service;
