//! What sources said, once each: kept, found by words, and chosen by smart feeds.

use std::collections::HashMap;

use serde_json::{Value, json};

use crate::sources::{PRICES, RSS, Server, add, app, blog, events, id, item, rss, source, titles};

#[tokio::test]
async fn items_are_kept_once_whatever_their_ids_and_dates_say() {
    let app = app().await;
    let ada = app.sign_up("Ada").await;
    let server = Server::default();
    let same = "<guid isPermaLink=\"false\">1</guid>";
    server.put("/ids", RSS, &format!(
        "<rss><channel><title>Ids</title><item>{same}<title>The first of them</title></item><item>{same}<title>The second of them</title></item></channel></rss>"
    ));
    server.put(
        "/lies",
        RSS,
        &rss(
            "Lies",
            &[
                item(
                    "From the future of furniture",
                    "https://lies.example/1",
                    "Fri, 01 Jan 2038 00:00:00 GMT",
                    "x",
                ),
                item("From before all feeds", "https://lies.example/2", "Thu, 01 Jan 1970 00:00:00 GMT", "x"),
            ],
        ),
    );
    server.put("/a", RSS, &blog());
    // the same address, and the same words under another address
    server.put(
        "/b",
        RSS,
        &rss(
            "Copies",
            &[
                item(
                    "Honest prices for small workshops",
                    "http://www.blog.example/prices/?fbclid=3",
                    "Sun, 15 Nov 2026 10:00:00 GMT",
                    PRICES,
                ),
                item(
                    "Honest Prices, for Small Workshops",
                    "https://copies.example/9",
                    "Sun, 15 Nov 2026 11:00:00 GMT",
                    &format!("{PRICES} First published elsewhere."),
                ),
            ],
        ),
    );
    let url = server.start().await;
    let mut made = HashMap::new();
    for path in ["/ids", "/lies", "/a", "/b"] {
        made.insert(path, id(&add(&ada, "feed", &url, Some(&format!("{url}{path}"))).await));
        app.drain().await;
    }
    assert_eq!(source(&ada, &made["/ids"]).await["items"], 2);
    let lies = ada.get(&format!("~/items?source={}", made["/lies"])).await.expect(200).body;
    for lie in lies["items"].as_array().unwrap() {
        assert_eq!((&lie["published_at"], &lie["seen_at"]), (&Value::Null, &json!("2026-11-16T09:00:00Z")));
    }
    assert_eq!(source(&ada, &made["/b"]).await["items"], 2);
    let all = ada.get("~/items?since=2026-11-15T00:00:00Z&language=en").await.expect(200).body;
    let prices: Vec<&Value> = all["items"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|item| item["title"].as_str().unwrap().to_lowercase().contains("prices"))
        .collect();
    assert_eq!(prices.len(), 1, "{all}");
    assert_eq!(prices[0]["also"], 2);
    let whole = ada.get(&format!("~/items/{}", id(prices[0]))).await.expect(200).body;
    let also: Vec<_> = whole["also"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (one["source"]["name"].as_str().unwrap(), one["url"].as_str().unwrap()))
        .collect();
    assert_eq!(also, [("Copies", "https://blog.example/prices"), ("Copies", "https://copies.example/9")]);
    // what others said too stays when its first source goes
    ada.delete(&format!("~/sources/{}", made["/a"])).await.expect(204);
    let left = ada.get("~/items?q=honest+prices").await.expect(200).body;
    // the two that are left say nearly the same: one stands for both
    assert_eq!(left["items"].as_array().unwrap().len(), 1);
    assert_eq!(
        (&left["items"][0]["source"]["name"], &left["items"][0]["also"]),
        (&json!("Copies"), &json!(1))
    );
    app.done().await;
}

