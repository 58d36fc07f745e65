//! Use cases of generations: ask, read, retry, delete. (The work itself is in `jobs`.)

use base64::{Engine as _, engine::general_purpose::STANDARD};
use bellwether_billing::{Metric, Settlement};
use bellwether_ingest::{Ingested, Input};
use bellwether_jobs::events::{self, NewEvent};
use bellwether_kernel::{
    BrandAccess, Cursor, Page, PageRequest, Permission, Problem, RequestContext,
    id::{GenerationId, OutputId, PostId},
};
use bellwether_networks::{Content, Network, Target, Tone};
use bellwether_operations::{Usage, UsageKind};
use bellwether_store::TenantTx;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json, value::RawValue};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    jobs::Generate,
    model::{CacheKey, GenerationStatus, check_instructions, check_start, read_targets},
    sql,
};
use crate::{Error, Studio, trends::OfTrend, writing::language_code};

/// What drafts are to be made from.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum InputRequest {
    /// Pasted text; Markdown is understood.
    Text {
        /// The text, up to 1,000,000 characters.
        text: String,
        /// Its title, when it has one.
        #[serde(default)]
        title: Option<String>,
    },
    /// A page of the web; its readable part is taken.
    Url {
        /// `http` or `https`, public.
        url: String,
    },
    /// A file: .md .txt .html .pdf .docx .srt .vtt, up to 10 MB.
    File {
        /// Its name with the ending.
        name: String,
        /// Its bytes in base64.
        content_base64: String,
    },
}

impl InputRequest {
    const fn kind(&self) -> &'static str {
        match self {
            Self::Text { .. } => "text",
            Self::Url { .. } => "url",
            Self::File { .. } => "file",
        }
    }
}

/// What a generation is asked for.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewGeneration {
    /// What drafts are to be made from.
    pub input: InputRequest,
    /// Targets (`x.thread`) or networks (`linkedin`, which stands for its default target), 1 to 24.
    pub targets: Vec<String>,
    /// Tone; the brand's when absent.
    #[serde(default)]
    pub tone: Option<Tone>,
    /// What to mind, in your own words, up to 1,000 characters. Language models follow it; the built-in writer follows
    /// plain wishes (no hashtags, shorter, end with a question, mention …, avoid …) and notes what it couldn't follow.
    #[serde(default)]
    pub instructions: Option<String>,
    /// A provider's name in the configuration, or `builtin`; the configured order when absent.
    #[serde(default)]
    pub model: Option<String>,
    /// Write anew although the same request was answered before.
    #[serde(default)]
    pub force: bool,
    /// When to write, up to 31 days ahead; at once when absent. The input is read at once in any case.
    #[serde(default)]
    pub starts_at: Option<DateTime<Utc>>,
}

/// A generation with its outputs.
#[derive(Debug, Serialize, ToSchema)]
pub struct GenerationView {
    /// Id.
    pub id: GenerationId,
    /// Where it stands.
    #[schema(value_type = GenerationStatus)]
    pub status: String,
    /// What it was made from.
    pub input: InputView,
    /// What was asked for.
    #[schema(value_type = Vec<Target>)]
    pub targets: Vec<String>,
    /// Tone.
    #[schema(value_type = Tone)]
    pub tone: String,
    /// In the person's own words.
    pub instructions: Option<String>,
    /// Answered from an earlier request that was the same, at no cost.
    pub cached: bool,
    /// What the input says; absent until it was read.
    pub analysis: Option<AnalysisView>,
    /// One per target, in the order asked.
    pub outputs: Vec<OutputView>,
    /// Why nothing or not everything was written.
    pub error: Option<ErrorView>,
    /// When it was asked for.
    pub created_at: DateTime<Utc>,
    /// When the writing was to begin; none is at once.
    pub starts_at: Option<DateTime<Utc>>,
    /// When it was done.
    pub completed_at: Option<DateTime<Utc>>,
    /// From the start of the work to its end.
    pub generation_time_ms: Option<i32>,
    /// Tokens in and out; 0 for the built-in writer.
    pub tokens_used: i64,
    /// Millionths of a US dollar, of the calls whose price is known.
    pub cost_micro_usd: i64,
    /// Grows with every change.
    pub version: i32,
}

