//! API keys, the security log, the intake and onboarding through the real router and PostgreSQL.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test may stop where it stands")]

mod agencies;
mod app;
mod intake;
mod keys;
mod log;
mod onboarding;
mod security_log;
mod signed;
mod suspension;