#[tokio::test]
async fn items_are_found_by_words_stems_and_slips() {
    let app = app().await;
    let ada = app.sign_up("Ada").await;
    let server = Server::default();
    server.put("/feed", RSS, &blog());
    server.put("/de", RSS, &rss("Werkstatt", &[item(
        "Ehrliche Preise", "https://de.example/1", "Sat, 14 Nov 2026 09:00:00 GMT",
        "Viele Werkstätten verlangen zu wenig für ihre Stunden, und am Ende des Monats bleibt ihnen davon nichts übrig.",
    )]));
    let url = server.start().await;
    for path in ["/feed", "/de"] {
        add(&ada, "feed", &url, Some(&format!("{url}{path}"))).await;
    }
    app.drain().await;
    let found = |q: &'static str| {
        let ada = ada.clone();
        async move { ada.get(&format!("~/items?q={q}")).await.expect(200).body }
    };
    assert_eq!(titles(&found("workshops+cost").await), ["Honest prices for small workshops"]);
    assert_eq!(titles(&found("windows").await), ["Light in the workshop"]);
    // another form of the word, in two languages
    assert_eq!(titles(&found("costing").await), ["Honest prices for small workshops"]);
    assert_eq!(titles(&found("Werkstatt").await), ["Ehrliche Preise"]);
    assert_eq!(titles(&found("Stunde").await), ["Ehrliche Preise"]);
    // a slip of the finger, which is said
    let slipped = found("honst+prises").await;
    assert_eq!(titles(&slipped)[0], "Honest prices for small workshops");
    assert_eq!(slipped["items"][0]["matched"], "nearly");
    // a short word is no slip of a longer one
    for none in ["shop", "ight", "sha"] {
        assert_eq!(titles(&found(none).await), Vec::<&str>::new(), "{none}");
    }
    let ranked = found("workshop").await;
    assert_eq!(ranked["items"].as_array().unwrap().len(), 2);
    assert!(ranked["items"][0]["rank"].as_f64() >= ranked["items"][1]["rank"].as_f64());
    assert_eq!(titles(&found("workshop+-windows").await), ["Honest prices for small workshops"]);
    assert_eq!(titles(&found("%27%22%29+%26+%21").await), Vec::<&str>::new());
    assert_eq!(titles(&ada.get("~/items?language=de").await.expect(200).body), ["Ehrliche Preise"]);
    let page = ada.get("~/items?limit=2").await.expect(200).body;
    let next = ada
        .get(&format!("~/items?limit=2&cursor={}", page["next_cursor"].as_str().unwrap()))
        .await
        .expect(200)
        .body;
    assert_eq!(titles(&next), ["Light in the workshop"]);
    app.done().await;
}

#[tokio::test]
async fn a_smart_feed_brings_what_fits_and_says_why() {
    let app = app().await;
    let ada = app.sign_up("Ada").await;
    let server = Server::default();
    server.put("/feed", RSS, &blog());
    let url = server.start().await;
    let made = add(&ada, "feed", &url, Some(&format!("{url}/feed"))).await;
    app.drain().await;
    let topics = json!([{ "topic": "Honest prices", "description": "How workshops find out what an hour costs them" }]);
    let feed =
        ada.post("~/smart-feeds", json!({ "name": "Prices", "topics": topics })).await.expect(201).body;
    assert_eq!(feed["keywords"][0], "honest prices");
    let path = format!("~/smart-feeds/{}", id(&feed));
    let items = ada.get(&format!("{path}/items")).await.expect(200).body;
    let best = &items["items"][0];
    assert_eq!(best["item"]["title"], "Honest prices for small workshops");
    assert_eq!(best["why"]["relevance"], 1.0);
    assert_eq!(best["why"]["authority"], 0.5);
    // a day old
    let freshness = best["why"]["freshness"].as_f64().unwrap();
    assert!((freshness - 0.707).abs() < 0.001, "{freshness}");
    assert!(best["why"]["words"].as_array().unwrap().contains(&json!("prices")));
    let score = best["score"].as_f64().unwrap();
    assert!(score > 0.8 && score <= 1.0);
    // who is worth more says more
    ada.patch(&format!("~/sources/{}", id(&made)), 1, json!({ "priority": 10 })).await.expect(200);
    let again = ada.get(&format!("{path}/items")).await.expect(200).body;
    assert!(again["items"][0]["score"].as_f64().unwrap() > score);
    let changed = ada.patch(&path, 1, json!({ "topics": [{ "topic": "Bicycles" }] })).await.expect(200).body;
    assert_eq!((&changed["name"], &changed["keywords"]), (&json!("Prices"), &json!(["bicycles"])));
    assert_eq!(ada.get(&format!("{path}/items")).await.expect(200).body["items"], json!([]));
    ada.patch(&path, 1, json!({ "name": "Late" })).await.expect(412);
    for (body, at) in [
        (json!({ "name": "", "topics": topics }), ("name", "blank")),
        (json!({ "name": "X", "topics": [] }), ("topics", "too_few")),
        (json!({ "name": "X", "topics": [{ "topic": " " }] }), ("topics/0/topic", "blank")),
    ] {
        assert_eq!(ada.post("~/smart-feeds", body).await.expect(422).fault(), at);
    }
    assert_eq!(ada.get("~/smart-feeds").await.expect(200).body["items"].as_array().unwrap().len(), 1);
    ada.delete(&path).await.expect(204);
    ada.get(&path).await.expect(404);
    for kind in ["smart_feed.created", "smart_feed.updated", "smart_feed.deleted"] {
        assert_eq!(events(&app, kind).await, 1);
    }
    app.drain().await;
    app.done().await;
}

