//! How an organization looks: one small picture, written anew by us and served at an id that is not to be guessed.

pub mod http;
mod service;
mod sql;

pub use service::LogoUrl;
