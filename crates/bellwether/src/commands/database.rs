//! Getting at the database: one's own, or the embedded one.

use anyhow::{Context as _, Result};
use bellwether_store::{
    DatabaseOptions, Store,
    embedded::{self, NAME, Server},
};

use crate::config::Config;

/// How the embedded server is run with a configuration.
pub fn embedded_options(config: &Config) -> embedded::Options {
    let mut options = embedded::Options::new(config.data.dir.join("postgres"));
    options.install_dir.clone_from(&config.data.postgres_dir);
    options
}

/// A database that is reached, and the server that must outlive it when it is ours.
pub struct Database {
    /// The pool.
    pub store: Store,
    /// The embedded server, when this process runs it.
    pub server: Option<Server>,
}

impl Database {
    /// Connects: to the configured URL, to an embedded server that another process runs on the same data, or to one
    /// started here.
    pub async fn open(config: &Config) -> Result<Self> {
        let (mut options, server) = if let Some(url) = &config.data.database_url {
            let options = DatabaseOptions::from_url(url).context("the database URL can't be read")?;
            (options, None)
        } else {
            let embedded = embedded_options(config);
            if let Some(address) = embedded::running(&embedded)? {
                (DatabaseOptions::new(address.connect_options(NAME)), None)
            } else {
                std::fs::create_dir_all(&config.data.dir).with_context(|| {
                    format!("the data folder {} can't be made", config.data.dir.display())
                })?;
                let server = Server::start(&embedded).await?;
                (DatabaseOptions::new(server.address().connect_options(NAME)), Some(server))
            }
        };
        options.max_connections = config.data.max_connections;
        let store = Store::connect(&options).await.context("the database can't be reached")?;
        Ok(Self { store, server })
    }

    /// Brings the schema to this version.
    pub async fn migrate(&self) -> Result<()> {
        bellwether_jobs::migrate(&self.store).await.context("the database could not be migrated")
    }

    /// Closes the pool, then stops the server when it is ours.
    pub async fn close(self) {
        self.store.close().await;
        if let Some(server) = self.server {
            server.stop().await;
        }
    }
}
