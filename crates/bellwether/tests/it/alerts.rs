//! What is brought by itself: a trend that rises, a post whose time is near, the report of a week; each once, by the person's
//! ways.

use std::sync::atomic::{AtomicU64, Ordering};

use bellwether_delivery::alerts::jobs::{Remind, Reports};
use bellwether_jobs::{
    Job, Options, enqueue,
    events::{self, NewEvent},
};
use bellwether_kernel::{Actor, RequestContext, Rng};
use bellwether_store::TenantScope;
use chrono::Duration;
use serde_json::{Value, json};
use sqlx::Row as _;
use uuid::Uuid;

use crate::{
    app::{Client, TestApp},
    channels::{at, look, prefer, set_slack, with_fakes},
    fakes::Fakes,
};

pub async fn run<J: Job>(app: &TestApp, job: J) {
    let mut tx = app.store().service("a test runs a job").await.unwrap();
    enqueue(&mut tx, &job, Options::default()).await.unwrap();
    tx.commit().await.unwrap();
    let report = app.drain().await;
    assert!(report.failed.is_empty() && report.again.is_empty(), "{report:?}");
}

/// The clock stands still: each event takes chance of its own.
static EVENTS: AtomicU64 = AtomicU64::new(77);

/// A trend of Ada's brand rises.
async fn rises(app: &TestApp, number: u128, name: &str) {
    let row = sqlx::query("SELECT organization_id, id FROM brand.brands ORDER BY created_at LIMIT 1")
        .fetch_one(app.store().pool())
        .await
        .unwrap();
    let organization = row.get::<Uuid, _>(0).into();
    // the application's own store knows who hears of it
    let mut tx = app.app.store.tenant(TenantScope::organization(organization)).await.unwrap();
    let event = NewEvent {
        organization,
        brand: Some(row.get::<Uuid, _>(1).into()),
        kind: "trend.rising",
        subject: ("trend", Uuid::from_u128(number)),
        actor: Actor::Worker { job: "trends.detect".into() },
        before: None,
        after: None,
        data: Some(json!({ "name": name, "summary": "Nine sources within a day.",
            "peak_likely": "2026-11-17T14:52:00Z", "relevance": 0.8 })),
        context: RequestContext::default(),
    };
    let rng = Rng::seeded(EVENTS.fetch_add(1, Ordering::Relaxed));
    events::record(&mut tx, &app.clock, &rng, event).await.unwrap();
    tx.commit().await.unwrap();
    let report = app.drain().await;
    assert!(report.failed.is_empty() && report.again.is_empty(), "{report:?}");
}

async fn notices(client: &Client, kind: &str) -> Vec<Value> {
    let all = client.get("/me/notifications").await.expect(200).body["items"].clone();
    all.as_array().unwrap().iter().filter(|notice| notice["kind"] == kind).cloned().collect()
}

pub fn texts(fakes: &Fakes) -> Vec<String> {
    let seen = fakes.seen("/services/");
    seen.iter().map(|one| one.body["text"].as_str().unwrap().to_owned()).collect()
}

pub async fn with_slack() -> (TestApp, Fakes, Client) {
    let (app, fakes) = with_fakes().await;
    let ada = app.sign_up("Ada").await;
    set_slack(&ada, &fakes, "T1/B1/key").await;
    prefer(&ada, json!({ "morning": { "channels": ["slack", "email"] } })).await;
    (app, fakes, ada)
}

