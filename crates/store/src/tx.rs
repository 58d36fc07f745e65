//! The two ways to the data: on behalf of a tenant, or for the system with a reason.

use std::{fmt::Write as _, sync::Arc};

use bellwether_kernel::{
    Access, BrandAccess, BrandScope,
    id::{OrganizationId, UserId},
};
use sqlx::PgConnection;

use crate::{
    Error, Subscriptions,
    warm::{Lent, Warm},
};

/// Whose data a transaction reaches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TenantScope {
    /// On whose behalf; none for background work of the organization itself.
    pub user: Option<UserId>,
    /// Whose rows.
    pub organization: OrganizationId,
    /// Which brands' rows among them.
    pub brands: BrandScope,
}

impl TenantScope {
    /// The whole organization, on behalf of nobody: for background work.
    pub fn organization(organization: OrganizationId) -> Self {
        Self { user: None, organization, brands: BrandScope::All }
    }

    /// The statements that open the transaction, sent as one message. Everything in it is a UUID of ours or fixed.
    fn opening(&self) -> String {
        let mut sql = String::with_capacity(256);
        let organization = self.organization.uuid();
        let _ = write!(
            sql,
            "BEGIN; SET LOCAL ROLE bellwether_app; SET LOCAL app.organization_id = '{organization}'; \
             SET LOCAL app.user_id = '"
        );
        match self.user {
            Some(user) => {
                let _ = write!(sql, "{}", user.uuid());
            }
            None => sql.push_str("none"),
        }
        sql.push_str("'; SET LOCAL app.brand_ids = '");
        match &self.brands {
            BrandScope::All => sql.push_str("all"),
            BrandScope::Only(brands) => {
                sql.push('{');
                for (i, brand) in brands.iter().enumerate() {
                    let comma = if i == 0 { "" } else { "," };
                    let _ = write!(sql, "{comma}{}", brand.uuid());
                }
                sql.push('}');
            }
        }
        sql.push('\'');
        sql
    }
}

impl From<&Self> for TenantScope {
    fn from(scope: &Self) -> Self {
        scope.clone()
    }
}

impl From<&Access> for TenantScope {
    fn from(access: &Access) -> Self {
        Self { user: Some(access.user), organization: access.organization, brands: access.brands.clone() }
    }
}

impl From<&BrandAccess> for TenantScope {
    fn from(access: &BrandAccess) -> Self {
        Self::from(&access.access)
    }
}

/// An open transaction of either kind; rolled back unless it is committed.
pub trait Tx: Send {
    /// The connection, inside the transaction.
    fn conn(&mut self) -> &mut PgConnection;

    /// Who hears of what is recorded in it.
    fn subscriptions(&self) -> &Subscriptions;
}

/// A transaction that sees and writes one organization's rows only.
#[derive(Debug)]
pub struct TenantTx {
    lent: Lent,
    subscriptions: Arc<Subscriptions>,
    organization: OrganizationId,
}

impl TenantTx {
    pub(crate) async fn open(
        warm: &Warm,
        subscriptions: Arc<Subscriptions>,
        scope: &TenantScope,
    ) -> Result<Self, Error> {
        let mut lent = warm.take().await?;
        lent.begin(scope.opening()).await?;
        Ok(Self { lent, subscriptions, organization: scope.organization })
    }

    /// Whose rows it reaches.
    pub fn organization(&self) -> OrganizationId {
        self.organization
    }

    /// The connection, inside the transaction.
    pub fn conn(&mut self) -> &mut PgConnection {
        self.lent.conn()
    }

    /// Makes it last.
    pub async fn commit(self) -> Result<(), Error> {
        Ok(self.lent.commit().await?)
    }

    /// Takes it back. Dropping does the same, a moment later.
    pub async fn rollback(self) -> Result<(), Error> {
        Ok(self.lent.rollback().await?)
    }

    /// Ends a transaction that only read, without waiting for the server: the next one on its connection hears of the end.
    /// Saves a list the round trip of a commit that has nothing to keep.
    pub fn end_reading(self) {
        self.lent.end_reading();
    }
}

impl Tx for TenantTx {
    fn conn(&mut self) -> &mut PgConnection {
        self.lent.conn()
    }

    fn subscriptions(&self) -> &Subscriptions {
        &self.subscriptions
    }
}

/// Has the statements that follow in the transaction planned for the values they are called with, each time. For lists whose
/// filters may be absent: the plan that PostgreSQL keeps for all values takes each `$1 IS NULL OR …` for a condition that few
/// rows meet, reckons with a handful of rows and sorts all of them for a page. Costs a planning each, some tenths of a
/// millisecond.
pub async fn plan_for_values(conn: &mut PgConnection) -> Result<(), sqlx::Error> {
    sqlx::raw_sql("SET LOCAL plan_cache_mode = force_custom_plan").execute(conn).await?;
    Ok(())
}

/// A transaction of the system that sees the rows of all tenants; its reason is kept in `app.reason`.
#[derive(Debug)]
pub struct ServiceTx {
    lent: Lent,
    subscriptions: Arc<Subscriptions>,
}

impl ServiceTx {
    pub(crate) async fn open(
        warm: &Warm,
        subscriptions: Arc<Subscriptions>,
        reason: &'static str,
    ) -> Result<Self, Error> {
        let reason = reason.replace('\'', "''");
        let sql = format!("BEGIN; SET LOCAL ROLE bellwether_service; SET LOCAL app.reason = '{reason}'");
        let mut lent = warm.take().await?;
        lent.begin(sql).await?;
        Ok(Self { lent, subscriptions })
    }

    /// The connection, inside the transaction.
    pub fn conn(&mut self) -> &mut PgConnection {
        self.lent.conn()
    }

    /// Makes it last.
    pub async fn commit(self) -> Result<(), Error> {
        Ok(self.lent.commit().await?)
    }

    /// Takes it back. Dropping does the same, a moment later.
    pub async fn rollback(self) -> Result<(), Error> {
        Ok(self.lent.rollback().await?)
    }
}

impl Tx for ServiceTx {
    fn conn(&mut self) -> &mut PgConnection {
        self.lent.conn()
    }

    fn subscriptions(&self) -> &Subscriptions {
        &self.subscriptions
    }
}
