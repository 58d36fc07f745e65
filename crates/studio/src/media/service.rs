//! Use cases of the library: find, read, label, delete, restore. (How a file comes in is in `uploads` and `take`.)

use bellwether_jobs::events::{self, NewEvent};
use bellwether_kernel::{
    Actor, BrandAccess, Cursor, Kind, Page, PageRequest, Permission, Problem, RequestContext,
    id::{BrandId, OrganizationId, PostId, UserId},
};
use bellwether_networks::{Network, Target, rules::MediaKind};
use bellwether_store::TenantTx;
use chrono::{DateTime, Duration, Utc};
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::{
    MediaId,
    fit::{Finding, fit},
    model::{Label, check_alt_text, check_folder, check_name, check_tags, kind_str},
    sql,
};
use crate::{
    Error, Studio,
    posts::model::{Status, search_query},
};

/// How long a deleted file can be restored.
pub(super) const UNDO: Duration = Duration::days(14);

/// A file of the library.
#[derive(Debug, Serialize, ToSchema)]
pub struct MediaView {
    /// Id.
    pub id: MediaId,
    /// Its name.
    pub name: String,
    /// Its folder, such as `campaigns/spring`; empty is the top.
    pub folder: String,
    /// What it shows, for those who can't see it.
    pub alt_text: String,
    /// Words to find it by.
    pub tags: Vec<String>,
    /// What it is.
    pub kind: MediaKind,
    /// Media type, by its bytes.
    pub content_type: String,
    /// Its size as it is kept.
    pub bytes: u64,
    /// In pixels.
    pub width: Option<u32>,
    /// In pixels.
    pub height: Option<u32>,
    /// How long it runs.
    pub seconds: Option<f64>,
    /// The four letters of a video's codec.
    pub codec: Option<String>,
    /// Where it is, for members.
    pub url: String,
    /// A small picture of it, where there is one.
    pub thumbnail_url: Option<String>,
    /// How many posts show it.
    pub used_in: i64,
    /// Who uploaded it.
    pub created_by: Option<UserId>,
    /// When.
    pub created_at: DateTime<Utc>,
    /// When its label last changed.
    pub updated_at: DateTime<Utc>,
    /// When it was deleted; it can be restored for 14 days.
    pub deleted_at: Option<DateTime<Utc>>,
    /// For `If-Match`.
    pub version: i32,
}

/// A file that was taken.
#[derive(Debug, Serialize, ToSchema)]
pub struct TakenMedia {
    /// Whether the brand had the very same file already: then that one is given, as it is.
    pub duplicate: bool,
    /// The file.
    pub media: MediaView,
}

/// A folder.
#[derive(Debug, Serialize, ToSchema)]
pub struct FolderView {
    /// Its path; empty is the top.
    pub folder: String,
    /// How many files are in it, those of folders below it left out.
    pub files: i64,
}

/// A post that shows a file.
#[derive(Debug, Serialize, ToSchema)]
pub struct MediaUse {
    /// The post.
    pub post_id: PostId,
    /// What it is written for.
    #[schema(value_type = Target)]
    pub target: String,
    /// Where it stands.
    #[schema(value_type = Status)]
    pub status: String,
    /// Whether it is planned to go out: then the file can't be deleted.
    pub planned: bool,
}

/// What a network says of a file.
#[derive(Debug, Serialize, ToSchema)]
pub struct NetworkFit {
    /// The network.
    pub network: Network,
    /// Whether it can go out there.
    pub fits: bool,
    /// Whether another file is made of it when it goes out; the original stays.
    pub is_changed: bool,
    /// What stands against it or will be done, and how to mend it.
    pub findings: Vec<Finding>,
}

/// What a list is narrowed to.
#[derive(Debug, Clone, Default)]
pub struct MediaFilter {
    /// Only of this kind.
    pub kind: Option<MediaKind>,
    /// Only in this folder.
    pub folder: Option<String>,
    /// Only with this tag.
    pub tag: Option<String>,
    /// Only with these words in name, folder, alternative text or tags.
    pub query: Option<String>,
    /// Only those that some post shows, or that none does.
    pub used: Option<bool>,
    /// Those that were deleted instead.
    pub deleted: bool,
}

