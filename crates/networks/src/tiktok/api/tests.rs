use serde_json::{Value, json};

use super::{upload::CHUNK, *};
use crate::{
    Target,
    http::PREPARE_AGAIN,
    publish::{Account, Body, Media, WireError, testing::Script},
    trial::{account, app, assert_sealed, kind_of, now, picture, piece, recognised, timed_out, video},
};

const UPLOAD: &str = "https://open-upload.tiktokapis.com/video/?upload_id=u1&upload_token=t";
const STATUS: &str = "https://open.tiktokapis.com/v2/post/publish/status/fetch/";
const CREATOR: &str = "https://open.tiktokapis.com/v2/post/publish/creator_info/query/";
const INIT: &str = "https://open.tiktokapis.com/v2/post/publish/video/init/";
const CONTENT: &str = "https://open.tiktokapis.com/v2/post/publish/content/init/";

fn ours() -> Account {
    account(Network::Tiktok, "open-1")
}

fn ok(data: &Value) -> Value {
    json!({"data": data, "error": {"code": "ok", "message": "", "log_id": "L"}})
}

fn refused(code: &str) -> Value {
    json!({"data": {}, "error": {"code": code, "message": "Not with SECRET-token", "log_id": "L"}})
}

fn creator() -> Value {
    ok(&json!({"creator_username": "ada", "privacy_level_options": ["PUBLIC_TO_EVERYONE", "SELF_ONLY"],
        "comment_disabled": false, "duet_disabled": true, "stitch_disabled": false,
        "max_video_post_duration_sec": 300}))
}

fn film(bytes: usize) -> Piece {
    Piece { media: vec![video("film", vec![7; bytes])], ..piece(Target::TiktokScript, "A caption #rust") }
}

fn body_length(request: &Request) -> u64 {
    let Body::Bytes { bytes, .. } = &request.body else { panic!("no bytes") };
    bytes.len() as u64
}

#[test]
fn asks_for_what_it_needs() {
    let oauth = Tiktok.oauth(&app(), None).unwrap();
    assert_eq!(
        oauth.authorize_url,
        "https://www.tiktok.com/v2/auth/authorize/?client_key=client&response_type=code&scope=user.info.basic%2C\
         user.info.profile%2Cuser.info.stats%2Cvideo.publish%2Cvideo.upload%2Cvideo.list"
    );
}

#[tokio::test]
async fn tokens_are_got_renewed_and_revoked() {
    let script = Script::new();
    let token = "https://open.tiktokapis.com/v2/oauth/token/";
    script
        .expect(Method::Post, token)
        .form(&[
            ("client_key", "client"),
            ("client_secret", "SECRET-app"),
            ("code", "code-1"),
            ("grant_type", "authorization_code"),
            ("redirect_uri", "https://b.example/back"),
        ])
        .answer(
            200,
            &json!({"access_token": "act.1", "expires_in": 86_400, "open_id": "open-1", "refresh_token": "rft.1",
            "refresh_expires_in": 31_536_000, "scope": "user.info.basic,video.publish", "token_type": "Bearer"}),
        );
    script
        .expect(Method::Post, token)
        .form(&[
            ("client_key", "client"),
            ("client_secret", "SECRET-app"),
            ("grant_type", "refresh_token"),
            ("refresh_token", "SECRET-refresh"),
        ])
        .answer(200, &json!({"access_token": "act.2", "expires_in": 86_400, "refresh_token": "rft.2"}));
    // errors of the token endpoint come with 200
    script.expect(Method::Post, token).answer(
        200,
        &json!({"error": "invalid_grant", "error_description": "Refresh token is expired.", "log_id": "L"}),
    );
    script
        .expect(Method::Post, "https://open.tiktokapis.com/v2/oauth/revoke/")
        .form(&[("client_key", "client"), ("client_secret", "SECRET-app"), ("token", "SECRET-token")])
        .respond(200, &[], "");
    script
        .expect(
            Method::Get,
            "https://open.tiktokapis.com/v2/user/info/?fields=open_id%2Cavatar_url%2Cdisplay_name%2Cusername",
        )
        .header("authorization", "Bearer SECRET-token")
        .answer(200, &ok(&json!({"user": {"open_id": "open-1", "display_name": "Ada", "username": "ada"}})));
    let (account, app) = (ours(), app());
    let cx = Cx::new(&script, &account, Some(&app), now(), "key-1");
    let grant = Tiktok.exchange(&cx, "code-1", "", "https://b.example/back").await.unwrap();
    assert_eq!(grant.scopes, ["user.info.basic", "video.publish"]);
    assert_eq!(grant.expires_at, Some(now() + chrono::Duration::days(1)));
    assert_eq!(Tiktok.refresh(&cx).await.unwrap().refresh_token.unwrap().expose_secret(), "rft.2");
    let ended = Tiktok.refresh(&cx).await.unwrap_err();
    assert_eq!((ended.kind, ended.words.as_str()), (FaultKind::NeedsConsent, "Refresh token is expired."));
    Tiktok.revoke(&cx).await.unwrap();
    let found = Tiktok.accounts(&cx).await.unwrap();
    assert_eq!(
        (found[0].id.as_str(), found[0].handle.as_str(), found[0].name.as_str()),
        ("open-1", "ada", "Ada")
    );
}

