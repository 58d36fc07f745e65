//! What a page says to programs, cut out of it before anything is parsed, so that what is parsed can't be nested: the tags
//! of the head, those tags of the body whose words are wanted, and its structured data.

use dom_query::Document as Dom;
use serde_json::Value;

/// Bytes of a title, label or heading that are looked at.
const LABEL: usize = 1_000;
/// Tags of the head, and those whose content is passed over.
const HEAD: [&str; 9] = ["html", "meta", "link", "title", "script", "style", "noscript", "template", "!--"];

/// What was cut out.
pub(crate) struct Cut {
    /// The tags one after another, each with its words and none within another.
    pub(crate) dom: Dom,
    /// JSON-LD that can be read.
    pub(crate) data: Vec<Value>,
}

impl Cut {
    /// Cuts a page. `worded` are tags of the body that are kept with their words; of all, the first `most` are looked at.
    pub(crate) fn of(html: &str, worded: &[&'static str], most: usize) -> Self {
        let mut flat = String::new();
        let mut data = Vec::new();
        let mut rest = html;
        for _ in 0..most {
            let Some((name, from)) = next_tag(rest, worded) else { break };
            if name == "!--" {
                rest = from.find("-->").map_or("", |end| &from[end + 3..]);
                continue;
            }
            let Some(end) = from.find('>') else { break };
            let tag = &from[..=end];
            rest = &from[end + 1..];
            match name {
                "script" | "style" | "noscript" | "template" => {
                    let close = find(rest, &format!("</{name}")).unwrap_or(rest.len());
                    if name == "script" && find(tag, "ld+json").is_some() {
                        data.push(&rest[..close]);
                    }
                    rest = &rest[close..];
                }
                "html" | "meta" | "link" => flat.push_str(tag),
                _ => {
                    let near = &rest[..rest.floor_char_boundary(LABEL)];
                    let inner = &near[..find(near, &format!("</{name}")).unwrap_or(near.len())];
                    flat.push_str(tag);
                    flat.push_str(&without_tags(inner));
                    flat.push_str("</");
                    flat.push_str(name);
                    flat.push('>');
                    if name == "title" {
                        rest = &rest[inner.len()..];
                    }
                }
            }
        }
        let data = data.into_iter().filter_map(|text| serde_json::from_str(text.trim()).ok()).collect();
        Self { dom: Dom::from(flat.as_str()), data }
    }

    /// The content of the first of these `meta` tags that has one.
    pub(crate) fn meta(&self, names: &[&str], most: usize) -> Option<String> {
        names.iter().find_map(|name| {
            let selector = format!("meta[property=\"{name}\"], meta[name=\"{name}\"]");
            self.dom.select(&selector).iter().find_map(|node| line(&node.attr("content")?, most))
        })
    }

    /// An attribute of the first tag that fits a selector.
    pub(crate) fn attribute(&self, selector: &str, name: &str, most: usize) -> Option<String> {
        self.dom.select(selector).attr(name).and_then(|value| line(&value, most))
    }

    /// The words of `title`.
    pub(crate) fn title(&self, most: usize) -> Option<String> {
        line(&self.dom.select("title").first().text(), most)
    }
}

/// The next tag of those that are wanted, or comment.
fn next_tag<'h>(html: &'h str, worded: &[&'static str]) -> Option<(&'static str, &'h str)> {
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        let from = &rest[at..];
        let found = HEAD.iter().chain(worded).copied().find(|name| {
            from.get(1..=name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name))
                && (*name == "!--"
                    || from[1 + name.len()..]
                        .starts_with(|c: char| c.is_whitespace() || matches!(c, '>' | '/')))
        });
        if let Some(name) = found {
            return Some((name, from));
        }
        rest = &from[1..];
    }
    None
}

fn without_tags(html: &str) -> String {
    let mut text = String::with_capacity(html.len());
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        text.push_str(&rest[..at]);
        text.push(' ');
        rest = rest[at..].find('>').map_or("", |end| &rest[at + end + 1..]);
    }
    text.push_str(rest);
    text
}

/// One line of at most so many characters; none when it is empty.
pub(crate) fn line(text: &str, most: usize) -> Option<String> {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let text: String = text.chars().filter(|c| !c.is_control()).take(most).collect();
    (!text.is_empty()).then_some(text)
}

/// Where something stands first, whatever its case.
pub(crate) fn find(text: &str, what: &str) -> Option<usize> {
    text.as_bytes().windows(what.len()).position(|window| window.eq_ignore_ascii_case(what.as_bytes()))
}
