//! What is usual: how much the whole stream brings in each hour of the week, and which share of it each term has.
//!
//! The last seven days are kept by the hour; what is older fades with a half-life of four weeks. Shares of the stream
//! rather than counts per hour are compared, so that a night, a weekend or a new source is not taken for a trend.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use super::{stats::surprise, terms::Key};

/// Hours of a week, and how far back items are kept one by one.
pub(crate) const WEEK: u32 = 168;
/// Days after which what is past counts half.
const HALF_LIFE: f64 = 28.0;
/// The windows in which bursts are looked for, in hours.
pub(crate) const WINDOWS: [u32; 5] = [6, 24, 72, 120, WEEK];
/// A term never seen before is taken for one that has this many uses in `PRIOR_ITEMS` items.
const PRIOR_USES: f64 = 0.5;
const PRIOR_ITEMS: f64 = 100.0;
/// How many of its own uses a term needs until its own hours of the week weigh as much as everybody's.
const OWN_HOURS: f64 = 16.0;
/// Days of the stream until hours of the week mean anything: two whole weeks beside the current one.
const HABIT_DAYS: f64 = 21.0;
/// Size of the negative binomial: real words come in clumps.
pub(crate) const CLUMPS: f64 = 4.0;

/// Hour of the week, 0–167, of an hour since 1970.
fn slot(hour: u32) -> usize {
    (hour % WEEK) as usize
}

fn fading(days: u32) -> f32 {
    (-f64::from(days) * std::f64::consts::LN_2 / HALF_LIFE).exp() as f32
}

/// How many items the stream brings, by the hour.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Volume {
    /// (hour, items) of the last seven days, in order.
    hours: VecDeque<(u32, f32)>,
    /// Older items by hour of the week, faded.
    week: Vec<f32>,
    /// All older items, faded.
    past: f32,
    faded: u32,
    first: u32,
}

impl Volume {
    pub(crate) fn new(hour: u32) -> Self {
        Self {
            hours: VecDeque::new(),
            week: vec![0.0; WEEK as usize],
            past: 0.0,
            faded: hour / 24,
            first: hour,
        }
    }

    /// Counts one item at an hour not further back than a week before `now`.
    pub(crate) fn count(&mut self, hour: u32, now: u32) {
        self.roll(now);
        add(&mut self.hours, hour, 1.0);
    }

    /// Moves what is older than seven days into the past.
    pub(crate) fn roll(&mut self, now: u32) {
        let days = (now / 24).saturating_sub(self.faded);
        if days > 0 {
            let factor = fading(days);
            self.past *= factor;
            for share in &mut self.week {
                *share *= factor;
            }
            self.faded = now / 24;
        }
        while let Some((hour, items)) = self.hours.front().copied().filter(|(hour, _)| hour + WEEK <= now) {
            self.week[slot(hour)] += items;
            self.past += items;
            self.hours.pop_front();
        }
    }

    /// Items in the last `window` hours.
    fn recent(&self, now: u32, window: u32) -> f64 {
        sum(&self.hours, now, window)
    }

    /// The share of a usual week that these hours are, 0–1, everybody's hours being shrunk towards an even week.
    fn share_of_week(&self, now: u32, window: u32) -> f64 {
        const EVEN: f64 = 100.0;
        let even = f64::from(window.min(WEEK)) / f64::from(WEEK);
        if window >= WEEK {
            return 1.0;
        }
        let own: f64 = (0..window).map(|back| f64::from(self.week[slot(now.saturating_sub(back))])).sum();
        (own + EVEN * even) / (f64::from(self.past) + EVEN)
    }

    /// How many usual hours lie between two hours: fewer at night where the stream sleeps.
    pub(crate) fn usual_hours(&self, from: u32, to: u32) -> f64 {
        if to <= from {
            return 0.0;
        }
        let weeks = (to - from) / WEEK;
        f64::from(WEEK) * (f64::from(weeks) + self.share_of_week(to, (to - from) % WEEK))
    }

