//! Queries on API keys.

use bellwether_kernel::{
    Cursor, PageRequest, Timestamp,
    id::{ApiKeyId, BrandId, OrganizationId, UserId},
};
use sqlx::{PgConnection, Result};

use crate::memberships::model::EntryRow;

pub(super) struct NewRow<'a> {
    pub(super) organization: OrganizationId,
    pub(super) id: ApiKeyId,
    pub(super) brand: Option<BrandId>,
    pub(super) created_by: UserId,
    pub(super) name: &'a str,
    pub(super) prefix: &'a str,
    pub(super) key_hash: &'a [u8],
    pub(super) scopes: &'a [String],
    pub(super) signing: Option<(&'a str, i16)>,
    pub(super) hourly_limit: i32,
    pub(super) expires_at: Option<Timestamp>,
    pub(super) now: Timestamp,
}

pub(super) async fn insert(conn: &mut PgConnection, new: &NewRow<'_>) -> Result<()> {
    sqlx::query!(
        "INSERT INTO identity.api_keys
           (organization_id, id, brand_id, created_by, name, prefix, key_hash, scopes, signed, signing_secret,
            encryption_version, hourly_limit, expires_at, created_at, updated_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $14)",
        new.organization.uuid(),
        new.id.uuid(),
        new.brand.map(BrandId::uuid),
        new.created_by.uuid(),
        new.name,
        new.prefix,
        new.key_hash,
        new.scopes,
        new.signing.is_some(),
        new.signing.map(|(secret, _)| secret),
        new.signing.map(|(_, version)| version),
        new.hourly_limit,
        new.expires_at,
        new.now
    )
    .execute(conn)
    .await
    .map(|_| ())
}

/// The tenant's keys that open something, by the keys' own state.
pub(super) async fn count_live(conn: &mut PgConnection, now: Timestamp) -> Result<i64> {
    sqlx::query_scalar!(
        r#"SELECT count(*) AS "count!" FROM identity.api_keys
            WHERE revoked_at IS NULL AND (expires_at IS NULL OR expires_at > $1)"#,
        now
    )
    .fetch_one(conn)
    .await
}

pub(super) struct Row {
    pub(super) id: ApiKeyId,
    pub(super) name: String,
    pub(super) prefix: String,
    pub(super) brand_id: Option<BrandId>,
    pub(super) scopes: Vec<String>,
    pub(super) signed: bool,
    pub(super) hourly_limit: i32,
    pub(super) expires_at: Option<Timestamp>,
    pub(super) revoked_at: Option<Timestamp>,
    pub(super) created_by: UserId,
    pub(super) created_by_name: Option<String>,
    pub(super) stopped: bool,
    pub(super) last_used_at: Option<Timestamp>,
    pub(super) last_used_ip: Option<String>,
    pub(super) usage_count: i64,
    pub(super) version: i32,
    pub(super) created_at: Timestamp,
}

pub(super) async fn list(conn: &mut PgConnection, page: PageRequest) -> Result<Vec<Row>> {
    let after = page.after.unwrap_or(Cursor::NEWEST);
    sqlx::query_as!(
        Row,
        r#"SELECT k.id AS "id: ApiKeyId", k.name, k.prefix, k.brand_id AS "brand_id: BrandId", k.scopes, k.signed,
                  k.hourly_limit, k.expires_at, k.revoked_at, k.created_by AS "created_by: UserId",
                  u.name AS "created_by_name?",
                  NOT EXISTS (SELECT FROM identity.memberships m WHERE m.user_id = k.created_by) AS "stopped!",
                  k.last_used_at, host(k.last_used_ip) AS last_used_ip, k.usage_count, k.version, k.created_at
             FROM identity.api_keys k LEFT JOIN identity.users u ON u.id = k.created_by
            WHERE (k.created_at, k.id) < ($1, $2)
            ORDER BY k.created_at DESC, k.id DESC LIMIT $3"#,
        after.at,
        after.id,
        page.limit + 1
    )
    .fetch_all(conn)
    .await
}

pub(super) async fn find(conn: &mut PgConnection, id: ApiKeyId) -> Result<Option<Row>> {
    sqlx::query_as!(
        Row,
        r#"SELECT k.id AS "id: ApiKeyId", k.name, k.prefix, k.brand_id AS "brand_id: BrandId", k.scopes, k.signed,
                  k.hourly_limit, k.expires_at, k.revoked_at, k.created_by AS "created_by: UserId",
                  u.name AS "created_by_name?",
                  NOT EXISTS (SELECT FROM identity.memberships m WHERE m.user_id = k.created_by) AS "stopped!",
                  k.last_used_at, host(k.last_used_ip) AS last_used_ip, k.usage_count, k.version, k.created_at
             FROM identity.api_keys k LEFT JOIN identity.users u ON u.id = k.created_by
            WHERE k.id = $1"#,
        id.uuid()
    )
    .fetch_optional(conn)
    .await
}

pub(super) struct Change<'a> {
    pub(super) name: &'a str,
    pub(super) scopes: &'a [String],
    pub(super) hourly_limit: i32,
    pub(super) expires_at: Option<Timestamp>,
}

pub(super) async fn update(
    conn: &mut PgConnection,
    id: ApiKeyId,
    version: i32,
    change: &Change<'_>,
) -> Result<bool> {
    sqlx::query!(
        "UPDATE identity.api_keys
            SET name = $3, scopes = $4, hourly_limit = $5, expires_at = $6, version = version + 1
          WHERE id = $1 AND version = $2 AND revoked_at IS NULL",
        id.uuid(),
        version,
        change.name,
        change.scopes,
        change.hourly_limit,
        change.expires_at
    )
    .execute(conn)
    .await
    .map(|done| done.rows_affected() == 1)
}

