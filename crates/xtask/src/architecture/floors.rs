//! The design as data. Whoever changes this file changes the architecture: say why beside the change.

/// From the ground up. A crate may use only floors below its own.
const FLOORS: &[&[&str]] = &[
    &["kernel"],
    // vault computes only: it knows no table
    &["store", "vault"],
    &["web", "jobs"],
    // cards draws pictures of words and knows nothing else
    &["language", "cards"],
    // each asks only language, if anything: networks' rules, files and the outside web, style, people's mail
    // and what texts mean, by a model on this machine
    &["networks", "ingest", "voice", "mail", "embed"],
    &["models"],
    &["identity", "operations", "billing"],
    &["brand", "trends"],
    &["studio"],
    &["publishing", "inbox", "insights", "journeys"],
    &["automation", "assistant", "growth", "delivery"],
    &["bellwether"],
];

/// Uses between crates of one floor: user, used, why.
const SIDEWAYS: &[(&str, &str, &str)] = &[
    (
        "trends",
        "brand",
        "what rises is compared with what a brand speaks about: its pillars, profile and audiences",
    ),
    ("billing", "operations", "the usage page shows what models cost this month, which operations meters"),
    (
        "identity",
        "operations",
        "sign-ins, keys and refusals go into the security log, which operations keeps",
    ),
];

/// Crates of no floor: tools that may use everything and that only tests may use.
pub const TOOLS: &[&str] = &["testkit", "xtask"];

/// Crates that compute and nothing else: what they may never depend on.
pub const PURE: &[(&str, &[&str])] = &[
    (
        "language",
        &["tokio", "sqlx", "reqwest", "axum", "bellwether-store", "bellwether-web", "bellwether-jobs"],
    ),
    ("cards", &["tokio", "sqlx", "reqwest", "axum", "bellwether-store", "bellwether-web", "bellwether-jobs"]),
    ("embed", &["tokio", "sqlx", "reqwest", "axum", "bellwether-store", "bellwether-web", "bellwether-jobs"]),
    ("kernel", &["tokio", "reqwest", "axum"]),
];

/// Schemas that belong to no context: who may name them in SQL; an empty list is everybody.
const SHARED_SCHEMAS: &[(&str, &[&str])] = &[
    // functions that every policy and many queries call; it has no tables
    ("tenancy", &[]),
    ("graphile_worker", &["jobs"]),
];

/// Tables and functions that a crate names although another owns the schema: crate, name, why.
const EXCEPTIONS: &[(&str, &str, &str)] = &[
    (
        "jobs",
        "operations.events",
        "jobs is the one writer and reader of the event log; operations only shows it",
    ),
    ("jobs", "operations.enqueue_job", "the definer function is jobs' way into the queue's tables"),
    ("jobs", "operations.cancel_job", "the definer function is jobs' way into the queue's tables"),
    ("mail", "operations.mails", "mail is the one writer and reader of the outbox, below every context"),
    ("mail", "operations.queue_mail", "the definer function is mail's way into the outbox"),
    (
        "mail",
        "operations.queue_marketing_mail",
        "the same way in for mails that say in their headers how to leave",
    ),
    (
        "identity",
        "brand.directory",
        "a view that brand publishes: identity opens the door to a brand from below",
    ),
    (
        "identity",
        "brand.former_slugs",
        "a view that brand publishes: former addresses of brands lead through the same door",
    ),
    (
        "publishing",
        "studio.publishable_posts",
        "a view that studio publishes: the post is held in the transaction that begins to send it",
    ),
    (
        "publishing",
        "studio.publishable_media",
        "a view that studio publishes: the files of a post are read in the transaction that begins to send it",
    ),
    ("publishing", "brand.in_use", "a view that brand publishes: of a deleted brand nothing goes out"),
    ("trends", "brand.in_use", "a view that brand publishes: sources of a deleted brand are not looked at"),
    ("studio", "archive.generations", "the twin of studio's own table, which it fills after 90 days"),
    (
        "web",
        "operations.events",
        "the stream of server-sent events is read from the log, on the same floor as its writer",
    ),
    ("web", "operations.idempotency_keys", "answers are kept where requests come in, below every context"),
];

/// The crate's name in the floors: `bellwether-web` → `web`.
pub fn short(package: &str) -> &str {
    package.strip_prefix("bellwether-").unwrap_or(package)
}

/// How high a crate stands; none for tools and for crates that the design does not know.
pub fn height(krate: &str) -> Option<usize> {
    FLOORS.iter().position(|floor| floor.contains(&krate))
}

/// May `user` use `other`?
pub fn may_use(user: &str, other: &str) -> bool {
    let (Some(from), Some(to)) = (height(user), height(other)) else { return false };
    to < from || SIDEWAYS.iter().any(|(a, b, _)| (*a, *b) == (user, other))
}

/// Every schema that a context or a shared part owns.
pub fn schemas() -> Vec<&'static str> {
    // `archive` holds the twins of tables that retention moved out
    FLOORS
        .iter()
        .flat_map(|floor| floor.iter().copied())
        .filter(|name| {
            ![
                "kernel",
                "store",
                "vault",
                "web",
                "jobs",
                "language",
                "networks",
                "ingest",
                "mail",
                "models",
                "bellwether",
            ]
            .contains(name)
        })
        .chain(SHARED_SCHEMAS.iter().map(|(schema, _)| *schema))
        .chain(["archive"])
        .collect()
}

/// May SQL in `krate` name `schema.table`?
pub fn may_name(krate: &str, schema: &str, table: &str) -> bool {
    let name = format!("{schema}.{table}");
    krate == schema
        || TOOLS.contains(&krate)
        || SHARED_SCHEMAS
            .iter()
            .any(|(shared, users)| *shared == schema && (users.is_empty() || users.contains(&krate)))
        || (schema == "archive" && krate == "operations")
        || EXCEPTIONS.iter().any(|(user, named, _)| *user == krate && *named == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_crate_uses_only_what_is_below() {
        assert!(may_use("studio", "brand"));
        assert!(!may_use("web", "jobs"));
        assert!(may_use("billing", "operations"));
        assert!(!may_use("operations", "billing"));
        assert!(!may_use("jobs", "web"));
        assert!(!may_use("brand", "studio"));
        assert!(!may_use("identity", "billing"));
        assert!(!may_use("studio", "unheard_of"));
    }

    #[test]
    fn a_table_is_named_by_its_owner() {
        assert!(may_name("studio", "studio", "posts"));
        assert!(!may_name("studio", "brand", "brands"));
        assert!(may_name("jobs", "operations", "events"));
        assert!(!may_name("studio", "operations", "events"));
    }

    #[test]
    fn every_exception_is_one() {
        for (krate, name, reason) in EXCEPTIONS {
            let (schema, _) = name.split_once('.').expect("schema.table");
            assert!(schemas().contains(&schema) && krate != &schema, "{name}");
            assert!(reason.len() > 10, "{name} has no reason");
        }
    }
}
