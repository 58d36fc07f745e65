//! Clients of networks against programs that others wrote, over the program's own guarded wire.

#![expect(clippy::unwrap_used, clippy::panic, reason = "helpers of tests fail the test")]

mod bluesky;
mod x;

use std::collections::BTreeMap;

use bellwether_ingest::{FetchPolicy, Fetcher};
use bellwether_kernel::Rng;
use bellwether_networks::{
    Network, Target,
    publish::{Account, Piece},
};
use bellwether_publishing::wire::Outside;
use serde_json::json;

/// The wire of the program, which is told that this machine may be reached.
fn wire() -> Outside {
    let here = ["127.0.0.0/8", "::1/128"].map(|net| net.parse().unwrap());
    let policy = FetchPolicy { allow_private: here.to_vec(), ..FetchPolicy::default() };
    Outside::new(Fetcher::new(policy).unwrap(), Rng::system())
}

fn account(network: Network, id: &str, token: &str) -> Account {
    Account {
        network,
        id: id.to_owned(),
        handle: String::new(),
        server: None,
        token: token.into(),
        refresh_token: None,
        secrets: BTreeMap::new(),
        settings: json!({}),
    }
}

fn piece(target: Target, text: &str) -> Piece {
    Piece {
        target,
        position: 0,
        of: 1,
        text: text.to_owned(),
        title: None,
        description: None,
        tags: Vec::new(),
        quote_url: None,
        first_comment: None,
        media: Vec::new(),
        options: json!({}),
    }
}

/// A picture of one pixel.
const PNG: [u8; 69] = [
    0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0x00, 0x00, 0x00, 0x0d, 0x49, 0x48, 0x44, 0x52, 0x00,
    0x00, 0x00, 0x01, 0x00, 0x00, 0x00, 0x01, 0x08, 0x02, 0x00, 0x00, 0x00, 0x90, 0x77, 0x53, 0xde, 0x00,
    0x00, 0x00, 0x0c, 0x49, 0x44, 0x41, 0x54, 0x78, 0x9c, 0x63, 0xf8, 0xcf, 0xc0, 0x00, 0x00, 0x03, 0x01,
    0x01, 0x00, 0xc9, 0xfe, 0x92, 0xef, 0x00, 0x00, 0x00, 0x00, 0x49, 0x45, 0x4e, 0x44, 0xae, 0x42, 0x60,
    0x82,
];
