//! No other site makes a browser change anything with its cookies.

use axum::http::Method;
use serde_json::json;

use crate::app::{App, PASSWORD, email};

#[tokio::test]
async fn requests_that_other_sites_make_change_nothing() {
    let app = App::new().await;
    let ada = app.sign_up("Ada").await;
    let body = |value: serde_json::Value| value.to_string().into_bytes();
    let routes = [
        (Method::PATCH, "/me", body(json!({ "name": "Eve" }))),
        (Method::DELETE, "/me", Vec::new()),
        (
            Method::PUT,
            "/me/password",
            body(json!({ "current_password": PASSWORD, "password": "set by another site" })),
        ),
        (Method::PUT, "/me/avatar", b"x".to_vec()),
        (Method::POST, "/me/email", body(json!({ "email": "eve@example.org" }))),
        (Method::POST, "/me/confirm", body(json!({ "password": PASSWORD }))),
        (Method::DELETE, "/me/sessions", Vec::new()),
        (Method::POST, "/auth/sign-out", Vec::new()),
        // signing somebody in as somebody else is a change as well
        (Method::POST, "/auth/sign-in", body(json!({ "email": email("Ada"), "password": PASSWORD }))),
        (Method::POST, "/auth/magic-link", body(json!({ "email": email("Ada") }))),
    ];
    let foreign: &[&[(&str, &str)]] = &[
        &[("sec-fetch-site", "cross-site")],
        &[("sec-fetch-site", "same-site")],
        &[("origin", "https://evil.example")],
        &[("origin", "null")],
        &[("origin", "https://bell.example.evil.example")],
        &[("sec-fetch-site", "cross-site"), ("origin", "https://bell.example.evil.example")],
    ];
    let before = app.count("SELECT count(*) FROM operations.security_events").await;
    for (method, path, body) in routes {
        for headers in foreign {
            // what a form of another site can send without asking first
            let mut headers = headers.to_vec();
            headers.push(("content-type", "text/plain"));
            ada.raw(method.clone(), path, &headers, body.clone()).await.refused(403, "foreign_origin");
            headers.pop();
            headers.push(("content-type", "application/json"));
            let answer = ada.raw(method.clone(), path, &headers, body.clone()).await;
            assert!(answer.set_cookies().is_empty());
            answer.refused(403, "foreign_origin");
        }
    }
    assert_eq!(app.count("SELECT count(*) FROM operations.security_events").await, before);
    let mut ada = ada;
    assert_eq!(ada.get("/me").await.expect(200).body["user"]["name"], "Ada");
}

#[tokio::test]
async fn cookies_are_not_sent_along_by_other_sites() {
    let app = App::new().await;
    app.sign_up("Ada").await;
    let mut browser = app.browser("192.0.2.1");
    let answer = browser.password("Ada", PASSWORD).await.expect(200);
    let cookies = answer.set_cookies();
    assert_eq!(cookies.len(), 2);
    for cookie in cookies {
        for part in ["HttpOnly", "SameSite=Lax", "Secure"] {
            assert!(cookie.contains(part), "{cookie}");
        }
        assert!(!cookie.contains("Domain"), "for this host only");
    }
    // links by mail are opened from another site: their pages are GET and change nothing; the token is posted
    let answer = browser.post("/auth/sign-out", json!({})).await.expect(204);
    assert!(answer.set_cookies()[0].contains("Max-Age=0"));
}
