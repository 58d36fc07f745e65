//! Cards: words become pictures of the library, slides become a carousel.

use http::Method;
use image::GenericImageView as _;
use serde_json::{Value, json};

use crate::{
    app::{Answer, Client, TestApp},
    media::png,
};

async fn set_style(client: &Client, version: i64, style: &Value) -> Answer {
    let version = format!("\"{version}\"");
    let headers = [("content-type", "application/json"), ("if-match", version.as_str())];
    client.send(Method::PUT, "~/card-style", &headers, Some(style.to_string().into_bytes())).await
}

async fn picture(app: &TestApp, client: &Client, url: &Value) -> image::DynamicImage {
    let (status, headers, bytes) = app.fetch_as(client, url.as_str().unwrap()).await;
    assert_eq!((status.as_u16(), headers["content-type"].to_str().unwrap()), (200, "image/png"));
    image::load_from_memory(&bytes).unwrap()
}

#[tokio::test]
async fn words_become_a_picture_in_the_brands_colours() {
    let app = TestApp::new().await;
    let ada = app.sign_up("Ada").await;
    let usual = ada.get("~/card-style").await.expect(200).body;
    assert_eq!((&usual["version"], &usual["logo_id"]), (&json!(0), &Value::Null));
    let logo = ada.send(Method::POST, "~/media?name=logo.png", &[], Some(png(60, 30, 1))).await.expect(201);
    let logo = logo.body["media"]["id"].as_str().unwrap().to_owned();
    let style = json!({ "background": "#0b2239", "ink": "#FFFFFF", "accent": "#ff5a00", "signature": "ada.example",
                        "logo_id": logo });
    let set = set_style(&ada, 0, &style).await.expect(200).body;
    assert_eq!((&set["ink"], &set["version"]), (&json!("#ffffff"), &json!(1)));
    set_style(&ada, 0, &style).await.expect(412);

    let card = json!({ "template": "quote", "size": "portrait", "text": "Nobody left because of the <price> 🚀.",
                       "source": "Notes & more" });
    let drawn = ada.post("~/media/cards", card.clone()).await.expect(201).body;
    assert_eq!(drawn["left_out"], json!(["🚀"]));
    let file = &drawn["items"][0];
    assert_eq!(
        (&file["width"], &file["height"], &file["kind"]),
        (&json!(1080), &json!(1350), &json!("image"))
    );
    assert_eq!(file["alt_text"], "Nobody left because of the <price> 🚀.\nada.example\nNotes & more");
    assert_eq!(file["name"], "Nobody left because of the <price> 🚀..png");
    let seen = picture(&app, &ada, &file["url"]).await;
    assert_eq!(seen.dimensions(), (1080, 1350));
    let count = |colour: [u8; 3]| seen.pixels().filter(|(_, _, pixel)| pixel.0[..3] == colour).count();
    assert!(
        count([0x0b, 0x22, 0x39]) > 700_000
            && count([255, 255, 255]) > 5_000
            && count([0xff, 0x5a, 0]) > 1_000
    );
    // the same again is the same file; other colours are another
    let again = ada.post("~/media/cards", card.clone()).await.expect(201).body;
    assert_eq!(again["items"][0]["id"], file["id"]);
    let mut other = card;
    other["colours"] = json!({ "background": "#ffffff", "ink": "#000" });
    let other = ada.post("~/media/cards", other).await.expect(201).body;
    assert_ne!(other["items"][0]["id"], file["id"]);
    // a logo that was deleted is left out, and nothing breaks
    ada.delete(&format!("~/media/{logo}")).await.expect(204);
    let plain = json!({ "template": "statement", "size": "landscape", "text": "Say it early." });
    ada.post("~/media/cards", plain).await.expect(201);
    app.drain().await;
    app.done().await;
}

