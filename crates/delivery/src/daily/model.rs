//! When somebody's next morning is, and what the API says of deliveries.

use bellwether_kernel::{Timestamp, id::PostId};
use bellwether_networks::Network;
use bellwether_publishing::time;
use bellwether_trends::TrendId;
use chrono::{DateTime, Datelike as _, Days, Duration, NaiveDate, NaiveTime, Utc, Weekday};
use jiff::tz::TimeZone;
use serde::Serialize;
use utoipa::ToSchema;

use crate::{DeliveryId, preferences::sql::PreferencesRow, ways::Way};

/// Days ahead that are looked at: a week, and one more since today's time may be over.
const AHEAD: u64 = 8;

/// What became of a delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema, strum::EnumString, strum::IntoStaticStr)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum DeliveryStatus {
    /// It is being written, or is on its way.
    Pending,
    /// It went out.
    Delivered,
    /// It could not; `error_message` says why.
    Failed,
    /// There was nothing worth sending, or no time; `reason` says why.
    Skipped,
}

/// A morning's delivery.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = DailyDelivery)]
pub struct DeliveryView {
    /// Id.
    pub id: DeliveryId,
    /// Of which date, on the person's own calendar.
    pub date: NaiveDate,
    /// What became of it.
    #[schema(value_type = DeliveryStatus)]
    pub status: String,
    /// Why it was skipped, or what it waits for; of one that came, which ways failed before.
    pub reason: Option<String>,
    /// By which way it came.
    #[schema(value_type = Option<Way>)]
    pub channel: Option<String>,
    /// The drafts that it brought, the best first.
    pub post_ids: Vec<PostId>,
    /// Why each of them, in words; in the order of `post_ids`.
    #[schema(value_type = Vec<Vec<String>>)]
    pub reasons: serde_json::Value,
    /// The trends that it brought.
    #[schema(value_type = Vec<String>)]
    pub trend_ids: Vec<TrendId>,
    /// When it went out.
    pub delivered_at: Option<DateTime<Utc>>,
    /// When it was first opened, as far as the mail program tells; who follows a link has opened it.
    pub opened_at: Option<DateTime<Utc>>,
    /// When a person first followed a link of it; programs that look at links don't count.
    pub clicked_at: Option<DateTime<Utc>>,
    /// Drafts approved by its links.
    pub approved_count: i32,
    /// Why it could not go out.
    pub error_message: Option<String>,
    /// When it was begun; of one that was missed while nothing ran, when it was due.
    pub created_at: DateTime<Utc>,
}

/// A draft of a delivery to come.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = DeliveryDraft)]
pub struct DraftView {
    /// The post.
    pub post_id: PostId,
    /// The network.
    #[schema(value_type = Network)]
    pub network: String,
    /// The content type.
    pub content_type: String,
    /// Its main text.
    pub text: String,
    /// What it is about, by the brand's pillars.
    pub pillar: Option<String>,
    /// By which it was chosen, before what was chosen already counts; about 0 to 1.
    pub score: f64,
    /// Why it was chosen, in words.
    pub reasons: Vec<String>,
}

/// What a way would bring.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = DeliveryChannelPreview)]
pub struct ChannelPreview {
    /// The way.
    pub channel: Way,
    /// Its first words: a subject, a title.
    pub title: String,
    /// What it says, in plain text. Its links lead into the app and approve nothing.
    pub text: String,
}

/// The next delivery as it would be now.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = DeliveryPreview)]
pub struct PreviewView {
    /// Of which date; none when no delivery is wanted.
    pub date: Option<NaiveDate>,
    /// When it comes, after quiet hours; none when they let none come on that date.
    pub due_at: Option<DateTime<Utc>>,
    /// Why nothing would be sent, as things stand.
    pub skipped: Option<String>,
    /// The drafts, the best first.
    pub drafts: Vec<DraftView>,
    /// The trends.
    #[schema(value_type = Vec<String>)]
    pub trend_ids: Vec<TrendId>,
    /// What each way would bring, in the person's order; none when nothing would be sent.
    pub channels: Vec<ChannelPreview>,
    /// The mail's subject; none when nothing would be sent.
    pub subject: Option<String>,
    /// The mail as a whole HTML document. Its links lead into the app and approve nothing.
    pub html: Option<String>,
    /// The same in plain text.
    pub text: Option<String>,
}

/// As preferences name it.
fn name(day: Weekday) -> &'static str {
    match day {
        Weekday::Mon => "monday",
        Weekday::Tue => "tuesday",
        Weekday::Wed => "wednesday",
        Weekday::Thu => "thursday",
        Weekday::Fri => "friday",
        Weekday::Sat => "saturday",
        Weekday::Sun => "sunday",
    }
}

