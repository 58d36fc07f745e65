//! From a send to its end.

use std::collections::HashMap;

use bellwether_jobs::{Options, enqueue};
use bellwether_kernel::{
    Timestamp,
    id::{MailId, OrganizationId, UserId},
};
use bellwether_mail::{Rendered, Status, Written};
use bellwether_store::ServiceTx;
use chrono::Duration;
use serde_json::json;
use uuid::Uuid;

use super::{
    jobs::Carry,
    model::{LEASE, LONGEST_WAIT, NewSend, PreparedMail, TRIES, wait},
    sql::{self, AttemptRow, MailedRow, NewAttempt, SendRow},
    unwanted::TURNED_OFF,
};
use crate::{
    AttemptId, ChannelId, Delivery, Error, PushSubscriptionId, SendId,
    channels::sql as channels,
    preferences::sql as preferences,
    ways::{Address, Message, Outcome, Way},
};

/// Rows in one look.
const AT_ONCE: i64 = 500;
/// How long a mail server may refuse for the moment before another way has its turn.
const YIELDS: Duration = Duration::minutes(15);
/// How long a send waits for its job before it is taken up by the minute's look.
const FORGOTTEN: Duration = Duration::minutes(3);

/// The other end of a call.
#[derive(Debug, Clone, Copy)]
enum Target {
    Channel(ChannelId),
    Browser(PushSubscriptionId),
}

/// What comes next.
pub(super) enum Step {
    /// Nothing: it is settled, waits for its time, or another worker has it.
    Done,
    /// Look again: a way has failed.
    Again,
    /// A call, whose attempt is committed.
    Call(Box<Try>),
}

pub(super) struct Try {
    attempt: AttemptId,
    way: Way,
    target: Target,
    /// None when it can't be read any more.
    address: Option<Address>,
    message: Message,
    /// Tries at this target before.
    before: usize,
}

impl Delivery {
    /// Makes a send with what takes it along, in the transaction that gives rise to it. A mail that is first goes to the outbox
    /// at once. False when it was made before.
    pub(crate) async fn put_send(
        &self,
        tx: &mut ServiceTx,
        new: &NewSend<'_>,
        email: &str,
    ) -> Result<bool, Error> {
        let id = new.id;
        let now = self.clock.now();
        let at_once = new.ways.first() == Some(&Way::Email) && new.due_at <= now;
        // what only a mail says is said there
        let message = if at_once && new.ways.len() == 1 {
            json!({})
        } else {
            serde_json::to_value(&new.message).unwrap_or_default()
        };
        // a mail that goes to the outbox at once lies there; where there are other ways it may be needed once more
        let needed = !at_once || new.ways.len() > 1;
        let mail = new.mail.as_ref().filter(|_| needed).and_then(|mail| serde_json::to_value(mail).ok());
        if !sql::insert(tx.conn(), new, (&message, mail.as_ref()), now).await? {
            return Ok(false);
        }
        let key = (new.organization, id);
        match &new.mail {
            Some(mail) if at_once => {
                let begun = (new.brand, new.expires_at, now);
                self.hand_to_outbox(tx, (key, new.user), begun, (email, mail.clone())).await?;
                sql::go_on(tx.conn(), key, (0, None), None).await?;
            }
            _ => self.enqueue_carry(tx, key, new.due_at).await?,
        }
        Ok(true)
    }

    pub(super) async fn enqueue_carry(
        &self,
        tx: &mut ServiceTx,
        (organization, id): (OrganizationId, SendId),
        at: Timestamp,
    ) -> Result<(), Error> {
        let job = Carry { organization_id: organization, send_id: id };
        let options = Options::default().key(format!("delivery.carry:{id}"));
        // what is due is not measured by the database's clock as well
        let options = if at > self.clock.now() { options.run_at(at) } else { options };
        enqueue(tx, &job, options).await?;
        Ok(())
    }

    async fn hand_to_outbox(
        &self,
        tx: &mut ServiceTx,
        ((organization, send), reader): ((OrganizationId, SendId), UserId),
        (brand, expires_at, now): (bellwether_kernel::id::BrandId, Timestamp, Timestamp),
        (email, mail): (&str, PreparedMail),
    ) -> Result<(), Error> {
        let PreparedMail { template, subject, html, text, unsubscribe } = mail;
        let rendered = Rendered { subject, html, text };
        let written =
            Written { to: email, template: &template, rendered: &rendered, expires_at: Some(expires_at) };
        let mail = bellwether_mail::queue_written(tx, &self.clock, &self.rng, &written, &unsubscribe).await?;
        bellwether_mail::mark_reader(tx, mail, reader).await?;
        let id = AttemptId::new(&self.clock, &self.rng);
        let new = NewAttempt {
            organization,
            brand,
            send,
            id,
            channel: Way::Email.as_str(),
            target: None,
            mail: Some(mail),
            now,
        };
        Ok(sql::begin_attempt(tx.conn(), &new).await?)
    }

