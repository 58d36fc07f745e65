//! Keys that travel with their requests.

use axum::http::Method;
use chrono::Duration;
use serde_json::json;

use crate::app::App;

#[tokio::test]
async fn a_key_is_shown_once_and_acts_within_its_scopes() {
    let app = App::new().await;
    let ada = app.sign_up("ada").await;
    let new = json!({ "name": "Publisher", "scopes": ["members.read", "posts.read"] });
    let made = ada.post("/organizations/ada/api-keys", new).await.expect(201);
    let (token, id) = (made.text("/token"), made.text("/key/id"));
    assert!(token.starts_with("bw_") && token.len() == 52, "{token}");
    assert!(token.starts_with(&made.text("/key/prefix")));
    assert_eq!(made.body["key"]["status"], "active");

    let listed = ada.get("/organizations/ada/api-keys").await.expect(200);
    assert!(!listed.body.to_string().contains(&token[11..]), "the list shows the key");
    assert_eq!(listed.body["items"][0]["id"], id);

    let key = app.with_key(&token);
    key.get("/organizations/ada/members").await.expect(200);
    // what the scopes leave out
    key.get("/organizations/ada/security-events").await.refused(403, "forbidden");
    key.patch("/organizations/ada", 1, json!({ "name": "Mine" })).await.refused(403, "forbidden");
    // what is a person's own
    for path in ["/me", "/me/sessions", "/me/security-events"] {
        key.get(path).await.refused(403, "key_not_accepted");
    }
    key.post("/organizations", json!({ "name": "Another" })).await.refused(403, "key_not_accepted");
    // where it doesn't belong
    app.sign_up("bob").await;
    key.get("/organizations/bob").await.refused(404, "not_found");
    // what is no key
    let mut changed = token.clone();
    changed.replace_range(20..21, if &token[20..21] == "x" { "y" } else { "x" });
    app.with_key(&changed).get("/organizations/ada").await.refused(401, "unauthenticated");
    app.with_key("bw_short").get("/organizations/ada").await.refused(401, "unauthenticated");
}

#[tokio::test]
async fn keys_are_made_by_people_within_what_they_hold() {
    let app = App::new().await;
    let ada = app.sign_up("ada").await;
    let all = json!({ "name": "All", "scopes": ["api_keys.manage", "organization.update"] });
    let (_, token) = ada.key(all).await;
    let key = app.with_key(&token);
    key.get("/organizations/ada/api-keys").await.expect(200);
    let another = json!({ "name": "Child", "scopes": ["organization.update"] });
    key.post("/organizations/ada/api-keys", another.clone()).await.refused(403, "key_not_accepted");
    // an admin holds less than the owner
    let bob = app.sign_up("bob").await;
    app.sql(
        "INSERT INTO identity.memberships (organization_id, id, user_id, role)
         SELECT o.id, gen_random_uuid(), u.id, 'admin' FROM identity.organizations o, identity.users u
          WHERE o.slug = 'ada' AND u.name = 'bob'",
    )
    .await;
    let more = json!({ "name": "More", "scopes": ["organization.delete"] });
    let refused = bob.post("/organizations/ada/api-keys", more).await.refused(403, "forbidden");
    assert_eq!(refused.body["errors"][0]["code"], "not_held");
    app.clock.advance(Duration::seconds(1));
    let (_, his) = bob.key(another).await;
    let his = app.with_key(&his);
    his.patch("/organizations/ada", 1, json!({ "name": "Ada & Bob" })).await.expect(200);
    // cut to what the maker still holds, at once
    app.sql("UPDATE identity.memberships SET role = 'member' WHERE role = 'admin'").await;
    his.patch("/organizations/ada", 2, json!({ "name": "Bob" })).await.refused(403, "forbidden");
    app.sql("DELETE FROM identity.memberships m USING identity.organizations o WHERE o.id = m.organization_id AND o.slug = 'ada' AND m.role = 'member'").await;
    his.get("/organizations/ada").await.refused(401, "key_stopped");
    let listed = ada.get("/organizations/ada/api-keys").await.expect(200);
    assert_eq!(listed.body["items"][0]["status"], "stopped");
}

