//! From what somebody types to sources that it may mean.

use bellwether_ingest::{FetchError, Fetched, Validators, decode_page, parse_url};
use bellwether_kernel::{BrandAccess, Permission, Problem, text};
use chrono::{DateTime, Utc};
use serde::Serialize;
use url::Url;
use utoipa::ToSchema;

use super::{
    Kind,
    check::{self, Unread},
    place::{self, Place},
    politeness::{Pace, Trouble},
    sql,
};
use crate::{
    Error, SourceId, Trends,
    read::{Feed, NotAFeed, plain},
};

/// Letters that are looked at.
const LONGEST: usize = 2_000;
/// Feeds of a page that are tried.
const TRIED: usize = 6;
/// Addresses tried where none is named.
const GUESSED: usize = 8;
/// Entries shown of a feed.
const SHOWN: usize = 3;
/// Where feeds lie that no page names.
const USUAL: [&str; 4] = ["/feed", "/rss.xml", "/atom.xml", "/index.xml"];

/// An entry of a source that could be added.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = RecentEntry)]
pub struct Recent {
    /// Its title.
    pub title: String,
    /// Where.
    pub url: Option<String>,
    /// When it was published, as the source says.
    pub published_at: Option<DateTime<Utc>>,
}

/// A source that could be added.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = SourceCandidate)]
pub struct Candidate {
    /// Its kind.
    pub kind: Kind,
    /// What it is called.
    pub name: String,
    /// Its address.
    pub url: String,
    /// Its feed, where that is known.
    pub feed_url: Option<String>,
    /// What to know before adding it.
    pub note: Option<String>,
    /// The brand's account that it would be read through, as people address it, without `@`; null where it needs none, or
    /// none is connected.
    pub read_through: Option<String>,
    /// The brand's own source, when it has it already.
    pub known: Option<SourceId>,
    /// What it said last, at most three.
    pub recent: Vec<Recent>,
}

/// What a text may mean, before anything is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Meant {
    /// A place by itself: kind and address.
    Places(Vec<(Kind, String)>),
    /// An address to look at.
    Address(Url),
}

fn meant(text: &str) -> Result<Meant, Problem> {
    let text = text.trim();
    if text.is_empty() {
        return Err(Problem::invalid("text", "blank", "Give an address, a @handle, a #hashtag or r/name."));
    }
    if text.chars().count() > LONGEST {
        return Err(Problem::invalid("text", "too_long", "Use at most 2,000 characters."));
    }
    let plain = |name: &str| {
        !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.'))
    };
    // `@ada@social.example`, as people there write it, or without the first sign
    let handle = text.strip_prefix('@');
    if let Some((user, host)) = handle.unwrap_or(text).split_once('@')
        && plain(user)
        && plain(host)
        && host.contains('.')
    {
        // the fediverse: every account is a feed
        return Ok(Meant::Places(vec![(Kind::Feed, format!("https://{host}/@{user}.rss"))]));
    }
    if let Some(handle) = handle.filter(|handle| plain(handle)) {
        let bluesky = (Kind::Feed, format!("https://bsky.app/profile/{handle}/rss"));
        let mut places = vec![
            (Kind::Youtube, format!("https://www.youtube.com/@{handle}")),
            (Kind::X, format!("https://x.com/{handle}")),
            (Kind::Instagram, format!("https://www.instagram.com/{handle}/")),
        ];
        if handle.ends_with(".bsky.social") {
            places = vec![bluesky];
        } else if handle.contains('.') {
            places.push(bluesky);
        }
        return Ok(Meant::Places(places));
    }
    if let Some(tag) = text.strip_prefix('#').filter(|tag| plain(tag)) {
        return Ok(Meant::Places(vec![
            (Kind::Feed, format!("https://mastodon.social/tags/{tag}.rss")),
            (Kind::X, format!("https://x.com/hashtag/{tag}")),
            (Kind::Instagram, format!("https://www.instagram.com/explore/tags/{tag}/")),
        ]));
    }
    let lower = text.to_lowercase();
    if matches!(lower.as_str(), "hn" | "hacker news" | "hackernews" | "ycombinator") {
        return Ok(Meant::Places(vec![(Kind::HackerNews, "https://news.ycombinator.com/".to_owned())]));
    }
    let short = text.trim_start_matches('/');
    let several = |name: &str| !name.is_empty() && name.split('+').all(plain);
    if let Some((way, name)) = short.split_once('/')
        && let way = way.to_lowercase()
        && matches!(way.as_str(), "r" | "u" | "user")
        && several(name.trim_end_matches('/'))
    {
        let way = if way == "r" { "r" } else { "user" };
        let url = format!("https://www.reddit.com/{way}/{}/", name.trim_end_matches('/'));
        return Ok(Meant::Places(vec![(Kind::Reddit, url)]));
    }
    let text = without_feed_scheme(text);
    let url = parse_url(&text).map_err(|error| match error {
        // what no program reads as an address is rarely meant as one
        FetchError::InvalidUrl(_) if !text.contains("//") => {
            let message =
                "Give the address of a page or feed, a @handle, a #hashtag, r/name or “Hacker News”.";
            Problem::invalid("text", "invalid_url", message)
        }
        error => error.to_problem("text"),
    })?;
    Ok(match place::kind_of(&url) {
        Kind::Feed | Kind::Page => Meant::Address(url),
        kind => Meant::Places(vec![(kind, url.to_string())]),
    })
}

