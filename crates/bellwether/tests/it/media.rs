//! The media library: from bytes to a post that shows them.

use std::{
    convert::Infallible,
    io::{Cursor, Error},
};

use axum::body::Body;
use bellwether_networks::Network;
use bellwether_studio::media::renditions::Publishable;
use chrono::Duration;
use futures::stream;
use http::Method;
use image::{DynamicImage, ImageFormat, Rgb, RgbImage};
use serde_json::{Value, json};
use sqlx::Row as _;

use crate::app::{Answer, Client, TestApp};

fn photo(width: u32, height: u32, seed: u32) -> DynamicImage {
    DynamicImage::ImageRgb8(RgbImage::from_fn(width, height, |x, y| {
        Rgb([(x * 7 + seed) as u8, (y * 13) as u8, (x ^ y ^ seed) as u8])
    }))
}

fn encoded(picture: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    picture.write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

pub fn png(width: u32, height: u32, seed: u32) -> Vec<u8> {
    encoded(&photo(width, height, seed), ImageFormat::Png)
}

/// A JPEG whose EXIF says "turned by a quarter", and a place.
fn jpeg_with_place() -> Vec<u8> {
    let jpeg = encoded(&photo(60, 40, 1), ImageFormat::Jpeg);
    let mut tiff = b"MM\0\x2a\0\0\0\x08\0\x02".to_vec();
    tiff.extend_from_slice(b"\x01\x12\0\x03\0\0\0\x01\0\x06\0\0");
    tiff.extend_from_slice(b"\x82\x98\0\x02\0\0\0\x0c\0\0\0\x26\0\0\0\0");
    tiff.extend_from_slice(b"GPS48.13711\0");
    let exif = [b"Exif\0\0".as_slice(), &tiff].concat();
    let length = (exif.len() as u16 + 2).to_be_bytes();
    [&jpeg[..2], &[0xff, 0xe1], &length, &exif, &jpeg[2..]].concat()
}

pub async fn upload(client: &Client, name: &str, bytes: Vec<u8>) -> Answer {
    client.send(Method::POST, &format!("~/media?name={name}"), &[], Some(bytes)).await
}

async fn put(client: &Client, id: &str, offset: usize, bytes: &[u8]) -> Answer {
    let range = format!("bytes {offset}-{}/*", offset + bytes.len() - 1);
    let headers = [("content-range", range.as_str())];
    client.send(Method::PUT, &format!("~/media-uploads/{id}"), &headers, Some(bytes.to_vec())).await
}

fn media_id(answer: &Answer) -> String {
    answer.body["media"]["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn an_upload_goes_on_where_it_broke_off() {
    let app = TestApp::new().await;
    let ada = app.sign_up("Ada").await;
    let bytes = png(120, 90, 3);
    let third = bytes.len() / 3;
    let new = json!({ "name": "door.png", "bytes": bytes.len(), "folder": "/spring/", "tags": ["#Oak"] });
    let begun = ada.post("~/media-uploads", new).await.expect(201);
    assert_eq!(begun.body["received"], 0);
    let id = begun.id();
    let path = format!("~/media-uploads/{id}");
    put(&ada, &id, 0, &bytes[..third]).await.expect(200);

    // the line breaks in the middle of the second part: what came is kept
    let parts = [Ok(bytes[third..third + 50].to_vec()), Err(Error::other("the line broke"))];
    let offset = third.to_string();
    let headers = [("upload-offset", offset.as_str())];
    let broken = ada.send_body(Method::PUT, &path, &headers, Body::from_stream(stream::iter(parts))).await;
    assert_eq!(broken.expect(400).body["code"], "broken_off");
    let finish = format!("{path}/finish");
    assert_eq!(ada.post(&finish, json!({})).await.expect(409).body["code"], "incomplete");
    let asked = ada.send(Method::HEAD, &path, &[], None).await.expect(200);
    assert_eq!(asked.headers["upload-offset"], (third + 50).to_string());
    assert_eq!(put(&ada, &id, third, &bytes[third..]).await.expect(409).body["code"], "offset_mismatch");
    let more = [&bytes[third + 50..], b"more".as_slice()].concat();
    assert_eq!(put(&ada, &id, third + 50, &more).await.expect(413).body["code"], "too_large");
    let rest = put(&ada, &id, third + 50, &bytes[third + 50..]).await.expect(200);
    assert_eq!(rest.body["received"], bytes.len());

    let taken = ada.post(&finish, json!({})).await.expect(201);
    let media = taken.body["media"].clone();
    assert_eq!(
        (&media["width"], &media["height"], &media["kind"]),
        (&json!(120), &json!(90), &json!("image"))
    );
    assert_eq!((&media["folder"], &media["tags"]), (&json!("spring"), &json!(["oak"])));
    // asked again it is the same one
    let again = ada.post(&finish, json!({})).await.expect(201);
    assert_eq!(again.body["media"]["id"], media["id"]);
    // and the very same bytes in one request are no second file
    let same = upload(&ada, "other.png", bytes).await.expect(200);
    assert_eq!((&same.body["duplicate"], &same.body["media"]["id"]), (&json!(true), &media["id"]));

    let cancelled =
        ada.post("~/media-uploads", json!({ "name": "x.png", "bytes": 9 })).await.expect(201).id();
    ada.delete(&format!("~/media-uploads/{cancelled}")).await.expect(204);
    assert_eq!(put(&ada, &cancelled, 0, b"x").await.status, 404);
    app.done().await;
}

#[tokio::test]
async fn what_is_no_picture_is_refused_whatever_it_is_called() {
    let app = TestApp::new().await;
    let ada = app.sign_up("Ada").await;
    for bytes in [
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>".to_vec(),
        b"<!doctype html><script>1</script>".to_vec(),
        b"MZ\x90\0 a program".to_vec(),
    ] {
        assert_eq!(upload(&ada, "door.png", bytes).await.expect(415).body["code"], "unsupported_media_type");
    }
    assert_eq!(upload(&ada, "door.png", Vec::new()).await.status, 422);
    assert_eq!(upload(&ada, "door.jpg", jpeg_with_place()[..120].to_vec()).await.status, 422);
    assert_eq!(upload(&ada, "film.mp4", b"\0\0\0\x10ftypisom\0\0\0\0".to_vec()).await.status, 422);
    // 20,000 by 20,000 pixels in a kilobyte
    let mut bomb = png(8, 8, 1);
    for at in [16, 20] {
        bomb[at..at + 4].copy_from_slice(&20_000_u32.to_be_bytes());
    }
    let crc = crc(&bomb[12..29]);
    bomb[29..33].copy_from_slice(&crc.to_be_bytes());
    assert_eq!(upload(&ada, "bomb.png", bomb).await.expect(413).body["code"], "picture_too_large");
    let huge = json!({ "name": "film.mp4", "bytes": 1_000_000_001_u64 });
    assert_eq!(ada.post("~/media-uploads", huge).await.expect(413).fault().0, "bytes");
    assert!(ada.get("~/media").await.expect(200).body["items"].as_array().unwrap().is_empty());
    app.done().await;
}

/// CRC-32 as PNG has it.
fn crc(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| (crc >> 1) ^ (0xedb8_8320 & (crc & 1).wrapping_neg()))
    })
}

