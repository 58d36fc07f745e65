//! Where a text is meant for: a network and one of its content types.

use std::{borrow::Cow, fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use strum::VariantArray as _;
use utoipa::openapi::{
    RefOr,
    schema::{ObjectBuilder, Schema, Type},
};

use crate::content::Shape;

/// An outside network; the sandbox is the one that never leaves this machine.
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
    schemars::JsonSchema,
    strum::EnumString,
    strum::IntoStaticStr,
    strum::Display,
    strum::VariantArray,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Network {
    /// X, formerly Twitter.
    X,
    /// LinkedIn.
    Linkedin,
    /// Instagram.
    Instagram,
    /// Facebook pages.
    Facebook,
    /// Threads.
    Threads,
    /// TikTok.
    Tiktok,
    /// YouTube.
    Youtube,
    /// Google Business Profile.
    GoogleBusiness,
    /// Bluesky.
    Bluesky,
    /// Mastodon, any instance.
    Mastodon,
    /// A newsletter by e-mail.
    Email,
    /// An article on a blog.
    Blog,
    /// A network inside Bellwether for trying things out.
    Sandbox,
}

/// What kind of thing is published; which of them exist depends on the network.
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
    schemars::JsonSchema,
    strum::EnumString,
    strum::IntoStaticStr,
    strum::Display,
    strum::VariantArray,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum ContentType {
    /// One post.
    Post,
    /// Several posts, each an answer to the one before.
    Thread,
    /// A comment on somebody's post, shown with it.
    Quote,
    /// A short post where long ones are usual.
    Short,
    /// A long post.
    Long,
    /// Pictures to swipe through.
    Carousel,
    /// A short upright video.
    Reel,
    /// The text under a picture.
    Caption,
    /// What is said in a video.
    Script,
    /// A text post on a channel's page.
    Community,
    /// What is said in a short upright video.
    ShortScript,
    /// An issue of a newsletter.
    Newsletter,
    /// An article.
    Article,
}

impl Network {
    /// Every network, in the order in which a person sees them.
    pub const ALL: &'static [Self] = Self::VARIANTS;

    /// As the API and the database write it.
    pub fn as_str(self) -> &'static str {
        self.into()
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
            Self::Email => "Email",
            Self::Blog => "Blog",
            Self::Sandbox => "Sandbox",
        }
    }

    /// Reads what the API and the database write.
    pub fn parse(text: &str) -> Option<Self> {
        text.parse().ok()
    }

    /// The target that is meant when only the network is named.
    pub const fn default_target(self) -> Target {
        match self {
            Self::X => Target::XThread,
            Self::Linkedin => Target::LinkedinLong,
            Self::Instagram => Target::InstagramCarousel,
            Self::Facebook => Target::FacebookPost,
            Self::Threads => Target::ThreadsThread,
            Self::Tiktok => Target::TiktokScript,
            Self::Youtube => Target::YoutubeShortScript,
            Self::GoogleBusiness => Target::GoogleBusinessPost,
            Self::Bluesky => Target::BlueskyThread,
            Self::Mastodon => Target::MastodonPost,
            Self::Email => Target::EmailNewsletter,
            Self::Blog => Target::BlogArticle,
            Self::Sandbox => Target::SandboxPost,
        }
    }

    /// The plain post of a network: what somebody means who names only the network beside a text that is written
    /// already. What its bare name means everywhere if that is a post, else the first of its targets that is one.
    pub fn plain_target(self) -> Target {
        let usual = self.default_target();
        let mut all = std::iter::once(usual).chain(self.targets());
        all.find(|target| target.shape() == Shape::Post).unwrap_or(usual)
    }

    /// Its targets, in the order in which a person sees them.
    pub fn targets(self) -> impl Iterator<Item = Target> {
        Target::ALL.iter().copied().filter(move |target| target.network() == self)
    }
}

impl ContentType {
    /// Every content type.
    pub const ALL: &'static [Self] = Self::VARIANTS;

    /// As the API and the database write it.
    pub fn as_str(self) -> &'static str {
        self.into()
    }

    /// As a person reads it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Post => "Post",
            Self::Thread => "Thread",
            Self::Quote => "Quote post",
            Self::Short => "Short post",
            Self::Long => "Long post",
            Self::Carousel => "Carousel",
            Self::Reel => "Reel",
            Self::Caption => "Caption",
            Self::Script => "Video script",
            Self::Community => "Community post",
            Self::ShortScript => "Shorts script",
            Self::Newsletter => "Newsletter",
            Self::Article => "Article",
        }
    }

    /// Reads what the API and the database write.
    pub fn parse(text: &str) -> Option<Self> {
        text.parse().ok()
    }
}

