//! Whom the door let in a moment ago: most requests of a page come together, and each would ask the database the same.
//!
//! Nobody is let in by it who was put outside:
//! - It answers requests that only read, of browsers (by cookie). Whatever changes something, and every key, asks the door.
//! - A request that may have changed something ends what this process knows, before it is answered.
//! - The database tells of every change of a session, person, membership, organization, brand or agency's client, whoever
//!   made it ([`CHANNEL`], written by triggers); what other processes know ends with that. While nobody listens, nothing
//!   is known.
//! - After [`LONGEST`] the door is asked in any case.
//!
//! A refusal is never remembered.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use bellwether_kernel::Timestamp;
use chrono::Duration;
use http::Method;
use sha2::{Digest as _, Sha256};

use crate::{Credentials, Entry};

/// Where the database tells that somebody may enter less, or otherwise, than before.
pub(crate) const CHANNEL: &str = "bellwether_doors";
/// How long it is known at most.
const LONGEST: Duration = Duration::seconds(2);
/// How many entries are known at most.
const MOST: usize = 4096;

/// A token, an organization and a brand, as they were shown.
pub(crate) type Key = [u8; 32];

/// Who is known to be let in.
#[derive(Default)]
pub(crate) struct Known(Mutex<State>);

#[derive(Default)]
struct State {
    listening: bool,
    /// Counts what was heard: who was asked for before is not known after.
    heard: u64,
    entries: HashMap<Key, (Entry, Timestamp)>,
}

/// What is known of somebody who wants in.
pub(crate) enum Answer {
    /// They were let in.
    In(Entry),
    /// Nothing; what the door says may be kept with this.
    Ask(Option<Unknown>),
}

/// Somebody whom the door is asked for.
pub(crate) struct Unknown {
    key: Key,
    heard: u64,
}

impl Known {
    /// Whether somebody may be let in without asking the door.
    pub(crate) fn ask(
        &self,
        method: &Method,
        credentials: &Credentials,
        (org, brand): (&str, Option<&str>),
        now: Timestamp,
    ) -> Answer {
        let Credentials::Cookie(token) = credentials else { return Answer::Ask(None) };
        if !only_reads(method) {
            return Answer::Ask(None);
        }
        let key = key(token, org, brand);
        let state = self.state();
        if !state.listening {
            return Answer::Ask(None);
        }
        match state.entries.get(&key) {
            // a clock that was set back must not make it longer
            Some((entry, at)) if (Duration::zero()..LONGEST).contains(&(now - at)) => {
                Answer::In(entry.clone())
            }
            _ => Answer::Ask(Some(Unknown { key, heard: state.heard })),
        }
    }

    /// Keeps what the door said, unless something was heard while it was asked.
    pub(crate) fn keep(&self, unknown: &Unknown, entry: &Entry, now: Timestamp) {
        let mut state = self.state();
        if !state.listening || state.heard != unknown.heard {
            return;
        }
        if state.entries.len() >= MOST {
            state.entries.retain(|_, (_, at)| now - *at < LONGEST);
        }
        if state.entries.len() < MOST {
            state.entries.insert(unknown.key, (entry.clone(), now));
        }
    }

    /// Something changed, or may have.
    pub(crate) fn forget(&self) {
        let mut state = self.state();
        state.heard += 1;
        state.entries.clear();
    }

