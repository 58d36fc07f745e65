//! What a smart feed is, and the words that its topics come down to.

use std::collections::HashSet;

use bellwether_kernel::{Problem, text};
use bellwether_language::{Analysis, Document, Language, words};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::SmartFeedId;

/// Smart feeds of a brand at most.
pub const MOST: i64 = 20;
/// Keywords of a topic at most.
const KEYWORDS: usize = 15;

/// Something to read about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = SmartFeedTopic)]
pub struct Topic {
    /// What, in a few words; 1 to 100 characters.
    pub topic: String,
    /// What is meant by it, at most 1,000 characters.
    #[serde(default)]
    pub description: String,
}

/// A smart feed.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = SmartFeed)]
pub struct SmartFeedView {
    /// Id.
    pub id: SmartFeedId,
    /// What it is called.
    pub name: String,
    /// One to three.
    pub topics: Vec<Topic>,
    /// The words that are looked for, found in the topics.
    pub keywords: Vec<String>,
    /// For `If-Match`.
    pub version: i32,
    /// When it was made.
    pub created_at: DateTime<Utc>,
}

/// A smart feed to make.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateSmartFeed {
    /// What it is called, at most 120 characters.
    pub name: String,
    /// One to three.
    pub topics: Vec<Topic>,
}

/// What of a smart feed changes.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UpdateSmartFeed {
    /// What it is called, at most 120 characters.
    #[serde(default)]
    pub name: Option<String>,
    /// One to three, in place of those before.
    #[serde(default)]
    pub topics: Option<Vec<Topic>>,
}

/// A name of 1 to 120 characters.
pub(super) fn check_name(name: &str) -> Result<String, Problem> {
    let name = text::one_line(name);
    if name.is_empty() {
        return Err(Problem::invalid("name", "blank", "Give it a name."));
    }
    if name.chars().count() > 120 {
        return Err(Problem::invalid("name", "too_long", "Use at most 120 characters."));
    }
    Ok(name)
}

/// One to three topics, tidied.
pub(super) fn check_topics(topics: Vec<Topic>) -> Result<Vec<Topic>, Problem> {
    if topics.is_empty() {
        return Err(Problem::invalid("topics", "too_few", "Name one topic at least."));
    }
    if topics.len() > 3 {
        return Err(Problem::invalid("topics", "too_many", "Name at most 3."));
    }
    let mut tidy = Vec::with_capacity(topics.len());
    for (index, one) in topics.into_iter().enumerate() {
        let topic = text::one_line(&one.topic);
        let description = text::one_line(&one.description);
        let path = format!("topics/{index}/topic");
        if topic.is_empty() {
            return Err(Problem::invalid(path, "blank", "Say what it is about."));
        }
        if topic.chars().count() > 100 {
            return Err(Problem::invalid(path, "too_long", "Use at most 100 characters."));
        }
        if description.chars().count() > 1_000 {
            let path = format!("topics/{index}/description");
            return Err(Problem::invalid(path, "too_long", "Use at most 1,000 characters."));
        }
        if !words(&topic).any(|word| word.chars().any(char::is_alphanumeric)) {
            return Err(Problem::invalid(path, "no_words", "Say what it is about in words."));
        }
        let language = Language::detect(&format!("{topic}. {description}"));
        // a word or two are too few to tell the language by; “WHO” is a name
        let stops = |word: &str| {
            let lower = word.to_lowercase();
            word.chars().any(char::is_lowercase)
                && [language, Language::ENGLISH].iter().any(|language| language.is_stop_word(&lower))
        };
        let tells = |word: &str| (word.chars().count() > 1 || !word.is_ascii()) && !stops(word);
        if !words(&topic).any(tells) {
            let message =
                format!("“{topic}” is in nearly every text. Say what it is about in words that tell.");
            return Err(Problem::invalid(path, "no_words", message));
        }
        if tidy.iter().any(|other: &Topic| other.topic.to_lowercase() == topic.to_lowercase()) {
            let message = "This topic is named twice. Say something else, or leave it out.";
            return Err(Problem::invalid(path, "named_twice", message));
        }
        tidy.push(Topic { topic, description });
    }
    Ok(tidy)
}

/// Whether a word is one of those that texts of any kind have, such as “new” or “free”: together with others it may tell
/// something, alone it doesn't.
fn is_general(word: &str, language: Language) -> bool {
    let language = if language == Language::UNKNOWN { Language::ENGLISH } else { language };
    language
        .lexicon()
        .is_some_and(|lexicon| lexicon.generic.contains(word) || lexicon.breakers.contains(word))
}

