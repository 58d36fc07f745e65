//! Links for clients: made, listed, revoked. A token is told once; only its hash is kept.

use bellwether_kernel::{
    BrandAccess, Cursor, Page, PageRequest, Permission, Problem, RequestContext, id::PostId,
};
use chrono::{DateTime, Duration, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use serde_json::json;
use sha2::{Digest as _, Sha256};
use utoipa::ToSchema;
use uuid::Uuid;

use super::sql;
use crate::{Error, Publishing, ReviewLinkId};

/// Most posts that are chosen for a link, and most days that it spans.
const MOST_POSTS: usize = 200;
const MOST_DAYS: i64 = 366;

/// A link for a client.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ReviewLinkView {
    /// Id.
    pub id: ReviewLinkId,
    /// For whom.
    pub label: String,
    /// What is planned from this day of the brand's zone on.
    pub first_day: Option<NaiveDate>,
    /// Until this day, included.
    pub last_day: Option<NaiveDate>,
    /// Chosen posts.
    pub post_ids: Vec<PostId>,
    /// Whether they may approve, and not only remark and ask for changes.
    pub may_approve: bool,
    /// Until when it opens.
    pub expires_at: DateTime<Utc>,
    /// When it was revoked.
    pub revoked_at: Option<DateTime<Utc>>,
    /// When it was last opened.
    pub opened_at: Option<DateTime<Utc>>,
    /// How often.
    pub opened_count: i32,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// The address to hand on; told once, when the link is made.
    pub url: Option<String>,
}

impl From<sql::LinkRow> for ReviewLinkView {
    fn from(row: sql::LinkRow) -> Self {
        Self {
            id: row.id,
            label: row.label,
            first_day: row.first_day,
            last_day: row.last_day,
            post_ids: row.posts.into_iter().map(PostId::from).collect(),
            may_approve: row.may_approve,
            expires_at: row.expires_at,
            revoked_at: row.revoked_at,
            opened_at: row.opened_at,
            opened_count: row.opened_count,
            created_at: row.created_at,
            url: None,
        }
    }
}

/// A link: over the publications of some days, over chosen posts, or both.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateReviewLink {
    /// For whom, 1 to 120 characters.
    pub label: String,
    /// What is planned from this day of the brand's zone on.
    #[serde(default)]
    pub first_day: Option<NaiveDate>,
    /// Until this day, included; at most a year later.
    #[serde(default)]
    pub last_day: Option<NaiveDate>,
    /// At most 200 posts.
    #[serde(default)]
    pub post_ids: Vec<PostId>,
    /// Whether they may approve.
    #[serde(default = "yes")]
    pub may_approve: bool,
    /// For how many days it opens, 1 to 365.
    #[serde(default = "a_month")]
    pub days: i64,
}

const fn yes() -> bool {
    true
}

const fn a_month() -> i64 {
    30
}

pub(crate) fn token_hash(token: &str) -> Vec<u8> {
    Sha256::digest(token.as_bytes()).to_vec()
}

fn check(input: &CreateReviewLink) -> Result<(), Problem> {
    let label = input.label.trim().chars().count();
    if label == 0 || label > 120 {
        return Err(Problem::invalid("label", "length", "Say for whom it is, in 1 to 120 characters."));
    }
    if !(1..=365).contains(&input.days) {
        return Err(Problem::invalid("days", "out_of_range", "Give 1 to 365 days."));
    }
    match (input.first_day, input.last_day) {
        (None, None) if input.post_ids.is_empty() => Err(Problem::invalid(
            "post_ids",
            "required",
            "Choose posts, or the days from which on and until when.",
        )),
        (Some(first), Some(last)) if !(0..MOST_DAYS).contains(&(last - first).num_days()) => {
            Err(Problem::invalid(
                "last_day",
                "out_of_range",
                "Give a day on or after the first, at most a year later.",
            ))
        }
        (Some(_), None) => Err(Problem::invalid("last_day", "required", "Give the last day too.")),
        (None, Some(_)) => Err(Problem::invalid("first_day", "required", "Give the first day too.")),
        _ if input.post_ids.len() > MOST_POSTS => {
            Err(Problem::invalid("post_ids", "too_many", format!("Choose at most {MOST_POSTS} posts.")))
        }
        _ => Ok(()),
    }
}