#[tokio::test]
async fn a_trend_that_rises_is_told_once_and_three_times_a_day_at_most() {
    let (app, fakes, ada) = with_slack().await;
    rises(&app, 1, "Oak prices").await;
    rises(&app, 1, "Oak prices").await;
    let said = texts(&fakes);
    assert_eq!(said.len(), 1, "{said:?}");
    assert!(said[0].starts_with("*Ada Studio: “Oak prices” is rising*\nNine sources within a day. Likely at its height Tuesday, about 15:00."), "{}", said[0]);
    let told = notices(&ada, "trend_rising").await;
    assert_eq!(told.len(), 1);
    let trend = bellwether_trends::TrendId::from(Uuid::from_u128(1));
    assert_eq!(told[0]["href"], format!("/ada-studio/ada-studio/trends?trend={trend}"));
    // its link leads to the trend, and a person's following is noted
    let (_, rest) = said[0].rsplit_once("<http://bellwether.test").unwrap();
    let link = rest.split('|').next().unwrap();
    app.fetch(link, None).await;
    let clicked = async || -> bool {
        sqlx::query_scalar("SELECT clicked_at IS NOT NULL FROM delivery.sends ORDER BY created_at LIMIT 1")
            .fetch_one(app.store().pool())
            .await
            .unwrap()
    };
    assert!(!clicked().await);
    assert_eq!(app.send_form(link).await.0.as_u16(), 303);
    assert!(clicked().await);

    for number in 2..=5 {
        rises(&app, number, "Another").await;
    }
    assert_eq!(texts(&fakes).len(), 2, "three on a day");
    assert_eq!(notices(&ada, "trend_rising").await.len(), 5, "in the app all of them");
    at(&app, "2026-11-17T09:00:00Z");
    rises(&app, 6, "The next day").await;
    let said = texts(&fakes);
    assert!(said.len() == 1 && said[0].contains("Likely at its height today, about 15:00."), "{said:?}");
    // who does not want them
    let mut ada = ada;
    app.sign_in_again(&mut ada, "Ada").await;
    prefer(&ada, json!({ "trend_alerts": false })).await;
    rises(&app, 7, "Unwanted").await;
    assert!(texts(&fakes).is_empty());
    prefer(
        &ada,
        json!({ "trend_alerts": true, "kinds": { "trend_rising": { "app": true, "mail": false } } }),
    )
    .await;
    rises(&app, 8, "In the app").await;
    assert!(texts(&fakes).is_empty());
    assert_eq!(notices(&ada, "trend_rising").await.len(), 7);
    app.done().await;
}

#[tokio::test]
async fn quiet_hours_hold_an_alert_until_their_end() {
    let (app, fakes, ada) = with_slack().await;
    prefer(&ada, json!({ "quiet_hours": { "from": "08:30", "to": "09:30" } })).await;
    rises(&app, 1, "Oak prices").await;
    assert!(texts(&fakes).is_empty());
    assert_eq!(notices(&ada, "trend_rising").await.len(), 1);
    app.clock.advance(Duration::minutes(34));
    look(&app).await;
    assert_eq!(texts(&fakes).len(), 1);
    // hours that last longer than an alert is worth anything
    prefer(&ada, json!({ "quiet_hours": { "from": "09:00", "to": "08:00" } })).await;
    rises(&app, 2, "Too long").await;
    app.clock.advance(Duration::hours(23));
    look(&app).await;
    assert!(texts(&fakes).is_empty());
    app.done().await;
}

#[tokio::test]
async fn a_post_whose_time_is_near_reminds_once_of_what_it_waits_for() {
    let (app, fakes, ada) = with_slack().await;
    let (post, connection) = ada.sandbox_post(&app, false).await;
    let plan = json!({ "connection_ids": [connection], "when": { "at": "2026-11-16T15:00" } });
    let planned = ada.post(&format!("~/posts/{post}/publications"), plan).await.expect(201);
    app.drain().await;
    run(&app, Remind {}).await;
    assert!(texts(&fakes).is_empty(), "six hours ahead it is too early");
    at(&app, "2026-11-16T12:00:00Z");
    run(&app, Remind {}).await;
    run(&app, Remind {}).await;
    let said = texts(&fakes);
    assert_eq!(said.len(), 1, "{said:?}");
    assert!(
        said[0].contains("a post at 15:00 won’t go out") && said[0].contains("still waits for an approval"),
        "{}",
        said[0]
    );
    assert_eq!(notices(&ada, "post_reminder").await.len(), 1);
    // planned anew it is another occasion; approved there is nothing to remind of
    let id = planned.body["items"][0]["id"].as_str().unwrap().to_owned();
    let version = planned.body["items"][0]["version"].as_i64().unwrap();
    ada.patch(&format!("~/publications/{id}"), version, json!({ "local_time": "2026-11-16T14:00" }))
        .await
        .expect(200);
    app.drain().await;
    run(&app, Remind {}).await;
    assert_eq!(texts(&fakes).len(), 1);
    ada.post(&format!("~/posts/{post}/approve"), json!({})).await.expect(200);
    app.drain().await;
    run(&app, Remind {}).await;
    assert!(texts(&fakes).is_empty());
    // it is approved, but its account does not work any more
    sqlx::query("UPDATE publishing.connections SET status = 'needs_consent', error_message = 'The token was revoked.'")
        .execute(app.store().pool())
        .await
        .unwrap();
    sqlx::query("UPDATE publishing.publications SET due_at = due_at + interval '30 minutes', next_at = next_at + interval '30 minutes'")
        .execute(app.store().pool())
        .await
        .unwrap();
    run(&app, Remind {}).await;
    let said = texts(&fakes);
    assert!(said.len() == 1 && said[0].contains("connected again (The token was revoked.)"), "{said:?}");
    app.done().await;
}

