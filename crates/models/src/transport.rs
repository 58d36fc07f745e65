//! One call to one provider, by whichever protocol. No retries here, no books: see [`crate::provider`].

use async_trait::async_trait;
use bellwether_kernel::Clock;
use futures::StreamExt as _;
use genai::{
    Client, ModelIden, ServiceTarget,
    adapter::AdapterKind,
    chat::{
        ChatMessage, ChatOptions, ChatRequest, ChatResponseFormat, ChatStreamEvent, JsonSpec,
        ReasoningEffort, StopReason, StreamEnd,
    },
    embed::{EmbedOptions, EmbedRequest},
    resolver::{AuthData, Endpoint},
};
use serde_json::{Value, json};
use tokio::time::{Instant, timeout_at};

use crate::{
    backoff,
    call_error::{CallError, Class, connection_error, shorten, status_error},
    config::{ConfigError, ProviderConfig, ProviderKind, Structured, Timeouts},
    schema,
    secret::Secret,
    writer::{Progress, Step, Usage},
};

/// An answer longer than this is no draft.
const LONGEST_ANSWER: usize = 1 << 20;

/// What is asked.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Ask {
    /// Who the model is.
    pub system: String,
    /// The conversation so far; it ends with a turn of ours.
    pub turns: Vec<Turn>,
    /// The form of the answer.
    pub schema: Value,
    /// The form's name, for providers that want one.
    pub schema_name: &'static str,
    /// So that another variation is another text.
    pub seed: Option<u64>,
}

/// One turn of the conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Turn {
    /// Ours.
    User(String),
    /// The model's.
    Assistant(String),
}

impl Ask {
    fn request(&self) -> ChatRequest {
        let messages = self.turns.iter().map(|turn| match turn {
            Turn::User(text) => ChatMessage::user(text.as_str()),
            Turn::Assistant(text) => ChatMessage::assistant(text.as_str()),
        });
        ChatRequest::new(messages.collect()).with_system(self.system.as_str())
    }

    /// Everything that is sent, for counting tokens.
    pub fn texts(&self) -> impl Iterator<Item = &str> {
        let turns = self.turns.iter().map(|turn| match turn {
            Turn::User(text) | Turn::Assistant(text) => text.as_str(),
        });
        std::iter::once(self.system.as_str()).chain(turns)
    }
}

/// What came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Answer {
    /// The text, thoughts left out.
    pub text: String,
    /// As the provider counted.
    pub usage: Option<Usage>,
    /// Whether it ended since it may not be longer.
    pub cut_off: bool,
}

/// The seam below which a provider is; tests put their own under it.
#[async_trait]
pub(crate) trait Transport: Send + Sync {
    async fn ask(
        &self,
        ask: &Ask,
        structured: Structured,
        progress: &dyn Progress,
    ) -> Result<Answer, CallError>;

    /// Turns texts into vectors.
    async fn embed(&self, _: &[&str], _: Option<u32>) -> Result<Embedded, CallError> {
        Err(CallError::new(Class::Fatal, "no_embeddings", "it makes no vectors of texts"))
    }
}

/// Vectors that came, with the place of each.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Embedded {
    pub vectors: Vec<(usize, Vec<f32>)>,
    /// As the provider counted.
    pub usage: Option<Usage>,
}

impl Embedded {
    /// In the order of the texts and of length 1, or why they can't be used.
    pub fn vectors(mut self, texts: usize, dimensions: Option<u32>) -> Result<Vec<Vec<f32>>, String> {
        self.vectors.sort_by_key(|(place, _)| *place);
        let complete = self.vectors.iter().map(|(place, _)| *place).eq(0..texts);
        if !complete {
            return Err(format!("it gave {} vectors for {texts} texts", self.vectors.len()));
        }
        let length = self.vectors.first().map_or(0, |(_, vector)| vector.len());
        let wanted = dimensions.map_or(length, |dimensions| dimensions as usize);
        let mut found = Vec::with_capacity(texts);
        for (_, mut vector) in self.vectors {
            if vector.len() != wanted || vector.is_empty() {
                return Err(format!("a vector has {} numbers instead of {wanted}", vector.len()));
            }
            let size = vector.iter().map(|number| f64::from(*number).powi(2)).sum::<f64>().sqrt();
            if !size.is_finite() || size <= 0.0 {
                return Err("a vector has no direction".to_owned());
            }
            for number in &mut vector {
                *number = (f64::from(*number) / size) as f32;
            }
            found.push(vector);
        }
        Ok(found)
    }
}

