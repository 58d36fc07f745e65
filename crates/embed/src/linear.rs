//! Multiplying by the weights: with numbers of 32 bits, or, where the processor multiplies bytes several times as fast,
//! with bytes.
//!
//! Bytes: each token's numbers are spread over 0 to 255 between its own smallest and largest, each output's weights over
//! −127 to 127 (Jacob and others 2018). What makes that coarse are a few inputs that are many times larger than the rest,
//! always the same ones; these are taken out and multiplied whole (Dettmers and others 2022, LLM.int8()). Sixteen of 384 or
//! 1,536 inputs bring the vectors from a cosine of 0.993 to more than 0.999 of the exact ones.

use rten_gemm::{BiasVector, GemmExecutor, GemmInputA, GemmInputB, GemmOptions, PackedBMatrix};
use rten_simd::{SimdOp as _, SimdUnaryOp as _};
use rten_tensor::{Matrix, NdTensorView};
use rten_vecmath::Gelu;

use crate::{
    OpenError,
    attention::Attend,
    bert::HEAD,
    tiles::{self, Output, Row, Take, Tiles, Vnni},
    vectors::{Gather, PANEL, Spread},
};

/// Inputs that stay whole.
pub const WHOLE: usize = 16;
/// With the place of zero, where it is one of them.
const EXTRA: usize = WHOLE + 1;
/// Outputs that are multiplied together: their sums are made into numbers while they are in the cache.
const TOGETHER: usize = 3 * PANEL;

/// What multiplies.
pub struct Engine {
    exact: GemmExecutor<f32, f32, f32>,
    /// None where the processor has no fast way with bytes that is also exact.
    bytes: Option<Bytes>,
}

enum Bytes {
    Own(Vnni),
    Theirs(GemmExecutor<u8, i8, i32>),
}

impl Engine {
    /// The fastest that this processor has; `exact` keeps to 32 bits.
    pub fn new(exact: bool) -> Self {
        match Vnni::new() {
            Some(own) if !exact => Self { exact: GemmExecutor::new(), bytes: Some(Bytes::Own(own)) },
            _ => Self::of_rten(exact),
        }
    }

    /// The fastest of rten-gemm.
    fn of_rten(exact: bool) -> Self {
        let bytes: GemmExecutor<u8, i8, i32> = GemmExecutor::new();
        let name = bytes.kernel_name();
        // an older processor's bytes overflow; a plain loop is slower than 32 bits
        let slow = bytes.may_saturate() || name.starts_with("generic") || name.ends_with("mlal");
        Self { exact: GemmExecutor::new(), bytes: (!exact && !slow).then_some(Bytes::Theirs(bytes)) }
    }

    /// One head of attention over one text.
    pub fn attend(&self, it: Attend<'_, HEAD>) {
        match &self.bytes {
            Some(Bytes::Own(own)) => own.attend(it),
            _ => it.dispatch(),
        }
    }

    /// Which way it goes, for the log.
    pub fn name(&self) -> &str {
        match &self.bytes {
            Some(Bytes::Own(_)) => "u8i8i32-avx512-vnni",
            Some(Bytes::Theirs(bytes)) => bytes.kernel_name(),
            None => self.exact.kernel_name(),
        }
    }
}

pub(crate) fn broken(error: impl std::fmt::Display) -> OpenError {
    OpenError::Broken(error.to_string())
}

/// A matrix of weights with what is added.
pub struct Linear {
    inputs: usize,
    outputs: usize,
    weights: Weights,
}

enum Weights {
    Exact {
        weights: PackedBMatrix<f32>,
        bias: Vec<f32>,
    },
    Bytes {
        fine: Fine,
        /// The inputs that stay whole.
        columns: [usize; WHOLE],
        /// For each input: 0 where it stays whole, else 1.
        keep: Vec<f32>,
    },
}

/// The weights' bytes, and what makes numbers of sums.
enum Fine {
    Own(tiles::Weights),
    Theirs {
        /// Some outputs each, [`TOGETHER`] but in the last.
        weights: Vec<PackedBMatrix<i8>>,
        /// See [`Gather`].
        panels: Vec<[f32; PANEL]>,
    },
}

