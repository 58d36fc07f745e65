//! What a person chooses of a network beside the text: who sees a video, where a button leads, what the first comment says.
//! Described once; the server checks by it, the browser makes its form of it, `docs/networks.md` lists it.

use chrono::NaiveDateTime;
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use crate::{
    Instance, Issue, Severity, Target,
    rules::{Limit, Unit, all, rules_of},
    x::check::is_url,
};

/// A choice that a network has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct OptionRules {
    /// By which it is sent: `privacy`.
    pub name: &'static str,
    /// As a person reads it.
    pub label: &'static str,
    /// What it does, in a line; what happens without it, where that is not plain.
    pub help: &'static str,
    /// What may be said.
    pub kind: OptionKind,
    /// What it takes of others.
    pub needs: &'static [Need],
}

impl OptionRules {
    /// A choice that needs nothing of others.
    pub const fn new(name: &'static str, label: &'static str, help: &'static str, kind: OptionKind) -> Self {
        Self { name, label, help, kind, needs: &[] }
    }
}

/// What may be said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum OptionKind {
    /// One of these.
    Choice {
        /// In the order in which a person sees them.
        values: &'static [Choice],
        /// What is taken where nothing is said; absent where the network or the account decides.
        default: Option<&'static str>,
    },
    /// Words.
    Text {
        /// At most.
        max: u32,
        /// Of these.
        unit: Unit,
    },
    /// A web address.
    Url,
    /// A whole number.
    Number {
        /// At least.
        min: u32,
        /// At most.
        max: u32,
    },
    /// A language's code, such as `en` or `pt-BR`.
    Language,
    /// A time on the wall clock where it happens, `2026-12-24T18:00`.
    Time {
        /// It has to be later than this option, where that is said.
        after: Option<&'static str>,
    },
    /// Yes or no.
    Flag {
        /// What is taken where nothing is said.
        default: bool,
    },
}

/// One of several values.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = OptionChoice)]
pub struct Choice {
    /// As it is sent.
    pub value: &'static str,
    /// As a person reads it.
    pub label: &'static str,
}

/// A value and its words.
pub const fn choice(value: &'static str, label: &'static str) -> Choice {
    Choice { value, label }
}

/// What an option takes of another one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = OptionNeed)]
pub struct Need {
    /// Only with these values of its own (`true` for yes); with any where empty.
    pub when: &'static [&'static str],
    /// The other one.
    pub option: &'static str,
    /// Which has to have one of these values; any where empty.
    pub values: &'static [&'static str],
    /// Why, to whom it isn't so.
    pub words: &'static str,
}

/// How long a first comment may be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct FirstComment {
    /// At most.
    pub max: u32,
    /// Of these.
    pub unit: Unit,
}

impl FirstComment {
    /// At most so many.
    pub const fn new(max: u32, unit: Unit) -> Self {
        Self { max, unit }
    }
}

/// What is wrong with a first comment and with options; empty when nothing is. Paths are `first_comment` and
/// `options/<name>`.
pub fn check_options(
    target: Target,
    first_comment: Option<&str>,
    options: &Map<String, Value>,
) -> Vec<Issue> {
    let mut issues = Vec::new();
    let mut error = |path: String, code: &'static str, message: String| {
        issues.push(Issue { path, code, message, severity: Severity::Error });
    };
    if let Some(comment) = first_comment
        && let Err((code, words)) = check_comment(target, comment)
    {
        error("first_comment".to_owned(), code, words);
    }
    let known = rules_of(target).options;
    for (name, value) in options {
        let path = format!("options/{}", name.replace('~', "~0").replace('/', "~1"));
        let Some(option) = known.iter().find(|option| option.name == name) else {
            let (code, words) = stranger(target, name);
            error(path, code, words);
            continue;
        };
        if let Err((code, words)) = check_value(target, option, value) {
            error(path, code, words);
            continue;
        }
        if let OptionKind::Time { after: Some(before) } = &option.kind
            && let (Some(own), Some(other)) = (time_of(value), options.get(*before).and_then(time_of))
            && own <= other
        {
            let first = known.iter().find(|known| known.name == *before).map_or(*before, |known| known.label);
            error(path, "out_of_order", format!("{}: it has to be later than “{first}”.", option.label));
            continue;
        }
        for need in option.needs {
            let applies = need.when.is_empty() || said(value).is_some_and(|own| need.when.contains(&own));
            let other = known.iter().find(|other| other.name == need.option);
            let there = other.and_then(|other| taken(other, options));
            let met = there.is_some_and(|there| need.values.is_empty() || need.values.contains(&there));
            if applies && !met {
                // told where it is mended: where a value is missing, at the one that is missing
                let at = if there.is_none() { need.option } else { option.name };
                error(format!("options/{at}"), "required", need.words.to_owned());
            }
        }
    }
    issues
}

