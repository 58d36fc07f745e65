//! The loop that claims, sends and settles.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use bellwether_jobs::events;
use bellwether_kernel::Timestamp;
use serde_json::json;
use sqlx::postgres::PgListener;
use tokio::{
    sync::{Notify, watch},
    task::{AbortHandle, JoinSet},
};
use uuid::Uuid;

use super::{
    claim::{Claimed, event},
    comments::ClaimedComment,
    settle::Settler,
    sql,
};
use crate::{Error, Publishing, publications::model::State};

/// Most sendings of one worker at once.
const AT_ONCE: usize = 256;
/// Most publications of one claim.
const BATCH: usize = 128;
/// Most first comments of one look.
const COMMENTS: i64 = 32;
/// The longest rest: what nobody announced (a clock that was set, a hand in the database) is found by then.
const REST: Duration = Duration::from_secs(15);
/// How long after a look that found only what others hold.
const HELD_BY_OTHERS: Duration = Duration::from_millis(40);
/// How often [`Dispatcher::run_due`] looks again at what others hold.
const LOOKS_AT_HELD: u32 = 25;
/// So often is the lease renewed while it runs.
const BEATS: i32 = 4;
/// How long sendings may go on after the signal to stop; what takes longer is settled by whoever comes next.
const GRACE: Duration = Duration::from_secs(25);
/// Where changes of the plan are announced.
pub(crate) const CHANNEL: &str = "bellwether_publishing";

/// What sends. One per process.
pub struct Dispatcher {
    publishing: Publishing,
    worker: Uuid,
}

/// What is being sent now: the task of each publication.
type Tasks = Arc<Mutex<HashMap<Uuid, AbortHandle>>>;

/// Something that [`Dispatcher::run_due`] did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Running {
    /// Publications looked at because they were due.
    pub due: usize,
    /// Unclear ones looked into.
    pub unclear: usize,
    /// Those of workers that are gone.
    pub orphans: usize,
    /// First comments that were sent, or tried.
    pub comments: usize,
}

impl Dispatcher {
    /// A new worker.
    pub fn new(publishing: Publishing) -> Self {
        let worker = bellwether_kernel::id::uuid_v7(&publishing.clock, &publishing.rng);
        Self { publishing, worker }
    }

    /// Sends what is due as it becomes due, until `shutdown` resolves; what is being sent then is let finish.
    pub async fn run(self, shutdown: impl Future<Output = ()> + Send + 'static) {
        let (settler, settling) = Settler::start(self.publishing.clone(), self.worker);
        let tasks = Tasks::default();
        let (stop, mut stopped) = watch::channel(false);
        tokio::spawn(async move {
            shutdown.await;
            let _ = stop.send(true);
        });
        let news = Arc::new(Notify::new());
        let listening = tokio::spawn(listen(self.publishing.clone(), Arc::clone(&news)));
        let beating = tokio::spawn(beat(self.publishing.clone(), self.worker, Arc::clone(&tasks)));
        let mut sending = JoinSet::new();
        let mut found_nothing = false;
        loop {
            while sending.try_join_next().is_some() {}
            let room = AT_ONCE.saturating_sub(sending.len());
            let looked =
                if room == 0 { Ok(0) } else { self.look(room, &settler, &tasks, &mut sending).await };
            let rest = match looked {
                // there may be more
                Ok(seen) if seen >= BATCH.min(room) && room > 0 => Duration::ZERO,
                Ok(seen) => {
                    let idle = seen == 0 && found_nothing;
                    found_nothing = seen == 0;
                    self.until_next(idle).await
                }
                Err(error) => {
                    tracing::error!(%error, "publishing could not look for what is due; trying again");
                    Duration::from_secs(1)
                }
            };
            if rest.is_zero() && !*stopped.borrow() {
                continue;
            }
            tokio::select! {
                biased;
                _ = stopped.wait_for(|stopped| *stopped) => break,
                () = news.notified() => {}
                Some(_) = sending.join_next(), if room == 0 => {}
                () = tokio::time::sleep(rest) => {}
            }
        }
        listening.abort();
        let all = async { while sending.join_next().await.is_some() {} };
        if tokio::time::timeout(GRACE, all).await.is_err() {
            tracing::warn!("some sendings did not end in time; they are settled by reading their accounts");
        }
        sending.abort_all();
        beating.abort();
        drop((settler, sending));
        let _ = tokio::time::timeout(Duration::from_secs(5), settling).await;
    }

