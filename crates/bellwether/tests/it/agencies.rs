//! An agency and its clients: asked, let in, bounded, seen in the log, ended.

use chrono::Duration;
use http::Method;
use serde_json::{Value, json};

use crate::app::{Answer, Client, TestApp};

const AGENCY: &str = "/organizations/agnes-studio";
const CLIENT: &str = "/organizations/ada-studio";

async fn put(client: &Client, path: &str, body: Value) -> Answer {
    let headers = [("content-type", "application/json")];
    client.send(Method::PUT, path, &headers, Some(body.to_string().into())).await
}

/// An agency, its client, and a colleague at the agency.
async fn scene() -> (TestApp, Client, Client, Client) {
    let app = TestApp::new().await;
    let ada = app.sign_up("Ada").await;
    let agnes = app.sign_up("Agnes").await;
    agnes.patch(AGENCY, 1, json!({ "type": "agency" })).await.expect(200);
    let link = agnes.post(&format!("{AGENCY}/invitations"), json!({ "role": "member" })).await.expect(201);
    let token = link.body["link"].as_str().unwrap().split_once("#token=").unwrap().1.to_owned();
    let bob = app.sign_up("Bob").await;
    bob.post("/me/invitations", json!({ "token": token })).await.expect(200);
    (app, ada, agnes, bob)
}

#[tokio::test]
async fn an_agency_works_for_a_client_as_far_as_the_client_says() {
    let (app, ada, agnes, bob) = scene().await;
    ada.drafts(&app, &["x.post", "linkedin.short"]).await;
    let asked = json!({
        "organization": "ada-studio", "label": "Ada (letters)", "billing_allocation": 40,
        "permissions": ["posts.read", "posts.write", "posts.review", "members.manage", "members.read"],
    });
    let link = agnes.post(&format!("{AGENCY}/clients"), asked.clone()).await.expect(201);
    assert_eq!(link.body["status"], "pending");
    // whom one asked, and nothing that only those inside know
    assert_eq!(link.body["client"], json!({ "slug": "ada-studio", "name": "ada-studio" }));
    assert_eq!((&link.body["members"], &link.body["brands"]), (&json!(0), &json!(0)));
    assert_eq!(
        agnes.post(&format!("{AGENCY}/clients"), asked).await.expect(409).body["code"],
        "already_linked"
    );
    agnes.get(CLIENT).await.expect(404);
    let overview = agnes.get(&format!("{AGENCY}/clients")).await.expect(200);
    assert_eq!(overview.body["items"][0].get("health"), None, "not let in yet");

    // the client sees who asks, and for what; members.manage is given by name only
    let seen = ada.get(&format!("{CLIENT}/agencies")).await.expect(200);
    let id = seen.body["items"][0]["id"].as_str().unwrap().to_owned();
    assert_eq!(seen.body["items"][0]["agency"]["slug"], "agnes-studio");
    assert_eq!(seen.body["items"][0].get("billing_allocation"), None, "the agency's own business");
    let accepted = ada.post(&format!("{CLIENT}/agencies/{id}/accept"), json!({})).await.expect(200);
    let words: Vec<_> = accepted.body["permissions"].as_array().unwrap().iter().collect();
    assert!(
        !words.contains(&&json!("members.manage")) && words.contains(&&json!("posts.write")),
        "{words:?}"
    );

    // in, as both sides' permissions say
    let mut at_client = agnes.clone();
    at_client.base.clone_from(&ada.base);
    let posts = at_client.get("~/posts").await.expect(200).body["items"].clone();
    at_client.get("~").await.expect(403);
    at_client.post(&format!("{CLIENT}/invitations"), json!({})).await.expect(403);
    let me = agnes.get("/me").await.expect(200);
    let place =
        me.body["organizations"].as_array().unwrap().iter().find(|o| o["slug"] == "ada-studio").unwrap();
    assert_eq!((&place["agency"]["name"], &place["role"]), (&json!("Agnes Studio"), &json!("admin")));
    let mut colleague = bob.clone();
    colleague.base.clone_from(&ada.base);
    colleague.get("~/posts").await.expect(200);
    // and every event says for whom they acted
    let post = posts[0]["id"].as_str().unwrap();
    colleague.post(&format!("~/posts/{post}/reject"), json!({})).await.expect(200);
    let actor: Value = sqlx::query_scalar("SELECT actor FROM operations.events WHERE kind = 'post.rejected'")
        .fetch_one(app.store().pool())
        .await
        .unwrap();
    assert_eq!(actor["type"], "user");
    assert!(actor["agency"].as_str().is_some_and(|agency| agency.starts_with("org_")), "{actor}");
    // what happened between them stands in both logs
    let logs: i64 = sqlx::query_scalar(
        "SELECT count(DISTINCT organization_id) FROM operations.events WHERE kind = 'agency_client.accepted'",
    )
    .fetch_one(app.store().pool())
    .await
    .unwrap();
    assert_eq!(logs, 2);

    let overview = agnes.get(&format!("{AGENCY}/clients")).await.expect(200);
    let client = &overview.body["items"][0];
    assert_eq!((&client["health"]["waiting"], &client["health"]["posts_this_month"]), (&json!(1), &json!(2)));
    assert_eq!(
        (&client["label"], &client["members"], &client["brands"]),
        (&json!("Ada (letters)"), &json!(1), &json!(1))
    );

    // who works for clients stays an agency
    let version = agnes.get(AGENCY).await.expect(200).body["version"].as_i64().unwrap();
    let leaves = agnes.patch(AGENCY, version, json!({ "type": "creator" })).await.expect(409);
    assert_eq!(leaves.fault(), ("type", "has_clients"));

    // the client takes reading away, and then ends it at once
    put(&ada, &format!("{CLIENT}/agencies/{id}"), json!({ "permissions": ["brand.read"] })).await.expect(200);
    at_client.get("~/posts").await.expect(403);
    at_client.get("~").await.expect(200);
    let overview = agnes.get(&format!("{AGENCY}/clients")).await.expect(200);
    assert_eq!(overview.body["items"][0].get("health"), None);
    ada.delete(&format!("{CLIENT}/agencies/{id}")).await.expect(204);
    at_client.get("~").await.expect(404);
    assert_eq!(agnes.get(&format!("{AGENCY}/clients")).await.body["items"], json!([]));
    let ended = agnes.get(&format!("{AGENCY}/clients?all=true")).await.expect(200);
    assert_eq!(ended.body["items"][0]["ended_by"], "client");
    let over = put(&ada, &format!("{CLIENT}/agencies/{id}"), json!({ "permissions": [] })).await.expect(409);
    assert_eq!(over.body["code"], "link_ended");
    agnes.post(&format!("{AGENCY}/clients"), json!({ "organization": "ada-studio" })).await.expect(201);
}

