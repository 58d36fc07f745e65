//! What a text is about, by its author's tags, by what comes back in it, or by what its title names and it takes up.

use std::collections::HashSet;

use crate::{
    Keyphrase, Language,
    word::{self, Stems},
};

/// A topic has no more words of a title than this.
const WORDS: usize = 4;

/// What it is about: the author's own tag, else the leading phrase, else what the title names.
pub(crate) fn topic(tags: &[String], keyphrases: &[Keyphrase], named: Option<String>) -> Option<String> {
    let own = tags.iter().find(|tag| tells(tag)).map(|tag| tag.trim().to_owned());
    own.or_else(|| match leading(keyphrases) {
        // words of one breath say more than two words side by side
        Some(plain) if !plain.contains([' ', '-']) || plain.contains(", ") => {
            named.filter(|named| named.contains(' ')).or(Some(plain))
        }
        leading => leading.or(named),
    })
}

/// The leading phrase; one word alone says too little, so two are given.
fn leading(keyphrases: &[Keyphrase]) -> Option<String> {
    let mut telling = keyphrases
        .iter()
        .filter(|phrase| phrase.name || phrase.count >= 3 || (phrase.in_title && phrase.count >= 2));
    let Some(first) = telling.next() else {
        // two words that come back say together what neither says alone
        let mut again = keyphrases.iter().filter(|phrase| phrase.count >= 2 && phrase.score > 0.6);
        return Some(format!("{}, {}", again.next()?.text, again.next()?.text));
    };
    if first.text.contains([' ', '-']) || first.name {
        return Some(first.text.clone());
    }
    Some(match telling.find(|phrase| phrase.score > 0.35) {
        Some(second) => format!("{}, {}", first.text, second.text),
        None if first.in_title => first.text.clone(),
        None => return None,
    })
}

/// A tag that names a matter rather than the place where it was filed.
fn tells(tag: &str) -> bool {
    let tag = tag.trim();
    (2..=40).contains(&tag.chars().count())
        && tag.chars().any(char::is_alphabetic)
        && !matches!(
            tag.to_lowercase().as_str(),
            "post" | "posts" | "blog" | "article" | "news" | "misc" | "general" | "draft" | "uncategorized"
        )
}

/// A phrase for it that reads well within a sentence: the author's tag where the text uses it, a name, or a phrase of
/// several words that comes back.
pub(crate) fn subject(
    tags: &[String],
    keyphrases: &[Keyphrase],
    stemmed: &[Vec<u32>],
    stems: &mut Stems,
    language: Language,
) -> Option<String> {
    for tag in tags.iter().filter(|tag| tells(tag)) {
        let wanted: Vec<u32> = word::words(tag).filter_map(|word| stems.of(&word.to_lowercase())).collect();
        let used =
            stemmed.iter().filter(|sentence| wanted.iter().all(|stem| sentence.contains(stem))).count();
        // one word such as “clients” reads badly in a question
        if wanted.len() > 1 && used >= 1 {
            return Some(tag.trim().to_owned());
        }
    }
    keyphrases
        .iter()
        .take(3)
        .find(|phrase| {
            let several = phrase.text.contains([' ', '-']);
            // “your experience with security advisory” wants an article, plurals and names don't
            let bare = language != Language::ENGLISH
                || phrase.name
                || phrase.text.ends_with('s')
                || phrase.text.ends_with("ing");
            bare && (several && (phrase.in_title || phrase.count >= 3)
                || phrase.name && phrase.in_title && phrase.count >= 3)
        })
        .map(|phrase| phrase.text.clone())
}

/// What the title names, for a text so short that nothing comes back in it: the longest run of telling words that the
/// text takes up, every one of them. A single word counts when it is a compound or comes back.
pub(crate) fn named(
    title: &str,
    stemmed: &[Vec<u32>],
    stems: &mut Stems,
    language: Language,
) -> Option<String> {
    let used: HashSet<u32> = stemmed.iter().flatten().copied().collect();
    let lexicon = language.lexicon()?;
    let mut runs: Vec<Vec<(&str, u32)>> = vec![Vec::new()];
    let mut end = 0;
    for (from, to) in word::ranges(title) {
        let word = &title[from..to];
        let lower = word.to_lowercase();
        let telling = !lexicon.breakers.contains(&lower) && word.chars().any(char::is_alphabetic);
        let stem = stems.of(&lower).filter(|stem| telling && used.contains(stem));
        if title[end..from].chars().any(|c| c != ' ') || stem.is_none() {
            runs.push(Vec::new());
        }
        if let (Some(stem), Some(run)) = (stem, runs.last_mut()) {
            run.push((word.trim_end_matches("'s").trim_end_matches("’s"), stem));
        }
        end = to;
    }
    let generic = |word: &str| lexicon.generic.contains(&word.to_lowercase());
    let again = |stem: u32| stemmed.iter().filter(|sentence| sentence.contains(&stem)).count() >= 2;
    let names = |run: &&[(&str, u32)]| match run {
        [] => false,
        [(word, stem)] => word.contains('-') || (again(*stem) && !generic(word) && word.chars().count() > 3),
        _ => run.iter().any(|(word, _)| !generic(word)),
    };
    runs.iter()
        // the matter itself is named last: “compiler performance survey”
        .map(|run| &run[run.len().saturating_sub(WORDS)..])
        .filter(names)
        // of those that are as long the first
        .rev()
        .max_by_key(|run| run.len())
        .map(|run| run.iter().map(|(word, _)| *word).collect::<Vec<_>>().join(" "))
}

#[cfg(test)]
mod tests {
    use crate::{Analysis, Document};

    fn of(text: &str) -> Analysis {
        Analysis::of(&Document::from_markdown(text))
    }

    #[test]
    fn the_authors_own_words_name_the_topic() {
        let tagged = of(
            "---\ntitle: Late frost\ntags: [seed saving, gardening]\n---\n\nThe frost took it all. Seed saving is patience.",
        );
        assert_eq!(tagged.topic.as_deref(), Some("seed saving"));
        assert_eq!(tagged.subject.as_deref(), Some("seed saving"));
        let nothing = of("We close at three on Wednesdays. Rosa has a small child.");
        assert_eq!(nothing.topic, None);
        assert_eq!(nothing.subject, None);
    }

    #[test]
    fn a_short_text_is_about_what_its_title_names_and_it_takes_up() {
        let short = of(
            "# Spring seed swap\n\nThe swap is on Sunday. Bring every seed that you have left from last spring.",
        );
        assert_eq!(short.topic.as_deref(), Some("Spring seed swap"));
        assert_eq!(short.hashtags, ["#SpringSeedSwap"]);
        assert!(!short.key_points.is_empty());
        let other = of("# Quarterly surprise\n\nWe close at three on Wednesdays. Rosa has a small child.");
        assert_eq!((other.topic, other.hashtags), (None, Vec::new()));
    }
}
