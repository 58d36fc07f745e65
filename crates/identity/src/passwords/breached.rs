//! A list of passwords from breaches, on this machine: nothing is asked of anybody.

use std::{
    collections::HashSet,
    fs::File,
    io::{BufRead as _, BufReader},
    os::unix::fs::FileExt as _,
    path::{Path, PathBuf},
    sync::Arc,
};

use sha1::{Digest as _, Sha1};

/// Fewer hexadecimal digits than this tell too little.
const SHORTEST: usize = 10;
const LONGEST: usize = 40;
/// Passwords of a plain list that are held in memory; 8 bytes each.
const MOST: usize = 20_000_000;

/// Why a list can't be used.
#[derive(Debug, thiserror::Error)]
#[error("the list of breached passwords {}: {fault}", path.display())]
pub struct ListError {
    path: PathBuf,
    fault: String,
}

/// The list. Cheap to clone.
#[derive(Clone)]
pub struct BreachedPasswords(Arc<List>);

enum List {
    /// Lines that begin with a SHA-1 (or the first 10 to 39 digits of one) in hexadecimal and are sorted: searched in
    /// place, however large, as e.g. the ordered download of Have I Been Pwned.
    Sorted { file: File, size: u64, digits: usize },
    /// One password a line.
    Plain(HashSet<u64>),
}

impl BreachedPasswords {
    /// Opens a list of either kind; its first line says which.
    pub fn open(path: &Path) -> Result<Self, ListError> {
        let fault = |fault: String| ListError { path: path.to_owned(), fault };
        let io = |error: std::io::Error| fault(error.to_string());
        let file = File::open(path).map_err(io)?;
        let size = file.metadata().map_err(io)?.len();
        let mut reader = BufReader::new(&file);
        let mut first = Vec::new();
        reader.read_until(b'\n', &mut first).map_err(io)?;
        let digits = first.iter().take_while(|byte| byte.is_ascii_hexdigit()).count();
        let ends = matches!(first.get(digits), None | Some(b':' | b'\r' | b'\n' | b' '));
        if (SHORTEST..=LONGEST).contains(&digits) && ends && is_sorted(&file, size, digits).map_err(io)? {
            drop(reader);
            return Ok(Self(Arc::new(List::Sorted { file, size, digits })));
        }
        let mut known = HashSet::new();
        let mut line = first;
        loop {
            let password = line.strip_suffix(b"\n").unwrap_or(&line);
            let password = password.strip_suffix(b"\r").unwrap_or(password);
            if !password.is_empty() {
                known.insert(short(&Sha1::digest(password)));
            }
            if known.len() > MOST {
                return Err(fault(format!("more than {MOST} lines; use a sorted list of SHA-1s")));
            }
            line.clear();
            if reader.read_until(b'\n', &mut line).map_err(io)? == 0 {
                break;
            }
        }
        Ok(Self(Arc::new(List::Plain(known))))
    }

    /// Whether a password is on it. Reads a file: not for an async thread.
    pub(crate) fn contains(&self, password: &str) -> std::io::Result<bool> {
        let digest = Sha1::digest(password.as_bytes());
        match &*self.0 {
            List::Plain(known) => Ok(known.contains(&short(&digest))),
            List::Sorted { file, size, digits } => {
                let wanted = hex(&digest);
                search(file, *size, &wanted.as_bytes()[..*digits])
            }
        }
    }
}

fn short(digest: &[u8]) -> u64 {
    digest.iter().take(8).fold(0, |sum, byte| sum << 8 | u64::from(*byte))
}

fn hex(digest: &[u8]) -> String {
    use std::fmt::Write as _;
    digest.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02X}");
        text
    })
}

