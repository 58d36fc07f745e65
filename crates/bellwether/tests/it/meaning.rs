//! What items mean: found without a word in common, by a provider (a strict fake of OpenAI's embeddings, written from
//! their description) and by the model on this machine where it lies here.

use std::sync::{Arc, Mutex};

use axum::{
    Router,
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse as _, Response},
    routing::{get, post},
};
use bellwether::{config::Config, wiring::App};
use bellwether_jobs::{Job as _, Options, testing::drain};
use bellwether_kernel::Rng;
use bellwether_models::EmbeddingsKind;
use bellwether_trends::meaning::EmbedDue;
use bellwether_vault::Vault;
use serde_json::{Value, json};

use crate::app::{Client, TestApp};

/// Serves a feed, and vectors: three axes for prices, football and everything else, so that meaning is plain to see.
#[derive(Clone, Default)]
struct Server(Arc<Mutex<Inner>>);

#[derive(Default)]
struct Inner {
    feed: String,
    /// Every text that was asked for, by request.
    asked: Vec<Vec<String>>,
    /// The dimensions that were asked for.
    dimensions: Vec<Value>,
    refuse: bool,
}

const KEY: &str = "sk-embed-42";

impl Server {
    async fn start(&self) -> String {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let feed = |State(server): State<Self>| async move {
            ([(header::CONTENT_TYPE, "application/rss+xml")], server.0.lock().unwrap().feed.clone())
        };
        let embed = |State(server): State<Self>, headers: HeaderMap, body: String| async move {
            server.embed(&headers, &body)
        };
        let router = Router::new()
            .route("/feed", get(feed))
            .route("/v1/embeddings", post(embed))
            .with_state(self.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        url
    }

    fn say(&self, items: &[(&str, &str)]) {
        let items: Vec<String> = items
            .iter()
            .enumerate()
            .map(|(number, (title, text))| {
                format!(
                    "<item><title>{title}</title><link>https://blog.example/{number}-{}</link>\
                     <pubDate>Sun, 15 Nov 2026 0{}:00:00 GMT</pubDate><description>{text}</description></item>",
                    title.len(),
                    number % 9
                )
            })
            .collect();
        self.0.lock().unwrap().feed = format!(
            "<?xml version=\"1.0\"?><rss version=\"2.0\"><channel><title>Blog</title>\
             <link>https://blog.example/</link>{}</channel></rss>",
            items.concat()
        );
    }

    fn texts(&self) -> Vec<String> {
        self.0.lock().unwrap().asked.concat()
    }

    /// As the description of `POST /v1/embeddings` has it.
    fn embed(&self, headers: &HeaderMap, body: &str) -> Response {
        let fault = |status: StatusCode, message: &str| {
            let body = json!({ "error": { "message": message, "type": "invalid_request_error", "param": null, "code": null } });
            (status, axum::Json(body)).into_response()
        };
        let mut inner = self.0.lock().unwrap();
        if inner.refuse
            || headers.get("authorization").is_none_or(|key| key != format!("Bearer {KEY}").as_str())
        {
            return fault(StatusCode::UNAUTHORIZED, "Incorrect API key provided");
        }
        let Ok(request) = serde_json::from_str::<Value>(body) else {
            return fault(StatusCode::BAD_REQUEST, "We could not parse the JSON body of your request.");
        };
        for field in request.as_object().unwrap().keys() {
            if !["input", "model", "encoding_format", "dimensions", "user"].contains(&field.as_str()) {
                return fault(
                    StatusCode::BAD_REQUEST,
                    &format!("Unrecognized request argument supplied: {field}"),
                );
            }
        }
        let texts: Option<Vec<String>> = request["input"]
            .as_array()
            .map(|texts| texts.iter().map(|text| text.as_str().unwrap_or_default().to_owned()).collect());
        let Some(texts) = texts.filter(|texts| (1..=2_048).contains(&texts.len())) else {
            return fault(StatusCode::BAD_REQUEST, "'$.input' is invalid.");
        };
        if texts.iter().any(String::is_empty) || request["encoding_format"] != "float" {
            return fault(StatusCode::BAD_REQUEST, "'$.input' is invalid.");
        }
        let data: Vec<Value> = texts
            .iter()
            .enumerate()
            .map(|(index, text)| json!({ "object": "embedding", "index": index, "embedding": vector(text) }))
            .collect();
        let tokens: usize = texts.iter().map(|text| text.split_whitespace().count()).sum();
        inner.asked.push(texts);
        inner.dimensions.push(request["dimensions"].clone());
        axum::Json(json!({
            "object": "list", "data": data, "model": request["model"],
            "usage": { "prompt_tokens": tokens, "total_tokens": tokens },
        }))
        .into_response()
    }
}

fn vector(text: &str) -> Vec<f32> {
    let text = text.to_lowercase();
    let has = |words: &[&str]| words.iter().filter(|word| text.contains(**word)).count() as f32;
    let money = has(&["price", "charge", "fee", "expensive", "rate"]);
    let ball = has(&["football", "goal", "keeper", "match"]);
    // not of length 1: whoever asks has to see to that
    let other = if money + ball > 0.0 { 0.1 } else { 1.0 };
    vec![3.0 * money + 0.01, 3.0 * ball + 0.01, other]
}

const PRICES: (&str, &str) = ("Honest prices", "Small workshops say what they need, and customers pay it.");
const BALL: (&str, &str) = ("The keeper was hurt", "The match ended without a goal.");
const OAK: (&str, &str) = ("Oak from the Harz", "It grows slowly and lasts for long.");

fn listening(config: &mut Config) {
    config.fetch.allow_private = vec!["127.0.0.0/8".parse().unwrap()];
    config.fetch.pause_ms = 0;
}

fn asking(config: &mut Config, url: &str, model: &str) {
    let embeddings = &mut config.models.embeddings;
    embeddings.kind = EmbeddingsKind::Openai;
    embeddings.model = Some(model.to_owned());
    embeddings.base_url = Some(format!("{url}/v1").parse().unwrap());
    embeddings.api_key = serde_json::from_value(json!(KEY)).unwrap();
    embeddings.price = Some(20_000.0);
    config.models.retry.base_ms = 1;
}

async fn app(url: &str) -> TestApp {
    TestApp::with(|config| {
        listening(config);
        asking(config, url, "concepts-1");
    })
    .await
}

async fn listen(app: &TestApp, client: &Client, url: &str) {
    let source = json!({ "kind": "feed", "url": format!("{url}/feed"), "feed_url": format!("{url}/feed") });
    client.post("~/sources", source).await.expect(201);
    app.drain().await;
}

/// Purpose, provider, status, tokens and cost of a call.
type Run = (String, String, String, Option<i64>, Option<i64>);

async fn found(client: &Client, q: &str) -> Vec<(String, Value)> {
    let q: String = q.replace(' ', "+").replace('"', "%22");
    let answer = client.get(&format!("~/items?q={q}")).await.expect(200).body;
    answer["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| (item["title"].as_str().unwrap().to_owned(), item["matched"].clone()))
        .collect()
}

async fn status(client: &Client) -> Value {
    client.get("~/embeddings").await.expect(200).body
}

#[tokio::test]
async fn an_item_is_found_by_its_meaning_without_a_word_in_common() {
    let server = Server::default();
    server.say(&[PRICES, BALL, OAK]);
    let url = server.start().await;
    let app = app(&url).await;
    let ada = app.sign_up("Ada").await;
    let empty = status(&ada).await;
    assert_eq!(
        (&empty["state"], &empty["items"], &empty["dimensions"]),
        (&json!("ready"), &json!(0), &Value::Null)
    );
    listen(&app, &ada, &url).await;
    assert_eq!(
        status(&ada).await,
        json!({
            "model": "concepts-1", "dimensions": 3, "items": 3, "embedded": 3, "pending": 0, "state": "ready",
            "reason": null,
        })
    );

    let title = |item: (&str, &str)| item.0.to_owned();
    assert_eq!(found(&ada, "expensive charge").await, [(title(PRICES), json!("meaning"))]);
    assert_eq!(found(&ada, "prices").await, [(title(PRICES), json!("both"))]);
    // its words say prices, its title has oak: both lists bring theirs
    let mut both = found(&ada, "oak or football").await;
    both.sort_by(|(a, _), (b, _)| b.cmp(a));
    assert_eq!(both, [(title(BALL), json!("meaning")), (title(OAK), json!("words"))]);
    // who says which words are wanted, or not wanted, gets no others
    assert_eq!(found(&ada, "\"expensive charge\"").await, []);
    assert_eq!(found(&ada, "prices -customers").await, []);
    // a list that is not searched says nothing of the kind
    assert_eq!(ada.get("~/items").await.expect(200).body["items"][0]["matched"], Value::Null);

    // each call is in the books with what it cost
    let runs: Vec<Run> = sqlx::query_as(
        "SELECT purpose, provider, status, input_tokens, cost_micro_usd FROM operations.ai_runs
          ORDER BY input_tokens DESC",
    )
    .fetch_all(app.store().pool())
    .await
    .unwrap();
    assert_eq!(runs.len(), 4, "{runs:?}");
    let words =
        server.0.lock().unwrap().asked[0].iter().map(|text| text.split_whitespace().count()).sum::<usize>();
    let cost = Some(words as i64 * 20_000);
    assert_eq!(runs[0], ("embed".into(), "embeddings".into(), "ok".into(), Some(words as i64), cost));
    app.done().await;
}

#[tokio::test]
async fn the_same_text_is_not_asked_for_again_and_what_was_lost_is_caught_up() {
    let server = Server::default();
    server.say(&[PRICES, BALL]);
    let url = server.start().await;
    let app = app(&url).await;
    let ada = app.sign_up("Ada").await;
    listen(&app, &ada, &url).await;
    assert_eq!(server.texts().len(), 2);
    // another brand of the same organization hears the same
    let (organization, _) = ada.base.rsplit_once("/brands/").unwrap();
    let made = ada.post(&format!("{organization}/brands"), json!({ "name": "Second" })).await.expect(201);
    let mut second = ada.clone();
    second.base = format!("{organization}/brands/{}", made.body["slug"].as_str().unwrap());
    listen(&app, &second, &url).await;
    assert_eq!((status(&second).await["embedded"].clone(), server.texts().len()), (json!(2), 2));
    // and each is found in its own brand only
    assert_eq!(found(&second, "expensive").await.len(), 1);

    // vectors that went missing, by whatever, are made again by the look of every ten minutes
    sqlx::query("DELETE FROM trends.item_vectors").execute(app.store().pool()).await.unwrap();
    let lost = status(&ada).await;
    assert_eq!((&lost["state"], &lost["pending"]), (&json!("working"), &json!(2)));
    assert_eq!(found(&ada, "expensive").await, []);
    sweep(&app).await;
    assert_eq!((status(&ada).await["state"].clone(), server.texts().len()), (json!("ready"), 2 + 1 + 1 + 2));
    app.done().await;
}

async fn sweep(app: &TestApp) {
    let mut tx = app.store().service("a test").await.unwrap();
    bellwether_jobs::enqueue(&mut tx, &EmbedDue {}, Options::default()).await.unwrap();
    tx.commit().await.unwrap();
    assert!(app.drain().await.done.contains(&EmbedDue::NAME));
}

#[tokio::test]
async fn without_a_model_words_decide_and_the_reason_is_told() {
    let server = Server::default();
    server.say(&[PRICES, BALL]);
    let url = server.start().await;
    let app = TestApp::with(|config| {
        listening(config);
        config.models.embeddings.kind = EmbeddingsKind::Local;
        config.models.embeddings.dir = Some("/nowhere/minilm".into());
    })
    .await;
    let ada = app.sign_up("Ada").await;
    listen(&app, &ada, &url).await;
    let off = status(&ada).await;
    assert_eq!(
        (&off["state"], &off["model"], &off["embedded"], &off["pending"]),
        (&json!("off"), &Value::Null, &json!(0), &json!(0))
    );
    let reason = off["reason"].as_str().unwrap();
    assert!(reason.contains("/nowhere/minilm") && reason.contains("scripts/minilm.sh"), "{reason}");
    assert_eq!(found(&ada, "prices").await, [("Honest prices".to_owned(), json!("words"))]);
    assert_eq!(found(&ada, "expensive").await, []);
    sweep(&app).await;
    app.done().await;
}

#[tokio::test]
async fn another_model_makes_all_vectors_anew() {
    let server = Server::default();
    server.say(&[PRICES, BALL]);
    let url = server.start().await;
    let app = app(&url).await;
    let ada = app.sign_up("Ada").await;
    let feed = json!({ "name": "Money", "topics": [{ "topic": "What it is worth", "description": "fees" }] });
    ada.post("~/smart-feeds", feed).await.expect(201);
    listen(&app, &ada, &url).await;
    assert_eq!(server.texts().len(), 3);

    // the operator names another model, and starts again
    let mut config = Config::default();
    config.secrets.keys = vec![Vault::new_key(&Rng::seeded(2))];
    listening(&mut config);
    asking(&mut config, &url, "concepts-2");
    config.models.embeddings.dimensions = Some(3);
    let files = tempfile::tempdir().unwrap();
    config.data.dir = files.path().join("data");
    let url_of_app = "http://bellwether.test".parse().unwrap();
    let next = App::new(app.store().clone(), app.clock.clone(), Rng::seeded(5), config, url_of_app).unwrap();
    let worker = next.worker().build().unwrap();
    let mut tx = app.store().service("a test").await.unwrap();
    bellwether_jobs::enqueue(&mut tx, &EmbedDue {}, Options::default()).await.unwrap();
    tx.commit().await.unwrap();
    drain(app.store(), &worker).await.unwrap();
    assert_eq!(server.texts().len(), 6);
    assert_eq!(server.0.lock().unwrap().dimensions.last(), Some(&json!(3)));
    let models: Vec<(String, i64)> = sqlx::query_as(
        "SELECT model, count(*) FROM (SELECT model FROM trends.item_vectors
           UNION ALL SELECT model FROM trends.smart_feed_vectors) v GROUP BY model",
    )
    .fetch_all(app.store().pool())
    .await
    .unwrap();
    assert_eq!(models, [("concepts-2/3".to_owned(), 3)]);
    // the program that still has the old one finds none of its own
    assert_eq!(status(&ada).await["pending"], 2);
    assert_eq!(found(&ada, "expensive").await, []);
    app.done().await;
}

#[tokio::test]
async fn nobody_finds_what_another_organization_hears() {
    let server = Server::default();
    server.say(&[PRICES]);
    let url = server.start().await;
    let app = app(&url).await;
    let (ada, bob) = (app.sign_up("Ada").await, app.sign_up("Bob").await);
    listen(&app, &ada, &url).await;
    assert_eq!(found(&ada, "expensive").await.len(), 1);
    assert_eq!(found(&bob, "expensive").await, []);
    let bobs = status(&bob).await;
    assert_eq!((&bobs["items"], &bobs["embedded"]), (&json!(0), &json!(0)));
    // nor are vectors taken over from one organization to another: each pays for its own
    listen(&app, &bob, &url).await;
    let asked = server.texts();
    assert_eq!(asked.iter().filter(|text| text.starts_with("Honest prices")).count(), 2, "{asked:?}");
    let mut intruder = bob.clone();
    intruder.base.clone_from(&ada.base);
    intruder.get("~/embeddings").await.expect(404);
    app.anonymous().get(&format!("{}/embeddings", ada.base)).await.expect(401);
    app.done().await;
}

#[tokio::test]
async fn a_cap_or_a_refusal_leaves_the_words_and_says_why() {
    let server = Server::default();
    server.say(&[PRICES]);
    let url = server.start().await;
    let capped = TestApp::with(|config| {
        listening(config);
        asking(config, &url, "concepts-1");
        config.billing.monthly_ai_cap_usd = Some(0.0);
    })
    .await;
    let ada = capped.sign_up("Ada").await;
    listen(&capped, &ada, &url).await;
    assert!(server.texts().is_empty());
    let working = status(&ada).await;
    assert_eq!((&working["state"], &working["pending"]), (&json!("working"), &json!(1)));
    assert!(working["reason"].as_str().unwrap().contains("monthly_ai_cap_usd"), "{working}");
    assert_eq!(found(&ada, "prices").await, [("Honest prices".to_owned(), json!("words"))]);

    server.0.lock().unwrap().refuse = true;
    let refused = app(&url).await;
    let bob = refused.sign_up("Bob").await;
    listen(&refused, &bob, &url).await;
    let reason = status(&bob).await["reason"].as_str().unwrap().to_owned();
    assert!(reason.contains("Incorrect API key") && !reason.contains(KEY), "{reason}");
    assert_eq!(found(&bob, "prices").await, [("Honest prices".to_owned(), json!("words"))]);
    // the operator mends the key: the next look makes up for it
    server.0.lock().unwrap().refuse = false;
    sweep(&refused).await;
    let mended = status(&bob).await;
    assert_eq!((&mended["state"], &mended["reason"]), (&json!("ready"), &Value::Null));
}

#[tokio::test]
async fn a_smart_feed_brings_what_means_its_topic_and_says_so() {
    let server = Server::default();
    server.say(&[PRICES, BALL, OAK]);
    let url = server.start().await;
    let app = app(&url).await;
    let ada = app.sign_up("Ada").await;
    listen(&app, &ada, &url).await;
    let body = json!({ "name": "Money", "topics": [{ "topic": "Expensive rate" }, { "topic": "Oak" }] });
    let feed = ada.post("~/smart-feeds", body).await.expect(201).body;
    let path = format!("~/smart-feeds/{}", feed["id"].as_str().unwrap());
    // before its topics are understood it goes by words
    let titles = |answer: &Value| -> Vec<String> {
        let items = answer["items"].as_array().unwrap();
        items.iter().map(|one| one["item"]["title"].as_str().unwrap().to_owned()).collect()
    };
    let before = ada.get(&format!("{path}/items")).await.expect(200).body;
    assert_eq!(titles(&before), [OAK.0]);
    assert_eq!(before["items"][0]["why"]["meaning"], Value::Null);
    app.drain().await;
    let after = ada.get(&format!("{path}/items")).await.expect(200).body;
    let mut all = titles(&after);
    all.sort();
    assert_eq!(all, [PRICES.0, OAK.0]);
    let money =
        after["items"].as_array().unwrap().iter().find(|one| one["item"]["title"] == PRICES.0).unwrap();
    assert_eq!(money["why"]["words"], json!([]));
    assert!(money["why"]["meaning"].as_f64().unwrap() > 0.9, "{money}");
    let sentence = money["why"]["sentences"][0].as_str().unwrap();
    assert!(sentence.contains("very near in meaning to your topic “Expensive rate”"), "{sentence}");
    // another topic is understood anew
    let change = json!({ "topics": [{ "topic": "Football" }] });
    ada.patch(&path, feed["version"].as_i64().unwrap(), change).await.expect(200);
    app.drain().await;
    assert_eq!(titles(&ada.get(&format!("{path}/items")).await.expect(200).body), [BALL.0]);
    app.done().await;
}

#[tokio::test]
async fn the_model_on_this_machine_understands_too() {
    let folders = bellwether_models::embeddings::local_folders(&|name| std::env::var(name).ok());
    if !folders.iter().any(|folder| folder.join("model.safetensors").is_file()) {
        assert!(
            std::env::var_os("BELLWETHER_MODEL_EXPECTED").is_none(),
            "the model all-MiniLM-L6-v2 should be here: see scripts/minilm.sh"
        );
        println!("SKIPPED: the model all-MiniLM-L6-v2 is not here; scripts/minilm.sh brings it");
        return;
    }
    let server = Server::default();
    server.say(&[PRICES, BALL, OAK, ("", "")]);
    let url = server.start().await;
    let app = TestApp::with(|config| {
        listening(config);
        config.models.embeddings.kind = EmbeddingsKind::Local;
    })
    .await;
    let ada = app.sign_up("Ada").await;
    listen(&app, &ada, &url).await;
    let ready = status(&ada).await;
    assert_eq!(
        (&ready["model"], &ready["dimensions"], &ready["state"]),
        (&json!("all-MiniLM-L6-v2"), &json!(384), &json!("ready")),
        "{ready}"
    );
    let first = found(&ada, "what craftspeople should charge per hour").await;
    assert_eq!(first.first(), Some(&(PRICES.0.to_owned(), json!("meaning"))), "{first:?}");
    let first = found(&ada, "injured goalkeeper").await;
    assert_eq!(first.first(), Some(&(BALL.0.to_owned(), json!("meaning"))), "{first:?}");
    // nobody is asked and nothing is paid
    assert!(server.texts().is_empty());
    let runs: i64 = sqlx::query_scalar("SELECT count(*) FROM operations.ai_runs")
        .fetch_one(app.store().pool())
        .await
        .unwrap();
    assert_eq!(runs, 0);
    app.done().await;
}
