//! The brand's voice: samples, versions, what a version says of a text, and what decisions on drafts teach it.

use std::fmt::Write as _;

use bellwether_jobs::testing::make_due;
use http::Method;
use serde_json::{Value, json};

use crate::app::{ARTICLE, Answer, Client, TestApp};

/// The demo's texts, one author's.
const LETTERS: &str = include_str!("../../demo/voice.txt");
const BOUNDARY: &str = "parts-of-a-form";

pub(crate) fn letters() -> Vec<&'static str> {
    LETTERS.split("\n---\n").map(str::trim).collect()
}

pub(crate) fn samples(kind: &str, texts: &[impl AsRef<str>]) -> Value {
    let texts: Vec<Value> = texts.iter().map(|text| json!({ "text": text.as_ref() })).collect();
    json!({ "kind": kind, "samples": texts })
}

async fn import(client: &Client, name: &str, bytes: &[u8], fields: &[(&str, &str)]) -> Answer {
    let mut form = Vec::new();
    for (field, value) in fields {
        let part =
            format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{field}\"\r\n\r\n{value}\r\n");
        form.extend(part.bytes());
    }
    let head = format!(
        "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\
         Content-Type: application/octet-stream\r\n\r\n"
    );
    form.extend(head.bytes());
    form.extend(bytes);
    form.extend(format!("\r\n--{BOUNDARY}--\r\n").bytes());
    let media = format!("multipart/form-data; boundary={BOUNDARY}");
    client.send(Method::POST, "~/voice/samples/import", &[("content-type", &media)], Some(form)).await
}

/// Trains a version and gives it as it came out.
pub(crate) async fn train(app: &TestApp, client: &Client) -> Value {
    let asked = client.post("~/voice/models", json!({ "family": "all" })).await.expect(202);
    assert_eq!(asked.body["status"], "pending");
    app.drain().await;
    client.get(&format!("~/voice/models/{}", asked.id())).await.expect(200).body
}

pub(crate) async fn with_letters(app: &TestApp, name: &str) -> Client {
    let client = app.sign_up(name).await;
    let added = client.post("~/voice/samples", samples("own", &letters())).await.expect(201).body;
    assert_eq!((&added["added"], &added["repeated"]), (&json!(18), &json!(0)), "{added}");
    client
}

pub(crate) fn all(overview: &Value) -> &Value {
    &overview["families"][0]
}

#[tokio::test]
async fn a_voice_is_trained_and_hears_texts() {
    let app = TestApp::new().await;
    let ada = with_letters(&app, "Ada").await;
    let unheard = ada.post("~/voice/score", json!({ "text": letters()[0] })).await.expect(200).body;
    assert_eq!((&unheard["confidence"], &unheard["not_enough"]["what"]), (&Value::Null, &json!("model")));
    let model = train(&app, &ada).await;
    assert_eq!(
        (&model["status"], &model["active"], &model["version"]),
        (&json!("completed"), &json!(true), &json!(1))
    );
    assert_eq!(model["sample_count"], 18);
    assert_eq!(model["config"]["language"], "en");
    assert!(model["validation_score"].as_f64().unwrap() > 0.7, "{model}");
    assert_eq!(model["validation_score"], model["validation"]["area"]);
    assert!(!model["guide"]["habits"].as_array().unwrap().is_empty());
    assert!(model.get("model").is_none(), "the voice itself is nobody's to read");

    let hear = |text: &'static str| {
        let ada = ada.clone();
        async move { ada.post("~/voice/score", json!({ "text": text, "network": "x" })).await.expect(200).body }
    };
    let own = hear(letters()[3]).await;
    let other = hear(
        "Leverage our innovative, best-in-class solutions to unlock unprecedented value for key stakeholders across the \
         entire enterprise; furthermore, the aforementioned methodology facilitates the optimisation of organisational \
         synergies, which consequently maximises strategic outcomes.",
    )
    .await;
    assert!(own["confidence"].as_f64() > other["confidence"].as_f64(), "{own} {other}");
    assert_eq!(own["model"]["id"], model["id"]);
    assert!(!other["off"].as_array().unwrap().is_empty());
    let short = hear("Too short.").await;
    assert_eq!((&short["confidence"], &short["not_enough"]["what"]), (&Value::Null, &json!("text")));

    // the samples know their places
    let best = ada.get("~/voice/samples?sort=best&limit=100").await.expect(200).body;
    let ranks: Vec<i64> =
        best["items"].as_array().unwrap().iter().map(|item| item["rank"].as_i64().unwrap()).collect();
    assert_eq!(ranks, (1..=18).collect::<Vec<i64>>());
    // and a draft says how much it sounds like the brand
    let draft = ada.drafts(&app, &["linkedin.long"]).await.remove(0);
    let before = draft["voice_confidence"].as_f64().unwrap();
    assert!((0.0..=1.0).contains(&before));
    assert_eq!(draft["voice_model_id"], model["id"], "which training said so");
    let path = format!("~/posts/{}", draft["id"].as_str().unwrap());
    let mut content = draft["content"].clone();
    content["post"] = json!(letters()[5]);
    let edited =
        ada.patch(&path, draft["version"].as_i64().unwrap(), json!({ "content": content })).await.expect(200);
    let after = edited.body["voice_confidence"].as_f64().unwrap();
    assert!(after > before, "{before} {after}");
    app.drain().await;
    app.done().await;
}