    /// Takes a send as far as it goes at this moment.
    pub(super) async fn carry(&self, organization: OrganizationId, id: SendId) -> Result<(), Error> {
        // each way fails for good at most once, each browser too: this ends
        loop {
            match self.next_step((organization, id)).await? {
                Step::Done => return Ok(()),
                Step::Again => {}
                Step::Call(tried) => {
                    let outcome = if let Some(address) = &tried.address {
                        // what can't be said for want of our own keys was surely not said
                        self.say(address, &tried.message).await.unwrap_or_else(|error| {
                            tracing::error!(%error, "a way could not be used");
                            let words = "The installation could not use it.".to_owned();
                            Outcome::Refused { words, gone: false }
                        })
                    } else {
                        let words = "Its address was sealed with a key that is gone: set it up again.";
                        Outcome::Refused { words: words.to_owned(), gone: false }
                    };
                    if !self.settle_try((organization, id), &tried, outcome).await? {
                        return Ok(());
                    }
                }
            }
        }
    }

    /// Decides what comes next, and commits it.
    async fn next_step(&self, key: (OrganizationId, SendId)) -> Result<Step, Error> {
        let now = self.clock.now();
        let mut tx = self.store.service("take a send along").await?;
        let Some(send) = sql::lock(tx.conn(), key.0, key.1).await? else { return Ok(Step::Done) };
        let attempts = sql::attempts(tx.conn(), key.0, key.1).await?;
        let open: Vec<&AttemptRow> = attempts.iter().filter(|attempt| attempt.state == "sending").collect();
        if open.iter().any(|attempt| attempt.mail.is_some() || attempt.message.is_some()) {
            // handed over: what becomes of it is told
            return Ok(Step::Done);
        }
        if let Some(latest) = open.iter().map(|attempt| attempt.started_at).max() {
            if now - latest < LEASE {
                // another worker is at it, or was: the minute's look sees to it once that is known
                return Ok(Step::Done);
            }
            for attempt in open {
                let words = "Handed over when the program ended; its answer was lost.";
                sql::end_attempt(tx.conn(), (key.0, attempt.id), ("unclear", Some(words)), now).await?;
            }
            tx.commit().await?;
            return Ok(Step::Again);
        }
        if send.due_at.is_some_and(|due| due > now) {
            // a job that came early; the one that was planned comes still
            return Ok(Step::Done);
        }
        let way: Option<Way> =
            usize::try_from(send.way).ok().and_then(|at| send.ways.get(at)).and_then(|way| way.parse().ok());
        let Some(way) = way else {
            let words = send.reason.clone().unwrap_or_else(|| "There is no way to you.".to_owned());
            self.settle_send(&mut tx, key, &send, ("failed", None, Some(&words)), now).await?;
            tx.commit().await?;
            return Ok(Step::Done);
        };
        let mine: Vec<&AttemptRow> =
            attempts.iter().filter(|attempt| attempt.channel == way.as_str()).collect();
        let step = if now >= send.expires_at
            && !mine.iter().any(|attempt| matches!(attempt.state.as_str(), "sent" | "unclear"))
        {
            let words = send.reason.clone().unwrap_or_else(|| "Its time was over.".to_owned());
            self.settle_send(&mut tx, key, &send, ("failed", None, Some(&words)), now).await?;
            Step::Done
        } else if !self.wants_by(&mut tx, send.user, way).await? {
            self.give_way(&mut tx, key, &send, (way, TURNED_OFF)).await?
        } else {
            match way {
                Way::Email => self.by_mail(&mut tx, key, &send, now).await?,
                Way::Push => self.by_push(&mut tx, key, &send, &mine, now).await?,
                _ => self.by_channel(&mut tx, key, (&send, way), &mine, now).await?,
            }
        };
        tx.commit().await?;
        Ok(step)
    }

