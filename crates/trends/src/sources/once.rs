//! Feeds read once and kept nowhere, by their addresses or from files: for the command line.

use std::collections::HashMap;

use bellwether_ingest::parse_url;
use bellwether_kernel::{
    Problem,
    id::{BrandId, OrganizationId},
    text,
};
use futures::StreamExt as _;

use super::{Kind, check::TOLD_APART, opml, opml::Outline, service::New, sql::Due};
use crate::{
    SourceId, Trends,
    items::{Identified, NewItem, identify, prepare},
    read,
    trends::grouped,
};

/// Hosts asked at once.
const HOSTS: usize = 8;

/// What one feed said.
#[derive(Debug)]
pub(crate) struct Reading {
    pub(crate) id: SourceId,
    pub(crate) name: String,
    pub(crate) url: String,
    /// What to know of what was read, when not everything was.
    pub(crate) note: Option<String>,
    /// Its items, or why there are none.
    pub(crate) items: Result<Vec<NewItem>, String>,
}

/// A feed to be read.
#[derive(Debug, Clone)]
pub struct Feed(From);

#[derive(Debug, Clone)]
enum From {
    Address(Outline),
    /// The file's name and what it says.
    File(String, Box<read::Feed>),
}

impl Feed {
    /// Of an address: a feed, or a page that names its feed.
    pub fn of_address(address: &str) -> Self {
        Self(From::Address(Outline {
            title: String::new(),
            feed_url: None,
            url: Some(address.to_owned()),
            kind: None,
            priority: None,
            frequency: None,
        }))
    }

    /// The feeds of a file: those that an OPML file names, the file itself where it is a saved feed, or one for each line
    /// with an address; and what to know of a list of which not everything could be read. `name` is what a saved feed without
    /// a title is called.
    pub fn of_file(name: &str, bytes: &[u8]) -> Result<(Vec<Self>, Option<String>), Problem> {
        // lists of readers come in their own letters: UTF-16, or Latin-1 as their first line says
        let text = read::decode(bytes, None).0;
        if let Some(list) = opml::read(&text) {
            if list.more > 0 {
                let all = list.outlines.len() + list.more;
                let message = format!("The file names {all} feeds; 2,000 are read at once.");
                return Err(Problem::invalid("from", "too_many", message));
            }
            let note = list.note();
            return Ok((
                list.outlines.into_iter().map(|outline| Self(From::Address(outline))).collect(),
                note,
            ));
        }
        let start = text.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
        if start.starts_with(['<', '{']) {
            // links of a file that are no whole addresses lead nowhere
            let base = url::Url::parse("file:///").map_err(|error| {
                Problem::new(bellwether_kernel::Kind::Internal, "internal", error.to_string())
            })?;
            let feed = read::read(bytes, None, &base).map_err(|_not_a_feed| {
                let message = format!("{name} is neither an OPML file nor a feed (RSS, Atom, JSON Feed).");
                Problem::invalid("from", "not_opml", message)
            })?;
            return Ok((vec![Self(From::File(name.to_owned(), Box::new(feed)))], None));
        }
        if text.contains(['\0', char::REPLACEMENT_CHARACTER]) {
            let message = format!("{name} is neither an OPML file nor a feed nor a list of addresses.");
            return Err(Problem::invalid("from", "not_opml", message));
        }
        let lines = text.lines().map(str::trim);
        let lines = lines.filter(|line| !line.is_empty() && !line.starts_with('#'));
        Ok((lines.map(Self::of_address).collect(), None))
    }
}

impl Trends {
    /// Reads feeds as politely as sources are, host by host; `told` hears of each as it comes.
    pub(crate) async fn read_once(
        &self,
        feeds: Vec<Feed>,
        told: impl Fn(&Reading) + Send + Sync,
    ) -> Vec<Reading> {
        let mut hosts: HashMap<String, Vec<(SourceId, Outline)>> = HashMap::new();
        let mut all: Vec<Reading> = Vec::new();
        for Feed(from) in feeds {
            let id = SourceId::new(&self.clock, &self.rng);
            match from {
                From::Address(outline) => {
                    let address = outline.feed_url.as_deref().or(outline.url.as_deref()).unwrap_or_default();
                    let host = parse_url(address).ok().and_then(|url| url.host_str().map(str::to_owned));
                    hosts.entry(host.unwrap_or_default()).or_default().push((id, outline));
                }
                From::File(name, feed) => {
                    let reading = self.of_saved(id, name, *feed).await;
                    told(&reading);
                    all.push(reading);
                }
            }
        }
        let told = &told;
        let read: Vec<Vec<Reading>> = futures::stream::iter(hosts.into_values())
            .map(|feeds| async move {
                let mut read = Vec::new();
                for (id, feed) in feeds {
                    let reading = self.hear_feed(id, &feed).await;
                    told(&reading);
                    read.push(reading);
                }
                read
            })
            .buffer_unordered(HOSTS)
            .collect()
            .await;
        all.extend(read.into_iter().flatten());
        all.sort_by_key(|reading| reading.id);
        all
    }

