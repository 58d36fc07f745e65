//! `bellwether openapi`.

use std::io::Write as _;

use anyhow::Result;

use crate::{cli::End, wiring};

pub fn run() -> Result<End> {
    let document = wiring::openapi()?;
    writeln!(std::io::stdout(), "{}", document.to_pretty_json()?)?;
    Ok(End::Done)
}
