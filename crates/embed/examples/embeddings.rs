//! How fast meanings are worked out on one core, beside what the processor can multiply at most in the same run, and how
//! near the vectors are to the exact ones: `cargo run --release -p bellwether-embed --example embeddings -- [articles]`.

#![expect(
    clippy::print_stdout,
    clippy::expect_used,
    reason = "a measurement prints, and stops where it can't measure"
)]

use std::{
    path::Path,
    time::{Duration, Instant},
};

use bellwether_embed::{DIMENSIONS, MiniLm, Urgency};
use rten_gemm::{GemmExecutor, GemmInputA, GemmInputB, GemmOptions};
use rten_tensor::Matrix;

/// Multiplications of a text of 128 pieces: the weights of six layers, and attention.
const MACS_128: f64 = 128.0 * 6.0 * (4.0 * 384.0 * 384.0 + 2.0 * 384.0 * 1_536.0 + 2.0 * 128.0 * 384.0);

fn main() {
    let folders = bellwether_embed::folders(&|name| std::env::var(name).ok());
    let folder = folders.iter().find(|folder| folder.join("model.safetensors").is_file());
    let folder = folder.expect("the model lies here: scripts/minilm.sh brings it");
    let start = Instant::now();
    let model = MiniLm::open(folder).expect("the model can be read");
    println!(
        "{} by {}, loaded in {:.0} ms",
        bellwether_embed::MODEL,
        model.engine(),
        millis(start.elapsed())
    );
    let exact = MiniLm::open_exact(folder).expect("the model can be read");

    let (floats, bytes) = (peak_f32(), peak_bytes());
    println!(
        "at most, by multiplying large matrices: {floats:.0} GMAC/s of 32 bits, {bytes:.0} GMAC/s of bytes"
    );

    let text = text_of_128(&model);
    let texts = vec![text.as_str(); 64];
    for (name, model, peak) in [("chosen", &model, bytes), ("32 bits", &exact, floats)] {
        let rate = rate(model, &texts);
        let limit = peak * 1e9 / MACS_128;
        println!(
            "128 pieces, {name} ({}): {rate} (promised: 100); by the clock {:.0} % of the {limit:.0} that multiplying alone would allow",
            model.engine(),
            100.0 * rate.clock / limit
        );
    }
    if let Some(folder) = std::env::args().nth(1) {
        articles(&model, &exact, Path::new(&folder));
    }
    let mut waits: Vec<f64> = (0..200)
        .map(|round| {
            let start = Instant::now();
            let found = model.embed(&[&format!("honest prices for workshops {round}")], Urgency::Now);
            assert_eq!(found.expect("it embeds")[0].len(), DIMENSIONS);
            millis(start.elapsed())
        })
        .collect();
    waits.sort_by(f64::total_cmp);
    println!("a search of five words: p50 {:.1} ms, p99 {:.1} ms", waits[100], waits[198]);
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1_000.0
}

/// Items a second by the clock, and for each second that the core worked on them: the best of five turns each, since
/// others use the machine too.
struct Rate {
    clock: f64,
    core: f64,
}

impl std::fmt::Display for Rate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:.0} items/s, {:.1} a second of the core", self.clock, self.core)
    }
}

fn rate(model: &MiniLm, texts: &[&str]) -> Rate {
    let mut best = Rate { clock: 0.0, core: 0.0 };
    for _ in 0..5 {
        let (start, before) = (Instant::now(), worked());
        model.embed(texts, Urgency::Now).expect("it embeds");
        let count = texts.len() as f64;
        best.clock = best.clock.max(count / start.elapsed().as_secs_f64());
        best.core = best.core.max(count / worked().saturating_sub(before).as_secs_f64());
    }
    best
}

/// How long processors have worked for this program: its waiting threads add nothing.
fn worked() -> Duration {
    let threads = std::fs::read_dir("/proc/self/task").expect("Linux says how long threads ran");
    let nanoseconds = threads.flatten().map(|thread| {
        let stat = std::fs::read_to_string(thread.path().join("schedstat")).unwrap_or_default();
        stat.split_ascii_whitespace().next().and_then(|first| first.parse().ok()).unwrap_or(0)
    });
    Duration::from_nanos(nanoseconds.sum())
}

