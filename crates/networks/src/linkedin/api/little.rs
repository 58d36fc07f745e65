//! "Little text", which `commentary` is: its reserved characters are escaped, hashtags are a template.
//!
//! Source: <https://learn.microsoft.com/en-us/linkedin/marketing/community-management/shares/little-text-format>. A mention
//! needs the URN of who is meant, which a handle does not tell; it stays plain text.

use crate::Network;

const RESERVED: &[char] = &['\\', '|', '{', '}', '@', '[', ']', '(', ')', '<', '>', '#', '*', '_', '~'];

/// A text as little text.
pub(super) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    let mut at = 0;
    for range in crate::hashtags(Network::Linkedin, text) {
        escape_into(&mut out, &text[at..range.start]);
        let tag = &text[range.clone()];
        let sign = tag.chars().next().map_or(0, char::len_utf8);
        out.push_str("{hashtag|");
        escape_into(&mut out, &tag[..sign]);
        out.push('|');
        escape_into(&mut out, &tag[sign..]);
        out.push('}');
        at = range.end;
    }
    escape_into(&mut out, &text[at..]);
    out
}

fn escape_into(out: &mut String, text: &str) {
    for ch in text.chars() {
        if RESERVED.contains(&ch) {
            out.push('\\');
        }
        out.push(ch);
    }
}

/// Little text as people read it.
pub(super) fn plain(little: &str) -> String {
    let mut out = String::with_capacity(little.len());
    let mut rest = little;
    while let Some(ch) = rest.chars().next() {
        if let Some((shown, after)) = template(rest).or_else(|| mention(rest)) {
            out.push_str(&shown);
            rest = after;
            continue;
        }
        rest = &rest[ch.len_utf8()..];
        let escaped =
            (ch == '\\').then(|| rest.chars().next().filter(|next| RESERVED.contains(next))).flatten();
        if let Some(next) = escaped {
            out.push(next);
            rest = &rest[next.len_utf8()..];
        } else {
            out.push(ch);
        }
    }
    out
}

/// Up to a character that is not escaped; and what follows it.
fn until(text: &str, end: char) -> Option<(String, &str)> {
    let mut found = String::new();
    let mut escaped = false;
    for (at, ch) in text.char_indices() {
        if !escaped && ch == end {
            return Some((found, &text[at + ch.len_utf8()..]));
        }
        escaped = !escaped && ch == '\\';
        if !escaped {
            found.push(ch);
        }
    }
    None
}

/// `{hashtag|\#|tag}` at the start.
fn template(text: &str) -> Option<(String, &str)> {
    let (sign, rest) = until(text.strip_prefix("{hashtag|")?, '|')?;
    let (tag, rest) = until(rest, '}')?;
    Some((format!("{sign}{tag}"), rest))
}

/// `@[name](urn)` at the start.
fn mention(text: &str) -> Option<(String, &str)> {
    let (name, rest) = until(text.strip_prefix("@[")?, ']')?;
    let (_, rest) = until(rest.trim_start().strip_prefix('(')?, ')')?;
    Some((name, rest))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn as_the_page_has_it() {
        for (text, little) in [
            ("Hello", "Hello"),
            ("See #Rust_2024 (now)!", r"See {hashtag|\#|Rust\_2024} \(now\)!"),
            ("C# and a_b * ~ <x> [y] {z} | \\ @ada", r"C\# and a\_b \* \~ \<x\> \[y\] \{z\} \| \\ \@ada"),
        ] {
            assert_eq!(escape(text), little);
            assert_eq!(plain(little), text);
        }
        assert_eq!(plain("Hi @[Acme \\(Ltd\\)](urn:li:organization:1), #plain"), "Hi Acme (Ltd), #plain");
        assert_eq!(plain("{hashtag|#|open @[open"), "{hashtag|#|open @[open");
    }

    proptest! {
        #[test]
        fn there_and_back(text in "([a-z ]|[\\\\|{}@\\[\\]()<>#*_~]|ü|👋|hashtag){0,40}") {
            prop_assert_eq!(plain(&escape(&text)), text);
        }

        #[test]
        fn anything_can_be_read(text in "\\PC{0,60}") {
            let _ = plain(&text);
        }
    }
}
