//! Use cases of posts: read, edit, review. (Writing another text is in `jobs`.)

use bellwether_jobs::events::{self, NewEvent};
use bellwether_kernel::{
    Actor, BrandAccess, Cursor, Page, PageRequest, Permission, Problem, RequestContext,
    id::{BrandId, GenerationId, OutputId, PostId, UserId, VersionId},
};
use bellwether_networks::{Content, Issue, Network, PathCount, Target, Tone};
use bellwether_store::TenantTx;
use chrono::{DateTime, Duration, Utc};
use serde::Serialize;
use serde_json::{Value, json, value::RawValue};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    model::{Action, Checks, Status, search_query, search_text},
    sql,
};
use crate::{
    Error, Studio,
    media::{
        UsedMedia,
        attached::{self, AttachMedia},
    },
    voice::Heard,
};

/// Edits of one person within this time are one version.
const ONE_EDIT: Duration = Duration::minutes(5);

/// A post.
#[derive(Debug, Serialize, ToSchema)]
pub struct PostView {
    /// Id.
    pub id: PostId,
    /// What it was written by, unless that is gone.
    pub generation_id: Option<GenerationId>,
    /// Network and content type, e.g. `x.thread`.
    #[schema(value_type = Target)]
    pub target: String,
    /// The network.
    #[schema(value_type = Network)]
    pub network: String,
    /// The content type.
    pub content_type: String,
    /// Where it stands.
    #[schema(value_type = Status)]
    pub status: String,
    /// The text.
    #[schema(value_type = Content)]
    pub content: Box<RawValue>,
    /// What the writer wrote, where people changed it.
    #[schema(value_type = Option<Content>)]
    pub original: Option<Box<RawValue>>,
    /// Whether people changed it.
    pub edited: bool,
    /// Thumb down, none, up: -1, 0, 1.
    pub feedback: i16,
    /// For those who review it.
    pub note: String,
    /// Why it was rejected.
    pub rejection_reason: Option<String>,
    /// Another text is being written.
    pub regenerating: bool,
    /// Why the last attempt at another text failed.
    pub regeneration_error: Option<String>,
    /// Its tone.
    #[schema(value_type = Tone)]
    pub tone: String,
    /// What it was made from.
    pub source: Source,
    /// Who wrote it.
    pub writer: WriterView,
    /// Used and allowed length per text, in the network's own counting.
    #[schema(value_type = Vec<PathCount>)]
    pub counts: Box<RawValue>,
    /// What breaks the network's rules or could be better.
    #[schema(value_type = Vec<Issue>)]
    pub issues: Box<RawValue>,
    /// How sure the brand's voice is that the brand wrote it, 0 to 1, as of its last change; absent when there is no voice
    /// or too little text.
    pub voice_confidence: Option<f64>,
    /// The files that it shows, in order.
    pub media: Vec<UsedMedia>,
    /// When it was written.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
    /// For `If-Match`.
    pub version: i32,
}

/// What a post was made from.
#[derive(Debug, Serialize, ToSchema)]
pub struct Source {
    /// Title of the input.
    pub title: Option<String>,
    /// Its address.
    pub url: Option<String>,
}

/// Who wrote.
#[derive(Debug, Serialize, ToSchema)]
pub struct WriterView {
    /// `builtin`, or a provider's name in the configuration.
    pub provider: String,
    /// The model.
    pub model: String,
}

impl From<sql::PostRow> for PostView {
    fn from(row: sql::PostRow) -> Self {
        Self {
            id: row.id,
            generation_id: row.generation_id,
            target: row.target,
            network: row.network,
            content_type: row.content_type,
            status: row.status,
            content: row.content.0,
            original: row.original.map(|original| original.0),
            edited: row.edited,
            feedback: row.feedback,
            note: row.note,
            rejection_reason: row.rejection_reason,
            regenerating: row.regenerating,
            regeneration_error: row.regeneration_error,
            tone: row.tone,
            source: Source { title: row.source_title, url: row.source_url },
            writer: WriterView { provider: row.provider, model: row.model },
            counts: row.counts.0,
            issues: row.issues.0,
            voice_confidence: row.voice_confidence,
            media: row.media.0.into_iter().map(UsedMedia::from).collect(),
            created_at: row.created_at,
            updated_at: row.updated_at,
            version: row.version,
        }
    }
}

