use std::sync::{Arc, atomic::Ordering};

use bellwether_identity::external::JwtIssuer;
use chrono::Duration;
use http::Method;
use serde_json::{Value, json};

use crate::{
    app::{Answer, App, config},
    provider::{Fake, SigningKey, hs256, unsigned},
};

const SHARED: &str = "a secret that is long enough to be shared";

fn issuer(value: Value) -> JwtIssuer {
    serde_json::from_value(value).unwrap()
}

async fn app(fake: &Fake) -> App {
    let mut config = config();
    config.jwt = vec![
        issuer(json!({
            "id": "auth", "issuer": fake.issuer, "audience": ["bellwether"], "sign_up": true, "trust_email": true,
        })),
        issuer(json!({
            "id": "supabase", "issuer": "https://project.supabase.example/auth/v1", "audience": ["authenticated"],
            "secret": SHARED, "sign_up": true,
        })),
        issuer(json!({
            "id": "clerk", "issuer": "https://clerk.example.com", "jwks_url": format!("{}/.well-known/jwks.json", fake.issuer),
            "authorized_parties": ["https://app.example.com"],
        })),
    ];
    App::with(config).await
}

fn claims(app: &App, fake: &Fake) -> Value {
    let now = app.clock.now().timestamp();
    json!({
        "iss": fake.issuer, "aud": "bellwether", "sub": "u1", "email": "ada@example.org", "email_verified": true,
        "name": "Ada", "iat": now, "nbf": now, "exp": now + 300,
    })
}

async fn me(app: &App, token: &str) -> Answer {
    let bearer = format!("Bearer {token}");
    app.anonymous().send(Method::GET, "/me", &[("authorization", &bearer)], None).await
}

#[tokio::test]
async fn a_trusted_issuers_token_is_taken_as_the_person() {
    let fake = Fake::start().await;
    let app = app(&fake).await;
    let token = fake.key().token(&claims(&app, &fake));
    let first = me(&app, &token).await.expect(200);
    assert_eq!(first.body["user"]["email"], "ada@example.org");
    let slug = first.body["organizations"][0]["slug"].as_str().unwrap();
    let bearer = format!("Bearer {token}");
    let path = format!("/organizations/{slug}");
    app.anonymous().send(Method::GET, &path, &[("authorization", &bearer)], None).await.expect(200);
    // a later token of the same person
    app.later(Duration::seconds(30));
    let later = fake.key().token(&claims(&app, &fake));
    assert_eq!(me(&app, &later).await.expect(200).body["user"]["id"], first.body["user"]["id"]);
    assert_eq!(app.count("SELECT count(*) FROM identity.users").await, 1);
    // it ends with the token, whatever it was used for
    app.later(Duration::seconds(400));
    me(&app, &token).await.refused(401, "token_refused");
    // what guards the account is not for tokens
    let token = fake.key().token(&claims(&app, &fake));
    let bearer = format!("Bearer {token}");
    let headers = [("authorization", bearer.as_str())];
    let refused = app.anonymous().send(Method::POST, "/me/factors/totp", &headers, Some(json!({}))).await;
    refused.refused(403, "confirmation_needed");
}

