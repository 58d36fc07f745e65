//! Organizations and brands: what they decide about themselves, their addresses, their end.

use chrono::Duration;
use serde_json::json;
use sqlx::{AssertSqlSafe, Row as _};

use crate::app::TestApp;

const ADA: &str = "/organizations/ada-studio";

#[tokio::test]
async fn an_organization_says_what_it_is() {
    let app = TestApp::new().await;
    let ada = app.sign_up("Ada").await;
    let change = json!({
        "description": "Letters about machines.", "website": "https://ada.example.org", "locale": "de",
        "time_zone": "Europe/London", "week_start": 7, "invitation_role": "manager",
    });
    let changed = ada.patch(ADA, 1, change).await.expect(200);
    assert_eq!(
        (&changed.body["week_start"], &changed.body["website"]),
        (&json!(7), &json!("https://ada.example.org"))
    );
    // new brands begin with it
    let brand = ada.post(&format!("{ADA}/brands"), json!({ "name": "Second" })).await.expect(201);
    assert_eq!((&brand.body["time_zone"], &brand.body["locale"]), (&json!("Europe/London"), &json!("de")));
    let cleared = ada.patch(ADA, 2, json!({ "website": null })).await.expect(200);
    assert_eq!(cleared.body["website"], json!(null));
    for (change, path) in [
        (json!({ "week_start": 8 }), "week_start"),
        (json!({ "website": "javascript:alert(1)" }), "website"),
        (json!({ "invitation_role": "owner" }), "invitation_role"),
        (json!({ "time_zone": "Mars/Olympus" }), "time_zone"),
        (json!({ "slug": "api" }), "slug"),
        (json!({ "slug": "Not a slug" }), "slug"),
    ] {
        assert_eq!(ada.patch(ADA, 3, change).await.expect(422).fault().0, path);
    }
    // whoever has no second factor can't ask for one without locking themselves out
    let locked = ada.patch(ADA, 3, json!({ "require_second_factor": true })).await.expect(422);
    assert_eq!(locked.fault(), ("require_second_factor", "none_yourself"));
}

#[tokio::test]
async fn whoever_has_no_second_factor_gets_no_further_than_their_account() {
    let app = TestApp::new().await;
    let ada = app.sign_up("Ada").await;
    sqlx::query("UPDATE identity.organizations SET require_second_factor = true")
        .execute(app.store().pool())
        .await
        .unwrap();
    let refused = ada.get(ADA).await.expect(403);
    assert_eq!(refused.body["code"], "second_factor_required");
    ada.get("/me").await.expect(200);
    ada.get("/me/sessions").await.expect(200);
    sqlx::query(
        "INSERT INTO identity.totp_factors (user_id, secret, encryption_version, confirmed_at)
         SELECT id, 'sealed', 1, now() FROM identity.users",
    )
    .execute(app.store().pool())
    .await
    .unwrap();
    // to have one is not to have shown it
    assert_eq!(ada.get(ADA).await.expect(403).body["code"], "second_factor_required");
    sqlx::query("UPDATE identity.sessions SET two_factors = true").execute(app.store().pool()).await.unwrap();
    ada.get(ADA).await.expect(200);
}

#[tokio::test]
async fn a_former_address_leads_on_and_nobody_else_gets_it() {
    let app = TestApp::new().await;
    let ada = app.sign_up("Ada").await;
    ada.patch(ADA, 1, json!({ "slug": "lovelace" })).await.expect(200);
    assert_eq!(ada.get(ADA).await.expect(200).body["slug"], "lovelace");
    ada.get("~/posts").await.expect(200);
    assert_eq!(ada.get("/me").await.body["organizations"][0]["former_slugs"], json!(["ada-studio"]));
    let bob = app.sign_up("Bob").await;
    let taken = bob.patch("/organizations/bob-studio", 1, json!({ "slug": "ada-studio" })).await.expect(409);
    assert_eq!((taken.body["code"].as_str(), taken.fault().0), (Some("slug_taken"), "slug"));
    bob.patch("/organizations/bob-studio", 1, json!({ "slug": "lovelace" })).await.expect(409);
    let another = bob.post("/organizations", json!({ "name": "Ada Studio" })).await.expect(201);
    assert_eq!(another.body["slug"], "ada-studio-2");
    // one's own former address can be taken back
    ada.patch("/organizations/lovelace", 2, json!({ "slug": "ada-studio" })).await.expect(200);
    assert_eq!(ada.get("/organizations/lovelace").await.expect(200).body["slug"], "ada-studio");

    let brand = format!("{ADA}/brands/ada-studio");
    ada.patch(&brand, 1, json!({ "slug": "letters" })).await.expect(200);
    assert_eq!(ada.get(&brand).await.expect(200).body["slug"], "letters");
    let second = ada.post(&format!("{ADA}/brands"), json!({ "name": "Letters" })).await.expect(201);
    assert_eq!(second.body["slug"], "letters-2");
    let taken =
        ada.patch(&format!("{ADA}/brands/letters-2"), 1, json!({ "slug": "letters" })).await.expect(409);
    assert_eq!(taken.body["code"], "slug_taken");
}

