//! The network: six layers of attention and feed-forward over 384 numbers a token (Vaswani and others 2017, Devlin and
//! others 2018; MiniLM: Wang and others 2020), then the mean over the tokens, of length 1.
//!
//! Several texts go through at once, one behind the other: only attention knows where one ends. So nothing is padded.

use rten_simd::SimdOp as _;

use crate::{
    OpenError,
    attention::{Attend, Room},
    columns::COLUMNS,
    linear::{Engine, Linear, Scratch},
    vectors::AddNorm,
    weights::Weights,
};

/// Numbers of a token, and of a text.
pub const WIDTH: usize = 384;
const INNER: usize = 1_536;
/// Numbers of a token that one of the twelve heads of attention looks at.
pub const HEAD: usize = 32;
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

    /// Of rows to which something is added before.
    fn apply(&self, rows: &mut [f32], what: &[f32]) {
        AddNorm { rows, what, scale: &self.scale, shift: &self.shift }.dispatch();
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
            self.entered.apply(text, &self.places[..length * WIDTH]);
            rest = after;
        }
        // an engine stays in its thread, and costs nothing to make
        let engine = Engine::new(self.exact);
        let (mut scratch, mut room) = (Scratch::default(), Room::default());
        let block = block(x.len() / WIDTH);
        let (mut look, mut context) = (vec![0.0; 3 * x.len()], vec![0.0; x.len()]);
        let (mut inner, mut out) = (vec![0.0; block * INNER], vec![0.0; block * WIDTH]);
        for layer in &self.layers {
            for (x, look) in x.chunks(block * WIDTH).zip(look.chunks_mut(3 * block * WIDTH)) {
                layer.look.apply(&engine, x, look, false, &mut scratch)?;
            }
            let (mut look, mut rest) = (look.as_slice(), context.as_mut_slice());
            for length in lengths {
                let (text, after) = rest.split_at_mut(length * WIDTH);
                for from in (0..WIDTH).step_by(HEAD) {
                    let look = &look[..3 * length * WIDTH];
                    let (length, width, context, room) = (*length, WIDTH, &mut *text, &mut room);
                    engine.attend(Attend { length, look, width, from, context, room });
                }
                (look, rest) = (&look[3 * length * WIDTH..], after);
            }
            for (x, context) in x.chunks_mut(block * WIDTH).zip(context.chunks(block * WIDTH)) {
                let (inner, out) = (&mut inner[..x.len() / WIDTH * INNER], &mut out[..x.len()]);
                layer.join.apply(&engine, context, out, false, &mut scratch)?;
                layer.joined.apply(x, out);
                layer.widen.apply(&engine, x, inner, true, &mut scratch)?;
                layer.narrow.apply(&engine, inner, out, false, &mut scratch)?;
                layer.narrowed.apply(x, out);
            }
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

/// How many of so many rows go through the network's multiplications one after another: as many as the second cache
/// holds with what becomes of them, all blocks about alike, and no tile of eight rows begun but in the last.
fn block(rows: usize) -> usize {
    const MOST: usize = 64;
    rows.div_ceil(rows.div_ceil(MOST).max(1)).max(1).next_multiple_of(8)
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
