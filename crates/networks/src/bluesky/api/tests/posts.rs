use std::time::Duration;

use bytes::Bytes;
use chrono::TimeDelta;
use serde_json::{Value, json};

use super::{super::record::key, Bluesky, DID, PDS, blob, cx, lexicon::Lexicons, ours, xrpc};
use crate::{
    Target,
    publish::{
        Account, Before, Body, Cx, Effect, Fault, FaultKind, Fingerprint, Method, Piece, Posted,
        Publisher as _, Request, WireError, find,
        fixtures::{SECRETS, assert_no_secret, now, piece, with_media},
        testing::{Script, media},
    },
    rules::MediaKind,
};

const PUT: &str = "com.atproto.repo.putRecord";

fn uri(rkey: &str) -> String {
    format!("at://{DID}/app.bsky.feed.post/{rkey}")
}

fn written() -> Value {
    json!({ "uri": uri(&key("piece-1")), "cid": "bafyrei1" })
}

fn get_record() -> String {
    format!(
        "{PDS}/xrpc/com.atproto.repo.getRecord?repo=did%3Aplc%3Az72i7hdynmk6r22z27h6tvur\
         &collection=app.bsky.feed.post&rkey={}",
        key("piece-1")
    )
}

fn feed(cursor: &str) -> String {
    format!(
        "{PDS}/xrpc/app.bsky.feed.getAuthorFeed?actor=did%3Aplc%3Az72i7hdynmk6r22z27h6tvur&limit=100\
         &filter=posts_with_replies{cursor}"
    )
}

/// Checks what is sent by its lexicons.
fn by_lexicon(request: &Request) {
    let Some(lexicons) = Lexicons::open() else { return };
    let name = request.url.rsplit('/').next().unwrap().split('?').next().unwrap();
    match &request.body {
        Body::Json(value) => lexicons.input(name, value),
        _ => lexicons.parameters(name, &request.url),
    }
    if let Body::Json(value) = &request.body
        && name == PUT
    {
        lexicons.record("app.bsky.feed.post", &value["record"]);
    }
}

async fn out(cx: &Cx<'_>, piece: &Piece, before: Before<'_>) -> Result<Posted, Fault> {
    let prepared = Bluesky.prepare(cx, piece).await?;
    Bluesky.publish(cx, piece, &prepared, before).await
}

#[tokio::test]
async fn a_text_with_facets() {
    let (script, account) = (Script::new(), ours());
    for (handle, status, answer) in [
        ("bob.example.com", 200, json!({ "did": "did:plc:bob" })),
        (
            "nobody.example.com",
            400,
            json!({ "error": "HandleNotFound", "message": "Unable to resolve handle" }),
        ),
    ] {
        script
            .expect(Method::Get, xrpc(&format!("com.atproto.identity.resolveHandle?handle={handle}")))
            .check(by_lexicon)
            .answer(status, &answer);
    }
    script
        .expect(Method::Post, xrpc(PUT))
        .header("authorization", format!("Bearer {}", SECRETS[0]))
        .json(json!({
            "repo": DID,
            "collection": "app.bsky.feed.post",
            "rkey": key("piece-1"),
            "record": {
                "$type": "app.bsky.feed.post",
                "text": "Grüße @bob.example.com @nobody.example.com #Rust",
                "createdAt": "2026-05-04T10:00:00.000Z",
                "facets": [
                    { "index": { "byteStart": 8, "byteEnd": 24 },
                      "features": [{ "$type": "app.bsky.richtext.facet#mention", "did": "did:plc:bob" }] },
                    { "index": { "byteStart": 45, "byteEnd": 50 },
                      "features": [{ "$type": "app.bsky.richtext.facet#tag", "tag": "Rust" }] },
                ],
                "langs": ["de"],
            },
            "swapRecord": null,
        }))
        .check(by_lexicon)
        .check(|request| assert_eq!(request.effect, Effect::Publishes))
        .respond(
            200,
            &[("RateLimit-Remaining", "4998"), ("RateLimit-Reset", "1777892400")],
            written().to_string(),
        );
    let cx = cx(&script, &account);
    let mut piece = piece(Target::BlueskyPost, "Grüße @bob.example.com @nobody.example.com #Rust");
    piece.options = json!({ "language": "de" });
    let posted = out(&cx, &piece, Before::default()).await.unwrap();
    assert_eq!(posted.id, uri(&key("piece-1")));
    assert_eq!(posted.url, Some(format!("https://bsky.app/profile/{DID}/post/{}", key("piece-1"))));
    assert_eq!(posted.reference["cid"], "bafyrei1");
    assert_eq!(cx.notes().budget.unwrap().remaining, 4998);
    assert_eq!(cx.notes().budget.unwrap().resets_at.timestamp(), 1_777_892_400);
}