    /// How many items the window stands for: what came, but not far from what comes there usually, so that neither one
    /// flood nor one outage of a big source changes what is usual for all.
    fn exposure(&self, now: u32, window: u32) -> f64 {
        let came = self.recent(now, window);
        let weeks = effective_weeks(self.first, now);
        if weeks < 1.0 {
            return came.max(1.0);
        }
        let usual = f64::from(self.past) / weeks * self.share_of_week(now, window);
        came.clamp(usual * 0.5, usual * 2.0 + 5.0).max(1.0)
    }

    /// Whether as much came before the window as in it: of a stream that has just begun nothing is known.
    fn tells(&self, now: u32, window: u32) -> bool {
        let inside = self.recent(now, window);
        f64::from(self.past) + self.recent(now, WEEK) - inside >= inside
    }

    /// Days since the first item.
    pub(crate) fn days(&self, now: u32) -> f64 {
        f64::from(now.saturating_sub(self.first)) / 24.0
    }

    pub(crate) fn bytes(&self) -> usize {
        size_of::<Self>() + self.hours.capacity() * 8 + self.week.capacity() * 4
    }
}

/// How many weeks of the faded past there are.
fn effective_weeks(first: u32, now: u32) -> f64 {
    let days = f64::from(now.saturating_sub(first)) / 24.0 - 7.0;
    if days <= 0.0 {
        return 0.0;
    }
    HALF_LIFE / std::f64::consts::LN_2 * (1.0 - (-days * std::f64::consts::LN_2 / HALF_LIFE).exp()) / 7.0
}

fn add(hours: &mut VecDeque<(u32, f32)>, hour: u32, weight: f32) {
    let at = hours.iter().rposition(|(other, _)| *other <= hour);
    match at {
        Some(at) if hours[at].0 == hour => hours[at].1 += weight,
        Some(at) => hours.insert(at + 1, (hour, weight)),
        None => hours.push_front((hour, weight)),
    }
}

fn sum(hours: &VecDeque<(u32, f32)>, now: u32, window: u32) -> f64 {
    hours
        .iter()
        .rev()
        .take_while(|(hour, _)| hour + window > now)
        .filter(|(hour, _)| *hour <= now)
        .map(|(_, weight)| f64::from(*weight))
        .sum()
}

/// What is known about one word or pair.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Term {
    /// The two words of a pair.
    pub words: Option<(Key, Key)>,
    /// Numbers of the last items with it, at most [`Term::RECENT`], in order of coming.
    pub recent: VecDeque<u64>,
    /// (hour, weight) of the last seven days, in order.
    hours: VecDeque<(u32, f32)>,
    /// (hour of the week, weight), faded.
    slots: Vec<(u8, f32)>,
    /// All uses before the last seven days, faded.
    past: f32,
    faded: u32,
    /// Hour of the last use.
    pub last: u32,
}

/// How a term does in the window in which it is most surprising.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Burst {
    /// −log₁₀ of the chance.
    pub surprise: f64,
    /// Hours.
    pub window: u32,
    /// Uses, a source's repetitions counting less and less.
    pub seen: f64,
    /// Uses to be expected.
    pub usual: f64,
    /// How much the week before the window was above the weeks before it: a topic that grows slowly.
    pub rising: f64,
}

impl Term {
    /// How many of the last items a term remembers one by one.
    pub(crate) const RECENT: usize = 64;

    pub(crate) fn new(words: Option<(Key, Key)>, hour: u32) -> Self {
        Self {
            words,
            recent: VecDeque::new(),
            hours: VecDeque::new(),
            slots: Vec::new(),
            past: 0.0,
            faded: hour / 24,
            last: hour,
        }
    }

    /// Counts a use by the item `number`.
    pub(crate) fn count(&mut self, number: u64, hour: u32, weight: f32, now: u32) {
        self.roll(now);
        add(&mut self.hours, hour, weight);
        self.recent.push_back(number);
        if self.recent.len() > Self::RECENT {
            self.recent.pop_front();
        }
        self.last = self.last.max(hour);
    }

