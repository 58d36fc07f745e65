use std::time::Duration;

use secrecy::{ExposeSecret as _, SecretString};
use serde_json::{Value, json};

use super::{X, post_id};
use crate::{
    Network, Target,
    publish::{
        Account, App, Ask, Before, Body, Cx, Effect, Fault, FaultKind, Fingerprint, Method, Piece, Posted,
        Publisher as _, Request, Whom, WireError, find,
        fixtures::{OpenApi, SECRETS, account, app, assert_no_secret, now, piece, shared, with_media},
        testing::{Script, media},
    },
    rules::MediaKind,
};

const TWEETS: &str = "https://api.x.com/2/tweets";
/// `client:app-secret`
const BASIC: &str = "Basic Y2xpZW50OmFwcC1zZWNyZXQ=";

fn ours() -> Account {
    account(Network::X, "2244994945", "ada", None)
}

fn cx<'a>(script: &'a Script, account: &'a Account, app: &'a App) -> Cx<'a> {
    Cx::new(script, account, Some(app), now(), "piece-1")
}

/// Checks JSON that is sent by the official description.
fn by_description(schema: &'static str) -> impl Fn(&Request) {
    move |request| {
        let Some(description) = OpenApi::read("specs/x-api-v2.openapi.json") else { return };
        let Body::Json(value) = &request.body else { panic!("{request:?}: not JSON") };
        description.check(&format!("/components/schemas/{schema}"), value);
    }
}

/// What python-twitter was answered.
fn recorded(name: &str) -> Option<String> {
    shared(&format!("vectors/recorded/python-twitter/testdata/apis/{name}.json"))
}

fn created(id: &str) -> Value {
    json!({ "data": { "id": id, "text": "Hello" } })
}

async fn out(cx: &Cx<'_>, piece: &Piece, before: Before<'_>) -> Result<Posted, Fault> {
    let prepared = X.prepare(cx, piece).await?;
    X.publish(cx, piece, &prepared, before).await
}

#[tokio::test]
async fn consent_and_renewal() {
    let (script, account, app) = (Script::new(), ours(), app());
    let oauth = X.oauth(&app, None).unwrap();
    assert_eq!(
        oauth.authorize_url,
        "https://x.com/i/oauth2/authorize?response_type=code&client_id=client\
         &scope=tweet.read+tweet.write+users.read+media.write+offline.access"
    );
    assert!(oauth.pkce);
    let answer = json!({ "token_type": "bearer", "expires_in": 7200, "access_token": "new", "refresh_token": "newer",
        "scope": "tweet.read users.read" });
    script
        .expect(Method::Post, "https://api.x.com/2/oauth2/token")
        .header("authorization", BASIC)
        .form(&[
            ("grant_type", "authorization_code"),
            ("code", "the-code"),
            ("redirect_uri", "https://b.example/back"),
            ("code_verifier", "the-verifier"),
            ("client_id", "client"),
        ])
        .answer(200, &answer);
    script
        .expect(Method::Post, "https://api.x.com/2/oauth2/token")
        .header("authorization", BASIC)
        .form(&[("grant_type", "refresh_token"), ("refresh_token", SECRETS[1]), ("client_id", "client")])
        .check(|request| assert_eq!(request.effect, Effect::Prepares))
        .answer(200, &json!({ "access_token": "newest" }));
    for (token, hint) in [(SECRETS[1], "refresh_token"), (SECRETS[0], "access_token")] {
        script
            .expect(Method::Post, "https://api.x.com/2/oauth2/revoke")
            .header("authorization", BASIC)
            .form(&[("token", token), ("token_type_hint", hint), ("client_id", "client")])
            .answer(200, &json!({ "revoked": true }));
    }
    let cx = cx(&script, &account, &app);
    let grant = X.exchange(&cx, "the-code", "the-verifier", "https://b.example/back").await.unwrap();
    assert_eq!((grant.token.expose_secret(), grant.scopes.len()), ("new", 2));
    assert_eq!((grant.expires_at.unwrap() - now()).num_seconds(), 7200);
    assert_eq!(grant.refresh_token.unwrap().expose_secret(), "newer");
    let grant = X.refresh(&cx).await.unwrap();
    assert!(grant.refresh_token.is_none() && grant.expires_at.is_none(), "what is left out stays");
    X.revoke(&cx).await.unwrap();

    // a public client names itself in the form only
    let script = Script::new();
    script
        .expect(Method::Post, "https://api.x.com/2/oauth2/token")
        .check(|request| assert!(request.headers.is_empty()))
        .answer(200, &answer);
    let public = App { client_id: "client".into(), client_secret: SecretString::from("") };
    X.refresh(&Cx::new(&script, &account, Some(&public), now(), "")).await.unwrap();
}

