//! Holds the workspace against the design: which crate may use which, and whose table a query may name.

mod floors;
mod graph;
mod migrations;
mod sources;
mod sql;

use std::path::Path;

use anyhow::Result;

use crate::report;

/// Runs every check and prints what breaks the design; true when nothing does.
pub fn check(root: &Path) -> Result<bool> {
    let mut faults = graph::faults(root)?;
    faults.extend(sources::faults(root)?);
    faults.extend(migrations::faults(root)?);
    for fault in &faults {
        report(fault);
    }
    if faults.is_empty() {
        report("crate graph, tables in queries and migrations agree with the design");
    } else {
        report(&format!(
            "{} against the design; the floors are in crates/xtask/src/architecture/floors.rs",
            faults.len()
        ));
    }
    Ok(faults.is_empty())
}
