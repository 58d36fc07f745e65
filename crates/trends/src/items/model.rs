//! What an item is, and how one is made of an entry of a feed.

use std::collections::HashMap;

use bellwether_kernel::Timestamp;
use bellwether_language::{Document, Language, count_words, keyphrases};
use chrono::{DateTime, Duration, Utc};
use serde::Serialize;
use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256};
use url::Url;
use utoipa::ToSchema;

use super::likeness::Likeness;
use crate::{
    ItemId, SourceId,
    meaning::Matched,
    read::{Entry, plain},
    sources::Kind,
};

/// Letters kept of a text.
const TEXT: usize = 40_000;
/// Letters of it that are analysed: what an entry is about, it says early.
const ANALYSED: usize = 6_000;
/// Letters of a summary.
const SUMMARY: usize = 400;
/// Letters of a title.
const TITLE: usize = 500;
/// Keyphrases of an item.
const KEYPHRASES: usize = 8;
/// Words from which a text's own language is believed before what the feed says.
const SPOKEN: usize = 12;

/// Parameters of addresses that only tell where somebody came from.
const TRACKING: &[&str] = &[
    "fbclid",
    "gclid",
    "gclsrc",
    "dclid",
    "wbraid",
    "gbraid",
    "msclkid",
    "yclid",
    "twclid",
    "ttclid",
    "igshid",
    "igsh",
    "mc_cid",
    "mc_eid",
    "mkt_tok",
    "_hsenc",
    "_hsmi",
    "vero_id",
    "ref_src",
    "ref_url",
    "cmpid",
    "ncid",
    "spm",
    "at_campaign",
    "at_medium",
    "wt_mc",
    "trk",
    "s_cid",
    "sc_cid",
    "oly_enc_id",
    "oly_anon_id",
    "_openstat",
];

/// Which source said it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ItemSource {
    /// Id.
    pub id: SourceId,
    /// What it is called.
    pub name: String,
    /// Its kind.
    pub kind: Kind,
}

/// What a source said.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = Item)]
pub struct ItemView {
    /// Id.
    pub id: ItemId,
    /// Who said it first.
    pub source: ItemSource,
    /// Where; the source's own address where the item has none.
    pub url: String,
    /// Its title.
    pub title: String,
    /// Who wrote it.
    pub author: Option<String>,
    /// When it was published, when the source says so and that can be.
    pub published_at: Option<DateTime<Utc>>,
    /// When it was seen first.
    pub seen_at: DateTime<Utc>,
    /// The beginning of it, or its short form; at most 400 characters.
    pub summary: String,
    /// Its language, `und` where that can't be told.
    pub language: String,
    /// What it is about, the most telling first; at most 8.
    pub keyphrases: Vec<String>,
    /// Words of its text.
    pub words: i32,
    /// How many others say nearly the same, or the same elsewhere.
    pub also: i64,
    /// Numbers that the source gives: `comments`, `views`, `likes`, `reposts`.
    pub engagement: Option<Value>,
    /// A picture.
    pub picture_url: Option<String>,
    /// Whether you have read it, or it is dated more than 30 days ago.
    pub read: bool,
    /// When you saved it for later.
    pub saved_at: Option<DateTime<Utc>>,
    /// How well it fits what was looked for; only in the answer to a search.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rank: Option<f32>,
    /// By what it was found; null where nothing was looked for.
    pub matched: Option<Matched>,
}

/// Who says nearly the same.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct SaidAlso {
    /// Who.
    pub source: ItemSource,
    /// Where.
    pub url: String,
    /// Under which title.
    pub title: String,
}

/// What a source said, with its text.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct ItemDetail {
    /// Id.
    pub id: ItemId,
    /// Who said it first.
    pub source: ItemSource,
    /// Where; the source's own address where the item has none.
    pub url: String,
    /// Its title.
    pub title: String,
    /// Who wrote it.
    pub author: Option<String>,
    /// When it was published, when the source says so and that can be.
    pub published_at: Option<DateTime<Utc>>,
    /// When it was seen first.
    pub seen_at: DateTime<Utc>,
    /// The beginning of it, or its short form; at most 400 characters.
    pub summary: String,
    /// Its language, `und` where that can't be told.
    pub language: String,
    /// What it is about, the most telling first; at most 8.
    pub keyphrases: Vec<String>,
    /// Words of its text.
    pub words: i32,
    /// Numbers that the source gives: `comments`, `views`, `likes`, `reposts`.
    pub engagement: Option<Value>,
    /// A picture.
    pub picture_url: Option<String>,
    /// Whether you have read it, or it is dated more than 30 days ago.
    pub read: bool,
    /// When you saved it for later.
    pub saved_at: Option<DateTime<Utc>>,
    /// Its text without markup, paragraphs parted by a blank line; at most 40,000 characters.
    pub text: String,
    /// Who says nearly the same.
    pub also: Vec<SaidAlso>,
}