/// The real ones.
pub(crate) struct Remote {
    client: Client,
    target: ServiceTarget,
    kind: ProviderKind,
    key: Option<Secret>,
    timeouts: Timeouts,
    temperature: Option<f64>,
    max_output_tokens: u32,
    clock: Clock,
}

impl Remote {
    pub fn new(
        name: &str,
        config: &ProviderConfig,
        key: Option<Secret>,
        timeouts: Timeouts,
        clock: Clock,
    ) -> Result<Self, ConfigError> {
        // whoever is first installs it; `main` does before all else, a test may not
        if rustls::crypto::CryptoProvider::get_default().is_none() {
            let _ = rustls::crypto::ring::default_provider().install_default();
        }
        let http = reqwest::Client::builder()
            .connect_timeout(timeouts.connect())
            // a key must not travel where it was not meant for
            .redirect(reqwest::redirect::Policy::none())
            .user_agent(concat!("bellwether/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(|error| ConfigError { path: format!("providers.{name}"), message: error.to_string() })?;
        let base = config.base_url.as_ref().map_or(config.kind.default_base_url(), url::Url::as_str);
        // without the slash the last part of the path would be replaced
        let base = if base.ends_with('/') { base.to_owned() } else { format!("{base}/") };
        let adapter = match config.kind {
            ProviderKind::Openai | ProviderKind::Ollama => AdapterKind::OpenAI,
            ProviderKind::Anthropic => AdapterKind::Anthropic,
            ProviderKind::Gemini => AdapterKind::Gemini,
        };
        let target = ServiceTarget {
            endpoint: Endpoint::from_owned(base),
            // servers without keys ignore it; the protocol wants one
            auth: AuthData::from_single(key.as_ref().map_or("none", Secret::expose)),
            model: ModelIden::new(adapter, config.model.as_str()),
        };
        Ok(Self {
            client: Client::builder().with_reqwest(http).build().map_err(|error| ConfigError {
                path: format!("providers.{name}"),
                message: error.to_string(),
            })?,
            target,
            kind: config.kind,
            key,
            timeouts,
            temperature: config.temperature,
            max_output_tokens: config.max_output_tokens,
            clock,
        })
    }

    fn options(&self, ask: &Ask, structured: Structured) -> ChatOptions {
        let mut options =
            ChatOptions::default().with_capture_usage(true).with_max_tokens(self.max_output_tokens);
        options.temperature = self.temperature;
        options.response_format = match structured {
            Structured::Schema => {
                let spec = JsonSpec::new(ask.schema_name, schema::for_provider(&ask.schema));
                Some(ChatResponseFormat::JsonSpec(spec))
            }
            Structured::Json => Some(ChatResponseFormat::JsonMode),
            Structured::JsonSchema | Structured::Plain => None,
        };
        if structured == Structured::JsonSchema {
            let schema = schema::for_provider(&ask.schema);
            options.extra_body = Some(json!({"response_format": {"type": "json_object", "schema": schema}}));
        }
        if matches!(self.kind, ProviderKind::Openai | ProviderKind::Ollama) {
            options.seed = ask.seed;
            // keeps the library from reading `-high` at the end of a model's name as an effort and cutting it off
            options.reasoning_effort = Some(ReasoningEffort::Budget(0));
        }
        options
    }

    async fn stream(
        &self,
        ask: &Ask,
        structured: Structured,
        progress: &dyn Progress,
    ) -> Result<Answer, CallError> {
        let (request, options) = (ask.request(), self.options(ask, structured));
        let start = Instant::now();
        let end = start + self.timeouts.total();
        let mut limit = (start + self.timeouts.first_token()).min(end);
        let mut text = String::new();
        let mut last: Option<StreamEnd> = None;
        let response = self.client.exec_chat_stream(self.target.clone(), request, Some(&options)).await;
        let mut stream = response.map_err(|error| self.read_error(error, structured))?.stream;
        loop {
            let Ok(event) = timeout_at(limit, stream.next()).await else {
                let code = if Instant::now() >= end {
                    "timeout_total"
                } else if text.is_empty() {
                    "timeout_first_token"
                } else {
                    "timeout_idle"
                };
                return Err(CallError::new(Class::Passing, code, "it took too long to answer"));
            };
            match event {
                None => break,
                Some(Err(error)) => return Err(self.read_error(error, structured)),
                Some(Ok(ChatStreamEvent::Chunk(chunk))) => {
                    text.push_str(&chunk.content);
                    if text.len() > LONGEST_ANSWER {
                        return Err(CallError::new(
                            Class::Fatal,
                            "answer_too_long",
                            "its answer did not end",
                        ));
                    }
                    progress.step(Step::Receiving { characters: text.chars().count() });
                    progress.text(&text);
                    limit = (Instant::now() + self.timeouts.idle()).min(end);
                }
                Some(Ok(ChatStreamEvent::ReasoningChunk(_))) => {
                    limit = (Instant::now() + self.timeouts.idle()).min(end);
                }
                Some(Ok(ChatStreamEvent::End(stream_end))) => last = Some(stream_end),
                Some(Ok(_)) => {}
            }
        }
        if text.is_empty() && last.is_none() {
            return self.whole(ask, structured, end).await;
        }
        let (usage, stop) = last.map_or((None, None), |end| (end.captured_usage, end.captured_stop_reason));
        finish(text, usage, stop.as_ref())
    }

    /// Asks without streaming. Some servers hide a refusal in an empty stream; asked like this, they say it.
    async fn whole(&self, ask: &Ask, structured: Structured, end: Instant) -> Result<Answer, CallError> {
        let mut answer = self.whole_once(ask, structured, end).await;
        // the server may have dropped the connection after the stream, with this request already on it
        if answer.as_ref().is_err_and(|error| error.code == "connection_lost") {
            answer = self.whole_once(ask, structured, end).await;
        }
        answer
    }

    async fn whole_once(&self, ask: &Ask, structured: Structured, end: Instant) -> Result<Answer, CallError> {
        let (request, options) = (ask.request(), self.options(ask, structured));
        let answer = timeout_at(end, self.client.exec_chat(self.target.clone(), request, Some(&options)));
        let Ok(answer) = answer.await else {
            return Err(CallError::new(Class::Passing, "timeout_total", "it took too long to answer"));
        };
        let answer = answer.map_err(|error| self.read_error(error, structured))?;
        let text = answer.content.joined_texts().unwrap_or_default();
        finish(text, Some(answer.usage), answer.stop_reason.as_ref())
    }

    /// Sorts an error of the library; what it shows to people is shortened and has no key in it.
    fn read_error(&self, error: genai::Error, structured: Structured) -> CallError {
        let mut source = error;
        // the stream wraps what the connection said
        if let genai::Error::WebStream { error, cause, .. } = source {
            match error.downcast::<genai::Error>() {
                Ok(inner) => source = *inner,
                Err(other) => return connection_error(&*other, &self.hide(&cause)),
            }
        }
        if let Some(status) = source.status() {
            let body = match &source {
                genai::Error::HttpError { body, .. }
                | genai::Error::WebModelCall {
                    webc_error: genai::webc::Error::ResponseFailedStatus { body, .. },
                    ..
                } => body.clone(),
                other => other.to_string(),
            };
            let asked = source.headers().and_then(|headers| backoff::retry_after(headers, self.clock.now()));
            // hidden before it is shortened: half a key is a secret too
            let error = status_error(status.as_u16(), &self.hide(&body), structured);
            return CallError { retry_after: asked, ..error };
        }
        match &source {
            genai::Error::ChatResponse { body, .. } => {
                let said = body.pointer("/error/message").or_else(|| body.get("message"));
                let said = said.and_then(Value::as_str).unwrap_or("no reason given");
                CallError::new(Class::Passing, "stream_error", shorten(&self.hide(said)))
            }
            genai::Error::WebModelCall { webc_error: genai::webc::Error::Reqwest(error), .. } => {
                connection_error(error, &shorten(&self.hide(&error.to_string())))
            }
            genai::Error::StreamParse { .. }
            | genai::Error::SerdeJson(_)
            | genai::Error::JsonValueExt(_)
            | genai::Error::WebModelCall { .. }
            | genai::Error::ChatResponseGeneration { .. } => {
                CallError::new(Class::Passing, "malformed_answer", "its answer does not follow the protocol")
            }
            // what is left are requests that the library itself refuses to send
            other => CallError {
                may_have_cost: false,
                ..CallError::new(Class::Fatal, "bad_request", shorten(&self.hide(&other.to_string())))
            },
        }
    }

    fn hide(&self, text: &str) -> String {
        match &self.key {
            Some(key) if !key.expose().is_empty() => text.replace(key.expose(), "[hidden]"),
            _ => text.to_owned(),
        }
    }
}

#[async_trait]
impl Transport for Remote {
    async fn ask(
        &self,
        ask: &Ask,
        structured: Structured,
        progress: &dyn Progress,
    ) -> Result<Answer, CallError> {
        self.stream(ask, structured, progress).await
    }

    async fn embed(&self, texts: &[&str], dimensions: Option<u32>) -> Result<Embedded, CallError> {
        let mut options = EmbedOptions::new().with_encoding_format("float").with_capture_usage(true);
        options.dimensions = dimensions.map(|dimensions| dimensions as usize);
        let request = EmbedRequest::new_batch(texts.iter().map(|text| (*text).to_owned()).collect());
        let end = Instant::now() + self.timeouts.total();
        let answer = timeout_at(end, self.client.exec_embed(self.target.clone(), request, Some(&options)));
        let Ok(answer) = answer.await else {
            return Err(CallError::new(Class::Passing, "timeout_total", "it took too long to answer"));
        };
        let answer = answer.map_err(|error| self.read_error(error, Structured::Plain))?;
        let usage = answer
            .usage
            .prompt_tokens
            .and_then(|tokens| u64::try_from(tokens).ok())
            .map(|input_tokens| Usage { input_tokens, output_tokens: 0 });
        let vectors = answer.embeddings.into_iter().map(|one| (one.index, one.vector)).collect();
        Ok(Embedded { vectors, usage })
    }
}

/// Tells a whole answer from a broken one.
fn finish(
    text: String,
    usage: Option<genai::chat::Usage>,
    stop: Option<&StopReason>,
) -> Result<Answer, CallError> {
    if matches!(stop, Some(StopReason::ContentFilter(_))) {
        return Err(CallError::new(Class::Fatal, "filtered", "the provider declined to write this"));
    }
    // a stream without a proper end is broken, unless the object that it brought is closed
    if stop.is_none() && schema::pick(&text).is_none() {
        return Err(CallError::new(Class::Passing, "truncated", "its answer broke off"));
    }
    let usage = usage.and_then(|usage| {
        let count = |tokens: Option<i32>| tokens.and_then(|tokens| u64::try_from(tokens).ok());
        Some(Usage {
            input_tokens: count(usage.prompt_tokens)?,
            output_tokens: count(usage.completion_tokens)?,
        })
    });
    Ok(Answer { text, usage, cut_off: matches!(stop, Some(StopReason::MaxTokens(_))) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn vectors_come_whole_in_order_and_of_length_one_or_not_at_all() {
        let embedded = |vectors| Embedded { vectors, usage: None };
        let good = embedded(vec![(1, vec![0.0, 2.0]), (0, vec![3.0, 4.0])]);
        assert_eq!(good.clone().vectors(2, Some(2)).unwrap(), [[0.6, 0.8], [0.0, 1.0]]);
        for (bad, texts, dimensions) in [
            (good.clone(), 3, None),
            (good, 2, Some(3)),
            (embedded(vec![(0, vec![1.0]), (0, vec![1.0])]), 2, None),
            (embedded(vec![(0, vec![1.0]), (1, vec![1.0, 0.0])]), 2, None),
            (embedded(vec![(0, vec![0.0])]), 1, None),
            (embedded(vec![(0, vec![f32::NAN])]), 1, None),
            (embedded(vec![(0, vec![])]), 1, None),
        ] {
            assert!(bad.vectors(texts, dimensions).is_err());
        }
    }

    #[test]
    fn a_stream_without_an_end_counts_only_when_its_object_is_closed() {
        assert_eq!(finish("{\"a\": 1}".into(), None, None).unwrap().usage, None);
        let error = finish("{\"a\": ".into(), None, None).unwrap_err();
        assert_eq!((error.class, error.code.as_str()), (Class::Passing, "truncated"));
        let stop = |reason: &str| Some(StopReason::from(reason.to_owned()));
        assert!(finish("{\"a\": ".into(), None, stop("length").as_ref()).unwrap().cut_off);
        assert_eq!(
            finish(String::new(), None, stop("content_filter").as_ref()).unwrap_err().code,
            "filtered"
        );
    }
}