#[tokio::test]
async fn a_contract_has_its_days_and_may_be_about_one_brand() {
    let (app, mut ada, mut agnes, _) = scene().await;
    let other = ada.post(&format!("{CLIENT}/brands"), json!({ "name": "Other" })).await.expect(201);
    let asked = json!({ "organization": "ada-studio", "starts_on": "2026-11-20", "ends_on": "2026-11-30" });
    let id = agnes.post(&format!("{AGENCY}/clients"), asked).await.expect(201).id();
    let about = json!({ "brand_id": other.id() });
    ada.post(&format!("{CLIENT}/agencies/{id}/accept"), about).await.expect(200);
    agnes.get(CLIENT).await.expect(404);
    app.clock.advance(Duration::days(4));
    agnes.get(CLIENT).await.expect(200);
    agnes.get(&format!("{CLIENT}/brands/other/posts")).await.expect(200);
    agnes.get(&format!("{CLIENT}/brands/ada-studio/posts")).await.expect(404);
    let brands = agnes.get(&format!("{CLIENT}/brands")).await.expect(200);
    assert_eq!(brands.body["items"].as_array().unwrap().len(), 1);
    app.clock.advance(Duration::days(11));
    app.sign_in_again(&mut ada, "Ada").await;
    app.sign_in_again(&mut agnes, "Agnes").await;
    agnes.get(CLIENT).await.expect(404);
    let wrong = json!({ "permissions": [], "starts_on": "2026-12-02", "ends_on": "2026-12-01" });
    let wrong = put(&ada, &format!("{CLIENT}/agencies/{id}"), wrong).await.expect(422);
    assert_eq!(wrong.fault(), ("ends_on", "before_start"));
}

