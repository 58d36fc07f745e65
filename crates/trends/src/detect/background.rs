//! What is usual: how much the whole stream brings in each hour of the week, and which share of it each term has.
//!
//! The last seven days are kept by the hour; what is older fades with a half-life of four weeks. Shares of the stream
//! rather than counts per hour are compared, so that a night, a weekend or a new source is not taken for a trend.

use serde::{Deserialize, Serialize};

use super::week::Lately;

/// Hours of a week, and how far back items are kept one by one.
pub(crate) const WEEK: u32 = 168;
/// Days after which what is past counts half.
const HALF_LIFE: f64 = 28.0;
/// From so many days on a stream is known, however little it brings.
const KNOWN_DAYS: f64 = 28.0;
/// As much of it at once is no new habit of it yet.
const FEW_ITEMS: f64 = 64.0;
/// The windows in which bursts are looked for, in hours.
pub(crate) const WINDOWS: [u32; 7] = [2, 6, 12, 24, 48, 96, WEEK];

/// Something about each of [`WINDOWS`].
pub(crate) type PerWindow<T> = [T; WINDOWS.len()];

/// Hour of the week, 0–167, of an hour since 1970.
pub(crate) fn slot(hour: u32) -> usize {
    (hour % WEEK) as usize
}

pub(crate) fn fading(days: u32) -> f32 {
    (-f64::from(days) * std::f64::consts::LN_2 / HALF_LIFE).exp() as f32
}

/// How many items the stream brings, by the hour.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Volume {
    /// Items of the last seven days.
    lately: Lately,
    /// Older items by hour of the week, faded.
    week: Vec<f32>,
    /// All older items, faded.
    past: f32,
    faded: u32,
    first: u32,
    /// What was computed for the hour that was counted last: each item of that hour asks for it.
    #[serde(skip)]
    shares: Option<(u32, PerWindow<f64>)>,
}

/// The stream as seen from one hour: what every term is compared with.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Lens {
    /// The hour.
    pub now: u32,
    /// Items before the last seven days, faded.
    pub past: f64,
    /// Days since the first item.
    pub days: f64,
    /// What came in each of [`WINDOWS`].
    pub windows: PerWindow<Window>,
}

/// What the stream brings in one window.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Window {
    /// Items.
    pub items: f64,
    /// The share of a usual week that these hours are.
    pub share_of_week: f64,
    /// How many items the window stands for: what came, but not far from what comes there usually, so that neither one
    /// flood nor one outage of a big source changes what is usual for all.
    pub exposure: f64,
    /// Whether as much came before the window as in it: of a stream that has just begun nothing is known. Of one that has been
    /// known for long it tells, too, that it brings hardly anything: then a burst is more than all that it brought lately.
    pub tells: bool,
}

impl Volume {
    pub(crate) fn new(hour: u32) -> Self {
        Self {
            lately: Lately::new(hour),
            week: vec![0.0; WEEK as usize],
            past: 0.0,
            faded: hour / 24,
            first: hour,
            shares: None,
        }
    }

    /// Counts one item at an hour not further back than a week before `now`.
    pub(crate) fn count(&mut self, hour: u32, now: u32) {
        self.roll(now);
        if self.lately.holds(hour) {
            self.lately.add(hour, 1.0);
        } else {
            self.week[slot(hour)] += 1.0;
            self.past += 1.0;
            self.shares = None;
        }
        if self.shares.is_none_or(|(at, _)| at != now) {
            self.shares = Some((now, self.shares_of_week(now)));
        }
    }

    /// What there is to know about the windows before an hour.
    pub(crate) fn lens(&self, now: u32) -> Lens {
        let shares = match self.shares {
            Some((at, shares)) if at == now => shares,
            _ => self.shares_of_week(now),
        };
        let items = self.lately.sums(now);
        let all = f64::from(self.past) + items[WINDOWS.len() - 1];
        let days = f64::from(now.saturating_sub(self.first)) / 24.0;
        let mut windows = PerWindow::<Window>::default();
        for ((window, share_of_week), items) in windows.iter_mut().zip(shares).zip(items) {
            let exposure = self.exposure(now, items, share_of_week);
            let tells = all >= 2.0 * items || (days >= KNOWN_DAYS && items <= FEW_ITEMS);
            *window = Window { items, share_of_week, exposure, tells };
        }
        Lens { now, past: f64::from(self.past), days, windows }
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
            self.shares = None;
        }
        let Self { lately, week, past, shares, .. } = self;
        lately.roll(now, |slot, items| {
            week[slot] += items;
            *past += items;
            *shares = None;
        });
    }

    fn shares_of_week(&self, now: u32) -> PerWindow<f64> {
        WINDOWS.map(|window| self.share_of_week(now, window))
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

    fn exposure(&self, now: u32, came: f64, share_of_week: f64) -> f64 {
        let weeks = effective_weeks(self.first, now);
        if weeks < 1.0 {
            return came.max(1.0);
        }
        let usual = f64::from(self.past) / weeks * share_of_week;
        came.clamp(usual * 0.5, usual * 2.0 + 5.0).max(1.0)
    }

    pub(crate) fn bytes(&self) -> usize {
        size_of::<Self>() + self.lately.bytes() + self.week.capacity() * 4
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
