//! X, API version 2.
//!
//! Written from X's OpenAPI description (version 2.167) and <https://docs.x.com>: `resources/fundamentals/authentication`,
//! `x-api/posts/creation-of-a-post`, `x-api/media/quickstart`, `x-api/fundamentals/rate-limits`,
//! `x-api/fundamentals/response-codes-and-errors`, `x-api/users/lookup`, `x-api/posts/timelines`,
//! `x-api/posts/search`.
//!
//! # Exactly once
//! `POST /2/tweets` knows no key. It refuses a text that the account published lately ("duplicate content"), which may be
//! our own earlier try: so that refusal is unclear, and the account's posts are read.

mod basic;
mod fault;
mod media;
mod others;
mod read;
#[cfg(test)]
mod tests;

use async_trait::async_trait;
use bellwether_kernel::Timestamp;
use chrono::TimeDelta;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde_json::{Value, json};

use self::fault::call;
use crate::{
    Network,
    publish::{
        Abilities, AccountMetrics, App, Ask, Before, Cx, Effect, Fault, FaultKind, FoundAccount, Grant,
        Heard, Method, Oauth, Piece, Posted, Provider, Publisher, Recent, Request, Scope, normalised,
    },
};

/// What this was tested against.
pub const TESTED: &str = "Tested against a fake written from X's OpenAPI description (API v2, 2.167) and docs.x.com; \
    Prism holds each request that publishes, uploads, reads or removes, and the fake's answers, to that description, \
    which leaves out consent and renewal; answers recorded by python-twitter are read. Not against the live network.";

const API: &str = "https://api.x.com";

/// What is asked for.
const SCOPES: [Scope; 5] = [
    Scope { name: "tweet.read", words: "See your posts, and those of others that you listen to" },
    Scope { name: "tweet.write", words: "Publish and remove posts" },
    Scope { name: "users.read", words: "See your profile and how many follow you" },
    Scope { name: "media.write", words: "Upload pictures and videos" },
    Scope { name: "offline.access", words: "Stay connected when you are away" },
];

/// X.
#[derive(Debug, Clone, Copy, Default)]
pub struct X;

fn ask(cx: &Cx<'_>, method: Method, path: &str, effect: Effect) -> Request {
    Request::new(method, format!("{API}{path}"), effect).bearer(cx.account)
}

fn app<'a>(cx: &Cx<'a>) -> Result<&'a App, Fault> {
    cx.app.ok_or_else(|| Fault::new(FaultKind::Setup, "No application is set up for X."))
}

/// A form that our application sends: one with a secret shows it in a header, one without names itself in the form.
fn form(cx: &Cx<'_>, path: &str, pairs: &[(&str, &str)]) -> Result<Request, Fault> {
    let app = app(cx)?;
    let mut pairs = pairs.to_vec();
    pairs.push(("client_id", app.client_id.as_str()));
    let request = Request::new(Method::Post, format!("{API}{path}"), Effect::Prepares).form(pairs);
    let secret = app.client_secret.expose_secret();
    if secret.is_empty() {
        return Ok(request);
    }
    Ok(request.header("authorization", basic::authorization(&app.client_id, secret)))
}

async fn token(cx: &Cx<'_>, pairs: &[(&str, &str)]) -> Result<Grant, Fault> {
    #[derive(Deserialize)]
    struct Answer {
        access_token: String,
        refresh_token: Option<String>,
        expires_in: Option<i64>,
        #[serde(default)]
        scope: String,
    }
    let answer: Answer = call(cx, form(cx, "/2/oauth2/token", pairs)?).await?.read(Effect::Prepares)?;
    Ok(Grant {
        token: SecretString::from(answer.access_token),
        refresh_token: answer.refresh_token.map(SecretString::from),
        expires_at: answer
            .expires_in
            .and_then(TimeDelta::try_seconds)
            .and_then(|time| cx.now.checked_add_signed(time)),
        scopes: answer.scope.split_whitespace().map(str::to_owned).collect(),
    })
}

/// What most answers are wrapped in.
#[derive(Deserialize)]
struct Data<T> {
    data: T,
}

