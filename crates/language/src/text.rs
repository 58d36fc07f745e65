//! Text without markup to blocks.

use crate::document::{BlockKind, Builder};

pub(crate) fn read(text: &str, builder: &mut Builder) {
    let long_lines = long_lines(text);
    // where headings are marked, a short line is a short line
    let marked = text.lines().any(|line| heading(line).is_some());
    let mut chunk: Vec<&str> = Vec::new();
    for line in text.lines().chain([""]) {
        if line.trim().is_empty() {
            paragraph(&chunk, long_lines, marked, builder);
            chunk.clear();
        } else if let Some((level, text)) = heading(line) {
            paragraph(&chunk, long_lines, marked, builder);
            chunk.clear();
            builder.push(text);
            builder.end(BlockKind::Heading(level));
        } else {
            chunk.push(line);
        }
    }
}

/// Level and text of a heading marked by `#`.
fn heading(line: &str) -> Option<(u8, &str)> {
    let hashes = line.bytes().take_while(|b| *b == b'#').count();
    let rest = line[hashes..].strip_prefix(' ')?;
    (1..=6).contains(&hashes).then(|| (hashes as u8, rest.trim().trim_end_matches('#')))
}

/// Whether a line is a paragraph (no hard wrapping): many lines go well past a page's width.
fn long_lines(text: &str) -> bool {
    let mut lines =
        text.lines().filter(|line| !line.trim().is_empty()).take(200).map(str::len).collect::<Vec<_>>();
    lines.sort_unstable();
    lines.get(lines.len() * 3 / 4).is_some_and(|length| *length > 130)
}

fn paragraph(chunk: &[&str], long_lines: bool, marked: bool, builder: &mut Builder) {
    if let [line] = chunk
        && !marked
        && is_heading(line.trim())
    {
        let line = line.trim();
        builder.push(line);
        builder.end(BlockKind::Heading(2));
        return;
    }
    let mut kind = BlockKind::Paragraph;
    for line in chunk {
        let indent = line.len() - line.trim_start().len();
        let line = line.trim();
        if let Some((item, ordered)) = item(line) {
            builder.end(kind);
            kind = BlockKind::Item { depth: (indent / 2).min(9) as u8, ordered };
            builder.push(item);
        } else if let Some(quoted) = line.strip_prefix("> ") {
            if kind != BlockKind::Quote {
                builder.end(kind);
            }
            kind = BlockKind::Quote;
            builder.space();
            builder.push(quoted);
        } else {
            if long_lines && builder.position() > 0 && kind == BlockKind::Paragraph {
                builder.end(kind);
            }
            builder.space();
            builder.push(line);
        }
    }
    builder.end(kind);
}

/// The text of a list item, and whether it is numbered.
pub(crate) fn item(line: &str) -> Option<(&str, bool)> {
    for bullet in ["- ", "* ", "• ", "– ", "+ ", "· ", "▪ ", "◦ ", "✓ ", "✔ ", "→ "] {
        if let Some(rest) = line.strip_prefix(bullet) {
            return Some((rest.trim_start(), false));
        }
    }
    let digits = line.bytes().take_while(u8::is_ascii_digit).count();
    let rest = (1..=2).contains(&digits).then(|| line[digits..].strip_prefix(['.', ')']))??;
    rest.starts_with(' ').then(|| (rest.trim_start(), true))
}

/// A line of its own that is short and ends without a stop.
fn is_heading(line: &str) -> bool {
    let words = line.split_whitespace().count();
    let last = line.chars().next_back().unwrap_or(' ');
    (1..=10).contains(&words)
        && line.len() <= 90
        && item(line).is_none()
        && !matches!(last, '.' | '!' | '?' | '？' | '…' | ':' | ',' | ';' | '。' | '！' | '"' | '”')
        && line.chars().next().is_some_and(|c| c.is_uppercase() || c.is_numeric() || !c.is_ascii())
        && !line.contains(". ")
        && !line.contains("://")
        && !line.contains('@')
}

#[cfg(test)]
mod tests {
    use crate::{BlockKind, Document};

    #[test]
    fn the_canonical_form_is_read_back() {
        let markdown = "# Bread\n\nFirst things\n\n## Why\n\n1. Rise\n2. Bake\n\n> Said so.\n\n* a thing\n  * deep\n\nEnd.";
        let document = Document::from_markdown(markdown);
        let again = Document::from_text(&document.to_text());
        assert_eq!(again.blocks, document.blocks);
    }

    #[test]
    fn paragraphs_items_headings() {
        let document = Document::from_text(
            "How we bake\n\nFlour, water\nand salt.\n\n- Slow dough\n- Hot oven\n1) Wait\n\nThe end, for now.",
        );
        let kinds: Vec<_> = document.blocks.iter().map(|block| (block.kind, block.text.as_str())).collect();
        assert_eq!(document.metadata.title.as_deref(), Some("How we bake"));
        assert_eq!(
            kinds,
            [
                (BlockKind::Paragraph, "Flour, water and salt."),
                (BlockKind::Item { depth: 0, ordered: false }, "Slow dough"),
                (BlockKind::Item { depth: 0, ordered: false }, "Hot oven"),
                (BlockKind::Item { depth: 0, ordered: true }, "Wait"),
                (BlockKind::Paragraph, "The end, for now."),
            ]
        );
    }
}
