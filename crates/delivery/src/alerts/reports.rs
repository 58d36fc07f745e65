//! The report of a week: on Monday at the morning's time, on the reader's own clock, once for each brand and week.

use std::collections::HashMap;

use bellwether_identity::people::{Addressee, model::MyOrganization};
use bellwether_jobs::{Options, enqueue};
use bellwether_kernel::{
    Permission, Timestamp,
    id::{BrandId, OrganizationId, UserId},
};
use bellwether_publishing::{
    publications::{self, WeekOfPublications},
    time,
};
use bellwether_studio::posts::WaitingFilter;
use bellwether_trends::trends::Accuracy;
use chrono::{Datelike as _, Days, Duration, NaiveDate, NaiveTime};
use jiff::tz::TimeZone;

use super::{bring::Bring, jobs::Report, sql, trends::rooms};
use crate::{
    Delivery, Error, Facts, Kind,
    daily::{brands, score::network_name},
    preferences::sql as preferences,
};

/// People in one transaction.
const TOGETHER: i64 = 250;
/// A report that is later is none any more.
const LATEST: Duration = Duration::hours(24);
/// Fewer trends than these have no shares.
const FEW: u32 = 5;
/// Waiting drafts are counted no further.
const COUNTED: i64 = 100;

/// What is to be done for somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Next {
    /// The report of the week before this Monday, and when the next one is.
    Due(NaiveDate, Timestamp),
    /// Nothing before this instant; the Monday that needs none.
    Later(Timestamp, NaiveDate),
}

fn monday(date: NaiveDate) -> Option<NaiveDate> {
    date.checked_sub_days(Days::new(date.weekday().num_days_from_monday().into()))
}

/// When the next report is. Who is new has their first on the Monday after.
fn next(zone: &TimeZone, at: NaiveTime, now: Timestamp, reported: Option<NaiveDate>) -> Option<Next> {
    let this = monday(time::local(now, zone)?.date())?;
    let after = this.checked_add_days(Days::new(7))?;
    let instant = |monday: NaiveDate| time::instant(monday.and_time(at), zone);
    let due = instant(this)?;
    if due > now {
        let before = this.checked_sub_days(Days::new(7))?;
        // who went west over the date line may have had this Monday's
        return if reported.is_some_and(|reported| reported >= this) {
            Some(Next::Later(instant(after)?, this))
        } else {
            Some(Next::Later(due, reported.unwrap_or(before)))
        };
    }
    let missed = reported.is_some_and(|reported| reported < this) && now - due < LATEST;
    if missed { Some(Next::Due(this, instant(after)?)) } else { Some(Next::Later(instant(after)?, this)) }
}

impl Delivery {
    /// Begins the reports that are due. As often as it is asked: each once.
    pub(super) async fn begin_reports(&self) -> Result<(), Error> {
        loop {
            let now = self.clock.now();
            let mut tx = self.store.service("begin people's reports").await?;
            let rows = sql::claim_reports(tx.conn(), now, TOGETHER).await?;
            if rows.is_empty() {
                return Ok(());
            }
            let users: Vec<UserId> = rows.iter().map(|(user, _)| *user).collect();
            let people: HashMap<UserId, Addressee> = self
                .identity
                .addressees(&mut tx, &users)
                .await?
                .into_iter()
                .map(|one| (one.user, one))
                .collect();
            let mut wants = preferences::of_people(tx.conn(), &users).await?;
            let places: HashMap<UserId, Vec<MyOrganization>> =
                self.identity.places_of(&mut tx, &users).await?.into_iter().collect();
            let mut plans = Vec::with_capacity(rows.len());
            for (user, reported) in rows {
                let wants = wants.remove(&user).unwrap_or_default();
                let zone = people.get(&user).map(|person| time::zone_or_utc(&person.time_zone));
                let planned = zone.and_then(|zone| next(&zone, wants.delivery_time, now, reported));
                match planned {
                    None => plans.push((user, None, reported)),
                    Some(Next::Later(at, reported)) => plans.push((user, Some(at), Some(reported))),
                    Some(Next::Due(monday, at)) => {
                        plans.push((user, Some(at), Some(monday)));
                        let wanted = places.get(&user).filter(|_| wants.weekly_reports_enabled);
                        for (organization_id, brand_id) in brands(wanted.map_or(&[][..], Vec::as_slice)) {
                            let job = Report { organization_id, brand_id, user_id: user, monday };
                            enqueue(&mut tx, &job, Options::default()).await?;
                        }
                    }
                }
            }
            sql::plan_reports(tx.conn(), &plans).await?;
            tx.commit().await?;
        }
    }

