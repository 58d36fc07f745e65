//! What is known about one term, and how surprising its uses of the last hours are.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use super::{
    background::{Lens, PerWindow, WEEK, WINDOWS, fading, slot},
    stats::surprise,
    table::Table,
    terms::Key,
    week::{Lately, Week},
};

/// A term never seen before is taken for one that has this many uses in `PRIOR_ITEMS` items.
const PRIOR_USES: f64 = 0.5;
const PRIOR_ITEMS: f64 = 100.0;
/// How many of its own uses a term needs until its own hours of the week weigh as much as everybody's.
const OWN_HOURS: f64 = 16.0;
/// Days of the stream until hours of the week mean anything.
const HABIT_DAYS: f64 = 7.0;
/// What came up to so many hours less than a week ago is of last week.
const WEEK_AGO: u32 = 24;
/// Its own hours of the week lower what is usual to no less than this.
const LEAST_HABIT: f64 = 0.7;
/// How often two words of one item stand close enough to be a pair.
const MEETING: f64 = 0.8;
/// Below this, what has faded of the hours of the week is written into them: before numbers become too large to be exact.
const LEAST_FADED: f32 = 1e-6;
/// Size of the negative binomial: real words come in clumps.
const CLUMPS: f64 = 4.0;

/// One use of a term.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(crate) struct Use {
    /// The item's number.
    pub number: u64,
    /// The beginning of the source's key.
    pub source: u32,
    /// When, in hours.
    pub hour: u32,
}

/// What is known about one word or pair.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Term {
    /// The two words of a pair; nothing of a word.
    words: (Key, Key),
    /// The last uses, at most [`Term::RECENT`], in order of coming.
    pub recent: VecDeque<Use>,
    /// Uses of the last seven days.
    lately: Lately,
    /// All uses before, by the hour of the week; to be taken times `faded_to`.
    week: Week,
    /// So the passing of days costs one multiplication instead of one for each hour of the week.
    faded_to: f32,
    /// The number of them, faded.
    past: f32,
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
}

impl Term {
    /// How many of the last items a term remembers one by one.
    pub(crate) const RECENT: usize = 64;

    pub(crate) fn new(words: Option<(Key, Key)>, hour: u32) -> Self {
        Self {
            words: words.unwrap_or_default(),
            // most words come once or twice
            recent: VecDeque::with_capacity(2),
            lately: Lately::new(hour),
            week: Week::default(),
            faded_to: 1.0,
            past: 0.0,
            last: hour,
        }
    }

    /// The two words of a pair.
    pub(crate) fn words(&self) -> Option<(Key, Key)> {
        (self.words != (0, 0)).then_some(self.words)
    }

    /// Counts a use.
    pub(crate) fn count(&mut self, one: Use, weight: f32, now: u32) {
        self.roll(now);
        let hour = one.hour;
        if self.lately.holds(hour) {
            self.lately.add(hour, weight);
        } else {
            self.week.add(slot(hour), weight / self.faded_to);
            self.past += weight;
        }
        // first, so that there is never room for one more than that
        if self.recent.len() == Self::RECENT {
            self.recent.pop_front();
        }
        self.recent.push_back(one);
        self.last = self.last.max(hour);
    }

    pub(crate) fn roll(&mut self, now: u32) {
        let days = (now / 24).saturating_sub(self.lately.rolled() / 24);
        if days > 0 {
            let factor = fading(days);
            self.past *= factor;
            self.faded_to *= factor;
            if self.faded_to < LEAST_FADED {
                self.week.fade(self.faded_to);
                self.faded_to = 1.0;
            }
        }
        let Self { lately, week, past, faded_to, .. } = self;
        lately.roll(now, |slot, weight| {
            week.add(slot, weight / *faded_to);
            *past += weight;
        });
    }

    /// Forgets items that are no longer kept; `first` is the number of the oldest one that is.
    pub(crate) fn forget(&mut self, first: u64) {
        while self.recent.front().is_some_and(|one| one.number < first) {
            self.recent.pop_front();
        }
        if self.recent.is_empty() {
            self.recent = VecDeque::new();
        }
        self.lately.shrink();
    }

    /// How often a source has used it within so many hours of this one.
    pub(crate) fn repeated(&self, source: u32, hour: u32, within: u32) -> usize {
        if self.last + within <= hour {
            return 0;
        }
        self.recent
            .iter()
            .rev()
            .take_while(|one| one.hour + within > hour)
            .filter(|one| one.source == source && one.hour < hour + within)
            .count()
    }

