//! What rises: found in real feeds from a real server by the real jobs, kept, told, drafted from, and judged in the end.

use bellwether::{config::Config, wiring::App};
use bellwether_jobs::{Job as _, Options, testing};
use bellwether_kernel::Rng;
use bellwether_trends::{
    sources::Feed,
    trends::{Detect, Sweep},
};
use chrono::{DateTime, Duration, Utc};
use serde_json::{Value, json};

use crate::{
    app::{Client, TestApp},
    channels,
    sources::{RSS, Server, add, app, events, id, item, look, rss},
};

const FEEDS: usize = 6;

const RECALL: [&str; 12] = [
    "Acme recalls the X200 battery",
    "X200 batteries: what the recall by Acme means for drivers",
    "Fire risk prompts Acme to recall batteries of the X200",
    "Is your X200 part of the battery recall?",
    "Acme shares fall after X200 recall",
    "Battery recall: Acme replaces X200 packs for free",
    "How Acme missed the faulty batteries in its X200",
    "Regulator had warned Acme of X200 battery fires",
    "Recalling the X200 costs Acme millions",
    "Drivers wait for replacement batteries in Acme's recall",
    "X200 owners sue Acme over the recalled battery",
    "Acme battery supplier denies fault in X200 recall",
];

/// What each of them says.
const TEXTS: [&str; 12] = [
    "Forty thousand cars are called back to the dealers. In three of them the pack had caught fire while charging.",
    "Owners get a new pack for free within six weeks. Until then they should charge to eighty percent only.",
    "An agency had found water behind the seal in spring. Firemen let a burning car burn out, since water does not help.",
    "A number behind the front glass tells it. Cars built between March and June of last year are affected.",
    "Investors sold on Monday morning. Analysts reckon with two hundred million for parts and towing.",
    "Mechanics need four hours for an exchange. The old cells go back to the plant, where they are tested one by one.",
    "A former engineer says that the seal was changed to save nine cents. The company calls that a simplification.",
    "Letters of the agency from February name the very plant. Nobody answered them until the first fire.",
    "Towing alone costs more than the cells, says a dealer from Hanover. Who pays the loan cars is not clear.",
    "Some wait since August. Dealers hand out bicycles and vouchers for the tram.",
    "A court in Leipzig hears the first of ninety owners in January. They ask for the price of the car, not of the pack.",
    "The supplier shows photographs of dry cells. It blames the mounting, which was done elsewhere.",
];

type Time = DateTime<Utc>;

/// What a feed has: title, when, and text.
type Entries = Vec<(String, Time, String)>;

struct Press {
    server: Server,
    url: String,
    feeds: Vec<Entries>,
}

