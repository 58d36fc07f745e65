//! Families of networks: people write differently for a timeline and for a newsletter.

use bellwether_networks::Network;
use serde::{Deserialize, Serialize};
use strum::VariantArray as _;
use utoipa::ToSchema;

/// Networks that share a voice. A family without an active model of its own is heard by the one of `all`.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    Serialize,
    Deserialize,
    ToSchema,
    strum::IntoStaticStr,
    strum::EnumString,
    strum::VariantArray,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Family {
    /// Every network, and samples of none.
    All,
    /// X, Threads, Bluesky, Mastodon.
    Short,
    /// LinkedIn, Google Business Profile, Facebook.
    Professional,
    /// Instagram, TikTok, YouTube.
    Visual,
    /// Blog and e-mail.
    Long,
}

impl Family {
    /// All of them.
    pub const EACH: &'static [Self] = Self::VARIANTS;

    /// The family of a network.
    pub const fn of(network: Network) -> Self {
        match network {
            Network::X | Network::Threads | Network::Bluesky | Network::Mastodon => Self::Short,
            Network::Linkedin | Network::GoogleBusiness | Network::Facebook => Self::Professional,
            Network::Instagram | Network::Tiktok | Network::Youtube => Self::Visual,
            Network::Blog | Network::Email => Self::Long,
            Network::Sandbox => Self::All,
        }
    }

    /// The networks whose samples it learns from; none is every sample, those of no network too.
    pub fn networks(self) -> Option<Vec<String>> {
        (self != Self::All).then(|| {
            let of_it = Network::VARIANTS.iter().filter(|network| Self::of(**network) == self);
            of_it.map(|network| network.as_str().to_owned()).collect()
        })
    }

    /// The families whose trainings take a sample of a network, as the database writes them.
    pub fn hearing(network: Option<&str>) -> Vec<String> {
        let of_it = network.and_then(Network::parse).map(Self::of).filter(|family| *family != Self::All);
        std::iter::once(Self::All).chain(of_it).map(|family| family.as_str().to_owned()).collect()
    }

    /// As the database writes it.
    pub fn as_str(self) -> &'static str {
        self.into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_network_has_one_family() {
        assert_eq!(Family::All.networks(), None);
        let listed: usize =
            Family::EACH.iter().filter_map(|family| family.networks()).map(|list| list.len()).sum();
        assert_eq!(Family::hearing(Some("x")), ["all", "short"]);
        assert_eq!(
            (Family::hearing(Some("sandbox")), Family::hearing(None)),
            (vec!["all".into()], vec!["all".into()])
        );
        // the sandbox is heard by the voice of all
        assert_eq!(listed, Network::VARIANTS.len() - 1);
        assert_eq!(Family::Long.networks(), Some(vec!["email".to_owned(), "blog".to_owned()]));
    }
}
