//! How somebody writes, and whether a text could be theirs. Pure: no input or output, no clock, no chance.
//!
//! [`Style`] measures the habits that can be said in words (length and rhythm of sentences, punctuation, casing, person,
//! openings, line breaks …). [`Voice`] is an author-verification model in the sense of the literature (n-gram models are
//! the strongest on short texts: Tyo, Dhingra & Lipton 2022, arXiv 2209.06869): a linear classifier over character
//! n-grams of the text with its content words masked (text distortion: Stamatatos 2017), function words and the habits,
//! trained on the author's samples against texts of others, with a confidence calibrated on held-out samples (Platt
//! 1999). It is small, is trained in well under a second for hundreds of samples, and can say why.

mod chunk;
mod features;
mod grams;
mod guide;
pub mod import;
mod learner;
mod model;
mod moves;
mod nonsense;
mod phrases;
mod quality;
mod reference;
mod same;
mod style;

pub use chunk::chunks;
pub use features::{FEATURES, Feature, Unit};
pub use guide::{Guide, Habit, Rule};
pub use model::{Confidence, LONGEST, NotEnough, Reason, Sample, Settings, Stage, Step, Validation, Voice};
pub use moves::{Band, Lean, Marks, Moves, Place};
pub use quality::{Quality, quality};
pub use reference::reference;
pub use same::{ALTERNATES, Alternate, CONTRACTIONS, SAYING, SUBJECTS, Stands, plain};
pub use style::Style;
