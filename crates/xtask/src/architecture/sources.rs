//! Whose tables the SQL in each crate's sources names. Unit tests are left out: they may set a scene anywhere.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result};
use proc_macro2::{TokenStream, TokenTree};

use super::{floors, sql};

pub fn faults(root: &Path) -> Result<Vec<String>> {
    let mut faults = Vec::new();
    for krate in folders(&root.join("crates"))? {
        let name = krate.file_name().unwrap_or_default().to_string_lossy().into_owned();
        for file in files(&krate.join("src"))? {
            let shown = file.strip_prefix(root).unwrap_or(&file).display().to_string();
            if is_test(&shown) {
                continue;
            }
            let text = fs::read_to_string(&file).with_context(|| shown.clone())?;
            for (line, literal) in statements(&shown, &text)? {
                for found in sql::named(&literal) {
                    if !floors::may_name(&name, &found.schema, &found.name) {
                        let table = format!("{}.{}", found.schema, found.name);
                        faults.push(format!(
                            "{shown}:{line}: {name} may not name {table}, which {} owns",
                            found.schema
                        ));
                    }
                }
            }
        }
    }
    Ok(faults)
}

fn is_test(path: &str) -> bool {
    path.ends_with("/tests.rs")
        || path.ends_with("/testing.rs")
        || path.contains("/tests/")
        || path.contains("/testing/")
}

fn folders(parent: &Path) -> Result<Vec<PathBuf>> {
    let mut found: Vec<_> =
        fs::read_dir(parent)?.filter_map(Result::ok).map(|e| e.path()).filter(|p| p.is_dir()).collect();
    found.sort();
    Ok(found)
}

fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut open = vec![folder.to_owned()];
    while let Some(next) = open.pop() {
        for entry in fs::read_dir(&next).with_context(|| next.display().to_string())? {
            let path = entry?.path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|e| e == "rs" || e == "sql") {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}

/// Every SQL statement of a file with the line it starts on.
fn statements(file: &str, text: &str) -> Result<Vec<(usize, String)>> {
    if Path::new(file).extension().is_some_and(|e| e == "sql") {
        return Ok(vec![(1, text.to_owned())]);
    }
    let tokens: TokenStream = text.parse().map_err(|e| anyhow::anyhow!("{file}: not Rust: {e}"))?;
    let mut found = Vec::new();
    collect(tokens, &mut found);
    Ok(found)
}

/// Walks the tokens, so that literals inside macros (`query!`) are seen as well.
fn collect(tokens: TokenStream, found: &mut Vec<(usize, String)>) {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let mut at = 0;
    while at < tokens.len() {
        match &tokens[at] {
            // `#[…]`: documentation is no query, and what follows `#[cfg(test)]` is a test up to its body
            TokenTree::Punct(punct) if punct.as_char() == '#' => {
                let attribute = tokens[at + 1..].iter().take(2).find_map(|t| match t {
                    TokenTree::Group(group) => Some(group.stream().to_string()),
                    _ => None,
                });
                if attribute.is_some_and(|a| a.replace(' ', "") == "cfg(test)") {
                    at += item_length(&tokens[at..]);
                } else {
                    at += if matches!(tokens.get(at + 1), Some(TokenTree::Punct(_))) { 3 } else { 2 };
                }
                continue;
            }
            TokenTree::Literal(literal) => {
                let line = literal.span().start().line;
                if let Ok(text) = syn::parse_str::<syn::LitStr>(&literal.to_string())
                    && sql::is_statement(&text.value())
                {
                    found.push((line, text.value()));
                }
            }
            TokenTree::Group(group) => collect(group.stream(), found),
            _ => {}
        }
        at += 1;
    }
}

/// How many tokens until the item after an attribute ends: at its braces or its semicolon.
fn item_length(tokens: &[TokenTree]) -> usize {
    let end = tokens.iter().position(|token| match token {
        TokenTree::Group(group) => group.delimiter() == proc_macro2::Delimiter::Brace,
        TokenTree::Punct(punct) => punct.as_char() == ';',
        _ => false,
    });
    end.map_or(tokens.len(), |end| end + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn queries_are_found_in_macros_and_not_in_documentation_or_tests() {
        let source = r##"
            //! select 1 from documentation.x
            /// select 2 from documentation.x
            fn f() {
                query!(r#"select 3 from studio.posts"#, id);
                let kind = "billing.count_generation";
                call(&["update billing.plans set x = 1"]);
            }
            #[cfg(test)]
            mod tests { fn t() { q("select 4 from identity.users"); } }
            #[derive(Debug)]
            struct S { #[doc = "select 5 from x"] a: u8 }
            const LAST: &str = "delete from studio.posts";
        "##;
        let found = statements("x.rs", source).expect("tokens");
        let texts: Vec<_> = found.iter().map(|(_, text)| text.as_str()).collect();
        assert_eq!(
            texts,
            ["select 3 from studio.posts", "update billing.plans set x = 1", "delete from studio.posts"]
        );
        assert_eq!(found[0].0, 5);
    }
}
