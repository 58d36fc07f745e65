//! The web base through real routers, with a door of the tests' own and a real database.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "helpers of tests fail the test")]

mod app;
mod door;
mod envelope;
mod events;
mod idempotency;
mod inputs;
mod operator;
mod serving;
mod spa;
