//! What is kept how long. Runs every night; each step is a batch of its own, so that no lock is held for long.
//!
//! | what | kept | then |
//! |---|---|---|
//! | usage rows | 90 days | summed per day into `operations.usage_daily` |
//! | webhooks, worked on or failed | 30 days | deleted |
//! | of what a webhook told last | 100 days | deleted |
//! | signed requests let in | 10 minutes | deleted |
//! | counts of entries that come in swarms | 1 hour | deleted |
//! | the security log | 13 months | dropped by whole months |
//! | answers kept for `Idempotency-Key` | 24 hours | deleted |
//!
//! Generations (90 days, then archived) are the studio's own to keep, sessions (30 days after their end) identity's.

mod jobs;
mod sql;

pub use jobs::Retention;