/// What options are kept: without what says nothing.
pub fn tidied(mut options: Map<String, Value>) -> Map<String, Value> {
    options
        .retain(|_, value| !(value.is_null() || value.as_str().is_some_and(|text| text.trim().is_empty())));
    options
}

type Wrong = (&'static str, String);

fn check_comment(target: Target, comment: &str) -> Result<(), Wrong> {
    let network = target.network().name();
    let Some(rules) = &rules_of(target).first_comment else {
        let words = format!("{network} takes no first comment here. Put it into the text or leave it out.");
        return Err(("not_supported", words));
    };
    if comment.trim().is_empty() {
        return Err(("empty", "The first comment is empty: write it or leave it out.".to_owned()));
    }
    fits("The first comment", network, comment, rules.max, rules.unit)
}

fn fits(what: &str, network: &str, text: &str, max: u32, unit: Unit) -> Result<(), Wrong> {
    let count = Instance::default().count(text, &Limit::hard(max, unit));
    if count.fits() {
        return Ok(());
    }
    let (used, unit, over) = (count.used, unit.name(), count.used - count.limit);
    let words = format!("{what} has {used} {unit}; {network} takes {max}. Shorten it by {over} {unit}.");
    Err(("too_long", words))
}

/// An option that this target does not have.
fn stranger(target: Target, name: &str) -> Wrong {
    let own: Vec<&str> = rules_of(target).options.iter().map(|option| option.name).collect();
    let has = if own.is_empty() { "It has none.".to_owned() } else { format!("It has: {}.", own.join(", ")) };
    let elsewhere: Vec<&str> = all()
        .filter(|rules| {
            let mut types = rules.content_types.iter();
            types.any(|known| known.rules.options.iter().any(|option| option.name == name))
        })
        .map(|rules| rules.name)
        .collect();
    let short: String = name.chars().take(80).collect();
    if elsewhere.is_empty() {
        return ("unknown_option", format!("`{target}` has no option `{short}`. {has}"));
    }
    let words = format!("`{short}` is an option of {}, not of `{target}`. {has}", elsewhere.join(", "));
    ("not_of_this_network", words)
}

fn check_value(target: Target, option: &OptionRules, value: &Value) -> Result<(), Wrong> {
    let network = target.network().name();
    let wrong_type = |wanted: &str| Err(("wrong_type", format!("{}: give {wanted}.", option.label)));
    match &option.kind {
        OptionKind::Choice { values, .. } => {
            let Some(text) = value.as_str() else { return wrong_type("one of the values as a text") };
            if values.iter().any(|known| known.value == text) {
                return Ok(());
            }
            let known: Vec<String> = values.iter().map(|known| format!("`{}`", known.value)).collect();
            let words = format!("{}: {network} takes one of {}.", option.label, known.join(", "));
            Err(("value_not_allowed", words))
        }
        OptionKind::Text { max, unit } => {
            let Some(text) = value.as_str() else { return wrong_type("a text") };
            fits(option.label, network, text, *max, *unit)?;
            let refused = |ch: &char| {
                rules_of(target).forbidden.contains(ch) || (ch.is_control() && !"\n\r\t".contains(*ch))
            };
            match text.chars().find(refused) {
                Some(found) => {
                    let words = format!(
                        "{} holds “{}”, which {network} refuses.",
                        option.label,
                        found.escape_default()
                    );
                    Err(("forbidden_character", words))
                }
                None => Ok(()),
            }
        }
        OptionKind::Url => match value.as_str() {
            Some(text) if text.len() <= 2_048 && is_url(text, true) => Ok(()),
            Some(_) => {
                let words = "This is no address: it starts with https:// and has no spaces.".to_owned();
                Err(("invalid_url", words))
            }
            None => wrong_type("an address as a text"),
        },
        OptionKind::Number { min, max } => match value.as_u64() {
            Some(number) if (u64::from(*min)..=u64::from(*max)).contains(&number) => Ok(()),
            Some(_) => Err(("out_of_range", format!("{}: give {min} to {max}.", option.label))),
            None => wrong_type("a whole number"),
        },
        OptionKind::Language => match value.as_str() {
            Some(text) if is_language(text) => Ok(()),
            _ => {
                let words = format!("{}: give a language's code, such as `en` or `pt-BR`.", option.label);
                Err(("value_not_allowed", words))
            }
        },
        OptionKind::Time { .. } if time_of(value).is_some() => Ok(()),
        OptionKind::Time { .. } => {
            let words = format!("{}: give a day and a time such as 2026-12-24T18:00.", option.label);
            Err(("invalid_time", words))
        }
        OptionKind::Flag { .. } if value.is_boolean() => Ok(()),
        OptionKind::Flag { .. } => wrong_type("`true` or `false`"),
    }
}

/// A wall-clock time as it is sent, to the minute.
pub(crate) fn time_of(value: &Value) -> Option<NaiveDateTime> {
    NaiveDateTime::parse_from_str(value.as_str()?, "%Y-%m-%dT%H:%M").ok()
}

fn is_language(text: &str) -> bool {
    let mut parts = text.split('-');
    let language = parts.next().unwrap_or_default();
    (2..=3).contains(&language.len())
        && language.bytes().all(|byte| byte.is_ascii_lowercase())
        && parts.clone().count() <= 3
        && parts.all(|part| (1..=8).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphanumeric()))
}

