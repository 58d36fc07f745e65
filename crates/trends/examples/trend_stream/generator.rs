//! A stream with everything that is no trend in it, and some bursts that are: every number is drawn anew per seed.

use std::collections::BTreeSet;

use bellwether_language::Language;

use crate::{
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

pub struct Stream {
    pub posts: Vec<Post>,
    pub bursts: Vec<Burst>,
    pub per_day: f64,
    pub days: i64,
}

struct Maker<'a> {
    material: &'a Material,
    random: Random,
    days: i64,
    sources: usize,
    source_sums: Vec<f64>,
    hours: Vec<f64>,
    keyphrases: bool,
    posts: Vec<Post>,
    bursts: Vec<Burst>,
}

const FILLERS: &[&str] =
    &["the", "of", "for", "and", "in", "with", "on", "to", "a", "by", "after", "how", "why", "what"];

impl Stream {
    pub fn new(material: &Material, seed: u64) -> Self {
        let mut random = Random::new(seed);
        let per_day = random.scale(15.0, 1_200.0);
        let days = random.range(28, 60).min((24_000.0 / per_day) as usize).max(21) as i64;
        let sources = random.scale(3.0, (3.0 + per_day / 4.0).min(200.0)).round() as usize;
        let source_sums = zipf_sums(sources, random.between(0.3, 1.1));
        let hours = week(&mut random);
        let keyphrases = random.chance(0.4);
        let mut maker = Maker {
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
    fn time(&mut self, from: i64, to: i64) -> i64 {
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

    fn source(&mut self) -> usize {
        let sums = std::mem::take(&mut self.source_sums);
        let source = self.random.zipf(&sums);
        self.source_sums = sums;
        source
    }

    fn put(&mut self, at: i64, source: usize, title: String, kind: &'static str) {
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
    fn phrases(&mut self) -> Vec<String> {
        (0..2)
            .map(|_| {
                format!("{} {}", self.material.word(&mut self.random), self.material.word(&mut self.random))
            })
            .collect()
    }

    /// A title of these words and some others, in whatever order.
    fn title(&mut self, words: &[String], others: usize) -> String {
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

    /// What looks like a burst and is none.
    fn decoys(&mut self) {
        let end = START + self.days * DAY;
        // a column that comes every week, from one source or from several
        for _ in 0..self.random.range(1, 4) {
            let words: Vec<String> = (0..3).map(|_| self.material.word(&mut self.random)).collect();
            let everybody = self.random.chance(0.3);
            let items = self.random.range(1, 4);
            let (offset, own) =
                (self.random.below(7) as i64 * DAY + self.random.range(6, 20) as i64 * 3_600, self.source());
            let mut at = START + offset;
            while at < end {
                for _ in 0..items {
                    let source = if everybody { self.source() } else { own };
                    let when = at + self.random.below(7_200) as i64;
                    let title = self.title(&words, 3);
                    self.put(when, source, title, "column");
                }
                at += 7 * DAY;
            }
        }
        // one source that repeats itself
        for _ in 0..self.random.range(1, 4) {
            let words = vec![invented(&mut self.random), self.material.word(&mut self.random)];
            let (source, start) = (self.source(), self.time(START + 8 * DAY, end - DAY));
            let (items, hours) = (self.random.range(5, 50), self.random.range(2, 72) as i64);
            for _ in 0..items {
                let at = (start + self.random.below(hours as usize * 3_600) as i64).min(end - 1);
                let others = self.random.range(1, 4);
                let title = self.title(&words, others);
                self.put(at, source, title, "spam");
            }
        }
        // one story that many copy
        for _ in 0..self.random.range(1, 4) {
            let words: Vec<String> =
                (0..self.random.range(2, 4)).map(|_| invented(&mut self.random)).collect();
            let title = self.title(&words, 4);
            let start = self.time(START + 8 * DAY, end - 2 * DAY);
            for _ in 0..self.random.range(3, 10) {
                let at = start + self.random.below(36 * 3_600) as i64;
                let source = self.source();
                let copy =
                    if self.random.chance(0.3) { format!("{title} | Site {source}") } else { title.clone() };
                self.put(at, source, copy, "copies");
            }
        }
        // two who talk to each other, and chance meetings of two items
        for _ in 0..self.random.range(1, 6) {
            let words = vec![invented(&mut self.random), self.material.word(&mut self.random)];
            let (a, b) = (self.source(), self.source());
            let start = self.time(START + 8 * DAY, end - 2 * DAY);
            let items = if self.random.chance(0.4) { self.random.range(3, 6) } else { 2 };
            for n in 0..items {
                let at = start + self.random.below(48 * 3_600) as i64;
                let title = self.title(&words, 3);
                self.put(at, if n % 2 == 0 { a } else { b }, title, "echo");
            }
        }
    }

    fn plant(&mut self, per_day: f64) {
        let end = START + self.days * DAY;
        let count = self.random.range(3, 9);
        for _ in 0..count {
            let most = (per_day * 2.0).clamp(8.0, 160.0);
            let size = self.random.scale(5.0, most).round() as usize;
            let hours = self.random.scale(3.0, 150.0);
            let start = self.time(START + 5 * DAY, end - (hours as i64 + 1) * 3_600);
            self.burst(size, hours, start);
        }
    }

    fn burst(&mut self, size: usize, hours: f64, start: i64) {
        let number = self.bursts.len();
        let material = self.material;
        // whom it is about, and what happens: in words that exist, or new ones, or both
        let mut subject = Vec::new();
        let kind = self.random.below(4);
        if kind != 1 {
            subject.push(invented(&mut self.random));
        }
        if kind != 0 {
            subject.push(material.word(&mut self.random));
        }
        if kind == 1 || kind == 3 {
            subject.push(material.word(&mut self.random));
        }
        let actions: Vec<String> =
            (0..self.random.range(1, 3)).map(|_| material.word(&mut self.random)).collect();
        let aspects: Vec<String> =
            (0..self.random.range(2, 8)).map(|_| material.word(&mut self.random)).collect();
        let (faithful, acting) = (self.random.between(0.8, 1.0), self.random.between(0.3, 0.9));
        let (shape, other) = (self.random.range(1, 4), self.random.range(1, 4));
        let wanted = self.random.range(3, size.clamp(3, 30)).min(self.sources);
        let mut crowd: Vec<usize> = (0..self.sources).collect();
        self.random.shuffle(&mut crowd);
        crowd.truncate(wanted);
        let foreign = (!material.foreign.is_empty() && self.random.chance(0.12))
            .then(|| self.random.below(material.foreign.len()));
        // some news are passed on in a few wordings only
        let wordings = if self.random.chance(0.3) { self.random.range(2, 6) } else { usize::MAX };
        let mut said: Vec<(String, Language)> = Vec::new();
        let (mut first, mut last) = (i64::MAX, i64::MIN);
        let mut sources = BTreeSet::new();
        for n in 0..size {
            let at = start + (self.random.beta(shape, other) * hours * 3_600.0) as i64;
            // the first ones make sure that all have spoken
            let source = if n < wanted { crowd[n] } else { *self.random.pick(&crowd) };
            let mut words: Vec<String> = Vec::new();
            for word in &subject {
                if self.random.chance(faithful) {
                    let inflect = word.starts_with(char::is_lowercase);
                    words.push(if inflect { inflected(word, &mut self.random) } else { word.clone() });
                }
            }
            if words.is_empty() {
                words.push(subject[0].clone());
            }
            if self.random.chance(acting) {
                let action = self.random.pick(&actions).clone();
                words.push(inflected(&action, &mut self.random));
            }
            for _ in 0..self.random.below(3) {
                words.push(self.random.pick(&aspects).clone());
            }
            let (title, language) = if said.len() >= wordings {
                self.random.pick(&said).clone()
            } else if let Some(index) = foreign {
                let (language, lines) = &material.foreign[index];
                let line = self.random.pick(lines).clone();
                (format!("{} {line}", words[..words.len().min(subject.len())].join(" ")), *language)
            } else {
                let others = self.random.range(0, 4);
                (self.title(&words, others), Language::ENGLISH)
            };
            said.push((title.clone(), language));
            said.truncate(wordings);
            let keyphrases = if self.keyphrases {
                let mut list = self.phrases();
                list.push(subject.join(" "));
                list
            } else {
                Vec::new()
            };
            first = first.min(at);
            last = last.max(at);
            sources.insert(source);
            self.posts.push(Post {
                source,
                at,
                title,
                keyphrases,
                language,
                burst: Some(number),
                kind: "burst",
            });
        }
        self.bursts.push(Burst { first, last, size, sources: sources.len() });
    }
}
