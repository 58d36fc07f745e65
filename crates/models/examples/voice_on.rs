//! What a voice adds to the drafts of the built-in writer: the confidence with it and without it, over real articles.
//!
//!   voice_on FOLDER [ARTICLES]
//!
//! Authors with at least seven articles each get a voice of their earlier articles (two thirds by date, at least six)
//! against half of the other authors. Written from are up to ARTICLES (four) of their later articles, and as many of
//! strangers, which is what a brand does that writes about the news of its field, for five targets. Each draft is written
//! twice. Every draft in a voice is held against the source: the words of each traced piece, contractions and the like
//! undone, must stand there in their order, and nothing but traced pieces may be in it.
//!
//! The authors fall into two halves by a hash of their name: `HALF=tried` is what changes of the writer were tried on,
//! `HALF=asked` (unless said otherwise) what figures are given of, `HALF=both` all. `SHOW=20` prints so many drafts.
//! `TARGETS=all` writes for every target, also where only the selection is the voice's.

#![expect(clippy::print_stdout, reason = "printing is what it is for")]

use std::{
    collections::BTreeMap,
    env, fs,
    sync::Arc,
    time::{Duration, Instant},
};

use bellwether_language::{Document as Parsed, Language};
use bellwether_models::{BrandNotes, Brief, BuiltinWriter, Document, Origin, VoiceEar, Written};
use bellwether_networks::{Content, Target, Tone, is_valid};
use bellwether_voice::{Sample, Settings, Voice, plain};

const TARGETS: [Target; 5] =
    [Target::XPost, Target::MastodonPost, Target::LinkedinShort, Target::FacebookPost, Target::ThreadsThread];
/// A voice needs six samples; one article is left to write from.
const FEWEST: usize = 7;

struct Article {
    authors: Vec<String>,
    date: String,
    document: Document,
}

#[derive(Default)]
struct Sums {
    drafts: f64,
    off: f64,
    on: f64,
    /// Drafts with room for a rise of 0.15, and the rise of those.
    roomy: (f64, f64),
    changed: usize,
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = env::args().nth(1).ok_or("name the folder of articles")?;
    let drafts = env::args().nth(2).and_then(|count| count.parse().ok()).unwrap_or(4);
    let half = env::var("HALF").unwrap_or_else(|_| "asked".to_owned());
    let mut show: usize = env::var("SHOW").ok().and_then(|count| count.parse().ok()).unwrap_or(0);
    let targets = if env::var("TARGETS").is_ok_and(|which| which == "all") { Target::ALL } else { &TARGETS };
    let articles = read(&folder)?;
    let mut by_author: BTreeMap<&str, Vec<&Article>> = BTreeMap::new();
    for article in &articles {
        if let [author] = article.authors.as_slice() {
            by_author.entry(author).or_default().push(article);
        }
    }
    let names: Vec<&str> = by_author.keys().copied().collect();
    let mut sums = [Sums::default(), Sums::default()];
    let mut times = Vec::new();
    let of_half = |name: &str| half == "both" || (half == "tried") == hash(name).is_multiple_of(2);
    let mut authors = 0;
    for name in names.iter().filter(|name| by_author[*name].len() >= FEWEST && of_half(name)) {
        let own = &by_author[name];
        let split = (own.len() * 2 / 3).max(FEWEST - 1);
        let texts: Vec<&str> = own[..split].iter().map(|article| article.document.text.as_str()).collect();
        let samples: Vec<Sample<'_>> = texts.iter().map(|text| Sample { text, weight: 1.0 }).collect();
        let half = |half: usize| {
            let theirs = names.iter().enumerate().filter(move |(at, other)| at % 2 == half && *other != name);
            theirs.flat_map(|(_, other)| by_author[other].iter().take(6).copied())
        };
        let others: Vec<&str> = half(0).map(|article| article.document.text.as_str()).collect();
        let Ok(voice) = Voice::train(&samples, &others, Language::ENGLISH, Settings::default()) else {
            continue;
        };
        authors += 1;
        let guide = voice.guide(&texts);
        let ear = VoiceEar::shared(voice, &guide);
        let strangers: Vec<&Article> = half(1).collect();
        let step = (strangers.len() / drafts).max(1);
        let later = own[split..].iter().copied().take(drafts);
        let strange = strangers.into_iter().step_by(step).take(drafts);
        let mut shown = Vec::new();
        for (sum, sources) in sums.iter_mut().zip([later.collect::<Vec<_>>(), strange.collect()]) {
            let before = (sum.drafts, sum.off, sum.on);
            for (index, article) in sources.into_iter().enumerate() {
                for (at, &target) in targets.iter().enumerate() {
                    let shows = show > 0 && (index + authors) % targets.len() == at;
                    show -= usize::from(shows);
                    times.extend(compare(article, target, &ear, sum, shows.then_some(*name)));
                }
            }
            let n = (sum.drafts - before.0).max(1.0);
            shown.push(format!("{:.2} → {:.2}", (sum.off - before.1) / n, (sum.on - before.2) / n));
        }
        println!("{name:<30.30} own articles {}, of strangers {}", shown[0], shown[1]);
    }
    println!("{authors} authors");
    let mut both = Sums::default();
    for (sum, what) in sums.iter().zip(["the author's later articles", "articles of strangers"]) {
        sum.print(what);
        both.add(sum);
    }
    both.print("both");
    times.sort();
    let at = |share: usize| times.get(times.len() * share / 100).copied().unwrap_or_default();
    println!(
        "a draft in a voice, the reading of its article included: half within {:.0?}, 95 of 100 within {:.0?}, the longest {:.0?}",
        at(50),
        at(95),
        times.last().copied().unwrap_or_default()
    );
    Ok(())
}

