//! Which tables and functions a piece of SQL names, and is it SQL at all.

use std::sync::LazyLock;

use regex::Regex;

use super::floors;

/// Something a query names: `schema.name`.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord, Clone)]
pub struct Named {
    pub schema: String,
    pub name: String,
}

/// After one of these words stands a table; before a parenthesis stands a function. A bare `schema.name` elsewhere
/// may be a column of an alias that happens to be called like a schema, so it proves nothing.
static NAMED: LazyLock<Regex> = LazyLock::new(|| {
    let schemas = floors::schemas().join("|");
    pattern(&format!(
        r#"(?ix) \b(?:from|join|into|update|table|using|only|references|on|call|truncate)\s+"?({schemas})"?\."?(\w+)"?
               | "?\b({schemas})\b"?\."?(\w+)"?\s*\( "#
    ))
});

static STATEMENT: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?ix) ^\s*(--[^\n]*\n\s*)*
        (with\s|select\s|insert\s+into\s|update\s|delete\s+from\s|merge\s+into\s|truncate\s|copy\s|lock\s+table\s|call\s
        |create\s|alter\s|drop\s|begin\b|do\s|explain\s|refresh\s)",
    )
});

static QUOTED: LazyLock<Regex> = LazyLock::new(|| pattern(r"'(?:[^']|'')*'"));
static COMMENT: LazyLock<Regex> = LazyLock::new(|| pattern(r"--[^\n]*|(?s:/\*.*?\*/)"));

#[expect(
    clippy::expect_used,
    reason = "the patterns are constants, and the tests below compile each of them"
)]
fn pattern(text: &str) -> Regex {
    Regex::new(text).expect("a valid pattern")
}

/// Does this text open like a statement? Event kinds such as `billing.count_generation` do not.
pub fn is_statement(text: &str) -> bool {
    STATEMENT.is_match(text)
}

/// Everything of a known schema that the SQL names, sorted, each once.
pub fn named(sql: &str) -> Vec<Named> {
    let bare = without_comments_and_strings(sql);
    let mut found: Vec<Named> = NAMED
        .captures_iter(&bare)
        .filter_map(|captures| {
            let schema = captures.get(1).or_else(|| captures.get(3))?;
            let name = captures.get(2).or_else(|| captures.get(4))?;
            Some(Named { schema: schema.as_str().to_lowercase(), name: name.as_str().to_lowercase() })
        })
        .collect();
    found.sort();
    found.dedup();
    found
}

/// The SQL without what no name can stand in.
pub fn without_comments_and_strings(sql: &str) -> String {
    let bare = COMMENT.replace_all(sql, " ");
    QUOTED.replace_all(&bare, "''").into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(sql: &str) -> Vec<String> {
        named(sql).into_iter().map(|n| format!("{}.{}", n.schema, n.name)).collect()
    }

    #[test]
    fn tables_and_functions_are_found() {
        let sql = "with x as (select * from studio.posts p join brand.brands b on true) \
                   insert into operations.events select tenancy.current_organization(), b.name from x";
        assert_eq!(
            names(sql),
            ["brand.brands", "operations.events", "studio.posts", "tenancy.current_organization"]
        );
    }

    #[test]
    fn strings_comments_and_aliases_are_not() {
        let sql =
            "select brand.name, 'from billing.plans' -- from identity.users\n from studio.posts as brand";
        assert_eq!(names(sql), ["studio.posts"]);
    }

    #[test]
    fn quoted_names_are_names() {
        assert_eq!(names(r#"update "billing"."plans" set x = 1"#), ["billing.plans"]);
    }

    #[test]
    fn statements_are_told_from_event_kinds() {
        assert!(is_statement("\n  SELECT 1"));
        assert!(is_statement("-- why\nupdate x set y = 1"));
        assert!(!is_statement("billing.count_generation"));
        assert!(!is_statement("selected from the list"));
    }
}
