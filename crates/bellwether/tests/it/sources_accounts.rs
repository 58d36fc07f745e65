//! Sources that are read through connected accounts, over a wire that expects each request word by word. The accounts are
//! connected as people connect them: by consent.

use std::sync::Arc;

use bellwether::config::{Config, NetworkApp};
use bellwether_networks::publish::{Method, Provider, testing::Script};
use chrono::Duration;
use serde_json::{Value, json};
use url::Url;

use crate::{
    app::{Client, TestApp},
    sources::{RSS, Server, add, events, id, item, look, rss, source},
};

const TOKEN: &str = "https://api.x.com/2/oauth2/token";
const ME: &str = "https://api.x.com/2/users/me?user.fields=profile_image_url%2Cpublic_metrics";
const OAK: &str = "https://api.x.com/2/users/by/username/Oak";
const POSTS: &str = "https://api.x.com/2/users/77/tweets?max_results=50&exclude=replies%2Cretweets";
const FIELDS: &str = "post.fields=created_at%2Cnote_post%2Cpublic_metrics";
const DATA: &str = "https://www.googleapis.com/youtube/v3";
const GRAPH: &str = "https://graph.facebook.com/v24.0";
const CONNECT: &str = "Connect an X account under Connections, and this is read through it.";

fn set_up(config: &mut Config) {
    config.fetch.allow_private = vec!["127.0.0.0/8".parse().unwrap()];
    config.fetch.pause_ms = 0;
    for provider in [Provider::X, Provider::Instagram, Provider::Youtube] {
        let app = NetworkApp { client_id: "client".into(), client_secret: "secret of ours".into() };
        config.networks.insert(provider, app);
    }
}

pub async fn begin() -> (Arc<Script>, TestApp, Client) {
    let script = Arc::new(Script::new());
    let app = TestApp::over(Some(script.clone()), set_up).await;
    let ada = app.sign_up("Ada").await;
    (script, app, ada)
}

/// Goes to the network's consent page and comes back; what the network answers is expected already.
async fn consent(client: &Client, provider: &str, account: &str) {
    let begun =
        client.post("~/connections/authorize", json!({ "provider": provider })).await.expect(200).body;
    let page = Url::parse(begun["authorize_url"].as_str().unwrap()).unwrap();
    let state = page.query_pairs().find(|(name, _)| name == "state").unwrap().1.into_owned();
    let back = client.get(&format!("/connections/callback?state={state}&code=the-code")).await.expect(303);
    let location = back.headers["location"].to_str().unwrap().to_owned();
    let (_, pick) = location.split_once("?pick=").unwrap_or_else(|| panic!("{location}"));
    client.post(&format!("~/connections/picks/{pick}"), json!({ "accounts": [account] })).await.expect(201);
}

fn granted(token: &str) -> Value {
    json!({ "token_type": "bearer", "expires_in": 7200, "access_token": token, "refresh_token": "renews",
        "scope": "tweet.read users.read" })
}

pub async fn connect_x(script: &Script, client: &Client) {
    script.expect(Method::Post, TOKEN).answer(200, &granted("first-token"));
    script
        .expect(Method::Get, ME)
        .header("authorization", "Bearer first-token")
        .answer(200, &json!({ "data": { "id": "1", "name": "Ada", "username": "ada" } }));
    consent(client, "x", "1").await;
}

fn post(id: &str, at: &str, text: &str, likes: i64) -> Value {
    json!({ "id": id, "author_id": "77", "created_at": at, "text": text, "public_metrics": {
        "repost_count": 2, "reply_count": 3, "like_count": likes, "quote_count": 0, "bookmark_count": 0,
        "impression_count": 900 } })
}

fn page(posts: &[Value]) -> Value {
    let mut meta = json!({ "result_count": posts.len() });
    if let Some(newest) = posts.first() {
        meta["newest_id"] = newest["id"].clone();
    }
    let mut page = json!({ "meta": meta });
    // as X does: a page of nothing has no data
    if !posts.is_empty() {
        page["data"] = json!(posts);
    }
    page
}

fn oak() -> Value {
    json!({ "data": { "id": "77", "name": "Oak Works", "username": "Oak" } })
}

