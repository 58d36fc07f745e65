//! The commands, one file each.

pub mod admin;
pub mod config;
pub mod database;
pub mod openapi;
pub mod psql;
pub mod repurpose;
pub mod serve;
pub mod trends;
pub mod voice;
