//! How hosts are asked: as their robots.txt allows, one request after another, with a pause between them.
//!
//! YouTube's and Reddit's feeds are asked for without their robots.txt, which turns crawlers away from everything and says
//! nothing of the readers for which these feeds are made: one request for a feed that somebody has named is no crawling.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use bellwether_ingest::{Accept, FetchError, Fetched, Robots, SiteError, Step, Validators, parse_url};
use bellwether_kernel::Timestamp;
use url::Url;

use super::{Kind, sql};
use crate::{Error, Trends};

/// Hours for which a robots.txt is believed, as RFC 9309 has it.
const BELIEVED: i64 = 24;
/// Hosts whose robots.txt is remembered.
const REMEMBERED: usize = 2_000;

/// Why a source could not be read, in words for whoever added it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Trouble {
    pub(super) code: &'static str,
    pub(super) words: String,
    /// It won't pass by itself.
    pub(super) lasting: bool,
    /// It is read through an account, and none is connected that works.
    pub(super) unconnected: bool,
    /// Not before this time from now.
    pub(super) wait: Option<Duration>,
}

impl Trouble {
    /// What won't pass by itself.
    pub(super) fn lasting(code: &'static str, words: impl Into<String>) -> Self {
        Self::new(code, words, true)
    }

    /// The host of an address asked to be left alone.
    pub(super) fn resting(url: &str, until: Timestamp) -> Self {
        let host = parse_url(url).ok().and_then(|url| url.host_str().map(str::to_owned)).unwrap_or_default();
        let words = format!("“{host}” asked to be left alone until {} UTC.", until.format("%H:%M on %-d %B"));
        Self::new("host_rests", words, false)
    }

    fn new(code: &'static str, words: impl Into<String>, lasting: bool) -> Self {
        Self { code, words: words.into(), lasting, unconnected: false, wait: None }
    }
}

impl From<FetchError> for Trouble {
    fn from(error: FetchError) -> Self {
        // a resolver that is down knows no host at all: a name is gone when it stays unknown
        let passing = error.is_temporary() || matches!(error, FetchError::Dns(_));
        Self::new(error.code(), error.to_string(), !passing)
    }
}

impl From<SiteError> for Trouble {
    fn from(error: SiteError) -> Self {
        Self::new(error.code(), error.to_string(), !error.is_temporary())
    }
}

/// What hosts allow, remembered for a day, by this process, and until when they asked to be left alone, which all processes
/// are told of.
#[derive(Clone, Default)]
pub struct Manners(Arc<Mutex<HashMap<String, Believed>>>, Arc<Mutex<Resting>>);

/// What a host allows, and until when that is believed.
type Believed = (Timestamp, Arc<Robots>);

/// Hosts that asked to be left alone, by their origin.
#[derive(Default)]
struct Resting {
    until: HashMap<String, Timestamp>,
    /// Those that nobody else was told of yet.
    untold: HashMap<String, Timestamp>,
}

impl Manners {
    fn known(&self, origin: &str, now: Timestamp) -> Option<Arc<Robots>> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(origin).filter(|(until, _)| *until > now).map(|(_, robots)| Arc::clone(robots))
    }

    fn remember(&self, origin: String, robots: Arc<Robots>, now: Timestamp) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= REMEMBERED {
            known.retain(|_, (until, _)| *until > now);
        }
        if known.len() >= REMEMBERED {
            known.clear();
        }
        known.insert(origin, (now + chrono::Duration::hours(BELIEVED), robots));
    }

    fn rest(&self, origin: String, until: Timestamp, now: Timestamp) {
        let mut resting = self.1.lock().unwrap_or_else(PoisonError::into_inner);
        resting.until.retain(|_, until| *until > now);
        resting.untold.retain(|_, until| *until > now);
        if resting.until.len() < REMEMBERED {
            resting.untold.insert(origin.clone(), until);
            resting.until.insert(origin, until);
        }
    }

    /// Hears what others were told.
    fn learn(&self, told: Vec<(String, Timestamp)>, now: Timestamp) {
        let mut resting = self.1.lock().unwrap_or_else(PoisonError::into_inner);
        resting.until.retain(|_, until| *until > now);
        for (origin, until) in told {
            if resting.until.len() >= REMEMBERED {
                break;
            }
            let known = resting.until.entry(origin).or_insert(until);
            *known = until.max(*known);
        }
    }

    /// What others were not told of yet; whoever takes it tells them.
    fn take_untold(&self) -> Vec<(String, Timestamp)> {
        let mut resting = self.1.lock().unwrap_or_else(PoisonError::into_inner);
        resting.untold.drain().collect()
    }
}

/// Until when who answers with `Retry-After` asks to be left alone: seconds, or a date. Longer than a day is a mistake.
fn rest_until(said: &str, now: Timestamp) -> Option<Timestamp> {
    let until = match said.trim().parse::<u32>() {
        Ok(seconds) => now + chrono::Duration::seconds(seconds.into()),
        Err(_) => chrono::DateTime::parse_from_rfc2822(said.trim()).ok()?.to_utc(),
    };
    Some(until.min(now + chrono::Duration::days(1))).filter(|until| *until > now)
}

