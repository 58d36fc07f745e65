//! Use cases of passkeys.

use bellwether_kernel::{Kind, Problem, RequestContext, id::UserId};
use bellwether_operations::security::{self, NewSecurityEvent, kind};
use bellwether_store::ServiceTx;
use bellwether_web::Caller;
use chrono::{DateTime, Duration, Utc};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value, json};
use utoipa::ToSchema;
use webauthn_rs::prelude::{
    DiscoverableAuthentication, Passkey, PasskeyRegistration, PublicKeyCredential,
    RegisterPublicKeyCredential, WebauthnError,
};

use super::sql;
use crate::{
    Error, Identity,
    factors::Waiting,
    ids::{CeremonyId, PasskeyId},
    passwords::need_session,
    people::{SignedIn, model::check_name, on_constraint},
    sessions::NewSession,
};

/// How long an answer is awaited.
const LIFE: Duration = Duration::minutes(5);
/// So many passkeys a person may have.
const MOST: usize = 25;

/// What a browser hands to its authenticator.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Challenge {
    /// To be shown with the answer.
    pub ceremony: CeremonyId,
    /// For `navigator.credentials`, its binary parts in base64url: `{ publicKey: … }`.
    #[schema(value_type = Object)]
    pub options: Value,
}

/// A passkey as its owner sees it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PasskeyView {
    /// Id.
    pub id: PasskeyId,
    /// As its owner calls it.
    pub name: String,
    /// Whether a password manager keeps copies of it elsewhere.
    pub synced: bool,
    /// When it was registered.
    pub created_at: DateTime<Utc>,
    /// When it was last used.
    pub last_used_at: Option<DateTime<Utc>>,
}

fn internal(error: impl std::fmt::Display) -> Problem {
    Problem::new(Kind::Internal, "internal", error.to_string())
}

fn over() -> Problem {
    let detail = "This request for a passkey was answered before or took too long. Try again.";
    Problem::new(Kind::Conflict, "ceremony_over", detail)
}

fn unknown() -> Problem {
    let detail = "This passkey isn't known here. Sign in another way and add it anew.";
    Problem::new(Kind::Unauthenticated, "unknown_passkey", detail)
}

/// What the browser sent, in the form of the specification.
fn read<T: DeserializeOwned>(credential: Value) -> Result<T, Problem> {
    serde_json::from_value(credential).map_err(|error| {
        Problem::invalid(
            "credential",
            "unreadable",
            format!("Send what PublicKeyCredential.toJSON() gives: {error}."),
        )
    })
}

/// Why an answer was refused, in words that help and give nothing away.
fn refused(error: &WebauthnError) -> Problem {
    tracing::info!(%error, "a passkey's answer was refused");
    match error {
        WebauthnError::CredentialPossibleCompromise => Problem::new(
            Kind::Unauthenticated,
            "passkey_copied",
            "This passkey counts backwards, as a copy would. Sign in another way, remove it, and add it anew.",
        ),
        WebauthnError::UserNotVerified => Problem::new(
            Kind::Unauthenticated,
            "user_not_verified",
            "The authenticator did not check that it was you. Set a PIN, a fingerprint or a face on it.",
        ),
        WebauthnError::InvalidRPOrigin => Problem::new(
            Kind::Unauthenticated,
            "wrong_origin",
            "The answer was made for another site. Open the app at its own address.",
        ),
        _ => Problem::new(
            Kind::Unauthenticated,
            "passkey_refused",
            "The passkey's answer does not hold. Try again.",
        ),
    }
}

impl Identity {
    async fn keep_ceremony(
        &self,
        tx: &mut ServiceTx,
        purpose: &'static str,
        user: Option<UserId>,
        state: &impl Serialize,
    ) -> Result<CeremonyId, Error> {
        let (id, now) = (CeremonyId::new(&self.clock, &self.rng), self.clock.now());
        let state = serde_json::to_value(state).map_err(internal)?;
        let new = sql::NewCeremony { id, purpose, user, state, now, expires_at: now + LIFE };
        sql::insert_ceremony(tx.conn(), &new).await?;
        Ok(id)
    }

