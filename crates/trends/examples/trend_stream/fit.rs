//! Fits the constants of `detect::confidence` and `detect::course` on generated streams and prints them.

use std::collections::BTreeMap;

use bellwether_trends::detect::FEATURES;

use crate::{
    generator::{Regime, Stream},
    material::Material,
    measure::{Run, run},
};

/// Numbers and a 1, what was, weight.
type Row<const N: usize> = ([f64; N], f64, f64);

pub fn fit(material: &Material, seeds: std::ops::RangeInclusive<u64>) {
    let mut rows: Vec<Row<{ FEATURES + 1 }>> = Vec::new();
    let mut moments: Vec<Row<4>> = Vec::new();
    let mut ratios: BTreeMap<(usize, usize), Vec<(f64, f64)>> = BTreeMap::new();
    for (seed, regime) in seeds.flat_map(|seed| Regime::ALL.map(|regime| (seed, regime))) {
        let stream = Stream::new(material, seed, regime);
        let run = run(&stream.posts, true);
        take(&run, &mut rows);
        take_moments(&run, &mut moments);
        for reported in &run.reported {
            let Some(burst) = reported.burst else { continue };
            let own: Vec<i64> =
                stream.posts.iter().filter(|post| post.burst == Some(burst)).map(|post| post.at).collect();
            // at several moments of its course, as the detector would have seen it
            for n in [3, 4, 6, 8, 12, 20, 40] {
                if n >= own.len() {
                    break;
                }
                let (onset, now) = (own[0], own[n - 1]);
                let middle = i64::midpoint(onset, now);
                let early = own[..n].iter().filter(|at| **at < middle).count() as f64;
                let late = n as f64 - early;
                let growth = if late > early * 1.5 { 2 } else { usize::from(late * 1.5 >= early) };
                let stage = match n {
                    0..=4 => 0,
                    5..=8 => 1,
                    _ => 2,
                };
                let peak = peak(&own);
                let since = (now - onset).max(3_600) as f64;
                ratios
                    .entry((stage, growth))
                    .or_default()
                    .push(((peak - onset) as f64 / since, own.len() as f64 / n as f64));
            }
        }
    }
    let weights = newton(&rows, SIGNS);
    println!("snapshots {}, of bursts {:.0}", rows.len(), rows.iter().map(|row| row.1).sum::<f64>());
    let list: Vec<String> = weights[..FEATURES].iter().map(|weight| format!("{weight:.3}")).collect();
    println!("WEIGHTS = [{}];\nCONSTANT = {:.3};", list.join(", "), weights[FEATURES]);
    let [odds, silence, both, constant] = newton(&moments, [1.0, -1.0, 1.0, 0.0]);
    println!("TREND = [{constant:.2}, {odds:.2}, {silence:.2}, {both:.2}];");
    for (name, second) in [("PEAK", false), ("SIZE", true)] {
        println!("{name} = [");
        for stage in 0..3 {
            let row: Vec<String> = (0..3)
                .map(|growth| {
                    let list = ratios.get(&(stage, growth)).cloned().unwrap_or_default();
                    let mut list: Vec<f64> =
                        list.into_iter().map(|(a, b)| if second { b } else { a }).collect();
                    list.sort_by(f64::total_cmp);
                    let at = |q: f64| list.get((list.len() as f64 * q) as usize).copied().unwrap_or(1.0);
                    format!("[{:.2}, {:.2}, {:.2}]", at(0.1), at(0.5), at(0.9))
                })
                .collect();
            println!("    [{}],", row.join(", "));
        }
        println!("];");
    }
}

/// As `course::peak` does it.
fn peak(times: &[i64]) -> i64 {
    let (Some(first), Some(last)) = (times.first(), times.last()) else { return 0 };
    let half = ((last - first) / 16).max(3_600);
    let mut best = (0.0, *first);
    for at in times {
        let items: f64 =
            times.iter().map(|other| (1.0 - (other - at).abs() as f64 / (2 * half) as f64).max(0.0)).sum();
        if items > best.0 + 1e-9 {
            best = (items, *at);
        }
    }
    best.1
}

