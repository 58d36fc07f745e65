//! Use cases of campaigns.

use bellwether_identity::people::model::check_name;
use bellwether_kernel::{Cursor, Kind, Page, PageRequest, Problem, Timestamp, id::UserId};
use bellwether_mail::NewMail;
use bellwether_publishing::time;
use bellwether_web::Operator;
use chrono::{Days, Duration, Months};
use jiff::tz::TimeZone;
use url::Url;
use uuid::Uuid;

use super::{
    model::{Audience, CampaignSteps, CampaignView, CreateCampaign, Reason, Step},
    sql,
};
use crate::{
    CampaignId, ContactId, Delivery, Error,
    preferences::{
        model::{of_today, quiet_until},
        sql::{PreferencesRow, of_people},
    },
};

/// How far ahead a countdown may end: what is farther is a slip of the year.
const FARTHEST: Months = Months::new(24);
/// Addresses in one look.
const AT_ONCE: i64 = 500;

impl Delivery {
    /// Makes a countdown.
    pub async fn create_campaign(
        &self,
        operator: Operator,
        new: &CreateCampaign,
    ) -> Result<CampaignView, Error> {
        let now = self.clock.now();
        let name = new.name.trim();
        // as every name: it stands in subjects amid other words
        check_name(name, 120).map_err(|(code, words)| Problem::invalid("name", code, words))?;
        let link = new.link.trim();
        if !is_address(link) {
            let words = "Give an address that begins with https:// or http://.";
            return Err(Problem::invalid("link", "invalid_url", words).into());
        }
        let time_zone = new.time_zone.clone().unwrap_or_else(|| "UTC".to_owned());
        let zone = TimeZone::get(&time_zone).map_err(|_| {
            Problem::invalid(
                "time_zone",
                "unknown_time_zone",
                "Give an IANA time zone such as Europe/Berlin.",
            )
        })?;
        if time::local(now, &zone).is_some_and(|local| new.launch_on < local.date()) {
            return Err(Problem::invalid("launch_on", "in_the_past", "This day is over there.").into());
        }
        let last = now.date_naive().checked_add_months(FARTHEST);
        if last.is_some_and(|last| new.launch_on > last) {
            let words = "Give a day of the next two years.";
            return Err(Problem::invalid("launch_on", "too_far", words).into());
        }
        // as the time zone database writes it, whatever the case in which it was given
        let time_zone = zone.iana_name().map_or(time_zone, str::to_owned);
        if !self.vault.is_ready() {
            let words = "Marketing mails need links that can't be made up: set secrets.keys first.";
            return Err(Problem::new(Kind::Conflict, "no_secret_keys", words).into());
        }
        let view = CampaignView {
            id: CampaignId::new(&self.clock, &self.rng),
            name: name.to_owned(),
            launch_on: new.launch_on,
            audience: <&str>::from(new.audience).to_owned(),
            link: link.to_owned(),
            time_zone,
            cancelled_at: None,
            created_at: now,
            sent: CampaignSteps::default(),
            waiting: CampaignSteps::default(),
            refused: CampaignSteps::default(),
            withdrawn: CampaignSteps::default(),
        };
        let mut tx = self.store.service("an operator makes a campaign").await?;
        sql::insert(tx.conn(), &view, operator.0.user).await?;
        tx.commit().await?;
        tracing::info!(campaign = %view.id, operator = %operator.0.user, "a campaign was made");
        Ok(view)
    }

    /// The campaigns, the newest first.
    pub async fn list_campaigns(&self, _: Operator, page: PageRequest) -> Result<Page<CampaignView>, Error> {
        let mut tx = self.store.service("an operator lists campaigns").await?;
        let rows = sql::list(tx.conn(), None, page.after, page.limit + 1).await?;
        tx.commit().await?;
        Ok(Page::of(rows, page.limit, |row| Cursor { at: row.created_at, id: row.id.uuid() }))
    }

    /// A campaign.
    pub async fn get_campaign(&self, _: Operator, id: CampaignId) -> Result<CampaignView, Error> {
        let mut tx = self.store.service("an operator reads a campaign").await?;
        let row = sql::list(tx.conn(), Some(id), None, 1).await?.pop();
        tx.commit().await?;
        Ok(row.ok_or_else(|| Problem::not_found("campaign"))?)
    }

    /// Ends a campaign: no step goes out any more, and what waits in the outbox is taken back. A second time changes nothing.
    pub async fn cancel_campaign(&self, operator: Operator, id: CampaignId) -> Result<CampaignView, Error> {
        let mut tx = self.store.service("an operator ends a campaign").await?;
        if !sql::cancel(tx.conn(), id, self.clock.now()).await? {
            return Err(Problem::not_found("campaign").into());
        }
        self.recall_campaign(&mut tx, id, "The campaign was ended before it had left.").await?;
        tx.commit().await?;
        tracing::info!(campaign = %id, operator = %operator.0.user, "a campaign was ended");
        self.get_campaign(operator, id).await
    }

    /// Sends the steps whose morning has come. As often as it is asked: nobody gets a step twice.
    pub(super) async fn send_campaigns(&self) -> Result<usize, Error> {
        let now = self.clock.now();
        let today = now.date_naive();
        // a day more on both sides: somewhere it is yesterday, somewhere tomorrow
        let days = (today - Days::new(1), today + Days::new(15));
        let mut tx = self.store.service("find campaigns to be sent").await?;
        let campaigns = sql::running(tx.conn(), days).await?;
        tx.commit().await?;
        let mut sent = 0;
        for campaign in campaigns {
            let audience = campaign.audience.parse().unwrap_or(Audience::OptedIn);
            if audience != Audience::OptedIn {
                sent += self.send_to_waitlist(&campaign, now).await?;
            }
            if audience != Audience::Waitlist {
                sent += self.send_to_opted_in(&campaign, now).await?;
            }
        }
        Ok(sent)
    }

