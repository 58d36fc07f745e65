//! Who did it: every event names its actor.

use serde::{Deserialize, Serialize};

use crate::id::UserId;

/// The cause of a change of state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Actor {
    /// A signed-in person.
    User {
        /// Who.
        id: UserId,
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
}

impl Actor {
    /// The kind alone, as the event log's `actor_type` column holds it.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::User { .. } => "user",
            Self::Worker { .. } => "worker",
            Self::Ai { .. } => "ai",
            Self::System { .. } => "system",
        }
    }
}
