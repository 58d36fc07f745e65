//! What a trend has to do with a brand: which of the brand's words stand in it.
//!
//! A trend's words weigh by the share of its items that say them; half of them is enough for 1. A phrase of the brand
//! counts by how much of it is there: whole, it counts its words' mean weight; in part, the square of the share that is
//! there. Phrases that are there independently add up as probabilities do: `1 − Π (1 − c·strength)`, where `c` says how
//! much the place tells: a pillar's name 0.9, its subtopics 0.85, topics 0.8, keywords 0.7, audience and business 0.4, a
//! word of a pillar's description 0.1. The best pillar and the rest then add up the same way.

use std::collections::{HashMap, HashSet};

use bellwether_brand::Interests;
use bellwether_language::{Language, words};

use super::model::{PillarShare, WhyYou, round};
use crate::feeds::fold;

/// Share of the items from which a word counts whole.
const WHOLE: f64 = 0.5;
/// Pillars below this share are not named.
const TOUCHED: f64 = 0.08;
/// Words that are told.
const TOLD: usize = 12;

const NAME: f64 = 0.9;
const SUBTOPIC: f64 = 0.85;
const TOPIC: f64 = 0.8;
const KEYWORD: f64 = 0.7;
const AROUND: f64 = 0.4;
const DESCRIPTION: f64 = 0.1;

/// The words of a trend with their weights, by the form in which they are compared.
#[derive(Debug, Clone, Default)]
pub(super) struct Weights {
    of: HashMap<String, f64>,
    language: Option<Language>,
}

impl Weights {
    /// Of the titles and keyphrases of its items.
    pub(super) fn of<'a>(texts: impl IntoIterator<Item = (&'a str, &'a [String])>, language: &str) -> Self {
        let language = Language::from_tag(language);
        let mut counts: HashMap<String, f64> = HashMap::new();
        let mut items = 0.0;
        for (title, keyphrases) in texts {
            items += 1.0;
            let said: HashSet<String> = words(title)
                .chain(keyphrases.iter().flat_map(|phrase| words(phrase)))
                .filter(|word| is_telling(word, language))
                .map(fold)
                .collect();
            for word in said {
                *counts.entry(word).or_default() += 1.0;
            }
        }
        // what one of many says is no matter of the trend
        let of = counts
            .into_iter()
            .filter(|(_, count)| items < 4.0 || *count >= 2.0)
            .map(|(word, count)| (word, (count / items / WHOLE).min(1.0)))
            .collect();
        Self { of, language }
    }

    /// The weight of a word, 0 to 1.
    pub(super) fn weight(&self, folded: &str) -> f64 {
        self.of.get(folded).copied().unwrap_or_default()
    }

    /// How much of a phrase is there, 0 to 1, and which of its words.
    fn strength<'a>(&self, phrase: &'a str) -> (f64, Vec<&'a str>) {
        let telling: Vec<&str> = words(phrase).filter(|word| is_telling(word, self.language)).collect();
        let there: Vec<&str> =
            telling.iter().copied().filter(|word| self.weight(&fold(word)) > 0.0).collect();
        if there.is_empty() {
            return (0.0, there);
        }
        let mean = there.iter().map(|word| self.weight(&fold(word))).sum::<f64>() / there.len() as f64;
        let share = there.len() as f64 / telling.len() as f64;
        (mean * share * share, there)
    }
}

fn is_telling(word: &str, language: Option<Language>) -> bool {
    let lower = word.to_lowercase();
    lower.chars().nth(2).is_some()
        && !lower.chars().all(char::is_numeric)
        && !Language::ENGLISH.is_stop_word(&lower)
        && !language.is_some_and(|language| language.is_stop_word(&lower))
}

/// Chances that add up.
#[derive(Debug, Clone, Copy)]
struct Sum(f64);

impl Sum {
    const NONE: Self = Self(1.0);

    fn add(&mut self, chance: f64) {
        self.0 *= 1.0 - chance.clamp(0.0, 1.0);
    }

    fn value(self) -> f64 {
        1.0 - self.0
    }
}

