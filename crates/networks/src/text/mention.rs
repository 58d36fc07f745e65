//! Finding mentions.

use std::ops::Range;

use super::chars::{before, is_latin_accent};

/// What a network takes for a mention.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Grammar {
    /// X: `@name` of letters, digits and `_`, up to 20; and `@name/list`.
    X,
    /// Instagram, Threads, TikTok, YouTube: dots and hyphens inside as well, up to 30.
    Dotted,
    /// Mastodon: `@name` here, `@name@host` elsewhere.
    Fediverse,
    /// Bluesky: `@` and a domain.
    Domain,
    /// There are none in plain text.
    None,
}

/// A mention in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mention {
    /// With the sign.
    pub range: Range<usize>,
    /// Where the name ends: before the list on X, before the host on Mastodon; else the end of the range.
    pub name_end: usize,
}

/// Mentions in reading order.
pub fn mentions(text: &str, grammar: Grammar) -> Vec<Mention> {
    let mut found: Vec<Mention> = Vec::new();
    if grammar == Grammar::None {
        return found;
    }
    let mut at = 0;
    while let Some(offset) = next_sign(&text[at..]) {
        let sign = at + offset;
        let body = sign + text[sign..].chars().next().map_or(1, char::len_utf8);
        let mention = match grammar {
            Grammar::X => x(text, sign, body),
            Grammar::Dotted => dotted(text, sign, body),
            Grammar::Fediverse => fediverse(text, sign, body),
            Grammar::Domain => domain(text, sign, body),
            Grammar::None => None,
        };
        at = body;
        if let Some(mention) = mention {
            at = mention.range.end.max(body);
            found.push(mention);
        }
    }
    found
}

fn next_sign(text: &str) -> Option<usize> {
    let ascii = memchr::memchr(b'@', text.as_bytes());
    if text.is_ascii() { ascii } else { text.find(['@', '＠']) }
}

const fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

fn run(text: &str, from: usize, most: usize, is: impl Fn(u8) -> bool) -> usize {
    text.as_bytes()[from..].iter().take(most).take_while(|&&byte| is(byte)).count()
}

fn x(text: &str, sign: usize, body: usize) -> Option<Mention> {
    let head = &text[..sign];
    let free = before(text, sign).is_none_or(|ch| {
        !(ch.is_ascii_alphanumeric() || matches!(ch, '_' | '!' | '#'..='&' | '*' | '@' | '＠'))
    });
    if !free && !follows_retweet(head) {
        return None;
    }
    let name_end = body + run(text, body, 20, is_name);
    if name_end == body {
        return None;
    }
    let mut end = name_end;
    let rest = &text.as_bytes()[name_end..];
    if rest.first() == Some(&b'/') && rest.get(1).is_some_and(u8::is_ascii_alphabetic) {
        end += 2 + run(text, name_end + 2, 24, |byte| is_name(byte) || byte == b'-');
    }
    let after = &text[end..];
    let blocked =
        after.starts_with(['@', '＠']) || after.starts_with(is_latin_accent) || after.starts_with("://");
    (!blocked).then_some(Mention { range: sign..end, name_end })
}

/// `RT@name` and `RT:@name`, as people wrote before there was a button.
fn follows_retweet(head: &str) -> bool {
    let head = head.strip_suffix(':').unwrap_or(head);
    let Some(start) = head.len().checked_sub(2) else { return false };
    head.as_bytes()[start..].eq_ignore_ascii_case(b"rt")
        && before(head, start)
            .is_none_or(|ch| !(ch.is_ascii_alphanumeric() || matches!(ch, '_' | '+' | '~' | '.' | '-')))
}

/// Not in the middle of a word or an address of mail.
fn stands_free(text: &str, sign: usize) -> bool {
    before(text, sign)
        .is_none_or(|ch| !(ch.is_alphanumeric() || matches!(ch, '_' | '/' | '@' | '.' | '-' | '+')))
}

fn dotted(text: &str, sign: usize, body: usize) -> Option<Mention> {
    if !stands_free(text, sign) {
        return None;
    }
    let length = run(text, body, 30, |byte| is_name(byte) || byte == b'.' || byte == b'-');
    let name = text[body..body + length].trim_end_matches(['.', '-']);
    let end = body + name.len();
    let starts = name.as_bytes().first().is_some_and(|&byte| is_name(byte));
    (starts && !text[end..].starts_with('@')).then_some(Mention { range: sign..end, name_end: end })
}

fn fediverse(text: &str, sign: usize, body: usize) -> Option<Mention> {
    let free = before(text, sign)
        .is_none_or(|ch| !(ch.is_alphanumeric() || matches!(ch, '_' | '/' | '=' | ':' | '@')));
    if !free {
        return None;
    }
    let length = run(text, body, usize::MAX, |byte| is_name(byte) || byte == b'.' || byte == b'-');
    let name = text[body..body + length].trim_end_matches(['.', '-']);
    let name_end = body + name.len();
    if !name.as_bytes().first().is_some_and(|&byte| is_name(byte)) {
        return None;
    }
    let mut end = name_end;
    if text[name_end..].starts_with('@') {
        let rest = &text[name_end + 1..];
        let length =
            rest.find(|ch: char| !(ch.is_alphanumeric() || matches!(ch, '.' | '-'))).unwrap_or(rest.len());
        let host = rest[..length].trim_end_matches(['.', '-']);
        if host.starts_with(char::is_alphanumeric) {
            end = name_end + 1 + host.len();
        }
    }
    Some(Mention { range: sign..end, name_end })
}

fn domain(text: &str, sign: usize, body: usize) -> Option<Mention> {
    if !before(text, sign).is_none_or(|ch| ch.is_whitespace() || ch == '(') {
        return None;
    }
    let length = run(text, body, 253, |byte| byte.is_ascii_alphanumeric() || byte == b'.' || byte == b'-');
    let name = text[body..body + length].trim_end_matches(['.', '-']);
    let top = name.rsplit_once('.').map(|(_, top)| top)?;
    let end = body + name.len();
    let valid = name.split('.').all(|label| {
        !label.is_empty() && label.len() <= 63 && !label.starts_with('-') && !label.ends_with('-')
    });
    (valid && (super::tld::is_known(top) || top == "test"))
        .then_some(Mention { range: sign..end, name_end: end })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str, grammar: Grammar) -> Vec<&str> {
        mentions(text, grammar).into_iter().map(|mention| &text[mention.range]).collect()
    }

    #[test]
    fn grammars() {
        let text = "Thanks @ada.lovelace, @bob@example.social and @carol.bsky.social. Mail me@example.com";
        assert_eq!(found(text, Grammar::X), ["@ada", "@carol"]);
        assert_eq!(found(text, Grammar::Dotted), ["@ada.lovelace", "@carol.bsky.social"]);
        assert_eq!(
            found(text, Grammar::Fediverse),
            ["@ada.lovelace", "@bob@example.social", "@carol.bsky.social"]
        );
        assert_eq!(found(text, Grammar::Domain), ["@carol.bsky.social"]);
        assert!(found(text, Grammar::None).is_empty());
        assert_eq!(mentions("@bob@example.social", Grammar::Fediverse)[0].name_end, 4);
    }
}
