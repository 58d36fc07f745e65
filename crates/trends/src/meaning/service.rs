//! Use cases of meaning.

use std::{
    collections::{HashMap, HashSet},
    time::Duration,
};

use bellwether_jobs::{JobError, Options, enqueue};
use bellwether_kernel::{
    BrandAccess, Permission, Timestamp,
    id::{BrandId, OrganizationId},
};
use bellwether_models::{EmbedError, EmbeddingModel, Urgency};
use bellwether_store::{TenantScope, TenantTx};
use serde::Serialize;
use sha2::{Digest as _, Sha256};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{EmbedOrganization, sql};
use crate::{Error, SmartFeedId, Thinking, Trends};

/// Items whose vectors are made and kept together.
const BATCH: i64 = 32;
/// Batches of one run of the job; what is left waits behind the other organizations.
const ROUNDS: usize = 8;
/// Organizations that one look for what was left over finds.
const DUE: i64 = 500;
/// How long a search waits for the meaning of what is looked for.
const PATIENCE: Duration = Duration::from_secs(2);
/// A brand's newest items that are compared; those before are found by their words.
pub(crate) const AMONG: i64 = 25_000;
/// What is near at most.
pub(crate) const NEAREST: i64 = 400;
/// Later than what people wait for.
const LOW: i16 = 10;

/// What is looked for, understood.
pub(crate) struct Asked {
    pub(crate) model: EmbeddingModel,
    vector: String,
}

/// An item whose meaning is not known.
struct Unknown {
    id: Uuid,
    brand: BrandId,
    text: String,
    hash: Vec<u8>,
}

/// Vectors by the hash of their text.
type Known = HashMap<Vec<u8>, String>;

/// What is near: item and cosine, the nearest first.
pub(crate) type Near = Vec<(Uuid, f32)>;

/// How far meanings are known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum EmbeddingsState {
    /// All items have their vectors.
    Ready,
    /// Some have not yet: they are found by their words.
    Working,
    /// There is no model: search goes by words only.
    Off,
}

/// How far meanings of a brand's items are known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = Embeddings)]
pub struct EmbeddingsView {
    /// The model that turns texts into vectors; null when there is none.
    pub model: Option<String>,
    /// Numbers of a vector; null until a provider's model has answered once.
    pub dimensions: Option<u32>,
    /// Items of the brand.
    pub items: i64,
    /// Those with a vector of this model.
    pub embedded: i64,
    /// Those without one.
    pub pending: i64,
    /// In a word.
    pub state: EmbeddingsState,
    /// Why search goes by words only, or what is wrong at present.
    pub reason: Option<String>,
}

/// What of a text is given to the model.
pub(super) fn text_of(title: &str, more: &str) -> String {
    if more.is_empty() { title.to_owned() } else { format!("{title}\n{more}") }
}

fn hash(text: &str) -> Vec<u8> {
    Sha256::digest(text.as_bytes()).to_vec()
}

impl Trends {
    fn embedding_model(&self) -> Result<(&Thinking, EmbeddingModel), String> {
        let meaning = self.thinking.as_ref().ok_or_else(|| "There is no model for meanings.".to_owned())?;
        Ok((meaning, meaning.models.embedding_model()?))
    }

    /// How far meanings are known.
    pub async fn embeddings(&self, access: &BrandAccess) -> Result<EmbeddingsView, Error> {
        access.allow(Permission::BrandRead)?;
        let model = self.embedding_model();
        let name = model.as_ref().ok().map(|(_, model)| model.name.clone());
        let mut tx = self.store.tenant(access).await?;
        let (items, embedded) = sql::count(tx.conn(), access.brand, name.as_deref()).await?;
        tx.commit().await?;
        let pending = if name.is_some() { (items - embedded).max(0) } else { 0 };
        let state = match (&model, pending) {
            (Err(_), _) => EmbeddingsState::Off,
            (Ok(_), 0) => EmbeddingsState::Ready,
            (Ok(_), _) => EmbeddingsState::Working,
        };
        let (dimensions, reason) = match model {
            Ok((meaning, model)) => (model.dimensions, meaning.models.embedding_trouble()),
            Err(reason) => (None, Some(reason)),
        };
        Ok(EmbeddingsView { model: name, dimensions, items, embedded, pending, state, reason })
    }

