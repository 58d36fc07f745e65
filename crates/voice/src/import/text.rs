//! Texts parted by lines of `---` or `===`.

use bellwether_language::Document;

use super::{Found, Imported};

/// Plain text: each part is a sample.
pub(super) fn plain(text: &str, imported: &mut Imported) {
    parts(text, |_, line| is_rule(line), imported, str::to_owned);
}

/// Markdown: the same, read without its marks. A rule right below words makes them a heading and parts nothing.
pub(super) fn markdown(text: &str, imported: &mut Imported) {
    let heading = |before: &str, line: &str| is_rule(line) && before.trim().is_empty();
    let body = without_front_matter(text);
    parts(body, heading, imported, |part| Document::from_markdown(part).to_text());
}

fn without_front_matter(text: &str) -> &str {
    let fence = ["---", "+++"].into_iter().find(|fence| text.starts_with(&format!("{fence}\n")));
    fence
        .and_then(|fence| text[4..].split_once(&format!("\n{fence}\n")))
        .filter(|(head, _)| head.len() < 4_000 && head.contains([':', '=']) && !head.contains("\n\n"))
        .map_or(text, |(_, body)| body)
}

fn is_rule(line: &str) -> bool {
    let line = line.trim();
    line.len() >= 3 && (line.bytes().all(|b| b == b'-') || line.bytes().all(|b| b == b'='))
}

fn parts(
    text: &str,
    parts_here: impl Fn(&str, &str) -> bool,
    imported: &mut Imported,
    plain: impl Fn(&str) -> String,
) {
    let (mut start, mut at, mut first, mut before, mut count) = (0, 0, 1, "", 0);
    let mut bounds = Vec::new();
    for (number, line) in text.split_inclusive('\n').enumerate() {
        if parts_here(before, line) {
            bounds.push((first, start..at));
            (start, first) = (at + line.len(), number + 2);
            if bounds.len() > super::MOST_ITEMS {
                break;
            }
        }
        at += line.len();
        before = line;
    }
    bounds.push((first, start..at.max(start)));
    for (line, range) in bounds {
        let part = &text[range];
        if part.trim().is_empty() {
            continue;
        }
        count += 1;
        if !imported.goes_on(count) {
            return;
        }
        imported.take(Found { text: plain(part), place: format!("line {line}"), ..Found::default() });
    }
}
