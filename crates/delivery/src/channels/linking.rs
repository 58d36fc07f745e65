//! Showing that a way is one's own: a code to a number, a link into a bot.

use bellwether_jobs::{Options, enqueue};
use bellwether_kernel::{Kind, Problem, Timestamp, id::UserId};
use bellwether_store::ServiceTx;
use chrono::Duration;
use ring::digest;
use serde_json::Value;

use super::{ChannelView, ConfirmCode, LinkTelegram, TelegramLink, jobs::SendCode, service::refusal, sql};
use crate::{
    ChannelId, Delivery, Error,
    ways::{self, Address, Outcome, Update, Way},
};

/// How long a code is good.
const CODE_LIFE: Duration = Duration::minutes(10);
/// Wrong codes before a new one is needed.
const TRIES: i16 = 5;
/// Codes to one person in a day: each costs the operator money.
const CODES: i16 = 5;
/// How long a link into the bot is good.
const LINK_LIFE: Duration = Duration::minutes(30);

pub(crate) fn hash(text: &str) -> Vec<u8> {
    digest::digest(&digest::SHA256, text.as_bytes()).as_ref().to_vec()
}

/// The end of a number: all that has to be shown of it.
pub(crate) fn end_of(number: &str) -> String {
    format!("…{}", number.get(number.len().saturating_sub(4)..).unwrap_or_default())
}

impl Delivery {
    /// Somebody's number on WhatsApp; none when there is none, or when the keys to read it are missing.
    pub(crate) async fn whatsapp_number(
        &self,
        tx: &mut ServiceTx,
        user: UserId,
    ) -> Result<Option<String>, Error> {
        let row = sql::find(tx.conn(), user, Way::Whatsapp.as_str()).await?;
        let Some((sealed, version)) = row.and_then(|row| row.sealed.map(|sealed| (sealed, row.version)))
        else {
            return Ok(None);
        };
        Ok(match self.open_address(&sealed, version) {
            Ok(Address::Whatsapp { number }) => Some(number),
            _ => None,
        })
    }

    /// Changes somebody's number on WhatsApp, and has a code sent to it.
    pub(crate) async fn set_whatsapp_number(
        &self,
        tx: &mut ServiceTx,
        user: UserId,
        number: Option<&str>,
    ) -> Result<(), Error> {
        let Some(number) = number else {
            sql::off(tx.conn(), user, Way::Whatsapp.as_str()).await?;
            return Ok(());
        };
        let address = Address::Whatsapp { number: number.to_owned() };
        let way = (user, Way::Whatsapp);
        self.keep(tx, way, &end_of(number), ("unconfirmed", Some(&address)), None).await?;
        if self.configured(Way::Whatsapp) {
            let key = format!("delivery.send_code:{user}");
            enqueue(tx, &SendCode { user_id: user }, Options::default().key(key)).await?;
        }
        Ok(())
    }

    /// Sends a new code to a number that is not confirmed.
    pub(super) async fn send_code(&self, user: UserId) -> Result<(), Error> {
        if !self.configured(Way::Whatsapp) {
            let words = "The operator has not set WhatsApp up.";
            return Err(Problem::new(Kind::Conflict, "not_configured", words).into());
        }
        let now = self.clock.now();
        let mut tx = self.store.service("make a code for a number").await?;
        let row = sql::lock(tx.conn(), user, Way::Whatsapp.as_str()).await?;
        let row =
            row.filter(|row| row.state == "unconfirmed").ok_or_else(|| Problem::not_found("channel"))?;
        let today = row.codes_since.filter(|since| now - *since < Duration::days(1));
        let sent = if today.is_some() { row.codes_sent } else { 0 };
        if sent >= CODES {
            let words = "So many codes were sent today. Try again tomorrow.";
            return Err(Problem::new(Kind::Conflict, "too_many_codes", words).into());
        }
        let code = format!("{:06}", self.rng.below(1_000_000));
        let expires_at = now + CODE_LIFE;
        let kept = hash(&format!("{} {code}", row.id));
        sql::set_code(tx.conn(), row.id, (&kept, expires_at), (sent + 1, today.unwrap_or(now))).await?;
        tx.commit().await?;
        let address = self.open_address(row.sealed.as_deref().unwrap_or_default(), row.version)?;
        let Address::Whatsapp { number } = address else { return Err(Problem::not_found("channel").into()) };
        let outcome = ways::send_code(&self.tools(None), &number, &code).await;
        let reason = super::service::trouble(&outcome);
        let mut tx = self.store.service("note what came of a code").await?;
        sql::note_code(tx.conn(), row.id, reason.as_deref()).await?;
        tx.commit().await?;
        Ok(refusal("morning/whatsapp_number", outcome)?)
    }

