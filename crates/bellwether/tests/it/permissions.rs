//! Every route, asked by those who may not: anonymous, of another tenant, of too low a role.

use http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::app::{Client, TestApp};

/// The routes of the API's description, with ids of things that exist filled in.
fn routes(document: &Value, fill: &[(&str, &str)]) -> Vec<(Method, String, String)> {
    let mut routes = Vec::new();
    for (path, operations) in document["paths"].as_object().unwrap() {
        for method in operations.as_object().unwrap().keys() {
            let Ok(method) = Method::from_bytes(method.to_uppercase().as_bytes()) else { continue };
            if !["GET", "POST", "PATCH", "PUT", "DELETE"].contains(&method.as_str()) {
                continue;
            }
            let filled = fill
                .iter()
                .fold(path.clone(), |path, (name, value)| path.replace(&format!("{{{name}}}"), value));
            assert!(!filled.contains('{'), "the test knows no value for {filled}");
            routes.push((method, path.clone(), filled.strip_prefix("/api/v1").unwrap_or(&filled).to_owned()));
        }
    }
    routes
}

/// What needs no sign-in.
const PUBLIC: &[&str] = &[
    "POST /api/v1/auth/sign-up",
    "POST /api/v1/auth/sign-in",
    "POST /api/v1/auth/sign-out",
    "POST /api/v1/auth/link",
    "GET /api/v1/networks",
];

async fn ask(client: &Client, method: &Method, path: &str) -> StatusCode {
    let headers = [("content-type", "application/json"), ("if-match", "\"1\"")];
    let body = (method != Method::GET && method != Method::DELETE).then(|| b"{}".to_vec());
    client.send(method.clone(), path, &headers, body).await.status
}

struct Scene {
    app: TestApp,
    ada: Client,
    routes: Vec<(Method, String, String)>,
}

async fn scene() -> Scene {
    let app = TestApp::new().await;
    let ada = app.sign_up("Ada").await;
    let asked = ada.generate(&["x.post"]).await.expect(202);
    app.drain().await;
    let post = ada.get("~/posts").await.body["items"][0]["id"].as_str().unwrap().to_owned();
    let versions = ada.get(&format!("~/posts/{post}/versions")).await.expect(200);
    let version = versions.body["items"][0]["id"].as_str().unwrap().to_owned();
    let generation = ada.get(&format!("~/generations/{}", asked.id())).await.expect(200);
    let output = generation.body["outputs"][0]["id"].as_str().unwrap().to_owned();
    let session = ada.get("/me/sessions").await.body["items"][0]["id"].as_str().unwrap().to_owned();
    let document: Value = {
        let document = bellwether::wiring::openapi().unwrap();
        serde_json::to_value(document).unwrap()
    };
    let fill = [
        ("org", "ada-studio"),
        ("brand", "ada-studio"),
        ("post", &*post),
        ("version", &*version),
        ("generation", &*asked.id()),
        ("output", &*output),
        ("session", &*session),
    ];
    let routes = routes(&document, &fill);
    assert!(routes.len() > 30, "{}", routes.len());
    Scene { app, ada, routes }
}

#[tokio::test]
async fn nobody_gets_in_without_signing_in() {
    let scene = scene().await;
    let anonymous = scene.app.anonymous();
    for (method, template, path) in &scene.routes {
        if PUBLIC.contains(&format!("{method} {template}").as_str()) {
            continue;
        }
        assert_eq!(ask(&anonymous, method, path).await, StatusCode::UNAUTHORIZED, "{method} {template}");
    }
}

#[tokio::test]
async fn another_tenant_finds_nothing_there() {
    let scene = scene().await;
    let eve = scene.app.sign_up("Eve").await;
    for (method, template, path) in &scene.routes {
        if !template.contains("{org}") && !template.contains("{session}") {
            continue;
        }
        assert_eq!(ask(&eve, method, path).await, StatusCode::NOT_FOUND, "{method} {template}");
    }
    // nor by naming a thing of another's in one's own brand
    for (method, template, path) in &scene.routes {
        let things = ["{post}", "{generation}", "{output}", "{version}"];
        if !things.iter().any(|thing| template.contains(thing)) {
            continue;
        }
        let path = path.replace("ada-studio", "eve-studio");
        let status = ask(&eve, method, &path).await;
        assert!(
            status == StatusCode::NOT_FOUND || status == StatusCode::UNPROCESSABLE_ENTITY,
            "{method} {template}: {status}"
        );
    }
    // and nothing of it has changed
    assert_eq!(scene.ada.get("~/posts").await.body["items"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn roles_and_brands_bound_what_a_member_may() {
    let app = TestApp::new().await;
    let ada = app.sign_up("Ada").await;
    let bob = app.sign_up("Bob").await;
    ada.post("/organizations/ada-studio/brands", json!({ "name": "Other" })).await.expect(201);
    // Bob is a member of one brand of Ada's
    sqlx::query(
        "INSERT INTO identity.memberships (organization_id, id, user_id, brand_id, role)
         SELECT o.id, gen_random_uuid(), u.id, b.id, 'member'
           FROM identity.organizations o JOIN brand.brands b ON b.organization_id = o.id AND b.slug = 'ada-studio',
                identity.users u
          WHERE o.slug = 'ada-studio' AND u.email = 'bob@example.org'",
    )
    .execute(app.store().pool())
    .await
    .unwrap();
    let mut inside = bob.clone();
    inside.base.clone_from(&ada.base);
    inside.get("~/posts").await.expect(200);
    inside.generate(&["x.post"]).await.expect(202);
    app.drain().await;
    bob.get("/organizations/ada-studio/brands/other").await.expect(404);
    let brands = bob.get("/organizations/ada-studio/brands").await.expect(200);
    assert_eq!(brands.body["items"].as_array().unwrap().len(), 1);
    assert_eq!(
        bob.patch("/organizations/ada-studio", 1, json!({ "name": "Mine" })).await.expect(403).body["code"],
        "forbidden"
    );
    bob.patch("/organizations/ada-studio/brands/ada-studio", 1, json!({ "name": "Mine" })).await.expect(403);
    bob.post("/organizations/ada-studio/brands", json!({ "name": "Third" })).await.expect(403);

    sqlx::query("UPDATE identity.memberships m SET role = 'manager' FROM identity.users u WHERE u.id = m.user_id AND u.email = 'bob@example.org' AND m.brand_id IS NOT NULL")
        .execute(app.store().pool())
        .await
        .unwrap();
    bob.patch("/organizations/ada-studio/brands/ada-studio", 1, json!({ "name": "Ours" })).await.expect(200);
    app.done().await;
}
