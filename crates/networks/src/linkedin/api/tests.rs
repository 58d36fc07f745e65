use std::time::Duration;

use secrecy::ExposeSecret as _;
use serde_json::{Value, json};

use super::{Linkedin, VERSION};
use crate::{
    Network, Target,
    publish::{
        Account, App, Before, Body, Cx, Effect, Fault, FaultKind, Fingerprint, Method, Piece, Posted,
        Publisher as _, Request, WireError, find,
        fixtures::{SECRETS, account, app, assert_no_secret, now, piece, with_media},
        testing::{Script, media},
    },
    rules::MediaKind,
};

const POSTS: &str = "https://api.linkedin.com/rest/posts";
const PAGE: &str = "urn:li:organization:5";
const SHARE: &str = "urn:li:share:68";

fn page() -> Account {
    account(Network::Linkedin, PAGE, "ada-ltd", None)
}

fn member() -> Account {
    account(Network::Linkedin, "urn:li:person:abc", "ada", None)
}

fn cx<'a>(script: &'a Script, account: &'a Account, app: &'a App) -> Cx<'a> {
    Cx::new(script, account, Some(app), now(), "piece-1")
}

/// What every call of the versioned interface has.
fn versioned(request: &Request) {
    let header =
        |name: &str| request.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str());
    assert_eq!(header("authorization"), Some("Bearer token-secret"));
    assert_eq!(header("linkedin-version"), Some(VERSION));
    assert_eq!(header("x-restli-protocol-version"), Some("2.0.0"));
}

fn post(author: &str, commentary: &str) -> Value {
    json!({
        "author": author,
        "commentary": commentary,
        "visibility": "PUBLIC",
        "distribution": { "feedDistribution": "MAIN_FEED", "targetEntities": [], "thirdPartyDistributionChannels": [] },
        "lifecycleState": "PUBLISHED",
        "isReshareDisabledByAuthor": false,
    })
}

async fn out(cx: &Cx<'_>, piece: &Piece, before: Before<'_>) -> Result<Posted, Fault> {
    let prepared = Linkedin.prepare(cx, piece).await?;
    Linkedin.publish(cx, piece, &prepared, before).await
}

#[tokio::test]
async fn consent_and_renewal() {
    let (script, account, app) = (Script::new(), member(), app());
    let oauth = Linkedin.oauth(&app, None).unwrap();
    assert_eq!(
        oauth.authorize_url,
        "https://www.linkedin.com/oauth/v2/authorization?response_type=code&client_id=client&scope=r_basicprofile\
         +w_member_social+rw_organization_admin+w_organization_social+r_organization_social"
    );
    assert!(!oauth.pkce);
    let token = "https://www.linkedin.com/oauth/v2/accessToken";
    script
        .expect(Method::Post, token)
        .form(&[
            ("grant_type", "authorization_code"),
            ("code", "the-code"),
            ("redirect_uri", "https://b.example/back"),
            ("client_id", "client"),
            ("client_secret", "app-secret"),
        ])
        .answer(200, &json!({ "access_token": "new", "expires_in": 5_184_000, "scope": "r_basicprofile,w_member_social" }));
    script
        .expect(Method::Post, token)
        .form(&[
            ("grant_type", "refresh_token"),
            ("refresh_token", SECRETS[1]),
            ("client_id", "client"),
            ("client_secret", "app-secret"),
        ])
        .answer(200, &json!({ "access_token": "newer", "expires_in": 60, "refresh_token": "newest", "refresh_token_expires_in": 9 }));
    script
        .expect(Method::Post, "https://www.linkedin.com/oauth/v2/revoke")
        .form(&[("token", SECRETS[0]), ("client_id", "client"), ("client_secret", "app-secret")])
        .answer(200, &json!({}));
    let cx = cx(&script, &account, &app);
    let grant = Linkedin.exchange(&cx, "the-code", "unused", "https://b.example/back").await.unwrap();
    assert_eq!((grant.token.expose_secret(), grant.scopes.len()), ("new", 2));
    assert_eq!((grant.expires_at.unwrap() - now()).num_days(), 60);
    assert!(grant.refresh_token.is_none());
    let grant = Linkedin.refresh(&cx).await.unwrap();
    assert_eq!(grant.refresh_token.unwrap().expose_secret(), "newest");
    Linkedin.revoke(&cx).await.unwrap();

    let mut without = member();
    without.refresh_token = None;
    let fault = Linkedin.refresh(&Cx::new(&script, &without, Some(&app), now(), "")).await.unwrap_err();
    assert_eq!(fault.kind, FaultKind::NeedsConsent);
}