#[tokio::test]
async fn the_last_chunk_publishes() {
    let size = CHUNK * 2 + 5;
    let script = Script::new();
    script.expect(Method::Post, CREATOR).json(json!({})).answer(200, &creator());
    script
        .expect(Method::Post, INIT)
        .json(json!({
            "post_info": {"title": "A caption #rust", "privacy_level": "PUBLIC_TO_EVERYONE", "disable_comment": true,
                "disable_duet": true, "disable_stitch": false, "is_aigc": true, "brand_organic_toggle": true},
            "source_info": {"source": "FILE_UPLOAD", "video_size": size, "chunk_size": CHUNK, "total_chunk_count": 2},
        }))
        .check(|request| assert_eq!(request.effect, Effect::Prepares))
        .answer(200, &ok(&json!({"publish_id": "p1", "upload_url": UPLOAD})));
    script
        .expect(Method::Put, UPLOAD)
        .header("content-range", format!("bytes 0-{}/{size}", CHUNK - 1))
        .check(|request| {
            assert_eq!((request.effect, body_length(request)), (Effect::Prepares, CHUNK));
            assert!(request.headers.iter().all(|(name, _)| name != "authorization"));
        })
        .respond(206, &[], "");
    script
        .expect(Method::Post, STATUS)
        .json(json!({"publish_id": "p1"}))
        .check(|request| assert_eq!(request.effect, Effect::Reads))
        .answer(200, &ok(&json!({"status": "PROCESSING_UPLOAD", "uploaded_bytes": CHUNK})));
    script
        .expect(Method::Put, UPLOAD)
        .header("content-range", format!("bytes {CHUNK}-{}/{size}", size - 1))
        .check(|request| assert_eq!((request.effect, body_length(request)), (Effect::Publishes, CHUNK + 5)))
        .respond(201, &[], "");
    let account = ours();
    let cx = Cx::new(&script, &account, None, now(), "key-1");
    let piece = Piece {
        options: json!({"disable_comment": true, "is_aigc": true, "brand_organic_toggle": true}),
        ..film(usize::try_from(size).unwrap())
    };
    let prepared = Tiktok.prepare(&cx, &piece).await.unwrap();
    let posted = Tiktok.publish(&cx, &piece, &prepared, Before::default()).await.unwrap();
    assert_eq!((posted.id.as_str(), posted.processing), ("p1", true));
    assert_eq!(posted.reference, json!({"public": true}));
}