    /// Reads where it keeps its last uses and hours: done for many terms at once, the processor waits for all of them together.
    pub(crate) fn touch(&self) -> u32 {
        self.recent.back().map_or(0, |one| one.hour) ^ self.lately.touch()
    }

    /// How much this term is worth keeping: how lately and how often it was used, in hours.
    pub(crate) fn worth(&self) -> u32 {
        self.last + (24.0 * self.past.min(28.0)) as u32
    }

    /// How many of its older uses fell on the hours of the week that each of [`WINDOWS`] covers, and all of them. An hour
    /// earlier or later is the same habit; what came a week ago but for a few hours is older, too.
    fn habits(&self, now: u32) -> (PerWindow<f64>, f64) {
        let mut own = self.week.spread(now);
        let (late, all) = self.lately.spread_of_old(now, WEEK - WEEK_AGO);
        for (own, late) in own.iter_mut().zip(late) {
            *own = *own * f64::from(self.faded_to) + late;
        }
        (own, f64::from(self.past) + all)
    }

    /// How much more of the window's items than usually have this term, by its own hours of the week: `own` of `all` older
    /// uses were in them.
    fn own_hours(own: f64, all: f64, share_of_week: f64) -> f64 {
        let share = share_of_week.max(1e-6);
        // a habit may raise what is usual, but never lower it much: a column that comes on Fridays is free to come today
        ((own + OWN_HOURS * share) / ((all + OWN_HOURS) * share)).max(LEAST_HABIT)
    }

    /// The share of items that have this term, from what lies before the window.
    pub(crate) fn share(&self, lens: &Lens, window: u32) -> f64 {
        let at = WINDOWS.iter().position(|own| *own >= window).unwrap_or(WINDOWS.len() - 1);
        self.share_before(lens, &self.lately.sums(lens.now), at)
    }

    fn share_before(&self, lens: &Lens, seen: &PerWindow<f64>, at: usize) -> f64 {
        const ALL: usize = WINDOWS.len() - 1;
        let week_uses = seen[ALL] - seen[at];
        let week_items = lens.windows[ALL].items - lens.windows[at].items;
        let pool = (f64::from(self.past) + week_uses + PRIOR_USES) / (lens.past + week_items + PRIOR_ITEMS);
        if at == ALL {
            return pool;
        }
        // the days just before the window, leaning on the longer past as long as they are few
        let lean = (lens.windows[ALL].items * 2.0 / 7.0).max(20.0);
        let lately = (week_uses + lean * pool) / (week_items + lean);
        pool.max(lately)
    }

    /// The share of items that had this term before the last seven days.
    pub(crate) fn past_share(&self, lens: &Lens) -> f64 {
        (f64::from(self.past) + PRIOR_USES) / (lens.past + PRIOR_ITEMS)
    }

    /// The window in which the term is most surprising; `known` is the share of items with it, where it is settled.
    pub(crate) fn burst(&self, lens: &Lens, known: Option<f64>) -> Burst {
        let seen = self.lately.sums(lens.now);
        let week = seen[WINDOWS.len() - 1];
        let mut best = Burst::default();
        if week < 1.5 {
            return best;
        }
        let mut habits = None;
        for at in 0..WINDOWS.len() {
            if let Some(burst) = self.burst_at(lens, &seen, &mut habits, at, known)
                && burst.surprise > best.surprise
            {
                best = burst;
            }
            // a longer window holds nothing more
            if seen[at] >= week {
                break;
            }
        }
        best
    }

    /// The same, with the term's words looked up: a pair is to be expected at least as often as its words meet by chance.
    pub(crate) fn burst_among(&self, terms: &Table, lens: &Lens, known: Option<f64>) -> Burst {
        let burst = self.burst(lens, known);
        let (Some((a, b)), None) = (self.words(), known) else { return burst };
        if burst.surprise < 1.0 {
            return burst;
        }
        let share = |word: Key| terms.get(word).map_or(0.0, |term| term.share(lens, burst.window));
        let chance = share(a) * share(b) * MEETING;
        if chance <= self.share(lens, burst.window) {
            return burst;
        }
        let by_chance = self.burst(lens, Some(chance));
        if by_chance.surprise < burst.surprise { by_chance } else { burst }
    }

