//! Connections kept at hand: the one that was used last is used next.
//!
//! The driver's pool hands out the connection that rested longest, and asks each one how it is when it comes back. Both
//! are right after long rests and dear in between: the backends take turns in the processor's cache, and every transaction
//! pays a round trip more. What rests here is the pool's all the same, and goes back to it after a while.

use std::{
    fmt,
    future::Future as _,
    pin::pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak},
    task::{Context, Poll, Waker},
    time::{Duration, Instant},
};

use sqlx::{
    AssertSqlSafe, Connection as _, Executor as _, PgConnection, PgPool, Postgres, Result, SqlSafeStr as _,
    pool::PoolConnection, postgres::PgTransactionManager,
};
use sqlx_core::transaction::TransactionManager as _;
use tokio::runtime::Handle;

/// After a rest of so long a connection may have died unseen: the pool asks it before its next use.
const REST: Duration = Duration::from_secs(5);
/// So long one goes from hand to hand before the pool sees it again, which closes what has grown old.
const TERM: Duration = Duration::from_mins(5);

/// The pool, and the few of its connections that are kept at hand.
#[derive(Clone)]
pub(crate) struct Warm {
    pool: PgPool,
    kept: Arc<Kept>,
}

struct Kept {
    rest: Mutex<Rest>,
    most: usize,
}

#[derive(Default)]
struct Rest {
    /// In the order of their last use; the last one in is the first one out.
    resting: Vec<Resting>,
    /// Whether somebody looks after those that rest too long.
    watched: bool,
}

struct Resting {
    connection: PoolConnection<Postgres>,
    taken: Instant,
    used: Instant,
}

impl Warm {
    /// At most half of the pool rests here, and eight are left to whoever asks the pool itself: listeners, which keep theirs,
    /// and the job queue.
    pub(crate) fn new(pool: PgPool) -> Self {
        let connections = pool.options().get_max_connections();
        let most = connections.saturating_sub(8).min(connections / 2);
        let most = usize::try_from(most).unwrap_or(usize::MAX);
        Self { pool, kept: Arc::new(Kept { rest: Mutex::default(), most }) }
    }

    pub(crate) fn pool(&self) -> &PgPool {
        &self.pool
    }

    /// How many rest here.
    pub(crate) fn resting(&self) -> usize {
        self.kept.lock().resting.len()
    }

    /// Closes every connection, waiting for those in use.
    pub(crate) async fn close(&self) {
        // marks the pool as closed at once: from here on nothing is put to rest
        let closed = self.pool.close();
        let resting = std::mem::take(&mut self.kept.lock().resting);
        drop(resting);
        closed.await;
    }

    /// A connection: the one that was used last, else one of the pool's.
    pub(crate) async fn take(&self) -> Result<Lent> {
        let newest = self.kept.lock().resting.pop();
        // one that rested too long goes to the pool, and those beneath it by and by
        let (connection, taken) = match newest.filter(|resting| resting.used.elapsed() < REST) {
            Some(resting) => (resting.connection, resting.taken),
            None => (self.pool.acquire().await?, Instant::now()),
        };
        Ok(Lent { connection: Some(connection), open: false, taken, warm: self.clone() })
    }
}

impl Kept {
    fn lock(&self) -> MutexGuard<'_, Rest> {
        self.rest.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes out those that rested too long, and whether others are left to watch.
    fn tired(&self) -> (Vec<Resting>, bool) {
        let mut rest = self.lock();
        let tired = rest.resting.iter().take_while(|one| one.used.elapsed() >= REST).count();
        let tired = rest.resting.drain(..tired).collect();
        rest.watched = !rest.resting.is_empty();
        (tired, rest.watched)
    }
}

/// Gives back to the pool what rests too long, until nothing rests.
async fn give_back(kept: Weak<Kept>) {
    loop {
        tokio::time::sleep(REST).await;
        let Some(kept) = kept.upgrade() else { return };
        let (tired, watched) = kept.tired();
        drop(tired);
        if !watched {
            return;
        }
    }
}

