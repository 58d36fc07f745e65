use std::time::Duration;

use chrono::TimeDelta;
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};

use super::Mastodon;
use crate::{
    Network, Target,
    publish::{
        Account, App, Before, Body, Cx, Effect, Fault, FaultKind, Fingerprint, Method, Piece, Posted,
        Publisher as _, Request, WireError, find,
        fixtures::{
            OpenApi, SECRETS, account, app, assert_no_secret, now, object, piece, shared, with_media,
        },
        testing::{Script, media},
    },
    rules::MediaKind,
};

const SERVER: &str = "https://mastodon.example";
const STATUSES: &str = "https://mastodon.example/api/v1/statuses";

fn ours() -> Account {
    account(Network::Mastodon, "14", "ada@mastodon.example", Some(SERVER))
}

fn cx<'a>(script: &'a Script, account: &'a Account, app: &'a App) -> Cx<'a> {
    Cx::new(script, account, Some(app), now(), "piece-1")
}

fn description() -> Option<OpenApi> {
    OpenApi::read("specs/mastodon.openapi.json")
}

/// Checks what is sent by the official description.
fn by_description(path: &'static str, method: &'static str) -> impl Fn(&Request) {
    move |request| {
        let Some(description) = description() else { return };
        let value = match &request.body {
            Body::Json(value) => value.clone(),
            Body::Form(pairs) => object(pairs),
            _ => return,
        };
        let path = path.replace('/', "~1");
        let pointer = match (path.as_str(), value.get("media_ids")) {
            // the description says "one of", but a status with media is one with text too
            ("~1api~1v1~1statuses", None) => "/components/schemas/TextStatus".to_owned(),
            ("~1api~1v1~1statuses", Some(_)) => "/components/schemas/MediaStatus".to_owned(),
            _ => format!("/paths/{path}/{method}/requestBody/content/application~1json/schema"),
        };
        description.check(&pointer, &value);
    }
}

/// A status as the description has it: its own example, with our words.
fn status(id: &str, content: &str, at: &str) -> Value {
    let account = json!({ "id": "14", "username": "ada", "acct": "ada" });
    json!({ "id": id, "created_at": at, "content": content, "in_reply_to_id": null, "account": account,
        "url": format!("{SERVER}/@ada/{id}"), "uri": format!("{SERVER}/users/ada/statuses/{id}"),
        "sensitive": false, "spoiler_text": "", "language": "en", "media_attachments": [] })
}

fn hello() -> Value {
    status("103", "<p>Hello</p>", "2026-05-04T10:00:01.000Z")
}

async fn out(cx: &Cx<'_>, piece: &Piece, before: Before<'_>) -> Result<Posted, Fault> {
    let prepared = Mastodon.prepare(cx, piece).await?;
    Mastodon.publish(cx, piece, &prepared, before).await
}

#[tokio::test]
async fn registering_and_consent() {
    let (script, account, app) = (Script::new(), ours(), app());
    let scopes = "read:accounts read:statuses write:statuses write:media";
    script
        .expect(Method::Post, format!("{SERVER}/api/v1/apps"))
        .json(json!({ "client_name": "Bellwether", "redirect_uris": ["https://b.example/back"], "scopes": scopes }))
        .check(by_description("/api/v1/apps", "post"))
        .check(|request| assert!(request.headers.is_empty()))
        .answer(200, &json!({ "id": "1", "client_id": "client", "client_secret": "app-secret" }));
    script
        .expect(Method::Post, format!("{SERVER}/oauth/token"))
        .form(&[
            ("grant_type", "authorization_code"),
            ("client_id", "client"),
            ("client_secret", "app-secret"),
            ("code", "the-code"),
            ("code_verifier", "the-verifier"),
            ("redirect_uri", "https://b.example/back"),
        ])
        .check(by_description("/oauth/token", "post"))
        .answer(
            200,
            &json!({ "access_token": "new", "token_type": "Bearer", "scope": scopes, "created_at": 1 }),
        );
    script
        .expect(Method::Get, format!("{SERVER}/api/v1/accounts/verify_credentials"))
        .header("authorization", format!("Bearer {}", SECRETS[0]))
        .answer(200, &json!({ "id": "14", "acct": "ada", "display_name": "", "avatar": "https://a/b" }));
    script
        .expect(Method::Post, format!("{SERVER}/oauth/revoke"))
        .form(&[("client_id", "client"), ("client_secret", "app-secret"), ("token", SECRETS[0])])
        .check(by_description("/oauth/revoke", "post"))
        .answer(200, &json!({}));
    let cx = cx(&script, &account, &app);
    let registered = Mastodon.register(&cx, "https://b.example/back").await.unwrap();
    assert_eq!(
        (registered.client_id.as_str(), registered.client_secret.expose_secret()),
        ("client", "app-secret")
    );

    let oauth = Mastodon.oauth(&registered, Some(SERVER)).unwrap();
    assert_eq!(
        oauth.authorize_url,
        "https://mastodon.example/oauth/authorize?response_type=code&client_id=client\
         &scope=read%3Aaccounts+read%3Astatuses+write%3Astatuses+write%3Amedia"
    );
    assert!(oauth.pkce && Mastodon.oauth(&registered, None).is_none());
    let grant = Mastodon.exchange(&cx, "the-code", "the-verifier", "https://b.example/back").await.unwrap();
    assert_eq!((grant.token.expose_secret(), grant.scopes.len()), ("new", 4));
    assert!(grant.refresh_token.is_none() && grant.expires_at.is_none());

    let found = Mastodon.accounts(&cx).await.unwrap();
    assert_eq!((found[0].name.as_str(), found[0].handle.as_str()), ("ada", "ada@mastodon.example"));
    Mastodon.revoke(&cx).await.unwrap();
}