/// The account that a token belongs to.
#[derive(Deserialize)]
struct User {
    id: String,
    name: String,
    username: String,
    profile_image_url: Option<String>,
    #[serde(default)]
    public_metrics: Metrics,
}

#[derive(Default, Deserialize)]
struct Metrics {
    #[serde(rename = "followers_count")]
    followers: Option<u64>,
    #[serde(rename = "following_count")]
    following: Option<u64>,
    /// The older name is what X's guides show.
    #[serde(rename = "post_count", alias = "tweet_count")]
    posts: Option<u64>,
    #[serde(rename = "listed_count")]
    listed: Option<i64>,
}

async fn me(cx: &Cx<'_>) -> Result<User, Fault> {
    let request = ask(cx, Method::Get, "/2/users/me", Effect::Reads)
        .query([("user.fields", "profile_image_url,public_metrics")]);
    Ok(call(cx, request).await?.read::<Data<User>>(Effect::Reads)?.data)
}

/// The id in a post's address.
fn post_id(address: &str) -> Option<String> {
    let url = url::Url::parse(address).ok()?;
    let host = url.host_str()?.trim_start_matches("www.").trim_start_matches("mobile.");
    let mut path = url.path_segments()?;
    let id = path.by_ref().find(|part| *part == "status").and(path.next())?;
    let is_id = (1..=19).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_digit());
    (matches!(host, "x.com" | "twitter.com") && is_id).then(|| id.to_owned())
}

fn posted(cx: &Cx<'_>, id: String) -> Posted {
    let who = if cx.account.handle.is_empty() { "i/web" } else { &cx.account.handle };
    Posted {
        url: Some(format!("https://x.com/{}/status/{id}", who.trim_start_matches('@'))),
        id,
        reference: Value::Null,
        processing: false,
    }
}

/// The call that publishes.
async fn send(cx: &Cx<'_>, post: Value) -> Result<Posted, Fault> {
    #[derive(Deserialize)]
    struct Created {
        id: String,
    }
    let request = ask(cx, Method::Post, "/2/tweets", Effect::Publishes).json(post);
    let created: Data<Created> = call(cx, request).await?.read(Effect::Publishes)?;
    Ok(posted(cx, created.data.id))
}

#[async_trait]
impl Publisher for X {
    fn provider(&self) -> Provider {
        Provider::X
    }

