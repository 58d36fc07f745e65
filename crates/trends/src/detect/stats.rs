//! The little mathematics that finding trends needs.

/// ln Γ(x) for x > 0: Stirling's series after shifting x above 8, right to eight digits.
fn ln_gamma(x: f64) -> f64 {
    let (mut x, mut product) = (x.max(1e-9), 1.0_f64);
    while x < 8.0 {
        product *= x;
        x += 1.0;
    }
    let shift = -product.ln();
    let square = 1.0 / (x * x);
    let series = (1.0 / 12.0 - square * (1.0 / 360.0 - square / 1260.0)) / x;
    shift + (x - 0.5) * x.ln() - x + 0.918_938_533_204_672_8 + series
}

/// How surprising it is to count `seen` where `usual` was to be expected: −log₁₀ of an upper bound of the chance of that
/// many or more, under a negative binomial with mean `usual` and variance `usual` + `usual`²/`size` (real words come in
/// clumps, so a Poisson would be surprised all the time). 0 where it is no more than usual.
pub(crate) fn surprise(seen: f64, usual: f64, size: f64) -> f64 {
    if seen <= usual || seen <= 0.0 {
        return 0.0;
    }
    let usual = usual.max(1e-9);
    let p = usual / (size + usual);
    // the tail is at most a geometric series that starts at `seen`
    let ratio = (seen + size) / (seen + 1.0) * p;
    if ratio >= 1.0 {
        return 0.0;
    }
    let first = ln_gamma(seen + size) - ln_gamma(seen + 1.0) - ln_gamma(size)
        + size * (size / (size + usual)).ln()
        + seen * p.ln();
    (-(first - (1.0 - ratio).ln()) / std::f64::consts::LN_10).max(0.0)
}

/// 0–1.
pub(crate) fn logistic(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}

/// The middle of a list; 0 for an empty one.
pub(crate) fn median(mut list: Vec<f64>) -> f64 {
    list.sort_by(f64::total_cmp);
    let middle = list.len() / 2;
    match list.len() {
        0 => 0.0,
        n if n % 2 == 1 => list[middle],
        _ => f64::midpoint(list[middle - 1], list[middle]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn factorials() {
        for (x, factorial) in [(1.0, 1.0_f64), (2.0, 1.0), (5.0, 24.0), (11.0, 3_628_800.0)] {
            assert!((ln_gamma(x) - factorial.ln()).abs() < 1e-7, "{x}");
        }
        assert!((ln_gamma(0.5) - std::f64::consts::PI.sqrt().ln()).abs() < 1e-7);
    }

    #[test]
    fn surprise_bounds_the_tail() {
        // summed by hand: size 1 is the geometric distribution, P(X ≥ n) = pⁿ
        let p: f64 = 2.0 / 3.0;
        let exact = -(p.powi(10)).log10();
        assert!((surprise(10.0, 2.0, 1.0) - exact).abs() < 1e-6);
        assert!(surprise(2.0, 2.0, 4.0) < 1e-9);
        assert!(surprise(6.0, 0.1, 4.0) > surprise(6.0, 1.0, 4.0));
        assert!(surprise(9.0, 1.0, 4.0) > surprise(6.0, 1.0, 4.0));
    }

    #[test]
    fn middles() {
        assert!((median(vec![3.0, 1.0, 2.0]) - 2.0).abs() < 1e-9);
        assert!((median(vec![4.0, 1.0, 2.0, 3.0]) - 2.5).abs() < 1e-9);
        assert!(median(vec![]).abs() < 1e-9);
    }
}
