//! `bellwether config`.

use std::io::Write as _;

use anyhow::Result;
use serde_json::json;

use crate::{cli::End, config::Loaded};

pub fn run(loaded: &Loaded, as_json: bool) -> Result<End> {
    let lines = loaded.explain()?;
    let mut out = std::io::stdout().lock();
    if as_json {
        let rows: Vec<_> = lines
            .into_iter()
            .map(|(key, value, origin)| json!({ "key": key, "value": value, "origin": origin }))
            .collect();
        writeln!(out, "{}", serde_json::to_string_pretty(&rows)?)?;
    } else {
        let width = |column: fn(&(String, String, String)) -> &String| {
            lines.iter().map(|line| column(line).chars().count()).max().unwrap_or(0)
        };
        let (keys, values) = (width(|line| &line.0), width(|line| &line.1).min(48));
        for (key, value, origin) in &lines {
            writeln!(out, "{key:keys$}  {value:values$}  {origin}")?;
        }
    }
    Ok(End::Done)
}
