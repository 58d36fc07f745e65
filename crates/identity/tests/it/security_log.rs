//! What the security log tells of organizations and people.

use axum::http::Method;
use serde_json::{Value, json};

use crate::app::{App, Client};

async fn kinds(client: &Client, path: &str) -> Vec<String> {
    let log = client.get(&format!("{path}?limit=100")).await.expect(200);
    let items = log.body["items"].as_array().unwrap().clone();
    items.iter().map(|item| item["kind"].as_str().unwrap().to_owned()).collect()
}

async fn send(client: &Client, method: Method, path: &str, body: Option<Value>) {
    let answer = match body {
        Some(body) => client.send(method, path, &[], body).await,
        None => client.raw(method, path, &[], Vec::new()).await,
    };
    assert!(answer.status.is_success(), "{path}: {}", answer.body);
}

async fn join(ada: &Client, other: &Client) -> String {
    let invited = ada.post("/organizations/ada/invitations", json!({ "role": "member" })).await.expect(201);
    let token = invited.text("/link").split_once("#token=").unwrap().1.to_owned();
    other.post("/me/invitations", json!({ "token": token })).await.expect(200);
    other.get("/me").await.body["user"]["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn what_happens_to_an_organization_is_in_its_security_log() {
    let app = App::new().await;
    let (ada, bob) = (app.sign_up("ada").await, app.sign_up("bob").await);
    let user = join(&ada, &bob).await;
    let member = format!("/organizations/ada/members/{user}");
    send(&ada, Method::PUT, &member, Some(json!({ "role": "admin" }))).await;
    send(&ada, Method::DELETE, &member, None).await;
    let log = kinds(&ada, "/organizations/ada/security-events").await;
    for kind in ["member.invited", "member.joined", "permission.changed", "member.removed"] {
        assert_eq!(log.iter().filter(|known| *known == kind).count(), 1, "{kind} in {log:?}");
    }
    let own = kinds(&bob, "/me/security-events").await;
    for kind in ["member.joined", "permission.changed", "member.removed"] {
        assert!(own.iter().any(|known| known == kind), "{kind} in {own:?}");
    }

    let heir = join(&ada, &bob).await;
    let transfer = json!({ "user_id": heir, "confirm": "ada" });
    ada.post("/organizations/ada/transfer", transfer).await.expect(200);
    let log = kinds(&bob, "/organizations/ada/security-events").await;
    assert!(log.iter().any(|kind| kind == "organization.transferred"), "{log:?}");
    send(&bob, Method::DELETE, "/organizations/ada?confirm=ada", None).await;
    let own = kinds(&bob, "/me/security-events").await;
    assert!(own.iter().any(|kind| kind == "organization.deleted"), "{own:?}");
}

#[tokio::test]
async fn what_an_operator_does_to_a_person_is_in_theirs() {
    let app = App::new().await;
    let ada = app.sign_up("ada").await;
    app.identity.set_operator("ada@example.org", true).await.unwrap();
    app.identity.set_operator("ada@example.org", false).await.unwrap();
    ada.post("/auth/magic-link", json!({ "email": "ada@example.org" })).await.expect(202);
    app.identity.set_password("ada@example.org", "another long password".into()).await.unwrap();
    let left = "SELECT (SELECT count(*) FROM identity.known_devices)
                     + (SELECT count(*) FROM identity.sessions WHERE ended_at IS NULL)";
    assert_eq!(app.one::<i64>(left).await, 0);
    let input = json!({ "email": "ada@example.org", "password": "another long password" });
    let back = app.anonymous().post("/auth/sign-in", input).await.expect(200);
    let cookie = back.headers.get_all("set-cookie").iter().find_map(|cookie| {
        let pair = cookie.to_str().ok()?.split(';').next()?;
        pair.starts_with("bellwether_session=").then(|| pair.to_owned())
    });
    let mut ada = app.anonymous();
    ada.headers.push(("cookie".to_owned(), cookie.unwrap()));
    let own = kinds(&ada, "/me/security-events").await;
    for kind in ["operator.granted", "operator.revoked", "password.changed"] {
        assert!(own.iter().any(|known| known == kind), "{kind} in {own:?}");
    }
}
