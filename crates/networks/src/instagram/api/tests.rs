use serde_json::{Value, json};

use super::*;
use crate::{
    Target,
    publish::{Whom, testing::Script},
    trial::{
        account, app, assert_sealed, kind_of, meta_error, now, picture, piece, recognised, recorded,
        timed_out, video,
    },
};

const MEDIA: &str = "https://graph.facebook.com/v24.0/178/media";
const PUBLISH: &str = "https://graph.facebook.com/v24.0/178/media_publish";
const QUOTA: &str =
    "https://graph.facebook.com/v24.0/178/content_publishing_limit?fields=config%2Cquota_usage";

fn ours() -> crate::publish::Account {
    crate::publish::Account { settings: json!({"page_id": "17"}), ..account(Network::Instagram, "178") }
}

fn status_of(container: &str) -> String {
    format!("https://graph.facebook.com/v24.0/{container}?fields=status_code%2Cstatus")
}

fn quota_of(used: u64) -> Value {
    json!({"data": [{"quota_usage": used, "config": {"quota_total": 50, "quota_duration": 86_400}}]})
}

fn finished(container: &str) -> Value {
    json!({"id": container, "status_code": "FINISHED", "status": "Finished: Media has been uploaded."})
}

fn caption(media: Vec<Media>) -> Piece {
    Piece { media, ..piece(Target::InstagramCaption, "A caption") }
}

#[test]
fn asks_for_what_it_needs() {
    let oauth = Instagram.oauth(&app(), None).unwrap();
    assert!(oauth.authorize_url.contains("scope=instagram_basic%2Cinstagram_content_publish%2C"));
    assert_eq!((oauth.separator, oauth.pkce), (',', false));
}

#[tokio::test]
async fn accounts_are_found_through_their_pages() {
    let script = Script::new();
    script
        .expect(
            Method::Get,
            "https://graph.facebook.com/v24.0/me/accounts?fields=id%2Cname%2Caccess_token%2C\
             instagram_business_account%7Bid%2Cusername%2Cname%2Cprofile_picture_url%7D&limit=100",
        )
        .answer(
            200,
            &json!({"data": [{"id": "1", "name": "Without", "access_token": "x"},
            {"id": "17", "name": "Page", "access_token": "PAGE",
             "instagram_business_account": {"id": "178", "username": "ada", "profile_picture_url": "https://p.example"}}]}),
        );
    script
        .expect(Method::Post, "https://graph.facebook.com/v24.0/oauth/access_token")
        .answer(200, &json!({"access_token": "person", "expires_in": 5_184_000}));
    script
        .expect(Method::Get, "https://graph.facebook.com/v24.0/17?fields=access_token")
        .answer(200, &json!({"access_token": "page"}));
    let (account, app) = (ours(), app());
    let cx = Cx::new(&script, &account, Some(&app), now(), "key-1");
    let found = Instagram.accounts(&cx).await.unwrap();
    assert_eq!(found.len(), 1);
    assert_eq!((found[0].id.as_str(), found[0].handle.as_str()), ("178", "ada"));
    assert_eq!(found[0].settings["page_id"], "17");
    assert_eq!(graph::bearer(&Instagram.refresh(&cx).await.unwrap().token), "Bearer page");
}

