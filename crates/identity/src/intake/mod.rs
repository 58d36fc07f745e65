//! How people come to an installation that isn't open to everybody: applications, the waitlist, requests for a demo,
//! and the permits that let one address sign up once. Operators work on them in the admin area.

mod admin_demos;
mod admin_http;
mod admin_people;
mod admin_service;
mod http;
mod jobs;
mod model;
mod permits;
mod service;
mod sql;
mod sql_admin;

use bellwether_web::Api;
pub use jobs::{AnswerForm, Sent};
pub use model::{
    AccountType, ApplicationStatus, ApplicationView, DemoStatus, DemoView, InstanceView, NewApplication,
    NewDemo, NewWaitlistEntry, NotificationType, SignUpMode, WaitlistView,
};
pub(crate) use permits::{settle as settle_permit, spend as spend_permit, spend_of as spend_permit_of};
pub(crate) use sql::PermitRow as Permit;
pub(crate) use sql_admin::delete_permits;

pub(crate) fn routes() -> Api {
    http::routes().merge(admin_http::routes())
}
