//! What a client without an account sees and says by a link. The token is the only key: it is looked up over all tenants,
//! everything after happens inside the tenant and the brand of the link.

use axum::response::Response;
use bellwether_brand::BrandView;
use bellwether_kernel::{Actor, BrandScope, Kind, Problem, RequestContext, id::PostId};
use bellwether_networks::{Content, Network, Target};
use bellwether_store::{TenantScope, TenantTx};
use bellwether_studio::media::{MediaId, UsedMedia};
use chrono::{DateTime, Days, Duration, NaiveDateTime, NaiveTime, Utc};
use http::HeaderMap;
use serde::{Deserialize, Serialize};
use serde_json::{json, value::RawValue};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    Verdict,
    links::token_hash,
    model::lacks,
    service::{Said, check_words},
    sql,
};
use crate::{Error, PublicationId, Publishing, ReviewId, publications::model::State, time};

/// Most texts that a link shows.
const MOST_ITEMS: i64 = 500;
/// What one link may say in an hour: many more than anybody does by hand.
const MOST_SAID: i64 = 300;

/// What a link shows.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReviewPage {
    /// Whose posts.
    pub brand: String,
    /// For whom the link is.
    pub label: String,
    /// The zone of all times.
    pub zone: String,
    /// Whether approving is allowed.
    pub may_approve: bool,
    /// Until when the link opens.
    pub expires_at: DateTime<Utc>,
    /// The texts, by their time; at most 500.
    pub items: Vec<ReviewItem>,
}

/// A text to review.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReviewItem {
    /// The post.
    pub post_id: PostId,
    /// Where it is planned; none for a post without a plan.
    pub publication_id: Option<PublicationId>,
    /// Network and content type.
    #[schema(value_type = Target)]
    pub target: String,
    /// The network.
    #[schema(value_type = Network)]
    pub network: String,
    /// The account's name.
    pub account: Option<String>,
    /// How people address it.
    pub handle: Option<String>,
    /// Its picture.
    pub avatar_url: Option<String>,
    /// Where the publication stands.
    #[schema(value_type = Option<State>)]
    pub state: Option<String>,
    /// When, on the brand's wall clock.
    pub local_time: Option<String>,
    /// The text.
    #[schema(value_type = Content)]
    pub content: Box<RawValue>,
    /// What is said below it once it is out.
    pub first_comment: Option<String>,
    /// Its files, in order; their addresses open by this link alone.
    pub media: Vec<UsedMedia>,
    /// Names this very text with its files: what is said names it again.
    pub seal: String,
    /// What the client last decided on this text.
    #[schema(value_type = Option<Verdict>)]
    pub decision: Option<String>,
    /// What it still lacks before it may go out, in a sentence.
    pub missing: Option<String>,
    /// What was said of it, the newest first.
    pub comments: Vec<GuestComment>,
}

/// What was said.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct GuestComment {
    /// Id.
    pub id: ReviewId,
    /// What.
    #[schema(value_type = Verdict)]
    pub verdict: String,
    /// In which words.
    pub words: String,
    /// The name that was given; empty for the team.
    pub name: String,
    /// Whether the team said it.
    pub by_team: bool,
    /// Whether it is settled.
    pub resolved: bool,
    /// When.
    pub created_at: DateTime<Utc>,
}

/// What a client says.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct GuestReview {
    /// Who says it, 1 to 120 characters.
    pub name: String,
    /// What.
    pub verdict: Verdict,
    /// In which words; at most 4,000 characters. A comment and a request for changes need some.
    #[serde(default)]
    pub words: String,
    /// Of which texts, 1 to 100; all or none.
    pub items: Vec<GuestReviewItem>,
}

/// A text that something is said of.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct GuestReviewItem {
    /// The post.
    pub post_id: PostId,
    /// Where it is planned.
    #[serde(default)]
    pub publication_id: Option<PublicationId>,
    /// The seal of the text that was read.
    pub seal: String,
}

/// The same answer for what never was, was revoked and has expired.
fn gone() -> Error {
    let words = "This link doesn't open any more. Ask for a new one.";
    Problem::new(Kind::NotFound, "link_gone", words).into()
}

/// From the beginning of the link's first day to the end of its last, on the brand's wall clock.
fn days_of(link: &sql::LinkRow) -> (Option<NaiveDateTime>, Option<NaiveDateTime>) {
    let from = link.first_day.map(|day| day.and_time(NaiveTime::MIN));
    let to = link.last_day.and_then(|day| day.checked_add_days(Days::new(1)));
    (from, to.map(|day| day.and_time(NaiveTime::MIN)))
}

