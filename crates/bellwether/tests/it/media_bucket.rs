//! The media library in a bucket: a real S3 server (moto), which is also asked behind the program's back.

use std::process::Command;

use axum::body::Body;
use bellwether_networks::{Network, publish::FaultKind};
use bellwether_studio::media::{MediaId, renditions::Publishable};
use bellwether_testkit::peers::{Peer, home};
use chrono::Duration;
use futures::stream;
use http::Method;
use serde_json::json;
use sqlx::Row as _;

use crate::{
    app::{Answer, Client, TestApp},
    media::png,
};

/// The least that a part in a bucket has.
const PART: usize = 5 * 1024 * 1024;

struct Bucket(Peer, String);

impl Bucket {
    fn start() -> Option<Self> {
        let home = home("moto")?;
        let mut peer = Peer::start(Command::new(home.join("venv/bin/python")).arg(home.join("serve.py")));
        let url = peer.said("READY");
        Some(Self(peer, url))
    }

    /// Every request is answered with this status until it works again.
    fn answers(&mut self, status: Option<u16>) {
        self.0.tell(&status.map_or_else(|| "work".to_owned(), |status| format!("fail {status}")));
        self.0.said("DONE");
    }

    /// Key, bytes and number of parts of every object.
    fn objects(&mut self) -> Vec<(String, usize, usize)> {
        self.0.tell("list");
        serde_json::from_str(&self.0.said("OBJECTS")).unwrap()
    }

    fn unfinished(&mut self) -> String {
        self.0.tell("open");
        self.0.said("OPEN")
    }

    async fn app(&self) -> TestApp {
        let endpoint = self.1.clone();
        TestApp::with(move |config| {
            config.media.store = Some("s3://files/bell/wether".into());
            config.media.endpoint = Some(endpoint);
            config.media.access_key_id = Some("the-id".into());
            config.media.secret_access_key = Some("the-secret".into());
        })
        .await
    }
}

fn boxed(name: [u8; 4], body: &[u8]) -> Vec<u8> {
    [&(body.len() as u32 + 8).to_be_bytes()[..], &name, body].concat()
}

/// A film of 12.5 s, 640 by 360, of so many bytes and some; each byte of its picture tells where it is.
fn film(bytes: usize) -> Vec<u8> {
    let mut mvhd = vec![0; 100];
    mvhd[12..16].copy_from_slice(&1000_u32.to_be_bytes());
    mvhd[16..20].copy_from_slice(&12_500_u32.to_be_bytes());
    let mut tkhd = vec![0; 84];
    tkhd[40..44].copy_from_slice(&0x0001_0000_u32.to_be_bytes());
    tkhd[56..60].copy_from_slice(&0x0001_0000_u32.to_be_bytes());
    tkhd[76..80].copy_from_slice(&(640_u32 << 16).to_be_bytes());
    tkhd[80..84].copy_from_slice(&(360_u32 << 16).to_be_bytes());
    let mut hdlr = vec![0; 24];
    hdlr[8..12].copy_from_slice(b"vide");
    let stsd = [&[0; 7][..], &[1], &16_u32.to_be_bytes(), b"avc1", &[0; 8]].concat();
    let stbl = boxed(*b"stbl", &boxed(*b"stsd", &stsd));
    let mdia = boxed(*b"mdia", &[boxed(*b"hdlr", &hdlr), boxed(*b"minf", &stbl)].concat());
    let trak = boxed(*b"trak", &[boxed(*b"tkhd", &tkhd), mdia].concat());
    let moov = boxed(*b"moov", &[boxed(*b"mvhd", &mvhd), trak].concat());
    let pixels: Vec<u8> = (0..bytes).map(|at| (at % 251) as u8).collect();
    [boxed(*b"ftyp", b"isom\0\0\x02\0isomavc1"), boxed(*b"mdat", &pixels), moov].concat()
}

