-- Until when what a sender tells of a subject is known. Webhooks come late, twice and out of order: what is older than
-- what was worked on is left alone, and what was deleted does not come back by an event from before.
CREATE TABLE operations.webhook_subjects (
  source text NOT NULL,
  -- in the sender's words, e.g. `user:user_2abc`
  subject text NOT NULL,
  -- when the sender says that it happened
  said_at timestamptz NOT NULL,
  CONSTRAINT webhook_subjects_pkey PRIMARY KEY (source, subject),
  CONSTRAINT webhook_subjects_source_check CHECK (source IN ('stripe', 'clerk')),
  CONSTRAINT webhook_subjects_subject_check CHECK (length(subject) BETWEEN 1 AND 500)
);
CREATE INDEX webhook_subjects_said_at_idx ON operations.webhook_subjects (said_at);
GRANT SELECT, INSERT, UPDATE, DELETE ON operations.webhook_subjects TO bellwether_service;