/// An entry with what makes it the same as another.
#[derive(Debug, Clone)]
pub(crate) struct Identified {
    pub(crate) identity: [u8; 32],
    pub(crate) url: Option<Url>,
    pub(crate) entry: Entry,
}

impl Identified {
    /// A change of a page: each text of it is another.
    pub(crate) fn of_change(url: Option<Url>, text: &str, entry: Entry) -> Self {
        let at = url.as_ref().map(Url::to_string).unwrap_or_default();
        Self { identity: digest(&["change", &at, text]), url, entry }
    }

    /// Numbers that the source gives.
    pub(crate) fn engagement(&self) -> Option<Value> {
        let mut numbers = Map::new();
        for (name, number) in [
            ("comments", self.entry.comments),
            ("views", self.entry.views),
            ("likes", self.entry.likes),
            ("reposts", self.entry.reposts),
        ] {
            if let Some(number) = number {
                numbers.insert(name.to_owned(), number.into());
            }
        }
        (!numbers.is_empty()).then_some(Value::Object(numbers))
    }
}

/// An item to be kept.
#[derive(Debug, Clone)]
pub(crate) struct NewItem {
    pub(crate) identity: [u8; 32],
    pub(crate) content: [u8; 32],
    pub(crate) likeness: Likeness,
    pub(crate) url: Option<String>,
    pub(crate) title: String,
    pub(crate) author: Option<String>,
    pub(crate) published_at: Option<Timestamp>,
    pub(crate) dated_at: Timestamp,
    pub(crate) summary: String,
    pub(crate) text: String,
    pub(crate) language: &'static str,
    pub(crate) keyphrases: Vec<String>,
    pub(crate) words: i32,
    pub(crate) engagement: Option<Value>,
    pub(crate) picture_url: Option<String>,
}

/// An address without what only tracks, and without its fragment unless that is a path of its own.
pub(crate) fn canonical(url: &Url) -> Url {
    let mut url = url.clone();
    if url.fragment().is_some_and(|fragment| !fragment.starts_with('!') && !fragment.starts_with('/')) {
        url.set_fragment(None);
    }
    let kept: Vec<(String, String)> = url
        .query_pairs()
        .filter(|(name, _)| {
            let name = name.to_ascii_lowercase();
            !name.starts_with("utm_") && !TRACKING.contains(&name.as_str())
        })
        .map(|(name, value)| (name.into_owned(), value.into_owned()))
        .collect();
    if url.query_pairs().count() != kept.len() {
        if kept.is_empty() {
            url.set_query(None);
        } else {
            url.query_pairs_mut().clear().extend_pairs(kept);
        }
    }
    url
}

fn digest(parts: &[&str]) -> [u8; 32] {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part.as_bytes());
    }
    hash.finalize().into()
}

/// Tells the entries of a feed apart: by their address; by their id or their words too, where several share an address;
/// by their words alone where an id is not theirs alone.
pub(crate) fn identify(source: SourceId, entries: Vec<Entry>) -> Vec<Identified> {
    let mut links: HashMap<String, usize> = HashMap::new();
    let mut ids: HashMap<String, usize> = HashMap::new();
    let canonicals: Vec<Option<Url>> = entries
        .iter()
        .map(|entry| entry.link.as_ref().map(canonical).filter(|url| url.as_str().len() <= 2_000))
        .collect();
    for (entry, url) in entries.iter().zip(&canonicals) {
        if let Some(url) = url {
            *links.entry(spelled(url)).or_default() += 1;
        }
        if let Some(id) = &entry.id {
            *ids.entry(id.clone()).or_default() += 1;
        }
    }
    let mut seen = std::collections::HashSet::new();
    entries
        .into_iter()
        .zip(canonicals)
        .filter_map(|(entry, url)| {
            let own_id = entry.id.clone().filter(|id| ids.get(id) == Some(&1));
            let words = || {
                let said = entry.title.as_deref().or(entry.content.as_deref()).or(entry.summary.as_deref());
                plain(said.unwrap_or_default())
            };
            let identity = match (&url, own_id) {
                (Some(url), id) => {
                    let spelled = spelled(url);
                    if links.get(&spelled) == Some(&1) {
                        digest(&["url", &spelled])
                    } else {
                        digest(&["url", &spelled, &id.unwrap_or_else(words)])
                    }
                }
                (None, Some(id)) => digest(&["id", &source.to_string(), &id]),
                (None, None) => digest(&["words", &source.to_string(), &words()]),
            };
            seen.insert(identity).then_some(Identified { identity, url, entry })
        })
        .collect()
}

