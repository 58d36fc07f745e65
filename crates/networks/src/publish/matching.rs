//! Telling whether a post that was read back is the one that was sent.

use bellwether_kernel::Timestamp;
use chrono::Duration;
use unicode_normalization::UnicodeNormalization as _;

use super::{Publisher, Recent, Seen};

/// How far a network's clock may differ from ours.
const CLOCKS_DIFFER: Duration = Duration::minutes(2);

/// What a piece is recognised by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fingerprint {
    /// Its text, normalised.
    pub text: String,
    /// How many media it has.
    pub media: usize,
    /// When the attempt began: no post before is it.
    pub since: Timestamp,
    /// The network's id of the piece that it answers.
    pub answers: Option<String>,
    /// Ids that belong to other publications of ours: the same text may have been published on purpose twice.
    pub taken: Vec<String>,
}

/// The post that a fingerprint fits. The oldest of several: each is given to one publication only.
pub fn find<'r>(
    publisher: &dyn Publisher,
    fingerprint: &Fingerprint,
    recent: &'r Recent,
) -> Option<&'r Seen> {
    recent
        .posts
        .iter()
        .filter(|seen| seen.at >= fingerprint.since - CLOCKS_DIFFER)
        .filter(|seen| !fingerprint.taken.contains(&seen.posted.id))
        .filter(|seen| seen.media.is_none_or(|media| media == fingerprint.media))
        .filter(|seen| match (&fingerprint.answers, &seen.answers) {
            (Some(wanted), Some(found)) => wanted == found,
            // networks that don't tell what a post answers
            (_, None) => true,
            (None, Some(_)) => false,
        })
        .filter(|seen| same_text(&fingerprint.text, &publisher.normalise(&seen.text)))
        .min_by_key(|seen| seen.at)
}

/// Networks cut long texts short in lists, ending them with an ellipsis.
fn same_text(sent: &str, shown: &str) -> bool {
    if sent == shown {
        return true;
    }
    let cut = shown.trim_end_matches('…').trim_end_matches("...").trim_end();
    cut.len() < shown.len() && cut.chars().count() >= 40 && sent.starts_with(cut)
}

