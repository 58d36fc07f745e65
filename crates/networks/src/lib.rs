//! What each outside network takes: its content types, how it counts, its limits. One description of a network
//! ([`rules::Rules`], one folder each) drives the server's validation, the composer in the browser, the writer and
//! `docs/networks.md`.
//!
//! - [`rules()`] and [`rules_of()`] give the description; [`documentation()`] makes the page of it.
//! - [`measure()`] and [`counts()`] count as the network does; [`validate()`] says what is wrong, where, and how to mend it.
//! - [`check_options()`] says it of the choices beside the text ([`options`]) and of the first comment.
//! - [`split_thread()`] and [`shorten()`] make a text fit.
//! - [`text::entity`] finds links, hashtags and mentions as the network does, [`bluesky::facets`] Bluesky's facets.
//! - [`json_schema()`] is what a language model is asked to fill in.
//!
//! To add a network: a folder with its `RULES` and where the numbers come from, a variant of [`Network`], its targets,
//! a line in [`rules::rules`]; then `UPDATE_DOCUMENTATION=1 cargo test -p bellwether-networks`.
//!
//! - [`publish`] talks to the networks themselves, over a wire that somebody else holds.
//!
//! Everything here is pure: no clock, no I/O.

pub mod ayrshare;
pub mod blog;
pub mod bluesky;
pub mod content;
pub mod documentation;
pub mod email;
pub mod facebook;
pub mod ghost;
pub mod google_business;
mod http;
pub mod instagram;
pub mod linkedin;
pub mod mastodon;
pub mod measure;
pub mod options;
pub mod publish;
pub mod rules;
pub mod sandbox;
pub mod schema;
#[cfg(test)]
mod specifications;
pub mod split;
pub mod target;
pub mod text;
pub mod threads;
pub mod tiktok;
pub mod tone;
#[cfg(test)]
mod trial;
pub mod validate;
pub mod webhook;
pub mod wordpress;
pub mod x;
pub mod youtube;

pub use content::{CallToAction, Content, Part, PublishedText, Shape, Slide};
pub use documentation::documentation;
pub use measure::{Count, Instance, PathCount, counts, counts_on, measure, measure_on, measure_part};
pub use options::{OptionRules, check_options, tidied};
pub use rules::{Rules, TargetRules, Unit, rules, rules_of};
pub use schema::json_schema;
pub use split::{Numbering, shorten, shorten_for, split_thread, split_thread_on};
pub use target::{ContentType, Network, Target, UnknownTarget};
pub use text::entity::{Entity, entities, hashtags, mentions, urls};
pub use tone::Tone;
pub use validate::{Issue, Severity, is_valid, validate, validate_on};