impl Press {
    /// Six feeds with a month of everyday talk.
    async fn start(now: Time) -> Self {
        const WORDS: [&str; 48] = [
            "oak",
            "lamp",
            "drawer",
            "varnish",
            "apprentice",
            "window",
            "invoice",
            "harvest",
            "bicycle",
            "river",
            "garden",
            "kettle",
            "museum",
            "violin",
            "bakery",
            "timber",
            "market",
            "bridge",
            "candle",
            "letter",
            "school",
            "winter",
            "orchard",
            "station",
            "teacher",
            "cellar",
            "summer",
            "blanket",
            "copper",
            "sailor",
            "pencil",
            "village",
            "mirror",
            "button",
            "ladder",
            "pepper",
            "tunnel",
            "basket",
            "marble",
            "saddle",
            "feather",
            "hammer",
            "pillow",
            "rocket",
            "spider",
            "ticket",
            "walnut",
            "zipper",
        ];
        let mut state = 42_u64;
        let mut next = |below: usize| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) as usize % below
        };
        let mut feeds = vec![Entries::new(); FEEDS];
        for hour in (7..720).step_by(3) {
            let mut title = String::new();
            for _ in 0..4 {
                title.push_str(WORDS[next(48)]);
                title.push(' ');
            }
            let at = now - Duration::hours(hour) - Duration::minutes(next(60) as i64);
            feeds[next(FEEDS)].push((format!("{title}{hour}"), at, String::new()));
        }
        let server = Server::default();
        let url = server.start().await;
        let mut press = Self { server, url, feeds };
        press.print();
        press
    }

    /// Has the items of a burst said, one by each feed in turn.
    fn burst(&mut self, titles: &[&str], from: Time, minutes: i64) {
        for (number, title) in titles.iter().enumerate() {
            let at = from + Duration::minutes(minutes * number as i64);
            let text = RECALL.iter().position(|other| other == title).map_or("", |at| TEXTS[at]);
            self.feeds[number % FEEDS].push(((*title).to_owned(), at, text.to_owned()));
        }
        self.print();
    }

    /// Two speak of it, then everybody: eight within five hours.
    fn rise(&mut self, from: Time) {
        self.burst(&RECALL[..2], from, 90);
        self.burst(&RECALL[2..8], from + Duration::hours(3), 25);
    }

    fn print(&mut self) {
        for (number, entries) in self.feeds.iter_mut().enumerate() {
            entries.sort_by_key(|(_, at, _)| std::cmp::Reverse(*at));
            let items: Vec<String> = entries
                .iter()
                .map(|(title, at, text)| {
                    let link = format!(
                        "https://paper{number}.example/{}",
                        title.replace([' ', '?', ':', '\''], "-")
                    );
                    item(title, &link, &at.to_rfc2822(), text)
                })
                .collect();
            let text = rss(&format!("Paper {number}"), &items)
                .replace("<link>https://blog.example/</link>", "<language>en</language>");
            self.server.put(&format!("/feed{number}"), RSS, &text);
        }
    }

    async fn listen(&self, app: &TestApp, client: &Client) {
        for number in 0..FEEDS {
            let address = format!("{}/feed{number}", self.url);
            add(client, "feed", &address, Some(&address)).await;
        }
        let report = app.drain().await;
        assert!(report.done.contains(&Detect::NAME), "{report:?}");
        assert!(report.failed.is_empty() && report.again.is_empty(), "{report:?}");
    }
}

fn now(app: &TestApp) -> Time {
    app.clock.now()
}

async fn trends(client: &Client, query: &str) -> Vec<Value> {
    let answer = client.get(&format!("~/trends{query}")).await.expect(200).body;
    answer["items"].as_array().unwrap().clone()
}

async fn detail(client: &Client, id: &str) -> Value {
    client.get(&format!("~/trends/{id}")).await.expect(200).body
}

/// The look of every quarter of an hour.
async fn sweep(app: &TestApp) {
    let mut tx = app.store().service("a test").await.unwrap();
    bellwether_jobs::enqueue(&mut tx, &Sweep {}, Options::default()).await.unwrap();
    tx.commit().await.unwrap();
    let report = app.drain().await;
    assert!(report.done.contains(&Sweep::NAME), "{report:?}");
    assert!(report.failed.is_empty() && report.again.is_empty(), "{report:?}");
}

/// A brand that cares about batteries and about something else.
async fn brand(client: &Client) {
    let pillars = [
        json!({ "name": "Bread and ovens", "subtopics": ["Sourdough"] }),
        json!({ "name": "Safe batteries", "subtopics": ["Battery recalls", "Charging at home"] }),
    ];
    for pillar in pillars {
        client.post("~/pillars", pillar).await.expect(201);
    }
    let audience =
        json!({ "name": "Drivers of electric cars", "pain_points": ["Waiting for a replacement"] });
    client.post("~/audiences", audience).await.expect(201);
}

fn float(value: &Value) -> f64 {
    value.as_f64().unwrap_or_else(|| panic!("no number: {value}"))
}