/// Words until the text has 128 pieces.
fn text_of_128(model: &MiniLm) -> String {
    let words =
        "Small workshops raised their hourly prices this spring while energy bills and orders kept changing ";
    let mut text = String::new();
    for word in words.split_inclusive(' ').cycle() {
        let longer = format!("{text}{word}");
        if model.pieces(&longer).len() > 128 {
            break;
        }
        text = longer;
    }
    assert_eq!(model.pieces(&text).len(), 128);
    text
}

/// Titles and summaries as items have them, of real articles.
fn articles(model: &MiniLm, exact: &MiniLm, folder: &Path) {
    let mut paths: Vec<_> = std::fs::read_dir(folder)
        .expect("the articles are there")
        .flatten()
        .map(|entry| entry.path())
        .collect();
    paths.sort();
    let texts: Vec<String> = paths
        .iter()
        .filter_map(|path| std::fs::read_to_string(path).ok())
        .map(|text| {
            let lines: Vec<&str> = text.lines().map(|line| line.trim_start_matches('#').trim()).collect();
            let summary: String =
                lines.iter().skip(1).copied().collect::<Vec<_>>().join(" ").chars().take(400).collect();
            format!("{}\n{summary}", lines.first().unwrap_or(&""))
        })
        .take(300)
        .collect();
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    let pieces: usize = texts.iter().map(|text| model.pieces(text).len()).sum();
    let mean = pieces as f64 / texts.len() as f64;
    println!("{} items of articles, {mean:.0} pieces in the mean: {}", texts.len(), rate(model, &texts));
    let ours = model.embed(&texts, Urgency::Now).expect("it embeds");
    let theirs = exact.embed(&texts, Urgency::Now).expect("it embeds");
    let mut like: Vec<f32> =
        ours.iter().zip(&theirs).map(|(a, b)| a.iter().zip(b).map(|(a, b)| a * b).sum()).collect();
    like.sort_by(f32::total_cmp);
    println!(
        "cosine with the vectors of 32 bits: least {:.5}, mean {:.5} (promised: 0.999)",
        like[0],
        like.iter().sum::<f32>() / like.len() as f32
    );
}

/// Billions of multiplications a second.
fn peak(turn: impl Fn() -> usize + Sync) -> f64 {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().expect("a thread can be started");
    pool.install(|| {
        (0..8)
            .map(|_| {
                let start = Instant::now();
                turn() as f64 / start.elapsed().as_secs_f64() / 1e9
            })
            .fold(0.0, f64::max)
    })
}

const SIDE: usize = 1_024;

fn peak_f32() -> f64 {
    let gemm: GemmExecutor<f32, f32, f32> = GemmExecutor::new();
    let (a, b) = (vec![0.5; SIDE * SIDE], vec![0.25; SIDE * SIDE]);
    let view = |data: &'static [f32]| Matrix::from_data([SIDE, SIDE], data);
    let (a, b) = (view(a.leak()), gemm.prepack_b(view(b.leak())));
    peak(|| {
        let mut out = vec![0.0; SIDE * SIDE];
        gemm.gemm(&mut out, GemmInputA::Unpacked(a), GemmInputB::Packed(&b), GemmOptions::default())
            .expect("it fits");
        SIDE * SIDE * SIDE
    })
}

fn peak_bytes() -> f64 {
    let gemm: GemmExecutor<u8, i8, i32> = GemmExecutor::new();
    let a: &'static [u8] = vec![3; SIDE * SIDE].leak();
    let b: &'static [i8] = vec![-2; SIDE * SIDE].leak();
    let (a, b) = (Matrix::from_data([SIDE, SIDE], a), gemm.prepack_b(Matrix::from_data([SIDE, SIDE], b)));
    peak(|| {
        let mut out = vec![0; SIDE * SIDE];
        gemm.gemm(&mut out, GemmInputA::Unpacked(a), GemmInputB::Packed(&b), GemmOptions::default())
            .expect("it fits");
        SIDE * SIDE * SIDE
    })
}
