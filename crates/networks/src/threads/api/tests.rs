use serde_json::{Value, json};

use super::{container::BETWEEN, *};
use crate::{
    Target,
    http::PREPARE_AGAIN,
    publish::{Fingerprint, Media, WireError, find, testing::Script},
    trial::{
        account, app, assert_sealed, kind_of, meta_error, now, picture, piece, recognised, recorded,
        timed_out, video,
    },
};

const MAKE: &str = "https://graph.threads.net/v1.0/41/threads";
const PUBLISH: &str = "https://graph.threads.net/v1.0/41/threads_publish";
const TOKEN: (&str, &str) = ("access_token", "SECRET-token");

fn ours() -> crate::publish::Account {
    account(Network::Threads, "41")
}

fn quota_url(fields: &str) -> String {
    format!(
        "https://graph.threads.net/v1.0/41/threads_publishing_limit?fields={fields}&access_token=SECRET-token"
    )
}

fn quota(script: &Script) {
    script.expect(Method::Get, quota_url("quota_usage%2Cconfig")).answer(
        200,
        &json!({"data": [{"quota_usage": 10, "config": {"quota_total": 250, "quota_duration": 86_400}}]}),
    );
}

fn status(script: &Script, container: &str, status: &str) {
    script
        .expect(
            Method::Get,
            format!(
                "https://graph.threads.net/v1.0/{container}?fields=status%2Cerror_message&access_token=SECRET-token"
            ),
        )
        .answer(200, &json!({"id": container, "status": status}));
}

fn permalink(script: &Script, id: &str) {
    script
        .expect(
            Method::Get,
            format!("https://graph.threads.net/v1.0/{id}?fields=permalink&access_token=SECRET-token"),
        )
        .answer(200, &json!({"permalink": format!("https://www.threads.net/@ada/post/{id}")}));
}

fn post_of(text: &str) -> Piece {
    piece(Target::ThreadsPost, text)
}

#[test]
fn asks_for_what_it_needs() {
    let oauth = Threads.oauth(&app(), None).unwrap();
    assert_eq!(
        oauth.authorize_url,
        "https://threads.net/oauth/authorize?client_id=client&response_type=code&scope=threads_basic%2C\
         threads_content_publish%2Cthreads_manage_replies%2Cthreads_read_replies%2Cthreads_manage_insights%2C\
         threads_delete"
    );
}

#[tokio::test]
async fn tokens_become_long_and_renew_themselves() {
    let script = Script::new();
    let read = |path: &str| recorded(&format!("python-facebook/testdata/base/{path}"));
    script
        .expect(Method::Post, "https://graph.threads.net/oauth/access_token")
        .form(&[
            ("client_id", "client"),
            ("client_secret", "SECRET-app"),
            ("grant_type", "authorization_code"),
            ("redirect_uri", "https://b.example/back"),
            ("code", "code-1"),
        ])
        .answer(
            200,
            &read("threads_user_token.json")
                .unwrap_or_else(|| json!({"access_token": "THQVJ...", "user_id": 12_345_678})),
        );
    script
        .expect(
            Method::Get,
            "https://graph.threads.net/access_token?grant_type=th_exchange_token&client_secret=SECRET-app&\
             access_token=THQVJ...",
        )
        .answer(
            200,
            &read("threads_user_long_lived_token.json")
                .unwrap_or_else(|| json!({"access_token": "THQVJ...", "expires_in": 5_183_944})),
        );
    let refresh = "https://graph.threads.net/refresh_access_token?grant_type=th_refresh_token&access_token=SECRET-token";
    script.expect(Method::Get, refresh).answer(200, &json!({"access_token": "new", "expires_in": 5_184_000}));
    script.expect(Method::Get, refresh).answer(400, &meta_error(190, None, "Session has expired"));
    let (account, app) = (ours(), app());
    let cx = Cx::new(&script, &account, Some(&app), now(), "key-1");
    let grant = Threads.exchange(&cx, "code-1", "", "https://b.example/back").await.unwrap();
    assert_eq!(graph::bearer(&grant.token), "Bearer THQVJ...");
    assert_eq!(grant.expires_at, Some(now() + chrono::Duration::seconds(5_183_944)));
    assert_eq!(graph::bearer(&Threads.refresh(&cx).await.unwrap().token), "Bearer new");
    assert_eq!(kind_of(Threads.refresh(&cx).await), FaultKind::NeedsConsent);
}

