//! Holds what is sent to the machine-readable descriptions that the networks publish: every parameter has to be known
//! there. Skipped, with a word about it, where the descriptions are absent.

use std::{
    collections::{BTreeSet, VecDeque},
    path::Path,
    sync::Mutex,
    time::Duration,
};

use async_trait::async_trait;
use serde_json::{Value, json};

use crate::{
    Network, Target,
    facebook::api::Facebook,
    instagram::api::Instagram,
    publish::{Before, Body, Cx, Method, Piece, Posted, Publisher, Request, Response, Wire, WireError},
    threads::api::Threads,
    trial::{account, now, picture, piece, video},
    youtube::api::Youtube,
};

fn specification(path: &str) -> Option<Value> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/specs").join(path);
    if let Ok(bytes) = std::fs::read(&file) {
        Some(serde_json::from_slice(&bytes).unwrap())
    } else {
        println!("skipped: no description at {}", file.display());
        None
    }
}

/// Keeps every request and answers with what it was given, in order.
struct Clerk {
    sent: Mutex<Vec<Request>>,
    answers: Mutex<VecDeque<Response>>,
}

impl Clerk {
    fn new(answers: impl IntoIterator<Item = Value>) -> Self {
        let answer = |value: Value| Response {
            status: 200,
            headers: vec![("location".to_owned(), "https://upload.example/1".to_owned())],
            bytes: value.to_string().into(),
        };
        Self { sent: Mutex::default(), answers: Mutex::new(answers.into_iter().map(answer).collect()) }
    }

    /// Method, path without the account, and names of the parameters, of each request.
    fn told(self) -> Vec<(Method, String, BTreeSet<String>)> {
        let sent = self.sent.into_inner().unwrap();
        sent.iter()
            .map(|request| {
                let url = url::Url::parse(&request.url).unwrap();
                let mut names: BTreeSet<String> =
                    url.query_pairs().map(|(name, _)| name.into_owned()).collect();
                match &request.body {
                    Body::Form(pairs) => names.extend(pairs.iter().map(|(name, _)| name.clone())),
                    Body::Multipart(fields) => names.extend(fields.iter().map(|field| field.name.clone())),
                    _ => {}
                }
                let names = names.iter().map(|name| name.split('[').next().unwrap_or_default().to_owned());
                let edge = url.path().rsplit('/').next().unwrap_or_default().to_owned();
                (request.method, edge, names.collect())
            })
            .collect()
    }
}

#[async_trait]
impl Wire for Clerk {
    async fn send(&self, request: Request) -> Result<Response, WireError> {
        self.sent.lock().unwrap().push(request);
        Ok(self.answers.lock().unwrap().pop_front().expect("an answer for each request"))
    }

    async fn wait(&self, _time: Duration) {}
}

async fn publish(publisher: &dyn Publisher, network: Network, piece: &Piece, answers: Vec<Value>) -> Clerk {
    let clerk = Clerk::new(answers);
    let account = account(network, "17");
    let before = Posted { id: "1".into(), url: None, reference: Value::Null, processing: false };
    {
        let cx = Cx::new(&clerk, &account, None, now(), "key-1");
        let prepared = publisher.prepare(&cx, piece).await.unwrap();
        let before = Before { root: Some(&before), previous: Some(&before) };
        publisher.publish(&cx, piece, &prepared, before).await.unwrap();
    }
    clerk
}

/// The parameters of an edge in Meta's descriptions of objects.
fn edge(object: &Value, method: &str, name: &str) -> BTreeSet<String> {
    object["apis"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|api| api["method"] == method && api.get("endpoint").and_then(Value::as_str) == Some(name))
        .flat_map(|api| api["params"].as_array().unwrap())
        .map(|param| param["name"].as_str().unwrap().to_owned())
        .collect()
}

fn holds(object: &Value, told: Vec<(Method, String, BTreeSet<String>)>, besides: &[&str]) {
    let mut checked = 0;
    for (method, name, parameters) in told {
        let known = edge(object, method.as_str(), &name);
        if method != Method::Post || known.is_empty() {
            continue;
        }
        checked += 1;
        for parameter in parameters {
            assert!(
                known.contains(&parameter) || besides.contains(&parameter.as_str()),
                "{name} has no {parameter}"
            );
        }
    }
    assert!(checked > 0, "nothing was checked");
}

#[tokio::test]
async fn facebook() {
    let Some(page) = specification("meta/Page.json") else { return };
    let post = piece(Target::FacebookPost, "Read https://a.com");
    let id = || json!({"id": "17_1"});
    // the file of a picture is no parameter in the description
    let besides = ["source"];
    holds(&page, publish(&Facebook, Network::Facebook, &post, vec![id()]).await.told(), &besides);
    let pictures = Piece { media: vec![picture("one"), picture("two")], ..post.clone() };
    holds(
        &page,
        publish(&Facebook, Network::Facebook, &pictures, vec![id(), id(), id()]).await.told(),
        &besides,
    );
    let film = Piece { media: vec![video("film", "0123")], title: Some("T".into()), ..post };
    let answers = vec![
        json!({"upload_session_id": "s", "video_id": "v", "start_offset": "0", "end_offset": "4"}),
        json!({"start_offset": "4", "end_offset": "4"}),
        json!({"success": true}),
    ];
    holds(&page, publish(&Facebook, Network::Facebook, &film, answers).await.told(), &["file_size"]);
}

