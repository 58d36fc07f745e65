-- What a brand says of itself, by sections, so that writers need not guess. Each field has a column of its own; only what
-- nobody foresaw stands in `profile`.
ALTER TABLE brand.brands
  ADD COLUMN business_type text,
  ADD COLUMN industry text,
  ADD COLUMN differentiators text[] NOT NULL DEFAULT '{}',
  ADD COLUMN opportunities text[] NOT NULL DEFAULT '{}',
  ADD COLUMN geographic_focus text,
  ADD COLUMN key_topics text[] NOT NULL DEFAULT '{}',
  ADD COLUMN keywords text[] NOT NULL DEFAULT '{}',
  ADD COLUMN avoid_words text[] NOT NULL DEFAULT '{}',
  ADD COLUMN competitors text[] NOT NULL DEFAULT '{}',
  ADD COLUMN industry_leaders text[] NOT NULL DEFAULT '{}',
  ADD COLUMN competitor_social_accounts text[] NOT NULL DEFAULT '{}',
  ADD COLUMN primary_goal text,
  ADD COLUMN revenue_targets text,
  ADD COLUMN primary_cta text,
  ADD COLUMN calls_to_action text[] NOT NULL DEFAULT '{}',
  ADD COLUMN networks text[] NOT NULL DEFAULT '{}',
  -- network → what to mind there
  ADD COLUMN network_preferences jsonb NOT NULL DEFAULT '{}',
  ADD COLUMN hashtags_enabled boolean NOT NULL DEFAULT true,
  ADD COLUMN blog_style text,
  ADD COLUMN lead_magnet_type text,
  ADD COLUMN email_tone text,
  ADD COLUMN email_frequency text,
  ADD COLUMN list_building_goals text[] NOT NULL DEFAULT '{}',
  -- [{ "label", "text" }]
  ADD COLUMN profile jsonb NOT NULL DEFAULT '[]',
  ADD CONSTRAINT brands_business_type_check CHECK (length(business_type) BETWEEN 1 AND 120),
  ADD CONSTRAINT brands_industry_check CHECK (length(industry) BETWEEN 1 AND 120),
  ADD CONSTRAINT brands_geographic_focus_check CHECK (length(geographic_focus) BETWEEN 1 AND 300),
  ADD CONSTRAINT brands_primary_goal_check CHECK (length(primary_goal) BETWEEN 1 AND 500),
  ADD CONSTRAINT brands_revenue_targets_check CHECK (length(revenue_targets) BETWEEN 1 AND 500),
  ADD CONSTRAINT brands_primary_cta_check CHECK (length(primary_cta) BETWEEN 1 AND 300),
  ADD CONSTRAINT brands_blog_style_check CHECK (length(blog_style) BETWEEN 1 AND 500),
  ADD CONSTRAINT brands_lead_magnet_type_check CHECK (length(lead_magnet_type) BETWEEN 1 AND 300),
  ADD CONSTRAINT brands_email_tone_check CHECK (length(email_tone) BETWEEN 1 AND 300),
  ADD CONSTRAINT brands_email_frequency_check
    CHECK (email_frequency IN ('daily', 'several_a_week', 'weekly', 'every_two_weeks', 'monthly', 'irregular')),
  ADD CONSTRAINT brands_network_preferences_check CHECK (jsonb_typeof(network_preferences) = 'object'),
  ADD CONSTRAINT brands_profile_check CHECK (jsonb_typeof(profile) = 'array');

-- Whom a brand speaks to.
CREATE TABLE brand.audiences (
  organization_id uuid NOT NULL,
  id uuid NOT NULL,
  brand_id uuid NOT NULL,
  name text NOT NULL,
  description text,
  -- { "age", "gender", "location", "income" }, each a text
  demographics jsonb NOT NULL DEFAULT '{}',
  -- { "goals", "values", "interests" }, each a list of texts
  psychographics jsonb NOT NULL DEFAULT '{}',
  job_roles text[] NOT NULL DEFAULT '{}',
  pain_points text[] NOT NULL DEFAULT '{}',
  desired_outcomes text[] NOT NULL DEFAULT '{}',
  objections text[] NOT NULL DEFAULT '{}',
  -- how much its people know already (Eugene Schwartz, Breakthrough Advertising, 1966)
  awareness_stage text,
  version integer NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT audiences_pkey PRIMARY KEY (organization_id, id),
  CONSTRAINT audiences_name_check CHECK (length(name) BETWEEN 1 AND 120),
  CONSTRAINT audiences_description_check CHECK (length(description) BETWEEN 1 AND 2000),
  CONSTRAINT audiences_demographics_check CHECK (jsonb_typeof(demographics) = 'object'),
  CONSTRAINT audiences_psychographics_check CHECK (jsonb_typeof(psychographics) = 'object'),
  CONSTRAINT audiences_awareness_stage_check
    CHECK (awareness_stage IN ('unaware', 'problem_aware', 'solution_aware', 'product_aware', 'most_aware')),
  CONSTRAINT audiences_brand_fkey FOREIGN KEY (organization_id, brand_id)
    REFERENCES brand.brands (organization_id, id) ON DELETE CASCADE
);
CREATE INDEX audiences_brand_idx ON brand.audiences (organization_id, brand_id);
SELECT tenancy.protect_brand('brand.audiences');
