//! Whether a text is nothing but one name, list, hashtag or link, by X's grammar.

use crate::text::{hashtag, mention, url};

/// `@name`.
pub fn is_username(text: &str) -> bool {
    only_mention(text).is_some_and(|mention| mention.name_end == text.len())
}

/// `@name/list`.
pub fn is_list(text: &str) -> bool {
    only_mention(text).is_some_and(|mention| mention.name_end < text.len())
}

/// `#hashtag`.
pub fn is_hashtag(text: &str) -> bool {
    hashtag::is_hashtag(text, hashtag::Grammar::Letter)
}

fn only_mention(text: &str) -> Option<mention::Mention> {
    let mut mentions = mention::mentions(text, mention::Grammar::X);
    let only = mentions.pop()?;
    (mentions.is_empty() && only.range == (0..text.len())).then_some(only)
}

/// The account that a post answers: the name that it starts with.
pub fn reply_to(text: &str) -> Option<&str> {
    let trimmed = text.trim_start_matches(crate::text::chars::is_space);
    let first = mention::mentions(trimmed, mention::Grammar::X).into_iter().next()?;
    let sign = trimmed.chars().next()?.len_utf8();
    (first.range.start == 0).then(|| &trimmed[sign..first.name_end])
}

/// An absolute `http` or `https` address, or a bare one when `scheme_needed` is false: the characters that RFC 3986
/// allows at each place, letters of any script besides.
pub fn is_url(text: &str, scheme_needed: bool) -> bool {
    let (rest, scheme) = match text.split_once("://") {
        Some((scheme, rest)) if ["http", "https"].iter().any(|known| scheme.eq_ignore_ascii_case(known)) => {
            (rest, true)
        }
        Some(_) => return false,
        None => (text, false),
    };
    if scheme_needed && !scheme {
        return false;
    }
    let (rest, fragment) = rest.split_once('#').map_or((rest, ""), |(rest, fragment)| (rest, fragment));
    let (rest, query) = rest.split_once('?').map_or((rest, ""), |(rest, query)| (rest, query));
    let (authority, path) = rest.find('/').map_or((rest, ""), |slash| rest.split_at(slash));
    let allowed = |part: &str, more: &str| part.chars().all(|ch| is_path_char(ch) || more.contains(ch));
    is_authority(authority, scheme) && allowed(path, "/") && allowed(query, "/?") && allowed(fragment, "/?")
}

/// What RFC 3986 calls pchar, and letters beyond ASCII.
fn is_path_char(ch: char) -> bool {
    ch.is_ascii_alphanumeric()
        || "-._~!$&'()*+,;=:@%|[]".contains(ch)
        || (!ch.is_ascii() && ch.is_alphanumeric())
}

fn is_authority(authority: &str, scheme: bool) -> bool {
    let (user, host) = authority.rsplit_once('@').map_or(("", authority), |(user, host)| (user, host));
    if !user.chars().all(|ch| ch.is_ascii_alphanumeric() || "-._~!$&'()*+,;=:%".contains(ch)) {
        return false;
    }
    if let Some((address, rest)) = host.strip_prefix('[').and_then(|host| host.split_once(']')) {
        return address.parse::<std::net::Ipv6Addr>().is_ok() && (rest.is_empty() || is_port(rest));
    }
    let (host, port) = host.find(':').map_or((host, ""), |colon| host.split_at(colon));
    (port.is_empty() || is_port(port)) && is_host(host, scheme)
}

fn is_port(port: &str) -> bool {
    port.strip_prefix(':').is_some_and(|digits| digits.parse::<u16>().is_ok())
}

fn is_host(host: &str, scheme: bool) -> bool {
    if !host.is_empty() && host.chars().all(|ch| ch.is_ascii_digit() || ch == '.') {
        return host.parse::<std::net::Ipv4Addr>().is_ok();
    }
    let labels: Vec<&str> = host.split('.').collect();
    let word = |ch: char| ch.is_ascii_alphanumeric() || !ch.is_ascii();
    let label = |label: &str, underscores: bool| {
        label.starts_with(word)
            && label.ends_with(word)
            && label.chars().all(|ch| word(ch) || ch == '-' || (underscores && ch == '_'))
    };
    let Some((top, rest)) = labels.split_last() else { return false };
    let Some((name, subdomains)) = rest.split_last() else { return false };
    let known = scheme || crate::text::tld::is_known(top);
    known
        && top.starts_with(|ch: char| ch.is_ascii_alphabetic() || !ch.is_ascii())
        && label(top, false)
        && label(name, false)
        && subdomains.iter().all(|subdomain| label(subdomain, true))
}

/// Cashtags (`$TICKER`) in reading order, as byte ranges with the sign.
pub fn cashtags(text: &str) -> Vec<std::ops::Range<usize>> {
    use crate::text::chars;
    let bytes = text.as_bytes();
    let letters = |from: usize, most: usize| {
        bytes[from.min(bytes.len())..].iter().take(most).take_while(|byte| byte.is_ascii_alphabetic()).count()
    };
    let closes = |end: usize| {
        text[end..]
            .chars()
            .next()
            .is_none_or(|ch| chars::is_space(ch) || (ch.is_ascii_punctuation() && ch != '"' && ch != '`'))
    };
    let mut found = Vec::new();
    let mut consumed = 0;
    for (sign, _) in text.match_indices('$') {
        let free =
            chars::before(text, sign).is_none_or(|ch| chars::is_space(ch) || chars::is_directional(ch));
        if !free || (sign > 0 && sign <= consumed) {
            continue;
        }
        let length = letters(sign + 1, 6);
        if length == 0 {
            continue;
        }
        let short = sign + 1 + length;
        let long = matches!(bytes.get(short), Some(b'.' | b'_')).then(|| short + 1 + letters(short + 1, 2));
        let end =
            long.filter(|&long| long > short + 1 && closes(long)).or_else(|| closes(short).then_some(short));
        if let Some(end) = end {
            found.push(sign..end);
            consumed = end;
        }
    }
    found
}

/// Links as X reads them, as byte ranges.
pub fn urls(text: &str) -> Vec<std::ops::Range<usize>> {
    url::urls(text, url::Grammar::X)
}
