//! `bellwether repurpose`: drafts in the terminal, without a server or database.

use std::{
    io::{Read as _, Write},
    path::Path,
};

use anyhow::{Context as _, Result};
use bellwether_ingest::Input;
use bellwether_kernel::{Clock, Kind, Problem, Rng};
use bellwether_models::{Silent, Unmetered, Written};
use bellwether_networks::{Content, Network, Severity, Target, Tone};
use bellwether_studio::{
    generations::model::{check_instructions, read_targets},
    posts::model::Checks,
    writing::InputText,
};
use clap::Args;
use futures::{StreamExt as _, stream};
use serde_json::{Value, json};

use crate::{
    cli::{End, tell},
    config::Config,
    wiring,
};

/// The most bytes taken from standard input or a file.
const MAX_BYTES: u64 = 10 * 1024 * 1024;

/// What to make drafts of.
#[derive(Args)]
pub struct RepurposeArgs {
    /// Files (.md .txt .html .pdf .docx .srt .vtt), addresses of pages, or - for standard input
    #[arg(required = true, value_name = "FILE|URL|-")]
    inputs: Vec<String>,
    /// Networks or targets, e.g. x,linkedin.short; `all` for every network
    #[arg(long = "for", value_name = "TARGETS", value_delimiter = ',', default_value = "x,linkedin")]
    targets: Vec<String>,
    /// educational, conversational, opinionated or authority
    #[arg(long, default_value = "conversational")]
    tone: String,
    /// What to mind, in your own words; the built-in writer follows plain wishes (no hashtags, shorter, end with a
    /// question, mention …, avoid …) and says what it couldn't follow
    #[arg(long)]
    instructions: Option<String>,
    /// A configured model's name, or `builtin`; the configured order when absent
    #[arg(long)]
    model: Option<String>,
    /// As JSON: one object per input, one per line
    #[arg(long)]
    json: bool,
}

pub async fn run(config: &Config, args: RepurposeArgs) -> Result<End> {
    let tone = Tone::parse(&args.tone).ok_or_else(|| {
        let tones: Vec<&str> = Tone::ALL.iter().map(|tone| tone.as_str()).collect();
        Problem::invalid(
            "--tone",
            "unknown_tone",
            format!("`{}` is unknown; there are {}.", args.tone, tones.join(", ")),
        )
    })?;
    let targets = if args.targets.iter().any(|target| target == "all") {
        Network::ALL.iter().filter(|n| **n != Network::Sandbox).map(|n| n.default_target()).collect()
    } else {
        read_targets(&args.targets)?
    };
    check_instructions(args.instructions.as_deref())?;
    let writing = wiring::writing(config, &Clock::system(), &Rng::system())?;
    let model = writing.check_model(args.model.as_deref())?;
    let several = args.inputs.len() > 1;
    let mut faults = 0_usize;
    let mut out = std::io::stdout().lock();
    for name in &args.inputs {
        let read = match read(&writing, name).await {
            Ok(read) => read,
            Err(error) if several => {
                tell(&format!("{name}: {}", told(&error)));
                faults += 1;
                continue;
            }
            Err(error) => return Err(error),
        };
        tell(&format!("{name}: {} words, writing for {} targets …", read.words, targets.len()));
        let input = InputText::from(&read);
        let analysis = writing.analyse(&input, &Unmetered).await;
        let (writing, input, analysis, model, instructions) =
            (&writing, &input, &analysis, &model, &args.instructions);
        let drafts: Vec<(Target, Result<Written, _>)> = stream::iter(targets.iter().copied())
            .map(|target| async move {
                let mut brief = input.brief(target, tone, instructions.clone(), 0);
                brief.analysis = Some(analysis.clone());
                (target, writing.write(&brief, model.as_deref(), &Unmetered, &Silent).await)
            })
            .buffered(4)
            .collect()
            .await;
        faults += drafts.iter().filter(|(_, draft)| draft.is_err()).count();
        if args.json {
            let drafts: Vec<Value> =
                drafts.iter().map(|(target, draft)| draft_json(*target, draft)).collect();
            let line = json!({ "input": name, "title": input.title, "language": analysis.language,
                "analysis": analysis, "drafts": drafts });
            writeln!(out, "{line}")?;
        } else {
            for (target, draft) in &drafts {
                show(&mut out, *target, draft)?;
            }
        }
    }
    Ok(if faults == 0 { End::Done } else { End::Partly })
}