#[tokio::test]
async fn words_of_texts_without_spaces_are_found_together() {
    let app = app().await;
    let ada = app.sign_up("Ada").await;
    let server = Server::default();
    let one = |title: &str, n: usize, text: &str| {
        item(title, &format!("https://asia.example/{n}"), "Sun, 15 Nov 2026 09:00:00 GMT", text)
    };
    server.put(
        "/feed",
        RSS,
        &rss(
            "Asia",
            &[
                one("人工智能改变了写作的方式", 1, "许多作者已经每天使用它。"),
                one("工人的智慧：人们能做什么", 2, "一篇关于手工业的文章。"),
                one("東京の木工教室が人気を集めている", 3, "週末のワークショップはすぐに満席になります。"),
                one("木の家具と工具の手入れ", 4, "道具を長く使うために。"),
                one("High prices, honest work", 5, "Honest work has high prices."),
                one("Honest prices for small workshops", 6, "What an hour costs."),
            ],
        ),
    );
    let url = server.start().await;
    add(&ada, "feed", &url, Some(&format!("{url}/feed"))).await;
    app.drain().await;
    let found = async |q: &str| {
        let q: String = url::form_urlencoded::byte_serialize(q.as_bytes()).collect();
        let answer = ada.get(&format!("~/items?q={q}")).await.expect(200).body;
        let mut found: Vec<String> = titles(&answer).into_iter().map(str::to_owned).collect();
        found.sort_unstable();
        found
    };
    let (ai, hands) = ("人工智能改变了写作的方式", "工人的智慧：人们能做什么");
    let (wood, care) = ("東京の木工教室が人気を集めている", "木の家具と工具の手入れ");
    for (q, titles) in [
        ("\"人工智能\"", vec![ai]),
        ("“写作”", vec![ai]),
        ("\"木工\"", vec![wood]),
        ("「木工教室」", vec![wood]),
        ("\"ワークショップ\"", vec![wood]),
        ("\"手工业\"", vec![hands]),
        ("\"写作 人工\"", vec![]),
        // each of them is in one title or the other, and they stand together in none
        ("\"木具\"", vec![]),
        ("木工", vec![wood]),
        ("\"木工\" or \"工具\"", vec![wood, care]),
        ("木 -\"木工\"", vec![care]),
        ("\"honest prices\"", vec!["Honest prices for small workshops"]),
        ("\"high prices\"", vec!["High prices, honest work"]),
        ("honest prices", vec!["High prices, honest work", "Honest prices for small workshops"]),
    ] {
        let mut titles = titles;
        titles.sort_unstable();
        assert_eq!(found(q).await, titles, "{q}");
    }
    app.done().await;
}