#[tokio::test]
async fn a_thread_and_a_first_comment() {
    let (script, account) = (Script::new(), ours());
    let root = json!({ "uri": uri("1"), "cid": "c1" });
    let posted = |rkey: &str, cid: &str| Posted {
        id: uri(rkey),
        url: None,
        reference: json!({ "cid": cid, "root": root }),
        processing: false,
    };
    let (first, second) = (posted("1", "c1"), posted("2", "c2"));
    let expected = json!({ "root": root, "parent": { "uri": uri("2"), "cid": "c2" } });
    let checked = expected.clone();
    script
        .expect(Method::Post, xrpc(PUT))
        .check(by_lexicon)
        .check(move |request| assert_eq!(body(request)["record"]["reply"], checked))
        .answer(200, &json!({ "uri": uri("3"), "cid": "c3" }));
    let (parent, comment) = (root.clone(), key("piece-1:first comment"));
    script
        .expect(Method::Post, xrpc(PUT))
        .check(by_lexicon)
        .check(move |request| {
            let body = body(request);
            assert_eq!(body["rkey"], comment);
            assert_eq!(
                body["record"]["reply"],
                json!({ "root": parent, "parent": { "uri": uri("3"), "cid": "c3" } })
            );
            assert_eq!(body["record"]["text"], "And read #this");
            assert_eq!(body["record"]["facets"].as_array().unwrap().len(), 1);
        })
        .fail(WireError::Unclear("timed out".into()));
    let cx = cx(&script, &account);
    let mut piece = piece(Target::BlueskyThread, "Three");
    piece.first_comment = Some("And read #this".into());
    let before = Before { root: Some(&first), previous: Some(&second) };
    let third = out(&cx, &piece, before).await.unwrap();
    assert_eq!(third.reference["root"], root);
    let fault = Bluesky.finish(&cx, &piece, &third).await.unwrap_err();
    assert_eq!(fault.to_string(), "timed out");

    // without its hash nothing can be answered
    let bare = Posted { reference: Value::Null, ..second };
    let fault = out(&cx, &piece, Before { root: Some(&first), previous: Some(&bare) }).await.unwrap_err();
    assert_eq!(fault.kind, FaultKind::Rejected);
}

fn body(request: &Request) -> &Value {
    match &request.body {
        Body::Json(value) => value,
        _ => panic!("{request:?}: not JSON"),
    }
}