/// What a generation was made from.
#[derive(Debug, Serialize, ToSchema)]
pub struct InputView {
    /// `text`, `url` or `file`.
    pub r#type: String,
    /// Title.
    pub title: Option<String>,
    /// Address.
    pub url: Option<String>,
    /// Name of the file.
    pub file_name: Option<String>,
    /// How it begins.
    pub excerpt: String,
    /// How long it is.
    pub words: i32,
    /// ISO 639-1 code.
    pub language: Option<String>,
}

/// What an input says.
#[derive(Debug, Serialize, ToSchema)]
pub struct AnalysisView {
    /// The one thing that it says.
    pub core_message: String,
    /// What supports it.
    pub key_points: Vec<String>,
    /// What it is about.
    pub topic: String,
    /// Whom it is for.
    pub audience: String,
    /// ISO 639-1 code.
    pub language: String,
    /// Phrases that it turns on.
    pub keyphrases: Vec<String>,
}

/// What a generation wrote, or could not write, for one target.
#[derive(Debug, Serialize, ToSchema)]
pub struct OutputView {
    /// Id.
    pub id: OutputId,
    /// Network and content type.
    #[schema(value_type = Target)]
    pub target: String,
    /// Network.
    #[schema(value_type = Network)]
    pub network: String,
    /// `pending`, `running`, `completed` or `failed`.
    pub status: String,
    /// What the writer wrote; the post may have been edited since.
    #[schema(value_type = Option<Content>)]
    pub content: Option<Box<RawValue>>,
    /// Why it failed.
    pub error: Option<ErrorView>,
    /// The draft made of it, unless it was deleted.
    pub post_id: Option<PostId>,
    /// Who wrote it.
    pub writer: Option<OutputWriter>,
    /// What the reader of the draft should know.
    pub notes: Vec<String>,
    /// How long the writing took.
    pub milliseconds: Option<i32>,
}

/// Who wrote an output.
#[derive(Debug, Serialize, ToSchema)]
pub struct OutputWriter {
    /// `builtin`, or a provider's name in the configuration.
    pub provider: String,
    /// The model.
    pub model: String,
    /// The prompt's name and version.
    pub prompt: String,
}

/// A reason with its stable code.
#[derive(Debug, Serialize, ToSchema)]
pub struct ErrorView {
    /// Stable code.
    pub code: String,
    /// In words.
    pub message: String,
}

/// What a list shows of a generation.
#[derive(Debug, Serialize, ToSchema)]
pub struct GenerationSummary {
    /// Id.
    pub id: GenerationId,
    /// Where it stands.
    #[schema(value_type = GenerationStatus)]
    pub status: String,
    /// What it was made from.
    pub input: InputView,
    /// What was asked for.
    #[schema(value_type = Vec<Target>)]
    pub targets: Vec<String>,
    /// Tone.
    #[schema(value_type = Tone)]
    pub tone: String,
    /// When it was asked for.
    pub created_at: DateTime<Utc>,
    /// When it was done.
    pub completed_at: Option<DateTime<Utc>>,
}

impl From<sql::SummaryRow> for GenerationSummary {
    fn from(row: sql::SummaryRow) -> Self {
        Self {
            id: row.id,
            status: row.status,
            input: InputView {
                r#type: row.input_type,
                title: row.input_title,
                url: row.input_url,
                file_name: row.input_file_name,
                excerpt: row.excerpt,
                words: row.input_words,
                language: row.language,
            },
            targets: row.targets,
            tone: row.tone,
            created_at: row.created_at,
            completed_at: row.completed_at,
        }
    }
}

fn error_view(code: Option<String>, message: Option<String>) -> Option<ErrorView> {
    Some(ErrorView { code: code?, message: message.unwrap_or_default() })
}

impl From<sql::OutputRow> for OutputView {
    fn from(row: sql::OutputRow) -> Self {
        let writer = match (row.provider, row.model) {
            (Some(provider), Some(model)) => {
                Some(OutputWriter { provider, model, prompt: row.prompt.unwrap_or_default() })
            }
            _ => None,
        };
        Self {
            id: row.id,
            target: row.target,
            network: row.network,
            status: row.status,
            content: row.content.map(|content| content.0),
            error: error_view(row.error_code, row.error_message),
            post_id: row.post_id,
            writer,
            notes: row.notes,
            milliseconds: row.milliseconds,
        }
    }
}

