-- How a brand sounds: texts of its own and of others, and the models trained from them.

CREATE TABLE brand.voice_samples (
  organization_id uuid NOT NULL,
  id uuid NOT NULL,
  brand_id uuid NOT NULL,
  -- the brand's own, or somebody else's to compare with
  kind text NOT NULL,
  source text NOT NULL,
  -- the post that it was learned from: studio's, which stands above, so without a foreign key
  post_id uuid,
  network text,
  content text NOT NULL,
  -- SHA-256 of the text without case, spaces and punctuation: a text counts once
  content_hash bytea NOT NULL,
  words integer NOT NULL,
  -- ISO 639-1, when it could be told
  language text,
  -- 0 to 100, with the reasons in words
  quality smallint NOT NULL,
  reasons text[] NOT NULL DEFAULT '{}',
  -- habit → value
  features jsonb NOT NULL DEFAULT '{}',
  -- as the network counts: { "likes": 12 }
  engagement jsonb NOT NULL DEFAULT '{}',
  -- how much it counts in a training; 1 for a plain sample
  weight real NOT NULL DEFAULT 1,
  used_for_training boolean NOT NULL DEFAULT true,
  -- the place by quality among those that the latest training took, from 1
  rank integer,
  published_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT now(),
  -- when it last changed what a training would learn; a new rank does not
  changed_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT voice_samples_pkey PRIMARY KEY (organization_id, id),
  CONSTRAINT voice_samples_kind_check CHECK (kind IN ('own', 'other')),
  CONSTRAINT voice_samples_source_check
    CHECK (source IN ('paste', 'upload', 'post', 'edit', 'approval', 'rejection')),
  CONSTRAINT voice_samples_network_check CHECK (length(network) BETWEEN 1 AND 40),
  CONSTRAINT voice_samples_content_check CHECK (length(content) BETWEEN 1 AND 40000),
  CONSTRAINT voice_samples_content_hash_check CHECK (octet_length(content_hash) = 32),
  CONSTRAINT voice_samples_words_check CHECK (words >= 0),
  CONSTRAINT voice_samples_language_check CHECK (language ~ '^[a-z]{2,3}$'),
  CONSTRAINT voice_samples_quality_check CHECK (quality BETWEEN 0 AND 100),
  CONSTRAINT voice_samples_features_check CHECK (jsonb_typeof(features) = 'object'),
  CONSTRAINT voice_samples_engagement_check CHECK (jsonb_typeof(engagement) = 'object'),
  CONSTRAINT voice_samples_weight_check CHECK (weight > 0 AND weight <= 10),
  CONSTRAINT voice_samples_rank_check CHECK (rank >= 1),
  CONSTRAINT voice_samples_brand_fkey FOREIGN KEY (organization_id, brand_id)
    REFERENCES brand.brands (organization_id, id) ON DELETE CASCADE
);
-- two imports at once add a text once
CREATE UNIQUE INDEX voice_samples_content_idx ON brand.voice_samples (organization_id, brand_id, content_hash);
CREATE INDEX voice_samples_newest_idx
  ON brand.voice_samples (organization_id, brand_id, kind, created_at DESC, id DESC);
CREATE INDEX voice_samples_best_idx ON brand.voice_samples (organization_id, brand_id, kind, quality DESC, id DESC);
CREATE INDEX voice_samples_post_idx ON brand.voice_samples (organization_id, brand_id, post_id)
  WHERE post_id IS NOT NULL;
SELECT tenancy.protect_brand('brand.voice_samples');

CREATE TABLE brand.voice_models (
  organization_id uuid NOT NULL,
  id uuid NOT NULL,
  brand_id uuid NOT NULL,
  family text NOT NULL,
  -- from 1 in each family
  version integer NOT NULL,
  status text NOT NULL DEFAULT 'pending',
  -- used for what is written and asked now
  active boolean NOT NULL DEFAULT false,
  -- what it was trained with and what was left out
  config jsonb NOT NULL DEFAULT '{}',
  sample_count integer NOT NULL DEFAULT 0,
  other_count integer NOT NULL DEFAULT 0,
  words integer NOT NULL DEFAULT 0,
  -- area under the curve over texts that were held out
  validation_score double precision,
  validation jsonb,
  -- the same of the version before and of this one, on the same texts, which neither was trained on
  before_score double precision,
  after_score double precision,
  guide jsonb,
  -- the voice itself; json and not jsonb: it is read whole, and its numbers stay as they were written
  model json,
  failure text,
  training_started_at timestamptz,
  training_completed_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT voice_models_pkey PRIMARY KEY (organization_id, id),
  CONSTRAINT voice_models_version_key UNIQUE (organization_id, brand_id, family, version),
  CONSTRAINT voice_models_family_check CHECK (family IN ('all', 'short', 'professional', 'visual', 'long')),
  CONSTRAINT voice_models_version_check CHECK (version >= 1),
  CONSTRAINT voice_models_status_check CHECK (status IN ('pending', 'training', 'completed', 'failed')),
  CONSTRAINT voice_models_active_check CHECK (NOT active OR status = 'completed'),
  CONSTRAINT voice_models_model_check CHECK (status <> 'completed' OR model IS NOT NULL),
  CONSTRAINT voice_models_model_size_check CHECK (octet_length(model::text) <= 1048576),
  CONSTRAINT voice_models_failure_check CHECK ((status = 'failed') = (failure IS NOT NULL)),
  CONSTRAINT voice_models_config_check CHECK (jsonb_typeof(config) = 'object'),
  CONSTRAINT voice_models_counts_check CHECK (sample_count >= 0 AND other_count >= 0 AND words >= 0),
  CONSTRAINT voice_models_validation_score_check CHECK (validation_score BETWEEN 0 AND 1),
  CONSTRAINT voice_models_before_score_check CHECK (before_score BETWEEN 0 AND 1),
  CONSTRAINT voice_models_after_score_check CHECK (after_score BETWEEN 0 AND 1),
  CONSTRAINT voice_models_brand_fkey FOREIGN KEY (organization_id, brand_id)
    REFERENCES brand.brands (organization_id, id) ON DELETE CASCADE
);
CREATE INDEX voice_models_brand_idx ON brand.voice_models (organization_id, brand_id, created_at DESC, id DESC);
CREATE UNIQUE INDEX voice_models_active_idx ON brand.voice_models (organization_id, brand_id, family) WHERE active;
CREATE UNIQUE INDEX voice_models_training_idx ON brand.voice_models (organization_id, brand_id, family)
  WHERE status IN ('pending', 'training');
SELECT tenancy.protect_brand('brand.voice_models');
