//! The event log: one row for every change of state, written in the transaction of the change. It is the audit trail,
//! the source of realtime updates, and what subscribers in other contexts hear of.

mod listener;
mod read;
mod record;
mod whisper;

use bellwether_kernel::id::{EventId, OrganizationId};
pub use bellwether_store::Subscriptions;
pub use listener::{Heard, Listener};
pub use read::{Event, find, happened, happened_to, read};
pub use record::{NewEvent, record, record_all};
use serde::{Deserialize, Serialize};
pub use whisper::{Whisper, whisper};

/// Where an event is found: the payload of a subscriber's job, and what a listener hears.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct EventRef {
    /// Whose.
    pub organization_id: OrganizationId,
    /// Which.
    pub event_id: EventId,
}
