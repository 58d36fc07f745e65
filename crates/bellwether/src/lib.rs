//! Bellwether, put together: configuration, wiring of routes and jobs, demo data, command line.
//!
//! The binary is a thin `main` around [`cli::run`]; tests use [`wiring`] to stand up the same application.

pub mod assets;
pub mod cli;
mod commands;
pub mod config;
pub mod demo;
mod exports;
pub mod secret_keys;
pub mod wiring;
