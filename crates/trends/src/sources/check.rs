//! A look at a source: fetched and read outside of every transaction, kept in one.

use std::collections::HashMap;

use bellwether_ingest::{FetchError, Fetched, Validators, decode_page, parse_url, site::Facts};
use bellwether_kernel::{Timestamp, id::OrganizationId, text};
use bellwether_language::Document;
use bellwether_store::TenantScope;
use chrono::Duration;
use futures::StreamExt as _;
use serde_json::{Value, json};
use url::Url;

use super::{
    CheckOrganization, Kind, State,
    change::change,
    model, place,
    politeness::{Pace, Trouble},
    sql::{self, Due},
};
use crate::{
    Error, SourceId, Trends,
    items::{Identified, identify},
    read::{self, Feed, NotAFeed},
    trends::{self, Detect, grouped},
};

/// Sources taken at once.
const CLAIM: i64 = 100;
/// Rounds of that in one run of the job.
const ROUNDS: usize = 20;
/// Hosts asked at once for one organization.
const HOSTS: usize = 2;
/// For how long a taken source is left to whoever took it.
const LEASE_MINUTES: i64 = 30;
/// Entries of a feed that are kept, the newest of them.
const ENTRIES: usize = 200;
/// Entries of a feed that are told apart, the newest of them: one that shares its address with older ones stays who it is.
pub(super) const TOLD_APART: usize = 1_000;
/// Letters of a page that are compared.
const PAGE: usize = 200_000;
/// Minutes between two looks for an account, beside hearing of each that is connected.
const UNCONNECTED_MINUTES: i64 = 60;
/// Days after which what was said is removed.
const KEPT_DAYS: i64 = 180;
/// Days after which a trend that is over is removed: long enough to see how predictions fare over a year.
const KEPT_TRENDS_DAYS: i64 = 400;

/// What a look brought.
pub(super) struct Look {
    /// What was said; empty when nothing has changed.
    pub(super) found: Vec<Identified>,
    pub(super) language: Option<String>,
    pub(super) name: Option<String>,
    pub(super) feed_url: Option<String>,
    pub(super) metadata: Option<Value>,
    pub(super) rest_minutes: Option<i64>,
    /// Entries that the feed has, where it is one.
    pub(super) entries: Option<usize>,
    validators: Option<Validators>,
    page_text: Option<String>,
}

impl Look {
    pub(super) const fn unchanged() -> Self {
        Self {
            found: Vec::new(),
            language: None,
            name: None,
            feed_url: None,
            metadata: None,
            rest_minutes: None,
            entries: None,
            validators: None,
            page_text: None,
        }
    }
}

impl Trends {
    /// Has what is due looked at, each organization's by a job of its own.
    pub async fn check_due(&self) -> Result<(), Error> {
        let mut tx = self.store.service("find the sources that are due").await?;
        for organization in sql::due(tx.conn(), self.clock.now()).await? {
            CheckOrganization::enqueue(&mut tx, organization).await?;
        }
        Ok(tx.commit().await?)
    }

    /// Looks at what is due of an organization, host by host.
    pub(super) async fn check_organization(&self, organization: OrganizationId) -> Result<(), Error> {
        self.learn_resting().await?;
        for _ in 0..ROUNDS {
            let now = self.clock.now();
            let mut tx = self.store.tenant(TenantScope::organization(organization)).await?;
            let until = now + Duration::minutes(LEASE_MINUTES);
            let due = sql::claim(tx.conn(), organization, now, until, CLAIM).await?;
            tx.commit().await?;
            let all = due.len();
            let mut hosts: HashMap<String, Vec<Due>> = HashMap::new();
            for one in due {
                let url = one.feed_url.as_deref().unwrap_or(&one.url);
                let host = parse_url(url).ok().and_then(|url| url.host_str().map(str::to_owned));
                hosts.entry(host.unwrap_or_default()).or_default().push(one);
            }
            futures::stream::iter(hosts.into_values())
                .for_each_concurrent(HOSTS, |sources| async move {
                    for source in sources {
                        // those that a slow host leaves no time for are somebody's again
                        if self.clock.now() >= until {
                            break;
                        }
                        let id = source.id;
                        // the others are none the worse for it; this one is due again when its lease ends
                        if let Err(error) = self.look(source, false).await {
                            tracing::error!(%error, source = %id, "a look at a source could not be kept");
                        }
                    }
                })
                .await;
            if all < CLAIM as usize {
                break;
            }
        }
        Ok(())
    }

