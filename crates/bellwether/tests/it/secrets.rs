//! Keys of stored secrets are replaced while everything runs.

use bellwether::wiring::App;
use bellwether_kernel::Rng;
use bellwether_vault::{CURRENT, Resealed, Vault};
use serde_json::json;

use crate::app::TestApp;

#[tokio::test]
async fn a_new_key_seals_every_stored_secret() {
    let keys: Vec<String> = [2, 3, 4].map(|seed| Vault::new_key(&Rng::seeded(seed))).into();
    let vault = |at: usize| Vault::new(&[keys[at].clone().into()]).unwrap();
    let (old, new, lost) = (vault(0), vault(1), vault(2));
    let mut config = None;
    let app = TestApp::with(|made| config = Some(made.clone())).await;
    let ada = app.sign_up("Ada").await;
    let (_, connection) = ada.sandbox_post(&app, false).await;
    let organization = ada.base.split("/brands").next().unwrap().to_owned();
    let signed = json!({ "name": "Signs", "scopes": ["posts.read"], "signed": true });
    ada.post(&format!("{organization}/api-keys"), signed).await.expect(201);
    let pool = app.store().pool();
    let run = async |statement: &'static str, values: &[String]| {
        let mut query = sqlx::query(statement);
        for value in values {
            query = query.bind(value);
        }
        query.execute(pool).await.unwrap();
    };
    let seal = |vault: &Vault, text: &str| vault.seal(text.as_bytes()).unwrap().text;
    run(
        "INSERT INTO identity.totp_factors (user_id, secret, encryption_version) SELECT id, $1, 1 FROM identity.users",
        &[seal(&old, "seed")],
    )
    .await;
    // without a token, as WordPress and webhooks are: further secrets alone
    run(
        "UPDATE publishing.connections SET provider = 'webhook', access_token = '', secrets = $1",
        &[seal(&old, "{}")],
    )
    .await;
    let copy = "INSERT INTO publishing.connections (organization_id, id, brand_id, provider, network, remote_id, name,
                    handle, access_token, refresh_token, encryption_version)
                SELECT organization_id, gen_random_uuid(), brand_id, 'bluesky', 'bluesky', $1, name, handle, $2, $3, $4::int
                FROM publishing.connections WHERE provider = 'webhook'";
    let tokens = |id: &str, vault: &Vault| vec![id.to_owned(), seal(vault, "token"), seal(vault, "refresh")];
    run(copy, &[tokens("sealed", &old), vec!["1".into()]].concat()).await;
    run(copy, &[tokens("lost", &lost), vec!["1".into()]].concat()).await;
    run(copy, &["open".into(), "token".into(), "refresh".into(), "0".into()]).await;
    run(
        "INSERT INTO publishing.apps (provider, server, client_id, client_secret)
         VALUES ('mastodon', 'https://example.social', 'id', $1)",
        &[seal(&old, "app")],
    )
    .await;

    let mut config = config.unwrap();
    config.secrets.keys = vec![keys[1].clone(), keys[0].clone()];
    let url = "http://bellwether.test".parse().unwrap();
    let after = App::new(app.store().clone(), app.clock.clone(), Rng::seeded(9), config, url).unwrap();
    let done = |seen, sealed, unreadable| Resealed { seen, sealed, unreadable };
    assert_eq!(after.identity.reseal_factors().await.unwrap(), done(1, 1, 0));
    assert_eq!(after.identity.reseal_keys().await.unwrap(), done(1, 1, 0));
    assert_eq!(after.publishing.reseal_connections().await.unwrap(), done(4, 3, 1));
    assert_eq!(after.publishing.reseal_apps().await.unwrap(), done(1, 1, 0));
    // once more: there is nothing left to do, and nothing that was lost was touched
    assert_eq!(after.identity.reseal_factors().await.unwrap(), done(1, 0, 0));
    assert_eq!(after.publishing.reseal_connections().await.unwrap(), done(4, 0, 1));

    let kept: Vec<(String, String, Option<String>, Option<String>)> = sqlx::query_as(
        "SELECT remote_id, access_token, refresh_token, secrets FROM publishing.connections ORDER BY remote_id",
    )
    .fetch_all(pool)
    .await
    .unwrap();
    let open = |vault: &Vault, text: &str| String::from_utf8(vault.open(text, CURRENT).unwrap()).unwrap();
    for (id, token, refresh, secrets) in &kept {
        match id.as_str() {
            "lost" => assert_eq!(open(&lost, token), "token"),
            "sealed" | "open" => {
                assert_eq!(open(&new, token), "token");
                assert_eq!(open(&new, refresh.as_deref().unwrap()), "refresh");
            }
            _ => assert_eq!((token.as_str(), open(&new, secrets.as_deref().unwrap()).as_str()), ("", "{}")),
        }
    }
    let others: Vec<String> = sqlx::query_scalar(
        "SELECT secret FROM identity.totp_factors UNION ALL SELECT signing_secret FROM identity.api_keys
         UNION ALL SELECT client_secret FROM publishing.apps",
    )
    .fetch_all(pool)
    .await
    .unwrap();
    assert_eq!(others.len(), 3);
    assert!(others.iter().all(|text| new.open(text, CURRENT).is_ok()));
    assert!(!connection.is_empty());
}
