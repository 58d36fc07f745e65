//! Turns the sentences of serde into located errors with stable codes.

use bellwether_kernel::{FieldError, Kind, Problem};
use serde_path_to_error::{Path, Segment};

/// Longest sentence passed on: serde quotes the wrong value, which may be long.
const LONGEST: usize = 300;

/// A problem of content at a place.
pub(crate) fn invalid(path: &Path, message: &str) -> Problem {
    let error = located(path, message);
    Problem::invalid(error.path, &error.code, error.message)
}

/// A problem with one error, of another kind.
pub(crate) fn problem(kind: Kind, code: &'static str, error: FieldError) -> Problem {
    let mut problem = Problem::new(kind, code, "Something in the request is wrong; see errors.");
    problem.errors.push(error);
    problem
}

fn located(path: &Path, message: &str) -> FieldError {
    let message = without_position(message);
    let (code, field) = code(message);
    let mut pointer = pointer(path);
    if let Some(field) = field {
        // the path may end at the object or at the field, by the kind of deserializer
        let field = escape(field);
        if pointer.rsplit('/').next() != Some(field.as_str()) {
            if !pointer.is_empty() {
                pointer.push('/');
            }
            pointer.push_str(&field);
        }
    }
    let message = if CHRONO.contains(&message) { TIMES.to_owned() } else { plain(message) };
    FieldError { path: pointer, code: code.to_owned(), message: sentence(&message) }
}

/// The same in plain words: serde speaks of what Rust calls things.
fn plain(message: &str) -> String {
    if let Some((given, known)) =
        message.strip_prefix("unknown variant ").and_then(|rest| rest.split_once(", expected "))
    {
        return format!("{given} is not known here: give {known}");
    }
    // of what stands in an address, which is all text
    match message {
        "invalid digit found in string" | "cannot parse integer from empty string" => {
            return "this must be a whole number".to_owned();
        }
        "number too large to fit in target type" => return "this number is too large".to_owned(),
        "number too small to fit in target type" => return "this number is too small".to_owned(),
        "invalid float literal" | "cannot parse float from empty string" => {
            return "this must be a number".to_owned();
        }
        "provided string was not `true` or `false`" => return "this must be true or false".to_owned(),
        _ => {}
    }
    let parts = ["invalid type: ", "invalid value: "]
        .iter()
        .find_map(|start| message.strip_prefix(start)?.rsplit_once(", expected "));
    match parts {
        Some((given, wanted)) => format!("this must be {}, not {}", plain_wanted(wanted), plain_given(given)),
        None => message.to_owned(),
    }
}

fn plain_wanted(wanted: &str) -> &str {
    match wanted {
        "i8" => "a whole number from -128 to 127",
        "u8" => "a whole number from 0 to 255",
        "i16" => "a whole number from -32768 to 32767",
        "u16" => "a whole number from 0 to 65535",
        "i32" => "a whole number from -2147483648 to 2147483647",
        "u32" => "a whole number from 0 to 4294967295",
        "u64" | "u128" | "usize" => "a whole number of 0 or more",
        "i64" | "i128" | "isize" => "a whole number",
        "f32" | "f64" => "a number",
        "a boolean" | "boolean" | "bool" => "true or false",
        "a string" | "string" | "str" | "a borrowed string" => "a text",
        "a sequence" => "a list",
        "a map" => "an object",
        "string or map" => "one of the words that are allowed",
        _ if wanted.starts_with("enum ") => "one of the words that are allowed",
        _ if wanted.starts_with("struct ") || wanted.contains("tagged enum ") => "an object",
        _ if wanted.starts_with("a tuple ") || wanted.starts_with("tuple ") => "a list",
        _ => wanted,
    }
}

fn plain_given(given: &str) -> String {
    let number = given.strip_prefix("integer ").or_else(|| given.strip_prefix("floating point "));
    if let Some(number) = number {
        return format!("the number {}", number.trim_matches('`'));
    }
    if let Some(text) = given.strip_prefix("string ") {
        return format!("the text {text}");
    }
    if let Some(truth) = given.strip_prefix("boolean ") {
        return truth.trim_matches('`').to_owned();
    }
    match given {
        "map" => "an object".to_owned(),
        "sequence" => "a list".to_owned(),
        "unit value" => "null".to_owned(),
        other => other.to_owned(),
    }
}

/// What chrono says of every text that is no date or time, whatever was asked for.
const CHRONO: [&str; 6] = [
    "input is out of range",
    "no possible date and time matching input",
    "input is not enough for unique date and time",
    "input contains invalid characters",
    "premature end of input",
    "trailing input",
];
const TIMES: &str = "this can't be read as what is asked here: a date is written 2026-11-23, a time 08:30:00, an instant 2026-11-23T08:30:00Z";

/// A JSON pointer (RFC 6901) without its leading slash.
pub(super) fn pointer(path: &Path) -> String {
    let mut out = String::new();
    for segment in path {
        let text = match segment {
            Segment::Seq { index } => index.to_string(),
            Segment::Map { key } => escape(key),
            // how Rust tells the variants of an enum apart is no part of the document
            Segment::Enum { .. } | Segment::Unknown => continue,
        };
        if !out.is_empty() {
            out.push('/');
        }
        out.push_str(&text);
    }
    out
}

fn escape(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}

fn code(message: &str) -> (&'static str, Option<&str>) {
    let quoted = || message.split('`').nth(1);
    let begins = |text: &str| message.starts_with(text);
    if begins("missing field") {
        ("missing_field", quoted())
    } else if begins("unknown field") {
        ("unknown_field", quoted())
    } else if begins("duplicate field") {
        ("duplicate_field", quoted())
    } else if begins("unknown variant") {
        ("unknown_value", None)
    } else if begins("invalid type") {
        ("invalid_type", None)
    } else if begins("invalid length") {
        ("invalid_length", None)
    } else {
        ("invalid_value", None)
    }
}

/// serde_json appends where in the text it stood; the path says it better.
fn without_position(message: &str) -> &str {
    match message.rfind(" at line ") {
        Some(at) if message[at..].contains(" column ") => &message[..at],
        _ => message,
    }
}

/// A sentence of a length that can be shown.
pub(super) fn sentence(message: &str) -> String {
    let mut out: String = message.chars().take(LONGEST).collect();
    if let Some(first) = out.get(..1) {
        let upper = first.to_ascii_uppercase();
        out.replace_range(..1, &upper);
    }
    out.push_str(if message.chars().count() > LONGEST { "…" } else { "." });
    out
}
