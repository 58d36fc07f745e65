//! Files as people's programs write them: UTF-8 or UTF-16, commas, semicolons or tabs, headings in their own words. Pure.

use std::collections::BTreeMap;

use bellwether_kernel::Problem;
use chrono::NaiveDateTime;

/// Most rows of a file, without the heading.
pub(super) const MOST_ROWS: usize = 1_000;

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Column {
    Text,
    /// A part of a thread or a slide, from 1.
    Part(u8),
    Title,
    Target,
    Connection,
    /// Date and time, or the time alone beside a date.
    Time,
    Date,
    Content,
    FirstComment,
    /// The choices of the network, as JSON.
    Options,
}

impl Column {
    fn of(heading: &str) -> Option<Self> {
        let plain: String =
            heading.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
        let word = plain.trim_end_matches(|c: char| c.is_ascii_digit());
        if let Ok(number) = plain[word.len()..].parse::<u8>()
            && (1..=99).contains(&number)
            && ["part", "text", "post", "tweet", "slide"].contains(&word)
        {
            return Some(Self::Part(number));
        }
        Some(match plain.as_str() {
            "text" | "post" | "message" | "body" | "caption" | "copy" => Self::Text,
            "title" | "subject" | "headline" => Self::Title,
            "target" | "network" | "platform" | "channel" | "type" => Self::Target,
            "connection" | "account" | "handle" | "profile" | "page" => Self::Connection,
            "localtime" | "time" | "datetime" | "when" | "scheduledat" | "scheduledfor" | "publishat"
            | "posttime" => Self::Time,
            "date" | "day" => Self::Date,
            "content" | "json" => Self::Content,
            "firstcomment" | "comment" => Self::FirstComment,
            "options" => Self::Options,
            _ => return None,
        })
    }
}

/// A row, by what its columns hold; empty cells are left out.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Row {
    /// As a spreadsheet numbers it: the heading is 1.
    pub(super) number: usize,
    pub(super) cells: BTreeMap<Column, String>,
}

/// A file, read.
#[derive(Debug)]
pub(super) struct Table {
    pub(super) rows: Vec<Row>,
    /// The headings as they stand, for faults.
    pub(super) headings: BTreeMap<Column, String>,
    /// Headings that mean nothing here.
    pub(super) ignored: Vec<String>,
}

fn decode(bytes: &[u8]) -> String {
    if let Some((encoding, _)) = encoding_rs::Encoding::for_bom(bytes) {
        return encoding.decode(bytes).0.into_owned();
    }
    match std::str::from_utf8(bytes) {
        // UTF-16 without a mark is valid UTF-8 with a NUL beside each letter
        Ok(text) if !text.contains('\0') => text.to_owned(),
        _ => {
            let nul =
                |parity: usize| bytes.iter().skip(parity).step_by(2).take(2_000).filter(|b| **b == 0).count();
            let encoding = match (nul(0), nul(1)) {
                (0, 0) => encoding_rs::WINDOWS_1252,
                (even, odd) if even > odd => encoding_rs::UTF_16BE,
                _ => encoding_rs::UTF_16LE,
            };
            encoding.decode_without_bom_handling(bytes).0.into_owned()
        }
    }
}

/// The separator that the heading has most of, outside of quotes.
fn separator(text: &str) -> u8 {
    let mut quoted = false;
    let mut counts = [(b',', 0), (b';', 0), (b'\t', 0)];
    for byte in text.bytes() {
        match byte {
            b'"' => quoted = !quoted,
            b'\n' if !quoted => break,
            byte if !quoted => {
                if let Some((_, count)) = counts.iter_mut().find(|(separator, _)| *separator == byte) {
                    *count += 1;
                }
            }
            _ => {}
        }
    }
    // of several the first, so that a single column is a table with commas
    counts.iter().rev().max_by_key(|(_, count)| *count).map_or(b',', |(separator, _)| *separator)
}

/// What a spreadsheet would take for a formula.
const FORMULA: [char; 7] = ['=', '+', '-', '@', '\t', '\r', '\''];

/// Keeps a spreadsheet from running a cell; [`unguard`] takes it back.
pub(super) fn guard(cell: &str) -> String {
    if cell.starts_with(FORMULA) { format!("'{cell}") } else { cell.to_owned() }
}

fn unguard(cell: &str) -> &str {
    cell.strip_prefix('\'').filter(|rest| rest.starts_with(FORMULA)).unwrap_or(cell)
}

