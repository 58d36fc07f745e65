-- Reports of the week, and what reminders of posts look through.

-- When somebody's next report of the week is: worked out by the program, which knows the zones. Made by the trigger that
-- makes their mornings.
ALTER TABLE delivery.mornings
  ADD COLUMN report_at timestamptz DEFAULT 'epoch',
  -- the Monday that was reported last: no later plan goes back to it
  ADD COLUMN reported_on date;
CREATE INDEX mornings_report_idx ON delivery.mornings (report_at, user_id) WHERE report_at IS NOT NULL;
CREATE OR REPLACE FUNCTION delivery.morning_changed() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  INSERT INTO delivery.mornings (user_id) VALUES ((to_jsonb(NEW) ->> TG_ARGV[0])::uuid)
    ON CONFLICT ON CONSTRAINT mornings_pkey DO UPDATE SET due_at = 'epoch', stale = true, report_at = 'epoch';
  RETURN NULL;
END
$$;

-- Posts of all tenants whose time is near and that wait for somebody: few among many.
CREATE INDEX publications_waiting_idx ON publishing.publications (due_at, id) WHERE state IN ('draft', 'in_review');
