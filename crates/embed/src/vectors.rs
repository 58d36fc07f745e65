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
    ops::{BitOps as _, FloatOps as _, IntOps as _, NarrowSaturate as _, NumOps as _, ToFloat as _},
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
        for (number, to) in to.iter().enumerate() {
            let row = row + number;
            let sums = &it.sums[row * summed + panel_from..][..PANEL];
            let out = &mut it.out[row * it.outputs + it.from + panel_from..][..PANEL];
            let step = floats.splat(it.steps[row].0);
            for at in 0..WIDE {
                let place = part + at * len;
                let sum = ints.to_float(ints.load(&sums[place..]));
                let worth = floats.mul(floats.load(&steps[place..]), step);
                let mut y = floats.mul_add(sum, worth, to[at]);
                if it.gelu {
                    y = gelu(isa, y);
                }
                floats.store(y, &mut out[place..]);
            }
        }
    }
}

/// GELU within 0.0002, far less than half a step of the bytes that it becomes: the error function as an odd polynomial
/// between −4 and 4, of least squares weighted again and again until the largest error of GELU was least (Lawson).
#[inline(always)]
fn gelu<I: Isa>(isa: I, x: I::F32) -> I::F32 {
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

/// One head of attention over one text, `HEAD` numbers a token: what each token takes from the others.
pub struct Attend<'a, const HEAD: usize> {
    /// Tokens of the text.
    pub length: usize,
    /// One row a token: all heads' queries, keys and values one behind the other, `width` numbers each.
    pub look: &'a [f32],
    pub width: usize,
    /// Which numbers of the `width` are this head's: from here.
    pub from: usize,
    /// One row of `width` numbers a token.
    pub context: &'a mut [f32],
    pub room: &'a mut Room,
}

/// What lies between in attention.
#[derive(Default)]
pub struct Room {
    /// A row for each number of a key.
    keys: Vec<f32>,
    values: Vec<f32>,
    weights: Vec<f32>,
}

/// Queries that are worked on at once, and vectors of each.
const QUERIES: usize = 8;
const TWO: usize = 2;

impl<const HEAD: usize> SimdOp for Attend<'_, HEAD> {
    type Output = ();

    #[inline(always)]
    fn eval<I: Isa>(mut self, isa: I) {
        let step = TWO * isa.f32().len();
        let room = std::mem::take(self.room);
        let Room { mut keys, mut values, mut weights } = room;
        let padded = self.length.next_multiple_of(step);
        // what is left of others where no token is gets no weight
        keys.resize(HEAD * padded, 0.0);
        values.clear();
        for (token, row) in self.look.chunks_exact(3 * self.width).enumerate() {
            for (at, key) in row[self.width + self.from..][..HEAD].iter().enumerate() {
                keys[at * padded + token] = *key;
            }
            values.extend_from_slice(&row[2 * self.width + self.from..][..HEAD]);
        }
        weights.resize(QUERIES * padded, 0.0);
        if self.length < QUERIES {
            for query in 0..self.length {
                attend::<I, HEAD, 1>(isa, &mut self, query, &keys, &values, &mut weights, padded);
            }
        } else {
            // the last ones may be among those before them: they become the same again
            for query in (0..self.length).step_by(QUERIES) {
                let query = query.min(self.length - QUERIES);
                attend::<I, HEAD, QUERIES>(isa, &mut self, query, &keys, &values, &mut weights, padded);
            }
        }
        *self.room = Room { keys, values, weights };
    }
}

#[inline(always)]
fn attend<I: Isa, const HEAD: usize, const ROWS: usize>(
    isa: I,
    it: &mut Attend<'_, HEAD>,
    query: usize,
    keys: &[f32],
    values: &[f32],
    weights: &mut [f32],
    padded: usize,
) {
    let floats = isa.f32();
    let len = floats.len();
    // of 2 rather than e, since powers of 2 are what is quick
    let scale = floats.splat(std::f32::consts::LOG2_E / (HEAD as f32).sqrt());
    let mut queries: [&[f32]; ROWS] = [&[]; ROWS];
    for (at, row) in queries.iter_mut().enumerate() {
        *row = &it.look[(query + at) * 3 * it.width + it.from..][..HEAD];
    }
    for column in (0..padded).step_by(TWO * len) {
        let tile = multiply::<I, ROWS>(isa, queries, HEAD, keys, padded, column);
        for (tile, weights) in tile.iter().zip(weights.chunks_exact_mut(padded)) {
            for at in 0..TWO {
                floats.store(floats.mul(tile[at], scale), &mut weights[column + at * len..]);
            }
        }
    }
    let mut parts = [0.0; ROWS];
    for (weights, part) in weights.chunks_exact_mut(padded).zip(&mut parts) {
        // far below every other: next to nothing of the sum
        weights[it.length..].fill(-1e30);
        let mut most = floats.splat(f32::MIN);
        for weights in weights.chunks_exact(len) {
            most = floats.max(most, floats.load(weights));
        }
        let most = floats.splat(most.to_array().into_iter().fold(f32::MIN, f32::max));
        let mut sum = floats.zero();
        for weights in weights.chunks_exact_mut(len) {
            let weight = power_of_2(isa, floats.sub(floats.load(weights), most));
            sum = floats.add(sum, weight);
            floats.store(weight, weights);
        }
        *part = 1.0 / floats.sum(sum);
    }
    let mut rows: [&[f32]; ROWS] = [&[]; ROWS];
    for (row, weights) in rows.iter_mut().zip(weights.chunks_exact(padded)) {
        *row = &weights[..it.length];
    }
    for column in (0..HEAD).step_by(TWO * len) {
        let tile = multiply::<I, ROWS>(isa, rows, it.length, values, HEAD, column);
        for (number, tile) in tile.iter().enumerate() {
            let context = &mut it.context[(query + number) * it.width + it.from..][..HEAD];
            let part = floats.splat(parts[number]);
            for at in 0..TWO {
                floats.store(floats.mul(tile[at], part), &mut context[column + at * len..]);
            }
        }
    }
}

