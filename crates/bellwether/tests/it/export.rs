//! The copy of one's own data: what it has, and that no table is forgotten.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use crate::app::TestApp;

/// Tables that the copy leaves out, by why.
const LEFT_OUT: &[(&str, &[&str])] = &[
    (
        "an organization's work; its columns that name a person say who did it in the organization's name",
        &[
            "archive.generations",
            "brand.audiences",
            "brand.brand_slugs",
            "brand.brands",
            "brand.hooks",
            "brand.knowledge",
            "brand.offers",
            "brand.pictures",
            "brand.pillars",
            "brand.voice_models",
            "brand.voice_samples",
            "brand.website_snapshots",
            "operations.events",
            "publishing.approval_rules",
            "publishing.attempts",
            "publishing.calendar_feeds",
            "publishing.connections",
            "publishing.occurrences",
            "publishing.pauses",
            "publishing.publications",
            "publishing.recurrence_posts",
            "publishing.recurrences",
            "publishing.review_link_posts",
            "publishing.review_links",
            "publishing.reviews",
            "publishing.sandbox_posts",
            "publishing.schedules",
            "publishing.slots",
            "studio.card_styles",
            "studio.generations",
            "studio.media",
            "studio.outputs",
            "studio.post_media",
            "studio.posts",
            "studio.renditions",
            "studio.uploads",
            "studio.versions",
            "trends.detections",
            "trends.item_vectors",
            "trends.items",
            "trends.sightings",
            "trends.smart_feed_vectors",
            "trends.smart_feeds",
            "trends.sources",
            "trends.trend_evidence",
            "trends.trend_posts",
            "trends.trends",
        ],
    ),
    (
        "an organization itself: its names, agreements, plan and use",
        &[
            "billing.allowances",
            "billing.reservations",
            "billing.subscriptions",
            "identity.agency_clients",
            "identity.external_organizations",
            "identity.logos",
            "identity.organization_slugs",
            "operations.ai_runs",
            "operations.ai_spending",
            "operations.usage_daily",
        ],
    ),
    ("the installation's own", &["billing.plans", "delivery.installation", "publishing.apps"]),
    (
        "keys and hashes of minutes, of use to nobody but who guesses",
        &[
            "identity.external_flows",
            "identity.passkey_ceremonies",
            "identity.pending_sign_ins",
            "identity.pending_sign_ups",
            "identity.throttles",
            "operations.idempotency_keys",
            "operations.rate_limits",
            "operations.request_signatures",
            "publishing.oauth_states",
        ],
    ),
    (
        "what others told, before it is known whom it concerns; kept until it is worked on",
        &["delivery.early_reports", "operations.webhook_inbox", "operations.webhook_subjects"],
    ),
    ("the same for everybody: which websites asked to be left alone for a while", &["trends.resting_hosts"]),
];

/// Every table of ours, by its own name where it is one of parts.
const OURS: &str =
    "SELECT n.nspname || '.' || c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast', 'graphile_worker', 'public')
      AND n.nspname !~ '^pg_temp' AND c.relkind IN ('r', 'p') AND NOT c.relispartition";

/// How often each table was read; the connection may have read before the transaction.
const READ: &str = "SELECT n.nspname || '.' || c.relname, sum(coalesce(s.seq_scan, 0) + coalesce(s.idx_scan, 0))::int8
    FROM pg_stat_xact_user_tables s
    JOIN pg_class c ON c.oid = coalesce((SELECT i.inhparent FROM pg_inherits i WHERE i.inhrelid = s.relid), s.relid)
    JOIN pg_namespace n ON n.oid = c.relnamespace GROUP BY 1";

