//! Whether a network would take a content, and if not: what, where, how to mend it.

use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    Content, Instance, Network, Part, PublishedText, Target, TargetRules,
    rules::{PartRules, rules, rules_of},
    text::{
        entity::{hashtags, mentions, urls},
        hashtag::{Grammar, is_hashtag},
        mention,
    },
    x::check::is_url,
};

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, serde::Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// The network refuses it, or it breaks the content's own form.
    Error,
    /// It will do, less well than it could.
    Warning,
}

/// Something wrong with a content.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Issue {
    /// JSON pointer into the content without the leading slash, such as `thread/2`; empty for the whole.
    pub path: String,
    /// Stable, such as `too_long`.
    #[schema(value_type = String)]
    pub code: &'static str,
    /// What is wrong and how to mend it.
    pub message: String,
    /// How bad it is.
    pub severity: Severity,
}

impl Issue {
    /// Whether the network would refuse it.
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}

/// Whether nothing stands against publishing.
pub fn is_valid(target: Target, content: &Content) -> bool {
    !validate(target, content).iter().any(Issue::is_error)
}

/// What is wrong with a content; empty when nothing is.
pub fn validate(target: Target, content: &Content) -> Vec<Issue> {
    validate_on(Instance::default(), target, content)
}

/// The same on an instance with its own limits.
pub fn validate_on(instance: Instance, target: Target, content: &Content) -> Vec<Issue> {
    let rules = rules_of(target);
    let mut check = Check { instance, network: target.network(), rules, issues: Vec::new() };
    if content.shape() == target.shape() {
        check.texts(content);
        check.form(content);
        check.tags(content);
        check.mentions(content);
    } else {
        let (ours, theirs) = (content.shape().as_str(), target.shape().as_str());
        check.error(
            "shape",
            "wrong_shape",
            format!("{} takes the shape “{theirs}”; this is “{ours}”.", target.name()),
        );
    }
    check.issues
}

struct Check {
    instance: Instance,
    network: Network,
    rules: &'static TargetRules,
    issues: Vec<Issue>,
}

impl Check {
    fn error(&mut self, path: impl Into<String>, code: &'static str, message: String) {
        self.issues.push(Issue { path: path.into(), code, message, severity: Severity::Error });
    }

    fn warning(&mut self, path: impl Into<String>, code: &'static str, message: String) {
        self.issues.push(Issue { path: path.into(), code, message, severity: Severity::Warning });
    }

    fn texts(&mut self, content: &Content) {
        for text in content.published_texts() {
            if let Some(part) = self.rules.part(text.part) {
                self.length(&text, part);
            }
            self.characters(&text);
            self.links(&text);
        }
    }

    fn length(&mut self, text: &PublishedText<'_>, part: &PartRules) {
        let name = part_name(text.part);
        if text.text.trim().is_empty() {
            if part.required {
                self.error(&text.path, "empty", format!("The {name} is empty: write it or take this out."));
            }
            return;
        }
        for limit in part.limits {
            let count = self.instance.count(text.text, limit);
            if count.fits() {
                continue;
            }
            let (used, most, unit) = (count.used, count.limit, limit.unit.name());
            let (over, network) = (used - most, self.network.name());
            if limit.hard {
                let message = format!(
                    "The {name} has {used} {unit}; {network} takes {most}. Shorten it by {over} {unit}."
                );
                self.error(&text.path, "too_long", message);
                // one refusal for one text is enough
                return;
            }
            let message = format!(
                "The {name} has {used} {unit}; more than {most} is cut off or not read. Shorten it by {over}."
            );
            self.warning(&text.path, "long", message);
        }
    }

    fn characters(&mut self, text: &PublishedText<'_>) {
        let name = part_name(text.part);
        if text.part == Part::Caption
            && let Some(found) = text.text.chars().find(|ch| self.rules.forbidden.contains(ch))
        {
            let message =
                format!("The {name} holds “{found}”, which {} refuses: take it out.", self.network.name());
            self.error(&text.path, "forbidden_character", message);
        }
        let refused =
            |ch: &char| (ch.is_control() && !matches!(ch, '\n' | '\r' | '\t')) || is_noncharacter(*ch);
        if let Some(found) = text.text.chars().find(refused) {
            let message = format!(
                "The {name} holds the invisible character U+{:04X}: delete and retype the place.",
                found as u32
            );
            self.error(&text.path, "invisible_character", message);
        }
        if matches!(text.part, Part::Subject | Part::Preheader | Part::Title)
            && text.text.trim().contains(['\n', '\r'])
        {
            self.error(
                &text.path,
                "line_break",
                format!("The {name} has a line break: write it in one line."),
            );
        }
    }

