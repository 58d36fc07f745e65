//! What people are told: each thing to those whom it concerns, once, and nobody else.

use bellwether_delivery::{
    campaigns::jobs::SendCampaigns,
    notifications::jobs::{MailNotices, TellTrials},
};
use bellwether_jobs::{
    Job, Options, enqueue,
    events::{self, NewEvent},
};
use bellwether_kernel::{Actor, RequestContext};
use chrono::Duration;
use serde_json::{Value, json};
use sqlx::Row as _;
use uuid::Uuid;

use crate::{
    app::{Answer, Client, TestApp},
    sources,
};

/// A member of Ada's organization, of one brand or of all.
async fn join(app: &TestApp, ada: &Client, name: &str, role: &str, brand: Option<&str>) -> Client {
    let mut asked = json!({ "role": role });
    if let Some(brand) = brand {
        asked["brand_ids"] = json!([brand]);
    }
    let made = ada.post("/organizations/ada-studio/invitations", asked).await.expect(201);
    let token = made.body["link"].as_str().unwrap().split_once("#token=").unwrap().1.to_owned();
    let mut client = app.anonymous();
    let body = json!({
        "token": token, "email": format!("{}@example.org", name.to_lowercase()), "name": name,
        "password": "correct horse battery",
    });
    client.cookie = client.post("/auth/invitation/join", body).await.expect(201).cookie();
    client.base.clone_from(&ada.base);
    app.drain().await;
    // what comes later is newer
    app.clock.advance(Duration::seconds(1));
    client
}

/// `kind` of all notices, the newest first; those of joining are left out unless they are all that is asked for.
async fn kinds(client: &Client) -> Vec<String> {
    let told = client.get("/me/notifications").await.expect(200).body;
    let kinds =
        told["items"].as_array().unwrap().iter().map(|item| item["kind"].as_str().unwrap().to_owned());
    kinds.filter(|kind| !["member_joined", "invitation_accepted"].contains(&kind.as_str())).collect()
}

async fn plan(client: &Client, post: &str, connection: &str, when: Value) -> Answer {
    let body = json!({ "connection_ids": [connection], "when": when });
    client.post(&format!("~/posts/{post}/publications"), body).await.expect(201)
}

/// Runs a job of the schedule, and what it gives rise to.
async fn run<J: Job>(app: &TestApp, job: J) {
    let mut tx = app.store().service("a test runs a scheduled job").await.unwrap();
    enqueue(&mut tx, &job, Options::default()).await.unwrap();
    tx.commit().await.unwrap();
    let report = app.drain().await;
    assert!(report.failed.is_empty() && report.again.is_empty(), "{report:?}");
}

/// Recipient, subject and text of the mails of a template, in order.
async fn mails(app: &TestApp, template: &str) -> Vec<(String, String, String)> {
    let rows = sqlx::query(
        "SELECT recipient, subject, text FROM operations.mails WHERE template = $1 ORDER BY created_at, recipient",
    )
    .bind(template)
    .fetch_all(app.store().pool())
    .await
    .unwrap();
    rows.iter().map(|row| (row.get(0), row.get(1), row.get(2))).collect()
}

async fn sql(app: &TestApp, text: &'static str) {
    sqlx::raw_sql(text).execute(app.store().pool()).await.unwrap();
}

/// Tells of something as a worker does.
async fn record(app: &TestApp, kind: &'static str, subject: (&'static str, Uuid), data: Value) {
    let row = sqlx::query("SELECT organization_id, id FROM brand.brands WHERE slug = 'ada-studio'")
        .fetch_one(app.store().pool())
        .await
        .unwrap();
    let mut tx = app.app.store.service("a test tells of something").await.unwrap();
    let event = NewEvent {
        organization: row.get::<Uuid, _>(0).into(),
        brand: Some(row.get::<Uuid, _>(1).into()),
        kind,
        subject,
        actor: Actor::Worker { job: "test".into() },
        before: None,
        after: None,
        data: Some(data),
        context: RequestContext::default(),
    };
    events::record(&mut tx, &app.clock, app.app.rng(), event).await.unwrap();
    tx.commit().await.unwrap();
    app.drain().await;
    app.clock.advance(Duration::seconds(1));
}

async fn one(app: &TestApp, text: &'static str) -> Uuid {
    sqlx::query_scalar(text).fetch_one(app.store().pool()).await.unwrap()
}

