-- What a brand's drafts are made with: its pillars, hooks, offers and knowledge.

-- What it writes about, in order.
CREATE TABLE brand.pillars (
  organization_id uuid NOT NULL,
  id uuid NOT NULL,
  brand_id uuid NOT NULL,
  -- from 1, without gaps
  position integer NOT NULL,
  name text NOT NULL,
  description text,
  why_important text,
  subtopics text[] NOT NULL DEFAULT '{}',
  version integer NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT pillars_pkey PRIMARY KEY (organization_id, id),
  -- checked at the end of a transaction: a new order swaps places
  CONSTRAINT pillars_position_key UNIQUE (organization_id, brand_id, position) DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT pillars_position_check CHECK (position >= 1),
  CONSTRAINT pillars_name_check CHECK (length(name) BETWEEN 1 AND 120),
  CONSTRAINT pillars_description_check CHECK (length(description) BETWEEN 1 AND 2000),
  CONSTRAINT pillars_why_important_check CHECK (length(why_important) BETWEEN 1 AND 2000),
  CONSTRAINT pillars_brand_fkey FOREIGN KEY (organization_id, brand_id)
    REFERENCES brand.brands (organization_id, id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX pillars_name_idx ON brand.pillars (organization_id, brand_id, lower(name));
SELECT tenancy.protect_brand('brand.pillars');

-- First lines.
CREATE TABLE brand.hooks (
  organization_id uuid NOT NULL,
  id uuid NOT NULL,
  brand_id uuid NOT NULL,
  text text NOT NULL,
  kind text NOT NULL,
  category text,
  -- set means that it is for this time of the year only
  season text,
  -- set means that it is for this place only
  place text,
  urgency text NOT NULL DEFAULT 'low',
  usage_count integer NOT NULL DEFAULT 0,
  last_used_at timestamptz,
  -- of the last use, in the brand's zone: the month (1 to 12) and which pick of that month it was
  month_number smallint,
  sequence_in_month integer,
  -- 0 to 100
  performance_score double precision,
  -- set means that a program made it, with this prompt and model
  generated_at timestamptz,
  prompt text,
  model text,
  version integer NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  deleted_at timestamptz,
  CONSTRAINT hooks_pkey PRIMARY KEY (organization_id, id),
  CONSTRAINT hooks_text_check CHECK (length(text) BETWEEN 1 AND 500),
  CONSTRAINT hooks_kind_check CHECK (kind IN ('question', 'statement', 'statistic', 'story', 'contrarian', 'how_to', 'list',
    'promise', 'quotation', 'other')),
  CONSTRAINT hooks_category_check CHECK (length(category) BETWEEN 1 AND 80),
  CONSTRAINT hooks_season_check CHECK (season IN ('spring', 'summer', 'autumn', 'winter', 'holidays', 'new_year')),
  CONSTRAINT hooks_place_check CHECK (length(place) BETWEEN 1 AND 120),
  CONSTRAINT hooks_urgency_check CHECK (urgency IN ('low', 'medium', 'high')),
  CONSTRAINT hooks_usage_count_check CHECK (usage_count >= 0),
  CONSTRAINT hooks_used_check CHECK ((last_used_at IS NULL) = (month_number IS NULL)
    AND (month_number IS NULL) = (sequence_in_month IS NULL)),
  CONSTRAINT hooks_month_number_check CHECK (month_number BETWEEN 1 AND 12),
  CONSTRAINT hooks_sequence_in_month_check CHECK (sequence_in_month >= 1),
  CONSTRAINT hooks_performance_score_check CHECK (performance_score BETWEEN 0 AND 100),
  CONSTRAINT hooks_prompt_check CHECK (length(prompt) BETWEEN 1 AND 200),
  CONSTRAINT hooks_model_check CHECK (length(model) BETWEEN 1 AND 200),
  CONSTRAINT hooks_brand_fkey FOREIGN KEY (organization_id, brand_id)
    REFERENCES brand.brands (organization_id, id) ON DELETE CASCADE
);
CREATE INDEX hooks_brand_idx ON brand.hooks (organization_id, brand_id, created_at DESC, id DESC);
-- two of the same text would be the same hook twice in a month
CREATE UNIQUE INDEX hooks_text_idx ON brand.hooks (organization_id, brand_id, lower(text)) WHERE deleted_at IS NULL;
CREATE INDEX hooks_deleted_at_idx ON brand.hooks (deleted_at) WHERE deleted_at IS NOT NULL;
SELECT tenancy.protect_brand('brand.hooks');

-- What a brand sells, and what its description was found to say.
CREATE TABLE brand.offers (
  organization_id uuid NOT NULL,
  id uuid NOT NULL,
  brand_id uuid NOT NULL,
  name text NOT NULL,
  description text,
  url text,
  -- in the smallest unit of the currency
  price_minor bigint,
  -- ISO 4217, lower case
  currency text,
  -- for what: “per month”
  price_unit text,
  -- [{ "text", "from", "until" }]
  promotions jsonb NOT NULL DEFAULT '[]',
  -- [{ "text", "evidence": { "sentence", "cue" } }]
  benefits jsonb NOT NULL DEFAULT '[]',
  features jsonb NOT NULL DEFAULT '[]',
  -- { "text", "evidence" }
  target_audience jsonb,
  value_proposition jsonb,
  analysed_at timestamptz,
  version integer NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT offers_pkey PRIMARY KEY (organization_id, id),
  CONSTRAINT offers_name_check CHECK (length(name) BETWEEN 1 AND 200),
  CONSTRAINT offers_description_check CHECK (length(description) BETWEEN 1 AND 20000),
  CONSTRAINT offers_url_check CHECK (url ~ '^https?://' AND length(url) <= 2000),
  CONSTRAINT offers_price_minor_check CHECK (price_minor >= 0),
  CONSTRAINT offers_currency_check CHECK (currency ~ '^[a-z]{3}$'),
  CONSTRAINT offers_price_check CHECK ((price_minor IS NULL) = (currency IS NULL)),
  CONSTRAINT offers_price_unit_check CHECK (length(price_unit) BETWEEN 1 AND 60),
  CONSTRAINT offers_promotions_check CHECK (jsonb_typeof(promotions) = 'array'),
  CONSTRAINT offers_benefits_check CHECK (jsonb_typeof(benefits) = 'array'),
  CONSTRAINT offers_features_check CHECK (jsonb_typeof(features) = 'array'),
  CONSTRAINT offers_brand_fkey FOREIGN KEY (organization_id, brand_id)
    REFERENCES brand.brands (organization_id, id) ON DELETE CASCADE
);
CREATE INDEX offers_brand_idx ON brand.offers (organization_id, brand_id);
SELECT tenancy.protect_brand('brand.offers');

-- What a brand knows and writers may cite.
CREATE TABLE brand.knowledge (
  organization_id uuid NOT NULL,
  id uuid NOT NULL,
  brand_id uuid NOT NULL,
  kind text NOT NULL DEFAULT 'fact',
  content text NOT NULL,
  -- where it is from, in words
  source text,
  url text,
  -- the last day on which it may be cited, in the brand's zone
  valid_until date,
  version integer NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT knowledge_pkey PRIMARY KEY (organization_id, id),
  CONSTRAINT knowledge_kind_check CHECK (kind IN ('fact', 'statistic', 'quotation', 'story', 'answer', 'note')),
  CONSTRAINT knowledge_content_check CHECK (length(content) BETWEEN 1 AND 4000),
  CONSTRAINT knowledge_source_check CHECK (length(source) BETWEEN 1 AND 300),
  CONSTRAINT knowledge_url_check CHECK (url ~ '^https?://' AND length(url) <= 2000),
  CONSTRAINT knowledge_brand_fkey FOREIGN KEY (organization_id, brand_id)
    REFERENCES brand.brands (organization_id, id) ON DELETE CASCADE
);
CREATE INDEX knowledge_brand_idx ON brand.knowledge (organization_id, brand_id, created_at DESC, id DESC);
SELECT tenancy.protect_brand('brand.knowledge');