#[tokio::test]
async fn the_account_is_found() {
    let script = Script::new();
    script
        .expect(
            Method::Get,
            "https://graph.threads.net/v1.0/me?fields=id%2Cusername%2Cname%2Cthreads_profile_picture_url&\
             access_token=SECRET-token",
        )
        .answer(200, &json!({"id": "41", "username": "ada", "name": "Ada"}));
    let account = ours();
    let cx = Cx::new(&script, &account, None, now(), "key-1");
    let found = Threads.accounts(&cx).await.unwrap();
    assert_eq!(
        (found[0].id.as_str(), found[0].handle.as_str(), found[0].name.as_str()),
        ("41", "ada", "Ada")
    );
}

#[tokio::test]
async fn a_text_is_prepared_and_published() {
    let script = Script::new();
    quota(&script);
    script
        .expect(Method::Post, MAKE)
        .form(&[("media_type", "TEXT"), ("text", "Hello"), ("topic_tag", "rust"), TOKEN])
        .check(|request| assert_eq!(request.effect, Effect::Prepares))
        .answer(200, &json!({"id": "c1"}));
    status(&script, "c1", "IN_PROGRESS");
    status(&script, "c1", "FINISHED");
    status(&script, "c1", "FINISHED");
    script
        .expect(Method::Post, PUBLISH)
        .form(&[("creation_id", "c1"), TOKEN])
        .check(|request| assert_eq!(request.effect, Effect::Publishes))
        .answer(200, &json!({"id": "p1"}));
    permalink(&script, "p1");
    let account = ours();
    let cx = Cx::new(&script, &account, None, now(), "key-1");
    let piece = Piece { options: json!({"topic_tag": "rust"}), ..post_of("Hello") };
    let prepared = Threads.prepare(&cx, &piece).await.unwrap();
    let posted = Threads.publish(&cx, &piece, &prepared, Before::default()).await.unwrap();
    assert_eq!(
        (posted.id.as_str(), posted.url.as_deref()),
        ("p1", Some("https://www.threads.net/@ada/post/p1"))
    );
    assert_eq!(script.waited(), [BETWEEN]);
    assert_eq!(cx.notes().budget.unwrap().remaining, 240);
}

#[tokio::test]
async fn a_reply_names_what_it_answers() {
    let script = Script::new();
    script
        .expect(Method::Get, quota_url("reply_quota_usage%2Creply_config"))
        .answer(200, &json!({"data": [{"reply_quota_usage": 1, "reply_config": {"quota_total": 1000}}]}));
    script
        .expect(Method::Post, MAKE)
        .form(&[("media_type", "TEXT"), ("text", "Second"), ("reply_to_id", "p1"), TOKEN])
        .answer(200, &json!({"id": "c2"}));
    status(&script, "c2", "FINISHED");
    script
        .expect(Method::Post, PUBLISH)
        .form(&[("creation_id", "c2"), TOKEN])
        .answer(200, &json!({"id": "p2"}));
    permalink(&script, "p2");
    let account = ours();
    let cx = Cx::new(&script, &account, None, now(), "key-1");
    let piece = Piece { position: 1, of: 2, ..post_of("Second") };
    let prepared = Threads.prepare(&cx, &piece).await.unwrap();
    let first = Posted { id: "p1".into(), url: None, reference: Value::Null, processing: false };
    let before = Before { root: Some(&first), previous: Some(&first) };
    assert_eq!(Threads.publish(&cx, &piece, &prepared, before).await.unwrap().id, "p2");
}