#[tokio::test]
async fn what_refuses_consent() {
    for (status, error, described, kind) in [
        (401, "invalid_client", "Client authentication failed", FaultKind::Setup),
        (400, "invalid_grant", "The provided authorization grant is invalid", FaultKind::NeedsConsent),
        (400, "invalid_scope", "The requested scope is invalid", FaultKind::Setup),
    ] {
        let (script, account, app) = (Script::new(), ours(), app());
        script.expect(Method::Post, format!("{SERVER}/oauth/token")).answer(
            status,
            &json!({ "error": error, "error_description": format!("{described} app-secret") }),
        );
        let fault = Mastodon.exchange(&cx(&script, &account, &app), "c", "v", "r").await.unwrap_err();
        assert_eq!((fault.kind, fault.code.as_deref()), (kind, Some(error)));
        assert_eq!(fault.words, format!("{described} …"));
    }
    let (script, mut account, app) = (Script::new(), ours(), app());
    account.server = None;
    let fault = Mastodon.accounts(&cx(&script, &account, &app)).await.unwrap_err();
    assert_eq!(fault.kind, FaultKind::Rejected);
}

#[tokio::test]
async fn a_thread_with_its_key() {
    let (script, account, app) = (Script::new(), ours(), app());
    script
        .expect(Method::Post, STATUSES)
        .header("authorization", format!("Bearer {}", SECRETS[0]))
        .header("idempotency-key", "piece-1")
        .json(
            json!({ "status": "Hello", "visibility": "unlisted", "language": "en", "in_reply_to_id": "102" }),
        )
        .check(by_description("/api/v1/statuses", "post"))
        .check(|request| assert_eq!(request.effect, Effect::Publishes))
        .respond(
            200,
            &[("X-RateLimit-Remaining", "299"), ("X-RateLimit-Reset", "2026-05-04T12:00:00.535969Z")],
            hello().to_string(),
        );
    script
        .expect(Method::Post, STATUSES)
        .header("idempotency-key", "piece-1:first comment")
        .json(json!({ "status": "More", "visibility": "unlisted", "in_reply_to_id": "103" }))
        .check(by_description("/api/v1/statuses", "post"))
        .answer(500, &json!({ "error": "oops" }));
    let cx = cx(&script, &account, &app);
    let mut piece = piece(Target::MastodonThread, "Hello");
    piece.options = json!({ "visibility": "unlisted", "language": "en" });
    piece.first_comment = Some("More".into());
    let previous = Posted { id: "102".into(), url: None, reference: Value::Null, processing: false };
    let before = Before { root: Some(&previous), previous: Some(&previous) };
    let posted = out(&cx, &piece, before).await.unwrap();
    assert_eq!(
        (posted.id.as_str(), posted.url.as_deref()),
        ("103", Some("https://mastodon.example/@ada/103"))
    );
    assert_eq!(cx.notes().budget.unwrap().remaining, 299);
    let fault = Mastodon.finish(&cx, &piece, &posted).await.unwrap_err();
    assert_eq!(fault.to_string(), "oops");

    piece.quote_url = Some("https://mastodon.example/@bob/1".into());
    let fault = Mastodon.prepare(&cx, &piece).await.unwrap_err();
    assert_eq!(fault.kind, FaultKind::Unsupported);
}

