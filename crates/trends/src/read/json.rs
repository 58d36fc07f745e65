//! JSON Feed, 1.0 and 1.1.

use serde_json::{Map, Value};
use url::Url;

use super::{Entry, Feed, Format, date, html};

/// The feed; none for other JSON.
pub(super) fn read(text: &str, base: &Url) -> Option<Feed> {
    let value: Value = serde_json::from_str(text).ok()?;
    let feed = value.as_object()?;
    let version = feed.get("version").and_then(Value::as_str).unwrap_or_default();
    let items = feed.get("items").and_then(Value::as_array)?;
    // some forget the version, but nobody forgets both
    if !version.contains("jsonfeed.org") && !feed.contains_key("title") {
        return None;
    }
    let link = |text: Option<String>| {
        text.and_then(|text| base.join(text.trim()).ok())
            .filter(|url| matches!(url.scheme(), "http" | "https"))
    };
    let bozo = (!version.contains("jsonfeed.org")).then(|| "it doesn't say which version it is".to_owned());
    Some(Feed {
        format: Some(Format::Json),
        title: string(feed, "title"),
        description: string(feed, "description"),
        link: link(string(feed, "home_page_url")),
        language: string(feed, "language"),
        rest_minutes: None,
        entries: items
            .iter()
            .filter_map(Value::as_object)
            .take(super::MOST_ENTRIES)
            .map(|item| Entry {
                id: string(item, "id"),
                link: link(string(item, "url").or_else(|| string(item, "external_url"))),
                title: string(item, "title").map(|text| html::escape(&text)),
                author: author(item).or_else(|| author(feed)),
                published: string(item, "date_published").and_then(|text| date::read(&text)),
                updated: string(item, "date_modified").and_then(|text| date::read(&text)),
                summary: string(item, "summary").map(|text| html::escape(&text)),
                content: string(item, "content_html")
                    .or_else(|| string(item, "content_text").map(|text| html::escape(&text))),
                language: string(item, "language"),
                picture: link(string(item, "image").or_else(|| string(item, "banner_image"))),
                tags: item
                    .get("tags")
                    .and_then(Value::as_array)
                    .map(|tags| tags.iter().filter_map(Value::as_str).take(50).map(str::to_owned).collect())
                    .unwrap_or_default(),
                ..Entry::default()
            })
            .collect(),
        bozo,
    })
}

/// A text; ids are sometimes numbers.
fn string(map: &Map<String, Value>, name: &str) -> Option<String> {
    match map.get(name)? {
        Value::String(text) => (!text.trim().is_empty()).then(|| text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

fn author(map: &Map<String, Value>) -> Option<String> {
    let first = map.get("authors").and_then(Value::as_array).and_then(|all| all.first());
    first.or_else(|| map.get("author")).and_then(Value::as_object).and_then(|one| string(one, "name"))
}
