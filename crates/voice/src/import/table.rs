//! Tables: one sample a row, its column found by name or, without names, by having the most words.

use std::collections::BTreeMap;

use csv::{ReaderBuilder, StringRecord};

use super::{FileKind, Found, Imported, when};

const TEXT: [&str; 18] = [
    "text",
    "content",
    "body",
    "post",
    "message",
    "caption",
    "commentary",
    "sharecommentary",
    "full_text",
    "tweet",
    "tweet text",
    "post text",
    "copy",
    "description",
    "sample",
    "post content",
    "post message",
    "content text",
];
const NETWORK: [&str; 5] = ["network", "platform", "channel", "social network", "source network"];
const DATE: [&str; 11] = [
    "date",
    "published_at",
    "created_at",
    "published",
    "publish time",
    "posted",
    "time",
    "timestamp",
    "post date",
    "created",
    "published at",
];
/// What files call the counts, and what they are called here.
const COUNTS: [(&str, &str); 18] = [
    ("likes", "likes"),
    ("favorites", "likes"),
    ("favorite_count", "likes"),
    ("reactions", "likes"),
    ("like_count", "likes"),
    ("comments", "comments"),
    ("replies", "comments"),
    ("reply_count", "comments"),
    ("comment_count", "comments"),
    ("shares", "shares"),
    ("reposts", "shares"),
    ("retweets", "shares"),
    ("retweet_count", "shares"),
    ("views", "views"),
    ("impressions", "impressions"),
    ("clicks", "clicks"),
    ("saves", "saves"),
    ("saved", "saves"),
];

struct Columns {
    text: usize,
    network: Option<usize>,
    date: Option<usize>,
    counts: Vec<(usize, &'static str)>,
    linkedin: bool,
    /// The first row is already a sample.
    bare: bool,
}

/// Reads a table; `file` names it in the places when it stands in an archive.
pub(super) fn read(file: &str, text: &str, imported: &mut Imported) {
    let mut reader = ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter(text))
        .from_reader(text.as_bytes());
    // what a table is like is seen from its first rows; it is then read from its start
    let mut records = reader.records();
    let head: Vec<StringRecord> = records.by_ref().take(20).filter_map(Result::ok).collect();
    let Some(columns) = columns(&head) else {
        return imported.refuse(
            if file.is_empty() { "line 1" } else { file },
            "No column with texts was found: name it “text”.",
        );
    };
    if columns.linkedin {
        imported.kind = FileKind::LinkedIn;
    }
    let mut row = 0;
    for record in head.into_iter().map(Ok).chain(records) {
        row += 1;
        if row == 1 && !columns.bare {
            continue;
        }
        if !imported.goes_on(row) {
            return;
        }
        match record {
            Ok(record) => {
                let line = record.position().map_or(row as u64, csv::Position::line);
                let place =
                    if file.is_empty() { format!("line {line}") } else { format!("{file} line {line}") };
                imported.take(found(&record, &columns, place));
            }
            Err(error) => imported.refuse(format!("row {row}"), format!("The row can't be read: {error}")),
        }
    }
}

fn delimiter(text: &str) -> u8 {
    let line = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    let count = |mark: char| line.matches(mark).count();
    let best = [(b'\t', count('\t')), (b';', count(';')), (b',', count(','))];
    best.into_iter().rev().max_by_key(|(_, count)| *count).map_or(b',', |(mark, _)| mark)
}

fn columns(head: &[StringRecord]) -> Option<Columns> {
    let names: Vec<String> = head.first()?.iter().map(|name| name.trim().to_lowercase()).collect();
    let find = |known: &[&str]| known.iter().find_map(|name| names.iter().position(|one| one == name));
    let counts = names
        .iter()
        .enumerate()
        .filter_map(|(at, name)| Some((at, COUNTS.iter().find(|(known, _)| known == name)?.1)))
        .collect();
    if let Some(text) = find(&TEXT) {
        return Some(Columns {
            text,
            network: find(&NETWORK),
            date: find(&DATE),
            counts,
            linkedin: names.iter().any(|name| name == "sharecommentary"),
            bare: false,
        });
    }
    let wordy = |at: usize| -> usize {
        head.iter().filter_map(|row| row.get(at)).map(|cell| cell.split_whitespace().count()).sum()
    };
    let text = (0..head.iter().map(StringRecord::len).max()?.min(200)).max_by_key(|at| wordy(*at))?;
    // a row of short names above long texts is a row of names all the same
    let bare = names.get(text).is_none_or(|name| name.split_whitespace().count() > 3);
    (wordy(text) >= 3).then_some(Columns { text, network: None, date: None, counts, linkedin: false, bare })
}

fn found(record: &StringRecord, columns: &Columns, place: String) -> Found {
    let cell = |at: usize| record.get(at).unwrap_or_default();
    let text = cell(columns.text);
    let mut engagement = BTreeMap::new();
    for (at, name) in &columns.counts {
        if let Ok(count) = cell(*at).trim().replace([',', ' '], "").parse::<i64>() {
            let sum: &mut i64 = engagement.entry((*name).to_owned()).or_default();
            *sum = sum.saturating_add(count.max(0));
        }
    }
    let network = columns.network.map(|at| cell(at).trim().to_lowercase()).filter(|name| !name.is_empty());
    Found {
        text: if columns.linkedin { unquoted(text) } else { text.to_owned() },
        network: if columns.linkedin { Some("linkedin".to_owned()) } else { network },
        published_at: columns.date.and_then(|at| when::rfc3339(cell(at))),
        engagement,
        place,
    }
}

/// LinkedIn's export puts each line of a post in quotation marks of its own.
fn unquoted(text: &str) -> String {
    let lines: Vec<&str> = text.lines().collect();
    let quoted = lines.len() > 1
        && lines.iter().filter(|line| line.starts_with('"') || line.ends_with('"')).count() * 2
            >= lines.len();
    if !quoted {
        return text.to_owned();
    }
    let bare = |line: &&str| {
        let line = line.strip_prefix('"').unwrap_or(line);
        line.strip_suffix('"').unwrap_or(line).to_owned()
    };
    lines.iter().map(bare).collect::<Vec<_>>().join("\n")
}
