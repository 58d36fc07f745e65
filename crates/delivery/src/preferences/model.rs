//! Preferences, and their rules.

use std::collections::BTreeMap;

use bellwether_kernel::{Problem, Timestamp};
use bellwether_networks::{ContentType, Network, Target};
use bellwether_publishing::time;
use bellwether_web::Patch;
use chrono::{DateTime, Duration, NaiveTime, Timelike as _, Utc};
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use strum::IntoEnumIterator as _;
use utoipa::ToSchema;

use super::sql::PreferencesRow;
use crate::{Kind, ways::Way};

/// A day of the week.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
    ToSchema,
    strum::EnumString,
    strum::IntoStaticStr,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
#[schema(as = DeliveryDay)]
pub enum Day {
    /// Monday.
    Monday,
    /// Tuesday.
    Tuesday,
    /// Wednesday.
    Wednesday,
    /// Thursday.
    Thursday,
    /// Friday.
    Friday,
    /// Saturday.
    Saturday,
    /// Sunday.
    Sunday,
}

/// By which ways a kind of notice comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Channels {
    /// In the app.
    pub app: bool,
    /// By mail; alerts, reminders and reports by the ways of the morning instead.
    pub mail: bool,
}

impl Channels {
    /// How a kind comes to who has not said otherwise.
    pub const fn of(kind: Kind) -> Self {
        Self { app: true, mail: kind.by_mail() }
    }
}

/// By which ways one kind of notice comes.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = NotificationKindPreference)]
pub struct KindPreference {
    /// Which.
    pub kind: Kind,
    /// In the app.
    pub app: bool,
    /// By mail.
    pub mail: bool,
}

/// Hours of the person's own clock in which no mail comes; over midnight when the end is before the beginning.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct QuietHours {
    /// From, such as `22:00`.
    pub from: String,
    /// To, such as `07:00`.
    pub to: String,
}

/// What is kept for the morning delivery.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = MorningPreferences)]
#[expect(clippy::struct_excessive_bools, reason = "each is a choice of its own")]
pub struct MorningView {
    /// When, on the person's own clock, such as `08:00`.
    pub time: String,
    /// On which days.
    #[schema(value_type = Vec<Day>)]
    pub days: Vec<String>,
    /// The ways in order: the first that works brings it, the next is for when it does not. Alerts, reminders and reports
    /// come by the same.
    #[schema(value_type = Vec<Way>)]
    pub channels: Vec<String>,
    /// Whether mail is among them.
    pub mail: bool,
    /// Whether a picture in the mail may tell that it was opened.
    pub open_tracking: bool,
    /// Whether WhatsApp is.
    pub whatsapp: bool,
    /// Their number there, in the international form. Nothing comes there before it is confirmed by a code.
    pub whatsapp_number: Option<String>,
    /// Whether notifications of the browser are.
    pub push: bool,
    /// Which shapes of content; empty is all.
    pub content_formats: Vec<String>,
    /// For which networks; empty is all.
    #[schema(value_type = Vec<Network>)]
    pub networks: Vec<String>,
    /// Most drafts at a time.
    pub max_drafts: i32,
}

/// How somebody wants to be told.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = NotificationPreferences)]
#[expect(clippy::struct_excessive_bools, reason = "each is a choice of its own")]
pub struct PreferencesView {
    /// Whether anything of this page comes by mail at all.
    pub mail: bool,
    /// Every kind with its ways.
    pub kinds: Vec<KindPreference>,
    /// When no mail comes; it waits for the end.
    pub quiet_hours: Option<QuietHours>,
    /// Whether they want to be told of trends.
    pub trend_alerts: bool,
    /// Whether they want to be reminded of posts.
    pub post_reminders: bool,
    /// Whether they want a report every week.
    pub weekly_reports: bool,
    /// The morning delivery.
    pub morning: MorningView,
    /// Whether they agreed to get news of the product at their address.
    pub marketing: bool,
    /// Since when.
    pub marketing_opted_in_at: Option<DateTime<Utc>>,
}

