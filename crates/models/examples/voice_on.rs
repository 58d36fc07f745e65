//! What a voice adds to the drafts of the built-in writer: the confidence with it and without it, over real articles.
//!
//!   voice_on FOLDER [DRAFTS]
//!
//! Authors with at least nine articles each get a voice of their earlier articles (two thirds by date) against half of
//! the other authors. Written from are their later articles, and as many of strangers, which is what a brand does that
//! writes about the news of its field. Each draft is written twice. Every changed draft is held against the source: the
//! letters and figures of each traced piece, contractions undone, must stand there in their order.

#![expect(clippy::print_stdout, reason = "printing is what it is for")]

use std::{collections::BTreeMap, env, fs, sync::Arc};

use bellwether_language::{Document as Parsed, Language};
use bellwether_models::{Brief, BrandNotes, BuiltinWriter, Document, Origin, VoiceEar, Written};
use bellwether_networks::{Target, Tone, is_valid};
use bellwether_voice::{Sample, Settings, Voice, plain};

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
    changed: usize,
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = env::args().nth(1).ok_or("name the folder of articles")?;
    let drafts: usize = env::args().nth(2).and_then(|count| count.parse().ok()).unwrap_or(4);
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
    let mut by_author: BTreeMap<&str, Vec<&Article>> = BTreeMap::new();
    for article in &articles {
        if let [author] = article.authors.as_slice() {
            by_author.entry(author).or_default().push(article);
        }
    }
    let names: Vec<&str> = by_author.keys().copied().collect();
    let mut sums = [Sums::default(), Sums::default()];
    for name in names.iter().filter(|name| by_author[*name].len() >= 9) {
        let own = &by_author[name];
        let split = own.len() * 2 / 3;
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
        let guide = voice.guide(&texts);
        let ear = VoiceEar::shared(voice, &guide);
        let strangers: Vec<&Article> = half(1).collect();
        let step = (strangers.len() / drafts).max(1);
        let later = own[split..].iter().copied().take(drafts);
        let strange = strangers.into_iter().step_by(step).take(drafts);
        let mut shown = Vec::new();
        for (sum, sources) in sums.iter_mut().zip([later.collect::<Vec<_>>(), strange.collect()]) {
            let before = (sum.drafts, sum.off, sum.on);
            for article in sources {
                for target in [Target::LinkedinShort, Target::FacebookPost, Target::ThreadsThread] {
                    compare(article, target, &ear, sum);
                }
            }
            let n = (sum.drafts - before.0).max(1.0);
            shown.push(format!("{:.2} → {:.2}", (sum.off - before.1) / n, (sum.on - before.2) / n));
        }
        println!("{name:<30.30} own articles {}, of strangers {}", shown[0], shown[1]);
    }
    for (sum, what) in sums.iter().zip(["the author's later articles", "articles of strangers"]) {
        let n = sum.drafts.max(1.0);
        println!(
            "{what}: {} drafts, confidence {:.3} without the voice, {:.3} with it, rise {:.3}; facts changed: {}",
            sum.drafts,
            sum.off / n,
            sum.on / n,
            (sum.on - sum.off) / n,
            sum.changed
        );
    }
    Ok(())
}

fn compare(article: &Article, target: Target, ear: &Arc<VoiceEar>, sum: &mut Sums) {
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
    let writer = BuiltinWriter::new();
    let (Ok(off), Ok(on)) =
        (writer.compose(&brief), writer.compose(&Brief { voice: Some(ear.clone()), ..brief.clone() }))
    else {
        return;
    };
    let (Some(before), Some(after)) = (ear.hear(&off.content), ear.hear(&on.content)) else { return };
    sum.drafts += 1.0;
    sum.off += f64::from(before.value);
    sum.on += f64::from(after.value);
    sum.changed += usize::from(!is_true(&brief, &on));
}

/// Whether each piece stands in the source, all else is the author's own additions, and the network accepts it.
fn is_true(brief: &Brief, written: &Written) -> bool {
    let title = brief.document.title.as_deref().unwrap_or_default();
    let source = plain(&format!("{title}\n{}", brief.document.text));
    let stands = |text: &str| source.contains(plain(text.trim_end_matches('…')).as_str());
    is_valid(brief.target, &written.content)
        && written.trace.iter().all(|piece| match &piece.origin {
            Origin::Input { .. } | Origin::Brief => stands(&piece.text),
            Origin::Pattern { .. } => true,
        })
}
