//! No token, password, hash, cookie or link in any log line or event.

use std::{
    io,
    sync::{Arc, Mutex},
};

use axum::http::Method;
use bellwether_mail::MailConfig;
use serde_json::{Value, json};
use sqlx::Row as _;
use tracing_subscriber::{filter::LevelFilter, fmt::MakeWriter};

use crate::{
    app::{App, Client, ORIGIN, PASSWORD, Settings, email},
    authenticator::Authenticator,
    provider::{CLIENT, Fake, SECRET},
    sink::Sink,
};

#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl io::Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Lines {
    type Writer = Self;
    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

/// What the database keeps of secrets, as a log could show it.
async fn hashes(app: &App) -> Vec<String> {
    let mut tx = app.database.store().service("a test reads all hashes").await.unwrap();
    let rows = sqlx::query(
        "SELECT encode(token_hash, 'hex') AS hash FROM identity.sessions
         UNION ALL SELECT encode(token_hash, 'hex') FROM identity.login_links
         UNION ALL SELECT encode(token_hash, 'hex') FROM identity.known_devices
         UNION ALL SELECT encode(token_hash, 'base64') FROM identity.sessions
         UNION ALL SELECT encode(token_hash, 'hex') FROM identity.pending_sign_ins
         UNION ALL SELECT encode(token_hash, 'hex') FROM identity.invitations
         UNION ALL SELECT encode(key_hash, 'hex') FROM identity.api_keys
         UNION ALL SELECT encode(code_hash, 'hex') FROM identity.recovery_codes
         UNION ALL SELECT encode(state_hash, 'hex') FROM identity.external_flows
         UNION ALL SELECT secret FROM identity.totp_factors
         UNION ALL SELECT signing_secret FROM identity.api_keys WHERE signed
         UNION ALL SELECT password_hash FROM identity.credentials",
    )
    .fetch_all(tx.conn())
    .await
    .unwrap();
    rows.iter().map(|row| row.get::<String, _>("hash").trim().to_owned()).collect()
}

