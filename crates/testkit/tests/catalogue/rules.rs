//! What every table must have.

use bellwether_testkit::database;
use sqlx::{PgConnection, Row as _};

use crate::tables::query;

/// Each query gives the violations of one rule, one text a row.
const RULES: &[(&str, &str)] = &[
    (
        "row-level security is enabled and forced on every table of tenants, partitions included",
        "SELECT c.oid::regclass::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
         JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'organization_id' AND NOT a.attisdropped
         WHERE n.nspname NOT IN ('pg_catalog', 'information_schema', 'graphile_worker') AND c.relkind IN ('r', 'p')
           AND NOT (c.relrowsecurity AND c.relforcerowsecurity)",
    ),
    (
        "every table of tenants holds the application to its tenant, and lets the service role through",
        "SELECT c.oid::regclass || ' has no policy for ' || role.name
         FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
         JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'organization_id' AND NOT a.attisdropped
         CROSS JOIN (VALUES ('bellwether_app', '%current_organization%'), ('bellwether_service', 'true')) AS role (name, says)
         WHERE {OURS} AND NOT EXISTS (
             SELECT FROM pg_policy p WHERE p.polrelid = c.oid AND p.polpermissive AND p.polcmd = '*'
               AND p.polroles = ARRAY[role.name::regrole::oid]
               AND pg_get_expr(p.polqual, p.polrelid) LIKE role.says
               AND pg_get_expr(coalesce(p.polwithcheck, p.polqual), p.polrelid) LIKE role.says)
           AND (role.name = 'bellwether_service'
                OR has_table_privilege('bellwether_app', c.oid, 'SELECT, INSERT, UPDATE, DELETE'))",
    ),
    (
        "nothing else lets the application into a table of tenants",
        "SELECT p.polname || ' on ' || c.oid::regclass FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid
         JOIN pg_namespace n ON n.oid = c.relnamespace
         JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'organization_id' AND NOT a.attisdropped
         WHERE {OURS} AND p.polpermissive AND p.polroles <> ARRAY['bellwether_service'::regrole::oid]
           AND pg_get_expr(coalesce(p.polqual, p.polwithcheck), p.polrelid) NOT LIKE '%current_organization%'",
    ),
    (
        "the primary key of a table of tenants begins with organization_id",
        "SELECT c.oid::regclass::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
         JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'organization_id' AND NOT a.attisdropped
         WHERE {OURS} AND NOT EXISTS (
             SELECT FROM pg_constraint k WHERE k.conrelid = c.oid AND k.contype = 'p' AND k.conkey[1] = a.attnum)",
    ),
    (
        "every table has a primary key",
        "SELECT c.oid::regclass::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
         WHERE {OURS} AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conrelid = c.oid AND k.contype = 'p')",
    ),
    (
        "constraints are named after their table",
        "SELECT k.conname || ' on ' || c.oid::regclass FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid
         JOIN pg_namespace n ON n.oid = c.relnamespace
         WHERE {OURS} AND k.contype IN ('c', 'u', 'f', 'p', 'x') AND NOT starts_with(k.conname, c.relname || '_')",
    ),
    (
        "constraints have names that were given, not numbered ones",
        "SELECT k.conname || ' on ' || c.oid::regclass FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid
         JOIN pg_namespace n ON n.oid = c.relnamespace
         WHERE {OURS} AND k.contype IN ('c', 'u', 'f', 'x') AND k.conname ~ '_(check|key|fkey|excl)[0-9]+$'",
    ),
    (
        "indexes are named after their table",
        "SELECT i.relname || ' on ' || c.oid::regclass FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid
         JOIN pg_class c ON c.oid = x.indrelid JOIN pg_namespace n ON n.oid = c.relnamespace
         WHERE {OURS} AND NOT starts_with(i.relname, c.relname || '_')",
    ),
    (
        "every foreign key is indexed",
        "SELECT k.conname || ' on ' || c.oid::regclass FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid
         JOIN pg_namespace n ON n.oid = c.relnamespace
         WHERE {OURS} AND k.contype = 'f' AND NOT EXISTS (
             SELECT FROM pg_index x
             WHERE x.indrelid = k.conrelid AND x.indisvalid
               AND (x.indpred IS NULL OR pg_get_expr(x.indpred, x.indrelid) ~ '^\\(\\w+ IS NOT NULL\\)$')
               AND (SELECT array_agg(num ORDER BY num) FROM unnest((x.indkey::int2[])[0:cardinality(k.conkey) - 1]) AS num)
                   = (SELECT array_agg(num ORDER BY num) FROM unnest(k.conkey) AS num))",
    ),
    (
        "a foreign key between tables of tenants carries organization_id",
        "SELECT k.conname || ' on ' || c.oid::regclass FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid
         JOIN pg_namespace n ON n.oid = c.relnamespace
         JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attname = 'organization_id' AND NOT a.attisdropped
         JOIN pg_attribute b ON b.attrelid = k.confrelid AND b.attname = 'organization_id' AND NOT b.attisdropped
         WHERE {OURS} AND k.contype = 'f' AND NOT EXISTS (
             SELECT FROM generate_subscripts(k.conkey, 1) AS at
             WHERE k.conkey[at] = a.attnum AND k.confkey[at] = b.attnum)",
    ),
    (
        "a table with updated_at keeps it by trigger",
        "SELECT c.oid::regclass::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
         JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'updated_at' AND NOT a.attisdropped
         WHERE {OURS} AND NOT EXISTS (
             SELECT FROM pg_trigger t WHERE t.tgrelid = c.oid AND t.tgenabled = 'O'
               AND t.tgfoid = 'tenancy.touch_updated_at'::regproc)",
    ),
    (
        "times carry their zone",
        "SELECT c.oid::regclass || '.' || a.attname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
         JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
         WHERE {OURS} AND a.atttypid = 'timestamp'::regtype
           -- what a wall clock shows, the zone beside it: this is what somebody means
           AND a.attname <> 'local_time'",
    ),
    (
        "what the application may write without row-level security does not exist",
        "SELECT c.oid::regclass::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
         WHERE {OURS} AND NOT c.relrowsecurity AND has_table_privilege('bellwether_app', c.oid, 'INSERT, UPDATE, DELETE')",
    ),
    (
        "a view asks with the rights of who asks it, else it would show every tenant's rows",
        "SELECT c.oid::regclass::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
         WHERE n.nspname NOT IN ('pg_catalog', 'information_schema', 'graphile_worker', 'public') AND c.relkind IN ('v', 'm')
           AND NOT coalesce('security_invoker=true' = ANY (c.reloptions), false)",
    ),
    (
        "a function with its owner's rights fixes its search path and is not open to everybody",
        "SELECT p.oid::regprocedure::text FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
         WHERE n.nspname NOT IN ('pg_catalog', 'information_schema', 'graphile_worker', 'public') AND p.prosecdef
           AND (NOT EXISTS (SELECT FROM unnest(p.proconfig) AS setting WHERE setting LIKE 'search_path=%')
                OR EXISTS (SELECT FROM aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) AS acl
                           WHERE acl.grantee = 0 AND acl.privilege_type = 'EXECUTE'))",
    ),
    (
        "the application's roles own nothing, log in nowhere and stand above no policy",
        "SELECT rolname::text FROM pg_roles
         WHERE rolname IN ('bellwether_app', 'bellwether_service')
           AND (rolcanlogin OR rolsuper OR rolbypassrls OR rolcreatedb OR rolcreaterole
                OR EXISTS (SELECT FROM pg_class WHERE relowner = pg_roles.oid))",
    ),
    (
        "a partition is reached through its parent only",
        "SELECT c.oid::regclass::text FROM pg_class c WHERE c.relispartition AND c.relkind = 'r'
           AND (has_table_privilege('bellwether_app', c.oid, 'SELECT, INSERT, UPDATE, DELETE')
                OR has_table_privilege('bellwether_service', c.oid, 'SELECT, INSERT, UPDATE, DELETE'))",
    ),
];

