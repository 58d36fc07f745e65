//! Any stream, from a file of JSON lines: what becomes of each trend as it happens, and all of it in the end.

use std::{
    collections::HashMap,
    fs::File,
    io::{BufRead, BufReader, stdin},
};

use bellwether_language::Language;
use bellwether_trends::detect::{Detector, Item, Kind, Settings, evaluate};
use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use uuid::Uuid;

pub fn replay(path: &str) -> anyhow::Result<()> {
    let lines: Box<dyn BufRead> =
        if path == "-" { Box::new(stdin().lock()) } else { Box::new(BufReader::new(File::open(path)?)) };
    let mut detector = Detector::new(Settings::default());
    let mut names: HashMap<u128, String> = HashMap::new();
    for (number, line) in lines.lines().enumerate() {
        let line = line?;
        if line.trim().is_empty() {
            continue;
        }
        let value: Value = serde_json::from_str(&line)?;
        let id = value["id"].as_str().map_or_else(|| number.to_string(), str::to_owned);
        let at = time(&value["at"])
            .ok_or_else(|| anyhow::anyhow!("line {}: `at` is neither RFC 3339 nor seconds", number + 1))?;
        let title = value["title"].as_str().or(value["text"].as_str()).unwrap_or_default();
        let keyphrases: Vec<String> = value["keyphrases"]
            .as_array()
            .map(|list| list.iter().filter_map(|one| one.as_str().map(str::to_owned)).collect())
            .unwrap_or_default();
        let language = value["language"]
            .as_str()
            .and_then(Language::from_tag)
            .unwrap_or_else(|| Language::of_line(title));
        names.insert(number as u128 + 1, id);
        let changes = detector.push(&Item {
            id: Uuid::from_u128(number as u128 + 1),
            source: Uuid::from_u128(hash(&value["source"].to_string())),
            at,
            title,
            keyphrases: &keyphrases,
            language,
        });
        for change in changes {
            match change.kind {
                Kind::Found => {
                    if let Some(trend) = detector.trend(change.trend) {
                        println!("{}", json!({ "found": shown(&trend, &names), "at": at }));
                    }
                }
                Kind::Expired(trend) => println!(
                    "{}",
                    json!({ "expired": shown(&trend, &names), "at": at, "outcome": evaluate(&trend) })
                ),
                Kind::Merged { into } => {
                    println!("{}", json!({ "merged": change.trend, "into": into, "at": at }));
                }
                _ => {}
            }
        }
    }
    for trend in detector.trends() {
        println!("{}", json!({ "running": shown(&trend, &names) }));
    }
    Ok(())
}

fn shown(trend: &bellwether_trends::detect::Trend, names: &HashMap<u128, String>) -> Value {
    let mut value = serde_json::to_value(trend).unwrap_or_default();
    value["evidence"] = trend
        .evidence
        .iter()
        .map(|evidence| names.get(&evidence.item.as_u128()).cloned().unwrap_or_default())
        .collect();
    value
}

fn time(value: &Value) -> Option<DateTime<Utc>> {
    match value {
        Value::Number(seconds) => DateTime::from_timestamp(seconds.as_i64()?, 0),
        Value::String(text) => DateTime::parse_from_rfc3339(text).ok().map(Into::into),
        _ => None,
    }
}

fn hash(text: &str) -> u128 {
    text.bytes().fold(0x6C62_272E_07BB_0142_62B8_2175_6295_C58D, |hash, byte| {
        (hash ^ u128::from(byte)).wrapping_mul(0x0000_0000_0100_0000_0000_0000_0000_013B)
    })
}
