//! Use cases of passwords.

use bellwether_kernel::{Kind, Problem, RequestContext};
use bellwether_mail::Template;
use bellwether_operations::security::{NewSecurityEvent, kind, note};
use bellwether_store::ServiceTx;
use bellwether_web::Caller;
use chrono::Duration;

use super::sql;
use crate::{
    Error, Identity, agents,
    links::{self, Purpose},
    people, secrets, sessions,
    throttle::{self, Decision, Key},
};

/// How long after signing in delicate things need no further proof.
const RECENT: Duration = Duration::minutes(15);

/// The code of asking for the proof again.
const NEEDED: &str = "confirmation_needed";

/// Too many wrong passwords.
pub(crate) fn throttled(wait: Duration) -> Error {
    let seconds = u64::try_from(wait.num_seconds()).unwrap_or(1).max(1);
    let detail =
        "Too many wrong passwords. Wait a little, or have a sign-in link mailed to you: that always works.";
    Problem::new(Kind::RateLimited, "sign_in_throttled", detail).retry_after(seconds).into()
}

/// The session that asks; an API key has none.
pub(crate) fn need_session(caller: Caller) -> Result<bellwether_kernel::id::SessionId, Error> {
    let detail = "An API key can't do this: sign in as a person.";
    Ok(caller.session.ok_or_else(|| Problem::new(Kind::Forbidden, "session_needed", detail))?)
}

impl Identity {
    /// Refuses a password that is too short, too long, the address itself, or known from breaches.
    pub(crate) async fn check_password(&self, path: &str, password: &str, email: &str) -> Result<(), Error> {
        people::model::check_password(password, email)
            .map_err(|(code, message)| Problem::invalid(path, code, message))?;
        let Some(list) = self.breached.clone() else { return Ok(()) };
        let password = password.to_owned();
        let known = tokio::task::spawn_blocking(move || list.contains(&password))
            .await
            .map_err(|error| Error::Hashing(error.to_string()))?;
        match known {
            Ok(false) => Ok(()),
            Ok(true) => {
                let message =
                    "This password is known from a breach of another site. Use one that nobody knows.";
                Err(Problem::invalid(path, "breached", message).into())
            }
            Err(error) => {
                // a list that can't be read must not keep everybody out
                tracing::error!(%error, "the list of breached passwords can't be read");
                Ok(())
            }
        }
    }

    /// Refuses when a session has not proved lately who it is.
    pub(crate) async fn require_recent(&self, tx: &mut ServiceTx, caller: Caller) -> Result<(), Error> {
        let session = need_session(caller)?;
        if sql::is_recent(tx.conn(), session, self.clock.now() - RECENT).await? {
            return Ok(());
        }
        let detail =
            "Confirm that it is you by password, code or passkey (POST /me/confirm), or sign in again.";
        Err(Problem::new(Kind::Forbidden, NEEDED, detail).into())
    }

    /// The same in a transaction of its own, for what needs one of another kind.
    pub(crate) async fn require_recent_alone(&self, caller: Caller) -> Result<(), Error> {
        let mut tx = self.store.service("has a person shown lately who they are").await?;
        self.require_recent(&mut tx, caller).await?;
        Ok(tx.commit().await?)
    }

    /// The same for what takes the password along: whoever was not asked lately gives it now, held up like any guessing.
    /// What changes how an account is guarded is for its owner at the keyboard; a borrowed browser or a key is not
    /// enough, nor is one factor where there are two.
    pub(crate) async fn confirm_self(
        &self,
        caller: Caller,
        password: Option<String>,
        context: &RequestContext,
    ) -> Result<(), Error> {
        let recent = self.require_recent_alone(caller).await;
        match (recent, password) {
            (Err(Error::Problem(problem)), Some(password)) if problem.code == NEEDED => {
                self.check_own(caller, "password", password, context).await?;
            }
            (recent, _) => recent?,
        }
        self.require_factor_alone(caller).await
    }

    /// Checks the password of somebody who is signed in, held up like any guessing.
    pub(crate) async fn check_own(
        &self,
        caller: Caller,
        path: &'static str,
        password: String,
        context: &RequestContext,
    ) -> Result<(), Error> {
        let session = need_session(caller)?;
        let key = Key::Again { user: caller.user, session };
        let mut tx = self.store.service("a person gives their password again").await?;
        let decision = throttle::take(tx.conn(), &key, self.clock.now()).await?;
        let own = sql::find_own(tx.conn(), caller.user).await?;
        tx.commit().await?;
        if let Decision::Wait(wait) = decision {
            return Err(throttled(wait));
        }
        let hash = own.and_then(|own| own.password_hash);
        let short = password.len() <= 4 * people::model::PASSWORD_MAX;
        let right = short && secrets::verify_password(password, hash).await?;
        let mut tx = self.store.service("a person gave their password again").await?;
        if right {
            throttle::clear(tx.conn(), &key).await?;
            tx.commit().await?;
            return Ok(());
        }
        let event = NewSecurityEvent::new(kind::SIGN_IN_FAILED, context).user(caller.user);
        note(&mut tx, &self.clock, &self.rng, event.detail(serde_json::json!({ "way": "confirmation" })))
            .await?;
        tx.commit().await?;
        Err(Problem::invalid(path, "wrong_password", "This is not your password.").into())
    }

