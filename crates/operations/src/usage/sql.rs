//! Queries on usage.

use bellwether_kernel::{
    Timestamp,
    id::{OrganizationId, UserId},
};
use serde_json::Value;
use sqlx::{PgConnection, Result};
use uuid::Uuid;

use super::Usage;

pub(crate) async fn insert(
    conn: &mut PgConnection,
    organization: OrganizationId,
    id: Uuid,
    usage: &Usage,
    now: Timestamp,
) -> Result<()> {
    sqlx::query!(
        "INSERT INTO operations.usage
           (organization_id, id, brand_id, user_id, generation_id, event_type, networks, network_count, tokens_used,
            cost_micro_usd, user_agent, ip_address, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12::text::inet, $13)",
        organization.uuid(),
        id,
        usage.brand.uuid(),
        usage.user.map(UserId::uuid),
        usage.generation.uuid(),
        usage.kind.as_str(),
        &usage.networks,
        usage.networks.len() as i32,
        usage.tokens,
        usage.cost.map(|cost| cost.0),
        usage.context.user_agent,
        usage.context.ip_address.map(|address| address.to_string()),
        now
    )
    .execute(conn)
    .await
    .map(|_| ())
}

pub(crate) async fn of_person(conn: &mut PgConnection, user: UserId) -> Result<Value> {
    sqlx::query_scalar!(
        r#"SELECT coalesce(jsonb_agg(jsonb_build_object('organization_id', organization_id, 'brand_id', brand_id,
                    'generation_id', generation_id, 'kind', event_type, 'networks', networks, 'tokens', tokens_used,
                    'user_agent', user_agent, 'ip_address', host(ip_address), 'created_at', created_at)
                    ORDER BY created_at DESC), '[]') AS "usage!"
             FROM operations.usage WHERE user_id = $1"#,
        user.uuid()
    )
    .fetch_one(conn)
    .await
}