#[tokio::test]
async fn what_refuses_consent() {
    for (status, error, kind) in [
        (400, "invalid_grant", FaultKind::NeedsConsent),
        (400, "invalid_request", FaultKind::NeedsConsent),
        (401, "invalid_client", FaultKind::Setup),
        (400, "unauthorized_scope_error", FaultKind::Setup),
        (400, "invalid_redirect_uri", FaultKind::Setup),
        (500, "server_error", FaultKind::Transient),
    ] {
        let (script, account, app) = (Script::new(), member(), app());
        script
            .expect(Method::Post, "https://www.linkedin.com/oauth/v2/accessToken")
            .answer(status, &json!({ "error": error, "error_description": "No: app-secret refresh-secret" }));
        let fault = Linkedin.refresh(&cx(&script, &account, &app)).await.unwrap_err();
        assert_eq!((fault.kind, fault.code.as_deref()), (kind, Some(error)));
        assert_eq!(fault.words, "No: … …");
    }
}

#[tokio::test]
async fn the_member_and_the_pages() {
    let me = "https://api.linkedin.com/v2/me";
    let acls = "https://api.linkedin.com/rest/organizationAcls?q=roleAssignee&state=APPROVED&count=100";
    let (script, account, app) = (Script::new(), member(), app());
    script.expect(Method::Get, me).header("authorization", "Bearer token-secret").answer(
        200,
        &json!({ "id": "abc", "localizedFirstName": "Ada", "localizedLastName": "L", "vanityName": "ada" }),
    );
    let acl = |id: u32, role: &str, state: &str| json!({ "organization": format!("urn:li:organization:{id}"), "role": role, "state": state, "roleAssignee": "urn:li:person:abc" });
    script.expect(Method::Get, acls).check(versioned).header("x-restli-method", "FINDER").answer(
        200,
        &json!({ "elements": [
            acl(9, "ADMINISTRATOR", "APPROVED"),
            acl(5, "CONTENT_ADMINISTRATOR", "APPROVED"),
            acl(5, "ADMINISTRATOR", "APPROVED"),
            acl(7, "ANALYST", "APPROVED"),
            acl(8, "ADMINISTRATOR", "REVOKED"),
        ] }),
    );
    script
        .expect(Method::Get, "https://api.linkedin.com/rest/organizations?ids=List(5,9)")
        .check(versioned)
        .answer(
            200,
            &json!({ "results": {
            "5": { "id": 5, "localizedName": "Ada Ltd", "vanityName": "ada-ltd" },
            "9": { "id": 9, "localizedName": "Nine" } }, "errors": {} }),
        );
    let found = Linkedin.accounts(&cx(&script, &account, &app)).await.unwrap();
    let shown: Vec<_> =
        found.iter().map(|found| (found.id.as_str(), found.name.as_str(), found.handle.as_str())).collect();
    assert_eq!(
        shown,
        [
            ("urn:li:person:abc", "Ada L", "ada"),
            ("urn:li:organization:5", "Ada Ltd", "ada-ltd"),
            ("urn:li:organization:9", "Nine", ""),
        ]
    );
    assert_eq!(found[1].settings, json!({ "kind": "organization" }));

    // an application with OpenID Connect, and without pages
    let denied = json!({ "status": 403, "serviceErrorCode": 100, "code": "ACCESS_DENIED", "message": "Not enough permissions" });
    let script = Script::new();
    script.expect(Method::Get, me).answer(403, &denied);
    script
        .expect(Method::Get, "https://api.linkedin.com/v2/userinfo")
        .answer(200, &json!({ "sub": "abc", "name": "Ada L", "picture": "https://a/b" }));
    script.expect(Method::Get, acls).answer(403, &denied);
    let cx = cx(&script, &account, &app);
    let found = Linkedin.accounts(&cx).await.unwrap();
    assert_eq!((found.len(), found[0].avatar_url.as_deref()), (1, Some("https://a/b")));
    assert_eq!(cx.notes().warnings.len(), 1);
}

