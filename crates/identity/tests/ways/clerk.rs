use axum::body::Body;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use bellwether_identity::{
    clerk::{ClerkConfig, ClerkHandler},
    intake::SignUpMode,
};
use bellwether_jobs::{
    Worker,
    testing::{assert_no_jobs_left, drain},
};
use bellwether_kernel::{Rng, id::UserId};
use bellwether_operations::{
    Operations,
    inbox::{Inbox, Process, WebhookStatus},
};
use bellwether_web::{Caller, Operator};
use http::{HeaderMap, Request};
use ring::hmac;
use serde_json::{Value, json};
use std::sync::Arc;
use tower::ServiceExt as _;

use crate::app::{App, config, email};

pub const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

/// The service trusts whoever was let in; that the door asks is tested below.
fn operator() -> Operator {
    Operator(Caller { user: UserId::from(uuid::Uuid::nil()), session: None })
}

pub struct Clerk {
    pub app: App,
    pub worker: Worker,
    pub operations: Operations,
}

pub fn sign(secret: &str, id: &str, time: i64, body: &str) -> String {
    let key = STANDARD.decode(secret.strip_prefix("whsec_").unwrap()).unwrap();
    let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, &key), format!("{id}.{time}.{body}").as_bytes());
    format!("v1,{}", STANDARD.encode(tag.as_ref()))
}

pub fn headers(id: &str, time: i64, signature: &str) -> HeaderMap {
    let mut headers = HeaderMap::new();
    headers.insert("svix-id", id.parse().unwrap());
    headers.insert("svix-timestamp", time.to_string().parse().unwrap());
    headers.insert("svix-signature", signature.parse().unwrap());
    headers
}

/// Posts a webhook; gives status and code.
pub async fn post(app: &App, headers: &HeaderMap, body: &str) -> (u16, String) {
    let mut request = Request::post("/api/v1/webhooks/clerk").body(Body::from(body.to_owned())).unwrap();
    request.headers_mut().extend(headers.clone());
    let response = app.router.clone().oneshot(request).await.unwrap();
    let status = response.status().as_u16();
    let bytes = axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap();
    let body: Value = serde_json::from_slice(&bytes).unwrap_or_default();
    (status, body["code"].as_str().unwrap_or_default().to_owned())
}

pub async fn app() -> App {
    app_of(SignUpMode::Open).await
}

async fn app_of(sign_up: SignUpMode) -> App {
    let mut config = config();
    config.sign_up = sign_up;
    config.clerk = ClerkConfig { webhook_secrets: vec![SECRET.to_owned()], personal_organizations: false };
    App::with(config).await
}

impl Clerk {
    pub async fn new() -> Self {
        Self::of(SignUpMode::Open).await
    }

    async fn of(sign_up: SignUpMode) -> Self {
        let app = app_of(sign_up).await;
        let store = app.database.store().clone();
        let operations = Operations::new(store.clone(), app.clock.clone(), Rng::system(), None);
        let handler = Arc::new(ClerkHandler(app.identity.clone()));
        let worker = Worker::builder(store, app.clock.clone())
            .register::<Process>(Inbox::new(operations.clone(), vec![handler]))
            .build()
            .unwrap();
        Self { app, worker, operations }
    }

    async fn send(&self, id: &str, kind: &str, data: Value) {
        let body = json!({ "type": kind, "object": "event", "data": data }).to_string();
        let time = self.app.clock.now().timestamp();
        let sent = post(&self.app, &headers(id, time, &sign(SECRET, id, time, &body)), &body).await;
        assert_eq!(sent, (204, String::new()));
    }

    /// Sends and works; gives status and message.
    pub async fn tell(&self, id: &str, kind: &str, data: Value) -> (String, String) {
        self.send(id, kind, data).await;
        drain(self.app.database.store(), &self.worker).await.unwrap();
        self.state(id).await
    }

    pub async fn state(&self, id: &str) -> (String, String) {
        let all = self.operations.list_webhooks(operator(), None, None).await.unwrap();
        let view = all.into_iter().find(|view| view.event_id == id).unwrap();
        (view.status, view.message.unwrap_or_default())
    }

