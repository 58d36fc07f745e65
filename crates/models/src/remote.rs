//! A language model that writes drafts.

use async_trait::async_trait;
use bellwether_networks::{Content, Shape};
use serde_json::Value;
use tokio::time::Instant;

use crate::{
    analyst::cut_note,
    check::Fault,
    converse::{Conversation, FAULTS_TOLD, Outcome, Reading, broken_prompt, leak, object},
    facts::Known,
    fence,
    meter::{Meter, Purpose},
    prompt::{Part, Prompt},
    provider::SharedProvider,
    rules,
    schema::Schema,
    tally::Tally,
    tokens,
    transport::{Ask, Turn},
    writer::{Brief, Progress, Trace, WriteError, Writer, Written},
};

/// Texts of an author scatter around their usual match: what is no further below it than this is not asked for again.
const SCATTER: f32 = 0.1;
/// What is as near as this needs no second call, however close to each other the author's own texts are.
const NEAR: f32 = 0.75;

/// Writes with one provider's model.
pub(crate) struct RemoteWriter {
    provider: SharedProvider,
    prompt: Prompt,
}

/// A draft as it was read out of an answer.
#[derive(Debug, Clone)]
struct Draft {
    content: Content,
    trace: Vec<Trace>,
}

impl RemoteWriter {
    pub fn new(provider: SharedProvider, prompt: Prompt) -> Self {
        Self { provider, prompt }
    }

    /// The question, the marks around the source, and what had to be left out.
    fn ask(&self, brief: &Brief, schema: &Schema) -> Result<(Ask, String, Vec<String>), WriteError> {
        let fence = fence(self.provider.rng());
        let or = |text: Option<&str>, otherwise: &str| match text.map(str::trim) {
            Some(text) if !text.is_empty() => text.to_owned(),
            _ => otherwise.to_owned(),
        };
        let brand = or(brief.brand.name.as_deref(), "a brand");
        let language = or(brief.document.language.as_deref(), "the language of the source");
        let system = self
            .prompt
            .render(Part::System, &[("brand", &brand), ("language", &language), ("fence", &fence)])
            .map_err(broken_prompt)?;

        let target = format!("{} ({})", brief.target.name(), brief.target);
        let tone = format!("{}: {}", brief.tone.as_str(), brief.tone.description());
        let rules = rules::text(brief.target);
        let form = schema.value().to_string();
        let voice = voice(brief);
        let instructions = or(brief.instructions.as_deref(), "Nothing in particular.");
        let variation = match brief.variation {
            0 => String::new(),
            n => format!(
                "This is draft number {} of the same source: open differently and stress another of its points.",
                n + 1
            ),
        };
        let style = style(brief);
        let analysis = analysis(brief);
        let knowledge = knowledge(brief);
        let mut fixed: Vec<(&str, &str)> = vec![
            ("target", &target),
            ("tone", &tone),
            ("rules", &rules),
            ("schema", &form),
            ("voice", &voice),
            ("style", &style),
            ("instructions", &instructions),
            ("variation", &variation),
            ("analysis", &analysis),
            ("knowledge", &knowledge),
            ("fence", &fence),
        ];
        let taken: u64 =
            fixed.iter().map(|(_, text)| tokens::estimate(text)).sum::<u64>() + tokens::estimate(&system);
        let room = self.provider.config.max_input_tokens.saturating_sub(taken + 200);
        let head = head(brief);
        let text = tokens::cut(&brief.document.text, room.saturating_sub(tokens::estimate(&head)));
        let notes = cut_note(&brief.document.text, text).into_iter().collect();
        let document = format!("{head}{text}");
        fixed.push(("document", &document));
        let user = self.prompt.render(Part::User, &fixed).map_err(broken_prompt)?;
        let ask = Ask {
            system,
            turns: vec![Turn::User(user)],
            schema: schema.value().clone(),
            schema_name: brief.target.shape().into(),
            seed: (brief.variation > 0).then_some(u64::from(brief.variation)),
        };
        Ok((ask, fence, notes))
    }
}

#[async_trait]
impl Writer for RemoteWriter {
    fn name(&self) -> &str {
        &self.provider.name
    }

    fn version(&self) -> String {
        format!("{}/{} {}", self.provider.name, self.provider.config.model, self.prompt.label())
    }

