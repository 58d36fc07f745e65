//! What WhatsApp tells of messages after it took them. The same twice changes nothing, and the order does not matter: what is on
//! the telephone has arrived whatever else is told, and what is told before our call has been noted waits for that.

use bellwether_kernel::{Kind, Problem, Timestamp, id::OrganizationId};
use bellwether_store::ServiceTx;
use chrono::Duration;
use serde_json::Value;

use super::{
    report_sql::{self, Reported},
    service::said,
    sql::{self, SendRow},
};
use crate::{
    AttemptId, Delivery, Error, SendId,
    channels::sql as channels,
    preferences::sql as preferences,
    ways::{self, Became, Report, Way},
};

/// How long what is told of a message that we don't know is kept: calls are noted within seconds, and the number may send for
/// others too.
const EARLY: Duration = Duration::minutes(10);
/// Rows in one look.
const AT_ONCE: i64 = 500;
/// What is known of what WhatsApp took and never spoke of again.
const NO_RECEIPT: &str = "It was handed to WhatsApp; no receipt came, so it may not have reached your phone.";

impl Delivery {
    /// Answers Meta's question whether this webhook is ours, by its own word.
    pub(crate) fn answer_handshake(
        &self,
        mode: Option<&str>,
        token: Option<&str>,
        challenge: Option<&str>,
    ) -> Result<String, Problem> {
        let Some((ours, _)) = self.config.whatsapp.webhook() else { return Err(Problem::not_found("page")) };
        if mode != Some("subscribe") {
            let words = "Only `subscribe` is answered here.";
            return Err(Problem::invalid("hub.mode", "invalid_mode", words));
        }
        // hashes are compared: by its time nobody learns where two words differ
        if token.map(crate::channels::hash) != Some(crate::channels::hash(ours)) {
            let words = "This is not the word of `delivery.whatsapp.verify_token`.";
            return Err(Problem::new(Kind::Forbidden, "verify_token_refused", words));
        }
        let plain =
            |text: &&str| (1..=200).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic());
        let words = "Give what is to be repeated: 1 to 200 plain characters.";
        let challenge = challenge.filter(plain);
        Ok(challenge.ok_or_else(|| Problem::invalid("hub.challenge", "invalid_challenge", words))?.to_owned())
    }

    /// Hears what became of messages. What is signed and not understood is no error: Meta would tell it again and again.
    pub(crate) async fn hear_whatsapp(&self, signature: Option<&str>, body: &[u8]) -> Result<(), Error> {
        let config = &self.config.whatsapp;
        let Some((_, secret)) = config.webhook() else { return Err(Problem::not_found("page").into()) };
        let signature = signature.and_then(|text| text.strip_prefix("sha256=")).and_then(unhex);
        let signature = signature.ok_or_else(|| {
            let words = "The header X-Hub-Signature-256 is needed: `sha256=` and 64 digits.";
            Problem::new(Kind::Malformed, "signature_missing", words)
        })?;
        if !ways::signed(secret, &signature, body) {
            let words = "The webhook’s signature does not hold.";
            return Err(Problem::new(Kind::Unauthenticated, "signature_refused", words).into());
        }
        let told: Value = serde_json::from_slice(body)
            .map_err(|_| Problem::new(Kind::Malformed, "malformed", "The body is no JSON."))?;
        let now = self.clock.now();
        for report in ways::reports(&told, config.phone_number_id.as_deref(), now) {
            let mut tx = self.store.service("hear what became of a message").await?;
            report_sql::hold_message(tx.conn(), &report.message).await?;
            match report_sql::find(tx.conn(), &report.message).await? {
                Some(of) => self.take_report(&mut tx, &of, &report, now).await?,
                // its call is not noted yet, or it is none of ours
                None => report_sql::keep_early(tx.conn(), &report, now).await?,
            }
            tx.commit().await?;
        }
        Ok(())
    }

    /// Notes that WhatsApp took a message, and waits for what it tells of it; false when the try was taken for dead meanwhile.
    pub(super) async fn hold_for_report(
        &self,
        tx: &mut ServiceTx,
        key: (OrganizationId, SendId),
        send: &SendRow,
        (attempt, message): (AttemptId, &str),
        now: Timestamp,
    ) -> Result<bool, Error> {
        report_sql::hold_message(tx.conn(), message).await?;
        if !report_sql::set_message(tx.conn(), (key.0, attempt), message).await? {
            return Ok(false);
        }
        sql::go_on(tx.conn(), key, (send.way, send.reason.as_deref()), None).await?;
        for report in report_sql::take_early(tx.conn(), message).await? {
            // each may have changed what the next one finds
            if let Some(of) = report_sql::find(tx.conn(), message).await? {
                self.take_report(tx, &of, &report, now).await?;
            }
        }
        Ok(true)
    }

    async fn take_report(
        &self,
        tx: &mut ServiceTx,
        of: &Reported,
        report: &Report,
        now: Timestamp,
    ) -> Result<(), Error> {
        match report.became {
            Became::Sent => Ok(()),
            Became::Delivered => self.arrived(tx, of, (report.at, false), now).await,
            Became::Read => self.arrived(tx, of, (report.at, true), now).await,
            Became::Failed => {
                let words = report.words.as_deref().unwrap_or("It could not be delivered.");
                self.came_not(tx, of, words, now).await
            }
        }
    }

    async fn arrived(
        &self,
        tx: &mut ServiceTx,
        of: &Reported,
        (at, read): (Timestamp, bool),
        now: Timestamp,
    ) -> Result<(), Error> {
        let wants = preferences::find(tx.conn(), of.user).await?.unwrap_or_default();
        // who does not want to be seen opening mails is not seen reading messages either
        let read = read && self.config.track_opens && wants.open_tracking_enabled;
        report_sql::arrive(tx.conn(), (of.organization, of.attempt), at, read).await?;
        let key = (of.organization, of.send);
        if sql::end_attempt(tx.conn(), (of.organization, of.attempt), ("sent", None), now).await?
            && let Some(send) = sql::lock(tx.conn(), key.0, key.1).await?
        {
            let ended = ("sent", Some(Way::Whatsapp), send.reason.as_deref());
            self.settle_send(tx, key, &send, ended, now).await?;
        }
        if let Some(delivery) = of.delivery.filter(|_| read) {
            self.note_opened(tx, (of.organization, delivery), at).await?;
        }
        Ok(())
    }

    /// The next way has its turn, unless the message is on the telephone after all or the send has ended.
    async fn came_not(
        &self,
        tx: &mut ServiceTx,
        of: &Reported,
        words: &str,
        now: Timestamp,
    ) -> Result<(), Error> {
        if of.arrived || of.failed {
            return Ok(());
        }
        let key = (of.organization, of.send);
        let open =
            sql::end_attempt(tx.conn(), (of.organization, of.attempt), ("failed", Some(words)), now).await?;
        if !open {
            report_sql::fail(tx.conn(), (of.organization, of.attempt), words).await?;
        }
        // a number that was given since is another one
        let way = channels::find(tx.conn(), of.user, Way::Whatsapp.as_str()).await?;
        if let Some(way) = way.filter(|way| way.created_at <= of.started_at) {
            channels::note(tx.conn(), way.id, Some(words), now).await?;
        }
        if open && let Some(send) = sql::lock(tx.conn(), key.0, key.1).await? {
            self.give_way(tx, key, &send, (Way::Whatsapp, words)).await?;
            self.enqueue_carry(tx, key, now).await?;
        }
        Ok(())
    }

    /// Ends what WhatsApp took and says nothing more of, once it is of no use any more: no telephone was on, or nobody read what
    /// was told. Forgets what was told of others' messages.
    pub(super) async fn settle_silent(&self) -> Result<(), Error> {
        let now = self.clock.now();
        let mut tx = self.store.service("end what nothing more is told of").await?;
        report_sql::forget_early(tx.conn(), now - EARLY).await?;
        for of in report_sql::silent(tx.conn(), now, AT_ONCE).await? {
            let key = (of.organization, of.send);
            // a try is ended whatever became of its send: it is not looked at every minute for ever
            if sql::end_attempt(tx.conn(), (of.organization, of.attempt), ("sent", Some(NO_RECEIPT)), now)
                .await?
                && let Some(send) = sql::lock(tx.conn(), key.0, key.1).await?
            {
                let noted = said(send.reason.as_deref(), Way::Whatsapp, Some(NO_RECEIPT));
                // what is known is when it was handed over
                let ended = ("sent", Some(Way::Whatsapp), Some(noted.as_str()));
                self.settle_send(&mut tx, key, &send, ended, of.started_at).await?;
            }
        }
        Ok(tx.commit().await?)
    }
}

/// 64 hexadecimal digits as bytes.
fn unhex(text: &str) -> Option<Vec<u8>> {
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let pairs = text.as_bytes().chunks(2).map(|pair| match pair {
        [high, low] => Some(digit(*high)? << 4 | digit(*low)?),
        _ => None,
    });
    pairs.collect::<Option<Vec<u8>>>().filter(|bytes| bytes.len() == 32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_has_sixty_four_digits() {
        let sum = "00ff".repeat(16);
        assert_eq!(unhex(&sum).unwrap()[..4], [0, 255, 0, 255]);
        assert_eq!(unhex(&sum.to_uppercase()), unhex(&sum));
        for odd in ["", "0", "zz", &sum[..63], &format!("{sum}00"), &"é".repeat(32)] {
            assert!(unhex(odd).is_none(), "{odd}");
        }
    }
}
