//! Where each column of the five source documents went: `docs/lineage/<document>.tsv`.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result, bail, ensure};

use crate::print as say;

/// One row of a lineage file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// the source's table
    pub table: String,
    /// the source's column
    pub column: String,
    /// where it lives in ours
    pub home: Home,
    /// why, how it is called here, or what is planned
    pub note: String,
}

/// Where a column of a source lives in ours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Home {
    /// `schema.table.column` (or a view's)
    Column {
        /// the context that owns it
        schema: String,
        /// a table or a published view
        table: String,
        /// its column
        column: String,
    },
    /// not built yet; the note names the plan
    Later,
    /// needs none; the note says why
    None,
}

/// The documents' files, sorted.
pub fn documents(root: &Path) -> Result<Vec<PathBuf>> {
    let folder = root.join("docs/lineage");
    let mut found: Vec<_> = fs::read_dir(&folder)
        .with_context(|| folder.display().to_string())?
        .filter_map(Result::ok)
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|e| e == "tsv"))
        .collect();
    found.sort();
    Ok(found)
}

/// A document's name: `001_142d01c9faa7d64f`.
pub fn name(file: &Path) -> String {
    file.file_stem().unwrap_or_default().to_string_lossy().into_owned()
}

/// Reads one file and holds it to its form.
pub fn read(file: &Path) -> Result<Vec<Row>> {
    let text = fs::read_to_string(file).with_context(|| file.display().to_string())?;
    let mut lines = text.lines();
    ensure!(
        lines.next() == Some("table\tcolumn\thome\tnote"),
        "{}: the first line names the columns",
        file.display()
    );
    lines
        .enumerate()
        .map(|(index, line)| parse(line).with_context(|| format!("{}:{}", file.display(), index + 2)))
        .collect()
}

fn parse(line: &str) -> Result<Row> {
    let cells: Vec<&str> = line.split('\t').collect();
    let [table, column, home, note] = cells.as_slice() else {
        bail!("has {} cells and not four: table, column, home, note", cells.len());
    };
    ensure!(!table.is_empty() && !column.is_empty(), "names no table or no column");
    let home = match *home {
        "later" => {
            ensure!(
                note.contains("planned: "),
                "later without a plan: the note says `planned: schema.table.column`"
            );
            Home::Later
        }
        "-" => {
            ensure!(note.len() > 5, "without a home and without a reason");
            Home::None
        }
        name => {
            let parts: Vec<&str> = name.split('.').collect();
            let [schema, table, column] = parts.as_slice() else {
                bail!("{name} is not schema.table.column, later or -");
            };
            Home::Column {
                schema: (*schema).to_owned(),
                table: (*table).to_owned(),
                column: (*column).to_owned(),
            }
        }
    };
    Ok(Row { table: (*table).to_owned(), column: (*column).to_owned(), home, note: (*note).to_owned() })
}

/// The home that a note plans: `planned: trends.sources.url; why`.
pub fn planned(note: &str) -> Option<&str> {
    let plan = note.strip_prefix("planned: ")?.split(';').next()?;
    (plan.split('.').count() == 3 && !plan.contains(' ')).then_some(plan)
}

#[derive(Default, Clone, Copy)]
struct Count {
    done: usize,
    later: usize,
    none: usize,
}

impl Count {
    fn add(&mut self, home: &Home) {
        match home {
            Home::Column { .. } => self.done += 1,
            Home::Later => self.later += 1,
            Home::None => self.none += 1,
        }
    }

    fn line(self, name: &str) -> String {
        let total = self.done + self.later + self.none;
        let settled = (self.done + self.none) * 100 / total.max(1);
        format!("{name:<36} {:>6} {:>6} {:>6} {total:>6} {settled:>7} %", self.done, self.later, self.none)
    }
}

/// Prints done, later and none per document, and per table where asked.
pub fn print(root: &Path, tables: bool) -> Result<bool> {
    say(&format!("{:<36} {:>6} {:>6} {:>6} {:>6} {:>9}", "", "done", "later", "none", "all", "settled"));
    let mut all = Count::default();
    for file in documents(root)? {
        let mut document = Count::default();
        let mut by_table: BTreeMap<String, Count> = BTreeMap::new();
        for row in read(&file)? {
            document.add(&row.home);
            all.add(&row.home);
            by_table.entry(row.table).or_default().add(&row.home);
        }
        say(&document.line(&name(&file)));
        if tables {
            for (table, count) in by_table {
                say(&count.line(&format!("  {table}")));
            }
        }
    }
    say(&all.line("all"));
    Ok(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_is_read() {
        let row = parse("users\temail\tidentity.users.email\tciTEXT here").expect("a row");
        assert_eq!(
            row.home,
            Home::Column { schema: "identity".into(), table: "users".into(), column: "email".into() }
        );
        assert_eq!(parse("t\tc\tlater\tplanned: trends.sources.url").expect("a row").home, Home::Later);
        assert_eq!(parse("t\tc\t-\theld by the queue").expect("a row").home, Home::None);
    }

    #[test]
    fn a_row_without_a_plan_or_a_reason_is_refused() {
        for line in
            ["t\tc\tlater\tsome day", "t\tc\t-\t", "t\tc\tusers.email\t", "t\tc", "\tc\t-\ta good reason"]
        {
            assert!(parse(line).is_err(), "{line}");
        }
    }
}
