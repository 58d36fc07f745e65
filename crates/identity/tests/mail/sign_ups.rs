//! Signing up where addresses are confirmed first, and where they aren't.

use chrono::Duration;
use serde_json::{Value, json};

use crate::app::{Answer, App, PASSWORD, email};

const USERS: &str = "SELECT count(*) FROM identity.users";
const PENDING: &str = "SELECT count(*) FROM identity.pending_sign_ups";

fn account(name: &str) -> Value {
    json!({ "email": email(name), "password": PASSWORD, "name": name, "organization_name": format!("{name} & Co") })
}

fn finish(token: &str) -> Value {
    json!({ "token": token, "password": PASSWORD })
}

/// All that a stranger sees of an answer, but the id of the request.
fn seen(answer: &Answer) -> (u16, Vec<(String, String)>, Vec<u8>) {
    let mut headers: Vec<(String, String)> = answer
        .headers
        .iter()
        .filter(|(name, _)| *name != "x-request-id")
        .map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()))
        .collect();
    headers.sort();
    (answer.status.as_u16(), headers, answer.bytes.clone())
}

#[tokio::test]
async fn signing_up_tells_nobody_who_has_an_account() {
    let app = App::confirming().await;
    let mut ada = app.sign_up("Ada").await;
    assert_eq!(ada.get("/me").await.expect(200).body["user"]["email_verified"], true);
    let before = app.count(USERS).await;

    let mut stranger = app.browser("198.51.100.7");
    let known = stranger.post("/auth/sign-up", account("Ada")).await.expect(202);
    let unknown = stranger.post("/auth/sign-up", account("Bob")).await.expect(202);
    assert_eq!(seen(&known), seen(&unknown));
    assert_eq!(known.body, json!({ "confirmation_needed": true }));
    assert!(known.set_cookies().is_empty() && stranger.session().is_none());
    // until the job has run, the same is kept for both
    assert_eq!((app.count(USERS).await, app.count(PENDING).await), (before, 2));
    let same =
        "SELECT count(DISTINCT (length(password_hash), token_hash IS NULL)) FROM identity.pending_sign_ups";
    assert_eq!(app.count(same).await, 1);

    // only the mails differ
    assert_eq!(app.mails(&email("Bob"), "confirm_sign_up").await.len(), 1);
    assert!(app.mails(&email("Bob"), "already_signed_up").await.is_empty());
    let told = app.mails(&email("Ada"), "already_signed_up").await;
    assert!(told[0].contains("https://bell.example/sign-in\n"), "{}", told[0]);
    assert!(told[0].contains("https://bell.example/forgot-password"), "{}", told[0]);
    assert!(!told[0].contains("#token="));
    // the one of her own sign-up
    assert_eq!(app.mails(&email("Ada"), "confirm_sign_up").await.len(), 1);
    assert_eq!((app.count(USERS).await, app.count(PENDING).await), (before, 1));
    // what is wrong with what was typed is told either way
    for name in ["Ada", "Carl"] {
        let mut short = account(name);
        short["password"] = json!("short");
        stranger.post("/auth/sign-up", short).await.fault("password", "too_short");
    }
}

