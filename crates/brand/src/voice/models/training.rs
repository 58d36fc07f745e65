//! A training: which texts it takes, what comes of it, and whether that is better than before. Pure.

use bellwether_kernel::Timestamp;
use bellwether_language::Language;
use bellwether_voice::{NotEnough, Sample, Settings, Step, Voice, reference};
use serde_json::{Value, json};
use uuid::Uuid;

use super::view::{ValidationView, rounded};
use crate::voice::{languages, samples::sql::TextRow, score::sentence};

/// Own samples that a training takes at most: the best, which say most.
const MOST_OWN: usize = 1_000;
/// Samples of others that it takes at most: the newest.
const MOST_OTHERS: usize = 1_000;
/// One in so many texts is held out to compare versions.
const HELD_OUT: usize = 5;
/// Texts of either side below which versions can't be compared.
const LEAST_HELD_OUT: usize = 2;
/// The part of the progress that the training itself takes; the rest compares.
const TRAINING: f32 = 0.7;
/// Less than this is chance and makes a version no worse.
const CHANCE: f32 = 0.005;

/// What a training begins with.
pub(super) struct Material {
    /// Every sample that it may take, the oldest first.
    pub(super) texts: Vec<TextRow>,
    /// When the training of the active version began, and its validation score.
    pub(super) older: Option<(Timestamp, Option<f64>)>,
}

/// What came of a training.
pub(super) struct Outcome {
    /// JSON.
    pub(super) model: String,
    pub(super) guide: Value,
    pub(super) config: Value,
    pub(super) sample_count: usize,
    pub(super) other_count: usize,
    pub(super) words: usize,
    pub(super) validation: ValidationView,
    pub(super) before_score: Option<f64>,
    pub(super) after_score: Option<f64>,
    /// Samples taken, the best first.
    pub(super) ranked: Vec<Uuid>,
    /// Why it is not put to use by itself.
    pub(super) not_better: Option<String>,
}

/// Trains a version. The reason in words when it can't be.
pub(super) fn train(material: &Material, progress: &mut dyn FnMut(&str, f32)) -> Result<Outcome, String> {
    let Some(language) = language_of(&material.texts) else {
        return Err("There are no samples of your own that trainings may take.".to_owned());
    };
    let fits = |row: &&TextRow| row.language.as_deref().is_none_or(|code| code == language.code());
    let mut own: Vec<&TextRow> = material.texts.iter().filter(|row| row.own).filter(fits).collect();
    let left_out = left_out(&material.texts, language);
    let spare = keep_best(&mut own, MOST_OWN);
    let mut others: Vec<&TextRow> = material.texts.iter().filter(|row| !row.own).filter(fits).collect();
    others.drain(..others.len().saturating_sub(MOST_OTHERS));

    let parts = if material.older.is_some() { TRAINING } else { 1.0 };
    let mut told = |step: Step| progress(stage(step).as_str(), step.done * parts);
    let voice = fit(&own, &others, language, &mut told).map_err(|error| in_words(error, &left_out))?;
    let compared = material.older.as_ref().map(|(since, _)| {
        progress("comparing", TRAINING);
        compare(&own, &others, language, *since)
    });
    let (before, after) = compared.flatten().map_or((None, None), |(before, after)| (before, Some(after)));
    let texts: Vec<&str> = own.iter().map(|row| &*row.content).collect();
    let guide = voice.guide(&texts);
    let mut notes: Vec<String> = left_out
        .iter()
        .map(|(code, samples)| {
            let (plural, were) = if *samples == 1 { ("", "was") } else { ("s", "were") };
            format!("{samples} sample{plural} in {} {were} left out.", languages::name(code))
        })
        .collect();
    if spare > 0 {
        notes.push(format!("{spare} samples of lower quality were left out: {MOST_OWN} are enough."));
    }
    let not_better = not_better(material, before, after, voice.validation.area);
    notes.extend(not_better.clone());
    let config = json!({
        "language": language.code(),
        "settings": voice.settings,
        "reference_texts": reference(language).len(),
        "left_out": left_out.iter().map(|(code, samples)| json!({ "language": code, "samples": samples }))
            .collect::<Vec<_>>(),
        "notes": notes,
    });
    let mut ranked = own.clone();
    ranked.sort_by(|a, b| b.quality.cmp(&a.quality).then(b.id.cmp(&a.id)));
    Ok(Outcome {
        model: serde_json::to_string(&voice).map_err(|error| error.to_string())?,
        guide: json!(guide),
        config,
        sample_count: voice.samples,
        other_count: voice.others,
        words: voice.words,
        validation: ValidationView::from(&voice.validation),
        before_score: before.map(rounded),
        after_score: after.map(rounded),
        ranked: ranked.iter().map(|row| row.id.uuid()).collect(),
        not_better,
    })
}

