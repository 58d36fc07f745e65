//! First comments: a step of its own after the last piece, with its own attempts in the ledger. Whatever becomes of one, the
//! post is out and is never sent again for it.
//!
//! A comment whose end is not known is sent again by itself only where the network knows it by its key
//! (`Publisher::comments_once`); elsewhere a person looks and says.

use std::time::Duration;

use bellwether_jobs::events;
use bellwether_kernel::Timestamp;
use bellwether_networks::publish::{Cx, Extras, Fault, FaultKind, Notes, Posted};
use serde_json::json;
use uuid::Uuid;

use super::{
    claim::{event, read_parts},
    comments_sql::{self as sql, CommentEnd, DueCommentRow},
    send::{fault_of, key},
};
use crate::{
    AttemptId, Error, Publishing,
    publications::model::{After, after_fault},
};

/// Longest time for the call; beyond it nobody knows.
const LONGEST_CALL: Duration = Duration::from_mins(1);
/// How long a comment is held for a call at least: until the call has surely ended.
const HELD: chrono::Duration = chrono::Duration::seconds(90);
/// While publishing is paused, and so often after that.
const PAUSED: chrono::Duration = chrono::Duration::minutes(1);
/// Within this time of the post a key still tells a network that it has seen the comment.
const KEYS_LAST: chrono::Duration = chrono::Duration::minutes(45);

/// A first comment that this worker sends.
pub(super) struct ClaimedComment {
    row: DueCommentRow,
    attempt: AttemptId,
}

/// What a try came to.
struct Sent {
    result: Result<(), Fault>,
    notes: Notes,
    /// The network knows a comment again by its key.
    once: bool,
}

/// Where a comment stands after a try.
struct Next {
    state: &'static str,
    at: Option<Timestamp>,
}

impl Publishing {
    /// Takes first comments that are due. What a worker that is gone was sending is settled with it.
    pub(super) async fn claim_comments(
        &self,
        worker: Uuid,
        limit: i64,
    ) -> Result<(Vec<ClaimedComment>, usize), Error> {
        let now = self.clock.now();
        let mut tx = self.store.service("publishing claims first comments").await?;
        let rows = sql::lock_due(tx.conn(), now, limit).await?;
        let seen = rows.len();
        let (mut claimed, mut told) = (Vec::new(), Vec::new());
        for row in rows {
            let attempt = AttemptId::new(&self.clock, &self.rng);
            if row.state == "sending" {
                let once = self.publisher(&row.provider).is_ok_and(|publisher| publisher.comments_once());
                let again = !row.crossed || (once && now - row.published_at < KEYS_LAST);
                let next = after_lost(again, now);
                let words = "The program ended while the first comment was being sent.";
                sql::abandon(tx.conn(), &row, (next.state, next.at), words, now).await?;
                told.push(event_of(&row, next.state, Some(words)));
            } else if let Some(until) = row.blocked_until.filter(|until| *until > now) {
                sql::postpone(tx.conn(), &row, until, None).await?;
            } else if row.gone {
                sql::postpone(tx.conn(), &row, now + PAUSED, Some("The brand was deleted.")).await?;
            } else if row.paused {
                sql::postpone(tx.conn(), &row, now + PAUSED, Some("Publishing is paused.")).await?;
            } else {
                sql::begin(tx.conn(), &row, attempt, worker, now, now + self.outside.lease).await?;
                claimed.push(ClaimedComment { row, attempt });
            }
        }
        if !told.is_empty() {
            events::record_all(&mut tx, &self.clock, &self.rng, told).await?;
        }
        tx.commit().await?;
        Ok((claimed, seen))
    }

    /// Sends one, and settles it.
    pub(super) async fn send_comment(&self, comment: ClaimedComment) {
        let sent = match self.try_comment(&comment).await {
            Ok(Some(mut sent)) => {
                if let Err(fault) = &mut sent.result {
                    self.pace(fault, &sent.notes, comment.row.limited);
                }
                sent
            }
            // taken over: whoever did settles it
            Ok(None) => return,
            // it was not sent; the lease runs out and it is due again
            Err(error) => {
                tracing::error!(%error, publication = %comment.row.id, "a first comment could not be sent");
                return;
            }
        };
        // when this can't be written the lease runs out, and the end counts as not known
        if let Err(error) = self.settle_comment(&comment, &sent).await {
            tracing::error!(%error, publication = %comment.row.id, "the end of a first comment could not be written");
        }
    }

