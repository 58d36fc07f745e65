//! What people of the organization say of posts.

use async_trait::async_trait;
use bellwether_kernel::{
    Actor, BrandAccess, Clock, Kind, Permission, Problem, RequestContext, Rng,
    id::{BrandId, PostId, UserId},
};
use bellwether_store::TenantTx;
use bellwether_studio::{KeepReviews, posts::model::Action};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::{Approver, Verdict, model::lacks, sql};
use crate::{Error, PublicationId, Publishing, ReviewId, ReviewLinkId};

/// What somebody said.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReviewView {
    /// Id.
    pub id: ReviewId,
    /// In order, from 1.
    pub number: i32,
    /// Of which post.
    pub post_id: PostId,
    /// Of which publication, where it was of its own text.
    pub publication_id: Option<PublicationId>,
    /// What was said.
    #[schema(value_type = Verdict)]
    pub verdict: String,
    /// In which words.
    pub words: String,
    /// Who, of the organization.
    pub user_id: Option<UserId>,
    /// By which link, for a client.
    pub link_id: Option<ReviewLinkId>,
    /// As what.
    #[schema(value_type = Approver)]
    pub role: String,
    /// The name that a client gave.
    pub name: String,
    /// Whether clients read it.
    pub shared: bool,
    /// Of which text: the same seal is the same text.
    pub seal: String,
    /// When it was settled.
    pub resolved_at: Option<DateTime<Utc>>,
    /// When.
    pub created_at: DateTime<Utc>,
}

impl From<sql::ReviewRow> for ReviewView {
    fn from(row: sql::ReviewRow) -> Self {
        Self {
            id: row.id,
            number: row.number,
            post_id: row.post_id,
            publication_id: row.publication_id,
            verdict: row.verdict,
            words: row.words,
            user_id: row.user_id,
            link_id: row.link_id,
            role: row.role,
            name: row.name,
            shared: row.shared,
            seal: row.seal,
            resolved_at: row.resolved_at,
            created_at: row.created_at,
        }
    }
}

/// What was said of a post, and what it lacks.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PostReviews)]
pub struct ReviewsView {
    /// The newest first, at most 500.
    pub items: Vec<ReviewView>,
    /// The seal of the post's present text.
    pub seal: String,
    /// What the present text lacks by the brand's rules: an approver, or `changes`; null when nothing.
    pub missing: Option<String>,
    /// That, in a sentence.
    pub missing_words: Option<String>,
}

/// Something to say.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateReview {
    /// What.
    pub verdict: Verdict,
    /// In which words; at most 4,000 characters. A comment and a request for changes need some.
    #[serde(default)]
    pub words: String,
    /// Of a publication's own text and not the post's.
    #[serde(default)]
    pub publication_id: Option<PublicationId>,
    /// Whether clients read it.
    #[serde(default)]
    pub shared: bool,
}

pub(super) fn check_words(path: &str, verdict: Verdict, words: &str) -> Result<(), Problem> {
    if words.chars().count() > 4_000 {
        return Err(Problem::invalid(path, "too_long", "Use at most 4,000 characters."));
    }
    if verdict != Verdict::Approved && words.trim().is_empty() {
        return Err(Problem::invalid(path, "required", "Say it in words."));
    }
    Ok(())
}

/// Who says something, and of what.
pub(super) struct Said<'a> {
    pub(super) brand: BrandId,
    pub(super) post: PostId,
    pub(super) publication: Option<PublicationId>,
    pub(super) verdict: Verdict,
    pub(super) words: &'a str,
    pub(super) user: Option<UserId>,
    pub(super) link: Option<ReviewLinkId>,
    pub(super) role: &'a str,
    pub(super) name: &'a str,
    pub(super) shared: bool,
}

impl Publishing {
    /// What was said of a post.
    pub async fn list_reviews(&self, access: &BrandAccess, post: PostId) -> Result<ReviewsView, Error> {
        access.allow(Permission::PostsRead)?;
        let mut tx = self.store.tenant(access).await?;
        let text = sql::lock_text(tx.conn(), access.brand, post, None).await?;
        let text = text.ok_or_else(|| Problem::not_found("post"))?;
        let of = (access.organization, access.brand, post);
        let missing = sql::missing(tx.conn(), of, &text.network, &text.content).await?;
        let rows = sql::reviews(tx.conn(), access.brand, post).await?;
        tx.commit().await?;
        Ok(ReviewsView {
            items: rows.into_iter().map(ReviewView::from).collect(),
            seal: text.seal,
            missing_words: missing.as_deref().map(|missing| lacks(missing).to_owned()),
            missing,
        })
    }

    /// Says something of a post.
    pub async fn create_review(
        &self,
        access: &BrandAccess,
        post: PostId,
        input: &CreateReview,
        context: &RequestContext,
    ) -> Result<ReviewsView, Error> {
        access.allow(Permission::PostsReview)?;
        check_words("words", input.verdict, &input.words)?;
        let mut tx = self.store.tenant(access).await?;
        let text = sql::lock_text(tx.conn(), access.brand, post, input.publication_id).await?;
        let text = text.ok_or_else(|| Problem::not_found("post"))?;
        let said = Said {
            brand: access.brand,
            post,
            // the post's own text is said of the post: it then counts wherever that text goes out
            publication: input.publication_id.filter(|_| text.own),
            verdict: input.verdict,
            words: input.words.trim(),
            user: Some(access.user),
            link: None,
            role: access.role.as_str(),
            name: "",
            shared: input.shared,
        };
        self.say(&mut tx, &said, &text, (access.actor(), context)).await?;
        tx.commit().await?;
        self.list_reviews(access, post).await
    }

