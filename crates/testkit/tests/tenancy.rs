//! Transactions of tenants and of the system, the errors that constraints give, partitions.

#![expect(clippy::unwrap_used, reason = "a test may stop where it stands")]

use bellwether_kernel::{
    BrandScope, Clock, Kind, Problem, Rng,
    id::{BrandId, OrganizationId, UserId, uuid_v7, uuid_v7_floor},
};
use bellwether_store::{ConstraintKind, DatabaseOptions, Error, Store, TenantScope};
use bellwether_testkit::{TestDatabase, database};
use sqlx::Executor as _;
use uuid::Uuid;

fn clock() -> Clock {
    Clock::manual("2026-05-15T12:00:00Z".parse().unwrap())
}

/// A store of its own with so many connections: of one, what a transaction leaves behind would be seen by the next.
async fn store_of(database: &TestDatabase, connections: u32) -> Store {
    let mut options = database.options();
    options.max_connections = connections;
    Store::connect(&options).await.unwrap()
}

async fn text(tx: &mut bellwether_store::TenantTx, sql: &'static str) -> Option<String> {
    sqlx::query_scalar(sql).fetch_one(tx.conn()).await.unwrap()
}

#[tokio::test]
async fn a_tenant_transaction_says_whose_it_is_and_forgets_it_at_its_end() {
    let database = database().await;
    let store = store_of(&database, 1).await;
    let (clock, rng) = (clock(), Rng::seeded(1));
    let (user, organization) = (UserId::new(&clock, &rng), OrganizationId::new(&clock, &rng));
    let brands = vec![BrandId::new(&clock, &rng), BrandId::new(&clock, &rng)];
    let scope = TenantScope { user: Some(user), organization, brands: BrandScope::Only(brands.clone()) };

    let mut tx = store.tenant(&scope).await.unwrap();
    assert_eq!(tx.organization(), organization);
    assert_eq!(text(&mut tx, "SELECT current_user::text").await.as_deref(), Some("bellwether_app"));
    let row: (OrganizationId, Option<UserId>, Option<Vec<BrandId>>) = sqlx::query_as(
        "SELECT tenancy.current_organization(), tenancy.current_user_id(), tenancy.current_brand_ids()",
    )
    .fetch_one(tx.conn())
    .await
    .unwrap();
    assert_eq!(row, (organization, Some(user), Some(brands)));
    tx.commit().await.unwrap();

    for brands in [BrandScope::All, BrandScope::Only(Vec::new())] {
        let scope = TenantScope { user: None, organization, brands: brands.clone() };
        let mut tx = store.tenant(&scope).await.unwrap();
        let row: (Option<UserId>, Option<Vec<BrandId>>) =
            sqlx::query_as("SELECT tenancy.current_user_id(), tenancy.current_brand_ids()")
                .fetch_one(tx.conn())
                .await
                .unwrap();
        let all = matches!(brands, BrandScope::All);
        assert_eq!(row, (None, if all { None } else { Some(Vec::new()) }));
        drop(tx);
    }

    // nothing of it is left on the connection
    for question in ["organization()", "user_id()", "brand_ids()"] {
        let sql = format!("SELECT tenancy.current_{question}");
        let error = store.pool().execute(sqlx::AssertSqlSafe(sql)).await.unwrap_err();
        assert_eq!(
            error.as_database_error().and_then(sqlx::error::DatabaseError::code).as_deref(),
            Some("TN001"),
            "{error}"
        );
    }
    let user: String = sqlx::query_scalar("SELECT current_user::text").fetch_one(store.pool()).await.unwrap();
    assert_eq!(user, "bellwether", "the role is given back");

    let mut tx = store.service("a test's own \\ 'reason'; DROP TABLE x").await.unwrap();
    let row: (String, String) = sqlx::query_as("SELECT current_user::text, current_setting('app.reason')")
        .fetch_one(tx.conn())
        .await
        .unwrap();
    assert_eq!(row, ("bellwether_service".into(), "a test's own \\ 'reason'; DROP TABLE x".into()));
    let error = sqlx::query("SELECT tenancy.current_organization()").execute(tx.conn()).await.unwrap_err();
    assert!(error.to_string().contains("no tenant"), "{error}");
}

