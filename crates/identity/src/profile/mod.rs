//! What a person shows of themselves beyond their name: handle, bio, picture.

mod avatar;
pub mod http;
pub mod model;
mod service;
mod sql;

pub use avatar::{Avatar, take as take_picture};
pub use http::picture_response;
pub(crate) use sql::{Change, update};
