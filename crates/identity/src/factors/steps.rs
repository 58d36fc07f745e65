//! Signing in by steps: what was shown first may not be enough.

use bellwether_kernel::{Kind, Problem, RequestContext, id::UserId};
use bellwether_mail::Template;
use bellwether_operations::security::{self, NewSecurityEvent, SecurityKind, kind};
use bellwether_store::ServiceTx;
use chrono::{DateTime, Duration, Utc};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    model::{self, Code, FirstStep, SecondWay},
    sql,
};
use crate::{Error, Identity, people::SignedIn, secrets};

/// How long the second step is awaited.
const LIFE: Duration = Duration::minutes(5);
/// Wrong codes that one sign-in bears.
const ATTEMPTS: i32 = 5;
/// Wrong codes that a person's sign-ins bear together within the window. Only who passed the first step gets to count
/// here, and a passkey is not held up by it: nobody can lock somebody else out.
const FAILURES: i64 = 10;
const WINDOW: Duration = Duration::minutes(15);

/// What came of a first step.
pub enum Step {
    /// It was enough.
    SignedIn(Box<SignedIn>),
    /// A second factor is asked for.
    SecondFactor(Pending),
}

/// A sign-in that awaits its second factor.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Pending {
    /// Always true: tells this answer from that of a sign-in that is done.
    pub second_factor_needed: bool,
    /// To be shown with the second factor; opens nothing by itself.
    pub token: String,
    /// When it is over.
    pub expires_at: DateTime<Utc>,
    /// What is taken as a second factor.
    pub ways: Vec<SecondWay>,
}

/// A sign-in found by its token, locked.
pub(crate) struct Waiting {
    pub(crate) id: Uuid,
    pub(crate) user: UserId,
}

fn spent() -> Error {
    Problem::new(
        Kind::Unauthenticated,
        "second_step_over",
        "This sign-in took too long or had too many wrong codes. Sign in again from the start.",
    )
    .into()
}

pub(crate) fn wrong_code() -> Problem {
    Problem::new(
        Kind::Unauthenticated,
        "wrong_code",
        "This code is wrong or was used before. Wait for the next one of your app, or use a recovery code.",
    )
    .at("code", "wrong", "Wrong, expired or used before.")
}

impl Identity {
    /// After a first step that was right: opens the session, or asks for the second factor of whoever has set one up.
    /// Every way of signing in that is one factor goes through here.
    pub(crate) async fn after_first_step(
        &self,
        tx: &mut ServiceTx,
        user: UserId,
        first: FirstStep,
        context: &RequestContext,
    ) -> Result<Step, Error> {
        let state = sql::state(tx.conn(), user).await?.ok_or(Error::WrongCredentials)?;
        if state.totp_since.is_none() {
            return Ok(Step::SignedIn(Box::new(self.signed_in(tx, user, false, context).await?)));
        }
        let token = self.rng.token();
        let now = self.clock.now();
        let expires_at = now + LIFE;
        let new = sql::NewPending {
            id: bellwether_kernel::id::uuid_v7(&self.clock, &self.rng),
            user,
            token_hash: &secrets::token_hash(&token),
            first_step: first.as_str(),
            now,
            expires_at,
        };
        sql::insert_pending(tx.conn(), &new).await?;
        let mut ways = vec![SecondWay::Totp];
        if state.recovery_codes > 0 {
            ways.push(SecondWay::RecoveryCode);
        }
        if state.passkeys > 0 {
            ways.push(SecondWay::Passkey);
        }
        Ok(Step::SecondFactor(Pending { second_factor_needed: true, token, expires_at, ways }))
    }

    /// The sign-in that a token belongs to.
    pub(crate) async fn waiting(&self, tx: &mut ServiceTx, token: &str) -> Result<Waiting, Error> {
        let row = sql::lock_pending(tx.conn(), &secrets::token_hash(token), self.clock.now())
            .await?
            .filter(|row| row.attempts < ATTEMPTS)
            .ok_or_else(spent)?;
        Ok(Waiting { id: row.id, user: row.user })
    }

    /// The second factor was right: opens the session.
    pub(crate) async fn finish(
        &self,
        tx: &mut ServiceTx,
        waiting: &Waiting,
        context: &RequestContext,
    ) -> Result<SignedIn, Error> {
        sql::spend_pending(tx.conn(), waiting.id, self.clock.now()).await?;
        self.signed_in(tx, waiting.user, true, context).await
    }

