//! Showing again, inside a session, who one is: by password, by a code, or by a passkey.

use bellwether_kernel::{Kind, Problem, RequestContext, id::UserId};
use bellwether_operations::security::kind;
use bellwether_store::ServiceTx;
use bellwether_web::Caller;
use serde_json::Value;

use super::{model::Code, sql};
use crate::{
    Error, Identity,
    ids::CeremonyId,
    passwords::{need_session, throttled},
    sessions::{self, NewSession},
    throttle::{self, Decision, Key},
};

/// What somebody shows.
pub enum Proof {
    /// Their password.
    Password(String),
    /// A code of the authenticator app, or a recovery code.
    Code(String),
    /// A passkey's answer.
    Passkey {
        /// Of the challenge.
        ceremony: CeremonyId,
        /// What `PublicKeyCredential.toJSON()` gives.
        credential: Value,
    },
}

impl Identity {
    /// Confirms that it is still the person who signed in; gives the session's new token. By a code or a passkey the
    /// session has shown two factors from then on.
    pub async fn confirm(
        &self,
        caller: Caller,
        proof: Proof,
        context: &RequestContext,
    ) -> Result<NewSession, Error> {
        let session = need_session(caller)?;
        let two_factors = match proof {
            Proof::Password(password) => {
                self.check_own(caller, "password", password, context).await?;
                false
            }
            Proof::Code(code) => {
                self.check_own_code(caller, &code, context).await?;
                true
            }
            Proof::Passkey { ceremony, credential } => {
                self.check_own_passkey(caller.user, ceremony, credential, context).await?;
                true
            }
        };
        let mut tx = self.store.service("a person confirmed who they are").await?;
        if two_factors {
            sessions::set_two_factors(tx.conn(), session).await?;
        }
        let renewed = self.rotate_session(&mut tx, caller.user, session, true).await?;
        tx.commit().await?;
        Ok(renewed)
    }

    /// Checks a code of somebody who is signed in and spends it, held up like any guessing.
    async fn check_own_code(
        &self,
        caller: Caller,
        code: &str,
        context: &RequestContext,
    ) -> Result<(), Error> {
        let key = Key::Again { user: caller.user, session: need_session(caller)? };
        let mut tx = self.store.service("a person gives a code again").await?;
        let decision = throttle::take(tx.conn(), &key, self.clock.now()).await?;
        // counted whatever becomes of what follows
        tx.commit().await?;
        if let Decision::Wait(wait) = decision {
            return Err(throttled(wait));
        }
        let mut tx = self.store.service("a person gave a code again").await?;
        crate::accounts::lock(&mut tx, caller.user).await?;
        let state = sql::state(tx.conn(), caller.user).await?.ok_or_else(|| Problem::not_found("person"))?;
        // the seed of an app that is only being set up proves nothing
        let on = state.totp_since.is_some();
        if !on || !self.code_is_right(&mut tx, caller.user, code, true).await? {
            self.note(&mut tx, kind::SECOND_FACTOR_FAILED, caller.user, context).await?;
            tx.commit().await?;
            let text = "This code is wrong or was used before. Wait for the next one of your app, or use a recovery code.";
            return Err(Problem::invalid("code", "wrong", text).into());
        }
        if matches!(Code::read(code), Some(Code::Recovery(_))) {
            self.note(&mut tx, kind::RECOVERY_CODE_USED, caller.user, context).await?;
        }
        throttle::clear(tx.conn(), &key).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Refuses whoever came in by one factor to an account that has a second: who stole the one must neither take the
    /// other away nor put their own beside it. Locks the person, so that what is decided holds until the commit.
    pub(crate) async fn require_factor(&self, tx: &mut ServiceTx, caller: Caller) -> Result<(), Error> {
        crate::accounts::lock(tx, caller.user).await?;
        if !sql::lacks_factor(tx.conn(), caller.user, need_session(caller)?).await? {
            return Ok(());
        }
        let detail = "This account has a second factor, and you came in without it. Confirm with your passkey, a code of \
                      your app or a recovery code (POST /me/confirm). Lost all of them? The operator of this Bellwether \
                      can take them off your account.";
        Err(Problem::new(Kind::Forbidden, "second_factor_needed", detail).into())
    }

    /// The same in a transaction of its own.
    pub(crate) async fn require_factor_alone(&self, caller: Caller) -> Result<(), Error> {
        let mut tx = self.store.service("has a person shown their second factor").await?;
        self.require_factor(&mut tx, caller).await?;
        Ok(tx.commit().await?)
    }

    /// Turns a person's second factors off, passkeys among them, for operators: somebody has lost their phone and the
    /// recovery codes. Ends their sessions.
    pub async fn operator_removes_factors(&self, email: &str) -> Result<(), Error> {
        let user: UserId = self
            .find_user(email)
            .await?
            .ok_or_else(|| Problem::not_found("person with this e-mail address"))?;
        let context = RequestContext::default();
        let mut tx = self.store.service("operator turns second factors off").await?;
        crate::accounts::lock(&mut tx, user).await?;
        let totp = sql::delete_totp(tx.conn(), user).await?;
        let passkeys = sql::delete_passkeys(tx.conn(), user).await?;
        if !totp && passkeys == 0 {
            return Err(Problem::not_found("second factor of this person").into());
        }
        sessions::end_all(&mut tx, user, None, self.clock.now()).await?;
        if totp {
            self.note(&mut tx, kind::SECOND_FACTOR_DISABLED, user, &context).await?;
        }
        if passkeys > 0 {
            self.note(&mut tx, kind::PASSKEY_REMOVED, user, &context).await?;
        }
        let what =
            "The operator of this Bellwether took your authenticator app and your passkeys off your account.";
        self.write_to(&mut tx, user, what.to_owned(), &context).await?;
        Ok(tx.commit().await?)
    }
}
