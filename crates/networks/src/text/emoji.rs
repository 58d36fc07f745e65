//! Emoji as X counts them: a whole sequence (skin tones, families, flags, keycaps) is one.

use unicode_properties::UnicodeEmoji;

const TEXT_STYLE: char = '\u{FE0E}';
const EMOJI_STYLE: char = '\u{FE0F}';
const JOINER: char = '\u{200D}';
const KEYCAP: char = '\u{20E3}';
const BLACK_FLAG: char = '\u{1F3F4}';

/// Bytes of the emoji that a text starts with.
pub fn length_at_start(text: &str) -> Option<usize> {
    let mut chars = text.chars();
    let first = chars.next()?;
    if !may_start(first) {
        return None;
    }
    let second = chars.next();
    if matches!(first, '0'..='9' | '#' | '*') {
        return match second? {
            KEYCAP => Some(1 + KEYCAP.len_utf8()),
            EMOJI_STYLE if chars.next() == Some(KEYCAP) => {
                Some(1 + EMOJI_STYLE.len_utf8() + KEYCAP.len_utf8())
            }
            _ => None,
        };
    }
    if !first.is_emoji_char() || second == Some(TEXT_STYLE) {
        return None;
    }
    // these three, and the pawn, are text unless they say otherwise
    if matches!(first, '©' | '®' | '™' | '♟') && second != Some(EMOJI_STYLE) {
        return None;
    }
    if is_regional(first) {
        let pair =
            second.filter(|&second| is_regional(second)).map(|second| first.len_utf8() + second.len_utf8());
        return Some(
            pair.filter(|&length| emojis::get(&text[..length]).is_some()).unwrap_or(first.len_utf8()),
        );
    }
    if first == BLACK_FLAG
        && let Some(length) = tagged(text)
    {
        return Some(length);
    }
    Some(sequence(text))
}

/// Cheap test for most characters of most texts.
const fn may_start(ch: char) -> bool {
    matches!(ch,
        '0'..='9'
            | '#'
            | '*'
            | '©'
            | '®'
            | '\u{203C}'..='\u{2B55}'
            | '\u{3030}'
            | '\u{303D}'
            | '\u{3297}'
            | '\u{3299}'
            | '\u{1F000}'..)
}

const fn is_regional(ch: char) -> bool {
    matches!(ch, '\u{1F1E6}'..='\u{1F1FF}')
}

/// A flag of a part of a country.
fn tagged(text: &str) -> Option<usize> {
    let tags = text[BLACK_FLAG.len_utf8()..].chars();
    let length: usize =
        tags.take_while(|&ch| matches!(ch, '\u{E0020}'..='\u{E007F}')).map(char::len_utf8).sum();
    let end = BLACK_FLAG.len_utf8() + length;
    (length > 0 && emojis::get(&text[..end]).is_some()).then_some(end)
}

/// In bytes; the longest recommended sequence has 35. Without an end, a text of nothing but joined emoji would be read
/// over and over.
const LONGEST_SEQUENCE: usize = 64;

/// The longest sequence that Unicode recommends; its first element when none is.
fn sequence(text: &str) -> usize {
    let mut end = element(text);
    let mut longest = end;
    while end < LONGEST_SEQUENCE && text[end..].starts_with(JOINER) {
        let next = end + JOINER.len_utf8();
        if !text[next..].chars().next().is_some_and(UnicodeEmoji::is_emoji_char) {
            break;
        }
        end = next + element(&text[next..]);
        if is_recommended(&text[..end]) {
            longest = end;
        }
    }
    longest
}

/// One picture, with its skin tone or style.
fn element(text: &str) -> usize {
    let mut chars = text.chars();
    let Some(first) = chars.next() else { return 0 };
    let mut length = first.len_utf8();
    let mut next = chars.next();
    if let Some(tone) = next.filter(|tone| matches!(tone, '\u{1F3FB}'..='\u{1F3FF}')) {
        if emojis::get(&text[..length + tone.len_utf8()]).is_some() {
            length += tone.len_utf8();
            next = chars.next();
        } else {
            next = None;
        }
    }
    if next == Some(EMOJI_STYLE) {
        length += EMOJI_STYLE.len_utf8();
    }
    length
}

fn is_recommended(sequence: &str) -> bool {
    emojis::get(sequence).is_some() || {
        // the list has each sequence in its full form and some shorter ones; style marks don't change what is shown
        let plain: String = sequence.chars().filter(|&ch| ch != EMOJI_STYLE).collect();
        emojis::get(&plain).is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::length_at_start;

    #[test]
    fn whole_sequences() {
        for emoji in ["😀", "☺", "☺️", "1⃣", "1️⃣", "#️⃣", "🇩🇪", "👨‍👩‍👧‍👦", "👨🏽‍🎤", "🧕🏾", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "🏳️‍🌈", "❤️‍🔥", "👁️‍🗨️", "©️"]
        {
            assert_eq!(length_at_start(emoji), Some(emoji.len()), "{emoji}");
            assert_eq!(length_at_start(&format!("{emoji}a")), Some(emoji.len()), "{emoji}");
        }
    }

    #[test]
    fn every_recommended_emoji_is_one() {
        let mut count = 0;
        for emoji in emojis::iter() {
            let tones = emoji.skin_tones().into_iter().flatten();
            for emoji in std::iter::once(emoji).chain(tones) {
                assert_eq!(length_at_start(emoji.as_str()), Some(emoji.as_str().len()), "{emoji}");
                count += 1;
            }
        }
        assert!(count > 3_000, "{count}");
    }

    #[test]
    fn others() {
        for text in ["", "a", "1", "#", "©", "™", "é", "☺\u{FE0E}", "\u{200D}"] {
            assert_eq!(length_at_start(text), None, "{text}");
        }
        // joined without there being such an emoji: two of them
        assert_eq!(length_at_start("😀\u{200D}😀"), Some(4));
        // letters that make no flag
        assert_eq!(length_at_start("🇽🇽"), Some(4));
    }
}
