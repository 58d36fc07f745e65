-- What became of each mail of a campaign: queued is not sent. Mails from before are taken for sent, as they were counted.
ALTER TABLE delivery.campaign_messages
  -- while it waits, for whoever takes it back; null of those from before
  ADD COLUMN mail_id uuid,
  ADD COLUMN outcome text NOT NULL DEFAULT 'sent',
  -- why it did not come
  ADD COLUMN reason text,
  ADD CONSTRAINT campaign_messages_outcome_check CHECK (outcome IN ('waiting', 'sent', 'refused', 'withdrawn')),
  ADD CONSTRAINT campaign_messages_mail_check CHECK (outcome <> 'waiting' OR mail_id IS NOT NULL);
ALTER TABLE delivery.campaign_messages ALTER COLUMN outcome DROP DEFAULT;
CREATE UNIQUE INDEX campaign_messages_waiting_key ON delivery.campaign_messages (mail_id) WHERE outcome = 'waiting';