    /// Whether changes are heard from now on.
    pub(crate) fn listen(&self, yes: bool) {
        self.forget();
        self.state().listening = yes;
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether a request changes nothing by what it is.
pub(crate) fn only_reads(method: &Method) -> bool {
    method == Method::GET || method == Method::HEAD
}

fn key(token: &str, org: &str, brand: Option<&str>) -> Key {
    let mut digest = Sha256::new();
    // with lengths: no two requests make the same of different parts
    for part in [Some(token), Some(org), brand] {
        digest.update(part.map_or(u64::MAX, |part| part.len() as u64).to_le_bytes());
        digest.update(part.unwrap_or_default());
    }
    digest.finalize().into()
}

#[cfg(test)]
mod tests {
    use bellwether_kernel::{
        Access, BrandScope, Clock, Rng, Role,
        id::{OrganizationId, SessionId, UserId},
    };

    use super::*;
    use crate::Caller;

    const AT: (&str, Option<&str>) = ("acme", Some("bell"));

    fn clock() -> Clock {
        Clock::manual("2026-11-22T08:00:00Z".parse().unwrap())
    }

    fn entry(clock: &Clock) -> Entry {
        let rng = Rng::seeded(1);
        let (user, session) = (UserId::new(clock, &rng), SessionId::new(clock, &rng));
        let access = Access::of_role(user, OrganizationId::new(clock, &rng), Role::Member, BrandScope::All);
        Entry { caller: Caller { user, session: Some(session) }, access, brand: None }
    }

    fn cookie(token: &str) -> Credentials {
        Credentials::Cookie(token.to_owned())
    }

    /// What is to be kept, if anything may be.
    fn unknown(known: &Known, method: &Method, credentials: &Credentials, clock: &Clock) -> Option<Unknown> {
        match known.ask(method, credentials, AT, clock.now()) {
            Answer::In(_) => panic!("nobody is known"),
            Answer::Ask(unknown) => unknown,
        }
    }

    fn knows(known: &Known, token: &str, at: (&str, Option<&str>), clock: &Clock) -> bool {
        matches!(known.ask(&Method::GET, &cookie(token), at, clock.now()), Answer::In(_))
    }

    #[test]
    fn who_was_let_in_is_known_for_two_seconds_by_the_same_way() {
        let (known, clock) = (Known::default(), clock());
        assert!(unknown(&known, &Method::GET, &cookie("t"), &clock).is_none(), "nobody listens yet");
        known.listen(true);
        let asked = unknown(&known, &Method::GET, &cookie("t"), &clock).unwrap();
        known.keep(&asked, &entry(&clock), clock.now());
        assert!(knows(&known, "t", AT, &clock));
        for (token, at) in
            [("u", AT), ("t", ("acme", None)), ("t", ("acme", Some("drum"))), ("t", ("acmeb", Some("ell")))]
        {
            assert!(!knows(&known, token, at, &clock), "{token} {at:?}");
        }
        clock.advance(Duration::milliseconds(1_999));
        assert!(knows(&known, "t", AT, &clock));
        clock.advance(Duration::milliseconds(1));
        assert!(!knows(&known, "t", AT, &clock));
    }

    #[test]
    fn what_changes_something_and_what_is_no_cookie_always_asks() {
        let (known, clock) = (Known::default(), clock());
        known.listen(true);
        for method in [Method::POST, Method::PATCH, Method::DELETE, Method::PUT] {
            assert!(unknown(&known, &method, &cookie("t"), &clock).is_none());
        }
        let bearer = Credentials::Bearer("t".into());
        assert!(unknown(&known, &Method::GET, &bearer, &clock).is_none());
        let asked = unknown(&known, &Method::GET, &cookie("t"), &clock).unwrap();
        known.keep(&asked, &entry(&clock), clock.now());
        assert!(matches!(known.ask(&Method::POST, &cookie("t"), AT, clock.now()), Answer::Ask(None)));
        assert!(matches!(known.ask(&Method::GET, &bearer, AT, clock.now()), Answer::Ask(None)));
    }

    #[test]
    fn what_is_heard_ends_it_also_for_who_is_asked_for_meanwhile() {
        let (known, clock) = (Known::default(), clock());
        known.listen(true);
        let before = unknown(&known, &Method::GET, &cookie("t"), &clock).unwrap();
        known.forget();
        known.keep(&before, &entry(&clock), clock.now());
        assert!(!knows(&known, "t", AT, &clock), "it was asked before the change was heard");
        let asked = unknown(&known, &Method::GET, &cookie("t"), &clock).unwrap();
        known.keep(&asked, &entry(&clock), clock.now());
        assert!(knows(&known, "t", AT, &clock));
        known.listen(false);
        assert!(!knows(&known, "t", AT, &clock));
        known.listen(true);
        assert!(!knows(&known, "t", AT, &clock), "what was not heard meanwhile is unknown");
    }

    #[test]
    fn memory_is_bounded() {
        let (known, clock) = (Known::default(), clock());
        known.listen(true);
        for n in 0..MOST * 2 {
            let asked = unknown(&known, &Method::GET, &cookie(&n.to_string()), &clock).unwrap();
            known.keep(&asked, &entry(&clock), clock.now());
        }
        assert_eq!(known.state().entries.len(), MOST);
        clock.advance(LONGEST);
        let asked = unknown(&known, &Method::GET, &cookie("later"), &clock).unwrap();
        known.keep(&asked, &entry(&clock), clock.now());
        assert_eq!(known.state().entries.len(), 1);
    }
}