#[tokio::test]
async fn what_the_account_does_not_allow_is_not_sent() {
    let script = Script::new();
    for _ in 0..2 {
        script.expect(Method::Post, CREATOR).answer(200, &creator());
    }
    script.expect(Method::Post, CREATOR).answer(403, &refused("spam_risk_too_many_posts"));
    script.expect(Method::Post, CREATOR).fail(timed_out());
    let account = ours();
    let cx = Cx::new(&script, &account, None, now(), "key-1");
    let friends = Piece { options: json!({"privacy": "MUTUAL_FOLLOW_FRIENDS"}), ..film(3) };
    let fault = Tiktok.prepare(&cx, &friends).await.unwrap_err();
    assert!(
        fault.kind == FaultKind::Rejected && fault.words.contains("PUBLIC_TO_EVERYONE, SELF_ONLY"),
        "{fault}"
    );
    let long = Piece { media: vec![Media { seconds: Some(301.0), ..video("film", "v") }], ..film(3) };
    assert_eq!(kind_of(Tiktok.prepare(&cx, &long).await), FaultKind::Rejected);
    let full = Tiktok.prepare(&cx, &film(3)).await.unwrap_err();
    assert_eq!((full.kind, full.retry_after), (FaultKind::RateLimited, Some(http::DAY)));
    assert_eq!(kind_of(Tiktok.prepare(&cx, &film(3)).await), FaultKind::Transient);
}

#[tokio::test]
async fn an_inbox_needs_no_privacy() {
    let script = Script::new();
    script
        .expect(Method::Post, "https://open.tiktokapis.com/v2/post/publish/inbox/video/init/")
        .json(json!({"source_info": {"source": "FILE_UPLOAD", "video_size": 3, "chunk_size": 3, "total_chunk_count": 1}}))
        .answer(200, &ok(&json!({"publish_id": "p1", "upload_url": UPLOAD})));
    script.expect(Method::Post, STATUS).answer(200, &ok(&json!({"status": "PROCESSING_UPLOAD"})));
    script.expect(Method::Put, UPLOAD).header("content-range", "bytes 0-2/3").respond(201, &[], "");
    script.expect(Method::Post, STATUS).answer(200, &ok(&json!({"status": "SEND_TO_USER_INBOX"})));
    let account = ours();
    let cx = Cx::new(&script, &account, None, now(), "key-1");
    let piece = Piece { options: json!({"mode": "inbox"}), ..film(3) };
    let prepared = Tiktok.prepare(&cx, &piece).await.unwrap();
    let posted = Tiktok.publish(&cx, &piece, &prepared, Before::default()).await.unwrap();
    assert!(matches!(Tiktok.progress(&cx, &posted).await.unwrap(), Progress::Live(_)));
    assert!(cx.notes().warnings[0].contains("inbox"));
}

#[tokio::test]
async fn pictures_are_fetched_and_published_by_one_call() {
    let script = Script::new();
    script.expect(Method::Post, CREATOR).answer(200, &creator());
    script
        .expect(Method::Post, CONTENT)
        .json(json!({
            "media_type": "PHOTO",
            "post_mode": "DIRECT_POST",
            "post_info": {"title": "", "description": "A caption #rust", "privacy_level": "SELF_ONLY",
                "disable_comment": false, "auto_add_music": false},
            "source_info": {"source": "PULL_FROM_URL", "photo_cover_index": 0,
                "photo_images": ["https://files.example/one.jpg", "https://files.example/two.jpg"]},
        }))
        .check(|request| assert_eq!(request.effect, Effect::Publishes))
        .answer(200, &ok(&json!({"publish_id": "p2"})));
    let account = ours();
    let cx = Cx::new(&script, &account, None, now(), "key-1");
    let piece = Piece {
        media: vec![picture("one"), picture("two")],
        options: json!({"privacy": "SELF_ONLY"}),
        ..film(3)
    };
    let prepared = Tiktok.prepare(&cx, &piece).await.unwrap();
    let posted = Tiktok.publish(&cx, &piece, &prepared, Before::default()).await.unwrap();
    assert_eq!((posted.id.as_str(), &posted.reference), ("p2", &json!({"public": false})));
    let hidden = Piece { media: vec![Media { public_url: None, ..picture("one") }], ..film(3) };
    assert_eq!(
        kind_of(Tiktok.publish(&cx, &hidden, &prepared, Before::default()).await),
        FaultKind::Rejected
    );
}