#[tokio::test]
async fn opening_takes_one_round_trip() {
    let database = database().await;
    let scope = TenantScope::organization(OrganizationId::from(Uuid::nil()));
    let other = store_of(&database, 1).await;
    let tx = other.tenant(&scope).await.unwrap();
    // the server shows the last message that it was sent: all of the opening is in it
    let query: String = sqlx::query_scalar(
        "SELECT query FROM pg_stat_activity WHERE datname = current_database() AND state = 'idle in transaction'",
    )
    .fetch_one(database.store().pool())
    .await
    .unwrap();
    for part in
        ["BEGIN", "SET LOCAL ROLE bellwether_app", "app.organization_id", "app.user_id", "app.brand_ids"]
    {
        assert!(query.contains(part), "{part} is not in {query}");
    }
    drop(tx);
}

#[tokio::test]
async fn what_is_not_committed_did_not_happen() {
    let database = database().await;
    let store = store_of(&database, 1).await;
    store
        .pool()
        .execute("CREATE TABLE marks (n int); GRANT ALL ON marks TO bellwether_service")
        .await
        .unwrap();
    let count = async || -> i64 {
        sqlx::query_scalar("SELECT count(*) FROM marks").fetch_one(store.pool()).await.unwrap()
    };

    let mut tx = store.service("dropped").await.unwrap();
    tx.conn().execute("INSERT INTO marks VALUES (1)").await.unwrap();
    drop(tx);
    assert_eq!(count().await, 0);
    let mut tx = store.service("failed").await.unwrap();
    tx.conn().execute("INSERT INTO marks VALUES (1)").await.unwrap();
    tx.conn().execute("SELECT 1 / 0").await.unwrap_err();
    drop(tx);
    assert_eq!(count().await, 0);
    // a request that is given up in the middle of a statement
    let mut tx = store.service("given up").await.unwrap();
    // the clock is looked at first: on a machine that stood still meanwhile both are over
    tokio::select! {
        biased;
        () = tokio::time::sleep(std::time::Duration::from_millis(50)) => {}
        _ = tx.conn().execute("INSERT INTO marks SELECT 1 FROM pg_sleep(0.3)") => panic!("the server is asleep"),
    }
    drop(tx);
    let mut tx = store.service("kept").await.unwrap();
    tx.conn().execute("INSERT INTO marks VALUES (1)").await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(count().await, 1);
}

#[tokio::test]
async fn every_session_starts_with_limits() {
    let database = database().await;
    let mut options = database.options();
    options.statement_timeout = std::time::Duration::from_millis(80);
    options.max_connections = 2;
    let store = Store::connect(&options).await.unwrap();
    let error: Error = store.pool().execute("SELECT pg_sleep(60)").await.unwrap_err().into();
    assert!(matches!(error, Error::Timeout(_)), "{error:?}");
    assert_eq!(Problem::from(error).kind, Kind::Unavailable);

    // not over that store: what follows may take longer than 80 ms where much else runs
    let patient = database.store();
    patient.pool().execute("CREATE TABLE locked (n int)").await.unwrap();
    let mut options = database.options();
    options.lock_timeout = std::time::Duration::from_millis(80);
    let impatient = Store::connect(&options).await.unwrap();
    let mut holder = patient.pool().begin().await.unwrap();
    holder.execute("LOCK TABLE locked").await.unwrap();
    let error: Error = impatient.pool().execute("SELECT FROM locked").await.unwrap_err().into();
    assert!(matches!(&error, Error::Contention(_)) && error.is_retryable(), "{error:?}");
    holder.rollback().await.unwrap();

    // long enough to connect in, wherever this runs
    let mut options = database.options();
    (options.max_connections, options.acquire_timeout) = (1, std::time::Duration::from_secs(3));
    let small = Store::connect(&options).await.unwrap();
    let held = small.service("hold the only connection").await.unwrap();
    let error = small.service("wait for it").await.unwrap_err();
    assert!(matches!(error, Error::Unavailable(_)), "{error:?}");
    let problem = Problem::from(error);
    assert_eq!((problem.kind, problem.retry_after), (Kind::Unavailable, Some(2)));
    drop(held);
    small.ping().await.unwrap();

    let nowhere = DatabaseOptions::from_url("postgres:///x?host=/nowhere/at/all&user=x").unwrap();
    let error = Store::connect(&nowhere).await.unwrap_err();
    assert!(matches!(error, Error::Unavailable(_)), "{error:?}");
}

