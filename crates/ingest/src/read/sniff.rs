//! What a file is, by its bytes and by its name.

use super::{IngestError, Kind};

/// What the bytes say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sniffed {
    Pdf,
    /// A zip archive; which kind, its members tell.
    Zip,
    Rtf,
    /// Something known that has no text for us.
    Other(&'static str),
    /// Perhaps text.
    Plain,
}

/// Beginnings of files that people mistake for documents.
const MAGIC: &[(&[u8], &str)] = &[
    (b"\x89PNG\r\n", "A PNG picture"),
    (b"\xff\xd8\xff", "A JPEG picture"),
    (b"GIF8", "A GIF picture"),
    (b"II*\0", "A TIFF picture"),
    (b"MM\0*", "A TIFF picture"),
    (b"BM", "A bitmap picture"),
    (b"\x1f\x8b", "A gzip archive"),
    (b"7z\xbc\xaf\x27\x1c", "A 7z archive"),
    (b"Rar!", "A RAR archive"),
    (b"BZh", "A bzip2 archive"),
    (b"\xfd7zXZ", "An xz archive"),
    (b"\x28\xb5\x2f\xfd", "A Zstandard archive"),
    (b"\x7fELF", "A program"),
    (b"MZ", "A program"),
    (b"OggS", "A sound file"),
    (b"ID3", "A sound file"),
    (b"fLaC", "A sound file"),
    (b"\x1aE\xdf\xa3", "A video"),
    (b"SQLite format 3", "A database"),
    (b"wOFF", "A font"),
    (b"wOF2", "A font"),
    (b"\xd0\xcf\x11\xe0", "A file of old Microsoft Office, or one locked with a password,"),
];

pub(super) fn sniff(bytes: &[u8]) -> Sniffed {
    let head = &bytes[..bytes.len().min(1_024)];
    // junk before the mark is common and allowed
    if head.windows(5).any(|window| window == b"%PDF-") && !head.starts_with(b"<") {
        return Sniffed::Pdf;
    }
    if [b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08"].iter().any(|mark| head.starts_with(*mark)) {
        return Sniffed::Zip;
    }
    if head.starts_with(b"{\\rtf") {
        return Sniffed::Rtf;
    }
    if head.len() > 12 && &head[4..8] == b"ftyp" {
        return Sniffed::Other("A video");
    }
    if head.starts_with(b"RIFF") && head.len() > 12 {
        return Sniffed::Other(if &head[8..12] == b"WEBP" {
            "A WebP picture"
        } else {
            "A sound or video file"
        });
    }
    MAGIC
        .iter()
        // two letters alone may begin a sentence: binary files have a zero near
        .find(|(mark, _)| head.starts_with(mark) && (mark.len() > 3 || head.contains(&0) || !mark.is_ascii()))
        .map_or(Sniffed::Plain, |(_, name)| Sniffed::Other(name))
}

/// What a file's name says; none for a name without an ending.
pub(super) fn by_name(name: &str) -> Result<Option<Kind>, IngestError> {
    let file = name.rsplit(['/', '\\']).next().unwrap_or(name);
    let Some((stem, ending)) = file.rsplit_once('.') else { return Ok(None) };
    if stem.is_empty() || ending.is_empty() {
        return Ok(None);
    }
    Ok(Some(match ending.to_ascii_lowercase().as_str() {
        "md" | "markdown" | "mdown" | "mkd" | "mdx" => Kind::Markdown,
        "txt" | "text" => Kind::Text,
        "html" | "htm" | "xhtml" => Kind::Html,
        "srt" | "vtt" => Kind::Subtitles,
        "pdf" => Kind::Pdf,
        "docx" => Kind::Docx,
        "odt" => Kind::Odt,
        "epub" => Kind::Epub,
        "rtf" => Kind::Rtf,
        other => {
            return Err(IngestError::UnsupportedFormat { found: format!("A .{} file", shortened(other)) });
        }
    }))
}

fn shortened(ending: &str) -> String {
    ending.chars().filter(|c| c.is_alphanumeric()).take(12).collect()
}

/// Whether a text begins like a page of HTML.
pub(super) fn looks_like_html(text: &str) -> bool {
    let mut rest = text.trim_start();
    while let Some(after) = rest.strip_prefix("<!--").or_else(|| rest.strip_prefix("<?xml")) {
        let Some(end) = after.find('>') else { return false };
        rest = after[end + 1..].trim_start();
    }
    let head: String = rest.chars().take(20).collect::<String>().to_ascii_lowercase();
    ["<!doctype html", "<html", "<head", "<body"].iter().any(|tag| head.starts_with(tag))
}

/// Whether a text has at least one line of times as subtitles have.
pub(super) fn looks_like_subtitles(text: &str) -> bool {
    text.lines().take(2_000).any(|line| {
        line.split_once("-->").is_some_and(|(start, end)| {
            let time =
                |part: &str| part.trim().starts_with(|c: char| c.is_ascii_digit()) && part.contains(':');
            time(start) && time(end)
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn by_bytes() {
        assert_eq!(sniff(b"%PDF-1.7\n"), Sniffed::Pdf);
        assert_eq!(sniff(b"\r\n\0junk%PDF-1.4"), Sniffed::Pdf);
        assert_eq!(sniff(b"PK\x03\x04rest"), Sniffed::Zip);
        assert_eq!(sniff(b"{\\rtf1 hi}"), Sniffed::Rtf);
        assert_eq!(sniff(b"BMW built a car."), Sniffed::Plain);
        assert!(matches!(sniff(b"BM\x01\0\0\0"), Sniffed::Other(_)));
        assert!(matches!(sniff(b"\x89PNG\r\n\x1a\n"), Sniffed::Other(_)));
        assert!(matches!(sniff(b"\0\0\0\x18ftypmp42 and more"), Sniffed::Other(_)));
        assert_eq!(sniff(b"<p>%PDF-1.7 is how such a file begins"), Sniffed::Plain);
    }

    #[test]
    fn by_names() {
        assert_eq!(by_name("a/b.c/NOTES.MD").unwrap(), Some(Kind::Markdown));
        assert_eq!(by_name("README").unwrap(), None);
        assert_eq!(by_name("talk.VTT").unwrap(), Some(Kind::Subtitles));
        assert_eq!(by_name("sheet.xlsx").unwrap_err().code(), "unsupported_format");
    }
}
