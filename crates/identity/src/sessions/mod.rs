//! Signed-in browsers: opened, listed, ended.

pub mod http;
mod jobs;
mod service;
mod sql;

pub(crate) use http::renewed;
pub use jobs::Retain;
pub use service::{NewSession, SessionView};
pub(crate) use sql::{
    authenticate, end_all, enter, find_device, forget_devices, is_suspended, set_two_factors, touch,
};
