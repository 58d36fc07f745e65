//! Tokens: opened for a call, renewed ahead of their end, one renewal at a time.

use std::{collections::BTreeMap, fmt::Write as _};

use bellwether_kernel::{
    Actor, RequestContext, Timestamp,
    id::{BrandId, OrganizationId},
};
use bellwether_networks::{
    Network,
    publish::{Account, App, Cx, Fault, FaultKind, Grant, Provider},
};
use bellwether_store::Tx;
use bellwether_vault::Vault;
use chrono::Duration;
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use serde_json::json;

use super::sql::{self, Renewed, SealedRow};
use crate::{ConnectionId, Error, Publishing, error::internal};

/// A token whose end is nearer than this is renewed before it is used.
const NEAR: Duration = Duration::seconds(60);

/// An account opened for a call.
pub(crate) struct Opened {
    pub(crate) organization: OrganizationId,
    pub(crate) brand: BrandId,
    pub(crate) id: ConnectionId,
    pub(crate) provider: String,
    pub(crate) account: Account,
    pub(crate) app: Option<App>,
    /// The token as it is stored: a renewal of another one is not ours to make.
    sealed: String,
    expires_at: Option<Timestamp>,
}

#[derive(Deserialize)]
struct SealedApp {
    client_id: String,
    client_secret: String,
    version: i16,
}

/// When a token is renewed: at four fifths of its life, so that a network that is down for a while does no harm.
pub(super) fn due_at(expires_at: Option<Timestamp>, now: Timestamp) -> Option<Timestamp> {
    expires_at.map(|end| now + (end - now).max(Duration::zero()) * 4 / 5)
}

pub(super) fn open_text(vault: &Vault, text: &str, version: i16) -> Result<SecretString, Error> {
    if text.is_empty() {
        return Ok(String::new().into());
    }
    let bytes = vault.open(text, version)?;
    Ok(String::from_utf8(bytes).map_err(|_| internal("a stored secret is no text"))?.into())
}

/// Further secrets, sealed together as JSON.
pub(super) fn open_secrets(
    vault: &Vault,
    sealed: Option<&str>,
    version: i16,
) -> Result<BTreeMap<String, SecretString>, Error> {
    let Some(sealed) = sealed else { return Ok(BTreeMap::new()) };
    let text = open_text(vault, sealed, version)?;
    let plain: BTreeMap<String, String> =
        serde_json::from_str(text.expose_secret()).map_err(|_| internal("stored secrets can't be read"))?;
    Ok(plain.into_iter().map(|(name, value)| (name, value.into())).collect())
}

pub(super) fn seal_secrets(
    vault: &Vault,
    secrets: &BTreeMap<String, SecretString>,
) -> Result<Option<String>, Error> {
    if secrets.is_empty() {
        return Ok(None);
    }
    let plain: BTreeMap<&str, &str> =
        secrets.iter().map(|(name, value)| (name.as_str(), value.expose_secret())).collect();
    let text = serde_json::to_string(&plain).map_err(|error| internal(error.to_string()))?;
    Ok(Some(vault.seal(text.as_bytes())?.text))
}

impl Publishing {
    /// Opens an account for a call, its token renewed if it is about to end. A [`Fault`] when the account does not work.
    pub(crate) async fn open_connection(
        &self,
        organization: OrganizationId,
        id: ConnectionId,
    ) -> Result<Opened, Error> {
        let opened = self.open_as_is(organization, id).await?;
        let now = self.clock.now();
        if opened.expires_at.is_none_or(|end| end - now > NEAR) || opened.account.refresh_token.is_none() {
            return Ok(opened);
        }
        self.renew_token(&opened).await?;
        self.open_as_is(organization, id).await
    }

    async fn open_as_is(&self, organization: OrganizationId, id: ConnectionId) -> Result<Opened, Error> {
        let mut tx = self.store.service("publishing opens an account").await?;
        let row = sql::get_sealed(tx.conn(), organization, id).await?;
        tx.commit().await?;
        let row = row.ok_or_else(|| internal("the account is gone"))?;
        match row.status.as_str() {
            "active" => {}
            status => {
                let kind =
                    if status == "needs_consent" { FaultKind::NeedsConsent } else { FaultKind::Revoked };
                // the network isn't asked now: what it said was said of something else
                let mut words =
                    "The account has to be connected again before the network is asked.".to_owned();
                if let Some(before) = row.error_message {
                    let _ = write!(words, " It said before: {before}");
                }
                return Err(Fault::new(kind, words).into());
            }
        }
        self.unseal(organization, id, row)
    }

