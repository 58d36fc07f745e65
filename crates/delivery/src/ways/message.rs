//! What is said, before a way gives it its form.

use std::fmt::Write as _;

use serde::{Deserialize, Serialize};

/// A link with its words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// What it does.
    pub label: String,
    /// Where it leads.
    pub url: String,
    /// Whoever follows it approves something in its person's name.
    #[serde(default)]
    pub approves: bool,
}

/// A paragraph with its links.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// Its text; may have several lines.
    pub text: String,
    /// Its links.
    pub links: Vec<Link>,
}

/// What is said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// A few words.
    pub title: String,
    /// A sentence or two: all that fits into a notification.
    pub body: String,
    /// The rest, where there is room for it.
    pub parts: Vec<Part>,
    /// Where it leads.
    pub link: Link,
    /// What replaces it on a screen: two of one tag are one.
    pub tag: String,
}

/// At most so many characters, cut between words where that is possible.
pub fn cut(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let mut kept: String = text.chars().take(most.saturating_sub(1)).collect();
    if let Some(at) = kept.rfind(char::is_whitespace).filter(|at| *at > kept.len() / 2) {
        kept.truncate(at);
    }
    format!("{}…", kept.trim_end())
}

impl Message {
    /// The same for where others read it too: what leads into the app stays, where one has to sign in.
    #[must_use]
    pub fn without_approvals(mut self) -> Self {
        for part in &mut self.parts {
            part.links.retain(|link| !link.approves);
        }
        self
    }

    /// As plain text, for looking at it before it is sent.
    pub fn plain(&self) -> String {
        let mut out = format!("{}\n{}", self.title, self.body);
        for part in &self.parts {
            out.push_str("\n\n");
            out.push_str(&part.text);
            for link in &part.links {
                let _ = write!(out, "\n{}: {}", link.label, link.url);
            }
        }
        let _ = write!(out, "\n\n{}: {}", self.link.label, self.link.url);
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_text_is_cut_between_words() {
        assert_eq!(cut("short", 10), "short");
        assert_eq!(cut("one two three four", 12), "one two…");
        assert_eq!(cut("onetwothreefour", 10), "onetwothr…");
    }
}
