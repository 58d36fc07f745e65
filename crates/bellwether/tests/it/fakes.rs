//! WhatsApp, Slack, Telegram and a push service, as strict as their descriptions: what they don't know they refuse. In one
//! server, so that a test can say of each what it answers next.

use std::{
    collections::{HashMap, VecDeque},
    panic::resume_unwind,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
};

use axum::{
    Router,
    body::{Bytes, to_bytes},
    extract::{Request, State},
    http::{HeaderMap, Method, StatusCode},
    response::{IntoResponse as _, Response},
};
use serde_json::{Value, json};
use tokio::net::TcpListener;

/// Every message has an id of its own.
static MESSAGES: AtomicU64 = AtomicU64::new(1);

/// The token of the operator's number and of the installation's bot.
pub const WHATSAPP_TOKEN: &str = "EAAB-test";
pub const BOT_TOKEN: &str = "110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw";

/// No status of an answer.
const HANG_UP: u16 = 0;

/// An answer that is not the usual one.
#[derive(Clone)]
pub struct Odd {
    pub status: u16,
    pub retry_after: Option<&'static str>,
    pub body: Value,
}

/// A call that came.
#[derive(Debug, Clone)]
pub struct Seen {
    pub path: String,
    pub body: Value,
}

#[derive(Default)]
struct Kept {
    seen: Vec<Seen>,
    odd: HashMap<String, VecDeque<Odd>>,
    updates: Vec<Value>,
}

/// The server.
#[derive(Clone)]
pub struct Fakes {
    pub url: String,
    kept: Arc<Mutex<Kept>>,
}

impl Fakes {
    pub async fn start() -> Self {
        let kept: Arc<Mutex<Kept>> = Arc::default();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let router = Router::new().fallback(answer).with_state(kept.clone());
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { url, kept }
    }

    /// What a path answers next, once.
    pub fn next(&self, path: &str, status: u16, body: Value) {
        self.next_odd(path, Odd { status, retry_after: None, body });
    }

    /// A path reads what comes next, and hangs up without a word.
    pub fn hang_up(&self, path: &str) {
        self.next_odd(path, Odd { status: HANG_UP, retry_after: None, body: Value::Null });
    }

    pub fn next_odd(&self, path: &str, odd: Odd) {
        self.kept.lock().unwrap().odd.entry(path.to_owned()).or_default().push_back(odd);
    }

    /// What somebody wrote to the bot, for whoever fetches it.
    pub fn wrote(&self, update: Value) {
        self.kept.lock().unwrap().updates.push(update);
    }

    /// What came to paths that begin so, since the last time; taken out.
    pub fn seen(&self, path: &str) -> Vec<Seen> {
        let mut kept = self.kept.lock().unwrap();
        let (there, rest) = kept.seen.drain(..).partition(|seen| seen.path.starts_with(path));
        kept.seen = rest;
        there
    }
}

/// Only these fields, and of those all that are needed.
fn fields(body: &Value, needed: &[&str], allowed: &[&str]) -> Result<(), String> {
    let object = body.as_object().ok_or("not an object")?;
    if let Some(missing) = needed.iter().find(|name| !object.contains_key(**name)) {
        return Err(format!("missing {missing}"));
    }
    let known = |name: &&String| needed.contains(&name.as_str()) || allowed.contains(&name.as_str());
    object.keys().find(|name| !known(name)).map_or(Ok(()), |odd| Err(format!("unknown {odd}")))
}

async fn answer(State(kept): State<Arc<Mutex<Kept>>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let path = parts.uri.path().to_owned();
    let bytes = to_bytes(body, 1_000_000).await.unwrap();
    assert_eq!(parts.method, Method::POST, "{path}");
    let usual = if path.starts_with("/push/") {
        push(&parts.headers, &bytes)
    } else {
        assert_eq!(parts.headers["content-type"], "application/json", "{path}");
        let body: Value = serde_json::from_slice(&bytes).unwrap();
        if path.starts_with("/services/") {
            slack(&body)
        } else if path.starts_with("/v23.0/") {
            whatsapp(&path, &parts.headers, &body)
        } else {
            telegram(&path, &body, &kept)
        }
    };
    let body = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
    let mut kept = kept.lock().unwrap();
    if !path.ends_with("/getUpdates") {
        kept.seen.push(Seen { path: path.clone(), body });
    }
    let odd = kept.odd.get_mut(&path).and_then(VecDeque::pop_front);
    drop(kept);
    match odd {
        // unwinding past the server closes the connection; so does a machine that is switched off
        Some(odd) if odd.status == HANG_UP => resume_unwind(Box::new("hangs up")),
        Some(odd) => {
            let mut headers = HeaderMap::new();
            if let Some(wait) = odd.retry_after {
                headers.insert("retry-after", wait.parse().unwrap());
            }
            let body = odd.body.as_str().map_or_else(|| odd.body.to_string(), str::to_owned);
            (StatusCode::from_u16(odd.status).unwrap(), headers, body).into_response()
        }
        None => usual,
    }
}

/// RFC 8030, 8188, 8291 and 8292, as far as a push service can see; what is sealed only a browser reads.
fn push(headers: &HeaderMap, body: &Bytes) -> Response {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let vapid = text("authorization").strip_prefix("vapid t=").and_then(|rest| rest.split_once(", k="));
    let token = vapid.is_some_and(|(token, key)| token.split('.').count() == 3 && key.len() == 87);
    let topic = text("topic");
    let good = token
        && text("ttl").parse::<u32>().is_ok()
        && text("content-encoding") == "aes128gcm"
        && topic.len() <= 32
        && topic.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
        && body.len() > 86
        && body.len() <= 4_096
        && body[20] == 65;
    if good {
        StatusCode::CREATED.into_response()
    } else {
        (StatusCode::BAD_REQUEST, "not as the standards say").into_response()
    }
}

