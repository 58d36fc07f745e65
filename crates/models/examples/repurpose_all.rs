//! Writes every target from every article with the built-in writer, judges the drafts and measures the time:
//! `cargo run --release --example repurpose_all [-- FILE… [--tone TONE] [--target TARGET] [--variation N] [--wish TEXT]
//! [--rounds N]]`. The time is the processor's where the system tells it (Linux), so that others at the same machine
//! hardly count, and the best of the rounds. With files it prints their drafts instead, or with rounds only their time.
#![expect(clippy::print_stdout, reason = "an example that shows its findings")]

#[path = "../tests/judge/mod.rs"]
mod judge;

use std::{collections::BTreeMap, path::PathBuf, time::Instant};

use bellwether_models::{BuiltinWriter, WriteError};
use bellwether_networks::{Content, Target, Tone};

fn main() {
    let mut files: Vec<PathBuf> = Vec::new();
    let (mut tone, mut only, mut variation, mut verbose, mut wish, mut rounds) =
        (None, None, 0, false, None, 1);
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--tone" => tone = arguments.next().and_then(|text| Tone::parse(&text)),
            "--target" => only = arguments.next().and_then(|text| Target::parse(&text)),
            "--variation" => variation = arguments.next().and_then(|text| text.parse().ok()).unwrap_or(0),
            "--verbose" => verbose = true,
            "--rounds" => rounds = arguments.next().and_then(|text| text.parse().ok()).unwrap_or(1),
            "--wish" => wish = arguments.next(),
            file => files.push(file.into()),
        }
    }
    let targets: Vec<Target> =
        Target::ALL.iter().copied().filter(|target| only.is_none_or(|only| only == *target)).collect();
    if files.is_empty() {
        match judge::articles() {
            Some(all) => {
                let times = (0..rounds).map(|_| times(&all, &targets, tone, variation)).reduce(best);
                report(&all, times.unwrap_or_default(), verbose);
                quality(&all, &targets, tone, variation, verbose);
            }
            None => println!("the articles of ../shared/vectors are not here"),
        }
        return;
    }
    if rounds > 1 {
        let times = (0..rounds).map(|_| times(&files, &targets, tone, variation)).reduce(best);
        report(&files, times.unwrap_or_default(), true);
        return;
    }
    for file in &files {
        show(file, &targets, tone.unwrap_or_default(), variation, wish.as_deref());
    }
}

/// Milliseconds that all targets of each article take.
fn times(files: &[PathBuf], targets: &[Target], tone: Option<Tone>, variation: u32) -> Vec<f64> {
    // the word lists are read once in a process, not once in an article
    let warm = judge::document(&files[0]);
    let _ = BuiltinWriter::new().compose(&judge::brief(&warm, Target::XPost, Tone::Authority, 0));
    let one = |(index, file): (usize, &PathBuf)| {
        let document = judge::document(file);
        let tone = tone.unwrap_or(Tone::ALL[index % Tone::ALL.len()]);
        let (start, before) = (Instant::now(), used());
        let writer = BuiltinWriter::new();
        let written: Vec<_> = targets
            .iter()
            .map(|target| writer.compose(&judge::brief(&document, *target, tone, variation)))
            .collect();
        let wall = start.elapsed().as_secs_f64() * 1e3;
        drop(written);
        before.zip(used()).map_or(wall, |(before, after)| after - before)
    };
    files.iter().enumerate().map(one).collect()
}

/// Milliseconds that this thread has been on a processor.
fn used() -> Option<f64> {
    let stat = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    stat.split(' ').next()?.parse().ok().map(|nanoseconds: f64| nanoseconds / 1e6)
}

/// The better time of each article.
fn best(one: Vec<f64>, other: Vec<f64>) -> Vec<f64> {
    one.into_iter().zip(other).map(|(one, other)| one.min(other)).collect()
}

fn report(files: &[PathBuf], times: Vec<f64>, verbose: bool) {
    let mut times: Vec<(f64, &PathBuf)> = times.into_iter().zip(files).collect();
    times.sort_by(|a, b| a.0.total_cmp(&b.0));
    let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize].0;
    println!(
        "all targets of one article: p50 {:.1} ms, p99 {:.1} ms, worst {:.1} ms",
        at(0.5),
        at(0.99),
        at(1.0)
    );
    for (time, file) in times.iter().rev().take(if verbose { 12 } else { 0 }) {
        println!("{time:.1} ms {}", file.display());
    }
}

