//! Sending what is due.
//!
//! The truth is in `publishing.publications` and `publishing.attempts`; there is no queue beside them. A worker
//!
//! 1. **claims** what is due: in one transaction it locks the publications, holds their posts, decides ([`judge`]), writes
//!    an attempt for each that goes out, and commits. An edit, a pause or a deletion that committed before wins; a post
//!    that somebody is editing at this moment is left for the next look.
//! 2. **sends**, outside of any transaction, under a lease that it renews. Before the one call after which readers see
//!    something it has committed that it is about to make it (`crossed_at`).
//! 3. **settles**: the attempt's end and the publication's new state, many in one transaction.
//!
//! A worker that dies leaves attempts without an end. When the lease has run out, one that had not crossed is tried again,
//! one that had becomes `unclear` and is **reconciled**: the account's posts are read; found, it is published with its
//! real id; proven absent, it is sent again; else a person is asked.
//!
//! The first comment of a publication is a step of its own after its last piece, see the module `comments`.
//!
//! Why not jobs: a publication's state and its job would be two truths, and a queue that hands out a thousand jobs a
//! second one by one would be the slowest part. See decision 0021.
//!
//! [`judge`]: crate::publications::model::judge

mod claim;
mod comments;
mod comments_sql;
mod reconcile;
mod send;
mod settle;
mod sql;
mod worker;

pub use worker::{Dispatcher, Running};