#[tokio::test]
async fn media_are_fetched_one_by_one_or_as_a_carousel() {
    let script = Script::new();
    quota(&script);
    script
        .expect(Method::Post, MAKE)
        .form(&[
            ("media_type", "IMAGE"),
            ("image_url", "https://files.example/one.jpg"),
            ("alt_text", "Alt one"),
            ("text", "One"),
            TOKEN,
        ])
        .answer(200, &json!({"id": "c1"}));
    status(&script, "c1", "FINISHED");
    quota(&script);
    script
        .expect(Method::Post, MAKE)
        .form(&[
            ("media_type", "IMAGE"),
            ("image_url", "https://files.example/one.jpg"),
            ("alt_text", "Alt one"),
            ("is_carousel_item", "true"),
            TOKEN,
        ])
        .answer(200, &json!({"id": "c2"}));
    script
        .expect(Method::Post, MAKE)
        .form(&[
            ("media_type", "VIDEO"),
            ("video_url", "https://files.example/two.mp4"),
            ("is_carousel_item", "true"),
            TOKEN,
        ])
        .answer(200, &json!({"id": "c3"}));
    status(&script, "c2", "FINISHED");
    status(&script, "c3", "FINISHED");
    script
        .expect(Method::Post, MAKE)
        .form(&[("media_type", "CAROUSEL"), ("children", "c2,c3"), ("text", "Two"), TOKEN])
        .answer(200, &json!({"id": "c4"}));
    status(&script, "c4", "FINISHED");
    quota(&script);
    let account = ours();
    let cx = Cx::new(&script, &account, None, now(), "key-1");
    let one = Piece { media: vec![picture("one")], ..post_of("One") };
    assert_eq!(Threads.prepare(&cx, &one).await.unwrap()["creation_id"], "c1");
    let two = Piece { media: vec![picture("one"), video("two", "v")], ..post_of("Two") };
    assert_eq!(Threads.prepare(&cx, &two).await.unwrap()["creation_id"], "c4");
    let hidden = Piece { media: vec![Media { public_url: None, ..picture("one") }], ..post_of("One") };
    assert_eq!(kind_of(Threads.prepare(&cx, &hidden).await), FaultKind::Rejected);
}

#[tokio::test]
async fn failed_media_say_why() {
    for (reason, kind) in
        [("FAILED_DOWNLOADING_VIDEO", FaultKind::Transient), ("INVALID_ASPEC_RATIO", FaultKind::Rejected)]
    {
        let script = Script::new();
        quota(&script);
        script.expect(Method::Post, MAKE).answer(200, &json!({"id": "c1"}));
        script
            .expect(
                Method::Get,
                "https://graph.threads.net/v1.0/c1?fields=status%2Cerror_message&access_token=SECRET-token",
            )
            .answer(200, &json!({"status": "ERROR", "error_message": reason}));
        let account = ours();
        let cx = Cx::new(&script, &account, None, now(), "key-1");
        let film = Piece { media: vec![video("film", "v")], ..post_of("Film") };
        let fault = Threads.prepare(&cx, &film).await.unwrap_err();
        assert_eq!((fault.kind, fault.code.as_deref()), (kind, Some(reason)));
    }
}

async fn publish(state: &str, answer: Option<Result<(u16, Value), WireError>>) -> Fault {
    let script = Script::new();
    status(&script, "c1", state);
    match answer {
        Some(Ok((code, body))) => script.expect(Method::Post, PUBLISH).answer(code, &body),
        Some(Err(error)) => script.expect(Method::Post, PUBLISH).fail(error),
        None => {}
    }
    let account = ours();
    let cx = Cx::new(&script, &account, None, now(), "key-1");
    let prepared = json!({"creation_id": "c1"});
    Threads.publish(&cx, &post_of("Hi"), &prepared, Before::default()).await.unwrap_err()
}

#[tokio::test]
async fn every_refusal_has_its_meaning() {
    use FaultKind as K;
    for (status, code, subcode, kind) in [
        (400, 190, Some(463), K::TokenExpired),
        (401, 190, None, K::TokenExpired),
        (400, 190, Some(458), K::Revoked),
        (400, 190, Some(460), K::NeedsConsent),
        (400, 10, None, K::NeedsConsent),
        (403, 200, None, K::NeedsConsent),
        (400, 4, None, K::RateLimited),
        (400, 9, None, K::RateLimited),
        (400, 80_002, None, K::RateLimited),
        (400, 100, None, K::Rejected),
        (400, 24, None, K::Rejected),
        (400, 3, None, K::Setup),
        (400, 1, None, K::Unclear),
        (400, 2, None, K::Unclear),
        (500, 1, None, K::Unclear),
    ] {
        let body = meta_error(code, subcode, "Not with SECRET-token");
        let fault = publish("FINISHED", Some(Ok((status, body)))).await;
        assert_eq!(fault.kind, kind, "{code}/{subcode:?}");
        assert_sealed(&fault);
    }
    assert_eq!(publish("FINISHED", Some(Err(timed_out()))).await.kind, K::Unclear);
    assert_eq!(publish("FINISHED", Some(Ok((200, json!({}))))).await.kind, K::Unclear);
    assert_eq!(publish("PUBLISHED", None).await.kind, K::Unclear);
    assert_eq!(publish("EXPIRED", None).await.code.as_deref(), Some(PREPARE_AGAIN));
}

