//! The sandbox's feed.

use axum::Extension;
use bellwether_kernel::{BrandAccess, Cursor, Page, PageRequest, Permission};
use bellwether_web::{Api, ApiError, BrandMember, PageQuery};
use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::value::RawValue;
use utoipa::ToSchema;
use utoipa_axum::routes;
use uuid::Uuid;

use super::{
    simulation::{Comment, Reactions, readers},
    sql,
};
use crate::{ConnectionId, Error, Publishing, SandboxPostId};

pub(crate) fn routes() -> Api {
    Api::new().routes(routes!(list_sandbox_posts))
}

/// A post of the sandbox network.
#[derive(Debug, Serialize, ToSchema)]
pub struct SandboxPostView {
    /// Id.
    pub id: SandboxPostId,
    /// The account.
    pub connection_id: ConnectionId,
    /// As people read it.
    pub name: String,
    /// As people address it.
    pub handle: String,
    /// Its picture.
    pub avatar_url: Option<String>,
    /// What it says.
    pub text: String,
    /// How many files it shows.
    pub media: i32,
    /// The post that it answers, in a thread.
    pub thread_of: Option<SandboxPostId>,
    /// What simulated readers did.
    pub reactions: Reactions,
    /// What the account said below it, then what simulated readers said.
    pub comments: Vec<Comment>,
    /// What was chosen of its network.
    #[schema(value_type = Object)]
    pub options: Box<RawValue>,
    /// When it appeared.
    pub created_at: DateTime<Utc>,
}

impl Publishing {
    /// A page of the brand's posts on the sandbox network, the newest first.
    pub async fn list_sandbox_posts(
        &self,
        access: &BrandAccess,
        page: PageRequest,
    ) -> Result<Page<SandboxPostView>, Error> {
        access.allow(Permission::PostsRead)?;
        let mut tx = self.store.tenant(access).await?;
        let rows = sql::feed(tx.conn(), access.brand, page.after, page.limit + 1).await?;
        let ids: Vec<Uuid> = rows.iter().map(|row| row.id.uuid()).collect();
        let own = sql::own_comments(tx.conn(), &ids).await?;
        tx.commit().await?;
        let now = self.clock.now();
        let view = |row: sql::FeedRow| {
            let (reactions, said) = readers(row.id.uuid(), row.created_at, now);
            let mut comments: Vec<Comment> = own
                .iter()
                .filter(|own| own.of == row.id)
                .map(|own| Comment { author: row.name.clone(), text: own.body.clone(), at: own.created_at })
                .collect();
            comments.extend(said);
            SandboxPostView {
                id: row.id,
                connection_id: row.connection_id,
                name: row.name,
                handle: row.handle,
                avatar_url: row.avatar_url,
                text: row.body,
                media: row.media,
                thread_of: row.answers,
                reactions,
                comments,
                options: row.options.0,
                created_at: row.created_at,
            }
        };
        Ok(Page::of(rows, page.limit, |row| Cursor { at: row.created_at, id: row.id.uuid() }).map(view))
    }
}

/// List posts of the sandbox network.
///
/// The brand's own, the newest first, with what simulated readers did.
#[utoipa::path(get, path = "/organizations/{org}/brands/{brand}/sandbox/posts", tag = "Publishing",
    params(("org" = String, Path, description = "Slug or id"), ("brand" = String, Path, description = "Slug or id"), PageQuery),
    responses((status = 200, body = Page<SandboxPostView>)))]
async fn list_sandbox_posts(
    Extension(publishing): Extension<Publishing>,
    BrandMember(access): BrandMember,
    PageQuery(page): PageQuery,
) -> Result<axum::Json<Page<SandboxPostView>>, ApiError> {
    Ok(axum::Json(publishing.list_sandbox_posts(&access, page).await?))
}
