//! What writers are told of a brand: its profile, audiences, offers and knowledge in the form that they read.

use bellwether_kernel::{Problem, id::BrandId};
use bellwether_models::{BrandNotes, Citation};
use bellwether_networks::Network;
use bellwether_store::TenantTx;
use chrono::NaiveDate;
use jiff::tz::TimeZone;

use crate::{Brands, Error, audiences, brands, knowledge, offers, profile};

/// Snippets handed to a writer at most; of them it is told those that its source has words of.
const CITATIONS: i64 = 200;

impl Brands {
    /// What writers are told of a brand that is there; of a deleted one, nothing.
    pub async fn writer_notes(&self, tx: &mut TenantTx, brand: BrandId) -> Result<BrandNotes, Error> {
        let Some(view) = brands::sql::get(tx.conn(), brand).await? else { return Ok(BrandNotes::default()) };
        let Some(profile) = profile::get_in(tx, brand).await? else { return Ok(BrandNotes::default()) };
        let today = self.today(tx, brand).await?;
        let audiences = audiences::all(tx, brand).await?;
        let offers = offers::names(tx, brand).await?;
        let citations = knowledge::citable(tx.conn(), brand, today, CITATIONS).await?;
        let business = &profile.business;
        let mut about = Vec::new();
        about.extend(business.business_type.iter().map(|text| format!("is a {text}")));
        about.extend(business.industry.iter().map(|text| format!("industry: {text}")));
        about.extend(listed("sells", &offers));
        about.extend(listed("sets itself apart by", &business.differentiators));
        about.extend(profile.market.geographic_focus.iter().map(|text| format!("customers are in: {text}")));
        about.extend(listed("wants to be found by", &profile.topics.keywords));
        about.extend(profile.goals.primary_goal.iter().map(|text| format!("goal: {text}")));
        about.extend(profile.more.iter().map(|more| format!("{}: {}", more.label, more.text)));
        let mut networks = profile.posts.network_preferences;
        for (network, note) in
            [(Network::Blog, profile.blog.blog_style), (Network::Email, profile.email.email_tone)]
        {
            // what is said of the network itself is nearer
            if let Some(note) = note {
                networks.entry(network).or_insert(note);
            }
        }
        Ok(BrandNotes {
            name: Some(view.name),
            voice: business.description.iter().cloned().collect(),
            audience: Some(audiences.iter().map(|view| told(&view.audience)).collect::<Vec<_>>().join("; "))
                .filter(|text| !text.is_empty()),
            avoid: profile.topics.avoid_words,
            about,
            topics: profile.topics.key_topics,
            calls_to_action: profile
                .calls
                .primary_cta
                .into_iter()
                .chain(profile.calls.calls_to_action)
                .collect(),
            no_hashtags: !profile.posts.hashtags_enabled,
            networks,
            citations: citations
                .into_iter()
                .map(|(text, source, url)| Citation { text, source, url })
                .collect(),
        })
    }

    /// The present day in a brand's zone.
    pub(crate) async fn today(&self, tx: &mut TenantTx, brand: BrandId) -> Result<NaiveDate, Error> {
        let found = brands::sql::get(tx.conn(), brand).await?.ok_or_else(|| Problem::not_found("brand"))?;
        let now = self.clock.now();
        let here = TimeZone::get(&found.time_zone)
            .ok()
            .zip(jiff::Timestamp::from_second(now.timestamp()).ok())
            .map(|(zone, instant)| instant.to_zoned(zone).date());
        let day = here.and_then(|day| {
            NaiveDate::from_ymd_opt(
                day.year().into(),
                day.month().unsigned_abs().into(),
                day.day().unsigned_abs().into(),
            )
        });
        Ok(day.unwrap_or_else(|| now.date_naive()))
    }
}

fn listed(what: &str, items: &[String]) -> Option<String> {
    (!items.is_empty()).then(|| format!("{what}: {}", items.join(", ")))
}

/// An audience in a line.
fn told(audience: &audiences::Audience) -> String {
    let mut parts = vec![audience.name.clone()];
    parts.extend(audience.description.clone());
    parts.extend(listed("troubled by", &audience.pain_points));
    parts.extend(listed("wish for", &audience.desired_outcomes));
    parts.extend(listed("doubt", &audience.objections));
    parts.join("; ")
}