fn stage(step: Step) -> String {
    serde_json::to_value(step.stage)
        .ok()
        .and_then(|value| value.as_str().map(str::to_owned))
        .unwrap_or_default()
}

fn fit(
    own: &[&TextRow],
    others: &[&TextRow],
    language: Language,
    progress: &mut dyn FnMut(Step),
) -> Result<Voice, NotEnough> {
    let shipped = reference(language).iter().copied();
    let texts: Vec<&str> = others.iter().map(|row| &*row.content).chain(shipped).collect();
    Voice::train_with(&samples(own), &texts, language, Settings::default(), progress)
}

fn samples<'a>(own: &[&'a TextRow]) -> Vec<Sample<'a>> {
    own.iter().map(|row| Sample { text: &row.content, weight: row.weight }).collect()
}

/// Own samples by language, those of most first.
fn by_language(texts: &[TextRow]) -> Vec<(String, i64)> {
    let own = texts.iter().filter(|row| row.own);
    languages::counted(own.filter_map(|row| Some((row.language.as_deref()?, 1))))
}

/// The language that most own samples are in.
fn language_of(texts: &[TextRow]) -> Option<Language> {
    let counts = by_language(texts);
    let language = counts.first().and_then(|(code, _)| Language::from_tag(code));
    language.or_else(|| texts.iter().find(|row| row.own).map(|_| Language::UNKNOWN))
}

/// Own samples in other languages, by language.
fn left_out(texts: &[TextRow], language: Language) -> Vec<(String, i64)> {
    by_language(texts).into_iter().filter(|(code, _)| code != language.code()).collect()
}

/// Leaves the best in their order; gives how many were dropped.
fn keep_best(own: &mut Vec<&TextRow>, most: usize) -> usize {
    if own.len() <= most {
        return 0;
    }
    let mut qualities: Vec<i16> = own.iter().map(|row| row.quality).collect();
    qualities.sort_unstable_by(|a, b| b.cmp(a));
    let least = qualities.get(most - 1).copied().unwrap_or_default();
    let mut equal = most - qualities.iter().filter(|quality| **quality > least).count();
    let before = own.len();
    // of equally good ones the newest
    let mut kept: Vec<&TextRow> = own
        .drain(..)
        .rev()
        .filter(|row| {
            let takes = row.quality > least || (row.quality == least && equal > 0);
            if takes && row.quality == least {
                equal -= 1;
            }
            takes
        })
        .collect();
    kept.reverse();
    *own = kept;
    before - own.len()
}

fn in_words(error: NotEnough, left_out: &[(String, i64)]) -> String {
    let mut said = sentence(&error.to_string());
    if let NotEnough::Others { .. } = error {
        said.push_str(" Paste or import texts of others in the same language.");
    }
    said.push_str(&languages::left_out(left_out));
    said
}

/// The area that what the older version had and what this one has reach on texts that neither is trained on: every
/// fifth. None when there are too few to tell.
fn compare(
    own: &[&TextRow],
    others: &[&TextRow],
    language: Language,
    since: Timestamp,
) -> Option<(Option<f32>, f32)> {
    // the texts that ship with the program are others too; of them the same are held out each time
    let shipped = reference(language);
    let held_own = every(own, true);
    let held_others: Vec<&str> =
        every(others, true).iter().map(|row| &*row.content).chain(every(shipped, true)).collect();
    if held_own.len() < LEAST_HELD_OUT || held_others.len() < LEAST_HELD_OUT {
        return None;
    }
    let made = |known: &dyn Fn(&TextRow) -> bool| -> Option<Voice> {
        let own: Vec<&TextRow> = every(own, false).into_iter().filter(|row| known(row)).collect();
        let others: Vec<&TextRow> = every(others, false).into_iter().filter(|row| known(row)).collect();
        let texts: Vec<&str> = others.iter().map(|row| &*row.content).chain(every(shipped, false)).collect();
        Voice::train(&samples(&own), &texts, language, Settings::default()).ok()
    };
    let reached = |voice: &Voice| -> Option<f32> {
        let sure = |text: &str| voice.confidence(text).ok().map(|heard| heard.value);
        let mine: Vec<f32> = held_own.iter().filter_map(|row| sure(&row.content)).collect();
        let theirs: Vec<f32> = held_others.iter().filter_map(|text| sure(text)).collect();
        area(&mine, &theirs)
    };
    let after = reached(&made(&|_| true)?)?;
    let before = made(&|row| row.created_at <= since).and_then(|voice| reached(&voice));
    Some((before, after))
}

