//! A few pages of one website, read politely: robots.txt is heeded (RFC 9309), pages are asked for one after another
//! with a pause between them, and only so many. What a page can't give is told with its reason; the others still count.

mod facts;
mod links;

use std::{
    collections::{HashSet, VecDeque},
    time::Duration,
};

use bellwether_language::Document;
use texting_robots::Robot;
use tokio::time::{Instant, sleep};
use url::Url;

pub use facts::{Facts, FeedLink, Link};
pub use links::PageKind;

use self::links::{Found, same_site, tidy};
use crate::{Accept, FetchError, Fetched, IngestError, Reader, fetch::parse_url, read::decode_page};

/// Who asks, as robots.txt knows it.
const AGENT: &str = "Bellwether";
/// robots.txt is read as far as this, the least that RFC 9309 allows.
const ROBOTS_BYTES: usize = 512_000;
/// Addresses that wait at most.
const WAITING: usize = 200;

/// How much of a site is read, and how gently.
#[derive(Debug, Clone, Copy)]
pub struct SitePolicy {
    /// Pages at most.
    pub pages: usize,
    /// Between two pages; a site may ask for more in its robots.txt.
    pub pause: Duration,
    /// For all of it. What is read by then is kept.
    pub time: Duration,
}

impl Default for SitePolicy {
    fn default() -> Self {
        Self { pages: 12, pause: Duration::from_secs(1), time: Duration::from_mins(2) }
    }
}

/// A page that was read.
#[derive(Debug, Clone)]
pub struct SitePage {
    /// After redirects, without what only tracks.
    pub url: Url,
    /// What it is about, by its address and by what links to it.
    pub kind: PageKind,
    /// What it says about itself and where it leads.
    pub facts: Facts,
    /// Its readable text.
    pub document: Document,
}

impl SitePage {
    /// Reads a page that is at hand.
    pub fn of(html: &str, url: Url, kind: PageKind) -> Result<Self, IngestError> {
        let facts = Facts::of(html, &url);
        let document = Document::from_html(html);
        if document.is_empty() && facts.structured.is_empty() && facts.description.is_none() {
            return Err(IngestError::NoText {
                hint: "It may show its text by script only. Copy what matters into the profile by hand.",
            });
        }
        Ok(Self { url, kind, facts, document })
    }
}

/// A page that was not read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unread {
    /// Its address.
    pub url: Url,
    /// Stable code of the reason.
    pub code: &'static str,
    /// The reason in words.
    pub reason: String,
}

/// What was read of a site.
#[derive(Debug, Clone)]
pub struct Site {
    /// The page that was asked for comes first.
    pub pages: Vec<SitePage>,
    /// What could not be read.
    pub unread: Vec<Unread>,
}

/// Why nothing of a site was read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SiteError {
    /// The first page can't be read.
    #[error(transparent)]
    Page(#[from] IngestError),
    /// The site does not want to be read by programs.
    #[error(
        "“{0}” asks programs not to read this page (robots.txt). Copy what matters into the profile by hand."
    )]
    Robots(String),
    /// Whether it does is not known.
    #[error(
        "“{host}” doesn't say at the moment whether programs may read it: its robots.txt {reason}. Try again later."
    )]
    RobotsUnknown {
        /// Host.
        host: String,
        /// What happened with it.
        reason: String,
    },
}

impl SiteError {
    /// Stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Page(error) => error.code(),
            Self::Robots(_) => "robots",
            Self::RobotsUnknown { .. } => "robots_unknown",
        }
    }

    /// Whether the same may well succeed a little later.
    pub const fn is_temporary(&self) -> bool {
        match self {
            Self::Page(IngestError::Fetch(error)) => error.is_temporary(),
            Self::Page(IngestError::Busy) | Self::RobotsUnknown { .. } => true,
            Self::Page(_) | Self::Robots(_) => false,
        }
    }
}

/// What a host allows.
struct Rules {
    /// None allows everything.
    robot: Option<Robot>,
    pause: Duration,
}

impl Rules {
    fn allow(&self, url: &Url) -> bool {
        self.robot.as_ref().is_none_or(|robot| robot.allowed(url.as_str()))
    }
}

/// What a host's robots.txt allows us, for who asks the host more than once.
pub struct Robots(Rules);

impl Robots {
    /// Whether an address of the host may be read.
    pub fn allows(&self, url: &Url) -> bool {
        self.0.allow(url)
    }

    /// Between two requests.
    pub const fn pause(&self) -> Duration {
        self.0.pause
    }
}

impl Reader {
    /// What the host of an address allows; `pause` is kept between requests unless it asks for more.
    pub async fn robots(&self, url: &Url, pause: Duration) -> Result<Robots, SiteError> {
        self.rules(url, &SitePolicy { pause, ..SitePolicy::default() }).await.map(Robots)
    }

