//! Use cases of preferences.

use bellwether_kernel::{Kind as ProblemKind, Problem, Timestamp, id::UserId};
use bellwether_publishing::time;
use bellwether_store::ServiceTx;

use super::{
    model::{Channels, PreferencesView, UpdatePreferences, quiet_until},
    sql,
};
use crate::{ContactId, Delivery, Error, Kind};

/// What the token is for: another thing that was sealed opens nothing here.
const PURPOSE: &str = "unsubscribe:";
/// Why a mail of a campaign is taken back.
const UNSUBSCRIBED: &str = "They unsubscribed before it had left.";

impl Delivery {
    /// How somebody wants to be told.
    pub async fn preferences(&self, user: UserId) -> Result<PreferencesView, Error> {
        self.update_preferences(user, &UpdatePreferences::default()).await
    }

    /// Changes how somebody wants to be told, and tells how it is then. A change of nothing writes nothing.
    pub async fn update_preferences(
        &self,
        user: UserId,
        change: &UpdatePreferences,
    ) -> Result<PreferencesView, Error> {
        let kinds = change.kinds()?;
        let now = self.clock.now();
        let mut tx = self.store.service("somebody's own preferences").await?;
        let address = self.identity.addressees(&mut tx, &[user]).await?.pop();
        let address = address.ok_or_else(|| Problem::not_found("person"))?;
        let (email, demo) = (address.email, address.demo);
        let found = sql::lock(tx.conn(), user).await?;
        let mut row = found.clone().unwrap_or_default();
        let before = self.whatsapp_number(&mut tx, user).await?;
        let mut number = before.clone();
        change.apply(&mut row, &mut number)?;
        if number != before {
            if demo && number.is_some() {
                let words = "Nobody reads what the demo gets. Make an account of your own to get it.";
                return Err(Problem::new(ProblemKind::Conflict, "demo", words).into());
            }
            self.set_whatsapp_number(&mut tx, user, number.as_deref()).await?;
        }
        let before = found.unwrap_or_default();
        let changed = row != before || !kinds.is_empty();
        if row != before {
            sql::upsert(tx.conn(), user, &row).await?;
        }
        for (kind, channels) in kinds {
            sql::put_kind(tx.conn(), user, kind, channels).await?;
        }
        let chosen = self.chosen(&mut tx, user).await?;
        if changed {
            self.drop_unwanted(&mut tx, user, (&row, &chosen)).await?;
        }
        if let Some(wanted) = change.marketing {
            let id = ContactId::new(&self.clock, &self.rng);
            if wanted {
                sql::opt_in(tx.conn(), id, (user, &email), now).await?;
            } else {
                sql::opt_out(tx.conn(), id, (user, &email), now).await?;
                if let Some(contact) = sql::contact(tx.conn(), &email).await? {
                    self.recall_news(&mut tx, contact, UNSUBSCRIBED).await?;
                }
            }
        }
        let opted_in_at = sql::opted_in_at(tx.conn(), &email).await?;
        tx.commit().await?;
        Ok(row.view(&chosen, number, opted_in_at))
    }

    /// What somebody chose for kinds of notices.
    pub(crate) async fn chosen(
        &self,
        tx: &mut ServiceTx,
        user: UserId,
    ) -> Result<Vec<(Kind, Channels)>, Error> {
        let rows = sql::kinds(tx.conn(), &[user]).await?;
        Ok(rows.into_iter().map(|(_, kind, channels)| (kind, channels)).collect())
    }

    /// When the quiet hours end that somebody has now.
    pub(crate) async fn quiet_end(
        &self,
        tx: &mut ServiceTx,
        user: UserId,
        now: Timestamp,
    ) -> Result<Option<Timestamp>, Error> {
        let wants = sql::find(tx.conn(), user).await?;
        let Some(hours) = wants.and_then(|wants| wants.quiet_from.zip(wants.quiet_to)) else {
            return Ok(None);
        };
        let person = self.identity.addressees(tx, &[user]).await?.pop();
        let zone = person.map(|person| time::zone_or_utc(&person.time_zone));
        Ok(zone.and_then(|zone| quiet_until(Some(hours), &zone, now)))
    }

    /// The secret end of the address at which a contact leaves: sealed, so that it can't be made up or guessed, and the same
    /// person's link of an older mail works as well.
    pub(crate) fn unsubscribe_token(&self, contact: ContactId) -> Result<String, Error> {
        Ok(self.vault.seal(format!("{PURPOSE}{contact}").as_bytes())?.text)
    }

    /// Whose link it is.
    fn contact_of(&self, token: &str) -> Result<ContactId, Error> {
        let gone = || {
            Problem::new(
                ProblemKind::NotFound,
                "link_unknown",
                "This link was not made here. Take the one of the mail.",
            )
        };
        let opened = self.vault.open(token, bellwether_vault::CURRENT).map_err(|_| gone())?;
        let text = std::str::from_utf8(&opened).ok().and_then(|text| text.strip_prefix(PURPOSE));
        Ok(text.and_then(|text| text.parse().ok()).ok_or_else(gone)?)
    }

    /// Whether a link is one of ours; changes nothing.
    pub fn check_unsubscribe(&self, token: &str) -> Result<(), Error> {
        self.contact_of(token).map(|_| ())
    }

    /// Ends marketing by the link in a mail. As often as it is asked.
    pub async fn unsubscribe(&self, token: &str) -> Result<(), Error> {
        let contact = self.contact_of(token)?;
        let mut tx = self.store.service("somebody unsubscribes").await?;
        // whoever is gone gets no mail either: nothing to tell them
        let known = sql::unsubscribe(tx.conn(), contact, self.clock.now()).await?;
        self.recall_news(&mut tx, contact, UNSUBSCRIBED).await?;
        tx.commit().await?;
        tracing::debug!(%contact, known, "an address ended marketing");
        Ok(())
    }

    /// Notes that an address takes no mail, where the server said so of one of our mails: it gets no more news, nor what waits.
    pub(crate) async fn note_bounce(
        &self,
        tx: &mut ServiceTx,
        outcome: &bellwether_mail::Outcome,
    ) -> Result<(), Error> {
        let gone = outcome.status == bellwether_mail::Status::Failed
            && outcome.trouble.as_ref().is_some_and(bellwether_mail::Trouble::no_such_address);
        if gone && let Some(contact) = sql::bounce(tx.conn(), &outcome.to, self.clock.now()).await? {
            self.recall_news(tx, contact, "The mail server refused another mail to this address.").await?;
        }
        Ok(())
    }
}
