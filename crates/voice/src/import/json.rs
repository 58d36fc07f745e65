//! JSON, item by item, so that a long file is never whole in memory as values.

use std::{collections::BTreeMap, fmt};

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

use super::{Found, Imported, when};

/// Hears items; answers whether to go on.
type Hear<'a> = &'a mut dyn FnMut(Value) -> bool;

/// An array's items, or those of every array right inside an object.
struct Items<'a, 'b> {
    hear: &'a mut Hear<'b>,
    inside: bool,
}

impl<'de> DeserializeSeed<'de> for Items<'_, '_> {
    type Value = ();
    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<(), D::Error> {
        from.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Items<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array of texts or objects")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        while let Some(value) = list.next_element::<Value>()? {
            if !(self.hear)(value) {
                return Err(serde::de::Error::custom("stopped"));
            }
        }
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        if self.inside {
            while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
            return Ok(());
        }
        while map.next_key::<IgnoredAny>()?.is_some() {
            map.next_value_seed(Items { hear: &mut *self.hear, inside: true })?;
        }
        Ok(())
    }

    fn visit_str<E>(self, _: &str) -> Result<(), E> {
        Ok(())
    }
    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }
    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }
    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }
    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }
    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }
}

fn walk(text: &str, mut hear: Hear<'_>) -> Result<(), serde_json::Error> {
    let mut reader = serde_json::Deserializer::from_str(text);
    Items { hear: &mut hear, inside: false }.deserialize(&mut reader)?;
    reader.end()
}

/// An array of texts or objects, an object that holds one, or one object a line.
pub(super) fn read(text: &str, imported: &mut Imported) {
    let mut count = 0;
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let by_line = lines.next().is_some_and(whole_object) && lines.next().is_some_and(whole_object);
    if by_line {
        for (number, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
            if !imported.goes_on(number + 1) {
                return;
            }
            match serde_json::from_str(line) {
                Ok(value) => item(&value, format!("line {}", number + 1), imported),
                Err(error) => {
                    imported.refuse(format!("line {}", number + 1), format!("It is no JSON: {error}"));
                }
            }
        }
        return;
    }
    let done = walk(text, &mut |value| {
        count += 1;
        if !imported.goes_on(count) {
            return false;
        }
        item(&value, format!("item {count}"), imported);
        true
    });
    if let (Err(error), None) = (done, &imported.stopped) {
        imported.refuse(
            if count == 0 { "file".to_owned() } else { format!("after item {count}") },
            format!("It is no JSON from there: {error}"),
        );
    } else if count == 0 && imported.stopped.is_none() {
        imported.refuse("file", "There is no array of texts or objects in it.");
    }
}

fn whole_object(line: &str) -> bool {
    line.starts_with('{') && line.ends_with('}') && serde_json::from_str::<IgnoredAny>(line).is_ok()
}

fn item(value: &Value, place: String, imported: &mut Imported) {
    match value {
        Value::String(text) => imported.take(Found { text: text.clone(), place, ..Found::default() }),
        Value::Object(object) => {
            if let Some(inner) = object.get("tweet").and_then(Value::as_object) {
                return tweet(inner, place, &[], imported);
            }
            let first =
                |names: &[&str]| names.iter().find_map(|name| object.get(*name)?.as_str()).map(str::to_owned);
            let Some(text) =
                first(&["text", "content", "body", "post", "message", "caption", "full_text", "commentary"])
            else {
                return imported.refuse(place, "It has no “text”.");
            };
            imported.take(Found {
                text,
                network: first(&["network", "platform"]).map(|name| name.to_lowercase()),
                published_at: first(&["published_at", "created_at", "date", "timestamp"])
                    .and_then(|date| when::rfc3339(&date)),
                engagement: engagement(object),
                place,
            });
        }
        _ => imported.refuse(place, "It is neither a text nor an object with one."),
    }
}

