//! A model that proposes how to write about something of which several sources speak: an idea for each of some kinds, held
//! to the sources it names.

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

/// Letters of a title and of an angle.
const LONGEST: (usize, usize) = (140, 500);

/// What ideas are wanted of.
#[derive(Debug, Clone, Default)]
pub struct AngleBrief {
    /// Each kind's stable name and what is meant by it.
    pub kinds: Vec<(String, String)>,
    /// For whom, in words.
    pub audience: String,
    /// The language to write in, such as `en`; that of the items when absent.
    pub language: Option<String>,
    /// Each item's source and what it says; they are numbered from 1.
    pub items: Vec<(String, String)>,
}

/// An idea.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AngleIdea {
    /// The name of its kind.
    pub kind: String,
    /// A working title.
    pub title: String,
    /// What to say, and from which sources.
    pub angle: String,
    /// Numbers of the items that it stands on, from 1.
    pub items: Vec<u32>,
}

/// What a model proposed, and which.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Angled {
    /// At most one for each kind, each naming its sources.
    pub ideas: Vec<AngleIdea>,
    /// The provider's name in the configuration.
    pub provider: String,
}

#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Answer {
    ideas: Vec<AngleIdea>,
}

/// Asks one provider.
pub(crate) struct Angler {
    provider: SharedProvider,
    prompt: Prompt,
}

impl Angler {
    pub fn new(provider: SharedProvider, prompt: Prompt) -> Self {
        Self { provider, prompt }
    }

    pub async fn propose(
        &self,
        brief: &AngleBrief,
        meter: &dyn Meter,
        progress: &dyn Progress,
    ) -> Result<Angled, WriteError> {
        if brief.items.is_empty() {
            return Err(WriteError::NothingToWrite("no source says anything".into()));
        }
        let unusable = |reason| WriteError::Unusable { provider: self.provider.name.clone(), reason };
        let schema = Schema::new(schemars::schema_for!(Answer).to_value()).map_err(unusable)?;
        let fence = fence(self.provider.rng());
        let form = schema.value().to_string();
        let language = brief.language.as_deref().unwrap_or("the language of the items");
        let system = self
            .prompt
            .render(Part::System, &[("fence", &fence), ("language", language)])
            .map_err(broken_prompt)?;
        let kinds: Vec<String> =
            brief.kinds.iter().map(|(name, meaning)| format!("- {name}: {meaning}")).collect();
        let kinds = kinds.join("\n");
        let items: Vec<String> = brief
            .items
            .iter()
            .zip(1..)
            .map(|((source, text), number)| format!("{number}. {source}: {text}"))
            .collect();
        let items = items.join("\n\n");
        let fixed = tokens::estimate(&system) + tokens::estimate(&form) + tokens::estimate(&kinds);
        let text = tokens::cut(&items, self.provider.config.max_input_tokens.saturating_sub(fixed));
        let values = [
            ("kinds", kinds.as_str()),
            ("audience", brief.audience.as_str()),
            ("schema", form.as_str()),
            ("fence", fence.as_str()),
            ("items", text),
        ];
        let user = self.prompt.render(Part::User, &values).map_err(broken_prompt)?;
        let ask = Ask {
            system,
            turns: vec![Turn::User(user)],
            schema: schema.value().clone(),
            schema_name: "angles",
            seed: None,
        };
        let conversation = Conversation {
            provider: &self.provider,
            purpose: Purpose::Analyse,
            prompt: &self.prompt,
            meter,
            progress,
        };
        let outcome = conversation
            .hold(ask, |answer| read(answer, &schema, (&self.prompt, &fence), brief, text))
            .await?;
        Ok(Angled { ideas: outcome.value, provider: self.provider.name.clone() })
    }
}

/// What can be used of an answer: of each kind one idea whose sources are named and whose numbers stand in the items.
fn read(
    answer: &str,
    schema: &Schema,
    (prompt, fence): (&Prompt, &str),
    brief: &AngleBrief,
    items: &str,
) -> Reading<Vec<AngleIdea>> {
    let value = match object(answer) {
        Ok(value) => value,
        Err(fault) => return Reading { value: None, faults: vec![fault] },
    };
    let mut faults = schema.faults(&value, FAULTS_TOLD);
    if let Some(fault) = leak(answer, prompt, fence) {
        return Reading { value: None, faults: vec![fault] };
    }
    let Ok(answer) = serde_json::from_value::<Answer>(value) else { return Reading { value: None, faults } };
    let mut kept: Vec<AngleIdea> = Vec::new();
    for (index, mut idea) in answer.ideas.into_iter().enumerate() {
        for text in [&mut idea.title, &mut idea.angle] {
            *text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        }
        match fault(&idea, &kept, brief, items) {
            Some((place, code, message)) => {
                faults.push(Fault::error(&format!("ideas/{index}/{place}"), code, message));
            }
            None => kept.push(idea),
        }
    }
    for (kind, _) in &brief.kinds {
        if !kept.iter().any(|idea| idea.kind == *kind) {
            faults.push(Fault::error(
                "ideas",
                "missing",
                format!("there is no usable idea of kind `{kind}`"),
            ));
        }
    }
    Reading { value: Some(kept), faults }
}