#[tokio::test]
async fn a_picture_is_prepared_watched_and_published_once() {
    let script = Script::new();
    let read = |path: &str, instead: Value| {
        recorded(&format!("python-facebook/testdata/instagram/apidata/publish/{path}")).unwrap_or(instead)
    };
    script.expect(Method::Get, QUOTA).header("authorization", "Bearer SECRET-token").answer(
        200,
        &read(
            "publish_limit_resp.json",
            json!({"data": [{"quota_usage": 0, "config": {"quota_total": 25,
            "quota_duration": 86_400}}]}),
        ),
    );
    script
        .expect(Method::Post, MEDIA)
        .form(&[
            ("image_url", "https://files.example/one.jpg"),
            ("alt_text", "Alt one"),
            ("caption", "A caption"),
        ])
        .check(|request| assert_eq!(request.effect, Effect::Prepares))
        .answer(200, &read("create_photo.json", json!({"id": "17889455560051444"})));
    let container = "17889455560051444";
    script
        .expect(Method::Get, status_of(container))
        .answer(200, &json!({"id": container, "status_code": "IN_PROGRESS"}));
    script
        .expect(Method::Get, status_of(container))
        .answer(200, &read("container_info.json", finished(container)));
    script.expect(Method::Get, status_of(container)).answer(200, &finished(container));
    script
        .expect(Method::Post, PUBLISH)
        .form(&[("creation_id", container)])
        .check(|request| assert_eq!(request.effect, Effect::Publishes))
        .answer(200, &read("publish_container.json", json!({"id": "17920238422030506"})));
    script
        .expect(Method::Get, "https://graph.facebook.com/v24.0/17920238422030506?fields=permalink")
        .answer(200, &json!({"permalink": "https://www.instagram.com/p/C/"}));
    let account = ours();
    let cx = Cx::new(&script, &account, None, now(), "key-1");
    let piece = caption(vec![picture("one")]);
    let prepared = Instagram.prepare(&cx, &piece).await.unwrap();
    let posted = Instagram.publish(&cx, &piece, &prepared, Before::default()).await.unwrap();
    assert_eq!(posted.id, "17920238422030506");
    assert_eq!(posted.url.as_deref(), Some("https://www.instagram.com/p/C/"));
    assert_eq!(script.waited(), [BETWEEN]);
    assert_eq!(cx.notes().budget.unwrap().remaining, 25);
}

#[tokio::test]
async fn a_carousel_waits_for_its_children() {
    let script = Script::new();
    script.expect(Method::Get, QUOTA).answer(200, &quota_of(3));
    script
        .expect(Method::Post, MEDIA)
        .form(&[
            ("image_url", "https://files.example/one.jpg"),
            ("alt_text", "Alt one"),
            ("is_carousel_item", "true"),
        ])
        .answer(200, &json!({"id": "1"}));
    script
        .expect(Method::Post, MEDIA)
        .form(&[
            ("media_type", "VIDEO"),
            ("video_url", "https://files.example/two.mp4"),
            ("is_carousel_item", "true"),
        ])
        .answer(200, &json!({"id": "2"}));
    script.expect(Method::Get, status_of("1")).answer(200, &finished("1"));
    script.expect(Method::Get, status_of("2")).answer(200, &finished("2"));
    script
        .expect(Method::Post, MEDIA)
        .form(&[("media_type", "CAROUSEL"), ("children", "1,2"), ("caption", "A caption")])
        .answer(200, &json!({"id": "3"}));
    script.expect(Method::Get, status_of("3")).answer(200, &finished("3"));
    let account = ours();
    let cx = Cx::new(&script, &account, None, now(), "key-1");
    let prepared = Instagram.prepare(&cx, &caption(vec![picture("one"), video("two", "v")])).await.unwrap();
    assert_eq!(prepared, json!({"creation_id": "3"}));
}

#[tokio::test]
async fn a_reel_says_how_it_is_shared_and_why_it_failed() {
    for (words, kind) in [
        ("Error: Media upload has failed with error code 2207076", FaultKind::Rejected),
        ("Error: Media upload has failed with error code 2207053", FaultKind::Transient),
    ] {
        let script = Script::new();
        script.expect(Method::Get, QUOTA).answer(200, &quota_of(3));
        script
            .expect(Method::Post, MEDIA)
            .form(&[
                ("media_type", "REELS"),
                ("video_url", "https://files.example/film.mp4"),
                ("share_to_feed", "false"),
                ("caption", "A caption"),
            ])
            .answer(200, &json!({"id": "9"}));
        script
            .expect(Method::Get, status_of("9"))
            .answer(200, &json!({"status_code": "ERROR", "status": words}));
        let account = ours();
        let cx = Cx::new(&script, &account, None, now(), "key-1");
        let reel = Piece { options: json!({"share_to_feed": false}), ..caption(vec![video("film", "v")]) };
        let fault = Instagram.prepare(&cx, &reel).await.unwrap_err();
        assert_eq!((fault.kind, fault.words.as_str()), (kind, words));
    }
}