    async fn write(
        &self,
        brief: &Brief,
        meter: &dyn Meter,
        progress: &dyn Progress,
    ) -> Result<Written, WriteError> {
        if brief.document.text.trim().is_empty() {
            return Err(WriteError::NothingToWrite("it has no text".into()));
        }
        let start = Instant::now();
        let schema = rules::schema(brief.target)
            .map_err(|reason| WriteError::Unusable { provider: self.provider.name.clone(), reason })?;
        let (ask, fence, mut notes) = self.ask(brief, &schema)?;
        let known = Known::of(brief);
        let tally = Tally::new(meter);
        let conversation = Conversation {
            provider: &self.provider,
            purpose: Purpose::Write,
            prompt: &self.prompt,
            meter: &tally,
            progress,
        };
        let reading = |text: &str| read(text, brief, &schema, &known, &self.prompt, &fence);
        let first = conversation.hold(ask.clone(), reading).await?;
        let (outcome, said) = if let Some((turn, heard)) = self.off(brief, &first) {
            second_try(&conversation, ask, turn, brief, first, heard, reading).await
        } else {
            let heard = heard(brief, &first);
            (first, heard.map(|heard| format!("The match with the brand’s voice is {heard:.2}.")))
        };
        notes.extend(notes_on(&outcome));
        notes.extend(said);
        let sums = tally.sums();
        Ok(Written {
            content: outcome.value.content,
            provider: self.provider.name.clone(),
            model: self.provider.config.model.clone(),
            prompt: self.prompt.label(),
            usage: sums.usage,
            cost: sums.cost,
            milliseconds: start.elapsed().as_millis() as u64,
            attempts: sums.calls,
            notes,
            trace: outcome.value.trace,
        })
    }
}

impl RemoteWriter {
    /// What to ask once more, and the match of the first draft in per cent: when it is further from the voice than the
    /// author's own texts are, by a voice that can tell.
    fn off(&self, brief: &Brief, first: &Outcome<Draft>) -> Option<(Turn, f32)> {
        let ear = brief.voice.as_deref().filter(|ear| ear.can_tell())?;
        let confidence = ear.hear(&first.value.content)?;
        if confidence.value >= (ear.usual() - SCATTER).min(NEAR) || confidence.off.is_empty() {
            return None;
        }
        let off: Vec<String> = confidence
            .off
            .iter()
            .map(|reason| {
                let feature = reason.feature;
                format!(
                    "- {}: {:.2} here, {:.2} with the author: {}",
                    feature.label, reason.value, reason.usual, reason.advice
                )
            })
            .collect();
        let (heard, usual) = (confidence.value * 100.0, ear.usual() * 100.0);
        let values =
            [("heard", format!("{heard:.0}")), ("usual", format!("{usual:.0}")), ("off", off.join("\n"))];
        let values: Vec<(&str, &str)> = values.iter().map(|(name, value)| (*name, value.as_str())).collect();
        Some((Turn::User(self.prompt.render(Part::Voice, &values).ok()?), confidence.value))
    }
}

/// The match of a draft with the brief's voice, from 0 to 1.
fn heard(brief: &Brief, outcome: &Outcome<Draft>) -> Option<f32> {
    Some(brief.voice.as_deref()?.hear(&outcome.value.content)?.value)
}

/// Asks for the draft once more in the author's voice, and keeps the better one: nearer to the voice and with no more
/// faults. What fails leaves the first.
async fn second_try(
    conversation: &Conversation<'_>,
    mut ask: Ask,
    voice: Turn,
    brief: &Brief,
    first: Outcome<Draft>,
    before: f32,
    reading: impl Fn(&str) -> Reading<Draft> + Sync,
) -> (Outcome<Draft>, Option<String>) {
    let shown = serde_json::to_string(&first.value.content).unwrap_or_default();
    ask.turns.push(Turn::Assistant(shown));
    ask.turns.push(voice);
    let errors = |outcome: &Outcome<Draft>| outcome.left.iter().filter(|fault| fault.is_error).count();
    match conversation.hold(ask, reading).await {
        Ok(second) => match heard(brief, &second) {
            Some(after) if after > before && errors(&second) <= errors(&first) => {
                let said = format!(
                    "Asked once more for the brand’s voice: the match rose from {before:.2} to {after:.2}."
                );
                (second, Some(said))
            }
            after => {
                let after =
                    after.map_or_else(|| "could not be heard".to_owned(), |after| format!("had {after:.2}"));
                let said = format!(
                    "The match with the brand’s voice is {before:.2}; a second try {after} and was left out."
                );
                (first, Some(said))
            }
        },
        Err(error) => {
            let said =
                format!("The match with the brand’s voice is {before:.2}; a second try failed: {error}.");
            (first, Some(said))
        }
    }
}

/// How the author writes, line by line. Their own words are in it, so it stands inside the fence.
fn style(brief: &Brief) -> String {
    match brief.voice.as_deref().map(crate::VoiceEar::notes) {
        Some(notes) if !notes.is_empty() => {
            notes.iter().map(|note| format!("- {note}")).collect::<Vec<_>>().join("\n")
        }
        _ => "Nothing is measured yet.".to_owned(),
    }
}

/// The document's title and address, which belong to what may be cited.
fn head(brief: &Brief) -> String {
    let line = |name: &str, value: &Option<String>| {
        value.as_ref().map(|value| format!("{name}: {value}\n")).unwrap_or_default()
    };
    let tags = (!brief.document.tags.is_empty()).then(|| brief.document.tags.join(", "));
    let head = line("Title", &brief.document.title)
        + &line("Address", &brief.document.source_url)
        + &line("Tags", &tags);
    if head.is_empty() { head } else { head + "\n" }
}

