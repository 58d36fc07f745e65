//! How well voices tell real authors apart: the articles of a folder, by author, against Burrows' Delta.
//!
//!   authors FOLDER
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
    let only = env::var("MASKED").is_ok();
    // the other half of the others as the background: a change must help there too
    let swap = usize::from(env::var("SWAP").is_ok());
    for length in [60_usize, 150] {
        let mut sums = [0.0_f64; 3];
        let mut bins = vec![(0.0_f64, 0.0_f64, 0.0_f64); 10];
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
            let (mine, theirs) = (pieces(&later, length), pieces(&strangers, length));
            if mine.len() < 3 {
                println!(
                    "  {length:>3} words  {name}: {} later pieces of that length are too few to tell",
                    mine.len()
                );
                continue;
            }
            let delta = Delta::new(&earlier, &background);
            let ask = |pieces: &[&str]| -> Vec<(f64, f64)> {
                pieces
                    .iter()
                    .filter_map(|piece| {
                        Some((f64::from(voice.confidence(piece).ok()?.value), -delta.distance(piece)))
                    })
                    .collect()
            };
            let started = Instant::now();
            let (mine, theirs) = (ask(&mine), ask(&theirs));
            let each = started.elapsed() / (mine.len() + theirs.len()).max(1) as u32;
            for (list, own) in [(&mine, true), (&theirs, false)] {
                for (confidence, _) in list {
                    // both sides weigh the same
                    let weight = 0.5 / list.len() as f64;
                    let bin = &mut bins[((confidence * 10.0) as usize).min(9)];
                    *bin =
                        (bin.0 + weight, bin.1 + weight * confidence, bin.2 + if own { weight } else { 0.0 });
                }
            }
            let first = |list: &[(f64, f64)]| list.iter().map(|x| x.0).collect::<Vec<_>>();
            let second = |list: &[(f64, f64)]| list.iter().map(|x| x.1).collect::<Vec<_>>();
            let (a, d) = (area(&first(&mine), &first(&theirs)), area(&second(&mine), &second(&theirs)));
            sums = [sums[0] + a, sums[1] + d, sums[2] + 1.0];
            println!(
                "  {length:>3} words  {name:<34} {:>3} samples  held-out area {:.3}  area {a:.3}  Delta {d:.3}  {} / {} pieces  train {trained:?}  ask {each:?}",
                samples.len(),
                voice.validation.area,
                mine.len(),
                theirs.len()
            );
        }
        let total: f64 = bins.iter().map(|bin| bin.0).sum();
        let error: f64 =
            bins.iter().filter(|bin| bin.0 > 0.0).map(|bin| (bin.1 - bin.2).abs()).sum::<f64>() / total;
        for (at, (weight, said, was)) in bins.iter().enumerate().filter(|(_, bin)| bin.0 > 0.0) {
            println!(
                "    said {:.2} (bin {at}), was {:.2}, share {:.3}",
                said / weight,
                was / weight,
                weight / sums[2]
            );
        }
        println!(
            "{length} words: area {:.3}, Burrows' Delta {:.3}, expected calibration error {error:.3}",
            sums[0] / sums[2],
            sums[1] / sums[2]
        );
    }
    Ok(())
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