    /// What is looked for, understood; none when there is no model, or it does not answer in time: then words decide.
    pub(crate) async fn understand(&self, access: &BrandAccess, text: &str) -> Option<Asked> {
        let (meaning, model) = self.embedding_model().ok()?;
        let meter = meaning.operations.meter(access.organization, Some(access.brand), None);
        let texts = [text];
        let asked = meaning.models.embed(&texts, Urgency::Now, &meter);
        match tokio::time::timeout(PATIENCE, asked).await {
            Ok(Ok(vectors)) => {
                let vector = sql::written(vectors.first()?);
                Some(Asked { model, vector })
            }
            Ok(Err(error)) => {
                tracing::debug!(%error, "a search goes by words only");
                None
            }
            Err(_) => {
                tracing::debug!("a search goes by words only: the model did not answer in time");
                None
            }
        }
    }

    /// A brand's items that are near to what is looked for.
    pub(crate) async fn near(
        tx: &mut TenantTx,
        brand: BrandId,
        asked: &Asked,
        since: Option<Timestamp>,
    ) -> Result<Near, Error> {
        let what = (asked.model.name.as_str(), asked.vector.as_str());
        Ok(sql::near(tx.conn(), brand, what, since, (AMONG, NEAREST)).await?)
    }

    /// The topics of a smart feed, understood, each with its place; none when that has not happened yet.
    pub(crate) async fn understood_topics(
        &self,
        tx: &mut TenantTx,
        brand: BrandId,
        feed: SmartFeedId,
    ) -> Result<Vec<(usize, Asked)>, Error> {
        let Ok((_, model)) = self.embedding_model() else { return Ok(Vec::new()) };
        let found = sql::topic_vectors(tx.conn(), (brand, feed), &model.name).await?;
        Ok(found
            .into_iter()
            .filter_map(|(place, vector)| {
                Some((usize::try_from(place).ok()?, Asked { model: model.clone(), vector }))
            })
            .collect())
    }

    /// Has what organizations lack made, in the background.
    pub(super) async fn ask_for_vectors(&self, organizations: &[OrganizationId]) -> Result<(), Error> {
        if self.embedding_model().is_err() || organizations.is_empty() {
            return Ok(());
        }
        let mut tx = self.store.service("have the meaning of what is new worked out").await?;
        for organization in organizations {
            let mut options =
                Options::default().key(EmbedOrganization::key(*organization)).queue(EmbedOrganization::QUEUE);
            options.priority = LOW;
            enqueue(&mut tx, &EmbedOrganization { organization: *organization }, options).await?;
        }
        Ok(tx.commit().await?)
    }

    /// Looks for what was left over.
    pub(super) async fn embed_due(&self) -> Result<(), Error> {
        let Ok((_, model)) = self.embedding_model() else { return Ok(()) };
        let mut tx = self.store.service("find items whose meaning is not known").await?;
        let due = sql::due(tx.conn(), &model.name, DUE).await?;
        tx.commit().await?;
        self.ask_for_vectors(&due).await
    }