#[tokio::test]
async fn a_connection_that_died_while_idle_is_replaced_in_silence() {
    let database = database().await;
    // of three the pool hands each out; of twelve the one that died may be at hand
    for connections in [3, 12] {
        let store = store_of(&database, connections).await;
        store.service("before a restart of the server").await.unwrap().commit().await.unwrap();
        database.store().pool().execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()",
        )
        .await
        .unwrap();
        // a fresh connection is not asked before use, so the first use may fail, in the words of a passing trouble
        for _ in 0..10 {
            match store.service("after a restart of the server").await {
                Ok(tx) => tx.commit().await.unwrap(),
                Err(error) => assert!(error.is_retryable(), "{error:?}"),
            }
        }
        store.service("by now all is well").await.unwrap().commit().await.unwrap();
        store.close().await;
    }
}

#[tokio::test]
async fn constraints_answer_by_name() {
    let database = database().await;
    let pool = database.store().pool();
    pool.execute(
        "CREATE TABLE parts (
            id int CONSTRAINT parts_pkey PRIMARY KEY, name text NOT NULL, n int, over int,
            during int4range, CONSTRAINT parts_name_key UNIQUE (name), CONSTRAINT parts_n_check CHECK (n > 0),
            CONSTRAINT parts_over_fkey FOREIGN KEY (over) REFERENCES parts (id),
            CONSTRAINT parts_during_excl EXCLUDE USING gist (during WITH &&));
         INSERT INTO parts VALUES (1, 'a', 1, NULL, '[1,5)'), (2, 'b', 1, 1, NULL)",
    )
    .await
    .unwrap();
    for (sql, name, kind) in [
        ("INSERT INTO parts VALUES (3, 'a', 1)", "parts_name_key", ConstraintKind::Unique),
        ("INSERT INTO parts VALUES (3, 'c', 0)", "parts_n_check", ConstraintKind::Check),
        ("INSERT INTO parts VALUES (3, 'c', 1, 9)", "parts_over_fkey", ConstraintKind::ForeignKey),
        ("DELETE FROM parts WHERE id = 1", "parts_over_fkey", ConstraintKind::ForeignKey),
        ("INSERT INTO parts VALUES (3, NULL, 1)", "name", ConstraintKind::NotNull),
        (
            "INSERT INTO parts VALUES (3, 'c', 1, NULL, '[4,9)')",
            "parts_during_excl",
            ConstraintKind::Exclusion,
        ),
    ] {
        let error: Error = pool.execute(sql).await.unwrap_err().into();
        assert_eq!(error.constraint(), Some(name), "{error:?}");
        assert!(matches!(&error, Error::Constraint { kind: found, .. } if *found == kind), "{error:?}");
        assert!(!error.is_retryable());
        // a constraint that no use case foresaw is our fault, and what it says stays with us
        let problem = Problem::from(error);
        assert_eq!(problem.kind, Kind::Internal);
        assert!(!problem.detail.contains("parts"));
    }
    let none = sqlx::query("SELECT FROM parts WHERE id = 77").fetch_one(pool).await.unwrap_err();
    assert!(matches!(Error::from(none), Error::NotFound));
}

#[tokio::test]
async fn transactions_in_each_other_s_way_are_told_to_try_again() {
    let database = database().await;
    let pool = database.store().pool();
    pool.execute(
        "CREATE TABLE accounts (id int PRIMARY KEY, n int); INSERT INTO accounts VALUES (1, 1), (2, 1)",
    )
    .await
    .unwrap();
    // neither sees what the other writes: only one may pass
    let (mut one, mut two) = (
        pool.begin_with("BEGIN ISOLATION LEVEL SERIALIZABLE").await.unwrap(),
        pool.begin_with("BEGIN ISOLATION LEVEL SERIALIZABLE").await.unwrap(),
    );
    for tx in [&mut one, &mut two] {
        tx.execute("SELECT sum(n) FROM accounts").await.unwrap();
    }
    one.execute("UPDATE accounts SET n = 0 WHERE id = 1").await.unwrap();
    one.commit().await.unwrap();
    let late = async {
        two.execute("UPDATE accounts SET n = 0 WHERE id = 2").await?;
        two.commit().await
    };
    let error = Error::from(late.await.unwrap_err());
    assert!(matches!(error, Error::Contention(_)) && error.is_retryable(), "{error:?}");
    assert_eq!(Problem::from(error).kind, Kind::Unavailable);
}