/// Compatible characters made one, links left out (networks shorten them), spaces run together.
pub fn normalised(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    // invisible marks that networks take out; first of all, since one may stand alone, or keep two characters apart
    let seen = text.chars().filter(|ch| !matches!(ch, '\u{200b}' | '\u{feff}' | '\u{2060}'));
    let text: String = seen.nfc().collect();
    for word in text.split_whitespace() {
        if word.contains("://") || word.starts_with("t.co/") {
            continue;
        }
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(word);
    }
    out
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;
    use proptest::prelude::*;
    use serde_json::Value;

    use super::*;
    use crate::{
        bluesky::api::Bluesky,
        publish::{Posted, fixtures::now},
    };

    fn seen(id: &str, text: &str, second: i64) -> Seen {
        Seen {
            posted: Posted { id: id.into(), url: None, reference: Value::Null, processing: false },
            text: text.into(),
            media: Some(0),
            at: now() + TimeDelta::seconds(second),
            answers: None,
            counts: crate::publish::Counts::new(),
        }
    }

    fn sent(text: &str) -> Fingerprint {
        Fingerprint { text: normalised(text), media: 0, since: now(), answers: None, taken: Vec::new() }
    }

    fn found(fingerprint: &Fingerprint, posts: Vec<Seen>) -> Option<String> {
        // a part of the list is enough to find something, not to prove that it is absent
        let recent = Recent { posts, whole: false };
        find(&Bluesky, fingerprint, &recent).map(|seen| seen.posted.id.clone())
    }

    #[test]
    fn the_oldest_that_is_not_another_one_s() {
        let mut fingerprint = sent("Hello");
        let posts = vec![
            seen("3", "Hello", 30),
            seen("2", "Hello", 20),
            seen("1", "Hello", 10),
            seen("0", "Hello", -121),
        ];
        assert_eq!(found(&fingerprint, posts.clone()).as_deref(), Some("1"));
        fingerprint.taken = vec!["1".into(), "2".into()];
        assert_eq!(found(&fingerprint, posts.clone()).as_deref(), Some("3"));
        fingerprint.taken.push("3".into());
        assert_eq!(found(&fingerprint, posts), None);
    }

    #[test]
    fn clocks_may_differ_by_two_minutes() {
        assert_eq!(found(&sent("Hello"), vec![seen("1", "Hello", -120)]).as_deref(), Some("1"));
        assert_eq!(found(&sent("Hello"), vec![seen("1", "Hello", -121)]), None);
    }

    #[test]
    fn media_and_what_is_answered() {
        for (media, answers, shown_media, shown_answers, fits) in [
            (0, None, Some(0), None, true),
            (2, None, Some(2), None, true),
            (2, None, Some(1), None, false),
            (2, None, None, None, true),
            (0, Some("a"), Some(0), Some("a"), true),
            (0, Some("a"), Some(0), Some("b"), false),
            // a network that does not tell
            (0, Some("a"), Some(0), None, true),
            // an answer to somebody is not the post
            (0, None, Some(0), Some("a"), false),
        ] {
            let fingerprint = Fingerprint { media, answers: answers.map(str::to_owned), ..sent("Hello") };
            let mut post = seen("1", "Hello", 0);
            (post.media, post.answers) = (shown_media, shown_answers.map(str::to_owned));
            assert_eq!(
                found(&fingerprint, vec![post]).is_some(),
                fits,
                "{media} {answers:?} {shown_media:?} {shown_answers:?}"
            );
        }
    }

    #[test]
    fn words_as_networks_show_them() {
        for (text, shown, same) in [
            ("Hello  there\n\nyou", "Hello there you", true),
            ("Caf\u{65}\u{301}", "Café", true),
            ("a \u{200b} b\u{feff}", "a b", true),
            ("See https://example.com/long now", "See https://t.co/abc now", true),
            ("See https://example.com/long", "See t.co/abc", true),
            ("Hello", "hello", false),
            ("Hello", "Hello!", false),
            ("", "", true),
        ] {
            assert_eq!(found(&sent(text), vec![seen("1", shown, 0)]).is_some(), same, "{text:?} {shown:?}");
        }
    }

    #[test]
    fn long_words_cut_short() {
        let long = "All that is said in forty characters and more, and then some.";
        for (shown, same) in [
            ("All that is said in forty characters and…", true),
            ("All that is said in forty characters and...", true),
            ("All that is said in forty characters and …", true),
            // too little to be sure
            ("All that is said…", false),
            // cut without saying so
            ("All that is said in forty characters and", false),
            ("All that is said in forty characters but…", false),
        ] {
            assert_eq!(found(&sent(long), vec![seen("1", shown, 0)]).is_some(), same, "{shown}");
        }
    }

    proptest! {
        /// A text is found however a network runs its spaces together.
        #[test]
        fn spaces_do_not_matter(words in prop::collection::vec("[\\PC&&[^ ]]{1,8}", 1..12), space in "[ \n\t\u{200b}]{1,3}") {
            prop_assume!(space.chars().any(char::is_whitespace));
            let (one, other) = (words.join(" "), words.join(&space));
            prop_assert_eq!(normalised(&one), normalised(&other));
        }

        #[test]
        fn twice_changes_nothing(text in "(\\PC|\u{200b}|\u{feff}|\u{301}| |e|://){0,40}") {
            let once = normalised(&text);
            prop_assert_eq!(normalised(&once), once);
        }

        /// What was sent is found again wherever it stands among others; what is another's never is.
        #[test]
        fn found_among_others(text in "[a-z]{1,20}", others in prop::collection::vec("[A-Z]{1,20}", 0..8), at in 0_usize..8) {
            let mut posts: Vec<Seen> =
                others.iter().enumerate().map(|(index, other)| seen(&format!("o{index}"), other, 1)).collect();
            let mut fingerprint = sent(&text);
            prop_assert_eq!(found(&fingerprint, posts.clone()), None);
            posts.insert(at.min(posts.len()), seen("mine", &text, 1));
            prop_assert_eq!(found(&fingerprint, posts.clone()), Some("mine".to_owned()));
            fingerprint.taken.push("mine".into());
            prop_assert_eq!(found(&fingerprint, posts), None);
        }
    }
}