#[tokio::test]
async fn too_little_is_told_with_what_is_needed() {
    let app = TestApp::new().await;
    let ada = app.sign_up("Ada").await;
    let two = ada.post("~/voice/samples", samples("own", &letters()[..2])).await.expect(201).body;
    assert_eq!(two["added"], 2);
    let refused = ada.post("~/voice/models", json!({ "family": "all" })).await.expect(409).body;
    assert_eq!(refused["code"], "not_enough_samples");
    assert!(refused["detail"].as_str().unwrap().contains("2 different samples"), "{refused}");
    let overview = ada.get("~/voice").await.expect(200).body;
    let enough = &all(&overview)["enough"];
    assert_eq!((&enough["ok"], &enough["have"], &enough["need"]), (&json!(false), &json!(2), &json!(6)));
    // all the same
    let same: Vec<String> =
        (0..9).map(|n| format!("{}{}", letters()[0].to_uppercase(), " ".repeat(n))).collect();
    let same = ada.post("~/voice/samples", samples("own", &same)).await.expect(201).body;
    assert_eq!((&same["added"], &same["repeated"]), (&json!(0), &json!(9)));
    ada.post("~/voice/models", json!({ "family": "all" })).await.expect(409);
    // nothing in them, nothing at all
    let empty = ada.post("~/voice/samples", samples("own", &["", " … ", "A word."])).await.expect(201).body;
    assert_eq!((&empty["added"], empty["refused"].as_array().unwrap().len()), (&json!(1), 2));
    assert_eq!(empty["refused"][1]["place"], "samples/1");
    let none: [&str; 0] = [];
    assert_eq!(ada.post("~/voice/samples", samples("own", &none)).await.expect(422).fault().0, "samples");
    app.done().await;
}

#[tokio::test]
async fn of_a_mix_of_languages_the_one_of_most_samples_is_learned() {
    let app = TestApp::new().await;
    let ada = with_letters(&app, "Ada").await;
    let german = [
        "Heute habe ich drei Stunden lang die alte Werkbank geschliffen, und am Abend war der Boden voller Staub und Späne.",
        "Die Kundin wollte den Tisch bis Weihnachten haben. Ich habe ihr gesagt, dass gutes Holz seine Zeit braucht.",
    ];
    ada.post("~/voice/samples", samples("own", &german)).await.expect(201);
    let model = train(&app, &ada).await;
    assert_eq!((&model["status"], &model["sample_count"]), (&json!("completed"), &json!(18)));
    assert_eq!(model["config"]["left_out"], json!([{ "language": "de", "samples": 2 }]));
    assert!(model["config"]["notes"][0].as_str().unwrap().contains("2 samples in German were left out"));
    app.done().await;
}