/// A kept version of a post.
#[derive(Debug, Serialize, ToSchema)]
pub struct VersionView {
    /// Id.
    pub id: VersionId,
    /// 1 for what was written first.
    pub number: i32,
    /// `generated`, `edited`, `regenerated`, `restored` or `imported`.
    pub reason: String,
    /// The text.
    #[schema(value_type = Content)]
    pub content: Box<RawValue>,
    /// Who made it.
    #[schema(value_type = Actor)]
    pub actor: Box<RawValue>,
    /// When.
    pub created_at: DateTime<Utc>,
}

/// What a list of posts is narrowed to.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Only of this status.
    pub status: Option<Status>,
    /// Only of this network.
    pub network: Option<Network>,
    /// Only of this generation.
    pub generation: Option<GenerationId>,
    /// Only with these words.
    pub query: Option<String>,
}

/// A change of a post; absent stays.
#[derive(Debug, Clone, Default)]
pub struct PostChange {
    /// The text, whole.
    pub content: Option<Content>,
    /// For those who review it.
    pub note: Option<String>,
    /// The files that it shows, all of them, in order.
    pub media: Option<Vec<AttachMedia>>,
}

/// What became of each post of a bulk action.
#[derive(Debug, Default, Serialize, ToSchema)]
pub struct BulkResult {
    /// Done.
    pub done: Vec<PostId>,
    /// Not done, and why.
    pub failed: Vec<BulkFailure>,
}

/// A post that a bulk action left as it was.
#[derive(Debug, Serialize, ToSchema)]
pub struct BulkFailure {
    /// Which.
    pub id: PostId,
    /// Stable code.
    pub code: String,
    /// Why.
    pub message: String,
}

/// A post just written.
pub struct NewPost<'a> {
    /// Of which brand.
    pub brand: BrandId,
    /// Written by which generation.
    pub generation: Option<GenerationId>,
    /// As which output.
    pub output: Option<OutputId>,
    /// Asked for by whom.
    pub created_by: Option<UserId>,
    /// For what.
    pub target: Target,
    /// The text.
    pub content: &'a Content,
    /// In which tone.
    pub tone: Tone,
    /// Title of the input.
    pub source_title: Option<&'a str>,
    /// Address of the input.
    pub source_url: Option<&'a str>,
    /// Who wrote it: provider, model, prompt.
    pub writer: (&'a str, &'a str, &'a str),
    /// What the brand's voice said of it.
    pub(crate) voice: Heard,
}

impl Studio {
    /// Inserts a post with its first version, in the transaction of the one who wrote it.
    pub(crate) async fn insert_post(&self, tx: &mut TenantTx, new: &NewPost<'_>) -> Result<PostId, Error> {
        let organization = tx.organization();
        let id = PostId::new(&self.clock, &self.rng);
        let now = self.clock.now();
        let checks = Checks::of(new.target, new.content);
        let content = to_value(new.content)?;
        let (provider, model, prompt) = new.writer;
        let row = sql::NewRow {
            organization,
            id,
            brand: new.brand,
            generation: new.generation,
            output: new.output,
            created_by: new.created_by,
            target: new.target.as_str(),
            network: new.target.network().as_str(),
            content_type: new.target.content_type().as_str(),
            content: &content,
            search_text: &search_text(new.content, new.source_title),
            counts: to_value(&checks.counts)?,
            issues: to_value(&checks.issues)?,
            rule_errors: i32::try_from(checks.errors()).unwrap_or(i32::MAX),
            tone: new.tone.as_str(),
            source_title: new.source_title,
            source_url: new.source_url,
            provider,
            model,
            voice: new.voice,
            now,
        };
        sql::insert(tx.conn(), &row).await?;
        let actor = Actor::Ai { model: format!("{provider}/{model}"), prompt: prompt.to_owned() };
        let version = sql::NewVersion {
            organization,
            id: VersionId::new(&self.clock, &self.rng),
            brand: new.brand,
            post: id,
            number: 1,
            reason: "generated",
            content: &content,
            actor: to_value(&actor)?,
            now,
        };
        sql::insert_version(tx.conn(), &version).await?;
        let after = json!({ "status": Status::Pending.as_str(), "target": new.target.as_str() });
        let data = new.generation.map(|generation| json!({ "generation_id": generation }));
        let change = Change { kind: "post.created", before: None, after: Some(after), data };
        self.record_post(tx, new.brand, id, actor, change, &RequestContext::default()).await?;
        Ok(id)
    }