async fn publish(status: Value, answer: Option<Result<(u16, Value), WireError>>) -> Result<Posted, Fault> {
    let script = Script::new();
    script.expect(Method::Post, STATUS).answer(200, &status);
    match answer {
        Some(Ok((code, body))) => script.expect(Method::Put, UPLOAD).answer(code, &body),
        Some(Err(error)) => script.expect(Method::Put, UPLOAD).fail(error),
        None => {}
    }
    let account = ours();
    let cx = Cx::new(&script, &account, None, now(), "key-1");
    let prepared = json!({"publish_id": "p1", "upload_url": UPLOAD, "public": true});
    Tiktok.publish(&cx, &film(3), &prepared, Before::default()).await
}

#[tokio::test]
async fn an_earlier_try_that_got_through_is_not_repeated() {
    let uploading = || ok(&json!({"status": "PROCESSING_UPLOAD", "uploaded_bytes": 0}));
    assert_eq!(publish(ok(&json!({"status": "PUBLISH_COMPLETE"})), None).await.unwrap().id, "p1");
    let all_there = ok(&json!({"status": "PROCESSING_UPLOAD", "uploaded_bytes": 3}));
    assert_eq!(publish(all_there, None).await.unwrap().id, "p1");
    let failed = |reason: &str| ok(&json!({"status": "FAILED", "fail_reason": reason}));
    assert_eq!(kind_of(publish(failed("duration_check_failed"), None).await), FaultKind::Rejected);
    let inside = publish(failed("internal"), None).await.unwrap_err();
    assert_eq!((inside.kind, inside.code.as_deref()), (FaultKind::Transient, Some(PREPARE_AGAIN)));
    assert_eq!(kind_of(publish(uploading(), Some(Err(timed_out()))).await), FaultKind::Unclear);
    assert_eq!(kind_of(publish(uploading(), Some(Ok((500, json!({}))))).await), FaultKind::Unclear);
    for gone in [403, 404, 416] {
        let fault = publish(uploading(), Some(Ok((gone, json!({}))))).await.unwrap_err();
        assert_eq!((fault.kind, fault.code.as_deref()), (FaultKind::Transient, Some(PREPARE_AGAIN)));
    }
}

#[tokio::test]
async fn every_refusal_has_its_meaning() {
    use FaultKind as K;
    for (status, code, kind) in [
        (401, "access_token_invalid", K::TokenExpired),
        (401, "scope_not_authorized", K::NeedsConsent),
        (401, "scope_permission_missed", K::NeedsConsent),
        (429, "rate_limit_exceeded", K::RateLimited),
        (403, "spam_risk_too_many_posts", K::RateLimited),
        (403, "spam_risk_too_many_pending_share", K::RateLimited),
        (403, "reached_active_user_cap", K::RateLimited),
        (403, "spam_risk_user_banned_from_posting", K::Revoked),
        (403, "unaudited_client_can_only_post_to_private_accounts", K::Setup),
        (403, "url_ownership_unverified", K::Setup),
        (403, "privacy_level_option_mismatch", K::Rejected),
        (400, "invalid_param", K::Rejected),
        (403, "app_version_check_failed", K::Rejected),
        (403, "spam_risk_text", K::Rejected),
        (400, "internal_error", K::Unclear),
        (500, "internal_error", K::Unclear),
        (200, "something_new", K::Unclear),
    ] {
        let script = Script::new();
        script.expect(Method::Post, CONTENT).answer(status, &refused(code));
        let account = ours();
        let cx = Cx::new(&script, &account, None, now(), "key-1");
        let piece = Piece { media: vec![picture("one")], ..film(3) };
        let prepared = json!({"privacy": "SELF_ONLY"});
        let fault = Tiktok.publish(&cx, &piece, &prepared, Before::default()).await.unwrap_err();
        assert_eq!((fault.kind, fault.code.as_deref()), (kind, Some(code)));
        assert_sealed(&fault);
    }
}

