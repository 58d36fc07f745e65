//! A model that reads what pages say of a business, field by field, with the words that say so.

use std::collections::HashSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    check::Fault,
    converse::{Conversation, FAULTS_TOLD, Reading, broken_prompt, leak, object},
    fence,
    meter::{Meter, Purpose},
    prompt::{Part, Prompt},
    provider::SharedProvider,
    schema::Schema,
    tokens,
    transport::{Ask, Turn},
    writer::{Progress, WriteError},
};

/// A field that is looked for.
#[derive(Debug, Clone, Copy)]
pub struct WantedField {
    /// Stable name.
    pub name: &'static str,
    /// What it means, for the model.
    pub meaning: &'static str,
    /// Whether it takes several values.
    pub list: bool,
}

/// Something that the pages say, in the words of the model, with the words of the pages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Extracted {
    /// The name of the field.
    pub field: String,
    /// The value, in a few words.
    pub value: String,
    /// The words of the pages that say so, letter by letter.
    pub evidence: String,
}

/// What a model found, and which.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Profiled {
    /// Each with evidence that stands in the pages.
    pub found: Vec<Extracted>,
    /// The provider's name in the configuration.
    pub provider: String,
}

#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Answer {
    findings: Vec<Extracted>,
}

/// Asks one provider.
pub(crate) struct Profiler {
    provider: SharedProvider,
    prompt: Prompt,
}

impl Profiler {
    pub fn new(provider: SharedProvider, prompt: Prompt) -> Self {
        Self { provider, prompt }
    }

    pub async fn profile(
        &self,
        pages: &str,
        fields: &[WantedField],
        meter: &dyn Meter,
        progress: &dyn Progress,
    ) -> Result<Profiled, WriteError> {
        if pages.trim().is_empty() {
            return Err(WriteError::NothingToWrite("the pages have no text".into()));
        }
        let unusable = |reason| WriteError::Unusable { provider: self.provider.name.clone(), reason };
        let schema = Schema::new(schemars::schema_for!(Answer).to_value()).map_err(unusable)?;
        let fence = fence(self.provider.rng());
        let form = schema.value().to_string();
        let system = self.prompt.render(Part::System, &[("fence", &fence)]).map_err(broken_prompt)?;
        let wanted: Vec<String> = fields
            .iter()
            .map(|field| {
                let many = if field.list { " (several)" } else { "" };
                format!("- {}{many}: {}", field.name, field.meaning)
            })
            .collect();
        let wanted = wanted.join("\n");
        let fixed = tokens::estimate(&system) + tokens::estimate(&form) + tokens::estimate(&wanted);
        let text = tokens::cut(pages, self.provider.config.max_input_tokens.saturating_sub(fixed));
        let values = [
            ("fields", wanted.as_str()),
            ("schema", form.as_str()),
            ("fence", fence.as_str()),
            ("pages", text),
        ];
        let user = self.prompt.render(Part::User, &values).map_err(broken_prompt)?;
        let ask = Ask {
            system,
            turns: vec![Turn::User(user)],
            schema: schema.value().clone(),
            schema_name: "profile",
            seed: None,
        };
        let conversation = Conversation {
            provider: &self.provider,
            purpose: Purpose::Analyse,
            prompt: &self.prompt,
            meter,
            progress,
        };
        let there = flat(text);
        let outcome = conversation
            .hold(ask, |answer| read(answer, &schema, (&self.prompt, &fence), fields, &there))
            .await?;
        Ok(Profiled { found: outcome.value, provider: self.provider.name.clone() })
    }
}

/// What can be used of an answer: findings of known fields whose evidence stands in the pages.
fn read(
    answer: &str,
    schema: &Schema,
    (prompt, fence): (&Prompt, &str),
    fields: &[WantedField],
    pages: &str,
) -> Reading<Vec<Extracted>> {
    let value = match object(answer) {
        Ok(value) => value,
        Err(fault) => return Reading { value: None, faults: vec![fault] },
    };
    let mut faults = schema.faults(&value, FAULTS_TOLD);
    if let Some(fault) = leak(answer, prompt, fence) {
        return Reading { value: None, faults: vec![fault] };
    }
    let Ok(answer) = serde_json::from_value::<Answer>(value) else { return Reading { value: None, faults } };
    let mut kept: Vec<Extracted> = Vec::new();
    let mut single = HashSet::new();
    for (index, finding) in answer.findings.into_iter().enumerate() {
        let at = format!("findings/{index}");
        let Some(field) = fields.iter().find(|field| field.name == finding.field) else {
            faults.push(Fault::error(
                &format!("{at}/field"),
                "unknown_field",
                "use the fields that are asked for",
            ));
            continue;
        };
        let evidence = flat(&finding.evidence);
        if evidence.chars().count() < 3 || !pages.contains(&evidence) {
            let message =
                "these words are not in the pages: copy them letter by letter, or leave the finding out";
            faults.push(Fault::error(&format!("{at}/evidence"), "not_in_source", message));
            continue;
        }
        if finding.value.trim().is_empty() || (!field.list && !single.insert(field.name)) {
            continue;
        }
        kept.push(finding);
    }
    Reading { value: Some(kept), faults }
}

/// With single spaces and plain quotation marks, so that only words are compared.
fn flat(text: &str) -> String {
    let plain = text.replace(['“', '”', '„'], "\"").replace(['’', '‘'], "'");
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIELDS: [WantedField; 2] = [
        WantedField { name: "business.industry", meaning: "the industry", list: false },
        WantedField { name: "topics.key_topics", meaning: "topics", list: true },
    ];

    fn answer(text: &str) -> Reading<Vec<Extracted>> {
        let schema = Schema::new(schemars::schema_for!(Answer).to_value()).unwrap();
        let prompt = Prompt::profile().unwrap();
        read(text, &schema, (&prompt, "f00"), &FIELDS, &flat("We bake rye bread.\nIt’s what we know."))
    }

    #[test]
    fn only_what_the_pages_say_is_kept() {
        let reading = answer(
            r#"{"findings":[{"field":"business.industry","value":"Baking","evidence":"We bake  rye bread."},
            {"field":"topics.key_topics","value":"Rye","evidence":"It's what we know."},
            {"field":"topics.key_topics","value":"Oats","evidence":"We bake oats."},
            {"field":"brand.secret","value":"x","evidence":"We bake rye bread."}]}"#,
        );
        let kept: Vec<String> = reading.value.unwrap().into_iter().map(|one| one.value).collect();
        assert_eq!(kept, ["Baking", "Rye"]);
        let codes: Vec<&str> = reading.faults.iter().map(|fault| fault.code.as_ref()).collect();
        assert_eq!(codes, ["not_in_source", "unknown_field"]);
    }

    #[test]
    fn an_answer_of_another_form_is_told_so() {
        assert!(answer("I can't.").value.is_none());
        let reading = answer(r#"{"findings":"none"}"#);
        assert!(reading.value.is_none() && !reading.faults.is_empty());
    }
}
