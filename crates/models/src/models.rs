//! All configured models: who writes, who analyses, in which order.

use std::{collections::BTreeSet, sync::Arc};

use bellwether_kernel::{Clock, Rng};
use serde::Serialize;

use crate::{
    BUILTIN,
    analyst::{Analysed, Analyst},
    angles::{AngleBrief, Angled, Angler},
    chain::Chain,
    circuit::CircuitState,
    config::{ConfigError, ModelsConfig, ProviderKind, Structured},
    embeddings::{EmbedError, EmbeddingModel, Embeddings, Urgency},
    meter::{Meter, Purpose, Refusal},
    prices::Prices,
    profiler::{Profiled, Profiler, WantedField},
    prompt::{Prompt, PromptError},
    provider::{Provider, SharedProvider},
    remote::RemoteWriter,
    secret::Secret,
    writer::{Document, Progress, Step, WriteError, Writer},
};

/// The models of one installation. Made once; cheap to clone.
#[derive(Clone)]
pub struct Models(Arc<Inner>);

struct Inner {
    /// In the order in which they are asked.
    providers: Vec<SharedProvider>,
    write: Prompt,
    analyse: Prompt,
    profile: Prompt,
    angles: Prompt,
    builtin: Arc<dyn Writer>,
    fall_back_to_builtin: bool,
    embeddings: Embeddings,
}

/// A model, for the settings page and the health page. No secrets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ModelInfo {
    /// The operator's name for it.
    pub name: String,
    /// Which protocol; `None` for the built-in writer.
    pub kind: Option<ProviderKind>,
    /// The provider's name for it.
    pub model: String,
    /// What it is asked for.
    pub purposes: BTreeSet<Purpose>,
    /// Whether its cost will be known.
    pub price_known: bool,
    /// Whether it is being left alone.
    pub circuit: CircuitState,
    /// How it is held to a shape at present.
    pub structured: Option<Structured>,
}

impl Models {
    /// Reads the configuration. `env` looks up environment variables; a key that is named and not there is an error,
    /// found at the start and not with the first draft.
    pub fn new(
        config: &ModelsConfig,
        env: &dyn Fn(&str) -> Option<String>,
        builtin: Arc<dyn Writer>,
        clock: &Clock,
        rng: &Rng,
    ) -> Result<Self, ConfigError> {
        config.check()?;
        let prices = Prices::table()?;
        let mut providers = Vec::new();
        for (name, provider) in &config.providers {
            let at = format!("providers.{name}");
            let key = secret(provider.api_key.as_ref(), provider.api_key_env.as_deref(), env, &at)?;
            let price = prices.of(provider);
            providers.push(Arc::new(Provider::remote(name, provider, config, key, price, clock, rng)?));
        }
        let embeddings = Embeddings::new(config, env, clock, rng)?;
        Self::over(providers, config.fall_back_to_builtin, builtin, embeddings)
    }

    pub(crate) fn over(
        mut providers: Vec<SharedProvider>,
        fall_back_to_builtin: bool,
        builtin: Arc<dyn Writer>,
        embeddings: Embeddings,
    ) -> Result<Self, ConfigError> {
        // stable: equal priorities stay in the order of their names
        providers.sort_by_key(|provider| provider.config.priority);
        let prompt = |prompt: Result<Prompt, PromptError>| {
            prompt.map_err(|error| ConfigError { path: "prompts".into(), message: error.to_string() })
        };
        Ok(Self(Arc::new(Inner {
            providers,
            write: prompt(Prompt::write())?,
            analyse: prompt(Prompt::analyse())?,
            profile: prompt(Prompt::profile())?,
            angles: prompt(Prompt::angles())?,
            builtin,
            fall_back_to_builtin,
            embeddings,
        })))
    }

    /// The writer for a choice: `None` for the configured order with its fall-backs, `builtin`, or a provider's name
    /// for that one alone: who asks for a model by name doesn't want another's text.
    pub fn writer(&self, choice: Option<&str>) -> Result<Arc<dyn Writer>, WriteError> {
        match choice {
            Some(BUILTIN) => Ok(self.0.builtin.clone()),
            Some(name) => self
                .for_purpose(Purpose::Write)
                .find(|provider| provider.name == name)
                .map(|provider| self.remote(provider))
                .ok_or_else(|| WriteError::UnknownModel(name.chars().take(80).collect())),
            None => {
                let mut writers: Vec<_> =
                    self.for_purpose(Purpose::Write).map(|provider| self.remote(provider)).collect();
                if writers.is_empty() {
                    return Ok(self.0.builtin.clone());
                }
                if self.0.fall_back_to_builtin {
                    writers.push(self.0.builtin.clone());
                }
                Ok(Arc::new(Chain::new(writers)))
            }
        }
    }