/// Every fifth, or all but those.
fn every<T: Copy>(texts: &[T], held: bool) -> Vec<T> {
    let is_held = |index: usize| index % HELD_OUT == HELD_OUT - 1;
    texts.iter().enumerate().filter(|(index, _)| is_held(*index) == held).map(|(_, text)| *text).collect()
}

/// How often a text of the one's is trusted more than one of the others'; ties count half (Mann & Whitney 1947).
fn area(mine: &[f32], theirs: &[f32]) -> Option<f32> {
    if mine.is_empty() || theirs.is_empty() {
        return None;
    }
    let won: f32 = mine
        .iter()
        .flat_map(|a| {
            theirs.iter().map(move |b| {
                if a > b {
                    1.0
                } else if a < b {
                    0.0
                } else {
                    0.5
                }
            })
        })
        .sum();
    Some(won / (mine.len() as f32 * theirs.len() as f32))
}

/// Why a version is not put to use by itself: it tells the brand's texts from others less well than the active one.
fn not_better(material: &Material, before: Option<f32>, after: Option<f32>, area: f32) -> Option<String> {
    let (_, validated) = material.older.as_ref()?;
    let (before, after) = match (before, after) {
        (Some(before), Some(after)) => (before, after),
        // too few to hold any out: what each said of itself has to do
        _ => ((*validated)? as f32, area),
    };
    (after + CHANCE < before).then(|| {
        format!(
            "It was not put to use by itself: on texts held out it tells yours from others less well than the active \
             version ({after:.3} against {before:.3}). You can still activate it."
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::VoiceSampleId;

    fn row(number: u128, own: bool, language: &str, quality: i16) -> TextRow {
        TextRow {
            id: VoiceSampleId::from(Uuid::from_u128(number)),
            own,
            content: format!("Text {number}."),
            language: Some(language.to_owned()),
            quality,
            weight: 1.0,
            created_at: Timestamp::default(),
        }
    }

    #[test]
    fn the_language_of_most_is_taken_and_the_rest_is_named() {
        let texts: Vec<TextRow> = (0..9)
            .map(|n| row(n, true, if n < 5 { "en" } else { "de" }, 50))
            .chain((20..40).map(|n| row(n, false, "de", 50)))
            .collect();
        assert_eq!(language_of(&texts).map(|language| language.code().to_owned()), Some("en".to_owned()));
        assert_eq!(left_out(&texts, Language::ENGLISH), [("de".to_owned(), 4)]);
        assert!(language_of(&texts[9..]).is_none());
        let failed = train(&Material { texts, older: None }, &mut |_, _| {}).err().unwrap();
        assert!(
            failed.contains("5 different samples") && failed.contains("4 in German are left out"),
            "{failed}"
        );
    }

    #[test]
    fn the_best_are_kept_in_their_order() {
        let rows: Vec<TextRow> =
            [10, 90, 50, 50, 50, 80].iter().zip(0..).map(|(q, n)| row(n, true, "en", *q)).collect();
        let mut own: Vec<&TextRow> = rows.iter().collect();
        assert_eq!(keep_best(&mut own, 4), 2);
        let left: Vec<u128> = own.iter().map(|row| row.id.uuid().as_u128()).collect();
        assert_eq!(left, [1, 3, 4, 5]);
    }

    #[test]
    fn the_area_counts_pairs() {
        assert_eq!(area(&[0.9, 0.8], &[0.1, 0.2]), Some(1.0));
        assert_eq!(area(&[0.5], &[0.5]), Some(0.5));
        assert_eq!(area(&[0.1], &[0.5]), Some(0.0));
        assert_eq!(area(&[], &[0.5]), None);
    }
}
