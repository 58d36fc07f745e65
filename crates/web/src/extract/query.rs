//! The query string.

use axum::extract::FromRequestParts;
use bellwether_kernel::{FieldError, Kind, Problem};
use http::request::Parts;
use serde::de::DeserializeOwned;

use super::located;
use crate::ApiError;

/// The query string; a key given several times fills a list. A wrong value is 422 with the key's name.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Query<T>(pub T);

impl<T, S> FromRequestParts<S> for Query<T>
where
    T: DeserializeOwned,
    S: Send + Sync,
{
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        Ok(Self(parse(parts.uri.query().unwrap_or_default())?))
    }
}

/// Reads a query string.
pub(crate) fn parse<T: DeserializeOwned>(query: &str) -> Result<T, Problem> {
    for (key, value) in url::form_urlencoded::parse(query.as_bytes()) {
        let fault = if key.contains('\0') || value.contains('\0') {
            "The character U+0000 can't be kept; leave it out."
        } else if value.contains('\u{fffd}') || key.contains('\u{fffd}') {
            // what the decoder puts in the place of bytes that are no UTF-8
            "Not UTF-8 once percent-decoded."
        } else {
            continue;
        };
        let error = FieldError {
            path: key.replace(['\0', '\u{fffd}'], "?"),
            code: "invalid_character".to_owned(),
            message: fault.to_owned(),
        };
        return Err(located::problem(Kind::Invalid, "invalid", error));
    }
    let deserializer = serde_html_form::Deserializer::new(url::form_urlencoded::parse(query.as_bytes()));
    serde_path_to_error::deserialize(deserializer).map_err(|error| {
        let path = error.path().clone();
        located::invalid(&path, &error.into_inner().to_string())
    })
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize)]
    struct List {
        #[serde(default)]
        status: Vec<String>,
        limit: Option<u8>,
    }

    #[test]
    fn what_is_no_number_is_told_in_plain_words() {
        for (query, words) in [
            ("limit=1e9", "This must be a whole number."),
            ("limit=-1", "This must be a whole number."),
            ("limit=1000", "This number is too large."),
        ] {
            let problem = parse::<List>(query).unwrap_err();
            assert_eq!(problem.errors[0].message, words, "{query}");
        }
    }

    #[test]
    fn repeated_keys_fill_a_list_and_an_empty_value_is_none() {
        let list: List = parse("status=a&status=b&limit=").unwrap();
        assert_eq!((list.status.len(), list.limit), (2, None));
        let list: List = parse("limit=3&unknown=1").unwrap();
        assert_eq!((list.status.len(), list.limit), (0, Some(3)));
    }

    #[test]
    fn a_wrong_value_has_its_place() {
        for (query, path, code) in [
            ("limit=x", "limit", "invalid_value"),
            ("limit=999", "limit", "invalid_value"),
            ("status=%00", "status", "invalid_character"),
            ("status=%FF", "status", "invalid_character"),
        ] {
            let problem = parse::<List>(query).unwrap_err();
            assert_eq!(
                (problem.errors[0].path.as_str(), problem.errors[0].code.as_str()),
                (path, code),
                "{query}"
            );
        }
    }
}
