//! What an operator writes under `[models]`. `docs/models.md` explains it with an example for each provider.

use std::{collections::BTreeMap, path::PathBuf, time::Duration};

use serde::{Deserialize, Serialize};

use crate::{meter::Purpose, secret::Secret};

/// The models that may be asked and how patiently. Empty means: the built-in writer alone, no network.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ModelsConfig {
    /// By a name of the operator's choosing, which drafts and the meter show.
    pub providers: BTreeMap<String, ProviderConfig>,
    /// Whether the built-in writer writes when every provider has failed; it then says so in the notes. Default: true.
    pub fall_back_to_builtin: bool,
    /// Who turns texts into vectors of their meaning.
    pub embeddings: EmbeddingsConfig,
    /// How long to wait. A provider may set its own.
    pub timeouts: Timeouts,
    /// How often to try again.
    pub retry: Retry,
    /// When to leave a broken provider alone.
    pub circuit: CircuitConfig,
}

impl Default for ModelsConfig {
    fn default() -> Self {
        Self {
            providers: BTreeMap::new(),
            fall_back_to_builtin: true,
            embeddings: EmbeddingsConfig::default(),
            timeouts: Timeouts::default(),
            retry: Retry::default(),
            circuit: CircuitConfig::default(),
        }
    }
}

/// Which protocol a provider speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProviderKind {
    /// OpenAI and everything that speaks its chat completions: vLLM, llama.cpp, LM Studio, OpenRouter, Groq, Mistral, ….
    Openai,
    /// Anthropic's messages.
    Anthropic,
    /// Google's Gemini.
    Gemini,
    /// Ollama, through its OpenAI-compatible interface, where it holds the answer to the schema.
    Ollama,
}

impl ProviderKind {
    /// Where it lives when the configuration doesn't say.
    pub const fn default_base_url(self) -> &'static str {
        match self {
            Self::Openai => "https://api.openai.com/v1/",
            Self::Anthropic => "https://api.anthropic.com/v1/",
            Self::Gemini => "https://generativelanguage.googleapis.com/v1beta/",
            Self::Ollama => "http://127.0.0.1:11434/v1/",
        }
    }

    /// The next plainer way of asking it for a shape. Only OpenAI's kin know a JSON mode.
    pub const fn plainer(self, structured: Structured) -> Structured {
        match (self, structured) {
            (Self::Openai | Self::Ollama, Structured::Schema) => Structured::JsonSchema,
            (Self::Openai | Self::Ollama, Structured::JsonSchema) => Structured::Json,
            _ => Structured::Plain,
        }
    }

    /// As the configuration writes it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Openai => "openai",
            Self::Anthropic => "anthropic",
            Self::Gemini => "gemini",
            Self::Ollama => "ollama",
        }
    }
}

/// How an answer is held to its shape.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Structured {
    /// Asked for in words only; the JSON is picked out of the text.
    Plain,
    /// The provider's JSON mode: some JSON, no schema.
    Json,
    /// The JSON mode with the schema beside it, as llama.cpp and its kin take it.
    JsonSchema,
    /// The provider is given the schema.
    Schema,
}

