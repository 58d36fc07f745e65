//! A post whose time is near and that won't go out as things stand: it waits for an approval, or its account does not work.

use std::collections::{HashMap, hash_map::Entry};

use bellwether_identity::people::{Addressee, Reaching, model::MyOrganization};
use bellwether_kernel::{
    Permission, Role, Timestamp,
    id::{BrandId, OrganizationId, UserId},
};
use bellwether_publishing::{
    publications::{self, NearPublication},
    time,
};
use bellwether_store::TenantScope;
use chrono::Duration;

use super::{bring::Bring, trends::rooms};
use crate::{Delivery, Error, Facts, Kind, daily::score::network_name};

/// How long before its time somebody is reminded.
const AHEAD: Duration = Duration::hours(3);
/// Posts in one look.
const AT_ONCE: i64 = 200;

/// Who may come into a brand, and where they are reached.
struct Team {
    reaching: Vec<Reaching>,
    people: HashMap<UserId, Addressee>,
    places: HashMap<UserId, Vec<MyOrganization>>,
}

impl Delivery {
    /// Reminds of posts whose time is near. As often as it is asked: once for each post, time and person.
    pub(super) async fn remind(&self) -> Result<(), Error> {
        let now = self.clock.now();
        let mut after = None;
        let mut teams: HashMap<(OrganizationId, BrandId), Team> = HashMap::new();
        loop {
            let mut tx = self.store.service("find posts whose time is near").await?;
            let near = publications::near_publications(&mut tx, (now, now + AHEAD), after, AT_ONCE).await?;
            for one in &near {
                if let Entry::Vacant(place) = teams.entry((one.organization, one.brand)) {
                    let reaching = self.identity.reaching(&mut tx, one.organization, Some(one.brand)).await?;
                    let users: Vec<UserId> = reaching.iter().map(|person| person.user).collect();
                    let people = self.identity.addressees(&mut tx, &users).await?;
                    let places = self.identity.places_of(&mut tx, &users).await?;
                    place.insert(Team {
                        reaching,
                        people: people.into_iter().map(|person| (person.user, person)).collect(),
                        places: places.into_iter().collect(),
                    });
                }
            }
            tx.commit().await?;
            let Some(last) = near.last() else { return Ok(()) };
            after = Some((last.due_at, last.id));
            for one in &near {
                if let Some(team) = teams.get(&(one.organization, one.brand)) {
                    self.remind_of(one, team, now).await?;
                }
            }
        }
    }

    async fn remind_of(&self, one: &NearPublication, team: &Team, now: Timestamp) -> Result<(), Error> {
        let lowest = if one.waits {
            let mut tx = self.store.tenant(TenantScope::organization(one.organization)).await?;
            let lowest = publications::lowest_approver(&mut tx, one.brand, &one.network).await?;
            tx.commit().await?;
            lowest.unwrap_or(Role::Member)
        } else {
            Role::Member
        };
        let needed = if one.waits { Permission::PostsReview } else { Permission::ConnectionsManage };
        let concerns = |person: &&Reaching| {
            person.permissions.contains(needed) && person.role >= lowest
                || one.created_by == Some(person.user)
        };
        for person in team.reaching.iter().filter(concerns) {
            let Some(address) = team.people.get(&person.user) else { continue };
            let rooms = team.places.get(&person.user).and_then(|of| rooms(of, one.organization, one.brand));
            let Some((path, brand_name)) = rooms else { continue };
            let zone = time::zone_or_utc(&address.time_zone);
            let at = time::local(one.due_at, &zone).map(|local| local.format("%H:%M").to_string());
            let at = at.unwrap_or_default();
            let why = if one.waits {
                format!("It is planned for {at} and still waits for an approval.")
            } else {
                let said = one.trouble.as_deref().map(|words| format!(" ({words})")).unwrap_or_default();
                format!("It is planned for {at}, but the account has to be connected again{said}.")
            };
            let network = network_name(&one.network);
            let bring = Bring {
                kind: Kind::PostReminder,
                organization: one.organization,
                brand: one.brand,
                event: None,
                subject: ("publication", one.id.uuid()),
                // planned for another time it is another occasion
                occasion: &format!("{} {}", one.id, one.due_at.timestamp()),
                facts: Facts {
                    title: Some(one.title.clone()),
                    network: Some(one.network.clone()),
                    account: Some(one.account.clone()),
                    words: Some(why.clone()),
                    ..Facts::default()
                },
                title: format!("{brand_name}: a post at {at} won’t go out as things stand"),
                body: format!("“{}” ({network}, {}): {why}", one.title, one.account),
                peak: None,
                parts: Vec::new(),
                label: "Open the post",
                path: format!("{path}/calendar?item={}", one.id),
                expires_at: one.due_at,
            };
            self.bring_to(address, bring, now).await?;
        }
        Ok(())
    }
}
