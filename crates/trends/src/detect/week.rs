//! Weights by the hour of the week: a short list while there are few, afterwards one number for each of the 168 hours, side by
//! side. So adding one never searches far, and what a window holds is a sum over neighbours.

use serde::{Deserialize, Serialize};

use super::background::{PerWindow, WEEK, WINDOWS, slot};

const LENGTH: usize = WEEK as usize;
/// From so many on, a number for each hour is quicker, and takes hardly more room.
const FEW: usize = 32;
/// The first of the [`WINDOWS`] that holds what is so many hours old.
const WINDOW_OF: [u8; LENGTH] = {
    let mut of = [0; LENGTH];
    let (mut age, mut at) = (0, 0);
    while age < LENGTH {
        if age as u32 >= WINDOWS[at] {
            at += 1;
        }
        of[age] = at as u8;
        age += 1;
    }
    of
};

/// Weights by the hour of the week, each hour once.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) enum Week {
    Few(Vec<(u8, f32)>),
    All(Box<[f32]>),
}

impl Default for Week {
    fn default() -> Self {
        Self::Few(Vec::new())
    }
}

impl Week {
    pub(crate) fn add(&mut self, slot: usize, weight: f32) {
        match self {
            Self::All(all) => all[slot] += weight,
            Self::Few(few) => {
                if let Some((_, own)) = few.iter_mut().find(|(other, _)| usize::from(*other) == slot) {
                    *own += weight;
                } else if few.len() < FEW {
                    few.push((slot as u8, weight));
                } else {
                    let mut all = vec![0.0; LENGTH];
                    for (slot, weight) in few.iter() {
                        all[usize::from(*slot)] = *weight;
                    }
                    all[slot] = weight;
                    *self = Self::All(all.into());
                }
            }
        }
    }

    pub(crate) fn fade(&mut self, factor: f32) {
        match self {
            Self::All(all) => all.iter_mut().for_each(|weight| *weight *= factor),
            Self::Few(few) => few.iter_mut().for_each(|(_, weight)| *weight *= factor),
        }
    }

    /// What fell on the hours of the week that each of [`WINDOWS`] before `now` covers. An hour earlier or later is the same
    /// habit: of what is on an hour, a quarter counts for each of its neighbours.
    pub(crate) fn spread(&self, now: u32) -> PerWindow<f64> {
        match self {
            Self::Few(few) => {
                let mut new = PerWindow::default();
                for (slot, weight) in few {
                    spread(&mut new, back(now, usize::from(*slot)), *weight);
                }
                accumulated(new)
            }
            Self::All(all) => {
                let ago = |hours: usize| f64::from(all[(slot(now) + 2 * LENGTH - hours) % LENGTH]);
                // it all counts for itself, but at both ends a quarter goes out and a quarter comes in
                let first = ago(LENGTH - 1) - ago(0);
                let mut sums = runs(all, slot(now), |window| window.min(LENGTH));
                for (sum, window) in sums.iter_mut().zip(WINDOWS) {
                    let window = window as usize;
                    *sum += 0.25 * (first + ago(window) - ago(window - 1));
                }
                sums
            }
        }
    }

    pub(crate) fn bytes(&self) -> usize {
        match self {
            Self::Few(few) => few.capacity() * size_of::<(u8, f32)>(),
            Self::All(all) => all.len() * size_of::<f32>(),
        }
    }
}

/// Weights of the last seven days by the hour, seen from the hour up to which it was rolled.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Lately {
    /// Each hour of the week is one of the last 168 hours.
    hours: Week,
    rolled: u32,
}

impl Lately {
    pub(crate) fn new(hour: u32) -> Self {
        Self { hours: Week::default(), rolled: hour }
    }

    /// The hour up to which it was rolled.
    pub(crate) fn rolled(&self) -> u32 {
        self.rolled
    }

    /// Whether this hour is within the seven days.
    pub(crate) fn holds(&self, hour: u32) -> bool {
        hour + WEEK > self.rolled
    }

    /// Adds to an hour that it [`holds`](Self::holds).
    pub(crate) fn add(&mut self, hour: u32, weight: f32) {
        self.hours.add(slot(hour.min(self.rolled)), weight);
    }

