//! What the clients of several networks share: sending with the network's own reading of errors, reading answers
//! without unwraps, keeping secrets out of words, signing.

use std::time::Duration;

use bellwether_kernel::Timestamp;
use ring::{digest, hmac};
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::Value;

use crate::publish::{App, Cx, Effect, Fault, FaultKind, Grant, Media, Piece, Request, Response};
use crate::rules::MediaKind;

/// The code of a fault after which what was prepared is worth nothing any more: prepare again, then publish.
pub const PREPARE_AGAIN: &str = "prepare_again";

/// How a network's refusals are read.
pub type Judge = fn(&Response, Effect, Timestamp) -> Fault;

/// Sends a request; an answer of 2xx comes back, anything else is judged. No fault repeats a secret.
pub async fn call(cx: &Cx<'_>, request: Request, judge: Judge) -> Result<Response, Fault> {
    let effect = request.effect;
    let result = match cx.raw(request).await {
        Ok(response) if (200..300).contains(&response.status) => Ok(response),
        Ok(response) => Err(judge(&response, effect, cx.now)),
        Err(fault) => Err(fault),
    };
    result.map_err(|fault| hide(fault, cx))
}

/// Like [`call`], with the answer as JSON.
pub async fn call_json(cx: &Cx<'_>, request: Request, judge: Judge) -> Result<Value, Fault> {
    let effect = request.effect;
    let response = call(cx, request, judge).await?;
    value(&response, effect)
}

/// The answer as JSON. Our own words: a parser's words may repeat what it read, and that may be a token.
pub fn value(response: &Response, effect: Effect) -> Result<Value, Fault> {
    response
        .value()
        .ok_or_else(|| unreadable("The network's answer could not be read.", effect).status(response.status))
}

/// What the answer has to have. A number is read as text.
pub fn need(value: &Value, pointer: &str, effect: Effect) -> Result<String, Fault> {
    text(value, pointer)
        .ok_or_else(|| unreadable(&format!("The network's answer has no {}.", &pointer[1..]), effect))
}

/// What the answer may have: a text or a number.
pub fn text(value: &Value, pointer: &str) -> Option<String> {
    match value.pointer(pointer)? {
        Value::String(text) if !text.is_empty() => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// A list in the answer; none is an empty one.
pub fn list<'v>(value: &'v Value, pointer: &str) -> &'v [Value] {
    value.pointer(pointer).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// A whole number, also where the network writes it as text.
pub fn number(value: &Value, pointer: &str) -> Option<u64> {
    let found = value.pointer(pointer)?;
    found.as_u64().or_else(|| found.as_str()?.parse().ok())
}

fn unreadable(words: &str, effect: Effect) -> Fault {
    let kind = if effect == Effect::Publishes { FaultKind::Unclear } else { FaultKind::Transient };
    Fault::new(kind, words)
}

/// Takes secrets out of a fault's words: some networks repeat the token that they refuse.
pub fn hide(mut fault: Fault, cx: &Cx<'_>) -> Fault {
    let account = cx.account;
    let secrets = [&account.token]
        .into_iter()
        .chain(&account.refresh_token)
        .chain(account.secrets.values())
        .chain(cx.app.map(|app| &app.client_secret));
    for secret in secrets.map(SecretString::expose_secret).filter(|secret| secret.len() >= 4) {
        if fault.words.contains(secret) {
            fault.words = fault.words.replace(secret, "…");
        }
    }
    fault
}

/// A time as networks write it: RFC 3339, or with an offset without colon.
pub fn time(text: &str) -> Option<Timestamp> {
    chrono::DateTime::parse_from_rfc3339(text)
        .or_else(|_| chrono::DateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%z"))
        .ok()
        .map(|time| time.to_utc())
}

/// Whole seconds from now.
pub fn after(now: Timestamp, seconds: u64) -> Timestamp {
    now + chrono::Duration::seconds(seconds.min(3_153_600_000).cast_signed())
}

/// An hour, the usual window of a limit.
pub const HOUR: Duration = Duration::from_hours(1);
/// A day.
pub const DAY: Duration = Duration::from_hours(24);

/// A part of an address's path.
pub fn segment(text: &str) -> String {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push('%');
            out.push(char::from(HEX[usize::from(byte >> 4)]));
            out.push(char::from(HEX[usize::from(byte & 15)]));
        }
    }
    out
}