    pub(crate) fn roll(&mut self, now: u32) {
        let days = (now / 24).saturating_sub(self.faded);
        if days > 0 {
            let factor = fading(days);
            self.past *= factor;
            for (_, weight) in &mut self.slots {
                *weight *= factor;
            }
            self.faded = now / 24;
        }
        while let Some((hour, weight)) = self.hours.front().copied().filter(|(hour, _)| hour + WEEK <= now) {
            let slot = slot(hour) as u8;
            match self.slots.iter_mut().find(|(other, _)| *other == slot) {
                Some((_, own)) => *own += weight,
                None => self.slots.push((slot, weight)),
            }
            self.past += weight;
            self.hours.pop_front();
        }
    }

    /// Forgets items that are no longer kept; `first` is the number of the oldest one that is.
    pub(crate) fn forget(&mut self, first: u64) {
        while self.recent.front().is_some_and(|number| *number < first) {
            self.recent.pop_front();
        }
    }

    /// Uses in the last `window` hours.
    pub(crate) fn seen(&self, now: u32, window: u32) -> f64 {
        sum(&self.hours, now, window)
    }

    /// How much this term is worth keeping: how lately and how often it was used, in hours.
    pub(crate) fn worth(&self) -> u32 {
        self.last + (24.0 * self.past.min(28.0)) as u32
    }

    /// How much more of the window's items than usually have this term, by its own hours of the week.
    fn own_hours(&self, volume: &Volume, now: u32, window: u32) -> f64 {
        if window >= WEEK || self.past <= 0.0 || volume.days(now) < HABIT_DAYS {
            return 1.0;
        }
        let share = volume.share_of_week(now, window).max(1e-6);
        let inside =
            |slot: i64| (i64::from(now % WEEK) - slot).rem_euclid(i64::from(WEEK)) < i64::from(window);
        let own: f64 = self
            .slots
            .iter()
            .map(|(slot, weight)| {
                // an hour earlier or later is the same habit
                let slot = i64::from(*slot);
                let inside = (f64::from(u8::from(inside(slot))) * 2.0
                    + f64::from(u8::from(inside(slot - 1)))
                    + f64::from(u8::from(inside(slot + 1))))
                    / 4.0;
                f64::from(*weight) * inside
            })
            .sum();
        // a habit may raise what is usual, but never lower it much: a column that comes on Fridays is free to come today
        ((own + OWN_HOURS * share) / ((f64::from(self.past) + OWN_HOURS) * share)).max(0.7)
    }

    /// The share of items that have this term, from what lies before the window; and how much it was already rising.
    pub(crate) fn share(&self, volume: &Volume, now: u32, window: u32) -> (f64, f64) {
        let window = window.min(WEEK);
        let week_uses = self.seen(now, WEEK) - self.seen(now, window);
        let week_items = volume.recent(now, WEEK) - volume.recent(now, window);
        let past_items = f64::from(volume.past);
        let past = f64::from(self.past);
        let pool = (past + week_uses + PRIOR_USES) / (past_items + week_items + PRIOR_ITEMS);
        if window >= WEEK {
            return (pool, 0.0);
        }
        // the days just before the window, leaning on the longer past as long as they are few
        let lean = (volume.recent(now, WEEK) * 2.0 / 7.0).max(20.0);
        let lately = (week_uses + lean * pool) / (week_items + lean);
        (pool.max(lately), (lately / pool).ln().max(0.0))
    }

    /// The share of items that had this term before the last seven days.
    pub(crate) fn past_share(&self, volume: &Volume) -> f64 {
        (f64::from(self.past) + PRIOR_USES) / (f64::from(volume.past) + PRIOR_ITEMS)
    }

    /// How surprising the last `window` hours are; `known` is the share of items with it, where it is settled.
    pub(crate) fn burst_in(&self, volume: &Volume, now: u32, window: u32, known: Option<f64>) -> Burst {
        let seen = self.seen(now, window);
        if seen < 1.5 {
            return Burst { window, seen, ..Burst::default() };
        }
        if known.is_none() && !volume.tells(now, window) {
            return Burst { window, seen, ..Burst::default() };
        }
        let (share, rising) = known.map_or_else(|| self.share(volume, now, window), |share| (share, 0.0));
        let usual = share * volume.exposure(now, window) * self.own_hours(volume, now, window);
        Burst { surprise: surprise(seen, usual, CLUMPS), window, seen, usual, rising }
    }