#[tokio::test]
async fn updated_at_is_the_database_s() {
    let database = database().await;
    let pool = database.store().pool();
    let (before, after): (bool, bool) = sqlx::query_as(
        "WITH made AS (SELECT 1) SELECT
            (SELECT tgfoid = 'tenancy.touch_updated_at'::regproc FROM pg_trigger
             WHERE tgrelid = 'identity.memberships'::regclass AND tgname = 'memberships_touch_updated_at'),
            true FROM made",
    )
    .fetch_one(pool)
    .await
    .unwrap();
    assert!(before && after);
    pool.execute(
        "CREATE TABLE touched (organization_id uuid, id uuid, updated_at timestamptz, PRIMARY KEY (organization_id, id));
         SELECT tenancy.protect('touched');
         INSERT INTO touched VALUES (gen_random_uuid(), gen_random_uuid(), '2000-01-01');
         UPDATE touched SET updated_at = '1999-01-01'",
    )
    .await
    .unwrap();
    let fresh: bool =
        sqlx::query_scalar("SELECT updated_at > '2020-01-01' FROM touched").fetch_one(pool).await.unwrap();
    assert!(fresh);
    let error =
        pool.execute("CREATE TABLE nobodys (id int); SELECT tenancy.protect('nobodys')").await.unwrap_err();
    assert!(error.to_string().contains("no tenant table"), "{error}");
}

#[tokio::test]
async fn the_floor_of_an_instant_is_the_same_here_and_there() {
    let database = database().await;
    let (clock, rng) = (clock(), Rng::seeded(3));
    for instant in ["2026-05-15T12:00:00.123456Z", "1970-01-01T00:00:00Z", "2999-12-31T23:59:59.999Z"] {
        let at: bellwether_kernel::Timestamp = instant.parse().unwrap();
        let floor: Uuid = sqlx::query_scalar("SELECT tenancy.uuid_floor($1)")
            .bind(at)
            .fetch_one(database.store().pool())
            .await
            .unwrap();
        assert_eq!(floor, uuid_v7_floor(at));
    }
    assert!(uuid_v7(&clock, &rng) > uuid_v7_floor(clock.now()));
}

async fn partitions(store: &Store, parent: &str) -> Vec<String> {
    sqlx::query_scalar(
        "SELECT relid::regclass::text FROM pg_partition_tree($1::text::regclass) WHERE isleaf ORDER BY 1",
    )
    .bind(parent)
    .fetch_all(store.pool())
    .await
    .unwrap()
}

