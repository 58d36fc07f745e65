//! What `make` asks of the workspace about itself: `cargo xtask architecture | sqlx | lineage | generated`.
//!
//! It depends on none of our crates, so that it runs in a second and even when one of them does not compile.
//! What needs a database is asked of an example of this crate, which may use them.

use std::{path::PathBuf, process::ExitCode};

use anyhow::{Context as _, Result};
use clap::{Parser, Subcommand};
use xtask::{architecture, generated, lineage, report, sqlx};

#[derive(Parser)]
#[command(about = "Checks and generators of the workspace")]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Hold crate graph, table ownership and migrations against the floors of the design
    Architecture,
    /// Say how much of each source document has a home: done, later, none
    Lineage {
        /// Also per table
        #[arg(long)]
        tables: bool,
    },
    /// Write the checked queries of every crate into `.sqlx`
    Sqlx {
        /// Change nothing; fail when `.sqlx` is not what the code and the migrations say
        #[arg(long)]
        check: bool,
    },
    /// The files that are generated from the code: OpenAPI snapshot, TypeScript types, the pages of networks and permissions
    Generated {
        /// Write them
        #[arg(long, conflicts_with = "check", required_unless_present = "check")]
        write: bool,
        /// Change nothing; fail when one is not what the code says
        #[arg(long)]
        check: bool,
    },
}

fn main() -> ExitCode {
    match run() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            report(&format!("{error:#}"));
            ExitCode::from(2)
        }
    }
}

fn run() -> Result<bool> {
    let root = root()?;
    match Arguments::parse().task {
        Task::Architecture => architecture::check(&root),
        Task::Lineage { tables } => lineage::print(&root, tables),
        Task::Sqlx { check } => sqlx::run(&root, check),
        Task::Generated { check, .. } => generated::run(&root, check),
    }
}

fn root() -> Result<PathBuf> {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .ancestors()
        .nth(2)
        .map(PathBuf::from)
        .context("the workspace's folder is two above crates/xtask")
}