#[tokio::test]
async fn words_that_most_items_have_bring_nothing_into_a_smart_feed() {
    let app = app().await;
    let ada = app.sign_up("Ada").await;
    let server = Server::default();
    let entry = |n: usize, title: &str| {
        item(title, &format!("https://desk.example/{n}"), "Sun, 15 Nov 2026 09:00:00 GMT", "")
    };
    let mut entries: Vec<String> =
        (0..60).map(|n| entry(n, &format!("Charge number {n} of the day{n}th court"))).collect();
    entries.push(entry(60, "A free evening at the fair"));
    entries.push(entry(61, "My workshop opens"));
    server.put("/feed", RSS, &rss("Court", &entries));
    server.put("/blog", RSS, &blog());
    let url = server.start().await;
    for path in ["/feed", "/blog"] {
        add(&ada, "feed", &format!("{url}{path}"), Some(&format!("{url}{path}"))).await;
    }
    app.drain().await;
    let topics = json!([{ "topic": "Honest prices", "description": "Free charges of a workshop." }]);
    let feed =
        ada.post("~/smart-feeds", json!({ "name": "Prices", "topics": topics })).await.expect(201).body;
    let keywords = feed["keywords"].as_array().unwrap();
    assert!(!keywords.contains(&json!("free")), "{feed}");
    assert!(keywords.contains(&json!("charges")) && keywords.contains(&json!("workshop")), "{feed}");
    let items = ada.get(&format!("~/smart-feeds/{}/items", id(&feed))).await.expect(200).body;
    let found: Vec<&str> =
        items["items"].as_array().unwrap().iter().map(|one| one["item"]["title"].as_str().unwrap()).collect();
    assert_eq!(found[0], "Honest prices for small workshops");
    assert!(found.contains(&"My workshop opens"), "{found:?}");
    assert!(!found.iter().any(|title| title.starts_with("Charge") || title.contains("fair")), "{found:?}");
    // what is looked for in it is looked for in nothing else
    for (q, wanted) in [("workshop", 3), ("north", 1), ("opens", 1), ("evening", 0)] {
        let items = ada.get(&format!("~/smart-feeds/{}/items?q={q}", id(&feed))).await.expect(200).body;
        let items = items["items"].as_array().unwrap();
        assert_eq!(items.len(), wanted, "{q}: {items:?}");
        assert!(items.iter().all(|one| one["item"]["rank"].is_number() && one["item"]["matched"] == "words"));
    }
    let long = format!("~/smart-feeds/{}/items?q={}", id(&feed), "x".repeat(201));
    assert_eq!(ada.get(&long).await.expect(422).fault(), ("q", "too_long"));
    app.drain().await;
    app.done().await;
}

#[tokio::test]
async fn code_in_an_item_keeps_its_lines() {
    let app = app().await;
    let ada = app.sign_up("Ada").await;
    let server = Server::default();
    let html = "<![CDATA[<p>How it\nis done:</p><pre><code>if ready {\n    saw();\n}</code></pre><p>One<br>two</p>]]>";
    let one = item("A loop", "https://code.example/1", "Sun, 15 Nov 2026 09:00:00 GMT", html);
    server.put("/feed", RSS, &rss("Code", &[one]));
    let url = server.start().await;
    add(&ada, "feed", &url, Some(&format!("{url}/feed"))).await;
    app.drain().await;
    let listed = ada.get("~/items").await.expect(200).body["items"][0].clone();
    let whole = ada.get(&format!("~/items/{}", id(&listed))).await.expect(200).body;
    assert_eq!(whole["text"], "How it is done:\n\nif ready {\n    saw();\n}\n\nOne\n\ntwo");
    assert_eq!(whole["summary"], "How it is done: if ready { saw(); } One two");
    app.done().await;
}