/// One model of one provider. For two models of the same provider, write two entries.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProviderConfig {
    /// The protocol.
    pub kind: ProviderKind,
    /// The model, as the provider names it.
    pub model: String,
    /// Default: the provider's own address; for Ollama `http://127.0.0.1:11434/v1/`.
    #[serde(default)]
    pub base_url: Option<url::Url>,
    /// The key itself. Better: `api_key_env`.
    #[serde(default)]
    pub api_key: Option<Secret>,
    /// The environment variable that holds the key.
    #[serde(default)]
    pub api_key_env: Option<String>,
    /// What it is asked for. Default: everything.
    #[serde(default = "all_purposes")]
    pub purposes: Vec<Purpose>,
    /// Lower is asked first; equal ones go by name. Default: 100.
    #[serde(default = "hundred")]
    pub priority: u16,
    /// Default: `schema`; when the provider refuses it, `json_schema` (for the kinds that speak OpenAI's protocol),
    /// `json`, then `plain` is used until the next start.
    #[serde(default)]
    pub structured: Option<Structured>,
    /// Tokens of input that the model can take; a longer document is cut, which the notes say. Default: 24,000.
    #[serde(default = "max_input")]
    pub max_input_tokens: u64,
    /// Tokens that an answer may have, thinking included. Default: 4,096.
    #[serde(default = "max_output")]
    pub max_output_tokens: u32,
    /// Between 0 and 2; left to the provider when absent, since some models refuse it.
    #[serde(default)]
    pub temperature: Option<f64>,
    /// Calls at the same time. Default: 4; a model on your own processor wants 1.
    #[serde(default = "four")]
    pub max_concurrent: usize,
    /// Price when the table does not know it. Default for Ollama: nothing.
    #[serde(default)]
    pub price: Option<PriceConfig>,
    /// Instead of the common ones.
    #[serde(default)]
    pub timeouts: Option<Timeouts>,
}

/// Who turns texts into vectors of their meaning: `[models.embeddings]`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct EmbeddingsConfig {
    /// Default: `local`.
    pub kind: EmbeddingsKind,
    /// Where the local model's `vocab.txt` and `model.safetensors` lie, when not where `scripts/minilm.sh` puts them.
    pub dir: Option<PathBuf>,
    /// The model, as the provider names it.
    pub model: Option<String>,
    /// Default: the provider's own address, as with language models.
    pub base_url: Option<url::Url>,
    /// The key itself. Better: `api_key_env`.
    pub api_key: Option<Secret>,
    /// The environment variable that holds the key.
    pub api_key_env: Option<String>,
    /// Numbers of a vector, for models that can give fewer than all.
    pub dimensions: Option<u32>,
    /// US dollars per million tokens. Without it the cost of calls is unknown and no cap counts it; Ollama is free.
    pub price: Option<f64>,
    /// Cosine from which two texts are taken to mean something alike, 0 to 1. Default: 0.3.
    pub near: Option<f32>,
    /// Instead of the common ones.
    pub timeouts: Option<Timeouts>,
}

/// Which kind of model does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EmbeddingsKind {
    /// all-MiniLM-L6-v2 on this machine.
    #[default]
    Local,
    /// OpenAI and everything that speaks its `embeddings`.
    Openai,
    /// Ollama, through the same interface.
    Ollama,
    /// None: search and smart feeds go by words.
    Off,
}

impl EmbeddingsConfig {
    fn check(&self) -> Result<(), (&'static str, &'static str)> {
        let remote = matches!(self.kind, EmbeddingsKind::Openai | EmbeddingsKind::Ollama);
        if remote && self.model.as_ref().is_none_or(|model| model.trim().is_empty()) {
            return Err(("model", "name the model as the provider does"));
        }
        if !remote && (self.model.is_some() || self.base_url.is_some() || self.dimensions.is_some()) {
            return Err((
                "kind",
                "model, base_url and dimensions belong to a provider: say `openai` or `ollama`",
            ));
        }
        if self.api_key.is_some() && self.api_key_env.is_some() {
            return Err(("api_key", "give either api_key or api_key_env, not both"));
        }
        if self.base_url.as_ref().is_some_and(|url| !matches!(url.scheme(), "http" | "https")) {
            return Err(("base_url", "must begin with http:// or https://"));
        }
        if self.dimensions.is_some_and(|dimensions| !(1..=4_000).contains(&dimensions)) {
            return Err(("dimensions", "must lie between 1 and 4000"));
        }
        if self.price.is_some_and(|price| !(0.0..1e6).contains(&price)) {
            return Err(("price", "is in US dollars per million tokens and can't be negative"));
        }
        if self.near.is_some_and(|near| !(0.0..=1.0).contains(&near)) {
            return Err(("near", "must lie between 0 and 1"));
        }
        Ok(())
    }
}

