//! Finding out whether something is out: the account's posts are read, and only what they prove counts.

use bellwether_jobs::events;
use bellwether_kernel::{Timestamp, id::OrganizationId};
use bellwether_networks::publish::{Cx, Extras, Fault, Fingerprint, Media, Posted, Progress, Provider, find};
use chrono::Duration;
use serde_json::{Value, json};

use super::{
    claim::{event, read_parts},
    send::key,
    settle::to_value,
    sql::{self, Reading, UnclearRow},
};
use crate::{AttemptId, Error, PublicationId, Publishing, publications::model::State};

/// How long an account is read by itself before a person is asked.
const LONGEST: Duration = Duration::hours(1);
/// The least time between two readings of it.
const PAUSE: Duration = Duration::seconds(30);
/// Within this time of its first use an idempotency key still tells a network that it has seen the piece; Mastodon keeps
/// them for an hour.
const KEYS_LAST: Duration = Duration::minutes(45);

/// How long a network may take to show what it took: no reading before can prove that something is absent.
pub(super) fn settles_after(provider: &str) -> Duration {
    match Provider::parse(provider) {
        Some(Provider::Sandbox) => Duration::zero(),
        // one database behind it
        Some(Provider::Bluesky | Provider::Mastodon | Provider::Wordpress | Provider::Ghost) => {
            Duration::seconds(20)
        }
        _ => Duration::seconds(75),
    }
}

/// When an account is read again for something that was sent (or given up) at a time and is still unclear: when the network
/// has had time to show it, then each time at twice the age. By age and not by the number of readings, since a person may
/// look as often as they like. None when it is a person's turn.
fn next_reading(sent: Timestamp, now: Timestamp, provider: &str) -> Option<Timestamp> {
    let (age, settled) = (now - sent, sent + settles_after(provider));
    if now < settled {
        return Some(settled);
    }
    (age < LONGEST).then(|| now + age.max(PAUSE))
}

/// What was found out.
enum Found {
    Out(Posted),
    Absent(String),
    Undecided(String),
    /// The network knows the piece by its key, so sending it again makes no second one.
    KeyKnown,
}

impl Publishing {
    /// Settles unclear publications whose time to be looked at has come; `only` one of them at once, when a person asks.
    pub(crate) async fn reconcile(&self, only: Option<PublicationId>, limit: i64) -> Result<usize, Error> {
        let now = self.clock.now();
        let mut tx = self.store.service("publishing settles what is unclear").await?;
        let rows = sql::take_unclear(tx.conn(), now, only, limit).await?;
        tx.commit().await?;
        let taken = rows.len();
        for row in rows {
            self.reconcile_one(&row).await?;
        }
        Ok(taken)
    }

    async fn reconcile_one(&self, row: &UnclearRow) -> Result<(), Error> {
        let started_at = self.clock.now();
        let found = match self.look(row).await {
            Ok(found) => found,
            Err(fault) => Found::Undecided(fault.words),
        };
        let now = self.clock.now();
        let mut posted: Vec<Posted> = serde_json::from_value(row.posted.clone()).unwrap_or_default();
        let (outcome, state, words, next_at, remote) = match found {
            Found::Out(found) => {
                posted.push(found.clone());
                let whole = i32::try_from(posted.len()).is_ok_and(|out| out >= row.pieces);
                let (state, next) =
                    if whole { (State::Published, None) } else { (State::Scheduled, Some(now)) };
                ("found", state, None, next, Some(found))
            }
            Found::Absent(words) => ("absent", State::Scheduled, Some(words), Some(now), None),
            Found::KeyKnown => {
                let words =
                    "Sent again with the same key: the network makes no second post of it.".to_owned();
                ("absent", State::Scheduled, Some(words), Some(now), None)
            }
            Found::Undecided(words) => {
                let next = next_reading(row.finished_at.unwrap_or(row.started_at), now, &row.provider);
                ("undecided", State::Unclear, Some(words), next, None)
            }
        };
        let reading = Reading {
            organization: row.organization,
            brand: row.brand,
            publication: row.id,
            attempt: AttemptId::new(&self.clock, &self.rng),
            attempts: row.attempts,
            kind: "reconcile",
            piece: row.piece,
            started_at,
            outcome,
            message: words.as_deref(),
            remote_id: remote.as_ref().map(|posted| posted.id.as_str()),
            remote_url: remote.as_ref().and_then(|posted| posted.url.as_deref()),
            state: state.as_str(),
            words: words.as_deref(),
            next_at,
            posted: &to_value(&posted)?,
            // it was found by this very text
            content: row.content.as_ref().filter(|_| outcome == "found" && state == State::Scheduled),
        };
        let mut tx = self.store.service("publishing settles what is unclear").await?;
        if sql::settle_unclear(tx.conn(), &reading, now).await? {
            let kind = match state {
                State::Published => "publication.published",
                State::Scheduled => "publication.retrying",
                _ => "publication.unclear",
            };
            let mut after =
                json!({ "state": state.as_str(), "words": &words, "post_id": row.post, "outcome": outcome });
            // it is a person's turn: told once for one sending, however often they look afterwards
            if state == State::Unclear && next_at.is_none() {
                after["asks_since"] = json!(row.finished_at.unwrap_or(row.started_at));
            }
            let mut told = vec![event(row.organization, row.brand, row.id.uuid(), kind, after)];
            if state == State::Published {
                let out = [(row.organization, row.post)];
                if !bellwether_studio::posts::mark_published(&mut tx, &out, now).await?.is_empty() {
                    let mut post = event(
                        row.organization,
                        row.brand,
                        row.post.uuid(),
                        "post.published",
                        json!({ "status": "published" }),
                    );
                    post.subject.0 = "post";
                    told.push(post);
                }
                sql::touch_connections(tx.conn(), &[row.connection.uuid()], now).await?;
            }
            events::record_all(&mut tx, &self.clock, &self.rng, told).await?;
        }
        tx.commit().await?;
        Ok(())
    }