impl Publishing {
    async fn link(&self, token: &str) -> Result<sql::LinkRow, Error> {
        let mut tx = self.store.service("a client opens a review link").await?;
        let row = sql::find_link(tx.conn(), &token_hash(token), self.clock.now()).await?;
        tx.commit().await?;
        row.ok_or_else(gone)
    }

    async fn enter(&self, link: &sql::LinkRow) -> Result<TenantTx, Error> {
        let scope = TenantScope {
            user: None,
            organization: link.organization_id,
            brands: BrandScope::Only(vec![link.brand_id]),
        };
        Ok(self.store.tenant(&scope).await?)
    }

    async fn items(&self, tx: &mut TenantTx, link: &sql::LinkRow) -> Result<Vec<sql::ItemRow>, Error> {
        Ok(sql::items(tx.conn(), link.brand_id, days_of(link), &link.posts, MOST_ITEMS).await?)
    }

    /// What a link shows.
    pub async fn review_page(&self, token: &str, context: &RequestContext) -> Result<ReviewPage, Error> {
        let link = self.link(token).await?;
        let now = self.clock.now();
        let mut tx = self.enter(&link).await?;
        let brand = self.brands.get_in(&mut tx, link.brand_id).await?.ok_or_else(gone)?;
        let page = self.page(&mut tx, &link, token, brand).await?;
        // once an hour is enough to know that it was opened, and from where
        let told = link.opened_at.is_some_and(|opened| now - opened < Duration::hours(1));
        sql::open_link(tx.conn(), link.id, now).await?;
        if !told {
            self.record(
                &mut tx,
                (link.organization_id, Some(link.brand_id)),
                "review_link.opened",
                ("review_link", link.id.uuid()),
                (None, Some(json!({ "label": link.label }))),
                (Actor::Guest { link: link.id.to_string(), name: String::new() }, context),
            )
            .await?;
        }
        tx.commit().await?;
        Ok(page)
    }

    async fn page(
        &self,
        tx: &mut TenantTx,
        link: &sql::LinkRow,
        token: &str,
        brand: BrandView,
    ) -> Result<ReviewPage, Error> {
        let rows = self.items(tx, link).await?;
        let posts: Vec<Uuid> = rows.iter().map(|row| row.post_id.uuid()).collect();
        let files = self.studio.media_behind(tx, &posts, &format!("/api/v1/review/{token}/media")).await?;
        let said = sql::reviews_for_link(tx.conn(), link.id, &posts).await?;
        let items = rows.into_iter().map(|row| {
            let of = said.iter().filter(|review| {
                review.post_id == row.post_id
                    && review.publication_id.is_none_or(|publication| Some(publication) == row.publication_id)
            });
            let decision = of
                .clone()
                .find(|review| {
                    review.link_id == Some(link.id) && review.verdict != "comment" && review.seal == row.seal
                })
                .map(|review| review.verdict.clone());
            let comments = of.filter(|review| !review.words.is_empty()).map(|review| GuestComment {
                id: review.id,
                verdict: review.verdict.clone(),
                words: review.words.clone(),
                name: review.name.clone(),
                by_team: review.link_id.is_none(),
                resolved: review.resolved_at.is_some(),
                created_at: review.created_at,
            });
            ReviewItem {
                decision,
                comments: comments.collect(),
                post_id: row.post_id,
                publication_id: row.publication_id,
                target: row.target,
                network: row.network,
                account: row.account,
                handle: row.handle,
                avatar_url: row.avatar_url,
                state: row.state,
                local_time: row.local_time.map(time::write_local),
                content: row.content.0,
                first_comment: row.first_comment,
                media: files.get(&row.post_id).cloned().unwrap_or_default(),
                seal: row.seal,
                missing: row.missing.as_deref().map(|missing| lacks(missing).to_owned()),
            }
        });
        Ok(ReviewPage {
            brand: brand.name,
            label: link.label.clone(),
            zone: brand.time_zone,
            may_approve: link.may_approve,
            expires_at: link.expires_at,
            items: items.collect(),
        })
    }

