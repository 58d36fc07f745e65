//! What is planted in a stream: what looks like a burst and is none, and bursts.

use std::collections::BTreeSet;

use bellwether_language::Language;

use crate::{
    generator::{Burst, DAY, Maker, Post, Regime, START},
    headlines::{self, Event},
    material::{inflected, invented},
};

impl Maker<'_> {
    /// What looks like a burst and is none.
    pub(crate) fn decoys(&mut self) {
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

    pub(crate) fn plant(&mut self, per_day: f64) {
        let end = START + self.days * DAY;
        let count = self.random.range(3, 9);
        for _ in 0..count {
            let most = (per_day * 2.0).clamp(8.0, 160.0);
            let (size, hours) = match self.regime {
                Regime::Small => (self.random.range(5, 9), self.random.scale(1.5, 30.0)),
                Regime::Long => {
                    (self.random.scale(12.0, most.max(30.0)).round() as usize, self.random.scale(72.0, 330.0))
                }
                Regime::Sparse => {
                    (self.random.scale(5.0, 40.0).round() as usize, self.random.scale(3.0, 150.0))
                }
                _ => (self.random.scale(5.0, most).round() as usize, self.random.scale(3.0, 150.0)),
            };
            let before = match self.regime {
                Regime::Young => 2,
                Regime::Sparse => 20,
                _ => 5,
            };
            let start = self.time(
                START + before * DAY,
                (end - (hours as i64 + 1) * 3_600).max(START + (before + 1) * DAY),
            );
            if self.regime == Regime::Headlines {
                self.headlines(size, hours, start);
            } else {
                self.burst(size, hours, start);
            }
        }
    }

    /// Who speaks of a burst.
    fn crowd(&mut self, size: usize) -> Vec<usize> {
        let wanted = self.random.range(3, size.clamp(3, 30)).min(self.sources);
        let mut crowd: Vec<usize> = (0..self.sources).collect();
        self.random.shuffle(&mut crowd);
        crowd.truncate(wanted);
        crowd
    }

    /// A burst in headlines: somebody, and what happened to them in words that mean the same.
    fn headlines(&mut self, size: usize, hours: f64, start: i64) {
        let number = self.bursts.len();
        let subject = headlines::subject(self.material, &mut self.random);
        let detail = if self.random.chance(0.6) {
            invented(&mut self.random)
        } else {
            self.material.word(&mut self.random)
        };
        let event = Event::any(&mut self.random);
        let (faithful, detailed) = (self.random.between(0.75, 1.0), self.random.between(0.1, 0.8));
        let (shape, other) = (self.random.range(1, 4), self.random.range(1, 4));
        let crowd = self.crowd(size);
        let (mut first, mut last) = (i64::MAX, i64::MIN);
        let mut sources = BTreeSet::new();
        for n in 0..size {
            let at = start + (self.random.beta(shape, other) * hours * 3_600.0) as i64;
            let source = if n < crowd.len() { crowd[n] } else { *self.random.pick(&crowd) };
            let named = self.random.chance(faithful);
            let extra = if !named || self.random.chance(detailed) { detail.as_str() } else { "" };
            let about = if named { subject.as_str() } else { "" };
            let title = event.line(about, extra, self.material, &mut self.random);
            let keyphrases = if self.keyphrases {
                let mut list = self.phrases();
                list.push(subject.clone());
                list
            } else {
                Vec::new()
            };
            (first, last) = (first.min(at), last.max(at));
            sources.insert(source);
            self.posts.push(Post {
                source,
                at,
                title,
                keyphrases,
                language: Language::ENGLISH,
                burst: Some(number),
                kind: "burst",
            });
        }
        self.bursts.push(Burst { first, last, size, sources: sources.len() });
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
        let crowd = self.crowd(size);
        let wanted = crowd.len();
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
                let others = if self.regime == Regime::Wordy {
                    self.random.range(5, 14)
                } else {
                    self.random.range(0, 4)
                };
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