/// US dollars per million tokens; 2.5 means $2.50.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PriceConfig {
    /// Read.
    pub input: f64,
    /// Written.
    pub output: f64,
}

fn all_purposes() -> Vec<Purpose> {
    Purpose::ALL.to_vec()
}

const fn hundred() -> u16 {
    100
}

const fn four() -> usize {
    4
}

const fn max_input() -> u64 {
    24_000
}

const fn max_output() -> u32 {
    4_096
}

/// Milliseconds that a call may take; each is counted from the sending of the request, `idle` from the last piece.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Timeouts {
    /// Until the connection stands. Default: 5 s.
    pub connect_ms: u64,
    /// Until the first piece of the answer. Default: 60 s; local models may need more.
    pub first_token_ms: u64,
    /// Between two pieces. Default: 30 s.
    pub idle_ms: u64,
    /// Until the end. Default: 180 s.
    pub total_ms: u64,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self { connect_ms: 5_000, first_token_ms: 60_000, idle_ms: 30_000, total_ms: 180_000 }
    }
}

impl Timeouts {
    pub(crate) const fn connect(&self) -> Duration {
        Duration::from_millis(self.connect_ms)
    }
    pub(crate) const fn first_token(&self) -> Duration {
        Duration::from_millis(self.first_token_ms)
    }
    pub(crate) const fn idle(&self) -> Duration {
        Duration::from_millis(self.idle_ms)
    }
    pub(crate) const fn total(&self) -> Duration {
        Duration::from_millis(self.total_ms)
    }
}

/// Trying again after 429, 5xx, time-outs and broken connections; never after a refusal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Retry {
    /// Calls for one answer, the first included. Default: 3.
    pub max_attempts: u32,
    /// Wait before the second call; it doubles with each further one, half of it by chance. Default: 500 ms.
    pub base_ms: u64,
    /// Longest wait. A provider that asks for more (`Retry-After`) is given up for this text. Default: 20 s.
    pub max_ms: u64,
}

impl Default for Retry {
    fn default() -> Self {
        Self { max_attempts: 3, base_ms: 500, max_ms: 20_000 }
    }
}

/// After so many failures in a row a provider is left alone for a while, then tried with a single call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CircuitConfig {
    /// Failures in a row that open the circuit. Default: 5.
    pub failures: u32,
    /// How long it stays open. Default: 30 s.
    pub open_ms: u64,
}

impl Default for CircuitConfig {
    fn default() -> Self {
        Self { failures: 5, open_ms: 30_000 }
    }
}

/// What is wrong with the configuration, with the place.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("models.{path}: {message}")]
pub struct ConfigError {
    /// Dotted path below `models`.
    pub path: String,
    /// How to mend it.
    pub message: String,
}

