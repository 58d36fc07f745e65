//! Archives: those of X and LinkedIn, and any other with texts in it. What an archive says of sizes is not believed.

use std::io::{Cursor, Read as _};

use zip::ZipArchive;

use super::{FileKind, Imported, MOST_BYTES, decode, file_name, json, one, table};

/// Members that are looked at in an archive that is of neither kind.
const MOST_MEMBERS: usize = 500;

pub(super) fn read(bytes: &[u8], imported: &mut Imported) {
    let Ok(mut zip) = ZipArchive::new(Cursor::new(bytes)) else {
        return imported.refuse("file", "The archive is damaged.");
    };
    let names: Vec<String> =
        (0..zip.len()).filter_map(|at| Some(zip.name_for_index(at)?.ok()?.into_owned())).collect();
    let mut left = MOST_BYTES;
    let base = |name: &str| file_name(name).to_ascii_lowercase();
    let tweets: Vec<&String> =
        names.iter().filter(|name| is_part(&base(name), "tweets") || is_part(&base(name), "tweet")).collect();
    let shares: Vec<&String> = names.iter().filter(|name| base(name) == "shares.csv").collect();
    if !tweets.is_empty() {
        imported.kind = FileKind::XArchive;
        let mut long = Vec::new();
        for name in names.iter().filter(|name| is_part(&base(name), "note-tweet")) {
            if let Some(text) = member(&mut zip, name, &mut left, imported) {
                long.extend(json::notes(file_name(name), &decode(&text), imported));
            }
        }
        for name in tweets {
            if let Some(text) = member(&mut zip, name, &mut left, imported) {
                json::tweets(file_name(name), &decode(&text), &long, imported);
            }
        }
        for note in long {
            if imported.goes_on(1) {
                imported.take(note);
            }
        }
    } else if !shares.is_empty() {
        imported.kind = FileKind::LinkedIn;
        for name in shares {
            if let Some(text) = member(&mut zip, name, &mut left, imported) {
                table::read(file_name(name), &decode(&text), imported);
            }
        }
    } else {
        several(&mut zip, &names, &mut left, imported);
    }
}

/// `tweets.js`, `tweets-part1.js`.
fn is_part(name: &str, what: &str) -> bool {
    name.strip_prefix(what)
        .and_then(|rest| rest.strip_suffix(".js"))
        .is_some_and(|rest| rest.is_empty() || rest.starts_with("-part"))
}

/// Any other archive: each member as a file of its own.
fn several(zip: &mut ZipArchive<Cursor<&[u8]>>, names: &[String], left: &mut usize, imported: &mut Imported) {
    for (number, name) in names.iter().enumerate() {
        if name.ends_with('/') || name.starts_with("__MACOSX") || file_name(name).starts_with('.') {
            continue;
        }
        if number >= MOST_MEMBERS {
            return imported.stop(format!("Reading stopped after {MOST_MEMBERS} files of the archive."));
        }
        let lower = name.to_ascii_lowercase();
        if ![".csv", ".tsv", ".json", ".jsonl", ".md", ".markdown", ".txt", ".js"]
            .iter()
            .any(|ending| lower.ends_with(ending))
        {
            imported.refuse(name, "It is no CSV, JSON, Markdown or text file.");
            continue;
        }
        let Some(bytes) = member(zip, name, left, imported) else {
            if imported.stopped.is_some() {
                return;
            }
            continue;
        };
        let mut own = Imported::default();
        one(name, &bytes, &mut own);
        for mut found in own.samples {
            if !imported.goes_on(1) {
                return;
            }
            found.place = format!("{name} {}", found.place);
            imported.samples.push(found);
        }
        for refused in own.refused {
            imported.refuse(format!("{name} {}", refused.place), refused.reason);
        }
        imported.more_refused += own.more_refused;
        if let Some(reason) = own.stopped {
            imported.refuse(name, reason);
        }
        imported.kind = own.kind;
    }
}

/// A member's bytes, as long as all members together stay in their bounds.
fn member(
    zip: &mut ZipArchive<Cursor<&[u8]>>,
    name: &str,
    left: &mut usize,
    imported: &mut Imported,
) -> Option<Vec<u8>> {
    let file = match zip.by_name(name) {
        Ok(file) => file,
        Err(error) => {
            imported.refuse(name, format!("It can't be unpacked: {error}"));
            return None;
        }
    };
    let mut bytes = Vec::new();
    match file.take(*left as u64 + 1).read_to_end(&mut bytes) {
        Err(_) => {
            imported.refuse(name, "It is damaged.");
            None
        }
        Ok(read) if read > *left => {
            imported.refuse(name, "It unpacks to more than is read.");
            imported.stop(format!(
                "The archive unpacks to more than {} MB; upload the file with the texts alone.",
                MOST_BYTES / 1_000_000
            ));
            None
        }
        Ok(read) => {
            *left -= read;
            Some(bytes)
        }
    }
}
