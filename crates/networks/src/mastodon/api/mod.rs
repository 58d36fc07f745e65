//! Mastodon, any instance: our application is registered at each instance when the first account there connects.
//!
//! Written from <https://docs.joinmastodon.org/methods/> (`apps`, `oauth`, `accounts`, `media`, `statuses`) and its
//! machine-readable form for version 4.
//!
//! # Exactly once
//! `POST /api/v1/statuses` takes an `Idempotency-Key`: the same key gives the status that there is. Instances keep it for
//! an HOUR, and other software that speaks this protocol may not keep it at all; after longer the account's posts
//! have to be read back first, as for every other network.
//!
//! # What is missing
//! Quotes are refused. A file is sent in one request, held in memory: the protocol has no parts.

mod fault;
mod media;
mod status;
#[cfg(test)]
mod tests;

use async_trait::async_trait;
use bellwether_kernel::Timestamp;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde_json::{Value, json};

use self::{
    fault::call,
    status::{Status, recent},
};
use crate::{
    Network,
    publish::{
        Abilities, Account, AccountMetrics, App, Before, Cx, Effect, Fault, FaultKind, FoundAccount, Grant,
        Method, Oauth, Piece, Posted, Provider, Publisher, Recent, Request, Scope, normalised,
    },
    text::mention::{Grammar, mentions},
};

/// What this was tested against.
pub const TESTED: &str = "Tested against a fake written from docs.joinmastodon.org; requests and answers are checked \
    against the OpenAPI description of Mastodon 4.7 (abraham/mastodon-openapi), and answers recorded by Mastodon.py are \
    read; not against a live instance.";

/// What is asked for; registration and consent must name the same.
const SCOPES: [Scope; 4] = [
    Scope { name: "read:accounts", words: "See your profile and how many follow you" },
    Scope { name: "read:statuses", words: "See your posts" },
    Scope { name: "write:statuses", words: "Publish, change and remove posts" },
    Scope { name: "write:media", words: "Upload pictures and videos" },
];

/// Mastodon.
#[derive(Debug, Clone, Copy, Default)]
pub struct Mastodon;

fn scopes() -> String {
    SCOPES.map(|scope| scope.name).join(" ")
}

fn server(account: &Account) -> Result<&str, Fault> {
    let server = account.server.as_deref().map(|server| server.trim_end_matches('/'));
    server
        .filter(|server| !server.is_empty())
        .ok_or_else(|| Fault::rejected("The account names no instance of Mastodon."))
}

/// A call of the account's instance with its token.
fn ask(cx: &Cx<'_>, method: Method, path: &str, effect: Effect) -> Result<Request, Fault> {
    Ok(Request::new(method, format!("{}{path}", server(cx.account)?), effect).bearer(cx.account))
}

fn app<'a>(cx: &Cx<'a>) -> Result<&'a App, Fault> {
    cx.app.ok_or_else(|| Fault::new(FaultKind::Setup, "No application is registered at this instance."))
}

/// The account that a token belongs to, as far as it matters.
#[derive(Debug, Deserialize)]
struct Profile {
    id: String,
    acct: String,
    #[serde(default)]
    display_name: String,
    avatar: Option<String>,
    followers_count: Option<u64>,
    following_count: Option<u64>,
    statuses_count: Option<u64>,
}

async fn profile(cx: &Cx<'_>) -> Result<Profile, Fault> {
    let request = ask(cx, Method::Get, "/api/v1/accounts/verify_credentials", Effect::Reads)?;
    call(cx, request).await?.read(Effect::Reads)
}

#[async_trait]
impl Publisher for Mastodon {
    fn provider(&self) -> Provider {
        Provider::Mastodon
    }

