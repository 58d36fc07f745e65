//! A stream with everything that is no trend in it, and some bursts that are: every number is drawn anew per seed.

use bellwether_language::Language;

use crate::{
    headlines::{self, Event},
    material::{Material, inflected, invented},
    random::{Random, zipf_sums},
};

pub const DAY: i64 = 86_400;
/// A Monday.
pub const START: i64 = 1_759_708_800;

#[derive(Clone)]
pub struct Post {
    pub source: usize,
    pub at: i64,
    pub title: String,
    pub keyphrases: Vec<String>,
    pub language: Language,
    /// The planted burst that it is of.
    pub burst: Option<usize>,
    /// What else was planted: for looking into errors.
    pub kind: &'static str,
}

/// A burst that was planted.
#[derive(Clone, Copy)]
pub struct Burst {
    pub first: i64,
    pub last: i64,
    pub size: usize,
    pub sources: usize,
}

/// Kinds of stream.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Regime {
    /// Everything, of middle density.
    Mixed,
    /// Few items a day, over months.
    Sparse,
    /// Many items a day.
    Dense,
    /// Short lines by patterns and synonyms, as newspapers write them; the everyday talk is written by the same ones.
    Headlines,
    /// Bursts of 5–9 items within hours or a day.
    Small,
    /// Bursts of days up to two weeks.
    Long,
    /// Hardly any history before the first burst.
    Young,
    /// Long sentences about it, of which it is a small part.
    Wordy,
}

impl Regime {
    pub const ALL: [Self; 8] = [
        Self::Mixed,
        Self::Sparse,
        Self::Dense,
        Self::Headlines,
        Self::Small,
        Self::Long,
        Self::Young,
        Self::Wordy,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Self::Mixed => "mixed",
            Self::Sparse => "sparse",
            Self::Dense => "dense",
            Self::Headlines => "headlines",
            Self::Small => "small",
            Self::Long => "long",
            Self::Young => "young",
            Self::Wordy => "wordy",
        }
    }
}

pub struct Stream {
    pub posts: Vec<Post>,
    pub bursts: Vec<Burst>,
    pub per_day: f64,
    pub days: i64,
}

pub(crate) struct Maker<'a> {
    pub(crate) regime: Regime,
    pub(crate) material: &'a Material,
    pub(crate) random: Random,
    pub(crate) days: i64,
    pub(crate) sources: usize,
    source_sums: Vec<f64>,
    hours: Vec<f64>,
    pub(crate) keyphrases: bool,
    pub(crate) posts: Vec<Post>,
    pub(crate) bursts: Vec<Burst>,
}

const FILLERS: &[&str] =
    &["the", "of", "for", "and", "in", "with", "on", "to", "a", "by", "after", "how", "why", "what"];

impl Stream {
    pub fn new(material: &Material, seed: u64, regime: Regime) -> Self {
        let own = Regime::ALL.iter().position(|other| *other == regime).unwrap_or_default() as u64;
        let mut random = Random::new(seed + own * 1_000_003);
        let per_day = match regime {
            Regime::Sparse => random.scale(0.7, 12.0),
            Regime::Dense => random.scale(1_000.0, 4_000.0),
            Regime::Headlines | Regime::Small | Regime::Young => random.scale(20.0, 800.0),
            _ => random.scale(15.0, 1_200.0),
        };
        let days = match regime {
            Regime::Sparse => random.range(60, 240) as i64,
            Regime::Dense => random.range(10, 16) as i64,
            Regime::Young => random.range(6, 12) as i64,
            _ => random.range(28, 60).min((24_000.0 / per_day) as usize).max(21) as i64,
        };
        let most = if regime == Regime::Sparse { 4.0 + per_day * 3.0 } else { 3.0 + per_day / 4.0 };
        let sources = random.scale(3.0, most.min(200.0)).round() as usize;
        let source_sums = zipf_sums(sources, random.between(0.3, 1.1));
        let hours = week(&mut random);
        let keyphrases = random.chance(0.4);
        let mut maker = Maker {
            regime,
            material,
            random,
            days,
            sources,
            source_sums,
            hours,
            keyphrases,
            posts: Vec::new(),
            bursts: Vec::new(),
        };
        maker.background(per_day);
        maker.decoys();
        maker.plant(per_day);
        maker.posts.sort_by(|a, b| a.at.cmp(&b.at).then_with(|| a.title.cmp(&b.title)));
        Self { posts: maker.posts, bursts: maker.bursts, per_day, days }
    }

    pub fn background(&self) -> usize {
        self.posts.iter().filter(|post| post.burst.is_none()).count()
    }
}

/// How busy each hour of the week is.
fn week(random: &mut Random) -> Vec<f64> {
    let (peak, depth, weekend) =
        (random.between(8.0, 20.0), random.between(0.0, 0.95), random.between(0.2, 1.1));
    (0..168)
        .map(|hour| {
            let day = hour / 24;
            let phase = (f64::from(hour % 24) - peak) / 24.0 * std::f64::consts::TAU;
            let busy = 1.0 - depth * (1.0 - phase.cos()) / 2.0;
            busy * if day >= 5 { weekend } else { 1.0 }
        })
        .collect()
}