/// As two spellings of an address are one: without scheme, `www.` and a slash at the end. A short video of YouTube, which
/// feeds and the interface spell differently, is the video that it is.
fn spelled(url: &Url) -> String {
    let bare = crate::sources::bare(url);
    match bare.strip_prefix("youtube.com/shorts/") {
        Some(id) if !id.contains(['/', '?']) => format!("youtube.com/watch?v={id}"),
        _ => bare,
    }
}

/// Makes an item of an entry.
pub(crate) fn prepare(found: &Identified, feed_language: Option<&str>, now: Timestamp) -> NewItem {
    let entry = &found.entry;
    let summary = entry.summary.as_deref().map(plain).unwrap_or_default();
    let content = entry.content.as_deref().map(plain).unwrap_or_default();
    // the longer one is the text, whatever the feed calls it
    let text = cut(if content.len() >= summary.len() { &content } else { &summary }, TEXT);
    let title = entry.title.as_deref().map(plain).unwrap_or_default();
    let title = title.split_whitespace().collect::<Vec<_>>().join(" ");
    let title = if title.is_empty() {
        // what has no title is known by its beginning, on one line
        first_words(&text.split_whitespace().collect::<Vec<_>>().join(" "), 100)
    } else {
        first_words(&title, TITLE)
    };
    let short = if summary.is_empty() { &text } else { &summary };
    let words = count_words(&text);
    let spoken = if words >= SPOKEN { Language::detect(&text) } else { Language::UNKNOWN };
    let declared = entry.language.as_deref().or(feed_language).and_then(Language::from_tag);
    let language = if spoken == Language::UNKNOWN {
        declared.unwrap_or_else(|| Language::of_line(&format!("{title}. {text}")))
    } else {
        spoken
    };
    let mut document = Document::from_text(&cut(&text, ANALYSED));
    document.metadata.title = (!title.is_empty()).then(|| title.clone());
    let mut keyphrases: Vec<String> = keyphrases(&document, language, 2 * KEYPHRASES)
        .into_iter()
        .map(|phrase| cut(&phrase.text, 120))
        .collect();
    // what is too short to repeat itself says what it is about in its title
    if keyphrases.len() < 3 {
        for phrase in phrases(&title, language) {
            if !keyphrases.iter().any(|known| known.to_lowercase() == phrase.to_lowercase()) {
                keyphrases.push(phrase);
            }
        }
    }
    keyphrases.truncate(KEYPHRASES);
    let published_at = entry.published.or(entry.updated).filter(|at| plausible(*at, now));
    NewItem {
        identity: found.identity,
        content: digest(&[&title.to_lowercase(), &text]),
        likeness: Likeness::of(&title, &text),
        url: found.url.as_ref().map(Url::to_string),
        title: if title.is_empty() { "Untitled".to_owned() } else { title },
        author: entry.author.as_deref().map(|author| cut(author, 200)),
        published_at,
        dated_at: published_at.map_or(now, |at| at.min(now)),
        summary: first_words(
            &short.replace('\n', " ").split_whitespace().collect::<Vec<_>>().join(" "),
            SUMMARY,
        ),
        words: words as i32,
        text,
        language: language.code(),
        keyphrases,
        engagement: found.engagement(),
        picture_url: entry.picture.as_ref().map(Url::to_string).filter(|url| url.len() <= 2_000),
    }
}

/// The phrases of a title: runs of at most three words that carry meaning.
fn phrases(title: &str, language: Language) -> Vec<String> {
    let mut found = Vec::new();
    for part in title.split([':', ';', ',', '.', '?', '!', '–', '—', '|', '(', ')', '“', '”', '"']) {
        let mut run: Vec<&str> = Vec::new();
        for word in bellwether_language::words(part) {
            let lower = word.to_lowercase();
            if language.is_stop_word(&lower)
                || lower.chars().count() < 2
                || lower.chars().all(char::is_numeric)
            {
                found.push(std::mem::take(&mut run));
            } else {
                run.push(word);
                if run.len() == 3 {
                    found.push(std::mem::take(&mut run));
                }
            }
        }
        found.push(run);
    }
    found.into_iter().filter(|run| !run.is_empty()).map(|run| cut(&run.join(" "), 120)).collect()
}

