//! Use cases of logos.

use bellwether_jobs::events::{self, NewEvent};
use bellwether_kernel::{Access, Permission, Problem, RequestContext};
use bellwether_store::TenantTx;
use serde::{Serialize, Serializer};
use serde_json::{Value, json};

use super::sql;
use crate::{Error, Identity, ids::LogoId, profile::take_picture};

/// Where an organization's logo is: the database holds the id, clients see the path.
#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::Type)]
#[sqlx(transparent)]
pub struct LogoUrl(LogoId);

impl Serialize for LogoUrl {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&format_args!("/api/v1/logos/{}", self.0))
    }
}

impl Identity {
    /// Takes an organization's logo: a PNG, JPEG, WebP or GIF file of at most 5 MB; `organization.update` may.
    pub async fn put_logo(
        &self,
        access: &Access,
        bytes: Vec<u8>,
        context: &RequestContext,
    ) -> Result<LogoUrl, Error> {
        access.allow(Permission::OrganizationUpdate)?;
        let made = take_picture(bytes).await?;
        let id = LogoId::new(&self.clock, &self.rng);
        let mut tx = self.store.tenant(access).await?;
        sql::put(tx.conn(), access.organization, id, &made, self.clock.now()).await?;
        self.record_logo(&mut tx, access, Some(json!({ "logo": id })), context).await?;
        tx.commit().await?;
        Ok(LogoUrl(id))
    }

    /// Removes an organization's logo, if it has one; `organization.update` may.
    pub async fn delete_logo(&self, access: &Access, context: &RequestContext) -> Result<(), Error> {
        access.allow(Permission::OrganizationUpdate)?;
        let mut tx = self.store.tenant(access).await?;
        if sql::delete(tx.conn(), access.organization).await? {
            self.record_logo(&mut tx, access, None, context).await?;
        }
        Ok(tx.commit().await?)
    }

    /// A logo's kind and bytes, for anybody signed in: its id can't be guessed and is known from where the organization
    /// is seen.
    pub(super) async fn get_logo(&self, id: LogoId) -> Result<(String, Vec<u8>), Error> {
        let mut tx = self.store.service("show an organization's logo").await?;
        let found = sql::find(tx.conn(), id).await?;
        tx.commit().await?;
        Ok(found.ok_or_else(|| Problem::not_found("picture"))?)
    }

    async fn record_logo(
        &self,
        tx: &mut TenantTx,
        access: &Access,
        after: Option<Value>,
        context: &RequestContext,
    ) -> Result<(), Error> {
        let event = NewEvent {
            organization: access.organization,
            brand: None,
            kind: if after.is_some() { "organization.logo_changed" } else { "organization.logo_removed" },
            subject: ("organization", access.organization.uuid()),
            actor: access.actor(),
            before: None,
            after,
            data: None,
            context: context.clone(),
        };
        events::record(tx, &self.clock, &self.rng, event).await?;
        Ok(())
    }
}
