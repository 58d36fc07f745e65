//! The ways to somebody, and how each is called. Here is no database: an address and a message become a request, an answer
//! becomes an [`Outcome`].

pub mod message;
pub mod push;
mod slack;
mod telegram;
pub mod vapid;
mod whatsapp;

use std::time::Duration;

use bellwether_kernel::{Rng, Timestamp};
use bellwether_networks::publish::{Effect, Fault, Request, Response, Wire, WireError};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub use message::{Link, Message, Part};
pub use telegram::{Update, updates_request};
pub use whatsapp::{Became, Report, code_request, reports, signed};

use crate::config::DeliveryConfig;

/// A way to somebody.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    Serialize,
    Deserialize,
    ToSchema,
    strum::EnumIter,
    strum::EnumString,
    strum::IntoStaticStr,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
#[schema(as = DeliveryWay)]
pub enum Way {
    /// Mail.
    Email,
    /// Notifications of browsers.
    Push,
    /// WhatsApp.
    Whatsapp,
    /// Slack.
    Slack,
    /// Telegram.
    Telegram,
}

impl Way {
    /// As the database writes it.
    pub fn as_str(self) -> &'static str {
        self.into()
    }

    /// As people call it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Email => "mail",
            Self::Push => "notifications of your browser",
            Self::Whatsapp => "WhatsApp",
            Self::Slack => "Slack",
            Self::Telegram => "Telegram",
        }
    }

    /// Reads what the database has; what this program does not know is left out.
    pub fn list(names: &[String]) -> Vec<Self> {
        names.iter().filter_map(|name| name.parse().ok()).collect()
    }
}

/// Where a way leads. Kept sealed, never logged.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Address {
    /// A browser, as its push service gave it.
    Push {
        /// Where to send.
        endpoint: String,
        /// The browser's public key, base64url.
        p256dh: String,
        /// Its secret, base64url.
        auth: String,
    },
    /// A number in the international form.
    Whatsapp {
        /// `+49…`.
        number: String,
    },
    /// An incoming webhook.
    Slack {
        /// Its whole address, which is its key.
        webhook_url: String,
    },
    /// A chat.
    Telegram {
        /// Which.
        chat_id: String,
        /// The person's own bot; none is the installation's.
        bot_token: Option<String>,
    },
}

impl Address {
    /// Whether one person alone reads what comes there. Chats of Telegram with a person have a number above zero; groups and
    /// channels one below it, or a name.
    pub fn is_of_one(&self) -> bool {
        match self {
            Self::Push { .. } | Self::Whatsapp { .. } => true,
            Self::Slack { .. } => false,
            Self::Telegram { chat_id, .. } => !chat_id.starts_with(['-', '@']),
        }
    }
}

impl std::fmt::Debug for Address {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Address(…)")
    }
}

/// What came of a try.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The other side has it.
    Sent(
        /// By which id it tells later what became of it, where it does.
        Option<String>,
    ),
    /// It was surely not taken, and may be later.
    Again {
        /// What was said.
        words: String,
        /// How long the other side wants to be left alone.
        after: Option<Duration>,
    },
    /// It was surely not taken, and will not be.
    Refused {
        /// What was said.
        words: String,
        /// The address is no more: whoever keeps it forgets it.
        gone: bool,
    },
    /// It was handed over, and its answer was lost: it may have arrived. Never sent again, by no way; noted as sent, since that
    /// is what nearly always became of it.
    Unclear(
        /// What was said.
        String,
    ),
}

impl Outcome {
    /// What is not known, and what was said instead of an answer.
    pub(crate) fn lost(instead: &str) -> Self {
        Self::Unclear(format!("Handed over; its answer was lost. {instead}").trim_end().to_owned())
    }

    fn refused(words: impl Into<String>) -> Self {
        Self::Refused { words: words.into(), gone: false }
    }
}

/// What calls need besides address and message.
pub struct Tools<'a> {
    /// The operator's settings.
    pub config: &'a DeliveryConfig,
    /// What carries requests.
    pub wire: &'a dyn Wire,
    /// The keys by which push services know us.
    pub vapid: Option<&'a vapid::Keys>,
    /// Where push services reach the operator.
    pub contact: &'a str,
    /// Randomness.
    pub rng: &'a Rng,
    /// Time.
    pub now: Timestamp,
}

/// Longest time for one call: a hook that does not answer holds nobody up for long.
pub const PATIENCE: Duration = Duration::from_secs(20);
/// The longest text that is taken over from the other side.
const WORDS: usize = 300;

/// Tries once.
pub async fn call(tools: &Tools<'_>, address: &Address, message: &Message) -> Outcome {
    let built = match address {
        Address::Push { endpoint, p256dh, auth } => push::request(tools, (endpoint, p256dh, auth), message),
        Address::Whatsapp { number } => whatsapp::request(&tools.config.whatsapp, number, message),
        Address::Slack { webhook_url } => Ok(slack::request(webhook_url, message)),
        Address::Telegram { chat_id, bot_token } => {
            telegram::request(&tools.config.telegram, chat_id, bot_token.as_deref(), message)
        }
    };
    let judge = match address {
        Address::Push { .. } => push::judge,
        Address::Whatsapp { .. } => whatsapp::judge,
        Address::Slack { .. } => slack::judge,
        Address::Telegram { .. } => telegram::judge,
    };
    match built {
        Ok(request) => send(tools, request, judge).await,
        Err(words) => Outcome::refused(words),
    }
}

/// Sends a code to a number.
pub async fn send_code(tools: &Tools<'_>, number: &str, code: &str) -> Outcome {
    match code_request(&tools.config.whatsapp, number, code) {
        Ok(request) => send(tools, request, whatsapp::judge).await,
        Err(words) => Outcome::refused(words),
    }
}

async fn send(tools: &Tools<'_>, request: Request, judge: fn(&Response, Timestamp) -> Outcome) -> Outcome {
    match tools.wire.send(request.within(PATIENCE)).await {
        Ok(response) => judge(&response, tools.now),
        // an address may be a key: what is said of it is said without it
        Err(WireError::NotSent(_)) => {
            Outcome::Again { words: "It could not be reached.".to_owned(), after: None }
        }
        Err(WireError::Refused(_)) => {
            Outcome::refused("Its address is none that anything is sent to: it isn't public.".to_owned())
        }
        Err(WireError::Unclear(_)) => Outcome::lost(""),
    }
}

/// What an answer without a success means everywhere: too many and "not now" may be tried again, a gateway that gave up may
/// have passed it on, all else is a refusal.
fn usual(response: &Response, now: Timestamp, words: &str) -> Outcome {
    let words = shorten(words);
    let words = if words.is_empty() { format!("It answered {}.", response.status) } else { words };
    match response.status {
        408 | 502 | 504 => Outcome::lost(&words),
        429 | 500.. => {
            let after = Fault::of_response(response, Effect::Prepares, now).retry_after;
            Outcome::Again { words, after }
        }
        _ => Outcome::refused(words),
    }
}

/// The beginning of what the other side said, on one line.
fn shorten(words: &str) -> String {
    let line = words.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() <= WORDS {
        return line;
    }
    let kept: String = line.chars().take(WORDS - 1).collect();
    format!("{kept}…")
}
