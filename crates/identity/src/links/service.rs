//! Use cases of links by mail.

use bellwether_jobs::{Options, enqueue};
use bellwether_kernel::{
    Kind, Problem, RequestContext, Timestamp,
    id::{SessionId, UserId},
};
use bellwether_mail::{NewMail, Template};
use bellwether_operations::security::{NewSecurityEvent, kind, note};
use bellwether_store::ServiceTx;
use bellwether_web::Caller;

use super::{Asked, MailEmailChange, MailLink, Purpose, sql};
use crate::{
    Error, Identity, factors, passwords, people, secrets, sessions,
    throttle::{self, Decision, Key, Mails},
};

/// Links that an address change makes useless: they were mailed to the address before.
const OF_THE_ADDRESS: &[Purpose] =
    &[Purpose::SignIn, Purpose::ResetPassword, Purpose::VerifyEmail, Purpose::ChangeEmail];

/// An address that was confirmed.
pub struct Confirmed {
    /// The person's address now.
    pub email: String,
    /// The new token of the session that asked, when its person changed their address by it.
    pub session: Option<sessions::NewSession>,
}

impl Identity {
    /// Makes a link; gives its address and its end.
    pub(crate) async fn make_link(
        &self,
        tx: &mut ServiceTx,
        user: UserId,
        purpose: Purpose,
        email: Option<&str>,
    ) -> Result<(String, Timestamp), Error> {
        let token = self.rng.token();
        let now = self.clock.now();
        let expires_at = now + purpose.life();
        let row = sql::NewRow {
            id: bellwether_kernel::id::uuid_v7(&self.clock, &self.rng),
            user,
            token_hash: &secrets::token_hash(&token),
            purpose,
            email,
            now,
            expires_at,
        };
        sql::insert(tx.conn(), &row).await?;
        Ok((format!("{}{}#token={token}", self.config.public_url, purpose.page()), expires_at))
    }