    /// A page of posts, newest first.
    pub async fn list_posts(
        &self,
        access: &BrandAccess,
        filter: &Filter,
        page: PageRequest,
    ) -> Result<Page<PostView>, Error> {
        access.allow(Permission::PostsRead)?;
        let query = match filter.query.as_deref().map(str::trim) {
            None | Some("") => None,
            // nothing searchable was typed, so nothing is found
            Some(typed) => match search_query(typed) {
                Some(query) => Some(query),
                None => return Ok(Page { items: Vec::new(), next_cursor: None }),
            },
        };
        let filter = sql::ListFilter {
            brand: access.brand,
            status: filter.status.map(Status::as_str),
            network: filter.network.map(Network::as_str),
            generation: filter.generation,
            query: query.as_deref(),
            after: page.after,
            limit: page.limit + 1,
        };
        let mut tx = self.store.tenant(access).await?;
        let rows = sql::list(tx.conn(), &filter).await?;
        tx.commit().await?;
        Ok(Page::of(rows, page.limit, |row| Cursor { at: row.created_at, id: row.id.uuid() })
            .map(PostView::from))
    }

    /// One post.
    pub async fn get_post(&self, access: &BrandAccess, id: PostId) -> Result<PostView, Error> {
        access.allow(Permission::PostsRead)?;
        let mut tx = self.store.tenant(access).await?;
        let view = read(&mut tx, access.brand, id).await?;
        tx.commit().await?;
        Ok(view)
    }

    /// Changes a post's text, files or note. What breaks the network's rules is saved all the same and told in `issues`:
    /// nobody loses a half-finished sentence. An approved post whose text or files change goes back to review.
    pub async fn update_post(
        &self,
        access: &BrandAccess,
        id: PostId,
        version: i32,
        change: PostChange,
        context: &RequestContext,
    ) -> Result<PostView, Error> {
        access.allow(Permission::PostsWrite)?;
        let PostChange { content, note, media } = change;
        if note.as_ref().is_some_and(|note| note.chars().count() > 4000) {
            return Err(Problem::invalid("note", "too_long", "Use at most 4,000 characters.").into());
        }
        let voice = match &content {
            Some(content) => self.hear_post(access, id, content).await?,
            None => Heard::default(),
        };
        let mut tx = self.store.tenant(access).await?;
        let mut row = self.lock_live(&mut tx, access.brand, id).await?;
        if row.version != version {
            return Err(Error::Stale);
        }
        if row.regenerating {
            return Err(Error::Regenerating);
        }
        if let Some(note) = &note {
            sql::set_note(tx.conn(), id, note).await?;
        }
        if let Some(media) = media
            && let Some(status) = self.write_media(&mut tx, access, id, &row, &media, context).await?
        {
            status.as_str().clone_into(&mut row.status);
        }
        if let Some(content) = content {
            self.write_content(&mut tx, access, id, &row, (&content, voice), "edited", context).await?;
        }
        let view = read(&mut tx, access.brand, id).await?;
        tx.commit().await?;
        Ok(view)
    }

    /// Puts other files into a post; its status after that when they are others.
    async fn write_media(
        &self,
        tx: &mut TenantTx,
        access: &BrandAccess,
        id: PostId,
        row: &sql::LockedRow,
        media: &[AttachMedia],
        context: &RequestContext,
    ) -> Result<Option<Status>, Error> {
        let Some(attached) = self.attach(tx, access, id, media).await? else { return Ok(None) };
        let status = status_after_change(&row.status)?;
        let shown = attached::list_shown(tx.conn(), id).await?;
        let content = from_value(row.content.0.clone())?;
        let checks = Checks::with(target_of(&row.target)?, &content, &shown);
        let errors = i32::try_from(checks.errors()).unwrap_or(i32::MAX);
        sql::update_media(tx.conn(), id, (to_value(&checks.issues)?, errors), status.as_str()).await?;
        let change = Change {
            kind: "post.updated",
            before: Some(json!({ "media": attached.before, "status": row.status })),
            after: Some(json!({ "media": attached.after, "status": status.as_str() })),
            data: Some(json!({ "reason": "media" })),
        };
        self.record_post(tx, access.brand, id, access.actor(), change, context).await?;
        Ok(Some(status))
    }