fn view(row: sql::GenerationRow, outputs: Vec<sql::OutputRow>, cached: bool) -> GenerationView {
    let analysis = row.core_message.map(|core_message| AnalysisView {
        core_message,
        key_points: row.key_points.map(|points| points.0).unwrap_or_default(),
        topic: row.detected_topic.unwrap_or_default(),
        audience: row.detected_audience.unwrap_or_default(),
        language: row.language.clone().unwrap_or_default(),
        keyphrases: row.keyphrases,
    });
    GenerationView {
        id: row.id,
        status: row.status,
        input: InputView {
            r#type: row.input_type,
            title: row.input_title,
            url: row.input_url,
            file_name: row.input_file_name,
            excerpt: row.excerpt,
            words: row.input_words,
            language: row.language,
        },
        targets: row.targets,
        tone: row.tone,
        instructions: row.instructions,
        cached,
        analysis,
        outputs: outputs.into_iter().map(OutputView::from).collect(),
        error: error_view(row.error_code, row.error_message),
        created_at: row.created_at,
        starts_at: row.starts_at,
        completed_at: row.completed_at,
        generation_time_ms: row.generation_time_ms,
        tokens_used: row.tokens_used,
        cost_micro_usd: row.cost_micro_usd,
        version: row.version,
    }
}

impl Studio {
    /// Asks for drafts. The input is read here, so that a bad one is told at once; the writing is a job.
    /// The same request as before is answered from before.
    pub async fn create_generation(
        &self,
        access: &BrandAccess,
        input: NewGeneration,
        context: &RequestContext,
    ) -> Result<GenerationView, Error> {
        self.create_generation_of(access, input, None, context).await
    }

    /// The same of what a trend's sources say, when it is one's; the posts are noted as made of it.
    pub(crate) async fn create_generation_of(
        &self,
        access: &BrandAccess,
        input: NewGeneration,
        trend: Option<&OfTrend>,
        context: &RequestContext,
    ) -> Result<GenerationView, Error> {
        access.allow(Permission::PostsWrite)?;
        let targets = read_targets(&input.targets)?;
        check_instructions(input.instructions.as_deref())?;
        check_start(input.starts_at, self.clock.now())?;
        let model = self.writing.check_model(input.model.as_deref())?;
        let kind = input.input.kind();
        let file_name = match &input.input {
            InputRequest::File { name, .. } => Some(name.chars().take(200).collect::<String>()),
            _ => None,
        };
        let mut ingested = self.read_input(input.input).await?;
        if let Some(trend) = trend {
            ingested.source_url = Some(trend.url.clone());
        }

        let mut tx = self.store.tenant(access).await?;
        let brand =
            self.brands.get_in(&mut tx, access.brand).await?.ok_or_else(|| Problem::not_found("brand"))?;
        let notes = self.brands.writer_notes(&mut tx, access.brand).await?;
        let tone = input.tone.or_else(|| Tone::parse(&brand.default_tone)).unwrap_or_default();
        let instructions = input.instructions.as_deref().map(str::trim).filter(|text| !text.is_empty());
        let writer = self.writing.identity(model.as_deref());
        let mut sorted: Vec<&str> = targets.iter().map(|target| target.as_str()).collect();
        sorted.sort_unstable();
        let tags = ingested.tags();
        let voices = self.voices_of(&mut tx, access.brand, &targets).await?;
        let cache_key = CacheKey {
            input_hash: &ingested.hash,
            tags: &tags,
            targets: sorted,
            tone,
            instructions,
            writer: &writer,
            brand: &notes,
            locale: &brand.locale,
            voices: &voices,
            source_url: ingested.source_url.as_deref(),
        }
        .hash();
        if !input.force
            && let Some(id) = sql::find_cached(tx.conn(), access.brand, &cache_key).await?
        {
            let found = read(&mut tx, access, id, true).await?;
            tx.commit().await?;
            return Ok(found);
        }

        let language = language_code(ingested.language);
        let id = GenerationId::new(&self.clock, &self.rng);
        self.billing.reserve(&mut tx, Metric::Generations, id.uuid()).await?;
        let names: Vec<String> = targets.iter().map(|target| target.as_str().to_owned()).collect();
        let networks: Vec<String> =
            targets.iter().map(|target| target.network().as_str().to_owned()).collect();
        let now = self.clock.now();
        let row = sql::NewRow {
            organization: access.organization,
            id,
            brand: access.brand,
            created_by: Some(access.user),
            input_type: kind,
            title: ingested.title.as_deref(),
            url: ingested.source_url.as_deref(),
            file_name: file_name.as_deref(),
            text: &ingested.text,
            words: i32::try_from(ingested.words).unwrap_or(i32::MAX),
            input_hash: &ingested.hash,
            cache_key: &cache_key,
            targets: &names,
            tone: tone.as_str(),
            instructions,
            writer: model.as_deref().unwrap_or(""),
            language: language.as_deref(),
            request: json!({
                "request_id": context.request_id, "user_agent": context.user_agent, "ip_address": context.ip_address,
                "tags": tags, "trend": trend,
            }),
            starts_at: input.starts_at,
            now,
        };
        sql::insert(tx.conn(), &row).await?;
        let ids: Vec<Uuid> = targets.iter().map(|_| OutputId::new(&self.clock, &self.rng).uuid()).collect();
        sql::insert_outputs(tx.conn(), access.organization, access.brand, id, &ids, &names, &networks, now)
            .await?;
        let usage = Usage {
            kind: UsageKind::GenerationStarted,
            generation: id,
            brand: access.brand,
            user: Some(access.user),
            networks,
            tokens: None,
            cost: None,
            context: context.clone(),
        };
        self.operations.record_usage(&mut tx, &usage).await?;
        let data = json!({ "targets": names, "tone": tone, "input": { "type": kind, "title": row.title } });
        self.record_generation(&mut tx, access, id, "generation.started", Some(data), context).await?;
        if let (Some(trend), Some(trends)) = (trend, &self.trends) {
            let of = (trend.id, trend.angle.as_deref());
            trends.note_drafted(&mut tx, access, of, id, context).await.map_err(Problem::from)?;
        }
        Generate::enqueue(&mut tx, access.organization, id, input.starts_at).await?;
        let view = read(&mut tx, access, id, false).await?;
        tx.commit().await?;
        Ok(view)
    }

