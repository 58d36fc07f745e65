//! Connecting by consent: the person goes to the network and comes back with a code, once, for their brand only.

use std::collections::BTreeMap;

use bellwether_kernel::{
    BrandAccess, Kind, Permission, Problem, RequestContext, Timestamp,
    id::{BrandId, OrganizationId, UserId},
};
use bellwether_networks::{
    Network,
    publish::{Account, App, Cx, FoundAccount, Grant, Provider},
};
use chrono::{DateTime, Duration, Utc};
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use utoipa::ToSchema;

use super::{
    ConnectionView,
    service::{Connect, clean_server},
    sql, tokens,
};
use crate::{ConsentId, Error, Publishing, error::internal};

/// How long somebody may take at the network, and to pick accounts after.
const CONSENT: Duration = Duration::minutes(15);
const PICK: Duration = Duration::minutes(30);

/// Where to send a person.
#[derive(Debug, Serialize, ToSchema)]
pub struct Authorized {
    /// The network's consent page.
    pub authorize_url: String,
    /// Until when it has to be finished.
    pub expires_at: DateTime<Utc>,
}

/// What a consent reached.
#[derive(Debug, Serialize, ToSchema)]
pub struct PickView {
    /// Id.
    pub id: ConsentId,
    /// The way out.
    #[schema(value_type = Provider)]
    pub provider: String,
    /// What can be connected.
    pub accounts: Vec<PickedAccount>,
    /// Until when.
    pub expires_at: DateTime<Utc>,
}

/// An account to pick.
#[derive(Debug, Serialize, ToSchema)]
pub struct PickedAccount {
    /// The network's own id of it.
    pub id: String,
    /// The network that its readers are on.
    pub network: Network,
    /// As people read it.
    pub name: String,
    /// As people address it.
    pub handle: String,
    /// Its picture.
    pub avatar_url: Option<String>,
    /// Whether the brand has it already; picking it connects it anew.
    pub connected: bool,
}

/// Where the browser goes after the network sent it back.
pub(super) struct Returned {
    pub(super) organization: OrganizationId,
    pub(super) brand: BrandId,
    pub(super) result: Result<ConsentId, Problem>,
}

/// A grant and its accounts, sealed between the consent and the picking.
#[derive(Serialize, Deserialize)]
struct Granted {
    token: String,
    refresh_token: Option<String>,
    expires_at: Option<Timestamp>,
    scopes: Vec<String>,
    accounts: Vec<GrantedAccount>,
}

#[derive(Serialize, Deserialize)]
struct GrantedAccount {
    network: Network,
    id: String,
    name: String,
    handle: String,
    avatar_url: Option<String>,
    server: Option<String>,
    token: Option<String>,
    settings: Value,
}

fn hash(state: &str) -> Vec<u8> {
    Sha256::digest(state.as_bytes()).to_vec()
}

/// RFC 7636, method S256.
fn challenge(verifier: &str) -> String {
    use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
    URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.as_bytes()))
}

fn nobody(network: Network, server: Option<String>) -> Account {
    Account {
        network,
        id: String::new(),
        handle: String::new(),
        server,
        token: String::new().into(),
        refresh_token: None,
        secrets: BTreeMap::new(),
        settings: Value::Null,
    }
}

fn first_network(provider: Provider) -> Network {
    provider.networks().first().copied().unwrap_or(Network::Blog)
}

impl Publishing {
    /// Begins a consent.
    pub async fn authorize(
        &self,
        access: &BrandAccess,
        provider: Provider,
        server: Option<&str>,
    ) -> Result<Authorized, Error> {
        access.allow(Permission::ConnectionsManage)?;
        if access.access.key.is_some() {
            let words = "A consent needs a person with a browser; an API key can't give one.";
            return Err(Problem::new(Kind::Forbidden, "needs_person", words).into());
        }
        let publisher = self.outside.publishers.get(&provider).ok_or_else(|| {
            Problem::invalid("provider", "not_available", "This installation does not offer this way out.")
        })?;
        let server = server.map(clean_server).transpose()?;
        if provider == Provider::Mastodon && server.is_none() {
            let words = "Name the instance, such as https://mastodon.social.";
            return Err(Problem::invalid("server", "required", words).into());
        }
        let app = self.app(provider, server.as_deref()).await?;
        let oauth = publisher.oauth(&app, server.as_deref()).ok_or_else(|| {
            Problem::invalid("provider", "no_consent", "This way out is connected by typing, not by consent.")
        })?;
        let (state, verifier) = (self.rng.token(), self.rng.token());
        let sealed = self.outside.vault.seal(verifier.as_bytes())?;
        let now = self.clock.now();
        let consent = sql::NewConsent {
            organization: access.organization,
            id: ConsentId::new(&self.clock, &self.rng),
            brand: access.brand,
            user: access.user,
            provider: provider.as_str(),
            server: server.as_deref(),
            state_hash: &hash(&state),
            verifier: &sealed.text,
            encryption_version: sealed.version,
            now,
            expires_at: now + CONSENT,
        };
        let mut tx = self.store.tenant(access).await?;
        sql::insert_consent(tx.conn(), &consent).await?;
        tx.commit().await?;
        let mut url = url::Url::parse(&oauth.authorize_url).map_err(|error| internal(error.to_string()))?;
        {
            let mut query = url.query_pairs_mut();
            query.append_pair("state", &state).append_pair("redirect_uri", &self.redirect_url());
            if oauth.pkce {
                query
                    .append_pair("code_challenge", &challenge(&verifier))
                    .append_pair("code_challenge_method", "S256");
            }
        }
        Ok(Authorized { authorize_url: url.into(), expires_at: now + CONSENT })
    }

