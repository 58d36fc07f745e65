//! Mails that wait because a server takes none for the moment: taken back when nobody wants them any more, silent in quiet
//! hours, and counted by what became of them.

use bellwether_delivery::{
    campaigns::jobs::SendCampaigns, daily::jobs::Mornings, sends::jobs::LookAfterSends,
};
use bellwether_jobs::{Job, Options, enqueue, testing::make_due};
use bellwether_mail::Wake;
use chrono::Duration;
use serde_json::{Value, json};

use crate::{
    app::{Client, TestApp},
    channels::{at, attempts, morning, prefer, set_slack, with_drafts, with_fakes_and},
    fakes::Odd,
    smtp::Smtp,
};

const LATER: &str = "451 4.7.1 try later";
const NEVER: &str = "550 5.1.1 no such user";

/// Runs a job of the schedule, and what it gives rise to; mails may have to be tried again.
async fn run<J: Job>(app: &TestApp, job: J) {
    let mut tx = app.store().service("a test runs a scheduled job").await.unwrap();
    enqueue(&mut tx, &job, Options::default()).await.unwrap();
    tx.commit().await.unwrap();
    let report = app.drain().await;
    assert!(report.failed.iter().all(|(name, _)| *name == "mail.send"), "{report:?}");
}

/// The next tries have their time.
async fn again(app: &TestApp) {
    make_due(app.store()).await.unwrap();
    app.drain().await;
}

async fn look_at(app: &TestApp, instant: &str) {
    at(app, instant);
    run(app, Mornings {}).await;
    run(app, LookAfterSends {}).await;
}

async fn sql(app: &TestApp, text: &'static str) {
    sqlx::raw_sql(text).execute(app.store().pool()).await.unwrap();
}

/// `recipient status last_error` of what the outbox has of a template.
async fn outbox(app: &TestApp, template: &str) -> Vec<String> {
    sqlx::query_scalar(
        "SELECT concat_ws(' ', lower(recipient), status, last_error) FROM operations.mails WHERE template = $1
          ORDER BY lower(recipient), created_at",
    )
    .bind(template)
    .fetch_all(app.store().pool())
    .await
    .unwrap()
}

/// An application whose mails leave by a server, and its operator.
async fn with_server() -> (TestApp, Smtp, Client) {
    let smtp = Smtp::start().await;
    let app = TestApp::with(|config| smtp.carries(config)).await;
    let olga = app.sign_up("Olga").await;
    sql(&app, "UPDATE identity.users SET operator = true WHERE email = 'olga@example.org'").await;
    (app, smtp, olga)
}

/// A campaign two weeks ahead, whose first step is sent: to Ada and Eve, who want news, and to Wanda and Will of the waitlist.
async fn campaign(app: &TestApp, olga: &Client) -> String {
    sql(
        app,
        "INSERT INTO identity.waitlist_entries (id, email)
         VALUES (uuidv7(), 'wanda@example.org'), (uuidv7(), 'will@example.org')",
    )
    .await;
    // the clock shows 2026-11-16 09:00 UTC
    let new = json!({ "name": "Bellwether 2", "launch_on": "2026-11-30", "audience": "everybody",
        "link": "https://bell.example/2" });
    let id = olga.post("/admin/campaigns", new).await.expect(201).id();
    run(app, SendCampaigns {}).await;
    format!("/admin/campaigns/{id}")
}

/// Of a step: sent, waiting, refused, withdrawn.
async fn counts(olga: &Client, path: &str, step: &str) -> [Value; 4] {
    let shown = olga.get(path).await.expect(200).body;
    ["sent", "waiting", "refused", "withdrawn"].map(|outcome| shown[outcome][step].clone())
}