    /// Confirms a number by the code that came there.
    pub async fn confirm_whatsapp(&self, user: UserId, given: &ConfirmCode) -> Result<ChannelView, Error> {
        let conflict = |code: &'static str, words: &str| Problem::new(Kind::Conflict, code, words);
        let now = self.clock.now();
        let mut tx = self.store.service("somebody confirms a number").await?;
        let row = sql::lock(tx.conn(), user, Way::Whatsapp.as_str()).await?;
        let row = row.filter(|row| row.state != "off").ok_or_else(|| Problem::not_found("channel"))?;
        if row.state != "unconfirmed" {
            tx.rollback().await?;
            return self.channel(user, Way::Whatsapp).await;
        }
        let (Some(kept), Some(until)) = (&row.code_hash, row.code_expires_at) else {
            return Err(conflict("no_code", "No code was sent yet. Ask for one.").into());
        };
        if until <= now || row.code_tries >= TRIES {
            return Err(conflict("code_expired", "This code is good no more. Ask for a new one.").into());
        }
        if hash(&format!("{} {}", row.id, given.code.trim())) != *kept {
            sql::count_try(tx.conn(), row.id).await?;
            tx.commit().await?;
            return Err(Problem::invalid("code", "wrong_code", "This is not the code that was sent.").into());
        }
        // what was kept in the open before is sealed now
        let address = self.open_address(row.sealed.as_deref().unwrap_or_default(), row.version)?;
        sql::confirm(tx.conn(), row.id, (&row.name, &self.seal_address(&address)?)).await?;
        tx.commit().await?;
        self.channel(user, Way::Whatsapp).await
    }

    /// Begins to link a chat of Telegram: by a link into our bot, or at once with a bot of their own.
    pub async fn link_telegram(&self, user: UserId, new: &LinkTelegram) -> Result<TelegramLink, Error> {
        self.own_ways(user).await?;
        if new.bot_token.is_some() || new.chat_id.is_some() {
            return self.own_bot(user, new).await;
        }
        let name = self.config.telegram.bot_name.as_ref().filter(|_| self.configured(Way::Telegram));
        let Some(name) = name else {
            let words = "The operator has not set a bot up. Give the token of your own and the chat.";
            return Err(Problem::new(Kind::Conflict, "not_configured", words).into());
        };
        let code = self.rng.token();
        let now = self.clock.now();
        let expires_at = now + LINK_LIFE;
        let mut tx = self.store.service("somebody links a chat").await?;
        let way = (user, Way::Telegram);
        self.keep(&mut tx, way, "", ("unconfirmed", None), new.approve_links).await?;
        let row = sql::lock(tx.conn(), user, Way::Telegram.as_str()).await?;
        let row = row.ok_or_else(|| Problem::not_found("channel"))?;
        sql::set_code(tx.conn(), row.id, (&hash(&code), expires_at), (row.codes_sent, now)).await?;
        tx.commit().await?;
        let link = format!("https://t.me/{}?start={code}", name.trim_start_matches('@'));
        let channel = self.channel(user, Way::Telegram).await?;
        Ok(TelegramLink { link: Some(link), expires_at: Some(expires_at), channel })
    }

