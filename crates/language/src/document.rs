//! A text as clean blocks, whatever format it came in.

use std::fmt::Write as _;

use crate::{front_matter, html, markdown, subtitles, tidy};

/// What a text is made of, in reading order, without markup.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Document {
    /// What the text says about itself outside of its prose.
    pub metadata: Metadata,
    /// Headings, paragraphs, list items and quotations.
    pub blocks: Vec<Block>,
}

/// What front matter, a page's head or the first heading says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Metadata {
    /// Title.
    pub title: Option<String>,
    /// Who wrote it.
    pub authors: Vec<String>,
    /// As written there.
    pub date: Option<String>,
    /// Summary or description.
    pub description: Option<String>,
    /// Tags, categories or keywords.
    pub tags: Vec<String>,
    /// Language tag such as `de-AT`.
    pub language: Option<String>,
}

/// One heading, paragraph, list item or quotation, on one line without markup.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    /// What it is.
    pub kind: BlockKind,
    /// Its text; never empty.
    pub text: String,
    /// Byte ranges of `text` that were marked, in order.
    pub marks: Vec<Mark>,
    /// Something that can't be read aloud (code, a table, a picture) stood right before it.
    pub after_gap: bool,
    /// Something that can't be read aloud stands right after it.
    pub before_gap: bool,
}

/// Kinds of block.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum BlockKind {
    /// A heading and its level from 1.
    Heading(u8),
    /// A paragraph.
    Paragraph,
    /// A list item; `depth` from 0, and whether its list is numbered.
    Item {
        /// Depth of nesting from 0.
        depth: u8,
        /// Whether its list is numbered.
        ordered: bool,
    },
    /// A quotation set apart.
    Quote,
}

/// A marked range of a block's text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    /// Start in bytes.
    pub start: usize,
    /// End in bytes.
    pub end: usize,
    /// What it was.
    pub kind: MarkKind,
}

/// Kinds of mark.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MarkKind {
    /// Inline code.
    Code,
    /// A link and where it leads.
    Link(String),
    /// Emphasis of the strong kind.
    Strong,
}

/// Formats of input.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Markdown (CommonMark with tables, footnotes, front matter).
    Markdown,
    /// HTML.
    Html,
    /// Text without markup.
    Text,
    /// SubRip or WebVTT.
    Subtitles,
}

impl Format {
    /// By the ending of a file's name.
    pub fn from_name(name: &str) -> Option<Self> {
        let (_, ending) = name.rsplit_once('.')?;
        Some(match ending.to_ascii_lowercase().as_str() {
            "md" | "markdown" | "mdown" | "mdx" | "mkd" => Self::Markdown,
            "html" | "htm" | "xhtml" => Self::Html,
            "txt" | "text" => Self::Text,
            "srt" | "vtt" => Self::Subtitles,
            _ => return None,
        })
    }

    /// By the look of a pasted text.
    pub fn guess(text: &str) -> Self {
        let start = tidy::head(text.trim_start_matches(['\u{feff}', ' ', '\t', '\r', '\n']), 4_000);
        let lower = tidy::head(start, 300).to_ascii_lowercase();
        if lower.starts_with("webvtt") || subtitles::looks_like(start) {
            return Self::Subtitles;
        }
        if [
            "<!doctype html",
            "<html",
            "<head",
            "<body",
            "<article",
            "<main",
            "<div",
            "<p>",
            "<p ",
            "<h1",
            "<section",
        ]
        .iter()
        .any(|tag| lower.starts_with(tag))
        {
            return Self::Html;
        }
        if markdown::looks_like(start) { Self::Markdown } else { Self::Text }
    }
}

impl Document {
    /// Reads a text of a known format.
    pub fn read(text: &str, format: Format) -> Self {
        match format {
            Format::Markdown => Self::from_markdown(text),
            Format::Html => Self::from_html(text),
            Format::Text => Self::from_text(text),
            Format::Subtitles => Self::from_subtitles(text),
        }
    }

    /// Reads a text whose format only its look tells.
    pub fn from_pasted(text: &str) -> Self {
        Self::read(text, Format::guess(text))
    }

    /// Reads Markdown. Front matter becomes metadata; code, tables, pictures and footnotes are left out.
    pub fn from_markdown(text: &str) -> Self {
        let (metadata, body) = front_matter::split(text);
        let mut builder = Builder::new(metadata);
        markdown::read(body, &mut builder);
        builder.finish()
    }

    /// Reads an HTML page: its readable part, or everything when no part stands out.
    pub fn from_html(text: &str) -> Self {
        html::read(text)
    }

    /// Reads text without markup: paragraphs at blank lines, list items by their bullets, headings by their look or
    /// by leading `#`, quotations by `>`.
    pub fn from_text(text: &str) -> Self {
        let mut builder = Builder::new(Metadata::default());
        crate::text::read(text, &mut builder);
        builder.finish()
    }

