//! Where a publication stands, and what may become of it. Pure: the one state machine of publishing.

use bellwether_kernel::{Rng, Timestamp};
use bellwether_networks::publish::FaultKind;
use chrono::Duration;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::reviews::lacks;

/// Where a publication stands.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    Serialize,
    Deserialize,
    ToSchema,
    strum::EnumString,
    strum::IntoStaticStr,
    strum::VariantArray,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
#[schema(as = PublicationState)]
pub enum State {
    /// Planned without a time, for a post that waits for review.
    Draft,
    /// Has a time; the post waits for review.
    InReview,
    /// May go out, but has no time.
    Approved,
    /// Goes out at its time.
    Scheduled,
    /// Is being sent; the attempt is in the ledger.
    Sending,
    /// Is out.
    Published,
    /// Surely not out; a person decides.
    Failed,
    /// Nobody knows yet whether it is out: the account's posts are read before anything else is sent.
    Unclear,
    /// Surely not out; waits for something that its reason names.
    Held,
    /// Will not go out.
    Cancelled,
}

/// Why a publication is held.
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
pub enum HeldReason {
    /// Publishing is paused.
    Paused,
    /// Its time was missed by more than the brand allows.
    Late,
    /// The account has to be connected again.
    Connection,
    /// The post was changed or opened again and waits for review.
    NotApproved,
    /// The text breaks the network's rules.
    Rules,
    /// The brand or its organization was deleted when it was due, and restored since.
    Deleted,
}

/// How a publication's time came about.
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
#[schema(as = PublicationSource)]
pub enum Source {
    /// Somebody chose it.
    Exact,
    /// The next free time of the queue.
    Queue,
    /// At once.
    Now,
    /// A repetition.
    Recurrence,
}

/// What happens to a publication.
#[derive(Debug, Clone, Copy, PartialEq, Eq, strum::VariantArray)]
pub enum Change {
    /// The post was approved.
    Approve,
    /// The post is no longer approved.
    Disapprove,
    /// It is given a time.
    Schedule,
    /// Its time is taken.
    Unschedule,
    /// A worker begins to send it.
    Begin,
    /// It is out.
    Publish,
    /// It surely did not go out, and trying again by itself makes no sense.
    Fail,
    /// It surely did not go out, and is tried again.
    Retry,
    /// Nobody knows.
    Lose,
    /// It has to wait for something.
    Hold,
    /// What it waited for is there.
    Release,
    /// It shall not go out.
    Cancel,
}

/// What a person may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Can {
    /// Give it a text of its own.
    Edit,
    /// Give it another time.
    Reschedule,
    /// Send it now.
    PublishNow,
    /// Take it out.
    Cancel,
    /// Send it again after a failure.
    Retry,
    /// Look at the network whether it is out.
    Reconcile,
    /// Say that it is out.
    ConfirmPublished,
    /// Say that it is not out, and send it again.
    ConfirmAbsent,
}

impl State {
    /// All of them.
    pub const ALL: &'static [Self] = <Self as strum::VariantArray>::VARIANTS;

