//! The proof, for every table of tenants: A reads, inserts, updates, deletes and references nothing of B's, and without a
//! tenant nothing is answered at all.

use bellwether_kernel::{
    BrandScope,
    id::{BrandId, OrganizationId},
};
use bellwether_store::{Store, TenantScope};
use bellwether_testkit::database;
use serde_json::Value;
use sqlx::{AssertSqlSafe, PgConnection, Row as _};
use uuid::Uuid;

use crate::{
    rows::{Rows, fill, organization},
    tables::{Table, tables},
};

const A: u8 = 1;
const B: u8 = 2;

/// What the database answered: rows touched, or an SQLSTATE with its message.
type Answer = Result<u64, (String, String)>;

async fn ask(conn: &mut PgConnection, sql: &str) -> Answer {
    sqlx::query(AssertSqlSafe(sql.to_owned())).execute(conn).await.map(|done| done.rows_affected()).map_err(
        |error| {
            let answer = error.as_database_error().unwrap_or_else(|| panic!("{error}\n{sql}"));
            (answer.code().unwrap_or_default().into_owned(), answer.message().to_owned())
        },
    )
}

/// In a transaction of tenant A, taken back afterwards.
async fn as_a(store: &Store, sql: &str) -> Answer {
    let organization: Uuid = organization(A).parse().unwrap();
    let mut tx = store.tenant(TenantScope::organization(OrganizationId::from(organization))).await.unwrap();
    let answer = ask(tx.conn(), sql).await;
    tx.rollback().await.unwrap();
    answer
}

async fn may(db: &mut PgConnection, table: &str, privilege: &str) -> bool {
    sqlx::query_scalar("SELECT has_table_privilege('bellwether_app', $1, $2)")
        .bind(table)
        .bind(privilege)
        .fetch_one(db)
        .await
        .unwrap()
}

async fn state(db: &mut PgConnection, table: &Table) -> Vec<Value> {
    let sql = format!("SELECT to_jsonb(t) FROM {} t ORDER BY 1", table.name);
    sqlx::query_scalar(AssertSqlSafe(sql)).fetch_all(db).await.unwrap()
}

/// Tables whose rows a member of another brand may see, with the reason.
const SEEN_ACROSS_BRANDS: &[(&str, &str)] = &[(
    "identity.memberships",
    "who belongs to the organization is asked by its people's roles, not by brand",
)];

/// Both tenants' rows in every table.
async fn two_tenants(db: &mut PgConnection, all: &[Table]) -> (Rows, Rows) {
    let (a, mut failed) = fill(db, all, A).await;
    let (b, more) = fill(db, all, B).await;
    failed.extend(more);
    assert!(failed.is_empty(), "{}", failed.join("\n"));
    (a, b)
}

