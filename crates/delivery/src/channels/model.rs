//! What the API says of ways, and what it takes.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::ways::Way;

/// How a way stands.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Serialize,
    Deserialize,
    ToSchema,
    strum::EnumString,
    strum::IntoStaticStr,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
#[schema(as = DeliveryChannelState)]
pub enum ChannelState {
    /// It works, as far as anybody knows.
    Ready,
    /// It was not shown yet that it is theirs.
    Unconfirmed,
    /// The last try was refused; `reason` says why. It is tried again with whatever comes next.
    Troubled,
    /// It is not set up.
    Off,
}

/// A way to the signed-in person.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = DeliveryChannel)]
pub struct ChannelView {
    /// Which.
    pub kind: Way,
    /// Its id; the kind's name when it is not set up.
    pub id: String,
    /// As the person knows it: an address, the end of a number, a chat, a browser.
    pub name: String,
    /// How it stands.
    pub state: ChannelState,
    /// Why it does not work, in the other side's own words.
    pub reason: Option<String>,
    /// When something last went there.
    pub last_used_at: Option<DateTime<Utc>>,
    /// Whether the operator has set this kind up.
    pub configured: bool,
    /// Whether what comes there has links that approve a draft at once, without signing in, for whoever follows them; else its
    /// links lead into the app. None where nobody can choose: mails have such links, notifications and WhatsApp have none.
    pub approve_links: Option<bool>,
    /// Since when it is there.
    pub created_at: Option<DateTime<Utc>>,
}

/// The key that a browser subscribes with.
#[derive(Debug, Serialize, ToSchema)]
pub struct PushKey {
    /// The public VAPID key, base64url.
    pub key: String,
}

/// A browser's keys, base64url.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PushKeys {
    /// Its public key.
    pub p256dh: String,
    /// Its secret.
    pub auth: String,
}

/// A browser, as its `PushSubscription` says.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewPushSubscription)]
pub struct NewSubscription {
    /// Where its push service takes messages for it.
    pub endpoint: String,
    /// Its keys.
    pub keys: PushKeys,
    /// As the person knows it, 1 to 200 characters, such as `Firefox on the desk`.
    pub name: String,
}

/// An incoming webhook.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = SetSlackChannel)]
pub struct SetSlack {
    /// Its whole address.
    pub webhook_url: String,
    /// With links that approve. Without a word none: whoever reads the channel could follow them.
    #[serde(default)]
    pub approve_links: Option<bool>,
}

/// A chat of Telegram: without anything a link into the installation's bot, or a bot of one's own and the chat it may write to.
#[derive(Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
#[schema(as = LinkTelegramChannel)]
pub struct LinkTelegram {
    /// Token of one's own bot.
    pub bot_token: Option<String>,
    /// The chat's id, or `@name` of a channel.
    pub chat_id: Option<String>,
    /// With links that approve. Without a word where the chat is with one person, and not in a group or a channel.
    pub approve_links: Option<bool>,
}

/// Whether what comes by a way has links that approve.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = SetApproveLinks)]
pub struct SetApproveLinks {
    /// With them, or without.
    pub approve_links: bool,
}

/// How a chat is linked.
#[derive(Debug, Serialize, ToSchema)]
pub struct TelegramLink {
    /// To be followed on the device with Telegram; none with a bot of one's own.
    pub link: Option<String>,
    /// Until when.
    pub expires_at: Option<DateTime<Utc>>,
    /// The way as it stands now.
    pub channel: ChannelView,
}

/// The code that came.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ConfirmWhatsapp)]
pub struct ConfirmCode {
    /// Six digits.
    pub code: String,
}
