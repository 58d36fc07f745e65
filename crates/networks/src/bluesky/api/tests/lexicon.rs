//! Checks values against the lexicons beside the project.

use std::{collections::HashMap, sync::Mutex};

use serde_json::Value;
use unicode_segmentation::UnicodeSegmentation as _;

use crate::publish::fixtures::shared;

#[derive(Default)]
pub(super) struct Lexicons(Mutex<HashMap<String, Value>>);

impl Lexicons {
    /// None when the material is absent.
    pub(super) fn open() -> Option<Self> {
        shared("specs/lexicons/app/bsky/feed/post.json").map(|_| Self::default())
    }

    fn definition(&self, id: &str) -> Value {
        let (file, name) = id.split_once('#').unwrap_or((id, "main"));
        let mut known = self.0.lock().unwrap();
        let document = known.entry(file.to_owned()).or_insert_with(|| {
            let path = format!("specs/lexicons/{}.json", file.replace('.', "/"));
            serde_json::from_str(&shared(&path).unwrap_or_else(|| panic!("no lexicon {file}"))).unwrap()
        });
        document["defs"][name].clone()
    }

    /// A record by its lexicon.
    pub(super) fn record(&self, id: &str, value: &Value) {
        assert_eq!(value["$type"], id);
        self.check(id, &self.definition(id)["record"], value, id);
    }

    /// What a procedure is sent.
    pub(super) fn input(&self, id: &str, value: &Value) {
        self.check(id, &self.definition(id)["input"]["schema"], value, id);
    }

    /// The parameters of a query or procedure, as an address has them.
    pub(super) fn parameters(&self, id: &str, url: &str) {
        let parameters = self.definition(id)["parameters"].clone();
        let url = url::Url::parse(url).unwrap();
        let given: Vec<(String, String)> = url.query_pairs().into_owned().collect();
        for (name, _) in &given {
            assert!(parameters["properties"].get(name).is_some(), "{id} has no parameter {name}");
        }
        for required in parameters["required"].as_array().into_iter().flatten() {
            assert!(given.iter().any(|(name, _)| required == name), "{id} wants {required}");
        }
    }

    fn check(&self, file: &str, schema: &Value, value: &Value, at: &str) {
        let number = |name: &str| schema[name].as_u64();
        match schema["type"].as_str().unwrap_or_else(|| panic!("{at}: no type in {schema}")) {
            "object" => {
                let object = value.as_object().unwrap_or_else(|| panic!("{at}: {value} is no object"));
                for required in schema["required"].as_array().into_iter().flatten() {
                    assert!(object.contains_key(required.as_str().unwrap()), "{at}: {required} is missing");
                }
                for (name, value) in object.iter().filter(|(name, _)| *name != "$type") {
                    let schema_of = schema["properties"].get(name);
                    let schema_of = schema_of.unwrap_or_else(|| panic!("{at}: there is no {name}"));
                    let nullable = schema["nullable"]
                        .as_array()
                        .is_some_and(|names| names.iter().any(|known| known == name));
                    if !(nullable && value.is_null()) {
                        self.check(file, schema_of, value, &format!("{at}/{name}"));
                    }
                }
            }
            "array" => {
                let items = value.as_array().unwrap_or_else(|| panic!("{at}: {value} is no list"));
                assert!(items.len() as u64 <= number("maxLength").unwrap_or(u64::MAX), "{at}: too many");
                for (index, item) in items.iter().enumerate() {
                    self.check(file, &schema["items"], item, &format!("{at}/{index}"));
                }
            }
            "string" => {
                let text = value.as_str().unwrap_or_else(|| panic!("{at}: {value} is no text"));
                assert!(text.len() as u64 <= number("maxLength").unwrap_or(u64::MAX), "{at}: too long");
                assert!(text.graphemes(true).count() as u64 <= number("maxGraphemes").unwrap_or(u64::MAX));
                match schema["format"].as_str().unwrap_or_default() {
                    "did" => assert!(super::super::identity::is_did(text), "{at}: {text} is no DID"),
                    "datetime" => assert!(text.ends_with('Z') && text.len() == 24, "{at}: {text}"),
                    "uri" => assert!(url::Url::parse(text).is_ok(), "{at}: {text}"),
                    _ => {}
                }
            }
            "integer" => {
                let value = value.as_u64().unwrap_or_else(|| panic!("{at}: {value} is no number"));
                assert!(value >= number("minimum").unwrap_or(0), "{at}: {value} is too small");
                assert!(value <= number("maximum").unwrap_or(u64::MAX), "{at}: {value} is too large");
            }
            "ref" => self.follow(file, schema["ref"].as_str().unwrap(), value, at),
            "union" => {
                let kind = value["$type"].as_str().unwrap_or_else(|| panic!("{at}: a union without $type"));
                let refs = schema["refs"].as_array().unwrap();
                let found = refs.iter().filter_map(Value::as_str).find(|id| absolute(file, id) == kind);
                let found = found.unwrap_or_else(|| panic!("{at}: {kind} is none of {refs:?}"));
                self.follow(file, found, value, at);
            }
            "blob" => {
                assert_eq!(value["$type"], "blob", "{at}");
                assert!(value["ref"]["$link"].is_string() && value["mimeType"].is_string(), "{at}");
                let size = value["size"].as_u64().unwrap();
                assert!(size <= number("maxSize").unwrap_or(u64::MAX), "{at}: too large");
            }
            "unknown" => assert!(value.is_object(), "{at}"),
            other => panic!("{at}: nothing checks {other}"),
        }
    }

    fn follow(&self, file: &str, id: &str, value: &Value, at: &str) {
        let id = absolute(file, id);
        let definition = self.definition(&id);
        self.check(id.split('#').next().unwrap(), &definition, value, at);
    }
}

fn absolute(file: &str, id: &str) -> String {
    if id.starts_with('#') { format!("{file}{id}") } else { id.to_owned() }
}
