//! What models cost, what a plan allows of it, and leaving.

use serde_json::{Value, json};

use crate::app::{Client, TestApp};

const ADA: &str = "/organizations/ada-studio";

async fn sql(app: &TestApp, text: &'static str) {
    sqlx::query(text).execute(app.store().pool()).await.unwrap();
}

async fn number(app: &TestApp, text: &'static str) -> i64 {
    sqlx::query_scalar(text).fetch_one(app.store().pool()).await.unwrap()
}

async fn operator(app: &TestApp) -> Client {
    let olga = app.sign_up("Olga").await;
    sql(app, "UPDATE identity.users SET operator = true WHERE email = 'olga@example.org'").await;
    olga
}

#[tokio::test]
async fn whoever_pays_reads_what_models_were_asked_today_and_this_month() {
    let app = TestApp::new().await;
    let ada = app.sign_up("Ada").await;
    let eve = app.sign_up("Eve").await;
    let none = json!({ "calls": 0, "input_tokens": 0, "output_tokens": 0, "uncounted_calls": 0, "cost_micro_usd": 0,
        "unpriced_calls": 0 });
    let fresh = ada.get(&format!("{ADA}/ai-usage")).await.expect(200).body;
    assert_eq!((&fresh["today"], &fresh["month"]), (&none, &none));
    // now is 16 November, 09:00: today, yesterday, last month; one that was cut off; one without a price; another's
    sql(
        &app,
        "INSERT INTO operations.ai_runs
           (organization_id, id, created_at, purpose, provider, model, prompt, prompt_version, status, milliseconds,
            input_tokens, output_tokens, cost_micro_usd)
         SELECT o.id, tenancy.uuid_floor(at + n * interval '1 millisecond'), at, 'write', 'openai', 'small', 'write', 1, 'ok',
                900, input, output, cost
           FROM identity.organizations o, (VALUES
             (1, timestamptz '2026-11-16T00:00:00Z', 100::bigint, 10::bigint, 1000::bigint, 'ada-studio'),
             (2, '2026-11-16T08:00:00Z', NULL, NULL, 500, 'ada-studio'),
             (3, '2026-11-16T08:30:00Z', 7, 3, NULL, 'ada-studio'),
             (4, '2026-11-15T23:59:59Z', 1000, 200, 4000, 'ada-studio'),
             (5, '2026-11-01T00:00:00Z', 1, 1, 1, 'ada-studio'),
             (6, '2026-10-31T23:59:59Z', 5000, 5000, 9999, 'ada-studio'),
             (7, '2026-11-16T08:00:00Z', 77, 77, 77, 'eve-studio')) AS run (n, at, input, output, cost, slug)
          WHERE o.slug = run.slug",
    )
    .await;
    let usage = ada.get(&format!("{ADA}/ai-usage")).await.expect(200).body;
    let today = json!({ "calls": 3, "input_tokens": 107, "output_tokens": 13, "uncounted_calls": 1,
        "cost_micro_usd": 1500, "unpriced_calls": 1 });
    let month = json!({ "calls": 5, "input_tokens": 1108, "output_tokens": 214, "uncounted_calls": 1,
        "cost_micro_usd": 5501, "unpriced_calls": 1 });
    assert_eq!((&usage["today"], &usage["month"]), (&today, &month));
    assert!(
        usage["explained"].as_str().unwrap().starts_with("3 calls of models since midnight, 5 since"),
        "{usage}"
    );
    eve.get(&format!("{ADA}/ai-usage")).await.expect(404);
}

#[tokio::test]
async fn a_plan_allows_so_much_of_models_a_month() {
    let app = TestApp::new().await;
    let ada = app.sign_up("Ada").await;
    let usage = || ada.get("/organizations/ada-studio/usage");
    let plan = usage().await.expect(200).body;
    assert_eq!(
        (
            &plan["plan"]["ai_tier"],
            &plan["plan"]["monthly_ai_cap_micro_usd"],
            &plan["ai_cost"]["cap_micro_usd"]
        ),
        (&json!("basic"), &json!(2_000_000), &json!(2_000_000))
    );
    sql(
        &app,
        "INSERT INTO operations.ai_spending (organization_id, id, month, cost_micro_usd, runs)
         SELECT id, gen_random_uuid(), '2026-11-01', 1999999, 3 FROM identity.organizations",
    )
    .await;
    let ask = |n: u8| {
        let text = format!(
            "Note {n}. The workshop has a very old clock that nobody winds any more, and {n} benches."
        );
        ada.post("~/generations", json!({ "input": { "type": "text", "text": text }, "targets": ["x.post"] }))
    };
    ask(1).await.expect(202);
    app.drain().await;
    sql(&app, "UPDATE operations.ai_spending SET cost_micro_usd = 2000000").await;
    let refused = ask(2).await.expect(402);
    assert_eq!(refused.body["code"], "quota_exceeded");
    assert!(refused.body["detail"].as_str().unwrap().contains("2.00 US dollars"), "{}", refused.body);
    // nothing is held by it, and a larger plan helps at once
    assert_eq!(usage().await.body["generations"]["reserved"], 0);
    let id: uuid::Uuid = sqlx::query_scalar("SELECT id FROM identity.organizations")
        .fetch_one(app.store().pool())
        .await
        .unwrap();
    app.app.billing.set_plan(id.into(), "pro", "test").await.unwrap();
    ask(2).await.expect(202);
    app.drain().await;
    app.done().await;
}

