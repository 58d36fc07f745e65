use bellwether_identity::{external::OidcProvider, intake::SignUpMode};
use chrono::Duration;
use http::Method;
use serde_json::{Value, json};

use crate::{
    app::{Answer, App, Client, PASSWORD, config, email},
    provider::{CLIENT, Fake, SECRET},
    totp,
};

fn provider(fake: &Fake, id: &str, trust: bool) -> OidcProvider {
    serde_json::from_value(json!({
        "id": id, "name": "Reference", "issuer": fake.issuer, "client_id": CLIENT, "client_secret": SECRET,
        "sign_up": true, "trust_email": trust,
    }))
    .unwrap()
}

async fn app(fake: &Fake) -> App {
    let mut config = config();
    config.oidc = vec![provider(fake, "trusted", true), provider(fake, "stranger", false)];
    App::with(config).await
}

/// What the provider says of somebody at the app's time.
fn person(app: &App, subject: &str, email: &str) -> Value {
    let now = app.clock.now().timestamp();
    json!({ "sub": subject, "email": email, "email_verified": true, "name": "Ada L.", "iat": now, "exp": now + 300 })
}

pub struct Visit {
    pub browser: String,
    pub url: String,
}

pub async fn begin(client: &Client, path: &str, body: Value) -> Visit {
    let answer = client.post(path, body).await.expect(200);
    let cookie = answer.headers["set-cookie"].to_str().unwrap().to_owned();
    assert!(
        cookie.contains("HttpOnly; SameSite=Lax; Secure") && cookie.contains("Path=/api/v1/auth/external")
    );
    Visit { browser: cookie.split(';').next().unwrap().to_owned(), url: answer.text("url") }
}

/// The browser comes back.
pub async fn back(app: &App, provider: &str, browser: &str, query: &str) -> Answer {
    let path = format!("/auth/external/{provider}/callback?{query}");
    app.anonymous().send(Method::GET, &path, &[("cookie", browser)], None).await.expect(303)
}

fn location(answer: &Answer) -> &str {
    answer.headers["location"].to_str().unwrap()
}

/// From the button to the page after it.
async fn sign_in(app: &App, fake: &Fake, provider: &str, claims: Value) -> Answer {
    let visit = begin(
        &app.anonymous(),
        &format!("/auth/external/{provider}/begin"),
        json!({ "return_to": "/today" }),
    )
    .await;
    let (code, state) = fake.agree(&visit.url, claims);
    back(app, provider, &visit.browser, &format!("code={code}&state={state}")).await
}

async fn link(app: &App, fake: &Fake, client: &Client, provider: &str, subject: &str) -> Answer {
    let path = format!("/me/external-identities/{provider}/begin");
    let visit = begin(client, &path, json!({ "return_to": "/settings", "password": PASSWORD })).await;
    let (code, state) = fake.agree(&visit.url, person(app, subject, "other@example.net"));
    let cookies = format!("{}; {}", client.cookie().unwrap(), visit.browser);
    let answer = back(app, provider, &cookies, &format!("code={code}&state={state}")).await;
    if answer.cookie().is_some() {
        client.keep(answer.cookie());
    }
    answer
}