/// Whether something can have been published then: not before feeds, and not after tomorrow.
fn plausible(at: Timestamp, now: Timestamp) -> bool {
    at < now + Duration::days(1) && at.timestamp() > 631_152_000
}

fn cut(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some((at, _)) => text[..at].to_owned(),
        None => text.to_owned(),
    }
}

/// The beginning, ended at a word.
fn first_words(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let cut = cut(text, most - 1);
    let end = cut.rfind(char::is_whitespace).filter(|end| *end * 2 > cut.len()).unwrap_or(cut.len());
    format!("{}…", cut[..end].trim_end_matches([',', ';', ':', ' ', '-', '–']))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> Url {
        Url::parse(text).unwrap()
    }

    #[test]
    fn an_address_without_what_tracks() {
        for (given, canonical_is) in [
            ("https://a.example/x?utm_source=rss&id=3&fbclid=9#top", "https://a.example/x?id=3"),
            ("https://a.example/x?UTM_Campaign=1", "https://a.example/x"),
            ("https://a.example/x?b=%20&a", "https://a.example/x?b=%20&a"),
            ("https://a.example/#!/post/1", "https://a.example/#!/post/1"),
        ] {
            assert_eq!(canonical(&url(given)).as_str(), canonical_is);
        }
    }

    fn entry(link: Option<&str>, id: Option<&str>, title: &str) -> Entry {
        Entry {
            link: link.map(url),
            id: id.map(str::to_owned),
            title: Some(title.to_owned()),
            ..Entry::default()
        }
    }

    #[test]
    fn entries_are_told_apart_whatever_their_ids() {
        let source = SourceId::from(uuid::Uuid::nil());
        // ids that all are the same say nothing; so do addresses
        let same_ids = identify(source, vec![entry(None, Some("1"), "A"), entry(None, Some("1"), "B")]);
        assert_eq!(same_ids.len(), 2);
        let home = Some("https://a.example/");
        assert_eq!(identify(source, vec![entry(home, Some("1"), "A"), entry(home, Some("2"), "B")]).len(), 2);
        // one entry twice is one
        assert_eq!(identify(source, vec![entry(home, None, "A"), entry(home, None, "A")]).len(), 1);
        // and an address is the same with and without what tracks
        let a = identify(source, vec![entry(Some("https://a.example/x?utm_source=a"), None, "A")]);
        let b = identify(source, vec![entry(Some("http://www.a.example/x/"), Some("9"), "B")]);
        assert_eq!(a[0].identity, b[0].identity);
        let short = identify(source, vec![entry(Some("https://www.youtube.com/shorts/abc_-1"), None, "A")]);
        let video = identify(source, vec![entry(Some("https://www.youtube.com/watch?v=abc_-1"), None, "A")]);
        assert_eq!(short[0].identity, video[0].identity);
    }

    #[test]
    fn dates_that_can_not_be_are_not_believed() {
        let now: Timestamp = "2026-11-16T09:00:00Z".parse().unwrap();
        for (said, kept) in [
            ("2026-11-15T09:00:00Z", true),
            ("2026-11-16T20:00:00Z", true),
            ("2031-01-01T00:00:00Z", false),
            ("1970-01-01T00:00:00Z", false),
        ] {
            let mut one = entry(None, None, "A title of some words");
            one.published = Some(said.parse().unwrap());
            let found = identify(SourceId::from(uuid::Uuid::nil()), vec![one]);
            let item = prepare(&found[0], None, now);
            assert_eq!(item.published_at.is_some(), kept, "{said}");
            assert!(item.dated_at <= now);
        }
    }

    #[test]
    fn an_item_is_clean_and_told_by_its_words() {
        let mut one = entry(Some("https://a.example/1"), None, "Prices &amp; <b>hours</b>");
        one.content = Some(
            "<p>What does an hour in your workshop cost? Most workshops charge too little for an hour.</p>\
             <script>track()</script><p>We asked forty workshops in Leipzig, and an hour costs them 71 euros.</p>"
                .to_owned(),
        );
        let found = identify(SourceId::from(uuid::Uuid::nil()), vec![one]);
        let item = prepare(&found[0], Some("de"), "2026-11-16T09:00:00Z".parse().unwrap());
        assert_eq!(item.title, "Prices & hours");
        assert_eq!(item.language, "en");
        assert!(!item.text.contains("track"));
        assert!(
            item.keyphrases.iter().any(|phrase| phrase.to_lowercase().contains("workshop")),
            "{:?}",
            item.keyphrases
        );
        assert!(item.summary.starts_with("What does an hour"));
        assert_eq!(item.words, 29);
    }
}
