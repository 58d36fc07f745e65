//! How long a text is, in a network's own counting.

use serde::Serialize;
use unicode_segmentation::UnicodeSegmentation as _;
use utoipa::ToSchema;

use crate::{
    Content, Part, Target, mastodon,
    rules::{Limit, Unit, rules_of},
    text::emoji,
    x,
};

/// How long something is and may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct Count {
    /// Used.
    pub used: u32,
    /// At most.
    pub limit: u32,
    /// Of these.
    pub unit: Unit,
}

impl Count {
    /// Whether it is within.
    pub const fn fits(&self) -> bool {
        self.used <= self.limit
    }

    /// What is left; nothing when it is too long already.
    pub const fn left(&self) -> u32 {
        self.limit.saturating_sub(self.used)
    }
}

/// A count and what it is of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct PathCount {
    /// JSON pointer into the content without the leading slash, such as `thread/2`.
    pub path: String,
    /// Used.
    pub used: u32,
    /// At most.
    pub limit: u32,
    /// Of these.
    pub unit: Unit,
}

/// What an instance sets for itself; only Mastodon's do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Instance {
    /// `configuration.statuses.max_characters`.
    pub max_characters: u32,
    /// `configuration.statuses.characters_reserved_per_url`.
    pub characters_per_url: u32,
}

impl Default for Instance {
    fn default() -> Self {
        Self {
            max_characters: mastodon::count::DEFAULT_LIMIT,
            characters_per_url: mastodon::count::DEFAULT_URL,
        }
    }
}

impl Instance {
    /// How long a text is in a unit.
    pub(crate) fn length(self, text: &str, unit: Unit) -> u32 {
        if unit == Unit::Mastodon {
            mastodon::count::length(text, self.characters_per_url)
        } else {
            length(text, unit)
        }
    }

    /// A limit as this instance has it.
    pub(crate) const fn limit(self, limit: &Limit) -> u32 {
        match limit.unit {
            Unit::Mastodon => self.max_characters,
            _ => limit.max,
        }
    }

    /// How long a text is here, against a limit.
    pub fn count(self, text: &str, limit: &Limit) -> Count {
        Count { used: self.length(text, limit.unit), limit: self.limit(limit), unit: limit.unit }
    }
}

/// How long a text is in a unit.
pub fn length(text: &str, unit: Unit) -> u32 {
    let count = match unit {
        Unit::Weighted => return x::weight::weighted_length(text),
        Unit::Mastodon => return mastodon::count::length(text, mastodon::count::DEFAULT_URL),
        Unit::Graphemes => return mastodon::count::graphemes(text),
        // in ASCII these four are one
        Unit::Bytes | Unit::CodePoints | Unit::Utf16 | Unit::Threads if text.is_ascii() => text.len(),
        Unit::Bytes => text.len(),
        Unit::CodePoints => text.chars().count(),
        Unit::Utf16 => text.chars().map(char::len_utf16).sum(),
        Unit::Threads => threads_length(text),
        Unit::Words => text.unicode_words().count(),
    };
    u32::try_from(count).unwrap_or(u32::MAX)
}

/// Code points, but the bytes of an emoji.
fn threads_length(text: &str) -> usize {
    let (mut length, mut at) = (0, 0);
    while let Some(ch) = text[at..].chars().next() {
        if let Some(bytes) = emoji::length_at_start(&text[at..]) {
            length += bytes;
            at += bytes;
        } else {
            length += 1;
            at += ch.len_utf8();
        }
    }
    length
}

/// How long the main text of a target is, and may be.
pub fn measure(target: Target, text: &str) -> Count {
    measure_on(Instance::default(), target, text)
}

/// The same on an instance with its own limits.
pub fn measure_on(instance: Instance, target: Target, text: &str) -> Count {
    // the first limit of the first part is the main one, and rules without one don't pass their test
    instance.count(text, &rules_of(target).parts[0].limits[0])
}

/// How long one part of a target is, and may be; none where the target has no such part.
pub fn measure_part(target: Target, part: Part, text: &str) -> Option<Count> {
    let limit = rules_of(target).part(part)?.limits.first()?;
    Some(Instance::default().count(text, limit))
}

/// Counts of every published text of a content.
pub fn counts(target: Target, content: &Content) -> Vec<PathCount> {
    counts_on(Instance::default(), target, content)
}

/// The same on an instance with its own limits.
pub fn counts_on(instance: Instance, target: Target, content: &Content) -> Vec<PathCount> {
    let rules = rules_of(target);
    let counted = content.published_texts().into_iter().filter_map(|text| {
        let limit = rules.part(text.part)?.limits.first()?;
        let Count { used, limit, unit } = instance.count(text.text, limit);
        Some(PathCount { path: text.path, used, limit, unit })
    });
    counted.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units() {
        let text = "Grüße 👨‍👩‍👧 https://example.com/a/b/c?d=e#f";
        for (unit, expected) in [
            (Unit::Weighted, 6 + 2 + 1 + 23),
            (Unit::Graphemes, 6 + 1 + 1 + 31),
            (Unit::Mastodon, 6 + 1 + 1 + 23),
            (Unit::CodePoints, 6 + 5 + 1 + 31),
            (Unit::Utf16, 6 + 8 + 1 + 31),
            (Unit::Threads, 6 + 18 + 1 + 31),
            (Unit::Bytes, 8 + 18 + 1 + 31),
        ] {
            assert_eq!(length(text, unit), expected, "{unit:?}");
        }
        assert_eq!(length("It’s 3.5 words, or so", Unit::Words), 5);
    }

    #[test]
    fn main_part_of_each_target() {
        for (target, limit, unit) in [
            (Target::XPost, 280, Unit::Weighted),
            (Target::XThread, 280, Unit::Weighted),
            (Target::LinkedinLong, 3_000, Unit::Utf16),
            (Target::InstagramCarousel, 2_200, Unit::Utf16),
            (Target::FacebookPost, 63_206, Unit::Utf16),
            (Target::ThreadsPost, 500, Unit::Threads),
            (Target::TiktokScript, 2_200, Unit::Utf16),
            (Target::YoutubeShortScript, 100, Unit::Utf16),
            (Target::GoogleBusinessPost, 1_500, Unit::Utf16),
            (Target::BlueskyPost, 300, Unit::Graphemes),
            (Target::MastodonPost, 500, Unit::Mastodon),
            (Target::SandboxPost, 500, Unit::Graphemes),
        ] {
            let count = measure(target, "Hello.");
            assert_eq!((count.limit, count.unit), (limit, unit), "{target}");
            assert_eq!((count.used, count.left(), count.fits()), (6, limit - 6, true), "{target}");
        }
    }

    #[test]
    fn instances_have_their_own_limits() {
        let instance = Instance { max_characters: 5_000, characters_per_url: 10 };
        let count = measure_on(instance, Target::MastodonPost, "https://example.com/long");
        assert_eq!((count.used, count.limit), (10, 5_000));
        assert_eq!(measure_on(instance, Target::XPost, "a").limit, 280);
    }
}
