//! The ways to a person besides mail: set up by them, kept sealed, and what is known of each.

pub mod http;
pub mod jobs;
mod linking;
mod model;
mod push;
mod reseal;
mod service;
pub(crate) mod sql;
mod trial;

pub(crate) use linking::hash;
pub use model::{
    ChannelState, ChannelView, ConfirmCode, LinkTelegram, NewSubscription, PushKey, PushKeys,
    SetApproveLinks, SetSlack, TelegramLink,
};
pub(crate) use service::trouble;
