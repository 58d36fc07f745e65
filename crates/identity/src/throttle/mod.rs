//! Holding up whoever guesses, without locking anybody out.
//!
//! A try is counted where it comes from: for the account from this network together, and for the network over all
//! accounts. So a stranger who tries somebody's password is held up, and that somebody, coming from elsewhere, is not.
//! Someone at the same network (an office, an attacker next door) gets in with the cookie of a browser from which they
//! have signed in before: such tries are counted by that cookie alone. And a link by mail always works.
//!
//! The counts lie in the database, since several processes must count together; the waits double from one second to a
//! quarter of an hour and are forgotten after an hour of quiet.

mod model;
mod service;
mod sql;

pub(crate) use model::{Key, Mails, network};
pub(crate) use sql::{Decision, clear, delete_expired, give_back, take};
