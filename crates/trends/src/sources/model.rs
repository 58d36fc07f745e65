//! What a source is: its kinds, what makes two spellings one source, and when it is looked at.

use bellwether_kernel::{Problem, Timestamp};
use bellwether_networks::publish::Whom;
use chrono::{DateTime, Duration, Utc};
use percent_encoding::percent_decode_str;
use serde::{Deserialize, Serialize};
use strum::{EnumString, IntoStaticStr};
use url::Url;
use utoipa::ToSchema;

use crate::SourceId;

/// Sources of a brand at most.
pub const MOST: i64 = 500;
/// Minutes between two looks at most, unless somebody wants it weekly.
const DAY: i64 = 24 * 60;
/// And at least.
const SOONEST: i64 = 30;
/// Failures in a row after which a source rests: it is looked at once a week.
const REST_AFTER: i32 = 12;
/// Passing failures in a row after which somebody should know.
const TROUBLED_AFTER: i32 = 3;

/// What kind of source it is.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema, EnumString, IntoStaticStr,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
#[schema(as = SourceKind)]
pub enum Kind {
    /// A newsletter, blog or podcast: RSS, Atom or JSON Feed.
    Feed,
    /// A channel of YouTube.
    Youtube,
    /// A subreddit or somebody's posts.
    Reddit,
    /// Hacker News.
    HackerNews,
    /// Any page: what is new on it.
    Page,
    /// A handle or hashtag of X: read through a connected account.
    X,
    /// A profile of LinkedIn: kept, and not read.
    Linkedin,
    /// An account or hashtag of Instagram: read through a connected account.
    Instagram,
}

impl Kind {
    /// As the database and the API write it.
    pub fn as_str(self) -> &'static str {
        self.into()
    }

    /// Why nothing can be read of it, whatever is connected; none when something can.
    pub const fn unsupported(self) -> Option<&'static str> {
        match self {
            Self::Linkedin => Some(
                "LinkedIn shows no program what others post, not even through a connected account. The source is kept, \
                 and nothing is read of it.",
            ),
            _ => None,
        }
    }

    /// Whether it is read through an account of the brand, or not at all.
    pub const fn needs_account(self) -> bool {
        matches!(self, Self::X | Self::Instagram)
    }

    /// What to do where no account is connected.
    pub const fn connect_words(self) -> &'static str {
        match self {
            Self::X => "Connect an X account under Connections, and this is read through it.",
            Self::Instagram => {
                "Connect an Instagram account of a business or creator under Connections, and this is read through it."
            }
            _ => "Connect an account of this network under Connections, and this is read through it.",
        }
    }
}

/// How often it is looked at.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema, EnumString, IntoStaticStr,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
#[schema(as = SourceFrequency)]
pub enum Frequency {
    /// By how often something is new: every half hour to once a day.
    #[default]
    Auto,
    /// Every hour.
    Hourly,
    /// Every six hours.
    #[serde(rename = "every_6_hours")]
    #[strum(serialize = "every_6_hours")]
    Every6Hours,
    /// Once a day.
    Daily,
    /// Once a week.
    Weekly,
}

impl Frequency {
    /// As the database and the API write it.
    pub fn as_str(self) -> &'static str {
        self.into()
    }

    /// Minutes between two looks, when somebody has said so.
    const fn fixed(self) -> Option<i64> {
        match self {
            Self::Auto => None,
            Self::Hourly => Some(60),
            Self::Every6Hours => Some(6 * 60),
            Self::Daily => Some(DAY),
            Self::Weekly => Some(7 * DAY),
        }
    }
}

/// How it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema, EnumString, IntoStaticStr)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
#[schema(as = SourceState)]
pub enum State {
    /// Not looked at yet.
    New,
    /// Read without trouble.
    Healthy,
    /// Could not be read; tried again, less and less often.
    Troubled,
    /// Could not be read for long: tried once a week.
    Resting,
    /// The network gives nothing to read.
    Unsupported,
    /// It is read through an account, and none is connected that works.
    Unconnected,
    /// Somebody has paused it.
    Paused,
}

impl State {
    /// As the database and the API write it.
    pub fn as_str(self) -> &'static str {
        self.into()
    }
}