    /// `None` when the comment is somebody else's by now.
    async fn try_comment(&self, comment: &ClaimedComment) -> Result<Option<Sent>, Error> {
        let row = &comment.row;
        let failed = |fault| Ok(Some(Sent { result: Err(fault), notes: Notes::default(), once: false }));
        let Ok(publisher) = self.publisher(&row.provider) else {
            return failed(Fault::unsupported("publishing any more"));
        };
        if !publisher.abilities().first_comment {
            return failed(Fault::unsupported("first comments"));
        }
        let opened = match self.open_connection(row.organization, row.connection).await {
            Ok(opened) => opened,
            Err(error) => return failed(fault_of(error)),
        };
        let extras = Extras::new(Some(row.comment.clone()), row.options.clone());
        let read = read_parts(&row.target, row.content.as_ref(), &row.posted, &[], &extras);
        let (mut pieces, posted) = match read {
            Ok(read) => read,
            Err(words) => return failed(Fault::rejected(words)),
        };
        let (Some(piece), Some(last)) = (pieces.pop(), posted.last()) else {
            return failed(Fault::rejected("The post has nothing that can be answered."));
        };
        if is_unknown(last) {
            let words = "The network's id of the post is not known, so nothing can be said below it.";
            return failed(Fault::rejected(words));
        }
        let now = self.clock.now();
        let mut tx = self.store.service("publishing is about to send a first comment").await?;
        let until = now + self.outside.lease.max(HELD);
        let ours = sql::cross(tx.conn(), row, comment.attempt, now, until).await?;
        tx.commit().await?;
        if !ours {
            return Ok(None);
        }
        let key = key(row.id, posted.len().saturating_sub(1));
        let cx = Cx::new(self.outside.wire.as_ref(), &opened.account, opened.app.as_ref(), now, &key);
        let sent = tokio::time::timeout(LONGEST_CALL, publisher.finish(&cx, &piece, last)).await;
        let result = sent.unwrap_or_else(|_| {
            Err(Fault::new(FaultKind::Unclear, "The network did not answer within a minute."))
        });
        if matches!(&result, Err(fault) if fault.kind == FaultKind::TokenExpired)
            && let Err(error) = self.renew_token(&opened).await
        {
            tracing::debug!(%error, "a token could not be renewed");
        }
        Ok(Some(Sent { result, notes: cx.notes(), once: publisher.comments_once() }))
    }

    async fn settle_comment(
        &self,
        comment: &ClaimedComment,
        Sent { result, notes, once }: &Sent,
    ) -> Result<(), Error> {
        let (row, now) = (&comment.row, self.clock.now());
        let keyed = *once && now - row.published_at < KEYS_LAST;
        let next = match result {
            Ok(()) => Next { state: "done", at: None },
            Err(fault) => after(fault, row.failures, keyed, now),
        };
        let fault = result.as_ref().err();
        let end = CommentEnd {
            attempt: comment.attempt,
            outcome: fault.map_or("published", |fault| fault.kind.as_str()),
            words: fault.map(|fault| fault.words.as_str()),
            code: fault.and_then(|fault| fault.code.as_deref()),
            status: fault.and_then(|fault| fault.status).and_then(|status| i16::try_from(status).ok()),
            state: next.state,
            next_at: next.at,
            failures: if fault.is_some() { row.failures + 1 } else { 0 },
        };
        let mut tx = self.store.service("publishing settles a first comment").await?;
        if sql::settle(tx.conn(), row, &end, now).await? {
            let told = event_of(row, next.state, end.words);
            events::record_all(&mut tx, &self.clock, &self.rng, vec![told]).await?;
        }
        let told = (fault, notes, row.limited);
        self.settle_wait(&mut tx, (row.organization, row.brand, row.connection), told, now).await?;
        Ok(tx.commit().await?)
    }
}

/// Told by a person who saw it; the network's own id was never learned.
fn is_unknown(posted: &Posted) -> bool {
    posted.id.is_empty() || posted.id.starts_with("confirmed-")
}

fn after_lost(again: bool, now: Timestamp) -> Next {
    if again { Next { state: "due", at: Some(now) } } else { Next { state: "unclear", at: None } }
}

fn after(fault: &Fault, failures: i32, keyed: bool, now: Timestamp) -> Next {
    // one that is known by its key is sent again like one that surely did not arrive
    let kind = if fault.kind == FaultKind::Unclear && keyed { FaultKind::Transient } else { fault.kind };
    match after_fault(kind, fault.retry_after, failures, chrono::Duration::zero(), now) {
        After::Again(at) => Next { state: "due", at: Some(at) },
        After::Unclear(_) => Next { state: "unclear", at: None },
        After::Failed | After::Reconnect => Next { state: "failed", at: None },
    }
}

fn event_of(row: &DueCommentRow, state: &str, words: Option<&str>) -> events::NewEvent {
    let kind = match state {
        "done" => "publication.commented",
        "failed" => "publication.comment_failed",
        "unclear" => "publication.comment_unclear",
        _ => "publication.comment_retrying",
    };
    let after =
        json!({ "comment_state": state, "words": words, "post_id": row.post, "network": row.network });
    event(row.organization, row.brand, row.id.uuid(), kind, after)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> Timestamp {
        "2026-11-21T09:00:00Z".parse().unwrap()
    }

    #[test]
    fn what_may_be_there_is_not_sent_again_by_itself() {
        let state = |kind, failures, keyed| after(&Fault::new(kind, "words"), failures, keyed, now()).state;
        assert_eq!(state(FaultKind::Unclear, 0, false), "unclear");
        assert_eq!(state(FaultKind::Unclear, 0, true), "due");
        assert_eq!(state(FaultKind::Transient, 0, false), "due");
        assert_eq!(state(FaultKind::Transient, 10, false), "failed");
        assert_eq!(state(FaultKind::RateLimited, 0, false), "due");
        assert_eq!(state(FaultKind::Rejected, 0, true), "failed");
        assert_eq!(state(FaultKind::NeedsConsent, 0, false), "failed");
        assert_eq!((after_lost(false, now()).state, after_lost(true, now()).state), ("unclear", "due"));
    }
}
