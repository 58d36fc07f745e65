//! The calendar at a secret address.

use http::Method;
use serde_json::{Value, json};

use crate::app::TestApp;

#[tokio::test]
async fn a_calendar_program_reads_what_is_planned() {
    let app = TestApp::new().await;
    let ada = app.sign_up("Ada").await;
    let (post, connection) = ada.sandbox_post(&app, true).await;
    let body = json!({ "connection_ids": [connection], "when": { "at": "2026-11-17T10:00" } });
    let planned = ada.post(&format!("~/posts/{post}/publications"), body).await.expect(201).body;
    let id = planned["items"][0]["id"].as_str().unwrap();
    let made = ada.post("~/calendar-feeds", json!({ "label": "Office" })).await.expect(201);
    let url = made.body["url"].as_str().unwrap();
    let path = url.split_once("/api/v1").unwrap().1.to_owned();
    assert_eq!(path.rsplit_once('.').map(|(_, kind)| kind), Some("ics"));
    let program = app.anonymous();
    let answer = program.get(&path).await.expect(200);
    assert_eq!(answer.headers["content-type"], "text/calendar; charset=utf-8");
    let tag = answer.headers["etag"].to_str().unwrap().to_owned();
    let calendar = answer.body.as_str().unwrap();
    assert!(calendar.contains(&format!("UID:{id}@bellwether\r\n")), "{calendar}");
    assert!(calendar.contains("DTSTART:20261117T100000Z\r\n") && calendar.contains("STATUS:CONFIRMED\r\n"));
    assert!(calendar.split("\r\n").all(|line| line.len() <= 75));
    // nothing new, nothing sent
    let same = program.send(Method::GET, &path, &[("if-none-match", tag.as_str())], None).await;
    assert_eq!((same.status.as_u16(), &same.body), (304, &Value::Null));
    ada.post(&format!("~/publications/{id}/cancel"), json!({})).await.expect(200);
    let changed =
        program.send(Method::GET, &path, &[("if-none-match", tag.as_str())], None).await.expect(200);
    assert!(changed.body.as_str().unwrap().contains("STATUS:CANCELLED\r\n"));
    // told once, and taken back
    assert_eq!(ada.get("~/calendar-feeds").await.expect(200).body["items"][0]["url"], Value::Null);
    ada.delete(&format!("~/calendar-feeds/{}", made.id())).await.expect(204);
    program.get(&path).await.expect(404);
    assert_eq!(
        ada.post("~/calendar-feeds", json!({ "label": "" })).await.expect(422).fault(),
        ("label", "length")
    );
}
