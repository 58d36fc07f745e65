//! Markdown to blocks.

use pulldown_cmark::{BrokenLink, CowStr, Event, LinkType, Options, Parser, Tag, TagEnd};

use crate::{
    document::{BlockKind, Builder, MarkKind},
    html, tidy,
};

/// Whether a pasted text uses Markdown.
pub(crate) fn looks_like(start: &str) -> bool {
    let mut signs = 0;
    if start.starts_with("---\n") || start.starts_with("+++\n") || start.starts_with("---\r\n") {
        signs += 2;
    }
    for line in start.lines() {
        let trimmed = line.trim_start();
        let hashes = trimmed.bytes().take_while(|b| *b == b'#').count();
        if (1..=6).contains(&hashes) && trimmed[hashes..].starts_with(' ') || trimmed.starts_with("```") {
            signs += 2;
        }
        signs += usize::from(trimmed.starts_with("> "))
            + usize::from(trimmed.starts_with("* ") || trimmed.starts_with("- "));
    }
    if start.contains("](") {
        signs += 2;
    }
    signs += usize::from(start.contains("**")) + usize::from(start.matches('`').count() >= 2);
    signs >= 2
}

pub(crate) fn read(text: &str, builder: &mut Builder) {
    let options = Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_HEADING_ATTRIBUTES
        | Options::ENABLE_GFM;
    // a reference whose definition is missing would stay in brackets; as a link its text remains
    let mut lost = |link: BrokenLink<'_>| -> Option<(CowStr<'_>, CowStr<'_>)> {
        (link.link_type != LinkType::Email
            && !link.reference.starts_with('^')
            && !link.reference.starts_with('!'))
        .then_some((CowStr::Borrowed(""), CowStr::Borrowed("")))
    };
    let mut walk = Walk {
        builder,
        lists: Vec::new(),
        quotes: 0,
        skip: 0,
        links: Vec::new(),
        strongs: Vec::new(),
        html: String::new(),
        strong: 0,
    };
    let parser = Parser::new_with_broken_link_callback(text, options, Some(&mut lost));
    for (event, range) in parser.into_offset_iter() {
        match event {
            Event::InlineHtml(tag)
                if walk.skip == 0 && tidy::is_word(&tag, paragraph(&text[range.end..])) =>
            {
                walk.builder.push(&tag);
            }
            event => walk.event(event),
        }
    }
    walk.end_block(BlockKind::Paragraph);
}

/// What is left of the paragraph that a text begins in.
fn paragraph(text: &str) -> &str {
    let text = tidy::head(text, tidy::FAR);
    text.split_once("\n\n").map_or(text, |(paragraph, _)| paragraph)
}

/// Whether a block of HTML begins something that hides all that follows and never ends: words about `<script>`, or a
/// comment that somebody forgot to close.
fn never_ends(html: &str) -> bool {
    let lower = html.trim_start().to_ascii_lowercase();
    if lower.starts_with("<!--") {
        return !lower.contains("-->");
    }
    ["script", "style", "textarea"]
        .iter()
        .any(|name| lower.starts_with(&format!("<{name}")) && !lower.contains(&format!("</{name}")))
}

struct Walk<'a> {
    builder: &'a mut Builder,
    /// Whether each open list is numbered.
    lists: Vec<bool>,
    quotes: u32,
    /// How many open elements are being left out.
    skip: u32,
    links: Vec<(usize, String)>,
    strongs: Vec<usize>,
    html: String,
    /// Bytes of the current block that are strong.
    strong: usize,
}

