//! JSON bodies, in and out.

use axum::{
    extract::{FromRequest, Request, rejection::BytesRejection},
    response::{IntoResponse, Response},
};
use bellwether_kernel::{FieldError, Kind, Problem};
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, header};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value, error::Category};

use super::{located, objects::Objects};
use crate::{ApiError, Web, error::problems};

/// A JSON body. As an argument: `Content-Type` must be JSON (415), the text well-formed (400), no larger than the
/// limit (413) and of the right shape (422 with the place of the fault). As an answer: JSON.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Json<T>(pub T);

impl<T: DeserializeOwned> FromRequest<Web> for Json<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, web: &Web) -> Result<Self, ApiError> {
        if !is_json(request.headers()) {
            return Err(ApiError(Problem::new(
                Kind::UnsupportedMedia,
                "unsupported_media_type",
                "Send the body as JSON, with the header Content-Type: application/json.",
            )));
        }
        let limit = web.config.body_limit;
        let bytes = Bytes::from_request(request, web).await.map_err(|rejection| unread(&rejection, limit))?;
        Ok(Self(parse(&bytes)?))
    }
}

impl<T: Serialize> IntoResponse for Json<T> {
    fn into_response(self) -> Response {
        match serde_json::to_vec(&self.0) {
            Ok(bytes) => ([(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))], bytes)
                .into_response(),
            Err(error) => ApiError(problems::internal(error)).into_response(),
        }
    }
}

fn is_json(headers: &HeaderMap) -> bool {
    let Some(value) = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()) else {
        return false;
    };
    let essence = value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    essence == "application/json" || (essence.starts_with("application/") && essence.ends_with("+json"))
}

fn unread(rejection: &BytesRejection, limit: usize) -> Problem {
    if rejection.status() == http::StatusCode::PAYLOAD_TOO_LARGE {
        return problems::too_large(limit);
    }
    Problem::new(Kind::Malformed, "unreadable_body", "The request's body broke off.")
}

/// Reads a JSON text; every refusal says where.
pub(crate) fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    refuse_nul(bytes)?;
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(Objects(&mut deserializer)).map_err(|error| {
        let path = error.path().clone();
        let inner = error.into_inner();
        match inner.classify() {
            Category::Data => located::invalid(&path, &inner.to_string()),
            Category::Syntax | Category::Eof | Category::Io => {
                wrong_type::<T>(bytes).unwrap_or_else(|| malformed(bytes, &inner))
            }
        }
    })?;
    deserializer.end().map_err(|error| malformed(bytes, &error))?;
    Ok(value)
}

/// The fault of a text that is well-formed: where one of several words belongs, `serde_json` takes a number for a fault of
/// syntax. Read from a value it is told as what it is. None for what is no JSON.
fn wrong_type<T: DeserializeOwned>(bytes: &[u8]) -> Option<Problem> {
    let mut value: Value = serde_json::from_slice(bytes).ok()?;
    let error = serde_path_to_error::deserialize::<_, T>(Objects(value.clone())).err()?;
    let path = error.path().clone();
    let mut message = error.into_inner().to_string();
    if let Some(given) = message.strip_suffix("string or map") {
        // which words there are is told to who brings another word
        let at = located::pointer(&path);
        let place = value.pointer_mut(&if at.is_empty() { at } else { format!("/{at}") })?;
        *place = Value::String(String::new());
        let other = serde_path_to_error::deserialize::<_, T>(Objects(value))
            .err()
            .map(|e| e.into_inner().to_string());
        if let Some(known) =
            other.as_deref().and_then(|other| other.strip_prefix("unknown variant ``, expected "))
        {
            message = format!("{given}{known}");
        }
    }
    Some(located::invalid(&path, &message))
}

fn malformed(bytes: &[u8], error: &serde_json::Error) -> Problem {
    let detail = if bytes.is_empty() {
        "The request has no body; send JSON.".to_owned()
    } else {
        format!("The body is no well-formed JSON: {error}.")
    };
    Problem::new(Kind::Malformed, "malformed_json", detail)
}

