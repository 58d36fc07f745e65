//! What the tests of publishers share: accounts with secrets, pieces, recorded files, schemas.

use std::{collections::BTreeMap, path::PathBuf};

use bellwether_kernel::Timestamp;
use chrono::TimeZone as _;
use secrecy::SecretString;
use serde_json::{Value, json};

use super::{Account, App, Fault, Media, Piece};
use crate::{Network, Target};

/// The secrets of [`account`] and [`app`]: none may appear anywhere.
pub(crate) const SECRETS: [&str; 4] = ["token-secret", "refresh-secret", "password-secret", "app-secret"];

pub(crate) fn now() -> Timestamp {
    chrono::Utc.with_ymd_and_hms(2026, 5, 4, 10, 0, 0).single().expect("a time")
}

pub(crate) fn account(network: Network, id: &str, handle: &str, server: Option<&str>) -> Account {
    Account {
        network,
        id: id.into(),
        handle: handle.into(),
        server: server.map(Into::into),
        token: SecretString::from(SECRETS[0]),
        refresh_token: Some(SecretString::from(SECRETS[1])),
        secrets: BTreeMap::new(),
        settings: Value::Null,
    }
}

pub(crate) fn app() -> App {
    App { client_id: "client".into(), client_secret: SecretString::from(SECRETS[3]) }
}

pub(crate) fn piece(target: Target, text: &str) -> Piece {
    Piece {
        target,
        position: 0,
        of: 1,
        text: text.into(),
        title: None,
        description: None,
        tags: Vec::new(),
        quote_url: None,
        first_comment: None,
        media: Vec::new(),
        options: json!({}),
    }
}

pub(crate) fn with_media(target: Target, text: &str, media: Vec<Media>) -> Piece {
    Piece { media, ..piece(target, text) }
}

/// Fails if a fault shows a secret.
pub(crate) fn assert_no_secret(fault: &Fault) {
    let shown = format!("{fault} {fault:?}");
    for secret in SECRETS {
        assert!(!shown.contains(secret), "{shown}");
    }
}

/// A file of the material beside the project; says so when it is not there.
pub(crate) fn shared(path: &str) -> Option<String> {
    let file: PathBuf = [env!("CARGO_MANIFEST_DIR"), "../../../shared", path].iter().collect();
    let text = std::fs::read_to_string(&file).ok();
    if text.is_none() {
        println!("SKIPPED: {} is absent", file.display());
    }
    text
}

/// Checks a value against `#/components/schemas/<name>`, or a pointer, of an OpenAPI document.
pub(crate) struct OpenApi(Value);

impl OpenApi {
    pub(crate) fn read(path: &str) -> Option<Self> {
        Some(Self(serde_json::from_str(&shared(path)?).expect("JSON")))
    }

    pub(crate) fn check(&self, pointer: &str, value: &Value) {
        let mut root = self.0.as_object().expect("an object").clone();
        root.retain(|name, _| name == "components" || name == "paths");
        // a reference is an address: its braces are escaped
        let pointer = pointer.replace('{', "%7B").replace('}', "%7D");
        root.insert("$ref".into(), json!(format!("#{pointer}")));
        let validator = jsonschema::options()
            .with_draft(jsonschema::Draft::Draft202012)
            .build(&Value::Object(root))
            .expect("a schema");
        let errors: Vec<String> =
            validator.iter_errors(value).map(|error| format!("{}: {error}", error.instance_path())).collect();
        assert!(errors.is_empty(), "{pointer}: {errors:?}\n{value}");
    }
}

/// A form as the object that a schema describes.
pub(crate) fn object(pairs: &[(String, String)]) -> Value {
    pairs.iter().map(|(name, value)| (name.clone(), json!(value))).collect::<serde_json::Map<_, _>>().into()
}
