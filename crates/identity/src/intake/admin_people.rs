//! Who is here, for operators.

use bellwether_kernel::{
    Cursor, Page, PageRequest,
    id::{OrganizationId, UserId},
};
use bellwether_web::Operator;
use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use super::sql_admin as sql;
use crate::{Error, Identity};

/// A person as operators see them.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PersonView {
    /// Id.
    pub id: UserId,
    /// E-mail address.
    pub email: String,
    /// Name.
    pub name: String,
    /// Whether they run the installation.
    pub operator: bool,
    /// Since when an operator keeps them out.
    pub suspended_at: Option<DateTime<Utc>>,
    /// Made by the program to show itself; never real.
    pub demo: bool,
    /// Since when.
    pub created_at: DateTime<Utc>,
    /// When they last used a session that is still known.
    pub last_seen_at: Option<DateTime<Utc>>,
    /// How many organizations they belong to.
    pub organizations: i64,
}

/// An organization as operators see it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct OrganizationSummary {
    /// Id.
    pub id: OrganizationId,
    /// Its name in addresses.
    pub slug: String,
    /// Its name.
    pub name: String,
    /// `creator`, `business` or `agency`.
    pub r#type: String,
    /// Made by the program to show itself; never real.
    pub demo: bool,
    /// Since when.
    pub created_at: DateTime<Utc>,
    /// When it was deleted, while it can be brought back.
    pub deleted_at: Option<DateTime<Utc>>,
    /// How many people belong to it.
    pub members: i64,
}

impl Identity {
    /// People, the latest first.
    pub async fn list_people(
        &self,
        _: Operator,
        search: Option<&str>,
        page: PageRequest,
    ) -> Result<Page<PersonView>, Error> {
        let mut tx = self.store.service("an operator looks for people").await?;
        let rows = sql::people(tx.conn(), search, page).await?;
        tx.commit().await?;
        let cursor = |row: &sql::PersonRow| Cursor { at: row.created_at, id: row.id.uuid() };
        Ok(Page::of(rows, page.limit, cursor).map(|row| PersonView {
            id: row.id,
            email: row.email,
            name: row.name,
            operator: row.operator,
            suspended_at: row.suspended_at,
            demo: row.demo,
            created_at: row.created_at,
            last_seen_at: row.last_seen_at,
            organizations: row.organizations,
        }))
    }

    /// Organizations, the latest first.
    pub async fn list_organizations(
        &self,
        _: Operator,
        search: Option<&str>,
        page: PageRequest,
    ) -> Result<Page<OrganizationSummary>, Error> {
        let mut tx = self.store.service("an operator looks for organizations").await?;
        let rows = sql::organizations(tx.conn(), search, page).await?;
        tx.commit().await?;
        let cursor = |row: &sql::OrganizationRow| Cursor { at: row.created_at, id: row.id.uuid() };
        Ok(Page::of(rows, page.limit, cursor).map(|row| OrganizationSummary {
            id: row.id,
            slug: row.slug,
            name: row.name,
            r#type: row.kind,
            demo: row.demo,
            created_at: row.created_at,
            deleted_at: row.deleted_at,
            members: row.members,
        }))
    }
}