    /// Keeps what somebody says, tells of it, and lets the post follow: with the last approval that the rules ask for it is
    /// approved, and with a request for changes it is opened again.
    pub(super) async fn say(
        &self,
        tx: &mut TenantTx,
        said: &Said<'_>,
        text: &sql::TextRow,
        (actor, context): (Actor, &RequestContext),
    ) -> Result<(), Error> {
        // it would be kept and change nothing
        if said.verdict == Verdict::Approved && matches!(text.status.as_str(), "rejected" | "archived") {
            let words = format!("The post is {}. Open it again first.", text.status);
            return Err(Problem::new(Kind::Conflict, "wrong_status", words).into());
        }
        let organization = tx.organization();
        let id = ReviewId::new(&self.clock, &self.rng);
        insert(tx, id, said, &text.content, &self.clock).await?;
        let data = json!({
            "review_id": id, "words": said.words, "role": said.role, "name": said.name, "link_id": said.link,
            "publication_id": said.publication, "seal": text.seal,
        });
        // of the post: its publications follow it
        self.record(
            tx,
            (organization, Some(said.brand)),
            said.verdict.event(),
            ("post", said.post.uuid()),
            (None, Some(data)),
            (actor.clone(), context),
        )
        .await?;
        let of = (said.brand, said.post);
        match said.verdict {
            Verdict::ChangesRequested => {
                let who = (actor, context);
                self.studio.settle_review(tx, of, Action::Reopen, Some(said.words), who).await?;
            }
            Verdict::Approved if text.status == "pending" && said.publication.is_none() => {
                let whole = (organization, said.brand, said.post);
                if sql::has_rule(tx.conn(), said.brand, &text.network).await?
                    && sql::missing(tx.conn(), whole, &text.network, &text.content).await?.is_none()
                {
                    self.studio.settle_review(tx, of, Action::Approve, None, (actor, context)).await?;
                }
            }
            Verdict::Comment | Verdict::Approved => {}
        }
        Ok(())
    }

    /// Settles a request or a remark.
    pub async fn resolve_review(
        &self,
        access: &BrandAccess,
        post: PostId,
        id: ReviewId,
        context: &RequestContext,
    ) -> Result<ReviewsView, Error> {
        access.allow(Permission::PostsReview)?;
        let mut tx = self.store.tenant(access).await?;
        let by = (access.user, self.clock.now());
        if !sql::resolve(tx.conn(), (access.brand, post), id, by).await? {
            return Err(Problem::not_found("review").into());
        }
        self.record(
            &mut tx,
            (access.organization, Some(access.brand)),
            "review.resolved",
            ("post", post.uuid()),
            (None, Some(json!({ "review_id": id }))),
            (access.actor(), context),
        )
        .await?;
        tx.commit().await?;
        self.list_reviews(access, post).await
    }

    /// Who gives a publication a text of its own stands by it: it goes out as it is.
    pub(crate) async fn stand_by(
        &self,
        tx: &mut TenantTx,
        access: &BrandAccess,
        post: PostId,
        content: &Value,
    ) -> Result<(), Error> {
        // numbers must not clash
        hold(tx, access.brand, post).await?;
        let id = ReviewId::new(&self.clock, &self.rng);
        Ok(insert(tx, id, &approval(access, post, true, ""), content, &self.clock).await?)
    }
}

/// Holds a post until the end of the transaction, against reviewers too.
pub(crate) async fn hold(tx: &mut TenantTx, brand: BrandId, post: PostId) -> Result<(), Error> {
    sql::lock_text(tx.conn(), brand, post, None).await?;
    Ok(())
}

async fn insert(
    tx: &mut TenantTx,
    id: ReviewId,
    said: &Said<'_>,
    content: &Value,
    clock: &Clock,
) -> Result<(), sqlx::Error> {
    let new = sql::NewReview {
        organization: tx.organization(),
        id,
        brand: said.brand,
        post: said.post,
        publication: said.publication,
        verdict: said.verdict.into(),
        words: said.words,
        user: said.user,
        link: said.link,
        role: said.role,
        name: said.name,
        shared: said.shared,
        now: clock.now(),
    };
    sql::insert_review(tx.conn(), &new, content).await
}

fn approval<'a>(access: &'a BrandAccess, post: PostId, approved: bool, words: &'a str) -> Said<'a> {
    Said {
        brand: access.brand,
        post,
        publication: None,
        verdict: if approved { Verdict::Approved } else { Verdict::ChangesRequested },
        words,
        user: Some(access.user),
        link: None,
        role: access.role.as_str(),
        name: "",
        shared: false,
    }
}

/// Keeps what studio's own review says, so that rules count it.
#[derive(Clone)]
pub struct Reviews {
    /// Time.
    pub clock: Clock,
    /// Randomness.
    pub rng: Rng,
}

#[async_trait]
impl KeepReviews for Reviews {
    async fn reviewed(
        &self,
        tx: &mut TenantTx,
        access: &BrandAccess,
        post: PostId,
        approved: bool,
        words: &str,
    ) -> Result<(), Problem> {
        let kept = async {
            let text = sql::lock_text(tx.conn(), access.brand, post, None).await?;
            if let Some(text) = text {
                let id = ReviewId::new(&self.clock, &self.rng);
                let said = approval(access, post, approved, words);
                insert(tx, id, &said, &text.content, &self.clock).await?;
            }
            Ok::<_, sqlx::Error>(())
        };
        kept.await.map_err(|error| bellwether_store::Error::from(error).into())
    }
}
