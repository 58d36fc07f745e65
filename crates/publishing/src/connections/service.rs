//! Use cases of connections.

use std::{collections::BTreeMap, fmt};

use bellwether_kernel::{
    BrandAccess, Kind, Permission, Problem, RequestContext,
    id::{BrandId, OrganizationId},
};
use bellwether_networks::{
    Network,
    publish::{Account, Cx, Fault, FaultKind, FoundAccount, Grant, Provider},
};
use bellwether_store::TenantTx;
use chrono::{DateTime, Utc};
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use utoipa::ToSchema;

use super::{sql, tokens};
use crate::{ConnectionId, Error, Publishing, publications};

/// Most accounts of a brand.
const MOST: usize = 200;

/// Whether an account works.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Serialize,
    Deserialize,
    ToSchema,
    strum::EnumString,
    strum::IntoStaticStr,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
#[schema(as = ConnectionStatus)]
pub enum Status {
    /// It does.
    Active,
    /// Its owner has to consent again.
    NeedsConsent,
    /// Its owner took the permission back.
    Revoked,
    /// It was disconnected here.
    Disconnected,
}

/// An account of a network that posts go out on.
#[derive(Debug, Serialize, ToSchema)]
pub struct ConnectionView {
    /// Id.
    pub id: ConnectionId,
    /// The way out.
    #[schema(value_type = Provider)]
    pub provider: String,
    /// The network that its readers are on.
    #[schema(value_type = Network)]
    pub network: String,
    /// The network's own id of it.
    pub account_id: String,
    /// As people read it.
    pub name: String,
    /// As people address it, without `@`.
    pub handle: String,
    /// Its picture.
    pub avatar_url: Option<String>,
    /// The instance, where a network has several.
    pub server: Option<String>,
    /// Whether it works.
    #[schema(value_type = Status)]
    pub status: String,
    /// Why it does not, in the network's own words.
    pub trouble: Option<String>,
    /// What was allowed, by the network's names.
    pub scopes: Vec<String>,
    /// When its token ends; it is renewed before by itself.
    pub expires_at: Option<DateTime<Utc>>,
    /// The network's own limit: nothing goes out before.
    pub blocked_until: Option<DateTime<Utc>>,
    /// When something went out last.
    pub last_published_at: Option<DateTime<Utc>>,
    /// When it was last seen to work.
    pub checked_at: Option<DateTime<Utc>>,
    /// When it was connected.
    pub created_at: DateTime<Utc>,
    /// Changes with every change.
    pub version: i32,
}

impl From<sql::ConnectionRow> for ConnectionView {
    fn from(row: sql::ConnectionRow) -> Self {
        Self {
            id: row.id,
            provider: row.provider,
            network: row.network,
            account_id: row.remote_id,
            name: row.name,
            handle: row.handle,
            avatar_url: row.avatar_url,
            server: row.server,
            status: row.status,
            trouble: row.error_message,
            scopes: row.scopes,
            expires_at: row.token_expires_at,
            blocked_until: row.blocked_until,
            last_published_at: row.last_published_at,
            checked_at: row.checked_at,
            created_at: row.created_at,
            version: row.version,
        }
    }
}

/// An account to connect with what a person types.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateConnection {
    /// The way out.
    pub provider: Provider,
    /// The network that its readers are on, where the way reaches several.
    #[serde(default)]
    pub network: Option<Network>,
    /// The instance, where a network has several.
    #[serde(default)]
    pub server: Option<String>,
    /// What the way asks for.
    #[serde(default)]
    pub fields: BTreeMap<String, String>,
}

/// Without what was typed: fields are secrets as often as not, and a log is no place for them.
impl fmt::Debug for CreateConnection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CreateConnection")
            .field("provider", &self.provider)
            .field("network", &self.network)
            .field("server", &self.server)
            .field("fields", &self.fields.keys().collect::<Vec<_>>())
            .finish()
    }
}

/// `https://host`, as it is stored and compared.
pub(super) fn clean_server(server: &str) -> Result<String, Problem> {
    let url = bellwether_ingest::fetch::parse_url(server)
        .map_err(|error| Problem::invalid("server", "invalid_url", error.to_string()))?;
    let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
    let path = url.path().trim_end_matches('/');
    Ok(format!("{}://{}{port}{path}", url.scheme(), url.host_str().unwrap_or_default()))
}

