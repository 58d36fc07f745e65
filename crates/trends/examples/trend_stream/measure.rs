//! Runs the detector over a stream and compares what it says with what was planted.

use std::collections::BTreeMap;

use bellwether_trends::detect::{
    Detector, HitRate, Item, Kind, Moment, Outcome, Settings, Snapshot, Trend, evaluate,
};
use chrono::DateTime;
use uuid::Uuid;

use crate::generator::{Post, Stream};

/// A trend that was reported.
pub struct Reported {
    pub at: i64,
    pub trend: Trend,
    /// The burst that at least half of its items are of.
    pub burst: Option<usize>,
    /// What its items are, for looking into errors.
    pub kinds: BTreeMap<&'static str, usize>,
}

pub struct Run {
    pub reported: Vec<Reported>,
    /// Snapshots, and whether each is of a planted burst.
    pub snapshots: Vec<(Snapshot, bool)>,
    /// Trends when they were found, while they ran (about every half hour) and in the end, and whether they were right.
    pub moments: [Vec<(Moment, bool)>; 3],
    pub bytes: usize,
}

pub fn item(post: &Post, number: usize) -> Item<'_> {
    Item {
        id: Uuid::from_u128(number as u128 + 1),
        source: Uuid::from_u128(post.source as u128 + 1),
        at: DateTime::from_timestamp(post.at, 0).unwrap_or_default(),
        title: &post.title,
        keyphrases: &post.keyphrases,
        language: post.language,
    }
}

pub fn run(posts: &[Post], watch: bool) -> Run {
    let mut detector = Detector::new(Settings::default());
    if watch {
        detector.watch();
    }
    let mut found: BTreeMap<u64, i64> = BTreeMap::new();
    let mut ended: Vec<Trend> = Vec::new();
    let mut bytes = 0;
    let mut moments: [Vec<Moment>; 3] = [Vec::new(), Vec::new(), Vec::new()];
    let mut looked = 0;
    for (number, post) in posts.iter().enumerate() {
        if watch && post.at >= looked {
            looked = post.at + 1_800;
            moments[1].extend(detector.moments());
        }
        for change in detector.push(&item(post, number)) {
            match change.kind {
                Kind::Found => {
                    found.entry(change.trend).or_insert(post.at);
                    if watch {
                        let own = |moment: &Moment| moment.trend == change.trend;
                        moments[0].extend(detector.moments().into_iter().find(own));
                    }
                }
                Kind::Expired(trend) => ended.push(*trend),
                Kind::Merged { into } => {
                    let earlier = found.get(&change.trend).copied();
                    if let (Some(earlier), Some(at)) = (earlier, found.get_mut(&into)) {
                        *at = earlier.min(*at);
                    }
                    found.remove(&change.trend);
                }
                _ => {}
            }
        }
        if number % 2_000 == 0 {
            bytes = bytes.max(detector.bytes());
        }
    }
    bytes = bytes.max(detector.bytes());
    ended.extend(detector.trends());
    let post_of = |id: Uuid| &posts[id.as_u128() as usize - 1];
    let majority = |ids: &mut dyn Iterator<Item = Uuid>| -> (Option<usize>, BTreeMap<&'static str, usize>) {
        let (mut bursts, mut kinds, mut total) = (BTreeMap::new(), BTreeMap::new(), 0);
        for id in ids {
            let post = post_of(id);
            total += 1;
            *kinds.entry(post.kind).or_insert(0) += 1;
            if let Some(burst) = post.burst {
                *bursts.entry(burst).or_insert(0) += 1;
            }
        }
        let most = bursts.into_iter().max_by_key(|(_, items): &(usize, usize)| *items);
        (most.filter(|(_, items)| items * 2 >= total).map(|(burst, _)| burst), kinds)
    };
    let reported: Vec<Reported> = ended
        .into_iter()
        .map(|trend| {
            let (burst, kinds) = majority(&mut trend.evidence.iter().map(|evidence| evidence.item));
            let at = found.get(&trend.id).copied().unwrap_or(trend.found_at.timestamp());
            Reported { at, trend, burst, kinds }
        })
        .collect();
    // of each trend the last moment is its end
    let mut last: BTreeMap<u64, Moment> = BTreeMap::new();
    for moment in &moments[1] {
        last.insert(moment.trend, *moment);
    }
    moments[2] = last.into_values().collect();
    // what was united with an older one is judged with that one
    let right: BTreeMap<u64, bool> =
        reported.iter().map(|reported| (reported.trend.id, reported.burst.is_some())).collect();
    let judged = moments.map(|list| {
        let known = |moment: Moment| right.get(&moment.trend).map(|right| (moment, *right));
        list.into_iter().filter_map(known).collect()
    });
    let snapshots = detector
        .snapshots()
        .into_iter()
        .map(|snapshot| {
            let of = majority(&mut snapshot.items.iter().copied()).0.is_some();
            (snapshot, of)
        })
        .collect();
    Run { reported, snapshots, moments: judged, bytes }
}