/// HMAC-SHA256.
pub fn hmac_sha256(key: &[u8], message: &[u8]) -> Vec<u8> {
    hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), message).as_ref().to_vec()
}

/// The first characters of a text's SHA-256 in hexadecimal: a short name for something long.
pub fn short_hash(text: &str, characters: usize) -> String {
    use std::fmt::Write as _;
    let mut out = String::new();
    for byte in digest::digest(&digest::SHA256, text.as_bytes()).as_ref() {
        // writing to a String does not fail
        let _ = write!(out, "{byte:02x}");
    }
    out.truncate(characters);
    out
}

/// What an OAuth token endpoint gave.
pub fn grant(value: &Value, now: Timestamp, separators: &[char]) -> Result<Grant, Fault> {
    Ok(Grant {
        token: need(value, "/access_token", Effect::Prepares)?.into(),
        refresh_token: text(value, "/refresh_token").map(SecretString::from),
        expires_at: number(value, "/expires_in").filter(|seconds| *seconds > 0).map(|s| after(now, s)),
        scopes: text(value, "/scope")
            .map(|scopes| scopes.split(separators).filter(|s| !s.is_empty()).map(str::to_owned).collect())
            .unwrap_or_default(),
    })
}

/// Our application, which a network with consent needs.
pub fn app<'a>(cx: &Cx<'a>) -> Result<&'a App, Fault> {
    cx.app.ok_or_else(|| {
        Fault::new(FaultKind::Setup, "The installation has no application registered at this network.")
    })
}

/// What renews the token.
pub fn refresh_token<'a>(cx: &Cx<'a>) -> Result<&'a str, Fault> {
    cx.account.refresh_token.as_ref().map(SecretString::expose_secret).ok_or_else(|| {
        Fault::new(FaultKind::NeedsConsent, "There is nothing to renew the token with: connect again.")
    })
}

/// A token that can't be renewed takes a new consent.
pub fn while_refreshing(fault: Fault) -> Fault {
    match fault.kind {
        FaultKind::TokenExpired | FaultKind::Rejected => fault.means(FaultKind::NeedsConsent),
        _ => fault,
    }
}

/// The address at which a network fetches a file.
pub fn public_url(media: &Media) -> Result<&str, Fault> {
    media.public_url.as_deref().ok_or_else(|| {
        Fault::rejected(
            "This network fetches pictures and videos itself: the installation needs an address that the whole \
             internet reaches.",
        )
    })
}

/// The video of a piece that goes to a network which takes one video and nothing beside it.
pub fn lone_video(piece: &Piece) -> Result<Option<&Media>, Fault> {
    match piece.media.iter().find(|media| media.kind == MediaKind::Video) {
        Some(_) if piece.media.len() > 1 => {
            Err(Fault::rejected("This network takes one video alone, or pictures."))
        }
        video => Ok(video),
    }
}

/// An address that a person typed, as the origin and path of a site without a slash at the end.
pub fn site(typed: &str) -> Result<String, Fault> {
    let typed = typed.trim();
    let full = if typed.contains("://") { typed.to_owned() } else { format!("https://{typed}") };
    let url = url::Url::parse(&full).map_err(|_| Fault::rejected("This is not an address."))?;
    if !matches!(url.scheme(), "https" | "http") || url.host_str().is_none() || url.password().is_some() {
        return Err(Fault::rejected("This is not the address of a site."));
    }
    Ok(format!("{}{}", url.origin().ascii_serialization(), url.path().trim_end_matches('/')))
}

/// The site's name without anything around it.
pub fn host(address: &str) -> String {
    url::Url::parse(address).ok().and_then(|url| url.host_str().map(str::to_owned)).unwrap_or_default()
}
