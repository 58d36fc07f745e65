//! How hosts are asked: as their robots.txt allows, one request after another, with a pause between them, whoever asks and
//! for whatever tenant.
//!
//! Turns and pauses are kept within this process: several processes ask a host as many times as often at worst. Of what a host
//! asked for itself (`Retry-After`) all of them are told.
//!
//! YouTube's and Reddit's feeds are asked for without their robots.txt, which turns crawlers away from everything and says
//! nothing of the readers for which these feeds are made: one request for a feed that somebody has named is no crawling.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use bellwether_ingest::{
    Accept, FetchError, Fetched, IngestError, Robots, SiteError, Step, Validators, parse_url,
};
use bellwether_kernel::Timestamp;
use tokio::{
    sync::OwnedMutexGuard,
    time::{Instant, sleep_until},
};
use url::Url;

use super::{Kind, sql};
use crate::{Error, Trends};

/// Hours for which a robots.txt is believed, as RFC 9309 has it.
const BELIEVED: i64 = 24;
/// Hosts whose robots.txt is remembered, and when they were asked last.
const REMEMBERED: usize = 2_000;
/// Seconds between two requests at most: who asks for minutes is asked again when it is due again.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);
/// Minutes for which a host that did not answer is not asked for other sources, unless somebody wants one looked at.
const SILENCE: i64 = 10;

/// Whether a request waits for its turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Pace {
    /// As programs should: after whoever asks the same host, and after its pause.
    InTurn,
    /// As a browser does, where somebody sits before the screen. What comes in its turn waits for it.
    AtOnce,
}

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

/// What this process knows of hosts: what they allow, remembered for a day; whose turn it is to ask them, and when they were
/// asked last; and until when they asked to be left alone, which all processes are told of.
#[derive(Clone, Default)]
pub struct Manners {
    allowed: Arc<Mutex<HashMap<String, Believed>>>,
    resting: Arc<Mutex<Resting>>,
    turns: Arc<Mutex<HashMap<String, Asked>>>,
}

/// When an origin was asked last; held by who asks it.
type Asked = Arc<tokio::sync::Mutex<Option<Instant>>>;

/// The turn to ask an origin: until it is dropped, nobody else does.
#[derive(Debug)]
struct Turn(OwnedMutexGuard<Option<Instant>>);

impl Turn {
    /// Waits until a pause since the last request is over, and begins the next.
    async fn begin(&mut self, pause: Duration) {
        if let Some(last) = *self.0 {
            sleep_until(last + pause).await;
        }
        *self.0 = Some(Instant::now());
    }

    /// The request is over: the pause begins.
    fn end(mut self) {
        *self.0 = Some(Instant::now());
    }
}

/// What a host allows, and until when that is believed.
type Believed = (Timestamp, Arc<Robots>);

/// Hosts that asked to be left alone, by their origin.
#[derive(Default)]
struct Resting {
    until: HashMap<String, Timestamp>,
    /// Those that nobody else was told of yet.
    untold: HashMap<String, Timestamp>,
    /// Those that did not answer: they asked for nothing, and nobody is told.
    silent: HashMap<String, Timestamp>,
}

impl Manners {
    fn known(&self, origin: &str, now: Timestamp) -> Option<Arc<Robots>> {
        let known = self.allowed.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(origin).filter(|(until, _)| *until > now).map(|(_, robots)| Arc::clone(robots))
    }

    fn remember(&self, origin: String, robots: Arc<Robots>, now: Timestamp) {
        let mut known = self.allowed.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= REMEMBERED {
            known.retain(|_, (until, _)| *until > now);
        }
        if known.len() >= REMEMBERED {
            known.clear();
        }
        known.insert(origin, (now + chrono::Duration::hours(BELIEVED), robots));
    }

    fn rest(&self, origin: String, until: Timestamp, now: Timestamp) {
        let mut resting = self.resting.lock().unwrap_or_else(PoisonError::into_inner);
        resting.until.retain(|_, until| *until > now);
        resting.untold.retain(|_, until| *until > now);
        if resting.until.len() < REMEMBERED {
            resting.untold.insert(origin.clone(), until);
            resting.until.insert(origin, until);
        }
    }

    /// Hears what others were told.
    fn learn(&self, told: Vec<(String, Timestamp)>, now: Timestamp) {
        let mut resting = self.resting.lock().unwrap_or_else(PoisonError::into_inner);
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
        let mut resting = self.resting.lock().unwrap_or_else(PoisonError::into_inner);
        resting.untold.drain().collect()
    }

    /// Remembers whether a host answered.
    fn hear(&self, origin: &str, answered: bool, now: Timestamp) {
        let mut resting = self.resting.lock().unwrap_or_else(PoisonError::into_inner);
        if answered {
            resting.silent.remove(origin);
            return;
        }
        resting.silent.retain(|_, until| *until > now);
        if resting.silent.len() < REMEMBERED {
            resting.silent.insert(origin.to_owned(), now + chrono::Duration::minutes(SILENCE));
        }
    }

    fn asked(&self, origin: &str) -> Asked {
        let mut turns = self.turns.lock().unwrap_or_else(PoisonError::into_inner);
        if turns.len() >= REMEMBERED {
            // nobody holds them or waits, and no pause of theirs is left
            turns.retain(|_, asked| {
                let over =
                    asked.try_lock().is_ok_and(|last| last.is_none_or(|at| at.elapsed() > LONGEST_PAUSE));
                Arc::strong_count(asked) > 1 || !over
            });
        }
        Arc::clone(turns.entry(origin.to_owned()).or_default())
    }

