//! Clerk's events out of order, and what a change of address brings with it.

use axum::body::Body;
use bellwether_identity::clerk::ClerkConfig;
use bellwether_jobs::testing::{assert_no_jobs_left, drain};
use bellwether_web::limits::{Limits, Rate};
use chrono::Duration;
use http::Request;
use serde_json::{Value, json};
use tower::ServiceExt as _;

use crate::{
    app::{App, config, email},
    clerk::{Clerk, SECRET, change, done, headers, membership, person, post, sign},
};

/// An event by Clerk's own clock, in milliseconds.
async fn tell_at(clerk: &Clerk, id: &str, kind: &str, at: i64, data: Value) -> (String, String) {
    let body = json!({ "type": kind, "object": "event", "timestamp": at, "data": data }).to_string();
    let time = clerk.app.clock.now().timestamp();
    let sent = post(&clerk.app, &headers(id, time, &sign(SECRET, id, time, &body)), &body).await;
    assert_eq!(sent, (204, String::new()));
    drain(clerk.app.database.store(), &clerk.worker).await.unwrap();
    clerk.state(id).await
}

fn old() -> (String, String) {
    ("ignored".into(), "older than what is known".into())
}

#[tokio::test]
async fn what_is_older_than_what_is_known_changes_nothing() {
    let clerk = Clerk::new().await;
    let app = &clerk.app;
    let t = app.clock.now().timestamp_millis();
    let named = |name: &str| {
        let mut person = person("user_1", "Ada");
        person["first_name"] = name.into();
        person
    };
    assert_eq!(tell_at(&clerk, "m1", "user.created", t, named("Ada")).await, done());
    assert_eq!(tell_at(&clerk, "m2", "user.updated", t + 20, named("Ada B")).await, done());
    assert_eq!(tell_at(&clerk, "m3", "user.updated", t + 10, named("Ada A")).await, old());
    let called = "SELECT count(*) FROM identity.users WHERE name = 'Ada B'";
    assert_eq!(app.count(called).await, 1);
    // by hand as well, while the latest may be worked on as often as one likes
    assert_eq!(clerk.replay("m1").await, old());
    assert_eq!(clerk.replay("m2").await, done());
    assert_eq!(app.count(called).await, 1);
    // organizations and memberships by themselves
    tell_at(&clerk, "m4", "user.created", t, person("user_2", "Eve")).await;
    let named = |name: &str| json!({ "id": "org_1", "name": name, "created_by": "user_1" });
    assert_eq!(tell_at(&clerk, "m5", "organization.created", t, named("Acme")).await, done());
    assert_eq!(tell_at(&clerk, "m6", "organization.updated", t + 9, named("Acme Inc.")).await, done());
    assert_eq!(tell_at(&clerk, "m7", "organization.updated", t + 8, named("Acme Ltd.")).await, old());
    let kind = "organizationMembership.created";
    let member = membership("org_1", "user_2", "org:member");
    assert_eq!(tell_at(&clerk, "m8", kind, t + 1, member.clone()).await, done());
    let kind = "organizationMembership.deleted";
    assert_eq!(tell_at(&clerk, "m9", kind, t + 5, member.clone()).await, done());
    let kind = "organizationMembership.updated";
    assert_eq!(tell_at(&clerk, "m10", kind, t + 4, member.clone()).await, old());
    assert_eq!(app.count("SELECT count(*) FROM identity.memberships").await, 1);
    // somebody who comes again is a member again
    let kind = "organizationMembership.created";
    assert_eq!(tell_at(&clerk, "m11", kind, t + 6, member).await, done());
    assert_eq!(app.count("SELECT count(*) FROM identity.memberships").await, 2);
    assert_no_jobs_left(app.database.store()).await;
}

#[tokio::test]
async fn nobody_comes_back_by_an_event_from_before_their_deletion() {
    let clerk = Clerk::new().await;
    let app = &clerk.app;
    let t = app.clock.now().timestamp_millis();
    let deleted = json!({ "id": "user_1", "deleted": true });
    // the deletion overtakes what came before it; in seconds, as the description's example has it
    assert_eq!(tell_at(&clerk, "m1", "user.deleted", t / 1000 + 1, deleted).await.0, "ignored");
    assert_eq!(tell_at(&clerk, "m2", "user.created", t - 2, person("user_1", "Ada")).await, old());
    assert_eq!(tell_at(&clerk, "m3", "user.updated", t - 1, person("user_1", "Ada")).await, old());
    assert_eq!(app.count("SELECT count(*) FROM identity.users").await, 0);
    // what failed has told nothing
    tell_at(&clerk, "m4", "user.created", t, person("user_2", "Eve")).await;
    tell_at(&clerk, "m5", "user.created", t, person("user_3", "Bob")).await;
    let taken = person("user_3", "Eve");
    assert_eq!(tell_at(&clerk, "m6", "user.updated", t + 50, taken).await.0, "failed");
    assert_eq!(tell_at(&clerk, "m7", "user.updated", t + 40, person("user_3", "Bob")).await, done());
    // without the envelope's time the object's own counts, and without either the order of arrival
    let mut dated = person("user_2", "Eve");
    dated["updated_at"] = (t + 30).into();
    assert_eq!(clerk.tell("m8", "user.updated", dated.clone()).await, done());
    dated["updated_at"] = (t + 29).into();
    assert_eq!(clerk.tell("m9", "user.updated", dated.clone()).await, old());
    dated.as_object_mut().unwrap().remove("updated_at");
    assert_eq!(clerk.tell("m10", "user.updated", dated).await, done());
}

