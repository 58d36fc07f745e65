//! What went wrong, told in the network's own words.

use std::time::Duration;

use bellwether_kernel::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Effect, Response, WireError};

/// What follows from a fault.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema, strum::IntoStaticStr,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum FaultKind {
    /// Surely not published, may work later: the network is down, busy, or not ready. Tried again.
    Transient,
    /// Surely not published: too many calls. Tried again when the network allows.
    RateLimited,
    /// Nobody knows whether it was published. Nothing is sent before the account's posts were read.
    Unclear,
    /// Refused for what it is (too long, a double, a forbidden word). Tried again only by a person.
    Rejected,
    /// The token has run out: renew it, then try again.
    TokenExpired,
    /// The account's owner has to consent again.
    NeedsConsent,
    /// The account's owner took the permission back, or the account is gone or locked.
    Revoked,
    /// The operator has to mend the application's set-up at the network.
    Setup,
    /// This way out can't do that.
    Unsupported,
}

impl FaultKind {
    /// As the database writes it.
    pub fn as_str(self) -> &'static str {
        self.into()
    }
}

/// Something went wrong.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{words}")]
pub struct Fault {
    /// What follows.
    pub kind: FaultKind,
    /// The network's own words, or ours where it had none. Never a secret.
    pub words: String,
    /// The network's own code.
    pub code: Option<String>,
    /// The status.
    pub status: Option<u16>,
    /// Not before this time from now.
    pub retry_after: Option<Duration>,
}

impl Fault {
    /// A fault.
    pub fn new(kind: FaultKind, words: impl Into<String>) -> Self {
        Self { kind, words: cut(&words.into()), code: None, status: None, retry_after: None }
    }

    /// Refused for what it is.
    pub fn rejected(words: impl Into<String>) -> Self {
        Self::new(FaultKind::Rejected, words)
    }

    /// This way out can't do that.
    pub fn unsupported(what: &str) -> Self {
        Self::new(FaultKind::Unsupported, format!("This network does not offer {what}."))
    }

    /// With the network's own code.
    #[must_use]
    pub fn code(mut self, code: impl Into<String>) -> Self {
        self.code = Some(code.into());
        self
    }

    /// With a status.
    #[must_use]
    pub fn status(mut self, status: u16) -> Self {
        self.status = Some(status);
        self
    }

    /// With a wait.
    #[must_use]
    pub fn retry_after(mut self, wait: Duration) -> Self {
        self.retry_after = Some(wait);
        self
    }

    /// With another meaning, for what a network says by a code of its own.
    #[must_use]
    pub fn means(mut self, kind: FaultKind) -> Self {
        self.kind = kind;
        self
    }

    /// What an answer that never came means.
    pub fn of_wire(error: WireError, effect: Effect) -> Self {
        match error {
            WireError::Unclear(words) if effect == Effect::Publishes => Self::new(FaultKind::Unclear, words),
            WireError::NotSent(words) | WireError::Unclear(words) => Self::new(FaultKind::Transient, words),
        }
    }

    /// What an answer of 300 and more usually means. 5xx after a call that publishes is unclear: some networks answer so
    /// although the post is out.
    pub fn of_response(response: &Response, effect: Effect, now: Timestamp) -> Self {
        let publishes = effect == Effect::Publishes;
        let kind = match response.status {
            401 => FaultKind::TokenExpired,
            429 => FaultKind::RateLimited,
            408 if publishes => FaultKind::Unclear,
            408 | 425 => FaultKind::Transient,
            400..=499 => FaultKind::Rejected,
            _ if publishes => FaultKind::Unclear,
            _ => FaultKind::Transient,
        };
        let words = words_of(response)
            .unwrap_or_else(|| format!("The network answered with status {}.", response.status));
        let mut fault = Self::new(kind, words).status(response.status);
        fault.retry_after = retry_after(response, now);
        fault
    }
}

/// The longest words kept; some networks answer with a page.
const LONGEST: usize = 600;

fn cut(words: &str) -> String {
    let words = words.trim();
    match words.char_indices().nth(LONGEST) {
        Some((at, _)) => format!("{}…", &words[..at]),
        None => words.to_owned(),
    }
}

/// The sentence in an error's body, wherever the usual formats keep it.
fn words_of(response: &Response) -> Option<String> {
    let value = response.value()?;
    let paths = [
        "/error/error_user_msg",
        "/error/message",
        "/errors/0/message",
        "/errors/0/detail",
        "/errors/0/context",
        "/detail",
        "/error_description",
        "/message",
        "/error",
        "/title",
    ];
    paths
        .iter()
        .find_map(|path| value.pointer(path)?.as_str().map(str::to_owned))
        .filter(|words| !words.is_empty())
}

/// `Retry-After` in seconds or as a date.
fn retry_after(response: &Response, now: Timestamp) -> Option<Duration> {
    let value = response.header("retry-after")?.trim();
    if let Ok(seconds) = value.parse::<u64>() {
        // longer than a day is a mistake, and would look like a post forgotten
        return Some(Duration::from_secs(seconds.min(86_400)));
    }
    let at = chrono::DateTime::parse_from_rfc2822(value).ok()?.with_timezone(&chrono::Utc);
    (at - now).to_std().ok()
}
