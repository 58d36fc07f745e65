//! Events on their way from the log to the browsers: server-sent events, by organization.
//!
//! Writing an event notifies every process (`NOTIFY bellwether_events`). Each process has one listener, reads the
//! noted events once and hands them to the streams of that organization. Nothing is kept here: a stream that falls
//! behind, or a listener that lost its connection, closes the streams, and clients resume from the log by the last
//! id that they saw. So an event may come twice and never gets lost; clients drop ids that they know.

mod hub;
mod sql;
mod stream;
mod view;

pub use hub::EventHub;
pub(crate) use stream::routes;