    async fn read_input(&self, input: InputRequest) -> Result<Ingested, Error> {
        let input = match input {
            InputRequest::Text { text, title } => Input::Text { text, title },
            InputRequest::Url { url } => Input::Url(url),
            InputRequest::File { name, content_base64 } => {
                let bytes = STANDARD.decode(content_base64.trim()).map_err(|_| {
                    Problem::invalid("input/content_base64", "not_base64", "Send the file's bytes in base64.")
                })?;
                Input::File { name, bytes: bytes.into() }
            }
        };
        Ok(self.writing.read(input).await?)
    }

    /// A generation with its outputs.
    pub async fn get_generation(
        &self,
        access: &BrandAccess,
        id: GenerationId,
    ) -> Result<GenerationView, Error> {
        access.allow(Permission::PostsRead)?;
        let mut tx = self.store.tenant(access).await?;
        let view = read(&mut tx, access, id, false).await?;
        tx.end_reading();
        Ok(view)
    }

    /// The input's text, whole.
    pub async fn get_input_text(&self, access: &BrandAccess, id: GenerationId) -> Result<String, Error> {
        access.allow(Permission::PostsRead)?;
        let mut tx = self.store.tenant(access).await?;
        let text = sql::get_text(tx.conn(), access.brand, id).await?;
        tx.end_reading();
        Ok(text.ok_or_else(|| Problem::not_found("generation"))?)
    }

    /// A page of generations, newest first.
    pub async fn list_generations(
        &self,
        access: &BrandAccess,
        status: Option<GenerationStatus>,
        query: Option<&str>,
        page: PageRequest,
    ) -> Result<Page<GenerationSummary>, Error> {
        access.allow(Permission::PostsRead)?;
        let query = query.map(|query| query.trim().to_lowercase()).filter(|query| !query.is_empty());
        let mut tx = self.store.tenant(access).await?;
        let status = status.map(GenerationStatus::as_str);
        let rows =
            sql::list(tx.conn(), access.brand, status, query.as_deref(), page.after, page.limit + 1).await?;
        tx.end_reading();
        let cursor = |row: &sql::SummaryRow| Cursor { at: row.created_at, id: row.id.uuid() };
        Ok(Page::of(rows, page.limit, cursor).map(GenerationSummary::from))
    }

