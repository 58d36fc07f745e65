//! The judge of drafts, shared by the test and the example: limits, leftovers, traces, repeats, broken sentences.

use std::path::{Path, PathBuf};

use bellwether_language::{Document as Parsed, Faults, Language, count_words, faults, sentences, similarity};
use bellwether_models::{BrandNotes, Brief, Document, Origin, Trace, Written, builtin::patterns};
use bellwether_networks::{Part, Severity, Target, Tone, mentions, validate};

/// Every article, in order; none when they are not here.
pub fn articles() -> Option<Vec<PathBuf>> {
    let folder = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/vectors/articles"));
    let mut files: Vec<PathBuf> =
        std::fs::read_dir(folder).ok()?.filter_map(|entry| Some(entry.ok()?.path())).collect();
    files.sort();
    Some(files).filter(|files| !files.is_empty())
}

/// An article as studio hands it over.
pub fn document(file: &Path) -> Document {
    let raw = std::fs::read(file).unwrap_or_default();
    let text = String::from_utf8_lossy(&raw);
    let parsed = match bellwether_language::Format::from_name(&file.to_string_lossy()) {
        Some(format) => Parsed::read(&text, format),
        None => Parsed::from_pasted(&text),
    };
    let name = file.file_stem().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    Document {
        text: parsed.to_text(),
        title: parsed.metadata.title.clone(),
        source_url: Some(format!("https://example.org/{}", name.replace(['@', ' '], "-"))),
        language: parsed.metadata.language,
        tags: parsed.metadata.tags,
        reported: None,
    }
}

/// A brief with nothing special.
pub fn brief(document: &Document, target: Target, tone: Tone, variation: u32) -> Brief {
    Brief {
        document: document.clone(),
        target,
        tone,
        instructions: None,
        brand: BrandNotes::default(),
        analysis: None,
        voice: None,
        variation,
    }
}

/// What is wrong with a draft, each fault beginning with its kind.
pub fn judge(brief: &Brief, written: &Written) -> Vec<String> {
    let mut out = Vec::new();
    let target = brief.target;
    for issue in validate(target, &written.content) {
        let kind = match issue.severity {
            Severity::Error => "rule",
            Severity::Warning => "advised",
        };
        out.push(format!("{kind} {target} {}: {} {}", issue.path, issue.code, issue.message));
    }
    let source =
        squeeze(&format!("{}\n{}", brief.document.title.as_deref().unwrap_or_default(), brief.document.text));
    for published in written.content.published_texts() {
        let at = format!("{target} {}", published.path);
        let markdown = matches!(published.part, Part::Body);
        if !markdown && !mentions(target.network(), published.text).is_empty() {
            out.push(format!("mention {at}: {}", published.text));
        }
        leftovers(published.text, markdown, &at, &mut out);
        traced(published.text, &published.path, &written.trace, &at, &mut out);
    }
    for piece in &written.trace {
        origin(piece, &source, target, &mut out);
    }
    repeats(&written.trace, target, &mut out);
    out
}

fn leftovers(text: &str, markdown: bool, at: &str, out: &mut Vec<String>) {
    let signs: &[&str] = &[
        "](", "`", "[^", "&amp;", "&nbsp;", "&lt;", "&gt;", "&quot;", "{{", "}}", "</", "<br", "<a ", "<p>",
        "][", "{%", "\t", "  ",
    ];
    for sign in signs {
        if text.contains(sign) && !(markdown && *sign == "  ") {
            out.push(format!("leftover {at} “{sign}”: {text}"));
        }
    }
    if !markdown && (text.contains("**") || text.contains("\n#") && text.contains("\n# ")) {
        out.push(format!("leftover {at}: {text}"));
    }
}

/// Nothing but marks and hashtags stands between the traced pieces.
fn traced(text: &str, path: &str, trace: &[Trace], at: &str, out: &mut Vec<String>) {
    let mut rest = text;
    let mut between = String::new();
    for piece in trace.iter().filter(|piece| piece.path == path) {
        match rest.find(&piece.text) {
            Some(start) => {
                between.push_str(&rest[..start]);
                between.push(' ');
                rest = &rest[start + piece.text.len()..];
            }
            None => out.push(format!("untraced {at}: piece “{}” not in order", piece.text)),
        }
    }
    between.push_str(rest);
    for word in between.split_whitespace() {
        let mark = word.starts_with('#') && word.len() > 1
            || matches!(
                word,
                "•" | "-" | "##" | "…" | "1." | "2." | "3." | "4." | "5." | "6." | "7." | "8." | "9."
            )
            || (word.starts_with('[') && word.ends_with(']') && word.contains(':'));
        if !mark {
            out.push(format!("untraced {at}: “{word}” in {text}"));
            return;
        }
    }
}

