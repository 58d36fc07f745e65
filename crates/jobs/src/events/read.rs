//! Reading the log.

use bellwether_kernel::{
    Timestamp,
    id::{BrandId, EventId, OrganizationId},
};
use bellwether_store::{Error, Tx};
use serde_json::Value;
use uuid::Uuid;

/// An entry of the log.
#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
pub struct Event {
    /// Whose.
    pub organization_id: OrganizationId,
    /// Later events have greater ids, as far as clocks agree.
    pub id: EventId,
    /// Of which brand, when of one.
    pub brand_id: Option<BrandId>,
    /// When.
    pub created_at: Timestamp,
    /// What.
    pub kind: String,
    /// The type of what it happened to.
    pub subject_type: String,
    /// The id of what it happened to.
    pub subject_id: Uuid,
    /// Who: a [`bellwether_kernel::Actor`].
    pub actor: Value,
    /// What changed, as it was.
    pub before: Option<Value>,
    /// What changed, as it is.
    pub after: Option<Value>,
    /// Whatever else belongs to it.
    pub data: Value,
    /// What the same cause set off.
    pub correlation_id: Option<Uuid>,
    /// The request.
    pub request_id: Option<String>,
}

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT organization_id, id, brand_id, created_at, kind, subject_type, subject_id, actor, before, after, data, \
             correlation_id, request_id FROM operations.events ",
            $rest
        )
    };
}

/// The events that the transaction may see, oldest first, after one or from the beginning.
pub async fn read(tx: &mut impl Tx, after: Option<EventId>, limit: i64) -> Result<Vec<Event>, Error> {
    let query = match after {
        Some(after) => sqlx::query_as(select!("WHERE id > $2 ORDER BY organization_id, id LIMIT $1"))
            .bind(limit)
            .bind(after),
        None => sqlx::query_as(select!("ORDER BY organization_id, id LIMIT $1")).bind(limit),
    };
    Ok(query.fetch_all(tx.conn()).await?)
}

/// One event, if the transaction may see it.
pub async fn find(tx: &mut impl Tx, id: EventId) -> Result<Option<Event>, Error> {
    Ok(sqlx::query_as(select!("WHERE id = $1")).bind(id).fetch_optional(tx.conn()).await?)
}

/// Which of some kinds of events have happened at all, to a brand or anywhere, as far as the transaction may see.
pub async fn happened(
    tx: &mut impl Tx,
    brand: Option<BrandId>,
    kinds: &[&str],
) -> Result<Vec<String>, Error> {
    let kinds: Vec<String> = kinds.iter().map(|kind| (*kind).to_owned()).collect();
    let query = sqlx::query_scalar(
        "SELECT k.kind FROM unnest($1::text[]) AS k (kind)
         WHERE EXISTS (SELECT FROM operations.events e WHERE e.kind = k.kind AND ($2::uuid IS NULL OR e.brand_id = $2))",
    );
    Ok(query.bind(kinds).bind(brand).fetch_all(tx.conn()).await?)
}

/// Whether a kind of event ever happened to something of a brand whose state had a value in a field of its own afterwards, as far as
/// the transaction may see: also where that thing is gone by now.
pub async fn happened_to(
    tx: &mut impl Tx,
    brand: BrandId,
    kind: &str,
    (field, value): (&str, &str),
) -> Result<bool, Error> {
    let query = sqlx::query_scalar(
        "SELECT EXISTS (SELECT FROM operations.events WHERE brand_id = $1 AND kind = $2 AND after ->> $3 = $4)",
    );
    Ok(query.bind(brand).bind(kind).bind(field).bind(value).fetch_one(tx.conn()).await?)
}
