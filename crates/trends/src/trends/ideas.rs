//! Angles by a language model, where one is configured: asked once for each trend when it is found, outside of every
//! transaction. Without one, or when it fails, those made by rules stay.

use bellwether_jobs::{Job, JobError, JobMeta, Options};
use bellwether_kernel::{
    Problem,
    id::{BrandId, OrganizationId},
};
use bellwether_models::{AngleBrief, Silent};
use bellwether_store::{TenantScope, TenantTx};
use serde::{Deserialize, Serialize};

use super::{Angle, Format, jobs::lane, service::row, sql, words::counted};
use crate::{Error, ItemId, TrendId, Trends};

/// Items that a model is shown.
const SHOWN: i64 = 12;
/// Letters of each.
const LETTERS: usize = 600;

/// Has a model propose angles for a trend.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct WriteAngles {
    organization: OrganizationId,
    brand: BrandId,
    trend: TrendId,
}

impl WriteAngles {
    /// After the run that found the trend, never beside another of the brand.
    pub(super) async fn enqueue(
        tx: &mut TenantTx,
        (organization, brand): (OrganizationId, BrandId),
        trend: TrendId,
    ) -> Result<(), Error> {
        let options =
            Options::default().key(format!("trends.write_angles:{}", trend.uuid())).queue(lane(brand));
        bellwether_jobs::enqueue(tx, &Self { organization, brand, trend }, options).await?;
        Ok(())
    }
}

impl Job for WriteAngles {
    const NAME: &'static str = "trends.write_angles";
    // angles made by rules are there already
    const MAX_ATTEMPTS: i32 = 2;
    type Context = Trends;

    async fn run(self, trends: Trends, _: JobMeta) -> Result<(), JobError> {
        trends.write_angles(&self).await.map_err(|error| JobError::Retry(error.to_string()))
    }
}

impl Trends {
    async fn write_angles(&self, job: &WriteAngles) -> Result<(), Error> {
        let (Some(thinking), Some(brands)) = (&self.thinking, &self.brands) else { return Ok(()) };
        let mut tx = self.store.tenant(TenantScope::organization(job.organization)).await?;
        let row = match row(&mut tx, job.brand, job.trend).await {
            Ok(row) => row,
            Err(Error::Problem(_)) => return Ok(()),
            Err(error) => return Err(error),
        };
        let told = sql::best(tx.conn(), row.id, SHOWN).await?;
        let interests =
            brands.interests(&mut tx, job.brand).await.map_err(Problem::from)?.unwrap_or_default();
        tx.commit().await?;
        if told.is_empty() || row.angles.is_empty() {
            return Ok(());
        }
        let audiences: Vec<&str> =
            interests.audiences.iter().map(|audience| audience.name.as_str()).collect();
        let brief = AngleBrief {
            kinds: row.angles.iter().map(|angle| (angle.id.clone(), meaning(angle))).collect(),
            audience: if audiences.is_empty() { "general readers".into() } else { audiences.join("; ") },
            language: Some(row.language.clone()).filter(|language| language != "und"),
            items: told
                .iter()
                .map(|one| {
                    let text: String = one.text.split_whitespace().collect::<Vec<_>>().join(" ");
                    let text: String = text.chars().take(LETTERS).collect();
                    (one.source.clone(), format!("{}. {text}", one.title))
                })
                .collect(),
        };
        let subject = Some(("trend", row.id.uuid()));
        let meter = thinking.operations.meter(job.organization, Some(job.brand), subject);
        let angled = match thinking.models.angles(&brief, &meter, &Silent).await {
            None => return Ok(()),
            Some(Ok(angled)) => angled,
            Some(Err(error)) => {
                tracing::warn!(%error, trend = %row.id, "no language model proposed angles");
                return Ok(());
            }
        };
        let angles: Vec<Angle> = row
            .angles
            .iter()
            .map(|own| {
                let Some(idea) = angled.ideas.iter().find(|idea| idea.kind == own.id) else {
                    return own.clone();
                };
                let evidence: Vec<ItemId> = idea
                    .items
                    .iter()
                    .filter_map(|number| told.get((*number as usize).checked_sub(1)?))
                    .map(|one| one.id)
                    .collect();
                Angle {
                    id: own.id.clone(),
                    title: idea.title.clone(),
                    angle: idea.angle.clone(),
                    format: own.format,
                    evidence,
                    writer: Some(angled.provider.clone()),
                }
            })
            .collect();
        let mut tx = self.store.tenant(TenantScope::organization(job.organization)).await?;
        sql::set_angles(tx.conn(), row.id, &angles).await?;
        Ok(tx.commit().await?)
    }
}

/// What a kind of angle is, for a model.
fn meaning(angle: &Angle) -> String {
    let what = match angle.id.as_str() {
        "explain" => "explain what happened, in order",
        "meaning" => "what it means for the audience, from one of the items",
        "number" => "one number that an item names, and what it says and leaves out",
        "steps" => "what to do, step by step, as the items say it",
        _ => "what the items see differently, or leave out",
    };
    let format = match angle.format {
        Format::Thread => "a thread",
        Format::Post => "one post",
        Format::Carousel => "a carousel of slides",
    };
    let most = counted(3, "item", "items");
    format!("{what}; for {format}; from at most {most}")
}