    /// Takes a challenge for good, before its answer is even looked at.
    async fn take_ceremony<T: DeserializeOwned>(
        &self,
        id: CeremonyId,
        purpose: &'static str,
        user: Option<UserId>,
    ) -> Result<T, Error> {
        let mut tx = self.store.service("a passkey's answer arrives").await?;
        let state = sql::take_ceremony(tx.conn(), id, purpose, user, self.clock.now()).await?;
        tx.commit().await?;
        let state = state.ok_or_else(over)?;
        Ok(serde_json::from_value(state).map_err(internal)?)
    }

    /// Asks for a new passkey.
    pub async fn begin_passkey(
        &self,
        caller: Caller,
        password: Option<String>,
        context: &RequestContext,
    ) -> Result<Challenge, Error> {
        let party = self.relying_party.get()?;
        self.confirm_self(caller, password, context).await?;
        let mut tx = self.store.service("a person adds a passkey").await?;
        let known = sql::credential_ids(tx.conn(), caller.user).await?;
        if known.len() >= MOST {
            let detail = format!("There are {MOST} passkeys already. Remove one first.");
            return Err(Problem::new(Kind::Conflict, "too_many_passkeys", detail).into());
        }
        let person = crate::people::get_user(&mut tx, caller.user)
            .await?
            .ok_or_else(|| Problem::not_found("person"))?;
        let (mut asked, state) = party
            .start_passkey_registration(caller.user.uuid(), &person.email, &person.name, Some(known))
            .map_err(internal)?;
        // it has to say by itself whose it is: signing in asks for no address
        if let Some(wanted) = &mut asked.public_key.authenticator_selection {
            wanted.require_resident_key = true;
            wanted.resident_key = Some(webauthn_rs_proto::ResidentKeyRequirement::Required);
        }
        let ceremony = self.keep_ceremony(&mut tx, "register", Some(caller.user), &state).await?;
        tx.commit().await?;
        Ok(Challenge { ceremony, options: serde_json::to_value(asked).map_err(internal)? })
    }

    /// Keeps the new passkey; also gives the session's new token.
    pub async fn finish_passkey(
        &self,
        caller: Caller,
        ceremony: CeremonyId,
        name: &str,
        credential: Value,
        context: &RequestContext,
    ) -> Result<(PasskeyView, NewSession), Error> {
        let party = self.relying_party.get()?;
        let name = checked_name(name)?;
        let answer: RegisterPublicKeyCredential = read(credential)?;
        let state: PasskeyRegistration = self.take_ceremony(ceremony, "register", Some(caller.user)).await?;
        let passkey = party.finish_passkey_registration(&answer, &state).map_err(|error| {
            let problem = refused(&error);
            // nobody is signing in here
            Problem::new(Kind::Invalid, problem.code, problem.detail)
        })?;
        let (id, now) = (PasskeyId::new(&self.clock, &self.rng), self.clock.now());
        let new = sql::NewPasskey {
            id,
            user: caller.user,
            name,
            credential_id: passkey.cred_id().as_ref(),
            credential: serde_json::to_value(&passkey).map_err(internal)?,
            now,
        };
        let mut tx = self.store.service("a person adds a passkey").await?;
        self.require_factor(&mut tx, caller).await?;
        sql::insert(tx.conn(), &new).await.map_err(|error| {
            on_constraint(error, "passkeys_credential_id_key", || {
                let detail = "This passkey is registered already.";
                Problem::new(Kind::Conflict, "passkey_taken", detail).into()
            })
        })?;
        self.note(&mut tx, kind::PASSKEY_ADDED, caller.user, context).await?;
        let what = format!("The passkey \u{201c}{name}\u{201d} was added: it signs in to your account.");
        self.write_to(&mut tx, caller.user, what, context).await?;
        let view = sql::list(tx.conn(), caller.user).await?.into_iter().find(|view| view.id == id);
        let view = view.ok_or_else(|| Problem::not_found("passkey"))?;
        self.first_factor(&mut tx, caller).await?;
        let session = self.renew_own(&mut tx, caller).await?;
        tx.commit().await?;
        Ok((view, session))
    }