fn told(error: &anyhow::Error) -> String {
    match error.downcast_ref::<Problem>() {
        Some(problem) if !problem.errors.is_empty() => {
            problem.errors.iter().map(|fault| fault.message.as_str()).collect::<Vec<_>>().join(" ")
        }
        _ => format!("{error:#}"),
    }
}

async fn read(writing: &bellwether_studio::Writing, name: &str) -> Result<bellwether_ingest::Ingested> {
    let input = if name == "-" {
        let mut bytes = Vec::new();
        std::io::stdin()
            .take(MAX_BYTES + 1)
            .read_to_end(&mut bytes)
            .context("standard input can't be read")?;
        let text = String::from_utf8(bytes).map_err(|_| {
            Problem::invalid(
                "input",
                "not_utf8",
                "Standard input is no UTF-8 text; give a file to read other formats.",
            )
        })?;
        Input::Text { text, title: None }
    } else if name.starts_with("http://") || name.starts_with("https://") {
        Input::Url(name.to_owned())
    } else {
        let path = Path::new(name);
        let bytes = read_file(path)?;
        let name =
            path.file_name().map_or_else(|| name.to_owned(), |name| name.to_string_lossy().into_owned());
        Input::File { name, bytes: bytes.into() }
    };
    Ok(writing.read(input).await?)
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

fn draft_json(target: Target, draft: &Result<Written, bellwether_models::WriteError>) -> Value {
    match draft {
        Ok(written) => {
            let checks = Checks::of(target, &written.content);
            json!({ "target": target, "content": written.content, "valid": checks.errors() == 0,
                "counts": checks.counts, "issues": checks.issues,
                "writer": { "provider": written.provider, "model": written.model, "prompt": written.prompt },
                "notes": written.notes, "milliseconds": written.milliseconds })
        }
        Err(error) => {
            json!({ "target": target, "error": { "code": error.code(), "message": error.to_string() } })
        }
    }
}

fn show(
    out: &mut impl Write,
    target: Target,
    draft: &Result<Written, bellwether_models::WriteError>,
) -> Result<()> {
    writeln!(
        out,
        "\n── {} {}",
        target.name(),
        "─".repeat(60_usize.saturating_sub(target.name().chars().count()))
    )?;
    let written = match draft {
        Ok(written) => written,
        Err(error) => {
            writeln!(out, "not written: {error}")?;
            return Ok(());
        }
    };
    show_content(out, &written.content)?;
    let checks = Checks::of(target, &written.content);
    let lengths: Vec<String> = checks.counts.iter().map(count).collect();
    writeln!(out, "\n   {} · written by {}/{}", lengths.join(" · "), written.provider, written.model)?;
    for issue in checks.issues {
        let kind = if issue.severity == Severity::Error { "breaks a rule" } else { "could be better" };
        writeln!(out, "   {kind}: {}: {}", issue.path, issue.message)?;
    }
    for note in &written.notes {
        writeln!(out, "   note: {note}")?;
    }
    Ok(())
}

fn count(count: &bellwether_networks::PathCount) -> String {
    format!("{}/{}", count.used, count.limit)
}

fn show_content(out: &mut impl Write, content: &Content) -> Result<()> {
    match content {
        Content::Post { post, .. } => writeln!(out, "{post}")?,
        Content::Thread { thread, .. } => writeln!(out, "{}", thread.join("\n\n"))?,
        Content::Script { hooks, script, caption, duration_seconds, .. } => {
            writeln!(out, "Hooks:")?;
            for hook in hooks {
                writeln!(out, "  · {hook}")?;
            }
            writeln!(out, "\nScript ({duration_seconds} s):\n{script}\n\nCaption:\n{caption}")?;
        }
        Content::Carousel { slides, caption, .. } => {
            for (index, slide) in slides.iter().enumerate() {
                writeln!(out, "[{}] {}", index + 1, slide.title)?;
                if !slide.body.is_empty() {
                    writeln!(out, "    {}", slide.body)?;
                }
            }
            writeln!(out, "\nCaption:\n{caption}")?;
        }
        Content::Email { subject, preheader, body, cta } => {
            writeln!(out, "Subject:   {subject}\nPreheader: {preheader}\n\n{body}")?;
            if let Some(cta) = cta {
                writeln!(out, "\n[{}] {}", cta.text, cta.url.as_deref().unwrap_or_default())?;
            }
        }
        Content::Article { title, description, body, tags } => {
            writeln!(out, "# {title}\n\n{description}\n\n{body}\n\nTags: {}", tags.join(", "))?;
        }
    }
    Ok(())
}
