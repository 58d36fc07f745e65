//! The loops that are not multiplications by weights, in the widest vectors that the processor has: rten-simd chooses
//! when the program runs, where the compiler alone would take the narrowest that every processor of the kind has.
//!
//! Everything called in here has to become part of one function, or each instruction is a call: so closures are few
//! (those given to arrays' `map` stay functions), and each function is `inline(always)`.

#![expect(
    clippy::inline_always,
    clippy::needless_range_loop,
    reason = "see above; and what stands at one place in several arrays reads best by its number"
)]

use rten_simd::{
    Isa, Simd as _, SimdOp,
    ops::{BitOps as _, FloatOps as _, NarrowSaturate as _, NumOps as _, ToFloat as _},
};

/// Inputs and outputs are multiples of this many, so that no vector is left half full.
pub const PANEL: usize = 64;
/// Vectors of a row that are worked on at once, and rows: their sums stay in registers.
const WIDE: usize = 4;
const HIGH: usize = 4;

/// Turns rows into bytes: each row's numbers spread over 0 to 255 between its smallest and largest.
pub struct Spread<'a> {
    pub rows: &'a [f32],
    /// For each number of a row: 1, or 0 where it doesn't count.
    pub keep: &'a [f32],
    pub bytes: &'a mut [u8],
    /// For each row: what one step is worth, and the byte that stands for zero.
    pub steps: &'a mut [(f32, u8)],
}

impl SimdOp for Spread<'_> {
    type Output = ();

    #[inline(always)]
    fn eval<I: Isa>(self, isa: I) {
        let (floats, ints, shorts) = (isa.f32(), isa.i32(), isa.i16());
        let (len, inputs) = (floats.len(), self.keep.len());
        let rows = self.rows.chunks_exact(inputs).zip(self.bytes.chunks_exact_mut(inputs));
        for ((row, bytes), to) in rows.zip(self.steps) {
            let (mut least, mut most) = ([floats.zero(); WIDE], [floats.zero(); WIDE]);
            for (row, keep) in row.chunks_exact(WIDE * len).zip(self.keep.chunks_exact(WIDE * len)) {
                for at in 0..WIDE {
                    let x = floats.mul(floats.load(&row[at * len..]), floats.load(&keep[at * len..]));
                    least[at] = floats.min(least[at], x);
                    most[at] = floats.max(most[at], x);
                }
            }
            for at in 1..WIDE {
                least[0] = floats.min(least[0], least[at]);
                most[0] = floats.max(most[0], most[at]);
            }
            let least = least[0].to_array().into_iter().fold(0.0, f32::min);
            let most = most[0].to_array().into_iter().fold(0.0, f32::max);
            let step = if most > least { (most - least) / 255.0 } else { 1.0 };
            let zero = (-least / step).round() as u8;
            *to = (step, zero);
            let (scale, zero) = (floats.splat(1.0 / step), ints.splat(i32::from(zero)));
            let parts = row.chunks_exact(WIDE * len).zip(self.keep.chunks_exact(WIDE * len));
            for ((row, keep), bytes) in parts.zip(bytes.chunks_exact_mut(WIDE * len)) {
                let mut fine = [ints.zero(); WIDE];
                for at in 0..WIDE {
                    let x = floats.mul(floats.load(&row[at * len..]), floats.load(&keep[at * len..]));
                    fine[at] = ints.add(floats.to_int_round(floats.mul(x, scale)), zero);
                }
                let (low, high) =
                    (ints.narrow_saturate(fine[0], fine[1]), ints.narrow_saturate(fine[2], fine[3]));
                isa.u8().store(shorts.narrow_saturate(low, high), bytes);
            }
        }
    }
}

/// Makes rows of sums of bytes into numbers again, and adds what was multiplied in 32 bits.
pub struct Gather<'a, const EXTRA: usize> {
    pub sums: &'a [i32],
    /// For each row: what one step of its bytes is worth.
    pub steps: &'a [(f32, u8)],
    /// For each row: its inputs that are multiplied in 32 bits.
    pub extra: &'a [[f32; EXTRA]],
    /// For each 64 outputs: what is added, what one step of the weights is worth, the weights of the extra inputs.
    pub panels: &'a [[f32; PANEL]],
    /// Whether the network goes on with GELU.
    pub gelu: bool,
    /// Rows of so many outputs, of which the sums are those from here on.
    pub out: &'a mut [f32],
    pub outputs: usize,
    pub from: usize,
}

