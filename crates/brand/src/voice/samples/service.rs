//! Use cases of samples.

use std::collections::{BTreeMap, HashSet};

use bellwether_kernel::{
    BrandAccess, Cursor, Kind, Page, PageRequest, Permission, Problem, RequestContext, Timestamp, id::BrandId,
};
use bellwether_networks::Network;
use bellwether_store::TenantTx;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::{IntoParams, ToSchema};

use super::{
    model::{NewSample, Ready, SampleKind, SampleSource, SamplesImported, hash_of, ready},
    sql,
};
use crate::{
    Brands, Error,
    ids::VoiceSampleId,
    voice::{Family, models, off_the_threads},
};

/// The most samples of a brand.
pub const MOST: usize = 5_000;
/// The most texts of one request.
const AT_ONCE: usize = 500;
/// Rows written by one statement.
const BATCH: usize = 500;

/// A sample.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct SampleView {
    /// Id.
    pub id: VoiceSampleId,
    /// Whose text it is.
    #[schema(value_type = SampleKind)]
    pub kind: String,
    /// How it came.
    #[schema(value_type = SampleSource)]
    pub source: String,
    /// Where it was published.
    #[schema(value_type = Option<Network>)]
    pub network: Option<String>,
    /// The text.
    pub text: String,
    /// How long it is.
    pub words: i32,
    /// ISO 639-1 code, when it could be told.
    pub language: Option<String>,
    /// What it tells of a voice, 0 to 100.
    pub quality: i16,
    /// Its place by quality among those that the latest training took, from 1.
    pub rank: Option<i32>,
    /// Why that quality, in words.
    pub reasons: Vec<String>,
    /// Habit → value.
    pub features: BTreeMap<String, f64>,
    /// As the network counts: likes, replies …
    pub engagement: BTreeMap<String, i64>,
    /// How much it counts in a training; 1 for a plain sample.
    pub weight: f32,
    /// Whether trainings take it.
    pub used_for_training: bool,
    /// When it was published.
    pub published_at: Option<DateTime<Utc>>,
    /// When it came here.
    pub created_at: DateTime<Utc>,
    /// Its ETag as a number.
    pub version: i32,
}

impl From<sql::Row> for SampleView {
    fn from(row: sql::Row) -> Self {
        Self {
            id: row.id,
            kind: row.kind,
            source: row.source,
            network: row.network,
            text: row.content,
            words: row.words,
            language: row.language,
            quality: row.quality,
            rank: row.rank,
            reasons: row.reasons,
            features: row.features.0,
            engagement: row.engagement.0,
            weight: row.weight,
            used_for_training: row.used_for_training,
            published_at: row.published_at,
            created_at: row.created_at,
            version: row.version,
        }
    }
}

/// What comes first.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Sort {
    /// The newest.
    #[default]
    Newest,
    /// What tells most of a voice.
    Best,
}

/// Which samples a list shows; all that are set must hold.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Filter {
    /// Whose texts.
    pub kind: Option<SampleKind>,
    /// Published where.
    pub network: Option<Network>,
    /// How they came.
    pub source: Option<SampleSource>,
    /// Taken for trainings, or left out.
    pub used: Option<bool>,
    /// What comes first. A cursor goes on in the order that it was given in.
    #[serde(default)]
    #[param(inline)]
    pub sort: Sort,
}

/// Texts to learn from or to compare with.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewSamples {
    /// Whose they are.
    pub kind: SampleKind,
    /// Where they were published, for those that don't say it themselves.
    #[serde(default)]
    pub network: Option<Network>,
    /// 1 to 500 texts.
    pub samples: Vec<NewSample>,
}

/// What can be changed of a sample.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UpdateSample {
    /// Whether trainings take it.
    pub used_for_training: bool,
}

/// What samples of one batch have in common.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Origin {
    pub(crate) kind: SampleKind,
    pub(crate) source: SampleSource,
    pub(crate) weight: f32,
}

/// The rows as [`sql::insert`] reads them.
pub(crate) fn rows(brands: &Brands, samples: &[Ready]) -> Value {
    let row = |sample: &Ready| {
        let mut row = json!(sample);
        row["id"] = json!(VoiceSampleId::new(&brands.clock, &brands.rng).uuid());
        row
    };
    samples.iter().map(row).collect()
}

/// The sources that somebody may read: the texts of posts only with the permission to read posts.
pub(crate) fn readable(access: &BrandAccess) -> Vec<String> {
    SampleSource::readable(access.permissions.contains(Permission::PostsRead))
}

async fn get(tx: &mut TenantTx, access: &BrandAccess, id: VoiceSampleId) -> Result<SampleView, Error> {
    let row = sql::get(tx.conn(), access.brand, id, &readable(access)).await?;
    Ok(row.ok_or_else(|| Problem::not_found("sample"))?.into())
}

