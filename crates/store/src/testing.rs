//! Databases for tests: one server for all tests of this checkout, one migrated template, one database for each test.
//!
//! The server is started by whoever needs it first, shared by all test processes, and stops by itself when it has not
//! been used for half a day. Its data are worth nothing, so it does not wait for the disk.

use std::{
    env,
    fs::{self, File},
    future::Future,
    os::unix::process::CommandExt as _,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::Duration,
};

use bellwether_kernel::Rng;
use sha2::{Digest as _, Sha256};
use sqlx::{AssertSqlSafe, Connection as _, Executor as _, PgConnection, Row as _};

use crate::{
    DatabaseOptions, Error, MIGRATIONS, Store,
    embedded::{self, Address, EmbeddedError, Options},
};

/// How many templates of other branches stay.
const TEMPLATES_KEPT: i64 = 12;
const IDLE_MINUTES: u32 = 12 * 60;
/// For a connection, a lock, a statement: less than the runner of tests waits for a test.
const PATIENCE: Duration = Duration::from_mins(1);

/// Why there is no test database.
#[derive(Debug, thiserror::Error)]
pub enum TestingError {
    /// No server.
    #[error(transparent)]
    Server(#[from] EmbeddedError),
    /// The server refused something.
    #[error(transparent)]
    Database(#[from] Error),
    /// A file in the target folder could not be written.
    #[error("the target folder: {0}")]
    Files(#[from] std::io::Error),
}

impl From<sqlx::Error> for TestingError {
    fn from(error: sqlx::Error) -> Self {
        Self::Database(error.into())
    }
}

/// The server that all tests share.
#[derive(Debug, Clone)]
pub struct Cluster {
    address: Address,
    home: PathBuf,
}

fn home() -> PathBuf {
    let target = env::var_os("CARGO_TARGET_DIR")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target"), PathBuf::from);
    target.join("test-postgres")
}

impl Cluster {
    /// Finds it, or starts it.
    pub fn get() -> Result<Self, TestingError> {
        let home = home();
        fs::create_dir_all(&home)?;
        let home = home.canonicalize()?;
        let mut options = Options::new(home.join("data"));
        options.durable = false;
        options.settings = [
            ("max_connections", "300"),
            ("autovacuum", "off"),
            ("checkpoint_timeout", "1h"),
            ("max_wal_size", "4GB"),
            ("wal_level", "minimal"),
            ("max_wal_senders", "0"),
            ("io_method", "sync"),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .to_vec();
        fs::write(home.join("last-used"), "")?;
        if let Some(address) = embedded::running(&options)? {
            return Ok(Self { address, home });
        }
        let _lock = lock(&home, "start")?;
        if let Some(address) = embedded::running(&options)? {
            return Ok(Self { address, home });
        }
        let address = embedded::start_detached(&options)?;
        watch_idle(&home, &embedded::real_data_dir(&options)?)?;
        Ok(Self { address, home })
    }

    /// Where it is.
    pub fn address(&self) -> &Address {
        &self.address
    }

    async fn maintenance(&self) -> Result<PgConnection, TestingError> {
        Ok(PgConnection::connect_with(&self.address.connect_options("postgres")).await?)
    }

    /// The template of this state of the migrations, made when it is not there. `migrate` brings an empty database up
    /// to date; `also` is whatever besides the migrations decides what it makes of it.
    async fn template<F, M, E>(
        &self,
        server: &mut PgConnection,
        also: &str,
        migrate: F,
    ) -> Result<String, TestingError>
    where
        F: FnOnce(Store) -> M,
        M: Future<Output = Result<(), E>>,
        E: std::error::Error + Send + Sync + 'static,
    {
        let mut hash = Sha256::new();
        for migration in MIGRATIONS.iter() {
            hash.update(&migration.checksum);
        }
        hash.update(also);
        let name = format!("template_{}", bellwether_kernel::hex(&hash.finalize()[..8]));
        if exists(server, &name).await? {
            return Ok(name);
        }
        let home = self.home.clone();
        let _lock = tokio::task::spawn_blocking(move || lock(&home, "template"))
            .await
            .map_err(std::io::Error::other)??;
        if exists(server, &name).await? {
            return Ok(name);
        }
        let raw = format!("building_{name}");
        drop_database(server, &raw).await?;
        server.execute(AssertSqlSafe(format!("CREATE DATABASE {raw} TEMPLATE template0"))).await?;
        let store = Store::connect(&DatabaseOptions::new(self.address.connect_options(&raw))).await?;
        let migrated = migrate(store.clone()).await;
        store.close().await;
        migrated.map_err(|error| Error::Other(sqlx::Error::Configuration(Box::new(error))))?;
        let mut inside = PgConnection::connect_with(&self.address.connect_options(&raw)).await?;
        // fewer, fuller pages: every test copies them
        inside.execute("VACUUM (FULL, ANALYZE)").await?;
        inside.close().await?;
        server.execute("CHECKPOINT").await?;
        server.execute(AssertSqlSafe(format!("ALTER DATABASE {raw} RENAME TO {name}"))).await?;
        let old = sqlx::query(
            "SELECT datname FROM pg_database WHERE datname LIKE 'template\\_%' AND datname <> $1 ORDER BY oid DESC OFFSET $2",
        )
        .bind(&name)
        .bind(TEMPLATES_KEPT)
        .fetch_all(&mut *server)
        .await?;
        for row in old {
            let name: &str = row.try_get("datname")?;
            drop_database(server, name).await?;
            drop_database(server, &name.replacen("template_", "dev_", 1)).await?;
        }
        Ok(name)
    }

    /// Drops the databases of test processes that have ended. To drop one's own at its end would mean to wait for its
    /// connections to go; those of an ended process are gone.
    async fn sweep(&self, server: &mut PgConnection) -> Result<(), TestingError> {
        // one process does it, the others need not wait
        let sweeping = File::create(self.home.join("sweep.lock"))?;
        if sweeping.try_lock().is_err() {
            return Ok(());
        }
        let rows = sqlx::query("SELECT datname FROM pg_database WHERE datname LIKE 'test\\_%'")
            .fetch_all(&mut *server)
            .await?;
        for row in rows {
            let name: &str = row.try_get("datname")?;
            let owner = name.split('_').nth(1).unwrap_or_default();
            if !Path::new("/proc").join(owner).exists() {
                drop_database(server, name).await?;
            }
        }
        Ok(())
    }
}

/// A database of one test. It goes when a later test finds that this process has ended.
#[derive(Debug)]
pub struct TestDatabase {
    cluster: Cluster,
    name: String,
    store: Store,
}

impl TestDatabase {
    /// A fresh copy of the template that [`Cluster::template`] makes of the same arguments.
    pub async fn with<F, M, E>(also: &str, migrate: F) -> Result<Self, TestingError>
    where
        F: FnOnce(Store) -> M,
        M: Future<Output = Result<(), E>>,
        E: std::error::Error + Send + Sync + 'static,
    {
        let cluster = tokio::task::spawn_blocking(Cluster::get).await.map_err(std::io::Error::other)??;
        let mut server = cluster.maintenance().await?;
        cluster.sweep(&mut server).await?;
        let template = cluster.template(&mut server, also, migrate).await?;
        let name =
            format!("test_{}_{}", std::process::id(), bellwether_kernel::hex(&Rng::system().bytes::<6>()));
        copy(&mut server, &template, &name).await?;
        server.close().await?;
        let mut options = DatabaseOptions::new(cluster.address.connect_options(&name));
        options.max_connections = 10;
        // what many do at once waits longer here than somebody at a page would: beside other tests, on few cores
        (options.acquire_timeout, options.lock_timeout) = (PATIENCE, PATIENCE);
        (options.statement_timeout, options.idle_in_transaction_timeout) = (PATIENCE, PATIENCE);
        let store = Store::connect(&options).await?;
        Ok(Self { cluster, name, store })
    }

    /// The store on it.
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// How to connect to it otherwise.
    pub fn options(&self) -> DatabaseOptions {
        DatabaseOptions::new(self.cluster.address.connect_options(&self.name))
    }

    /// Its URL.
    pub fn url(&self) -> String {
        self.cluster.address.url(&self.name)
    }
}

/// A database that stays, for work on the schema: `cargo` checks queries against it, `psql` opens it. It is made anew
/// when the migrations have changed. Returns its URL.
pub async fn dev_database<F, M, E>(also: &str, migrate: F) -> Result<String, TestingError>
where
    F: FnOnce(Store) -> M,
    M: Future<Output = Result<(), E>>,
    E: std::error::Error + Send + Sync + 'static,
{
    let cluster = tokio::task::spawn_blocking(Cluster::get).await.map_err(std::io::Error::other)??;
    let mut server = cluster.maintenance().await?;
    let template = cluster.template(&mut server, also, migrate).await?;
    // one per set of migrations, so that two checkouts with one target folder don't take it from each other
    let name = template.replacen("template_", "dev_", 1);
    if !exists(&mut server, &name).await? {
        copy(&mut server, &template, &name).await?;
    }
    Ok(cluster.address.url(&name))
}

/// Files are copied, not pages logged: less than half the work.
async fn copy(server: &mut PgConnection, template: &str, name: &str) -> Result<(), TestingError> {
    server
        .execute(AssertSqlSafe(format!("CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY")))
        .await?;
    Ok(())
}

async fn exists(server: &mut PgConnection, name: &str) -> Result<bool, TestingError> {
    Ok(sqlx::query_scalar("SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)")
        .bind(name)
        .fetch_one(server)
        .await?)
}

async fn drop_database(server: &mut PgConnection, name: &str) -> Result<(), TestingError> {
    server.execute(AssertSqlSafe(format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"))).await?;
    Ok(())
}

/// Held until it is dropped; other processes wait.
fn lock(home: &Path, what: &str) -> std::io::Result<File> {
    let file = File::create(home.join(format!("{what}.lock")))?;
    file.lock()?;
    Ok(file)
}

/// Stops the server when nobody has used it for long: nothing of ours is there to do it.
fn watch_idle(home: &Path, data_dir: &Path) -> std::io::Result<()> {
    let script = r#"
        read -r pid < "$2/postmaster.pid" || exit
        while sleep 300; do
            kill -0 "$pid" 2>/dev/null || exit
            [ -n "$(find "$1/last-used" -mmin "-$3")" ] || { kill -INT "$pid"; exit; }
        done"#;
    Command::new("/bin/sh")
        .args(["-c", script, "bellwether-idle"])
        .arg(home)
        .arg(data_dir)
        .arg(IDLE_MINUTES.to_string())
        .current_dir("/")
        .process_group(0)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()?;
    Ok(())
}
