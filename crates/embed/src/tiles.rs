//! Bytes times the weights' bytes, and what becomes of the sums, in one go: where the processor has the instructions that
//! multiply four bytes, or two numbers of 16 bits, and add their products to a sum (`vpdpbusd` and `vpdpwssd`, AVX-512 VNNI).
//!
//! rten-gemm has the first too, and multiplies as fast. But it lays every row out anew before, byte by byte, corrects every sum
//! by places of zero that are not used here, and writes the sums to memory, whence they are read again to become numbers. Here
//! rows are read as they are, and sums become numbers in the registers they were summed in.
//!
//! `fearless_simd::kernel!` is the safe way to an instruction that rten-simd has no name for; all others are rten-simd's.

#![expect(
    clippy::needless_range_loop,
    reason = "what stands at one place in several arrays reads best by its number"
)]

use crate::linear::WHOLE;
#[cfg(not(target_arch = "x86_64"))]
use crate::{attention::Attend, bert::HEAD};

/// Rows that are multiplied together.
pub const ROWS: usize = 8;
/// Outputs that are: two vectors. With eight rows their sums fill half of the registers.
pub const OUTPUTS: usize = 32;

/// Largest numbers of the inputs that are not made bytes, and of their weights. The sum of all their products fits into 32 bits,
/// and a step is some hundred times finer than one of the bytes.
const MOST_INPUT: f32 = 16_383.0;
const MOST_WEIGHT: f32 = 8_191.0;

/// Two numbers of 16 bits that are multiplied with two others in one instruction.
const fn pair(first: i32, second: i32) -> i32 {
    first & 0xffff | second << 16
}

/// Weights in the order they are read.
pub struct Weights {
    inputs: usize,
    /// For each 32 outputs, for each four inputs, those four of each output.
    fine: Vec<[i32; OUTPUTS]>,
    panels: Vec<Panel>,
    /// What one step of the weights of each input that stays whole is worth.
    whole: [f32; WHOLE],
}

/// What else is needed of 32 outputs.
#[derive(Clone)]
struct Panel {
    /// What is added.
    bias: [f32; OUTPUTS],
    /// What one step of the weights is worth.
    step: [f32; OUTPUTS],
    /// Minus the sum of the weights: how many 128, and the rest.
    total: [i32; OUTPUTS],
    /// The weights of the inputs that stay whole, in pairs.
    whole: [[i32; OUTPUTS]; WHOLE / 2],
}

/// What becomes of one output's weights.
pub struct Output {
    pub bias: f32,
    pub step: f32,
    /// Of the inputs that stay whole.
    pub whole: [f32; WHOLE],
}

impl Weights {
    /// Of rows of bytes, one an output.
    pub fn pack(inputs: usize, weights: &[i8], outputs: &[Output]) -> Self {
        let mut most = [f32::MIN_POSITIVE; WHOLE];
        for output in outputs {
            for (most, weight) in most.iter_mut().zip(output.whole) {
                *most = most.max(weight.abs());
            }
        }
        let steps = most.map(|most| most / MOST_WEIGHT);
        let mut fine = Vec::with_capacity(weights.len() / 4 / OUTPUTS);
        let mut panels = Vec::with_capacity(outputs.len() / OUTPUTS);
        let weights = weights.chunks_exact(OUTPUTS * inputs);
        for (weights, outputs) in weights.zip(outputs.chunks_exact(OUTPUTS)) {
            for at in (0..inputs).step_by(4) {
                fine.push(std::array::from_fn(|output| {
                    let four = &weights[output * inputs + at..][..4];
                    i32::from_le_bytes([four[0] as u8, four[1] as u8, four[2] as u8, four[3] as u8])
                }));
            }
            panels.push(Panel {
                bias: std::array::from_fn(|output| outputs[output].bias),
                step: std::array::from_fn(|output| outputs[output].step),
                total: std::array::from_fn(|output| {
                    let weights = &weights[output * inputs..][..inputs];
                    let total = -weights.iter().map(|weight| i32::from(*weight)).sum::<i32>();
                    pair(total >> 7, total & 127)
                }),
                whole: std::array::from_fn(|two| {
                    std::array::from_fn(|output| {
                        let fine = |at: usize| (outputs[output].whole[at] / steps[at]).round() as i32;
                        pair(fine(2 * two), fine(2 * two + 1))
                    })
                }),
            });
        }
        Self { inputs, fine, panels, whole: steps }
    }
}