#[tokio::test]
async fn a_text_as_a_member_with_a_first_comment() {
    let (script, account, app) = (Script::new(), member(), app());
    script
        .expect(Method::Post, POSTS)
        .check(versioned)
        .json(post("urn:li:person:abc", r"Hello \(all\) {hashtag|\#|Rust}"))
        .check(|request| assert_eq!(request.effect, Effect::Publishes))
        .respond(201, &[("x-restli-id", SHARE)], "");
    script
        .expect(Method::Post, "https://api.linkedin.com/rest/socialActions/urn%3Ali%3Ashare%3A68/comments")
        .check(versioned)
        .json(json!({ "actor": "urn:li:person:abc", "object": SHARE, "message": { "text": "More" } }))
        .answer(400, &json!({ "message": "Comments are closed", "status": 400 }));
    let cx = cx(&script, &account, &app);
    let mut piece = piece(Target::LinkedinLong, "Hello (all) #Rust");
    piece.first_comment = Some("More".into());
    let posted = out(&cx, &piece, Before::default()).await.unwrap();
    assert_eq!(posted.id, SHARE);
    assert_eq!(posted.url.as_deref(), Some("https://www.linkedin.com/feed/update/urn:li:share:68/"));
    let fault = Linkedin.finish(&cx, &piece, &posted).await.unwrap_err();
    assert_eq!(fault.to_string(), "Comments are closed");

    let before = Before { root: Some(&posted), previous: Some(&posted) };
    assert_eq!(out(&cx, &piece, before).await.unwrap_err().kind, FaultKind::Unsupported);
}

#[tokio::test]
async fn a_card_and_what_is_reshared() {
    let (script, account, app) = (Script::new(), page(), app());
    let mut expected = post(PAGE, "See https://example.com/a\\_b");
    expected["content"] =
        json!({ "article": { "source": "https://example.com/a_b", "title": "A", "description": "About" } });
    expected["reshareContext"] = json!({ "parent": "urn:li:ugcPost:42" });
    script.expect(Method::Post, POSTS).json(expected).respond(
        201,
        &[("X-RestLi-Id", "urn:li:ugcPost:69")],
        "",
    );
    let mut piece = piece(Target::LinkedinShort, "See https://example.com/a_b");
    (piece.title, piece.description) = (Some("A".into()), Some("About".into()));
    piece.quote_url = Some("https://www.linkedin.com/feed/update/urn:li:ugcPost:42/".into());
    let cx = cx(&script, &account, &app);
    assert_eq!(out(&cx, &piece, Before::default()).await.unwrap().id, "urn:li:ugcPost:69");
    piece.quote_url = Some("https://www.linkedin.com/posts/ada".into());
    assert_eq!(Linkedin.prepare(&cx, &piece).await.unwrap_err().kind, FaultKind::Rejected);
}

