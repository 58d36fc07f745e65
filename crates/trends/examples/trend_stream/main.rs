//! How well and how fast trends are found.
//!
//!   trend_stream ARTICLES                measures on seeds 2001–2020 of every kind of stream; nothing was fitted on them
//!   trend_stream ARTICLES seeds A B      measures on others
//!   trend_stream ARTICLES fit            fits the constants on seeds 101–130 and prints them
//!   trend_stream ARTICLES dates          the articles alone, at their own dates, authors as sources: what is reported
//!   trend_stream ARTICLES speed [N]      100,000 (N) items through everything; 10k, 100k and 1M titles
//!   trend_stream replay FILE             JSON lines {id?, source, at (RFC 3339 or seconds), title, keyphrases?,
//!                                        language?} in order of time: prints what is found, as JSON lines
//!
//! With SHOW set, every wrong report and every burst that was missed is printed; REGIME=dense (or another kind) measures
//! that kind alone, PLAIN=0 leaves the baseline out, TITLES=1 the items with texts out of `speed`.

#![expect(clippy::print_stdout, reason = "printing is what it is for")]

mod baseline;
mod fit;
mod generator;
mod headlines;
mod material;
mod measure;
mod plant;
mod random;
mod replay;
mod speed;

use std::{collections::BTreeMap, env, path::Path, time::Instant};

use bellwether_language::Language;
use generator::{Post, Regime, Stream};
use material::Material;
use measure::Tally;

fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let Some(first) = arguments.first() else { anyhow::bail!("name the folder of articles") };
    if first == "replay" {
        return replay::replay(arguments.get(1).map_or("-", String::as_str));
    }
    let material = Material::load(Path::new(first))?;
    let number = |at: usize, other: u64| arguments.get(at).and_then(|n| n.parse().ok()).unwrap_or(other);
    match arguments.get(1).map(String::as_str) {
        Some("fit") => fit::fit(&material, number(2, 101)..=number(3, 130)),
        Some("dates") => dates(&material),
        Some("speed") => speed::speed(&material, number(2, 100_000) as usize)?,
        Some("seeds") => measure(&material, number(2, 1001)..=number(3, 1040)),
        _ => measure(&material, 2001..=2020),
    }
    Ok(())
}

fn measure(material: &Material, seeds: std::ops::RangeInclusive<u64>) {
    let (mut ours, mut plain) = (Tally::default(), Tally::default());
    let show = env::var("SHOW").is_ok();
    let only = env::var("REGIME").ok();
    let (mut took, mut items) = (std::time::Duration::ZERO, 0);
    println!("detector, by kind of stream (seeds {} to {}):", seeds.start(), seeds.end());
    for regime in Regime::ALL {
        if only.as_deref().is_some_and(|only| only != regime.name()) {
            continue;
        }
        let mut own = Tally::default();
        for seed in seeds.clone() {
            let stream = Stream::new(material, seed, regime);
            let started = Instant::now();
            let run = measure::run(&stream.posts, true);
            took += started.elapsed();
            items += stream.posts.len();
            if show {
                errors(seed, &stream, &run);
            }
            ours.add(&stream, &run);
            own.add(&stream, &run);
            if env::var("PLAIN").is_ok_and(|plain| plain == "0") {
                continue;
            }
            plain.add_reports(&stream, &baseline::run(&stream.posts));
        }
        own.brief(regime.name());
    }
    ours.show("detector");
    ours.show_confidence();
    println!("  {:.1} µs an item", took.as_secs_f64() * 1e6 / f64::from(items.max(1) as u32));
    plain.show("keyword z-score");
    println!(
        "promised: precision ≥ 0.9, recall ≥ 0.9, calibration error ≤ 0.1, ≤ 1 false per 1,000, within the first 30 %"
    );
}