    /// What the post shows now: the fingerprint tells whether it is what was sent.
    async fn media_of(&self, row: &UnclearRow) -> Result<Vec<Media>, Error> {
        let mut tx = self.store.service("publishing settles what is unclear").await?;
        let files = sql::list_media(tx.conn(), &[(row.organization, row.post)]).await?;
        tx.commit().await?;
        Ok(files.iter().map(|(_, file)| self.studio.media_as_it_is(file)).collect())
    }

    async fn look(&self, row: &UnclearRow) -> Result<Found, Fault> {
        let transient = |error: Error| match error {
            Error::Network(fault) => fault,
            error => Fault::new(bellwether_networks::publish::FaultKind::Transient, error.to_string()),
        };
        let publisher = self.publisher(&row.provider).map_err(transient)?;
        let opened = self.open_connection(row.organization, row.connection).await.map_err(transient)?;
        let now = self.clock.now();
        let at = usize::try_from(row.piece).unwrap_or_default();
        let key = key(row.id, at);
        let cx = Cx::new(self.outside.wire.as_ref(), &opened.account, opened.app.as_ref(), now, &key);
        // the network gave an id before it went silent
        if let Some(id) = &row.remote_id {
            let known = Posted {
                id: id.clone(),
                url: row.remote_url.clone(),
                reference: serde_json::Value::Null,
                processing: true,
            };
            return Ok(match publisher.progress(&cx, &known).await? {
                Progress::Live(posted) => Found::Out(posted),
                Progress::Working(_) => Found::Undecided("The network still works on it.".to_owned()),
                Progress::Refused(words) => Found::Absent(words),
            });
        }
        let abilities = publisher.abilities();
        if !abilities.read_back {
            if abilities.idempotent && now - row.started_at < KEYS_LAST {
                return Ok(Found::KeyKnown);
            }
            let words = "This account's posts can't be read back. Look there whether it is out.";
            return Ok(Found::Undecided(words.to_owned()));
        }
        let media = self.media_of(row).await.map_err(transient)?;
        let (pieces, posted) =
            read_parts(&row.target, row.content.as_ref(), &row.posted, &media, &Extras::default())
                .map_err(Fault::rejected)?;
        let Some(piece) = pieces.get(at) else {
            return Ok(Found::Undecided(
                "Its text was changed since it was sent. Look there whether it is out.".to_owned(),
            ));
        };
        let text = publisher.normalise(&piece.text);
        if row
            .fingerprint
            .as_deref()
            .is_some_and(|sent| sent != super::claim::fingerprint(publisher.as_ref(), piece))
        {
            return Ok(Found::Undecided(
                "Its text was changed since it was sent. Look there whether it is out.".to_owned(),
            ));
        }
        let recent = publisher.recent(&cx, row.started_at - Duration::minutes(2)).await?;
        let mut tx = self
            .store
            .service("publishing knows its posts")
            .await
            .map_err(|error| transient(error.into()))?;
        let taken = sql::taken_ids(tx.conn(), row.organization, row.connection, row.id).await;
        let taken = taken.map_err(|error| transient(error.into()))?;
        tx.commit().await.map_err(|error| transient(error.into()))?;
        let fingerprint = Fingerprint {
            text,
            media: piece.media.len(),
            since: row.started_at,
            answers: posted.last().map(|before| before.id.clone()),
            taken,
        };
        if let Some(seen) = find(publisher.as_ref(), &fingerprint, &recent) {
            return Ok(Found::Out(seen.posted.clone()));
        }
        let settled = row.finished_at.unwrap_or(row.started_at) + settles_after(&row.provider);
        if !recent.whole {
            return Ok(Found::Undecided("The network does not show all of the account's posts.".to_owned()));
        }
        if now < settled {
            return Ok(Found::Undecided("Not on the account yet; looking again in a moment.".to_owned()));
        }
        Ok(Found::Absent("Not on the account: sent again.".to_owned()))
    }

