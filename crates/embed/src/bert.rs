//! The network: six layers of attention and feed-forward over 384 numbers a token (Vaswani and others 2017, Devlin and
//! others 2018; MiniLM: Wang and others 2020), then the mean over the tokens, of length 1.
//!
//! Several texts go through at once, one behind the other: only attention knows where one ends. So nothing is padded.

use rten_gemm::{GemmInputA, GemmInputB, GemmOptions};
use rten_simd::{SimdOp as _, SimdUnaryOp as _};
use rten_tensor::Matrix;
use rten_vecmath::{Gelu, Normalize, NormalizeOptions, Softmax, Sum, SumSquareSub};

use crate::{
    OpenError,
    columns::COLUMNS,
    linear::{Engine, Linear, Scratch, broken},
    weights::Weights,
};

/// Numbers of a token, and of a text.
pub const WIDTH: usize = 384;
const INNER: usize = 1_536;
const HEADS: usize = 12;
const HEAD: usize = WIDTH / HEADS;
/// Pieces of the vocabulary.
pub const PIECES: usize = 30_522;
/// Places in a text that the model knows.
const PLACES: usize = 512;

/// Centred, of variance 1, then scaled as learnt.
struct Norm {
    scale: Vec<f32>,
    shift: Vec<f32>,
}

impl Norm {
    fn read(weights: &Weights, name: &str) -> Result<Self, OpenError> {
        Ok(Self {
            scale: weights.tensor(&format!("{name}.weight"), &[WIDTH])?,
            shift: weights.tensor(&format!("{name}.bias"), &[WIDTH])?,
        })
    }

    fn apply(&self, x: &mut [f32]) {
        for token in x.chunks_exact_mut(WIDTH) {
            let mean = Sum::new(token).dispatch() / WIDTH as f32;
            let variance = SumSquareSub::new(token, mean).dispatch() / WIDTH as f32;
            let options = NormalizeOptions {
                pre_scale_bias: mean,
                scale: 1.0 / (variance + 1e-12).sqrt(),
                element_scale: Some(&self.scale),
                element_bias: Some(&self.shift),
                ..NormalizeOptions::default()
            };
            Normalize::new_mut(token, options).dispatch();
        }
    }
}

struct Layer {
    /// Query, key and value beside each other.
    look: Linear,
    join: Linear,
    joined: Norm,
    widen: Linear,
    narrow: Linear,
    narrowed: Norm,
}

/// The network.
pub struct Bert {
    exact: bool,
    places: Vec<f32>,
    entered: Norm,
    layers: Vec<Layer>,
}

impl Bert {
    pub fn read(weights: &Weights, exact: bool) -> Result<Self, OpenError> {
        let engine = Engine::new(exact);
        let linear = |names: &[String], outputs: usize, inputs: usize, columns| {
            let (mut matrix, mut bias) = (Vec::new(), Vec::new());
            for name in names {
                matrix.extend(weights.tensor(&format!("{name}.weight"), &[outputs, inputs])?);
                bias.extend(weights.tensor(&format!("{name}.bias"), &[outputs])?);
            }
            Linear::new(&engine, &matrix, bias, columns)
        };
        let mut layers = Vec::new();
        for (number, [look, join, widen, narrow]) in COLUMNS.into_iter().enumerate() {
            let name = |part: &str| format!("encoder.layer.{number}.{part}");
            layers.push(Layer {
                look: linear(
                    &["query", "key", "value"].map(|one| name(&format!("attention.self.{one}"))),
                    WIDTH,
                    WIDTH,
                    look,
                )?,
                join: linear(&[name("attention.output.dense")], WIDTH, WIDTH, join)?,
                joined: Norm::read(weights, &name("attention.output.LayerNorm"))?,
                widen: linear(&[name("intermediate.dense")], INNER, WIDTH, widen)?,
                narrow: linear(&[name("output.dense")], WIDTH, INNER, narrow)?,
                narrowed: Norm::read(weights, &name("output.LayerNorm"))?,
            });
        }
        // a text is always the first of its kind: what says so is the same for every token, and added to its place
        let kind = weights.tensor("embeddings.token_type_embeddings.weight", &[2, WIDTH])?;
        let mut places = weights.tensor("embeddings.position_embeddings.weight", &[PLACES, WIDTH])?;
        for place in places.chunks_exact_mut(WIDTH) {
            add(place, &kind[..WIDTH]);
        }
        let entered = Norm::read(weights, "embeddings.LayerNorm")?;
        Ok(Self { exact, places, entered, layers })
    }

