//! A trend that rises fast: told to who may see the brand, the same day.

use std::collections::HashMap;

use bellwether_identity::people::model::MyOrganization;
use bellwether_jobs::events::Event;
use bellwether_kernel::{
    Permission, Timestamp,
    id::{OrganizationId, UserId},
};
use bellwether_publishing::time;
use bellwether_trends::TrendId;
use chrono::Duration;
use serde_json::Value;

use super::bring::Bring;
use crate::{Delivery, Error, Facts, Kind, daily::to_the_half_hour};

/// How long an alert is worth anything.
const WORTH: Duration = Duration::hours(12);

/// What an event says of its trend.
struct Told {
    name: String,
    summary: String,
    peak: Option<Timestamp>,
}

fn read(event: &Event) -> Option<Told> {
    let field = |name: &str| {
        let of = |value: Option<&Value>| value.and_then(|value| value.get(name)).cloned();
        of(Some(&event.data)).or_else(|| of(event.after.as_ref()))
    };
    let text = |name: &str| field(name).and_then(|value| value.as_str().map(str::to_owned));
    Some(Told {
        name: text("name")?,
        summary: text("summary").unwrap_or_default(),
        peak: text("peak_likely").and_then(|at| at.parse().ok()),
    })
}

/// The path of a brand's rooms.
pub(super) fn rooms(
    organizations: &[MyOrganization],
    organization: OrganizationId,
    brand: bellwether_kernel::id::BrandId,
) -> Option<(String, String)> {
    let organization = organizations.iter().find(|of| of.id == organization)?;
    let brand = organization.brands.iter().find(|of| of.id == brand)?;
    Some((format!("/{}/{}", organization.slug, brand.slug), brand.name.clone()))
}

impl Delivery {
    /// Tells of a trend that rises. As often as it is asked: once for each trend and person.
    pub(crate) async fn alert_trend(&self, event: &Event) -> Result<(), Error> {
        let (organization, Some(brand)) = (event.organization_id, event.brand_id) else { return Ok(()) };
        let now = self.clock.now();
        let worth = event.created_at + WORTH;
        let trend = TrendId::from(event.subject_id);
        if now >= worth {
            return Ok(());
        }
        let mut tx = self.store.service("find whom a trend concerns").await?;
        let reaching = self.identity.reaching(&mut tx, organization, Some(brand)).await?;
        let users: Vec<UserId> = reaching
            .iter()
            .filter(|person| person.permissions.contains(Permission::BrandRead))
            .map(|person| person.user)
            .collect();
        let people = self.identity.addressees(&mut tx, &users).await?;
        let places: HashMap<UserId, Vec<MyOrganization>> =
            self.identity.places_of(&mut tx, &users).await?.into_iter().collect();
        let mut told = read(event);
        let access = match (&told, users.first()) {
            (None, Some(user)) => self.identity.brand_access(&mut tx, *user, organization, brand).await?,
            _ => None,
        };
        tx.commit().await?;
        if let Some(access) = access {
            let found = self.trends.morning_trends(&access, 50).await?;
            told = found.into_iter().find(|one| one.id == trend).map(|one| Told {
                name: one.name,
                summary: one.summary,
                peak: Some(one.peak_likely),
            });
        }
        let Some(told) = told else { return Ok(()) };
        // past its height it rises no more
        let expires_at = told.peak.map_or(worth, |peak| worth.min(peak));
        if now >= expires_at {
            return Ok(());
        }
        for person in people {
            let Some((path, brand_name)) =
                places.get(&person.user).and_then(|of| rooms(of, organization, brand))
            else {
                continue;
            };
            let zone = time::zone_or_utc(&person.time_zone);
            // the notice stays: a day in it has its name
            let peak = told.peak.and_then(|at| time::local(to_the_half_hour(at), &zone));
            let peak = peak.map(|local| format!("Likely at its height {}.", local.format("%A, about %H:%M")));
            let words: Vec<String> =
                std::iter::once(told.summary.clone()).chain(peak).filter(|line| !line.is_empty()).collect();
            let one = Bring {
                kind: Kind::TrendRising,
                organization,
                brand,
                event: Some(event.id),
                subject: ("trend", trend.uuid()),
                occasion: &trend.to_string(),
                facts: Facts {
                    title: Some(told.name.clone()),
                    words: Some(words.join(" ")),
                    ..Facts::default()
                },
                title: format!("{brand_name}: “{}” is rising", told.name),
                body: told.summary.clone(),
                peak: told.peak,
                parts: Vec::new(),
                label: "See the trend",
                path: format!("{path}/trends?trend={trend}"),
                expires_at,
            };
            self.bring_to(&person, one, now).await?;
        }
        Ok(())
    }
}
