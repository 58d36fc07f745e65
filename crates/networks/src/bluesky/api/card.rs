//! The card under a post with a link: lexicon `app.bsky.embed.external`. Clients make it, not the network
//! (<https://docs.bsky.app/docs/advanced-guides/posts#website-card-embeds>). What can't be read leaves the card out.

use std::time::Duration;

use serde_json::{Value, json};

use super::record::blob;
use crate::publish::{Cx, Fault, FaultKind, Request, Response, html::unescape};

/// The largest picture of a card, by the lexicon.
const LARGEST_PICTURE: usize = 1_000_000;
/// A page's head is in its first part; more is not looked at.
const HEAD: usize = 300_000;

/// The card of a text's first link.
pub(super) async fn card(cx: &Cx<'_>, text: &str) -> Result<Option<Value>, Fault> {
    let Some((_, uri)) = crate::bluesky::links(text).into_iter().next() else { return Ok(None) };
    let Some(page) = fetch(cx, &uri).await else {
        cx.warn("The link has no card: its page could not be read.");
        return Ok(None);
    };
    let page = String::from_utf8_lossy(&page.bytes[..page.bytes.len().min(HEAD)]).into_owned();
    let head = Head::of(&page);
    let Some(title) = head.title else { return Ok(None) };
    let mut external =
        json!({ "uri": uri, "title": title, "description": head.description.unwrap_or_default() });
    if let Some(thumb) = thumb(cx, &uri, head.image.as_deref()).await? {
        external["thumb"] = thumb;
    }
    Ok(Some(json!({ "$type": "app.bsky.embed.external", "external": external })))
}

/// A page or picture of anybody: without our token.
async fn fetch(cx: &Cx<'_>, url: &str) -> Option<Response> {
    let request = Request::get(url).within(Duration::from_secs(10));
    cx.raw(request).await.ok().filter(|response| response.status == 200)
}

async fn thumb(cx: &Cx<'_>, page: &str, image: Option<&str>) -> Result<Option<Value>, Fault> {
    let image = image.and_then(|image| url::Url::parse(page).ok()?.join(image).ok());
    let Some(image) = image.filter(|url| matches!(url.scheme(), "http" | "https")) else { return Ok(None) };
    let Some(picture) = fetch(cx, image.as_str()).await else { return Ok(None) };
    let kind = picture.header("content-type").unwrap_or_default().split(';').next().unwrap_or_default();
    let kind = kind.trim().to_lowercase();
    if !kind.starts_with("image/") || picture.bytes.is_empty() || picture.bytes.len() > LARGEST_PICTURE {
        return Ok(None);
    }
    match blob(cx, &kind, picture.bytes.clone()).await {
        Ok(blob) => Ok(Some(blob)),
        Err(fault) if fault.kind == FaultKind::Rejected => Ok(None),
        Err(fault) => Err(fault),
    }
}

/// What a page says of itself.
#[derive(Debug, Default, PartialEq, Eq)]
struct Head {
    title: Option<String>,
    description: Option<String>,
    image: Option<String>,
}

impl Head {
    fn of(page: &str) -> Self {
        // ASCII only, so that offsets stay
        let lower = page.to_ascii_lowercase();
        let find = |names: &[&str]| {
            names.iter().find_map(|wanted| {
                tags(page, &lower, "<meta")
                    .find(|tag| {
                        let name = attribute(tag, "property").or_else(|| attribute(tag, "name"));
                        name.is_some_and(|name| name.eq_ignore_ascii_case(wanted))
                    })
                    .and_then(|tag| attribute(tag, "content"))
                    .map(|content| unescape(content.trim()))
                    .filter(|content| !content.is_empty())
            })
        };
        Self {
            title: find(&["og:title", "twitter:title"]).or_else(|| title(page, &lower)),
            description: find(&["og:description", "twitter:description", "description"]),
            image: find(&["og:image", "twitter:image"]),
        }
    }
}

fn title(page: &str, lower: &str) -> Option<String> {
    let start = lower.find("<title")?;
    let start = start + lower[start..].find('>')? + 1;
    let end = start + lower[start..].find("</title")?;
    Some(unescape(page[start..end].trim())).filter(|title| !title.is_empty())
}

/// Tags that begin so, without their brackets.
fn tags<'p>(page: &'p str, lower: &'p str, start: &'p str) -> impl Iterator<Item = &'p str> {
    lower.match_indices(start).filter_map(move |(at, _)| {
        let end = lower[at..].find('>')?;
        Some(&page[at + start.len()..at + end])
    })
}

/// An attribute's value, quoted either way or not at all.
fn attribute<'t>(tag: &'t str, name: &str) -> Option<&'t str> {
    let mut rest = tag;
    loop {
        rest = rest.trim_start_matches(|ch: char| ch.is_ascii_whitespace() || ch == '/');
        let end = rest.find(|ch: char| ch == '=' || ch.is_ascii_whitespace()).unwrap_or(rest.len());
        if end == 0 {
            return None;
        }
        let found = &rest[..end];
        rest = rest[end..].trim_start();
        let Some(value) = rest.strip_prefix('=').map(str::trim_start) else { continue };
        let (value, after) = match value.chars().next() {
            Some(quote @ ('"' | '\'')) => value[1..].split_once(quote)?,
            _ => value.split_at(value.find(|ch: char| ch.is_ascii_whitespace()).unwrap_or(value.len())),
        };
        if found.eq_ignore_ascii_case(name) {
            return Some(value);
        }
        rest = after;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn heads() {
        let page = r#"<html><HEAD><title lang=de> A &amp; B </title>
            <meta charset=utf-8><META content='Über "alles"' property="og:description">
            <meta name=description content="other"/><meta property="og:image" content="/a.png?x=1&amp;y=2" /></HEAD>"#;
        assert_eq!(
            Head::of(page),
            Head {
                title: Some("A & B".into()),
                description: Some("Über \"alles\"".into()),
                image: Some("/a.png?x=1&y=2".into()),
            }
        );
        assert_eq!(Head::of("<meta property=og:title"), Head::default());
    }

    proptest! {
        #[test]
        fn any_page_can_be_read(page in "(<meta|<title>|</title>|property=|og:title|content=|\"|'|>|=| |ü|/){0,40}") {
            let _ = Head::of(&page);
        }
    }
}
