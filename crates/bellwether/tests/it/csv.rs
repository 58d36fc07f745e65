//! Tables: imported, exported, and the same again.

use http::Method;
use serde_json::{Value, json};

use crate::app::{Answer, Client, TestApp};

async fn import(client: &Client, query: &str, file: impl Into<Vec<u8>>) -> Answer {
    let headers = [("content-type", "text/csv")];
    client.send(Method::POST, &format!("~/publications/import{query}"), &headers, Some(file.into())).await
}

async fn counts(client: &Client) -> (usize, usize) {
    let count = |body: &Value| body["items"].as_array().unwrap().len();
    let posts = client.get("~/posts").await.expect(200).body;
    (count(&posts), count(&client.get("~/publications").await.expect(200).body))
}

#[tokio::test]
async fn a_file_becomes_drafts_and_publications_and_comes_back() {
    let app = TestApp::new().await;
    let ada = app.sign_up("Ada").await;
    let connected = ada.post("~/connections", json!({ "provider": "sandbox" })).await.expect(201).body;
    let handle = connected["items"][0]["handle"].as_str().unwrap();
    let file = format!(
        "Text;Network;Account;Local time;Mood\r\n\
         \"Eins; zwei,\r\ndrei\";sandbox;@{handle};2026-11-17 10:00;good\r\n\
         '=1+1 is two;sandbox;;17.11.2026 11:00;\r\n\
         Only a draft;x.post;;;\r\n"
    );
    // UTF-16, as a spreadsheet saves it
    let file: Vec<u8> =
        [0xff, 0xfe].into_iter().chain(file.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    let dry = import(&ada, "?dry_run=true&approve=true", file.clone()).await.expect(200).body;
    assert_eq!(dry["faults"], json!([]));
    assert_eq!(
        (&dry["rows"], &dry["written"], &dry["ignored_columns"]),
        (&json!(3), &json!(false), &json!(["Mood"]))
    );
    assert_eq!(counts(&ada).await, (0, 0), "a dry run writes nothing");
    let done = import(&ada, "?approve=true", file).await.expect(200).body;
    assert_eq!((&done["written"], done["imported"].as_array().unwrap().len()), (&json!(true), 3));
    assert_eq!(counts(&ada).await, (3, 2));
    let list = ada.get("~/publications?order=asc").await.expect(200).body;
    assert_eq!(list["items"][0]["content"]["post"], "Eins; zwei,\r\ndrei");
    assert_eq!(
        (&list["items"][1]["content"]["post"], &list["items"][1]["state"]),
        (&json!("=1+1 is two"), &json!("scheduled"))
    );
    let post = list["items"][0]["post_id"].as_str().unwrap();
    let versions = ada.get(&format!("~/posts/{post}/versions")).await.expect(200).body;
    assert_eq!(versions["items"][0]["reason"], "imported");

    // what is exported reads back as it was, and a spreadsheet runs none of it
    let out = ada.get("~/publications/export?from=2026-11-17&to=2026-11-17").await.expect(200);
    assert_eq!(out.headers["content-type"], "text/csv; charset=utf-8");
    let out = out.body.as_str().unwrap().to_owned();
    assert!(out.contains("'=1+1 is two"), "{out}");
    // by account, network and state
    let rows = async |filter: &str| {
        let path = format!("~/publications/export?from=2026-11-17&to=2026-11-17&{filter}");
        ada.get(&path).await.expect(200).body.as_str().unwrap().matches("\r\n").count()
    };
    let account = ada.get("~/connections").await.body["items"][0]["id"].as_str().unwrap().to_owned();
    let all = out.matches("\r\n").count();
    assert_eq!(rows(&format!("connection={account}&state=scheduled,published")).await, all);
    assert_eq!((rows("state=published").await, rows("network=x").await), (1, 1), "the heading alone");
    let wrong = ada.get("~/publications/export?from=2026-11-17&to=2026-11-17&state=gone").await.expect(422);
    assert_eq!(wrong.body["errors"][0]["path"], "state");
    let eve = app.sign_up("Eve").await;
    eve.post("~/connections", json!({ "provider": "sandbox" })).await.expect(201);
    let out =
        out.replace(handle, eve.get("~/connections").await.body["items"][0]["handle"].as_str().unwrap());
    let again = import(&eve, "?approve=true", out).await.expect(200).body;
    assert_eq!(again["faults"], json!([]));
    let copy = eve.get("~/publications?order=asc").await.expect(200).body;
    for at in 0..2 {
        for key in ["content", "local_time", "target", "state"] {
            assert_eq!(copy["items"][at][key], list["items"][at][key], "{key} of {at}");
        }
    }
    app.drain().await;
}

#[tokio::test]
async fn what_is_tried_out_in_the_sandbox_may_be_written_for_any_network() {
    let app = TestApp::new().await;
    let ada = app.sign_up("Ada").await;
    let connected = ada.post("~/connections", json!({ "provider": "sandbox" })).await.expect(201).body;
    let handle = connected["items"][0]["handle"].as_str().unwrap();
    let file = format!(
        "text,target,connection,local_time\r\n\
         Named,instagram.caption,@{handle},2026-11-17 10:00\r\n\
         Named too,linkedin.short,{handle},2026-11-17 11:00\r\n"
    );
    let done = import(&ada, "?approve=true", file).await.expect(200).body;
    assert_eq!((&done["faults"], &done["written"]), (&json!([]), &json!(true)), "{done}");
    let out = ada.get("~/publications/export?from=2026-11-17&to=2026-11-17").await.expect(200);
    let back = import(&ada, "?dry_run=true", out.body.as_str().unwrap().to_owned()).await.expect(200).body;
    assert_eq!((&back["faults"], &back["rows"]), (&json!([]), &json!(2)), "{back}");
    // what doesn't name it is not for trying out
    let wrong = "text,target,connection,local_time\r\nWrong,linkedin.short,,2026-11-17 12:00\r\n";
    let wrong = import(&ada, "?dry_run=true", wrong).await.expect(200).body;
    assert_eq!(wrong["faults"][0]["code"], "unknown_connection", "{wrong}");
}

#[tokio::test]
async fn every_fault_is_told_and_good_rows_are_taken_if_wanted() {
    let app = TestApp::new().await;
    let ada = app.sign_up("Ada").await;
    ada.post("~/connections", json!({ "provider": "sandbox" })).await.expect(201);
    let long = "word ".repeat(100);
    let file = format!(
        "text,target,handle,time\n\
         Fine,sandbox,,2026-11-17 10:00\n\
         Fine,nowhere,,2026-11-17 10:00\n\
         Fine,sandbox,somebody,tomorrow\n\
         Fine,sandbox,,2020-01-01 10:00\n\
         ,sandbox,,\n\
         {long},x.post,,\n\
         Fine,x.post,,2026-11-17 10:00\n"
    );
    let told = import(&ada, "", file.clone()).await.expect(200).body;
    let faults: Vec<(u64, &str, &str)> = told["faults"]
        .as_array()
        .unwrap()
        .iter()
        .map(|f| (f["row"].as_u64().unwrap(), f["column"].as_str().unwrap(), f["code"].as_str().unwrap()))
        .collect();
    assert_eq!(
        faults,
        [
            (3, "target", "unknown_target"),
            (4, "time", "invalid_time"),
            (4, "handle", "unknown_connection"),
            (5, "time", "in_the_past"),
            (6, "text", "required"),
            (7, "text", "breaks_rules"),
            (8, "handle", "unknown_connection"),
        ]
    );
    assert_eq!((&told["written"], counts(&ada).await), (&json!(false), (0, 0)), "all or none");
    let taken = import(&ada, "?mode=valid", file).await.expect(200).body;
    assert_eq!((&taken["written"], taken["imported"].as_array().unwrap().len()), (&json!(true), 1));
    let list = ada.get("~/publications").await.expect(200).body;
    assert_eq!(list["items"][0]["state"], "in_review", "nobody has approved it");
    assert_eq!(import(&ada, "", "a,b\n1,2\n").await.expect(422).fault(), ("file", "no_text_column"));
    ada.get("~/publications/export?from=2026-11-17&to=2026-11-16").await.expect(422);
}

#[tokio::test]
async fn a_bare_network_means_its_plain_post() {
    let app = TestApp::new().await;
    let ada = app.sign_up("Ada").await;
    let file = "text,target\nFine,x\nFine,X\nFine,bluesky\nFine,linkedin\n\"One\n---\nTwo\",x.thread\n";
    assert_eq!(import(&ada, "", file).await.expect(200).body["faults"], json!([]));
    let posts = ada.get("~/posts").await.expect(200).body;
    let mut targets: Vec<&str> =
        posts["items"].as_array().unwrap().iter().map(|post| post["target"].as_str().unwrap()).collect();
    targets.sort_unstable();
    assert_eq!(targets, ["bluesky.post", "linkedin.long", "x.post", "x.post", "x.thread"]);
}
