//! Use cases of posts: read, edit, rate. (Writing another text is in `jobs`, approving in `review`.)

use bellwether_jobs::events::{self, NewEvent};
use bellwether_kernel::{
    Actor, BrandAccess, Cursor, Page, PageRequest, Permission, Problem, RequestContext,
    id::{BrandId, PostId, VersionId},
};
use bellwether_networks::{Content, Network, Target};
use bellwether_store::TenantTx;
use chrono::Duration;
use serde::Serialize;
use serde_json::{Value, json};

use super::{
    extras::Extras,
    model::{Checks, Status, search_query, search_text},
    sql,
    view::{Filter, NewPost, PostChange, PostView, VersionView},
};
use crate::{
    Error, Studio,
    media::attached::{self, AttachMedia},
    voice::Heard,
};

/// Edits of one person within this time are one version.
const ONE_EDIT: Duration = Duration::minutes(5);

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
        tx.end_reading();
        Ok(Page::of(rows, page.limit, |row| Cursor { at: row.created_at, id: row.id.uuid() })
            .map(PostView::from))
    }

    /// Refuses a post that the brand does not have, for who may do something with it and not read it.
    pub async fn check_post(&self, access: &BrandAccess, id: PostId) -> Result<(), Error> {
        let mut tx = self.store.tenant(access).await?;
        read(&mut tx, access.brand, id).await?;
        tx.commit().await?;
        Ok(())
    }

    /// One post.
    pub async fn get_post(&self, access: &BrandAccess, id: PostId) -> Result<PostView, Error> {
        access.allow(Permission::PostsRead)?;
        let mut tx = self.store.tenant(access).await?;
        let view = read(&mut tx, access.brand, id).await?;
        tx.end_reading();
        Ok(view)
    }

    /// Changes a post's text, what goes with it, its files or note. A text that breaks the network's rules is saved all the
    /// same and told in `issues`: nobody loses a half-finished sentence. An approved post whose text, first comment, options
    /// or files change goes back to review.
    pub async fn update_post(
        &self,
        access: &BrandAccess,
        id: PostId,
        version: i32,
        change: PostChange,
        context: &RequestContext,
    ) -> Result<PostView, Error> {
        access.allow(Permission::PostsWrite)?;
        let PostChange { content, note, media, first_comment, options } = change;
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
        let extras = Extras::changed(&row, first_comment, options)?;
        if content.is_some() || extras.is_some() {
            let text = content.as_ref().map(|content| (content, voice));
            self.write_content(&mut tx, access, id, &row, (text, extras), "edited", context).await?;
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
        (text, extras): (Option<(&Content, Heard)>, Option<Extras>),
        reason: &'static str,
        context: &RequestContext,
    ) -> Result<(), Error> {
        let text = match text {
            Some((content, voice)) => changed_text(row, content)?.map(|value| (content, value, voice)),
            None => None,
        };
        if text.is_none() && extras.is_none() {
            return Ok(());
        }
        let status = status_after_change(&row.status)?;
        let (mut before, mut after) = (json!({ "status": row.status }), json!({ "status": status.as_str() }));
        if let Some(extras) = &extras {
            let comment = extras.first_comment.as_deref();
            sql::update_extras(tx.conn(), id, (comment, &extras.options), status.as_str()).await?;
            (before["first_comment"], before["options"]) = (json!(row.first_comment), row.options.clone());
            (after["first_comment"], after["options"]) = (json!(comment), extras.options.clone());
        }
        if let Some((content, value, voice)) = &text {
            self.write_text(tx, id, row, (*content, value, *voice), status).await?;
            (before["content"], after["content"]) = (row.content.0.clone(), value.clone());
        }
        let actor = access.actor();
        let kept = text.as_ref().map_or(&row.content.0, |(_, value, _)| value);
        self.keep_version(tx, access.brand, id, reason, kept, &actor).await?;
        let change = Change {
            kind: "post.updated",
            before: Some(before),
            after: Some(after),
            data: Some(json!({ "reason": reason })),
        };
        self.record_post(tx, access.brand, id, actor, change, context).await
    }

    async fn write_text(
        &self,
        tx: &mut TenantTx,
        id: PostId,
        row: &sql::LockedRow,
        (content, value, voice): (&Content, &Value, Heard),
        status: Status,
    ) -> Result<(), Error> {
        let target = target_of(&row.target)?;
        let shown = attached::list_shown(tx.conn(), id).await?;
        let checks = Checks::with(target, content, &shown);
        let change = sql::ContentChange {
            content: value,
            edited: *value != row.original.0,
            search_text: &search_text(content, row.source_title.as_deref()),
            counts: to_value(&checks.counts)?,
            issues: to_value(&checks.issues)?,
            rule_errors: i32::try_from(checks.errors()).unwrap_or(i32::MAX),
            status: status.as_str(),
            voice,
        };
        Ok(sql::update_content(tx.conn(), id, &change).await?)
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
        tx.end_reading();
        let view = |row: sql::VersionRow| VersionView {
            id: row.id,
            number: row.number,
            reason: row.reason,
            content: row.content.0,
            first_comment: row.first_comment,
            options: row.options.0,
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
        let content: Content = from_value(kept.content.0)?;
        let voice = self.hear_post(access, id, &content).await?;
        let mut tx = self.store.tenant(access).await?;
        let row = self.lock_live(&mut tx, access.brand, id).await?;
        let extras = Extras { first_comment: kept.first_comment, options: kept.options };
        let change = (Some((&content, voice)), extras.unless_there(&row));
        self.write_content(&mut tx, access, id, &row, change, "restored", context).await?;
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

/// A content as it is kept; none when it is what stands there already.
fn changed_text(row: &sql::LockedRow, content: &Content) -> Result<Option<Value>, Error> {
    let target = target_of(&row.target)?;
    if content.shape() != target.shape() {
        let message = format!("`{}` takes content of the shape `{}`.", row.target, target.shape().as_str());
        return Err(Problem::invalid("content/shape", "wrong_shape", message).into());
    }
    let value = to_value(content)?;
    Ok((value != row.content.0).then_some(value))
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