/// What is changed; absent fields stay.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = UpdateNotificationPreferences)]
pub struct UpdatePreferences {
    /// Whether anything of this page comes by mail at all.
    #[serde(default)]
    pub mail: Option<bool>,
    /// Ways by kind; kinds that are not named stay.
    #[schema(value_type = Option<std::collections::BTreeMap<String, Channels>>)]
    #[serde(default)]
    pub kinds: BTreeMap<String, Channels>,
    /// When no mail comes; null for never.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    pub quiet_hours: Patch<QuietHours>,
    /// Whether they want to be told of trends.
    #[serde(default)]
    pub trend_alerts: Option<bool>,
    /// Whether they want to be reminded of posts.
    #[serde(default)]
    pub post_reminders: Option<bool>,
    /// Whether they want a report every week.
    #[serde(default)]
    pub weekly_reports: Option<bool>,
    /// The morning delivery.
    #[serde(default)]
    pub morning: UpdateMorning,
    /// Agrees to news of the product by mail, or ends it.
    #[serde(default)]
    pub marketing: Option<bool>,
}

/// What is changed of the morning delivery; absent fields stay.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = UpdateMorningPreferences)]
pub struct UpdateMorning {
    /// When, such as `08:00`.
    #[serde(default)]
    pub time: Option<String>,
    /// On which days; none is never.
    #[serde(default)]
    pub days: Option<Vec<Day>>,
    /// The ways in order, each once; none is never.
    #[serde(default)]
    pub channels: Option<Vec<Way>>,
    /// Puts mail at the end of the ways, or takes it out.
    #[serde(default)]
    pub mail: Option<bool>,
    /// Whether a picture in the mail may tell that it was opened.
    #[serde(default)]
    pub open_tracking: Option<bool>,
    /// The same of WhatsApp; needs a number.
    #[serde(default)]
    pub whatsapp: Option<bool>,
    /// Number in the international form, such as `+4930123456`: a code is sent there. Null removes it.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    pub whatsapp_number: Patch<String>,
    /// The same of notifications of the browser.
    #[serde(default)]
    pub push: Option<bool>,
    /// Which shapes of content, at most 20; none is all.
    #[serde(default)]
    pub content_formats: Option<Vec<String>>,
    /// For which networks; none is all.
    #[serde(default)]
    pub networks: Option<Vec<Network>>,
    /// Most drafts at a time, 1 to 50.
    #[serde(default)]
    pub max_drafts: Option<i32>,
}

/// Reads a time of the day.
fn parse_time(path: &str, text: &str) -> Result<NaiveTime, Problem> {
    NaiveTime::parse_from_str(text, "%H:%M")
        .map_err(|_| Problem::invalid(path, "invalid_time", "Give a time of the day such as 22:00."))
}

/// Reads forms: content types such as `thread`, or targets such as `x.thread`.
fn read_forms(given: &[String]) -> Result<Vec<String>, Problem> {
    if given.len() > 20 {
        return Err(Problem::invalid("morning/content_formats", "length", "Name at most 20."));
    }
    let mut forms = Vec::with_capacity(given.len());
    for (at, form) in given.iter().map(|form| form.trim()).enumerate() {
        let is_target = || Target::ALL.iter().any(|target| target.as_str() == form);
        if ContentType::parse(form).is_none() && !is_target() {
            let known: Vec<&str> = ContentType::ALL.iter().map(|form| form.as_str()).collect();
            let words = format!(
                "There is no such form. Name some of {}; or one of a network, such as x.thread.",
                known.join(", ")
            );
            return Err(Problem::invalid(format!("morning/content_formats/{at}"), "unknown_value", words));
        }
        if !forms.iter().any(|other| other == form) {
            forms.push(form.to_owned());
        }
    }
    Ok(forms)
}

fn write_time(time: NaiveTime) -> String {
    time.format("%H:%M").to_string()
}

impl UpdatePreferences {
    /// Puts the change into a row and the number on WhatsApp; a located fault when it can't be.
    pub(crate) fn apply(&self, row: &mut PreferencesRow, number: &mut Option<String>) -> Result<(), Problem> {
        let set = |field: &mut bool, value: Option<bool>| *field = value.unwrap_or(*field);
        set(&mut row.email_enabled, self.mail);
        set(&mut row.trend_alerts_enabled, self.trend_alerts);
        set(&mut row.post_reminders_enabled, self.post_reminders);
        set(&mut row.weekly_reports_enabled, self.weekly_reports);
        match &self.quiet_hours {
            Patch::Absent => {}
            Patch::Null => (row.quiet_from, row.quiet_to) = (None, None),
            Patch::Value(hours) => {
                let from = parse_time("quiet_hours/from", &hours.from)?;
                let to = parse_time("quiet_hours/to", &hours.to)?;
                if from == to {
                    let words = "They end when they begin; leave them out to get mail at any time.";
                    return Err(Problem::invalid("quiet_hours/to", "empty_span", words));
                }
                (row.quiet_from, row.quiet_to) = (Some(from), Some(to));
            }
        }
        self.morning.apply(row, number)
    }