#[tokio::test]
async fn places_are_gone_and_files_are_served_safely() {
    let app = TestApp::new().await;
    let ada = app.sign_up("Ada").await;
    let taken = upload(&ada, "T%C3%BCr.jpg", jpeg_with_place()).await.expect(201);
    let media = &taken.body["media"];
    assert_eq!((&media["width"], &media["height"]), (&json!(40), &json!(60)), "it stands upright");
    let id = media_id(&taken);
    let file = ada.get(&format!("~/media/{id}/file")).await.expect(200);
    assert_eq!(file.headers["content-type"], "image/jpeg");
    assert_eq!(file.headers["x-content-type-options"], "nosniff");
    assert!(file.headers["content-security-policy"].to_str().unwrap().starts_with("sandbox;"));
    assert!(file.headers["cache-control"].to_str().unwrap().starts_with("private"));
    assert!(file.headers["content-disposition"].to_str().unwrap().contains("T%C3%BCr.jpg"));
    assert!(!file.body.as_str().unwrap().contains("GPS48"));
    let path = format!("~/media/{id}/file?download=true");
    let part = ada.send(Method::GET, &path, &[("range", "bytes=0-1")], None).await.expect(206);
    assert_eq!(part.headers["content-range"], format!("bytes 0-1/{}", media["bytes"]));
    assert!(part.headers["content-disposition"].to_str().unwrap().starts_with("attachment"));
    ada.get(&format!("~/media/{id}/thumbnail")).await.expect(200);
    let fits = ada.get(&format!("~/media/{id}/fit")).await.expect(200);
    let of = |network: &str| {
        let items = fits.body["items"].as_array().unwrap().clone();
        items.into_iter().find(|item| item["network"] == network).unwrap()
    };
    assert_eq!(of("x")["fits"], true);
    assert_eq!(of("google_business")["findings"][0]["code"], "too_small");

    // label, search, folders
    let change = json!({ "alt_text": "An oak door", "tags": ["Door"], "folder": "a/b" });
    let path = format!("~/media/{id}");
    let changed = ada.patch(&path, 1, change).await.expect(200);
    assert_eq!(changed.body["version"], 2);
    ada.patch(&path, 1, json!({ "name": "x" })).await.expect(412);
    for (query, found) in [
        ("q=oak", 1),
        ("q=birch", 0),
        ("tag=door", 1),
        ("folder=a/b", 1),
        ("folder=a", 0),
        ("kind=video", 0),
        ("used=true", 0),
    ] {
        let items = ada.get(&format!("~/media?{query}")).await.expect(200).body["items"].clone();
        assert_eq!(items.as_array().unwrap().len(), found, "{query}");
    }
    assert_eq!(ada.get("~/media-folders").await.body["items"][0]["folder"], "a/b");

    // deleted, restored, gone after a fortnight
    ada.delete(&path).await.expect(204);
    assert_eq!(ada.get("~/media?deleted=true").await.body["items"].as_array().unwrap().len(), 1);
    ada.post(&format!("{path}/restore"), json!({})).await.expect(200);
    ada.delete(&path).await.expect(204);
    app.clock.advance(Duration::days(20));
    app.app.studio.retain_media().await.unwrap();
    let left: i64 =
        sqlx::query_scalar("SELECT count(*) FROM studio.media").fetch_one(app.store().pool()).await.unwrap();
    assert_eq!(left, 0);
    app.done().await;
}

