//! What failed calls have in common: what to do about them, their codes, their words.

use std::time::Duration;

use serde_json::Value;

use crate::config::Structured;

/// What to do about a failed call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Class {
    /// Try again.
    Passing,
    /// Try again later: it is there, but busy.
    Busy,
    /// Don't.
    Fatal,
    /// It does not know this way of asking for a shape; ask in a plainer one.
    Unsupported,
}

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CallError {
    pub class: Class,
    /// Stable code for the books.
    pub code: String,
    /// For people; no secrets.
    pub message: String,
    /// As the provider asked.
    pub retry_after: Option<Duration>,
    /// Whether the model may have worked, and cost, before it failed.
    pub may_have_cost: bool,
}

impl CallError {
    pub fn new(class: Class, code: &str, message: impl Into<String>) -> Self {
        Self { class, code: code.into(), message: message.into(), retry_after: None, may_have_cost: true }
    }
}

/// A request that got no answer.
pub(crate) fn connection_error(error: &(dyn std::error::Error + 'static), shown: &str) -> CallError {
    let reqwest = error.downcast_ref::<reqwest::Error>();
    if reqwest.is_some_and(reqwest::Error::is_connect) {
        let message = "it could not be reached";
        return CallError { may_have_cost: false, ..CallError::new(Class::Passing, "connect", message) };
    }
    if reqwest.is_some_and(reqwest::Error::is_timeout) {
        return CallError::new(Class::Passing, "timeout", "it took too long to answer");
    }
    CallError::new(Class::Passing, "connection_lost", format!("the connection broke: {}", shorten(shown)))
}

/// What a refusal of the way in which a shape was asked for has in it, in lower case.
const FORMAT_WORDS: [&str; 5] =
    ["response_format", "json_schema", "json_object", "responsejsonschema", "output_config"];

/// A request that was answered with an error.
pub(crate) fn status_error(status: u16, body: &str, structured: Structured) -> CallError {
    let said = shorten(&said(body));
    let lower = body.to_lowercase();
    let (class, code) = match status {
        // a used-up balance comes as 429 too, and waiting doesn't fill it
        429 if lower.contains("insufficient_quota") => (Class::Fatal, "quota_exhausted".into()),
        429 => (Class::Busy, "rate_limited".into()),
        // some servers say 500 to a request that they can't read
        400 | 415 | 422 | 500
            if structured > Structured::Plain && FORMAT_WORDS.iter().any(|word| lower.contains(word)) =>
        {
            (Class::Unsupported, "unsupported_format".into())
        }
        408 | 425 | 500..=599 => (Class::Passing, format!("http_{status}")),
        401 | 403 => (Class::Fatal, "unauthorized".into()),
        404 => (Class::Fatal, "unknown_model".into()),
        _ => (Class::Fatal, format!("http_{status}")),
    };
    CallError {
        // nobody bills a request that was answered with an error
        may_have_cost: false,
        ..CallError::new(class, &code, format!("HTTP {status}: {said}"))
    }
}

/// The message inside an error body, in the forms that are common; else the body.
fn said(body: &str) -> String {
    let json: Option<Value> = serde_json::from_str(body).ok();
    json.as_ref()
        .and_then(|json| {
            json.pointer("/error/message").or_else(|| json.get("error")).or_else(|| json.get("message"))
        })
        .and_then(Value::as_str)
        .unwrap_or(body)
        .to_owned()
}

/// One line of bearable length.
pub(crate) fn shorten(text: &str) -> String {
    let one_line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if one_line.is_empty() {
        return "no reason given".into();
    }
    one_line.chars().take(240).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statuses_are_sorted() {
        let sort = |status, body, structured| {
            let error = status_error(status, body, structured);
            (error.class, error.code)
        };
        let schema = Structured::Schema;
        assert_eq!(sort(429, "", schema), (Class::Busy, "rate_limited".into()));
        let quota = r#"{"error":{"code":"insufficient_quota","message":"You exceeded your current quota"}}"#;
        assert_eq!(sort(429, quota, schema), (Class::Fatal, "quota_exhausted".into()));
        assert_eq!(sort(503, "", schema), (Class::Passing, "http_503".into()));
        assert_eq!(sort(529, "", schema), (Class::Passing, "http_529".into()));
        assert_eq!(sort(401, "", schema), (Class::Fatal, "unauthorized".into()));
        assert_eq!(sort(404, "", schema), (Class::Fatal, "unknown_model".into()));
        let format = r#"{"error":{"message":"response_format json_schema is not supported"}}"#;
        assert_eq!(sort(400, format, schema), (Class::Unsupported, "unsupported_format".into()));
        assert_eq!(sort(500, format, schema), (Class::Unsupported, "unsupported_format".into()));
        assert_eq!(sort(400, format, Structured::Plain), (Class::Fatal, "http_400".into()));
        assert_eq!(sort(400, "too long", schema), (Class::Fatal, "http_400".into()));
        assert_eq!(sort(307, "", schema), (Class::Fatal, "http_307".into()));
    }

    #[test]
    fn messages_are_taken_out_and_shortened() {
        let error = status_error(500, r#"{"error":{"message":"a\n  b"}}"#, Structured::Plain);
        assert_eq!(error.message, "HTTP 500: a b");
        assert_eq!(status_error(500, r#"{"error":"x"}"#, Structured::Plain).message, "HTTP 500: x");
        assert_eq!(status_error(500, "", Structured::Plain).message, "HTTP 500: no reason given");
        assert!(status_error(500, &"y".repeat(9_000), Structured::Plain).message.len() < 300);
    }
}
