//! A tree of XML to a feed.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use url::Url;

use super::{
    Entry, Feed, Format, date,
    html::{escape, escape_lines, plain},
    xml::{Node, Ns, Parsed},
};

/// Letters of a title, author or tag.
const LINE: usize = 1_000;

/// The feed in a document; none when there is none.
pub(super) fn read(parsed: &Parsed, base: &Url) -> Option<Feed> {
    let (format, top) = find(&parsed.root)?;
    let base = based(top, base);
    let mut feed = Feed { format: Some(format), bozo: parsed.bozo.clone(), ..Feed::default() };
    let channel = match format {
        Format::Rss => top.nodes().find(|node| node.name == "channel").unwrap_or(top),
        Format::Atom | Format::Cdf | Format::Json => top,
    };
    let channel_base = based(channel, &base);
    take_head(&mut feed, channel, &channel_base);
    feed.language = feed.language.or_else(|| top.attribute("xml:lang").map(str::to_owned));
    // RDF keeps its items beside the channel
    let mut items: Vec<(&Node, Url)> = entries_of(channel, &channel_base);
    if !std::ptr::eq(channel, top) {
        items.extend(entries_of(top, &base));
    }
    for (node, base) in items.into_iter().take(super::MOST_ENTRIES) {
        feed.entries.push(entry(node, &base, format));
    }
    Some(feed)
}

fn find(root: &Node) -> Option<(Format, &Node)> {
    let mut level: Vec<&Node> = root.nodes().collect();
    // the first level, or one that a careless generator has put around
    for _ in 0..2 {
        for node in &level {
            let format = match node.name.as_str() {
                "feed" if matches!(node.ns, Ns::Atom | Ns::Plain | Ns::Other) => Some(Format::Atom),
                "channel"
                    if node.attribute("href").is_some()
                        || node.nodes().any(|one| one.attribute("href").is_some() && one.name == "item") =>
                {
                    Some(Format::Cdf)
                }
                "rss" | "rdf" | "channel" => Some(Format::Rss),
                _ => None,
            };
            if let Some(format) = format {
                return Some((format, node));
            }
        }
        // a page that shows a feed is no feed
        if level.iter().any(|node| node.name == "html") {
            return None;
        }
        level = level.into_iter().flat_map(Node::nodes).collect();
    }
    None
}

fn entries_of<'a>(node: &'a Node, base: &Url) -> Vec<(&'a Node, Url)> {
    let mut found = Vec::new();
    for child in node.nodes() {
        match child.name.as_str() {
            "item" | "entry" => found.push((child, based(child, base))),
            "items" => {
                found.extend(entries_of(child, base).into_iter().filter(|(node, _)| node.name == "item"));
            }
            // channels of the nineties nest
            "channel" if node.name == "channel" => found.extend(entries_of(child, &based(child, base))),
            _ => {}
        }
    }
    found
}

/// The base of an element: its own `xml:base`, within that of its parent.
fn based(node: &Node, base: &Url) -> Url {
    node.attribute("xml:base").and_then(|own| base.join(own.trim()).ok()).unwrap_or_else(|| base.clone())
}

fn line(html: &str) -> Option<String> {
    let text: String =
        plain(html).split_whitespace().collect::<Vec<_>>().join(" ").chars().take(LINE).collect();
    (!text.is_empty()).then_some(text)
}

fn link(text: &str, base: &Url) -> Option<Url> {
    let text = text.trim();
    if text.is_empty() || text.len() > 4_000 {
        return None;
    }
    base.join(text).ok().filter(|url| matches!(url.scheme(), "http" | "https"))
}

