//! What a language model is asked to fill in for a target: a JSON schema that says the limits in words as well, since
//! most models don't hold `maxLength`. Every field is required and no other allowed, as strict output modes want it.

use serde_json::{Value, json};

use crate::{
    Part, Shape, Target, TargetRules,
    rules::{Limit, Unit, rules_of},
};

/// The JSON schema of a target's content. The tag `shape` is in it, so that what comes back reads as [`crate::Content`].
pub fn json_schema(target: Target) -> Value {
    let rules = rules_of(target);
    let fields = match target.shape() {
        Shape::Post => post(rules),
        Shape::Thread => thread(rules),
        Shape::Script => script(rules),
        Shape::Carousel => carousel(rules),
        Shape::Email => email(rules),
        Shape::Article => article(rules),
    };
    let mut schema = object(fields, &format!("{}. {}", target.name(), crate::rules(target.network()).about));
    if let Some(properties) = schema["properties"].as_object_mut() {
        properties.insert("shape".into(), json!({ "type": "string", "enum": [target.shape().as_str()] }));
    }
    if let Some(required) = schema["required"].as_array_mut() {
        required.push("shape".into());
    }
    schema
}

type Fields = Vec<(&'static str, Value)>;

fn object(fields: Fields, description: &str) -> Value {
    let required: Vec<&str> = fields.iter().map(|(name, _)| *name).collect();
    let mut schema =
        json!({ "type": "object", "description": description, "properties": {}, "required": required });
    schema["additionalProperties"] = false.into();
    schema["properties"] = fields
        .into_iter()
        .map(|(name, field)| (name.to_owned(), field))
        .collect::<serde_json::Map<_, _>>()
        .into();
    schema
}

fn text(description: &str) -> Value {
    json!({ "type": "string", "description": description })
}

fn nullable(description: &str) -> Value {
    json!({ "type": ["string", "null"], "description": description })
}

fn list(items: &Value, min: u32, max: Option<u32>, description: &str) -> Value {
    let mut schema = json!({ "type": "array", "items": items, "description": description });
    if min > 0 {
        schema["minItems"] = min.into();
    }
    if let Some(max) = max {
        schema["maxItems"] = max.into();
    }
    schema
}

/// A published text with its limits.
fn part(rules: &TargetRules, part: Part, description: &str) -> Value {
    let Some(part) = rules.part(part) else { return text(description) };
    let limits: Vec<String> = part.limits.iter().map(limit_in_words).collect();
    let mut schema = text(&format!("{description} {}", limits.join(" ")));
    // code points never outnumber these units, so this refuses nothing that the network takes
    let hard = part.limits.iter().filter(|limit| {
        limit.hard && matches!(limit.unit, Unit::CodePoints | Unit::Utf16 | Unit::Threads | Unit::Bytes)
    });
    if let Some(most) = hard.map(|limit| limit.max).min() {
        schema["maxLength"] = most.into();
    }
    if part.required {
        schema["minLength"] = 1.into();
    }
    schema
}

fn limit_in_words(limit: &Limit) -> String {
    let (max, unit) = (limit.max, limit.unit.name());
    let detail = match limit.unit {
        Unit::Weighted => " (a link counts 23; an emoji, Chinese, Japanese or Korean character counts 2)",
        Unit::Mastodon => " (a link counts 23)",
        Unit::Threads => " (an emoji counts 4 or more)",
        Unit::Graphemes | Unit::CodePoints | Unit::Utf16 | Unit::Bytes | Unit::Words => "",
    };
    if limit.hard { format!("At most {max} {unit}{detail}.") } else { format!("Better up to {max} {unit}.") }
}

fn hashtags(rules: &TargetRules) -> Value {
    let most = rules.max_hashtags.unwrap_or(30);
    let advice = match rules.recommended_hashtags {
        0 => "Empty: hashtags do nothing here.".to_owned(),
        recommended => {
            format!("The hashtags that are in the text, with #; about {recommended}, at most {most}.")
        }
    };
    list(&text("A hashtag with #."), 0, Some(most), &advice)
}

fn mentions(rules: &TargetRules) -> Value {
    let advice = "The accounts that are mentioned in the text, with @; none that the input does not name.";
    list(&text("An account with @."), 0, rules.max_mentions, advice)
}

fn cta() -> Value {
    nullable("What the reader is asked to do, as it stands in the text; null if nothing.")
}

fn media_prompt() -> Value {
    nullable("What a picture for it would show; null if none is needed.")
}

fn post(rules: &TargetRules) -> Fields {
    let aim = format!(
        "The full text as published, hook, call to action and hashtags in it. Aim at {} {}.",
        rules.recommended_length,
        rules.unit.name()
    );
    vec![
        ("post", part(rules, Part::Text, &aim)),
        ("opening_hook", text("The first sentence of the text, which makes one read on.")),
        ("cta", cta()),
        ("hashtags", hashtags(rules)),
        ("mentions", mentions(rules)),
        ("media_prompt", media_prompt()),
    ]
}

fn thread(rules: &TargetRules) -> Fields {
    let (min, max) = rules.thread.as_ref().map_or((1, 25), |thread| (thread.min, thread.max));
    let one = part(rules, Part::Text, "One post, full text as published.");
    vec![
        (
            "thread",
            list(&one, min, Some(max), &format!("{min} to {max} posts that read in order, the hook first.")),
        ),
        ("post_count", json!({ "type": "integer", "description": "How many posts there are." })),
        ("hashtags", hashtags(rules)),
        ("mentions", mentions(rules)),
        ("media_prompt", media_prompt()),
    ]
}

fn script(rules: &TargetRules) -> Fields {
    let (min, max, best) = rules
        .duration
        .as_ref()
        .map_or((1, 600, 60), |duration| (duration.min, duration.max, duration.recommended));
    let seconds = format!("How long saying it takes, in seconds, at 150 words a minute; about {best}.");
    vec![
        (
            "hooks",
            list(
                &text("An opening line."),
                1,
                Some(5),
                "Openings to choose from; the first one opens the script.",
            ),
        ),
        ("talking_points", list(&text("One point."), 1, Some(10), "What is said, point by point.")),
        ("script", part(rules, Part::Script, "The whole of what is said, nothing else.")),
        ("caption", part(rules, Part::Caption, "What stands under the video, hashtags in it.")),
        ("cta", nullable("What the viewer is asked to do; null if nothing.")),
        ("hashtags", hashtags(rules)),
        (
            "duration_seconds",
            json!({ "type": "integer", "minimum": min, "maximum": max, "description": seconds }),
        ),
    ]
}

fn carousel(rules: &TargetRules) -> Fields {
    let (min, max, best) =
        rules.slides.as_ref().map_or((2, 10, 7), |slides| (slides.min, slides.max, slides.recommended));
    let slide = object(
        vec![
            ("title", part(rules, Part::SlideTitle, "In large letters.")),
            ("body", part(rules, Part::SlideBody, "Under it; may be empty.")),
        ],
        "One slide, one thought.",
    );
    vec![
        ("slides", list(&slide, min, Some(max), &format!("About {best} slides; the first one is the hook."))),
        ("caption", part(rules, Part::Caption, "What stands under the slides, hashtags in it.")),
        ("cta", cta()),
        ("hashtags", hashtags(rules)),
        ("media_prompt", media_prompt()),
    ]
}

fn email(rules: &TargetRules) -> Fields {
    let mut button = object(
        vec![
            ("text", text("What stands on the button.")),
            ("url", nullable("Where it leads: an https address from the input; null if there is none.")),
        ],
        "The button at the end; null if there is nothing to do.",
    );
    button["type"] = json!(["object", "null"]);
    vec![
        ("subject", part(rules, Part::Subject, "The subject line.")),
        (
            "preheader",
            part(rules, Part::Preheader, "What an inbox shows after the subject; not the same words."),
        ),
        ("body", part(rules, Part::Body, "The letter in Markdown, without the subject.")),
        ("cta", button),
    ]
}

fn article(rules: &TargetRules) -> Fields {
    vec![
        ("title", part(rules, Part::Title, "The headline.")),
        ("description", part(rules, Part::Description, "For search results.")),
        ("body", part(rules, Part::Body, "The article in Markdown, without the headline.")),
        ("tags", list(&text("A word, without #."), 0, Some(8), "Words to file it under.")),
    ]
}
