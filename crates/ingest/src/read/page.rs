//! Pages of the web: the readable part, and what the page says about itself where that part says nothing.

use bellwether_language::Document;
use serde_json::Value;
use url::Url;

use super::{IngestError, Warning};
use crate::markup::{self, Cut};

/// With fewer words than this in a page with scripts, the text comes by script.
const SHELL_WORDS: usize = 5;
/// Tags that a page may use to speak about itself; more are noise.
const MOST_TAGS: usize = 1_000;
/// Characters of what a page says that are kept.
const LONGEST: usize = 500;
/// Objects of structured data that are looked at.
const MOST_OBJECTS: usize = 2_000;

/// What a page says about itself.
#[derive(Debug, Default)]
struct About {
    title: Option<String>,
    author: Option<String>,
    date: Option<String>,
    language: Option<String>,
    canonical: Option<String>,
    body: Option<String>,
}

/// Reads a page. Gives the document and the address that the page calls its own.
pub(super) fn read(
    html: &str,
    base: Option<&Url>,
    warnings: &mut Vec<Warning>,
) -> Result<(Document, Option<Url>), IngestError> {
    let mut document = Document::from_html(html);
    let about = about(html);
    if let Some(body) = about.body.as_deref()
        && body.len() > 2 * length(&document)
    {
        // the page keeps its text for search engines, and shows it by script or behind a wall
        let from_data =
            if body.contains("</") { Document::from_html(body) } else { Document::from_text(body) };
        if !from_data.is_empty() {
            document.blocks = from_data.blocks;
            warnings.push(Warning::new(
                "structured_data",
                "The text was taken from the page's description of itself.",
            ));
        }
    }
    let words: usize =
        document.blocks.iter().map(|block| bellwether_language::count_words(&block.text)).sum();
    if words < SHELL_WORDS && markup::find(html, "<script").is_some() {
        return Err(IngestError::NoText {
            hint: "The page shows its text by script only. Copy the text and paste it.",
        });
    }
    let known = &mut document.metadata;
    known.title = known.title.take().or(about.title);
    if known.authors.is_empty() {
        known.authors.extend(about.author);
    }
    known.date = known.date.take().or(about.date);
    known.language = known.language.take().or(about.language);
    let canonical = base.and_then(|base| same_site(base, about.canonical.as_deref()?));
    Ok((document, canonical))
}

fn length(document: &Document) -> usize {
    document.blocks.iter().map(|block| block.text.len()).sum()
}

/// An address on the same host, with or without `www.`: a page may not speak for others.
fn same_site(base: &Url, canonical: &str) -> Option<Url> {
    let url = base.join(canonical).ok()?;
    let host = |url: &Url| url.host_str().map(|host| host.trim_start_matches("www.").to_owned());
    (matches!(url.scheme(), "http" | "https") && host(&url) == host(base)).then_some(url)
}

/// Collects what a page says of itself.
fn about(html: &str) -> About {
    let cut = Cut::of(html, &[], MOST_TAGS);
    let mut about = About::default();
    for value in &cut.data {
        from_structured_data(value, &mut about);
    }
    let meta = |names: &[&str]| cut.meta(names, LONGEST);
    about.title = about
        .title
        .or_else(|| meta(&["og:title", "twitter:title", "dc.title"]))
        .or_else(|| cut.title(LONGEST));
    about.author = about
        .author
        .or_else(|| meta(&["author", "article:author", "dc.creator"]))
        .filter(|name| !name.contains("://"));
    about.date = about.date.or_else(|| meta(&["article:published_time", "date", "dc.date"]));
    about.language = cut.attribute("html", "lang", LONGEST).or(about.language);
    about.canonical = cut.attribute("link[rel=canonical]", "href", LONGEST).or_else(|| meta(&["og:url"]));
    about
}

/// Looks for an article in schema.org's structured data, wherever it stands.
fn from_structured_data(value: &Value, about: &mut About) {
    let mut open = vec![value];
    let mut seen = 0;
    while let Some(value) = open.pop() {
        seen += 1;
        if seen > MOST_OBJECTS {
            return;
        }
        match value {
            Value::Array(items) => open.extend(items.iter().rev()),
            Value::Object(object) => {
                if is_article(object.get("@type")) {
                    let text = |key: &str| object.get(key).and_then(Value::as_str).and_then(line);
                    about.title = about.title.take().or_else(|| text("headline").or_else(|| text("name")));
                    about.date = about.date.take().or_else(|| text("datePublished"));
                    about.author = about.author.take().or_else(|| name_of(object.get("author")?));
                    about.language = about.language.take().or_else(|| text("inLanguage"));
                    if about.body.is_none() {
                        about.body = object
                            .get("articleBody")
                            .or_else(|| object.get("text"))
                            .and_then(Value::as_str)
                            .map(str::to_owned);
                    }
                }
                open.extend(
                    ["@graph", "mainEntity", "mainEntityOfPage"].iter().filter_map(|key| object.get(*key)),
                );
            }
            _ => {}
        }
    }
}