#[tokio::test]
async fn what_rises_is_found_told_and_judged_in_the_end() {
    let app = app().await;
    let ada = app.sign_up("Ada").await;
    brand(&ada).await;
    let mut press = Press::start(now(&app)).await;
    press.listen(&app, &ada).await;
    assert_eq!(trends(&ada, "").await, Vec::<Value>::new());

    // an ordinary day, then everybody speaks of the same
    let begun = now(&app) + Duration::minutes(30);
    app.clock.advance(Duration::hours(6));
    press.rise(begun);
    look(&app).await;
    let found = trends(&ada, "").await;
    assert_eq!(found.len(), 1, "{found:?}");
    let trend = &found[0];
    let trend_id = id(trend);
    assert!(
        trend["name"].as_str().unwrap().contains("X200") || trend["name"].as_str().unwrap().contains("ecall"),
        "{trend}"
    );
    // written as its titles write the words, with a capital in front
    let name = trend["name"].as_str().unwrap();
    assert!(
        name.starts_with(char::is_uppercase) && !name.contains("acme") && !name.contains("x200"),
        "{name}"
    );
    assert_eq!((&trend["state"], &trend["language"]), (&json!("active"), &json!("en")));
    assert!(trend["item_count"].as_i64().unwrap() >= 7 && trend["source_count"] == 6, "{trend}");
    assert!(float(&trend["confidence"]) > 0.5 && float(&trend["relevance"]) > 0.5, "{trend}");
    assert_eq!(trend["pillar"], "Safe batteries");
    assert!(trend["summary"].as_str().unwrap().contains("from 6 sources"), "{trend}");

    // it explains itself
    let whole = detail(&ada, &trend_id).await;
    assert!(float(&whole["why"]["seen"]) > 3.0 * float(&whole["why"]["usual"]), "{}", whole["why"]);
    assert!(whole["why"]["sentences"].as_array().unwrap().len() >= 2);
    assert_eq!(whole["why_you"]["pillars"][0]["name"], "Safe batteries");
    assert!(
        whole["why_you"]["sentences"][0].as_str().unwrap().contains("your pillar “Safe batteries”"),
        "{}",
        whole["why_you"]
    );
    assert!(!whole["ends"]["sentences"].as_array().unwrap().is_empty());
    let angles = whole["angles"].as_array().unwrap();
    let formats: Vec<&str> = angles.iter().map(|angle| angle["format"].as_str().unwrap()).collect();
    assert_eq!(formats, ["thread", "post", "carousel"]);
    let evidence = whole["evidence"].as_array().unwrap();
    assert_eq!(evidence.len(), trend["item_count"].as_i64().unwrap() as usize);
    for angle in angles {
        for named in angle["evidence"].as_array().unwrap() {
            let item = evidence.iter().find(|item| item["item_id"] == *named).unwrap();
            let text = angle["angle"].as_str().unwrap();
            assert!(
                text.contains(item["title"].as_str().unwrap())
                    && text.contains(item["source"]["name"].as_str().unwrap())
            );
        }
    }
    assert!(angles[1]["title"].as_str().unwrap().contains("Drivers of electric cars"));
    let listed = ada.get(&format!("~/trends/{trend_id}/evidence?limit=3")).await.expect(200).body;
    assert_eq!(listed["items"].as_array().unwrap().len(), 3);
    let cursor = listed["next_cursor"].as_str().unwrap();
    let rest =
        ada.get(&format!("~/trends/{trend_id}/evidence?limit=100&cursor={cursor}")).await.expect(200).body;
    assert_eq!(rest["items"].as_array().unwrap().len() + 3, evidence.len());
    let predicted = whole["predicted"].clone();
    assert_eq!(predicted["made_at"], "2026-11-16T15:00:00Z");
    assert_eq!((events(&app, "trend.found").await, events(&app, "trend.rising").await), (1, 1), "{trend}");
    assert!(!whole["alerted_at"].is_null());

    // somebody gives it a name; more comes: it is the same one, and told once
    let path = format!("~/trends/{trend_id}");
    let named =
        ada.patch(&path, 1, json!({ "name": "The X200 affair", "category": "Cars" })).await.expect(200).body;
    assert_eq!((&named["version"], &named["category"]), (&json!(2), &json!("cars")));
    ada.patch(&path, 1, json!({ "name": "Too late" })).await.expect(412);
    app.clock.advance(Duration::hours(6));
    press.burst(&RECALL[8..], now(&app) - Duration::hours(3), 30);
    look(&app).await;
    let grown = trends(&ada, "").await;
    assert_eq!(grown.len(), 1);
    assert_eq!(
        (&grown[0]["id"], &grown[0]["name"], &grown[0]["category"]),
        (&json!(trend_id), &json!("The X200 affair"), &json!("cars"))
    );
    assert!(grown[0]["item_count"].as_i64() > trend["item_count"].as_i64());
    assert_eq!(detail(&ada, &trend_id).await["predicted"], predicted);
    assert_eq!((events(&app, "trend.found").await, events(&app, "trend.rising").await), (1, 1));

    // nothing new: it loses pace, and is over after some days
    app.clock.advance(Duration::hours(20));
    sweep(&app).await;
    let slower = trends(&ada, "").await;
    assert_eq!(slower[0]["state"], "declining", "{slower:?}");
    // nobody expects more of it: what it was at its best, and what came
    assert_eq!(slower[0]["peak"]["high"], slower[0]["peak"]["low"], "{slower:?}");
    assert!(slower[0]["peak"]["likely"].as_str() < Some(&now(&app).to_rfc3339()), "{slower:?}");
    assert_eq!(slower[0]["size"]["high"], slower[0]["item_count"], "{slower:?}");
    assert!(float(&slower[0]["rank"]) < float(&grown[0]["rank"]));
    assert_eq!(events(&app, "trend.declining").await, 1);
    assert_eq!(ada.get("~/trends/accuracy").await.expect(200).body["trends"], 0);
    app.clock.advance(Duration::days(5));
    sweep(&app).await;
    assert_eq!(trends(&ada, "").await, Vec::<Value>::new());
    let over = trends(&ada, "?state=expired&sort=newest").await;
    assert_eq!((over.len(), &over[0]["id"], &over[0]["rank"]), (1, &json!(trend_id), &json!(0.0)));
    let ended = detail(&ada, &trend_id).await;
    assert_eq!(ended["predicted"], predicted);
    let evaluation = &ended["evaluation"];
    assert_eq!(evaluation["items"], ended["item_count"]);
    assert!(evaluation["peak_hit"].is_boolean() && float(&evaluation["size_ratio"]) > 0.0);
    let accuracy = ada.get("~/trends/accuracy").await.expect(200).body;
    let one = |hit: &Value| i64::from(hit.as_bool().unwrap());
    assert_eq!(
        (&accuracy["trends"], &accuracy["peaks"], &accuracy["sizes"], &accuracy["held"]),
        (
            &json!(1),
            &json!(one(&evaluation["peak_hit"])),
            &json!(one(&evaluation["size_hit"])),
            &json!(one(&evaluation["held"]))
        )
    );
    assert_eq!(events(&app, "trend.expired").await, 1);
    app.done().await;
}