    /// Moves on to `now`, and hands out what is older than seven days then, the oldest first.
    pub(crate) fn roll(&mut self, now: u32, mut out: impl FnMut(usize, f32)) {
        let passed = now.saturating_sub(self.rolled) as usize;
        if passed == 0 {
            return;
        }
        match &mut self.hours {
            Week::Few(few) if few.is_empty() => {}
            Week::Few(few) => few.retain(|(slot, weight)| {
                let stays = back(self.rolled, usize::from(*slot)) + passed < LENGTH;
                if !stays {
                    out(usize::from(*slot), *weight);
                }
                stays
            }),
            Week::All(all) => {
                let oldest = slot(self.rolled) + 1;
                for at in oldest..oldest + passed.min(LENGTH) {
                    let weight = std::mem::take(&mut all[at % LENGTH]);
                    if weight > 0.0 {
                        out(at % LENGTH, weight);
                    }
                }
            }
        }
        self.rolled = now;
    }

    /// What came in each of [`WINDOWS`] before `now`. Exact in whatever order it is added up: weights are singles above 1/256.
    pub(crate) fn sums(&self, now: u32) -> PerWindow<f64> {
        let (later, passed) = (self.later(now), now.saturating_sub(self.rolled) as usize);
        match &self.hours {
            Week::Few(few) => {
                let mut new = PerWindow::default();
                for (slot, weight) in few {
                    let ago = back(self.rolled, usize::from(*slot)) + passed;
                    if ago >= later && ago - later < LENGTH {
                        new[usize::from(WINDOW_OF[ago - later])] += f64::from(*weight);
                    }
                }
                accumulated(new)
            }
            Week::All(all) => {
                let newest = (slot(self.rolled) + LENGTH - later) % LENGTH;
                runs(all, newest, |window| window.saturating_sub(passed).min(LENGTH - later))
            }
        }
    }

    /// What came at least so many hours before `now`, as [`Week::spread`] has it, and the sum of it.
    pub(crate) fn spread_of_old(&self, now: u32, hours: u32) -> (PerWindow<f64>, f64) {
        let (later, passed) = (self.later(now), now.saturating_sub(self.rolled) as usize);
        let (mut new, mut all) = (PerWindow::default(), 0.0);
        let mut count = |ago: usize, weight: f32| {
            spread(&mut new, ago % LENGTH, weight);
            all += f64::from(weight);
        };
        match &self.hours {
            Week::Few(few) => {
                for (slot, weight) in few {
                    let ago = back(self.rolled, usize::from(*slot)) + passed;
                    if ago >= later + hours as usize {
                        count(ago - later, *weight);
                    }
                }
            }
            Week::All(week) => {
                for ago in (hours as usize + later).saturating_sub(passed)..LENGTH {
                    let weight = week[(slot(self.rolled) + LENGTH - ago) % LENGTH];
                    if weight > 0.0 {
                        count(ago + passed - later, weight);
                    }
                }
            }
        }
        (accumulated(new), all)
    }

    /// A list again where a list is enough: what was said all week long may have become rare.
    pub(crate) fn shrink(&mut self) {
        if let Week::All(all) = &self.hours
            && all.iter().filter(|weight| **weight > 0.0).count() <= FEW / 2
        {
            let oldest = slot(self.rolled) + 1;
            let ordered = (oldest..oldest + LENGTH).map(|at| at % LENGTH);
            let few = ordered.filter(|at| all[*at] > 0.0).map(|at| (at as u8, all[at])).collect();
            self.hours = Week::Few(few);
        } else if let Week::Few(few) = &mut self.hours
            && few.is_empty()
        {
            *few = Vec::new();
        }
    }

    /// Reads one of its numbers.
    pub(crate) fn touch(&self) -> u32 {
        match &self.hours {
            Week::Few(few) => few.first().map_or(0, |(slot, _)| u32::from(*slot)),
            Week::All(all) => all[slot(self.rolled)].to_bits(),
        }
    }

    /// Hours between `now` and the hour up to which it was rolled, where that is later.
    fn later(&self, now: u32) -> usize {
        (self.rolled.saturating_sub(now) as usize).min(LENGTH)
    }

    pub(crate) fn bytes(&self) -> usize {
        self.hours.bytes()
    }
}

/// How many hours before `now` this hour of the week was last.
fn back(now: u32, at: usize) -> usize {
    let now = slot(now);
    if now >= at { now - at } else { now + LENGTH - at }
}

fn spread(new: &mut PerWindow<f64>, back: usize, weight: f32) {
    let weight = f64::from(weight);
    let (before, after) = ((back + LENGTH - 1) % LENGTH, (back + 1) % LENGTH);
    new[usize::from(WINDOW_OF[back])] += weight * 0.5;
    new[usize::from(WINDOW_OF[before])] += weight * 0.25;
    new[usize::from(WINDOW_OF[after])] += weight * 0.25;
}