    fn links(&mut self, text: &PublishedText<'_>) {
        if text.part == Part::Script {
            return;
        }
        let links = urls(self.network, text.text);
        if let Some(most) = self.rules.max_links {
            let mut different: Vec<&str> = links.iter().map(|range| &text.text[range.clone()]).collect();
            different.sort_unstable();
            different.dedup();
            if different.len() > most as usize {
                let (count, network) = (different.len(), self.network.name());
                let message = format!(
                    "{count} different links; {network} takes {most}. Leave out {}.",
                    count - most as usize
                );
                self.error(&text.path, "too_many_links", message);
            }
        }
        let visible = !matches!(text.part, Part::SlideTitle | Part::SlideBody);
        let clickable = rules(self.network).links.clickable && !self.rules.plain_links;
        if visible && !links.is_empty() && !clickable {
            let message = format!("Nobody can click a link here. {}", rules(self.network).links.note);
            self.warning(&text.path, "link_not_clickable", message);
        }
        if self.network == Network::GoogleBusiness && holds_phone_number(text.text) {
            let message =
                "Google rejects posts with a telephone number in the text: take it out, the button can call.";
            self.error(&text.path, "phone_number", message.to_owned());
        }
    }

    fn form(&mut self, content: &Content) {
        match content {
            Content::Thread { thread, post_count, .. } => self.thread(thread.len(), *post_count),
            Content::Carousel { slides, .. } => self.slides(slides.len()),
            Content::Script { duration_seconds, hooks, .. } => self.script(*duration_seconds, hooks),
            Content::Email { cta: Some(cta), .. } => {
                if cta.text.trim().is_empty() {
                    self.error(
                        "cta/text",
                        "empty",
                        "The button says nothing: name what it does, or leave it out.".into(),
                    );
                }
                if cta.url.as_deref().is_some_and(|url| !is_url(url, true)) {
                    let message = "This is no address: it starts with https:// and has no spaces.".to_owned();
                    self.error("cta/url", "invalid_url", message);
                }
            }
            Content::Article { tags, .. } => {
                for (index, tag) in tags.iter().enumerate() {
                    if tag.trim().is_empty() {
                        self.error(
                            format!("tags/{index}"),
                            "empty",
                            "The tag is empty: leave it out.".into(),
                        );
                    } else if tag.starts_with('#') {
                        let message = "A tag of an article has no #: take it off.".to_owned();
                        self.error(format!("tags/{index}"), "malformed_tag", message);
                    }
                }
            }
            Content::Post { .. } | Content::Email { cta: None, .. } => {}
        }
    }

    fn thread(&mut self, posts: usize, said: u32) {
        if let Some(limits) = &self.rules.thread {
            if posts < limits.min as usize {
                let message = format!(
                    "A thread has at least {} posts; this has {posts}. Split it or make it a post.",
                    limits.min
                );
                self.error("thread", "too_few_posts", message);
            }
            if posts > limits.max as usize {
                let message =
                    format!("{posts} posts; hardly anybody reads more than {}. Leave some out.", limits.max);
                self.warning("thread", "many_posts", message);
            }
        }
        if posts != said as usize {
            self.error(
                "post_count",
                "wrong_count",
                format!("post_count says {said}, but there are {posts} posts."),
            );
        }
    }

    fn slides(&mut self, slides: usize) {
        let Some(limits) = &self.rules.slides else { return };
        let network = self.network.name();
        if slides < limits.min as usize {
            let message =
                format!("A carousel has at least {} slides; this has {slides}. Add some.", limits.min);
            self.error("slides", "too_few_slides", message);
        } else if slides > limits.max as usize {
            let message = format!("{slides} slides; {network} takes {}. Leave some out.", limits.max);
            self.error("slides", "too_many_slides", message);
        } else if slides > 2 * limits.recommended as usize {
            let message = format!("{slides} slides; about {} are swiped through.", limits.recommended);
            self.warning("slides", "many_slides", message);
        }
    }

    fn script(&mut self, seconds: u32, hooks: &[String]) {
        if let Some(index) = hooks.iter().position(|hook| hook.trim().is_empty()) {
            self.error(
                format!("hooks/{index}"),
                "empty",
                "The hook is empty: write it or leave it out.".into(),
            );
        }
        let Some(limits) = &self.rules.duration else { return };
        let network = self.network.name();
        if seconds < limits.min {
            let message =
                format!("{seconds} seconds; {network} takes videos from {} seconds on.", limits.min);
            self.error("duration_seconds", "too_short", message);
        } else if seconds > limits.max {
            let message =
                format!("{seconds} seconds; {network} takes {} at most. Shorten the script.", limits.max);
            self.error("duration_seconds", "too_long", message);
        }
    }

