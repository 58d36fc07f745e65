use chrono::Duration;
use serde_json::json;

use crate::app::{App, PASSWORD, email};

#[tokio::test]
async fn an_account_is_deleted_and_brought_back_by_link() {
    let app = App::new().await;
    let mut ada = app.sign_up("Ada").await;
    let mut other = app.sign_in("Ada", "192.0.2.5").await;
    app.clock.advance(Duration::minutes(16));
    ada.delete("/me").await.refused(403, "confirmation_needed");
    ada.post("/me/confirm", json!({ "password": PASSWORD })).await.expect(204);
    let answer = ada.delete("/me").await.expect(200);
    assert_eq!(answer.body["until"], "2026-11-30T09:16:00Z");
    assert!(ada.session().is_none());
    other.get("/me").await.expect(401);
    assert_eq!(
        app.count("SELECT count(*) FROM identity.organizations WHERE deleted_at IS NOT NULL").await,
        1
    );
    // the address stays theirs
    let input =
        json!({ "email": email("Ada"), "password": PASSWORD, "name": "Eve", "organization_name": "Eve" });
    app.browser("192.0.2.9").post("/auth/sign-up", input).await.refused(409, "email_taken");

    let token = app.token(&email("Ada"), "account_deleted").await;
    let mut browser = app.browser("192.0.2.1");
    browser.post("/auth/account/restore", json!({ "token": token })).await.expect(204);
    browser.post("/auth/account/restore", json!({ "token": token })).await.refused(404, "link_spent");
    assert!(browser.session().is_none(), "it signs nobody in");
    let me = browser.password("Ada", PASSWORD).await.expect(200).body;
    assert_eq!(
        me["organizations"].as_array().unwrap().len(),
        1,
        "the organization came back with its person"
    );
    let kinds = "SELECT count(*) FROM operations.events WHERE kind IN ('organization.deleted', 'organization.restored')";
    assert_eq!(app.count(kinds).await, 2);
}

#[tokio::test]
async fn signing_in_brings_an_account_back() {
    let app = App::new().await;
    for by_mail in [false, true] {
        let name = if by_mail { "Ada" } else { "Bob" };
        app.sign_up(name).await.delete("/me").await.expect(200);
        app.clock.advance(Duration::days(13));
        let mut browser = app.browser("192.0.2.5");
        if by_mail {
            browser.post("/auth/magic-link", json!({ "email": email(name) })).await.expect(202);
            let token = app.token(&email(name), "magic_link").await;
            browser.post("/auth/link", json!({ "token": token })).await.expect(200);
        } else {
            // a wrong password brings nothing back
            browser.password(name, "a wrong password").await.refused(401, "wrong_credentials");
            browser.password(name, PASSWORD).await.expect(200);
        }
        assert_eq!(browser.get("/me").await.expect(200).body["organizations"].as_array().unwrap().len(), 1);
        // the link of the deletion is of no use any more
        let token = app.token(&email(name), "account_deleted").await;
        browser.post("/auth/account/restore", json!({ "token": token })).await.refused(404, "link_spent");
    }
}

#[tokio::test]
async fn after_a_fortnight_an_account_is_erased() {
    let app = App::new().await;
    let mut ada = app.sign_up("Ada").await;
    let mut tx = app.database.store().service("a test remembers an application").await.unwrap();
    for name in ["ada", "bob"] {
        sqlx::query(
            "WITH a AS (INSERT INTO identity.applications (id, email, name, account_type, submitted_at)
                        VALUES (gen_random_uuid(), $1, $1, 'creator', now())),
                  w AS (INSERT INTO identity.waitlist_entries (id, email, name) VALUES (gen_random_uuid(), $1, $1))
             INSERT INTO identity.demos (id, email, name, requested_at) VALUES (gen_random_uuid(), $1, $1, now())",
        )
        .bind(email(name))
        .execute(tx.conn())
        .await
        .unwrap();
    }
    tx.commit().await.unwrap();
    let data = ada.get("/me/export").await.expect(200).body["data"].clone();
    for told in ["applications", "waiting_list", "calls"] {
        assert_eq!(data[told][0]["email"], email("ada"), "{told}");
        assert_eq!(data[told].as_array().unwrap().len(), 1, "{told}");
    }
    ada.delete("/me").await.expect(200);
    app.sign_up("Bob").await;
    let token = app.token(&email("Ada"), "account_deleted").await;
    app.clock.advance(Duration::days(14) - Duration::seconds(1));
    assert_eq!(app.identity.erase_accounts().await.unwrap(), 0);
    app.clock.advance(Duration::seconds(1));
    let mut browser = app.browser("192.0.2.5");
    browser.post("/auth/account/restore", json!({ "token": token })).await.refused(404, "link_spent");
    browser.password("Ada", PASSWORD).await.refused(401, "wrong_credentials");
    assert_eq!(app.identity.erase_accounts().await.unwrap(), 1);
    assert_eq!(app.identity.erase_accounts().await.unwrap(), 0);
    assert_eq!(app.count("SELECT count(*) FROM identity.users").await, 1);
    for left in [
        "SELECT count(*) FROM identity.credentials",
        "SELECT count(DISTINCT user_id) FROM identity.sessions",
        "SELECT count(DISTINCT user_id) FROM identity.known_devices",
        "SELECT count(DISTINCT user_id) FROM identity.login_links",
        "SELECT count(DISTINCT recipient) FROM operations.mails",
        "SELECT count(*) FROM identity.applications",
        "SELECT count(*) FROM identity.waitlist_entries",
        "SELECT count(*) FROM identity.demos",
    ] {
        assert_eq!(app.count(left).await, 1, "{left}");
    }
    // the address is free again
    app.sign_up("Ada").await.get("/me").await.expect(200);
}