    /// Reads SubRip or WebVTT subtitles as the speech that they write down.
    pub fn from_subtitles(text: &str) -> Self {
        let mut builder = Builder::new(Metadata::default());
        subtitles::read(text, &mut builder);
        builder.finish()
    }

    /// The clean text in its canonical form: blocks parted by a blank line, headings after `#`, list items after `-` or
    /// their number, quotations after `>`. [`Document::from_text`] reads it back as the same blocks.
    pub fn to_text(&self) -> String {
        let mut out = String::new();
        let mut last_was_item = false;
        let mut number = 0;
        for block in &self.blocks {
            let item = block.kind.is_item();
            if !out.is_empty() {
                out.push_str(if item && last_was_item { "\n" } else { "\n\n" });
            }
            if !last_was_item {
                number = 0;
            }
            match block.kind {
                BlockKind::Heading(level) => {
                    out.extend(std::iter::repeat_n('#', usize::from(level.clamp(1, 6))));
                    out.push(' ');
                }
                BlockKind::Item { depth, ordered } => {
                    out.extend(std::iter::repeat_n(' ', usize::from(depth) * 2));
                    if ordered && depth == 0 {
                        number += 1;
                        let _ = write!(out, "{number}. ");
                    } else {
                        out.push_str("- ");
                    }
                }
                BlockKind::Quote => out.push_str("> "),
                BlockKind::Paragraph => {}
            }
            out.push_str(&block.text);
            last_was_item = item;
        }
        out
    }

    /// Whether there is anything to read.
    pub fn is_empty(&self) -> bool {
        self.blocks.is_empty()
    }
}

impl BlockKind {
    /// Whether it heads a section.
    pub const fn is_heading(self) -> bool {
        matches!(self, Self::Heading(_))
    }

    /// Whether it is an item of a list.
    pub const fn is_item(self) -> bool {
        matches!(self, Self::Item { .. })
    }
}

/// Collects blocks piece by piece; spaces are folded and nothing but readable text is let through.
pub(crate) struct Builder {
    metadata: Metadata,
    blocks: Vec<Block>,
    text: String,
    marks: Vec<Mark>,
    gap: bool,
}

impl Builder {
    pub(crate) fn new(metadata: Metadata) -> Self {
        Self { metadata, blocks: Vec::new(), text: String::new(), marks: Vec::new(), gap: false }
    }

    /// Adds a piece of the current block.
    pub(crate) fn push(&mut self, piece: &str) {
        tidy::append(&mut self.text, piece);
    }

    /// Adds a space.
    pub(crate) fn space(&mut self) {
        if !self.text.is_empty() && !self.text.ends_with(' ') {
            self.text.push(' ');
        }
    }

    /// The current block's text up to now.
    pub(crate) fn current(&self) -> &str {
        &self.text
    }

    /// Where the current block's text ends now.
    pub(crate) fn position(&self) -> usize {
        self.text.len()
    }

    /// Marks everything since `start`.
    pub(crate) fn mark(&mut self, start: usize, kind: MarkKind) {
        let bytes = self.text.as_bytes();
        let (mut start, mut end) = (start.min(bytes.len()), bytes.len());
        while start < end && bytes[start] == b' ' {
            start += 1;
        }
        while end > start && bytes[end - 1] == b' ' {
            end -= 1;
        }
        if start < end {
            self.marks.push(Mark { start, end, kind });
        }
    }

    /// Something unreadable stands here.
    pub(crate) fn gap(&mut self) {
        self.gap = true;
        if let Some(last) = self.blocks.last_mut() {
            last.before_gap = true;
        }
    }

    /// Ends the current block; an empty one is no block. Says whether there was one.
    pub(crate) fn end(&mut self, kind: BlockKind) -> bool {
        let raw = std::mem::take(&mut self.text);
        let mut marks = std::mem::take(&mut self.marks);
        let trimmed = raw.trim_end();
        let text = match tidy::leftovers(trimmed) {
            Some(cleaned) if cleaned != trimmed => {
                // the ranges have moved
                marks.clear();
                cleaned
            }
            _ => trimmed.to_owned(),
        };
        if !text.chars().any(char::is_alphanumeric) {
            return false;
        }
        marks.retain(|mark| mark.end <= text.len());
        self.blocks.push(Block {
            kind,
            text,
            marks,
            after_gap: std::mem::take(&mut self.gap),
            before_gap: false,
        });
        true
    }

    pub(crate) fn finish(mut self) -> Document {
        // a title that stands in the text as well is the title, not a section
        if let Some(first) = self.blocks.first()
            && let BlockKind::Heading(level) = first.kind
        {
            match &self.metadata.title {
                None if level <= 2 => {
                    self.metadata.title = Some(first.text.clone());
                    self.blocks.remove(0);
                }
                Some(title) if title.eq_ignore_ascii_case(&first.text) => {
                    self.blocks.remove(0);
                }
                _ => {}
            }
        }
        Document { metadata: self.metadata, blocks: self.blocks }
    }
}