#[tokio::test]
async fn what_refuses_consent() {
    for (status, error, described, kind) in [
        (400, "invalid_request", "Value passed for the token was invalid.", FaultKind::NeedsConsent),
        (
            400,
            "invalid_grant",
            "Value passed for the authorization code was invalid.",
            FaultKind::NeedsConsent,
        ),
        (401, "invalid_client", "Missing valid authorization header", FaultKind::Setup),
        (401, "unauthorized_client", "Missing valid authorization header", FaultKind::Setup),
        (503, "temporarily_unavailable", "busy", FaultKind::Transient),
    ] {
        let (script, account, app) = (Script::new(), ours(), app());
        script.expect(Method::Post, "https://api.x.com/2/oauth2/token").answer(
            status,
            &json!({ "error": error, "error_description": format!("{described} app-secret refresh-secret") }),
        );
        let fault = X.refresh(&cx(&script, &account, &app)).await.unwrap_err();
        assert_eq!((fault.kind, fault.code.as_deref()), (kind, Some(error)));
        assert_eq!(fault.words, format!("{described} … …"));
    }
    let (script, mut account, app) = (Script::new(), ours(), app());
    account.refresh_token = None;
    let fault = X.refresh(&cx(&script, &account, &app)).await.unwrap_err();
    assert_eq!(fault.kind, FaultKind::NeedsConsent);
    let fault = X.exchange(&Cx::new(&script, &account, None, now(), ""), "c", "v", "r").await.unwrap_err();
    assert_eq!(fault.kind, FaultKind::Setup);
}

#[tokio::test]
async fn the_account() {
    let url = "https://api.x.com/2/users/me?user.fields=profile_image_url%2Cpublic_metrics";
    let (script, account, app) = (Script::new(), ours(), app());
    if let Some(body) = recorded("user/me_resp") {
        script.expect(Method::Get, url).header("authorization", format!("Bearer {}", SECRETS[0])).respond(
            200,
            &[],
            body,
        );
        let found = X.accounts(&cx(&script, &account, &app)).await.unwrap();
        assert_eq!((found[0].id.as_str(), found[0].handle.as_str()), ("2244994945", "TwitterDev"));
    }
    for posts in ["post_count", "tweet_count"] {
        let metrics = json!({ "followers_count": 1, "following_count": 2, posts: 3, "listed_count": 4 });
        script.expect(Method::Get, url).answer(
            200,
            &json!({ "data": { "id": "1", "name": "Ada", "username": "ada", "public_metrics": metrics } }),
        );
        let metrics = X.account_metrics(&cx(&script, &account, &app)).await.unwrap();
        assert_eq!((metrics.followers, metrics.following, metrics.posts), (Some(1), Some(2), Some(3)));
        assert_eq!(metrics.other["listed_count"], 4);
    }
}

#[tokio::test]
async fn a_thread_a_quote_and_a_first_comment() {
    let (script, account, app) = (Script::new(), ours(), app());
    script
        .expect(Method::Post, TWEETS)
        .header("authorization", format!("Bearer {}", SECRETS[0]))
        .json(json!({ "text": "Hello", "quote_tweet_id": "20", "reply": { "in_reply_to_tweet_id": "11" },
            "reply_settings": "mentionedUsers" }))
        .check(by_description("CreatePostsRequest"))
        .check(|request| assert_eq!(request.effect, Effect::Publishes))
        .respond(
            201,
            &[
                ("x-rate-limit-remaining", "99"),
                ("x-rate-limit-reset", "1777889700"),
                ("x-user-limit-24hour-remaining", "16"),
                ("x-user-limit-24hour-reset", "1777932000"),
            ],
            created("12").to_string(),
        );
    script
        .expect(Method::Post, TWEETS)
        .json(json!({ "text": "More", "reply": { "in_reply_to_tweet_id": "12" } }))
        .check(by_description("CreatePostsRequest"))
        .answer(
            403,
            &json!({ "detail": "You are not permitted to perform this action.", "title": "Forbidden" }),
        );
    let cx = cx(&script, &account, &app);
    let mut piece = piece(Target::XQuote, "Hello");
    piece.quote_url = Some("https://twitter.com/jack/status/20?s=20".into());
    piece.first_comment = Some("More".into());
    piece.options = json!({ "reply_settings": "mentionedUsers" });
    let previous = Posted { id: "11".into(), url: None, reference: Value::Null, processing: false };
    let before = Before { root: Some(&previous), previous: Some(&previous) };
    let posted = out(&cx, &piece, before).await.unwrap();
    assert_eq!((posted.id.as_str(), posted.url.as_deref()), ("12", Some("https://x.com/ada/status/12")));
    let budget = cx.notes().budget.unwrap();
    assert_eq!((budget.remaining, budget.resets_at.timestamp()), (16, 1_777_932_000));
    let fault = X.finish(&cx, &piece, &posted).await.unwrap_err();
    assert_eq!(fault.to_string(), "You are not permitted to perform this action.");
}

