//! Multiplying by the weights: with numbers of 32 bits, or, where the processor multiplies bytes several times as fast,
//! with bytes.
//!
//! Bytes: each token's numbers are spread over 0 to 255 between its own smallest and largest, each output's weights over
//! −127 to 127 (Jacob and others 2018). What makes that coarse are a few inputs that are many times larger than the rest,
//! always the same ones; these are taken out and multiplied whole (Dettmers and others 2022, LLM.int8()). Sixteen of 384 or
//! 1,536 inputs bring the vectors from a cosine of 0.993 to more than 0.999 of the exact ones.

use rten_gemm::{BiasVector, GemmExecutor, GemmInputA, GemmInputB, GemmOptions, PackedBMatrix};
use rten_simd::SimdOp as _;
use rten_tensor::{Matrix, NdTensorView};
use rten_vecmath::{ExtendInit as _, MinMax, Quantize};

use crate::OpenError;

/// Inputs that stay whole.
pub const WHOLE: usize = 16;

/// What multiplies.
pub struct Engine {
    pub exact: GemmExecutor<f32, f32, f32>,
    /// None where the processor has no fast way with bytes that is also exact.
    bytes: Option<GemmExecutor<u8, i8, i32>>,
}

impl Engine {
    /// The fastest that this processor has; `exact` keeps to 32 bits.
    pub fn new(exact: bool) -> Self {
        let bytes: GemmExecutor<u8, i8, i32> = GemmExecutor::new();
        let name = bytes.kernel_name();
        // an older processor's bytes overflow; a plain loop is slower than 32 bits
        let slow = bytes.may_saturate() || name.starts_with("generic") || name.ends_with("mlal");
        Self { exact: GemmExecutor::new(), bytes: (!exact && !slow).then_some(bytes) }
    }

    /// Which way it goes, for the log.
    pub fn name(&self) -> &str {
        self.bytes.as_ref().map_or(self.exact.kernel_name(), GemmExecutor::kernel_name)
    }
}

pub(crate) fn broken(error: impl std::fmt::Display) -> OpenError {
    OpenError::Broken(error.to_string())
}

/// A matrix of weights with what is added.
pub struct Linear {
    inputs: usize,
    outputs: usize,
    bias: Vec<f32>,
    weights: Weights,
}

#[expect(clippy::large_enum_variant, reason = "there are twenty-four of them, all of one kind")]
enum Weights {
    Exact(PackedBMatrix<f32>),
    Bytes {
        fine: PackedBMatrix<i8>,
        /// Per output: what one step of its weights is worth.
        steps: Vec<f32>,
        /// The inputs that stay whole, and their weights, with one more that takes off each token's place of zero.
        columns: [usize; WHOLE],
        whole: PackedBMatrix<f32>,
    },
}

/// Room for what lies between.
#[derive(Default)]
pub struct Scratch {
    row: Vec<f32>,
    bytes: Vec<u8>,
    steps: Vec<f32>,
    whole: Vec<f32>,
    sums: Vec<i32>,
}

impl Linear {
    /// Of weights as the model's file has them: a row for each output.
    pub fn new(
        engine: &Engine,
        weights: &[f32],
        bias: Vec<f32>,
        columns: [usize; WHOLE],
    ) -> Result<Self, OpenError> {
        let outputs = bias.len();
        let inputs = weights.len() / outputs.max(1);
        let view = Matrix::try_from_data([outputs, inputs], weights)
            .map_err(|_| broken("weights of another size"))?;
        let weights = match &engine.bytes {
            None => Weights::Exact(engine.exact.prepack_b(view.transposed())),
            Some(bytes) => {
                let (mut fine, mut steps, mut whole) = (Vec::new(), Vec::new(), Vec::new());
                for row in weights.chunks_exact(inputs) {
                    whole.extend(columns.map(|column| row[column]));
                    let mut rest = row.to_vec();
                    for column in columns {
                        rest[column] = 0.0;
                    }
                    let most = rest.iter().fold(0.0_f32, |most, weight| most.max(weight.abs()));
                    let step = if most > 0.0 { most / 127.0 } else { 1.0 };
                    let rest = rest.iter().map(|weight| (weight / step).round() as i8);
                    let total: i32 = rest.clone().map(i32::from).sum();
                    whole.push(-(total as f32) * step);
                    fine.extend(rest);
                    steps.push(step);
                }
                let fine: NdTensorView<i8, 2> = NdTensorView::from_data([outputs, inputs], fine.as_slice());
                let whole: Matrix = NdTensorView::from_data([outputs, WHOLE + 1], whole.as_slice());
                Weights::Bytes {
                    fine: bytes.prepack_b(fine.transposed()),
                    steps,
                    columns,
                    whole: engine.exact.prepack_b(whole.transposed()),
                }
            }
        };
        Ok(Self { inputs, outputs, bias, weights })
    }

