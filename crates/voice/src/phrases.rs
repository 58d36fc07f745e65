//! Turns of phrase that somebody comes back to and others hardly use.

use std::collections::{HashMap, HashSet};

use bellwether_language::{Language, words};

/// Phrases that are kept.
const MOST: usize = 20;

/// Phrases of two to four words with a grammar word among them, in at least three samples and a tenth of them, and at
/// least four times as frequent as among others; the most telling first.
pub(crate) fn phrases(samples: &[&str], others: &[&str], language: Language) -> Vec<String> {
    let own = texts_with(samples, language);
    let theirs = texts_with(others, language);
    let least = samples.len().div_ceil(10).max(3);
    let mut rated: Vec<(f32, String)> = own
        .into_iter()
        .filter(|(_, count)| *count >= least)
        .filter_map(|(phrase, count)| {
            let share = count as f32 / samples.len() as f32;
            let other =
                (theirs.get(&phrase).copied().unwrap_or(0) as f32 + 0.5) / (others.len() as f32 + 1.0);
            let length = phrase.split(' ').count() as f32;
            (share >= 4.0 * other).then(|| ((share / other).ln() * share.sqrt() * length.sqrt(), phrase))
        })
        .collect();
    rated.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
    let mut kept: Vec<String> = Vec::new();
    for (_, phrase) in rated {
        if kept.len() < MOST && !kept.iter().any(|one| one.contains(&phrase) || phrase.contains(one.as_str()))
        {
            kept.push(phrase);
        }
    }
    kept
}

/// In how many texts each phrase stands.
fn texts_with(texts: &[&str], language: Language) -> HashMap<String, usize> {
    let mut counts = HashMap::new();
    for text in texts.iter().take(600) {
        let mut here: HashSet<String> = HashSet::new();
        for line in text.to_lowercase().split(['\n', '.', '!', '?', ':', ';', ',', '(', ')', '—']) {
            let line: Vec<&str> = words(line).take(400).collect();
            for length in 2..=4 {
                for window in line.windows(length) {
                    let grammar = window.iter().filter(|word| language.is_stop_word(word)).count();
                    // all grammar says nothing (“of the”); all content is what the text is about
                    if grammar > 0 && (length > 2 || grammar < length) && grammar * 2 >= length {
                        here.insert(window.join(" "));
                    }
                }
            }
        }
        for phrase in here {
            *counts.entry(phrase).or_default() += 1;
        }
    }
    counts
}
