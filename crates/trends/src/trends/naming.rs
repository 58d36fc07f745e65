//! How a trend's name is written: the detector compares words whatever their case, people don't.

use std::collections::BTreeMap;

use bellwether_language::words;

/// Of the longer words of a title, the share in capitals from which it is a title in capitals: they say nothing then.
const HEADLINE: f64 = 0.7;
/// Letters of a word that titles in capitals write with one; shorter ones are small in them.
const LONGER: usize = 4;

/// How often a word was written in a form: where that says something, and anywhere.
#[derive(Debug, Default, Clone, Copy)]
struct Count {
    sure: usize,
    all: usize,
}

/// A name with each of its words as the texts write it most often. What begins a sentence, and titles that write every word
/// with a capital, count only where nothing else is there, unless a word has a form of its own (iPhone, NASA). Without capitals of
/// its own a name begins with one.
pub(super) fn written<'a>(name: &str, texts: impl Iterator<Item = &'a str>) -> String {
    let wanted: Vec<String> = words(name).map(str::to_lowercase).collect();
    let mut forms: BTreeMap<&str, BTreeMap<&str, Count>> =
        wanted.iter().map(|word| (word.as_str(), BTreeMap::new())).collect();
    for text in texts {
        for line in text.lines() {
            count(line, &mut forms);
        }
    }
    let mut out = String::with_capacity(name.len());
    let mut rest = name;
    for word in words(name) {
        // words are parts of the name, in order
        let at = word.as_ptr() as usize - rest.as_ptr() as usize;
        let lower = word.to_lowercase();
        out.push_str(&rest[..at]);
        out.push_str(forms.get(lower.as_str()).and_then(best).unwrap_or(word));
        rest = &rest[at + word.len()..];
    }
    out.push_str(rest);
    begun(&out)
}

/// Counts the forms in one line.
fn count<'a>(line: &'a str, forms: &mut BTreeMap<&str, BTreeMap<&'a str, Count>>) {
    let list: Vec<&str> = words(line).collect();
    let longer: Vec<&&str> = list.iter().filter(|word| word.chars().count() >= LONGER).collect();
    let capitals = longer.iter().filter(|word| word.starts_with(char::is_uppercase)).count();
    let headline = longer.len() > 2 && capitals as f64 >= HEADLINE * longer.len() as f64;
    // in a line of capitals alone no form is anybody's own
    let shouted = !line.chars().any(char::is_lowercase);
    let mut end = 0;
    for (number, word) in list.iter().enumerate() {
        let at = word.as_ptr() as usize - line.as_ptr() as usize;
        let begins = number == 0
            || line[end..at].contains(['.', '!', '?', ':', '“', '"', '»', '„', '•', '–', '—', '|']);
        end = at + word.len();
        let lower = word.to_lowercase();
        let Some(counts) = forms.get_mut(lower.as_str()) else { continue };
        let sure = !shouted && (of_its_own(word) || !(begins || headline));
        let count = counts.entry(*word).or_default();
        count.sure += usize::from(sure);
        count.all += 1;
    }
}

/// Whether a word has a capital behind its first letter: nobody writes so by rule.
fn of_its_own(word: &str) -> bool {
    word.chars().skip(1).any(char::is_uppercase)
}

/// The form that is written most often; of equals the one with more capitals, then the first by its letters.
fn best<'a>(counts: &BTreeMap<&'a str, Count>) -> Option<&'a str> {
    let capitals = |form: &str| form.chars().filter(|letter| letter.is_uppercase()).count();
    let by = |value: fn(&Count) -> usize| {
        let mut list: Vec<(&str, usize)> = counts.iter().map(|(form, count)| (*form, value(count))).collect();
        list.retain(|(_, count)| *count > 0);
        list.sort_by(|a, b| b.1.cmp(&a.1).then(capitals(b.0).cmp(&capitals(a.0))).then(a.0.cmp(b.0)));
        list.first().map(|(form, _)| *form)
    };
    by(|count| count.sure).or_else(|| by(|count| count.all))
}

/// A first letter that nothing is known of becomes a capital; “iPhone” stays.
fn begun(name: &str) -> String {
    let first = words(name).next().unwrap_or_default();
    if of_its_own(first) {
        return name.to_owned();
    }
    let mut letters = name.chars();
    match letters.next() {
        Some(letter) => letter.to_uppercase().chain(letters).collect(),
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn of(name: &str, texts: &[&str]) -> String {
        written(name, texts.iter().copied())
    }

    #[test]
    fn names_are_written_as_people_write_them() {
        let texts =
            ["OpenAI opens an office", "Why openai matters", "What OpenAI wants", "The office of OpenAI"];
        assert_eq!(of("openai office", &texts), "OpenAI office");
        let texts = ["The iPhone battery fails", "iPhone batteries: a story", "A battery for the iPhone"];
        assert_eq!(of("iphone battery", &texts), "iPhone battery");
        let texts =
            ["Acme recalls the X200", "A recall by Acme of the x200", "Is your X200 part of the recall?"];
        assert_eq!(of("x200 recall", &texts), "X200 recall");
        // what nobody says otherwise begins with a capital
        assert_eq!(of("solar storm", &[]), "Solar storm");
        assert_eq!(of("solar storm", &["The solar storm hits", "A Solar storm?"]), "Solar storm");
        assert_eq!(of("ölpreis", &[]), "Ölpreis");
    }

    #[test]
    fn what_begins_a_sentence_or_a_title_in_capitals_says_little() {
        // “Battery” stands first three times and is small where it could be either
        let texts =
            ["Battery fires", "Battery fires again", "Who knew: Battery fires", "A third of battery fires"];
        assert_eq!(of("acme battery", &texts), "Acme battery");
        let texts =
            ["Why Every Baker Needs Oat Milk", "Oat Milk Prices Double Since March", "the oat milk is out"];
        assert_eq!(of("oat milk", &texts), "Oat milk");
        assert_eq!(
            of("milk prices", &texts),
            "Milk Prices",
            "without another witness the headlines are believed"
        );
        let texts = ["OAT MILK IS OUT AT NASA", "The shelf at NASA is empty of oat milk"];
        assert_eq!(of("nasa oat", &texts), "NASA oat");
        // a text below the title is a better witness than the title
        assert_eq!(
            of("berlin wall", &["Berlin Wall Falls Once More", "In Berlin a wall fell."]),
            "Berlin wall"
        );
    }

    #[test]
    fn german_keeps_its_nouns_and_of_equals_one_is_always_the_same() {
        let texts = ["Der Akku brennt wieder", "Warum der Akku brennt", "Ein Akku für alle"];
        assert_eq!(of("akku brennt", &texts), "Akku brennt");
        assert_eq!(of("oat", &["an Oat", "an oat", "an OAT"]), of("oat", &["an OAT", "an oat", "an Oat"]));
    }

    proptest! {
        /// Whatever is said: the same letters, whatever their case, and the same again when it is asked again.
        #[test]
        fn only_the_case_changes(name in "[a-zö ]{0,30}", texts in prop::collection::vec("[a-zA-Z .:]{0,60}", 0..6)) {
            let made = written(&name, texts.iter().map(String::as_str));
            prop_assert_eq!(made.to_lowercase(), name.clone());
            prop_assert_eq!(&written(&name, texts.iter().map(String::as_str)), &made);
        }
    }
}
