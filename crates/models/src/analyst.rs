//! A model that works out what a document says.

use bellwether_kernel::Rng;
use tokio::time::Instant;

use crate::{
    analysis::Analysis,
    check::Fault,
    converse::{Conversation, FAULTS_TOLD, Reading, broken_prompt, leak, object},
    fence,
    meter::{Meter, Purpose},
    prompt::{Part, Prompt},
    provider::SharedProvider,
    schema::Schema,
    tally::Tally,
    tokens,
    transport::{Ask, Turn},
    writer::{Document, Progress, Usage, WriteError},
};

/// A document in short, and what it took.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Analysed {
    /// What it says.
    pub analysis: Analysis,
    /// The provider's name in the configuration.
    pub provider: String,
    /// Its model.
    pub model: String,
    /// The prompt's name and version.
    pub prompt: String,
    /// Over all calls.
    pub usage: Usage,
    /// `None` when any call's price is unknown.
    pub cost: Option<bellwether_kernel::money::MicroUsd>,
    /// From the question to this.
    pub milliseconds: u64,
    /// What was repaired or is missing.
    pub notes: Vec<String>,
}

/// Asks one provider.
pub(crate) struct Analyst {
    provider: SharedProvider,
    prompt: Prompt,
}

impl Analyst {
    pub fn new(provider: SharedProvider, prompt: Prompt) -> Self {
        Self { provider, prompt }
    }

    pub async fn analyse(
        &self,
        document: &Document,
        meter: &dyn Meter,
        progress: &dyn Progress,
    ) -> Result<Analysed, WriteError> {
        if document.text.trim().is_empty() {
            return Err(WriteError::NothingToWrite("it has no text".into()));
        }
        let start = Instant::now();
        let schema = schema()
            .map_err(|reason| WriteError::Unusable { provider: self.provider.name.clone(), reason })?;
        let (ask, fence, mut notes) = self.ask(document, &schema, self.provider.rng())?;
        let tally = Tally::new(meter);
        let conversation = Conversation {
            provider: &self.provider,
            purpose: Purpose::Analyse,
            prompt: &self.prompt,
            meter: &tally,
            progress,
        };
        let outcome = conversation.hold(ask, |text| read(text, &schema, &self.prompt, &fence)).await?;
        notes.extend(outcome.notes);
        notes.extend(outcome.left.iter().map(ToString::to_string));
        let sums = tally.sums();
        Ok(Analysed {
            analysis: outcome.value,
            provider: self.provider.name.clone(),
            model: self.provider.config.model.clone(),
            prompt: self.prompt.label(),
            usage: sums.usage,
            cost: sums.cost,
            milliseconds: start.elapsed().as_millis() as u64,
            notes,
        })
    }

    fn ask(
        &self,
        document: &Document,
        schema: &Schema,
        rng: &Rng,
    ) -> Result<(Ask, String, Vec<String>), WriteError> {
        let fence = fence(rng);
        let language = document.language.as_deref().unwrap_or("that of the source");
        let form = schema.value().to_string();
        let system = self
            .prompt
            .render(Part::System, &[("language", language), ("fence", &fence)])
            .map_err(broken_prompt)?;
        let room = self
            .provider
            .config
            .max_input_tokens
            .saturating_sub(tokens::estimate(&system) + tokens::estimate(&form));
        let text = tokens::cut(&document.text, room);
        let notes = cut_note(&document.text, text).into_iter().collect();
        let user = self
            .prompt
            .render(Part::User, &[("schema", &form), ("fence", &fence), ("document", text)])
            .map_err(broken_prompt)?;
        let ask = Ask {
            system,
            turns: vec![Turn::User(user)],
            schema: schema.value().clone(),
            schema_name: "analysis",
            seed: None,
        };
        Ok((ask, fence, notes))
    }
}

/// Says that a document was too long to be read whole.
pub(crate) fn cut_note(whole: &str, read: &str) -> Option<String> {
    (read.len() < whole.len()).then(|| {
        let words = |text: &str| text.split_whitespace().count();
        format!(
            "The model read the first {} of {} words; the source is longer than it takes.",
            words(read),
            words(whole)
        )
    })
}

fn schema() -> Result<Schema, String> {
    Schema::new(schemars::schema_for!(Analysis).to_value())
}

fn read(text: &str, schema: &Schema, prompt: &Prompt, fence: &str) -> Reading<Analysis> {
    let value = match object(text) {
        Ok(value) => value,
        Err(fault) => return Reading { value: None, faults: vec![fault] },
    };
    let mut faults = schema.faults(&value, FAULTS_TOLD);
    if let Some(fault) = leak(text, prompt, fence) {
        return Reading { value: None, faults: vec![fault] };
    }
    let analysis: Option<Analysis> = serde_json::from_value(value).ok();
    if let Some(analysis) = &analysis {
        faults.extend(empty(analysis));
    }
    Reading { value: analysis, faults }
}

fn empty(analysis: &Analysis) -> Vec<Fault> {
    let mut faults = Vec::new();
    if analysis.core_message.trim().is_empty() {
        faults.push(Fault::error("core_message", "empty", "say in one sentence what the source says"));
    }
    if analysis.key_points.iter().all(|point| point.trim().is_empty()) {
        faults.push(Fault::error("key_points", "empty", "name three to seven points of the source"));
    }
    faults
}
