//! Applications, the waitlist, demos, and signing up where not everybody may.

use axum::http::Method;
use bellwether_identity::intake::{AnswerForm, SignUpMode};
use bellwether_jobs::{
    Worker,
    testing::{drain, jobs},
};
use chrono::Duration;
use serde_json::{Value, json};

use crate::app::{App, Client};

/// Somebody who runs the installation, whoever else may sign up.
async fn operator(app: &App) -> Client {
    let client = app.make("olga").await;
    app.sql("UPDATE identity.users SET operator = true WHERE name = 'olga'").await;
    client
}

/// The link of the latest mail of a kind.
async fn mailed(app: &App, template: &'static str) -> Option<(String, String)> {
    let worker = Worker::builder(app.database.store().clone(), app.clock.clone())
        .register::<AnswerForm>(app.identity.clone())
        .build()
        .unwrap();
    drain(app.database.store(), &worker).await.unwrap();
    let mut tx = app.database.store().service("a test reads the outbox").await.unwrap();
    let found: Option<(String, String)> = sqlx::query_as(
        "SELECT recipient, text FROM operations.mails WHERE template = $1 ORDER BY id DESC LIMIT 1",
    )
    .bind(template)
    .fetch_optional(tx.conn())
    .await
    .unwrap();
    found
}

fn token_in(text: &str) -> String {
    let rest = text.split("#token=").nth(1).unwrap_or_else(|| panic!("no link in {text}"));
    rest.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '-' || *c == '_').collect()
}

fn account(name: &str, token: Option<&str>) -> Value {
    json!({
        "email": format!("{name}@example.org"), "password": "correct horse battery", "name": name,
        "organization_name": name, "token": token,
    })
}

fn application(email: &str) -> Value {
    json!({
        "account_type": "agency", "name": "Grace", "email": email, "company_name": "Hopper & Co", "clients": 12,
        "networks": ["linkedin"], "goals": "Less typing.",
    })
}

#[tokio::test]
async fn the_instance_says_who_may_sign_up() {
    for (mode, word) in [(SignUpMode::Open, "open"), (SignUpMode::Application, "application")] {
        let app = App::with(mode).await;
        let instance = app.anonymous().get("/instance").await.expect(200);
        assert_eq!(instance.body["sign_up"], word);
        let closed = app.anonymous().post("/auth/sign-up", account("eve", None)).await;
        if mode == SignUpMode::Open {
            closed.expect(201);
            app.anonymous()
                .post("/applications", application("x@example.org"))
                .await
                .refused(403, "not_open");
            app.anonymous()
                .post("/waitlist", json!({ "email": "x@example.org" }))
                .await
                .refused(403, "not_open");
        } else {
            closed.refused(403, "sign_up_closed");
        }
    }
}

