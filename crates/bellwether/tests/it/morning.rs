//! The morning delivery: once for each date of one's own calendar, with links that do what they say and nothing else.

use bellwether_delivery::{
    daily::jobs::{Deliver, Mornings},
    sends::jobs::LookAfterSends,
};
use bellwether_jobs::{Job, JobMeta, Options, enqueue, testing::make_due};
use bellwether_kernel::id::OrganizationId;
use bellwether_mail::Settles as _;
use http::Method;
use serde_json::{Value, json};
use sqlx::Row as _;
use uuid::Uuid;

use crate::{
    app::{Client, TestApp},
    channels::{at, look, prefer},
};

const DRAFTS: [&str; 3] = ["x.post", "linkedin.short", "threads"];

pub async fn look_at(app: &TestApp, instant: &str) {
    at(app, instant);
    look(app).await;
}

pub async fn change(client: &Client, path: &str, body: Value) {
    let headers = [("content-type", "application/json")];
    client.send(Method::PATCH, path, &headers, Some(body.to_string().into_bytes())).await.expect(200);
}

/// A mail of the morning as it lies in the outbox.
pub struct Mail {
    to: String,
    subject: String,
    text: String,
    html: String,
    unsubscribe: String,
}

impl Mail {
    /// The paths of links below a heading, in order.
    fn links(&self, heading: &str) -> Vec<String> {
        let mut lines = self.text.lines();
        let mut found = Vec::new();
        while let Some(line) = lines.next() {
            if line == heading {
                let url = lines.next().unwrap();
                found.push(url.strip_prefix("http://bellwether.test").unwrap().to_owned());
            }
        }
        found
    }

    /// The picture that tells that the mail was opened.
    fn seen(&self) -> Option<String> {
        let (_, rest) = self.html.split_once("http://bellwether.test/api/v1/deliveries/seen/")?;
        let token: String = rest.chars().take_while(|c| *c != '"').collect();
        Some(format!("/api/v1/deliveries/seen/{token}"))
    }
}

pub async fn mails(app: &TestApp) -> Vec<Mail> {
    let rows = sqlx::query(
        "SELECT recipient, subject, text, html, unsubscribe_url FROM operations.mails WHERE template = 'morning'
          ORDER BY created_at, recipient",
    )
    .fetch_all(app.store().pool())
    .await
    .unwrap();
    rows.iter()
        .map(|row| Mail {
            to: row.get(0),
            subject: row.get(1),
            text: row.get(2),
            html: row.get(3),
            unsubscribe: row.get::<Option<String>, _>(4).unwrap_or_default(),
        })
        .collect()
}

/// `date status` of all deliveries in order.
pub async fn deliveries(app: &TestApp) -> Vec<String> {
    sqlx::query_scalar(
        "SELECT date || ' ' || status FROM delivery.daily_deliveries ORDER BY date, created_at, id",
    )
    .fetch_all(app.store().pool())
    .await
    .unwrap()
}

async fn sql(app: &TestApp, text: &'static str) {
    sqlx::raw_sql(text).execute(app.store().pool()).await.unwrap();
}

async fn status(client: &Client, post: &str) -> String {
    let post = client.get(&format!("~/posts/{post}")).await.expect(200).body;
    post["status"].as_str().unwrap().to_owned()
}

/// Begins the mornings that are due; their mails wait in the outbox until the trigger `hold` is dropped.
async fn begin_and_hold_mail(app: &TestApp) {
    sql(
        app,
        "CREATE FUNCTION public.hold() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'not now'; END $$;
         CREATE TRIGGER hold BEFORE UPDATE ON operations.mails FOR EACH ROW WHEN (NEW.attempts > OLD.attempts)
           EXECUTE FUNCTION public.hold()",
    )
    .await;
    Mornings {}.run(app.app.delivery.clone(), JobMeta { attempt: 1, max_attempts: 1 }).await.unwrap();
    let report = app.drain().await;
    assert_eq!((report.again.len(), report.failed.len()), (1, 0), "{report:?}");
}

/// Ada with drafts, on the morning after she came.
pub async fn with_drafts(app: &TestApp) -> Client {
    let ada = app.sign_up("Ada").await;
    ada.drafts(app, &DRAFTS).await;
    look(app).await;
    assert!(deliveries(app).await.is_empty(), "who came at nine begins the next day");
    ada
}

