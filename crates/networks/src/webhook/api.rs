//! Telling an address of one's own of each post, signed as Standard Webhooks say.
//!
//! Written from: Standard Webhooks specification 1.0 (github.com/standard-webhooks/standard-webhooks).
//!
//! `webhook-id` is the same on every try of a piece, so that a receiver that keeps it acts once. What the receiver does
//! with a post can't be read back, changed or removed through it.

#[cfg(test)]
mod tests;

use async_trait::async_trait;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use bellwether_kernel::Timestamp;
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};

use crate::{
    http,
    publish::{
        Abilities, Before, Cx, Effect, Fault, FaultKind, Field, FoundAccount, Grant, Method, Piece, Posted,
        Provider, Publisher, Request, Response,
    },
};

/// What it was tested against.
pub const TESTED: &str = "Tested against a fake written from the Standard Webhooks specification 1.0 and against \
                          signatures of its reference libraries; not against a live receiver.";

/// An address that is told each post.
#[derive(Debug, Default)]
pub struct Webhook;

#[async_trait]
impl Publisher for Webhook {
    fn provider(&self) -> Provider {
        Provider::Webhook
    }

    fn tested(&self) -> &'static str {
        TESTED
    }

    fn abilities(&self) -> Abilities {
        Abilities { idempotent: true, threads: true, first_comment: true, at_once: 4, ..Abilities::PLAIN }
    }

    fn fields(&self) -> Vec<Field> {
        vec![
            Field {
                name: "url",
                label: "Address",
                secret: true,
                required: true,
                example: "https://example.com/hooks/posts",
                help: "Each post is sent there by POST. It may carry a key of its own, therefore it is kept as a secret.",
            },
            Field {
                name: "secret",
                label: "Signing secret",
                secret: true,
                required: true,
                example: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
                help: "24 to 64 random bytes in Base64 after whsec_, as Standard Webhooks say. The receiver checks with it.",
            },
        ]
    }

    async fn sign_in(&self, cx: &Cx<'_>) -> Result<(Grant, Vec<FoundAccount>), Fault> {
        // nothing is sent: a receiver that does not know test messages would publish one
        let secret = cx.account.secret("secret").unwrap_or_default().to_owned();
        key(&secret)?;
        let reached = cx.wire.may_reach(&address(cx)?).await;
        reached.map_err(|error| cx.without_secrets(Fault::of_wire(error, Effect::Reads)))?;
        let accounts = self.accounts(cx).await?;
        Ok((
            Grant { token: secret.into(), refresh_token: None, expires_at: None, scopes: Vec::new() },
            accounts,
        ))
    }

    async fn accounts(&self, cx: &Cx<'_>) -> Result<Vec<FoundAccount>, Fault> {
        let address = address(cx)?;
        let host = http::host(&address);
        Ok(vec![FoundAccount {
            network: cx.account.network,
            id: http::short_hash(&address, 16),
            name: host.clone(),
            handle: host.clone(),
            avatar_url: None,
            server: None,
            token: None,
            settings: json!({"host": host}),
        }])
    }

    async fn publish(
        &self,
        cx: &Cx<'_>,
        piece: &Piece,
        _prepared: &Value,
        before: Before<'_>,
    ) -> Result<Posted, Fault> {
        let body = message(cx, piece, before).to_string();
        let time = cx.now.timestamp().to_string();
        let secret = cx.account.secret("secret").unwrap_or_else(|| cx.account.token.expose_secret());
        let signature = sign(&key(secret)?, cx.key, &time, &body);
        let request = Request::new(Method::Post, address(cx)?, Effect::Publishes)
            .header("webhook-id", cx.key)
            .header("webhook-timestamp", time)
            .header("webhook-signature", signature)
            .bytes("application/json", body.into());
        let response = http::call(cx, request, judge).await?;
        // an answer is welcome, but not needed
        let answer = response.value().unwrap_or_default();
        Ok(Posted {
            id: http::text(&answer, "/id").unwrap_or_else(|| cx.key.to_owned()),
            url: http::text(&answer, "/url")
                .filter(|url| url.starts_with("https://") || url.starts_with("http://")),
            reference: Value::Null,
            processing: false,
        })
    }
}

fn address(cx: &Cx<'_>) -> Result<String, Fault> {
    let typed = cx
        .account
        .secret("url")
        .or(cx.account.setting("url"))
        .ok_or_else(|| Fault::rejected("The address is missing."))?
        .trim();
    let url = url::Url::parse(typed).map_err(|_| Fault::rejected("This is not an address."))?;
    if !matches!(url.scheme(), "https" | "http") || url.host_str().is_none() || url.password().is_some() {
        return Err(Fault::rejected("The address has to begin with https://."));
    }
    Ok(url.into())
}

/// The bytes of a secret.
fn key(secret: &str) -> Result<Vec<u8>, Fault> {
    let coded = secret.trim();
    let coded = coded.strip_prefix("whsec_").unwrap_or(coded);
    STANDARD
        .decode(coded)
        .ok()
        .filter(|bytes| (24..=64).contains(&bytes.len()))
        .ok_or_else(|| Fault::rejected("The signing secret is not 24 to 64 bytes in Base64 after whsec_."))
}

/// `v1,` and the HMAC-SHA256 of `id.timestamp.body`.
fn sign(key: &[u8], id: &str, time: &str, body: &str) -> String {
    let signature = http::hmac_sha256(key, format!("{id}.{time}.{body}").as_bytes());
    format!("v1,{}", STANDARD.encode(signature))
}

fn message(cx: &Cx<'_>, piece: &Piece, before: Before<'_>) -> Value {
    let media: Vec<Value> = piece
        .media
        .iter()
        .map(|media| {
            json!({
                "id": media.id,
                "content_type": media.content_type,
                "bytes": media.bytes,
                "alt_text": media.alt_text,
                "url": media.public_url,
            })
        })
        .collect();
    json!({
        "type": "post.published",
        "timestamp": cx.now.to_rfc3339_opts(chrono::SecondsFormat::Secs, true),
        "data": {
            "network": cx.account.network,
            "target": piece.target,
            "position": piece.position,
            "of": piece.of,
            "title": piece.title,
            "description": piece.description,
            "text": piece.text,
            "tags": piece.tags,
            "quote_url": piece.quote_url,
            "first_comment": piece.first_comment,
            "media": media,
            "options": piece.options,
            "root": before.root.map(|posted| posted.id.as_str()),
            "answers": before.previous.map(|posted| posted.id.as_str()),
        },
    })
}

/// What a refusal means. 410 is the specification's word for "send nothing more".
fn judge(response: &Response, effect: Effect, now: Timestamp) -> Fault {
    let mut fault = Fault::of_response(response, effect, now);
    match response.status {
        300..=399 => {
            fault.kind = FaultKind::Rejected;
            fault.words =
                "The address sends elsewhere; deliveries follow nowhere. Connect the other address.".into();
        }
        401 | 403 => fault.kind = FaultKind::NeedsConsent,
        410 => fault.kind = FaultKind::Revoked,
        _ => {}
    }
    fault
}