    /// Something turned out to be out, by a late answer or by a person's word. `content` is the text that was sent.
    pub(crate) async fn settle_found(
        &self,
        (organization, id): (OrganizationId, PublicationId),
        (posted, content): (&[Posted], Option<&Value>),
        kind: &str,
        words: &str,
        now: Timestamp,
    ) -> Result<(), Error> {
        let mut tx = self.store.service("publishing settles what is out").await?;
        let Some(row) = sql::lock_stand(tx.conn(), organization, id).await? else { return Ok(()) };
        if State::parse(&row.state) != Some(State::Unclear) {
            // it was settled otherwise meanwhile; nothing to add
            return Ok(());
        }
        let last = posted.last();
        let whole = i32::try_from(posted.len()).is_ok_and(|out| out >= row.pieces);
        let (state, next_at) = if whole { (State::Published, None) } else { (State::Scheduled, Some(now)) };
        let reading = Reading {
            organization,
            brand: row.brand,
            publication: id,
            attempt: AttemptId::new(&self.clock, &self.rng),
            attempts: row.attempts,
            kind,
            piece: i32::try_from(posted.len().saturating_sub(1)).unwrap_or_default(),
            started_at: now,
            outcome: "found",
            message: Some(words),
            remote_id: last.map(|posted| posted.id.as_str()),
            remote_url: last.and_then(|posted| posted.url.as_deref()),
            state: state.as_str(),
            words: None,
            next_at,
            posted: &to_value(&posted)?,
            content: content.filter(|_| !whole),
        };
        if sql::settle_unclear(tx.conn(), &reading, now).await? && whole {
            let out = [(organization, row.post)];
            let after = json!({ "state": state.as_str(), "post_id": row.post, "outcome": "found" });
            let mut told = vec![event(organization, row.brand, id.uuid(), "publication.published", after)];
            if !bellwether_studio::posts::mark_published(&mut tx, &out, now).await?.is_empty() {
                let mut post = event(
                    organization,
                    row.brand,
                    row.post.uuid(),
                    "post.published",
                    json!({ "status": "published" }),
                );
                post.subject.0 = "post";
                told.push(post);
            }
            sql::touch_connections(tx.conn(), &[row.connection.uuid()], now).await?;
            events::record_all(&mut tx, &self.clock, &self.rng, told).await?;
        }
        tx.commit().await?;
        Ok(())
    }

    /// Somebody looked, and it is not there.
    pub(crate) async fn settle_absent(
        &self,
        (organization, id): (OrganizationId, PublicationId),
        words: &str,
    ) -> Result<(), Error> {
        let now = self.clock.now();
        let mut tx = self.store.service("publishing takes a person's word").await?;
        let Some(row) = sql::lock_stand(tx.conn(), organization, id).await? else { return Ok(()) };
        let out = row.posted.as_array().map_or(0, Vec::len);
        let reading = Reading {
            organization,
            brand: row.brand,
            publication: id,
            attempt: AttemptId::new(&self.clock, &self.rng),
            attempts: row.attempts,
            kind: "person",
            piece: i32::try_from(out).unwrap_or_default(),
            started_at: now,
            outcome: "absent",
            message: Some(words),
            remote_id: None,
            remote_url: None,
            state: State::Scheduled.as_str(),
            words: Some(words),
            next_at: Some(now),
            posted: &row.posted,
            content: None,
        };
        sql::settle_unclear(tx.conn(), &reading, now).await?;
        Ok(tx.commit().await?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_is_read_when_it_can_show_it_and_then_ever_less_often_for_an_hour() {
        let sent: Timestamp = "2026-11-22T12:00:00Z".parse().unwrap();
        let at = |age: i64| sent + Duration::seconds(age);
        // however often somebody looks before, the first time that proves anything stays
        for age in [0, 1, 19] {
            assert_eq!(next_reading(sent, at(age), "bluesky"), Some(at(20)));
        }
        assert_eq!(next_reading(sent, at(0), "x"), Some(at(75)));
        assert_eq!(next_reading(sent, at(20), "bluesky"), Some(at(50)));
        assert_eq!(next_reading(sent, at(100), "bluesky"), Some(at(200)));
        let (mut now, mut times) = (at(0), 0);
        while let Some(next) = next_reading(sent, now, "bluesky") {
            (now, times) = (next, times + 1);
        }
        assert!(now - sent > LONGEST && times <= 9, "{times} until {now}");
    }
}
