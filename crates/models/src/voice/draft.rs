//! A draft taken apart into its traced pieces and what stands between them, so that its form can be changed and its
//! trace kept true.

use bellwether_networks::{Content, Target, is_valid};

use crate::writer::{Origin, Trace};

/// One text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Part {
    pub path: String,
    pub segments: Vec<Segment>,
}

/// A run of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Segment {
    /// Line breaks, list marks, hashtags.
    Gap(String),
    /// Words with their origin; `before` as the writer wrote them.
    Piece { text: String, before: String, origin: Origin },
}

/// A post or a thread with its pieces.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Draft {
    pub content: Content,
    pub parts: Vec<Part>,
    /// Traces of what isn't taken apart.
    rest: Vec<Trace>,
    pub target: Target,
}

impl Draft {
    /// Takes a post or a thread apart; none for other shapes and where a piece isn't found.
    pub fn of(target: Target, content: &Content, trace: &[Trace]) -> Option<Self> {
        if !matches!(content, Content::Post { .. } | Content::Thread { .. }) {
            return None;
        }
        let mut parts = Vec::new();
        for published in content.published_texts() {
            let mut segments = Vec::new();
            let mut left = published.text;
            for piece in trace.iter().filter(|piece| piece.path == published.path) {
                let at = left.find(&piece.text)?;
                segments.push(Segment::Gap(left[..at].to_owned()));
                segments.push(Segment::Piece {
                    text: piece.text.clone(),
                    before: piece.text.clone(),
                    origin: piece.origin.clone(),
                });
                left = &left[at + piece.text.len()..];
            }
            segments.push(Segment::Gap(left.to_owned()));
            parts.push(Part { path: published.path, segments });
        }
        let taken = |one: &Trace| parts.iter().any(|part| part.path == one.path);
        let rest = trace.iter().filter(|one| !taken(one)).cloned().collect();
        Some(Self { content: content.clone(), parts, rest, target })
    }

    /// The draft put together again; none when it would break a rule of the network or say something else than before.
    pub fn whole(&self) -> Option<(Content, Vec<Trace>)> {
        let mut content = self.content.clone();
        let texts: Vec<String> = self.parts.iter().map(Part::render).collect();
        let all: String = texts.join("\n\n");
        match &mut content {
            Content::Post { post, opening_hook, cta, hashtags, .. } => {
                *post = texts.into_iter().next()?;
                self.rename(opening_hook);
                if let Some(words) = cta {
                    self.rename(words);
                }
                cta.take_if(|words| !post.contains(words.as_str()));
                hashtags.retain(|tag| all.contains(tag.as_str()));
            }
            Content::Thread { thread, hashtags, .. } => {
                *thread = texts;
                hashtags.retain(|tag| all.contains(tag.as_str()));
            }
            _ => return None,
        }
        if !self.pieces().all(|(text, before, origin)| same_facts(text, before, origin))
            || !is_valid(self.target, &content)
        {
            return None;
        }
        let mut trace = self.rest.clone();
        for part in &self.parts {
            for segment in &part.segments {
                if let Segment::Piece { text, origin, .. } = segment {
                    trace.push(Trace { path: part.path.clone(), text: text.clone(), origin: origin.clone() });
                }
            }
        }
        Some((content, trace))
    }

    /// What is heard of it.
    pub fn text(&self) -> String {
        self.parts.iter().map(Part::render).collect::<Vec<_>>().join("\n\n")
    }

    fn pieces(&self) -> impl Iterator<Item = (&str, &str, &Origin)> {
        self.parts.iter().flat_map(|part| &part.segments).filter_map(|segment| match segment {
            Segment::Piece { text, before, origin } => Some((text.as_str(), before.as_str(), origin)),
            Segment::Gap(_) => None,
        })
    }

    /// A field that repeats a piece says what the piece says now.
    fn rename(&self, field: &mut String) {
        if let Some((now, ..)) = self.pieces().find(|(_, before, _)| before == field) {
            now.clone_into(field);
        }
    }
}

impl Part {
    pub fn render(&self) -> String {
        self.segments
            .iter()
            .map(|segment| match segment {
                Segment::Gap(text) | Segment::Piece { text, .. } => text.as_str(),
            })
            .collect()
    }
}

/// Whether a piece says what it said: the same letters and figures in the same order once contractions are undone, and
/// the same links, tags and quotations.
fn same_facts(text: &str, before: &str, origin: &Origin) -> bool {
    // what a move added, such as the author's sign-off, is of its own
    if matches!(origin, Origin::Pattern { id } if id.starts_with("voice/")) {
        return true;
    }
    let links = |text: &str| -> Vec<String> {
        text.split_whitespace()
            .filter(|word| word.contains("://") || word.starts_with(['@', '#']))
            .map(str::to_owned)
            .collect()
    };
    bellwether_voice::plain(text) == bellwether_voice::plain(before)
        && links(text) == links(before)
        && quotations(text) == quotations(before)
}

/// What stands in quotation marks, word for word.
pub(super) fn quotations(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut open: Option<(usize, char)> = None;
    for (at, c) in text.char_indices() {
        match (open, c) {
            (Some((start, close)), c) if c == close => {
                found.push(&text[start..at]);
                open = None;
            }
            (None, '“') => open = Some((at + c.len_utf8(), '”')),
            (None, '„') => open = Some((at + c.len_utf8(), '“')),
            (None, '«') => open = Some((at + c.len_utf8(), '»')),
            (None, '"') => open = Some((at + 1, '"')),
            _ => {}
        }
    }
    found
}