#[tokio::test]
async fn nothing_secret_is_logged_or_recorded() {
    let lines = Lines::default();
    // everything that anything says, the driver's statements included
    tracing_subscriber::fmt()
        .with_max_level(LevelFilter::TRACE)
        .with_writer(lines.clone())
        .with_ansi(false)
        .init();
    let sink = Sink::start().await;
    let mail = MailConfig {
        smtp_url: Some(format!("smtp://{}", sink.address)),
        from: Some("no-reply@bell.example".into()),
        ..MailConfig::default()
    };
    let fake = Fake::start().await;
    let provider = json!({
        "id": "trusted", "name": "Reference", "issuer": fake.issuer, "client_id": CLIENT, "client_secret": SECRET,
        "sign_up": true, "trust_email": true,
    });
    let oidc = vec![serde_json::from_value(provider).unwrap()];
    let app = App::set_up(Settings { mail, oidc, confirm_sign_up: true, breached: None }).await;
    let new = "a second long password";
    let mut secrets: Vec<String> =
        vec![PASSWORD.into(), new.into(), "a wrong password".into(), SECRET.into()];

    let mut ada = sign_up(&app, &sink, "Ada").await;
    secrets.extend(ada.cookies.values().cloned());
    // again, as a stranger would
    sign_up_again(&app).await;
    factors_and_keys(&app, &sink, &mut secrets).await;
    outside(&app, &fake, &mut secrets).await;
    let mut browser = app.browser("198.51.100.7");
    browser.password("Ada", "a wrong password").await.expect(401);
    browser.post("/auth/link", json!({ "token": "no such token at all" })).await.expect(404);
    browser.post("/auth/magic-link", json!({ "email": email("Ada") })).await.expect(202);
    app.drain().await;
    browser.post("/auth/link", json!({ "token": newest(&sink) })).await.expect(200);
    secrets.extend(browser.cookies.values().cloned());
    ada.post("/me/confirm", json!({ "password": PASSWORD })).await.expect(204);
    secrets.extend(ada.cookies.values().cloned());
    ada.post("/me/email", json!({ "email": "countess@example.org" })).await.expect(202);
    app.drain().await;
    ada.post("/auth/email/confirm", json!({ "token": newest(&sink) })).await.expect(200);
    secrets.extend(ada.cookies.values().cloned());
    let input = json!({ "current_password": PASSWORD, "password": new });
    ada.put("/me/password", input).await.expect(204);
    secrets.extend(ada.cookies.values().cloned());
    ada.post("/auth/password/forgot", json!({ "email": "countess@example.org" })).await.expect(202);
    sink.fail_next("MAIL", "451 4.3.0 try later");
    app.drain().await;
    bellwether_jobs::testing::make_due(app.database.store()).await.unwrap();
    app.drain().await;
    let reset = sink
        .received()
        .iter()
        .rev()
        .find_map(|mail| {
            Some(
                mail.body()
                    .lines()
                    .find(|line| line.contains("/reset-password#token="))?
                    .trim()
                    .split_once("#token=")?
                    .1
                    .to_owned(),
            )
        })
        .expect("the link to a new password was mailed");
    let input = json!({ "token": reset, "password": PASSWORD });
    browser.post("/auth/password/reset", input).await.expect(204);
    browser
        .post("/auth/sign-in", json!({ "email": "countess@example.org", "password": PASSWORD }))
        .await
        .expect(200);
    secrets.extend(browser.cookies.values().cloned());
    browser.get("/me/export").await.expect(200);
    browser.delete("/me").await.expect(200);
    app.drain().await;
    browser.post("/auth/account/restore", json!({ "token": newest(&sink) })).await.expect(204);
    app.drain().await;

    secrets.extend(app_links(&sink));
    secrets.extend(hashes(&app).await);
    secrets.sort();
    secrets.dedup();
    assert!(secrets.len() > 60, "the walk came by its secrets: {}", secrets.len());

    let mut places: Vec<(&str, String)> = Vec::new();
    places.push(("the log", String::from_utf8_lossy(&lines.0.lock().unwrap()).into_owned()));
    let mut tx = app.database.store().service("a test reads everything").await.unwrap();
    for (name, sql) in [
        ("operations.events", "SELECT coalesce(jsonb_agg(to_jsonb(e))::text, '') FROM operations.events e"),
        (
            "operations.security_events",
            "SELECT coalesce(jsonb_agg(to_jsonb(e))::text, '') FROM operations.security_events e",
        ),
        ("operations.mails", "SELECT coalesce(jsonb_agg(to_jsonb(m))::text, '') FROM operations.mails m"),
        (
            "operations.idempotency_keys",
            "SELECT coalesce(jsonb_agg(to_jsonb(k))::text, '') FROM operations.idempotency_keys k",
        ),
    ] {
        places.push((name, sqlx::query_scalar(sql).fetch_one(tx.conn()).await.unwrap()));
    }
    let jobs = bellwether_jobs::testing::jobs(app.database.store()).await.unwrap();
    places.push(("the queue", format!("{jobs:?}")));
    assert!(places[0].1.contains("POST") && places[1].1.len() > 100 && places[2].1.len() > 1000);
    for (name, text) in &places {
        for secret in &secrets {
            assert!(!text.contains(secret.as_str()), "{name} has the secret {secret}");
        }
        assert!(!text.contains("#token="), "{name} has a link");
        assert!(!text.contains("argon2id$v"), "{name} has a password hash");
    }
}

fn newest(sink: &Sink) -> String {
    app_links(sink).last().cloned().expect("a link was mailed")
}

fn account(name: &str) -> Value {
    json!({ "email": email(name), "password": PASSWORD, "name": name, "organization_name": name })
}

/// Somebody new, by the mailed link.
async fn sign_up(app: &App, sink: &Sink, name: &str) -> Client {
    let mut client = app.browser("192.0.2.1");
    client.post("/auth/sign-up", account(name)).await.expect(202);
    app.drain().await;
    client
        .post("/auth/sign-up/confirm", json!({ "token": newest(sink), "password": PASSWORD }))
        .await
        .expect(201);
    client
}

async fn sign_up_again(app: &App) {
    let mut stranger = app.browser("198.51.100.9");
    stranger.post("/auth/sign-up", account("Ada")).await.expect(202);
    let forged = json!({ "token": "no such token at all", "password": PASSWORD });
    stranger.post("/auth/sign-up/confirm", forged).await.expect(404);
    app.drain().await;
}

