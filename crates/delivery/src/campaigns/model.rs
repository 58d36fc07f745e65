//! Campaigns, and their steps.

use bellwether_kernel::Timestamp;
use bellwether_mail::Template;
use bellwether_publishing::time;
use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::CampaignId;

/// Who gets a campaign. Nobody who unsubscribed or whose address bounced.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Serialize,
    Deserialize,
    ToSchema,
    strum::EnumString,
    strum::IntoStaticStr,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
#[schema(as = CampaignAudience)]
pub enum Audience {
    /// Who is on the waitlist, whose form says that it is told of the launch.
    Waitlist,
    /// Who has an account and agreed to news of the product.
    OptedIn,
    /// Both; who is in both gets it once.
    Everybody,
}

/// Why somebody gets a campaign: what they agreed to, in the words of the form on which they did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// They joined the waitlist, whose form says that it is written about the launch.
    Waitlist,
    /// They agreed to news in their settings.
    News,
}

impl Reason {
    fn words(self) -> &'static str {
        match self {
            Self::Waitlist => "You get this because you joined the waitlist.",
            Self::News => "You get this because you agreed to news of Bellwether in your settings.",
        }
    }
}

/// A step of a countdown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, strum::EnumIter, strum::IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum Step {
    /// Fourteen days before.
    T14,
    /// Seven days before.
    T7,
    /// The day before.
    T1,
    /// The day.
    Launch,
}

/// The morning: from then on a step goes out on its day.
const MORNING: NaiveTime = match NaiveTime::from_hms_opt(9, 0, 0) {
    Some(time) => time,
    None => NaiveTime::MIN,
};

impl Step {
    /// As the database writes it.
    pub fn as_str(self) -> &'static str {
        self.into()
    }

    /// The step that is due where it is a certain time now. A day that was missed is missed: a mail of seven days that comes
    /// on the sixth would be wrong.
    pub fn due(launch_on: NaiveDate, zone: &TimeZone, now: Timestamp) -> Option<Self> {
        let local = time::local(now, zone)?;
        if local.time() < MORNING {
            return None;
        }
        match (launch_on - local.date()).num_days() {
            14 => Some(Self::T14),
            7 => Some(Self::T7),
            1 => Some(Self::T1),
            0 => Some(Self::Launch),
            _ => None,
        }
    }

    /// The mail, with why its reader gets it.
    pub fn mail(
        self,
        (name, launch_on, link): (&str, NaiveDate, &str),
        reason: Reason,
        unsubscribe: &str,
    ) -> Template {
        let day = launch_on.format("%-d %B %Y");
        let (subject, line) = match self {
            Self::T14 => {
                (format!("{name}: two weeks to go"), format!("{name} begins on {day}, in two weeks."))
            }
            Self::T7 => {
                (format!("{name}: one week to go"), format!("{name} begins on {day}, a week from today."))
            }
            Self::T1 => (format!("{name}: tomorrow"), format!("{name} begins tomorrow, on {day}.")),
            Self::Launch => (format!("{name}: today"), format!("{name} begins today. Come in.")),
        };
        Template::Countdown {
            subject,
            preview: line.clone(),
            lines: vec![line],
            link: link.to_owned(),
            why: reason.words().to_owned(),
            unsubscribe: unsubscribe.to_owned(),
        }
    }
}

/// How many mails of each step.
#[derive(Debug, Clone, Default, Serialize, ToSchema)]
pub struct CampaignSteps {
    /// Fourteen days before.
    pub t14: i64,
    /// Seven days before.
    pub t7: i64,
    /// The day before.
    pub t1: i64,
    /// On the day.
    pub launch: i64,
}

/// A countdown.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Campaign)]
pub struct CampaignView {
    /// Id.
    pub id: CampaignId,
    /// What begins.
    pub name: String,
    /// When.
    pub launch_on: NaiveDate,
    /// Who gets it.
    #[schema(value_type = Audience)]
    pub audience: String,
    /// What the mails lead to.
    pub link: String,
    /// IANA time zone for addresses whose own nobody knows.
    pub time_zone: String,
    /// When it was ended.
    pub cancelled_at: Option<DateTime<Utc>>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// How many a mail server took; without one, how many are kept to be read.
    pub sent: CampaignSteps,
    /// How many wait in the outbox.
    pub waiting: CampaignSteps,
    /// How many did not leave: the mail server refused them for good, or until their day was over.
    pub refused: CampaignSteps,
    /// How many were taken back, since the reader unsubscribed or the campaign was ended.
    pub withdrawn: CampaignSteps,
}

/// A countdown to be made.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateCampaign {
    /// What begins, 1 to 120 characters.
    pub name: String,
    /// When, within two years; steps whose day is over are left out.
    pub launch_on: NaiveDate,
    /// Who gets it.
    pub audience: Audience,
    /// What the mails lead to: an address that begins with `https://` or `http://`.
    pub link: String,
    /// IANA time zone for addresses whose own nobody knows; UTC when absent.
    #[serde(default)]
    pub time_zone: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_due_on_their_morning_and_not_later() {
        let launch: NaiveDate = "2026-12-15".parse().unwrap();
        let due =
            |zone: &str, now: &str| Step::due(launch, &TimeZone::get(zone).unwrap(), now.parse().unwrap());
        assert_eq!(due("UTC", "2026-12-01T08:59:59Z"), None);
        assert_eq!(due("UTC", "2026-12-01T09:00:00Z"), Some(Step::T14));
        assert_eq!(due("UTC", "2026-12-02T09:00:00Z"), None, "missed");
        assert_eq!(due("UTC", "2026-12-08T23:00:00Z"), Some(Step::T7));
        assert_eq!(due("Asia/Tokyo", "2026-12-14T00:00:00Z"), Some(Step::T1), "nine in Tokyo");
        assert_eq!(due("America/Los_Angeles", "2026-12-15T16:59:00Z"), None);
        assert_eq!(due("America/Los_Angeles", "2026-12-15T17:00:00Z"), Some(Step::Launch));
        assert_eq!(due("UTC", "2026-12-16T09:00:00Z"), None);
    }

    #[test]
    fn every_step_has_words() {
        use strum::IntoEnumIterator as _;
        for step in Step::iter() {
            let mail = step.mail(
                ("Bellwether 2", "2026-12-15".parse().unwrap(), "https://b.example"),
                Reason::Waitlist,
                "https://u.example",
            );
            let rendered = bellwether_mail::render(&mail).unwrap();
            assert!(rendered.subject.starts_with("Bellwether 2: "), "{}", rendered.subject);
            assert!(rendered.text.contains("https://u.example"));
            assert!(rendered.text.contains("because you joined the waitlist"), "{}", rendered.text);
        }
    }
}
