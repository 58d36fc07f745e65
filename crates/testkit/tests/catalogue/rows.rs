//! A row for any table, made from what the catalogue says: values by type, by the literals in the table's own checks, and
//! by trying. A table for which none can be found fails the test: then give it a value in `GIVEN`.

use std::collections::BTreeMap;

use serde_json::Value;
use sqlx::{Connection as _, PgConnection, Row as _};

use crate::tables::Table;

/// Values that can't be guessed: table, column, SQL expression.
const GIVEN: &[(&str, &str, &str)] = &[
    // never the same organization as the agency's
    ("identity.agency_clients", "client_organization_id", "'01900000-0000-7000-8000-cc0000000001'"),
    ("identity.agency_clients", "client_brand_id", "NULL"),
    // colours are written by a pattern
    ("studio.card_styles", "background", "'#ffffff'"),
    ("studio.card_styles", "ink", "'#000000'"),
    ("studio.card_styles", "accent", "'#ff5a00'"),
    // as many numbers as are said
    ("trends.item_vectors", "dimensions", "2"),
    ("trends.item_vectors", "vector", "'[1,0]'"),
    ("trends.smart_feed_vectors", "dimensions", "2"),
    ("trends.smart_feed_vectors", "vector", "'[1,0]'"),
    // only what is over may be part of another
    ("trends.trends", "state", "'expired'"),
    ("trends.trends", "expired_at", "'2026-06-01T00:00:00Z'"),
    // at least one of a few words
    ("delivery.sends", "ways", "'{email}'"),
];

/// Tables whose row comes with another's: table, its column, and what that is in the row of which table.
const MADE: &[(&str, &str, &str)] = &[
    // a trigger makes it with the person
    ("delivery.mornings", "user_id", "identity.users"),
];

/// A third organization, for rows that stand between two.
const THIRD: &str = "INSERT INTO identity.organizations (id, slug, name)
     VALUES ('01900000-0000-7000-8000-cc0000000001', 'third', 'Third') ON CONFLICT DO NOTHING";

/// Tries for one row.
const PATIENCE: usize = 4000;

/// The rows made for one tenant, by table, as JSON.
pub type Rows = BTreeMap<String, Value>;

/// Parents before children; a circle is cut at a column that may be empty.
pub fn in_order(tables: &[Table]) -> Vec<&Table> {
    let mut order: Vec<&Table> = Vec::new();
    while order.len() < tables.len() {
        let is_in = |name: &str, order: &[&Table]| order.iter().any(|table| table.name == name);
        let ready = |table: &&Table, strict: bool| {
            !is_in(&table.name, &order)
                && table.foreign_keys.iter().all(|key| {
                    key.to == table.name
                        || is_in(&key.to, &order)
                        || !strict
                            && key
                                .columns
                                .iter()
                                .any(|(own, _)| table.column(own).is_some_and(|c| c.nullable))
                })
        };
        let next = tables
            .iter()
            .find(|table| ready(table, true))
            .or_else(|| tables.iter().find(|table| ready(table, false)));
        order.push(next.expect("foreign keys without a circle of required columns"));
    }
    order
}

/// Makes a row in each table for the tenant with this number (1, 2 …).
pub async fn fill(db: &mut PgConnection, tables: &[Table], tenant: u8) -> (Rows, Vec<String>) {
    let (mut rows, mut failed) = (Rows::new(), Vec::new());
    if let Err(error) = sqlx::query(THIRD).execute(&mut *db).await {
        failed.push(format!("no third organization: {error}"));
    }
    for table in in_order(tables) {
        match make(db, table, &rows, tenant).await {
            Ok(row) => {
                rows.insert(table.name.clone(), row);
            }
            Err(error) => failed.push(format!("no row could be made for {}: {error}", table.name)),
        }
    }
    (rows, failed)
}

/// Candidate values of a column, as SQL, the likeliest first.
struct Choice {
    column: String,
    candidates: Vec<String>,
    at: usize,
}

async fn make(db: &mut PgConnection, table: &Table, rows: &Rows, tenant: u8) -> Result<Value, String> {
    if let Some((name, column, of)) = MADE.iter().find(|(name, ..)| *name == table.name) {
        let id = rows.get(*of).and_then(|row| row["id"].as_str()).unwrap_or_default();
        let sql = format!("SELECT to_jsonb(made) AS made FROM {name} AS made WHERE {column} = '{id}'");
        let row = sqlx::query(sqlx::AssertSqlSafe(sql)).fetch_one(db).await;
        return row.map(|row| row.get("made")).map_err(|error| error.to_string());
    }
    let mut choices: Vec<Choice> = table
        .columns
        .iter()
        .filter(|column| !column.generated)
        .map(|column| Choice {
            column: column.name.clone(),
            candidates: candidates(table, &column.name, rows, tenant),
            at: 0,
        })
        .collect();
    let mut why = String::new();
    for _ in 0..PATIENCE {
        let names: Vec<String> = choices.iter().map(|choice| format!("\"{}\"", choice.column)).collect();
        let values: Vec<&str> = choices.iter().map(|choice| choice.candidates[choice.at].as_str()).collect();
        let sql = format!(
            "INSERT INTO {name} AS made ({}) VALUES ({}) RETURNING to_jsonb(made) AS made",
            names.join(", "),
            values.join(", "),
            name = table.name
        );
        let mut savepoint = db.begin().await.map_err(|error| error.to_string())?;
        let error = match sqlx::query(sqlx::AssertSqlSafe(sql)).fetch_one(&mut *savepoint).await {
            Ok(row) => {
                savepoint.commit().await.map_err(|error| error.to_string())?;
                return Ok(row.get("made"));
            }
            Err(error) => error,
        };
        savepoint.rollback().await.map_err(|error| error.to_string())?;
        let Some(answer) = error.as_database_error() else { return Err(error.to_string()) };
        why = answer.message().to_owned();
        let blamed: Vec<String> = match answer.constraint().and_then(|name| table.checks.get(name)) {
            Some((_, columns)) => columns.clone(),
            None => answer
                .try_downcast_ref::<sqlx::postgres::PgDatabaseError>()
                .and_then(|answer| answer.column().map(|column| vec![column.to_owned()]))
                // a value that can't be read, a unique key: anything may be to blame
                .unwrap_or_else(|| choices.iter().map(|choice| choice.column.clone()).collect()),
        };
        if !step(&mut choices, &blamed) {
            return Err(format!("{why} (all candidates tried)"));
        }
    }
    Err(format!("{why} (after {PATIENCE} tries)"))
}