#[tokio::test]
async fn a_brand_is_a_place_as_well() {
    let app = TestApp::new().await;
    let ada = app.sign_up("Ada").await;
    let place = json!({
        "street": "Oranienstr. 1", "city": "Berlin", "postal_code": "10997", "country": "DE", "latitude": 52.5,
        "longitude": 13.4, "google_place_id": "ChIJAVkDPzdOqEcRcDteW0YgIQQ", "phone": "+49 30 123456",
        "website": "https://ada.example.org",
    });
    let changed = ada.patch("~", 1, place).await.expect(200);
    assert_eq!((&changed.body["city"], &changed.body["latitude"]), (&json!("Berlin"), &json!(52.5)));
    let half = ada.patch("~", 2, json!({ "latitude": null })).await.expect(422);
    assert_eq!(half.fault(), ("latitude", "missing"));
    let gone =
        ada.patch("~", 2, json!({ "latitude": null, "longitude": null, "phone": null })).await.expect(200);
    assert_eq!(
        (&gone.body["longitude"], &gone.body["phone"], &gone.body["city"]),
        (&json!(null), &json!(null), &json!("Berlin"))
    );
    assert_eq!(ada.patch("~", 3, json!({ "country": "Germany" })).await.expect(422).fault().0, "country");
}

#[tokio::test]
async fn a_deleted_brand_can_be_brought_back_for_two_weeks() {
    let app = TestApp::new().await;
    let mut ada = app.sign_up("Ada").await;
    assert_eq!(ada.delete("~").await.expect(409).body["code"], "last_brand");
    let other = ada.post(&format!("{ADA}/brands"), json!({ "name": "Other" })).await.expect(201);
    ada.drafts(&app, &["x.post"]).await;
    ada.delete("~").await.expect(204);
    ada.get("~").await.expect(404);
    let deleted = ada.get(&format!("{ADA}/brands?deleted=true")).await.expect(200);
    let id = deleted.body["items"][0]["id"].as_str().unwrap().to_owned();
    ada.post(&format!("{ADA}/brands/{}/restore", other.id()), json!({})).await.expect(404);
    ada.post(&format!("{ADA}/brands/{id}/restore"), json!({})).await.expect(200);
    assert_eq!(ada.get("~/posts").await.expect(200).body["items"].as_array().unwrap().len(), 1);
    ada.delete("~").await.expect(204);
    app.clock.advance(Duration::days(13));
    assert_eq!(app.app.brands.purge().await.unwrap(), 0);
    app.clock.advance(Duration::days(2));
    app.sign_in_again(&mut ada, "Ada").await;
    ada.post(&format!("{ADA}/brands/{id}/restore"), json!({})).await.expect(404);
    assert_eq!(app.app.brands.purge().await.unwrap(), 1);
    let left: i64 =
        sqlx::query_scalar("SELECT count(*) FROM studio.posts").fetch_one(app.store().pool()).await.unwrap();
    assert_eq!(left, 0);
}

/// Rows by table that carry the organization, as the login sees them, which no policy holds.
async fn rows_of(app: &TestApp, organization: &str) -> Vec<(String, i64)> {
    let tables = sqlx::query(
        "SELECT c.oid::regclass::text AS name FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
           JOIN pg_namespace n ON n.oid = c.relnamespace
          WHERE a.attname = 'organization_id' AND NOT a.attisdropped AND c.relkind IN ('r', 'p') AND NOT c.relispartition
            AND n.nspname <> 'graphile_worker'",
    )
    .fetch_all(app.store().pool())
    .await
    .unwrap();
    let mut rows = Vec::new();
    for table in tables {
        let name: String = table.get("name");
        let sql = format!("SELECT count(*) FROM {name} WHERE organization_id::text = $1");
        let count: i64 = sqlx::query_scalar(AssertSqlSafe(sql))
            .bind(organization)
            .fetch_one(app.store().pool())
            .await
            .unwrap();
        rows.push((name, count));
    }
    rows
}

