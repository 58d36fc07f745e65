//! Writing down how sendings ended, many in one transaction.

use std::time::Duration;

use bellwether_jobs::events;
use bellwether_kernel::{
    Timestamp,
    id::{BrandId, OrganizationId},
};
use bellwether_networks::publish::{Fault, FaultKind, Notes, Posted};
use serde_json::{Value, json};
use tokio::sync::{mpsc, oneshot};
use uuid::Uuid;

use super::{
    claim::{Claimed, crosses_at_once, event, fingerprint},
    reconcile::settles_after,
    sql::{self, Ended},
};
use crate::{
    AttemptId, ConnectionId, Error, Publishing,
    publications::{
        announce,
        model::{After, HeldReason, State, after_fault, limited_wait},
    },
};

/// How many ends are written together, and how long the first waits for others.
const TOGETHER: usize = 200;
const GATHER: Duration = Duration::from_millis(4);

/// How one call ended.
pub(super) struct End {
    pub(super) result: Result<Posted, Fault>,
    pub(super) notes: Notes,
}

/// What follows for whoever sent.
pub(super) enum Settled {
    Done,
    /// The next piece of a thread.
    Next(Box<Claimed>),
}

struct Item {
    claimed: Claimed,
    end: End,
    answer: oneshot::Sender<Settled>,
}

/// Hands ends to the task that writes them.
#[derive(Clone)]
pub(super) struct Settler(mpsc::Sender<Item>);

impl Settler {
    /// Starts the task; it ends when every clone is gone.
    pub(super) fn start(publishing: Publishing, worker: Uuid) -> (Self, tokio::task::JoinHandle<()>) {
        let (sender, mut receiver) = mpsc::channel::<Item>(TOGETHER * 2);
        let task = tokio::spawn(async move {
            let mut items = Vec::with_capacity(TOGETHER);
            while let Some(first) = receiver.recv().await {
                items.push(first);
                let until = tokio::time::Instant::now() + GATHER;
                while items.len() < TOGETHER
                    && let Ok(Some(item)) = tokio::time::timeout_at(until, receiver.recv()).await
                {
                    items.push(item);
                }
                publishing.settle(std::mem::take(&mut items), worker).await;
            }
        });
        (Self(sender), task)
    }

    /// Settles one end.
    pub(super) async fn settle(&self, claimed: Claimed, end: End) -> Settled {
        let (answer, settled) = oneshot::channel();
        if self.0.send(Item { claimed, end, answer }).await.is_err() {
            return Settled::Done;
        }
        // when the task is gone the lease runs out, and what is not known is found out by reading
        settled.await.unwrap_or(Settled::Done)
    }
}

impl Publishing {
    /// Writes ends down until it works: what is known must not be lost to a moment without a database.
    async fn settle(&self, mut items: Vec<Item>, worker: Uuid) {
        for Item { claimed, end, .. } in &mut items {
            if let Err(fault) = &mut end.result {
                self.pace(fault, &end.notes, claimed.row.limited);
            }
        }
        let (threads, singles): (Vec<Item>, Vec<Item>) = items.into_iter().partition(|item| {
            item.end.result.is_ok() && item.claimed.posted.len() + 1 < item.claimed.pieces.len()
        });
        if !singles.is_empty() {
            let mut wait = Duration::from_millis(50);
            while let Err(error) = self.settle_singles(&singles).await {
                tracing::error!(%error, ends = singles.len(), "ends of sendings could not be written; trying again");
                tokio::time::sleep(wait).await;
                wait = (wait * 2).min(Duration::from_secs(5));
            }
            for item in singles {
                // whoever waited may be gone, which is fine
                let _ = item.answer.send(Settled::Done);
            }
        }
        for item in threads {
            let Item { mut claimed, end, answer } = item;
            let Ok(posted) = end.result else { continue };
            claimed.posted.push(posted);
            let mut wait = Duration::from_millis(50);
            let next = loop {
                match self.settle_piece(&claimed, worker).await {
                    Ok(next) => break next,
                    Err(error) => {
                        tracing::error!(%error, "the end of a piece could not be written; trying again");
                        tokio::time::sleep(wait).await;
                        wait = (wait * 2).min(Duration::from_secs(5));
                    }
                }
            };
            let settled = match next {
                Some((attempt, crossed)) => {
                    claimed.attempt = attempt;
                    claimed.crossed = crossed;
                    claimed.known_at = self.clock.now();
                    Settled::Next(Box::new(claimed))
                }
                None => Settled::Done,
            };
            let _ = answer.send(settled);
        }
    }