fn two_posts() -> Value {
    page(&[
        post("902", "2026-11-16T08:30:00.000Z", "Oak &amp; ash: what an hour costs\nAnd why.", 12),
        post("901", "2026-11-15T08:30:00.000Z", "North windows give the calmest light.", 5),
    ])
}

async fn items(client: &Client) -> Vec<Value> {
    client.get("~/items").await.expect(200).body["items"].as_array().unwrap().clone()
}

#[tokio::test]
async fn a_source_waits_for_an_account_and_is_read_when_one_is_connected() {
    let (script, app, ada) = begin().await;
    let made = add(&ada, "x", "https://x.com/Oak", None).await;
    app.drain().await;
    let waits = source(&ada, &id(&made)).await;
    assert_eq!(
        (&waits["state"], &waits["health"]["words"], &waits["health"]["failures"], &waits["read_through"]),
        (&json!("unconnected"), &json!(CONNECT), &json!(0), &Value::Null),
        "{waits}"
    );
    assert!(waits["health"]["next_check_at"].as_str().unwrap() <= "2026-11-16T10:06", "{waits}");
    assert_eq!(events(&app, "source.troubled").await, 0);
    let listed = ada.get("~/sources?state=unconnected").await.expect(200).body;
    assert_eq!(listed["items"].as_array().unwrap().len(), 1);
    let found = ada.post("~/sources/detect", json!({ "text": "@oak" })).await.expect(200).body;
    let told: Vec<_> = found["candidates"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| {
            (one["kind"].as_str().unwrap(), one["note"].as_str().unwrap_or_default(), one["known"].is_null())
        })
        .collect();
    assert_eq!((told[0].0, told[1]), ("youtube", ("x", CONNECT, false)));
    assert!(told[2].1.starts_with("Connect an Instagram account of a business or creator"), "{told:?}");

    // one that is connected wakes it, without anybody asking
    connect_x(&script, &ada).await;
    app.drain().await;
    script.expect(Method::Get, OAK).header("authorization", "Bearer first-token").answer(200, &oak());
    script
        .expect(Method::Get, format!("{POSTS}&{FIELDS}"))
        .header("authorization", "Bearer first-token")
        .answer(200, &two_posts());
    look(&app).await;
    let read = source(&ada, &id(&made)).await;
    assert_eq!(
        (&read["state"], &read["items"], &read["name"], &read["read_through"], &read["health"]["words"]),
        (&json!("healthy"), &json!(2), &json!("Oak Works"), &json!("ada"), &Value::Null),
        "{read}"
    );
    let items = items(&ada).await;
    assert_eq!(items[0]["url"], "https://x.com/Oak/status/902");
    assert_eq!(items[0]["title"], "Oak & ash: what an hour costs And why.");
    assert_eq!(items[0]["author"], "Oak Works (@Oak)");
    assert_eq!(items[0]["published_at"], "2026-11-16T08:30:00Z");
    assert_eq!(items[0]["engagement"], json!({ "comments": 3, "views": 900, "likes": 12, "reposts": 2 }));
    let found = ada.post("~/sources/detect", json!({ "text": "x.com/somebody" })).await.expect(200).body;
    assert_eq!(
        (&found["candidates"][0]["read_through"], &found["candidates"][0]["note"]),
        (&json!("ada"), &Value::Null)
    );
    app.done().await;
}

