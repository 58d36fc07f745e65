//! The two ways to the data: on behalf of a tenant, or for the system with a reason.

use std::{fmt::Write as _, sync::Arc};

use bellwether_kernel::{
    Access, BrandAccess, BrandScope,
    id::{OrganizationId, UserId},
};
use sqlx::{AssertSqlSafe, PgConnection, PgPool, Postgres, Transaction};

use crate::{Error, Subscriptions};

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
    inner: Transaction<'static, Postgres>,
    subscriptions: Arc<Subscriptions>,
    organization: OrganizationId,
}

/// Opens a transaction in a task of its own, since opening must not be cut in half. A client that hangs up drops the
/// future of its request; sqlx counts a transaction only once the server has answered, so a drop before that would put
/// the connection back into the pool inside that tenant's transaction, with that tenant's role. The task goes on, and
/// dropping what it made rolls back.
async fn begin(pool: &PgPool, opening: String) -> Result<Transaction<'static, Postgres>, Error> {
    let pool = pool.clone();
    let opened = tokio::spawn(async move { pool.begin_with(AssertSqlSafe(opening)).await }).await;
    Ok(opened.map_err(|_| sqlx::Error::WorkerCrashed)??)
}

impl TenantTx {
    pub(crate) async fn open(
        pool: &PgPool,
        subscriptions: Arc<Subscriptions>,
        scope: &TenantScope,
    ) -> Result<Self, Error> {
        let inner = begin(pool, scope.opening()).await?;
        Ok(Self { inner, subscriptions, organization: scope.organization })
    }

    /// Whose rows it reaches.
    pub fn organization(&self) -> OrganizationId {
        self.organization
    }

    /// The connection, inside the transaction.
    pub fn conn(&mut self) -> &mut PgConnection {
        &mut self.inner
    }

    /// Makes it last.
    pub async fn commit(self) -> Result<(), Error> {
        Ok(self.inner.commit().await?)
    }

    /// Takes it back. Dropping does the same, a moment later.
    pub async fn rollback(self) -> Result<(), Error> {
        Ok(self.inner.rollback().await?)
    }

    /// Ends a transaction that only read, without waiting for the server: it hears of the end together with the check that
    /// the pool makes of every connection that comes back. Saves a list the round trip of a commit that has nothing to keep.
    pub fn end_reading(self) {
        drop(self);
    }
}

impl Tx for TenantTx {
    fn conn(&mut self) -> &mut PgConnection {
        &mut self.inner
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
    inner: Transaction<'static, Postgres>,
    subscriptions: Arc<Subscriptions>,
}

impl ServiceTx {
    pub(crate) async fn open(
        pool: &PgPool,
        subscriptions: Arc<Subscriptions>,
        reason: &'static str,
    ) -> Result<Self, Error> {
        let reason = reason.replace('\'', "''");
        let sql = format!("BEGIN; SET LOCAL ROLE bellwether_service; SET LOCAL app.reason = '{reason}'");
        Ok(Self { inner: begin(pool, sql).await?, subscriptions })
    }

    /// The connection, inside the transaction.
    pub fn conn(&mut self) -> &mut PgConnection {
        &mut self.inner
    }

    /// Makes it last.
    pub async fn commit(self) -> Result<(), Error> {
        Ok(self.inner.commit().await?)
    }

    /// Takes it back. Dropping does the same, a moment later.
    pub async fn rollback(self) -> Result<(), Error> {
        Ok(self.inner.rollback().await?)
    }
}

impl Tx for ServiceTx {
    fn conn(&mut self) -> &mut PgConnection {
        &mut self.inner
    }

    fn subscriptions(&self) -> &Subscriptions {
        &self.subscriptions
    }
}
