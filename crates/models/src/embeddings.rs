//! What texts mean, as vectors: by the model on this machine, or by a provider.

use std::{
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError},
    time::Duration,
};

use bellwether_embed::MiniLm;
pub use bellwether_embed::{Urgency, folders as local_folders};
use bellwether_kernel::{Clock, Rng};
use serde::Serialize;
use tokio::sync::Semaphore;

use crate::{
    config::{
        ConfigError, EmbeddingsConfig, EmbeddingsKind, ModelsConfig, PriceConfig, ProviderConfig,
        ProviderKind,
    },
    meter::Meter,
    models::secret,
    prices::Prices,
    provider::Provider,
    tokens,
    writer::WriteError,
};

/// Cosine from which two texts are taken to mean something alike, when nothing else is configured.
const NEAR: f32 = 0.3;
/// Texts of one request to a provider.
const TOGETHER: usize = 64;
/// Tokens of a text that are sent to a provider.
const LONGEST: u64 = 2_000;
/// For how long the local model stays in memory when nobody asks it.
const REST: Duration = Duration::from_mins(2);

/// The model that turns texts into vectors.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct EmbeddingModel {
    /// Its name, kept with every vector: vectors of different names have nothing to do with each other.
    pub name: String,
    /// Numbers of a vector; of a provider's model unknown until it has answered once.
    pub dimensions: Option<u32>,
    /// Cosine from which two texts are taken to mean something alike.
    pub near: f32,
}

/// Why there are no vectors.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum EmbedError {
    /// There is no model; why, and how to have one.
    #[error("{0}")]
    Off(String),
    /// The provider, or its meter.
    #[error(transparent)]
    Model(#[from] WriteError),
}

impl EmbedError {
    /// Whether the same may work later.
    pub const fn may_pass(&self) -> bool {
        matches!(self, Self::Model(WriteError::Unavailable { .. } | WriteError::Refused(_)))
    }
}

enum Way {
    Off(String),
    Local(Local),
    Remote(Box<Asked>),
}

/// A provider's model.
struct Asked {
    provider: Provider,
    dimensions: Option<u32>,
    /// Numbers of the first vector that it gave.
    told: OnceLock<u32>,
    /// What the last call failed with.
    trouble: Mutex<Option<String>>,
}

/// Who turns texts into vectors.
pub(crate) struct Embeddings {
    way: Way,
    near: f32,
}

impl Embeddings {
    pub fn new(
        models: &ModelsConfig,
        env: &dyn Fn(&str) -> Option<String>,
        clock: &Clock,
        rng: &Rng,
    ) -> Result<Self, ConfigError> {
        let config = &models.embeddings;
        let way = match config.kind {
            EmbeddingsKind::Off => {
                Way::Off("Search by meaning is switched off (models.embeddings.kind).".to_owned())
            }
            EmbeddingsKind::Local => Local::find(config.dir.as_deref(), env),
            EmbeddingsKind::Openai => remote(ProviderKind::Openai, config, models, env, clock, rng)?,
            EmbeddingsKind::Ollama => remote(ProviderKind::Ollama, config, models, env, clock, rng)?,
        };
        Ok(Self { way, near: config.near.unwrap_or(NEAR) })
    }

    pub fn model(&self) -> Result<EmbeddingModel, String> {
        let model = |name, dimensions| Ok(EmbeddingModel { name, dimensions, near: self.near });
        match &self.way {
            Way::Off(reason) => Err(reason.clone()),
            Way::Local(local) => match local.trouble() {
                Some(trouble) => Err(trouble),
                None => model(bellwether_embed::MODEL.to_owned(), Some(bellwether_embed::DIMENSIONS as u32)),
            },
            Way::Remote(asked) => {
                let name = &asked.provider.config.model;
                let name =
                    asked.dimensions.map_or_else(|| name.clone(), |numbers| format!("{name}/{numbers}"));
                model(name, asked.dimensions.or_else(|| asked.told.get().copied()))
            }
        }
    }

    /// What is wrong with a provider at present.
    pub fn trouble(&self) -> Option<String> {
        match &self.way {
            Way::Remote(asked) => asked.trouble.lock().unwrap_or_else(PoisonError::into_inner).clone(),
            Way::Off(_) | Way::Local(_) => None,
        }
    }

