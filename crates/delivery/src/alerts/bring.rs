//! From something worth telling to a notice and a send.

use bellwether_identity::people::Addressee;
use bellwether_kernel::{
    Timestamp,
    id::{BrandId, EventId, OrganizationId},
};
use bellwether_mail::Template;
use bellwether_publishing::time;
use chrono::NaiveTime;
use uuid::Uuid;

use super::sql;
use crate::{
    Delivery, Error, Facts, Kind, SendId,
    daily::height,
    notifications::told::{Told, Whom},
    preferences::{
        model::{channels, quiet_until},
        sql as preferences,
        sql::PreferencesRow,
    },
    sends::{self, NewSend, PreparedMail},
    ways::{Link, Message, Part, Way},
};

/// Something for one person.
pub(super) struct Bring<'a> {
    pub(super) kind: Kind,
    pub(super) organization: OrganizationId,
    pub(super) brand: BrandId,
    pub(super) event: Option<EventId>,
    pub(super) subject: (&'static str, Uuid),
    /// The key of once.
    pub(super) occasion: &'a str,
    pub(super) facts: Facts,
    pub(super) title: String,
    pub(super) body: String,
    /// When a trend is likely at its height: said as of when it comes.
    pub(super) peak: Option<Timestamp>,
    pub(super) parts: Vec<String>,
    /// What the link says.
    pub(super) label: &'static str,
    /// Where it leads, a path inside the app.
    pub(super) path: String,
    /// When it is of no use any more.
    pub(super) expires_at: Timestamp,
}

impl Delivery {
    /// Tells somebody in the app, and sends it by the first of their ways that works. As often as it is asked: once.
    pub(super) async fn bring_to(
        &self,
        person: &Addressee,
        one: Bring<'_>,
        now: Timestamp,
    ) -> Result<(), Error> {
        let mut tx = self.store.service("see how somebody wants to be told").await?;
        let wants = preferences::find(tx.conn(), person.user).await?.unwrap_or_default();
        let chosen: Vec<_> = preferences::kinds(tx.conn(), &[person.user])
            .await?
            .into_iter()
            .map(|(_, kind, channels)| (kind, channels))
            .collect();
        tx.commit().await?;
        if !wanted(one.kind, &wants) {
            return Ok(());
        }
        let told = Told {
            kind: one.kind,
            brand: Some(one.brand),
            subject: one.subject,
            facts: one.facts.clone(),
            whom: Whom::Person(person.user),
            except: Vec::new(),
            occasion: one.occasion.to_owned(),
        };
        self.tell(one.organization, one.event, &told).await?;
        let ways = wants.ways();
        // nobody reads what the demo gets, and without keys there are no links
        let out =
            channels(&chosen, one.kind).mail && !ways.is_empty() && !person.demo && self.vault.is_ready();
        if out { self.send_out(person, &wants, &ways, one, now).await } else { Ok(()) }
    }

    async fn send_out(
        &self,
        person: &Addressee,
        wants: &PreferencesRow,
        ways: &[Way],
        one: Bring<'_>,
        now: Timestamp,
    ) -> Result<(), Error> {
        let zone = time::zone_or_utc(&person.time_zone);
        let quiet = quiet_until(wants.quiet_from.zip(wants.quiet_to), &zone, now);
        let due_at = quiet.unwrap_or(now);
        if due_at >= one.expires_at {
            return Ok(());
        }
        let peak = one.peak.and_then(|peak| height(peak, &zone, due_at, "%A"));
        let body: Vec<String> =
            std::iter::once(one.body).chain(peak).filter(|line| !line.is_empty()).collect();
        let body = body.join(" ");
        let id = SendId::new(&self.clock, &self.rng);
        let url = self.went_url(one.organization, id)?;
        let mail = if ways.contains(&Way::Email) {
            let unsubscribe = self.mail_off_url(person.user)?;
            let lines = std::iter::once(body.clone()).chain(
                one.parts
                    .iter()
                    .flat_map(|part| std::iter::once(String::new()).chain(part.lines().map(str::to_owned))),
            );
            let template = Template::Brought {
                subject: one.title.clone(),
                preview: body.clone(),
                lines: lines.collect(),
                label: one.label.to_owned(),
                link: url.clone(),
                unsubscribe: unsubscribe.clone(),
            };
            let rendered = bellwether_mail::render(&template).map_err(bellwether_mail::Error::from)?;
            Some(PreparedMail::of(template.name(), rendered, unsubscribe))
        } else {
            None
        };
        let message = Message {
            title: one.title,
            body,
            parts: one.parts.into_iter().map(|text| Part { text, links: Vec::new() }).collect(),
            link: Link { label: one.label.to_owned(), url, approves: false },
            tag: format!("{} {}", one.kind.as_str(), one.occasion),
        };
        let new = NewSend {
            id,
            organization: one.organization,
            brand: one.brand,
            user: person.user,
            kind: one.kind.as_str(),
            occasion: one.occasion,
            delivery: None,
            ways,
            message,
            mail,
            path: one.path,
            due_at,
            expires_at: one.expires_at,
        };
        let mut tx = self.store.service("send somebody something").await?;
        if one.kind == Kind::TrendRising {
            // of two that rise at once the second counts the first
            sql::hold_person(tx.conn(), person.user).await?;
            let today = time::local(now, &zone).map_or(now.date_naive(), |local| local.date());
            let since = time::instant(today.and_time(NaiveTime::MIN), &zone).unwrap_or(now);
            let sent = sends::count_since(tx.conn(), person.user, one.kind.as_str(), since).await?;
            if sent >= i64::from(self.config.trend_alerts_a_day) {
                return Ok(());
            }
        }
        self.put_send(&mut tx, &new, &person.email).await?;
        Ok(tx.commit().await?)
    }
}

/// Whether somebody wants a kind at all.
pub(crate) fn wanted(kind: Kind, wants: &PreferencesRow) -> bool {
    match kind {
        Kind::TrendRising => wants.trend_alerts_enabled,
        Kind::PostReminder => wants.post_reminders_enabled,
        Kind::WeeklyReport => wants.weekly_reports_enabled,
        _ => true,
    }
}