    /// As the database writes it.
    pub fn as_str(self) -> &'static str {
        self.into()
    }

    /// Reads what the database writes.
    pub fn parse(text: &str) -> Option<Self> {
        text.parse().ok()
    }

    /// Where it stands after a change; none when the change isn't possible. Only `Begin` leads to `Sending`, only from
    /// `Scheduled`, and nothing leads from `Unclear` to `Scheduled` but `Retry`, which takes proof that it is not out.
    pub const fn after(self, change: Change) -> Option<Self> {
        use State::{
            Approved, Cancelled, Draft, Failed, Held, InReview, Published, Scheduled, Sending, Unclear,
        };
        match (change, self) {
            (Change::Approve, Draft | Approved) | (Change::Unschedule, Approved | Scheduled) => {
                Some(Approved)
            }
            (Change::Approve, InReview | Scheduled)
            | (Change::Schedule, Approved | Scheduled | Held | Failed)
            | (Change::Release, Held)
            | (Change::Retry, Sending | Failed | Unclear | Held) => Some(Scheduled),
            (Change::Disapprove, Approved) | (Change::Unschedule, InReview | Draft) => Some(Draft),
            (Change::Disapprove, Scheduled | Held | InReview) | (Change::Schedule, Draft | InReview) => {
                Some(InReview)
            }
            (Change::Begin, Scheduled) => Some(Sending),
            // what was lost may turn out to be there; a late answer is as good as one in time
            (Change::Publish, Sending | Unclear) => Some(Published),
            (Change::Fail, Sending | Unclear) => Some(Failed),
            (Change::Lose, Sending) => Some(Unclear),
            (Change::Hold, Scheduled | Sending) => Some(Held),
            (Change::Cancel, Draft | InReview | Approved | Scheduled | Held | Failed) => Some(Cancelled),
            _ => None,
        }
    }

    /// What a person may do.
    pub fn can(self) -> &'static [Can] {
        match self {
            Self::Draft | Self::InReview => &[Can::Edit, Can::Reschedule, Can::Cancel],
            Self::Approved | Self::Scheduled | Self::Held => {
                &[Can::Edit, Can::Reschedule, Can::PublishNow, Can::Cancel]
            }
            Self::Failed => &[Can::Retry, Can::Edit, Can::Reschedule, Can::Cancel],
            Self::Unclear => &[Can::Reconcile, Can::ConfirmPublished, Can::ConfirmAbsent],
            Self::Sending | Self::Published | Self::Cancelled => &[],
        }
    }
}

/// What a publication was when its post was deleted, rejected or archived: it comes back so with the post.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TakenOut {
    /// Where it stood.
    pub state: State,
    /// Why it was held.
    #[serde(default)]
    pub held_reason: Option<String>,
    /// What was said of that.
    #[serde(default)]
    pub words: Option<String>,
}

/// Why nothing of a post goes out, if so.
pub fn gone(post_status: &str, post_deleted: bool) -> Option<&'static str> {
    match (post_deleted, post_status) {
        (true, _) => Some("The post was deleted. This comes back with it."),
        (false, "rejected") => Some("The post was rejected. This comes back with it."),
        (false, "archived") => Some("The post was archived. This comes back with it."),
        _ => None,
    }
}

/// What is known of a publication at the moment when it is due, read and held in the transaction that decides.
#[derive(Debug, Clone)]
pub struct Facts {
    /// Where the post stands; `approved` and `published` may go out.
    pub post_status: String,
    /// Whether the post was deleted.
    pub post_deleted: bool,
    /// Whether the brand or its organization was.
    pub gone: bool,
    /// What breaks the network's rules.
    pub rule_errors: i32,
    /// What its text lacks by the brand's rules.
    pub missing: Option<String>,
    /// Whether it has a text of its own, approved with it.
    pub own_content: bool,
    /// Where the account stands.
    pub connection_status: String,
    /// No calls before.
    pub blocked_until: Option<Timestamp>,
    /// When the account published last.
    pub last_published_at: Option<Timestamp>,
    /// Why publishing is paused, if it is.
    pub paused: Option<String>,
    /// When it should go out.
    pub due_at: Timestamp,
    /// How that came about.
    pub source: Source,
    /// Attempts so far.
    pub attempts: i32,
    /// How late it may go out without asking, in minutes.
    pub late_minutes: i32,
    /// How many calls the account may have at once, and has.
    pub at_once: (u16, usize),
}

/// What becomes of a due publication.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// Goes out.
    Send,
    /// Waits for something.
    Hold(HeldReason, String),
    /// Its post is gone.
    Cancel(String),
    /// Not before.
    Later(Timestamp),
}

