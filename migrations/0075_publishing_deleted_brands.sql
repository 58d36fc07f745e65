-- Of a brand or an organization that was deleted nothing goes out, also while it can still be restored.
-- What is in use: published by brand for those who act without anybody asking at that moment.
CREATE VIEW brand.in_use WITH (security_invoker = true) AS
  SELECT b.organization_id, b.id
    FROM brand.brands b
    JOIN identity.organizations o ON o.id = b.organization_id
   WHERE b.deleted_at IS NULL AND o.deleted_at IS NULL;
GRANT SELECT ON brand.in_use TO bellwether_app, bellwether_service;

ALTER TABLE publishing.publications
  DROP CONSTRAINT publications_held_reason_check,
  ADD CONSTRAINT publications_held_reason_check
    CHECK (held_reason IN ('paused', 'late', 'connection', 'not_approved', 'rules', 'deleted'));
