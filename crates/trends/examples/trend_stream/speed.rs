//! How fast items go through, and whether the time stays linear and the state bounded.

use std::time::{Duration, Instant};

use bellwether_language::{Document, Language, count_words, keyphrases};
use bellwether_trends::detect::{Detector, Item, Settings};
use chrono::DateTime;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    generator::START,
    material::{Material, invented},
    random::Random,
};

pub fn speed(material: &Material, items: usize) -> anyhow::Result<()> {
    if std::env::var("TITLES").is_err() {
        whole(material, items)?;
    }
    // the same stream for longer, then a denser one for as long
    for per_day in [Some(1_000), None] {
        let mut before = 0.0;
        for items in [10_000, 100_000, 1_000_000].into_iter().filter(|n| *n <= 10 * items) {
            let days = per_day.map_or(365, |per_day| items / per_day);
            let (took, bytes) = titles(material, items, days);
            let each = took.as_secs_f64() * 1e6 / items as f64;
            let ratio = if before > 0.0 {
                format!(", {:.2} times the one before", each / before)
            } else {
                String::new()
            };
            println!(
                "  {items:>9} titles in {days} days: {each:.1} µs each{ratio}, state {:.1} MB",
                bytes as f64 / 1e6
            );
            before = each;
        }
    }
    Ok(())
}

/// Feeds of 50 entries with a title and two paragraphs of HTML each: parsed, cleaned, keyphrases, detected.
fn whole(material: &Material, items: usize) -> anyhow::Result<()> {
    let mut random = Random::new(7);
    let feeds: Vec<String> = (0..200).map(|_| feed(material, &mut random)).collect();
    let mut detector = Detector::new(Settings::default());
    let mut spent = [Duration::ZERO; 4];
    let mut words = 0;
    for number in 0..items / 50 {
        let started = Instant::now();
        let feed: Value = serde_json::from_str(&feeds[number % feeds.len()])?;
        let entries = feed["items"].as_array().cloned().unwrap_or_default();
        spent[0] += started.elapsed();
        for (at, entry) in entries.iter().enumerate() {
            let started = Instant::now();
            let title = entry["title"].as_str().unwrap_or_default();
            let mut document = Document::from_html(entry["content_html"].as_str().unwrap_or_default());
            document.metadata.title = Some(title.to_owned());
            spent[1] += started.elapsed();
            let started = Instant::now();
            let text = document.to_text();
            words += count_words(&text);
            let language = Language::detect(&text);
            let keyphrases: Vec<String> =
                keyphrases(&document, language, 8).into_iter().map(|phrase| phrase.text).collect();
            spent[2] += started.elapsed();
            let started = Instant::now();
            let index = number * 50 + at;
            detector.push(&Item {
                id: Uuid::from_u128(index as u128),
                source: Uuid::from_u128(random.below(400) as u128),
                at: DateTime::from_timestamp(START + index as i64 * 60, 0).unwrap_or_default(),
                title,
                keyphrases: &keyphrases,
                language,
            });
            spent[3] += started.elapsed();
        }
    }
    let total: Duration = spent.iter().sum();
    println!(
        "  {items} items of {} words through parse, clean, keyphrases and detect: {:.0} a second (promised 2,000)",
        words / items,
        items as f64 / total.as_secs_f64()
    );
    for (name, time) in ["parse", "clean", "keyphrases", "detect"].iter().zip(spent) {
        println!("    {name:<10} {:>7.1} µs an item", time.as_secs_f64() * 1e6 / items as f64);
    }
    println!("    state {:.1} MB", detector.bytes() as f64 / 1e6);
    Ok(())
}

fn feed(material: &Material, random: &mut Random) -> String {
    let items: Vec<Value> = (0..50)
        .map(|_| {
            let article = random.pick(&material.articles);
            let mut paragraph = || -> String {
                (0..2).map(|_| random.pick(&article.sentences).as_str()).collect::<Vec<_>>().join(" ")
            };
            let html = format!("<p>{}</p>\n<p>{}</p>", paragraph(), paragraph());
            json!({ "id": random.next().to_string(), "title": random.pick(&article.sentences), "content_html": html })
        })
        .collect();
    json!({ "version": "https://jsonfeed.org/version/1.1", "title": "A feed", "items": items }).to_string()
}

/// How long this thread has had a processor, where the system says so (Linux): on a machine that others use, too, the clock
/// tells how busy they are.
fn processor() -> Option<Duration> {
    let line = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    Some(Duration::from_nanos(line.split_whitespace().next()?.parse().ok()?))
}

/// Titles only, spread over so many days.
fn titles(material: &Material, items: usize, days: usize) -> (Duration, usize) {
    let mut random = Random::new(11);
    let mut detector = Detector::new(Settings::default());
    let (mut took, mut bytes) = (Duration::ZERO, 0);
    let span = days as f64 * 86_400.0;
    let before = processor();
    for number in 0..items {
        let article = &material.articles[number.wrapping_mul(7_919) % material.articles.len()];
        let mut title = random.pick(&article.sentences).clone();
        if random.chance(0.2) {
            title = format!("{} {title}", invented(&mut random));
        }
        let at = START + (number as f64 / items as f64 * span) as i64;
        let source = random.below(300) as u128;
        let started = Instant::now();
        detector.push(&Item {
            id: Uuid::from_u128(number as u128),
            source: Uuid::from_u128(source),
            at: DateTime::from_timestamp(at, 0).unwrap_or_default(),
            title: &title,
            keyphrases: &[],
            language: Language::ENGLISH,
        });
        took += started.elapsed();
        if number % 5_000 == 0 {
            bytes = bytes.max(detector.bytes());
        }
    }
    // the drawing of the titles is in it: 0.2 µs each
    let ran = processor().zip(before).map_or(took, |(after, before)| after.saturating_sub(before));
    (ran, bytes)
}
