//! Guessing tokens before a call. Providers count with tokenizers of their own; for a cap it is enough to be near
//! and rather over than under.

/// Tokens that a text will have, on the high side: four characters of Latin script to a token, about two of others
/// that have an alphabet, one of those that write whole words or syllables with one sign.
pub fn estimate(text: &str) -> u64 {
    text.chars().map(quarters_of).sum::<u64>().div_ceil(4)
}

/// The longest beginning of a text that has no more than so many tokens, cut at the end of a paragraph, else of a
/// line, else of a word.
pub fn cut(text: &str, tokens: u64) -> &str {
    if estimate(text) <= tokens {
        return text;
    }
    let mut quarters = 0;
    let mut end = 0;
    for (at, c) in text.char_indices() {
        quarters += quarters_of(c);
        if quarters > tokens.saturating_mul(4) {
            break;
        }
        end = at + c.len_utf8();
    }
    let head = &text[..end];
    // a cut that throws away more than half of what fits is worse than one in mid-paragraph
    [head.rfind("\n\n"), head.rfind('\n'), head.rfind(char::is_whitespace)]
        .into_iter()
        .flatten()
        .find(|at| *at >= end / 2)
        .map_or(head, |at| head[..at].trim_end())
}

/// Quarters of a token that a character takes.
const fn quarters_of(c: char) -> u64 {
    match c {
        '\0'..='\u{7f}' => 1,
        '\u{80}'..='\u{10ff}' => 2,
        _ => 5,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn scripts_differ() {
        assert_eq!(estimate(""), 0);
        assert_eq!(estimate("four"), 1);
        assert_eq!(estimate("слово"), 3);
        assert_eq!(estimate("日本"), 3);
    }

    #[test]
    fn cuts_at_a_paragraph_when_one_ends_late_enough() {
        let text = "one two three four\n\nfive six seven eight nine ten";
        assert_eq!(cut(text, 7), "one two three four");
        assert_eq!(cut(text, 100), text);
        assert_eq!(cut("aaaa bbbb cccc", 3), "aaaa bbbb");
    }

    proptest! {
        #[test]
        fn a_cut_fits_and_is_a_beginning(text in ".{0,300}", tokens in 0_u64..80) {
            let head = cut(&text, tokens);
            prop_assert!(estimate(head) <= tokens);
            prop_assert!(text.starts_with(head));
        }
    }
}