    /// One's passkeys, oldest first.
    pub async fn list_passkeys(&self, user: UserId) -> Result<Vec<PasskeyView>, Error> {
        let mut tx = self.store.service("a person lists their passkeys").await?;
        let views = sql::list(tx.conn(), user).await?;
        tx.commit().await?;
        Ok(views)
    }

    /// Calls a passkey otherwise.
    pub async fn rename_passkey(
        &self,
        user: UserId,
        id: PasskeyId,
        name: &str,
    ) -> Result<PasskeyView, Error> {
        let name = checked_name(name)?;
        let mut tx = self.store.service("a person renames a passkey").await?;
        sql::rename(tx.conn(), user, id, name).await?;
        let view = sql::list(tx.conn(), user).await?.into_iter().find(|view| view.id == id);
        tx.commit().await?;
        view.ok_or_else(|| Problem::not_found("passkey").into())
    }

    /// Removes a passkey; not the last way in. Gives the session's new token.
    pub async fn remove_passkey(
        &self,
        caller: Caller,
        id: PasskeyId,
        password: Option<String>,
        context: &RequestContext,
    ) -> Result<NewSession, Error> {
        self.confirm_self(caller, password, context).await?;
        let mut tx = self.store.service("a person removes a passkey").await?;
        self.require_factor(&mut tx, caller).await?;
        let name = sql::delete(tx.conn(), caller.user, id).await?;
        let name = name.ok_or_else(|| Problem::not_found("passkey"))?;
        self.keep_a_way_in(&mut tx, caller.user).await?;
        self.note(&mut tx, kind::PASSKEY_REMOVED, caller.user, context).await?;
        let what = format!("The passkey \u{201c}{name}\u{201d} was removed.");
        self.write_to(&mut tx, caller.user, what, context).await?;
        let session = self.renew_own(&mut tx, caller).await?;
        tx.commit().await?;
        Ok(session)
    }

    /// Asks whichever passkey the person has for this site.
    pub async fn begin_passkey_sign_in(&self) -> Result<Challenge, Error> {
        let (mut asked, state) =
            self.relying_party.get()?.start_discoverable_authentication().map_err(internal)?;
        // whether the browser offers passkeys in the address field or asks at once is the page's choice
        asked.mediation = None;
        let mut tx = self.store.service("sign in: ask for a passkey").await?;
        let ceremony = self.keep_ceremony(&mut tx, "sign_in", None, &state).await?;
        tx.commit().await?;
        Ok(Challenge { ceremony, options: serde_json::to_value(asked).map_err(internal)? })
    }

    /// Signs in by a passkey. It was unlocked by its owner, so it stands for both factors.
    pub async fn passkey_sign_in(
        &self,
        ceremony: CeremonyId,
        credential: Value,
        context: &RequestContext,
    ) -> Result<SignedIn, Error> {
        let answer: PublicKeyCredential = read(credential)?;
        let state = self.take_ceremony(ceremony, "sign_in", None).await?;
        let (user, _) =
            self.relying_party.get()?.identify_discoverable_authentication(&answer).map_err(|_| unknown())?;
        let user = UserId::from(user);
        let mut tx = self.store.service("sign in: passkey").await?;
        self.use_passkey(&mut tx, user, &answer, state, context).await?;
        let signed_in = self.signed_in(&mut tx, user, true, context).await?;
        tx.commit().await?;
        Ok(signed_in)
    }

    /// Asks for one of the passkeys of the person whose sign-in awaits its second factor.
    pub async fn begin_second_step_passkey(&self, token: &str) -> Result<Challenge, Error> {
        let mut tx = self.store.service("sign in: ask for a passkey as second factor").await?;
        let waiting = self.waiting(&mut tx, token).await?;
        let challenge = self.ask_for_own(&mut tx, waiting.user, "second_factor").await?;
        tx.commit().await?;
        Ok(challenge)
    }

    /// Asks for one of the passkeys of somebody who is signed in, to confirm that it is still them.
    pub async fn begin_confirm_passkey(&self, caller: Caller) -> Result<Challenge, Error> {
        need_session(caller)?;
        let mut tx = self.store.service("a person confirms by a passkey").await?;
        let challenge = self.ask_for_own(&mut tx, caller.user, "confirm").await?;
        tx.commit().await?;
        Ok(challenge)
    }