impl Publishing {
    /// A brand's accounts, the oldest first.
    pub async fn list_connections(&self, access: &BrandAccess) -> Result<Vec<ConnectionView>, Error> {
        access.allow(Permission::BrandRead)?;
        let mut tx = self.store.tenant(access).await?;
        let rows = sql::list(tx.conn(), access.brand).await?;
        tx.commit().await?;
        Ok(rows.into_iter().map(ConnectionView::from).collect())
    }

    /// The same for whoever reads posts: what is planned names its accounts.
    pub(crate) async fn list_connections_for_posts(
        &self,
        access: &BrandAccess,
    ) -> Result<Vec<ConnectionView>, Error> {
        access.allow(Permission::PostsRead)?;
        let mut tx = self.store.tenant(access).await?;
        let rows = sql::list(tx.conn(), access.brand).await?;
        tx.commit().await?;
        Ok(rows.into_iter().map(ConnectionView::from).collect())
    }

    /// One account.
    pub async fn get_connection(
        &self,
        access: &BrandAccess,
        id: ConnectionId,
    ) -> Result<ConnectionView, Error> {
        access.allow(Permission::BrandRead)?;
        self.read_connection(access, id).await
    }

    async fn read_connection(&self, access: &BrandAccess, id: ConnectionId) -> Result<ConnectionView, Error> {
        let mut tx = self.store.tenant(access).await?;
        let row = sql::get(tx.conn(), access.brand, id).await?;
        tx.commit().await?;
        Ok(row.ok_or_else(|| Problem::not_found("connection"))?.into())
    }

    /// Connects with what a person typed.
    pub async fn connect(
        &self,
        access: &BrandAccess,
        input: CreateConnection,
        context: &RequestContext,
    ) -> Result<Vec<ConnectionView>, Error> {
        access.allow(Permission::ConnectionsManage)?;
        let publisher = self.outside.publishers.get(&input.provider).ok_or_else(|| {
            Problem::invalid("provider", "not_available", "This installation does not offer this way out.")
        })?;
        let app = self.outside.apps.get(&input.provider);
        let asked = publisher.fields();
        if asked.is_empty() && input.provider != Provider::Sandbox {
            let words = "This network is connected by consent: use `connections/authorize`.";
            return Err(Problem::invalid("provider", "needs_consent", words).into());
        }
        let mut typed = input.fields;
        let (mut secrets, mut settings) =
            (BTreeMap::<String, SecretString>::new(), Map::<String, Value>::new());
        for field in &asked {
            let value = typed
                .remove(field.name)
                .map(|value| value.trim().to_owned())
                .filter(|value| !value.is_empty());
            match value {
                Some(value) if value.len() > 4_000 => {
                    let path = format!("fields/{}", field.name);
                    return Err(Problem::invalid(&path, "too_long", "Use at most 4,000 characters.").into());
                }
                Some(value) if field.secret => {
                    secrets.insert(field.name.to_owned(), value.into());
                }
                Some(value) => {
                    settings.insert(field.name.to_owned(), value.into());
                }
                None if field.required => {
                    let path = format!("fields/{}", field.name);
                    return Err(Problem::invalid(
                        &path,
                        "required",
                        format!("{} is needed. {}", field.label, field.help),
                    )
                    .into());
                }
                None => {}
            }
        }
        if let Some(name) = typed.keys().next() {
            let path = format!("fields/{name}");
            return Err(
                Problem::invalid(&path, "unknown_field", "This way out asks for no such thing.").into()
            );
        }
        let networks = input.provider.networks();
        let network = match input.network {
            Some(network) if networks.contains(&network) => network,
            Some(_) => {
                return Err(Problem::invalid(
                    "network",
                    "not_reached",
                    "This way out does not reach that network.",
                )
                .into());
            }
            None => networks.first().copied().unwrap_or(Network::Blog),
        };
        let server = input.server.as_deref().map(clean_server).transpose()?;
        if input.provider == Provider::Sandbox {
            let brand = self.brands.get(access).await?;
            let found = crate::sandbox::account(&brand.name, &brand.slug);
            let grant = crate::sandbox::grant();
            let connect =
                Connect { provider: input.provider, server: None, grant: &grant, secrets: &BTreeMap::new() };
            return self.keep_accounts(access, &connect, &[found], context).await;
        }
        let account = Account {
            network,
            id: String::new(),
            handle: String::new(),
            server: server.clone(),
            token: String::new().into(),
            refresh_token: None,
            secrets: secrets.clone(),
            settings: Value::Object(settings),
        };
        let cx = Cx::new(self.outside.wire.as_ref(), &account, app, self.clock.now(), "");
        let (grant, mut found) = publisher.sign_in(&cx).await?;
        if let Some(wanted) = input.network {
            found.retain(|account| account.network == wanted);
        }
        if found.is_empty() {
            let words = "The network let us in, but there is no account to publish on.";
            return Err(Problem::new(Kind::Conflict, "no_account", words).into());
        }
        let connect =
            Connect { provider: input.provider, server: server.as_deref(), grant: &grant, secrets: &secrets };
        self.keep_accounts(access, &connect, &found, context).await
    }