/// What each window adds to the one before it → what each holds.
fn accumulated(new: PerWindow<f64>) -> PerWindow<f64> {
    let mut sum = 0.0;
    new.map(|weight| {
        sum += weight;
        sum
    })
}

/// The sums of the hours from `newest` back, as many as `length` says for each window.
fn runs(all: &[f32], newest: usize, length: impl Fn(usize) -> usize) -> PerWindow<f64> {
    let (mut done, mut sum) = (0, 0.0);
    WINDOWS.map(|window| {
        let length = length(window as usize).max(done);
        // back over the beginning of the week the end of it follows
        let before = |hours: usize| (newest + 1).checked_sub(hours);
        match (before(length), before(done)) {
            (Some(from), Some(to)) => sum += total(&all[from..to]),
            (None, Some(to)) => sum += total(&all[..to]) + total(&all[newest + 1 + LENGTH - length..]),
            _ => sum += total(&all[newest + 1 + LENGTH - length..newest + 1 + LENGTH - done]),
        }
        done = length;
        sum
    })
}

/// Four sums at once, so that no addition waits for the one before it.
fn total(run: &[f32]) -> f64 {
    let mut sums = [0.0_f64; 4];
    let fours = run.chunks_exact(4);
    let rest: f64 = fours.remainder().iter().map(|weight| f64::from(*weight)).sum();
    for four in fours {
        for (sum, weight) in sums.iter_mut().zip(four) {
            *sum += f64::from(*weight);
        }
    }
    sums.iter().sum::<f64>() + rest
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const EMPTY: PerWindow<f64> = [0.0; WINDOWS.len()];

    fn close(a: PerWindow<f64>, b: PerWindow<f64>) -> bool {
        a.iter().zip(b).all(|(a, b)| (a - b).abs() < 1e-9)
    }

    proptest! {
        /// Against a plain list of all that was added, as few and as all.
        #[test]
        fn windows_hold_what_came_in_them(
            steps in prop::collection::vec((0_u32..9, 0_u32..150, 1_u8..9), 1..200),
            ahead in 0_u32..200,
            behind in 0_u32..100,
        ) {
            let (mut lately, mut older, mut list) = (Lately::new(1_000), Week::default(), Vec::new());
            let (mut now, mut gone) = (1_000, Vec::new());
            for (step, late, weight) in steps {
                now += step;
                lately.roll(now, |slot, weight| {
                    older.add(slot, weight);
                    gone.push((slot, weight));
                });
                let weight = f32::from(weight) / 4.0;
                prop_assert!(lately.holds(now - late));
                lately.add(now - late, weight);
                list.push((now - late, weight));
            }
            let moved: f32 = gone.iter().map(|(_, weight)| weight).sum();
            let old = |now: u32| list.iter().filter(move |(hour, _)| hour + WEEK <= now);
            prop_assert!((moved - old(now).map(|(_, weight)| weight).sum::<f32>()).abs() < 1e-3);
            for at in [now, now + ahead, now - behind] {
                let expected = WINDOWS.map(|window| {
                    let inside = |hour: &u32| *hour <= at && hour + window > at && hour + WEEK > now;
                    list.iter().filter(|(hour, _)| inside(hour)).map(|(_, weight)| f64::from(*weight)).sum()
                });
                prop_assert!(close(lately.sums(at), expected), "{:?} {:?}", lately.sums(at), expected);
            }
            let kept = list.iter().filter(|(hour, _)| hour + WEEK > now);
            let mut expected = EMPTY;
            let mut sum = 0.0;
            for (hour, weight) in kept.filter(|(hour, _)| hour + 144 <= now + ahead) {
                spread(&mut expected, (now + ahead - hour) as usize % LENGTH, *weight);
                sum += f64::from(*weight);
            }
            let (spread_of_old, all) = lately.spread_of_old(now + ahead, 144);
            prop_assert!(close(spread_of_old, accumulated(expected)) && (all - sum).abs() < 1e-9);
            let mut expected = EMPTY;
            for (slot, weight) in &gone {
                spread(&mut expected, back(now, *slot), *weight);
            }
            prop_assert!(close(older.spread(now), accumulated(expected)));
            let before = lately.sums(now);
            lately.shrink();
            prop_assert!(close(lately.sums(now), before));
        }
    }
}