#[tokio::test]
async fn nobody_else_s_files() {
    let app = TestApp::new().await;
    let ada = app.sign_up("Ada").await;
    let eve = app.sign_up("Eve").await;
    let bytes = png(30, 20, 5);
    let id = media_id(&upload(&ada, "a.png", bytes.clone()).await.expect(201));
    let begun = ada.post("~/media-uploads", json!({ "name": "x.png", "bytes": 9 })).await.expect(201).id();
    for path in [format!("~/media/{id}"), format!("~/media/{id}/file"), format!("~/media-uploads/{begun}")] {
        assert_eq!(eve.get(&path).await.status, 404, "{path}");
        // nor by the address of the other's brand
        let path = path.replace('~', &ada.base);
        assert_eq!(eve.get(&path).await.status, 404, "{path}");
    }
    assert_eq!(put(&eve, &begun, 0, b"x").await.status, 404);
    // the same bytes are a file of her own
    let own = upload(&eve, "a.png", bytes.clone()).await.expect(201);
    assert!(media_id(&own) != id && own.body["duplicate"] == false);
    let posts = eve.drafts(&app, &["x.post"]).await;
    let (post, version) = (posts[0]["id"].as_str().unwrap(), posts[0]["version"].as_i64().unwrap());
    let body = json!({ "media": [{ "media_id": id }] });
    let refused = eve.patch(&format!("~/posts/{post}"), version, body).await.expect(422);
    assert_eq!(refused.fault(), ("media/0/media_id", "not_found"));

    // two brands of one organization share bytes and nothing else
    let org = ada.base.split("/brands").next().unwrap();
    ada.post(&format!("{org}/brands"), json!({ "name": "Other" })).await.expect(201);
    let mut other = ada.clone();
    other.base = format!("{org}/brands/other");
    let shared = upload(&other, "b.png", bytes).await.expect(201);
    assert_eq!((&shared.body["duplicate"], &shared.body["media"]["name"]), (&json!(false), &json!("b.png")));
    let keys: i64 = sqlx::query_scalar("SELECT count(DISTINCT object_key) FROM studio.media")
        .fetch_one(app.store().pool())
        .await
        .unwrap();
    assert_eq!(keys, 2);
    assert_eq!(other.get(&format!("~/media/{id}")).await.status, 404);
    app.drain().await;
    app.done().await;
}