async fn put(client: &Client, path: &str, offset: usize, body: impl Into<Body>) -> Answer {
    let offset = offset.to_string();
    client.send_body(Method::PUT, path, &[("upload-offset", offset.as_str())], body.into()).await
}

fn unavailable(answer: Answer) {
    let answer = answer.expect(503);
    assert_eq!(answer.body["code"], "storage_unavailable");
    assert!(answer.headers.contains_key("retry-after") && !answer.body.to_string().contains("127.0.0.1"));
}

#[tokio::test]
async fn a_film_in_a_bucket_comes_goes_on_is_read_in_ranges_and_vanishes() {
    let Some(mut bucket) = Bucket::start() else { return };
    let app = bucket.app().await;
    let ada = app.sign_up("Ada").await;
    let bytes = film(2 * PART + 1_000_000);
    let new = json!({ "name": "film.mp4", "bytes": bytes.len() });
    let path = format!("~/media-uploads/{}", ada.post("~/media-uploads", new).await.expect(201).id());

    // the line breaks in the second block of the first part: what came is kept
    let broken = PART + 500_000;
    let blocks: Vec<_> = bytes[..broken].chunks(100_000).map(|block| Ok(block.to_vec())).collect();
    let blocks = blocks.into_iter().chain([Err(std::io::Error::other("the line broke"))]);
    let answer = put(&ada, &path, 0, Body::from_stream(stream::iter(blocks))).await;
    assert_eq!(answer.expect(400).body["code"], "broken_off");
    let asked = ada.send(Method::HEAD, &path, &[], None).await.expect(200);
    assert_eq!(asked.headers["upload-offset"], broken.to_string());
    put(&ada, &path, broken, bytes[broken..].to_vec()).await.expect(200);
    let sizes = |objects: Vec<(String, usize, usize)>| -> Vec<(usize, usize)> {
        let mut sizes: Vec<_> = objects.into_iter().map(|(_, bytes, parts)| (bytes, parts)).collect();
        sizes.sort_unstable();
        sizes
    };
    assert_eq!(sizes(bucket.objects()), [(broken, 2), (bytes.len() - broken, 2)]);

    let taken = ada.post(&format!("{path}/finish"), json!({})).await.expect(201);
    assert_eq!(
        (&taken.body["media"]["kind"], &taken.body["media"]["seconds"]),
        (&json!("video"), &json!(12.5))
    );
    // the parts are gone, and the file is below the prefix, in parts of its own
    let objects = bucket.objects();
    assert_eq!(sizes(objects.clone()), [(bytes.len(), 3)]);
    assert!(objects[0].0.starts_with("bell/wether/"), "{objects:?}");
    assert_eq!(bucket.unfinished(), "0");

    let id = taken.body["media"]["id"].as_str().unwrap().to_owned();
    let file = format!("/api/v1{}/media/{id}/file", ada.base);
    let (status, _, whole) = app.fetch_as(&ada, &file).await;
    assert!(status == 200 && whole == bytes, "{status}, {} bytes", whole.len());
    let path = format!("~/media/{id}/file");
    let range = format!("bytes={}-{}", PART - 2, PART + 1);
    let part = ada.send(Method::GET, &path, &[("range", &range)], None).await.expect(206);
    assert_eq!(part.headers["content-range"], format!("bytes {}-{}/{}", PART - 2, PART + 1, bytes.len()));
    assert_eq!(part.headers["content-length"], "4");

    ada.delete(&format!("~/media/{id}")).await.expect(204);
    app.clock.advance(Duration::days(20));
    app.app.studio.retain_media().await.unwrap();
    assert!(bucket.objects().is_empty());
    app.done().await;
}

