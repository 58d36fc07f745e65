//! Asking a certain person to review a post.

use bellwether_jobs::events::{self, NewEvent};
use bellwether_kernel::{
    BrandAccess, Permission, Problem, RequestContext,
    id::{PostId, UserId},
};
use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;

use crate::{Delivery, Error};

/// Most letters of what goes with it.
const WORDS: usize = 1_000;

/// Who is asked to review a post.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AskForReview {
    /// Who; somebody who may review in this brand.
    pub user_id: UserId,
    /// What to look at, at most 1,000 characters.
    #[serde(default)]
    pub words: String,
}

impl Delivery {
    /// Tells somebody that their review is wanted. Asked again they are told again.
    pub async fn ask_for_review(
        &self,
        access: &BrandAccess,
        post: PostId,
        input: &AskForReview,
        context: &RequestContext,
    ) -> Result<(), Error> {
        access.allow(Permission::PostsWrite)?;
        if input.words.chars().count() > WORDS {
            let words = format!("Use at most {WORDS} characters.");
            return Err(Problem::invalid("words", "too_long", words).into());
        }
        if input.user_id == access.user {
            let words = "You can review it yourself: nobody needs to be asked.";
            return Err(Problem::invalid("user_id", "yourself", words).into());
        }
        self.studio.check_post(access, post).await?;
        let mut tx = self.store.service("who may be asked for a review").await?;
        let reaching = self.identity.reaching(&mut tx, access.organization, Some(access.brand)).await?;
        tx.commit().await?;
        let asked = reaching.iter().find(|person| person.user == input.user_id);
        if !asked.is_some_and(|person| person.permissions.contains(Permission::PostsReview)) {
            let words =
                "Nobody with this id may review in this brand. Give somebody the right, or ask another.";
            return Err(Problem::invalid("user_id", "not_a_reviewer", words).into());
        }
        let mut tx = self.store.tenant(access).await?;
        let event = NewEvent {
            organization: access.organization,
            brand: Some(access.brand),
            kind: "review.asked",
            subject: ("post", post.uuid()),
            actor: access.actor(),
            before: None,
            after: None,
            data: Some(json!({ "user_id": input.user_id, "words": input.words.trim() })),
            context: context.clone(),
        };
        events::record(&mut tx, &self.clock, &self.rng, event).await?;
        Ok(tx.commit().await?)
    }
}