impl Brands {
    /// A page of a brand's samples; those from posts only for who may read posts.
    pub async fn list_voice_samples(
        &self,
        access: &BrandAccess,
        filter: &Filter,
        page: PageRequest,
    ) -> Result<Page<SampleView>, Error> {
        access.allow(Permission::BrandRead)?;
        let readable = readable(access);
        let wanted = sql::ListFilter {
            brand: access.brand,
            kind: filter.kind.map(<&str>::from),
            network: filter.network.map(Network::as_str),
            source: filter.source.map(<&str>::from),
            used: filter.used,
            readable: &readable,
            after: page.after,
            limit: page.limit + 1,
        };
        let mut tx = self.store.tenant(access).await?;
        let rows = match filter.sort {
            Sort::Newest => sql::list_newest(tx.conn(), &wanted).await?,
            Sort::Best => {
                let after = page.after.map(|cursor| (quality_of(cursor), cursor.id));
                sql::list_best(tx.conn(), &wanted, after).await?
            }
        };
        tx.commit().await?;
        let cursor = |row: &sql::Row| match filter.sort {
            Sort::Newest => Cursor { at: row.created_at, id: row.id.uuid() },
            Sort::Best => Cursor { at: at_quality(row.quality), id: row.id.uuid() },
        };
        Ok(Page::of(rows, page.limit, cursor).map(SampleView::from))
    }

    /// Keeps pasted texts; the brand's managers may.
    pub async fn add_voice_samples(
        &self,
        access: &BrandAccess,
        input: NewSamples,
        context: &RequestContext,
    ) -> Result<SamplesImported, Error> {
        access.allow(Permission::BrandUpdate)?;
        if input.samples.is_empty() || input.samples.len() > AT_ONCE {
            let message = format!("Give 1 to {AT_ONCE} texts; more come as a file.");
            return Err(Problem::invalid("samples", "length", message).into());
        }
        let numbered = input.samples.into_iter().enumerate();
        let samples = numbered
            .map(|(index, sample)| {
                let network = sample.network.or(input.network);
                (format!("samples/{index}"), NewSample { network, ..sample })
            })
            .collect();
        let origin = Origin { kind: input.kind, source: SampleSource::Paste, weight: 1.0 };
        self.keep_voice_samples(access, origin, samples, SamplesImported::default(), context).await
    }

    /// Works texts out and keeps those that are new, as far as there is room.
    pub(crate) async fn keep_voice_samples(
        &self,
        access: &BrandAccess,
        origin: Origin,
        samples: Vec<(String, NewSample)>,
        mut imported: SamplesImported,
        context: &RequestContext,
    ) -> Result<SamplesImported, Error> {
        let hashed = off_the_threads(move || {
            let hash = |(place, sample): (String, NewSample)| (hash_of(&sample.text), place, sample);
            samples.into_iter().map(hash).collect::<Vec<_>>()
        })
        .await?;
        // before the work: a brand that is full says so at once, and only what is new and has room is measured
        let mut tx = self.store.tenant(access).await?;
        let there = count(&mut tx, access.brand).await?;
        crate::room(there, MOST, "voice samples")?;
        let hashes: Vec<String> = hashed.iter().filter_map(|(hash, ..)| hash.clone()).collect();
        let known: HashSet<String> =
            sql::known(tx.conn(), access.brand, &hashes).await?.into_iter().collect();
        tx.commit().await?;
        let mut new: HashSet<String> = HashSet::new();
        let mut samples = Vec::new();
        for (hash, place, sample) in hashed {
            if let Some(hash) = hash {
                if known.contains(&hash) {
                    imported.repeated += 1;
                    continue;
                }
                if new.len() + there >= MOST && !new.contains(&hash) {
                    imported.refuse(place, full());
                    continue;
                }
                new.insert(hash);
            }
            samples.push((place, sample));
        }
        let (mut samples, mut imported) = off_the_threads(move || {
            let taken = ready(samples, &mut imported);
            (taken, imported)
        })
        .await?;

        let mut tx = self.store.tenant(access).await?;
        // held, so that two imports at once don't both take the last places
        crate::lock(&mut tx, access.brand).await?;
        let there = count(&mut tx, access.brand).await?;
        let hashes: Vec<String> = samples.iter().map(|sample| sample.content_hash.clone()).collect();
        let known: HashSet<String> =
            sql::known(tx.conn(), access.brand, &hashes).await?.into_iter().collect();
        samples.retain(|sample| !known.contains(&sample.content_hash));
        imported.repeated += known.len();
        for sample in samples.split_off(samples.len().min(MOST.saturating_sub(there))) {
            imported.refuse(sample.place, full());
        }
        let (key, now) = ((access.organization, access.brand), self.clock.now());
        let how = (<&str>::from(origin.kind), <&str>::from(origin.source));
        for batch in samples.chunks(BATCH) {
            let rows = rows(self, batch);
            let added = sql::insert(tx.conn(), key, how, (origin.weight, None), &rows, now).await?;
            imported.added += usize::try_from(added).unwrap_or(0);
        }
        if imported.added > 0 {
            let after = json!({ "kind": how.0, "source": how.1, "added": imported.added });
            let subject = ("brand", access.brand.uuid());
            self.record_in(&mut tx, access, "voice_sample.added", subject, (None, Some(after)), context)
                .await?;
        }
        tx.commit().await?;
        Ok(imported)
    }