/// False when it was revoked already.
pub(super) async fn revoke(
    conn: &mut PgConnection,
    id: ApiKeyId,
    by: UserId,
    now: Timestamp,
) -> Result<bool> {
    sqlx::query!(
        "UPDATE identity.api_keys SET revoked_at = $3, revoked_by = $2, version = version + 1
          WHERE id = $1 AND revoked_at IS NULL",
        id.uuid(),
        by.uuid(),
        now
    )
    .execute(conn)
    .await
    .map(|done| done.rows_affected() == 1)
}

/// A key at the door.
pub(super) struct Shown {
    pub(super) id: ApiKeyId,
    pub(super) organization: OrganizationId,
    pub(super) brand: Option<BrandId>,
    pub(super) user: UserId,
    pub(super) name: String,
    pub(super) scopes: Vec<String>,
    pub(super) signed: bool,
    pub(super) signing_secret: Option<String>,
    pub(super) encryption_version: Option<i16>,
    pub(super) hourly_limit: i32,
    pub(super) expires_at: Option<Timestamp>,
    pub(super) revoked_at: Option<Timestamp>,
    pub(super) last_used_at: Option<Timestamp>,
    pub(super) place_known: bool,
    /// The operator keeps whoever made it outside.
    pub(super) maker_suspended: bool,
}

/// The key of a hash or, for one that signs, of an id. Outside of a transaction: one statement, by the definer's
/// rights.
pub(super) async fn enter(
    conn: &mut PgConnection,
    key_hash: Option<&[u8]>,
    id: Option<ApiKeyId>,
    place: Option<&str>,
) -> Result<Option<Shown>> {
    sqlx::query_as!(
        Shown,
        r#"SELECT key_id AS "id!: ApiKeyId", organization_id AS "organization!: OrganizationId",
                  brand_id AS "brand: BrandId", user_id AS "user!: UserId", name AS "name!", scopes AS "scopes!",
                  signed AS "signed!", signing_secret, encryption_version, hourly_limit AS "hourly_limit!", expires_at,
                  revoked_at, last_used_at, place_known AS "place_known!", maker_suspended AS "maker_suspended!"
             FROM identity.enter_key($1, $2, $3::text::inet)"#,
        key_hash,
        id.map(ApiKeyId::uuid),
        place
    )
    .fetch_optional(conn)
    .await
}

/// Notes a use.
pub(super) async fn touch(
    conn: &mut PgConnection,
    id: ApiKeyId,
    address: Option<String>,
    now: Timestamp,
) -> Result<()> {
    sqlx::query!(
        "UPDATE identity.api_keys SET last_used_at = $2, last_used_ip = coalesce($3::text::inet, last_used_ip)
          WHERE id = $1 AND (last_used_at IS NULL OR last_used_at < $2)",
        id.uuid(),
        now,
        address
    )
    .execute(conn)
    .await
    .map(|_| ())
}

/// Remembers a place, unless it is known: of two requests at once, one gets true. The second answer tells whether
/// there were others before.
pub(super) async fn learn_place(conn: &mut PgConnection, id: ApiKeyId, place: &str) -> Result<Option<bool>> {
    sqlx::query_scalar!(
        r#"UPDATE identity.api_keys
              SET known_places = known_places[greatest(cardinality(known_places) - 98, 1):] || $2::text::inet
            WHERE id = $1 AND NOT ($2::text::inet = ANY (known_places))
        RETURNING cardinality(known_places) > 1 AS "others!""#,
        id.uuid(),
        place
    )
    .fetch_optional(conn)
    .await
}

/// Adds closed hours to the keys' counts.
pub(super) async fn add_usage(conn: &mut PgConnection, ids: &[uuid::Uuid], counts: &[i64]) -> Result<()> {
    sqlx::query!(
        "UPDATE identity.api_keys k SET usage_count = k.usage_count + u.count
           FROM unnest($1::uuid[], $2::bigint[]) AS u (id, count) WHERE k.id = u.id",
        ids,
        counts
    )
    .execute(conn)
    .await
    .map(|_| ())
}

/// What the maker of a key may at this moment in an organization and a brand (slug or id each), as the door would say.
pub(super) async fn entry(
    conn: &mut PgConnection,
    user: UserId,
    now: Timestamp,
    organization: (Option<&str>, Option<OrganizationId>),
    brand: (Option<&str>, Option<BrandId>),
) -> Result<EntryRow> {
    let row = sqlx::query_as!(
        EntryRow,
        r#"SELECT e.organization_id AS "organization: OrganizationId", e.organization_role,
                  e.permissions_added AS added, e.permissions_removed AS removed, e.brand_ids AS brands,
                  e.brand_id AS "brand: BrandId", e.brand_role, e.brand_added, e.brand_removed, e.suspended,
                  e.factor_missing, e.agency_id AS "agency: OrganizationId", e.agency_permissions
             FROM identity.users u, identity.entry(u.id, $2, $3, $4, $5, $6, true) e
            WHERE u.id = $1 AND u.deleted_at IS NULL AND u.suspended_at IS NULL"#,
        user.uuid(),
        now,
        organization.0,
        organization.1.map(OrganizationId::uuid),
        brand.0,
        brand.1.map(BrandId::uuid)
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.unwrap_or_default())
}
