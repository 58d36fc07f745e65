//! Bytes to text: the mark at the beginning wins, then the header of the answer, then the XML prolog, then UTF-8. What
//! says nothing true is read as UTF-8 where it is that, else as Windows-1252.

use std::borrow::Cow;

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

/// Bytes of the prolog that are looked at.
const PROLOG: usize = 512;

/// Text of bytes, and whether they are not what they say.
pub fn decode<'a>(bytes: &'a [u8], header: Option<&str>) -> (Cow<'a, str>, bool) {
    if bytes.starts_with(&[0, 0, 0xfe, 0xff]) || bytes.starts_with(&[0xff, 0xfe, 0, 0]) {
        return (Cow::Owned(utf32(&bytes[4..], bytes[0] == 0)), false);
    }
    if bytes.starts_with(&[0, 0, 0, b'<']) || bytes.starts_with(b"<\0\0\0") {
        return (Cow::Owned(utf32(bytes, bytes[0] == 0)), false);
    }
    if let Some((encoding, length)) = Encoding::for_bom(bytes) {
        return encoding.decode_without_bom_handling(&bytes[length..]);
    }
    if let Some(wide) = wide(bytes) {
        return wide.decode_without_bom_handling(bytes);
    }
    let named = |label: &str| Encoding::for_label(label.trim().as_bytes());
    let declared = header.and_then(named).or_else(|| in_prolog(bytes).and_then(|label| named(&label)));
    let declared = match declared {
        // bytes that can be searched for `<` are not wide
        Some(encoding) if encoding == UTF_16BE || encoding == UTF_16LE => None,
        other => other,
    };
    match declared {
        Some(encoding) if encoding != UTF_8 => {
            // UTF-8 under another name is the commonest lie
            let (text, faulty) = encoding.decode_without_bom_handling(bytes);
            if encoding.is_single_byte()
                && !bytes.is_ascii()
                && encoding == WINDOWS_1252
                && let Ok(text) = str::from_utf8(bytes)
            {
                return (Cow::Borrowed(text), true);
            }
            (text, faulty)
        }
        _ => match str::from_utf8(bytes) {
            Ok(text) => (Cow::Borrowed(text), false),
            Err(_) if mostly_utf8(bytes) => (String::from_utf8_lossy(bytes), true),
            Err(_) => (WINDOWS_1252.decode_without_bom_handling(bytes).0, true),
        },
    }
}

fn mostly_utf8(bytes: &[u8]) -> bool {
    let (mut right, mut wrong) = (0_usize, 0_usize);
    for chunk in bytes.utf8_chunks() {
        right += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        wrong += usize::from(!chunk.invalid().is_empty());
    }
    right > wrong
}

fn utf32(bytes: &[u8], big: bool) -> String {
    bytes
        .chunks_exact(4)
        .map(|four| {
            let four = [four[0], four[1], four[2], four[3]];
            let number = if big { u32::from_be_bytes(four) } else { u32::from_le_bytes(four) };
            char::from_u32(number).unwrap_or(char::REPLACEMENT_CHARACTER)
        })
        .collect()
}

/// `<` in UTF-16 without a mark.
fn wide(bytes: &[u8]) -> Option<&'static Encoding> {
    match bytes {
        [0, b'<', 0, _, ..] => Some(UTF_16BE),
        [b'<', 0, _, 0, ..] => Some(UTF_16LE),
        _ => None,
    }
}

/// What `<?xml … encoding="…"?>` says. EBCDIC is not looked for: nobody has served a feed in it for a long time.
fn in_prolog(bytes: &[u8]) -> Option<String> {
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(PROLOG)]);
    let prolog = head.trim_start().strip_prefix("<?xml")?;
    let prolog = &prolog[..prolog.find("?>")?];
    let (_, value) = prolog.split_once("encoding")?;
    let value = value.trim_start().strip_prefix('=')?.trim_start();
    let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    value[1..].split(quote).next().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_headers_and_prologs() {
        let feed = |label: &str, letter: &[u8]| {
            [format!("<?xml version=\"1.0\" encoding=\"{label}\"?><a>").as_bytes(), letter, b"</a>"].concat()
        };
        assert!(decode(&feed("windows-1251", b"\xcf"), None).0.contains('П'));
        assert!(decode(&feed("windows-1251", b"\xcf"), Some("iso-8859-1")).0.contains('Ï'));
        assert!(decode(&feed("iso-8859-1", "ü".as_bytes()), None).0.contains('ü'));
        assert!(decode(&feed("nonsense", b"\xfc"), None).0.contains('ü'));
        assert!(decode(b"\xef\xbb\xbf<a>\xc3\xbc</a>", Some("iso-8859-1")).0.contains('ü'));
        let wide: Vec<u8> = "<a>ü</a>".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(decode(&wide, None).0, "<a>ü</a>");
        let wide: Vec<u8> = "<a>ü</a>".chars().flat_map(|c| u32::from(c).to_be_bytes()).collect();
        assert_eq!(decode(&wide, None).0, "<a>ü</a>");
    }
}
