//! Google Business Profile.
//!
//! # Where the numbers come from
//! - Length: 1,500 characters of `summary` (Business Profile API, `accounts.locations.localPosts`). The page names no
//!   unit; UTF-16 units are the strictest reading. About 100 show before "more".
//! - Phone numbers in the text get a post rejected (Business Profile Help, posts content policy); the button calls.
//! - Links in the text are plain; the button (`callToAction`) leads.
//! - Picture: JPEG or PNG, 10 KB to 5 MB, 400×300 pixels at least (Business Profile Help, photos).
//! - Events and offers (`topicType`) have a title and a schedule; an offer may have a code, an address where it is
//!   redeemed and terms, and its button is ignored (`LocalPostEvent`, `LocalPostOffer`, `CallToAction`). The reference
//!   names no lengths: 58 characters for title and code and 5,000 for terms are those of Google's own form.
//! - Hashtags and mentions do nothing.

pub mod api;

use crate::options::{Need, OptionKind, OptionRules, choice};
use crate::rules::{
    ContentTypeRules, Limit, LinkRules, MEGABYTE, MediaKind, MediaRules, PartRules, Ratio, Rules, Source,
    TargetRules, Unit,
};
use crate::{Network, Part, Target};

const LINKED: &[&str] = &["LEARN_MORE", "BOOK", "ORDER", "SHOP", "SIGN_UP"];

const TIMED: &[&str] = &["EVENT", "OFFER"];

const fn timed(option: &'static str, words: &'static str) -> Need {
    Need { when: TIMED, option, values: &[], words }
}

const OF_TIMED: &[Need] = &[Need {
    when: &[],
    option: "topic",
    values: TIMED,
    words: "Only an event or an offer has this: choose one of them as the kind of post.",
}];

const OF_OFFER: &[Need] = &[Need {
    when: &[],
    option: "topic",
    values: &["OFFER"],
    words: "Only an offer has this: choose it as the kind of post.",
}];

const OPTIONS: &[OptionRules] = &[
    OptionRules {
        needs: &[
            timed("event_title", "An event or an offer has a title: write it."),
            timed("starts", "An event or an offer begins at a time: say when."),
            timed("ends", "An event or an offer ends at a time: say when."),
        ],
        ..OptionRules::new(
            "topic",
            "Kind of post",
            "News stays for months; an event or an offer is shown until it ends.",
            OptionKind::Choice {
                values: &[choice("STANDARD", "News"), choice("EVENT", "Event"), choice("OFFER", "Offer")],
                default: Some("STANDARD"),
            },
        )
    },
    OptionRules {
        needs: OF_TIMED,
        ..OptionRules::new(
            "event_title",
            "Title",
            "Of the event or the offer, shown above the text.",
            OptionKind::Text { max: 58, unit: Unit::Utf16 },
        )
    },
    OptionRules {
        needs: OF_TIMED,
        ..OptionRules::new(
            "starts",
            "Begins",
            "On the clock of the place of business.",
            OptionKind::Time { after: None },
        )
    },
    OptionRules {
        needs: OF_TIMED,
        ..OptionRules::new(
            "ends",
            "Ends",
            "On the clock of the place of business.",
            OptionKind::Time { after: Some("starts") },
        )
    },
    OptionRules {
        needs: OF_OFFER,
        ..OptionRules::new(
            "coupon_code",
            "Code",
            "Said at the counter or typed in the shop.",
            OptionKind::Text { max: 58, unit: Unit::Utf16 },
        )
    },
    OptionRules {
        needs: OF_OFFER,
        ..OptionRules::new("redeem_url", "Where it is redeemed", "An address.", OptionKind::Url)
    },
    OptionRules {
        needs: OF_OFFER,
        ..OptionRules::new(
            "terms",
            "Terms",
            "What holds for the offer.",
            OptionKind::Text { max: 5_000, unit: Unit::Utf16 },
        )
    },
    OptionRules {
        needs: &[
            Need {
                when: LINKED,
                option: "action_url",
                values: &[],
                words: "The button leads nowhere: say where, or choose Call.",
            },
            Need {
                when: &[],
                option: "topic",
                values: &["STANDARD", "EVENT"],
                words: "Google shows no button of ours below an offer: leave it out, or say where it is redeemed.",
            },
        ],
        ..OptionRules::new(
            "action",
            "Button",
            "Below the post; none without a choice. Call takes the number of the profile.",
            OptionKind::Choice {
                values: &[
                    choice("LEARN_MORE", "Learn more"),
                    choice("BOOK", "Book"),
                    choice("ORDER", "Order"),
                    choice("SHOP", "Shop"),
                    choice("SIGN_UP", "Sign up"),
                    choice("CALL", "Call"),
                ],
                default: None,
            },
        )
    },
    OptionRules {
        needs: &[Need {
            when: &[],
            option: "action",
            values: LINKED,
            words: "An address takes a button that leads there: choose one.",
        }],
        ..OptionRules::new("action_url", "Where the button leads", "An address.", OptionKind::Url)
    },
    OptionRules::new("language", "Language", "Of the text; English without it.", OptionKind::Language),
];

/// The rules of Google Business Profile.
pub static RULES: Rules = Rules {
    id: Network::GoogleBusiness,
    name: Network::GoogleBusiness.name(),
    about: "News of a place of business, shown in Search and Maps: what is on, plainly, and a button.",
    links: LinkRules {
        clickable: false,
        note: "Links in the text are plain: use the button. No phone numbers.",
    },
    alt_text: None,
    media: &[MediaRules {
        max_bytes: Some(5 * MEGABYTE),
        min_width: Some(400),
        min_height: Some(300),
        recommended_ratio: Some(Ratio(4, 3)),
        ..MediaRules::new(MediaKind::Image, &["image/jpeg", "image/png"])
    }],
    content_types: &[ContentTypeRules::new(
        Target::GoogleBusinessPost,
        TargetRules {
            recommended_length: 600,
            options: OPTIONS,
            ..TargetRules::new(&[PartRules::required(Part::Text, &[Limit::hard(1_500, Unit::Utf16)])])
        },
    )],
    sources: &[
        Source {
            what: "Posts",
            url: "https://developers.google.com/my-business/reference/rest/v4/accounts.locations.localPosts",
        },
        Source { what: "Content policy", url: "https://support.google.com/business/answer/7213077" },
        Source { what: "Pictures", url: "https://support.google.com/business/answer/6103862" },
    ],
};
