use std::io::Cursor;

use axum::http::Method;
use image::{DynamicImage, ImageFormat};
use serde_json::json;

use crate::app::{Answer, App, Client};

async fn upload(client: &Client, bytes: Vec<u8>) -> Answer {
    upload_to(client, "/me/avatar", bytes).await
}

async fn upload_to(client: &Client, path: &str, bytes: Vec<u8>) -> Answer {
    let headers = [("sec-fetch-site", "same-origin"), ("content-type", "application/octet-stream")];
    client.raw(Method::PUT, path, &headers, bytes).await
}

/// A PNG whose head promises 225 million pixels, with the right checksum.
fn bomb() -> Vec<u8> {
    let mut bomb = picture(ImageFormat::Png);
    bomb[16..20].copy_from_slice(&15_000_u32.to_be_bytes());
    bomb[20..24].copy_from_slice(&15_000_u32.to_be_bytes());
    let crc = bomb[12..29].iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(
            crc ^ u32::from(*byte),
            |crc, _| if crc & 1 == 1 { crc >> 1 ^ 0xEDB8_8320 } else { crc >> 1 },
        )
    });
    bomb[29..33].copy_from_slice(&(!crc).to_be_bytes());
    bomb
}

fn picture(format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    DynamicImage::new_rgb8(640, 480).write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

#[tokio::test]
async fn a_picture_is_taken_served_strictly_and_removed() {
    let app = App::new().await;
    let mut ada = app.sign_up("Ada").await;
    let mut bob = app.sign_up("Bob").await;
    let mut urls = Vec::new();
    for format in [ImageFormat::Png, ImageFormat::Jpeg, ImageFormat::WebP, ImageFormat::Gif] {
        let answer = upload(&ada, picture(format)).await.expect(200);
        urls.push(answer.body["avatar_url"].as_str().unwrap().strip_prefix("/api/v1").unwrap().to_owned());
    }
    let url = urls.pop().unwrap();
    assert_eq!(ada.get("/me").await.body["user"]["avatar_url"], format!("/api/v1{url}"));
    let served = bob.get(&url).await.expect(200);
    let read = image::load_from_memory(&served.bytes).unwrap();
    assert_eq!((read.width(), read.height()), (256, 256));
    assert_eq!(served.headers["content-type"], "image/jpeg");
    assert_eq!(served.headers["x-content-type-options"], "nosniff");
    assert_eq!(served.headers["cache-control"], "private, max-age=31536000, immutable");
    assert_eq!(served.headers["cross-origin-resource-policy"], "same-origin");
    assert!(served.headers["content-security-policy"].to_str().unwrap().starts_with("default-src 'none'"));
    // those before are gone, and strangers see none
    bob.get(&urls[0]).await.expect(404);
    app.browser("192.0.2.9").get(&url).await.expect(401);
    ada.delete("/me/avatar").await.expect(204);
    bob.get(&url).await.expect(404);
    assert!(ada.get("/me").await.body["user"]["avatar_url"].is_null());
}

#[tokio::test]
async fn bombs_and_other_files_change_nothing() {
    let app = App::new().await;
    let mut ada = app.sign_up("Ada").await;
    upload(&ada, picture(ImageFormat::Png)).await.expect(200);
    let before = ada.get("/me").await.body["user"]["avatar_url"].clone();
    upload(&ada, bomb()).await.refused(413, "picture_too_large");
    upload(&ada, vec![0; 5 * 1024 * 1024 + 1]).await.refused(413, "too_large");
    upload(&ada, b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>".to_vec())
        .await
        .refused(415, "unsupported_media_type");
    upload(&ada, b"GIF89a\x08\x00\x08\x00\x00\x00\x00".to_vec()).await.fault("", "unreadable_picture");
    upload(&ada, Vec::new()).await.refused(415, "unsupported_media_type");
    assert_eq!(ada.get("/me").await.body["user"]["avatar_url"], before);
}

#[tokio::test]
async fn an_organization_has_a_logo_of_our_own_making() {
    const LOGO: &str = "/organizations/ada/logo";
    let app = App::new().await;
    let mut ada = app.sign_up("Ada").await;
    let mut bob = app.sign_up("Bob").await;
    assert!(ada.get("/organizations/ada").await.expect(200).body["logo_url"].is_null());
    let url_of = |answer: Answer| answer.expect(200).body["logo_url"].as_str().unwrap().to_owned();
    let first = url_of(upload_to(&ada, LOGO, picture(ImageFormat::Png)).await);
    let second = url_of(upload_to(&ada, LOGO, picture(ImageFormat::WebP)).await);
    assert_ne!(first, second);
    let view = ada.get("/organizations/ada").await.expect(200).body;
    assert_eq!((&view["logo_url"], &view["version"]), (&json!(second), &json!(3)));
    assert_eq!(ada.get("/me").await.body["organizations"][0]["logo_url"], second);
    // whoever is signed in and has its id sees it, written anew; nobody else does
    let url = second.strip_prefix("/api/v1").unwrap();
    let served = bob.get(url).await.expect(200);
    let read = image::load_from_memory(&served.bytes).unwrap();
    assert_eq!((read.width(), read.height()), (256, 256));
    assert_eq!(served.headers["x-content-type-options"], "nosniff");
    app.browser("192.0.2.9").get(url).await.expect(401);
    bob.get(first.strip_prefix("/api/v1").unwrap()).await.expect(404);
    // strangers, bombs and other files change nothing
    upload_to(&bob, LOGO, picture(ImageFormat::Png)).await.expect(404);
    bob.delete(LOGO).await.expect(404);
    upload_to(&ada, LOGO, bomb()).await.refused(413, "picture_too_large");
    upload_to(&ada, LOGO, vec![0; 5 * 1024 * 1024 + 1]).await.refused(413, "too_large");
    upload_to(&ada, LOGO, b"<svg/>".to_vec()).await.refused(415, "unsupported_media_type");
    assert_eq!(ada.get("/organizations/ada").await.body["logo_url"], second);
    ada.delete(LOGO).await.expect(204);
    ada.delete(LOGO).await.expect(204);
    bob.get(url).await.expect(404);
    let told = "SELECT count(*) FROM operations.events WHERE kind LIKE 'organization.logo_%'";
    assert_eq!(app.count(told).await, 3);
}

#[tokio::test]
async fn handles_are_ones_own() {
    let app = App::new().await;
    let (mut ada, mut bob) = (app.sign_up("Ada").await, app.sign_up("Bob").await);
    let answer = ada
        .patch("/me", json!({ "handle": "@Countess_1", "bio": "Two\nlines", "phone": "+4930123456" }))
        .await;
    let user = answer.expect(200).body["user"].clone();
    assert_eq!(
        (&user["handle"], &user["bio"], &user["phone"]),
        (&json!("countess_1"), &json!("Two\nlines"), &json!("+4930123456"))
    );
    bob.patch("/me", json!({ "handle": "COUNTESS_1" })).await.fault("handle", "taken");
    for (handle, code) in [
        ("admin", "reserved"),
        ("a", "invalid_handle"),
        ("with space", "invalid_handle"),
        ("аdа_x", "invalid_handle"),
    ] {
        bob.patch("/me", json!({ "handle": handle })).await.fault("handle", code);
    }
    bob.patch("/me", json!({ "bio": "x".repeat(501) })).await.fault("bio", "too_long");
    bob.patch("/me", json!({ "phone": "12" })).await.fault("phone", "invalid_phone");
    // what is left out stays, what is null goes
    let user = ada.patch("/me", json!({ "name": "Ada L." })).await.expect(200).body["user"].clone();
    assert_eq!((&user["handle"], &user["name"]), (&json!("countess_1"), &json!("Ada L.")));
    let user =
        ada.patch("/me", json!({ "handle": null, "phone": null })).await.expect(200).body["user"].clone();
    assert!(user["handle"].is_null() && user["phone"].is_null() && user["bio"] == "Two\nlines");
    bob.patch("/me", json!({ "handle": "countess_1" })).await.expect(200);
}

#[tokio::test]
async fn sessions_say_which_browser_and_where_from() {
    let app = App::new().await;
    let mut ada = app.sign_up("Ada").await;
    let mut other = app.sign_in("Ada", "2001:db8::7").await;
    let list = ada.get("/me/sessions").await.expect(200).body["items"].as_array().unwrap().clone();
    assert_eq!(list.len(), 2);
    for session in &list {
        assert_eq!(session["device"], "Firefox on Linux");
        let here = session["ip_address"] == "192.0.2.1";
        assert_eq!(session["current"], here);
        assert!(here || session["ip_address"] == "2001:db8::7");
    }
    ada.delete("/me/sessions").await.expect(204);
    other.get("/me").await.expect(401);
    let id = ada.get("/me/sessions").await.body["items"][0]["id"].as_str().unwrap().to_owned();
    app.sign_up("Bob").await.delete(&format!("/me/sessions/{id}")).await.expect(404);
    ada.delete(&format!("/me/sessions/{id}")).await.expect(204);
    ada.get("/me").await.expect(401);
}

#[tokio::test]
async fn the_outbox_is_for_operators() {
    let app = App::new().await;
    let mut ada = app.sign_up("Ada").await;
    ada.get("/admin/mails").await.refused(404, "not_found");
    app.browser("192.0.2.9").get("/admin/mails").await.expect(401);
    assert_eq!(ada.get("/me").await.body["user"]["operator"], false);
    app.identity.set_operator("ada@example.org", true).await.unwrap();
    let list = ada.get("/admin/mails?status=kept").await.expect(200).body["items"].clone();
    assert_eq!((&list[0]["template"], &list[0]["to"]), (&json!("verify_email"), &json!("ada@example.org")));
    let mail = ada.get(&format!("/admin/mails/{}", list[0]["id"].as_str().unwrap())).await.expect(200).body;
    assert!(mail["html"].as_str().unwrap().contains("Confirm this address") && mail["text"].is_string());
    ada.get("/admin/mails?status=lost").await.expect(422);
    app.identity.set_operator("ada@example.org", false).await.unwrap();
    ada.get("/admin/mails").await.expect(404);
}