fn voice(brief: &Brief) -> String {
    let mut lines: Vec<String> = Vec::new();
    lines.extend(brief.brand.name.iter().map(|name| format!("- {name}")));
    lines.extend(brief.brand.audience.iter().map(|audience| format!("- speaks to: {audience}")));
    lines.extend(brief.brand.voice.iter().map(|note| format!("- {note}")));
    lines.extend(brief.brand.about.iter().map(|note| format!("- {note}")));
    if !brief.brand.topics.is_empty() {
        lines.push(format!("- speaks about: {}", brief.brand.topics.join(", ")));
    }
    if !brief.brand.calls_to_action.is_empty() {
        lines.push(format!("- asks readers to, where it fits: {}", brief.brand.calls_to_action.join("; ")));
    }
    let network = brief.target.network();
    lines.extend(brief.brand.networks.get(&network).map(|note| format!("- on {}: {note}", network.as_str())));
    if brief.brand.no_hashtags {
        lines.push("- uses no hashtags, unless the person asks for some by name".to_owned());
    }
    if !brief.brand.avoid.is_empty() {
        lines.push(format!("- never uses: {}", brief.brand.avoid.join(", ")));
    }
    if lines.is_empty() { "Nothing is known about the voice.".into() } else { lines.join("\n") }
}

/// What may be cited beside the source.
fn knowledge(brief: &Brief) -> String {
    let lines: Vec<String> = brief
        .brand
        .citations
        .iter()
        .map(|citation| {
            let from: Vec<&str> = citation.source.iter().chain(&citation.url).map(String::as_str).collect();
            let from = if from.is_empty() { String::new() } else { format!(" ({})", from.join(", ")) };
            format!("- {}{from}", citation.text)
        })
        .collect();
    if lines.is_empty() { "Nothing.".into() } else { lines.join("\n") }
}

fn analysis(brief: &Brief) -> String {
    let Some(analysis) = &brief.analysis else { return "Nothing yet.".into() };
    let points = analysis.key_points.join("\n- ");
    format!(
        "Core message: {}\nTopic: {}\nAudience: {}\nKey points:\n- {points}",
        analysis.core_message, analysis.topic, analysis.audience
    )
}

/// Reads an answer: JSON, schema, our types, the network's rules, the facts.
fn read(
    text: &str,
    brief: &Brief,
    schema: &Schema,
    known: &Known<'_>,
    prompt: &Prompt,
    fence: &str,
) -> Reading<Draft> {
    let unusable = |fault: Fault| Reading { value: None, faults: vec![fault] };
    let mut value = match object(text) {
        Ok(value) => value,
        Err(fault) => return unusable(fault),
    };
    if let Some(fault) = leak(text, prompt, fence) {
        return unusable(fault);
    }
    mend(&mut value, brief.target.shape(), schema);
    let mut faults = schema.faults(&value, FAULTS_TOLD);
    let content: Content = match serde_json::from_value(value) {
        Ok(content) => content,
        Err(error) => {
            if faults.is_empty() {
                faults.push(Fault::error("", "schema", error.to_string()));
            }
            return Reading { value: None, faults };
        }
    };
    if content.published_texts().iter().all(|published| published.text.trim().is_empty()) {
        return unusable(Fault::error("", "empty", "all texts are empty"));
    }
    faults.extend(rules::faults(brief.target, &content));
    let found = known.check(&content);
    faults.extend(found.faults);
    Reading { value: Some(Draft { content, trace: found.trace }), faults }
}

/// What needs no second call: the tag of the shape, the count of a thread, the sign of a hashtag, additions that the
/// form doesn't have.
fn mend(value: &mut Value, shape: Shape, schema: &Schema) {
    let Some(map) = value.as_object_mut() else { return };
    map.insert("shape".into(), shape.as_str().into());
    if let Some(count) = map.get("thread").and_then(Value::as_array).map(Vec::len) {
        map.insert("post_count".into(), count.into());
    }
    for (field, sign) in [("hashtags", '#'), ("mentions", '@')] {
        let Some(tags) = map.get_mut(field).and_then(Value::as_array_mut) else { continue };
        for tag in tags {
            if let Some(text) = tag.as_str().filter(|text| !text.starts_with(sign) && !text.is_empty()) {
                *tag = format!("{sign}{}", text.trim()).into();
            }
        }
    }
    if let Some(known) = schema.value().get("properties").and_then(Value::as_object) {
        map.retain(|key, _| known.contains_key(key));
    }
}

fn notes_on(outcome: &Outcome<Draft>) -> Vec<String> {
    let mut notes = outcome.notes.clone();
    if !outcome.mended.is_empty() {
        let mut codes: Vec<&str> = outcome.mended.iter().map(|fault| fault.code.as_str()).collect();
        codes.sort_unstable();
        codes.dedup();
        notes.push(format!("The model mended its first answer: {}.", codes.join(", ")));
    }
    notes.extend(outcome.left.iter().map(|fault| format!("Still to be mended: {fault}")));
    notes
}
