//! What went wrong, for the one who asked: a stable code, a kind that HTTP and the command line each map to their
//! own status, a sentence that says how to mend it, and where in the input the fault is.

use serde::{Deserialize, Serialize};

/// Classes of problems; each is one HTTP status and one exit code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The request can't be read (400).
    Malformed,
    /// Nobody is signed in (401).
    Unauthenticated,
    /// The plan or balance does not allow it (402).
    PaymentRequired,
    /// Known, visible, but not allowed (403). What may not even be seen is [`Kind::NotFound`].
    Forbidden,
    /// Does not exist, or not for you (404).
    NotFound,
    /// The state does not allow it (409).
    Conflict,
    /// `If-Match` named an older version (412).
    Stale,
    /// Too large (413).
    TooLarge,
    /// A content type or file kind that isn't read here (415).
    UnsupportedMedia,
    /// Understood, but wrong in content (422).
    Invalid,
    /// Needs a header, such as `If-Match` (428).
    PreconditionRequired,
    /// Too many (429).
    RateLimited,
    /// Ours (500). The text never shows the cause to the client.
    Internal,
    /// An outside service failed (502).
    Upstream,
    /// Not ready (503).
    Unavailable,
}

/// A fault at a place in the input.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct FieldError {
    /// Where: a JSON pointer without the leading slash, e.g. `input/url` or `targets/0`.
    pub path: String,
    /// Stable code, e.g. `too_long`.
    pub code: String,
    /// How to mend it.
    pub message: String,
}

/// A problem that the asker can do something about, or an internal one whose cause stays in the log.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{detail}")]
pub struct Problem {
    /// Class.
    pub kind: Kind,
    /// Stable code in snake case, e.g. `quota_exceeded`.
    pub code: &'static str,
    /// What happened and how to mend it.
    pub detail: String,
    /// Faults by place.
    pub errors: Vec<FieldError>,
    /// Seconds after which trying again makes sense.
    pub retry_after: Option<u64>,
}

impl Problem {
    /// A problem of a kind with a code and a sentence.
    pub fn new(kind: Kind, code: &'static str, detail: impl Into<String>) -> Self {
        Self { kind, code, detail: detail.into(), errors: Vec::new(), retry_after: None }
    }

    /// Something that does not exist, or not for the asker.
    pub fn not_found(what: &str) -> Self {
        Self::new(Kind::NotFound, "not_found", format!("There is no such {what}, or it isn't yours to see."))
    }

    /// One wrong field.
    pub fn invalid(path: impl Into<String>, code: &str, message: impl Into<String>) -> Self {
        Self::new(Kind::Invalid, "invalid", "Something in the request is wrong; see errors.")
            .at(path, code, message)
    }

    /// Adds a fault at a place.
    #[must_use]
    pub fn at(mut self, path: impl Into<String>, code: &str, message: impl Into<String>) -> Self {
        self.errors.push(FieldError { path: path.into(), code: code.into(), message: message.into() });
        self
    }

    /// Says when to try again.
    #[must_use]
    pub fn retry_after(mut self, seconds: u64) -> Self {
        self.retry_after = Some(seconds);
        self
    }
}
