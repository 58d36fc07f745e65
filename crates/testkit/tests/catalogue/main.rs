//! The schema against its own rules, whoever adds a table: what every table must have (`rules`), and the proof, for every
//! table of tenants, that one tenant can neither read nor change nor point to another's rows (`isolation`).

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test may stop where it stands")]

mod isolation;
mod rows;
mod rules;
mod tables;
