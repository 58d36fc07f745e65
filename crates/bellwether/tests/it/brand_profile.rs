//! What a brand says of itself, to whom it speaks, and how it looks.

use http::Method;
use serde_json::{Value, json};

use crate::app::TestApp;

fn section<'a>(profile: &'a Value, name: &str) -> &'a Value {
    let sections = profile["sections"].as_array().unwrap();
    sections.iter().find(|section| section["section"] == name).unwrap()
}

#[tokio::test]
async fn a_profile_is_filled_and_its_completeness_can_be_counted() {
    let app = TestApp::new().await;
    let ada = app.sign_up("Ada").await;
    let empty = ada.get("~/profile").await.expect(200).body;
    assert_eq!((&empty["completeness"], &empty["version"]), (&json!(0), &json!(1)));
    assert_eq!(empty["posts"]["hashtags_enabled"], true);
    let all: usize =
        empty["sections"].as_array().unwrap().iter().map(|s| s["missing"].as_array().unwrap().len()).sum();

    let change = json!({
        "business": { "description": "Furniture, slowly.", "industry": " Furniture ", "differentiators": ["By hand"] },
        "goals": { "primary_goal": "Replies", "revenue_targets": "Enough" },
        "email": { "email_frequency": "every_two_weeks" },
        "posts": { "networks": ["linkedin", "mastodon"], "network_preferences": { "linkedin": "No emoji" } },
        "more": [{ "label": "Founded", "text": "In 1998, in Altona" }],
    });
    let changed = ada.patch("~/profile", 1, change).await.expect(200).body;
    assert_eq!(changed["business"]["industry"], "Furniture");
    assert_eq!(changed["more"][0]["label"], "Founded");
    let business = section(&changed, "business");
    assert_eq!(
        (&business["completeness"], &business["missing"]),
        (&json!(60), &json!(["business_type", "opportunities"]))
    );
    assert!(business["why"].as_str().unwrap().len() > 20);
    assert_eq!(section(&changed, "goals")["completeness"], 100);
    assert_eq!(section(&changed, "email")["completeness"], 33);
    // three of business, two of goals, one of email, two of posts
    assert_eq!(changed["completeness"], 8 * 100 / all);
    // the brand's description is the profile's
    assert_eq!(ada.get("~").await.body["description"], "Furniture, slowly.");

    let cleared =
        ada.patch("~/profile", 2, json!({ "business": { "industry": null } })).await.expect(200).body;
    assert_eq!(cleared["business"]["industry"], Value::Null);
    assert_eq!(cleared["business"]["differentiators"], json!(["By hand"]));
    ada.patch("~/profile", 2, json!({})).await.expect(412);
}

#[tokio::test]
async fn bad_profiles_are_told_where() {
    let app = TestApp::new().await;
    let ada = app.sign_up("Ada").await;
    for (change, path, code) in [
        (json!({ "business": { "industry": "x".repeat(121) } }), "business/industry", "too_long"),
        (json!({ "topics": { "key_topics": ["y".repeat(121)] } }), "topics/key_topics/0", "too_long"),
        (
            json!({ "topics": { "key_topics": (0..31).map(|n| n.to_string()).collect::<Vec<_>>() } }),
            "topics/key_topics",
            "too_many",
        ),
        (json!({ "goals": { "primary_goal": "a\u{7}" } }), "goals/primary_goal", "control_characters"),
        (json!({ "more": [{ "label": " ", "text": "x" }] }), "more/0/label", "blank"),
    ] {
        let answer = ada.patch("~/profile", 1, change).await.expect(422);
        assert_eq!(answer.fault(), (path, code), "{}", answer.body);
    }
    for change in [
        json!({ "email": { "email_frequency": "hourly" } }),
        json!({ "posts": { "networks": ["myspace"] } }),
        json!({ "posts": { "network_preferences": { "myspace": "x" } } }),
        json!({ "unknown": {} }),
        json!({ "business": { "unknown": 1 } }),
    ] {
        let answer = ada.patch("~/profile", 1, change.clone()).await;
        assert!(answer.status == 422 || answer.status == 400, "{change}: {}", answer.body);
    }
    assert_eq!(ada.get("~/profile").await.body["version"], 1);
}