    async fn send_to_waitlist(&self, campaign: &sql::RunningRow, now: Timestamp) -> Result<usize, Error> {
        let (mut after, mut sent) = (None, 0);
        loop {
            let mut tx = self.store.service("read the waitlist for a campaign").await?;
            let page = self.identity.waitlisted(&mut tx, after, AT_ONCE).await?;
            let users: Vec<UserId> = page.iter().filter_map(|entry| entry.user).collect();
            let wants = of_people(tx.conn(), &users).await?;
            tx.commit().await?;
            let Some(last) = page.last() else { return Ok(sent) };
            after = Some(last.id);
            for entry in page {
                let zone = entry.time_zone.as_deref().unwrap_or(&campaign.time_zone);
                if rests(entry.user.and_then(|user| wants.get(&user)), zone, now) {
                    continue;
                }
                sent += usize::from(
                    self.send_step(campaign, (&entry.email, entry.user, Reason::Waitlist), zone, now).await?,
                );
            }
        }
    }

    async fn send_to_opted_in(&self, campaign: &sql::RunningRow, now: Timestamp) -> Result<usize, Error> {
        let (mut after, mut sent) = (Uuid::nil(), 0);
        loop {
            let mut tx = self.store.service("read who agreed to hear of a campaign").await?;
            let page = sql::opted_in(tx.conn(), after, AT_ONCE).await?;
            let users: Vec<UserId> = page.iter().map(|(_, user, _)| *user).collect();
            let people = self.identity.addressees(&mut tx, &users).await?;
            let wants = of_people(tx.conn(), &users).await?;
            tx.commit().await?;
            let Some((last, ..)) = page.last() else { return Ok(sent) };
            after = last.uuid();
            for (_, user, email) in page {
                // consent is of the address at which it was given
                let same = |person: &&bellwether_identity::people::Addressee| {
                    person.user == user && person.email.eq_ignore_ascii_case(&email) && !person.demo
                };
                let Some(person) = people.iter().find(same) else { continue };
                if rests(wants.get(&user), &person.time_zone, now) {
                    continue;
                }
                sent += usize::from(
                    self.send_step(
                        campaign,
                        (&person.email, Some(user), Reason::News),
                        &person.time_zone,
                        now,
                    )
                    .await?,
                );
            }
        }
    }

    /// Queues the step that is due at an address, if it may go there and has not yet.
    async fn send_step(
        &self,
        campaign: &sql::RunningRow,
        (email, reader, reason): (&str, Option<UserId>, Reason),
        zone: &str,
        now: Timestamp,
    ) -> Result<bool, Error> {
        let zone = time::zone_or_utc(zone);
        let Some(step) = Step::due(campaign.launch_on, &zone, now) else { return Ok(false) };
        let mut tx = self.store.service("send a step of a campaign").await?;
        let id = ContactId::new(&self.clock, &self.rng);
        let Some(contact) = sql::lock_contact(tx.conn(), id, email).await? else { return Ok(false) };
        if !sql::lock_running(tx.conn(), campaign.id).await?
            || sql::has_message(tx.conn(), campaign.id, step.as_str(), contact).await?
        {
            return Ok(false);
        }
        let url = format!("{}/api/v1/unsubscribe/{}", self.public_url, self.unsubscribe_token(contact)?);
        let template = step.mail((&campaign.name, campaign.launch_on, &campaign.link), reason, &url);
        // it speaks of tomorrow and today: past midnight where the reader is that is wrong, however late it was queued
        let expires_at = Some(of_today(&zone, now, Duration::zero()));
        let mail = NewMail { to: email.to_owned(), template, expires_at };
        let mail = bellwether_mail::queue_marketing(&mut tx, &self.clock, &self.rng, mail, &url).await?;
        if let Some(reader) = reader {
            bellwether_mail::mark_reader(&mut tx, mail, reader).await?;
        }
        sql::insert_message(tx.conn(), (campaign.id, step.as_str(), contact), mail, now).await?;
        tx.commit().await?;
        Ok(true)
    }
}

/// Whether a browser can go there: a host by `https` or `http`, written as it is, and nobody's password in it.
fn is_address(link: &str) -> bool {
    let rest = link.strip_prefix("https://").or_else(|| link.strip_prefix("http://"));
    // readers of addresses mend what programs that show mails don't: more slashes, spaces
    let as_written = rest.is_some_and(|rest| !rest.starts_with(['/', '\\']))
        && !link.chars().any(|c| c.is_whitespace() || c.is_control());
    link.len() <= 2000
        && as_written
        && Url::parse(link).is_ok_and(|url| {
            url.host_str().is_some_and(|host| !host.is_empty())
                && url.username().is_empty()
                && url.password().is_none()
        })
}

/// Whether somebody has quiet hours now: then a step waits; past the day's end it is over.
fn rests(wants: Option<&PreferencesRow>, zone: &str, now: Timestamp) -> bool {
    let quiet = wants.and_then(|wants| wants.quiet_from.zip(wants.quiet_to));
    quiet_until(quiet, &time::zone_or_utc(zone), now).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_a_host() {
        for good in ["https://b.example", "http://b.example:8080/a?b=c#d", "https://bücher.example/ä"] {
            assert!(is_address(good), "{good}");
        }
        for bad in [
            "https://?#",
            "https://",
            "https:///a",
            "https://\\a",
            "https://a b",
            "ftp://a",
            "b.example",
            "https://:80",
            "https://ada:secret@b.example",
            "https://b.example@evil.example",
        ] {
            assert!(!is_address(bad), "{bad}");
        }
    }
}