#[test]
fn addresses_of_posts() {
    for (address, id) in [
        ("https://x.com/jack/status/20", Some("20")),
        ("https://www.twitter.com/jack/status/20/photo/1", Some("20")),
        ("https://x.com/i/web/status/20", Some("20")),
        ("https://x.com/jack", None),
        ("https://x.com.evil.example/jack/status/20", None),
        ("https://x.com/jack/status/abc", None),
        ("20", None),
    ] {
        assert_eq!(post_id(address).as_deref(), id, "{address}");
    }
}

#[tokio::test]
async fn a_quote_of_something_else_is_refused() {
    let (script, account, app) = (Script::new(), ours(), app());
    let mut piece = piece(Target::XQuote, "Hello");
    piece.quote_url = Some("https://example.com".into());
    let fault = X.prepare(&cx(&script, &account, &app), &piece).await.unwrap_err();
    assert_eq!(fault.kind, FaultKind::Rejected);
}

#[tokio::test]
async fn a_video_in_chunks_with_its_description() {
    let (script, account, app) = (Script::new(), ours(), app());
    let upload = "https://api.x.com/2/media/upload";
    let size = 4 * 1024 * 1024 + 3;
    script
        .expect(Method::Post, format!("{upload}/initialize"))
        .json(json!({ "media_category": "tweet_video", "media_type": "video/mp4", "total_bytes": size }))
        .check(by_description("InitializeMediaUploadRequest"))
        .answer(200, &json!({ "data": { "id": "77", "expires_after_secs": 86400, "media_key": "7_77" } }));
    for (index, length) in [("0", 4 * 1024 * 1024), ("1", 3)] {
        script
            .expect(Method::Post, format!("{upload}/77/append"))
            .check(move |request| {
                assert_eq!(request.effect, Effect::Prepares);
                let Body::Multipart(fields) = &request.body else { panic!("no form") };
                assert_eq!(
                    (fields[0].name.as_str(), &fields[0].bytes[..]),
                    ("segment_index", index.as_bytes())
                );
                assert_eq!((fields[1].name.as_str(), fields[1].bytes.len()), ("media", length));
            })
            .answer(200, &json!({ "data": { "expires_at": 1 } }));
    }
    script.expect(Method::Post, format!("{upload}/77/finalize")).answer(
        200,
        &json!({ "data": { "id": "77", "processing_info": { "state": "pending", "check_after_secs": 5 } } }),
    );
    let status = format!("{upload}?media_id=77&command=STATUS");
    script.expect(Method::Get, status.clone()).answer(
        200,
        &json!({ "data": { "id": "77", "processing_info": { "state": "in_progress", "progress_percent": 8 } } }),
    );
    script.expect(Method::Get, status).respond(
        200,
        &[],
        recorded("media_upload_v2/upload_chunk_status_resp").unwrap_or_else(|| {
            json!({ "data": { "id": "77", "processing_info": { "state": "succeeded" } } }).to_string()
        }),
    );
    script
        .expect(Method::Post, "https://api.x.com/2/media/metadata")
        .json(json!({ "id": "77", "metadata": { "alt_text": { "text": "A film" } } }))
        .check(by_description("CreateMediaMetadataRequest"))
        .answer(400, &json!({ "title": "Invalid Request", "detail": "No alternative text for this" }));
    script
        .expect(Method::Post, TWEETS)
        .json(json!({ "text": "Look", "media": { "media_ids": ["77"] } }))
        .check(by_description("CreatePostsRequest"))
        .answer(201, &created("12"));
    let mut file = media("m1", MediaKind::Video, "video/mp4", vec![0; size]);
    file.alt_text = "A film".into();
    let cx = cx(&script, &account, &app);
    out(&cx, &with_media(Target::XPost, "Look", vec![file]), Before::default()).await.unwrap();
    assert_eq!(script.waited(), [Duration::from_secs(5), Duration::from_secs(2)]);
    assert_eq!(cx.notes().warnings, ["X did not take the alternative text: No alternative text for this"]);
}

