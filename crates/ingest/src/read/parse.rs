//! Which reader a file goes to: by its bytes, by its name, by what the web says of it.

use bellwether_language::{Document, Format};
use bytes::Bytes;
use url::Url;

use super::{
    IngestError, Kind, Warning, archive, encoding, epub, opendocument, page, rtf,
    sniff::{self, Sniffed},
    word,
};

/// What is known of bytes before they are looked at.
pub(super) struct Source {
    pub bytes: Bytes,
    /// A file's name.
    pub name: Option<String>,
    /// Where it came from, with the content type and charset that were given there.
    pub web: Option<(Url, Option<String>, Option<String>)>,
}

/// What a format's own reader gives.
pub(super) struct Parsed {
    pub document: Document,
    pub kind: Kind,
    pub canonical: Option<Url>,
}

/// A file must be what its name says.
pub(super) fn expect(
    found: Kind,
    claimed: Option<Kind>,
    name: Option<&str>,
    what: &'static str,
) -> Result<(), IngestError> {
    match (claimed, name) {
        (Some(claimed), Some(name)) if claimed != found => {
            Err(IngestError::WrongExtension { name: name.to_owned(), found: what })
        }
        _ => Ok(()),
    }
}

pub(super) fn parse(
    source: &Source,
    claimed: Option<Kind>,
    warnings: &mut Vec<Warning>,
) -> Result<Parsed, IngestError> {
    let name = source.name.as_deref();
    match sniff::sniff(&source.bytes) {
        Sniffed::Other(found) => return Err(IngestError::UnsupportedFormat { found: found.to_owned() }),
        Sniffed::Pdf => return Err(IngestError::Internal("a PDF came the way of other files".to_owned())),
        Sniffed::Zip => return from_archive(source, claimed),
        Sniffed::Rtf => {
            expect(Kind::Rtf, claimed, name, "rich text (.rtf)")?;
            let text = rtf::read(&source.bytes).ok_or(IngestError::Damaged { what: "RTF file" })?;
            let document = Document::from_text(&encoding::clean(&text));
            return Ok(Parsed { document, kind: Kind::Rtf, canonical: None });
        }
        Sniffed::Plain => {}
    }
    if let (Some(Kind::Pdf | Kind::Docx | Kind::Odt | Kind::Epub | Kind::Rtf), Some(name)) = (claimed, name) {
        return Err(IngestError::WrongExtension { name: name.to_owned(), found: "something else" });
    }
    let charset = source.web.as_ref().and_then(|(.., charset)| charset.as_deref());
    let may_be_page = claimed.is_none_or(|kind| kind == Kind::Html);
    let Some(text) = encoding::decode(&source.bytes, charset, may_be_page, warnings) else {
        return Err(IngestError::UnsupportedFormat { found: "A binary file".to_owned() });
    };
    if text.trim().is_empty() {
        return Err(IngestError::Empty);
    }
    let kind = match claimed {
        Some(Kind::Subtitles) if !sniff::looks_like_subtitles(&text) => {
            return Err(IngestError::WrongExtension {
                name: name.unwrap_or_default().to_owned(),
                found: "text without the times that subtitles have",
            });
        }
        Some(Kind::Text | Kind::Markdown) if sniff::looks_like_html(&text) => {
            warnings.push(Warning::new("format_differs", "The file is a page of HTML and was read as one."));
            Kind::Html
        }
        Some(kind) => kind,
        None => return by_hints(&text, source.web.as_ref(), warnings),
    };
    parse_text(&text, kind, source.web.as_ref().map(|(url, ..)| url), warnings)
}

fn from_archive(source: &Source, claimed: Option<Kind>) -> Result<Parsed, IngestError> {
    let name = source.name.as_deref();
    let mut archive = archive::Archive::open(source.bytes.clone(), "file")?;
    let (kind, document) = if word::is(&archive) {
        expect(Kind::Docx, claimed, name, "a Word document (.docx)")?;
        archive.is("Word document");
        (Kind::Docx, word::read(&mut archive)?)
    } else if epub::is(&archive) {
        expect(Kind::Epub, claimed, name, "a book (.epub)")?;
        archive.is("book");
        (Kind::Epub, epub::read(&mut archive)?)
    } else if opendocument::is(&mut archive)? {
        expect(Kind::Odt, claimed, name, "an OpenDocument text (.odt)")?;
        archive.is("OpenDocument text");
        (Kind::Odt, opendocument::read(&mut archive)?)
    } else {
        return Err(IngestError::UnsupportedFormat { found: "An archive that is no document".to_owned() });
    };
    Ok(Parsed { document, kind, canonical: None })
}

/// Text whose kind no file name tells: by the content type, by the address, by its look.
fn by_hints(
    text: &str,
    web: Option<&(Url, Option<String>, Option<String>)>,
    warnings: &mut Vec<Warning>,
) -> Result<Parsed, IngestError> {
    let Some((url, content_type, _)) = web else { return pasted(text, warnings) };
    let by_path = sniff::by_name(url.path()).ok().flatten();
    let kind = match content_type.as_deref() {
        Some("text/html" | "application/xhtml+xml") => Kind::Html,
        Some("text/markdown" | "text/x-markdown") => Kind::Markdown,
        Some("text/vtt" | "text/srt" | "application/x-subrip") => Kind::Subtitles,
        _ if sniff::looks_like_html(text) => Kind::Html,
        _ => match by_path {
            Some(kind @ (Kind::Markdown | Kind::Html | Kind::Subtitles | Kind::Text)) => kind,
            _ => return pasted(text, warnings),
        },
    };
    parse_text(text, kind, Some(url), warnings)
}

/// Text whose kind only its look tells.
pub(super) fn pasted(text: &str, warnings: &mut Vec<Warning>) -> Result<Parsed, IngestError> {
    let kind = match Format::guess(text) {
        Format::Markdown => Kind::Markdown,
        Format::Html => Kind::Html,
        Format::Text => Kind::Text,
        Format::Subtitles => Kind::Subtitles,
    };
    parse_text(text, kind, None, warnings)
}

fn parse_text(
    text: &str,
    kind: Kind,
    base: Option<&Url>,
    warnings: &mut Vec<Warning>,
) -> Result<Parsed, IngestError> {
    let mut canonical = None;
    let document = match kind {
        Kind::Html => {
            let (document, own) = page::read(text, base, warnings)?;
            canonical = own;
            document
        }
        Kind::Markdown => Document::from_markdown(text),
        Kind::Subtitles => Document::from_subtitles(text),
        _ => Document::from_text(text),
    };
    Ok(Parsed { document, kind, canonical })
}
