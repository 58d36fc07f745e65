//! Use cases of profiles: read, change.

use bellwether_kernel::{BrandAccess, Permission, Problem, RequestContext, id::BrandId};
use bellwether_store::TenantTx;
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::{Profile, SectionMark, UpdateProfile, marks::marks, sql};
use crate::{Brands, Error, audiences, offers};

/// A profile, how complete it is, and its version.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct ProfileView {
    /// What the brand says of itself.
    #[serde(flatten)]
    pub profile: Profile,
    /// Filled fields of all fields of all sections, in percent, rounded down; every field weighs the same.
    pub completeness: u8,
    /// Each section's own, with what is missing and why it helps.
    pub sections: Vec<SectionMark>,
    /// The brand's version, for `If-Match`: name and place are changed under the same.
    pub version: i32,
}

impl Brands {
    /// A brand's profile.
    pub async fn get_profile(&self, access: &BrandAccess) -> Result<ProfileView, Error> {
        access.allow(Permission::BrandRead)?;
        let mut tx = self.store.tenant(access).await?;
        let view = view(&mut tx, access).await?;
        tx.commit().await?;
        Ok(view)
    }

    /// Changes a brand's profile; its managers may.
    pub async fn update_profile(
        &self,
        access: &BrandAccess,
        version: i32,
        change: UpdateProfile,
        context: &RequestContext,
    ) -> Result<ProfileView, Error> {
        access.allow(Permission::BrandUpdate)?;
        let mut tx = self.store.tenant(access).await?;
        self.update_profile_in(&mut tx, access, version, change, context).await?;
        let view = view(&mut tx, access).await?;
        tx.commit().await?;
        Ok(view)
    }

    /// Changes a brand's profile inside a transaction of somebody who may.
    pub(crate) async fn update_profile_in(
        &self,
        tx: &mut TenantTx,
        access: &BrandAccess,
        version: i32,
        change: UpdateProfile,
        context: &RequestContext,
    ) -> Result<(), Error> {
        let (_, before) =
            sql::get(tx.conn(), access.brand).await?.ok_or_else(|| Problem::not_found("brand"))?;
        let mut profile = before.clone();
        profile.change(change)?;
        // what was read above is what the version says, or nothing is written
        if !sql::update(tx.conn(), access.brand, version, &profile).await? {
            return Err(Error::Stale);
        }
        let (before, after) = (json!(before), json!(profile));
        let subject = ("brand", access.brand.uuid());
        let changed = changed(before, after);
        self.record_in(tx, access, "brand.profile_updated", subject, changed, context).await
    }
}

/// A brand's profile inside a transaction.
pub(crate) async fn get_in(tx: &mut TenantTx, brand: BrandId) -> Result<Option<Profile>, Error> {
    Ok(sql::get(tx.conn(), brand).await?.map(|(_, profile)| profile))
}

async fn view(tx: &mut TenantTx, access: &BrandAccess) -> Result<ProfileView, Error> {
    let found = sql::get(tx.conn(), access.brand).await?;
    let (version, profile) = found.ok_or_else(|| Problem::not_found("brand"))?;
    let audiences = audiences::all(tx, access.brand).await?;
    let offers = offers::filled(tx, access.brand).await?;
    let audiences: Vec<_> = audiences.into_iter().map(|view| view.audience).collect();
    let (completeness, sections) = marks(&profile, &audiences, &offers);
    Ok(ProfileView { profile, completeness, sections, version })
}

/// The sections that differ, as they were and as they are.
fn changed(before: Value, after: Value) -> (Option<Value>, Option<Value>) {
    let (Value::Object(mut before), Value::Object(mut after)) = (before, after) else { return (None, None) };
    let same: Vec<String> = before
        .iter()
        .filter(|(name, value)| after.get(*name) == Some(*value))
        .map(|(name, _)| name.clone())
        .collect();
    for name in same {
        before.remove(&name);
        after.remove(&name);
    }
    (Some(before.into()), Some(after.into()))
}