    async fn settle_singles(&self, items: &[Item]) -> Result<(), Error> {
        let now = self.clock.now();
        let mut ended = Ended::default();
        for item in items {
            ended.push(&item.claimed, &item.end, settles_after(&item.claimed.row.provider), now)?;
        }
        let mut tx = self.store.service("publishing settles").await?;
        let settled = sql::settle(tx.conn(), &ended, now).await?;
        let (mut told, mut out, mut accounts) = (Vec::new(), Vec::new(), Vec::new());
        let mut comments = false;
        for (at, item) in items.iter().enumerate() {
            let row = &item.claimed.row;
            if !settled.contains(&row.id.uuid()) {
                continue;
            }
            let kind = match ended.states[at].as_str() {
                "published" => "publication.published",
                "failed" => "publication.failed",
                "unclear" => "publication.unclear",
                "held" => "publication.held",
                _ => "publication.retrying",
            };
            let after = json!({
                "state": ended.states[at], "words": ended.words[at], "remote_url": ended.remote_urls[at],
                "post_id": row.post, "network": row.network,
            });
            told.push(event(row.organization, row.brand, row.id.uuid(), kind, after));
            if kind == "publication.published" {
                out.push((row.organization, row.post));
                accounts.push(row.connection.uuid());
                comments |= row.first_comment.is_some();
            }
        }
        accounts.sort_unstable();
        accounts.dedup();
        if !out.is_empty() {
            let published = bellwether_studio::posts::mark_published(&mut tx, &out, now).await?;
            sql::touch_connections(tx.conn(), &accounts, now).await?;
            for item in items.iter().filter(|item| published.contains(&item.claimed.row.post)) {
                let row = &item.claimed.row;
                let mut post = event(
                    row.organization,
                    row.brand,
                    row.post.uuid(),
                    "post.published",
                    json!({ "status": "published" }),
                );
                post.subject.0 = "post";
                told.push(post);
            }
        }
        events::record_all(&mut tx, &self.clock, &self.rng, told).await?;
        for item in items {
            let row = &item.claimed.row;
            let told = (item.end.result.as_ref().err(), &item.end.notes, row.limited);
            self.settle_wait(&mut tx, (row.organization, row.brand, row.connection), told, now).await?;
        }
        if comments {
            announce(&mut tx).await?;
        }
        tx.commit().await?;
        for item in items.iter().filter(|item| !settled.contains(&item.claimed.row.id.uuid())) {
            self.settle_late(item, now).await?;
        }
        Ok(())
    }

    /// Gives a time to an end that says that there were too many calls and not when there may be one.
    pub(super) fn pace(&self, fault: &mut Fault, notes: &Notes, limited: i16) {
        if fault.kind != FaultKind::RateLimited || fault.retry_after.is_some() {
            return;
        }
        let resets = notes.budget.filter(|budget| budget.remaining == 0);
        let resets = resets.and_then(|budget| (budget.resets_at - self.clock.now()).to_std().ok());
        fault.retry_after = Some(resets.unwrap_or_else(|| limited_wait(limited, &self.rng)));
    }

    /// What an end tells of the account: when it may be called again, and whether it has to be connected anew.
    pub(super) async fn settle_wait(
        &self,
        tx: &mut bellwether_store::ServiceTx,
        account: (OrganizationId, BrandId, ConnectionId),
        (fault, notes, limited): (Option<&Fault>, &Notes, i16),
        now: Timestamp,
    ) -> Result<(), Error> {
        let times = match fault.map(|fault| fault.kind) {
            Some(FaultKind::RateLimited) => limited.saturating_add(1),
            None => 0,
            // neither too many calls nor one that got through
            Some(_) => limited,
        };
        if times != limited {
            sql::count_limited(tx.conn(), account.0, account.2, times).await?;
        }
        let mut blocked = None;
        if let Some(budget) = notes.budget.filter(|budget| budget.remaining == 0) {
            blocked = Some(budget.resets_at);
        }
        if let Some(fault) = fault {
            match fault.kind {
                FaultKind::RateLimited => {
                    let wait = fault.retry_after.and_then(|wait| chrono::Duration::from_std(wait).ok());
                    blocked = blocked.max(wait.map(|wait| now + wait));
                }
                FaultKind::NeedsConsent | FaultKind::Revoked => {
                    let status = if fault.kind == FaultKind::Revoked { "revoked" } else { "needs_consent" };
                    self.mark_trouble(tx, account, status, &fault.words).await?;
                }
                _ => {}
            }
        }
        if let Some(until) = blocked.filter(|until| *until > now) {
            sql::block_connection(tx.conn(), account.0, account.2, until).await?;
        }
        Ok(())
    }

