//! The demo organization: a creator with articles, drafts and decisions, made through the real code paths.
//!
//! Its rows are those of an organization with `demo = true`, so they can't mix with anybody else's. It is made once;
//! what a visitor changes in it stays changed, and what a later version knows besides is added.

mod brand;
mod doors;
mod mornings;
mod people;
mod publishing;
mod sources;
mod voice;
mod website;

use std::time::Duration;

use anyhow::{Context as _, Result};
use bellwether_identity::people::model::{OrganizationType, SignUp};
use bellwether_kernel::{
    Access, BrandAccess, BrandScope, PageRequest, Problem, RequestContext, Role,
    id::{BrandId, GenerationId, OrganizationId, UserId},
};
use bellwether_networks::{Content, Tone};
use bellwether_studio::{
    generations::{InputRequest, NewGeneration},
    media::{
        AttachMedia,
        cards::{CardColours, CardSize, CardTemplate, CreateCard},
    },
    posts::{
        Filter, PostChange, PostView,
        model::{Action, Status},
    },
};

use crate::wiring::App;

/// Nobody's address: `.example` is reserved (RFC 2606).
const EMAIL: &str = "ines@unhurried.example";
const NAME: &str = "The Unhurried Workshop";
const DESCRIPTION: &str = "Furniture from one workshop, and a letter about making things at a human pace. Plain words, \
                           short sentences, real numbers. Never hurried, never salesy.";

/// How long the demo waits for its own drafts before it leaves its review undone.
const PATIENCE: Duration = Duration::from_mins(2);

/// The demo organization.
pub struct Demo {
    /// The demo owner's address, for sign-in links.
    pub email: String,
    access: BrandAccess,
}

impl Demo {
    /// The demo owner in the demo's brand.
    pub fn access(&self) -> &BrandAccess {
        &self.access
    }
}

/// Finds the demo organization, or makes its owner, plan and brand.
pub async fn prepare(app: &App) -> Result<Demo> {
    let context = RequestContext::default();
    let (user, fresh) = if let Some(user) = app.identity.find_user(EMAIL).await? {
        (user, false)
    } else {
        let input = SignUp {
            email: EMAIL.into(),
            // nobody needs to know it: the demo is entered by one-time links
            password: app.rng().token(),
            name: "Ines Albrecht".into(),
            organization_name: NAME.into(),
            organization_type: OrganizationType::Creator,
            time_zone: Some("Europe/Berlin".into()),
            token: None,
        };
        (app.identity.create_account(input, true, &context).await?.me.user.id, true)
    };
    let me = app.identity.me(user).await?;
    let organization = me.organizations.iter().find(|organization| organization.demo);
    let organization = organization.context("the demo owner has no demo organization any more")?;
    let brand = organization.brands.first().context("the demo organization has no brand any more")?;
    let access = access(user, organization.id, brand.id);
    if fresh {
        app.identity.set_operator(EMAIL, true).await?;
        app.billing.set_plan(organization.id, "pro", "demo").await.map_err(Problem::from)?;
        let change = bellwether_brand::brands::UpdateBrand {
            description: Some(DESCRIPTION.into()),
            ..Default::default()
        };
        app.brands.update(&access, 1, change, &context).await.map_err(Problem::from)?;
        brand::prepare(app, &access).await?;
        people::prepare(app, &access, &organization.slug).await?;
        doors::prepare(app, &access).await?;
    }
    // also where an earlier version, which listened to less, has made the rest
    sources::prepare(app, &access).await?;
    website::prepare(app, &access).await?;
    Ok(Demo { email: EMAIL.into(), access })
}

fn access(user: UserId, organization: OrganizationId, brand: BrandId) -> BrandAccess {
    let access = Access::of_role(user, organization, Role::Owner, BrandScope::All);
    BrandAccess { access, brand }
}

/// Makes the drafts and the decisions, once. Needs a running worker.
pub async fn fill(app: &App, demo: &Demo) -> Result<()> {
    let page = PageRequest { limit: 1, after: None };
    let there = app.studio.list_generations(&demo.access, None, None, page).await.map_err(Problem::from)?;
    if !there.items.is_empty() {
        // made by an earlier version, which knew less
        publishing::prepare(app, &demo.access).await?;
        return mornings::prepare(app, &demo.access).await;
    }
    if let Err(error) = voice::prepare(app, &demo.access).await {
        // drafts without a confidence are better than none
        tracing::error!(error = format!("{error:#}"), "the demo has no voice");
    }
    let inputs = [
        (
            InputRequest::Text { text: include_str!("../../demo/two-hour-friday.txt").into(), title: None },
            Tone::Conversational,
            vec!["x.post", "linkedin.short", "threads", "email"],
        ),
        (
            file("podcast-first-apprentice.srt", include_str!("../../demo/podcast-first-apprentice.srt")),
            Tone::Authority,
            vec!["tiktok", "youtube", "instagram.caption", "bluesky.post"],
        ),
        (
            file("workshop-light.md", include_str!("../../demo/workshop-light.md")),
            Tone::Educational,
            vec!["instagram", "linkedin.carousel", "mastodon", "x.thread", "blog"],
        ),
        (
            file("raising-prices.md", include_str!("../../demo/raising-prices.md")),
            Tone::Opinionated,
            vec!["x", "linkedin", "threads", "facebook", "bluesky", "email", "tiktok", "instagram"],
        ),
    ];
    let mut made = Vec::new();
    for (input, tone, targets) in inputs {
        let request = NewGeneration {
            input,
            targets: targets.into_iter().map(str::to_owned).collect(),
            tone: Some(tone),
            instructions: None,
            model: Some(bellwether_models::BUILTIN.into()),
            force: false,
            starts_at: None,
        };
        let context = RequestContext::default();
        let view =
            app.studio.create_generation(&demo.access, request, &context).await.map_err(Problem::from)?;
        made.push(view.id);
    }
    for id in made {
        wait(app, demo, id).await?;
    }
    review(app, demo).await?;
    publishing::prepare(app, &demo.access).await?;
    mornings::prepare(app, &demo.access).await
}

