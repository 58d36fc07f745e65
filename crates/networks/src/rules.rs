//! The description of a network that everything else reads.

use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    ContentType, Network, Part, Shape, Target, blog, bluesky, email, facebook, google_business, instagram,
    linkedin, mastodon,
    options::{FirstComment, OptionRules},
    sandbox, threads, tiktok, x, youtube,
};

/// 1,000,000 bytes: networks that don't say which megabyte they mean are read strictly.
pub const MEGABYTE: u64 = 1_000_000;
/// 1,000,000,000 bytes.
pub const GIGABYTE: u64 = 1_000 * MEGABYTE;

/// Everything that is known of a network.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = NetworkRules)]
pub struct Rules {
    /// Its id.
    pub id: Network,
    /// As a person reads it.
    pub name: &'static str,
    /// What works there, in a line or two.
    pub about: &'static str,
    /// What links do there.
    pub links: LinkRules,
    /// How long alternative text may be; absent where there is none.
    pub alt_text: Option<AltText>,
    /// The kinds of media it takes.
    pub media: &'static [MediaRules],
    /// What can be written for it.
    pub content_types: &'static [ContentTypeRules],
    /// Where the numbers come from.
    pub sources: &'static [Source],
}

/// What links do on a network.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct LinkRules {
    /// Whether a reader can click a link in the text.
    pub clickable: bool,
    /// How they count and where else they may go.
    pub note: &'static str,
}

/// How long alternative text may be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct AltText {
    /// At most.
    pub max: u32,
    /// Of these.
    pub unit: Unit,
}

/// A page that says so.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = RuleSource)]
pub struct Source {
    /// What it says.
    pub what: &'static str,
    /// Where.
    pub url: &'static str,
}

/// A kind of thing that can be written for a network.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct ContentTypeRules {
    /// Its id within the network.
    pub id: ContentType,
    /// Network and type.
    pub target: Target,
    /// As a person reads it.
    pub name: &'static str,
    /// The shape of its content.
    pub shape: Shape,
    /// Whether the network's bare name means it.
    pub is_default: bool,
    /// Its limits.
    pub rules: TargetRules,
}

impl ContentTypeRules {
    /// Rules for a target.
    pub const fn new(target: Target, rules: TargetRules) -> Self {
        let id = target.content_type();
        let is_default = target.network().default_target() as u8 == target as u8;
        Self { id, target, name: id.name(), shape: target.shape(), is_default, rules }
    }
}

/// The limits of a target.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct TargetRules {
    /// Limit of the main part, the first one of `parts`.
    pub max_length: u32,
    /// What the main part is counted in.
    pub unit: Unit,
    /// How long the main part is when it does well, in the same unit.
    pub recommended_length: u32,
    /// Each text of the content and its limits.
    pub parts: &'static [PartRules],
    /// More hashtags than this are refused.
    pub max_hashtags: Option<u32>,
    /// As many as do good; 0 where hashtags do nothing.
    pub recommended_hashtags: u32,
    /// More mentions than this are refused.
    pub max_mentions: Option<u32>,
    /// More different links than this are refused.
    pub max_links: Option<u32>,
    /// Whether links are plain text here although the network's others are clickable.
    pub plain_links: bool,
    /// How many posts a thread has; absent where the target is no thread.
    pub thread: Option<ThreadRules>,
    /// How many slides a carousel has; absent where the target is none.
    pub slides: Option<SlideRules>,
    /// How long the video is; absent where the target is none.
    pub duration: Option<DurationRules>,
    /// The kinds of media, one of which must be there; empty when text alone is enough.
    pub needs_media: &'static [MediaKind],
    /// Characters that the network refuses.
    pub forbidden: &'static [char],
    /// What can be chosen beside the text.
    pub options: &'static [OptionRules],
    /// How long a first comment may be; absent where there is none.
    pub first_comment: Option<FirstComment>,
}

impl TargetRules {
    /// Rules with nothing but limits of length. The first part is the main one.
    pub const fn new(parts: &'static [PartRules]) -> Self {
        let main = &parts[0].limits[0];
        Self {
            max_length: main.max,
            unit: main.unit,
            recommended_length: main.max,
            parts,
            max_hashtags: Some(0),
            recommended_hashtags: 0,
            max_mentions: Some(0),
            max_links: None,
            plain_links: false,
            thread: None,
            slides: None,
            duration: None,
            needs_media: &[],
            forbidden: &[],
            options: &[],
            first_comment: None,
        }
    }

