//! HTML to blocks. The readable part of a page is found by dom_smoothie; the walk over the tree keeps its own stack,
//! so that a page nested a hundred thousand deep is no danger.

use dom_query::{Document as Dom, NodeData, NodeRef};

use crate::{
    document::{BlockKind, Builder, Document, MarkKind, Metadata},
    tidy,
};

/// Pages nested deeper than any real one are not given to the readability search.
const DEEP: usize = 400;
/// Pages longer than this are read whole; finding their readable part would take too long.
const LONG: usize = 3_000_000;

pub(crate) fn read(text: &str) -> Document {
    let text = text.trim_start_matches('\u{feff}');
    if deep(text) {
        // nobody wrote this by hand, and some parsers recurse
        let mut builder = Builder::new(Metadata::default());
        for line in stripped(text).lines() {
            builder.push(line);
            builder.end(BlockKind::Paragraph);
        }
        return builder.finish();
    }
    if text.len() <= LONG && is_page(text) {
        let config = dom_smoothie::Config { char_threshold: 200, ..dom_smoothie::Config::default() };
        if let Ok(mut readability) = dom_smoothie::Readability::new(text, None, Some(config))
            && let Ok(article) = readability.parse()
        {
            let metadata = Metadata {
                title: Some(tidy::line(&article.title)).filter(|title| !title.is_empty()),
                authors: article
                    .byline
                    .iter()
                    .map(|name| tidy::line(name))
                    .filter(|name| !name.is_empty())
                    .collect(),
                date: article.published_time.as_ref().map(|date| tidy::line(date)),
                description: article.excerpt.as_ref().map(|text| tidy::line(text)),
                tags: Vec::new(),
                language: article.lang.as_ref().map(|lang| tidy::line(lang)),
            };
            let mut builder = Builder::new(metadata);
            fragment(&article.content, &mut builder);
            let document = builder.finish();
            if document.blocks.iter().map(|block| block.text.len()).sum::<usize>() > 200 {
                return document;
            }
        }
    }
    let dom = Dom::from(text);
    let mut metadata = Metadata::default();
    if let Some(title) = dom.root().descendants_it().find(|node| name_is(node, "title")) {
        metadata.title = Some(tidy::line(&title.text())).filter(|title| !title.is_empty());
    }
    let mut builder = Builder::new(metadata);
    walk(dom.root(), &mut builder);
    builder.finish()
}

/// Reads a piece of HTML into the blocks being built.
pub(crate) fn fragment(text: &str, builder: &mut Builder) {
    if text.trim().is_empty() {
        return;
    }
    if deep(text) {
        builder.push(&stripped(text));
        builder.end(BlockKind::Paragraph);
        return;
    }
    let dom = Dom::fragment(text);
    walk(dom.root(), builder);
}

fn is_page(text: &str) -> bool {
    let lower = tidy::head(text, 2_000).to_ascii_lowercase();
    ["<html", "<head", "<body", "<!doctype"].iter().any(|tag| lower.contains(tag))
}

fn name_is(node: &NodeRef<'_>, name: &str) -> bool {
    node.query_or(false, |tree_node| match &tree_node.data {
        NodeData::Element(element) => &*element.name.local == name,
        _ => false,
    })
}

struct Walk<'a> {
    builder: &'a mut Builder,
    lists: Vec<bool>,
    quotes: u32,
    heading: Option<u8>,
    marks: Vec<(usize, Option<MarkKind>)>,
}

fn walk(root: NodeRef<'_>, builder: &mut Builder) {
    let mut walk = Walk { builder, lists: Vec::new(), quotes: 0, heading: None, marks: Vec::new() };
    // (node, whether its children are done)
    let mut stack = vec![(root, false)];
    while let Some((node, done)) = stack.pop() {
        let name = node.query_or(None, |tree_node| match &tree_node.data {
            NodeData::Element(element) => Some(element.name.local.to_string()),
            NodeData::Text { contents } => {
                walk.builder.push(contents);
                None
            }
            NodeData::Document | NodeData::Fragment => Some(String::new()),
            _ => None,
        });
        let Some(name) = name else { continue };
        if done {
            walk.leave(&name);
        } else if walk.enter(&name, &node) {
            stack.push((node, true));
            let mut child = node.last_child();
            while let Some(current) = child {
                stack.push((current, false));
                child = current.prev_sibling();
            }
        }
    }
    walk.flush();
}