    /// Asks for a link by mail. Takes the same course for every address.
    pub async fn request_link(
        &self,
        email: &str,
        asked: Asked,
        context: &RequestContext,
    ) -> Result<(), Error> {
        let email = email.trim();
        if let Err((code, message)) = people::model::check_email(email) {
            return Err(Problem::invalid("email", code, message).into());
        }
        let mut tx = self.store.service("somebody asks for a link by mail").await?;
        self.allow_mail(&mut tx, email, asked.mails(), context).await?;
        enqueue(&mut tx, &MailLink { email: email.to_owned(), asked }, Options::default()).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Counts a mail that somebody asks for, by where they ask from. How many an address gets in all is the affair of
    /// [`Self::may_mail`].
    pub(crate) async fn allow_mail(
        &self,
        tx: &mut ServiceTx,
        email: &str,
        purpose: Mails,
        context: &RequestContext,
    ) -> Result<(), Error> {
        let network = &throttle::network(context.ip_address);
        self.refuse_many(tx, &Key::MailFrom(network)).await?;
        self.refuse_many(tx, &Key::MailAsked { email, purpose, network }).await
    }

    /// Counts a mail under a key; refuses it with the time to wait when there were many.
    pub(crate) async fn refuse_many(&self, tx: &mut ServiceTx, key: &Key<'_>) -> Result<(), Error> {
        let Decision::Wait(wait) = throttle::take(tx.conn(), key, self.clock.now()).await? else {
            return Ok(());
        };
        let detail = "Many mails were asked for just now. Use the one that has come, or wait a little.";
        let seconds = u64::try_from(wait.num_seconds()).unwrap_or(1).max(1);
        Err(Problem::new(Kind::RateLimited, "too_many_mails", detail).retry_after(seconds).into())
    }

    /// Counts a mail that is about to be queued, so that nobody's letter box is filled from here. Whoever asked is not
    /// told when it may not: the ones before it work, and a refusal would let strangers lock people out.
    pub(crate) async fn may_mail(
        &self,
        tx: &mut ServiceTx,
        email: &str,
        purpose: Mails,
    ) -> Result<bool, Error> {
        let decision = throttle::take(tx.conn(), &Key::MailTo { email, purpose }, self.clock.now()).await?;
        Ok(!matches!(decision, Decision::Wait(_)))
    }

    /// Mails a link to whoever has the address; nothing happens when nobody does.
    pub(crate) async fn mail_link(&self, email: &str, asked: Asked) -> Result<(), Error> {
        let now = self.clock.now();
        let mut tx = self.store.service("mail a link").await?;
        let person = sql::find_person(tx.conn(), email).await?;
        let Some(person) =
            person.filter(|person| person.deleted_at.is_none_or(|at| at + crate::accounts::UNDO > now))
        else {
            return Ok(());
        };
        if !self.may_mail(&mut tx, &person.email, asked.mails()).await? {
            return Ok(());
        }
        let purpose = match asked {
            Asked::SignIn => Purpose::SignIn,
            Asked::ResetPassword => Purpose::ResetPassword,
        };
        let (link, expires_at) = self.make_link(&mut tx, person.id, purpose, None).await?;
        let minutes = purpose.life().num_minutes();
        let template = match asked {
            Asked::SignIn => Template::MagicLink { link, minutes },
            Asked::ResetPassword => Template::ResetPassword { link, minutes },
        };
        if asked == Asked::ResetPassword {
            let event = NewSecurityEvent::new(kind::PASSWORD_RESET_REQUESTED, &RequestContext::default());
            note(&mut tx, &self.clock, &self.rng, event.user(person.id)).await?;
        }
        self.queue_mail(&mut tx, person.email, template, Some(expires_at)).await?;
        tx.commit().await?;
        Ok(())
    }

    pub(crate) async fn queue_mail(
        &self,
        tx: &mut ServiceTx,
        to: String,
        template: Template,
        expires_at: Option<Timestamp>,
    ) -> Result<(), Error> {
        bellwether_mail::queue(tx, &self.clock, &self.rng, NewMail { to, template, expires_at }).await?;
        Ok(())
    }

    /// Believes that a person has their address, since they came by a link that was mailed to it. When nobody had shown
    /// that before, whoever made the account may be somebody else: what they set up lets nobody in any more.
    pub(crate) async fn verified_by_link(
        &self,
        tx: &mut ServiceTx,
        user: UserId,
        context: &RequestContext,
    ) -> Result<(), Error> {
        let now = self.clock.now();
        if sql::set_verified(tx.conn(), user, now).await? {
            sql::delete_ways_in(tx.conn(), user, now).await?;
            sessions::end_all(tx, user, None, now).await?;
            sessions::forget_devices(tx.conn(), user).await?;
            let event = NewSecurityEvent::new(kind::EMAIL_VERIFIED, context).user(user);
            note(tx, &self.clock, &self.rng, event.detail(serde_json::json!({ "by": "link" }))).await?;
        }
        Ok(())
    }

    /// Mails the link that confirms a person's address.
    pub(crate) async fn queue_verification(
        &self,
        tx: &mut ServiceTx,
        user: UserId,
        email: &str,
    ) -> Result<(), Error> {
        let (link, expires_at) = self.make_link(tx, user, Purpose::VerifyEmail, Some(email)).await?;
        self.queue_mail(tx, email.to_owned(), Template::VerifyEmail { link }, Some(expires_at)).await
    }

    /// Mails it again.
    pub async fn request_verification(&self, caller: Caller, context: &RequestContext) -> Result<(), Error> {
        let mut tx = self.store.service("a person asks to confirm their address").await?;
        let person =
            sql::get_person(tx.conn(), caller.user).await?.ok_or_else(|| Problem::not_found("person"))?;
        if !person.email_verified {
            self.allow_mail(&mut tx, &person.email, Mails::VerifyEmail, context).await?;
            self.queue_verification(&mut tx, person.id, &person.email).await?;
        }
        tx.commit().await?;
        Ok(())
    }

    /// Asks to be reached at another address: a link goes there, and nothing changes before it is used. Whether the
    /// address has an account already is not told; then there is no link.
    pub async fn request_email_change(
        &self,
        caller: Caller,
        email: &str,
        context: &RequestContext,
    ) -> Result<(), Error> {
        let email = email.trim();
        if let Err((code, message)) = people::model::check_email(email) {
            return Err(Problem::invalid("email", code, message).into());
        }
        let mut tx = self.store.service("a person changes their address").await?;
        self.require_recent(&mut tx, caller).await?;
        self.allow_mail(&mut tx, email, Mails::ChangeEmail, context).await?;
        if let Some(session) = caller.session {
            let job = MailEmailChange { user: caller.user, session, email: email.to_owned() };
            enqueue(&mut tx, &job, Options::default()).await?;
        }
        tx.commit().await?;
        Ok(())
    }

    /// Mails the link of a change of address to the new one, unless somebody else has it.
    pub(crate) async fn mail_email_change(&self, asked: &MailEmailChange) -> Result<(), Error> {
        let (user, email) = (asked.user, asked.email.as_str());
        let mut tx = self.store.service("mail the link of a change of address").await?;
        // whoever has ended the session that asked meant this as well
        let since = self.clock.now() - Purpose::ChangeEmail.life();
        if !passwords::is_recent(tx.conn(), asked.session, since).await? {
            return Ok(());
        }
        sql::delete_of(tx.conn(), user, &[Purpose::ChangeEmail]).await?;
        let free = sql::find_person(tx.conn(), email).await?.is_none_or(|other| other.id == user);
        if free && self.may_mail(&mut tx, email, Mails::ChangeEmail).await? {
            let (link, end) = self.make_link(&mut tx, user, Purpose::ChangeEmail, Some(email)).await?;
            let template = Template::ChangeEmail { link, address: email.to_owned() };
            self.queue_mail(&mut tx, email.to_owned(), template, Some(end)).await?;
        }
        Ok(tx.commit().await?)
    }

    /// Confirms an address by the link that was mailed to it: the present one, or the one to change to.
    pub async fn confirm_email(
        &self,
        token: &str,
        caller: Option<Caller>,
        context: &RequestContext,
    ) -> Result<Confirmed, Error> {
        let now = self.clock.now();
        let purposes = [Purpose::VerifyEmail, Purpose::ChangeEmail];
        let mut tx = self.store.service("confirm an address").await?;
        let spent = sql::spend(tx.conn(), &secrets::token_hash(token), &purposes, now).await?;
        let spent = spent.filter(|spent| spent.deleted_at.is_none()).ok_or(Error::LinkSpent)?;
        let (user, email) = (spent.user, spent.email.ok_or(Error::LinkSpent)?);
        let same = email.eq_ignore_ascii_case(&spent.current);
        if spent.purpose == Purpose::VerifyEmail.as_str() {
            if !same {
                // it was mailed to an address that is no longer theirs
                return Err(Error::LinkSpent);
            }
            sql::set_verified(tx.conn(), user, now).await?;
            let event = NewSecurityEvent::new(kind::EMAIL_VERIFIED, context).user(user);
            note(&mut tx, &self.clock, &self.rng, event).await?;
            tx.commit().await?;
            return Ok(Confirmed { email: spent.current, session: None });
        }
        let own = caller.filter(|caller| caller.user == user).and_then(|caller| caller.session);
        self.change_email(&mut tx, user, &spent.current, &email, own, context).await?;
        let session = match own {
            Some(session) => Some(self.rotate_session(&mut tx, user, session, false).await?),
            None => None,
        };
        tx.commit().await?;
        Ok(Confirmed { email, session })
    }

    /// Gives a person another address that was shown to be theirs: what was mailed to the one before is useless, the one
    /// before is told and can take the change back, and all sessions but one end.
    pub(crate) async fn change_email(
        &self,
        tx: &mut ServiceTx,
        user: UserId,
        before: &str,
        email: &str,
        but: Option<SessionId>,
        context: &RequestContext,
    ) -> Result<(), Error> {
        let now = self.clock.now();
        sql::set_email(tx.conn(), user, email, now)
            .await
            .map_err(|error| people::on_constraint(error, "users_email_key", || Error::EmailTaken))?;
        sql::delete_of(tx.conn(), user, OF_THE_ADDRESS).await?;
        if !email.eq_ignore_ascii_case(before) {
            let (link, end) = self.make_link(tx, user, Purpose::UndoEmail, Some(before)).await?;
            let days = Purpose::UndoEmail.life().num_days();
            let template = Template::EmailChanged { address: email.to_owned(), link, days };
            self.queue_mail(tx, before.to_owned(), template, Some(end)).await?;
        }
        let event = NewSecurityEvent::new(kind::EMAIL_CHANGED, context).user(user);
        note(tx, &self.clock, &self.rng, event).await?;
        sessions::end_all(tx, user, but, now).await?;
        Ok(())
    }

    /// Takes a change of address back: the account returns to the address before, everybody is signed out, ways in that
    /// were added since the change are gone, and a link to set a new password goes there.
    pub async fn undo_email(&self, token: &str, context: &RequestContext) -> Result<(), Error> {
        let now = self.clock.now();
        let mut tx = self.store.service("take a change of address back").await?;
        let spent = sql::spend(tx.conn(), &secrets::token_hash(token), &[Purpose::UndoEmail], now)
            .await?
            .ok_or(Error::LinkSpent)?;
        let (user, email) = (spent.user, spent.email.ok_or(Error::LinkSpent)?);
        sql::set_email(tx.conn(), user, &email, now)
            .await
            .map_err(|error| people::on_constraint(error, "users_email_key", || Error::EmailTaken))?;
        // those of the address that is left too: whoever has it must not take the account again
        sql::delete_of(tx.conn(), user, OF_THE_ADDRESS).await?;
        sql::delete_of(tx.conn(), user, &[Purpose::UndoDeletion]).await?;
        // older ones stay: whoever changed the address twice must not spend the owner's by taking the second change back
        sql::delete_since(tx.conn(), user, Purpose::UndoEmail, spent.made_at).await?;
        // the address may have been changed by somebody who then let themselves in otherwise
        factors::forget_since(&mut tx, user, spent.made_at).await?;
        sessions::end_all(&mut tx, user, None, now).await?;
        sessions::forget_devices(tx.conn(), user).await?;
        let (link, end) = self.make_link(&mut tx, user, Purpose::ResetPassword, None).await?;
        let minutes = Purpose::ResetPassword.life().num_minutes();
        self.queue_mail(&mut tx, email, Template::ResetPassword { link, minutes }, Some(end)).await?;
        let event = NewSecurityEvent::new(kind::EMAIL_CHANGED, context).user(user);
        note(&mut tx, &self.clock, &self.rng, event.detail(serde_json::json!({ "taken_back": true })))
            .await?;
        tx.commit().await?;
        Ok(())
    }
}
