//! Use cases of second factors.

use bellwether_kernel::{
    Kind, Problem, RequestContext,
    id::{UserId, uuid_v7},
};
use bellwether_operations::security::kind;
use bellwether_store::ServiceTx;
use bellwether_web::Caller;
use chrono::{DateTime, Duration, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use super::{model, sql};
use crate::{
    Error, Identity, secrets,
    sessions::{self, NewSession},
};

/// What guards an account.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct FactorsView {
    /// Whether there is a password.
    pub password: bool,
    /// Since when an authenticator app is asked for; absent when it isn't.
    pub totp_since: Option<DateTime<Utc>>,
    /// Recovery codes that are left.
    pub recovery_codes: i64,
    /// How many passkeys there are.
    pub passkeys: i64,
    /// How many outside identities are linked.
    pub external_identities: i64,
}

/// What an authenticator app needs. Shown once.
#[derive(Clone, Default, Serialize, ToSchema)]
pub struct TotpSetup {
    /// For typing.
    pub secret: String,
    /// `otpauth://…`, for an app on the same device.
    pub uri: String,
    /// The same as a picture for the camera, SVG.
    pub qr_svg: String,
}

impl Identity {
    /// What guards one's account.
    pub async fn factors(&self, user: UserId) -> Result<FactorsView, Error> {
        let mut tx = self.store.service("a person reads what guards their account").await?;
        let state = sql::state(tx.conn(), user).await?.ok_or_else(|| Problem::not_found("person"))?;
        tx.commit().await?;
        Ok(FactorsView {
            password: state.password_hash.is_some(),
            totp_since: state.totp_since,
            recovery_codes: state.recovery_codes,
            passkeys: state.passkeys,
            external_identities: state.external_identities,
        })
    }

    /// Refuses to take away the last way into an account.
    pub(crate) async fn keep_a_way_in(&self, tx: &mut ServiceTx, user: UserId) -> Result<(), Error> {
        // of two that take the last two ways at once, the second waits here and then sees what the first took
        crate::accounts::lock(tx, user).await?;
        let state = sql::state(tx.conn(), user).await?.ok_or_else(|| Problem::not_found("person"))?;
        if state.password_hash.is_some() || state.passkeys + state.external_identities > 0 {
            return Ok(());
        }
        let detail = "This is the last way into your account. Set a password or add another way first.";
        Err(Problem::new(Kind::Conflict, "last_way_in", detail).into())
    }

    /// Begins to set up an authenticator app. Nothing is guarded until a code confirms it.
    pub async fn begin_totp(
        &self,
        caller: Caller,
        password: Option<String>,
        context: &RequestContext,
    ) -> Result<TotpSetup, Error> {
        self.confirm_self(caller, password, context).await?;
        let seed = self.rng.bytes::<20>();
        let sealed = self.config.vault.seal(&seed).map_err(Problem::from)?;
        let now = self.clock.now();
        let mut tx = self.store.service("a person sets up a second factor").await?;
        let state = sql::state(tx.conn(), caller.user).await?.ok_or_else(|| Problem::not_found("person"))?;
        if !sql::put_totp(tx.conn(), caller.user, &sealed.text, sealed.version, now).await? {
            let detail = "An authenticator app is set up already. Turn it off first to use another one.";
            return Err(Problem::new(Kind::Conflict, "second_factor_on", detail).into());
        }
        tx.commit().await?;
        let uri = model::uri(&seed, &state.email)?;
        Ok(TotpSetup { secret: model::typed_seed(&seed), qr_svg: model::qr_svg(&uri)?, uri })
    }