fn take_head(feed: &mut Feed, channel: &Node, base: &Url) {
    for node in channel.nodes() {
        let base = based(node, base);
        match (node.ns, node.name.as_str()) {
            (Ns::Plain | Ns::Atom | Ns::Other | Ns::Dc, "title") => {
                feed.title = feed.title.take().or_else(|| line(&text(node)));
            }
            (Ns::Plain | Ns::Atom | Ns::Dc, "description" | "subtitle" | "tagline" | "abstract") => {
                feed.description = feed.description.take().or_else(|| line(&text(node)));
            }
            (Ns::Itunes, "subtitle" | "summary") => {
                feed.description = feed.description.take().or_else(|| line(&text(node)));
            }
            (Ns::Plain | Ns::Atom | Ns::Other, "link") => {
                let found = match node.attribute("href") {
                    Some(href) if matches!(node.attribute("rel"), None | Some("alternate")) => {
                        link(href, &base)
                    }
                    Some(_) => None,
                    None => link(&node.text(), &base),
                };
                feed.link = feed.link.take().or(found);
            }
            (Ns::Plain | Ns::Dc, "language") => {
                feed.language = feed.language.take().or_else(|| line(&node.text()));
            }
            (Ns::Plain, "ttl") => feed.rest_minutes = feed.rest_minutes.or_else(|| count(&node.text())),
            (Ns::Syndication, "updateperiod") => {
                let minutes = match node.text().trim() {
                    "hourly" => 60,
                    "daily" => 24 * 60,
                    "weekly" => 7 * 24 * 60,
                    _ => continue,
                };
                let often =
                    channel.nodes().find(|one| one.ns == Ns::Syndication && one.name == "updatefrequency");
                let often = often.and_then(|one| count(&one.text())).unwrap_or(1).max(1);
                feed.rest_minutes = feed.rest_minutes.or(Some(minutes / often));
            }
            _ => {}
        }
    }
    if feed.link.is_none() {
        feed.link = channel.attribute("href").and_then(|href| link(href, base));
    }
}

fn count(text: &str) -> Option<i64> {
    text.trim().parse::<i64>().ok().filter(|number| (0..=1_000_000_000_000).contains(number))
}

/// What of several elements says a thing best.
struct Best<T>(Option<(u8, T)>);

// the derive would ask for a default of `T`
impl<T> Default for Best<T> {
    fn default() -> Self {
        Self(None)
    }
}

impl<T> Best<T> {
    /// Lower ranks are better; of equals the first stays.
    fn offer(&mut self, rank: u8, value: Option<T>) {
        if let Some(value) = value
            && self.0.as_ref().is_none_or(|(there, _)| rank < *there)
        {
            self.0 = Some((rank, value));
        }
    }

    fn take(self) -> Option<T> {
        self.0.map(|(_, value)| value)
    }
}

#[derive(Default)]
struct Gathered {
    title: Best<String>,
    link: Best<Url>,
    summary: Best<String>,
    content: Best<String>,
    author: Best<String>,
    published: Best<chrono::DateTime<chrono::Utc>>,
    updated: Best<chrono::DateTime<chrono::Utc>>,
    picture: Best<Url>,
}

fn entry(node: &Node, base: &Url, format: Format) -> Entry {
    let mut entry = Entry::default();
    let mut best = Gathered::default();
    let mut permanent = None;
    for child in node.nodes() {
        take(&mut entry, &mut best, &mut permanent, child, &based(child, base));
    }
    if format == Format::Cdf {
        best.link.offer(0, node.attribute("href").and_then(|href| link(href, base)));
        best.updated.offer(0, node.attribute("lastmod").and_then(date::read));
    }
    // what RSS 1.0 says of an item where it says nothing else
    let about = node.attribute("rdf:about");
    entry.id = entry.id.or_else(|| about.map(|about| about.trim().chars().take(2_000).collect()));
    best.link.offer(8, about.and_then(|about| link(about, base)));
    best.link.offer(6, permanent);
    entry.title = best.title.take();
    entry.link = best.link.take();
    entry.summary = best.summary.take();
    entry.content = best.content.take();
    entry.author = best.author.take();
    entry.published = best.published.take();
    entry.updated = best.updated.take();
    entry.picture = best.picture.take();
    entry.language = entry.language.or_else(|| node.attribute("xml:lang").map(str::to_owned));
    entry.tags.truncate(50);
    entry
}