    async fn by_mail(
        &self,
        tx: &mut ServiceTx,
        key: (OrganizationId, SendId),
        send: &SendRow,
        now: Timestamp,
    ) -> Result<Step, Error> {
        let person = self.identity.addressees(tx, &[send.user]).await?.pop();
        let mail: Option<PreparedMail> = send.mail.clone().and_then(|mail| serde_json::from_value(mail).ok());
        let (Some(person), Some(mail)) = (person, mail) else {
            return self.give_way(tx, key, send, (Way::Email, "You have no address any more.")).await;
        };
        let begun = (send.brand, send.expires_at, now);
        self.hand_to_outbox(tx, (key, send.user), begun, (&person.email, mail)).await?;
        sql::go_on(tx.conn(), key, (send.way, send.reason.as_deref()), None).await?;
        Ok(Step::Done)
    }

    /// Each browser once; it has come when one of them took it.
    async fn by_push(
        &self,
        tx: &mut ServiceTx,
        key: (OrganizationId, SendId),
        send: &SendRow,
        mine: &[&AttemptRow],
        now: Timestamp,
    ) -> Result<Step, Error> {
        let browsers = channels::subscriptions(tx.conn(), send.user).await?;
        let done = |id: Uuid| mine.iter().any(|one| one.target == Some(id) && one.state != "again");
        if let Some(browser) = browsers.iter().find(|browser| !done(browser.id.uuid())) {
            let before = mine.iter().filter(|one| one.target == Some(browser.id.uuid())).count();
            let address = self.open_address(&browser.sealed, browser.version).ok();
            let target = Target::Browser(browser.id);
            return self.begin_try(tx, key, send, (Way::Push, target, address, before), now).await;
        }
        let state = |name: &str| mine.iter().rev().find(|one| one.state == name);
        if state("sent").is_some() {
            self.settle_send(tx, key, send, ("sent", Some(Way::Push), send.reason.as_deref()), now).await?;
            return Ok(Step::Done);
        }
        if let Some(one) = state("unclear") {
            let words = said(send.reason.as_deref(), Way::Push, one.words.as_deref());
            let ended = ("sent", Some(Way::Push), Some(words.as_str()));
            self.settle_send(tx, key, send, ended, one.started_at).await?;
            return Ok(Step::Done);
        }
        let words = state("failed").and_then(|one| one.words.clone());
        let words = words.unwrap_or_else(|| "No browser of yours shows notifications.".to_owned());
        self.give_way(tx, key, send, (Way::Push, &words)).await
    }

    async fn by_channel(
        &self,
        tx: &mut ServiceTx,
        key: (OrganizationId, SendId),
        (send, way): (&SendRow, Way),
        mine: &[&AttemptRow],
        now: Timestamp,
    ) -> Result<Step, Error> {
        if let Some(last) = mine.last() {
            match last.state.as_str() {
                "unclear" => {
                    // it counts as come, as of when it was handed over: nothing else may bring it
                    let words = said(send.reason.as_deref(), way, last.words.as_deref());
                    let ended = ("sent", Some(way), Some(words.as_str()));
                    self.settle_send(tx, key, send, ended, last.started_at).await?;
                    return Ok(Step::Done);
                }
                "failed" => {
                    let words = last.words.clone().unwrap_or_default();
                    return self.give_way(tx, key, send, (way, &words)).await;
                }
                _ => {}
            }
        }
        let row = channels::find(tx.conn(), send.user, way.as_str()).await?;
        let row = row.filter(|row| matches!(row.state.as_str(), "ready" | "troubled"));
        let Some((row, sealed)) = row.and_then(|row| row.sealed.clone().map(|sealed| (row, sealed))) else {
            return self.give_way(tx, key, send, (way, "You have not set it up, or not confirmed it.")).await;
        };
        let address = self.open_address(&sealed, row.version).ok();
        let approves = row.approves(address.as_ref());
        let step =
            self.begin_try(tx, key, send, (way, Target::Channel(row.id), address, mine.len()), now).await?;
        Ok(match step {
            Step::Call(mut tried) if !approves => {
                tried.message = tried.message.without_approvals();
                Step::Call(tried)
            }
            step => step,
        })
    }

