//! Books (.epub): the chapters in their order, as one document.

use std::collections::HashMap;

use bellwether_language::{Block, BlockKind, Document};

use super::{
    IngestError,
    archive::{Archive, Node, XmlError, attribute, named_texts, walk},
};

const CONTAINER: &str = "META-INF/container.xml";
/// Books with more parts are read to here.
const MOST_CHAPTERS: usize = 2_000;

pub(super) fn is(archive: &Archive) -> bool {
    archive.has(CONTAINER)
}

pub(super) fn read(archive: &mut Archive) -> Result<Document, IngestError> {
    let container = archive.text(CONTAINER)?.ok_or_else(|| archive.damaged())?;
    let mut root = None;
    walk(&container, |node| {
        if let Node::Open("rootfile", element) = node {
            root = root.take().or_else(|| attribute(element, "full-path"));
        }
    })
    .map_err(|_| archive.damaged())?;
    let root = root.ok_or_else(|| archive.damaged())?;
    let package = archive.text(&root)?.ok_or_else(|| archive.damaged())?;
    let chapters = chapters(&package).map_err(|_| archive.damaged())?;
    let folder = root.rsplit_once('/').map_or("", |(folder, _)| folder);
    let mut book = Document::default();
    let [title, author, date, language] = named_texts(&package, ["title", "creator", "date", "language"]);
    book.metadata.title = title;
    book.metadata.authors.extend(author);
    book.metadata.date = date;
    book.metadata.language = language;
    for chapter in chapters.into_iter().take(MOST_CHAPTERS) {
        let Some(html) = archive.text(&path(folder, &chapter))? else { continue };
        let part = Document::from_html(body(&html));
        // a chapter's heading is a section of the book, not its title
        if let Some(heading) = part.metadata.title
            && Some(&heading) != book.metadata.title.as_ref()
        {
            book.blocks.push(Block {
                kind: BlockKind::Heading(1),
                text: heading,
                marks: Vec::new(),
                after_gap: false,
                before_gap: false,
            });
        }
        book.blocks.extend(part.blocks);
    }
    Ok(book)
}

/// Paths of the chapters in reading order.
fn chapters(package: &str) -> Result<Vec<String>, XmlError> {
    let (mut files, mut order) = (HashMap::new(), Vec::new());
    walk(package, |node| {
        let Node::Open(name, element) = node else { return };
        match name {
            "item" => {
                let contents = attribute(element, "properties")
                    .is_some_and(|value| value.split(' ').any(|p| p == "nav"));
                let page = attribute(element, "media-type").is_some_and(|kind| kind.contains("html"));
                if let (Some(id), Some(file), true) =
                    (attribute(element, "id"), attribute(element, "href"), page && !contents)
                {
                    files.insert(id, file);
                }
            }
            "itemref" if attribute(element, "linear").as_deref() != Some("no") => {
                order.extend(attribute(element, "idref"));
            }
            _ => {}
        }
    })?;
    Ok(order.into_iter().filter_map(|id| files.remove(&id)).collect())
}

/// A path beside the package file; it only ever names a member of the archive.
fn path(folder: &str, file: &str) -> String {
    let file = file.split('#').next().unwrap_or(file).replace("%20", " ");
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in file.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    parts.join("/")
}

/// What stands between `<body>` and `</body>`: chapters are all text, nothing has to be found in them.
fn body(html: &str) -> &str {
    let Some(start) = html.find("<body") else { return html };
    let inner = html[start..].find('>').map_or("", |end| &html[start + end + 1..]);
    inner.rfind("</body").map_or(inner, |end| &inner[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_stay_inside() {
        assert_eq!(path("OEBPS", "text/one.xhtml#top"), "OEBPS/text/one.xhtml");
        assert_eq!(path("OEBPS/x", "../one%20two.xhtml"), "OEBPS/one two.xhtml");
        assert_eq!(path("", "../../etc/passwd"), "etc/passwd");
    }
}