#[tokio::test]
async fn pictures_and_a_video_that_takes_time() {
    let (script, account, app) = (Script::new(), ours(), app());
    let upload = |name: &'static str,
                  file: &'static str,
                  kind: &'static str,
                  bytes: &'static str,
                  alt: Option<&'static str>| {
        script.expect(Method::Post, format!("{SERVER}/api/v2/media")).check(move |request| {
            assert_eq!(request.effect, Effect::Prepares);
            let Body::Multipart(fields) = &request.body else { panic!("no form") };
            assert_eq!(fields[0].name, name);
            assert_eq!(fields[0].file_name.as_deref(), Some(file));
            assert_eq!(fields[0].content_type.as_deref(), Some(kind));
            assert_eq!(&fields[0].bytes[..], bytes.as_bytes());
            assert_eq!(fields.get(1).map(|field| &field.bytes[..]), alt.map(str::as_bytes));
            assert!(fields.get(1).is_none_or(|field| field.name == "description"));
        })
    };
    upload("file", "m1.png", "image/png", "png", Some("A cat"))
        .answer(200, &json!({ "id": "22", "type": "image" }));
    upload("file", "m2.mp4", "video/mp4", "mp4", None)
        .answer(202, &json!({ "id": "23", "type": "video", "url": null }));
    script.expect(Method::Get, format!("{SERVER}/api/v1/media/23")).answer(206, &json!({ "id": "23" }));
    script.expect(Method::Get, format!("{SERVER}/api/v1/media/23")).answer(200, &json!({ "id": "23" }));
    script
        .expect(Method::Post, STATUSES)
        .json(json!({ "status": "Look", "media_ids": ["22", "23"] }))
        .check(by_description("/api/v1/statuses", "post"))
        .answer(200, &hello());
    let mut picture = media("m1", MediaKind::Image, "image/png", "png");
    picture.alt_text = "A cat".into();
    let video = media("m2", MediaKind::Video, "video/mp4", "mp4");
    let piece = with_media(Target::MastodonPost, "Look", vec![picture, video.clone()]);
    out(&cx(&script, &account, &app), &piece, Before::default()).await.unwrap();
    assert_eq!(script.waited(), [Duration::from_secs(3); 2]);

    for (answer, kind) in [
        (Err(WireError::Unclear("timed out".into())), FaultKind::Transient),
        (Ok((422, "Validation failed: File content type is invalid")), FaultKind::Rejected),
        (Ok((503, "busy")), FaultKind::Transient),
    ] {
        let script = Script::new();
        let step = script.expect(Method::Post, format!("{SERVER}/api/v2/media"));
        match answer {
            Err(error) => step.fail(error),
            Ok((status, words)) => step.answer(status, &json!({ "error": words })),
        }
        let piece = with_media(Target::MastodonPost, "Look", vec![video.clone()]);
        let fault = Mastodon.prepare(&cx(&script, &account, &app), &piece).await.unwrap_err();
        assert_eq!(fault.kind, kind);
    }
}

#[tokio::test]
async fn changing_keeps_what_is_there() {
    let (script, account, app) = (Script::new(), ours(), app());
    let mut there = hello();
    there["media_attachments"] = json!([{ "id": "22" }]);
    there["sensitive"] = json!(true);
    there["spoiler_text"] = json!("A &amp; B");
    script.expect(Method::Get, format!("{STATUSES}/103")).answer(200, &there);
    script
        .expect(Method::Put, format!("{STATUSES}/103"))
        .json(json!({ "status": "Hullo", "language": "de", "media_ids": ["22"], "sensitive": true, "spoiler_text": "A & B" }))
        .check(by_description("/api/v1/statuses/{id}", "put"))
        .check(|request| assert_eq!(request.effect, Effect::Prepares))
        .answer(200, &there);
    let mut piece = piece(Target::MastodonPost, "Hullo");
    piece.options = json!({ "visibility": "public", "language": "de" });
    let posted = Posted { id: "103".into(), url: None, reference: Value::Null, processing: false };
    let changed = Mastodon.edit(&cx(&script, &account, &app), &piece, &posted).await.unwrap();
    assert_eq!(changed.id, "103");
}

