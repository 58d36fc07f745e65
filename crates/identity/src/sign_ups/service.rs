//! Use cases of signing up.

use bellwether_jobs::{Options, enqueue};
use bellwether_kernel::{Kind, Problem, RequestContext, id::uuid_v7};
use bellwether_mail::Template;
use bellwether_operations::security::kind;
use chrono::Duration;
use uuid::Uuid;

use super::{MailSignUp, sql};
use crate::{
    Error, Identity,
    intake::{self, SignUpMode},
    links, organizations,
    people::{
        self, NewPerson, SignedIn,
        model::{OrganizationType, SignUp, check_sign_up},
    },
    secrets,
    throttle::{self, Decision, Key, Mails},
};

/// How long the link that finishes a sign-up works.
const LIFE: Duration = Duration::days(1);

/// What came of signing up.
pub enum SignedUp {
    /// The account is made.
    SignedIn(Box<SignedIn>),
    /// A mail went out; its link makes the account.
    ConfirmFirst,
}

/// Somebody new, all but what they join.
pub(crate) struct Joining<'a> {
    pub(crate) email: &'a str,
    pub(crate) name: &'a str,
    pub(crate) password: String,
    pub(crate) time_zone: Option<&'a str>,
}

/// What they come for.
pub(crate) enum Wanted<'a> {
    /// An organization of their own.
    Organization { name: &'a str, kind: OrganizationType },
    /// The organization that an invitation's link leads to; the SHA-256 of its token.
    Invitation(&'a [u8]),
}

impl Identity {
    /// Makes a person, their organization and its first brand and signs them in; or mails the link that does, where
    /// addresses are confirmed first. A permit proves its address, since it came there by mail.
    pub async fn sign_up(&self, input: SignUp, context: &RequestContext) -> Result<SignedUp, Error> {
        let permit = input.token.clone();
        if permit.is_none() && self.config.sign_up != SignUpMode::Open {
            return Err(Error::SignUpClosed);
        }
        self.check_sign_up(&input).await?;
        if permit.is_none() && self.config.confirm_sign_up {
            let wanted =
                Wanted::Organization { name: input.organization_name.trim(), kind: input.organization_type };
            let new = Joining {
                email: input.email.trim(),
                name: input.name.trim(),
                password: input.password.clone(),
                time_zone: input.time_zone.as_deref(),
            };
            self.confirm_first(new, wanted, context).await?;
            return Ok(SignedUp::ConfirmFirst);
        }
        let network = throttle::network(context.ip_address);
        let key = Key::SignUp(&network);
        self.count_sign_up(&key).await?;
        let made = self.insert_account(input, false, permit.as_deref(), Some(&key), context).await?;
        Ok(SignedUp::SignedIn(Box::new(made)))
    }

    /// The same at once and without the question whether signing up is open: for operators and the demo.
    pub async fn create_account(
        &self,
        input: SignUp,
        demo: bool,
        context: &RequestContext,
    ) -> Result<SignedIn, Error> {
        self.check_sign_up(&input).await?;
        self.insert_account(input, demo, None, None, context).await
    }

    async fn check_sign_up(&self, input: &SignUp) -> Result<(), Error> {
        check_sign_up(input)?;
        self.check_password("password", &input.password, &input.email).await
    }

    /// Counts somebody who may be told that an address is taken: nobody tries a list of addresses.
    pub(crate) async fn count_sign_up(&self, key: &Key<'_>) -> Result<(), Error> {
        let mut tx = self.store.service("sign up: count the try").await?;
        let decision = throttle::take(tx.conn(), key, self.clock.now()).await?;
        tx.commit().await?;
        let Decision::Wait(wait) = decision else { return Ok(()) };
        let detail =
            "Too many sign-ups from here with addresses that have an account. Sign in, or wait a little.";
        let seconds = u64::try_from(wait.num_seconds()).unwrap_or(1).max(1);
        Err(Problem::new(Kind::RateLimited, "too_many_sign_ups", detail).retry_after(seconds).into())
    }

    /// Makes an account; with a permit it is spent by it, or nothing is made. A try that was counted is forgotten.
    async fn insert_account(
        &self,
        input: SignUp,
        demo: bool,
        permit: Option<&str>,
        counted: Option<&Key<'_>>,
        context: &RequestContext,
    ) -> Result<SignedIn, Error> {
        let hash = secrets::hash_password(input.password.clone(), &self.rng).await?;
        let time_zone = input.time_zone.as_deref().unwrap_or("UTC");
        let email = input.email.trim();

        let mut tx = self.store.service("sign up").await?;
        // before the address is looked at: a permit that is none must not open the question who has an account
        let permit = match permit {
            Some(permit) => Some(intake::spend_permit(self, &mut tx, permit, email).await?),
            None => None,
        };
        let person =
            NewPerson { email, name: input.name.trim(), time_zone, password_hash: Some(&hash), demo };
        let user = self.insert_person(&mut tx, &person).await?;
        let organization = organizations::New {
            name: input.organization_name.trim(),
            kind: input.organization_type,
            time_zone,
            demo,
        };
        self.insert_organization(&mut tx, user, organization, context).await?;
        if let Some(permit) = permit {
            intake::settle_permit(&mut tx, &permit, user).await?;
            // it came by mail
            links::sql::set_verified(tx.conn(), user, self.clock.now()).await?;
        } else if !demo {
            self.queue_verification(&mut tx, user, email).await?;
        }
        if let Some(key) = counted {
            throttle::give_back(tx.conn(), key).await?;
        }
        self.note(&mut tx, kind::SIGN_UP_SUCCEEDED, user, context).await?;
        sql::delete_of(tx.conn(), email).await?;
        let session = self.open_session(&mut tx, user, false, context).await?;
        let me = people::me(&mut tx, user, self.clock.now()).await?;
        tx.commit().await?;
        Ok(SignedIn { me, session })
    }

    /// Keeps what was typed until the address is confirmed. Takes the same course for every address; its job finds out
    /// who has an account.
    pub(crate) async fn confirm_first(
        &self,
        new: Joining<'_>,
        wanted: Wanted<'_>,
        context: &RequestContext,
    ) -> Result<(), Error> {
        let mut tx = self.store.service("sign up: count the mail").await?;
        self.allow_mail(&mut tx, new.email, Mails::SignUp, context).await?;
        // the slow hash runs outside of any transaction
        tx.commit().await?;
        let hash = secrets::hash_password(new.password, &self.rng).await?;
        let now = self.clock.now();
        let id = uuid_v7(&self.clock, &self.rng);
        let (organization, invitation_hash) = match wanted {
            Wanted::Organization { name, kind } => (Some((name, kind.as_str())), None),
            Wanted::Invitation(hash) => (None, Some(hash)),
        };
        let row = sql::NewRow {
            id,
            email: new.email,
            name: new.name,
            password_hash: &hash,
            time_zone: new.time_zone.unwrap_or("UTC"),
            organization,
            invitation_hash,
            now,
            expires_at: now + LIFE,
        };
        let mut tx = self.store.service("sign up: wait for the address").await?;
        sql::insert(tx.conn(), &row).await?;
        enqueue(&mut tx, &MailSignUp { sign_up: id }, Options::default()).await?;
        Ok(tx.commit().await?)
    }

    /// Mails the link of a sign-up; or, to whoever has an account, that they have one.
    pub(crate) async fn mail_sign_up(&self, id: Uuid) -> Result<(), Error> {
        let token = self.rng.token();
        let mut tx = self.store.service("mail about a sign-up").await?;
        let hash = secrets::token_hash(&token);
        // none: finished or over by now
        let Some(pending) = sql::put_token(tx.conn(), id, &hash, self.clock.now()).await? else {
            return Ok(());
        };
        if !self.may_mail(&mut tx, &pending.email, Mails::SignUp).await? {
            return Ok(());
        }
        let url = &self.config.public_url;
        if links::sql::find_person(tx.conn(), &pending.email).await?.is_some() {
            sql::delete(tx.conn(), id).await?;
            let template = Template::AlreadySignedUp {
                sign_in: format!("{url}/sign-in"),
                reset: format!("{url}/forgot-password"),
            };
            self.queue_mail(&mut tx, pending.email, template, None).await?;
        } else {
            // behind the `#`, so that the token reaches no server log and no Referer
            let link = format!("{url}/finish-sign-up#token={token}");
            let template = Template::ConfirmSignUp { link, hours: LIFE.num_hours() };
            self.queue_mail(&mut tx, pending.email, template, Some(pending.expires_at)).await?;
        }
        Ok(tx.commit().await?)
    }

    /// Finishes a sign-up by the mailed link. Whoever presses it may be somebody else than who typed: they give the
    /// password again, so that nobody gets an account to which a stranger has the password.
    pub async fn finish_sign_up(
        &self,
        token: &str,
        password: String,
        context: &RequestContext,
    ) -> Result<SignedIn, Error> {
        let now = self.clock.now();
        let token_hash = secrets::token_hash(token);
        let mut tx = self.store.service("look at a sign-up").await?;
        let hash = sql::find_password(tx.conn(), &token_hash, now).await?.ok_or(Error::LinkSpent)?;
        // the slow hash runs outside of any transaction, and a wrong password spends nothing
        tx.commit().await?;
        let short = password.len() <= 4 * people::model::PASSWORD_MAX;
        if !short || !secrets::verify_password(password, Some(hash)).await? {
            let message = "This is not the password that was chosen when signing up. Didn't you sign up? Then leave this page.";
            return Err(Problem::invalid("password", "wrong_password", message).into());
        }
        let mut tx = self.store.service("finish a sign-up").await?;
        let taken = sql::take(tx.conn(), &token_hash, now).await?.ok_or(Error::LinkSpent)?;
        let person = NewPerson {
            email: &taken.email,
            name: &taken.name,
            time_zone: &taken.time_zone,
            password_hash: Some(&taken.password_hash),
            demo: false,
        };
        let user = match (&taken.invitation_hash, &taken.organization_name) {
            (Some(invitation), _) => self.insert_invited(&mut tx, invitation, person, context).await?,
            (None, name) => {
                let user = self.insert_person(&mut tx, &person).await?;
                let new = organizations::New {
                    name: name.as_deref().unwrap_or(&taken.name),
                    kind: kind_of(taken.organization_type.as_deref()),
                    time_zone: &taken.time_zone,
                    demo: false,
                };
                self.insert_organization(&mut tx, user, new, context).await?;
                user
            }
        };
        links::sql::set_verified(tx.conn(), user, now).await?;
        sql::delete_of(tx.conn(), &taken.email).await?;
        self.note(&mut tx, kind::SIGN_UP_SUCCEEDED, user, context).await?;
        let session = self.open_session(&mut tx, user, false, context).await?;
        let me = people::me(&mut tx, user, now).await?;
        tx.commit().await?;
        Ok(SignedIn { me, session })
    }
}

fn kind_of(text: Option<&str>) -> OrganizationType {
    [OrganizationType::Business, OrganizationType::Agency]
        .into_iter()
        .find(|kind| Some(kind.as_str()) == text)
        .unwrap_or_default()
}