#[tokio::test]
async fn only_what_is_newer_is_asked_for_by_a_renewed_token_after_a_restart() {
    let (script, app, ada) = begin().await;
    connect_x(&script, &ada).await;
    script.expect(Method::Get, OAK).answer(200, &oak());
    script.expect(Method::Get, format!("{POSTS}&{FIELDS}")).answer(200, &two_posts());
    let made = add(&ada, "x", "https://x.com/Oak", None).await;
    app.drain().await;
    assert_eq!(source(&ada, &id(&made)).await["items"], 2);

    let app = app.restarted();
    let ada = app.again(&ada);
    // the token of two hours has ended; the account is known, and so is the newest post
    app.clock.advance(Duration::days(1));
    script.expect(Method::Post, TOKEN).answer(200, &granted("second-token"));
    script
        .expect(Method::Get, format!("{POSTS}&since_id=902&{FIELDS}"))
        .header("authorization", "Bearer second-token")
        .answer(200, &page(&[post("903", "2026-11-17T08:00:00.000Z", "A third, about ash.", 1)]));
    look(&app).await;
    assert_eq!(source(&ada, &id(&made)).await["items"], 3);
    // what comes once more is the same item, with newer numbers
    app.clock.advance(Duration::days(1));
    script.expect(Method::Post, TOKEN).answer(200, &granted("third-token"));
    script
        .expect(Method::Get, format!("{POSTS}&since_id=903&{FIELDS}"))
        .answer(200, &page(&[post("903", "2026-11-17T08:00:00.000Z", "A third, about ash.", 41)]));
    look(&app).await;
    let all = items(&ada).await;
    assert_eq!((all.len(), &all[0]["engagement"]["likes"]), (3, &json!(41)));
    // and nothing new is no trouble; who posts every minute is still not asked more than hourly
    app.clock.advance(Duration::days(1));
    script.expect(Method::Post, TOKEN).answer(200, &granted("fourth-token"));
    let many: Vec<Value> = (0..30)
        .map(|n| {
            post(
                &format!("{}", 960 - n),
                &format!("2026-11-19T08:{:02}:00.000Z", 59 - n),
                &format!("Plank {n} of the oak that came today"),
                0,
            )
        })
        .collect();
    script.expect(Method::Get, format!("{POSTS}&since_id=903&{FIELDS}")).answer(200, &page(&many));
    look(&app).await;
    let read = source(&ada, &id(&made)).await;
    assert_eq!((&read["state"], &read["health"]["every_minutes"]), (&json!("healthy"), &json!(60)), "{read}");
    script.expect(Method::Get, format!("{POSTS}&since_id=960&{FIELDS}")).answer(200, &page(&[]));
    app.clock.advance(Duration::minutes(70));
    look(&app).await;
    assert_eq!(source(&ada, &id(&made)).await["items"], 33);
    app.done().await;
}

#[tokio::test]
async fn a_hashtag_is_searched_and_a_post_is_kept_once() {
    let (script, app, ada) = begin().await;
    connect_x(&script, &ada).await;
    script.expect(Method::Get, OAK).answer(200, &oak());
    script.expect(Method::Get, format!("{POSTS}&{FIELDS}")).answer(200, &two_posts());
    add(&ada, "x", "https://x.com/Oak", None).await;
    app.drain().await;
    let search = "https://api.x.com/2/tweets/search/recent?query=%23h%C3%B6lzer+-is%3Aretweet&max_results=50\
                  &expansions=author_id&user.fields=name%2Cusername";
    let mut found = two_posts();
    found["data"][1]["id"] = json!("777");
    found["data"][1]["author_id"] = json!("78");
    found["includes"] = json!({ "users": [
        { "id": "77", "name": "Oak Works", "username": "Oak" }, { "id": "78", "name": "Eve", "username": "eve" },
    ] });
    script.expect(Method::Get, format!("{search}&{FIELDS}")).answer(200, &found);
    let made = add(&ada, "x", "https://x.com/hashtag/hölzer", None).await;
    assert_eq!(made["name"], "#hölzer");
    app.drain().await;
    let read = source(&ada, &id(&made)).await;
    assert_eq!((&read["state"], &read["items"]), (&json!("healthy"), &json!(2)), "{read}");
    let mut kept: Vec<String> =
        sqlx::query_scalar("SELECT url FROM trends.items").fetch_all(app.store().pool()).await.unwrap();
    kept.sort();
    assert_eq!(
        kept,
        ["https://x.com/Oak/status/901", "https://x.com/Oak/status/902", "https://x.com/eve/status/777"]
    );
    app.done().await;
}

