-- Mails that are taken back before they leave, since whoever they are for does not want them any more; and whose quiet hours a
-- mail keeps. Neither concerns what was asked for, such as a link to sign in.
ALTER TABLE operations.mails
  DROP CONSTRAINT mails_status_check,
  ADD CONSTRAINT mails_status_check CHECK (status IN ('pending', 'sent', 'failed', 'kept', 'withdrawn')),
  -- no foreign key: people stand above this schema, and a mail is gone after 30 days
  ADD COLUMN reader_id uuid,
  -- the end of those quiet hours, while it waits for it
  ADD COLUMN rests_until timestamptz;
CREATE INDEX mails_reader_idx ON operations.mails (reader_id) WHERE status = 'pending';
CREATE INDEX mails_rests_idx ON operations.mails (rests_until) WHERE status = 'pending';
