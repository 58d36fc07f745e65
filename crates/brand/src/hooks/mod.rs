//! First lines: a library from which none is taken twice in a calendar month of the brand's zone.

pub mod http;
mod model;
mod service;
mod sql;

pub use model::{Hook, HookKind, Season, UpdateHook, Urgency};
pub use service::{Filter, HookView, MOST, Wanted};
pub(crate) use sql::delete_old;
