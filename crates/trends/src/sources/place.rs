//! Where a source is read, by its address: what kind it is of, what makes two spellings one source, whom it names.

use bellwether_kernel::Problem;
use bellwether_networks::publish::Whom;
use percent_encoding::percent_decode_str;
use url::Url;

use super::Kind;

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

/// What a feed may be called until it is read: by what it is of where its address tells, else by its host.
fn name_of_feed(url: &Url) -> String {
    let feed_of = |segment: &str| {
        let name = segment.strip_suffix(".rss")?;
        Some(percent_decode_str(name).decode_utf8().map_or_else(|_| name.to_owned(), Into::into))
    };
    let name = match (host(url), segments(url).as_slice()) {
        ("bsky.app", ["profile", handle, "rss"]) => Some(format!("@{handle}")),
        // the fediverse
        (_, ["tags", tag]) => feed_of(tag).map(|tag| format!("#{tag}")),
        (host, [user]) if user.starts_with('@') => feed_of(user).map(|user| format!("{user}@{host}")),
        _ => None,
    };
    name.unwrap_or_else(|| shown_host(url))
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
            known(url.to_string(), feed.map(Url::to_string), bare(identity), &name_of_feed(url))
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
        for (url, name) in [
            ("https://www.bücher.example/feed", "bücher.example"),
            ("https://127.0.0.1/feed", "127.0.0.1"),
            ("https://mastodon.social/tags/slowwork.rss", "#slowwork"),
            ("https://mastodon.social/tags/日本語.rss", "#日本語"),
            ("https://mastodon.social/tags/%FF.rss", "#%FF"),
            ("https://social.example/@ada.rss", "@ada@social.example"),
            ("https://bsky.app/profile/ada.bsky.social/rss", "@ada.bsky.social"),
        ] {
            assert_eq!(at(Kind::Feed, url).name, name);
        }
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
}
