//! `bellwether voice`: learn how somebody writes and hear texts, without a server or database.

use std::{
    collections::BTreeMap,
    io::{Read as _, Write as _},
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result};
use bellwether_kernel::{Kind, Problem};
use bellwether_language::Language;
use bellwether_voice::{Confidence, NotEnough, Sample, Settings, Stage, Voice, import, reference};
use clap::{Args, Subcommand};
use serde_json::json;

use crate::cli::{End, tell};

/// The most bytes taken from standard input or a file.
const MAX_BYTES: u64 = import::MOST_BYTES as u64;

/// What to do with a voice.
#[derive(Subcommand)]
pub enum VoiceCommand {
    /// Learn how somebody writes from their texts
    ///
    /// Compares the samples with texts of others: those that come with the program for the language of the samples, and
    /// those given by --others. Says how well the voice tells pieces that it was not trained on from those of others, and
    /// in words what its author does and never does. Writes the voice as JSON.
    #[command(after_help = "Example:  bellwether voice train tweets.js letters.md --out ines.json\n\n\
                            Exit codes: 0 done · 1 failed · 2 the samples can't be read or are too few · 3 trained, and some \
                            of the samples were left out; what and why was said")]
    Train(TrainArgs),
    /// Say how sure a voice is that its author wrote a text, and why
    ///
    /// The confidence is a probability from 0 to 1, for somebody who beforehand holds either for equally likely.
    #[command(after_help = "Example:  bellwether voice score --voice ines.json draft.txt\n\n\
                            Exit codes: 0 done · 1 failed · 2 the voice or the text can't be read, or the text is too short \
                            to tell · 3 that for some of several texts")]
    Score(ScoreArgs),
}

/// What to learn from.
#[derive(Args)]
pub struct TrainArgs {
    /// Files with the author's texts (.csv .json .md .txt with pieces parted by lines of ---, an archive of X or its
    /// tweets.js, LinkedIn's export or its Shares.csv), or - for standard input; oldest texts first
    #[arg(required = true, value_name = "SAMPLES")]
    samples: Vec<String>,
    /// Files with texts of others in the same language, best on the same subjects
    #[arg(long, value_name = "FILE")]
    others: Vec<String>,
    /// Language of the samples (ISO 639-1); that of most of them when absent
    #[arg(long)]
    language: Option<String>,
    /// Where the voice is written; a file that is there is replaced
    #[arg(long, value_name = "FILE", default_value = "voice.json")]
    out: PathBuf,
}

/// What to hear.
#[derive(Args)]
pub struct ScoreArgs {
    /// A voice written by `bellwether voice train`
    #[arg(long, value_name = "FILE")]
    voice: PathBuf,
    /// Files with one text each, or - for standard input
    #[arg(required = true, value_name = "FILE|-")]
    texts: Vec<String>,
    /// As JSON: one object per text, one per line
    #[arg(long)]
    json: bool,
}

pub fn run(command: VoiceCommand) -> Result<End> {
    match command {
        VoiceCommand::Train(args) => train(&args),
        VoiceCommand::Score(args) => score(&args),
    }
}

fn train(args: &TrainArgs) -> Result<End> {
    let (samples, mut left_out) = read_samples(&args.samples)?;
    let (others, others_left_out) = read_samples(&args.others)?;
    left_out += others_left_out;
    let language = match &args.language {
        Some(tag) => Language::from_tag(tag).ok_or_else(|| {
            Problem::invalid("--language", "unknown_language", format!("`{tag}` is no language that is known here."))
        })?,
        None => most_of(&samples),
    };
    let (samples, foreign): (Vec<String>, Vec<String>) =
        samples.into_iter().partition(|text| [language, Language::UNKNOWN].contains(&Language::detect(text)));
    if !foreign.is_empty() {
        tell(&format!("{} samples in other languages than `{}` are left out", foreign.len(), language.code()));
        left_out += foreign.len();
    }
    let own: Vec<Sample<'_>> = samples.iter().map(|text| Sample { text, weight: 1.0 }).collect();
    let others: Vec<&str> =
        others.iter().map(String::as_str).chain(reference(language).iter().copied()).collect();
    let mut stage = None;
    let mut progress = |step: bellwether_voice::Step| {
        if stage != Some(step.stage) {
            stage = Some(step.stage);
            tell(match step.stage {
                Stage::Reading => "reading …",
                Stage::Validating => "validating on texts held out …",
                Stage::Learning => "learning …",
                Stage::Finished => "done",
            });
        }
    };
    let voice = Voice::train_with(&own, &others, language, Settings::default(), &mut progress)
        .map_err(|error| not_enough(&error))?;
    let texts: Vec<&str> = samples.iter().map(String::as_str).collect();
    let guide = voice.guide(&texts);
    let json = serde_json::to_vec(&voice).context("the voice can't be written as JSON")?;
    std::fs::write(&args.out, json).with_context(|| format!("{} can't be written", args.out.display()))?;
    let mut out = std::io::stdout().lock();
    let found = &voice.validation;
    writeln!(out, "{}: learned from {} samples with {} words", args.out.display(), voice.samples, voice.words)?;
    writeln!(
        out,
        "On pieces held out: area under the curve {:.2}, mean confidence {:.2} in the author's, {:.2} in those of others",
        found.area, found.mean_own, found.mean_others
    )?;
    for rule in guide.does.iter().chain(&guide.never) {
        writeln!(out, "  · {}", rule.text)?;
    }
    Ok(if left_out == 0 { End::Done } else { End::Partly })
}