fn engagement(object: &Map<String, Value>) -> BTreeMap<String, i64> {
    let inner = ["engagement", "metrics"].iter().find_map(|name| object.get(*name)?.as_object());
    let known = [
        ("likes", "likes"),
        ("favorite_count", "likes"),
        ("comments", "comments"),
        ("replies", "comments"),
        ("shares", "shares"),
        ("retweet_count", "shares"),
        ("views", "views"),
        ("impressions", "impressions"),
        ("clicks", "clicks"),
        ("saves", "saves"),
    ];
    known
        .iter()
        .filter_map(|(theirs, ours)| {
            let value = inner.and_then(|inner| inner.get(*theirs)).or_else(|| object.get(*theirs))?;
            // X writes its counts as text
            let count = value.as_i64().or_else(|| value.as_str()?.parse().ok())?;
            Some(((*ours).to_owned(), count.max(0)))
        })
        .collect()
}

/// `window.YTD.tweets.part0 = [ … ]`
fn body(text: &str) -> &str {
    let text = text.trim_start();
    if !text.starts_with("window.") {
        return text;
    }
    text.find('[').map_or("", |at| &text[at..]).trim_end().trim_end_matches(';')
}

/// The posts of an X archive. `long` are the long ones, whose beginnings stand among the posts once more.
pub(super) fn tweets(file: &str, text: &str, long: &[Found], imported: &mut Imported) {
    let mut count = 0;
    let done = walk(body(text), &mut |value| {
        count += 1;
        if !imported.goes_on(count) {
            return false;
        }
        let place = format!("{file} item {count}");
        match value.get("tweet").unwrap_or(&value).as_object() {
            Some(inner) => tweet(inner, place, long, imported),
            None => imported.refuse(place, "It is no post."),
        }
        true
    });
    if let (Err(error), None) = (done, &imported.stopped) {
        imported
            .refuse(format!("{file} after item {count}"), format!("It can't be read from there: {error}"));
    }
}

/// The long posts of an X archive.
pub(super) fn notes(file: &str, text: &str, imported: &mut Imported) -> Vec<Found> {
    let (mut found, mut count) = (Vec::new(), 0);
    let done = walk(body(text), &mut |value| {
        count += 1;
        let note = value.get("noteTweet").unwrap_or(&value);
        if let Some(text) = note.pointer("/core/text").and_then(Value::as_str) {
            found.push(Found {
                text: entities(text),
                network: Some("x".to_owned()),
                published_at: note.get("createdAt").and_then(Value::as_str).and_then(when::rfc3339),
                engagement: BTreeMap::new(),
                place: format!("{file} item {count}"),
            });
        }
        count < super::MOST_SAMPLES
    });
    if done.is_err() && count < super::MOST_SAMPLES {
        imported.refuse(format!("{file} after item {count}"), "It can't be read from there.");
    }
    found
}

fn tweet(tweet: &Map<String, Value>, place: String, long: &[Found], imported: &mut Imported) {
    let Some(text) = ["full_text", "text"].iter().find_map(|name| tweet.get(*name)?.as_str()) else {
        return imported.refuse(place, "It has no text.");
    };
    let text = entities(text);
    if text.starts_with("RT @") {
        return imported.refuse(place, "It repeats somebody else’s post.");
    }
    let words: Vec<&str> = text.split_whitespace().collect();
    // links that X puts at the end stand for pictures and quoted posts; mentions at the start for whom one answers
    let own = text.trim_end();
    let own = match own.rsplit_once(char::is_whitespace) {
        Some((head, tail)) if tail.starts_with("https://t.co/") => head.trim_end(),
        _ => own,
    };
    let said = words.iter().filter(|word| !word.starts_with('@') && !word.contains("://")).count();
    let mut body = own;
    if text.starts_with('@') {
        while let Some(rest) = body.strip_prefix('@') {
            body = rest.split_once(char::is_whitespace).map_or("", |(_, rest)| rest).trim_start();
        }
        if said < 8 {
            return imported.refuse(place, "It is a short answer to somebody.");
        }
    }
    if said < 3 {
        return imported.refuse(place, "There are hardly any words in it.");
    }
    let start: String = body.trim_end_matches('…').chars().take(100).collect();
    if long.iter().any(|note| note.text.starts_with(start.trim_end()) && note.text.len() > body.len()) {
        return;
    }
    imported.take(Found {
        text: body.to_owned(),
        network: Some("x".to_owned()),
        published_at: tweet.get("created_at").and_then(Value::as_str).and_then(when::rfc3339),
        engagement: engagement(tweet),
        place,
    });
}

fn entities(text: &str) -> String {
    text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
}
