//! Sentences joined and parted where both halves can stand alone.

use bellwether_language::{Language, sentences};
use bellwether_voice::{Lean, Moves};

use super::{
    draft::{Draft, quotations},
    moves::each,
};

/// “…. And we” becomes “…, and we”.
pub(super) fn join_sentences(draft: &mut Draft, moves: &Moves, language: Language) {
    if language != Language::ENGLISH || moves.sentence_words.usual < 14 {
        return;
    }
    each(draft, |text| {
        by_sentence(text, language, |before, sentence| {
            // after an abbreviation the full stop isn't the sentence's
            let ended = before.trim_end().strip_suffix('.').and_then(|head| head.rsplit(' ').next());
            let word = ended.filter(|word| word.len() > 3 && word.bytes().all(|b| b.is_ascii_lowercase()));
            let joint = ["And ", "But "].into_iter().find(|joint| sentence.starts_with(joint));
            let (_, joint) = word.zip(joint)?;
            let head = before.trim_end().strip_suffix('.')?;
            Some(format!("{head}, {}{}", joint.to_lowercase(), &sentence[joint.len()..]))
        })
    });
}

/// “…. It is” becomes “…; it is”, for who writes semicolons.
pub(super) fn join_by_semicolon(draft: &mut Draft, moves: &Moves, language: Language) {
    if language != Language::ENGLISH || moves.semicolons < Lean::Sometimes {
        return;
    }
    each(draft, |text| {
        by_sentence(text, language, |before, sentence| {
            let head = before.trim_end().strip_suffix('.')?;
            if before.ends_with('\n') {
                return None;
            }
            let last = head.rsplit(['.', '!', '?', '\n']).next()?;
            let word = head
                .rsplit(' ')
                .next()
                .filter(|word| word.len() > 3 && word.bytes().all(|b| b.is_ascii_lowercase()));
            let fits = |text: &str| {
                (4..=14).contains(&text.split_whitespace().count()) && !text.contains([';', ':', '—', '('])
            };
            let next = ["It ", "They ", "We ", "You ", "There "]
                .into_iter()
                .find(|next| sentence.starts_with(next))?;
            (word.is_some() && fits(last) && fits(sentence) && sentence.ends_with('.'))
                .then(|| format!("{head}; {}{}", next.to_lowercase(), &sentence[next.len()..]))
        })
    });
}

/// Goes over the sentences of a text. What is given back stands for all before the sentence and the sentence.
pub(super) fn by_sentence(
    text: &str,
    language: Language,
    change: impl Fn(&str, &str) -> Option<String>,
) -> String {
    // what is quoted is left alone
    if !quotations(text).is_empty() {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len() + 8);
    let mut at = 0;
    for range in sentences(text, language) {
        out.push_str(&text[at..range.start]);
        match change(&out, &text[range.clone()]) {
            Some(changed) => out = changed,
            None => out.push_str(&text[range.clone()]),
        }
        at = range.end;
    }
    out.push_str(&text[at..]);
    out
}

/// “…, and we” becomes “…. And we”, and what a semicolon joins is parted, for who writes short sentences or no
/// semicolons. Only where both halves can stand alone.
pub(super) fn split_sentences(draft: &mut Draft, moves: &Moves, language: Language) {
    let short = moves.sentence_words.usual < 16 && language == Language::ENGLISH;
    let semicolons = moves.semicolons == Lean::Never;
    each(draft, |text| {
        by_sentence(text, language, |before, sentence| {
            let halves = halves(sentence, short, semicolons)?;
            Some(format!("{before}{}. {}", halves.0, capital(halves.1)))
        })
    });
}

/// Sentences that open with these lean on what follows their comma.
const LEANING: [&str; 18] = [
    "if", "when", "while", "although", "though", "because", "since", "as", "once", "unless", "after",
    "before", "until", "whether", "where", "whenever", "given", "in",
];

fn halves(sentence: &str, short: bool, semicolons: bool) -> Option<(&str, &str)> {
    let first: String =
        sentence.chars().take_while(|c| c.is_alphabetic()).flat_map(char::to_lowercase).collect();
    if sentence.contains(['(', ')', '[', ']', ':', '"', '“', '\n']) || LEANING.contains(&first.as_str()) {
        return None;
    }
    let words = |text: &str| text.split_whitespace().count();
    if semicolons && sentence.matches(';').count() == 1 {
        let (head, tail) = sentence.split_once("; ")?;
        let joined = ["and ", "or ", "but "].iter().any(|joint| tail.starts_with(joint));
        return (words(head) >= 4 && words(tail) >= 4 && !joined).then_some((head, tail));
    }
    if short && sentence.matches([',', ';']).count() == 1 {
        let (head, tail) = sentence.split_once(", ")?;
        let mut next = tail.split(' ');
        let clause = matches!(next.next(), Some("and" | "but" | "so"))
            && matches!(next.next(), Some("we" | "I" | "it" | "they" | "you" | "he" | "she"));
        return (clause && words(head) >= 4 && words(tail) >= 4).then_some((head, tail));
    }
    None
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
