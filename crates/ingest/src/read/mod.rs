//! Reading an input, whatever it is, down to a document of clean text.

mod archive;
mod encoding;
mod epub;
mod error;
mod input;
mod opendocument;
mod page;
mod parse;
mod pdf;
mod rtf;
mod sniff;
mod word;

use std::{sync::Arc, time::Duration};

use bellwether_language::{Language, count_words};
use sha2::{Digest, Sha256};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use unicode_normalization::UnicodeNormalization;
use url::Url;

pub use error::IngestError;
pub use input::{Ingested, Input, Kind, Limits, Warning};
pub use pdf::{Isolation, child};

use self::{
    parse::{Parsed, Source, expect, parse, pasted},
    sniff::Sniffed,
};
use crate::{Accept, Fetched, Fetcher};

/// With fewer words than this, little can be made of a text.
const LITTLE: usize = 20;
/// How long an input waits for its turn.
const PATIENCE: Duration = Duration::from_secs(20);

/// The text of a page's bytes, by the charset of the header or the one that it names itself.
pub fn decode_page(bytes: &[u8], charset: Option<&str>) -> Result<String, IngestError> {
    let text = encoding::decode(bytes, charset, true, &mut Vec::new())
        .ok_or_else(|| IngestError::UnsupportedFormat { found: "A binary file".to_owned() })?;
    if text.trim().is_empty() { Err(IngestError::Empty) } else { Ok(text) }
}

/// Reads inputs. Cheap to clone.
#[derive(Clone)]
pub struct Reader {
    fetcher: Fetcher,
    limits: Limits,
    isolation: Isolation,
    turns: Arc<Semaphore>,
}

impl Reader {
    /// With the usual limits, reading PDFs in this process.
    pub fn new(fetcher: Fetcher) -> Self {
        let limits = Limits::default();
        Self {
            fetcher,
            limits,
            isolation: Isolation::Thread,
            turns: Arc::new(Semaphore::new(limits.at_once)),
        }
    }

    /// With other limits.
    #[must_use]
    pub fn with_limits(mut self, limits: Limits) -> Self {
        self.turns = Arc::new(Semaphore::new(limits.at_once.max(1)));
        self.limits = limits;
        self
    }

    /// With another place for reading PDFs.
    #[must_use]
    pub fn with_isolation(mut self, isolation: Isolation) -> Self {
        self.isolation = isolation;
        self
    }

    /// The client that addresses are fetched with.
    pub const fn fetcher(&self) -> &Fetcher {
        &self.fetcher
    }

    /// Reads an input.
    pub async fn read(&self, input: Input) -> Result<Ingested, IngestError> {
        match input {
            Input::Text { text, title } => self.read_text(text, title).await,
            Input::Url(url) => {
                let fetched = self.fetcher.get(&url, &Accept::documents()).await?;
                self.read_fetched(fetched).await
            }
            Input::File { name, bytes } => {
                self.read_source(Source { bytes, name: Some(name), web: None }).await
            }
        }
    }

    /// Reads what was fetched before.
    pub async fn read_fetched(&self, fetched: Fetched) -> Result<Ingested, IngestError> {
        let Fetched { final_url, content_type, charset, bytes, .. } = fetched;
        self.read_source(Source { bytes, name: None, web: Some((final_url, content_type, charset)) }).await
    }

    async fn read_text(&self, text: String, title: Option<String>) -> Result<Ingested, IngestError> {
        let limits = self.limits;
        if text.len() > limits.bytes {
            return Err(IngestError::TooLarge { limit: limits.bytes });
        }
        self.apart(move || {
            let text = encoding::clean(&text);
            if text.trim().is_empty() {
                return Err(IngestError::Empty);
            }
            let mut warnings = Vec::new();
            let mut parsed = pasted(&text, &mut warnings)?;
            if let Some(title) = title.map(|title| one_line(&title)).filter(|title| !title.is_empty()) {
                parsed.document.metadata.title = Some(title);
            }
            finish(parsed, None, warnings, limits)
        })
        .await
    }

    async fn read_source(&self, source: Source) -> Result<Ingested, IngestError> {
        let limits = self.limits;
        if source.bytes.len() > limits.bytes {
            return Err(IngestError::TooLarge { limit: limits.bytes });
        }
        if source.bytes.iter().all(u8::is_ascii_whitespace) {
            return Err(IngestError::Empty);
        }
        let claimed = match &source.name {
            Some(name) => sniff::by_name(name)?,
            None => None,
        };
        if sniff::sniff(&source.bytes) == Sniffed::Pdf {
            expect(Kind::Pdf, claimed, source.name.as_deref(), "a PDF")?;
            return self.read_pdf(source).await;
        }
        self.apart(move || {
            let mut warnings = Vec::new();
            let parsed = parse(&source, claimed, &mut warnings)?;
            finish(parsed, source.web.map(|(url, ..)| url), warnings, limits)
        })
        .await
    }

