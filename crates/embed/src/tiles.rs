//! Bytes times the weights' bytes, and what becomes of the sums, in one go: where the processor has the instruction that
//! multiplies four bytes and adds their products (`vpdpbusd`, AVX-512 VNNI).
//!
//! rten-gemm has it too, and multiplies as fast. But it lays every row out anew before, byte by byte, corrects every sum by
//! places of zero that are not used here, and writes the sums to memory, whence they are read again to become numbers. Here
//! rows are read as they are, and sums become numbers in the registers they were summed in.
//!
//! `fearless_simd::kernel!` is the safe way to an instruction that rten-simd has no name for; all others are rten-simd's.

use crate::vectors::PANEL;

/// Inputs that stay whole, and the place of zero: see `linear.rs`.
pub const EXTRA: usize = crate::linear::WHOLE + 1;
/// Rows that are multiplied together.
pub const ROWS: usize = 8;
/// Outputs that are: two vectors. With eight rows their sums fill half of the registers.
pub const OUTPUTS: usize = 32;

/// The weights' bytes in the order they are read: for each 32 outputs, for each four inputs, those four of each output.
pub fn pack(weights: &[i8], inputs: usize) -> Vec<[i32; OUTPUTS]> {
    let mut packed = Vec::with_capacity(weights.len() / 4 / OUTPUTS);
    for panel in weights.chunks_exact(OUTPUTS * inputs) {
        for at in (0..inputs).step_by(4) {
            packed.push(std::array::from_fn(|output| {
                let four = &panel[output * inputs + at..][..4];
                i32::from_le_bytes([four[0] as u8, four[1] as u8, four[2] as u8, four[3] as u8])
            }));
        }
    }
    packed
}

/// `out` = rows of bytes times weights, in numbers, with bias and what was multiplied in 32 bits.
pub struct Tiles<'a> {
    /// As many rows as there are in `out`, and others behind until they fill tiles.
    pub bytes: &'a [u8],
    pub inputs: usize,
    pub fine: &'a [[i32; OUTPUTS]],
    /// For each row of bytes: what one step is worth, and the byte that stands for zero.
    pub steps: &'a [(f32, u8)],
    /// For each row of bytes: its inputs that are multiplied in 32 bits.
    pub extra: &'a [[f32; EXTRA]],
    /// For each 64 outputs: what is added, what one step of the weights is worth, the weights of the extra inputs.
    pub panels: &'a [[f32; PANEL]],
    /// Whether the network goes on with GELU.
    pub gelu: bool,
    pub out: &'a mut [f32],
    pub outputs: usize,
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

    pub fn multiply(self, _: Tiles<'_>) {
        match self {}
    }
}

#[cfg(target_arch = "x86_64")]
mod x86_64 {
    use fearless_simd::{Level, x86::Avx512};
    use rten_simd::{
        Isa as _,
        isa::Avx512Isa,
        ops::{BitOps as _, NumOps as _, ToFloat as _},
    };

    use super::{EXTRA, OUTPUTS, ROWS, Tiles};
    use crate::vectors::gelu;

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

