//! The protocols other than OpenAI's: each request as its description has it, each stream as it comes.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

mod support;

use std::sync::{Arc, Mutex};

use axum::{
    Router,
    body::Bytes,
    http::{HeaderMap, StatusCode, Uri, header},
    response::{IntoResponse as _, Response},
};
use bellwether_kernel::money::MicroUsd;
use bellwether_models::{Silent, Usage};
use bellwether_networks::Content;
use serde_json::{Value, json};
use support::{Books, brief, json as draft, models, server::KEY};

const GOOD: &str = "Every loaf takes 48 hours. Anna Berg still sells out by noon.";

type Check = fn(&Uri, &HeaderMap, &Value) -> Result<String, String>;

/// Answers with what the check makes of the request: a stream, or a refusal in the provider's form.
async fn serve(check: Check) -> (String, Arc<Mutex<Vec<Value>>>) {
    let seen: Arc<Mutex<Vec<Value>>> = Arc::default();
    let kept = seen.clone();
    let handle = move |uri: Uri, headers: HeaderMap, body: Bytes| {
        let request: Value = serde_json::from_slice(&body).unwrap();
        let answer: Response = match check(&uri, &headers, &request) {
            Ok(stream) => ([(header::CONTENT_TYPE, "text/event-stream")], stream).into_response(),
            Err(message) => {
                (StatusCode::BAD_REQUEST, axum::Json(json!({"error": {"message": message}}))).into_response()
            }
        };
        kept.lock().unwrap().push(request);
        async move { answer }
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, Router::new().fallback(handle)).await });
    (format!("http://{address}/"), seen)
}

fn config(kind: &str, base_url: &str) -> String {
    format!(
        "[providers.p]\nkind = \"{kind}\"\nmodel = \"m-1\"\nbase_url = \"{base_url}\"\napi_key_env = \"TEST_KEY\"\n\
         max_output_tokens = 900\ntemperature = 0.5\nprice = {{ input = 3.0, output = 15.0 }}\n"
    )
}

fn header<'a>(headers: &'a HeaderMap, name: &str) -> &'a str {
    headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

fn wants(holds: bool, what: &str) -> Result<(), String> {
    if holds { Ok(()) } else { Err(what.to_owned()) }
}

fn halves(text: &str) -> (&str, &str) {
    let middle = text.floor_char_boundary(text.len() / 2);
    text.split_at(middle)
}

fn anthropic(uri: &Uri, headers: &HeaderMap, request: &Value) -> Result<String, String> {
    wants(uri.path() == "/v1/messages", "not_found")?;
    wants(header(headers, "x-api-key") == KEY, "invalid x-api-key")?;
    wants(header(headers, "anthropic-version") == "2023-06-01", "anthropic-version: header is required")?;
    wants(request["model"] == "m-1" && request["stream"] == true, "model, stream")?;
    wants(request["max_tokens"] == 900, "max_tokens: Field required")?;
    wants(request["temperature"] == 0.5, "temperature")?;
    wants(request["system"].is_string(), "system: a text")?;
    for (index, message) in
        request["messages"].as_array().ok_or("messages: Field required")?.iter().enumerate()
    {
        let role = if index % 2 == 0 { "user" } else { "assistant" };
        wants(message["role"] == role && message["content"].is_string(), "messages: roles must alternate")?;
    }
    let format = &request["output_config"]["format"];
    wants(
        format["type"] == "json_schema" && format["schema"]["additionalProperties"] == false,
        "output_config",
    )?;

    let text = draft(GOOD);
    let (first, second) = halves(&text);
    let delta = |text: &str| json!({"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": text}});
    let events = [
        (
            "message_start",
            json!({"type": "message_start", "message": {"id": "msg_1", "type": "message", "role":
            "assistant", "content": [], "model": "m-1", "stop_reason": null, "stop_sequence": null,
            "usage": {"input_tokens": 1_000, "output_tokens": 1}}}),
        ),
        (
            "content_block_start",
            json!({"type": "content_block_start", "index": 0,
            "content_block": {"type": "text", "text": ""}}),
        ),
        ("ping", json!({"type": "ping"})),
        ("content_block_delta", delta(first)),
        ("content_block_delta", delta(second)),
        ("content_block_stop", json!({"type": "content_block_stop", "index": 0})),
        (
            "message_delta",
            json!({"type": "message_delta", "delta": {"stop_reason": "end_turn", "stop_sequence": null},
            "usage": {"output_tokens": 200}}),
        ),
        ("message_stop", json!({"type": "message_stop"})),
    ];
    let events: Vec<String> =
        events.iter().map(|(name, data)| format!("event: {name}\ndata: {data}\n\n")).collect();
    Ok(events.concat())
}