    async fn begin_try(
        &self,
        tx: &mut ServiceTx,
        (organization, id): (OrganizationId, SendId),
        send: &SendRow,
        (way, target, address, before): (Way, Target, Option<Address>, usize),
        now: Timestamp,
    ) -> Result<Step, Error> {
        let message = send.message.clone().and_then(|message| serde_json::from_value(message).ok());
        let Some(message) = message else {
            return self.give_way(tx, (organization, id), send, (way, "What was to be said is lost.")).await;
        };
        if let Some(until) = self.quiet_end(tx, send.user, now).await? {
            return self.rest_send(tx, (organization, id), send, until, now).await;
        }
        let attempt = AttemptId::new(&self.clock, &self.rng);
        let new = NewAttempt {
            organization,
            brand: send.brand,
            send: id,
            id: attempt,
            channel: way.as_str(),
            target: match target {
                Target::Browser(id) => Some(id.uuid()),
                Target::Channel(_) => None,
            },
            mail: None,
            now,
        };
        sql::begin_attempt(tx.conn(), &new).await?;
        Ok(Step::Call(Box::new(Try { attempt, way, target, address, message, before })))
    }

    /// Waits for the end of quiet hours, as whatever comes anew does: also what is tried again, and the way whose turn comes in them.
    async fn rest_send(
        &self,
        tx: &mut ServiceTx,
        key: (OrganizationId, SendId),
        send: &SendRow,
        until: Timestamp,
        now: Timestamp,
    ) -> Result<Step, Error> {
        // what is of no use by then says so as soon as it is
        let at = if now < send.expires_at { until.min(send.expires_at) } else { until };
        sql::go_on(tx.conn(), key, (send.way, send.reason.as_deref()), Some(at)).await?;
        self.enqueue_carry(tx, key, at).await?;
        if let Some(delivery) = send.delivery {
            let words = "It waits for the end of your quiet hours.";
            let words =
                send.reason.as_ref().map_or_else(|| words.to_owned(), |before| format!("{before} {words}"));
            self.note_waiting(tx, (key.0, delivery), &words).await?;
        }
        Ok(Step::Done)
    }

    /// Whether somebody has a way among theirs still.
    async fn wants_by(&self, tx: &mut ServiceTx, user: UserId, way: Way) -> Result<bool, Error> {
        let wants = preferences::find(tx.conn(), user).await?.unwrap_or_default();
        Ok(wants.ways().contains(&way))
    }

    /// When the quiet hours end that somebody has now.
    pub(super) async fn rests(&self, user: UserId) -> Result<Option<Timestamp>, Error> {
        let mut tx = self.store.service("see whether somebody has quiet hours").await?;
        let end = self.quiet_end(&mut tx, user, self.clock.now()).await?;
        tx.commit().await?;
        Ok(end)
    }

    /// The next way has its turn.
    pub(super) async fn give_way(
        &self,
        tx: &mut ServiceTx,
        key: (OrganizationId, SendId),
        send: &SendRow,
        (way, words): (Way, &str),
    ) -> Result<Step, Error> {
        let reason = said(send.reason.as_deref(), way, Some(words));
        sql::go_on(tx.conn(), key, (send.way + 1, Some(&reason)), Some(self.clock.now())).await?;
        Ok(Step::Again)
    }

    /// Notes what came of a call: at the attempt, at the way, at the send. False when there is nothing to go on with now.
    async fn settle_try(
        &self,
        key: (OrganizationId, SendId),
        tried: &Try,
        outcome: Outcome,
    ) -> Result<bool, Error> {
        let now = self.clock.now();
        let mut tx = self.store.service("note what came of a try").await?;
        let Some(send) = sql::lock(tx.conn(), key.0, key.1).await? else { return Ok(false) };
        let trouble = crate::channels::trouble(&outcome);
        let pause = match &outcome {
            Outcome::Again { after, .. } => {
                let pause = wait(tried.before + 1, *after);
                let worth =
                    tried.before + 1 < TRIES && pause <= LONGEST_WAIT && now + pause < send.expires_at;
                worth.then_some(pause)
            }
            _ => None,
        };
        let state = match &outcome {
            Outcome::Sent(_) => "sent",
            Outcome::Again { .. } if pause.is_some() => "again",
            Outcome::Again { .. } | Outcome::Refused { .. } => "failed",
            Outcome::Unclear(_) => "unclear",
        };
        if let (Outcome::Sent(Some(message)), Target::Channel(channel)) = (&outcome, tried.target)
            && self.config.whatsapp.webhook().is_some()
        {
            // taken is not arrived: WhatsApp tells what became of it, perhaps before it answered
            let held = self.hold_for_report(&mut tx, key, &send, (tried.attempt, message), now).await?;
            if held {
                channels::note(tx.conn(), channel, None, now).await?;
                tx.commit().await?;
            }
            return Ok(false);
        }
        if !sql::end_attempt(tx.conn(), (key.0, tried.attempt), (state, trouble.as_deref()), now).await? {
            // it was taken for dead meanwhile
            return Ok(false);
        }
        match tried.target {
            Target::Browser(id) if matches!(outcome, Outcome::Refused { gone: true, .. }) => {
                channels::forget_subscription(tx.conn(), id).await?;
            }
            // of an answer that was lost nothing is known of the way
            _ if matches!(outcome, Outcome::Unclear(_)) => {}
            Target::Browser(id) => {
                channels::note_subscription(tx.conn(), id, trouble.as_deref(), now).await?;
            }
            Target::Channel(id) => channels::note(tx.conn(), id, trouble.as_deref(), now).await?,
        }
        if let Some(pause) = pause {
            let at = now + pause;
            sql::go_on(tx.conn(), key, (send.way, send.reason.as_deref()), Some(at)).await?;
            self.enqueue_carry(&mut tx, key, at).await?;
            tx.commit().await?;
            return Ok(false);
        }
        if tried.way != Way::Push && state == "sent" {
            let ended = ("sent", Some(tried.way), send.reason.as_deref());
            self.settle_send(&mut tx, key, &send, ended, now).await?;
            tx.commit().await?;
            return Ok(false);
        }
        tx.commit().await?;
        Ok(true)
    }

