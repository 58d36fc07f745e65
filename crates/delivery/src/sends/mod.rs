//! How something reaches somebody, whatever it is: once, by the first of their ways that works.
//!
//! A row of `sends` is made in the transaction that gives rise to it, under a key of once. [`jobs::Carry`] takes it along: it
//! commits a row of `send_attempts`, calls outside of every transaction, and settles both. What a way surely refused goes to
//! the next way; what may pass is tried again after a wait; what may have arrived (an attempt that is `unclear`) goes nowhere else, since
//! none of the ways can tell afterwards and nobody is to get a thing twice: the send ends as sent, and says that the answer was lost. A mail is handed to the outbox, which does the
//! same by itself and tells what came of it at once; a look every minute is the net below that. So does WhatsApp, where its webhook is set up ([`reports`]): what it took is on its
//! way until it is on the telephone, and what it could not bring after all goes to the next way.

pub mod jobs;
mod model;
mod report_sql;
mod reports;
mod service;
mod sql;
mod unwanted;

pub(crate) use model::{NewSend, PreparedMail};
pub(crate) use sql::{count_since, delete_old as forget, find_path, trace_click};
