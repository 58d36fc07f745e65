//! Queries on rules, reviews and links. Tenant and brands are the transaction's, by policy.

use bellwether_kernel::{
    Cursor, Timestamp,
    id::{BrandId, OrganizationId, PostId, UserId},
};
use chrono::{NaiveDate, NaiveDateTime};
use serde_json::{Value, value::RawValue};
use sqlx::{PgConnection, Result, types::Json};
use uuid::Uuid;

use crate::{ApprovalRuleId, PublicationId, ReviewId, ReviewLinkId};

/// What a text lacks before it may go out; none when nothing is lacking.
pub(crate) async fn missing(
    conn: &mut PgConnection,
    (organization, brand, post): (OrganizationId, BrandId, PostId),
    network: &str,
    content: &Value,
) -> Result<Option<String>> {
    sqlx::query_scalar!(
        "SELECT publishing.missing_approval($1, $2, $3, $4, $5)",
        organization as _,
        brand as _,
        post as _,
        network,
        content,
    )
    .fetch_one(conn)
    .await
}

// --- rules ---

pub(super) struct RuleRow {
    pub(super) id: ApprovalRuleId,
    pub(super) network: Option<String>,
    pub(super) approver: String,
    pub(super) approvals: i16,
    pub(super) created_at: Timestamp,
}

pub(super) async fn rules(conn: &mut PgConnection, brand: BrandId) -> Result<Vec<RuleRow>> {
    sqlx::query_as!(
        RuleRow,
        r#"SELECT id AS "id: ApprovalRuleId", network, approver, approvals, created_at
           FROM publishing.approval_rules WHERE brand_id = $1 ORDER BY created_at, id"#,
        brand as _,
    )
    .fetch_all(conn)
    .await
}

pub(super) async fn insert_rule(
    conn: &mut PgConnection,
    (organization, brand): (OrganizationId, BrandId),
    rule: &RuleRow,
    by: UserId,
) -> Result<()> {
    sqlx::query!(
        "INSERT INTO publishing.approval_rules (organization_id, id, brand_id, network, approver, approvals, created_by,
             created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        organization as _,
        rule.id as _,
        brand as _,
        rule.network,
        rule.approver,
        rule.approvals,
        by as _,
        rule.created_at,
    )
    .execute(conn)
    .await
    .map(|_| ())
}

pub(super) async fn delete_rule(
    conn: &mut PgConnection,
    brand: BrandId,
    id: ApprovalRuleId,
) -> Result<Option<RuleRow>> {
    sqlx::query_as!(
        RuleRow,
        r#"DELETE FROM publishing.approval_rules WHERE brand_id = $1 AND id = $2
           RETURNING id AS "id: ApprovalRuleId", network, approver, approvals, created_at"#,
        brand as _,
        id as _,
    )
    .fetch_optional(conn)
    .await
}

/// Whether any rule is about a network of a brand.
pub(super) async fn has_rule(conn: &mut PgConnection, brand: BrandId, network: &str) -> Result<bool> {
    sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT FROM publishing.approval_rules
                          WHERE brand_id = $1 AND (network IS NULL OR network = $2)) AS "has!""#,
        brand as _,
        network,
    )
    .fetch_one(conn)
    .await
}

// --- reviews ---

/// What somebody says.
pub(super) struct NewReview<'a> {
    pub(super) organization: OrganizationId,
    pub(super) id: ReviewId,
    pub(super) brand: BrandId,
    pub(super) post: PostId,
    pub(super) publication: Option<PublicationId>,
    pub(super) verdict: &'a str,
    pub(super) words: &'a str,
    pub(super) user: Option<UserId>,
    pub(super) link: Option<ReviewLinkId>,
    pub(super) role: &'a str,
    pub(super) name: &'a str,
    pub(super) shared: bool,
    pub(super) now: Timestamp,
}

