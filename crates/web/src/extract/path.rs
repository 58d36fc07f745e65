//! Parts of the path.

use axum::extract::{FromRequestParts, RawPathParams, path::ErrorKind, rejection::PathRejection};
use bellwether_kernel::{FieldError, Kind, Problem};
use http::request::Parts;
use serde::de::DeserializeOwned;

use super::located;
use crate::{ApiError, error::problems};

/// The path's parameters: one value, a tuple of all in order, or a struct that names those it wants. A value that
/// can't be read is 400 with the parameter's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Path<T>(pub T);

impl<T, S> FromRequestParts<S> for Path<T>
where
    T: DeserializeOwned + Send,
    S: Send + Sync,
{
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        match axum::extract::Path::<T>::from_request_parts(parts, state).await {
            Ok(axum::extract::Path(value)) => Ok(Self(value)),
            Err(rejection) => {
                let names = match RawPathParams::from_request_parts(parts, state).await {
                    Ok(params) => params.iter().map(|(name, _)| name.to_owned()).collect(),
                    Err(_) => Vec::new(),
                };
                Err(ApiError(refused(rejection, &names)))
            }
        }
    }
}

fn refused(rejection: PathRejection, names: &[String]) -> Problem {
    let PathRejection::FailedToDeserializePathParams(rejection) = rejection else {
        return problems::internal(rejection);
    };
    let kind = rejection.into_kind();
    // a tuple's values are known by their place, a lone value is the last
    let nth = |index: usize| names.get(index).cloned().unwrap_or_else(|| index.to_string());
    let last = || names.last().cloned().unwrap_or_default();
    let (path, message) = match kind {
        ErrorKind::ParseErrorAtKey { key, expected_type, .. } => (key, not(expected_type)),
        ErrorKind::ParseErrorAtIndex { index, expected_type, .. } => (nth(index), not(expected_type)),
        ErrorKind::ParseError { expected_type, .. } => (last(), not(expected_type)),
        ErrorKind::InvalidUtf8InPathParam { key } => (key, "Not UTF-8 once percent-decoded.".to_owned()),
        ErrorKind::DeserializeError { key, message, .. } => (key, located::sentence(&message)),
        ErrorKind::Message(message) => (last(), located::sentence(&message)),
        other => return problems::internal(other),
    };
    wrong(&path, message)
}

fn not(expected: &str) -> String {
    match expected {
        "u8" | "u16" | "u32" | "u64" | "usize" => "Not a whole number from 0.".to_owned(),
        "i8" | "i16" | "i32" | "i64" | "isize" => "Not a whole number.".to_owned(),
        other => format!("Not a {other}."),
    }
}

fn wrong(path: &str, message: String) -> Problem {
    let error = FieldError { path: path.to_owned(), code: "invalid_path".to_owned(), message };
    located::problem(Kind::Malformed, "invalid_path", error)
}

/// The path can't be read at all.
pub(crate) fn unreadable(message: &str) -> Problem {
    Problem::new(Kind::Malformed, "invalid_path", format!("The address can't be read: {message}."))
}