#[tokio::test]
async fn removing_and_numbers() {
    let (script, account, app) = (Script::new(), ours(), app());
    script.expect(Method::Delete, format!("{STATUSES}/103")).answer(200, &hello());
    script
        .expect(Method::Delete, format!("{STATUSES}/103"))
        .answer(404, &json!({ "error": "Record not found" }));
    script
        .expect(Method::Get, format!("{SERVER}/api/v1/accounts/verify_credentials"))
        .answer(200, &json!({ "id": "14", "acct": "ada", "followers_count": 1, "following_count": 2, "statuses_count": 3 }));
    let cx = cx(&script, &account, &app);
    let posted = Posted { id: "103".into(), url: None, reference: Value::Null, processing: false };
    Mastodon.delete(&cx, &posted).await.unwrap();
    Mastodon.delete(&cx, &posted).await.unwrap();
    let metrics = Mastodon.account_metrics(&cx).await.unwrap();
    assert_eq!((metrics.followers, metrics.following, metrics.posts), (Some(1), Some(2), Some(3)));
}

#[tokio::test]
async fn reading_back() {
    let list =
        |more: &str| format!("{SERVER}/api/v1/accounts/14/statuses?limit=40&exclude_reblogs=true{more}");
    let (script, account, app) = (Script::new(), ours(), app());
    let mut answer = status(
        "107",
        "<p>Hi <span class=\"h-card\"><a href=\"https://far.example/@bob\" class=\"u-url mention\">@<span>bob</span></a></span>, \
         see <a href=\"https://example.com/x\"><span class=\"invisible\">https://</span><span class=\"\">example.com/x</span></a></p>\
         <p>A &amp; B<br />C</p>",
        "2026-05-04T10:07:00.000Z",
    );
    answer["in_reply_to_id"] = json!("106");
    answer["media_attachments"] = json!([{ "id": "1" }, { "id": "2" }]);
    script.expect(Method::Get, list("")).answer(200, &json!([answer]));
    script.expect(Method::Get, list("&max_id=107")).answer(
        200,
        &json!([
            status("105", "<p>Five</p>", "2026-05-04T10:05:00.000Z"),
            status("104", "<p>Old</p>", "2026-05-04T09:00:00.000Z")
        ]),
    );
    let since = now();
    let recent = Mastodon.recent(&cx(&script, &account, &app), since).await.unwrap();
    assert!(recent.whole);
    assert_eq!(recent.posts.len(), 2);
    assert_eq!(recent.posts[0].text, "Hi @bob, see https://example.com/x\n\nA & B\nC");
    let fingerprint = Fingerprint {
        text: Mastodon.normalise("Hi @bob@far.example, see https://example.com/x\n\nA & B\nC"),
        media: 2,
        since,
        answers: Some("106".into()),
        taken: Vec::new(),
    };
    assert_eq!(find(&Mastodon, &fingerprint, &recent).unwrap().posted.id, "107");

    // an empty page is the end; a bound that is hit proves nothing
    let script = Script::new();
    script.expect(Method::Get, list("")).answer(200, &json!([]));
    assert!(Mastodon.recent(&cx(&script, &account, &app), since).await.unwrap().whole);
    let script = Script::new();
    for page in 0..10 {
        let more = if page == 0 { String::new() } else { format!("&max_id={}", 1_000 - page + 1) };
        let at = (since + TimeDelta::minutes(30 - page)).to_rfc3339();
        script
            .expect(Method::Get, list(&more))
            .answer(200, &json!([status(&(1_000 - page).to_string(), "<p>x</p>", &at)]));
    }
    let recent = Mastodon.recent(&cx(&script, &account, &app), since).await.unwrap();
    assert!(!recent.whole && recent.posts.len() == 10);
}

#[tokio::test]
async fn what_faults_mean() {
    let piece = piece(Target::MastodonPost, "Hello");
    for (status, words, kind) in [
        (401, "The access token is invalid", FaultKind::NeedsConsent),
        (401, "The access token was revoked", FaultKind::Revoked),
        (401, "The access token expired", FaultKind::NeedsConsent),
        (403, "This action is outside the authorized scopes", FaultKind::NeedsConsent),
        (403, "Your login is currently disabled", FaultKind::Revoked),
        (403, "Your login is missing a confirmed e-mail address", FaultKind::Revoked),
        (403, "This action is not allowed", FaultKind::Rejected),
        (404, "Record not found", FaultKind::Rejected),
        (410, "Gone", FaultKind::Revoked),
        (422, "Validation failed: Text character limit of 500 exceeded", FaultKind::Rejected),
        (
            422,
            "Cannot attach files that have not finished processing. Try again in a moment!",
            FaultKind::Transient,
        ),
        (429, "Too many requests", FaultKind::RateLimited),
        (500, "This method failed", FaultKind::Unclear),
        (503, "There was a temporary problem serving your request, please try again", FaultKind::Unclear),
    ] {
        let (script, account, app) = (Script::new(), ours(), app());
        script.expect(Method::Post, STATUSES).respond(
            status,
            &[("x-ratelimit-reset", "2026-05-04T10:05:00.000Z")],
            json!({ "error": format!("{words} {}", SECRETS[0]) }).to_string(),
        );
        let fault = out(&cx(&script, &account, &app), &piece, Before::default()).await.unwrap_err();
        assert_eq!((fault.kind, fault.status), (kind, Some(status)), "{words}");
        assert_eq!(fault.words, format!("{words} …"));
        let wait = (kind == FaultKind::RateLimited).then_some(Duration::from_mins(5));
        assert_eq!(fault.retry_after, wait);
        assert_no_secret(&fault);
    }
}