    fn tested(&self) -> &'static str {
        TESTED
    }

    fn abilities(&self) -> Abilities {
        Abilities {
            delete: true,
            read_back: true,
            threads: true,
            first_comment: true,
            reads_accounts: true,
            reads_hashtags: true,
            ..Abilities::PLAIN
        }
    }

    fn oauth(&self, app: &App, _server: Option<&str>) -> Option<Oauth> {
        let scopes = SCOPES.map(|scope| scope.name).join(" ");
        let request = Request::get("https://x.com/i/oauth2/authorize").query([
            ("response_type", "code"),
            ("client_id", app.client_id.as_str()),
            ("scope", scopes.as_str()),
        ]);
        Some(Oauth { authorize_url: request.url, pkce: true, scopes: SCOPES.to_vec(), separator: ' ' })
    }

    async fn exchange(
        &self,
        cx: &Cx<'_>,
        code: &str,
        verifier: &str,
        redirect: &str,
    ) -> Result<Grant, Fault> {
        token(
            cx,
            &[
                ("grant_type", "authorization_code"),
                ("code", code),
                ("redirect_uri", redirect),
                ("code_verifier", verifier),
            ],
        )
        .await
    }

    /// Each renewal gives a new refresh token; the old one is used up.
    async fn refresh(&self, cx: &Cx<'_>) -> Result<Grant, Fault> {
        let Some(refresh) = &cx.account.refresh_token else {
            return Err(Fault::new(FaultKind::NeedsConsent, "There is no token that renews the connection."));
        };
        token(cx, &[("grant_type", "refresh_token"), ("refresh_token", refresh.expose_secret())]).await
    }

    async fn accounts(&self, cx: &Cx<'_>) -> Result<Vec<FoundAccount>, Fault> {
        let user = me(cx).await?;
        Ok(vec![FoundAccount {
            network: Network::X,
            id: user.id,
            name: user.name,
            handle: user.username,
            avatar_url: user.profile_image_url,
            server: None,
            token: None,
            settings: Value::Null,
        }])
    }

    async fn revoke(&self, cx: &Cx<'_>) -> Result<(), Fault> {
        // the refresh token too, or it would give a new one
        for (token, hint) in cx
            .account
            .refresh_token
            .iter()
            .map(|token| (token, "refresh_token"))
            .chain([(&cx.account.token, "access_token")])
        {
            let pairs = [("token", token.expose_secret()), ("token_type_hint", hint)];
            call(cx, form(cx, "/2/oauth2/revoke", &pairs)?).await?;
        }
        Ok(())
    }

    async fn prepare(&self, cx: &Cx<'_>, piece: &Piece) -> Result<Value, Fault> {
        let quote = match &piece.quote_url {
            None => None,
            Some(url) => Some(
                post_id(url)
                    .ok_or_else(|| Fault::rejected(format!("“{url}” is not the address of a post on X.")))?,
            ),
        };
        let mut ids = Vec::new();
        for file in &piece.media {
            ids.push(media::upload(cx, file).await?);
        }
        Ok(json!({ "media_ids": ids, "quote_tweet_id": quote }))
    }

    async fn publish(
        &self,
        cx: &Cx<'_>,
        piece: &Piece,
        prepared: &Value,
        before: Before<'_>,
    ) -> Result<Posted, Fault> {
        let mut post = json!({ "text": piece.text });
        if let Some(ids) = prepared["media_ids"].as_array().filter(|ids| !ids.is_empty()) {
            post["media"] = json!({ "media_ids": ids });
        }
        if let Some(quote) = prepared["quote_tweet_id"].as_str() {
            post["quote_tweet_id"] = json!(quote);
        }
        if let Some(previous) = before.previous {
            post["reply"] = json!({ "in_reply_to_tweet_id": previous.id });
        }
        // who may answer is said by the first of a thread
        if piece.position == 0
            && let Some(who) = piece.option("reply_settings")
        {
            post["reply_settings"] = json!(who);
        }
        send(cx, post).await
    }

    async fn finish(&self, cx: &Cx<'_>, piece: &Piece, posted: &Posted) -> Result<(), Fault> {
        let Some(comment) = &piece.first_comment else { return Ok(()) };
        let post = json!({ "text": comment, "reply": { "in_reply_to_tweet_id": posted.id } });
        send(cx, post).await?;
        Ok(())
    }

    async fn recent(&self, cx: &Cx<'_>, since: Timestamp) -> Result<Recent, Fault> {
        read::recent(cx, since).await
    }

    async fn delete(&self, cx: &Cx<'_>, posted: &Posted) -> Result<(), Fault> {
        let request = ask(cx, Method::Delete, &format!("/2/tweets/{}", posted.id), Effect::Prepares);
        match call(cx, request).await {
            Err(fault) if fault.status == Some(404) => Ok(()),
            other => other.map(drop),
        }
    }

    async fn account_metrics(&self, cx: &Cx<'_>) -> Result<AccountMetrics, Fault> {
        let metrics = me(cx).await?.public_metrics;
        Ok(AccountMetrics {
            followers: metrics.followers,
            following: metrics.following,
            posts: metrics.posts,
            other: metrics.listed.map(|count| ("listed_count".to_owned(), count)).into_iter().collect(),
        })
    }

    async fn posts_of(&self, cx: &Cx<'_>, ask: Ask<'_>) -> Result<Heard, Fault> {
        others::posts_of(cx, ask).await
    }

    /// X turns every link into one of its own, also those without a scheme.
    fn normalise(&self, text: &str) -> String {
        let mut rest = text.to_owned();
        for range in crate::urls(Network::X, text).into_iter().rev() {
            rest.replace_range(range, " ");
        }
        normalised(&rest)
    }
}