/// A network and one of its content types; as text `network.type`, for example `x.thread`. A network alone reads
/// as its default target.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, strum::VariantArray)]
pub enum Target {
    /// `x.post`
    XPost,
    /// `x.thread`
    XThread,
    /// `x.quote`
    XQuote,
    /// `linkedin.short`
    LinkedinShort,
    /// `linkedin.long`
    LinkedinLong,
    /// `linkedin.carousel`
    LinkedinCarousel,
    /// `instagram.reel`
    InstagramReel,
    /// `instagram.carousel`
    InstagramCarousel,
    /// `instagram.caption`
    InstagramCaption,
    /// `facebook.post`
    FacebookPost,
    /// `threads.post`
    ThreadsPost,
    /// `threads.thread`
    ThreadsThread,
    /// `tiktok.script`
    TiktokScript,
    /// `youtube.community`
    YoutubeCommunity,
    /// `youtube.short_script`
    YoutubeShortScript,
    /// `google_business.post`
    GoogleBusinessPost,
    /// `bluesky.post`
    BlueskyPost,
    /// `bluesky.thread`
    BlueskyThread,
    /// `mastodon.post`
    MastodonPost,
    /// `mastodon.thread`
    MastodonThread,
    /// `email.newsletter`
    EmailNewsletter,
    /// `blog.article`
    BlogArticle,
    /// `sandbox.post`
    SandboxPost,
}

impl Target {
    /// Every target, in the order in which a person sees them.
    pub const ALL: &'static [Self] = Self::VARIANTS;

    /// Its network.
    pub const fn network(self) -> Network {
        match self {
            Self::XPost | Self::XThread | Self::XQuote => Network::X,
            Self::LinkedinShort | Self::LinkedinLong | Self::LinkedinCarousel => Network::Linkedin,
            Self::InstagramReel | Self::InstagramCarousel | Self::InstagramCaption => Network::Instagram,
            Self::FacebookPost => Network::Facebook,
            Self::ThreadsPost | Self::ThreadsThread => Network::Threads,
            Self::TiktokScript => Network::Tiktok,
            Self::YoutubeCommunity | Self::YoutubeShortScript => Network::Youtube,
            Self::GoogleBusinessPost => Network::GoogleBusiness,
            Self::BlueskyPost | Self::BlueskyThread => Network::Bluesky,
            Self::MastodonPost | Self::MastodonThread => Network::Mastodon,
            Self::EmailNewsletter => Network::Email,
            Self::BlogArticle => Network::Blog,
            Self::SandboxPost => Network::Sandbox,
        }
    }

    /// Its content type.
    pub const fn content_type(self) -> ContentType {
        match self {
            Self::XPost
            | Self::FacebookPost
            | Self::ThreadsPost
            | Self::GoogleBusinessPost
            | Self::BlueskyPost
            | Self::MastodonPost
            | Self::SandboxPost => ContentType::Post,
            Self::XThread | Self::ThreadsThread | Self::BlueskyThread | Self::MastodonThread => {
                ContentType::Thread
            }
            Self::XQuote => ContentType::Quote,
            Self::LinkedinShort => ContentType::Short,
            Self::LinkedinLong => ContentType::Long,
            Self::LinkedinCarousel | Self::InstagramCarousel => ContentType::Carousel,
            Self::InstagramReel => ContentType::Reel,
            Self::InstagramCaption => ContentType::Caption,
            Self::TiktokScript => ContentType::Script,
            Self::YoutubeCommunity => ContentType::Community,
            Self::YoutubeShortScript => ContentType::ShortScript,
            Self::EmailNewsletter => ContentType::Newsletter,
            Self::BlogArticle => ContentType::Article,
        }
    }

    /// The shape that its content has.
    pub const fn shape(self) -> Shape {
        match self.content_type() {
            ContentType::Post
            | ContentType::Quote
            | ContentType::Short
            | ContentType::Long
            | ContentType::Caption
            | ContentType::Community => Shape::Post,
            ContentType::Thread => Shape::Thread,
            ContentType::Carousel => Shape::Carousel,
            ContentType::Reel | ContentType::Script | ContentType::ShortScript => Shape::Script,
            ContentType::Newsletter => Shape::Email,
            ContentType::Article => Shape::Article,
        }
    }

