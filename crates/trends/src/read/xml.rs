//! XML to a tree, whatever its faults. Names are in lower case; entities that the document declares are put in as text,
//! never read again, and only so much of them in all.

use std::collections::{HashMap, HashSet};

use quick_xml::{
    Reader,
    events::{BytesStart, Event},
};

use super::html::{self, character};

/// Elements within elements at most; what is deeper is taken for part of its ancestor.
const DEEPEST: usize = 100;
/// Elements at most.
const MOST_NODES: usize = 400_000;
/// Entities that a document may declare, and the letters of each.
const MOST_ENTITIES: usize = 100;
const LONGEST_ENTITY: usize = 1_000;
/// Letters that declared entities may put in, in all.
const MOST_EXPANDED: usize = 200_000;
/// What is said where elements are left out because of that.
pub(crate) const TOO_DEEP: &str = "it is nested too deeply";
/// Faults after which reading ends.
const MOST_FAULTS: usize = 100;

/// Vocabularies that feeds are written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ns {
    /// None, or one of the many of RSS.
    Plain,
    Atom,
    Content,
    Dc,
    DcTerms,
    Media,
    Itunes,
    Slash,
    Thread,
    Syndication,
    Rdf,
    Xhtml,
    Feedburner,
    Other,
}

impl Ns {
    fn of(uri: &str) -> Self {
        let uri = uri.trim().to_ascii_lowercase();
        let uri = uri.strip_prefix("https://").or_else(|| uri.strip_prefix("http://")).unwrap_or(&uri);
        match uri.trim_end_matches(['/', '#']) {
            ""
            | "backend.userland.com/rss"
            | "blogs.law.harvard.edu/tech/rss"
            | "purl.org/rss/1.0"
            | "my.netscape.com/rdf/simple/0.9"
            | "example.com/newformat"
            | "example.com/necho"
            | "purl.org/echo"
            | "uri/of/echo/namespace"
            | "purl.org/net/rss1.1"
            | "purl.org/net/rss1.1/payload" => Self::Plain,
            "www.w3.org/2005/atom" | "purl.org/atom/ns" | "purl.org/pie" => Self::Atom,
            "purl.org/rss/1.0/modules/content" => Self::Content,
            "purl.org/dc/elements/1.1" | "purl.org/dc/elements/1.0" => Self::Dc,
            "purl.org/dc/terms" => Self::DcTerms,
            "search.yahoo.com/mrss" => Self::Media,
            "www.itunes.com/dtds/podcast-1.0.dtd" | "example.com/dtds/podcast-1.0.dtd" => Self::Itunes,
            "purl.org/rss/1.0/modules/slash" => Self::Slash,
            "purl.org/syndication/thread/1.0" => Self::Thread,
            "purl.org/rss/1.0/modules/syndication" => Self::Syndication,
            "www.w3.org/1999/02/22-rdf-syntax-ns" => Self::Rdf,
            "www.w3.org/1999/xhtml" | "www.w3.org/1999/xhtml/" => Self::Xhtml,
            "rssnamespace.org/feedburner/ext/1.0" => Self::Feedburner,
            uri if uri.starts_with("backend.userland.com/rss") => Self::Plain,
            _ => Self::Other,
        }
    }

    /// By the usual prefix, for documents that forget to declare it.
    fn usual(prefix: &str) -> Self {
        match prefix {
            "atom" | "atom10" | "a10" | "atom03" => Self::Atom,
            "content" => Self::Content,
            "dc" => Self::Dc,
            "dcterms" => Self::DcTerms,
            "media" => Self::Media,
            "itunes" => Self::Itunes,
            "slash" => Self::Slash,
            "thr" => Self::Thread,
            "sy" => Self::Syndication,
            "rdf" => Self::Rdf,
            "xhtml" | "html" => Self::Xhtml,
            "feedburner" => Self::Feedburner,
            "rss" | "rss1" => Self::Plain,
            _ => Self::Other,
        }
    }
}

/// An element.
#[derive(Debug, Clone)]
pub(crate) struct Node {
    pub(crate) ns: Ns,
    /// Without prefix, in lower case.
    pub(crate) name: String,
    /// Names with their prefix, in lower case.
    pub(crate) attributes: Vec<(String, String)>,
    pub(crate) children: Vec<Child>,
}