#[tokio::test]
async fn uploads_that_fail() {
    let initialize = "https://api.x.com/2/media/upload/initialize";
    let (account, app) = (ours(), app());
    let picture = with_media(Target::XPost, "Look", vec![media("m1", MediaKind::Image, "image/png", "png")]);
    let script = Script::new();
    script.expect(Method::Post, initialize).fail(WireError::Unclear("timed out".into()));
    let fault = X.prepare(&cx(&script, &account, &app), &picture).await.unwrap_err();
    assert_eq!(fault.kind, FaultKind::Transient);

    let script = Script::new();
    script.expect(Method::Post, initialize).answer(200, &json!({ "data": { "id": "77" } }));
    script.expect(Method::Post, "https://api.x.com/2/media/upload/77/append").answer(200, &json!({}));
    let error = json!({ "code": 1, "name": "InvalidMedia", "message": "Unsupported video format" });
    script.expect(Method::Post, "https://api.x.com/2/media/upload/77/finalize").answer(
        200,
        &json!({ "data": { "id": "77", "processing_info": { "state": "failed", "error": error } } }),
    );
    let fault = X.prepare(&cx(&script, &account, &app), &picture).await.unwrap_err();
    assert_eq!((fault.kind, fault.words.as_str()), (FaultKind::Rejected, "Unsupported video format"));

    let script = Script::new();
    let document =
        with_media(Target::XPost, "Look", vec![media("m1", MediaKind::Document, "application/pdf", "pdf")]);
    let fault = X.prepare(&cx(&script, &account, &app), &document).await.unwrap_err();
    assert_eq!(fault.kind, FaultKind::Unsupported);
}

fn list(dialect: usize, more: &str) -> String {
    let fields = [
        "post.fields=attachments%2Ccreated_at%2Cnote_post&expansions=referenced_posts",
        "tweet.fields=attachments%2Ccreated_at%2Cnote_tweet%2Creferenced_tweets&expansions=referenced_tweets.id",
    ];
    format!(
        "https://api.x.com/2/users/2244994945/tweets?max_results=100&start_time=2026-05-04T09%3A58%3A00Z\
         &exclude=retweets&{}{more}",
        fields[dialect]
    )
}

#[tokio::test]
async fn reading_back() {
    let (script, account, app) = (Script::new(), ours(), app());
    let long = "long ".repeat(80);
    script.expect(Method::Get, list(0, "")).answer(
        200,
        &json!({ "data": [
            { "id": "13", "text": "A &amp; B https://t.co/abc https://t.co/def", "created_at": "2026-05-04T10:03:00.000Z",
              "attachments": { "media_keys": ["3_1", "3_2"] }, "referenced_posts": [{ "type": "quoted", "id": "1" }, { "type": "replied_to", "id": "12" }] },
        ], "meta": { "result_count": 1, "next_token": "next" } }),
    );
    script.expect(Method::Get, list(0, "&pagination_token=next")).answer(
        200,
        &json!({ "data": [{ "id": "12", "text": "long…", "note_post": { "text": long }, "created_at": "2026-05-04T10:02:00.000Z" }],
            "meta": { "result_count": 1 } }),
    );
    let recent = X.recent(&cx(&script, &account, &app), now()).await.unwrap();
    assert!(recent.whole);
    assert_eq!(recent.posts[1].text, long);
    let fingerprint = Fingerprint {
        text: X.normalise("A & B example.com/with?a=path"),
        media: 2,
        since: now(),
        answers: Some("12".into()),
        taken: Vec::new(),
    };
    assert_eq!(find(&X, &fingerprint, &recent).unwrap().posted.id, "13");

    // nothing published is an answer too
    let script = Script::new();
    script.expect(Method::Get, list(0, "")).answer(200, &json!({ "meta": { "result_count": 0 } }));
    let recent = X.recent(&cx(&script, &account, &app), now()).await.unwrap();
    assert!(recent.whole && recent.posts.is_empty());

    // a bound that is hit proves nothing
    let script = Script::new();
    let endless = json!({ "data": [], "meta": { "result_count": 0, "next_token": "next" } });
    script.expect(Method::Get, list(0, "")).answer(200, &endless);
    for _ in 1..8 {
        script.expect(Method::Get, list(0, "&pagination_token=next")).answer(200, &endless);
    }
    assert!(!X.recent(&cx(&script, &account, &app), now()).await.unwrap().whole);
}

