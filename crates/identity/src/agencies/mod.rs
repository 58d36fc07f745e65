//! Agencies and the organizations they work for.

pub mod http;
pub mod model;
mod service;
mod sql;

pub use service::{
    AcceptAgency, AgencyClientId, ChangeAgency, ChangeClient, ClientView, LinkClient, LinkStatus, LinkView,
    NewClient, Party,
};