/// What stands in an element.
#[derive(Debug, Clone)]
pub(crate) enum Child {
    Text(String),
    Node(Node),
}

/// What was read: the elements of the first level below a root without a name.
#[derive(Debug)]
pub(crate) struct Parsed {
    pub(crate) root: Node,
    pub(crate) bozo: Option<String>,
    /// Whether it ends before what it began.
    pub(crate) broken_off: bool,
}

impl Node {
    fn new(ns: Ns, name: String) -> Self {
        Self { ns, name, attributes: Vec::new(), children: Vec::new() }
    }

    /// An attribute, by its name with prefix.
    pub(crate) fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_str())
    }

    /// Elements in it.
    pub(crate) fn nodes(&self) -> impl Iterator<Item = &Self> {
        self.children.iter().filter_map(|child| match child {
            Child::Node(node) => Some(node),
            Child::Text(_) => None,
        })
    }

    /// The text in it and below.
    pub(crate) fn text(&self) -> String {
        let mut out = String::new();
        self.gather(&mut out);
        out
    }

    fn gather(&self, out: &mut String) {
        for child in &self.children {
            match child {
                Child::Text(text) => out.push_str(text),
                Child::Node(node) => node.gather(out),
            }
        }
    }

    /// What stands in it, as HTML.
    pub(crate) fn markup(&self) -> String {
        let mut out = String::new();
        self.write(&mut out);
        out
    }

    fn write(&self, out: &mut String) {
        for child in &self.children {
            match child {
                Child::Text(text) => out.push_str(&html::escape(text)),
                Child::Node(node) => {
                    out.push('<');
                    out.push_str(&node.name);
                    for (name, value) in &node.attributes {
                        if name.starts_with("xmlns") {
                            continue;
                        }
                        out.push(' ');
                        out.push_str(name);
                        out.push_str("=\"");
                        out.push_str(&html::escape(value).replace('"', "&quot;"));
                        out.push('"');
                    }
                    if node.children.is_empty() {
                        out.push_str("/>");
                    } else {
                        out.push('>');
                        node.write(out);
                        out.push_str("</");
                        out.push_str(&node.name);
                        out.push('>');
                    }
                }
            }
        }
    }

    fn push_text(&mut self, text: &str) {
        if let Some(Child::Text(last)) = self.children.last_mut() {
            last.push_str(text);
        } else {
            self.children.push(Child::Text(text.to_owned()));
        }
    }
}

/// Reads a document, again with its loose `<` written out where that went wrong. Where it is not whole, an entry that it
/// breaks off in is left out.
pub(crate) fn parse(text: &str, whole: bool) -> Parsed {
    let parsed = Parser::default().read(text, whole);
    if parsed.bozo.is_some()
        && let Some(mended) = without_loose_signs(text)
    {
        let again = Parser::default().read(&mended, whole);
        return Parsed { bozo: parsed.bozo, ..again };
    }
    parsed
}

/// Each `<` that opens nothing as an entity; none when there is none.
fn without_loose_signs(text: &str) -> Option<String> {
    let loose = |rest: &str| {
        !rest[1..].starts_with(|c: char| c.is_alphabetic() || matches!(c, '/' | '!' | '?' | '_' | ':'))
    };
    let mut out = String::new();
    let (mut from, mut found) = (0, false);
    for (at, _) in text.match_indices('<') {
        if loose(&text[at..]) {
            out.push_str(&text[from..at]);
            out.push_str("&lt;");
            from = at + 1;
            found = true;
        }
    }
    out.push_str(&text[from..]);
    found.then_some(out)
}

#[derive(Default)]
struct Parser {
    entities: HashMap<String, String>,
    /// Entities that stand for a file.
    outside: HashSet<String>,
    expanded: usize,
    /// Prefixes with the depth at which they were declared.
    spaces: Vec<(usize, String, Ns)>,
    bozo: Option<String>,
}

