//! Keeping people out of the installation.

use bellwether_kernel::{Kind, Problem, RequestContext, id::UserId};
use bellwether_operations::security::{NewSecurityEvent, kind, note};
use bellwether_store::ServiceTx;
use bellwether_web::Operator;
use serde_json::json;

use super::sql;
use crate::{Error, Identity, sessions};

impl Identity {
    /// Suspends a person or lets them in again. While suspended they can't sign in and none of their API keys works; their
    /// sessions end. Doing it again changes nothing.
    pub async fn set_suspended(
        &self,
        operator: Operator,
        user: UserId,
        suspend: bool,
        context: &RequestContext,
    ) -> Result<(), Error> {
        let by = operator.0.user;
        if suspend && by == user {
            let detail = "You can't suspend yourself. Ask another operator.";
            return Err(Problem::new(Kind::Conflict, "yourself", detail).into());
        }
        let mut tx = self.store.service("an operator suspends a person").await?;
        if super::get_user(&mut tx, user).await?.is_none() {
            return Err(Problem::not_found("person").into());
        }
        // an operator who was suspended a moment ago suspends nobody
        if !sql::lock_operators(tx.conn()).await?.contains(&by) {
            return Err(Error::Suspended);
        }
        self.suspend(&mut tx, user, suspend, Some(by), context).await?;
        Ok(tx.commit().await?)
    }

    /// The same by address, for the command line.
    pub async fn suspend_user(&self, email: &str, suspend: bool) -> Result<(), Error> {
        let mut tx = self.store.service("operator suspends a person").await?;
        let person = sql::find_credentials(tx.conn(), email.trim())
            .await?
            .ok_or_else(|| Problem::not_found("person with this e-mail address"))?;
        self.suspend(&mut tx, person.user_id, suspend, None, &RequestContext::default()).await?;
        Ok(tx.commit().await?)
    }

    async fn suspend(
        &self,
        tx: &mut ServiceTx,
        user: UserId,
        suspend: bool,
        by: Option<UserId>,
        context: &RequestContext,
    ) -> Result<(), Error> {
        let now = self.clock.now();
        if suspend && sql::lock_operators(tx.conn()).await? == [user] {
            let detail = "This is the last operator. Make somebody else an operator first.";
            return Err(Problem::new(Kind::Conflict, "last_operator", detail).into());
        }
        if !sql::set_suspended(tx.conn(), user, suspend.then_some(now)).await? {
            return Ok(());
        }
        let what = if suspend { kind::ACCOUNT_SUSPENDED } else { kind::ACCOUNT_RESTORED };
        if suspend {
            sessions::end_all(tx, user, None, now).await?;
        }
        let event = NewSecurityEvent::new(what, context).user(user).detail(json!({ "by_operator": by }));
        note(tx, &self.clock, &self.rng, event).await?;
        Ok(())
    }
}