/// Readers and podcast apps write `feed:`, `feed://` and others before or instead of `https:`.
fn without_feed_scheme(text: &str) -> String {
    let lower = text.to_lowercase();
    let scheme =
        ["feed:", "itpc:", "pcast:", "podcast:", "rss:"].iter().find(|scheme| lower.starts_with(**scheme));
    scheme
        .and_then(|scheme| text.get(scheme.len()..))
        .map_or_else(|| text.to_owned(), |rest| rest.trim_start_matches('/').to_owned())
}

fn candidate(kind: Kind, place: Place) -> Candidate {
    Candidate {
        kind,
        name: place.name,
        url: place.url,
        feed_url: place.feed_url,
        note: kind.unsupported().map(str::to_owned),
        read_through: None,
        known: None,
        recent: Vec::new(),
    }
}

fn shown(feed: &Feed, now: DateTime<Utc>) -> Vec<Recent> {
    let mut entries: Vec<_> = feed.entries.iter().collect();
    entries.sort_by_key(|entry| std::cmp::Reverse(entry.published.or(entry.updated)));
    entries
        .into_iter()
        .take(SHOWN)
        .map(|entry| {
            let said = entry.title.as_deref().or(entry.summary.as_deref()).or(entry.content.as_deref());
            Recent {
                title: text::one_line(&plain(said.unwrap_or_default())).chars().take(200).collect(),
                url: entry.link.as_ref().map(Url::to_string),
                // as an item's date is: what comes from the future is no date
                published_at: entry.published.or(entry.updated).filter(|at| *at <= now),
            }
        })
        .collect()
}

impl Trends {
    /// What sources a text may mean; the brand's managers may ask.
    pub async fn detect_sources(&self, access: &BrandAccess, text: &str) -> Result<Vec<Candidate>, Error> {
        access.allow(Permission::BrandUpdate)?;
        let meant = meant(text)?;
        self.learn_resting().await?;
        let found = self.found_of(access, text, meant).await;
        // told even where that is why nothing was found
        self.tell_resting().await?;
        let mut found = found?;
        let identifiers: Vec<Vec<String>> = found
            .iter()
            .map(|one| {
                let url = Url::parse(&one.url).ok();
                let feed = one.feed_url.as_deref().and_then(|feed| Url::parse(feed).ok());
                let place = url.and_then(|url| place::place(one.kind, &url, feed.as_ref()).ok());
                let feed_url = one.feed_url.clone().filter(|_| one.kind != Kind::Page);
                place.map(|place| place.identifier).into_iter().chain(feed_url).collect()
            })
            .collect();
        let mut tx = self.store.tenant(access).await?;
        let known = sql::known(tx.conn(), access.brand, &identifiers.concat()).await?;
        tx.commit().await?;
        for (one, own) in found.iter_mut().zip(&identifiers) {
            let is_own = |text: &String| own.contains(text);
            let there = known.iter().find(|there| {
                is_own(&there.identifier)
                    || one.kind != Kind::Page && there.feed_url.as_ref().is_some_and(is_own)
            });
            one.known = there.map(|there| there.id);
        }
        Ok(found)
    }