/// Goes on to the next combination of the blamed columns, like a counter.
fn step(choices: &mut [Choice], blamed: &[String]) -> bool {
    for choice in choices.iter_mut().filter(|choice| blamed.contains(&choice.column)) {
        choice.at += 1;
        if choice.at < choice.candidates.len() {
            return true;
        }
        choice.at = 0;
    }
    false
}

fn candidates(table: &Table, name: &str, rows: &Rows, tenant: u8) -> Vec<String> {
    let column = table.column(name).expect("a column of the table");
    if let Some((.., value)) = GIVEN.iter().find(|(of, at, _)| *of == table.name && *at == name) {
        return vec![(*value).to_owned()];
    }
    // what a parent's row says; of several keys the one with the most columns
    let mut keys: Vec<_> =
        table.foreign_keys.iter().filter(|key| key.columns.iter().any(|(own, _)| own == name)).collect();
    keys.sort_by_key(|key| std::cmp::Reverse(key.columns.len()));
    for key in &keys {
        if let Some(parent) = rows.get(&key.to) {
            let target =
                key.columns.iter().find(|(own, _)| own == name).map_or("", |(_, target)| target.as_str());
            if let Some(value) = parent.get(target).filter(|value| !value.is_null()) {
                return vec![literal(value, &column.kind)];
            }
        }
    }
    if !keys.is_empty() && column.nullable {
        return vec!["NULL".to_owned()];
    }
    if name == "organization_id" {
        return vec![format!("'{}'", organization(tenant))];
    }
    if name == "id" && column.kind == "uuid" {
        return vec![format!(
            "'{}'",
            if table.name == crate::tables::ORGANIZATIONS {
                organization(tenant)
            } else {
                // of the present month, so that it lands in a partition
                format!("{}-7000-8000-{tenant:02x}{}", "{NOW}", "0000000001")
            }
        )]
        .into_iter()
        .map(|id| {
            id.replace("'{NOW}", "(left((tenancy.uuid_floor(now()))::text, 13) || '")
                .replace("0001'", "0001')::uuid")
        })
        .collect();
    }
    let mut candidates = Vec::new();
    if column.default {
        candidates.push("DEFAULT".to_owned());
    }
    if column.nullable {
        candidates.push("NULL".to_owned());
    }
    let mut literals = Vec::new();
    for (definition, columns) in table.checks.values() {
        if columns.iter().any(|own| own == name) {
            literals.extend(quoted(definition));
        }
    }
    let kind = column.kind.as_str();
    let plain: Vec<String> = match kind {
        "uuid" => vec![format!("01900000-0000-7000-8000-{tenant:02x}000000000f")],
        "text" | "citext" | "character varying" => {
            literals.retain(|literal| !literal.contains('^'));
            literals
                .into_iter()
                .chain([
                    format!("tenant-{tenant}"),
                    format!("tenant{tenant}@example.org"),
                    format!("tenant.t{tenant}"),
                    format!("{tenant:064x}"),
                    "en".to_owned(),
                    "UTC".to_owned(),
                    "usd".to_owned(),
                    format!("https://example.org/{tenant}"),
                    String::new(),
                ])
                .collect()
        }
        "integer" | "bigint" | "smallint" | "numeric" | "double precision" | "real" => {
            ["1", "0", "2", "10", "100", "1000", "-1"].map(str::to_owned).to_vec()
        }
        "boolean" => vec!["false".to_owned(), "true".to_owned()],
        "timestamp with time zone" => {
            vec!["2026-06-01T00:00:00Z".to_owned(), "2026-07-01T00:00:00Z".to_owned()]
        }
        "date" => vec!["2026-06-01".to_owned()],
        "time without time zone" => vec!["09:00".to_owned()],
        "timestamp without time zone" => vec!["2026-06-01 09:00".to_owned()],
        "interval" => vec!["1 hour".to_owned()],
        "inet" => vec!["192.0.2.1".to_owned()],
        "bytea" => vec![format!("\\x{tenant:064x}"), format!("\\x{tenant:02x}")],
        "jsonb" | "json" => ["{}", "[]", "[{}]", "\"x\"", "1"].map(str::to_owned).to_vec(),
        other if other.ends_with("[]") => vec!["{}".to_owned(), "{a}".to_owned(), "{1}".to_owned()],
        _ => vec![String::new()],
    };
    candidates.extend(plain.iter().map(|value| format!("'{}'::{kind}", value.replace('\'', "''"))));
    candidates
}

/// The tenant's organization.
pub fn organization(tenant: u8) -> String {
    format!("01900000-0000-7000-8000-{tenant:02x}0000000000")
}

fn literal(value: &Value, kind: &str) -> String {
    let text = match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    format!("'{}'::{kind}", text.replace('\'', "''"))
}

/// What stands in single quotes.
fn quoted(definition: &str) -> Vec<String> {
    definition.split('\'').skip(1).step_by(2).map(str::to_owned).collect()
}
