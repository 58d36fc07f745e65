//! What people do with publications: each change is decided on the locked row, so that it wins or is refused.

use bellwether_kernel::{BrandAccess, Permission, Problem, RequestContext, id::PostId};
use bellwether_networks::{Content, Target, publish::Posted};
use bellwether_store::TenantTx;
use bellwether_web::Patch;
use chrono::Duration;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    PublicationView, UpdatePublication,
    model::{Change, HeldReason, Source, State, TakenOut, gone},
    service::{check_content, chosen, piece_count, read, title_of, wrong_state},
    sql::{self, LockedRow, announce},
};
use crate::{Error, PublicationId, Publishing, error::internal, reviews, time};

/// What is done with many.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = BulkPublicationAction)]
pub enum BulkAction {
    /// Takes them out.
    Cancel,
    /// Sends them now.
    PublishNow,
    /// Moves them by `minutes`.
    Move,
}

/// Many at once.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = BulkPublications)]
pub struct Bulk {
    /// 1 to 100.
    pub ids: Vec<PublicationId>,
    /// What to do.
    pub action: BulkAction,
    /// For `move`: so many minutes later, or earlier when negative.
    #[serde(default)]
    pub minutes: i64,
}

/// What became of each.
#[derive(Debug, Default, Serialize, ToSchema)]
#[schema(as = BulkPublicationsResult)]
pub struct BulkResult {
    /// Done.
    pub done: Vec<PublicationId>,
    /// Not done, and why.
    pub failed: Vec<BulkFailure>,
}

/// One that stayed as it was.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = BulkPublicationFailure)]
pub struct BulkFailure {
    /// Which.
    pub id: PublicationId,
    /// Stable code.
    pub code: String,
    /// Why.
    pub message: String,
}

impl Publishing {
    /// Gives a publication another time or a text of its own.
    pub async fn update_publication(
        &self,
        access: &BrandAccess,
        id: PublicationId,
        version: i32,
        input: UpdatePublication,
        context: &RequestContext,
    ) -> Result<PublicationView, Error> {
        access.allow(Permission::PostsPublish)?;
        let own = !matches!(input.content, Patch::Absent);
        if own {
            access.allow(Permission::PostsReview)?;
        }
        let mut tx = self.store.tenant(access).await?;
        if own {
            // the post before its publications, as everybody does who locks both
            let post = read(&mut tx, access, id).await?.post_id;
            reviews::hold(&mut tx, access.brand, post).await?;
        }
        let mut row = self.lock_publication(&mut tx, access, id).await?;
        if row.version != version {
            return Err(Error::Stale);
        }
        let before = row.clone();
        let state = state_of(&row)?;
        let mut after = state;
        if own {
            self.set_content(&mut tx, access, &mut row, input.content, state).await?;
        }
        if let Some(text) = &input.local_time {
            after = state.after(Change::Schedule).ok_or_else(|| wrong_state(state, "moved"))?;
            let plan = self.plan(&mut tx, access).await?;
            let (local, due) = chosen("local_time", text, &plan, self.clock.now())?;
            (row.local_time, row.due_at, row.time_zone) = (Some(local), Some(due), plan.zone_name);
            <&str>::from(Source::Exact).clone_into(&mut row.source);
        }
        after.as_str().clone_into(&mut row.state);
        self.write(&mut tx, access, id, (&before, &row), "publication.updated", context).await?;
        if own {
            // another text, other approvals
            self.follow_post(&mut tx, access.brand, row.post).await?;
        }
        let view = read(&mut tx, access, id).await?;
        tx.commit().await?;
        Ok(view)
    }