/// PostgreSQL can't hold U+0000 in text, so it is refused here, where its place can still be named.
fn refuse_nul(bytes: &[u8]) -> Result<(), Problem> {
    if !bytes.windows(6).any(|window| window == b"\\u0000") {
        return Ok(());
    }
    // rare: only a text that may hold one is read twice; a malformed one is told so by the first reading
    let Ok(value) = serde_json::from_slice::<Value>(bytes) else { return Ok(()) };
    let mut path = Vec::new();
    if !find_nul(&value, &mut path) {
        return Ok(());
    }
    Err(located::problem(
        Kind::Invalid,
        "invalid",
        FieldError {
            path: path.join("/"),
            code: "invalid_character".to_owned(),
            message: "The character U+0000 can't be kept; leave it out.".to_owned(),
        },
    ))
}

fn find_nul(value: &Value, path: &mut Vec<String>) -> bool {
    match value {
        Value::String(text) => text.contains('\0'),
        Value::Array(items) => items.iter().enumerate().any(|(i, item)| descend(item, i.to_string(), path)),
        Value::Object(fields) => {
            fields.iter().any(|(key, field)| key.contains('\0') || descend(field, key.clone(), path))
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

fn descend(value: &Value, segment: String, path: &mut Vec<String>) -> bool {
    path.push(segment);
    let found = find_nul(value, path);
    if !found {
        path.pop();
    }
    found
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Outer {
        #[expect(dead_code, reason = "only the reading matters")]
        name: String,
        #[serde(default)]
        #[expect(dead_code, reason = "only the reading matters")]
        items: Vec<Inner>,
        #[serde(default)]
        #[expect(dead_code, reason = "only the reading matters")]
        first: Option<Inner>,
    }

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Inner {
        #[expect(dead_code, reason = "only the reading matters")]
        count: u8,
        #[expect(dead_code, reason = "only the reading matters")]
        #[serde(default)]
        color: Color,
    }

    #[derive(Debug, Default, Deserialize)]
    #[serde(rename_all = "snake_case")]
    enum Color {
        #[default]
        Red,
    }

    fn refused(text: &str) -> (Kind, String, String) {
        let problem = parse::<Outer>(text.as_bytes()).unwrap_err();
        let error = problem.errors.first().cloned();
        let (path, code) =
            error.map_or_else(|| (String::new(), problem.code.to_owned()), |e| (e.path, e.code));
        (problem.kind, path, code)
    }

    #[test]
    fn every_fault_has_its_place_and_code() {
        for (text, path, code) in [
            ("{}", "name", "missing_field"),
            (r#"{"name":1}"#, "name", "invalid_type"),
            (r#"{"name":"a","nam":1}"#, "nam", "unknown_field"),
            (r#"{"name":"a","name":"b"}"#, "name", "duplicate_field"),
            (r#"{"name":"a","items":[{"count":1},{}]}"#, "items/1/count", "missing_field"),
            (r#"{"name":"a","items":[{"count":300}]}"#, "items/0/count", "invalid_value"),
            (r#"{"name":"a","items":[{"count":1,"color":"blue"}]}"#, "items/0/color", "unknown_value"),
            (r#"{"name":"a","items":[{"count":1,"x/y":2}]}"#, "items/0/x~1y", "unknown_field"),
            (r#"{"name":"a\u0000b"}"#, "name", "invalid_character"),
            (r#"{"name":"a","items":[{"count":1,"color":7}]}"#, "items/0/color", "invalid_type"),
            ("[]", "", "invalid_type"),
            (r#"["a"]"#, "", "invalid_type"),
            (r#"{"name":"a","items":[[1]]}"#, "items/0", "invalid_type"),
            (r#"{"name":"a","first":[1]}"#, "first", "invalid_type"),
            ("3", "", "invalid_type"),
        ] {
            assert_eq!(refused(text), (Kind::Invalid, path.to_owned(), code.to_owned()), "{text}");
        }
    }

    #[test]
    fn what_is_wrong_is_said_in_plain_words() {
        #[derive(Debug, Deserialize)]
        #[serde(rename_all = "snake_case")]
        enum Day {
            Monday,
            Sunday,
        }
        #[derive(Debug, Deserialize)]
        #[expect(dead_code, reason = "only the reading matters")]
        struct Hours {
            from: String,
        }
        #[derive(Debug, Deserialize)]
        #[expect(dead_code, reason = "only the reading matters")]
        struct Wishes {
            days: Option<Vec<Day>>,
            most: Option<i32>,
            share: Option<f64>,
            wanted: Option<bool>,
            hours: Option<Hours>,
        }
        for (text, path, code, words) in [
            (
                r#"{"days":[1]}"#,
                "days/0",
                "invalid_type",
                "This must be `monday` or `sunday`, not the number 1.",
            ),
            (
                r#"{"days":["monday",true]}"#,
                "days/1",
                "invalid_type",
                "This must be `monday` or `sunday`, not true.",
            ),
            (
                r#"{"days":["funday"]}"#,
                "days/0",
                "unknown_value",
                "`funday` is not known here: give `monday` or `sunday`.",
            ),
            (r#"{"days":"monday"}"#, "days", "invalid_type", "This must be a list, not the text \"monday\"."),
            (
                r#"{"most":"three"}"#,
                "most",
                "invalid_type",
                "This must be a whole number from -2147483648 to 2147483647, not the text \"three\".",
            ),
            (r#"{"share":[]}"#, "share", "invalid_type", "This must be a number, not a list."),
            (
                r#"{"wanted":1.5}"#,
                "wanted",
                "invalid_type",
                "This must be true or false, not the number 1.5.",
            ),
            (
                r#"{"hours":"22:00"}"#,
                "hours",
                "invalid_type",
                "This must be an object, not the text \"22:00\".",
            ),
            (r#"{"hours":{"from":{}}}"#, "hours/from", "invalid_type", "This must be a text, not an object."),
        ] {
            let problem = parse::<Wishes>(text.as_bytes()).unwrap_err();
            let error = &problem.errors[0];
            assert_eq!(
                (problem.kind, error.path.as_str(), error.code.as_str()),
                (Kind::Invalid, path, code),
                "{text}"
            );
            assert_eq!(error.message, words, "{text}");
        }
        let malformed = parse::<Wishes>(br#"{"days":[1}"#).unwrap_err();
        assert_eq!(malformed.code, "malformed_json");
    }

    #[test]
    fn what_is_no_date_is_told_how_one_is_written() {
        #[derive(Debug, Deserialize)]
        #[expect(dead_code, reason = "only the reading matters")]
        struct Launch {
            on: Option<chrono::NaiveDate>,
            at: Option<chrono::DateTime<chrono::Utc>>,
        }
        for text in [
            r#"{"on":"soon"}"#,
            r#"{"on":"2026-02-30"}"#,
            r#"{"on":"2026-11"}"#,
            r#"{"on":"2026-11-23 or so"}"#,
            r#"{"at":"2026-11-23"}"#,
            r#"{"at":"2026-11-23T08:00:00"}"#,
        ] {
            let problem = parse::<Launch>(text.as_bytes()).unwrap_err();
            let error = &problem.errors[0];
            assert_eq!(error.code, "invalid_value", "{text}");
            assert!(error.message.contains("a date is written 2026-11-23"), "{text}: {}", error.message);
        }
    }

    #[test]
    fn text_that_is_no_json_is_malformed() {
        for text in ["", "{", "{\"name\":\"a\"} x", "nul", "{'name':1}"] {
            assert_eq!(
                refused(text),
                (Kind::Malformed, String::new(), "malformed_json".to_owned()),
                "{text}"
            );
        }
        assert_eq!(parse::<Outer>(b"{\"name\":\"\xff\"}").unwrap_err().code, "malformed_json");
    }

    #[test]
    fn nesting_past_all_sense_is_refused_before_the_stack_is_full() {
        let deep = "[".repeat(100_000);
        assert_eq!(parse::<Value>(deep.as_bytes()).unwrap_err().code, "malformed_json");
    }

    #[test]
    fn an_escaped_backslash_before_u0000_is_no_nul() {
        assert!(parse::<Outer>(br#"{"name":"a\\u0000b"}"#).is_ok());
    }

    #[test]
    fn a_long_wrong_value_is_not_echoed_whole() {
        let text = format!("{{\"name\":\"a\",\"items\":\"{}\"}}", "x".repeat(10_000));
        let problem = parse::<Outer>(text.as_bytes()).unwrap_err();
        assert!(problem.errors[0].message.chars().count() <= 301);
    }
}