#[tokio::test]
async fn pictures_and_a_quote() {
    let (script, account) = (Script::new(), ours());
    script
        .expect(Method::Get, xrpc("com.atproto.identity.resolveHandle?handle=bob.example.com"))
        .answer(200, &json!({ "did": "did:plc:bob" }));
    script
        .expect(
            Method::Get,
            xrpc("app.bsky.feed.getPosts?uris=at%3A%2F%2Fdid%3Aplc%3Abob%2Fapp.bsky.feed.post%2F3k"),
        )
        .check(by_lexicon)
        .answer(
            200,
            &json!({ "posts": [{ "uri": "at://did:plc:bob/app.bsky.feed.post/3k", "cid": "quoted" }] }),
        );
    let bytes = Bytes::from_static(b"png");
    let (sent, named) = (bytes.clone(), blob(&bytes));
    script
        .expect(Method::Post, xrpc("com.atproto.repo.uploadBlob"))
        .check(move |request| {
            assert_eq!(request.effect, Effect::Prepares);
            let Body::Bytes { content_type, bytes } = &request.body else { panic!("not bytes") };
            assert_eq!((content_type.as_str(), bytes), ("image/png", &sent));
        })
        .answer(200, &json!({ "blob": named }));
    script
        .expect(Method::Post, xrpc(PUT))
        .check(by_lexicon)
        .check(move |request| {
            assert_eq!(
                body(request)["record"]["embed"],
                json!({
                    "$type": "app.bsky.embed.recordWithMedia",
                    "record": { "$type": "app.bsky.embed.record",
                        "record": { "uri": "at://did:plc:bob/app.bsky.feed.post/3k", "cid": "quoted" } },
                    "media": { "$type": "app.bsky.embed.images", "images": [
                        { "image": named, "alt": "A cat", "aspectRatio": { "width": 4, "height": 3 } }] },
                })
            );
        })
        .answer(200, &written());
    let mut file = media("m1", MediaKind::Image, "image/png", bytes);
    (file.alt_text, file.width, file.height) = ("A cat".into(), Some(4), Some(3));
    let mut piece = with_media(Target::BlueskyPost, "Look https://example.com", vec![file]);
    piece.quote_url = Some("https://bsky.app/profile/bob.example.com/post/3k".into());
    out(&cx(&script, &account), &piece, Before::default()).await.unwrap();

    piece.quote_url = Some("https://example.com/else".into());
    let script = Script::new();
    let fault = Bluesky.prepare(&cx(&script, &account), &piece).await.unwrap_err();
    assert_eq!(fault.kind, FaultKind::Rejected);
}

#[tokio::test]
async fn a_link_gets_its_card() {
    let (script, account) = (Script::new(), ours());
    let page = "<title>No</title><meta property=\"og:title\" content=\"A &amp; B\"><meta name=description \
        content=About><meta property=og:image content=/p.png>";
    script
        .expect(Method::Get, "https://example.com/page")
        .check(|request| assert!(request.headers.is_empty(), "our token stays with us"))
        .respond(200, &[("content-type", "text/html")], page);
    script.expect(Method::Get, "https://example.com/p.png").respond(
        200,
        &[("content-type", "image/png")],
        "png",
    );
    let named = blob(&Bytes::from_static(b"png"));
    script.expect(Method::Post, xrpc("com.atproto.repo.uploadBlob")).answer(200, &json!({ "blob": named }));
    script
        .expect(Method::Post, xrpc(PUT))
        .check(by_lexicon)
        .check(move |request| {
            let external = json!({ "uri": "https://example.com/page", "title": "A & B", "description": "About", "thumb": named });
            assert_eq!(
                body(request)["record"]["embed"],
                json!({ "$type": "app.bsky.embed.external", "external": external })
            );
        })
        .answer(200, &written());
    let piece = piece(Target::BlueskyPost, "Read https://example.com/page.");
    out(&cx(&script, &account), &piece, Before::default()).await.unwrap();

    // no page, no card, and no harm
    let script = Script::new();
    script.expect(Method::Get, "https://example.com/page").fail(WireError::NotSent("refused".into()));
    let cx = cx(&script, &account);
    assert_eq!(Bluesky.prepare(&cx, &piece).await.unwrap()["embed"], Value::Null);
    assert_eq!(cx.notes().warnings.len(), 1);
}