/// Changes are looked at every minute: whoever wants their morning in the next one, or in this, has it.
const JUST: Duration = Duration::minutes(2);

/// When somebody wants their mornings.
#[derive(Debug, Clone)]
pub(super) struct Wish {
    pub(super) time: NaiveTime,
    days: Vec<String>,
}

impl Wish {
    /// None when no morning is wanted, or by no way that there is.
    pub(super) fn of(row: &PreferencesRow) -> Option<Self> {
        let wanted = !row.ways().is_empty() && !row.delivery_days.is_empty();
        wanted.then(|| Self { time: row.delivery_time, days: row.delivery_days.clone() })
    }

    fn on(&self, date: NaiveDate, zone: &TimeZone) -> Option<Timestamp> {
        let wanted = self.days.iter().any(|day| day == name(date.weekday()));
        wanted.then(|| time::instant(date.and_time(self.time), zone)).flatten()
    }

    /// The mornings of some dates, the first first; of the last date none.
    pub(super) fn between(
        &self,
        zone: &TimeZone,
        (from, until): (NaiveDate, NaiveDate),
    ) -> Vec<(NaiveDate, Timestamp)> {
        let dates = from.iter_days().take_while(|date| *date < until);
        dates.filter_map(|date| Some((date, self.on(date, zone)?))).collect()
    }

    /// The first morning that is still to come, on a later date than the last one. A time that the clock skips comes when
    /// it would have; one that it shows twice comes the first time.
    pub(super) fn next(
        &self,
        zone: &TimeZone,
        now: Timestamp,
        last: Option<NaiveDate>,
    ) -> Option<(NaiveDate, Timestamp)> {
        let today = time::local(now, zone)?.date();
        // who went back over the date line has dates ahead that they had already
        let from = last.and_then(|last| last.succ_opt()).map_or(today, |next| next.max(today));
        (0..=AHEAD).find_map(|ahead| {
            let date = from.checked_add_days(Days::new(ahead))?;
            let at = self.on(date, zone).filter(|at| *at > now)?;
            Some((date, at))
        })
    }