    /// Keeps accounts that a grant reaches.
    pub(super) async fn keep_accounts(
        &self,
        access: &BrandAccess,
        connect: &Connect<'_>,
        found: &[FoundAccount],
        context: &RequestContext,
    ) -> Result<Vec<ConnectionView>, Error> {
        let mut tx = self.store.tenant(access).await?;
        let there = sql::list(tx.conn(), access.brand).await?.len();
        if there + found.len() > MOST {
            let detail =
                format!("A brand has at most {MOST} accounts. Disconnect one that is not needed any more.");
            return Err(Problem::new(Kind::Conflict, "too_many", detail).into());
        }
        let mut views = Vec::new();
        for account in found {
            views.push(self.keep_account(&mut tx, access, connect, account, context).await?);
        }
        tx.commit().await?;
        Ok(views)
    }

    async fn keep_account(
        &self,
        tx: &mut TenantTx,
        access: &BrandAccess,
        connect: &Connect<'_>,
        account: &FoundAccount,
        context: &RequestContext,
    ) -> Result<ConnectionView, Error> {
        let now = self.clock.now();
        let vault = &self.outside.vault;
        let sealing = connect.provider != Provider::Sandbox;
        let seal = |secret: &SecretString| -> Result<String, Error> {
            if !sealing || secret.expose_secret().is_empty() {
                return Ok(String::new());
            }
            Ok(vault.seal(secret.expose_secret().as_bytes())?.text)
        };
        let token = seal(account.token.as_ref().unwrap_or(&connect.grant.token))?;
        // where a page has a token of its own, the person's gets it anew
        let refresh = connect.grant.refresh_token.as_ref().map(seal).transpose()?;
        let secrets = tokens::seal_secrets(vault, connect.secrets)?;
        let expires_at = connect.grant.expires_at;
        let new = sql::NewConnection {
            organization: access.organization,
            id: ConnectionId::new(&self.clock, &self.rng),
            brand: access.brand,
            provider: connect.provider.as_str(),
            network: account.network.as_str(),
            remote_id: &account.id,
            name: &cut(&account.name),
            handle: &cut(&account.handle),
            account_type: account.settings.get("kind").and_then(Value::as_str),
            avatar_url: account
                .avatar_url
                .as_deref()
                .filter(|url| url.starts_with("https://") && url.len() <= 2_000),
            server: account.server.as_deref().or(connect.server),
            account_info: &account.settings,
            scopes: &connect.grant.scopes,
            token: &token,
            refresh_token: refresh.as_deref(),
            secrets: secrets.as_deref(),
            encryption_version: bellwether_vault::CURRENT,
            expires_at,
            refresh_due_at: refresh.as_ref().and_then(|_| tokens::due_at(expires_at, now)),
            created_by: access.user,
            now,
        };
        let (id, again) = sql::upsert(tx.conn(), &new).await?;
        if again && sql::release(tx.conn(), access.organization, id).await? > 0 {
            publications::announce(tx).await?;
        }
        let row =
            sql::get(tx.conn(), access.brand, id).await?.ok_or_else(|| Problem::not_found("connection"))?;
        let view = ConnectionView::from(row);
        let after = json!({
            "provider": &view.provider, "network": &view.network, "name": &view.name, "handle": &view.handle,
            "scopes": &view.scopes,
        });
        self.record(
            tx,
            (access.organization, Some(access.brand)),
            if again { "connection.updated" } else { "connection.created" },
            ("connection", id.uuid()),
            (None, Some(after)),
            (access.actor(), context),
        )
        .await?;
        Ok(view)
    }

