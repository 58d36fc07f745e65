//! What texts mean, on this machine: the model all-MiniLM-L6-v2 of sentence-transformers turns a text into 384 numbers, and
//! texts of like meaning into like numbers, whatever their words.
//!
//! Computes only: no network, no database; reads its files (`vocab.txt` and `model.safetensors`, as they are published)
//! from a folder. `scripts/minilm.sh` brings them. Why not a larger library: `docs/decisions/0031-embeddings.md`.
//!
//! A text is cut to 256 pieces ([`MOST_PIECES`]), as the model was taught: about 200 words of English, fewer of other
//! languages. The model was taught English; names and words that languages share bring others near, meaning does not.

mod attention;
mod bert;
mod columns;
mod folders;
mod linear;
mod tiles;
mod vectors;
mod weights;
mod wordpiece;

use std::path::Path;

use rayon::{ThreadPool, ThreadPoolBuilder};

use bert::Bert;
pub use folders::folders;
pub use weights::OpenError;
use weights::{Table, Weights};
use wordpiece::Vocabulary;

/// The model's name, kept with every vector.
pub const MODEL: &str = "all-MiniLM-L6-v2";
/// Numbers of a vector.
pub const DIMENSIONS: usize = bert::WIDTH;
/// Pieces of a text that are read.
pub const MOST_PIECES: usize = wordpiece::MOST;

/// Pieces that go through the network together: enough that its weights are worth fetching, few enough for the cache.
const TOGETHER: usize = 256;
/// How much the work in the background gives way to everything else, of 19.
const GIVING_WAY: i32 = 10;

/// Who waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Urgency {
    /// Nobody: it gives way to all other work of the machine.
    Background,
    /// Somebody who searches.
    Now,
}

/// The model, loaded: its numbers are 11 MB where the processor is fast with bytes, else 43.
pub struct MiniLm {
    vocabulary: Vocabulary,
    table: Table,
    bert: Bert,
    background: ThreadPool,
    now: ThreadPool,
}

impl MiniLm {
    /// Loads it from a folder.
    pub fn open(folder: &Path) -> Result<Self, OpenError> {
        Self::open_as(folder, false)
    }

    /// The same without the shorter way by bytes: to measure what that costs.
    pub fn open_exact(folder: &Path) -> Result<Self, OpenError> {
        Self::open_as(folder, true)
    }

    fn open_as(folder: &Path, exact: bool) -> Result<Self, OpenError> {
        let path = folder.join("vocab.txt");
        let text = std::fs::read_to_string(&path)
            .map_err(|source| OpenError::File { path: path.clone(), source })?;
        let other = |reason: &str| OpenError::Other { path: path.clone(), reason: reason.to_owned() };
        let vocabulary = Vocabulary::read(&text).ok_or_else(|| other("its marks are missing"))?;
        if vocabulary.size() != bert::PIECES {
            return Err(other("it has another number of pieces"));
        }
        let weights = Weights::open(&folder.join("model.safetensors"))?;
        let bert = Bert::read(&weights, exact)?;
        let table = weights.table("embeddings.word_embeddings.weight", bert::PIECES, DIMENSIONS)?;
        // one thread each: the multiplication would take every core that there is
        let pool = |name: &'static str| {
            ThreadPoolBuilder::new().num_threads(1).thread_name(move |_| name.to_owned())
        };
        let background = pool("embed").start_handler(|_| {
            // where that is not allowed it does not give way, and works
            let _ = rustix::process::setpriority_process(None, GIVING_WAY);
        });
        Ok(Self {
            vocabulary,
            table,
            bert,
            background: background.build().map_err(linear::broken)?,
            now: pool("embed-now").build().map_err(linear::broken)?,
        })
    }

    /// Which way of multiplying this processor has.
    pub fn engine(&self) -> String {
        self.bert.engine()
    }

    /// How many pieces a text has, the marks at both ends with them.
    pub fn pieces(&self, text: &str) -> Vec<u32> {
        self.vocabulary.pieces(text)
    }

    /// The meaning of each text: [`DIMENSIONS`] numbers of length 1. Computes on one core and blocks: call it where that
    /// is allowed. Fails only when the model's file can't be read any more.
    pub fn embed(&self, texts: &[&str], urgency: Urgency) -> Result<Vec<Vec<f32>>, OpenError> {
        let pool = match urgency {
            Urgency::Background => &self.background,
            Urgency::Now => &self.now,
        };
        pool.install(|| {
            let pieces: Vec<Vec<u32>> = texts.iter().map(|text| self.vocabulary.pieces(text)).collect();
            let mut found = Vec::with_capacity(texts.len());
            let mut rest = pieces.as_slice();
            while !rest.is_empty() {
                let mut sum = 0;
                let fit = rest.iter().take_while(|text| {
                    sum += text.len();
                    sum <= TOGETHER
                });
                let (batch, after) = rest.split_at(fit.count().max(1));
                found.extend(self.embed_together(batch)?);
                rest = after;
            }
            Ok(found)
        })
    }

    fn embed_together(&self, texts: &[Vec<u32>]) -> Result<Vec<Vec<f32>>, OpenError> {
        let lengths: Vec<usize> = texts.iter().map(Vec::len).collect();
        let mut rows = Vec::with_capacity(lengths.iter().sum::<usize>() * DIMENSIONS);
        for piece in texts.iter().flatten() {
            rows.extend(
                self.table.row(*piece as usize).map_err(|error| OpenError::Broken(error.to_string()))?,
            );
        }
        self.bert.run(rows, &lengths)
    }
}

impl std::fmt::Debug for MiniLm {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("MiniLm").field("engine", &self.engine()).finish_non_exhaustive()
    }
}
