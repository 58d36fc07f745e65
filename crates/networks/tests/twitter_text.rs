//! X's own conformance suites, every case of every suite in `validate`, `extract` and `tlds`. (`autolink` and
//! `hit_highlighting` are about making HTML, which nothing here does.)

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    reason = "helpers of tests, too, may fail a test and say what they ran"
)]

use std::{collections::BTreeMap, ops::Range, path::PathBuf};

use bellwether_networks::{
    text::{hashtag, mention, url},
    x::{
        check::{cashtags, is_hashtag, is_list, is_url, is_username, reply_to},
        weight::{Configuration, parse},
    },
};
use serde::Deserialize;
use serde_yaml_ng::Value;

#[derive(Deserialize)]
struct Suites {
    tests: BTreeMap<String, Vec<Case>>,
}

#[derive(Deserialize)]
struct Case {
    description: String,
    text: String,
    #[serde(default)]
    expected: Value,
}

fn vectors(name: &str) -> Option<String> {
    let path: PathBuf =
        [env!("CARGO_MANIFEST_DIR"), "../../../shared/vectors/twitter-text", name].iter().collect();
    let text = std::fs::read_to_string(&path).ok();
    if text.is_none() {
        println!("SKIPPED: {} is absent; the conformance suites lie beside the repository", path.display());
    }
    text
}

fn configuration(version: u32) -> Configuration {
    let json: serde_json::Value =
        serde_json::from_str(&vectors(&format!("config-v{version}.json")).expect("configuration")).unwrap();
    let number = |value: &serde_json::Value| u32::try_from(value.as_u64().unwrap()).unwrap();
    Configuration {
        limit: number(&json["maxWeightedTweetLength"]),
        scale: number(&json["scale"]),
        default_weight: number(&json["defaultWeight"]),
        emoji: json["emojiParsingEnabled"].as_bool().unwrap_or(false),
        url: number(&json["transformedURLLength"]),
        ranges: json["ranges"]
            .as_array()
            .unwrap()
            .iter()
            .map(|range| (number(&range["start"]), number(&range["end"]), number(&range["weight"])))
            .collect(),
    }
}

fn strings(text: &str, ranges: impl IntoIterator<Item = Range<usize>>, skip: usize) -> Value {
    ranges
        .into_iter()
        .map(|range| {
            let piece = &text[range];
            let sign: usize = piece.chars().take(skip).map(char::len_utf8).sum();
            Value::from(&piece[sign..])
        })
        .collect::<Vec<_>>()
        .into()
}

fn hashtags(text: &str) -> Vec<Range<usize>> {
    let urls = url::urls(text, url::Grammar::X);
    hashtag::hashtags(text, hashtag::Grammar::Letter)
        .into_iter()
        .filter(|tag| !urls.iter().any(|url| url.start < tag.end && tag.start < url.end))
        .collect()
}

/// Byte ranges as the suites have them: in code points.
fn indices(text: &str, range: &Range<usize>) -> Value {
    let at = |byte: usize| Value::from(text[..byte].chars().count());
    vec![at(range.start), at(range.end)].into()
}

fn with_indices(text: &str, key: &str, ranges: Vec<Range<usize>>, skip: usize) -> Value {
    ranges
        .into_iter()
        .map(|range| {
            let sign: usize = text[range.clone()].chars().take(skip).map(char::len_utf8).sum();
            let mut map = serde_yaml_ng::Mapping::new();
            map.insert(key.into(), text[range.start + sign..range.end].into());
            map.insert("indices".into(), indices(text, &range));
            Value::from(map)
        })
        .collect::<Vec<_>>()
        .into()
}

fn lists_with_indices(text: &str) -> Value {
    mention::mentions(text, mention::Grammar::X)
        .into_iter()
        .map(|mention| {
            let mut map = serde_yaml_ng::Mapping::new();
            map.insert("screen_name".into(), text[mention.range.start + 1..mention.name_end].into());
            map.insert("list_slug".into(), text[mention.name_end..mention.range.end].into());
            map.insert("indices".into(), indices(text, &mention.range));
            Value::from(map)
        })
        .collect::<Vec<_>>()
        .into()
}