/// The words of a topic: its own, and the keyphrases of its description. In lower case, each once. General words are left
/// out where they stand alone; those of the topic itself are there when it has no others.
pub(super) fn keywords_of(topic: &Topic) -> Vec<String> {
    let mut found = vec![topic.topic.to_lowercase()];
    let language = Language::detect(&format!("{}. {}", topic.topic, topic.description));
    let mut own: Vec<String> =
        words(&topic.topic).map(str::to_lowercase).filter(|word| !language.is_stop_word(word)).collect();
    if own.iter().any(|word| !is_general(word, language)) {
        own.retain(|word| !is_general(word, language));
    }
    found.extend(own);
    let mut document = Document::from_text(&topic.description);
    document.metadata.title = Some(topic.topic.clone());
    let analysis = Analysis::of(&document);
    let phrases = analysis.keyphrases.iter().map(|phrase| phrase.text.to_lowercase());
    found.extend(phrases.filter(|phrase| !is_general(phrase, language)));
    // a description too short for keyphrases still has words
    if analysis.keyphrases.len() < 4 {
        let said: Vec<String> = words(&topic.description).map(str::to_lowercase).collect();
        let tells = |word: &String| word.chars().count() > 3 && !language.is_stop_word(word);
        // two that stand together say more than each
        let pairs = said.windows(2).filter(|pair| pair.iter().all(tells)).map(|pair| pair.join(" "));
        found.extend(pairs);
        found.extend(said.iter().filter(|word| tells(word) && !is_general(word, language)).cloned());
    }
    let mut seen = HashSet::new();
    found.retain(|word| word.chars().count() > 1 && word.chars().count() <= 100 && seen.insert(word.clone()));
    found.truncate(KEYWORDS);
    found
}

/// All keywords, each once.
pub(super) fn keywords(topics: &[Topic]) -> Vec<String> {
    let mut seen = HashSet::new();
    topics.iter().flat_map(keywords_of).filter(|word| seen.insert(word.clone())).collect()
}

/// What finds candidates: any of the keywords, in the language of `websearch_to_tsquery`.
pub(super) fn query(keywords: &[String]) -> String {
    let quoted: Vec<String> = keywords
        .iter()
        .map(|word| {
            // what has a meaning there has none here
            let plain: String = word.chars().map(|c| if c.is_alphanumeric() { c } else { ' ' }).collect();
            format!("\"{}\"", plain.split_whitespace().collect::<Vec<_>>().join(" "))
        })
        .collect();
    quoted.join(" or ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn topic(topic: &str, description: &str) -> Topic {
        Topic { topic: topic.into(), description: description.into() }
    }

    #[test]
    fn keywords_are_found_in_topic_and_description() {
        let found = keywords_of(&topic(
            "Honest prices",
            "How small workshops set their hourly rate, and how they tell customers of higher prices.",
        ));
        assert_eq!(found[0], "honest prices");
        assert!(found.iter().any(|word| word.contains("workshops")), "{found:?}");
        assert!(found.iter().any(|word| word.contains("hourly rate")), "{found:?}");
        assert!(found.len() <= KEYWORDS);
        assert_eq!(query(&["honest prices".into(), "c++ & \"x\"".into()]), "\"honest prices\" or \"c x\"");
    }

    #[test]
    fn words_of_every_text_are_looked_for_only_together_with_others() {
        let found = keywords_of(&topic("Honest prices", "New ways to find a free rate."));
        assert_eq!(found[0], "honest prices");
        for common in ["new", "free", "ways", "find"] {
            assert!(!found.iter().any(|word| word == common), "{common}: {found:?}");
        }
        assert!(found.iter().any(|word| word == "free rate"), "{found:?}");
        assert_eq!(keywords_of(&topic("Free software", "")), ["free software", "software"]);
        // where there is nothing else they are kept
        assert_eq!(keywords_of(&topic("New work", "")), ["new work", "new", "work"]);
        assert_eq!(keywords_of(&topic("Neue Arbeit", ""))[0], "neue arbeit");
    }

    #[test]
    fn topics_are_one_to_three_and_have_words() {
        assert!(check_topics(vec![]).is_err());
        assert!(check_topics(vec![topic("a b", ""); 4]).is_err());
        assert_eq!(check_topics(vec![topic("…", "")]).unwrap_err().errors[0].path, "topics/0/topic");
        for (nothing, code) in [("a", "no_words"), ("The", "no_words")] {
            assert_eq!(check_topics(vec![topic(nothing, "")]).unwrap_err().errors[0].code, code);
        }
        let twice = check_topics(vec![topic("Ovens", ""), topic("ovens", "hot")]).unwrap_err();
        assert_eq!(
            (twice.errors[0].path.as_str(), twice.errors[0].code.as_ref()),
            ("topics/1/topic", "named_twice")
        );
        assert_eq!(check_topics(vec![topic("WHO", "")]).unwrap()[0].topic, "WHO");
        assert_eq!(check_topics(vec![topic("木工", "")]).unwrap()[0].topic, "木工");
        assert_eq!(check_topics(vec![topic("  Slow   work ", "")]).unwrap()[0].topic, "Slow work");
    }
}
