use serde_json::{Value, json};

use super::*;
use crate::{
    publish::{Account, Body, FaultKind, testing::Script},
    trial::{account, assert_sealed, kind_of, now, picture, piece, recognised, refusal, timed_out, video},
};

const POST: (Method, &str) = (Method::Post, "https://api.ayrshare.com/api/post");

fn ours(network: Network) -> Account {
    Account {
        secrets: [("profile_key".to_owned(), "SECRET-profile".into())].into(),
        ..account(network, "ref-1:33")
    }
}

fn published() -> Value {
    json!({"status": "success", "errors": [], "id": "A1", "refId": "ref-1", "post": "Hello",
        "postIds": [{"status": "success", "id": "1288", "postUrl": "https://x.com/ada/status/1288", "platform": "twitter"}]})
}

#[tokio::test]
async fn a_key_shows_the_linked_networks() {
    let script = Script::new();
    script
        .expect(Method::Get, "https://api.ayrshare.com/api/user")
        .header("authorization", "Bearer SECRET-key")
        .header("profile-key", "SECRET-profile")
        .answer(
            200,
            &json!({"refId": "ref-1", "activeSocialAccounts": ["twitter", "gmb", "pinterest"],
                "displayNames": [{"platform": "twitter", "id": "33", "displayName": "Ada", "username": "@ada",
                    "userImage": "https://p.example"}]}),
        );
    script.expect(Method::Get, "https://api.ayrshare.com/api/user").answer(
        403,
        &json!({"action": "authorization", "status": "error", "code": 102, "message": "API Key not valid."}),
    );
    let typed = Account {
        secrets: [
            ("key".to_owned(), "SECRET-key".into()),
            ("profile_key".to_owned(), "SECRET-profile".into()),
        ]
        .into(),
        token: "".into(),
        ..ours(Network::X)
    };
    let cx = Cx::new(&script, &typed, None, now(), "key-1");
    let (grant, found) = Ayrshare.sign_in(&cx).await.unwrap();
    assert_eq!(grant.token.expose_secret(), "SECRET-key");
    let networks: Vec<Network> = found.iter().map(|account| account.network).collect();
    assert_eq!(networks, [Network::X, Network::GoogleBusiness]);
    assert_eq!((found[0].id.as_str(), found[0].handle.as_str()), ("ref-1:33", "ada"));
    assert_eq!(found[1].id, "ref-1:gmb");
    let wrong = Ayrshare.sign_in(&cx).await.unwrap_err();
    assert_eq!((wrong.kind, wrong.words.as_str()), (FaultKind::NeedsConsent, "API Key not valid."));
}

#[test]
fn every_network_that_is_promised_has_a_name() {
    for network in Provider::Ayrshare.networks() {
        assert!(PLATFORMS.iter().any(|(known, _)| known == network), "{network}");
    }
}

#[tokio::test]
async fn a_post_carries_its_key_and_its_media() {
    let script = Script::new();
    script
        .expect(Method::Post, "https://api.ayrshare.com/api/media/upload")
        .check(|request| {
            assert_eq!(request.effect, Effect::Prepares);
            let Body::Multipart(fields) = &request.body else { panic!("no multipart") };
            assert_eq!((fields[0].name.as_str(), &fields[0].bytes[..]), ("file", &b"picture"[..]));
        })
        .answer(200, &json!({"id": "m1", "url": "https://images.ayrshare.com/one.jpg"}));
    script
        .expect(POST.0, POST.1)
        .header("authorization", "Bearer SECRET-token")
        .header("profile-key", "SECRET-profile")
        .json(json!({
            "post": "Hello",
            "platforms": ["twitter"],
            "idempotencyKey": "key-1",
            "mediaUrls": ["https://images.ayrshare.com/one.jpg", "https://files.example/two.jpg"],
            "twitterOptions": {"altText": ["Alt one", "Alt two"]},
        }))
        .check(|request| assert_eq!(request.effect, Effect::Publishes))
        .answer(200, &published());
    let account = ours(Network::X);
    let cx = Cx::new(&script, &account, None, now(), "key-1");
    let piece = Piece {
        media: vec![Media { public_url: None, ..picture("one") }, picture("two")],
        ..piece(Target::XPost, "Hello")
    };
    let prepared = Ayrshare.prepare(&cx, &piece).await.unwrap();
    let posted = Ayrshare.publish(&cx, &piece, &prepared, Before::default()).await.unwrap();
    assert_eq!((posted.id.as_str(), posted.processing), ("A1", false));
    assert_eq!(posted.url.as_deref(), Some("https://x.com/ada/status/1288"));
    assert_eq!(posted.reference, json!({"post_id": "1288"}));
}

