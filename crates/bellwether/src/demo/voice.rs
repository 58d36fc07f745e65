//! The demo's brand has a voice: texts of its creator, and a model trained from them like anybody's.

use std::time::Duration;

use anyhow::{Context as _, Result};
use bellwether_brand::voice::{Family, SampleFile, samples::SampleKind};
use bellwether_kernel::{BrandAccess, Problem, RequestContext};
use bellwether_networks::Network;

use crate::wiring::App;

/// How long the demo's drafts wait for the voice; without it they are written all the same.
const PATIENCE: Duration = Duration::from_mins(1);

/// Keeps the samples and has them learned, once. Needs a running worker.
pub async fn prepare(app: &App, access: &BrandAccess) -> Result<()> {
    let context = RequestContext::default();
    let overview = app.brands.voice_overview(access).await.map_err(Problem::from)?;
    let begun = |family: &bellwether_brand::voice::FamilyView| {
        family.own_samples > 0 || family.active_model.is_some() || family.training.is_some()
    };
    if overview.families.iter().any(begun) {
        return Ok(());
    }
    let file = SampleFile {
        name: "letters.txt".into(),
        bytes: include_bytes!("../../demo/voice.txt").to_vec(),
        kind: SampleKind::Own,
        network: Some(Network::Mastodon),
    };
    app.brands.import_voice_samples(access, file, &context).await.map_err(Problem::from)?;
    let model =
        app.brands.create_voice_model(access, Family::All, &context).await.map_err(Problem::from)?.summary.id;
    let done = async {
        loop {
            let view = app.brands.get_voice_model(access, model).await.map_err(Problem::from)?;
            if view.summary.training_completed_at.is_some() {
                return Ok(());
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(PATIENCE, done).await.context("the demo's voice took too long")?
}
