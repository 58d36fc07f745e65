-- What became of a webhook: worked on, left alone on purpose, or failed and to be replayed by an operator.
ALTER TABLE operations.webhook_inbox
  ADD COLUMN status text NOT NULL DEFAULT 'received',
  -- what of the request's headers tells where it came from; never its signature
  ADD COLUMN headers jsonb NOT NULL DEFAULT '{}',
  ADD CONSTRAINT webhook_inbox_status_check CHECK (status IN ('received', 'processed', 'ignored', 'failed')),
  ADD CONSTRAINT webhook_inbox_processed_at_check
    CHECK ((status IN ('processed', 'ignored')) = (processed_at IS NOT NULL)),
  ADD CONSTRAINT webhook_inbox_headers_check CHECK (jsonb_typeof(headers) = 'object'),
  ADD CONSTRAINT webhook_inbox_event_id_check CHECK (length(event_id) BETWEEN 1 AND 255),
  ADD CONSTRAINT webhook_inbox_event_type_check CHECK (length(event_type) BETWEEN 1 AND 200);
CREATE INDEX webhook_inbox_status_idx ON operations.webhook_inbox (status, id);