#[tokio::test]
async fn a_refused_post_is_told_to_those_who_publish_there_and_to_nobody_else() {
    let app = TestApp::with(|config| config.publishing.sandbox.refused = 1_000).await;
    let ada = app.sign_up("Ada").await;
    let eve = app.sign_up("Eve").await;
    let other =
        ada.post("/organizations/ada-studio/brands", json!({ "name": "Other" })).await.expect(201).id();
    let mo = join(&app, &ada, "Mo", "manager", None).await;
    let mia = join(&app, &ada, "Mia", "member", None).await;
    let bea = join(&app, &ada, "Bea", "manager", Some(&other)).await;
    let sam = join(&app, &ada, "Sam", "manager", None).await;
    sql(
        &app,
        "UPDATE identity.memberships m SET suspended_at = now() FROM identity.users u
               WHERE u.id = m.user_id AND u.email = 'sam@example.org'",
    )
    .await;
    let (post, connection) = ada.sandbox_post(&app, true).await;
    let planned = plan(&ada, &post, &connection, json!({ "now": true })).await.body["items"][0].clone();
    app.publish().await;
    app.drain().await;
    for told in [&ada, &mo] {
        assert_eq!(kinds(told).await, ["publication_failed"]);
    }
    // who does not publish, who is in another brand, who was kept out, another tenant
    for other in [&mia, &bea, &sam, &eve] {
        assert!(kinds(other).await.is_empty());
    }
    let notice = mo.get("/me/notifications?unread=true").await.expect(200).body["items"][0].clone();
    assert_eq!(notice["title"], "A post was not published");
    assert!(notice["detail"].as_str().unwrap().contains("The sandbox does not like this text."), "{notice}");
    let href = format!("/ada-studio/ada-studio/calendar?item={}", planned["id"].as_str().unwrap());
    assert_eq!(notice["href"], json!(href));

    // the same event once more tells nobody twice
    let before = ada.get("/me/notifications").await.body["items"].as_array().unwrap().len();
    let event =
        sqlx::query("SELECT organization_id, id FROM operations.events WHERE kind = 'publication.failed'")
            .fetch_one(app.store().pool())
            .await
            .unwrap();
    let again = json!({
        "organization_id": bellwether_kernel::id::OrganizationId::from(event.get::<Uuid, _>(0)),
        "event_id": bellwether_kernel::id::EventId::from(event.get::<Uuid, _>(1)),
    });
    let again: bellwether_delivery::notifications::jobs::Notify = serde_json::from_value(again).unwrap();
    run(&app, again).await;
    assert_eq!(ada.get("/me/notifications").await.body["items"].as_array().unwrap().len(), before);

    // read by one it is still unread by the other
    let path = format!("/me/notifications/{}/read", notice["id"].as_str().unwrap());
    let unread = mo.get("/me/notifications/count").await.expect(200).body["unread"].as_i64().unwrap();
    assert!(mo.post(&path, json!({})).await.expect(200).body["read_at"].is_string());
    mo.post(&path, json!({})).await.expect(200);
    assert_eq!(mo.get("/me/notifications/count").await.body["unread"], json!(unread - 1));
    ada.post(&path, json!({})).await.expect(404);
    eve.post(&path, json!({})).await.expect(404);
    assert!(ada.get("/me/notifications/count").await.body["unread"].as_i64().unwrap() > 0);
    ada.post("/me/notifications/read-all", json!({})).await.expect(204);
    assert_eq!(ada.get("/me/notifications/count").await.body["unread"], json!(0));
    // page by page
    let first = ada.get("/me/notifications?limit=1").await.expect(200).body;
    let next = first["next_cursor"].as_str().unwrap();
    let second = ada.get(&format!("/me/notifications?limit=1&cursor={next}")).await.expect(200).body;
    assert_ne!(first["items"][0]["id"], second["items"][0]["id"]);

    // who leaves the brand sees what is told of it no more
    sql(
        &app,
        "DELETE FROM identity.memberships m USING identity.users u
               WHERE u.id = m.user_id AND u.email = 'mo@example.org'",
    )
    .await;
    assert!(mo.get("/me/notifications").await.body["items"].as_array().unwrap().is_empty());
    mo.post(&path, json!({})).await.expect(404);
    app.drain().await;
    app.done().await;
}