#[tokio::test]
async fn each_network_is_told_what_it_needs() {
    let script = Script::new();
    script
        .expect(POST.0, POST.1)
        .json(json!({
            "post": "A title", "platforms": ["youtube"], "idempotencyKey": "key-1",
            "mediaUrls": ["https://files.example/film.mp4"], "isVideo": true,
            "youTubeOptions": {"title": "A title", "visibility": "unlisted", "shorts": true, "madeForKids": false},
        }))
        .answer(
            200,
            &json!({"status": "success", "id": "A2", "postIds": [{"status": "success", "id": "pending", "platform": "youtube"}]}),
        );
    let status = "https://api.ayrshare.com/api/post/A2";
    script.expect(Method::Get, status).answer(200, &json!({"status": "pending", "id": "A2"}));
    script.expect(Method::Get, status).answer(
        200,
        &json!({"status": "success", "id": "A2", "postIds": [{"id": "v1", "postUrl": "https://youtu.be/v1", "platform": "youtube"}]}),
    );
    script
        .expect(Method::Get, status)
        .answer(200, &json!({"status": "error", "id": "A2", "errors": [{"code": 1, "message": "Too long"}]}));
    let account = ours(Network::Youtube);
    let cx = Cx::new(&script, &account, None, now(), "key-1");
    let short = Piece {
        media: vec![video("film", "v")],
        options: json!({"privacy": "unlisted", "made_for_kids": false}),
        ..piece(Target::YoutubeShortScript, "A title")
    };
    let prepared = Ayrshare.prepare(&cx, &short).await.unwrap();
    let posted = Ayrshare.publish(&cx, &short, &prepared, Before::default()).await.unwrap();
    assert!(posted.processing);
    assert!(matches!(Ayrshare.progress(&cx, &posted).await.unwrap(), Progress::Working(_)));
    let Progress::Live(live) = Ayrshare.progress(&cx, &posted).await.unwrap() else { panic!("not live") };
    assert_eq!(live.url.as_deref(), Some("https://youtu.be/v1"));
    assert_eq!(Ayrshare.progress(&cx, &posted).await.unwrap(), Progress::Refused("Too long".into()));
    let button = Piece {
        options: json!({"action": "LEARN_MORE", "action_url": "https://bakery.example"}),
        ..piece(Target::GoogleBusinessPost, "Open")
    };
    assert_eq!(
        options(&button, "gmb").unwrap(),
        (
            "gmbOptions",
            json!({"callToAction": {"actionType": "learn_more", "url": "https://bakery.example"}})
        )
    );
}

#[tokio::test]
async fn what_it_can_not_do_is_said_before_anything_is_sent() {
    let script = Script::new();
    let account = ours(Network::X);
    let cx = Cx::new(&script, &account, None, now(), "key-1");
    let thread = Piece { of: 2, ..piece(Target::XThread, "One") };
    assert_eq!(kind_of(Ayrshare.prepare(&cx, &thread).await), FaultKind::Unsupported);
    let film = Media { public_url: None, ..video("film", "v") };
    let film = Piece { media: vec![film], ..piece(Target::XPost, "Film") };
    assert_eq!(kind_of(Ayrshare.prepare(&cx, &film).await), FaultKind::Rejected);
    let account = ours(Network::Mastodon);
    let cx = Cx::new(&script, &account, None, now(), "key-1");
    let toot = piece(Target::MastodonPost, "Hi");
    assert_eq!(
        kind_of(Ayrshare.publish(&cx, &toot, &json!({}), Before::default()).await),
        FaultKind::Unsupported
    );
}

