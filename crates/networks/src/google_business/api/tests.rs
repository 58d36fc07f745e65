use serde_json::{Value, json};

use super::*;
use crate::{
    Target,
    publish::{Account, Media, testing::Script},
    trial::{account, app, assert_sealed, kind_of, now, picture, piece, recognised, refusal, timed_out},
};

const LOCAL_POSTS: &str = "https://mybusiness.googleapis.com/v4/accounts/1/locations/2/localPosts";
const NAME: &str = "accounts/1/locations/2/localPosts/3";

fn ours() -> Account {
    account(Network::GoogleBusiness, "accounts/1/locations/2")
}

fn news() -> Piece {
    piece(Target::GoogleBusinessPost, "We are open.")
}

#[test]
fn asks_for_what_it_needs() {
    let oauth = GoogleBusiness.oauth(&app(), None).unwrap();
    assert!(
        oauth.authorize_url.ends_with("&scope=https%3A%2F%2Fwww.googleapis.com%2Fauth%2Fbusiness.manage")
    );
}

#[tokio::test]
async fn locations_of_all_accounts_are_found() {
    let script = Script::new();
    let accounts = "https://mybusinessaccountmanagement.googleapis.com/v1/accounts?pageSize=20";
    script
        .expect(Method::Get, accounts)
        .header("authorization", "Bearer SECRET-token")
        .answer(200, &json!({"accounts": [{"name": "accounts/1"}], "nextPageToken": "n"}));
    script
        .expect(Method::Get, format!("{accounts}&pageToken=n"))
        .answer(200, &json!({"accounts": [{"name": "accounts/5"}]}));
    for (account, answer) in [
        (
            1,
            json!({"locations": [{"name": "locations/2", "title": "Bakery", "metadata": {"mapsUri": "https://maps.example"},
            "storefrontAddress": {"addressLines": ["1 High St"], "locality": "Town"}}]}),
        ),
        (5, json!({})),
    ] {
        script
            .expect(
                Method::Get,
                format!(
                    "https://mybusinessbusinessinformation.googleapis.com/v1/accounts/{account}/locations?\
                     readMask=name%2Ctitle%2CstorefrontAddress%2Cmetadata&pageSize=100"
                ),
            )
            .answer(200, &answer);
    }
    let account = ours();
    let cx = Cx::new(&script, &account, None, now(), "key-1");
    let found = GoogleBusiness.accounts(&cx).await.unwrap();
    assert_eq!(found.len(), 1);
    assert_eq!(
        (found[0].id.as_str(), found[0].name.as_str()),
        ("accounts/1/locations/2", "Bakery, 1 High St, Town")
    );
}

#[tokio::test]
async fn a_post_is_made_checked_and_live() {
    let script = Script::new();
    script
        .expect(Method::Post, LOCAL_POSTS)
        .json(json!({
            "languageCode": "de",
            "summary": "We are open.",
            "topicType": "STANDARD",
            "callToAction": {"actionType": "LEARN_MORE", "url": "https://bakery.example"},
            "media": [{"mediaFormat": "PHOTO", "sourceUrl": "https://files.example/one.jpg"}],
        }))
        .check(|request| assert_eq!(request.effect, Effect::Publishes))
        .answer(200, &json!({"name": NAME, "state": "PROCESSING"}));
    let url = format!("https://mybusiness.googleapis.com/v4/{NAME}");
    for state in ["PROCESSING", "LIVE", "REJECTED"] {
        script
            .expect(Method::Get, url.clone())
            .answer(200, &json!({"name": NAME, "state": state, "searchUrl": "https://posts.example/3"}));
    }
    let account = ours();
    let cx = Cx::new(&script, &account, None, now(), "key-1");
    let piece = Piece {
        media: vec![picture("one")],
        options: json!({"language": "de", "action": "learn_more", "action_url": "https://bakery.example"}),
        ..news()
    };
    let posted = GoogleBusiness.publish(&cx, &piece, &Value::Null, Before::default()).await.unwrap();
    assert_eq!((posted.id.as_str(), posted.processing), (NAME, true));
    assert!(matches!(GoogleBusiness.progress(&cx, &posted).await.unwrap(), Progress::Working(_)));
    let Progress::Live(live) = GoogleBusiness.progress(&cx, &posted).await.unwrap() else {
        panic!("not live")
    };
    assert_eq!((live.url.as_deref(), live.processing), (Some("https://posts.example/3"), false));
    assert!(matches!(GoogleBusiness.progress(&cx, &posted).await.unwrap(), Progress::Refused(_)));
}

