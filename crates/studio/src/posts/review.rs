//! Approving, rejecting, putting away and bringing back.

use bellwether_kernel::{BrandAccess, Permission, Problem, RequestContext, id::PostId};
use bellwether_networks::{Content, Issue};
use bellwether_store::TenantTx;
use serde_json::json;
use uuid::Uuid;

use super::{
    model::{Action, Checks, Status},
    service::{Change, from_value, read, target_of},
    sql,
    view::{BulkFailure, BulkResult, PostView},
};
use crate::{Error, Studio, media::attached};

impl Studio {
    /// Approves, rejects, opens again or archives one post.
    pub async fn review_post(
        &self,
        access: &BrandAccess,
        id: PostId,
        action: Action,
        reason: Option<String>,
        context: &RequestContext,
    ) -> Result<PostView, Error> {
        self.review(access, (id, None), action, reason, context).await
    }

    /// Approves a post as it was when somebody read it: refused as stale once it is another version.
    pub async fn approve_version(
        &self,
        access: &BrandAccess,
        id: PostId,
        version: i32,
        context: &RequestContext,
    ) -> Result<PostView, Error> {
        self.review(access, (id, Some(version)), Action::Approve, None, context).await
    }

    async fn review(
        &self,
        access: &BrandAccess,
        (id, version): (PostId, Option<i32>),
        action: Action,
        reason: Option<String>,
        context: &RequestContext,
    ) -> Result<PostView, Error> {
        check_reason(reason.as_deref())?;
        let mut tx = self.store.tenant(access).await?;
        self.review_in(&mut tx, access, (id, version), action, reason.as_deref(), context).await?;
        let view = read(&mut tx, access.brand, id).await?;
        tx.commit().await?;
        Ok(view)
    }

    /// The same in a transaction that does more: when that is refused, the review is as well.
    pub async fn review_in(
        &self,
        tx: &mut TenantTx,
        access: &BrandAccess,
        (id, version): (PostId, Option<i32>),
        action: Action,
        reason: Option<&str>,
        context: &RequestContext,
    ) -> Result<(), Error> {
        access.allow(action.permission())?;
        let row = self.lock_live(tx, access.brand, id).await?;
        if version.is_some_and(|version| version != row.version) {
            return Err(Error::Stale);
        }
        let status = Status::parse(&row.status).unwrap_or(Status::Pending);
        let after = action.apply(status).ok_or(Error::WrongStatus { status, action })?;
        if action == Action::Approve {
            let content: Content = from_value(row.content.0)?;
            let shown = attached::list_shown(tx.conn(), id).await?;
            let issues = Checks::with(target_of(&row.target)?, &content, &shown).issues;
            let errors: Vec<Issue> = issues
                .into_iter()
                .filter(|issue| issue.severity == bellwether_networks::Severity::Error)
                .collect();
            if !errors.is_empty() {
                return Err(Error::BreaksRules(errors));
            }
        }
        self.apply(tx, access, &[(id, status)], action, after, reason, context).await
    }

    /// The same for many at once; each that can't be is named with its reason, the others are done.
    pub async fn review_posts(
        &self,
        access: &BrandAccess,
        ids: &[PostId],
        action: Action,
        context: &RequestContext,
    ) -> Result<BulkResult, Error> {
        access.allow(action.permission())?;
        if ids.is_empty() || ids.len() > 100 {
            return Err(Problem::invalid("ids", "length", "Name 1 to 100 posts.").into());
        }
        let uuids: Vec<Uuid> = ids.iter().map(|id| id.uuid()).collect();
        let mut tx = self.store.tenant(access).await?;
        let rows = sql::lock_many(tx.conn(), access.brand, &uuids).await?;
        let mut result = BulkResult::default();
        let mut by_status: Vec<(Status, Vec<(PostId, Status)>)> = Vec::new();
        for id in ids {
            let failure = |code: &str, message: String| BulkFailure { id: *id, code: code.into(), message };
            let Some(row) = rows.iter().find(|row| row.id == *id) else {
                let message = Problem::not_found("post").detail;
                result.failed.push(failure("not_found", message));
                continue;
            };
            let status = Status::parse(&row.status).unwrap_or(Status::Pending);
            let Some(after) = action.apply(status) else {
                let message = Error::WrongStatus { status, action }.to_string();
                result.failed.push(failure("wrong_status", message));
                continue;
            };
            if action == Action::Approve && row.rule_errors > 0 {
                let message =
                    format!("It breaks {} of its network's rules; open it to mend them.", row.rule_errors);
                result.failed.push(failure("breaks_rules", message));
                continue;
            }
            if result.done.contains(id) {
                continue;
            }
            result.done.push(*id);
            match by_status.iter_mut().find(|(known, _)| *known == after) {
                Some((_, group)) => group.push((*id, status)),
                None => by_status.push((after, vec![(*id, status)])),
            }
        }
        for (after, group) in by_status {
            self.apply(&mut tx, access, &group, action, after, None, context).await?;
        }
        tx.commit().await?;
        Ok(result)
    }