    async fn set_content(
        &self,
        tx: &mut TenantTx,
        access: &BrandAccess,
        row: &mut LockedRow,
        content: Patch<Content>,
        state: State,
    ) -> Result<(), Error> {
        // what of a thread is out can't be written anew, and an unclear end is recognised by its text
        let out = row.posted.as_array().map_or(0, Vec::len);
        if out > 0 && state != State::Published {
            let words = format!(
                "{out} of {} parts are out already. The rest goes out with the text that it began with; cancel it to keep \
                 the rest back.",
                row.pieces
            );
            return Err(Problem::new(bellwether_kernel::Kind::Conflict, "begun", words).into());
        }
        if matches!(state, State::Sending | State::Unclear | State::Published | State::Cancelled) {
            return Err(wrong_state(state, "changed"));
        }
        let target = Target::parse(&row.target).ok_or_else(|| internal("an unknown target"))?;
        let text: Content = match content {
            Patch::Value(content) => {
                check_content(target, &content)?;
                let value = serde_json::to_value(&content).map_err(|error| internal(error.to_string()))?;
                self.stand_by(tx, access, row.post, &value).await?;
                row.content = Some(value);
                content
            }
            Patch::Null => {
                let post = sql::hold_post(tx.conn(), access.brand, row.post).await?;
                let post = post.ok_or_else(|| Problem::not_found("post"))?;
                row.content = None;
                serde_json::from_value(post.content).map_err(|error| internal(error.to_string()))?
            }
            Patch::Absent => return Ok(()),
        };
        row.title = title_of(&text);
        row.pieces = piece_count(target, &text);
        Ok(())
    }

    /// Takes a publication out. What is being sent can't be taken back, and what is unclear has to be settled first.
    pub async fn cancel_publication(
        &self,
        access: &BrandAccess,
        id: PublicationId,
        context: &RequestContext,
    ) -> Result<PublicationView, Error> {
        self.change(access, id, Change::Cancel, "cancelled", "publication.cancelled", context).await
    }

    /// Sends again what failed.
    pub async fn retry_publication(
        &self,
        access: &BrandAccess,
        id: PublicationId,
        context: &RequestContext,
    ) -> Result<PublicationView, Error> {
        self.change(access, id, Change::Retry, "sent again", "publication.scheduled", context).await
    }

    /// Sends now what is planned or held.
    pub async fn publish_now(
        &self,
        access: &BrandAccess,
        id: PublicationId,
        context: &RequestContext,
    ) -> Result<PublicationView, Error> {
        self.change(access, id, Change::Schedule, "published now", "publication.scheduled", context).await
    }

    async fn change(
        &self,
        access: &BrandAccess,
        id: PublicationId,
        change: Change,
        what: &str,
        kind: &'static str,
        context: &RequestContext,
    ) -> Result<PublicationView, Error> {
        access.allow(Permission::PostsPublish)?;
        let mut tx = self.store.tenant(access).await?;
        let mut row = self.lock_publication(&mut tx, access, id).await?;
        let before = row.clone();
        let state = state_of(&row)?;
        let allowed = match change {
            // settled by reading or by a person's word, never just sent again
            Change::Retry => matches!(state, State::Failed),
            _ => true,
        };
        let after = state.after(change).filter(|_| allowed).ok_or_else(|| wrong_state(state, what))?;
        if after == State::InReview {
            let words = "The post waits for review. Approve it, then publish it.";
            return Err(Problem::new(bellwether_kernel::Kind::Conflict, "not_approved", words).into());
        }
        if after == State::Scheduled {
            let now = self.clock.now();
            let (zone_name, zone) = self.zone_of(&mut tx, access.brand).await?;
            row.local_time = time::local(now, &zone);
            (row.due_at, row.time_zone) = (Some(now), zone_name);
            <&str>::from(Source::Now).clone_into(&mut row.source);
        }
        after.as_str().clone_into(&mut row.state);
        self.write(&mut tx, access, id, (&before, &row), kind, context).await?;
        let view = read(&mut tx, access, id).await?;
        tx.commit().await?;
        Ok(view)
    }

    /// Looks at the network whether an unclear publication is out.
    pub async fn reconcile_publication(
        &self,
        access: &BrandAccess,
        id: PublicationId,
    ) -> Result<PublicationView, Error> {
        access.allow(Permission::PostsPublish)?;
        self.unclear(access, id, "looked for").await?;
        self.reconcile(Some(id), 1).await?;
        self.view(access, id).await
    }