#[tokio::test]
async fn a_second_run_and_another_process_find_the_same() {
    let app = app().await;
    let ada = app.sign_up("Ada").await;
    let mut press = Press::start(now(&app)).await;
    press.listen(&app, &ada).await;
    let begun = now(&app) + Duration::minutes(30);
    app.clock.advance(Duration::hours(6));
    press.rise(begun);
    look(&app).await;
    let before = trends(&ada, "").await;
    assert_eq!(before.len(), 1);
    // nothing to compare with is said, and is no reason against it
    assert_eq!(before[0]["relevance"], Value::Null);
    let told = events(&app, "trend.found").await;

    // an hour later, with nothing new, by a process that has just begun
    app.clock.advance(Duration::hours(1));
    let mut config = Config::default();
    config.secrets.keys = vec![bellwether_vault::Vault::new_key(&Rng::seeded(2))];
    let url = "http://bellwether.test".parse().unwrap();
    let other = App::new(app.store().clone(), app.clock.clone(), Rng::seeded(77), config, url).unwrap();
    let mut tx = app.store().service("a test").await.unwrap();
    bellwether_jobs::enqueue(&mut tx, &Sweep {}, Options::default()).await.unwrap();
    tx.commit().await.unwrap();
    let report = testing::drain(app.store(), &other.worker().build().unwrap()).await.unwrap();
    assert!(report.done.contains(&Detect::NAME), "{report:?}");
    let after = trends(&ada, "").await;
    assert_eq!(after.len(), 1);
    for same in
        ["id", "name", "item_count", "source_count", "onset_at", "found_at", "last_item_at", "confidence"]
    {
        assert_eq!(after[0][same], before[0][same], "{same}");
    }
    assert_eq!(events(&app, "trend.found").await, told);
    // the hour has not turned and nothing has come: nobody is asked again
    sweep(&app).await;
    assert_eq!(trends(&ada, "").await, after);
    app.done().await;
}

