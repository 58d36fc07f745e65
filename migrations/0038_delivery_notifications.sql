-- What people are told: their preferences, notices of what happened, and campaigns by mail.
CREATE SCHEMA delivery;
GRANT USAGE ON SCHEMA delivery TO bellwether_app, bellwether_service;

-- How somebody wants to be told: one row for a person, whatever organizations they belong to. Who has none has the
-- defaults.
CREATE TABLE delivery.preferences (
  user_id uuid CONSTRAINT preferences_pkey PRIMARY KEY,
  -- the morning delivery: local time and days
  delivery_time time NOT NULL DEFAULT '08:00',
  delivery_days text[] NOT NULL DEFAULT '{monday,tuesday,wednesday,thursday,friday}',
  -- the mail of everything else here too
  email_enabled boolean NOT NULL DEFAULT true,
  whatsapp_enabled boolean NOT NULL DEFAULT false,
  whatsapp_number text,
  push_enabled boolean NOT NULL DEFAULT true,
  -- what the morning delivery brings; empty is everything
  content_formats text[] NOT NULL DEFAULT '{}',
  networks text[] NOT NULL DEFAULT '{}',
  trend_alerts_enabled boolean NOT NULL DEFAULT true,
  max_drafts integer NOT NULL DEFAULT 5,
  post_reminders_enabled boolean NOT NULL DEFAULT true,
  weekly_reports_enabled boolean NOT NULL DEFAULT true,
  -- on the person's wall clock; mail waits for its end
  quiet_from time,
  quiet_to time,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT preferences_delivery_days_check
    CHECK (delivery_days <@ ARRAY['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday']),
  CONSTRAINT preferences_whatsapp_check
    CHECK (CASE WHEN whatsapp_number IS NULL THEN NOT whatsapp_enabled ELSE whatsapp_number ~ '^\+[0-9]{6,15}$' END),
  CONSTRAINT preferences_content_formats_check CHECK (cardinality(content_formats) <= 20),
  CONSTRAINT preferences_networks_check CHECK (cardinality(networks) <= 30),
  CONSTRAINT preferences_max_drafts_check CHECK (max_drafts BETWEEN 1 AND 50),
  CONSTRAINT preferences_quiet_check
    CHECK ((quiet_from IS NULL) = (quiet_to IS NULL) AND (quiet_from IS NULL OR quiet_from <> quiet_to)),
  CONSTRAINT preferences_user_fkey FOREIGN KEY (user_id) REFERENCES identity.users (id) ON DELETE CASCADE
);
CREATE TRIGGER preferences_touch BEFORE UPDATE ON delivery.preferences
  FOR EACH ROW EXECUTE FUNCTION tenancy.touch_updated_at();

-- Where somebody wants a kind of notice otherwise than by default. Kinds are the code's: a check would be a second copy.
CREATE TABLE delivery.kind_preferences (
  user_id uuid NOT NULL,
  kind text NOT NULL,
  in_app boolean NOT NULL,
  by_mail boolean NOT NULL,
  CONSTRAINT kind_preferences_pkey PRIMARY KEY (user_id, kind),
  CONSTRAINT kind_preferences_kind_check CHECK (kind ~ '^[a-z][a-z_]{0,59}$'),
  CONSTRAINT kind_preferences_user_fkey FOREIGN KEY (user_id) REFERENCES identity.users (id) ON DELETE CASCADE
);

-- What somebody was told.
CREATE TABLE delivery.notifications (
  organization_id uuid NOT NULL,
  id uuid NOT NULL,
  brand_id uuid,
  user_id uuid NOT NULL,
  kind text NOT NULL,
  -- what the words are made of when they are read
  data jsonb NOT NULL DEFAULT '{}',
  -- what it leads to; the address is made when it is read, since brands are renamed
  subject_type text NOT NULL,
  subject_id uuid NOT NULL,
  -- of what it tells; none for what a date gives rise to
  event_id uuid,
  -- the key of once: what tells the same person twice of one thing is the same notice
  occasion text NOT NULL,
  in_app boolean NOT NULL,
  -- when it is to be mailed, or later; null when it is not (any more)
  mail_after timestamptz,
  mailed_at timestamptz,
  read_at timestamptz,
  created_at timestamptz NOT NULL,
  CONSTRAINT notifications_pkey PRIMARY KEY (organization_id, id),
  CONSTRAINT notifications_once_key UNIQUE (organization_id, user_id, kind, occasion),
  CONSTRAINT notifications_kind_check CHECK (kind ~ '^[a-z][a-z_]{0,59}$'),
  CONSTRAINT notifications_data_check CHECK (jsonb_typeof(data) = 'object'),
  CONSTRAINT notifications_subject_type_check CHECK (subject_type ~ '^[a-z][a-z0-9_]*$'),
  CONSTRAINT notifications_occasion_check CHECK (length(occasion) BETWEEN 1 AND 200),
  CONSTRAINT notifications_mail_check CHECK (mail_after IS NULL OR mailed_at IS NULL),
  CONSTRAINT notifications_brand_fkey FOREIGN KEY (organization_id, brand_id)
    REFERENCES brand.brands (organization_id, id) ON DELETE CASCADE,
  CONSTRAINT notifications_user_fkey FOREIGN KEY (user_id) REFERENCES identity.users (id) ON DELETE CASCADE
);
CREATE INDEX notifications_user_idx ON delivery.notifications (user_id, created_at DESC, id DESC);
CREATE INDEX notifications_unread_idx ON delivery.notifications (user_id) WHERE read_at IS NULL AND in_app;
CREATE INDEX notifications_mail_idx ON delivery.notifications (mail_after) WHERE mail_after IS NOT NULL;
CREATE INDEX notifications_brand_idx ON delivery.notifications (organization_id, brand_id);
CREATE INDEX notifications_created_at_idx ON delivery.notifications (created_at);
SELECT tenancy.protect_brand('delivery.notifications');