#[tokio::test]
async fn a_post_goes_out_with_its_picture() {
    let app = TestApp::new().await;
    let ada = app.sign_up("Ada").await;
    let (post, connection) = ada.sandbox_post(&app, true).await;
    // the sandbox takes no GIF: a picture is made of it
    let gif = encoded(&photo(40, 30, 7), ImageFormat::Gif);
    let picture = media_id(&upload(&ada, "a.gif", gif).await.expect(201));
    let second = media_id(&upload(&ada, "b.png", png(40, 30, 8)).await.expect(201));
    let path = format!("~/posts/{post}");
    let version = ada.get(&path).await.body["version"].as_i64().unwrap();
    let body = json!({ "media": [{ "media_id": picture, "alt_text": "Stripes" }, { "media_id": second }] });
    let changed = ada.patch(&path, version, body).await.expect(200);
    assert_eq!((&changed.body["status"], &changed.body["version"]), (&json!("pending"), &json!(version + 1)));
    let media = &changed.body["media"];
    assert_eq!((&media[0]["alt_text"], &media[1]["media_id"]), (&json!("Stripes"), &json!(second)));
    let issues = changed.body["issues"].as_array().unwrap().clone();
    let codes = |path: &str| -> Vec<Value> {
        issues.iter().filter(|issue| issue["path"] == path).map(|issue| issue["code"].clone()).collect()
    };
    assert_eq!(
        (codes("media/0"), codes("media/1/alt_text")),
        (vec![json!("is_changed")], vec![json!("no_alt_text")])
    );
    // the same again changes nothing
    let same = json!({ "media": [{ "media_id": picture, "alt_text": "Stripes" }] });
    let changed = ada.patch(&path, version + 1, same.clone()).await.expect(200);
    let version = changed.body["version"].as_i64().unwrap();
    assert_eq!(ada.patch(&path, version, same).await.expect(200).body["version"], version);

    ada.post(&format!("{path}/approve"), json!({})).await.expect(200);
    app.drain().await;
    let now = json!({ "connection_ids": [connection], "when": { "now": true } });
    let planned = ada.post(&format!("{path}/publications"), now).await.expect(201);
    let publication = planned.body["items"][0]["id"].as_str().unwrap().to_owned();
    let refused = ada.delete(&format!("~/media/{picture}")).await.expect(409);
    assert_eq!(refused.body["code"], "in_use");
    let uses = ada.get(&format!("~/media/{picture}/posts")).await.expect(200);
    assert_eq!(
        (&uses.body["items"][0]["post_id"], &uses.body["items"][0]["planned"]),
        (&json!(post), &json!(true))
    );
    ada.delete(&format!("~/media/{second}")).await.expect(204);

    app.publish().await;
    let out = ada.get(&format!("~/publications/{publication}")).await.expect(200);
    assert_eq!(out.body["state"], "published", "{}", out.body);
    let shown: i32 = sqlx::query_scalar("SELECT media FROM publishing.sandbox_posts")
        .fetch_one(app.store().pool())
        .await
        .unwrap();
    assert_eq!(shown, 1);
    let made = sqlx::query("SELECT content_type, width FROM studio.renditions");
    let made = made.fetch_one(app.store().pool()).await.unwrap();
    assert_eq!((made.get::<String, _>(0).as_str(), made.get::<i32, _>(1)), ("image/jpeg", 40));
    // out is out
    let late = json!({ "media": [] });
    let version = ada.get(&path).await.body["version"].as_i64().unwrap();
    ada.patch(&path, version, late).await.expect(409);
    app.drain().await;
    app.done().await;
}