    /// Somebody saw it at the network: it is published.
    pub async fn confirm_published(
        &self,
        access: &BrandAccess,
        id: PublicationId,
        remote_url: Option<&str>,
        context: &RequestContext,
    ) -> Result<PublicationView, Error> {
        access.allow(Permission::PostsPublish)?;
        let url = remote_url.map(str::trim).filter(|url| !url.is_empty());
        if url.is_some_and(|url| {
            url.len() > 2_000 || !(url.starts_with("https://") || url.starts_with("http://"))
        }) {
            let words = "Give the post's address, beginning with https://.";
            return Err(Problem::invalid("remote_url", "invalid_url", words).into());
        }
        let row = self.unclear(access, id, "confirmed").await?;
        let mut posted: Vec<Posted> = serde_json::from_value(row.posted).unwrap_or_default();
        while posted.len() < usize::try_from(row.pieces).unwrap_or(1) {
            posted.push(Posted {
                // what the network calls it is not known; it is never asked for by this
                id: format!("confirmed-{}-{}", id.uuid().simple(), posted.len()),
                url: url.map(str::to_owned),
                reference: serde_json::Value::Null,
                processing: false,
            });
        }
        let of = (access.organization, id);
        self.settle_found(of, (&posted, None), "person", "Somebody saw it at the network.", self.clock.now())
            .await?;
        self.tell(
            access,
            id,
            "publication.confirmed",
            json!({ "published": true, "remote_url": url }),
            context,
        )
        .await?;
        self.view(access, id).await
    }

    /// Somebody looked, and it is not at the network: it is sent again.
    pub async fn confirm_absent(
        &self,
        access: &BrandAccess,
        id: PublicationId,
        context: &RequestContext,
    ) -> Result<PublicationView, Error> {
        access.allow(Permission::PostsPublish)?;
        self.unclear(access, id, "sent again").await?;
        self.settle_absent((access.organization, id), "Somebody looked: it is not at the network.").await?;
        self.tell(access, id, "publication.confirmed", json!({ "published": false }), context).await?;
        self.view(access, id).await
    }

    async fn tell(
        &self,
        access: &BrandAccess,
        id: PublicationId,
        kind: &'static str,
        after: serde_json::Value,
        context: &RequestContext,
    ) -> Result<(), Error> {
        let mut tx = self.store.tenant(access).await?;
        let of = (access.organization, Some(access.brand));
        self.record(
            &mut tx,
            of,
            kind,
            ("publication", id.uuid()),
            (None, Some(after)),
            (access.actor(), context),
        )
        .await?;
        announce(&mut tx).await?;
        Ok(tx.commit().await?)
    }

    async fn view(&self, access: &BrandAccess, id: PublicationId) -> Result<PublicationView, Error> {
        let mut tx = self.store.tenant(access).await?;
        let view = read(&mut tx, access, id).await?;
        tx.commit().await?;
        Ok(view)
    }

    async fn unclear(&self, access: &BrandAccess, id: PublicationId, what: &str) -> Result<LockedRow, Error> {
        let mut tx = self.store.tenant(access).await?;
        let row = self.lock_publication(&mut tx, access, id).await?;
        tx.commit().await?;
        match state_of(&row)? {
            State::Unclear => Ok(row),
            state => {
                let words = format!("It stands at `{}`, so there is nothing to be {what}.", state.as_str());
                Err(Problem::new(bellwether_kernel::Kind::Conflict, "wrong_state", words).into())
            }
        }
    }

    /// The same for many; each that can't be is named with its reason, the others are done.
    pub async fn change_publications(
        &self,
        access: &BrandAccess,
        bulk: &Bulk,
        context: &RequestContext,
    ) -> Result<BulkResult, Error> {
        access.allow(Permission::PostsPublish)?;
        if bulk.ids.is_empty() || bulk.ids.len() > 100 {
            return Err(Problem::invalid("ids", "length", "Name 1 to 100 publications.").into());
        }
        if bulk.action == BulkAction::Move && (bulk.minutes == 0 || bulk.minutes.abs() > 525_600) {
            return Err(Problem::invalid(
                "minutes",
                "out_of_range",
                "Give minutes to move by, at most a year's.",
            )
            .into());
        }
        let mut result = BulkResult::default();
        // what is named twice is done once
        let mut ids: Vec<PublicationId> = Vec::with_capacity(bulk.ids.len());
        for id in &bulk.ids {
            if !ids.contains(id) {
                ids.push(*id);
            }
        }
        for (at, id) in ids.iter().enumerate() {
            // those that still have to move stand in nobody's way
            let moving: Vec<Uuid> = ids[at..].iter().map(|id| id.uuid()).collect();
            let done = match bulk.action {
                BulkAction::Cancel => self.cancel_publication(access, *id, context).await.map(|_| ()),
                BulkAction::PublishNow => self.publish_now(access, *id, context).await.map(|_| ()),
                BulkAction::Move => {
                    self.shift(access, (*id, &moving), Duration::minutes(bulk.minutes), context).await
                }
            };
            match done {
                Ok(()) => result.done.push(*id),
                Err(error) => {
                    let problem = Problem::from(error);
                    if problem.kind == bellwether_kernel::Kind::Internal {
                        return Err(problem.into());
                    }
                    let (code, message) = (problem.code.to_owned(), problem.detail);
                    result.failed.push(BulkFailure { id: *id, code, message });
                }
            }
        }
        Ok(result)
    }