impl Walk<'_> {
    /// Says whether the element's children are to be read.
    fn enter(&mut self, name: &str, node: &NodeRef<'_>) -> bool {
        match name {
            "script" | "style" | "noscript" | "template" | "svg" | "math" | "iframe" | "object" | "form"
            | "button" | "select" | "textarea" | "input" | "nav" | "head" | "figcaption" | "sup"
            | "audio" | "dialog" => {
                return false;
            }
            "pre" | "table" | "img" | "picture" | "video" | "canvas" => {
                if matches!(name, "pre" | "table") {
                    self.flush();
                    self.builder.gap();
                }
                return false;
            }
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => {
                self.flush();
                self.heading = name[1..].parse().ok();
            }
            "ul" | "ol" => {
                self.flush();
                self.lists.push(name == "ol");
            }
            "blockquote" => {
                self.flush();
                self.quotes += 1;
            }
            "br" => self.builder.space(),
            "a" => {
                let url = node.attr("href").map(|url| url.to_string()).unwrap_or_default();
                self.marks.push((self.builder.position(), Some(MarkKind::Link(url))));
            }
            "code" | "kbd" | "samp" | "tt" => {
                self.marks.push((self.builder.position(), Some(MarkKind::Code)));
            }
            "strong" | "b" => self.marks.push((self.builder.position(), Some(MarkKind::Strong))),
            _ if is_block(name) => self.flush(),
            _ => {}
        }
        true
    }

    fn leave(&mut self, name: &str) {
        match name {
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => {
                let level = self.heading.take().unwrap_or(2);
                self.end(BlockKind::Heading(level));
            }
            "ul" | "ol" => {
                self.flush();
                self.lists.pop();
            }
            "blockquote" => {
                self.flush();
                self.quotes = self.quotes.saturating_sub(1);
            }
            "a" | "code" | "kbd" | "samp" | "tt" | "strong" | "b" => {
                if let Some((start, Some(kind))) = self.marks.pop() {
                    self.builder.mark(start, kind);
                }
            }
            _ if is_block(name) => self.flush(),
            _ => {}
        }
    }

    fn flush(&mut self) {
        let kind = match (self.heading, self.lists.last()) {
            (Some(level), _) => BlockKind::Heading(level),
            (None, Some(ordered)) => {
                BlockKind::Item { depth: (self.lists.len() - 1).min(9) as u8, ordered: *ordered }
            }
            (None, None) if self.quotes > 0 => BlockKind::Quote,
            (None, None) => BlockKind::Paragraph,
        };
        self.end(kind);
    }

    fn end(&mut self, kind: BlockKind) {
        self.builder.end(kind);
        // what stays open marks the next block from its start
        for mark in &mut self.marks {
            mark.0 = 0;
        }
    }
}

fn is_block(name: &str) -> bool {
    matches!(
        name,
        "" | "p"
            | "div"
            | "section"
            | "article"
            | "main"
            | "aside"
            | "header"
            | "footer"
            | "li"
            | "dl"
            | "dt"
            | "dd"
            | "figure"
            | "address"
            | "details"
            | "summary"
            | "hr"
            | "body"
            | "html"
            | "tr"
            | "td"
            | "th"
            | "fieldset"
    )
}

/// Whether more elements are open at once than in any real page.
fn deep(text: &str) -> bool {
    let (mut open, mut deepest) = (0_usize, 0_usize);
    let bytes = text.as_bytes();
    let mut at = 0;
    while let Some(next) = text[at..].find('<') {
        at += next + 1;
        match bytes.get(at) {
            Some(b'/') => open = open.saturating_sub(1),
            Some(c) if c.is_ascii_alphabetic() => {
                let name = text[at..].split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or_default();
                let void = [
                    "br", "img", "hr", "input", "meta", "link", "p", "li", "source", "wbr", "td", "tr", "th",
                    "dt", "dd", "option",
                ];
                if !void.iter().any(|tag| tag.eq_ignore_ascii_case(name)) {
                    open += 1;
                    deepest = deepest.max(open);
                }
            }
            _ => {}
        }
    }
    deepest > DEEP
}

/// The text between the tags, for what no tree should be built of.
fn stripped(text: &str) -> String {
    let mut out = String::with_capacity(text.len() / 2);
    let mut rest = text;
    while let Some(start) = rest.find('<') {
        out.push_str(&rest[..start]);
        let from = &rest[start..];
        let lower = tidy::head(from, 10).to_ascii_lowercase();
        let end = if lower.starts_with("<script") || lower.starts_with("<style") {
            let close = if lower.starts_with("<script") { "</script" } else { "</style" };
            from.find(close).and_then(|at| from[at..].find('>').map(|end| at + end))
        } else {
            from.find('>')
        };
        out.push('\n');
        rest = end.map_or("", |end| &from[end + 1..]);
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use crate::{BlockKind, Document};

    #[test]
    fn the_readable_part_of_a_page() {
        let paragraph = "Rye bread keeps for a week because the sourdough slows mould down, and it tastes better on day three. ";
        let html = format!(
            "<!doctype html><html lang=en><head><title>Rye keeps</title><script>var x='<p>no</p>'</script></head><body><nav><a href=/>Home</a> <a href=/b>Blog</a></nav><article><h1>Rye keeps</h1><p>{paragraph}</p><h2>Why</h2><p>{paragraph}{paragraph}</p><pre>code</pre><ul><li>Flour</li><li>Water &amp; salt</li></ul><p>{paragraph}</p></article><footer>© 2024</footer></body></html>"
        );
        let document = Document::from_html(&html);
        assert_eq!(document.metadata.title.as_deref(), Some("Rye keeps"));
        let text = document.to_text();
        assert!(text.contains("- Water & salt") && text.contains("Why"), "{text}");
        for leftover in ["Home", "code", "var x", "©", "<"] {
            assert!(!text.contains(leftover), "{leftover} in {text}");
        }
        assert!(document.blocks.iter().any(|block| block.kind == BlockKind::Heading(2)));
    }

    #[test]
    fn hostile_pages() {
        let deep = "<div>".repeat(100_000) + "deep down";
        assert_eq!(Document::from_html(&deep).to_text(), "deep down");
        assert!(Document::from_html("").is_empty());
        assert!(Document::from_html("<html><body><script>only()</script></body></html>").is_empty());
        let unclosed = "<p>a<b>c<!-- ".repeat(5_000);
        Document::from_html(&unclosed);
    }
}