fn gemini(uri: &Uri, headers: &HeaderMap, request: &Value) -> Result<String, String> {
    wants(uri.path() == "/v1beta/models/m-1:streamGenerateContent", "not found")?;
    wants(uri.query() == Some("alt=sse"), "alt=sse")?;
    wants(header(headers, "x-goog-api-key") == KEY, "API key not valid")?;
    wants(request["systemInstruction"]["parts"][0]["text"].is_string(), "systemInstruction")?;
    for (index, content) in
        request["contents"].as_array().ok_or("contents is not specified")?.iter().enumerate()
    {
        let role = if index % 2 == 0 { "user" } else { "model" };
        wants(content["role"] == role && content["parts"][0]["text"].is_string(), "contents")?;
    }
    let generation = &request["generationConfig"];
    wants(generation["maxOutputTokens"] == 900 && generation["temperature"] == 0.5, "generationConfig")?;
    wants(generation["responseMimeType"] == "application/json", "responseMimeType")?;
    wants(generation["responseJsonSchema"]["properties"]["post"].is_object(), "responseJsonSchema")?;

    let text = draft(GOOD);
    let (first, second) = halves(&text);
    let piece = |text: &str, finish: Option<&str>, out: u64| {
        let mut candidate = json!({"index": 0, "content": {"role": "model", "parts": [{"text": text}]}});
        if let Some(finish) = finish {
            candidate["finishReason"] = finish.into();
        }
        json!({"candidates": [candidate], "modelVersion": "m-1", "usageMetadata": {"promptTokenCount": 1_000,
            "candidatesTokenCount": out, "totalTokenCount": 1_000 + out}})
    };
    Ok(format!("data: {}\r\n\r\ndata: {}\r\n\r\n", piece(first, None, 90), piece(second, Some("STOP"), 200)))
}

#[tokio::test]
async fn each_protocol_carries_a_draft() {
    for (kind, path, check) in
        [("anthropic", "v1/", anthropic as Check), ("gemini", "v1beta/", gemini as Check)]
    {
        let (url, seen) = serve(check).await;
        let books = Books::default();
        let writer = models(&config(kind, &format!("{url}{path}"))).writer(Some("p")).unwrap();
        let written =
            writer.write(&brief(), &books, &Silent).await.unwrap_or_else(|error| panic!("{kind}: {error}"));
        let Content::Post { post, .. } = &written.content else { panic!("{kind}: not a post") };
        assert_eq!(post, GOOD);
        assert_eq!(written.usage, Usage { input_tokens: 1_000, output_tokens: 200 }, "{kind}");
        assert_eq!(written.cost, Some(MicroUsd(6_000)));
        assert_eq!(seen.lock().unwrap().len(), 1);
    }
}

#[tokio::test]
async fn a_provider_that_knows_no_schema_is_asked_in_words() {
    fn refuses_schemas(uri: &Uri, headers: &HeaderMap, request: &Value) -> Result<String, String> {
        if request.get("output_config").is_some() {
            return Err("output_config: Extra inputs are not permitted".into());
        }
        let mut with = request.clone();
        with["output_config"] =
            json!({"format": {"type": "json_schema", "schema": {"additionalProperties": false}}});
        anthropic(uri, headers, &with)
    }
    let (url, seen) = serve(refuses_schemas).await;
    let books = Books::default();
    let writer = models(&config("anthropic", &format!("{url}v1/"))).writer(Some("p")).unwrap();
    writer.write(&brief(), &books, &Silent).await.unwrap();
    assert_eq!(books.codes(), ["unsupported_format", "ok"]);
    assert_eq!(seen.lock().unwrap().len(), 2, "there is no JSON mode to try in between");
}

#[tokio::test]
async fn an_overloaded_provider_is_asked_again() {
    #[expect(clippy::unnecessary_wraps, reason = "the form of a check")]
    fn overloaded(_: &Uri, _: &HeaderMap, _: &Value) -> Result<String, String> {
        let error = json!({"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}});
        Ok(format!("event: error\ndata: {error}\n\n"))
    }
    let (url, _) = serve(overloaded).await;
    let books = Books::default();
    let toml = format!("retry = {{ base_ms = 1 }}\n{}", config("anthropic", &format!("{url}v1/")));
    let error = models(&toml).writer(Some("p")).unwrap().write(&brief(), &books, &Silent).await.unwrap_err();
    assert!(error.to_string().contains("Overloaded"), "{error}");
    assert_eq!(books.codes(), ["stream_error", "stream_error", "stream_error"]);
}
