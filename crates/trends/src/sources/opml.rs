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

/// The sources of a file and how many more it has than are read; none when it is no OPML.
pub(super) fn read(text: &str) -> Option<(Vec<Outline>, usize)> {
    let parsed = xml::parse(text, true);
    let opml = parsed.root.nodes().find(|node| node.name == "opml")?;
    let (mut found, mut more) = (Vec::new(), 0);
    for body in opml.nodes().filter(|node| node.name == "body") {
        gather(body, 0, &mut found, &mut more);
    }
    Some((found, more))
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
        let (found, more) = read(text).unwrap();
        assert_eq!(more, 0);
        let told: Vec<_> =
            found.iter().map(|one| (one.title.as_str(), one.feed_url.as_deref().unwrap())).collect();
        assert_eq!(told, [("A & B", "https://a.example/feed"), ("C", "https://c.example/rss")]);
        assert_eq!(read("<rss/>"), None);
        assert_eq!(read("nothing"), None);
        assert_eq!(read("<opml><body/></opml>"), Some((vec![], 0)));
    }

    #[test]
    fn nothing_is_left_out_without_a_word() {
        let outline =
            |at: usize| format!("<outline xmlUrl='https://a.example/{at}' bellwether:priority='99'/>");
        let deep = format!("{}{}{}", "<outline text='f'>".repeat(60), outline(1), "</outline>".repeat(60));
        let (found, _) = read(&format!("<opml><body>{deep}</body></opml>")).unwrap();
        assert_eq!((found.len(), found[0].priority), (1, None));
        let many: String = (0..MOST + 7).map(outline).collect();
        let (found, more) = read(&format!("<opml><body>{many}</body></opml>")).unwrap();
        assert_eq!((found.len(), more), (MOST, 7));
    }
}
