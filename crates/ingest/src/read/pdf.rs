//! PDFs. Reading them is the most dangerous thing done here: the format lets a small file ask for any amount of
//! memory, time and stack, and running out of stack ends a process whatever it catches. So a server reads them in a
//! child process of its own with hard limits; a thread is for programs that can't be that child, such as tests.

use std::{
    ffi::OsString,
    io::{Read, Write},
    path::{Path, PathBuf},
    process::{ExitCode, Stdio},
    time::Duration,
};

use bellwether_language::{Block, BlockKind, Document, Mark};
use pdf_inspector::{PdfError, PdfType};
use rustix::process::{Resource, Rlimit, setrlimit};
use serde::{Deserialize, Serialize};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::{IngestError, Warning};

/// Memory that a child may ask for, in bytes.
const MEMORY: u64 = 1_500_000_000;
/// Processor time that a child may use, in seconds.
const SECONDS: u64 = 30;
/// More than this is never answered: the text is limited to a fraction of it.
const LONGEST_ANSWER: u64 = 64_000_000;

const SCANNED: &str = "Its pages may be pictures of text; run text recognition over it first.";
const LOCKED: &str = "It is locked with a password. Save a copy without one.";

/// Where PDFs are read.
#[derive(Debug, Clone, Default)]
pub enum Isolation {
    /// In a thread of this process: a hostile file may end it.
    #[default]
    Thread,
    /// In a child process that calls [`child`] and nothing else.
    Process {
        /// The program, as a rule this one.
        program: PathBuf,
        /// What makes it call [`child`].
        arguments: Vec<OsString>,
    },
}

/// What a PDF says.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Extracted {
    markdown: String,
    title: Option<String>,
    author: Option<String>,
    date: Option<String>,
    /// Pages, and how many of them are pictures.
    pages: u32,
    pictures: usize,
    garbled: bool,
}

/// Why a PDF says nothing; the part of [`IngestError`] that goes through a pipe.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
enum Failure {
    Locked,
    Scanned,
    Damaged,
}

impl From<Failure> for IngestError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Locked => Self::NoText { hint: LOCKED },
            Failure::Scanned => Self::NoText { hint: SCANNED },
            Failure::Damaged => Self::Damaged { what: "PDF" },
        }
    }
}

/// Reads a PDF right here.
pub(super) fn extract(bytes: &[u8]) -> Result<Extracted, IngestError> {
    attempt(bytes).map_err(IngestError::from)
}

fn attempt(bytes: &[u8]) -> Result<Extracted, Failure> {
    // a panic inside is a file that nobody foresaw
    let result =
        std::panic::catch_unwind(|| pdf_inspector::process_pdf_mem(bytes)).map_err(|_| Failure::Damaged)?;
    let found = result.map_err(|error| match error {
        PdfError::Encrypted => Failure::Locked,
        error => {
            tracing::debug!(%error, "PDF not read");
            Failure::Damaged
        }
    })?;
    let markdown = found.markdown.unwrap_or_default();
    if !markdown.chars().any(char::is_alphanumeric) {
        return Err(if matches!(found.pdf_type, PdfType::TextBased) {
            Failure::Damaged
        } else {
            Failure::Scanned
        });
    }
    Ok(Extracted {
        markdown,
        title: found.title,
        author: found.author,
        date: found.creation_date.as_deref().and_then(date),
        pages: found.page_count,
        pictures: found.pages_needing_ocr.len(),
        garbled: found.has_encoding_issues,
    })
}

impl Extracted {
    pub(super) fn into_document(self, warnings: &mut Vec<Warning>) -> Document {
        if self.pictures > 0 {
            warnings.push(Warning::new(
                "pages_without_text",
                format!(
                    "{} of {} pages have no text that can be read; they may be pictures.",
                    self.pictures, self.pages
                ),
            ));
        }
        if self.garbled {
            warnings.push(Warning::new(
                "garbled_text",
                "The PDF's fonts hide some of its letters; check the text.",
            ));
        }
        let mut document = Document::from_markdown(&lists(&super::encoding::clean(&self.markdown)));
        join(&mut document.blocks);
        let metadata = &mut document.metadata;
        // what stands on the first page is truer than what the writing program put into the file
        metadata.title = metadata.title.take().or_else(|| said(self.title));
        if metadata.authors.is_empty() {
            metadata.authors.extend(said(self.author));
        }
        metadata.date = metadata.date.take().or(self.date);
        document
    }
}

/// Joins paragraphs that a page or column cut in the middle of a sentence.
fn join(blocks: &mut Vec<Block>) {
    let mut joined: Vec<Block> = Vec::with_capacity(blocks.len());
    for block in blocks.drain(..) {
        match joined.last_mut() {
            Some(last)
                if last.kind == BlockKind::Paragraph
                    && block.kind == BlockKind::Paragraph
                    && block.text.starts_with(char::is_lowercase)
                    && last.text.ends_with(|c: char| c.is_alphanumeric() || matches!(c, ',' | '-')) =>
            {
                // a word cut at the end of its line
                let cut = last.text.ends_with('-');
                if cut {
                    last.text.pop();
                } else {
                    last.text.push(' ');
                }
                let moved = last.text.len();
                last.marks.retain(|mark| mark.end <= moved);
                last.marks.extend(block.marks.into_iter().map(|mark| Mark {
                    start: mark.start + moved,
                    end: mark.end + moved,
                    kind: mark.kind,
                }));
                last.text.push_str(&block.text);
                last.before_gap = block.before_gap;
            }
            _ => joined.push(block),
        }
    }
    *blocks = joined;
}