#[tokio::test]
async fn one_for_a_date_whoever_looks_and_however_often() {
    let app = TestApp::new().await;
    let ada = with_drafts(&app).await;
    look_at(&app, "2026-11-17T07:59:59Z").await;
    assert!(deliveries(&app).await.is_empty());
    at(&app, "2026-11-17T08:00:00Z");
    let meta = JobMeta { attempt: 1, max_attempts: 1 };
    let (one, other) = tokio::join!(
        Mornings {}.run(app.app.delivery.clone(), meta),
        Mornings {}.run(app.app.delivery.clone(), meta)
    );
    one.and(other).unwrap();
    app.drain().await;
    assert_eq!(deliveries(&app).await, ["2026-11-17 delivered"], "without another look");
    look(&app).await;
    look(&app).await;
    assert_eq!(deliveries(&app).await, ["2026-11-17 delivered"]);
    let sent = mails(&app).await;
    assert_eq!(sent.len(), 1);
    assert_eq!(
        (sent[0].to.as_str(), sent[0].subject.as_str()),
        ("ada@example.org", "Ada Studio: 3 drafts for today")
    );
    assert!(sent[0].html.contains("prefers-color-scheme: dark"));
    let listed = ada.get("~/deliveries").await.expect(200).body["items"].clone();
    assert_eq!(listed.as_array().unwrap().len(), 1);
    let delivery = &listed[0];
    assert_eq!((&delivery["channel"], &delivery["date"]), (&json!("email"), &json!("2026-11-17")));
    assert_eq!(delivery["post_ids"].as_array().unwrap().len(), 3);
    assert_eq!(delivery["trend_ids"], json!([]));
    let reasons = delivery["reasons"].as_array().unwrap();
    assert!(reasons.iter().all(|of| !of.as_array().unwrap().is_empty()), "{reasons:?}");
    let kinds: Vec<String> =
        sqlx::query_scalar("SELECT kind FROM operations.events WHERE subject_type = 'delivery' ORDER BY id")
            .fetch_all(app.store().pool())
            .await
            .unwrap();
    assert_eq!(kinds, ["delivery.delivered"]);
    app.done().await;
}

#[tokio::test]
async fn what_became_of_its_mail_is_settled_once_whoever_is_told_and_whoever_looks() {
    let app = TestApp::new().await;
    let ada = with_drafts(&app).await;
    at(&app, "2026-11-17T08:00:00Z");
    begin_and_hold_mail(&app).await;
    let meta = JobMeta { attempt: 1, max_attempts: 1 };
    LookAfterSends {}.run(app.app.delivery.clone(), meta).await.unwrap();
    assert_eq!(deliveries(&app).await, ["2026-11-17 pending"]);
    // it leaves, and a worker dies before it has told anybody
    sql(
        &app,
        "DROP TRIGGER hold ON operations.mails;
         UPDATE operations.mails SET status = 'sent', sent_at = '2026-11-17T08:00:07Z', html = '', text = ''
          WHERE template = 'morning'",
    )
    .await;
    at(&app, "2026-11-17T08:01:00Z");
    let mail: Uuid = sqlx::query_scalar("SELECT id FROM operations.mails WHERE template = 'morning'")
        .fetch_one(app.store().pool())
        .await
        .unwrap();
    let delivery = &app.app.delivery;
    let (told, again, looked) = tokio::join!(
        delivery.settle(mail.into()),
        delivery.settle(mail.into()),
        LookAfterSends {}.run(delivery.clone(), meta)
    );
    told.and(again).and(looked).unwrap();
    let came = ada.get("~/deliveries").await.expect(200).body["items"][0].clone();
    assert_eq!(
        (&came["status"], &came["delivered_at"]),
        (&json!("delivered"), &json!("2026-11-17T08:00:07Z"))
    );
    let events: i64 =
        sqlx::query_scalar("SELECT count(*) FROM operations.events WHERE kind = 'delivery.delivered'")
            .fetch_one(app.store().pool())
            .await
            .unwrap();
    assert_eq!(events, 1);
    make_due(app.store()).await.unwrap();
    app.drain().await;
    app.done().await;
}