#[tokio::test]
async fn partitions_are_made_ahead_and_take_in_what_came_before_them() {
    let database = database().await;
    let store = database.store();
    let (clock, rng) = (clock(), Rng::seeded(1));
    store
        .pool()
        .execute(
            "CREATE TABLE public.ticks (organization_id uuid, id uuid, PRIMARY KEY (organization_id, id)) PARTITION BY RANGE (id);
             SELECT tenancy.protect('public.ticks')",
        )
        .await
        .unwrap();
    let make_for = async |at: bellwether_kernel::Timestamp| -> Vec<String> {
        let mut tx = store.service("make partitions").await.unwrap();
        let made = sqlx::query_scalar(
            "SELECT made FROM tenancy.make_all_partitions(2, $1) AS made WHERE made LIKE 'ticks%'",
        )
        .bind(at)
        .fetch_all(tx.conn())
        .await
        .unwrap();
        tx.commit().await.unwrap();
        made
    };
    let made = make_for(clock.now()).await;
    assert_eq!(
        made,
        ["ticks_default", "ticks_y2026m04", "ticks_y2026m05", "ticks_y2026m06", "ticks_y2026m07"]
    );
    assert!(make_for(clock.now()).await.is_empty(), "doing it again changes nothing");

    // rows of every month: those within go to theirs, the others wait in the default
    let scope = TenantScope::organization(OrganizationId::new(&clock, &rng));
    let mut tx = store.tenant(&scope).await.unwrap();
    for month in ["03", "04", "05", "06", "07", "08", "09"] {
        let at = Clock::manual(format!("2026-{month}-01T00:00:00Z").parse().unwrap());
        sqlx::query("INSERT INTO ticks VALUES ($1, $2)")
            .bind(scope.organization)
            .bind(uuid_v7(&at, &rng))
            .execute(tx.conn())
            .await
            .unwrap();
    }
    tx.commit().await.unwrap();
    let count = async |table: &str| -> i64 {
        sqlx::query_scalar(sqlx::AssertSqlSafe(format!("SELECT count(*) FROM {table}")))
            .fetch_one(store.pool())
            .await
            .unwrap()
    };
    assert_eq!(count("ticks_default").await, 3);
    assert_eq!(count("ticks_y2026m05").await, 1);

    clock.advance(chrono::Duration::days(31));
    assert_eq!(make_for(clock.now()).await, ["ticks_y2026m08"]);
    assert_eq!(
        (count("ticks_default").await, count("ticks_y2026m08").await, count("ticks").await),
        (2, 1, 7)
    );

    // the tenant's transaction reads through the parent, and no partition by itself
    let mut tx = store.tenant(&scope).await.unwrap();
    let seen: i64 = sqlx::query_scalar("SELECT count(*) FROM ticks").fetch_one(tx.conn()).await.unwrap();
    assert_eq!(seen, 7);
    let error = sqlx::query("SELECT FROM ticks_y2026m08").execute(tx.conn()).await.unwrap_err();
    assert!(error.to_string().contains("permission denied"), "{error}");
    drop(tx);
    let other = TenantScope::organization(OrganizationId::new(&clock, &rng));
    let mut tx = store.tenant(&other).await.unwrap();
    let seen: i64 = sqlx::query_scalar("SELECT count(*) FROM ticks").fetch_one(tx.conn()).await.unwrap();
    assert_eq!(seen, 0);

    // the log itself has this month's and those ahead since the migration
    let log = partitions(store, "operations.events").await;
    assert!(log.len() >= 6 && log.contains(&"operations.events_default".to_owned()), "{log:?}");
}

#[tokio::test]
async fn copies_that_start_together_migrate_once() {
    let database = database().await;
    let address = database.options();
    let empty = "CREATE DATABASE {name} TEMPLATE template0";
    let name = format!("test_{}_empty{}", std::process::id(), Rng::system().below(1 << 40));
    database.store().pool().execute(sqlx::AssertSqlSafe(empty.replace("{name}", &name))).await.unwrap();
    let options = DatabaseOptions::new(address.connect.clone().database(&name));
    let mut starts = tokio::task::JoinSet::new();
    for _ in 0..3 {
        let options = options.clone();
        starts.spawn(async move {
            let store = Store::connect(&options).await.unwrap();
            let outcome = bellwether_jobs::migrate(&store).await;
            store.close().await;
            outcome
        });
    }
    while let Some(outcome) = starts.join_next().await {
        outcome.unwrap().unwrap();
    }
    let drop = format!("DROP DATABASE {name} WITH (FORCE)");
    database.store().pool().execute(sqlx::AssertSqlSafe(drop)).await.unwrap();
}

