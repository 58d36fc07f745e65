//! Problems as HTTP answers (RFC 9457).

use std::borrow::Cow;

use axum::response::{IntoResponse, Response};
use bellwether_kernel::{FieldError, Kind, Problem};
use http::{HeaderValue, StatusCode, header};
use serde::{Deserialize, Serialize};

/// The media type of problems.
pub const PROBLEM_JSON: &str = "application/problem+json";

/// What a handler fails with: any [`Problem`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiError(pub Problem);

impl<E: Into<Problem>> From<E> for ApiError {
    fn from(error: E) -> Self {
        Self(error.into())
    }
}

/// A problem as the client reads it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = Problem)]
pub struct ProblemBody {
    /// Always `about:blank`: `code` tells the problems apart.
    #[serde(rename = "type")]
    #[schema(example = "about:blank")]
    pub kind: Cow<'static, str>,
    /// The status in words.
    #[schema(example = "Unprocessable Entity")]
    pub title: Cow<'static, str>,
    /// The HTTP status.
    #[schema(example = 422)]
    pub status: u16,
    /// Stable code in snake case; what programs should look at.
    #[schema(example = "invalid")]
    pub code: Cow<'static, str>,
    /// What happened and how to mend it.
    #[schema(example = "Something in the request is wrong; see errors.")]
    pub detail: String,
    /// Faults by place.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FieldError>,
    /// The id of this request, which the log of the server carries too.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
}

/// The status of a kind of problem.
pub(crate) const fn status(kind: Kind) -> StatusCode {
    match kind {
        Kind::Malformed => StatusCode::BAD_REQUEST,
        Kind::Unauthenticated => StatusCode::UNAUTHORIZED,
        Kind::PaymentRequired => StatusCode::PAYMENT_REQUIRED,
        Kind::Forbidden => StatusCode::FORBIDDEN,
        Kind::NotFound => StatusCode::NOT_FOUND,
        Kind::Conflict => StatusCode::CONFLICT,
        Kind::Stale => StatusCode::PRECONDITION_FAILED,
        Kind::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        Kind::UnsupportedMedia => StatusCode::UNSUPPORTED_MEDIA_TYPE,
        Kind::Invalid => StatusCode::UNPROCESSABLE_ENTITY,
        Kind::PreconditionRequired => StatusCode::PRECONDITION_REQUIRED,
        Kind::RateLimited => StatusCode::TOO_MANY_REQUESTS,
        Kind::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        Kind::Upstream => StatusCode::BAD_GATEWAY,
        Kind::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
    }
}

/// Writes a problem as an answer. The text of an internal one stays here: the edge logs it.
pub(crate) fn render(problem: &Problem, status: StatusCode, request_id: Option<&str>) -> Response {
    let detail = if problem.kind == Kind::Internal {
        "Something went wrong on our side. It is in the server's log under this request id.".to_owned()
    } else {
        problem.detail.clone()
    };
    let body = ProblemBody {
        kind: Cow::Borrowed("about:blank"),
        title: Cow::Borrowed(status.canonical_reason().unwrap_or("Error")),
        status: status.as_u16(),
        code: Cow::Borrowed(problem.code),
        detail,
        errors: problem.errors.clone(),
        request_id: request_id.map(str::to_owned),
    };
    // a body of strings and numbers always serialises
    let bytes = serde_json::to_vec(&body).unwrap_or_default();
    let mut response = (status, bytes).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(PROBLEM_JSON));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if let Some(seconds) = problem.retry_after {
        headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    if status == StatusCode::UNAUTHORIZED {
        headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer realm=\"bellwether\""));
    }
    response
}

/// Left on an answer so that the edge can write the request id into it and log it.
#[derive(Debug, Clone)]
pub(crate) struct Raised(pub Problem);

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let mut response = render(&self.0, status(self.0.kind), None);
        response.extensions_mut().insert(Raised(self.0));
        response
    }
}

/// Problems that several places of this crate raise.
pub(crate) mod problems {
    use super::{Kind, Problem};

    pub(crate) fn unauthenticated() -> Problem {
        Problem::new(Kind::Unauthenticated, "unauthenticated", "Sign in first, or send a valid key.")
    }

    pub(crate) fn too_large(limit: usize) -> Problem {
        Problem::new(
            Kind::TooLarge,
            "too_large",
            format!("The request's body is larger than {} MB, the most that is read.", limit / (1024 * 1024)),
        )
    }

    pub(crate) fn no_such_route() -> Problem {
        Problem::new(
            Kind::NotFound,
            "not_found",
            "There is no such address here; see /api/docs for those there are.",
        )
    }

    pub(crate) fn internal(cause: impl std::fmt::Display) -> Problem {
        Problem::new(Kind::Internal, "internal", cause.to_string())
    }
}
