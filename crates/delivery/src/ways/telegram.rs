//! Telegram's Bot API.

use std::{fmt::Write as _, time::Duration};

use bellwether_kernel::Timestamp;
use bellwether_networks::publish::{Effect, Method, Request, Response};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Link, Message, Outcome, message::cut, usual};
use crate::config::TelegramConfig;

/// Characters of a part, and of all of them: a message has 4,096 once its links are read.
const PART: usize = 500;
const ALL: usize = 3_600;

fn method(config: &TelegramConfig, token: &str, name: &str) -> String {
    format!("{}/bot{token}/{name}", config.api_url.trim_end_matches('/'))
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

fn link(link: &Link) -> String {
    format!("<a href=\"{}\">{}</a>", escaped(&link.url), escaped(&link.label))
}

pub(super) fn request(
    config: &TelegramConfig,
    chat: &str,
    own: Option<&str>,
    message: &Message,
) -> Result<Request, String> {
    let token = own.or(config.bot_token.as_deref()).ok_or("The operator has not set a Telegram bot up.")?;
    let mut text = format!("<b>{}</b>\n{}", escaped(&message.title), escaped(&message.body));
    let mut room = ALL.saturating_sub(message.title.chars().count() + message.body.chars().count());
    for part in &message.parts {
        let shown = cut(&part.text, PART);
        let Some(left) = room.checked_sub(shown.chars().count() + 60) else { break };
        room = left;
        let _ = write!(text, "\n\n{}", escaped(&shown));
        let links: Vec<String> = part.links.iter().map(link).collect();
        if !links.is_empty() {
            let _ = write!(text, "\n{}", links.join(" · "));
        }
    }
    let _ = write!(text, "\n\n{}", link(&message.link));
    let body = json!({
        "chat_id": chat,
        "text": text,
        "parse_mode": "HTML",
        "link_preview_options": { "is_disabled": true },
    });
    Ok(Request::new(Method::Post, method(config, token, "sendMessage"), Effect::Publishes).json(body))
}

pub(super) fn judge(response: &Response, now: Timestamp) -> Outcome {
    let value = response.value().unwrap_or_default();
    if (200..300).contains(&response.status) {
        return if value["ok"] == true {
            Outcome::Sent(None)
        } else {
            Outcome::lost("What came instead could not be read.")
        };
    }
    match usual(response, now, value["description"].as_str().unwrap_or_default()) {
        Outcome::Again { words, after } => {
            let wait = value.pointer("/parameters/retry_after").and_then(Value::as_u64);
            Outcome::Again { words, after: wait.map(Duration::from_secs).or(after) }
        }
        outcome => outcome,
    }
}

/// What somebody wrote to the bot.
#[derive(Debug, Clone, Deserialize)]
pub struct Update {
    /// Counts up.
    pub update_id: i64,
    /// What they wrote; updates of other kinds have none.
    pub message: Option<Written>,
}

/// A message to the bot.
#[derive(Debug, Clone, Deserialize)]
pub struct Written {
    /// Where.
    pub chat: Chat,
    /// The words.
    pub text: Option<String>,
}

/// A chat.
#[derive(Debug, Clone, Deserialize)]
pub struct Chat {
    /// Its id.
    pub id: i64,
    /// `private`, `group` …
    #[serde(rename = "type")]
    pub kind: String,
    /// Of a person.
    pub username: Option<String>,
    /// Of a person.
    pub first_name: Option<String>,
    /// Of a group.
    pub title: Option<String>,
}

impl Chat {
    /// As people know it.
    pub fn name(&self) -> String {
        let user = self.username.as_ref().map(|name| format!("@{name}"));
        let name = user.or_else(|| self.title.clone()).or_else(|| self.first_name.clone());
        cut(&name.unwrap_or_else(|| "Telegram".to_owned()), 200)
    }
}

impl Update {
    /// The code of a link that somebody followed, with where.
    pub fn start(&self) -> Option<(&Chat, &str)> {
        let written = self.message.as_ref()?;
        let (command, code) = written.text.as_deref()?.trim().split_once(' ')?;
        // in a group the bot's name stands behind
        let is_start = command == "/start" || command.starts_with("/start@");
        is_start.then(|| (&written.chat, code.trim()))
    }
}

/// The call that fetches what was written to the installation's bot since.
pub fn updates_request(config: &TelegramConfig, after: i64) -> Option<Request> {
    let token = config.bot_token.as_deref()?;
    let body = json!({ "offset": after, "limit": 100, "timeout": 0, "allowed_updates": ["message"] });
    Some(Request::new(Method::Post, method(config, token, "getUpdates"), Effect::Reads).json(body))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_followed_link_is_known() {
        let update = |text: &str| -> Update {
            serde_json::from_value(json!({
                "update_id": 7, "message": { "message_id": 1, "date": 1, "text": text,
                "chat": { "id": -12, "type": "group", "title": "Team" } },
            }))
            .unwrap()
        };
        let with = update("/start abc_-9");
        let (chat, code) = with.start().unwrap();
        assert_eq!((chat.id, chat.name().as_str(), code), (-12, "Team", "abc_-9"));
        assert_eq!(update("/start@bellwether_bot abc").start().unwrap().1, "abc");
        assert!(update("/start").start().is_none() && update("/stop abc").start().is_none());
    }
}
