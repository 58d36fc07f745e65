//! What became of the mails of campaigns, and taking back what nobody wants any more.

use bellwether_kernel::id::MailId;
use bellwether_mail::Status;
use bellwether_store::ServiceTx;
use uuid::Uuid;

use super::sql;
use crate::{CampaignId, ContactId, Delivery, Error};

/// Rows in one look.
const AT_ONCE: i64 = 500;

impl Delivery {
    /// Notes what became of a mail, if it is one of a campaign and it waits no more.
    pub(crate) async fn settle_news(&self, mail: MailId) -> Result<(), Error> {
        let now = self.clock.now();
        let mut tx = self.store.service("note what became of a campaign's mail").await?;
        // the contact is held first, as by whoever unsubscribes: of two at once one waits for the other
        if !sql::lock_contact_of(tx.conn(), mail).await? {
            return Ok(());
        }
        let outcome = bellwether_mail::outcomes(&mut tx, &[mail]).await?.pop();
        let (state, reason) = match &outcome {
            Some(outcome) if outcome.status == Status::Pending => return Ok(()),
            // without a server mails are kept for operators to read: handed over all the same
            Some(outcome) if matches!(outcome.status, Status::Sent | Status::Kept) => {
                ("sent", outcome.trouble.as_ref().map(|trouble| trouble.error.clone()))
            }
            Some(outcome) => {
                let state = if outcome.status == Status::Withdrawn { "withdrawn" } else { "refused" };
                (state, outcome.trouble.as_ref().map(bellwether_mail::plainly))
            }
            None => ("refused", Some("It is not in the outbox any more.".to_owned())),
        };
        let at = outcome.as_ref().and_then(|outcome| outcome.sent_at).unwrap_or(now);
        sql::settle(tx.conn(), mail, (state, reason.as_deref()), at).await?;
        if let Some(outcome) = &outcome {
            self.note_bounce(&mut tx, outcome).await?;
        }
        Ok(tx.commit().await?)
    }

    /// The same for those of which nobody was told.
    pub(crate) async fn settle_all_news(&self) -> Result<(), Error> {
        let mut after = Uuid::nil();
        loop {
            let mut tx = self.store.service("see what became of campaigns' mails").await?;
            let mails = sql::waiting(tx.conn(), after, AT_ONCE).await?;
            let Some(last) = mails.last() else { return Ok(()) };
            after = last.uuid();
            let pending: Vec<MailId> = bellwether_mail::outcomes(&mut tx, &mails)
                .await?
                .into_iter()
                .filter(|outcome| outcome.status == Status::Pending)
                .map(|outcome| outcome.mail)
                .collect();
            tx.commit().await?;
            for mail in mails.into_iter().filter(|mail| !pending.contains(mail)) {
                self.settle_news(mail).await?;
            }
        }
    }

    /// Takes back what waits for a contact. What a server has can't be taken back.
    pub(crate) async fn recall_news(
        &self,
        tx: &mut ServiceTx,
        contact: ContactId,
        why: &str,
    ) -> Result<(), Error> {
        let mails = sql::waiting_of(tx.conn(), (None, Some(contact))).await?;
        self.recall_mails(tx, &mails, why).await
    }

    /// Takes back what waits of a campaign.
    pub(super) async fn recall_campaign(
        &self,
        tx: &mut ServiceTx,
        campaign: CampaignId,
        why: &str,
    ) -> Result<(), Error> {
        let mails = sql::waiting_of(tx.conn(), (Some(campaign), None)).await?;
        self.recall_mails(tx, &mails, why).await
    }

    async fn recall_mails(&self, tx: &mut ServiceTx, mails: &[MailId], why: &str) -> Result<(), Error> {
        if mails.is_empty() {
            return Ok(());
        }
        let gone = bellwether_mail::recall(tx, mails, why).await?;
        Ok(sql::withdraw(tx.conn(), &gone, why).await?)
    }
}