#[tokio::test]
async fn reading_back_with_the_older_names() {
    let (script, account, app) = (Script::new(), ours(), app());
    let unknown = json!({ "errors": [{ "message": "The query parameter [post.fields] is not one of [id,tweet.fields]" }],
        "title": "Invalid Request", "type": "https://api.twitter.com/2/problems/invalid-request" });
    script.expect(Method::Get, list(0, "")).answer(400, &unknown);
    let recorded = recorded("timeline/timeline_tweets");
    let body = recorded.clone().unwrap_or_else(|| json!({ "meta": { "result_count": 0 } }).to_string());
    script.expect(Method::Get, list(1, "")).respond(200, &[], body);
    if recorded.is_some() {
        let next = "7140dibdnow9c7btw3w3itbygz8uu5pbs45oy6erjc2ls";
        script.expect(Method::Get, list(1, &format!("&pagination_token={next}"))).answer(
            200,
            &json!({ "data": [{ "id": "1", "text": "x", "created_at": "2021-02-01T00:00:00.000Z",
                "referenced_tweets": [{ "type": "replied_to", "id": "7" }], "note_tweet": { "text": "whole" } }],
                "meta": { "result_count": 1 } }),
        );
    }
    let recent = X.recent(&cx(&script, &account, &app), now()).await.unwrap();
    if recorded.is_some() {
        assert_eq!(recent.posts.len(), 6);
        let last = &recent.posts[5];
        assert_eq!((last.text.as_str(), last.answers.as_deref()), ("whole", Some("7")));
    }
}

#[tokio::test]
async fn an_error_dressed_as_a_success_proves_nothing() {
    let (script, account, app) = (Script::new(), ours(), app());
    script.expect(Method::Get, list(0, "")).answer(
        200,
        &json!({ "errors": [{ "detail": "Could not find user", "title": "Not Found Error",
            "type": "https://api.x.com/2/problems/resource-not-found" }] }),
    );
    let fault = X.recent(&cx(&script, &account, &app), now()).await.unwrap_err();
    assert_eq!((fault.kind, fault.words.as_str()), (FaultKind::Transient, "Could not find user"));
}

#[tokio::test]
async fn removing() {
    let (script, account, app) = (Script::new(), ours(), app());
    let cx = cx(&script, &account, &app);
    let posted = Posted { id: "12".into(), url: None, reference: Value::Null, processing: false };
    script
        .expect(Method::Delete, format!("{TWEETS}/12"))
        .check(|request| assert_eq!(request.effect, Effect::Prepares))
        .answer(200, &json!({ "data": { "deleted": true } }));
    X.delete(&cx, &posted).await.unwrap();
    script.expect(Method::Delete, format!("{TWEETS}/12")).answer(404, &json!({ "title": "Not Found" }));
    X.delete(&cx, &posted).await.unwrap();
    script.expect(Method::Delete, format!("{TWEETS}/12")).answer(401, &json!({ "title": "Unauthorized" }));
    assert_eq!(X.delete(&cx, &posted).await.unwrap_err().kind, FaultKind::TokenExpired);
}

