use serde_json::{Value, json};

use super::{upload::CHUNK, *};
use crate::{
    http::PREPARE_AGAIN,
    publish::{Account, Body, Whom, WireError, testing::Script},
    trial::{account, app, assert_sealed, kind_of, now, piece, recognised, recorded, timed_out, video},
};

const START: &str =
    "https://www.googleapis.com/upload/youtube/v3/videos?uploadType=resumable&part=snippet%2Cstatus";
const SESSION: &str = "https://www.googleapis.com/upload/youtube/v3/videos?upload_id=u1";

fn ours() -> Account {
    Account { settings: json!({"uploads": "UUada"}), ..account(Network::Youtube, "UCada") }
}

fn short(bytes: usize) -> Piece {
    Piece { media: vec![video("film", vec![7; bytes])], ..piece(Target::YoutubeShortScript, "A title") }
}

fn body_length(request: &Request) -> usize {
    let Body::Bytes { bytes, .. } = &request.body else { panic!("no bytes") };
    bytes.len()
}

#[test]
fn asks_for_what_it_needs() {
    let oauth = Youtube.oauth(&app(), None).unwrap();
    assert_eq!(
        oauth.authorize_url,
        "https://accounts.google.com/o/oauth2/v2/auth?client_id=client&response_type=code&access_type=offline&\
         prompt=consent&scope=https%3A%2F%2Fwww.googleapis.com%2Fauth%2Fyoutube.upload+\
         https%3A%2F%2Fwww.googleapis.com%2Fauth%2Fyoutube.force-ssl"
    );
    assert!(oauth.pkce);
}

#[tokio::test]
async fn a_code_becomes_a_token_and_is_renewed_and_revoked() {
    let script = Script::new();
    let token = "https://oauth2.googleapis.com/token";
    script
        .expect(Method::Post, token)
        .form(&[
            ("client_id", "client"),
            ("client_secret", "SECRET-app"),
            ("code", "code-1"),
            ("code_verifier", "verifier"),
            ("grant_type", "authorization_code"),
            ("redirect_uri", "https://b.example/back"),
        ])
        .answer(200, &json!({"access_token": "a", "refresh_token": "r", "expires_in": 3599, "scope": "x y"}));
    script
        .expect(Method::Post, token)
        .form(&[
            ("client_id", "client"),
            ("client_secret", "SECRET-app"),
            ("refresh_token", "SECRET-refresh"),
            ("grant_type", "refresh_token"),
        ])
        .answer(200, &json!({"access_token": "b", "expires_in": 3599}));
    script.expect(Method::Post, token).answer(
        400,
        &json!({"error": "invalid_grant", "error_description": "Token has been expired or revoked."}),
    );
    script.expect(Method::Post, token).answer(401, &json!({"error": "invalid_client"}));
    script
        .expect(Method::Post, "https://oauth2.googleapis.com/revoke")
        .form(&[("token", "SECRET-refresh")])
        .answer(400, &json!({"error": "invalid_token"}));
    let (account, app) = (ours(), app());
    let cx = Cx::new(&script, &account, Some(&app), now(), "key-1");
    let grant = Youtube.exchange(&cx, "code-1", "verifier", "https://b.example/back").await.unwrap();
    assert_eq!(grant.scopes, ["x", "y"]);
    assert_eq!(grant.refresh_token.unwrap().expose_secret(), "r");
    // what the answer leaves out stays
    assert!(Youtube.refresh(&cx).await.unwrap().refresh_token.is_none());
    let ended = Youtube.refresh(&cx).await.unwrap_err();
    assert_eq!(
        (ended.kind, ended.words.as_str()),
        (FaultKind::NeedsConsent, "Token has been expired or revoked.")
    );
    assert_eq!(kind_of(Youtube.refresh(&cx).await), FaultKind::Setup);
    Youtube.revoke(&cx).await.unwrap();
}

