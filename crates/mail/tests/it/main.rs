//! The outbox on a real database, and mails on a real connection.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail the test")]

mod once;
mod outbox;
mod sink;
mod tls;