/// Later than this it is late: told apart from the usual second or two.
const LATE: Duration = Duration::minutes(2);
/// What was missed goes out at this distance on an account, so that a machine that was off is no burst.
const CATCH_UP: Duration = Duration::minutes(5);
/// About how long one sending takes: those that wait for the same account look again at this distance.
const ONE_SENDING: Duration = Duration::seconds(2);

/// Decides what becomes of a publication whose time has come.
pub fn judge(facts: &Facts, now: Timestamp) -> Verdict {
    if let Some(words) = gone(&facts.post_status, facts.post_deleted) {
        return Verdict::Cancel(words.to_owned());
    }
    if facts.gone {
        let words = "The brand was deleted when this was due. Publish it now, or give it another time.";
        return Verdict::Hold(HeldReason::Deleted, words.to_owned());
    }
    if let Some(reason) = &facts.paused {
        let words =
            if reason.is_empty() { "Publishing is paused.".to_owned() } else { format!("Paused: {reason}") };
        return Verdict::Hold(HeldReason::Paused, words);
    }
    if !matches!(facts.post_status.as_str(), "approved" | "published") {
        let words = "The post was changed or taken back and waits for review.".to_owned();
        return Verdict::Hold(HeldReason::NotApproved, words);
    }
    if let Some(missing) = &facts.missing {
        return Verdict::Hold(HeldReason::NotApproved, lacks(missing).to_owned());
    }
    if facts.rule_errors > 0 && !facts.own_content {
        let words = "The text breaks the network's rules. Mend it, then publish.".to_owned();
        return Verdict::Hold(HeldReason::Rules, words);
    }
    if facts.connection_status != "active" {
        let words = "The account has to be connected again.".to_owned();
        return Verdict::Hold(HeldReason::Connection, words);
    }
    let late = now - facts.due_at;
    if facts.attempts == 0
        && facts.source != Source::Now
        && late > Duration::minutes(facts.late_minutes.into())
    {
        let words =
            format!("Its time was missed by {}. Publish it now, or give it another time.", spoken(late));
        return Verdict::Hold(HeldReason::Late, words);
    }
    if let Some(until) = facts.blocked_until.filter(|until| *until > now) {
        return Verdict::Later(until);
    }
    let (most, running) = facts.at_once;
    if running >= usize::from(most) {
        let turns = i32::try_from(running - usize::from(most) + 1).unwrap_or(i32::MAX).min(1_000);
        return Verdict::Later(now + ONE_SENDING * turns);
    }
    if late > LATE
        && facts.attempts == 0
        && let Some(next) = facts.last_published_at.map(|last| last + CATCH_UP).filter(|next| *next > now)
    {
        return Verdict::Later(next);
    }
    Verdict::Send
}

fn spoken(late: Duration) -> String {
    match (late.num_minutes(), late.num_hours(), late.num_days()) {
        (minutes, 0, _) => format!("{minutes} minutes"),
        (_, 1, _) => "an hour".to_owned(),
        (_, hours, 0) => format!("{hours} hours"),
        (_, _, 1) => "a day".to_owned(),
        (_, _, days) => format!("{days} days"),
    }
}

/// What follows from a fault of a sending.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum After {
    /// Tried again at this time.
    Again(Timestamp),
    /// A person decides.
    Failed,
    /// Reconciled, first at this time.
    Unclear(Timestamp),
    /// The account has to be connected again.
    Reconnect,
}

/// How often a passing failure is tried again before a person is asked: over about nine hours.
pub const MOST_FAILURES: i32 = 10;

/// The same of a network that wants fewer calls and doesn't say when: over about two and a half hours.
const MOST_LIMITED: i32 = 14;
/// How long an account rests that was limited without a word on when, in minutes: after the first time in a row, the second …
const LIMITED: [u32; 5] = [1, 2, 4, 8, 12];