/// What a writing program fills in when it was told nothing is no title.
fn said(value: Option<String>) -> Option<String> {
    let value = super::one_line(&value?);
    let lower = value.to_lowercase();
    let nothing = value.is_empty()
        || ["untitled", "(anonymous)", "anonymous", "(unspecified)", "unknown", "none"]
            .contains(&lower.as_str())
        || lower.starts_with("microsoft word - ")
        || [".doc", ".docx", ".odt", ".tex", ".dvi", ".indd", ".pdf"]
            .iter()
            .any(|ending| lower.ends_with(ending));
    (!nothing).then_some(value)
}

/// `D:20240115103000+01'00'` to `2024-01-15`.
fn date(text: &str) -> Option<String> {
    let digits = text.strip_prefix("D:").unwrap_or(text);
    let part = |range: std::ops::Range<usize>| {
        digits.get(range).filter(|part| part.bytes().all(|byte| byte.is_ascii_digit()))
    };
    Some(format!("{}-{}-{}", part(0..4)?, part(4..6)?, part(6..8)?))
}

/// Bullets that were drawn as letters become list items, each on its line.
fn lists(markdown: &str) -> String {
    let mut out = String::with_capacity(markdown.len());
    for line in markdown.lines() {
        let body = line.trim_start_matches('#').trim_start();
        let bullets = body.matches('•').count();
        if bullets > 0 && (body.starts_with('•') || body.ends_with('•')) {
            for item in body.split('•').map(str::trim).filter(|item| !item.is_empty()) {
                out.push_str("- ");
                out.push_str(item);
                out.push('\n');
            }
        } else {
            out.push_str(line);
            out.push('\n');
        }
    }
    out
}

/// The child's side: reads a PDF from the input, writes what it says to the output, within limits that it can't
/// lift again.
pub fn child() -> ExitCode {
    let limit = |resource, most| setrlimit(resource, Rlimit { current: Some(most), maximum: Some(most) });
    let bounded = limit(Resource::As, MEMORY)
        .and_then(|()| limit(Resource::Cpu, SECONDS))
        .and_then(|()| limit(Resource::Core, 0))
        .and_then(|()| limit(Resource::Fsize, 0));
    if bounded.is_err() {
        return ExitCode::FAILURE;
    }
    let mut bytes = Vec::new();
    if std::io::stdin().read_to_end(&mut bytes).is_err() {
        return ExitCode::FAILURE;
    }
    let answer = attempt(&bytes);
    match serde_json::to_vec(&answer).map(|json| std::io::stdout().write_all(&json)) {
        Ok(Ok(())) => ExitCode::SUCCESS,
        _ => ExitCode::FAILURE,
    }
}

/// Reads a PDF in a child process. One that dies had a file that nobody should read.
pub(super) async fn extract_in_child(
    program: &Path,
    arguments: &[OsString],
    bytes: &[u8],
    limit: Duration,
) -> Result<Extracted, IngestError> {
    let broken = |error: std::io::Error| IngestError::Internal(format!("the reader of PDFs: {error}"));
    let mut child = tokio::process::Command::new(program)
        .args(arguments)
        .env_clear()
        // each thread asks for address space of its own, which is limited
        .env("RAYON_NUM_THREADS", "2")
        .env("MALLOC_ARENA_MAX", "2")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .map_err(broken)?;
    let (Some(mut input), Some(output)) = (child.stdin.take(), child.stdout.take()) else {
        return Err(IngestError::Internal("the reader of PDFs has no pipes".to_owned()));
    };
    let talk = async {
        let mut answer = Vec::new();
        let mut output = output.take(LONGEST_ANSWER);
        let write = async {
            // a child that dies early closes the pipe; its exit tells more
            let _ = input.write_all(bytes).await;
            drop(input);
        };
        let ((), read) = tokio::join!(write, output.read_to_end(&mut answer));
        read?;
        Ok::<_, std::io::Error>((answer, child.wait().await?))
    };
    let (answer, status) = match tokio::time::timeout(limit, talk).await {
        Err(_) => return Err(IngestError::TooComplex { limit }),
        Ok(result) => result.map_err(broken)?,
    };
    if !status.success() {
        tracing::warn!(%status, "the reader of PDFs died of its file");
        return Err(IngestError::Damaged { what: "PDF" });
    }
    serde_json::from_slice::<Result<Extracted, Failure>>(&answer)
        .map_err(|error| IngestError::Internal(format!("the reader of PDFs: {error}")))?
        .map_err(IngestError::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn drawn_bullets_are_list_items() {
        assert_eq!(
            lists("### •Keep it. •Cut it.\ntext • text\nNever. •\n"),
            "- Keep it.\n- Cut it.\ntext • text\n- Never.\n"
        );
    }

    #[test]
    fn sentences_that_a_page_cut() {
        let mut document = Document::from_markdown(
            "A study\n\n[measured](https://a.example) it, and more exam-\n\nples came.\n\nThe next.\n\nnot joined\n\n## end\n",
        );
        document.blocks.retain(|block| !block.text.is_empty());
        join(&mut document.blocks);
        let texts: Vec<_> = document.blocks.iter().map(|block| block.text.as_str()).collect();
        assert_eq!(texts, ["A study measured it, and more examples came.", "The next.", "not joined", "end"]);
        let mark = &document.blocks[0].marks[0];
        assert_eq!(&document.blocks[0].text[mark.start..mark.end], "measured");
    }

    #[test]
    fn dates_and_titles() {
        assert_eq!(date("D:20240115103000+01'00'").as_deref(), Some("2024-01-15"));
        assert_eq!(date("yesterday"), None);
        assert_eq!(said(Some("Microsoft Word - draft7.docx".to_owned())), None);
        assert_eq!(said(Some("  Why  rye keeps ".to_owned())).as_deref(), Some("Why rye keeps"));
    }
}
