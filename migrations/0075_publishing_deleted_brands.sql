-- Of a brand or an organization that was deleted nothing goes out, also while it can still be restored.
ALTER TABLE publishing.publications
  DROP CONSTRAINT publications_held_reason_check,
  ADD CONSTRAINT publications_held_reason_check
    CHECK (held_reason IN ('paused', 'late', 'connection', 'not_approved', 'rules', 'deleted'));