/// How it fares.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = SourceHealth)]
pub struct Health {
    /// What is wrong, or why nothing is read.
    pub words: Option<String>,
    /// When it was read last.
    pub last_success_at: Option<DateTime<Utc>>,
    /// When it was looked at last.
    pub last_checked_at: Option<DateTime<Utc>>,
    /// When it is looked at next; null while paused or unsupported.
    pub next_check_at: Option<DateTime<Utc>>,
    /// Failures in a row.
    pub failures: i32,
    /// Minutes between two looks while all is well.
    pub every_minutes: i32,
}

/// A source.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = ContentSource)]
pub struct SourceView {
    /// Id.
    pub id: SourceId,
    /// Its kind.
    pub kind: Kind,
    /// What it is called.
    pub name: String,
    /// Its address, as a person knows it.
    pub url: String,
    /// What is read; null until it is found.
    pub feed_url: Option<String>,
    /// What makes it this source.
    pub identifier: String,
    /// 1 to 10; a higher one weighs more in smart feeds.
    pub priority: i32,
    /// Whether it is looked at.
    pub active: bool,
    /// How often.
    pub frequency: Frequency,
    /// For `If-Match`.
    pub version: i32,
    /// When it was added.
    pub created_at: DateTime<Utc>,
    /// How it is.
    pub state: State,
    /// How it fares.
    pub health: Health,
    /// The brand's account that it was read through last, as people address it, without `@`; null where it needs none.
    pub read_through: Option<String>,
    /// Of the demonstration: its items came with it, and it is not read from anywhere.
    pub demo: bool,
    /// What it said that is kept.
    pub items: i64,
    /// How much it says in a week, by the last four; null until it was read.
    pub per_week: Option<f64>,
    /// When it said something last.
    pub last_item_at: Option<DateTime<Utc>>,
}

/// A source to add.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateSource {
    /// Its kind.
    pub kind: Kind,
    /// Its address.
    pub url: String,
    /// The address of its feed, where that is known; else it is found on the first look.
    #[serde(default)]
    pub feed_url: Option<String>,
    /// What it is called; else what it calls itself. At most 200 characters.
    #[serde(default)]
    pub name: Option<String>,
    /// 1 to 10, 5 when left out.
    #[serde(default)]
    pub priority: Option<i32>,
    /// How often it is looked at, `auto` when left out.
    #[serde(default)]
    pub frequency: Option<Frequency>,
}

/// What of a source changes.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UpdateSource {
    /// What it is called, at most 200 characters.
    #[serde(default)]
    pub name: Option<String>,
    /// 1 to 10.
    #[serde(default)]
    pub priority: Option<i32>,
    /// Whether it is looked at.
    #[serde(default)]
    pub active: Option<bool>,
    /// How often.
    #[serde(default)]
    pub frequency: Option<Frequency>,
}

/// A name of 1 to 200 characters.
pub fn check_name(name: &str) -> Result<String, Problem> {
    let name = one_line(name);
    if name.is_empty() {
        return Err(Problem::invalid("name", "blank", "Give it a name."));
    }
    if name.chars().count() > 200 {
        return Err(Problem::invalid("name", "too_long", "Use at most 200 characters."));
    }
    Ok(name)
}

/// A priority of 1 to 10.
pub fn check_priority(priority: i32) -> Result<i32, Problem> {
    if (1..=10).contains(&priority) {
        return Ok(priority);
    }
    Err(Problem::invalid("priority", "out_of_range", "Between 1 and 10."))
}

pub(crate) fn one_line(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect::<String>()
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
}

/// What a source is read from, and what makes it the same as another spelling of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// As a person knows it.
    pub url: String,
    /// The feed, where the address alone tells it.
    pub feed_url: Option<String>,
    /// Lower case, without scheme and `www.`.
    pub identifier: String,
    /// What it may be called until it says so itself.
    pub name: String,
}

fn host(url: &Url) -> &str {
    let host = url.host_str().unwrap_or_default();
    host.strip_prefix("www.").or_else(|| host.strip_prefix("m.")).unwrap_or(host)
}

/// The host as people write it: `bücher.example`.
fn shown_host(url: &Url) -> String {
    let shown = url::quirks::domain_to_unicode(host(url));
    // numbers are no domain
    if shown.is_empty() { host(url).to_owned() } else { shown }
}