/// Some columns of `rows · matrix`, the matrix `width` numbers a row.
#[inline(always)]
fn multiply<I: Isa, const ROWS: usize>(
    isa: I,
    rows: [&[f32]; ROWS],
    depth: usize,
    matrix: &[f32],
    width: usize,
    column: usize,
) -> [[I::F32; TWO]; ROWS] {
    let floats = isa.f32();
    let len = floats.len();
    let mut tile = [[floats.zero(); TWO]; ROWS];
    for (at, line) in matrix.chunks_exact(width).take(depth).enumerate() {
        let line = &line[column..column + TWO * len];
        let (first, second) = (floats.load(line), floats.load(&line[len..]));
        for (tile, row) in tile.iter_mut().zip(&rows) {
            let x = floats.splat(row[at]);
            tile[0] = floats.mul_add(x, first, tile[0]);
            tile[1] = floats.mul_add(x, second, tile[1]);
        }
    }
    tile
}

/// 2 to the power of `x` ≤ 0, within a millionth of it, and never less than 2⁻¹²⁶.
#[inline(always)]
fn power_of_2<I: Isa>(isa: I, x: I::F32) -> I::F32 {
    // made as those of GELU, for −½ to ½
    const POWER: [f32; 6] =
        [1.000_000_1, 0.693_146_94, 0.240_221_2, 0.055_507_13, 0.009_675_542, 0.001_327_647_2];
    let (floats, ints) = (isa.f32(), isa.i32());
    let near = floats.max(x, floats.splat(-126.0));
    let whole = floats.to_int_round(near);
    let part = floats.sub(near, ints.to_float(whole));
    let mut y = floats.splat(POWER[5]);
    for at in (0..5).rev() {
        y = floats.mul_add(y, part, floats.splat(POWER[at]));
    }
    let exponent = ints.shift_left::<23>(whole);
    let bits = ints.add(y.reinterpret_cast::<I::I32>(), exponent);
    bits.reinterpret_cast::<I::F32>()
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

    struct Power;

    impl SimdUnaryOp<f32> for Power {
        #[inline(always)]
        fn eval<I: Isa>(&self, isa: I, x: I::F32) -> I::F32 {
            power_of_2(isa, x)
        }
    }

    #[test]
    fn gelu_and_powers_are_as_near_as_they_say() {
        for at in -8_000..8_000 {
            let x = at as f32 / 1_000.0;
            let far = Near.scalar_eval(x) - Gelu {}.scalar_eval(x);
            assert!(far.abs() < 2e-4, "{far} at {x}");
        }
        for at in 0..12_000 {
            let x = at as f32 / -100.0;
            let far = Power.scalar_eval(x) / x.exp2() - 1.0;
            assert!(far.abs() < 1e-6, "{far} at {x}");
        }
        assert!(Power.scalar_eval(-1e30) < 1e-37);
    }

    /// Between −1 and 1, without an order.
    fn number(at: usize) -> f32 {
        ((at * 7_919 + 13) % 2_003) as f32 / 1_001.0 - 1.0
    }

    #[test]
    fn attention_is_that_of_a_plain_loop_whatever_the_length_and_the_processor() {
        const HEAD: usize = 32;
        let (width, from) = (64, 32);
        // one room for all: what longer texts leave in it doesn't count
        let (mut wide, mut narrow) = (Room::default(), Room::default());
        for length in [70, 1, 7, 8, 37] {
            let look: Vec<f32> = (0..length * 3 * width).map(|at| 3.0 * number(at)).collect();
            let part = |which: usize, token: usize| &look[(token * 3 + which) * width + from..][..HEAD];
            let (mut one, mut other) = (vec![0.0; length * width], vec![0.0; length * width]);
            let attend = |context, room| Attend::<HEAD> { length, look: &look, width, from, context, room };
            attend(&mut one, &mut wide).dispatch();
            attend(&mut other, &mut narrow).eval(GenericIsa::new());
            for token in 0..length {
                let weight = |other| {
                    let dot: f32 = part(0, token).iter().zip(part(1, other)).map(|(a, b)| a * b).sum();
                    f64::from(dot / (HEAD as f32).sqrt()).exp()
                };
                let sum: f64 = (0..length).map(weight).sum();
                for at in 0..HEAD {
                    let right: f64 =
                        (0..length).map(|other| weight(other) * f64::from(part(2, other)[at])).sum::<f64>()
                            / sum;
                    for found in [&one, &other] {
                        let far = f64::from(found[token * width + from + at]) - right;
                        assert!(far.abs() < 1e-5, "{far} at {at} of token {token} of {length}");
                    }
                }
                assert!(one[token * width..][..from].iter().all(|other| *other == 0.0));
            }
        }
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