#[tokio::test]
async fn what_waits_of_a_campaign_is_taken_back_when_its_reader_or_the_operator_ends_it() {
    let (app, smtp, olga) = with_server().await;
    let ada = app.sign_up("Ada").await;
    prefer(&ada, json!({ "marketing": true })).await;
    prefer(&app.sign_up("Eve").await, json!({ "marketing": true })).await;
    smtp.taken();
    for name in ["ada", "eve", "wanda", "will"] {
        smtp.answer(&format!("{name}@example.org"), LATER);
    }
    let path = campaign(&app, &olga).await;
    assert_eq!(counts(&olga, &path, "t14").await, [0, 4, 0, 0]);

    // in the settings, and by the link of the mail, which mail programs follow by themselves
    prefer(&ada, json!({ "marketing": false })).await;
    let url: String = sqlx::query_scalar(
        "SELECT unsubscribe_url FROM operations.mails WHERE recipient = 'wanda@example.org' AND template = 'countdown'",
    )
    .fetch_one(app.store().pool())
    .await
    .unwrap();
    app.send_form(url.strip_prefix("http://bellwether.test").unwrap()).await;
    assert_eq!(counts(&olga, &path, "t14").await, [0, 2, 0, 2]);
    // what a server has can't be taken back
    smtp.answer("will@example.org", "250 2.1.5 it is known");
    again(&app).await;
    assert_eq!(smtp.taken(), ["will@example.org"]);
    assert_eq!(counts(&olga, &path, "t14").await, [1, 1, 0, 2]);
    olga.post(&format!("{path}/cancel"), json!({})).await.expect(200);
    assert_eq!(counts(&olga, &path, "t14").await, [1, 0, 0, 3]);

    smtp.take_all();
    again(&app).await;
    assert_eq!(smtp.taken(), Vec::<String>::new());
    assert_eq!(
        outbox(&app, "countdown").await,
        [
            "ada@example.org withdrawn They unsubscribed before it had left.",
            "eve@example.org withdrawn The campaign was ended before it had left.",
            "wanda@example.org withdrawn They unsubscribed before it had left.",
            "will@example.org sent",
        ]
    );
    let listed = olga.get("/admin/mails?status=withdrawn").await.expect(200).body;
    assert_eq!(listed["items"].as_array().unwrap().len(), 3);
    app.done().await;
}

#[tokio::test]
async fn mails_of_a_campaign_are_counted_by_what_became_of_them_and_a_bounce_ends_them() {
    let (app, smtp, olga) = with_server().await;
    prefer(&app.sign_up("Ada").await, json!({ "marketing": true })).await;
    prefer(&app.sign_up("Eve").await, json!({ "marketing": true })).await;
    smtp.taken();
    smtp.answer("wanda@example.org", NEVER);
    smtp.answer("will@example.org", "550 5.7.1 looks like spam");
    smtp.answer("eve@example.org", LATER);
    let path = campaign(&app, &olga).await;
    assert_eq!(counts(&olga, &path, "t14").await, [1, 1, 2, 0]);
    let contacts: Vec<String> = sqlx::query_scalar(
        "SELECT concat_ws(' ', email, marketing_last_event, marketing_bounced_at IS NOT NULL)
           FROM delivery.contacts ORDER BY email",
    )
    .fetch_all(app.store().pool())
    .await
    .unwrap();
    // of what is refused for its content nothing is known of the address
    assert_eq!(
        contacts,
        [
            "ada@example.org sent f",
            "eve@example.org opted_in f",
            "wanda@example.org bounced t",
            "will@example.org f"
        ]
    );
    smtp.take_all();
    again(&app).await;
    assert_eq!(counts(&olga, &path, "t14").await, [2, 0, 2, 0]);

    // a week later there is nothing for the address that is none
    smtp.taken();
    app.clock.advance(Duration::days(7));
    run(&app, SendCampaigns {}).await;
    assert_eq!(smtp.taken(), ["ada@example.org", "eve@example.org", "will@example.org"]);
    let mut olga = olga;
    app.sign_in_again(&mut olga, "Olga").await;
    assert_eq!(counts(&olga, &path, "t7").await, [3, 0, 0, 0]);
    // the jobs of mails that failed for good are left for operators to see
}

