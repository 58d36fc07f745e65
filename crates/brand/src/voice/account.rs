//! Samples from a connected account. Which account and how it is read is publishing's, which stands above.

use std::collections::BTreeMap;

use bellwether_kernel::{BrandAccess, Permission, RequestContext};
use bellwether_language::Document;
use bellwether_networks::Network;
use chrono::{DateTime, Utc};

use super::samples::{NewSample, SampleKind, SampleSource, SamplesImported, service::Origin};
use crate::{Brands, Error, voice::off_the_threads};

/// A post of an account, as its network gives it back.
#[derive(Debug, Clone)]
pub struct AccountPost {
    /// Where people find it, to name it when it can't be taken.
    pub place: String,
    /// Its text; HTML where posts are pages.
    pub text: String,
    /// When it appeared.
    pub published_at: DateTime<Utc>,
    /// As the network counts: likes, replies …
    pub engagement: BTreeMap<String, i64>,
}

impl Brands {
    /// Keeps an account's posts as the brand's own texts; the brand's managers may.
    pub async fn add_voice_samples_of_account(
        &self,
        access: &BrandAccess,
        network: Network,
        posts: Vec<AccountPost>,
        context: &RequestContext,
    ) -> Result<SamplesImported, Error> {
        access.allow(Permission::BrandUpdate)?;
        let samples = off_the_threads(move || {
            posts.into_iter().map(|post| (post.place.clone(), sample(network, post))).collect()
        })
        .await?;
        let origin = Origin { kind: SampleKind::Own, source: SampleSource::Account, weight: 1.0 };
        self.keep_voice_samples(access, origin, samples, SamplesImported::default(), context).await
    }
}

fn sample(network: Network, post: AccountPost) -> NewSample {
    // WordPress and Ghost keep pages
    let page = network == Network::Blog;
    NewSample {
        text: if page { Document::from_html(&post.text).to_text() } else { post.text },
        network: Some(network),
        published_at: Some(post.published_at),
        engagement: post.engagement,
    }
}