    pub async fn replay(&self, id: &str) -> (String, String) {
        let all = self.operations.list_webhooks(operator(), None, None).await.unwrap();
        let view = all.into_iter().find(|view| view.event_id == id).unwrap();
        self.operations.replay_webhook(operator(), view.id).await.unwrap();
        drain(self.app.database.store(), &self.worker).await.unwrap();
        self.state(id).await
    }
}

pub fn person(id: &str, name: &str) -> Value {
    json!({
        "id": id, "first_name": name, "last_name": null, "primary_email_address_id": "idn_1",
        "email_addresses": [
            { "id": "idn_0", "email_address": "old@example.org", "verification": { "status": "unverified" } },
            { "id": "idn_1", "email_address": email(name), "verification": { "status": "verified", "strategy": "email_code" } },
        ],
        "created_at": 1, "updated_at": 2,
    })
}

pub fn membership(organization: &str, user: &str, role: &str) -> Value {
    json!({
        "id": "orgmem_1", "role": role, "organization": { "id": organization, "name": "Acme", "slug": "acme" },
        "public_user_data": { "user_id": user, "identifier": "x" },
    })
}

pub fn done() -> (String, String) {
    ("processed".into(), String::new())
}

#[tokio::test]
async fn people_organizations_and_memberships_follow_clerk() {
    let clerk = Clerk::new().await;
    let app = &clerk.app;
    assert_eq!(clerk.tell("m1", "user.created", person("user_1", "Ada")).await, done());
    assert_eq!(clerk.tell("m2", "user.created", person("user_2", "Eve")).await, done());
    let organization = json!({ "id": "org_1", "name": "Acme", "slug": "acme", "created_by": "user_1" });
    assert_eq!(clerk.tell("m3", "organization.created", organization).await, done());
    // whoever made it owns it, whatever Clerk calls that
    let (status, _) =
        clerk.tell("m4", "organizationMembership.created", membership("org_1", "user_1", "org:admin")).await;
    assert_eq!(status, "ignored");
    assert_eq!(
        clerk.tell("m5", "organizationMembership.created", membership("org_1", "user_2", "org:member")).await,
        done()
    );
    assert_eq!(
        clerk.tell("m6", "organizationMembership.updated", membership("org_1", "user_2", "org:admin")).await,
        done()
    );
    let admins = "SELECT count(*) FROM identity.memberships WHERE role = 'admin'";
    assert_eq!(app.count(admins).await, 1);
    assert_eq!(
        clerk.tell("m7", "organization.updated", json!({ "id": "org_1", "name": "Acme Inc." })).await,
        done()
    );
    assert_eq!(app.count("SELECT count(*) FROM identity.organizations WHERE name = 'Acme Inc.'").await, 1);
    let mut renamed = person("user_2", "Eve");
    renamed["last_name"] = "Adams".into();
    assert_eq!(clerk.tell("m8", "user.updated", renamed).await, done());
    assert_eq!(app.count("SELECT count(*) FROM identity.users WHERE name = 'Eve Adams'").await, 1);
    // the last owner stays, and the event waits for an operator
    let (status, why) =
        clerk.tell("m9", "organizationMembership.deleted", membership("org_1", "user_1", "org:admin")).await;
    assert!(status == "failed" && why.contains("last owner"), "{why}");
    let (status, why) = clerk.tell("m10", "user.deleted", json!({ "id": "user_1", "deleted": true })).await;
    assert!(status == "failed" && why.contains("Acme Inc."), "{why}");
    assert_eq!(app.count("SELECT count(*) FROM identity.users WHERE deleted_at IS NOT NULL").await, 0);
    assert_eq!(
        clerk.tell("m11", "organizationMembership.deleted", membership("org_1", "user_2", "org:admin")).await,
        done()
    );
    assert_eq!(app.count("SELECT count(*) FROM identity.memberships").await, 1);
    // nobody is left behind now
    assert_eq!(clerk.replay("m10").await, done());
    assert_eq!(app.count("SELECT count(*) FROM identity.users WHERE deleted_at IS NOT NULL").await, 1);
    // what comes late changes nothing
    let (status, _) = clerk.tell("m12", "user.updated", person("user_1", "Ada")).await;
    assert_eq!(status, "ignored");
    // it went with its only member
    let (status, why) =
        clerk.tell("m13", "organization.deleted", json!({ "id": "org_1", "deleted": true })).await;
    assert!(status == "ignored" && why == "deleted already", "{status} {why}");
    assert_eq!(
        app.count("SELECT count(*) FROM identity.organizations WHERE deleted_at IS NOT NULL").await,
        1
    );
    let (status, why) = clerk.tell("m14", "session.created", json!({ "id": "sess_1" })).await;
    assert!(status == "ignored" && why.contains("session.created"), "{why}");
    let kinds = "SELECT count(DISTINCT kind) FROM operations.events WHERE kind IN ('organization.created',
        'organization.updated', 'organization.deleted', 'membership.added', 'membership.changed', 'membership.removed')";
    assert_eq!(app.count(kinds).await, 6);
    assert_no_jobs_left(app.database.store()).await;
}

