//! Attention in whole numbers of 16 bits: the core multiplies and adds pairs of them in one instruction, twice as many
//! numbers as with 32 bits. See `vectors.rs` for how such loops are written, and `tiles.rs` for the instruction that adds to a
//! sum as well, where the processor has it.
//!
//! Queries, keys and values are spread over 11 to 15 bits and a sign between the largest of the head in this text and its
//! opposite, weights over 0 to [`MOST_WEIGHT`]. That is finer than the bytes that come before and after at least eight times, and
//! no sum leaves 32 bits.

#![expect(clippy::inline_always, reason = "each instruction would be a call")]

use rten_simd::{
    Isa, Simd as _, SimdOp,
    ops::{
        BitOps as _, FloatOps as _, IntOps as _, Interleave as _, NarrowSaturate as _, NumOps as _,
        ToFloat as _,
    },
};

/// Largest numbers of queries and keys. A score is the sum of 32 products, and the difference of two scores has to fit
/// into 32 bits: 2 · 32 · 8191 · 4095 < 2³¹.
const MOST_QUERY: f32 = 8_191.0;
const MOST_KEY: f32 = 4_095.0;
/// The weight of what is looked at most, as a power of 2.
const WEIGHT_BITS: f32 = 12.0;
const MOST_WEIGHT: usize = 1 << 12;
/// Less than this is nothing.
const LEAST: f32 = 1e-20;

/// Vectors that are worked on at once, and what they are multiplied by: their sums stay in registers.
const TWO: usize = 2;
const ROWS: usize = 4;

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

/// What lies between in attention. Two numbers of 16 bits that follow each other, of one token or of one place in two
/// tokens, are kept as one of 32.
#[derive(Default)]
pub struct Room {
    /// A row for each pair of numbers, a column for each token.
    queries: Vec<i32>,
    /// A row for each token.
    keys: Vec<i32>,
    /// A row for each pair of tokens.
    values: Vec<i32>,
    /// Of some queries: a row for each token, then for each pair of tokens.
    scores: Vec<i32>,
    weights: Vec<i32>,
    sums: Vec<i32>,
}

impl<const HEAD: usize> SimdOp for Attend<'_, HEAD> {
    type Output = ();

    #[inline(always)]
    fn eval<I: Isa>(self, isa: I) {
        let ints = isa.i32();
        self.run(isa, |sum, a, b| ints.add(sum, products(isa, a, b)));
    }
}

impl<const HEAD: usize> Attend<'_, HEAD> {
    /// `add` adds to sums the products of two each.
    #[inline(always)]
    pub fn run<I: Isa>(mut self, isa: I, add: impl Fn(I::I32, I::I16, I::I16) -> I::I32 + Copy) {
        let len = isa.i32().len();
        let mut room = std::mem::take(self.room);
        let columns = self.length.next_multiple_of(len);
        let steps = take(isa, &self, &mut room, columns);
        let mut query = 0;
        while query + len < self.length {
            attend::<I, HEAD, TWO>(isa, add, &mut self, &mut room, columns, steps, query);
            query += TWO * len;
        }
        if query < self.length {
            attend::<I, HEAD, 1>(isa, add, &mut self, &mut room, columns, steps, query);
        }
        *self.room = room;
    }
}

/// What a step of the scores and of the values is worth.
#[derive(Clone, Copy)]
struct Steps {
    score: f32,
    value: f32,
}