    #[expect(clippy::too_many_arguments, reason = "the parts of one change, each of another type")]
    async fn write_content(
        &self,
        tx: &mut TenantTx,
        access: &BrandAccess,
        id: PostId,
        row: &sql::LockedRow,
        (content, voice): (&Content, Heard),
        reason: &'static str,
        context: &RequestContext,
    ) -> Result<(), Error> {
        let target = target_of(&row.target)?;
        if content.shape() != target.shape() {
            let message =
                format!("`{}` takes content of the shape `{}`.", row.target, target.shape().as_str());
            return Err(Problem::invalid("content/shape", "wrong_shape", message).into());
        }
        let value = to_value(content)?;
        if value == row.content.0 {
            return Ok(());
        }
        let status = status_after_change(&row.status)?;
        let shown = attached::list_shown(tx.conn(), id).await?;
        let checks = Checks::with(target, content, &shown);
        let change = sql::ContentChange {
            content: &value,
            edited: value != row.original.0,
            search_text: &search_text(content, row.source_title.as_deref()),
            counts: to_value(&checks.counts)?,
            issues: to_value(&checks.issues)?,
            rule_errors: i32::try_from(checks.errors()).unwrap_or(i32::MAX),
            status: status.as_str(),
            voice,
        };
        sql::update_content(tx.conn(), id, &change).await?;
        let actor = access.actor();
        self.keep_version(tx, access.brand, id, reason, &value, &actor).await?;
        let before = json!({ "content": row.content.0, "status": row.status });
        let after = json!({ "content": value, "status": status.as_str() });
        let change = Change {
            kind: "post.updated",
            before: Some(before),
            after: Some(after),
            data: Some(json!({ "reason": reason })),
        };
        self.record_post(tx, access.brand, id, actor, change, context).await
    }

    /// Keeps a version; edits of one person in a row are one.
    pub(crate) async fn keep_version(
        &self,
        tx: &mut TenantTx,
        brand: BrandId,
        post: PostId,
        reason: &'static str,
        content: &Value,
        actor: &Actor,
    ) -> Result<(), Error> {
        let now = self.clock.now();
        let actor = to_value(actor)?;
        let last = sql::last_version(tx.conn(), post).await?;
        if let Some(last) = &last
            && reason == "edited"
            && last.reason == "edited"
            && last.actor.0 == actor
            && now - last.created_at < ONE_EDIT
        {
            sql::update_version(tx.conn(), last.id, content, now).await?;
            return Ok(());
        }
        let new = sql::NewVersion {
            organization: tx.organization(),
            id: VersionId::new(&self.clock, &self.rng),
            brand,
            post,
            number: last.map_or(1, |last| last.number + 1),
            reason,
            content,
            actor,
            now,
        };
        Ok(sql::insert_version(tx.conn(), &new).await?)
    }

