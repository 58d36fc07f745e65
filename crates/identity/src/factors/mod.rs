//! Second factors: the authenticator app, recovery codes, and the sign-in that waits for one of them.

mod confirm;
pub mod http;
mod model;
mod service;
mod sql;
mod steps;

pub use confirm::Proof;
pub use model::{FirstStep, SecondWay};
pub use service::{FactorsView, TotpSetup};
pub(crate) use sql::{forget_since, reseal_totp};
pub(crate) use steps::Waiting;
pub use steps::{Pending, Step};
