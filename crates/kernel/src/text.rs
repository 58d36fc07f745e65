//! Texts as people see them.

/// A text on one line as people see it: without what nobody sees and what turns the order of letters round. Joiners stay where
/// they join: letters of some scripts, and emoji. Empty where nothing is to be seen.
pub fn one_line(text: &str) -> String {
    let (mut out, mut seen) = (String::with_capacity(text.len()), false);
    walk(text, |c, kept| {
        if kept {
            seen |= !c.is_whitespace() && !is_blank(c);
            out.push(c);
        }
    });
    if seen { out.split_whitespace().collect::<Vec<_>>().join(" ") } else { String::new() }
}

/// The first character that [`one_line`] leaves out, in a text that is not to be changed.
pub fn hidden(text: &str) -> Option<char> {
    let mut first = None;
    walk(text, |c, kept| first = first.or((!kept).then_some(c)));
    first
}

/// Each character, controls and line breaks as a space, and whether it belongs to what people see.
fn walk(text: &str, mut each: impl FnMut(char, bool)) {
    let mut before = ' ';
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        let c = if c.is_control() || c.is_whitespace() { ' ' } else { c };
        let kept = match c {
            '\u{200c}' | '\u{200d}' => {
                let joins = |c: char| !c.is_whitespace() && !c.is_control() && !is_unseen(c);
                joins(before) && rest.peek().copied().is_some_and(joins)
            }
            // of flags such as that of Scotland
            '\u{e0020}'..='\u{e007f}' => matches!(before, '\u{1f3f4}' | '\u{e0020}'..='\u{e007f}'),
            c => !is_unseen(c),
        };
        each(c, kept);
        if kept {
            before = c;
        }
    }
}

/// Characters of format, which are not seen and act on others: bidi controls, joiners, marks of bytes and annotations.
const fn is_unseen(c: char) -> bool {
    matches!(
        c,
        '\u{ad}'
            | '\u{61c}'
            | '\u{180e}'
            | '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{feff}'
            | '\u{fff9}'..='\u{fffb}'
            | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0001}'
    )
}

/// What shows nothing by itself: fillers of Hangul, the empty pattern of Braille, selectors and marks that stand upon others.
const fn is_blank(c: char) -> bool {
    matches!(
        c,
        '\u{300}'..='\u{36f}'
            | '\u{115f}'
            | '\u{1160}'
            | '\u{17b4}'
            | '\u{17b5}'
            | '\u{180b}'..='\u{180d}'
            | '\u{2800}'
            | '\u{3164}'
            | '\u{fe00}'..='\u{fe0f}'
            | '\u{ffa0}'
            | '\u{e0020}'..='\u{e007f}'
            | '\u{e0100}'..='\u{e01ef}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_on_one_line_is_what_is_seen() {
        for nothing in [
            "",
            " \n",
            "\u{202e}",
            "\u{200b}",
            "\u{200d}",
            "\u{feff} \u{2060}",
            "\u{3164}",
            "\u{fe0f}",
            "\u{301}",
        ] {
            assert_eq!(one_line(nothing), "", "{}", nothing.escape_unicode());
        }
        assert_eq!(hidden("Oak\u{202e} beetle\u{200b}"), Some('\u{202e}'));
        for (given, kept) in [
            ("\u{202e}evil\u{202c}", "evil"),
            ("a\u{200b}b \u{200b} c\td", "ab c d"),
            ("ends\u{200d} \u{200c}begins", "ends begins"),
            // joined letters and emoji, a flag, Persian, an accent that stands upon its letter
            ("👩\u{200d}🔧 🏳\u{fe0f}\u{200d}🌈", "👩\u{200d}🔧 🏳\u{fe0f}\u{200d}🌈"),
            ("می\u{200c}خواهم", "می\u{200c}خواهم"),
            ("🏴\u{e0067}\u{e0062}\u{e007f} x\u{e0067}", "🏴\u{e0067}\u{e0062}\u{e007f} x"),
            ("Cafe\u{301} 木工", "Cafe\u{301} 木工"),
        ] {
            assert_eq!(one_line(given), kept, "{}", given.escape_unicode());
            assert_eq!(hidden(kept), None, "{}", kept.escape_unicode());
        }
    }
}