#[tokio::test]
async fn audiences_fill_the_profile_and_there_are_not_too_many() {
    let app = TestApp::new().await;
    let ada = app.sign_up("Ada").await;
    let new = json!({
        "name": "Owners", "pain_points": ["No time"], "awareness_stage": "problem_aware",
        "demographics": { "age": "30 to 55" }, "psychographics": { "values": ["Quiet"] },
    });
    let made = ada.post("~/audiences", new).await.expect(201);
    let path = format!("~/audiences/{}", made.id());
    let mark = section(&ada.get("~/profile").await.body, "audiences").clone();
    assert_eq!(mark["missing"], json!(["description", "job_roles", "desired_outcomes", "objections"]));
    assert_eq!(mark["completeness"], 55);
    let changed =
        ada.patch(&path, 1, json!({ "objections": ["Price"], "awareness_stage": null })).await.expect(200);
    assert_eq!(changed.body["objections"], json!(["Price"]));
    assert_eq!(changed.body["awareness_stage"], Value::Null);
    assert_eq!(changed.body["pain_points"], json!(["No time"]));
    ada.patch(&path, 1, json!({})).await.expect(412);
    assert_eq!(ada.post("~/audiences", json!({})).await.expect(422).fault(), ("name", "blank"));
    let bad = json!({ "name": "x", "demographics": { "age": "y".repeat(201) } });
    assert_eq!(ada.post("~/audiences", bad).await.expect(422).fault(), ("demographics/age", "too_long"));

    for n in 2..=20 {
        ada.post("~/audiences", json!({ "name": format!("Group {n}") })).await.expect(201);
    }
    assert_eq!(
        ada.post("~/audiences", json!({ "name": "One more" })).await.expect(409).body["code"],
        "too_many"
    );
    ada.delete(&path).await.expect(204);
    ada.delete(&path).await.expect(404);
    assert_eq!(ada.get("~/audiences").await.body["items"].as_array().unwrap().len(), 19);
}

#[tokio::test]
async fn drafts_heed_the_profile_and_a_change_of_it_asks_anew() {
    let app = TestApp::new().await;
    let ada = app.sign_up("Ada").await;
    let first = ada.generate(&["linkedin.short"]).await.expect(202);
    app.drain().await;
    let tags = |drafts: &Value| drafts["outputs"][0]["content"]["hashtags"].as_array().unwrap().len();
    let before = ada.get(&format!("~/generations/{}", first.id())).await.body;
    assert!(tags(&before) > 0, "{before}");
    assert_eq!(ada.generate(&["linkedin.short"]).await.expect(200).id(), first.id());

    ada.patch("~/profile", 1, json!({ "posts": { "hashtags_enabled": false } })).await.expect(200);
    let second = ada.generate(&["linkedin.short"]).await.expect(202);
    assert_ne!(second.id(), first.id());
    app.drain().await;
    let after = ada.get(&format!("~/generations/{}", second.id())).await.body;
    assert_eq!(tags(&after), 0, "{after}");
    // what a brand knows is told to writers, so it counts as well
    ada.post("~/knowledge", json!({ "content": "Prices rose by 9 % in 2025." })).await.expect(201);
    ada.generate(&["linkedin.short"]).await.expect(202);
    app.drain().await;
    app.done().await;
}

#[tokio::test]
async fn a_brand_has_a_picture_of_ours() {
    let app = TestApp::new().await;
    let ada = app.sign_up("Ada").await;
    assert_eq!(ada.get("~").await.body["avatar_url"], Value::Null);
    // one red pixel
    let png = [
        &b"\x89\x50\x4e\x47\x0d\x0a\x1a\x0a\x00\x00\x00\x0d\x49\x48\x44\x52\x00\x00\x00\x01\x00\x00\x00\x01\x08\x02\x00\x00\x00\x90\x77\x53\xde\x00"[..],
        b"\x00\x00\x0c\x49\x44\x41\x54\x78\x9c\x63\xf8\xcf\xc0\x00\x00\x03\x01\x01\x00\xc9\xfe\x92\xef\x00\x00\x00\x00\x49\x45\x4e\x44\xae\x42\x60\x82",
    ]
    .concat();
    let send = |bytes: Vec<u8>| {
        let ada = ada.clone();
        async move {
            let kind = [("content-type", "application/octet-stream")];
            ada.send(Method::PUT, "~/picture", &kind, Some(bytes)).await
        }
    };
    let url = send(png.clone()).await.expect(200).body["avatar_url"].as_str().unwrap().to_owned();
    let brand = ada.get("~").await.body;
    assert_eq!((brand["avatar_url"].as_str(), &brand["version"]), (Some(url.as_str()), &json!(2)));
    let path = url.strip_prefix("/api/v1").unwrap();
    let shown = ada.get(path).await.expect(200);
    assert_eq!(shown.headers["content-type"], "image/jpeg");
    assert_eq!(shown.headers["x-content-type-options"], "nosniff");
    app.anonymous().get(path).await.expect(401);
    // another one is found elsewhere
    let other = send(png).await.expect(200).body["avatar_url"].as_str().unwrap().to_owned();
    assert_ne!(other, url);
    ada.get(path).await.expect(404);
    assert_eq!(send(b"hello".to_vec()).await.expect(415).body["code"], "unsupported_media_type");
    assert_eq!(send(vec![0; 5 * 1024 * 1024 + 1]).await.expect(413).body["code"], "too_large");
    ada.delete("~/picture").await.expect(204);
    ada.delete("~/picture").await.expect(204);
    assert_eq!(ada.get("~").await.body["avatar_url"], Value::Null);
}
