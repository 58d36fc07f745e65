//! Asking, checking the answer, and asking once more with what was wrong.

use serde_json::Value;

use crate::{
    check::Fault,
    meter::{Meter, Purpose},
    prompt::{Part, Prompt, PromptError},
    provider::{Judged, Provider},
    schema, tokens,
    transport::{Answer, Ask, Turn},
    writer::{Progress, Step, WriteError},
};

/// No more faults than these are told at once: a model that is told fifty mends none.
pub(crate) const FAULTS_TOLD: usize = 12;

/// What an answer was read as.
#[derive(Debug, Clone)]
pub(crate) struct Reading<T> {
    /// `None`: it can't be used at all.
    pub value: Option<T>,
    /// What is wrong with it.
    pub faults: Vec<Fault>,
}

impl<T> Reading<T> {
    fn errors(&self) -> usize {
        self.faults.iter().filter(|fault| fault.is_error).count()
    }

    /// Fewer is better; nothing usable is worst.
    fn badness(&self) -> (bool, usize) {
        (self.value.is_none(), self.errors())
    }
}

/// What came of it.
pub(crate) struct Outcome<T> {
    pub value: T,
    /// Faults of the first answer that the repair mended.
    pub mended: Vec<Fault>,
    /// Faults that are still there.
    pub left: Vec<Fault>,
    /// What went wrong with the repair itself.
    pub notes: Vec<String>,
}

/// Who is asked, and who listens.
pub(crate) struct Conversation<'a> {
    pub provider: &'a Provider,
    pub purpose: Purpose,
    pub prompt: &'a Prompt,
    pub meter: &'a dyn Meter,
    pub progress: &'a dyn Progress,
}

impl Conversation<'_> {
    /// Asks; when the answer has faults, asks once more; takes the better of the two.
    pub async fn hold<T: Send>(
        &self,
        mut ask: Ask,
        read: impl Fn(&str) -> Reading<T> + Sync,
    ) -> Result<Outcome<T>, WriteError> {
        let (first, text) = self.once(&ask, &read).await?;
        if first.errors() == 0 && first.value.is_some() {
            return self.settle(first, Vec::new(), Vec::new());
        }
        self.progress.step(Step::Repairing { issues: first.faults.len() });
        let told: Vec<String> = first
            .faults
            .iter()
            .filter(|fault| fault.is_error)
            .take(FAULTS_TOLD)
            .map(|f| format!("- {f}"))
            .collect();
        let repair =
            self.prompt.render(Part::Repair, &[("issues", &told.join("\n"))]).map_err(broken_prompt)?;
        // an answer that ran on without end need not be sent back whole
        let shown = tokens::cut(&text, u64::from(self.provider.config.max_output_tokens)).to_owned();
        ask.turns.push(Turn::Assistant(if shown.trim().is_empty() { "{}".into() } else { shown }));
        ask.turns.push(Turn::User(repair));
        match self.once(&ask, &read).await {
            Ok((second, _)) if second.badness() <= first.badness() => {
                let mended = first
                    .faults
                    .into_iter()
                    .filter(|old| {
                        !second.faults.iter().any(|new| (&new.path, &new.code) == (&old.path, &old.code))
                    })
                    .collect();
                self.settle(second, mended, Vec::new())
            }
            Ok(_) => self.settle(
                first,
                Vec::new(),
                vec!["The model's repair made it worse and was left out.".into()],
            ),
            // what is there is better than nothing
            Err(error) if first.value.is_some() => {
                self.settle(first, Vec::new(), vec![format!("It could not be repaired: {error}.")])
            }
            Err(error) => Err(error),
        }
    }

    async fn once<T: Send>(
        &self,
        ask: &Ask,
        read: &(impl Fn(&str) -> Reading<T> + Sync),
    ) -> Result<(Reading<T>, String), WriteError> {
        self.provider
            .call(self.purpose, self.prompt, ask, self.meter, self.progress, |answer: Answer| {
                let mut reading = read(&answer.text);
                if answer.cut_off && reading.value.is_none() {
                    let message = "the answer was cut off since it was too long: write less";
                    reading.faults.insert(0, Fault::error("", "cut_off", message));
                }
                let invalid =
                    reading.faults.iter().find(|fault| fault.is_error).map(|fault| fault.code.clone());
                Judged { value: (reading, answer.text), invalid }
            })
            .await
    }

    fn settle<T>(
        &self,
        reading: Reading<T>,
        mended: Vec<Fault>,
        notes: Vec<String>,
    ) -> Result<Outcome<T>, WriteError> {
        match reading.value {
            Some(value) => Ok(Outcome { value, mended, left: reading.faults, notes }),
            None => Err(WriteError::Unusable {
                provider: self.provider.name.clone(),
                reason: reading
                    .faults
                    .first()
                    .map_or_else(|| "there was no JSON object in it".into(), ToString::to_string),
            }),
        }
    }
}

/// A prompt that can't be rendered is a fault of ours; the tests render every one of them.
#[expect(clippy::needless_pass_by_value, reason = "the form that map_err wants")]
pub(crate) fn broken_prompt(error: PromptError) -> WriteError {
    WriteError::Unusable { provider: "prompt".into(), reason: error.to_string() }
}

/// The object in an answer, or the one fault that says there is none.
pub(crate) fn object(text: &str) -> Result<Value, Fault> {
    schema::pick(text).map(Value::Object).ok_or_else(|| {
        Fault::error(
            "",
            "invalid_json",
            "the answer is not one whole JSON object; check its quotes, commas and braces",
        )
    })
}

/// A fault for an answer that tells of our instructions: a source made the model talk.
pub(crate) fn leak(answer: &str, prompt: &Prompt, fence: &str) -> Option<Fault> {
    const WORDS: usize = 9;
    let words = |text: &str| -> Vec<String> {
        text.split(|c: char| !c.is_alphanumeric())
            .filter(|word| !word.is_empty())
            .map(str::to_lowercase)
            .collect()
    };
    let said = words(answer).join(" ");
    let fixed = words(prompt.fixed_text());
    let told = answer.contains(fence) || fixed.windows(WORDS).any(|run| said.contains(&run.join(" ")));
    told.then(|| {
        Fault::error("", "leaks_prompt", "the answer repeats the instructions: write from the source only")
    })
}
