//! A server that speaks OpenAI's chat completions as their description has it: it refuses what that refuses, streams
//! as that streams, and fails as it is told.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
};

use axum::{
    Router,
    body::{Body, Bytes},
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
    routing::post,
};
use futures::{StreamExt as _, stream};
use serde_json::{Value, json};

pub const KEY: &str = "sk-test-4242424242";

/// What to do with the next request.
#[derive(Debug, Clone)]
pub enum Do {
    /// Answer with this text, whole and well.
    Say(String),
    /// End for want of room.
    Length(String),
    /// Answer without the closing `[DONE]` and without counting tokens.
    NoEnd(String),
    /// Break off in the middle of the text.
    Truncate(String),
    /// Begin, and then say nothing more.
    Stall(String),
    /// Take the request and say nothing.
    Hang,
    /// A status, headers and a body.
    Status(u16, Vec<(&'static str, String)>, String),
    /// A piece that is no JSON.
    Garbage,
    /// An error in the middle of the stream.
    StreamError,
    /// Declined by a filter.
    Filter,
    /// A stream without anything, and the reason only to who asks without streaming.
    Mute(String),
}

#[derive(Clone, Default)]
pub struct Fake {
    pub todo: Arc<Mutex<VecDeque<Do>>>,
    pub seen: Arc<Mutex<Vec<Value>>>,
    /// How many ways of asking for a shape it does not know: with 1 no strict schema, with 2 no schema in the JSON
    /// mode, with 3 no JSON mode either.
    pub ignorance: u8,
}

impl Fake {
    /// Does these, one per request.
    pub fn new(todo: impl IntoIterator<Item = Do>) -> Self {
        Self { todo: Arc::new(Mutex::new(todo.into_iter().collect())), ..Self::default() }
    }

    /// Serves on a port of the system's choosing and gives the base URL.
    pub async fn start(&self) -> String {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let router = Router::new().route("/v1/chat/completions", post(complete)).with_state(self.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        format!("http://{address}/v1")
    }

    /// The bodies of the requests so far.
    pub fn seen(&self) -> Vec<Value> {
        self.seen.lock().unwrap().clone()
    }
}

async fn complete(State(fake): State<Fake>, headers: HeaderMap, body: Bytes) -> Response {
    let request: Value = match check(&headers, &body, fake.ignorance) {
        Ok(request) => request,
        Err((status, message)) => {
            // a refused request is seen too: the tests look at what was tried
            fake.seen.lock().unwrap().push(serde_json::from_slice(&body).unwrap_or(Value::Null));
            let body = json!({"error": {"message": message, "type": "invalid_request_error", "param": null, "code": null}});
            return (status, axum::Json(body)).into_response();
        }
    };
    fake.seen.lock().unwrap().push(request.clone());
    let next = fake.todo.lock().unwrap().pop_front();
    let Some(next) = next else {
        return (StatusCode::IM_A_TEAPOT, "the test planned no further request").into_response();
    };
    let model = request["model"].clone();
    match next.clone() {
        Do::Say(text) => events(whole(&model, &text, "stop", true), false),
        Do::Length(text) => events(whole(&model, &text, "length", true), false),
        Do::NoEnd(text) => events(whole(&model, &text, "stop", false), false),
        Do::Mute(_) if request["stream"] == true => {
            fake.todo.lock().unwrap().push_front(next);
            events(vec![], false)
        }
        Do::Mute(reason) => {
            let body = json!({"error": {"message": reason, "type": "invalid_request_error"}});
            (StatusCode::BAD_REQUEST, axum::Json(body)).into_response()
        }
        Do::Filter => events(whole(&model, "", "content_filter", true), false),
        Do::Truncate(text) => {
            let mut pieces = pieces(&model, &text);
            pieces.truncate(pieces.len() / 2);
            events(pieces, false)
        }
        Do::Stall(text) => {
            let mut pieces = pieces(&model, &text);
            pieces.truncate(pieces.len() / 2);
            events(pieces, true)
        }
        Do::Hang => futures::future::pending().await,
        Do::Status(status, headers, body) => {
            let mut response = (StatusCode::from_u16(status).unwrap(), body).into_response();
            for (name, value) in headers {
                response.headers_mut().insert(name, value.parse().unwrap());
            }
            response
        }
        Do::Garbage => events(vec!["{\"choices\": [{\"delta\"".into()], false),
        Do::StreamError => events(
            vec![json!({"error": {"message": "overloaded", "type": "server_error"}}).to_string()],
            false,
        ),
    }
}

fn chunk(model: &Value, delta: &Value, finish: Option<&str>) -> String {
    json!({"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1_767_225_600, "model": model,
        "choices": [{"index": 0, "delta": delta, "logprobs": null, "finish_reason": finish}], "usage": null})
    .to_string()
}

/// The role, then the text in pieces of some characters.
fn pieces(model: &Value, text: &str) -> Vec<String> {
    let letters: Vec<char> = text.chars().collect();
    let mut pieces = vec![chunk(model, &json!({"role": "assistant", "content": ""}), None)];
    for piece in letters.chunks(7) {
        pieces.push(chunk(model, &json!({"content": piece.iter().collect::<String>()}), None));
    }
    pieces
}

fn whole(model: &Value, text: &str, finish: &str, with_end: bool) -> Vec<String> {
    let mut pieces = pieces(model, text);
    pieces.push(chunk(model, &json!({}), Some(finish)));
    if with_end {
        let usage = json!({"prompt_tokens": 1_000, "completion_tokens": 200, "total_tokens": 1_200});
        pieces.push(
            json!({"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1_767_225_600, "model": model,
                "choices": [], "usage": usage})
            .to_string(),
        );
        pieces.push("[DONE]".into());
    }
    pieces
}

fn events(pieces: Vec<String>, then_silence: bool) -> Response {
    let pieces = stream::iter(pieces).map(|piece| Ok::<_, std::io::Error>(format!("data: {piece}\n\n")));
    let body = if then_silence {
        Body::from_stream(pieces.chain(stream::pending()))
    } else {
        Body::from_stream(pieces)
    };
    ([(header::CONTENT_TYPE, "text/event-stream; charset=utf-8")], body).into_response()
}

/// The arguments that a request may have here.
const KNOWN: [&str; 11] = [
    "model",
    "messages",
    "stream",
    "stream_options",
    "max_tokens",
    "max_completion_tokens",
    "temperature",
    "response_format",
    "seed",
    "top_p",
    "reasoning_effort",
];

/// The keywords that strict structured outputs take.
const TAKEN: [&str; 12] = [
    "type",
    "properties",
    "required",
    "additionalProperties",
    "items",
    "enum",
    "const",
    "anyOf",
    "description",
    "$ref",
    "$defs",
    "title",
];

type Refused = (StatusCode, String);

fn check(headers: &HeaderMap, body: &Bytes, ignorance: u8) -> Result<Value, Refused> {
    let bad = |message: &str| (StatusCode::BAD_REQUEST, message.to_owned());
    let bearer = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if bearer != format!("Bearer {KEY}") {
        let key = bearer.trim_start_matches("Bearer ");
        return Err((StatusCode::UNAUTHORIZED, format!("Incorrect API key provided: {key}.")));
    }
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if !kind.starts_with("application/json") {
        return Err((StatusCode::UNSUPPORTED_MEDIA_TYPE, "content type must be application/json".into()));
    }
    let request: Value = serde_json::from_slice(body).map_err(|error| bad(&error.to_string()))?;
    let map = request.as_object().ok_or_else(|| bad("not an object"))?;
    if let Some(name) = map.keys().find(|name| !KNOWN.contains(&name.as_str())) {
        return Err(bad(&format!("Unrecognized request argument supplied: {name}")));
    }
    if request["model"] != "test-model-high" || map.contains_key("reasoning_effort") {
        return Err(bad("the model's name was tampered with"));
    }
    let stream_options = if request["stream"] == true { json!({"include_usage": true}) } else { Value::Null };
    if request["stream_options"] != stream_options {
        return Err(bad(
            "The 'stream_options' parameter is only allowed when 'stream' is enabled, and wanted then.",
        ));
    }
    if request["max_tokens"].as_u64().is_none_or(|tokens| tokens == 0) {
        return Err(bad("max_tokens must be a positive integer"));
    }
    if map.get("temperature").is_some_and(|t| t.as_f64().is_none_or(|t| !(0.0..=2.0).contains(&t))) {
        return Err(bad("temperature out of range"));
    }
    check_messages(&request["messages"]).map_err(|message| bad(&message))?;
    check_format(&request["response_format"], ignorance).map_err(|message| bad(&message))?;
    Ok(request)
}

fn check_messages(messages: &Value) -> Result<(), String> {
    let messages =
        messages.as_array().filter(|messages| !messages.is_empty()).ok_or("messages must be a list")?;
    for (index, message) in messages.iter().enumerate() {
        let role = message["role"].as_str().unwrap_or_default();
        let expected = if index == 0 {
            "system"
        } else if index % 2 == 1 {
            "user"
        } else {
            "assistant"
        };
        if role != expected {
            return Err(format!("messages[{index}].role is {role}, expected {expected}"));
        }
        if message["content"].as_str().is_none_or(str::is_empty) {
            return Err(format!("messages[{index}].content must be a text"));
        }
    }
    if messages.len() % 2 == 1 { Err("the last message must be the user's".into()) } else { Ok(()) }
}

fn check_format(format: &Value, ignorance: u8) -> Result<(), String> {
    match format["type"].as_str() {
        None if format.is_null() => Ok(()),
        Some("json_object") if format.get("schema").is_some() && ignorance < 2 => {
            check_schema(&format["schema"], "schema")
        }
        Some("json_object") if format.get("schema").is_none() && ignorance < 3 => Ok(()),
        Some("json_schema") if ignorance < 1 => {
            let schema = &format["json_schema"];
            let name = schema["name"].as_str().unwrap_or_default();
            let fits = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
            if name.is_empty() || name.len() > 64 || !name.chars().all(fits) || schema["strict"] != true {
                return Err("Invalid response_format.json_schema name or strict".into());
            }
            check_schema(&schema["schema"], "schema")
        }
        _ => Err("Invalid parameter: response_format of this type is not supported with this model.".into()),
    }
}

/// The subset that strict structured outputs take.
fn check_schema(schema: &Value, path: &str) -> Result<(), String> {
    let Some(map) = schema.as_object() else {
        return Err(format!("Invalid schema at {path}: not an object"));
    };
    if let Some(word) = map.keys().find(|word| !TAKEN.contains(&word.as_str())) {
        return Err(format!("Invalid schema at {path}: '{word}' is not permitted"));
    }
    if let Some(properties) = map.get("properties").and_then(Value::as_object) {
        let names: Vec<&str> = properties.keys().map(String::as_str).collect();
        let required: Vec<&str> =
            map["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        if names != required || map.get("additionalProperties") != Some(&json!(false)) {
            return Err(format!(
                "Invalid schema at {path}: all properties must be required and no others allowed"
            ));
        }
        for (name, schema) in properties {
            check_schema(schema, &format!("{path}.{name}"))?;
        }
    }
    if let Some(items) = map.get("items") {
        check_schema(items, &format!("{path}.items"))?;
    }
    for option in map.get("anyOf").and_then(Value::as_array).into_iter().flatten() {
        check_schema(option, &format!("{path}.anyOf"))?;
    }
    for (name, schema) in map.get("$defs").and_then(Value::as_object).into_iter().flatten() {
        check_schema(schema, &format!("{path}.$defs.{name}"))?;
    }
    Ok(())
}
