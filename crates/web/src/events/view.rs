//! Events as a browser reads them.

use bellwether_kernel::{
    Timestamp,
    id::{
        BrandId, EventId, GenerationId, MembershipId, OrganizationId, OutputId, PostId, SessionId, UserId,
        VersionId,
    },
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use super::sql::EventRow;

/// An event, written once for all streams that it goes to.
#[derive(Debug, Clone)]
pub(crate) struct Message {
    /// None for what is in no log.
    pub id: Option<EventId>,
    pub brand: Option<BrandId>,
    pub kind: String,
    /// The JSON of [`EventView`], or of what is in no log.
    pub json: String,
}

/// An event as a browser reads it.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[schema(as = Event)]
pub(crate) struct EventView {
    /// Id; also the stream's event id, to resume by.
    id: EventId,
    /// What happened, e.g. `post.updated`; also the stream's event name.
    kind: String,
    /// The brand it happened in, if it happened in one.
    brand_id: Option<BrandId>,
    /// What it happened to.
    subject: Subject,
    /// Who did it: `type` is user, api_key, worker, ai or system; the rest depends on it.
    #[schema(value_type = Object)]
    actor: Value,
    /// What the kind tells besides.
    #[schema(value_type = Object)]
    data: Value,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
}

/// What an event happened to.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[schema(as = EventSubject)]
pub(crate) struct Subject {
    /// E.g. `post`.
    #[serde(rename = "type")]
    kind: String,
    /// Its id, as everywhere in the API.
    id: String,
}

impl From<EventRow> for Message {
    fn from(row: EventRow) -> Self {
        let subject = Subject { id: public_id(&row.subject_type, row.subject_id), kind: row.subject_type };
        let (id, brand, kind) = (row.id, row.brand_id, row.kind.clone());
        let view = EventView {
            id,
            kind: row.kind,
            brand_id: brand,
            subject,
            actor: row.actor,
            data: row.data,
            created_at: row.created_at,
        };
        // strings, ids and JSON values always serialise
        Self { id: Some(id), brand, kind, json: serde_json::to_string(&view).unwrap_or_default() }
    }
}

/// A notification of what is shown and not kept.
#[derive(Deserialize)]
pub(super) struct Whispered {
    o: Uuid,
    b: Option<Uuid>,
    k: String,
    t: String,
    s: Uuid,
    d: Value,
}

impl Whispered {
    pub(super) fn organization(&self) -> OrganizationId {
        OrganizationId::from(self.o)
    }
}

/// The same as a browser reads it: an event without id, time and actor.
#[derive(Serialize)]
struct WhisperView {
    kind: String,
    brand_id: Option<BrandId>,
    subject: Subject,
    data: Value,
}

impl From<Whispered> for Message {
    fn from(told: Whispered) -> Self {
        let brand = told.b.map(BrandId::from);
        let subject = Subject { id: public_id(&told.t, told.s), kind: told.t };
        let view = WhisperView { kind: told.k.clone(), brand_id: brand, subject, data: told.d };
        // strings, ids and JSON values always serialise
        let json = serde_json::to_string(&view).unwrap_or_default();
        Self { id: None, brand, kind: told.k, json }
    }
}

/// The id of a subject as the rest of the API writes it; a UUID for kinds of things that it never shows.
fn public_id(kind: &str, id: Uuid) -> String {
    match kind {
        "user" => UserId::from(id).to_string(),
        "organization" => OrganizationId::from(id).to_string(),
        "brand" => BrandId::from(id).to_string(),
        "session" => SessionId::from(id).to_string(),
        "membership" => MembershipId::from(id).to_string(),
        "generation" => GenerationId::from(id).to_string(),
        "output" => OutputId::from(id).to_string(),
        "post" => PostId::from(id).to_string(),
        "version" => VersionId::from(id).to_string(),
        _ => id.to_string(),
    }
}
