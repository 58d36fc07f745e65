//! What the catalogue says about our tables.

use std::collections::BTreeMap;

use sqlx::{PgConnection, Row as _};

/// A column of a table.
#[derive(Debug, Clone)]
pub struct Column {
    pub name: String,
    pub kind: String,
    pub nullable: bool,
    pub default: bool,
    /// Filled by the database itself.
    pub generated: bool,
}

/// A foreign key, column by column.
#[derive(Debug, Clone)]
pub struct ForeignKey {
    pub name: String,
    pub to: String,
    pub columns: Vec<(String, String)>,
}

/// A table, partitions left out.
#[derive(Debug, Clone)]
pub struct Table {
    /// With its schema.
    pub name: String,
    pub columns: Vec<Column>,
    pub foreign_keys: Vec<ForeignKey>,
    /// Definitions by name, with their columns.
    pub checks: BTreeMap<String, (String, Vec<String>)>,
    pub primary_key: Vec<String>,
}

/// The one table of tenants that holds the tenant itself.
pub const ORGANIZATIONS: &str = "identity.organizations";

impl Table {
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.name == name)
    }

    /// The column that says whose a row is.
    pub fn tenant_column(&self) -> Option<&'static str> {
        if self.name == ORGANIZATIONS {
            Some("id")
        } else if self.column("organization_id").is_some() {
            Some("organization_id")
        } else {
            None
        }
    }
}

/// The condition that picks our own schemas' tables out of `pg_class c join pg_namespace n`.
pub const OURS: &str =
    "n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast', 'graphile_worker', 'public')
    AND c.relkind IN ('r', 'p') AND NOT c.relispartition";

/// Reads them all.
pub async fn tables(db: &mut PgConnection) -> Vec<Table> {
    let names = query(db, "SELECT c.oid::int8 AS oid, n.nspname || '.' || c.relname AS name FROM pg_class c JOIN pg_namespace n \
                           ON n.oid = c.relnamespace WHERE {OURS} ORDER BY 2")
    .await;
    let mut tables = Vec::new();
    for row in names {
        let (oid, name): (i64, String) = (row.get("oid"), row.get("name"));
        let columns = query(
            db,
            &format!(
            "SELECT attname::text AS name, format_type(atttypid, NULL) AS kind, NOT attnotnull AS nullable,
                    atthasdef AS default, attgenerated <> '' OR attidentity = 'a' AS generated
             FROM pg_attribute WHERE attrelid = {oid} AND attnum > 0 AND NOT attisdropped ORDER BY attnum"
        ),
        )
        .await
        .iter()
        .map(|row| Column {
            name: row.get("name"),
            kind: row.get("kind"),
            nullable: row.get("nullable"),
            default: row.get("default"),
            generated: row.get("generated"),
        })
        .collect();
        let constraints = query(db, &format!(
            "SELECT conname::text AS name, contype::text AS kind, pg_get_constraintdef(oid) AS definition,
                    (SELECT n.nspname || '.' || c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                     WHERE c.oid = confrelid) AS target,
                    ARRAY(SELECT attname::text FROM unnest(conkey) WITH ORDINALITY AS k (num, at)
                          JOIN pg_attribute a ON a.attrelid = conrelid AND a.attnum = k.num ORDER BY k.at) AS columns,
                    ARRAY(SELECT attname::text FROM unnest(confkey) WITH ORDINALITY AS k (num, at)
                          JOIN pg_attribute a ON a.attrelid = confrelid AND a.attnum = k.num ORDER BY k.at) AS targets
             FROM pg_constraint WHERE conrelid = {oid} AND conparentid = 0 ORDER BY conname"
        ))
        .await;
        let (mut foreign_keys, mut checks, mut primary_key) = (Vec::new(), BTreeMap::new(), Vec::new());
        for row in constraints {
            let columns: Vec<String> = row.get("columns");
            match row.get::<String, _>("kind").as_str() {
                "f" => foreign_keys.push(ForeignKey {
                    name: row.get("name"),
                    to: row.get("target"),
                    columns: columns.into_iter().zip(row.get::<Vec<String>, _>("targets")).collect(),
                }),
                "c" => {
                    checks.insert(row.get("name"), (row.get("definition"), columns));
                }
                "p" => primary_key = columns,
                _ => {}
            }
        }
        tables.push(Table { name, columns, foreign_keys, checks, primary_key });
    }
    tables
}

/// Runs a query made of names out of the catalogue.
pub async fn query(db: &mut PgConnection, sql: &str) -> Vec<sqlx::postgres::PgRow> {
    let sql = sql.replace("{OURS}", OURS);
    sqlx::query(sqlx::AssertSqlSafe(sql.clone()))
        .fetch_all(db)
        .await
        .unwrap_or_else(|error| panic!("{error}\n{sql}"))
}
