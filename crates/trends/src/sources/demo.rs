//! Sources of the demonstration, which has no network: what they say is given, at the times at which it was said.

use bellwether_ingest::parse_url;
use bellwether_kernel::{BrandAccess, Clock, Permission, Problem, Timestamp};
use chrono::Duration;
use serde_json::json;

use super::{SourceView, model, sql};
use crate::{Error, Trends, items::identify, read};

impl Trends {
    /// The same at another time: what was found and predicted then is written down as of then. It asks no model, since nobody
    /// waits for what it would say.
    #[must_use]
    pub fn at(&self, now: Timestamp) -> Self {
        Self { clock: Clock::manual(now), thinking: None, ..self.clone() }
    }

    /// Looks at a source of the demonstration: `feed` is what it says now.
    pub async fn look_at_demo_source(
        &self,
        access: &BrandAccess,
        source: &SourceView,
        feed: &[u8],
    ) -> Result<(), Error> {
        access.allow(Permission::BrandUpdate)?;
        let now = self.clock.now();
        let base = parse_url(&source.url)
            .map_err(|error| Problem::invalid("url", error.code(), error.to_string()))?;
        let feed = read::read(feed, None, &base)
            .map_err(|error| Problem::invalid("feed", "not_a_feed", error.to_string()))?;
        let id = source.id;
        let key = (access.organization, access.brand, id);
        let prepared = self.prepare_items(key, identify(id, feed.entries), feed.language).await?;
        let mut tx = self.store.tenant(access).await?;
        // deleted meanwhile
        let Some(before) = sql::lock(tx.conn(), id).await? else { return Ok(()) };
        let seen = Self::keep_items(&mut tx, key, prepared, now).await?;
        let dates = sql::dates(tx.conn(), id, now - Duration::days(60)).await?;
        let success = sql::Success {
            name: None,
            feed_url: None,
            metadata: Some(&json!({ "demo": true })),
            every_minutes: model::every_minutes(before.frequency, &dates, None, now),
            per_week: model::per_week(&dates, now),
            last_item_at: seen.newest,
            validators: None,
            page_text: None,
            next: None,
            now,
        };
        sql::succeed(tx.conn(), id, &success).await?;
        if seen.new > 0 {
            let place = (access.organization, access.brand);
            self.tell(&mut tx, place, "items.added", id, json!({ "count": seen.new })).await?;
        }
        Ok(tx.commit().await?)
    }

    /// Finds at once what rises in what the demonstration's sources have said.
    pub async fn find_demo_trends(&self, access: &BrandAccess) -> Result<(), Error> {
        access.allow(Permission::BrandUpdate)?;
        self.detect_brand(access.organization, access.brand).await.map(|_| ())
    }
}
