-- Plans, who is on which, and how much of the month's allowance is used and held.
CREATE SCHEMA billing;
GRANT USAGE ON SCHEMA billing TO bellwether_app, bellwether_service;

CREATE TABLE billing.plans (
  id text CONSTRAINT plans_pkey PRIMARY KEY,
  name text NOT NULL,
  position integer NOT NULL,
  -- generations a calendar month (UTC); null is unlimited
  monthly_generations integer,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT plans_monthly_generations_check CHECK (monthly_generations >= 0)
);
CREATE TRIGGER plans_touch BEFORE UPDATE ON billing.plans
  FOR EACH ROW EXECUTE FUNCTION tenancy.touch_updated_at();
GRANT SELECT ON billing.plans TO bellwether_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON billing.plans TO bellwether_service;
INSERT INTO billing.plans (id, name, position, monthly_generations) VALUES
  ('free', 'Free', 1, 10), ('pro', 'Pro', 2, 500), ('business', 'Business', 3, NULL);

-- An organization without a row here is on the plan `free`, active.
CREATE TABLE billing.subscriptions (
  organization_id uuid NOT NULL,
  id uuid NOT NULL,
  plan_id text NOT NULL,
  status text NOT NULL DEFAULT 'active',
  stripe_subscription_id text,
  stripe_customer_id text,
  stripe_price_id text,
  current_period_start timestamptz,
  current_period_end timestamptz,
  cancel_at_period_end boolean NOT NULL DEFAULT false,
  canceled_at timestamptz,
  amount_minor bigint NOT NULL DEFAULT 0,
  currency text NOT NULL DEFAULT 'usd',
  billing_interval text NOT NULL DEFAULT 'month',
  trial_start timestamptz,
  trial_end timestamptz,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT subscriptions_pkey PRIMARY KEY (organization_id, id),
  CONSTRAINT subscriptions_status_check
    CHECK (status IN ('active', 'canceled', 'past_due', 'trialing', 'incomplete')),
  CONSTRAINT subscriptions_billing_interval_check CHECK (billing_interval IN ('month', 'year')),
  CONSTRAINT subscriptions_currency_check CHECK (currency ~ '^[a-z]{3}$'),
  CONSTRAINT subscriptions_stripe_subscription_id_key UNIQUE (stripe_subscription_id, organization_id),
  CONSTRAINT subscriptions_plan_id_fkey FOREIGN KEY (plan_id) REFERENCES billing.plans (id),
  CONSTRAINT subscriptions_organization_id_fkey FOREIGN KEY (organization_id)
    REFERENCES identity.organizations (id) ON DELETE CASCADE
);
CREATE INDEX subscriptions_plan_id_idx ON billing.subscriptions (plan_id);
CREATE INDEX subscriptions_stripe_customer_id_idx ON billing.subscriptions (stripe_customer_id);
-- at most one that counts
CREATE UNIQUE INDEX subscriptions_live_idx ON billing.subscriptions (organization_id)
  WHERE status IN ('active', 'past_due', 'trialing');
SELECT tenancy.protect('billing.subscriptions');

-- One row per organization and metric: its lock is what keeps concurrent reservations within the limit.
CREATE TABLE billing.allowances (
  organization_id uuid NOT NULL,
  id uuid NOT NULL,
  metric text NOT NULL,
  used integer NOT NULL DEFAULT 0,
  reserved integer NOT NULL DEFAULT 0,
  resets_at timestamptz NOT NULL,
  last_used_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT allowances_pkey PRIMARY KEY (organization_id, id),
  CONSTRAINT allowances_metric_key UNIQUE (organization_id, metric),
  CONSTRAINT allowances_metric_check CHECK (metric IN ('generations')),
  CONSTRAINT allowances_used_check CHECK (used >= 0),
  CONSTRAINT allowances_reserved_check CHECK (reserved >= 0),
  CONSTRAINT allowances_organization_id_fkey FOREIGN KEY (organization_id)
    REFERENCES identity.organizations (id) ON DELETE CASCADE
);
SELECT tenancy.protect('billing.allowances');

-- Held before the work, consumed or released after it: exactly one of the two, whatever is tried again.
CREATE TABLE billing.reservations (
  organization_id uuid NOT NULL,
  id uuid NOT NULL,
  metric text NOT NULL,
  subject_id uuid NOT NULL,
  status text NOT NULL DEFAULT 'reserved',
  created_at timestamptz NOT NULL DEFAULT now(),
  settled_at timestamptz,
  CONSTRAINT reservations_pkey PRIMARY KEY (organization_id, id),
  CONSTRAINT reservations_subject_key UNIQUE (organization_id, metric, subject_id),
  CONSTRAINT reservations_metric_check CHECK (metric IN ('generations')),
  CONSTRAINT reservations_status_check CHECK (status IN ('reserved', 'consumed', 'released')),
  CONSTRAINT reservations_settled_check CHECK ((status = 'reserved') = (settled_at IS NULL)),
  CONSTRAINT reservations_organization_id_fkey FOREIGN KEY (organization_id)
    REFERENCES identity.organizations (id) ON DELETE CASCADE
);
SELECT tenancy.protect('billing.reservations');
