//! WhatsApp's Cloud API: template messages, since nothing else may begin a conversation; and what it tells of them later.

use bellwether_kernel::Timestamp;
use bellwether_networks::publish::{Effect, Method, Request, Response};
use chrono::DateTime;
use ring::hmac;
use serde_json::{Value, json};

use super::{Message, Outcome, message::cut, shorten, usual};
use crate::config::WhatsappConfig;

/// Characters of a parameter; the whole body of a template holds 1,024.
const TITLE: usize = 120;
const BODY: usize = 400;

/// Longer ids are none of WhatsApp's.
const LONGEST_ID: usize = 300;

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

/// A parameter may have neither line ends nor tabs nor long gaps, and has to say something.
fn text(value: &str, most: usize) -> Value {
    let mut line = value.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.is_empty() {
        "See it in Bellwether.".clone_into(&mut line);
    }
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
        return match value.pointer("/messages/0/id").and_then(Value::as_str) {
            Some(id) if !id.is_empty() => Outcome::Sent(Some(id.to_owned())),
            _ => Outcome::lost("What came instead could not be read."),
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

/// What became of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, strum::EnumString, strum::IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum Became {
    /// It left WhatsApp's servers.
    Sent,
    /// It is on the telephone.
    Delivered,
    /// It was read there.
    Read,
    /// It did not and will not arrive.
    Failed,
}

/// What WhatsApp tells of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// Its id, as the answer to the call gave it.
    pub message: String,
    /// What became of it.
    pub became: Became,
    /// When.
    pub at: Timestamp,
    /// Why it failed.
    pub words: Option<String>,
}

/// Whether a webhook's body is signed with the app's secret, as `X-Hub-Signature-256` says. Takes the same time wherever the
/// signatures differ.
pub fn signed(secret: &str, signature: &[u8], body: &[u8]) -> bool {
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
    hmac::verify(&key, body, signature).is_ok()
}

/// What a webhook tells of messages that a number sent; what is not understood is left out, since Meta would tell it again and
/// again.
pub fn reports(told: &Value, number: Option<&str>, now: Timestamp) -> Vec<Report> {
    let list = |value: &Value, name: &str| value[name].as_array().cloned().unwrap_or_default();
    let mut found = Vec::new();
    for change in list(told, "entry").iter().flat_map(|entry| list(entry, "changes")) {
        let value = &change["value"];
        let of = value.pointer("/metadata/phone_number_id").and_then(Value::as_str);
        // an app may have several numbers, and ours is one of them
        if change["field"] != "messages" || (of.is_some() && of != number) {
            continue;
        }
        found.extend(list(value, "statuses").iter().filter_map(|status| report(status, now)));
    }
    found
}

fn report(status: &Value, now: Timestamp) -> Option<Report> {
    let message = status["id"].as_str().filter(|id| (1..=LONGEST_ID).contains(&id.len()))?;
    let became: Became = status["status"].as_str()?.parse().ok()?;
    let seconds =
        status["timestamp"].as_str().and_then(|at| at.parse().ok()).or(status["timestamp"].as_i64());
    let at = seconds.and_then(|seconds| DateTime::from_timestamp(seconds, 0));
    let words = (became == Became::Failed).then(|| why(&status["errors"]));
    // another clock may be ahead of ours
    Some(Report { message: message.to_owned(), became, at: at.map_or(now, |at| at.min(now)), words })
}

/// The first error that says something.
fn why(errors: &Value) -> String {
    let said = errors.as_array().into_iter().flatten().find_map(|error| {
        ["/error_data/details", "/message", "/title"]
            .into_iter()
            .filter_map(|at| error.pointer(at).and_then(Value::as_str))
            .map(shorten)
            .find(|words| !words.is_empty())
    });
    said.unwrap_or_else(|| "It could not be delivered.".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_holds_for_its_body_and_secret_alone() {
        // RFC 4231, case 2
        let sum = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";
        let sum: Vec<u8> =
            (0..32).map(|at| u8::from_str_radix(&sum[2 * at..2 * at + 2], 16).unwrap()).collect();
        assert!(signed("Jefe", &sum, b"what do ya want for nothing?"));
        assert!(!signed("Jefe", &sum, b"what do you want for nothing?"));
        assert!(!signed("jefe", &sum, b"what do ya want for nothing?"));
        assert!(!signed("Jefe", &sum[..31], b"what do ya want for nothing?") && !signed("Jefe", &[], b""));
    }

    #[test]
    fn what_is_told_of_our_number_is_read_and_nothing_else() {
        let now: Timestamp = "2026-11-17T08:00:00Z".parse().unwrap();
        let status = |id: &str, status: &str, at: Value| {
            json!({ "id": id, "status": status, "timestamp": at,
            "recipient_id": "4930123456" })
        };
        let mut failed = status("wamid.3", "failed", json!("1795248000"));
        failed["errors"] = json!([{ "code": 131_026, "title": "Message undeliverable",
            "error_data": { "details": "Message  Undeliverable.\nNo account." } }]);
        let change = |number: &str, field: &str, statuses: Value| {
            json!({ "field": field, "value": {
            "messaging_product": "whatsapp", "metadata": { "display_phone_number": "1", "phone_number_id": number },
            "statuses": statuses } })
        };
        let told = json!({ "object": "whatsapp_business_account", "entry": [{ "id": "1", "changes": [
            change("7", "messages", json!([
                status("wamid.1", "delivered", json!("1779004800")), status("wamid.2", "read", json!("9999999999")),
                failed, status("wamid.4", "warning", json!("1")), status("", "sent", json!("1")), 12 ])),
            change("8", "messages", json!([status("wamid.5", "sent", json!("1"))])),
            change("7", "group_lifecycle_update", json!([status("wamid.6", "sent", json!("1"))])),
            { "field": "messages", "value": { "messages": [{ "id": "wamid.7", "type": "text" }] } },
        ] }] });
        let found = reports(&told, Some("7"), now);
        let short: Vec<(&str, Became)> = found.iter().map(|one| (one.message.as_str(), one.became)).collect();
        let wanted = [("wamid.1", Became::Delivered), ("wamid.2", Became::Read), ("wamid.3", Became::Failed)];
        assert_eq!(short, wanted);
        assert_eq!(
            (found[0].at.timestamp(), found[1].at),
            (1_779_004_800, now),
            "nothing is read in the future"
        );
        assert_eq!(found[2].words.as_deref(), Some("Message Undeliverable. No account."));
        assert!(
            reports(&json!([1]), Some("7"), now).is_empty()
                && reports(&json!({ "entry": {} }), None, now).is_empty()
        );
        assert_eq!(why(&json!([{ "code": 1 }])), "It could not be delivered.");
    }
}
