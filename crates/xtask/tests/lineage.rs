//! Nothing of the source documents is dropped silently: each of their columns has a row in `docs/lineage`, and each
//! home named there exists in the migrated database.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

use anyhow::Result;
use xtask::lineage::{self, Home};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn all() -> Result<Vec<(String, Vec<lineage::Row>)>> {
    lineage::documents(&root())?
        .into_iter()
        .map(|file| Ok((lineage::name(&file), lineage::read(&file)?)))
        .collect()
}

#[test]
fn every_column_of_every_document_has_one_row() {
    let inventory = root().join("../shared/seeds/inventory.tsv");
    let Ok(text) = fs::read_to_string(&inventory) else {
        println!("SKIPPED: the source documents' inventory is not at {}", inventory.display());
        return;
    };
    let mut wanted: BTreeMap<String, BTreeSet<(String, String)>> = BTreeMap::new();
    for line in text.lines().skip(1) {
        let cells: Vec<&str> = line.split('\t').collect();
        wanted.entry(cells[0].to_owned()).or_default().insert((cells[1].to_owned(), cells[2].to_owned()));
    }
    let mut rows = 0;
    for (document, lines) in all().unwrap() {
        let wanted = wanted.remove(&document).unwrap_or_else(|| panic!("{document} is no source document"));
        let found: BTreeSet<_> = lines.iter().map(|row| (row.table.clone(), row.column.clone())).collect();
        assert_eq!(found.len(), lines.len(), "{document} has a column twice");
        let missing: Vec<_> = wanted.difference(&found).collect();
        let unknown: Vec<_> = found.difference(&wanted).collect();
        assert!(
            missing.is_empty() && unknown.is_empty(),
            "{document}: missing {missing:?}, unknown {unknown:?}"
        );
        rows += lines.len();
    }
    assert!(wanted.is_empty(), "documents without a file: {:?}", wanted.keys());
    assert_eq!(rows, text.lines().count() - 1);
}

#[tokio::test]
async fn every_home_exists() {
    let database = bellwether_testkit::database().await;
    let mut tx = database.store().service("the lineage test reads the catalogue").await.unwrap();
    // not information_schema, which hides what the asking role may not touch
    let columns: Vec<String> = sqlx::query_scalar(
        "SELECT n.nspname || '.' || c.relname || '.' || a.attname
           FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
          WHERE c.relkind IN ('r', 'p', 'v', 'm') AND a.attnum > 0 AND NOT a.attisdropped",
    )
    .fetch_all(tx.conn())
    .await
    .unwrap();
    let columns: BTreeSet<String> = columns.into_iter().collect();
    let mut faults = Vec::new();
    for (document, rows) in all().unwrap() {
        for row in rows {
            let place = format!("{document} {}.{}", row.table, row.column);
            match row.home {
                Home::Column { schema, table, column } => {
                    let home = format!("{schema}.{table}.{column}");
                    if !columns.contains(&home) {
                        faults.push(format!("{place}: there is no {home}"));
                    }
                }
                Home::Later => {
                    let planned = lineage::planned(&row.note).unwrap_or_default();
                    if columns.contains(planned) {
                        faults.push(format!("{place}: {planned} is built now, so it is the home"));
                    }
                }
                Home::None => {}
            }
        }
    }
    assert!(faults.is_empty(), "{} rows are not true:\n{}", faults.len(), faults.join("\n"));
}
