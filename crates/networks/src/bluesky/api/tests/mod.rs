mod lexicon;
mod posts;

use bytes::Bytes;
use proptest::prelude::*;
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::{Value, json};

use super::{
    Bluesky, identity,
    record::{self, key},
};
use crate::{
    Network,
    publish::{
        Account, Cx, FaultKind, Method, Publisher as _, WireError,
        fixtures::{SECRETS, account, assert_no_secret, now, shared},
        testing::Script,
    },
};

const DID: &str = "did:plc:z72i7hdynmk6r22z27h6tvur";
const PDS: &str = "https://pds.example.com";

fn ours() -> Account {
    account(Network::Bluesky, DID, "ada.example.com", Some(PDS))
}

fn xrpc(name: &str) -> String {
    format!("{PDS}/xrpc/{name}")
}

fn cx<'a>(script: &'a Script, account: &'a Account) -> Cx<'a> {
    Cx::new(script, account, None, now(), "piece-1")
}

fn typed(identifier: &str) -> Account {
    let mut account = account(Network::Bluesky, "", "", None);
    account.settings = json!({ "identifier": identifier });
    account.secrets.insert("app_password".into(), SecretString::from(SECRETS[2]));
    account
}

fn session() -> Value {
    json!({ "accessJwt": "new-access", "refreshJwt": "new-refresh", "handle": "ada.example.com", "did": DID,
        "active": true })
}

fn document(handle: &str) -> Value {
    json!({ "id": DID, "alsoKnownAs": [format!("at://{handle}")], "service": [
        { "id": "#atproto_pds", "type": "AtprotoPersonalDataServer", "serviceEndpoint": PDS }] })
}

fn expect_resolved(script: &Script) {
    let url = "https://public.api.bsky.app/xrpc/com.atproto.identity.resolveHandle?handle=ada.example.com";
    script.expect(Method::Get, url).answer(200, &json!({ "did": DID }));
}

#[tokio::test]
async fn signing_in() {
    let (script, account) = (Script::new(), typed(" @ada.example.com "));
    expect_resolved(&script);
    script
        .expect(Method::Get, format!("https://plc.directory/{DID}"))
        .answer(200, &document("ada.example.com"));
    script
        .expect(Method::Post, xrpc("com.atproto.server.createSession"))
        .json(json!({ "identifier": "ada.example.com", "password": SECRETS[2] }))
        .check(|request| assert!(request.headers.is_empty()))
        .answer(200, &session());
    script
        .expect(Method::Get, format!("{PDS}/xrpc/app.bsky.actor.getProfile?actor=did%3Aplc%3Az72i7hdynmk6r22z27h6tvur"))
        .header("authorization", "Bearer new-access")
        .answer(200, &json!({ "did": DID, "handle": "ada.example.com", "displayName": "Ada", "avatar": "https://a/b" }));
    let (grant, found) = Bluesky.sign_in(&cx(&script, &account)).await.unwrap();
    assert_eq!(grant.token.expose_secret(), "new-access");
    assert_eq!(grant.refresh_token.unwrap().expose_secret(), "new-refresh");
    assert_eq!(
        (found[0].id.as_str(), found[0].name.as_str(), found[0].handle.as_str()),
        (DID, "Ada", "ada.example.com")
    );
    assert_eq!(found[0].server.as_deref(), Some(PDS));
}

#[tokio::test]
async fn signing_in_by_the_domain_itself_and_by_did_web() {
    let (script, account) = (Script::new(), typed("ada.example.com"));
    let url = "https://public.api.bsky.app/xrpc/com.atproto.identity.resolveHandle?handle=ada.example.com";
    script.expect(Method::Get, url).fail(WireError::Unclear("timed out".into()));
    script.expect(Method::Get, "https://ada.example.com/.well-known/atproto-did").respond(
        200,
        &[],
        "did:web:ada.example.com\n",
    );
    script.expect(Method::Get, "https://ada.example.com/.well-known/did.json").answer(
        200,
        &json!({ "id": "did:web:ada.example.com", "alsoKnownAs": ["at://ADA.example.com"], "service": [
            { "id": "did:web:ada.example.com#atproto_pds", "type": "AtprotoPersonalDataServer",
              "serviceEndpoint": "https://pds.example.com/" }] }),
    );
    script.expect(Method::Post, xrpc("com.atproto.server.createSession")).answer(200, &session());
    script
        .expect(
            Method::Get,
            format!("{PDS}/xrpc/app.bsky.actor.getProfile?actor=did%3Aplc%3Az72i7hdynmk6r22z27h6tvur"),
        )
        .answer(500, &json!({}));
    let (_, found) = Bluesky.sign_in(&cx(&script, &account)).await.unwrap();
    assert_eq!(found[0].name, "ada.example.com", "without a profile the handle is the name");
}