#[tokio::test]
async fn tokens_that_do_not_hold_are_refused_and_change_nothing() {
    let fake = Fake::start().await;
    let app = app(&fake).await;
    let now = app.clock.now().timestamp();
    let with = |name: &str, value: Value| {
        let mut claims = claims(&app, &fake);
        claims[name] = value;
        claims
    };
    let good = claims(&app, &fake);
    let key = fake.key();
    let header = json!({ "alg": "HS256", "kid": "one" });
    // the public key taken for a shared secret, in each form in which somebody may have it
    let confused = |secret: &[u8]| hs256(secret, &header, &good);
    let x = key.public()["x"].as_str().unwrap().to_owned();
    let mut wrong = vec![
        key.token(&with("iss", json!("https://evil.example"))),
        key.token(&with("aud", json!("another"))),
        key.token(&with("aud", Value::Null)),
        key.token(&with("exp", json!(now - 60))),
        key.token(&with("nbf", json!(now + 61))),
        key.token(&with("exp", Value::Null)),
        key.token(&with("sub", json!(""))),
        SigningKey::new("one").token(&good),
        SigningKey::new("unknown").token(&good),
        format!("{}.", unsigned(&json!({ "alg": "none" }), &good)),
        format!("{}.x", unsigned(&json!({ "alg": "NONE", "kid": "one" }), &good)),
        confused(x.as_bytes()),
        confused(key.public().to_string().as_bytes()),
        confused(b""),
        hs256(SHARED.as_bytes(), &header, &good),
        "eyJ.eyJ.x".to_owned(),
    ];
    let mut tampered = key.token(&good);
    // signatures differ from run to run: one of 64 has the letter there that would be put in
    let at = tampered.len() - 10..tampered.len() - 9;
    let other = if &tampered[at.clone()] == "_" { "A" } else { "_" };
    tampered.replace_range(at, other);
    wrong.push(tampered);
    for token in wrong {
        let answer = me(&app, &token).await.refused(401, "token_refused");
        assert!(!answer.body.to_string().contains(&token));
    }
    assert_eq!(app.count("SELECT count(*) FROM identity.users").await, 0);
    assert_eq!(app.count("SELECT count(*) FROM identity.sessions").await, 0);
    // clocks differ by up to a minute
    me(&app, &key.token(&with("exp", json!(now - 59)))).await.expect(200);
    me(&app, &key.token(&with("nbf", json!(now + 60)))).await.expect(200);
}

#[tokio::test]
async fn keys_are_asked_for_when_needed_and_not_more() {
    let fake = Fake::start().await;
    let app = app(&fake).await;
    let token = |fake: &Fake| fake.key().token(&claims(&app, fake));
    let asked = || fake.key_requests.load(Ordering::Relaxed);
    let tokens: Vec<String> = (0..8).map(|_| token(&fake)).collect();
    let answers = futures::future::join_all(tokens.iter().map(|token| me(&app, token))).await;
    // somebody new comes eight times at once: one account, and whoever came too early may try again
    assert!(answers.iter().all(|answer| [200, 409, 503].contains(&answer.status.as_u16())), "{answers:?}");
    assert!(answers.iter().any(|answer| answer.status == 200));
    assert_eq!((asked(), app.count("SELECT count(*) FROM identity.users").await), (1, 1));
    // made-up key ids don't make us ask again and again
    for n in 0..5 {
        let forged = SigningKey::new(&format!("made-up-{n}")).token(&claims(&app, &fake));
        me(&app, &forged).await.refused(401, "token_refused");
    }
    assert_eq!(asked(), 1);
    // a new key is found by itself
    app.later(Duration::seconds(31));
    fake.keys.lock().unwrap().push(Arc::new(SigningKey::new("two")));
    me(&app, &token(&fake)).await.expect(200);
    assert_eq!(asked(), 2);
    // one that was taken back counts no more after an hour
    let old = fake.keys.lock().unwrap().remove(0);
    app.later(Duration::minutes(61));
    me(&app, &old.token(&claims(&app, &fake))).await.refused(401, "token_refused");
}

#[tokio::test]
async fn issuers_keep_to_their_own() {
    let fake = Fake::start().await;
    let app = app(&fake).await;
    let now = app.clock.now().timestamp();
    let supabase = json!({
        "iss": "https://project.supabase.example/auth/v1", "aud": "authenticated", "sub": "u1", "exp": now + 300,
        "email": "ada@example.org", "user_metadata": { "full_name": "Ada", "email_verified": true },
    });
    let header = json!({ "alg": "HS256", "typ": "JWT" });
    me(&app, &hs256(SHARED.as_bytes(), &header, &supabase)).await.expect(200);
    me(&app, &hs256(b"another secret of the right length", &header, &supabase))
        .await
        .refused(401, "token_refused");
    // the same subject of another issuer is somebody else, and the address is not enough
    me(&app, &fake.key().token(&claims(&app, &fake))).await.refused(409, "sign_in_to_link");
    // an issuer that brings nobody new
    let clerk = |party: &str| {
        let claims =
            json!({ "iss": "https://clerk.example.com", "azp": party, "sub": "user_1", "exp": now + 60 });
        fake.key().token(&claims)
    };
    me(&app, &clerk("https://app.example.com")).await.refused(403, "no_account");
    me(&app, &clerk("https://evil.example.com")).await.refused(401, "token_refused");
    assert_eq!(app.count("SELECT count(*) FROM identity.users").await, 1);
}
