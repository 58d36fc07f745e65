-- An owner whom the operator has suspended can't sign in: an organization needs another one.
GRANT CREATE ON SCHEMA identity TO bellwether_service;
SET LOCAL ROLE bellwether_service;
CREATE OR REPLACE FUNCTION identity.keep_an_owner() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND NEW.role = 'owner' AND NEW.brand_id IS NULL AND NEW.suspended_at IS NULL
    AND NEW.organization_id = OLD.organization_id THEN
    RETURN NULL;
  END IF;
  PERFORM FROM identity.organizations o WHERE o.id = OLD.organization_id AND o.deleted_at IS NULL FOR UPDATE;
  -- gone or on its way: its memberships go with it
  IF NOT FOUND THEN
    RETURN NULL;
  END IF;
  IF NOT EXISTS (
    SELECT FROM identity.memberships m JOIN identity.users u ON u.id = m.user_id
     -- an owner whose account is deleted or suspended can do nothing
     WHERE m.organization_id = OLD.organization_id AND m.role = 'owner' AND m.suspended_at IS NULL
       AND u.deleted_at IS NULL AND u.suspended_at IS NULL
  ) THEN
    RAISE EXCEPTION USING
      ERRCODE = 'check_violation', CONSTRAINT = 'memberships_last_owner', SCHEMA = 'identity', TABLE = 'memberships',
      MESSAGE = 'an organization keeps at least one owner';
  END IF;
  RETURN NULL;
END $$;
RESET ROLE;
REVOKE CREATE ON SCHEMA identity FROM bellwether_service;