/// Sums over streams.
#[derive(Default)]
pub struct Tally {
    pub streams: usize,
    pub posts: usize,
    pub background: usize,
    pub bursts: usize,
    pub found: usize,
    pub reported: usize,
    pub wrong: usize,
    /// A second trend for the same burst counts as wrong too.
    pub again: usize,
    /// Found within the first 30 % of their time; the same before a third of the items had come.
    pub early: usize,
    /// Of all bursts, those of which three sources had spoken within the first 30 % of their time.
    pub possible: usize,
    /// Of all bursts, those found before a third of the items had come.
    pub few: usize,
    /// Items until found, as a share of the burst's.
    pub shares: Vec<f64>,
    /// Time until found, as a share of the burst's.
    pub times: Vec<f64>,
    /// By size (5–7, 8–15, 16–39, 40 and more): bursts, found, early.
    pub sizes: [(usize, usize, usize); 4],
    /// Weight, what was said, what was, per tenth.
    pub bins: [(f64, f64, f64); 10],
    pub last_bins: [(f64, f64, f64); 10],
    /// Of trends when they were found, while they ran, and in the end.
    pub moment_bins: [[(f64, f64, f64); 10]; 3],
    pub outcomes: Vec<Outcome>,
    pub bytes: usize,
}

pub fn size_class(size: usize) -> usize {
    match size {
        0..=7 => 0,
        8..=15 => 1,
        16..=39 => 2,
        _ => 3,
    }
}

impl Tally {
    /// `reports` are (time, burst) of everything that was reported.
    pub fn add_reports(&mut self, stream: &Stream, reports: &[(i64, Option<usize>)]) {
        self.streams += 1;
        self.posts += stream.posts.len();
        self.background += stream.background();
        self.bursts += stream.bursts.len();
        self.reported += reports.len();
        let mut first: BTreeMap<usize, i64> = BTreeMap::new();
        let mut sorted = reports.to_vec();
        sorted.sort_by_key(|(at, _)| *at);
        for (at, burst) in sorted {
            match burst {
                None => self.wrong += 1,
                Some(burst) if first.contains_key(&burst) => self.again += 1,
                Some(burst) => {
                    first.insert(burst, at);
                }
            }
        }
        for (number, burst) in stream.bursts.iter().enumerate() {
            let class = &mut self.sizes[size_class(burst.size)];
            class.0 += 1;
            let span = (burst.last - burst.first).max(1) as f64;
            let mut spoken = std::collections::BTreeSet::new();
            let third = stream
                .posts
                .iter()
                .filter(|post| post.burst == Some(number))
                .find(|post| spoken.insert(post.source) && spoken.len() == 3);
            self.possible +=
                usize::from(third.is_some_and(|post| (post.at - burst.first) as f64 <= 0.3 * span));
            let Some(at) = first.get(&number) else { continue };
            self.found += 1;
            class.1 += 1;
            let time = (at - burst.first) as f64 / span;
            let came =
                stream.posts.iter().filter(|post| post.burst == Some(number) && post.at <= *at).count();
            self.times.push(time);
            self.shares.push(came as f64 / burst.size as f64);
            self.few += usize::from(came as f64 <= 0.3 * burst.size as f64);
            if time <= 0.3 {
                self.early += 1;
                class.2 += 1;
            }
        }
    }

    pub fn add(&mut self, stream: &Stream, run: &Run) {
        let reports: Vec<(i64, Option<usize>)> =
            run.reported.iter().map(|reported| (reported.at, reported.burst)).collect();
        self.add_reports(stream, &reports);
        self.bytes = self.bytes.max(run.bytes);
        let mut counts: BTreeMap<u64, usize> = BTreeMap::new();
        for (snapshot, _) in &run.snapshots {
            *counts.entry(snapshot.topic).or_default() += 1;
        }
        let mut last: BTreeMap<u64, (f64, bool)> = BTreeMap::new();
        for (snapshot, was) in &run.snapshots {
            put(&mut self.bins, 1.0 / counts[&snapshot.topic] as f64, snapshot.confidence, *was);
            last.insert(snapshot.topic, (snapshot.confidence, *was));
        }
        for (said, was) in last.into_values() {
            put(&mut self.last_bins, 1.0, said, was);
        }
        for (bins, list) in self.moment_bins.iter_mut().zip(&run.moments) {
            let mut counts: BTreeMap<u64, usize> = BTreeMap::new();
            for (moment, _) in list {
                *counts.entry(moment.trend).or_default() += 1;
            }
            for (moment, right) in list {
                put(bins, 1.0 / counts[&moment.trend] as f64, moment.confidence, *right);
            }
        }
        for reported in run.reported.iter().filter(|reported| reported.burst.is_some()) {
            self.outcomes.push(evaluate(&reported.trend));
        }
    }

