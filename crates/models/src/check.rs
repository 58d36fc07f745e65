//! What is wrong with an answer, in the words in which the model is told and the draft's notes say it.

use std::fmt;

/// One fault, with its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// JSON pointer without leading slash; empty for the whole.
    pub path: String,
    /// Stable code, such as `too_long` or `invented_number`.
    pub code: String,
    /// How to mend it.
    pub message: String,
    /// Whether a draft with it breaks a rule; a warning alone is not worth a second call.
    pub is_error: bool,
}

impl Fault {
    /// A fault that must be mended.
    pub fn error(path: &str, code: &str, message: impl Into<String>) -> Self {
        Self { path: path.to_owned(), code: code.to_owned(), message: message.into(), is_error: true }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.path.is_empty() {
            f.write_str(&self.message)
        } else {
            write!(f, "{}: {}", self.path, self.message)
        }
    }
}