#[tokio::test]
async fn unknown_ends() {
    let (account, app, piece) = (ours(), app(), piece(Target::MastodonPost, "Hello"));
    let script = Script::new();
    script.expect(Method::Post, STATUSES).fail(WireError::Unclear("timed out".into()));
    let fault = out(&cx(&script, &account, &app), &piece, Before::default()).await.unwrap_err();
    assert_eq!(fault.kind, FaultKind::Unclear);
    for (status, body) in [(200, "<html>"), (200, "{}"), (302, "")] {
        let script = Script::new();
        script.expect(Method::Post, STATUSES).respond(status, &[], body);
        let fault = out(&cx(&script, &account, &app), &piece, Before::default()).await.unwrap_err();
        assert_eq!(fault.kind, FaultKind::Unclear);
    }
}

/// What real instances answered to Mastodon.py.
#[tokio::test]
async fn recorded_answers() {
    let recorded = |name: &str| -> Option<Vec<(String, u16, String)>> {
        let text = shared(&format!("vectors/recorded/mastodon.py/tests/cassettes/{name}.yaml"))?;
        let cassette: serde_yaml_ng::Value = serde_yaml_ng::from_str(&text).unwrap();
        let steps = cassette["interactions"].as_sequence().unwrap().iter().map(|step| {
            let (request, response) = (&step["request"], &step["response"]);
            let call =
                format!("{} {}", request["method"].as_str().unwrap(), request["uri"].as_str().unwrap());
            let status = u16::try_from(response["status"]["code"].as_u64().unwrap()).unwrap();
            (call, status, response["body"]["string"].as_str().unwrap_or_default().to_owned())
        });
        Some(steps.collect())
    };
    let description = description();
    let (account, app) = (ours(), app());
    let Some(steps) = recorded("test_status_delete_media") else { return };
    let (mut published, mut refused, mut uploaded) = (0, 0, 0);
    for (call, status, body) in &steps {
        let script = Script::new();
        let expect = if call.starts_with("DELETE") {
            script.expect(Method::Delete, format!("{STATUSES}/1"))
        } else if call.ends_with("/media") {
            script.expect(Method::Post, format!("{SERVER}/api/v2/media"))
        } else {
            script.expect(Method::Post, STATUSES)
        };
        expect.respond(*status, &[], body.clone());
        let cx = cx(&script, &account, &app);
        if call.starts_with("DELETE") {
            let posted = Posted { id: "1".into(), url: None, reference: Value::Null, processing: false };
            Mastodon.delete(&cx, &posted).await.unwrap();
        } else if call.ends_with("/media") {
            let piece =
                with_media(Target::MastodonPost, "", vec![media("m", MediaKind::Image, "image/png", "x")]);
            let prepared = Mastodon.prepare(&cx, &piece).await.unwrap();
            uploaded += prepared["media_ids"].as_array().unwrap().len();
        } else {
            let piece = piece(Target::MastodonPost, "Toot!");
            match Mastodon.publish(&cx, &piece, &Value::Null, Before::default()).await {
                Ok(posted) => {
                    published += 1;
                    assert!(posted.url.unwrap().contains(&posted.id));
                    if let Some(description) = &description {
                        description.check("/components/schemas/Status", &serde_json::from_str(body).unwrap());
                    }
                }
                Err(fault) => {
                    refused += 1;
                    assert_eq!((fault.kind, fault.status), (FaultKind::Rejected, Some(422)));
                }
            }
        }
    }
    assert_eq!((published, refused, uploaded), (3, 1, 1));

    let (_, status, body) = recorded("test_verify_credentials").unwrap().remove(0);
    let script = Script::new();
    script.expect(Method::Get, format!("{SERVER}/api/v1/accounts/verify_credentials")).respond(
        status,
        &[],
        body,
    );
    assert_eq!(Mastodon.accounts(&cx(&script, &account, &app)).await.unwrap().len(), 1);
}