    async fn own_bot(&self, user: UserId, new: &LinkTelegram) -> Result<TelegramLink, Error> {
        let token = new.bot_token.as_deref().map(str::trim).filter(|token| {
            token.split_once(':').is_some_and(|(id, secret)| {
                !id.is_empty()
                    && id.bytes().all(|byte| byte.is_ascii_digit())
                    && (20..=100).contains(&secret.len())
                    && secret.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte))
            })
        });
        let token = token.ok_or_else(|| {
            Problem::invalid(
                "bot_token",
                "invalid_token",
                "Give the token as BotFather gave it: 123456:ABC….",
            )
        })?;
        let chat = new.chat_id.as_deref().map(str::trim).filter(|chat| {
            let digits = chat.strip_prefix('-').unwrap_or(chat);
            let name = chat.strip_prefix('@').unwrap_or("");
            (1..=20).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit())
                || (4..=32).contains(&name.len())
                    && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
        });
        let chat = chat.ok_or_else(|| {
            let words = "Give the chat's id, a number, or the @name of a channel.";
            Problem::invalid("chat_id", "invalid_chat", words)
        })?;
        let address = Address::Telegram { chat_id: chat.to_owned(), bot_token: Some(token.to_owned()) };
        self.seal_address(&address)?;
        refusal("chat_id", self.say(&address, &self.hello()).await?)?;
        let mut tx = self.store.service("somebody links a chat by their own bot").await?;
        let way = (user, Way::Telegram);
        self.keep(&mut tx, way, chat, ("ready", Some(&address)), new.approve_links).await?;
        tx.commit().await?;
        let channel = self.channel(user, Way::Telegram).await?;
        Ok(TelegramLink { link: None, expires_at: None, channel })
    }

    /// What Telegram tells of the installation's bot. None of it is an error: Telegram would tell it again and again.
    pub async fn hear_telegram(&self, secret: Option<&str>, told: Value) -> Result<(), Error> {
        let ours = self.config.telegram.webhook_secret.as_deref();
        // of equal length and content without telling by its time where they differ: hashes are compared
        if ours.is_none() || ours.map(hash) != secret.map(hash) {
            return Err(Problem::not_found("page").into());
        }
        match serde_json::from_value::<Update>(told) {
            Ok(update) => self.follow_link(&update).await,
            Err(_) => Ok(()),
        }
    }

    /// Fetches what was written to the bot, where Telegram does not call us and somebody is about to link a chat.
    pub(super) async fn fetch_telegram(&self) -> Result<(), Error> {
        let config = &self.config.telegram;
        if config.webhook_secret.is_some() || !self.configured(Way::Telegram) {
            return Ok(());
        }
        let now = self.clock.now();
        let mut tx = self.store.service("see whether somebody links a chat").await?;
        let waiting = sql::anybody_linking(tx.conn(), now).await?;
        let kept = sql::kept(tx.conn(), "telegram_updates").await?;
        tx.commit().await?;
        let after = kept.and_then(|(value, ..)| value.parse().ok()).unwrap_or(0);
        let Some(request) = ways::updates_request(config, after).filter(|_| waiting) else { return Ok(()) };
        let Ok(response) = self.wire.send(request.within(ways::PATIENCE)).await else {
            tracing::warn!("Telegram could not be asked who wrote to the bot");
            return Ok(());
        };
        let told = response.value().unwrap_or_default();
        if told["ok"] != true {
            tracing::warn!(status = response.status, "Telegram does not tell who wrote to the bot");
        }
        let mut last = None;
        for told in told["result"].as_array().into_iter().flatten() {
            last = last.max(told["update_id"].as_i64());
            if let Ok(update) = serde_json::from_value::<Update>(told.clone()) {
                self.follow_link(&update).await?;
            }
        }
        if let Some(last) = last {
            let mut tx = self.store.service("keep how far a bot's letters were read").await?;
            sql::keep_offset(tx.conn(), last + 1, now).await?;
            tx.commit().await?;
        }
        Ok(())
    }

    async fn follow_link(&self, update: &Update) -> Result<(), Error> {
        let Some((chat, code)) = update.start() else { return Ok(()) };
        let address = Address::Telegram { chat_id: chat.id.to_string(), bot_token: None };
        let (sealed, now): (_, Timestamp) = (self.seal_address(&address)?, self.clock.now());
        let mut tx = self.store.service("somebody followed the link into the bot").await?;
        let Some((id, _)) = sql::lock_by_code(tx.conn(), &hash(code), now).await? else { return Ok(()) };
        sql::confirm(tx.conn(), id, (&chat.name(), &sealed)).await?;
        tx.commit().await?;
        self.greet(id, &address).await
    }

    /// Tells the chat that it is linked; that it could not be told is noted.
    async fn greet(&self, id: ChannelId, address: &Address) -> Result<(), Error> {
        let outcome = self.say(address, &self.hello()).await?;
        if let Outcome::Refused { words, .. } = &outcome {
            let mut tx = self.store.service("note that a chat takes nothing").await?;
            sql::note(tx.conn(), id, Some(words), self.clock.now()).await?;
            tx.commit().await?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_number_the_end_is_shown() {
        assert_eq!(end_of("+4930123456"), "…3456");
    }
}