impl Parser {
    fn read(mut self, text: &str, whole: bool) -> Parsed {
        let mut reader = Reader::from_str(text);
        let config = reader.config_mut();
        config.allow_dangling_amp = true;
        config.allow_unmatched_ends = true;
        config.check_end_names = false;
        let mut stack = vec![Node::new(Ns::Other, String::new())];
        let (mut nodes, mut skipped, mut faults) = (0_usize, 0_usize, 0_usize);
        loop {
            let before = reader.buffer_position();
            let event = match reader.read_event() {
                Ok(event) => event,
                Err(error) => {
                    self.fault(&error.to_string());
                    faults += 1;
                    if faults > MOST_FAULTS || reader.buffer_position() == before {
                        break;
                    }
                    continue;
                }
            };
            match event {
                Event::Start(tag) => {
                    if stack.len() >= DEEPEST || nodes >= MOST_NODES {
                        skipped += 1;
                        self.fault(TOO_DEEP);
                        continue;
                    }
                    nodes += 1;
                    let node = self.node(&tag, stack.len());
                    stack.push(node);
                }
                Event::Empty(tag) => {
                    if nodes < MOST_NODES {
                        nodes += 1;
                        let node = self.node(&tag, stack.len());
                        self.spaces.retain(|(depth, ..)| *depth < stack.len());
                        adopt(&mut stack, node);
                    }
                }
                Event::End(tag) => {
                    if skipped > 0 {
                        skipped -= 1;
                        continue;
                    }
                    let name = tag.name().into_inner().to_lowercase();
                    let local = name.rsplit(':').next().unwrap_or_default();
                    // an end that nothing began ends nothing; what was left open ends with what holds it
                    let Some(at) = stack.iter().skip(1).rposition(|node| node.name == local) else {
                        self.fault("an end tag has no beginning");
                        continue;
                    };
                    if at + 2 != stack.len() {
                        self.fault("an element has no end");
                    }
                    self.close(&mut stack, at + 1);
                }
                Event::Text(text) => add(&mut stack, &text.into_inner()),
                Event::CData(text) => add(&mut stack, &text.into_inner()),
                Event::GeneralRef(reference) => {
                    let text = self.resolve(&reference.into_inner());
                    add(&mut stack, &text);
                }
                Event::DocType(text) => self.declare(&text.into_inner()),
                Event::Eof => break,
                Event::Comment(_) | Event::Decl(_) | Event::PI(_) => {}
            }
        }
        let broken_off = stack.len() > 1;
        if broken_off {
            self.fault("it breaks off");
            let begun = stack.iter().position(|node| matches!(node.name.as_str(), "item" | "entry"));
            if let Some(begun) = begun.filter(|_| !whole) {
                stack.truncate(begun);
            }
            self.close(&mut stack, 1);
        }
        let root = stack.pop().unwrap_or_else(|| Node::new(Ns::Other, String::new()));
        Parsed { root, bozo: self.bozo, broken_off }
    }

    fn fault(&mut self, what: &str) {
        self.bozo.get_or_insert_with(|| what.to_owned());
    }

    /// Closes elements down to this depth.
    fn close(&mut self, stack: &mut Vec<Node>, to: usize) {
        while stack.len() > to {
            if let Some(node) = stack.pop() {
                adopt(stack, node);
            }
        }
        self.spaces.retain(|(depth, ..)| *depth < to);
    }

    fn node(&mut self, tag: &BytesStart<'_>, depth: usize) -> Node {
        let mut attributes = Vec::new();
        for attribute in tag.html_attributes().with_checks(false) {
            let Ok(attribute) = attribute else {
                self.fault("an attribute is broken");
                continue;
            };
            let name = attribute.key.into_inner().to_lowercase();
            let value = self.unescape(&attribute.value);
            if name == "xmlns" || name.starts_with("xmlns:") {
                let prefix = name.strip_prefix("xmlns:").unwrap_or_default().to_owned();
                self.spaces.push((depth, prefix, Ns::of(&value)));
            }
            attributes.push((name, value));
        }
        let name = tag.name().into_inner().to_lowercase();
        let (prefix, local) = name.split_once(':').unwrap_or(("", &name));
        let declared = self.spaces.iter().rev().find(|(_, own, _)| own == prefix).map(|(.., ns)| *ns);
        let ns = declared.unwrap_or_else(|| if prefix.is_empty() { Ns::Plain } else { Ns::usual(prefix) });
        Node { ns, name: local.to_owned(), attributes, children: Vec::new() }
    }