    /// Waits for the turn to ask an origin, in the order of asking.
    async fn turn(&self, origin: &str) -> Turn {
        Turn(self.asked(origin).lock_owned().await)
    }

    /// Remembers that an origin is asked out of turn. Who has the turn at this moment remembers it as well.
    fn asked_at_once(&self, origin: &str) {
        if let Ok(mut last) = self.asked(origin).try_lock() {
            *last = Some(Instant::now());
        }
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

/// Whether a host did not answer at all: then it won't answer for another address either.
const fn is_silence(error: &FetchError) -> bool {
    matches!(error, FetchError::Timeout { .. } | FetchError::Unreachable(_))
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
        pace: Pace,
    ) -> Result<Option<Fetched>, Trouble> {
        let mut url = parse_url(url)?;
        let named = url.host_str().map(str::to_owned);
        let origin = url.origin().ascii_serialization();
        let mut redirects = 0;
        if let Some(until) = self.resting(url.as_str()) {
            return Err(Trouble::resting(url.as_str(), until));
        }
        loop {
            // one turn for the robots.txt and what it allows; what leads elsewhere has a turn of its own
            let asked = url.origin().ascii_serialization();
            let mut turn = match pace {
                Pace::InTurn => Some(self.manners.turn(&asked).await),
                Pace::AtOnce => None,
            };
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
            match &mut turn {
                Some(turn) => turn.begin(self.pause_of(&asked)).await,
                None => self.manners.asked_at_once(&asked),
            }
            let (fetcher, wanted) = (self.fetcher(), wanted(kind));
            let step = match kind {
                // half a page differs from itself wherever it is cut
                Kind::Page => fetcher.step(&url, &wanted, Some(known)).await,
                // of a feed the entries at the beginning are worth having
                _ => fetcher.step_in_part(&url, &wanted, Some(known)).await,
            };
            if let Some(turn) = turn {
                turn.end();
            }
            self.manners.hear(&asked, !step.as_ref().is_err_and(is_silence), self.clock.now());
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
        let resting = self.manners.resting.lock().unwrap_or_else(PoisonError::into_inner);
        resting.until.get(&origin).copied().filter(|until| *until > self.clock.now())
    }

    /// Until when the host of an address is left alone because it did not answer.
    pub(super) fn silent(&self, url: &str) -> Option<Timestamp> {
        let origin = parse_url(url).ok()?.origin().ascii_serialization();
        let resting = self.manners.resting.lock().unwrap_or_else(PoisonError::into_inner);
        resting.silent.get(&origin).copied().filter(|until| *until > self.clock.now())
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
    fn pause_of(&self, origin: &str) -> Duration {
        let known = self.manners.known(origin, self.clock.now());
        known.map_or(self.pause, |robots| robots.pause()).min(LONGEST_PAUSE)
    }

    async fn robots(&self, url: &Url) -> Result<Arc<Robots>, SiteError> {
        let (origin, now) = (url.origin().ascii_serialization(), self.clock.now());
        if let Some(known) = self.manners.known(&origin, now) {
            return Ok(known);
        }
        let robots = self.reader.robots(url, self.pause).await.inspect_err(|error| {
            if let SiteError::Page(IngestError::Fetch(error)) = error
                && is_silence(error)
            {
                self.manners.hear(&origin, false, now);
            }
        })?;
        let robots = Arc::new(robots);
        self.manners.remember(origin, Arc::clone(&robots), now);
        Ok(robots)
    }
}

#[cfg(test)]
mod tests {
    use futures::FutureExt as _;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn an_origin_is_asked_by_one_after_the_other_with_its_pause_between() {
        let (manners, pause, began) = (Manners::default(), Duration::from_secs(3), Instant::now());
        let mut first = manners.turn("https://a.example").await;
        first.begin(pause).await;
        assert_eq!(began.elapsed(), Duration::ZERO, "nobody asked before");
        assert!(manners.turn("https://a.example").now_or_never().is_none());
        assert!(manners.clone().turn("https://b.example").now_or_never().is_some());
        let others = (0..2).map(|_| async {
            let mut turn = manners.turn("https://a.example").await;
            turn.begin(pause).await;
            turn.end();
            began.elapsed().as_secs()
        });
        let others = futures::future::join_all(others);
        let ((), asked) = futures::join!(async { first.end() }, others);
        assert_eq!(asked, [3, 6]);
        // who sits before the screen does not wait, and is waited for
        tokio::time::advance(pause).await;
        manners.asked_at_once("https://a.example");
        let mut turn = manners.turn("https://a.example").await;
        turn.begin(pause).await;
        assert_eq!(began.elapsed().as_secs(), 12);
        // a turn that was given up is somebody else's
        drop(turn);
        assert!(manners.turn("https://a.example").now_or_never().is_some());
    }

    #[tokio::test(start_paused = true)]
    async fn of_many_origins_those_are_forgotten_that_nobody_waits_for() {
        let manners = Manners::default();
        let held = manners.turn("https://held.example").await;
        for n in 0..REMEMBERED {
            manners.asked_at_once(&format!("https://{n}.example"));
        }
        tokio::time::advance(LONGEST_PAUSE * 2).await;
        manners.asked_at_once("https://one.example");
        assert_eq!(manners.turns.lock().unwrap().len(), 2);
        assert!(manners.turn("https://held.example").now_or_never().is_none());
        drop(held);
    }

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
