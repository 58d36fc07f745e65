//! Ways out.

use serde::{Deserialize, Serialize};

use crate::Network;

/// A way to the readers of one network or several.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    utoipa::ToSchema,
    strum::EnumString,
    strum::IntoStaticStr,
    strum::Display,
    strum::VariantArray,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Provider {
    /// X itself.
    X,
    /// LinkedIn itself.
    Linkedin,
    /// Instagram itself.
    Instagram,
    /// Facebook itself.
    Facebook,
    /// Threads itself.
    Threads,
    /// TikTok itself.
    Tiktok,
    /// YouTube itself.
    Youtube,
    /// Google Business Profile itself.
    GoogleBusiness,
    /// A Bluesky server.
    Bluesky,
    /// A Mastodon server.
    Mastodon,
    /// Ayrshare: one key, many networks.
    Ayrshare,
    /// A WordPress site.
    Wordpress,
    /// A Ghost site.
    Ghost,
    /// An address of one's own that is told each post.
    Webhook,
    /// The network inside Bellwether.
    Sandbox,
}

impl Provider {
    /// All of them, in the order in which a person sees them.
    pub const ALL: &'static [Self] = <Self as strum::VariantArray>::VARIANTS;

    /// As the API and the database write it.
    pub fn as_str(self) -> &'static str {
        self.into()
    }

    /// Reads what the API and the database write.
    pub fn parse(text: &str) -> Option<Self> {
        text.parse().ok()
    }

    /// As a person reads it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::X => "X",
            Self::Linkedin => "LinkedIn",
            Self::Instagram => "Instagram",
            Self::Facebook => "Facebook",
            Self::Threads => "Threads",
            Self::Tiktok => "TikTok",
            Self::Youtube => "YouTube",
            Self::GoogleBusiness => "Google Business Profile",
            Self::Bluesky => "Bluesky",
            Self::Mastodon => "Mastodon",
            Self::Ayrshare => "Ayrshare",
            Self::Wordpress => "WordPress",
            Self::Ghost => "Ghost",
            Self::Webhook => "Webhook",
            Self::Sandbox => "Sandbox",
        }
    }

    /// The networks that it reaches.
    pub const fn networks(self) -> &'static [Network] {
        match self {
            Self::X => &[Network::X],
            Self::Linkedin => &[Network::Linkedin],
            Self::Instagram => &[Network::Instagram],
            Self::Facebook => &[Network::Facebook],
            Self::Threads => &[Network::Threads],
            Self::Tiktok => &[Network::Tiktok],
            Self::Youtube => &[Network::Youtube],
            Self::GoogleBusiness => &[Network::GoogleBusiness],
            Self::Bluesky => &[Network::Bluesky],
            Self::Mastodon => &[Network::Mastodon],
            Self::Ayrshare => &[
                Network::X,
                Network::Linkedin,
                Network::Instagram,
                Network::Facebook,
                Network::Threads,
                Network::Tiktok,
                Network::Youtube,
                Network::GoogleBusiness,
                Network::Bluesky,
            ],
            Self::Wordpress | Self::Ghost => &[Network::Blog],
            Self::Webhook => Network::ALL,
            Self::Sandbox => &[Network::Sandbox],
        }
    }
}
