//! How well voices tell real authors apart: the articles of a folder, by author, against Burrows' Delta.
//!
//!   authors FOLDER
//!   authors FOLDER speed
//!
//! With MASKED set, each author's ten most frequent content words are masked everywhere; with SWAP set, the other half of
//! the other authors is the one to compare with; THIN=n asks about every n-th piece of strangers only and leaves the
//! baseline out. `speed` trains on 500 samples of the length of posts and scores posts.
//!
//! Authors with at least eight articles each get a voice of their earlier articles (two thirds by date); the later ones
//! are asked about. Half of the other authors serve as the texts to compare with in training, the other half as the
//! others of the test, so that nobody asked about was ever seen.

#![expect(clippy::print_stdout, reason = "printing is what it is for")]

use std::{collections::BTreeMap, env, fs, time::Instant};

use bellwether_language::{Document, Language, count_words, words};
use bellwether_voice::{Sample, Settings, Voice, chunks};

struct Article {
    authors: Vec<String>,
    date: String,
    text: String,
}

fn main() -> anyhow::Result<()> {
    let folder = env::args().nth(1).ok_or_else(|| anyhow::anyhow!("name the folder of articles"))?;
    let mut articles = Vec::new();
    let mut paths: Vec<_> = fs::read_dir(folder)?.collect::<Result<Vec<_>, _>>()?;
    paths.sort_by_key(fs::DirEntry::path);
    for entry in paths {
        let raw = fs::read_to_string(entry.path())?;
        let document = Document::from_markdown(&raw);
        let date = raw
            .lines()
            .find(|line| line.starts_with("path = "))
            .unwrap_or_default()
            .replace("inside-rust/", "");
        articles.push(Article { authors: document.metadata.authors.clone(), date, text: document.to_text() });
    }
    articles.sort_by(|a, b| a.date.cmp(&b.date));
    let mut by_author: BTreeMap<&str, Vec<&Article>> = BTreeMap::new();
    for article in &articles {
        if let [author] = article.authors.as_slice() {
            by_author.entry(author).or_default().push(article);
        }
    }
    let least = env::var("LEAST").ok().and_then(|least| least.parse().ok()).unwrap_or(8);
    let names: Vec<&str> = by_author.keys().copied().collect();
    let measured: Vec<&str> = names.iter().copied().filter(|name| by_author[name].len() >= least).collect();
    println!(
        "{} articles, {} authors, {} of them with {least} and more",
        articles.len(),
        names.len(),
        measured.len()
    );
    if env::args().nth(2).is_some_and(|what| what == "speed") {
        return speed(&articles);
    }
    let only = env::var("MASKED").is_ok();
    // the other half of the others as the background: a change must help there too
    let swap = usize::from(env::var("SWAP").is_ok());
    let thin = env::var("THIN").ok().and_then(|thin| thin.parse().ok()).unwrap_or(1);
    let lengths = [60_usize, 150];
    let mut tallies: Vec<Tally> = lengths.iter().map(|_| Tally::default()).collect();
    for name in &measured {
        let own = &by_author[name];
        let split = own.len() * 2 / 3;
        let masked = if only { frequent(own) } else { Vec::new() };
        let text = |article: &Article| mask(&article.text, &masked);
        let earlier: Vec<String> = own[..split].iter().map(|a| text(a)).collect();
        let others = |half: usize| -> Vec<String> {
            let theirs =
                names.iter().enumerate().filter(|(at, other)| at % 2 == (half ^ swap) && *other != name);
            theirs.flat_map(|(_, other)| by_author[other].iter().take(6)).map(|a| text(a)).collect()
        };
        let (background, strangers) = (others(0), others(1));
        let samples: Vec<Sample<'_>> = earlier.iter().map(|text| Sample { text, weight: 1.0 }).collect();
        let background: Vec<&str> = background.iter().map(String::as_str).collect();
        let started = Instant::now();
        let voice = match Voice::train(&samples, &background, Language::ENGLISH, Settings::default()) {
            Ok(voice) => voice,
            Err(reason) => {
                println!("{name}: {reason}");
                continue;
            }
        };
        let trained = started.elapsed();
        let later: Vec<String> = own[split..].iter().map(|a| text(a)).collect();
        let delta = (thin == 1).then(|| Delta::new(&earlier, &background));
        print!(
            "{name:<28.28} {:>3} samples, train {:>5} ms, held out {:.3} (error {:.3}):",
            samples.len(),
            trained.as_millis(),
            voice.validation.area,
            voice.validation.calibration_error
        );
        for (length, tally) in lengths.iter().zip(&mut tallies) {
            let (mine, theirs) = (pieces(&later, *length), pieces(&strangers, *length));
            let theirs: Vec<&str> = theirs.into_iter().step_by(thin).collect();
            if mine.len() < 3 {
                print!("  {length}: {} later pieces are too few", mine.len());
                continue;
            }
            let ask = |pieces: &[&str]| -> Vec<(f64, f64)> {
                pieces
                    .iter()
                    .filter_map(|piece| {
                        let distance = delta.as_ref().map_or(0.0, |delta| -delta.distance(piece));
                        Some((f64::from(voice.confidence(piece).ok()?.value), distance))
                    })
                    .collect()
            };
            let (mine, theirs) = (ask(&mine), ask(&theirs));
            let (a, d) = tally.add(&mine, &theirs);
            print!("  {length}: {a:.3} (Delta {d:.3}, {} pieces)", mine.len());
        }
        println!();
    }
    for (length, tally) in lengths.iter().zip(&tallies) {
        tally.show(*length);
    }
    Ok(())
}

