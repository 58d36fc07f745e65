//! What an operator decides of what people are told.

use std::fmt;

use serde::{Deserialize, Serialize};

/// `[delivery]`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct DeliveryConfig {
    /// Whether the morning's mail has a picture whose loading tells that it was opened, for people who allow it.
    pub track_opens: bool,
    /// Most alerts of trends that leave the app for one person on one day of their calendar; the others are notices only.
    pub trend_alerts_a_day: u8,
    /// Notifications of browsers.
    pub push: PushConfig,
    /// WhatsApp.
    pub whatsapp: WhatsappConfig,
    /// Slack, and what speaks as Slack does.
    pub slack: SlackConfig,
    /// Telegram.
    pub telegram: TelegramConfig,
}

impl Default for DeliveryConfig {
    fn default() -> Self {
        Self {
            track_opens: true,
            trend_alerts_a_day: 3,
            push: PushConfig::default(),
            whatsapp: WhatsappConfig::default(),
            slack: SlackConfig::default(),
            telegram: TelegramConfig::default(),
        }
    }
}

/// Web push (RFC 8030, 8291, 8292). Works without any of it: keys are made once and kept sealed in the database.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PushConfig {
    /// The public VAPID key, 65 bytes in base64url.
    pub public_key: Option<String>,
    /// Its private half, 32 bytes in base64url.
    pub private_key: Option<String>,
    /// Where push services reach the operator: `mailto:…` or `https://…`; the installation's address when absent.
    pub contact: Option<String>,
    /// Whether addresses of browsers may be `http://`: for a push service of one's own inside.
    pub plain_http: bool,
}

impl fmt::Debug for PushConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PushConfig({})", self.public_key.as_deref().unwrap_or("own keys"))
    }
}

/// WhatsApp's Cloud API. It begins conversations only by templates that Meta has approved.
#[derive(Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct WhatsappConfig {
    /// The id of the number that sends.
    pub phone_number_id: Option<String>,
    /// A token of a system user with `whatsapp_business_messaging`.
    pub token: Option<String>,
    /// The word that Meta repeats when it makes sure that the webhook is ours: any, chosen by the operator.
    pub verify_token: Option<String>,
    /// The app's secret, with which Meta signs what it tells. With both, messages count once WhatsApp says that they arrived.
    pub app_secret: Option<String>,
    /// The template with three parameters: title, text, link.
    pub template: String,
    /// The authentication template with one parameter, the code.
    pub code_template: String,
    /// Whether the template of the code has the button that copies it, as authentication templates do.
    pub code_button: bool,
    /// The language of both.
    pub language: String,
    /// Where the interface is, with its version.
    pub api_url: String,
}

impl Default for WhatsappConfig {
    fn default() -> Self {
        Self {
            phone_number_id: None,
            token: None,
            verify_token: None,
            app_secret: None,
            template: "bellwether_message".to_owned(),
            code_template: "bellwether_code".to_owned(),
            code_button: true,
            language: "en".to_owned(),
            api_url: "https://graph.facebook.com/v23.0".to_owned(),
        }
    }
}

impl WhatsappConfig {
    /// The word of the handshake and the secret of the signatures, where Meta tells us what became of messages.
    pub(crate) fn webhook(&self) -> Option<(&str, &str)> {
        let set = |text: &'_ Option<String>| text.as_deref().is_some_and(|text| !text.trim().is_empty());
        let both = set(&self.verify_token) && set(&self.app_secret);
        self.verify_token.as_deref().zip(self.app_secret.as_deref()).filter(|_| both)
    }
}

impl fmt::Debug for WhatsappConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "WhatsappConfig({})", self.phone_number_id.as_deref().unwrap_or("not set up"))
    }
}

/// Incoming webhooks.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SlackConfig {
    /// What a webhook's address begins with. Others speak the same: Mattermost's is `https://chat.example.org/hooks/`.
    pub webhooks: Vec<String>,
}

impl Default for SlackConfig {
    fn default() -> Self {
        Self { webhooks: vec!["https://hooks.slack.com/services/".to_owned()] }
    }
}

/// Telegram's Bot API.
#[derive(Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TelegramConfig {
    /// The installation's bot, for people without one of their own.
    pub bot_token: Option<String>,
    /// Its name without the `@`.
    pub bot_name: Option<String>,
    /// The secret with which Telegram calls us; without one the bot's letters are fetched every minute while somebody waits.
    pub webhook_secret: Option<String>,
    /// Where the interface is.
    pub api_url: String,
}

impl Default for TelegramConfig {
    fn default() -> Self {
        let api_url = "https://api.telegram.org".to_owned();
        Self { bot_token: None, bot_name: None, webhook_secret: None, api_url }
    }
}

impl fmt::Debug for TelegramConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TelegramConfig({})", self.bot_name.as_deref().unwrap_or("no bot"))
    }
}
