//! What others post, read through an account: what a brand listens to.

use bellwether_kernel::Timestamp;
use serde_json::Value;

use super::Counts;

/// Whose posts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Whom {
    /// An account as people address it, without `@`; where a network has ids that people see, such an id.
    Account(String),
    /// A hashtag, without `#`.
    Hashtag(String),
}

/// What is asked for.
#[derive(Debug, Clone, Copy)]
pub struct Ask<'a> {
    /// Whose.
    pub whom: &'a Whom,
    /// Nothing that is older is needed. A network that gives more for nothing may give more.
    pub since: Option<Timestamp>,
    /// What the last answer wanted to have remembered ([`Heard::memory`]); null the first time.
    pub memory: &'a Value,
}

/// What was read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Heard {
    /// What the account calls itself.
    pub name: Option<String>,
    /// The network's id of it, where people use such ids.
    pub id: Option<String>,
    /// The newest first.
    pub posts: Vec<Other>,
    /// What the next question brings along: ids that would have to be asked for again.
    pub memory: Value,
}

/// Somebody's post.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Other {
    /// The network's id of it.
    pub id: String,
    /// Where people see it.
    pub url: String,
    /// Who wrote it, where the network says so.
    pub author: Option<String>,
    /// Its title, where posts have titles.
    pub title: Option<String>,
    /// Its text.
    pub text: String,
    /// When it appeared.
    pub at: Timestamp,
    /// A picture of it, where the address lasts.
    pub picture_url: Option<String>,
    /// How it is taken: `comments`, `views`, `likes`, `reposts`, those that the network tells.
    pub counts: Counts,
}