async fn confirm_email(app: &App, name: &str) {
    let mut tx = app.database.store().service("a test confirms an address").await.unwrap();
    sqlx::query("UPDATE identity.users SET email_verified_at = now() WHERE email = $1::text::citext")
        .bind(email(name))
        .execute(tx.conn())
        .await
        .unwrap();
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn somebody_new_gets_an_account_and_comes_back_to_it() {
    let fake = Fake::start().await;
    let app = app(&fake).await;
    let listed = app.anonymous().get("/auth/external").await.expect(200);
    assert_eq!(listed.body["items"][0], json!({ "id": "trusted", "name": "Reference" }));
    let first = sign_in(&app, &fake, "trusted", person(&app, "s1", "ada@example.org")).await;
    assert_eq!(location(&first), "/today");
    let known = |cookie: &http::HeaderValue| cookie.to_str().unwrap().starts_with("bellwether_device=");
    assert!(first.headers.get_all("set-cookie").iter().any(known), "the browser is known from now on");
    let ada = app.anonymous();
    ada.keep(first.cookie());
    let me = ada.get("/me").await.expect(200).body;
    assert_eq!(
        (me["user"]["email"].as_str(), me["user"]["name"].as_str()),
        (Some("ada@example.org"), Some("Ada L."))
    );
    assert_eq!(me["organizations"].as_array().unwrap().len(), 1);
    // the address there may change: the subject is who it is
    let again = sign_in(&app, &fake, "trusted", person(&app, "s1", "new@example.org")).await;
    ada.keep(again.cookie());
    assert_eq!(ada.get("/me").await.body["user"]["id"], me["user"]["id"]);
    assert_eq!(app.count("SELECT count(*) FROM identity.users WHERE email_verified_at IS NOT NULL").await, 1);
    // the only way in stays
    let id = ada.get("/me/external-identities").await.body["items"][0]["id"].as_str().unwrap().to_owned();
    let path = format!("/me/external-identities/{id}/unlink");
    ada.post(&path, json!({})).await.refused(409, "last_way_in");
}

#[tokio::test]
async fn an_account_is_not_taken_over_by_its_address() {
    let fake = Fake::start().await;
    let app = app(&fake).await;
    let ada = app.sign_up("Ada").await;
    let users = "SELECT count(*) FROM identity.users";
    let linked = "SELECT count(*) FROM identity.external_identities";
    // ours is not confirmed
    let answer = sign_in(&app, &fake, "trusted", person(&app, "s1", &email("Ada"))).await;
    assert_eq!((location(&answer), answer.cookie()), ("/sign-in#error=sign_in_to_link", None));
    confirm_email(&app, "Ada").await;
    // theirs is not believed
    let answer = sign_in(&app, &fake, "stranger", person(&app, "s1", &email("Ada"))).await;
    assert_eq!(location(&answer), "/sign-in#error=sign_in_to_link");
    // theirs is not verified
    let mut claims = person(&app, "s1", &email("Ada"));
    claims["email_verified"] = false.into();
    let answer = sign_in(&app, &fake, "trusted", claims).await;
    assert_eq!(location(&answer), "/sign-in#error=sign_in_to_link");
    assert_eq!((app.count(users).await, app.count(linked).await), (1, 0));
    // both are
    let answer = sign_in(&app, &fake, "trusted", person(&app, "s1", &email("Ada").to_uppercase())).await;
    assert_eq!(location(&answer), "/today");
    assert_eq!((app.count(users).await, app.count(linked).await), (1, 1));
    assert_eq!(ada.get("/me/external-identities").await.body["items"][0]["provider"], "trusted");
}

#[tokio::test]
async fn identities_are_linked_and_unlinked_by_their_owner() {
    let fake = Fake::start().await;
    let app = app(&fake).await;
    let (ada, eve) = (app.sign_up("Ada").await, app.sign_up("Eve").await);
    assert_eq!(location(&link(&app, &fake, &ada, "stranger", "s1").await), "/settings");
    assert_eq!(location(&link(&app, &fake, &ada, "stranger", "s1").await), "/settings");
    assert_eq!(location(&link(&app, &fake, &eve, "stranger", "s1").await), "/sign-in#error=identity_taken");
    let signed_in = sign_in(&app, &fake, "stranger", person(&app, "s1", "other@example.net")).await;
    let again = app.anonymous();
    again.keep(signed_in.cookie());
    assert_eq!(again.get("/me").await.body["user"]["email"], email("Ada"));
    let id = ada.get("/me/external-identities").await.body["items"][0]["id"].as_str().unwrap().to_owned();
    let path = format!("/me/external-identities/{id}/unlink");
    eve.post(&path, json!({})).await.refused(404, "not_found");
    app.later(Duration::minutes(16));
    ada.post(&path, json!({})).await.refused(403, "confirmation_needed");
    let thief = ada.thief();
    ada.post(&path, json!({ "password": PASSWORD })).await.expect(204);
    thief.get("/me").await.refused(401, "unauthenticated");
    let answer = sign_in(&app, &fake, "stranger", person(&app, "s1", &email("Ada"))).await;
    assert_eq!(location(&answer), "/sign-in#error=sign_in_to_link");
}

#[tokio::test]
async fn linking_renews_the_session_that_asked() {
    let fake = Fake::start().await;
    let app = app(&fake).await;
    let ada = app.sign_up("Ada").await;
    let visit = begin(&ada, "/me/external-identities/stranger/begin", json!({})).await;
    let (code, state) = fake.agree(&visit.url, person(&app, "s1", "other@example.net"));
    let thief = ada.thief();
    let path = format!("/auth/external/stranger/callback?code={code}&state={state}");
    let cookies = format!("{}; {}", ada.cookie().unwrap(), visit.browser);
    let answer = app.anonymous().send(Method::GET, &path, &[("cookie", &cookies)], None).await.expect(303);
    ada.keep(answer.cookie());
    assert_eq!(ada.get("/me").await.expect(200).body["user"]["email"], email("Ada"));
    thief.get("/me").await.refused(401, "unauthenticated");
}

#[tokio::test]
async fn linking_is_finished_by_the_one_who_began() {
    let fake = Fake::start().await;
    let app = app(&fake).await;
    let (ada, eve) = (app.sign_up("Ada").await, app.sign_up("Eve").await);
    let over = "/sign-in#error=flow_over";
    let begun = || async {
        let visit = begin(&ada, "/me/external-identities/stranger/begin", json!({})).await;
        let (code, state) = fake.agree(&visit.url, person(&app, "s1", "other@example.net"));
        (visit.browser, format!("code={code}&state={state}"))
    };
    // signed out by now, or somebody else
    let (browser, query) = begun().await;
    assert_eq!(location(&back(&app, "stranger", &browser, &query).await), over);
    let (browser, query) = begun().await;
    let cookies = format!("{}; {browser}", eve.cookie().unwrap());
    assert_eq!(location(&back(&app, "stranger", &cookies, &query).await), over);
    // ending every session ends what was begun in them
    let (browser, query) = begun().await;
    ada.send(Method::DELETE, "/me/sessions", &[], None).await.expect(204);
    let cookies = format!("{}; {browser}", ada.cookie().unwrap());
    assert_eq!(location(&back(&app, "stranger", &cookies, &query).await), over);
    assert_eq!(app.count("SELECT count(*) FROM identity.external_identities").await, 0);
}

#[tokio::test]
async fn who_is_not_asked_in_gets_no_account_by_a_provider() {
    let fake = Fake::start().await;
    let mut settings = config();
    settings.oidc = vec![provider(&fake, "trusted", true), provider(&fake, "stranger", false)];
    settings.sign_up = SignUpMode::Invite;
    let app = App::with(settings).await;
    let users = "SELECT count(*) FROM identity.users";
    let closed = "/sign-in#error=sign_up_closed";
    for _ in 0..2 {
        let answer = sign_in(&app, &fake, "trusted", person(&app, "s1", "ada@example.org")).await;
        assert_eq!((location(&answer), answer.cookie()), (closed, None));
    }
    let refused = "SELECT count(*) FROM operations.security_events WHERE kind = 'sign_up.refused'";
    app.until(refused, 1).await;
    // an operator lets her address in; only whose word is believed may name it
    let mut tx = app.database.store().service("a test permits an address").await.unwrap();
    sqlx::query(
        "INSERT INTO identity.sign_up_permits (id, token_hash, email, reason, created_at, expires_at)
         VALUES (gen_random_uuid(), '\\x00', 'ada@example.org', 'invitation', $1, $1 + interval '14 days')",
    )
    .bind(app.clock.now())
    .execute(tx.conn())
    .await
    .unwrap();
    tx.commit().await.unwrap();
    let answer = sign_in(&app, &fake, "stranger", person(&app, "s1", "ada@example.org")).await;
    assert_eq!(location(&answer), closed);
    assert_eq!(app.count(users).await, 0);
    let answer = sign_in(&app, &fake, "trusted", person(&app, "s1", "ada@example.org")).await;
    assert_eq!(location(&answer), "/today");
    assert_eq!(app.count("SELECT count(*) FROM identity.sign_up_permits WHERE used_at IS NULL").await, 0);
    // she is known from now on; the next one is not
    assert_eq!(
        location(&sign_in(&app, &fake, "trusted", person(&app, "s1", "x@example.org")).await),
        "/today"
    );
    assert_eq!(
        location(&sign_in(&app, &fake, "trusted", person(&app, "s2", "eve@example.org")).await),
        closed
    );
    assert_eq!(app.count(users).await, 1);
}

#[tokio::test]
async fn a_way_back_works_once_in_its_own_browser_and_not_for_long() {
    let fake = Fake::start().await;
    let app = app(&fake).await;
    let ada = || person(&app, "s1", "ada@example.org");
    let over = "/sign-in#error=flow_over";
    let start = || async { begin(&app.anonymous(), "/auth/external/trusted/begin", json!({})).await };
    // in a browser that did not begin it: somebody else's sign-in is pushed on a victim
    let visit = start().await;
    let (code, state) = fake.agree(&visit.url, ada());
    let other = start().await;
    let query = format!("code={code}&state={state}");
    let answer = back(&app, "trusted", &other.browser, &query).await;
    assert_eq!((location(&answer), answer.cookie()), (over, None));
    // and that was its one use
    assert_eq!(location(&back(&app, "trusted", &visit.browser, &query).await), over);
    let visit = start().await;
    let (code, state) = fake.agree(&visit.url, ada());
    let query = format!("code={code}&state={state}");
    assert_eq!(location(&back(&app, "stranger", &visit.browser, &query).await), over);
    let visit = start().await;
    let (code, state) = fake.agree(&visit.url, ada());
    app.later(Duration::minutes(11));
    assert_eq!(
        location(&back(&app, "trusted", &visit.browser, &format!("code={code}&state={state}")).await),
        over
    );
    assert_eq!(location(&back(&app, "trusted", "bellwether_flow=x", "code=x&state=x").await), over);
    // the person says no; another provider's answer is mixed in
    let visit = start().await;
    let (_, state) = fake.agree(&visit.url, ada());
    let answer = back(&app, "trusted", &visit.browser, &format!("error=access_denied&state={state}")).await;
    assert_eq!(location(&answer), "/sign-in#error=provider_refused");
    let visit = start().await;
    let (code, state) = fake.agree(&visit.url, ada());
    let query = format!("code={code}&state={state}&iss=https%3A%2F%2Fevil.example");
    assert_eq!(
        location(&back(&app, "trusted", &visit.browser, &query).await),
        "/sign-in#error=token_refused"
    );
    assert_eq!(app.count("SELECT count(*) FROM identity.users").await, 0);
}

#[tokio::test]
async fn a_token_that_does_not_hold_signs_nobody_in() {
    let fake = Fake::start().await;
    let app = app(&fake).await;
    let now = app.clock.now().timestamp();
    for (name, value) in [
        ("nonce", json!("another")),
        ("iss", json!("https://evil.example")),
        ("aud", json!("another")),
        ("aud", json!([CLIENT, "another"])),
        ("azp", json!("another")),
        ("exp", json!(now - 61)),
        ("iat", json!(now + 61)),
        ("sub", Value::Null),
    ] {
        let mut claims = person(&app, "s1", "ada@example.org");
        claims[name] = value;
        let answer = sign_in(&app, &fake, "trusted", claims).await;
        assert_eq!((location(&answer), answer.cookie()), ("/sign-in#error=token_refused", None), "{name}");
    }
    assert_eq!(app.count("SELECT count(*) FROM identity.users").await, 0);
    let foreign = json!({ "return_to": "//evil.example" });
    let answer = app.anonymous().post("/auth/external/trusted/begin", foreign).await.refused(422, "invalid");
    assert_eq!(answer.body["errors"][0]["path"], "return_to");
    app.anonymous().post("/auth/external/unknown/begin", json!({})).await.refused(404, "not_found");
}

#[tokio::test]
async fn a_second_factor_is_asked_for_after_it() {
    let fake = Fake::start().await;
    let app = app(&fake).await;
    let ada = app.sign_up("Ada").await;
    link(&app, &fake, &ada, "stranger", "s1").await;
    let (phone, _) = totp::set_up(&app, &ada).await;
    let answer = sign_in(&app, &fake, "stranger", person(&app, "s1", "x@example.net")).await;
    assert_eq!(answer.cookie(), None);
    let fragment = location(&answer).strip_prefix("/sign-in/second-factor#").unwrap();
    let fields: std::collections::HashMap<_, _> = url::form_urlencoded::parse(fragment.as_bytes()).collect();
    assert_eq!((&*fields["ways"], &*fields["to"]), ("totp,recovery_code", "/today"));
    let body = json!({ "token": fields["token"], "code": totp::code(&app, &phone) });
    app.anonymous().post("/auth/second-factor", body).await.expect(200);
}