    /// Writes one report. A week of nothing has none.
    pub(super) async fn report(
        &self,
        (organization, brand): (OrganizationId, BrandId),
        user: UserId,
        monday: NaiveDate,
    ) -> Result<(), Error> {
        let now = self.clock.now();
        let mut tx = self.store.service("write a report").await?;
        let person = self.identity.addressees(&mut tx, &[user]).await?.pop();
        let access = self.identity.brand_access(&mut tx, user, organization, brand).await?;
        let places = self.identity.places_of(&mut tx, &[user]).await?.pop();
        tx.commit().await?;
        let (Some(person), Some(access)) = (person, access) else { return Ok(()) };
        let rooms = places.and_then(|(_, of)| rooms(&of, organization, brand));
        let Some((path, brand_name)) = rooms.filter(|_| access.allow(Permission::PostsRead).is_ok()) else {
            return Ok(());
        };
        let zone = time::zone_or_utc(&person.time_zone);
        let begin = monday.checked_sub_days(Days::new(7)).unwrap_or(monday);
        let midnight = |date: NaiveDate| time::instant(date.and_time(NaiveTime::MIN), &zone);
        let (Some(from), Some(to)) = (midnight(begin), midnight(monday)) else { return Ok(()) };
        let mut tx = self.store.tenant(&access).await?;
        let week = publications::week_of_publications(&mut tx, brand, (from, to)).await?;
        tx.commit().await?;
        let filter = WaitingFilter { networks: &[], formats: &[], most: COUNTED };
        let waiting = self.studio.waiting_posts(&access, filter).await?.len();
        // a report says nothing of what has not been yet
        let accuracy = if access.allow(Permission::BrandRead).is_ok() {
            Some(self.trends.trend_accuracy(&access).await?).filter(|accuracy| accuracy.trends > 0)
        } else {
            None
        };
        let ended =
            accuracy.as_ref().and_then(|accuracy| accuracy.to).is_some_and(|at| (from..to).contains(&at));
        // drafts that wait are the morning's news, not a week's
        if week == WeekOfPublications::default() && !ended {
            return Ok(());
        }
        let hits = accuracy.map(hits).unwrap_or_default();
        let mut parts = lines(&week, waiting);
        let summary = parts.remove(0);
        if !hits.is_empty() {
            parts.push(format!("Trends: {}", hits.join(" ")));
        }
        let week = monday.checked_sub_days(Days::new(1)).unwrap_or(monday).iso_week();
        let span = format!("{} to {}", begin.format("%-d %B"), (monday - Days::new(1)).format("%-d %B"));
        let one = Bring {
            kind: Kind::WeeklyReport,
            organization,
            brand,
            event: None,
            subject: ("brand", brand.uuid()),
            occasion: &format!("{brand} {}-W{:02}", week.year(), week.week()),
            facts: Facts {
                title: Some(brand_name.clone()),
                words: Some(format!("{span}: {summary}")),
                ..Facts::default()
            },
            title: format!("{brand_name}: your week, {span}"),
            body: summary,
            peak: None,
            parts,
            label: "Open the calendar",
            path: format!("{path}/calendar"),
            expires_at: now + LATEST,
        };
        self.bring_to(&person, one, now).await
    }
}

/// How trends went: of a few in numbers, since a share of them would tell more than is known.
fn hits(accuracy: Accuracy) -> Vec<String> {
    if accuracy.trends >= FEW {
        return accuracy.sentences;
    }
    let Accuracy { trends, peaks, sizes, held, .. } = accuracy;
    let ended = counted(trends.into(), "trend has", "trends have");
    vec![format!(
        "{ended} ended: {peaks} peaked and {sizes} grew as expected, {held} went on after being found."
    )]
}

fn counted(count: i64, one: &str, many: &str) -> String {
    if count == 1 { format!("1 {one}") } else { format!("{count} {many}") }
}