/// A change of a label; absent stays.
#[derive(Debug, Clone, Default)]
pub struct LabelChange {
    /// Name.
    pub name: Option<String>,
    /// Folder.
    pub folder: Option<String>,
    /// Alternative text.
    pub alt_text: Option<String>,
    /// Tags.
    pub tags: Option<Vec<String>>,
}

/// A file in a post.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct UsedMedia {
    /// The file.
    pub media_id: MediaId,
    /// Its name.
    pub name: String,
    /// What it shows: for this post where `own_alt_text` says so, else as in the library.
    pub alt_text: String,
    /// The alternative text of this use, where it has one.
    pub own_alt_text: Option<String>,
    /// What it is.
    pub kind: MediaKind,
    /// Media type.
    pub content_type: String,
    /// Its size.
    pub bytes: u64,
    /// In pixels.
    pub width: Option<u32>,
    /// In pixels.
    pub height: Option<u32>,
    /// How long it runs.
    pub seconds: Option<f64>,
    /// Whether it was deleted from the library: the post can't go out with it.
    pub deleted: bool,
    /// Where it is, for members.
    pub url: String,
    /// A small picture of it, where there is one.
    pub thumbnail_url: Option<String>,
}

/// Where members find a file.
pub(super) fn url_of(organization: OrganizationId, brand: BrandId, id: MediaId, what: &str) -> String {
    format!("/api/v1/organizations/{organization}/brands/{brand}/media/{id}/{what}")
}

fn view(organization: OrganizationId, brand: BrandId, row: sql::MediaRow) -> MediaView {
    let facts = row.facts();
    let thumbnail_url = row.thumbnail_key.as_ref().map(|_| url_of(organization, brand, row.id, "thumbnail"));
    MediaView {
        id: row.id,
        name: row.name,
        folder: row.folder,
        alt_text: row.alt_text,
        tags: row.tags,
        kind: facts.kind,
        content_type: facts.content_type,
        bytes: facts.bytes,
        width: facts.width,
        height: facts.height,
        seconds: facts.seconds,
        codec: facts.codec,
        url: url_of(organization, brand, row.id, "file"),
        thumbnail_url,
        used_in: row.used_in,
        created_by: row.created_by,
        created_at: row.created_at,
        updated_at: row.updated_at,
        deleted_at: row.deleted_at,
        version: row.version,
    }
}

/// What an event says of a file.
pub(super) struct Change {
    pub(super) kind: &'static str,
    pub(super) before: Option<Value>,
    pub(super) after: Option<Value>,
}

fn not_found() -> Error {
    Problem::not_found("file").into()
}

impl Studio {
    /// A page of files, newest first.
    pub async fn list_media(
        &self,
        access: &BrandAccess,
        filter: &MediaFilter,
        page: PageRequest,
    ) -> Result<Page<MediaView>, Error> {
        access.allow(Permission::PostsRead)?;
        let query = match filter.query.as_deref().map(str::trim) {
            None | Some("") => None,
            // nothing searchable was typed, so nothing is found
            Some(typed) => match search_query(typed) {
                Some(query) => Some(query),
                None => return Ok(Page { items: Vec::new(), next_cursor: None }),
            },
        };
        let folder = filter.folder.as_deref().map(check_folder).transpose()?;
        let tag = filter.tag.as_deref().map(|tag| tag.trim().trim_start_matches('#').to_lowercase());
        let filter = sql::ListFilter {
            brand: access.brand,
            kind: filter.kind.map(kind_str),
            folder: folder.as_deref(),
            tag: tag.as_deref(),
            query: query.as_deref(),
            used: filter.used,
            deleted: filter.deleted,
            after: page.after,
            limit: page.limit + 1,
        };
        let mut tx = self.store.tenant(access).await?;
        let rows = sql::list(tx.conn(), &filter).await?;
        tx.commit().await?;
        Ok(Page::of(rows, page.limit, |row| Cursor { at: row.created_at, id: row.id.uuid() })
            .map(|row| view(access.organization, access.brand, row)))
    }