/// Room for what lies between.
#[derive(Default)]
pub struct Scratch {
    bytes: Vec<u8>,
    steps: Vec<(f32, u8)>,
    rows: Vec<Row>,
    extra: Vec<[f32; EXTRA]>,
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
        let Some(bytes) = &engine.bytes else {
            let weights = engine.exact.prepack_b(view.transposed());
            return Ok(Self { inputs, outputs, weights: Weights::Exact { weights, bias } });
        };
        if !inputs.is_multiple_of(PANEL) || !outputs.is_multiple_of(PANEL) {
            return Err(broken("weights that fill no panels"));
        }
        let mut keep = vec![1.0; inputs];
        for column in columns {
            keep[column] = 0.0;
        }
        let mut fine: Vec<i8> = Vec::with_capacity(weights.len());
        let rows = weights.chunks_exact(inputs).zip(bias);
        let found: Vec<Output> = rows
            .map(|(row, bias)| {
                let rest = row.iter().zip(&keep).map(|(weight, keep)| weight * keep);
                let most = rest.clone().fold(0.0_f32, |most, weight| most.max(weight.abs()));
                let step = if most > 0.0 { most / 127.0 } else { 1.0 };
                fine.extend(rest.map(|weight| (weight / step).round() as i8));
                Output { bias, step, whole: columns.map(|column| row[column]) }
            })
            .collect();
        let fine = match bytes {
            Bytes::Own(_) => Fine::Own(tiles::Weights::pack(inputs, &fine, &found)),
            Bytes::Theirs(bytes) => Fine::Theirs {
                panels: panels(inputs, &fine, &found),
                weights: fine
                    .chunks(TOGETHER * inputs)
                    .map(|fine| {
                        let fine: NdTensorView<i8, 2> =
                            NdTensorView::from_data([fine.len() / inputs, inputs], fine);
                        bytes.prepack_b(fine.transposed())
                    })
                    .collect(),
            },
        };
        Ok(Self { inputs, outputs, weights: Weights::Bytes { fine, columns, keep } })
    }

    /// `out = x · weights + bias`, a row for each row of `x`, with GELU of it where the network goes on with that.
    pub fn apply(
        &self,
        engine: &Engine,
        x: &[f32],
        out: &mut [f32],
        gelu: bool,
        scratch: &mut Scratch,
    ) -> Result<(), OpenError> {
        let rows = x.len() / self.inputs;
        match (&self.weights, &engine.bytes) {
            (Weights::Bytes { fine: Fine::Own(weights), columns, keep }, Some(Bytes::Own(own))) => {
                scratch.spread(x, keep);
                let Scratch { bytes, steps, rows, .. } = scratch;
                own.take(Take { weights, x, columns, steps, rows });
                own.multiply(Tiles { weights, bytes, rows, gelu, out });
                Ok(())
            }
            (
                Weights::Bytes { fine: Fine::Theirs { weights, panels }, columns, keep },
                Some(Bytes::Theirs(bytes)),
            ) => {
                scratch.spread(x, keep);
                scratch.take_whole(x, self.inputs, columns);
                let Scratch { bytes: rest, sums, steps, extra, .. } = scratch;
                let rest = bytes.prepack_a(view(&rest[..x.len()], [rows, self.inputs])?);
                let panels = panels.chunks(TOGETHER / PANEL * (EXTRA + 2));
                for (number, (fine, panels)) in weights.iter().zip(panels).enumerate() {
                    let some = fine.cols();
                    sums.resize(rows * some, 0);
                    let options = GemmOptions::default();
                    bytes
                        .gemm(sums, GemmInputA::Packed(&rest), GemmInputB::Packed(fine), options)
                        .map_err(broken)?;
                    let (outputs, from) = (self.outputs, number * TOGETHER);
                    Gather { sums, steps, extra, panels, gelu, out: &mut *out, outputs, from }.dispatch();
                }
                Ok(())
            }
            (Weights::Exact { weights, bias }, _) => {
                let with_bias = GemmOptions { bias: Some(BiasVector::Row(bias)), ..GemmOptions::default() };
                let x = GemmInputA::Unpacked(view(x, [rows, self.inputs])?);
                engine.exact.gemm(out, x, GemmInputB::Packed(weights), with_bias).map_err(broken)?;
                if gelu {
                    Gelu {}.map_mut(out);
                }
                Ok(())
            }
            (Weights::Bytes { .. }, _) => Err(broken("weights of another engine")),
        }
    }
}