#[tokio::test]
async fn the_link_makes_the_account_once() {
    let app = App::confirming().await;
    let mut asked = app.browser("198.51.100.7");
    asked.post("/auth/sign-up", account("Ada")).await.expect(202);
    // nobody signs in before
    asked.password("Ada", PASSWORD).await.refused(401, "wrong_credentials");
    let token = app.token(&email("Ada"), "confirm_sign_up").await;
    asked
        .post("/auth/sign-up/confirm", json!({ "token": "forged", "password": PASSWORD }))
        .await
        .refused(404, "link_spent");
    asked.post("/auth/sign-up/confirm", json!({})).await.expect(422);
    assert_eq!(app.count(USERS).await, 0);
    // nor does a link of one kind do the work of another
    asked.post("/auth/link", json!({ "token": token })).await.refused(404, "link_spent");

    let (mut first, mut second) = (app.browser("198.51.100.8"), app.browser("198.51.100.9"));
    let body = json!({ "token": token, "password": PASSWORD });
    let (a, b) = tokio::join!(
        first.post("/auth/sign-up/confirm", body.clone()),
        second.post("/auth/sign-up/confirm", body.clone())
    );
    let mut codes = [a.status.as_u16(), b.status.as_u16()];
    codes.sort_unstable();
    assert_eq!(codes, [201, 404]);
    let (me, mut ada) = if a.status == 201 { (a.body, first) } else { (b.body, second) };
    assert_eq!(me["user"]["email"], email("Ada"));
    assert_eq!(me["user"]["email_verified"], true);
    assert_eq!(me["organizations"][0]["name"], "Ada & Co");
    assert_eq!(me["organizations"][0]["role"], "owner");
    ada.get("/me").await.expect(200);
    asked.post("/auth/sign-up/confirm", body).await.refused(404, "link_spent");
    asked.password("Ada", PASSWORD).await.expect(200);
    assert_eq!(app.count(PENDING).await, 0);
    let noted = "SELECT count(*) FROM operations.security_events WHERE kind = 'sign_up.succeeded'";
    assert_eq!(app.count(noted).await, 1);
}

#[tokio::test]
async fn a_link_ends_after_a_day_and_nothing_is_left_of_it() {
    let app = App::confirming().await;
    let mut ada = app.browser("198.51.100.7");
    ada.post("/auth/sign-up", account("Ada")).await.expect(202);
    let token = app.token(&email("Ada"), "confirm_sign_up").await;
    app.clock.advance(Duration::days(1));
    ada.post("/auth/sign-up/confirm", finish(&token)).await.refused(404, "link_spent");
    assert_eq!(app.count(USERS).await, 0);
    app.identity.retain().await.unwrap();
    assert_eq!(app.count(PENDING).await, 0);
    // the job of a sign-up that is over mails nothing
    ada.post("/auth/sign-up", account("Bob")).await.expect(202);
    app.clock.advance(Duration::days(1));
    app.drain().await;
    assert!(app.mails(&email("Bob"), "confirm_sign_up").await.is_empty());
}

#[tokio::test]
async fn of_two_sign_ups_of_an_address_one_makes_the_account() {
    let app = App::confirming().await;
    let mut ada = app.browser("198.51.100.7");
    ada.post("/auth/sign-up", account("Ada")).await.expect(202);
    let first = app.token(&email("Ada"), "confirm_sign_up").await;
    let mut other = account("Ada");
    other["email"] = json!("ADA@example.org");
    ada.post("/auth/sign-up", other).await.expect(202);
    // the first link still works: a stranger's sign-up does not undo it
    ada.post("/auth/sign-up/confirm", finish(&first)).await.expect(201);
    assert_eq!((app.count(USERS).await, app.count(PENDING).await), (1, 0));
}

#[tokio::test]
async fn nobody_gets_an_account_to_which_a_stranger_has_the_password() {
    let app = App::confirming().await;
    let mut stranger = app.browser("198.51.100.7");
    let mut typed = account("Ada");
    typed["password"] = json!("the stranger's own choice");
    stranger.post("/auth/sign-up", typed).await.expect(202);
    let strangers = app.token(&email("Ada"), "confirm_sign_up").await;
    // she presses the link in her mail and gives the password that is hers
    let mut ada = app.browser("198.51.100.8");
    ada.post("/auth/sign-up/confirm", finish(&strangers)).await.fault("password", "wrong_password");
    ada.post("/auth/sign-up/confirm", json!({ "token": strangers })).await.expect(422);
    assert_eq!((app.count(USERS).await, ada.session()), (0, None));
    // signs up herself, a little later, and the stranger's is of no use to anybody
    app.clock.advance(Duration::seconds(1));
    ada.post("/auth/sign-up", account("Ada")).await.expect(202);
    let own = app.token(&email("Ada"), "confirm_sign_up").await;
    ada.post("/auth/sign-up/confirm", finish(&own)).await.expect(201);
    let input = json!({ "token": strangers, "password": "the stranger's own choice" });
    stranger.post("/auth/sign-up/confirm", input).await.refused(404, "link_spent");
    stranger.password("Ada", "the stranger's own choice").await.refused(401, "wrong_credentials");
}