#[tokio::test]
async fn what_is_missing_is_said_before_anything_is_sent() {
    let script = Script::new();
    let account = ours();
    let cx = Cx::new(&script, &account, None, now(), "key-1");
    let hidden = Piece { media: vec![Media { public_url: None, ..picture("one") }], ..news() };
    let button = Piece { options: json!({"action": "SHOP"}), ..news() };
    for piece in [hidden, button] {
        let fault = GoogleBusiness.publish(&cx, &piece, &Value::Null, Before::default()).await.unwrap_err();
        assert_eq!(fault.kind, FaultKind::Rejected);
    }
    assert_eq!(
        local_post(&Piece { options: json!({"action": "call"}), ..news() }).unwrap()["callToAction"],
        json!({"actionType": "CALL"})
    );
}

#[test]
fn events_and_offers_as_the_reference_writes_them() {
    let timed = |topic: &str, more: Value| {
        let mut options = json!({"topic": topic, "event_title": "Open day", "starts": "2026-12-24T18:00",
            "ends": "2026-12-25T00:30"});
        options.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        local_post(&Piece { options, ..news() }).unwrap()
    };
    let schedule = json!({
        "startDate": {"year": 2026, "month": 12, "day": 24}, "startTime": {"hours": 18, "minutes": 0},
        "endDate": {"year": 2026, "month": 12, "day": 25}, "endTime": {"hours": 0, "minutes": 30},
    });
    let event = timed("EVENT", json!({}));
    assert_eq!((&event["topicType"], &event["offer"]), (&json!("EVENT"), &Value::Null));
    assert_eq!(event["event"], json!({"title": "Open day", "schedule": schedule}));
    let offer = timed("OFFER", json!({"coupon_code": "BREAD10", "terms": "One a person."}));
    assert_eq!(offer["offer"], json!({"couponCode": "BREAD10", "termsConditions": "One a person."}));
    assert_eq!(offer["event"]["schedule"], schedule);
    // news has neither, and a time that is missing is said before anything is sent
    assert_eq!(local_post(&news()).unwrap()["event"], Value::Null);
    assert!(local_post(&Piece { options: json!({"topic": "EVENT"}), ..news() }).is_err());
}

