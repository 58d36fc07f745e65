-- What a post's deletion, rejection or archiving takes out comes back with the post: what it was is kept.
ALTER TABLE publishing.publications
  ADD COLUMN taken_out jsonb,
  ADD CONSTRAINT publications_taken_out_check CHECK (taken_out IS NULL OR state = 'cancelled');
COMMENT ON COLUMN publishing.publications.taken_out IS
  'what it was before its post was deleted, rejected or archived: {"state", "held_reason", "words"}';
