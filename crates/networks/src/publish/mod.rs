//! Talking to outside networks: one [`Publisher`] per way out, everything that can go wrong as a [`Fault`].
//!
//! A publication is a row of [`Piece`]s: one post, or the entries of a thread. Each piece is published in three steps,
//! so that nothing is ever sent twice:
//!
//! 1. [`Publisher::prepare`] uploads media and makes containers. Nobody sees anything yet; it may be repeated.
//! 2. [`Publisher::publish`] makes the ONE call after which readers see something. If its end is not known
//!    ([`FaultKind::Unclear`]), nothing more is sent until [`Publisher::recent`] has told whether the piece is there.
//! 3. [`Publisher::finish`] adds the first comment. It has its own attempts: whatever becomes of them, the piece is out.
//!
//! Nothing here opens a connection: a publisher makes [`Request`]s and reads [`Response`]s, a [`Wire`] carries them. The
//! wire of the program is guarded against private addresses; the wire of the tests ([`testing::Script`]) is strict.
//!
//! # To add a network
//!
//! 1. Its rules (see the crate's page) and a variant of [`Provider`].
//! 2. `<network>/api.rs` with `impl Publisher`. Write it from the official description and name the pages in the
//!    module's documentation. Give each request its [`Effect`]: it decides what an unknown end means.
//! 3. Tests against [`testing::Script`]: what is sent, word by word; each error in the network's own words becomes the
//!    right [`FaultKind`]; a time-out of the publishing call is `Unclear`; a post read back is recognised.
//! 4. A line in [`publishers`], and what it was tested against in `docs/networks.md`.

mod account;
mod fault;
#[cfg(test)]
pub(crate) mod fixtures;
pub(crate) mod html;
mod matching;
mod others;
mod piece;
mod provider;
mod request;
#[cfg(any(test, feature = "testing"))]
pub mod testing;

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use async_trait::async_trait;
use bellwether_kernel::Timestamp;
use secrecy::ExposeSecret;
use serde::{Deserialize, Serialize};
use serde_json::Value;

pub use crate::http::PREPARE_AGAIN;
pub use account::{Account, App, Field, FoundAccount, Grant, Oauth, Scope};
pub use fault::{Fault, FaultKind};
pub use matching::{Fingerprint, find, normalised};
pub use others::{Ask, Heard, Other, Whom};
pub use piece::{Extras, Media, MediaFile, Piece, pieces, pieces_with};
pub use provider::Provider;
pub use request::{Body, Effect, FormField, Method, Request, Response, Wire, WireError};

/// What a publisher works with: whose account, over which wire, at what time.
pub struct Cx<'a> {
    /// Carries the requests.
    pub wire: &'a dyn Wire,
    /// Whose account.
    pub account: &'a Account,
    /// Our application at the network, where it needs one.
    pub app: Option<&'a App>,
    /// Now.
    pub now: Timestamp,
    /// The same for each try of the same piece: what networks with idempotency keys are given.
    pub key: &'a str,
    notes: Mutex<Notes>,
}

/// What a call told besides its answer.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Notes {
    /// What the network lets us do until when, as its headers said last.
    pub budget: Option<Budget>,
    /// What did not work, without harm to the post itself.
    pub warnings: Vec<String>,
}

/// How many calls are left.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Budget {
    /// Calls left.
    pub remaining: u32,
    /// When it is full again.
    pub resets_at: Timestamp,
}

impl<'a> Cx<'a> {
    /// For one call.
    pub fn new(
        wire: &'a dyn Wire,
        account: &'a Account,
        app: Option<&'a App>,
        now: Timestamp,
        key: &'a str,
    ) -> Self {
        Self { wire, account, app, now, key, notes: Mutex::default() }
    }

    /// Sends a request. An answer below 400 comes back; anything else is a fault by the usual meaning of its status
    /// ([`Fault::of_response`]); a publisher whose network speaks otherwise uses [`Self::raw`].
    pub async fn send(&self, request: Request) -> Result<Response, Fault> {
        let effect = request.effect;
        let response = self.raw(request).await?;
        if response.status < 400 {
            Ok(response)
        } else {
            Err(self.without_secrets(Fault::of_response(&response, effect, self.now)))
        }
    }

    /// Sends a request and gives whatever was answered.
    pub async fn raw(&self, request: Request) -> Result<Response, Fault> {
        let effect = request.effect;
        let sent = self.wire.send(request).await;
        sent.map_err(|error| self.without_secrets(Fault::of_wire(error, effect)))
    }

    /// Takes our secrets out of a fault's words: some networks repeat what they were sent.
    pub fn without_secrets(&self, mut fault: Fault) -> Fault {
        let account = self.account;
        let secrets = std::iter::once(&account.token)
            .chain(&account.refresh_token)
            .chain(account.secrets.values())
            .chain(self.app.map(|app| &app.client_secret));
        // shorter ones would take harmless words with them
        for secret in secrets.map(ExposeSecret::expose_secret).filter(|secret| secret.len() >= 6) {
            if fault.words.contains(secret) {
                fault.words = fault.words.replace(secret, "…");
            }
        }
        fault
    }