#[tokio::test]
async fn a_video_in_parts() {
    let (script, account) = (Script::new(), ours());
    let service = |name: &str| format!("https://video.bsky.app/xrpc/app.bsky.video.{name}");
    script
        .expect(
            Method::Get,
            xrpc("com.atproto.server.getServiceAuth?aud=did%3Aweb%3Apds.example.com&exp=1777890600&lxm=com.atproto.repo.uploadBlob"),
        )
        .check(by_lexicon)
        .answer(200, &json!({ "token": "service" }));
    script
        .expect(Method::Post, service("startUpload"))
        .header("authorization", "Bearer service")
        .json(json!({ "sizeBytes": 5, "mimeType": "video/mp4", "name": "m1.mp4", "durationMs": 1500 }))
        .check(by_lexicon)
        .answer(
            200,
            &json!({ "jobId": "j", "partSizeBytes": 2, "partCount": 3, "expiresAt": "2026-05-04T11:00:00Z" }),
        );
    for (number, part) in [(1, "ab"), (2, "cd"), (3, "e")] {
        script
            .expect(Method::Post, service(&format!("uploadPart?jobId=j&partNumber={number}")))
            .check(by_lexicon)
            .check(move |request| {
                let Body::Bytes { content_type, bytes } = &request.body else { panic!("not bytes") };
                assert_eq!(
                    (content_type.as_str(), &bytes[..]),
                    ("application/octet-stream", part.as_bytes())
                );
            })
            .answer(200, &json!({ "partNumber": number, "sizeBytes": part.len() }));
    }
    script.expect(Method::Post, service("finishUpload")).json(json!({ "jobId": "j" })).check(by_lexicon).answer(
        200,
        &json!({ "completedJobId": "k", "jobStatus": { "jobId": "k", "did": DID, "state": "JOB_STATE_ENCODING" } }),
    );
    let blob = json!({ "$type": "blob", "ref": { "$link": "b" }, "mimeType": "video/mp4", "size": 5 });
    script.expect(Method::Get, service("getJobStatus?jobId=k")).check(by_lexicon).answer(
        200,
        &json!({ "jobStatus": { "jobId": "k", "did": DID, "state": "JOB_STATE_COMPLETED", "blob": blob } }),
    );
    let mut file = media("m1", MediaKind::Video, "video/mp4", "abcde");
    (file.alt_text, file.seconds) = ("A film".into(), Some(1.5));
    let prepared = Bluesky
        .prepare(&cx(&script, &account), &with_media(Target::BlueskyPost, "Film", vec![file.clone()]))
        .await
        .unwrap();
    assert_eq!(prepared["embed"], json!({ "$type": "app.bsky.embed.video", "video": blob, "alt": "A film" }));
    assert_eq!(script.waited(), [Duration::from_secs(3)]);

    // a broken part gives the place free again
    let script = Script::new();
    let auth = xrpc(
        "com.atproto.server.getServiceAuth?aud=did%3Aweb%3Apds.example.com&exp=1777890600&lxm=com.atproto.repo.uploadBlob",
    );
    script.expect(Method::Get, auth).answer(200, &json!({ "token": "service" }));
    script
        .expect(Method::Post, service("startUpload"))
        .answer(200, &json!({ "jobId": "j", "partSizeBytes": 9, "partCount": 1 }));
    script
        .expect(Method::Post, service("uploadPart?jobId=j&partNumber=1"))
        .fail(WireError::Unclear("broke".into()));
    script
        .expect(Method::Post, service("abortUpload"))
        .json(json!({ "jobId": "j" }))
        .check(by_lexicon)
        .answer(200, &json!({ "state": "aborted" }));
    let piece = with_media(Target::BlueskyPost, "Film", vec![file]);
    let fault = Bluesky.prepare(&cx(&script, &account), &piece).await.unwrap_err();
    assert_eq!(fault.kind, FaultKind::Transient);
}

#[tokio::test]
async fn a_second_try_writes_nothing() {
    let swap = json!({ "error": "InvalidSwap", "message": "Record was at bafyrei1" });
    let there = |text: &str| {
        json!({ "uri": uri(&key("piece-1")), "cid": "bafyrei1",
            "value": { "$type": "app.bsky.feed.post", "text": text, "createdAt": "2026-05-04T09:59:00.000Z" } })
    };
    let piece = piece(Target::BlueskyPost, "Hello");
    for (text, warnings) in [("Hello", 0), ("Hullo", 1)] {
        let (script, account) = (Script::new(), ours());
        script.expect(Method::Post, xrpc(PUT)).answer(400, &swap);
        script.expect(Method::Get, get_record()).check(by_lexicon).answer(200, &there(text));
        let cx = cx(&script, &account);
        let posted = out(&cx, &piece, Before::default()).await.unwrap();
        assert_eq!((posted.id, posted.reference["cid"].as_str()), (uri(&key("piece-1")), Some("bafyrei1")));
        assert_eq!(cx.notes().warnings.len(), warnings);
    }
    // there, but it can't be read just now
    let (script, account) = (Script::new(), ours());
    script.expect(Method::Post, xrpc(PUT)).answer(400, &swap);
    script.expect(Method::Get, get_record()).fail(WireError::Unclear("timed out".into()));
    let fault = out(&cx(&script, &account), &piece, Before::default()).await.unwrap_err();
    assert_eq!(fault.kind, FaultKind::Unclear);
}