/// Makes queries, keys and values whole numbers.
#[inline(always)]
fn take<I: Isa, const HEAD: usize>(isa: I, it: &Attend<'_, HEAD>, room: &mut Room, columns: usize) -> Steps {
    let (floats, ints, shorts) = (isa.f32(), isa.i32(), isa.i16());
    let len = floats.len();
    let rows = || it.look.chunks_exact(3 * it.width).take(it.length);
    let mut largest = [0.0; 3];
    for (part, largest) in largest.iter_mut().enumerate() {
        let mut most = [floats.splat(LEAST); TWO];
        for row in rows() {
            for numbers in row[part * it.width + it.from..][..HEAD].chunks_exact(TWO * len) {
                for at in 0..TWO {
                    most[at] = floats.max(most[at], floats.abs(floats.load(&numbers[at * len..])));
                }
            }
        }
        let most = floats.max(most[0], most[1]);
        *largest = most.to_array().into_iter().fold(LEAST, f32::max);
    }
    // of all tokens' values, each with the largest weight, the sum has to fit too
    let most_value = i32::MAX as usize / ((MOST_WEIGHT + 1) * it.length.max(1));
    let most_value = most_value.min(i16::MAX as usize) as f32;
    let mut scales = [floats.zero(); 3];
    for (at, most) in [MOST_QUERY, MOST_KEY, most_value].into_iter().enumerate() {
        scales[at] = floats.splat(most / largest[at]);
    }

    room.queries.resize(HEAD / 2 * columns, 0);
    room.keys.resize(HEAD / 2 * it.length.next_multiple_of(ROWS), 0);
    for (token, (row, keys)) in rows().zip(room.keys.chunks_exact_mut(HEAD / 2)).enumerate() {
        for at in (0..HEAD).step_by(2 * len) {
            let query = shorten(isa, &row[it.from + at..], scales[0]).reinterpret_cast::<I::I32>();
            let query = query.to_array();
            for (lane, pair) in query.as_ref().iter().enumerate() {
                room.queries[(at / 2 + lane) * columns + token] = *pair;
            }
            let key = shorten(isa, &row[it.width + it.from + at..], scales[1]);
            ints.store(key.reinterpret_cast::<I::I32>(), &mut keys[at / 2..]);
        }
    }
    room.values.resize(HEAD * it.length.div_ceil(2), 0);
    for (two, values) in
        it.look[..3 * it.width * it.length].chunks(2 * 3 * it.width).zip(room.values.chunks_exact_mut(HEAD))
    {
        for at in (0..HEAD).step_by(2 * len) {
            let place = 2 * it.width + it.from + at;
            let first = shorten(isa, &two[place..], scales[2]);
            // the last may be alone
            let second = if two.len() > 3 * it.width {
                shorten(isa, &two[3 * it.width + place..], scales[2])
            } else {
                shorts.zero()
            };
            let (low, high) = (shorts.interleave_low(first, second), shorts.interleave_high(first, second));
            ints.store(low.reinterpret_cast::<I::I32>(), &mut values[at..]);
            ints.store(high.reinterpret_cast::<I::I32>(), &mut values[at + len..]);
        }
    }
    // of 2 rather than e, since powers of 2 are what is quick
    let score = std::f32::consts::LOG2_E / (HEAD as f32).sqrt();
    let score = score * (largest[0] / MOST_QUERY) * (largest[1] / MOST_KEY);
    Steps { score, value: largest[2] / most_value }
}