impl Sums {
    fn add(&mut self, other: &Self) {
        self.drafts += other.drafts;
        self.off += other.off;
        self.on += other.on;
        self.roomy = (self.roomy.0 + other.roomy.0, self.roomy.1 + other.roomy.1);
        self.changed += other.changed;
    }

    fn print(&self, what: &str) {
        let n = self.drafts.max(1.0);
        println!(
            "{what}: {} drafts, confidence {:.3} without the voice, {:.3} with it, rise {:.3} of {:.3} that there is room for; \
             where there is room for 0.15 ({}) {:.3}; facts changed: {}",
            self.drafts,
            self.off / n,
            self.on / n,
            (self.on - self.off) / n,
            1.0 - self.off / n,
            self.roomy.0,
            self.roomy.1 / self.roomy.0.max(1.0),
            self.changed
        );
    }
}

fn read(folder: &str) -> Result<Vec<Article>, Box<dyn std::error::Error>> {
    let mut paths: Vec<_> = fs::read_dir(folder)?.collect::<Result<Vec<_>, _>>()?;
    paths.sort_by_key(fs::DirEntry::path);
    let mut articles = Vec::new();
    for entry in paths {
        let raw = fs::read_to_string(entry.path())?;
        let parsed = Parsed::from_markdown(&raw);
        let path = raw.lines().find(|line| line.starts_with("path = ")).unwrap_or_default();
        articles.push(Article {
            authors: parsed.metadata.authors.clone(),
            date: path.replace("inside-rust/", ""),
            document: Document {
                text: parsed.to_text(),
                title: parsed.metadata.title.clone(),
                language: Some("en".to_owned()),
                ..Document::default()
            },
        });
    }
    articles.sort_by(|a, b| a.date.cmp(&b.date));
    Ok(articles)
}

/// FNV-1a, so that a half stays the same half.
fn hash(name: &str) -> u64 {
    let mixed = name
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |h, byte| (h ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    mixed >> 32
}

fn compare(
    article: &Article,
    target: Target,
    ear: &Arc<VoiceEar>,
    sum: &mut Sums,
    shown: Option<&str>,
) -> Option<Duration> {
    let brief = Brief {
        document: article.document.clone(),
        target,
        tone: Tone::Educational,
        instructions: None,
        brand: BrandNotes::default(),
        analysis: None,
        voice: None,
        variation: 0,
    };
    let off = BuiltinWriter::new().compose(&brief).ok()?;
    let start = Instant::now();
    let on = BuiltinWriter::new().compose(&Brief { voice: Some(ear.clone()), ..brief.clone() }).ok()?;
    let took = start.elapsed();
    let (before, after) = (ear.hear(&off.content)?.value, ear.hear(&on.content)?.value);
    if let Some(name) = shown {
        let text = |content: &Content| {
            content.published_texts().iter().map(|one| one.text).collect::<Vec<_>>().join("\n~\n")
        };
        println!(
            "==== {name}, {target}, {before:.2}\n{}\n---- {after:.2}\n{}\n====",
            text(&off.content),
            text(&on.content)
        );
    }
    sum.drafts += 1.0;
    sum.off += f64::from(before);
    sum.on += f64::from(after);
    if before <= 0.85 {
        sum.roomy = (sum.roomy.0 + 1.0, sum.roomy.1 + f64::from(after - before));
    }
    if let Some(what) = untrue(&brief, &on) {
        sum.changed += 1;
        println!("CHANGED {what}");
    }
    Some(took)
}

/// A piece that doesn't stand in the source, text outside of pieces, a rule of the network that is broken.
fn untrue(brief: &Brief, written: &Written) -> Option<String> {
    let title = brief.document.title.as_deref().unwrap_or_default();
    let source = plain(&format!("{title}\n{}", brief.document.text));
    for piece in &written.trace {
        let stands = source.contains(plain(piece.text.trim_end_matches('…')).as_str());
        if !stands && !matches!(piece.origin, Origin::Pattern { .. }) {
            return Some(piece.text.clone());
        }
    }
    for published in written.content.published_texts() {
        let mut rest = published.text;
        let mut between = String::new();
        for piece in written.trace.iter().filter(|piece| piece.path == published.path) {
            let Some(at) = rest.find(&piece.text) else { return Some(piece.text.clone()) };
            between.push_str(&rest[..at]);
            between.push(' ');
            rest = &rest[at + piece.text.len()..];
        }
        between.push_str(rest);
        let mark = |word: &str| {
            word.starts_with('#')
                || !word.contains(char::is_alphanumeric)
                || word.strip_suffix(['.', ')']).is_some_and(|n| n.bytes().all(|b| b.is_ascii_digit()))
        };
        if !between.split_whitespace().all(mark) {
            return Some(between);
        }
    }
    (!is_valid(brief.target, &written.content)).then(|| "a rule of the network".to_owned())
}
