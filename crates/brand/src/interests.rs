//! What a brand cares about, for whoever compares something from outside with it.

use bellwether_kernel::id::BrandId;
use bellwether_networks::Network;
use bellwether_store::TenantTx;

use crate::{Brands, Error, PillarId, audiences, brands, offers, pillars, profile};

/// What a brand speaks about, to whom, and in which words.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Interests {
    /// What it writes about again and again, in its order.
    pub pillars: Vec<PillarInterest>,
    /// The topics of its profile.
    pub topics: Vec<String>,
    /// The words that it wants to be found by.
    pub keywords: Vec<String>,
    /// What it is and sells, in a few words each.
    pub business: Vec<String>,
    /// To whom it speaks, the oldest audience first.
    pub audiences: Vec<AudienceInterest>,
    /// Where it posts.
    pub networks: Vec<Network>,
}

/// A pillar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PillarInterest {
    /// Id.
    pub id: PillarId,
    /// Name.
    pub name: String,
    /// What it can be parted into.
    pub subtopics: Vec<String>,
    /// What belongs to it.
    pub description: Option<String>,
}

/// An audience.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AudienceInterest {
    /// What the brand calls them.
    pub name: String,
    /// What troubles them, what they wish for, like and work as.
    pub words: Vec<String>,
}

impl Brands {
    /// What a brand cares about; nothing of one that is deleted.
    pub async fn interests(&self, tx: &mut TenantTx, brand: BrandId) -> Result<Option<Interests>, Error> {
        if brands::sql::get(tx.conn(), brand).await?.is_none() {
            return Ok(None);
        }
        let Some(profile) = profile::get_in(tx, brand).await? else { return Ok(None) };
        let pillars = pillars::all(tx, brand).await?;
        let audiences = audiences::all(tx, brand).await?;
        let offers = offers::names(tx, brand).await?;
        let mut business: Vec<String> =
            profile.business.business_type.into_iter().chain(profile.business.industry).collect();
        business.extend(offers);
        Ok(Some(Interests {
            pillars: pillars
                .into_iter()
                .map(|view| PillarInterest {
                    id: view.id,
                    name: view.pillar.name,
                    subtopics: view.pillar.subtopics,
                    description: view.pillar.description,
                })
                .collect(),
            topics: profile.topics.key_topics,
            keywords: profile.topics.keywords,
            business,
            audiences: audiences
                .into_iter()
                .map(|view| {
                    let audience = view.audience;
                    let mut words = audience.job_roles;
                    words.extend(audience.pain_points);
                    words.extend(audience.desired_outcomes);
                    words.extend(audience.psychographics.interests);
                    AudienceInterest { name: audience.name, words }
                })
                .collect(),
            networks: profile.posts.networks,
        }))
    }
}
