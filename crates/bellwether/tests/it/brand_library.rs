//! What a brand's drafts are made with: pillars, hooks, offers, knowledge.

use std::collections::HashSet;

use serde_json::{Value, json};

use crate::app::{Answer, Client, TestApp};

fn names(list: &Value) -> Vec<String> {
    list["items"].as_array().unwrap().iter().map(|item| item["name"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn pillars_have_an_order_without_gaps() {
    let app = TestApp::new().await;
    let ada = app.sign_up("Ada").await;
    let mut ids = Vec::new();
    for name in ["Prices", "Wood", "People"] {
        let new =
            json!({ "name": name, "why_important": "It is asked for.", "subtopics": ["One", "one", "Two"] });
        let made = ada.post("~/pillars", new).await.expect(201);
        assert_eq!(made.body["subtopics"], json!(["One", "Two"]));
        ids.push(made.id());
    }
    assert_eq!(ada.post("~/pillars", json!({ "name": "wood" })).await.expect(409).fault(), ("name", "taken"));
    let order = json!({ "ids": [ids[2], ids[0], ids[1]] });
    assert_eq!(names(&ada.put("~/pillar-order", order).await.expect(200).body), ["People", "Prices", "Wood"]);
    for wrong in [json!([]), json!([ids[0], ids[1]]), json!([ids[0], ids[1], ids[1]])] {
        let answer = ada.put("~/pillar-order", json!({ "ids": wrong })).await.expect(422);
        assert_eq!(answer.fault(), ("ids", "not_all"));
    }
    ada.delete(&format!("~/pillars/{}", ids[0])).await.expect(204);
    let left = ada.get("~/pillars").await.expect(200).body;
    assert_eq!(names(&left), ["People", "Wood"]);
    assert_eq!((&left["items"][0]["position"], &left["items"][1]["position"]), (&json!(1), &json!(2)));
    // the order is no change of the pillar itself
    let path = format!("~/pillars/{}", ids[1]);
    ada.patch(&path, 1, json!({ "name": "Timber" })).await.expect(200);
    ada.patch(&path, 1, json!({ "name": "Trees" })).await.expect(412);
}

#[tokio::test]
async fn pillars_are_proposed_with_reasons_and_accepted_by_making_them() {
    let app = TestApp::new().await;
    let ada = app.sign_up("Ada").await;
    assert_eq!(ada.get("~/pillar-proposals").await.expect(200).body["items"], json!([]));
    let draft = ada.drafts(&app, &["linkedin.long"]).await.remove(0);
    ada.post(&format!("~/posts/{}/approve", draft["id"].as_str().unwrap()), json!({})).await.expect(200);
    ada.patch("~/profile", 1, json!({ "topics": { "key_topics": ["Prices", "Beekeeping"] } }))
        .await
        .expect(200);
    let proposed = ada.get("~/pillar-proposals").await.expect(200).body;
    assert_eq!(names(&proposed)[..2], ["Prices", "Beekeeping"]);
    assert_eq!(
        proposed["items"][0]["reason"],
        "You named it among your topics, and 1 of your 1 latest posts speak of it."
    );
    assert_eq!(
        proposed["items"][1]["reason"],
        "You named it among your topics; none of your 1 latest posts speaks of it yet."
    );
    let first = &proposed["items"][0];
    ada.post("~/pillars", json!({ "name": first["name"], "subtopics": first["subtopics"] }))
        .await
        .expect(201);
    assert!(!names(&ada.get("~/pillar-proposals").await.body).contains(&"Prices".to_owned()));
}

async fn hook(ada: &Client, value: Value) -> String {
    ada.post("~/hooks", value).await.expect(201).id()
}

#[tokio::test]
async fn no_hook_is_given_twice_in_a_month_of_the_brand_s_zone() {
    let app = TestApp::new().await;
    let mut ada = app.sign_up("Ada").await;
    ada.patch("~", 1, json!({ "time_zone": "Asia/Tokyo" })).await.expect(200);
    for text in ["One?", "Two?", "Three?"] {
        hook(&ada, json!({ "text": text, "kind": "question" })).await;
    }
    let winter = hook(&ada, json!({ "text": "Snow.", "season": "winter", "performance_score": 90 })).await;
    // all at once: each is another
    let picks = tokio::join!(
        ada.post("~/next-hook", json!({})),
        ada.post("~/next-hook", json!({})),
        ada.post("~/next-hook", json!({}))
    );
    let picks = [picks.0.expect(200), picks.1.expect(200), picks.2.expect(200)];
    let ids: HashSet<String> = picks.iter().map(Answer::id).collect();
    assert!(ids.len() == 3 && !ids.contains(&winter), "{ids:?}");
    let mut places: Vec<i64> =
        picks.iter().map(|pick| pick.body["sequence_in_month"].as_i64().unwrap()).collect();
    places.sort_unstable();
    assert_eq!(places, [1, 2, 3]);
    assert_eq!(ada.post("~/next-hook", json!({})).await.expect(409).body["code"], "no_hook_left");
    // one for a season is given when it is asked for
    assert_eq!(ada.post("~/next-hook", json!({ "season": "winter" })).await.expect(200).id(), winter);
    assert_eq!(ada.get("~/hooks?free=true").await.expect(200).body["items"], json!([]));
    // it is December in Tokyo before it is in UTC
    app.clock.advance(chrono::TimeDelta::hours(14 * 24 + 5));
    app.sign_in_again(&mut ada, "Ada").await;
    ada.post("~/next-hook", json!({})).await.expect(409);
    app.clock.advance(chrono::TimeDelta::hours(2));
    let next = ada.post("~/next-hook", json!({ "kind": "question" })).await.expect(200).body;
    assert_eq!(
        (&next["month_number"], &next["sequence_in_month"], &next["usage_count"]),
        (&json!(12), &json!(1), &json!(2))
    );
}

#[tokio::test]
async fn hooks_are_listed_by_page_and_filter() {
    let app = TestApp::new().await;
    let ada = app.sign_up("Ada").await;
    for n in 0..5 {
        hook(&ada, json!({ "text": format!("Line {n}"), "category": if n < 2 { "Money" } else { "Wood" } }))
            .await;
    }
    let made =
        hook(&ada, json!({ "text": "Why?", "kind": "question", "model": "gpt", "prompt": "hooks/1" })).await;
    let page = ada.get("~/hooks?limit=4").await.expect(200).body;
    let rest =
        ada.get(&format!("~/hooks?limit=4&cursor={}", page["next_cursor"].as_str().unwrap())).await.body;
    assert_eq!((page["items"].as_array().unwrap().len(), rest["items"].as_array().unwrap().len()), (4, 2));
    for (filter, count) in [
        ("category=money", 2),
        ("kind=question", 1),
        ("generated=true", 1),
        ("generated=false", 5),
        ("season=summer", 0),
        ("urgency=low", 6),
    ] {
        let found = ada.get(&format!("~/hooks?{filter}")).await.expect(200).body;
        assert_eq!(found["items"].as_array().unwrap().len(), count, "{filter}");
    }
    assert_eq!(ada.post("~/hooks", json!({ "text": "WHY?" })).await.expect(409).fault(), ("text", "taken"));
    for (bad, path) in [
        (json!({ "text": "" }), "text"),
        (json!({ "text": "x".repeat(501) }), "text"),
        (json!({ "text": "x", "performance_score": 101 }), "performance_score"),
    ] {
        assert_eq!(ada.post("~/hooks", bad).await.expect(422).fault().0, path);
    }
    let unknown = ada.post("~/hooks", json!({ "text": "x", "kind": "shouting" })).await;
    assert!(unknown.status == 422 || unknown.status == 400, "{}", unknown.body);
    let path = format!("~/hooks/{made}");
    ada.delete(&path).await.expect(204);
    ada.patch(&path, 1, json!({})).await.expect(404);
    assert_eq!(ada.get("~/hooks?deleted=true").await.body["items"][0]["text"], "Why?");
    ada.post(&format!("{path}/restore"), json!({})).await.expect(200);
    ada.post(&format!("{path}/restore"), json!({})).await.expect(404);
}

#[tokio::test]
async fn an_offer_is_read_from_its_description_and_keeps_what_a_person_wrote() {
    let app = TestApp::new().await;
    let ada = app.sign_up("Ada").await;
    let new = json!({
        "name": "The letter", "price": { "amount_minor": 4900, "currency": "EUR", "unit": "per year" },
        "description": "A letter about work at a human pace. It is made for people who run a workshop. You get one idea \
                        every Friday, so you can try it on Monday. The year includes twelve printed cards.",
        "benefits": ["It is quiet"],
        "promotions": [{ "text": "Two for one", "from": "2026-12-01", "until": "2026-12-24" }],
    });
    let made = ada.post("~/offers", new).await.expect(201);
    let offer = &made.body;
    assert_eq!(offer["price"], json!({ "amount_minor": 4900, "currency": "eur", "unit": "per year" }));
    assert_eq!(offer["benefits"][0], json!({ "text": "It is quiet", "evidence": null }));
    assert_eq!(offer["benefits"][1]["evidence"]["cue"], "so you");
    assert_eq!(offer["features"][0]["text"], "The year includes twelve printed cards.");
    assert_eq!(offer["target_audience"]["evidence"]["cue"], "for people who");
    assert!(offer["analysed_at"].is_string());

    let path = format!("~/offers/{}", made.id());
    let change = json!({ "description": "This is a box of cards that we print in the winter. It contains forty cards of thick \
                        paper. We send it by post when the letter of the year is done.", "price": null });
    let changed = ada.patch(&path, 1, change).await.expect(200).body;
    assert_eq!(changed["features"], offer["features"]);
    assert_eq!(changed["price"], Value::Null);
    let tag = [("if-match", "\"2\"")];
    let again = ada.send(http::Method::POST, &format!("{path}/analyse"), &tag, None).await.expect(200).body;
    assert_eq!(again["features"][0]["text"], "It contains forty cards of thick paper.");
    assert_eq!(again["benefits"], json!([{ "text": "It is quiet", "evidence": null }]));
    assert_eq!(again["target_audience"], Value::Null);
    ada.send(http::Method::POST, &format!("{path}/analyse"), &tag, None).await.expect(412);

    for (bad, at, code) in [
        (
            json!({ "name": "x", "price": { "amount_minor": -1, "currency": "eur" } }),
            "price/amount_minor",
            "out_of_range",
        ),
        (
            json!({ "name": "x", "price": { "amount_minor": 1, "currency": "euro" } }),
            "price/currency",
            "unknown_currency",
        ),
        (json!({ "name": "x", "url": "javascript:alert(1)" }), "url", "invalid_url"),
        (json!({ "name": "x", "description": "y".repeat(20_001) }), "description", "too_long"),
        (
            json!({ "name": "x", "promotions": [{ "text": "p", "from": "2026-02-01", "until": "2026-01-01" }] }),
            "promotions/0/until",
            "out_of_range",
        ),
    ] {
        assert_eq!(ada.post("~/offers", bad).await.expect(422).fault(), (at, code));
    }
    let silent = ada.post("~/offers", json!({ "name": "Silent" })).await.expect(201);
    let tag = [("if-match", "\"1\"")];
    let path = format!("~/offers/{}/analyse", silent.id());
    assert_eq!(
        ada.send(http::Method::POST, &path, &tag, None).await.expect(422).fault(),
        ("description", "too_short")
    );
}

#[tokio::test]
async fn knowledge_is_found_and_ends_on_its_day() {
    let app = TestApp::new().await;
    let ada = app.sign_up("Ada").await;
    let new = json!({
        "content": "Oak moves by 8 % across the grain.", "kind": "statistic", "source": "Wood Handbook",
        "url": "https://example.org/oak", "valid_until": "2026-11-16",
    });
    let made = ada.post("~/knowledge", new).await.expect(201);
    ada.post("~/knowledge", json!({ "content": "We began in 1998." })).await.expect(201);
    let count = |query: &'static str| {
        let ada = ada.clone();
        async move {
            let found = ada.get(&format!("~/knowledge?{query}")).await.expect(200).body;
            found["items"].as_array().unwrap().len()
        }
    };
    assert_eq!(count("").await, 2);
    assert_eq!(count("q=hand").await, 1);
    assert_eq!(count("q=oak%20gra").await, 1);
    assert_eq!(count("q=%27%26%7C").await, 0);
    assert_eq!(count("kind=statistic").await, 1);
    assert_eq!(count("valid=true").await, 2);
    app.clock.advance(chrono::TimeDelta::hours(15));
    assert_eq!(count("valid=true").await, 1);
    let path = format!("~/knowledge/{}", made.id());
    let changed = ada.patch(&path, 1, json!({ "valid_until": null })).await.expect(200).body;
    assert_eq!((&changed["valid_until"], &changed["version"]), (&Value::Null, &json!(2)));
    ada.patch(&path, 1, json!({})).await.expect(412);
    assert_eq!(ada.post("~/knowledge", json!({})).await.expect(422).fault(), ("content", "blank"));
    ada.delete(&path).await.expect(204);
    assert_eq!(count("").await, 1);
}
