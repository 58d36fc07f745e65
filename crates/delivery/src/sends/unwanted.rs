//! What waits for somebody and is not wanted any more.

use bellwether_kernel::id::UserId;
use bellwether_store::ServiceTx;

use super::sql;
use crate::{
    Delivery, Error, Kind,
    alerts::wanted,
    preferences::{
        model::{Channels, channels},
        sql::PreferencesRow,
    },
    ways::Way,
};

/// Why it did not come.
pub(super) const TURNED_OFF: &str = "You turned it off before it had left.";

impl Delivery {
    /// Ends what waits for somebody and that they do not want any more, in the transaction in which they say so: mails that no
    /// server has are taken back. What is wanted still, only not by mail, goes to the next way.
    pub(crate) async fn drop_unwanted(
        &self,
        tx: &mut ServiceTx,
        user: UserId,
        (wants, chosen): (&PreferencesRow, &[(Kind, Channels)]),
    ) -> Result<(), Error> {
        let now = self.clock.now();
        for (key, kind) in sql::pending_of(tx.conn(), user).await? {
            let unwanted = is_unwanted(&kind, wants, chosen);
            if !unwanted && wants.ways().contains(&Way::Email) {
                continue;
            }
            // it may have been settled meanwhile
            let Some(send) = sql::lock(tx.conn(), key.0, key.1).await? else { continue };
            let attempts = sql::attempts(tx.conn(), key.0, key.1).await?;
            if let Some(attempt) = attempts.iter().find(|attempt| attempt.state == "sending") {
                // what is under way by another way, or at a mail server, can't be taken back
                let Some(mail) = attempt.mail else { continue };
                if bellwether_mail::recall(tx, &[mail], TURNED_OFF).await?.is_empty() {
                    continue;
                }
                sql::end_attempt(tx.conn(), (key.0, attempt.id), ("failed", Some(TURNED_OFF)), now).await?;
                if !unwanted {
                    self.give_way(tx, key, &send, (Way::Email, TURNED_OFF)).await?;
                    self.enqueue_carry(tx, key, now).await?;
                }
            }
            // where it is wanted still, what comes next is asked for when it has its turn
            if unwanted {
                self.settle_send(tx, key, &send, ("failed", None, Some(TURNED_OFF)), now).await?;
            }
        }
        if !wants.email_enabled {
            bellwether_mail::recall_of(tx, user, "notices", TURNED_OFF).await?;
        }
        Ok(())
    }
}

/// Whether somebody wants a kind of send no more, by whatever way.
fn is_unwanted(kind: &str, wants: &PreferencesRow, chosen: &[(Kind, Channels)]) -> bool {
    if wants.ways().is_empty() {
        return true;
    }
    match kind.parse::<Kind>() {
        Ok(kind) => !wanted(kind, wants) || !channels(chosen, kind).mail,
        // the morning is no notice
        Err(_) => wants.delivery_days.is_empty(),
    }
}
