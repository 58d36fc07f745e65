//! Leave to sign up: for one address, once, for two weeks.

use bellwether_kernel::{
    Problem,
    id::{UserId, uuid_v7},
};
use bellwether_store::ServiceTx;
use chrono::Duration;
use uuid::Uuid;

use super::sql;
use crate::{Error, Identity, secrets};

/// How long a permit is good.
const LIFE: Duration = Duration::days(14);

/// Why somebody is let in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reason {
    Application(Uuid),
    Waitlist(Uuid),
    Invitation,
}

impl Reason {
    pub(super) const fn parts(self) -> (&'static str, Option<Uuid>) {
        match self {
            Self::Application(id) => ("application", Some(id)),
            Self::Waitlist(id) => ("waitlist", Some(id)),
            Self::Invitation => ("invitation", None),
        }
    }
}

impl Identity {
    /// Makes a permit and gives its link. Earlier ones of the address are void.
    pub(super) async fn permit(
        &self,
        tx: &mut ServiceTx,
        email: &str,
        reason: Reason,
        by: Option<UserId>,
    ) -> Result<String, Error> {
        let token = self.rng.token();
        let now = self.clock.now();
        sql::void_permits(tx.conn(), email).await?;
        let row = sql::NewPermit {
            id: uuid_v7(&self.clock, &self.rng),
            token_hash: &secrets::token_hash(&token),
            email,
            reason: reason.parts().0,
            subject: reason.parts().1,
            by,
            now,
            expires_at: now + LIFE,
        };
        sql::insert_permit(tx.conn(), &row).await?;
        // behind the `#`, so that the token reaches no server log and no Referer
        Ok(format!("{}/sign-up#token={token}", self.config.public_url))
    }
}

/// Spends a permit for the account that is being made with this address. Of two that come at once, one gets in.
pub(crate) async fn spend(
    identity: &Identity,
    tx: &mut ServiceTx,
    token: &str,
    email: &str,
) -> Result<sql::PermitRow, Error> {
    let now = identity.clock.now();
    let spent = sql::spend_permit(tx.conn(), &secrets::token_hash(token), email.trim(), now).await?;
    spent.ok_or_else(|| {
        let message = "This invitation was used, has expired, or is for another address. Ask for a new one.";
        Problem::invalid("token", "permit_spent", message).into()
    })
}

/// Spends the permit of an address that an outside service vouches for.
pub(crate) async fn spend_of(
    identity: &Identity,
    tx: &mut ServiceTx,
    email: &str,
) -> Result<Option<sql::PermitRow>, Error> {
    Ok(sql::spend_permit_of(tx.conn(), email.trim(), identity.clock.now()).await?)
}

/// Notes on the application or the waitlist's entry which account came of it.
pub(crate) async fn settle(tx: &mut ServiceTx, permit: &sql::PermitRow, user: UserId) -> Result<(), Error> {
    match (permit.reason.as_str(), permit.subject_id) {
        ("application", Some(id)) => sql::settle_application(tx.conn(), id, user).await?,
        ("waitlist", Some(id)) => sql::settle_waitlist(tx.conn(), id, user).await?,
        _ => {}
    }
    Ok(())
}
