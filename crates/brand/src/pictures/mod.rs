//! How a brand looks beside its posts: one small picture, served at an id that is not to be guessed.

pub mod http;
mod service;
mod sql;

pub use service::AvatarUrl;