    /// Takes a sample for trainings or leaves it out; the brand's managers may.
    pub async fn update_voice_sample(
        &self,
        access: &BrandAccess,
        id: VoiceSampleId,
        version: i32,
        change: UpdateSample,
        context: &RequestContext,
    ) -> Result<SampleView, Error> {
        access.allow(Permission::BrandUpdate)?;
        let used = change.used_for_training;
        let mut tx = self.store.tenant(access).await?;
        let before = get(&mut tx, access, id).await?;
        if before.version != version {
            return Err(Error::Stale);
        }
        if before.used_for_training == used {
            return Ok(before);
        }
        let key = (access.brand, id, version);
        if !sql::set_used(tx.conn(), key, used, self.clock.now()).await? {
            return Err(Error::Stale);
        }
        let change =
            (Some(json!({ "used_for_training": !used })), Some(json!({ "used_for_training": used })));
        let subject = ("voice_sample", id.uuid());
        self.record_in(&mut tx, access, "voice_sample.updated", subject, change, context).await?;
        let view = get(&mut tx, access, id).await?;
        tx.commit().await?;
        Ok(view)
    }

    /// Deletes a sample; the brand's managers may. Versions that learned from it no longer quote it, but still speak with
    /// what they learned; that it is gone counts as a change.
    pub async fn delete_voice_sample(
        &self,
        access: &BrandAccess,
        id: VoiceSampleId,
        context: &RequestContext,
    ) -> Result<(), Error> {
        access.allow(Permission::BrandUpdate)?;
        let mut tx = self.store.tenant(access).await?;
        get(&mut tx, access, id).await?;
        let gone = sql::delete(tx.conn(), access.brand, id).await?;
        let gone = gone.ok_or_else(|| Problem::not_found("sample"))?;
        let families = Family::hearing(gone.network.as_deref());
        models::sql::miss(tx.conn(), access.brand, &families, &gone).await?;
        let subject = ("voice_sample", id.uuid());
        self.record_in(&mut tx, access, "voice_sample.deleted", subject, (None, None), context).await?;
        Ok(tx.commit().await?)
    }

    /// Keeps the texts of the brand's approved and published posts; the brand's managers may, if they may read posts.
    pub async fn add_voice_samples_of_posts(
        &self,
        access: &BrandAccess,
        context: &RequestContext,
    ) -> Result<SamplesImported, Error> {
        access.allow(Permission::BrandUpdate)?;
        access.allow(Permission::PostsRead)?;
        let most = i64::try_from(MOST).unwrap_or(i64::MAX);
        let mut tx = self.store.tenant(access).await?;
        let posts = match &self.past {
            Some(past) => past.posts(&mut tx, access.brand, most).await?,
            None => Vec::new(),
        };
        tx.commit().await?;
        if posts.is_empty() {
            let detail = "The brand has no approved or published posts yet. Approve some, or paste texts.";
            return Err(Problem::new(Kind::Conflict, "no_posts", detail).into());
        }
        let samples = posts
            .into_iter()
            .map(|post| {
                let sample = NewSample {
                    text: post.text,
                    network: post.network,
                    published_at: post.published_at,
                    engagement: BTreeMap::new(),
                };
                (post.place, sample)
            })
            .collect();
        let origin = Origin { kind: SampleKind::Own, source: SampleSource::Post, weight: 1.0 };
        self.keep_voice_samples(access, origin, samples, SamplesImported::default(), context).await
    }
}

fn full() -> String {
    format!("The brand has {MOST} samples already; delete some that are not needed.")
}

pub(crate) async fn count(tx: &mut TenantTx, brand: BrandId) -> Result<usize, Error> {
    Ok(usize::try_from(sql::count(tx.conn(), brand).await?).unwrap_or(MOST))
}

/// A cursor has room for an instant and an id: of the best first, the instant stands for the quality.
fn at_quality(quality: i16) -> Timestamp {
    Timestamp::from_timestamp_micros(quality.into()).unwrap_or_default()
}

fn quality_of(cursor: Cursor) -> i16 {
    i16::try_from(cursor.at.timestamp_micros()).unwrap_or(101)
}
