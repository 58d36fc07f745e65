//! Suggestions of times, by how an account's posts did.
//!
//! The sandbox's numbers are our own and are read here. Whoever knows those of the other networks hands them over by
//! [`Publishing::with_results`].

use async_trait::async_trait;
use bellwether_kernel::{BrandAccess, Permission, Problem, Timestamp};
use bellwether_networks::Network;
use chrono::{DateTime, Duration, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    sql,
    suggest::{self, Busy, Did, NEEDED},
};
use crate::{ConnectionId, Error, Publishing, connections, sandbox, time};

/// How far back posts are looked at.
const SINCE: Duration = Duration::days(180);
/// A post that is younger has not been seen by its readers yet.
const SETTLED: Duration = Duration::hours(24);
/// How far ahead times are suggested.
const AHEAD_DAYS: i64 = 14;

/// What a published post got.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PostResult {
    /// When it was published.
    pub published_at: Timestamp,
    /// Reactions, shares and comments together.
    pub engagement: u64,
}

/// Knows how posts of an account did.
#[async_trait]
pub trait Results: Send + Sync {
    /// Its posts since a time, in any order; none where nothing is known of the account.
    async fn of_account(
        &self,
        access: &BrandAccess,
        connection: ConnectionId,
        since: Timestamp,
    ) -> Result<Vec<PostResult>, Error>;
}

/// A time that did well before.
#[derive(Debug, Serialize, ToSchema)]
pub struct SuggestedTime {
    /// On the wall clock.
    pub local_time: String,
    /// The instant.
    pub due_at: DateTime<Utc>,
    /// What posts around it got, as a multiple of the account's usual post; drawn towards 1 where few say it.
    pub factor: f64,
    /// How many posts within 90 minutes of that time of the day, on any day, say so.
    pub posts: usize,
    /// Why, in words.
    pub reason: String,
}

/// Times at which an account's posts did well.
#[derive(Debug, Serialize, ToSchema)]
pub struct Suggestions {
    /// Where the wall clock hangs.
    pub zone: String,
    /// The best first; empty when too little is known or no time was better than others.
    pub items: Vec<SuggestedTime>,
    /// Posts whose numbers are known.
    pub posts: usize,
    /// Posts that it takes.
    pub needed: usize,
    /// What the usual post of the account got: reactions, shares and comments.
    pub usual: f64,
    /// Why there are none, in words.
    pub note: Option<String>,
}

impl Publishing {
    /// Free times of the next two weeks at which an account's posts did well.
    pub async fn suggest_times(
        &self,
        access: &BrandAccess,
        connection: ConnectionId,
        most: u8,
    ) -> Result<Suggestions, Error> {
        access.allow(Permission::PostsRead)?;
        if !(1..=10).contains(&most) {
            return Err(Problem::invalid("limit", "out_of_range", "Give 1 to 10.").into());
        }
        let now = self.clock.now();
        let mut tx = self.store.tenant(access).await?;
        let account = connections::sql::get(tx.conn(), access.brand, connection)
            .await?
            .ok_or_else(|| Problem::not_found("connection"))?;
        let plan = self.plan(&mut tx, access).await?;
        let taken = sql::taken(tx.conn(), connection, plan.looks_from(plan.now)).await?;
        // only looked: whatever was made on the way is not kept
        tx.rollback().await?;
        let results = if account.network == Network::Sandbox.as_str() {
            self.sandbox_results(access, connection, now - SINCE).await?
        } else {
            match &self.results {
                Some(results) => results.of_account(access, connection, now - SINCE).await?,
                None => Vec::new(),
            }
        };
        let did: Vec<Did> = results
            .iter()
            .filter(|post| now - post.published_at >= SETTLED)
            .filter_map(|post| {
                Some(Did { at: time::local(post.published_at, &plan.zone)?, engagement: post.engagement })
            })
            .collect();
        let busy = Busy { taken: &taken, apart: plan.apart(), cap: plan.cap(&account.network) };
        let slots = plan.slots_of(&account.network);
        let good = suggest::suggest(&did, &slots, &busy, (plan.now, AHEAD_DAYS), usize::from(most));
        let items: Vec<SuggestedTime> = good
            .into_iter()
            .filter_map(|good| {
                Some(SuggestedTime {
                    local_time: time::write_local(good.at),
                    due_at: time::instant(good.at, &plan.zone)?,
                    factor: (good.factor * 100.0).round() / 100.0,
                    posts: good.posts,
                    reason: format!(
                        "Around {} on {} your posts got {:.1} times what your usual post gets; {} posts near that hour \
                         say so.",
                        good.at.format("%H:%M"),
                        good.at.format("%As"),
                        good.factor,
                        good.posts
                    ),
                })
            })
            .collect();
        let note = match (did.len(), items.is_empty()) {
            (posts, _) if posts < NEEDED => Some(format!(
                "Not enough to say yet: it takes {NEEDED} posts that have been out for a day, and there are {posts}."
            )),
            (_, true) => Some("No time did better than the others so far.".to_owned()),
            _ => None,
        };
        Ok(Suggestions {
            zone: plan.zone_name,
            items,
            posts: did.len(),
            needed: NEEDED,
            usual: suggest::median(&did),
            note,
        })
    }

    async fn sandbox_results(
        &self,
        access: &BrandAccess,
        connection: ConnectionId,
        since: Timestamp,
    ) -> Result<Vec<PostResult>, Error> {
        let mut tx = self.store.tenant(access).await?;
        let results = sandbox::results(&mut tx, connection, since, self.clock.now()).await?;
        tx.commit().await?;
        Ok(results)
    }
}