    fn tags(&mut self, content: &Content) {
        let grammar = self.network.hashtag_grammar();
        for (index, tag) in content.hashtags().iter().enumerate() {
            // where hashtags do nothing, the number below says so
            if grammar != Grammar::None && !is_hashtag(tag, grammar) {
                let message = format!(
                    "“{tag}” is no hashtag on {}: # and then letters, digits or _, without spaces.",
                    self.network.name()
                );
                self.error(format!("hashtags/{index}"), "malformed_hashtag", message);
            }
        }
        if content.hashtags().len() > 1 {
            let mut seen: Vec<String> = content.hashtags().iter().map(|tag| tag.to_lowercase()).collect();
            seen.sort_unstable();
            if seen.windows(2).any(|pair| pair[0] == pair[1]) {
                self.warning(
                    "hashtags",
                    "repeated_hashtag",
                    "A hashtag is there twice: leave one out.".into(),
                );
            }
        }
        let Some(most) = self.rules.max_hashtags else { return };
        for (path, count) in self.per_text(
            content,
            |network, text| hashtags(network, text).len(),
            "hashtags",
            content.hashtags().len(),
        ) {
            if count > most as usize {
                let message = self.too_many("hashtags", count, most);
                self.error(path, "too_many_hashtags", message);
            }
        }
    }

    fn mentions(&mut self, content: &Content) {
        let grammar = self.network.mention_grammar();
        for (index, mention) in content.mentions().iter().enumerate() {
            let found = mention::mentions(mention, grammar);
            // networks without mentions in plain text are told by the number below
            let whole = matches!(found.as_slice(), [only] if only.range == (0..mention.len()));
            if !whole && grammar != mention::Grammar::None {
                let message = format!("“{mention}” names no account on {}.", self.network.name());
                self.error(format!("mentions/{index}"), "malformed_mention", message);
            }
        }
        let Some(most) = self.rules.max_mentions else { return };
        for (path, count) in self.per_text(
            content,
            |network, text| mentions(network, text).len(),
            "mentions",
            content.mentions().len(),
        ) {
            if count > most as usize {
                let message = self.too_many("mentions", count, most);
                self.error(path, "too_many_mentions", message);
            }
        }
    }

    fn too_many(&self, what: &str, count: usize, most: u32) -> String {
        let network = self.network.name();
        if most == 0 {
            return format!("{network} does nothing with {what}: leave them out.");
        }
        format!("{count} {what}; {network} takes {most}. Leave out {}.", count - most as usize)
    }

    /// How many of something each text has that is published as one, and how many the list beside them has. In a
    /// thread the list is of all posts together, so only the posts themselves count.
    fn per_text(
        &self,
        content: &Content,
        count: impl Fn(Network, &str) -> usize,
        list: &str,
        listed: usize,
    ) -> Vec<(String, usize)> {
        let texts = content.published_texts().into_iter();
        let mut counts: Vec<(String, usize)> = texts
            .filter(|text| matches!(text.part, Part::Text | Part::Caption))
            .map(|text| (text.path, count(self.network, text.text)))
            .collect();
        if !matches!(content, Content::Thread { .. }) {
            counts.push((list.to_owned(), listed));
        }
        counts
    }
}

/// As a person calls it.
const fn part_name(part: Part) -> &'static str {
    match part {
        Part::Text => "text",
        Part::Caption => "caption",
        Part::Script => "script",
        Part::SlideTitle => "slide’s title",
        Part::SlideBody => "slide’s text",
        Part::Subject => "subject",
        Part::Preheader => "preheader",
        Part::Title => "title",
        Part::Description => "description",
        Part::Body => "body",
    }
}

/// Code points that are set aside for good: no network keeps them, X refuses the post.
const fn is_noncharacter(ch: char) -> bool {
    matches!(ch, '\u{FDD0}'..='\u{FDEF}' | '\u{FEFF}') || (ch as u32) & 0xFFFE == 0xFFFE
}

/// Nine to fifteen digits as telephone numbers are written: with `+`, a zero or a bracket first, or in three, three and
/// four. Dates and amounts are not.
fn holds_phone_number(text: &str) -> bool {
    let is_part = |ch: char| ch.is_ascii_digit() || matches!(ch, '+' | '(' | ')' | ' ' | '-' | '/');
    text.split(|ch| !is_part(ch)).any(|run| {
        let run = run.trim_matches([' ', '-', '/']);
        let digits = run.chars().filter(char::is_ascii_digit).count();
        let groups: Vec<usize> =
            run.split([' ', '-', '/', '(', ')']).map(str::len).filter(|&length| length > 0).collect();
        (9..=15).contains(&digits) && (run.starts_with(['+', '0', '(']) || groups == [3, 3, 4])
    })
}

#[cfg(test)]
mod tests {
    use super::holds_phone_number;

    #[test]
    fn phone_numbers() {
        for text in ["Call +1 (555) 010-9999 now", "Tel. 030 1234567", "555-010-9999", "(555) 010 9999"] {
            assert!(holds_phone_number(text), "{text}");
        }
        for text in
            ["Open 2026-11-21 10:00", "1 000 000 000 reasons", "From 9 to 5", "ISO 27001, 2022 edition", ""]
        {
            assert!(!holds_phone_number(text), "{text}");
        }
    }
}
