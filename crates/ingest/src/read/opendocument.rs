//! OpenDocument texts (.odt).

use bellwether_language::Document;

use super::{
    IngestError,
    archive::{Archive, Html, Node, XmlError, attribute, named_texts, walk},
};

const TYPE: &[u8] = b"application/vnd.oasis.opendocument.text";
const LOCKED: &str = "It is locked with a password. Save a copy without one.";

pub(super) fn is(archive: &mut Archive) -> Result<bool, IngestError> {
    Ok(archive.member("mimetype")?.is_some_and(|kind| kind.starts_with(TYPE)) && archive.has("content.xml"))
}

pub(super) fn read(archive: &mut Archive) -> Result<Document, IngestError> {
    if archive.text("META-INF/manifest.xml")?.is_some_and(|xml| xml.contains("encryption-data")) {
        return Err(IngestError::NoText { hint: LOCKED });
    }
    let xml = archive.text("content.xml")?.ok_or_else(|| archive.damaged())?;
    let html = html(&xml).map_err(|error| {
        tracing::debug!(%error, "OpenDocument text not read");
        archive.damaged()
    })?;
    let mut document = Document::from_html(&html);
    if let Some(xml) = archive.text("meta.xml")? {
        let [title, first, author, created, date, language] =
            named_texts(&xml, ["title", "initial-creator", "creator", "creation-date", "date", "language"]);
        let metadata = &mut document.metadata;
        metadata.title = metadata.title.take().or(title);
        metadata.authors.extend(first.or(author));
        metadata.date = metadata.date.take().or(created).or(date);
        metadata.language = metadata.language.take().or(language);
    }
    Ok(document)
}

fn html(xml: &str) -> Result<String, XmlError> {
    let mut html = Html::default();
    let (mut body, mut skipped, mut lists) = (false, 0_usize, 0_usize);
    let mut heading = 0_usize;
    walk(xml, |node| match node {
        Node::Open("text", _) => body = true,
        _ if !body => {}
        Node::Open("table" | "frame" | "note" | "annotation" | "tracked-changes" | "table-of-content", _) => {
            skipped += 1;
        }
        Node::Close(
            name @ ("table" | "frame" | "note" | "annotation" | "tracked-changes" | "table-of-content"),
        ) => {
            skipped = skipped.saturating_sub(1);
            if skipped == 0 && name == "table" {
                html.gap();
            }
        }
        _ if skipped > 0 => {}
        Node::Open("list", _) => lists += 1,
        Node::Close("list") => lists = lists.saturating_sub(1),
        Node::Open("h", element) => {
            let level = attribute(element, "outline-level").and_then(|level| level.parse::<usize>().ok());
            heading = level.unwrap_or(1).clamp(1, 6);
        }
        Node::Close("h") => html.end(["h1", "h2", "h3", "h4", "h5", "h6"][heading.clamp(1, 6) - 1]),
        Node::Close("p") => html.end(if lists > 0 { "li" } else { "p" }),
        Node::Open("s" | "tab" | "line-break", _) => html.push(" "),
        Node::Text(text) => html.push(&text),
        _ => {}
    })?;
    Ok(html.finish())
}
