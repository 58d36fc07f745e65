use serde_json::{Value, json};

use super::*;
use crate::{
    Target,
    publish::{Body, FaultKind, testing::Script},
    trial::{
        account, app, assert_sealed, kind_of, meta_error, now, picture, piece, recognised, recorded, refusal,
        timed_out, video,
    },
};

const FEED: (Method, &str) = (Method::Post, "https://graph.facebook.com/v24.0/17/feed");

fn page() -> crate::publish::Account {
    account(Network::Facebook, "17")
}

fn post(text: &str) -> Piece {
    piece(Target::FacebookPost, text)
}

#[test]
fn asks_for_what_it_needs() {
    let oauth = Facebook.oauth(&app(), None).unwrap();
    assert_eq!(
        oauth.authorize_url,
        "https://www.facebook.com/v24.0/dialog/oauth?client_id=client&response_type=code&scope=pages_show_list%2C\
         pages_read_engagement%2Cpages_manage_posts%2Cpages_manage_engagement%2Cread_insights"
    );
    assert!(!oauth.pkce);
}

#[tokio::test]
async fn a_code_becomes_a_long_token() {
    let script = Script::new();
    let long = recorded("python-facebook/testdata/base/long_term_token.json")
        .unwrap_or_else(|| json!({"access_token": "token", "token_type": "bearer", "expires_in": 5_184_000}));
    script
        .expect(Method::Post, "https://graph.facebook.com/v24.0/oauth/access_token")
        .form(&[
            ("client_id", "client"),
            ("client_secret", "SECRET-app"),
            ("redirect_uri", "https://b.example/back"),
            ("code", "code-1"),
        ])
        .answer(200, &json!({"access_token": "short", "token_type": "bearer", "expires_in": 3600}));
    script
        .expect(Method::Post, "https://graph.facebook.com/v24.0/oauth/access_token")
        .form(&[
            ("grant_type", "fb_exchange_token"),
            ("client_id", "client"),
            ("client_secret", "SECRET-app"),
            ("fb_exchange_token", "short"),
        ])
        .answer(200, &long);
    let (account, app) = (page(), app());
    let cx = Cx::new(&script, &account, Some(&app), now(), "key-1");
    let grant = Facebook.exchange(&cx, "code-1", "verifier", "https://b.example/back").await.unwrap();
    assert_eq!(graph::bearer(&grant.token), "Bearer token");
    assert_eq!(grant.refresh_token.as_ref().map(graph::bearer).as_deref(), Some("Bearer token"));
    assert_eq!(grant.expires_at, Some(now() + chrono::Duration::days(60)));
}

#[tokio::test]
async fn pages_come_with_their_tokens_page_after_page() {
    let script = Script::new();
    let first = recorded("python-facebook/testdata/facebook/apidata/users/user_accounts_p1.json").unwrap_or_else(
        || {
            json!({"data": [{"access_token": "access_token", "name": "AAAAAAAAA", "id": "123", "tasks": ["MANAGE"]}],
            "paging": {"next": "https://graph.facebook.com/v11.0/413140042878187/accounts?access_token=access_token\
            &pretty=0&summary=1&limit=4&after=after"}})
        },
    );
    script
        .expect(
            Method::Get,
            "https://graph.facebook.com/v24.0/me/accounts?fields=id%2Cname%2Cusername%2Caccess_token%2Ctasks%2C\
             picture%7Burl%7D&limit=100",
        )
        .header("authorization", "Bearer SECRET-token")
        .answer(200, &first);
    // the next page's address without the token that Meta wrote into it
    script
        .expect(
            Method::Get,
            "https://graph.facebook.com/v11.0/413140042878187/accounts?pretty=0&summary=1&limit=4&after=after",
        )
        .answer(
            200,
            &json!({"data": [
                {"id": "5", "name": "Only looking", "access_token": "x", "tasks": ["ANALYZE"]},
                {"id": "6", "name": "Six", "username": "six", "access_token": "PAGE", "tasks": ["CREATE_CONTENT"],
                 "picture": {"data": {"url": "https://p.example/6"}}}]}),
        );
    let account = page();
    let cx = Cx::new(&script, &account, None, now(), "key-1");
    let found = Facebook.accounts(&cx).await.unwrap();
    assert_eq!((found[0].id.as_str(), found[0].name.as_str()), ("123", "AAAAAAAAA"));
    assert!(found.iter().all(|account| account.id != "5"));
    let last = found.last().unwrap();
    assert_eq!((last.handle.as_str(), last.avatar_url.as_deref()), ("six", Some("https://p.example/6")));
    assert_eq!(last.token.as_ref().map(graph::bearer).as_deref(), Some("Bearer PAGE"));
}