#[tokio::test]
async fn every_table_is_in_the_copy_of_ones_data_or_left_out_for_a_reason() {
    let app = TestApp::new().await;
    let ada = app.sign_up("Ada").await;
    // a table below another is read where that has rows
    sqlx::raw_sql(
        "INSERT INTO delivery.contacts (id, email) VALUES (uuidv7(), 'ada@example.org');
         INSERT INTO delivery.campaigns (id, name, launch_on, audience, link, time_zone, created_by, created_at)
         SELECT uuidv7(), 'Two', '2026-12-01', 'waitlist', 'https://bell.example', 'UTC', id, now() FROM identity.users;
         INSERT INTO delivery.campaign_messages (campaign_id, step, contact_id, sent_at, outcome)
         SELECT g.id, 't14', c.id, now(), 'sent' FROM delivery.campaigns g, delivery.contacts c;
         INSERT INTO delivery.sends (organization_id, id, brand_id, user_id, kind, occasion, ways, message, path, due_at,
                                     expires_at, created_at)
         SELECT b.organization_id, uuidv7(), b.id, u.id, 'post_reminder', 'one', '{email}', '{}', '/', now(), now(), now()
           FROM brand.brands b, identity.users u",
    )
    .execute(app.store().pool())
    .await
    .unwrap();
    let user = ada.get("/me").await.expect(200).body["user"]["id"].as_str().unwrap().parse().unwrap();
    let mut tx = app.store().service("a test reads a copy").await.unwrap();
    let before: Vec<(String, i64)> = sqlx::query_as(READ).fetch_all(tx.conn()).await.unwrap();
    let before: BTreeMap<String, i64> = before.into_iter().collect();
    app.app.identity.export_of(&mut tx, user).await.unwrap();
    let after: Vec<(String, i64)> = sqlx::query_as(READ).fetch_all(tx.conn()).await.unwrap();
    let more = |(table, times): &(String, i64)| *times > before.get(table).copied().unwrap_or_default();
    let read: BTreeSet<String> = after.into_iter().filter(more).map(|(table, _)| table).collect();
    let ours: Vec<String> = sqlx::query_scalar(OURS).fetch_all(tx.conn()).await.unwrap();
    tx.commit().await.unwrap();
    let ours: BTreeSet<String> = ours.into_iter().collect();
    let left: BTreeSet<String> =
        LEFT_OUT.iter().flat_map(|(_, tables)| tables.iter().map(|table| (*table).to_owned())).collect();
    let forgotten: Vec<_> =
        ours.iter().filter(|table| !read.contains(*table) && !left.contains(*table)).collect();
    assert!(forgotten.is_empty(), "put them into the copy, or say why not: {forgotten:?}");
    let gone: Vec<_> = left.difference(&ours).collect();
    assert!(gone.is_empty(), "there are no such tables: {gone:?}");
    let both: Vec<_> = left.intersection(&read).collect();
    assert!(both.is_empty(), "they are in the copy: {both:?}");
    app.done().await;
}

#[tokio::test]
async fn the_copy_has_what_somebody_wants_and_what_they_were_told() {
    let app = TestApp::new().await;
    let ada = app.sign_up("Ada").await;
    let eve = app.sign_up("Eve").await;
    for client in [&ada, &eve] {
        let body = json!({ "quiet_hours": { "from": "21:00", "to": "06:30" }, "marketing": true,
            "kinds": { "member_joined": { "app": true, "mail": true } } });
        let headers = [("content-type", "application/json")];
        let body = Some(body.to_string().into_bytes());
        client.send(http::Method::PATCH, "/me/notification-preferences", &headers, body).await.expect(200);
    }
    sqlx::raw_sql(
        "INSERT INTO delivery.notifications (organization_id, id, user_id, kind, data, subject_type, subject_id, occasion,
                                             in_app, created_at)
         SELECT m.organization_id, uuidv7(), u.id, 'member_joined', jsonb_build_object('who', u.name || ' Guest'),
                'membership', m.id, 'one', true, now()
           FROM identity.users u JOIN identity.memberships m ON m.user_id = u.id;
         INSERT INTO delivery.channels (user_id, kind, id, name, state, sealed, created_at)
         SELECT id, 'slack', uuidv7(), name || ' Channel', 'ready', 'SEALED-KEY', now() FROM identity.users",
    )
    .execute(app.store().pool())
    .await
    .unwrap();
    let copy = ada.get("/me/export").await.expect(200).body;
    let data = &copy["data"];
    assert_eq!(data["delivery_preferences"]["quiet_from"], "21:00:00");
    assert_eq!(data["delivery_preferences"]["user_id"], Value::Null);
    let kinds = data["notice_preferences"].as_array().unwrap();
    assert_eq!(kinds, &[json!({ "kind": "member_joined", "in_app": true, "by_mail": true })]);
    assert_eq!(data["news"][0]["email"], "ada@example.org");
    assert!(data["news"][0]["opted_in_at"].is_string(), "{data}");
    assert_eq!(data["notices"].as_array().unwrap().len(), 1);
    let notice = &data["notices"][0];
    assert_eq!((&notice["kind"], &notice["facts"]["who"]), (&json!("member_joined"), &json!("Ada Guest")));
    let way = &data["ways"][0];
    assert_eq!((&way["kind"], &way["name"]), (&json!("slack"), &json!("Ada Channel")));
    assert_eq!(data["morning_deliveries"], json!([]));
    assert!(data["next_delivery"].is_object() && data["first_steps"].is_array(), "{data}");
    let none = json!([]);
    assert_eq!((&data["sent"], &data["said_on_leaving"], &data["usage"]), (&none, &none, &none));
    let text = copy.to_string();
    for others in ["SEALED-KEY", "Eve", "eve@example.org"] {
        assert!(!text.contains(others), "{others}");
    }
    app.done().await;
}