impl Walk<'_> {
    fn event(&mut self, event: Event<'_>) {
        match event {
            Event::Start(tag) => self.start(tag),
            Event::End(tag) => self.end(tag),
            _ if self.skip > 0 => {}
            Event::Text(text) | Event::InlineMath(text) | Event::DisplayMath(text) => {
                self.builder.push(&text);
            }
            Event::Code(code) => {
                let start = self.builder.position();
                self.builder.push(&code);
                self.builder.mark(start, MarkKind::Code);
            }
            Event::SoftBreak | Event::HardBreak => self.builder.space(),
            Event::Html(text) => self.html.push_str(&text),
            Event::InlineHtml(tag) => {
                if tag.starts_with("<br") || tag.starts_with("<hr") {
                    self.builder.space();
                }
            }
            Event::Rule => self.end_block(BlockKind::Paragraph),
            Event::FootnoteReference(_) | Event::TaskListMarker(_) => {}
        }
    }

    fn start(&mut self, tag: Tag<'_>) {
        match tag {
            Tag::CodeBlock(_) | Tag::Table(_) | Tag::FootnoteDefinition(_) | Tag::MetadataBlock(_) => {
                self.flush();
                if matches!(tag, Tag::CodeBlock(_) | Tag::Table(_)) && self.skip == 0 {
                    self.builder.gap();
                }
                self.skip += 1;
            }
            Tag::Image { .. } => self.skip += 1,
            _ if self.skip > 0 => {}
            Tag::Heading { .. } | Tag::Paragraph | Tag::HtmlBlock | Tag::Item => self.flush(),
            Tag::List(first) => {
                self.flush();
                self.lists.push(first.is_some());
            }
            Tag::BlockQuote(_) => {
                self.flush();
                self.quotes += 1;
            }
            Tag::Link { dest_url, .. } => self.links.push((self.builder.position(), dest_url.into_string())),
            Tag::Strong => self.strongs.push(self.builder.position()),
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::CodeBlock
            | TagEnd::Table
            | TagEnd::FootnoteDefinition
            | TagEnd::MetadataBlock(_)
            | TagEnd::Image => {
                self.skip = self.skip.saturating_sub(1);
            }
            _ if self.skip > 0 => {}
            TagEnd::Heading(level) => self.end_block(BlockKind::Heading(level as u8)),
            TagEnd::Paragraph => {
                let kind = self.here();
                self.end_block(kind);
            }
            TagEnd::Item => self.flush(),
            TagEnd::List(_) => {
                self.flush();
                self.lists.pop();
            }
            TagEnd::BlockQuote(_) => {
                self.flush();
                self.quotes = self.quotes.saturating_sub(1);
            }
            TagEnd::HtmlBlock => {
                let raw = std::mem::take(&mut self.html);
                if never_ends(&raw) {
                    for paragraph in raw.split("\n\n") {
                        self.builder.push(paragraph);
                        self.end_block(BlockKind::Paragraph);
                    }
                } else {
                    html::fragment(&raw, self.builder);
                }
            }
            TagEnd::Link => {
                if let Some((start, url)) = self.links.pop() {
                    self.builder.mark(start, MarkKind::Link(url));
                }
            }
            TagEnd::Strong => {
                if let Some(start) = self.strongs.pop() {
                    self.strong += self.builder.position().saturating_sub(start);
                    self.builder.mark(start, MarkKind::Strong);
                }
            }
            _ => {}
        }
    }

    /// What the current place makes of loose text.
    fn here(&self) -> BlockKind {
        match self.lists.last() {
            Some(ordered) => {
                BlockKind::Item { depth: (self.lists.len() - 1).min(9) as u8, ordered: *ordered }
            }
            None if self.quotes > 0 => BlockKind::Quote,
            None => BlockKind::Paragraph,
        }
    }

    fn flush(&mut self) {
        let kind = self.here();
        self.end_block(kind);
    }

    fn end_block(&mut self, kind: BlockKind) {
        let strong = std::mem::take(&mut self.strong);
        let length = self.builder.position();
        // a short paragraph that is strong from end to end is somebody's heading
        let kind = if kind == BlockKind::Paragraph && length > 0 && length < 90 && strong + 1 >= length {
            BlockKind::Heading(4)
        } else {
            kind
        };
        self.builder.end(kind);
        self.links.clear();
        self.strongs.clear();
    }
}

#[cfg(test)]
mod tests {
    use crate::{BlockKind, Document, MarkKind};

    fn texts(markdown: &str) -> Vec<String> {
        Document::from_markdown(markdown).blocks.into_iter().map(|block| block.text).collect()
    }

    #[test]
    fn everything_unreadable_goes() {
        let text = "# Title\n\nSee [the `docs`][d], [lost] and [one][two].[^1] ![pic](p.png)\n\n```rust\nlet x = 1;\n```\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n[^1]: A note.\n\n[d]: https://e.org\n\n<div class=\"x\"><p>Inside &amp; out</p><script>alert(1)</script></div>\n\nLast {{< ref \"x\" >}} one.";
        assert_eq!(texts(text), ["See the docs, lost and one.", "Inside & out", "Last one."]);
        let document = Document::from_markdown(text);
        assert_eq!(document.metadata.title.as_deref(), Some("Title"));
        assert!(document.blocks[0].before_gap && document.blocks[1].after_gap);
        assert!(
            document.blocks[0].marks.iter().any(|mark| mark.kind == MarkKind::Link("https://e.org".into()))
        );
    }

    #[test]
    fn tags_that_somebody_writes_about_stay() {
        for (text, read) in [
            (
                "Put `<script>` into the <head>, *never* a <style>.",
                vec!["Put <script> into the <head>, never a <style>."],
            ),
            ("A <b>bold</b> word and [a link](https://e.org).", vec!["A bold word and a link."]),
            ("<script> tags block.\n\nMove them.", vec!["<script> tags block.", "Move them."]),
            ("<!-- a note\n\nthat nobody closed", vec!["<!-- a note", "that nobody closed"]),
            ("<!-- a note -->\n\nStays.", vec!["Stays."]),
            ("A <br> break and an <img src=\"x\"> image.", vec!["A break and an image."]),
        ] {
            assert_eq!(texts(text), read);
        }
        let document =
            Document::from_markdown("See [the <head> element](https://e.org), where a < b and b > c.");
        assert_eq!(document.blocks[0].marks[0].kind, MarkKind::Link("https://e.org".into()));
    }

    #[test]
    fn lists_quotes_and_headings() {
        let document = Document::from_markdown(
            "Intro:\n\n* one\n* two\n  1. deep\n\n> said\n> she\n\n**Bold heading**\n\nEnd.",
        );
        let kinds: Vec<_> = document.blocks.iter().map(|block| (block.kind, block.text.as_str())).collect();
        assert_eq!(
            kinds,
            [
                (BlockKind::Paragraph, "Intro:"),
                (BlockKind::Item { depth: 0, ordered: false }, "one"),
                (BlockKind::Item { depth: 0, ordered: false }, "two"),
                (BlockKind::Item { depth: 1, ordered: true }, "deep"),
                (BlockKind::Quote, "said she"),
                (BlockKind::Heading(4), "Bold heading"),
                (BlockKind::Paragraph, "End."),
            ]
        );
    }
}