/// The report in words, the sentence of all first.
fn lines(week: &WeekOfPublications, waiting: usize) -> Vec<String> {
    let by: Vec<String> = week
        .published
        .iter()
        .map(|(network, count)| format!("{count} on {}", network_name(network)))
        .collect();
    let mut all = vec![match week.count() {
        // where there is room for a sentence alone it says what there is
        0 => match week.planned {
            0 => "Nothing was published.".to_owned(),
            planned => {
                let planned = counted(planned, "post is", "posts are");
                format!("Nothing was published; {planned} planned for this week.")
            }
        },
        count => format!("{} published: {}.", counted(count, "post was", "posts were"), by.join(", ")),
    }];
    for (title, network, url) in &week.titles {
        let url = url.as_deref().map(|url| format!("\n{url}")).unwrap_or_default();
        all.push(format!("“{title}” ({}){url}", network_name(network)));
    }
    let trouble: Vec<String> =
        [(week.failed, "failed"), (week.unclear, "with an unclear end"), (week.held, "held back")]
            .into_iter()
            .filter(|(count, _)| *count > 0)
            .map(|(count, what)| format!("{count} {what}"))
            .collect();
    if !trouble.is_empty() {
        all.push(format!("Needs a look: {}.", trouble.join(", ")));
    }
    let drafts = if waiting as i64 >= COUNTED {
        format!("{COUNTED} drafts or more")
    } else {
        counted(waiting as i64, "draft", "drafts")
    };
    let mut ahead = Vec::new();
    if waiting > 0 {
        ahead.push(format!("{drafts} for a decision"));
    }
    if week.in_review > 0 {
        ahead.push(format!("{} for an approval", counted(week.in_review, "planned post", "planned posts")));
    }
    if !ahead.is_empty() {
        all.push(format!("Waits: {}.", ahead.join(", ")));
    }
    match week.planned {
        0 => all.push("Nothing is planned for this week.".to_owned()),
        planned if week.count() > 0 => {
            all.push(format!("Planned for this week: {}.", counted(planned, "post", "posts")));
        }
        // said above
        _ => {}
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn of(zone: &str, now: &str, reported: Option<&str>) -> Next {
        let eight = NaiveTime::from_hms_opt(8, 0, 0).unwrap();
        next(&TimeZone::get(zone).unwrap(), eight, at(now), reported.map(day)).unwrap()
    }

    #[test]
    fn each_monday_once_and_the_first_after_one_came() {
        // 2026-11-16 is a Monday
        let later = |now: &str, reported: Option<&str>| match of("UTC", now, reported) {
            Next::Later(at, reported) => (at, reported),
            due @ Next::Due(..) => panic!("{due:?}"),
        };
        assert_eq!(later("2026-11-16T09:00:00Z", None), (at("2026-11-23T08:00:00Z"), day("2026-11-16")));
        assert_eq!(later("2026-11-16T07:00:00Z", None), (at("2026-11-16T08:00:00Z"), day("2026-11-09")));
        let due = Next::Due(day("2026-11-23"), at("2026-11-30T08:00:00Z"));
        assert_eq!(of("UTC", "2026-11-23T08:00:00Z", Some("2026-11-16")), due);
        assert_eq!(
            later("2026-11-23T08:00:00Z", Some("2026-11-23")),
            (at("2026-11-30T08:00:00Z"), day("2026-11-23"))
        );
        // nothing ran for two days: that week's is over
        assert_eq!(later("2026-11-25T08:00:00Z", Some("2026-11-16")).1, day("2026-11-23"));
    }

    #[test]
    fn clocks_that_change_on_the_night_before_make_no_second_report() {
        // in New York clocks go back on Sunday 2026-11-01
        let first = of("America/New_York", "2026-11-01T12:00:00Z", Some("2026-10-26"));
        assert_eq!(first, Next::Later(at("2026-11-02T13:00:00Z"), day("2026-10-26")));
        let due = of("America/New_York", "2026-11-02T13:00:00Z", Some("2026-10-26"));
        assert_eq!(due, Next::Due(day("2026-11-02"), at("2026-11-09T13:00:00Z")));
    }

    #[test]
    fn a_few_trends_have_numbers_and_no_shares() {
        let accuracy = |trends, peaks| Accuracy {
            trends,
            peaks,
            sizes: 1,
            held: 1,
            peak_rate: None,
            size_rate: None,
            held_rate: None,
            from: None,
            to: None,
            sentences: vec!["40 % peaked.".into()],
        };
        assert_eq!(
            hits(accuracy(1, 0)),
            ["1 trend has ended: 0 peaked and 1 grew as expected, 1 went on after being found."]
        );
        assert!(hits(accuracy(4, 2))[0].starts_with("4 trends have ended: 2 peaked"));
        assert_eq!(hits(accuracy(5, 2)), ["40 % peaked."]);
    }

    #[test]
    fn a_report_says_what_was_and_what_waits() {
        let week = WeekOfPublications {
            published: vec![("linkedin".into(), 2), ("x".into(), 1)],
            titles: vec![("Raising prices".into(), "linkedin".into(), Some("https://l.example/1".into()))],
            failed: 1,
            in_review: 1,
            planned: 4,
            ..WeekOfPublications::default()
        };
        assert_eq!(
            lines(&week, 1),
            [
                "3 posts were published: 2 on LinkedIn, 1 on X.",
                "“Raising prices” (LinkedIn)\nhttps://l.example/1",
                "Needs a look: 1 failed.",
                "Waits: 1 draft for a decision, 1 planned post for an approval.",
                "Planned for this week: 4 posts.",
            ]
        );
        let ahead = lines(&WeekOfPublications { planned: 1, ..WeekOfPublications::default() }, 0);
        assert_eq!(ahead, ["Nothing was published; 1 post is planned for this week."]);
        let nothing = lines(&WeekOfPublications::default(), 200);
        assert_eq!(
            (nothing[0].as_str(), nothing[2].as_str()),
            ("Nothing was published.", "Nothing is planned for this week.")
        );
    }
}
