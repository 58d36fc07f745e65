//! Links, hashtags and mentions of a text as one network reads them.

use std::ops::Range;

use super::{hashtag, mention, url};
use crate::{Network, bluesky};

/// What a piece of text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A link.
    Url,
    /// A hashtag.
    Hashtag,
    /// A mention of an account.
    Mention,
}

/// A piece of text that a network treats as one thing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entity<'t> {
    /// What it is.
    pub kind: Kind,
    /// Where it is, in bytes, signs included.
    pub range: Range<usize>,
    /// As written, signs included.
    pub text: &'t str,
}

impl Network {
    /// How it reads hashtags.
    pub const fn hashtag_grammar(self) -> hashtag::Grammar {
        match self {
            // an Instagram tag may be a year, a Threads tag may not: see each network's folder
            Self::Instagram | Self::Linkedin | Self::Tiktok => hashtag::Grammar::Digits,
            Self::Email | Self::Blog | Self::GoogleBusiness => hashtag::Grammar::None,
            Self::X
            | Self::Facebook
            | Self::Threads
            | Self::Youtube
            | Self::Bluesky
            | Self::Mastodon
            | Self::Sandbox => hashtag::Grammar::Letter,
        }
    }

    /// How it reads mentions.
    pub const fn mention_grammar(self) -> mention::Grammar {
        match self {
            Self::X | Self::Sandbox => mention::Grammar::X,
            Self::Instagram
            | Self::Threads
            | Self::Tiktok
            | Self::Youtube
            | Self::Linkedin
            | Self::Facebook => mention::Grammar::Dotted,
            Self::Mastodon => mention::Grammar::Fediverse,
            Self::Bluesky => mention::Grammar::Domain,
            Self::Email | Self::Blog | Self::GoogleBusiness => mention::Grammar::None,
        }
    }
}

/// Links as a network reads them.
pub fn urls(network: Network, text: &str) -> Vec<Range<usize>> {
    match network {
        Network::Bluesky => bluesky::links(text).into_iter().map(|(range, _)| range).collect(),
        Network::Mastodon => url::urls(text, url::Grammar::Mastodon),
        _ => url::urls(text, url::Grammar::X),
    }
}

/// Hashtags as a network reads them, with their sign; none inside a link.
pub fn hashtags(network: Network, text: &str) -> Vec<Range<usize>> {
    if network == Network::Bluesky {
        return bluesky::tags(text);
    }
    let mut tags = hashtag::hashtags(text, network.hashtag_grammar());
    if !tags.is_empty() {
        without_overlaps(&mut tags, &urls(network, text), Clone::clone);
    }
    tags
}

/// Mentions as a network reads them, with their sign; none inside a link.
pub fn mentions(network: Network, text: &str) -> Vec<Range<usize>> {
    let mut mentions: Vec<_> =
        mention::mentions(text, network.mention_grammar()).into_iter().map(|mention| mention.range).collect();
    if !mentions.is_empty() {
        without_overlaps(&mut mentions, &urls(network, text), Clone::clone);
    }
    mentions
}

/// Everything that a network treats as one thing, in reading order, without overlaps: links go before the rest.
pub fn entities(network: Network, text: &str) -> Vec<Entity<'_>> {
    let tagged = |kind| move |range: Range<usize>| (kind, range);
    let mut all: Vec<(Kind, Range<usize>)> = urls(network, text).into_iter().map(tagged(Kind::Url)).collect();
    all.extend(hashtags(network, text).into_iter().map(tagged(Kind::Hashtag)));
    all.extend(mentions(network, text).into_iter().map(tagged(Kind::Mention)));
    all.sort_by_key(|(_, range)| range.start);
    let mut end = 0;
    all.retain(|(_, range)| {
        let free = range.start >= end;
        if free {
            end = range.end;
        }
        free
    });
    all.into_iter().map(|(kind, range)| Entity { kind, text: &text[range.clone()], range }).collect()
}

/// Drops what overlaps one of `others`; both are in reading order.
pub(crate) fn without_overlaps<T>(
    items: &mut Vec<T>,
    others: &[Range<usize>],
    range: impl Fn(&T) -> Range<usize>,
) {
    let mut others = others.iter().peekable();
    items.retain(|item| {
        let range = range(item);
        while others.next_if(|other| other.end <= range.start).is_some() {}
        others.peek().is_none_or(|other| other.start >= range.end)
    });
}