fn parsed(text: &str, configuration: &Configuration) -> Value {
    let parsed = parse(text, configuration);
    let mut map = serde_yaml_ng::Mapping::new();
    for (key, value) in [
        ("weightedLength", parsed.weighted_length as usize),
        ("permillage", parsed.permillage as usize),
        ("displayRangeStart", parsed.display_range.0),
        ("displayRangeEnd", parsed.display_range.1),
        ("validRangeStart", parsed.valid_range.0),
        ("validRangeEnd", parsed.valid_range.1),
    ] {
        map.insert(key.into(), value.into());
    }
    map.insert("valid".into(), parsed.valid.into());
    map.into()
}

fn names(text: &str) -> impl Iterator<Item = Range<usize>> {
    mention::mentions(text, mention::Grammar::X)
        .into_iter()
        .map(|mention| mention.range.start..mention.name_end)
}

/// Runs a file; `answer` gives what we say for a suite's text. An unknown suite fails.
fn run(file: &str, least: usize, answer: impl Fn(&str, &str) -> Value) {
    let Some(text) = vectors(file) else { return };
    let suites: Suites = serde_yaml_ng::from_str(&text).unwrap();
    let (mut count, mut failures) = (0, Vec::new());
    for (suite, cases) in &suites.tests {
        println!("{file} {suite}: {} cases", cases.len());
        for case in cases {
            count += 1;
            let ours = answer(suite, &case.text);
            if ours != case.expected {
                failures.push(format!(
                    "{suite}: {}\n  text {:?}\n  expected {:?}\n  ours     {ours:?}",
                    case.description, case.text, case.expected
                ));
            }
        }
    }
    println!("{file}: {} of {count} cases pass", count - failures.len());
    assert!(failures.is_empty(), "{} of {count}:\n{}", failures.len(), failures.join("\n"));
    assert!(count >= least, "only {count} cases");
}

#[test]
fn current_configuration_is_version_3() {
    if vectors("config-v3.json").is_some() {
        assert_eq!(configuration(3), Configuration::CURRENT);
    }
}

#[test]
fn validate() {
    if vectors("validate.yml").is_none() {
        return;
    }
    let (first, second) = (configuration(1), configuration(2));
    run("validate.yml", 97, |suite, text| match suite {
        "tweets" => parse(text, &first).valid.into(),
        "usernames" => is_username(text).into(),
        "lists" => is_list(text).into(),
        "hashtags" => is_hashtag(text).into(),
        "urls" => is_url(text, true).into(),
        "urls_without_protocol" => is_url(text, false).into(),
        "WeightedTweetsCounterTest" => parsed(text, &second),
        "WeightedTweetsWithDiscountedEmojiCounterTest" | "UnicodeDirectionalMarkerCounterTest" => {
            parsed(text, &Configuration::CURRENT)
        }
        other => panic!("no such suite here: {other}"),
    });
}

#[test]
fn extract() {
    run("extract.yml", 238, |suite, text| match suite {
        "mentions" => strings(text, names(text), 1),
        "mentions_with_indices" => with_indices(text, "screen_name", names(text).collect(), 1),
        "mentions_or_lists_with_indices" => lists_with_indices(text),
        "replies" => reply_to(text).map_or(Value::Null, Value::from),
        "urls" | "tco_urls_with_params" => strings(text, url::urls(text, url::Grammar::X), 0),
        "urls_with_indices" | "urls_with_directional_markers" => {
            with_indices(text, "url", url::urls(text, url::Grammar::X), 0)
        }
        "hashtags" | "hashtags_from_astral" => strings(text, hashtags(text), 1),
        "hashtags_with_indices" => with_indices(text, "hashtag", hashtags(text), 1),
        "cashtags" => strings(text, cashtags(text), 1),
        "cashtags_with_indices" => with_indices(text, "cashtag", cashtags(text), 1),
        other => panic!("no such suite here: {other}"),
    });
}

#[test]
fn tlds() {
    run("tlds.yml", 1_574, |_, text| strings(text, url::urls(text, url::Grammar::X), 0));
}