    /// The folders that have files.
    pub async fn list_folders(&self, access: &BrandAccess) -> Result<Vec<FolderView>, Error> {
        access.allow(Permission::PostsRead)?;
        let mut tx = self.store.tenant(access).await?;
        let rows = sql::folders(tx.conn(), access.brand).await?;
        tx.commit().await?;
        Ok(rows.into_iter().map(|row| FolderView { folder: row.folder, files: row.files }).collect())
    }

    /// A file; a deleted one too, as long as it can be restored.
    pub async fn get_media(&self, access: &BrandAccess, id: MediaId) -> Result<MediaView, Error> {
        access.allow(Permission::PostsRead)?;
        self.shown_media(access, id).await
    }

    /// A file as it is told to who just put it there: that takes no right to read besides.
    pub(super) async fn shown_media(&self, access: &BrandAccess, id: MediaId) -> Result<MediaView, Error> {
        let row = self.media_row(access, id).await?;
        Ok(view(access.organization, access.brand, row))
    }

    pub(super) async fn media_row(&self, access: &BrandAccess, id: MediaId) -> Result<sql::MediaRow, Error> {
        let mut tx = self.store.tenant(access).await?;
        let row = sql::get(tx.conn(), access.brand, id).await?;
        tx.commit().await?;
        row.ok_or_else(not_found)
    }

    /// What each network says of a file.
    pub async fn fit_media(&self, access: &BrandAccess, id: MediaId) -> Result<Vec<NetworkFit>, Error> {
        access.allow(Permission::PostsRead)?;
        let facts = self.media_row(access, id).await?.facts();
        let says = |&network: &Network| {
            let verdict = fit(network, &facts);
            NetworkFit {
                network,
                fits: verdict.fits(),
                is_changed: verdict.recipe.is_some(),
                findings: verdict.findings,
            }
        };
        Ok(Network::ALL.iter().map(says).collect())
    }

    /// The posts that show a file, the newest 100.
    pub async fn media_uses(&self, access: &BrandAccess, id: MediaId) -> Result<Vec<MediaUse>, Error> {
        access.allow(Permission::PostsRead)?;
        let mut tx = self.store.tenant(access).await?;
        sql::get(tx.conn(), access.brand, id).await?.ok_or_else(not_found)?;
        let uses = self.uses(&mut tx, access.brand, id).await?;
        tx.commit().await?;
        Ok(uses)
    }

    async fn uses(&self, tx: &mut TenantTx, brand: BrandId, id: MediaId) -> Result<Vec<MediaUse>, Error> {
        let rows = sql::uses(tx.conn(), id).await?;
        let posts: Vec<PostId> = rows.iter().map(|row| row.post).collect();
        let planned = match &self.library.plans {
            Some(plans) if !posts.is_empty() => plans.planned(tx, brand, &posts).await?,
            _ => Vec::new(),
        };
        let is_planned = |post: PostId| planned.contains(&post);
        let of = |row: sql::UseRow| MediaUse {
            post_id: row.post,
            planned: is_planned(row.post),
            target: row.target,
            status: row.status,
        };
        Ok(rows.into_iter().map(of).collect())
    }

    /// Changes a file's label.
    pub async fn update_media(
        &self,
        access: &BrandAccess,
        id: MediaId,
        version: i32,
        change: LabelChange,
        context: &RequestContext,
    ) -> Result<MediaView, Error> {
        access.allow(Permission::PostsWrite)?;
        let mut tx = self.store.tenant(access).await?;
        let row = live(&mut tx, access.brand, id).await?;
        if row.version != version {
            return Err(Error::Stale);
        }
        let before = Label { name: row.name, folder: row.folder, alt_text: row.alt_text, tags: row.tags };
        let mut after = before.clone();
        if let Some(name) = change.name {
            after.name = check_name(&name)?;
        }
        if let Some(folder) = change.folder {
            after.folder = check_folder(&folder)?;
        }
        if let Some(alt_text) = change.alt_text {
            after.alt_text = check_alt_text("alt_text", &alt_text)?;
        }
        if let Some(tags) = change.tags {
            after.tags = check_tags(&tags)?;
        }
        if after != before {
            sql::update(tx.conn(), id, &after).await?;
            let told = Change {
                kind: "media.updated",
                before: Some(snapshot(&before)),
                after: Some(snapshot(&after)),
            };
            self.record_media(&mut tx, id, (access.brand, access.actor(), context), told).await?;
        }
        let row = live(&mut tx, access.brand, id).await?;
        tx.commit().await?;
        Ok(view(access.organization, access.brand, row))
    }