fn take(entry: &mut Entry, best: &mut Gathered, permanent: &mut Option<Url>, node: &Node, base: &Url) {
    let filled = |html: String| (!plain(&html).is_empty()).then_some(html);
    let attribute = |name: &str| node.attribute(name);
    match (node.ns, node.name.as_str()) {
        (Ns::Plain | Ns::Atom | Ns::Other, "title") => best.title.offer(0, filled(text(node))),
        (Ns::Dc, "title") => best.title.offer(1, filled(text(node))),
        (Ns::Media, "title") => best.title.offer(2, filled(escape(&node.text()))),
        (Ns::Itunes, "title") => best.title.offer(3, filled(text(node))),
        (Ns::Feedburner, "origlink") => best.link.offer(1, link(&node.text(), base)),
        (Ns::Plain | Ns::Atom | Ns::Other, "link") => match attribute("href") {
            Some(href) => match attribute("rel").unwrap_or("alternate") {
                "alternate" => {
                    let page = attribute("type").is_none_or(|kind| kind.contains("html"));
                    best.link.offer(if page { 2 } else { 3 }, link(href, base));
                }
                "enclosure" if attribute("type").is_some_and(|kind| kind.starts_with("image/")) => {
                    best.picture.offer(3, link(href, base));
                }
                _ => {}
            },
            None => best.link.offer(2, link(&node.text(), base)),
        },
        (Ns::Plain, "guid") | (Ns::Plain | Ns::Atom, "id") => {
            let id = node.text().trim().chars().take(2_000).collect::<String>();
            if !id.is_empty() {
                if node.name == "guid"
                    && attribute("ispermalink").is_none_or(|word| word.eq_ignore_ascii_case("true"))
                {
                    *permanent = Url::parse(&id).ok().filter(|url| matches!(url.scheme(), "http" | "https"));
                }
                entry.id.get_or_insert(id);
            }
        }
        (Ns::Plain, "description" | "abstract") => best.summary.offer(0, filled(text(node))),
        (Ns::Plain | Ns::Atom, "summary") => best.summary.offer(1, filled(text(node))),
        (Ns::Dc, "description") | (Ns::DcTerms, "abstract") => best.summary.offer(2, filled(text(node))),
        (Ns::Itunes, "summary") => best.summary.offer(3, filled(text(node))),
        (Ns::Media, "description") => {
            // of a video it is written line by line
            let html =
                if attribute("type") == Some("html") { text(node) } else { escape_lines(&node.text()) };
            best.summary.offer(4, filled(html));
        }
        (Ns::Itunes, "subtitle") => best.summary.offer(5, filled(text(node))),
        (Ns::Content, "encoded") => best.content.offer(0, filled(text(node))),
        (Ns::Plain | Ns::Atom, "content") => best.content.offer(1, filled(text(node))),
        (Ns::Xhtml, "body" | "div") | (Ns::Plain, "body" | "fullitem") => {
            best.content
                .offer(2, filled(if node.nodes().next().is_some() { node.markup() } else { text(node) }));
        }
        (Ns::Plain | Ns::Atom, "author") => {
            let named = node.nodes().find(|one| one.name == "name").map(Node::text);
            let said = named.or_else(|| node.nodes().next().is_none().then(|| node.text()));
            best.author.offer(0, said.and_then(|said| line(&escape(&said))));
        }
        (Ns::Dc, "creator") => best.author.offer(1, line(&escape(&node.text()))),
        (Ns::Dc | Ns::Itunes, "author") => best.author.offer(2, line(&escape(&node.text()))),
        (Ns::Plain | Ns::Atom, "pubdate" | "published") => best.published.offer(0, date::read(&node.text())),
        (Ns::DcTerms | Ns::Plain | Ns::Atom, "issued") => best.published.offer(1, date::read(&node.text())),
        (Ns::DcTerms | Ns::Plain | Ns::Atom, "created") => best.published.offer(3, date::read(&node.text())),
        (Ns::Plain | Ns::Atom, "updated") => best.updated.offer(0, date::read(&node.text())),
        (Ns::DcTerms | Ns::Plain | Ns::Atom, "modified") => best.updated.offer(1, date::read(&node.text())),
        (Ns::Dc | Ns::Plain, "date") => best.updated.offer(2, date::read(&node.text())),
        (Ns::Plain | Ns::Atom, "category") => {
            let said =
                attribute("label").or_else(|| attribute("term")).map_or_else(|| node.text(), str::to_owned);
            entry.tags.extend(line(&escape(&said)));
        }
        (Ns::Dc, "subject") => entry.tags.extend(line(&escape(&node.text()))),
        (Ns::Plain, "enclosure") if attribute("type").is_some_and(|kind| kind.starts_with("image/")) => {
            best.picture.offer(3, attribute("url").and_then(|url| link(url, base)));
        }
        (Ns::Itunes, "image") => best.picture.offer(4, attribute("href").and_then(|url| link(url, base))),
        (Ns::Media, "thumbnail") => best.picture.offer(1, attribute("url").and_then(|url| link(url, base))),
        (Ns::Media, "content") => {
            let picture = attribute("medium") == Some("image")
                || attribute("type").is_some_and(|kind| kind.starts_with("image/"));
            if picture {
                best.picture.offer(0, attribute("url").and_then(|url| link(url, base)));
            }
            for child in node.nodes() {
                take(entry, best, permanent, child, &based(child, base));
            }
        }
        (Ns::Media, "group" | "community") => {
            for child in node.nodes().filter(|child| child.ns == Ns::Media) {
                take(entry, best, permanent, child, &based(child, base));
            }
        }
        (Ns::Media, "statistics") => entry.views = attribute("views").and_then(count).or(entry.views),
        (Ns::Media, "starrating") => entry.likes = attribute("count").and_then(count).or(entry.likes),
        (Ns::Slash, "comments") | (Ns::Thread, "total") => {
            entry.comments = count(&node.text()).or(entry.comments);
        }
        (Ns::Dc, "language") => entry.language = line(&node.text()),
        _ => {}
    }
}

