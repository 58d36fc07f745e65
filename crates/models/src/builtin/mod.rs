//! The built-in writer: composes drafts from the input's own sentences. No network, no key, no model.
//!
//! It ranks what the input says, takes what stands alone or is followed by what makes it stand, and puts it in the form
//! of the target within all of its limits at once. The only words of its own are the phrases of `patterns.toml`; every
//! other sentence is from the input, which [`Written::trace`] shows piece by piece. Of what a person asks for it follows
//! what needs no understanding (see `wishes`) and says what it didn't follow. With a trained voice it takes the selection
//! and the form that the voice is surest of; the words stay the input's.
//!
//! The same brief gives the same draft; a higher `variation` another selection and order of openings.

mod carousel;
mod context;
mod flow;
mod form;
mod letter;
mod material;
mod openings;
mod paragraph;
pub mod patterns;
mod post;
mod reported;
mod script;
mod select;
mod slide;
mod spoken;
mod text;
mod thread;
mod title;
mod wishes;

use std::{
    collections::VecDeque,
    hash::{DefaultHasher, Hash, Hasher},
    sync::{Arc, Mutex, PoisonError},
    time::Instant,
};

use async_trait::async_trait;
use bellwether_kernel::money::MicroUsd;
use bellwether_networks::{Content, Shape};

use self::{context::Context, material::Material, spoken::Lean, wishes::Wishes};
use crate::{
    BUILTIN,
    meter::Meter,
    writer::{Brief, Document, Progress, Trace, Usage, WriteError, Writer, Written},
};

/// The writer's version: a change of what it writes is a new one.
pub const MODEL: &str = "writer-5";
/// The version of the declared phrases.
pub const PATTERNS: &str = "patterns/3";
/// Selections tried before a text is found to give nothing that a network accepts. The writer keeps the limits that it
/// counts; some networks have rules of their own kind, such as no telephone number.
const TRIES: u32 = 4;
/// Documents kept analysed, so that the targets of one generation share the work.
const KEPT: usize = 8;

/// The hash of a document, and what it offers.
type Kept = (u64, Arc<Material>);

/// The built-in writer. Cheap to clone; clones share what is analysed.
#[derive(Clone, Default)]
pub struct BuiltinWriter {
    kept: Arc<Mutex<VecDeque<Kept>>>,
}

impl BuiltinWriter {
    /// A writer that has read nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Writes at once.
    pub fn compose(&self, brief: &Brief) -> Result<Written, WriteError> {
        let start = Instant::now();
        let material = self.material(&brief.document);
        if material.analysis.sentences.is_empty() {
            return Err(WriteError::NothingToWrite("it has no sentence in it".to_owned()));
        }
        let wishes = Wishes::of(brief.instructions.as_deref(), &brief.brand);
        let nothing = || {
            WriteError::NothingToWrite(format!(
                "it has too little that stands on its own for {}",
                brief.target.name()
            ))
        };
        let (content, trace) =
            first_valid(&material, brief, brief.variation, &wishes, None).ok_or_else(nothing)?;
        let heard = brief
            .voice
            .as_deref()
            .filter(|ear| ear.language() == material.analysis.language)
            .map(|ear| spoken::in_voice(ear, &material, brief, &wishes, (&content, &trace)));
        let spoken = heard.is_some();
        let (content, trace, said) = match heard {
            Some(Some((heard, before))) => {
                // how near the words of others come is nothing to boast of
                let own = material.reported.is_none();
                let said = own.then(|| spoken::nearer(before, heard.confidence));
                (heard.content, heard.trace, said)
            }
            Some(None) => {
                let said = "The draft is too short to hear the brand’s voice in it.".to_owned();
                (content, trace, Some(said))
            }
            None => {
                let said = brief.voice.is_some().then(|| {
                    "The text is in another language than the brand’s voice, which was left out.".to_owned()
                });
                (content, trace, said)
            }
        };
        let mut notes = notes(&wishes, &content, spoken);
        notes.extend(said);
        if material.reported.is_some() {
            notes.push(
                "It tells what others report, each under its name. Put what you think of it beside it."
                    .to_owned(),
            );
        }
        if material.analysis.partial {
            notes.push("The text is very long; only its beginning was read.".to_owned());
        }
        Ok(Written {
            content,
            provider: BUILTIN.to_owned(),
            model: MODEL.to_owned(),
            prompt: PATTERNS.to_owned(),
            usage: Usage::default(),
            cost: Some(MicroUsd(0)),
            milliseconds: start.elapsed().as_millis() as u64,
            attempts: 1,
            notes,
            trace,
        })
    }