impl Drop for Kept {
    fn drop(&mut self) {
        // outside of a runtime the pool can't take anything back; the program is ending
        if Handle::try_current().is_err() {
            std::mem::forget(std::mem::take(&mut self.lock().resting));
        }
    }
}

/// A connection in use. Dropped with a transaction open, or after [`Lent::conn`] without [`Lent::rest`], it is put in order
/// before anybody else has it.
pub(crate) struct Lent {
    connection: Option<PoolConnection<Postgres>>,
    /// Whether a transaction may be open on it.
    open: bool,
    taken: Instant,
    warm: Warm,
}

impl Lent {
    #[expect(clippy::expect_used, reason = "it is taken out where the value ends, and nowhere else")]
    pub(crate) fn conn(&mut self) -> &mut PgConnection {
        self.connection.as_mut().expect("a lent connection is there until it is given back")
    }

    /// Opens a transaction by these statements, sent as one message. Whoever gives up waiting leaves nothing open: what was
    /// begun is known before the first byte is sent.
    pub(crate) async fn begin(&mut self, opening: String) -> Result<()> {
        self.open = true;
        PgTransactionManager::begin(self.conn(), Some(AssertSqlSafe(opening).into_sql_str())).await
    }

    /// Makes the transaction last.
    pub(crate) async fn commit(mut self) -> Result<()> {
        PgTransactionManager::commit(self.conn()).await?;
        self.open = false;
        self.rest();
        Ok(())
    }

    /// Takes the transaction back.
    pub(crate) async fn rollback(mut self) -> Result<()> {
        PgTransactionManager::rollback(self.conn()).await?;
        self.open = false;
        self.rest();
        Ok(())
    }

    /// Ends a transaction that only read, without waiting for the server's answer: whoever uses the connection next reads it
    /// first. The end is sent behind whatever the server has yet to answer, the rest of an error for one.
    pub(crate) fn end_reading(mut self) {
        PgTransactionManager::start_rollback(self.conn());
        // sends what is queued and then waits for the answers, which is not waited for here
        let sent = pin!(self.conn().flush()).poll(&mut Context::from_waker(Waker::noop()));
        // what could not be sent at once is left to `drop`
        if !matches!(sent, Poll::Ready(Err(_))) && !self.conn().should_flush() {
            self.open = false;
            self.rest();
        }
    }

    /// Puts the connection where the next one takes it, unless others wait for the pool or it is time for the pool to look
    /// after it. Nothing may be open on it.
    pub(crate) fn rest(mut self) {
        let Some(connection) = self.connection.take() else { return };
        let pool = &self.warm.pool;
        let wanted = pool.num_idle() == 0 && pool.size() >= pool.options().get_max_connections();
        if wanted || self.taken.elapsed() > TERM {
            return;
        }
        let mut rest = self.warm.kept.lock();
        // asked with the lock held, so that nothing comes after the pool was closed and this was emptied
        if pool.is_closed() || rest.resting.len() >= self.warm.kept.most {
            return;
        }
        if !rest.watched {
            rest.watched = true;
            tokio::spawn(give_back(Arc::downgrade(&self.warm.kept)));
        }
        rest.resting.push(Resting { connection, taken: self.taken, used: Instant::now() });
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        let Some(mut connection) = self.connection.take() else { return };
        if self.open
            && let Ok(runtime) = Handle::try_current()
        {
            // at once, not at the next use: what it has locked others wait for
            runtime.spawn(async move {
                // one whose opening was not answered doesn't count as a transaction yet
                let ended = if connection.is_in_transaction() {
                    PgTransactionManager::rollback(&mut connection).await
                } else {
                    connection.execute("ROLLBACK").await.map(|_| ())
                };
                if let Err(error) = ended {
                    tracing::debug!(%error, "could not take a transaction back; its connection is closed");
                    connection.close_on_drop();
                }
            });
        }
    }
}

impl fmt::Debug for Warm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Warm")
            .field("pool", &self.pool)
            .field("resting", &self.resting())
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Lent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Lent").field("open", &self.open).finish_non_exhaustive()
    }
}
