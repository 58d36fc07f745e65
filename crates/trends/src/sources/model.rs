//! What a source is: its kinds, how it fares, and when it is looked at.

use bellwether_kernel::{Problem, Timestamp, text};
use chrono::{DateTime, Duration, Utc};
use serde::{Deserialize, Serialize};
use strum::{EnumString, IntoStaticStr};
use utoipa::ToSchema;

use crate::SourceId;

/// Sources of a brand at most.
pub const MOST: i64 = 500;
/// Minutes between two looks at most, unless somebody wants it weekly.
const DAY: i64 = 24 * 60;
/// And at least.
const SOONEST: i64 = 30;
/// Failures in a row after which a source rests: it is looked at once a week.
const REST_AFTER: i32 = 12;
/// Passing failures in a row after which somebody should know.
const TROUBLED_AFTER: i32 = 3;

/// What kind of source it is.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema, EnumString, IntoStaticStr,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
#[schema(as = SourceKind)]
pub enum Kind {
    /// A newsletter, blog or podcast: RSS, Atom or JSON Feed.
    Feed,
    /// A channel of YouTube.
    Youtube,
    /// A subreddit or somebody's posts.
    Reddit,
    /// Hacker News.
    HackerNews,
    /// Any page: what is new on it.
    Page,
    /// A handle or hashtag of X: read through a connected account.
    X,
    /// A profile of LinkedIn: kept, and not read.
    Linkedin,
    /// An account or hashtag of Instagram: read through a connected account.
    Instagram,
}

impl Kind {
    /// As the database and the API write it.
    pub fn as_str(self) -> &'static str {
        self.into()
    }

    /// Why nothing can be read of it, whatever is connected; none when something can.
    pub const fn unsupported(self) -> Option<&'static str> {
        match self {
            Self::Linkedin => Some(
                "LinkedIn shows no program what others post, not even through a connected account. The source is kept, \
                 and nothing is read of it.",
            ),
            _ => None,
        }
    }

    /// Whether it is read through an account of the brand, or not at all.
    pub const fn needs_account(self) -> bool {
        matches!(self, Self::X | Self::Instagram)
    }

    /// What to do where no account is connected.
    pub const fn connect_words(self) -> &'static str {
        match self {
            Self::X => "Connect an X account under Connections, and this is read through it.",
            Self::Instagram => {
                "Connect an Instagram account of a business or creator under Connections, and this is read through it."
            }
            _ => "Connect an account of this network under Connections, and this is read through it.",
        }
    }
}

/// How often it is looked at.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema, EnumString, IntoStaticStr,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
#[schema(as = SourceFrequency)]
pub enum Frequency {
    /// By how often something is new: every half hour to once a day.
    #[default]
    Auto,
    /// Every hour.
    Hourly,
    /// Every six hours.
    #[serde(rename = "every_6_hours")]
    #[strum(serialize = "every_6_hours")]
    Every6Hours,
    /// Once a day.
    Daily,
    /// Once a week.
    Weekly,
}

impl Frequency {
    /// As the database and the API write it.
    pub fn as_str(self) -> &'static str {
        self.into()
    }

    /// Minutes between two looks, when somebody has said so.
    const fn fixed(self) -> Option<i64> {
        match self {
            Self::Auto => None,
            Self::Hourly => Some(60),
            Self::Every6Hours => Some(6 * 60),
            Self::Daily => Some(DAY),
            Self::Weekly => Some(7 * DAY),
        }
    }
}

/// How it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema, EnumString, IntoStaticStr)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
#[schema(as = SourceState)]
pub enum State {
    /// Not looked at yet.
    New,
    /// Read without trouble.
    Healthy,
    /// Could not be read; tried again, less and less often.
    Troubled,
    /// Could not be read for long: tried once a week.
    Resting,
    /// The network gives nothing to read.
    Unsupported,
    /// It is read through an account, and none is connected that works.
    Unconnected,
    /// Somebody has paused it.
    Paused,
}

impl State {
    /// As the database and the API write it.
    pub fn as_str(self) -> &'static str {
        self.into()
    }
}