#[tokio::test]
async fn an_address_changed_at_clerk_is_told_to_the_one_before() {
    let clerk = Clerk::new().await;
    let app = &clerk.app;
    clerk.tell("m1", "user.created", person("user_1", "Ada")).await;
    let eve = app.sign_up("Eve").await;
    // somebody is signed in and has links in their letter box
    change(
        app,
        "INSERT INTO identity.external_identities (id, user_id, provider, subject, created_at)
         SELECT gen_random_uuid(), id, 'clerk', 'user_2', now() FROM identity.users WHERE name = 'Eve'",
    )
    .await;
    change(
        app,
        "INSERT INTO identity.login_links (id, user_id, token_hash, purpose, created_at, expires_at)
         SELECT gen_random_uuid(), id, sha256('one'), 'sign_in', now(), now() + interval '1 day'
           FROM identity.users WHERE name = 'Eve'",
    )
    .await;
    let live = "SELECT count(*) FROM identity.sessions WHERE ended_at IS NULL";
    let sessions = app.count(live).await;
    assert_eq!(clerk.tell("m2", "user.updated", person("user_2", "Eve")).await, done());
    assert_eq!(app.count(live).await, sessions, "nothing has changed");
    assert_eq!(clerk.tell("m3", "user.updated", person("user_2", "Zoe")).await, done());
    eve.get("/me").await.refused(401, "unauthenticated");
    assert_eq!(app.count(live).await, sessions - 1);
    assert_eq!(app.count("SELECT count(*) FROM identity.login_links WHERE purpose = 'sign_in'").await, 0);
    assert_eq!(app.count("SELECT count(*) FROM identity.login_links WHERE purpose = 'undo_email'").await, 1);
    let noted = "SELECT count(*) FROM operations.security_events WHERE kind = 'email.changed'";
    assert_eq!(app.count(noted).await, 1);
    // whoever has the address before takes it back by what was mailed there
    let token = app.token(&email("Eve"), "email_changed").await;
    app.anonymous().post("/auth/email/undo", json!({ "token": token })).await.expect(204);
    assert_eq!(app.count("SELECT count(*) FROM identity.users WHERE email = 'eve@example.org'").await, 1);
}

#[tokio::test]
async fn what_failed_is_kept_as_long_as_what_did_not() {
    let clerk = Clerk::new().await;
    let app = &clerk.app;
    let t = app.clock.now().timestamp_millis();
    tell_at(&clerk, "m1", "user.created", t, person("user_1", "Ada")).await;
    tell_at(&clerk, "m2", "user.created", t, person("user_2", "Eve")).await;
    assert_eq!(tell_at(&clerk, "m3", "user.updated", t, person("user_2", "Ada")).await.0, "failed");
    let kept = "SELECT count(*) FROM operations.webhook_inbox";
    let subjects = "SELECT count(*) FROM operations.webhook_subjects";
    app.clock.advance(chrono::Duration::days(29));
    clerk.operations.retain().await.unwrap();
    assert_eq!((app.count(kept).await, app.count(subjects).await), (3, 2));
    app.clock.advance(chrono::Duration::days(2));
    clerk.operations.retain().await.unwrap();
    assert_eq!((app.count(kept).await, app.count(subjects).await), (0, 2));
    app.clock.advance(chrono::Duration::days(70));
    clerk.operations.retain().await.unwrap();
    assert_eq!(app.count(subjects).await, 0);
}

#[tokio::test]
async fn webhooks_are_limited_by_who_calls_wherever_they_come_in() {
    let mut config = config();
    config.clerk = ClerkConfig { webhook_secrets: vec![SECRET.to_owned()], personal_organizations: false };
    config.limits = Limits { default: Some(Rate::per_minute(3)), ..Limits::none() };
    let app = App::with(config).await;
    for path in ["/webhooks/clerk", "/api/v1/webhooks/clerk"] {
        // full again for the second way in
        app.later(Duration::minutes(1));
        for n in 0..5 {
            let request = Request::post(path).body(Body::from("{}")).unwrap();
            let response = app.router.clone().oneshot(request).await.unwrap();
            // refused for its missing signature as long as it is looked at
            let (status, wanted) = (response.status().as_u16(), if n < 3 { 400 } else { 429 });
            assert_eq!(status, wanted, "{path} {n}");
            assert_eq!(response.headers().contains_key("retry-after"), n >= 3, "{path} {n}");
        }
    }
    app.later(Duration::minutes(1));
    let (id, time, body) =
        ("m1", app.clock.now().timestamp(), r#"{ "type": "session.created", "data": {} }"#);
    assert_eq!(post(&app, &headers(id, time, &sign(SECRET, id, time, body)), body).await.0, 204);
}