/// How long a training on 500 samples takes, and asking about a post. Time on the clock: on a busy machine, the
/// processor's own (`time`) says more.
fn speed(articles: &[Article]) -> anyhow::Result<()> {
    let posts: Vec<&str> = articles
        .iter()
        .flat_map(|article| chunks(&article.text, Language::ENGLISH, 70, 120).into_iter().take(3))
        .collect();
    let samples: Vec<Sample<'_>> =
        posts.iter().step_by(2).take(500).map(|text| Sample { text, weight: 1.0 }).collect();
    let others: Vec<&str> = posts.iter().skip(1).step_by(2).take(500).copied().collect();
    let started = Instant::now();
    let voice = Voice::train(&samples, &others, Language::ENGLISH, Settings::default())?;
    println!("training on {} samples and {} of others: {:?}", samples.len(), others.len(), started.elapsed());
    let started = Instant::now();
    let heard = posts.iter().rev().take(500).filter(|post| voice.confidence(post).is_ok()).count();
    println!("{heard} posts scored: {:?} each", started.elapsed() / heard.max(1) as u32);
    Ok(())
}

/// Sums over authors at one length.
#[derive(Default)]
struct Tally {
    areas: f64,
    deltas: f64,
    authors: f64,
    /// Weight, what was said, what was, for each tenth of confidence; both sides weigh the same.
    bins: [(f64, f64, f64); 10],
}

impl Tally {
    fn add(&mut self, mine: &[(f64, f64)], theirs: &[(f64, f64)]) -> (f64, f64) {
        for (list, own) in [(mine, true), (theirs, false)] {
            for (confidence, _) in list {
                let weight = 0.5 / list.len() as f64;
                let bin = &mut self.bins[((confidence * 10.0) as usize).min(9)];
                *bin = (bin.0 + weight, bin.1 + weight * confidence, bin.2 + if own { weight } else { 0.0 });
            }
        }
        let first = |list: &[(f64, f64)]| list.iter().map(|x| x.0).collect::<Vec<_>>();
        let second = |list: &[(f64, f64)]| list.iter().map(|x| x.1).collect::<Vec<_>>();
        let (a, d) = (area(&first(mine), &first(theirs)), area(&second(mine), &second(theirs)));
        self.areas += a;
        self.deltas += d;
        self.authors += 1.0;
        (a, d)
    }

    fn show(&self, length: usize) {
        for (weight, said, was) in self.bins.iter().filter(|bin| bin.0 > 0.0) {
            println!(
                "    said {:.2}, was {:.2}, share {:.3}",
                said / weight,
                was / weight,
                weight / self.authors
            );
        }
        let error: f64 = self.bins.iter().map(|bin| (bin.1 - bin.2).abs()).sum::<f64>() / self.authors;
        println!(
            "{length} words: area {:.3}, Burrows' Delta {:.3}, expected calibration error {error:.3}, {} authors",
            self.areas / self.authors,
            self.deltas / self.authors,
            self.authors
        );
    }
}

