//! The counts of a day.

use bellwether_kernel::{Timestamp, id::BrandId};
use sqlx::{PgConnection, Result};

pub(crate) struct CountRow {
    pub(crate) to_review: i64,
    pub(crate) approved: i64,
    pub(crate) running: i64,
    pub(crate) failed: i64,
}

pub(crate) async fn count(conn: &mut PgConnection, brand: BrandId, since: Timestamp) -> Result<CountRow> {
    sqlx::query_as!(
        CountRow,
        r#"SELECT
             (SELECT count(*) FROM studio.posts WHERE brand_id = $1 AND deleted_at IS NULL AND status = 'pending')
               AS "to_review!",
             (SELECT count(*) FROM studio.posts WHERE brand_id = $1 AND deleted_at IS NULL AND status = 'approved')
               AS "approved!",
             (SELECT count(*) FROM studio.generations
               WHERE brand_id = $1 AND deleted_at IS NULL AND status IN ('pending', 'running')) AS "running!",
             (SELECT count(*) FROM studio.generations
               WHERE brand_id = $1 AND deleted_at IS NULL AND status IN ('failed', 'partial') AND created_at > $2)
               AS "failed!""#,
        brand.uuid(),
        since
    )
    .fetch_one(conn)
    .await
}
