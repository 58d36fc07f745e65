use serde_json::json;

use super::*;
use crate::{
    Target,
    publish::{Account, Body, testing::Script},
    trial::{account, assert_sealed, kind_of, now, picture, piece, recognised, timed_out},
};

const API: &str = "https://blog.example.com/ghost/api/admin";

fn ours() -> Account {
    Account {
        settings: json!({"site": "https://blog.example.com"}),
        token: "5ec2e7:00ff10".into(),
        ..account(Network::Blog, "blog.example.com")
    }
}

fn article() -> Piece {
    Piece {
        title: Some("A Title".into()),
        description: Some("In short".into()),
        tags: vec!["Rust".into()],
        ..piece(Target::BlogArticle, "Hello *you*.")
    }
}

fn lookup() -> String {
    format!("{API}/posts/slug/{}/", html::slug("A Title", "key-1"))
}

fn draft() -> serde_json::Value {
    json!({"posts": [{"id": "9", "status": "draft", "updated_at": "2026-07-01T11:59:59.000Z"}]})
}

#[test]
fn the_token_is_a_signed_one() {
    // signed with another implementation: Python's hmac over the same text
    let token = token("5ec2e7:00ff10", now()).unwrap();
    let parts: Vec<&str> = token.split('.').collect();
    let read = |part: &str| String::from_utf8(URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap();
    assert_eq!(read(parts[0]), r#"{"alg":"HS256","typ":"JWT","kid":"5ec2e7"}"#);
    assert_eq!(read(parts[1]), r#"{"iat":1782907200,"exp":1782907500,"aud":"/admin/"}"#);
    assert_eq!(parts[2], "IUDww_J6pquJG8pnI8tN11DhcRecRxzLX7x4F_f4jdo");
    for bad in ["", "abc", "id:", "id:xyz", "id:abc"] {
        assert!(super::token(bad, now()).is_err(), "{bad}");
    }
}

#[tokio::test]
async fn a_typed_key_connects() {
    let script = Script::new();
    script
        .expect(Method::Get, format!("{API}/site/"))
        .header("accept-version", "v5.0")
        .check(|request| assert!(request.headers[0].1.starts_with("Ghost eyJ")))
        .answer(200, &json!({"site": {"title": "Blog", "icon": "https://blog.example.com/i.png"}}));
    script.expect(Method::Get, format!("{API}/posts/?limit=1&fields=id")).answer(200, &json!({"posts": []}));
    script.expect(Method::Get, format!("{API}/site/")).answer(200, &json!({"site": {"title": "Blog"}}));
    script.expect(Method::Get, format!("{API}/posts/?limit=1&fields=id")).answer(
        401,
        &json!({"errors": [{"message": "Unknown Admin API Key", "type": "UnauthorizedError", "code": "UNKNOWN_ADMIN_API_KEY"}]}),
    );
    script.expect(Method::Get, format!("{API}/site/")).respond(404, &[], "<html>");
    let typed = Account {
        settings: json!({"site": "blog.example.com/ghost/"}),
        secrets: [("key".to_owned(), "5ec2e7:00ff10".into())].into(),
        token: "".into(),
        ..ours()
    };
    let cx = Cx::new(&script, &typed, None, now(), "key-1");
    let (grant, accounts) = Ghost.sign_in(&cx).await.unwrap();
    assert_eq!(grant.token.expose_secret(), "5ec2e7:00ff10");
    assert_eq!((accounts[0].id.as_str(), accounts[0].name.as_str()), ("blog.example.com", "Blog"));
    let refused = Ghost.sign_in(&cx).await.unwrap_err();
    assert_eq!(
        (refused.kind, refused.code.as_deref()),
        (FaultKind::NeedsConsent, Some("UNKNOWN_ADMIN_API_KEY"))
    );
    assert!(Ghost.sign_in(&cx).await.unwrap_err().words.contains("no Ghost Admin API"));
}

#[tokio::test]
async fn a_draft_is_made_and_then_only_its_status_changes() {
    let script = Script::new();
    script
        .expect(Method::Get, lookup())
        .answer(404, &json!({"errors": [{"message": "Resource not found", "type": "NotFoundError"}]}));
    for name in ["one", "two"] {
        script
            .expect(Method::Post, format!("{API}/images/upload/"))
            .check(move |request| {
                let Body::Multipart(fields) = &request.body else { panic!("no multipart") };
                assert_eq!(fields[0].file_name.as_deref(), Some(format!("{name}.jpg").as_str()));
                assert_eq!(&fields[0].bytes[..], b"picture");
                assert_eq!(fields[2].bytes, name);
            })
            .answer(
                201,
                &json!({"images": [{"url": format!("https://blog.example.com/{name}.jpg"), "ref": name}]}),
            );
    }
    script
        .expect(Method::Post, format!("{API}/posts/?source=html"))
        .check(|request| assert_eq!(request.effect, Effect::Prepares))
        .json(json!({"posts": [{
            "title": "A Title",
            "custom_excerpt": "In short",
            "tags": ["Rust"],
            "slug": html::slug("A Title", "key-1"),
            "status": "draft",
            "feature_image": "https://blog.example.com/one.jpg",
            "feature_image_alt": "Alt one",
            "html": "<p>Hello <em>you</em>.</p>\n<figure><img src=\"https://blog.example.com/two.jpg\" alt=\"Alt two\"></figure>\n",
        }]}))
        .answer(201, &draft());
    script.expect(Method::Get, format!("{API}/posts/9/")).answer(200, &draft());
    script
        .expect(Method::Put, format!("{API}/posts/9/"))
        .json(json!({"posts": [{"status": "published", "updated_at": "2026-07-01T11:59:59.000Z"}]}))
        .check(|request| assert_eq!(request.effect, Effect::Publishes))
        .answer(
            200,
            &json!({"posts": [{"id": "9", "status": "published", "url": "https://blog.example.com/a/"}]}),
        );
    let account = ours();
    let cx = Cx::new(&script, &account, None, now(), "key-1");
    let piece = Piece { media: vec![picture("one"), picture("two")], ..article() };
    let prepared = Ghost.prepare(&cx, &piece).await.unwrap();
    let posted = Ghost.publish(&cx, &piece, &prepared, Before::default()).await.unwrap();
    assert_eq!((posted.id.as_str(), posted.url.as_deref()), ("9", Some("https://blog.example.com/a/")));
}

#[tokio::test]
async fn an_earlier_try_is_found_and_not_sent_again() {
    let script = Script::new();
    script.expect(Method::Get, lookup()).answer(200, &draft());
    script.expect(Method::Get, format!("{API}/posts/9/")).answer(
        200,
        &json!({"posts": [{"id": "9", "status": "published", "url": "https://blog.example.com/a/"}]}),
    );
    script
        .expect(Method::Get, format!("{API}/posts/9/"))
        .answer(404, &json!({"errors": [{"message": "Post not found.", "type": "NotFoundError"}]}));
    let account = ours();
    let cx = Cx::new(&script, &account, None, now(), "key-1");
    let prepared = Ghost.prepare(&cx, &article()).await.unwrap();
    assert_eq!(Ghost.publish(&cx, &article(), &prepared, Before::default()).await.unwrap().id, "9");
    let gone = Ghost.publish(&cx, &article(), &prepared, Before::default()).await.unwrap_err();
    assert_eq!((gone.kind, gone.code.as_deref()), (FaultKind::Transient, Some(PREPARE_AGAIN)));
}

async fn publish(answer: Result<(u16, serde_json::Value), crate::publish::WireError>) -> Fault {
    let script = Script::new();
    script.expect(Method::Get, format!("{API}/posts/9/")).answer(200, &draft());
    let put = script.expect(Method::Put, format!("{API}/posts/9/"));
    match answer {
        Ok((status, body)) => put.answer(status, &body),
        Err(error) => put.fail(error),
    }
    let account = Account { refresh_token: Some("SECRET-refresh".into()), ..ours() };
    let cx = Cx::new(&script, &account, None, now(), "key-1");
    Ghost.publish(&cx, &article(), &json!({"id": "9"}), Before::default()).await.unwrap_err()
}

#[tokio::test]
async fn every_refusal_has_its_meaning() {
    use FaultKind as K;
    for (status, kind_name, message, kind) in [
        (401, "UnauthorizedError", "Unknown Admin API Key", K::NeedsConsent),
        (401, "UnauthorizedError", "Invalid token: jwt expired", K::Setup),
        (403, "NoPermissionError", "You do not have permission", K::NeedsConsent),
        (403, "HostLimitError", "Your plan is full", K::Rejected),
        (404, "NotFoundError", "Post not found.", K::Rejected),
        (406, "RequestNotAcceptableError", "Version", K::Rejected),
        (409, "UpdateCollisionError", "Saving failed! Someone else is editing this post.", K::Transient),
        (422, "ValidationError", "Title is too long", K::Rejected),
        (429, "TooManyRequestsError", "Too many", K::RateLimited),
        (500, "InternalServerError", "Oh", K::Unclear),
        (503, "MaintenanceError", "Later", K::Unclear),
    ] {
        let body = json!({"errors": [{"message": message, "context": "SECRET-refresh", "type": kind_name}]});
        let fault = publish(Ok((status, body))).await;
        assert_eq!((fault.kind, fault.code.as_deref()), (kind, Some(kind_name)));
        assert_sealed(&fault);
    }
    assert_eq!(publish(Err(timed_out())).await.kind, K::Unclear);
    assert_eq!(publish(Ok((200, json!({})))).await.kind, K::Unclear);
    let script = Script::new();
    script.expect(Method::Get, lookup()).fail(timed_out());
    let account = ours();
    let cx = Cx::new(&script, &account, None, now(), "key-1");
    assert_eq!(kind_of(Ghost.prepare(&cx, &article()).await), K::Transient);
}

#[tokio::test]
async fn articles_are_read_back_changed_and_removed() {
    let script = Script::new();
    script
        .expect(
            Method::Get,
            format!(
                "{API}/posts/?filter=status%3Apublished%2Bpublished_at%3A%3E%3D%272026-07-01+11%3A55%3A00%27&\
                 formats=html&order=published_at+desc&limit=50&page=1"
            ),
        )
        .answer(
            200,
            &json!({"posts": [{"id": "9", "url": "https://blog.example.com/a/",
                "published_at": "2026-07-01T12:00:20.000Z", "html": "<p>Hello <em>you</em>.</p>"}],
                "meta": {"pagination": {"page": 1, "next": null}}}),
        );
    script.expect(Method::Get, format!("{API}/posts/9/")).answer(200, &draft());
    script
        .expect(Method::Put, format!("{API}/posts/9/?source=html"))
        .json(json!({"posts": [{"title": "A Title", "custom_excerpt": "In short", "tags": ["Rust"],
            "html": "<p>Hello <em>you</em>.</p>\n", "updated_at": "2026-07-01T11:59:59.000Z"}]}))
        .check(|request| assert_eq!(request.effect, Effect::Prepares))
        .answer(200, &json!({"posts": [{"id": "9", "url": "https://blog.example.com/a/"}]}));
    script.expect(Method::Delete, format!("{API}/posts/9/")).respond(204, &[], "");
    script
        .expect(Method::Delete, format!("{API}/posts/9/"))
        .answer(404, &json!({"errors": [{"message": "Post not found.", "type": "NotFoundError"}]}));
    script
        .expect(Method::Get, format!("{API}/members/?limit=1&fields=id"))
        .answer(200, &json!({"meta": {"pagination": {"total": 33}}}));
    script
        .expect(Method::Get, format!("{API}/posts/?filter=status%3Apublished&limit=1&fields=id"))
        .answer(200, &json!({"meta": {"pagination": {"total": 4}}}));
    let account = ours();
    let cx = Cx::new(&script, &account, None, now(), "key-1");
    let recent = Ghost.recent(&cx, now()).await.unwrap();
    assert!(recent.whole);
    assert_eq!(recognised(&Ghost, "Hello *you*.", 0, &recent).as_deref(), Some("9"));
    let posted = recent.posts[0].posted.clone();
    assert_eq!(Ghost.edit(&cx, &article(), &posted).await.unwrap(), posted);
    Ghost.delete(&cx, &posted).await.unwrap();
    Ghost.delete(&cx, &posted).await.unwrap();
    let metrics = Ghost.account_metrics(&cx).await.unwrap();
    assert_eq!((metrics.followers, metrics.posts), (Some(33), Some(4)));
}