    async fn shift(
        &self,
        access: &BrandAccess,
        (id, moving): (PublicationId, &[Uuid]),
        by: Duration,
        context: &RequestContext,
    ) -> Result<(), Error> {
        let mut tx = self.store.tenant(access).await?;
        let mut row = self.lock_publication(&mut tx, access, id).await?;
        let before = row.clone();
        let state = state_of(&row)?;
        let after = state.after(Change::Schedule).ok_or_else(|| wrong_state(state, "moved"))?;
        let local = row.local_time.ok_or_else(|| {
            Problem::new(bellwether_kernel::Kind::Conflict, "no_time", "It has no time that could be moved.")
        })?;
        let plan = self.plan(&mut tx, access).await?;
        let (local, due) = chosen("minutes", &time::write_local(local + by), &plan, self.clock.now())?;
        // whoever moves many does not look at each: unlike a time that somebody chooses, theirs keep the brand's distances
        let (connection, network) = sql::account_of(tx.conn(), id).await?;
        let taken =
            crate::schedule::sql::taken_but(tx.conn(), connection, moving, plan.looks_from(local)).await?;
        if let Some((code, words)) = plan.refuses(&network, local, &taken) {
            return Err(Problem::new(bellwether_kernel::Kind::Conflict, code, words).into());
        }
        (row.local_time, row.due_at, row.time_zone) = (Some(local), Some(due), plan.zone_name);
        <&str>::from(Source::Exact).clone_into(&mut row.source);
        after.as_str().clone_into(&mut row.state);
        self.write(&mut tx, access, id, (&before, &row), "publication.updated", context).await?;
        Ok(tx.commit().await?)
    }

    /// A post was approved, changed or taken back: its publications follow how it stands now. What leaves with a post
    /// that was deleted, rejected or archived comes back with it.
    pub(super) async fn follow_post(
        &self,
        tx: &mut TenantTx,
        brand: bellwether_kernel::id::BrandId,
        post_id: PostId,
    ) -> Result<(), Error> {
        let Some(post) = sql::hold_post(tx.conn(), brand, post_id).await? else { return Ok(()) };
        let let_out = matches!(post.status.as_str(), "approved" | "published");
        let gone = gone(&post.status, post.deleted);
        let now = self.clock.now();
        for (id, row) in sql::lock_of_post(tx.conn(), post_id).await? {
            let mut new = row.clone();
            let state = state_of(&row)?;
            if let Some(why) = gone {
                let Some(after) = state.after(Change::Cancel) else { continue };
                let was = TakenOut { state, held_reason: row.held_reason.clone(), words: row.words.clone() };
                new.taken_out = Some(serde_json::to_value(was).map_err(|error| internal(error.to_string()))?);
                after.as_str().clone_into(&mut new.state);
                (new.held_reason, new.words) = (None, Some(why.to_owned()));
            } else {
                let state = if row.taken_out.is_some() {
                    let Some(state) = bring_back(tx, &mut new).await? else { continue };
                    state
                } else {
                    state
                };
                let text = row.content.as_ref().unwrap_or(&post.content);
                let of = (tx.organization(), brand, post_id);
                let approved =
                    let_out && reviews::missing(tx.conn(), of, &post.network, text).await?.is_none();
                if let Ok(content) = serde_json::from_value::<Content>(post.content.clone())
                    && row.content.is_none()
                    && let Some(target) = Target::parse(&row.target)
                {
                    new.title = title_of(&content);
                    new.pieces = piece_count(target, &content);
                }
                let waits = new.held_reason.as_deref() == Some(HeldReason::NotApproved.into());
                let change = match (state, approved) {
                    // what is held for another reason, or failed, is a person's turn
                    (State::Failed | State::Held, _) if !waits => None,
                    (State::Held, true) => state.after(Change::Release),
                    (_, true) => state.after(Change::Approve),
                    (_, false) => state.after(Change::Disapprove),
                };
                if let Some(after) = change {
                    if after != state {
                        (new.held_reason, new.words) = (None, None);
                    }
                    after.as_str().clone_into(&mut new.state);
                    (new.approved_at, new.approved_by) = if approved {
                        (Some(post.reviewed_at.unwrap_or(now)), post.reviewed_by)
                    } else {
                        (None, None)
                    };
                }
            }
            if new.state == row.state && new.title == row.title && new.pieces == row.pieces {
                continue;
            }
            let next_at = new.due_at.filter(|_| new.state == "scheduled");
            sql::update(tx.conn(), id, &new, next_at).await?;
            let kind = match new.state.as_str() {
                "scheduled" => "publication.scheduled",
                "cancelled" => "publication.cancelled",
                _ => "publication.updated",
            };
            let organization = tx.organization();
            let (before, after) =
                (json!({ "state": row.state }), json!({ "state": new.state, "words": new.words }));
            self.record(
                tx,
                (organization, Some(brand)),
                kind,
                ("publication", id.uuid()),
                (Some(before), Some(after)),
                (super::jobs::actor(), &RequestContext::default()),
            )
            .await?;
        }
        announce(tx).await?;
        Ok(())
    }

