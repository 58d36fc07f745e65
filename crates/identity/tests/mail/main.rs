//! Ways in by mail and password, and what a person keeps about themselves: the real router on a real database.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "helpers of tests fail the test")]

mod accounts;
mod agencies;
mod app;
#[path = "../ways/authenticator.rs"]
mod authenticator;
mod foreign;
mod links;
mod logs;
mod passwords;
mod profile;
#[path = "../ways/provider.rs"]
#[expect(dead_code, reason = "the tests of providers use the rest of it")]
mod provider;
mod sign_ups;
#[path = "../../../mail/tests/it/sink.rs"]
#[expect(dead_code, reason = "the mail crate's tests use the rest of it")]
mod sink;
mod throttle;
