//! Writing and reading the security log.

use bellwether_kernel::{
    Access, Clock, Cursor, Page, PageRequest, Permission, Rng, Timestamp,
    id::{OrganizationId, SecurityEventId, UserId},
};
use bellwether_store::{ServiceTx, Store, Tx};
use chrono::{Duration, DurationRound as _};
use sha2::{Digest as _, Sha256};

use super::{NewSecurityEvent, SecurityEventView, SecurityKind, Severity, sql};
use crate::{Error, Operations, admission};

/// Of swarms of the same entry one is written in this time.
const SELDOM: Duration = Duration::hours(1);
/// What the counting of swarms is kept under.
const BUCKET: &str = "security_event";
/// Entries in a copy of one's data.
const EXPORTED: i64 = 10_000;

/// Writes an entry in the transaction of what happened: both last or neither does.
pub async fn note(
    tx: &mut impl Tx,
    clock: &Clock,
    rng: &Rng,
    event: NewSecurityEvent,
) -> Result<SecurityEventId, bellwether_store::Error> {
    let id = SecurityEventId::new(clock, rng);
    sql::insert(tx, id, clock.now(), &event).await?;
    Ok(id)
}

/// Writes an entry in a transaction of its own: for what is refused, which leaves nothing else behind.
pub async fn note_alone(
    store: &Store,
    clock: &Clock,
    rng: &Rng,
    event: NewSecurityEvent,
) -> Result<SecurityEventId, bellwether_store::Error> {
    let mut tx = store.service("note what concerns security").await?;
    let id = note(&mut tx, clock, rng, event).await?;
    tx.commit().await?;
    Ok(id)
}

/// The same beside the request, for answers that must not wait or fail for it. A fault is logged.
pub fn note_beside(store: &Store, clock: &Clock, rng: &Rng, event: NewSecurityEvent) {
    let (store, clock, rng) = (store.clone(), clock.clone(), rng.clone());
    tokio::spawn(async move {
        let kind = event.kind.name;
        if let Err(error) = note_alone(&store, &clock, &rng, event).await {
            tracing::error!(%error, kind, "could not write the security log");
        }
    });
}

/// The same for what comes in swarms: of entries under one `key` the first of each hour is written. The key says what
/// makes them the same, e.g. who tried what where; of any length, since its hash is counted.
pub fn note_seldom_beside(store: &Store, clock: &Clock, rng: &Rng, event: NewSecurityEvent, key: &str) {
    let (store, clock, rng) = (store.clone(), clock.clone(), rng.clone());
    let hash = Sha256::digest(format!("{}\n{key}", event.kind.name));
    let identifier = bellwether_kernel::hex(&hash);
    tokio::spawn(async move {
        let kind = event.kind.name;
        let hour = clock.now().duration_trunc(SELDOM).unwrap_or_else(|_| clock.now());
        let noted = async {
            if admission::take_rate(&store, &identifier, BUCKET, hour, 1).await? == 1 {
                note_alone(&store, &clock, &rng, event).await?;
            }
            Ok::<_, bellwether_store::Error>(())
        };
        if let Err(error) = noted.await {
            tracing::error!(%error, kind, "could not write the security log");
        }
    });
}

/// What a person's own log tells, for a copy of their data: the latest first, at most [`EXPORTED`].
pub async fn of_person(
    tx: &mut ServiceTx,
    user: UserId,
) -> Result<Vec<SecurityEventView>, bellwether_store::Error> {
    let page = PageRequest { limit: EXPORTED, after: None };
    let rows = sql::of_user(tx.conn(), user, None, page).await?;
    Ok(page_of(rows, page.limit).items)
}

/// Forgets the counts of hours that are over.
pub(crate) async fn forget_counts(tx: &mut ServiceTx, now: Timestamp) -> Result<(), bellwether_store::Error> {
    admission::close_rates(tx, BUCKET, now - SELDOM).await.map(|_| ())
}

impl Operations {
    /// What concerns a person, the latest first. `kind` is a whole kind or its subject alone.
    pub async fn list_my_security_events(
        &self,
        user: UserId,
        kind: Option<&str>,
        page: PageRequest,
    ) -> Result<Page<SecurityEventView>, Error> {
        let mut tx = self.store.service("a person reads their security log").await?;
        let rows = sql::of_user(tx.conn(), user, kind, page).await?;
        tx.commit().await?;
        Ok(page_of(rows, page.limit))
    }

    /// What concerns the organization, the latest first; its owners may read it.
    pub async fn list_security_events(
        &self,
        access: &Access,
        kind: Option<&str>,
        user: Option<UserId>,
        page: PageRequest,
    ) -> Result<Page<SecurityEventView>, Error> {
        access.allow(Permission::SecurityRead)?;
        let mut tx = self.store.tenant(access).await?;
        let rows = sql::of_tenant(tx.conn(), kind, user, page).await?;
        tx.commit().await?;
        Ok(page_of(rows, page.limit))
    }
}

fn page_of(rows: Vec<sql::Row>, limit: i64) -> Page<SecurityEventView> {
    Page::of(rows, limit, |row| Cursor { at: row.created_at, id: row.id.uuid() }).map(|row| {
        SecurityEventView {
            about: SecurityKind::find(&row.kind).map(|kind| kind.about.to_owned()).unwrap_or_default(),
            severity: Severity::parse(&row.severity).unwrap_or(Severity::Info),
            id: row.id,
            kind: row.kind,
            user_id: row.user_id,
            organization_id: (!row.organization_id.is_nil())
                .then(|| OrganizationId::from(row.organization_id)),
            detail: row.detail,
            request_id: row.request_id,
            ip_address: row.ip_address,
            user_agent: row.user_agent,
            created_at: row.created_at,
        }
    })
}