    /// Makes vectors of what has none; true when there is more to do.
    pub(super) async fn embed_organization(&self, organization: OrganizationId) -> Result<bool, JobError> {
        let stored = |error: Error| JobError::Retry(error.to_string());
        let Ok((meaning, model)) = self.embedding_model() else { return Ok(false) };
        self.embed_topics(meaning, &model.name, organization).await?;
        for _ in 0..ROUNDS {
            let (unknown, mut known) = self.unknown_items(&model.name, organization).await.map_err(stored)?;
            let Some(brand) = unknown.first().map(|first| first.brand) else { return Ok(false) };
            // each text once; the books are a brand's
            let mut asked = HashSet::new();
            let missing: Vec<&Unknown> = unknown
                .iter()
                .filter(|one| one.brand == brand && !known.contains_key(&one.hash) && asked.insert(&one.hash))
                .collect();
            let texts: Vec<&str> = missing.iter().map(|one| one.text.as_str()).collect();
            let meter = meaning.operations.meter(organization, Some(brand), None);
            let made = if texts.is_empty() {
                Vec::new()
            } else {
                match meaning.models.embed(&texts, Urgency::Background, &meter).await {
                    Ok(made) => made,
                    Err(EmbedError::Off(_)) => return Ok(false),
                    Err(error) if error.may_pass() => return Err(JobError::Retry(error.to_string())),
                    Err(error) => return Err(JobError::Fail(error.to_string())),
                }
            };
            for (one, vector) in missing.into_iter().zip(made) {
                known.insert(one.hash.clone(), sql::written(&vector));
            }
            let vectors: Vec<sql::NewVector> = unknown
                .iter()
                .filter_map(|one| Some((one.id, one.hash.clone(), known.get(&one.hash)?.clone())))
                .collect();
            let kept = async {
                let mut tx = self.store.tenant(TenantScope::organization(organization)).await?;
                sql::keep(tx.conn(), &model.name, &vectors).await?;
                Ok::<_, Error>(tx.commit().await?)
            };
            kept.await.map_err(stored)?;
        }
        Ok(true)
    }

    /// A batch of items without a vector, and the vectors that such texts have already.
    async fn unknown_items(
        &self,
        model: &str,
        organization: OrganizationId,
    ) -> Result<(Vec<Unknown>, Known), Error> {
        let mut tx = self.store.tenant(TenantScope::organization(organization)).await?;
        let unknown: Vec<Unknown> = sql::pending(tx.conn(), model, BATCH)
            .await?
            .into_iter()
            .map(|item| {
                let text = text_of(&item.title, &item.summary);
                Unknown { id: item.id, brand: item.brand, hash: hash(&text), text }
            })
            .collect();
        let hashes: Vec<Vec<u8>> = unknown.iter().map(|one| one.hash.clone()).collect();
        let known = sql::known(tx.conn(), model, &hashes).await?;
        tx.commit().await?;
        Ok((unknown, known.into_iter().collect()))
    }

    /// Makes the vectors of topics that are new, or say something else than before.
    async fn embed_topics(
        &self,
        meaning: &Thinking,
        model: &str,
        organization: OrganizationId,
    ) -> Result<(), JobError> {
        let stored = |error: Error| JobError::Retry(error.to_string());
        let found = async {
            let mut tx = self.store.tenant(TenantScope::organization(organization)).await?;
            let found = sql::topics(tx.conn(), model).await?;
            tx.commit().await?;
            Ok::<_, Error>(found)
        };
        for topic in found.await.map_err(stored)? {
            let text = text_of(&topic.topic, &topic.description);
            let hash = hash(&text);
            if topic.text_hash.as_ref() == Some(&hash) {
                continue;
            }
            let meter = meaning.operations.meter(organization, Some(topic.brand), None);
            let made = match meaning.models.embed(&[text.as_str()], Urgency::Background, &meter).await {
                Ok(made) => made,
                Err(EmbedError::Off(_)) => return Ok(()),
                Err(error) if error.may_pass() => return Err(JobError::Retry(error.to_string())),
                Err(error) => return Err(JobError::Fail(error.to_string())),
            };
            let Some(vector) = made.first().map(|vector| sql::written(vector)) else { continue };
            let kept = async {
                let mut tx = self.store.tenant(TenantScope::organization(organization)).await?;
                sql::keep_topic(tx.conn(), model, (topic.feed, topic.place), &hash, &vector).await?;
                Ok::<_, Error>(tx.commit().await?)
            };
            kept.await.map_err(stored)?;
        }
        Ok(())
    }
}