/// What `DATABASE_URL` promises: a server where the login is no superuser. The operator has installed the extensions and, on a
/// server that has our roles already, granted them.
#[tokio::test]
async fn an_ordinary_login_that_owns_its_database_is_enough() {
    let database = database().await;
    let name = format!("test_{}_owned{}", std::process::id(), Rng::system().below(1 << 40));
    let login = format!("login_{}_{}", std::process::id(), Rng::system().below(1 << 40));
    let admin = database.store().pool();
    let run = async |sql: String| admin.execute(sqlx::AssertSqlSafe(sql)).await.unwrap();
    run(format!("CREATE ROLE {login} LOGIN NOSUPERUSER CREATEROLE")).await;
    run(format!("GRANT bellwether_app, bellwether_service TO {login} WITH INHERIT FALSE, SET TRUE")).await;
    run(format!("CREATE DATABASE {name} TEMPLATE template0 OWNER {login}")).await;
    let options = DatabaseOptions::new(database.options().connect.database(&name));
    let installer = Store::connect(&options).await.unwrap();
    installer.pool().execute("CREATE EXTENSION vector").await.unwrap();
    installer.close().await;

    let options = DatabaseOptions::new(options.connect.username(&login));
    let store = Store::connect(&options).await.unwrap();
    bellwether_jobs::migrate(&store).await.unwrap();
    bellwether_jobs::migrate(&store).await.unwrap();

    let (clock, rng) = (clock(), Rng::seeded(1));
    let scope = TenantScope::organization(OrganizationId::new(&clock, &rng));
    let record = async |clock: &Clock| {
        let mut tx = store.tenant(&scope).await.unwrap();
        let event = bellwether_jobs::events::NewEvent {
            organization: scope.organization,
            brand: None,
            kind: "post.published",
            subject: ("post", Uuid::nil()),
            actor: bellwether_kernel::Actor::System { reason: "test".into() },
            before: None,
            after: None,
            data: None,
            context: bellwether_kernel::RequestContext::default(),
        };
        bellwether_jobs::events::record(&mut tx, clock, &rng, event).await.unwrap();
        bellwether_jobs::enqueue(
            &mut tx,
            &bellwether_jobs::Partitions {},
            bellwether_jobs::Options::default(),
        )
        .await
        .unwrap();
        tx.commit().await.unwrap();
    };
    // an event of a month without a partition waits in the default and moves, though the owner is held by the policies too
    let far = Clock::manual("2135-01-10T00:00:00Z".parse().unwrap());
    record(&far).await;
    let worker = bellwether_jobs::Worker::builder(store.clone(), far).build().unwrap();
    let report = bellwether_jobs::testing::drain(&store, &worker).await.unwrap();
    assert_eq!((report.done.len(), report.failed.len(), report.again.len()), (1, 0, 0), "{report:?}");
    let mut tx = store.service("count the events").await.unwrap();
    let at: Vec<String> = sqlx::query_scalar("SELECT tableoid::regclass::text FROM operations.events")
        .fetch_all(tx.conn())
        .await
        .unwrap();
    assert_eq!(at, ["operations.events_y2135m01"]);
    tx.rollback().await.unwrap();
    // what is closed to everybody is closed here too
    let open: Vec<String> = sqlx::query_scalar(
        "SELECT p.oid::regprocedure::text FROM pg_proc p, aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) AS acl
         WHERE p.prosecdef AND acl.grantee = 0 AND acl.privilege_type = 'EXECUTE'",
    )
    .fetch_all(store.pool())
    .await
    .unwrap();
    assert!(open.is_empty(), "{open:?}");
    sqlx::query("SELECT FROM identity.authenticate('', now())").execute(store.pool()).await.unwrap();
    // the login itself, without a role, is nobody's tenant
    let bare = store.pool().execute("SELECT FROM operations.events").await.unwrap();
    assert_eq!(bare.rows_affected(), 0);
    store.close().await;
    run(format!("DROP DATABASE {name} WITH (FORCE)")).await;
    run(format!("DROP OWNED BY {login}")).await;
    run(format!("DROP ROLE {login}")).await;
}

#[tokio::test]
async fn a_request_that_hangs_up_leaves_no_tenant_on_the_connection() {
    let database = database().await;
    // of two the pool looks after every one that comes back; of twelve some are kept at hand
    for connections in [2, 12] {
        let store = store_of(&database, connections).await;
        let organization = OrganizationId::new(&clock(), &Rng::seeded(1));
        let scope = TenantScope { user: None, organization, brands: BrandScope::All };
        for turns in 0..400 {
            let hang_up = async {
                for _ in 0..turns % 40 {
                    tokio::task::yield_now().await;
                }
            };
            // dropped at another point of its opening each time, or ended without waiting
            tokio::select! {
                biased;
                () = hang_up => {}
                opened = store.tenant(&scope) => match opened {
                    Ok(tx) if turns % 2 == 0 => tx.end_reading(),
                    opened => drop(opened),
                },
            }
        }
        for _ in 0..10 {
            let (mut one, mut two) = (store.asking().await.unwrap(), store.asking().await.unwrap());
            for connection in [one.conn(), two.conn()] {
                let (role, tenant): (String, Option<String>) = sqlx::query_as(
                    "SELECT current_user::text, nullif(current_setting('app.organization_id', true), '')",
                )
                .fetch_one(connection)
                .await
                .unwrap();
                assert_eq!((role.as_str(), tenant), ("bellwether", None));
            }
            one.done();
            two.done();
        }
        store.close().await;
    }
}

