//! Bytes to text, whatever the writer's machine was set to.

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

use super::Warning;

/// The prefix of a page in which it may name its charset.
const PRESCAN: usize = 4_096;

/// Text of bytes, or none for bytes that aren't text.
pub(super) fn decode(
    bytes: &[u8],
    header: Option<&str>,
    html: bool,
    warnings: &mut Vec<Warning>,
) -> Option<String> {
    let (encoding, skip) = match Encoding::for_bom(bytes) {
        Some((encoding, length)) => (Some(encoding), length),
        None => (wide_without_mark(bytes), 0),
    };
    let bytes = &bytes[skip..];
    if let Some(encoding) = encoding {
        let (text, broken) = encoding.decode_without_bom_handling(bytes);
        if broken {
            warnings.push(Warning::invalid_characters());
        }
        return is_text(&text).then(|| clean(&text));
    }
    let declared = header
        .and_then(|label| Encoding::for_label(label.as_bytes()))
        .or_else(|| html.then(|| named_in_page(bytes)).flatten());
    // what is well-formed UTF-8 beyond ASCII is UTF-8, whatever a header says; ISO-2022-JP is ASCII throughout
    if (!bytes.is_ascii() || declared.is_none_or(|encoding| encoding == UTF_8))
        && let Ok(text) = str::from_utf8(bytes)
    {
        return is_text(text).then(|| clean(text));
    }
    let encoding = match declared {
        Some(encoding) if encoding != UTF_8 => encoding,
        _ if mostly_utf8(bytes) => {
            warnings.push(Warning::invalid_characters());
            UTF_8
        }
        _ => {
            warnings.push(Warning::new(
                "encoding_guessed",
                "The file doesn't say how its letters are stored and isn't UTF-8; it was read as Windows-1252.",
            ));
            WINDOWS_1252
        }
    };
    let (text, broken) = encoding.decode_without_bom_handling(bytes);
    if broken && encoding != UTF_8 {
        warnings.push(Warning::invalid_characters());
    }
    is_text(&text).then(|| clean(&text))
}

/// Makes any text ours: composed letters, `\n` at line ends, and nothing that isn't there to be read. PostgreSQL
/// takes no NUL, and overriding the direction of letters only serves to deceive.
pub(super) fn clean(text: &str) -> String {
    let kept = |c: &char| {
        !matches!(c, '\u{0}'..='\u{8}' | '\u{b}'..='\u{1f}' | '\u{7f}'..='\u{9f}' | '\u{ad}' | '\u{feff}'
            | '\u{202d}' | '\u{202e}' | '\u{fffe}' | '\u{ffff}')
    };
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\r' if chars.peek() != Some(&'\n') => {
                out.push('\n');
            }
            // a page break or a line separator
            '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}' => out.push('\n'),
            c if kept(&c) => out.push(c),
            _ => {}
        }
    }
    if is_nfc_quick(out.chars()) == IsNormalized::Yes { out } else { out.nfc().collect() }
}

/// Bytes that say nothing are taken for text while control characters are rare in them.
fn is_text(text: &str) -> bool {
    let (mut control, mut all) = (0_usize, 0_usize);
    for c in text.chars().take(64_000) {
        all += 1;
        control += usize::from(c.is_control() && !matches!(c, '\n' | '\r' | '\t' | '\u{c}' | '\u{85}'));
    }
    control * 100 <= all
}

/// UTF-16 without a byte order mark: every second byte is zero in most of it.
fn wide_without_mark(bytes: &[u8]) -> Option<&'static Encoding> {
    let sample = &bytes[..bytes.len().min(2_048) & !1];
    if sample.len() < 4 {
        return None;
    }
    let zeros = |from: usize| sample[from..].iter().step_by(2).filter(|byte| **byte == 0).count();
    let (first, second, pairs) = (zeros(0), zeros(1), sample.len() / 2);
    if second * 10 >= pairs * 4 && first * 50 < pairs {
        Some(UTF_16LE)
    } else if first * 10 >= pairs * 4 && second * 50 < pairs {
        Some(UTF_16BE)
    } else {
        None
    }
}

/// Whether more sequences are right than wrong.
fn mostly_utf8(bytes: &[u8]) -> bool {
    let (mut right, mut wrong) = (0_usize, 0_usize);
    for chunk in bytes.utf8_chunks() {
        right += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        wrong += usize::from(!chunk.invalid().is_empty());
    }
    right > wrong
}

