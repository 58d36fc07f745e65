//! WordPress sites. What an article may be is said in [`crate::blog`].

pub mod api;