/// Which of the server's processes is behind a connection, and what it has open.
async fn process(conn: &mut sqlx::PgConnection) -> i32 {
    sqlx::query_scalar("SELECT pg_backend_pid()").fetch_one(conn).await.unwrap()
}

#[tokio::test]
async fn the_connection_that_was_used_last_is_used_next_with_nothing_left_on_it() {
    let database = database().await;
    let store = store_of(&database, 12).await;
    store
        .pool()
        .execute(
            "CREATE TABLE marks (n int); GRANT ALL ON marks TO bellwether_app; INSERT INTO marks VALUES (1)",
        )
        .await
        .unwrap();
    let scope = TenantScope::organization(OrganizationId::from(Uuid::nil()));

    // as many as may rest, so that each has one of its own
    let (mut one, mut two) = (store.tenant(&scope).await.unwrap(), store.tenant(&scope).await.unwrap());
    let (first, second) = (process(one.conn()).await, process(two.conn()).await);
    assert_ne!(first, second);
    one.commit().await.unwrap();
    two.commit().await.unwrap();
    for _ in 0..5 {
        let mut tx = store.tenant(&scope).await.unwrap();
        assert_eq!(process(tx.conn()).await, second);
        tx.rollback().await.unwrap();
        let mut asking = store.asking().await.unwrap();
        assert_eq!(process(asking.conn()).await, second);
        let role: String =
            sqlx::query_scalar("SELECT current_user::text").fetch_one(asking.conn()).await.unwrap();
        assert_eq!(role, "bellwether");
        asking.done();
    }

    // a list that ends without waiting lets go of what it has locked, used again or not
    let mut tx = store.tenant(&scope).await.unwrap();
    tx.conn().execute("SELECT FROM marks FOR UPDATE").await.unwrap();
    tx.end_reading();
    database.store().pool().execute("UPDATE marks SET n = 2").await.unwrap();
    let mut tx = store.tenant(&scope).await.unwrap();
    assert_eq!(process(tx.conn()).await, second);
    // one whose answers were not all read yet, an error's last word for one, ends behind them
    tx.conn().execute("SELECT 1 / 0").await.unwrap_err();
    tx.end_reading();
    let mut tx = store.tenant(&scope).await.unwrap();
    assert_eq!(process(tx.conn()).await, second);
    tx.conn().execute("INSERT INTO marks VALUES (3)").await.unwrap();
    drop(tx);
    let left: i64 = sqlx::query_scalar("SELECT count(*) FROM marks").fetch_one(store.pool()).await.unwrap();
    assert_eq!(left, 1);
    let (all, idle) = store.connections();
    assert!(idle <= all && all <= 12, "{idle} of {all}");
    store.close().await;
    assert_eq!(store.connections(), (0, 0));
}

/// The driver tells of an error before the server's last word on it, and whoever stops waiting reads no answer at all: the
/// end of the transaction must be sent all the same, or the next one on the connection is inside of it.
#[tokio::test]
async fn a_transaction_ends_behind_the_answers_that_nobody_read() {
    let database = database().await;
    let store = store_of(&database, 12).await;
    let scope = TenantScope::organization(OrganizationId::from(Uuid::nil()));
    for turn in 0..3 {
        let mut tx = store.tenant(&scope).await.unwrap();
        let used = process(tx.conn()).await;
        tx.conn().execute("SET LOCAL app.mark = 'the first'").await.unwrap();
        tokio::select! {
            biased;
            _ = tx.conn().execute("SELECT pg_sleep(0.2)") => panic!("the server is asleep"),
            () = std::future::ready(()) => {}
        }
        tx.end_reading();

        if turn == 0 {
            let mut tx = store.tenant(&scope).await.unwrap();
            assert_eq!(process(tx.conn()).await, used);
            let mark = text(&mut tx, "SELECT nullif(current_setting('app.mark', true), '')").await;
            assert_eq!(mark, None, "inside of the transaction before");
            tx.rollback().await.unwrap();
        } else {
            let mut asking = store.asking().await.unwrap();
            assert_eq!(process(asking.conn()).await, used);
            let role: String =
                sqlx::query_scalar("SELECT current_user::text").fetch_one(asking.conn()).await.unwrap();
            assert_eq!(role, "bellwether");
            asking.done();
        }
    }
    store.close().await;
}