    /// As the API and the database write it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::XPost => "x.post",
            Self::XThread => "x.thread",
            Self::XQuote => "x.quote",
            Self::LinkedinShort => "linkedin.short",
            Self::LinkedinLong => "linkedin.long",
            Self::LinkedinCarousel => "linkedin.carousel",
            Self::InstagramReel => "instagram.reel",
            Self::InstagramCarousel => "instagram.carousel",
            Self::InstagramCaption => "instagram.caption",
            Self::FacebookPost => "facebook.post",
            Self::ThreadsPost => "threads.post",
            Self::ThreadsThread => "threads.thread",
            Self::TiktokScript => "tiktok.script",
            Self::YoutubeCommunity => "youtube.community",
            Self::YoutubeShortScript => "youtube.short_script",
            Self::GoogleBusinessPost => "google_business.post",
            Self::BlueskyPost => "bluesky.post",
            Self::BlueskyThread => "bluesky.thread",
            Self::MastodonPost => "mastodon.post",
            Self::MastodonThread => "mastodon.thread",
            Self::EmailNewsletter => "email.newsletter",
            Self::BlogArticle => "blog.article",
            Self::SandboxPost => "sandbox.post",
        }
    }

    /// As a person reads it, such as `X · Thread`.
    pub fn name(self) -> String {
        format!("{} · {}", self.network().name(), self.content_type().name())
    }

    /// Whether it is what its network's bare name means.
    pub fn is_default(self) -> bool {
        self.network().default_target() == self
    }

    /// Reads `x.thread`, or `x` as the network's default target.
    pub fn parse(text: &str) -> Option<Self> {
        text.parse().ok()
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// No network or content type has this name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there is no target “{0}”; it is a network such as “x”, or a network and a type such as “x.thread”")]
pub struct UnknownTarget(pub String);

impl FromStr for Target {
    type Err = UnknownTarget;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .iter()
            .copied()
            .find(|target| target.as_str() == text)
            .or_else(|| Network::parse(text).map(Network::default_target))
            .ok_or_else(|| UnknownTarget(text.chars().take(80).collect()))
    }
}

impl Serialize for Target {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Target {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        <Cow<'de, str>>::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

impl utoipa::PartialSchema for Target {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .description(Some("A network and one of its content types."))
            .enum_values(Some(Self::ALL.iter().map(|target| target.as_str())))
            .into()
    }
}

impl utoipa::ToSchema for Target {}

impl schemars::JsonSchema for Target {
    fn schema_name() -> Cow<'static, str> {
        "Target".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "type": "string",
            "enum": Self::ALL.iter().map(|target| target.as_str()).collect::<Vec<_>>(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_and_back() {
        for &target in Target::ALL {
            assert_eq!(target.as_str().parse(), Ok(target));
            assert_eq!(target.as_str(), format!("{}.{}", target.network(), target.content_type()));
            let json = serde_json::to_value(target).unwrap();
            assert_eq!(serde_json::from_value::<Target>(json).unwrap(), target);
        }
    }

    #[test]
    fn a_plain_target_is_a_post_wherever_there_is_one() {
        let plain = |network: Network| network.plain_target().as_str();
        assert_eq!(plain(Network::X), "x.post");
        assert_eq!(plain(Network::Linkedin), "linkedin.long");
        assert_eq!(plain(Network::Instagram), "instagram.caption");
        assert_eq!(plain(Network::Tiktok), "tiktok.script");
        for &network in Network::ALL {
            let has = network.targets().any(|target| target.shape() == Shape::Post);
            assert_eq!(network.plain_target().shape() == Shape::Post, has, "{network:?}");
        }
    }

    #[test]
    fn a_bare_network_is_its_default_target() {
        for &network in Network::ALL {
            let target: Target = network.as_str().parse().unwrap();
            assert_eq!(target, network.default_target());
            assert_eq!(target.network(), network);
            assert_eq!(network.targets().filter(|target| target.is_default()).count(), 1);
        }
    }

    #[test]
    fn the_unknown_is_named() {
        for text in ["", "x.", "x.article", "myspace", ".post", "X"] {
            let error = text.parse::<Target>().unwrap_err();
            assert_eq!(error, UnknownTarget(text.into()));
        }
        assert!(serde_json::from_str::<Target>("\"nope\"").unwrap_err().to_string().contains("nope"));
    }
}
