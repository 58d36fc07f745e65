//! Figures for `docs/decisions`, taken by hand and never asserted:
//! `cargo nextest run -p bellwether-testkit --release --run-ignored only --no-capture --test measure`.

#![expect(clippy::print_stdout, reason = "printing is what it is for")]

use std::time::{Duration, Instant};

use bellwether_kernel::id::OrganizationId;
use bellwether_store::{
    Store, TenantScope,
    embedded::{Options, Server},
};
use bellwether_testkit::database;
use sqlx::Executor as _;
use uuid::Uuid;

fn show(what: &str, mut times: Vec<Duration>) {
    times.sort();
    let at = |part: usize| times[(times.len() - 1) * part / 100].as_secs_f64() * 1000.0;
    println!("{what}: p10 {:.3} ms, p50 {:.3} ms, p99 {:.3} ms", at(10), at(50), at(99));
}

async fn times<F: Future>(count: usize, mut work: impl FnMut() -> F) -> Vec<Duration> {
    let mut times = Vec::with_capacity(count);
    for _ in 0..count {
        let start = Instant::now();
        work().await;
        times.push(start.elapsed());
    }
    times
}

#[tokio::test]
#[ignore = "a measurement, run by hand"]
async fn test_databases() {
    database().await;
    show("a test database, made and connected to", times(20, async || database().await).await);
}

#[tokio::test]
#[ignore = "a measurement, run by hand"]
async fn transactions() {
    let database = database().await;
    let store = database.store();
    store
        .pool()
        .execute(
            "CREATE TABLE plain (organization_id uuid, id uuid, n int, PRIMARY KEY (organization_id, id));
             CREATE TABLE held (organization_id uuid, id uuid, n int, PRIMARY KEY (organization_id, id));
             SELECT tenancy.protect('held'); GRANT SELECT ON plain TO bellwether_app;
             INSERT INTO plain SELECT o, uuidv7(), n FROM generate_series(1, 100) n,
                (SELECT gen_random_uuid() AS o FROM generate_series(1, 100)) s;
             INSERT INTO held SELECT * FROM plain; ANALYZE",
        )
        .await
        .unwrap();
    let organization: Uuid = sqlx::query_scalar("SELECT organization_id FROM plain LIMIT 1")
        .fetch_one(store.pool())
        .await
        .unwrap();
    let scope = TenantScope::organization(OrganizationId::from(organization));
    let (count, scope) = (5000, &scope);
    let one = async || sqlx::query("SELECT 1").execute(store.pool()).await.unwrap();
    times(500, one).await;
    show("one round trip", times(count, one).await);
    let plain = async || {
        let mut tx = store.pool().begin().await.unwrap();
        sqlx::query("SELECT id, n FROM plain WHERE organization_id = $1 ORDER BY id DESC LIMIT 20")
            .bind(organization)
            .fetch_all(&mut *tx)
            .await
            .unwrap();
        tx.commit().await.unwrap();
    };
    times(200, plain).await;
    show("BEGIN, 20 rows, COMMIT", times(count, plain).await);
    let held = async || {
        let mut tx = store.tenant(scope).await.unwrap();
        sqlx::query("SELECT id, n FROM held ORDER BY id DESC LIMIT 20").fetch_all(tx.conn()).await.unwrap();
        tx.commit().await.unwrap();
    };
    times(200, held).await;
    show("the same in a tenant transaction with its policy", times(count, held).await);
    let apart = async || {
        let mut tx = store.pool().begin().await.unwrap();
        tx.execute("SET LOCAL ROLE bellwether_app").await.unwrap();
        sqlx::query(
            "SELECT set_config('app.organization_id', $1, true), set_config('app.user_id', 'none', true)",
        )
        .bind(organization.to_string())
        .execute(&mut *tx)
        .await
        .unwrap();
        sqlx::query("SELECT id, n FROM held ORDER BY id DESC LIMIT 20").fetch_all(&mut *tx).await.unwrap();
        tx.commit().await.unwrap();
    };
    times(200, apart).await;
    show("the same, opened statement by statement", times(count, apart).await);
}

#[tokio::test]
#[ignore = "a measurement, run by hand"]
async fn starts() {
    let folder = tempfile::tempdir_in("/tmp").unwrap();
    std::fs::set_permissions(folder.path(), std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    let options = Options::new(folder.path().join("data"));
    let start = Instant::now();
    let server = Server::start(&options).await.unwrap();
    println!("first start, with a new data folder: {:?}", start.elapsed());
    let store =
        Store::connect(&bellwether_store::DatabaseOptions::new(server.address().connect_options("postgres")))
            .await
            .unwrap();
    let start = Instant::now();
    bellwether_jobs::migrate(&store).await.unwrap();
    println!("migrating an empty database: {:?}", start.elapsed());
    let start = Instant::now();
    bellwether_jobs::migrate(&store).await.unwrap();
    println!("migrating one that is up to date: {:?}", start.elapsed());
    store.close().await;
    let start = Instant::now();
    server.stop().await;
    println!("stop: {:?}", start.elapsed());
    for _ in 0..3 {
        let start = Instant::now();
        let server = Server::start(&options).await.unwrap();
        println!("warm start: {:?}", start.elapsed());
        server.stop().await;
    }
}