impl ModelsConfig {
    /// Finds what serde can't: values that fit their type and still make no sense.
    pub fn check(&self) -> Result<(), ConfigError> {
        let fault = |path: String, message: &str| Err(ConfigError { path, message: message.into() });
        if self.retry.max_attempts == 0 {
            return fault("retry.max_attempts".into(), "must be at least 1: the first call counts");
        }
        if self.circuit.failures == 0 {
            return fault("circuit.failures".into(), "must be at least 1");
        }
        if let Err((field, message)) = self.embeddings.check() {
            return fault(format!("embeddings.{field}"), message);
        }
        for (name, provider) in &self.providers {
            let at = |field: &str| format!("providers.{name}.{field}");
            let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '_';
            if name.is_empty() || !name.chars().all(plain) || name == crate::BUILTIN {
                return fault(
                    format!("providers.{name}"),
                    "a name has small letters, digits, - and _ only, and “builtin” is taken",
                );
            }
            if provider.model.trim().is_empty() {
                return fault(at("model"), "name the model as the provider does");
            }
            if provider.api_key.is_some() && provider.api_key_env.is_some() {
                return fault(at("api_key"), "give either api_key or api_key_env, not both");
            }
            if provider.base_url.as_ref().is_some_and(|url| !matches!(url.scheme(), "http" | "https")) {
                return fault(at("base_url"), "must begin with http:// or https://");
            }
            if provider.purposes.contains(&Purpose::Embed) {
                return fault(at("purposes"), "a model for `embed` stands under models.embeddings");
            }
            if provider.max_concurrent == 0 {
                return fault(at("max_concurrent"), "must be at least 1");
            }
            if provider.max_output_tokens < 256 || provider.max_input_tokens < 1_024 {
                return fault(
                    at("max_output_tokens"),
                    "at least 256 tokens out and 1,024 in are needed for a draft",
                );
            }
            if provider.temperature.is_some_and(|t| !(0.0..=2.0).contains(&t)) {
                return fault(at("temperature"), "must lie between 0 and 2");
            }
            if provider
                .price
                .is_some_and(|p| !(0.0..1e6).contains(&p.input) || !(0.0..1e6).contains(&p.output))
            {
                return fault(at("price"), "is in US dollars per million tokens and can't be negative");
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn little_is_enough_and_the_rest_is_as_documented() {
        let config: ModelsConfig =
            toml::from_str("[providers.local]\nkind = \"ollama\"\nmodel = \"llama3.2\"").unwrap();
        config.check().unwrap();
        let local = &config.providers["local"];
        assert_eq!((local.priority, local.max_concurrent, local.max_input_tokens), (100, 4, 24_000));
        assert_eq!(local.purposes, Purpose::ALL);
        assert!(config.fall_back_to_builtin);
        assert_eq!(config.retry, Retry { max_attempts: 3, base_ms: 500, max_ms: 20_000 });
    }

    #[test]
    fn what_is_unknown_or_senseless_is_named() {
        let typo =
            toml::from_str::<ModelsConfig>("[providers.a]\nkind = \"openai\"\nmodel = \"m\"\nmodle = 1");
        assert!(typo.unwrap_err().to_string().contains("modle"));
        for (toml, path) in [
            ("[retry]\nmax_attempts = 0", "retry.max_attempts"),
            ("[providers.builtin]\nkind = \"openai\"\nmodel = \"m\"", "providers.builtin"),
            ("[providers.a]\nkind = \"openai\"\nmodel = \" \"", "providers.a.model"),
            (
                "[providers.a]\nkind = \"openai\"\nmodel = \"m\"\nbase_url = \"file:///x\"",
                "providers.a.base_url",
            ),
            (
                "[providers.a]\nkind = \"openai\"\nmodel = \"m\"\napi_key = \"k\"\napi_key_env = \"K\"",
                "providers.a.api_key",
            ),
            ("[providers.a]\nkind = \"openai\"\nmodel = \"m\"\ntemperature = 3.0", "providers.a.temperature"),
            (
                "[providers.a]\nkind = \"openai\"\nmodel = \"m\"\npurposes = [\"embed\"]",
                "providers.a.purposes",
            ),
            ("[embeddings]\nkind = \"openai\"", "embeddings.model"),
            ("[embeddings]\nmodel = \"m\"", "embeddings.kind"),
            ("[embeddings]\nkind = \"ollama\"\nmodel = \"m\"\nnear = 3.0", "embeddings.near"),
            ("[embeddings]\nkind = \"ollama\"\nmodel = \"m\"\ndimensions = 0", "embeddings.dimensions"),
            ("[embeddings]\nkind = \"ollama\"\nmodel = \"m\"\nprice = -1.0", "embeddings.price"),
        ] {
            assert_eq!(toml::from_str::<ModelsConfig>(toml).unwrap().check().unwrap_err().path, path);
        }
    }

    #[test]
    fn a_printed_configuration_hides_the_key() {
        let config: ModelsConfig =
            toml::from_str("[providers.a]\nkind = \"openai\"\nmodel = \"m\"\napi_key = \"sk-42\"").unwrap();
        let printed = format!("{config:?}{}", serde_json::to_string(&config).unwrap());
        assert!(!printed.contains("sk-42"));
    }
}