impl<const EXTRA: usize> SimdOp for Gather<'_, EXTRA> {
    type Output = ();

    #[inline(always)]
    fn eval<I: Isa>(mut self, isa: I) {
        let rows = self.extra.len();
        // a panel stays in the fastest cache while all rows pass
        for number in 0..self.panels.len() / (EXTRA + 2) {
            let mut row = 0;
            while row + HIGH <= rows {
                gather::<I, EXTRA, HIGH>(isa, &mut self, number, row);
                row += HIGH;
            }
            while row < rows {
                gather::<I, EXTRA, 1>(isa, &mut self, number, row);
                row += 1;
            }
        }
    }
}

#[inline(always)]
fn gather<I: Isa, const EXTRA: usize, const ROWS: usize>(
    isa: I,
    it: &mut Gather<'_, EXTRA>,
    number: usize,
    row: usize,
) {
    let (floats, ints) = (isa.f32(), isa.i32());
    let len = floats.len();
    let panel = &it.panels[number * (EXTRA + 2)..][..EXTRA + 2];
    let (bias, steps, weights) = (&panel[0], &panel[1], &panel[2..]);
    let panel_from = number * PANEL;
    let summed = it.panels.len() / (EXTRA + 2) * PANEL;
    let extra = &it.extra[row..row + ROWS];
    for part in (0..PANEL).step_by(WIDE * len) {
        let mut to = [[floats.zero(); WIDE]; ROWS];
        for at in 0..WIDE {
            let bias = floats.load(&bias[part + at * len..]);
            for to in &mut to {
                to[at] = bias;
            }
        }
        for (input, weights) in weights.iter().enumerate() {
            let mut weight = [floats.zero(); WIDE];
            for at in 0..WIDE {
                weight[at] = floats.load(&weights[part + at * len..]);
            }
            for (to, extra) in to.iter_mut().zip(extra) {
                let x = floats.splat(extra[input]);
                for at in 0..WIDE {
                    to[at] = floats.mul_add(x, weight[at], to[at]);
                }
            }
        }
        for number in 0..ROWS {
            let row = row + number;
            let sums = &it.sums[row * summed + panel_from..][..PANEL];
            let out = &mut it.out[row * it.outputs + it.from + panel_from..][..PANEL];
            let step = floats.splat(it.steps[row].0);
            for at in 0..WIDE {
                let place = part + at * len;
                let sum = ints.to_float(ints.load(&sums[place..]));
                let worth = floats.mul(floats.load(&steps[place..]), step);
                floats.store(floats.mul_add(sum, worth, to[number][at]), &mut out[place..]);
            }
        }
        // by itself: with it the loop above is too long for its numbers to stay in registers
        if it.gelu {
            for row in row..row + ROWS {
                let out = &mut it.out[row * it.outputs + it.from + panel_from + part..][..WIDE * len];
                for out in out.chunks_exact_mut(len) {
                    floats.store(gelu(isa, floats.load(out)), out);
                }
            }
        }
    }
}

/// GELU within 0.0002, far less than half a step of the bytes that it becomes: the error function as an odd polynomial
/// between −4 and 4, of least squares weighted again and again until the largest error of GELU was least (Lawson).
#[inline(always)]
pub fn gelu<I: Isa>(isa: I, x: I::F32) -> I::F32 {
    const ERF: [f32; 7] = [
        0.795_766_7,
        -0.129_146_22,
        0.017_544_776,
        -0.001_628_031,
        9.591_105_5e-5,
        -3.197_205_8e-6,
        4.556_290_6e-8,
    ];
    let floats = isa.f32();
    let near = floats.clamp(x, floats.splat(-4.0), floats.splat(4.0));
    let square = floats.mul(near, near);
    let mut erf = floats.splat(ERF[6]);
    for at in (0..6).rev() {
        erf = floats.mul_add(erf, square, floats.splat(ERF[at]));
    }
    let erf = floats.clamp(floats.mul(erf, near), floats.splat(-1.0), floats.one());
    let half = floats.mul(x, floats.splat(0.5));
    floats.mul_add(half, erf, half)
}

/// Adds to rows, then centres each, brings it to variance 1, scales and shifts it as learnt.
pub struct AddNorm<'a> {
    pub rows: &'a mut [f32],
    pub what: &'a [f32],
    pub scale: &'a [f32],
    pub shift: &'a [f32],
}