    fn unseal(
        &self,
        organization: OrganizationId,
        id: ConnectionId,
        row: SealedRow,
    ) -> Result<Opened, Error> {
        let vault = &self.outside.vault;
        let version = row.encryption_version;
        let app = match row.app {
            Some(app) => {
                let app: SealedApp =
                    serde_json::from_value(app).map_err(|error| internal(error.to_string()))?;
                let client_secret = open_text(vault, &app.client_secret, app.version)?;
                Some(App { client_id: app.client_id, client_secret })
            }
            None => {
                Provider::parse(&row.provider).and_then(|provider| self.outside.apps.get(&provider).cloned())
            }
        };
        let mut settings = row.account_info;
        if row.provider == Provider::Sandbox.as_str() {
            settings = json!({
                "organization": organization.uuid(), "brand": row.brand.uuid(), "connection": id.uuid(),
            });
        }
        let account = Account {
            network: Network::parse(&row.network)
                .ok_or_else(|| internal("the account's network is unknown"))?,
            id: row.remote_id,
            handle: row.handle,
            server: row.server,
            token: open_text(vault, &row.access_token, version)?,
            refresh_token: row
                .refresh_token
                .as_deref()
                .map(|token| open_text(vault, token, version))
                .transpose()?,
            secrets: open_secrets(vault, row.secrets.as_deref(), version)?,
            settings,
        };
        Ok(Opened {
            organization,
            brand: row.brand,
            id,
            provider: row.provider,
            account,
            app,
            sealed: row.access_token,
            expires_at: row.token_expires_at,
        })
    }

    /// Renews a token. Whoever is second waits for nobody: it is told to come back, and finds the new token then.
    pub(crate) async fn renew_token(&self, opened: &Opened) -> Result<(), Error> {
        let now = self.clock.now();
        let mut tx = self.store.service("publishing renews a token").await?;
        let mine = sql::lease_refresh(tx.conn(), opened.organization, opened.id, &opened.sealed, now).await?;
        tx.commit().await?;
        if !mine {
            let words = "The account's token is being renewed at this moment.";
            return Err(Fault::new(FaultKind::Transient, words).into());
        }
        let publisher = self.publisher(&opened.provider)?;
        let cx = Cx::new(self.outside.wire.as_ref(), &opened.account, opened.app.as_ref(), now, "");
        let renewed = match opened.account.refresh_token {
            Some(_) => publisher.refresh(&cx).await,
            None => {
                Err(Fault::new(FaultKind::NeedsConsent, "The account's token has ended; connect it again."))
            }
        };
        let mut tx = self.store.service("publishing renews a token").await?;
        let result = match renewed {
            Ok(grant) => self.store_grant(&mut tx, opened, &grant, now).await,
            Err(fault)
                if matches!(
                    fault.kind,
                    FaultKind::Transient | FaultKind::RateLimited | FaultKind::Unclear
                ) =>
            {
                sql::put_off_refresh(tx.conn(), opened.organization, opened.id, &fault.words, now).await?;
                Err(fault.means(FaultKind::Transient).into())
            }
            Err(fault) => {
                let status = if fault.kind == FaultKind::Revoked { "revoked" } else { "needs_consent" };
                let of = (opened.organization, opened.brand, opened.id);
                self.mark_trouble(&mut tx, of, status, &fault.words).await?;
                let kind = if status == "revoked" { FaultKind::Revoked } else { FaultKind::NeedsConsent };
                Err(fault.means(kind).into())
            }
        };
        tx.commit().await?;
        result
    }

    async fn store_grant(
        &self,
        tx: &mut impl Tx,
        opened: &Opened,
        grant: &Grant,
        now: Timestamp,
    ) -> Result<(), Error> {
        let vault = &self.outside.vault;
        let token = vault.seal(grant.token.expose_secret().as_bytes())?;
        let kept = grant.refresh_token.as_ref().or(opened.account.refresh_token.as_ref());
        let refresh_token = kept
            .map(|token| vault.seal(token.expose_secret().as_bytes()))
            .transpose()?
            .map(|sealed| sealed.text);
        let secrets = seal_secrets(vault, &opened.account.secrets)?;
        let new = Renewed {
            token: &token.text,
            refresh_token: refresh_token.as_deref(),
            secrets: secrets.as_deref(),
            encryption_version: token.version,
            expires_at: grant.expires_at,
            due_at: due_at(grant.expires_at, now),
        };
        sql::store_token(tx.conn(), opened.organization, opened.id, &new, now).await?;
        Ok(())
    }

    /// Says once that an account stopped working.
    pub(crate) async fn mark_trouble(
        &self,
        tx: &mut impl Tx,
        (organization, brand, id): (OrganizationId, BrandId, ConnectionId),
        status: &str,
        words: &str,
    ) -> Result<(), Error> {
        if sql::set_trouble(tx.conn(), organization, id, status, words).await? {
            let after = json!({ "status": status, "trouble": words });
            let actor = Actor::Worker { job: "publishing.connections".to_owned() };
            self.record(
                tx,
                (organization, Some(brand)),
                "connection.trouble",
                ("connection", id.uuid()),
                (None, Some(after)),
                (actor, &RequestContext::default()),
            )
            .await?;
        }
        Ok(())
    }

    /// Renews every token whose time has come; what fails is told at the account.
    pub async fn renew_due(&self) -> Result<usize, Error> {
        let now = self.clock.now();
        let mut tx = self.store.service("publishing renews tokens").await?;
        let due = sql::due_for_refresh(tx.conn(), now).await?;
        tx.commit().await?;
        let mut renewed = 0;
        for (organization, id) in due {
            let renewal = async { self.renew_token(&self.open_as_is(organization, id).await?).await };
            match renewal.await {
                Ok(()) => renewed += 1,
                Err(error) => tracing::debug!(%error, connection = %id, "a token could not be renewed"),
            }
        }
        Ok(renewed)
    }
}