/// How long to wait after an answer that there were too many calls, without a time; `times` counts those in a row before it.
/// Up to a quarter more than its step, so that accounts that were limited together don't come back together: at most 15
/// minutes.
pub fn limited_wait(times: i16, rng: &Rng) -> std::time::Duration {
    let step = usize::try_from(times).unwrap_or_default().min(LIMITED.len() - 1);
    let seconds = u64::from(LIMITED[step]) * 60;
    std::time::Duration::from_secs(seconds + rng.below(seconds / 4 + 1))
}

/// What follows from a fault; `failures` counts those in a row before this one.
pub fn after_fault(
    kind: FaultKind,
    retry_after: Option<std::time::Duration>,
    failures: i32,
    settles: Duration,
    now: Timestamp,
) -> After {
    let asked = retry_after.and_then(|wait| Duration::from_std(wait).ok());
    match kind {
        FaultKind::Unclear => After::Unclear(now + settles),
        FaultKind::Rejected | FaultKind::Setup | FaultKind::Unsupported => After::Failed,
        FaultKind::NeedsConsent | FaultKind::Revoked => After::Reconnect,
        FaultKind::RateLimited if failures < MOST_LIMITED => {
            After::Again(now + asked.unwrap_or(Duration::minutes(1)))
        }
        _ if failures >= MOST_FAILURES => After::Failed,
        FaultKind::TokenExpired => After::Again(now + Duration::seconds(5)),
        FaultKind::Transient | FaultKind::RateLimited => {
            After::Again(now + asked.unwrap_or(Duration::zero()).max(backoff(failures)))
        }
    }
}