/// The digits at the beginning of the first line that starts at or after a place; with where that is and where it ends.
fn line_from(file: &File, size: u64, at: u64, digits: usize) -> std::io::Result<Option<(u64, Vec<u8>)>> {
    let mut start = at;
    if at > 0 {
        // a line starts after a line break: look from the byte before
        let mut place = at - 1;
        let mut buffer = [0; 128];
        start = loop {
            let read = file.read_at(&mut buffer, place)?;
            if read == 0 {
                return Ok(None);
            }
            if let Some(found) = buffer[..read].iter().position(|byte| *byte == b'\n') {
                break place + found as u64 + 1;
            }
            place += read as u64;
        };
    }
    if start >= size {
        return Ok(None);
    }
    let mut prefix = vec![0; digits];
    let mut filled = 0;
    while filled < digits {
        let read = file.read_at(&mut prefix[filled..], start + filled as u64)?;
        if read == 0 {
            return Ok(None);
        }
        filled += read;
    }
    prefix.make_ascii_uppercase();
    Ok(Some((start, prefix)))
}

/// Binary search over the bytes of the file: 40 reads for 40 GB.
fn search(file: &File, size: u64, wanted: &[u8]) -> std::io::Result<bool> {
    let (mut low, mut high) = (0, size);
    while low < high {
        let middle = low + (high - low) / 2;
        match line_from(file, size, middle, wanted.len())? {
            None => high = middle,
            Some((_, prefix)) if prefix == wanted => return Ok(true),
            Some((_, prefix)) if prefix.as_slice() > wanted => high = middle,
            Some((start, _)) => low = (start + 1).max(middle + 1),
        }
    }
    // the first line starts at 0, which the search only reaches from above
    Ok(line_from(file, size, 0, wanted.len())?.is_some_and(|(_, prefix)| prefix == wanted))
}

/// Whether samples of the lines are sorted hexadecimal: a plain list may begin with a password that looks like a hash.
fn is_sorted(file: &File, size: u64, digits: usize) -> std::io::Result<bool> {
    let mut before: Option<Vec<u8>> = None;
    for step in 0..64 {
        let Some((_, prefix)) = line_from(file, size, size / 64 * step, digits)? else { continue };
        if !prefix.iter().all(u8::is_ascii_hexdigit) || before.is_some_and(|before| before > prefix) {
            return Ok(false);
        }
        before = Some(prefix);
    }
    Ok(true)
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    fn list(lines: &[String], end: &str) -> (tempfile::NamedTempFile, BreachedPasswords) {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        for line in lines {
            write!(file, "{line}{end}").unwrap();
        }
        let list = BreachedPasswords::open(file.path()).unwrap();
        (file, list)
    }

    #[test]
    fn every_line_of_a_sorted_list_is_found_and_nothing_else() {
        for digits in [SHORTEST, 16, LONGEST] {
            for count in [1, 2, 3, 7, 100, 1000] {
                let mut lines: Vec<String> = (0..count)
                    .map(|n| format!("{}:{n}", &hex(&Sha1::digest(format!("password-{n}")))[..digits]))
                    .collect();
                lines.sort();
                let (_file, list) = list(&lines, "\r\n");
                assert!(matches!(&*list.0, List::Sorted { .. }));
                for n in 0..count {
                    assert!(list.contains(&format!("password-{n}")).unwrap(), "{digits} {count} {n}");
                }
                for n in 0..50 {
                    assert!(!list.contains(&format!("another-{n}")).unwrap(), "{digits} {count} {n}");
                }
            }
        }
    }

    #[test]
    fn a_plain_list_may_hold_anything() {
        let lines = ["deadbeefdeadbeef", "correct horse battery", "Ünïcödé 密码", "", "abad1deaabad1dea"];
        let (_file, list) = list(&lines.map(str::to_owned), "\n");
        assert!(matches!(&*list.0, List::Plain(_)));
        for line in lines.iter().filter(|line| !line.is_empty()) {
            assert!(list.contains(line).unwrap(), "{line}");
        }
        assert!(!list.contains("").unwrap() && !list.contains("correct horse").unwrap());
    }

    #[test]
    fn a_list_that_is_not_there_is_named() {
        let error = BreachedPasswords::open(Path::new("/nowhere/list.txt")).err().unwrap();
        assert!(error.to_string().contains("/nowhere/list.txt"));
    }
}