/// For as many queries as `COLUMNS` vectors have places, from one on. Where the text ends before, what is worked out for
/// the places behind it is left.
#[inline(always)]
fn attend<I: Isa, const HEAD: usize, const COLUMNS: usize>(
    isa: I,
    add: impl Fn(I::I32, I::I16, I::I16) -> I::I32 + Copy,
    it: &mut Attend<'_, HEAD>,
    room: &mut Room,
    columns: usize,
    steps: Steps,
    query: usize,
) {
    let (floats, ints) = (isa.f32(), isa.i32());
    let len = ints.len();
    let some = COLUMNS * len;
    let Room { queries, keys, values, scores, weights, sums } = room;

    scores.resize(it.length.next_multiple_of(ROWS) * some, 0);
    for (keys, scores) in keys.chunks_exact(ROWS * HEAD / 2).zip(scores.chunks_exact_mut(ROWS * some)) {
        let mut tile = [[ints.zero(); COLUMNS]; ROWS];
        for (pair, line) in queries.chunks_exact(columns).enumerate() {
            let mut keys_of = [0; ROWS];
            for row in 0..ROWS {
                keys_of[row] = keys[row * HEAD / 2 + pair];
            }
            add_products(isa, add, &mut tile, keys_of, &line[query..]);
        }
        for (tile, scores) in tile.iter().zip(scores.chunks_exact_mut(some)) {
            for at in 0..COLUMNS {
                ints.store(tile[at], &mut scores[at * len..]);
            }
        }
    }

    let scores = &scores[..it.length * some];
    let step = floats.splat(steps.score);
    weights.resize(it.length.div_ceil(2) * some, 0);
    sums.resize(some, 0);
    for column in (0..some).step_by(len) {
        let mut most = ints.splat(i32::MIN);
        for scores in scores.chunks_exact(some) {
            most = ints.max(most, ints.load(&scores[column..]));
        }
        let mut sum = ints.zero();
        let twos = scores.chunks_exact(2 * some);
        let alone = twos.remainder();
        let mut pairs = weights.chunks_exact_mut(some);
        for (scores, pairs) in twos.zip(&mut pairs) {
            let first = weight(isa, ints.load(&scores[column..]), most, step);
            let second = weight(isa, ints.load(&scores[some + column..]), most, step);
            sum = ints.add(sum, ints.add(first, second));
            ints.store(ints.or(first, ints.shift_left::<16>(second)), &mut pairs[column..]);
        }
        if let (false, Some(pairs)) = (alone.is_empty(), pairs.next()) {
            let first = weight(isa, ints.load(&alone[column..]), most, step);
            sum = ints.add(sum, first);
            ints.store(first, &mut pairs[column..]);
        }
        ints.store(sum, &mut sums[column..]);
    }

    let there = some.min(it.length - query);
    let mut row = 0;
    while row < there {
        // a few behind the text may be among them: there is room for those in a block
        for column in (0..HEAD).step_by(TWO * len) {
            let mut tile = [[ints.zero(); TWO]; ROWS];
            for (weights, values) in weights.chunks_exact(some).zip(values.chunks_exact(HEAD)) {
                let mut weights_of = [0; ROWS];
                weights_of.copy_from_slice(&weights[row..row + ROWS]);
                add_products(isa, add, &mut tile, weights_of, &values[column..]);
            }
            for number in 0..ROWS {
                if row + number >= there {
                    break;
                }
                let context = &mut it.context[(query + row + number) * it.width + it.from..][..HEAD];
                let worth = floats.splat(steps.value / sums[row + number] as f32);
                for at in 0..TWO {
                    floats.store(
                        floats.mul(ints.to_float(tile[number][at]), worth),
                        &mut context[column + at * len..],
                    );
                }
            }
        }
        row += ROWS;
    }
}

/// Two vectors as numbers of 16 bits, in steps.
#[inline(always)]
fn shorten<I: Isa>(isa: I, numbers: &[f32], scale: I::F32) -> I::I16 {
    let (floats, ints) = (isa.f32(), isa.i32());
    let low = floats.to_int_round(floats.mul(floats.load(numbers), scale));
    let high = floats.to_int_round(floats.mul(floats.load(&numbers[floats.len()..]), scale));
    ints.narrow_saturate(low, high)
}

/// Adds to sums the products of a pair of numbers of 16 bits for each row with the pairs of a line.
#[inline(always)]
fn add_products<I: Isa, const ROWS: usize, const COLUMNS: usize>(
    isa: I,
    add: impl Fn(I::I32, I::I16, I::I16) -> I::I32 + Copy,
    tile: &mut [[I::I32; COLUMNS]; ROWS],
    pairs: [i32; ROWS],
    line: &[i32],
) {
    let (ints, shorts) = (isa.i32(), isa.i16());
    let len = ints.len();
    let line = &line[..COLUMNS * len];
    let mut other = [shorts.zero(); COLUMNS];
    for at in 0..COLUMNS {
        other[at] = ints.load(&line[at * len..]).reinterpret_cast::<I::I16>();
    }
    for (tile, pair) in tile.iter_mut().zip(pairs) {
        // as bits of a number with a point: of a whole one the compiler would take the halves apart, rather than find
        // the instruction for pairs
        let pair = isa.f32().splat(f32::from_bits(pair as u32)).reinterpret_cast::<I::I16>();
        for at in 0..COLUMNS {
            tile[at] = add(tile[at], pair, other[at]);
        }
    }
}