#[tokio::test]
async fn channels_are_found() {
    let script = Script::new();
    let url = "https://www.googleapis.com/youtube/v3/channels?part=snippet%2CcontentDetails&mine=true&maxResults=50";
    script.expect(Method::Get, url).header("authorization", "Bearer SECRET-token").answer(
        200,
        &json!({"items": [{"id": "UCada", "snippet": {"title": "Ada", "customUrl": "@ada",
            "thumbnails": {"default": {"url": "https://p.example"}}},
            "contentDetails": {"relatedPlaylists": {"uploads": "UUada"}}}]}),
    );
    let account = ours();
    let cx = Cx::new(&script, &account, None, now(), "key-1");
    let found = Youtube.accounts(&cx).await.unwrap();
    assert_eq!((found[0].id.as_str(), found[0].handle.as_str()), ("UCada", "ada"));
    assert_eq!(found[0].settings["uploads"], "UUada");
}

#[tokio::test]
async fn a_recorded_channel_can_be_read() {
    let Some(channel) = recorded("python-youtube/testdata/apidata/channel_info_single.json") else { return };
    let script = Script::new();
    let url = "https://www.googleapis.com/youtube/v3/channels?part=snippet%2CcontentDetails&mine=true&maxResults=50";
    script.expect(Method::Get, url).answer(200, &channel);
    let account = ours();
    let cx = Cx::new(&script, &account, None, now(), "key-1");
    let found = Youtube.accounts(&cx).await.unwrap();
    assert_eq!(found.len(), 1);
    assert!(found[0].id.starts_with("UC"), "{:?}", found[0].id);
}

#[tokio::test]
async fn the_last_chunk_publishes() {
    let size = CHUNK * 2 + 10;
    let script = Script::new();
    script
        .expect(Method::Post, format!("{START}&notifySubscribers=false"))
        .header("x-upload-content-type", "video/mp4")
        .header("x-upload-content-length", size.to_string())
        .json(json!({
            "snippet": {"title": "A title", "description": "More", "categoryId": "28", "tags": ["rust"]},
            "status": {"privacyStatus": "unlisted", "selfDeclaredMadeForKids": false, "containsSyntheticMedia": true},
        }))
        .respond(200, &[("Location", SESSION)], "");
    for (from, to) in [(0, CHUNK - 1), (CHUNK, CHUNK * 2 - 1)] {
        script
            .expect(Method::Put, SESSION)
            .header("content-range", format!("bytes {from}-{to}/{size}"))
            .check(|request| {
                assert_eq!((request.effect, body_length(request) as u64), (Effect::Prepares, CHUNK));
            })
            .respond(308, &[("Range", &format!("bytes=0-{to}"))], "");
    }
    script
        .expect(Method::Put, SESSION)
        .header("content-range", format!("bytes */{size}"))
        .check(|request| assert_eq!((request.effect, body_length(request)), (Effect::Reads, 0)))
        .respond(308, &[("Range", &format!("bytes=0-{}", CHUNK * 2 - 1))], "");
    script
        .expect(Method::Put, SESSION)
        .header("content-range", format!("bytes {}-{}/{size}", CHUNK * 2, size - 1))
        .check(|request| assert_eq!((request.effect, body_length(request)), (Effect::Publishes, 10)))
        .answer(201, &json!({"id": "v1", "status": {"uploadStatus": "uploaded"}}));
    let account = ours();
    let cx = Cx::new(&script, &account, None, now(), "key-1");
    let piece = Piece {
        tags: vec!["rust".into()],
        options: json!({"privacy": "unlisted", "notify_subscribers": false, "category_id": "28",
            "description": "More", "synthetic_media": true}),
        ..short(usize::try_from(size).unwrap())
    };
    let prepared = Youtube.prepare(&cx, &piece).await.unwrap();
    let posted = Youtube.publish(&cx, &piece, &prepared, Before::default()).await.unwrap();
    assert_eq!((posted.id.as_str(), posted.processing), ("v1", true));
    assert_eq!(posted.url.as_deref(), Some("https://www.youtube.com/shorts/v1"));
}

#[tokio::test]
async fn an_earlier_try_that_got_through_is_not_repeated() {
    let script = Script::new();
    script
        .expect(Method::Put, SESSION)
        .header("content-range", "bytes */10")
        .answer(200, &json!({"id": "v1"}));
    script.expect(Method::Put, SESSION).respond(404, &[], "");
    let account = ours();
    let cx = Cx::new(&script, &account, None, now(), "key-1");
    let prepared = json!({"session": SESSION});
    assert_eq!(Youtube.publish(&cx, &short(10), &prepared, Before::default()).await.unwrap().id, "v1");
    let gone = Youtube.publish(&cx, &short(10), &prepared, Before::default()).await.unwrap_err();
    assert_eq!((gone.kind, gone.code.as_deref()), (FaultKind::Transient, Some(PREPARE_AGAIN)));
}