#[tokio::test]
async fn reading_back() {
    let item = |rkey: &str, text: &str, minute: u32, more: Value| {
        let mut record = json!({ "text": text, "createdAt": format!("2026-05-04T10:{minute:02}:00.000Z") });
        record.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        json!({ "post": { "uri": uri(rkey), "cid": "c", "record": record } })
    };
    let (script, account) = (Script::new(), ours());
    script.expect(Method::Get, get_record()).answer(
        200,
        &json!({ "uri": uri(&key("piece-1")), "cid": "c",
            "value": { "text": "Mine", "createdAt": "2026-05-04T10:05:30.000Z" } }),
    );
    let answer =
        json!({ "root": { "uri": uri("1"), "cid": "c" }, "parent": { "uri": uri("2"), "cid": "c" } });
    let images = json!({ "$type": "app.bsky.embed.images", "images": [{}, {}] });
    let mut repost = item("9", "Somebody's", 9, json!({}));
    repost["reason"] = json!({ "$type": "app.bsky.feed.defs#reasonRepost" });
    script.expect(Method::Get, feed("")).check(by_lexicon).answer(
        200,
        &json!({ "cursor": "next", "feed": [
            repost,
            item("3", "An answer", 8, json!({ "reply": answer })),
            item("4", "Pictures", 6, json!({ "embed": { "$type": "app.bsky.embed.recordWithMedia", "media": images } })),
        ] }),
    );
    script
        .expect(Method::Get, feed("&cursor=next"))
        .answer(200, &json!({ "cursor": "more", "feed": [item("5", "Old", 0, json!({}))] }));
    let since = now() + TimeDelta::minutes(5);
    let recent = Bluesky.recent(&cx(&script, &account), since).await.unwrap();
    let shown: Vec<_> =
        recent.posts.iter().map(|seen| (seen.text.as_str(), seen.media, seen.answers.clone())).collect();
    assert_eq!(
        shown,
        [("An answer", Some(0), Some(uri("2"))), ("Pictures", Some(2), None), ("Mine", Some(0), None),]
    );
    assert!(recent.whole);
    let fingerprint =
        Fingerprint { text: Bluesky.normalise("Mine"), media: 0, since, answers: None, taken: Vec::new() };
    assert_eq!(find(&Bluesky, &fingerprint, &recent).unwrap().posted.id, uri(&key("piece-1")));
}

#[tokio::test]
async fn only_the_own_server_proves_absence() {
    let missing = json!({ "error": "RecordNotFound", "message": "Could not locate record" });
    let account = ours();
    // the feed is down, but the server knows
    let script = Script::new();
    script.expect(Method::Get, get_record()).answer(400, &missing);
    script.expect(Method::Get, feed("")).answer(502, &json!({ "error": "UpstreamFailure" }));
    let recent = Bluesky.recent(&cx(&script, &account), now()).await.unwrap();
    assert!(recent.whole && recent.posts.is_empty());
    // without a key there is nothing to ask for
    let script = Script::new();
    script.expect(Method::Get, feed("")).answer(200, &json!({ "feed": [] }));
    let recent = Bluesky.recent(&Cx::new(&script, &account, None, now(), ""), now()).await.unwrap();
    assert!(!recent.whole);
    // the server is down
    let script = Script::new();
    script.expect(Method::Get, get_record()).answer(503, &json!({}));
    assert_eq!(Bluesky.recent(&cx(&script, &account), now()).await.unwrap_err().kind, FaultKind::Transient);
}