    /// A file of a post that a link shows, or its small picture.
    pub async fn review_file(
        &self,
        token: &str,
        (media, small): (MediaId, bool),
        asked: &HeaderMap,
    ) -> Result<Response, Error> {
        let no_file = || Error::from(Problem::not_found("file"));
        let link = self.link(token).await?;
        let mut tx = self.enter(&link).await?;
        if !sql::shows_media(tx.conn(), link.brand_id, days_of(&link), &link.posts, media.uuid()).await? {
            return Err(no_file());
        }
        let file = self.studio.file_behind(&mut tx, link.brand_id, media).await?;
        tx.commit().await?;
        let file = file.ok_or_else(no_file)?;
        self.studio.send_behind(&file, small, asked).await?.ok_or_else(no_file)
    }

    /// Says something by a link, of texts that it shows.
    pub async fn guest_review(
        &self,
        token: &str,
        input: &GuestReview,
        context: &RequestContext,
    ) -> Result<ReviewPage, Error> {
        let link = self.link(token).await?;
        check(&link, input)?;
        let now = self.clock.now();
        let mut tx = self.enter(&link).await?;
        let said = sql::lock_link(tx.conn(), link.id, (now, now - Duration::hours(1))).await?;
        let said = said.ok_or_else(gone)?;
        if said + i64::try_from(input.items.len()).unwrap_or(i64::MAX) > MOST_SAID {
            let words =
                format!("By one link at most {MOST_SAID} things are said in an hour. Come back later.");
            return Err(Problem::new(Kind::RateLimited, "too_many", words).into());
        }
        let shown = self.items(&mut tx, &link).await?;
        let mut items: Vec<(usize, &GuestReviewItem)> = input.items.iter().enumerate().collect();
        // in one order for everybody, so that two who review the same posts don't wait for each other in a circle
        items.sort_unstable_by_key(|(_, item)| item.post_id);
        for (at, item) in items {
            let is_shown = shown.iter().any(|row| {
                row.post_id == item.post_id
                    && item.publication_id.is_none_or(|publication| row.publication_id == Some(publication))
            });
            let text = sql::lock_text(tx.conn(), link.brand_id, item.post_id, item.publication_id).await?;
            let text = text.filter(|_| is_shown).ok_or_else(|| {
                Problem::invalid(
                    format!("items/{at}/post_id"),
                    "unknown_post",
                    "The link doesn't show this post.",
                )
            })?;
            if text.seal != item.seal {
                let words = "The text was changed in the meantime. Read it again.";
                let path = format!("items/{at}/seal");
                return Err(Problem::new(Kind::Conflict, "text_changed", words)
                    .at(path, "text_changed", words)
                    .into());
            }
            self.guest_says(&mut tx, &link, item, input, &text, context).await?;
        }
        let brand = self.brands.get_in(&mut tx, link.brand_id).await?.ok_or_else(gone)?;
        let page = self.page(&mut tx, &link, token, brand).await?;
        tx.commit().await?;
        Ok(page)
    }

    async fn guest_says(
        &self,
        tx: &mut TenantTx,
        link: &sql::LinkRow,
        item: &GuestReviewItem,
        input: &GuestReview,
        text: &sql::TextRow,
        context: &RequestContext,
    ) -> Result<(), Error> {
        let name = input.name.trim();
        let said = Said {
            brand: link.brand_id,
            post: item.post_id,
            // the post's own text is said of the post: it then counts wherever that text goes out
            publication: item.publication_id.filter(|_| text.own),
            verdict: input.verdict,
            words: input.words.trim(),
            user: None,
            link: Some(link.id),
            role: "client",
            name,
            shared: false,
        };
        let actor = Actor::Guest { link: link.id.to_string(), name: name.to_owned() };
        self.say(tx, &said, text, (actor, context)).await
    }
}

fn check(link: &sql::LinkRow, input: &GuestReview) -> Result<(), Error> {
    let name = input.name.trim().chars().count();
    if name == 0 || name > 120 {
        return Err(Problem::invalid("name", "length", "Say who you are, in 1 to 120 characters.").into());
    }
    check_words("words", input.verdict, &input.words)?;
    if input.items.is_empty() || input.items.len() > 100 {
        return Err(Problem::invalid("items", "length", "Name 1 to 100 texts.").into());
    }
    for (at, item) in input.items.iter().enumerate() {
        let same = |other: &GuestReviewItem| {
            other.post_id == item.post_id && other.publication_id == item.publication_id
        };
        if input.items[..at].iter().any(same) {
            let path = format!("items/{at}");
            return Err(Problem::invalid(path, "repeated", "This text is named twice.").into());
        }
    }
    if input.verdict == Verdict::Approved && !link.may_approve {
        let words = "This link is for remarks; it can't approve.";
        return Err(Problem::new(Kind::Forbidden, "may_not_approve", words).into());
    }
    Ok(())
}