#[tokio::test]
async fn what_faults_mean() {
    let problem = |name: &str, detail: &str| json!({ "type": format!("https://api.x.com/2/problems/{name}"), "title": name, "detail": detail });
    let plain = |detail: &str| json!({ "type": "about:blank", "title": "Forbidden", "detail": detail });
    let coded = |code: i64, message: &str| json!({ "errors": [{ "code": code, "message": message }] });
    let piece = piece(Target::XPost, "Hello");
    for (status, body, code, kind) in [
        (401, plain("Unauthorized"), None, FaultKind::TokenExpired),
        (401, coded(89, "Invalid or expired token."), Some("89"), FaultKind::TokenExpired),
        (401, coded(32, "Could not authenticate you."), Some("32"), FaultKind::Setup),
        (
            402,
            plain("Your enrolled account does not have any credits to fulfill this request."),
            None,
            FaultKind::Setup,
        ),
        (
            403,
            plain("You are not allowed to create a Tweet with duplicate content."),
            None,
            FaultKind::Unclear,
        ),
        (403, coded(187, "Status is a duplicate."), Some("187"), FaultKind::Unclear),
        (403, plain("You are not permitted to perform this action."), None, FaultKind::Rejected),
        (
            403,
            plain("Your account is suspended and is not permitted to access this feature."),
            None,
            FaultKind::Revoked,
        ),
        (403, coded(64, "Your account is suspended"), Some("64"), FaultKind::Revoked),
        (
            403,
            coded(326, "To protect our users from spam, this account is temporarily locked."),
            Some("326"),
            FaultKind::Revoked,
        ),
        (403, coded(185, "User is over daily status update limit."), Some("185"), FaultKind::RateLimited),
        (
            403,
            coded(453, "You currently have access to a subset of endpoints"),
            Some("453"),
            FaultKind::Setup,
        ),
        (
            403,
            problem("client-forbidden", "This request must be made using an approved developer account"),
            Some("client-forbidden"),
            FaultKind::Setup,
        ),
        (
            403,
            problem("unsupported-authentication", "Authenticating with Unknown is forbidden"),
            Some("unsupported-authentication"),
            FaultKind::Setup,
        ),
        (
            403,
            problem("oauth1-permissions", "Your client app is not configured"),
            Some("oauth1-permissions"),
            FaultKind::Setup,
        ),
        (
            429,
            problem("usage-capped", "Usage cap exceeded: Monthly product cap"),
            Some("usage-capped"),
            FaultKind::RateLimited,
        ),
        (429, plain("Too Many Requests"), None, FaultKind::RateLimited),
        (
            400,
            problem("invalid-request", "One or more parameters to your request was invalid."),
            Some("invalid-request"),
            FaultKind::Rejected,
        ),
        (400, coded(186, "Tweet needs to be a bit shorter."), Some("186"), FaultKind::Rejected),
        (500, plain("Internal Server Error"), None, FaultKind::Unclear),
        (503, coded(130, "Over capacity"), Some("130"), FaultKind::Unclear),
    ] {
        let (script, account, app) = (Script::new(), ours(), app());
        let body = body.to_string().replace("\"}", &format!(" {}\"}}", SECRETS[0]));
        let headers = [
            ("x-rate-limit-remaining", "50"),
            ("x-rate-limit-reset", "1777889700"),
            ("x-user-limit-24hour-remaining", "0"),
            ("x-user-limit-24hour-reset", "1777892400"),
        ];
        script.expect(Method::Post, TWEETS).respond(status, &headers, body.clone());
        let fault = out(&cx(&script, &account, &app), &piece, Before::default()).await.unwrap_err();
        assert_eq!((fault.kind, fault.code.as_deref(), fault.status), (kind, code, Some(status)), "{body}");
        let hours = if code == Some("usage-capped") { 12 } else { 1 };
        let wait = (kind == FaultKind::RateLimited).then_some(Duration::from_hours(hours));
        assert_eq!(fault.retry_after, wait, "{body}");
        assert_no_secret(&fault);
    }
}

#[tokio::test]
async fn unknown_ends() {
    let (account, app, piece) = (ours(), app(), piece(Target::XPost, "Hello"));
    for (error, kind) in [
        (WireError::Unclear("timed out".into()), FaultKind::Unclear),
        (WireError::NotSent("refused".into()), FaultKind::Transient),
    ] {
        let script = Script::new();
        script.expect(Method::Post, TWEETS).fail(error);
        let fault = out(&cx(&script, &account, &app), &piece, Before::default()).await.unwrap_err();
        assert_eq!(fault.kind, kind);
    }
    for (status, body) in [(201, "<html>"), (200, "{\"errors\":[{\"message\":\"?\"}]}"), (302, "")] {
        let script = Script::new();
        script.expect(Method::Post, TWEETS).respond(status, &[], body);
        let fault = out(&cx(&script, &account, &app), &piece, Before::default()).await.unwrap_err();
        assert_eq!(fault.kind, FaultKind::Unclear);
    }
    if let Some(body) = recorded("tweet/create_tweet_resp") {
        let script = Script::new();
        script.expect(Method::Post, TWEETS).respond(201, &[], body);
        let posted = out(&cx(&script, &account, &app), &piece, Before::default()).await.unwrap();
        assert_eq!(posted.id, "1445880548472328192");
    }
}

fn whose<'a>(whom: &'a Whom, memory: &'a Value) -> Ask<'a> {
    Ask { whom, since: None, memory }
}