#[tokio::test]
async fn of_two_languages_neither_is_enough_before_one_of_them_is() {
    let app = TestApp::new().await;
    let ada = app.sign_up("Ada").await;
    let german = [
        "Heute habe ich drei Stunden lang die alte Werkbank geschliffen, und am Abend war der Boden voller Staub und Späne.",
        "Die Kundin wollte den Tisch bis Weihnachten haben. Ich habe ihr gesagt, dass gutes Holz seine Zeit braucht.",
        "Ich mache am Freitag um zwölf zu, und das hat in vier Jahren noch niemand bemerkt, nicht einmal der Briefträger.",
        "Mein Vater hat immer gesagt, dass man dem Holz zuhören muss. Ich habe lange gedacht, das sei ein Scherz.",
    ];
    ada.post("~/voice/samples", samples("own", &german)).await.expect(201);
    ada.post("~/voice/samples", samples("own", &letters()[..4])).await.expect(201);
    let overview = ada.get("~/voice").await.expect(200).body;
    let enough = &all(&overview)["enough"];
    assert_eq!((&enough["ok"], &enough["have"], &enough["need"]), (&json!(false), &json!(4), &json!(6)));
    let message = "4 different samples in German are not enough to know a voice: 6 are needed. 4 in English are left out: a \
                   voice is learned in one language.";
    assert_eq!(enough["message"], message);
    let refused = ada.post("~/voice/models", json!({ "family": "all" })).await.expect(409).body;
    assert_eq!((&refused["code"], &refused["detail"]), (&json!("not_enough_samples"), &json!(message)));
    // what is said to be enough is enough
    ada.post("~/voice/samples", samples("own", &letters()[4..])).await.expect(201);
    let overview = ada.get("~/voice").await.expect(200).body;
    let enough = &all(&overview)["enough"];
    assert_eq!((&enough["ok"], &enough["have"]), (&json!(true), &json!(18)));
    assert!(enough["message"].as_str().unwrap().contains("4 in German are left out"), "{enough}");
    let model = train(&app, &ada).await;
    assert_eq!((&model["status"], &model["sample_count"]), (&json!("completed"), &json!(18)));
    app.done().await;
}

#[tokio::test]
async fn files_are_imported_as_far_as_they_can_be_read() {
    let app = TestApp::new().await;
    let ada = app.sign_up("Ada").await;
    let mut csv = String::from("text,date,likes\n");
    for letter in &letters()[..7] {
        writeln!(csv, "\"{}\",2026-01-05,12", letter.replace('"', "\"\"")).unwrap();
    }
    csv.push_str("\"\",,\n");
    let own = [("kind", "own"), ("network", "mastodon")];
    let added = import(&ada, "posts.csv", csv.as_bytes(), &own).await.expect(201).body;
    assert_eq!((&added["added"], &added["repeated"]), (&json!(7), &json!(0)), "{added}");
    let again = import(&ada, "posts.csv", csv.as_bytes(), &own).await.expect(201).body;
    assert_eq!((&again["added"], &again["repeated"]), (&json!(0), &json!(7)), "{again}");
    let sample =
        ada.get("~/voice/samples?network=mastodon&source=upload").await.expect(200).body["items"][0].clone();
    assert_eq!((&sample["kind"], &sample["language"]), (&json!("own"), &json!("en")));
    assert_eq!(sample["engagement"]["likes"], 12);
    assert!(
        sample["quality"].as_i64().unwrap() > 0
            && sample["features"]["sentence_length"].as_f64().unwrap() > 1.0
    );

    for (name, bytes) in [
        ("archive.zip", b"PK\x03\x04 this is no archive at all".to_vec()),
        ("noise.csv", vec![0, 159, 146, 150, 0, 1, 2]),
        ("empty.txt", Vec::new()),
        ("broken.json", b"[{\"text\": \"never clo".to_vec()),
        ("letter.pdf", b"%PDF-1.7".to_vec()),
    ] {
        let answer = import(&ada, name, &bytes, &own).await;
        assert_eq!(answer.status, 422, "{name} {}", answer.body);
        assert_eq!(answer.fault().0, "file", "{name}");
        assert!(!answer.body["errors"][0]["message"].as_str().unwrap().is_empty(), "{name}");
    }
    assert_eq!(import(&ada, "x.txt", b"Hello there.", &[]).await.expect(422).fault(), ("kind", "missing"));
    let unknown = [("kind", "own"), ("network", "myspace")];
    assert_eq!(import(&ada, "x.txt", b"Hello there.", &unknown).await.expect(422).fault().0, "network");
    ada.post("~/voice/samples/import", json!({})).await.expect(415);
    app.done().await;
}