#[tokio::test]
async fn reviewers_are_asked_once_and_makers_hear_what_they_said() {
    let app = TestApp::new().await;
    let ada = app.sign_up("Ada").await;
    let mo = join(&app, &ada, "Mo", "manager", None).await;
    let mia = join(&app, &ada, "Mia", "member", None).await;
    let amy = join(&app, &ada, "Amy", "admin", None).await;
    let (post, connection) = mo.sandbox_post(&app, false).await;
    let planned = plan(&mo, &post, &connection, json!({ "at": "2026-11-16T12:00" })).await;
    app.drain().await;
    for told in [&ada, &amy, &mia] {
        assert_eq!(kinds(told).await, ["review_requested"]);
    }
    assert!(kinds(&mo).await.is_empty(), "who planned it knows");
    // planned anew it is the same text
    let id = planned.body["items"][0]["id"].as_str().unwrap();
    mo.post(&format!("~/publications/{id}/cancel"), json!({})).await.expect(200);
    plan(&mo, &post, &connection, json!({ "at": "2026-11-16T13:00" })).await;
    app.drain().await;
    assert_eq!(kinds(&amy).await.len(), 1);

    app.clock.advance(Duration::seconds(1));
    ada.post(&format!("~/posts/{post}/reject"), json!({ "reason": "Too long." })).await.expect(200);
    app.drain().await;
    assert_eq!(kinds(&mo).await, ["changes_requested"]);
    let notice = mo.get("/me/notifications").await.body["items"][0].clone();
    assert_eq!(notice["title"], "Ada asks for changes");
    assert!(notice["detail"].as_str().unwrap().ends_with("Too long."), "{notice}");
    assert_eq!(notice["href"], json!(format!("/ada-studio/ada-studio/library?post={post}")));
    app.clock.advance(Duration::seconds(1));
    mo.post(&format!("~/posts/{post}/reopen"), json!({})).await.expect(200);
    let said = json!({ "verdict": "changes_requested", "words": "A number is wrong." });
    amy.post(&format!("~/posts/{post}/reviews"), said).await.expect(201);
    app.drain().await;
    app.clock.advance(Duration::seconds(1));
    amy.post(&format!("~/posts/{post}/approve"), json!({})).await.expect(200);
    app.drain().await;
    assert_eq!(kinds(&mo).await, ["post_approved", "changes_requested", "changes_requested"]);
    assert!(kinds(&ada).await.iter().all(|kind| kind == "review_requested"), "it was not hers");
    // one's own approval is no news
    let (own, _) = ada.sandbox_post(&app, true).await;
    app.drain().await;
    assert!(!kinds(&ada).await.contains(&"post_approved".to_owned()), "{own}");

    // a rule asks admins: nobody below is asked
    ada.post("~/approval-rules", json!({ "approver": "admin" })).await.expect(201);
    app.drain().await;
    let count = kinds(&mia).await.len();
    app.clock.advance(Duration::seconds(1));
    let (second, _) = mo.sandbox_post(&app, false).await;
    plan(&mo, &second, &connection, json!({ "at": "2026-11-16T14:00" })).await;
    app.drain().await;
    assert_eq!(kinds(&mia).await.len(), count);
    assert_eq!(kinds(&amy).await[0], "review_requested");
    app.done().await;
}

#[tokio::test]
async fn a_certain_person_can_be_asked_for_a_review() {
    let app = TestApp::new().await;
    let ada = app.sign_up("Ada").await;
    let mia = join(&app, &ada, "Mia", "member", None).await;
    let amy = join(&app, &ada, "Amy", "admin", None).await;
    let drafts = mia.drafts(&app, &["x.post"]).await;
    let post = drafts[0]["id"].as_str().unwrap().to_owned();
    let id = |client: &Client| {
        let client = client.clone();
        async move { client.get("/me").await.expect(200).body["user"]["id"].as_str().unwrap().to_owned() }
    };
    let (amy_id, mia_id) = (id(&amy).await, id(&mia).await);
    let path = format!("~/posts/{post}/reviews/ask");
    let ask = json!({ "user_id": amy_id, "words": "Is the number right?" });
    mia.post(&path, ask.clone()).await.expect(204);
    app.drain().await;
    assert_eq!(kinds(&amy).await, ["review_requested"]);
    assert!(kinds(&ada).await.is_empty(), "nobody else is told");
    let notice = amy.get("/me/notifications").await.body["items"][0].clone();
    assert!(notice["detail"].as_str().unwrap().ends_with("Is the number right?"), "{notice}");
    assert_eq!(notice["href"], json!(format!("/ada-studio/ada-studio/library?post={post}")));

    let eve = app.sign_up("Eve").await;
    for (user, code) in [(mia_id, "yourself"), (id(&eve).await, "not_a_reviewer")] {
        let refused = mia.post(&path, json!({ "user_id": user })).await.expect(422);
        assert_eq!(refused.fault(), ("user_id", code));
    }
    let long = json!({ "user_id": amy_id, "words": "x".repeat(1_001) });
    assert_eq!(mia.post(&path, long).await.expect(422).fault(), ("words", "too_long"));
    eve.post(&path.replace('~', "/organizations/ada-studio/brands/ada-studio"), ask).await.expect(404);
    app.drain().await;
    app.done().await;
}

