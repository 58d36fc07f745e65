//! Who is to be told of something, and where they are reached: for those who tell people.

use bellwether_kernel::{
    BrandAccess, Permissions, Role, Timestamp,
    id::{BrandId, OrganizationId, UserId},
};
use bellwether_store::ServiceTx;
use uuid::Uuid;

use super::{model::MyOrganization, sql};
use crate::{Error, Identity};

/// Somebody who may come into an organization.
#[derive(Debug, Clone)]
pub struct Reaching {
    /// Who.
    pub user: UserId,
    /// As what: in the brand that was asked for, else in the organization's own rooms.
    pub role: Role,
    /// What they may there.
    pub permissions: Permissions,
}

/// Where somebody is reached.
#[derive(Debug, Clone)]
pub struct Addressee {
    /// Who.
    pub user: UserId,
    /// E-mail address.
    pub email: String,
    /// Name as shown.
    pub name: String,
    /// IANA time zone.
    pub time_zone: String,
    /// Made by the program to show itself.
    pub demo: bool,
}

/// An address of the waitlist.
#[derive(Debug, Clone)]
pub struct Waitlisted {
    /// The entry; pages go on after it.
    pub id: Uuid,
    /// E-mail address.
    pub email: String,
    /// Whose it is: who has an account with this address, else who came from this entry.
    pub user: Option<UserId>,
    /// Their IANA time zone.
    pub time_zone: Option<String>,
}

impl Identity {
    /// Everybody who may come into an organization, and into the brand when one is named; agencies' people too. Without
    /// those whose account or membership is suspended or deleted.
    pub async fn reaching(
        &self,
        tx: &mut ServiceTx,
        organization: OrganizationId,
        brand: Option<BrandId>,
    ) -> Result<Vec<Reaching>, Error> {
        let now: Timestamp = self.clock.now();
        let rows = sql::list_reaching(tx.conn(), organization, brand, now).await?;
        let mut found = Vec::with_capacity(rows.len());
        for row in rows {
            if brand.is_some() && row.entry.brand.is_none() {
                continue;
            }
            // the door's own refusals: they are not to be told either
            let Ok(Some(access)) = row.entry.access(row.user) else { continue };
            found.push(Reaching { user: row.user, role: access.role, permissions: access.permissions });
        }
        Ok(found)
    }

    /// What somebody may do in a brand at this moment, as the door would let them in; none when it would not. For what is
    /// done in their name when no session is at hand.
    pub async fn brand_access(
        &self,
        tx: &mut ServiceTx,
        user: UserId,
        organization: OrganizationId,
        brand: BrandId,
    ) -> Result<Option<BrandAccess>, Error> {
        let row = sql::find_entry(tx.conn(), user, (organization, brand), self.clock.now()).await?;
        let Some(entry) = row.filter(|entry| entry.brand.is_some()) else { return Ok(None) };
        // the door's own refusals: a suspended membership, a second factor that is missing
        let access = entry.access(user).ok().flatten();
        Ok(access.map(|access| BrandAccess { access, brand }))
    }

    /// Where people are reached, without those who are deleted or suspended.
    pub async fn addressees(&self, tx: &mut ServiceTx, users: &[UserId]) -> Result<Vec<Addressee>, Error> {
        let users: Vec<Uuid> = users.iter().map(|user| user.uuid()).collect();
        Ok(sql::list_addresses(tx.conn(), &users).await?)
    }

    /// Where many people belong, as [`Identity::me`] tells it of one: for whoever begins something for all of them at once. Who
    /// belongs nowhere is left out.
    pub async fn places_of(
        &self,
        tx: &mut ServiceTx,
        users: &[UserId],
    ) -> Result<Vec<(UserId, Vec<MyOrganization>)>, Error> {
        let users: Vec<Uuid> = users.iter().map(|user| user.uuid()).collect();
        super::service::places_of(tx, &users, self.clock.now()).await
    }

    /// A page of the waitlist's addresses, after an entry.
    pub async fn waitlisted(
        &self,
        tx: &mut ServiceTx,
        after: Option<Uuid>,
        limit: i64,
    ) -> Result<Vec<Waitlisted>, Error> {
        Ok(sql::list_waiting(tx.conn(), after.unwrap_or_default(), limit).await?)
    }
}