    /// The rules of a part.
    pub fn part(&self, part: Part) -> Option<&'static PartRules> {
        self.parts.iter().find(|rules| rules.part == part)
    }
}

/// How many posts a thread has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ThreadRules {
    /// At least.
    pub min: u32,
    /// At most as many as people read; no network refuses more.
    pub max: u32,
}

/// How many slides a carousel has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct SlideRules {
    /// At least.
    pub min: u32,
    /// At most.
    pub max: u32,
    /// As many as people swipe through.
    pub recommended: u32,
}

/// How long a video is, in seconds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct DurationRules {
    /// At least.
    pub min: u32,
    /// At most.
    pub max: u32,
    /// As long as people watch.
    pub recommended: u32,
}

/// The limits of one text of a content.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct PartRules {
    /// Which text.
    pub part: Part,
    /// Whether it may not be empty.
    pub required: bool,
    /// The first one is what a counter shows.
    pub limits: &'static [Limit],
}

impl PartRules {
    /// A part that may not be empty.
    pub const fn required(part: Part, limits: &'static [Limit]) -> Self {
        Self { part, required: true, limits }
    }

    /// A part that may be empty.
    pub const fn optional(part: Part, limits: &'static [Limit]) -> Self {
        Self { part, required: false, limits }
    }
}

/// A limit of length.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Limit {
    /// At most.
    pub max: u32,
    /// Of these.
    pub unit: Unit,
    /// Whether more is refused; otherwise it is advised against.
    pub hard: bool,
}

impl Limit {
    /// More is refused.
    pub const fn hard(max: u32, unit: Unit) -> Self {
        Self { max, unit, hard: true }
    }

    /// More is advised against, usually because it is cut off on a small screen.
    pub const fn soft(max: u32, unit: Unit) -> Self {
        Self { max, unit, hard: false }
    }
}

/// What a length is counted in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, serde::Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// X's weights: see [`x::weight`].
    Weighted,
    /// What a reader sees as one character.
    Graphemes,
    /// The same, but a link is 23 and the host of a mention nothing: see [`mastodon::count`].
    Mastodon,
    /// Unicode code points.
    CodePoints,
    /// UTF-16 code units, as JavaScript and Java count.
    Utf16,
    /// Code points, but the bytes of an emoji: see [`threads`].
    Threads,
    /// Bytes in UTF-8.
    Bytes,
    /// Words.
    Words,
}

impl Unit {
    /// As the API writes it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Weighted => "weighted",
            Self::Graphemes => "graphemes",
            Self::Mastodon => "mastodon",
            Self::CodePoints => "code_points",
            Self::Utf16 => "utf16",
            Self::Threads => "threads",
            Self::Bytes => "bytes",
            Self::Words => "words",
        }
    }

    /// As a person reads it after a number.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Bytes => "bytes",
            Self::Words => "words",
            Self::Weighted
            | Self::Graphemes
            | Self::Mastodon
            | Self::CodePoints
            | Self::Utf16
            | Self::Threads => "characters",
        }
    }

    /// How it counts, in a line.
    pub const fn explanation(self) -> &'static str {
        match self {
            Self::Weighted => "Most alphabets count 1, Chinese, Japanese, Korean and an emoji 2, a link 23.",
            Self::Graphemes => "What a reader sees as one character counts 1, an emoji too.",
            Self::Mastodon => {
                "What a reader sees as one character counts 1, a link 23, of @name@host only @name."
            }
            Self::CodePoints => "Unicode code points: a letter counts 1, an emoji 1 or more.",
            Self::Utf16 => "UTF-16 units: a letter counts 1, an emoji 2 or more.",
            Self::Threads => "A letter counts 1, an emoji its bytes in UTF-8, 4 or more.",
            Self::Bytes => {
                "Bytes in UTF-8: an English letter counts 1, an accented one 2, an emoji 4 or more."
            }
            Self::Words => "Words as they are spoken.",
        }
    }
}

/// A kind of media.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, serde::Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum MediaKind {
    /// A still picture.
    Image,
    /// An animated picture.
    Gif,
    /// A video.
    Video,
    /// A PDF or slides, swiped through page by page.
    Document,
}

impl MediaKind {
    /// As a person reads it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Image => "image",
            Self::Gif => "animated GIF",
            Self::Video => "video",
            Self::Document => "document",
        }
    }
}

/// Width to height.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, ToSchema)]
pub struct Ratio(pub u16, pub u16);