    /// Looks at one source, due or not.
    pub(super) async fn check_source(&self, organization: OrganizationId, id: SourceId) -> Result<(), Error> {
        let until = self.clock.now() + Duration::minutes(LEASE_MINUTES);
        let mut tx = self.store.tenant(TenantScope::organization(organization)).await?;
        let due = sql::claim_one(tx.conn(), id, until).await?;
        tx.commit().await?;
        let Some(due) = due else { return Ok(()) };
        self.learn_resting().await?;
        self.look(due, true).await
    }

    /// Has sources looked at that wait for an account: one was connected.
    pub(super) async fn hear_connection(&self, organization: OrganizationId) -> Result<(), Error> {
        let mut tx = self.store.tenant(TenantScope::organization(organization)).await?;
        sql::wake_unconnected(tx.conn(), self.clock.now()).await?;
        Ok(tx.commit().await?)
    }

    /// Removes what was said long ago.
    pub(super) async fn retain_items(&self) -> Result<(), Error> {
        let mut tx = self.store.service("remove what sources said long ago").await?;
        let now = self.clock.now();
        let gone = sql::retain(tx.conn(), now - Duration::days(KEPT_DAYS)).await?;
        trends::retain(tx.conn(), now - Duration::days(KEPT_TRENDS_DAYS)).await?;
        tx.commit().await?;
        if gone > 0 {
            tracing::info!(items = gone, "what sources said long ago is removed");
        }
        Ok(())
    }

    /// One look from the request to what is written down; `asked` when somebody waits for it.
    async fn look(&self, due: Due, asked: bool) -> Result<(), Error> {
        let now = self.clock.now();
        let url = due.feed_url.as_deref().unwrap_or(&due.url);
        if let Some(until) = self.resting(url) {
            return self.postpone(&due, until, asked).await;
        }
        // one source has waited in vain just now; each of the others would wait as long. Who asks is answered all the same
        if !asked && let Some(until) = self.silent(url) {
            return self.postpone(&due, until, asked).await;
        }
        let looked = match due.kind {
            Kind::Page => self.look_at_page(&due).await,
            Kind::Youtube => self.look_at_channel(&due).await,
            kind if kind.needs_account() => self.look_through_account(&due).await,
            _ => self.look_at_feed(&due).await,
        };
        self.tell_resting().await?;
        match looked {
            Ok(mut look) => {
                // the newest, where dates tell which those are
                look.found.truncate(ENTRIES);
                self.keep(&due, look, now, asked).await
            }
            Err(trouble) => self.keep_trouble(&due, &trouble, now, asked).await,
        }
    }

    pub(super) async fn look_at_feed(&self, due: &Due) -> Result<Look, Trouble> {
        let known = Validators { etag: due.etag.clone(), last_modified: due.last_modified.clone() };
        let Some(feed_url) = &due.feed_url else { return self.find_feed(due).await };
        let Some(fetched) = self.ask(due.kind, feed_url, &known, Pace::InTurn).await? else {
            return Ok(Look::unchanged());
        };
        let feed = parsed(&fetched).await??;
        Ok(look_of(due, feed, fetched, None))
    }