    /// Keeps what the network said of our budget.
    pub fn note_budget(&self, budget: Budget) {
        self.notes.lock().unwrap_or_else(PoisonError::into_inner).budget = Some(budget);
    }

    /// Keeps what did not work without harm.
    pub fn warn(&self, warning: impl Into<String>) {
        self.notes.lock().unwrap_or_else(PoisonError::into_inner).warnings.push(warning.into());
    }

    /// What was noted.
    pub fn notes(&self) -> Notes {
        self.notes.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// What a way out can do; the browser offers nothing else.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is an answer of its own that the browser asks for by name"
)]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Abilities {
    /// Published posts can be removed.
    pub delete: bool,
    /// Published posts can be changed.
    pub edit: bool,
    /// The account's posts can be read back: without it an unclear end can only be settled by a person.
    pub read_back: bool,
    /// The same key twice makes one post.
    pub idempotent: bool,
    /// Pieces can answer each other.
    pub threads: bool,
    /// A first comment can be added.
    pub first_comment: bool,
    /// What other accounts post can be read, so that they can be sources.
    pub reads_accounts: bool,
    /// What anybody posts with a hashtag can be read.
    pub reads_hashtags: bool,
    /// Most calls that may run at once for one account.
    pub at_once: u16,
}

impl Abilities {
    /// Nothing but publishing, one after the other.
    pub const PLAIN: Self = Self {
        delete: false,
        edit: false,
        read_back: false,
        idempotent: false,
        threads: false,
        first_comment: false,
        reads_accounts: false,
        reads_hashtags: false,
        at_once: 1,
    };
}

/// A piece that is out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Posted {
    /// The network's id of it.
    pub id: String,
    /// Where people see it.
    pub url: Option<String>,
    /// What an answer to it has to name besides its id (a hash, a root).
    #[serde(default, skip_serializing_if = "Value::is_null")]
    pub reference: Value,
    /// The network still works on it: ask [`Publisher::progress`].
    #[serde(default)]
    pub processing: bool,
}

/// What the pieces before a piece are known by.
#[derive(Debug, Clone, Copy, Default)]
pub struct Before<'a> {
    /// The first piece of the thread.
    pub root: Option<&'a Posted>,
    /// The piece that this one answers.
    pub previous: Option<&'a Posted>,
}

/// How far the network is with a piece.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Progress {
    /// Readers see it.
    Live(Posted),
    /// Ask again after this time.
    Working(Duration),
    /// It will not appear: the network's own words.
    Refused(String),
}

/// A post of the account, read back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seen {
    /// As publishing would have given it.
    pub posted: Posted,
    /// Its text as the network shows it.
    pub text: String,
    /// How many media it has, where the network tells.
    pub media: Option<usize>,
    /// When the network says it appeared.
    pub at: Timestamp,
    /// What it answers, if it is an answer.
    pub answers: Option<String>,
    /// How readers took it, where the network says so with its posts: `likes`, `reposts`, `replies` …
    #[serde(default)]
    pub counts: Counts,
}

/// Numbers of a post by their names.
pub type Counts = std::collections::BTreeMap<String, i64>;

/// The account's posts since a time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recent {
    /// The newest first.
    pub posts: Vec<Seen>,
    /// Whether surely none since that time is missing. Only a whole list can prove that something is absent.
    pub whole: bool,
}

/// Numbers of an account, for insights.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountMetrics {
    /// Who follows it.
    pub followers: Option<u64>,
    /// Whom it follows.
    pub following: Option<u64>,
    /// How many posts it has.
    pub posts: Option<u64>,
    /// What else the network tells, by its own names.
    pub other: std::collections::BTreeMap<String, i64>,
}

/// One way to the readers of a network.
#[async_trait]
pub trait Publisher: Send + Sync {
    /// Which one it is.
    fn provider(&self) -> Provider;

    /// What it was written from and tested against, in a sentence.
    fn tested(&self) -> &'static str;

    /// What it can do.
    fn abilities(&self) -> Abilities;

    // --- ways in ---

    /// What a person types to connect, where there is no consent page (an application password, a key).
    fn fields(&self) -> Vec<Field> {
        Vec::new()
    }

    /// Where a person consents, if that is the way in. `server` is the instance where there are several.
    fn oauth(&self, _app: &App, _server: Option<&str>) -> Option<Oauth> {
        None
    }

    /// Registers our application at an instance (Mastodon). The account of `cx` carries the server only.
    async fn register(&self, _cx: &Cx<'_>, _redirect: &str) -> Result<App, Fault> {
        Err(Fault::unsupported("registering an application"))
    }

    /// Connects with what a person typed into [`Self::fields`]. The typed values are `cx.account.secrets` (those marked
    /// secret) and `cx.account.settings`; nothing may be published by it.
    async fn sign_in(&self, _cx: &Cx<'_>) -> Result<(Grant, Vec<FoundAccount>), Fault> {
        Err(Fault::unsupported("connecting by typing"))
    }