fn segments(url: &Url) -> Vec<&str> {
    url.path_segments().map(|parts| parts.filter(|part| !part.is_empty()).collect()).unwrap_or_default()
}

/// Of which kind an address is by its host; a feed where nothing says otherwise.
pub fn kind_of(url: &Url) -> Kind {
    match host(url) {
        "youtube.com" | "youtu.be" | "youtube-nocookie.com" | "music.youtube.com" => Kind::Youtube,
        host if host == "reddit.com" || host.ends_with(".reddit.com") => Kind::Reddit,
        "news.ycombinator.com" | "hnrss.org" => Kind::HackerNews,
        "x.com" | "twitter.com" | "mobile.twitter.com" => Kind::X,
        host if host == "linkedin.com" || host.ends_with(".linkedin.com") => Kind::Linkedin,
        "instagram.com" => Kind::Instagram,
        _ => Kind::Feed,
    }
}

/// Where a source of a kind is read; the address has been read as one before.
pub fn place(kind: Kind, url: &Url, feed: Option<&Url>) -> Result<Place, Problem> {
    let refuse = |message: &str| Err(Problem::invalid("url", "wrong_kind", message));
    let parts = segments(url);
    let known = |url: String, feed_url: Option<String>, identifier: String, name: &str| {
        Ok(Place { url, feed_url, identifier, name: name.to_owned() })
    };
    match kind {
        Kind::Youtube => {
            if kind_of(url) != Kind::Youtube {
                return refuse("This isn't an address of YouTube.");
            }
            let query = |name: &str| {
                url.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
            };
            let playlist = |id: &str| {
                known(
                    format!("https://www.youtube.com/playlist?list={id}"),
                    Some(format!("https://www.youtube.com/feeds/videos.xml?playlist_id={id}")),
                    format!("youtube:playlist/{id}"),
                    "Playlist of YouTube",
                )
            };
            match parts.as_slice() {
                ["channel", id, ..] if is_channel(id) => known(
                    format!("https://www.youtube.com/channel/{id}"),
                    Some(channel_feed(id)),
                    format!("youtube:{id}"),
                    id,
                ),
                ["feeds", "videos.xml"] => match query("channel_id").filter(|id| is_channel(id)) {
                    Some(id) => known(
                        format!("https://www.youtube.com/channel/{id}"),
                        Some(channel_feed(&id)),
                        format!("youtube:{id}"),
                        &id,
                    ),
                    None => match query("playlist_id").filter(|id| is_plain(id)) {
                        Some(id) => playlist(&id),
                        None => {
                            refuse("Give the address of a channel, such as https://www.youtube.com/@name.")
                        }
                    },
                },
                ["playlist"] => match query("list").filter(|id| is_plain(id)) {
                    Some(id) => playlist(&id),
                    None => refuse("Give the address of a playlist with its “list=”."),
                },
                [handle, ..] if handle.starts_with('@') && handle.len() > 1 => known(
                    format!("https://www.youtube.com/{handle}"),
                    feed.map(Url::to_string),
                    format!("youtube:{}", handle.to_lowercase()),
                    handle,
                ),
                [way @ ("c" | "user"), name, ..] => known(
                    format!("https://www.youtube.com/{way}/{name}"),
                    feed.map(Url::to_string),
                    format!("youtube:{way}/{}", name.to_lowercase()),
                    name,
                ),
                // names from before there were handles
                [name] if host(url) != "youtu.be" && is_plain(name) && !PAGES_OF_YOUTUBE.contains(name) => {
                    known(
                        format!("https://www.youtube.com/{name}"),
                        feed.map(Url::to_string),
                        format!("youtube:c/{}", name.to_lowercase()),
                        name,
                    )
                }
                _ => refuse("Give the address of a channel, such as https://www.youtube.com/@name."),
            }
        }
        Kind::Reddit => {
            if kind_of(url) != Kind::Reddit {
                return refuse("This isn't an address of Reddit.");
            }
            let way = parts.first().map(|way| way.to_lowercase()).unwrap_or_default();
            let query = url.query().map(|query| format!("?{query}")).unwrap_or_default();
            match parts.as_slice() {
                // a feed of its own: what is best of a week, several subreddits under one name
                [_, name, rest @ .., ".rss"]
                    if !rest.is_empty() && is_plain(name) && rest.iter().all(|part| is_plain(part)) =>
                {
                    let path = parts[..parts.len() - 1].join("/");
                    known(
                        format!("https://www.reddit.com/{path}/"),
                        Some(format!("https://www.reddit.com/{path}/.rss{query}")),
                        format!("reddit:{}{query}", path.to_lowercase()),
                        &path,
                    )
                }
                [_, name, "m", multi, ..] if way != "r" && is_plain(name) && is_plain(multi) => known(
                    format!("https://www.reddit.com/user/{name}/m/{multi}/"),
                    Some(format!("https://www.reddit.com/user/{name}/m/{multi}/.rss")),
                    format!("reddit:user/{}/m/{}", name.to_lowercase(), multi.to_lowercase()),
                    multi,
                ),
                [_, name, ..] if matches!(way.as_str(), "r" | "u" | "user") && is_plain(name) => {
                    let way = if way == "r" { "r" } else { "user" };
                    known(
                        format!("https://www.reddit.com/{way}/{name}/"),
                        Some(format!("https://www.reddit.com/{way}/{name}/.rss")),
                        format!("reddit:{way}/{}", name.to_lowercase()),
                        &format!("{}/{name}", if way == "r" { "r" } else { "u" }),
                    )
                }
                _ => refuse("Give the address of a subreddit, such as https://www.reddit.com/r/name."),
            }
        }
        Kind::HackerNews => match host(url) {
            "news.ycombinator.com" => match parts.as_slice() {
                [] | ["news" | "rss" | "front"] => known(
                    "https://news.ycombinator.com/".to_owned(),
                    Some("https://news.ycombinator.com/rss".to_owned()),
                    "hacker_news".to_owned(),
                    "Hacker News",
                ),
                [feed] if feed.ends_with("rss") => {
                    known(url.to_string(), Some(url.to_string()), bare(url), "Hacker News")
                }
                // it has no feed of these; hnrss.org makes them of its API
                [
                    page @ ("newest" | "ask" | "show" | "best" | "jobs" | "active" | "newcomments" | "user"
                    | "item"),
                ] => {
                    let query = url.query().map(|query| format!("?{query}")).unwrap_or_default();
                    let feed = format!("https://hnrss.org/{page}{query}");
                    known(url.to_string(), Some(feed), bare(url), &format!("Hacker News: {page}"))
                }
                _ => refuse(
                    "Hacker News has no feed of this page. Give https://news.ycombinator.com/ or one of its lists.",
                ),
            },
            "hnrss.org" => known(url.to_string(), Some(url.to_string()), bare(url), "Hacker News"),
            _ => refuse("This isn't an address of Hacker News."),
        },
        Kind::X => {
            if kind_of(url) != Kind::X {
                return refuse("This isn't an address of X.");
            }
            match whom(kind, url) {
                Some(Whom::Hashtag(tag)) => known(
                    format!("https://x.com/hashtag/{}", parts[1]),
                    None,
                    format!("x:#{}", tag.to_lowercase()),
                    &format!("#{tag}"),
                ),
                Some(Whom::Account(handle)) => known(
                    format!("https://x.com/{handle}"),
                    None,
                    format!("x:@{}", handle.to_lowercase()),
                    &format!("@{handle}"),
                ),
                None => refuse("Give the address of a profile or hashtag, such as https://x.com/name."),
            }
        }
        Kind::Instagram => {
            if kind_of(url) != Kind::Instagram {
                return refuse("This isn't an address of Instagram.");
            }
            match whom(kind, url) {
                Some(Whom::Hashtag(tag)) => known(
                    format!("https://www.instagram.com/explore/tags/{}/", parts[2]),
                    None,
                    format!("instagram:explore/tags/{}", tag.to_lowercase()),
                    &format!("#{tag}"),
                ),
                Some(Whom::Account(name)) => known(
                    format!("https://www.instagram.com/{name}/"),
                    None,
                    format!("instagram:{}", name.to_lowercase()),
                    &format!("@{name}"),
                ),
                None => refuse("Give the address of an account, such as https://www.instagram.com/name."),
            }
        }
        Kind::Linkedin => {
            if kind_of(url) != kind {
                return refuse("This address is of another network.");
            }
            let name = match parts.as_slice() {
                [way, name, ..] if PEOPLE_OF_LINKEDIN.contains(way) => (*name).to_owned(),
                _ => {
                    return refuse(
                        "Give the address of a profile or page, such as https://www.linkedin.com/in/name.",
                    );
                }
            };
            known(
                url.to_string(),
                None,
                format!("linkedin:{}", url.path().trim_matches('/').to_lowercase()),
                &name,
            )
        }
        Kind::Page => {
            known(url.to_string(), Some(url.to_string()), format!("page:{}", bare(url)), &shown_host(url))
        }
        Kind::Feed => {
            let identity = feed.unwrap_or(url);
            known(url.to_string(), feed.map(Url::to_string), bare(identity), &shown_host(url))
        }
    }
}

