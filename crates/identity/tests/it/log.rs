//! The security log, and what must be in none.

use serde_json::{Value, json};

use crate::app::App;

#[tokio::test]
async fn owners_read_the_organization_s_log_and_people_their_own() {
    let app = App::new().await;
    let ada = app.sign_up("ada").await;
    let bob = app.sign_up("bob").await;
    app.sql(
        "INSERT INTO identity.memberships (organization_id, id, user_id, role)
         SELECT o.id, gen_random_uuid(), u.id, 'member' FROM identity.organizations o, identity.users u
          WHERE o.slug = 'ada' AND u.name = 'bob'",
    )
    .await;
    // a denied attempt is noted for the owner and for the one who tried
    bob.get("/organizations/ada/security-events").await.refused(403, "forbidden");
    app.until("SELECT count(*) FROM operations.security_events WHERE kind = 'access.denied'", 1).await;
    let log = ada.get("/organizations/ada/security-events?kind=access").await.expect(200);
    let entry = &log.body["items"][0];
    assert_eq!((&entry["kind"], &entry["severity"]), (&json!("access.denied"), &json!("warning")));
    assert_eq!(entry["detail"]["endpoint"], "GET /api/v1/organizations/ada/security-events");
    assert!(entry["about"].as_str().is_some_and(|about| !about.is_empty()));
    let own = bob.get("/me/security-events?kind=access.denied").await.expect(200);
    assert_eq!(own.body["items"][0]["id"], entry["id"]);
    // pages
    for n in 0..3 {
        app.clock.advance(chrono::Duration::seconds(1));
        ada.key(json!({ "name": format!("Key {n}"), "scopes": ["posts.read"] })).await;
    }
    let mut seen = Vec::new();
    let mut path = "/organizations/ada/security-events?kind=key&limit=2".to_owned();
    loop {
        let page = ada.get(&path).await.expect(200);
        seen.extend(
            page.body["items"].as_array().unwrap().iter().map(|entry| entry["detail"]["name"].clone()),
        );
        let Some(next) = page.body["next_cursor"].as_str() else { break };
        path = format!("/organizations/ada/security-events?kind=key&limit=2&cursor={next}");
    }
    assert_eq!(seen, ["Key 2", "Key 1", "Key 0"]);
    // another organization's owner sees none of it
    let other = bob.get("/organizations/bob/security-events?kind=key").await.expect(200);
    assert_eq!(other.body["items"], json!([]));
}

#[tokio::test]
async fn who_tries_in_a_loop_is_noted_once_an_hour() {
    let app = App::at(bellwether_kernel::Clock::manual("2026-11-16T09:05:00Z".parse().unwrap())).await;
    let ada = app.sign_up("ada").await;
    let bob = app.sign_up("bob").await;
    app.sql(
        "INSERT INTO identity.memberships (organization_id, id, user_id, role)
         SELECT o.id, gen_random_uuid(), u.id, 'member' FROM identity.organizations o, identity.users u
          WHERE o.slug = 'ada' AND u.name = 'bob'",
    )
    .await;
    let denied = "SELECT count(*) FROM operations.security_events WHERE kind = 'access.denied'";
    // each try is counted, beside its request
    let counted =
        "SELECT coalesce(sum(count), 0)::bigint FROM operations.rate_limits WHERE bucket = 'security_event'";
    bob.get("/organizations/ada/security-events").await.refused(403, "forbidden");
    app.until(denied, 1).await;
    for _ in 0..5 {
        bob.get("/organizations/ada/security-events").await.refused(403, "forbidden");
    }
    // another permission is another entry
    bob.get("/organizations/ada/invitations").await.refused(403, "forbidden");
    app.until(denied, 2).await;
    assert_eq!(app.one::<i64>(counted).await, 2);
    // and so is another person's
    let (_, token) = ada.key(json!({ "name": "Key", "scopes": ["posts.read"] })).await;
    app.with_key(&token).get("/organizations/ada/security-events").await.refused(403, "forbidden");
    app.until(denied, 3).await;
    // and the next hour's
    app.clock.advance(chrono::Duration::hours(1));
    bob.get("/organizations/ada/security-events").await.refused(403, "forbidden");
    app.until(denied, 4).await;
}

#[tokio::test]
async fn the_log_can_not_be_changed() {
    let app = App::new().await;
    let ada = app.sign_up("ada").await;
    ada.key(json!({ "name": "Key", "scopes": ["posts.read"] })).await;
    for sql in
        ["UPDATE operations.security_events SET kind = 'x.y'", "DELETE FROM operations.security_events"]
    {
        let mut tx = app.database.store().service("a test tries").await.unwrap();
        let refused = sqlx::query(sql).execute(tx.conn()).await.unwrap_err();
        assert_eq!(refused.as_database_error().unwrap().code().as_deref(), Some("42501"));
    }
}

#[tokio::test]
async fn no_key_is_in_any_table() {
    let app = App::new().await;
    let ada = app.sign_up("ada").await;
    let mut tokens = Vec::new();
    for signed in [false, true] {
        let body = json!({ "name": "Secret", "scopes": ["members.read"], "signed": signed });
        tokens.push(ada.key(body).await.1);
    }
    for token in &tokens {
        app.with_key(token).get("/organizations/ada/members").await;
    }
    app.until("SELECT count(*) FROM identity.api_keys WHERE last_used_at IS NOT NULL", 1).await;
    app.until("SELECT count(*) FROM operations.security_events WHERE kind = 'key.refused'", 1).await;
    let mut tx = app.database.store().service("a test reads everything").await.unwrap();
    let tables: Vec<String> = sqlx::query_scalar(
        "SELECT c.oid::regclass::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
          WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND n.nspname IN ('identity', 'operations')
            AND has_table_privilege(c.oid, 'SELECT')",
    )
    .fetch_all(tx.conn())
    .await
    .unwrap();
    assert!(tables.len() > 10);
    for table in tables {
        let sql = format!("SELECT coalesce(jsonb_agg(to_jsonb(t)), '[]') FROM {table} t");
        let rows: Value = sqlx::query_scalar(sqlx::AssertSqlSafe(sql)).fetch_one(tx.conn()).await.unwrap();
        for token in &tokens {
            assert!(!rows.to_string().contains(&token[11..]), "{table} holds a key");
        }
    }
}