#[tokio::test]
async fn the_last_owner_hands_over_before_they_go() {
    let app = App::new().await;
    let mut ada = app.sign_up("Ada").await;
    let mut bob = app.sign_up("Bob").await;
    let mut tx = app.database.store().service("a test makes a member").await.unwrap();
    sqlx::query(
        "INSERT INTO identity.memberships (organization_id, id, user_id, role)
         SELECT o.id, gen_random_uuid(), u.id, 'admin' FROM identity.organizations o, identity.users u
          WHERE o.name = 'Ada' AND u.name = 'Bob'",
    )
    .execute(tx.conn())
    .await
    .unwrap();
    tx.commit().await.unwrap();
    let refused = ada.delete("/me").await.refused(409, "last_owner");
    assert!(refused.body["detail"].as_str().unwrap().contains("only owner of Ada"), "{}", refused.body);
    ada.get("/me").await.expect(200);
    let mut tx = app.database.store().service("a test makes an owner").await.unwrap();
    sqlx::query("UPDATE identity.memberships SET role = 'owner' WHERE role = 'admin'")
        .execute(tx.conn())
        .await
        .unwrap();
    tx.commit().await.unwrap();
    ada.delete("/me").await.expect(200);
    // the shared one stays with the other owner
    let mine = bob.get("/me").await.expect(200).body["organizations"].clone();
    assert_eq!(mine.as_array().unwrap().len(), 2);
}