    /// Our application at a network or an instance, registered now if the instance does that by itself.
    async fn app(&self, provider: Provider, server: Option<&str>) -> Result<App, Error> {
        let (Provider::Mastodon, Some(server)) = (provider, server) else {
            return self.outside.apps.get(&provider).cloned().ok_or_else(|| {
                let words = format!(
                    "{} is not set up on this installation: the operator registers an application and configures \
                     [networks.{}].",
                    provider.name(),
                    provider.as_str()
                );
                Problem::new(Kind::Conflict, "network_not_set_up", words).into()
            });
        };
        if let Some(app) = self.kept_app(provider, server).await? {
            return Ok(app);
        }
        let account = nobody(Network::Mastodon, Some(server.to_owned()));
        let cx = Cx::new(self.outside.wire.as_ref(), &account, None, self.clock.now(), "");
        let publisher = self.publisher(provider.as_str())?;
        let app = publisher.register(&cx, &self.redirect_url()).await?;
        let sealed = self.outside.vault.seal(app.client_secret.expose_secret().as_bytes())?;
        let mut tx = self.store.service("publishing registers at an instance").await?;
        sql::insert_app(tx.conn(), provider.as_str(), server, &app.client_id, &sealed.text, sealed.version)
            .await?;
        tx.commit().await?;
        // another may have been first
        self.kept_app(provider, server).await?.ok_or_else(|| internal("the application was not kept"))
    }

    async fn kept_app(&self, provider: Provider, server: &str) -> Result<Option<App>, Error> {
        let mut tx = self.store.service("publishing looks for its application").await?;
        let kept = sql::get_app(tx.conn(), provider.as_str(), server).await?;
        tx.commit().await?;
        let open = |(client_id, secret, version): (String, String, i16)| -> Result<App, Error> {
            Ok(App { client_id, client_secret: tokens::open_text(&self.outside.vault, &secret, version)? })
        };
        kept.map(open).transpose()
    }

    /// The network sent somebody back. The state is good for once and for the person who began only. None when nobody
    /// began this, or somebody else did.
    pub(super) async fn returned(
        &self,
        user: UserId,
        state: &str,
        code: Result<&str, Problem>,
    ) -> Result<Option<Returned>, Error> {
        let now = self.clock.now();
        let mut tx = self.store.service("publishing takes a consent").await?;
        let row = sql::use_consent(tx.conn(), &hash(state), now).await?;
        tx.commit().await?;
        let Some(row) = row.filter(|row| row.user == user) else { return Ok(None) };
        let (organization, brand) = (row.organization, row.brand);
        let result = match (code, row.used_at) {
            (_, Some(_)) => Err(Problem::new(
                Kind::Conflict,
                "consent_used",
                "This consent was used already. Begin again.",
            )),
            _ if row.expires_at < now => {
                Err(Problem::new(Kind::Conflict, "consent_expired", "It took too long. Begin again."))
            }
            (Err(problem), None) => Err(problem),
            (Ok(code), None) => self.take_code(&row, code).await.map_err(Problem::from),
        };
        Ok(Some(Returned { organization, brand, result }))
    }

    async fn take_code(&self, row: &sql::ConsentRow, code: &str) -> Result<ConsentId, Error> {
        let provider = Provider::parse(&row.provider).ok_or_else(|| internal("an unknown way out"))?;
        let publisher = self.publisher(&row.provider)?;
        let app = self.app(provider, row.server.as_deref()).await?;
        let verifier = tokens::open_text(&self.outside.vault, &row.verifier, row.encryption_version)?;
        let now = self.clock.now();
        let mut account = nobody(first_network(provider), row.server.clone());
        let grant = {
            let cx = Cx::new(self.outside.wire.as_ref(), &account, Some(&app), now, "");
            publisher.exchange(&cx, code, verifier.expose_secret(), &self.redirect_url()).await?
        };
        account.token = grant.token.clone();
        let cx = Cx::new(self.outside.wire.as_ref(), &account, Some(&app), now, "");
        let found = publisher.accounts(&cx).await?;
        if found.is_empty() {
            let words = "The consent reaches no account or page to publish on. Begin again and allow one.";
            return Err(Problem::new(Kind::Conflict, "no_account", words).into());
        }
        let granted = Granted {
            token: grant.token.expose_secret().to_owned(),
            refresh_token: grant.refresh_token.as_ref().map(|token| token.expose_secret().to_owned()),
            expires_at: grant.expires_at,
            scopes: grant.scopes,
            accounts: found.into_iter().map(GrantedAccount::from).collect(),
        };
        let text = serde_json::to_string(&granted).map_err(|error| internal(error.to_string()))?;
        let sealed = self.outside.vault.seal(text.as_bytes())?;
        let mut tx = self.store.service("publishing keeps a consent").await?;
        sql::keep_granted(tx.conn(), row.organization, row.id, &sealed.text, sealed.version, now + PICK)
            .await?;
        tx.commit().await?;
        Ok(row.id)
    }