/// The sums of two products each. rten-simd has no name for the instruction that does it (`vpmaddwd` where there is one,
/// with twice as many products as one of 32 bits has); the compiler finds it in this loop.
#[inline(always)]
fn products<I: Isa>(isa: I, a: I::I16, b: I::I16) -> I::I32 {
    let ints = isa.i32();
    let (a, b, mut to) = (a.to_array(), b.to_array(), ints.zero().to_array());
    let (a, b) = (a.as_ref(), b.as_ref());
    for at in 0..ints.len() {
        let first = i32::from(a[2 * at]) * i32::from(b[2 * at]);
        to[at] = first.wrapping_add(i32::from(a[2 * at + 1]) * i32::from(b[2 * at + 1]));
    }
    ints.load(to.as_ref())
}

/// 2 to the power of how far a score lies below the largest, times [`MOST_WEIGHT`], within 0.9 of it.
#[inline(always)]
fn weight<I: Isa>(isa: I, score: I::I32, most: I::I32, step: I::F32) -> I::I32 {
    // made as those of GELU, for −½ to ½
    const POWER: [f32; 4] = [0.999_928_1, 0.693_261, 0.242_611_12, 0.055_171_67];
    let (floats, ints) = (isa.f32(), isa.i32());
    let below = ints.to_float(ints.sub(score, most));
    let power = floats.mul_add(below, step, floats.splat(WEIGHT_BITS));
    // a quarter becomes 0
    let power = floats.max(power, floats.splat(-2.0));
    let round = floats.to_int_round(power);
    let part = floats.sub(power, ints.to_float(round));
    let mut y = floats.splat(POWER[3]);
    for at in (0..3).rev() {
        y = floats.mul_add(y, part, floats.splat(POWER[at]));
    }
    let exponent = ints.shift_left::<23>(round);
    let bits = ints.add(y.reinterpret_cast::<I::I32>(), exponent);
    floats.to_int_round(bits.reinterpret_cast::<I::F32>())
}

#[cfg(test)]
mod tests {
    use rten_simd::isa::GenericIsa;

    use super::*;
    use crate::{bert::HEAD, tiles::Vnni};

    const WIDTH: usize = 64;
    const FROM: usize = 32;

    /// Between −1 and 1, without an order.
    fn number(at: usize) -> f32 {
        ((at * 7_919 + 13) % 2_003) as f32 / 1_001.0 - 1.0
    }

    /// Of one text, in the widest vectors and in the narrowest: rooms that longer texts left behind don't count.
    fn both(look: &[f32], rooms: &mut [Room; 2]) -> [Vec<f32>; 2] {
        let length = look.len() / (3 * WIDTH);
        let [wide, narrow] = rooms;
        let (mut one, mut other) = (vec![0.0; length * WIDTH], vec![0.0; length * WIDTH]);
        let attend = |context, room| Attend::<HEAD> { length, look, width: WIDTH, from: FROM, context, room };
        attend(&mut one, wide).dispatch();
        attend(&mut other, narrow).eval(GenericIsa::new());
        // where the processor hasn't the instruction, there are two ways only
        if let Some(own) = Vnni::new() {
            let mut third = vec![0.0; length * WIDTH];
            own.attend(attend(&mut third, &mut Room::default()));
            // by their bits: what is no number is none in each
            let bits = |numbers: &[f32]| numbers.iter().map(|number| number.to_bits()).collect::<Vec<_>>();
            assert_eq!(bits(&third), bits(&one));
        }
        [one, other]
    }

