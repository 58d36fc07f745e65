//! What the demo's brand says of itself and what its drafts are made with, entered as its owner would enter it.

use anyhow::{Context as _, Result};
use bellwether_kernel::{BrandAccess, Problem, RequestContext};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::wiring::App;

/// Fills the brand's profile and its library.
pub async fn prepare(app: &App, access: &BrandAccess) -> Result<()> {
    let context = RequestContext::default();
    let version = app.brands.get_profile(access).await.map_err(Problem::from)?.version;
    app.brands.update_profile(access, version, read(profile())?, &context).await.map_err(Problem::from)?;
    for audience in audiences() {
        app.brands.create_audience(access, read(audience)?, &context).await.map_err(Problem::from)?;
    }
    for pillar in pillars() {
        app.brands.create_pillar(access, read(pillar)?, &context).await.map_err(Problem::from)?;
    }
    for hook in hooks() {
        app.brands.create_hook(access, read(hook)?, &context).await.map_err(Problem::from)?;
    }
    app.brands.create_offer(access, read(offer())?, &context).await.map_err(Problem::from)?;
    for snippet in knowledge() {
        app.brands.create_knowledge(access, read(snippet)?, &context).await.map_err(Problem::from)?;
    }
    Ok(())
}

/// As a request would bring it.
fn read<T: DeserializeOwned>(value: Value) -> Result<T> {
    serde_json::from_value(value).context("the demo's own data can't be read")
}

fn profile() -> Value {
    json!({
        "business": {
            "business_type": "workshop",
            "industry": "furniture",
            "differentiators": ["One piece at a time", "Prices are published", "Every piece can be repaired here"],
            "opportunities": ["Readers of the letter who never bought anything"],
        },
        "market": { "geographic_focus": "Northern Germany; the letter is read anywhere", "competitors": ["Furniture chains"] },
        "topics": {
            "key_topics": ["Pricing", "Working hours", "Light in the workshop", "Apprentices"],
            "keywords": ["handmade furniture", "slow work"],
            "avoid_words": ["leverage", "hustle", "game changer"],
        },
        "goals": { "primary_goal": "Replies from people who make things" },
        "calls": { "primary_cta": "Reply to the letter", "calls_to_action": ["Come by on a Friday"] },
        "posts": {
            "networks": ["linkedin", "instagram", "mastodon"],
            "network_preferences": { "linkedin": "One thought per post, and a number in it" },
        },
        "blog": { "blog_style": "Short paragraphs, a picture for each step" },
        "email": { "email_tone": "As to a friend who has a workshop too", "email_frequency": "weekly" },
    })
}

fn audiences() -> [Value; 2] {
    [
        json!({
            "name": "Owners of small workshops",
            "description": "People who make things and run the business beside it",
            "demographics": { "age": "30 to 60" },
            "psychographics": { "values": ["Good work", "Time of one's own"] },
            "job_roles": ["Carpenter", "Potter", "Baker"],
            "pain_points": ["Too many hours for too little money", "Paperwork in the evening"],
            "desired_outcomes": ["Prices that carry the workshop", "A free Friday afternoon"],
            "objections": ["My customers will not pay more"],
            "awareness_stage": "problem_aware",
        }),
        json!({
            "name": "People who buy one good table",
            "description": "They wait half a year for a piece that lasts",
            "pain_points": ["Furniture that can't be repaired"],
            "awareness_stage": "solution_aware",
        }),
    ]
}

fn pillars() -> [Value; 3] {
    [
        json!({
            "name": "Honest prices",
            "why_important": "Most readers charge too little and know it.",
            "subtopics": ["What an hour costs", "Telling customers", "Saying no"],
        }),
        json!({
            "name": "A human pace",
            "why_important": "It is why people subscribe.",
            "subtopics": ["The two-hour Friday", "Fewer orders at once"],
        }),
        json!({
            "name": "The room itself",
            "why_important": "Light and order are the cheapest tools.",
            "subtopics": ["Light", "Dust", "Where tools live"],
        }),
    ]
}

fn hooks() -> [Value; 6] {
    [
        json!({ "text": "What does an hour in your workshop cost, in fact?", "kind": "question", "category": "Prices" }),
        json!({ "text": "We closed on Friday afternoons, and nobody noticed.", "kind": "story", "category": "Pace" }),
        json!({ "text": "The best tool in the room is the window.", "kind": "contrarian", "category": "Room" }),
        json!({ "text": "Three things I would not teach an apprentice again.", "kind": "list", "category": "People" }),
        json!({
            "text": "Order before the first frost, and it stands in your room by spring.", "kind": "promise",
            "season": "autumn", "urgency": "medium",
        }),
        json!({ "text": "A price is a sentence about your life.", "category": "Prices", "performance_score": 82.5 }),
    ]
}

fn offer() -> Value {
    json!({
        "name": "The writing desk",
        "price": { "amount_minor": 189_000, "currency": "eur" },
        "description": "A writing desk of oak from one tree. It is made for people who work at home and have little \
                        room. You can fold it to the depth of a book, so the room is yours again after work. The \
                        price includes delivery within Germany. Every joint can be opened, so that it can be repaired.",
    })
}

fn knowledge() -> [Value; 3] {
    [
        json!({ "content": "The workshop stands in a former dairy since 1998.", "source": "The workshop's own papers" }),
        json!({ "content": "Of the last hundred pieces, four came back for repair.", "kind": "statistic",
                "source": "The workshop's order book" }),
        json!({ "content": "Pieces are delivered within Germany; abroad on request.", "kind": "answer" }),
    ]
}
