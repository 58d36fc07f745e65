//! Writing to the log.

use bellwether_kernel::{
    Actor, Clock, RequestContext, Rng,
    id::{BrandId, EventId, OrganizationId},
};
use bellwether_store::{Error, Tx};
use serde_json::{Value, json};
use uuid::Uuid;

use super::EventRef;

/// Tries of a subscriber's job.
const ATTEMPTS: i32 = 10;

/// What happened.
#[derive(Debug, Clone, PartialEq)]
pub struct NewEvent {
    /// To whom it belongs.
    pub organization: OrganizationId,
    /// Of which brand, when of one.
    pub brand: Option<BrandId>,
    /// `post.published`: the subject and what became of it.
    pub kind: &'static str,
    /// What it happened to: its type and id.
    pub subject: (&'static str, Uuid),
    /// Who caused it.
    pub actor: Actor,
    /// What changed, as it was.
    pub before: Option<Value>,
    /// What changed, as it is.
    pub after: Option<Value>,
    /// Whatever else belongs to it; an object.
    pub data: Option<Value>,
    /// The request that caused it.
    pub context: RequestContext,
}

/// Writes an event into the log and enqueues the jobs that hear of it, in one round trip, in the transaction of the
/// change itself.
pub async fn record(tx: &mut impl Tx, clock: &Clock, rng: &Rng, event: NewEvent) -> Result<EventId, Error> {
    let id = EventId::new(clock, rng);
    let user = match &event.actor {
        Actor::User { id, .. } | Actor::ApiKey { user: id, .. } => Some(*id),
        Actor::Worker { .. } | Actor::Ai { .. } | Actor::System { .. } | Actor::Guest { .. } => None,
    };
    let fault = |error: serde_json::Error| Error::Other(sqlx::Error::Encode(Box::new(error)));
    let actor = serde_json::to_value(&event.actor).map_err(fault)?;
    let payload = serde_json::to_value(EventRef { organization_id: event.organization, event_id: id })
        .map_err(fault)?;
    let hearing: Vec<String> =
        tx.subscriptions().hearing(event.kind).into_iter().map(str::to_owned).collect();
    sqlx::query(
        "WITH event AS (
             INSERT INTO operations.events
                 (organization_id, id, brand_id, created_at, kind, subject_type, subject_id, actor_type, actor_user_id,
                  actor, before, after, data, correlation_id, request_id, ip_address, user_agent)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, left($15, 200), $16::text::inet,
                     left($17, 1000))
         )
         SELECT operations.enqueue_job(job, $19, NULL, NULL, NULL, $20, 0) FROM unnest($18::text[]) AS job",
    )
    .bind(event.organization)
    .bind(id)
    .bind(event.brand)
    .bind(clock.now())
    .bind(event.kind)
    .bind(event.subject.0)
    .bind(event.subject.1)
    .bind(event.actor.kind())
    .bind(user)
    .bind(actor)
    .bind(event.before)
    .bind(event.after)
    .bind(event.data.unwrap_or_else(|| json!({})))
    .bind(event.context.correlation_id)
    .bind(event.context.request_id)
    .bind(event.context.ip_address.map(|address| address.to_string()))
    .bind(event.context.user_agent)
    .bind(hearing)
    .bind(payload)
    .bind(ATTEMPTS)
    .execute(tx.conn())
    .await?;
    Ok(id)
}

/// Writes many events at once, in two round trips; what hears of them is enqueued as [`record`] does.
pub async fn record_all(
    tx: &mut impl Tx,
    clock: &Clock,
    rng: &Rng,
    events: Vec<NewEvent>,
) -> Result<(), Error> {
    if events.is_empty() {
        return Ok(());
    }
    let fault = |error: serde_json::Error| Error::Other(sqlx::Error::Encode(Box::new(error)));
    let now = clock.now();
    let mut rows = Vec::with_capacity(events.len());
    let (mut jobs, mut payloads) = (Vec::new(), Vec::new());
    for event in events {
        let id = EventId::new(clock, rng);
        let user = match &event.actor {
            Actor::User { id, .. } | Actor::ApiKey { user: id, .. } => Some(id.uuid()),
            Actor::Worker { .. } | Actor::Ai { .. } | Actor::System { .. } | Actor::Guest { .. } => None,
        };
        for job in tx.subscriptions().hearing(event.kind) {
            jobs.push(job.to_owned());
            let payload = EventRef { organization_id: event.organization, event_id: id };
            payloads.push(serde_json::to_value(payload).map_err(fault)?);
        }
        let mut row = json!({
            "organization_id": event.organization.uuid(), "id": id.uuid(), "brand_id": event.brand.map(BrandId::uuid),
            "created_at": now, "kind": event.kind, "subject_type": event.subject.0, "subject_id": event.subject.1,
            "actor_type": event.actor.kind(), "actor_user_id": user,
            "before": event.before, "after": event.after, "data": event.data.unwrap_or_else(|| json!({})),
            "correlation_id": event.context.correlation_id, "request_id": event.context.request_id,
            "ip_address": event.context.ip_address.map(|address| address.to_string()),
            "user_agent": event.context.user_agent,
        });
        row["actor"] = serde_json::to_value(&event.actor).map_err(fault)?;
        rows.push(row);
    }
    sqlx::query(
        "INSERT INTO operations.events
             (organization_id, id, brand_id, created_at, kind, subject_type, subject_id, actor_type, actor_user_id,
              actor, before, after, data, correlation_id, request_id, ip_address, user_agent)
         SELECT organization_id, id, brand_id, created_at, kind, subject_type, subject_id, actor_type, actor_user_id,
                actor, before, after, data, correlation_id, left(request_id, 200), ip_address::inet,
                left(user_agent, 1000)
         FROM jsonb_to_recordset($1) AS e (organization_id uuid, id uuid, brand_id uuid, created_at timestamptz, kind text,
              subject_type text, subject_id uuid, actor_type text, actor_user_id uuid, actor jsonb, before jsonb,
              after jsonb, data jsonb, correlation_id uuid, request_id text, ip_address text, user_agent text)",
    )
    .bind(serde_json::Value::Array(rows))
    .execute(tx.conn())
    .await?;
    if !jobs.is_empty() {
        sqlx::query(
            "SELECT operations.enqueue_job(job, payload, NULL, NULL, NULL, $3, 0)
             FROM unnest($1::text[], $2::jsonb[]) AS heard (job, payload)",
        )
        .bind(jobs)
        .bind(payloads)
        .bind(ATTEMPTS)
        .execute(tx.conn())
        .await?;
    }
    Ok(())
}