    /// The window in which the term is most surprising.
    pub(crate) fn burst(&self, volume: &Volume, now: u32, known: Option<f64>) -> Burst {
        let mut best = Burst::default();
        for window in WINDOWS {
            let burst = self.burst_in(volume, now, window, known);
            if burst.surprise > best.surprise {
                best = burst;
            }
            // a longer window holds nothing more
            if burst.seen >= self.seen(now, WEEK) {
                break;
            }
        }
        best
    }

    pub(crate) fn bytes(&self) -> usize {
        size_of::<Self>() + self.recent.capacity() * 8 + self.hours.capacity() * 8 + self.slots.capacity() * 8
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A stream of ten items an hour by day and none by night, and a term with `uses(hour)` of them.
    fn stream(hours: u32, uses: impl Fn(u32) -> f32) -> (Volume, Term) {
        let (mut volume, mut term) = (Volume::new(0), Term::new(None, 0));
        for hour in 0..hours {
            if (8..20).contains(&(hour % 24)) {
                for _ in 0..10 {
                    volume.count(hour, hour);
                }
                if uses(hour) > 0.0 {
                    term.count(0, hour, uses(hour), hour);
                }
            }
        }
        volume.roll(hours - 1);
        term.roll(hours - 1);
        (volume, term)
    }

    const DAYS: u32 = 24;

    #[test]
    fn a_burst_surprises_and_the_usual_does_not() {
        let (volume, term) = stream(40 * DAYS - 4, |hour| f32::from(hour % 24 == 9));
        assert!(term.burst(&volume, 40 * DAYS - 5, None).surprise < 1.0);
        let (volume, term) =
            stream(40 * DAYS - 4, |hour| if hour > 40 * DAYS - 14 { 1.0 } else { f32::from(hour % 24 == 9) });
        let burst = term.burst(&volume, 40 * DAYS - 5, None);
        assert!(burst.surprise > 2.5, "{burst:?}");
        assert!(burst.usual < burst.seen / 2.0);
    }

    #[test]
    fn a_weekly_habit_is_usual_on_its_day_only() {
        let weekly = |hour: u32| f32::from(hour % WEEK < 24 && hour % 24 >= 16);
        let now = 35 * DAYS + 19;
        let (volume, term) = stream(now + 1, weekly);
        let on_its_day = term.burst_in(&volume, now, 24, None).surprise;
        // the same habit, but this week on another day
        let (volume, term) = stream(now + 1 + 3 * DAYS, |hour| {
            if hour >= 35 * DAYS { f32::from(hour >= 38 * DAYS && hour % 24 >= 16) } else { weekly(hour) }
        });
        let on_another = term.burst_in(&volume, now + 3 * DAYS, 24, None).surprise;
        assert!(on_its_day < 1.5, "{on_its_day}");
        assert!(on_another > on_its_day + 0.4, "{on_its_day} {on_another}");
    }

    #[test]
    fn slow_growth_is_no_burst() {
        let (volume, term) = stream(60 * DAYS - 4, |hour| (hour as f32 / (60.0 * 24.0)).powi(2) * 2.0);
        // a topic begins at 3
        let surprise = term.burst(&volume, 60 * DAYS - 5, None).surprise;
        assert!(surprise < 3.0, "{surprise}");
    }

    #[test]
    fn nights_are_short() {
        let (volume, _) = stream(40 * DAYS, |_| 0.0);
        let night = volume.usual_hours(39 * DAYS - 4, 39 * DAYS + 7);
        let day = volume.usual_hours(38 * DAYS + 8, 38 * DAYS + 19);
        assert!(night < 4.0 && day > 15.0, "{night} {day}");
    }

    #[test]
    fn more_of_everything_is_nothing_special() {
        let (mut volume, mut term) = (Volume::new(0), Term::new(None, 0));
        for hour in 0..40 * DAYS {
            // ten new sources on the last day
            let items = if hour >= 39 * DAYS { 4 } else { 2 };
            for n in 0..items {
                volume.count(hour, hour);
                if n % 2 == 0 && hour % 4 == 0 {
                    term.count(0, hour, 1.0, hour);
                }
            }
        }
        assert!(term.burst_in(&volume, 40 * DAYS - 1, 24, None).surprise < 1.2);
    }
}
