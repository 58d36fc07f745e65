//! What every other crate speaks in: typed ids, time and randomness as parameters, money, pages, actors and
//! problem codes. No I/O happens here.

pub mod access;
pub mod actor;
pub mod clock;
pub mod context;
mod hex;
pub mod id;
pub mod money;
pub mod page;
pub mod permission;
pub mod problem;
pub mod rng;
pub mod text;

pub use access::{Access, BrandAccess, BrandScope, Role};
pub use actor::Actor;
pub use clock::{Clock, Timestamp};
pub use context::RequestContext;
pub use hex::hex;
pub use money::Money;
pub use page::{Cursor, Page, PageRequest};
pub use permission::{Permission, Permissions};
pub use problem::{FieldError, Kind, Problem};
pub use rng::Rng;