    pub fn precision(&self) -> f64 {
        self.found as f64 / self.reported.max(1) as f64
    }

    pub fn recall(&self) -> f64 {
        self.found as f64 / self.bursts.max(1) as f64
    }

    /// One line.
    pub fn brief(&self, name: &str) {
        println!(
            "  {name:<10} {:>7} items, {:>4} bursts: precision {:.3} ({} wrong, {} again), recall {:.3}, false per 1,000 {:.2}, early {:.3} of {:.3} that can be, by items {:.3}, calibration {:.3}, {:.3}, {:.3}",
            self.posts,
            self.bursts,
            self.precision(),
            self.wrong,
            self.again,
            self.recall(),
            self.wrong as f64 * 1_000.0 / self.background.max(1) as f64,
            self.early as f64 / self.bursts.max(1) as f64,
            self.possible as f64 / self.bursts.max(1) as f64,
            self.few as f64 / self.bursts.max(1) as f64,
            error(&self.moment_bins[0]),
            error(&self.moment_bins[1]),
            error(&self.moment_bins[2]),
        );
    }

    pub fn show(&self, name: &str) {
        println!("{name}: {} streams, {} items, {} planted bursts", self.streams, self.posts, self.bursts);
        println!(
            "  precision {:.3} ({} reported, {} wrong, {} again), recall {:.3}, false per 1,000 background items {:.2}",
            self.precision(),
            self.reported,
            self.wrong,
            self.again,
            self.recall(),
            self.wrong as f64 * 1_000.0 / self.background.max(1) as f64
        );
        println!(
            "  of those found, {:.3} within the first 30 % of their time ({:.3} can be: three sources had spoken), {:.3} within 30 % of their items; when found, half had {:.0} % of their time and {:.0} % of their items behind them",
            self.early as f64 / self.found.max(1) as f64,
            self.possible as f64 / self.bursts.max(1) as f64,
            self.few as f64 / self.found.max(1) as f64,
            middle(&self.times) * 100.0,
            middle(&self.shares) * 100.0
        );
        for (class, (bursts, found, early)) in ["5–7", "8–15", "16–39", "40+"].iter().zip(self.sizes) {
            println!(
                "    {class:>5} items: {bursts:>4} bursts, recall {:.3}, early {:.3}",
                found as f64 / bursts.max(1) as f64,
                early as f64 / found.max(1) as f64
            );
        }
    }

    pub fn show_confidence(&self) {
        for (said, was, weight) in shown(&self.bins) {
            println!("    said {said:.2}, was {was:.2}, topics {weight:.0}");
        }
        println!(
            "  score of topics, calibration error {:.3} over all moments, {:.3} over the last moment of each",
            error(&self.bins),
            error(&self.last_bins)
        );
        for (name, bins) in ["when found", "while they ran", "in the end"].iter().zip(&self.moment_bins) {
            println!("  confidence of trends {name}, calibration error {:.3}:", error(bins));
            for (said, was, weight) in shown(bins) {
                println!("    said {said:.2}, was {was:.2}, trends {weight:.0}");
            }
        }
        let rate = HitRate::of(self.outcomes.iter().copied());
        println!(
            "  of {} trends, the peak lay in its interval in {:.2}, the size in {:.2} (made for 0.80)",
            rate.trends,
            rate.peak_rate().unwrap_or_default(),
            rate.size_rate().unwrap_or_default()
        );
        println!("  state at most {:.1} MB", self.bytes as f64 / 1e6);
    }
}

fn put(bins: &mut [(f64, f64, f64); 10], weight: f64, said: f64, was: bool) {
    let bin = &mut bins[((said * 10.0) as usize).min(9)];
    *bin = (bin.0 + weight, bin.1 + weight * said, bin.2 + if was { weight } else { 0.0 });
}

fn shown(bins: &[(f64, f64, f64); 10]) -> Vec<(f64, f64, f64)> {
    bins.iter().filter(|bin| bin.0 > 0.0).map(|bin| (bin.1 / bin.0, bin.2 / bin.0, bin.0)).collect()
}

fn error(bins: &[(f64, f64, f64); 10]) -> f64 {
    let total: f64 = bins.iter().map(|bin| bin.0).sum();
    bins.iter().map(|bin| (bin.1 - bin.2).abs()).sum::<f64>() / total.max(1e-9)
}

pub fn middle(list: &[f64]) -> f64 {
    let mut list = list.to_vec();
    list.sort_by(f64::total_cmp);
    list.get(list.len() / 2).copied().unwrap_or_default()
}