        pub fn multiply(self, it: Tiles<'_>) {
            multiply(self.processor, self.isa, it);
        }
    }

    /// Numbers of a vector.
    const LEN: usize = 16;
    const WIDE: usize = OUTPUTS / LEN;
    const PARTS: usize = crate::vectors::PANEL / OUTPUTS;

    fearless_simd::kernel!(
        fn multiply(processor: Avx512, isa: Avx512Isa, it: Tiles<'_>) {
            use std::arch::x86_64::_mm512_dpbusd_epi32;

            let _ = processor;
            let (floats, ints) = (isa.f32(), isa.i32());
            let fours = it.inputs / 4;
            let rows = it.out.len() / it.outputs;
            // weights stay in the fastest cache while all rows pass
            for (number, weights) in it.fine.chunks_exact(fours).enumerate() {
                let panel = &it.panels[number / PARTS * (EXTRA + 2)..][..EXTRA + 2];
                let from = number % PARTS * OUTPUTS;
                for (tile, bytes) in it.bytes.chunks_exact(ROWS * it.inputs).enumerate() {
                    let (bytes, _) = bytes.as_chunks::<4>();
                    let mut lines = [&bytes[..0]; ROWS];
                    for row in 0..ROWS {
                        lines[row] = &bytes[row * fours..][..fours];
                    }
                    let mut sums = [[ints.zero(); WIDE]; ROWS];
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

                    let steps = &it.steps[tile * ROWS..][..ROWS];
                    let extra = &it.extra[tile * ROWS..][..ROWS];
                    let mut numbers = [[floats.zero(); WIDE]; ROWS];
                    for part in 0..WIDE {
                        let bias = floats.load(&panel[0][from + part * LEN..]);
                        let step = floats.load(&panel[1][from + part * LEN..]);
                        for row in 0..ROWS {
                            let worth = floats.mul(step, floats.splat(steps[row].0));
                            numbers[row][part] = floats.mul_add(ints.to_float(sums[row][part]), worth, bias);
                        }
                    }
                    for (input, weights) in panel[2..].iter().enumerate() {
                        let mut weight = [floats.zero(); WIDE];
                        for part in 0..WIDE {
                            weight[part] = floats.load(&weights[from + part * LEN..]);
                        }
                        for row in 0..ROWS {
                            let x = floats.splat(extra[row][input]);
                            for part in 0..WIDE {
                                numbers[row][part] = floats.mul_add(x, weight[part], numbers[row][part]);
                            }
                        }
                    }

                    for (row, numbers) in numbers.iter().enumerate().take(rows - tile * ROWS) {
                        let place = (tile * ROWS + row) * it.outputs + number * OUTPUTS;
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
        let (inputs, outputs) = (3 * PANEL, 2 * PANEL);
        // the largest bytes are among them, whose sums of two would not fit into 16 bits
        let weights: Vec<i8> =
            (0..inputs * outputs).map(|at| (number(at) * 200.0).clamp(-127.0, 127.0) as i8).collect();
        let fine = pack(&weights, inputs);
        let lines = outputs / PANEL * (EXTRA + 2);
        let panels: Vec<[f32; PANEL]> =
            (0..lines).map(|line| std::array::from_fn(|at| number(line * PANEL + at) / 9.0)).collect();
        for (rows, gelu) in [(1_usize, false), (8, true), (21, false), (21, true)] {
            let filled = rows.next_multiple_of(ROWS);
            let bytes: Vec<u8> = (0..filled * inputs)
                .map(|at| (number(at + 5) * 200.0 + 128.0).clamp(0.0, 255.0) as u8)
                .collect();
            let steps: Vec<(f32, u8)> = (0..filled).map(|row| (number(row) / 3_000.0, 7)).collect();
            let extra: Vec<[f32; EXTRA]> =
                (0..filled).map(|row| std::array::from_fn(|at| number(row * EXTRA + at + 3))).collect();
            let mut out = vec![f32::NAN; rows * outputs];
            let (steps, extra) = (steps.as_slice(), extra.as_slice());
            let (bytes, fine, panels) = (bytes.as_slice(), fine.as_slice(), panels.as_slice());
            own.multiply(Tiles { bytes, inputs, fine, steps, extra, panels, gelu, out: &mut out, outputs });
            for (at, found) in out.iter().enumerate() {
                let (row, output) = (at / outputs, at % outputs);
                let panel = &panels[output / PANEL * (EXTRA + 2)..][..EXTRA + 2];
                let column = |line: usize| panel[line][output % PANEL];
                let sum: i32 = bytes[row * inputs..][..inputs]
                    .iter()
                    .zip(&weights[output * inputs..])
                    .map(|(byte, weight)| i32::from(*byte) * i32::from(*weight))
                    .sum();
                let whole: f32 = (0..EXTRA).map(|at| extra[row][at] * column(2 + at)).sum();
                let mut right = column(0) + whole + sum as f32 * steps[row].0 * column(1);
                if gelu {
                    right = Gelu {}.scalar_eval(right);
                }
                let far = (found - right).abs();
                assert!(far < 3e-4 * right.abs().max(1.0), "{found}, not {right}, at {output} of row {row}");
            }
        }
    }
}
