//! What publishing does with posts through this context: brings them in from a file, approves or opens them again as its
//! reviews say, and keeps what reviewers said here.

use async_trait::async_trait;
use bellwether_kernel::{
    Actor, BrandAccess, Permission, Problem, RequestContext,
    id::{BrandId, PostId, VersionId},
};
use bellwether_networks::{Content, Severity, Target, Tone};
use bellwether_store::TenantTx;
use serde_json::{Map, Value, json};

use super::{
    extras::Extras,
    model::{Action, Checks, Status, search_text},
    service::{Change, target_of, to_value},
    sql,
};
use crate::{Error, Studio, voice::Heard};

/// Keeps what a reviewer said of a post: publishing, from the floor above, whose rules count it.
#[async_trait]
pub trait KeepReviews: Send + Sync {
    /// Somebody approved a post, or rejected it with these words; in the transaction that does it.
    async fn reviewed(
        &self,
        tx: &mut TenantTx,
        access: &BrandAccess,
        post: PostId,
        approved: bool,
        words: &str,
    ) -> Result<(), Problem>;
}

/// A post that comes in a file.
#[derive(Debug, Clone)]
pub struct ImportPost<'a> {
    /// For what.
    pub target: Target,
    /// The text, in the target's shape.
    pub content: &'a Content,
    /// What is said below it once it is out.
    pub first_comment: Option<&'a str>,
    /// What is chosen of its network.
    pub options: &'a Map<String, Value>,
    /// Of which file.
    pub source_title: Option<&'a str>,
    /// Approved at once. Needs `posts.review`, and a text that keeps the network's rules.
    pub approve: bool,
}

impl Studio {
    /// Makes a draft of what somebody wrote elsewhere, in the transaction of the import. The brand's voice doesn't hear it:
    /// a thousand rows would take it minutes.
    pub async fn import_post(
        &self,
        tx: &mut TenantTx,
        access: &BrandAccess,
        new: &ImportPost<'_>,
        context: &RequestContext,
    ) -> Result<PostId, Error> {
        access.allow(Permission::PostsWrite)?;
        if new.approve {
            access.allow(Permission::PostsReview)?;
        }
        if new.content.shape() != new.target.shape() {
            let words =
                format!("`{}` takes content of the shape `{}`.", new.target, new.target.shape().as_str());
            return Err(Problem::invalid("content/shape", "wrong_shape", words).into());
        }
        let comment = new.first_comment.map(str::to_owned);
        let extras = Extras::checked(new.target, comment, new.options.clone())?;
        let checks = Checks::of(new.target, new.content);
        if new.approve && checks.errors() > 0 {
            let issues = checks.issues.into_iter().filter(|issue| issue.severity == Severity::Error);
            return Err(Error::BreaksRules(issues.collect()));
        }
        let (organization, now) = (tx.organization(), self.clock.now());
        let id = PostId::new(&self.clock, &self.rng);
        let content = to_value(new.content)?;
        let row = sql::NewRow {
            organization,
            id,
            brand: access.brand,
            generation: None,
            output: None,
            created_by: Some(access.user),
            target: new.target.as_str(),
            network: new.target.network().as_str(),
            content_type: new.target.content_type().as_str(),
            content: &content,
            search_text: &search_text(new.content, new.source_title),
            counts: to_value(&checks.counts)?,
            issues: to_value(&checks.issues)?,
            rule_errors: i32::try_from(checks.errors()).unwrap_or(i32::MAX),
            tone: Tone::default().as_str(),
            source_title: new.source_title,
            source_url: None,
            provider: "import",
            model: "file",
            voice: Heard::default(),
            now,
        };
        sql::insert(tx.conn(), &row).await?;
        if extras.first_comment.is_some() || !new.options.is_empty() {
            let goes_with = (extras.first_comment.as_deref(), &extras.options);
            sql::update_extras(tx.conn(), id, goes_with, Status::Pending.as_str()).await?;
        }
        let actor = access.actor();
        let version = sql::NewVersion {
            organization,
            id: VersionId::new(&self.clock, &self.rng),
            brand: access.brand,
            post: id,
            number: 1,
            reason: "imported",
            content: &content,
            actor: to_value(&actor)?,
            now,
        };
        sql::insert_version(tx.conn(), &version).await?;
        let after = json!({ "status": Status::Pending.as_str(), "target": new.target.as_str() });
        let data = Some(json!({ "imported": true }));
        let change = Change { kind: "post.created", before: None, after: Some(after), data };
        self.record_post(tx, access.brand, id, actor, change, context).await?;
        if new.approve {
            let posts = [(id, Status::Pending)];
            self.apply(tx, access, &posts, Action::Approve, Status::Approved, None, context).await?;
        }
        Ok(id)
    }

    /// Approves a post as the brand's rules are met, or opens it again as somebody asks for changes, in the transaction
    /// that knows it. False where the post stands otherwise, or breaks its network's rules: then nothing changes.
    pub async fn settle_review(
        &self,
        tx: &mut TenantTx,
        (brand, id): (BrandId, PostId),
        action: Action,
        reason: Option<&str>,
        (actor, context): (Actor, &RequestContext),
    ) -> Result<bool, Error> {
        let row = self.lock_live(tx, brand, id).await?;
        let status = Status::parse(&row.status).unwrap_or(Status::Pending);
        let after = match (action, status) {
            (Action::Approve, Status::Pending) => Status::Approved,
            (Action::Reopen, Status::Approved) => Status::Pending,
            _ => return Ok(false),
        };
        if action == Action::Approve {
            let content = super::from_value(row.content.0)?;
            if Checks::of(target_of(&row.target)?, &content).errors() > 0 {
                return Ok(false);
            }
        }
        let review =
            sql::Review { status: after.as_str(), reason: None, reviewer: None, at: self.clock.now() };
        sql::review(tx.conn(), &[id.uuid()], &review).await?;
        let change = Change {
            kind: action.event(),
            before: Some(json!({ "status": status.as_str() })),
            after: Some(json!({ "status": after.as_str() })),
            data: reason.map(|reason| json!({ "reason": reason })),
        };
        self.record_post(tx, brand, id, actor, change, context).await?;
        Ok(true)
    }
}
