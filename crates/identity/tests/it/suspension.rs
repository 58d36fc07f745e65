//! Operators keep people out and let them in again.

use serde_json::json;

use crate::app::{App, Client};

async fn operator(app: &App) -> Client {
    let client = app.make("olga").await;
    app.sql("UPDATE identity.users SET operator = true WHERE name = 'olga'").await;
    client
}

async fn id(client: &Client) -> String {
    client.get("/me").await.expect(200).text("/user/id")
}

#[tokio::test]
async fn a_suspended_person_and_their_keys_stay_outside() {
    let app = App::new().await;
    let olga = operator(&app).await;
    let ada = app.sign_up("ada").await;
    let (_, token) = ada.key(json!({ "name": "Key", "scopes": ["members.read"] })).await;
    let key = app.with_key(&token);
    key.get("/organizations/ada/members").await.expect(200);
    let path = format!("/admin/users/{}", id(&ada).await);

    olga.post(&format!("{path}/suspend"), json!({})).await.expect(204);
    ada.get("/me").await.refused(401, "unauthenticated");
    let credentials = json!({ "email": "ada@example.org", "password": "correct horse battery" });
    app.anonymous().post("/auth/sign-in", credentials.clone()).await.refused(403, "account_suspended");
    key.get("/organizations/ada/members").await.refused(401, "key_stopped");
    let listed = olga.get("/admin/users?q=ada").await.expect(200);
    assert!(listed.body["items"][0]["suspended_at"].is_string(), "{}", listed.body);
    // again changes nothing and is noted once
    olga.post(&format!("{path}/suspend"), json!({})).await.expect(204);
    let noted = "SELECT count(*) FROM operations.security_events e JOIN identity.users u ON u.id = e.user_id
                  WHERE e.kind = 'account.suspended' AND u.name = 'ada' AND e.detail->>'by_operator' IS NOT NULL";
    assert_eq!(app.one::<i64>(noted).await, 1);

    olga.post(&format!("{path}/restore"), json!({})).await.expect(204);
    app.anonymous().post("/auth/sign-in", credentials).await.expect(200);
    key.get("/organizations/ada/members").await.expect(200);
    // the session of before stays ended
    ada.get("/me").await.refused(401, "unauthenticated");
    let noted = "SELECT count(*) FROM operations.security_events WHERE kind = 'account.restored'";
    assert_eq!(app.one::<i64>(noted).await, 1);
}

#[tokio::test]
async fn nobody_suspends_themselves_or_the_last_operator() {
    let app = App::new().await;
    let olga = operator(&app).await;
    let ada = app.sign_up("ada").await;
    let (olgas, adas) = (id(&olga).await, id(&ada).await);
    olga.post(&format!("/admin/users/{olgas}/suspend"), json!({})).await.refused(409, "yourself");
    // whoever is no operator finds nothing there
    for action in ["suspend", "restore"] {
        ada.post(&format!("/admin/users/{olgas}/{action}"), json!({})).await.refused(404, "not_found");
        app.anonymous().post(&format!("/admin/users/{olgas}/{action}"), json!({})).await.expect(401);
    }
    // nor does the command line leave the installation without one
    let refused = app.identity.suspend_user("olga@example.org", true).await.unwrap_err();
    assert_eq!(bellwether_kernel::Problem::from(refused).code, "last_operator");
    // two operators suspend each other at once: one of them stays
    app.sql("UPDATE identity.users SET operator = true WHERE name = 'ada'").await;
    let (to_ada, to_olga) = (format!("/admin/users/{adas}/suspend"), format!("/admin/users/{olgas}/suspend"));
    let (a, b) = tokio::join!(olga.post(&to_ada, json!({})), ada.post(&to_olga, json!({})));
    let done = [a.status.as_u16(), b.status.as_u16()].into_iter().filter(|status| *status == 204).count();
    assert_eq!(done, 1, "{} {}", a.body, b.body);
    let left = "SELECT count(*) FROM identity.users WHERE operator AND suspended_at IS NULL";
    assert_eq!(app.one::<i64>(left).await, 1);
    let nobody = format!("/admin/users/{}/suspend", "user_00000000000000000000000000");
    assert!(olga.post(&nobody, json!({})).await.status.is_client_error());
}
