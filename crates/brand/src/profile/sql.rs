//! Queries on profiles: the columns of the brand that say more than its name and place.

use std::{collections::BTreeMap, str::FromStr as _};

use bellwether_kernel::id::BrandId;
use bellwether_networks::Network;
use sqlx::{PgConnection, Result, types::Json};

use super::{Blog, Business, Calls, Email, Frequency, Goals, Market, More, Posts, Profile, Topics};

/// A brand's profile with its version.
pub(crate) async fn get(conn: &mut PgConnection, brand: BrandId) -> Result<Option<(i32, Profile)>> {
    let row = sqlx::query!(
        r#"SELECT version, nullif(description, '') AS description, business_type, industry, differentiators,
                  opportunities, geographic_focus, competitors, industry_leaders, competitor_social_accounts,
                  key_topics, keywords, avoid_words, primary_goal, revenue_targets, primary_cta, calls_to_action,
                  networks, network_preferences AS "network_preferences: Json<BTreeMap<Network, String>>",
                  hashtags_enabled, blog_style, lead_magnet_type, email_tone, email_frequency, list_building_goals,
                  profile AS "more: Json<Vec<More>>"
             FROM brand.brands WHERE id = $1 AND deleted_at IS NULL"#,
        brand.uuid()
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|row| {
        let profile = Profile {
            business: Business {
                description: row.description,
                business_type: row.business_type,
                industry: row.industry,
                differentiators: row.differentiators,
                opportunities: row.opportunities,
            },
            market: Market {
                geographic_focus: row.geographic_focus,
                competitors: row.competitors,
                industry_leaders: row.industry_leaders,
                competitor_social_accounts: row.competitor_social_accounts,
            },
            topics: Topics {
                key_topics: row.key_topics,
                keywords: row.keywords,
                avoid_words: row.avoid_words,
            },
            goals: Goals { primary_goal: row.primary_goal, revenue_targets: row.revenue_targets },
            calls: Calls { primary_cta: row.primary_cta, calls_to_action: row.calls_to_action },
            posts: Posts {
                // a network that this version doesn't know any more is left out
                networks: row.networks.iter().filter_map(|name| Network::parse(name)).collect(),
                network_preferences: row.network_preferences.0,
                hashtags_enabled: row.hashtags_enabled,
            },
            blog: Blog { blog_style: row.blog_style, lead_magnet_type: row.lead_magnet_type },
            email: Email {
                email_tone: row.email_tone,
                email_frequency: row.email_frequency.and_then(|text| Frequency::from_str(&text).ok()),
                list_building_goals: row.list_building_goals,
            },
            more: row.more.0,
        };
        (row.version, profile)
    }))
}

pub(super) async fn update(
    conn: &mut PgConnection,
    brand: BrandId,
    version: i32,
    profile: &Profile,
) -> Result<bool> {
    let Profile { business, market, topics, goals, calls, posts, blog, email, more } = profile;
    let networks: Vec<String> = posts.networks.iter().map(|network| network.as_str().to_owned()).collect();
    sqlx::query!(
        "UPDATE brand.brands
            SET description = coalesce($3, ''), business_type = $4, industry = $5, differentiators = $6,
                opportunities = $7, geographic_focus = $8, competitors = $9, industry_leaders = $10,
                competitor_social_accounts = $11, key_topics = $12, keywords = $13, avoid_words = $14,
                primary_goal = $15, revenue_targets = $16, primary_cta = $17, calls_to_action = $18, networks = $19,
                network_preferences = $20, hashtags_enabled = $21, blog_style = $22, lead_magnet_type = $23,
                email_tone = $24, email_frequency = $25, list_building_goals = $26, profile = $27,
                version = version + 1
          WHERE id = $1 AND version = $2 AND deleted_at IS NULL",
        brand.uuid(),
        version,
        business.description.as_deref(),
        business.business_type.as_deref(),
        business.industry.as_deref(),
        &business.differentiators,
        &business.opportunities,
        market.geographic_focus.as_deref(),
        &market.competitors,
        &market.industry_leaders,
        &market.competitor_social_accounts,
        &topics.key_topics,
        &topics.keywords,
        &topics.avoid_words,
        goals.primary_goal.as_deref(),
        goals.revenue_targets.as_deref(),
        calls.primary_cta.as_deref(),
        &calls.calls_to_action,
        &networks,
        Json(&posts.network_preferences) as _,
        posts.hashtags_enabled,
        blog.blog_style.as_deref(),
        blog.lead_magnet_type.as_deref(),
        email.email_tone.as_deref(),
        email.email_frequency.map(<&str>::from),
        &email.list_building_goals,
        Json(more) as _
    )
    .execute(conn)
    .await
    .map(|done| done.rows_affected() == 1)
}
