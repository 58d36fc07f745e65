//! Feeds read once and kept nowhere: for the command line.

use std::collections::HashMap;

use bellwether_ingest::parse_url;
use bellwether_kernel::{
    Problem,
    id::{BrandId, OrganizationId},
};
use futures::StreamExt as _;

use super::{Kind, opml, opml::Outline, service::New, sql::Due};
use crate::{
    SourceId, Trends,
    items::{NewItem, prepare},
};

/// Hosts asked at once.
const HOSTS: usize = 8;

/// What one feed said.
#[derive(Debug)]
pub(crate) struct Reading {
    pub(crate) id: SourceId,
    pub(crate) name: String,
    pub(crate) url: String,
    /// Its items, or why there are none.
    pub(crate) items: Result<Vec<NewItem>, String>,
}

/// A feed to be read.
#[derive(Debug, Clone)]
pub(crate) struct Feed(Outline);

/// The feeds that a text names: an OPML file, or an address a line.
pub(crate) fn outlines(text: &str) -> Result<Vec<Feed>, Problem> {
    if let Some((found, more)) = opml::read(text) {
        if more > 0 {
            let message = format!("The file names {} feeds; 2,000 are read at once.", found.len() + more);
            return Err(Problem::invalid("from", "too_many", message));
        }
        return Ok(found.into_iter().map(Feed).collect());
    }
    if text.contains(['\0', char::REPLACEMENT_CHARACTER]) {
        let message = "This is neither an OPML file nor a list of addresses.";
        return Err(Problem::invalid("from", "not_opml", message));
    }
    if text.trim_start().starts_with('<') {
        let message = "This is no OPML file: it has no opml element with a body.";
        return Err(Problem::invalid("from", "not_opml", message));
    }
    let address = |line: &str| {
        Feed(Outline {
            title: String::new(),
            // a feed, or a page that names its feed
            feed_url: None,
            url: Some(line.to_owned()),
            kind: None,
            priority: None,
            frequency: None,
        })
    };
    Ok(text
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .map(address)
        .collect())
}

impl Trends {
    /// Reads feeds as politely as sources are, host by host; `told` hears of each as it comes.
    pub(crate) async fn read_once(
        &self,
        feeds: Vec<Feed>,
        told: impl Fn(&Reading) + Send + Sync,
    ) -> Vec<Reading> {
        let mut hosts: HashMap<String, Vec<(SourceId, Feed)>> = HashMap::new();
        for feed in feeds {
            let address = feed.0.feed_url.as_deref().or(feed.0.url.as_deref()).unwrap_or_default();
            let host = parse_url(address).ok().and_then(|url| url.host_str().map(str::to_owned));
            let id = SourceId::new(&self.clock, &self.rng);
            hosts.entry(host.unwrap_or_default()).or_default().push((id, feed));
        }
        let told = &told;
        let read: Vec<Vec<Reading>> = futures::stream::iter(hosts.into_values())
            .map(|feeds| async move {
                let mut read = Vec::new();
                for (index, (id, feed)) in feeds.into_iter().enumerate() {
                    if index > 0 {
                        let address = feed.0.feed_url.as_deref().or(feed.0.url.as_deref());
                        self.pause_for(address.unwrap_or_default()).await;
                    }
                    let reading = self.hear_feed(id, &feed.0).await;
                    told(&reading);
                    read.push(reading);
                }
                read
            })
            .buffer_unordered(HOSTS)
            .collect()
            .await;
        let mut all: Vec<Reading> = read.into_iter().flatten().collect();
        all.sort_by_key(|reading| reading.id);
        all
    }

    async fn hear_feed(&self, id: SourceId, outline: &Outline) -> Reading {
        let address = outline.feed_url.clone().or_else(|| outline.url.clone()).unwrap_or_default();
        let mut reading =
            Reading { id, name: outline.title.clone(), url: address.clone(), items: Ok(Vec::new()) };
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
                let (found, language, now) = (look.found, look.language, self.clock.now());
                let made = tokio::task::spawn_blocking(move || {
                    found.iter().map(|one| prepare(one, language.as_deref(), now)).collect()
                });
                reading.items = made.await.map_err(|error| error.to_string());
            }
            Err(trouble) => reading.items = Err(trouble.words),
        }
        reading
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_of_addresses_is_as_good_as_a_file_of_a_reader() {
        let lines = "# what I read\nhttps://a.example/feed\n\n https://b.example/rss \n";
        assert_eq!(outlines(lines).unwrap().len(), 2);
        let opml = "<opml><body><outline text='A' xmlUrl='https://a.example/feed'/></body></opml>";
        assert_eq!(outlines(opml).unwrap().len(), 1);
        assert_eq!(outlines("<rss/>").unwrap_err().errors[0].code, "not_opml");
        assert_eq!(outlines("\u{fffd}PNG\r\n\0\u{1}").unwrap_err().errors[0].code, "not_opml");
    }
}
