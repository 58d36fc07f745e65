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

#[tokio::test]
async fn names_of_brands_and_organizations_are_what_is_seen() {
    let app = TestApp::new().await;
    let ada = app.sign_up("Ada").await;
    // what turns the letters that follow, what takes no room, and what is nothing but an empty letter
    let wrong = [
        ("Bell\u{202e}wether", "hidden_characters"),
        ("Bell\u{200b}wether", "hidden_characters"),
        ("\u{3164}", "blank"),
        ("\u{200b}", "blank"),
    ];
    for (name, code) in wrong {
        let new = json!({ "name": name });
        for path in ["/organizations", "/organizations/ada-studio/brands"] {
            let fault = ada.post(path, new.clone()).await.expect(422);
            assert_eq!(fault.fault(), ("name", code), "{path} {}", name.escape_unicode());
        }
        let renamed = ada.patch("/organizations/ada-studio", 1, new.clone()).await.expect(422);
        assert_eq!(renamed.fault(), ("name", code));
        let mut joins = json!({ "email": "eve@example.org", "password": "correct horse battery",
            "name": "Eve", "organization_name": "Eve" });
        joins["organization_name"] = json!(name);
        let joined = app.anonymous().post("/auth/sign-up", joins).await.expect(422);
        assert_eq!(joined.fault(), ("organization_name", code));
    }
    let eve = json!({ "email": "eve@exam\u{200b}ple.org", "password": "correct horse battery",
        "name": "Eve", "organization_name": "Eve" });
    assert_eq!(
        app.anonymous().post("/auth/sign-up", eve).await.expect(422).fault(),
        ("email", "invalid_email")
    );
    // letters that are joined, and marks upon letters, are seen
    for name in ["می\u{200c}خواهم", "👩\u{200d}🔧 Cafe\u{301}"] {
        let made = ada.post("/organizations/ada-studio/brands", json!({ "name": name })).await.expect(201);
        assert_eq!(made.body["name"], name);
    }
}