#[tokio::test]
async fn who_joins_is_told_to_the_inviter_and_to_those_who_look_after_members() {
    let app = TestApp::new().await;
    let ada = app.sign_up("Ada").await;
    let amy = join(&app, &ada, "Amy", "admin", None).await;
    let mia = join(&app, &amy, "Mia", "member", None).await;
    let all = |client: Client| async move {
        let told = client.get("/me/notifications").await.expect(200).body;
        let items = told["items"].as_array().unwrap().clone();
        let pair = |item: &Value| (item["kind"].clone(), item["title"].clone(), item["href"].clone());
        items.iter().map(pair).collect::<Vec<_>>()
    };
    let members = json!("/ada-studio/ada-studio/settings/members");
    assert_eq!(
        all(amy).await,
        [(json!("invitation_accepted"), json!("Mia accepted your invitation"), members.clone())]
    );
    assert_eq!(
        all(ada).await,
        [
            (json!("member_joined"), json!("Mia joined"), members.clone()),
            (json!("invitation_accepted"), json!("Amy accepted your invitation"), members),
        ]
    );
    assert!(all(mia).await.is_empty());
    app.done().await;
}

#[tokio::test]
async fn drafts_and_accounts_that_went_wrong_are_told_to_whom_they_concern() {
    let app = TestApp::new().await;
    let ada = app.sign_up("Ada").await;
    let mo = join(&app, &ada, "Mo", "manager", None).await;
    let mia = join(&app, &ada, "Mia", "member", None).await;
    mia.drafts(&app, &["x.post"]).await;
    let generation = one(&app, "SELECT id FROM studio.generations").await;
    record(&app, "generation.completed", ("generation", generation), json!({ "status": "completed" })).await;
    assert!(kinds(&mia).await.is_empty(), "that it worked is no news");
    record(&app, "generation.completed", ("generation", generation), json!({ "status": "partial" })).await;
    record(&app, "generation.failed", ("generation", generation), json!({ "status": "failed" })).await;
    assert_eq!(kinds(&mia).await, ["generation_failed", "generation_partial"]);
    assert!(kinds(&ada).await.is_empty() && kinds(&mo).await.is_empty());

    ada.sandbox_post(&app, true).await;
    let connection = one(&app, "SELECT id FROM publishing.connections").await;
    let trouble = json!({});
    record(&app, "connection.trouble", ("connection", connection), trouble.clone()).await;
    assert!(kinds(&mo).await.is_empty(), "it works again already");
    sql(&app, "UPDATE publishing.connections SET status = 'needs_consent', error_message = 'The consent has ended.'").await;
    record(&app, "connection.trouble", ("connection", connection), trouble).await;
    for told in [&ada, &mo] {
        assert_eq!(kinds(told).await, ["connection_trouble"]);
    }
    let notice = mo.get("/me/notifications").await.body["items"][0].clone();
    assert_eq!(notice["detail"], "Sandbox, ada-studio: The consent has ended.");
    assert_eq!(notice["href"], "/ada-studio/ada-studio/brand/connections");
    assert_eq!(kinds(&mia).await.len(), 2, "who writes can't connect it");
    app.done().await;
}

/// Ada, and two posts of hers that the network refused.
#[tokio::test]
async fn a_source_that_died_is_told_once_to_those_who_may_change_it() {
    let app = sources::app().await;
    let ada = app.sign_up("Ada").await;
    let mia = join(&app, &ada, "Mia", "member", None).await;
    let server = sources::Server::default();
    server.put("/gone", sources::RSS, &sources::blog());
    server.put("/back", sources::RSS, &sources::rss("Back again", &[]));
    let url = server.start().await;
    let mut made = Vec::new();
    for path in ["/gone", "/back", "/never"] {
        let address = format!("{url}{path}");
        made.push(sources::id(&sources::add(&ada, "feed", &address, Some(&address)).await));
    }
    app.drain().await;
    server.put("/gone", "410", "");
    server.put("/back", "404", "");
    for failures in 1..=11 {
        app.clock.advance(Duration::hours(27));
        sources::look(&app).await;
        assert_eq!(sources::source(&ada, &made[0]).await["health"]["failures"], failures);
        assert!(kinds(&ada).await.is_empty(), "after {failures} it is still tried");
    }
    server.put("/back", sources::RSS, &sources::rss("Back again", &[]));
    app.clock.advance(Duration::hours(27));
    sources::look(&app).await;
    assert_eq!(sources::source(&ada, &made[0]).await["state"], "resting");
    assert_eq!(sources::source(&ada, &made[2]).await["state"], "resting");
    assert_eq!(sources::events(&app, "source.given_up").await, 2);
    assert_eq!(kinds(&ada).await, ["source_trouble"], "nothing of what came back, or never was there");
    assert!(kinds(&mia).await.is_empty(), "who writes can't change it");
    let notice = ada.get("/me/notifications").await.body["items"][0].clone();
    assert_eq!(notice["title"], "A source can’t be read any more");
    let said = "“Slow work”: “127.0.0.1” answered with status 410: there is no such page.";
    assert_eq!(notice["detail"], said);
    assert_eq!(notice["href"], format!("/ada-studio/ada-studio/sources?source={}", made[0]));
    // a week later it is tried, and nobody hears of it again
    app.clock.advance(Duration::days(8));
    sources::look(&app).await;
    assert_eq!(sources::source(&ada, &made[0]).await["health"]["failures"], 13);
    assert_eq!(kinds(&ada).await.len(), 1);
    // told late, of one that is read again
    server.put("/gone", sources::RSS, &sources::blog());
    app.clock.advance(Duration::days(8));
    sources::look(&app).await;
    let id = one(&app, "SELECT id FROM trends.sources WHERE url LIKE '%/gone'").await;
    record(&app, "source.given_up", ("source", id), json!({})).await;
    assert_eq!(kinds(&ada).await.len(), 1);
    let chosen = ada.get("/me/notification-preferences").await.expect(200).body;
    let kind =
        chosen["kinds"].as_array().unwrap().iter().find(|one| one["kind"] == "source_trouble").unwrap();
    assert_eq!((&kind["app"], &kind["mail"]), (&json!(true), &json!(false)));
    assert!(mails(&app, "notices").await.is_empty());
    app.done().await;
}

