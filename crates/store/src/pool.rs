//! The connection pool and the store around it.

use std::{str::FromStr as _, sync::Arc, time::Duration};

use sqlx::{
    Connection as _, PgConnection, PgPool,
    postgres::{PgConnectOptions, PgPoolOptions},
};

use crate::{
    Error, Subscriptions,
    tx::{ServiceTx, TenantScope, TenantTx},
    warm::{Lent, Warm},
};

/// How to reach the database and how hard to lean on it.
#[derive(Debug, Clone)]
pub struct DatabaseOptions {
    /// Where it is.
    pub connect: PgConnectOptions,
    /// Connections kept open when idle.
    pub min_connections: u32,
    /// Connections at most.
    pub max_connections: u32,
    /// How long a request waits for a free connection before it is refused.
    pub acquire_timeout: Duration,
    /// How long a statement may run.
    pub statement_timeout: Duration,
    /// How long a statement may wait for a lock.
    pub lock_timeout: Duration,
    /// How long a transaction may sit idle: longer means that something waits inside it that should not.
    pub idle_in_transaction_timeout: Duration,
}

impl DatabaseOptions {
    /// The usual settings for a database given by options of the driver.
    pub fn new(connect: PgConnectOptions) -> Self {
        Self {
            connect,
            min_connections: 1,
            max_connections: 20,
            acquire_timeout: Duration::from_secs(5),
            statement_timeout: Duration::from_secs(20),
            lock_timeout: Duration::from_secs(5),
            idle_in_transaction_timeout: Duration::from_secs(15),
        }
    }

    /// The usual settings for a database given by its URL.
    pub fn from_url(url: &str) -> Result<Self, Error> {
        Ok(Self::new(PgConnectOptions::from_str(url)?))
    }

    /// The driver's options with the limits that every session starts with. They are startup parameters, not a
    /// session-level SET: they survive nothing and are the same for each connection of the pool.
    fn session(&self) -> PgConnectOptions {
        let millis = |duration: Duration| duration.as_millis().to_string();
        self.connect.clone().application_name("bellwether").statement_cache_capacity(512).options([
            ("statement_timeout", millis(self.statement_timeout)),
            ("lock_timeout", millis(self.lock_timeout)),
            ("idle_in_transaction_session_timeout", millis(self.idle_in_transaction_timeout)),
            ("timezone", "UTC".to_owned()),
        ])
    }
}

/// The database. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Store {
    warm: Warm,
    subscriptions: Arc<Subscriptions>,
}

impl Store {
    /// Connects, and fails at once with a clear error when that can't be.
    pub async fn connect(options: &DatabaseOptions) -> Result<Self, Error> {
        let pool = PgPoolOptions::new()
            .min_connections(options.min_connections)
            .max_connections(options.max_connections)
            .acquire_timeout(options.acquire_timeout)
            // asking the server before each use would cost the round trip that the tenant transaction saves; a
            // connection that has sat for a while is asked all the same
            .test_before_acquire(false)
            .before_acquire(|connection, usage| {
                Box::pin(async move {
                    if usage.idle_for < Duration::from_secs(5) {
                        return Ok(true);
                    }
                    Ok(connection.ping().await.is_ok())
                })
            })
            .connect_with(options.session())
            .await?;
        Ok(Self { warm: Warm::new(pool), subscriptions: Arc::default() })
    }

    /// The same database, whose transactions tell these subscribers of what is recorded in them.
    #[must_use]
    pub fn with_subscriptions(mut self, subscriptions: Subscriptions) -> Self {
        self.subscriptions = Arc::new(subscriptions);
        self
    }

    /// Who hears of what.
    pub fn subscriptions(&self) -> &Subscriptions {
        &self.subscriptions
    }

    /// A store that connects to nothing until it is used, and then fails: for what needs the wiring and no data, such
    /// as writing the API's description. Must be called inside a Tokio runtime.
    pub fn unconnected() -> Self {
        let options = PgConnectOptions::new_without_pgpass().host("localhost").database("none");
        let pool = PgPoolOptions::new().connect_lazy_with(options);
        Self { warm: Warm::new(pool), subscriptions: Arc::default() }
    }

    /// Opens a transaction on behalf of a tenant, in one round trip. The only way to tenant data for a request.
    pub async fn tenant(&self, scope: impl Into<TenantScope> + Send) -> Result<TenantTx, Error> {
        // in a box, since every handler's future has one inside
        Box::pin(TenantTx::open(&self.warm, Arc::clone(&self.subscriptions), &scope.into())).await
    }

    /// Opens a transaction of the system across tenants, in one round trip. The reason says why.
    pub async fn service(&self, reason: &'static str) -> Result<ServiceTx, Error> {
        Box::pin(ServiceTx::open(&self.warm, Arc::clone(&self.subscriptions), reason)).await
    }

    /// The pool itself: for the job queue, the listener and health checks; never for data.
    pub fn pool(&self) -> &PgPool {
        self.warm.pool()
    }

    /// A connection for statements outside of a transaction, by rights that the login itself has.
    pub async fn asking(&self) -> Result<Asking, sqlx::Error> {
        Ok(Asking(self.warm.take().await?))
    }

    /// How many connections there are, and how many of them nobody uses.
    pub fn connections(&self) -> (usize, usize) {
        let pool = self.pool();
        (usize::try_from(pool.size()).unwrap_or(usize::MAX), pool.num_idle() + self.warm.resting())
    }

    /// Whether the database answers.
    pub async fn ping(&self) -> Result<(), Error> {
        Ok(self.pool().acquire().await?.ping().await?)
    }

    /// Closes every connection, waiting for those in use.
    pub async fn close(&self) {
        self.warm.close().await;
    }
}

/// A connection for statements outside of a transaction. Dropped without [`Asking::done`], the pool looks after it first.
#[derive(Debug)]
pub struct Asking(Lent);

impl Asking {
    /// The connection. Nothing that outlives a statement may be set on it.
    pub fn conn(&mut self) -> &mut PgConnection {
        self.0.conn()
    }

    /// Gives it back once all was answered.
    pub fn done(self) {
        self.0.rest();
    }
}