#[tokio::test]
async fn the_past_that_a_first_look_brings_is_no_news() {
    let app = app().await;
    let ada = app.sign_up("Ada").await;
    brand(&ada).await;
    let mut press = Press::start(now(&app)).await;
    // one that was over long ago, and one that goes on
    press.burst(
        &[
            "Comet Halvorsen nears the sun",
            "How to see the comet Halvorsen tonight",
            "Halvorsen's comet grows a second tail",
            "Astronomers puzzle over comet Halvorsen",
            "Comet Halvorsen: best hours for pictures",
            "The comet Halvorsen may break apart",
            "Why the comet is called Halvorsen",
            "Halvorsen comet seen from the air",
        ],
        now(&app) - Duration::days(15),
        50,
    );
    press.burst(&RECALL, now(&app) - Duration::hours(9), 40);
    press.listen(&app, &ada).await;
    let found = trends(&ada, "?state=active&state=declining&state=expired").await;
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(
        found[0]["keywords"].to_string().contains("X200")
            || found[0]["name"].as_str().unwrap().contains("X200"),
        "{found:?}"
    );
    // it was recognised when it rose, not now, and nobody is woken for it
    assert!(found[0]["found_at"].as_str().unwrap() < "2026-11-16T07:00", "{found:?}");
    assert_eq!(found[0]["alerted_at"], Value::Null);
    assert_eq!(events(&app, "trend.rising").await, 0);
    app.done().await;
}

#[tokio::test]
async fn drafts_are_written_from_what_the_sources_say_and_known_as_made_of_it() {
    let app = app().await;
    let ada = app.sign_up("Ada").await;
    brand(&ada).await;
    let mut press = Press::start(now(&app)).await;
    press.listen(&app, &ada).await;
    let begun = now(&app) + Duration::minutes(30);
    app.clock.advance(Duration::hours(6));
    press.rise(begun);
    look(&app).await;
    let trend = trends(&ada, "").await.remove(0);
    let path = format!("~/trends/{}/drafts", id(&trend));
    for (body, at) in [
        (json!({ "angle": "nonsense" }), ("angle", "unknown_angle")),
        (json!({ "networks": [] }), ("networks", "empty")),
        (json!({ "formats": [] }), ("formats", "empty")),
    ] {
        assert_eq!(ada.post(&path, body).await.expect(422).fault(), at);
    }
    let asked = ada.post(&path, json!({ "networks": ["x", "linkedin"] })).await.expect(202).body;
    assert_eq!(
        asked["targets"],
        json!(["x.thread", "x.post", "linkedin.long", "linkedin.short", "linkedin.carousel"])
    );
    app.drain().await;
    let written = ada.get(&format!("~/generations/{}", id(&asked))).await.expect(200).body;
    assert_eq!(written["status"], "completed", "{written}");
    // who says so stands in the drafts, and nothing that nobody says
    let text = ada.get(&format!("~/generations/{}/input", id(&asked))).await.expect(200).body;
    assert!(text["text"].as_str().unwrap().contains("\n\nSource: Paper 0 (https://paper0"), "{text}");
    let outputs = written["outputs"].as_array().unwrap();
    for output in outputs {
        let content = output["content"].to_string();
        let named = (0..6).any(|paper| content.contains(&format!("Paper {paper}: ")));
        assert!(named && !content.contains("reports"), "no source in {}: {content}", output["target"]);
        assert!(!content.contains("#Paper"), "{content}");
    }
    let whole = detail(&ada, &id(&trend)).await;
    assert_eq!((&whole["drafts"], whole["posts"].as_array().unwrap().len()), (&json!(5), 5));
    // which of them was made last is chance, and one sentence may have none of the trend's phrases
    let posts = whole["posts"].as_array().unwrap();
    let post = posts.iter().find(|post| post["content_type"] == "thread").unwrap();
    assert_eq!((&post["status"], float(&post["relevance"]) > 0.3), (&json!("pending"), true), "{post}");
    assert_eq!(events(&app, "trend.drafted").await, 1);
    let owner = &post["post_id"];
    let link = ada.get(&format!("~/posts/{}", owner.as_str().unwrap())).await.expect(200).body;
    assert!(link["source"]["url"].as_str().unwrap().starts_with("https://paper"), "{link}");
    // one angle is of one kind
    let angle =
        ada.post(&path, json!({ "angle": "explain", "networks": ["bluesky"] })).await.expect(202).body;
    assert_eq!(angle["targets"], json!(["bluesky.thread"]));
    app.drain().await;
    // the same again is answered from before
    let again = ada.post(&path, json!({ "networks": ["x", "linkedin"] })).await.expect(200).body;
    assert_eq!((&again["cached"], &again["id"]), (&json!(true), &asked["id"]));
    assert_eq!(detail(&ada, &id(&trend)).await["drafts"], 6);
    // a deleted post is shown no more
    ada.delete(&format!("~/posts/{}", owner.as_str().unwrap())).await.expect(204);
    assert_eq!(detail(&ada, &id(&trend)).await["posts"].as_array().unwrap().len(), 5);
    app.drain().await;
    app.done().await;
}