async fn two_refused(app: &TestApp) -> Client {
    let ada = app.sign_up("Ada").await;
    for _ in 0..2 {
        let (post, connection) = ada.sandbox_post(app, true).await;
        plan(&ada, &post, &connection, json!({ "now": true })).await;
        app.publish().await;
        app.drain().await;
    }
    assert_eq!(kinds(&ada).await.len(), 2);
    ada
}

async fn refusing() -> TestApp {
    TestApp::with(|config| config.publishing.sandbox.refused = 1_000).await
}

async fn prefer(client: &Client, body: Value) -> Answer {
    let headers = [("content-type", "application/json")];
    let body = Some(body.to_string().into_bytes());
    client.send(http::Method::PATCH, "/me/notification-preferences", &headers, body).await
}

#[tokio::test]
async fn notices_of_a_few_minutes_are_one_mail() {
    let app = refusing().await;
    let ada = two_refused(&app).await;
    run(&app, MailNotices {}).await;
    assert!(mails(&app, "notices").await.is_empty(), "they wait for others");
    app.clock.advance(Duration::minutes(5));
    run(&app, MailNotices {}).await;
    run(&app, MailNotices {}).await;
    let sent = mails(&app, "notices").await;
    assert_eq!(sent.len(), 1, "{sent:?}");
    let (to, subject, text) = &sent[0];
    assert_eq!((to.as_str(), subject.as_str()), ("ada@example.org", "2 things happened in Bellwether"));
    assert_eq!(text.matches("A post was not published").count(), 2);
    assert!(text.contains("http://bellwether.test/ada-studio/ada-studio/calendar?item=pub_"), "{text}");
    // it is no marketing: it has no way out of it in its headers
    let urls: Vec<Option<String>> = sqlx::query_scalar("SELECT unsubscribe_url FROM operations.mails")
        .fetch_all(app.store().pool())
        .await
        .unwrap();
    assert!(urls.iter().all(Option::is_none));
    assert_eq!(ada.get("/me/notifications/count").await.body["unread"], json!(2), "mailed is not read");
    app.done().await;
}

#[tokio::test]
async fn mail_waits_for_the_end_of_quiet_hours_and_is_not_sent_of_what_was_read() {
    let app = refusing().await;
    let ada = two_refused(&app).await;
    // 09:00 UTC is 10:00 in Berlin
    let zone = json!({ "time_zone": "Europe/Berlin" }).to_string().into_bytes();
    let json = [("content-type", "application/json")];
    ada.send(http::Method::PATCH, "/me", &json, Some(zone)).await.expect(200);
    prefer(&ada, json!({ "quiet_hours": { "from": "09:00", "to": "11:30" } })).await.expect(200);
    app.clock.advance(Duration::minutes(10));
    run(&app, MailNotices {}).await;
    app.clock.advance(Duration::minutes(79));
    run(&app, MailNotices {}).await;
    assert!(mails(&app, "notices").await.is_empty(), "11:29 in Berlin");
    let first = ada.get("/me/notifications").await.body["items"][0]["id"].as_str().unwrap().to_owned();
    ada.post(&format!("/me/notifications/{first}/read"), json!({})).await.expect(200);
    app.clock.advance(Duration::minutes(1));
    run(&app, MailNotices {}).await;
    let sent = mails(&app, "notices").await;
    assert_eq!(sent.len(), 1);
    assert_eq!(sent[0].1, "A post was not published", "the other was read");
    app.done().await;
}

