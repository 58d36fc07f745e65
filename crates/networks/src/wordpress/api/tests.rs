use serde_json::json;

use super::*;
use crate::{
    Target,
    publish::{Account, Body, testing::Script},
    trial::{account, assert_sealed, kind_of, now, picture, piece, recognised, refusal, timed_out},
};

const API: &str = "https://blog.example.com/wp-json/wp/v2";
/// `ada:SECRET-token`
const BASIC: &str = "Basic YWRhOlNFQ1JFVC10b2tlbg==";

fn ours() -> Account {
    Account {
        settings: json!({"site": "https://blog.example.com", "username": "ada", "author": "3"}),
        ..account(Network::Blog, "blog.example.com/3")
    }
}

fn article() -> Piece {
    Piece {
        title: Some("A Title".into()),
        description: Some("In short".into()),
        ..piece(Target::BlogArticle, "Hello *you*.")
    }
}

fn lookup() -> String {
    let slug = html::slug("A Title", "key-1");
    format!("{API}/posts?slug={slug}&status=any&context=edit")
}

#[tokio::test]
async fn a_typed_password_connects() {
    let script = Script::new();
    script
        .expect(Method::Get, format!("{API}/users/me?context=edit"))
        .header("authorization", BASIC)
        .answer(200, &json!({"id": 3, "name": "Ada", "capabilities": {"publish_posts": true}}));
    script
        .expect(Method::Get, format!("{API}/users/me?context=edit"))
        .answer(200, &json!({"id": 3, "name": "Ada", "capabilities": {"publish_posts": false}}));
    script.expect(Method::Get, format!("{API}/users/me?context=edit")).respond(404, &[], "<html>no</html>");
    let typed = Account {
        settings: json!({"site": "blog.example.com/", "username": "ada"}),
        secrets: [("password".to_owned(), "SECRET-token".into())].into(),
        token: "".into(),
        ..ours()
    };
    let cx = Cx::new(&script, &typed, None, now(), "key-1");
    let (grant, accounts) = Wordpress.sign_in(&cx).await.unwrap();
    assert_eq!(grant.token.expose_secret(), "SECRET-token");
    assert_eq!(accounts[0].id, "blog.example.com/3");
    assert_eq!(accounts[0].server.as_deref(), Some("https://blog.example.com"));
    assert_eq!(
        accounts[0].settings,
        json!({"site": "https://blog.example.com", "username": "ada", "author": "3"})
    );
    assert_eq!(kind_of(Wordpress.sign_in(&cx).await), FaultKind::NeedsConsent);
    let fault = Wordpress.sign_in(&cx).await.unwrap_err();
    assert!(fault.words.contains("no WordPress REST API"), "{fault}");
    assert!(Wordpress.fields().iter().any(|field| field.secret && field.name == "password"));
}