/// The texts in some files, and how many could not be taken.
fn read_samples(names: &[String]) -> Result<(Vec<String>, usize)> {
    let (mut texts, mut left_out) = (Vec::new(), 0);
    for name in names {
        let found = import::read(name, &read_bytes(name)?);
        for refused in &found.refused {
            tell(&format!("{name}, {}: {}", refused.place, refused.reason));
        }
        if found.more_refused > 0 {
            tell(&format!("{name}: {} more are left out", found.more_refused));
        }
        if let Some(reason) = &found.stopped {
            tell(&format!("{name}: {reason}"));
            left_out += 1;
        }
        left_out += found.refused.len() + found.more_refused;
        if found.samples.is_empty() {
            let message = format!("There is no text in {name} that could be read.");
            return Err(Problem::new(Kind::Invalid, "nothing_read", message).into());
        }
        texts.extend(found.samples.into_iter().map(|sample| sample.text));
    }
    Ok((texts, left_out))
}

/// The language that most texts are in.
fn most_of(texts: &[String]) -> Language {
    let mut counts: BTreeMap<&str, (usize, Language)> = BTreeMap::new();
    for language in texts.iter().map(|text| Language::detect(text)) {
        if language != Language::UNKNOWN {
            counts.entry(language.code()).or_insert((0, language)).0 += 1;
        }
    }
    counts.values().max_by_key(|(count, _)| *count).map_or(Language::UNKNOWN, |(_, language)| *language)
}

fn score(args: &ScoreArgs) -> Result<End> {
    let bytes = read_file(&args.voice)?;
    let voice: Voice = serde_json::from_slice(&bytes).map_err(|error| {
        let message = format!("{} is no voice of this version: {error}", args.voice.display());
        Problem::new(Kind::Invalid, "not_a_voice", message)
    })?;
    let mut unheard = 0;
    let mut out = std::io::stdout().lock();
    for name in &args.texts {
        let text = String::from_utf8(read_bytes(name)?).map_err(|_| {
            Problem::new(Kind::Invalid, "not_utf8", format!("{name} is no UTF-8 text."))
        })?;
        match voice.confidence(&text) {
            Ok(heard) if args.json => {
                let line = json!({ "input": name, "confidence": heard.value, "not_enough": null, "off": heard.off,
                    "fits": heard.fits, "wording": heard.wording });
                writeln!(out, "{line}")?;
            }
            Ok(heard) => show(&mut out, name, &heard)?,
            Err(error) => {
                if args.json {
                    let line = json!({ "input": name, "confidence": null, "not_enough": error });
                    writeln!(out, "{line}")?;
                }
                // of one text it is the outcome itself
                if args.texts.len() == 1 {
                    return Err(not_enough(&error).into());
                }
                tell(&format!("{name}: {error}"));
                unheard += 1;
            }
        }
    }
    Ok(if unheard == 0 { End::Done } else { End::Partly })
}

fn show(out: &mut impl std::io::Write, name: &str, heard: &Confidence) -> Result<()> {
    writeln!(out, "{name}: {:.2}", heard.value)?;
    for reason in &heard.off {
        writeln!(
            out,
            "  off   {}: {:.2}, usually {:.2} ± {:.2}; {}",
            reason.feature.label, reason.value, reason.usual, reason.spread, reason.advice
        )?;
    }
    for reason in &heard.fits {
        writeln!(out, "  fits  {}: {:.2}, usually {:.2}", reason.feature.label, reason.value, reason.usual)?;
    }
    Ok(())
}

fn not_enough(error: &NotEnough) -> Problem {
    Problem::new(Kind::Invalid, "not_enough", error.to_string())
}

fn read_bytes(name: &str) -> Result<Vec<u8>> {
    if name != "-" {
        return Ok(read_file(Path::new(name))?);
    }
    let mut bytes = Vec::new();
    std::io::stdin().take(MAX_BYTES + 1).read_to_end(&mut bytes).context("standard input can't be read")?;
    Ok(bytes)
}

fn read_file(path: &Path) -> Result<Vec<u8>, Problem> {
    let unreadable = |error: std::io::Error| {
        Problem::new(Kind::Invalid, "unreadable", format!("{} can't be read: {error}", path.display()))
    };
    let mut bytes = Vec::new();
    let file = std::fs::File::open(path).map_err(unreadable)?;
    file.take(MAX_BYTES + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    Ok(bytes)
}