/// An authenticator app, recovery codes, a passkey, keys that travel and that sign, invitations: made and used.
async fn factors_and_keys(app: &App, sink: &Sink, secrets: &mut Vec<String>) {
    let mut bea = sign_up(app, sink, "Bea").await;
    let setup = bea.post("/me/factors/totp", json!({})).await.expect(200).body;
    let phone = totp_rs::Totp::from_url(setup["uri"].as_str().unwrap()).unwrap();
    let code = || phone.generate(u64::try_from(app.clock.now().timestamp()).unwrap()).to_string();
    let done = bea.post("/me/factors/totp/confirm", json!({ "code": code() })).await.expect(200).body;
    let codes: Vec<String> = serde_json::from_value(done["recovery_codes"].clone()).unwrap();
    let seed = setup["secret"].as_str().unwrap();
    secrets.extend([seed.to_owned(), seed.replace(' ', "")]);
    secrets.extend(codes.iter().flat_map(|code| [code.clone(), code.replace('-', "")]));
    let mut authenticator = Authenticator::new(ORIGIN, "bell.example");
    let begun = bea.post("/me/passkeys/begin", json!({})).await.expect(200).body;
    let credential = authenticator.create(&begun["options"]);
    let body = json!({ "ceremony": begun["ceremony"], "name": "My phone", "credential": credential });
    bea.post("/me/passkeys", body).await.expect(201);
    secrets.extend(bea.cookies.values().cloned());

    let mut browser = app.browser("198.51.100.3");
    for by in ["a wrong code", &codes[0], "passkey"] {
        let pending = browser.password("Bea", PASSWORD).await.expect(202).body;
        let token = pending["token"].as_str().unwrap();
        secrets.push(token.to_owned());
        if by == "passkey" {
            let begun = browser
                .post("/auth/second-factor/passkey/begin", json!({ "token": token }))
                .await
                .expect(200)
                .body;
            let credential = authenticator.get(&begun["options"]);
            let body = json!({ "token": token, "ceremony": begun["ceremony"], "credential": credential });
            browser.post("/auth/second-factor/passkey", body).await.expect(200);
        } else {
            browser.post("/auth/second-factor", json!({ "token": token, "code": by })).await;
        }
        secrets.extend(browser.cookies.values().cloned());
    }

    for signed in [false, true] {
        let key = json!({ "name": "Key", "scopes": ["members.read"], "signed": signed });
        let token = bea.post("/organizations/bea/api-keys", key).await.expect(201).body;
        let token = token["token"].as_str().unwrap().to_owned();
        let bearer = format!("Bearer {token}");
        let program = app.browser("198.51.100.4");
        for path in ["/organizations/bea/members", "/organizations/bea/security-events", "/me"] {
            program.raw(Method::GET, path, &[("authorization", &bearer)], Vec::new()).await;
        }
        secrets.push(token);
    }

    let path = "/organizations/bea/invitations";
    bea.post(path, json!({ "role": "member", "email": email("Cleo") })).await.expect(201);
    app.drain().await;
    let join = |token: &str, name: &str| json!({ "token": token, "email": email(name), "password": PASSWORD, "name": name });
    let mut cleo = app.browser("198.51.100.5");
    cleo.post("/auth/invitation/join", join(&newest(sink), "Cleo")).await.expect(201);
    let open = bea.post(path, json!({ "role": "member" })).await.expect(201).body;
    let open = open["link"].as_str().unwrap().split_once("#token=").unwrap().1.to_owned();
    let mut dora = app.browser("198.51.100.6");
    dora.post("/auth/invitation/join", join(&open, "Dora")).await.expect(202);
    app.drain().await;
    dora.post("/auth/sign-up/confirm", json!({ "token": newest(sink), "password": PASSWORD }))
        .await
        .expect(201);
    secrets.push(open);
    secrets.extend(cleo.cookies.values().chain(dora.cookies.values()).cloned());
}

/// By an OpenID provider: once as it should be, once with an answer that was used.
async fn outside(app: &App, fake: &Fake, secrets: &mut Vec<String>) {
    let mut browser = app.browser("198.51.100.8");
    let begun = browser.post("/auth/external/trusted/begin", json!({})).await.expect(200).body;
    secrets.extend(browser.cookies.values().cloned());
    let now = app.clock.now().timestamp();
    let claims = json!({
        "sub": "s1", "email": "finn@example.org", "email_verified": true, "name": "Finn", "iat": now, "exp": now + 300,
    });
    let (code, state) = fake.agree(begun["url"].as_str().unwrap(), claims);
    let back = format!("/auth/external/trusted/callback?code={code}&state={state}");
    browser.get(&back).await.expect(303);
    assert!(browser.session().is_some());
    secrets.extend(browser.cookies.values().cloned());
    browser.get(&back).await.expect(303);
    // the fake's codes are words such as `code-0`, which prove nothing
    secrets.push(state);
}

/// The tokens of all links that were mailed, in their order.
fn app_links(sink: &Sink) -> Vec<String> {
    sink.received()
        .iter()
        .filter_map(|mail| {
            let body = mail.body();
            let link = body.lines().find(|line| line.starts_with("https://bell.example/"))?.trim().to_owned();
            Some(link.split_once("#token=")?.1.to_owned())
        })
        .collect()
}
