//! What drafts of a trend are asked for, and the targets that come of it. Pure.

use bellwether_models::Reported;
use bellwether_networks::{ContentType, Network, Target};
use bellwether_trends::{TrendId, trends::Format};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

/// Where drafts are for when nobody has said: one of text, one for work, one of pictures.
const USUAL: [Network; 3] = [Network::X, Network::Linkedin, Network::Instagram];

/// How the posts of a trend stand, lent to trends.
#[derive(Debug, Clone, Copy, Default)]
pub struct StatesOfPosts;

/// What drafts of a trend are asked for.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewTrendDrafts {
    /// Kinds of posts; the angle's own kind, or all three where no angle is named.
    #[serde(default)]
    pub formats: Option<Vec<Format>>,
    /// Networks; those of the brand's profile when absent, else X, LinkedIn and Instagram.
    #[serde(default)]
    pub networks: Option<Vec<Network>>,
    /// One of the trend's angles.
    #[serde(default)]
    pub angle: Option<String>,
}

/// The trend that a generation is made of; kept with what it was asked with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct OfTrend {
    pub(crate) id: TrendId,
    pub(crate) angle: Option<String>,
    /// Where the first of its sources can be read.
    pub(crate) url: String,
    /// Who says what of it.
    #[serde(default)]
    pub(crate) reported: Option<Reported>,
}

impl OfTrend {
    /// From what a generation was asked with.
    pub(crate) fn of(request: &Value) -> Option<Self> {
        serde_json::from_value(request.get("trend")?.clone()).ok()
    }
}

/// The target of a network that comes nearest to a kind of post.
fn target(network: Network, format: Format) -> Option<Target> {
    use ContentType::{
        Article, Caption, Carousel, Community, Long, Newsletter, Post, Reel, Script, Short, ShortScript,
        Thread,
    };
    let wanted: &[ContentType] = match format {
        Format::Thread => &[Thread, Long, Article, Newsletter],
        Format::Post => &[Post, Short, Caption, Community],
        Format::Carousel => &[Carousel, ShortScript, Script, Reel],
    };
    wanted.iter().find_map(|kind| network.targets().find(|target| target.content_type() == *kind))
}

/// The targets of some kinds of posts on some networks: of each network what it has; what has none of a kind is written
/// for by its usual one.
pub(super) fn targets(formats: &[Format], networks: &[Network]) -> Vec<Target> {
    let networks = if networks.is_empty() { &USUAL[..] } else { networks };
    let mut found: Vec<Target> = Vec::new();
    for network in networks {
        let mut own: Vec<Target> = formats.iter().filter_map(|format| target(*network, *format)).collect();
        if own.is_empty() {
            own.push(network.default_target());
        }
        for target in own {
            if !found.contains(&target) {
                found.push(target);
            }
        }
    }
    found.truncate(crate::generations::model::MAX_TARGETS);
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [Format; 3] = [Format::Thread, Format::Post, Format::Carousel];

    #[test]
    fn each_network_gives_what_it_has() {
        assert_eq!(
            targets(&ALL, &[]),
            [
                Target::XThread,
                Target::XPost,
                Target::LinkedinLong,
                Target::LinkedinShort,
                Target::LinkedinCarousel,
                Target::InstagramCaption,
                Target::InstagramCarousel
            ]
        );
        assert_eq!(
            targets(&[Format::Thread], &[Network::Bluesky, Network::Blog]),
            [Target::BlueskyThread, Target::BlogArticle]
        );
        // nothing of the kind: what is usual there
        assert_eq!(targets(&[Format::Carousel], &[Network::X]), [Network::X.default_target()]);
        assert!(targets(&ALL, Network::ALL).len() <= crate::generations::model::MAX_TARGETS);
    }

    #[test]
    fn what_was_asked_with_is_read_again() {
        let of = OfTrend {
            id: TrendId::from(uuid::Uuid::from_u128(7)),
            angle: Some("explain".into()),
            url: "https://a.example/".into(),
            reported: Some(Reported { about: "Oak".into(), sources: Vec::new() }),
        };
        assert_eq!(OfTrend::of(&serde_json::json!({ "trend": of })), Some(of));
        assert_eq!(OfTrend::of(&serde_json::json!({ "trend": null })), None);
        assert_eq!(OfTrend::of(&serde_json::json!({})), None);
    }
}
