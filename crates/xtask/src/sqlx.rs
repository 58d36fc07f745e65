//! The checked queries: what the query macros learned from a migrated database, kept in `.sqlx` so that everybody
//! else builds without one. Does what `cargo sqlx prepare --workspace` does, on a database of our own.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use anyhow::{Context as _, Result, bail, ensure};

use crate::report;

/// Writes `.sqlx` anew, or with `check` only says what differs; true when it is (now) right.
pub fn run(root: &Path, check: bool) -> Result<bool> {
    let packages = packages_with_queries(root)?;
    let database = database(root)?;
    let fresh = describe(root, &packages, &database)?;
    let kept = read(&root.join(".sqlx"))?;
    let (missing, stale, changed) = differences(&kept, &fresh);
    let right = missing.is_empty() && stale.is_empty() && changed.is_empty();
    if check {
        for (what, names) in [("missing", &missing), ("no longer used", &stale), ("changed", &changed)] {
            for name in names {
                let text = fresh.get(name).or_else(|| kept.get(name)).map(String::as_str).unwrap_or_default();
                report(&format!("{what}: .sqlx/{name}  {}", opening(text)));
            }
        }
        if !right {
            report("run `make sqlx` and commit .sqlx");
        }
        return Ok(right);
    }
    write(&root.join(".sqlx"), &kept, &fresh)?;
    report(&format!(
        "{} queries in {} crates: {} new, {} changed, {} removed",
        fresh.len(),
        packages.len(),
        missing.len(),
        changed.len(),
        stale.len()
    ));
    Ok(true)
}

/// Crates whose sources use a query macro. Tests set their scenes with unchecked queries.
fn packages_with_queries(root: &Path) -> Result<Vec<String>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(root.join("crates"))? {
        let folder = entry?.path();
        let manifest = folder.join("Cargo.toml");
        if folder.ends_with("xtask") || !manifest.exists() || !uses_macros(&folder.join("src"))? {
            continue;
        }
        let text = fs::read_to_string(&manifest)?;
        let name =
            text.lines().find_map(|line| line.strip_prefix("name = ")).context("a package has a name")?;
        found.push(name.trim().trim_matches('"').to_owned());
    }
    found.sort();
    Ok(found)
}

fn uses_macros(folder: &Path) -> Result<bool> {
    const MACROS: [&str; 6] =
        ["query!(", "query_as!(", "query_scalar!(", "query_file!(", "query_file_as!(", "query_file_scalar!("];
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let hit = if path.is_dir() {
            uses_macros(&path)?
        } else if path.extension().is_some_and(|e| e == "rs") {
            let text = fs::read_to_string(&path)?;
            MACROS.iter().any(|name| text.contains(name))
        } else {
            false
        };
        if hit {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Starts the tests' database server if it isn't up, migrates a database on it, returns its address.
fn database(root: &Path) -> Result<String> {
    report("preparing a migrated database");
    let output = crate::built(root, &["--example", "dev-database"], "examples/dev-database")?
        .current_dir(root)
        .stderr(Stdio::inherit())
        .output()?;
    ensure!(output.status.success(), "no database: see above");
    let url = String::from_utf8(output.stdout)?.trim().to_owned();
    ensure!(url.starts_with("postgres"), "the example dev-database printed no address but {url:?}");
    Ok(url)
}

/// Lets the compiler describe every query, in a target folder of its own: there the crates can be made to compile
/// again without disturbing anybody's build.
fn describe(root: &Path, packages: &[String], database: &str) -> Result<BTreeMap<String, String>> {
    let target =
        std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from).join("sqlx");
    let queries = target.join("queries");
    if queries.exists() {
        fs::remove_dir_all(&queries)?;
    }
    fs::create_dir_all(&queries)?;
    forget(&target.join("debug/.fingerprint"), packages)?;
    report(&format!("checking the queries of {}", packages.join(", ")));
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["check", "--quiet"]);
    for package in packages {
        cargo.args(["--package", package]);
    }
    let output = cargo
        .current_dir(root)
        .env("CARGO_TARGET_DIR", &target)
        .env("DATABASE_URL", database)
        .env("SQLX_OFFLINE", "false")
        .env("SQLX_OFFLINE_DIR", &queries)
        .output()?;
    if !output.status.success() {
        report(&String::from_utf8_lossy(&output.stderr));
        bail!("the queries don't agree with the migrations, or the code doesn't compile: see above");
    }
    read(&queries)
}

/// The macros run only when their crate compiles, and cargo does not know that the database is an input.
fn forget(fingerprints: &Path, packages: &[String]) -> Result<()> {
    let Ok(entries) = fs::read_dir(fingerprints) else { return Ok(()) };
    for entry in entries {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let package = name.rsplit_once('-').map_or(name.as_str(), |(package, _)| package);
        if packages.iter().any(|p| p == package) {
            fs::remove_dir_all(&path)?;
        }
    }
    Ok(())
}

fn read(folder: &Path) -> Result<BTreeMap<String, String>> {
    let mut found = BTreeMap::new();
    let Ok(entries) = fs::read_dir(folder) else { return Ok(found) };
    for entry in entries {
        let path: PathBuf = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if name.starts_with("query-") {
            let text = fs::read_to_string(&path)?;
            found.insert(name, format!("{}\n", text.trim_end()));
        }
    }
    Ok(found)
}

type Names = Vec<String>;

fn differences(kept: &BTreeMap<String, String>, fresh: &BTreeMap<String, String>) -> (Names, Names, Names) {
    let missing = fresh.keys().filter(|name| !kept.contains_key(*name)).cloned().collect();
    let stale = kept.keys().filter(|name| !fresh.contains_key(*name)).cloned().collect();
    let changed = fresh
        .iter()
        .filter(|(name, text)| kept.get(*name).is_some_and(|k| k != *text))
        .map(|(n, _)| n.clone())
        .collect();
    (missing, stale, changed)
}

fn write(folder: &Path, kept: &BTreeMap<String, String>, fresh: &BTreeMap<String, String>) -> Result<()> {
    fs::create_dir_all(folder)?;
    for name in kept.keys().filter(|name| !fresh.contains_key(*name)) {
        fs::remove_file(folder.join(name))?;
    }
    for (name, text) in fresh {
        // unchanged files keep their time, so that nothing compiles for them
        if kept.get(name) != Some(text) {
            fs::write(folder.join(name), text)?;
        }
    }
    Ok(())
}

/// The first line of the query in a description.
fn opening(description: &str) -> String {
    let parsed: Option<serde_json::Value> = serde_json::from_str(description).ok();
    let query = parsed.as_ref().and_then(|value| value["query"].as_str()).unwrap_or_default();
    query.split_whitespace().take(10).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn differences_are_told_apart() {
        let map =
            |pairs: &[(&str, &str)]| pairs.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect();
        let kept: BTreeMap<String, String> = map(&[("a", "1"), ("b", "1"), ("c", "1")]);
        let fresh: BTreeMap<String, String> = map(&[("b", "1"), ("c", "2"), ("d", "1")]);
        let (missing, stale, changed) = differences(&kept, &fresh);
        assert_eq!(
            (missing, stale, changed),
            (vec!["d".to_owned()], vec!["a".to_owned()], vec!["c".to_owned()])
        );
    }

    #[test]
    fn a_query_is_shown_by_its_opening() {
        assert_eq!(opening(r#"{"query":"select\n  1 as one"}"#), "select 1 as one");
        assert_eq!(opening("broken"), "");
    }
}
