-- Why people leave: a plan, or with their account. Kept without tenant, since an account belongs to none; the reason
-- outlives who gave it, without saying who it was.
CREATE TABLE billing.cancellations (
  id uuid CONSTRAINT cancellations_pkey PRIMARY KEY,
  -- what is left
  kind text NOT NULL,
  user_id uuid,
  -- not `organization_id`: no tenant reads these rows
  of_organization_id uuid,
  -- the plan that is left
  plan_id text,
  reason text NOT NULL,
  -- in their own words
  feedback text,
  created_at timestamptz NOT NULL,
  CONSTRAINT cancellations_kind_check CHECK (kind IN ('account', 'plan')),
  CONSTRAINT cancellations_plan_check CHECK ((kind = 'plan') = (plan_id IS NOT NULL)),
  CONSTRAINT cancellations_reason_check CHECK (reason IN
    ('too_expensive', 'missing_features', 'hard_to_use', 'quality', 'switched', 'no_need', 'only_testing', 'other')),
  CONSTRAINT cancellations_feedback_check CHECK (length(feedback) BETWEEN 1 AND 2000),
  CONSTRAINT cancellations_user_id_fkey FOREIGN KEY (user_id) REFERENCES identity.users (id) ON DELETE SET NULL,
  CONSTRAINT cancellations_of_organization_id_fkey FOREIGN KEY (of_organization_id)
    REFERENCES identity.organizations (id) ON DELETE SET NULL,
  CONSTRAINT cancellations_plan_id_fkey FOREIGN KEY (plan_id) REFERENCES billing.plans (id)
);
CREATE INDEX cancellations_user_id_idx ON billing.cancellations (user_id);
CREATE INDEX cancellations_of_organization_id_idx ON billing.cancellations (of_organization_id);
CREATE INDEX cancellations_plan_id_idx ON billing.cancellations (plan_id);
GRANT SELECT, INSERT, UPDATE, DELETE ON billing.cancellations TO bellwether_service;

-- How much a plan's organizations may spend on outside models in a month, and the name of that much. The operator's own cap
-- for each organization holds besides.
ALTER TABLE billing.plans
  ADD COLUMN ai_tier text NOT NULL DEFAULT 'standard',
  -- millionths of a US dollar; null is no cap of the plan's
  ADD COLUMN monthly_ai_cap_micro_usd bigint,
  ADD CONSTRAINT plans_ai_tier_check CHECK (ai_tier IN ('basic', 'standard', 'unlimited'));
UPDATE billing.plans
   SET ai_tier = CASE id WHEN 'free' THEN 'basic' WHEN 'pro' THEN 'standard' ELSE 'unlimited' END,
       monthly_ai_cap_micro_usd = CASE id WHEN 'free' THEN 2000000 WHEN 'pro' THEN 100000000 END;
ALTER TABLE billing.plans
  ADD CONSTRAINT plans_monthly_ai_cap_check
    CHECK (monthly_ai_cap_micro_usd >= 0 AND (ai_tier = 'unlimited') = (monthly_ai_cap_micro_usd IS NULL));
