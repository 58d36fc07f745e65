//! Files that are written by the code: compared with what the code says now, or written anew.

use std::{
    fs,
    path::Path,
    process::{Command, Stdio},
};

use anyhow::{Context as _, Result, ensure};

use crate::report;

const OPENAPI: &str = "docs/api/openapi.json";
const NETWORKS: &str = "docs/networks.md";
const PERMISSIONS: &str = "docs/permissions.md";
const TYPES: &str = "web/src/shared/api/schema.gen.ts";

/// Compares (`check`) or writes each file; true when all of them are (now) right.
pub fn run(root: &Path, check: bool) -> Result<bool> {
    let openapi = bellwether(root, &["openapi"])?;
    let types = types(root, &openapi)?;
    let networks = bellwether(root, &["networks"])?;
    let permissions = bellwether(root, &["permissions"])?;
    let mut right = true;
    for (path, text) in [(OPENAPI, openapi), (TYPES, types), (NETWORKS, networks), (PERMISSIONS, permissions)]
    {
        let file = root.join(path);
        if fs::read_to_string(&file).ok().as_deref() == Some(&text) {
            continue;
        }
        if check {
            report(&format!("{path} is not what the code says: run `make generated` and commit it"));
            right = false;
        } else {
            fs::create_dir_all(file.parent().context("a file lies in a folder")?)?;
            fs::write(&file, text)?;
            report(&format!("{path} written"));
        }
    }
    Ok(right)
}

fn bellwether(root: &Path, arguments: &[&str]) -> Result<String> {
    let output = crate::built(root, &["--bin", "bellwether"], "bellwether")?
        .args(arguments)
        .current_dir(root)
        .stderr(Stdio::inherit())
        .output()?;
    ensure!(output.status.success(), "`bellwether {}` failed: see above", arguments.join(" "));
    Ok(format!("{}\n", String::from_utf8(output.stdout)?.trim_end()))
}

/// The browser app's types of the API, from the API's description.
fn types(root: &Path, openapi: &str) -> Result<String> {
    let folder = root.join("target/generated");
    fs::create_dir_all(&folder)?;
    let (description, types) = (folder.join("openapi.json"), folder.join("schema.gen.ts"));
    fs::write(&description, openapi)?;
    let output = Command::new("npx")
        .args(["--no-install", "openapi-typescript"])
        .arg(&description)
        .arg("--output")
        .arg(&types)
        .current_dir(root.join("web"))
        .output()
        .context("npx: is Node.js installed, and were the packages of web/ (npm ci)?")?;
    ensure!(output.status.success(), "openapi-typescript: {}", String::from_utf8_lossy(&output.stderr));
    Ok(fs::read_to_string(&types)?)
}
