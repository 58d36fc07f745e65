//! Readers who do not exist. What they do follows from a post's id and its age alone, so that it is the same whenever and
//! by whomever it is asked, and nothing has to run for it.

use bellwether_kernel::Timestamp;
use chrono::{DateTime, Duration, Utc};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// Reactions to a post.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = SandboxReactions)]
pub struct Reactions {
    /// Liked it.
    pub like: u32,
    /// Passed it on.
    pub repost: u32,
    /// Cheered.
    pub celebrate: u32,
}

/// A comment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = SandboxComment)]
pub struct Comment {
    /// By whom.
    pub author: String,
    /// What.
    pub text: String,
    /// When.
    pub at: DateTime<Utc>,
}

const READERS: [&str; 12] = [
    "Marta Lindqvist",
    "Joon Park",
    "Amara Okafor",
    "Tomás Vidal",
    "Ines Moreau",
    "Ravi Menon",
    "Hanna Vogel",
    "Owen Price",
    "Leila Haddad",
    "Piotr Nowak",
    "Sofia Greco",
    "Dana Whitfield",
];

const COMMENTS: [&str; 14] = [
    "This is exactly what we ran into last quarter. How long did it take until you noticed a difference?",
    "Saving this one for Monday's meeting.",
    "I'd push back a little: this only works when the team is small enough. What changed when you grew?",
    "Would love to see the numbers behind this.",
    "Thank you for writing it down so plainly.",
    "We tried the opposite and it cost us a year.",
    "Do you offer this as a workshop?",
    "The second point is underrated.",
    "How do you handle the customers who disagree?",
    "Sent this to my co-founder. We needed it today.",
    "Is there a longer version somewhere?",
    "Not sure I agree, but it made me think.",
    "What would you do differently if you began again?",
    "Finally somebody says it.",
];

/// SplitMix64 over an id and a purpose: even, and the same everywhere.
fn draw(id: Uuid, purpose: u64) -> u64 {
    let mut z =
        (id.as_u128() as u64) ^ ((id.as_u128() >> 64) as u64) ^ purpose.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// What readers did until a time.
pub(super) fn readers(id: Uuid, published_at: Timestamp, now: Timestamp) -> (Reactions, Vec<Comment>) {
    let age = (now - published_at).max(Duration::zero());
    // most of it comes in the first hours: 1 − e^(−age/6 h)
    let share = 1.0 - (-(age.num_seconds() as f64) / 21_600.0).exp();
    let count = |purpose: u64, most: u64| (draw(id, purpose) % (most + 1)) as f64 * share;
    let reactions = Reactions {
        like: (8.0 * share + count(1, 60)).floor() as u32,
        repost: count(2, 12).floor() as u32,
        celebrate: count(3, 15).floor() as u32,
    };
    let comments = (0..draw(id, 4) % 5)
        .map(|number| {
            let after = Duration::seconds((90 + draw(id, 100 + number) % 28_800) as i64);
            let pick = |purpose: u64, of: usize| (draw(id, purpose + number * 7) % of as u64) as usize;
            Comment {
                author: READERS[pick(200, READERS.len())].to_owned(),
                text: COMMENTS[pick(300, COMMENTS.len())].to_owned(),
                at: published_at + after,
            }
        })
        .filter(|comment| comment.at <= now);
    let mut comments: Vec<Comment> = comments.collect();
    comments.sort_by_key(|comment| comment.at);
    (reactions, comments)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// Readers only ever add, and nobody comments before the post or from the future.
        #[test]
        fn readers_only_add(id: u128, seconds in 0..1_000_000_i64, more in 0..1_000_000_i64) {
            let at: Timestamp = "2026-11-21T09:00:00Z".parse().unwrap();
            let id = Uuid::from_u128(id);
            let (early, first) = readers(id, at, at + Duration::seconds(seconds));
            let (late, then) = readers(id, at, at + Duration::seconds(seconds + more));
            prop_assert!(early.like <= late.like && early.repost <= late.repost && early.celebrate <= late.celebrate);
            prop_assert_eq!(&then[..first.len()], &first[..]);
            prop_assert!(first.iter().all(|comment| comment.at > at));
        }
    }
}