    /// Asks the network whether an account still works.
    pub async fn check_connection(
        &self,
        access: &BrandAccess,
        id: ConnectionId,
    ) -> Result<ConnectionView, Error> {
        access.allow(Permission::ConnectionsManage)?;
        let view = self.read_connection(access, id).await?;
        if view.provider != Provider::Sandbox.as_str() {
            match self.ask_for_account(access.organization, id).await {
                Ok((name, handle, avatar)) => {
                    let mut tx = self.store.tenant(access).await?;
                    let shown = (name.as_str(), handle.as_str(), avatar.as_deref());
                    sql::set_checked(tx.conn(), access.organization, id, shown, self.clock.now()).await?;
                    tx.commit().await?;
                }
                // said at the account; what passes is told to the person who asked
                Err(Error::Network(fault)) => {
                    if !self.mark_fault((access.organization, access.brand, id), &fault).await? {
                        return Err(fault.into());
                    }
                }
                Err(error) => return Err(error),
            }
        }
        self.read_connection(access, id).await
    }

    /// Says at the account what only its owner can mend; false for what passes or is about something else.
    pub(super) async fn mark_fault(
        &self,
        of: (OrganizationId, BrandId, ConnectionId),
        fault: &Fault,
    ) -> Result<bool, Error> {
        let status = match fault.kind {
            FaultKind::NeedsConsent | FaultKind::TokenExpired => "needs_consent",
            FaultKind::Revoked => "revoked",
            _ => return Ok(false),
        };
        let mut tx = self.store.service("publishing marks an account").await?;
        self.mark_trouble(&mut tx, of, status, &fault.words).await?;
        tx.commit().await?;
        Ok(true)
    }

    async fn ask_for_account(
        &self,
        organization: OrganizationId,
        id: ConnectionId,
    ) -> Result<(String, String, Option<String>), Error> {
        let opened = self.open_connection(organization, id).await?;
        let publisher = self.publisher(&opened.provider)?;
        let cx =
            Cx::new(self.outside.wire.as_ref(), &opened.account, opened.app.as_ref(), self.clock.now(), "");
        let found = publisher.accounts(&cx).await?;
        // ways with a token of its own per page show that page only
        let account = found.iter().find(|found| found.id == opened.account.id).or(found.first());
        Ok(match account {
            Some(found) => (found.name.clone(), found.handle.clone(), found.avatar_url.clone()),
            None => (opened.account.handle.clone(), opened.account.handle.clone(), None),
        })
    }

    /// Disconnects an account. Its secrets are gone, what was planned for it waits, what is out stays out.
    pub async fn disconnect(
        &self,
        access: &BrandAccess,
        id: ConnectionId,
        context: &RequestContext,
    ) -> Result<(), Error> {
        access.allow(Permission::ConnectionsManage)?;
        let view = self.read_connection(access, id).await?;
        // before its secrets go; best effort, since the network may be down or the token long dead
        if view.provider != Provider::Sandbox.as_str()
            && let Ok(opened) = self.open_connection(access.organization, id).await
        {
            let publisher = self.publisher(&opened.provider)?;
            let cx = Cx::new(
                self.outside.wire.as_ref(),
                &opened.account,
                opened.app.as_ref(),
                self.clock.now(),
                "",
            );
            if let Err(fault) = publisher.revoke(&cx).await {
                tracing::debug!(%fault, connection = %id, "a token could not be taken back at the network");
            }
        }
        let mut tx = self.store.tenant(access).await?;
        if sql::disconnect(tx.conn(), access.brand, id, self.clock.now()).await? == 0 {
            return Err(Problem::not_found("connection").into());
        }
        sql::hold(tx.conn(), access.organization, id, "The account was disconnected.").await?;
        let before = json!({ "provider": view.provider, "network": view.network, "name": view.name });
        self.record(
            &mut tx,
            (access.organization, Some(access.brand)),
            "connection.deleted",
            ("connection", id.uuid()),
            (Some(before), None),
            (access.actor(), context),
        )
        .await?;
        Ok(tx.commit().await?)
    }
}

/// What accounts are kept with.
pub(super) struct Connect<'a> {
    pub(super) provider: Provider,
    pub(super) server: Option<&'a str>,
    pub(super) grant: &'a Grant,
    pub(super) secrets: &'a BTreeMap<String, SecretString>,
}

fn cut(text: &str) -> String {
    text.trim().chars().take(200).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_typed_is_not_shown() {
        let input: CreateConnection = serde_json::from_value(json!({
            "provider": "bluesky", "fields": { "identifier": "ada.example", "password": "hunter2" },
        }))
        .unwrap();
        let shown = format!("{input:?}");
        assert!(shown.contains("password") && shown.contains("Bluesky"), "{shown}");
        assert!(!shown.contains("hunter2") && !shown.contains("ada.example"), "{shown}");
    }
}
