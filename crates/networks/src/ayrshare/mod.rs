//! Ayrshare: a service that publishes to many networks with one key. The rules of each network are the network's own.

pub mod api;