#[tokio::test]
async fn a_row_that_another_look_holds_is_waited_for_not_left_for_the_next_minute() {
    let app = TestApp::new().await;
    let _ada = with_drafts(&app).await;
    at(&app, "2026-11-17T08:00:00Z");
    // on Mondays the look at reports has the same people at the same minute
    let mut report = app.store().service("another look").await.unwrap();
    sqlx::query("SELECT FROM delivery.mornings FOR UPDATE").execute(report.conn()).await.unwrap();
    let over = std::cell::Cell::new(false);
    let begun = async {
        let begun = Mornings {}.run(app.app.delivery.clone(), JobMeta { attempt: 1, max_attempts: 1 }).await;
        over.set(true);
        begun
    };
    let freed = async {
        let waits = "SELECT EXISTS (SELECT FROM pg_locks
                      WHERE locktype = 'tuple' AND relation = 'delivery.mornings'::regclass
                        AND database = (SELECT oid FROM pg_database WHERE datname = current_database()))";
        while !over.get()
            && !sqlx::query_scalar::<_, bool>(waits).fetch_one(app.store().pool()).await.unwrap()
        {}
        report.commit().await.unwrap();
    };
    let (begun, ()) = tokio::join!(begun, freed);
    begun.unwrap();
    app.drain().await;
    assert_eq!(deliveries(&app).await, ["2026-11-17 delivered"]);
    app.done().await;
}

#[tokio::test]
async fn a_morning_wanted_for_the_next_minute_comes_in_it() {
    let app = TestApp::new().await;
    let ada = with_drafts(&app).await;
    look_at(&app, "2026-11-16T14:00:00Z").await;
    assert!(deliveries(&app).await.is_empty(), "today's eight o'clock is over");
    // wished between two looks, for a time that is over when the next one comes
    at(&app, "2026-11-16T14:00:40Z");
    prefer(&ada, json!({ "morning": { "time": "14:01" } })).await;
    look_at(&app, "2026-11-16T14:01:20Z").await;
    look_at(&app, "2026-11-16T14:02:20Z").await;
    assert_eq!(deliveries(&app).await, ["2026-11-16 delivered"]);
    prefer(&ada, json!({ "morning": { "time": "14:03" } })).await;
    look_at(&app, "2026-11-16T14:03:20Z").await;
    assert_eq!(deliveries(&app).await, ["2026-11-16 delivered"], "once for each date");
    app.done().await;
}