    async fn granted(
        &self,
        tx: &mut bellwether_store::TenantTx,
        access: &BrandAccess,
        id: ConsentId,
    ) -> Result<(sql::ConsentRow, Granted), Error> {
        let now = self.clock.now();
        let row = sql::lock_consent(tx.conn(), access.brand, id).await?;
        let row = row.ok_or_else(|| Problem::not_found("consent"))?;
        if row.user != access.user {
            let words = "Somebody else began this consent, and only they can finish it.";
            return Err(Problem::new(Kind::Conflict, "consent_of_another", words).into());
        }
        let gone = || Problem::new(Kind::Conflict, "consent_expired", "This consent is over. Begin again.");
        let sealed = row
            .granted
            .as_deref()
            .filter(|_| row.picked_at.is_none() && row.expires_at > now)
            .ok_or_else(gone)?;
        let text = tokens::open_text(&self.outside.vault, sealed, row.encryption_version)?;
        let granted =
            serde_json::from_str(text.expose_secret()).map_err(|_| internal("a consent can't be read"))?;
        Ok((row, granted))
    }

    /// What a consent reached, to pick from.
    pub async fn get_pick(&self, access: &BrandAccess, id: ConsentId) -> Result<PickView, Error> {
        access.allow(Permission::ConnectionsManage)?;
        let mut tx = self.store.tenant(access).await?;
        let (row, granted) = self.granted(&mut tx, access, id).await?;
        let there = sql::list(tx.conn(), access.brand).await?;
        tx.commit().await?;
        let accounts = granted.accounts.into_iter().map(|account| PickedAccount {
            connected: there.iter().any(|known| {
                known.provider == row.provider
                    && known.network == account.network.as_str()
                    && known.remote_id == account.id
            }),
            id: account.id,
            network: account.network,
            name: account.name,
            handle: account.handle,
            avatar_url: account.avatar_url,
        });
        let accounts = accounts.collect();
        Ok(PickView { id: row.id, provider: row.provider, accounts, expires_at: row.expires_at })
    }

    /// Connects what was picked.
    pub async fn pick(
        &self,
        access: &BrandAccess,
        id: ConsentId,
        picked: &[String],
        context: &RequestContext,
    ) -> Result<Vec<ConnectionView>, Error> {
        access.allow(Permission::ConnectionsManage)?;
        if picked.is_empty() {
            return Err(Problem::invalid("accounts", "required", "Pick at least one account.").into());
        }
        let mut tx = self.store.tenant(access).await?;
        let (row, granted) = self.granted(&mut tx, access, id).await?;
        let mut chosen = Vec::new();
        for (at, wanted) in picked.iter().enumerate() {
            let found = granted.accounts.iter().find(|account| account.id == *wanted).ok_or_else(|| {
                Problem::invalid(
                    format!("accounts/{at}"),
                    "unknown_account",
                    "The consent does not reach this account.",
                )
            })?;
            chosen.push(FoundAccount::from(found));
        }
        sql::finish_consent(tx.conn(), row.organization, row.id, self.clock.now()).await?;
        tx.commit().await?;
        let provider = Provider::parse(&row.provider).ok_or_else(|| internal("an unknown way out"))?;
        let grant = Grant {
            token: granted.token.into(),
            refresh_token: granted.refresh_token.map(SecretString::from),
            expires_at: granted.expires_at,
            scopes: granted.scopes,
        };
        let connect =
            Connect { provider, server: row.server.as_deref(), grant: &grant, secrets: &BTreeMap::new() };
        self.keep_accounts(access, &connect, &chosen, context).await
    }
}

impl From<FoundAccount> for GrantedAccount {
    fn from(found: FoundAccount) -> Self {
        Self {
            network: found.network,
            id: found.id,
            name: found.name,
            handle: found.handle,
            avatar_url: found.avatar_url,
            server: found.server,
            token: found.token.map(|token| token.expose_secret().to_owned()),
            settings: found.settings,
        }
    }
}

impl From<&GrantedAccount> for FoundAccount {
    fn from(granted: &GrantedAccount) -> Self {
        Self {
            network: granted.network,
            id: granted.id.clone(),
            name: granted.name.clone(),
            handle: granted.handle.clone(),
            avatar_url: granted.avatar_url.clone(),
            server: granted.server.clone(),
            token: granted.token.clone().map(SecretString::from),
            settings: granted.settings.clone(),
        }
    }
}