#[tokio::test]
async fn renewing_gives_the_pages_token_again() {
    let script = Script::new();
    script
        .expect(Method::Post, "https://graph.facebook.com/v24.0/oauth/access_token")
        .form(&[
            ("grant_type", "fb_exchange_token"),
            ("client_id", "client"),
            ("client_secret", "SECRET-app"),
            ("fb_exchange_token", "SECRET-refresh"),
        ])
        .answer(200, &json!({"access_token": "person", "expires_in": 5_184_000}));
    script
        .expect(Method::Get, "https://graph.facebook.com/v24.0/17?fields=access_token")
        .header("authorization", "Bearer person")
        .answer(200, &json!({"access_token": "page", "id": "17"}));
    script
        .expect(Method::Post, "https://graph.facebook.com/v24.0/oauth/access_token")
        .answer(400, &meta_error(190, Some(463), "Error validating access token SECRET-refresh"));
    let (account, app) = (page(), app());
    let cx = Cx::new(&script, &account, Some(&app), now(), "key-1");
    let grant = Facebook.refresh(&cx).await.unwrap();
    assert_eq!(graph::bearer(&grant.token), "Bearer page");
    assert_eq!(grant.refresh_token.as_ref().map(graph::bearer).as_deref(), Some("Bearer person"));
    let fault = Facebook.refresh(&cx).await.unwrap_err();
    assert_eq!(fault.kind, FaultKind::NeedsConsent);
    assert_sealed(&fault);
}

#[tokio::test]
async fn a_text_names_its_first_link() {
    let script = Script::new();
    script
        .expect(FEED.0, FEED.1)
        .header("authorization", "Bearer SECRET-token")
        .form(&[("message", "Read https://a.com/x and https://b.com"), ("link", "https://a.com/x")])
        .check(|request| assert_eq!(request.effect, Effect::Publishes))
        .respond(
            200,
            &[("X-App-Usage", r#"{"call_count":28,"total_time":40,"total_cputime":3}"#)],
            r#"{"id":"17_99"}"#,
        );
    let account = page();
    let cx = Cx::new(&script, &account, None, now(), "key-1");
    let text = post("Read https://a.com/x and https://b.com");
    let prepared = Facebook.prepare(&cx, &text).await.unwrap();
    let posted = Facebook.publish(&cx, &text, &prepared, Before::default()).await.unwrap();
    assert_eq!(
        (posted.id.as_str(), posted.url.as_deref()),
        ("17_99", Some("https://www.facebook.com/17_99"))
    );
    assert_eq!(cx.notes().budget.unwrap().remaining, 60);
}

fn field<'r>(request: &'r Request, name: &str) -> &'r FormField {
    let Body::Multipart(fields) = &request.body else { panic!("no multipart") };
    fields.iter().find(|field| field.name == name).unwrap()
}

