//! What somebody has read, and what they saved for later: each person's own, whoever else reads the same items.

use bellwether_kernel::{BrandAccess, Kind, Permission, Problem, Timestamp, id::UserId};
use bellwether_store::ServiceTx;
use chrono::{DateTime, Duration, SubsecRound as _, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::{ItemView, marks_sql as sql, service};
use crate::{Error, ItemId, SourceId, Trends};

/// Days for which an item is unread unless somebody reads it; what is dated before counts as read.
const UNREAD_DAYS: i64 = 30;
/// Unread items are counted up to this many.
const COUNTED: i64 = 1_000;
/// Items that somebody may save of a brand.
const SAVED: i64 = 2_000;
/// Items that may be named at once.
const AT_ONCE: usize = 100;

/// Whose marks count, and since when an item without one is unread.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Reader {
    pub(super) user: UserId,
    pub(super) unread_since: Timestamp,
}

/// By which marks items are chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ItemMark)]
pub enum Mark {
    /// Not read yet, of the last 30 days.
    Unread,
    /// Saved for later.
    Saved,
}

impl Mark {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Unread => "unread",
            Self::Saved => "saved",
        }
    }
}

/// What of one's own marks on an item changes; what is left out stays.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MarkItem {
    /// Whether it is read, with those that say nearly the same.
    #[serde(default)]
    pub read: Option<bool>,
    /// Whether it is saved for later. Saved items are not removed after 180 days.
    #[serde(default)]
    pub saved: Option<bool>,
}

/// Which items are read now.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReadAll {
    /// Those that were there then: what came meanwhile stays unread. Now, where it is left out.
    #[serde(default)]
    pub until: Option<DateTime<Utc>>,
    /// Said by this source only.
    #[serde(default)]
    pub source: Option<SourceId>,
    /// These only; at most 100.
    #[serde(default)]
    pub items: Option<Vec<ItemId>>,
}

/// What was read at once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ReadAllDone {
    /// How many were unread before.
    pub count: u64,
    /// Takes it back, given to `/items/read-all/undo`.
    pub read_at: DateTime<Utc>,
}

/// What is taken back.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UndoReadAll {
    /// As it was answered.
    pub read_at: DateTime<Utc>,
}

/// How much there is to read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ItemCounts {
    /// Unread items, counted up to 1,000.
    pub unread: i64,
    /// Items saved for later.
    pub saved: i64,
}

impl Trends {
    pub(crate) fn reader(&self, access: &BrandAccess) -> Reader {
        Reader { user: access.user, unread_since: self.clock.now() - Duration::days(UNREAD_DAYS) }
    }

    /// Marks an item as read or saved, for oneself.
    pub async fn mark_item(
        &self,
        access: &BrandAccess,
        id: ItemId,
        change: &MarkItem,
    ) -> Result<ItemView, Error> {
        by_person(access)?;
        let now = self.clock.now();
        let mut tx = self.store.tenant(access).await?;
        service::one(&mut tx, access.brand, id, self.reader(access)).await?;
        match change.read {
            Some(true) => {
                sql::read(tx.conn(), (access.brand, access.user), id, now).await?;
            }
            Some(false) => sql::unread(tx.conn(), (access.brand, access.user), id).await?,
            None => {}
        }
        let room = match change.saved {
            Some(true) => sql::save(tx.conn(), (access.brand, access.user), id, SAVED, now).await?,
            Some(false) => {
                sql::unsave(tx.conn(), access.user, id).await?;
                true
            }
            None => true,
        };
        if !room {
            let detail = format!("You have saved {SAVED} items of this brand. Take some out first.");
            return Err(Problem::new(Kind::Conflict, "too_many", detail).into());
        }
        let view = service::one(&mut tx, access.brand, id, self.reader(access)).await?;
        tx.commit().await?;
        Ok(view)
    }

    /// Marks all as read, those of a source, or those that are named.
    pub async fn read_all(&self, access: &BrandAccess, wanted: &ReadAll) -> Result<ReadAllDone, Error> {
        by_person(access)?;
        if wanted.items.as_ref().is_some_and(|items| items.len() > AT_ONCE) {
            let message = format!("Name at most {AT_ONCE}.");
            return Err(Problem::invalid("items", "too_many", message).into());
        }
        let now = self.clock.now();
        // as exact as it is kept, since it is asked for by this
        let read_at = now.trunc_subsecs(6);
        let until = wanted.until.map_or(now, |until| until.min(now));
        let which = sql::Which {
            until,
            source: wanted.source,
            items: wanted.items.as_ref().map(|items| items.iter().map(|id| id.uuid()).collect()),
        };
        let mut tx = self.store.tenant(access).await?;
        let count = sql::read_all(tx.conn(), access.brand, self.reader(access), &which, read_at).await?;
        tx.commit().await?;
        Ok(ReadAllDone { count, read_at })
    }

    /// Takes back what was marked as read at once.
    pub async fn undo_read_all(&self, access: &BrandAccess, done: &UndoReadAll) -> Result<(), Error> {
        by_person(access)?;
        let mut tx = self.store.tenant(access).await?;
        sql::undo_read_all(tx.conn(), (access.brand, access.user), done.read_at).await?;
        Ok(tx.commit().await?)
    }

    /// What somebody read and saved, for a copy of their data.
    pub async fn marked_by(&self, tx: &mut ServiceTx, user: UserId) -> Result<Value, Error> {
        Ok(sql::of_person(tx.conn(), user).await?)
    }

    /// How much there is to read.
    pub async fn count_items(&self, access: &BrandAccess) -> Result<ItemCounts, Error> {
        access.allow(Permission::BrandRead)?;
        let mut tx = self.store.tenant(access).await?;
        let (unread, saved) = sql::counts(tx.conn(), access.brand, self.reader(access), COUNTED).await?;
        tx.end_reading();
        Ok(ItemCounts { unread, saved })
    }
}

/// Marks are a person's own: a program with a key reads them and does not set them.
fn by_person(access: &BrandAccess) -> Result<(), Problem> {
    access.allow(Permission::BrandRead)?;
    if access.key.is_some() {
        let words = "What is read and saved is a person's own; an API key can't say it.";
        return Err(Problem::new(Kind::Forbidden, "needs_person", words));
    }
    Ok(())
}