    /// One look: what is due is sent, what is unclear or orphaned is settled.
    async fn look(
        &self,
        room: usize,
        settler: &Settler,
        tasks: &Tasks,
        sending: &mut JoinSet<()>,
    ) -> Result<usize, Error> {
        let limit = i64::try_from(BATCH.min(room)).unwrap_or(1);
        let claim = self.publishing.claim(self.worker, limit).await?;
        for claimed in claim.claimed {
            self.spawn(claimed, settler, tasks, sending);
        }
        self.publishing.recover().await?;
        let (comments, seen) = self.publishing.claim_comments(self.worker, COMMENTS).await?;
        self.spawn_comments(comments, sending);
        if claim.seen == 0 {
            let publishing = self.publishing.clone();
            // one after the other and never in the way of what is due
            sending.spawn(async move {
                if let Err(error) = publishing.reconcile(None, 8).await {
                    tracing::error!(%error, "unclear publications could not be looked into");
                }
            });
        }
        // as many comments as fit into a look: there may be more of them too
        let more = i64::try_from(seen).is_ok_and(|seen| seen >= COMMENTS);
        Ok(if more { claim.seen.max(BATCH) } else { claim.seen })
    }

    /// Each on its own, so that a slow network holds up no other comment.
    fn spawn_comments(&self, comments: Vec<ClaimedComment>, sending: &mut JoinSet<()>) {
        for comment in comments {
            let publishing = self.publishing.clone();
            sending.spawn(async move { publishing.send_comment(comment).await });
        }
    }

    fn spawn(&self, claimed: Claimed, settler: &Settler, tasks: &Tasks, sending: &mut JoinSet<()>) {
        let (publishing, settler, worker) = (self.publishing.clone(), settler.clone(), self.worker);
        let id = claimed.row.id.uuid();
        let done = Arc::clone(tasks);
        let handle = sending.spawn(async move {
            publishing.send(claimed, worker, &settler).await;
            done.lock().unwrap_or_else(PoisonError::into_inner).remove(&id);
        });
        tasks.lock().unwrap_or_else(PoisonError::into_inner).insert(id, handle);
    }

    /// When something is due next.
    async fn next(&self) -> Result<Option<Timestamp>, Error> {
        let mut tx = self.publishing.store.service("publishing looks when something is due").await?;
        let next = sql::next(tx.conn()).await?;
        tx.commit().await?;
        Ok(next)
    }

    /// How long nothing is due. What is due already and was not taken is held by somebody else.
    async fn until_next(&self, idle: bool) -> Duration {
        let now = self.publishing.clock.now();
        match self.next().await {
            Ok(None) => REST,
            Ok(Some(next)) => match (next - now).to_std() {
                Ok(wait) => wait.min(REST).max(Duration::from_millis(1)),
                Err(_) if idle => HELD_BY_OTHERS * 5,
                Err(_) => HELD_BY_OTHERS,
            },
            Err(error) => {
                tracing::error!(%error, "publishing could not look when something is due");
                Duration::from_secs(1)
            }
        }
    }

    /// Sends and settles everything that is due by now, until nothing is or others keep holding it; for tests.
    pub async fn run_due(&self) -> Result<Running, Error> {
        let (settler, settling) = Settler::start(self.publishing.clone(), self.worker);
        let tasks = Tasks::default();
        let mut done = Running::default();
        let mut held = 0;
        loop {
            let mut sending = JoinSet::new();
            let orphans = self.publishing.recover().await?;
            let claim = self.publishing.claim(self.worker, i64::try_from(BATCH).unwrap_or(1)).await?;
            let unclear = self.publishing.reconcile(None, 64).await?;
            let seen = claim.seen;
            for claimed in claim.claimed {
                self.spawn(claimed, &settler, &tasks, &mut sending);
            }
            while sending.join_next().await.is_some() {}
            let (claimed, comments) = self.publishing.claim_comments(self.worker, COMMENTS).await?;
            self.spawn_comments(claimed, &mut sending);
            while sending.join_next().await.is_some() {}
            done.due += seen;
            done.unclear += unclear;
            done.orphans += orphans;
            done.comments += comments;
            if seen + unclear + orphans + comments > 0 {
                held = 0;
                continue;
            }
            // a request that was refused may still hold what it looked at, until its connection has rolled back
            let due = self.next().await?.is_some_and(|next| next <= self.publishing.clock.now());
            held += 1;
            if !due || held > LOOKS_AT_HELD {
                break;
            }
            tokio::time::sleep(HELD_BY_OTHERS).await;
        }
        drop(settler);
        let _ = settling.await;
        Ok(done)
    }
}