#[tokio::test]
async fn lists_are_narrowed_and_what_is_put_aside_stays_aside() {
    let app = app().await;
    let ada = app.sign_up("Ada").await;
    let bob = app.sign_up("Bob").await;
    brand(&ada).await;
    let mut press = Press::start(now(&app)).await;
    press.listen(&app, &ada).await;
    let begun = now(&app) + Duration::minutes(30);
    app.clock.advance(Duration::hours(6));
    press.rise(begun);
    look(&app).await;
    let trend = trends(&ada, "").await.remove(0);
    for (query, there) in [
        ("?q=x200", 1),
        ("?q=comet", 0),
        ("?min_confidence=0.5&sort=peak", 1),
        ("?min_confidence=1", 0),
        ("?sort=momentum&state=declining", 0),
        ("?category=nothing", 0),
        ("?dismissed=true", 0),
    ] {
        assert_eq!(trends(&ada, query).await.len(), there, "{query}");
    }
    assert_eq!(
        ada.get("~/trends?min_confidence=2").await.expect(422).fault(),
        ("min_confidence", "out_of_range")
    );
    ada.get("~/trends?state=nonsense").await.expect(422);
    let path = format!("~/trends/{}", id(&trend));
    let aside = ada.patch(&path, 1, json!({ "dismissed": true })).await.expect(200).body;
    assert!(aside["dismissed_at"].is_string());
    app.clock.advance(Duration::hours(1));
    sweep(&app).await;
    assert_eq!((trends(&ada, "").await.len(), trends(&ada, "?dismissed=true").await.len()), (0, 1));
    let back = ada.patch(&path, 2, json!({ "dismissed": false })).await.expect(200).body;
    assert_eq!((&back["dismissed_at"], trends(&ada, "").await.len()), (&Value::Null, 1));
    assert_eq!(ada.patch(&path, 3, json!({ "name": " " })).await.expect(422).fault(), ("name", "blank"));
    assert_eq!(events(&app, "trend.updated").await, 2);

    // nobody sees what another brand listens to
    assert_eq!(trends(&bob, "").await, Vec::<Value>::new());
    bob.get(&path).await.expect(404);
    bob.get(&format!("{path}/evidence")).await.expect(404);
    bob.patch(&path, 3, json!({ "dismissed": true })).await.expect(404);
    bob.post(&format!("{path}/drafts"), json!({})).await.expect(404);

    // sources that go take what they said with them: nothing speaks of it any more
    for source in ada.get("~/sources").await.body["items"].as_array().unwrap() {
        ada.delete(&format!("~/sources/{}", id(source))).await.expect(204);
    }
    let refused = ada.post(&format!("{path}/drafts"), json!({})).await.expect(409);
    assert_eq!(refused.body["code"], "no_evidence");
    app.clock.advance(Duration::hours(1));
    sweep(&app).await;
    assert_eq!(trends(&ada, "").await, Vec::<Value>::new());
    app.done().await;
}