    fn burst_at(
        &self,
        lens: &Lens,
        seen: &PerWindow<f64>,
        habits: &mut Option<(PerWindow<f64>, f64)>,
        at: usize,
        known: Option<f64>,
    ) -> Option<Burst> {
        let (seen_here, window, stream) = (seen[at], WINDOWS[at], &lens.windows[at]);
        if seen_here < 1.5 || (known.is_none() && !stream.tells) {
            return None;
        }
        let share = known.unwrap_or_else(|| self.share_before(lens, seen, at));
        let mut usual = share * stream.exposure;
        // most terms are as usual whatever their habits: within a standard deviation there is nothing to look at
        let least = usual * LEAST_HABIT;
        if seen_here <= least + (least + least * least / CLUMPS).sqrt() {
            return None;
        }
        if window < WEEK - WEEK_AGO && lens.days >= HABIT_DAYS {
            let (own, all) = habits.get_or_insert_with(|| self.habits(lens.now));
            usual *= Self::own_hours(own[at], *all, stream.share_of_week);
        }
        Some(Burst { surprise: surprise(seen_here, usual, CLUMPS), window, seen: seen_here, usual })
    }

    pub(crate) fn bytes(&self) -> usize {
        size_of::<Self>()
            + self.recent.capacity() * size_of::<Use>()
            + self.lately.bytes()
            + self.week.bytes()
    }
}

#[cfg(test)]
mod tests {
    use super::{super::background::Volume, *};

    const ONCE: Use = Use { number: 0, source: 0, hour: 0 };

    impl Term {
        fn surprise_in(&self, volume: &Volume, now: u32, window: u32) -> f64 {
            let at = WINDOWS.iter().position(|own| *own == window).expect("a window");
            let seen = self.lately.sums(now);
            self.burst_at(&volume.lens(now), &seen, &mut None, at, None).map_or(0.0, |burst| burst.surprise)
        }
    }

    /// A stream of ten items an hour by day and none by night, and a term with `uses(hour)` of them.
    fn stream(hours: u32, uses: impl Fn(u32) -> f32) -> (Volume, Term) {
        let (mut volume, mut term) = (Volume::new(0), Term::new(None, 0));
        for hour in 0..hours {
            if (8..20).contains(&(hour % 24)) {
                for _ in 0..10 {
                    volume.count(hour, hour);
                }
                if uses(hour) > 0.0 {
                    term.count(Use { hour, ..ONCE }, uses(hour), hour);
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
        assert!(term.burst(&volume.lens(40 * DAYS - 5), None).surprise < 1.0);
        let (volume, term) =
            stream(40 * DAYS - 4, |hour| if hour > 40 * DAYS - 14 { 1.0 } else { f32::from(hour % 24 == 9) });
        let burst = term.burst(&volume.lens(40 * DAYS - 5), None);
        assert!(burst.surprise > 2.5, "{burst:?}");
        assert!(burst.usual < burst.seen / 2.0);
    }

    #[test]
    fn a_weekly_habit_is_usual_on_its_day_only() {
        let weekly = |hour: u32| f32::from(hour % WEEK < 24 && hour % 24 >= 16);
        let now = 35 * DAYS + 19;
        let (volume, term) = stream(now + 1, weekly);
        let on_its_day = term.surprise_in(&volume, now, 24);
        // the same habit, but this week on another day
        let (volume, term) = stream(now + 1 + 3 * DAYS, |hour| {
            if hour >= 35 * DAYS { f32::from(hour >= 38 * DAYS && hour % 24 >= 16) } else { weekly(hour) }
        });
        let on_another = term.surprise_in(&volume, now + 3 * DAYS, 24);
        assert!(on_its_day < 1.5, "{on_its_day}");
        assert!(on_another > on_its_day + 0.4, "{on_its_day} {on_another}");
    }

    #[test]
    fn slow_growth_is_no_burst() {
        let (volume, term) = stream(60 * DAYS - 4, |hour| (hour as f32 / (60.0 * 24.0)).powi(2) * 2.0);
        // a topic begins at 3
        let surprise = term.burst(&volume.lens(60 * DAYS - 5), None).surprise;
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
                    term.count(Use { hour, ..ONCE }, 1.0, hour);
                }
            }
        }
        assert!(term.surprise_in(&volume, 40 * DAYS - 1, 24) < 1.2);
    }
}