#[tokio::test]
async fn an_application_is_reviewed_and_lets_its_address_sign_up_once() {
    let app = App::with(SignUpMode::Application).await;
    let olga = operator(&app).await;
    olga.send(
        Method::PUT,
        "/admin/notification-settings",
        &[],
        json!({ "email": "desk@example.org", "notification_types": ["agency_applications"] }),
    )
    .await
    .expect(200);
    // sent twice, it is one; filled in by a program, it is none; all answers are the same
    for _ in 0..2 {
        app.anonymous().post("/applications", application("grace@example.org")).await.expect(202);
    }
    let mut spam = application("spam@example.org");
    spam["fax"] = json!("555");
    app.anonymous().post("/applications", spam).await.expect(202);
    app.anonymous().post("/applications", application("no")).await.refused(422, "invalid");
    let list = olga.get("/admin/applications?status=pending&account_type=agency").await.expect(200);
    let items = list.body["items"].as_array().unwrap();
    assert_eq!((items.len(), &items[0]["data"]["clients"]), (1, &json!(12)));
    // the request does the same for an address that is known; the job finds out that there is nothing to say
    let waiting = jobs(app.database.store()).await.unwrap();
    assert_eq!(waiting.iter().filter(|job| job.name == "identity.answer_form").count(), 2);
    assert_eq!(mailed(&app, "application_received").await.unwrap().0, "grace@example.org");
    let mails = "SELECT count(*) FROM operations.mails WHERE template = 'application_received'";
    app.until(mails, 1).await;
    assert_eq!(mailed(&app, "admin_notice").await.unwrap().0, "desk@example.org");

    let path = format!("/admin/applications/{}", items[0]["id"].as_str().unwrap());
    olga.send(Method::PATCH, &path, &[], json!({ "admin_notes": "Nice people." })).await.expect(200);
    let approved = olga.post(&format!("{path}/approve"), json!({})).await.expect(200);
    assert_eq!(
        (&approved.body["status"], &approved.body["admin_notes"]),
        (&json!("approved"), &json!("Nice people."))
    );
    olga.post(&format!("{path}/reject"), json!({ "reason": "No." })).await.refused(409, "already_reviewed");

    let (to, text) = mailed(&app, "application_approved").await.unwrap();
    assert_eq!(to, "grace@example.org");
    let token = token_in(&text);
    let permit = app.anonymous().post("/auth/sign-up/permit", json!({ "token": token })).await.expect(200);
    assert_eq!(permit.body["email"], "grace@example.org");
    // for another address it is nothing, and nothing is made
    let other =
        app.anonymous().post("/auth/sign-up", account("eve", Some(&token))).await.refused(422, "invalid");
    assert_eq!(other.body["errors"][0]["code"], "permit_spent");
    assert_eq!(app.one::<i64>("SELECT count(*) FROM identity.users WHERE name = 'eve'").await, 0);
    app.anonymous().post("/auth/sign-up", account("grace", Some(&token))).await.expect(201);
    app.anonymous().post("/auth/sign-up/permit", json!({ "token": token })).await.refused(404, "link_spent");
    let view = olga.get(&path).await.expect(200);
    assert!(view.body["user_id"].as_str().is_some_and(|id| id.starts_with("user_")));
    // only the hash is kept
    let kept: String = app.one("SELECT jsonb_agg(to_jsonb(p))::text FROM identity.sign_up_permits p").await;
    assert!(!kept.contains(&token));
    let log: i64 =
        app.one("SELECT count(*) FROM operations.security_events WHERE kind = 'application.approved'").await;
    assert_eq!(log, 1);
}