    /// The kinds that are changed; a located fault for one that isn't there.
    pub(crate) fn kinds(&self) -> Result<Vec<(Kind, Channels)>, Problem> {
        let read = |(name, channels): (&String, &Channels)| {
            name.parse::<Kind>().map(|kind| (kind, *channels)).map_err(|_| {
                let words = format!("There is no kind of notice called `{name}`.");
                Problem::invalid(format!("kinds/{name}"), "unknown_kind", words)
            })
        };
        self.kinds.iter().map(read).collect()
    }
}

impl UpdateMorning {
    fn apply(&self, row: &mut PreferencesRow, number: &mut Option<String>) -> Result<(), Problem> {
        if let Some(time) = &self.time {
            row.delivery_time = parse_time("morning/time", time)?;
        }
        if let Some(days) = &self.days {
            let mut days = days.clone();
            days.sort_unstable();
            days.dedup();
            row.delivery_days = days.into_iter().map(|day| <&str>::from(day).to_owned()).collect();
        }
        if let Some(given) = self.whatsapp_number.clone().into_option() {
            let good = |text: &String| {
                text.strip_prefix('+').is_some_and(|rest| {
                    (6..=15).contains(&rest.len()) && rest.bytes().all(|byte| byte.is_ascii_digit())
                })
            };
            if given.as_ref().is_some_and(|number| !good(number)) {
                let words = "Give the number in the international form, such as +4930123456.";
                return Err(Problem::invalid("morning/whatsapp_number", "invalid_phone", words));
            }
            *number = given;
        }
        self.apply_ways(row, number.is_some())?;
        row.open_tracking_enabled = self.open_tracking.unwrap_or(row.open_tracking_enabled);
        if let Some(formats) = &self.content_formats {
            row.content_formats = read_forms(formats)?;
        }
        if let Some(networks) = &self.networks {
            let mut names: Vec<String> = networks.iter().map(|network| network.as_str().to_owned()).collect();
            names.sort_unstable();
            names.dedup();
            row.networks = names;
        }
        if let Some(most) = self.max_drafts {
            if !(1..=50).contains(&most) {
                return Err(Problem::invalid("morning/max_drafts", "out_of_range", "Give 1 to 50."));
            }
            row.max_drafts = most;
        }
        Ok(())
    }
}

impl UpdateMorning {
    fn apply_ways(&self, row: &mut PreferencesRow, has_number: bool) -> Result<(), Problem> {
        let mut ways = Way::list(&row.morning_channels);
        if let Some(channels) = &self.channels {
            let twice = channels.iter().enumerate().any(|(at, way)| channels[..at].contains(way));
            if twice {
                return Err(Problem::invalid("morning/channels", "twice", "Name each way once."));
            }
            ways.clone_from(channels);
        }
        for (way, wanted) in [(Way::Email, self.mail), (Way::Whatsapp, self.whatsapp), (Way::Push, self.push)]
        {
            match wanted {
                Some(true) if !ways.contains(&way) => ways.push(way),
                Some(false) => ways.retain(|other| *other != way),
                _ => {}
            }
        }
        if !has_number && ways.contains(&Way::Whatsapp) {
            let asked = self.channels.as_ref().is_some_and(|ways| ways.contains(&Way::Whatsapp));
            if asked || self.whatsapp == Some(true) {
                let path = if asked { "morning/channels" } else { "morning/whatsapp" };
                return Err(Problem::invalid(path, "no_number", "Give your number first."));
            }
            // the number was taken away: nothing can come there
            ways.retain(|way| *way != Way::Whatsapp);
        }
        row.morning_channels = ways.into_iter().map(|way| way.as_str().to_owned()).collect();
        Ok(())
    }
}

impl PreferencesRow {
    /// The ways in order, without mail for who wants none.
    pub(crate) fn ways(&self) -> Vec<Way> {
        let ways = Way::list(&self.morning_channels);
        ways.into_iter().filter(|way| *way != Way::Email || self.email_enabled).collect()
    }