/// How it fares.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = SourceHealth)]
pub struct Health {
    /// What is wrong, or why nothing is read.
    pub words: Option<String>,
    /// When it was read last.
    pub last_success_at: Option<DateTime<Utc>>,
    /// When it was looked at last.
    pub last_checked_at: Option<DateTime<Utc>>,
    /// When it is looked at next; null while paused or unsupported.
    pub next_check_at: Option<DateTime<Utc>>,
    /// Failures in a row.
    pub failures: i32,
    /// Minutes between two looks while all is well.
    pub every_minutes: i32,
}

/// A source.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = ContentSource)]
pub struct SourceView {
    /// Id.
    pub id: SourceId,
    /// Its kind.
    pub kind: Kind,
    /// What it is called.
    pub name: String,
    /// Its address, as a person knows it.
    pub url: String,
    /// What is read; null until it is found.
    pub feed_url: Option<String>,
    /// What makes it this source.
    pub identifier: String,
    /// 1 to 10; a higher one weighs more in smart feeds.
    pub priority: i32,
    /// Whether it is looked at.
    pub active: bool,
    /// How often.
    pub frequency: Frequency,
    /// For `If-Match`.
    pub version: i32,
    /// When it was added.
    pub created_at: DateTime<Utc>,
    /// How it is.
    pub state: State,
    /// How it fares.
    pub health: Health,
    /// The brand's account that it was read through last, as people address it, without `@`; null where it needs none.
    pub read_through: Option<String>,
    /// Of the demonstration: its items came with it, and it is not read from anywhere.
    pub demo: bool,
    /// What it said that is kept.
    pub items: i64,
    /// How much it says in a week, by the last four; null until it was read.
    pub per_week: Option<f64>,
    /// When it said something last.
    pub last_item_at: Option<DateTime<Utc>>,
}

/// A source to add.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateSource {
    /// Its kind.
    pub kind: Kind,
    /// Its address.
    pub url: String,
    /// The address of its feed, where that is known; else it is found on the first look.
    #[serde(default)]
    pub feed_url: Option<String>,
    /// What it is called; else what it calls itself. At most 200 characters.
    #[serde(default)]
    pub name: Option<String>,
    /// 1 to 10, 5 when left out.
    #[serde(default)]
    pub priority: Option<i32>,
    /// How often it is looked at, `auto` when left out.
    #[serde(default)]
    pub frequency: Option<Frequency>,
}

/// What of a source changes.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UpdateSource {
    /// What it is called, at most 200 characters.
    #[serde(default)]
    pub name: Option<String>,
    /// 1 to 10.
    #[serde(default)]
    pub priority: Option<i32>,
    /// Whether it is looked at.
    #[serde(default)]
    pub active: Option<bool>,
    /// How often.
    #[serde(default)]
    pub frequency: Option<Frequency>,
}

/// A name of 1 to 200 characters.
pub fn check_name(name: &str) -> Result<String, Problem> {
    let name = text::one_line(name);
    if name.is_empty() {
        return Err(Problem::invalid("name", "blank", "Give it a name."));
    }
    if name.chars().count() > 200 {
        return Err(Problem::invalid("name", "too_long", "Use at most 200 characters."));
    }
    Ok(name)
}

/// A priority of 1 to 10.
pub fn check_priority(priority: i32) -> Result<i32, Problem> {
    if (1..=10).contains(&priority) {
        return Ok(priority);
    }
    Err(Problem::invalid("priority", "out_of_range", "Between 1 and 10."))
}

/// Minutes until something is likely new: a quarter of the mean time between the newest 20 things said in the last 60
/// days, held between half an hour and a day. `dates` need no order.
pub fn rhythm(dates: &[Timestamp], now: Timestamp) -> i64 {
    let mut recent: Vec<Timestamp> =
        dates.iter().copied().filter(|at| *at <= now && *at > now - Duration::days(60)).collect();
    recent.sort_unstable_by(|a, b| b.cmp(a));
    recent.truncate(20);
    let Some(oldest) = recent.last() else { return DAY };
    // the time since the newest counts too: who has fallen silent is asked less
    let gap = (now - *oldest).num_minutes() / recent.len() as i64;
    (gap / 4).clamp(SOONEST, DAY)
}