#[tokio::test]
async fn instagram() {
    let Some(user) = specification("meta/IGUser.json") else { return };
    let quota = || json!({"data": []});
    let id = || json!({"id": "3"});
    let ready = || json!({"status_code": "FINISHED"});
    let link = || json!({"permalink": "https://www.instagram.com/p/3/"});
    let reel = Piece {
        media: vec![video("film", "v")],
        options: json!({"share_to_feed": true, "cover_url": "https://a.com/c.jpg", "thumb_offset": 100}),
        ..piece(Target::InstagramReel, "Film")
    };
    let answers = vec![quota(), id(), ready(), ready(), id(), link()];
    holds(&user, publish(&Instagram, Network::Instagram, &reel, answers).await.told(), &[]);
    let carousel = Piece { media: vec![picture("one"), video("two", "v")], ..reel };
    let answers = vec![quota(), id(), id(), ready(), ready(), id(), ready(), ready(), id(), link()];
    holds(&user, publish(&Instagram, Network::Instagram, &carousel, answers).await.told(), &[]);
}

#[tokio::test]
async fn threads() {
    let Some(collection) = specification("threads.postman_collection.json") else { return };
    let mut known: BTreeSet<(String, String)> = BTreeSet::new();
    let mut left = collection["item"].as_array().unwrap().clone();
    while let Some(item) = left.pop() {
        left.extend(item["item"].as_array().cloned().unwrap_or_default());
        let url = &item["request"]["url"];
        let edge = url["path"].as_array().and_then(|path| path.last()?.as_str()).unwrap_or_default();
        for parameter in url["query"].as_array().into_iter().flatten() {
            known.insert((edge.to_owned(), parameter["key"].as_str().unwrap_or_default().to_owned()));
        }
    }
    let id = || json!({"id": "3"});
    let ready = || json!({"status": "FINISHED"});
    let quota = || json!({"data": []});
    let link = || json!({"permalink": "https://www.threads.net/@ada/post/3"});
    let reply = Piece {
        position: 1,
        of: 2,
        media: vec![picture("one"), picture("two")],
        options: json!({"reply_control": "everyone"}),
        ..piece(Target::ThreadsThread, "Hi")
    };
    let answers = vec![quota(), id(), id(), ready(), ready(), id(), ready(), id(), link()];
    let mut checked = 0;
    for (method, edge, parameters) in publish(&Threads, Network::Threads, &reply, answers).await.told() {
        if method == Method::Post {
            checked += 1;
            for parameter in parameters.into_iter().filter(|name| name != "access_token") {
                assert!(known.contains(&(edge.clone(), parameter.clone())), "{edge} has no {parameter}");
            }
        }
    }
    assert_eq!(checked, 4);
}

#[tokio::test]
async fn youtube() {
    let Some(discovery) = specification("google/youtube.v3.json") else { return };
    let clerk = Clerk::new([json!({})]);
    let account = account(Network::Youtube, "UCada");
    let film = Piece {
        media: vec![video("film", "v")],
        tags: vec!["a".into()],
        options: json!({"synthetic_media": true, "notify_subscribers": false}),
        ..piece(Target::YoutubeShortScript, "Film")
    };
    {
        let cx = Cx::new(&clerk, &account, None, now(), "key-1");
        Youtube.prepare(&cx, &film).await.unwrap();
    }
    let sent = clerk.sent.lock().unwrap().remove(0);
    let insert = &discovery["resources"]["videos"]["methods"]["insert"];
    let url = url::Url::parse(&sent.url).unwrap();
    for (name, _) in url.query_pairs().filter(|(name, _)| name != "uploadType") {
        assert!(insert["parameters"].get(&*name).is_some(), "insert has no {name}");
    }
    assert!(url.path().ends_with("/upload/youtube/v3/videos"));
    let Body::Json(body) = &sent.body else { panic!("no JSON") };
    for (part, schema) in [("snippet", "VideoSnippet"), ("status", "VideoStatus")] {
        for name in body[part].as_object().unwrap().keys() {
            assert!(discovery["schemas"][schema]["properties"].get(name).is_some(), "{part} has no {name}");
        }
    }
}

#[test]
fn every_way_out_is_registered_once_in_order() {
    let providers: Vec<_> =
        crate::publish::publishers().iter().map(|publisher| publisher.provider()).collect();
    assert!(providers.windows(2).all(|pair| pair[0] < pair[1]), "{providers:?}");
}
