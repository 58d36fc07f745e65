//! Word documents (.docx).

use std::collections::HashMap;

use bellwether_language::Document;

use super::{
    IngestError,
    archive::{Archive, Html, Node, XmlError, attribute, named_texts, walk},
};

const BODY: &str = "word/document.xml";

pub(super) fn is(archive: &Archive) -> bool {
    archive.has(BODY)
}

/// What a paragraph style makes of a paragraph.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Style {
    Heading(u8),
    Quote,
    Code,
    /// The name of a list, whether it is numbered.
    List(bool),
}

pub(super) fn read(archive: &mut Archive) -> Result<Document, IngestError> {
    let body = archive.text(BODY)?.ok_or_else(|| archive.damaged())?;
    let styles = match archive.text("word/styles.xml")? {
        Some(xml) => styles(&xml),
        None => HashMap::new(),
    };
    let numbered = match archive.text("word/numbering.xml")? {
        Some(xml) => numbered(&xml),
        None => HashMap::new(),
    };
    let html = html(&body, &styles, &numbered).map_err(|error| {
        tracing::debug!(%error, "Word document not read");
        archive.damaged()
    })?;
    let mut document = Document::from_html(&html);
    if let Some(xml) = archive.text("docProps/core.xml")? {
        let [title, author, date] = named_texts(&xml, ["title", "creator", "created"]);
        let metadata = &mut document.metadata;
        metadata.title = metadata.title.take().or(title);
        // libraries that write such files sign with their own name
        metadata
            .authors
            .extend(author.filter(|name| !["python-docx", "docx", "Apache POI"].contains(&name.as_str())));
        metadata.date = metadata.date.take().or(date);
    }
    Ok(document)
}

/// Styles by id. Names of built-in styles are English in every language of Word; the ids are not.
fn styles(xml: &str) -> HashMap<String, Style> {
    let mut styles = HashMap::new();
    let mut id = None;
    let _ = walk(xml, |node| {
        let Node::Open(name, element) = node else { return };
        match name {
            "style" => id = attribute(element, "styleId"),
            "name" => {
                let style = attribute(element, "val").and_then(|name| by_name(&name));
                if let (Some(id), Some(style)) = (id.clone(), style) {
                    styles.insert(id, style);
                }
            }
            "outlineLvl" => {
                let level = attribute(element, "val").and_then(|level| level.parse::<u8>().ok());
                if let (Some(id), Some(level)) = (id.clone(), level.filter(|level| *level < 6)) {
                    styles.entry(id).or_insert(Style::Heading(level + 1));
                }
            }
            _ => {}
        }
    });
    styles
}

fn by_name(name: &str) -> Option<Style> {
    let name = name.to_lowercase();
    if let Some(level) = name.strip_prefix("heading ") {
        return level
            .parse()
            .ok()
            .filter(|level| (1..=9).contains(level))
            .map(|level: u8| Style::Heading(level.min(6)));
    }
    Some(match name.as_str() {
        "title" => Style::Heading(1),
        "quote" | "intense quote" => Style::Quote,
        "html preformatted" | "code" | "source code" | "macro" => Style::Code,
        name if name.starts_with("list bullet") => Style::List(false),
        name if name.starts_with("list number") => Style::List(true),
        _ => return None,
    })
}

/// Which lists are numbered, by their id: only the outermost level is looked at.
fn numbered(xml: &str) -> HashMap<String, bool> {
    let (mut forms, mut lists) = (HashMap::new(), HashMap::new());
    let (mut form, mut list) = (None, None);
    let _ = walk(xml, |node| {
        let Node::Open(name, element) = node else { return };
        match name {
            "abstractNum" => form = attribute(element, "abstractNumId"),
            "numFmt" => {
                if let (Some(form), Some(kind)) = (form.take(), attribute(element, "val")) {
                    forms.insert(form, kind != "bullet" && kind != "none");
                }
            }
            "num" => list = attribute(element, "numId"),
            "abstractNumId" => {
                if let (Some(list), Some(form)) = (list.take(), attribute(element, "val")) {
                    lists.insert(list, form);
                }
            }
            _ => {}
        }
    });
    lists.into_iter().map(|(list, form)| (list, forms.get(&form).copied().unwrap_or(false))).collect()
}

fn html(
    xml: &str,
    styles: &HashMap<String, Style>,
    numbered: &HashMap<String, bool>,
) -> Result<String, XmlError> {
    let mut html = Html::default();
    // depth inside what is left out: tables, drawings, text boxes, what was deleted
    let mut skipped = 0_usize;
    let mut text = false;
    let mut style = None;
    walk(xml, |node| match node {
        Node::Open(
            "tbl" | "drawing" | "pict" | "object" | "Fallback" | "del" | "moveFrom" | "rPrChange",
            _,
        ) => {
            skipped += 1;
        }
        Node::Close(
            name @ ("tbl" | "drawing" | "pict" | "object" | "Fallback" | "del" | "moveFrom" | "rPrChange"),
        ) => {
            skipped = skipped.saturating_sub(1);
            if skipped == 0 && name == "tbl" {
                html.gap();
            }
        }
        _ if skipped > 0 => {}
        Node::Open("p", _) => style = None,
        Node::Open("pStyle", element) => {
            style = attribute(element, "val").and_then(|id| styles.get(&id).copied());
        }
        Node::Open("outlineLvl", element) => {
            let level = attribute(element, "val").and_then(|level| level.parse::<u8>().ok());
            style = style.or(level.filter(|level| *level < 6).map(|level| Style::Heading(level + 1)));
        }
        Node::Open("numId", element) => {
            // headings may be numbered too; 0 takes a paragraph out of its list
            let list = attribute(element, "val").filter(|id| id != "0");
            style = style.or(list.map(|id| Style::List(numbered.get(&id).copied().unwrap_or(false))));
        }
        Node::Open("t", _) => text = true,
        Node::Close("t") => text = false,
        Node::Open("tab" | "br" | "cr", _) => html.push(" "),
        Node::Open("noBreakHyphen", _) => html.push("-"),
        Node::Text(found) if text => html.push(&found),
        Node::Close("p") => match style {
            Some(Style::Heading(level)) => {
                html.end(["h1", "h2", "h3", "h4", "h5", "h6"][usize::from(level.clamp(1, 6)) - 1]);
            }
            Some(Style::Quote) => html.end("blockquote"),
            Some(Style::Code) => html.end("pre"),
            Some(Style::List(true)) => html.end("ol"),
            Some(Style::List(false)) => html.end("li"),
            None => html.end("p"),
        },
        _ => {}
    })?;
    Ok(html.finish())
}
