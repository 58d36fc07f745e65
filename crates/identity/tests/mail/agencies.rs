use serde_json::{Value, json};

use crate::app::{App, email};

#[tokio::test]
async fn an_agency_learns_and_leaves_nothing_that_it_was_not_given() {
    let app = App::new().await;
    let mut ada = app.sign_up("Ada").await;
    let mut agnes = app.sign_up("Agnes").await;
    let mut bob = app.sign_up("Bob").await;
    let mut tx = app.database.store().service("a test makes an agency").await.unwrap();
    sqlx::query("UPDATE identity.organizations SET type = 'agency' WHERE slug = 'agnes'")
        .execute(tx.conn())
        .await
        .unwrap();
    sqlx::query(
        "INSERT INTO identity.memberships (organization_id, id, user_id, role)
         SELECT o.id, gen_random_uuid(), u.id, 'member' FROM identity.organizations o, identity.users u
          WHERE o.slug = 'agnes' AND u.name = 'Bob'",
    )
    .execute(tx.conn())
    .await
    .unwrap();
    tx.commit().await.unwrap();

    let clients = "/organizations/agnes/clients";
    for (path, day) in [("starts_on", "-9999-01-01"), ("ends_on", "2101-01-01")] {
        let input = json!({ "organization": "ada", path: day });
        agnes.post(clients, input).await.fault(path, "out_of_range");
    }
    let words = ["posts.read", "posts.write", "posts.review", "brand.read", "members.read", "members.manage"];
    let asked = json!({ "organization": "ada", "permissions": words });
    let link = agnes.post(clients, asked).await.expect(201).body;
    assert_eq!(link["client"], json!({ "slug": "ada", "name": "ada" }));
    assert_eq!((&link["label"], &link["members"], &link["brands"]), (&json!("ada"), &json!(0), &json!(0)));
    let told =
        "SELECT count(*) FROM operations.events e JOIN identity.organizations o ON o.id = e.organization_id
                 WHERE o.slug = 'agnes' AND e.data ? 'client_id'";
    assert_eq!(app.count(told).await, 0);

    let accept = format!("/organizations/ada/agencies/{}/accept", link["id"].as_str().unwrap());
    ada.post(&accept, json!({ "permissions": words })).await.expect(200);
    let seen = agnes.get(&format!("{clients}/{}", link["id"].as_str().unwrap())).await.expect(200).body;
    assert!(
        seen["client"]["id"].is_string() && seen["client"]["name"] == "Ada" && seen["members"] == 1,
        "{seen}"
    );
    // who works for the agency goes with it
    let input = json!({ "email": email("Bob"), "role": "member" });
    agnes.post("/organizations/ada/invitations", input.clone()).await.fault("email", "of_the_agency");
    ada.post("/organizations/ada/invitations", input).await.expect(201);
    // nor by a link that goes around, as long as one of the agency made it
    let open = json!({ "role": "member", "max_uses": 2 });
    let token = |made: &Value| made["link"].as_str().unwrap().split_once("#token=").unwrap().1.to_owned();
    let theirs = agnes.post("/organizations/ada/invitations", open.clone()).await.expect(201).body;
    let body = json!({ "token": token(&theirs) });
    bob.post("/me/invitations", body.clone()).await.refused(409, "of_the_agency");
    agnes.post("/me/invitations", body.clone()).await.refused(409, "of_the_agency");
    app.sign_up("Carl").await.post("/me/invitations", body).await.expect(200);
    // the client itself may ask them in
    let own = ada.post("/organizations/ada/invitations", open).await.expect(201).body;
    bob.post("/me/invitations", json!({ "token": token(&own) })).await.expect(200);
}

#[tokio::test]
async fn of_two_invitations_that_are_accepted_at_once_one_counts() {
    let app = App::new().await;
    let mut ada = app.sign_up("Ada").await;
    let bob = app.sign_up("Bob").await;
    let mut tokens: Vec<Value> = Vec::new();
    for _ in 0..2 {
        let made = ada.post("/organizations/ada/invitations", json!({ "role": "member" })).await.expect(201);
        tokens.push(made.body["link"].as_str().unwrap().split_once("#token=").unwrap().1.into());
    }
    let (mut one, mut other) = (bob.clone(), bob);
    let (first, second) = tokio::join!(
        one.post("/me/invitations", json!({ "token": tokens[0] })),
        other.post("/me/invitations", json!({ "token": tokens[1] }))
    );
    let (good, late) = if first.status.is_success() { (first, second) } else { (second, first) };
    good.expect(200);
    late.refused(409, "already_member");
}