    /// Approves, rejects, opens again or archives one post.
    pub async fn review_post(
        &self,
        access: &BrandAccess,
        id: PostId,
        action: Action,
        reason: Option<String>,
        context: &RequestContext,
    ) -> Result<PostView, Error> {
        access.allow(action.permission())?;
        check_reason(reason.as_deref())?;
        let mut tx = self.store.tenant(access).await?;
        let row = self.lock_live(&mut tx, access.brand, id).await?;
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
        self.apply(&mut tx, access, &[(id, status)], action, after, reason.as_deref(), context).await?;
        let view = read(&mut tx, access.brand, id).await?;
        tx.commit().await?;
        Ok(view)
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

    /// Thumb down, none or up.
    pub async fn rate_post(
        &self,
        access: &BrandAccess,
        id: PostId,
        feedback: i16,
        context: &RequestContext,
    ) -> Result<PostView, Error> {
        access.allow(Permission::PostsWrite)?;
        if !(-1..=1).contains(&feedback) {
            return Err(Problem::invalid("feedback", "out_of_range", "Give -1, 0 or 1.").into());
        }
        let mut tx = self.store.tenant(access).await?;
        self.lock_live(&mut tx, access.brand, id).await?;
        sql::set_feedback(tx.conn(), id, feedback).await?;
        let after = Some(json!({ "feedback": feedback }));
        let change = Change { kind: "post.feedback", before: None, after, data: None };
        let actor = access.actor();
        self.record_post(&mut tx, access.brand, id, actor, change, context).await?;
        let view = read(&mut tx, access.brand, id).await?;
        tx.commit().await?;
        Ok(view)
    }

    /// The kept versions, newest first.
    pub async fn list_versions(&self, access: &BrandAccess, id: PostId) -> Result<Vec<VersionView>, Error> {
        access.allow(Permission::PostsRead)?;
        let mut tx = self.store.tenant(access).await?;
        read(&mut tx, access.brand, id).await?;
        let rows = sql::list_versions(tx.conn(), id).await?;
        tx.commit().await?;
        let view = |row: sql::VersionRow| VersionView {
            id: row.id,
            number: row.number,
            reason: row.reason,
            content: row.content.0,
            actor: row.actor.0,
            created_at: row.created_at,
        };
        Ok(rows.into_iter().map(view).collect())
    }

    /// Makes an earlier version the current text.
    pub async fn restore_version(
        &self,
        access: &BrandAccess,
        id: PostId,
        version: VersionId,
        context: &RequestContext,
    ) -> Result<PostView, Error> {
        access.allow(Permission::PostsWrite)?;
        let mut tx = self.store.tenant(access).await?;
        self.lock_live(&mut tx, access.brand, id).await?;
        let kept = sql::get_version(tx.conn(), id, version).await?;
        tx.commit().await?;
        let kept = kept.ok_or_else(|| Error::from(Problem::not_found("version")))?;
        let content: Content = from_value(kept.0)?;
        let voice = self.hear_post(access, id, &content).await?;
        let mut tx = self.store.tenant(access).await?;
        let row = self.lock_live(&mut tx, access.brand, id).await?;
        self.write_content(&mut tx, access, id, &row, (&content, voice), "restored", context).await?;
        let view = read(&mut tx, access.brand, id).await?;
        tx.commit().await?;
        Ok(view)
    }

    /// What the brand's voice says of a text for a post; nothing when there is no such post, which the change itself tells.
    async fn hear_post(&self, access: &BrandAccess, id: PostId, content: &Content) -> Result<Heard, Error> {
        let mut tx = self.store.tenant(access).await?;
        let network = sql::get_network(tx.conn(), access.brand, id).await?;
        tx.commit().await?;
        match network.as_deref().and_then(Network::parse) {
            Some(network) => self.hear(access.organization, access.brand, network, content).await,
            None => Ok(Heard::default()),
        }
    }

    pub(crate) async fn lock_live(
        &self,
        tx: &mut TenantTx,
        brand: BrandId,
        id: PostId,
    ) -> Result<sql::LockedRow, Error> {
        let row = sql::lock(tx.conn(), brand, id).await?.filter(|row| !row.deleted);
        row.ok_or_else(|| Problem::not_found("post").into())
    }

    pub(crate) async fn record_post(
        &self,
        tx: &mut TenantTx,
        brand: BrandId,
        id: PostId,
        actor: Actor,
        change: Change,
        context: &RequestContext,
    ) -> Result<(), Error> {
        let event = NewEvent {
            organization: tx.organization(),
            brand: Some(brand),
            kind: change.kind,
            subject: ("post", id.uuid()),
            actor,
            before: change.before,
            after: change.after,
            data: change.data,
            context: context.clone(),
        };
        events::record(tx, &self.clock, &self.rng, event).await?;
        Ok(())
    }
}

/// Where a post stands once its text or files have changed.
fn status_after_change(status: &str) -> Result<Status, Error> {
    match Status::parse(status).unwrap_or(Status::Pending) {
        Status::Published => {
            let detail = "A published post can't be edited here.";
            Err(Problem::new(bellwether_kernel::Kind::Conflict, "wrong_status", detail).into())
        }
        Status::Approved => Ok(Status::Pending),
        other => Ok(other),
    }
}

/// What an event says of a post.
pub(crate) struct Change {
    pub(crate) kind: &'static str,
    pub(crate) before: Option<Value>,
    pub(crate) after: Option<Value>,
    pub(crate) data: Option<Value>,
}

pub(crate) async fn read(tx: &mut TenantTx, brand: BrandId, id: PostId) -> Result<PostView, Error> {
    let row = sql::get(tx.conn(), brand, id).await?;
    Ok(row.ok_or_else(|| Problem::not_found("post"))?.into())
}

pub(crate) fn target_of(text: &str) -> Result<Target, Error> {
    Target::parse(text).ok_or_else(|| internal(format!("stored target `{text}` is unknown")))
}

pub(crate) fn to_value(value: &impl Serialize) -> Result<Value, Error> {
    serde_json::to_value(value).map_err(|error| internal(error.to_string()))
}

pub(crate) fn from_value(value: Value) -> Result<Content, Error> {
    serde_json::from_value(value).map_err(|error| internal(format!("stored content can't be read: {error}")))
}

pub(crate) fn internal(detail: String) -> Error {
    Problem::new(bellwether_kernel::Kind::Internal, "internal", detail).into()
}

fn check_reason(reason: Option<&str>) -> Result<(), Error> {
    if reason.is_some_and(|reason| reason.chars().count() > 1000) {
        return Err(Problem::invalid("reason", "too_long", "Use at most 1,000 characters.").into());
    }
    Ok(())
}