#[tokio::test]
async fn feeds_are_surveyed_without_a_database() {
    let app = app().await;
    let mut press = Press::start(now(&app)).await;
    press.burst(&RECALL, now(&app) - Duration::hours(9), 40);
    let outline = |n: usize| format!("<outline text='' xmlUrl='{}/feed{n}'/>", press.url);
    let outlines = (0..FEEDS).map(outline).collect::<Vec<_>>().concat();
    let opml =
        format!("<opml><body>{outlines}<outline text='Gone' xmlUrl='{}/gone'/></body></opml>", press.url);
    let feeds = || Feed::of_file("feeds.opml", opml.as_bytes()).unwrap().0;
    let survey = app.app.trends.survey(feeds(), None, None, |_| {}).await.unwrap();
    assert_eq!(survey.sources.len(), 7);
    let failed: Vec<_> = survey.sources.iter().filter(|source| source.error.is_some()).collect();
    assert_eq!((failed.len(), failed[0].name.as_str()), (1, "Gone"));
    assert_eq!(survey.trends.len(), 1, "{survey:?}");
    let trend = &survey.trends[0];
    assert!(trend.confidence > 0.5 && trend.sources == 6 && trend.evidence.len() == 8, "{trend:?}");
    assert!(trend.evidence.iter().all(|item| item.source.starts_with("Paper ")));
    // as it was before: what came later is not known yet
    let before = trend.onset_at - Duration::minutes(1);
    let earlier = app.app.trends.survey(feeds(), Some(before), None, |_| {}).await.unwrap();
    assert_eq!((earlier.at, earlier.trends.len()), (before, 0));
    assert!(earlier.items > 0 && earlier.items < survey.items, "{} of {}", earlier.items, survey.items);
    let future = Some(now(&app) + Duration::hours(1));
    let refused = app.app.trends.survey(feeds(), future, None, |_| {}).await.unwrap_err();
    assert_eq!(refused.errors[0].code, "future");
    let none = app.app.trends.survey(Vec::new(), None, None, |_| {}).await.unwrap_err();
    assert_eq!(none.errors[0].code, "empty");
    app.done().await;
}

#[tokio::test]
async fn what_leads_elsewhere_is_read_as_its_own_host_allows() {
    let app = app().await;
    let ada = app.sign_up("Ada").await;
    let (first, second) = (Server::default(), Server::default());
    let (first_url, second_url) = (first.start().await, second.start().await);
    second.put("/robots.txt", "text/plain", "User-agent: *\nDisallow: /private\n");
    second.put("/private/feed", RSS, &rss("Elsewhere", &[]));
    first.put("/feed", "→", &format!("{second_url}/private/feed"));
    let made = add(&ada, "feed", &first_url, Some(&format!("{first_url}/feed"))).await;
    app.drain().await;
    let troubled = ada.get(&format!("~/sources/{}", id(&made))).await.expect(200).body;
    assert!(troubled["health"]["words"].as_str().unwrap().contains("robots.txt"), "{troubled}");
    assert!(second.asked("/private/feed").is_empty());
    // what it allows is read
    second.put("/robots.txt", "text/plain", "User-agent: *\nAllow: /\n");
    app.clock.advance(Duration::days(2));
    look(&app).await;
    assert_eq!(second.asked("/private/feed").len(), 1);
    app.done().await;
}

/// The newest of one's own deliveries.
async fn delivery(client: &Client) -> Value {
    client.get("~/deliveries").await.expect(200).body["items"][0].clone()
}

async fn morning_mails(app: &TestApp) -> Vec<(String, String, String)> {
    let all =
        "SELECT subject, text, html FROM operations.mails WHERE template = 'morning' ORDER BY created_at";
    sqlx::query_as(all).fetch_all(app.store().pool()).await.unwrap()
}