/// What else is needed of a row of bytes: pairs to be multiplied with those of a [`Panel`].
#[derive(Clone, Copy, Default)]
pub struct Row {
    /// What one step of the bytes is worth.
    step: f32,
    /// What one step of the inputs that stay whole is worth.
    whole_step: f32,
    /// The byte that stands for zero: 128 times, and once.
    zero: i32,
    whole: [i32; WHOLE / 2],
}

/// Takes of rows the inputs that stay whole.
pub struct Take<'a> {
    pub weights: &'a Weights,
    pub x: &'a [f32],
    /// Which inputs these are.
    pub columns: &'a [usize; WHOLE],
    /// For each row, and those behind that fill the last tile: what one step of its bytes is worth, and which is zero.
    pub steps: &'a [(f32, u8)],
    pub rows: &'a mut Vec<Row>,
}

/// `out` = rows of bytes times weights, in numbers, with bias and the inputs that stayed whole.
pub struct Tiles<'a> {
    pub weights: &'a Weights,
    /// As many rows as there are in `out`, and others behind until they fill tiles.
    pub bytes: &'a [u8],
    pub rows: &'a [Row],
    /// Whether the network goes on with GELU.
    pub gelu: bool,
    pub out: &'a mut [f32],
}

#[cfg(target_arch = "x86_64")]
pub use x86_64::Vnni;

/// No other processor has it.
#[cfg(not(target_arch = "x86_64"))]
#[derive(Clone, Copy)]
pub enum Vnni {}

#[cfg(not(target_arch = "x86_64"))]
impl Vnni {
    pub const fn new() -> Option<Self> {
        None
    }

    pub fn take(self, _: Take<'_>) {
        match self {}
    }

    pub fn multiply(self, _: Tiles<'_>) {
        match self {}
    }

    pub fn attend(self, _: Attend<'_, HEAD>) {
        match self {}
    }
}

#[cfg(target_arch = "x86_64")]
mod x86_64 {
    use fearless_simd::{Level, x86::Avx512};
    use rten_simd::{
        Isa as _, Simd as _,
        isa::Avx512Isa,
        ops::{BitOps as _, FloatOps as _, NumOps as _, ToFloat as _},
    };

    use super::{MOST_INPUT, OUTPUTS, ROWS, Row, Take, Tiles, WHOLE, pair};
    use crate::{attention::Attend, bert::HEAD, vectors::gelu};

    /// Whoever has one may use the instruction.
    #[derive(Clone, Copy)]
    pub struct Vnni {
        processor: Avx512,
        isa: Avx512Isa,
    }

    impl Vnni {
        /// None where the processor hasn't it.
        pub fn new() -> Option<Self> {
            Some(Self { processor: Level::new().as_avx512()?, isa: Avx512Isa::new()? })
        }

        pub fn take(self, it: Take<'_>) {
            take(self.processor, self.isa, it);
        }

        pub fn multiply(self, it: Tiles<'_>) {
            multiply(self.processor, self.isa, it);
        }

        pub fn attend(self, it: Attend<'_, HEAD>) {
            attend(self.processor, self.isa, it);
        }
    }

    fearless_simd::kernel!(
        fn attend(processor: Avx512, isa: Avx512Isa, it: Attend<'_, HEAD>) {
            use std::arch::x86_64::_mm512_dpwssd_epi32;

            let _ = processor;
            it.run(isa, |sum, a, b| _mm512_dpwssd_epi32(sum.0, a.0, b.0).into());
        }
    );

    /// Numbers of a vector.
    const LEN: usize = 16;
    const WIDE: usize = OUTPUTS / LEN;

    fearless_simd::kernel!(
        fn take(processor: Avx512, isa: Avx512Isa, it: Take<'_>) {
            let _ = processor;
            let floats = isa.f32();
            it.rows.clear();
            let scales = floats.load(&it.weights.whole);
            for (x, (step, zero)) in it.x.chunks_exact(it.weights.inputs).zip(it.steps) {
                let mut whole = [0.0; WHOLE];
                for at in 0..WHOLE {
                    whole[at] = x[it.columns[at]];
                }
                let whole = floats.mul(floats.load(&whole), scales);
                let most = floats.abs(whole).to_array().into_iter().fold(f32::MIN_POSITIVE, f32::max);
                let whole = floats.to_int_round(floats.mul(whole, floats.splat(MOST_INPUT / most)));
                let whole = whole.to_array();
                let zero = i32::from(*zero);
                it.rows.push(Row {
                    step: *step,
                    whole_step: most / MOST_INPUT,
                    zero: pair(zero * 128, zero),
                    whole: std::array::from_fn(|two| pair(whole[2 * two], whole[2 * two + 1])),
                });
            }
            it.rows.resize(it.steps.len(), Row::default());
        }
    );

