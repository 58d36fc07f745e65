//! What stands between `---` or `+++` at the top of a file. YAML is read leniently, since titles with colons that no
//! YAML parser accepts are common there.

use crate::{document::Metadata, tidy};

/// The metadata, and the text after them.
pub(crate) fn split(text: &str) -> (Metadata, &str) {
    let text = text.trim_start_matches('\u{feff}');
    let start = text.trim_start_matches(['\n', '\r', ' ', '\t']);
    for (fence, toml) in [("+++", true), ("---", false)] {
        let Some(rest) = start.strip_prefix(fence) else { continue };
        let Some(first_line) = rest.find('\n') else { continue };
        if !rest[..first_line].trim().is_empty() {
            continue;
        }
        let body = &rest[first_line + 1..];
        // front matter is short; a rule far below is a rule
        let Some((end, after)) = closing(tidy::head(body, 20_000), fence) else { continue };
        let inner = &body[..end];
        let metadata = if toml { from_toml(inner) } else { from_yaml(inner) };
        // two rules with prose between them are no front matter
        let Some(metadata) = metadata else { continue };
        return (metadata, &body[after..]);
    }
    (Metadata::default(), text)
}

fn closing(body: &str, fence: &str) -> Option<(usize, usize)> {
    let mut at = 0;
    for line in body.split_inclusive('\n') {
        if line.trim_end() == fence || (fence == "---" && line.trim_end() == "...") {
            return Some((at, at + line.len()));
        }
        at += line.len();
    }
    None
}

fn from_toml(inner: &str) -> Option<Metadata> {
    let table: toml::Table = toml::from_str(inner).ok()?;
    let mut metadata = Metadata::default();
    read_table(&table, &mut metadata);
    for nested in ["taxonomies", "extra", "params"] {
        if let Some(toml::Value::Table(table)) = table.get(nested) {
            read_table(table, &mut metadata);
        }
    }
    Some(metadata)
}

fn read_table(table: &toml::Table, metadata: &mut Metadata) {
    for (key, value) in table {
        let values: Vec<String> = match value {
            toml::Value::String(text) => vec![text.clone()],
            toml::Value::Datetime(date) => vec![date.to_string()],
            toml::Value::Array(items) => {
                items.iter().filter_map(|item| item.as_str().map(str::to_owned)).collect()
            }
            _ => continue,
        };
        put(metadata, key, &values);
    }
}

fn from_yaml(inner: &str) -> Option<Metadata> {
    let mut metadata = Metadata::default();
    let (mut key, mut values): (Option<&str>, Vec<String>) = (None, Vec::new());
    let mut keys = 0;
    for line in inner.lines() {
        let trimmed = line.trim();
        if trimmed.is_empty() || trimmed.starts_with('#') {
            continue;
        }
        let indented = line.starts_with([' ', '\t']);
        if let Some(item) = trimmed.strip_prefix("- ").filter(|_| key.is_some()) {
            values.push(unquote(item).to_owned());
        } else if let Some((name, value)) =
            trimmed.split_once(':').filter(|(name, _)| !indented && is_key(name))
        {
            keys += 1;
            if let Some(key) = key.replace(name) {
                put(&mut metadata, key, &std::mem::take(&mut values));
            }
            values.clear();
            let value = value.trim();
            if let Some(list) = value.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
                values.extend(list.split(',').map(|item| unquote(item.trim()).to_owned()));
            } else if !matches!(value, "" | "|" | ">" | "|-" | ">-") {
                values.push(unquote(value).to_owned());
            }
        } else if indented && key.is_some() {
            // a folded value goes on
            match values.last_mut() {
                Some(last) => {
                    last.push(' ');
                    last.push_str(unquote(trimmed));
                }
                None => values.push(unquote(trimmed).to_owned()),
            }
        } else {
            return None;
        }
    }
    if let Some(key) = key {
        put(&mut metadata, key, &values);
    }
    (keys > 0).then_some(metadata)
}

fn is_key(name: &str) -> bool {
    !name.is_empty()
        && name.len() < 40
        && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.'))
}

fn unquote(value: &str) -> &str {
    let value = value.trim();
    for quote in ['"', '\''] {
        if let Some(inner) = value.strip_prefix(quote).and_then(|rest| rest.strip_suffix(quote)) {
            return inner;
        }
    }
    value
}

fn put(metadata: &mut Metadata, key: &str, values: &[String]) {
    let values: Vec<String> =
        values.iter().map(|value| tidy::line(value)).filter(|value| !value.is_empty()).collect();
    let first = values.first().cloned();
    match key.to_ascii_lowercase().as_str() {
        "title" => metadata.title = metadata.title.take().or(first),
        "author" | "authors" if metadata.authors.is_empty() => metadata.authors = values,
        "date" | "published" | "pubdate" => metadata.date = metadata.date.take().or(first),
        "description" | "summary" | "excerpt" | "subtitle" => {
            metadata.description = metadata.description.take().or(first);
        }
        "tags" | "tag" | "keywords" | "categories" | "category" => {
            let several = values.iter().flat_map(|value| value.split(',').map(|tag| tag.trim().to_owned()));
            metadata.tags.extend(several.filter(|tag| !tag.is_empty()));
        }
        "lang" | "language" | "locale" => metadata.language = metadata.language.take().or(first),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_kinds() {
        let (metadata, body) = split(
            "+++\ntitle = \"A *b*\"\nauthors = [\"Ann\", \"Bo\"]\ndate = 2024-05-01\n[taxonomies]\ntags = [\"x\"]\n+++\nText",
        );
        assert_eq!(metadata.authors, ["Ann", "Bo"]);
        assert_eq!(metadata.date.as_deref(), Some("2024-05-01"));
        assert_eq!(metadata.tags, ["x"]);
        assert_eq!(body, "Text");
        let (metadata, body) = split(
            "\u{feff}---\r\ntitle: Sourdough: the long way\r\ntags:\r\n  - bread\r\n  - home baking\r\ndescription: >\r\n  Two\r\n  lines\r\n---\r\nText",
        );
        assert_eq!(metadata.title.as_deref(), Some("Sourdough: the long way"));
        assert_eq!(metadata.tags, ["bread", "home baking"]);
        assert_eq!(metadata.description.as_deref(), Some("Two lines"));
        assert_eq!(body, "Text");
    }

    #[test]
    fn rules_are_not_front_matter() {
        let text = "---\nOnce upon a time\n---\nMore";
        assert_eq!(split(text), (Metadata::default(), text));
        assert_eq!(split("---"), (Metadata::default(), "---"));
        assert_eq!(split(""), (Metadata::default(), ""));
    }
}