#[tokio::test]
async fn a_lost_container_may_be_made_again() {
    let script = Script::new();
    quota(&script);
    script.expect(Method::Post, MAKE).fail(timed_out());
    let account = ours();
    let cx = Cx::new(&script, &account, None, now(), "key-1");
    assert_eq!(kind_of(Threads.prepare(&cx, &post_of("Hi")).await), FaultKind::Transient);
}

#[tokio::test]
async fn posts_and_replies_are_read_back() {
    let script = Script::new();
    let fields = "id%2Ctext%2Cpermalink%2Ctimestamp%2Cmedia_type%2Cchildren%7Bid%7D";
    script
        .expect(Method::Get, format!("{MAKE}?fields={fields}&limit=100&access_token=SECRET-token"))
        .answer(
            200,
            &json!({"data": [
            {"id": "p1", "text": "Hello", "timestamp": "2026-07-01T12:00:01+0000", "media_type": "TEXT_POST"}],
            "paging": {"next": format!("{MAKE}?access_token=SECRET-token&after=x")}}),
        );
    script.expect(Method::Get, format!("{MAKE}?after=x&access_token=SECRET-token")).answer(
        200,
        &json!({"data": [{"id": "p0", "text": "Old", "timestamp": "2026-06-01T12:00:01+0000", "media_type": "IMAGE"}],
            "paging": {"next": format!("{MAKE}?access_token=SECRET-token&after=y")}}),
    );
    script
        .expect(
            Method::Get,
            format!(
                "https://graph.threads.net/v1.0/41/replies?fields={fields}%2Creplied_to&limit=100&\
                 access_token=SECRET-token"
            ),
        )
        .answer(
            200,
            &json!({"data": [{"id": "p2", "text": "Hello", "timestamp": "2026-07-01T12:00:05+0000",
            "media_type": "TEXT_POST", "replied_to": {"id": "p1"}}]}),
        );
    let account = ours();
    let cx = Cx::new(&script, &account, None, now(), "key-1");
    let recent = Threads.recent(&cx, now()).await.unwrap();
    assert!(recent.whole);
    assert_eq!(recognised(&Threads, "Hello", 0, &recent).as_deref(), Some("p1"));
    let reply = Fingerprint {
        text: Threads.normalise("Hello"),
        media: 0,
        since: now(),
        answers: Some("p1".into()),
        taken: vec!["p1".into()],
    };
    assert_eq!(find(&Threads, &reply, &recent).unwrap().posted.id, "p2");
}

#[tokio::test]
async fn posts_are_removed_and_counted() {
    let script = Script::new();
    let url = "https://graph.threads.net/v1.0/p1?access_token=SECRET-token";
    script.expect(Method::Delete, url).answer(200, &json!({"success": true}));
    script.expect(Method::Delete, url).answer(400, &meta_error(100, Some(33), "does not exist"));
    script
        .expect(
            Method::Get,
            "https://graph.threads.net/v1.0/41/threads_insights?metric=followers_count%2Cviews%2Clikes%2Creplies%2C\
             reposts%2Cquotes&access_token=SECRET-token",
        )
        .answer(
            200,
            &json!({"data": [{"name": "views", "values": [{"value": 2}, {"value": 3}]},
            {"name": "followers_count", "total_value": {"value": 7}}]}),
        );
    script
        .expect(Method::Post, MAKE)
        .form(&[("media_type", "TEXT"), ("text", "First!"), ("reply_to_id", "p1"), TOKEN])
        .answer(200, &json!({"id": "c9"}));
    status(&script, "c9", "FINISHED");
    script.expect(Method::Post, PUBLISH).fail(timed_out());
    let account = ours();
    let cx = Cx::new(&script, &account, None, now(), "key-1");
    let posted = Posted { id: "p1".into(), url: None, reference: Value::Null, processing: false };
    Threads.delete(&cx, &posted).await.unwrap();
    Threads.delete(&cx, &posted).await.unwrap();
    let metrics = Threads.account_metrics(&cx).await.unwrap();
    assert_eq!((metrics.followers, metrics.other["views"]), (Some(7), 5));
    let piece = Piece { first_comment: Some("First!".into()), ..post_of("Hi") };
    let fault = Threads.finish(&cx, &piece, &posted).await.unwrap_err();
    assert_eq!(fault.to_string(), "timed out");
}
