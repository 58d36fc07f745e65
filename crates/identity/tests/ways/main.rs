//! The ways in besides the password, through the real routes on a real database.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    reason = "helpers of tests fail the test"
)]

mod app;
mod authenticator;
mod clerk;
mod clerk_order;
mod jwt;
mod oidc;
mod passkeys;
mod provider;
mod reference;
mod shown_once;
mod totp;
mod two_factors;