    /// Gives the session that asks another token, in the transaction that changes what guards its account: a token that
    /// was stolen before is worth nothing after.
    pub(crate) async fn renew_own(
        &self,
        tx: &mut ServiceTx,
        caller: Caller,
    ) -> Result<sessions::NewSession, Error> {
        let session = need_session(caller)?;
        self.rotate_session(tx, caller.user, session, false).await
    }

    /// Sets a person's password. Whoever has one gives it; whoever has none must have signed in lately. Ends their
    /// other sessions; gives the session's new token.
    pub async fn change_password(
        &self,
        caller: Caller,
        current: Option<String>,
        new: String,
        context: &RequestContext,
    ) -> Result<sessions::NewSession, Error> {
        let session = need_session(caller)?;
        let mut tx = self.store.service("a person changes their password").await?;
        let own = sql::find_own(tx.conn(), caller.user).await?.ok_or_else(|| Problem::not_found("person"))?;
        if own.password_hash.is_none() {
            self.require_recent(&mut tx, caller).await?;
        }
        tx.commit().await?;
        self.check_password("password", &new, &own.email).await?;
        if own.password_hash.is_some() {
            let missing =
                || Problem::invalid("current_password", "missing", "Give the present password too.");
            self.check_own(caller, "current_password", current.ok_or_else(missing)?, context).await?;
        }
        let hash = secrets::hash_password(new, &self.rng).await?;
        let mut tx = self.store.service("a person changed their password").await?;
        self.put_password(&mut tx, caller.user, own.email, &hash, Some(session), context).await?;
        let renewed = self.rotate_session(&mut tx, caller.user, session, true).await?;
        tx.commit().await?;
        Ok(renewed)
    }

    /// Sets a new password by a mailed link. Ends all sessions and signs nobody in: a second factor is asked for as ever.
    pub async fn reset_password(
        &self,
        token: &str,
        new: String,
        context: &RequestContext,
    ) -> Result<(), Error> {
        let hash_of_token = secrets::token_hash(token);
        let now = self.clock.now();
        let purposes = [Purpose::ResetPassword];
        // the link is spent by the change, not by a password that is refused
        let mut tx = self.store.service("look at a reset link").await?;
        let spent = links::sql::spend(tx.conn(), &hash_of_token, &purposes, now).await?;
        let spent = spent.ok_or(Error::LinkSpent)?;
        tx.rollback().await?;
        self.check_password("password", &new, &spent.current).await?;
        let hash = secrets::hash_password(new, &self.rng).await?;
        let mut tx = self.store.service("set a password by a mailed link").await?;
        let spent = links::sql::spend(tx.conn(), &hash_of_token, &purposes, now).await?;
        let spent = spent.ok_or(Error::LinkSpent)?;
        // whoever reads mail at the address has it
        self.verified_by_link(&mut tx, spent.user, context).await?;
        self.put_password(&mut tx, spent.user, spent.current, &hash, None, context).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Sets a password: ends the sessions, forgets the browsers and the open links, tells the person.
    pub(crate) async fn put_password(
        &self,
        tx: &mut ServiceTx,
        user: bellwether_kernel::id::UserId,
        email: String,
        hash: &str,
        but: Option<bellwether_kernel::id::SessionId>,
        context: &RequestContext,
    ) -> Result<(), Error> {
        people::insert_credentials(tx.conn(), user, hash).await?;
        links::sql::delete_of(tx.conn(), user, &[Purpose::SignIn, Purpose::ResetPassword]).await?;
        let now = self.clock.now();
        sessions::end_all(tx, user, but, now).await?;
        // whoever knew the old password may have one of these
        sessions::forget_devices(tx.conn(), user).await?;
        let template = Template::PasswordChanged {
            when: now.format("%-d %B %Y, %H:%M UTC").to_string(),
            device: agents::in_words(context.user_agent.as_deref()),
        };
        self.queue_mail(tx, email, template, None).await?;
        let event = NewSecurityEvent::new(kind::PASSWORD_CHANGED, context).user(user);
        note(tx, &self.clock, &self.rng, event).await?;
        Ok(())
    }
}
