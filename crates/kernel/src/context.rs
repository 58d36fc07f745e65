//! Where a change came from: the request (or the job) that caused it, as the event log keeps it.

use std::net::IpAddr;

use uuid::Uuid;

/// The circumstances of a request. Empty for work that no request caused.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RequestContext {
    /// The id that the answer and the log carry too.
    pub request_id: Option<String>,
    /// The client's address, past trusted proxies.
    pub ip_address: Option<IpAddr>,
    /// What the client calls itself, cut to 512 characters.
    pub user_agent: Option<String>,
    /// Ties together what one cause set off.
    pub correlation_id: Option<Uuid>,
}
