//! No token, password, hash, cookie or link in any log line or event.

use std::{
    io,
    sync::{Arc, Mutex},
};

use bellwether_mail::MailConfig;
use serde_json::json;
use sqlx::Row as _;
use tracing_subscriber::{filter::LevelFilter, fmt::MakeWriter};

use crate::{
    app::{App, PASSWORD, email},
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
    let app = App::with(mail, None).await;
    let new = "a second long password";
    let mut secrets: Vec<String> = vec![PASSWORD.into(), new.into(), "a wrong password".into()];
    let newest = |sink: &Sink| app_links(sink).last().cloned().expect("a link was mailed");

    let mut ada = app.sign_up("Ada").await;
    secrets.extend(ada.cookies.values().cloned());
    ada.post("/auth/email/confirm", json!({ "token": newest(&sink) })).await.expect(200);
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
    assert!(secrets.len() > 25, "the walk came by its secrets: {}", secrets.len());

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
