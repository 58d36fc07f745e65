-- More ways than mail: push notifications of browsers, WhatsApp, Slack and Telegram, and one record of everything that is
-- sent by any of them.

-- A person's ways besides mail and push, one of each kind. People's own, of no tenant: for the service role alone.
CREATE TABLE delivery.channels (
  user_id uuid NOT NULL,
  kind text NOT NULL,
  id uuid NOT NULL,
  -- as the person knows it: the end of a number, the chat's name
  name text NOT NULL DEFAULT '',
  state text NOT NULL,
  -- why it does not work, in the other side's own words
  reason text,
  -- where it leads, with what it takes (a number, a webhook, a chat and its bot): a Fernet token. Version 0 is what was kept
  -- in the open before, sealed when it is next at hand
  sealed text,
  encryption_version smallint NOT NULL DEFAULT 1,
  -- a hash of the code that proves that it is theirs
  code_hash bytea,
  code_expires_at timestamptz,
  code_tries smallint NOT NULL DEFAULT 0,
  -- codes cost the operator money: so many a day. The row stays when the way is taken away, so that nobody counts anew
  codes_sent smallint NOT NULL DEFAULT 0,
  codes_since timestamptz,
  last_used_at timestamptz,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT channels_pkey PRIMARY KEY (user_id, kind),
  CONSTRAINT channels_id_key UNIQUE (id),
  CONSTRAINT channels_kind_check CHECK (kind IN ('whatsapp', 'slack', 'telegram')),
  CONSTRAINT channels_name_check CHECK (length(name) <= 200),
  CONSTRAINT channels_state_check CHECK (state IN ('ready', 'unconfirmed', 'troubled', 'off')),
  CONSTRAINT channels_reason_check CHECK (state <> 'troubled' OR reason IS NOT NULL),
  CONSTRAINT channels_sealed_check CHECK (CASE WHEN state = 'off' THEN sealed IS NULL
                                               WHEN state = 'unconfirmed' THEN true ELSE sealed IS NOT NULL END),
  CONSTRAINT channels_code_check CHECK ((code_hash IS NULL) = (code_expires_at IS NULL)),
  CONSTRAINT channels_user_fkey FOREIGN KEY (user_id) REFERENCES identity.users (id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX channels_code_idx ON delivery.channels (code_hash) WHERE code_hash IS NOT NULL;
CREATE TRIGGER channels_touch BEFORE UPDATE ON delivery.channels
  FOR EACH ROW EXECUTE FUNCTION tenancy.touch_updated_at();

-- A browser that shows notifications. Its address is a secret: whoever has it can ask the push service to wake the browser.
CREATE TABLE delivery.push_subscriptions (
  id uuid CONSTRAINT push_subscriptions_pkey PRIMARY KEY,
  user_id uuid NOT NULL,
  name text NOT NULL,
  -- two of one address are one
  endpoint_hash bytea NOT NULL,
  sealed text NOT NULL,
  encryption_version smallint NOT NULL DEFAULT 1,
  reason text,
  last_used_at timestamptz,
  created_at timestamptz NOT NULL,
  CONSTRAINT push_subscriptions_endpoint_key UNIQUE (endpoint_hash),
  CONSTRAINT push_subscriptions_name_check CHECK (length(name) BETWEEN 1 AND 200),
  CONSTRAINT push_subscriptions_user_fkey FOREIGN KEY (user_id) REFERENCES identity.users (id) ON DELETE CASCADE
);
CREATE INDEX push_subscriptions_user_idx ON delivery.push_subscriptions (user_id);

-- What the installation made once and keeps: the keys by which push services know it, how far a bot's letters were read.
CREATE TABLE delivery.installation (
  name text CONSTRAINT installation_pkey PRIMARY KEY,
  value text NOT NULL,
  sealed text,
  encryption_version smallint NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL,
  CONSTRAINT installation_name_check CHECK (name IN ('vapid', 'telegram_updates'))
);
GRANT SELECT, INSERT, UPDATE, DELETE ON delivery.channels, delivery.push_subscriptions, delivery.installation
  TO bellwether_service;

-- Something that is to reach somebody once, by the first of their ways that works.
CREATE TABLE delivery.sends (
  organization_id uuid NOT NULL,
  id uuid NOT NULL,
  brand_id uuid NOT NULL,
  user_id uuid NOT NULL,
  kind text NOT NULL,
  -- the key of once
  occasion text NOT NULL,
  -- the morning that it brings
  delivery_id uuid,
  -- in the person's order when it was written; `way` is the one that is tried, from 0
  ways text[] NOT NULL,
  way integer NOT NULL DEFAULT 0,
  -- what is said, until it is settled: its links are keys
  message jsonb,
  mail jsonb,
  -- where its link leads, a path inside the app
  path text NOT NULL DEFAULT '/',
  state text NOT NULL DEFAULT 'pending',
  channel text,
  -- why not, or which ways failed before
  reason text,
  -- when it is tried next; null while a mail waits in the outbox and once it is settled
  due_at timestamptz,
  -- when it is of no use any more
  expires_at timestamptz NOT NULL,
  settled_at timestamptz,
  clicked_at timestamptz,
  created_at timestamptz NOT NULL,
  CONSTRAINT sends_pkey PRIMARY KEY (organization_id, id),
  CONSTRAINT sends_once_key UNIQUE (organization_id, user_id, kind, occasion),
  CONSTRAINT sends_kind_check CHECK (kind IN ('morning', 'trend_rising', 'post_reminder', 'weekly_report')),
  CONSTRAINT sends_occasion_check CHECK (length(occasion) BETWEEN 1 AND 200),
  CONSTRAINT sends_ways_check
    CHECK (cardinality(ways) >= 1 AND ways <@ ARRAY['email', 'push', 'whatsapp', 'slack', 'telegram']),
  CONSTRAINT sends_way_check CHECK (way >= 0),
  CONSTRAINT sends_path_check CHECK (path ~ '^/' AND length(path) <= 500),
  CONSTRAINT sends_state_check CHECK (state IN ('pending', 'sent', 'failed', 'unclear')),
  CONSTRAINT sends_message_check CHECK (jsonb_typeof(message) = 'object' AND (message IS NULL) = (state <> 'pending')),
  CONSTRAINT sends_mail_check CHECK (jsonb_typeof(mail) = 'object'),
  CONSTRAINT sends_settled_check CHECK ((state = 'pending') = (settled_at IS NULL)),
  CONSTRAINT sends_channel_check CHECK (state <> 'sent' OR channel IS NOT NULL),
  CONSTRAINT sends_reason_check CHECK (state NOT IN ('failed', 'unclear') OR reason IS NOT NULL),
  CONSTRAINT sends_brand_fkey FOREIGN KEY (organization_id, brand_id)
    REFERENCES brand.brands (organization_id, id) ON DELETE CASCADE,
  CONSTRAINT sends_delivery_fkey FOREIGN KEY (organization_id, delivery_id)
    REFERENCES delivery.daily_deliveries (organization_id, id) ON DELETE CASCADE,
  CONSTRAINT sends_user_fkey FOREIGN KEY (user_id) REFERENCES identity.users (id) ON DELETE CASCADE
);
CREATE INDEX sends_brand_idx ON delivery.sends (organization_id, brand_id);
CREATE INDEX sends_delivery_idx ON delivery.sends (organization_id, delivery_id);
CREATE INDEX sends_user_idx ON delivery.sends (user_id, kind, created_at);
CREATE INDEX sends_due_idx ON delivery.sends (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX sends_created_at_idx ON delivery.sends (created_at);
SELECT tenancy.protect_brand('delivery.sends');

-- One try by one way, there before the call is made: what was under way when a program died is known.
CREATE TABLE delivery.send_attempts (
  organization_id uuid NOT NULL,
  id uuid NOT NULL,
  brand_id uuid NOT NULL,
  send_id uuid NOT NULL,
  channel text NOT NULL,
  -- which browser, of several
  target_id uuid,
  state text NOT NULL DEFAULT 'sending',
  words text,
  -- the mail in the outbox, which says whether it went out
  mail_id uuid,
  started_at timestamptz NOT NULL,
  ended_at timestamptz,
  CONSTRAINT send_attempts_pkey PRIMARY KEY (organization_id, id),
  CONSTRAINT send_attempts_channel_check CHECK (channel IN ('email', 'push', 'whatsapp', 'slack', 'telegram')),
  CONSTRAINT send_attempts_state_check CHECK (state IN ('sending', 'sent', 'again', 'failed', 'unclear')),
  CONSTRAINT send_attempts_ended_check CHECK ((state = 'sending') = (ended_at IS NULL)),
  CONSTRAINT send_attempts_mail_check CHECK (mail_id IS NULL OR channel = 'email'),
  CONSTRAINT send_attempts_send_fkey FOREIGN KEY (organization_id, send_id)
    REFERENCES delivery.sends (organization_id, id) ON DELETE CASCADE,
  CONSTRAINT send_attempts_brand_fkey FOREIGN KEY (organization_id, brand_id)
    REFERENCES brand.brands (organization_id, id) ON DELETE CASCADE
);
CREATE INDEX send_attempts_send_idx ON delivery.send_attempts (organization_id, send_id, started_at);
CREATE INDEX send_attempts_brand_idx ON delivery.send_attempts (organization_id, brand_id);
CREATE INDEX send_attempts_mail_idx ON delivery.send_attempts (mail_id) WHERE state = 'sending' AND mail_id IS NOT NULL;
SELECT tenancy.protect_brand('delivery.send_attempts');

-- A morning that came by another way than the first says why.
ALTER TABLE delivery.daily_deliveries
  ADD COLUMN handed_over boolean NOT NULL DEFAULT false,
  DROP CONSTRAINT daily_deliveries_skipped_check,
  ADD CONSTRAINT daily_deliveries_skipped_check CHECK (status <> 'skipped' OR reason IS NOT NULL);
-- mornings whose mail waits in the outbox become sends
INSERT INTO delivery.sends (organization_id, id, brand_id, user_id, kind, occasion, delivery_id, ways, message, expires_at, created_at)
  SELECT organization_id, id, brand_id, user_id, 'morning', id::text, id, '{email}', '{}', created_at + interval '15 hours', created_at
    FROM delivery.daily_deliveries WHERE status = 'pending' AND mail_id IS NOT NULL;
INSERT INTO delivery.send_attempts (organization_id, id, brand_id, send_id, channel, mail_id, started_at)
  SELECT organization_id, id, brand_id, id, 'email', mail_id, created_at
    FROM delivery.daily_deliveries WHERE status = 'pending' AND mail_id IS NOT NULL;
UPDATE delivery.daily_deliveries SET handed_over = true WHERE mail_id IS NOT NULL;
DROP INDEX delivery.daily_deliveries_mail_idx;
ALTER TABLE delivery.daily_deliveries DROP COLUMN mail_id;

-- The morning's ways in order are the one truth; what was said of each follows from it. That push was on by itself said
-- nothing: there was none.
ALTER TABLE delivery.preferences ADD COLUMN morning_channels text[] NOT NULL DEFAULT '{email}';
UPDATE delivery.preferences SET morning_channels =
  CASE WHEN morning_mail_enabled THEN '{email}'::text[] ELSE '{}' END || CASE WHEN whatsapp_enabled THEN '{whatsapp}'::text[] ELSE '{}' END;
INSERT INTO delivery.channels (user_id, kind, id, name, state, sealed, encryption_version, created_at)
  SELECT user_id, 'whatsapp', gen_random_uuid(), '…' || right(whatsapp_number, 4), 'unconfirmed',
         jsonb_build_object('number', whatsapp_number)::text, 0, now()
    FROM delivery.preferences WHERE whatsapp_number IS NOT NULL;
ALTER TABLE delivery.preferences
  DROP COLUMN whatsapp_number, DROP COLUMN whatsapp_enabled, DROP COLUMN push_enabled, DROP COLUMN morning_mail_enabled,
  ADD CONSTRAINT preferences_morning_channels_check
    CHECK (morning_channels <@ ARRAY['email', 'push', 'whatsapp', 'slack', 'telegram'] AND cardinality(morning_channels) <= 5);
ALTER TABLE delivery.preferences
  ADD COLUMN whatsapp_enabled boolean NOT NULL GENERATED ALWAYS AS ('whatsapp' = ANY (morning_channels)) STORED,
  ADD COLUMN push_enabled boolean NOT NULL GENERATED ALWAYS AS ('push' = ANY (morning_channels)) STORED;