    /// The same once zone or wishes have changed: today's planned morning whose time is over by the new clock is due at once,
    /// and so is one whose time has only just come, since the change is looked at a moment after it was made.
    pub(super) fn again(
        &self,
        zone: &TimeZone,
        now: Timestamp,
        planned: Option<NaiveDate>,
        last: Option<NaiveDate>,
    ) -> Option<(NaiveDate, Timestamp)> {
        let today = time::local(now, zone)?.date();
        let over = self.on(today, zone).filter(|at| *at <= now && last.is_none_or(|last| last < today));
        let due = over.is_some_and(|at| planned == Some(today) || now - at <= JUST);
        if due { Some((today, now)) } else { self.next(zone, now, last) }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn wish(at: &str, days: &[&str]) -> Wish {
        let time = NaiveTime::parse_from_str(at, "%H:%M").unwrap();
        Wish { time, days: days.iter().map(|day| (*day).to_owned()).collect() }
    }

    const ALL: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

    fn zone(name: &str) -> TimeZone {
        TimeZone::get(name).unwrap()
    }

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn a_time_that_is_skipped_or_comes_twice_is_one_morning() {
        let (early, berlin) = (wish("02:30", &ALL), zone("Europe/Berlin"));
        let next = |now: &str, last: Option<&str>| early.next(&berlin, at(now), last.map(day)).unwrap();
        // clocks go from 02:00 to 03:00
        assert_eq!(next("2026-03-28T23:30:00Z", None), (day("2026-03-29"), at("2026-03-29T01:30:00Z")));
        assert_eq!(
            next("2026-03-29T01:30:00Z", Some("2026-03-29")),
            (day("2026-03-30"), at("2026-03-30T00:30:00Z"))
        );
        // clocks go from 03:00 back to 02:00: half past two is at 00:30 and at 01:30
        assert_eq!(next("2026-10-24T23:30:00Z", None), (day("2026-10-25"), at("2026-10-25T00:30:00Z")));
        assert_eq!(
            next("2026-10-25T00:30:00Z", Some("2026-10-25")),
            (day("2026-10-26"), at("2026-10-26T01:30:00Z"))
        );
    }

    #[test]
    fn days_between_have_one_morning_each_also_where_clocks_change() {
        let berlin = zone("Europe/Berlin");
        let between = |time: &str, days: &[&str], from: &str, until: &str| -> Vec<String> {
            let found = wish(time, days).between(&berlin, (day(from), day(until)));
            found
                .iter()
                .map(|(date, at)| format!("{} {}", date.format("%d"), at.format("%d %H:%M")))
                .collect()
        };
        assert_eq!(
            between("08:00", &ALL, "2026-03-27", "2026-03-30"),
            ["27 27 07:00", "28 28 07:00", "29 29 06:00"]
        );
        // half past two is skipped, and shown twice
        assert_eq!(between("02:30", &ALL, "2026-03-29", "2026-03-31"), ["29 29 01:30", "30 30 00:30"]);
        assert_eq!(between("02:30", &ALL, "2026-10-25", "2026-10-27"), ["25 25 00:30", "26 26 01:30"]);
        assert_eq!(between("08:00", &["friday"], "2026-10-23", "2026-10-31"), ["23 23 06:00", "30 30 07:00"]);
        assert!(between("08:00", &ALL, "2026-03-30", "2026-03-30").is_empty());
    }

    #[test]
    fn days_that_are_not_wanted_are_left_out() {
        let mondays = wish("08:00", &["monday"]);
        let next = mondays.next(&TimeZone::UTC, at("2026-11-16T08:00:00Z"), None).unwrap();
        assert_eq!(
            next,
            (day("2026-11-23"), at("2026-11-23T08:00:00Z")),
            "a week ahead when today's is over"
        );
        assert_eq!(wish("08:00", &[]).next(&TimeZone::UTC, at("2026-11-16T08:00:00Z"), None), None);
    }

    #[test]
    fn travel_neither_doubles_nor_drops_a_date() {
        let eight = wish("08:00", &ALL);
        // had in Berlin, then on to New York: the same date is not had again
        let again = eight.again(
            &zone("America/New_York"),
            at("2026-11-16T12:00:00Z"),
            Some(day("2026-11-17")),
            Some(day("2026-11-16")),
        );
        assert_eq!(again, Some((day("2026-11-17"), at("2026-11-17T13:00:00Z"))));
        // planned in New York, then moved to Tokyo where eight is over: at once
        let now = at("2026-11-16T12:00:00Z");
        let again = eight.again(&zone("Asia/Tokyo"), now, Some(day("2026-11-16")), Some(day("2026-11-15")));
        assert_eq!(again, Some((day("2026-11-16"), now)));
        // over the date line to where it is still yesterday
        let again = eight.again(
            &zone("Pacific/Honolulu"),
            at("2026-11-16T20:00:00Z"),
            Some(day("2026-11-18")),
            Some(day("2026-11-17")),
        );
        assert_eq!(again, Some((day("2026-11-18"), at("2026-11-18T18:00:00Z"))));
        // wanted for the next minute, and looked at in that
        let now = at("2026-11-16T14:01:10Z");
        let soon = wish("14:01", &ALL).again(&TimeZone::UTC, now, Some(day("2026-11-17")), None);
        assert_eq!(soon, Some((day("2026-11-16"), now)));
        let had =
            wish("14:01", &ALL).again(&TimeZone::UTC, now, Some(day("2026-11-17")), Some(day("2026-11-16")));
        assert_eq!(had, Some((day("2026-11-17"), at("2026-11-17T14:01:00Z"))));
        let unwanted = wish("14:01", &["tuesday"]).again(&TimeZone::UTC, now, None, None);
        assert_eq!(unwanted, Some((day("2026-11-17"), at("2026-11-17T14:01:00Z"))));
        // who comes at noon begins tomorrow
        let first = eight.again(&TimeZone::UTC, at("2026-11-16T12:00:00Z"), None, None);
        assert_eq!(first, Some((day("2026-11-17"), at("2026-11-17T08:00:00Z"))));
    }

    proptest! {
        /// Whatever the zone and the time: followed from one to the next, there is one for each date in order.
        #[test]
        fn one_for_each_date(
            name in proptest::sample::select(vec![
                "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "America/St_Johns", "Asia/Kathmandu",
                "Africa/Casablanca", "Pacific/Chatham", "UTC",
            ]),
            start in 0..730_u64, minute in 0..1_440_u32,
        ) {
            let zone = zone(name);
            let time = NaiveTime::from_hms_opt(minute / 60, minute % 60, 0).unwrap();
            let wish = Wish { time, days: ALL.map(str::to_owned).to_vec() };
            let mut now = at("2026-01-01T00:00:00Z") + Days::new(start);
            let mut last: Option<NaiveDate> = None;
            for _ in 0..10 {
                let (date, due) = wish.next(&zone, now, last).unwrap();
                prop_assert!(due > now);
                prop_assert_eq!(time::local(due, &zone).unwrap().date(), date);
                if let Some(last) = last {
                    prop_assert_eq!(date, last.succ_opt().unwrap());
                }
                (now, last) = (due, Some(date));
            }
        }
    }
}