/// Under what LinkedIn has profiles and pages.
const PEOPLE_OF_LINKEDIN: &[&str] =
    &["in", "pub", "company", "school", "showcase", "newsletters", "groups", "today"];
/// Pages of YouTube that are nobody's.
const PAGES_OF_YOUTUBE: &[&str] = &[
    "watch", "shorts", "live", "playlist", "feed", "feeds", "results", "premium", "gaming", "hashtag",
    "account", "about", "embed", "t",
];
/// Pages of X that are nobody's.
const PAGES_OF_X: &[&str] = &[
    "home",
    "search",
    "explore",
    "i",
    "intent",
    "share",
    "settings",
    "notifications",
    "messages",
    "compose",
    "login",
];
/// Pages of Instagram that are nobody's.
const PAGES_OF_INSTAGRAM: &[&str] = &["explore", "p", "reel", "reels", "stories", "tv", "accounts", "direct"];

/// Whom an address of a network names; none where it names nobody whom an account can be asked for. At YouTube a channel: its
/// id, its handle with `@`, or `user/` and its old name.
pub fn whom(kind: Kind, url: &Url) -> Option<Whom> {
    let parts = segments(url);
    let hashtag = |tag: &str| {
        let tag = percent_decode_str(tag).decode_utf8().ok()?.into_owned();
        let plain = !tag.is_empty() && tag.chars().all(|c| c.is_alphanumeric() || c == '_');
        plain.then_some(Whom::Hashtag(tag))
    };
    let account = |name: &str, longest: usize, also: char, pages: &[&str]| {
        let name = name.trim_start_matches('@');
        let plain = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == also);
        let own = (1..=longest).contains(&name.len()) && !pages.contains(&name.to_lowercase().as_str());
        (plain && own).then(|| Whom::Account(name.to_owned()))
    };
    match (kind, parts.as_slice()) {
        (Kind::X, ["hashtag", tag, ..]) | (Kind::Instagram, ["explore", "tags", tag, ..]) => hashtag(tag),
        (Kind::X, [handle, ..]) => account(handle, 15, '_', PAGES_OF_X),
        (Kind::Instagram, [name, ..]) => account(name, 30, '.', PAGES_OF_INSTAGRAM),
        (Kind::Youtube, ["channel", id, ..]) => is_channel(id).then(|| Whom::Account((*id).to_owned())),
        (Kind::Youtube, ["feeds", "videos.xml"]) => {
            let (_, id) = url.query_pairs().find(|(name, _)| name == "channel_id")?;
            is_channel(&id).then(|| Whom::Account(id.into_owned()))
        }
        (Kind::Youtube, ["user", name, ..]) => Some(Whom::Account(format!("user/{name}"))),
        (Kind::Youtube, [handle, ..]) if handle.starts_with('@') => {
            let handle = percent_decode_str(handle).decode_utf8().ok()?;
            (handle.len() > 1).then(|| Whom::Account(handle.into_owned()))
        }
        _ => None,
    }
}

