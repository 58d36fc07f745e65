//! What is deleted is forgotten, and what somebody may not read is not read through the voice.

use std::collections::HashSet;

use http::Method;
use serde_json::{Value, json};

use crate::{
    app::{Client, TestApp},
    voice::{all, letters, samples, train, with_letters},
};

/// Every sentence, line and phrase in a guide.
fn quotes(model: &Value) -> HashSet<String> {
    let guide = &model["guide"];
    let rules = ["does", "never"].iter().flat_map(|side| guide[*side].as_array().unwrap());
    let examples = rules.flat_map(|rule| rule["examples"].as_array().unwrap());
    let lists = ["openings", "closings", "phrases"].iter().flat_map(|list| guide[*list].as_array().unwrap());
    examples.chain(lists).map(|quote| quote.as_str().unwrap().to_owned()).collect()
}

async fn changes(client: &Client) -> Value {
    all(&client.get("~/voice").await.expect(200).body)["changes_since"].clone()
}

#[tokio::test]
async fn deleted_samples_are_missed_and_no_longer_quoted() {
    let app = TestApp::new().await;
    let ada = with_letters(&app, "Ada").await;
    let model = train(&app, &ada).await;
    let path = format!("~/voice/models/{}", model["id"].as_str().unwrap());
    let before = quotes(&model);
    assert!(before.len() > 10, "{before:?}");
    assert_eq!(changes(&ada).await, 0);

    let list = ada.get("~/voice/samples?limit=100").await.expect(200).body["items"].clone();
    let list = list.as_array().unwrap();
    // one that is quoted
    let quoted = |sample: &Value| {
        let text = sample["text"].as_str().unwrap();
        before.iter().filter(|quote| quote.len() > 30).find(|quote| text.contains(quote.as_str())).cloned()
    };
    let (sample, quote) = list.iter().find_map(|sample| Some((sample, quoted(sample)?))).unwrap();
    ada.delete(&format!("~/voice/samples/{}", sample["id"].as_str().unwrap())).await.expect(204);
    let after = quotes(&ada.get(&path).await.expect(200).body);
    assert!(!after.contains(&quote) && after.is_subset(&before) && !after.is_empty(), "{quote} {after:?}");
    assert_eq!(changes(&ada).await, 1);

    // what was added and deleted since is no change
    app.clock.advance(chrono::TimeDelta::minutes(1));
    ada.post("~/voice/samples", samples("own", &["One more, about oak."])).await.expect(201);
    assert_eq!(changes(&ada).await, 2);
    let newest = ada.get("~/voice/samples?limit=1").await.expect(200).body["items"][0].clone();
    ada.delete(&format!("~/voice/samples/{}", newest["id"].as_str().unwrap())).await.expect(204);
    assert_eq!(changes(&ada).await, 1);

    for sample in list.iter().filter(|one| one["id"] != sample["id"]) {
        ada.delete(&format!("~/voice/samples/{}", sample["id"].as_str().unwrap())).await.expect(204);
    }
    assert_eq!(changes(&ada).await, 18);
    assert_eq!(quotes(&ada.get(&path).await.expect(200).body), HashSet::new());
    app.done().await;
}

#[tokio::test]
async fn a_version_is_deleted_and_no_longer_speaks() {
    let app = TestApp::new().await;
    let ada = with_letters(&app, "Ada").await;
    let first = train(&app, &ada).await["id"].as_str().unwrap().to_owned();
    let path = |id: &str| format!("~/voice/models/{id}");
    let hear = || async { ada.post("~/voice/score", json!({ "text": letters()[2] })).await.expect(200).body };
    assert!(hear().await["confidence"].is_number());

    // one that is being trained is not there to be deleted yet
    let asked = ada.post("~/voice/models", json!({ "family": "all" })).await.expect(202).id();
    let refused = ada.delete(&path(&asked)).await.expect(409).body;
    assert_eq!(refused["code"], "in_training");
    app.drain().await;

    let active = all(&ada.get("~/voice").await.expect(200).body)["active_model"]["id"].clone();
    let (speaks, rests) =
        if active == json!(first) { (first.clone(), asked) } else { (asked, first.clone()) };
    // nobody else's to delete
    let eve = app.sign_up("Eve").await;
    eve.delete(&path(&speaks)).await.expect(404);
    ada.delete(&path(&speaks)).await.expect(204);
    ada.delete(&path(&speaks)).await.expect(404);
    ada.get(&path(&speaks)).await.expect(404);
    let silent = hear().await;
    assert_eq!((&silent["confidence"], &silent["not_enough"]["what"]), (&Value::Null, &json!("model")));
    assert_eq!(all(&ada.get("~/voice").await.expect(200).body)["active_model"], Value::Null);
    // another can be put to use
    ada.post(&format!("{}/activate", path(&rests)), json!({})).await.expect(200);
    assert_eq!(hear().await["model"]["id"], json!(rests));
    let told: Vec<Value> =
        sqlx::query_scalar("SELECT before FROM operations.events WHERE kind = 'voice_model.deleted'")
            .fetch_all(app.store().pool())
            .await
            .unwrap();
    assert_eq!(told.len(), 1);
    assert_eq!((&told[0]["family"], &told[0]["active"]), (&json!("all"), &json!(true)));
    ada.delete(&path(&rests)).await.expect(204);
    assert_eq!(ada.get("~/voice/models").await.expect(200).body["items"], json!([]));
    assert_eq!(hear().await["confidence"], Value::Null);
    app.done().await;
}