/// Checks an answer of the fake by the official description.
fn described(path: &str, value: &Value) {
    let Some(description) = OpenApi::read("specs/x-api-v2.openapi.json") else { return };
    let pointer = format!("/components/schemas/{path}");
    description.check(&pointer, value);
}

#[tokio::test]
async fn others_are_looked_up_once_and_read_from_where_it_ended() {
    const POSTS: &str = "https://api.x.com/2/users/77/tweets?max_results=50&exclude=replies%2Cretweets";
    let (script, account, app) = (Script::new(), ours(), app());
    let author = json!({ "data": { "id": "77", "name": "Oak Works", "username": "Oak" } });
    described("GetUsersByUsernameResponse", &author);
    script
        .expect(Method::Get, "https://api.x.com/2/users/by/username/oak")
        .header("authorization", format!("Bearer {}", SECRETS[0]))
        .check(|request| assert_eq!(request.effect, Effect::Reads))
        .answer(200, &author);
    let metrics = json!({ "repost_count": 1, "reply_count": 2, "like_count": 3, "quote_count": 0,
        "bookmark_count": 0, "impression_count": 40 });
    let answer = json!({ "data": [
            { "id": "902", "author_id": "77", "created_at": "2026-05-04T09:00:00.000Z", "text": "A &amp; b …",
              "note_post": { "text": "A &amp; b, and the rest" }, "public_metrics": metrics },
            { "id": "901", "author_id": "77", "text": "Without a time" },
        ], "meta": { "result_count": 2, "newest_id": "902", "oldest_id": "901", "next_token": "more" } });
    described("GetUsersPostsResponse", &answer);
    let fields = "post.fields=created_at%2Cnote_post%2Cpublic_metrics";
    // the first time one page is enough, however many there are
    script.expect(Method::Get, format!("{POSTS}&{fields}")).answer(200, &answer);
    let cx = cx(&script, &account, &app);
    let whom = Whom::Account("oak".into());
    let heard = X.posts_of(&cx, whose(&whom, &Value::Null)).await.unwrap();
    assert_eq!((heard.name.as_deref(), heard.posts.len()), (Some("Oak Works"), 1));
    let post = &heard.posts[0];
    assert_eq!(
        (post.text.as_str(), post.url.as_str()),
        ("A & b, and the rest", "https://x.com/Oak/status/902")
    );
    assert_eq!(post.author.as_deref(), Some("Oak Works (@Oak)"));
    let counts: Vec<_> = post.counts.iter().map(|(name, count)| (name.as_str(), *count)).collect();
    assert_eq!(counts, [("comments", 2), ("likes", 3), ("reposts", 1), ("views", 40)]);

    // later what is newer, in X's older words where it knows only these, two pages at most
    let next = |token: &str| json!({ "meta": { "result_count": 0, "next_token": token } });
    script
        .expect(Method::Get, format!("{POSTS}&since_id=902&{fields}"))
        .answer(400, &json!({ "title": "Invalid Request", "detail": "post.fields is not one of …" }));
    let older = "tweet.fields=created_at%2Cnote_tweet%2Cpublic_metrics";
    script.expect(Method::Get, format!("{POSTS}&since_id=902&{older}")).answer(200, &next("two"));
    script
        .expect(Method::Get, format!("{POSTS}&since_id=902&pagination_token=two&{older}"))
        .answer(200, &next("three"));
    let again = X.posts_of(&cx, whose(&whom, &heard.memory)).await.unwrap();
    assert_eq!((again.posts.len(), &again.memory), (0, &heard.memory));

    // another account than the one that is remembered is looked up
    script
        .expect(Method::Get, "https://api.x.com/2/users/by/username/ash")
        .answer(200, &json!({ "errors": [{ "type": "https://api.x.com/2/problems/resource-not-found", "title": "Not Found Error",
            "detail": "Could not find user with username: [ash]." }] }));
    let fault = X.posts_of(&cx, whose(&Whom::Account("ash".into()), &heard.memory)).await.unwrap_err();
    assert_eq!((fault.kind, fault.words.as_str()), (FaultKind::Rejected, "X has no account @ash."));
    // what can be no name is not asked for
    let fault = X.posts_of(&cx, whose(&Whom::Account("../me".into()), &Value::Null)).await.unwrap_err();
    assert_eq!(fault.kind, FaultKind::Rejected);
}