#[tokio::test]
async fn people_choose_by_kind_and_way() {
    let app = refusing().await;
    let ada = two_refused(&app).await;
    let shown = ada.get("/me/notification-preferences").await.expect(200).body;
    assert_eq!((&shown["mail"], &shown["morning"]["time"]), (&json!(true), &json!("08:00")));
    let of = |shown: &Value, kind: &str| {
        let all = shown["kinds"].as_array().unwrap();
        all.iter().find(|item| item["kind"] == kind).unwrap().clone()
    };
    assert_eq!(of(&shown, "publication_failed")["mail"], json!(true));
    assert_eq!(of(&shown, "post_approved")["mail"], json!(false));
    // what waits is held to it too
    let change = json!({ "kinds": { "publication_failed": { "app": false, "mail": false } } });
    let shown = prefer(&ada, change).await.expect(200).body;
    assert_eq!(of(&shown, "publication_failed")["app"], json!(false));
    app.clock.advance(Duration::minutes(10));
    run(&app, MailNotices {}).await;
    assert!(mails(&app, "notices").await.is_empty());
    let (post, connection) = ada.sandbox_post(&app, true).await;
    plan(&ada, &post, &connection, json!({ "now": true })).await;
    app.publish().await;
    app.drain().await;
    assert_eq!(kinds(&ada).await.len(), 2, "no third");
    // no mail at all
    prefer(&ada, json!({ "mail": false, "kinds": { "publication_failed": { "app": true, "mail": true } } }))
        .await
        .expect(200);
    let again = ada.get("~/publications").await.body["items"][0]["id"].as_str().unwrap().to_owned();
    ada.post(&format!("~/publications/{again}/retry"), json!({})).await.expect(200);
    app.publish().await;
    app.drain().await;
    assert_eq!(kinds(&ada).await.len(), 3);
    app.clock.advance(Duration::minutes(10));
    run(&app, MailNotices {}).await;
    assert!(mails(&app, "notices").await.is_empty());

    for (body, path) in [
        (json!({ "quiet_hours": { "from": "25:00", "to": "07:00" } }), "quiet_hours/from"),
        (json!({ "kinds": { "nonsense": { "app": true, "mail": true } } }), "kinds/nonsense"),
        (json!({ "morning": { "whatsapp": true } }), "morning/whatsapp"),
        (json!({ "morning": { "days": ["someday"] } }), "morning/days/0"),
    ] {
        let refused = prefer(&ada, body).await.expect(422);
        assert_eq!(refused.fault().0, path, "{}", refused.body);
    }
    let morning = json!({ "time": "06:30", "days": ["sunday", "monday"], "networks": ["x"], "max_drafts": 3,
        "whatsapp_number": "+4930123456", "whatsapp": true });
    let shown = prefer(&ada, json!({ "morning": morning, "weekly_reports": false })).await.expect(200).body;
    assert_eq!(shown["morning"]["days"], json!(["monday", "sunday"]));
    assert_eq!((&shown["morning"]["whatsapp"], &shown["weekly_reports"]), (&json!(true), &json!(false)));
    app.done().await;
}