    fn unescape(&mut self, raw: &str) -> String {
        let mut out = String::with_capacity(raw.len());
        let mut rest = raw;
        while let Some(at) = rest.find('&') {
            out.push_str(&rest[..at]);
            let from = &rest[at + 1..];
            let named =
                |end: &usize| *end <= 60 && from[..*end].chars().all(|c| !c.is_whitespace() && c != '&');
            if let Some(end) = from.find(';').filter(named) {
                out.push_str(&self.resolve(&from[..end]));
                rest = &from[end + 1..];
            } else {
                out.push('&');
                rest = from;
            }
        }
        out.push_str(rest);
        out
    }

    /// What an entity stands for; itself where nobody knows.
    fn resolve(&mut self, name: &str) -> String {
        if let Some(number) = name.strip_prefix('#') {
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16),
                None => number.parse(),
            };
            return code.map_or_else(|_| format!("&{name};"), |code| character(code).to_string());
        }
        if self.outside.contains(name) {
            self.fault("it refers to a file outside, which is not read");
            return String::new();
        }
        if let Some(text) = self.entities.get(name) {
            let nested = self.nested(text);
            let text = text[..nested.unwrap_or(text.len())].to_owned();
            if nested.is_some() {
                self.fault("its entities contain each other and are not opened");
            }
            self.expanded += text.len();
            if self.expanded > MOST_EXPANDED {
                self.fault("its entities are too large");
                return String::new();
            }
            return text;
        }
        if let Some(text) = html::named(name) {
            return text.to_owned();
        }
        self.fault("it uses an entity that it doesn't declare");
        format!("&{name};")
    }

    /// Where the value of an entity refers to another one of the document: what stands before is its own.
    fn nested(&self, value: &str) -> Option<usize> {
        value.match_indices('&').map(|(at, _)| at).find(|at| {
            let name = value[at + 1..].split(';').next().unwrap_or_default();
            // names of HTML stand for a letter, whatever the document says
            html::named(name).is_none() && (self.entities.contains_key(name) || self.outside.contains(name))
        })
    }

    /// Entities of an internal subset: `<!ENTITY name "text">`. External ones are never fetched.
    fn declare(&mut self, doctype: &str) {
        let mut rest = doctype;
        while let Some(at) = rest.find("<!ENTITY") {
            rest = rest[at + 8..].trim_start();
            let Some((name, after)) = rest.split_once(char::is_whitespace) else { break };
            let after = after.trim_start();
            let Some(quote) = after.chars().next().filter(|c| matches!(c, '"' | '\'')) else {
                if ["SYSTEM", "PUBLIC"].iter().any(|word| after.starts_with(word))
                    && name != "%"
                    && self.outside.len() < MOST_ENTITIES
                {
                    self.outside.insert(name.to_owned());
                }
                continue;
            };
            let Some(end) = after[1..].find(quote) else { break };
            let value = &after[1..=end];
            if self.entities.len() < MOST_ENTITIES && value.len() <= LONGEST_ENTITY && name != "%" {
                // character references are read now, others stay as they are written
                let value = if value.contains("&#") { html_numbers(value) } else { value.to_owned() };
                self.entities.entry(name.to_owned()).or_insert(value);
            }
            rest = &after[end + 1..];
        }
    }
}

fn html_numbers(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find("&#") {
        out.push_str(&rest[..at]);
        let (read, length) = html::entity(&rest[at..]);
        out.push_str(&read);
        rest = &rest[at + length..];
    }
    out.push_str(rest);
    out
}

fn adopt(stack: &mut [Node], node: Node) {
    if let Some(parent) = stack.last_mut() {
        parent.children.push(Child::Node(node));
    }
}

fn add(stack: &mut [Node], text: &str) {
    if let Some(parent) = stack.last_mut() {
        parent.push_text(text);
    }
}
