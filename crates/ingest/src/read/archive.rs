//! Zip archives with XML inside, read so that nothing in them can ask for more than we give.

use std::{
    borrow::Cow,
    io::{Cursor, Read},
};

use bytes::Bytes;
use quick_xml::{
    Reader, XmlVersion,
    events::{BytesStart, Event},
};
use zip::{ZipArchive, result::ZipError};

use super::IngestError;

/// Most bytes of all members together that are unpacked.
const UNPACKED: u64 = 60_000_000;
/// No document nests its elements deeper.
const DEEPEST: usize = 400;
const LOCKED: &str = "It is locked with a password. Save a copy without one.";

/// An archive of which members are taken by name until enough has been unpacked.
pub(super) struct Archive {
    zip: ZipArchive<Cursor<Bytes>>,
    left: u64,
    what: &'static str,
}

impl Archive {
    pub fn open(bytes: Bytes, what: &'static str) -> Result<Self, IngestError> {
        let zip = ZipArchive::new(Cursor::new(bytes)).map_err(|error| {
            tracing::debug!(%error, "archive not read");
            IngestError::Damaged { what }
        })?;
        Ok(Self { zip, left: UNPACKED, what })
    }

    /// From here on, damages are said to be of this.
    pub fn is(&mut self, what: &'static str) {
        self.what = what;
    }

    pub fn damaged(&self) -> IngestError {
        IngestError::Damaged { what: self.what }
    }

    pub fn has(&self, name: &str) -> bool {
        self.zip.index_for_name(name).is_some()
    }

    /// A member's bytes; none when there is no such member. What the archive says of a member's size is not believed.
    pub fn member(&mut self, name: &str) -> Result<Option<Vec<u8>>, IngestError> {
        let damaged = self.damaged();
        let file = match self.zip.by_name(name) {
            Ok(file) => file,
            Err(ZipError::FileNotFound) => return Ok(None),
            Err(ZipError::UnsupportedArchive(reason)) if reason == ZipError::PASSWORD_REQUIRED => {
                return Err(IngestError::NoText { hint: LOCKED });
            }
            Err(_) => return Err(damaged),
        };
        let mut bytes = Vec::new();
        let read = file.take(self.left + 1).read_to_end(&mut bytes).map_err(|error| {
            tracing::debug!(%error, name, "member not read");
            damaged
        })? as u64;
        if read > self.left {
            return Err(IngestError::TooLarge { limit: UNPACKED as usize });
        }
        self.left -= read;
        Ok(Some(bytes))
    }

    /// A member as text; none when there is no such member.
    pub fn text(&mut self, name: &str) -> Result<Option<String>, IngestError> {
        let Some(bytes) = self.member(name)? else { return Ok(None) };
        // XML is UTF-8 or has a mark
        let (text, _, _) = encoding_rs::UTF_8.decode(&bytes);
        Ok(Some(text.into_owned()))
    }
}

