//! The crate graph, from `cargo metadata`.

use std::{path::Path, process::Command};

use anyhow::{Context as _, Result, ensure};
use serde::Deserialize;

use super::floors;

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    dependencies: Vec<Dependency>,
}

#[derive(Deserialize)]
struct Dependency {
    name: String,
    /// none for an ordinary one, else "dev" or "build"
    kind: Option<String>,
    /// given for crates of the workspace
    path: Option<String>,
}

pub fn faults(root: &Path) -> Result<Vec<String>> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--no-deps", "--format-version", "1"])
        .current_dir(root)
        .output()
        .context("cargo metadata")?;
    ensure!(output.status.success(), "cargo metadata: {}", String::from_utf8_lossy(&output.stderr));
    let metadata: Metadata = serde_json::from_slice(&output.stdout)?;
    Ok(metadata.packages.iter().flat_map(of_package).collect())
}

fn of_package(package: &Package) -> Vec<String> {
    let user = floors::short(&package.name);
    let mut faults = Vec::new();
    if floors::TOOLS.contains(&user) {
        return faults;
    }
    if floors::height(user).is_none() {
        faults.push(format!("{}: no floor of the design has this crate", package.name));
    }
    for dependency in &package.dependencies {
        let test_only = dependency.kind.as_deref() == Some("dev");
        let other = floors::short(&dependency.name);
        if dependency.path.is_some() {
            let fine = floors::may_use(user, other)
                || (test_only && floors::TOOLS.contains(&other))
                // a crate may switch on features of its own for its tests
                || (test_only && other == user);
            if !fine {
                faults.push(format!(
                    "{}: may not use {}, which is not on a floor below",
                    package.name, dependency.name
                ));
            }
        }
        let banned =
            floors::PURE.iter().any(|(krate, never)| *krate == user && never.contains(&&*dependency.name));
        if banned && !test_only {
            faults.push(format!("{}: only computes, so it may not use {}", package.name, dependency.name));
        }
    }
    faults
}

#[cfg(test)]
mod tests {
    use super::*;

    fn package(name: &str, dependencies: &[(&str, Option<&str>, bool)]) -> Package {
        Package {
            name: name.to_owned(),
            dependencies: dependencies
                .iter()
                .map(|(name, kind, ours)| Dependency {
                    name: (*name).to_owned(),
                    kind: kind.map(str::to_owned),
                    path: ours.then(|| format!("crates/{name}")),
                })
                .collect(),
        }
    }

    #[test]
    fn upward_and_sideways_uses_are_named() {
        let faults = of_package(&package(
            "bellwether-brand",
            &[("bellwether-kernel", None, true), ("bellwether-studio", None, true), ("tokio", None, false)],
        ));
        assert_eq!(
            faults,
            ["bellwether-brand: may not use bellwether-studio, which is not on a floor below"]
        );
    }

    #[test]
    fn the_testkit_is_for_tests() {
        assert!(
            of_package(&package("bellwether-brand", &[("bellwether-testkit", Some("dev"), true)])).is_empty()
        );
        assert_eq!(of_package(&package("bellwether-brand", &[("bellwether-testkit", None, true)])).len(), 1);
    }

    #[test]
    fn language_stays_pure() {
        let faults = of_package(&package(
            "bellwether-language",
            &[("tokio", None, false), ("tokio", Some("dev"), false)],
        ));
        assert_eq!(faults, ["bellwether-language: only computes, so it may not use tokio"]);
    }
}
