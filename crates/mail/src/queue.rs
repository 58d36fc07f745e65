//! Into the outbox.

use bellwether_jobs::{Options, enqueue};
use bellwether_kernel::{
    Clock, Rng, Timestamp,
    id::{MailId, UserId},
};
use bellwether_store::{ServiceTx, Tx};

use crate::{Error, Rendered, SendMail, Status, Template, Trouble, render, sql};

/// A mail to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewMail {
    /// The address.
    pub to: String,
    /// What it says.
    pub template: Template,
    /// When it is of no use any more, such as the end of its link: not sent after that.
    pub expires_at: Option<Timestamp>,
}

/// Renders a mail and puts it into the outbox with the job that sends it: both happen with the caller's transaction, or
/// neither. Tenant transactions may queue as well as service ones; reading the outbox is for the service role alone.
pub async fn queue(tx: &mut impl Tx, clock: &Clock, rng: &Rng, mail: NewMail) -> Result<MailId, Error> {
    put(tx, clock, rng, mail, None).await
}

/// The same for what somebody may end, marketing above all: the address at which a `POST` ends it goes into the headers
/// by which mail programs offer to unsubscribe with one click (RFC 8058). It comes at most once.
pub async fn queue_marketing(
    tx: &mut ServiceTx,
    clock: &Clock,
    rng: &Rng,
    mail: NewMail,
    unsubscribe_url: &str,
) -> Result<MailId, Error> {
    put(tx, clock, rng, mail, Some(unsubscribe_url)).await
}

/// A mail that is rendered already.
#[derive(Clone, Copy)]
pub struct Written<'a> {
    /// The address.
    pub to: &'a str,
    /// The name of its template, for the outbox.
    pub template: &'a str,
    /// What it says.
    pub rendered: &'a Rendered,
    /// When it is of no use any more.
    pub expires_at: Option<Timestamp>,
}

/// Puts a mail into the outbox that was rendered when it was thought of, such as one that waited for its turn. It says in its
/// headers how to end such mails, and comes at most once, as with [`queue_marketing`].
pub async fn queue_written(
    tx: &mut ServiceTx,
    clock: &Clock,
    rng: &Rng,
    mail: &Written<'_>,
    unsubscribe_url: &str,
) -> Result<MailId, Error> {
    insert(tx, clock, rng, mail, Some(unsubscribe_url)).await
}

async fn put(
    tx: &mut impl Tx,
    clock: &Clock,
    rng: &Rng,
    mail: NewMail,
    unsubscribe_url: Option<&str>,
) -> Result<MailId, Error> {
    let rendered = render(&mail.template)?;
    let written = Written {
        to: &mail.to,
        template: mail.template.name(),
        rendered: &rendered,
        expires_at: mail.expires_at,
    };
    insert(tx, clock, rng, &written, unsubscribe_url).await
}

async fn insert(
    tx: &mut impl Tx,
    clock: &Clock,
    rng: &Rng,
    mail: &Written<'_>,
    unsubscribe_url: Option<&str>,
) -> Result<MailId, Error> {
    let id = MailId::new(clock, rng);
    let row = sql::NewRow {
        id,
        recipient: mail.to,
        template: mail.template,
        rendered: mail.rendered,
        now: clock.now(),
        expires_at: mail.expires_at,
    };
    match unsubscribe_url {
        Some(url) => sql::insert_marketing(tx.conn(), &row, url).await?,
        None => sql::insert(tx.conn(), &row).await?,
    }
    enqueue(tx, &SendMail { mail: id }, Options::default()).await?;
    Ok(id)
}

/// Removes what the outbox has of an address, for somebody who is erased. What still waits to be sent stays.
pub async fn forget(tx: &mut ServiceTx, address: &str) -> Result<u64, Error> {
    Ok(sql::delete_of(tx.conn(), address).await?)
}

/// What the outbox has of an address, for a copy of somebody's data: the latest first, without what the mails said, since links
/// in them may still work.
pub async fn sent_to(
    tx: &mut ServiceTx,
    address: &str,
) -> Result<serde_json::Value, bellwether_store::Error> {
    Ok(sql::sent_to(tx.conn(), address).await?)
}

/// What became of a mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// Which.
    pub mail: MailId,
    /// The address.
    pub to: String,
    /// Where it stands; [`Status::Pending`] while it waits.
    pub status: Status,
    /// Why it did not leave; of one that was sent, what is not known of it.
    pub trouble: Option<Trouble>,
    /// When a server took it, or got it.
    pub sent_at: Option<Timestamp>,
}

/// What is known of an address by the mails that went there.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Known {
    /// When a server last took one, or got one.
    pub sent_at: Option<Timestamp>,
    /// Why the latest that was tried has not left; none when it has.
    pub trouble: Option<Trouble>,
}

/// What the outbox knows of an address.
pub async fn last_to(tx: &mut ServiceTx, address: &str) -> Result<Known, Error> {
    Ok(sql::last_to(tx.conn(), address).await?)
}

/// Marks a mail of this transaction as the demonstration's, where neither its address nor the transaction's organization shows
/// it: it is kept to be read, and handed to no server.
pub async fn mark_demo(tx: &mut ServiceTx, mail: MailId) -> Result<(), Error> {
    Ok(sql::mark_demo(tx.conn(), mail).await?)
}

/// Takes a mail that comes at most once out of the outbox before it has left, so that it can be brought by another way. False
/// when it is closed, or handed over to a server whose answer isn't known: then nothing else may bring it. A try that is under
/// way can't hand over afterwards what was withdrawn.
pub async fn withdraw(tx: &mut ServiceTx, mail: MailId) -> Result<bool, Error> {
    Ok(sql::withdraw(tx.conn(), mail).await?)
}

/// Says whose quiet hours a mail keeps that was queued in this transaction: in them no server gets it.
pub async fn mark_reader(tx: &mut ServiceTx, mail: MailId, reader: UserId) -> Result<(), Error> {
    Ok(sql::mark_reader(tx.conn(), mail, reader).await?)
}

/// Takes mails that come at most once back, since nobody wants them any more, and notes why. Gives those that had not left: what a
/// server has, or may have, can't be taken back. Nobody is told by [`crate::Settles`]; who takes them back knows.
pub async fn recall(tx: &mut ServiceTx, mails: &[MailId], why: &str) -> Result<Vec<MailId>, Error> {
    Ok(sql::recall(tx.conn(), mails, why).await?)
}

/// Takes back what waits of a template for a reader, also what may come twice: a try that is under way may still send it.
pub async fn recall_of(tx: &mut ServiceTx, reader: UserId, template: &str, why: &str) -> Result<u64, Error> {
    Ok(sql::recall_of(tx.conn(), reader, template, why).await?)
}

/// What became of mails, for who queued them; those that the outbox has no more are left out.
pub async fn outcomes(tx: &mut ServiceTx, mails: &[MailId]) -> Result<Vec<Outcome>, Error> {
    Ok(sql::outcomes(tx.conn(), mails).await?)
}