fn view<T>(data: &[T], shape: [usize; 2]) -> Result<Matrix<'_, T>, OpenError> {
    Matrix::try_from_data(shape, data).map_err(|_| broken("rows of another size"))
}

/// What makes numbers of sums for [`Gather`]: for each 64 outputs what is added, what one step of the weights is worth, and
/// the weights of the inputs that stay whole. One more of these takes off each token's place of zero.
fn panels(inputs: usize, fine: &[i8], outputs: &[Output]) -> Vec<[f32; PANEL]> {
    let mut panels = vec![[0.0; PANEL]; outputs.len() / PANEL * (EXTRA + 2)];
    for (number, (output, fine)) in outputs.iter().zip(fine.chunks_exact(inputs)).enumerate() {
        let total: i32 = fine.iter().map(|weight| i32::from(*weight)).sum();
        let whole = output.whole.into_iter().chain([-(total as f32) * output.step]);
        let numbers = [output.bias, output.step].into_iter().chain(whole);
        let panel = &mut panels[number / PANEL * (EXTRA + 2)..];
        for (line, of) in panel.iter_mut().zip(numbers) {
            line[number % PANEL] = of;
        }
    }
    panels
}

impl Scratch {
    /// Rows as bytes but for the large columns, with the worth of a step and the place of zero; and rows of anything behind
    /// them, until they fill tiles.
    fn spread(&mut self, x: &[f32], keep: &[f32]) {
        let Self { bytes, steps, .. } = self;
        let inputs = keep.len();
        let rows = (x.len() / inputs).next_multiple_of(tiles::ROWS);
        bytes.resize(rows * inputs, 0);
        steps.resize(rows, (1.0, 0));
        Spread { rows: x, keep, bytes, steps }.dispatch();
    }

    /// The large columns by themselves.
    fn take_whole(&mut self, x: &[f32], inputs: usize, columns: &[usize; WHOLE]) {
        let Self { steps, extra, .. } = self;
        extra.clear();
        extra.extend(x.chunks_exact(inputs).zip(steps).map(|(token, (step, zero))| {
            let mut whole = [0.0; EXTRA];
            for (whole, column) in whole.iter_mut().zip(columns) {
                *whole = token[*column];
            }
            // the sums of bytes are too large by this times the sum of the weights. Not left to rten-gemm 0.27, which
            // takes the places of zero of a block's first rows (eight of them with AVX-512) for those of all
            whole[WHOLE] = f32::from(*zero) * *step;
            whole
        }));
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
    fn every_row_is_multiplied_alike_by_every_engine() {
        // more rows than a kernel takes at once, each with a zero elsewhere; a number of them that fills no block, and
        // fewer after more, which leave room behind
        let columns: [usize; WHOLE] = std::array::from_fn(|at| at * 3 + 1);
        let engines = [(Engine::new(true), 1e-5), (Engine::new(false), 0.01), (Engine::of_rten(false), 0.01)];
        let mut engines = engines.map(|(engine, most)| (engine, most, Scratch::default()));
        for (rows, inputs, outputs) in [(70, 1_536, 384), (23, 384, 1_152), (1, 384, 384)] {
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
            for (engine, most, scratch) in &mut engines {
                let linear = Linear::new(engine, &weights, bias.clone(), columns).unwrap();
                let mut out = vec![0.0; rows * outputs];
                linear.apply(engine, &x, &mut out, false, scratch).unwrap();
                for (row, (out, right)) in
                    out.chunks_exact(outputs).zip(right.chunks_exact(outputs)).enumerate()
                {
                    let far: f32 = out.iter().zip(right).map(|(a, b)| (a - b).powi(2)).sum();
                    let far = (far / right.iter().map(|number| number.powi(2)).sum::<f32>()).sqrt();
                    assert!(far < *most, "{far} by {} in row {row} of {rows}", engine.name());
                }
            }
        }
    }
}