#[tokio::test]
async fn an_entryway_tells_the_account_s_own_server() {
    let (script, account) = (Script::new(), typed("ada@example.com"));
    let mut answer = session();
    answer["didDoc"] = document("ada.example.com");
    script
        .expect(Method::Post, "https://bsky.social/xrpc/com.atproto.server.createSession")
        .answer(200, &answer);
    script
        .expect(
            Method::Get,
            format!("{PDS}/xrpc/app.bsky.actor.getProfile?actor=did%3Aplc%3Az72i7hdynmk6r22z27h6tvur"),
        )
        .answer(200, &json!({}));
    let (_, found) = Bluesky.sign_in(&cx(&script, &account)).await.unwrap();
    assert_eq!(found[0].server.as_deref(), Some(PDS));
}

#[tokio::test]
async fn a_typed_server() {
    let (script, mut account) = (Script::new(), typed("ada.example.com"));
    account.settings["server"] = json!("pds.example.com");
    script.expect(Method::Post, xrpc("com.atproto.server.createSession")).answer(200, &session());
    script
        .expect(
            Method::Get,
            format!("{PDS}/xrpc/app.bsky.actor.getProfile?actor=did%3Aplc%3Az72i7hdynmk6r22z27h6tvur"),
        )
        .answer(200, &json!({}));
    Bluesky.sign_in(&cx(&script, &account)).await.unwrap();
    // a password is not sent in the clear, nor to a place that is no server
    for server in ["http://pds.example.com", "https://pds.example.com/path", "ftp://pds.example.com", "a b"] {
        account.settings["server"] = json!(server);
        let fault = Bluesky.sign_in(&cx(&script, &account)).await.unwrap_err();
        assert_eq!(fault.kind, FaultKind::Rejected, "{server}");
    }
}

#[tokio::test]
async fn nobody_signs_in_as_another() {
    // the handle's document names somebody else
    let (script, account) = (Script::new(), typed("ada.example.com"));
    expect_resolved(&script);
    script
        .expect(Method::Get, format!("https://plc.directory/{DID}"))
        .answer(200, &document("eve.example.com"));
    let fault = Bluesky.sign_in(&cx(&script, &account)).await.unwrap_err();
    assert_eq!(fault.kind, FaultKind::Rejected);

    for (status, name, kind) in [
        (401, "AuthenticationRequired", FaultKind::Rejected),
        (401, "AuthFactorTokenRequired", FaultKind::Rejected),
        (400, "AccountTakedown", FaultKind::Revoked),
        (429, "RateLimitExceeded", FaultKind::RateLimited),
    ] {
        let (script, mut account) = (Script::new(), typed("ada.example.com"));
        account.server = Some(PDS.into());
        script
            .expect(Method::Post, xrpc("com.atproto.server.createSession"))
            .answer(status, &json!({ "error": name, "message": format!("no: {}", SECRETS[2]) }));
        let fault = Bluesky.sign_in(&cx(&script, &account)).await.unwrap_err();
        assert_eq!((fault.kind, fault.code.as_deref()), (kind, Some(name)));
        assert_no_secret(&fault);
    }
    for identifier in ["", "nobody", "a b.example.com", "did:plc"] {
        let (script, account) = (Script::new(), typed(identifier));
        assert_eq!(Bluesky.sign_in(&cx(&script, &account)).await.unwrap_err().kind, FaultKind::Rejected);
    }
}

#[tokio::test]
async fn renewing() {
    let (script, account) = (Script::new(), ours());
    script
        .expect(Method::Post, xrpc("com.atproto.server.refreshSession"))
        .header("authorization", format!("Bearer {}", SECRETS[1]))
        .answer(200, &session());
    let grant = Bluesky.refresh(&cx(&script, &account)).await.unwrap();
    assert_eq!(grant.token.expose_secret(), "new-access");

    // ended for good: a kept app password begins another session, without one the owner has to come back
    let expired = json!({ "error": "ExpiredToken", "message": "Token has been revoked" });
    let script = Script::new();
    script.expect(Method::Post, xrpc("com.atproto.server.refreshSession")).answer(400, &expired);
    assert_eq!(Bluesky.refresh(&cx(&script, &account)).await.unwrap_err().kind, FaultKind::NeedsConsent);

    let mut kept = ours();
    kept.secrets.insert("app_password".into(), SecretString::from(SECRETS[2]));
    let script = Script::new();
    script.expect(Method::Post, xrpc("com.atproto.server.refreshSession")).answer(400, &expired);
    script
        .expect(Method::Post, xrpc("com.atproto.server.createSession"))
        .json(json!({ "identifier": DID, "password": SECRETS[2] }))
        .answer(200, &session());
    assert!(Bluesky.refresh(&cx(&script, &kept)).await.is_ok());

    let script = Script::new();
    script.expect(Method::Post, xrpc("com.atproto.server.refreshSession")).answer(400, &expired);
    script.expect(Method::Post, xrpc("com.atproto.server.createSession")).answer(
        401,
        &json!({ "error": "AuthenticationRequired", "message": "Invalid identifier or password" }),
    );
    assert_eq!(Bluesky.refresh(&cx(&script, &kept)).await.unwrap_err().kind, FaultKind::NeedsConsent);

    let script = Script::new();
    let mut gone = session();
    (gone["active"], gone["status"]) = (json!(false), json!("takendown"));
    script.expect(Method::Post, xrpc("com.atproto.server.refreshSession")).answer(200, &gone);
    assert_eq!(Bluesky.refresh(&cx(&script, &account)).await.unwrap_err().kind, FaultKind::Revoked);
}