#[tokio::test]
async fn a_draft_is_made_and_then_only_its_status_changes() {
    let script = Script::new();
    script.expect(Method::Get, lookup()).header("authorization", BASIC).answer(200, &json!([]));
    script
        .expect(Method::Get, format!("{API}/tags?search=Rust&per_page=100"))
        .answer(200, &json!([{"id": 5, "name": "Rusty"}, {"id": 6, "name": "rust"}]));
    script.expect(Method::Get, format!("{API}/tags?search=New&per_page=100")).answer(200, &json!([]));
    script.expect(Method::Post, format!("{API}/tags")).json(json!({"name": "New"})).answer(
        403,
        &json!({"code": "rest_cannot_create", "message": "Sorry, you are not allowed.", "data": {"status": 403}}),
    );
    for (id, name) in [(71, "one"), (72, "two")] {
        script
            .expect(Method::Post, format!("{API}/media"))
            .header("content-disposition", format!("attachment; filename=\"{name}.jpg\""))
            .check(|request| {
                assert_eq!(request.effect, Effect::Prepares);
                let Body::Bytes { content_type, bytes } = &request.body else { panic!("no bytes") };
                assert_eq!((content_type.as_str(), &bytes[..]), ("image/jpeg", &b"picture"[..]));
            })
            .answer(201, &json!({"id": id, "source_url": format!("https://blog.example.com/{name}.jpg")}));
        script
            .expect(Method::Post, format!("{API}/media/{id}"))
            .json(json!({"alt_text": format!("Alt {name}")}))
            .answer(200, &json!({"id": id}));
    }
    script
        .expect(Method::Post, format!("{API}/posts"))
        .check(|request| assert_eq!(request.effect, Effect::Prepares))
        .json(json!({
            "title": "A Title",
            "content": "<p>Hello <em>you</em>.</p>\n<figure><img src=\"https://blog.example.com/two.jpg\" alt=\"Alt two\">\
                        </figure>\n",
            "excerpt": "In short",
            "slug": html::slug("A Title", "key-1"),
            "status": "draft",
            "tags": [6],
            "featured_media": 71,
        }))
        .answer(201, &json!({"id": 9, "status": "draft", "link": "https://blog.example.com/?p=9"}));
    script
        .expect(Method::Post, format!("{API}/posts/9"))
        .json(json!({"status": "publish"}))
        .check(|request| assert_eq!(request.effect, Effect::Publishes))
        .answer(200, &json!({"id": 9, "status": "publish", "link": "https://blog.example.com/a-title"}));
    let account = ours();
    let cx = Cx::new(&script, &account, None, now(), "key-1");
    let piece = Piece {
        tags: vec!["Rust".into(), "New".into()],
        media: vec![picture("one"), picture("two")],
        ..article()
    };
    let prepared = Wordpress.prepare(&cx, &piece).await.unwrap();
    assert_eq!(prepared, json!({"id": "9"}));
    let posted = Wordpress.publish(&cx, &piece, &prepared, Before::default()).await.unwrap();
    assert_eq!((posted.id.as_str(), posted.url.as_deref()), ("9", Some("https://blog.example.com/a-title")));
    assert_eq!(cx.notes().warnings, ["The tag “New” was left out: Sorry, you are not allowed."]);
}

#[tokio::test]
async fn an_earlier_try_is_found_by_its_slug() {
    let script = Script::new();
    script.expect(Method::Get, lookup()).answer(200, &json!([{"id": 9, "status": "draft"}]));
    script
        .expect(Method::Get, lookup())
        .answer(200, &json!([{"id": 9, "status": "publish", "link": "https://blog.example.com/a-title"}]));
    let account = ours();
    let cx = Cx::new(&script, &account, None, now(), "key-1");
    assert_eq!(Wordpress.prepare(&cx, &article()).await.unwrap(), json!({"id": "9"}));
    // it is out already: nothing more is sent
    let prepared = Wordpress.prepare(&cx, &article()).await.unwrap();
    let posted = Wordpress.publish(&cx, &article(), &prepared, Before::default()).await.unwrap();
    assert_eq!(posted.url.as_deref(), Some("https://blog.example.com/a-title"));
}

#[tokio::test]
async fn every_refusal_has_its_meaning() {
    use FaultKind as K;
    let call = (Method::Post, "https://blog.example.com/wp-json/wp/v2/posts/9");
    let prepared = json!({"id": "9"});
    for (status, code, kind) in [
        (401, "incorrect_password", K::NeedsConsent),
        (401, "invalid_username", K::NeedsConsent),
        (401, "rest_not_logged_in", K::NeedsConsent),
        (403, "rest_cannot_publish", K::NeedsConsent),
        (403, "rest_cannot_edit", K::NeedsConsent),
        (501, "application_passwords_disabled", K::NeedsConsent),
        (400, "rest_invalid_param", K::Rejected),
        (404, "rest_post_invalid_id", K::Transient),
        (429, "too_many_requests", K::RateLimited),
        (500, "internal_server_error", K::Unclear),
        (503, "maintenance", K::Unclear),
    ] {
        let body = json!({"code": code, "message": "Not with SECRET-token", "data": {"status": status}});
        let fault = refusal(&Wordpress, &ours(), &article(), &prepared, call, Ok((status, &body))).await;
        assert_eq!(fault.kind, kind, "{code}");
        assert_sealed(&fault);
    }
    let fault = refusal(&Wordpress, &ours(), &article(), &prepared, call, Err(timed_out())).await;
    assert_eq!(fault.kind, K::Unclear);
    let fault = refusal(&Wordpress, &ours(), &article(), &prepared, call, Ok((200, &json!([])))).await;
    assert_eq!(fault.kind, K::Unclear);
    let pending = json!({"id": 9, "status": "pending"});
    let fault = refusal(&Wordpress, &ours(), &article(), &prepared, call, Ok((200, &pending))).await;
    assert_eq!(fault.kind, K::Rejected);
}