#[tokio::test]
async fn faults_in_a_new_key_are_located() {
    let app = App::new().await;
    let ada = app.sign_up("ada").await;
    let bad = json!({ "name": " ", "scopes": [], "hourly_limit": 0, "expires_at": "2026-11-16T08:59:59Z" });
    let refused = ada.post("/organizations/ada/api-keys", bad).await.refused(422, "invalid");
    let paths: Vec<_> = refused.body["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|error| error["path"].as_str().unwrap())
        .collect();
    assert_eq!(paths, ["name", "scopes", "hourly_limit", "expires_at"]);
    let unknown = json!({ "name": "x", "scopes": ["posts.fly"] });
    ada.post("/organizations/ada/api-keys", unknown).await.refused(422, "invalid");
    let elsewhere =
        json!({ "name": "x", "scopes": ["posts.read"], "brand_id": "brand_01h2xcejqtf2nbrexx3vqjhp41" });
    let refused = ada.post("/organizations/ada/api-keys", elsewhere).await.refused(422, "invalid");
    assert_eq!(refused.body["errors"][0]["code"], "unknown_brand");
}

#[tokio::test]
async fn expired_and_revoked_keys_say_so() {
    let app = App::new().await;
    let ada = app.sign_up("ada").await;
    let short = json!({ "name": "Short", "scopes": ["members.read"], "expires_at": "2026-11-16T10:00:00Z" });
    let (id, token) = ada.key(short).await;
    let key = app.with_key(&token);
    key.get("/organizations/ada/members").await.expect(200);
    app.clock.advance(Duration::hours(1));
    key.get("/organizations/ada/members").await.refused(401, "key_expired");
    let path = format!("/organizations/ada/api-keys/{id}");
    let changed =
        ada.patch(&path, 1, json!({ "expires_at": null, "scopes": ["posts.read"] })).await.expect(200);
    assert_eq!((&changed.body["expires_at"], &changed.body["version"]), (&json!(null), &json!(2)));
    ada.patch(&path, 1, json!({ "name": "Late" })).await.refused(412, "stale");
    key.get("/organizations/ada").await.expect(200);
    app.clock.advance(Duration::seconds(1));
    for _ in 0..2 {
        ada.delete(&path).await.expect(204);
    }
    key.get("/organizations/ada").await.refused(401, "key_revoked");
    ada.patch(&path, 3, json!({ "name": "Again" })).await.refused(409, "key_revoked");
    app.until("SELECT count(*) FROM operations.security_events WHERE kind = 'key.refused'", 2).await;
    let kinds: Vec<String> = app
        .one::<Vec<String>>(
            "SELECT array_agg(kind ORDER BY id) FROM operations.events WHERE subject_type = 'api_key'",
        )
        .await;
    assert_eq!(kinds, ["api_key.created", "api_key.updated", "api_key.revoked"]);
}

#[tokio::test]
async fn a_key_of_one_brand_reaches_no_other() {
    let app = App::new().await;
    let ada = app.sign_up("ada").await;
    let me = ada.get("/me").await.expect(200);
    let brand = me.text("/organizations/0/brands/0/id");
    app.sql(
        "INSERT INTO brand.brands (organization_id, id, slug, name)
         SELECT o.id, gen_random_uuid(), 'second', 'Second' FROM identity.organizations o WHERE o.slug = 'ada'",
    )
    .await;
    let (_, token) = ada.key(json!({ "name": "One", "scopes": ["brand.read"], "brand_id": brand })).await;
    let key = app.with_key(&token);
    key.get("/organizations/ada/brands/ada/onboarding").await.expect(200);
    key.get("/organizations/ada/brands/second/onboarding").await.refused(404, "not_found");
    ada.get("/organizations/ada/brands/second/onboarding").await.expect(200);
}

#[tokio::test]
async fn the_hourly_limit_holds_over_all_servers_and_is_told() {
    let app = App::new().await;
    let ada = app.sign_up("ada").await;
    let (id, token) = ada.key(json!({ "name": "Few", "scopes": ["members.read"], "hourly_limit": 3 })).await;
    let (here, mut there) = (app.with_key(&token), app.with_key(&token));
    there.router = app.another_server();
    for (client, left) in [(&here, "2"), (&there, "1"), (&here, "0")] {
        let answer = client.get("/organizations/ada/members").await.expect(200);
        assert_eq!(
            (
                answer.header("ratelimit-limit"),
                answer.header("ratelimit-remaining"),
                answer.header("ratelimit-reset")
            ),
            ("3", left, "3600")
        );
    }
    for client in [&there, &here] {
        let refused = client.get("/organizations/ada/members").await.refused(429, "key_limit_reached");
        assert_eq!((refused.header("retry-after"), refused.header("ratelimit-remaining")), ("3600", "0"));
    }
    app.until("SELECT count(*) FROM operations.security_events WHERE kind = 'key.limited'", 1).await;
    let path = format!("/organizations/ada/api-keys/{id}");
    assert_eq!(ada.get(&path).await.expect(200).body["usage_count"], 3);
    app.clock.advance(Duration::minutes(60));
    here.get("/organizations/ada/members").await.expect(200);
    // the hour that is over moves into the key
    assert_eq!(app.identity.count_keys().await.unwrap(), 1);
    assert_eq!(app.one::<i64>("SELECT usage_count FROM identity.api_keys").await, 3);
    assert_eq!(ada.get(&path).await.expect(200).body["usage_count"], 4);
}

#[tokio::test]
async fn the_last_use_and_new_places_are_noted() {
    let app = App::new().await;
    let ada = app.sign_up("ada").await;
    let (id, token) = ada.key(json!({ "name": "Roaming", "scopes": ["members.read"] })).await;
    let mut key = app.with_key(&token);
    key.get("/organizations/ada/members").await.expect(200);
    app.until("SELECT count(*) FROM identity.api_keys WHERE last_used_at IS NOT NULL AND cardinality(known_places) = 1", 1)
        .await;
    // the same network is the same place
    key.from = "192.0.2.200".into();
    key.get("/organizations/ada/members").await.expect(200);
    key.from = "198.51.100.1".into();
    key.get("/organizations/ada/members").await.expect(200);
    app.until("SELECT cardinality(known_places)::bigint FROM identity.api_keys", 2).await;
    let log = ada.get("/organizations/ada/security-events?kind=key.new_place").await.expect(200);
    assert_eq!(log.body["items"].as_array().unwrap().len(), 1, "{}", log.body);
    assert_eq!(log.body["items"][0]["detail"]["place"], "198.51.100.0/24");
    assert_eq!(log.body["items"][0]["ip_address"], "198.51.100.1");
    let view = ada.get(&format!("/organizations/ada/api-keys/{id}")).await.expect(200);
    assert_eq!(view.body["last_used_at"], "2026-11-16T09:00:00Z");
}

#[tokio::test]
async fn a_repeated_request_does_not_show_the_key_again() {
    let app = App::new().await;
    let ada = app.sign_up("ada").await;
    let body = json!({ "name": "Once", "scopes": ["posts.read"] });
    let headers = [("idempotency-key", "one")];
    let path = "/organizations/ada/api-keys";
    let first = ada.send(Method::POST, path, &headers, body.clone()).await.expect(201);
    let again = ada.send(Method::POST, path, &headers, body).await.expect(201);
    assert_eq!(again.header("idempotency-replayed"), "true");
    assert_eq!((&again.body["token"], &again.body["key"]), (&json!(null), &first.body["key"]));
    let kept: String = app.one("SELECT convert_from(body, 'UTF8') FROM operations.idempotency_keys").await;
    assert!(!kept.contains(&first.text("/token")[11..]));
    assert_eq!(app.one::<i64>("SELECT count(*) FROM identity.api_keys").await, 1);
}

#[tokio::test]
async fn a_key_for_a_brand_is_a_member_in_the_rest_of_the_organization() {
    let app = App::new().await;
    let ada = app.sign_up("ada").await;
    let brand = ada.get("/me").await.text("/organizations/0/brands/0/id");
    let scopes = json!(["members.read", "security.read"]);
    let (_, whole) = ada.key(json!({ "name": "Whole", "scopes": scopes })).await;
    let (_, narrow) = ada.key(json!({ "name": "Narrow", "scopes": scopes, "brand_id": brand })).await;
    app.with_key(&whole).get("/organizations/ada/security-events").await.expect(200);
    let narrow = app.with_key(&narrow);
    narrow.get("/organizations/ada/members").await.expect(200);
    narrow.get("/organizations/ada/security-events").await.refused(403, "forbidden");
}
