//! The plain way: a word is a trend when today has many more of it than the days before.
//!
//! z-score of a word's items in the last 24 hours against its daily counts in the 14 days before; reported from z ≥ 4 and
//! five items from three sources on, and not again for three days. Words reported for items of which at least half are
//! the same ones as an earlier report's count as that report, which is kinder than the plain way deserves.

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};

use bellwether_language::words;

use crate::generator::{DAY, Post};

struct Word {
    /// (time, post) of the last 24 hours.
    day: VecDeque<(i64, usize)>,
    /// Items by day since 1970.
    days: BTreeMap<i64, f64>,
    reported: i64,
}

pub fn run(posts: &[Post]) -> Vec<(i64, Option<usize>)> {
    let mut table: HashMap<String, Word> = HashMap::new();
    let mut reports: Vec<(i64, Option<usize>, BTreeSet<usize>)> = Vec::new();
    let start = posts.first().map_or(0, |post| post.at);
    for (number, post) in posts.iter().enumerate() {
        let unique: BTreeSet<String> = words(&post.title)
            .map(str::to_lowercase)
            .filter(|word| word.chars().count() > 2 && !post.language.is_stop_word(word))
            .collect();
        for text in unique {
            let word = table.entry(text).or_insert_with(|| Word {
                day: VecDeque::new(),
                days: BTreeMap::new(),
                reported: i64::MIN / 2,
            });
            word.day.push_back((post.at, number));
            *word.days.entry(post.at / DAY).or_default() += 1.0;
            while word.day.front().is_some_and(|(at, _)| *at <= post.at - DAY) {
                word.day.pop_front();
            }
            let sources: BTreeSet<usize> = word.day.iter().map(|(_, number)| posts[*number].source).collect();
            if word.day.len() < 5
                || sources.len() < 3
                || post.at - start < 7 * DAY
                || post.at - word.reported < 3 * DAY
            {
                continue;
            }
            let days: Vec<f64> = (1..=14)
                .map(|back| post.at / DAY - back)
                .filter(|day| *day >= start / DAY)
                .map(|day| word.days.get(&day).copied().unwrap_or_default())
                .collect();
            let mean = days.iter().sum::<f64>() / days.len().max(1) as f64;
            let spread =
                (days.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / days.len().max(1) as f64).sqrt();
            if (word.day.len() as f64 - mean) / spread.max(1.0) < 4.0 {
                continue;
            }
            word.reported = post.at;
            let items: BTreeSet<usize> = word.day.iter().map(|(_, number)| *number).collect();
            if let Some(same) = reports.iter_mut().rev().take(20).find(|(at, _, other)| {
                post.at - at < 5 * DAY
                    && items.intersection(other).count() * 2 >= items.len().min(other.len())
            }) {
                same.2.extend(items);
                continue;
            }
            let mut bursts: BTreeMap<usize, usize> = BTreeMap::new();
            for number in &items {
                if let Some(burst) = posts[*number].burst {
                    *bursts.entry(burst).or_default() += 1;
                }
            }
            let most = bursts.into_iter().max_by_key(|(_, n)| *n).filter(|(_, n)| n * 2 >= items.len());
            reports.push((post.at, most.map(|(burst, _)| burst), items));
        }
    }
    reports.into_iter().map(|(at, burst, _)| (at, burst)).collect()
}