    pub async fn embed(
        &self,
        texts: &[&str],
        urgency: Urgency,
        meter: &dyn Meter,
    ) -> Result<Vec<Vec<f32>>, EmbedError> {
        match &self.way {
            Way::Off(reason) => Err(EmbedError::Off(reason.clone())),
            Way::Local(local) => local.embed(texts, urgency).await,
            Way::Remote(asked) => {
                let found = asked.embed(texts, meter).await;
                let trouble = found.as_ref().err().map(ToString::to_string);
                *asked.trouble.lock().unwrap_or_else(PoisonError::into_inner) = trouble;
                Ok(found?)
            }
        }
    }
}

impl Asked {
    async fn embed(&self, texts: &[&str], meter: &dyn Meter) -> Result<Vec<Vec<f32>>, WriteError> {
        let mut found = Vec::with_capacity(texts.len());
        for texts in texts.chunks(TOGETHER) {
            // providers refuse a text of nothing
            let texts: Vec<&str> = texts
                .iter()
                .map(|text| if text.trim().is_empty() { "-" } else { tokens::cut(text, LONGEST) })
                .collect();
            found.extend(self.provider.embed(&texts, self.dimensions, meter).await?);
        }
        if let Some(first) = found.first() {
            let _ = self.told.set(first.len() as u32);
        }
        Ok(found)
    }
}

fn remote(
    kind: ProviderKind,
    config: &EmbeddingsConfig,
    models: &ModelsConfig,
    env: &dyn Fn(&str) -> Option<String>,
    clock: &Clock,
    rng: &Rng,
) -> Result<Way, ConfigError> {
    let key = secret(config.api_key.as_ref(), config.api_key_env.as_deref(), env, "embeddings")?;
    let provider = ProviderConfig {
        kind,
        model: config.model.clone().unwrap_or_default(),
        base_url: config.base_url.clone(),
        api_key: None,
        api_key_env: None,
        purposes: Vec::new(),
        priority: 0,
        structured: None,
        max_input_tokens: LONGEST * TOGETHER as u64,
        max_output_tokens: 0,
        temperature: None,
        max_concurrent: 2,
        price: config.price.map(|input| PriceConfig { input, output: 0.0 }),
        timeouts: config.timeouts,
    };
    let price = Prices::table()?.of(&provider);
    let provider = Provider::remote("embeddings", &provider, models, key, price, clock, rng)?;
    let (dimensions, told, trouble) = (config.dimensions, OnceLock::new(), Mutex::default());
    Ok(Way::Remote(Box::new(Asked { provider, dimensions, told, trouble })))
}

/// The model on this machine: loaded when it is asked first, let go when nobody asks.
struct Local {
    folder: PathBuf,
    loaded: Arc<Mutex<Loaded>>,
    /// One piece of work in the background, however many jobs there are; and one search beside it.
    background: Semaphore,
    now: Semaphore,
}

#[derive(Default)]
struct Loaded {
    model: Option<Arc<MiniLm>>,
    uses: u64,
    /// Why it could not be loaded.
    trouble: Option<String>,
}

fn lock(loaded: &Mutex<Loaded>) -> MutexGuard<'_, Loaded> {
    loaded.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Local {
    fn find(given: Option<&Path>, env: &dyn Fn(&str) -> Option<String>) -> Way {
        let folders = given.map_or_else(|| local_folders(env), |dir| vec![dir.to_owned()]);
        let found = folders.iter().find(|folder| folder.join("model.safetensors").is_file());
        let Some(folder) = found else {
            let places: Vec<String> = folders.iter().map(|folder| folder.display().to_string()).collect();
            return Way::Off(format!(
                "The model {} is not on this machine (looked in {}). Run scripts/minilm.sh, or set models.embeddings, \
                 and start again.",
                bellwether_embed::MODEL,
                places.join(", ")
            ));
        };
        Way::Local(Self {
            folder: folder.clone(),
            loaded: Arc::default(),
            background: Semaphore::new(1),
            now: Semaphore::new(1),
        })
    }

    fn trouble(&self) -> Option<String> {
        lock(&self.loaded).trouble.clone()
    }

    async fn embed(&self, texts: &[&str], urgency: Urgency) -> Result<Vec<Vec<f32>>, EmbedError> {
        let broken = |error: &dyn std::fmt::Display| EmbedError::Off(error.to_string());
        let slots = match urgency {
            Urgency::Background => &self.background,
            Urgency::Now => &self.now,
        };
        let _slot = slots.acquire().await.map_err(|error| broken(&error))?;
        let texts: Vec<String> = texts.iter().map(|text| (*text).to_owned()).collect();
        let (folder, loaded) = (self.folder.clone(), self.loaded.clone());
        let (fresh, found) = tokio::task::spawn_blocking(move || {
            let (fresh, model) = load(&loaded, &folder)?;
            let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
            let found = model.embed(&texts, urgency).map_err(|error| error.to_string());
            found.map(|found| (fresh, found))
        })
        .await
        .map_err(|error| broken(&error))?
        .map_err(|error: String| broken(&error))?;
        if fresh {
            tokio::spawn(let_go(Arc::downgrade(&self.loaded)));
        }
        Ok(found)
    }
}

