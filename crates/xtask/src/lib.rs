//! The tasks themselves, as a library so that tests can ask the same questions.

use std::io::Write as _;

pub mod architecture;
pub mod generated;
pub mod lineage;
pub mod sqlx;

/// Prints one line of an answer to standard output.
pub fn print(line: &str) {
    // a closed pipe (`| head`) is the reader's choice, not our failure
    let _ = writeln!(std::io::stdout(), "{line}");
}

/// Prints one line about the work to standard error.
pub fn report(line: &str) {
    let _ = writeln!(std::io::stderr(), "{line}");
}