#[tokio::test]
async fn who_is_new_gets_no_report_of_a_week_before_they_came() {
    let (app, fakes) = with_fakes().await;
    at(&app, "2026-11-23T07:00:00Z");
    let ada = app.sign_up("Ada").await;
    set_slack(&ada, &fakes, "T1/B1/key").await;
    prefer(&ada, json!({ "morning": { "channels": ["slack"], "time": "08:00" } })).await;
    run(&app, Reports {}).await;
    ada.drafts(&app, &["x.post"]).await;
    texts(&fakes);
    at(&app, "2026-11-23T08:00:00Z");
    run(&app, Reports {}).await;
    let mut ada = ada;
    app.sign_in_again(&mut ada, "Ada").await;
    assert_eq!(notices(&ada, "weekly_report").await.len(), 0);
    // a week later those drafts have waited, which is no news of a week
    at(&app, "2026-11-30T08:00:00Z");
    run(&app, Reports {}).await;
    app.sign_in_again(&mut ada, "Ada").await;
    assert_eq!(notices(&ada, "weekly_report").await.len(), 0);
    assert!(texts(&fakes).is_empty());
    app.done().await;
}

#[tokio::test]
async fn the_week_is_reported_on_monday_morning_where_the_person_is_and_once() {
    let (app, fakes, ada) = with_slack().await;
    let headers = [("content-type", "application/json")];
    let zone = Some(json!({ "time_zone": "America/New_York" }).to_string().into_bytes());
    ada.send(http::Method::PATCH, "/me", &headers, zone).await.expect(200);
    run(&app, Reports {}).await;
    let (post, connection) = ada.sandbox_post(&app, true).await;
    let plan = json!({ "connection_ids": [connection], "when": { "now": true } });
    ada.post(&format!("~/posts/{post}/publications"), plan).await.expect(201);
    app.publish().await;
    app.drain().await;
    ada.drafts(&app, &["x.post"]).await;
    // eight on Monday in New York
    at(&app, "2026-11-23T12:59:59Z");
    run(&app, Reports {}).await;
    assert!(texts(&fakes).is_empty());
    at(&app, "2026-11-23T13:00:00Z");
    run(&app, Reports {}).await;
    run(&app, Reports {}).await;
    let said = texts(&fakes);
    assert_eq!(said.len(), 1, "{said:?}");
    assert!(
        said[0].contains("your week, 16 November to 22 November*\n1 post was published: 1 on "),
        "{}",
        said[0]
    );
    assert!(said[0].contains("Waits: 1 draft for a decision."), "{}", said[0]);
    let mut ada = ada;
    app.sign_in_again(&mut ada, "Ada").await;
    assert_eq!(notices(&ada, "weekly_report").await.len(), 1);
    // a changed zone or time gives no second one of the week
    prefer(&ada, json!({ "morning": { "time": "09:00" } })).await;
    run(&app, Reports {}).await;
    at(&app, "2026-11-23T14:00:00Z");
    run(&app, Reports {}).await;
    assert!(texts(&fakes).is_empty());
    prefer(&ada, json!({ "weekly_reports": false })).await;
    run(&app, Reports {}).await;
    at(&app, "2026-11-30T15:00:00Z");
    run(&app, Reports {}).await;
    assert!(texts(&fakes).is_empty());
    app.done().await;
}