#[tokio::test]
async fn the_account_and_its_end() {
    let (script, account) = (Script::new(), ours());
    script
        .expect(Method::Get, xrpc("com.atproto.server.getSession"))
        .header("authorization", format!("Bearer {}", SECRETS[0]))
        .answer(200, &json!({ "did": DID, "handle": "ada.example.com" }));
    let profile = format!("{PDS}/xrpc/app.bsky.actor.getProfile?actor=did%3Aplc%3Az72i7hdynmk6r22z27h6tvur");
    let numbers = json!({ "displayName": "", "followersCount": 7, "followsCount": 8, "postsCount": 9 });
    script.expect(Method::Get, profile.clone()).answer(200, &numbers);
    script.expect(Method::Get, profile).answer(200, &numbers);
    script
        .expect(Method::Post, xrpc("com.atproto.server.deleteSession"))
        .header("authorization", format!("Bearer {}", SECRETS[1]))
        .answer(200, &json!({}));
    script
        .expect(Method::Post, xrpc("com.atproto.server.deleteSession"))
        .answer(400, &json!({ "error": "ExpiredToken", "message": "expired" }));
    let cx = cx(&script, &account);
    assert_eq!(Bluesky.accounts(&cx).await.unwrap()[0].name, "ada.example.com");
    let metrics = Bluesky.account_metrics(&cx).await.unwrap();
    assert_eq!((metrics.followers, metrics.following, metrics.posts), (Some(7), Some(8), Some(9)));
    Bluesky.revoke(&cx).await.unwrap();
    Bluesky.revoke(&cx).await.unwrap();
}

#[test]
fn handles_dids_and_addresses_of_others() {
    fn lines(text: &str) -> impl Iterator<Item = &str> {
        text.lines().filter(|line| !line.trim().is_empty() && !line.starts_with('#'))
    }
    for (name, check) in [("handle", identity::is_handle as fn(&str) -> bool), ("did", identity::is_did)] {
        for (kind, expected) in [("valid", true), ("invalid", false)] {
            let Some(text) = shared(&format!("vectors/atproto-interop/syntax/{name}_syntax_{kind}.txt"))
            else {
                return;
            };
            for line in lines(&text) {
                assert_eq!(check(line), expected, "{name} {line:?}");
            }
        }
    }
    let text = shared("vectors/atproto-interop/syntax/tid_syntax_valid.txt").unwrap();
    for line in lines(&text) {
        assert!(is_tid(line), "{line}");
    }
    assert!(identity::AtUri::parse(&format!("at://{DID}/app.bsky.feed.post/abc")).is_ok());
    for wrong in
        ["", "at://", "https://bsky.app", &format!("at://{DID}"), "at://nobody/app.bsky.feed.post/abc"]
    {
        assert!(identity::AtUri::parse(wrong).is_err(), "{wrong}");
    }
}

/// As <https://atproto.com/specs/tid> has it.
fn is_tid(text: &str) -> bool {
    text.len() == 13
        && b"234567abcdefghij".contains(&text.as_bytes()[0])
        && text.bytes().all(|byte| b"234567abcdefghijklmnopqrstuvwxyz".contains(&byte))
}

#[test]
fn keys_do_not_meet() {
    let keys: std::collections::HashSet<String> =
        (0..20_000).map(|index| key(&format!("pub_01jqz8v5ckf3rt9m1x2y4z6a8b:{index}"))).collect();
    assert_eq!(keys.len(), 20_000);
    // kept over releases: an old key must find its record
    assert_eq!(key("piece-1"), key("piece-1"));
    assert!(keys.iter().all(|key| is_tid(key)));
    // a reader takes the key for a time of 2024
    assert!(keys.iter().all(|key| key.starts_with("3k") || key.starts_with("3l")));
}

proptest! {
    #[test]
    fn every_key_is_a_tid(ours in "\\PC{0,80}") {
        prop_assert!(is_tid(&key(&ours)));
    }
}

#[test]
fn a_post_is_known_by_what_an_answer_names() {
    let posted = record::posted("at://did:plc:abc/app.bsky.feed.post/1", "cid", None);
    assert_eq!(posted.url.as_deref(), Some("https://bsky.app/profile/did:plc:abc/post/1"));
    assert_eq!(record::root_of(&posted).unwrap().id, posted.id);
}

/// Bytes as the network names them.
fn blob(bytes: &Bytes) -> Value {
    json!({ "$type": "blob", "ref": { "$link": "bafkreig" }, "mimeType": "image/png", "size": bytes.len() })
}
