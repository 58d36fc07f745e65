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
            WireError::Refused(words) => Self::new(FaultKind::Rejected, words),
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
        .find_map(|path| value.pointer(path)?.as_str().filter(|words| !words.trim().is_empty()))
        .map(str::to_owned)
}

/// `Retry-After` in seconds or as a date.
fn retry_after(response: &Response, now: Timestamp) -> Option<Duration> {
    let value = response.header("retry-after")?.trim();
    let wait = if let Ok(seconds) = value.parse::<u64>() {
        Duration::from_secs(seconds)
    } else {
        let at = chrono::DateTime::parse_from_rfc2822(value).ok()?.with_timezone(&chrono::Utc);
        (at - now).to_std().ok()?
    };
    // longer than a day is a mistake, and would look like a post forgotten
    Some(wait.min(Duration::from_hours(24)))
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use proptest::prelude::*;

    use super::*;
    use crate::publish::fixtures::now;

    const EFFECTS: [Effect; 3] = [Effect::Reads, Effect::Prepares, Effect::Publishes];

    fn response(status: u16, body: &str, wait: Option<&str>) -> Response {
        let headers = wait.map(|wait| ("retry-after".to_owned(), wait.to_owned())).into_iter().collect();
        Response { status, headers, bytes: Bytes::from(body.to_owned()) }
    }

    fn fault(status: u16, effect: Effect) -> Fault {
        Fault::of_response(&response(status, "", None), effect, now())
    }

    #[test]
    fn kinds_by_status() {
        use FaultKind as K;
        for (status, otherwise, publishes) in [
            (302, K::Transient, K::Unclear),
            (400, K::Rejected, K::Rejected),
            (401, K::TokenExpired, K::TokenExpired),
            (403, K::Rejected, K::Rejected),
            (404, K::Rejected, K::Rejected),
            (408, K::Transient, K::Unclear),
            (422, K::Rejected, K::Rejected),
            (425, K::Transient, K::Transient),
            (429, K::RateLimited, K::RateLimited),
            (500, K::Transient, K::Unclear),
            (502, K::Transient, K::Unclear),
            (503, K::Transient, K::Unclear),
            (504, K::Transient, K::Unclear),
            (520, K::Transient, K::Unclear),
        ] {
            assert_eq!(fault(status, Effect::Reads).kind, otherwise, "{status}");
            assert_eq!(fault(status, Effect::Prepares).kind, otherwise, "{status}");
            assert_eq!(fault(status, Effect::Publishes).kind, publishes, "{status}");
        }
    }

    #[test]
    fn kinds_without_an_answer() {
        for effect in EFFECTS {
            let not_sent = Fault::of_wire(WireError::NotSent("refused".into()), effect);
            assert_eq!((not_sent.kind, not_sent.words.as_str()), (FaultKind::Transient, "refused"));
            let kind = if effect == Effect::Publishes { FaultKind::Unclear } else { FaultKind::Transient };
            assert_eq!(Fault::of_wire(WireError::Unclear("timed out".into()), effect).kind, kind);
        }
    }

    #[test]
    fn words_wherever_they_are() {
        for (body, words) in [
            (r#"{"error":{"message":"a","error_user_msg":"for people"}}"#, "for people"),
            (r#"{"error":{"message":"a"}}"#, "a"),
            (r#"{"errors":[{"message":"b"}],"detail":"d"}"#, "b"),
            (r#"{"errors":[{"detail":"c"}]}"#, "c"),
            (r#"{"title":"t","detail":"d"}"#, "d"),
            (r#"{"error":"invalid_grant","error_description":"e"}"#, "e"),
            (r#"{"error":"Name","message":"m"}"#, "m"),
            (r#"{"error":"only"}"#, "only"),
            (r#"{"title":"t"}"#, "t"),
            // an empty sentence says nothing
            (r#"{"message":" ","error":"Name"}"#, "Name"),
            (r#"{"message":7}"#, "The network answered with status 400."),
            ("<html>", "The network answered with status 400."),
            ("", "The network answered with status 400."),
        ] {
            let fault = Fault::of_response(&response(400, body, None), Effect::Reads, now());
            assert_eq!(fault.words, words, "{body}");
            assert_eq!(fault.to_string(), words);
            assert_eq!(fault.status, Some(400));
        }
    }

    #[test]
    fn waits() {
        for (header, seconds) in [
            ("0", Some(0)),
            (" 120 ", Some(120)),
            ("999999", Some(86_400)),
            ("Mon, 04 May 2026 10:05:00 GMT", Some(300)),
            // a date is no excuse either
            ("Fri, 04 May 2029 10:05:00 GMT", Some(86_400)),
            ("Mon, 04 May 2026 09:00:00 GMT", None),
            ("soon", None),
            ("-5", None),
        ] {
            let fault = Fault::of_response(&response(429, "", Some(header)), Effect::Reads, now());
            assert_eq!(fault.retry_after, seconds.map(Duration::from_secs), "{header}");
        }
    }

    #[test]
    fn built_step_by_step() {
        let fault = Fault::rejected("no").code("E1").status(418).retry_after(Duration::from_secs(3));
        assert_eq!(
            (fault.kind, fault.code.as_deref(), fault.status),
            (FaultKind::Rejected, Some("E1"), Some(418))
        );
        assert_eq!(fault.retry_after, Some(Duration::from_secs(3)));
        assert_eq!(fault.means(FaultKind::Unclear).kind, FaultKind::Unclear);
        assert_eq!(Fault::unsupported("threads").words, "This network does not offer threads.");
        assert_eq!(FaultKind::NeedsConsent.as_str(), "needs_consent");
        assert_eq!(serde_json::to_value(FaultKind::RateLimited).unwrap(), "rate_limited");
    }

    proptest! {
        /// The rule on which exactly-once stands: after the call that publishes, an answer that leaves open what
        /// happened never means "surely not published".
        #[test]
        fn nothing_that_may_be_out_is_sent_again(status in 100_u16..600) {
            let kind = fault(status, Effect::Publishes).kind;
            if !(400..500).contains(&status) {
                prop_assert_eq!(kind, FaultKind::Unclear);
            }
            prop_assert_ne!(fault(status, Effect::Prepares).kind, FaultKind::Unclear);
            prop_assert_ne!(fault(status, Effect::Reads).kind, FaultKind::Unclear);
        }

        #[test]
        fn words_are_short(piece in "\\PC{0,12}\n?", times in 0_usize..80) {
            let words = piece.repeat(times);
            let fault = Fault::rejected(words.as_str());
            prop_assert!(fault.words.chars().count() <= LONGEST + 1);
            prop_assert!(words.trim().starts_with(fault.words.trim_end_matches('…').trim_end()));
        }

        #[test]
        fn any_body_can_be_read(body in "\\PC{0,80}", wait in "\\PC{0,20}") {
            let fault = Fault::of_response(&response(400, &body, Some(&wait)), Effect::Publishes, now());
            prop_assert!(!fault.words.is_empty());
            prop_assert!(fault.retry_after.is_none_or(|wait| wait <= Duration::from_hours(24)));
        }
    }
}