#[tokio::test]
async fn a_container_that_stays_busy_is_tried_later() {
    let script = Script::new();
    script.expect(Method::Get, QUOTA).answer(200, &quota_of(3));
    script.expect(Method::Post, MEDIA).answer(200, &json!({"id": "9"}));
    for _ in 0..QUESTIONS {
        script.expect(Method::Get, status_of("9")).answer(200, &json!({"status_code": "IN_PROGRESS"}));
    }
    let account = ours();
    let cx = Cx::new(&script, &account, None, now(), "key-1");
    assert_eq!(kind_of(Instagram.prepare(&cx, &caption(vec![picture("one")])).await), FaultKind::Transient);
    assert_eq!(script.waited().len(), QUESTIONS as usize);
}

#[tokio::test]
async fn what_is_missing_is_said_before_anything_is_made() {
    let script = Script::new();
    script.expect(Method::Get, QUOTA).answer(200, &quota_of(50));
    for _ in 0..2 {
        script.expect(Method::Get, QUOTA).answer(200, &quota_of(0));
    }
    script.expect(Method::Get, QUOTA).answer(200, &quota_of(0));
    script.expect(Method::Post, MEDIA).fail(timed_out());
    let account = ours();
    let cx = Cx::new(&script, &account, None, now(), "key-1");
    let used = Instagram.prepare(&cx, &caption(vec![picture("one")])).await.unwrap_err();
    assert_eq!((used.kind, used.retry_after), (FaultKind::RateLimited, Some(HOUR)));
    assert_eq!(kind_of(Instagram.prepare(&cx, &caption(vec![])).await), FaultKind::Rejected);
    let hidden = Media { public_url: None, ..picture("one") };
    let fault = Instagram.prepare(&cx, &caption(vec![hidden])).await.unwrap_err();
    assert!(fault.words.contains("whole internet reaches"), "{fault}");
    assert_eq!(kind_of(Instagram.prepare(&cx, &caption(vec![picture("one")])).await), FaultKind::Transient);
}

async fn publish(status: &Value, answer: Option<Result<(u16, Value), crate::publish::WireError>>) -> Fault {
    let script = Script::new();
    script.expect(Method::Get, status_of("3")).answer(200, status);
    match answer {
        Some(Ok((code, body))) => script.expect(Method::Post, PUBLISH).answer(code, &body),
        Some(Err(error)) => script.expect(Method::Post, PUBLISH).fail(error),
        None => {}
    }
    let account = ours();
    let cx = Cx::new(&script, &account, None, now(), "key-1");
    let prepared = json!({"creation_id": "3"});
    let piece = caption(vec![picture("one")]);
    Instagram.publish(&cx, &piece, &prepared, Before::default()).await.unwrap_err()
}

#[tokio::test]
async fn a_container_is_never_published_twice() {
    let out = publish(&json!({"status_code": "PUBLISHED"}), None).await;
    assert_eq!(out.kind, FaultKind::Unclear);
    let gone = publish(&json!({"status_code": "EXPIRED"}), None).await;
    assert_eq!((gone.kind, gone.code.as_deref()), (FaultKind::Transient, Some(PREPARE_AGAIN)));
    let lost = publish(&finished("3"), Some(Err(timed_out()))).await;
    assert_eq!(lost.kind, FaultKind::Unclear);
    let odd = publish(&finished("3"), Some(Ok((200, json!({"ok": true}))))).await;
    assert_eq!(odd.kind, FaultKind::Unclear);
}

