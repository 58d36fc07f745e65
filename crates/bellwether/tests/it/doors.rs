//! Whom the door let in is known for a moment (`crates/web/src/known.rs`), and not a moment longer than it holds.

use std::time::Duration;

use serde_json::json;
use sqlx::postgres::PgListener;

use crate::app::TestApp;

/// Long enough for any machine; never reached when things work.
const PATIENCE: Duration = Duration::from_secs(20);
const POSTS: &str = "~/posts";

async fn sql(app: &TestApp, sql: &'static str) {
    sqlx::query(sql).execute(app.store().pool()).await.unwrap();
}

#[tokio::test]
async fn reading_is_let_in_by_what_is_known_until_a_request_changes_something() {
    const GONE: &str =
        "UPDATE identity.organizations SET deleted_at = '2026-11-16T09:00:00Z' WHERE name = 'Ada Studio'";
    const BACK: &str = "UPDATE identity.organizations SET deleted_at = NULL";
    const SILENCE: &str =
        "CREATE OR REPLACE FUNCTION identity.doors_changed() RETURNS trigger LANGUAGE plpgsql
         AS $$ BEGIN RETURN NULL; END $$";
    let app = TestApp::new().await;
    // the database tells of nothing: so what is known can be seen, and no word of a sign-up or sign-out comes late and ends it
    sql(&app, SILENCE).await;
    app.listen().await;
    let (ada, bob) = (app.sign_up("Ada").await, app.sign_up("Bob").await);
    ada.get(POSTS).await.expect(200);
    sql(&app, GONE).await;
    ada.get(POSTS).await.expect(200);
    // another way in is not known
    let organization = ada.base.split("/brands/").next().unwrap().to_owned();
    ada.get(&format!("{organization}/members")).await.expect(404);
    ada.get(POSTS).await.expect(200);
    // what changes something asks the door, and ends what is known
    ada.post("~/pillars", json!({ "name": "Tools" })).await.expect(404);
    ada.get(POSTS).await.expect(404);
    // so does what somebody else changes
    sql(&app, BACK).await;
    ada.get(POSTS).await.expect(200);
    sql(&app, GONE).await;
    ada.get(POSTS).await.expect(200);
    bob.post("/auth/sign-out", json!({})).await.expect(204);
    ada.get(POSTS).await.expect(404);
    // and time
    sql(&app, BACK).await;
    ada.get(POSTS).await.expect(200);
    sql(&app, GONE).await;
    ada.get(POSTS).await.expect(200);
    app.clock.advance(chrono::Duration::seconds(2));
    ada.get(POSTS).await.expect(404);
}

#[tokio::test]
async fn what_another_process_changes_is_heard() {
    let app = TestApp::new().await;
    app.listen().await;
    let ada = app.sign_up("Ada").await;
    ada.get(POSTS).await.expect(200);
    sql(&app, "UPDATE identity.sessions SET ended_at = now()").await;
    tokio::time::timeout(PATIENCE, async {
        while ada.get(POSTS).await.status != 401 {
            tokio::task::yield_now().await;
        }
    })
    .await
    .unwrap();
}

#[tokio::test]
async fn while_nobody_listens_nothing_is_known() {
    let app = TestApp::new().await;
    let ada = app.sign_up("Ada").await;
    ada.get(POSTS).await.expect(200);
    sql(&app, "UPDATE identity.sessions SET ended_at = now()").await;
    ada.get(POSTS).await.expect(401);
}

#[tokio::test]
async fn the_database_tells_of_all_that_the_door_reads() {
    let app = TestApp::new().await;
    let mut listener = PgListener::connect_with(app.store().pool()).await.unwrap();
    listener.listen("bellwether_doors").await.unwrap();
    for change in [
        "UPDATE identity.sessions SET ended_at = now()",
        "UPDATE identity.sessions SET two_factors = false",
        "UPDATE identity.sessions SET token_hash = token_hash",
        "DELETE FROM identity.sessions",
        "UPDATE identity.users SET suspended_at = now()",
        "UPDATE identity.users SET deleted_at = now()",
        "UPDATE identity.organizations SET require_second_factor = true",
        "UPDATE identity.organizations SET deleted_at = now()",
        "UPDATE identity.organizations SET slug = slug",
        "DELETE FROM identity.organization_slugs",
        "UPDATE identity.memberships SET permissions_removed = '{}'",
        "DELETE FROM identity.memberships WHERE false",
        "UPDATE identity.agency_clients SET ends_on = ends_on",
        "DELETE FROM identity.totp_factors",
        "DELETE FROM identity.passkeys",
        "UPDATE brand.brands SET deleted_at = deleted_at",
        "UPDATE brand.brands SET slug = slug",
        "DELETE FROM brand.brand_slugs",
    ] {
        sql(&app, change).await;
        let told = tokio::time::timeout(PATIENCE, listener.recv()).await;
        assert_eq!(told.expect(change).unwrap().payload(), "", "{change}");
    }
    // what happens all the time is not told of: the use of a session, a new one, a change of a name
    let ada = app.sign_up("Ada").await;
    tokio::time::timeout(PATIENCE, listener.recv()).await.unwrap().unwrap();
    ada.get(POSTS).await.expect(200);
    for change in [
        "UPDATE identity.sessions SET last_seen_at = now(), expires_at = expires_at",
        "UPDATE identity.users SET name = name",
        "UPDATE brand.brands SET name = name",
        "NOTIFY bellwether_doors, 'the next that is heard'",
    ] {
        sql(&app, change).await;
    }
    let told = tokio::time::timeout(PATIENCE, listener.recv()).await.unwrap().unwrap();
    assert_eq!(told.payload(), "the next that is heard");
}