pub async fn change(app: &App, sql: &'static str) {
    let mut tx = app.database.store().service("a test sets its scene").await.unwrap();
    sqlx::query(sql).execute(tx.conn()).await.unwrap();
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn clerk_is_no_way_around_a_closed_door() {
    let clerk = Clerk::of(SignUpMode::Invite).await;
    let app = &clerk.app;
    let (status, why) = clerk.tell("m1", "user.created", person("user_1", "Ada")).await;
    assert!(status == "failed" && why.contains("no new accounts"), "{status} {why}");
    assert_eq!(app.count("SELECT count(*) FROM identity.users").await, 0);
    app.until("SELECT count(*) FROM operations.security_events WHERE kind = 'sign_up.refused'", 1).await;
    // an operator invites the address and replays
    change(
        app,
        "INSERT INTO identity.sign_up_permits (id, token_hash, email, reason, created_at, expires_at)
         VALUES (gen_random_uuid(), '\\x00', 'ada@example.org', 'invitation', '2026-11-16', '2026-11-30')",
    )
    .await;
    assert_eq!(clerk.replay("m1").await, done());
    assert_eq!(app.count("SELECT count(*) FROM identity.users").await, 1);
}

#[tokio::test]
async fn an_owner_who_is_suspended_is_no_owner_to_clerk_either() {
    let clerk = Clerk::new().await;
    clerk.tell("m1", "user.created", person("user_1", "Ada")).await;
    clerk.tell("m2", "user.created", person("user_2", "Eve")).await;
    let organization = json!({ "id": "org_1", "name": "Acme", "slug": "acme", "created_by": "user_1" });
    clerk.tell("m3", "organization.created", organization).await;
    clerk.tell("m4", "organizationMembership.created", membership("org_1", "user_2", "org:admin")).await;
    change(
        &clerk.app,
        "UPDATE identity.memberships SET role = 'owner', suspended_at = now() WHERE role = 'admin'",
    )
    .await;
    let gone = membership("org_1", "user_1", "org:admin");
    let (status, why) = clerk.tell("m5", "organizationMembership.deleted", gone).await;
    assert!(status == "failed" && why.contains("last owner"), "{status} {why}");
    let (status, why) = clerk.tell("m6", "user.deleted", json!({ "id": "user_1", "deleted": true })).await;
    assert!(status == "failed" && why.contains("Acme"), "{status} {why}");
    change(&clerk.app, "UPDATE identity.memberships SET suspended_at = NULL").await;
    assert_eq!(clerk.replay("m5").await, done());
}

#[tokio::test]
async fn an_organization_goes_with_its_only_member_and_both_are_erased() {
    let clerk = Clerk::new().await;
    let app = &clerk.app;
    clerk.tell("m1", "user.created", person("user_1", "Ada")).await;
    let organization = json!({ "id": "org_1", "name": "Acme", "slug": "acme", "created_by": "user_1" });
    clerk.tell("m2", "organization.created", organization).await;
    assert_eq!(clerk.tell("m3", "user.deleted", json!({ "id": "user_1", "deleted": true })).await, done());
    let gone = "SELECT count(*) FROM identity.organizations WHERE deleted_at IS NOT NULL";
    assert_eq!(app.count(gone).await, 1);
    app.clock.advance(chrono::Duration::days(15));
    assert_eq!(app.identity.erase_accounts().await.unwrap(), 1);
    assert_eq!(app.count("SELECT count(*) FROM identity.users").await, 0);
    // one that Clerk deletes by itself
    clerk.tell("m4", "user.created", person("user_2", "Eve")).await;
    let organization = json!({ "id": "org_2", "name": "Eve", "slug": "eve", "created_by": "user_2" });
    clerk.tell("m5", "organization.created", organization).await;
    let deleted = json!({ "id": "org_2", "deleted": true });
    assert_eq!(clerk.tell("m6", "organization.deleted", deleted).await, done());
    assert_eq!(app.count(gone).await, 2);
}

#[tokio::test]
async fn an_event_counts_once_and_in_any_order() {
    let clerk = Clerk::new().await;
    let app = &clerk.app;
    let (status, why) =
        clerk.tell("m1", "organizationMembership.created", membership("org_1", "user_1", "org:member")).await;
    assert!(status == "received" && why.contains("org_1"), "{why}");
    let organization = json!({ "id": "org_1", "name": "Acme", "created_by": "user_2" });
    assert_eq!(clerk.tell("m2", "organization.created", organization.clone()).await.0, "received");
    // an update may come before what it updates
    clerk.tell("m3", "user.updated", person("user_1", "Ada")).await;
    clerk.tell("m4", "user.created", person("user_2", "Eve")).await;
    bellwether_jobs::testing::make_due(app.database.store()).await.unwrap();
    drain(app.database.store(), &clerk.worker).await.unwrap();
    bellwether_jobs::testing::make_due(app.database.store()).await.unwrap();
    drain(app.database.store(), &clerk.worker).await.unwrap();
    assert_eq!((clerk.state("m2").await, clerk.state("m1").await), (done(), done()));
    for _ in 0..3 {
        clerk.send("m2", "organization.created", organization.clone()).await;
    }
    drain(app.database.store(), &clerk.worker).await.unwrap();
    // the same under another id, and by hand
    assert_eq!(clerk.tell("m5", "organization.created", organization).await.0, "ignored");
    assert_eq!(clerk.replay("m4").await.0, "processed");
    assert_eq!(app.count("SELECT count(*) FROM identity.organizations").await, 1);
    assert_eq!(app.count("SELECT count(*) FROM identity.users").await, 2);
    assert_eq!(app.count("SELECT count(*) FROM operations.webhook_inbox").await, 5);
    assert!(
        clerk
            .operations
            .list_webhooks(operator(), Some(WebhookStatus::Failed), None)
            .await
            .unwrap()
            .is_empty()
    );
    assert_no_jobs_left(app.database.store()).await;
}

#[tokio::test]
async fn what_clerk_did_not_sign_is_refused_and_not_kept() {
    let app = app().await;
    let now = app.clock.now().timestamp();
    let body = json!({ "type": "user.created", "data": person("user_1", "Ada") }).to_string();
    let good = sign(SECRET, "m1", now, &body);
    let other = sign("whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD", "m1", now, &body);
    let old = sign(SECRET, "m1", now - 301, &body);
    for (headers, body, status, code) in [
        (headers("m1", now, &other), body.as_str(), 401, "signature_refused"),
        (headers("m2", now, &good), &body, 401, "signature_refused"),
        (headers("m1", now - 1, &good), &body, 401, "signature_refused"),
        (headers("m1", now, &good), "{}", 401, "signature_refused"),
        (headers("m1", now - 301, &old), &body, 401, "signature_expired"),
        (HeaderMap::new(), &body, 400, "signature_missing"),
        (headers("m1", now, &sign(SECRET, "m1", now, "no json")), "no json", 400, "malformed"),
    ] {
        assert_eq!(post(&app, &headers, body).await, (status, code.to_owned()));
    }
    assert_eq!(app.count("SELECT count(*) FROM operations.webhook_inbox").await, 0);
    // of each reason the first within the hour is noted
    app.until("SELECT count(*) FROM operations.security_events WHERE kind = 'webhook.refused'", 2).await;
    let long = format!("{{\"type\": \"{}\"}}", "x".repeat(256 * 1024));
    assert_eq!(post(&app, &headers("m1", now, &good), &long).await.0, 413);
    // without a secret there is no such address
    let silent = App::new().await;
    assert_eq!(post(&silent, &headers("m1", now, &good), &body).await, (404, "not_found".to_owned()));
}