#[tokio::test]
async fn a_campaign_goes_once_to_those_who_want_it_and_one_click_ends_it() {
    let app = TestApp::new().await;
    let olga = app.sign_up("Olga").await;
    sql(&app, "UPDATE identity.users SET operator = true WHERE email = 'olga@example.org'").await;
    let ada = app.sign_up("Ada").await;
    app.sign_up("Eve").await;
    sql(&app, "INSERT INTO identity.waitlist_entries (id, email)
               VALUES (uuidv7(), 'wanda@example.org'), (uuidv7(), 'ADA@example.org'), (uuidv7(), 'bounced@example.org')")
    .await;
    sql(&app, "INSERT INTO delivery.contacts (id, email, marketing_bounced_at, marketing_last_event, marketing_last_event_at)
               VALUES (uuidv7(), 'bounced@example.org', now(), 'bounced', now())").await;
    let shown = prefer(&ada, json!({ "marketing": true })).await.expect(200).body;
    assert_eq!((&shown["marketing"], shown["marketing_opted_in_at"].is_string()), (&json!(true), true));

    // the clock shows 2026-11-16 09:00 UTC
    let new = json!({ "name": "Bellwether 2", "launch_on": "2026-11-30", "audience": "everybody",
        "link": "https://bell.example/2" });
    ada.post("/admin/campaigns", new.clone()).await.expect(404);
    for (field, value) in [
        ("name", json!("")),
        ("name", json!("Bell\u{202e}wether")),
        ("launch_on", json!("2026-11-15")),
        ("launch_on", json!("9999-12-31")),
        ("link", json!("javascript:x")),
        ("link", json!("https://ada:secret@bell.example")),
        ("time_zone", json!("Nowhere")),
    ] {
        let mut wrong = new.clone();
        wrong[field] = value;
        assert_eq!(olga.post("/admin/campaigns", wrong).await.expect(422).fault().0, field);
    }
    let mut lower = new.clone();
    lower["time_zone"] = json!("europe/berlin");
    let made = olga.post("/admin/campaigns", lower).await.expect(201);
    assert_eq!(made.body["time_zone"], "Europe/Berlin");
    olga.post(&format!("/admin/campaigns/{}/cancel", made.id()), json!({})).await.expect(200);
    let campaign = olga.post("/admin/campaigns", new).await.expect(201).id();
    run(&app, SendCampaigns {}).await;
    run(&app, SendCampaigns {}).await;
    let sent = mails(&app, "countdown").await;
    let to: Vec<&str> = sent.iter().map(|(to, ..)| to.as_str()).collect();
    assert_eq!(to.len(), 2, "{to:?}");
    assert!(
        to.iter().any(|to| to.eq_ignore_ascii_case("ada@example.org")) && to.contains(&"wanda@example.org")
    );
    assert_eq!(sent[0].1, "Bellwether 2: two weeks to go");
    let path = format!("/admin/campaigns/{campaign}");
    assert_eq!(olga.get(&path).await.expect(200).body["sent"]["t14"], json!(2));

    // the way out, in the text and in the headers
    let urls: Vec<String> = sqlx::query_scalar(
        "SELECT unsubscribe_url FROM operations.mails WHERE template = 'countdown' AND lower(recipient) = 'ada@example.org'",
    )
    .fetch_all(app.store().pool())
    .await
    .unwrap();
    let way = urls[0].strip_prefix("http://bellwether.test/api/v1").unwrap();
    assert!(sent.iter().any(|(_, _, text)| text.contains(&urls[0])));
    let page = app.anonymous().get(way).await.expect(200);
    assert!(page.body.as_str().unwrap().contains("<form method=\"post\">"));
    assert_eq!(
        ada.get("/me/notification-preferences").await.body["marketing"],
        json!(true),
        "looking ends nothing"
    );
    app.anonymous().get("/unsubscribe/nonsense").await.expect(404);
    app.anonymous().post("/unsubscribe/nonsense", json!({})).await.expect(404);
    let form = [("content-type", "application/x-www-form-urlencoded")];
    for _ in 0..2 {
        let body = Some(b"List-Unsubscribe=One-Click".to_vec());
        app.anonymous().send(http::Method::POST, way, &form, body).await.expect(200);
    }
    assert_eq!(ada.get("/me/notification-preferences").await.body["marketing"], json!(false));

    // a week later only one of them wants it; a day that was missed is not made up for
    app.clock.advance(Duration::days(7) - Duration::minutes(1));
    run(&app, SendCampaigns {}).await;
    assert_eq!(mails(&app, "countdown").await.len(), 2, "08:59");
    app.clock.advance(Duration::minutes(1));
    run(&app, SendCampaigns {}).await;
    run(&app, SendCampaigns {}).await;
    let sent = mails(&app, "countdown").await;
    assert_eq!((sent.len(), sent[2].0.as_str()), (3, "wanda@example.org"));
    let last: String = sqlx::query_scalar(
        "SELECT marketing_last_event FROM delivery.contacts WHERE email = 'ada@example.org'",
    )
    .fetch_one(app.store().pool())
    .await
    .unwrap();
    assert_eq!(last, "unsubscribed");

    // ended, it goes to nobody
    let mut olga = olga;
    app.sign_in_again(&mut olga, "Olga").await;
    olga.post(&format!("{path}/cancel"), json!({})).await.expect(200);
    app.clock.advance(Duration::days(6));
    run(&app, SendCampaigns {}).await;
    assert_eq!(mails(&app, "countdown").await.len(), 3);
    app.done().await;
}

#[tokio::test]
async fn a_campaign_waits_for_the_end_of_quiet_hours_and_no_longer_than_its_day() {
    let app = TestApp::new().await;
    let olga = app.sign_up("Olga").await;
    sql(&app, "UPDATE identity.users SET operator = true WHERE email = 'olga@example.org'").await;
    let ada = app.sign_up("Ada").await;
    let quiet =
        |from: &str, to: &str| json!({ "marketing": true, "quiet_hours": { "from": from, "to": to } });
    prefer(&ada, quiet("08:00", "11:00")).await.expect(200);
    let eve = app.sign_up("Eve").await;
    prefer(&eve, quiet("08:00", "00:00")).await.expect(200);
    // the clock shows 2026-11-16 09:00 UTC
    let new = json!({ "name": "Bellwether 2", "launch_on": "2026-11-17", "audience": "opted_in",
        "link": "https://bell.example/2" });
    olga.post("/admin/campaigns", new).await.expect(201);
    run(&app, SendCampaigns {}).await;
    assert!(mails(&app, "countdown").await.is_empty());
    app.clock.advance(Duration::hours(2));
    run(&app, SendCampaigns {}).await;
    let to: Vec<String> = mails(&app, "countdown").await.into_iter().map(|(to, ..)| to).collect();
    assert_eq!(to, ["ada@example.org"]);
    // the day before is over: only the day itself is left, and not yet
    app.clock.advance(Duration::hours(14));
    run(&app, SendCampaigns {}).await;
    assert_eq!(mails(&app, "countdown").await.len(), 1);
    app.done().await;
}

#[tokio::test]
async fn the_waitlist_does_not_get_around_the_quiet_hours_of_an_account_with_its_address() {
    let app = TestApp::new().await;
    let olga = app.sign_up("Olga").await;
    sql(&app, "UPDATE identity.users SET operator = true WHERE email = 'olga@example.org'").await;
    let ada = app.sign_up("Ada").await;
    prefer(&ada, json!({ "quiet_hours": { "from": "08:00", "to": "11:00" } })).await.expect(200);
    let eve = app.sign_up("Eve").await;
    prefer(&eve, json!({ "quiet_hours": { "from": "08:00", "to": "11:00" } })).await.expect(200);
    // Ada's entry knows nothing of her account; Eve came from hers, and has another address by now
    sql(&app, "INSERT INTO identity.waitlist_entries (id, email, user_id) VALUES
                 (uuidv7(), 'ADA@example.org', NULL), (uuidv7(), 'wanda@example.org', NULL),
                 (uuidv7(), 'eve@before.example', (SELECT id FROM identity.users WHERE email = 'eve@example.org'))")
    .await;
    // the clock shows 2026-11-16 09:00 UTC
    let new = json!({ "name": "Bellwether 2", "launch_on": "2026-11-17", "audience": "waitlist",
        "link": "https://bell.example/2" });
    olga.post("/admin/campaigns", new).await.expect(201);
    run(&app, SendCampaigns {}).await;
    let to = |mails: Vec<(String, String, String)>| -> Vec<String> {
        let mut to: Vec<_> = mails.into_iter().map(|(to, ..)| to.to_lowercase()).collect();
        to.sort();
        to
    };
    assert_eq!(to(mails(&app, "countdown").await), ["wanda@example.org"]);
    app.clock.advance(Duration::hours(2));
    run(&app, SendCampaigns {}).await;
    let all = ["ada@example.org", "eve@before.example", "wanda@example.org"];
    assert_eq!(to(mails(&app, "countdown").await), all, "each once, after their quiet hours");
    app.done().await;
}

#[tokio::test]
async fn the_end_of_a_trial_is_told_in_three_steps_to_those_who_see_the_bill() {
    let app = TestApp::new().await;
    let ada = app.sign_up("Ada").await;
    let mut mo = join(&app, &ada, "Mo", "manager", None).await;
    let mut ada = ada;
    sql(
        &app,
        "INSERT INTO billing.subscriptions (organization_id, id, plan_id, status, trial_start, trial_end)
               SELECT o.id, uuidv7(), p.id, 'trialing', '2026-11-16', '2026-11-24 12:00Z'
                 FROM identity.organizations o, (SELECT id FROM billing.plans ORDER BY id LIMIT 1) p
                WHERE o.slug = 'ada-studio'",
    )
    .await;
    run(&app, TellTrials {}).await;
    assert!(kinds(&ada).await.is_empty(), "eight days");
    let mut titles = Vec::new();
    for days in [1, 1, 3, 2, 1] {
        app.clock.advance(Duration::days(days));
        run(&app, TellTrials {}).await;
        run(&app, TellTrials {}).await;
        app.sign_in_again(&mut ada, "Ada").await;
        let items = ada.get("/me/notifications").await.expect(200).body["items"].clone();
        let trials = items.as_array().unwrap().iter().filter(|item| item["kind"] == "trial_ending");
        titles.push(trials.map(|item| item["title"].as_str().unwrap().to_owned()).collect::<Vec<_>>());
    }
    // seven days, six, three, one, none
    assert_eq!(titles[0], ["Your trial ends in 7 days"]);
    let said = ada.get("/me/notifications").await.expect(200).body["items"][0].clone();
    let detail = said["detail"].as_str().unwrap();
    assert!(
        detail.starts_with("“Ada Studio”: It ends on Tuesday, 24 November 2026, at 12:00, your time."),
        "{detail}"
    );
    assert_eq!(said["href"], "/ada-studio/ada-studio/settings/organization");
    assert_eq!(titles[1].len(), 1);
    assert_eq!(titles[2][0], "Your trial ends in 3 days");
    assert_eq!(titles[3][0], "Your trial ends tomorrow");
    assert_eq!(titles[4].len(), 3);
    app.sign_in_again(&mut mo, "Mo").await;
    assert!(kinds(&mo).await.is_empty(), "a manager does not see the bill");
    app.done().await;
}
