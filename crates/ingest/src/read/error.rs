//! Why an input could not be read.

use std::time::Duration;

use bellwether_kernel::{Kind, Problem};

use crate::FetchError;

/// Why an input could not be read. The sentence is for the one who gave it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IngestError {
    /// Nothing, or only spaces.
    #[error("There is nothing in it.")]
    Empty,
    /// More bytes than are taken.
    #[error("It is larger than {} MB.", limit / 1_000_000)]
    TooLarge {
        /// The limit in bytes.
        limit: usize,
    },
    /// More text than is taken.
    #[error("It has more than {limit} characters of text. Give it in parts.")]
    TextTooLong {
        /// The limit in characters.
        limit: usize,
    },
    /// A kind of file that isn't read.
    #[error(
        "{found} can't be read here. Give .md, .txt, .html, .pdf, .docx, .odt, .epub, .rtf, .srt or .vtt."
    )]
    UnsupportedFormat {
        /// What it is.
        found: String,
    },
    /// The name says one thing, the content another.
    #[error("“{name}” isn't what its ending says: it is {found}. Give it the right ending.")]
    WrongExtension {
        /// The file's name.
        name: String,
        /// What its content is.
        found: &'static str,
    },
    /// Broken off or broken.
    #[error("The {what} is damaged or incomplete and can't be read.")]
    Damaged {
        /// Which kind of file.
        what: &'static str,
    },
    /// There may be something to see, but there is no text.
    #[error("No text was found in it. {hint}")]
    NoText {
        /// Why, and what could be done.
        hint: &'static str,
    },
    /// Took longer than anything that people write.
    #[error("Reading it took more than {} seconds, so it was given up.", limit.as_secs())]
    TooComplex {
        /// The time that it had.
        limit: Duration,
    },
    /// Too many others are being read.
    #[error("Too many files are being read right now. Try again in a minute.")]
    Busy,
    /// It could not be had.
    #[error(transparent)]
    Fetch(#[from] FetchError),
    /// A fault of this program.
    #[error("The input could not be read: {0}")]
    Internal(String),
}

impl IngestError {
    /// Stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::TooLarge { .. } | Self::TextTooLong { .. } => "too_large",
            Self::UnsupportedFormat { .. } => "unsupported_format",
            Self::WrongExtension { .. } => "wrong_extension",
            Self::Damaged { .. } => "damaged",
            Self::NoText { .. } => "no_text",
            Self::TooComplex { .. } => "too_complex",
            Self::Busy => "busy",
            Self::Fetch(error) => error.code(),
            Self::Internal(_) => "internal",
        }
    }

    /// Whether the same input may well be read later: what a job retries on.
    pub const fn is_temporary(&self) -> bool {
        match self {
            Self::Fetch(error) => error.is_temporary(),
            Self::Busy | Self::Internal(_) => true,
            _ => false,
        }
    }

    /// The problem to answer with; `path` is where in the request the input stood.
    pub fn to_problem(&self, path: &str) -> Problem {
        match self {
            Self::Fetch(error) => error.to_problem(path),
            Self::Busy => Problem::new(Kind::Unavailable, "busy", self.to_string()).retry_after(60),
            Self::Internal(_) => Problem::new(Kind::Internal, "internal", self.to_string()),
            _ => Problem::invalid(path, self.code(), self.to_string()),
        }
    }
}