    /// What a text leads to, each host asked as it allows.
    async fn found_of(
        &self,
        access: &BrandAccess,
        text: &str,
        meant: Meant,
    ) -> Result<Vec<Candidate>, Error> {
        Ok(match meant {
            Meant::Places(places) => {
                // of several guesses none is asked for: each would be a request for nothing
                let only = places.len() == 1;
                let mut found = Vec::new();
                for (kind, address) in places {
                    let address = self.channel_of(kind, address).await?;
                    match self.guess(access, kind, &address, only).await {
                        Ok(one) => found.push(one),
                        // `@a.b` can be nobody at X; the other guesses stand
                        Err(Error::Problem(_)) if !only => {}
                        Err(error) => return Err(error),
                    }
                }
                found
            }
            Meant::Address(url) => match self.behind(&url).await {
                // who gives no scheme may mean a host that has no certificate
                Err(refused) if !text.contains("//") => {
                    let mut plain = url.clone();
                    let tried =
                        if plain.set_scheme("http").is_ok() { self.behind(&plain).await.ok() } else { None };
                    tried.ok_or(refused)?
                }
                found => found?,
            },
        })
    }

    /// Of a video the channel that it is of, which its page names; else the address itself.
    async fn channel_of(&self, kind: Kind, address: String) -> Result<String, Error> {
        let video = parse_url(&address).is_ok_and(|url| place::is_video(&url));
        if kind != Kind::Youtube || !video {
            return Ok(address);
        }
        let refused = |trouble: Trouble| Problem::invalid("text", trouble.code, trouble.words);
        let fetched = self.fetch(kind, &address).await.map_err(refused)?;
        let found = decode_page(&fetched.bytes, fetched.charset.as_deref())
            .ok()
            .and_then(|html| check::channel_in(&html).map(str::to_owned));
        let id = found.ok_or_else(|| {
            let message = "The page of this video doesn't name its channel. Give the channel's address.";
            Problem::invalid("text", "wrong_kind", message)
        })?;
        Ok(format!("https://www.youtube.com/channel/{id}"))
    }

    /// A source of a network that is known by its address.
    async fn guess(
        &self,
        access: &BrandAccess,
        kind: Kind,
        address: &str,
        look: bool,
    ) -> Result<Candidate, Error> {
        let url = parse_url(address).map_err(|error| error.to_problem("text"))?;
        let feed = (kind == Kind::Feed).then_some(&url);
        let place = place::place(kind, &url, feed).map_err(|problem| {
            let message = problem.errors.first().map_or_else(String::new, |fault| fault.message.clone());
            Problem::invalid("text", "wrong_kind", message)
        })?;
        let mut found = candidate(kind, place);
        if kind.unsupported().is_some() {
            return Ok(found);
        }
        if kind.needs_account() || kind == Kind::Youtube {
            // the database is asked, not the network: a guess would be a request for nothing
            match self.accounts.account((access.organization, access.brand), kind).await {
                Ok(account) => found.read_through = Some(account),
                Err(missed) if kind.needs_account() => found.note = Some(missed.words),
                Err(_) => {}
            }
        }
        if kind.needs_account() {
            return Ok(found);
        }
        if !look {
            found.note = Some(match kind {
                Kind::Feed if address.contains("/tags/") => {
                    "Public posts with this hashtag on mastodon.social.".to_owned()
                }
                Kind::Feed => {
                    "Whether there is such an account of Bluesky is seen when it is added.".to_owned()
                }
                _ => "Whether there is such a channel is seen when it is added.".to_owned(),
            });
            return Ok(found);
        }
        if found.feed_url.is_none() {
            match self.feed_behind(kind, &found.url).await {
                Ok(feed) => found.feed_url = Some(feed),
                Err(trouble) => found.note = Some(trouble.words),
            }
        }
        if let Some(feed_url) = found.feed_url.clone() {
            match self.read_feed(kind, &feed_url).await {
                Ok((feed, _)) => {
                    found.recent = shown(&feed, self.clock.now());
                    found.name = feed.title.unwrap_or(found.name);
                }
                // it may only be busy: it can be added all the same
                Err(trouble) => found.note = Some(trouble.words),
            }
        }
        Ok(found)
    }

