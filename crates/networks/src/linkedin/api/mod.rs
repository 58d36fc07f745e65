//! LinkedIn's versioned interface, for members and for organizations (company pages).
//!
//! Written from <https://learn.microsoft.com/en-us/linkedin/>: `shared/authentication/authorization-code-flow`,
//! `shared/api-guide/concepts/error-handling`, and of `marketing/community-management`: `shares/posts-api`,
//! `shares/images-api`, `shares/multiimage-post-api`, `shares/documents-api`, `shares/videos-api`, `shares/comments-api`,
//! `shares/little-text-format`, `organizations/organization-access-control-by-role`,
//! `organizations/organization-lookup-api`. A version lives for about a year: [`VERSION`] has to follow.
//!
//! # Exactly once
//! `POST /rest/posts` knows no key. It refuses what was published lately (`DUPLICATE_POST`), which may be our own earlier
//! try: so that refusal is unclear. An organization's posts can be read back. A MEMBER's can't: the permission for it
//! (`r_member_social`) is closed, so there an unclear end is settled by a person.

mod fault;
mod little;
mod media;
mod people;
mod post;
#[cfg(test)]
mod tests;

use async_trait::async_trait;
use bellwether_kernel::Timestamp;
use chrono::TimeDelta;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde_json::{Value, json};

use self::fault::call;
use crate::publish::{
    Abilities, AccountMetrics, App, Before, Cx, Effect, Fault, FaultKind, FoundAccount, Grant, Method, Oauth,
    Piece, Posted, Provider, Publisher, Recent, Request, Response, Scope,
};

/// What this was tested against.
pub const TESTED: &str = "Tested against a fake written from learn.microsoft.com/linkedin (Community Management API, \
    version 202605); not against the live network.";

/// The version that every call names.
pub const VERSION: &str = "202605";

const API: &str = "https://api.linkedin.com";
const OAUTH: &str = "https://www.linkedin.com/oauth/v2";

/// What is asked for: the permissions of the product "Community Management API", which our application needs.
const SCOPES: [Scope; 5] = [
    Scope { name: "r_basicprofile", words: "See your name" },
    Scope { name: "w_member_social", words: "Publish, change, remove and comment as you" },
    Scope { name: "rw_organization_admin", words: "See which pages you administer and how many follow them" },
    Scope { name: "w_organization_social", words: "Publish, change, remove and comment as your pages" },
    Scope { name: "r_organization_social", words: "See your pages' posts" },
];

/// LinkedIn.
#[derive(Debug, Clone, Copy, Default)]
pub struct Linkedin;

/// A call with the account's token.
fn ask(cx: &Cx<'_>, method: Method, path: &str, effect: Effect) -> Request {
    Request::new(method, format!("{API}{path}"), effect)
        .bearer(cx.account)
        .header("linkedin-version", VERSION)
        .header("x-restli-protocol-version", "2.0.0")
}

/// A URN as part of an address.
fn encoded(urn: &str) -> String {
    url::form_urlencoded::byte_serialize(urn.as_bytes()).collect()
}

fn is_organization(cx: &Cx<'_>) -> bool {
    cx.account.id.starts_with("urn:li:organization:")
}

fn app<'a>(cx: &Cx<'a>) -> Result<&'a App, Fault> {
    cx.app.ok_or_else(|| Fault::new(FaultKind::Setup, "No application is set up for LinkedIn."))
}

/// A form that our application sends.
async fn form(cx: &Cx<'_>, path: &str, pairs: &[(&str, &str)]) -> Result<Response, Fault> {
    let app = app(cx)?;
    let mut pairs = pairs.to_vec();
    pairs.push(("client_id", app.client_id.as_str()));
    pairs.push(("client_secret", app.client_secret.expose_secret()));
    let request = Request::new(Method::Post, format!("{OAUTH}/{path}"), Effect::Prepares).form(pairs);
    call(cx, request).await
}

async fn token(cx: &Cx<'_>, pairs: &[(&str, &str)]) -> Result<Grant, Fault> {
    #[derive(Deserialize)]
    struct Answer {
        access_token: String,
        expires_in: Option<i64>,
        refresh_token: Option<String>,
        #[serde(default)]
        scope: String,
    }
    let answer: Answer = form(cx, "accessToken", pairs).await?.read(Effect::Prepares)?;
    Ok(Grant {
        token: SecretString::from(answer.access_token),
        // only some applications are given one
        refresh_token: answer.refresh_token.map(SecretString::from),
        expires_at: answer
            .expires_in
            .and_then(TimeDelta::try_seconds)
            .and_then(|time| cx.now.checked_add_signed(time)),
        scopes: answer.scope.split([',', ' ']).filter(|scope| !scope.is_empty()).map(str::to_owned).collect(),
    })
}

#[async_trait]
impl Publisher for Linkedin {
    fn provider(&self) -> Provider {
        Provider::Linkedin
    }