    #[expect(clippy::too_many_arguments, reason = "the parts of one review, each of another type")]
    pub(super) async fn apply(
        &self,
        tx: &mut TenantTx,
        access: &BrandAccess,
        posts: &[(PostId, Status)],
        action: Action,
        after: Status,
        reason: Option<&str>,
        context: &RequestContext,
    ) -> Result<(), Error> {
        let ids: Vec<Uuid> = posts.iter().map(|(id, _)| id.uuid()).collect();
        let at = self.clock.now();
        if action == Action::Delete {
            sql::delete_many(tx.conn(), &ids, at).await?;
        } else {
            let review = sql::Review { status: after.as_str(), reason, reviewer: Some(access.user), at };
            sql::review(tx.conn(), &ids, &review).await?;
            let verdict = match action {
                Action::Approve => Some(true),
                Action::Reject => Some(false),
                _ => None,
            };
            if let (Some(verdict), Some(keeper)) = (verdict, &self.reviews) {
                for (id, _) in posts {
                    keeper.reviewed(tx, access, *id, verdict, reason.unwrap_or_default()).await?;
                }
            }
        }
        for (id, before) in posts {
            let change = Change {
                kind: action.event(),
                before: Some(json!({ "status": before.as_str() })),
                after: Some(json!({ "status": after.as_str() })),
                data: reason.map(|reason| json!({ "reason": reason })),
            };
            let actor = access.actor();
            self.record_post(tx, access.brand, *id, actor, change, context).await?;
        }
        Ok(())
    }

    /// Removes a post; [`Self::restore_post`] brings it back.
    pub async fn delete_post(
        &self,
        access: &BrandAccess,
        id: PostId,
        context: &RequestContext,
    ) -> Result<(), Error> {
        access.allow(Permission::PostsWrite)?;
        let mut tx = self.store.tenant(access).await?;
        let row = self.lock_live(&mut tx, access.brand, id).await?;
        let status = Status::parse(&row.status).unwrap_or(Status::Pending);
        let action = Action::Delete;
        let after = action.apply(status).ok_or(Error::WrongStatus { status, action })?;
        self.apply(&mut tx, access, &[(id, status)], action, after, None, context).await?;
        Ok(tx.commit().await?)
    }

    /// Brings back a deleted post.
    pub async fn restore_post(
        &self,
        access: &BrandAccess,
        id: PostId,
        context: &RequestContext,
    ) -> Result<PostView, Error> {
        access.allow(Permission::PostsWrite)?;
        let mut tx = self.store.tenant(access).await?;
        let row = sql::lock(tx.conn(), access.brand, id)
            .await?
            .ok_or_else(|| Error::from(Problem::not_found("post")))?;
        if row.deleted {
            sql::set_deleted(tx.conn(), id, None).await?;
            let change = Change { kind: "post.restored", before: None, after: None, data: None };
            let actor = access.actor();
            self.record_post(&mut tx, access.brand, id, actor, change, context).await?;
        }
        let view = read(&mut tx, access.brand, id).await?;
        tx.commit().await?;
        Ok(view)
    }
}

fn check_reason(reason: Option<&str>) -> Result<(), Error> {
    if reason.is_some_and(|reason| reason.chars().count() > 1000) {
        return Err(Problem::invalid("reason", "too_long", "Use at most 1,000 characters.").into());
    }
    Ok(())
}
