//! The model against itself: pieces and vectors of the published one, worked out by others' programs
//! (`data/reference.py`). Runs where the model lies; says so where it does not.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "helpers of tests fail as tests do, and say what they saw"
)]

use std::path::PathBuf;

use base64::{Engine as _, prelude::BASE64_STANDARD};
use bellwether_embed::{DIMENSIONS, MOST_PIECES, MiniLm, Urgency};
use serde::Deserialize;

#[derive(Deserialize)]
struct Row {
    text: String,
    pieces: Vec<u32>,
    vector: String,
}

fn reference() -> Vec<Row> {
    serde_json::from_str(include_str!("data/reference.json")).unwrap()
}

impl Row {
    fn vector(&self) -> Vec<f32> {
        let bytes = BASE64_STANDARD.decode(&self.vector).unwrap();
        bytes.as_chunks::<2>().0.iter().map(|two| f32::from(i16::from_le_bytes(*two)) / 32_767.0).collect()
    }
}

/// Where `scripts/minilm.sh` puts it.
fn folder() -> Option<PathBuf> {
    let found = bellwether_embed::folders(&|name| std::env::var(name).ok())
        .into_iter()
        .find(|folder| folder.join("model.safetensors").is_file());
    if found.is_none() {
        assert!(
            std::env::var_os("BELLWETHER_MODEL_EXPECTED").is_none(),
            "the model all-MiniLM-L6-v2 should be here: see scripts/minilm.sh"
        );
        println!("SKIPPED: the model all-MiniLM-L6-v2 is not here; scripts/minilm.sh brings it");
    }
    found
}

fn cosine(a: &[f32], b: &[f32]) -> f64 {
    let dot = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| f64::from(*a) * f64::from(*b)).sum::<f64>();
    dot(a, b) / (dot(a, a) * dot(b, b)).sqrt()
}

#[test]
fn texts_are_cut_into_the_same_pieces() {
    let Some(folder) = folder() else { return };
    let model = MiniLm::open(&folder).unwrap();
    for row in reference() {
        assert_eq!(model.pieces(&row.text), row.pieces, "{:?}", row.text);
        assert!(row.pieces.len() <= MOST_PIECES);
    }
}

#[test]
fn vectors_are_the_published_models_own() {
    let Some(folder) = folder() else { return };
    let rows = reference();
    let texts: Vec<&str> = rows.iter().map(|row| row.text.as_str()).collect();
    for (model, least) in [(MiniLm::open(&folder), 0.999), (MiniLm::open_exact(&folder), 0.999_99)] {
        let model = model.unwrap();
        let together = model.embed(&texts, Urgency::Background).unwrap();
        for (row, vector) in rows.iter().zip(&together) {
            assert_eq!(vector.len(), DIMENSIONS);
            assert!((cosine(vector, vector) - 1.0).abs() < 1e-9);
            let like = cosine(vector, &row.vector());
            assert!(like >= least, "{like} by {} for {:?}", model.engine(), row.text);
            // whoever goes through the network beside it changes nothing
            let alone = model.embed(&[&row.text], Urgency::Now).unwrap();
            assert!(cosine(vector, &alone[0]) > 0.999_99, "{:?}", row.text);
        }
    }
}

#[test]
fn like_meanings_are_near_without_a_word_in_common() {
    let Some(folder) = folder() else { return };
    let model = MiniLm::open(&folder).unwrap();
    let texts = [
        "What craftspeople should charge per hour",
        "Honest prices for small workshops",
        "The goalkeeper was injured before the final",
    ];
    let found = model.embed(&texts, Urgency::Now).unwrap();
    let (near, far) = (cosine(&found[0], &found[1]), cosine(&found[0], &found[2]));
    assert!(near > 0.3 && far < 0.1, "{near} {far}");
    assert!(model.embed(&[], Urgency::Now).unwrap().is_empty());
}
