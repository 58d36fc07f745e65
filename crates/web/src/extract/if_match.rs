//! The version that a change was made against.

use axum::extract::FromRequestParts;
use bellwether_kernel::{Kind, Problem};
use http::{header, request::Parts};
use utoipa::{
    IntoParams,
    openapi::{
        Required,
        path::{Parameter, ParameterBuilder, ParameterIn},
        schema::{ObjectBuilder, Type},
    },
};

use crate::{ApiError, versioned::etag};

/// `If-Match: "3"`: the version that the change was made against. Missing: 428; no version: 400.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IfMatch(pub i32);

impl IfMatch {
    /// Refuses with 412 when the current version is another one.
    pub fn check(self, current: i32) -> Result<(), Problem> {
        if self.0 == current { Ok(()) } else { Err(Self::stale()) }
    }

    /// The problem of a change made against an older version (412).
    pub fn stale() -> Problem {
        Problem::new(
            Kind::Stale,
            "stale",
            "It was changed in the meantime. Read it again, look at what changed, and send the change with the new ETag.",
        )
    }
}

impl<S: Send + Sync> FromRequestParts<S> for IfMatch {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        let Some(value) = parts.headers.get(header::IF_MATCH) else {
            return Err(ApiError(Problem::new(
                Kind::PreconditionRequired,
                "if_match_required",
                "Send the ETag that you read as If-Match, so that nobody's change is lost.",
            )));
        };
        let version = value.to_str().ok().and_then(read).ok_or_else(|| {
            Problem::new(
                Kind::Malformed,
                "invalid_if_match",
                format!("If-Match must be one ETag, e.g. {}.", etag(3)),
            )
        })?;
        Ok(Self(version))
    }
}

/// One strong ETag of ours.
fn read(value: &str) -> Option<i32> {
    let digits = value.trim().strip_prefix('"')?.strip_suffix('"')?;
    // `+3` would parse
    digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse().ok())?
}

impl IntoParams for IfMatch {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        vec![parameter()]
    }
}

/// How the API's description tells of it.
pub(crate) fn parameter() -> Parameter {
    ParameterBuilder::new()
        .name("If-Match")
        .parameter_in(ParameterIn::Header)
        .required(Required::True)
        .description(Some("The ETag of the version that the change was made against, e.g. `\"3\"`."))
        .schema(Some(ObjectBuilder::new().schema_type(Type::String).build()))
        .build()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_strong_etag_is_read_and_nothing_else() {
        assert_eq!(read("\"3\""), Some(3));
        for text in ["3", "*", "W/\"3\"", "\"3\", \"4\"", "\"x\"", "\"+3\"", "\"\"", "\"99999999999\""] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
