//! Use cases of hooks.

use bellwether_kernel::{
    BrandAccess, Cursor, Kind, Page, PageRequest, Permission, Problem, RequestContext, Timestamp, id::BrandId,
};
use bellwether_store::TenantTx;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::{IntoParams, ToSchema};

use super::{Hook, HookKind, Season, UpdateHook, Urgency, model::month, sql};
use crate::{Brands, Error, brands, ids::HookId};

/// The most hooks of a brand.
pub const MOST: usize = 2000;

/// A hook.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct HookView {
    /// Id.
    pub id: HookId,
    /// What is known of it.
    #[serde(flatten)]
    pub hook: Hook,
    /// How often it was picked.
    pub usage_count: i32,
    /// When it was picked last.
    pub last_used_at: Option<DateTime<Utc>>,
    /// The month of that in the brand's zone, 1 to 12.
    pub month_number: Option<i16>,
    /// Which pick of that month it was, from 1.
    pub sequence_in_month: Option<i32>,
    /// When a program made it; a person's own without.
    pub generated_at: Option<DateTime<Utc>>,
    /// For `If-Match`; picks have no part in it.
    pub version: i32,
    /// When it was kept.
    pub created_at: DateTime<Utc>,
}

/// Which hooks a list shows; all that are set must hold.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Filter {
    /// What they do.
    pub kind: Option<HookKind>,
    /// What they are about, whatever its case.
    pub category: Option<String>,
    /// For which time of the year only.
    pub season: Option<Season>,
    /// How much they press.
    pub urgency: Option<Urgency>,
    /// Made by a program, or a person's own.
    pub generated: Option<bool>,
    /// Only those not picked in the present month of the brand's zone.
    #[serde(default)]
    pub free: bool,
    /// Instead, those that were deleted and can be brought back.
    #[serde(default)]
    pub deleted: bool,
}

/// What a pick asks for; all that is set must hold.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Wanted {
    /// What it does.
    #[serde(default)]
    pub kind: Option<HookKind>,
    /// What it is about, whatever its case.
    #[serde(default)]
    pub category: Option<String>,
    /// The time of the year: its hooks first, then those for any. Without, only those for any.
    #[serde(default)]
    pub season: Option<Season>,
    /// The place: its hooks first, then those for any. Without, only those for any.
    #[serde(default)]
    pub place: Option<String>,
    /// How much it presses.
    #[serde(default)]
    pub urgency: Option<Urgency>,
}

fn text_taken(error: sqlx::Error) -> Error {
    let error = bellwether_store::Error::from(error);
    if error.constraint() == Some("hooks_text_idx") {
        let detail = "The brand has this hook already.";
        return Problem::new(Kind::Conflict, "duplicate_hook", detail).at("text", "taken", detail).into();
    }
    error.into()
}

async fn get(tx: &mut TenantTx, brand: BrandId, id: HookId) -> Result<HookView, Error> {
    Ok(sql::get(tx.conn(), brand, id).await?.ok_or_else(|| Problem::not_found("hook"))?)
}

impl Brands {
    /// The present month of a brand: its number, and when it began.
    async fn month(&self, tx: &mut TenantTx, brand: BrandId) -> Result<(i16, Timestamp), Error> {
        let found = brands::sql::get(tx.conn(), brand).await?;
        let zone = found.ok_or_else(|| Problem::not_found("brand"))?.time_zone;
        let now = self.clock.now();
        // a zone that the program doesn't know any more is taken for UTC rather than closing the library
        month(now, &zone)
            .or_else(|| month(now, "UTC"))
            .ok_or_else(|| Problem::new(Kind::Internal, "internal", "the month can't be told").into())
    }

    /// A page of a brand's hooks, the newest first.
    pub async fn list_hooks(
        &self,
        access: &BrandAccess,
        filter: &Filter,
        page: PageRequest,
    ) -> Result<Page<HookView>, Error> {
        access.allow(Permission::BrandRead)?;
        let mut tx = self.store.tenant(access).await?;
        let free_since = if filter.free { Some(self.month(&mut tx, access.brand).await?.1) } else { None };
        let filter = sql::ListFilter {
            brand: access.brand,
            kind: filter.kind.map(<&str>::from),
            category: filter.category.as_deref(),
            season: filter.season.map(<&str>::from),
            urgency: filter.urgency.map(<&str>::from),
            generated: filter.generated,
            free_since,
            deleted: filter.deleted,
            after: page.after,
            limit: page.limit + 1,
        };
        let rows = sql::list(tx.conn(), &filter).await?;
        tx.commit().await?;
        Ok(Page::of(rows, page.limit, |row| Cursor { at: row.created_at, id: row.id.uuid() })
            .map(HookView::from))
    }