/// Keeps it, of the text as it stands. The caller holds the post, so that numbers don't clash and the text doesn't change.
pub(super) async fn insert_review(
    conn: &mut PgConnection,
    new: &NewReview<'_>,
    content: &Value,
) -> Result<()> {
    sqlx::query!(
        "INSERT INTO publishing.reviews (organization_id, id, brand_id, post_id, number, publication_id, fingerprint, verdict,
             words, user_id, link_id, role, name, shared, created_at)
         SELECT $1, $2, $3, $4, coalesce(max(number), 0) + 1, $5, publishing.fingerprint($1, $4, $6), $7, $8, $9, $10, $11, $12, $13,
                $14
         FROM publishing.reviews WHERE post_id = $4",
        new.organization as _,
        new.id as _,
        new.brand as _,
        new.post as _,
        new.publication as _,
        content,
        new.verdict,
        new.words,
        new.user as _,
        new.link as _,
        new.role,
        new.name,
        new.shared,
        new.now,
    )
    .execute(conn)
    .await
    .map(|_| ())
}

pub(super) struct ReviewRow {
    pub(super) id: ReviewId,
    pub(super) post_id: PostId,
    pub(super) publication_id: Option<PublicationId>,
    pub(super) number: i32,
    pub(super) verdict: String,
    pub(super) words: String,
    pub(super) user_id: Option<UserId>,
    pub(super) link_id: Option<ReviewLinkId>,
    pub(super) role: String,
    pub(super) name: String,
    pub(super) shared: bool,
    pub(super) seal: String,
    pub(super) resolved_at: Option<Timestamp>,
    pub(super) created_at: Timestamp,
}

pub(super) async fn reviews(conn: &mut PgConnection, brand: BrandId, post: PostId) -> Result<Vec<ReviewRow>> {
    sqlx::query_as!(
        ReviewRow,
        r#"SELECT id AS "id: ReviewId", post_id AS "post_id: PostId", publication_id AS "publication_id: PublicationId",
                  number, verdict, words, user_id AS "user_id: UserId", link_id AS "link_id: ReviewLinkId", role, name, shared,
                  encode(fingerprint, 'hex') AS "seal!", resolved_at, created_at
           FROM publishing.reviews WHERE brand_id = $1 AND post_id = $2 ORDER BY number DESC LIMIT 500"#,
        brand as _,
        post as _,
    )
    .fetch_all(conn)
    .await
}

/// What a link shows of these posts' reviews: its own, and what the team shares.
pub(super) async fn reviews_for_link(
    conn: &mut PgConnection,
    link: ReviewLinkId,
    posts: &[Uuid],
) -> Result<Vec<ReviewRow>> {
    sqlx::query_as!(
        ReviewRow,
        r#"SELECT id AS "id: ReviewId", post_id AS "post_id: PostId", publication_id AS "publication_id: PublicationId",
                  number, verdict, words, user_id AS "user_id: UserId", link_id AS "link_id: ReviewLinkId", role, name, shared,
                  encode(fingerprint, 'hex') AS "seal!", resolved_at, created_at
           FROM publishing.reviews WHERE post_id = ANY ($2) AND (link_id = $1 OR shared)
           ORDER BY post_id, number DESC LIMIT 2000"#,
        link as _,
        posts,
    )
    .fetch_all(conn)
    .await
}