/// Expects the upload of a file in one request.
fn expect_upload(
    script: &Script,
    what: &str,
    name: &str,
    urn: &str,
    upload: &'static str,
    bytes: &'static str,
) {
    script
        .expect(Method::Post, format!("https://api.linkedin.com/rest/{what}?action=initializeUpload"))
        .check(versioned)
        .json(json!({ "initializeUploadRequest": { "owner": PAGE } }))
        .check(|request| assert_eq!(request.effect, Effect::Prepares))
        .answer(200, &json!({ "value": { "uploadUrlExpiresAt": 1, "uploadUrl": upload, name: urn } }));
    script
        .expect(Method::Put, upload)
        .check(move |request| {
            assert_eq!(request.effect, Effect::Prepares);
            let Body::Bytes { bytes: sent, .. } = &request.body else { panic!("not bytes") };
            assert_eq!(&sent[..], bytes.as_bytes());
            let ours = request.headers.iter().any(|(name, _)| name == "authorization");
            assert_eq!(
                ours,
                upload.starts_with("https://www.linkedin.com/"),
                "our token goes to LinkedIn only"
            );
        })
        .respond(201, &[], "");
}

#[tokio::test]
async fn pictures() {
    let (script, account, app) = (Script::new(), page(), app());
    expect_upload(
        &script,
        "images",
        "image",
        "urn:li:image:1",
        "https://www.linkedin.com/dms-uploads/1",
        "one",
    );
    expect_upload(&script, "images", "image", "urn:li:image:2", "https://elsewhere.example/2", "two");
    let mut expected = post(PAGE, "Look");
    expected["content"] = json!({ "multiImage": { "images": [{ "id": "urn:li:image:1", "altText": "A cat" }, { "id": "urn:li:image:2" }] } });
    script.expect(Method::Post, POSTS).json(expected).respond(201, &[("x-restli-id", SHARE)], "");
    let mut first = media("m1", MediaKind::Image, "image/png", "one");
    first.alt_text = "A cat".into();
    let second = media("m2", MediaKind::Image, "image/png", "two");
    let piece = with_media(Target::LinkedinLong, "Look", vec![first, second]);
    out(&cx(&script, &account, &app), &piece, Before::default()).await.unwrap();
}

#[tokio::test]
async fn a_document_is_the_carousel() {
    let (script, account, app) = (Script::new(), page(), app());
    expect_upload(
        &script,
        "documents",
        "document",
        "urn:li:document:1",
        "https://www.linkedin.com/dms-uploads/1",
        "pdf",
    );
    let state = "https://api.linkedin.com/rest/documents/urn%3Ali%3Adocument%3A1";
    script.expect(Method::Get, state).check(versioned).answer(200, &json!({ "status": "PROCESSING" }));
    script.expect(Method::Get, state).answer(200, &json!({ "status": "AVAILABLE" }));
    let mut expected = post(PAGE, "Ten rules\nand more");
    expected["content"] = json!({ "media": { "id": "urn:li:document:1", "title": "Ten rules" } });
    script.expect(Method::Post, POSTS).json(expected).respond(201, &[("x-restli-id", SHARE)], "");
    let file = media("m1", MediaKind::Document, "application/pdf", "pdf");
    let piece = with_media(Target::LinkedinCarousel, "Ten rules\nand more", vec![file.clone()]);
    out(&cx(&script, &account, &app), &piece, Before::default()).await.unwrap();
    assert_eq!(script.waited(), [Duration::from_secs(3)]);

    let script = Script::new();
    let two = with_media(Target::LinkedinCarousel, "x", vec![file.clone(), file]);
    let fault = Linkedin.prepare(&cx(&script, &account, &app), &two).await.unwrap_err();
    assert_eq!(fault.kind, FaultKind::Rejected);
}

