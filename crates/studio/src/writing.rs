//! Where the studio meets those who read and those who write. No database in here: the command line uses it too.

use std::sync::Arc;

use bellwether_ingest::{Ingested, Input, Reader};
use bellwether_kernel::Problem;
use bellwether_language::{Analysis as Understood, Bag, Document as Parsed, Language};
use bellwether_models::{
    Analysis, BUILTIN, BrandNotes, Brief, Citation, Document, Meter, Models, Progress, Reported, Silent,
    WriteError, Written,
};
use bellwether_networks::{Target, Tone};

/// Reads inputs and writes drafts. Cheap to clone.
#[derive(Clone)]
pub struct Writing {
    reader: Arc<Reader>,
    models: Models,
}

/// An input, read, with everything that a brief needs.
#[derive(Debug, Clone, Default)]
pub struct InputText {
    /// Clean text.
    pub text: String,
    /// Its title.
    pub title: Option<String>,
    /// Its address.
    pub url: Option<String>,
    /// ISO 639-1 code.
    pub language: Option<String>,
    /// The author's own tags.
    pub tags: Vec<String>,
    /// Who speaks.
    pub brand: BrandNotes,
    /// Which model was asked for; the configured order when absent.
    pub model: Option<String>,
    /// Who says what of it, when it is put together from what others say.
    pub reported: Option<Reported>,
}

impl InputText {
    fn document(&self) -> Document {
        Document {
            text: self.text.clone(),
            title: self.title.clone(),
            source_url: self.url.clone(),
            language: self.language.clone(),
            tags: self.tags.clone(),
            reported: self.reported.clone(),
        }
    }

    /// What a writer is told.
    pub fn brief(&self, target: Target, tone: Tone, instructions: Option<String>, variation: u32) -> Brief {
        Brief {
            document: self.document(),
            target,
            tone,
            instructions,
            brand: BrandNotes { citations: near(&self.brand.citations, &self.text), ..self.brand.clone() },
            analysis: None,
            voice: None,
            variation,
        }
    }
}

impl From<&Ingested> for InputText {
    fn from(read: &Ingested) -> Self {
        Self {
            text: read.text.clone(),
            title: read.title.clone(),
            url: read.source_url.clone(),
            language: language_code(read.language),
            tags: read.tags(),
            ..Self::default()
        }
    }
}

/// ISO 639-1 code, unless the language could not be told.
pub fn language_code(language: Language) -> Option<String> {
    (language != Language::UNKNOWN).then(|| language.code().to_owned())
}

/// What the program itself makes of a text.
fn own_analysis(input: &InputText) -> Analysis {
    // the names of those who report something are not what it is about
    let reports = input.reported.as_ref().map(|reported| {
        let parts = reported.sources.iter().map(|source| format!("## {}\n\n{}", source.title, source.text));
        parts.collect::<Vec<_>>().join("\n\n")
    });
    let mut document = Parsed::from_text(reports.as_deref().unwrap_or(&input.text));
    if let Some(title) = &input.title {
        document.metadata.title = Some(title.clone());
    }
    document.metadata.language.clone_from(&input.language);
    document.metadata.tags.clone_from(&input.tags);
    let read = Understood::of(&document);
    Analysis {
        core_message: read.core_message().unwrap_or_default(),
        key_points: read
            .key_points
            .iter()
            .take(5)
            .map(|index| read.sentences[*index].alone().to_owned())
            .collect(),
        // what can't be told from the text stays empty
        topic: read.topic.clone().unwrap_or_default(),
        audience: read.audience.who.clone().unwrap_or_default(),
        language: language_code(read.language).unwrap_or_default(),
        keyphrases: read.keyphrases.iter().take(8).map(|phrase| phrase.text.clone()).collect(),
    }
}

/// Of what a brand knows, what a text has to do with: the snippets of whose telling words the text has at least a
/// third, the nearest first.
fn near(citations: &[Citation], text: &str) -> Vec<Citation> {
    const MOST: usize = 5;
    const SHARE: f32 = 1.0 / 3.0;
    if citations.is_empty() {
        return Vec::new();
    }
    let source = Bag::of(text);
    let mut near: Vec<(f32, &Citation)> = citations
        .iter()
        .map(|citation| (source.similarity(&Bag::of(&citation.text)), citation))
        .filter(|(share, _)| *share >= SHARE)
        .collect();
    near.sort_by(|(a, _), (b, _)| b.total_cmp(a));
    near.into_iter().take(MOST).map(|(_, citation)| citation.clone()).collect()
}

impl Writing {
    /// Wires reader and models.
    pub fn new(reader: Reader, models: Models) -> Self {
        Self { reader: Arc::new(reader), models }
    }

    /// Who reads files and pages.
    pub fn reader(&self) -> &Reader {
        &self.reader
    }

    /// The models, for those who list them.
    pub fn models(&self) -> &Models {
        &self.models
    }

    /// Reads a text, page or file. What can't be read is a problem located under `input`.
    pub async fn read(&self, input: Input) -> Result<Ingested, Problem> {
        let path = match &input {
            Input::Text { .. } => "input/text",
            Input::Url(_) => "input/url",
            Input::File { .. } => "input/content_base64",
        };
        self.reader.read(input).await.map_err(|error| error.to_problem(path))
    }

    /// Whether a model can be asked for by this name.
    pub fn check_model(&self, model: Option<&str>) -> Result<Option<String>, Problem> {
        let Some(name) = model.map(str::trim).filter(|name| !name.is_empty()) else { return Ok(None) };
        if self.models.writer(Some(name)).is_ok() {
            return Ok(Some(name.to_owned()));
        }
        let known: Vec<String> = self.models.list().into_iter().map(|model| model.name).collect();
        let message = format!("There is no model `{name}`; there are {}.", known.join(", "));
        Err(Problem::invalid("model", "unknown_model", message))
    }

    /// Who would write, with versions: part of what makes two requests the same.
    pub fn identity(&self, model: Option<&str>) -> String {
        self.models.writer(model).map_or_else(|_| String::new(), |writer| writer.version())
    }

    /// Has a draft written.
    pub async fn write(
        &self,
        brief: &Brief,
        model: Option<&str>,
        meter: &dyn Meter,
        progress: &dyn Progress,
    ) -> Result<Written, WriteError> {
        self.models.writer(model)?.write(brief, meter, progress).await
    }

    /// What the input says: by an analysing model when one is configured and answers, else by the program itself.
    pub async fn analyse(&self, input: &InputText, meter: &dyn Meter) -> Analysis {
        let document = input.document();
        if input.model.as_deref() != Some(BUILTIN)
            && let Some(Ok(analysed)) = self.models.analyse(&document, meter, &Silent).await
        {
            return analysed.analysis;
        }
        own_analysis(input)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_a_text_has_to_do_with_is_cited() {
        let know = |text: &str| Citation { text: text.into(), ..Citation::default() };
        let citations = [
            know("Our ovens burn beech wood from forests within forty kilometres."),
            know("Most customers order chairs in spring."),
        ];
        let text = "Why beech wood? The ovens like it, the forests are near, and kilometres cost money.";
        assert_eq!(near(&citations, text), citations[..1]);
        assert_eq!(near(&citations, "Something else entirely."), []);
    }
}