fn quality(files: &[PathBuf], targets: &[Target], tone: Option<Tone>, variation: u32, verbose: bool) {
    let mut kinds: BTreeMap<String, usize> = BTreeMap::new();
    let (mut drafts, mut nothing, mut looks) = (0, 0, Looks::default());
    for (index, file) in files.iter().enumerate() {
        looks.next();
        let document = judge::document(file);
        let tone = tone.unwrap_or(Tone::ALL[index % Tone::ALL.len()]);
        let writer = BuiltinWriter::new();
        for &target in targets {
            let brief = judge::brief(&document, target, tone, variation);
            match writer.compose(&brief) {
                Ok(draft) => {
                    drafts += 1;
                    looks.add(&draft.content);
                    for fault in judge::judge(&brief, &draft) {
                        let kind = fault.split(' ').next().unwrap_or_default().to_owned();
                        *kinds.entry(kind).or_default() += 1;
                        if verbose {
                            println!("{} {fault}\n", file.file_name().unwrap_or_default().to_string_lossy());
                        }
                    }
                }
                Err(WriteError::NothingToWrite(_)) => nothing += 1,
                Err(error) => println!("{}: {error}", file.display()),
            }
        }
    }
    println!("{} articles, {drafts} drafts, {nothing} with nothing to write", files.len());
    println!("violations by kind: {kinds:?}");
    looks.next();
    println!("{looks}");
}

/// What a creator sees of many drafts at a glance.
#[derive(Default)]
struct Looks {
    /// Of the article at hand.
    openings: Vec<String>,
    begun: usize,
    distinct: usize,
    slides: usize,
    parted: usize,
    numbered: usize,
}

impl Looks {
    fn next(&mut self) {
        self.begun += self.openings.len();
        self.openings.sort_unstable();
        self.openings.dedup();
        self.distinct += self.openings.len();
        self.openings.clear();
    }

    fn add(&mut self, content: &Content) {
        match content {
            Content::Post { opening_hook, .. } => self.openings.push(opening_hook.clone()),
            Content::Thread { thread, .. } => {
                let first = thread.first().and_then(|post| post.lines().next());
                self.openings.push(first.unwrap_or_default().to_owned());
            }
            Content::Script { hooks, .. } => self.openings.extend(hooks.first().cloned()),
            Content::Carousel { slides, .. } => {
                self.slides += slides.len();
                self.parted += slides.iter().filter(|slide| slide.title.ends_with('…')).count();
                let number = |title: &str| title.chars().all(|c| c.is_ascii_digit());
                self.numbered += slides.iter().filter(|slide| number(&slide.title)).count();
            }
            Content::Email { .. } | Content::Article { .. } => {}
        }
    }
}

impl std::fmt::Display for Looks {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "{} posts, threads and scripts begin in {} ways; of {} slides {} are parted, {} have only a number",
            self.begun, self.distinct, self.slides, self.parted, self.numbered
        )
    }
}

fn show(file: &std::path::Path, targets: &[Target], tone: Tone, variation: u32, wish: Option<&str>) {
    let document = judge::document(file);
    println!("######## {} ({tone})", file.display());
    let writer = BuiltinWriter::new();
    for &target in targets {
        println!("\n=== {target} ===");
        let mut brief = judge::brief(&document, target, tone, variation);
        brief.instructions = wish.map(str::to_owned);
        match writer.compose(&brief) {
            Ok(written) => {
                print(&written.content);
                for note in &written.notes {
                    println!("note: {note}");
                }
                for fault in judge::judge(&brief, &written) {
                    println!("!! {fault}");
                }
            }
            Err(error) => println!("{error}"),
        }
    }
}

fn print(content: &Content) {
    match content {
        Content::Post { post, .. } => println!("{post}"),
        Content::Thread { thread, .. } => println!("{}", thread.join("\n  ---\n")),
        Content::Script { hooks, talking_points, script, caption, duration_seconds, .. } => {
            println!(
                "hooks:\n  {}\npoints:\n  {}\n{script}\ncaption: {caption}\n({duration_seconds} s)",
                hooks.join("\n  "),
                talking_points.join("\n  ")
            );
        }
        Content::Carousel { slides, caption, .. } => {
            for slide in slides {
                println!("[ {} ] {}", slide.title, slide.body);
            }
            println!("caption: {caption}");
        }
        Content::Email { subject, preheader, body, cta } => {
            println!("subject: {subject}\npreheader: {preheader}\n{body}\ncta: {cta:?}");
        }
        Content::Article { title, description, body, tags } => {
            println!("title: {title}\ndescription: {description}\ntags: {tags:?}\n{body}");
        }
    }
}