impl Maker<'_> {
    /// A time in the stream as busy as the hour is.
    pub(crate) fn time(&mut self, from: i64, to: i64) -> i64 {
        let most = self.hours.iter().copied().fold(0.0, f64::max);
        for _ in 0..50 {
            let at = from + (self.random.unit() * (to - from) as f64) as i64;
            let hour = ((at - START) / 3_600).rem_euclid(168) as usize;
            if self.random.unit() * most <= self.hours[hour] {
                return at;
            }
        }
        from + (self.random.unit() * (to - from) as f64) as i64
    }

    pub(crate) fn source(&mut self) -> usize {
        let sums = std::mem::take(&mut self.source_sums);
        let source = self.random.zipf(&sums);
        self.source_sums = sums;
        source
    }

    pub(crate) fn put(&mut self, at: i64, source: usize, title: String, kind: &'static str) {
        let keyphrases = if self.keyphrases { self.phrases() } else { Vec::new() };
        self.posts.push(Post {
            source,
            at,
            title,
            keyphrases,
            language: Language::ENGLISH,
            burst: None,
            kind,
        });
    }

    /// Two phrases of some text.
    pub(crate) fn phrases(&mut self) -> Vec<String> {
        (0..2)
            .map(|_| {
                format!("{} {}", self.material.word(&mut self.random), self.material.word(&mut self.random))
            })
            .collect()
    }

    /// A title of these words and some others, in whatever order.
    pub(crate) fn title(&mut self, words: &[String], others: usize) -> String {
        let mut list: Vec<String> = words.to_vec();
        for _ in 0..others {
            let word = self.material.word(&mut self.random);
            list.push(inflected(&word, &mut self.random));
        }
        self.random.shuffle(&mut list);
        let mut title = String::new();
        for (at, word) in list.iter().enumerate() {
            if at > 0 {
                title.push(' ');
                if self.random.chance(0.35) {
                    title.push_str(self.random.pick::<&str>(FILLERS));
                    title.push(' ');
                }
            }
            title.push_str(word);
        }
        let mut chars = title.chars();
        let first = chars.next().map(|c| c.to_uppercase().to_string()).unwrap_or_default();
        first + chars.as_str()
    }

    fn background(&mut self, per_day: f64) {
        let total = (per_day * self.days as f64) as usize;
        let end = START + self.days * DAY;
        let (real, foreign) = (self.random.between(0.25, 0.8), self.random.between(0.0, 0.15));
        // sentences from all over, slowly drifting by date; or article by article, each by one source
        let whole = self.random.chance(0.4);
        let reach = (self.material.articles.len() as f64 * self.random.between(0.5, 1.0)) as usize;
        // topics that are always there, some growing or fading over weeks
        let count = self.random.range(20, 250);
        let topics: Vec<(Vec<String>, f64)> = (0..count)
            .map(|_| {
                let words = (0..self.random.range(2, 7))
                    .map(|_| {
                        if self.random.chance(0.3) {
                            invented(&mut self.random)
                        } else {
                            self.material.word(&mut self.random)
                        }
                    })
                    .collect();
                let growth = if self.random.chance(0.25) { self.random.between(-0.08, 0.09) } else { 0.0 };
                (words, growth)
            })
            .collect();
        let sums = zipf_sums(count, self.random.between(0.7, 1.2));
        let known: Vec<String> =
            (0..count).map(|_| headlines::subject(self.material, &mut self.random)).collect();
        for _ in 0..total {
            let at = self.time(START, end);
            let source = self.source();
            if !self.material.foreign.is_empty() && self.random.chance(foreign) {
                let (language, lines) = self.random.pick(&self.material.foreign);
                let title = self.random.pick(lines).clone();
                self.posts.push(Post {
                    source,
                    at,
                    title,
                    keyphrases: Vec::new(),
                    language: *language,
                    burst: None,
                    kind: "foreign",
                });
            } else if self.random.chance(if whole { real / 2.5 } else { real }) {
                let through = (at - START) as f64 / (end - START) as f64;
                let articles = &self.material.articles;
                let middle = (through * articles.len() as f64) as usize;
                let index = (middle + self.random.below(reach)) % articles.len();
                let article = &articles[index];
                if whole {
                    // a piece of 1–4 sentences, each an item of its source
                    let own = article.author.bytes().map(usize::from).sum::<usize>() % self.sources;
                    let first = self.random.below(article.sentences.len());
                    let mut when = at;
                    for sentence in article.sentences[first..].iter().take(self.random.range(1, 4)) {
                        self.put(when.min(end - 1), own, sentence.clone(), "article");
                        when += self.random.below(6 * 3_600) as i64;
                    }
                } else {
                    let title = self.random.pick(&article.sentences).clone();
                    self.put(at, source, title, "article");
                }
            } else if self.regime == Regime::Headlines {
                let about = known[self.random.zipf(&sums)].clone();
                let event = Event::any(&mut self.random);
                let title = event.line(&about, "", self.material, &mut self.random);
                self.put(at, source, title, "headline");
            } else {
                let (words, growth) = &topics[self.random.zipf(&sums)];
                // thinned, so that the number of it grows by so much a day
                let day = (at - START) as f64 / DAY as f64;
                let reference = if *growth > 0.0 { self.days as f64 } else { 0.0 };
                if self.random.chance((growth * (day - reference)).exp()) {
                    let mut chosen = words.clone();
                    self.random.shuffle(&mut chosen);
                    chosen.truncate(self.random.range(1, 3));
                    let others = self.random.range(2, 5);
                    let title = self.title(&chosen, others);
                    self.put(at, source, title, "topic");
                }
            }
        }
    }
}