    /// `out = x · weights + bias`, a row for each row of `x`.
    pub fn apply(
        &self,
        engine: &Engine,
        x: &[f32],
        out: &mut Vec<f32>,
        scratch: &mut Scratch,
    ) -> Result<(), OpenError> {
        let rows = x.len() / self.inputs;
        out.resize(rows * self.outputs, 0.0);
        let with_bias = GemmOptions { bias: Some(BiasVector::Row(&self.bias)), ..GemmOptions::default() };
        match (&self.weights, &engine.bytes) {
            (Weights::Bytes { fine, steps, columns, whole }, Some(bytes)) => {
                scratch.take_apart(x, self.inputs, columns);
                let outliers = view(&scratch.whole, [rows, WHOLE + 1])?;
                engine
                    .exact
                    .gemm(out, GemmInputA::Unpacked(outliers), GemmInputB::Packed(whole), with_bias)
                    .map_err(broken)?;
                scratch.sums.resize(rows * self.outputs, 0);
                let rest = GemmInputA::Unpacked(view(&scratch.bytes, [rows, self.inputs])?);
                bytes
                    .gemm(&mut scratch.sums, rest, GemmInputB::Packed(fine), GemmOptions::default())
                    .map_err(broken)?;
                let sums = scratch.sums.chunks_exact(self.outputs);
                for ((out, sums), token) in out.chunks_exact_mut(self.outputs).zip(sums).zip(&scratch.steps) {
                    for ((out, sum), step) in out.iter_mut().zip(sums).zip(steps) {
                        *out += *sum as f32 * (step * token);
                    }
                }
                Ok(())
            }
            (Weights::Exact(weights), _) => {
                let x = GemmInputA::Unpacked(view(x, [rows, self.inputs])?);
                engine.exact.gemm(out, x, GemmInputB::Packed(weights), with_bias).map_err(broken)
            }
            (Weights::Bytes { .. }, None) => Err(broken("weights of another engine")),
        }
    }
}

fn view<T>(data: &[T], shape: [usize; 2]) -> Result<Matrix<'_, T>, OpenError> {
    Matrix::try_from_data(shape, data).map_err(|_| broken("rows of another size"))
}

impl Scratch {
    /// The large columns by themselves, the rest as bytes with the worth of a step and the place of zero, row by row.
    fn take_apart(&mut self, x: &[f32], inputs: usize, columns: &[usize; WHOLE]) {
        let Self { row, bytes, steps, whole, .. } = self;
        bytes.clear();
        steps.clear();
        whole.clear();
        bytes.reserve(x.len());
        for token in x.chunks_exact(inputs) {
            whole.extend(columns.iter().map(|column| token[*column]));
            row.clear();
            row.extend_from_slice(token);
            for column in columns {
                row[*column] = 0.0;
            }
            // zero is among them, so that it has a byte
            let (least, most) = MinMax::new(row).dispatch();
            let step = if most > least { (most - least) / 255.0 } else { 1.0 };
            let zero = (-least / step).round() as u8;
            bytes.extend_init(|room| Quantize::new(row, &mut room[..inputs], 1.0 / step, zero).dispatch());
            steps.push(step);
            // the sums of bytes are too large by this times the sum of the weights. Not left to rten-gemm 0.27, which
            // takes the places of zero of a block's first rows (eight of them with AVX-512) for those of all
            whole.push(f32::from(zero) * step);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Evenly between −0.4 and 0.6.
    fn numbers(count: usize, state: &mut u32) -> Vec<f32> {
        let next = |_| {
            *state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            f32::from((*state >> 16) as u16) / 65_536.0 - 0.4
        };
        (0..count).map(next).collect()
    }

    #[test]
    fn every_row_is_multiplied_alike_by_bytes_and_by_32_bits() {
        // more rows than a kernel takes at once, each with a zero elsewhere; a number of them that fills no block
        let columns: [usize; WHOLE] = std::array::from_fn(|at| at * 3 + 1);
        for (rows, inputs, outputs) in [(1, 384, 384), (23, 384, 1_152), (70, 1_536, 384)] {
            let mut state = 1;
            let weights = numbers(inputs * outputs, &mut state);
            let bias = numbers(outputs, &mut state);
            let mut x = numbers(rows * inputs, &mut state);
            for (row, token) in x.chunks_exact_mut(inputs).enumerate() {
                for number in token {
                    *number += 0.01 * row as f32 - 0.3;
                }
            }
            let right: Vec<f32> = x
                .chunks_exact(inputs)
                .flat_map(|token| weights.chunks_exact(inputs).zip(&bias).map(move |row| (token, row)))
                .map(|(token, (row, bias))| token.iter().zip(row).map(|(a, b)| a * b).sum::<f32>() + bias)
                .collect();
            for (exact, most) in [(true, 1e-5), (false, 0.01)] {
                let engine = Engine::new(exact);
                let linear = Linear::new(&engine, &weights, bias.clone(), columns).unwrap();
                let (mut out, mut scratch) = (Vec::new(), Scratch::default());
                linear.apply(&engine, &x, &mut out, &mut scratch).unwrap();
                for (row, (out, right)) in
                    out.chunks_exact(outputs).zip(right.chunks_exact(outputs)).enumerate()
                {
                    let far: f32 = out.iter().zip(right).map(|(a, b)| (a - b).powi(2)).sum();
                    let far = (far / right.iter().map(|number| number.powi(2)).sum::<f32>()).sqrt();
                    assert!(far < most, "{far} by {} in row {row} of {rows}", engine.name());
                }
            }
        }
    }
}