#[tokio::test]
async fn whoever_leaves_a_plan_says_why_and_operators_read_it() {
    let app = TestApp::new().await;
    let ada = app.sign_up("Ada").await;
    let olga = operator(&app).await;
    let leave = format!("{ADA}/plan/cancel");
    let why = json!({ "reason": "too_expensive", "feedback": "  Nice, but dear.\n" });
    // there is nothing to leave on the plan for everybody
    assert_eq!(ada.post(&leave, why.clone()).await.expect(409).body["code"], "no_plan_to_leave");
    let id: uuid::Uuid =
        sqlx::query_scalar("SELECT id FROM identity.organizations WHERE slug = 'ada-studio'")
            .fetch_one(app.store().pool())
            .await
            .unwrap();
    app.app.billing.set_plan(id.into(), "pro", "test").await.unwrap();
    for bad in
        [json!({}), json!({ "reason": "bored" }), json!({ "reason": "other", "feedback": "x".repeat(2001) })]
    {
        ada.post(&leave, bad).await.expect(422);
    }
    let plan = || async { ada.get("/organizations/ada-studio/usage").await.body["plan"]["id"].clone() };
    assert_eq!(plan().await, "pro");
    assert_eq!(ada.post(&leave, why.clone()).await.expect(200).body, json!({ "plan": "pro" }));
    assert_eq!(plan().await, "free");
    ada.post(&leave, why.clone()).await.expect(409);
    // what is paid counts to its end
    app.app.billing.set_plan(id.into(), "business", "test").await.unwrap();
    sql(
        &app,
        "UPDATE billing.subscriptions SET current_period_end = '2026-11-20T00:00:00Z' WHERE status = 'active'",
    )
    .await;
    let left = ada.post(&leave, json!({ "reason": "no_need" })).await.expect(200).body;
    assert_eq!(left, json!({ "plan": "business", "until": "2026-11-20T00:00:00Z" }));
    assert_eq!(plan().await, "business");
    ada.post(&leave, why).await.expect(409);
    app.clock.advance(chrono::Duration::days(4));
    assert_eq!(plan().await, "free");
    let events = "SELECT count(*) FROM operations.events WHERE kind = 'subscription.canceled'";
    assert_eq!(number(&app, events).await, 2);
    let told = "SELECT count(*) FROM operations.events WHERE kind = 'subscription.canceled' AND data::text LIKE '%dear%'";
    assert_eq!(number(&app, told).await, 0, "their own words are for operators");

    let list = olga.get("/admin/cancellations").await.expect(200).body;
    let items = list["items"].as_array().unwrap();
    let told =
        |at: usize| (&items[at]["kind"], &items[at]["plan"], &items[at]["reason"], &items[at]["feedback"]);
    assert_eq!(told(0), (&json!("plan"), &json!("business"), &json!("no_need"), &Value::Null));
    assert_eq!(told(1), (&json!("plan"), &json!("pro"), &json!("too_expensive"), &json!("Nice, but dear.")));
    let rest = olga.get(&format!("/admin/cancellations?before={}", items[0]["id"].as_str().unwrap())).await;
    assert_eq!(rest.body["items"].as_array().unwrap().len(), 1);
    ada.get("/admin/cancellations").await.expect(404);
}

#[tokio::test]
async fn whoever_goes_with_their_account_may_say_why_and_is_forgotten() {
    let app = TestApp::new().await;
    let ada = app.sign_up("Ada").await;
    let olga = operator(&app).await;
    ada.post("/me/cancellation", json!({ "reason": "other", "feedback": "Because." })).await.expect(204);
    // the last word counts
    ada.post("/me/cancellation", json!({ "reason": "only_testing" })).await.expect(204);
    app.anonymous().post("/me/cancellation", json!({ "reason": "other" })).await.expect(401);
    ada.delete("/me").await.expect(200);
    let items = || async { olga.get("/admin/cancellations").await.expect(200).body["items"].clone() };
    let before = items().await;
    assert_eq!(before.as_array().unwrap().len(), 1);
    assert!(before[0]["user_id"].is_string() && before[0]["reason"] == "only_testing", "{before}");
    app.clock.advance(chrono::Duration::days(15));
    app.app.identity.erase_accounts().await.unwrap();
    let after =
        number(&app, "SELECT count(*) FROM billing.cancellations WHERE user_id IS NULL AND kind = 'account'")
            .await;
    assert_eq!(after, 1, "the reason outlives whose it was");
}