/// What media of a kind must be like. Absent is: the network does not say.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct MediaRules {
    /// Which kind.
    pub kind: MediaKind,
    /// Media types.
    pub types: &'static [&'static str],
    /// In one post, at most.
    pub max_count: u32,
    /// Bytes, at most.
    pub max_bytes: Option<u64>,
    /// Pixels, at most.
    pub max_width: Option<u32>,
    /// Pixels, at most.
    pub max_height: Option<u32>,
    /// Pixels, at least.
    pub min_width: Option<u32>,
    /// Pixels, at least.
    pub min_height: Option<u32>,
    /// Narrowest and widest.
    #[schema(value_type = Option<Vec<Ratio>>)]
    pub ratios: Option<(Ratio, Ratio)>,
    /// The best one, if there is one.
    pub recommended_ratio: Option<Ratio>,
    /// Seconds, at least.
    pub min_seconds: Option<u32>,
    /// Seconds, at most.
    pub max_seconds: Option<u32>,
    /// Pages, at most.
    pub max_pages: Option<u32>,
}

impl MediaRules {
    /// One of these, nothing else known.
    pub const fn new(kind: MediaKind, types: &'static [&'static str]) -> Self {
        Self {
            kind,
            types,
            max_count: 1,
            max_bytes: None,
            max_width: None,
            max_height: None,
            min_width: None,
            min_height: None,
            ratios: None,
            recommended_ratio: None,
            min_seconds: None,
            max_seconds: None,
            max_pages: None,
        }
    }
}

/// The rules of a network.
pub const fn rules(network: Network) -> &'static Rules {
    match network {
        Network::X => &x::RULES,
        Network::Linkedin => &linkedin::RULES,
        Network::Instagram => &instagram::RULES,
        Network::Facebook => &facebook::RULES,
        Network::Threads => &threads::RULES,
        Network::Tiktok => &tiktok::RULES,
        Network::Youtube => &youtube::RULES,
        Network::GoogleBusiness => &google_business::RULES,
        Network::Bluesky => &bluesky::RULES,
        Network::Mastodon => &mastodon::RULES,
        Network::Email => &email::RULES,
        Network::Blog => &blog::RULES,
        Network::Sandbox => &sandbox::RULES,
    }
}

/// The rules of a target.
pub fn rules_of(target: Target) -> &'static TargetRules {
    let types = rules(target.network()).content_types;
    // every target is described, which a test holds; the first type stands in so that this can't fail
    &types.iter().find(|rules| rules.target == target).unwrap_or(&types[0]).rules
}

/// The rules of every network, in the order in which a person sees them.
pub fn all() -> impl Iterator<Item = &'static Rules> {
    Network::ALL.iter().map(|&network| rules(network))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_target_is_described_once_and_by_its_network() {
        for &target in Target::ALL {
            let described: Vec<_> =
                all().flat_map(|rules| rules.content_types).filter(|rules| rules.target == target).collect();
            assert_eq!(described.len(), 1, "{target}");
            let own = rules(target.network());
            assert_eq!(own.id, target.network());
            assert!(own.content_types.iter().any(|rules| rules.target == target), "{target}");
            assert_eq!(described[0].is_default, target.is_default());
        }
    }

    #[test]
    fn descriptions_are_whole() {
        for rules in all() {
            assert!(!rules.about.is_empty() && !rules.sources.is_empty(), "{:?}", rules.id);
            for content_type in rules.content_types {
                let limits = &content_type.rules;
                let target = content_type.target;
                assert!(limits.parts.iter().all(|part| !part.limits.is_empty()), "{target}");
                assert_eq!(limits.thread.is_some(), content_type.shape == Shape::Thread, "{target}");
                assert_eq!(limits.slides.is_some(), content_type.shape == Shape::Carousel, "{target}");
                assert_eq!(limits.duration.is_some(), content_type.shape == Shape::Script, "{target}");
                assert!(limits.recommended_length <= limits.max_length, "{target}");
                assert!(limits.max_hashtags.is_none_or(|max| limits.recommended_hashtags <= max), "{target}");
                for kind in limits.needs_media {
                    assert!(rules.media.iter().any(|media| media.kind == *kind), "{target}");
                }
            }
        }
    }

    #[test]
    fn serialises() {
        let json = serde_json::to_value(rules(Network::X)).unwrap();
        assert_eq!(json["content_types"][1]["target"], "x.thread");
        assert_eq!(json["content_types"][1]["rules"]["max_length"], 280);
        assert_eq!(json["content_types"][1]["rules"]["unit"], "weighted");
    }
}
