//! Samples from a file.

use bellwether_kernel::{BrandAccess, Permission, Problem, RequestContext};
use bellwether_networks::Network;
use bellwether_voice::import;
use chrono::{DateTime, Utc};

use super::samples::{NewSample, SampleKind, SampleSource, SamplesImported, service::Origin};
use crate::{Brands, Error, voice::off_the_threads};

/// A file of samples.
#[derive(Debug, Clone)]
pub struct SampleFile {
    /// Its name with the ending; its media type when it has none.
    pub name: String,
    /// What is in it.
    pub bytes: Vec<u8>,
    /// Whose texts they are.
    pub kind: SampleKind,
    /// Where they were published, when the file does not say it.
    pub network: Option<Network>,
}

impl Brands {
    /// Keeps the samples of a file; the brand's managers may.
    pub async fn import_voice_samples(
        &self,
        access: &BrandAccess,
        file: SampleFile,
        context: &RequestContext,
    ) -> Result<SamplesImported, Error> {
        access.allow(Permission::BrandUpdate)?;
        let origin = Origin { kind: file.kind, source: SampleSource::Upload, weight: 1.0 };
        let (samples, imported) = off_the_threads(move || read(&file)).await??;
        self.keep_voice_samples(access, origin, samples, imported, context).await
    }
}

/// The texts of a file; the reader takes no more of them than a brand may have.
fn read(file: &SampleFile) -> Result<(Vec<(String, NewSample)>, SamplesImported), Problem> {
    let found = import::read(&file.name, &file.bytes);
    let mut imported = SamplesImported::default();
    if let Some(reason) = found.stopped {
        imported.refuse("file", reason);
    }
    for refused in &found.refused {
        imported.refuse(&*refused.place, &*refused.reason);
    }
    imported.more_refused += found.more_refused;
    if found.samples.is_empty() {
        let reason = imported.refused.first();
        let message = reason.map_or("Nothing in it could be read as a text.", |refused| &refused.reason);
        return Err(Problem::invalid("file", "nothing_read", message));
    }
    let mut samples = Vec::new();
    for sample in found.samples {
        let own = sample.network.as_deref().and_then(Network::parse);
        let published_at = sample.published_at.as_deref().and_then(|text| DateTime::parse_from_rfc3339(text).ok());
        let new = NewSample {
            text: sample.text,
            network: own.or(file.network),
            published_at: published_at.map(|at| at.with_timezone(&Utc)),
            engagement: sample.engagement,
        };
        samples.push((sample.place, new));
    }
    Ok((samples, imported))
}