#[tokio::test]
async fn mails_about_sign_ups_are_limited() {
    let app = App::confirming().await;
    let mut stranger = app.browser("198.51.100.7");
    app.sign_up("Ada").await;
    for _ in 0..5 {
        stranger.post("/auth/sign-up", account("Ada")).await.expect(202);
    }
    let known = stranger.post("/auth/sign-up", account("Ada")).await.refused(429, "too_many_mails");
    for _ in 0..5 {
        stranger.post("/auth/sign-up", account("Bob")).await.expect(202);
    }
    let unknown = stranger.post("/auth/sign-up", account("Bob")).await.refused(429, "too_many_mails");
    assert_eq!(known.body["detail"], unknown.body["detail"]);
}

#[tokio::test]
async fn an_invitation_that_goes_around_confirms_the_address_and_a_mailed_one_needs_not() {
    let app = App::confirming().await;
    let mut ada = app.sign_up("Ada").await;
    let path = "/organizations/ada/invitations";
    let made = ada.post(path, json!({ "role": "member", "max_uses": 5 })).await.expect(201);
    let open = made.body["link"].as_str().unwrap().split_once("#token=").unwrap().1.to_owned();
    let join = |name: &str, token: &str| json!({ "token": token, "email": email(name), "password": PASSWORD, "name": name });

    let mut stranger = app.browser("198.51.100.7");
    let known = stranger.post("/auth/invitation/join", join("Ada", &open)).await.expect(202);
    let unknown = stranger.post("/auth/invitation/join", join("Bob", &open)).await.expect(202);
    assert_eq!(seen(&known), seen(&unknown));
    assert_eq!(app.mails(&email("Ada"), "already_signed_up").await.len(), 1);
    let token = app.token(&email("Bob"), "confirm_sign_up").await;
    let me = stranger.post("/auth/sign-up/confirm", finish(&token)).await.expect(201).body;
    let places = me["organizations"].as_array().unwrap();
    assert_eq!(
        (places.len(), places[0]["slug"].as_str(), places[0]["role"].as_str()),
        (1, Some("ada"), Some("member"))
    );
    assert_eq!(me["user"]["email_verified"], true);

    // the mail has proven the address
    ada.post(path, json!({ "role": "member", "email": email("Cleo") })).await.expect(201);
    let token = app.token(&email("Cleo"), "invitation").await;
    let me = app
        .browser("198.51.100.9")
        .post("/auth/invitation/join", join("Cleo", &token))
        .await
        .expect(201)
        .body;
    assert_eq!(me["user"]["email_verified"], true);
}

#[tokio::test]
async fn without_mail_a_taken_address_is_told_and_trying_many_is_held_up() {
    let app = App::new().await;
    app.sign_up("Ada").await;
    let mut stranger = app.browser("198.51.100.7");
    for _ in 0..10 {
        stranger.post("/auth/sign-up", account("Ada")).await.refused(409, "email_taken");
    }
    let held = stranger.post("/auth/sign-up", account("Ada")).await.refused(429, "too_many_sign_ups");
    assert!(held.headers.contains_key("retry-after"));
    // from elsewhere it goes on, and those who succeed are not counted
    let mut office = app.browser("198.51.100.8");
    for n in 0..12 {
        office.post("/auth/sign-up", account(&format!("P{n}"))).await.expect(201);
    }
    stranger.post("/auth/sign-up/confirm", finish("none")).await.refused(404, "link_spent");
    // a token that is none opens no question about the address
    for name in ["Ada", "Bob"] {
        let mut input = account(name);
        input["token"] = json!("none");
        office.post("/auth/sign-up", input).await.fault("token", "permit_spent");
    }
}
