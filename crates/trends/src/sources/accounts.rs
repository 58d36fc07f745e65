//! Sources of networks that show posts only to accounts: read through one that the brand has connected.
//!
//! Who keeps accounts and their tokens stands above this context; it is asked through [`Accounts`]. Neither robots.txt nor
//! the pause between two requests of a host apply: the networks' interfaces have limits of their own, which are told as
//! [`Missed`].

use std::time::Duration;

use async_trait::async_trait;
use bellwether_kernel::{
    id::{BrandId, OrganizationId},
    text,
};
use bellwether_networks::publish::{Ask, Heard, Other};
use serde_json::{Value, json};
use url::Url;

use super::{Kind, check::Look, place, politeness::Trouble, sql::Due};
use crate::{
    Trends,
    items::identify,
    read::{Entry, escape},
};

/// Minutes between two looks at least, unless somebody has said how often: reading costs money at some networks, and at
/// all of them some of a limit.
pub(super) const REST: i64 = 60;

/// What an account was shown.
#[derive(Debug, Clone, Default)]
pub struct Said {
    /// The account that it was read through, as people address it, without `@`.
    pub through: String,
    /// What the network gave.
    pub heard: Heard,
}

/// Why nothing was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// The brand has no account there.
    NotConnected,
    /// Each that it has must be connected again.
    ConnectAgain,
    /// Too many calls.
    RateLimited,
    /// It may work later.
    Passing,
    /// Nothing of it can be read: it is not there, or protected.
    Refused,
    /// The plan or the permissions of the installation leave it out.
    NotAllowed,
}

/// Why nothing was read, in words for whoever added the source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Missed {
    /// What follows.
    pub why: Why,
    /// The words.
    pub words: String,
    /// Not before this time from now.
    pub wait: Option<Duration>,
}

impl Missed {
    /// The brand has no account of this network.
    pub fn not_connected(kind: Kind) -> Self {
        Self { why: Why::NotConnected, words: kind.connect_words().to_owned(), wait: None }
    }
}

impl From<Missed> for Trouble {
    fn from(missed: Missed) -> Self {
        let (code, lasting) = match missed.why {
            Why::NotConnected => ("not_connected", true),
            Why::ConnectAgain => ("connect_again", true),
            Why::RateLimited => ("rate_limited", false),
            Why::Passing => ("network_unavailable", false),
            Why::Refused => ("network_refused", true),
            Why::NotAllowed => ("not_allowed", true),
        };
        let unconnected = matches!(missed.why, Why::NotConnected | Why::ConnectAgain);
        Self { code, words: missed.words, lasting, unconnected, wait: missed.wait }
    }
}

/// Reads what others post through the accounts that a brand has connected. Talks to networks: never within a transaction.
#[async_trait]
pub trait Accounts: Send + Sync {
    /// The account that a network would be read through, as people address it.
    async fn account(&self, of: (OrganizationId, BrandId), kind: Kind) -> Result<String, Missed>;

    /// What somebody posted, or anybody with a hashtag.
    async fn read(&self, of: (OrganizationId, BrandId), kind: Kind, ask: Ask<'_>) -> Result<Said, Missed>;
}

/// Where nobody keeps accounts: the command line, and tests of other things.
pub(crate) struct NoAccounts;

#[async_trait]
impl Accounts for NoAccounts {
    async fn account(&self, _: (OrganizationId, BrandId), kind: Kind) -> Result<String, Missed> {
        Err(Missed::not_connected(kind))
    }

    async fn read(&self, _: (OrganizationId, BrandId), kind: Kind, _: Ask<'_>) -> Result<Said, Missed> {
        Err(Missed::not_connected(kind))
    }
}

impl Trends {
    /// Looks at a source through an account.
    pub(super) async fn look_through_account(&self, due: &Due) -> Result<Look, Trouble> {
        let place = due.feed_url.as_deref().filter(|_| due.kind == Kind::Youtube).unwrap_or(&due.url);
        let whom = Url::parse(place).ok().and_then(|url| place::whom(due.kind, &url));
        let whom = whom.ok_or_else(|| {
            Trouble::lasting("network_refused", "The address names neither an account nor a hashtag.")
        })?;
        let nothing = Value::Null;
        let memory = due.memory.as_ref().unwrap_or(&nothing);
        let ask = Ask { whom: &whom, since: due.last_item_at, memory };
        let Said { through, heard } =
            self.accounts.read((due.organization, due.brand), due.kind, ask).await?;
        let channel = heard.id.filter(|id| due.feed_url.is_none() && place::is_channel(id));
        let mut look = Look::unchanged();
        look.found = identify(due.id, heard.posts.into_iter().map(entry).collect());
        let name = heard.name.map(|name| text::one_line(&name).chars().take(200).collect::<String>());
        look.name = name.filter(|name| !name.is_empty());
        // what is read should no account be there any more
        look.feed_url = channel.map(|id| place::channel_feed(&id));
        look.metadata = Some(json!({ "read_through": through, "account": heard.memory }));
        look.rest_minutes = Some(REST);
        Ok(look)
    }

    /// Looks at a channel through an account, for the numbers that its feed does not have; else at its feed.
    pub(super) async fn look_at_channel(&self, due: &Due) -> Result<Look, Trouble> {
        match self.look_through_account(due).await {
            Ok(look) => Ok(look),
            Err(trouble) => {
                if !trouble.unconnected {
                    tracing::debug!(source = %due.id, code = trouble.code, "a channel is read by its feed");
                }
                let mut look = self.look_at_feed(due).await?;
                let metadata = look.metadata.get_or_insert_with(|| json!({}));
                metadata["read_through"] = Value::Null;
                Ok(look)
            }
        }
    }
}

/// A post as an entry of a feed. Its text is plain; entries are HTML.
fn entry(post: Other) -> Entry {
    let count = |name: &str| post.counts.get(name).copied();
    let mut content = String::new();
    for line in post.text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        content.extend(["<p>", &escape(line), "</p>"]);
    }
    Entry {
        link: Url::parse(&post.url).ok(),
        title: post.title.as_deref().map(escape),
        author: post.author,
        published: Some(post.at),
        content: Some(content),
        picture: post.picture_url.and_then(|url| Url::parse(&url).ok()),
        comments: count("comments"),
        views: count("views"),
        likes: count("likes"),
        reposts: count("reposts"),
        ..Entry::default()
    }
}