fn is_article(kind: Option<&Value>) -> bool {
    let one = |kind: &str| {
        kind.ends_with("Article")
            || kind.ends_with("BlogPosting")
            || kind.ends_with("Recipe")
            || kind.ends_with("Report")
    };
    match kind {
        Some(Value::String(kind)) => one(kind),
        Some(Value::Array(kinds)) => kinds.iter().filter_map(Value::as_str).any(one),
        _ => false,
    }
}

fn name_of(author: &Value) -> Option<String> {
    match author {
        Value::String(name) => line(name),
        Value::Object(object) => object.get("name").and_then(Value::as_str).and_then(line),
        Value::Array(authors) => authors.iter().take(1).find_map(|first| match first {
            // one step only: lists of lists name nobody
            Value::Array(_) => None,
            first => name_of(first),
        }),
        _ => None,
    }
}

/// One line of sensible length; none when it is empty.
fn line(text: &str) -> Option<String> {
    markup::line(text, LONGEST)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SENTENCE: &str =
        "Sourdough keeps rye bread fresh for a whole week, and it tastes best on the third day. ";

    fn page(html: &str) -> Result<(Document, Option<Url>), IngestError> {
        read(html, Some(&Url::parse("https://www.example.com/bread?utm=1").unwrap()), &mut Vec::new())
    }

    #[test]
    fn what_a_page_says_about_itself() {
        let html = format!(
            r#"<!doctype html><html lang="en-GB"><head><meta property="og:title" content="Rye &amp; time"><link rel=canonical href="/bread"><script type="application/ld+json">{{"@graph":[{{"@type":"WebSite","name":"No"}},{{"@type":["BlogPosting"],"datePublished":"2025-03-01","author":[{{"name":"Ada Miller"}}]}}]}}</script></head><body><p>{SENTENCE}</p></body></html>"#
        );
        let (document, canonical) = page(&html).unwrap();
        assert_eq!(document.metadata.title.as_deref(), Some("Rye & time"));
        assert_eq!(document.metadata.authors, ["Ada Miller"]);
        assert_eq!(document.metadata.date.as_deref(), Some("2025-03-01"));
        assert_eq!(document.metadata.language.as_deref(), Some("en-GB"));
        assert_eq!(canonical.unwrap().as_str(), "https://www.example.com/bread");
    }

    #[test]
    fn a_page_can_not_speak_for_another_host() {
        let html = format!(
            "<html><head><link rel=canonical href=https://bank.example/></head><body><p>{SENTENCE}</p>"
        );
        assert_eq!(page(&html).unwrap().1, None);
    }

    #[test]
    fn text_that_only_search_engines_see() {
        let body = SENTENCE.repeat(8);
        let html = format!(
            r#"<html><head><title>Rye</title><script type="application/ld+json">{{"@type":"NewsArticle","articleBody":"{body}"}}</script></head><body><div id=root></div></body></html>"#
        );
        let (document, _) = page(&html).unwrap();
        assert!(document.to_text().starts_with("Sourdough keeps"));
    }

    #[test]
    fn a_page_that_is_all_script() {
        let html = "<html><head><title>App</title></head><body><noscript>You need to enable JavaScript to run this app.</noscript><div id=root></div><script src=/a.js></script></body></html>";
        let error = page(html).unwrap_err();
        assert_eq!(error.code(), "no_text");
        assert!(error.to_string().contains("script"));
    }

    #[test]
    fn hostile_data_is_survived() {
        let deep = "[".repeat(50_000);
        let html = format!("<html><script type='application/ld+json'>{deep}</script><p>{SENTENCE}</p>");
        assert!(page(&html).unwrap().0.to_text().contains("Sourdough"));
        let svg = format!(
            "<html><body><svg><script>alert('evil')</script><text>drawn</text></svg><p>{SENTENCE}</p>"
        );
        let text = page(&svg).unwrap().0.to_text();
        assert!(!text.contains("alert") && !text.contains("evil") && text.contains("Sourdough"), "{text}");
    }
}
