//! What handlers take from a request. Each refuses with a problem that says where the fault is.

mod if_match;
mod json;
mod located;
mod objects;
mod page;
pub(crate) mod path;
mod query;

pub use if_match::IfMatch;
pub(crate) use if_match::parameter as if_match_parameter;
pub use json::Json;
pub use page::PageQuery;
pub use path::Path;
pub use query::Query;
