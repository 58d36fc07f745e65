//! Slack's incoming webhooks, and what takes the same (Mattermost, Rocket.Chat).

use std::fmt::Write as _;

use bellwether_kernel::Timestamp;
use bellwether_networks::publish::{Effect, Method, Request, Response};
use serde_json::json;

use super::{Link, Message, Outcome, message::cut, usual};

/// Characters of a part: a message has room for 40,000, a reader for less.
const PART: usize = 600;

/// The three characters that Slack gives a meaning.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

fn link(link: &Link) -> String {
    format!("<{}|{}>", link.url.replace('|', "%7C").replace('>', "%3E"), escaped(&link.label))
}

pub(super) fn request(webhook: &str, message: &Message) -> Request {
    let mut text = format!("*{}*\n{}", escaped(&message.title), escaped(&message.body));
    for part in &message.parts {
        let _ = write!(text, "\n\n{}", escaped(&cut(&part.text, PART)));
        let links: Vec<String> = part.links.iter().map(link).collect();
        if !links.is_empty() {
            let _ = write!(text, "\n{}", links.join(" · "));
        }
    }
    let _ = write!(text, "\n\n{}", link(&message.link));
    // Slack's own look at our links would only cost time
    let body = json!({ "text": text, "unfurl_links": false, "unfurl_media": false });
    Request::new(Method::Post, webhook, Effect::Publishes).json(body)
}

pub(super) fn judge(response: &Response, now: Timestamp) -> Outcome {
    if (200..300).contains(&response.status) {
        return Outcome::Sent(None);
    }
    let words = String::from_utf8_lossy(&response.bytes).into_owned();
    // a word such as `no_service` or `channel_is_archived`; a page of HTML says nothing
    let words = if words.contains('<') { String::new() } else { words.replace('_', " ") };
    usual(response, now, &words)
}
