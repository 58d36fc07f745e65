//! Trying a way: one message at once, and what came of it kept at the way.

use bellwether_identity::people::Addressee;
use bellwether_kernel::{Kind, Problem, Timestamp, id::UserId};
use bellwether_mail::{NewMail, Template};
use chrono::Duration;

use super::{
    ChannelView,
    service::{refusal, trouble},
    sql,
};
use crate::{
    Delivery, Error,
    ways::{Message, Outcome, Way},
};

fn unconfirmed() -> Problem {
    Problem::new(Kind::Conflict, "unconfirmed", "Follow the link first: it has not been confirmed yet.")
}

/// Somebody would have a message by a way that they have not set up.
fn not_connected(problem: Problem) -> Problem {
    if !matches!(problem.kind, Kind::NotFound) && problem.code != "unconfirmed" {
        return problem;
    }
    let words = "You have not connected this way, or not confirmed it. Do so in your settings.";
    Problem::new(Kind::Conflict, "not_connected", words)
}

impl Delivery {
    /// Sends a trial by a way, at once, and notes what came of it.
    pub async fn test_channel(&self, user: UserId, way: Way) -> Result<Vec<ChannelView>, Error> {
        let person = self.own_ways(user).await?;
        if way == Way::Email {
            self.test_mail(person, self.clock.now()).await?;
            return self.list_channels(user).await;
        }
        if way == Way::Whatsapp {
            let mut tx = self.store.service("somebody tries a way to them").await?;
            let row = sql::find(tx.conn(), user, way.as_str()).await?;
            tx.commit().await?;
            if row.is_some_and(|row| row.state == "unconfirmed") {
                self.send_code(user).await?;
                return self.list_channels(user).await;
            }
        }
        // what came of it stands at the way
        self.say_by(user, way, &self.trial()).await?;
        self.list_channels(user).await
    }

    /// Sends somebody a message of theirs by a way other than mail. What the other side refuses is located at `channel`.
    pub(crate) async fn try_way(&self, user: UserId, way: Way, message: &Message) -> Result<(), Error> {
        self.own_ways(user).await?;
        let outcome = self.say_by(user, way, message).await;
        let outcome = outcome.map_err(|error| match error {
            Error::Problem(problem) => Error::Problem(not_connected(problem)),
            error => error,
        })?;
        Ok(refusal("channel", outcome)?)
    }

    /// One call by a way that is set up, to each browser where it is theirs; of several the best that came of it.
    async fn say_by(&self, user: UserId, way: Way, message: &Message) -> Result<Outcome, Error> {
        if way == Way::Push {
            return self.say_to_browsers(user, message).await;
        }
        let mut tx = self.store.service("somebody tries a way to them").await?;
        let row = sql::find(tx.conn(), user, way.as_str()).await?;
        tx.commit().await?;
        let row = row.filter(|row| row.state != "off").ok_or_else(|| Problem::not_found("channel"))?;
        let sealed = row.sealed.clone().filter(|_| row.state != "unconfirmed").ok_or_else(unconfirmed)?;
        let address = self.open_address(&sealed, row.version)?;
        let message = message.clone();
        let message = if row.approves(Some(&address)) { message } else { message.without_approvals() };
        let outcome = self.say(&address, &message).await?;
        // of an answer that was lost nothing is known of the way
        if !matches!(outcome, Outcome::Unclear(_)) {
            let mut tx = self.store.service("note what came of a trial").await?;
            sql::note(tx.conn(), row.id, trouble(&outcome).as_deref(), self.clock.now()).await?;
            tx.commit().await?;
        }
        Ok(outcome)
    }

    async fn say_to_browsers(&self, user: UserId, message: &Message) -> Result<Outcome, Error> {
        let mut tx = self.store.service("somebody tries notifications").await?;
        let rows = sql::subscriptions(tx.conn(), user).await?;
        tx.commit().await?;
        let mut best: Option<Outcome> = None;
        for row in rows {
            let address = self.open_address(&row.sealed, row.version)?;
            let outcome = self.say(&address, message).await?;
            let mut tx = self.store.service("note what came of a trial").await?;
            if matches!(outcome, Outcome::Refused { gone: true, .. }) {
                sql::forget_subscription(tx.conn(), row.id).await?;
            } else if !matches!(outcome, Outcome::Unclear(_)) {
                let now = self.clock.now();
                sql::note_subscription(tx.conn(), row.id, trouble(&outcome).as_deref(), now).await?;
            }
            tx.commit().await?;
            if !matches!(best, Some(Outcome::Sent(_))) {
                best = Some(outcome);
            }
        }
        Ok(best.ok_or_else(|| Problem::not_found("channel"))?)
    }

    async fn test_mail(&self, person: Addressee, now: Timestamp) -> Result<(), Error> {
        let trial = self.trial();
        let template = Template::Notices {
            subject: trial.title,
            lines: vec![trial.body],
            link: trial.link.url.clone(),
            settings: trial.link.url,
        };
        let mut tx = self.store.service("somebody tries mail to them").await?;
        let mail = NewMail { to: person.email, template, expires_at: Some(now + Duration::hours(1)) };
        bellwether_mail::queue(&mut tx, &self.clock, &self.rng, mail).await?;
        Ok(tx.commit().await?)
    }

    fn trial(&self) -> Message {
        self.short("A trial from Bellwether", "It has arrived: this way to you works.")
    }
}
