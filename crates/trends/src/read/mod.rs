//! Reads feeds: RSS of every version, RDF, Atom 0.3 and 1.0, CDF, JSON Feed. Pure: bytes in, a [`Feed`] out.
//!
//! Feeds in the wild are broken in every way, so what can be read is read, and [`Feed::bozo`] says what was wrong. Only
//! what is no feed at all is refused. Nothing a feed contains can make it read more than it has: entities that it declares
//! are put in once and never within each other, elements nest to a depth, and entries have a number.

mod date;
mod encoding;
mod feed;
mod html;
mod json;
pub(crate) mod xml;

use chrono::{DateTime, Utc};
use url::Url;

pub use date::read as read_date;
pub use encoding::decode;
pub use html::{escape, plain};

/// Entries that are read of a feed: more than there are in 5 MB, unless they say nothing.
pub const MOST_ENTRIES: usize = 100_000;

/// The family of a feed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// RSS 0.9 to 2.0, RDF.
    Rss,
    /// Atom 0.3 and 1.0.
    Atom,
    /// Channels of the nineties.
    Cdf,
    /// JSON Feed 1.0 and 1.1.
    Json,
}

/// A feed.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Feed {
    /// Its family.
    pub format: Option<Format>,
    /// Its title, plain.
    pub title: Option<String>,
    /// What it says of itself, plain.
    pub description: Option<String>,
    /// The page that it belongs to.
    pub link: Option<Url>,
    /// Its language as a tag.
    pub language: Option<String>,
    /// Minutes for which it asks to be left alone.
    pub rest_minutes: Option<i64>,
    /// In its own order.
    pub entries: Vec<Entry>,
    /// What was wrong with it, when something was.
    pub bozo: Option<String>,
}

/// An entry of a feed.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Entry {
    /// Its own id: worth nothing where others have the same.
    pub id: Option<String>,
    /// The page.
    pub link: Option<Url>,
    /// Its title as HTML.
    pub title: Option<String>,
    /// Who wrote it, plain.
    pub author: Option<String>,
    /// When it was published.
    pub published: Option<DateTime<Utc>>,
    /// When it was changed.
    pub updated: Option<DateTime<Utc>>,
    /// A short form, as HTML.
    pub summary: Option<String>,
    /// All of it, as HTML.
    pub content: Option<String>,
    /// Its language as a tag.
    pub language: Option<String>,
    /// A picture.
    pub picture: Option<Url>,
    /// What it is filed under.
    pub tags: Vec<String>,
    /// Comments, where the feed says how many.
    pub comments: Option<i64>,
    /// Views, where the feed says how many.
    pub views: Option<i64>,
    /// Likes or votes, where the feed says how many.
    pub likes: Option<i64>,
    /// How often it was passed on: no feed says so, some networks do.
    pub reposts: Option<i64>,
}

/// Why it is no feed. The sentence is for whoever gave the address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotAFeed {
    /// Nothing came.
    #[error("The address gives an empty answer, not a feed.")]
    Empty,
    /// A web page.
    #[error("The address gives a web page, not a feed.")]
    Page,
    /// OPML.
    #[error(
        "The address gives a list of feeds (OPML), not a feed. Save it as a file and import it under Sources."
    )]
    List,
    /// Something else.
    #[error("The address gives something that isn't a feed.")]
    Other,
}

/// Reads a feed; `charset` is what the header of the answer says, `base` where it was found.
pub fn read(bytes: &[u8], charset: Option<&str>, base: &Url) -> Result<Feed, NotAFeed> {
    read_in(bytes, charset, base, true)
}

/// Reads the entries that are whole in the beginning of a feed. None is whole in the beginning of a JSON feed, as far as its
/// reader can tell. That it breaks off is no fault of the feed, and others can't be told from that.
pub fn read_beginning(bytes: &[u8], charset: Option<&str>, base: &Url) -> Result<Feed, NotAFeed> {
    let mut feed = read_in(bytes, charset, base, false)?;
    if feed.entries.is_empty() {
        return Err(NotAFeed::Other);
    }
    feed.bozo = None;
    Ok(feed)
}

fn read_in(bytes: &[u8], charset: Option<&str>, base: &Url, whole: bool) -> Result<Feed, NotAFeed> {
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Err(NotAFeed::Empty);
    }
    let (text, faulty) = decode(bytes, charset);
    let start = text.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
    if start.is_empty() {
        return Err(NotAFeed::Empty);
    }
    let mut feed = if start.starts_with('{') {
        json::read(start, base).ok_or(NotAFeed::Other)?
    } else {
        let parsed = xml::parse(&text, whole);
        match feed::read(&parsed, base) {
            Some(feed) => feed,
            // a list has a body as well
            None if parsed.root.nodes().any(|node| node.name == "opml") => return Err(NotAFeed::List),
            None => return Err(if looks_like_page(start) { NotAFeed::Page } else { NotAFeed::Other }),
        }
    };
    if faulty {
        feed.bozo.get_or_insert_with(|| "its letters are not stored as it says".to_owned());
    }
    feed.entries.truncate(MOST_ENTRIES);
    Ok(feed)
}

impl Feed {
    /// Leaves the newest entries, the newest first, where dates tell which those are; else in the feed's own order. How many
    /// there were.
    pub(crate) fn keep_newest(&mut self, most: usize) -> usize {
        let all = self.entries.len();
        self.entries.sort_by_key(|entry| std::cmp::Reverse(entry.published.or(entry.updated)));
        self.entries.truncate(most);
        all
    }
}

fn looks_like_page(start: &str) -> bool {
    let head: String = start.chars().take(2_000).collect::<String>().to_ascii_lowercase();
    ["<!doctype html", "<html", "<head", "<body"].iter().any(|tag| head.contains(tag))
}
