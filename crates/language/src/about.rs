//! What a text comes down to, and to whom it speaks. What can't be told stays untold.

use std::{fmt::Write as _, ops::Range};

use serde::Serialize;

use crate::{Faults, Footing, Language, Readability, Sentence, fact, standing::starts_with, word};

/// Whom a text seems to speak to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Audience {
    /// In the text's own words, when it addresses somebody; being mentioned is not being addressed.
    pub who: Option<String>,
    /// How much it takes for granted.
    pub level: Level,
    /// From what that was told.
    pub basis: String,
}

/// How much a text takes for granted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// Anybody can follow.
    General,
    /// Some knowledge of the field helps.
    Informed,
    /// Written for people of the field.
    Expert,
}

/// The longest core message, in words.
const CORE: usize = 55;

/// The sentences that a text comes down to: a statement that stands on nothing, with what it needs after it. Its end and
/// its beginning say it more often than its middle.
pub(crate) fn core(
    sentences: &[Sentence],
    title: &[u32],
    stemmed: &[Vec<u32>],
    language: Language,
) -> Option<Range<usize>> {
    let lexicon = language.lexicon();
    let last_block =
        sentences.iter().rev().find(|sentence| !sentence.faults.has(Faults::ASIDE)).map(|last| last.block);
    let mut best: Option<(f32, Range<usize>)> = None;
    for (index, sentence) in sentences.iter().enumerate() {
        if sentence.footing != Footing::Alone
            || !sentence.stands_alone()
            || sentence.question
            || sentence.kind.is_item()
        {
            continue;
        }
        let Some(end) = whole(sentences, index, 3) else { continue };
        let words: usize = sentences[index..end].iter().map(|sentence| sentence.words).sum();
        if words > CORE || sentences[index..end].iter().any(|sentence| sentence.question) {
            continue;
        }
        let about = if title.is_empty() {
            0.0
        } else {
            title.iter().filter(|stem| stemmed[index..end].iter().any(|stems| stems.contains(stem))).count()
                as f32
                / title.len() as f32
        };
        let personal = lexicon.is_some_and(|lexicon| {
            word::words(&sentence.text).any(|word| lexicon.first_person.contains(&word.to_lowercase()))
        });
        let place = if Some(sentence.block) == last_block && sentences.len() > 6 {
            0.25
        } else if index == 0 {
            0.12
        } else if sentence.index == 0 {
            0.04
        } else {
            0.0
        };
        // a story's moment is not its message
        let value =
            0.6 * sentence.score + 0.3 * about + place + if personal || words < 6 { 0.0 } else { 0.18 };
        if best.as_ref().is_none_or(|(other, _)| value > *other) {
            best = Some((value, index..end));
        }
    }
    best.map(|(_, range)| range)
}

/// Where what begins at `start` is whole, at most so many sentences on.
pub(crate) fn whole(sentences: &[Sentence], start: usize, most: usize) -> Option<usize> {
    let mut end = start + 1;
    while sentences[end - 1].holds {
        if end - start >= most || end >= sentences.len() || sentences[end].block != sentences[start].block {
            return None;
        }
        end += 1;
    }
    Some(end)
}

pub(crate) fn audience(
    title: Option<&str>,
    tags: &[String],
    sentences: &[Sentence],
    readability: Option<Readability>,
    language: Language,
) -> Audience {
    let ease = readability.and_then(|readability| readability.ease);
    let level = match ease {
        Some(ease) if ease < 35.0 => Level::Expert,
        Some(ease) if ease < 60.0 => Level::Informed,
        _ => Level::General,
    };
    let mut basis = ease.map_or_else(String::new, |ease| format!("reading ease {ease:.0} of 100"));
    let mut best: Option<(&str, usize)> = None;
    if let Some(lexicon) = language.lexicon() {
        let mut texts: Vec<(String, usize)> =
            sentences.iter().take(400).map(|sentence| (sentence.text.to_lowercase(), 1)).collect();
        texts.extend(title.map(|title| (title.to_lowercase(), 2)));
        // most are nowhere in it
        let mut all = texts.iter().map(|(text, _)| text.as_str()).collect::<Vec<_>>().join("\n");
        all.push_str(&tags.join("\n").to_lowercase());
        for name in lexicon.audiences.iter().filter(|name| all.contains(name.as_str())) {
            let addressed: usize = texts
                .iter()
                .filter(|(text, _)| {
                    fact::contains_word(text, name) && addresses(text, name, &lexicon.addresses)
                })
                .map(|(_, weight)| *weight)
                .sum();
            let filed = usize::from(tags.iter().any(|tag| tag.eq_ignore_ascii_case(name)));
            if addressed + filed > best.map_or(0, |(_, count)| count) {
                best = Some((name, addressed + filed));
            }
        }
    }
    if let Some((name, _)) = best {
        if !basis.is_empty() {
            basis.push_str("; ");
        }
        let _ = write!(basis, "speaks to “{name}”");
    }
    Audience { who: best.map(|(name, _)| name.to_owned()), level, basis }
}

/// “for runners”, “dear members”, “every new founder”: the name within two words of what addresses it.
fn addresses(text: &str, name: &str, addresses: &[String]) -> bool {
    text.match_indices(name).any(|(at, _)| {
        let before = &text[..at];
        let mut start = before.trim_end();
        for _ in 0..2 {
            let Some(space) = start.rfind(' ') else { break };
            let tail = before[space + 1..].trim_start();
            if addresses.iter().any(|entry| starts_with(tail, entry)) {
                return true;
            }
            start = start[..space].trim_end();
        }
        let whole = before.trim_start_matches(['“', '"', '¡', '¿']);
        whole.split_whitespace().count() <= 2 && addresses.iter().any(|entry| starts_with(whole, entry))
    })
}

#[cfg(test)]
mod tests {
    use crate::{Analysis, Document};

    fn of(text: &str) -> Analysis {
        Analysis::of(&Document::from_markdown(text))
    }

    #[test]
    fn being_mentioned_is_not_being_addressed() {
        let told = of(
            "The nurses came late. The nurses told the founders that nothing worked at all. The nurses left.",
        );
        assert_eq!(told.audience.who, None);
        let addressed = of("# A guide for new founders\n\nMoney runs out before courage does. Plan for it.");
        assert_eq!(addressed.audience.who.as_deref(), Some("founders"));
        let dear =
            of("Dear members,\n\nThis spring our garden turns fifty, and we want to celebrate it with you.");
        assert_eq!(dear.audience.who.as_deref(), Some("members"));
    }

    #[test]
    fn the_core_is_whole() {
        let text = "# Attention\n\nI closed the door every Friday for a year and counted the hours.\n\nMy customers never minded it at all.\n\nMost of them wrote less mail than before.\n\nA business does not need all of your attention. It needs all of it for two hours a week.";
        let core = of(text).core_message().unwrap_or_default();
        assert_eq!(
            core,
            "A business does not need all of your attention. It needs all of it for two hours a week."
        );
    }
}