/// What an element says, as HTML, by what it says of its type.
fn text(node: &Node) -> String {
    let kind = node.attribute("type").unwrap_or_default().trim().to_ascii_lowercase();
    let mode = node.attribute("mode").unwrap_or_default().trim().to_ascii_lowercase();
    let inner = || {
        // the `div` that Atom asks for is none of the content
        let mut nodes = node.nodes();
        match (nodes.next(), nodes.next()) {
            (Some(only), None) if only.name == "div" && node.ns == Ns::Atom => only.markup(),
            _ => node.markup(),
        }
    };
    if mode == "base64" || is_binary(&kind) && node.nodes().next().is_none() {
        let packed: String = node.text().chars().filter(|c| !c.is_whitespace()).collect();
        if let Ok(bytes) = STANDARD.decode(&packed) {
            return String::from_utf8_lossy(&bytes).into_owned();
        }
        return escape(&node.text());
    }
    if node.nodes().next().is_some() {
        return inner();
    }
    let said = node.text();
    // RSS doesn't say what it is, and means HTML; Atom says so, or is text that looks like it all the same
    let html = node.ns != Ns::Atom
        || matches!(kind.as_str(), "html" | "xhtml" | "text/html" | "application/xhtml+xml") && mode != "xml"
        || looks_like_html(&said);
    if html { said } else { escape(&said) }
}

fn is_binary(kind: &str) -> bool {
    kind.contains('/') && !kind.starts_with("text/") && !kind.ends_with("+xml") && !kind.ends_with("/xml")
}

/// A closing tag or an entity: what nobody writes in plain words.
fn looks_like_html(text: &str) -> bool {
    let closing = text.match_indices("</").any(|(at, _)| {
        text[at + 2..].starts_with(|c: char| c.is_ascii_alphabetic()) && text[at..].contains('>')
    });
    let entity = text.match_indices('&').any(|(at, _)| {
        let rest = &text[at + 1..];
        let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '#')).unwrap_or(rest.len());
        end > 1 && rest[end..].starts_with(';')
    });
    closing || entity
}
