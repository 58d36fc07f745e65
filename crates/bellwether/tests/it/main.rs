//! The application as a client meets it: the real router, a real database, the real jobs.

#![expect(clippy::unwrap_used, clippy::panic, reason = "helpers of tests fail the test")]

mod agencies;
mod alerts;
mod app;
mod bad_input;
mod billing;
mod brand_library;
mod brand_profile;
mod brands;
mod calendar_feed;
mod cards;
mod channels;
mod channels_peers;
mod csv;
mod description;
mod doors;
mod export;
mod fakes;
mod generations;
mod items;
mod meaning;
mod media;
mod media_bucket;
mod members;
mod morning;
mod notifications;
mod options;
mod organizations;
mod permissions;
mod posts;
mod publishing;
mod publishing_faults;
mod quota;
mod recurrences;
mod reviews;
mod secrets;
mod sign_in;
mod sources;
mod sources_accounts;
mod sources_found;
mod spread;
mod trends;
mod voice;
mod website;
mod whatsapp;