/// The charset of `<meta charset=…>` or `<meta … content="…; charset=…">`.
fn named_in_page(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(PRESCAN)]).to_ascii_lowercase();
    let mut rest = head.as_str();
    while let Some(at) = rest.find("<meta") {
        rest = &rest[at + 5..];
        let tag = rest.split('>').next().unwrap_or_default();
        if let Some((_, value)) = tag.split_once("charset") {
            let value = value.trim_start().strip_prefix('=').unwrap_or_default();
            let value = value.trim_start_matches([' ', '"', '\'']);
            let name = value.split(['"', '\'', ' ', ';', '/']).next().unwrap_or_default();
            if let Some(encoding) = Encoding::for_label(name.as_bytes()) {
                // a page that could be searched for ASCII isn't UTF-16, whatever it says
                return Some(if encoding == UTF_16LE || encoding == UTF_16BE { UTF_8 } else { encoding });
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8], header: Option<&str>, html: bool) -> (Option<String>, Vec<&'static str>) {
        let mut warnings = Vec::new();
        let text = decode(bytes, header, html, &mut warnings);
        (text, warnings.into_iter().map(|warning| warning.code).collect())
    }

    #[expect(clippy::unnecessary_wraps, reason = "it spells what is expected")]
    fn some(text: &str) -> Option<String> {
        Some(text.to_owned())
    }

    #[test]
    fn marks_headers_pages_and_guesses() {
        assert_eq!(read(b"\xef\xbb\xbfgr\xc3\xbcn", None, false), (some("grün"), vec![]));
        assert_eq!(read(b"\xff\xfeg\0r\0\xfc\0n\0", None, false), (some("grün"), vec![]));
        assert_eq!(read(b"\xfe\xff\0g\0r\0\xfc\0n", None, false), (some("grün"), vec![]));
        assert_eq!(read(b"g\0r\0\xfc\0n\0e\0r\0", None, false), (some("grüner"), vec![]));
        assert_eq!(read(b"gr\xfcn", Some("iso-8859-1"), false), (some("grün"), vec![]));
        assert_eq!(read(b"gr\xfcn \x80", None, false), (some("grün €"), vec!["encoding_guessed"]));
        let page = b"<meta charset='windows-1251'><p>\xcf\xf0\xe8\xe2\xe5\xf2";
        assert_eq!(read(page, None, true), (some("<meta charset='windows-1251'><p>Привет"), vec![]));
        let page = b"<meta http-equiv=content-type content=\"text/html; charset=Shift_JIS\">\x93\xfa\x96{";
        assert!(read(page, None, true).0.unwrap().ends_with("日本"));
    }

    #[test]
    fn well_formed_utf8_wins_over_a_wrong_header() {
        assert_eq!(read("grün".as_bytes(), Some("iso-8859-1"), false), (some("grün"), vec![]));
        // and a header that says UTF-8 of what isn't
        assert_eq!(read(b"gr\xfcn", Some("utf-8"), false).0, some("grün"));
    }

    #[test]
    fn a_few_broken_letters_do_not_spoil_the_rest() {
        let mut bytes = "Grüße aus Köln, schöne Tage".as_bytes().to_vec();
        bytes.extend(b" \xff und mehr");
        let (text, warnings) = read(&bytes, None, false);
        assert_eq!(text.unwrap(), "Grüße aus Köln, schöne Tage \u{fffd} und mehr");
        assert_eq!(warnings, ["invalid_characters"]);
    }

    #[test]
    fn binary_is_no_text() {
        let bytes: Vec<u8> = (0..=255_u8).cycle().take(4_000).collect();
        assert_eq!(read(&bytes, None, false).0, None);
    }

    #[test]
    fn nothing_invisible_remains() {
        assert_eq!(
            clean("a\u{0}b\r\nc\rd\u{202e}e\u{feff} soft\u{ad}ly e\u{301}\u{2028}x"),
            "ab\nc\nde softly é\nx"
        );
        // joiners make emoji and Persian
        assert_eq!(clean("👩\u{200d}🌾 می\u{200c}خواهم"), "👩\u{200d}🌾 می\u{200c}خواهم");
    }
}