#[tokio::test]
async fn of_a_million_lines_as_many_are_kept_as_a_brand_may_have() {
    let app = TestApp::new().await;
    let ada = app.sign_up("Ada").await;
    // nearly full
    sqlx::raw_sql(
        "INSERT INTO brand.voice_samples
           (organization_id, brand_id, id, kind, source, content, content_hash, words, quality)
         SELECT organization_id, id, gen_random_uuid(), 'own', 'paste', 'Text ' || n, sha256(n::text::bytea), 2, 1
           FROM brand.brands, generate_series(1, 4950) AS n",
    )
    .execute(app.store().pool())
    .await
    .unwrap();
    let mut csv = String::with_capacity(12_000_000);
    csv.push_str("text\n");
    for n in 0..1_000_000 {
        // few different ones: measuring each text is slow in a build for tests
        writeln!(csv, "Line {}", n % 100).unwrap();
    }
    let own = [("kind", "own")];
    let added = import(&ada, "million.csv", csv.as_bytes(), &own).await.expect(201).body;
    assert_eq!(added["added"], 50, "{added}");
    assert!(added["refused"][0]["reason"].as_str().unwrap().contains("5000"), "{added}");
    assert!(added["repeated"].as_i64() > Some(0) && added["more_refused"].as_i64() > Some(0), "{added}");
    // and then there is no room, which is said before anything is read
    let full = ada.post("~/voice/samples", samples("own", &["One more."])).await.expect(409).body;
    assert_eq!(full["code"], "too_many");
    let page = ada.get("~/voice/samples?limit=3").await.expect(200).body;
    let next = page["next_cursor"].as_str().unwrap();
    let rest = ada.get(&format!("~/voice/samples?limit=3&cursor={next}")).await.expect(200).body;
    assert_ne!(page["items"][2]["id"], rest["items"][0]["id"]);
    app.done().await;
}

#[tokio::test]
async fn lists_are_the_newest_or_the_best_first_page_by_page() {
    let app = TestApp::new().await;
    let ada = with_letters(&app, "Ada").await;
    for sort in ["newest", "best"] {
        let mut found = Vec::new();
        let mut next = String::new();
        loop {
            let page = ada.get(&format!("~/voice/samples?sort={sort}&limit=7{next}")).await.expect(200).body;
            found.extend(page["items"].as_array().unwrap().clone());
            let Some(cursor) = page["next_cursor"].as_str() else { break };
            next = format!("&cursor={cursor}");
        }
        let mut ids: Vec<&str> = found.iter().map(|item| item["id"].as_str().unwrap()).collect();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!((found.len(), ids.len()), (18, 18), "{sort}");
        if sort == "best" {
            let qualities: Vec<i64> = found.iter().map(|item| item["quality"].as_i64().unwrap()).collect();
            assert!(qualities.is_sorted_by(|a, b| a >= b), "{qualities:?}");
        }
    }
    let id = ada.get("~/voice/samples?limit=1").await.body["items"][0]["id"].as_str().unwrap().to_owned();
    let path = format!("~/voice/samples/{id}");
    let changed = ada.patch(&path, 1, json!({ "used_for_training": false })).await.expect(200).body;
    assert_eq!(changed["used_for_training"], false);
    assert_eq!(ada.get("~/voice/samples?used=false").await.body["items"].as_array().unwrap().len(), 1);
    assert_eq!(all(&ada.get("~/voice").await.expect(200).body)["own_samples"], 17);
    ada.delete(&path).await.expect(204);
    ada.delete(&path).await.expect(404);
    assert_eq!(ada.get("~/voice/samples?used=false").await.body["items"], json!([]));
    app.done().await;
}