pub(super) async fn resolve(
    conn: &mut PgConnection,
    (brand, post): (BrandId, PostId),
    id: ReviewId,
    (by, now): (UserId, Timestamp),
) -> Result<bool> {
    let done = sqlx::query!(
        "UPDATE publishing.reviews SET resolved_at = $4, resolved_by = $5
         WHERE brand_id = $1 AND post_id = $2 AND id = $3 AND verdict <> 'approved'",
        brand as _,
        post as _,
        id as _,
        now,
        by as _,
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// A post, or a publication of it, as it stands.
pub(super) struct TextRow {
    pub(super) network: String,
    pub(super) status: String,
    pub(super) content: Value,
    /// Whether it is a publication's own and not the post's.
    pub(super) own: bool,
    pub(super) seal: String,
}

/// Holds a post until the end of the transaction, against reviewers who say something at the same moment too.
pub(super) async fn lock_text(
    conn: &mut PgConnection,
    brand: BrandId,
    post: PostId,
    publication: Option<PublicationId>,
) -> Result<Option<TextRow>> {
    let held = sqlx::query_scalar!(
        r#"SELECT id AS "id!" FROM studio.publishable_posts WHERE brand_id = $1 AND id = $2 AND NOT deleted FOR UPDATE"#,
        brand as _,
        post as _,
    )
    .fetch_optional(&mut *conn)
    .await?;
    if held.is_none() {
        return Ok(None);
    }
    // a statement of its own: it sees what was committed while this one waited
    sqlx::query_as!(
        TextRow,
        r#"SELECT post.network AS "network!", post.status AS "status!", coalesce(p.content, post.content) AS "content!",
                  p.content IS NOT NULL AS "own!",
                  encode(publishing.fingerprint(post.organization_id, post.id, coalesce(p.content, post.content)), 'hex') AS "seal!"
           FROM studio.publishable_posts post
           LEFT JOIN publishing.publications p
             ON p.organization_id = post.organization_id AND p.post_id = post.id AND p.id = $3
           WHERE post.brand_id = $1 AND post.id = $2 AND ($3::uuid IS NULL OR p.id IS NOT NULL)"#,
        brand as _,
        post as _,
        publication as _,
    )
    .fetch_optional(conn)
    .await
}

// --- links ---

pub(super) struct LinkRow {
    pub(super) organization_id: OrganizationId,
    pub(super) id: ReviewLinkId,
    pub(super) brand_id: BrandId,
    pub(super) label: String,
    pub(super) first_day: Option<NaiveDate>,
    pub(super) last_day: Option<NaiveDate>,
    pub(super) may_approve: bool,
    pub(super) expires_at: Timestamp,
    pub(super) revoked_at: Option<Timestamp>,
    pub(super) opened_at: Option<Timestamp>,
    pub(super) opened_count: i32,
    pub(super) posts: Vec<Uuid>,
    pub(super) created_at: Timestamp,
}

pub(super) async fn insert_link(
    conn: &mut PgConnection,
    link: &LinkRow,
    token_hash: &[u8],
    by: UserId,
) -> Result<()> {
    sqlx::query!(
        "WITH link AS (
             INSERT INTO publishing.review_links (organization_id, id, brand_id, label, token_hash, first_day, last_day,
                 may_approve, expires_at, created_by, created_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
         )
         INSERT INTO publishing.review_link_posts (organization_id, link_id, post_id, brand_id)
         SELECT $1, $2, post, $3 FROM unnest($12::uuid[]) AS post",
        link.organization_id as _,
        link.id as _,
        link.brand_id as _,
        link.label,
        token_hash,
        link.first_day,
        link.last_day,
        link.may_approve,
        link.expires_at,
        by as _,
        link.created_at,
        &link.posts,
    )
    .execute(conn)
    .await
    .map(|_| ())
}

/// Which of these posts the brand has.
pub(super) async fn known_posts(
    conn: &mut PgConnection,
    brand: BrandId,
    posts: &[Uuid],
) -> Result<Vec<Uuid>> {
    sqlx::query_scalar!(
        r#"SELECT id AS "id!" FROM studio.publishable_posts WHERE brand_id = $1 AND id = ANY ($2) AND NOT deleted"#,
        brand as _,
        posts,
    )
    .fetch_all(conn)
    .await
}

pub(super) async fn links(
    conn: &mut PgConnection,
    brand: BrandId,
    after: Option<Cursor>,
    limit: i64,
) -> Result<Vec<LinkRow>> {
    let after = after.unwrap_or(Cursor::NEWEST);
    sqlx::query_as!(
        LinkRow,
        r#"SELECT organization_id AS "organization_id: OrganizationId", id AS "id: ReviewLinkId",
                  brand_id AS "brand_id: BrandId", label, first_day, last_day, may_approve, expires_at, revoked_at, opened_at,
                  opened_count, ARRAY(SELECT post_id FROM publishing.review_link_posts p
                                      WHERE p.organization_id = l.organization_id AND p.link_id = l.id) AS "posts!",
                  created_at
           FROM publishing.review_links l
           WHERE brand_id = $1 AND (created_at, id) < ($2, $3)
           ORDER BY created_at DESC, id DESC LIMIT $4"#,
        brand as _,
        after.at,
        after.id,
        limit,
    )
    .fetch_all(conn)
    .await
}

pub(super) async fn revoke_link(
    conn: &mut PgConnection,
    brand: BrandId,
    id: ReviewLinkId,
    now: Timestamp,
) -> Result<Option<String>> {
    sqlx::query_scalar!(
        "UPDATE publishing.review_links SET revoked_at = coalesce(revoked_at, $3) WHERE brand_id = $1 AND id = $2
         RETURNING label",
        brand as _,
        id as _,
        now,
    )
    .fetch_optional(conn)
    .await
}

/// The link of a token, over all tenants. Those of deleted brands and organizations are closed.
pub(super) async fn find_link(
    conn: &mut PgConnection,
    token_hash: &[u8],
    now: Timestamp,
) -> Result<Option<LinkRow>> {
    sqlx::query_as!(
        LinkRow,
        r#"SELECT organization_id AS "organization_id: OrganizationId", id AS "id: ReviewLinkId",
                  brand_id AS "brand_id: BrandId", label, first_day, last_day, may_approve, expires_at, revoked_at, opened_at,
                  opened_count, ARRAY(SELECT post_id FROM publishing.review_link_posts p
                                      WHERE p.organization_id = l.organization_id AND p.link_id = l.id) AS "posts!",
                  created_at
           FROM publishing.review_links l
           WHERE token_hash = $1 AND revoked_at IS NULL AND expires_at > $2
             AND EXISTS (SELECT FROM brand.in_use b WHERE b.organization_id = l.organization_id AND b.id = l.brand_id)"#,
        token_hash,
        now,
    )
    .fetch_optional(conn)
    .await
}

/// Holds a link for an act, so that one that is revoked at this moment does nothing more; and counts what was said by it.
pub(super) async fn lock_link(
    conn: &mut PgConnection,
    id: ReviewLinkId,
    (now, since): (Timestamp, Timestamp),
) -> Result<Option<i64>> {
    let held = sqlx::query_scalar!(
        r#"SELECT id AS "id: ReviewLinkId" FROM publishing.review_links
           WHERE id = $1 AND revoked_at IS NULL AND expires_at > $2 FOR UPDATE"#,
        id as _,
        now,
    )
    .fetch_optional(&mut *conn)
    .await?;
    if held.is_none() {
        return Ok(None);
    }
    sqlx::query_scalar!(
        r#"SELECT count(*) AS "said!" FROM publishing.reviews WHERE link_id = $1 AND created_at > $2"#,
        id as _,
        since,
    )
    .fetch_one(conn)
    .await
    .map(Some)
}

pub(super) async fn open_link(conn: &mut PgConnection, id: ReviewLinkId, now: Timestamp) -> Result<()> {
    sqlx::query!(
        "UPDATE publishing.review_links SET opened_at = $2, opened_count = opened_count + 1 WHERE id = $1",
        id as _,
        now,
    )
    .execute(conn)
    .await
    .map(|_| ())
}

/// What a link shows.
pub(super) struct ItemRow {
    pub(super) post_id: PostId,
    pub(super) publication_id: Option<PublicationId>,
    pub(super) target: String,
    pub(super) network: String,
    pub(super) account: Option<String>,
    pub(super) handle: Option<String>,
    pub(super) avatar_url: Option<String>,
    pub(super) state: Option<String>,
    pub(super) local_time: Option<NaiveDateTime>,
    pub(super) content: Json<Box<RawValue>>,
    pub(super) first_comment: Option<String>,
    pub(super) seal: String,
    pub(super) missing: Option<String>,
}

/// What is planned on a link's days, and what was chosen for it, planned or not.
pub(super) async fn items(
    conn: &mut PgConnection,
    brand: BrandId,
    (from, to): (Option<NaiveDateTime>, Option<NaiveDateTime>),
    posts: &[Uuid],
    limit: i64,
) -> Result<Vec<ItemRow>> {
    sqlx::query_as!(
        ItemRow,
        r#"SELECT post.id AS "post_id!: PostId", p.id AS "publication_id?: PublicationId",
                  post.target AS "target!", post.network AS "network!",
                  c.name AS "account?", c.handle AS "handle?", c.avatar_url, p.state AS "state?", p.local_time,
                  coalesce(p.content, post.content) AS "content!: Json<Box<RawValue>>", post.first_comment,
                  encode(publishing.fingerprint(post.organization_id, post.id, coalesce(p.content, post.content)), 'hex') AS "seal!",
                  publishing.missing_approval(post.organization_id, post.brand_id, post.id, post.network,
                                              coalesce(p.content, post.content)) AS missing
           FROM studio.publishable_posts post
           LEFT JOIN publishing.publications p
             ON p.organization_id = post.organization_id AND p.post_id = post.id AND p.state <> 'cancelled'
           LEFT JOIN publishing.connections c ON c.organization_id = p.organization_id AND c.id = p.connection_id
           WHERE post.brand_id = $1 AND NOT post.deleted AND post.status NOT IN ('archived', 'rejected')
             AND (post.id = ANY ($4) OR (p.local_time >= $2 AND p.local_time < $3))
           ORDER BY p.local_time NULLS LAST, post.id, p.id LIMIT $5"#,
        brand as _,
        from,
        to,
        posts,
        limit,
    )
    .fetch_all(conn)
    .await
}

/// Whether a file is in a post that [`items`] shows.
pub(super) async fn shows_media(
    conn: &mut PgConnection,
    brand: BrandId,
    (from, to): (Option<NaiveDateTime>, Option<NaiveDateTime>),
    posts: &[Uuid],
    media: Uuid,
) -> Result<bool> {
    sqlx::query_scalar!(
        r#"SELECT EXISTS (
               SELECT FROM studio.publishable_media used
               JOIN studio.publishable_posts post
                 ON post.organization_id = used.organization_id AND post.id = used.post_id
               LEFT JOIN publishing.publications p
                 ON p.organization_id = post.organization_id AND p.post_id = post.id AND p.state <> 'cancelled'
               WHERE used.media_id = $5 AND post.brand_id = $1 AND NOT post.deleted
                 AND post.status NOT IN ('archived', 'rejected')
                 AND (post.id = ANY ($4) OR (p.local_time >= $2 AND p.local_time < $3))) AS "shows!""#,
        brand as _,
        from,
        to,
        posts,
        media,
    )
    .fetch_one(conn)
    .await
}

/// Posts of a brand whose publications have not gone out.
pub(crate) async fn waiting_posts(conn: &mut PgConnection, brand: BrandId) -> Result<Vec<PostId>> {
    sqlx::query_scalar!(
        r#"SELECT DISTINCT post_id AS "post: PostId" FROM publishing.publications
           WHERE brand_id = $1 AND (state IN ('draft', 'in_review', 'approved', 'scheduled')
                                    OR state = 'held' AND held_reason = 'not_approved')"#,
        brand as _,
    )
    .fetch_all(conn)
    .await
}

/// Whose approval the rules ask for on a network.
pub(crate) async fn approvers(conn: &mut PgConnection, brand: BrandId, network: &str) -> Result<Vec<String>> {
    sqlx::query_scalar!(
        "SELECT approver FROM publishing.approval_rules
          WHERE brand_id = $1 AND (network IS NULL OR network = $2)",
        brand.uuid(),
        network
    )
    .fetch_all(conn)
    .await
}
