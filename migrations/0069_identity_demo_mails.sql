-- The demonstration's people have made-up addresses, and whoever looks around in it may write any other: no mail of it goes to
-- the outside. By trigger, so that nothing which queues a mail can forget to ask.
--
-- A mail is the demonstration's when its address is of one of its people, or when it is made in its organization; except for
-- members of that organization with an account of their own, who are real.
GRANT CREATE ON SCHEMA identity TO bellwether_service;
SET LOCAL ROLE bellwether_service;
CREATE FUNCTION identity.mark_demo_mail() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  -- none in service transactions
  v_organization constant uuid := nullif(current_setting('app.organization_id', true), '')::uuid;
  v_address constant citext := NEW.recipient;
BEGIN
  NEW.demo :=
    EXISTS (SELECT FROM identity.users u WHERE u.email = v_address AND u.demo)
    OR (EXISTS (SELECT FROM identity.organizations o WHERE o.id = v_organization AND o.demo)
        AND NOT EXISTS (SELECT FROM identity.memberships m JOIN identity.users u ON u.id = m.user_id
                         WHERE m.organization_id = v_organization AND u.email = v_address AND NOT u.demo));
  RETURN NEW;
END $$;
REVOKE ALL ON FUNCTION identity.mark_demo_mail() FROM PUBLIC;
DO $$ BEGIN
  EXECUTE format('GRANT EXECUTE ON FUNCTION identity.mark_demo_mail() TO %I', session_user);
END $$;
RESET ROLE;
REVOKE CREATE ON SCHEMA identity FROM bellwether_service;

CREATE TRIGGER mails_demo BEFORE INSERT ON operations.mails
  FOR EACH ROW EXECUTE FUNCTION identity.mark_demo_mail();
