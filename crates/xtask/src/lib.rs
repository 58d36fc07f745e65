//! The tasks themselves, as a library so that tests can ask the same questions.

use std::{
    io::Write as _,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use anyhow::{Result, ensure};

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

/// A command that runs a program of the workspace, built. `cargo run` chooses features for one package and then builds some
/// hundred crates again; chosen for the whole workspace they are those that the tests have built.
fn built(root: &Path, which: &[&str], place: &str) -> Result<Command> {
    let status = Command::new(env!("CARGO"))
        .args(["build", "--quiet", "--workspace"])
        .args(which)
        .current_dir(root)
        .stdout(Stdio::null())
        .status()?;
    ensure!(status.success(), "`cargo build --workspace {}` failed: see above", which.join(" "));
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from);
    Ok(Command::new(target.join("debug").join(place)))
}