#[tokio::test]
async fn killed_before_the_mail_is_kept_it_comes_once_all_the_same() {
    let app = TestApp::new().await;
    with_drafts(&app).await;
    at(&app, "2026-11-17T08:00:00Z");
    // the transaction that hands it over can't be finished
    sql(&app, "ALTER FUNCTION operations.queue_marketing_mail(uuid, text, text, text, text, text, timestamptz, timestamptz, text)
               RENAME TO gone").await;
    let mut tx = app.store().service("a test looks whose morning has come").await.unwrap();
    enqueue(&mut tx, &Mornings {}, Options::default()).await.unwrap();
    tx.commit().await.unwrap();
    let report = app.drain().await;
    assert_eq!(report.again.len(), 1, "{report:?}");
    assert_eq!(deliveries(&app).await, ["2026-11-17 pending"]);
    assert!(mails(&app).await.is_empty());
    sql(
        &app,
        "ALTER FUNCTION operations.gone(uuid, text, text, text, text, text, timestamptz, timestamptz, text)
               RENAME TO queue_marketing_mail",
    )
    .await;
    bellwether_jobs::testing::make_due(app.store()).await.unwrap();
    app.drain_all().await;
    assert_eq!(mails(&app).await.len(), 1);
    // killed after it was handed over, before the queue knew: done once more, it does nothing
    let row = sqlx::query("SELECT organization_id, id FROM delivery.daily_deliveries")
        .fetch_one(app.store().pool())
        .await
        .unwrap();
    let again = json!({
        "organization_id": OrganizationId::from(row.get::<Uuid, _>(0)),
        "delivery_id": bellwether_delivery::DeliveryId::from(row.get::<Uuid, _>(1)),
    });
    let again: Deliver = serde_json::from_value(again).unwrap();
    let meta = JobMeta { attempt: 2, max_attempts: 5 };
    again.run(app.app.delivery.clone(), meta).await.unwrap();
    app.drain().await;
    look(&app).await;
    assert_eq!(mails(&app).await.len(), 1);
    assert_eq!(deliveries(&app).await, ["2026-11-17 delivered"]);
    app.done().await;
}

#[tokio::test]
async fn who_travels_has_each_date_once() {
    let app = TestApp::new().await;
    let ada = app.sign_up("Ada").await;
    ada.drafts(&app, &DRAFTS).await;
    let moves = async |zone: &str| change(&ada, "/me", json!({ "time_zone": zone })).await;
    moves("America/New_York").await;
    look(&app).await;
    assert!(deliveries(&app).await.is_empty(), "it is four in the morning there");
    // in Tokyo eight is over: the day's delivery comes at once
    moves("Asia/Tokyo").await;
    look(&app).await;
    assert_eq!(deliveries(&app).await, ["2026-11-16 delivered"]);
    // back where eight is still to come: that date was had
    moves("America/New_York").await;
    look_at(&app, "2026-11-16T13:00:00Z").await;
    look_at(&app, "2026-11-17T12:59:00Z").await;
    assert_eq!(deliveries(&app).await, ["2026-11-16 delivered"]);
    look_at(&app, "2026-11-17T13:00:00Z").await;
    assert_eq!(deliveries(&app).await.len(), 2);
    // over the date line, where it is the same date for a day longer
    let mut ada = ada;
    app.sign_in_again(&mut ada, "Ada").await;
    change(&ada, "/me", json!({ "time_zone": "Pacific/Honolulu" })).await;
    look_at(&app, "2026-11-17T18:00:00Z").await;
    assert_eq!(deliveries(&app).await.len(), 2);
    look_at(&app, "2026-11-18T18:00:00Z").await;
    assert_eq!(deliveries(&app).await.len(), 3);
    app.done().await;
}

#[tokio::test]
async fn nothing_worth_sending_is_skipped_and_says_why() {
    let app = TestApp::new().await;
    let ada = app.sign_up("Ada").await;
    look(&app).await;
    look_at(&app, "2026-11-17T08:00:00Z").await;
    let first = |body: &Value| body["items"][0].clone();
    let skipped = first(&ada.get("~/deliveries").await.expect(200).body);
    assert_eq!(skipped["status"], "skipped");
    assert_eq!(skipped["reason"], "No drafts wait that could be approved as they are.");
    ada.drafts(&app, &DRAFTS).await;
    look_at(&app, "2026-11-18T08:00:00Z").await;
    assert_eq!(mails(&app).await.len(), 1);
    // the same drafts again are no news
    look_at(&app, "2026-11-19T08:00:00Z").await;
    assert_eq!(mails(&app).await.len(), 1);
    let mut ada = ada;
    app.sign_in_again(&mut ada, "Ada").await;
    let skipped = first(&ada.get("~/deliveries").await.expect(200).body);
    assert_eq!(skipped["reason"], "Nothing new waits since the last delivery.");
    // nor are they the day after one that brought nothing, or another draft
    look_at(&app, "2026-11-20T08:00:00Z").await;
    assert_eq!(mails(&app).await.len(), 1);
    // beside a new one they may come again, and say so
    let input = json!({ "type": "text", "text": crate::app::ARTICLE });
    let made = json!({ "input": input, "targets": ["bluesky.post"], "force": true });
    ada.post("~/generations", made).await.expect(202);
    app.drain().await;
    look_at(&app, "2026-11-23T08:00:00Z").await;
    let sent = mails(&app).await;
    assert_eq!(sent.len(), 2);
    assert_eq!(sent[1].subject, "Ada Studio: 4 drafts for today");
    let places: Vec<usize> = ["Bluesky, post", "You saw it last time"]
        .iter()
        .map(|words| sent[1].text.find(words).unwrap())
        .collect();
    assert!(places[0] < places[1], "{}", sent[1].text);
    // beside the next new one all that earlier mornings brought are marked, the latest of them alone as of last time
    let made = json!({ "input": input, "targets": ["mastodon.post"], "force": true });
    app.sign_in_again(&mut ada, "Ada").await;
    ada.post("~/generations", made).await.expect(202);
    app.drain().await;
    sql(
        &app,
        "UPDATE delivery.daily_deliveries SET post_ids = post_ids[1:1], reasons = jsonb_build_array(reasons->0)
          WHERE date = '2026-11-23'",
    )
    .await;
    look_at(&app, "2026-11-24T08:00:00Z").await;
    let text = mails(&app).await[2].text.clone();
    let said = |words: &str| text.matches(words).count();
    assert_eq!((said("You saw it last time"), said("You saw it on 18 November")), (1, 3), "{text}");
    look_at(&app, "2026-11-25T08:00:00Z").await;
    assert_eq!(mails(&app).await.len(), 3);
    // on Saturday none is wanted
    look_at(&app, "2026-11-28T08:00:00Z").await;
    assert!(!deliveries(&app).await.iter().any(|row| row.starts_with("2026-11-28")));
    // who does not want that network, or only one draft
    app.sign_in_again(&mut ada, "Ada").await;
    prefer(&ada, json!({ "morning": { "networks": ["threads", "x"], "max_drafts": 1 } })).await;
    let preview = ada.get("~/deliveries/preview").await.expect(200).body;
    assert_eq!(preview["drafts"].as_array().unwrap().len(), 1);
    assert!(["threads", "x"].contains(&preview["drafts"][0]["network"].as_str().unwrap()));
    // what one's own choice hides is no want of drafts
    prefer(&ada, json!({ "morning": { "networks": ["youtube"] } })).await;
    let preview = ada.get("~/deliveries/preview").await.expect(200).body;
    assert_eq!(preview["skipped"], "Drafts wait, but none of the networks and forms you chose.");
    app.done().await;
}

#[tokio::test]
async fn a_link_approves_what_was_mailed_for_whom_it_was_mailed_and_for_two_days() {
    let app = TestApp::new().await;
    let ada = with_drafts(&app).await;
    look_at(&app, "2026-11-17T08:00:00Z").await;
    look(&app).await;
    let mail = mails(&app).await.remove(0);
    let links = mail.links("Approve:");
    let delivery = ada.get("~/deliveries").await.expect(200).body["items"][0].clone();
    let posts: Vec<String> =
        delivery["post_ids"].as_array().unwrap().iter().map(|id| id.as_str().unwrap().to_owned()).collect();
    assert_eq!((links.len(), posts.len()), (3, 3));

    // who only looks changes nothing
    let (code, headers, page) = app.fetch(&links[0], None).await;
    let page = String::from_utf8(page).unwrap();
    assert_eq!((code.as_u16(), &headers["cache-control"]), (200, &"no-store".parse().unwrap()));
    assert!(page.contains("<form method=\"post\"><button>Approve</button></form>"), "{page}");
    assert_eq!(status(&ada, &posts[0]).await, "pending");
    let (code, page) = app.send_form(&links[0]).await;
    assert_eq!(code.as_u16(), 200, "{page}");
    assert_eq!(status(&ada, &posts[0]).await, "approved");
    // again it is no second approval
    let (code, page) = app.send_form(&links[0]).await;
    assert!(code.is_success() && page.contains("approved already"), "{page}");
    app.drain().await;
    let by_her: i64 = sqlx::query_scalar(
        "SELECT count(*) FROM operations.events e JOIN identity.users u ON u.id = e.actor_user_id
          WHERE e.kind = 'post.approved' AND u.email = 'ada@example.org'",
    )
    .fetch_one(app.store().pool())
    .await
    .unwrap();
    assert_eq!(by_her, 1);
    let delivery = ada.get("~/deliveries").await.expect(200).body["items"][0].clone();
    assert_eq!(delivery["approved_count"], json!(1));
    assert!(delivery["opened_at"].is_string(), "who approves has opened it");

    // another version than was mailed
    let version = ada.get(&format!("~/posts/{}", posts[1])).await.body["version"].as_i64().unwrap();
    ada.patch(&format!("~/posts/{}", posts[1]), version, json!({ "note": "Is the number right?" }))
        .await
        .expect(200);
    refused(&app, &links[1], (409, "changed")).await;
    assert_eq!(status(&ada, &posts[1]).await, "pending");

    // made up, cut, or of another kind
    let other = mail.links("Open in Bellwether:")[0].rsplit_once('/').unwrap().1.to_owned();
    for token in ["x", &links[2].rsplit_once('/').unwrap().1[..40], other.as_str()] {
        let answer =
            app.anonymous().post(&format!("/deliveries/approve/{token}"), json!({})).await.expect(404);
        assert_eq!(answer.body["code"], "link_unknown");
    }
    // a person who follows one that a mail program cut is told on a page
    for way in ["approve", "open", "unsubscribe"] {
        let (code, page) = app.send_form(&format!("/api/v1/deliveries/{way}/{}", &other[..40])).await;
        assert_eq!(code.as_u16(), 404);
        assert!(page.contains("<h1>This link does not work</h1>"), "{page}");
    }

    // two days later
    at(&app, "2026-11-19T07:59:59Z");
    let (code, page) = app.fetch(&links[2], None).await.into_page();
    assert!(code.is_success() && page.contains("<form"), "{page}");
    at(&app, "2026-11-19T08:00:00Z");
    refused(&app, &links[2], (409, "link_expired")).await;
    let (_, page) = app.fetch(&links[2], None).await.into_page();
    assert!(page.contains("The link has expired") && !page.contains("<form"), "{page}");
    // what was approved in time is approved, however old the link is
    let (_, page) = app.fetch(&links[0], None).await.into_page();
    assert!(page.contains("approved already"), "{page}");
    let (code, page) = app.send_form(&links[0]).await;
    assert!(code.is_success() && page.contains("approved already"), "{page}");
    let mut ada = ada;
    app.sign_in_again(&mut ada, "Ada").await;
    assert_eq!(status(&ada, &posts[2]).await, "pending");
    app.drain().await;
    app.done().await;
}

/// A link that approves nothing: programs are told why, browsers are led to the page that says it.
async fn refused(app: &TestApp, link: &str, (status, code): (u16, &str)) {
    let api = link.strip_prefix("/api/v1").unwrap();
    let answer = app.anonymous().send(Method::POST, api, &[], None).await.expect(status);
    assert_eq!(answer.body["code"], code);
    let (status, _) = app.send_form(link).await;
    assert_eq!(status.as_u16(), 303);
}

/// Of what was fetched the status and the page.
trait IntoPage {
    fn into_page(self) -> (http::StatusCode, String);
}

impl IntoPage for (http::StatusCode, http::HeaderMap, Vec<u8>) {
    fn into_page(self) -> (http::StatusCode, String) {
        (self.0, String::from_utf8(self.2).unwrap())
    }
}

/// A member of Ada's organization.
async fn join(app: &TestApp, ada: &Client, name: &str, role: &str) -> Client {
    let made = ada.post("/organizations/ada-studio/invitations", json!({ "role": role })).await.expect(201);
    let token = made.body["link"].as_str().unwrap().split_once("#token=").unwrap().1.to_owned();
    let mut client = app.anonymous();
    let email = format!("{}@example.org", name.to_lowercase());
    let body = json!({ "token": token, "email": email, "name": name, "password": "correct horse battery" });
    client.cookie = client.post("/auth/invitation/join", body).await.expect(201).cookie();
    client.base.clone_from(&ada.base);
    app.drain().await;
    client
}

#[tokio::test]
async fn rights_are_those_of_the_moment_in_which_a_link_is_used() {
    let app = TestApp::new().await;
    let ada = with_drafts(&app).await;
    join(&app, &ada, "Mo", "manager").await;
    look(&app).await;
    look_at(&app, "2026-11-17T08:00:00Z").await;
    look(&app).await;
    let sent = mails(&app).await;
    assert_eq!(
        sent.iter().map(|mail| mail.to.as_str()).collect::<Vec<_>>(),
        ["ada@example.org", "mo@example.org"]
    );
    let link = sent[1].links("Approve:")[0].clone();
    sql(
        &app,
        "UPDATE identity.memberships m SET permissions_removed = '{posts.review}' FROM identity.users u
                WHERE u.id = m.user_id AND u.email = 'mo@example.org'",
    )
    .await;
    refused(&app, &link, (403, "not_allowed")).await;
    // nor is the text shown to who is gone
    sql(
        &app,
        "DELETE FROM identity.memberships m USING identity.users u
                WHERE u.id = m.user_id AND u.email = 'mo@example.org'",
    )
    .await;
    let (code, page) = app.fetch(&link, None).await.into_page();
    assert!(code.is_success() && !page.contains("<blockquote>") && !page.contains("<form"), "{page}");
    refused(&app, &link, (403, "not_allowed")).await;
    let waiting = ada.get("~/posts?status=pending").await.expect(200).body;
    assert_eq!(waiting["items"].as_array().unwrap().len(), 3);
    // and who is gone has no morning here
    look_at(&app, "2026-11-18T08:00:00Z").await;
    assert_eq!(mails(&app).await.len(), 2);
    app.done().await;
}

#[tokio::test]
async fn opened_followed_and_ended_by_one_click() {
    let app = TestApp::new().await;
    let ada = with_drafts(&app).await;
    look_at(&app, "2026-11-17T08:00:00Z").await;
    look(&app).await;
    let mail = mails(&app).await.remove(0);
    let traces = async || {
        let of = ada.get("~/deliveries").await.expect(200).body["items"][0].clone();
        (of["opened_at"].is_string(), of["clicked_at"].is_string())
    };
    assert_eq!(traces().await, (false, false));
    // asking for the headers is not looking
    let seen = mail.seen().unwrap();
    let api = seen.strip_prefix("/api/v1").unwrap();
    app.anonymous().send(Method::HEAD, api, &[], None).await.expect(200);
    assert_eq!(traces().await, (false, false));
    let (code, headers, _) = app.fetch(&seen, None).await;
    assert_eq!((code.as_u16(), &headers["content-type"]), (200, &"image/gif".parse().unwrap()));
    assert_eq!(traces().await, (true, false));
    // a program that looks at links is nobody
    let open = &mail.links("Open in Bellwether:")[0];
    let (code, page) = app.fetch(open, None).await.into_page();
    assert!(code.is_success() && page.contains("<form method=\"post\"") && page.contains("src=\"/open.js\""));
    assert_eq!(traces().await, (true, false));
    let api = open.strip_prefix("/api/v1").unwrap();
    let followed = app.anonymous().send(Method::POST, api, &[], None).await.expect(303);
    let to = followed.headers["location"].to_str().unwrap().to_owned();
    assert!(to.starts_with("http://bellwether.test/ada-studio/ada-studio/library?post=post_"), "{to}");
    assert_eq!(traces().await, (true, true));

    // the way out stands in the text and in the headers; looking at it changes nothing
    assert!(mail.text.contains(&mail.unsubscribe), "{}", mail.text);
    let path = mail.unsubscribe.strip_prefix("http://bellwether.test").unwrap();
    let (code, page) = app.fetch(path, None).await.into_page();
    assert!(code.is_success() && page.contains("<form"));
    let wants = async || ada.get("/me/notification-preferences").await.expect(200).body;
    assert_eq!(wants().await["morning"]["mail"], json!(true));
    // as a mail program does it (RFC 8058): without a session, from its server or out of a frame of its own
    for origin in [None, Some("null")] {
        let api = path.strip_prefix("/api/v1").unwrap();
        let mut headers = vec![("content-type", "application/x-www-form-urlencoded")];
        headers.extend(origin.map(|origin| ("origin", origin)));
        let body = Some(b"List-Unsubscribe=One-Click".to_vec());
        app.anonymous().send(Method::POST, api, &headers, body).await.expect(200);
    }
    let after = wants().await;
    assert_eq!((&after["morning"]["mail"], &after["mail"]), (&json!(false), &json!(true)), "notices stay");
    look_at(&app, "2026-11-18T08:00:00Z").await;
    assert_eq!(deliveries(&app).await.len(), 1);
    app.anonymous().post("/deliveries/unsubscribe/x", json!({})).await.expect(404);
    app.done().await;
}

#[tokio::test]
async fn no_picture_where_the_installation_or_the_person_allows_none() {
    for by_person in [false, true] {
        let app = TestApp::with(|config| config.delivery.track_opens = by_person).await;
        let ada = with_drafts(&app).await;
        if by_person {
            prefer(&ada, json!({ "morning": { "open_tracking": false } })).await;
        }
        look_at(&app, "2026-11-17T08:00:00Z").await;
        let mail = mails(&app).await.remove(0);
        assert!(mail.seen().is_none() && !mail.html.contains("<img"));
        look(&app).await;
        app.done().await;
    }
}

#[tokio::test]
async fn the_look_ahead_keeps_nothing_and_comes_by_mail_when_asked() {
    let app = TestApp::new().await;
    let ada = app.sign_up("Ada").await;
    let empty = ada.get("~/deliveries/preview").await.expect(200).body;
    assert_eq!((&empty["html"], &empty["drafts"]), (&Value::Null, &json!([])));
    assert_eq!(empty["skipped"], "No drafts wait that could be approved as they are.");
    let none = ada.post("~/deliveries/preview/send-to-me", json!({})).await.expect(409);
    assert_eq!(none.body["code"], "nothing_to_send");
    ada.drafts(&app, &DRAFTS).await;
    let preview = ada.get("~/deliveries/preview").await.expect(200).body;
    assert_eq!(
        (&preview["date"], &preview["due_at"]),
        (&json!("2026-11-17"), &json!("2026-11-17T08:00:00Z"))
    );
    assert_eq!(preview["drafts"].as_array().unwrap().len(), 3);
    let html = preview["html"].as_str().unwrap();
    assert!(html.contains("/ada-studio/ada-studio/library?post=") && !html.contains("/deliveries/approve/"));
    assert_eq!(preview["channels"].as_array().unwrap().len(), 1);
    prefer(&ada, json!({ "morning": { "channels": ["telegram", "push", "email"] } })).await;
    let ways = ada.get("~/deliveries/preview").await.expect(200).body["channels"].clone();
    let named: Vec<_> = ways.as_array().unwrap().iter().map(|way| way["channel"].as_str().unwrap()).collect();
    assert_eq!(named, ["telegram", "push", "email"]);
    let chat = ways[0]["text"].as_str().unwrap();
    assert!(chat.contains("Approve: http://bellwether.test/ada-studio/ada-studio/library?post="), "{chat}");
    assert!(ways[1]["text"].as_str().unwrap().starts_with("The best of what waits for you: "));
    ada.post("~/deliveries/preview/send-to-me", json!({})).await.expect(202);
    app.drain().await;
    let trial = mails(&app).await.remove(0);
    assert_eq!(trial.subject, "Trial: Ada Studio: 3 drafts for today");
    assert!(trial.text.contains("This is a trial: its buttons do nothing"), "{}", trial.text);
    assert!(!html.contains("This is a trial"));
    assert!(deliveries(&app).await.is_empty());
    // others see their own only
    let eve = app.sign_up("Eve").await;
    assert!(eve.get("~/deliveries").await.expect(200).body["items"].as_array().unwrap().is_empty());
    let mut foreign = eve;
    foreign.base = ada.base;
    foreign.get("~/deliveries/preview").await.expect(404);
    app.done().await;
}

#[tokio::test]
async fn killed_while_the_mail_was_handed_over_it_is_not_sent_again_and_says_so() {
    let app = TestApp::new().await;
    let ada = with_drafts(&app).await;
    prefer(&ada, json!({ "morning": { "channels": ["email", "push"] } })).await;
    at(&app, "2026-11-17T08:00:00Z");
    // from the morning to the outbox, and no further: the worker dies once it has noted that it hands the mail over
    sql(
        &app,
        "CREATE FUNCTION public.dies() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.handed_at := NEW.created_at; RETURN NEW; END $$;
         CREATE TRIGGER dies BEFORE INSERT ON operations.mails FOR EACH ROW WHEN (NEW.template = 'morning')
           EXECUTE FUNCTION public.dies()",
    )
    .await;
    look(&app).await;
    look_at(&app, "2026-11-17T08:01:00Z").await;
    let outbox: (String, Option<String>) =
        sqlx::query_as("SELECT status, last_error FROM operations.mails WHERE template = 'morning'")
            .fetch_one(app.store().pool())
            .await
            .unwrap();
    let words = "Handed to the mail server; its answer was lost.";
    assert_eq!(outbox, ("sent".to_owned(), Some(words.to_owned())));
    let delivery = ada.get("~/deliveries").await.expect(200).body["items"][0].clone();
    assert_eq!(
        (&delivery["status"], &delivery["channel"], &delivery["error_message"]),
        (&json!("delivered"), &json!("email"), &Value::Null)
    );
    assert_eq!(delivery["reason"], format!("Mail: {words}"));
    assert_eq!(delivery["delivered_at"], "2026-11-17T08:00:00Z", "when it left, not when that was looked at");
    let tries: Vec<String> = sqlx::query_scalar("SELECT channel || ' ' || state FROM delivery.send_attempts")
        .fetch_all(app.store().pool())
        .await
        .unwrap();
    assert_eq!(tries, ["email sent"], "no other way brings it either");
    app.done().await;
}

#[tokio::test]
async fn a_mail_that_never_leaves_is_a_failed_delivery_and_says_why() {
    let app = TestApp::new().await;
    let ada = with_drafts(&app).await;
    at(&app, "2026-11-17T08:00:00Z");
    begin_and_hold_mail(&app).await;
    // what the outbox notes when a server refuses for good
    sql(
        &app,
        "DROP TRIGGER hold ON operations.mails;
         UPDATE operations.mails SET status = 'failed', last_error = '550 no such mailbox', html = '', text = ''
          WHERE template = 'morning'",
    )
    .await;
    look(&app).await;
    let delivery = ada.get("~/deliveries").await.expect(200).body["items"][0].clone();
    assert_eq!(
        (&delivery["status"], &delivery["error_message"], &delivery["delivered_at"]),
        (&json!("failed"), &json!("Mail: 550 no such mailbox"), &Value::Null)
    );
    let mail = crate::channels::channels(&ada, "email").await.remove(0);
    assert_eq!((&mail["state"], &mail["reason"]), (&json!("troubled"), &json!("550 no such mailbox")));
    // what nobody has seen comes the next day as if for the first time
    look_at(&app, "2026-11-18T08:00:00Z").await;
    let sent = mails(&app).await;
    assert_eq!(sent.len(), 2);
    assert!(!sent[1].text.contains("saw it"), "{}", sent[1].text);
    look(&app).await;
    assert_eq!(deliveries(&app).await, ["2026-11-17 failed", "2026-11-18 delivered"]);
    make_due(app.store()).await.unwrap();
    app.drain().await;
    app.done().await;
}