/// How much it has to do with a brand, 0 to 1, and why; none where the brand says nothing that it could be compared with.
pub(super) fn relevance(weights: &Weights, interests: &Interests) -> (Option<f64>, WhyYou) {
    let mut why = WhyYou::default();
    let mut told: Vec<String> = Vec::new();
    let mut tell = |there: &[&str]| {
        for word in there {
            let word = word.to_lowercase();
            if told.len() < TOLD && !told.contains(&word) {
                told.push(word);
            }
        }
    };
    let mut reasons: Vec<(f64, String)> = Vec::new();
    for pillar in &interests.pillars {
        let mut sum = Sum::NONE;
        let mut said: Vec<&str> = Vec::new();
        let phrases = std::iter::once((NAME, pillar.name.as_str()))
            .chain(pillar.subtopics.iter().map(|phrase| (SUBTOPIC, phrase.as_str())));
        for (counts, phrase) in phrases {
            let (strength, there) = weights.strength(phrase);
            sum.add(counts * strength);
            said.extend(there);
        }
        for word in pillar.description.iter().flat_map(|text| words(text)) {
            let (strength, _) = weights.strength(word);
            sum.add(DESCRIPTION * strength);
        }
        let share = round(sum.value(), 3);
        if share >= TOUCHED {
            tell(&said);
            if !said.is_empty() {
                reasons.push((share, format!("{} your pillar “{}”.", standing(&said), pillar.name)));
            }
            why.pillars.push(PillarShare { id: pillar.id, name: pillar.name.clone(), share });
        }
    }
    why.pillars.sort_by(|a, b| b.share.total_cmp(&a.share));
    let mut all = Sum::NONE;
    all.add(why.pillars.first().map_or(0.0, |best| best.share));
    let mut group = |counts: f64, phrases: &[String], belongs: &str| {
        let mut sum = Sum::NONE;
        let mut said: Vec<&str> = Vec::new();
        for phrase in phrases {
            let (strength, there) = weights.strength(phrase);
            sum.add(counts * strength);
            if strength >= 0.2 {
                said.extend(there);
            }
        }
        tell(&said);
        if !said.is_empty() {
            reasons.push((sum.value(), format!("{} {belongs}.", standing(&said))));
        }
        all.add(sum.value());
    };
    group(TOPIC, &interests.topics, "the topics of your profile");
    group(KEYWORD, &interests.keywords, "the words that you want to be found by");
    group(AROUND, &interests.business, "what you are and sell");
    for audience in &interests.audiences {
        group(AROUND, &audience.words, &format!("what moves {}", audience.name));
    }
    let nothing = interests.pillars.is_empty()
        && interests.topics.is_empty()
        && interests.keywords.is_empty()
        && interests.business.is_empty()
        && interests.audiences.iter().all(|audience| audience.words.is_empty());
    if nothing {
        why.sentences.push(
            "The brand has neither pillars nor topics yet, so nothing can be said of whether it fits."
                .to_owned(),
        );
        return (None, why);
    }
    reasons.sort_by(|a, b| b.0.total_cmp(&a.0));
    why.sentences = reasons.into_iter().take(3).map(|(_, sentence)| sentence).collect();
    if why.sentences.is_empty() {
        why.sentences
            .push("None of the words of your pillars, profile and audiences stands in it.".to_owned());
    }
    why.matched = told;
    (Some(round(all.value(), 3)), why)
}

/// “price” and “hour” stand in it and belong to …
fn standing(said: &[&str]) -> String {
    let mut seen: Vec<String> = Vec::new();
    for word in said {
        let word = word.to_lowercase();
        if !seen.iter().any(|other| fold(other) == fold(&word)) {
            seen.push(word);
        }
    }
    seen.truncate(5);
    let quoted: Vec<String> = seen.iter().map(|word| format!("“{word}”")).collect();
    match quoted.as_slice() {
        [one] => format!("{one} stands in it and belongs to"),
        [rest @ .., last] => format!("{} and {last} stand in it and belong to", rest.join(", ")),
        [] => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use bellwether_brand::{AudienceInterest, PillarId, PillarInterest};
    use uuid::Uuid;

    use super::*;

    fn weights(titles: &[&str]) -> Weights {
        Weights::of(titles.iter().map(|title| (*title, [].as_slice())), "en")
    }

    fn brand() -> Interests {
        let pillar = |number: u128, name: &str, subtopics: &[&str]| PillarInterest {
            id: PillarId::from(Uuid::from_u128(number)),
            name: name.to_owned(),
            subtopics: subtopics.iter().map(|text| (*text).to_owned()).collect(),
            description: None,
        };
        Interests {
            pillars: vec![
                pillar(1, "Honest prices", &["What an hour costs", "Raising prices"]),
                pillar(2, "Working hours", &["Free Fridays", "Four-day week"]),
            ],
            audiences: vec![AudienceInterest {
                name: "Owners of workshops".to_owned(),
                words: vec!["Too many orders".to_owned()],
            }],
            ..Interests::default()
        }
    }

    const FRIDAYS: [&str; 5] = [
        "Free Fridays: a year later",
        "Why workshops close on Fridays",
        "Free Friday reaches the city's workshops",
        "What a free Friday does to orders",
        "A union asks for the free Friday",
    ];

    #[test]
    fn it_says_which_words_belong_to_which_pillar() {
        let (relevance, why) = relevance(&weights(&FRIDAYS), &brand());
        assert!(relevance.unwrap() > 0.7, "{relevance:?} {why:?}");
        assert_eq!(why.pillars[0].name, "Working hours");
        assert!(why.sentences[0].contains("“free” and “fridays”"), "{:?}", why.sentences);
        assert!(why.matched.contains(&"fridays".to_owned()));
    }

    #[test]
    fn what_has_nothing_to_do_with_it_is_little() {
        let titles = ["A comet nears the sun", "How to see the comet", "The comet's tail grows"];
        let (far, why) = relevance(&weights(&titles), &brand());
        assert!(far.unwrap() < 0.05, "{far:?}");
        assert!(why.pillars.is_empty() && why.matched.is_empty() && why.sentences.len() == 1);
        // a part of a phrase is less than all of it
        let part = relevance(&weights(&["Prices of bread", "Bread prices rise", "Prices again"]), &brand()).0;
        let whole = relevance(
            &weights(&["Honest prices of bread", "Honest prices pay", "On honest prices"]),
            &brand(),
        )
        .0;
        assert!(whole > part && part > far, "{whole:?} {part:?} {far:?}");
    }

    #[test]
    fn a_brand_that_says_nothing_is_not_compared() {
        let (none, why) = relevance(&weights(&FRIDAYS), &Interests::default());
        assert_eq!(none, None);
        assert!(why.sentences[0].contains("neither pillars nor topics"));
    }
}