/// What an address of a source is asked for.
fn wanted(kind: Kind) -> Accept {
    match kind {
        Kind::Page => Accept::of(&["text/html", "application/xhtml+xml"]),
        // feeds come under any name; their reader looks at the bytes
        _ => Accept::of(&[
            "application/rss+xml",
            "application/atom+xml",
            "application/feed+json",
            "application/xml",
            "text/xml",
            "text/html",
            "*/*",
        ]),
    }
}

impl Trends {
    /// Asks for an address as its host allows; none when it has not changed.
    pub(super) async fn ask(
        &self,
        kind: Kind,
        url: &str,
        known: &Validators,
    ) -> Result<Option<Fetched>, Trouble> {
        let mut url = parse_url(url)?;
        let named = url.host_str().map(str::to_owned);
        let origin = url.origin().ascii_serialization();
        let mut redirects = 0;
        if let Some(until) = self.resting(url.as_str()) {
            return Err(Trouble::resting(url.as_str(), until));
        }
        loop {
            // what leads elsewhere is read as its host allows, not as the one that was named
            let exempt = matches!(kind, Kind::Youtube | Kind::Reddit) && url.host_str() == named.as_deref();
            if !exempt {
                let robots = self.robots(&url).await?;
                if !robots.allows(&url) {
                    let host = url.host_str().unwrap_or_default();
                    let words = format!("“{host}” asks programs not to read this address (robots.txt).");
                    return Err(Trouble::lasting("robots", words));
                }
            }
            if redirects > 0 {
                self.pause_for(url.as_str()).await;
            }
            let (fetcher, wanted) = (self.fetcher(), wanted(kind));
            let step = match kind {
                // half a page differs from itself wherever it is cut
                Kind::Page => fetcher.step(&url, &wanted, Some(known)).await,
                // of a feed the entries at the beginning are worth having
                _ => fetcher.step_in_part(&url, &wanted, Some(known)).await,
            };
            if let Err(FetchError::HttpStatus { retry_after: Some(said), .. }) = &step {
                let now = self.clock.now();
                if let Some(until) = rest_until(said, now) {
                    self.manners.rest(origin.clone(), until, now);
                }
            }
            match step? {
                Step::Arrived(fetched) => return Ok(Some(fetched)),
                Step::Unmodified => return Ok(None),
                Step::Leads(target) => url = target,
            }
            redirects += 1;
            let most = self.fetcher().max_redirects();
            if redirects > most {
                return Err(FetchError::TooManyRedirects(most).into());
            }
        }
    }

    /// Until when the host of an address asked to be left alone, if it did.
    pub(super) fn resting(&self, url: &str) -> Option<Timestamp> {
        let origin = parse_url(url).ok()?.origin().ascii_serialization();
        let resting = self.manners.1.lock().unwrap_or_else(PoisonError::into_inner);
        resting.until.get(&origin).copied().filter(|until| *until > self.clock.now())
    }

    /// Hears of hosts that asked another process to be left alone, or this one before it was started anew.
    pub(super) async fn learn_resting(&self) -> Result<(), Error> {
        let now = self.clock.now();
        let mut tx = self.store.service("know which hosts asked to be left alone").await?;
        let told = sql::resting_hosts(tx.conn(), now, REMEMBERED as i64).await?;
        tx.commit().await?;
        self.manners.learn(told, now);
        Ok(())
    }

    /// Tells other processes of hosts that asked to be left alone. Asks nothing of the database where none did.
    pub(super) async fn tell_resting(&self) -> Result<(), Error> {
        let untold = self.manners.take_untold();
        if untold.is_empty() {
            return Ok(());
        }
        let (origins, until): (Vec<_>, Vec<_>) = untold.into_iter().unzip();
        let mut tx = self.store.service("remember which hosts asked to be left alone").await?;
        sql::rest_hosts(tx.conn(), &origins, &until, self.clock.now()).await?;
        Ok(tx.commit().await?)
    }

    /// How long to wait before the same host is asked again.
    pub(super) async fn pause_for(&self, url: &str) {
        let asked = parse_url(url)
            .ok()
            .and_then(|url| self.manners.known(&url.origin().ascii_serialization(), self.clock.now()))
            .map_or(self.pause, |robots| robots.pause());
        // who asks for minutes is asked again when it is due again
        let pause = asked.min(Duration::from_secs(30));
        if !pause.is_zero() {
            tokio::time::sleep(pause).await;
        }
    }

    async fn robots(&self, url: &Url) -> Result<Arc<Robots>, SiteError> {
        let (origin, now) = (url.origin().ascii_serialization(), self.clock.now());
        if let Some(known) = self.manners.known(&origin, now) {
            return Ok(known);
        }
        let robots = Arc::new(self.reader.robots(url, self.pause).await?);
        self.manners.remember(origin, Arc::clone(&robots), now);
        Ok(robots)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_asks_to_be_left_alone_is() {
        let now: Timestamp = "2026-11-16T09:00:00Z".parse().unwrap();
        let until = |said: &str| rest_until(said, now).map(|until| (until - now).num_seconds());
        assert_eq!(until("7200"), Some(7_200));
        assert_eq!(until("Mon, 16 Nov 2026 09:30:00 GMT"), Some(1_800));
        assert_eq!(until("4294967295"), Some(86_400));
        for nothing in ["", "0", "soon", "Mon, 16 Nov 2026 08:30:00 GMT"] {
            assert_eq!(until(nothing), None, "{nothing}");
        }
    }
}