    async fn hear_feed(&self, id: SourceId, outline: &Outline) -> Reading {
        let address = outline.feed_url.clone().or_else(|| outline.url.clone()).unwrap_or_default();
        let mut reading = Reading {
            id,
            name: outline.title.clone(),
            url: address.clone(),
            note: None,
            items: Ok(Vec::new()),
        };
        if reading.name.is_empty() {
            reading.name.clone_from(&address);
        }
        let new = match New::of_outline(outline) {
            Ok(new) => new,
            Err(problem) => {
                let first = problem.errors.first().map(|fault| fault.message.clone());
                reading.items = Err(first.unwrap_or(problem.detail));
                return reading;
            }
        };
        if let Some(why) = new.kind.unsupported() {
            reading.items = Err(why.to_owned());
            return reading;
        }
        if new.kind.needs_account() {
            reading.items =
                Err("It is read through a connected account only, and there is none here.".to_owned());
            return reading;
        }
        if new.kind == Kind::Page {
            reading.items = Err("A page has no entries; what changes on it shows with time only.".to_owned());
            return reading;
        }
        let due = Due {
            organization: OrganizationId::from(uuid::Uuid::nil()),
            brand: BrandId::from(uuid::Uuid::nil()),
            id,
            kind: new.kind,
            url: new.place.url.clone(),
            feed_url: new.place.feed_url.clone(),
            etag: None,
            last_modified: None,
            page_text: None,
            named: new.name.is_some(),
            last_item_at: None,
            memory: None,
        };
        match self.look_at_feed(&due).await {
            Ok(look) => {
                if let Some(name) = look.name.filter(|_| new.name.is_none()) {
                    reading.name = name;
                }
                reading.note = look.entries.and_then(left_out);
                reading.items = self.prepared(look.found, look.language).await;
            }
            Err(trouble) => reading.items = Err(trouble.words),
        }
        reading
    }

    async fn of_saved(&self, id: SourceId, file: String, mut feed: read::Feed) -> Reading {
        let note = left_out(feed.keep_newest(TOLD_APART));
        let title = feed.title.as_deref().map(text::one_line).filter(|title| !title.is_empty());
        let items = self.prepared(identify(id, feed.entries), feed.language).await;
        Reading { id, name: title.unwrap_or_else(|| file.clone()), url: file, note, items }
    }

    async fn prepared(
        &self,
        found: Vec<Identified>,
        language: Option<String>,
    ) -> Result<Vec<NewItem>, String> {
        let now = self.clock.now();
        let made = tokio::task::spawn_blocking(move || {
            found.iter().map(|one| prepare(one, language.as_deref(), now)).collect()
        });
        made.await.map_err(|error| error.to_string())
    }
}

/// What to know of a feed with more entries than are looked through.
fn left_out(all: usize) -> Option<String> {
    let told =
        || format!("{} entries, the newest {} are read", grouped(all as u64), grouped(TOLD_APART as u64));
    (all > TOLD_APART).then(told)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Result<Vec<Feed>, Problem> {
        Feed::of_file("list", text.as_bytes()).map(|(feeds, _)| feeds)
    }

    #[test]
    fn a_list_of_addresses_is_as_good_as_a_file_of_a_reader() {
        let lines = "# what I read\nhttps://a.example/feed\n\n https://b.example/rss \n";
        assert_eq!(of(lines).unwrap().len(), 2);
        let opml = "<opml><body><outline text='A' xmlUrl='https://a.example/feed'/></body></opml>";
        assert_eq!(of(opml).unwrap().len(), 1);
        let (feeds, note) = Feed::of_file("list", &opml.as_bytes()[..opml.len() - 10]).unwrap();
        assert_eq!(
            (feeds.len(), note.unwrap().as_str()),
            (1, "The file breaks off; what stands before was read.")
        );
        assert_eq!(of("<html/>").unwrap_err().errors[0].code, "not_opml");
        assert_eq!(of("\u{fffd}PNG\r\n\0\u{1}").unwrap_err().errors[0].code, "not_opml");
    }

    #[test]
    fn a_saved_feed_is_read_from_its_file() {
        let rss = "<rss><channel><title>Kept</title><item><title>One</title></item></channel></rss>";
        for text in [
            rss,
            &format!("\u{feff}\n{rss}"),
            r#"{"version": "https://jsonfeed.org/version/1.1", "title": "Kept", "items": [{"id": "1", "title": "One"}]}"#,
        ] {
            let feeds = of(text).unwrap();
            let [Feed(From::File(name, feed))] = &feeds[..] else { panic!("{feeds:?}") };
            assert_eq!((name.as_str(), feed.title.as_deref(), feed.entries.len()), ("list", Some("Kept"), 1));
        }
    }

    #[test]
    fn a_list_is_read_in_its_own_letters() {
        let latin = b"<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><opml><body><outline text=\"K\xfcche\" xmlUrl=\"https://a.example/\"/></body></opml>";
        let wide =
            "\u{feff}<opml><body><outline text=\"Küche\" xmlUrl=\"https://a.example/\"/></body></opml>";
        let wide: Vec<u8> = wide.encode_utf16().flat_map(u16::to_le_bytes).collect();
        for bytes in [&latin[..], &wide] {
            let (feeds, note) = Feed::of_file("list", bytes).unwrap();
            assert_eq!(note, None);
            let [Feed(From::Address(outline))] = &feeds[..] else { panic!("{feeds:?}") };
            assert_eq!(outline.title, "Küche");
        }
    }
}