#[tokio::test]
async fn what_can_not_be_drawn_is_told_where() {
    let app = TestApp::new().await;
    let ada = app.sign_up("Ada").await;
    let card = |more: Value| {
        let mut card = json!({ "template": "quote", "size": "square", "text": "Words" });
        card.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        card
    };
    for (more, fault) in [
        (json!({ "text": "" }), ("text", "required")),
        (json!({ "text": "永不放弃" }), ("text", "no_glyphs")),
        (json!({ "author": "李白" }), ("author", "no_glyphs")),
        (json!({ "text": "word ".repeat(390) }), ("text", "too_long")),
        (json!({ "text": "word ".repeat(401) }), ("text", "too_long")),
        (json!({ "colours": { "ink": "red" } }), ("colours/ink", "invalid_colour")),
        (json!({ "colours": { "ink": "#888888", "background": "#999999" } }), ("colours", "low_contrast")),
        (json!({ "folder": "a/../b" }), ("folder", "bad_folder")),
    ] {
        let answer = ada.post("~/media/cards", card(more.clone())).await.expect(422);
        assert_eq!(answer.fault(), fault, "{more}: {}", answer.body);
    }
    let style = json!({ "background": "#ffffff", "ink": "#eeeeee", "accent": "#000000" });
    assert_eq!(set_style(&ada, 0, &style).await.expect(422).fault(), ("ink", "low_contrast"));
    let style = json!({ "background": "#ffffff", "ink": "#000000", "accent": "#000000",
                        "logo_id": "media_01h2xcejqtf2nbrexx3vqjhp41" });
    assert_eq!(set_style(&ada, 0, &style).await.expect(422).fault(), ("logo_id", "not_found"));
    assert_eq!(ada.get("~/media").await.expect(200).body["items"], json!([]), "nothing was kept");
}

#[tokio::test]
async fn slides_become_a_carousel() {
    let app = TestApp::new().await;
    let ada = app.sign_up("Ada").await;
    let drafts = ada.drafts(&app, &["instagram.carousel", "linkedin.carousel", "x.post"]).await;
    let of = |network: &str| drafts.iter().find(|post| post["network"] == network).unwrap().clone();
    let path = |post: &Value| format!("~/posts/{}/cards", post["id"].as_str().unwrap());
    let draw = async |post: &Value, body: Value| {
        ada.post_if(&path(post), post["version"].as_i64().unwrap(), body).await
    };

    let instagram = of("instagram");
    let slides = instagram["content"]["slides"].as_array().unwrap().len();
    let drawn = draw(&instagram, json!({})).await.expect(200).body;
    let media = drawn["media"].as_array().unwrap();
    assert_eq!(media.len(), slides);
    assert!(
        media.iter().all(|file| file["width"] == 1080 && file["height"] == 1350 && file["kind"] == "image")
    );
    let title = instagram["content"]["slides"][0]["title"].as_str().unwrap();
    assert!(media[0]["alt_text"].as_str().unwrap().starts_with(title));
    let complaints: Vec<&Value> =
        drawn["issues"].as_array().unwrap().iter().filter(|issue| issue["severity"] == "error").collect();
    assert!(complaints.is_empty(), "{complaints:?}");
    draw(&instagram, json!({})).await.expect(412);
    // drawn again, nothing has changed: the post stays as it is
    let again = draw(&drawn, json!({})).await.expect(200).body;
    assert_eq!(again["version"], drawn["version"]);

    let linkedin = of("linkedin");
    let drawn = draw(&linkedin, json!({ "size": "square" })).await.expect(200).body;
    assert_eq!(drawn["media"].as_array().unwrap().len(), 1);
    let document = &drawn["media"][0];
    assert_eq!(
        (&document["kind"], &document["content_type"]),
        (&json!("document"), &json!("application/pdf"))
    );
    let complaints: Vec<&Value> =
        drawn["issues"].as_array().unwrap().iter().filter(|issue| issue["severity"] == "error").collect();
    assert!(complaints.is_empty(), "{complaints:?}");
    let (status, _, bytes) = app.fetch_as(&ada, document["url"].as_str().unwrap()).await;
    assert_eq!(status, 200);
    let pages = bytes.windows(11).filter(|at| *at == b"/Type /Page").count() - 1;
    assert_eq!(pages, linkedin["content"]["slides"].as_array().unwrap().len());

    assert_eq!(draw(&of("x"), json!({})).await.expect(409).body["code"], "not_a_carousel");
    // letters that no font has, at the slide that has them
    let mut content = again["content"].clone();
    content["slides"][1]["body"] = json!("永");
    let changed = ada
        .patch(
            path(&again).trim_end_matches("/cards"),
            again["version"].as_i64().unwrap(),
            json!({ "content": content }),
        )
        .await
        .expect(200)
        .body;
    assert_eq!(draw(&changed, json!({})).await.expect(422).fault(), ("content/slides/1/body", "no_glyphs"));
    app.drain().await;
    app.done().await;
}