/// What tenant A reaches of B's.
async fn reach(store: &Store) -> Vec<String> {
    let mut db = store.pool().acquire().await.unwrap();
    let all = tables(&mut db).await;
    let (_, rows_of_b) = two_tenants(&mut db, &all).await;
    let tenants: Vec<&Table> = all.iter().filter(|table| table.tenant_column().is_some()).collect();
    assert!(tenants.len() >= 2, "the catalogue is read");

    let mut faults = Vec::new();
    for table in tenants {
        let before = state(&mut db, table).await;
        let (name, of) = (&table.name, table.tenant_column().unwrap());
        let b = organization(B);
        let mut expect = |what: &str, holds: bool, answer: &Answer| {
            if !holds {
                faults.push(format!("{name}: {what}: {answer:?}"));
            }
        };
        let refused = |answer: &Answer| matches!(answer, Err((code, _)) if code == "42501");

        let own = as_a(store, &format!("SELECT FROM {name}")).await;
        if may(&mut db, name, "SELECT").await {
            expect("A sees its own row and no other", own == Ok(1), &own);
            let read = as_a(store, &format!("SELECT FROM {name} WHERE {of} = '{b}'")).await;
            expect("A asks for B's row", read == Ok(0), &read);
        } else {
            expect("A may not read at all", refused(&own), &own);
        }

        // exactly B's row, as A: a policy refuses before any key is looked at
        let columns: Vec<String> = table
            .columns
            .iter()
            .filter(|column| !column.generated)
            .map(|column| format!("\"{}\"", column.name))
            .collect();
        let columns = columns.join(", ");
        let row = rows_of_b[name].to_string().replace('\'', "''");
        let insert = as_a(
            store,
            &format!(
                "INSERT INTO {name} ({columns}) SELECT {columns} FROM jsonb_populate_record(NULL::{name}, '{row}'::jsonb)"
            ),
        )
        .await;
        expect("A inserts for B", refused(&insert), &insert);
        if may(&mut db, name, "INSERT").await {
            let by_policy = matches!(&insert, Err((_, message)) if message.contains("row-level security"));
            expect("it is the policy that refuses A's insert", by_policy, &insert);
        }

        let update = as_a(store, &format!("UPDATE {name} SET {of} = {of} WHERE {of} = '{b}'")).await;
        let give = as_a(store, &format!("UPDATE {name} SET {of} = '{b}'")).await;
        if may(&mut db, name, "UPDATE").await {
            expect("A changes B's row", update == Ok(0), &update);
        } else {
            expect("A may not change at all", refused(&update), &update);
        }
        expect("A gives its row to B", refused(&give), &give);

        let delete = as_a(store, &format!("DELETE FROM {name} WHERE {of} = '{b}'")).await;
        let removed = if may(&mut db, name, "DELETE").await { delete == Ok(0) } else { refused(&delete) };
        expect("A deletes B's row", removed, &delete);

        // and nobody may ask without a tenant
        let mut bare = store.pool().begin_with("BEGIN; SET LOCAL ROLE bellwether_app").await.unwrap();
        let answer = ask(&mut bare, &format!("SELECT FROM {name}")).await;
        bare.rollback().await.unwrap();
        let raises = matches!(&answer, Err((code, _)) if code == "TN001");
        if may(&mut db, name, "SELECT").await {
            expect("without a tenant the database raises", raises, &answer);
        }
        let after = state(&mut db, table).await;
        expect("nothing changed", before == after, &Ok(0));
    }
    faults
}

/// Which rows of A can be made to point to B's.
async fn references(store: &Store) -> Vec<String> {
    let mut db = store.pool().acquire().await.unwrap();
    let all = tables(&mut db).await;
    let (rows_of_a, rows_of_b) = two_tenants(&mut db, &all).await;
    let is_tenants = |name: &str| {
        all.iter().any(|table| table.name == name && table.tenant_column() == Some("organization_id"))
    };

    let mut faults = Vec::new();
    for table in all.iter().filter(|table| table.tenant_column() == Some("organization_id")) {
        for key in table.foreign_keys.iter().filter(|key| is_tenants(&key.to)) {
            let theirs = &rows_of_b[&key.to];
            let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            let set: Vec<String> = key
                .columns
                .iter()
                .filter(|(own, _)| own != "organization_id")
                .map(|(own, target)| format!("\"{own}\" = '{}'", text(&theirs[target])))
                .collect();
            let at: Vec<String> = table
                .primary_key
                .iter()
                .map(|column| format!("\"{column}\" = '{}'", text(&rows_of_a[&table.name][column])))
                .collect();
            // as the login itself, whom no policy holds: the key alone must refuse
            let sql = format!(
                "SET CONSTRAINTS ALL IMMEDIATE; UPDATE {} SET {} WHERE {}",
                table.name,
                set.join(", "),
                at.join(" AND ")
            );
            let mut tx = sqlx::Connection::begin(&mut *db).await.unwrap();
            let answer = sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut *tx).await;
            tx.rollback().await.unwrap();
            let refused =
                answer.as_ref().err().and_then(|error| error.as_database_error()).is_some_and(|answer| {
                    answer.constraint() == Some(key.name.as_str()) && answer.is_foreign_key_violation()
                });
            if !refused {
                faults.push(format!("{} on {}: {answer:?}", key.name, table.name));
            }
        }
    }
    faults
}

/// What a member of one brand sees of another's.
async fn across_brands(store: &Store) -> Vec<String> {
    let mut db = store.pool().acquire().await.unwrap();
    let all = tables(&mut db).await;
    two_tenants(&mut db, &all).await;
    let scope = TenantScope {
        user: None,
        organization: OrganizationId::from(organization(A).parse::<Uuid>().unwrap()),
        brands: BrandScope::Only(vec![BrandId::from(Uuid::nil())]),
    };
    let mut faults = Vec::new();
    for table in all.iter().filter(|table| table.tenant_column() == Some("organization_id")) {
        let brand = if table.name == "brand.brands" { "id" } else { "brand_id" };
        let exempt = SEEN_ACROSS_BRANDS.iter().any(|(name, _)| *name == table.name);
        if exempt || table.column(brand).is_none() || !may(&mut db, &table.name, "SELECT").await {
            continue;
        }
        let mut tx = store.tenant(&scope).await.unwrap();
        let sql = format!("SELECT count(*) FROM {} WHERE {brand} IS NOT NULL", table.name);
        let seen: i64 = sqlx::query(AssertSqlSafe(sql)).fetch_one(tx.conn()).await.unwrap().get(0);
        if seen != 0 {
            faults.push(format!("{} shows rows of other brands", table.name));
        }
    }
    faults
}