#[tokio::test]
async fn a_bucket_that_fails_loses_nothing() {
    let Some(mut bucket) = Bucket::start() else { return };
    let app = bucket.app().await;
    let ada = app.sign_up("Ada").await;
    let bytes = png(60, 40, 3);
    let upload = |bytes: Vec<u8>| {
        let ada = ada.clone();
        async move { ada.send(Method::POST, "~/media?name=a.png", &[], Some(bytes)).await }
    };
    let kept = upload(png(20, 20, 9)).await.expect(201).body["media"]["id"].as_str().unwrap().to_owned();
    let objects = bucket.objects();
    assert_eq!(objects.len(), 2, "a picture and its small copy: {objects:?}");

    let new = json!({ "name": "door.png", "bytes": bytes.len() });
    let path = format!("~/media-uploads/{}", ada.post("~/media-uploads", new).await.expect(201).id());
    let third = bytes.len() / 3;
    for status in [500, 503] {
        bucket.answers(Some(status));
        unavailable(put(&ada, &path, 0, bytes[..third].to_vec()).await);
        unavailable(upload(bytes.clone()).await);
        unavailable(ada.get(&format!("~/media/{kept}/file")).await);
        bucket.answers(None);
        assert_eq!(
            ada.get(&path).await.expect(200).body["received"],
            0,
            "nothing was counted that is not there"
        );
    }
    put(&ada, &path, 0, bytes[..third].to_vec()).await.expect(200);
    put(&ada, &path, third, bytes[third..].to_vec()).await.expect(200);
    // it fails while the parts are put together: they stay, and another try does it
    bucket.answers(Some(503));
    unavailable(ada.post(&format!("{path}/finish"), json!({})).await);
    bucket.answers(None);
    let taken = ada.post(&format!("{path}/finish"), json!({})).await.expect(201);
    assert_eq!(taken.body["media"]["width"], 60);
    assert_eq!((bucket.objects().len(), bucket.unfinished().as_str()), (4, "0"));

    // it is down: a post with the picture waits, and what is stored says so
    let Bucket(peer, _) = bucket;
    drop(peer);
    unavailable(ada.get(&format!("~/media/{kept}/file")).await);
    unavailable(upload(bytes).await);
    let media = app.app.studio.media_for(Network::X, &publishable(&app, &kept).await).await.unwrap();
    let fault = media.read_all().await.unwrap_err();
    assert_eq!(fault.kind, FaultKind::Transient, "it is sent later");
    assert!(!fault.words.contains("the-secret") && !fault.words.contains("the-id"), "{fault}");
    assert!(app.app.studio.retain_media().await.is_err(), "the sweep is tried again");
    app.done().await;
}

async fn publishable(app: &TestApp, id: &str) -> Publishable {
    let rows = sqlx::query(
        "SELECT organization_id, brand_id, id, bytes, object_key, content_type FROM studio.media",
    );
    let rows = rows.fetch_all(app.store().pool()).await.unwrap();
    let row = rows.iter().find(|row| MediaId::from(row.get::<uuid::Uuid, _>(2)).to_string() == id).unwrap();
    Publishable {
        organization: row.get::<uuid::Uuid, _>(0).into(),
        brand: row.get::<uuid::Uuid, _>(1).into(),
        media: row.get(2),
        alt_text: String::new(),
        kind: "image".to_owned(),
        content_type: row.get(5),
        bytes: row.get(3),
        width: Some(20),
        height: Some(20),
        seconds: None,
        codec: None,
        object_key: row.get(4),
        deleted: false,
    }
}

#[tokio::test]
async fn what_a_bucket_is_called_is_checked_before_anything_runs() {
    let database = bellwether_testkit::database().await;
    let mut config = bellwether::config::Config::default();
    config.media.store = Some("https://files.example.org".into());
    config.media.secret_access_key = Some("the-secret".into());
    assert!(!format!("{config:?}").contains("the-secret"));
    let (clock, rng) = (bellwether_kernel::Clock::system(), bellwether_kernel::Rng::seeded(1));
    let url = "http://bellwether.test".parse().unwrap();
    let app = bellwether::wiring::App::new(database.store().clone(), clock, rng, config, url);
    let words = format!("{:#}", app.err().unwrap());
    assert!(words.contains("[media] in the configuration") && words.contains("s3://bucket"), "{words}");
}