#[tokio::test]
async fn every_refusal_has_its_meaning() {
    use FaultKind as K;
    for (code, subcode, kind) in [
        (-2, Some(2_207_003), K::Transient),
        (-2, Some(2_207_020), K::Transient),
        (-1, Some(2_207_001), K::Unclear),
        (-1, Some(2_207_032), K::Unclear),
        (-1, Some(2_207_053), K::Unclear),
        (1, Some(2_207_057), K::Rejected),
        (4, Some(2_207_051), K::Rejected),
        (9, Some(2_207_042), K::RateLimited),
        (24, Some(2_207_006), K::Rejected),
        (24, Some(2_207_008), K::Transient),
        (25, Some(2_207_050), K::Revoked),
        (100, Some(2_207_023), K::Rejected),
        (100, Some(2_207_028), K::Rejected),
        (100, Some(2_207_035), K::Rejected),
        (100, Some(2_207_040), K::Rejected),
        (110, Some(2_207_010), K::Rejected),
        (352, Some(2_207_026), K::Rejected),
        (9004, Some(2_207_052), K::Rejected),
        (9007, Some(2_207_027), K::Transient),
        (36_000, Some(2_207_004), K::Rejected),
        (36_001, Some(2_207_005), K::Rejected),
        (36_003, Some(2_207_009), K::Rejected),
        (190, Some(463), K::TokenExpired),
        (190, Some(458), K::Revoked),
        (10, None, K::NeedsConsent),
        (4, None, K::RateLimited),
        (2, None, K::Unclear),
    ] {
        let body = meta_error(code, subcode, "Not with SECRET-token");
        let fault = publish(&finished("3"), Some(Ok((400, body)))).await;
        assert_eq!(fault.kind, kind, "{code}/{subcode:?}");
        assert_sealed(&fault);
    }
    // the network's own words for people come first
    let mut body = meta_error(36_000, Some(2_207_004), "The image size is too large.");
    body["error"]["error_user_msg"] = json!("It should be less than 8 MiB.");
    let fault = publish(&finished("3"), Some(Ok((400, body)))).await;
    assert_eq!(
        (fault.words.as_str(), fault.code.as_deref()),
        ("It should be less than 8 MiB.", Some("36000/2207004"))
    );
}

const RECENT: &str = "https://graph.facebook.com/v24.0/178/media?fields=id%2Ccaption%2Cpermalink%2Ctimestamp%2C\
                      media_type%2Cchildren%7Bid%7D&limit=50";

#[tokio::test]
async fn posts_are_read_back() {
    let script = Script::new();
    script.expect(Method::Get, RECENT).answer(
        200,
        &json!({"data": [
            {"id": "5", "caption": "A caption", "timestamp": "2026-07-01T12:00:09+0000", "media_type": "CAROUSEL_ALBUM",
             "permalink": "https://www.instagram.com/p/5/", "children": {"data": [{"id": "1"}, {"id": "2"}]}},
            {"id": "4", "caption": "A caption", "timestamp": "2026-05-01T12:00:09+0000", "media_type": "IMAGE"}],
            "paging": {"next": "https://graph.facebook.com/v24.0/178/media?after=x"}}),
    );
    let account = ours();
    let cx = Cx::new(&script, &account, None, now(), "key-1");
    let recent = Instagram.recent(&cx, now()).await.unwrap();
    assert!(recent.whole);
    assert_eq!(recognised(&Instagram, "A caption", 2, &recent).as_deref(), Some("5"));
    assert_eq!(recognised(&Instagram, "A caption", 1, &recent), None);
}

#[tokio::test]
async fn recorded_posts_can_be_read() {
    let Some(medias) = recorded("python-facebook/testdata/instagram/apidata/users/medias_p1.json") else {
        return;
    };
    let script = Script::new();
    script.expect(Method::Get, RECENT).answer(200, &medias);
    let account = ours();
    let cx = Cx::new(&script, &account, None, now(), "key-1");
    let recent = Instagram.recent(&cx, now()).await.unwrap();
    assert_eq!(recent.posts[0].posted.id, "17895731045244887");
    assert_eq!(recent.posts[0].media, Some(1));
}