    /// Which way it multiplies.
    pub fn engine(&self) -> String {
        Engine::new(self.exact).name().to_owned()
    }

    /// The meaning of texts, given the rows of their pieces one behind the other, and how many pieces each has.
    pub fn run(&self, mut x: Vec<f32>, lengths: &[usize]) -> Result<Vec<Vec<f32>>, OpenError> {
        let mut rest = x.as_mut_slice();
        for length in lengths {
            let (text, after) = rest.split_at_mut(length * WIDTH);
            add(text, &self.places[..length * WIDTH]);
            rest = after;
        }
        self.entered.apply(&mut x);
        // an engine stays in its thread, and costs nothing to make
        let engine = Engine::new(self.exact);
        let mut scratch = Scratch::default();
        let (mut look, mut context, mut inner, mut out) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for layer in &self.layers {
            layer.look.apply(&engine, &x, &mut look, &mut scratch)?;
            context.resize(x.len(), 0.0);
            let mut from = 0;
            for length in lengths {
                let text = &look[from * 3 * WIDTH..(from + length) * 3 * WIDTH];
                attend(&engine, text, *length, &mut context[from * WIDTH..(from + length) * WIDTH])?;
                from += length;
            }
            layer.join.apply(&engine, &context, &mut out, &mut scratch)?;
            add(&mut x, &out);
            layer.joined.apply(&mut x);
            layer.widen.apply(&engine, &x, &mut inner, &mut scratch)?;
            Gelu {}.map_mut(&mut inner);
            layer.narrow.apply(&engine, &inner, &mut out, &mut scratch)?;
            add(&mut x, &out);
            layer.narrowed.apply(&mut x);
        }
        let mut rest = x.as_slice();
        Ok(lengths
            .iter()
            .map(|length| {
                let (text, after) = rest.split_at(length * WIDTH);
                rest = after;
                mean(text)
            })
            .collect())
    }
}

/// What each token of one text takes from the others, head by head.
fn attend(engine: &Engine, look: &[f32], length: usize, context: &mut [f32]) -> Result<(), OpenError> {
    let gemm = &engine.exact;
    let row = 3 * WIDTH;
    let (mut weights, mut taken) = (vec![0.0; length * length], vec![0.0; length * HEAD]);
    for head in 0..HEADS {
        let part = |which: usize, shape, strides| {
            Matrix::from_slice_with_strides(shape, &look[which * WIDTH + head * HEAD..], strides)
                .map_err(broken)
        };
        let query = part(0, [length, HEAD], [row, 1])?;
        let key = part(1, [HEAD, length], [1, row])?;
        let value = part(2, [length, HEAD], [row, 1])?;
        let scaled = GemmOptions { alpha: 1.0 / (HEAD as f32).sqrt(), ..GemmOptions::default() };
        gemm.gemm(&mut weights, GemmInputA::Unpacked(query), GemmInputB::Unpacked(key), scaled)
            .map_err(broken)?;
        for token in weights.chunks_exact_mut(length) {
            Softmax::new_mut(token).dispatch();
        }
        let weights = Matrix::try_from_data([length, length], weights.as_slice())
            .map_err(|_| broken("attention of another size"))?;
        let plain = GemmOptions::default();
        gemm.gemm(&mut taken, GemmInputA::Unpacked(weights), GemmInputB::Unpacked(value), plain)
            .map_err(broken)?;
        for (context, taken) in context.chunks_exact_mut(WIDTH).zip(taken.chunks_exact(HEAD)) {
            context[head * HEAD..(head + 1) * HEAD].copy_from_slice(taken);
        }
    }
    Ok(())
}

fn add(to: &mut [f32], what: &[f32]) {
    for (to, what) in to.iter_mut().zip(what) {
        *to += what;
    }
}

/// The mean over the tokens, of length 1.
fn mean(text: &[f32]) -> Vec<f32> {
    let mut sum = vec![0.0; WIDTH];
    for token in text.chunks_exact(WIDTH) {
        add(&mut sum, token);
    }
    let length = sum.iter().map(|number| number * number).sum::<f32>().sqrt().max(f32::MIN_POSITIVE);
    sum.iter().map(|number| number / length).collect()
}
