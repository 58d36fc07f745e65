-- The security log: who signed in, who failed to, which key came from a new place, what was permitted and what refused.
-- Beside `operations.events`, which tells of changes of an organization's data: much of this belongs to a person alone,
-- or to nobody who could be named.
CREATE TABLE operations.security_events (
  -- the nil UUID for what belongs to no organization: a tenant never has it, so no tenant sees such rows
  organization_id uuid NOT NULL DEFAULT '00000000-0000-0000-0000-000000000000',
  id uuid NOT NULL,
  -- who did it or to whom it happened; no foreign key, since the log outlives accounts
  user_id uuid,
  created_at timestamptz NOT NULL,
  kind text NOT NULL,
  severity text NOT NULL,
  -- what else belongs to it; never a token, password or hash
  detail jsonb NOT NULL DEFAULT '{}',
  request_id text,
  ip_address inet,
  user_agent text,
  CONSTRAINT security_events_pkey PRIMARY KEY (organization_id, id),
  CONSTRAINT security_events_kind_check CHECK (kind ~ '^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+$'),
  CONSTRAINT security_events_severity_check CHECK (severity IN ('info', 'warning', 'critical')),
  CONSTRAINT security_events_detail_check CHECK (jsonb_typeof(detail) = 'object'),
  CONSTRAINT security_events_request_id_check CHECK (length(request_id) <= 200),
  CONSTRAINT security_events_user_agent_check CHECK (length(user_agent) <= 1000)
) PARTITION BY RANGE (id);
CREATE INDEX security_events_user_id_idx ON operations.security_events (user_id, id);
CREATE INDEX security_events_kind_idx ON operations.security_events (organization_id, kind, id);
SELECT tenancy.protect('operations.security_events');
-- what happened stays as it happened; only retention, which drops whole months, takes it away
REVOKE UPDATE, DELETE ON operations.security_events FROM bellwether_app, bellwether_service;
SELECT tenancy.make_partitions('operations.security_events', 3);

-- Drops the partitions of the months that ended before an instant, and gives their names. The months are those that
-- tenancy.make_partitions made and named.
CREATE FUNCTION tenancy.drop_partitions(parent regclass, before timestamptz) RETURNS SETOF text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' AS $$
DECLARE
  v_schema text;
  v_partition text;
BEGIN
  FOR v_schema, v_partition IN
    SELECT n.nspname, c.relname
      FROM pg_inherits i
      JOIN pg_class c ON c.oid = i.inhrelid
      JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE i.inhparent = parent AND c.relname ~ '_y\d{4}m\d{2}$'
       AND to_date(right(c.relname, 8), '"y"YYYY"m"MM') + interval '1 month' <= before AT TIME ZONE 'UTC'
     ORDER BY c.relname
  LOOP
    EXECUTE format('DROP TABLE %I.%I', v_schema, v_partition);
    RETURN NEXT v_partition;
  END LOOP;
END $$;
REVOKE EXECUTE ON FUNCTION tenancy.drop_partitions(regclass, timestamptz) FROM PUBLIC;

-- Retention may drop the security log's months and no other table's.
CREATE FUNCTION operations.expire_security_events(before timestamptz) RETURNS SETOF text
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT tenancy.drop_partitions('operations.security_events'::regclass, before)
$$;
REVOKE EXECUTE ON FUNCTION operations.expire_security_events(timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION operations.expire_security_events(timestamptz) TO bellwether_service;