async fn publish(answer: Result<(u16, Value), WireError>) -> Fault {
    let script = Script::new();
    script.expect(Method::Put, SESSION).respond(308, &[], "");
    let put = script.expect(Method::Put, SESSION).header("content-range", "bytes 0-9/10");
    match answer {
        Ok((status, body)) => put.answer(status, &body),
        Err(error) => put.fail(error),
    }
    let account = ours();
    let cx = Cx::new(&script, &account, None, now(), "key-1");
    Youtube.publish(&cx, &short(10), &json!({"session": SESSION}), Before::default()).await.unwrap_err()
}

fn refused(code: u16, reason: &str) -> Value {
    json!({"error": {"code": code, "message": "Not with SECRET-token",
        "errors": [{"domain": "youtube.video", "reason": reason, "message": "Not"}]}})
}

#[tokio::test]
async fn every_refusal_has_its_meaning() {
    use FaultKind as K;
    for (status, reason, kind) in [
        (401, "authError", K::TokenExpired),
        (401, "authorizationRequired", K::TokenExpired),
        (401, "youtubeSignupRequired", K::NeedsConsent),
        (403, "forbidden", K::NeedsConsent),
        (403, "insufficientPermissions", K::NeedsConsent),
        (403, "quotaExceeded", K::RateLimited),
        (403, "dailyLimitExceeded", K::RateLimited),
        (403, "rateLimitExceeded", K::RateLimited),
        (403, "userRateLimitExceeded", K::RateLimited),
        (400, "uploadLimitExceeded", K::RateLimited),
        (403, "accessNotConfigured", K::Setup),
        (403, "accountSuspended", K::Revoked),
        (403, "accountClosed", K::Revoked),
        (403, "channelSuspended", K::Revoked),
        (400, "invalidTitle", K::Rejected),
        (400, "invalidDescription", K::Rejected),
        (400, "invalidTags", K::Rejected),
        (400, "mediaBodyRequired", K::Rejected),
        (403, "forbiddenPrivacySetting", K::Rejected),
        (403, "forbiddenLicenseSetting", K::Rejected),
        (500, "backendError", K::Unclear),
        (503, "backendError", K::Unclear),
    ] {
        let fault = publish(Ok((status, refused(status, reason)))).await;
        assert_eq!((fault.kind, fault.code.as_deref()), (kind, Some(reason)));
        assert_sealed(&fault);
    }
    assert_eq!(publish(Err(timed_out())).await.kind, K::Unclear);
    assert_eq!(publish(Ok((200, json!({})))).await.kind, K::Unclear);
    assert_eq!(publish(Ok((308, json!({})))).await.kind, K::Transient);
    // noon in UTC is five hours after midnight in California: nineteen are left, and one to be sure in summer
    let spent = publish(Ok((403, refused(403, "quotaExceeded")))).await;
    assert_eq!(spent.retry_after, Some(Duration::from_hours(20)));
    let script = Script::new();
    script.expect(Method::Post, START).fail(timed_out());
    let account = ours();
    let cx = Cx::new(&script, &account, None, now(), "key-1");
    assert_eq!(kind_of(Youtube.prepare(&cx, &short(10)).await), K::Transient);
    let page = piece(Target::YoutubeCommunity, "Hi");
    assert_eq!(kind_of(Youtube.prepare(&cx, &page).await), K::Unsupported);
}

#[tokio::test]
async fn a_recorded_refusal_can_be_read() {
    let Some(error) = recorded("python-youtube/testdata/error_response.json") else { return };
    let fault = publish(Ok((403, error))).await;
    assert!(!fault.words.is_empty() && fault.code.is_some(), "{fault:?}");
}

