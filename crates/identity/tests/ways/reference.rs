//! The same against programs of others: a certified OpenID provider and the libraries that sign webhooks.

use std::{
    io::{BufRead as _, BufReader, Write as _},
    path::PathBuf,
    process::{Child, Command, Stdio},
};

use bellwether_identity::{clerk::Verifier, external::OidcProvider};
use http::HeaderMap;
use reqwest::{Client as Http, StatusCode};
use serde_json::{Value, json};
use url::Url;

use crate::{
    app::{App, ORIGIN, config},
    clerk, oidc,
};

/// Where the reference libraries are. Without them the test says so loudly, and fails where nobody reads: in CI.
fn home() -> Option<PathBuf> {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../../scripts/reference.sh");
    let output = Command::new(script).stderr(Stdio::piped()).output().unwrap();
    if output.status.success() {
        return Some(PathBuf::from(String::from_utf8(output.stdout).unwrap().trim()));
    }
    let why = String::from_utf8_lossy(&output.stderr);
    assert!(std::env::var_os("CI").is_none(), "the reference libraries can't be had: {why}");
    println!("SKIPPED: the reference libraries can't be had: {why}");
    None
}

/// A program that ends with the test.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A browser that knows nothing but cookies, redirects and the provider's two forms.
async fn visit(issuer: &str, url: &str) -> Url {
    let http = Http::builder().redirect(reqwest::redirect::Policy::none()).no_proxy().build().unwrap();
    let mut cookies: Vec<(String, String)> = Vec::new();
    let (mut url, mut form) = (Url::parse(url).unwrap(), None);
    for _ in 0..20 {
        if url.as_str().starts_with(ORIGIN) {
            return url;
        }
        assert!(url.as_str().starts_with(issuer), "{url}");
        let mut request = match form.take() {
            None => http.get(url.clone()),
            Some(body) => http
                .post(url.clone())
                .header("content-type", "application/x-www-form-urlencoded")
                .body::<&str>(body),
        };
        let jar: Vec<String> = cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        request = request.header("cookie", jar.join("; "));
        let response = request.send().await.unwrap();
        for cookie in response.headers().get_all("set-cookie") {
            let pair = cookie.to_str().unwrap().split(';').next().unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            cookies.retain(|(known, _)| known != name);
            if !value.is_empty() {
                cookies.push((name.to_owned(), value.to_owned()));
            }
        }
        if response.status().is_redirection() {
            url = url.join(response.headers()["location"].to_str().unwrap()).unwrap();
            continue;
        }
        assert_eq!(response.status(), StatusCode::OK, "{url}");
        let page = response.text().await.unwrap();
        let login = page.contains(r#"name="login""#);
        form = Some(if login { "prompt=login&login=reference&password=x" } else { "prompt=consent" });
    }
    panic!("the provider sends the browser in circles: {url}");
}

#[tokio::test]
async fn a_certified_openid_provider_signs_people_in() {
    let Some(home) = home() else { return };
    let redirect = format!("{ORIGIN}/api/v1/auth/external/reference/callback");
    let mut child = Command::new("node")
        .arg(home.join("provider.mjs"))
        .arg(&redirect)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let _running = Running(child);
    let issuer = lines.next().expect("the provider says where it is").unwrap();
    let mut settings = config();
    settings.real_time = true;
    settings.oidc = vec![
        serde_json::from_value::<OidcProvider>(json!({
            "id": "reference", "name": "Reference", "issuer": issuer, "client_id": "bellwether",
            "client_secret": "a secret & more", "sign_up": true, "trust_email": true,
        }))
        .unwrap(),
    ];
    let app = App::with(settings).await;
    let mut people = Vec::new();
    for _ in 0..2 {
        let begun = oidc::begin(&app.anonymous(), "/auth/external/reference/begin", json!({})).await;
        let back = visit(&issuer, &begun.url).await;
        assert!(back.as_str().starts_with(&redirect), "{back}");
        let query = back.query().unwrap();
        assert!(query.contains("iss="), "it names itself (RFC 9207): {query}");
        let answer = oidc::back(&app, "reference", &begun.browser, query).await;
        assert_eq!(answer.headers["location"], "/", "{:?}", answer.headers);
        let client = app.anonymous();
        client.keep(answer.cookie());
        people.push(client.get("/me").await.expect(200).body["user"].clone());
        // its code worked once, and so does the way back
        let again = oidc::back(&app, "reference", &begun.browser, query).await;
        assert_eq!(again.headers["location"], "/sign-in#error=flow_over");
    }
    assert_eq!(
        (&people[0]["email"], &people[0]["name"]),
        (&json!("reference@example.org"), &json!("Reference Person"))
    );
    assert_eq!(people[0]["id"], people[1]["id"]);
}

#[tokio::test]
async fn webhooks_signed_by_the_reference_libraries_hold() {
    let Some(home) = home() else { return };
    let mut child = Command::new(home.join("venv/bin/python"))
        .arg(home.join("sign.py"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let _running = Running(child);
    let mut ask = |question: Value| -> Value {
        writeln!(stdin, "{question}").unwrap();
        serde_json::from_str(&lines.next().expect("an answer").unwrap()).unwrap()
    };
    let mut settings = config();
    settings.real_time = true;
    settings.clerk.webhook_secrets = vec![clerk::SECRET.to_owned()];
    let app = App::with(settings).await;
    let now = app.clock.now();
    let time = now.timestamp();
    let body = r#"{"type":"user.created","data":{"id":"user_1","first_name":"Zoë"}}"#;
    for (n, library) in ["svix", "standardwebhooks"].into_iter().enumerate() {
        let id = format!("msg_{n}");
        let given = clerk::sign(clerk::SECRET, &id, time, body);
        let answer = ask(json!({
            "library": library, "secret": clerk::SECRET, "id": id, "time": time, "body": body, "given": given,
        }));
        assert_eq!(answer["holds"], true, "{library} takes what the tests sign");
        let signature = answer["signature"].as_str().unwrap();
        let headers = clerk::headers(&id, time, signature);
        assert_eq!(clerk::post(&app, &headers, body).await, (204, String::new()), "{library}");
        // the names of Standard Webhooks
        let mut other = HeaderMap::new();
        for name in ["id", "timestamp", "signature"] {
            other.insert(
                http::HeaderName::try_from(format!("webhook-{name}")).unwrap(),
                headers[format!("svix-{name}").as_str()].clone(),
            );
        }
        let verifier = Verifier::new(&[clerk::SECRET.to_owned()]).unwrap();
        assert!(verifier.check(&other, body.as_bytes(), now).is_ok());
        let late = ask(json!({
            "library": library, "secret": clerk::SECRET, "id": id, "time": time - 600, "body": body,
        }));
        let headers = clerk::headers(&id, time - 600, late["signature"].as_str().unwrap());
        assert_eq!(clerk::post(&app, &headers, body).await.1, "signature_expired");
        let foreign = ask(json!({
            "library": library, "secret": "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD", "id": id, "time": time,
            "body": body,
        }));
        let headers = clerk::headers(&id, time, foreign["signature"].as_str().unwrap());
        assert_eq!(clerk::post(&app, &headers, body).await.1, "signature_refused");
    }
    assert_eq!(app.count("SELECT count(*) FROM operations.webhook_inbox").await, 2);
}
