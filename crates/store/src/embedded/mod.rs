//! PostgreSQL as a part of the program: found, initialised, started as a direct child, kept up, stopped with us.
//!
//! The server listens on a socket in a folder that nobody else can enter, and on nothing else. When root starts the
//! program the server runs as an ordinary user. Its data stay across runs, with checksums and fsync on.

mod cluster;
mod install;
mod launch;
mod place;
mod server;
mod user;

use std::{
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use sqlx::postgres::PgConnectOptions;

pub use install::{Install, MAJOR, RELEASE};
pub use server::Server;
#[cfg(feature = "testing")]
pub(crate) use server::start_detached;

/// The name of the login and of the main database.
pub const NAME: &str = "bellwether";
const PORT: u16 = 5432;

/// How to run the server.
#[derive(Debug, Clone)]
pub struct Options {
    /// Where the data are; made when absent. Its parent is ours to write.
    pub data_dir: PathBuf,
    /// The folder with PostgreSQL's `bin`, `lib` and `share`, when it is not at one of the usual places.
    pub install_dir: Option<PathBuf>,
    /// The user to become when started by root.
    pub user: Option<String>,
    /// Whether what is committed survives a power cut. Off for throw-away test data only.
    pub durable: bool,
    /// Further settings of the server.
    pub settings: Vec<(String, String)>,
    /// How long a start may take, waiting for an earlier server on the same data to go included.
    pub start_timeout: Duration,
    /// How long a stop may take before the server is told to stop at once.
    pub stop_timeout: Duration,
}

impl Options {
    /// The usual way to run it on data in a folder.
    pub fn new(data_dir: impl Into<PathBuf>) -> Self {
        Self {
            data_dir: data_dir.into(),
            install_dir: None,
            user: None,
            durable: true,
            settings: Vec::new(),
            start_timeout: Duration::from_mins(1),
            stop_timeout: Duration::from_secs(30),
        }
    }
}

/// Why there is no server.
#[derive(Debug, thiserror::Error)]
pub enum EmbeddedError {
    /// Its programs are nowhere.
    #[error(
        "PostgreSQL is not installed. Looked in: {}. `make run` fetches it; or run scripts/postgres.sh, or set \
         BELLWETHER_POSTGRES_DIR to a folder with bin/postgres of PostgreSQL {MAJOR} with pgvector, or set \
         DATABASE_URL to a server that runs already.",
        .0.iter().map(|dir| dir.display().to_string()).collect::<Vec<_>>().join(", ")
    )]
    NotInstalled(Vec<PathBuf>),
    /// There is no ordinary user to become.
    #[error("PostgreSQL does not run as root, and there is no user {0} on this machine to run it as.")]
    User(String),
    /// The programs could not be copied to where the ordinary user can read them.
    #[error("could not copy PostgreSQL from {from} to {to}, where an ordinary user can read it: {source}")]
    Copy {
        /// From.
        from: PathBuf,
        /// To.
        to: PathBuf,
        /// Why not.
        source: std::io::Error,
    },
    /// A folder could not be made or given to the ordinary user.
    #[error("could not prepare {path}: {source}")]
    Prepare {
        /// The folder.
        path: PathBuf,
        /// Why not.
        source: std::io::Error,
    },
    /// The data are of another major version.
    #[error(
        "the data in {dir} are of PostgreSQL {found}, this is {MAJOR}. Move them with pg_upgrade, or choose another \
         data folder."
    )]
    Version {
        /// Where.
        dir: PathBuf,
        /// Their version.
        found: String,
    },
    /// A program of PostgreSQL could not be run or failed.
    #[error("{program} failed: {reason}")]
    Program {
        /// Which.
        program: String,
        /// What it said.
        reason: String,
    },
    /// Somebody else runs a server on the same data.
    #[error(
        "the data in {dir} are in use by the PostgreSQL server with the process id {pid}. Is another copy running?"
    )]
    InUse {
        /// Where.
        dir: PathBuf,
        /// Whose.
        pid: i32,
    },
    /// It did not come up.
    #[error("PostgreSQL did not start ({reason}). The end of {}:\n{tail}", log.display())]
    Start {
        /// In short.
        reason: String,
        /// Its log.
        log: PathBuf,
        /// The end of it.
        tail: String,
    },
}

/// A running server's address.
#[derive(Debug, Clone)]
pub struct Address {
    socket_dir: PathBuf,
    install: Install,
}

impl Address {
    /// The folder of the socket.
    pub fn socket_dir(&self) -> &Path {
        &self.socket_dir
    }

    /// The driver's options for one of its databases.
    pub fn connect_options(&self, database: &str) -> PgConnectOptions {
        // never `new`, which reads PGHOST and the like from whoever's shell this is
        PgConnectOptions::new_without_pgpass()
            .socket(&self.socket_dir)
            .port(PORT)
            .username(NAME)
            .database(database)
    }

    /// The URL for one of its databases.
    pub fn url(&self, database: &str) -> String {
        let host: String = self
            .socket_dir
            .to_string_lossy()
            .bytes()
            .map(|byte| match byte {
                b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'-' | b'_' | b'.' => {
                    char::from(byte).to_string()
                }
                other => format!("%{other:02X}"),
            })
            .collect();
        format!("postgres:///{database}?host={host}&port={PORT}&user={NAME}")
    }

    /// The command of a shell on one of its databases, to be run or exec'ed.
    pub fn psql(&self, database: &str) -> Command {
        let mut command = Command::new(self.install.program("psql"));
        command.arg("--host").arg(&self.socket_dir);
        command.args(["--port", &PORT.to_string(), "--username", NAME, "--dbname", database]);
        command
    }

    /// The programs that go with the server, e.g. `pg_dump`.
    pub fn install(&self) -> &Install {
        &self.install
    }
}

/// The address of a server that already runs on the data, started by this or another process.
pub fn running(options: &Options) -> Result<Option<Address>, EmbeddedError> {
    let account = user::drop_to(options.user.as_deref(), &options.data_dir)?;
    let install = Install::find(options.install_dir.as_deref())?;
    let dir = place::settled(&options.data_dir, account.as_ref());
    Ok(cluster::Lock::read(&dir)
        .filter(|lock| lock.is_ready() && lock.is_alive())
        .and_then(|lock| lock.socket_dir)
        .map(|socket_dir| Address { socket_dir, install }))
}

/// Where the data really are: the folder asked for, or the place that it points to since an ordinary user can't reach
/// it. What removes the data must remove both.
pub fn real_data_dir(options: &Options) -> Result<PathBuf, EmbeddedError> {
    let account = user::drop_to(options.user.as_deref(), &options.data_dir)?;
    Ok(place::settled(&options.data_dir, account.as_ref()))
}
