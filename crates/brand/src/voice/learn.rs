//! Learning from decisions: what people do with drafts becomes samples, and enough of it a training.

use bellwether_jobs::Job as _;
use bellwether_kernel::id::PostId;
use bellwether_kernel::{Actor, RequestContext, id::BrandId};
use bellwether_networks::Network;
use bellwether_store::TenantTx;

use super::{
    Family, Train, models, off_the_threads, overview,
    samples::{self, MOST, NewSample, SampleKind, SampleSource, model::Ready, service::rows},
};
use crate::{Brands, Error};

/// What a decision on a post says of the voice.
#[derive(Debug, Clone, PartialEq)]
pub struct Lesson {
    /// Whether the brand writes so.
    pub kind: SampleKind,
    /// What was done.
    pub source: SampleSource,
    /// How much it counts; 1 for a plain sample.
    pub weight: f32,
    /// The text.
    pub text: String,
    /// Where it is meant for.
    pub network: Option<Network>,
}

/// Lessons, measured.
#[derive(Debug)]
pub struct Measured(Vec<(Lesson, Ready)>);

impl Brands {
    /// Works lessons out, before the transaction that keeps them. Texts that say nothing are left out.
    pub async fn measure_lessons(&self, lessons: Vec<Lesson>) -> Result<Measured, Error> {
        let measured = off_the_threads(move || {
            let measure = |lesson: Lesson| {
                let sample =
                    NewSample { text: lesson.text.clone(), network: lesson.network, ..NewSample::default() };
                Ready::of(sample, String::new()).ok().map(|ready| (lesson, ready))
            };
            lessons.into_iter().filter_map(measure).collect()
        });
        Ok(Measured(measured.await?))
    }

    /// Makes a post's lessons these and no others; the same again changes nothing. Begins a training of each family that
    /// has a model and of whose samples enough have changed. A text that is a sample from elsewhere stays that.
    pub async fn learn_from_post(
        &self,
        tx: &mut TenantTx,
        (brand, post): (BrandId, PostId),
        lessons: &Measured,
    ) -> Result<(), Error> {
        let post = post.uuid();
        crate::lock(tx, brand).await?;
        let hashes: Vec<String> = lessons.0.iter().map(|(_, ready)| ready.content_hash.clone()).collect();
        let forgotten = samples::sql::forget(tx.conn(), brand, post, &hashes).await?;
        for sample in &forgotten {
            models::sql::miss(tx.conn(), brand, &Family::hearing(sample.network.as_deref()), sample).await?;
        }
        let mut changed = !forgotten.is_empty();
        let (key, now) = ((tx.organization(), brand), self.clock.now());
        for (lesson, ready) in &lessons.0 {
            let how = (<&str>::from(lesson.kind), <&str>::from(lesson.source));
            let says = (how.0, how.1, lesson.weight);
            changed |=
                samples::sql::relearn(tx.conn(), (brand, post), &ready.content_hash, says, now).await?;
            if samples::service::count(tx, brand).await? < MOST {
                let rows = rows(self, std::slice::from_ref(ready));
                let counts = (lesson.weight, Some(post));
                changed |= samples::sql::insert(tx.conn(), key, how, counts, &rows, now).await? > 0;
            }
        }
        if changed {
            self.retrain_where_due(tx, brand).await?;
        }
        Ok(())
    }

    async fn retrain_where_due(&self, tx: &mut TenantTx, brand: BrandId) -> Result<(), Error> {
        let tally = samples::sql::tally(tx.conn(), brand).await?;
        for (family, _) in models::sql::list_active(tx.conn(), brand).await? {
            let Ok(family) = family.parse::<Family>() else { continue };
            let counted = overview::Counted::of(&tally, family);
            let due = overview::changes(tx, brand, family).await? >= overview::retrain_after(counted.own);
            if !due || counted.missing().is_some() {
                continue;
            }
            if models::sql::find_training(tx.conn(), brand, family.as_str()).await?.is_none() {
                let actor = Actor::Worker { job: Train::NAME.to_owned() };
                self.request_training(tx, brand, family, actor, &RequestContext::default()).await?;
            }
        }
        Ok(())
    }
}