    /// The first look at a source of which only a page is known: the page names its feed, or is one itself.
    async fn find_feed(&self, due: &Due) -> Result<Look, Trouble> {
        let nothing = Validators::default();
        let trouble = || {
            Trouble::lasting(
                "no_feed",
                "The page names no feed. Add it as a page, so that changes of it are seen.",
            )
        };
        let fetched = self.ask(due.kind, &due.url, &nothing, Pace::InTurn).await?.ok_or_else(trouble)?;
        let why = match parsed(&fetched).await? {
            Ok(feed) => return Ok(look_of(due, feed, fetched, Some(due.url.clone()))),
            // nobody can add anything else as a page; of what was cut the feed may be named in the rest
            Err(Unread::No(NotAFeed::Page)) => trouble(),
            Err(why) => why.into(),
        };
        let feeds = feeds_of(due.kind, fetched.bytes.to_vec(), fetched.charset, fetched.final_url).await?;
        let found = feeds.into_iter().next().ok_or(why)?;
        let fetched =
            self.ask(due.kind, found.as_str(), &nothing, Pace::InTurn).await?.ok_or_else(trouble)?;
        let feed = parsed(&fetched).await??;
        Ok(look_of(due, feed, fetched, Some(found.to_string())))
    }

    async fn look_at_page(&self, due: &Due) -> Result<Look, Trouble> {
        let known = Validators { etag: due.etag.clone(), last_modified: due.last_modified.clone() };
        let Some(fetched) = self.ask(due.kind, &due.url, &known, Pace::InTurn).await? else {
            return Ok(Look::unchanged());
        };
        let (charset, bytes, url) = (fetched.charset, fetched.bytes, fetched.final_url);
        let (title, text) = tokio::task::spawn_blocking(move || {
            let html = decode_page(&bytes, charset.as_deref())
                .map_err(|error| Trouble::lasting(error.code(), error.to_string()))?;
            let text: String = Document::from_html(&html).to_text().chars().take(PAGE).collect();
            if text.trim().is_empty() {
                return Err(Trouble::lasting(
                    "no_text",
                    "The page has no text to read. It may show its text by script only.",
                ));
            }
            Ok((Facts::of(&html, &url).title, text))
        })
        .await
        .map_err(|error| broken(&error.to_string()))??;
        let mut look =
            Look { validators: Some(fetched.validators), name: title.clone(), ..Look::unchanged() };
        match &due.page_text {
            None => look.page_text = Some(text),
            Some(before) => {
                if let Some(entry) = change(before, &text, title.as_deref().unwrap_or(&due.url)) {
                    let url = Url::parse(&due.url).ok();
                    look.found = vec![Identified::of_change(url, &text, entry)];
                    look.page_text = Some(text);
                }
            }
        }
        Ok(look)
    }

    /// Leaves a source whose host asked to be left alone, or did not answer another one: it is due again when that is over,
    /// and none the worse for it.
    async fn postpone(&self, due: &Due, until: Timestamp, asked: bool) -> Result<(), Error> {
        let mut tx = self.store.tenant(TenantScope::organization(due.organization)).await?;
        sql::postpone(tx.conn(), due.id, until + model::spread(1, due.id)).await?;
        if asked {
            let words = Trouble::resting(due.feed_url.as_deref().unwrap_or(&due.url), until).words;
            let data = json!({ "succeeded": false, "code": "host_rests", "words": words });
            self.tell(&mut tx, (due.organization, due.brand), "source.checked", due.id, data).await?;
        }
        Ok(tx.commit().await?)
    }

