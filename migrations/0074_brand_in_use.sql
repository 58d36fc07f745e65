-- Brands in use, for those who act without anybody asking at that moment: not those that were deleted, nor of an organization
-- that was, also while it can still be restored.
CREATE VIEW brand.in_use WITH (security_invoker = true) AS
  SELECT b.organization_id, b.id
    FROM brand.brands b
    JOIN identity.organizations o ON o.id = b.organization_id
   WHERE b.deleted_at IS NULL AND o.deleted_at IS NULL;
GRANT SELECT ON brand.in_use TO bellwether_app, bellwether_service;
