//! Health, figures, the API's description.

use bellwether_web::openapi;
use serde_json::Value;

use crate::app::{App, api};

#[tokio::test]
async fn alive_says_only_that_the_process_answers() {
    let app = App::new().await;
    app.web.store.close().await;
    let answer = app.get("/healthz").send().await;
    assert_eq!((answer.status.as_u16(), answer.header("cache-control")), (200, "no-store"));
}

#[tokio::test]
async fn ready_needs_the_database() {
    let app = App::new().await;
    let ready = app.get("/readyz").send().await;
    assert_eq!((ready.status.as_u16(), &ready.json()["ready"]), (200, &Value::Bool(true)));
    app.web.store.close().await;
    let gone = app.get("/readyz").send().await;
    assert_eq!(gone.status, 503);
    assert_eq!(gone.json()["reasons"][0], "the database can't be reached");
}

#[tokio::test]
async fn ready_needs_every_migration() {
    let app = App::new().await;
    let last = "DELETE FROM _sqlx_migrations WHERE version = (SELECT max(version) FROM _sqlx_migrations)";
    sqlx::query(last).execute(app.web.store.pool()).await.unwrap();
    let behind = app.get("/readyz").send().await;
    assert_eq!(behind.status, 503);
    assert!(behind.json()["reasons"][0].as_str().unwrap().starts_with("1 migrations are missing"));
    sqlx::query("DROP TABLE _sqlx_migrations").execute(app.web.store.pool()).await.unwrap();
    let never = app.get("/readyz").send().await;
    assert_eq!(never.status, 503);
    assert!(never.json()["reasons"][0].as_str().unwrap().contains("never migrated"));
}

#[tokio::test]
async fn not_ready_once_told_to_stop() {
    let app = App::new().await;
    app.web.shutdown.cancel();
    assert_eq!(app.get("/readyz").send().await.status, 503);
}

#[tokio::test]
async fn figures_are_by_route_and_never_by_path() {
    let app = App::new().await;
    app.get("/api/v1/organizations/acme/thing").by("owner").send().await;
    app.get("/api/v1/organizations/secret-name/thing").by("owner").send().await;
    app.get("/api/v1/unknown-1").send().await;
    app.get("/some/page").header("accept", "text/html").send().await;
    let figures = app.get("/metrics").from("127.0.0.1").send().await;
    assert_eq!(figures.status, 200);
    let text = figures.text();
    let thing = r#"method="GET",route="/api/v1/organizations/{org}/thing",status="2xx"} 1"#;
    for part in [
        thing,
        r#"route="/api/v1/organizations/{org}/thing",status="4xx"} 1"#,
        r#"route="/api/{unknown}",status="4xx"} 1"#,
        r#"route="/{app}",status="2xx"} 1"#,
        "bellwether_http_requests_in_flight 1",
        "bellwether_http_event_streams 0",
        "bellwether_database_connections ",
    ] {
        assert!(text.contains(part), "{part} is missing in\n{text}");
    }
    assert!(!text.contains("secret-name") && !text.contains("unknown-1"));
    assert!(text.ends_with("# EOF\n"));
}

#[tokio::test]
async fn figures_are_for_this_machine_or_whoever_has_the_token() {
    let app = App::with(|config| config.metrics_token = Some("sesame".into())).await;
    let metrics = || app.get("/metrics");
    assert_eq!(metrics().send().await.status, 404);
    assert_eq!(metrics().from("1.2.3.4").send().await.status, 404);
    assert_eq!(metrics().from("127.0.0.1").header("x-forwarded-for", "1.2.3.4").send().await.status, 404);
    assert_eq!(metrics().from("1.2.3.4").header("authorization", "Bearer wrong").send().await.status, 404);
    assert_eq!(metrics().from("1.2.3.4").header("authorization", "Bearer sesame").send().await.status, 200);
    assert_eq!(metrics().from("127.0.0.1").send().await.status, 200);
}

#[tokio::test]
async fn the_description_says_of_every_operation_what_holds_for_all() {
    let app = App::new().await;
    let answer = app.get("/api/openapi.json").send().await;
    assert_eq!((answer.status.as_u16(), answer.header("content-type")), (200, "application/json"));
    let document = answer.json();
    assert_eq!(document["openapi"], "3.1.0");
    assert_eq!(document["info"]["title"], "Bellwether");
    assert_eq!(document["components"]["securitySchemes"]["session"]["name"], "bellwether_session");
    assert_eq!(document["components"]["securitySchemes"]["bearer"]["scheme"], "bearer");
    assert!(document["components"]["schemas"]["Problem"]["properties"]["request_id"].is_object());
    assert!(document["components"]["schemas"]["Event"].is_object());

    let change = &document["paths"]["/api/v1/organizations/{org}/thing"]["patch"];
    for status in ["400", "401", "403", "404", "412", "413", "415", "422", "428", "429", "500"] {
        assert!(change["responses"][status]["$ref"].is_string(), "{status}");
    }
    let names = |operation: &Value| -> Vec<String> {
        let parameters = operation["parameters"].as_array().cloned().unwrap_or_default();
        parameters.iter().map(|one| one["name"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(names(change), ["org", "If-Match"]);
    let work = &document["paths"]["/api/v1/work"]["post"];
    assert_eq!(names(work), ["Idempotency-Key"]);
    assert!(work["responses"]["409"]["$ref"].is_string());
    let list = &document["paths"]["/api/v1/list"]["get"];
    assert_eq!(names(list), ["limit", "cursor"]);
    assert!(list["responses"]["401"].is_null(), "nobody needs to be signed in");
    let events = &document["paths"]["/api/v1/organizations/{org}/events"]["get"];
    assert_eq!(names(events), ["org", "after", "Last-Event-ID"]);
    assert_eq!(document["tags"][0]["name"], "Notes");
}

#[tokio::test]
async fn every_reference_in_the_description_leads_somewhere() {
    let app = App::new().await;
    let document = openapi::document("1.0.0", [api(app.work.clone())]);
    assert_eq!(openapi::dangling(&document), Vec::<String>::new());
    let schemas = &document.components.as_ref().unwrap().schemas;
    assert!(
        schemas.contains_key("PostId") && schemas.contains_key("EventId") && !schemas.contains_key("AiRunId")
    );
}

#[tokio::test]
async fn the_page_needs_nothing_from_outside() {
    let app = App::new().await;
    let page = app.get("/api/docs").header("accept", "text/html").send().await;
    assert_eq!((page.status.as_u16(), page.header("content-type")), (200, "text/html; charset=utf-8"));
    let html = page.text();
    assert!(html.contains(r#"src="/api/docs/docs.js""#) && html.contains(r#"href="/api/docs/docs.css""#));
    for outside in ["http:", "https:", "style=", "onclick", "<style"] {
        assert!(!html.contains(outside), "{outside}");
    }
    for (path, kind) in [
        ("/api/docs/docs.js", "text/javascript; charset=utf-8"),
        ("/api/docs/docs.css", "text/css; charset=utf-8"),
    ] {
        let file = app.get(path).send().await;
        assert_eq!((file.status.as_u16(), file.header("content-type")), (200, kind));
        let known = file.header("etag").to_owned();
        assert_eq!(app.get(path).header("if-none-match", &known).send().await.status, 304);
    }
}