#[tokio::test]
async fn one_version_is_active_however_many_ask_at_once() {
    let app = TestApp::new().await;
    let ada = with_letters(&app, "Ada").await;
    let mut ids = Vec::new();
    for _ in 0..3 {
        ids.push(train(&app, &ada).await["id"].as_str().unwrap().to_owned());
        app.clock.advance(chrono::TimeDelta::seconds(1));
    }
    let activate = |id: &str| {
        let (ada, path) = (ada.clone(), format!("~/voice/models/{id}/activate"));
        async move { ada.post(&path, json!({})).await.expect(200) }
    };
    for _ in 0..5 {
        tokio::join!(activate(&ids[0]), activate(&ids[1]), activate(&ids[2]), activate(&ids[0]));
        let models = ada.get("~/voice/models").await.expect(200).body["items"].as_array().unwrap().clone();
        assert_eq!(models.iter().filter(|model| model["active"] == true).count(), 1);
        let versions: Vec<i64> = models.iter().map(|model| model["version"].as_i64().unwrap()).collect();
        assert_eq!(versions, [3, 2, 1]);
    }
    // the way back, and the voice that is heard changes with it
    assert_eq!(activate(&ids[0]).await.body["active"], true);
    let heard = ada.post("~/voice/score", json!({ "text": letters()[2] })).await.expect(200).body;
    assert_eq!(heard["model"]["version"], 1);
    // nothing changed in between: nothing is better or worse
    let third = ada.get(&format!("~/voice/models/{}", ids[2])).await.expect(200).body;
    assert_eq!(third["before_score"], third["after_score"], "{third}");
    app.done().await;
}

#[tokio::test]
async fn the_newest_twenty_versions_are_kept() {
    let app = TestApp::new().await;
    let ada = with_letters(&app, "Ada").await;
    sqlx::raw_sql(
        "INSERT INTO brand.voice_models (organization_id, brand_id, id, family, version, status, failure)
         SELECT organization_id, id, gen_random_uuid(), 'all', n, 'failed', 'Too little'
           FROM brand.brands, generate_series(1, 25) AS n",
    )
    .execute(app.store().pool())
    .await
    .unwrap();
    assert_eq!(train(&app, &ada).await["version"], 26);
    let models =
        ada.get("~/voice/models?limit=100").await.expect(200).body["items"].as_array().unwrap().clone();
    let versions: Vec<i64> = models.iter().map(|model| model["version"].as_i64().unwrap()).collect();
    assert_eq!((versions.len(), versions.iter().min()), (20, Some(&7)), "{versions:?}");
    app.done().await;
}

#[tokio::test]
async fn a_training_that_broke_off_is_done_again_and_none_stays_half_done() {
    let app = TestApp::new().await;
    let ada = with_letters(&app, "Ada").await;
    let asked = ada.post("~/voice/models", json!({ "family": "all" })).await.expect(202);
    let another = ada.post("~/voice/models", json!({ "family": "all" })).await.expect(409).body;
    assert_eq!(another["code"], "training_already");
    // as a worker leaves it that is gone in the middle
    sqlx::raw_sql("UPDATE brand.voice_models SET status = 'training', training_started_at = now()")
        .execute(app.store().pool())
        .await
        .unwrap();
    app.drain().await;
    let model = ada.get(&format!("~/voice/models/{}", asked.id())).await.expect(200).body;
    assert_eq!((&model["status"], &model["active"]), (&json!("completed"), &json!(true)));
    // one whose tries are all gone is told by the nightly round
    sqlx::raw_sql(
        "INSERT INTO brand.voice_models (organization_id, brand_id, id, family, version, status, training_started_at)
         SELECT organization_id, brand_id, gen_random_uuid(), 'all', 2, 'training', '2026-11-16T01:00:00Z'
           FROM brand.voice_models",
    )
    .execute(app.store().pool())
    .await
    .unwrap();
    ada.post("~/voice/models", json!({ "family": "all" })).await.expect(409);
    app.app.brands.purge().await.unwrap();
    let models = ada.get("~/voice/models").await.expect(200).body;
    let failed =
        models["items"].as_array().unwrap().iter().find(|model| model["version"] == 2).unwrap().clone();
    assert_eq!(failed["status"], "failed");
    assert!(failed["failure"].as_str().unwrap().contains("interrupted"));
    assert_eq!(train(&app, &ada).await["version"], 3);
    app.done().await;
}

#[tokio::test]
async fn a_job_that_can_not_train_says_why() {
    let app = TestApp::new().await;
    let ada = with_letters(&app, "Ada").await;
    let asked = ada.post("~/voice/models", json!({ "family": "all" })).await.expect(202);
    // the samples go while the job waits
    sqlx::raw_sql("DELETE FROM brand.voice_samples").execute(app.store().pool()).await.unwrap();
    app.drain().await;
    let model = ada.get(&format!("~/voice/models/{}", asked.id())).await.expect(200).body;
    assert_eq!((&model["status"], &model["active"]), (&json!("failed"), &json!(false)));
    assert!(model["failure"].as_str().unwrap().contains("no samples"), "{model}");
    let refused =
        ada.post(&format!("~/voice/models/{}/activate", asked.id()), json!({})).await.expect(409).body;
    assert_eq!(refused["code"], "not_trained");
    app.done().await;
}