#[tokio::test]
async fn a_deleted_organization_comes_back_or_goes_with_everything() {
    let app = TestApp::new().await;
    let mut ada = app.sign_up("Ada").await;
    let eve = app.sign_up("Eve").await;
    ada.drafts(&app, &["x.post", "linkedin.short"]).await;
    eve.drafts(&app, &["x.post"]).await;
    ada.post(&format!("{ADA}/invitations"), json!({})).await.expect(201);
    let id: String =
        sqlx::query_scalar("SELECT id::text FROM identity.organizations WHERE slug = 'ada-studio'")
            .fetch_one(app.store().pool())
            .await
            .unwrap();

    // the built-in writer costs nothing and is not metered: a run of a model, as its meter writes it
    sqlx::query(
        "INSERT INTO operations.ai_runs
           (organization_id, id, created_at, purpose, provider, model, prompt, prompt_version, status, milliseconds)
         VALUES ($1::uuid, uuidv7(), now(), 'write', 'openai', 'small', 'write', 1, 'ok', 900)",
    )
    .bind(&id)
    .execute(app.store().pool())
    .await
    .unwrap();

    let typed = ada.delete(&format!("{ADA}?confirm=ada")).await.expect(422);
    assert_eq!(typed.fault(), ("confirm", "mismatch"));
    ada.delete(&format!("{ADA}?confirm=ada-studio")).await.expect(204);
    ada.get(ADA).await.expect(404);
    assert_eq!(ada.get("/me").await.body["organizations"], json!([]));
    let deleted = ada.get("/me/deleted-organizations").await.expect(200);
    assert_eq!(deleted.body["items"][0]["slug"], "ada-studio");
    assert_eq!(eve.get("/me/deleted-organizations").await.body["items"], json!([]));
    eve.post(&format!("{ADA}/restore"), json!({})).await.expect(404);
    ada.post(&format!("{ADA}/restore"), json!({})).await.expect(200);
    assert_eq!(ada.get("~/posts").await.expect(200).body["items"].as_array().unwrap().len(), 2);

    ada.delete(&format!("{ADA}?confirm=ada-studio")).await.expect(204);
    app.clock.advance(Duration::days(13));
    assert_eq!(app.app.identity.purge_organizations().await.unwrap(), []);
    app.clock.advance(Duration::days(2));
    app.sign_in_again(&mut ada, "Ada").await;
    ada.post(&format!("{ADA}/restore"), json!({})).await.expect(404);
    let before = rows_of(&app, &id).await;
    let full: Vec<&str> =
        before.iter().filter(|(_, rows)| *rows > 0).map(|(name, _)| name.as_str()).collect();
    let tables =
        ["operations.events", "operations.usage", "operations.ai_runs", "studio.posts", "brand.brands"];
    for table in tables {
        assert!(full.contains(&table), "the scene has no row in {table}: {full:?}");
    }
    assert_eq!(app.app.identity.purge_organizations().await.unwrap().len(), 1);
    let left: Vec<_> = rows_of(&app, &id).await.into_iter().filter(|(_, rows)| *rows > 0).collect();
    assert_eq!(left, []);
    // and nobody else's went, and the log is as closed as before
    app.clock.advance(-Duration::days(15));
    assert_eq!(eve.get("~/posts").await.expect(200).body["items"].as_array().unwrap().len(), 1);
    let open: bool =
        sqlx::query_scalar("SELECT has_table_privilege('bellwether_service', 'operations.events', 'DELETE')")
            .fetch_one(app.store().pool())
            .await
            .unwrap();
    assert!(!open);
}

#[tokio::test]
async fn a_suspended_person_stays_outside() {
    let app = TestApp::new().await;
    let ada = app.sign_up("Ada").await;
    app.app.identity.suspend_user("ada@example.org", true).await.unwrap();
    ada.get("/me").await.expect(401);
    let sign_in = json!({ "email": "ada@example.org", "password": "correct horse battery" });
    let refused = app.anonymous().post("/auth/sign-in", sign_in.clone()).await.expect(403);
    assert_eq!(refused.body["code"], "account_suspended");
    app.app.identity.suspend_user("ada@example.org", false).await.unwrap();
    app.anonymous().post("/auth/sign-in", sign_in).await.expect(200);
}