    async fn feed_behind(&self, kind: Kind, url: &str) -> Result<String, Trouble> {
        let fetched = self.fetch(kind, url).await?;
        let feeds = check::feeds_of(kind, fetched.bytes.to_vec(), fetched.charset, fetched.final_url).await?;
        feeds
            .into_iter()
            .next()
            .map(|url| url.to_string())
            .ok_or_else(|| Trouble::lasting("no_feed", "The page names no feed."))
    }

    async fn fetch(&self, kind: Kind, url: &str) -> Result<Fetched, Trouble> {
        let fetched = self.ask(kind, url, &Validators::default(), Pace::AtOnce).await?;
        fetched.ok_or_else(|| {
            Trouble::lasting(
                "http_status",
                "The address answers with status 304, though nothing was known of it.",
            )
        })
    }

    async fn read_feed(&self, kind: Kind, url: &str) -> Result<(Feed, Url), Trouble> {
        let fetched = self.fetch(kind, url).await?;
        Ok((check::parsed(&fetched).await??, fetched.final_url))
    }

    /// What an address leads to: a feed, or a page with the feeds that it names and itself.
    async fn behind(&self, url: &Url) -> Result<Vec<Candidate>, Error> {
        let refused = |trouble: Trouble| Problem::invalid("text", trouble.code, trouble.words);
        let fetched = self.fetch(Kind::Feed, url.as_str()).await.map_err(refused)?;
        match check::parsed(&fetched).await.map_err(refused)? {
            Ok(feed) => return Ok(vec![of_feed(&feed, url, self.clock.now())?]),
            // too large: of a page no more would be read either
            Err(why @ (Unread::Cut(_) | Unread::No(NotAFeed::Empty | NotAFeed::List))) => {
                return Err(refused(why.into()).into());
            }
            Err(Unread::No(_)) => {}
        }
        let Fetched { bytes, charset, final_url, content_type, .. } = fetched;
        let bytes = bytes.to_vec();
        let page = content_type.as_deref().is_none_or(|kind| kind.contains("html"));
        if !page {
            let message = "The address leads to neither a feed nor a page.";
            return Err(Problem::invalid("text", "not_a_source", message).into());
        }
        let title =
            check::title_of(bytes.clone(), charset.clone(), final_url.clone()).await.map_err(refused)?;
        let worded = check::links_to_feeds(bytes.clone(), charset.clone(), final_url.clone())
            .await
            .map_err(refused)?;
        let mut feeds =
            check::feeds_of(Kind::Feed, bytes, charset, final_url.clone()).await.map_err(refused)?;
        let named = !feeds.is_empty();
        if !named {
            // of what is named in words first, then under the page itself, then at the root
            feeds = worded;
            let here = final_url.path().trim_end_matches('/').to_owned();
            let below = (!here.is_empty()).then_some(["/feed", "/index.xml"]).into_iter().flatten();
            let paths =
                below.map(|path| format!("{here}{path}")).chain(USUAL.iter().map(|path| (*path).to_owned()));
            feeds.extend(paths.filter_map(|path| final_url.join(&path).ok()));
        }
        let mut found = Vec::new();
        for feed_url in feeds.iter().take(if named { TRIED } else { GUESSED }) {
            match self.read_feed(Kind::Feed, feed_url.as_str()).await {
                Ok((feed, _)) => {
                    let mut one = of_feed(&feed, feed_url, self.clock.now())?;
                    one.url = final_url.to_string();
                    found.push(one);
                    // of those that nobody names one is enough
                    if !named {
                        break;
                    }
                }
                Err(trouble) if named => {
                    let place = place::place(Kind::Feed, &final_url, Some(feed_url))?;
                    found.push(Candidate { note: Some(trouble.words), ..candidate(Kind::Feed, place) });
                }
                Err(_) => {}
            }
        }
        let page = place::place(Kind::Page, &final_url, None)?;
        let more = if named { feeds.len().saturating_sub(TRIED) } else { 0 };
        let more = match more {
            0 => String::new(),
            1 => " It names one more feed; give its address to add it.".to_owned(),
            more => format!(" It names {more} more feeds; give the address of one to add it."),
        };
        let note = format!("The page itself: what is new on it, whenever it changes.{more}");
        let mut page = Candidate { note: Some(note), ..candidate(Kind::Page, page) };
        page.name = title.unwrap_or(page.name);
        found.push(page);
        Ok(found)
    }
}

