//! The ways in besides the password, through the real routes on a real database.

mod app;
mod authenticator;
mod passkeys;
mod totp;