/// `UC` and 22 letters.
pub fn is_channel(id: &str) -> bool {
    id.len() == 24
        && id.starts_with("UC")
        && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
}

/// Where YouTube tells what is new of a channel.
pub fn channel_feed(id: &str) -> String {
    format!("https://www.youtube.com/feeds/videos.xml?channel_id={id}")
}

fn is_plain(name: &str) -> bool {
    name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'+'))
}

/// The video that an address is of, whose page names its channel.
pub fn is_video(url: &Url) -> bool {
    kind_of(url) == Kind::Youtube
        && match segments(url).as_slice() {
            ["watch"] => url.query_pairs().any(|(name, _)| name == "v"),
            ["shorts" | "live" | "embed", _, ..] => true,
            [_] => host(url) == "youtu.be",
            _ => false,
        }
}

/// An address without scheme, `www.`, doubled slashes, a slash at the end and marks of who sent the reader.
pub fn bare(url: &Url) -> String {
    let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
    let of_sender = |part: &&str| {
        let name = part.split('=').next().unwrap_or_default();
        name.starts_with("utm_") || matches!(name, "fbclid" | "gclid" | "mc_cid" | "mc_eid")
    };
    let query: Vec<&str> =
        url.query().into_iter().flat_map(|query| query.split('&')).filter(|part| !of_sender(part)).collect();
    let query = if query.is_empty() { String::new() } else { format!("?{}", query.join("&")) };
    let path: Vec<&str> = url.path().split('/').filter(|part| !part.is_empty()).collect();
    let path = if path.is_empty() { String::new() } else { format!("/{}", path.join("/")) };
    format!("{}{port}{path}{query}", host(url))
}

