//! A text under construction: pieces that know where they come from, so that what is published can be traced.

use std::ops::Range;

use bellwether_networks::{Part, Target, measure, rules_of};

use super::material::Material;
use crate::writer::{Origin, Trace};

/// A run of words and where it comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    pub text: String,
    pub origin: Origin,
}

impl Piece {
    /// Sentences of the input.
    pub fn sentences(material: &Material, sentences: &Range<usize>) -> Self {
        Self { text: material.text(sentences), origin: material.origin(sentences) }
    }

    /// Sentences of the input that follow on what was said before them there.
    pub fn following(material: &Material, sentences: &Range<usize>) -> Self {
        Self { text: material.verbatim(sentences), origin: material.origin(sentences) }
    }

    /// The same piece as it is written in Markdown.
    #[must_use]
    pub fn escaped(mut self) -> Self {
        if self.text.contains(['<', '*', '[', '_', '#', '~', '|']) {
            let mut out = String::with_capacity(self.text.len() + 8);
            let mut before = ' ';
            let mut rest = self.text.chars().peekable();
            while let Some(c) = rest.next() {
                let after = rest.peek().copied().unwrap_or(' ');
                let inner = before.is_alphanumeric() && after.is_alphanumeric();
                let special = matches!(c, '<' | '*' | '[' | '~' | '|')
                    || (c == '_' && !inner)
                    || (c == '#' && out.is_empty());
                if special {
                    out.push('\\');
                }
                out.push(c);
                before = c;
            }
            self.text = out;
        }
        self
    }

    /// A declared phrase, filled in.
    pub fn pattern(id: &str, text: impl Into<String>) -> Self {
        Self { text: text.into(), origin: Origin::Pattern { id: id.to_owned() } }
    }

    /// The title.
    pub fn title(material: &Material, title: &str) -> Self {
        let origin = if material.title_given { Origin::Brief } else { material.origin_of(title) };
        Self { text: title.to_owned(), origin }
    }

    /// Words that stand in the input: a heading, a phrase.
    pub fn words(material: &Material, words: &str) -> Self {
        Self { text: words.to_owned(), origin: material.origin_of(words) }
    }

    /// From the brief: the address.
    pub fn brief(text: impl Into<String>) -> Self {
        Self { text: text.into(), origin: Origin::Brief }
    }
}

/// One line or paragraph.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Line {
    /// Nothing readable: a bullet, a time, the signs of a Markdown heading.
    mark: String,
    pieces: Vec<Piece>,
    /// Follows the line before without a blank line.
    tight: bool,
}

/// Paragraphs of pieces.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Text {
    lines: Vec<Line>,
    /// Hashtags at the end.
    tags: Vec<String>,
}

impl Text {
    /// A text of one piece.
    pub fn of(piece: Piece) -> Self {
        let mut text = Self::default();
        text.paragraph(vec![piece]);
        text
    }

    /// Adds a paragraph.
    pub fn paragraph(&mut self, pieces: Vec<Piece>) -> &mut Self {
        self.lines.push(Line { pieces, ..Line::default() });
        self
    }

    /// Adds a paragraph that begins with a mark.
    pub fn marked(&mut self, mark: impl Into<String>, piece: Piece) -> &mut Self {
        self.marked_line(mark, vec![piece])
    }

    /// The same of several pieces.
    pub fn marked_line(&mut self, mark: impl Into<String>, pieces: Vec<Piece>) -> &mut Self {
        self.lines.push(Line { mark: mark.into(), pieces, tight: false });
        self
    }

    /// Adds a line of a list right under the line before.
    pub fn bullet(&mut self, mark: &str, piece: Piece) -> &mut Self {
        self.lines.push(Line { mark: mark.to_owned(), pieces: vec![piece], tight: true });
        self
    }

    /// Puts hashtags at the end.
    pub fn tags(&mut self, tags: &[String]) -> &mut Self {
        self.tags = tags.to_vec();
        self
    }

    pub fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    /// As it is published.
    pub fn render(&self) -> String {
        let mut out = String::new();
        for line in &self.lines {
            if !out.is_empty() {
                out.push_str(if line.tight { "\n" } else { "\n\n" });
            }
            out.push_str(&line.mark);
            for (index, piece) in line.pieces.iter().enumerate() {
                let unspaced =
                    out.chars().next_back().is_some_and(|c| u32::from(c) > 0x2E80 && u32::from(c) < 0xFF70);
                if index > 0 && !unspaced {
                    out.push(' ');
                }
                out.push_str(&piece.text);
            }
        }
        if !self.tags.is_empty() {
            if !out.is_empty() {
                out.push_str("\n\n");
            }
            out.push_str(&self.tags.join(" "));
        }
        out
    }

    /// Where its pieces come from.
    pub fn trace(&self, path: &str, out: &mut Vec<Trace>) {
        for piece in self.lines.iter().flat_map(|line| &line.pieces) {
            out.push(Trace { path: path.to_owned(), text: piece.text.clone(), origin: piece.origin.clone() });
        }
    }

    /// Whether it fits the limits of a part, the advised ones included, and is not longer than `most` of its main unit.
    pub fn fits(&self, target: Target, part: Part, most: Option<u32>) -> bool {
        fits(&self.render(), target, part, most)
    }
}

/// Whether a text fits the limits of a part.
pub fn fits(text: &str, target: Target, part: Part, most: Option<u32>) -> bool {
    let Some(rules) = rules_of(target).part(part) else { return true };
    rules.limits.iter().enumerate().all(|(index, limit)| {
        let used = measure::length(text, limit.unit);
        used <= limit.max && (index > 0 || most.is_none_or(|most| used <= most))
    })
}