    /// An end that came after the lease had run out and the publication was taken for unclear. That something is out is
    /// the truth all the same; that it is not tells nothing new, since reading the account will.
    async fn settle_late(&self, item: &Item, now: Timestamp) -> Result<(), Error> {
        let Ok(posted) = &item.end.result else { return Ok(()) };
        let row = &item.claimed.row;
        let mut all = item.claimed.posted.clone();
        all.push(posted.clone());
        tracing::warn!(publication = %row.id, "the end of a sending came late");
        self.settle_found(
            (row.organization, row.id),
            (&all, row.content.as_ref()),
            "person",
            "It was sent after all: the answer came late.",
            now,
        )
        .await
    }

    /// A piece of a thread is out: writes it down and begins the next. None when the publication is no longer ours.
    async fn settle_piece(
        &self,
        claimed: &Claimed,
        worker: Uuid,
    ) -> Result<Option<(AttemptId, bool)>, Error> {
        let now = self.clock.now();
        let row = &claimed.row;
        let at = claimed.posted.len();
        let publisher = self.publisher(&row.provider)?;
        let Some(last) = claimed.posted.last() else { return Ok(None) };
        let mut tx = self.store.service("publishing settles a piece").await?;
        let posted = to_value(&claimed.posted)?;
        let ids = (row.organization, row.id, claimed.attempt);
        if !sql::end_piece(
            tx.conn(),
            ids,
            (&last.id, last.url.as_deref()),
            &posted,
            row.content.as_ref(),
            worker,
            now,
        )
        .await?
        {
            tx.rollback().await?;
            return Ok(None);
        }
        let piece = &claimed.pieces[at];
        let attempt = AttemptId::new(&self.clock, &self.rng);
        let crossed = crosses_at_once(publisher.as_ref(), piece);
        let print = fingerprint(publisher.as_ref(), piece);
        let number = i32::try_from(at).unwrap_or(i32::MAX);
        let of = (row.organization, row.brand, row.id);
        sql::begin_piece(
            tx.conn(),
            of,
            attempt,
            number,
            crossed,
            &print,
            worker,
            now,
            now + self.outside.lease,
        )
        .await?;
        tx.commit().await?;
        Ok(Some((attempt, crossed)))
    }
}

pub(super) fn to_value(value: &impl serde::Serialize) -> Result<Value, Error> {
    serde_json::to_value(value).map_err(|error| crate::error::internal(error.to_string()))
}

impl Ended {
    fn push(
        &mut self,
        claimed: &Claimed,
        end: &End,
        settles: chrono::Duration,
        now: Timestamp,
    ) -> Result<(), Error> {
        let row = &claimed.row;
        let mut posted = claimed.posted.clone();
        let (mut state, mut reason, mut words, mut next_at, mut failures) =
            (State::Published, None, None, None, 0);
        let (mut outcome, mut code, mut status, mut remote) = ("published", None, None, None);
        match &end.result {
            Ok(sent) => {
                posted.push(sent.clone());
                remote = Some(sent);
            }
            Err(fault) => {
                (outcome, code) = (fault.kind.as_str(), fault.code.clone());
                status = fault.status.and_then(|status| i16::try_from(status).ok());
                words = Some(fault.words.clone());
                failures = row.failures + 1;
                let wait = fault.retry_after;
                match after_fault(fault.kind, wait, row.failures, settles, now) {
                    After::Again(at) => (state, next_at) = (State::Scheduled, Some(at)),
                    After::Failed => state = State::Failed,
                    After::Unclear(at) => (state, next_at) = (State::Unclear, Some(at)),
                    After::Reconnect => (state, reason) = (State::Held, Some(HeldReason::Connection)),
                }
            }
        }
        self.organizations.push(row.organization.uuid());
        self.publications.push(row.id.uuid());
        self.attempts.push(claimed.attempt.uuid());
        self.outcomes.push(outcome.to_owned());
        self.messages.push(words.clone());
        self.codes.push(code);
        self.statuses.push(status);
        self.remote_ids.push(remote.map(|posted| posted.id.clone()));
        self.remote_urls.push(remote.and_then(|posted| posted.url.clone()));
        self.states.push(state.as_str().to_owned());
        self.reasons.push(reason.map(|reason: HeldReason| <&str>::from(reason).to_owned()));
        self.words.push(words);
        self.next_at.push(next_at);
        self.posted.push(to_value(&posted)?);
        self.failures.push(failures);
        self.warnings.push(to_value(&end.notes.warnings)?);
        Ok(())
    }
}