/// Minutes until something is likely new: a quarter of the mean time between the newest 20 things said in the last 60
/// days, held between half an hour and a day. `dates` need no order.
pub fn rhythm(dates: &[Timestamp], now: Timestamp) -> i64 {
    let mut recent: Vec<Timestamp> =
        dates.iter().copied().filter(|at| *at <= now && *at > now - Duration::days(60)).collect();
    recent.sort_unstable_by(|a, b| b.cmp(a));
    recent.truncate(20);
    let Some(oldest) = recent.last() else { return DAY };
    // the time since the newest counts too: who has fallen silent is asked less
    let gap = (now - *oldest).num_minutes() / recent.len() as i64;
    (gap / 4).clamp(SOONEST, DAY)
}

/// Minutes between two looks while all is well; `wish` is what the feed asks for.
pub fn every_minutes(frequency: Frequency, dates: &[Timestamp], wish: Option<i64>, now: Timestamp) -> i32 {
    let minutes = frequency.fixed().unwrap_or_else(|| {
        let own = rhythm(dates, now);
        // who asks for more rest gets it, within reason
        wish.map_or(own, |wish| own.max(wish.min(DAY)))
    });
    minutes as i32
}

/// What a failure makes of a source: its state, and minutes until the next look.
pub fn after_failure(failures: i32, lasting: bool, every: i32) -> (State, i64) {
    let state = if failures >= REST_AFTER {
        State::Resting
    } else if lasting || failures >= TROUBLED_AFTER {
        State::Troubled
    } else {
        State::Healthy
    };
    let minutes = match state {
        State::Resting => 7 * DAY,
        _ => (i64::from(every.max(15)) << failures.clamp(0, 10)).min(DAY),
    };
    (state, minutes)
}

/// Spreads looks that would fall together: up to a tenth later, by the source's own id.
pub fn spread(minutes: i64, id: SourceId) -> Duration {
    let share = (id.uuid().as_u128() % 1_000) as i64;
    Duration::seconds(minutes * 60 + minutes * 6 * share / 1_000)
}