/// Each topic weighs the same however often it was looked at.
fn take(run: &Run, rows: &mut Vec<Row<{ FEATURES + 1 }>>) {
    let mut counts: BTreeMap<u64, usize> = BTreeMap::new();
    for (snapshot, _) in &run.snapshots {
        *counts.entry(snapshot.topic).or_default() += 1;
    }
    for (snapshot, was) in run.snapshots.iter().filter(|(snapshot, _)| snapshot.eligible) {
        let mut x = [1.0; FEATURES + 1];
        x[..FEATURES].copy_from_slice(&snapshot.features);
        rows.push((x, f64::from(u8::from(*was)), 1.0 / (counts[&snapshot.topic] as f64).sqrt()));
    }
}

/// Each trend weighs the same when it was found, while it ran, and in the end.
fn take_moments(run: &Run, rows: &mut Vec<Row<4>>) {
    for list in &run.moments {
        let mut counts: BTreeMap<u64, usize> = BTreeMap::new();
        for (moment, _) in list {
            *counts.entry(moment.trend).or_default() += 1;
        }
        for (moment, right) in list {
            let x = [moment.odds, moment.silence, moment.odds * moment.silence, 1.0];
            rows.push((x, f64::from(u8::from(*right)), 1.0 / counts[&moment.trend] as f64));
        }
    }
}

/// The direction in which each number may speak: surprise, second, cohesion, together, slow, young; the constant in any.
const SIGNS: [f64; FEATURES + 1] = [1.0, 1.0, 1.0, 1.0, -1.0, -1.0, 0.0];

/// Logistic regression by Newton's method with a ridge of 0.5, the constant last; what would speak in the wrong direction
/// is silent.
fn newton<const N: usize>(rows: &[Row<N>], signs: [f64; N]) -> [f64; N] {
    let mut weights = [0.0; N];
    for _ in 0..80 {
        let (mut gradient, mut curve) = ([0.0; N], [[0.0; N]; N]);
        for (x, y, weight) in rows {
            let sum: f64 = x.iter().zip(weights).map(|(x, w)| x * w).sum();
            let p = 1.0 / (1.0 + (-sum).exp());
            for i in 0..N {
                gradient[i] += weight * (y - p) * x[i];
                for j in 0..N {
                    curve[i][j] += weight * p * (1.0 - p) * x[i] * x[j];
                }
            }
        }
        for i in 0..N {
            let ridge = if i == N - 1 { 1e-6 } else { 0.5 };
            gradient[i] -= ridge * weights[i];
            curve[i][i] += ridge;
        }
        for i in 0..N - 1 {
            // at its bound, and pushed over it
            if weights[i] == 0.0 && gradient[i] * signs[i] < 0.0 {
                gradient[i] = 0.0;
                for row in &mut curve {
                    row[i] = 0.0;
                }
                curve[i] = [0.0; N];
                curve[i][i] = 1.0;
            }
        }
        let step = solve(curve, gradient);
        for (weight, step) in weights.iter_mut().zip(step) {
            *weight += step.clamp(-2.0, 2.0);
        }
        for (weight, sign) in weights.iter_mut().zip(signs) {
            if *weight * sign < 0.0 {
                *weight = 0.0;
            }
        }
    }
    weights
}

fn solve<const N: usize>(mut a: [[f64; N]; N], mut b: [f64; N]) -> [f64; N] {
    for i in 0..N {
        let pivot = (i..N).max_by(|x, y| a[*x][i].abs().total_cmp(&a[*y][i].abs())).unwrap_or(i);
        a.swap(i, pivot);
        b.swap(i, pivot);
        let above = a[i];
        for row in i + 1..N {
            let factor = a[row][i] / above[i];
            for (value, above) in a[row].iter_mut().zip(above).skip(i) {
                *value -= factor * above;
            }
            b[row] -= factor * b[i];
        }
    }
    for i in (0..N).rev() {
        for column in i + 1..N {
            b[i] -= a[i][column] * b[column];
        }
        b[i] /= a[i][i];
    }
    b
}
