//! Classes of characters that the scanners share. The classes are X's, which Mastodon took over.

use unicode_properties::{GeneralCategory, GeneralCategoryGroup, UnicodeGeneralCategory};

/// Marks that turn the direction of writing.
pub(crate) const fn is_directional(ch: char) -> bool {
    matches!(ch, '\u{202A}'..='\u{202E}' | '\u{061C}' | '\u{200E}' | '\u{200F}' | '\u{2066}'..='\u{2069}')
}

/// Code points that X refuses in a post.
pub(crate) const fn is_refused(ch: char) -> bool {
    matches!(ch, '\u{FFFE}' | '\u{FEFF}' | '\u{FFFF}')
}

/// White space as X knows it.
pub(crate) const fn is_space(ch: char) -> bool {
    matches!(
        ch,
        '\t'..='\r'
            | ' '
            | '\u{85}'
            | '\u{A0}'
            | '\u{1680}'
            | '\u{180E}'
            | '\u{2000}'..='\u{200A}'
            | '\u{2028}'
            | '\u{2029}'
            | '\u{202F}'
            | '\u{205F}'
            | '\u{3000}'
    )
}

/// ASCII punctuation that can't be in a label of a domain. (`"` and the backtick are missing there by X's own rules.)
const fn is_domain_punctuation(ch: char) -> bool {
    matches!(ch, '!' | '#'..='/' | ':'..='@' | '['..='_' | '{'..='~')
}

/// What a label of a domain is made of, `-` and `_` between them aside.
pub(crate) const fn is_domain_char(ch: char) -> bool {
    if ch.is_ascii() {
        !is_domain_punctuation(ch) && !is_space(ch)
    } else {
        !is_space(ch) && !is_refused(ch) && !is_directional(ch)
    }
}

/// Latin letters with accents, and accents.
pub(crate) const fn is_latin_accent(ch: char) -> bool {
    matches!(
        ch,
        'À'..='Ö'
            | 'Ø'..='ö'
            | 'ø'..='ÿ'
            | '\u{100}'..='\u{24F}'
            | '\u{253}'
            | '\u{254}'
            | '\u{256}'
            | '\u{257}'
            | '\u{259}'
            | '\u{25B}'
            | '\u{263}'
            | '\u{268}'
            | '\u{26F}'
            | '\u{272}'
            | '\u{289}'
            | '\u{28B}'
            | '\u{2BB}'
            | '\u{300}'..='\u{36F}'
            | '\u{1E00}'..='\u{1EFF}'
    )
}

/// Letters and marks.
pub(crate) fn is_letter_or_mark(ch: char) -> bool {
    if ch.is_ascii() {
        return ch.is_ascii_alphabetic();
    }
    matches!(ch.general_category_group(), GeneralCategoryGroup::Letter | GeneralCategoryGroup::Mark)
}

/// Decimal digits of any script.
pub(crate) fn is_digit(ch: char) -> bool {
    if ch.is_ascii() {
        return ch.is_ascii_digit();
    }
    ch.general_category() == GeneralCategory::DecimalNumber
}

/// Punctuation of any script.
pub(crate) fn is_punctuation(ch: char) -> bool {
    ch.general_category_group() == GeneralCategoryGroup::Punctuation
}

/// Whether a character always stands alone: it never joins its neighbours into one, neither in Unicode's form NFC nor
/// as a grapheme (the pair of carriage return and line feed aside). Not all that do are here, but those of most texts.
pub(crate) const fn stands_alone(ch: char) -> bool {
    matches!(ch,
        '\0'..='\u{2FF}'
            | '\u{388}'..='\u{3FF}'
            | '\u{400}'..='\u{482}'
            | '\u{48A}'..='\u{52F}'
            | '\u{2010}'..='\u{2027}'
            | '\u{3000}'..='\u{3029}'
            | '\u{3031}'..='\u{3098}'
            | '\u{309B}'..='\u{9FFF}')
}

/// The character before a byte index.
pub(crate) fn before(text: &str, index: usize) -> Option<char> {
    text[..index].chars().next_back()
}

#[cfg(test)]
mod tests {
    use unicode_normalization::{IsNormalized, char::canonical_combining_class, is_nfc_quick};
    use unicode_segmentation::UnicodeSegmentation as _;

    use super::stands_alone;

    #[test]
    fn what_stands_alone_does() {
        for ch in (0..=0xFFFF).filter_map(char::from_u32).filter(|&ch| stands_alone(ch)) {
            assert_eq!(is_nfc_quick(std::iter::once(ch)), IsNormalized::Yes, "{:X}", ch as u32);
            assert_eq!(canonical_combining_class(ch), 0, "{:X}", ch as u32);
            for neighbour in ['a', 'あ', 'я'] {
                let pair: String = [neighbour, ch, neighbour].iter().collect();
                assert_eq!(pair.graphemes(true).count(), 3, "{:X}", ch as u32);
            }
        }
    }
}