/// Makes Bob another owner of Ada's organization.
async fn share(app: &App) {
    let mut tx = app.database.store().service("a test makes an owner").await.unwrap();
    sqlx::query(
        "INSERT INTO identity.memberships (organization_id, id, user_id, role)
         SELECT o.id, gen_random_uuid(), u.id, 'owner' FROM identity.organizations o, identity.users u
          WHERE o.name = 'Ada' AND u.name = 'Bob'",
    )
    .execute(tx.conn())
    .await
    .unwrap();
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn an_owner_whose_account_is_deleted_counts_as_none() {
    let app = App::new().await;
    let mut ada = app.sign_up("Ada").await;
    let mut bob = app.sign_up("Bob").await;
    share(&app).await;
    ada.delete("/me").await.expect(200);
    let id = bob.get("/me").await.expect(200).body["user"]["id"].as_str().unwrap().to_owned();
    bob.delete(&format!("/organizations/ada/members/{id}")).await.refused(409, "last_owner");
    app.clock.advance(Duration::days(14));
    assert_eq!(app.identity.erase_accounts().await.unwrap(), 1);
    assert_eq!(app.count("SELECT count(*) FROM identity.users").await, 1);
}

#[tokio::test]
async fn one_account_that_cant_be_erased_keeps_no_other() {
    let app = App::new().await;
    let mut ada = app.sign_up("Ada").await;
    app.sign_up("Bob").await;
    app.sign_up("Eve").await;
    share(&app).await;
    ada.delete("/me").await.expect(200);
    // past every rule: the organization has nobody left who owns it
    let mut tx = app.database.store().service("a test deletes accounts").await.unwrap();
    sqlx::query("UPDATE identity.users SET deleted_at = '2026-11-16T10:00:00Z' WHERE name IN ('Bob', 'Eve')")
        .execute(tx.conn())
        .await
        .unwrap();
    sqlx::query(
        "UPDATE identity.organizations SET deleted_at = '2026-11-16T10:00:00Z' WHERE name IN ('Bob', 'Eve')",
    )
    .execute(tx.conn())
    .await
    .unwrap();
    tx.commit().await.unwrap();
    app.clock.advance(Duration::days(15));
    assert_eq!(app.identity.erase_accounts().await.unwrap(), 1, "Eve");
    assert_eq!(app.count("SELECT count(*) FROM identity.users WHERE name = 'Eve'").await, 0);
}

#[tokio::test]
async fn handing_over_and_deleting_an_organization_need_a_recent_proof() {
    let app = App::new().await;
    let mut bob = app.sign_up("Bob").await;
    let mut ada = app.sign_up("Ada").await;
    let bobs = bob.get("/me").await.expect(200).body["user"]["id"].clone();
    let heir = json!({ "user_id": bobs, "confirm": "ada" });
    app.clock.advance(Duration::minutes(16));
    ada.delete("/organizations/ada?confirm=ada").await.refused(403, "confirmation_needed");
    ada.post("/organizations/ada/transfer", heir.clone()).await.refused(403, "confirmation_needed");
    ada.post("/me/confirm", json!({ "password": PASSWORD })).await.expect(204);
    ada.post("/organizations/ada/transfer", heir).await.fault("user_id", "no_member");
    ada.delete("/organizations/ada?confirm=ada").await.expect(204);
}

#[tokio::test]
async fn the_file_tells_of_factors_keys_and_invitations() {
    let app = App::new().await;
    let mut ada = app.sign_up("Ada").await;
    let setup = ada.post("/me/factors/totp", json!({})).await.expect(200);
    let phone = totp_rs::Totp::from_url(setup.body["uri"].as_str().unwrap()).unwrap();
    let code = phone.generate(u64::try_from(app.clock.now().timestamp()).unwrap()).to_string();
    let confirmed = ada.post("/me/factors/totp/confirm", json!({ "code": code })).await.expect(200);
    let invitation = json!({ "email": email("Bob"), "role": "member" });
    ada.post("/organizations/ada/invitations", invitation).await.expect(201);
    let key = json!({ "name": "Publisher", "scopes": ["members.read"], "signed": true });
    let key = ada.post("/organizations/ada/api-keys", key).await.expect(201);
    let mut tx = app.database.store().service("a test adds a passkey").await.unwrap();
    sqlx::query(
        "INSERT INTO identity.passkeys (id, user_id, name, credential_id, credential)
         SELECT gen_random_uuid(), id, 'My phone', 'CREDENTIAL-ID', '{\"cred\": \"PUBLIC-PART\"}' FROM identity.users",
    )
    .execute(tx.conn())
    .await
    .unwrap();
    tx.commit().await.unwrap();

    let answer = ada.get("/me/export").await.expect(200);
    let data = &answer.body["data"];
    assert_eq!(data["second_factors"][0]["kind"], "totp");
    assert!(data["second_factors"][0]["confirmed_at"].is_string());
    assert_eq!(data["recovery_codes"].as_array().unwrap().len(), 10);
    assert_eq!(data["passkeys"][0]["name"], "My phone");
    assert_eq!(
        (&data["api_keys"][0]["name"], &data["api_keys"][0]["signed"]),
        (&json!("Publisher"), &json!(true))
    );
    assert_eq!(data["invitations_sent"][0]["organization"], "Ada");
    assert_eq!(data["memberships"][0]["organization"], "Ada");
    let kinds: Vec<&str> = answer.body["security_events"]
        .as_array()
        .unwrap()
        .iter()
        .map(|e| e["kind"].as_str().unwrap())
        .collect();
    assert!(kinds.contains(&"second_factor.enabled") && kinds.contains(&"key.created"), "{kinds:?}");
    let text = String::from_utf8(answer.bytes).unwrap();
    let codes = confirmed.body["recovery_codes"].as_array().unwrap();
    let token = key.body["token"].as_str().unwrap();
    let secrets = codes.iter().map(|code| code.as_str().unwrap()).chain([
        setup.body["secret"].as_str().unwrap(),
        &token[11..],
        "CREDENTIAL-ID",
        "PUBLIC-PART",
        // the address of somebody else
        "bob@example.org",
    ]);
    for secret in secrets {
        assert!(!text.contains(secret), "{secret}");
    }
}

#[tokio::test]
async fn ones_own_data_are_a_file_without_secrets() {
    let app = App::new().await;
    let mut ada = app.sign_up("Ada").await;
    ada.patch("/me", json!({ "handle": "countess", "bio": "Numbers." })).await.expect(200);
    let answer = ada.get("/me/export").await.expect(200);
    assert_eq!(answer.headers["content-disposition"], "attachment; filename=\"bellwether-account.json\"");
    let data = &answer.body["data"];
    assert_eq!(data["person"]["email"], "ada@example.org");
    assert_eq!((&data["person"]["handle"], &data["password"]["set"]), (&json!("countess"), &json!(true)));
    assert_eq!(data["sessions"][0]["ip_address"], "192.0.2.1");
    assert_eq!(data["memberships"][0]["role"], "owner");
    let text = String::from_utf8(answer.bytes).unwrap();
    let secrets = "SELECT count(*) FROM (
        SELECT encode(token_hash, 'hex') AS s FROM identity.sessions UNION ALL SELECT password_hash FROM identity.credentials
    ) AS secrets";
    assert!(app.count(secrets).await >= 2);
    assert!(!text.contains("argon2") && !text.contains("token") && !text.contains("hash"), "{text}");
    for subject in [
        "passkeys",
        "second_factors",
        "recovery_codes",
        "api_keys",
        "invitations_received",
        "invitations_sent",
    ] {
        assert_eq!(data[subject], json!([]), "{subject}");
    }
    let mut kinds: Vec<&str> = answer.body["security_events"]
        .as_array()
        .unwrap()
        .iter()
        .map(|e| e["kind"].as_str().unwrap())
        .collect();
    kinds.sort_unstable();
    assert_eq!(kinds, ["sign_in.succeeded", "sign_up.succeeded"]);
    app.clock.advance(Duration::minutes(16));
    ada.get("/me/export").await.refused(403, "confirmation_needed");
    app.browser("192.0.2.9").get("/me/export").await.expect(401);
}