    fn material(&self, document: &Document) -> Arc<Material> {
        let mut hasher = DefaultHasher::new();
        (&document.text, &document.title, &document.source_url, &document.language, &document.tags)
            .hash(&mut hasher);
        document.reported.hash(&mut hasher);
        let key = hasher.finish();
        {
            let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some((_, material)) = kept.iter().find(|(known, _)| *known == key) {
                return material.clone();
            }
        }
        let material = Arc::new(Material::of(document));
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.push_front((key, material.clone()));
        kept.truncate(KEPT);
        material
    }
}

/// The first selection from this variation on that the network accepts.
fn first_valid(
    material: &Material,
    brief: &Brief,
    variation: u32,
    wishes: &Wishes,
    lean: Option<Lean<'_>>,
) -> Option<(Content, Vec<Trace>)> {
    (0..TRIES).find_map(|again| {
        let variation = variation.wrapping_add(again);
        let context = Context::new(material, brief.target, brief.tone, variation, wishes).leaning(lean);
        let mut trace = Vec::new();
        let draft = compose(&context, &mut trace)?;
        bellwether_networks::is_valid(brief.target, &draft).then_some((draft, trace))
    })
}

fn compose(context: &Context<'_>, trace: &mut Vec<crate::writer::Trace>) -> Option<Content> {
    // where nothing may be taken without its source's name, nothing is taken in another way
    if let Some(reported) = &context.material.reported {
        return reported::write(context, reported, trace);
    }
    match context.target.shape() {
        Shape::Post => post::post(context, trace),
        Shape::Thread => thread::thread(context, trace),
        Shape::Script => script::script(context, trace),
        Shape::Carousel => carousel::carousel(context, trace),
        Shape::Email => letter::newsletter(context, trace),
        Shape::Article => letter::article(context, trace),
    }
}

/// What of the wishes couldn't be followed.
fn notes(wishes: &Wishes, content: &Content, spoken: bool) -> Vec<String> {
    let mut notes = Vec::new();
    let quoted = |texts: &[&str]| texts.iter().map(|text| format!("“{text}”")).collect::<Vec<_>>().join(", ");
    if !wishes.unheeded.is_empty() {
        let unheeded: Vec<&str> = wishes.unheeded.iter().map(String::as_str).collect();
        notes.push(format!(
            "The built-in writer composes from your own sentences and could not follow {}.",
            quoted(&unheeded)
        ));
    }
    if wishes.voice_unheeded && !spoken {
        notes.push(
            "The built-in writer keeps the voice of the text; it does not imitate the brand’s.".to_owned(),
        );
    }
    let published: Vec<&str> = content.published_texts().iter().map(|published| published.text).collect();
    let missing = wishes.missing(&published.join(" "));
    if !missing.is_empty() {
        notes.push(format!("No sentence that fits here mentions {}.", quoted(&missing)));
    }
    let questions = published.iter().any(|text| text.contains(['?', '？', '؟']));
    if wishes.ask && !questions {
        notes.push("There was no room for a question.".to_owned());
    }
    notes
}

#[async_trait]
impl Writer for BuiltinWriter {
    fn name(&self) -> &str {
        BUILTIN
    }

    fn version(&self) -> String {
        format!("{MODEL}+{PATTERNS}")
    }

    async fn write(&self, brief: &Brief, _: &dyn Meter, _: &dyn Progress) -> Result<Written, WriteError> {
        self.compose(brief)
    }
}