#[tokio::test]
async fn an_address_that_a_morning_did_not_find_gets_no_campaign() {
    let (app, smtp, olga) = with_server().await;
    let ada = with_drafts(&app).await;
    prefer(&ada, json!({ "marketing": true })).await;
    run(&app, Mornings {}).await;
    smtp.answer("ada@example.org", NEVER);
    look_at(&app, "2026-11-17T08:00:00Z").await;
    assert_eq!(morning(&ada).await["status"], "failed");
    smtp.taken();
    let new = json!({ "name": "Bellwether 2", "launch_on": "2026-11-18", "audience": "opted_in",
        "link": "https://bell.example/2" });
    let path = format!("/admin/campaigns/{}", olga.post("/admin/campaigns", new).await.expect(201).id());
    smtp.take_all();
    app.clock.advance(Duration::hours(2));
    run(&app, SendCampaigns {}).await;
    assert_eq!(smtp.taken(), Vec::<String>::new());
    assert_eq!(counts(&olga, &path, "t1").await, [0, 0, 0, 0]);
    // the jobs of mails that failed for good are left for operators to see
}

#[tokio::test]
async fn a_morning_that_waits_is_taken_back_when_mail_is_no_way_any_more() {
    let smtp = Smtp::start().await;
    let (app, fakes) = with_fakes_and(|config| smtp.carries(config)).await;
    let mut ada = with_drafts(&app).await;
    set_slack(&ada, &fakes, "T1/B1/key").await;
    smtp.taken();
    smtp.answer("ada@example.org", LATER);
    look_at(&app, "2026-11-17T08:00:00Z").await;
    assert_eq!(attempts(&app).await, ["email sending"]);
    // nothing else is there: it fails, and the history says why
    prefer(&ada, json!({ "morning": { "channels": [] } })).await;
    smtp.take_all();
    again(&app).await;
    let words = "You turned it off before it had left.";
    let ended = morning(&ada).await;
    assert_eq!((&ended["status"], &ended["error_message"]), (&json!("failed"), &json!(words)));
    assert_eq!(outbox(&app, "morning").await, [format!("ada@example.org withdrawn {words}")]);
    // and the way of mail has no trouble by that
    let shown = ada.get("/me/channels").await.expect(200).body["items"].clone();
    assert!(shown.as_array().unwrap().iter().all(|way| way["state"] != "troubled"), "{shown}");

    // by the link of the mail; another way is there, and has its turn
    prefer(&ada, json!({ "morning": { "channels": ["email", "slack"] } })).await;
    ada.drafts(&app, &["bluesky.post"]).await;
    run(&app, Mornings {}).await;
    smtp.taken();
    smtp.answer("ada@example.org", LATER);
    look_at(&app, "2026-11-18T08:00:00Z").await;
    let url: String = sqlx::query_scalar(
        "SELECT unsubscribe_url FROM operations.mails WHERE template = 'morning' AND status = 'pending'",
    )
    .fetch_one(app.store().pool())
    .await
    .unwrap();
    app.send_form(url.strip_prefix("http://bellwether.test").unwrap()).await;
    smtp.take_all();
    again(&app).await;
    app.sign_in_again(&mut ada, "Ada").await;
    let came = morning(&ada).await;
    assert_eq!(
        (&came["status"], &came["channel"], &came["reason"]),
        (&json!("delivered"), &json!("slack"), &json!(format!("Mail: {words}")))
    );
    assert_eq!(smtp.taken(), Vec::<String>::new());
    app.done().await;
}

