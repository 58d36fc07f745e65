//! Who hears of what: job names by event kind, put together once when the program is wired.

use std::collections::{BTreeMap, BTreeSet};

/// Which jobs an event gives rise to. Every transaction carries it, so that the log's one helper can enqueue them in
/// the transaction that writes the event.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Subscriptions {
    by_kind: BTreeMap<&'static str, BTreeSet<&'static str>>,
}

impl Subscriptions {
    /// Nobody hears anything.
    pub fn new() -> Self {
        Self::default()
    }

    /// A job hears of a kind of event: `post.published`; of all kinds of a subject: `post.*`; or of every event: `*`.
    #[must_use]
    pub fn on(mut self, kind: &'static str, job: &'static str) -> Self {
        self.by_kind.entry(kind).or_default().insert(job);
        self
    }

    /// Both together.
    #[must_use]
    pub fn and(mut self, other: Self) -> Self {
        for (kind, jobs) in other.by_kind {
            self.by_kind.entry(kind).or_default().extend(jobs);
        }
        self
    }

    /// The jobs that hear of a kind, each once.
    pub fn hearing(&self, kind: &str) -> Vec<&'static str> {
        let subject = kind.split('.').next().unwrap_or_default();
        let jobs: BTreeSet<&'static str> = self
            .by_kind
            .iter()
            .filter(|(pattern, _)| {
                **pattern == kind
                    || **pattern == "*"
                    || pattern.strip_suffix(".*").is_some_and(|of| of == subject)
            })
            .flat_map(|(_, jobs)| jobs.iter().copied())
            .collect();
        jobs.into_iter().collect()
    }

    /// Every job that hears of anything.
    pub fn jobs(&self) -> BTreeSet<&'static str> {
        self.by_kind.values().flatten().copied().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_choose_and_nobody_hears_twice() {
        let subscriptions = Subscriptions::new()
            .on("post.published", "insights.follow")
            .on("post.*", "insights.follow")
            .and(Subscriptions::new().on("*", "operations.webhooks").on("posts.made", "never"));
        assert_eq!(subscriptions.hearing("post.published"), ["insights.follow", "operations.webhooks"]);
        assert_eq!(subscriptions.hearing("posts.other"), ["operations.webhooks"]);
        assert_eq!(subscriptions.jobs().len(), 3);
    }
}