    /// Deletes a file; [`Self::restore_media`] brings it back within 14 days. Not while a planned post shows it.
    pub async fn delete_media(
        &self,
        access: &BrandAccess,
        id: MediaId,
        context: &RequestContext,
    ) -> Result<(), Error> {
        access.allow(Permission::PostsWrite)?;
        let mut tx = self.store.tenant(access).await?;
        live(&mut tx, access.brand, id).await?;
        let planned: Vec<MediaUse> =
            self.uses(&mut tx, access.brand, id).await?.into_iter().filter(|used| used.planned).collect();
        if !planned.is_empty() {
            let detail = "A post that is planned to go out shows this file. Take it out of the posts in `errors`, or \
                          cancel their publication, first.";
            let problem = Problem::new(Kind::Conflict, "in_use", detail);
            return Err(planned
                .iter()
                .fold(problem, |problem, used| {
                    problem.at(format!("posts/{}", used.post_id), "planned", "It shows this file.")
                })
                .into());
        }
        sql::set_deleted(tx.conn(), id, Some(self.clock.now())).await?;
        let told = Change { kind: "media.deleted", before: None, after: None };
        self.record_media(&mut tx, id, (access.brand, access.actor(), context), told).await?;
        Ok(tx.commit().await?)
    }

    /// Brings a deleted file back.
    pub async fn restore_media(
        &self,
        access: &BrandAccess,
        id: MediaId,
        context: &RequestContext,
    ) -> Result<MediaView, Error> {
        access.allow(Permission::PostsWrite)?;
        let mut tx = self.store.tenant(access).await?;
        if !sql::lock(tx.conn(), access.brand, id).await? {
            return Err(not_found());
        }
        let row = sql::get(tx.conn(), access.brand, id).await?.ok_or_else(not_found)?;
        if row.deleted_at.is_some() {
            sql::set_deleted(tx.conn(), id, None).await.map_err(|error| again(error.into()))?;
            let told = Change { kind: "media.restored", before: None, after: None };
            self.record_media(&mut tx, id, (access.brand, access.actor(), context), told).await?;
        }
        let row = sql::get(tx.conn(), access.brand, id).await?.ok_or_else(not_found)?;
        tx.commit().await?;
        Ok(view(access.organization, access.brand, row))
    }

    pub(super) async fn record_media(
        &self,
        tx: &mut TenantTx,
        id: MediaId,
        who: (BrandId, Actor, &RequestContext),
        change: Change,
    ) -> Result<(), Error> {
        self.record_of(tx, ("media", id.uuid()), who, change).await
    }

    pub(super) async fn record_of(
        &self,
        tx: &mut TenantTx,
        subject: (&'static str, uuid::Uuid),
        (brand, actor, context): (BrandId, Actor, &RequestContext),
        change: Change,
    ) -> Result<(), Error> {
        let event = NewEvent {
            organization: tx.organization(),
            brand: Some(brand),
            kind: change.kind,
            subject,
            actor,
            before: change.before,
            after: change.after,
            data: None,
            context: context.clone(),
        };
        events::record(tx, &self.clock, &self.rng, event).await?;
        Ok(())
    }
}

async fn live(tx: &mut TenantTx, brand: BrandId, id: MediaId) -> Result<sql::MediaRow, Error> {
    if !sql::lock(tx.conn(), brand, id).await? {
        return Err(not_found());
    }
    let row = sql::get(tx.conn(), brand, id).await?;
    row.filter(|row| row.deleted_at.is_none()).ok_or_else(not_found)
}

/// The same file was uploaded again meanwhile.
fn again(error: bellwether_store::Error) -> Error {
    if error.constraint() == Some("media_sha256_idx") {
        let detail = "The same file was uploaded again meanwhile: use that one.";
        return Problem::new(Kind::Conflict, "already_there", detail).into();
    }
    error.into()
}

fn snapshot(label: &Label) -> Value {
    json!({ "name": label.name, "folder": label.folder, "alt_text": label.alt_text, "tags": label.tags })
}
