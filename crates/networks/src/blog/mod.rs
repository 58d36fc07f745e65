//! An article on a blog.
//!
//! # Where the numbers come from
//! - No network sets them. Search results cut titles at about 60 characters and descriptions at about 160 (Google says
//!   only that it cuts them to the width of the device); 20,000 words is our own ceiling, so that a page stays a page.

pub(crate) mod html;

use crate::rules::{
    AltText, ContentTypeRules, Limit, LinkRules, MEGABYTE, MediaKind, MediaRules, PartRules, Rules, Source,
    TargetRules, Unit,
};
use crate::{Network, Part, Target};

/// The rules of an article.
pub static RULES: Rules = Rules {
    id: Network::Blog,
    name: Network::Blog.name(),
    about: "The long form that everything else points to.",
    links: LinkRules { clickable: true, note: "Links as in any Markdown." },
    alt_text: Some(AltText { max: 1_000, unit: Unit::CodePoints }),
    media: &[MediaRules {
        max_count: 100,
        max_bytes: Some(10 * MEGABYTE),
        ..MediaRules::new(
            MediaKind::Image,
            &["image/jpeg", "image/png", "image/webp", "image/gif", "image/avif"],
        )
    }],
    content_types: &[ContentTypeRules::new(
        Target::BlogArticle,
        TargetRules {
            recommended_length: 1_500,
            max_hashtags: None,
            max_mentions: None,
            ..TargetRules::new(&[
                PartRules::required(Part::Body, &[Limit::hard(20_000, Unit::Words)]),
                PartRules::required(
                    Part::Title,
                    &[Limit::hard(200, Unit::CodePoints), Limit::soft(70, Unit::CodePoints)],
                ),
                PartRules::optional(Part::Description, &[Limit::hard(160, Unit::CodePoints)]),
            ])
        },
    )],
    sources: &[
        Source { what: "Titles", url: "https://developers.google.com/search/docs/appearance/title-link" },
        Source { what: "Descriptions", url: "https://developers.google.com/search/docs/appearance/snippet" },
    ],
};