fn slack(body: &Value) -> Response {
    let allowed = ["blocks", "attachments", "unfurl_links", "unfurl_media", "mrkdwn", "thread_ts"];
    if let Err(odd) = fields(body, &["text"], &allowed) {
        return (StatusCode::BAD_REQUEST, format!("invalid_payload: {odd}")).into_response();
    }
    match body["text"].as_str() {
        Some(text) if !text.is_empty() && text.len() <= 40_000 => "ok".into_response(),
        _ => (StatusCode::BAD_REQUEST, "no_text").into_response(),
    }
}

fn graph_error(status: u16, code: i64, message: &str) -> Response {
    let error =
        json!({ "error": { "message": message, "type": "OAuthException", "code": code, "fbtrace_id": "A" } });
    (StatusCode::from_u16(status).unwrap(), error.to_string()).into_response()
}

fn whatsapp(path: &str, headers: &HeaderMap, body: &Value) -> Response {
    if headers.get("authorization").is_none_or(|value| value != &format!("Bearer {WHATSAPP_TOKEN}")[..]) {
        return graph_error(401, 190, "Invalid OAuth access token.");
    }
    assert_eq!(path, "/v23.0/106540352242922/messages");
    let needed = ["messaging_product", "to", "type", "template"];
    let checked = fields(body, &needed, &["recipient_type"])
        .and_then(|()| fields(&body["template"], &["name", "language"], &["components"]));
    if let Err(odd) = checked {
        return graph_error(400, 100, &format!("(#100) Invalid parameter: {odd}"));
    }
    // how many parameters each template has in its body, and whether it has a button that takes one
    let (count, button) = match body["template"]["name"].as_str() {
        Some("bellwether_message") => (3, false),
        Some("bellwether_code") => (1, true),
        _ => return graph_error(404, 132_001, "Template name does not exist in the translation"),
    };
    let components = body["template"]["components"].as_array().cloned().unwrap_or_default();
    let of = |kind: &str| components.iter().find(|one| one["type"] == kind);
    let given = of("body").and_then(|body| body["parameters"].as_array()).cloned().unwrap_or_default();
    let good = |text: &str| !text.is_empty() && !text.contains(['\n', '\t']) && !text.contains("    ");
    let plain = given.iter().all(|one| one["type"] == "text" && one["text"].as_str().is_some_and(good));
    if given.len() != count || !plain || of("button").is_some() != button {
        return graph_error(
            400,
            132_000,
            "Number of parameters does not match the expected number of params",
        );
    }
    let to = body["to"].as_str().unwrap();
    let sent = json!({
        "messaging_product": "whatsapp",
        "contacts": [{ "input": to, "wa_id": to.trim_start_matches('+') }],
        "messages": [{ "id": format!("wamid.HBgLMTY1MDM4Nzk0MzkVAgAR{:04}", MESSAGES.fetch_add(1, Ordering::Relaxed)) }],
    });
    axum::Json(sent).into_response()
}

fn bot_error(status: u16, description: &str) -> Response {
    let body = json!({ "ok": false, "error_code": status, "description": description });
    (StatusCode::from_u16(status).unwrap(), axum::Json(body)).into_response()
}

fn telegram(path: &str, body: &Value, kept: &Mutex<Kept>) -> Response {
    let Some((token, method)) = path.strip_prefix("/bot").and_then(|rest| rest.split_once('/')) else {
        return bot_error(404, "Not Found");
    };
    if !token.starts_with("110201543:") {
        return bot_error(401, "Unauthorized");
    }
    match method {
        "sendMessage" => {
            let allowed = ["parse_mode", "link_preview_options", "disable_notification", "reply_markup"];
            if let Err(odd) = fields(body, &["chat_id", "text"], &allowed) {
                return bot_error(400, &format!("Bad Request: {odd}"));
            }
            let text = body["text"].as_str().unwrap();
            // what is left of HTML once its tags are read
            let mut inside = false;
            let shown = text.chars().filter(|c| {
                inside = (inside || *c == '<') && *c != '>';
                !inside && *c != '>'
            });
            if shown.count() > 4_096 {
                return bot_error(400, "Bad Request: message is too long");
            }
            let (open, close) = (text.matches("<a href=\"http").count(), text.matches("</a>").count());
            if open != close || text.matches("<b>").count() != text.matches("</b>").count() {
                return bot_error(400, "Bad Request: can't parse entities");
            }
            json!({ "ok": true, "result": { "message_id": 1 } }).to_string().into_response()
        }
        "getUpdates" => {
            if let Err(odd) = fields(body, &[], &["offset", "limit", "timeout", "allowed_updates"]) {
                return bot_error(400, &format!("Bad Request: {odd}"));
            }
            let after = body["offset"].as_i64().unwrap_or(0);
            let mut kept = kept.lock().unwrap();
            kept.updates.retain(|update| update["update_id"].as_i64().unwrap() >= after);
            json!({ "ok": true, "result": kept.updates }).to_string().into_response()
        }
        _ => bot_error(404, "Not Found"),
    }
}