#[tokio::test]
async fn pictures_are_uploaded_unseen_and_attached() {
    let script = Script::new();
    for (id, photo) in [("one", "71"), ("two", "72")] {
        script
            .expect(Method::Post, "https://graph.facebook.com/v24.0/17/photos")
            .check(move |request| {
                assert_eq!(request.effect, Effect::Prepares);
                assert_eq!(&field(request, "published").bytes[..], b"false");
                assert_eq!(field(request, "alt_text_custom").bytes, format!("Alt {id}"));
                assert_eq!(&field(request, "source").bytes[..], b"picture");
                assert_eq!(field(request, "source").content_type.as_deref(), Some("image/jpeg"));
            })
            .answer(200, &json!({"id": photo}));
    }
    script
        .expect(FEED.0, FEED.1)
        .form(&[
            ("message", "Two https://a.com"),
            ("attached_media[0]", r#"{"media_fbid":"71"}"#),
            ("attached_media[1]", r#"{"media_fbid":"72"}"#),
        ])
        .answer(200, &json!({"id": "17_100"}));
    let account = page();
    let cx = Cx::new(&script, &account, None, now(), "key-1");
    let piece = Piece { media: vec![picture("one"), picture("two")], ..post("Two https://a.com") };
    let prepared = Facebook.prepare(&cx, &piece).await.unwrap();
    assert_eq!(Facebook.publish(&cx, &piece, &prepared, Before::default()).await.unwrap().id, "17_100");
}

#[tokio::test]
async fn a_video_goes_in_chunks_and_appears_with_the_last_phase() {
    let script = Script::new();
    let url = "https://graph-video.facebook.com/v24.0/17/videos";
    script.expect(Method::Post, url).form(&[("upload_phase", "start"), ("file_size", "10")]).answer(
        200,
        &json!({"upload_session_id": "s1", "video_id": "v1", "start_offset": "0", "end_offset": "6"}),
    );
    for (from, bytes, answer) in [
        ("0", "012345", json!({"start_offset": "6", "end_offset": "10"})),
        ("6", "6789", json!({"start_offset": "10", "end_offset": "10"})),
    ] {
        script
            .expect(Method::Post, url)
            .check(move |request| {
                assert_eq!(request.effect, Effect::Prepares);
                assert_eq!(&field(request, "upload_phase").bytes[..], b"transfer");
                assert_eq!(&field(request, "upload_session_id").bytes[..], b"s1");
                assert_eq!(field(request, "start_offset").bytes, from);
                assert_eq!(field(request, "video_file_chunk").bytes, bytes);
            })
            .answer(200, &answer);
    }
    script
        .expect(Method::Post, url)
        .form(&[
            ("upload_phase", "finish"),
            ("upload_session_id", "s1"),
            ("description", "Film"),
            ("published", "true"),
        ])
        .check(|request| assert_eq!(request.effect, Effect::Publishes))
        .answer(200, &json!({"success": true}));
    let progress = "https://graph.facebook.com/v24.0/v1?fields=status%2Cpermalink_url%2Cpost_id";
    script.expect(Method::Get, progress).answer(200, &json!({"status": {"video_status": "processing"}}));
    script.expect(Method::Get, progress).answer(
        200,
        &json!({"status": {"video_status": "ready"}, "permalink_url": "/17/videos/v1/", "post_id": "200"}),
    );
    script.expect(Method::Get, progress).answer(
        200,
        &json!({"status": {"video_status": "error", "processing_phase": {"errors": [{"message": "Bad codec"}]}}}),
    );
    let account = page();
    let cx = Cx::new(&script, &account, None, now(), "key-1");
    let piece = Piece { media: vec![video("film", "0123456789")], ..post("Film") };
    let prepared = Facebook.prepare(&cx, &piece).await.unwrap();
    let posted = Facebook.publish(&cx, &piece, &prepared, Before::default()).await.unwrap();
    assert!(posted.processing);
    assert!(matches!(Facebook.progress(&cx, &posted).await.unwrap(), Progress::Working(_)));
    let Progress::Live(live) = Facebook.progress(&cx, &posted).await.unwrap() else { panic!("not live") };
    assert_eq!((live.id.as_str(), live.processing), ("17_200", false));
    assert_eq!(live.url.as_deref(), Some("https://www.facebook.com/17/videos/v1/"));
    assert_eq!(Facebook.progress(&cx, &posted).await.unwrap(), Progress::Refused("Bad codec".into()));
}

#[tokio::test]
async fn every_refusal_has_its_meaning() {
    use FaultKind as K;
    for (status, code, subcode, kind) in [
        (400, 190, Some(463), K::TokenExpired),
        (400, 190, Some(467), K::TokenExpired),
        (400, 190, None, K::TokenExpired),
        (401, 102, None, K::TokenExpired),
        (400, 190, Some(458), K::Revoked),
        (400, 190, Some(492), K::Revoked),
        (400, 190, Some(459), K::NeedsConsent),
        (400, 190, Some(460), K::NeedsConsent),
        (400, 190, Some(464), K::NeedsConsent),
        (403, 10, None, K::NeedsConsent),
        (403, 200, None, K::NeedsConsent),
        (403, 299, None, K::NeedsConsent),
        (400, 4, None, K::RateLimited),
        (400, 17, None, K::RateLimited),
        (400, 32, None, K::RateLimited),
        (400, 341, None, K::RateLimited),
        (400, 613, None, K::RateLimited),
        (400, 80_001, None, K::RateLimited),
        (400, 3, None, K::Setup),
        (400, 101, None, K::Setup),
        (400, 104, None, K::Setup),
        (400, 191, None, K::Setup),
        (400, 100, None, K::Rejected),
        (400, 100, Some(33), K::Rejected),
        (400, 368, None, K::Rejected),
        (400, 1_609_005, None, K::Rejected),
        (400, 506, None, K::Unclear),
        (400, 1, None, K::Unclear),
        (400, 2, None, K::Unclear),
        (500, 1, None, K::Unclear),
        (503, 2, None, K::Unclear),
    ] {
        let body = meta_error(code, subcode, "No SECRET-token");
        let fault = refusal(&Facebook, &page(), &post("Hi"), &Value::Null, FEED, Ok((status, &body))).await;
        assert_eq!(fault.kind, kind, "{code}/{subcode:?}");
        assert_eq!(fault.words, "No …");
        assert_sealed(&fault);
    }
    let proof = meta_error(100, None, "API calls from the server require an appsecret_proof argument");
    let fault = refusal(&Facebook, &page(), &post("Hi"), &Value::Null, FEED, Ok((400, &proof))).await;
    assert_eq!(fault.kind, K::Setup);
    let fault = refusal(&Facebook, &page(), &post("Hi"), &Value::Null, FEED, Ok((200, &json!({})))).await;
    assert_eq!(fault.kind, K::Unclear);
    let fault = refusal(&Facebook, &page(), &post("Hi"), &Value::Null, FEED, Err(timed_out())).await;
    assert_eq!(fault.kind, K::Unclear);
}

#[tokio::test]
async fn the_wait_is_the_networks_own() {
    let script = Script::new();
    script.expect(FEED.0, FEED.1).respond(
        400,
        &[(
            "X-Business-Use-Case-Usage",
            r#"{"17":[{"type":"pages","call_count":100,"total_cputime":25,"estimated_time_to_regain_access":19}]}"#,
        )],
        meta_error(32, None, "Page request limit reached").to_string(),
    );
    let account = page();
    let cx = Cx::new(&script, &account, None, now(), "key-1");
    let fault = Facebook.publish(&cx, &post("Hi"), &Value::Null, Before::default()).await.unwrap_err();
    assert_eq!(fault.retry_after, Some(std::time::Duration::from_mins(19)));
    assert_eq!(cx.notes().budget.unwrap().remaining, 0);
}

#[tokio::test]
async fn a_lost_upload_may_be_sent_again() {
    let script = Script::new();
    script.expect(Method::Post, "https://graph.facebook.com/v24.0/17/photos").fail(timed_out());
    let account = page();
    let cx = Cx::new(&script, &account, None, now(), "key-1");
    let piece = Piece { media: vec![picture("one")], ..post("Hi") };
    assert_eq!(kind_of(Facebook.prepare(&cx, &piece).await), FaultKind::Transient);
    let mixed = Piece { media: vec![picture("one"), video("film", "v")], ..post("Hi") };
    assert_eq!(kind_of(Facebook.prepare(&cx, &mixed).await), FaultKind::Rejected);
}

const PUBLISHED: &str = "https://graph.facebook.com/v24.0/17/published_posts?fields=id%2Cmessage%2Ccreated_time%2C\
                         permalink_url%2Cattachments%7Bmedia_type%2Csubattachments.limit%2820%29%7Bmedia_type%7D%7D\
                         &limit=100";

#[tokio::test]
async fn posts_are_read_back_until_the_time_is_passed() {
    let script = Script::new();
    script.expect(Method::Get, PUBLISHED).answer(
        200,
        &json!({"data": [
            {"id": "17_3", "message": "Hello  there", "created_time": "2026-07-01T12:00:05+0000",
             "permalink_url": "https://www.facebook.com/17/posts/3",
             "attachments": {"data": [{"media_type": "album", "subattachments": {"data": [{"media_type": "photo"},
             {"media_type": "photo"}]}}]}},
            {"id": "17_2", "message": "Other", "created_time": "2026-07-01T12:00:01+0000"}],
            "paging": {"next": "https://graph.facebook.com/v24.0/17/published_posts?access_token=SECRET&after=c"}}),
    );
    script
        .expect(Method::Get, "https://graph.facebook.com/v24.0/17/published_posts?after=c")
        .answer(200, &json!({"data": [{"id": "17_1", "created_time": "2026-06-01T12:00:00+0000"}]}));
    let account = page();
    let cx = Cx::new(&script, &account, None, now(), "key-1");
    let recent = Facebook.recent(&cx, now()).await.unwrap();
    assert!(recent.whole);
    assert_eq!(recent.posts.len(), 3);
    assert_eq!(recognised(&Facebook, "Hello there", 2, &recent).as_deref(), Some("17_3"));
    assert_eq!(recognised(&Facebook, "Hello there", 0, &recent), None);
}

#[tokio::test]
async fn a_list_without_end_is_not_whole() {
    let script = Script::new();
    let page_of = json!({"data": [{"id": "17_3", "created_time": "2026-07-01T12:00:05+0000"}],
        "paging": {"next": "https://graph.facebook.com/v24.0/17/published_posts?after=c"}});
    script.expect(Method::Get, PUBLISHED).answer(200, &page_of);
    for _ in 1..PAGES {
        script
            .expect(Method::Get, "https://graph.facebook.com/v24.0/17/published_posts?after=c")
            .answer(200, &page_of);
    }
    let account = page();
    let cx = Cx::new(&script, &account, None, now(), "key-1");
    assert!(!Facebook.recent(&cx, now()).await.unwrap().whole);
}

#[tokio::test]
async fn recorded_posts_can_be_read() {
    let Some(feed) = recorded("python-facebook/testdata/facebook/apidata/posts/feed_fields_p1.json") else {
        return;
    };
    let script = Script::new();
    script.expect(Method::Get, PUBLISHED).answer(200, &feed);
    let account = page();
    let cx = Cx::new(&script, &account, None, now(), "key-1");
    let recent = Facebook.recent(&cx, now()).await.unwrap();
    assert!(recent.whole);
    assert_eq!(recent.posts[0].text, "Happy July 4th! 🇺🇸");
    assert_eq!(recent.posts[0].at.to_rfc3339(), "2021-07-04T19:50:58+00:00");
}

#[tokio::test]
async fn posts_are_changed_removed_and_commented() {
    let script = Script::new();
    let post_url = "https://graph.facebook.com/v24.0/17_99";
    script
        .expect(Method::Post, post_url)
        .form(&[("message", "Better")])
        .check(|request| assert_eq!(request.effect, Effect::Prepares))
        .answer(200, &json!({"success": true}));
    script
        .expect(Method::Post, "https://graph.facebook.com/v24.0/17_99/comments")
        .form(&[("message", "First!")])
        .answer(200, &json!({"id": "99_1"}));
    script
        .expect(Method::Post, "https://graph.facebook.com/v24.0/17_99/comments")
        .answer(403, &meta_error(200, None, "Not allowed"));
    script.expect(Method::Delete, post_url).answer(200, &json!({"success": true}));
    script.expect(Method::Delete, post_url).answer(400, &meta_error(100, Some(33), "does not exist"));
    script
        .expect(
            Method::Get,
            "https://graph.facebook.com/v24.0/17?fields=followers_count%2Cfan_count%2Ctalking_about_count",
        )
        .answer(200, &json!({"followers_count": 12, "fan_count": 10, "id": "17"}));
    let account = page();
    let cx = Cx::new(&script, &account, None, now(), "key-1");
    let posted = Posted { id: "17_99".into(), url: None, reference: Value::Null, processing: false };
    let piece = Piece { first_comment: Some("First!".into()), ..post("Better") };
    assert_eq!(Facebook.edit(&cx, &piece, &posted).await.unwrap(), posted);
    Facebook.finish(&cx, &piece, &posted).await.unwrap();
    let fault = Facebook.finish(&cx, &piece, &posted).await.unwrap_err();
    assert_eq!(fault.to_string(), "Not allowed");
    Facebook.delete(&cx, &posted).await.unwrap();
    Facebook.delete(&cx, &posted).await.unwrap();
    let metrics = Facebook.account_metrics(&cx).await.unwrap();
    assert_eq!((metrics.followers, metrics.other["fan_count"]), (Some(12), 10));
}