#[tokio::test]
async fn a_video_in_parts() {
    let (script, account, app) = (Script::new(), page(), app());
    let about =
        json!({ "owner": PAGE, "fileSizeBytes": 5, "uploadCaptions": false, "uploadThumbnail": false });
    script
        .expect(Method::Post, "https://api.linkedin.com/rest/videos?action=initializeUpload")
        .json(json!({ "initializeUploadRequest": about }))
        .answer(
            200,
            &json!({ "value": { "video": "urn:li:video:1", "uploadToken": "t", "uploadInstructions": [
            { "uploadUrl": "https://www.linkedin.com/dms-uploads/a", "firstByte": 0, "lastByte": 3 },
            { "uploadUrl": "https://www.linkedin.com/dms-uploads/b", "firstByte": 4, "lastByte": 4 },
        ] } }),
        );
    for (name, bytes) in [("a", "abcd"), ("b", "e")] {
        script
            .expect(Method::Put, format!("https://www.linkedin.com/dms-uploads/{name}"))
            .check(move |request| {
                let Body::Bytes { content_type, bytes: sent } = &request.body else { panic!("not bytes") };
                assert_eq!(
                    (content_type.as_str(), &sent[..]),
                    ("application/octet-stream", bytes.as_bytes())
                );
            })
            .respond(200, &[("ETag", &format!("\"etag-{name}\""))], "");
    }
    script
        .expect(Method::Post, "https://api.linkedin.com/rest/videos?action=finalizeUpload")
        .json(json!({ "finalizeUploadRequest": { "video": "urn:li:video:1", "uploadToken": "t", "uploadedPartIds": ["etag-a", "etag-b"] } }))
        .respond(200, &[], "");
    let state = "https://api.linkedin.com/rest/videos/urn%3Ali%3Avideo%3A1";
    script.expect(Method::Get, state).answer(
        200,
        &json!({ "status": "PROCESSING_FAILED", "processingFailureReason": "The video is damaged" }),
    );
    let piece =
        with_media(Target::LinkedinLong, "Film", vec![media("m1", MediaKind::Video, "video/mp4", "abcde")]);
    let fault = Linkedin.prepare(&cx(&script, &account, &app), &piece).await.unwrap_err();
    assert_eq!((fault.kind, fault.words.as_str()), (FaultKind::Rejected, "The video is damaged"));

    let script = Script::new();
    script
        .expect(Method::Post, "https://api.linkedin.com/rest/videos?action=initializeUpload")
        .fail(WireError::Unclear("timed out".into()));
    let fault = Linkedin.prepare(&cx(&script, &account, &app), &piece).await.unwrap_err();
    assert_eq!(fault.kind, FaultKind::Transient);
}

fn list(start: usize) -> String {
    format!("{POSTS}?q=author&author=urn%3Ali%3Aorganization%3A5&start={start}&count=100&sortBy=CREATED")
}

#[tokio::test]
async fn reading_back() {
    let element = |id: u32, minute: i64, commentary: &str, content: Value| {
        let at = now().timestamp_millis() + minute * 60_000;
        json!({ "id": format!("urn:li:share:{id}"), "commentary": commentary, "createdAt": at, "publishedAt": at,
            "author": PAGE, "lifecycleState": "PUBLISHED", "content": content })
    };
    let (script, account, app) = (Script::new(), page(), app());
    script.expect(Method::Get, list(0)).check(versioned).header("x-restli-method", "FINDER").answer(
        200,
        &json!({ "paging": {}, "elements": [
            element(3, 3, "Two", json!({ "multiImage": { "images": [{ "id": "a" }, { "id": "b" }] } })),
            element(2, 2, r"Hello \(all\) {hashtag|\#|Rust} https://lnkd.in/x", json!({ "media": { "id": "urn:li:image:1" } })),
        ] }),
    );
    script
        .expect(Method::Get, list(100))
        .answer(200, &json!({ "elements": [element(1, -9, "Old", json!({}))] }));
    let recent = Linkedin.recent(&cx(&script, &account, &app), now()).await.unwrap();
    assert!(recent.whole);
    assert_eq!(recent.posts.iter().map(|seen| seen.media).collect::<Vec<_>>(), [Some(2), Some(1)]);
    let fingerprint = Fingerprint {
        text: Linkedin.normalise("Hello (all) #Rust https://example.com/long"),
        media: 1,
        since: now(),
        answers: None,
        taken: Vec::new(),
    };
    assert_eq!(find(&Linkedin, &fingerprint, &recent).unwrap().posted.id, "urn:li:share:2");

    // a bound that is hit proves nothing
    let script = Script::new();
    for page in 0..5 {
        script
            .expect(Method::Get, list(page * 100))
            .answer(200, &json!({ "elements": [element(1, 9, "New", json!({}))] }));
    }
    assert!(!Linkedin.recent(&cx(&script, &account, &app), now()).await.unwrap().whole);

    // nobody reads a member's posts
    let (script, account) = (Script::new(), member());
    let fault = Linkedin.recent(&cx(&script, &account, &app), now()).await.unwrap_err();
    assert_eq!(fault.kind, FaultKind::Unsupported);
}

