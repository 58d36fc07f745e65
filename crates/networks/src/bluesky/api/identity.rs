//! Who an account is and where it lives: handle → DID → server.
//!
//! Sources: <https://atproto.com/specs/handle>, <https://atproto.com/specs/did>, <https://atproto.com/specs/at-uri-scheme>.

use serde::Deserialize;

use super::fault::call;
use crate::publish::{Cx, Fault, FaultKind, Request, Response};

/// Answers questions about handles to everybody.
const RESOLVER: &str = "https://public.api.bsky.app";
/// Keeps the documents of `did:plc`.
const DIRECTORY: &str = "https://plc.directory";

/// A record's address: `at://did/collection/key`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct AtUri {
    pub(super) authority: String,
    pub(super) collection: String,
    pub(super) rkey: String,
}

impl AtUri {
    pub(super) fn parse(text: &str) -> Result<Self, Fault> {
        let parts: Vec<&str> = text.strip_prefix("at://").unwrap_or_default().split('/').collect();
        match parts[..] {
            [authority, collection, rkey]
                if (is_did(authority) || is_handle(authority))
                    && !collection.is_empty()
                    && !rkey.is_empty() =>
            {
                Ok(Self {
                    authority: authority.to_owned(),
                    collection: collection.to_owned(),
                    rkey: rkey.to_owned(),
                })
            }
            _ => Err(Fault::rejected(format!("“{text}” is not the address of a post on Bluesky."))),
        }
    }
}

/// A domain name of two labels or more whose last one begins with a letter.
pub(super) fn is_handle(text: &str) -> bool {
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    text.len() <= 253
        && text.contains('.')
        && text.split('.').all(label)
        && text.rsplit('.').next().is_some_and(|top| top.starts_with(|ch: char| ch.is_ascii_alphabetic()))
}

/// `did:method:identifier`.
pub(super) fn is_did(text: &str) -> bool {
    let Some((method, id)) = text.strip_prefix("did:").and_then(|rest| rest.split_once(':')) else {
        return false;
    };
    text.len() <= 2_048
        && !method.is_empty()
        && method.bytes().all(|byte| byte.is_ascii_lowercase())
        && !id.is_empty()
        && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._:%-".contains(&byte))
        && !id.ends_with([':', '%'])
}

/// The DID that a handle says it belongs to. Checked against the DID's own document by [`home`].
pub(super) async fn did_of(cx: &Cx<'_>, handle: &str) -> Result<String, Fault> {
    #[derive(Deserialize)]
    struct Answer {
        did: String,
    }
    if is_did(handle) {
        return Ok(handle.to_owned());
    }
    if !is_handle(handle) {
        return Err(Fault::rejected(format!(
            "“{handle}” is not a handle on Bluesky; it looks like name.bsky.social or your own domain."
        )));
    }
    let request = Request::get(format!("{RESOLVER}/xrpc/com.atproto.identity.resolveHandle"))
        .query([("handle", handle)]);
    let resolved = match call(cx, request).await {
        Ok(response) => Ok(response.read::<Answer>(crate::publish::Effect::Reads)?.did),
        // the domain can say it by itself
        Err(fault) => match call(cx, Request::get(format!("https://{handle}/.well-known/atproto-did"))).await
        {
            Ok(response) => Ok(String::from_utf8_lossy(&response.bytes).trim().to_owned()),
            Err(_) => Err(fault),
        },
    };
    match resolved {
        Ok(did) if is_did(&did) => Ok(did),
        Err(fault) if matches!(fault.kind, FaultKind::Transient | FaultKind::RateLimited) => Err(fault),
        _ => Err(Fault::rejected(format!("Bluesky knows no account “{handle}”."))),
    }
}

/// A server's address without anything after it. Passwords go there: in the clear to this machine only.
pub(super) fn origin(address: &str) -> Option<String> {
    let url = url::Url::parse(address).ok()?;
    let is_here = matches!(url.host_str(), Some("localhost" | "127.0.0.1"));
    let is_safe = url.scheme() == "https" || (url.scheme() == "http" && is_here);
    let is_origin = url.path() == "/" && url.query().is_none() && url.username().is_empty();
    (is_safe && is_origin).then(|| url.as_str().trim_end_matches('/').to_owned())
}

/// A DID's document, as far as it matters.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Document {
    id: String,
    #[serde(default)]
    also_known_as: Vec<String>,
    #[serde(default)]
    service: Vec<Service>,
}

#[derive(Debug, Deserialize)]
struct Service {
    id: String,
    #[serde(rename = "type")]
    kind: String,
    #[serde(rename = "serviceEndpoint")]
    endpoint: serde_json::Value,
}

impl Document {
    /// The account's own server, without a slash at the end.
    pub(super) fn server(&self) -> Option<String> {
        let service = self.service.iter().find(|service| {
            service.id.ends_with("#atproto_pds") && service.kind == "AtprotoPersonalDataServer"
        })?;
        origin(service.endpoint.as_str()?)
    }

    fn claims(&self, handle: &str) -> bool {
        self.also_known_as
            .iter()
            .any(|name| name.strip_prefix("at://").is_some_and(|name| name.eq_ignore_ascii_case(handle)))
    }
}

/// The server on which an account lives. A handle counts only if the account's document names it too.
pub(super) async fn home(cx: &Cx<'_>, identifier: &str) -> Result<String, Fault> {
    let did = did_of(cx, identifier).await?;
    let url = match did.strip_prefix("did:web:") {
        Some(host) if is_handle(host) => format!("https://{host}/.well-known/did.json"),
        Some(_) => return Err(Fault::rejected("An account of did:web has to be a plain domain name.")),
        None if did.starts_with("did:plc:") => format!("{DIRECTORY}/{did}"),
        None => return Err(Fault::rejected(format!("Bluesky takes no accounts of the kind “{did}”."))),
    };
    let response: Response = call(cx, Request::get(url)).await?;
    let document: Document = response.read(crate::publish::Effect::Reads)?;
    if document.id != did || !(is_did(identifier) || document.claims(identifier)) {
        return Err(Fault::rejected(format!(
            "The handle “{identifier}” and its account do not name each other."
        )));
    }
    document.server().ok_or_else(|| Fault::rejected(format!("The account “{identifier}” names no server.")))
}
