//! Prints what is found in a file; for many files how long it takes, and which of them give no point, topic or hashtag:
//! `cargo run --example analyse FILE…`.
#![expect(clippy::print_stdout, reason = "an example that shows its findings")]

use std::time::Instant;

use bellwether_language::{Analysis, Document, Format};

fn main() -> std::io::Result<()> {
    let files: Vec<String> = std::env::args().skip(1).collect();
    let mut times = Vec::new();
    for file in &files {
        let text = String::from_utf8_lossy(&std::fs::read(file)?).into_owned();
        let start = Instant::now();
        let document = match Format::from_name(file) {
            Some(format) => Document::read(&text, format),
            None => Document::from_pasted(&text),
        };
        let analysis = Analysis::of(&document);
        times.push((start.elapsed().as_secs_f64() * 1e3, analysis.words, file));
        if files.len() <= 3 {
            show(&analysis);
        } else if analysis.key_points.is_empty() || analysis.topic.is_none() || analysis.hashtags.is_empty() {
            lacks(file, &analysis);
        }
    }
    times.sort_by(|a, b| a.0.total_cmp(&b.0));
    if let (Some(middle), Some(worst)) = (times.get(times.len() / 2), times.last()) {
        println!("p50 {:.2} ms; worst {:.2} ms ({} words, {})", middle.0, worst.0, worst.1, worst.2);
        let all: f64 = times.iter().map(|(ms, _, _)| ms).sum();
        let words: usize = times.iter().map(|(_, words, _)| words).sum();
        println!("{:.2} ms per 1,500 words", all / (words.max(1) as f64) * 1_500.0);
    }
    Ok(())
}

/// What a text gives too little of, in one line.
fn lacks(file: &str, analysis: &Analysis) {
    println!(
        "{file} ({} words): {} points, topic {:?}, {} hashtags",
        analysis.words,
        analysis.key_points.len(),
        analysis.topic,
        analysis.hashtags.len()
    );
}

fn show(analysis: &Analysis) {
    let text = |index: &usize| analysis.sentences[*index].alone().to_owned();
    println!("language   {}  words {}  partial {}", analysis.language, analysis.words, analysis.partial);
    println!("title      {:?}", analysis.title);
    println!("topic      {:?}", analysis.topic);
    println!("subject    {:?}", analysis.subject);
    println!("audience   {:?}", analysis.audience);
    println!("reading    {:?}", analysis.readability);
    println!("hashtags   {}", analysis.hashtags.join(" "));
    let phrases: Vec<_> =
        analysis.keyphrases.iter().map(|p| format!("{}×{} {:.2}", p.text, p.count, p.score)).collect();
    println!("phrases    {}", phrases.join(" · "));
    println!("core       {:?}", analysis.core_message());
    for index in &analysis.key_points {
        println!("point      {:.2} {}", analysis.sentences[*index].score, text(index));
    }
    for index in &analysis.questions {
        println!("question   {}", text(index));
    }
    for statistic in analysis.statistics.iter().take(5) {
        println!("number     {} ← {}", statistic.value, text(&statistic.sentence));
    }
    for quotation in &analysis.quotations {
        println!("quotation  {} {}", quotation.attributed, quotation.text);
    }
    for (index, sentence) in analysis.sentences.iter().enumerate() {
        println!(
            "{index:4} {:.2} {:?}{} {:?} {:?} {}",
            sentence.score,
            sentence.footing,
            if sentence.holds { "+" } else { "" },
            sentence.faults,
            sentence.kind,
            sentence.text
        );
    }
}
