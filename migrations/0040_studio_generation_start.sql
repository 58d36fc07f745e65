-- When drafts are to be written; null is at once. The job in the queue waits until then.
ALTER TABLE studio.generations ADD COLUMN starts_at timestamptz,
  ADD CONSTRAINT generations_starts_at_check CHECK (starts_at > created_at);
