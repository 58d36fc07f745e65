//! Rich text (.rtf): its text and paragraphs, without its looks.

use encoding_rs::{Encoding, WINDOWS_1252};

/// Groups nested deeper than this are no document.
const DEEPEST: usize = 500;

/// Groups whose content isn't part of the text.
const SILENT: &[&str] = &[
    "fonttbl",
    "colortbl",
    "stylesheet",
    "info",
    "pict",
    "object",
    "header",
    "headerl",
    "headerr",
    "headerf",
    "footer",
    "footerl",
    "footerr",
    "footerf",
    "footnote",
    "annotation",
    "listtable",
    "listoverridetable",
    "rsidtbl",
    "generator",
    "themedata",
    "colorschememapping",
    "latentstyles",
    "datastore",
    "xmlnstbl",
    "fldinst",
    "bkmkstart",
    "bkmkend",
    "nonshppict",
    "pntext",
    "listtext",
];

/// What holds in a group and ends with it.
#[derive(Clone, Copy)]
struct State {
    silent: bool,
    /// Letters that follow a Unicode letter for readers that don't know it.
    fallback: usize,
}

/// The text, paragraphs on lines of their own with a blank one between; none for what is cut off or no RTF.
pub(super) fn read(bytes: &[u8]) -> Option<String> {
    let mut out = String::new();
    let mut pending: Vec<u8> = Vec::new();
    let mut encoding = WINDOWS_1252;
    let mut groups: Vec<State> = Vec::new();
    let mut state = State { silent: false, fallback: 1 };
    let (mut at, mut skip) = (0, 0_usize);
    let mut high: Option<u16> = None;
    while at < bytes.len() {
        let byte = bytes[at];
        at += 1;
        match byte {
            b'{' => {
                groups.push(state);
                if groups.len() > DEEPEST {
                    return None;
                }
            }
            b'}' => {
                flush(&mut pending, encoding, &mut out);
                state = groups.pop()?;
                if groups.is_empty() {
                    return Some(out);
                }
            }
            b'\\' => {
                let next = *bytes.get(at)?;
                if next == b'\'' {
                    let hex = str::from_utf8(bytes.get(at + 1..at + 3)?).ok()?;
                    at += 3;
                    if skip > 0 {
                        skip -= 1;
                    } else if !state.silent {
                        pending.push(u8::from_str_radix(hex, 16).ok()?);
                    }
                    continue;
                }
                flush(&mut pending, encoding, &mut out);
                if !next.is_ascii_alphabetic() {
                    at += 1;
                    match next {
                        b'*' => state.silent = true,
                        b'~' if !state.silent => out.push(' '),
                        b'_' if !state.silent => out.push('-'),
                        b'\\' | b'{' | b'}' if !state.silent => out.push(char::from(next)),
                        b'\n' | b'\r' if !state.silent => out.push_str("\n\n"),
                        _ => {}
                    }
                    continue;
                }
                let (word, number, length) = control(&bytes[at..]);
                at += length;
                match word {
                    "ansicpg" => {
                        let label = format!("windows-{}", number.unwrap_or(1252));
                        encoding = Encoding::for_label(label.as_bytes()).unwrap_or(WINDOWS_1252);
                    }
                    "uc" => state.fallback = usize::try_from(number.unwrap_or(1)).unwrap_or(1).min(16),
                    "u" if !state.silent => {
                        // letters above 32767 are written as negative numbers, beyond 65535 as a pair
                        let unit = (number.unwrap_or(0) & 0xffff) as u16;
                        let pair = high.take().map_or_else(|| vec![unit], |first| vec![first, unit]);
                        if (0xd800..0xdc00).contains(&unit) {
                            high = Some(unit);
                        } else {
                            out.extend(
                                char::decode_utf16(pair).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)),
                            );
                        }
                        skip = state.fallback;
                    }
                    "bin" => at = at.saturating_add(usize::try_from(number.unwrap_or(0)).unwrap_or(0)),
                    _ if SILENT.contains(&word) => state.silent = true,
                    _ if state.silent => {}
                    "par" | "sect" | "page" | "row" => out.push_str("\n\n"),
                    "line" => out.push('\n'),
                    "tab" | "cell" | "emspace" | "enspace" => out.push(' '),
                    "bullet" => out.push('•'),
                    "endash" => out.push('–'),
                    "emdash" => out.push('—'),
                    "lquote" => out.push('‘'),
                    "rquote" => out.push('’'),
                    "ldblquote" => out.push('“'),
                    "rdblquote" => out.push('”'),
                    _ => {}
                }
            }
            b'\r' | b'\n' => {}
            _ if skip > 0 => skip -= 1,
            byte if !state.silent => pending.push(byte),
            _ => {}
        }
    }
    // the outermost group never ended
    None
}

fn flush(pending: &mut Vec<u8>, encoding: &'static Encoding, out: &mut String) {
    if !pending.is_empty() {
        out.push_str(&encoding.decode_without_bom_handling(pending).0);
        pending.clear();
    }
}

/// A control word, its number, and how many bytes it takes, with the space that ends it.
fn control(bytes: &[u8]) -> (&str, Option<i64>, usize) {
    let letters = bytes.iter().take(32).take_while(|byte| byte.is_ascii_alphabetic()).count();
    let word = str::from_utf8(&bytes[..letters]).unwrap_or_default();
    let rest = &bytes[letters..];
    let sign = usize::from(rest.first() == Some(&b'-'));
    let digits = rest[sign..].iter().take(10).take_while(|byte| byte.is_ascii_digit()).count();
    let mut length = letters;
    let mut number = None;
    if digits > 0 {
        number = str::from_utf8(&rest[..sign + digits]).ok().and_then(|text| text.parse().ok());
        length += sign + digits;
    }
    if bytes.get(length) == Some(&b' ') {
        length += 1;
    }
    (word, number, length)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_without_looks() {
        let rtf = br"{\rtf1\ansi\ansicpg1252{\fonttbl{\f0 Arial;}}{\*\generator X;}\f0 Gr\'fc\'dfe \b fett\b0 , na\u239?ve \u-10179?\u-8694?\par Zweiter \{Absatz\}\emdash Ende.}";
        assert_eq!(read(rtf).unwrap(), "Grüße fett, naïve 😊\n\nZweiter {Absatz}—Ende.");
    }

    #[test]
    fn broken_ones() {
        assert_eq!(read(br"{\rtf1 cut off"), None);
        assert_eq!(read(br"{\rtf1 \'z"), None);
        assert_eq!(read(&b"{".repeat(100_000)), None);
        assert_eq!(read(br"{\rtf1\bin99999999999999 x}"), None);
    }
}