impl Publishing {
    /// Makes a link. The address in the answer is told this once.
    pub async fn create_review_link(
        &self,
        access: &BrandAccess,
        input: &CreateReviewLink,
        context: &RequestContext,
    ) -> Result<ReviewLinkView, Error> {
        access.allow(Permission::PostsPublish)?;
        check(input)?;
        let mut posts: Vec<Uuid> = input.post_ids.iter().map(|id| id.uuid()).collect();
        posts.sort_unstable();
        posts.dedup();
        let token = self.rng.token();
        let now = self.clock.now();
        let mut tx = self.store.tenant(access).await?;
        let known = sql::known_posts(tx.conn(), access.brand, &posts).await?;
        if let Some(at) = input.post_ids.iter().position(|id| !known.contains(&id.uuid())) {
            let path = format!("post_ids/{at}");
            return Err(Problem::invalid(path, "unknown_post", "The brand has no such post.").into());
        }
        let row = sql::LinkRow {
            organization_id: access.organization,
            id: ReviewLinkId::new(&self.clock, &self.rng),
            brand_id: access.brand,
            label: input.label.trim().to_owned(),
            first_day: input.first_day,
            last_day: input.last_day,
            may_approve: input.may_approve,
            expires_at: now + Duration::days(input.days),
            revoked_at: None,
            opened_at: None,
            opened_count: 0,
            posts,
            created_at: now,
        };
        sql::insert_link(tx.conn(), &row, &token_hash(&token), access.user).await?;
        let after = json!({
            "label": row.label, "first_day": row.first_day, "last_day": row.last_day, "posts": row.posts.len(),
            "may_approve": row.may_approve, "expires_at": row.expires_at,
        });
        self.record(
            &mut tx,
            (access.organization, Some(access.brand)),
            "review_link.created",
            ("review_link", row.id.uuid()),
            (None, Some(after)),
            (access.actor(), context),
        )
        .await?;
        tx.commit().await?;
        let url = format!("{}/review/{token}", self.outside.public_url);
        Ok(ReviewLinkView { url: Some(url), ..row.into() })
    }

    /// The links of a brand, the newest first.
    pub async fn list_review_links(
        &self,
        access: &BrandAccess,
        page: PageRequest,
    ) -> Result<Page<ReviewLinkView>, Error> {
        access.allow(Permission::PostsPublish)?;
        let mut tx = self.store.tenant(access).await?;
        let rows = sql::links(tx.conn(), access.brand, page.after, page.limit + 1).await?;
        tx.commit().await?;
        Ok(Page::of(rows, page.limit, |row| Cursor { at: row.created_at, id: row.id.uuid() })
            .map(ReviewLinkView::from))
    }

    /// Takes a link back. What was said by it stays.
    pub async fn revoke_review_link(
        &self,
        access: &BrandAccess,
        id: ReviewLinkId,
        context: &RequestContext,
    ) -> Result<(), Error> {
        access.allow(Permission::PostsPublish)?;
        let mut tx = self.store.tenant(access).await?;
        let label = sql::revoke_link(tx.conn(), access.brand, id, self.clock.now()).await?;
        let label = label.ok_or_else(|| Problem::not_found("link"))?;
        self.record(
            &mut tx,
            (access.organization, Some(access.brand)),
            "review_link.revoked",
            ("review_link", id.uuid()),
            (Some(json!({ "label": label })), None),
            (access.actor(), context),
        )
        .await?;
        Ok(tx.commit().await?)
    }
}