#[tokio::test]
async fn changing_removing_numbers() {
    let (script, account, app) = (Script::new(), page(), app());
    let cx = cx(&script, &account, &app);
    let posted = super::post::posted(SHARE);
    let url = format!("{POSTS}/urn%3Ali%3Ashare%3A68");
    script
        .expect(Method::Post, url.clone())
        .check(versioned)
        .header("x-restli-method", "PARTIAL_UPDATE")
        .json(json!({ "patch": { "$set": { "commentary": r"Hullo \*" } } }))
        .check(|request| assert_eq!(request.effect, Effect::Prepares))
        .respond(204, &[], "");
    assert_eq!(Linkedin.edit(&cx, &piece(Target::LinkedinLong, "Hullo *"), &posted).await.unwrap(), posted);
    script
        .expect(Method::Delete, url.clone())
        .check(versioned)
        .header("x-restli-method", "DELETE")
        .check(|request| assert_eq!(request.effect, Effect::Prepares))
        .respond(204, &[], "");
    Linkedin.delete(&cx, &posted).await.unwrap();
    script.expect(Method::Delete, url).answer(404, &json!({ "status": 404, "message": "not found" }));
    Linkedin.delete(&cx, &posted).await.unwrap();
    script
        .expect(
            Method::Get,
            "https://api.linkedin.com/rest/networkSizes/urn%3Ali%3Aorganization%3A5?edgeType=COMPANY_FOLLOWED_BY_MEMBER",
        )
        .check(versioned)
        .answer(200, &json!({ "firstDegreeSize": 219 }));
    assert_eq!(Linkedin.account_metrics(&cx).await.unwrap().followers, Some(219));
}

