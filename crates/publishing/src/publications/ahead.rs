//! What others who tell people of what is planned, and of what a week brought, need to know.

use bellwether_kernel::{
    Timestamp,
    id::{BrandId, OrganizationId, PostId, UserId},
};
use bellwether_store::{ServiceTx, TenantTx};
use sqlx::PgConnection;

use crate::{ConnectionId, Error, PublicationId};

/// Titles of one week.
const TITLES: i64 = 5;

/// A publication whose time is near and that won't go out as things stand.
#[derive(Debug, Clone)]
pub struct NearPublication {
    /// Whose.
    pub organization: OrganizationId,
    /// Whose.
    pub brand: BrandId,
    /// Which.
    pub id: PublicationId,
    /// Of which post.
    pub post: PostId,
    /// Its first words.
    pub title: String,
    /// On which network.
    pub network: String,
    /// On which account.
    pub account: String,
    /// Whether it waits for an approval; else its account does not work.
    pub waits: bool,
    /// Why the account does not work, in the network's own words.
    pub trouble: Option<String>,
    /// The account.
    pub connection: ConnectionId,
    /// When it is planned for.
    pub due_at: Timestamp,
    /// Who planned it.
    pub created_by: Option<UserId>,
}

/// What a week brought to a brand.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WeekOfPublications {
    /// How many were published, by network, the most first.
    pub published: Vec<(String, i64)>,
    /// The latest of them: first words, network, address there.
    pub titles: Vec<(String, String, Option<String>)>,
    /// How many could not be published.
    pub failed: i64,
    /// Of how many nobody knows whether they are out.
    pub unclear: i64,
    /// How many are held back now.
    pub held: i64,
    /// How many are planned for after the week and wait for an approval now.
    pub in_review: i64,
    /// How many are planned for the week that begins.
    pub planned: i64,
}

impl WeekOfPublications {
    /// How many were published.
    pub fn count(&self) -> i64 {
        self.published.iter().map(|(_, count)| count).sum()
    }
}

/// Publications of all tenants that are due after an instant and not after another and that wait for an approval or whose
/// account does not work, the nearest first, after a place in that order.
pub async fn near_publications(
    tx: &mut ServiceTx,
    (from, until): (Timestamp, Timestamp),
    after: Option<(Timestamp, PublicationId)>,
    most: i64,
) -> Result<Vec<NearPublication>, Error> {
    Ok(list_near(tx.conn(), (from, until), after, most).await?)
}

async fn list_near(
    conn: &mut PgConnection,
    (from, until): (Timestamp, Timestamp),
    after: Option<(Timestamp, PublicationId)>,
    most: i64,
) -> sqlx::Result<Vec<NearPublication>> {
    sqlx::query_as!(
        NearPublication,
        r#"SELECT p.organization_id AS "organization: OrganizationId", p.brand_id AS "brand: BrandId",
                  p.id AS "id: PublicationId", p.post_id AS "post: PostId", p.title, p.network, c.handle AS account,
                  p.state <> 'scheduled' AS "waits!", c.error_message AS trouble, c.id AS "connection: ConnectionId",
                  p.due_at AS "due_at!", p.created_by AS "created_by: UserId"
             FROM publishing.publications p
             JOIN publishing.connections c ON c.organization_id = p.organization_id AND c.id = p.connection_id
            WHERE p.due_at > $1 AND p.due_at <= $2
              AND (p.state IN ('draft', 'in_review')
                   OR p.state = 'scheduled' AND p.next_at > $1 AND p.next_at <= $2 AND c.status <> 'active')
              AND ($3::timestamptz IS NULL OR (p.due_at, p.id) > ($3, $4))
            ORDER BY p.due_at, p.id LIMIT $5"#,
        from,
        until,
        after.map(|(at, _)| at),
        after.map(|(_, id)| id.uuid()),
        most
    )
    .fetch_all(conn)
    .await
}

/// What a week brought, and how things stand for the next, in the caller's transaction. `to` is the end of the week.
pub async fn week_of_publications(
    tx: &mut TenantTx,
    brand: BrandId,
    (from, to): (Timestamp, Timestamp),
) -> Result<WeekOfPublications, Error> {
    let ahead = to + (to - from);
    let published = count_published(tx.conn(), brand, (from, to)).await?;
    let titles = list_titles(tx.conn(), brand, (from, to)).await?;
    let row = sqlx::query!(
        r#"SELECT count(*) FILTER (WHERE state = 'failed' AND due_at >= $2 AND due_at < $3) AS "failed!",
                  count(*) FILTER (WHERE state = 'unclear') AS "unclear!",
                  count(*) FILTER (WHERE state = 'held') AS "held!",
                  count(*) FILTER (WHERE state = 'in_review' AND due_at >= $3) AS "in_review!",
                  count(*) FILTER (WHERE state = 'scheduled' AND due_at >= $3 AND due_at < $4) AS "planned!"
             FROM publishing.publications
            WHERE brand_id = $1 AND state IN ('failed', 'unclear', 'held', 'in_review', 'scheduled')"#,
        brand.uuid(),
        from,
        to,
        ahead
    )
    .fetch_one(tx.conn())
    .await?;
    Ok(WeekOfPublications {
        published,
        titles,
        failed: row.failed,
        unclear: row.unclear,
        held: row.held,
        in_review: row.in_review,
        planned: row.planned,
    })
}

async fn count_published(
    conn: &mut PgConnection,
    brand: BrandId,
    (from, to): (Timestamp, Timestamp),
) -> sqlx::Result<Vec<(String, i64)>> {
    let rows = sqlx::query!(
        r#"SELECT network, count(*) AS "count!" FROM publishing.publications
            WHERE brand_id = $1 AND state = 'published' AND published_at >= $2 AND published_at < $3
            GROUP BY network ORDER BY count(*) DESC, network"#,
        brand.uuid(),
        from,
        to
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (row.network, row.count)).collect())
}

async fn list_titles(
    conn: &mut PgConnection,
    brand: BrandId,
    (from, to): (Timestamp, Timestamp),
) -> sqlx::Result<Vec<(String, String, Option<String>)>> {
    let rows = sqlx::query!(
        "SELECT title, network, remote_url FROM publishing.publications
          WHERE brand_id = $1 AND state = 'published' AND published_at >= $2 AND published_at < $3
          ORDER BY published_at DESC, id DESC LIMIT $4",
        brand.uuid(),
        from,
        to,
        TITLES
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (row.title, row.network, row.remote_url)).collect())
}