#[tokio::test]
async fn walls_and_moves_are_told_apart() {
    let script = Script::new();
    let url = format!("{API}/users/me?context=edit");
    script.expect(Method::Get, url.clone()).respond(
        301,
        &[("Location", "https://www.example.com/wp-json/")],
        "",
    );
    script.expect(Method::Get, url).respond(403, &[], "<html>blocked</html>");
    script.expect(Method::Get, lookup()).fail(timed_out());
    let account = ours();
    let cx = Cx::new(&script, &account, None, now(), "key-1");
    let moved = Wordpress.accounts(&cx).await.unwrap_err();
    assert!(moved.kind == FaultKind::Rejected && moved.words.contains("www.example.com"), "{moved}");
    let wall = Wordpress.accounts(&cx).await.unwrap_err();
    assert!(wall.kind == FaultKind::Rejected && wall.words.contains("firewall"), "{wall}");
    assert_eq!(kind_of(Wordpress.prepare(&cx, &article()).await), FaultKind::Transient);
}

#[tokio::test]
async fn articles_are_read_back_changed_and_removed() {
    let script = Script::new();
    script
        .expect(
            Method::Get,
            format!(
                "{API}/posts?context=edit&status=publish&orderby=date&order=desc&per_page=50&page=1&\
                 modified_after=2026-06-30T12%3A00%3A00&author=3"
            ),
        )
        .respond(
            200,
            &[("X-WP-TotalPages", "1")],
            json!([{"id": 9, "link": "https://blog.example.com/a-title", "date_gmt": "2026-07-01T12:00:20",
                "content": {"raw": "<p>Hello <em>you</em>.</p>\n"}}])
            .to_string(),
        );
    script
        .expect(Method::Post, format!("{API}/posts/9"))
        .json(json!({"title": "A Title", "content": "<p>Hello <em>you</em>.</p>\n", "excerpt": "In short"}))
        .check(|request| assert_eq!(request.effect, Effect::Prepares))
        .answer(200, &json!({"id": 9, "link": "https://blog.example.com/a-title"}));
    script.expect(Method::Delete, format!("{API}/posts/9")).answer(200, &json!({"id": 9, "status": "trash"}));
    script.expect(Method::Delete, format!("{API}/posts/9")).answer(
        410,
        &json!({"code": "rest_already_trashed", "message": "The post has already been deleted."}),
    );
    script.expect(Method::Get, format!("{API}/posts?status=publish&per_page=1&_fields=id")).respond(
        200,
        &[("X-WP-Total", "12")],
        "[]",
    );
    let account = ours();
    let cx = Cx::new(&script, &account, None, now(), "key-1");
    let recent = Wordpress.recent(&cx, now()).await.unwrap();
    assert!(recent.whole);
    assert_eq!(recognised(&Wordpress, "Hello *you*.", 0, &recent).as_deref(), Some("9"));
    assert_eq!(recognised(&Wordpress, "Hello *me*.", 0, &recent), None);
    let posted = recent.posts[0].posted.clone();
    assert_eq!(Wordpress.edit(&cx, &article(), &posted).await.unwrap(), posted);
    Wordpress.delete(&cx, &posted).await.unwrap();
    Wordpress.delete(&cx, &posted).await.unwrap();
    assert_eq!(Wordpress.account_metrics(&cx).await.unwrap().posts, Some(12));
}

#[test]
fn only_addresses_of_sites_are_taken() {
    assert_eq!(http::site(" blog.example.com/ ").unwrap(), "https://blog.example.com");
    assert_eq!(http::site("http://10.0.0.1:8080/blog/").unwrap(), "http://10.0.0.1:8080/blog");
    for bad in ["", "ftp://a.example", "https://user:pass@a.example", "javascript:alert(1)"] {
        assert!(http::site(bad).is_err(), "{bad}");
    }
}
