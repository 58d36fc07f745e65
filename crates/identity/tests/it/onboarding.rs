//! First steps.

use serde_json::{Value, json};

use crate::app::App;

const PATH: &str = "/organizations/ada/brands/ada/onboarding";

fn states(view: &Value) -> Vec<(&str, &str)> {
    let steps = view["steps"].as_array().unwrap();
    steps.iter().map(|step| (step["step"].as_str().unwrap(), step["state"].as_str().unwrap())).collect()
}

#[tokio::test]
async fn facts_and_decisions_make_the_checklist() {
    let app = App::new().await;
    let ada = app.sign_up("ada").await;
    let fresh = ada.get(PATH).await.expect(200).body;
    assert_eq!(
        states(&fresh),
        [
            ("profile", "pending"),
            ("voice", "pending"),
            ("connect_network", "pending"),
            ("first_draft", "pending"),
            ("review", "pending"),
            ("invite", "pending")
        ]
    );
    assert_eq!(
        (&fresh["needed"], &fresh["current_step"], &fresh["version"]),
        (&json!(true), &json!("profile"), &json!(0))
    );
    // what other contexts tell of in the log
    app.sql(
        "INSERT INTO operations.events (organization_id, id, brand_id, created_at, kind, subject_type, subject_id,
                                        actor_type, actor)
         SELECT organization_id, tenancy.uuid_floor(now()), id, now(), 'post.created', 'post', gen_random_uuid(), 'system', '{}'
           FROM brand.brands",
    )
    .await;
    let skip = json!({ "steps": [{ "step": "profile", "state": "skipped" }], "current_step": "invite" });
    let view = ada.patch(PATH, 0, skip.clone()).await.expect(200).body;
    assert_eq!(
        states(&view),
        [
            ("profile", "skipped"),
            ("voice", "pending"),
            ("connect_network", "pending"),
            ("first_draft", "done"),
            ("review", "pending"),
            ("invite", "pending")
        ]
    );
    assert_eq!((&view["current_step"], &view["version"]), (&json!("invite"), &json!(1)));
    ada.patch(PATH, 0, skip).await.refused(412, "stale");
    let undo = json!({ "steps": [{ "step": "first_draft", "state": "pending" }] });
    ada.patch(PATH, 1, undo).await.refused(422, "invalid");
    // taken up elsewhere, as it was left
    assert_eq!(ada.get(PATH).await.expect(200).body, view);
    let away = ada.patch(PATH, 1, json!({ "completed": true })).await.expect(200).body;
    assert_eq!((&away["needed"], &away["completed_at"]), (&json!(false), &json!("2026-11-16T09:00:00Z")));
    let back = ada.patch(PATH, 2, json!({ "completed": false })).await.expect(200).body;
    assert_eq!(back["needed"], true);
}

#[tokio::test]
async fn each_person_has_their_own_and_company_counts_as_an_invitation() {
    let app = App::new().await;
    let ada = app.sign_up("ada").await;
    let bob = app.sign_up("bob").await;
    bob.get(PATH).await.refused(404, "not_found");
    app.sql(
        "INSERT INTO identity.memberships (organization_id, id, user_id, role)
         SELECT o.id, gen_random_uuid(), u.id, 'member' FROM identity.organizations o, identity.users u
          WHERE o.slug = 'ada' AND u.name = 'bob'",
    )
    .await;
    let put_away = json!({ "steps": [{ "step": "profile", "state": "done" }], "completed": true });
    bob.patch(PATH, 0, put_away).await.expect(200);
    let view = ada.get(PATH).await.expect(200).body;
    assert_eq!(states(&view)[0], ("profile", "pending"));
    assert_eq!(states(&view)[5], ("invite", "done"));
    assert_eq!(view["needed"], true);
}

#[tokio::test]
async fn voice_and_network_are_shown_by_what_happened_and_can_be_put_aside() {
    let app = App::new().await;
    let ada = app.sign_up("ada").await;
    let skip = json!({ "steps": [
        { "step": "connect_network", "state": "skipped" }, { "step": "voice", "state": "done" },
    ] });
    let view = ada.patch(PATH, 0, skip).await.expect(200).body;
    assert_eq!(states(&view)[1..3], [("voice", "done"), ("connect_network", "skipped")]);
    let back = json!({ "steps": [{ "step": "voice", "state": "pending" }] });
    let view = ada.patch(PATH, 1, back).await.expect(200).body;
    assert_eq!(states(&view)[1], ("voice", "pending"));
    // what the brand's context tells of in the log
    app.sql(
        "INSERT INTO operations.events (organization_id, id, brand_id, created_at, kind, subject_type, subject_id,
                                        actor_type, actor)
         SELECT b.organization_id, tenancy.uuid_floor(now() + n * interval '1 second'), b.id, now(), kind, 'voice',
                gen_random_uuid(), 'system', '{}'
           FROM brand.brands b, (VALUES (1, 'voice_sample.added'), (2, 'connection.created')) AS told (n, kind)",
    )
    .await;
    let view = ada.get(PATH).await.expect(200).body;
    assert_eq!(states(&view)[1..3], [("voice", "done"), ("connect_network", "done")]);
    let unmake = json!({ "steps": [{ "step": "voice", "state": "skipped" }] });
    ada.patch(PATH, 2, unmake).await.refused(422, "invalid");
}
