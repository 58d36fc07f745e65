-- The morning delivery: one for each person, brand and date of the person's own calendar.
CREATE TABLE delivery.daily_deliveries (
  organization_id uuid NOT NULL,
  id uuid NOT NULL,
  brand_id uuid NOT NULL,
  user_id uuid NOT NULL,
  -- on the person's calendar when it was due
  date date NOT NULL,
  status text NOT NULL DEFAULT 'pending',
  -- why it was skipped, in words
  reason text,
  -- what it brought, the best first; words why, one array for each
  post_ids uuid[] NOT NULL DEFAULT '{}',
  reasons jsonb NOT NULL DEFAULT '[]',
  trend_ids uuid[] NOT NULL DEFAULT '{}',
  channel text,
  -- the mail in the outbox, which says whether it went out
  mail_id uuid,
  delivered_at timestamptz,
  opened_at timestamptz,
  clicked_at timestamptz,
  -- drafts approved by its links
  approved_count integer NOT NULL DEFAULT 0,
  error_message text,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT daily_deliveries_pkey PRIMARY KEY (organization_id, id),
  CONSTRAINT daily_deliveries_once_key UNIQUE (organization_id, brand_id, user_id, date),
  CONSTRAINT daily_deliveries_status_check CHECK (status IN ('pending', 'delivered', 'failed', 'skipped')),
  CONSTRAINT daily_deliveries_channel_check CHECK (channel IN ('email', 'whatsapp', 'push', 'slack', 'telegram')),
  CONSTRAINT daily_deliveries_skipped_check CHECK ((status = 'skipped') = (reason IS NOT NULL)),
  CONSTRAINT daily_deliveries_failed_check CHECK (status <> 'failed' OR error_message IS NOT NULL),
  CONSTRAINT daily_deliveries_delivered_check
    CHECK ((status = 'delivered') = (delivered_at IS NOT NULL) AND (status <> 'delivered' OR channel IS NOT NULL)),
  CONSTRAINT daily_deliveries_reasons_check CHECK (jsonb_typeof(reasons) = 'array'),
  CONSTRAINT daily_deliveries_approved_count_check CHECK (approved_count >= 0),
  CONSTRAINT daily_deliveries_brand_fkey FOREIGN KEY (organization_id, brand_id)
    REFERENCES brand.brands (organization_id, id) ON DELETE CASCADE,
  CONSTRAINT daily_deliveries_user_fkey FOREIGN KEY (user_id) REFERENCES identity.users (id) ON DELETE CASCADE
);
CREATE INDEX daily_deliveries_list_idx
  ON delivery.daily_deliveries (organization_id, brand_id, user_id, created_at DESC, id DESC);
CREATE INDEX daily_deliveries_user_idx ON delivery.daily_deliveries (user_id);
CREATE INDEX daily_deliveries_mail_idx ON delivery.daily_deliveries (mail_id)
  WHERE status = 'pending' AND mail_id IS NOT NULL;
CREATE INDEX daily_deliveries_created_at_idx ON delivery.daily_deliveries (created_at);
SELECT tenancy.protect_brand('delivery.daily_deliveries');

-- When somebody's next morning is: worked out by the program, which knows the zones.
CREATE TABLE delivery.mornings (
  user_id uuid CONSTRAINT mornings_pkey PRIMARY KEY,
  -- the date that is planned, on the person's calendar
  date date,
  -- when its time comes; null when none is wanted
  due_at timestamptz DEFAULT 'epoch',
  -- zone or preferences changed: to be worked out anew
  stale boolean NOT NULL DEFAULT true,
  -- the last date that was dealt with: no later plan goes back to it
  last_date date,
  CONSTRAINT mornings_user_fkey FOREIGN KEY (user_id) REFERENCES identity.users (id) ON DELETE CASCADE
);
CREATE INDEX mornings_due_idx ON delivery.mornings (due_at, user_id) WHERE due_at IS NOT NULL;
GRANT SELECT, INSERT, UPDATE, DELETE ON delivery.mornings TO bellwether_service;

ALTER TABLE delivery.preferences
  -- the morning delivery by mail, apart from notices
  ADD COLUMN morning_mail_enabled boolean NOT NULL DEFAULT true,
  -- whether a picture in the mail may tell that it was opened
  ADD COLUMN open_tracking_enabled boolean NOT NULL DEFAULT true;

-- Whoever comes, moves to another zone or wants another time has their next morning worked out anew. By trigger, since
-- identity stands below and knows of no mornings, and since nobody who changes a zone may be forgotten.
CREATE FUNCTION delivery.morning_changed() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  INSERT INTO delivery.mornings (user_id) VALUES ((to_jsonb(NEW) ->> TG_ARGV[0])::uuid)
    ON CONFLICT ON CONSTRAINT mornings_pkey DO UPDATE SET due_at = 'epoch', stale = true;
  RETURN NULL;
END
$$;
REVOKE EXECUTE ON FUNCTION delivery.morning_changed() FROM PUBLIC;
CREATE TRIGGER users_morning AFTER INSERT OR UPDATE OF time_zone, deleted_at, suspended_at ON identity.users
  FOR EACH ROW EXECUTE FUNCTION delivery.morning_changed('id');
CREATE TRIGGER preferences_morning AFTER INSERT OR UPDATE ON delivery.preferences
  FOR EACH ROW EXECUTE FUNCTION delivery.morning_changed('user_id');

-- who was there before
INSERT INTO delivery.mornings (user_id) SELECT id FROM identity.users ON CONFLICT DO NOTHING;