    fn tested(&self) -> &'static str {
        TESTED
    }

    fn abilities(&self) -> Abilities {
        Abilities { delete: true, edit: true, read_back: true, first_comment: true, ..Abilities::PLAIN }
    }

    fn oauth(&self, app: &App, _server: Option<&str>) -> Option<Oauth> {
        let scopes = SCOPES.map(|scope| scope.name).join(" ");
        let request = Request::get(format!("{OAUTH}/authorization")).query([
            ("response_type", "code"),
            ("client_id", app.client_id.as_str()),
            ("scope", scopes.as_str()),
        ]);
        // PKCE is for native applications there, on another page of consent
        Some(Oauth { authorize_url: request.url, pkce: false, scopes: SCOPES.to_vec(), separator: ' ' })
    }

    async fn exchange(
        &self,
        cx: &Cx<'_>,
        code: &str,
        _verifier: &str,
        redirect: &str,
    ) -> Result<Grant, Fault> {
        token(cx, &[("grant_type", "authorization_code"), ("code", code), ("redirect_uri", redirect)]).await
    }

    async fn refresh(&self, cx: &Cx<'_>) -> Result<Grant, Fault> {
        let Some(refresh) = &cx.account.refresh_token else {
            return Err(Fault::new(
                FaultKind::NeedsConsent,
                "LinkedIn gave no token that renews the connection: it has to be connected again.",
            ));
        };
        token(cx, &[("grant_type", "refresh_token"), ("refresh_token", refresh.expose_secret())]).await
    }

    async fn accounts(&self, cx: &Cx<'_>) -> Result<Vec<FoundAccount>, Fault> {
        people::accounts(cx).await
    }

    async fn revoke(&self, cx: &Cx<'_>) -> Result<(), Fault> {
        form(cx, "revoke", &[("token", cx.account.token.expose_secret())]).await.map(drop)
    }

    async fn prepare(&self, cx: &Cx<'_>, piece: &Piece) -> Result<Value, Fault> {
        post::prepare(cx, piece).await
    }

    async fn publish(
        &self,
        cx: &Cx<'_>,
        piece: &Piece,
        prepared: &Value,
        before: Before<'_>,
    ) -> Result<Posted, Fault> {
        if before.previous.is_some() {
            return Err(Fault::unsupported("threads"));
        }
        let request =
            ask(cx, Method::Post, "/rest/posts", Effect::Publishes).json(post::of(cx, piece, prepared));
        let response = call(cx, request).await?;
        // the answer has no body; without this header something is out, but nobody knows its id
        match response.header("x-restli-id").or_else(|| response.header("x-linkedin-id")) {
            Some(id) if id.starts_with("urn:li:") => Ok(post::posted(id)),
            _ => Err(Fault::new(FaultKind::Unclear, "LinkedIn published something but did not say its id.")
                .status(response.status)),
        }
    }

    async fn finish(&self, cx: &Cx<'_>, piece: &Piece, posted: &Posted) -> Result<(), Fault> {
        let Some(comment) = &piece.first_comment else { return Ok(()) };
        let path = format!("/rest/socialActions/{}/comments", encoded(&posted.id));
        let request = ask(cx, Method::Post, &path, Effect::Publishes).json(json!({
            "actor": cx.account.id,
            "object": posted.id,
            "message": { "text": comment },
        }));
        call(cx, request).await?;
        Ok(())
    }

    async fn recent(&self, cx: &Cx<'_>, since: Timestamp) -> Result<Recent, Fault> {
        if !is_organization(cx) {
            return Err(Fault::unsupported("reading a member's posts"));
        }
        post::recent(cx, since).await
    }

    async fn delete(&self, cx: &Cx<'_>, posted: &Posted) -> Result<(), Fault> {
        let path = format!("/rest/posts/{}", encoded(&posted.id));
        let request = ask(cx, Method::Delete, &path, Effect::Prepares).header("x-restli-method", "DELETE");
        match call(cx, request).await {
            Err(fault) if fault.status == Some(404) => Ok(()),
            other => other.map(drop),
        }
    }

    /// Words only: what is attached stays.
    async fn edit(&self, cx: &Cx<'_>, piece: &Piece, posted: &Posted) -> Result<Posted, Fault> {
        let path = format!("/rest/posts/{}", encoded(&posted.id));
        let request = ask(cx, Method::Post, &path, Effect::Prepares)
            .header("x-restli-method", "PARTIAL_UPDATE")
            .json(json!({ "patch": { "$set": { "commentary": little::escape(&piece.text) } } }));
        call(cx, request).await?;
        Ok(posted.clone())
    }

    async fn account_metrics(&self, cx: &Cx<'_>) -> Result<AccountMetrics, Fault> {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Answer {
            first_degree_size: u64,
        }
        if !is_organization(cx) {
            return Err(Fault::unsupported("a member's numbers"));
        }
        let path = format!("/rest/networkSizes/{}", encoded(&cx.account.id));
        let request =
            ask(cx, Method::Get, &path, Effect::Reads).query([("edgeType", "COMPANY_FOLLOWED_BY_MEMBER")]);
        let answer: Answer = call(cx, request).await?.read(Effect::Reads)?;
        Ok(AccountMetrics { followers: Some(answer.first_degree_size), ..AccountMetrics::default() })
    }
}