    async fn read_pdf(&self, source: Source) -> Result<Ingested, IngestError> {
        let limits = self.limits;
        let bytes = source.bytes;
        let found = match &self.isolation {
            Isolation::Thread => self.apart(move || pdf::extract(&bytes)).await?,
            Isolation::Process { program, arguments } => {
                let _turn =
                    self.turns.acquire().await.map_err(|error| IngestError::Internal(error.to_string()))?;
                pdf::extract_in_child(program, arguments, &bytes, limits.time).await?
            }
        };
        self.apart(move || {
            let mut warnings = Vec::new();
            let parsed =
                Parsed { document: found.into_document(&mut warnings), kind: Kind::Pdf, canonical: None };
            finish(parsed, source.web.map(|(url, ..)| url), warnings, limits)
        })
        .await
    }

    /// Runs work on a thread of its own, in its turn and in its time. A panic there is a damaged input. The thread of
    /// an input that took too long can't be stopped; it keeps its turn until it ends, so that such threads can't
    /// pile up.
    pub(crate) async fn apart<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, IngestError> + Send + 'static,
    ) -> Result<T, IngestError> {
        let limit = self.limits.time;
        let turn = self.turn().await?;
        let run = tokio::task::spawn_blocking(move || {
            let _turn = turn;
            work()
        });
        match tokio::time::timeout(limit, run).await {
            Err(_) => Err(IngestError::TooComplex { limit }),
            Ok(Err(error)) => {
                tracing::warn!(%error, "an input made its reader panic");
                Err(IngestError::Damaged { what: "file" })
            }
            Ok(Ok(result)) => result,
        }
    }

    /// Waits for a turn, but not for ever.
    async fn turn(&self) -> Result<OwnedSemaphorePermit, IngestError> {
        match tokio::time::timeout(PATIENCE, Arc::clone(&self.turns).acquire_owned()).await {
            Ok(Ok(turn)) => Ok(turn),
            // nobody closes it
            Ok(Err(_)) | Err(_) => Err(IngestError::Busy),
        }
    }
}

/// Measures what was read, and refuses what is nothing or too much.
fn finish(
    parsed: Parsed,
    from: Option<Url>,
    mut warnings: Vec<Warning>,
    limits: Limits,
) -> Result<Ingested, IngestError> {
    let Parsed { document, kind, canonical } = parsed;
    let text = document.to_text();
    if !text.chars().any(char::is_alphanumeric) {
        return Err(IngestError::NoText { hint: hint(kind) });
    }
    if text.chars().nth(limits.characters).is_some() {
        return Err(IngestError::TextTooLong { limit: limits.characters });
    }
    let words = count_words(&text);
    if words < LITTLE {
        warnings.push(Warning::new("little_text", format!("There are only {words} words to work with.")));
    }
    let metadata = &document.metadata;
    let detected = Language::detect(&text);
    let language = if detected == Language::UNKNOWN {
        metadata.language.as_deref().and_then(Language::from_tag).unwrap_or(detected)
    } else {
        detected
    };
    Ok(Ingested {
        title: metadata.title.clone(),
        author: (!metadata.authors.is_empty()).then(|| metadata.authors.join(", ")),
        date: metadata.date.clone(),
        source_url: canonical.or(from).map(String::from),
        language,
        words,
        kind,
        hash: hash(&text),
        warnings,
        text,
        document,
    })
}

const fn hint(kind: Kind) -> &'static str {
    match kind {
        Kind::Html => "The page has pictures, scripts or code, but no sentences.",
        Kind::Pdf => "Its pages may be pictures of text; run text recognition over it first.",
        Kind::Markdown => "Code, tables and pictures aren't text to work with.",
        _ => "Give it some sentences.",
    }
}

/// SHA-256 in hexadecimal of a text in NFC with every run of white space as one space.
pub fn hash(text: &str) -> String {
    let mut digest = Sha256::new();
    for (i, word) in text.split_whitespace().enumerate() {
        if i > 0 {
            digest.update(b" ");
        }
        digest.update(word.nfc().collect::<String>().as_bytes());
    }
    digest.finalize().iter().fold(String::with_capacity(64), |mut hex, byte| {
        for digit in [byte >> 4, byte & 15] {
            hex.push(char::from_digit(digit.into(), 16).unwrap_or('0'));
        }
        hex
    })
}

fn one_line(text: &str) -> String {
    encoding::clean(text).split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_is_of_what_is_read() {
        assert_eq!(hash("a b"), hash(" a \n\n b\t"));
        assert_eq!(hash("caf\u{e9}"), hash("cafe\u{301}"));
        assert_ne!(hash("a b"), hash("A b"));
        assert_eq!(hash("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }
}