    /// A first code proves that the app has the seed: from now on it is asked for. Gives the recovery codes and the
    /// session's new token.
    pub async fn confirm_totp(
        &self,
        caller: Caller,
        code: &str,
        context: &RequestContext,
    ) -> Result<(Vec<String>, NewSession), Error> {
        let mut tx = self.store.service("a person confirms a second factor").await?;
        self.require_factor(&mut tx, caller).await?;
        let row = sql::lock_totp(tx.conn(), caller.user).await?;
        let Some(row) = row else {
            let detail = "Begin with setting up the app; what was begun is forgotten after a day.";
            return Err(Problem::new(Kind::Conflict, "second_factor_not_begun", detail).into());
        };
        if row.confirmed_at.is_some() {
            let detail = "An authenticator app is set up already.";
            return Err(Problem::new(Kind::Conflict, "second_factor_on", detail).into());
        }
        if !self.code_is_right(&mut tx, caller.user, code, false).await? {
            let text = "This is not the code that the app should show now. Check the clock of the phone.";
            return Err(Problem::invalid("code", "wrong", text).into());
        }
        sql::confirm_totp(tx.conn(), caller.user, self.clock.now()).await?;
        self.note(&mut tx, kind::SECOND_FACTOR_ENABLED, caller.user, context).await?;
        let what = "An authenticator app was set up: its codes are asked for when you sign in.";
        self.write_to(&mut tx, caller.user, what.to_owned(), context).await?;
        let codes = self.new_recovery_codes(&mut tx, caller.user).await?;
        self.first_factor(&mut tx, caller).await?;
        let session = self.renew_own(&mut tx, caller).await?;
        tx.commit().await?;
        Ok((codes, session))
    }

    /// After a factor was added: the session in which a person set up their first has shown two. A further one tells
    /// nothing of that: whoever came in by a stolen password could add it as well.
    pub(crate) async fn first_factor(&self, tx: &mut ServiceTx, caller: Caller) -> Result<(), Error> {
        let state = sql::state(tx.conn(), caller.user).await?.ok_or_else(|| Problem::not_found("person"))?;
        let factors = state.passkeys + i64::from(state.totp_since.is_some());
        if let Some(session) = caller.session.filter(|_| factors == 1) {
            sessions::set_two_factors(tx.conn(), session).await?;
        }
        Ok(())
    }

    /// Turns the authenticator app off; its recovery codes go with it. Gives the session's new token.
    pub async fn remove_totp(
        &self,
        caller: Caller,
        password: Option<String>,
        context: &RequestContext,
    ) -> Result<NewSession, Error> {
        self.confirm_self(caller, password, context).await?;
        let mut tx = self.store.service("a person turns a second factor off").await?;
        self.require_factor(&mut tx, caller).await?;
        if !sql::delete_totp(tx.conn(), caller.user).await? {
            return Err(Problem::not_found("second factor").into());
        }
        self.note(&mut tx, kind::SECOND_FACTOR_DISABLED, caller.user, context).await?;
        let what = "The authenticator app was turned off: no codes are asked for any more.";
        self.write_to(&mut tx, caller.user, what.to_owned(), context).await?;
        let session = self.renew_own(&mut tx, caller).await?;
        tx.commit().await?;
        Ok(session)
    }

    /// New recovery codes; the old ones no longer work.
    pub async fn renew_recovery_codes(
        &self,
        caller: Caller,
        password: Option<String>,
        context: &RequestContext,
    ) -> Result<Vec<String>, Error> {
        self.confirm_self(caller, password, context).await?;
        let mut tx = self.store.service("a person renews recovery codes").await?;
        let row = sql::lock_totp(tx.conn(), caller.user).await?;
        if row.is_none_or(|row| row.confirmed_at.is_none()) {
            let detail = "Recovery codes stand in for an authenticator app. Set one up first.";
            return Err(Problem::new(Kind::Conflict, "second_factor_off", detail).into());
        }
        let codes = self.new_recovery_codes(&mut tx, caller.user).await?;
        self.note(&mut tx, kind::RECOVERY_CODES_MADE, caller.user, context).await?;
        tx.commit().await?;
        Ok(codes)
    }

    async fn new_recovery_codes(&self, tx: &mut ServiceTx, user: UserId) -> Result<Vec<String>, Error> {
        let codes: Vec<String> =
            (0..model::RECOVERY_CODES).map(|_| model::recovery_code(&self.rng)).collect();
        let hashes: Vec<Vec<u8>> =
            codes.iter().map(|code| secrets::token_hash(&code.replace('-', ""))).collect();
        let ids: Vec<_> = codes.iter().map(|_| uuid_v7(&self.clock, &self.rng)).collect();
        sql::put_recovery_codes(tx.conn(), user, &ids, &hashes, self.clock.now()).await?;
        Ok(codes)
    }

    /// Removes what is left of sign-ins and set-ups that were begun a day ago.
    pub(crate) async fn retain_steps(&self) -> Result<u64, Error> {
        let mut tx = self.store.service("retention: sign-ins under way").await?;
        let gone = sql::delete_old(tx.conn(), self.clock.now() - Duration::days(1)).await?;
        tx.commit().await?;
        Ok(gone)
    }
}