    /// Writes down what a look brought.
    async fn keep(&self, due: &Due, look: Look, now: Timestamp, asked: bool) -> Result<(), Error> {
        let key = (due.organization, due.brand, due.id);
        let prepared = self.prepare_items(key, look.found, look.language).await?;
        let mut tx = self.store.tenant(TenantScope::organization(due.organization)).await?;
        // deleted meanwhile
        let Some(before) = sql::lock(tx.conn(), due.id).await? else { return Ok(()) };
        if let Some(feed_url) = look.feed_url.as_ref().filter(|_| due.feed_url.is_none()) {
            let there = sql::known(tx.conn(), due.brand, std::slice::from_ref(feed_url)).await?;
            if let Some(other) = there.into_iter().find(|there| there.id != due.id) {
                tx.commit().await?;
                let words = format!(
                    "It leads to the feed of “{}”, which is among your sources already. Remove one of the two.",
                    other.name
                );
                return self.keep_trouble(due, &Trouble::lasting("already_known", words), now, asked).await;
            }
        }
        let seen = Self::keep_items(&mut tx, key, prepared, now).await?;
        let dates = sql::dates(tx.conn(), due.id, now - Duration::days(60)).await?;
        let every = model::every_minutes(before.frequency, &dates, look.rest_minutes, now);
        let validators = look.validators.as_ref();
        let success = sql::Success {
            name: look.name.as_deref().filter(|_| !due.named),
            feed_url: look.feed_url.as_deref(),
            metadata: look.metadata.as_ref(),
            every_minutes: every,
            per_week: model::per_week(&dates, now),
            last_item_at: seen.newest,
            validators: validators.map(|known| (known.etag.as_deref(), known.last_modified.as_deref())),
            page_text: look.page_text.as_deref(),
            next: Some(now + model::spread(every.into(), due.id)),
            now,
        };
        sql::succeed(tx.conn(), due.id, &success).await?;
        let place = (due.organization, due.brand);
        if matches!(before.state, State::Troubled | State::Resting) {
            self.tell(&mut tx, place, "source.recovered", due.id, json!({ "failures": before.failures }))
                .await?;
        }
        if seen.new > 0 {
            self.tell(&mut tx, place, "items.added", due.id, json!({ "count": seen.new })).await?;
            Detect::enqueue(&mut tx, due.organization, due.brand).await?;
        }
        if asked {
            let data = json!({ "succeeded": true, "items": seen.new });
            self.tell(&mut tx, place, "source.checked", due.id, data).await?;
        }
        Ok(tx.commit().await?)
    }

    /// Writes down what went wrong.
    async fn keep_trouble(
        &self,
        due: &Due,
        trouble: &Trouble,
        now: Timestamp,
        asked: bool,
    ) -> Result<(), Error> {
        let mut tx = self.store.tenant(TenantScope::organization(due.organization)).await?;
        let Some(before) = sql::lock(tx.conn(), due.id).await? else { return Ok(()) };
        let (state, failures, minutes) = if trouble.unconnected {
            // nothing failed: it waits for somebody to connect an account, which is heard of
            (State::Unconnected, 0, UNCONNECTED_MINUTES)
        } else {
            let failures = before.failures + 1;
            let (state, minutes) = model::after_failure(failures, trouble.lasting, before.every_minutes);
            let state = match (state, before.state) {
                // an account is there by now, and nothing is known yet
                (State::Healthy, State::Unconnected) => State::New,
                // one that passes changes nothing yet
                (State::Healthy, before) => before,
                (state, _) => state,
            };
            (state, failures, minutes)
        };
        let wait = trouble.wait.map_or(0, |wait| i64::try_from(wait.as_secs().div_ceil(60)).unwrap_or(0));
        let minutes = minutes.max(wait);
        let next = now + model::spread(minutes, due.id);
        let asked_for = self.resting(due.feed_url.as_deref().unwrap_or(&due.url));
        let next = asked_for.map_or(next, |until| next.max(until));
        let words: String = trouble.words.chars().take(1_000).collect();
        sql::fail(tx.conn(), due.id, state, failures, (trouble.code, &words), (now, next)).await?;
        let place = (due.organization, due.brand);
        let in_trouble = |state| matches!(state, State::Troubled | State::Resting);
        if in_trouble(state) && !in_trouble(before.state) {
            let data = json!({ "code": trouble.code, "words": words });
            self.tell(&mut tx, place, "source.troubled", due.id, data).await?;
        }
        // once for each trouble: it leaves this state only by being read, or by waiting for an account
        if state == State::Resting && before.state != State::Resting {
            let data = json!({ "code": trouble.code, "words": words });
            self.tell(&mut tx, place, "source.given_up", due.id, data).await?;
        }
        if asked {
            let data = json!({ "succeeded": false, "code": trouble.code, "words": words });
            self.tell(&mut tx, place, "source.checked", due.id, data).await?;
        }
        tracing::debug!(source = %due.id, code = trouble.code, "a source could not be read");
        Ok(tx.commit().await?)
    }
}