fn fault(
    idea: &AngleIdea,
    kept: &[AngleIdea],
    brief: &AngleBrief,
    items: &str,
) -> Option<(&'static str, &'static str, String)> {
    let known = brief.kinds.iter().any(|(kind, _)| *kind == idea.kind);
    if !known || kept.iter().any(|other| other.kind == idea.kind) {
        return Some(("kind", "wrong_kind", "give one idea for each of the kinds that are asked for".into()));
    }
    if idea.title.is_empty() || idea.title.chars().count() > LONGEST.0 {
        return Some(("title", "wrong_length", "use at most twelve words".into()));
    }
    if idea.angle.is_empty() || idea.angle.chars().count() > LONGEST.1 {
        return Some(("angle", "wrong_length", "use one or two sentences".into()));
    }
    if idea.items.is_empty() || idea.items.len() > 3 {
        return Some(("items", "wrong_count", "give one to three numbers of items".into()));
    }
    for number in &idea.items {
        let at = usize::try_from(*number).ok().and_then(|number| number.checked_sub(1));
        let Some((source, _)) = at.and_then(|at| brief.items.get(at)) else {
            return Some(("items", "unknown_item", format!("there is no item {number}")));
        };
        if !idea.angle.contains(source.as_str()) {
            return Some((
                "angle",
                "source_not_named",
                format!("name the source “{source}” of item {number}"),
            ));
        }
    }
    let there: HashSet<&str> = numbers(items).collect();
    let invented = numbers(&idea.title).chain(numbers(&idea.angle)).find(|number| !there.contains(number));
    invented.map(|number| ("angle", "invented_number", format!("{number} stands in none of the items")))
}

/// Runs of digits.
fn numbers(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_ascii_digit()).filter(|run| !run.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn brief() -> AngleBrief {
        AngleBrief {
            kinds: vec![
                ("explain".into(), "what happened".into()),
                ("meaning".into(), "what it means".into()),
            ],
            audience: "bakers".into(),
            language: None,
            items: vec![
                ("Mill News".into(), "Flour costs 20 percent more".into()),
                ("Oven Post".into(), "Bakers react".into()),
            ],
        }
    }

    fn answer(text: &str) -> Reading<Vec<AngleIdea>> {
        let schema = Schema::new(schemars::schema_for!(Answer).to_value()).unwrap();
        let prompt = Prompt::angles().unwrap();
        let items = "1. Mill News: Flour costs 20 percent more\n\n2. Oven Post: Bakers react";
        read(text, &schema, (&prompt, "f00"), &brief(), items)
    }

    #[test]
    fn an_idea_names_its_sources_and_invents_no_number() {
        let good = answer(
            r#"{"ideas":[{"kind":"explain","title":"Flour is dearer","angle":"Tell what Mill News says of the 20 percent.","items":[1]},
                {"kind":"meaning","title":"What bakers do","angle":"What Oven Post heard, beside Mill News.","items":[2,1]}]}"#,
        );
        assert_eq!((good.value.unwrap().len(), good.faults), (2, vec![]));
        let bad = answer(
            r#"{"ideas":[{"kind":"explain","title":"Flour is 30 dearer","angle":"Mill News says so.","items":[1]},
                {"kind":"meaning","title":"X","angle":"Somebody says so.","items":[2]},
                {"kind":"meaning","title":"X","angle":"Oven Post says so.","items":[7]},
                {"kind":"song","title":"X","angle":"Oven Post says so.","items":[2]}]}"#,
        );
        let codes: Vec<&str> = bad.faults.iter().map(|fault| fault.code.as_ref()).collect();
        assert_eq!(
            codes,
            ["invented_number", "source_not_named", "unknown_item", "wrong_kind", "missing", "missing"]
        );
        assert!(bad.value.unwrap().is_empty());
        assert!(answer("I can't.").value.is_none());
    }
}