    fearless_simd::kernel!(
        fn multiply(processor: Avx512, isa: Avx512Isa, it: Tiles<'_>) {
            use std::arch::x86_64::{_mm512_dpbusd_epi32, _mm512_dpwssd_epi32};

            let _ = processor;
            let (floats, ints) = (isa.f32(), isa.i32());
            let inputs = it.weights.inputs;
            let fours = inputs / 4;
            let outputs = it.weights.panels.len() * OUTPUTS;
            let rows = it.out.len() / outputs;
            // unknown to the compiler, which would unroll the loop over them and need more registers than there are
            let pairs = std::hint::black_box(WHOLE / 2);
            // weights stay in the fastest cache while all rows pass
            let weights = it.weights.fine.chunks_exact(fours).zip(&it.weights.panels);
            for (number, (weights, panel)) in weights.enumerate() {
                let tiles = it.bytes.chunks_exact(ROWS * inputs).zip(it.rows.chunks_exact(ROWS));
                for (tile, (bytes, with)) in tiles.enumerate() {
                    let (bytes, _) = bytes.as_chunks::<4>();
                    let mut lines = [&bytes[..0]; ROWS];
                    for row in 0..ROWS {
                        lines[row] = &bytes[row * fours..][..fours];
                    }
                    // what the places of zero add is taken off before
                    let mut sums = [[ints.zero(); WIDE]; ROWS];
                    for part in 0..WIDE {
                        let total = ints.load(&panel.total[part * LEN..]);
                        for row in 0..ROWS {
                            let zero = ints.splat(with[row].zero);
                            sums[row][part] = _mm512_dpwssd_epi32(ints.zero().0, zero.0, total.0).into();
                        }
                    }
                    for (at, weights) in weights.iter().enumerate() {
                        let mut weight = [ints.zero(); WIDE];
                        for part in 0..WIDE {
                            weight[part] = ints.load(&weights[part * LEN..]);
                        }
                        for row in 0..ROWS {
                            let four = ints.splat(i32::from_le_bytes(lines[row][at]));
                            for part in 0..WIDE {
                                sums[row][part] =
                                    _mm512_dpbusd_epi32(sums[row][part].0, four.0, weight[part].0).into();
                            }
                        }
                    }

                    let mut numbers = [[floats.zero(); WIDE]; ROWS];
                    for part in 0..WIDE {
                        let bias = floats.load(&panel.bias[part * LEN..]);
                        let step = floats.load(&panel.step[part * LEN..]);
                        for row in 0..ROWS {
                            let worth = floats.mul(step, floats.splat(with[row].step));
                            numbers[row][part] = floats.mul_add(ints.to_float(sums[row][part]), worth, bias);
                        }
                    }
                    for part in 0..WIDE {
                        let mut whole = [ints.zero(); ROWS];
                        for (two, weights) in panel.whole[..pairs].iter().enumerate() {
                            let weight = ints.load(&weights[part * LEN..]);
                            for row in 0..ROWS {
                                let x = ints.splat(with[row].whole[two]);
                                whole[row] = _mm512_dpwssd_epi32(whole[row].0, x.0, weight.0).into();
                            }
                        }
                        for row in 0..ROWS {
                            let worth = floats.splat(with[row].whole_step);
                            numbers[row][part] =
                                floats.mul_add(ints.to_float(whole[row]), worth, numbers[row][part]);
                        }
                    }

                    for (row, numbers) in numbers.iter().enumerate().take(rows - tile * ROWS) {
                        let place = (tile * ROWS + row) * outputs + number * OUTPUTS;
                        let out = &mut it.out[place..][..OUTPUTS];
                        for part in 0..WIDE {
                            let x = if it.gelu { gelu(isa, numbers[part]) } else { numbers[part] };
                            floats.store(x, &mut out[part * LEN..]);
                        }
                    }
                }
            }
        }
    );
}

#[cfg(test)]
mod tests {
    use rten_simd::SimdUnaryOp as _;
    use rten_vecmath::Gelu;

    use super::*;

    /// Between −1 and 1, without an order.
    fn number(at: usize) -> f32 {
        ((at * 7_919 + 13) % 2_003) as f32 / 1_001.0 - 1.0
    }