    /// Keeps a hook; the brand's managers may.
    pub async fn create_hook(
        &self,
        access: &BrandAccess,
        input: UpdateHook,
        context: &RequestContext,
    ) -> Result<HookView, Error> {
        access.allow(Permission::BrandUpdate)?;
        let mut hook = Hook::default();
        hook.change(input);
        hook.checked()?;
        let mut tx = self.store.tenant(access).await?;
        crate::lock(&mut tx, access.brand).await?;
        let there = sql::count(tx.conn(), access.brand).await?;
        crate::room(usize::try_from(there).unwrap_or(MOST), MOST, "hooks")?;
        let id = HookId::new(&self.clock, &self.rng);
        let key = (access.organization, access.brand, id);
        sql::insert(tx.conn(), key, &hook, self.clock.now()).await.map_err(text_taken)?;
        let view = get(&mut tx, access.brand, id).await?;
        let (subject, change) = (("hook", id.uuid()), (None, Some(json!(hook))));
        self.record_in(&mut tx, access, "hook.created", subject, change, context).await?;
        tx.commit().await?;
        Ok(view)
    }

    /// Changes a hook; the brand's managers may.
    pub async fn update_hook(
        &self,
        access: &BrandAccess,
        id: HookId,
        version: i32,
        change: UpdateHook,
        context: &RequestContext,
    ) -> Result<HookView, Error> {
        access.allow(Permission::BrandUpdate)?;
        let mut tx = self.store.tenant(access).await?;
        let before = get(&mut tx, access.brand, id).await?.hook;
        let mut hook = before.clone();
        hook.change(change);
        hook.checked()?;
        let now = self.clock.now();
        if !sql::update(tx.conn(), id, version, &hook, now).await.map_err(text_taken)? {
            return Err(Error::Stale);
        }
        let view = get(&mut tx, access.brand, id).await?;
        let (subject, change) = (("hook", id.uuid()), (Some(json!(before)), Some(json!(hook))));
        self.record_in(&mut tx, access, "hook.updated", subject, change, context).await?;
        tx.commit().await?;
        Ok(view)
    }

    /// Deletes a hook; for [`brands::UNDO`] it can be brought back.
    pub async fn delete_hook(
        &self,
        access: &BrandAccess,
        id: HookId,
        context: &RequestContext,
    ) -> Result<(), Error> {
        access.allow(Permission::BrandUpdate)?;
        let mut tx = self.store.tenant(access).await?;
        if !sql::set_deleted(tx.conn(), access.brand, id, Some(self.clock.now())).await? {
            return Err(Problem::not_found("hook").into());
        }
        let subject = ("hook", id.uuid());
        self.record_in(&mut tx, access, "hook.deleted", subject, (None, None), context).await?;
        Ok(tx.commit().await?)
    }

    /// Brings a deleted hook back, unless its text was kept anew.
    pub async fn restore_hook(
        &self,
        access: &BrandAccess,
        id: HookId,
        context: &RequestContext,
    ) -> Result<HookView, Error> {
        access.allow(Permission::BrandUpdate)?;
        let mut tx = self.store.tenant(access).await?;
        crate::lock(&mut tx, access.brand).await?;
        let there = sql::count(tx.conn(), access.brand).await?;
        crate::room(usize::try_from(there).unwrap_or(MOST), MOST, "hooks")?;
        if !sql::set_deleted(tx.conn(), access.brand, id, None).await.map_err(text_taken)? {
            return Err(Problem::not_found("deleted hook").into());
        }
        let view = get(&mut tx, access.brand, id).await?;
        let subject = ("hook", id.uuid());
        self.record_in(&mut tx, access, "hook.restored", subject, (None, None), context).await?;
        tx.commit().await?;
        Ok(view)
    }

    /// Picks a hook that was not picked in the present month of the brand's zone; who writes posts may. Two who ask at the
    /// same moment get two.
    pub async fn next_hook(
        &self,
        access: &BrandAccess,
        wanted: &Wanted,
        context: &RequestContext,
    ) -> Result<HookView, Error> {
        access.allow(Permission::PostsWrite)?;
        let mut tx = self.store.tenant(access).await?;
        // one pick at a time: the next one sees what this one took
        crate::lock(&mut tx, access.brand).await?;
        let month = self.month(&mut tx, access.brand).await?;
        let used = sql::used_since(tx.conn(), access.brand, month.1).await?;
        let filter = sql::PickFilter {
            brand: access.brand,
            kind: wanted.kind.map(<&str>::from),
            category: wanted.category.as_deref(),
            season: wanted.season.map(<&str>::from),
            place: wanted.place.as_deref(),
            urgency: wanted.urgency.map(<&str>::from),
            month,
            sequence: i32::try_from(used).unwrap_or(i32::MAX - 1) + 1,
            now: self.clock.now(),
        };
        let Some(id) = sql::take(tx.conn(), &filter).await? else {
            let detail =
                "Every hook that fits was used this month, or there is none. Add hooks, or ask for less.";
            return Err(Problem::new(Kind::Conflict, "no_hook_left", detail).into());
        };
        let view = get(&mut tx, access.brand, id).await?;
        let after = json!({ "month": month.0, "sequence_in_month": filter.sequence });
        self.record_in(&mut tx, access, "hook.used", ("hook", id.uuid()), (None, Some(after)), context)
            .await?;
        tx.commit().await?;
        Ok(view)
    }
}