/// Each piece stands in the source as it says, or is a declared phrase.
fn origin(piece: &Trace, source: &str, target: Target, out: &mut Vec<String>) {
    match &piece.origin {
        Origin::Pattern { id } if id == "number" => {
            if !piece.text.chars().all(|c| c.is_ascii_digit()) {
                out.push(format!("pattern {target} number: {}", piece.text));
            }
        }
        Origin::Pattern { id } => {
            let Some(pattern) = patterns::all().iter().find(|pattern| pattern.id == *id) else {
                out.push(format!("pattern {target}: {id} is not declared"));
                return;
            };
            let fixed = pattern
                .text
                .split(['{', '}'])
                .step_by(2)
                .all(|part| piece.text.to_lowercase().contains(&part.to_lowercase()));
            if !fixed {
                out.push(format!("pattern {target}: “{}” is not {id}", piece.text));
            }
        }
        Origin::Brief | Origin::Input { .. } => {
            if piece.text.starts_with("http") {
                return;
            }
            let wanted = squeeze(piece.text.trim_end_matches(['…', '.']));
            if !source.contains(&wanted) {
                out.push(format!("invented {target} {}: {}", piece.path, piece.text));
            }
        }
    }
    if matches!(piece.origin, Origin::Input { .. }) && count_words(&piece.text) > 3 {
        broken(piece, target, out);
    }
}

/// Sentences that lost what they need.
fn broken(piece: &Trace, target: Target, out: &mut Vec<String>) {
    let first = piece.text.trim_start_matches(['"', '“', '‘', '«', '„', '(', '¿', '¡', '\'']);
    let opens = [("hooks", true), ("slides", true), ("post", false), ("subject", true)];
    let alone = opens.iter().any(|(path, alone)| *alone && piece.path.starts_with(path));
    let lone =
        sentences(&piece.text, Language::ENGLISH).into_iter().next().map_or("", |range| &piece.text[range]);
    if alone && faults(lone, Language::detect(&piece.text)).has(Faults::REFERENCE) {
        out.push(format!("reference {target} {}: {}", piece.path, piece.text));
    }
    if ["In this article", "In this post", "In this blog"].iter().any(|start| first.starts_with(start)) {
        out.push(format!("in this article {target} {}: {}", piece.path, piece.text));
    }
    let count = |wanted: char| piece.text.chars().filter(|c| *c == wanted).count();
    if count('(') != count(')') || count('“') != count('”') && count('„') == 0 {
        out.push(format!("unbalanced {target} {}: {}", piece.path, piece.text));
    }
}

/// No point twice in what a reader reads in one go; hooks and talking points are choices and notes beside the script.
fn repeats(trace: &[Trace], target: Target, out: &mut Vec<String>) {
    let group = |path: &str| match path.split('/').next() {
        Some("thread") => "thread",
        Some("slides") => "slides",
        Some("hooks") => "hooks",
        Some("talking_points") => "talking points",
        Some("body") => "body",
        Some("post") => "post",
        Some("script") => "script",
        Some("caption") => "caption",
        _ => "other",
    };
    let mut seen: Vec<(&str, &str)> = Vec::new();
    for piece in trace.iter().filter(|piece| group(&piece.path) != "other") {
        for range in sentences(&piece.text, Language::ENGLISH) {
            let text = &piece.text[range];
            let words = count_words(text);
            for (place, other) in &seen {
                let length = count_words(other);
                let same = *place == group(&piece.path)
                    && words > 4
                    && (text == *other
                        || (text.ends_with(['.', '!', '?']) && other.ends_with(['.', '!', '?']) // headings name what follows
                            && words.min(length) > 8 && words.max(length) < words.min(length) * 2 && similarity(text, other) > 0.9));
                if same {
                    out.push(format!("repeat {target} {}: “{text}” and “{other}”", piece.path));
                }
            }
            seen.push((group(&piece.path), text));
        }
    }
}

fn squeeze(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}
