//! Queries on posts made of trends.

use bellwether_kernel::id::{BrandId, PostId};
use bellwether_trends::trends::PostState;
use sqlx::{PgConnection, Result};
use uuid::Uuid;

/// How posts stand; those that are deleted are left out.
pub(super) async fn states(conn: &mut PgConnection, brand: BrandId, ids: &[Uuid]) -> Result<Vec<PostState>> {
    sqlx::query_as!(
        PostState,
        r#"SELECT id AS "id: PostId", network, content_type, status FROM studio.posts
            WHERE brand_id = $1 AND id = ANY ($2) AND deleted_at IS NULL"#,
        brand.uuid(),
        ids
    )
    .fetch_all(conn)
    .await
}