fn broken(error: &str) -> Trouble {
    tracing::warn!(error, "a source made its reader panic");
    Trouble::lasting("damaged", "What came from there can't be read.")
}

/// Why what came could not be read as a feed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unread {
    /// It is none.
    No(NotAFeed),
    /// It is larger than what is read, and nothing at its beginning is whole.
    Cut(usize),
}

impl From<Unread> for Trouble {
    fn from(unread: Unread) -> Self {
        match unread {
            Unread::No(why) => Self::lasting("not_a_feed", why.to_string()),
            Unread::Cut(limit) => FetchError::TooLarge { limit }.into(),
        }
    }
}

/// Reads a feed on a thread of its own: large ones take a while. Of what was cut the entries that are whole.
pub(super) async fn parsed(fetched: &Fetched) -> Result<Result<Feed, Unread>, Trouble> {
    let (bytes, charset) = (fetched.bytes.clone(), fetched.charset.clone());
    let (base, cut) = (fetched.final_url.clone(), fetched.cut);
    tokio::task::spawn_blocking(move || match cut {
        Some(limit) => read::read_beginning(&bytes, charset.as_deref(), &base)
            .map_err(|_nothing_whole| Unread::Cut(limit)),
        None => read::read(&bytes, charset.as_deref(), &base).map_err(Unread::No),
    })
    .await
    .map_err(|error| broken(&error.to_string()))
}

/// The feeds that a page names, the first the likeliest.
pub(super) async fn feeds_of(
    kind: Kind,
    bytes: Vec<u8>,
    charset: Option<String>,
    base: Url,
) -> Result<Vec<Url>, Trouble> {
    tokio::task::spawn_blocking(move || {
        let Ok(html) = decode_page(&bytes, charset.as_deref()) else { return Vec::new() };
        let mut feeds: Vec<Url> = Facts::of(&html, &base).feeds.into_iter().map(|feed| feed.url).collect();
        if kind == Kind::Youtube
            && feeds.is_empty()
            && let Some(id) = channel_in(&html)
        {
            feeds.extend(Url::parse(&place::channel_feed(id)));
        }
        // comments of a blog are rarely what is meant
        feeds.sort_by_key(|url| url.path().contains("comment"));
        feeds
    })
    .await
    .map_err(|error| broken(&error.to_string()))
}

/// Where the links of a page lead that say of themselves that they are feeds, for pages that name none to programs.
pub(super) async fn links_to_feeds(
    bytes: Vec<u8>,
    charset: Option<String>,
    base: Url,
) -> Result<Vec<Url>, Trouble> {
    const MOST: usize = 4;
    tokio::task::spawn_blocking(move || {
        let Ok(html) = decode_page(&bytes, charset.as_deref()) else { return Vec::new() };
        let mut found: Vec<Url> = Vec::new();
        for link in Facts::of(&html, &base).links {
            let words = link.label.to_lowercase();
            let path = link.url.path().to_lowercase();
            let says = words
                .split(|c: char| !c.is_alphanumeric())
                .any(|word| matches!(word, "rss" | "atom" | "feed"))
                || path.split(['/', '.']).any(|part| matches!(part, "rss" | "atom" | "feed"));
            if says && link.url.host() == base.host() && !found.contains(&link.url) {
                found.push(link.url);
            }
        }
        found.truncate(MOST);
        found
    })
    .await
    .map_err(|error| broken(&error.to_string()))
}