#[tokio::test]
async fn nobody_reaches_the_voice_of_another() {
    let app = TestApp::new().await;
    let ada = with_letters(&app, "Ada").await;
    let model = train(&app, &ada).await["id"].as_str().unwrap().to_owned();
    let eve = app.sign_up("Eve").await;
    assert_eq!(eve.get("~/voice/samples").await.expect(200).body["items"], json!([]));
    assert_eq!(eve.get("~/voice/models").await.expect(200).body["items"], json!([]));
    eve.get(&format!("~/voice/models/{model}")).await.expect(404);
    eve.post(&format!("~/voice/models/{model}/activate"), json!({})).await.expect(404);
    let heard = eve.post("~/voice/score", json!({ "text": letters()[0] })).await.expect(200).body;
    assert_eq!(heard["confidence"], Value::Null);
    // a text of another brand's is no repetition
    let added = eve.post("~/voice/samples", samples("own", &letters()[..3])).await.expect(201).body;
    assert_eq!(added["added"], 3);
    app.done().await;
}

async fn taught(client: &Client, source: &str) -> Vec<(String, f64)> {
    let found = client.get(&format!("~/voice/samples?source={source}&limit=100")).await.expect(200).body;
    let items = found["items"].as_array().unwrap();
    items
        .iter()
        .map(|item| (item["kind"].as_str().unwrap().to_owned(), item["weight"].as_f64().unwrap()))
        .collect()
}

#[tokio::test]
async fn decisions_on_drafts_teach_the_voice() {
    let app = TestApp::new().await;
    let ada = with_letters(&app, "Ada").await;
    let first = train(&app, &ada).await;
    let mut drafts = ada.drafts(&app, &["x.post", "linkedin.long", "threads"]).await;
    // of another article, so that no two drafts say the same
    let light = json!({ "type": "text", "text": include_str!("../../demo/workshop-light.md") });
    ada.post("~/generations", json!({ "input": light, "targets": ["facebook"] })).await.expect(202);
    app.drain().await;
    drafts.push(ada.get("~/posts?network=facebook").await.expect(200).body["items"][0].clone());
    let path = |index: usize| format!("~/posts/{}", drafts[index]["id"].as_str().unwrap());
    ada.post(&format!("{}/approve", path(0)), json!({})).await.expect(200);
    ada.post(&format!("{}/reject", path(1)), json!({ "reason": "Not us." })).await.expect(200);
    ada.post(&format!("{}/feedback", path(2)), json!({ "feedback": 1 })).await.expect(200);
    let mut content = drafts[3]["content"].clone();
    content["post"] = json!(
        "I counted the hours again on Sunday. It was 41, and not 28. I was quiet for a while, and then I wrote the new price on the board."
    );
    ada.patch(&path(3), drafts[3]["version"].as_i64().unwrap(), json!({ "content": content }))
        .await
        .expect(200);
    let report = app.drain().await;
    assert_eq!(report.done.iter().filter(|job| **job == "studio.learn_voice").count(), 4, "{report:?}");
    let own = |weight: f64| ("own".to_owned(), weight);
    let other = ("other".to_owned(), 1.0);
    let mut approved = taught(&ada, "approval").await;
    approved.sort_by(|a, b| a.1.total_cmp(&b.1));
    assert_eq!(approved, [own(1.0), own(1.5)]);
    assert_eq!(taught(&ada, "rejection").await, std::slice::from_ref(&other));
    let edited = taught(&ada, "edit").await;
    // as it was left, and against it as it was before
    assert_eq!(edited.len(), 2);
    assert!(edited.contains(&own(2.0)) && edited.contains(&other), "{edited:?}");

    // heard twice it is the same, and a change of mind changes it
    ada.post(&format!("{}/reject", path(0)), json!({})).await.expect(200);
    ada.post(&format!("{}/feedback", path(2)), json!({ "feedback": 0 })).await.expect(200);
    app.drain().await;
    assert_eq!(taught(&ada, "approval").await, []);
    assert_eq!(taught(&ada, "rejection").await, [other.clone(), other.clone()]);
    // whoever rejects what somebody wrote says nothing against how they write: only what was there before counts against
    ada.post(&format!("{}/reject", path(3)), json!({})).await.expect(200);
    app.drain().await;
    assert_eq!(taught(&ada, "edit").await, []);
    assert_eq!(taught(&ada, "rejection").await, [other.clone(), other.clone(), other]);
    let own_words = ada.get("~/voice/samples?kind=other&limit=100").await.expect(200).body;
    assert!(!own_words.to_string().contains("I counted the hours again"), "{own_words}");
    let overview = ada.get("~/voice").await.expect(200).body;
    assert_eq!(all(&overview)["active_model"]["id"], first["id"]);
    assert_eq!(all(&overview)["retrain_after"], 10);
    app.done().await;
}