#[tokio::test]
async fn a_mail_that_is_tried_again_keeps_quiet_hours() {
    let (app, smtp, _) = with_server().await;
    let ada = with_drafts(&app).await;
    prefer(&ada, json!({ "quiet_hours": { "from": "08:30", "to": "11:00" } })).await;
    run(&app, Mornings {}).await;
    smtp.taken();
    smtp.answer("ada@example.org", LATER);
    look_at(&app, "2026-11-17T08:00:00Z").await;
    smtp.take_all();
    for instant in ["2026-11-17T08:30:00Z", "2026-11-17T10:59:00Z"] {
        look_at(&app, instant).await;
        again(&app).await;
        run(&app, Wake {}).await;
        assert_eq!(smtp.taken(), Vec::<String>::new(), "{instant}");
    }
    at(&app, "2026-11-17T11:00:00Z");
    run(&app, Wake {}).await;
    assert_eq!(smtp.taken(), ["ada@example.org"]);
    assert_eq!(morning(&ada).await["status"], "delivered");
    run(&app, Wake {}).await;
    assert_eq!(smtp.taken(), Vec::<String>::new(), "once");
    app.done().await;
}

#[tokio::test]
async fn what_was_asked_for_keeps_no_quiet_hours() {
    let (app, smtp, _) = with_server().await;
    let ada = app.sign_up("Ada").await;
    prefer(&ada, json!({ "quiet_hours": { "from": "08:30", "to": "11:00" } })).await;
    smtp.taken();
    app.anonymous().post("/auth/magic-link", json!({ "email": "ada@example.org" })).await.expect(202);
    app.drain().await;
    assert_eq!(smtp.taken(), ["ada@example.org"]);
    app.done().await;
}

#[tokio::test]
async fn a_way_that_is_tried_again_keeps_quiet_hours() {
    let smtp = Smtp::start().await;
    let (app, fakes) = with_fakes_and(|config| smtp.carries(config)).await;
    let ada = with_drafts(&app).await;
    set_slack(&ada, &fakes, "T1/B1/key").await;
    prefer(
        &ada,
        json!({ "morning": { "channels": ["slack"] }, "quiet_hours": { "from": "08:01", "to": "11:00" } }),
    )
    .await;
    run(&app, Mornings {}).await;
    let full = Odd { status: 429, retry_after: Some("90"), body: json!("rate_limited") };
    fakes.next_odd("/services/T1/B1/key", full);
    look_at(&app, "2026-11-17T08:00:00Z").await;
    assert_eq!(fakes.seen("/services/").len(), 1);
    for instant in ["2026-11-17T08:10:00Z", "2026-11-17T10:59:00Z"] {
        look_at(&app, instant).await;
        assert!(fakes.seen("/services/").is_empty(), "{instant}");
    }
    assert_eq!(morning(&ada).await["reason"], "It waits for the end of your quiet hours.");
    look_at(&app, "2026-11-17T11:05:00Z").await;
    assert_eq!(fakes.seen("/services/").len(), 1);
    let came = morning(&ada).await;
    assert_eq!((&came["status"], &came["reason"]), (&json!("delivered"), &Value::Null));
    app.done().await;
}

#[tokio::test]
async fn what_speaks_of_a_day_does_not_come_on_the_next() {
    let (app, smtp, olga) = with_server().await;
    sql(&app, "UPDATE identity.users SET time_zone = 'Asia/Tokyo' WHERE email = 'olga@example.org'").await;
    prefer(&olga, json!({ "marketing": true })).await;
    smtp.taken();
    smtp.answer("olga@example.org", LATER);
    // 18:00 in Tokyo: “begins tomorrow”
    let new = json!({ "name": "Bellwether 2", "launch_on": "2026-11-17", "audience": "opted_in",
        "link": "https://bell.example/2" });
    let path = format!("/admin/campaigns/{}", olga.post("/admin/campaigns", new).await.expect(201).id());
    run(&app, SendCampaigns {}).await;
    assert_eq!(counts(&olga, &path, "t1").await, [0, 1, 0, 0]);
    smtp.take_all();
    at(&app, "2026-11-16T15:00:00Z");
    again(&app).await;
    assert_eq!(smtp.taken(), Vec::<String>::new(), "midnight in Tokyo");
    assert_eq!(counts(&olga, &path, "t1").await, [0, 0, 1, 0]);
    app.done().await;
}
