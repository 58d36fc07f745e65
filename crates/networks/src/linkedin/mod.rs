//! LinkedIn.
//!
//! # Where the numbers come from
//! - Length: 3,000 characters of `commentary`. The Posts API's page names no unit; UTF-16 units, the strictest reading
//!   of "characters", never lets through what is refused there.
//! - `commentary` is "little text": its reserved characters are escaped when publishing, which does not count.
//! - Hashtags have no number; three to five is LinkedIn's own advice. Mentions need the member's URN and are resolved
//!   when publishing.
//! - Media: Images API (36,152,320 pixels), MultiImage API (2 to 20 pictures), Videos API (MP4, 75 KB to 500 MB, 3
//!   seconds to 30 minutes), Documents API (100 MB, 300 pages). Alternative text: 4,086 characters (Posts API).
//! - A feed shows about 210 characters before "see more": hence the short post's advice and the weight of its first
//!   line.

pub mod api;

use crate::options::{FirstComment, OptionKind, OptionRules, choice};
use crate::rules::{
    AltText, ContentTypeRules, Limit, LinkRules, MEGABYTE, MediaKind, MediaRules, PartRules, Ratio, Rules,
    SlideRules, Source, TargetRules, Unit,
};
use crate::{Network, Part, Target};

const OPTIONS: &[OptionRules] = &[OptionRules::new(
    "visibility",
    "Who sees it",
    "What a page posts is always for everybody.",
    OptionKind::Choice {
        values: &[
            choice("PUBLIC", "Everybody"),
            choice("LOGGED_IN", "Members of LinkedIn"),
            choice("CONNECTIONS", "Your connections"),
        ],
        default: Some("PUBLIC"),
    },
)];

const LONG: TargetRules = TargetRules {
    options: OPTIONS,
    first_comment: Some(FirstComment::new(1_250, Unit::Utf16)),
    recommended_length: 1_600,
    max_hashtags: Some(30),
    recommended_hashtags: 4,
    max_mentions: Some(30),
    ..TargetRules::new(&[PartRules::required(Part::Text, &[Limit::hard(3_000, Unit::Utf16)])])
};

const SHORT: TargetRules = TargetRules {
    recommended_length: 500,
    parts: &[PartRules::required(
        Part::Text,
        &[Limit::hard(3_000, Unit::Utf16), Limit::soft(700, Unit::Utf16)],
    )],
    recommended_hashtags: 3,
    ..LONG
};

const CAROUSEL: TargetRules = TargetRules {
    recommended_length: 500,
    parts: &[
        PartRules::required(Part::Caption, &[Limit::hard(3_000, Unit::Utf16)]),
        PartRules::required(
            Part::SlideTitle,
            &[Limit::hard(120, Unit::Graphemes), Limit::soft(70, Unit::Graphemes)],
        ),
        PartRules::optional(
            Part::SlideBody,
            &[Limit::hard(400, Unit::Graphemes), Limit::soft(240, Unit::Graphemes)],
        ),
    ],
    slides: Some(SlideRules { min: 2, max: 300, recommended: 8 }),
    ..LONG
};

/// LinkedIn's rules.
pub static RULES: Rules = Rules {
    id: Network::Linkedin,
    name: Network::Linkedin.name(),
    about: "Posts from working life. The first two lines show; the rest hides behind “see more”.",
    links: LinkRules {
        clickable: true,
        note: "Links are shortened when published; posts without one travel further.",
    },
    alt_text: Some(AltText { max: 4_086, unit: Unit::Utf16 }),
    media: &[
        MediaRules {
            max_count: 20,
            max_bytes: Some(5 * MEGABYTE),
            ..MediaRules::new(MediaKind::Image, &["image/jpeg", "image/png", "image/gif"])
        },
        MediaRules {
            max_bytes: Some(500 * MEGABYTE),
            min_seconds: Some(3),
            max_seconds: Some(1_800),
            ratios: Some((Ratio(10, 24), Ratio(24, 10))),
            ..MediaRules::new(MediaKind::Video, &["video/mp4"])
        },
        MediaRules {
            max_bytes: Some(100 * MEGABYTE),
            max_pages: Some(300),
            recommended_ratio: Some(Ratio(4, 5)),
            ..MediaRules::new(MediaKind::Document, &["application/pdf"])
        },
    ],
    content_types: &[
        ContentTypeRules::new(Target::LinkedinShort, SHORT),
        ContentTypeRules::new(Target::LinkedinLong, LONG),
        ContentTypeRules::new(Target::LinkedinCarousel, CAROUSEL),
    ],
    sources: &[
        Source {
            what: "Posts",
            url: "https://learn.microsoft.com/en-us/linkedin/marketing/community-management/shares/posts-api",
        },
        Source {
            what: "Little text",
            url: "https://learn.microsoft.com/en-us/linkedin/marketing/community-management/shares/little-text-format",
        },
        Source {
            what: "Several pictures",
            url: "https://learn.microsoft.com/en-us/linkedin/marketing/community-management/shares/multiimage-post-api",
        },
        Source {
            what: "Documents",
            url: "https://learn.microsoft.com/en-us/linkedin/marketing/community-management/shares/documents-api",
        },
    ],
};