async fn violations(db: &mut PgConnection) -> Vec<String> {
    let mut violations = Vec::new();
    for (rule, sql) in RULES {
        violations
            .extend(query(db, sql).await.iter().map(|row| format!("{rule}: {}", row.get::<String, _>(0))));
    }
    violations
}

#[tokio::test]
async fn every_table_keeps_the_rules() {
    let database = database().await;
    let mut db = database.store().pool().acquire().await.unwrap();
    let violations = violations(&mut db).await;
    assert!(violations.is_empty(), "{}", violations.join("\n"));
}

/// A rule that nothing can break would prove nothing: each is broken here.
#[tokio::test]
async fn every_rule_can_be_broken() {
    let database = database().await;
    let mut db = database.store().pool().acquire().await.unwrap();
    let before = violations(&mut db).await;
    sqlx::raw_sql(
        "CREATE SCHEMA bad;
         CREATE TABLE bad.things (
             id uuid, organization_id uuid, updated_at timestamptz, at timestamp, n int, m int, event_id uuid,
             CONSTRAINT odd CHECK (n > 0), CHECK (n > m), CHECK (m > n), UNIQUE (n),
             CONSTRAINT things_event_fkey FOREIGN KEY (event_id, organization_id)
                REFERENCES operations.events (organization_id, id));
         CREATE INDEX odd_idx ON bad.things (m);
         GRANT ALL ON bad.things TO bellwether_app, bellwether_service;
         CREATE POLICY open ON bad.things TO bellwether_app USING (true);
         CREATE VIEW bad.view AS SELECT * FROM bad.things;
         CREATE FUNCTION bad.open() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1';
         GRANT SELECT ON operations.events_default TO bellwether_app;",
    )
    .execute(&mut *db)
    .await
    .unwrap();
    let after = violations(&mut db).await;
    for (rule, _) in RULES {
        // roles belong to the whole server, which other tests share
        if rule.contains("log in nowhere") {
            continue;
        }
        let count = |all: &[String]| all.iter().filter(|violation| violation.starts_with(rule)).count();
        assert!(count(&after) > count(&before), "nothing breaks: {rule}");
    }
}
