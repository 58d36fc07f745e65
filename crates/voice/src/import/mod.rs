//! Samples out of files: tables, JSON, archives of X, exports of LinkedIn, Markdown, plain text.
//!
//! Whatever comes in is somebody else's: nothing here panics, unpacks more than it should or keeps more than
//! [`MOST_SAMPLES`]. What can't be used is named with its place, and what can is kept.

mod archive;
mod json;
mod table;
mod text;
mod when;

use std::collections::BTreeMap;

use bellwether_language::count_words;
use serde::{Deserialize, Serialize};

/// Samples that are taken from one file; the rest is left where it is.
pub const MOST_SAMPLES: usize = 5_000;
/// Rows, items or parts that are looked at in one file, used or not.
pub const MOST_ITEMS: usize = 50_000;
/// Bytes of a file, and bytes that are unpacked from an archive.
pub const MOST_BYTES: usize = 64_000_000;
/// Characters of a sample: a longer text is cut at the end of a line or word.
pub const MOST_CHARACTERS: usize = 40_000;
/// Refusals that are named one by one; the others are counted.
pub const MOST_REFUSED: usize = 100;

/// What kind of file it was read as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum FileKind {
    /// Comma-, semicolon- or tab-separated.
    Csv,
    /// JSON, an array of strings or objects, or an object that holds one.
    Json,
    /// The archive of an X account, or its `tweets.js`.
    XArchive,
    /// The export of a LinkedIn account, or its `Shares.csv`.
    LinkedIn,
    /// Markdown.
    Markdown,
    /// Plain text, or nothing better.
    #[default]
    Text,
}

/// What a file gave.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Imported {
    /// What it was read as.
    pub kind: FileKind,
    /// In the order of the file.
    pub samples: Vec<Found>,
    /// What wasn't taken and why; at most [`MOST_REFUSED`].
    pub refused: Vec<Refused>,
    /// Refused beyond those.
    pub more_refused: usize,
    /// Why reading stopped before the end, when it did.
    pub stopped: Option<String>,
}

/// A sample found in a file.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Found {
    /// Plain text.
    pub text: String,
    /// Where it was published, as the file says: `x`, `linkedin`, or the file's own word in lower case.
    pub network: Option<String>,
    /// When, RFC 3339.
    pub published_at: Option<String>,
    /// Counts such as `likes`, by the names `likes`, `comments`, `shares`, `views`, `impressions`, `clicks`, `saves`.
    pub engagement: BTreeMap<String, i64>,
    /// Where it stands: `line 12`, `tweets.js item 3`.
    pub place: String,
}

/// Something that wasn't taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Refused {
    /// Where it stands.
    pub place: String,
    /// Why, for people.
    pub reason: String,
}

/// Reads samples from a file. `name` is its name or media type; what the bytes themselves say goes before it.
pub fn read(name: &str, bytes: &[u8]) -> Imported {
    let mut imported = Imported::default();
    if bytes.len() > MOST_BYTES {
        imported.stop(format!(
            "The file has {} MB; up to {} MB are read. Of an X archive, upload data/tweets.js alone.",
            bytes.len() / 1_000_000,
            MOST_BYTES / 1_000_000
        ));
        return imported;
    }
    if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"PK\x05\x06") {
        archive::read(bytes, &mut imported);
    } else {
        one(name, bytes, &mut imported);
    }
    if imported.samples.is_empty() && imported.refused.is_empty() && imported.stopped.is_none() {
        imported.refuse("file", "There is no text in it.");
    }
    imported
}

/// Reads a file that is no archive.
fn one(name: &str, bytes: &[u8], imported: &mut Imported) {
    let name = name.to_ascii_lowercase();
    if let Some(what) = not_text(bytes) {
        imported.refuse("file", what);
        return;
    }
    let text = decode(bytes);
    let start = text.trim_start().chars().next();
    let is = |endings: &[&str]| endings.iter().any(|ending| name.ends_with(ending));
    if text.trim_start().starts_with("window.YTD.") {
        imported.kind = FileKind::XArchive;
        json::tweets(file_name(&name), &text, &[], imported);
    } else if is(&[".json", "application/json", ".jsonl", ".ndjson"])
        || (matches!(start, Some('[' | '{')) && !is(&[".csv", ".md", ".txt", "text/csv", "text/markdown"]))
    {
        imported.kind = FileKind::Json;
        json::read(&text, imported);
    } else if is(&[".csv", ".tsv", "text/csv", "text/tab-separated-values", "application/vnd.ms-excel"]) {
        imported.kind = FileKind::Csv;
        table::read("", &text, imported);
    } else if is(&[".md", ".markdown", "text/markdown"]) {
        imported.kind = FileKind::Markdown;
        text::markdown(&text, imported);
    } else {
        text::plain(&text, imported);
    }
}