    /// Checks the answer.
    pub(crate) async fn check_own_passkey(
        &self,
        user: UserId,
        ceremony: CeremonyId,
        credential: Value,
        context: &RequestContext,
    ) -> Result<(), Error> {
        let answer: PublicKeyCredential = read(credential)?;
        let state = self.take_ceremony(ceremony, "confirm", Some(user)).await?;
        let mut tx = self.store.service("a person confirms by a passkey").await?;
        self.use_passkey(&mut tx, user, &answer, state, context).await.map_err(|error| match error {
            // nobody is signing in here
            Error::Problem(problem) if problem.kind == Kind::Unauthenticated => {
                Problem::new(Kind::Invalid, problem.code, problem.detail).into()
            }
            other => other,
        })?;
        Ok(tx.commit().await?)
    }

    /// Asks for one of a person's passkeys.
    async fn ask_for_own(
        &self,
        tx: &mut ServiceTx,
        user: UserId,
        purpose: &'static str,
    ) -> Result<Challenge, Error> {
        let party = self.relying_party.get()?;
        let known = sql::credential_ids(tx.conn(), user).await?;
        if known.is_empty() {
            return Err(Problem::not_found("passkey of this account").into());
        }
        let (mut asked, state) = party.start_discoverable_authentication().map_err(internal)?;
        asked.mediation = None;
        asked.public_key.allow_credentials = known
            .into_iter()
            .map(|id| webauthn_rs_proto::AllowCredentials {
                type_: "public-key".to_owned(),
                id,
                transports: None,
            })
            .collect();
        let ceremony = self.keep_ceremony(tx, purpose, Some(user), &state).await?;
        Ok(Challenge { ceremony, options: serde_json::to_value(asked).map_err(internal)? })
    }

    /// Finishes a sign-in with a passkey as its second factor.
    pub async fn second_step_passkey(
        &self,
        token: &str,
        ceremony: CeremonyId,
        credential: Value,
        context: &RequestContext,
    ) -> Result<SignedIn, Error> {
        let answer: PublicKeyCredential = read(credential)?;
        let mut tx = self.store.service("sign in: second factor").await?;
        let Waiting { user, .. } = self.waiting(&mut tx, token).await?;
        tx.commit().await?;
        let state = self.take_ceremony(ceremony, "second_factor", Some(user)).await?;
        let mut tx = self.store.service("sign in: second factor").await?;
        let waiting = self.waiting(&mut tx, token).await?;
        self.use_passkey(&mut tx, user, &answer, state, context).await?;
        let signed_in = self.finish(&mut tx, &waiting, context).await?;
        tx.commit().await?;
        Ok(signed_in)
    }

    /// Checks a passkey's answer against what is known of it now, and moves its counter on.
    async fn use_passkey(
        &self,
        tx: &mut ServiceTx,
        user: UserId,
        answer: &PublicKeyCredential,
        state: DiscoverableAuthentication,
        context: &RequestContext,
    ) -> Result<(), Error> {
        let row = sql::lock(tx.conn(), user, answer.get_credential_id()).await?.ok_or_else(unknown)?;
        let mut passkey: Passkey = serde_json::from_value(row.credential).map_err(internal)?;
        let result = self
            .relying_party
            .get()?
            .finish_discoverable_authentication_v2(answer, state, &passkey)
            .map_err(|error| {
                let problem = refused(&error);
                // its owner is to know; beside, since this transaction is taken back
                let event = NewSecurityEvent::new(kind::SIGN_IN_FAILED, context)
                    .user(user)
                    .detail(json!({ "way": "passkey", "reason": problem.code }));
                security::note_beside(&self.store, &self.clock, &self.rng, event);
                problem
            })?;
        passkey.update_credential(&result);
        let credential = serde_json::to_value(&passkey).map_err(internal)?;
        Ok(sql::used(tx.conn(), row.id, &credential, self.clock.now()).await?)
    }
}

fn checked_name(name: &str) -> Result<&str, Problem> {
    let name = name.trim();
    check_name(name, 100).map_err(|fault| Problem::invalid("name", fault.0, fault.1))?;
    Ok(name)
}
