//! OPML 2.0: the lists of sources that readers hand to each other. What other readers don't know of a source (that it is
//! a page, its priority) stands in attributes of our own, which they ignore.

use std::fmt::Write as _;

use quick_xml::escape::escape;

use super::{Frequency, Kind, SourceView, model};
use crate::read::xml::{self, Node};

/// Sources of a file that are read; how many more there are is told.
const MOST: usize = 2_000;
/// Folders within folders: deeper than the reader of XML goes.
const DEEPEST: usize = 100;

/// A source of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Outline {
    pub(super) title: String,
    pub(super) feed_url: Option<String>,
    pub(super) url: Option<String>,
    pub(super) kind: Option<Kind>,
    pub(super) priority: Option<i32>,
    pub(super) frequency: Option<Frequency>,
}

/// What a file has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct List {
    pub(super) outlines: Vec<Outline>,
    /// How many more sources it has than are read.
    pub(super) more: usize,
    /// What is wrong with it, in a sentence.
    fault: Option<&'static str>,
}

impl List {
    /// What to know of the file; none where all of it was read and there was something.
    pub(super) fn note(&self) -> Option<String> {
        let empty = self.outlines.is_empty().then_some("No source stands in this file.");
        let told: Vec<&str> = self.fault.into_iter().chain(empty).collect();
        (!told.is_empty()).then(|| told.join(" "))
    }
}

/// The sources of a file; none when it is no OPML.
pub(super) fn read(text: &str) -> Option<List> {
    let parsed = xml::parse(text, true);
    let opml = parsed.root.nodes().find(|node| node.name == "opml")?;
    let fault = if parsed.broken_off {
        Some("The file breaks off; what stands before was read.")
    } else {
        parsed.bozo.as_deref().map(|fault| match fault {
            xml::TOO_DEEP => {
                "Its folders lie within each other too deeply; what stands in the deepest was not read."
            }
            _ => "The file is not well-formed; what could be read of it was read.",
        })
    };
    let mut bodies = opml.nodes().filter(|node| node.name == "body").peekable();
    bodies.peek()?;
    let (mut outlines, mut more) = (Vec::new(), 0);
    for body in bodies {
        gather(body, 0, &mut outlines, &mut more);
    }
    Some(List { outlines, more, fault })
}

fn gather(node: &Node, depth: usize, found: &mut Vec<Outline>, more: &mut usize) {
    for outline in node.nodes().filter(|node| node.name == "outline") {
        let said = |name: &str| outline.attribute(name).map(str::trim).filter(|text| !text.is_empty());
        let url = said("htmlurl").or_else(|| said("url")).map(str::to_owned);
        let feed_url = said("xmlurl").map(str::to_owned);
        if feed_url.is_none() && url.is_none() {
            // a folder
        } else if found.len() == MOST {
            *more += 1;
        } else {
            found.push(Outline {
                title: said("title").or_else(|| said("text")).unwrap_or_default().chars().take(200).collect(),
                feed_url,
                url,
                kind: said("bellwether:kind").and_then(|kind| kind.parse().ok()),
                // what another program wrote there is no reason to leave the source out
                priority: said("bellwether:priority")
                    .and_then(|priority| priority.parse().ok())
                    .filter(|priority| model::check_priority(*priority).is_ok()),
                frequency: said("bellwether:frequency").and_then(|frequency| frequency.parse().ok()),
            });
        }
        if depth < DEEPEST {
            gather(outline, depth + 1, found, more);
        }
    }
}

/// A file of these.
pub(super) fn write(sources: &[SourceView]) -> String {
    let mut out = String::from(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<opml version=\"2.0\" \
         xmlns:bellwether=\"https://bellwether.example/opml\">\n  <head>\n    <title>Sources</title>\n  </head>\n  <body>\n",
    );
    for source in sources {
        let feed = source.feed_url.as_ref().filter(|_| source.kind != Kind::Page);
        let name = escape(source.name.as_str());
        let _ = write!(out, "    <outline text=\"{name}\" title=\"{name}\"");
        match feed {
            Some(feed) => {
                let _ = write!(
                    out,
                    " type=\"rss\" xmlUrl=\"{}\" htmlUrl=\"{}\"",
                    escape(feed.as_str()),
                    escape(source.url.as_str())
                );
            }
            None => {
                let _ = write!(out, " type=\"link\" url=\"{}\"", escape(source.url.as_str()));
            }
        }
        let _ = writeln!(
            out,
            " bellwether:kind=\"{}\" bellwether:priority=\"{}\" bellwether:frequency=\"{}\"/>",
            source.kind.as_str(),
            source.priority,
            source.frequency.as_str()
        );
    }
    out.push_str("  </body>\n</opml>\n");
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_are_opened_and_other_readers_are_understood() {
        let text = r#"<?xml version="1.0"?><opml version="1.0"><head/><body>
            <outline text="Craft"><outline text="A &amp; B" type="rss" xmlUrl="https://a.example/feed" htmlUrl="https://a.example/"/>
            <outline title="C" xmlUrl="https://c.example/rss"/></outline><outline text="empty"/></body></opml>"#;
        let List { outlines: found, more, fault } = read(text).unwrap();
        assert_eq!((more, fault), (0, None));
        let told: Vec<_> =
            found.iter().map(|one| (one.title.as_str(), one.feed_url.as_deref().unwrap())).collect();
        assert_eq!(told, [("A & B", "https://a.example/feed"), ("C", "https://c.example/rss")]);
        assert_eq!(read("<rss/>"), None);
        assert_eq!(read("nothing"), None);
        assert_eq!(read("<opml version='2.0'><head/></opml>"), None);
        assert_eq!(read("<opml><body/></opml>").unwrap().note().unwrap(), "No source stands in this file.");
    }

    #[test]
    fn nothing_is_left_out_without_a_word() {
        let outline =
            |at: usize| format!("<outline xmlUrl='https://a.example/{at}' bellwether:priority='99'/>");
        let deep = format!("{}{}{}", "<outline text='f'>".repeat(60), outline(1), "</outline>".repeat(60));
        let list = read(&format!("<opml><body>{deep}</body></opml>")).unwrap();
        assert_eq!((list.outlines.len(), list.outlines[0].priority, list.note()), (1, None, None));
        let deeper = format!("{}{}{}", "<outline>".repeat(100_000), outline(1), "</outline>".repeat(100_000));
        let list = read(&format!("<opml><body>{deeper}</body></opml>")).unwrap();
        assert!(list.note().unwrap().contains("too deeply"), "{:?}", list.note());
        let cut = read(&format!("<opml><body>{}<outline text='t2' xmlU", outline(1))).unwrap();
        assert_eq!(cut.outlines.len(), 1);
        assert_eq!(cut.note().unwrap(), "The file breaks off; what stands before was read.");
        let nothing = read(&format!("<opml><body>{}", "<outline>".repeat(100_000))).unwrap();
        assert!(nothing.note().unwrap().ends_with("was read. No source stands in this file."));
        let many: String = (0..MOST + 7).map(outline).collect();
        let list = read(&format!("<opml><body>{many}</body></opml>")).unwrap();
        assert_eq!((list.outlines.len(), list.more, list.note()), (MOST, 7, None));
    }
}