    fn tested(&self) -> &'static str {
        TESTED
    }

    fn abilities(&self) -> Abilities {
        Abilities {
            delete: true,
            edit: true,
            read_back: true,
            idempotent: true,
            threads: true,
            first_comment: true,
            ..Abilities::PLAIN
        }
    }

    fn oauth(&self, app: &App, server: Option<&str>) -> Option<Oauth> {
        let server = server?.trim_end_matches('/');
        let request = Request::get(format!("{server}/oauth/authorize")).query([
            ("response_type", "code"),
            ("client_id", app.client_id.as_str()),
            ("scope", scopes().as_str()),
        ]);
        Some(Oauth { authorize_url: request.url, pkce: true, scopes: SCOPES.to_vec(), separator: ' ' })
    }

    async fn register(&self, cx: &Cx<'_>, redirect: &str) -> Result<App, Fault> {
        #[derive(Deserialize)]
        struct Answer {
            client_id: String,
            client_secret: String,
        }
        let url = format!("{}/api/v1/apps", server(cx.account)?);
        let request = Request::new(Method::Post, url, Effect::Prepares).json(json!({
            "client_name": "Bellwether",
            "redirect_uris": [redirect],
            "scopes": scopes(),
        }));
        let answer: Answer = call(cx, request).await?.read(Effect::Prepares)?;
        Ok(App { client_id: answer.client_id, client_secret: SecretString::from(answer.client_secret) })
    }

    async fn exchange(
        &self,
        cx: &Cx<'_>,
        code: &str,
        verifier: &str,
        redirect: &str,
    ) -> Result<Grant, Fault> {
        #[derive(Deserialize)]
        struct Answer {
            access_token: String,
            #[serde(default)]
            scope: String,
        }
        let app = app(cx)?;
        let url = format!("{}/oauth/token", server(cx.account)?);
        let request = Request::new(Method::Post, url, Effect::Prepares).form([
            ("grant_type", "authorization_code"),
            ("client_id", app.client_id.as_str()),
            ("client_secret", app.client_secret.expose_secret()),
            ("code", code),
            ("code_verifier", verifier),
            ("redirect_uri", redirect),
        ]);
        let answer: Answer = call(cx, request).await?.read(Effect::Prepares)?;
        Ok(Grant {
            token: SecretString::from(answer.access_token),
            // its tokens last until they are taken back
            refresh_token: None,
            expires_at: None,
            scopes: answer.scope.split_whitespace().map(str::to_owned).collect(),
        })
    }

    async fn accounts(&self, cx: &Cx<'_>) -> Result<Vec<FoundAccount>, Fault> {
        let profile = profile(cx).await?;
        let server = server(cx.account)?;
        let host = url::Url::parse(server).ok().and_then(|url| url.host_str().map(str::to_owned));
        Ok(vec![FoundAccount {
            network: Network::Mastodon,
            id: profile.id,
            name: Some(profile.display_name)
                .filter(|name| !name.is_empty())
                .unwrap_or_else(|| profile.acct.clone()),
            handle: format!("{}@{}", profile.acct, host.unwrap_or_default()),
            avatar_url: profile.avatar,
            server: Some(server.to_owned()),
            token: None,
            settings: Value::Null,
        }])
    }

    async fn revoke(&self, cx: &Cx<'_>) -> Result<(), Fault> {
        let app = app(cx)?;
        let url = format!("{}/oauth/revoke", server(cx.account)?);
        let request = Request::new(Method::Post, url, Effect::Prepares).form([
            ("client_id", app.client_id.as_str()),
            ("client_secret", app.client_secret.expose_secret()),
            ("token", cx.account.token.expose_secret()),
        ]);
        call(cx, request).await.map(drop)
    }

    async fn prepare(&self, cx: &Cx<'_>, piece: &Piece) -> Result<Value, Fault> {
        if piece.quote_url.is_some() {
            return Err(Fault::unsupported("quoting a post"));
        }
        let mut ids = Vec::new();
        for file in &piece.media {
            ids.push(media::upload(cx, file).await?);
        }
        Ok(json!({ "media_ids": ids }))
    }

    async fn publish(
        &self,
        cx: &Cx<'_>,
        piece: &Piece,
        prepared: &Value,
        before: Before<'_>,
    ) -> Result<Posted, Fault> {
        let mut status = status::of(piece);
        if let Some(ids) = prepared["media_ids"].as_array().filter(|ids| !ids.is_empty()) {
            status["media_ids"] = json!(ids);
        }
        send(cx, status, before.previous, cx.key).await
    }

    fn comments_once(&self) -> bool {
        true
    }

    async fn finish(&self, cx: &Cx<'_>, piece: &Piece, posted: &Posted) -> Result<(), Fault> {
        let Some(comment) = &piece.first_comment else { return Ok(()) };
        let mut status = json!({ "status": comment });
        if let Some(visibility) = piece.option("visibility") {
            status["visibility"] = json!(visibility);
        }
        let key = if cx.key.is_empty() { String::new() } else { format!("{}:first comment", cx.key) };
        send(cx, status, Some(posted), &key).await?;
        Ok(())
    }

    async fn recent(&self, cx: &Cx<'_>, since: Timestamp) -> Result<Recent, Fault> {
        recent(cx, since).await
    }

    async fn delete(&self, cx: &Cx<'_>, posted: &Posted) -> Result<(), Fault> {
        let request = ask(cx, Method::Delete, &format!("/api/v1/statuses/{}", posted.id), Effect::Prepares)?;
        match call(cx, request).await {
            Err(fault) if matches!(fault.status, Some(404 | 410)) => Ok(()),
            other => other.map(drop),
        }
    }

    async fn edit(&self, cx: &Cx<'_>, piece: &Piece, posted: &Posted) -> Result<Posted, Fault> {
        // what an edit leaves out is taken away, media too: send again what is there
        let path = format!("/api/v1/statuses/{}", posted.id);
        let there: Status =
            call(cx, ask(cx, Method::Get, &path, Effect::Reads)?).await?.read(Effect::Reads)?;
        let mut status = status::of(piece);
        there.keep(&mut status);
        if let Some(status) = status.as_object_mut() {
            // who may see a post can't be changed
            status.remove("visibility");
        }
        let request = ask(cx, Method::Put, &path, Effect::Prepares)?.json(status);
        let changed: Status = call(cx, request).await?.read(Effect::Prepares)?;
        Ok(changed.posted())
    }

    async fn account_metrics(&self, cx: &Cx<'_>) -> Result<AccountMetrics, Fault> {
        let profile = profile(cx).await?;
        Ok(AccountMetrics {
            followers: profile.followers_count,
            following: profile.following_count,
            posts: profile.statuses_count,
            ..AccountMetrics::default()
        })
    }

    /// The instance shows `@name@elsewhere` as `@name`.
    fn normalise(&self, text: &str) -> String {
        let mut shown = text.to_owned();
        for mention in mentions(text, Grammar::Fediverse).into_iter().rev() {
            shown.replace_range(mention.name_end..mention.range.end, "");
        }
        normalised(&shown)
    }
}

/// The call that publishes.
async fn send(cx: &Cx<'_>, mut status: Value, answers: Option<&Posted>, key: &str) -> Result<Posted, Fault> {
    if let Some(previous) = answers {
        status["in_reply_to_id"] = json!(previous.id);
    }
    let mut request = ask(cx, Method::Post, "/api/v1/statuses", Effect::Publishes)?.json(status);
    if !key.is_empty() {
        request = request.header("idempotency-key", key);
    }
    let status: Status = call(cx, request).await?.read(Effect::Publishes)?;
    Ok(status.posted())
}