#[tokio::test]
async fn what_faults_mean() {
    let piece = piece(Target::LinkedinLong, "Hello");
    let input = |code: &str| json!({ "inputErrors": [{ "description": "d", "input": {}, "code": code }] });
    for (status, code, number, words, details, shown, kind) in [
        (
            401,
            "EXPIRED_ACCESS_TOKEN",
            65_602,
            "The token has expired",
            None,
            "EXPIRED_ACCESS_TOKEN",
            FaultKind::TokenExpired,
        ),
        (
            401,
            "REVOKED_ACCESS_TOKEN",
            65_601,
            "The token used in the request has been revoked by the user",
            None,
            "REVOKED_ACCESS_TOKEN",
            FaultKind::Revoked,
        ),
        (401, "", 65_601, "The token has been revoked", None, "65601", FaultKind::Revoked),
        (
            401,
            "INVALID_ACCESS_TOKEN",
            65_600,
            "Invalid access token",
            None,
            "INVALID_ACCESS_TOKEN",
            FaultKind::NeedsConsent,
        ),
        (401, "", 0, "Unauthorized", None, "", FaultKind::TokenExpired),
        (
            403,
            "ACCESS_DENIED",
            100,
            "Not enough permissions to access: posts.CREATE.20260501",
            None,
            "ACCESS_DENIED",
            FaultKind::NeedsConsent,
        ),
        (
            403,
            "",
            0,
            "Organization permissions must be used when using organization as author",
            None,
            "",
            FaultKind::NeedsConsent,
        ),
        (
            422,
            "",
            0,
            "com.linkedin.content.common.exception.BadRequestResponseException: Content is a duplicate of urn:li:share:7",
            Some(input("DUPLICATE_POST")),
            "DUPLICATE_POST",
            FaultKind::Unclear,
        ),
        (409, "", 0, "Duplicate content", None, "", FaultKind::Unclear),
        (
            422,
            "",
            0,
            "Text length is too long",
            Some(input("FIELD_LENGTH_TOO_LONG")),
            "FIELD_LENGTH_TOO_LONG",
            FaultKind::Rejected,
        ),
        (
            426,
            "NONEXISTENT_VERSION",
            0,
            "Requested version 20200101 is not active",
            None,
            "NONEXISTENT_VERSION",
            FaultKind::Setup,
        ),
        (400, "VERSION_MISSING", 0, "A version must be present", None, "VERSION_MISSING", FaultKind::Setup),
        (
            400,
            "ILLEGAL_ARGUMENT",
            0,
            "Request body could not be converted to data map",
            None,
            "ILLEGAL_ARGUMENT",
            FaultKind::Rejected,
        ),
        (
            429,
            "TOO_MANY_REQUESTS",
            101,
            "Resource level throttle APPLICATION_AND_MEMBER DAY limit for calls to this resource is reached.",
            None,
            "TOO_MANY_REQUESTS",
            FaultKind::RateLimited,
        ),
        (500, "", 0, "Internal Server Error", None, "", FaultKind::Unclear),
        (504, "", 0, "Gateway Timeout", None, "", FaultKind::Unclear),
    ] {
        let (script, account, app) = (Script::new(), page(), app());
        let mut body = json!({ "status": status, "message": format!("{words} {}", SECRETS[0]) });
        if !code.is_empty() {
            body["code"] = json!(code);
        }
        if number != 0 {
            body["serviceErrorCode"] = json!(number);
        }
        if let Some(details) = details {
            body["errorDetails"] = details;
        }
        script.expect(Method::Post, POSTS).answer(status, &body);
        let fault = out(&cx(&script, &account, &app), &piece, Before::default()).await.unwrap_err();
        assert_eq!(
            (fault.kind, fault.code.as_deref().unwrap_or_default(), fault.status),
            (kind, shown, Some(status)),
            "{words}"
        );
        assert_eq!(fault.words, format!("{words} …"));
        let wait = (kind == FaultKind::RateLimited).then_some(Duration::from_hours(14));
        assert_eq!(fault.retry_after, wait, "until midnight");
        assert_no_secret(&fault);
    }
}

#[tokio::test]
async fn unknown_ends() {
    let (account, app, piece) = (page(), app(), piece(Target::LinkedinLong, "Hello"));
    for (error, kind) in [
        (WireError::Unclear("timed out".into()), FaultKind::Unclear),
        (WireError::NotSent("refused".into()), FaultKind::Transient),
    ] {
        let script = Script::new();
        script.expect(Method::Post, POSTS).fail(error);
        let fault = out(&cx(&script, &account, &app), &piece, Before::default()).await.unwrap_err();
        assert_eq!(fault.kind, kind);
    }
    // a success without an id
    for (status, id) in [(201, ""), (201, "?"), (200, ""), (302, "")] {
        let script = Script::new();
        script.expect(Method::Post, POSTS).respond(status, &[("x-restli-id", id)], "");
        let fault = out(&cx(&script, &account, &app), &piece, Before::default()).await.unwrap_err();
        assert_eq!((fault.kind, fault.status), (FaultKind::Unclear, Some(status)));
    }
}
