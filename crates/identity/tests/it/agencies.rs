//! What an agency's coming and going leaves in the security log, and what `/me` says of a brand that it works for.

use chrono::Duration;
use serde_json::{Value, json};

use crate::app::{App, Client};

/// An agency, its client with two brands, and the link between them, not accepted yet.
async fn scene(app: &App) -> (Client, Client, String) {
    let ada = app.sign_up("ada").await;
    let agnes = app.sign_up("agnes").await;
    app.sql("UPDATE identity.organizations SET type = 'agency' WHERE slug = 'agnes'").await;
    app.sql(
        "INSERT INTO brand.brands (organization_id, id, slug, name)
         SELECT id, gen_random_uuid(), 'second', 'Second' FROM identity.organizations WHERE slug = 'ada'",
    )
    .await;
    let words = ["posts.read", "posts.write", "members.read", "brand.read", "brand.update"];
    let asked = json!({ "organization": "ada", "permissions": words });
    let link = agnes.post("/organizations/agnes/clients", asked).await.expect(201).body;
    (ada, agnes, link["id"].as_str().unwrap().to_owned())
}

fn kinds(log: &Value) -> Vec<&str> {
    log["items"].as_array().unwrap().iter().map(|entry| entry["kind"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn both_sides_read_in_their_logs_that_an_agency_was_let_in_and_sent_away() {
    let app = App::new().await;
    let (ada, agnes, link) = scene(&app).await;
    let logs = [
        "/organizations/ada/security-events?kind=agency",
        "/organizations/agnes/security-events?kind=agency",
    ];
    assert!(kinds(&ada.get(logs[0]).await.expect(200).body).is_empty(), "asking lets nobody in");
    let path = format!("/organizations/ada/agencies/{link}");
    ada.post(&format!("{path}/accept"), json!({})).await.expect(200);
    app.clock.advance(Duration::seconds(1));
    ada.delete(&path).await.expect(204);
    for (client, log) in [(&ada, logs[0]), (&agnes, logs[1])] {
        let log = client.get(log).await.expect(200).body;
        assert_eq!(kinds(&log), ["agency.unlinked", "agency.linked"], "{log}");
        assert!(log["items"][0]["detail"].is_object() && log["items"][0]["severity"] == "warning");
    }
    // and who did it reads it of themselves, for either side
    let own = ada.get("/me/security-events?kind=agency").await.expect(200).body;
    assert_eq!(kinds(&own), ["agency.unlinked", "agency.unlinked", "agency.linked", "agency.linked"]);
}

#[tokio::test]
async fn me_says_of_an_agency_s_brand_what_the_door_grants() {
    let app = App::new().await;
    let (ada, agnes, link) = scene(&app).await;
    let places = ada.get("/me").await.expect(200).body;
    let brand = places["organizations"][0]["brands"].as_array().unwrap().iter().find(|b| b["slug"] == "ada");
    let brand = brand.unwrap()["id"].clone();
    // whoever is a member of the whole may the same in each brand
    assert_eq!(
        places["organizations"][0]["permissions"],
        places["organizations"][0]["brands"][0]["permissions"]
    );
    let path = format!("/organizations/ada/agencies/{link}/accept");
    let words = ["posts.read", "posts.write", "brand.read", "brand.update"];
    ada.post(&path, json!({ "brand_id": brand, "permissions": words })).await.expect(200);
    let me = agnes.get("/me").await.expect(200).body;
    let places = me["organizations"].as_array().unwrap();
    let client = places.iter().find(|place| place["slug"] == "ada").unwrap();
    assert_eq!(client["brands"].as_array().unwrap().len(), 1, "{client}");
    let has = |of: &Value, word: &str| of["permissions"].as_array().unwrap().contains(&json!(word));
    // in the brand what was granted; in the organization's own rooms no more than a member of that brand
    assert!(
        has(&client["brands"][0], "brand.update") && has(&client["brands"][0], "posts.write"),
        "{client}"
    );
    assert!(!has(client, "brand.update") && has(client, "posts.read"), "{client}");
}