    /// Ends a send, and the morning that it brings.
    pub(super) async fn settle_send(
        &self,
        tx: &mut ServiceTx,
        key: (OrganizationId, SendId),
        send: &SendRow,
        (state, way, reason): (&'static str, Option<Way>, Option<&str>),
        now: Timestamp,
    ) -> Result<(), Error> {
        let channel = way.map(Way::as_str);
        sql::settle(tx.conn(), key, (state, channel, reason), now).await?;
        let Some(delivery) = send.delivery else { return Ok(()) };
        self.end_morning(tx, (key.0, send.brand, delivery), (state == "sent", channel, reason), now).await
    }

    /// Sees what became of the mails that were handed to the outbox: those of which nobody was told, since the last try of one
    /// was killed or the job that tells it has failed.
    pub(super) async fn settle_mails(&self) -> Result<(), Error> {
        let mut after = Uuid::nil();
        loop {
            let mut tx = self.store.service("see what became of mails").await?;
            let rows = sql::mailed(tx.conn(), after, AT_ONCE).await?;
            let Some(last) = rows.last() else { return Ok(()) };
            after = last.mail.uuid();
            self.settle_mailed(&mut tx, &rows).await?;
            tx.commit().await?;
        }
    }

    /// Sees what became of one mail, if it is one of a send.
    pub(super) async fn settle_mail(&self, mail: MailId) -> Result<(), Error> {
        let mut tx = self.store.service("see what became of a mail").await?;
        let row = sql::of_mail(tx.conn(), mail).await?;
        self.settle_mailed(&mut tx, row.as_slice()).await?;
        Ok(tx.commit().await?)
    }

    async fn settle_mailed(&self, tx: &mut ServiceTx, rows: &[MailedRow]) -> Result<(), Error> {
        let now = self.clock.now();
        let mails: Vec<MailId> = rows.iter().map(|row| row.mail).collect();
        let outcomes: HashMap<_, _> = bellwether_mail::outcomes(tx, &mails)
            .await?
            .into_iter()
            .map(|outcome| (outcome.mail, outcome))
            .collect();
        for row in rows {
            let outcome = outcomes.get(&row.mail);
            let (state, words) = match outcome {
                Some(outcome) if outcome.status == Status::Pending => {
                    if let Some(trouble) = &outcome.trouble {
                        self.hold_mail(tx, row, &bellwether_mail::plainly(trouble), now).await?;
                    }
                    continue;
                }
                // whether the server took it may not be known: then the outbox says so, and nobody sends it again
                Some(outcome) if outcome.status == Status::Sent => {
                    ("sent", outcome.trouble.as_ref().map(|trouble| trouble.error.clone()))
                }
                // without a server mails are kept for operators to read: handed over all the same
                Some(outcome) if outcome.status == Status::Kept => ("sent", None),
                Some(outcome) => {
                    let why = outcome.trouble.as_ref().map(bellwether_mail::plainly);
                    ("failed", Some(why.unwrap_or_else(|| "The mail server refused it.".to_owned())))
                }
                None => ("failed", Some("It is not in the outbox any more.".to_owned())),
            };
            let key = (row.organization, row.send);
            // who is told and who looks may be two at once: the send is one's, and the other finds the try ended
            let Some(send) = sql::lock(tx.conn(), key.0, key.1).await? else { continue };
            if !sql::end_attempt(tx.conn(), (key.0, row.id), (state, words.as_deref()), now).await? {
                continue;
            }
            if state == "failed" {
                let words = words.unwrap_or_default();
                self.give_way(tx, key, &send, (Way::Email, &words)).await?;
                self.enqueue_carry(tx, key, now).await?;
                if let Some(outcome) = outcome {
                    self.note_bounce(tx, outcome).await?;
                }
            } else {
                let noted = words.map(|words| said(send.reason.as_deref(), Way::Email, Some(&words)));
                let ended = ("sent", Some(Way::Email), noted.as_deref().or(send.reason.as_deref()));
                // when it left, not when that was looked at
                let at = outcome.and_then(|outcome| outcome.sent_at).unwrap_or(now);
                self.settle_send(tx, key, &send, ended, at).await?;
            }
        }
        Ok(())
    }

    /// What is to be done about a mail that the server refuses for the moment. Where another way is left it has its turn after a
    /// while, and the mail is withdrawn first: what may have been handed over is never brought twice. Else it goes on waiting, and
    /// the history says why.
    async fn hold_mail(
        &self,
        tx: &mut ServiceTx,
        row: &MailedRow,
        words: &str,
        now: Timestamp,
    ) -> Result<(), Error> {
        let key = (row.organization, row.send);
        let Some(send) = sql::lock(tx.conn(), key.0, key.1).await? else { return Ok(()) };
        if now - row.started_at >= YIELDS
            && self.has_way_left(tx, &send).await?
            && bellwether_mail::withdraw(tx, row.mail).await?
        {
            // while the mail waited its try was open, and the send is held: nobody else can have ended it
            sql::end_attempt(tx.conn(), (key.0, row.id), ("failed", Some(words)), now).await?;
            if send.mail.is_some() {
                // if the others fail it is mail's turn again
                sql::append_way(tx.conn(), key, Way::Email.as_str()).await?;
            }
            self.give_way(tx, key, &send, (Way::Email, words)).await?;
            return self.enqueue_carry(tx, key, now).await;
        }
        if let Some(delivery) = send.delivery {
            let words = said(send.reason.as_deref(), Way::Email, Some(words));
            self.note_waiting(tx, (key.0, delivery), &format!("{words} It is tried again.")).await?;
        }
        Ok(())
    }

    /// Whether one of the ways after this one could bring it.
    async fn has_way_left(&self, tx: &mut ServiceTx, send: &SendRow) -> Result<bool, Error> {
        let at = usize::try_from(send.way).unwrap_or_default();
        for way in Way::list(send.ways.get(at + 1..).unwrap_or_default()) {
            let there = match way {
                Way::Email => false,
                Way::Push => !channels::subscriptions(tx.conn(), send.user).await?.is_empty(),
                _ => channels::find(tx.conn(), send.user, way.as_str())
                    .await?
                    .is_some_and(|row| matches!(row.state.as_str(), "ready" | "troubled")),
            };
            if there {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Takes up what no job takes along any more.
    pub(super) async fn take_up_sends(&self) -> Result<(), Error> {
        let now = self.clock.now();
        let mut tx = self.store.service("take up sends that were forgotten").await?;
        for key in sql::forgotten(tx.conn(), now - FORGOTTEN, AT_ONCE).await? {
            self.enqueue_carry(&mut tx, key, now).await?;
        }
        Ok(tx.commit().await?)
    }
}

/// The ways that have failed, one more among them.
pub(super) fn said(before: Option<&str>, way: Way, words: Option<&str>) -> String {
    let mut name = way.name().to_owned();
    if let Some(first) = name.get(..1).map(str::to_uppercase) {
        name.replace_range(..1, &first);
    }
    let words = words.unwrap_or("It did not work.");
    let one = format!("{name}: {words}");
    before.map_or_else(|| one.clone(), |before| format!("{before} {one}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn failed_ways_are_named_in_order() {
        let first = said(None, Way::Email, Some("The mail server refused it."));
        assert_eq!(first, "Mail: The mail server refused it.");
        let both = said(Some(&first), Way::Slack, Some("no service"));
        assert_eq!(both, "Mail: The mail server refused it. Slack: no service");
    }
}
