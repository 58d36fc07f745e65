//! X.
//!
//! # Where the numbers come from
//! - Length: X's counting configuration version 3, see [`weight`]. 280 is what every account has; the longer posts of
//!   paying accounts are cut in the timeline after 280, so a longer draft is split instead.
//! - Links weigh 23 (`transformedURLLength` of the same configuration).
//! - Media: <https://docs.x.com/x-api/media/quickstart/best-practices>: up to 4 photos, or 1 GIF, or 1 video; photo
//!   5 MB, GIF 15 MB and 1280×1080, video 512 MB and 140 seconds, between 1:3 and 3:1.
//! - Alternative text: 1,000 characters (`alt_text.text` of `POST /2/media/metadata`).
//! - Mentions: the API has no number; many at once read as spam under X's platform manipulation policy, so more than
//!   10 is refused here. More than two hashtags is discouraged by X's own help page on hashtags.

pub mod api;
pub mod check;
pub mod weight;

use crate::options::{FirstComment, OptionKind, OptionRules, choice};
use crate::rules::{
    AltText, ContentTypeRules, Limit, LinkRules, MEGABYTE, MediaKind, MediaRules, PartRules, Ratio, Rules,
    Source, TargetRules, ThreadRules, Unit,
};
use crate::{Network, Part, Target};

const TEXT: &[PartRules] = &[PartRules::required(Part::Text, &[Limit::hard(280, Unit::Weighted)])];

const OPTIONS: &[OptionRules] = &[OptionRules::new(
    "reply_settings",
    "Who can reply",
    "Without a choice everybody can.",
    OptionKind::Choice {
        values: &[
            choice("following", "Accounts you follow"),
            choice("mentionedUsers", "Accounts you mention"),
            choice("subscribers", "Your subscribers"),
            choice("verified", "Verified accounts"),
        ],
        default: None,
    },
)];

const POST: TargetRules = TargetRules {
    options: OPTIONS,
    first_comment: Some(FirstComment::new(280, Unit::Weighted)),
    max_hashtags: None,
    recommended_hashtags: 2,
    max_mentions: Some(10),
    ..TargetRules::new(TEXT)
};

/// X's rules.
pub static RULES: Rules = Rules {
    id: Network::X,
    name: Network::X.name(),
    about: "Short posts; longer thoughts become threads. The first post decides whether anybody reads the rest.",
    links: LinkRules { clickable: true, note: "Every link weighs 23, however long it is." },
    alt_text: Some(AltText { max: 1_000, unit: Unit::CodePoints }),
    media: &[
        MediaRules {
            max_count: 4,
            max_bytes: Some(5 * MEGABYTE),
            ..MediaRules::new(MediaKind::Image, &["image/jpeg", "image/png", "image/webp"])
        },
        MediaRules {
            max_bytes: Some(15 * MEGABYTE),
            max_width: Some(1280),
            max_height: Some(1080),
            ..MediaRules::new(MediaKind::Gif, &["image/gif"])
        },
        MediaRules {
            max_bytes: Some(512 * MEGABYTE),
            min_seconds: Some(1),
            max_seconds: Some(140),
            ratios: Some((Ratio(1, 3), Ratio(3, 1))),
            ..MediaRules::new(MediaKind::Video, &["video/mp4", "video/quicktime"])
        },
    ],
    content_types: &[
        ContentTypeRules::new(Target::XPost, POST),
        ContentTypeRules::new(
            Target::XThread,
            TargetRules { thread: Some(ThreadRules { min: 2, max: 25 }), ..POST },
        ),
        ContentTypeRules::new(Target::XQuote, POST),
    ],
    sources: &[
        Source { what: "Counting", url: "https://docs.x.com/fundamentals/counting-characters" },
        Source { what: "Media", url: "https://docs.x.com/x-api/media/quickstart/best-practices" },
        Source { what: "Hashtags", url: "https://help.x.com/en/using-x/how-to-use-hashtags" },
    ],
};