    async fn lock_publication(
        &self,
        tx: &mut TenantTx,
        access: &BrandAccess,
        id: PublicationId,
    ) -> Result<LockedRow, Error> {
        Ok(sql::lock(tx.conn(), access.brand, id).await?.ok_or_else(|| Problem::not_found("publication"))?)
    }

    async fn write(
        &self,
        tx: &mut TenantTx,
        access: &BrandAccess,
        id: PublicationId,
        (before, row): (&LockedRow, &LockedRow),
        kind: &'static str,
        context: &RequestContext,
    ) -> Result<(), Error> {
        let next_at = row.due_at.filter(|_| row.state == State::Scheduled.as_str());
        let mut new = row.clone();
        if new.state != before.state {
            // why it stood where it stood is no longer so
            (new.held_reason, new.words) = (None, None);
        }
        sql::update(tx.conn(), id, &new, next_at).await.map_err(|error| {
            let error = bellwether_store::Error::from(error);
            if error.constraint() == Some("publications_once_idx") {
                let words = "The post is planned for this account once more already.";
                return Error::from(Problem::new(
                    bellwether_kernel::Kind::Conflict,
                    "already_planned",
                    words,
                ));
            }
            error.into()
        })?;
        let shown =
            |row: &LockedRow| json!({ "state": row.state, "due_at": row.due_at, "source": row.source });
        self.record(
            tx,
            (access.organization, Some(access.brand)),
            kind,
            ("publication", id.uuid()),
            (Some(shown(before)), Some(shown(row))),
            (access.actor(), context),
        )
        .await?;
        announce(tx).await?;
        Ok(())
    }
}

/// Brings back what left with its post; where it stands then, or none when it stays out.
async fn bring_back(tx: &mut TenantTx, row: &mut LockedRow) -> Result<Option<State>, Error> {
    let Some(was) = row.taken_out.take() else { return Ok(None) };
    let was: TakenOut = serde_json::from_value(was).map_err(|error| internal(error.to_string()))?;
    let (planned, time) = sql::taken_since(tx.conn(), row).await?;
    if planned {
        return Ok(None);
    }
    let mut state = was.state;
    if time {
        // its place in the queue went to another: it is there again, and asks for a time
        (row.local_time, row.due_at) = (None, None);
        state = if state == State::InReview { State::Draft } else { State::Approved };
    }
    state.as_str().clone_into(&mut row.state);
    (row.held_reason, row.words) = if time { (None, None) } else { (was.held_reason, was.words) };
    Ok(Some(state))
}

fn state_of(row: &LockedRow) -> Result<State, Error> {
    State::parse(&row.state).ok_or_else(|| internal(format!("the stored state `{}` is unknown", row.state)))
}