    /// The way of a kind, by the exceptions that are kept.
    pub(crate) fn view(
        self,
        chosen: &[(Kind, Channels)],
        whatsapp_number: Option<String>,
        opted_in_at: Option<Timestamp>,
    ) -> PreferencesView {
        let ways = Way::list(&self.morning_channels);
        let kinds = Kind::iter().map(|kind| {
            let Channels { app, mail } = channels(chosen, kind);
            KindPreference { kind, app, mail }
        });
        PreferencesView {
            mail: self.email_enabled,
            kinds: kinds.collect(),
            quiet_hours: self
                .quiet_from
                .zip(self.quiet_to)
                .map(|(from, to)| QuietHours { from: write_time(from), to: write_time(to) }),
            trend_alerts: self.trend_alerts_enabled,
            post_reminders: self.post_reminders_enabled,
            weekly_reports: self.weekly_reports_enabled,
            morning: MorningView {
                time: write_time(self.delivery_time),
                days: self.delivery_days,
                mail: ways.contains(&Way::Email),
                open_tracking: self.open_tracking_enabled,
                whatsapp: ways.contains(&Way::Whatsapp),
                whatsapp_number,
                push: ways.contains(&Way::Push),
                channels: self.morning_channels,
                content_formats: self.content_formats,
                networks: self.networks,
                max_drafts: self.max_drafts,
            },
            marketing: opted_in_at.is_some(),
            marketing_opted_in_at: opted_in_at,
        }
    }
}

/// By which ways a kind comes.
pub(crate) fn channels(chosen: &[(Kind, Channels)], kind: Kind) -> Channels {
    chosen.iter().find(|(other, _)| *other == kind).map_or(Channels::of(kind), |(_, channels)| *channels)
}

/// When quiet hours that hold at an instant end; none when they don't hold.
pub(crate) fn quiet_until(
    hours: Option<(NaiveTime, NaiveTime)>,
    zone: &TimeZone,
    now: Timestamp,
) -> Option<Timestamp> {
    let (from, to) = hours?;
    let local = time::local(now, zone)?;
    let clock = local.time();
    let quiet = if from < to { (from..to).contains(&clock) } else { clock >= from || clock < to };
    if !quiet {
        return None;
    }
    let day = if clock < to { local.date() } else { local.date().succ_opt()? };
    let end = time::instant(day.and_time(to.with_nanosecond(0)?), zone)?;
    // a clock that is put back shows the same hour twice: never the past
    Some(if end > now { end } else { now + Duration::hours(1) })
}

/// How long something of a day is of use at most, in hours: what begins at eight is not read at midnight.
const OF_USE: Duration = Duration::hours(15);

