//! The network inside Bellwether: a feed on which posts appear and get reactions and comments, so that the whole loop can
//! be tried without an account anywhere. It is a network like any other to whoever publishes; unlike them it can be told
//! to misbehave ([`Faults`]), which the chaos test does.

pub mod http;
mod publisher;
mod simulation;
mod sql;

use bellwether_kernel::Timestamp;
use bellwether_networks::{
    Network,
    publish::{FoundAccount, Grant},
};
use bellwether_store::TenantTx;
use serde_json::Value;

use crate::{ConnectionId, Error, schedule::PostResult};

pub use publisher::{Faults, Sandbox};

/// The account that a brand gets.
pub(crate) fn account(name: &str, slug: &str) -> FoundAccount {
    FoundAccount {
        network: Network::Sandbox,
        id: slug.to_owned(),
        name: name.to_owned(),
        handle: slug.to_owned(),
        avatar_url: None,
        server: None,
        token: None,
        settings: Value::Null,
    }
}

/// It needs no secret.
pub(crate) fn grant() -> Grant {
    Grant { token: String::new().into(), refresh_token: None, expires_at: None, scopes: Vec::new() }
}

/// Most posts whose numbers are read.
const RESULTS: i64 = 1_000;

/// What readers did with an account's posts since a time: with a thread as a whole, by its first post.
pub(crate) async fn results(
    tx: &mut TenantTx,
    connection: ConnectionId,
    since: Timestamp,
    now: Timestamp,
) -> Result<Vec<PostResult>, Error> {
    let posts = sql::recent(tx.conn(), connection, since, RESULTS).await?;
    let result = |post: &sql::SeenRow| {
        let (reactions, comments) = simulation::readers(post.id.uuid(), post.created_at, now);
        let engagement =
            u64::from(reactions.like) + u64::from(reactions.repost) + u64::from(reactions.celebrate);
        PostResult { published_at: post.created_at, engagement: engagement + comments.len() as u64 }
    };
    Ok(posts.iter().filter(|post| post.answers.is_none()).map(result).collect())
}
