//! What the tests of several networks share.

use std::collections::BTreeMap;

use bellwether_kernel::Timestamp;
use chrono::{TimeZone as _, Utc};
use serde_json::{Value, json};

use crate::{
    Network, Target,
    publish::{
        Account, App, Before, Cx, Fault, FaultKind, Fingerprint, Media, Method, Piece, Publisher, Recent,
        WireError, find,
        testing::{Script, media},
    },
    rules::MediaKind,
};

/// Noon of a day.
pub fn now() -> Timestamp {
    Utc.with_ymd_and_hms(2026, 7, 1, 12, 0, 0).unwrap()
}

/// Secrets all begin with this, so that a test can tell whether one got out.
pub const SECRET: &str = "SECRET";

pub fn account(network: Network, id: &str) -> Account {
    Account {
        network,
        id: id.to_owned(),
        handle: "ada".into(),
        server: None,
        token: "SECRET-token".into(),
        refresh_token: Some("SECRET-refresh".into()),
        secrets: BTreeMap::new(),
        settings: Value::Null,
    }
}

pub fn app() -> App {
    App { client_id: "client".into(), client_secret: "SECRET-app".into() }
}

pub fn piece(target: Target, text: &str) -> Piece {
    Piece {
        target,
        position: 0,
        of: 1,
        text: text.to_owned(),
        title: None,
        description: None,
        tags: Vec::new(),
        quote_url: None,
        first_comment: None,
        media: Vec::new(),
        options: Value::Null,
    }
}

pub fn picture(id: &str) -> Media {
    Media {
        alt_text: format!("Alt {id}"),
        public_url: Some(format!("https://files.example/{id}.jpg")),
        ..media(id, MediaKind::Image, "image/jpeg", "picture")
    }
}

pub fn video(id: &str, bytes: impl Into<bytes::Bytes>) -> Media {
    Media {
        public_url: Some(format!("https://files.example/{id}.mp4")),
        ..media(id, MediaKind::Video, "video/mp4", bytes)
    }
}

/// Publishes against a wire that answers the only call so, and gives the fault.
pub async fn refusal(
    publisher: &dyn Publisher,
    account: &Account,
    piece: &Piece,
    prepared: &Value,
    (method, url): (Method, &str),
    answer: Result<(u16, &Value), WireError>,
) -> Fault {
    let script = Script::new();
    match answer {
        Ok((status, body)) => script.expect(method, url).answer(status, body),
        Err(error) => script.expect(method, url).fail(error),
    }
    let app = app();
    let cx = Cx::new(&script, account, Some(&app), now(), "key-1");
    publisher.publish(&cx, piece, prepared, Before::default()).await.unwrap_err()
}

/// No secret in anything that is shown.
pub fn assert_sealed(fault: &Fault) {
    let shown = format!("{fault} {fault:?}");
    assert!(!shown.contains(SECRET), "{shown}");
}

/// A time-out.
pub fn timed_out() -> WireError {
    WireError::Unclear("timed out".into())
}

/// Whether a text sent at [`now`] is recognised in what was read back.
pub fn recognised(publisher: &dyn Publisher, sent: &str, media: usize, recent: &Recent) -> Option<String> {
    let fingerprint = Fingerprint {
        text: publisher.normalise(sent),
        media,
        since: now(),
        answers: None,
        taken: Vec::new(),
    };
    find(publisher, &fingerprint, recent).map(|seen| seen.posted.id.clone())
}

/// A recorded answer; none, with a word about it, where the recordings are absent.
pub fn recorded(path: &str) -> Option<Value> {
    let file =
        std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/vectors/recorded").join(path);
    if let Ok(bytes) = std::fs::read(&file) {
        Some(serde_json::from_slice(&bytes).unwrap())
    } else {
        println!("skipped: no recorded answers at {}", file.display());
        None
    }
}

/// An error as Meta writes it.
pub fn meta_error(code: i64, subcode: Option<i64>, message: &str) -> Value {
    let mut error = json!({"message": message, "type": "OAuthException", "code": code, "fbtrace_id": "A"});
    if let Some(subcode) = subcode {
        error["error_subcode"] = json!(subcode);
    }
    json!({"error": error})
}

pub fn kind_of<T>(result: Result<T, Fault>) -> FaultKind {
    result.err().unwrap().kind
}