/// 15 s, 30 s, 1 min … at most 2 hours.
fn backoff(failures: i32) -> Duration {
    let doubled = 15_i64.saturating_mul(1 << failures.clamp(0, 20));
    Duration::seconds(doubled.min(7_200))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use strum::VariantArray as _;

    use super::*;

    fn now() -> Timestamp {
        "2026-11-21T09:00:00Z".parse().unwrap()
    }

    fn facts() -> Facts {
        Facts {
            post_status: "approved".to_owned(),
            post_deleted: false,
            gone: false,
            rule_errors: 0,
            missing: None,
            own_content: false,
            connection_status: "active".to_owned(),
            blocked_until: None,
            last_published_at: None,
            paused: None,
            due_at: now(),
            source: Source::Exact,
            attempts: 0,
            late_minutes: 60,
            at_once: (1, 0),
        }
    }

    fn change() -> impl Strategy<Value = Change> {
        proptest::sample::select(Change::VARIANTS)
    }

    proptest! {
        /// Whatever happens in whatever order: it is sent again only after a failure that is certain, or a proof; what is
        /// out or cancelled stays so.
        #[test]
        fn never_twice(changes in proptest::collection::vec(change(), 0..60)) {
            let mut state = State::Draft;
            let (mut sent_unsettled, mut out, mut cancelled) = (false, false, false);
            for change in changes {
                let Some(next) = state.after(change) else { continue };
                prop_assert!(!out || next == State::Published);
                prop_assert!(!cancelled || next == State::Cancelled);
                match change {
                    Change::Begin => {
                        prop_assert!(!sent_unsettled, "sent while an earlier end is not known");
                        sent_unsettled = true;
                    }
                    Change::Publish => { prop_assert!(sent_unsettled); out = true; }
                    Change::Fail | Change::Retry | Change::Hold => sent_unsettled = false,
                    Change::Cancel => { prop_assert!(!sent_unsettled, "cancelled while it may be out"); cancelled = true; }
                    _ => {}
                }
                prop_assert_eq!(matches!(next, State::Sending | State::Unclear), sent_unsettled && !out);
                state = next;
            }
        }

        /// A verdict to send needs all that it needs.
        #[test]
        fn nothing_unapproved_goes_out(
            status in "approved|published|pending|rejected|archived", deleted: bool, gone: bool, errors in 0..2_i32, own: bool,
            active: bool, paused: bool, missing: bool, late in 0..10_000_i64, running in 0..3_usize,
        ) {
            let facts = Facts {
                post_status: status.clone(),
                post_deleted: deleted,
                gone,
                rule_errors: errors,
                own_content: own,
                missing: missing.then(|| "client".to_owned()),
                connection_status: if active { "active" } else { "revoked" }.to_owned(),
                paused: paused.then(String::new),
                due_at: now() - Duration::minutes(late),
                at_once: (1, running),
                ..facts()
            };
            if judge(&facts, now()) == Verdict::Send {
                prop_assert!(status == "approved" || status == "published");
                prop_assert!(!deleted && !gone && active && !paused && !missing && late <= 60 && running == 0 && (errors == 0 || own));
            }
        }
    }

    #[test]
    fn what_was_missed_is_no_burst() {
        let missed = Facts { due_at: now() - Duration::minutes(30), ..facts() };
        assert_eq!(judge(&missed, now()), Verdict::Send);
        let next = Facts { last_published_at: Some(now()), ..missed };
        assert_eq!(judge(&next, now()), Verdict::Later(now() + Duration::minutes(5)));
        let old = Facts { due_at: now() - Duration::hours(26), ..facts() };
        let Verdict::Hold(HeldReason::Late, words) = judge(&old, now()) else { panic!("not held") };
        assert_eq!(words, "Its time was missed by a day. Publish it now, or give it another time.");
        assert_eq!(judge(&Facts { source: Source::Now, ..old }, now()), Verdict::Send);
    }

    #[test]
    fn one_account_takes_its_turns() {
        for (running, wait) in [(1, 2), (2, 4), (50, 100)] {
            let busy = Facts { at_once: (1, running), ..facts() };
            assert_eq!(judge(&busy, now()), Verdict::Later(now() + Duration::seconds(wait)));
        }
    }

    #[test]
    fn what_follows_from_faults() {
        let after = |kind, failures| after_fault(kind, None, failures, Duration::seconds(60), now());
        assert_eq!(after(FaultKind::Unclear, 0), After::Unclear(now() + Duration::seconds(60)));
        assert_eq!(after(FaultKind::Unclear, 50), After::Unclear(now() + Duration::seconds(60)));
        assert_eq!(after(FaultKind::Transient, 0), After::Again(now() + Duration::seconds(15)));
        assert_eq!(after(FaultKind::Transient, 3), After::Again(now() + Duration::seconds(120)));
        assert_eq!(after(FaultKind::Transient, MOST_FAILURES), After::Failed);
        assert_eq!(after(FaultKind::Rejected, 0), After::Failed);
        assert_eq!(after(FaultKind::Revoked, 0), After::Reconnect);
        let asked = Some(std::time::Duration::from_secs(40));
        let limited = after_fault(FaultKind::RateLimited, asked, 0, Duration::zero(), now());
        assert_eq!(limited, After::Again(now() + Duration::seconds(40)));
        assert_eq!(after(FaultKind::RateLimited, MOST_LIMITED), After::Failed);
    }

    #[test]
    fn waits_of_a_network_that_names_no_time_grow_to_a_quarter_of_an_hour() {
        let rng = bellwether_kernel::Rng::seeded(1);
        for (times, from, to) in
            [(0, 60, 75), (1, 120, 150), (2, 240, 300), (3, 480, 600), (4, 720, 900), (i16::MAX, 720, 900)]
        {
            let waits: Vec<u64> = (0..200).map(|_| limited_wait(times, &rng).as_secs()).collect();
            assert!(waits.iter().all(|wait| (from..=to).contains(wait)), "{times}: {waits:?}");
            assert!(waits.iter().any(|wait| *wait != waits[0]), "{times}: they differ");
        }
        // what was waited before a person is asked, all in all
        let steps = (0..MOST_LIMITED).map(|times| LIMITED[usize::try_from(times).unwrap().min(4)]);
        assert_eq!(steps.sum::<u32>(), 135);
    }
}
