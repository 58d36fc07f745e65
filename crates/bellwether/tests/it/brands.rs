//! Organizations, brands and who reaches them.

use serde_json::json;

use crate::app::TestApp;

#[tokio::test]
async fn a_brand_is_made_changed_and_kept_from_stale_changes() {
    let app = TestApp::new().await;
    let ada = app.sign_up("Ada").await;
    let made = ada
        .post(
            "/organizations/ada-studio/brands",
            json!({ "name": "Second Voice", "time_zone": "Asia/Tokyo" }),
        )
        .await
        .expect(201);
    assert_eq!(made.body["slug"], "second-voice");
    let path = "/organizations/ada-studio/brands/second-voice";
    let changed = ada.patch(path, 1, json!({ "default_tone": "authority" })).await.expect(200);
    assert_eq!((&changed.body["default_tone"], &changed.body["version"]), (&json!("authority"), &json!(2)));
    ada.patch(path, 1, json!({ "name": "Lost" })).await.expect(412);
    let missing = [("content-type", "application/json")];
    ada.send(http::Method::PATCH, path, &missing, Some(b"{}".to_vec())).await.expect(428);
    let list = ada.get("/organizations/ada-studio/brands").await.expect(200);
    assert_eq!(list.body["items"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn an_organization_is_renamed_and_its_members_are_listed() {
    let app = TestApp::new().await;
    let ada = app.sign_up("Ada").await;
    let renamed = ada.patch("/organizations/ada-studio", 1, json!({ "name": "Ada & Co" })).await.expect(200);
    assert_eq!(renamed.body["name"], "Ada & Co");
    let members = ada.get("/organizations/ada-studio/members").await.expect(200);
    assert_eq!(members.body["items"][0]["email"], "ada@example.org");
    let more = ada.post("/organizations", json!({ "name": "Agency", "type": "agency" })).await.expect(201);
    assert_eq!(more.body["type"], "agency");
    assert_eq!(ada.get("/me").await.body["organizations"].as_array().unwrap().len(), 2);
}
