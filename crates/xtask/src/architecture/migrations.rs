//! The migrations: each belongs to one context by its name, makes tables only there, and points only downwards.

use std::{fs, path::Path, sync::LazyLock};

use anyhow::{Context as _, Result};
use regex::Regex;

use super::{floors, sql};

static CREATES: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?i)\bcreate\s+(?:unlogged\s+)?(?:table|view|materialized\s+view)\s+(?:if\s+not\s+exists\s+)?(\w+)\.(\w+)")
        .ok()
});
static REFERENCES: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"(?i)\breferences\s+(\w+)\.(\w+)").ok());

pub fn faults(root: &Path) -> Result<Vec<String>> {
    let mut files: Vec<_> = fs::read_dir(root.join("migrations"))
        .context("migrations/")?
        .filter_map(Result::ok)
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|e| e == "sql"))
        .collect();
    files.sort();
    let mut faults = Vec::new();
    for file in files {
        let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
        faults.extend(of_migration(&name, &fs::read_to_string(&file)?));
    }
    Ok(faults)
}

fn of_migration(name: &str, text: &str) -> Vec<String> {
    let mut parts = name.splitn(3, '_');
    let (number, context) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    if number.len() != 4 || !number.bytes().all(|b| b.is_ascii_digit()) || parts.next().is_none() {
        return vec![format!("migrations/{name}: is named <four digits>_<context>_<what>.sql")];
    }
    if !floors::schemas().contains(&context) && floors::height(context).is_none() {
        return vec![format!("migrations/{name}: {context} is neither a context nor a schema")];
    }
    let bare = sql::without_comments_and_strings(text);
    let mut faults = Vec::new();
    for (schema, table) in pairs(CREATES.as_ref(), &bare) {
        if schema != context && schema != "archive" {
            faults.push(format!(
                "migrations/{name}: makes {schema}.{table}, which belongs into a migration of {schema}"
            ));
        }
    }
    for (schema, table) in pairs(REFERENCES.as_ref(), &bare) {
        let upward = match (floors::height(&schema), floors::height(context)) {
            (Some(to), Some(from)) => to > from,
            _ => false,
        };
        if upward {
            faults.push(format!("migrations/{name}: {context} points up to {schema}.{table}"));
        }
    }
    faults
}

fn pairs(pattern: Option<&Regex>, text: &str) -> Vec<(String, String)> {
    pattern
        .into_iter()
        .flat_map(|pattern| pattern.captures_iter(text))
        .map(|captures| (captures[1].to_lowercase(), captures[2].to_lowercase()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_migration_stays_in_its_context() {
        assert!(of_migration("0007_studio_posts.sql", "create table studio.posts (id uuid)").is_empty());
        assert_eq!(of_migration("0007_studio_posts.sql", "CREATE TABLE brand.x (id uuid)").len(), 1);
        assert!(of_migration("0007_studio_posts.sql", "-- create table brand.x").is_empty());
    }

    #[test]
    fn a_foreign_key_points_down_or_sideways() {
        let up = "create table brand.x (post uuid references studio.posts)";
        assert_eq!(
            of_migration("0007_brand_x.sql", up),
            ["migrations/0007_brand_x.sql: brand points up to studio.posts"]
        );
        assert!(
            of_migration("0007_studio_x.sql", "create table studio.x (b uuid references brand.brands)")
                .is_empty()
        );
    }

    #[test]
    fn the_name_says_whose_it_is() {
        assert_eq!(of_migration("0007_posts.sql", "").len(), 1);
        assert_eq!(of_migration("7_studio_posts.sql", "").len(), 1);
        assert_eq!(of_migration("0007_shop_posts.sql", "").len(), 1);
        assert_eq!(of_migration("0007_jobs_x.sql", "create table studio.x (id uuid)").len(), 1);
    }
}