/// A value as needs name it.
fn said(value: &Value) -> Option<&str> {
    match value {
        Value::Bool(true) => Some("true"),
        Value::Bool(false) => Some("false"),
        value => value.as_str(),
    }
}

/// What holds of an option: what is said, else what is taken without a word.
fn taken<'a>(option: &OptionRules, options: &'a Map<String, Value>) -> Option<&'a str> {
    match (options.get(option.name), &option.kind) {
        (Some(value), _) => said(value),
        (None, OptionKind::Choice { default, .. }) => *default,
        (None, OptionKind::Flag { default }) => Some(if *default { "true" } else { "false" }),
        (None, _) => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn check(target: &str, comment: Option<&str>, options: Value) -> Vec<(String, &'static str)> {
        let Value::Object(options) = options else { panic!("no object") };
        let issues = check_options(Target::parse(target).unwrap(), comment, &options);
        issues.into_iter().map(|issue| (issue.path, issue.code)).collect()
    }

    fn one(path: &str, code: &'static str) -> Vec<(String, &'static str)> {
        vec![(path.to_owned(), code)]
    }

    #[test]
    fn descriptions_are_whole() {
        for target in Target::ALL {
            let options = rules_of(*target).options;
            for (at, option) in options.iter().enumerate() {
                assert!(!option.label.is_empty() && !option.help.is_empty(), "{target} {}", option.name);
                assert!(
                    options[..at].iter().all(|other| other.name != option.name),
                    "{target} {}",
                    option.name
                );
                let has =
                    |name: &str, value: &str| match &options.iter().find(|o| o.name == name).unwrap().kind {
                        OptionKind::Choice { values, .. } => values.iter().any(|known| known.value == value),
                        OptionKind::Flag { .. } => matches!(value, "true" | "false"),
                        _ => false,
                    };
                if let OptionKind::Choice { values, default } = &option.kind {
                    assert!(values.len() > 1 && default.is_none_or(|default| has(option.name, default)));
                }
                for need in option.needs {
                    assert!(
                        options.iter().any(|other| other.name == need.option),
                        "{target} {}",
                        need.option
                    );
                    assert!(
                        need.when.iter().all(|value| has(option.name, value)),
                        "{target} {}",
                        option.name
                    );
                    assert!(
                        need.values.iter().all(|value| has(need.option, value)),
                        "{target} {}",
                        need.option
                    );
                }
            }
        }
    }

    #[test]
    fn what_is_wrong_is_told_where_it_is() {
        assert_eq!(check("x.post", Some("More below"), json!({ "reply_settings": "following" })), vec![]);
        assert_eq!(check("x.post", Some(&"é".repeat(281)), json!({})), one("first_comment", "too_long"));
        assert_eq!(check("x.post", Some("https://example.com/"), json!({})), vec![]);
        assert_eq!(check("blog.article", Some("More"), json!({})), one("first_comment", "not_supported"));
        assert_eq!(check("x.post", Some("  "), json!({})), one("first_comment", "empty"));
        assert_eq!(
            check("x.post", None, json!({ "colour": "red" })),
            one("options/colour", "unknown_option")
        );
        assert_eq!(
            check("x.post", None, json!({ "privacy": "public" })),
            one("options/privacy", "not_of_this_network")
        );
        assert_eq!(
            check("youtube.short_script", None, json!({ "privacy": "friends" })),
            one("options/privacy", "value_not_allowed")
        );
        assert_eq!(
            check("youtube.short_script", None, json!({ "made_for_kids": "yes" })),
            one("options/made_for_kids", "wrong_type")
        );
        assert_eq!(
            check("youtube.short_script", None, json!({ "description": "a <b>" })),
            one("options/description", "forbidden_character")
        );
        assert_eq!(
            check("mastodon.post", None, json!({ "language": "English" })),
            one("options/language", "value_not_allowed")
        );
        assert_eq!(
            check("tiktok.script", None, json!({ "cover_ms": 700_000 })),
            one("options/cover_ms", "out_of_range")
        );
        assert_eq!(check("x.post", None, json!({ "a/b~": 1 })), one("options/a~1b~0", "unknown_option"));
    }

    #[test]
    fn a_button_has_an_address_and_an_address_a_button() {
        let check = |options| check("google_business.post", None, options);
        assert_eq!(check(json!({ "action": "LEARN_MORE" })), one("options/action_url", "required"));
        assert_eq!(
            check(json!({ "action": "LEARN_MORE", "action_url": "https://example.com/a b" })),
            one("options/action_url", "invalid_url")
        );
        assert_eq!(check(json!({ "action": "LEARN_MORE", "action_url": "https://example.com" })), vec![]);
        assert_eq!(check(json!({ "action": "CALL" })), vec![]);
        assert_eq!(check(json!({ "action_url": "https://example.com" })), one("options/action", "required"));
        // news has no time of its own; an event has all of it, an offer no button
        let event = json!({ "topic": "EVENT", "event_title": "Open day", "starts": "2026-12-24T10:00" });
        assert_eq!(check(event), one("options/ends", "required"));
        let times = |starts: &str, ends: &str| json!({ "topic": "EVENT", "event_title": "Open day", "starts": starts, "ends": ends });
        assert_eq!(check(times("2026-12-24T10:00", "2026-12-24T18:00")), vec![]);
        assert_eq!(check(times("2026-12-24T10:00", "2026-12-24T09:00")), one("options/ends", "out_of_order"));
        assert_eq!(check(times("tomorrow", "2026-12-24T09:00")), one("options/starts", "invalid_time"));
        assert_eq!(check(json!({ "event_title": "Open day" })), one("options/event_title", "required"));
        assert_eq!(check(json!({ "coupon_code": "BREAD10" })), one("options/coupon_code", "required"));
        let offer = json!({ "topic": "OFFER", "event_title": "Ten off", "starts": "2026-12-24T10:00",
            "ends": "2026-12-31T18:00", "coupon_code": "BREAD10", "redeem_url": "https://example.com/x" });
        assert_eq!(check(offer.clone()), vec![]);
        let mut button = offer;
        button["action"] = json!("CALL");
        assert_eq!(check(button), one("options/action", "required"));
        // a paid partnership is public, which it is without a word
        let tiktok = |options| super::tests::check("tiktok.script", None, options);
        assert_eq!(tiktok(json!({ "brand_content_toggle": true })), vec![]);
        assert_eq!(
            tiktok(json!({ "brand_content_toggle": true, "privacy": "SELF_ONLY" })),
            one("options/brand_content_toggle", "required")
        );
        assert_eq!(tiktok(json!({ "brand_content_toggle": false, "privacy": "SELF_ONLY" })), vec![]);
    }

    proptest! {
        /// Whatever is sent: each option is told of or allowed, and nothing breaks.
        #[test]
        fn any_options(name in "[a-z_/~]{0,12}", text in ".{0,30}", target in 0..Target::ALL.len()) {
            let options = Map::from_iter([(name.clone(), Value::from(text))]);
            let issues = check_options(Target::ALL[target], None, &options);
            let known = rules_of(Target::ALL[target]).options.iter().any(|option| option.name == name);
            prop_assert!(known || issues.len() == 1);
        }
    }
}