    /// Reads pages of a site, the one that is named first; `read` is told of every page as it comes.
    pub async fn read_site(
        &self,
        url: &str,
        policy: &SitePolicy,
        mut read: impl FnMut(&SitePage) + Send,
    ) -> Result<Site, SiteError> {
        let end = Instant::now() + policy.time;
        let start = parse_url(url).map_err(IngestError::from)?;
        let mut rules = self.rules(&start, policy).await?;
        if !rules.allow(&start) {
            return Err(SiteError::Robots(host(&start)));
        }
        let (mut page, mut found) = self.page(&start, PageKind::Home).await?;
        if host(&page.url) != host(&start) {
            // where it leads has rules of its own
            rules = self.rules(&page.url, policy).await?;
            if !rules.allow(&page.url) {
                return Err(SiteError::Robots(host(&page.url)));
            }
        }
        if page.url.path() != "/" {
            page.kind = PageKind::of(page.url.path(), "");
        }
        let base = page.url.clone();
        let mut known = HashSet::from([tidy(&start).to_string(), page.url.to_string()]);
        let mut waiting = VecDeque::new();
        let mut site = Site { pages: Vec::new(), unread: Vec::new() };
        if base.path() != "/"
            && let Ok(home) = base.join("/")
        {
            found.push(Found { url: home, kind: PageKind::Home });
        }
        read(&page);
        site.pages.push(page);
        loop {
            for one in found.drain(..) {
                if waiting.len() < WAITING && same_site(&base, &one.url) && known.insert(one.url.to_string())
                {
                    waiting.push_back(one);
                }
            }
            if site.pages.len() >= policy.pages {
                break;
            }
            let Some(next) = links::take_best(&mut waiting, &site.pages) else { break };
            if !rules.allow(&next.url) {
                let reason = "The site asks programs not to read this page (robots.txt).".to_owned();
                site.unread.push(Unread { url: next.url, code: "robots", reason });
                continue;
            }
            if Instant::now() + rules.pause >= end {
                let reason = format!("The time for reading, {} seconds, was over.", policy.time.as_secs());
                site.unread.push(Unread { url: next.url, code: "out_of_time", reason });
                break;
            }
            sleep(rules.pause).await;
            match self.page(&next.url, next.kind).await {
                // another site by redirect, or a page that is known under another address
                Ok((page, _)) if !same_site(&base, &page.url) => {}
                Ok((page, _))
                    if site.pages.iter().any(|other| {
                        other.url == page.url || other.document.to_text() == page.document.to_text()
                    }) => {}
                Ok((page, more)) => {
                    known.insert(page.url.to_string());
                    // the pages that list others are worth following, the others lead astray
                    if matches!(page.kind, PageKind::Offers | PageKind::Home) {
                        found = more;
                    }
                    read(&page);
                    site.pages.push(page);
                }
                Err(error) => {
                    site.unread.push(Unread { url: next.url, code: error.code(), reason: error.to_string() });
                    // a host in trouble is left alone
                    let errors = site.unread.iter().filter(|one| one.code != "robots").count();
                    if errors >= 4 && errors > site.pages.len() {
                        break;
                    }
                }
            }
        }
        Ok(site)
    }

    /// A page, and where it leads.
    async fn page(&self, url: &Url, kind: PageKind) -> Result<(SitePage, Vec<Found>), IngestError> {
        let accept = Accept::of(&["text/html", "application/xhtml+xml"]);
        let fetched = self.fetcher().get(url.as_str(), &accept).await?;
        let Fetched { final_url, charset, bytes, .. } = fetched;
        let url = tidy(&final_url);
        self.apart(move || {
            let html = decode_page(&bytes, charset.as_deref())?;
            let page = SitePage::of(&html, url, kind)?;
            let found = links::of(&page.facts.links);
            Ok((page, found))
        })
        .await
    }

    /// What the site's robots.txt allows us: everything where there is none, nothing where it can't be had.
    async fn rules(&self, url: &Url, policy: &SitePolicy) -> Result<Rules, SiteError> {
        let everything = Rules { robot: None, pause: policy.pause };
        let Ok(address) = url.join("/robots.txt") else { return Ok(everything) };
        let unknown = |reason: String| SiteError::RobotsUnknown { host: host(url), reason };
        let bytes = match self.fetcher().get(address.as_str(), &Accept::of(&["text/plain", "*/*"])).await {
            Ok(fetched) => fetched.bytes,
            // too busy is "can't be had" as well, by the same RFC
            Err(FetchError::HttpStatus { status: 429, .. }) => {
                return Err(unknown("was asked too often (status 429)".into()));
            }
            Err(FetchError::HttpStatus { status, .. }) if status < 500 => return Ok(everything),
            Err(FetchError::HttpStatus { status, .. }) => {
                return Err(unknown(format!("answers with status {status}")));
            }
            // round and round, or a picture: there is none
            Err(
                FetchError::TooManyRedirects(_)
                | FetchError::UnsupportedContentType(_)
                | FetchError::TooLarge { .. }
                | FetchError::InsecureRedirect(_),
            ) => return Ok(everything),
            Err(error) => return Err(IngestError::Fetch(error).into()),
        };
        let bytes = &bytes[..bytes.len().min(ROBOTS_BYTES)];
        let Ok(robot) = Robot::new(AGENT, bytes) else { return Ok(everything) };
        let asked = robot.delay.filter(|seconds| seconds.is_finite() && *seconds >= 0.0).unwrap_or_default();
        let asked = Duration::from_secs_f32(asked.min(3_600.0));
        // a site that asks for a long pause is read for as many pages as the time allows
        let pause = policy.pause.max(asked);
        Ok(Rules { robot: Some(robot), pause })
    }
}

fn host(url: &Url) -> String {
    url.host_str().unwrap_or_default().to_owned()
}
