//! A newsletter by e-mail.
//!
//! # Where the numbers come from
//! - Subject: RFC 5322 allows 998 octets in a line; mail services stop at 150 characters (Mailchimp), and telephones
//!   show about 40 to 60.
//! - Preheader: 150 characters (Mailchimp's preview text); about 100 show.
//! - Body: Gmail cuts off messages larger than 102 KB; the text may take up to 90,000 bytes so that the markup fits.

use crate::rules::{
    ContentTypeRules, Limit, LinkRules, MEGABYTE, MediaKind, MediaRules, PartRules, Rules, Source,
    TargetRules, Unit,
};
use crate::{Network, Part, Target};

/// The rules of a newsletter.
pub static RULES: Rules = Rules {
    id: Network::Email,
    name: Network::Email.name(),
    about: "A letter to people who asked for it: one thought, one thing to do.",
    links: LinkRules {
        clickable: true,
        note: "Links and one button; addresses are tracked only if you say so.",
    },
    alt_text: None,
    media: &[MediaRules {
        max_count: 20,
        max_bytes: Some(MEGABYTE),
        max_width: Some(1_200),
        ..MediaRules::new(MediaKind::Image, &["image/jpeg", "image/png", "image/gif"])
    }],
    content_types: &[ContentTypeRules::new(
        Target::EmailNewsletter,
        TargetRules {
            recommended_length: 6_000,
            max_hashtags: None,
            max_mentions: None,
            ..TargetRules::new(&[
                PartRules::required(Part::Body, &[Limit::hard(90_000, Unit::Bytes)]),
                PartRules::required(
                    Part::Subject,
                    &[Limit::hard(150, Unit::CodePoints), Limit::soft(60, Unit::CodePoints)],
                ),
                PartRules::optional(
                    Part::Preheader,
                    &[Limit::hard(150, Unit::CodePoints), Limit::soft(100, Unit::CodePoints)],
                ),
            ])
        },
    )],
    sources: &[
        Source { what: "Length of lines", url: "https://www.rfc-editor.org/rfc/rfc5322#section-2.1.1" },
        Source { what: "Subject", url: "https://mailchimp.com/help/best-practices-for-email-subject-lines/" },
        Source { what: "Cut-off", url: "https://mailchimp.com/help/gmail-is-clipping-my-email/" },
    ],
};