/// Reads a file.
pub(super) fn read(bytes: &[u8]) -> Result<Table, Problem> {
    let text = decode(bytes);
    let mut reader =
        csv::ReaderBuilder::new().delimiter(separator(&text)).flexible(true).from_reader(text.as_bytes());
    let broken = |error: csv::Error| {
        Problem::invalid("file", "not_csv", format!("This can't be read as a table: {error}."))
    };
    let mut columns = Vec::new();
    let (mut headings, mut ignored) = (BTreeMap::new(), Vec::new());
    for heading in reader.headers().map_err(broken)? {
        let heading = heading.trim();
        let column = Column::of(heading).filter(|column| !headings.contains_key(column));
        columns.push(column);
        match column {
            Some(column) => drop(headings.insert(column, heading.to_owned())),
            None if heading.is_empty() => {}
            None => ignored.push(heading.chars().take(80).collect()),
        }
    }
    let has_text =
        headings.keys().any(|column| matches!(column, Column::Text | Column::Part(_) | Column::Content));
    if !has_text {
        let words = "The first row has to name the columns; one of them has to be `text`.";
        return Err(Problem::invalid("file", "no_text_column", words));
    }
    let mut rows = Vec::new();
    for (at, record) in reader.records().enumerate() {
        let record = record.map_err(broken)?;
        let mut cells = BTreeMap::new();
        for (column, cell) in columns.iter().zip(&record) {
            let cell = unguard(cell);
            if let Some(column) = column.filter(|_| !cell.trim().is_empty()) {
                cells.insert(column, cell.to_owned());
            }
        }
        if !cells.is_empty() {
            rows.push(Row { number: at + 2, cells });
        }
        if rows.len() > MOST_ROWS {
            let words = format!("A file has at most {MOST_ROWS} rows. Split it.");
            return Err(Problem::invalid("file", "too_many_rows", words));
        }
    }
    if rows.is_empty() {
        return Err(Problem::invalid("file", "empty", "There is no row under the heading."));
    }
    Ok(Table { rows, headings, ignored })
}

/// A time as people write it: the year first, or the day first with dots.
pub(super) fn time(text: &str) -> Option<NaiveDateTime> {
    let text = text.trim().replace('T', " ").replace('/', "-");
    ["%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S", "%d.%m.%Y %H:%M", "%d.%m.%Y %H:%M:%S", "%d.%m.%Y, %H:%M"]
        .iter()
        .find_map(|format| NaiveDateTime::parse_from_str(&text, format).ok())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn first(bytes: &[u8]) -> BTreeMap<Column, String> {
        read(bytes).unwrap().rows.remove(0).cells
    }

    #[test]
    fn files_of_several_programs() {
        let wanted = BTreeMap::from([
            (Column::Text, "Grüße; an, alle".to_owned()),
            (Column::Target, "x".to_owned()),
            (Column::Time, "2026-03-29 09:00".to_owned()),
        ]);
        let comma = "Text,Network,Local time,Mood\r\n\"Grüße; an, alle\",x,2026-03-29 09:00,good\r\n";
        assert_eq!(first(comma.as_bytes()), wanted);
        assert_eq!(read(comma.as_bytes()).unwrap().ignored, ["Mood"]);
        assert_eq!(first(format!("\u{feff}{comma}").as_bytes()), wanted);
        let semicolon = "text;PLATFORM;local_time\n\"Grüße; an, alle\";x;2026-03-29 09:00\n";
        assert_eq!(first(semicolon.as_bytes()), wanted);
        let little: Vec<u8> = semicolon.encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(first(&little), wanted);
        let big: Vec<u8> =
            [0xfe, 0xff].into_iter().chain(semicolon.encode_utf16().flat_map(u16::to_be_bytes)).collect();
        assert_eq!(first(&big), wanted);
        let (old, _, _) = encoding_rs::WINDOWS_1252.encode(semicolon);
        assert_eq!(first(&old), wanted);
    }

    #[test]
    fn what_is_no_table_is_told() {
        for (file, code) in [("a,b\n1,2\n", "no_text_column"), ("text\n\n", "empty"), ("", "no_text_column")]
        {
            assert_eq!(read(file.as_bytes()).unwrap_err().errors[0].code, code, "{file}");
        }
    }

    #[test]
    fn times() {
        for text in ["2026-03-29T09:00", "2026-03-29 09:00:00", "2026/03/29 09:00", "29.03.2026 09:00"] {
            assert_eq!(time(text).unwrap().to_string(), "2026-03-29 09:00:00", "{text}");
        }
        assert_eq!(time("03-29-2026 09:00"), None);
    }

    proptest! {
        #[test]
        fn a_guarded_cell_comes_back(cell in "['=+@a\\-\t ]{0,6}") {
            let guarded = guard(&cell);
            prop_assert!(!guarded.starts_with(['=', '+', '-', '@', '\t', '\r']));
            prop_assert_eq!(unguard(&guarded), cell);
        }

        #[test]
        fn no_bytes_break_it(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = read(&bytes);
        }
    }
}