    #[test]
    fn attention_is_that_of_a_plain_loop_whatever_the_length_and_the_processor() {
        let mut rooms = <[Room; 2]>::default();
        for length in [70, 1, 2, 7, 8, 16, 17, 37, 256, 300] {
            let look: Vec<f32> = (0..length * 3 * WIDTH).map(|at| 3.0 * number(at)).collect();
            let part = |which: usize, token: usize| &look[(token * 3 + which) * WIDTH + FROM..][..HEAD];
            let [one, other] = both(&look, &mut rooms);
            assert_eq!(one, other);
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
                    let far = f64::from(one[token * WIDTH + FROM + at]) - right;
                    // a thousandth of the largest value
                    assert!(far.abs() < 3e-3, "{far} at {at} of token {token} of {length}");
                }
                assert!(one[token * WIDTH..][..FROM].iter().all(|other| *other == 0.0));
            }
        }
    }

    #[test]
    fn the_largest_numbers_there_can_be_leave_no_sum_without_room() {
        let mut rooms = <[Room; 2]>::default();
        for length in [1, 3, 256, 2_000] {
            for largest in [1e-30_f32, 1e-6, 7.0, 1e30] {
                // every second token is the opposite of the others in all its keys and in none of its values, or in both
                for opposite in [1.0, -1.0] {
                    let sign = |token: usize| if token.is_multiple_of(2) { 1.0 } else { -1.0 };
                    let look: Vec<f32> = (0..length)
                        .flat_map(|token| {
                            let value = if opposite < 0.0 { sign(token) } else { 1.0 };
                            [largest.min(1e3), sign(token) * largest.min(1e3), value * largest]
                        })
                        .flat_map(|number| [number; WIDTH])
                        .collect();
                    let score = 32.0_f64.sqrt() * f64::from(largest.min(1e3)).powi(2);
                    let (even, odd) = (length.div_ceil(2) as f64, (length / 2) as f64 * (-2.0 * score).exp());
                    let value = f64::from(largest) * (even + odd * opposite) / (even + odd);
                    for found in both(&look, &mut rooms) {
                        for row in found.chunks_exact(WIDTH) {
                            for number in &row[FROM..][..HEAD] {
                                let far = (f64::from(*number) - value).abs() / f64::from(largest);
                                let most = if largest < LEAST { 1.0 } else { 0.002 };
                                assert!(far <= most, "{number}, not {value}, of {length}");
                            }
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn numbers_that_are_none_stop_nothing() {
        for odd in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY, f32::MAX] {
            let mut look = vec![1.0; 9 * 3 * WIDTH];
            for at in [FROM, WIDTH + FROM + 3, 3 * WIDTH * 4 + 2 * WIDTH + FROM] {
                look[at] = odd;
            }
            both(&look, &mut <[Room; 2]>::default());
        }
        both(&[], &mut <[Room; 2]>::default());
    }

    #[test]
    fn weights_are_as_near_as_they_say() {
        struct Weights<'a>(&'a [i32], &'a mut [i32]);

        impl SimdOp for Weights<'_> {
            type Output = ();

            #[inline(always)]
            fn eval<I: Isa>(self, isa: I) {
                let ints = isa.i32();
                let parts = self.0.chunks_exact(ints.len()).zip(self.1.chunks_exact_mut(ints.len()));
                for (scores, to) in parts {
                    let step = isa.f32().splat(0.001);
                    ints.store(weight(isa, ints.load(scores), ints.splat(1_000), step), to);
                }
            }
        }

        let scores: Vec<i32> = (0..24_000).map(|at| 1_000 - at).chain([i32::MIN + 1_000; 64]).collect();
        let mut found = vec![-1; scores.len()];
        Weights(&scores, &mut found).dispatch();
        for (score, found) in scores.iter().zip(found) {
            let right = 4_096.0 * (f64::from(score - 1_000) * 0.001).exp2();
            assert!((f64::from(found) - right).abs() < 0.9, "{found}, not {right}");
        }
    }
}