fn pieces(texts: &[String], length: usize) -> Vec<&str> {
    texts
        .iter()
        .flat_map(|text| chunks(text, Language::ENGLISH, length * 4 / 5, length * 6 / 5).into_iter().take(12))
        .filter(|piece| (length * 7 / 10..=length * 3 / 2).contains(&count_words(piece)))
        .collect()
}

fn frequent(articles: &[&Article]) -> Vec<String> {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for article in articles {
        for word in words(&article.text.to_lowercase()) {
            if word.len() > 2 && !Language::ENGLISH.is_stop_word(word) {
                *counts.entry(word.to_owned()).or_default() += 1;
            }
        }
    }
    let mut list: Vec<_> = counts.into_iter().collect();
    list.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    list.into_iter().take(10).map(|(word, _)| word).collect()
}

fn mask(text: &str, masked: &[String]) -> String {
    let mut out = String::with_capacity(text.len());
    for part in text.split_inclusive(|c: char| !c.is_alphanumeric()) {
        let word = part.trim_end_matches(|c: char| !c.is_alphanumeric());
        if masked.iter().any(|one| *one == word.to_lowercase()) {
            out.push_str("thing");
            out.push_str(&part[word.len()..]);
        } else {
            out.push_str(part);
        }
    }
    out
}

fn area(own: &[f64], others: &[f64]) -> f64 {
    let mut wins = 0.0;
    for a in own {
        for b in others {
            wins += match a.total_cmp(b) {
                std::cmp::Ordering::Greater => 1.0,
                std::cmp::Ordering::Equal => 0.5,
                std::cmp::Ordering::Less => 0.0,
            };
        }
    }
    wins / (own.len() * others.len()).max(1) as f64
}

/// Burrows' Delta: the mean difference of the z-scores of the 150 most frequent words.
struct Delta {
    words: Vec<(String, f64, f64)>,
    author: Vec<f64>,
}

impl Delta {
    fn new(own: &[String], others: &[&str]) -> Self {
        let all: Vec<BTreeMap<String, f64>> =
            own.iter().map(String::as_str).chain(others.iter().copied()).map(frequencies).collect();
        let mut totals: BTreeMap<&str, f64> = BTreeMap::new();
        for text in &all {
            for (word, share) in text {
                *totals.entry(word).or_default() += share;
            }
        }
        let mut most: Vec<(&str, f64)> = totals.into_iter().collect();
        most.sort_by(|a, b| b.1.total_cmp(&a.1));
        let n = all.len() as f64;
        let words: Vec<(String, f64, f64)> = most
            .into_iter()
            .take(150)
            .map(|(word, total)| {
                let mean = total / n;
                let spread = all
                    .iter()
                    .map(|text| (text.get(word).copied().unwrap_or(0.0) - mean).powi(2))
                    .sum::<f64>()
                    / n;
                (word.to_owned(), mean, spread.sqrt().max(1e-9))
            })
            .collect();
        let joined = frequencies(&own.join(" "));
        let author = words
            .iter()
            .map(|(w, mean, spread)| (joined.get(w).copied().unwrap_or(0.0) - mean) / spread)
            .collect();
        Self { words, author }
    }

    fn distance(&self, text: &str) -> f64 {
        let of = frequencies(text);
        let sum: f64 = self
            .words
            .iter()
            .zip(&self.author)
            .map(|((word, mean, spread), author)| {
                ((of.get(word).copied().unwrap_or(0.0) - mean) / spread - author).abs()
            })
            .sum();
        sum / self.words.len() as f64
    }
}

fn frequencies(text: &str) -> BTreeMap<String, f64> {
    let lower = text.to_lowercase();
    let mut counts: BTreeMap<String, f64> = BTreeMap::new();
    for word in words(&lower) {
        *counts.entry(word.to_owned()).or_default() += 1.0;
    }
    let total: f64 = counts.values().sum::<f64>().max(1.0);
    for count in counts.values_mut() {
        *count /= total;
    }
    counts
}
