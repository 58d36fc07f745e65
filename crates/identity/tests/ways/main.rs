//! The ways in besides the password, through the real routes on a real database.

mod app;
mod authenticator;
mod clerk;
mod jwt;
mod oidc;
mod passkeys;
mod provider;
mod reference;
mod totp;