fn errors(seed: u64, stream: &Stream, run: &measure::Run) {
    println!("seed {seed}: {:.0} a day, {} days", stream.per_day, stream.days);
    let mut met: BTreeMap<usize, u64> = BTreeMap::new();
    for reported in &run.reported {
        let trend = &reported.trend;
        let again = reported.burst.is_some_and(|burst| met.insert(burst, trend.id).is_some());
        if reported.burst.is_none() || again {
            println!(
                "  {} {:.2} “{}” {:?} {} items {} sources day {:.1} {:?} {:.1} seen, {:.2} usual in {} hours, {:?}",
                if again { "again" } else { "WRONG" },
                trend.confidence,
                trend.name,
                reported.burst,
                trend.items,
                trend.sources,
                (reported.at - generator::START) as f64 / 86_400.0,
                reported.kinds,
                trend.why.seen,
                trend.why.usual,
                trend.why.window_hours,
                trend
                    .why
                    .contributions
                    .iter()
                    .map(|one| format!("{} {:.1}", one.what, one.value))
                    .collect::<Vec<_>>()
                    .join(", ")
            );
        }
    }
    for (number, burst) in stream.bursts.iter().enumerate() {
        if !met.contains_key(&number) {
            let best = run
                .snapshots
                .iter()
                .filter(|(snapshot, _)| {
                    let of = |id: &uuid::Uuid| stream.posts[id.as_u128() as usize - 1].burst == Some(number);
                    snapshot.items.iter().filter(|id| of(id)).count() * 2 >= snapshot.items.len()
                })
                .max_by(|a, b| a.0.confidence.total_cmp(&b.0.confidence));
            // what took its items
            for reported in &run.reported {
                let own = reported
                    .trend
                    .evidence
                    .iter()
                    .filter(|one| stream.posts[one.item.as_u128() as usize - 1].burst == Some(number))
                    .count();
                if own > 0 {
                    println!(
                        "    {own} of {} items in “{}” found day {:.1} {:?}, burst day {:.1} to {:.1}",
                        reported.trend.evidence.len(),
                        reported.trend.name,
                        (reported.at - generator::START) as f64 / 86_400.0,
                        reported.kinds,
                        (burst.first - generator::START) as f64 / 86_400.0,
                        (burst.last - generator::START) as f64 / 86_400.0,
                    );
                }
            }
            let titles: Vec<&str> = stream
                .posts
                .iter()
                .filter(|post| post.burst == Some(number))
                .map(|post| post.title.as_str())
                .take(4)
                .collect();
            println!(
                "  MISSED {} items {} sources {:.0} h, best {:?} {titles:?}",
                burst.size,
                burst.sources,
                (burst.last - burst.first) as f64 / 3_600.0,
                best.map(|(snapshot, _)| (snapshot.confidence, snapshot.features)),
            );
        }
    }
}

/// Real articles at real times. Nothing is known about which trends are in it, so they are printed.
fn dates(material: &Material) {
    let mut sources: BTreeMap<&str, usize> = BTreeMap::new();
    let mut posts: Vec<Post> = Vec::new();
    for article in &material.articles {
        let next = sources.len();
        let source = *sources.entry(&article.author).or_insert(next);
        let date = chrono::NaiveDate::parse_from_str(&article.date, "%Y/%m/%d").unwrap_or_default();
        posts.push(Post {
            source,
            at: date.and_hms_opt(12, 0, 0).unwrap_or_default().and_utc().timestamp(),
            title: article.title.clone(),
            keyphrases: Vec::new(),
            language: Language::ENGLISH,
            burst: None,
            kind: "article",
        });
    }
    posts.sort_by_key(|post| post.at);
    let run = measure::run(&posts, false);
    println!("{} articles by {} authors, {} reported", posts.len(), sources.len(), run.reported.len());
    for reported in &run.reported {
        let trend = &reported.trend;
        println!(
            "  {} {:.2} “{}” {} items {} sources {:?}",
            trend.onset.date_naive(),
            trend.confidence,
            trend.name,
            trend.items,
            trend.sources,
            trend.keywords
        );
        for evidence in trend.evidence.iter().take(6) {
            println!("      {}", posts[evidence.item.as_u128() as usize - 1].title);
        }
    }
}
