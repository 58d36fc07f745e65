//! Signing in with an app password, and the session that it gives.
//!
//! Lexicons `com.atproto.server.createSession`, `refreshSession`, `deleteSession`, `getSession`,
//! `app.bsky.actor.getProfile`.

use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    ENTRYWAY,
    fault::call,
    identity::{Document, home, origin},
    server, xrpc,
};
use crate::{
    Network,
    publish::{Cx, Effect, Fault, FaultKind, Field, FoundAccount, Grant, Method, Request},
};

pub(super) fn fields() -> Vec<Field> {
    vec![
        Field {
            name: "identifier",
            label: "Handle",
            secret: false,
            required: true,
            example: "name.bsky.social",
            help: "Your handle, as it stands under your name on Bluesky.",
        },
        Field {
            name: "app_password",
            label: "App password",
            secret: true,
            required: true,
            example: "xxxx-xxxx-xxxx-xxxx",
            help: "Bluesky → Settings → Privacy and security → App passwords. Not the password you sign in with.",
        },
        Field {
            name: "server",
            label: "Server",
            secret: false,
            required: false,
            example: ENTRYWAY,
            help: "Only if your account's server can't be found by its handle.",
        },
    ]
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Session {
    access_jwt: String,
    refresh_jwt: String,
    handle: String,
    did: String,
    did_doc: Option<Value>,
    active: Option<bool>,
    status: Option<String>,
}

impl Session {
    /// How long the tokens last is nowhere promised: the server says when one has ended.
    fn grant(&self) -> Grant {
        Grant {
            token: SecretString::from(self.access_jwt.clone()),
            refresh_token: Some(SecretString::from(self.refresh_jwt.clone())),
            expires_at: None,
            scopes: Vec::new(),
        }
    }

    fn check_active(&self) -> Result<(), Fault> {
        if self.active == Some(false) {
            let status = self.status.as_deref().unwrap_or("not active");
            return Err(Fault::new(
                FaultKind::Revoked,
                format!("Bluesky says that the account is {status}."),
            )
            .code(status));
        }
        Ok(())
    }
}

pub(super) async fn sign_in(cx: &Cx<'_>) -> Result<(Grant, Vec<FoundAccount>), Fault> {
    let identifier = cx.account.setting("identifier").unwrap_or_default().trim();
    let identifier = identifier.strip_prefix('@').unwrap_or(identifier);
    let password = cx.account.secret("app_password").unwrap_or_default().trim();
    if identifier.is_empty() || password.is_empty() {
        return Err(Fault::rejected("A handle and an app password are needed."));
    }
    let typed = cx.account.setting("server").map(str::trim).filter(|server| !server.is_empty());
    let at = match typed.or(cx.account.server.as_deref()) {
        Some(server) => {
            let full = if server.contains("://") { server.to_owned() } else { format!("https://{server}") };
            origin(&full)
                .ok_or_else(|| Fault::rejected(format!("“{server}” is not the address of a server.")))?
        }
        None if identifier.contains('@') => ENTRYWAY.to_owned(),
        None => home(cx, identifier).await?,
    };
    let session = create(cx, &at, identifier, password).await?;
    session.check_active()?;
    // an entryway tells where the account really lives
    let document: Option<Document> =
        session.did_doc.clone().and_then(|document| serde_json::from_value(document).ok());
    let at = document.and_then(|document| document.server()).unwrap_or(at);
    let found = found(cx, &at, &session).await;
    Ok((session.grant(), vec![found]))
}

async fn create(cx: &Cx<'_>, at: &str, identifier: &str, password: &str) -> Result<Session, Fault> {
    let url = format!("{at}/xrpc/com.atproto.server.createSession");
    let request = Request::new(Method::Post, url, Effect::Prepares)
        .json(json!({ "identifier": identifier, "password": password }));
    let response = call(cx, request).await.map_err(|fault| match fault.code.as_deref() {
        Some("AuthenticationRequired") => fault.means(FaultKind::Rejected),
        Some("AuthFactorTokenRequired") => Fault::rejected(
            "Bluesky asks for a code from an e-mail: use an app password, not the password you sign in with.",
        )
        .code("AuthFactorTokenRequired"),
        _ => fault,
    })?;
    response.read(Effect::Prepares)
}

/// The account with its name and picture, or without when they can't be read just now.
async fn found(cx: &Cx<'_>, at: &str, session: &Session) -> FoundAccount {
    let bearer = format!("Bearer {}", session.access_jwt);
    let profile = profile(cx, at, &bearer, &session.did).await.unwrap_or_default();
    FoundAccount {
        network: Network::Bluesky,
        id: session.did.clone(),
        name: profile.display_name.filter(|name| !name.is_empty()).unwrap_or_else(|| session.handle.clone()),
        handle: session.handle.clone(),
        avatar_url: profile.avatar,
        server: Some(at.to_owned()),
        token: None,
        settings: Value::Null,
    }
}

/// Renews the session; when it has ended for good, the kept app password begins another one.
pub(super) async fn refresh(cx: &Cx<'_>) -> Result<Grant, Fault> {
    let renewed = match &cx.account.refresh_token {
        Some(token) => {
            let url = format!("{}/xrpc/com.atproto.server.refreshSession", server(cx));
            let request = Request::new(Method::Post, url, Effect::Prepares)
                .header("authorization", format!("Bearer {}", token.expose_secret()));
            call(cx, request).await.and_then(|response| response.read::<Session>(Effect::Prepares))
        }
        None => Err(Fault::new(FaultKind::TokenExpired, "There is no token that renews the session.")),
    };
    let session = match renewed {
        Err(fault) if matches!(fault.kind, FaultKind::TokenExpired | FaultKind::NeedsConsent) => {
            let Some(password) = cx.account.secret("app_password") else {
                return Err(fault.means(FaultKind::NeedsConsent));
            };
            // who changed or removed the app password has to come back
            create(cx, server(cx), &cx.account.id, password).await.map_err(|fault| match fault.kind {
                FaultKind::Rejected => fault.means(FaultKind::NeedsConsent),
                _ => fault,
            })?
        }
        other => other?,
    };
    session.check_active()?;
    Ok(session.grant())
}

pub(super) async fn accounts(cx: &Cx<'_>) -> Result<Vec<FoundAccount>, Fault> {
    #[derive(Deserialize)]
    struct Answer {
        did: String,
        handle: String,
    }
    let response = call(cx, xrpc(cx, Method::Get, "com.atproto.server.getSession", Effect::Reads)).await?;
    let answer: Answer = response.read(Effect::Reads)?;
    let session = Session {
        access_jwt: cx.account.token.expose_secret().to_owned(),
        refresh_jwt: String::new(),
        handle: answer.handle,
        did: answer.did,
        did_doc: None,
        active: None,
        status: None,
    };
    Ok(vec![found(cx, server(cx), &session).await])
}

pub(super) async fn revoke(cx: &Cx<'_>) -> Result<(), Fault> {
    let Some(token) = &cx.account.refresh_token else { return Ok(()) };
    let url = format!("{}/xrpc/com.atproto.server.deleteSession", server(cx));
    let request = Request::new(Method::Post, url, Effect::Prepares)
        .header("authorization", format!("Bearer {}", token.expose_secret()));
    match call(cx, request).await {
        // it has ended already
        Err(fault) if fault.kind == FaultKind::TokenExpired => Ok(()),
        other => other.map(drop),
    }
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Profile {
    display_name: Option<String>,
    avatar: Option<String>,
    pub(super) followers_count: Option<u64>,
    pub(super) follows_count: Option<u64>,
    pub(super) posts_count: Option<u64>,
}

pub(super) async fn profile(cx: &Cx<'_>, at: &str, bearer: &str, actor: &str) -> Result<Profile, Fault> {
    let request = Request::get(format!("{at}/xrpc/app.bsky.actor.getProfile"))
        .query([("actor", actor)])
        .header("authorization", bearer);
    call(cx, request).await?.read(Effect::Reads)
}
