//! Queries of the event log, which jobs owns and everybody reads.

use bellwether_kernel::{
    Timestamp,
    id::{BrandId, EventId, OrganizationId},
};
use bellwether_store::{ServiceTx, TenantTx};
use serde_json::Value;
use uuid::Uuid;

/// An event as the log holds it, as far as browsers are told.
pub(super) struct EventRow {
    pub id: EventId,
    pub brand_id: Option<BrandId>,
    pub kind: String,
    pub subject_type: String,
    pub subject_id: Uuid,
    pub actor: Value,
    pub data: Value,
    pub created_at: Timestamp,
}

/// The events of an organization by their ids, in the order of the ids.
pub(super) async fn find(
    tx: &mut ServiceTx,
    organization: OrganizationId,
    ids: &[Uuid],
) -> Result<Vec<EventRow>, sqlx::Error> {
    sqlx::query_as!(
        EventRow,
        r#"SELECT id AS "id: EventId", brand_id AS "brand_id: BrandId", kind, subject_type, subject_id, actor, data, created_at
             FROM operations.events
            WHERE organization_id = $1 AND id = ANY ($2) ORDER BY id"#,
        organization.uuid(),
        ids,
    )
    .fetch_all(tx.conn())
    .await
}

/// The events after an id that the tenant may see, oldest first.
pub(super) async fn list_after(
    tx: &mut TenantTx,
    after: Uuid,
    limit: i64,
) -> Result<Vec<EventRow>, sqlx::Error> {
    sqlx::query_as!(
        EventRow,
        r#"SELECT id AS "id: EventId", brand_id AS "brand_id: BrandId", kind, subject_type, subject_id, actor, data, created_at
             FROM operations.events
            WHERE id > $1 ORDER BY id LIMIT $2"#,
        after,
        limit,
    )
    .fetch_all(tx.conn())
    .await
}