fn file_name(path: &str) -> &str {
    path.rsplit(['/', '\\']).next().unwrap_or(path)
}

/// What a file is when it is plainly no text.
fn not_text(bytes: &[u8]) -> Option<&'static str> {
    let marks: [(&[u8], &str); 6] = [
        (b"%PDF", "This is a PDF; paste its text or save it as text."),
        (b"\x89PNG", "This is a picture; there is no text to read in it."),
        (b"\xff\xd8\xff", "This is a picture; there is no text to read in it."),
        (b"GIF8", "This is a picture; there is no text to read in it."),
        (b"\xd0\xcf\x11\xe0", "This is an old Office file; save it as CSV or text."),
        (b"\x1f\x8b", "This is packed with gzip; unpack it first."),
    ];
    if let Some((_, what)) = marks.iter().find(|(mark, _)| bytes.starts_with(mark)) {
        return Some(what);
    }
    let marked = encoding_rs::Encoding::for_bom(bytes).is_some();
    (!marked && bytes.iter().take(4_000).any(|byte| *byte == 0)).then_some("This is no text file.")
}

/// The text of a file: by its mark, as UTF-8, or else as the western European encoding that tables are saved in.
fn decode(bytes: &[u8]) -> std::borrow::Cow<'_, str> {
    let fallback =
        if std::str::from_utf8(bytes).is_ok() { encoding_rs::UTF_8 } else { encoding_rs::WINDOWS_1252 };
    fallback.decode(bytes).0
}

impl Imported {
    fn refuse(&mut self, place: impl Into<String>, reason: impl Into<String>) {
        if self.refused.len() < MOST_REFUSED {
            self.refused.push(Refused { place: place.into(), reason: reason.into() });
        } else {
            self.more_refused += 1;
        }
    }

    fn stop(&mut self, reason: String) {
        self.stopped.get_or_insert(reason);
    }

    /// Whether there is room for item number `item` of the file, counted from 1; says so when there is none.
    fn goes_on(&mut self, item: usize) -> bool {
        if self.samples.len() >= MOST_SAMPLES {
            self.stop(format!(
                "Reading stopped after {MOST_SAMPLES} samples: that is more than a voice needs."
            ));
        } else if item > MOST_ITEMS {
            self.stop(format!("Reading stopped after {MOST_ITEMS} rows."));
        }
        self.stopped.is_none()
    }

    /// Takes a sample, or refuses it for what is seen at once: no words, only links, too long.
    fn take(&mut self, mut found: Found) {
        let text: String = found.text.replace("\r\n", "\n").chars().filter(|c| !unseen(*c)).collect();
        let text = text.trim();
        let said = text
            .split_whitespace()
            .filter(|word| !word.contains("://") && !word.starts_with(['@', '#']))
            .any(|word| word.chars().any(char::is_alphanumeric));
        if text.is_empty() || count_words(text) == 0 {
            return self.refuse(found.place, "There is no text in it.");
        }
        if !said {
            return self.refuse(found.place, "There are only links, mentions or tags in it.");
        }
        let (text, cut) = shortened(text);
        if cut {
            self.refuse(
                found.place.clone(),
                format!("Only its first {MOST_CHARACTERS} characters were taken."),
            );
        }
        text.clone_into(&mut found.text);
        self.samples.push(found);
    }
}

/// Control characters that say nothing and that a database may refuse.
fn unseen(c: char) -> bool {
    (c.is_control() && c != '\n' && c != '\t') || c == '\u{feff}'
}

fn shortened(text: &str) -> (&str, bool) {
    let Some((end, _)) = text.char_indices().nth(MOST_CHARACTERS) else { return (text, false) };
    let head = &text[..end];
    let end = head.rfind('\n').or_else(|| head.rfind(' ')).filter(|at| *at > end / 2).unwrap_or(end);
    (head[..end].trim_end(), true)
}

#[cfg(test)]
mod tests;
