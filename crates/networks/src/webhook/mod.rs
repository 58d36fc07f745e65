//! Addresses of one's own that are told each post.

pub mod api;