    /// What a document says, by the first analysing model that answers. `None` when none is configured: the analysis
    /// is then that of the program itself.
    pub async fn analyse(
        &self,
        document: &Document,
        meter: &dyn Meter,
        progress: &dyn Progress,
    ) -> Option<Result<Analysed, WriteError>> {
        let mut first: Option<(String, WriteError)> = None;
        for provider in self.for_purpose(Purpose::Analyse) {
            if let Some((from, error)) = &first {
                progress.step(Step::FallingBack {
                    from: from.clone(),
                    to: provider.name.clone(),
                    reason: error.to_string(),
                });
            }
            let analyst = Analyst::new(provider.clone(), self.0.analyse.clone());
            match analyst.analyse(document, meter, progress).await {
                Ok(analysed) => return Some(Ok(analysed)),
                Err(error) => {
                    let hopeless = matches!(
                        error,
                        WriteError::NothingToWrite(_)
                            | WriteError::Refused(Refusal::Cap(_) | Refusal::Unavailable(_))
                    );
                    first.get_or_insert((provider.name.clone(), error));
                    if hopeless {
                        break;
                    }
                }
            }
        }
        first.map(|(_, error)| Err(error))
    }

    /// What pages say of a business, by the first analysing model that answers. `None` when none is configured.
    pub async fn profile(
        &self,
        pages: &str,
        fields: &[WantedField],
        meter: &dyn Meter,
        progress: &dyn Progress,
    ) -> Option<Result<Profiled, WriteError>> {
        let mut last = None;
        for provider in self.for_purpose(Purpose::Analyse) {
            let profiler = Profiler::new(provider.clone(), self.0.profile.clone());
            match profiler.profile(pages, fields, meter, progress).await {
                Ok(profiled) => return Some(Ok(profiled)),
                Err(error) => last = Some(error),
            }
        }
        last.map(Err)
    }

    /// Ideas of how to write about what several sources speak of, by the first analysing model that answers. `None` when
    /// none is configured.
    pub async fn angles(
        &self,
        brief: &AngleBrief,
        meter: &dyn Meter,
        progress: &dyn Progress,
    ) -> Option<Result<Angled, WriteError>> {
        let mut last = None;
        for provider in self.for_purpose(Purpose::Analyse) {
            let angler = Angler::new(provider.clone(), self.0.angles.clone());
            match angler.propose(brief, meter, progress).await {
                Ok(angled) => return Some(Ok(angled)),
                Err(error) => last = Some(error),
            }
        }
        last.map(Err)
    }

    /// Whether there is a model that works out what texts say.
    pub fn analyses(&self) -> bool {
        self.for_purpose(Purpose::Analyse).next().is_some()
    }

    /// The model that turns texts into vectors, or in words why there is none.
    pub fn embedding_model(&self) -> Result<EmbeddingModel, String> {
        self.0.embeddings.model()
    }

    /// What the last call for vectors failed with, when it did.
    pub fn embedding_trouble(&self) -> Option<String> {
        self.0.embeddings.trouble()
    }

    /// The meaning of each text: a vector of length 1. The work of the local model is one core's and blocks nobody;
    /// a provider is asked as patiently as for drafts, and each call is admitted and recorded by the meter.
    pub async fn embed(
        &self,
        texts: &[&str],
        urgency: Urgency,
        meter: &dyn Meter,
    ) -> Result<Vec<Vec<f32>>, EmbedError> {
        self.0.embeddings.embed(texts, urgency, meter).await
    }

    /// Every model in the order in which it is asked, the built-in writer last.
    pub fn list(&self) -> Vec<ModelInfo> {
        let remote = self.0.providers.iter().map(|provider| ModelInfo {
            name: provider.name.clone(),
            kind: Some(provider.config.kind),
            model: provider.config.model.clone(),
            purposes: provider.config.purposes.iter().copied().collect(),
            price_known: provider.price.is_some(),
            circuit: provider.circuit(),
            structured: Some(provider.structured()),
        });
        let builtin = ModelInfo {
            name: BUILTIN.into(),
            kind: None,
            model: self.0.builtin.version(),
            purposes: BTreeSet::from([Purpose::Write]),
            price_known: true,
            circuit: CircuitState::Closed,
            structured: None,
        };
        remote.chain([builtin]).collect()
    }

    fn for_purpose(&self, purpose: Purpose) -> impl Iterator<Item = &SharedProvider> {
        self.0.providers.iter().filter(move |provider| provider.config.purposes.contains(&purpose))
    }

    fn remote(&self, provider: &SharedProvider) -> Arc<dyn Writer> {
        Arc::new(RemoteWriter::new(provider.clone(), self.0.write.clone()))
    }
}

/// A key as it is configured: itself, or by the name of the variable that holds it.
pub(crate) fn secret(
    key: Option<&Secret>,
    variable: Option<&str>,
    env: &dyn Fn(&str) -> Option<String>,
    at: &str,
) -> Result<Option<Secret>, ConfigError> {
    match (key, variable) {
        (Some(key), _) => Ok(Some(key.clone())),
        (None, Some(variable)) => {
            let key = env(variable).filter(|key| !key.trim().is_empty()).ok_or_else(|| ConfigError {
                path: format!("{at}.api_key_env"),
                message: format!("the environment variable {variable} is not set"),
            })?;
            Ok(Some(Secret::new(key.trim())))
        }
        (None, None) => Ok(None),
    }
}