-- Marketing by mail: consent is an address's, since who waits for their turn has no account yet.
CREATE TABLE delivery.contacts (
  id uuid CONSTRAINT contacts_pkey PRIMARY KEY,
  email citext NOT NULL,
  -- whose address it was when they said so: goes with them when they are erased
  user_id uuid,
  marketing_opted_in_at timestamptz,
  marketing_unsubscribed_at timestamptz,
  marketing_bounced_at timestamptz,
  marketing_last_event text,
  marketing_last_event_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT contacts_email_key UNIQUE (email),
  CONSTRAINT contacts_email_check CHECK (length(email) BETWEEN 3 AND 254),
  CONSTRAINT contacts_last_event_check
    CHECK (marketing_last_event IN ('opted_in', 'opted_out', 'unsubscribed', 'bounced', 'sent')
           AND marketing_last_event_at IS NOT NULL
           OR marketing_last_event IS NULL AND marketing_last_event_at IS NULL),
  CONSTRAINT contacts_user_fkey FOREIGN KEY (user_id) REFERENCES identity.users (id) ON DELETE CASCADE
);
CREATE INDEX contacts_user_idx ON delivery.contacts (user_id);
CREATE INDEX contacts_opted_in_idx ON delivery.contacts (id) WHERE marketing_opted_in_at IS NOT NULL;
CREATE TRIGGER contacts_touch BEFORE UPDATE ON delivery.contacts
  FOR EACH ROW EXECUTE FUNCTION tenancy.touch_updated_at();

-- A countdown to a launch, by the operator.
CREATE TABLE delivery.campaigns (
  id uuid CONSTRAINT campaigns_pkey PRIMARY KEY,
  name text NOT NULL,
  launch_on date NOT NULL,
  audience text NOT NULL,
  link text NOT NULL,
  -- for addresses whose own zone nobody knows
  time_zone text NOT NULL,
  created_by uuid,
  cancelled_at timestamptz,
  created_at timestamptz NOT NULL,
  CONSTRAINT campaigns_name_check CHECK (length(name) BETWEEN 1 AND 120),
  CONSTRAINT campaigns_audience_check CHECK (audience IN ('waitlist', 'opted_in', 'everybody')),
  CONSTRAINT campaigns_link_check CHECK (link ~ '^https?://' AND length(link) <= 2000),
  CONSTRAINT campaigns_created_by_fkey FOREIGN KEY (created_by) REFERENCES identity.users (id) ON DELETE SET NULL
);
CREATE INDEX campaigns_created_by_idx ON delivery.campaigns (created_by);
CREATE INDEX campaigns_created_at_idx ON delivery.campaigns (created_at DESC, id DESC);

-- A step of a campaign that went to somebody: the key is the promise that it goes once.
CREATE TABLE delivery.campaign_messages (
  campaign_id uuid NOT NULL,
  step text NOT NULL,
  contact_id uuid NOT NULL,
  sent_at timestamptz NOT NULL,
  CONSTRAINT campaign_messages_pkey PRIMARY KEY (campaign_id, step, contact_id),
  CONSTRAINT campaign_messages_step_check CHECK (step IN ('t14', 't7', 't1', 'launch')),
  CONSTRAINT campaign_messages_campaign_fkey FOREIGN KEY (campaign_id)
    REFERENCES delivery.campaigns (id) ON DELETE CASCADE,
  CONSTRAINT campaign_messages_contact_fkey FOREIGN KEY (contact_id)
    REFERENCES delivery.contacts (id) ON DELETE CASCADE
);
CREATE INDEX campaign_messages_contact_idx ON delivery.campaign_messages (contact_id);

-- People's own, of no tenant: for the service role alone, so that no policy could be wrong.
GRANT SELECT, INSERT, UPDATE, DELETE ON delivery.preferences, delivery.kind_preferences, delivery.contacts,
  delivery.campaigns, delivery.campaign_messages TO bellwether_service;

-- Marketing mails say how to leave in their headers (RFC 8058); all others have none.
ALTER TABLE operations.mails ADD COLUMN unsubscribe_url text,
  ADD CONSTRAINT mails_unsubscribe_url_check CHECK (unsubscribe_url ~ '^https?://' AND length(unsubscribe_url) <= 2000);
CREATE FUNCTION operations.queue_marketing_mail(
  p_id uuid, p_recipient text, p_template text, p_subject text, p_html text, p_text text, p_created_at timestamptz,
  p_expires_at timestamptz, p_unsubscribe_url text
) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  INSERT INTO operations.mails (id, recipient, template, subject, html, text, created_at, expires_at, unsubscribe_url)
  VALUES (p_id, p_recipient, p_template, p_subject, p_html, p_text, p_created_at, p_expires_at, p_unsubscribe_url)
$$;
REVOKE EXECUTE ON FUNCTION
  operations.queue_marketing_mail(uuid, text, text, text, text, text, timestamptz, timestamptz, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION
  operations.queue_marketing_mail(uuid, text, text, text, text, text, timestamptz, timestamptz, text)
  TO bellwether_service;