fn of_feed(feed: &Feed, feed_url: &Url, now: DateTime<Utc>) -> Result<Candidate, Problem> {
    let home =
        feed.link.clone().filter(|link| link.as_str().len() <= 2_000).unwrap_or_else(|| feed_url.clone());
    let place = place::place(Kind::Feed, &home, Some(feed_url))?;
    let mut found = candidate(Kind::Feed, place);
    if let Some(title) = &feed.title {
        found.name = title.chars().take(200).collect();
    }
    found.recent = shown(feed, now);
    if feed.entries.is_empty() {
        found.note = Some("The feed has no entries at the moment.".to_owned());
    } else if let Some(fault) = &feed.bozo {
        found.note = Some(format!("The feed is broken ({fault}); what could be read of it is here."));
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places(text: &str) -> Vec<(Kind, String)> {
        match meant(text).unwrap() {
            Meant::Places(places) => places,
            Meant::Address(url) => panic!("{url}"),
        }
    }

    #[test]
    fn what_people_type() {
        assert_eq!(places("@carpenter")[0], (Kind::Youtube, "https://www.youtube.com/@carpenter".into()));
        assert_eq!(places("@carpenter")[1].0, Kind::X);
        assert_eq!(places("@a@social.example"), [(Kind::Feed, "https://social.example/@a.rss".into())]);
        assert_eq!(places("#slowwork")[1], (Kind::X, "https://x.com/hashtag/slowwork".into()));
        assert_eq!(places("#slowwork")[2].0, Kind::Instagram);
        assert_eq!(places("r/woodworking"), [(Kind::Reddit, "https://www.reddit.com/r/woodworking/".into())]);
        assert_eq!(places("Hacker News")[0].0, Kind::HackerNews);
        assert_eq!(places("https://www.linkedin.com/in/somebody")[0].0, Kind::Linkedin);
        assert_eq!(places("twitter.com/somebody")[0].0, Kind::X);
        assert_eq!(places("ada@social.example"), [(Kind::Feed, "https://social.example/@ada.rss".into())]);
        assert_eq!(
            places("@ada.bsky.social"),
            [(Kind::Feed, "https://bsky.app/profile/ada.bsky.social/rss".into())]
        );
        assert_eq!(places("R/Rust+golang")[0].1, "https://www.reddit.com/r/Rust+golang/");
        assert_eq!(places("user/spez")[0].1, "https://www.reddit.com/user/spez/");
        for scheme in ["FEED://", "feed:", "itpc://", "feed:https://"] {
            let text = format!("{scheme}example.org/rss");
            assert_eq!(meant(&text).unwrap(), Meant::Address(Url::parse("https://example.org/rss").unwrap()));
        }
        let error = meant("nonsense").unwrap_err();
        assert!(error.errors[0].message.contains("@handle"), "{error:?}");
        assert!(matches!(meant("example.org/blog").unwrap(), Meant::Address(_)));
        assert!(matches!(meant("feed://example.org/rss").unwrap(), Meant::Address(_)));
        for bad in ["", "   ", "two words", "ftp://example.org", "#"] {
            assert!(meant(bad).is_err(), "{bad}");
        }
    }
}
