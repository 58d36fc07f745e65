//! What a voice says of texts that it can't hear, and that it says the same of a text wherever it is asked.

use serde_json::{Value, json};

use crate::{
    app::{Client, TestApp},
    voice::{letters, train, with_letters},
};

const SLOP: &str = "Leverage our innovative, best-in-class solutions to unlock unprecedented value for key stakeholders across \
    the entire enterprise; furthermore, the aforementioned methodology facilitates the optimisation of organisational \
    synergies, which consequently maximises strategic outcomes.";

const GERMAN: &str = "Heute habe ich drei Stunden lang die alte Werkbank geschliffen, und am Abend war der Boden voller Staub \
    und Späne. Ich bin müde, aber ich bin froh, dass ich es selbst gemacht habe.";

async fn hear(client: &Client, text: &str) -> Value {
    client.post("~/voice/score", json!({ "text": text })).await.expect(200).body
}

#[tokio::test]
async fn what_is_in_another_language_or_in_none_has_no_number() {
    let app = TestApp::new().await;
    let ada = with_letters(&app, "Ada").await;
    train(&app, &ada).await;
    for (text, what, message) in [
        (
            "今日は新しい机を作りました。木は重いですが、手でゆっくり削るととても気持ちがいいです。ぜひ見に来てください。",
            "language",
            "This voice is English; the text is Japanese.",
        ),
        (
            "صنعت طاولة جديدة هذا الصباح من خشب البلوط، وكان العمل بطيئا وجميلا. تعالوا لرؤيتها يوم السبت في ورشتنا.",
            "language",
            "This voice is English; the text is Arabic.",
        ),
        (GERMAN, "language", "This voice is English; the text is German."),
        (
            "asdf qwer zxcv asdf qwer zxcv jkl uiop vbnm hjkl asdf qwer zxcv sdfg xcvb wert dfgh cvbn rtyu",
            "no_language",
            "This reads like no language: a voice is heard in sentences.",
        ),
        (
            "<div class=\"row\"><p><b></b></p><span style=\"color: red\"><i></i></span><br/></div> <ul><li></li><li></li></ul>",
            "text",
            "0 words are not enough to hear a voice: 12 are needed.",
        ),
    ] {
        let heard = hear(&ada, text).await;
        assert_eq!(
            (&heard["confidence"], &heard["not_enough"]["what"], &heard["not_enough"]["message"]),
            (&Value::Null, &json!(what), &json!(message)),
            "{text}"
        );
        assert_eq!((&heard["off"], &heard["fits"]), (&json!([]), &json!([])));
        assert_eq!(heard["model"]["version"], 1);
    }
    // what is in its language has one, a short post and a list too
    for text in [
        letters()[4],
        SLOP,
        "New on the bench: oak, ash, walnut, cherry, maple. Two stools, one desk. Saturday, 9 to 5. #woodwork #handmade",
    ] {
        assert!(hear(&ada, text).await["confidence"].is_number(), "{text}");
    }

    // and a draft in another language has none either
    let draft = ada.drafts(&app, &["linkedin.long"]).await.remove(0);
    assert!(draft["voice_confidence"].is_number(), "{draft}");
    let mut content = draft["content"].clone();
    content["post"] = json!(GERMAN);
    let path = format!("~/posts/{}", draft["id"].as_str().unwrap());
    let edited =
        ada.patch(&path, draft["version"].as_i64().unwrap(), json!({ "content": content })).await.expect(200);
    assert_eq!(edited.body["voice_confidence"], Value::Null);
    app.drain().await;
    app.done().await;
}

#[tokio::test]
async fn a_long_text_is_heard_whole_and_has_one_number() {
    let app = TestApp::new().await;
    let ada = with_letters(&app, "Ada").await;
    train(&app, &ada).await;
    // twelve thousand bytes of their own before five times as much of somebody else's
    let own = letters().join("\n\n").repeat(2);
    let own = &own[..own.floor_char_boundary(12_000)];
    let long = format!("{own}\n\n{}", format!("{SLOP} ").repeat(200));
    let (beginning, whole) = (hear(&ada, own).await, hear(&ada, &long).await);
    assert!(whole["confidence"].as_f64() < beginning["confidence"].as_f64(), "{beginning} {whole}");
    // the draft and the panel beside it say the same
    let draft = ada.drafts(&app, &["blog.article"]).await.remove(0);
    let mut content = draft["content"].clone();
    content["body"] = json!(long.trim());
    let path = format!("~/posts/{}", draft["id"].as_str().unwrap());
    let edited =
        ada.patch(&path, draft["version"].as_i64().unwrap(), json!({ "content": content })).await.expect(200);
    let asked = json!({ "text": edited.body["content"]["body"], "network": "blog" });
    let panel = ada.post("~/voice/score", asked).await.expect(200).body;
    assert_eq!(edited.body["voice_confidence"], panel["confidence"]);
    app.drain().await;

    let refused = ada.post("~/voice/score", json!({ "text": "a ".repeat(50_001) })).await.expect(422);
    assert_eq!(refused.fault(), ("text", "too_long"));
    assert_eq!(
        refused.body["errors"][0]["message"],
        "The text has 100,002 characters; a voice hears at most 100,000. Give a part of it."
    );
    hear(&ada, &"a ".repeat(50_000)).await;
    app.done().await;
}
