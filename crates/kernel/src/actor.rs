//! Who did it: every event names its actor.

use serde::{Deserialize, Serialize};

use crate::id::{ApiKeyId, OrganizationId, UserId};

/// The cause of a change of state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Actor {
    /// A signed-in person.
    User {
        /// Who.
        id: UserId,
        /// The agency for which they act, when the organization is its client.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        agency: Option<OrganizationId>,
    },
    /// A program with an API key.
    ApiKey {
        /// The key.
        id: ApiKeyId,
        /// Who made it, and for whom it acts.
        user: UserId,
    },
    /// A background worker; `job` is the job's name.
    Worker {
        /// The job's name.
        job: String,
    },
    /// A language model (or the built-in writer) that wrote something.
    Ai {
        /// Provider and model, e.g. `builtin/writer-1`.
        model: String,
        /// The prompt's name and version, e.g. `write/3`.
        prompt: String,
    },
    /// The program itself: migrations, demo data, retention, command line.
    System {
        /// Why.
        reason: String,
    },
    /// Somebody without an account who came by a link.
    Guest {
        /// Which link.
        link: String,
        /// The name that they gave.
        name: String,
    },
}

impl Actor {
    /// The kind alone, as the event log's `actor_type` column holds it.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::User { .. } => "user",
            Self::ApiKey { .. } => "api_key",
            Self::Worker { .. } => "worker",
            Self::Ai { .. } => "ai",
            Self::System { .. } => "system",
            Self::Guest { .. } => "guest",
        }
    }
}