#[tokio::test]
async fn nothing_goes_out_without_a_picture_that_it_was_approved_with() {
    let app = TestApp::new().await;
    let ada = app.sign_up("Ada").await;
    let (post, connection) = ada.sandbox_post(&app, false).await;
    let picture = media_id(&upload(&ada, "a.png", png(40, 30, 9)).await.expect(201));
    let path = format!("~/posts/{post}");
    let version = ada.get(&path).await.body["version"].as_i64().unwrap();
    ada.patch(&path, version, json!({ "media": [{ "media_id": picture }] })).await.expect(200);
    ada.post(&format!("{path}/approve"), json!({})).await.expect(200);
    // before anything is planned it may be deleted
    ada.delete(&format!("~/media/{picture}")).await.expect(204);
    app.drain().await;
    let now = json!({ "connection_ids": [connection], "when": { "now": true } });
    let planned = ada.post(&format!("{path}/publications"), now).await.expect(201);
    let publication = planned.body["items"][0]["id"].as_str().unwrap().to_owned();
    app.publish().await;
    let held = ada.get(&format!("~/publications/{publication}")).await.expect(200).body;
    assert_eq!((&held["state"], &held["held_reason"]), (&json!("held"), &json!("rules")));
    assert!(ada.get("~/sandbox/posts").await.body["items"].as_array().unwrap().is_empty());
    // nor does it vanish for good while the post may still go out
    app.clock.advance(Duration::days(20));
    app.app.studio.retain_media().await.unwrap();
    let left: i64 =
        sqlx::query_scalar("SELECT count(*) FROM studio.media").fetch_one(app.store().pool()).await.unwrap();
    assert_eq!(left, 1);
    app.drain().await;
    app.done().await;
}

#[tokio::test]
async fn networks_fetch_by_an_address_that_ends() {
    let app = TestApp::with(|config| {
        config.server.public_url = Some("https://bell.example.org".parse().unwrap());
    })
    .await;
    let ada = app.sign_up("Ada").await;
    let bytes = png(40, 30, 11);
    let id = media_id(&upload(&ada, "a.png", bytes).await.expect(201));
    let row = sqlx::query("SELECT organization_id, brand_id, id, bytes, object_key FROM studio.media")
        .fetch_one(app.store().pool())
        .await
        .unwrap();
    let file = Publishable {
        organization: row.get::<uuid::Uuid, _>(0).into(),
        brand: row.get::<uuid::Uuid, _>(1).into(),
        media: row.get(2),
        alt_text: String::new(),
        kind: "image".to_owned(),
        content_type: "image/png".to_owned(),
        bytes: row.get(3),
        width: Some(40),
        height: Some(30),
        seconds: None,
        codec: None,
        object_key: row.get(4),
        deleted: false,
    };
    let media = app.app.studio.media_for(Network::X, &file).await.unwrap();
    assert_eq!(media.read_all().await.unwrap().len() as u64, media.bytes);
    let url = media.public_url.clone().unwrap();
    let path = url.strip_prefix("https://bell.example.org").unwrap().to_owned();
    let (status, headers, whole) = app.fetch(&path, None).await;
    assert_eq!((status.as_u16(), headers["content-type"].to_str().unwrap()), (200, "image/png"));
    assert_eq!(whole.len() as u64, media.bytes);
    let (status, _, part) = app.fetch(&path, Some("bytes=1-3")).await;
    assert_eq!((status.as_u16(), part.as_slice()), (206, b"PNG".as_slice()));
    assert_eq!(app.fetch(&format!("{path}x"), None).await.0, 404);
    assert_eq!(app.fetch("/media/anything", None).await.0, 404);
    app.clock.advance(Duration::hours(7));
    assert_eq!(app.fetch(&path, None).await.0, 404, "it has ended");
    let media = app.app.studio.media_for(Network::X, &file).await.unwrap();
    let path = media.public_url.unwrap().replace("https://bell.example.org", "");
    ada.delete(&format!("~/media/{id}")).await.expect(204);
    assert_eq!(app.fetch(&path, None).await.0, 404, "it was deleted");
    app.done().await;
}

#[tokio::test]
async fn a_body_without_end_is_cut() {
    let app = TestApp::new().await;
    let ada = app.sign_up("Ada").await;
    let block = vec![0_u8; 1024 * 1024];
    let endless = stream::repeat_with(move || Ok::<_, Infallible>(block.clone()));
    let answer = ada.send_body(Method::POST, "~/media?name=a.png", &[], Body::from_stream(endless)).await;
    assert_eq!(answer.expect(413).body["code"], "too_large");
    app.done().await;
}