#[tokio::test]
async fn every_refusal_has_its_meaning() {
    use FaultKind as K;
    let (account, post) = (ours(Network::X), piece(Target::XPost, "Hello"));
    for (status, code, message, kind) in [
        (400, 110, "Status is a duplicate. SECRET-token", K::Unclear),
        (200, 110, "Status is a duplicate.", K::Unclear),
        (400, 137, "Duplicate or similar content posted within the same two day period.", K::Unclear),
        (400, 107, "This status update is identical to the last one you posted.", K::Unclear),
        (400, 999, "The idempotencyKey was used before.", K::Unclear),
        (400, 156, "Twitter is not linked. SECRET-profile", K::NeedsConsent),
        (400, 272, "Twitter authorization issue.", K::NeedsConsent),
        (403, 102, "API Key not valid.", K::NeedsConsent),
        (401, 102, "API Key not valid.", K::NeedsConsent),
        (402, 1, "Payment required.", K::Setup),
        (400, 169, "A Premium or Business Plan is required to access this feature.", K::Setup),
        (400, 101, "Missing or incorrect parameters.", K::Rejected),
        (400, 132, "Your post is too long.", K::Rejected),
        (404, 1, "Not found.", K::Rejected),
        (429, 1, "Too many requests.", K::RateLimited),
        (500, 1, "Oh.", K::Unclear),
        (502, 1, "Bad gateway.", K::Unclear),
        (504, 1, "Gateway time-out.", K::Unclear),
    ] {
        let body = json!({"status": "error", "errors": [{"action": "post", "status": "error", "code": code,
            "message": message, "platform": "twitter"}], "postIds": [], "id": "A1"});
        let fault = refusal(&Ayrshare, &account, &post, &Value::Null, POST, Ok((status, &body))).await;
        assert_eq!((fault.kind, fault.code), (kind, Some(code.to_string())), "{message}");
        // and without the list
        let body = json!({"action": "post", "status": "error", "code": code, "message": message});
        let fault = refusal(&Ayrshare, &account, &post, &Value::Null, POST, Ok((status, &body))).await;
        assert_eq!(fault.kind, kind, "{message}");
        assert_sealed(&fault);
    }
    let fault = refusal(&Ayrshare, &account, &post, &Value::Null, POST, Ok((200, &json!({"ok": 1})))).await;
    assert_eq!(fault.kind, K::Unclear);
    let fault = refusal(&Ayrshare, &account, &post, &Value::Null, POST, Err(timed_out())).await;
    assert_eq!(fault.kind, K::Unclear);
    let script = Script::new();
    script.expect(Method::Post, "https://api.ayrshare.com/api/media/upload").fail(timed_out());
    let cx = Cx::new(&script, &account, None, now(), "key-1");
    let pictured = Piece { media: vec![Media { public_url: None, ..picture("one") }], ..post };
    assert_eq!(kind_of(Ayrshare.prepare(&cx, &pictured).await), K::Transient);
}

#[tokio::test]
async fn posts_are_read_back_commented_and_removed() {
    let script = Script::new();
    let history = "https://api.ayrshare.com/api/history?lastDays=1&limit=1000";
    let row = |id: &str, status: &str, platform: &str, at: &str| {
        json!({"id": id, "post": "Hello", "platforms": [platform], "status": status, "created": at, "mediaUrls": [],
            "postIds": [{"id": "1288", "postUrl": "https://x.com/ada/status/1288", "platform": platform}]})
    };
    script.expect(Method::Get, history).answer(
        200,
        &json!({"history": [
            row("A1", "success", "twitter", "2026-07-01T12:00:09Z"),
            row("A2", "error", "twitter", "2026-07-01T12:00:01Z"),
            row("A3", "success", "facebook", "2026-07-01T12:00:01Z")]}),
    );
    let full: Vec<Value> =
        (0..SURE).map(|_| row("A1", "success", "twitter", "2026-07-01T12:00:09Z")).collect();
    script.expect(Method::Get, history).answer(200, &json!(full));
    script
        .expect(Method::Post, "https://api.ayrshare.com/api/comments")
        .json(json!({"id": "A1", "platforms": ["twitter"], "comment": "First!"}))
        .answer(400, &json!({"status": "error", "code": 1, "message": "No comments here."}));
    let gone = "https://api.ayrshare.com/api/post";
    script
        .expect(Method::Delete, gone)
        .json(json!({"id": "A1"}))
        .answer(200, &json!({"status": "success", "twitter": {"action": "delete", "status": "success"}}));
    script
        .expect(Method::Delete, gone)
        .answer(404, &json!({"status": "error", "code": 114, "message": "Post ID not found."}));
    let account = ours(Network::X);
    let cx = Cx::new(&script, &account, None, now(), "key-1");
    let recent = Ayrshare.recent(&cx, now()).await.unwrap();
    assert!(recent.whole);
    assert_eq!(recent.posts.len(), 1);
    assert_eq!(recognised(&Ayrshare, "Hello", 0, &recent).as_deref(), Some("A1"));
    // as many as are surely given: there may be more
    assert!(!Ayrshare.recent(&cx, now()).await.unwrap().whole);
    let posted = recent.posts[0].posted.clone();
    let piece = Piece { first_comment: Some("First!".into()), ..piece(Target::XPost, "Hello") };
    let fault = Ayrshare.finish(&cx, &piece, &posted).await.unwrap_err();
    assert_eq!(fault.to_string(), "No comments here.");
    Ayrshare.delete(&cx, &posted).await.unwrap();
    Ayrshare.delete(&cx, &posted).await.unwrap();
}