/// What stands in XML, in order.
pub(super) enum Node<'a> {
    /// An element begins: its name without prefix, and itself.
    Open(&'a str, &'a BytesStart<'a>),
    /// An element ends.
    Close(&'a str),
    /// Text, entities resolved.
    Text(Cow<'a, str>),
}

/// Why XML could not be gone through.
#[derive(Debug, thiserror::Error)]
pub(super) enum XmlError {
    #[error(transparent)]
    Syntax(#[from] quick_xml::Error),
    #[error("nested too deep")]
    Deep,
    #[error("cut off")]
    CutOff,
}

/// Goes through XML from start to end. Entities that a document type declares are never expanded.
pub(super) fn walk(xml: &str, mut visit: impl FnMut(Node<'_>)) -> Result<(), XmlError> {
    let mut reader = Reader::from_str(xml);
    let mut depth = 0_usize;
    loop {
        match reader.read_event()? {
            Event::Start(element) => {
                depth += 1;
                if depth > DEEPEST {
                    return Err(XmlError::Deep);
                }
                visit(Node::Open(element.local_name().as_ref(), &element));
            }
            Event::Empty(element) => {
                visit(Node::Open(element.local_name().as_ref(), &element));
                visit(Node::Close(element.local_name().as_ref()));
            }
            Event::End(element) => {
                depth = depth.saturating_sub(1);
                visit(Node::Close(element.local_name().as_ref()));
            }
            Event::Text(text) => visit(Node::Text(text.xml10_content())),
            Event::CData(text) => visit(Node::Text(text.xml10_content())),
            Event::GeneralRef(reference) => {
                if let Some(text) = resolve(&reference) {
                    visit(Node::Text(Cow::Owned(text)));
                }
            }
            // what is still open when the text ends was cut off
            Event::Eof if depth > 0 => return Err(XmlError::CutOff),
            Event::Eof => return Ok(()),
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_) => {}
        }
    }
}

fn resolve(reference: &quick_xml::events::BytesRef<'_>) -> Option<String> {
    if let Ok(Some(letter)) = reference.resolve_char_ref() {
        return Some(letter.to_string());
    }
    quick_xml::escape::resolve_predefined_entity(&reference.xml10_content()).map(str::to_owned)
}

/// An attribute by its name without prefix.
pub(super) fn attribute(element: &BytesStart<'_>, name: &str) -> Option<String> {
    element
        .attributes()
        .with_checks(false)
        .filter_map(Result::ok)
        .find(|attribute| attribute.key.local_name().as_ref() == name)
        .and_then(|attribute| Some(attribute.normalized_value(XmlVersion::Implicit1_0).ok()?.into_owned()))
}

/// What Dublin Core says, as all these formats use it: the first text of each of the named elements.
pub(super) fn named_texts<const N: usize>(xml: &str, names: [&str; N]) -> [Option<String>; N] {
    let mut found: [Option<String>; N] = [const { None }; N];
    let mut open = None;
    // metadata that can't be read are no reason to refuse the text
    let _ = walk(xml, |node| match node {
        Node::Open(name, _) => {
            open = names.iter().position(|wanted| *wanted == name).filter(|at| found[*at].is_none());
        }
        Node::Text(text) => {
            if let Some(at) = open {
                found[at].get_or_insert_default().push_str(&text);
            }
        }
        Node::Close(_) => open = None,
    });
    found.map(|text| text.map(|text| super::one_line(&text)).filter(|text| !text.is_empty()))
}

/// Builds a piece of HTML from blocks, the form in which `language` takes structure.
#[derive(Default)]
pub(super) struct Html {
    out: String,
    block: String,
}

impl Html {
    /// Adds text to the current block.
    pub fn push(&mut self, text: &str) {
        for c in text.chars() {
            match c {
                '&' => self.block.push_str("&amp;"),
                '<' => self.block.push_str("&lt;"),
                '>' => self.block.push_str("&gt;"),
                c => self.block.push(c),
            }
        }
    }

    /// Ends the current block as this element, e.g. `p`.
    pub fn end(&mut self, element: &str) {
        if self.block.trim().is_empty() {
            self.block.clear();
            return;
        }
        let (open, close) = match element {
            "li" => ("<ul><li>", "</li></ul>"),
            "ol" => ("<ol><li>", "</li></ol>"),
            _ => ("", ""),
        };
        if open.is_empty() {
            self.out.push('<');
            self.out.push_str(element);
            self.out.push('>');
        } else {
            self.out.push_str(open);
        }
        self.out.push_str(&self.block);
        if open.is_empty() {
            self.out.push_str("</");
            self.out.push_str(element);
            self.out.push('>');
        } else {
            self.out.push_str(close);
        }
        self.out.push('\n');
        self.block.clear();
    }

    /// Something that is no text stands here.
    pub fn gap(&mut self) {
        self.end("p");
        self.out.push_str("<table></table>\n");
    }

    pub fn finish(mut self) -> String {
        self.end("p");
        self.out
    }
}