#[tokio::test]
async fn processing_is_followed() {
    let script = Script::new();
    let url = "https://www.googleapis.com/youtube/v3/videos?part=status%2CprocessingDetails&id=v1";
    for status in [
        json!({"status": {"uploadStatus": "uploaded"},
            "processingDetails": {"processingProgress": {"timeLeftMs": "60000"}}}),
        json!({"status": {"uploadStatus": "processed"}}),
        json!({"status": {"uploadStatus": "failed", "failureReason": "codec"}}),
        json!({"status": {"uploadStatus": "rejected", "rejectionReason": "duplicate"}}),
    ] {
        script.expect(Method::Get, url).answer(200, &json!({"items": [status]}));
    }
    script.expect(Method::Get, url).answer(200, &json!({"items": []}));
    let account = ours();
    let cx = Cx::new(&script, &account, None, now(), "key-1");
    let posted = Posted { id: "v1".into(), url: None, reference: Value::Null, processing: true };
    assert_eq!(Youtube.progress(&cx, &posted).await.unwrap(), Progress::Working(Duration::from_mins(1)));
    assert_eq!(
        Youtube.progress(&cx, &posted).await.unwrap(),
        Progress::Live(Posted { processing: false, ..posted.clone() })
    );
    for words in [
        "The upload failed: codec",
        "YouTube rejected the video: duplicate",
        "YouTube does not have this video any more.",
    ] {
        assert_eq!(Youtube.progress(&cx, &posted).await.unwrap(), Progress::Refused(words.into()));
    }
}

#[tokio::test]
async fn videos_are_read_back_changed_and_removed() {
    let script = Script::new();
    let list =
        "https://www.googleapis.com/youtube/v3/playlistItems?part=snippet&playlistId=UUada&maxResults=50";
    let item = |id: &str, title: &str, at: &str| json!({"snippet": {"title": title, "publishedAt": at, "resourceId": {"videoId": id}}});
    script.expect(Method::Get, list).answer(
        200,
        &json!({"items": [item("v1", "A title", "2026-07-01T12:00:30Z")], "nextPageToken": "next"}),
    );
    script.expect(Method::Get, format!("{list}&pageToken=next")).answer(
        200,
        &json!({"items": [item("v0", "A title", "2026-06-01T12:00:30Z")], "nextPageToken": "more"}),
    );
    script.expect(Method::Get, "https://www.googleapis.com/youtube/v3/videos?part=snippet&id=v1").answer(
        200,
        &json!({"items": [{"snippet": {"title": "A title", "categoryId": "28", "defaultLanguage": "en"}}]}),
    );
    script
        .expect(Method::Put, "https://www.googleapis.com/youtube/v3/videos?part=snippet")
        .json(json!({"id": "v1", "snippet": {"title": "A title", "description": "", "categoryId": "28",
            "defaultLanguage": "en"}}))
        .check(|request| assert_eq!(request.effect, Effect::Prepares))
        .answer(200, &json!({"id": "v1"}));
    script
        .expect(Method::Post, "https://www.googleapis.com/youtube/v3/commentThreads?part=snippet")
        .json(
            json!({"snippet": {"videoId": "v1", "topLevelComment": {"snippet": {"textOriginal": "First!"}}}}),
        )
        .answer(403, &refused(403, "commentsDisabled"));
    let gone = "https://www.googleapis.com/youtube/v3/videos?id=v1";
    script.expect(Method::Delete, gone).respond(204, &[], "");
    script.expect(Method::Delete, gone).answer(404, &refused(404, "videoNotFound"));
    script.expect(Method::Get, "https://www.googleapis.com/youtube/v3/channels?part=statistics&id=UCada").answer(
        200,
        &json!({"items": [{"statistics": {"subscriberCount": "5", "videoCount": "2", "viewCount": "99"}}]}),
    );
    let account = ours();
    let cx = Cx::new(&script, &account, None, now(), "key-1");
    let recent = Youtube.recent(&cx, now()).await.unwrap();
    assert!(recent.whole);
    assert_eq!(recognised(&Youtube, "A title", 1, &recent).as_deref(), Some("v1"));
    let posted = recent.posts[0].posted.clone();
    let piece = Piece { first_comment: Some("First!".into()), ..short(10) };
    Youtube.edit(&cx, &piece, &posted).await.unwrap();
    Youtube.finish(&cx, &piece, &posted).await.unwrap_err();
    Youtube.delete(&cx, &posted).await.unwrap();
    Youtube.delete(&cx, &posted).await.unwrap();
    let metrics = Youtube.account_metrics(&cx).await.unwrap();
    assert_eq!((metrics.followers, metrics.posts, metrics.other["viewCount"]), (Some(5), Some(2), 99));
}