impl SimdOp for AddNorm<'_> {
    type Output = ();

    #[inline(always)]
    fn eval<I: Isa>(self, isa: I) {
        let floats = isa.f32();
        let (len, width) = (floats.len(), self.scale.len());
        for (row, what) in self.rows.chunks_exact_mut(width).zip(self.what.chunks_exact(width)) {
            let mut sum = [floats.zero(); WIDE];
            for (row, what) in row.chunks_exact_mut(WIDE * len).zip(what.chunks_exact(WIDE * len)) {
                for at in 0..WIDE {
                    let x = floats.add(floats.load(&row[at * len..]), floats.load(&what[at * len..]));
                    sum[at] = floats.add(sum[at], x);
                    floats.store(x, &mut row[at * len..]);
                }
            }
            let sum = floats.add(floats.add(sum[0], sum[1]), floats.add(sum[2], sum[3]));
            let mean = floats.splat(floats.sum(sum) / width as f32);
            let mut squares = [floats.zero(); WIDE];
            for row in row.chunks_exact(WIDE * len) {
                for at in 0..WIDE {
                    let x = floats.sub(floats.load(&row[at * len..]), mean);
                    squares[at] = floats.mul_add(x, x, squares[at]);
                }
            }
            let squares = floats.add(floats.add(squares[0], squares[1]), floats.add(squares[2], squares[3]));
            let variance = floats.sum(squares) / width as f32;
            let inverse = floats.splat(1.0 / (variance + 1e-12).sqrt());
            let learnt = self.scale.chunks_exact(len).zip(self.shift.chunks_exact(len));
            for (row, (scale, shift)) in row.chunks_exact_mut(len).zip(learnt) {
                let x = floats.sub(floats.load(row), mean);
                let scale = floats.mul(floats.load(scale), inverse);
                floats.store(floats.mul_add(x, scale, floats.load(shift)), row);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use rten_simd::{SimdUnaryOp, isa::GenericIsa};
    use rten_vecmath::Gelu;

    use super::*;

    struct Near;

    impl SimdUnaryOp<f32> for Near {
        #[inline(always)]
        fn eval<I: Isa>(&self, isa: I, x: I::F32) -> I::F32 {
            gelu(isa, x)
        }
    }

    #[test]
    fn gelu_is_as_near_as_it_says() {
        for at in -8_000..8_000 {
            let x = at as f32 / 1_000.0;
            let far = Near.scalar_eval(x) - Gelu {}.scalar_eval(x);
            assert!(far.abs() < 2e-4, "{far} at {x}");
        }
    }

    /// Between −1 and 1, without an order.
    fn number(at: usize) -> f32 {
        ((at * 7_919 + 13) % 2_003) as f32 / 1_001.0 - 1.0
    }

    #[test]
    fn bytes_and_sums_are_the_same_in_wide_and_narrow_vectors() {
        let (rows, inputs, outputs) = (7, 2 * PANEL, 2 * PANEL);
        let x: Vec<f32> = (0..rows * inputs).map(number).collect();
        let keep: Vec<f32> = (0..inputs).map(|at| f32::from(at % 5 != 0)).collect();
        let (mut bytes, mut steps) = (vec![0; rows * inputs], vec![(0.0, 0); rows]);
        Spread { rows: &x, keep: &keep, bytes: &mut bytes, steps: &mut steps }.dispatch();
        let (mut others, mut other_steps) = (vec![1; rows * inputs], vec![(1.0, 1); rows]);
        Spread { rows: &x, keep: &keep, bytes: &mut others, steps: &mut other_steps }.eval(GenericIsa::new());
        assert_eq!((&bytes, &steps), (&others, &other_steps));
        for (row, (bytes, (step, zero))) in bytes.chunks_exact(inputs).zip(&steps).enumerate() {
            for (at, byte) in bytes.iter().enumerate() {
                let back = (f32::from(*byte) - f32::from(*zero)) * step;
                assert!((back - x[row * inputs + at] * keep[at]).abs() < 0.51 * step);
            }
        }
        let sums: Vec<i32> = (0..rows * outputs).map(|at| (number(at) * 9_000.0) as i32).collect();
        let extra: Vec<[f32; 3]> = (0..rows).map(|row| [0, 1, 2].map(|at| number(row * 3 + at))).collect();
        let panels: Vec<[f32; PANEL]> =
            (0..2 * 5).map(|line| std::array::from_fn(|at| number(line * PANEL + at))).collect();
        let (mut one, mut other) = (vec![0.0; rows * outputs], vec![0.0; rows * outputs]);
        let gather = |out| {
            let (sums, steps, extra, panels) = (&sums, &steps, &extra, &panels);
            Gather { sums, steps, extra, panels, gelu: false, out, outputs, from: 0 }
        };
        gather(&mut one).dispatch();
        gather(&mut other).eval(GenericIsa::new());
        for (at, (one, other)) in one.iter().zip(&other).enumerate() {
            let (row, panel) = (at / outputs, &panels[at % outputs / PANEL * 5..]);
            let column = |line: usize| panel[line][at % PANEL];
            let whole: f32 = (0..3).map(|input| extra[row][input] * column(2 + input)).sum();
            let right = column(0) + whole + sums[at] as f32 * steps[row].0 * column(1);
            for found in [one, other] {
                assert!((found - right).abs() < 1e-4, "{found}, not {right}, at {at}");
            }
        }
    }
}