#[tokio::test]
async fn processing_is_followed() {
    let script = Script::new();
    for data in [
        json!({"status": "PROCESSING_UPLOAD"}),
        json!({"status": "PUBLISH_COMPLETE"}),
        json!({"status": "PUBLISH_COMPLETE", "publicaly_available_post_id": [7_512_345_678_901_234_567_u64]}),
        json!({"status": "FAILED", "fail_reason": "picture_size_check_failed"}),
        json!({"status": "PUBLISH_COMPLETE"}),
    ] {
        script.expect(Method::Post, STATUS).json(json!({"publish_id": "p1"})).answer(200, &ok(&data));
    }
    let account = ours();
    let cx = Cx::new(&script, &account, None, now(), "key-1");
    let mut posted =
        Posted { id: "p1".into(), url: None, reference: json!({"public": true}), processing: true };
    for _ in 0..2 {
        assert!(matches!(Tiktok.progress(&cx, &posted).await.unwrap(), Progress::Working(_)));
    }
    let Progress::Live(live) = Tiktok.progress(&cx, &posted).await.unwrap() else { panic!("not live") };
    assert_eq!(live.id, "7512345678901234567");
    assert_eq!(live.url.as_deref(), Some("https://www.tiktok.com/@ada/video/7512345678901234567"));
    let refused = Tiktok.progress(&cx, &posted).await.unwrap();
    assert_eq!(
        refused,
        Progress::Refused("The picture is too large or too small (picture_size_check_failed).".into())
    );
    // nobody but the owner will see it: no public id comes
    posted.reference = json!({"public": false});
    assert!(matches!(Tiktok.progress(&cx, &posted).await.unwrap(), Progress::Live(_)));
}

#[tokio::test]
async fn videos_are_read_back_but_prove_no_absence() {
    let script = Script::new();
    let list = "https://open.tiktokapis.com/v2/video/list/?fields=id%2Ctitle%2Cvideo_description%2Ccreate_time%2C\
                share_url";
    let at = now().timestamp() + 30;
    script.expect(Method::Post, list).json(json!({"max_count": 20})).answer(
        200,
        &ok(&json!({"videos": [{"id": "v1", "video_description": "A caption #rust", "create_time": at,
            "share_url": "https://www.tiktok.com/@ada/video/v1"}], "cursor": 1_643_332_803_000_u64, "has_more": true})),
    );
    script.expect(Method::Post, list).json(json!({"max_count": 20, "cursor": 1_643_332_803_000_u64})).answer(
        200,
        &ok(&json!({"videos": [{"id": "v0", "title": "Old", "create_time": 1}], "has_more": true})),
    );
    script
        .expect(
            Method::Get,
            "https://open.tiktokapis.com/v2/user/info/?fields=follower_count%2Cfollowing_count%2Clikes_count%2C\
             video_count",
        )
        .answer(200, &ok(&json!({"user": {"follower_count": 4, "likes_count": 9, "video_count": 2}})));
    let account = ours();
    let cx = Cx::new(&script, &account, None, now(), "key-1");
    let recent = Tiktok.recent(&cx, now()).await.unwrap();
    assert!(!recent.whole);
    assert_eq!(recognised(&Tiktok, "A caption #rust", 1, &recent).as_deref(), Some("v1"));
    let metrics = Tiktok.account_metrics(&cx).await.unwrap();
    assert_eq!((metrics.followers, metrics.posts, metrics.other["likes_count"]), (Some(4), Some(2), 9));
}
