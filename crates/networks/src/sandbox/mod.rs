//! The sandbox: a network inside Bellwether, for trying things out and for tests. Its numbers are made up to be like a
//! usual network's.

use crate::options::{FirstComment, OptionKind, OptionRules, choice};
use crate::rules::{
    AltText, ContentTypeRules, Limit, LinkRules, MEGABYTE, MediaKind, MediaRules, PartRules, Rules, Source,
    TargetRules, Unit,
};
use crate::{Network, Part, Target};

const OPTIONS: &[OptionRules] = &[OptionRules::new(
    "audience",
    "Who sees it",
    "Changes nothing: for trying out what a choice looks like.",
    OptionKind::Choice {
        values: &[choice("everybody", "Everybody"), choice("followers", "Followers")],
        default: Some("everybody"),
    },
)];

/// The sandbox's rules.
pub static RULES: Rules = Rules {
    id: Network::Sandbox,
    name: Network::Sandbox.name(),
    about: "Publishes nowhere: for trying things out.",
    links: LinkRules { clickable: true, note: "A link counts every character." },
    alt_text: Some(AltText { max: 1_000, unit: Unit::Graphemes }),
    media: &[
        MediaRules {
            max_count: 4,
            max_bytes: Some(5 * MEGABYTE),
            ..MediaRules::new(MediaKind::Image, &["image/jpeg", "image/png", "image/webp"])
        },
        MediaRules {
            max_bytes: Some(100 * MEGABYTE),
            max_seconds: Some(140),
            ..MediaRules::new(MediaKind::Video, &["video/mp4"])
        },
    ],
    content_types: &[ContentTypeRules::new(
        Target::SandboxPost,
        TargetRules {
            max_hashtags: Some(10),
            recommended_hashtags: 2,
            max_mentions: Some(10),
            options: OPTIONS,
            first_comment: Some(FirstComment::new(500, Unit::Graphemes)),
            ..TargetRules::new(&[PartRules::required(Part::Text, &[Limit::hard(500, Unit::Graphemes)])])
        },
    )],
    sources: &[Source { what: "Nobody: it is our own", url: "networks.md" }],
};