#[tokio::test]
async fn a_rejected_applicant_is_told_why() {
    let app = App::with(SignUpMode::Application).await;
    let olga = operator(&app).await;
    app.anonymous().post("/applications", application("grace@example.org")).await.expect(202);
    let list = olga.get("/admin/applications").await.expect(200);
    let path = format!("/admin/applications/{}", list.text("/items/0/id"));
    olga.post(&format!("{path}/reject"), json!({ "reason": " " })).await.refused(422, "invalid");
    let rejected =
        olga.post(&format!("{path}/reject"), json!({ "reason": "We are full." })).await.expect(200);
    assert_eq!(rejected.body["rejection_reason"], "We are full.");
    assert!(mailed(&app, "application_rejected").await.unwrap().1.contains("We are full."));
    // and may try again
    app.anonymous().post("/applications", application("grace@example.org")).await.expect(202);
    let again = olga.get("/admin/applications?status=pending").await.expect(200);
    assert_eq!(again.body["items"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn the_waitlist_lets_people_in_by_turn() {
    let app = App::with(SignUpMode::Waitlist).await;
    let olga = operator(&app).await;
    for name in ["first", "second", "third", "second"] {
        app.anonymous()
            .post("/waitlist", json!({ "email": format!("{name}@example.org") }))
            .await
            .expect(202);
        app.clock.advance(Duration::minutes(1));
    }
    let page = olga.get("/admin/waitlist?waiting=true&limit=2").await.expect(200);
    assert_eq!(
        (page.text("/items/0/email"), page.text("/items/1/email")),
        ("first@example.org".into(), "second@example.org".into())
    );
    let next = format!("/admin/waitlist?waiting=true&limit=2&cursor={}", page.text("/next_cursor"));
    assert_eq!(olga.get(&next).await.expect(200).text("/items/0/email"), "third@example.org");

    let path = format!("/admin/waitlist/{}", page.text("/items/0/id"));
    olga.post(&format!("{path}/grant"), json!({})).await.expect(204);
    let lost = token_in(&mailed(&app, "early_access").await.unwrap().1);
    app.clock.advance(Duration::minutes(1));
    olga.post(&format!("{path}/grant"), json!({})).await.expect(204);
    let token = token_in(&mailed(&app, "early_access").await.unwrap().1);
    app.anonymous().post("/auth/sign-up", account("first", Some(&lost))).await.refused(422, "invalid");
    app.clock.advance(Duration::days(13));
    app.anonymous().post("/auth/sign-up", account("first", Some(&token))).await.expect(201);
    // who has an account waits no more
    olga.post(&format!("{path}/grant"), json!({})).await.refused(404, "not_found");
    let second = format!("/admin/waitlist/{}", page.text("/items/1/id"));
    olga.delete(&second).await.expect(204);
    olga.delete(&second).await.refused(404, "not_found");
}

#[tokio::test]
async fn a_permit_ends_after_two_weeks() {
    let app = App::with(SignUpMode::Invite).await;
    let olga = operator(&app).await;
    olga.post("/admin/sign-up-invitations", json!({ "email": "olga@example.org" }))
        .await
        .refused(409, "email_taken");
    olga.post("/admin/sign-up-invitations", json!({ "email": "late@example.org" })).await.expect(204);
    let token = token_in(&mailed(&app, "early_access").await.unwrap().1);
    app.clock.advance(Duration::days(14));
    app.anonymous().post("/auth/sign-up", account("late", Some(&token))).await.refused(422, "invalid");
}

#[tokio::test]
async fn a_demo_is_planned_and_held() {
    let app = App::new().await;
    let olga = operator(&app).await;
    let wish = json!({ "name": "Grace", "email": "grace@example.org", "company_size": "2-10", "message": "The inbox." });
    app.anonymous().post("/demos", wish.clone()).await.expect(202);
    app.anonymous().post("/demos", wish).await.expect(202);
    let list = olga.get("/admin/demos?status=requested").await.expect(200);
    assert_eq!(list.body["items"].as_array().unwrap().len(), 1);
    let path = format!("/admin/demos/{}", list.text("/items/0/id"));
    let change = |body: Value| olga.send(Method::PATCH, Box::leak(path.clone().into_boxed_str()), &[], body);
    change(json!({ "status": "scheduled" })).await.refused(422, "invalid");
    let planned = change(json!({ "scheduled_at": "2026-11-20T15:00:00Z", "prep_notes": "Bring numbers." }))
        .await
        .expect(200);
    assert_eq!(planned.body["status"], "scheduled");
    assert!(mailed(&app, "demo_scheduled").await.unwrap().1.contains("20 November 2026, 15:00 UTC"));
    let done = change(json!({ "status": "done", "follow_up_reminders": "Call in May." })).await.expect(200);
    assert_eq!(
        (&done.body["completed_at"], &done.body["prep_notes"]),
        (&json!("2026-11-16T09:00:00Z"), &json!("Bring numbers."))
    );
    // only the program's own organizations are shown around in
    let own = olga.get("/me").await.expect(200).text("/organizations/0/id");
    let refused = change(json!({ "demo_organization_id": own })).await.refused(422, "invalid");
    assert_eq!(refused.body["errors"][0]["path"], "demo_organization_id");
}

#[tokio::test]
async fn the_admin_area_is_not_there_for_others() {
    let app = App::new().await;
    let ada = app.sign_up("ada").await;
    let (_, token) = ada.key(json!({ "name": "All", "scopes": ["organization.delete"] })).await;
    let paths = [
        "/admin/applications",
        "/admin/waitlist",
        "/admin/demos",
        "/admin/notification-settings",
        "/admin/users",
        "/admin/organizations",
    ];
    for path in paths {
        ada.get(path).await.refused(404, "not_found");
        app.with_key(&token).get(path).await.refused(404, "not_found");
        app.anonymous().get(path).await.refused(401, "unauthenticated");
    }
    app.sql("UPDATE identity.users SET operator = true WHERE name = 'ada'").await;
    for path in paths {
        ada.get(path).await.expect(200);
    }
    // not even an operator's key
    app.with_key(&token).get("/admin/users").await.refused(404, "not_found");
    app.sign_up("bob").await;
    let people = ada.get("/admin/users?q=BOB").await.expect(200);
    assert_eq!(people.body["items"].as_array().unwrap().len(), 1);
    assert_eq!(
        (people.text("/items/0/email"), &people.body["items"][0]["organizations"]),
        ("bob@example.org".into(), &json!(1))
    );
    let first = ada.get("/admin/organizations?limit=1").await.expect(200);
    let next = ada
        .get(&format!("/admin/organizations?limit=1&cursor={}", first.text("/next_cursor")))
        .await
        .expect(200);
    assert_ne!(first.text("/items/0/id"), next.text("/items/0/id"));
    assert!(next.body["next_cursor"].is_null());
}