#[tokio::test]
async fn a_hashtag_is_searched_within_the_days_that_x_searches() {
    const SEARCH: &str = "https://api.x.com/2/tweets/search/recent?query=%23oak+-is%3Aretweet&max_results=50\
                          &expansions=author_id&user.fields=name%2Cusername";
    let (script, account, app) = (Script::new(), ours(), app());
    let fields = "post.fields=created_at%2Cnote_post%2Cpublic_metrics";
    let answer = json!({ "data": [
            { "id": "902", "author_id": "78", "created_at": "2026-05-04T09:00:00.000Z", "text": "#oak" },
            { "id": "901", "author_id": "79", "created_at": "2026-05-04T08:00:00.000Z", "text": "#oak too" },
        ], "includes": { "users": [{ "id": "78", "name": "Eve", "username": "eve" }] },
        "meta": { "result_count": 2, "newest_id": "902" } });
    described("SearchPostsRecentResponse", &answer);
    script.expect(Method::Get, format!("{SEARCH}&{fields}")).answer(200, &answer);
    let cx = cx(&script, &account, &app);
    let whom = Whom::Hashtag("oak".into());
    let heard = X.posts_of(&cx, whose(&whom, &Value::Null)).await.unwrap();
    let urls: Vec<_> = heard.posts.iter().map(|post| post.url.as_str()).collect();
    assert_eq!(urls, ["https://x.com/eve/status/902", "https://x.com/i/web/status/901"]);
    // a newest post from before what is searched would be refused
    for (days, since) in [(1, "&since_id=902"), (8, "")] {
        script
            .expect(Method::Get, format!("{SEARCH}{since}&{fields}"))
            .answer(200, &json!({ "meta": { "result_count": 0 } }));
        let ask = Ask { since: Some(now() - chrono::Duration::days(days)), ..whose(&whom, &heard.memory) };
        assert_eq!(X.posts_of(&cx, ask).await.unwrap().memory, heard.memory);
    }
}

#[tokio::test]
async fn refusals_to_read_others_are_in_words_for_people() {
    for (status, body, kind, words) in [
        (
            429,
            json!({ "title": "Too Many Requests" }),
            FaultKind::RateLimited,
            "nothing more be read for the moment",
        ),
        (
            429,
            json!({ "title": "UsageCapExceeded", "type": "https://api.twitter.com/2/problems/usage-capped" }),
            FaultKind::RateLimited,
            "in a month are used up",
        ),
        (402, json!({ "title": "CreditsDepleted" }), FaultKind::Setup, "credits at X are used up"),
        (
            403,
            json!({ "reason": "client-not-enrolled", "type": "https://api.twitter.com/2/problems/client-forbidden" }),
            FaultKind::Setup,
            "not in this installation's plan",
        ),
        (
            403,
            json!({ "detail": "Your account is not permitted to access this feature.", "type": "about:blank" }),
            FaultKind::Setup,
            "not in this installation's plan",
        ),
        (401, json!({ "title": "Unauthorized" }), FaultKind::TokenExpired, "Unauthorized"),
        (
            200,
            json!({ "errors": [{ "type": "https://api.x.com/2/problems/not-authorized-for-resource", "detail": "Sorry" }] }),
            FaultKind::Rejected,
            "The posts of @oak are protected",
        ),
        (503, json!({}), FaultKind::Transient, "503"),
    ] {
        let (script, account, app) = (Script::new(), ours(), app());
        script.expect(Method::Get, "https://api.x.com/2/users/by/username/oak").answer(status, &body);
        let whom = Whom::Account("oak".into());
        let fault = X.posts_of(&cx(&script, &account, &app), whose(&whom, &Value::Null)).await.unwrap_err();
        assert_eq!(fault.kind, kind, "{fault:?}");
        assert!(fault.words.contains(words), "{fault:?}");
        assert_no_secret(&fault);
    }
}

#[tokio::test]
async fn a_recorded_search_can_be_read() {
    let Some(answer) = recorded("searches/search_tweets_query") else { return };
    let (script, account, app) = (Script::new(), ours(), app());
    script
        .expect(
            Method::Get,
            "https://api.x.com/2/tweets/search/recent?query=%23oak+-is%3Aretweet&max_results=50&expansions=author_id\
             &user.fields=name%2Cusername&post.fields=created_at%2Cnote_post%2Cpublic_metrics",
        )
        .respond(200, &[], answer);
    let whom = Whom::Hashtag("oak".into());
    let heard = X.posts_of(&cx(&script, &account, &app), whose(&whom, &Value::Null)).await.unwrap();
    assert!(heard.posts.len() > 1 && heard.posts.iter().all(|post| !post.text.is_empty()));
}
