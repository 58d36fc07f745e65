//! Pillars that a brand might have: what it says it speaks about, and what its posts come back to. Each
//! proposal says from what it was told, in numbers that can be checked. Pure.

use std::collections::HashSet;

use bellwether_language::{Analysis, Bag, Document, Keyphrase, words};
use serde::Serialize;
use utoipa::ToSchema;

/// Proposals at most.
const MOST: usize = 8;
/// Subtopics of each at most.
const SUBTOPICS: usize = 6;
/// Phrases of the posts that are looked at.
const PHRASES: usize = 60;
/// Posts that have to say a phrase before it is proposed; one post is an occasion, not a pillar.
const POSTS: usize = 2;

/// A pillar that is proposed. To accept it, create a pillar of its name and subtopics.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Proposal {
    /// Its name: a topic of the profile or a phrase of the posts.
    pub name: String,
    /// Phrases of the same posts.
    pub subtopics: Vec<String>,
    /// How many of the posts looked at speak of it.
    pub posts: usize,
    /// Why it is proposed.
    pub reason: String,
}

/// A phrase as posts write it, and which posts say it.
struct Phrase {
    text: String,
    posts: HashSet<usize>,
    weight: f32,
}

/// Proposes pillars from a brand's topics and its posts; none of those it has.
pub(super) fn propose(topics: &[String], posts: &[String], existing: &[String]) -> Vec<Proposal> {
    let read = phrases(posts);
    let bags: Vec<Bag> = posts.iter().map(|text| Bag::of(text)).collect();
    let mut taken: Vec<String> = existing.to_vec();
    let mut proposals = Vec::new();
    for topic in topics {
        if taken.iter().any(|name| overlap(name, topic)) {
            continue;
        }
        let bag = Bag::of(topic);
        let speaking: HashSet<usize> = (0..posts.len())
            // all of its telling words, or the words themselves for a topic of short ones
            .filter(|post| {
                bags[*post].similarity(&bag) >= 1.0 || contains(&posts[*post].to_lowercase(), topic)
            })
            .collect();
        let reason = match (posts.len(), speaking.len()) {
            (0, _) => "You named it among your topics.".to_owned(),
            (all, 0) => {
                format!("You named it among your topics; none of your {all} latest posts speaks of it yet.")
            }
            (all, some) => {
                format!("You named it among your topics, and {some} of your {all} latest posts speak of it.")
            }
        };
        taken.push(topic.clone());
        proposals.push(proposal(topic, &speaking, &read, reason));
    }
    let mut by_weight: Vec<&Phrase> = read.iter().filter(|phrase| phrase.posts.len() >= POSTS).collect();
    by_weight.sort_by(|a, b| {
        (b.posts.len().cmp(&a.posts.len())).then(b.weight.total_cmp(&a.weight)).then(a.text.cmp(&b.text))
    });
    for phrase in by_weight {
        if proposals.len() >= MOST {
            break;
        }
        if taken.iter().any(|name| overlap(name, &phrase.text)) {
            continue;
        }
        taken.push(phrase.text.clone());
        let reason = format!("{} of your {} latest posts speak of it.", phrase.posts.len(), posts.len());
        proposals.push(proposal(&phrase.text, &phrase.posts, &read, reason));
    }
    proposals.truncate(MOST);
    proposals
}

/// What all posts together come back to, and which of them say it. One post alone is too short to tell its phrases.
fn phrases(posts: &[String]) -> Vec<Phrase> {
    let lower: Vec<String> = posts.iter().map(|text| text.to_lowercase()).collect();
    let read = Analysis::of(&Document::from_text(&posts.join("\n\n")));
    let phrase = |keyphrase: &Keyphrase| Phrase {
        text: keyphrase.text.clone(),
        posts: (0..posts.len()).filter(|post| contains(&lower[*post], &keyphrase.text)).collect(),
        weight: keyphrase.score,
    };
    read.keyphrases.iter().take(PHRASES).map(phrase).collect()
}

/// A pillar with the phrases that its posts share most.
fn proposal(name: &str, posts: &HashSet<usize>, phrases: &[Phrase], reason: String) -> Proposal {
    let mut near: Vec<(usize, &Phrase)> = phrases
        .iter()
        .map(|phrase| (phrase.posts.intersection(posts).count(), phrase))
        .filter(|(shared, phrase)| *shared > 0 && !overlap(name, &phrase.text))
        .collect();
    near.sort_by(|(a, one), (b, other)| {
        b.cmp(a).then(other.weight.total_cmp(&one.weight)).then(one.text.cmp(&other.text))
    });
    let mut subtopics: Vec<String> = Vec::new();
    for (_, phrase) in near {
        if subtopics.len() < SUBTOPICS && !subtopics.iter().any(|other| overlap(other, &phrase.text)) {
            subtopics.push(phrase.text.clone());
        }
    }
    Proposal { name: name.to_owned(), subtopics, posts: posts.len(), reason }
}

/// Whether one says what the other says: all words of the shorter are in the longer.
fn overlap(a: &str, b: &str) -> bool {
    let set = |text: &str| words(text).map(str::to_lowercase).collect::<HashSet<String>>();
    let (a, b) = (set(a), set(b));
    let shorter = a.len().min(b.len());
    shorter > 0 && a.intersection(&b).count() == shorter
}

fn contains(lower: &str, topic: &str) -> bool {
    let topic = topic.to_lowercase();
    lower.match_indices(&topic).any(|(at, _)| {
        !lower[..at].ends_with(char::is_alphanumeric)
            && !lower[at + topic.len()..].starts_with(char::is_alphanumeric)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(texts: &[&str]) -> Vec<String> {
        texts.iter().map(|text| (*text).to_owned()).collect()
    }

    #[test]
    fn topics_come_first_and_what_is_there_is_not_proposed_again() {
        let topics = texts(&["Fair prices", "Slow work", "Wood"]);
        let posts = texts(&["Fair prices are told before anybody asks. A fair price keeps a workshop open."]);
        let proposals = propose(&topics, &posts, &texts(&["Wood and trees"]));
        assert_eq!(proposals[0].name, "Fair prices");
        assert_eq!(proposals[0].posts, 1);
        assert_eq!(
            proposals[0].reason,
            "You named it among your topics, and 1 of your 1 latest posts speak of it."
        );
        assert_eq!(proposals[1].name, "Slow work");
        assert!(proposals[1].reason.contains("none of your 1"));
        assert!(proposals.iter().all(|proposal| proposal.name != "Wood"));
    }

    #[test]
    fn what_several_posts_say_is_proposed_with_the_count() {
        let posts = texts(&[
            "The rye bread changed our bakery. We bake the rye bread on Mondays, and the rye bread rests longer.",
            "Why we sell the rye bread whole: the rye bread keeps for a week. Good bread is quiet.",
            "Our new oven has a window. The oven window shows children how loaves grow.",
        ]);
        let proposals = propose(&[], &posts, &[]);
        let bread = proposals.iter().find(|proposal| proposal.name.contains("bread"));
        let bread = bread.unwrap_or_else(|| panic!("{proposals:?}"));
        assert_eq!((bread.posts, bread.reason.as_str()), (2, "2 of your 3 latest posts speak of it."));
        // the oven is in one post only
        assert!(proposals.iter().all(|proposal| !proposal.name.to_lowercase().contains("window")));
    }

    #[test]
    fn nothing_comes_of_nothing() {
        assert_eq!(propose(&[], &[], &[]), []);
        assert_eq!(propose(&texts(&["Bread"]), &[], &[])[0].reason, "You named it among your topics.");
    }
}