/// When something that speaks of the reader's day is of no use any more: at the end of that day, 15 hours on at most, and not
/// before `least` has passed.
pub(crate) fn of_today(zone: &TimeZone, now: Timestamp, least: Duration) -> Timestamp {
    let end = time::local(now, zone)
        .and_then(|local| local.date().succ_opt())
        .and_then(|next| time::instant(next.and_time(NaiveTime::MIN), zone));
    end.map_or(now + OF_USE, |end| end.min(now + OF_USE)).max(now + least)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> NaiveTime {
        NaiveTime::parse_from_str(text, "%H:%M").unwrap()
    }

    fn until(from: &str, to: &str, zone: &str, now: &str) -> Option<String> {
        let zone = TimeZone::get(zone).unwrap();
        quiet_until(Some((at(from), at(to))), &zone, now.parse().unwrap()).map(|end| end.to_rfc3339())
    }

    #[test]
    fn quiet_hours_are_of_the_wall_clock() {
        let berlin = "Europe/Berlin";
        let end = Some("2026-11-17T06:00:00+00:00".to_owned());
        assert_eq!(until("22:00", "07:00", berlin, "2026-11-16T21:00:00Z"), end, "22:00 in Berlin");
        assert_eq!(until("22:00", "07:00", berlin, "2026-11-17T05:59:59Z"), end, "06:59:59 in Berlin");
        assert_eq!(until("22:00", "07:00", berlin, "2026-11-17T06:00:00Z"), None, "the end is not in it");
        assert_eq!(until("22:00", "07:00", berlin, "2026-11-16T20:59:59Z"), None, "nor is before");
        assert_eq!(
            until("12:00", "14:00", "UTC", "2026-11-16T13:00:00Z"),
            Some("2026-11-16T14:00:00+00:00".into())
        );
        assert_eq!(until("12:00", "14:00", "UTC", "2026-11-16T14:00:00Z"), None);
        // over the night in which clocks are put back
        assert_eq!(
            until("22:00", "07:00", berlin, "2026-10-24T22:30:00Z"),
            Some("2026-10-25T06:00:00+00:00".into())
        );
        assert_eq!(quiet_until(None, &TimeZone::UTC, "2026-11-16T13:00:00Z".parse().unwrap()), None);
    }

    #[test]
    fn what_is_of_today_ends_with_it() {
        let end = |zone: &str, now: &str, least| {
            let zone = TimeZone::get(zone).unwrap();
            of_today(&zone, now.parse().unwrap(), Duration::hours(least)).to_rfc3339()
        };
        let berlin = "Europe/Berlin";
        assert_eq!(end(berlin, "2026-11-16T07:00:00Z", 0), "2026-11-16T22:00:00+00:00", "15 hours");
        assert_eq!(end(berlin, "2026-11-16T17:00:00Z", 0), "2026-11-16T23:00:00+00:00", "midnight in Berlin");
        assert_eq!(end(berlin, "2026-11-16T22:50:00Z", 0), "2026-11-16T23:00:00+00:00");
        assert_eq!(
            end(berlin, "2026-11-16T22:50:00Z", 1),
            "2026-11-16T23:50:00+00:00",
            "an hour all the same"
        );
        // the day on which clocks are put forward at midnight begins at one
        assert_eq!(end("Africa/Cairo", "2027-04-29T18:00:00Z", 0), "2027-04-29T22:00:00+00:00");
    }

    #[test]
    fn faults_are_located() {
        use serde_json::json;

        let fault = |json: serde_json::Value| {
            let change: UpdatePreferences = serde_json::from_value(json).unwrap();
            let mut row = PreferencesRow::default();
            let problem =
                change.apply(&mut row, &mut None).and_then(|()| change.kinds().map(|_| ())).unwrap_err();
            problem.errors[0].path.clone()
        };
        assert_eq!(fault(json!({ "quiet_hours": { "from": "9", "to": "10:00" } })), "quiet_hours/from");
        assert_eq!(fault(json!({ "quiet_hours": { "from": "10:00", "to": "10:00" } })), "quiet_hours/to");
        assert_eq!(fault(json!({ "kinds": { "nothing": { "app": true, "mail": true } } })), "kinds/nothing");
        assert_eq!(fault(json!({ "morning": { "whatsapp": true } })), "morning/whatsapp");
        assert_eq!(fault(json!({ "morning": { "whatsapp_number": "030" } })), "morning/whatsapp_number");
        for unknown in ["banana", "x.banana", ""] {
            let formats = json!(["thread", unknown]);
            assert_eq!(
                fault(json!({ "morning": { "content_formats": formats } })),
                "morning/content_formats/1"
            );
        }
        let words = read_forms(&["banana".to_owned()]).unwrap_err().errors[0].message.clone();
        assert!(words.contains("post, thread, "), "{words}");
        let trimmed = read_forms(&[" thread ".to_owned(), "x.thread".to_owned(), "thread".to_owned()]);
        assert_eq!(trimmed.unwrap(), ["thread", "x.thread"]);
        assert_eq!(fault(json!({ "morning": { "max_drafts": 0 } })), "morning/max_drafts");
        assert_eq!(fault(json!({ "morning": { "channels": ["push", "push"] } })), "morning/channels");
        assert_eq!(fault(json!({ "morning": { "channels": ["whatsapp"] } })), "morning/channels");
    }

    #[test]
    fn ways_keep_their_order() {
        use serde_json::json;

        let mut row = PreferencesRow::default();
        let mut number = Some("+4930123456".to_owned());
        let mut ways = |json: serde_json::Value| {
            let change: UpdatePreferences = serde_json::from_value(json).unwrap();
            change.apply(&mut row, &mut number).unwrap();
            row.morning_channels.join(" ")
        };
        assert_eq!(ways(json!({})), "email");
        assert_eq!(ways(json!({ "morning": { "push": true, "whatsapp": true } })), "email whatsapp push");
        assert_eq!(
            ways(json!({ "morning": { "channels": ["telegram", "email", "whatsapp"] } })),
            "telegram email whatsapp"
        );
        assert_eq!(ways(json!({ "morning": { "mail": false } })), "telegram whatsapp");
        assert_eq!(ways(json!({ "morning": { "whatsapp_number": null } })), "telegram");
        assert_eq!(ways(json!({ "morning": { "mail": true } })), "telegram email");
        let off = PreferencesRow { email_enabled: false, ..row };
        assert_eq!(off.ways(), [Way::Telegram]);
    }
}
