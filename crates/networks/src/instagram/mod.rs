//! Instagram.
//!
//! # Where the numbers come from
//! - Caption: 2,200 characters and 20 mentions (`caption` of `POST /{ig-user-id}/media`). The page names no unit;
//!   UTF-16 units are the strictest reading.
//! - Hashtags: five. Instagram announced in December 2025 that captions of posts and reels take five at most; the
//!   API's page still said 30 then. The lower number holds in the app, so it holds here.
//! - Links in a caption are plain text.
//! - Pictures: JPEG, 8 MB, 320 to 1440 pixels wide, between 4:5 and 1.91:1. Carousels: 2 to 10 through the API. Reels:
//!   3 seconds to 15 minutes, 300 MB, 9:16 advised; three minutes is as far as they are recommended to others.
//!   Alternative text: `alt_text` of the same endpoint, 1,000 characters, pictures only.
//! - Slides: our own limits, so that a picture can be read on a phone.

pub mod api;

use crate::options::{FirstComment, OptionKind, OptionRules};
use crate::rules::{
    AltText, ContentTypeRules, DurationRules, Limit, LinkRules, MEGABYTE, MediaKind, MediaRules, PartRules,
    Ratio, Rules, SlideRules, Source, TargetRules, Unit,
};
use crate::{Network, Part, Target};

const CAPTION_LIMITS: &[Limit] = &[Limit::hard(2_200, Unit::Utf16)];

const CAPTION: TargetRules = TargetRules {
    first_comment: Some(FirstComment::new(300, Unit::Utf16)),
    recommended_length: 700,
    max_hashtags: Some(5),
    recommended_hashtags: 4,
    max_mentions: Some(20),
    needs_media: &[MediaKind::Image, MediaKind::Video],
    ..TargetRules::new(&[PartRules::required(Part::Text, CAPTION_LIMITS)])
};

const CAROUSEL: TargetRules = TargetRules {
    parts: &[
        PartRules::required(Part::Caption, CAPTION_LIMITS),
        PartRules::required(
            Part::SlideTitle,
            &[Limit::hard(100, Unit::Graphemes), Limit::soft(60, Unit::Graphemes)],
        ),
        PartRules::optional(
            Part::SlideBody,
            &[Limit::hard(300, Unit::Graphemes), Limit::soft(180, Unit::Graphemes)],
        ),
    ],
    slides: Some(SlideRules { min: 2, max: 10, recommended: 7 }),
    needs_media: &[MediaKind::Image],
    ..CAPTION
};

const REEL_OPTIONS: &[OptionRules] = &[
    OptionRules::new(
        "share_to_feed",
        "Show it in the feed too",
        "Without it the reel is shown under Reels only.",
        OptionKind::Flag { default: true },
    ),
    OptionRules::new(
        "cover_url",
        "Cover",
        "The address of a JPEG that is shown before the reel plays; without it a picture of the video.",
        OptionKind::Url,
    ),
    OptionRules::new(
        "thumb_offset",
        "Cover from the video, at millisecond",
        "Which picture of the video is the cover, unless one is named above; the first without it.",
        OptionKind::Number { min: 0, max: 900_000 },
    ),
];

const REEL: TargetRules = TargetRules {
    options: REEL_OPTIONS,
    recommended_length: 300,
    parts: &[
        PartRules::required(Part::Caption, CAPTION_LIMITS),
        PartRules::required(Part::Script, &[Limit::hard(2_700, Unit::Words), Limit::soft(225, Unit::Words)]),
    ],
    duration: Some(DurationRules { min: 3, max: 900, recommended: 60 }),
    needs_media: &[MediaKind::Video],
    ..CAPTION
};

/// Instagram's rules.
pub static RULES: Rules = Rules {
    id: Network::Instagram,
    name: Network::Instagram.name(),
    about: "Pictures and upright video first; the caption carries the thought. The first line shows.",
    links: LinkRules {
        clickable: false,
        note: "Links in a caption are plain text: point to the link in the profile.",
    },
    alt_text: Some(AltText { max: 1_000, unit: Unit::Utf16 }),
    media: &[
        MediaRules {
            max_count: 10,
            max_bytes: Some(8 * MEGABYTE),
            min_width: Some(320),
            max_width: Some(1_440),
            ratios: Some((Ratio(4, 5), Ratio(191, 100))),
            recommended_ratio: Some(Ratio(4, 5)),
            ..MediaRules::new(MediaKind::Image, &["image/jpeg"])
        },
        MediaRules {
            max_bytes: Some(300 * MEGABYTE),
            max_width: Some(1_920),
            recommended_ratio: Some(Ratio(9, 16)),
            min_seconds: Some(3),
            max_seconds: Some(900),
            ..MediaRules::new(MediaKind::Video, &["video/mp4", "video/quicktime"])
        },
    ],
    content_types: &[
        ContentTypeRules::new(Target::InstagramReel, REEL),
        ContentTypeRules::new(Target::InstagramCarousel, CAROUSEL),
        ContentTypeRules::new(Target::InstagramCaption, CAPTION),
    ],
    sources: &[
        Source {
            what: "Captions, media",
            url: "https://developers.facebook.com/docs/instagram-platform/instagram-graph-api/reference/ig-user/media",
        },
        Source {
            what: "Five hashtags",
            url: "https://www.socialmediatoday.com/news/instagrams-implementing-new-limits-on-hashtag-use/808309/",
        },
    ],
};