/// Minutes between two looks while all is well; `wish` is what the feed asks for.
pub fn every_minutes(frequency: Frequency, dates: &[Timestamp], wish: Option<i64>, now: Timestamp) -> i32 {
    let minutes = frequency.fixed().unwrap_or_else(|| {
        let own = rhythm(dates, now);
        // who asks for more rest gets it, within reason
        wish.map_or(own, |wish| own.max(wish.min(DAY)))
    });
    minutes as i32
}

/// What a failure makes of a source: its state, and minutes until the next look.
pub fn after_failure(failures: i32, lasting: bool, every: i32) -> (State, i64) {
    let state = if failures >= REST_AFTER {
        State::Resting
    } else if lasting || failures >= TROUBLED_AFTER {
        State::Troubled
    } else {
        State::Healthy
    };
    let minutes = match state {
        State::Resting => 7 * DAY,
        _ => (i64::from(every.max(15)) << failures.clamp(0, 10)).min(DAY),
    };
    (state, minutes)
}

/// Spreads looks that would fall together: up to a tenth later, by the source's own id.
pub fn spread(minutes: i64, id: SourceId) -> Duration {
    let share = (id.uuid().as_u128() % 1_000) as i64;
    Duration::seconds(minutes * 60 + minutes * 6 * share / 1_000)
}

/// Things said in a week, by the last four; where no more is known than the newest of them, by the days that those tell of.
pub fn per_week(dates: &[Timestamp], now: Timestamp) -> f64 {
    let known: Vec<Timestamp> = dates.iter().copied().filter(|at| *at <= now).collect();
    let recent = known.iter().filter(|at| **at > now - Duration::days(28)).count();
    let reach = known.iter().min().map_or(Duration::zero(), |oldest| now - *oldest);
    // one or two say nothing of a pace
    let days = if recent < 3 { 28.0 } else { (reach.num_minutes() as f64 / 1_440.0).clamp(1.0, 28.0) };
    recent as f64 / days * 7.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_seen() {
        for nothing in ["", " \n", "\u{202e}", "\u{3164}"] {
            assert_eq!(check_name(nothing).unwrap_err().errors[0].code, "blank");
        }
    }

    #[test]
    fn the_rhythm_follows_what_is_said() {
        let now: Timestamp = "2026-11-16T09:00:00Z".parse().unwrap();
        let every = |hours: i64, count: i64| -> Vec<Timestamp> {
            (0..count).map(|n| now - Duration::hours(hours * (n + 1))).collect()
        };
        assert_eq!(rhythm(&[], now), 24 * 60);
        assert_eq!(rhythm(&every(1, 50), now), 30);
        assert_eq!(rhythm(&every(24, 20), now), 6 * 60);
        assert_eq!(rhythm(&every(24 * 7, 20), now), 24 * 60);
        // dates of the future say nothing
        assert_eq!(rhythm(&[now + Duration::days(3)], now), 24 * 60);
        assert_eq!(every_minutes(Frequency::Hourly, &[], Some(600), now), 60);
        assert_eq!(every_minutes(Frequency::Auto, &every(1, 50), Some(120), now), 120);
        assert!((per_week(&every(24, 60), now) - 6.75).abs() < 0.01);
        // a feed that gives no more than its newest thirty, of thirty hours
        assert!((per_week(&every(1, 30), now) - 168.0).abs() < 0.01);
        assert!((per_week(&every(1, 5), now) - 35.0).abs() < 0.01);
        assert!((per_week(&every(1, 1), now) - 0.25).abs() < 0.01);
    }

    #[test]
    fn failures_put_off_the_next_look_and_end_in_rest() {
        assert_eq!(after_failure(1, false, 60), (State::Healthy, 120));
        assert_eq!(after_failure(1, true, 60), (State::Troubled, 120));
        assert_eq!(after_failure(3, false, 60), (State::Troubled, 480));
        assert_eq!(after_failure(6, true, 60), (State::Troubled, 24 * 60));
        assert_eq!(after_failure(12, true, 60), (State::Resting, 7 * 24 * 60));
    }
}