    #[test]
    fn sums_become_the_numbers_of_a_plain_loop_in_every_row_and_output() {
        // where the processor hasn't the instruction, nothing is multiplied so
        let Some(own) = Vnni::new() else { return };
        let (inputs, outputs) = (192, 4 * OUTPUTS);
        // the largest bytes are among them, whose sums of two would not fit into 16 bits
        let fine: Vec<i8> =
            (0..inputs * outputs).map(|at| (number(at) * 200.0).clamp(-127.0, 127.0) as i8).collect();
        let of: Vec<Output> = (0..outputs)
            .map(|output| Output {
                bias: number(output) / 9.0,
                step: number(output + 3) / 9.0,
                // one input's weights are a thousand times another's
                whole: std::array::from_fn(|at| number(output * WHOLE + at) / 10.0_f32.powi(at as i32 % 4)),
            })
            .collect();
        let weights = Weights::pack(inputs, &fine, &of);
        let columns: [usize; WHOLE] = std::array::from_fn(|at| at * 11 + 5);
        let mut taken = Vec::new();
        for (rows, gelu) in [(21_usize, false), (1, false), (8, true), (21, true)] {
            let filled = rows.next_multiple_of(ROWS);
            let bytes: Vec<u8> = (0..filled * inputs)
                .map(|at| (number(at + 5) * 200.0 + 128.0).clamp(0.0, 255.0) as u8)
                .collect();
            let zero = |row: usize| (row * 12) as u8;
            let steps: Vec<(f32, u8)> = (0..filled).map(|row| (number(row) / 3_000.0, zero(row))).collect();
            let x: Vec<f32> =
                (0..rows * inputs).map(|at| number(at + 3) * (at / inputs) as f32 * 3.0).collect();
            let mut out = vec![f32::NAN; rows * outputs];
            let (weights, steps, columns) = (&weights, steps.as_slice(), &columns);
            own.take(Take { weights, x: &x, columns, steps, rows: &mut taken });
            own.multiply(Tiles { weights, bytes: &bytes, rows: &taken, gelu, out: &mut out });
            for (at, found) in out.iter().enumerate() {
                let (row, output) = (at / outputs, at % outputs);
                let sum: i32 = bytes[row * inputs..][..inputs]
                    .iter()
                    .zip(&fine[output * inputs..])
                    .map(|(byte, weight)| (i32::from(*byte) - i32::from(zero(row))) * i32::from(*weight))
                    .sum();
                let Output { bias, step, whole } = &of[output];
                let whole: f32 =
                    columns.iter().zip(whole).map(|(column, weight)| x[row * inputs + column] * weight).sum();
                let mut right = bias + whole + sum as f32 * steps[row].0 * step;
                if gelu {
                    right = Gelu {}.scalar_eval(right);
                }
                let far = (found - right).abs();
                // half a step of each of the inputs that stay whole (row · 3 at most) and of their weights (1 at most)
                let steps = WHOLE as f32 * (0.5 / MOST_INPUT + 0.5 / MOST_WEIGHT);
                let most = 3e-4 * right.abs().max(1.0) + steps * row as f32 * 3.0;
                assert!(far < most, "{found}, not {right}, at {output} of row {row}");
            }
        }
    }

    #[test]
    fn the_largest_numbers_there_can_be_fit_and_none_stops_anything() {
        let Some(own) = Vnni::new() else { return };
        let inputs = 1_536;
        let fine = vec![-127; inputs * OUTPUTS];
        let of = || Output { bias: 0.0, step: 1.0, whole: [-3.0; WHOLE] };
        let weights = &Weights::pack(inputs, &fine, &(0..OUTPUTS).map(|_| of()).collect::<Vec<_>>());
        let columns: &[usize; WHOLE] = &std::array::from_fn(|at| at);
        let bytes = &vec![255; ROWS * inputs];
        let mut rows = Vec::new();
        for (number, right) in [
            (7.0, Some(-127.0 * 1_536.0 - 16.0 * 21.0)),
            (f32::NAN, None),
            (f32::INFINITY, None),
            (f32::MAX, None),
        ] {
            let x = &vec![number; inputs];
            own.take(Take { weights, x, columns, steps: &[(1.0, 254); ROWS], rows: &mut rows });
            let mut out = vec![0.0; OUTPUTS];
            own.multiply(Tiles { weights, bytes, rows: &rows, gelu: false, out: &mut out });
            if let Some(right) = right {
                assert!(out.iter().all(|found: &f32| (found - right).abs() < 0.1), "{out:?}, not {right}");
            }
        }
    }
}
