//! What goes in and what comes out.

use std::time::Duration;

use bellwether_language::{Document, Language};
use bytes::Bytes;
use serde::Serialize;

/// What somebody gives.
#[derive(Debug, Clone)]
pub enum Input {
    /// Pasted text: plain, Markdown, HTML or subtitles, told by its look.
    Text {
        /// The text.
        text: String,
        /// A title given beside it.
        title: Option<String>,
    },
    /// The address of a page or file.
    Url(String),
    /// A file.
    File {
        /// Its name, which says what it claims to be.
        name: String,
        /// Its content.
        bytes: Bytes,
    },
}

/// Kinds of input that are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names say it")]
pub enum Kind {
    Text,
    Markdown,
    Html,
    Subtitles,
    Pdf,
    Docx,
    Odt,
    Epub,
    Rtf,
}

/// Something that the reader had to do, worth knowing when the result looks odd.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Warning {
    /// Stable code.
    pub code: &'static str,
    /// What it means.
    pub message: String,
}

impl Warning {
    pub(super) fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self { code, message: message.into() }
    }

    pub(super) fn invalid_characters() -> Self {
        Self::new("invalid_characters", "Some letters could not be read and were replaced by “\u{fffd}”.")
    }
}

/// What was read.
#[derive(Debug, Clone)]
pub struct Ingested {
    /// Blocks and metadata.
    pub document: Document,
    /// The document as clean text, in the form that `Document::from_text` reads back as the same blocks.
    pub text: String,
    /// Title, if it has one.
    pub title: Option<String>,
    /// Who wrote it, if it says so.
    pub author: Option<String>,
    /// When, as written there.
    pub date: Option<String>,
    /// Where it was read, or the address that the page calls its own.
    pub source_url: Option<String>,
    /// Language of the text.
    pub language: Language,
    /// Number of words.
    pub words: usize,
    /// What kind of input it was.
    pub kind: Kind,
    /// SHA-256, in hexadecimal, of the text in NFC with every run of white space as one space. Case counts. Two
    /// inputs that read the same have the same hash, whatever file they came in.
    pub hash: String,
    /// What the reader had to do.
    pub warnings: Vec<Warning>,
}

impl Ingested {
    /// The author's own tags, at most twelve, short ones.
    pub fn tags(&self) -> Vec<String> {
        let tags = self.document.metadata.tags.iter().map(|tag| tag.trim()).filter(|tag| !tag.is_empty());
        tags.filter(|tag| tag.chars().count() <= 60).take(12).map(str::to_owned).collect()
    }
}

/// How much is taken.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Most bytes of a text or file.
    pub bytes: usize,
    /// Most characters of clean text.
    pub characters: usize,
    /// Time for reading, without fetching.
    pub time: Duration,
    /// Inputs that are read at the same time.
    pub at_once: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { bytes: 10_000_000, characters: 1_000_000, time: Duration::from_secs(20), at_once: 4 }
    }
}