#[tokio::test]
async fn what_a_network_refuses_is_told_in_words() {
    let (script, app, ada) = begin().await;
    connect_x(&script, &ada).await;
    app.drain().await;
    let lookup = |name: &str| format!("https://api.x.com/2/users/by/username/{name}");
    let problem = |kind: &str, detail: &str| json!({ "errors": [{ "title": "Error", "detail": detail, "type": format!("https://api.x.com/2/problems/{kind}") }] });
    // too many: when the window ends; it passes
    let reset = (app.clock.now() + Duration::hours(5)).timestamp().to_string();
    script.expect(Method::Get, lookup("busy")).respond(
        429,
        &[("x-rate-limit-remaining", "0"), ("x-rate-limit-reset", &reset)],
        json!({ "title": "Too Many Requests", "detail": "Too Many Requests", "type": "about:blank", "status": 429 }).to_string(),
    );
    let busy = add(&ada, "x", "https://x.com/busy", None).await;
    app.drain().await;
    let busy = source(&ada, &id(&busy)).await;
    assert_eq!(
        (&busy["state"], &busy["health"]["words"]),
        (&json!("new"), &json!("X lets nothing more be read for the moment."))
    );
    assert!(busy["health"]["next_check_at"].as_str().unwrap() >= "2026-11-16T14:00", "{busy}");

    for (name, status, answer, words) in [
        (
            "plan",
            403,
            json!({ "title": "Forbidden", "reason": "client-not-enrolled", "detail": "When authenticating requests …",
            "required_enrollment": "Appropriate Level of API Access", "type": "https://api.twitter.com/2/problems/client-forbidden" }),
            "not in this installation's plan at X",
        ),
        (
            "credits",
            402,
            json!({ "title": "CreditsDepleted", "detail": "Your enrolled account does not have any credits.",
            "type": "https://api.twitter.com/2/problems/credits" }),
            "credits at X are used up",
        ),
        (
            "nobody",
            200,
            problem("resource-not-found", "Could not find user with username: [nobody]."),
            "X has no account @nobody.",
        ),
        (
            "gone",
            200,
            problem("resource-not-found", "User has been suspended: [gone]."),
            "X has suspended the account @gone.",
        ),
    ] {
        script.expect(Method::Get, lookup(name)).answer(status, &answer);
        let made = add(&ada, "x", &format!("https://x.com/{name}"), None).await;
        app.drain().await;
        let found = source(&ada, &id(&made)).await;
        assert_eq!(found["state"], "troubled", "{found}");
        assert!(found["health"]["words"].as_str().unwrap().contains(words), "{found}");
    }
    // none of it is the account's fault
    let connections = ada.get("~/connections").await.expect(200).body;
    assert_eq!(connections["items"][0]["status"], "active");
    app.done().await;
}

#[tokio::test]
async fn an_account_that_let_go_of_us_is_marked_and_reading_goes_on_when_it_is_back() {
    let (script, app, ada) = begin().await;
    connect_x(&script, &ada).await;
    script.expect(Method::Get, OAK).answer(
        401,
        &json!({ "title": "Unauthorized", "type": "about:blank", "status": 401, "detail": "Unauthorized" }),
    );
    script
        .expect(Method::Post, TOKEN)
        .answer(400, &json!({ "error": "invalid_grant", "error_description": "Token was revoked." }));
    let made = add(&ada, "x", "https://x.com/Oak", None).await;
    app.drain().await;
    let waits = source(&ada, &id(&made)).await;
    assert_eq!(
        (&waits["state"], &waits["health"]["words"]),
        (&json!("unconnected"), &json!("Connect @ada again under Connections, and this is read through it."))
    );
    assert_eq!(ada.get("~/connections").await.body["items"][0]["status"], "needs_consent");
    assert_eq!(events(&app, "connection.trouble").await, 1);

    connect_x(&script, &ada).await;
    app.drain().await;
    script.expect(Method::Get, OAK).answer(200, &oak());
    script.expect(Method::Get, format!("{POSTS}&{FIELDS}")).answer(200, &two_posts());
    look(&app).await;
    assert_eq!(source(&ada, &id(&made)).await["state"], "healthy");
    app.drain().await;
    app.done().await;
}

