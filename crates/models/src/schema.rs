//! Holding an answer to a JSON schema: a plainer schema for the providers, picking the JSON out of what came, and
//! saying all that is wrong with it.

use serde_json::{Map, Value};

use crate::check::Fault;

/// Keywords that every provider's structured output takes. The others (lengths, patterns, formats) make some of them
/// refuse the request; they are checked here afterwards anyway.
const KEPT: [&str; 13] = [
    "type",
    "properties",
    "required",
    "additionalProperties",
    "items",
    "enum",
    "const",
    "anyOf",
    "description",
    "$ref",
    "$defs",
    "title",
    "oneOf",
];

/// The schema with only what providers take, objects closed and all their properties required, as strict modes ask.
pub fn for_provider(schema: &Value) -> Value {
    match schema {
        Value::Object(map) => Value::Object(plainer(map)),
        other => other.clone(),
    }
}

fn plainer(map: &Map<String, Value>) -> Map<String, Value> {
    let mut out = Map::new();
    for (key, value) in map {
        let key = key.as_str();
        if !KEPT.contains(&key) {
            continue;
        }
        let value = match (key, value) {
            ("properties" | "$defs", Value::Object(named)) => Value::Object(
                named.iter().map(|(name, schema)| (name.clone(), for_provider(schema))).collect(),
            ),
            ("items", schema) => for_provider(schema),
            ("anyOf" | "oneOf", Value::Array(options)) => {
                Value::Array(options.iter().map(for_provider).collect())
            }
            _ => value.clone(),
        };
        out.insert(if key == "oneOf" { "anyOf" } else { key }.to_owned(), value);
    }
    if let Some(Value::Object(properties)) = out.get("properties") {
        let names = properties.keys().cloned().map(Value::String).collect();
        out.insert("required".into(), Value::Array(names));
        out.insert("additionalProperties".into(), Value::Bool(false));
    }
    out
}

/// The first whole JSON object in a text: models put it between code fences, behind their thoughts, before remarks.
pub fn pick(text: &str) -> Option<Map<String, Value>> {
    // what a reasoning model thought aloud may contain drafts of the object
    let text = text.rsplit_once("</think>").map_or(text, |(_, answer)| answer);
    let mut best: Option<Map<String, Value>> = None;
    let mut from = 0;
    // an object that is inside a found one is passed over; a handful of braces in prose is enough to try
    for _ in 0..32 {
        let Some(at) = text[from..].find('{').map(|at| from + at) else { break };
        let mut stream = serde_json::Deserializer::from_str(&text[at..]).into_iter::<Value>();
        if let Some(Ok(Value::Object(map))) = stream.next() {
            from = at + stream.byte_offset();
            if best.as_ref().is_none_or(|best| map.len() > best.len()) {
                best = Some(map);
            }
        } else {
            from = at + 1;
        }
    }
    best
}

/// A schema, compiled.
pub struct Schema {
    value: Value,
    validator: jsonschema::Validator,
}

impl Schema {
    /// Compiles. An error is a fault of ours.
    pub fn new(value: Value) -> Result<Self, String> {
        let validator = jsonschema::validator_for(&value).map_err(|error| error.to_string())?;
        Ok(Self { value, validator })
    }

    /// As written.
    pub fn value(&self) -> &Value {
        &self.value
    }

    /// Everything that is wrong with a value, with its place; no more than `limit`, which is enough to mend it.
    pub fn faults(&self, value: &Value, limit: usize) -> Vec<Fault> {
        self.validator
            .iter_errors(value)
            .take(limit)
            .map(|error| {
                let path = error.instance_path().to_string();
                // the message quotes the value, which may be a whole article
                let message: String = error.to_string().chars().take(300).collect();
                Fault::error(path.trim_start_matches('/'), "schema", message)
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[test]
    fn picks_the_object_out_of_what_models_say() {
        let wanted = json!({"post": "a {brace}", "n": 1});
        for text in [
            r#"{"post": "a {brace}", "n": 1}"#,
            "```json\n{\"post\": \"a {brace}\", \"n\": 1}\n```",
            r#"Sure! Here is {the} post: {"post": "a {brace}", "n": 1} Hope you like it {"x":2}"#,
            r#"<think>maybe {"post": "no", "n": 2, "y": 3}</think>{"post": "a {brace}", "n": 1}"#,
        ] {
            assert_eq!(pick(text).map(Value::Object), Some(wanted.clone()), "{text}");
        }
        for text in ["", "no", "[1]", "{\"post\": \"cut o"] {
            assert_eq!(pick(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn anything_is_read_without_panic(text in ".{0,200}") {
            let _ = pick(&text);
        }
    }

    #[test]
    fn the_provider_s_schema_is_plain_and_strict() {
        let schema = json!({
            "$schema": "https://json-schema.org/draft/2020-12/schema", "type": "object",
            "properties": {
                "post": {"type": "string", "maxLength": 280},
                "cta": {"type": ["string", "null"], "format": "x"},
                "slides": {"type": "array", "maxItems": 9, "items": {"$ref": "#/$defs/S"}},
            },
            "required": ["post"],
            "$defs": {"S": {"type": "object", "properties": {"title": {"type": "string"}}}},
        });
        assert_eq!(
            for_provider(&schema),
            json!({
                "type": "object",
                "properties": {
                    "post": {"type": "string"},
                    "cta": {"type": ["string", "null"]},
                    "slides": {"type": "array", "items": {"$ref": "#/$defs/S"}},
                },
                "required": ["post", "cta", "slides"],
                "$defs": {"S": {"type": "object", "properties": {"title": {"type": "string"}},
                    "required": ["title"], "additionalProperties": false}},
                "additionalProperties": false,
            })
        );
    }

    #[test]
    fn every_fault_is_named_with_its_place() {
        let schema = Schema::new(json!({"type": "object", "properties": {"a": {"type": "string"},
            "b": {"type": "array", "items": {"type": "string"}}}, "required": ["a"]}))
        .unwrap();
        let faults = schema.faults(&json!({"b": ["x", 1]}), 10);
        let paths: Vec<&str> = faults.iter().map(|fault| fault.path.as_str()).collect();
        assert_eq!(paths.len(), 2);
        assert!(paths.contains(&"b/1") && paths.contains(&""), "{faults:?}");
    }
}