#[tokio::test]
async fn enough_changes_train_the_voice_anew_by_itself() {
    let app = TestApp::new().await;
    let ada = with_letters(&app, "Ada").await;
    train(&app, &ada).await;
    app.clock.advance(chrono::TimeDelta::minutes(1));
    let more: Vec<String> = letters()
        .iter()
        .take(10)
        .enumerate()
        .map(|(n, text)| format!("{text} That was day {n} of the week."))
        .collect();
    ada.post("~/voice/samples", samples("own", &more)).await.expect(201);
    assert_eq!(all(&ada.get("~/voice").await.body)["changes_since"], 10);
    // it is a decision that sets it off, not an import that somebody may still be at
    assert_eq!(ada.get("~/voice/models").await.body["items"].as_array().unwrap().len(), 1);
    let draft = ada.drafts(&app, &["x.post"]).await.remove(0);
    ada.post(&format!("~/posts/{}/approve", draft["id"].as_str().unwrap()), json!({})).await.expect(200);
    app.drain().await;
    let models = ada.get("~/voice/models").await.expect(200).body["items"].as_array().unwrap().clone();
    assert_eq!(models.len(), 2, "{models:?}");
    let (second, first) = (&models[0], &models[1]);
    assert_eq!((&second["version"], &second["status"]), (&json!(2), &json!("completed")));
    assert!(second["before_score"].is_number() && second["after_score"].is_number(), "{second}");
    let worse = second["after_score"].as_f64().unwrap() + 0.005 < second["before_score"].as_f64().unwrap();
    assert_eq!((second["active"] == true, first["active"] == true), (!worse, worse));
    let view = ada.get(&format!("~/voice/models/{}", second["id"].as_str().unwrap())).await.expect(200).body;
    assert_eq!(view["config"]["asked_by"], "learning");
    // and that is that: the next decision does not set off another
    ada.post(&format!("~/posts/{}/reopen", draft["id"].as_str().unwrap()), json!({})).await.expect(200);
    make_due(app.store()).await.unwrap();
    app.drain().await;
    assert_eq!(ada.get("~/voice/models").await.body["items"].as_array().unwrap().len(), 2);
    app.done().await;
}

#[tokio::test]
async fn another_voice_makes_another_generation() {
    let app = TestApp::new().await;
    let ada = with_letters(&app, "Ada").await;
    let ask = || async {
        let input = json!({ "type": "text", "text": ARTICLE });
        let answer = ada.post("~/generations", json!({ "input": input, "targets": ["x.post"] })).await;
        app.drain().await;
        answer.status.as_u16()
    };
    assert_eq!((ask().await, ask().await), (202, 200));
    train(&app, &ada).await;
    assert_eq!((ask().await, ask().await), (202, 200));
    app.done().await;
}

#[tokio::test]
async fn posts_that_somebody_stands_by_become_samples() {
    let app = TestApp::new().await;
    let ada = app.sign_up("Ada").await;
    assert_eq!(ada.post("~/voice/samples/from-posts", json!({})).await.expect(409).body["code"], "no_posts");
    let draft = ada.drafts(&app, &["linkedin.long"]).await.remove(0);
    ada.post(&format!("~/posts/{}/approve", draft["id"].as_str().unwrap()), json!({})).await.expect(200);
    let added = ada.post("~/voice/samples/from-posts", json!({})).await.expect(201).body;
    assert_eq!(added["added"], 1, "{added}");
    // what was taken by hand stays so when the decision is heard of
    app.drain().await;
    assert_eq!(taught(&ada, "post").await, [("own".to_owned(), 1.0)]);
    assert_eq!(taught(&ada, "approval").await, []);
    app.done().await;
}