#[tokio::test]
async fn comments_first_and_counts() {
    let script = Script::new();
    script
        .expect(Method::Post, "https://graph.facebook.com/v24.0/5/comments")
        .form(&[("message", "First!")])
        .fail(timed_out());
    script
        .expect(
            Method::Get,
            "https://graph.facebook.com/v24.0/178?fields=followers_count%2Cfollows_count%2Cmedia_count",
        )
        .answer(200, &json!({"followers_count": 3, "follows_count": 2, "media_count": 1, "id": "178"}));
    let account = ours();
    let cx = Cx::new(&script, &account, None, now(), "key-1");
    let piece = Piece { first_comment: Some("First!".into()), ..caption(vec![]) };
    let posted = Posted { id: "5".into(), url: None, reference: Value::Null, processing: false };
    let fault = Instagram.finish(&cx, &piece, &posted).await.unwrap_err();
    assert_eq!(fault.kind, FaultKind::Unclear);
    let metrics = Instagram.account_metrics(&cx).await.unwrap();
    assert_eq!((metrics.followers, metrics.following, metrics.posts), (Some(3), Some(2), Some(1)));
}

const DISCOVERY: &str = "https://graph.facebook.com/v24.0/178?fields=business_discovery.username%28oak.works%29%7B\
                         username%2Cname%2Cmedia.limit%2850%29%7Bid%2Ccaption%2Cpermalink%2Ctimestamp%2Cmedia_type%2C\
                         like_count%2Ccomments_count%7D%7D";

#[tokio::test]
async fn others_are_discovered_with_the_token_of_the_person() {
    let answer = recorded("python-facebook/testdata/instagram/apidata/discovery/medias_p1.json").unwrap_or_else(|| {
        json!({"business_discovery": {"media": {"data": [{"id": "17885103395504675", "caption": "To attract",
            "comments_count": 11, "like_count": 87, "permalink": "https://www.instagram.com/p/CSr71Gzlqo4/",
            "timestamp": "2021-08-17T19:00:42+0000"}]}}})
    });
    let script = Script::new();
    script
        .expect(Method::Get, DISCOVERY)
        .header("authorization", "Bearer SECRET-refresh")
        .answer(200, &answer);
    let (account, app) = (ours(), app());
    let cx = Cx::new(&script, &account, Some(&app), now(), "");
    let whom = Whom::Account("oak.works".into());
    let ask = Ask { whom: &whom, since: None, memory: &Value::Null };
    let heard = Instagram.posts_of(&cx, ask).await.unwrap();
    let post = &heard.posts[0];
    assert_eq!(post.url, "https://www.instagram.com/p/CSr71Gzlqo4/");
    assert_eq!((post.counts["likes"], post.counts["comments"]), (87, 11));
    assert!(post.text.starts_with("To attract") && post.author.as_deref() == Some("@oak.works"));
    // what can be no name stands in no expression
    let whom = Whom::Account("a){id}".into());
    let fault =
        Instagram.posts_of(&cx, Ask { whom: &whom, since: None, memory: &Value::Null }).await.unwrap_err();
    assert_eq!(fault.kind, FaultKind::Rejected);
}