#[tokio::test]
async fn a_channel_has_numbers_through_an_account_and_its_feed_otherwise() {
    let (script, app, ada) = begin().await;
    let channel = "UCabcdefghijklmnopqrstuv";
    let server = Server::default();
    let video = |id: &str| {
        item(
            "Oak by hand",
            &format!("https://www.youtube.com/shorts/{id}"),
            "Sun, 15 Nov 2026 09:00:00 GMT",
            "A plank.",
        )
    };
    server.put("/feeds/videos.xml", RSS, &rss("Oak Works", &[video("vid1")]));
    let feed = format!("{}/feeds/videos.xml?channel_id={channel}", server.start().await);
    let made = add(&ada, "youtube", "https://www.youtube.com/@oak", Some(&feed)).await;
    app.drain().await;
    let by_feed = source(&ada, &id(&made)).await;
    assert_eq!(
        (&by_feed["state"], &by_feed["items"], &by_feed["read_through"]),
        (&json!("healthy"), &json!(1), &Value::Null)
    );

    script.expect(Method::Post, "https://oauth2.googleapis.com/token").answer(
        200,
        &json!({ "access_token": "google-token", "refresh_token": "renews", "expires_in": 864_000 }),
    );
    script
        .expect(Method::Get, format!("{DATA}/channels?part=snippet%2CcontentDetails&mine=true&maxResults=50"))
        .answer(200, &json!({ "items": [{ "id": "UCada", "snippet": { "title": "Ada films", "customUrl": "@ada-films" },
            "contentDetails": { "relatedPlaylists": { "uploads": "UUada" } } }] }));
    consent(&ada, "youtube", "UCada").await;
    let found = ada.post("~/sources/detect", json!({ "text": "@somebody" })).await.expect(200).body;
    assert_eq!(found["candidates"][0]["read_through"], "ada-films");
    script
        .expect(Method::Get, format!("{DATA}/channels?part=snippet%2CcontentDetails&id={channel}"))
        .header("authorization", "Bearer google-token")
        .answer(
            200,
            &json!({ "items": [{ "id": channel, "snippet": { "title": "Oak Works" },
            "contentDetails": { "relatedPlaylists": { "uploads": "UUoak" } } }] }),
        );
    let uploads = format!("{DATA}/playlistItems?part=contentDetails&playlistId=UUoak&maxResults=50");
    script.expect(Method::Get, uploads.clone()).answer(
        200,
        &json!({ "items": [
        { "contentDetails": { "videoId": "vid1" } }, { "contentDetails": { "videoId": "vid2" } } ] }),
    );
    let video = |id: &str, at: &str, views: &str| {
        json!({ "id": id, "snippet": { "title": format!("Oak {id}"), "description": "From the workshop.", "publishedAt": at,
            "channelTitle": "Oak Works" }, "statistics": { "viewCount": views, "likeCount": "7", "commentCount": "2" } })
    };
    script
        .expect(Method::Get, format!("{DATA}/videos?part=snippet%2Cstatistics&id=vid1%2Cvid2"))
        .answer(200, &json!({ "items": [video("vid2", "2026-11-16T20:00:00Z", "80"), video("vid1", "2026-11-15T09:00:00Z", "1200")] }));
    app.clock.advance(Duration::days(1));
    look(&app).await;
    let read = source(&ada, &id(&made)).await;
    // the short that the feed told is the video that the account was shown
    assert_eq!((&read["items"], &read["read_through"]), (&json!(2), &json!("ada-films")), "{read}");
    let all = items(&ada).await;
    assert_eq!(
        (&all[0]["title"], &all[0]["url"]),
        (&json!("Oak vid2"), &json!("https://www.youtube.com/watch?v=vid2"))
    );
    assert_eq!(all[1]["engagement"], json!({ "comments": 2, "views": 1200, "likes": 7 }));

    // no quota is left: the feed is read, and nothing is wrong
    script.expect(Method::Get, uploads).answer(
        403,
        &json!({ "error": { "code": 403, "message": "quota",
        "errors": [{ "reason": "quotaExceeded", "domain": "youtube.quota" }] } }),
    );
    server.put(
        "/feeds/videos.xml",
        RSS,
        &rss(
            "Oak Works",
            &[item(
                "Oak three",
                "https://www.youtube.com/watch?v=vid3",
                "Tue, 17 Nov 2026 09:30:00 GMT",
                "A third plank, planed by hand and oiled twice.",
            )],
        ),
    );
    app.clock.advance(Duration::days(1));
    look(&app).await;
    let read = source(&ada, &id(&made)).await;
    assert_eq!(
        (&read["state"], &read["items"], &read["read_through"]),
        (&json!("healthy"), &json!(3), &Value::Null),
        "{read}"
    );
    app.done().await;
}