#[tokio::test]
async fn drafts_are_not_read_through_the_voice() {
    let app = TestApp::new().await;
    let ada = with_letters(&app, "Ada").await;
    // the newest samples are quoted
    app.clock.advance(chrono::TimeDelta::minutes(1));
    let draft = ada.drafts(&app, &["linkedin.long"]).await.remove(0);
    let post = format!("~/posts/{}", draft["id"].as_str().unwrap());
    let mut content = draft["content"].clone();
    let secret = "Nobody knows it yet, and I am glad: we close the shop in Lindau on the first of May.";
    content["post"] = json!(format!("{secret} I told Mara, and she was quiet for a while."));
    ada.patch(&post, draft["version"].as_i64().unwrap(), json!({ "content": content })).await.expect(200);
    app.drain().await;
    let model = train(&app, &ada).await;
    let model = format!("~/voice/models/{}", model["id"].as_str().unwrap());
    let learned = ada.get("~/voice/samples?source=edit").await.expect(200).body["items"].clone();
    let sample = learned.as_array().unwrap().iter().find(|one| one["kind"] == "own").unwrap().clone();
    assert!(sample["text"].as_str().unwrap().contains(secret));
    assert!(
        quotes(&ada.get(&model).await.expect(200).body).iter().any(|quote| secret.contains(quote.as_str()))
    );

    // a key that may everything with the brand and nothing with its posts
    let key = json!({ "name": "No posts", "scopes": ["brand.read", "brand.update"] });
    let made = ada.post("/organizations/ada-studio/api-keys", key).await.expect(201);
    let kim = app.with_key(made.body["token"].as_str().unwrap());
    let at = |path: &str| path.replace('~', "/organizations/ada-studio/brands/ada-studio");
    kim.get(&at(&post)).await.expect(403);
    for list in ["~/voice/samples?limit=100", "~/voice/samples?sort=best&limit=100"] {
        let seen = kim.get(&at(list)).await.expect(200).body["items"].as_array().unwrap().clone();
        assert_eq!(seen.len(), 18, "{seen:?}");
        assert!(seen.iter().all(|one| one["source"] == "paste"));
    }
    assert_eq!(kim.get(&at("~/voice/samples?source=edit")).await.expect(200).body["items"], json!([]));
    let path = format!("~/voice/samples/{}", sample["id"].as_str().unwrap());
    kim.patch(&at(&path), 1, json!({ "used_for_training": false })).await.expect(404);
    kim.delete(&at(&path)).await.expect(404);
    let seen = quotes(&kim.get(&at(&model)).await.expect(200).body);
    assert!(seen.len() > 10 && !seen.iter().any(|quote| quote.contains("Lindau")), "{seen:?}");
    app.done().await;
}

#[tokio::test]
async fn a_sample_is_changed_as_it_was_seen() {
    let app = TestApp::new().await;
    let ada = with_letters(&app, "Ada").await;
    let sample = ada.get("~/voice/samples?limit=1").await.expect(200).body["items"][0].clone();
    assert_eq!(sample["version"], 1);
    let path = format!("~/voice/samples/{}", sample["id"].as_str().unwrap());
    let change = |used: bool| json!({ "used_for_training": used });
    let headers = [("content-type", "application/json")];
    let body = change(false).to_string().into_bytes();
    ada.send(Method::PATCH, &path, &headers, Some(body)).await.expect(428);
    let changed = ada.patch(&path, 1, change(false)).await.expect(200);
    assert_eq!((&changed.body["version"], &changed.body["used_for_training"]), (&json!(2), &json!(false)));
    let stale = ada.patch(&path, 1, change(true)).await.expect(412).body;
    assert_eq!(stale["code"], "stale");
    // the same again changes nothing
    assert_eq!(ada.patch(&path, 2, change(false)).await.expect(200).body["version"], 2);
    assert_eq!(ada.patch(&path, 2, change(true)).await.expect(200).body["version"], 3);
    app.done().await;
}