/// Things said in a week, by the last four; where no more is known than the newest of them, by the days that those tell of.
pub fn per_week(dates: &[Timestamp], now: Timestamp) -> f64 {
    let known: Vec<Timestamp> = dates.iter().copied().filter(|at| *at <= now).collect();
    let recent = known.iter().filter(|at| **at > now - Duration::days(28)).count();
    let reach = known.iter().min().map_or(Duration::zero(), |oldest| now - *oldest);
    // one or two say nothing of a pace
    let days = if recent < 3 { 28.0 } else { (reach.num_minutes() as f64 / 1_440.0).clamp(1.0, 28.0) };
    recent as f64 / days * 7.0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(kind: Kind, url: &str) -> Place {
        place(kind, &Url::parse(url).unwrap(), None).unwrap()
    }

    #[test]
    fn spellings_of_one_source_are_one() {
        for (kind, a, b) in [
            (Kind::Feed, "https://www.example.org/feed/", "http://example.org/feed"),
            (Kind::Reddit, "https://old.reddit.com/r/Rust/top", "https://www.reddit.com/r/rust"),
            (Kind::Youtube, "https://youtube.com/@Carpenter/videos", "https://m.youtube.com/@carpenter"),
            (Kind::HackerNews, "https://news.ycombinator.com/news", "https://news.ycombinator.com/rss"),
            (
                Kind::Feed,
                "https://example.org//one/feed.xml?utm_source=a",
                "https://example.org/one/feed.xml",
            ),
            (Kind::Reddit, "https://np.reddit.com/R/rust", "https://www.reddit.com/r/rust"),
            (Kind::Youtube, "https://www.youtube.com/Carpenter", "https://www.youtube.com/c/carpenter"),
            (Kind::X, "https://twitter.com/Rust", "https://x.com/rust"),
            (Kind::X, "https://x.com/hashtag/Größe?src=hash", "https://x.com/hashtag/gr%C3%B6%C3%9Fe"),
            (Kind::Instagram, "https://instagram.com/Ada.L/reels/", "https://www.instagram.com/ada.l"),
        ] {
            assert_eq!(at(kind, a).identifier, at(kind, b).identifier);
        }
    }

    #[test]
    fn what_is_another_feed_stays_one() {
        let feed = |kind: Kind, url: &str| at(kind, url).feed_url.unwrap();
        for (kind, url, wanted) in [
            (
                Kind::Reddit,
                "https://www.reddit.com/r/rust/top/.rss?t=week",
                "https://www.reddit.com/r/rust/top/.rss?t=week",
            ),
            (
                Kind::Reddit,
                "https://www.reddit.com/user/a/m/b/.rss",
                "https://www.reddit.com/user/a/m/b/.rss",
            ),
            (Kind::Reddit, "https://www.reddit.com/user/a/m/b", "https://www.reddit.com/user/a/m/b/.rss"),
            (
                Kind::HackerNews,
                "https://news.ycombinator.com/showrss",
                "https://news.ycombinator.com/showrss",
            ),
            (Kind::HackerNews, "https://news.ycombinator.com/user?id=pg", "https://hnrss.org/user?id=pg"),
            (
                Kind::Youtube,
                "https://www.youtube.com/playlist?list=PL1_x",
                "https://www.youtube.com/feeds/videos.xml?playlist_id=PL1_x",
            ),
        ] {
            assert_eq!(feed(kind, url), wanted);
            let usual = match kind {
                Kind::Reddit => "https://reddit.com/r/rust",
                Kind::HackerNews => "https://news.ycombinator.com/",
                _ => "https://www.youtube.com/@a",
            };
            let plain = at(kind, usual);
            assert_ne!(at(kind, url).identifier, plain.identifier);
        }
        for (kind, nobody) in [
            (Kind::Linkedin, "https://www.linkedin.com/feed/"),
            (Kind::Youtube, "https://www.youtube.com/watch?v=abc"),
            (Kind::HackerNews, "https://news.ycombinator.com/login"),
        ] {
            assert!(place(kind, &Url::parse(nobody).unwrap(), None).is_err(), "{nobody}");
        }
        for video in [
            "https://youtu.be/abc",
            "https://www.youtube.com/shorts/abc",
            "https://m.youtube.com/watch?v=abc",
        ] {
            assert!(is_video(&Url::parse(video).unwrap()), "{video}");
        }
        assert!(!is_video(&Url::parse("https://www.youtube.com/@a").unwrap()));
    }

    #[test]
    fn feeds_that_an_address_tells() {
        let channel = "UCabcdefghijklmnopqrstuv";
        let youtube = at(Kind::Youtube, &format!("https://www.youtube.com/channel/{channel}/videos"));
        assert_eq!(youtube.feed_url.unwrap(), channel_feed(channel));
        assert_eq!(
            at(Kind::Reddit, "https://reddit.com/r/rust").feed_url.unwrap(),
            "https://www.reddit.com/r/rust/.rss"
        );
        assert_eq!(at(Kind::X, "https://x.com/hashtag/Rust").name, "#Rust");
        assert_eq!(at(Kind::Feed, "https://www.bücher.example/feed").name, "bücher.example");
        assert!(place(Kind::Youtube, &Url::parse("https://example.org/@a").unwrap(), None).is_err());
        assert!(place(Kind::Reddit, &Url::parse("https://reddit.com/").unwrap(), None).is_err());
    }

    #[test]
    fn whom_an_address_names() {
        let account = |name: &str| Some(Whom::Account(name.to_owned()));
        let hashtag = |tag: &str| Some(Whom::Hashtag(tag.to_owned()));
        for (kind, url, names) in [
            (Kind::X, "https://x.com/Ada/status/20", account("Ada")),
            (Kind::X, "https://x.com/hashtag/gr%C3%B6%C3%9Fe", hashtag("größe")),
            (Kind::X, "https://x.com/search?q=oak", None),
            (Kind::X, "https://x.com/a_name_that_is_too_long", None),
            (Kind::Instagram, "https://www.instagram.com/ada.l/", account("ada.l")),
            (Kind::Instagram, "https://www.instagram.com/explore/tags/oak/", hashtag("oak")),
            (Kind::Instagram, "https://www.instagram.com/p/CSr71Gzlqo4/", None),
            (Kind::Youtube, "https://www.youtube.com/@ada/videos", account("@ada")),
            (Kind::Youtube, "https://www.youtube.com/user/ada", account("user/ada")),
            (Kind::Youtube, "https://www.youtube.com/c/ada", None),
            (Kind::Youtube, "https://www.youtube.com/feeds/videos.xml?playlist_id=PL1", None),
            (Kind::Linkedin, "https://www.linkedin.com/in/ada", None),
        ] {
            assert_eq!(whom(kind, &Url::parse(url).unwrap()), names, "{url}");
        }
        let feed = channel_feed("UCabcdefghijklmnopqrstuv");
        assert_eq!(whom(Kind::Youtube, &Url::parse(&feed).unwrap()), account("UCabcdefghijklmnopqrstuv"));
        assert_eq!(at(Kind::X, "https://x.com/hashtag/Gr%C3%B6%C3%9Fe").name, "#Größe");
        assert!(place(Kind::X, &Url::parse("https://x.com/home").unwrap(), None).is_err());
    }

    #[test]
    fn the_rhythm_follows_what_is_said() {
        let now: Timestamp = "2026-11-16T09:00:00Z".parse().unwrap();
        let every = |hours: i64, count: i64| -> Vec<Timestamp> {
            (0..count).map(|n| now - Duration::hours(hours * (n + 1))).collect()
        };
        assert_eq!(rhythm(&[], now), 24 * 60);
        assert_eq!(rhythm(&every(1, 50), now), 30);
        assert_eq!(rhythm(&every(24, 20), now), 6 * 60);
        assert_eq!(rhythm(&every(24 * 7, 20), now), 24 * 60);
        // dates of the future say nothing
        assert_eq!(rhythm(&[now + Duration::days(3)], now), 24 * 60);
        assert_eq!(every_minutes(Frequency::Hourly, &[], Some(600), now), 60);
        assert_eq!(every_minutes(Frequency::Auto, &every(1, 50), Some(120), now), 120);
        assert!((per_week(&every(24, 60), now) - 6.75).abs() < 0.01);
        // a feed that gives no more than its newest thirty, of thirty hours
        assert!((per_week(&every(1, 30), now) - 168.0).abs() < 0.01);
        assert!((per_week(&every(1, 5), now) - 35.0).abs() < 0.01);
        assert!((per_week(&every(1, 1), now) - 0.25).abs() < 0.01);
    }

    #[test]
    fn failures_put_off_the_next_look_and_end_in_rest() {
        assert_eq!(after_failure(1, false, 60), (State::Healthy, 120));
        assert_eq!(after_failure(1, true, 60), (State::Troubled, 120));
        assert_eq!(after_failure(3, false, 60), (State::Troubled, 480));
        assert_eq!(after_failure(6, true, 60), (State::Troubled, 24 * 60));
        assert_eq!(after_failure(12, true, 60), (State::Resting, 7 * 24 * 60));
    }
}