#[tokio::test]
async fn removing() {
    let (script, account) = (Script::new(), ours());
    script
        .expect(Method::Post, xrpc("com.atproto.repo.deleteRecord"))
        .json(json!({ "repo": DID, "collection": "app.bsky.feed.post", "rkey": "1" }))
        .check(by_lexicon)
        .check(|request| assert_eq!(request.effect, Effect::Prepares))
        .answer(200, &json!({}));
    let posted = Posted { id: uri("1"), url: None, reference: Value::Null, processing: false };
    Bluesky.delete(&cx(&script, &account), &posted).await.unwrap();
}

#[tokio::test]
async fn what_faults_mean() {
    let account: Account = ours();
    let piece = piece(Target::BlueskyPost, "Hello");
    for (status, name, message, kind) in [
        (400, "ExpiredToken", "Token has expired", FaultKind::TokenExpired),
        (401, "InvalidToken", "Token could not be verified", FaultKind::TokenExpired),
        (401, "AuthMissing", "Authentication Required", FaultKind::NeedsConsent),
        (403, "InvalidScope", "Missing scope", FaultKind::NeedsConsent),
        (401, "AccountTakedown", "Account has been taken down", FaultKind::Revoked),
        (400, "AccountDeactivated", "Account is deactivated", FaultKind::Revoked),
        (400, "RepoNotFound", "Could not find repo", FaultKind::Revoked),
        (429, "RateLimitExceeded", "Rate Limit Exceeded", FaultKind::RateLimited),
        (
            400,
            "InvalidRequest",
            "Invalid app.bsky.feed.post record: Record/text must not be longer",
            FaultKind::Rejected,
        ),
        (400, "InvalidRequest", "Could not find blob: bafkreig", FaultKind::Transient),
        (413, "PayloadTooLarge", "request entity too large", FaultKind::Rejected),
        (500, "InternalServerError", "Internal Server Error", FaultKind::Unclear),
        (502, "UpstreamFailure", "Upstream Failure", FaultKind::Unclear),
        (503, "ServiceOverloaded", "busy", FaultKind::Unclear),
    ] {
        let script = Script::new();
        script.expect(Method::Post, xrpc(PUT)).respond(
            status,
            &[("ratelimit-reset", "1777889060")],
            json!({ "error": name, "message": format!("{message} {}", SECRETS[0]) }).to_string(),
        );
        let fault = out(&cx(&script, &account), &piece, Before::default()).await.unwrap_err();
        assert_eq!(
            (fault.kind, fault.code.as_deref(), fault.status),
            (kind, Some(name), Some(status)),
            "{message}"
        );
        assert_eq!(fault.words, format!("{message} …"));
        assert_eq!(fault.retry_after.is_some(), kind == FaultKind::RateLimited);
        assert_no_secret(&fault);
    }
}

#[tokio::test]
async fn unknown_ends() {
    let account = ours();
    let piece = piece(Target::BlueskyPost, "Hello");
    for (error, kind) in [
        (WireError::Unclear("timed out".into()), FaultKind::Unclear),
        (WireError::NotSent("refused".into()), FaultKind::Transient),
    ] {
        let script = Script::new();
        script.expect(Method::Post, xrpc(PUT)).fail(error);
        let fault = out(&cx(&script, &account), &piece, Before::default()).await.unwrap_err();
        assert_eq!(fault.kind, kind);
    }
    // a success that says nothing, and an answer from somebody in between
    for (status, body) in [(200, "<html>"), (200, "{}"), (302, "")] {
        let script = Script::new();
        script.expect(Method::Post, xrpc(PUT)).respond(status, &[], body);
        let fault = out(&cx(&script, &account), &piece, Before::default()).await.unwrap_err();
        assert_eq!(fault.kind, FaultKind::Unclear);
    }
    let script = Script::new();
    script
        .expect(Method::Post, xrpc("com.atproto.repo.uploadBlob"))
        .fail(WireError::Unclear("timed out".into()));
    let file = media("m1", MediaKind::Image, "image/png", "png");
    let piece = with_media(Target::BlueskyPost, "Hello", vec![file]);
    let fault = out(&cx(&script, &account), &piece, Before::default()).await.unwrap_err();
    assert_eq!(fault.kind, FaultKind::Transient);
}