#[tokio::test]
async fn a_morning_without_drafts_brings_what_rises() {
    let app = app().await;
    let mut ada = app.sign_up("Ada").await;
    brand(&ada).await;
    channels::look(&app).await;
    let mut press = Press::start(now(&app)).await;
    press.listen(&app, &ada).await;
    let begun = now(&app) + Duration::minutes(30);
    app.clock.advance(Duration::hours(6));
    press.rise(begun);
    look(&app).await;
    let trend = trends(&ada, "").await.remove(0);
    let name = trend["name"].as_str().unwrap();
    let stands = async |momentum: f64, likely: &str, relevance: Option<f64>| {
        sqlx::query(
            "UPDATE trends.trends SET momentum = $1, relevance = $3, peak_likely = $2::timestamptz,
                    peak_low = $2::timestamptz - interval '1 hour', peak_high = $2::timestamptz + interval '1 hour'",
        )
        .bind(momentum)
        .bind(likely)
        .bind(relevance)
        .execute(app.store().pool())
        .await
        .unwrap();
    };
    // what goes down, was at its height before the morning, or concerns the brand nobody knows how much, stands for nothing
    for (momentum, likely, relevance) in [
        (-0.2, "2026-11-17T16:22:00Z", Some(0.8)),
        (0.4, "2026-11-17T07:59:00Z", Some(0.8)),
        (0.4, "2026-11-17T16:22:00Z", None),
        (0.4, "2026-11-17T16:22:00Z", Some(0.1)),
    ] {
        stands(momentum, likely, relevance).await;
        let skipped = ada.get("~/deliveries/preview").await.expect(200).body["skipped"].clone();
        assert_eq!(
            skipped, "No drafts wait that could be approved as they are.",
            "{momentum} {likely} {relevance:?}"
        );
    }
    stands(0.4, "2026-11-17T16:22:00Z", Some(0.8)).await;

    // as each way would say it
    let ways = json!({ "morning": { "channels": ["email", "push", "telegram"] } });
    channels::prefer(&ada, ways).await;
    let preview = ada.get("~/deliveries/preview").await.expect(200).body;
    assert_eq!((&preview["skipped"], &preview["drafts"]), (&Value::Null, &json!([])));
    assert_eq!(preview["trend_ids"], json!([trend["id"]]));
    assert_eq!(preview["subject"], "Ada Studio: a trend for today");
    let of = |way: usize| preview["channels"][way]["text"].as_str().unwrap();
    assert!(of(1).starts_with(&format!("“{name}” is rising. ")), "{}", of(1));
    assert!(of(2).contains("See the trend: ") && of(2).contains("See all trends: "), "{}", of(2));
    assert!(
        of(0).contains("See all trends: ") && of(0).contains("/ada-studio/ada-studio/trends"),
        "{}",
        of(0)
    );
    // who wants to hear of no trends gets no morning made of them
    channels::prefer(&ada, json!({ "trend_alerts": false })).await;
    let skipped = ada.get("~/deliveries/preview").await.expect(200).body["skipped"].clone();
    assert_eq!(skipped, "No drafts wait that could be approved as they are.");
    channels::prefer(&ada, json!({ "trend_alerts": true, "morning": { "channels": ["email"] } })).await;
    channels::look(&app).await;

    channels::at(&app, "2026-11-17T08:00:00Z");
    channels::look(&app).await;
    channels::look(&app).await;
    let brought = delivery(&ada).await;
    assert_eq!((&brought["status"], &brought["post_ids"]), (&json!("delivered"), &json!([])), "{brought}");
    assert_eq!(brought["trend_ids"], json!([trend["id"]]));
    let (subject, text, html) = morning_mails(&app).await.remove(0);
    assert_eq!(subject, "Ada Studio: a trend for today");
    let intro = "No new drafts wait for you, but a trend is rising that may be worth one.";
    assert!(text.contains(intro) && html.contains(intro), "{text}");
    assert!(text.contains(&format!("Trend: {name}")) && !text.contains("See all that wait"), "{text}");
    assert!(text.contains("Likely at its height today, about 16:30."), "{text}");
    // the link below leads to the trends
    let (_, rest) = text.split_once("See all trends: ").unwrap();
    let link = rest.split_whitespace().next().unwrap();
    let (_, link) = link.split_once("/api/v1").unwrap();
    let followed = app.anonymous().send(http::Method::POST, link, &[], None).await.expect(303);
    assert_eq!(followed.headers["location"], "http://bellwether.test/ada-studio/ada-studio/trends");

    // told once it is no news: with neither there is nothing to bring, and it says why
    channels::at(&app, "2026-11-18T08:00:00Z");
    channels::look(&app).await;
    app.sign_in_again(&mut ada, "Ada").await;
    let skipped = delivery(&ada).await;
    assert_eq!(skipped["status"], "skipped", "{skipped}");
    assert_eq!(skipped["reason"], "No drafts wait that could be approved as they are.");
    assert_eq!(morning_mails(&app).await.len(), 1);
    // beside a draft it may be told again
    ada.drafts(&app, &["x.post"]).await;
    channels::at(&app, "2026-11-19T08:00:00Z");
    channels::look(&app).await;
    let (subject, text, _) = morning_mails(&app).await.remove(1);
    assert_eq!(subject, "Ada Studio: a draft for today");
    assert!(text.contains("See all that wait: "), "{text}");
    assert!(text.contains("It was at its height Tuesday, 17 November, about 16:30."), "{text}");
    app.done().await;
}
