//! What goes into a training and what comes out of it.

use bellwether_language::Language;
use serde::{Deserialize, Serialize};

use crate::features::Feature;

/// Something the author wrote.
#[derive(Debug, Clone, Copy)]
pub struct Sample<'a> {
    /// The text.
    pub text: &'a str,
    /// How much it counts, 1 for a plain sample: what was approved unchanged counts more, what is old less.
    pub weight: f32,
}

/// What a training is set to.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Settings {
    /// Samples below which nothing is said.
    pub least_samples: usize,
    /// Words in all below which nothing is said.
    pub least_words: usize,
    /// Texts of others below which nothing is said.
    pub least_others: usize,
    /// How freely the classifier follows its samples.
    pub cost: f32,
    /// Parts of the cross-validation.
    pub folds: usize,
}

impl Default for Settings {
    fn default() -> Self {
        Self { least_samples: 6, least_words: 500, least_others: 12, cost: 1.0, folds: 5 }
    }
}

/// Why there is no answer: mostly the number that is there and the one that is needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error, Serialize)]
#[serde(tag = "what", rename_all = "snake_case")]
pub enum NotEnough {
    /// Samples of the author.
    #[error("{have} different samples are not enough to know a voice: {need} are needed")]
    Samples {
        /// There.
        have: usize,
        /// Needed.
        need: usize,
    },
    /// Words in the samples.
    #[error("{have} words of samples are not enough to know a voice: {need} are needed")]
    Words {
        /// There.
        have: usize,
        /// Needed.
        need: usize,
    },
    /// Texts of others to compare with.
    #[error("{have} texts of others are not enough to compare with: {need} are needed")]
    Others {
        /// There.
        have: usize,
        /// Needed.
        need: usize,
    },
    /// Words in the text that is asked about.
    #[error("{have} words are not enough to hear a voice: {need} are needed")]
    Text {
        /// There.
        have: usize,
        /// Needed.
        need: usize,
    },
    /// Nothing: the text that is asked about is in another language than the voice.
    #[error("this voice is {}; the text is {}", voice.name(), text.name())]
    Language {
        /// Of the voice.
        voice: Language,
        /// Of the text.
        text: Language,
    },
    /// Nothing: what is asked about is no text of any language.
    #[error("this reads like no language: a voice is heard in sentences")]
    NoLanguage,
}

/// Where a training is.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Step {
    /// What is being done.
    pub stage: Stage,
    /// Of the whole training, from 0 to 1; never falls.
    pub done: f32,
}

/// The parts of a training.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// Samples and texts of others are measured.
    Reading,
    /// Learned from most of the samples and tried on the rest, part by part.
    Validating,
    /// Learned from all of them.
    Learning,
    /// Done.
    Finished,
}

/// How well a voice told samples that it had not been trained on from texts of others.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Validation {
    /// Area under the curve, 0.5 is chance, 1 is never wrong.
    pub area: f32,
    /// Pieces of the author's samples that were held out, each once.
    pub own: usize,
    /// Pieces of others.
    pub others: usize,
    /// Mean confidence in the author's pieces.
    pub mean_own: f32,
    /// Mean confidence in those of others.
    pub mean_others: f32,
    /// How far the confidence is from what happened, in the mean (expected calibration error in ten bins), on held-out
    /// pieces.
    #[serde(default)]
    pub calibration_error: f32,
}

/// How sure a voice is that a text is its author's, and why.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Confidence {
    /// From 0 to 1: a probability at even odds beforehand.
    pub value: f32,
    /// The habits that speak most against the text, worst first.
    pub off: Vec<Reason>,
    /// The habits that speak most for it, best first.
    pub fits: Vec<Reason>,
    /// What the choice and order of small words, endings and punctuation add: above 0 speaks for the author.
    pub wording: f32,
}

/// A habit of a text against that of the author.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Reason {
    /// The habit.
    pub feature: Feature,
    /// In the text.
    pub value: f32,
    /// The author's usual value.
    pub usual: f32,
    /// The author's usual deviation from it.
    pub spread: f32,
    /// What it adds to the score; below 0 speaks against the author.
    pub effect: f32,
    /// What to change, when it is off.
    pub advice: &'static str,
}