async fn takings(app: &TestApp, kind: &str) -> Vec<Value> {
    sqlx::query_scalar("SELECT after FROM operations.events WHERE kind = $1 ORDER BY id")
        .bind(kind)
        .fetch_all(app.store().pool())
        .await
        .unwrap()
}

#[tokio::test]
async fn an_accounts_own_posts_become_samples_once() {
    let app = TestApp::new().await;
    let ada = app.sign_up("Ada").await;
    let (post, connection) = ada.sandbox_post(&app, true).await;
    let plan = json!({ "connection_ids": [connection], "when": { "now": true } });
    ada.post(&format!("~/posts/{post}/publications"), plan).await.expect(201);
    app.publish().await;
    app.drain().await;
    let shown = ada.get("~/sandbox/posts").await.expect(200).body["items"][0]["text"].clone();
    // what its approval taught would be the same text
    for sample in ada.get("~/voice/samples").await.expect(200).body["items"].as_array().unwrap() {
        ada.delete(&format!("~/voice/samples/{}", sample["id"].as_str().unwrap())).await.expect(204);
    }

    let take = format!("~/connections/{connection}/voice-samples");
    assert_eq!(ada.post(&take, json!({})).await.expect(202).body["id"], json!(connection));
    let report = app.drain().await;
    assert!(report.done.contains(&"publishing.take_posts"), "{report:?}");
    let samples = ada.get("~/voice/samples?source=account").await.expect(200).body["items"].clone();
    assert_eq!(samples.as_array().unwrap().len(), 1, "{samples}");
    assert_eq!((&samples[0]["text"], &samples[0]["kind"]), (&shown, &json!("own")));
    assert_eq!((&samples[0]["network"], &samples[0]["source"]), (&json!("sandbox"), &json!("account")));
    assert!(samples[0]["published_at"].is_string());
    // again: nothing new, and it says so
    app.clock.advance(chrono::Duration::seconds(1));
    ada.post(&take, json!({})).await.expect(202);
    app.drain().await;
    let taken = takings(&app, "connection.posts_taken").await;
    assert_eq!(taken.len(), 2);
    assert_eq!((&taken[0]["added"], &taken[0]["repeated"]), (&json!(1), &json!(0)), "{taken:?}");
    assert_eq!((&taken[1]["added"], &taken[1]["repeated"]), (&json!(0), &json!(1)), "{taken:?}");

    // somebody else's account is nobody's
    let eve = app.sign_up("Eve").await;
    eve.post(&take, json!({})).await.expect(404);
    // one that has to be connected again says so at once
    let set = "UPDATE publishing.connections SET status = 'needs_consent', error_message = 'Expired.'";
    sqlx::query(set).execute(app.store().pool()).await.unwrap();
    assert_eq!(ada.post(&take, json!({})).await.expect(409).body["code"], "connection_not_active");
    // and so does a way out that gives nothing back
    let set =
        "UPDATE publishing.connections SET status = 'active', error_message = NULL, provider = 'webhook'";
    sqlx::query(set).execute(app.store().pool()).await.unwrap();
    assert_eq!(ada.post(&take, json!({})).await.expect(409).body["code"], "not_read_back");
    app.done().await;
}

#[tokio::test]
async fn an_account_that_stops_working_meanwhile_is_told() {
    let app = TestApp::new().await;
    let ada = app.sign_up("Ada").await;
    let (_, connection) = ada.sandbox_post(&app, false).await;
    ada.post(&format!("~/connections/{connection}/voice-samples"), json!({})).await.expect(202);
    let set = "UPDATE publishing.connections SET status = 'revoked', error_message = 'Taken back.'";
    sqlx::query(set).execute(app.store().pool()).await.unwrap();
    app.drain().await;
    let failed = takings(&app, "connection.posts_failed").await;
    // the network was not asked: what it said is of before
    let words =
        "The account has to be connected again before the network is asked. It said before: Taken back.";
    assert_eq!((failed.len(), &failed[0]["words"]), (1, &json!(words)), "{failed:?}");
    assert_eq!(ada.get("~/voice/samples").await.expect(200).body["items"], json!([]));
    app.done().await;
}
