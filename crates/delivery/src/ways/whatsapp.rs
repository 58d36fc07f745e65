//! WhatsApp's Cloud API: template messages, since nothing else may begin a conversation.

use bellwether_kernel::Timestamp;
use bellwether_networks::publish::{Effect, Method, Request, Response};
use serde_json::{Value, json};

use super::{Message, Outcome, message::cut, usual};
use crate::config::WhatsappConfig;

/// Characters of a parameter; the whole body of a template holds 1,024.
const TITLE: usize = 120;
const BODY: usize = 400;

/// Codes of errors that pass: too many calls, too many messages to one number, the service is not there.
const PASSING: [i64; 9] = [4, 80_007, 130_429, 131_000, 131_016, 131_048, 131_056, 131_057, 133_016];

fn messages(config: &WhatsappConfig, number: &str, template: &Value) -> Result<Request, String> {
    let (Some(sender), Some(token)) = (&config.phone_number_id, &config.token) else {
        return Err("The operator has not set WhatsApp up.".to_owned());
    };
    let url = format!("{}/{sender}/messages", config.api_url.trim_end_matches('/'));
    let body = json!({
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        "to": number,
        "type": "template",
        "template": template,
    });
    let request = Request::new(Method::Post, url, Effect::Publishes);
    Ok(request.header("authorization", format!("Bearer {token}")).json(body))
}

/// A parameter may have neither line ends nor tabs nor long gaps.
fn text(value: &str, most: usize) -> Value {
    let line = value.split_whitespace().collect::<Vec<_>>().join(" ");
    json!({ "type": "text", "text": cut(&line, most) })
}

pub(super) fn request(config: &WhatsappConfig, number: &str, message: &Message) -> Result<Request, String> {
    let link = json!({ "type": "text", "text": message.link.url });
    let parameters = [text(&message.title, TITLE), text(&message.body, BODY), link];
    let template = json!({
        "name": config.template,
        "language": { "policy": "deterministic", "code": config.language },
        "components": [{ "type": "body", "parameters": parameters }],
    });
    messages(config, number, &template)
}

/// The call that sends a code.
pub fn code_request(config: &WhatsappConfig, number: &str, code: &str) -> Result<Request, String> {
    let parameters = [json!({ "type": "text", "text": code })];
    let mut components = vec![json!({ "type": "body", "parameters": parameters })];
    if config.code_button {
        components
            .push(json!({ "type": "button", "sub_type": "url", "index": "0", "parameters": parameters }));
    }
    let template = json!({
        "name": config.code_template,
        "language": { "policy": "deterministic", "code": config.language },
        "components": components,
    });
    messages(config, number, &template)
}

pub(super) fn judge(response: &Response, now: Timestamp) -> Outcome {
    let value = response.value().unwrap_or_default();
    if (200..300).contains(&response.status) {
        return match value.pointer("/messages/0/id") {
            Some(_) => Outcome::Sent,
            None => Outcome::Unclear("WhatsApp's answer could not be read.".to_owned()),
        };
    }
    let error = &value["error"];
    let words = ["/error_data/details", "/error_user_msg", "/message"]
        .into_iter()
        .find_map(|at| error.pointer(at).and_then(Value::as_str));
    let outcome = usual(response, now, words.unwrap_or_default());
    match (outcome, error["code"].as_i64()) {
        (Outcome::Refused { words, .. }, Some(code)) if PASSING.contains(&code) => {
            Outcome::Again { words, after: None }
        }
        (outcome, _) => outcome,
    }
}