#[tokio::test]
async fn instagram_is_read_by_the_person_who_connected_and_says_whom_it_does_not_show() {
    let (script, app, ada) = begin().await;
    for token in ["an-hour", "sixty-days"] {
        script
            .expect(Method::Post, format!("{GRAPH}/oauth/access_token"))
            .answer(200, &json!({ "access_token": token, "expires_in": 5_184_000 }));
    }
    let pages = format!(
        "{GRAPH}/me/accounts?fields=id%2Cname%2Caccess_token%2Cinstagram_business_account%7Bid%2Cusername%2Cname%2Cprofile_picture_url%7D&limit=100"
    );
    script.expect(Method::Get, pages).answer(
        200,
        &json!({ "data": [{ "id": "17", "name": "Page", "access_token": "of-the-page",
        "instagram_business_account": { "id": "178", "username": "ada.films" } }] }),
    );
    consent(&ada, "instagram", "178").await;
    let discovery = |name: &str| {
        format!(
            "{GRAPH}/178?fields=business_discovery.username%28{name}%29%7Busername%2Cname%2Cmedia.limit%2850%29%7Bid%2Ccaption%2Cpermalink%2Ctimestamp%2Cmedia_type%2Clike_count%2Ccomments_count%7D%7D"
        )
    };
    script
        .expect(Method::Get, discovery("oak.works"))
        .header("authorization", "Bearer sixty-days")
        .answer(200, &json!({ "business_discovery": { "username": "oak.works", "name": "Oak Works", "media": { "data": [
            { "id": "1", "caption": "A plank of oak", "permalink": "https://www.instagram.com/p/CSr71Gzlqo4/",
              "timestamp": "2026-11-15T19:00:42+0000", "media_type": "IMAGE", "like_count": 87, "comments_count": 11 }] } }, "id": "178" }));
    let made = add(&ada, "instagram", "https://instagram.com/oak.works/reels/", None).await;
    assert_eq!(
        (&made["url"], &made["name"]),
        (&json!("https://www.instagram.com/oak.works/"), &json!("@oak.works"))
    );
    app.drain().await;
    let read = source(&ada, &id(&made)).await;
    assert_eq!((&read["state"], &read["read_through"]), (&json!("healthy"), &json!("ada.films")), "{read}");
    let all = items(&ada).await;
    assert_eq!(
        (&all[0]["title"], &all[0]["author"]),
        (&json!("A plank of oak"), &json!("Oak Works (@oak.works)"))
    );
    assert_eq!(all[0]["engagement"], json!({ "comments": 11, "likes": 87 }));

    script.expect(Method::Get, discovery("somebody")).answer(400, &json!({ "error": { "message": "Invalid user id", "type": "OAuthException",
        "code": 110, "error_subcode": 2_207_013, "error_user_msg": "The user with username: somebody cannot be found." } }));
    let made = add(&ada, "instagram", "https://www.instagram.com/somebody", None).await;
    app.drain().await;
    let refused = source(&ada, &id(&made)).await;
    assert_eq!(refused["state"], "troubled");
    assert!(
        refused["health"]["words"]
            .as_str()
            .unwrap()
            .contains("Only accounts of businesses and creators can be read"),
        "{refused}"
    );
    app.done().await;
}

#[tokio::test]
async fn linkedin_shows_nobody_anything_and_says_so() {
    let (_script, app, ada) = begin().await;
    let made = add(&ada, "linkedin", "https://www.linkedin.com/in/somebody", None).await;
    assert_eq!((&made["state"], &made["health"]["next_check_at"]), (&json!("unsupported"), &Value::Null));
    assert!(
        made["health"]["words"].as_str().unwrap().starts_with("LinkedIn shows no program what others post")
    );
    ada.post(&format!("~/sources/{}/check", id(&made)), json!({})).await.expect(409);
    app.done().await;
}
