-- What WhatsApp tells of messages after it took them.

ALTER TABLE delivery.send_attempts
  -- by which id the other side tells later what became of it; such a try is under way until it does
  ADD COLUMN message_id text,
  -- when it was on the telephone, and read there, as the other side says
  ADD COLUMN delivered_at timestamptz,
  ADD COLUMN read_at timestamptz,
  ADD CONSTRAINT send_attempts_message_check CHECK (length(message_id) BETWEEN 1 AND 300),
  ADD CONSTRAINT send_attempts_read_check CHECK (read_at IS NULL OR delivered_at IS NOT NULL);
CREATE INDEX send_attempts_message_idx ON delivery.send_attempts (message_id) WHERE message_id IS NOT NULL;
CREATE INDEX send_attempts_silent_idx ON delivery.send_attempts (started_at)
  WHERE state = 'sending' AND message_id IS NOT NULL;

-- What was told of a message before its call was noted; or of what the same number sends for others, forgotten soon. Of no
-- tenant: for the service role alone.
CREATE TABLE delivery.early_reports (
  message_id text NOT NULL,
  became text NOT NULL,
  at timestamptz NOT NULL,
  words text,
  heard_at timestamptz NOT NULL,
  CONSTRAINT early_reports_pkey PRIMARY KEY (message_id, became),
  CONSTRAINT early_reports_message_check CHECK (length(message_id) BETWEEN 1 AND 300),
  CONSTRAINT early_reports_became_check CHECK (became IN ('sent', 'delivered', 'read', 'failed'))
);
CREATE INDEX early_reports_heard_at_idx ON delivery.early_reports (heard_at);
GRANT SELECT, INSERT, DELETE ON delivery.early_reports TO bellwether_service;
