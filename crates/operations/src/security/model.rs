//! An entry, as it is written and as it is read.

use bellwether_kernel::{
    RequestContext,
    id::{OrganizationId, SecurityEventId, UserId},
};
use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::{SecurityKind, Severity};

/// An entry to be written.
#[derive(Debug, Clone, PartialEq)]
pub struct NewSecurityEvent {
    pub(super) kind: SecurityKind,
    pub(super) user: Option<UserId>,
    pub(super) organization: Option<OrganizationId>,
    pub(super) detail: Value,
    pub(super) context: RequestContext,
}

impl NewSecurityEvent {
    /// What happened, in which request.
    pub fn new(kind: SecurityKind, context: &RequestContext) -> Self {
        Self { kind, user: None, organization: None, detail: json!({}), context: context.clone() }
    }

    /// Who did it or to whom it happened: they see it.
    #[must_use]
    pub fn user(mut self, user: impl Into<Option<UserId>>) -> Self {
        self.user = user.into();
        self
    }

    /// Which organization it concerns: its owners see it. In a tenant's transaction it must be that tenant's.
    #[must_use]
    pub fn organization(mut self, organization: impl Into<Option<OrganizationId>>) -> Self {
        self.organization = organization.into();
        self
    }

    /// What else belongs to it, an object. Never a token, a password or a hash of one.
    #[must_use]
    pub fn detail(mut self, detail: Value) -> Self {
        self.detail = if detail.is_object() { detail } else { json!({ "value": detail }) };
        self
    }
}

/// An entry of the security log.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SecurityEventView {
    /// Id.
    pub id: SecurityEventId,
    /// What happened: `subject.what_happened`.
    pub kind: String,
    /// What the kind means, in a sentence.
    pub about: String,
    /// How much it should worry.
    pub severity: Severity,
    /// Who did it or to whom it happened.
    pub user_id: Option<UserId>,
    /// The organization concerned; absent for what concerns the person alone.
    pub organization_id: Option<OrganizationId>,
    /// What else belongs to it.
    #[schema(value_type = Object)]
    pub detail: Value,
    /// The id of the request, to find it in the log.
    pub request_id: Option<String>,
    /// Where it came from.
    pub ip_address: Option<String>,
    /// What the client called itself.
    pub user_agent: Option<String>,
    /// When.
    pub created_at: DateTime<Utc>,
}
