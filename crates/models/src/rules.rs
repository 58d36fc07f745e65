//! The rules of a target, as a writer needs them: as a schema, in words, as a check.

use std::fmt::Write as _;

use bellwether_networks::{Content, Target, TargetRules, json_schema, rules, rules_of, validate};

use crate::{check::Fault, schema::Schema};

/// The form of a target's content.
pub(crate) fn schema(target: Target) -> Result<Schema, String> {
    Schema::new(json_schema(target))
}

/// In words, for a prompt. The schema says the lengths of each text; here is what it can't say.
pub(crate) fn text(target: Target) -> String {
    let network = rules(target.network());
    let own = rules_of(target);
    let mut lines = vec![network.about.to_owned(), length(own)];
    if let Some(thread) = &own.thread {
        lines.push(format!(
            "A thread has {} to {} posts; each stands in the order in which it is read and says one thing.",
            thread.min, thread.max
        ));
    }
    if let Some(slides) = &own.slides {
        lines.push(format!(
            "A carousel has {} to {} slides, best about {}; the first one makes people swipe.",
            slides.min, slides.max, slides.recommended
        ));
    }
    if let Some(duration) = &own.duration {
        lines.push(format!(
            "The video takes {} to {} seconds, best about {}; people speak about 150 words a minute.",
            duration.min, duration.max, duration.recommended
        ));
    }
    lines.push(match (own.recommended_hashtags, own.max_hashtags) {
        (0, _) | (_, Some(0)) => "No hashtags: they do nothing here.".into(),
        (some, Some(most)) => {
            format!("About {some} hashtags, never more than {most}, such as people really use.")
        }
        (some, None) => format!("About {some} hashtags, such as people really use."),
    });
    if let Some(most) = own.max_links {
        lines.push(format!("No more than {most} links."));
    }
    let clickable =
        if network.links.clickable { "Links can be clicked." } else { "Links can't be clicked: write none." };
    lines.push(format!("{clickable} {}", network.links.note));
    lines.into_iter().fold(String::new(), |mut text, line| {
        let _ = writeln!(text, "- {line}");
        text
    })
}

fn length(rules: &TargetRules) -> String {
    let (unit, most, good) = (rules.unit.name(), rules.max_length, rules.recommended_length);
    let best = if good < most { format!(" It does best with about {good}.") } else { String::new() };
    format!("The main text has at most {most} {unit}.{best} {}", rules.unit.explanation())
}

/// What of the rules a content breaks.
pub(crate) fn faults(target: Target, content: &Content) -> Vec<Fault> {
    validate(target, content)
        .into_iter()
        .map(|issue| Fault {
            is_error: issue.is_error(),
            path: issue.path,
            code: issue.code.to_owned(),
            message: issue.message,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::for_provider;

    #[test]
    fn every_target_has_a_form_that_compiles_and_rules_in_words() {
        for &target in Target::ALL {
            let schema = schema(target).unwrap();
            assert!(schema.value()["properties"]["shape"].is_object(), "{target}");
            let plain = for_provider(schema.value()).to_string();
            assert!(!plain.contains("maxLength") && !plain.contains("minItems"), "{target}");
            let text = text(target);
            assert!(text.lines().count() >= 4 && text.lines().all(|line| line.starts_with("- ")), "{text}");
        }
        assert!(text(Target::XThread).contains("2 to 25 posts"));
        assert!(text(Target::XPost).contains("280 characters"));
    }
}