fn file(name: &str, text: &str) -> InputRequest {
    use base64::{Engine as _, engine::general_purpose::STANDARD};
    InputRequest::File { name: name.into(), content_base64: STANDARD.encode(text) }
}

async fn wait(app: &App, demo: &Demo, id: GenerationId) -> Result<()> {
    let done = async {
        loop {
            let view = app.studio.get_generation(&demo.access, id).await.map_err(Problem::from)?;
            if view.completed_at.is_some() {
                return Ok(());
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    };
    tokio::time::timeout(PATIENCE, done).await.context("the demo's drafts took too long")?
}

/// Which of the first posts are approved, counted from the oldest.
const APPROVED: [usize; 5] = [0, 2, 4, 5, 9];

/// The decisions of an ordinary morning: some approved, one edited, one rejected, most still open.
async fn review(app: &App, demo: &Demo) -> Result<()> {
    let filter = Filter { status: Some(Status::Pending), ..Filter::default() };
    let page = PageRequest { limit: 100, after: None };
    let posts = app.studio.list_posts(&demo.access, &filter, page).await.map_err(Problem::from)?.items;
    let oldest_first: Vec<&PostView> = posts.iter().rev().collect();
    let context = RequestContext::default();
    // a first comment for one of those that are approved, where its network has such a thing
    let commented = APPROVED.into_iter().find(|index| {
        oldest_first.get(*index).is_some_and(|post| matches!(post.network.as_str(), "x" | "linkedin"))
    });
    for (index, post) in oldest_first.iter().enumerate() {
        if Some(index) == commented {
            let comment = "The longer version, with the numbers, is on the blog. Ask me anything here.";
            let change = PostChange {
                first_comment: Some(Some(comment.to_owned())),
                media: card(app, demo, post).await?.map(|card| vec![card]),
                ..PostChange::default()
            };
            app.studio
                .update_post(&demo.access, post.id, post.version, change, &context)
                .await
                .map_err(Problem::from)?;
        }
        let done = match index {
            _ if APPROVED.contains(&index) => app
                .studio
                .review_post(&demo.access, post.id, Action::Approve, None, &context)
                .await
                .map(|_| ()),
            1 => edit(app, demo, post, &context).await,
            3 => {
                let reason = Some("Too close to last week's letter.".to_owned());
                app.studio
                    .review_post(&demo.access, post.id, Action::Reject, reason, &context)
                    .await
                    .map(|_| ())
            }
            6 | 10 => app.studio.rate_post(&demo.access, post.id, 1, &context).await.map(|_| ()),
            _ => Ok(()),
        };
        done.map_err(Problem::from)?;
    }
    Ok(())
}

/// A card with the first words of a post, in the brand's colours.
async fn card(app: &App, demo: &Demo, post: &PostView) -> Result<Option<AttachMedia>> {
    let Ok(content) = serde_json::from_str::<Content>(post.content.get()) else { return Ok(None) };
    let plain = content.plain();
    let Some(first) = plain.lines().map(str::trim).find(|line| !line.is_empty()) else { return Ok(None) };
    let input = CreateCard {
        template: CardTemplate::Quote,
        size: CardSize::Square,
        text: first.chars().take(240).collect(),
        heading: String::new(),
        author: None,
        source: String::new(),
        colours: CardColours::default(),
        folder: "cards".to_owned(),
    };
    let drawn = app.studio.create_card(&demo.access, input, &RequestContext::default()).await;
    let drawn = drawn.map_err(Problem::from)?;
    Ok(drawn.items.first().map(|card| AttachMedia { media_id: card.id, alt_text: None }))
}

async fn edit(
    app: &App,
    demo: &Demo,
    post: &PostView,
    context: &RequestContext,
) -> Result<(), bellwether_studio::Error> {
    let Ok(Content::Post { post: text, opening_hook, hashtags, mentions, media_prompt, .. }) =
        serde_json::from_str(post.content.get())
    else {
        return Ok(());
    };
    let question = "Which hour of your week would you give away first?";
    let content = Content::Post {
        post: format!("{}\n\n{question}", text.trim_end()),
        opening_hook,
        cta: Some(question.into()),
        hashtags,
        mentions,
        media_prompt,
    };
    let note = Some("Asked a question at the end, those get the best replies.".to_owned());
    let change = PostChange { content: Some(content), note, ..PostChange::default() };
    app.studio.update_post(&demo.access, post.id, post.version, change, context).await?;
    Ok(())
}
