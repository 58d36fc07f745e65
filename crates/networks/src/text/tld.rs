//! Top-level domains: without this list nobody can say whether `notes.md` is a link (it is: Moldova).

use std::{collections::HashSet, sync::LazyLock};

/// The domains of the root zone, with the older ones that X still links; lower case, one a line.
static DOMAINS: LazyLock<HashSet<&'static str>> =
    LazyLock::new(|| include_str!("tlds.txt").lines().collect());

/// In characters, of those not written in ASCII.
const LONGEST_INTERNATIONAL: usize = 20;
/// In bytes, of those written in ASCII.
const LONGEST_ASCII: usize = 24;

/// Whether this is a top-level domain, in any case.
pub(crate) fn is_known(domain: &str) -> bool {
    if !domain.is_ascii() {
        return DOMAINS.contains(domain);
    }
    if domain.len() > LONGEST_ASCII {
        return false;
    }
    let mut lower = [0_u8; LONGEST_ASCII];
    let lower = &mut lower[..domain.len()];
    lower.copy_from_slice(domain.as_bytes());
    lower.make_ascii_lowercase();
    str::from_utf8(lower).is_ok_and(|lower| DOMAINS.contains(lower))
}

/// Where the top-level domain that starts at `start` ends, if one does. What follows may not be a letter or digit of
/// ASCII, `@`, `+` or `-`; letters of other scripts may follow, as Japanese puts no space after a link.
pub(crate) fn end_at(text: &str, start: usize) -> Option<usize> {
    let rest = text.get(start..)?;
    let bytes = rest.as_bytes();
    let first = *bytes.first()?;
    if first.is_ascii_alphabetic() {
        let letters = bytes.iter().position(|byte| !byte.is_ascii_alphabetic()).unwrap_or(bytes.len());
        if bytes.get(letters).is_some_and(|next| !next.is_ascii()) {
            return international(text, start);
        }
        if !followed_by_continuation(bytes.get(letters).copied()) && is_known(&rest[..letters]) {
            return Some(start + letters);
        }
        if bytes.len() > 4 && bytes[..4].eq_ignore_ascii_case(b"xn--") {
            let encoded = bytes[4..].iter().position(|byte| !byte.is_ascii_alphanumeric() && *byte != b'-');
            let length = encoded.unwrap_or(bytes.len() - 4);
            return (length > 0).then_some(start + 4 + length);
        }
        return None;
    }
    if first.is_ascii() { None } else { international(text, start) }
}

/// The longest one that is known, letter by letter: nothing says where it ends.
fn international(text: &str, start: usize) -> Option<usize> {
    let rest = &text[start..];
    let bytes = rest.as_bytes();
    let ends = rest.char_indices().map(|(index, ch)| index + ch.len_utf8()).take(LONGEST_INTERNATIONAL);
    ends.filter(|&end| !followed_by_continuation(bytes.get(end).copied()) && is_known(&rest[..end]))
        .last()
        .map(|end| start + end)
}

fn followed_by_continuation(next: Option<u8>) -> bool {
    next.is_some_and(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'@' | b'+' | b'-'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_buffers_fit_the_list() {
        assert!(DOMAINS.len() > 1_500);
        for domain in DOMAINS.iter() {
            let (ascii, length) = (domain.is_ascii(), domain.chars().count());
            assert!(
                if ascii { domain.len() <= LONGEST_ASCII } else { length <= LONGEST_INTERNATIONAL },
                "{domain}"
            );
            assert_eq!(domain.to_lowercase(), **domain);
        }
    }

    #[test]
    fn ends() {
        assert_eq!(end_at("COM", 0), Some(3));
        assert_eq!(end_at("com2", 0), None);
        assert_eq!(end_at("comだよ", 0), Some(3));
        assert_eq!(end_at("みんなです", 0), Some(9));
        assert_eq!(end_at("vermögensberatung", 0), Some(18));
        assert_eq!(end_at("xn--p1ai/", 0), Some(8));
        assert_eq!(end_at("", 0), None);
        assert_eq!(end_at("a", 9), None);
    }
}