    /// Finishes a sign-in with a code of the app or a recovery code.
    pub async fn second_step(
        &self,
        token: &str,
        code: &str,
        context: &RequestContext,
    ) -> Result<SignedIn, Error> {
        let now = self.clock.now();
        let mut tx = self.store.service("sign in: second factor").await?;
        let waiting = self.waiting(&mut tx, token).await?;
        // one at a time for a person: sign-ins under way side by side must not each see the count before the others'
        sql::lock_totp(tx.conn(), waiting.user).await?;
        let (failures, first) = sql::recent_failures(tx.conn(), waiting.user, now - WINDOW).await?;
        if failures >= FAILURES {
            let wait = first.map_or(WINDOW, |first| first + WINDOW - now).num_seconds().max(1);
            let detail = "Too many wrong codes. Wait a while, or sign in with a passkey.";
            let problem = Problem::new(Kind::RateLimited, "too_many_codes", detail);
            return Err(problem.retry_after(u64::try_from(wait).unwrap_or(60)).into());
        }
        if !self.code_is_right(&mut tx, waiting.user, code, true).await? {
            sql::count_failure(tx.conn(), waiting.id).await?;
            self.note(&mut tx, kind::SECOND_FACTOR_FAILED, waiting.user, context).await?;
            tx.commit().await?;
            return Err(wrong_code().into());
        }
        if matches!(Code::read(code), Some(Code::Recovery(_))) {
            self.note(&mut tx, kind::RECOVERY_CODE_USED, waiting.user, context).await?;
        }
        let signed_in = self.finish(&mut tx, &waiting, context).await?;
        tx.commit().await?;
        Ok(signed_in)
    }

    /// Writes the security log in the transaction of what happened to a person.
    pub(crate) async fn note(
        &self,
        tx: &mut ServiceTx,
        kind: SecurityKind,
        user: UserId,
        context: &RequestContext,
    ) -> Result<(), Error> {
        let event = NewSecurityEvent::new(kind, context).user(user);
        security::note(tx, &self.clock, &self.rng, event).await?;
        Ok(())
    }

    /// Writes to a person, in the transaction of what happened to the safety of their account; `what` is a sentence.
    pub(crate) async fn write_to(
        &self,
        tx: &mut ServiceTx,
        user: UserId,
        what: String,
        context: &RequestContext,
    ) -> Result<(), Error> {
        let Some(person) = crate::people::get_user(tx, user).await? else { return Ok(()) };
        let template = Template::SecurityNotice {
            what,
            when: self.clock.now().format("%-d %B %Y, %H:%M UTC").to_string(),
            device: context.user_agent.clone().unwrap_or_else(|| "a program that gives no name".to_owned()),
        };
        self.queue_mail(tx, person.email, template, None).await
    }

    /// Whether a code is right; if so, it is spent.
    pub(crate) async fn code_is_right(
        &self,
        tx: &mut ServiceTx,
        user: UserId,
        code: &str,
        recovery: bool,
    ) -> Result<bool, Error> {
        match Code::read(code) {
            Some(Code::Recovery(code)) if recovery => {
                let hash = secrets::token_hash(&code);
                Ok(sql::spend_recovery_code(tx.conn(), user, &hash, self.clock.now()).await?)
            }
            None | Some(Code::Recovery(_)) => Ok(false),
            Some(Code::Totp(code)) => {
                let Some(row) = sql::lock_totp(tx.conn(), user).await? else { return Ok(false) };
                let vault = &self.config.vault;
                let seed = vault.open(&row.secret, row.encryption_version).map_err(Problem::from)?;
                let step = model::matching_step(&seed, &code, self.clock.now())?;
                let Some(step) = step.filter(|step| *step > row.last_step) else { return Ok(false) };
                if !vault.is_current(&row.secret, row.encryption_version) {
                    let sealed = vault.seal(&seed).map_err(Problem::from)?;
                    sql::reseal_totp(tx.conn(), user, &sealed.text, sealed.version).await?;
                }
                Ok(sql::spend_step(tx.conn(), user, step).await?)
            }
        }
    }
}
