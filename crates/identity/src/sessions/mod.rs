//! Signed-in browsers: opened, listed, ended.

pub mod http;
mod jobs;
mod service;
mod sql;

pub use jobs::Retain;
pub use service::{NewSession, SessionView};
pub(crate) use sql::{authenticate, end_all, enter, touch};