#[tokio::test]
async fn no_tenant_reaches_another_s_rows() {
    let database = database().await;
    let faults = reach(database.store()).await;
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[tokio::test]
async fn no_row_can_point_to_another_tenant_s() {
    let database = database().await;
    let faults = references(database.store()).await;
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[tokio::test]
async fn a_member_of_one_brand_does_not_see_another_brand_s_rows() {
    let database = database().await;
    let faults = across_brands(database.store()).await;
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// A proof that finds nothing in a leaking table would prove nothing.
#[tokio::test]
async fn leaks_are_found() {
    let leaking = |name: &str| {
        format!(
            "CREATE TABLE leak.{name} (organization_id uuid, id uuid, PRIMARY KEY (organization_id, id));
             SELECT tenancy.protect('leak.{name}');"
        )
    };
    let database = database().await;
    let sql = [
        "CREATE SCHEMA leak;".to_owned(),
        leaking("reading"),
        "ALTER POLICY tenant ON leak.reading USING (true);".to_owned(),
        leaking("writing"),
        "ALTER POLICY tenant ON leak.writing WITH CHECK (true);".to_owned(),
        leaking("bare"),
        "ALTER TABLE leak.bare DISABLE ROW LEVEL SECURITY;".to_owned(),
        leaking("quiet"),
        "ALTER POLICY tenant ON leak.quiet
         USING (organization_id = nullif(current_setting('app.organization_id', true), '')::uuid);"
            .to_owned(),
    ]
    .concat();
    sqlx::raw_sql(AssertSqlSafe(sql)).execute(database.store().pool()).await.unwrap();
    let faults = reach(database.store()).await;
    for wanted in [
        "leak.reading: A asks for B's row",
        "leak.reading: A changes B's row",
        "leak.reading: A deletes B's row",
        "leak.writing: A inserts for B",
        "leak.writing: A gives its row to B",
        "leak.bare: A sees its own row and no other",
        "leak.bare: without a tenant the database raises",
        "leak.quiet: without a tenant the database raises",
    ] {
        assert!(
            faults.iter().any(|fault| fault.contains(wanted)),
            "not found: {wanted}\n{}",
            faults.join("\n")
        );
    }
}

#[tokio::test]
async fn leaks_between_rows_are_found() {
    let database = database().await;
    let leaking = "
        CREATE SCHEMA leak;
        CREATE TABLE leak.parent (organization_id uuid, id uuid UNIQUE, PRIMARY KEY (organization_id, id));
        CREATE TABLE leak.pointing (organization_id uuid, id uuid, parent_id uuid NOT NULL, brand_id uuid NOT NULL,
            PRIMARY KEY (organization_id, id), CONSTRAINT pointing_fkey FOREIGN KEY (parent_id) REFERENCES leak.parent (id));
        SELECT tenancy.protect('leak.parent'), tenancy.protect('leak.pointing');";
    sqlx::raw_sql(leaking).execute(database.store().pool()).await.unwrap();
    let faults = references(database.store()).await;
    assert!(faults.len() == 1 && faults[0].contains("pointing_fkey"), "{faults:?}");
}

#[tokio::test]
async fn leaks_between_brands_are_found() {
    let database = database().await;
    let leaking = "
        CREATE SCHEMA leak;
        CREATE TABLE leak.open (organization_id uuid, id uuid, brand_id uuid NOT NULL, PRIMARY KEY (organization_id, id));
        CREATE TABLE leak.held (organization_id uuid, id uuid, brand_id uuid NOT NULL, PRIMARY KEY (organization_id, id));
        SELECT tenancy.protect('leak.open'), tenancy.protect_brand('leak.held');";
    sqlx::raw_sql(leaking).execute(database.store().pool()).await.unwrap();
    assert_eq!(across_brands(database.store()).await, ["leak.open shows rows of other brands"]);
}