    /// Tries one failed output again; the others stay as they are.
    pub async fn retry_output(
        &self,
        access: &BrandAccess,
        id: GenerationId,
        output: OutputId,
        context: &RequestContext,
    ) -> Result<GenerationView, Error> {
        access.allow(Permission::PostsWrite)?;
        let mut tx = self.store.tenant(access).await?;
        let row = sql::lock(tx.conn(), id).await?.filter(|row| row.brand == access.brand && !row.deleted);
        row.ok_or_else(|| Problem::not_found("generation"))?;
        if !sql::output_exists(tx.conn(), id, output).await? {
            return Err(Problem::not_found("output").into());
        }
        if !sql::reset_output(tx.conn(), id, output).await? {
            return Err(Error::NotFailed);
        }
        // a generation that failed wholly gave its allowance back: what comes of it now counts again
        self.billing.reserve(&mut tx, Metric::Generations, id.uuid()).await?;
        sql::reopen(tx.conn(), id).await?;
        let data = json!({ "output_id": output });
        self.record_generation(&mut tx, access, id, "generation.started", Some(data), context).await?;
        Generate::enqueue(&mut tx, access.organization, id, None).await?;
        let view = read(&mut tx, access, id, false).await?;
        tx.commit().await?;
        Ok(view)
    }

    /// Removes a generation from the history; its posts stay. [`Self::restore_generation`] brings it back.
    pub async fn delete_generation(
        &self,
        access: &BrandAccess,
        id: GenerationId,
        context: &RequestContext,
    ) -> Result<(), Error> {
        access.allow(Permission::PostsWrite)?;
        let mut tx = self.store.tenant(access).await?;
        let status = sql::set_deleted(tx.conn(), access.brand, id, Some(self.clock.now())).await?;
        let status = status.ok_or_else(|| Problem::not_found("generation"))?;
        // it is not begun any more, so it counts no more
        if status == GenerationStatus::Pending.as_str() {
            self.billing.settle(&mut tx, Metric::Generations, id.uuid(), Settlement::Released).await?;
        }
        self.record_generation(&mut tx, access, id, "generation.deleted", None, context).await?;
        Ok(tx.commit().await?)
    }

    /// Brings back a removed generation.
    pub async fn restore_generation(
        &self,
        access: &BrandAccess,
        id: GenerationId,
        context: &RequestContext,
    ) -> Result<GenerationView, Error> {
        access.allow(Permission::PostsWrite)?;
        let mut tx = self.store.tenant(access).await?;
        let status = sql::set_deleted(tx.conn(), access.brand, id, None).await?;
        if status.is_some() {
            self.record_generation(&mut tx, access, id, "generation.restored", None, context).await?;
        }
        let view = read(&mut tx, access, id, false).await?;
        // the job that it had may have passed by meanwhile
        if status.as_deref() == Some(GenerationStatus::Pending.as_str()) {
            self.billing.reserve(&mut tx, Metric::Generations, id.uuid()).await?;
            Generate::enqueue(&mut tx, access.organization, id, view.starts_at).await?;
        }
        tx.commit().await?;
        Ok(view)
    }

    async fn record_generation(
        &self,
        tx: &mut TenantTx,
        access: &BrandAccess,
        id: GenerationId,
        kind: &'static str,
        data: Option<Value>,
        context: &RequestContext,
    ) -> Result<(), Error> {
        let event = NewEvent {
            organization: access.organization,
            brand: Some(access.brand),
            kind,
            subject: ("generation", id.uuid()),
            actor: access.actor(),
            before: None,
            after: None,
            data,
            context: context.clone(),
        };
        events::record(tx, &self.clock, &self.rng, event).await?;
        Ok(())
    }
}

async fn read(
    tx: &mut TenantTx,
    access: &BrandAccess,
    id: GenerationId,
    cached: bool,
) -> Result<GenerationView, Error> {
    let row = sql::get(tx.conn(), access.brand, id).await?.ok_or_else(|| Problem::not_found("generation"))?;
    let outputs = sql::list_outputs(tx.conn(), id).await?;
    Ok(view(row, outputs, cached))
}