#[tokio::test]
async fn every_refusal_has_its_meaning() {
    use FaultKind as K;
    let call = (Method::Post, LOCAL_POSTS);
    for (status, code, reason, kind) in [
        (401, "UNAUTHENTICATED", None, K::TokenExpired),
        (403, "PERMISSION_DENIED", None, K::NeedsConsent),
        (403, "PERMISSION_DENIED", Some("ACCESS_TOKEN_SCOPE_INSUFFICIENT"), K::NeedsConsent),
        (403, "PERMISSION_DENIED", Some("SERVICE_DISABLED"), K::Setup),
        (400, "INVALID_ARGUMENT", None, K::Rejected),
        (404, "NOT_FOUND", None, K::Rejected),
        (429, "RESOURCE_EXHAUSTED", Some("RATE_LIMIT_EXCEEDED"), K::RateLimited),
        (429, "RESOURCE_EXHAUSTED", None, K::RateLimited),
        (500, "INTERNAL", None, K::Unclear),
        (503, "UNAVAILABLE", None, K::Unclear),
        (504, "DEADLINE_EXCEEDED", None, K::Unclear),
    ] {
        let details: Vec<Value> = reason.map(|reason| json!({"reason": reason})).into_iter().collect();
        let body = json!({"error": {"code": status, "message": "Not with SECRET-token", "status": code,
            "details": details}});
        let fault = refusal(&GoogleBusiness, &ours(), &news(), &Value::Null, call, Ok((status, &body))).await;
        assert_eq!(fault.kind, kind, "{code} {reason:?}");
        assert_sealed(&fault);
    }
    // an application that Google has not let in yet has a quota of nothing
    let body = json!({"error": {"code": 429, "message": "Quota exceeded", "status": "RESOURCE_EXHAUSTED",
        "details": [{"reason": "RATE_LIMIT_EXCEEDED", "metadata": {"quota_limit_value": "0"}}]}});
    let fault = refusal(&GoogleBusiness, &ours(), &news(), &Value::Null, call, Ok((429, &body))).await;
    assert_eq!(fault.kind, K::Setup);
    let fault = refusal(&GoogleBusiness, &ours(), &news(), &Value::Null, call, Ok((200, &json!({})))).await;
    assert_eq!(fault.kind, K::Unclear);
    let fault = refusal(&GoogleBusiness, &ours(), &news(), &Value::Null, call, Err(timed_out())).await;
    assert_eq!(fault.kind, K::Unclear);
}

#[tokio::test]
async fn posts_are_read_back_changed_and_removed() {
    let script = Script::new();
    script.expect(Method::Get, format!("{LOCAL_POSTS}?pageSize=100")).answer(
        200,
        &json!({"localPosts": [
            {"name": "accounts/1/locations/2/localPosts/1", "summary": "Old", "createTime": "2026-01-01T12:00:00Z"}],
            "nextPageToken": "n"}),
    );
    script.expect(Method::Get, format!("{LOCAL_POSTS}?pageSize=100&pageToken=n")).answer(
        200,
        &json!({"localPosts": [{"name": NAME, "summary": "We are open.", "createTime": "2026-07-01T12:00:03.123Z",
            "media": [{"mediaFormat": "PHOTO"}]}]}),
    );
    let url = format!("https://mybusiness.googleapis.com/v4/{NAME}");
    script
        .expect(Method::Patch, format!("{url}?updateMask=summary"))
        .json(json!({"summary": "We are open."}))
        .check(|request| assert_eq!(request.effect, Effect::Prepares))
        .answer(200, &json!({"name": NAME}));
    script.expect(Method::Delete, url.clone()).answer(200, &json!({}));
    script.expect(Method::Delete, url).answer(404, &json!({"error": {"code": 404, "status": "NOT_FOUND"}}));
    script.expect(Method::Get, format!("{LOCAL_POSTS}?pageSize=100")).fail(timed_out());
    let account = ours();
    let cx = Cx::new(&script, &account, None, now(), "key-1");
    let recent = GoogleBusiness.recent(&cx, now()).await.unwrap();
    assert!(recent.whole);
    assert_eq!(recent.posts[0].posted.id, NAME);
    assert_eq!(recognised(&GoogleBusiness, "We are open.", 1, &recent).as_deref(), Some(NAME));
    let posted = recent.posts[0].posted.clone();
    GoogleBusiness.edit(&cx, &news(), &posted).await.unwrap();
    GoogleBusiness.delete(&cx, &posted).await.unwrap();
    GoogleBusiness.delete(&cx, &posted).await.unwrap();
    assert_eq!(kind_of(GoogleBusiness.recent(&cx, now()).await), FaultKind::Transient);
}

#[tokio::test]
async fn names_can_lead_nowhere_else() {
    let script = Script::new();
    let account = Account { id: "accounts/1/../x?y".into(), ..ours() };
    let cx = Cx::new(&script, &account, None, now(), "key-1");
    assert_eq!(kind_of(GoogleBusiness.recent(&cx, now()).await), FaultKind::Rejected);
}