impl Publishing {
    /// Takes back what workers that are gone were sending.
    pub(super) async fn recover(&self) -> Result<usize, Error> {
        let now = self.clock.now();
        let mut tx = self.store.service("publishing takes over from workers that are gone").await?;
        let rows = sql::lock_orphans(tx.conn(), now, 200).await?;
        if rows.is_empty() {
            return Ok(0);
        }
        let mut told = Vec::new();
        for row in &rows {
            let (state, words) = if row.crossed || row.attempt.is_none() {
                (
                    State::Unclear,
                    "The program ended while it was being sent. Looking at the account whether it is out.",
                )
            } else {
                (State::Scheduled, "The program ended before it was sent; trying again.")
            };
            sql::abandon(tx.conn(), row.organization, row.id, row.attempt, (state.as_str(), words), now)
                .await?;
            let kind = if state == State::Unclear { "publication.unclear" } else { "publication.retrying" };
            let after = json!({ "state": state.as_str(), "words": words });
            told.push(event(row.organization, row.brand, row.id.uuid(), kind, after));
        }
        events::record_all(&mut tx, &self.clock, &self.rng, told).await?;
        tx.commit().await?;
        Ok(rows.len())
    }
}

/// Wakes the loop when the plan changes.
async fn listen(publishing: Publishing, news: Arc<Notify>) {
    loop {
        let listened: Result<(), sqlx::Error> = async {
            let mut listener = PgListener::connect_with(publishing.store.pool()).await?;
            listener.listen(CHANNEL).await?;
            // what changed before it listened
            news.notify_one();
            loop {
                listener.recv().await?;
                news.notify_one();
            }
        }
        .await;
        if let Err(error) = listened {
            tracing::warn!(%error, "publishing can't listen for changes; trying again");
        }
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
}

/// Renews the lease of what is being sent. What is no longer ours is stopped: somebody else has taken it over.
async fn beat(publishing: Publishing, worker: Uuid, tasks: Tasks) {
    let beat = publishing.outside.lease / BEATS;
    let mut ticks = tokio::time::interval(beat.to_std().unwrap_or(Duration::from_secs(20)));
    let mut renewed_at = publishing.clock.now();
    loop {
        ticks.tick().await;
        let ids: Vec<Uuid> = tasks.lock().unwrap_or_else(PoisonError::into_inner).keys().copied().collect();
        if ids.is_empty() {
            renewed_at = publishing.clock.now();
            continue;
        }
        let now = publishing.clock.now();
        match renew(&publishing, worker, &ids, now).await {
            Ok(ours) => {
                renewed_at = now;
                let mut tasks = tasks.lock().unwrap_or_else(PoisonError::into_inner);
                // settled a moment ago, or taken over by another worker: neither has anything left to send
                for id in ids.iter().filter(|id| !ours.contains(id)) {
                    if let Some(task) = tasks.remove(id) {
                        task.abort();
                    }
                }
            }
            Err(error) => {
                tracing::error!(%error, "the lease of sendings could not be renewed");
                // others take them over when the lease is out: nothing may be sent after that
                if now - renewed_at > publishing.outside.lease - beat {
                    let tasks = tasks.lock().unwrap_or_else(PoisonError::into_inner);
                    tasks.values().for_each(AbortHandle::abort);
                }
            }
        }
    }
}

async fn renew(
    publishing: &Publishing,
    worker: Uuid,
    ids: &[Uuid],
    now: Timestamp,
) -> Result<Vec<Uuid>, Error> {
    let mut tx = publishing.store.service("publishing is still sending").await?;
    let ours = sql::renew(tx.conn(), worker, ids, now + publishing.outside.lease).await?;
    tx.commit().await?;
    Ok(ours)
}