/// What a page calls itself, on one line.
pub(super) async fn title_of(
    bytes: Vec<u8>,
    charset: Option<String>,
    base: Url,
) -> Result<Option<String>, Trouble> {
    tokio::task::spawn_blocking(move || {
        let html = decode_page(&bytes, charset.as_deref()).ok()?;
        let title = text::one_line(&Facts::of(&html, &base).title?);
        Some(title.chars().take(200).collect()).filter(|title: &String| !title.is_empty())
    })
    .await
    .map_err(|error| broken(&error.to_string()))
}

/// The channel that a page of YouTube is about.
pub(super) fn channel_in(html: &str) -> Option<&str> {
    ["\"externalId\":\"", "itemprop=\"identifier\" content=\"", "youtube.com/channel/"].iter().find_map(
        |mark| {
            let from = html.find(mark)? + mark.len();
            html.get(from..from + 24).filter(|id| place::is_channel(id))
        },
    )
}

fn look_of(due: &Due, mut feed: Feed, fetched: Fetched, feed_url: Option<String>) -> Look {
    let all = feed.keep_newest(TOLD_APART);
    let mut metadata = json!({
        "description": feed.description, "language": feed.language, "home": feed.link, "fault": feed.bozo,
        "format": feed.format.map(|format| format!("{format:?}").to_lowercase()),
    });
    // later on those that are older than the newest were kept by earlier looks: what was said of the first one stays
    if fetched.cut.is_some() || all <= ENTRIES || due.last_item_at.is_none() {
        metadata["note"] = json!(note(fetched.cut, all));
    }
    let name = feed.title.as_deref().map(text::one_line).filter(|title| !title.is_empty());
    Look {
        found: identify(due.id, feed.entries),
        language: feed.language,
        name: name.map(|name| name.chars().take(200).collect()),
        feed_url,
        metadata: Some(metadata),
        rest_minutes: feed.rest_minutes,
        entries: Some(all),
        // they are those of the whole feed: who has its beginning has it as long as they hold
        validators: Some(fetched.validators),
        page_text: None,
    }
}

/// What to know of a feed of which not everything is kept.
fn note(cut: Option<usize>, all: usize) -> Option<String> {
    let number = grouped(all as u64);
    match cut {
        Some(limit) => {
            let entries = if all == 1 { "entry is".to_owned() } else { format!("{number} entries are") };
            let kept = if all > ENTRIES {
                format!(", and the newest {ENTRIES} of them kept")
            } else {
                String::new()
            };
            let size = limit / 1_000_000;
            Some(format!("The feed is larger than {size} MB, so only its first {entries} read{kept}."))
        }
        None if all > ENTRIES => {
            Some(format!("The feed has {number} entries; the newest {ENTRIES} are kept."))
        }
        None => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_out_of_a_feed_is_said() {
        assert_eq!(note(None, ENTRIES), None);
        assert_eq!(note(None, 3_000).unwrap(), "The feed has 3,000 entries; the newest 200 are kept.");
        let cut = |all| note(Some(5_000_000), all).unwrap();
        assert_eq!(cut(1), "The feed is larger than 5 MB, so only its first entry is read.");
        assert!(
            cut(1_234).ends_with("only its first 1,234 entries are read, and the newest 200 of them kept.")
        );
    }

    #[test]
    fn the_channel_of_a_page_is_found() {
        let id = "UCabcdefghijklmnopqrstuv";
        let page = format!("<html><script>var x = {{\"externalId\":\"{id}\"}}</script>");
        assert_eq!(channel_in(&page), Some(id));
        assert_eq!(channel_in("<a href=\"https://youtube.com/channel/short\">"), None);
    }
}
