//! What a trend belongs to, and where: by lists of words and of places. Both say nothing rather than guess.

use std::{collections::HashMap, sync::LazyLock};

use bellwether_language::words;

use super::relevance::Weights;
use crate::feeds::fold;

/// Least weight of a category's words together: one word that half of the items say is 1.
const LEAST: f64 = 1.0;
/// How much more than the next one.
const AHEAD: f64 = 1.25;
/// Least titles that name a place, and their least share.
const NAMED: (usize, f64) = (2, 0.25);
/// Places of a trend.
const PLACES: usize = 5;

/// A word in the form in which it is compared, and the categories that have it.
static WORDS: LazyLock<HashMap<String, Vec<&'static str>>> = LazyLock::new(|| {
    let mut words: HashMap<String, Vec<&'static str>> = HashMap::new();
    for line in include_str!("categories.tsv").lines() {
        let Some((category, list)) = line.split_once('\t') else { continue };
        for word in list.split(' ') {
            let categories = words.entry(fold(word)).or_default();
            if !categories.contains(&category) {
                categories.push(category);
            }
        }
    }
    words
});

static PLACES_KNOWN: LazyLock<HashMap<&'static str, Vec<Vec<&'static str>>>> = LazyLock::new(|| {
    let mut places: HashMap<&'static str, Vec<Vec<&'static str>>> = HashMap::new();
    for name in include_str!("places.txt").lines() {
        let parts: Vec<&'static str> = words(name).collect();
        if let Some(first) = parts.first() {
            places.entry(first).or_default().push(parts);
        }
    }
    // the longer name first: “New York” before “York”
    for names in places.values_mut() {
        names.sort_by_key(|parts| std::cmp::Reverse(parts.len()));
    }
    places
});

/// The category whose words it says most, when there are enough of them and clearly more than of any other. A word of
/// several categories counts in part for each.
pub(super) fn category(weights: &Weights) -> Option<&'static str> {
    let mut sums: HashMap<&'static str, f64> = HashMap::new();
    for (word, categories) in WORDS.iter() {
        let weight = weights.weight(word);
        for category in categories {
            *sums.entry(category).or_default() += weight / categories.len() as f64;
        }
    }
    let mut sums: Vec<(&'static str, f64)> = sums.into_iter().collect();
    sums.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(b.0)));
    let (best, sum) = *sums.first()?;
    let next = sums.get(1).map_or(0.0, |(_, sum)| *sum);
    (sum >= LEAST && sum >= AHEAD * next).then_some(best)
}

/// Places that several of its titles name, the most named first, as they write them.
pub(super) fn places<'a>(titles: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    let mut counts: HashMap<String, usize> = HashMap::new();
    let mut all = 0_usize;
    for title in titles {
        all += 1;
        let said: Vec<&str> =
            words(title).map(|word| word.trim_end_matches("'s").trim_end_matches("’s")).collect();
        let mut named: Vec<String> = Vec::new();
        let mut at = 0;
        while at < said.len() {
            let found = PLACES_KNOWN
                .get(said[at])
                .and_then(|names| names.iter().find(|parts| said[at..].starts_with(parts)));
            match found {
                Some(parts) => {
                    named.push(parts.join(" "));
                    at += parts.len();
                }
                None => at += 1,
            }
        }
        named.sort();
        named.dedup();
        for place in named {
            *counts.entry(place).or_default() += 1;
        }
    }
    let (least, share) = NAMED;
    let mut places: Vec<(String, usize)> = counts
        .into_iter()
        .filter(|(_, count)| *count >= least && *count as f64 >= share * all as f64)
        .collect();
    places.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(&b.0)));
    places.into_iter().take(PLACES).map(|(place, _)| place).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(titles: &[&str]) -> Option<&'static str> {
        category(&Weights::of(titles.iter().map(|title| (*title, [].as_slice())), "en"))
    }

    #[test]
    fn words_tell_the_category_or_nothing_does() {
        assert_eq!(
            of(&["Astronomers see a comet", "The comet nears the sun", "A telescope for the comet"]),
            Some("science")
        );
        assert_eq!(
            of(&[
                "A vaccine against the virus",
                "Hospitals wait for the vaccine",
                "The virus and the vaccine"
            ]),
            Some("health")
        );
        assert_eq!(of(&["Something happens", "It happens again", "It happened"]), None);
    }

    #[test]
    fn every_line_can_be_read() {
        let lines = include_str!("categories.tsv").lines().count();
        let categories: std::collections::HashSet<_> = WORDS.values().flatten().collect();
        assert_eq!(categories.len(), lines);
        assert!(PLACES_KNOWN.len() > 150);
    }

    #[test]
    fn places_are_those_that_several_titles_name() {
        let titles = [
            "Workshops in Leipzig close on Fridays",
            "Leipzig's free Friday",
            "New York looks at Leipzig",
            "A view from New York",
            "From Halle",
        ];
        assert_eq!(places(titles), ["Leipzig", "New York"]);
        assert!(places(["In Paris", "Somewhere else"]).is_empty());
    }
}