#[tokio::test]
async fn what_others_upload_comes_with_its_numbers() {
    const DATA: &str = "https://www.googleapis.com/youtube/v3";
    let script = Script::new();
    script
        .expect(Method::Get, format!("{DATA}/channels?part=snippet%2CcontentDetails&forHandle=%40oak"))
        .header("authorization", "Bearer SECRET-token")
        .answer(
            200,
            &json!({"items": [{"id": "UCoak", "snippet": {"title": "Oak Works"},
                "contentDetails": {"relatedPlaylists": {"uploads": "UUoak"}}}]}),
        );
    let uploads = format!("{DATA}/playlistItems?part=contentDetails&playlistId=UUoak&maxResults=50");
    script.expect(Method::Get, &uploads).answer(
        200,
        &json!({"items": [{"contentDetails": {"videoId": "v1"}}, {"contentDetails": {"videoId": "v2"}}]}),
    );
    script.expect(Method::Get, format!("{DATA}/videos?part=snippet%2Cstatistics&id=v1%2Cv2")).answer(
        200,
        &json!({"items": [
            {"id": "v1", "snippet": {"title": "One", "description": "By hand.", "channelTitle": "Oak Works",
                "publishedAt": "2026-06-01T10:00:00Z",
                "thumbnails": {"default": {"url": "https://i.example/1.jpg"}, "high": {"url": "https://i.example/1h.jpg"}}},
             "statistics": {"viewCount": "1200", "likeCount": "80", "commentCount": "9"}},
            {"id": "v2", "snippet": {"title": "Two", "publishedAt": "2026-06-02T10:00:00Z"},
             "statistics": {"viewCount": "7"}}]}),
    );
    let account = ours();
    let cx = Cx::new(&script, &account, None, now(), "");
    let whom = Whom::Account("@oak".into());
    let ask = |memory| Ask { whom: &whom, since: None, memory };
    let heard = Youtube.posts_of(&cx, ask(&Value::Null)).await.unwrap();
    assert_eq!((heard.id.as_deref(), heard.name.as_deref()), (Some("UCoak"), Some("Oak Works")));
    let [two, one] = &heard.posts[..] else { panic!("{:?}", heard.posts) };
    assert_eq!((one.title.as_deref(), one.url.as_str()), (Some("One"), "https://www.youtube.com/watch?v=v1"));
    assert_eq!(one.picture_url.as_deref(), Some("https://i.example/1h.jpg"));
    let counts =
        |counts: &crate::publish::Counts| counts.iter().map(|(k, v)| format!("{k} {v}")).collect::<Vec<_>>();
    assert_eq!(counts(&one.counts), ["comments 9", "likes 80", "views 1200"]);
    assert_eq!(counts(&two.counts), ["views 7"]);

    // the channel is known by now; one that never uploaded anything has no list
    script.expect(Method::Get, &uploads).answer(
        404,
        &json!({"error": {"code": 404, "message": "gone", "errors": [{"reason": "playlistNotFound"}]}}),
    );
    assert_eq!(Youtube.posts_of(&cx, ask(&heard.memory)).await.unwrap().posts, []);
    for (status, reason, kind) in [
        (403, "quotaExceeded", FaultKind::RateLimited),
        (403, "insufficientPermissions", FaultKind::Setup),
        (403, "channelSuspended", FaultKind::Rejected),
        (401, "authError", FaultKind::TokenExpired),
    ] {
        script.expect(Method::Get, &uploads).answer(
            status,
            &json!({"error": {"code": status, "message": "no", "errors": [{"reason": reason}]}}),
        );
        assert_eq!(kind_of(Youtube.posts_of(&cx, ask(&heard.memory)).await), kind, "{reason}");
    }
    script
        .expect(Method::Get, format!("{DATA}/channels?part=snippet%2CcontentDetails&forUsername=nobody"))
        .answer(200, &json!({"pageInfo": {"totalResults": 0}}));
    let whom = Whom::Account("user/nobody".into());
    let fault =
        Youtube.posts_of(&cx, Ask { whom: &whom, since: None, memory: &Value::Null }).await.unwrap_err();
    assert_eq!((fault.kind, fault.code.as_deref()), (FaultKind::Rejected, Some("no_account")));
}