#[tokio::test]
async fn a_hashtag_is_looked_up_once() {
    let recent = |id: &str| {
        format!(
            "https://graph.facebook.com/v24.0/{id}/recent_media?user_id=178&fields=id%2Ccaption%2Cpermalink%2C\
             timestamp%2Cmedia_type%2Clike_count%2Ccomments_count&limit=50"
        )
    };
    let media = |id: &str, at: &str| {
        json!({"id": id, "caption": "#oak", "permalink": format!("https://www.instagram.com/p/{id}/"), "timestamp": at,
            "comments_count": 1})
    };
    let script = Script::new();
    script
        .expect(Method::Get, "https://graph.facebook.com/v24.0/ig_hashtag_search?user_id=178&q=oak")
        .header("authorization", "Bearer SECRET-refresh")
        .answer(200, &json!({"data": [{"id": "17843826142012701"}]}));
    script.expect(Method::Get, recent("17843826142012701")).answer(
        200,
        &json!({"data": [media("a", "2026-07-01T09:00:00+0000")],
            "paging": {"next": "https://graph.facebook.com/v24.0/17843826142012701/recent_media?access_token=x&after=y"}}),
    );
    script
        .expect(Method::Get, "https://graph.facebook.com/v24.0/17843826142012701/recent_media?after=y")
        .header("authorization", "Bearer SECRET-refresh")
        .answer(200, &json!({"data": [media("b", "2026-07-01T10:00:00+0000"), {"id": "c"}]}));
    let (account, app) = (ours(), app());
    let cx = Cx::new(&script, &account, Some(&app), now(), "");
    let whom = Whom::Hashtag("oak".into());
    let heard =
        Instagram.posts_of(&cx, Ask { whom: &whom, since: None, memory: &Value::Null }).await.unwrap();
    let ids: Vec<_> = heard.posts.iter().map(|post| post.id.as_str()).collect();
    assert_eq!(ids, ["b", "a"]);
    assert!(!heard.posts[0].counts.contains_key("likes"), "what is hidden is no zero");
    script.expect(Method::Get, recent("17843826142012701")).answer(200, &json!({"data": []}));
    let again =
        Instagram.posts_of(&cx, Ask { whom: &whom, since: None, memory: &heard.memory }).await.unwrap();
    assert_eq!(again.posts, []);
}

#[tokio::test]
async fn refusals_to_read_others_are_in_words_for_people() {
    for (code, subcode, message, kind, words) in [
        (
            110,
            Some(2_207_013),
            "Invalid user id",
            FaultKind::Rejected,
            "there is none, or it is private or personal",
        ),
        (
            24,
            Some(2_207_024),
            "The requested resource does not exist",
            FaultKind::Rejected,
            "knows no hashtag",
        ),
        (18, Some(2_207_034), "Max Hashtags", FaultKind::RateLimited, "thirty hashtags within seven days"),
        (
            4,
            None,
            "Application request limit reached",
            FaultKind::RateLimited,
            "nothing more be read for the moment",
        ),
        (
            10,
            None,
            "(#10) Application does not have permission for this action",
            FaultKind::Setup,
            "instagram_manage_insights",
        ),
        (
            10,
            None,
            "(#10) To use 'Instagram Public Content Access', your use of this endpoint must be reviewed and approved by \
             Facebook.",
            FaultKind::Setup,
            "asks Meta for “Instagram Public Content Access”",
        ),
        (190, None, "Error validating access token", FaultKind::TokenExpired, "Error validating"),
        (2, None, "Service temporarily unavailable", FaultKind::Transient, "temporarily"),
    ] {
        let script = Script::new();
        let mut error = json!({"message": message, "type": "OAuthException", "code": code});
        if let Some(subcode) = subcode {
            error["error_subcode"] = json!(subcode);
        }
        script
            .expect(Method::Get, "https://graph.facebook.com/v24.0/ig_hashtag_search?user_id=178&q=oak")
            .answer(400, &json!({"error": error}));
        let (account, app) = (ours(), app());
        let cx = Cx::new(&script, &account, Some(&app), now(), "");
        let whom = Whom::Hashtag("oak".into());
        let ask = Ask { whom: &whom, since: None, memory: &Value::Null };
        let fault = Instagram.posts_of(&cx, ask).await.unwrap_err();
        assert_eq!(fault.kind, kind, "{fault:?}");
        assert!(fault.words.contains(words), "{fault:?}");
        assert_sealed(&fault);
    }
}