/// The model, and whether it was loaded just now.
fn load(loaded: &Mutex<Loaded>, folder: &Path) -> Result<(bool, Arc<MiniLm>), String> {
    let mut loaded = lock(loaded);
    loaded.uses += 1;
    if let Some(model) = &loaded.model {
        return Ok((false, model.clone()));
    }
    match MiniLm::open(folder) {
        Ok(model) => {
            let model = Arc::new(model);
            tracing::debug!(engine = model.engine(), "the model for meanings is loaded");
            loaded.model = Some(model.clone());
            loaded.trouble = None;
            Ok((true, model))
        }
        Err(error) => {
            // said once, at the edge: whoever asks for the state hears it too
            tracing::error!(%error, "the model for meanings can't be used");
            loaded.trouble = Some(error.to_string());
            Err(error.to_string())
        }
    }
}

/// Gives the memory back when the model has not been asked for a while.
async fn let_go(loaded: std::sync::Weak<Mutex<Loaded>>) {
    let mut before = 0;
    loop {
        tokio::time::sleep(REST).await;
        let Some(loaded) = loaded.upgrade() else { return };
        let mut loaded = lock(&loaded);
        if loaded.uses == before {
            loaded.model = None;
            return;
        }
        before = loaded.uses;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::meter::Unmetered;

    fn embeddings(toml: &str, env: &dyn Fn(&str) -> Option<String>) -> Result<Embeddings, ConfigError> {
        let config: ModelsConfig = toml::from_str(toml).unwrap();
        config.check()?;
        let clock = Clock::manual("2026-01-01T00:00:00Z".parse().unwrap());
        Embeddings::new(&config, env, &clock, &Rng::seeded(7))
    }

    #[tokio::test]
    async fn without_the_model_it_says_where_it_looked() {
        let none = |name: &str| (name == "BELLWETHER_MINILM_DIR").then(|| "/nowhere".to_owned());
        let absent = embeddings("", &none).unwrap();
        let reason = absent.model().unwrap_err();
        assert!(reason.contains("/nowhere") && reason.contains("scripts/minilm.sh"), "{reason}");
        let error = absent.embed(&["a"], Urgency::Now, &Unmetered).await.unwrap_err();
        assert_eq!((error.to_string(), error.may_pass()), (reason, false));
        let off = embeddings("[embeddings]\nkind = \"off\"", &none).unwrap();
        assert!(off.model().unwrap_err().contains("switched off"));
    }

    #[tokio::test]
    async fn a_damaged_model_is_no_model() {
        let folder = std::env::temp_dir().join(format!("bellwether-embed-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join("model.safetensors"), b"none").unwrap();
        let toml = format!("[embeddings]\ndir = {:?}", folder.display().to_string());
        let damaged = embeddings(&toml, &|_| None).unwrap();
        assert_eq!(damaged.model().unwrap().name, "all-MiniLM-L6-v2");
        assert!(damaged.embed(&["a"], Urgency::Background, &Unmetered).await.is_err());
        assert!(damaged.model().unwrap_err().contains("vocab.txt"));
        std::fs::remove_dir_all(&folder).unwrap();
    }

    #[test]
    fn a_providers_model_is_named_with_the_numbers_that_were_asked_for() {
        let some = |name: &str| (name == "KEY").then(|| "k".to_owned());
        let toml =
            "[embeddings]\nkind = \"openai\"\nmodel = \"text-embedding-3-small\"\napi_key_env = \"KEY\"\n";
        let all = embeddings(toml, &some).unwrap().model().unwrap();
        assert_eq!((all.name.as_str(), all.dimensions), ("text-embedding-3-small", None));
        let fewer = embeddings(&format!("{toml}dimensions = 512"), &some).unwrap().model().unwrap();
        assert_eq!((fewer.name.as_str(), fewer.dimensions), ("text-embedding-3-small/512", Some(512)));
        let missing = embeddings(toml, &|_| None).err().unwrap();
        assert_eq!(missing.path, "embeddings.api_key_env");
    }
}