    /// Takes the code that the consent page gave.
    async fn exchange(
        &self,
        _cx: &Cx<'_>,
        _code: &str,
        _verifier: &str,
        _redirect: &str,
    ) -> Result<Grant, Fault> {
        Err(Fault::unsupported("connecting by consent"))
    }

    /// Renews the token. What the answer leaves out (often the refresh token) stays as it was.
    async fn refresh(&self, _cx: &Cx<'_>) -> Result<Grant, Fault> {
        Err(Fault::unsupported("renewing a token"))
    }

    /// The accounts and pages that a grant reaches; a person picks among them.
    async fn accounts(&self, cx: &Cx<'_>) -> Result<Vec<FoundAccount>, Fault>;

    /// Takes the token back at the network, when an account is disconnected. Best effort.
    async fn revoke(&self, _cx: &Cx<'_>) -> Result<(), Fault> {
        Ok(())
    }

    // --- publishing ---

    /// Uploads and containers; its result is kept and given to [`Self::publish`]. May be repeated.
    async fn prepare(&self, _cx: &Cx<'_>, _piece: &Piece) -> Result<Value, Fault> {
        Ok(Value::Null)
    }

    /// The one call after which readers see the piece.
    async fn publish(
        &self,
        cx: &Cx<'_>,
        piece: &Piece,
        prepared: &Value,
        before: Before<'_>,
    ) -> Result<Posted, Fault>;

    /// How far the network is with a piece that it still works on.
    async fn progress(&self, _cx: &Cx<'_>, posted: &Posted) -> Result<Progress, Fault> {
        Ok(Progress::Live(Posted { processing: false, ..posted.clone() }))
    }

    /// Adds the first comment, after the last piece. Its end is its own: nothing of it sends the piece again. Where the
    /// comment goes out with the piece there is nothing left to do.
    async fn finish(&self, _cx: &Cx<'_>, _piece: &Piece, _posted: &Posted) -> Result<(), Fault> {
        Ok(())
    }

    /// Whether a first comment that is sent again with the same key makes no second one. Elsewhere one whose end is not
    /// known is not sent again by itself.
    fn comments_once(&self) -> bool {
        false
    }

    /// The account's posts since a time, to settle an unclear end.
    async fn recent(&self, _cx: &Cx<'_>, _since: Timestamp) -> Result<Recent, Fault> {
        Err(Fault::unsupported("reading the account's posts"))
    }

    /// Removes a piece. One that is gone already counts as removed.
    async fn delete(&self, _cx: &Cx<'_>, _posted: &Posted) -> Result<(), Fault> {
        Err(Fault::unsupported("removing a post"))
    }

    /// Changes a piece that is out.
    async fn edit(&self, _cx: &Cx<'_>, _piece: &Piece, _posted: &Posted) -> Result<Posted, Fault> {
        Err(Fault::unsupported("changing a post"))
    }

    // --- reading ---

    /// Numbers of the account.
    async fn account_metrics(&self, _cx: &Cx<'_>) -> Result<AccountMetrics, Fault> {
        Err(Fault::unsupported("the account's numbers"))
    }

    /// What somebody else posted, or anybody with a hashtag; answers to others are left out where they can be. Pages are
    /// bounded: what is asked for often need not be whole.
    ///
    /// A fault of the kinds [`FaultKind::TokenExpired`], [`FaultKind::NeedsConsent`] and [`FaultKind::Revoked`] is about the
    /// account that reads, and may be said at that account. What is about the one that is read is
    /// [`FaultKind::Rejected`], and what the plan or permissions of our application leave out is [`FaultKind::Setup`],
    /// in words for whoever added the source.
    async fn posts_of(&self, _cx: &Cx<'_>, _ask: Ask<'_>) -> Result<Heard, Fault> {
        Err(Fault::unsupported("what others post"))
    }

    /// A text as the network shows it, so that a post read back is recognised. The usual: spaces run together, links
    /// (which networks shorten) left out, compatible characters made one.
    fn normalise(&self, text: &str) -> String {
        normalised(text)
    }
}

/// Every way out but the sandbox, which lives in our own database.
pub fn publishers() -> Vec<Arc<dyn Publisher>> {
    vec![
        Arc::new(crate::x::api::X),
        Arc::new(crate::linkedin::api::Linkedin),
        Arc::new(crate::instagram::api::Instagram),
        Arc::new(crate::facebook::api::Facebook),
        Arc::new(crate::threads::api::Threads),
        Arc::new(crate::tiktok::api::Tiktok),
        Arc::new(crate::youtube::api::Youtube),
        Arc::new(crate::google_business::api::GoogleBusiness),
        Arc::new(crate::bluesky::api::Bluesky),
        Arc::new(crate::mastodon::api::Mastodon),
        Arc::new(crate::ayrshare::api::Ayrshare),
        Arc::new(crate::wordpress::api::Wordpress),
        Arc::new(crate::ghost::api::Ghost),
        Arc::new(crate::webhook::api::Webhook),
    ]
}