#[tokio::test]
async fn an_agency_makes_clients_and_splits_its_costs() {
    let (_app, ada, agnes, bob) = scene().await;
    let clients = format!("{AGENCY}/clients");
    let made = json!({ "create": { "name": "Bakery", "type": "business" }, "billing_allocation": 60.5 });
    let made = agnes.post(&clients, made).await.expect(201);
    assert_eq!((&made.body["status"], &made.body["client"]["slug"]), (&json!("active"), &json!("bakery")));
    // whoever made it owns it, colleagues come for the agency
    assert_eq!(
        agnes.get("/organizations/bakery/members").await.expect(200).body["items"][0]["role"],
        "owner"
    );
    bob.get("/organizations/bakery/brands/bakery/posts").await.expect(200);
    bob.patch("/organizations/bakery", 1, json!({ "name": "Mine" })).await.expect(403);

    let ask = |share: f64| json!({ "organization": "ada-studio", "billing_allocation": share });
    assert_eq!(agnes.post(&clients, ask(40.0)).await.expect(422).fault(), ("billing_allocation", "over_100"));
    assert_eq!(agnes.post(&clients, ask(0.001)).await.expect(422).fault().1, "out_of_range");
    let link = agnes.post(&clients, ask(39.5)).await.expect(201).id();
    let more =
        put(&agnes, &format!("{clients}/{link}"), json!({ "label": "Ada", "billing_allocation": 39.51 }))
            .await;
    assert_eq!(more.expect(422).fault().1, "over_100");
    put(&agnes, &format!("{clients}/{link}"), json!({ "label": "Ada", "billing_allocation": 10 }))
        .await
        .expect(200);

    // wrong in other ways
    for (body, path) in [
        (json!({}), "organization"),
        (json!({ "organization": "nobody" }), "organization"),
        (json!({ "organization": "agnes-studio" }), "organization"),
        (json!({ "organization": "ada-studio", "create": { "name": "X" } }), "organization"),
        (json!({ "create": { "name": " " } }), "create/name"),
    ] {
        assert_eq!(agnes.post(&clients, body).await.expect(422).fault().0, path);
    }
    bob.post(&clients, json!({ "organization": "ada-studio" })).await.expect(403);
    let no_agency =
        ada.post(&format!("{CLIENT}/clients"), json!({ "organization": "bakery" })).await.expect(409);
    assert_eq!(no_agency.body["code"], "not_an_agency");
    // a request is taken back by the one who made it
    agnes.delete(&format!("{clients}/{link}")).await.expect(204);
    assert_eq!(ada.get(&format!("{CLIENT}/agencies")).await.body["items"], json!([]));
}

#[tokio::test]
async fn nobody_lets_an_agency_do_more_than_themselves() {
    let (app, ada, agnes, _) = scene().await;
    let made = ada.post(&format!("{CLIENT}/invitations"), json!({ "role": "admin" })).await.expect(201);
    let token = made.body["link"].as_str().unwrap().split_once("#token=").unwrap().1.to_owned();
    let amy = app.sign_up("Amy").await;
    amy.post("/me/invitations", json!({ "token": token })).await.expect(200);
    let id = agnes
        .post(&format!("{AGENCY}/clients"), json!({ "organization": "ada-studio" }))
        .await
        .expect(201)
        .id();
    let accept = format!("{CLIENT}/agencies/{id}/accept");
    let beyond = amy.post(&accept, json!({ "permissions": ["billing.manage"] })).await.expect(403);
    assert_eq!(beyond.body["code"], "permission_not_held");
    amy.post(&accept, json!({ "permissions": ["agency.manage", "members.manage"] })).await.expect(200);
    // a guest opens no door to further guests, and touches nobody above what they hold
    let own = agnes.get(&format!("{CLIENT}/agencies")).await.expect(403);
    assert_eq!(own.body["code"], "forbidden");
    let change = json!({ "permissions": ["posts.read"] });
    let refused = put(&agnes, &format!("{CLIENT}/agencies/{id}"), change).await.expect(403);
    assert_eq!(refused.body["code"], "own_people_only");
    let amy_id = amy.get("/me").await.body["user"]["id"].as_str().unwrap().to_owned();
    agnes.delete(&format!("{CLIENT}/members/{amy_id}")).await.expect(403);
    agnes.post(&format!("{CLIENT}/invitations"), json!({ "role": "member" })).await.expect(403);
    agnes.post(&format!("{CLIENT}/leave"), json!({})).await.expect(403);
}
