//! Types and rules of API keys.

use std::net::IpAddr;

use bellwether_kernel::{
    Permission, Permissions, Problem, Rng, Timestamp,
    id::{ApiKeyId, BrandId, UserId},
};
use bellwether_web::{Patch, keys};
use chrono::{DateTime, Duration, Utc};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use utoipa::ToSchema;

use crate::people::model::{Fault, check_name, located};

/// Without look-alikes to worry about: keys are copied, not typed. No sign in it ends a double click.
const ALPHABET: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
/// 43 signs of 62 are 256 bits.
const SECRET: usize = 43;
/// Of the secret: tells a key that was cut or mistyped from one that is unknown, without asking the database.
const CHECKSUM: usize = 6;
/// What stays visible: the prefix and the first signs of the secret.
const VISIBLE: usize = 11;
/// Requests an hour when nothing is said.
pub(crate) const HOURLY: u32 = 1000;
/// The highest limit.
const HOURLY_MOST: u32 = 1_000_000;
/// Live keys of one organization at most.
pub(crate) const MOST: i64 = 100;
/// The longest that a key may live, when it has an end.
const LIFE_MOST: Duration = Duration::days(3653);

/// What making a key takes.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewKey {
    /// What it is for; 1 to 100 characters.
    pub name: String,
    /// What it may do; never more than whoever makes it, now and later.
    pub scopes: Vec<Permission>,
    /// The one brand that it reaches, by id; all that its maker reaches when absent.
    #[serde(default)]
    pub brand_id: Option<BrandId>,
    /// Whether it signs its requests instead of travelling with them.
    #[serde(default)]
    pub signed: bool,
    /// Requests an hour; 1,000 when absent.
    #[serde(default)]
    pub hourly_limit: Option<u32>,
    /// When it ends; never when absent.
    #[serde(default)]
    pub expires_at: Option<DateTime<Utc>>,
}

/// What may be changed of a key; absent fields stay.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UpdateKey {
    /// What it is for.
    #[serde(default)]
    pub name: Option<String>,
    /// What it may do.
    #[serde(default)]
    pub scopes: Option<Vec<Permission>>,
    /// Requests an hour.
    #[serde(default)]
    pub hourly_limit: Option<u32>,
    /// When it ends; `null` is never.
    #[serde(default, skip_serializing_if = "Patch::is_absent")]
    #[schema(value_type = Option<DateTime<Utc>>)]
    pub expires_at: Patch<DateTime<Utc>>,
}

/// Whether a key opens anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum KeyStatus {
    /// It does.
    Active,
    /// Its time is over.
    Expired,
    /// Somebody revoked it.
    Revoked,
    /// Whoever made it no longer belongs to the organization.
    Stopped,
}

/// An API key as people see it: never itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct KeyView {
    /// Id; signed requests name it.
    pub id: ApiKeyId,
    /// What it is for.
    pub name: String,
    /// Its first signs.
    pub prefix: String,
    /// Whether it opens anything.
    pub status: KeyStatus,
    /// The one brand that it reaches; absent for all that its maker reaches.
    pub brand_id: Option<BrandId>,
    /// What it may do, as far as its maker may.
    pub scopes: Vec<Permission>,
    /// Whether it signs its requests.
    pub signed: bool,
    /// Requests an hour.
    pub hourly_limit: u32,
    /// When it ends.
    pub expires_at: Option<DateTime<Utc>>,
    /// When it was revoked.
    pub revoked_at: Option<DateTime<Utc>>,
    /// Who made it; it acts for them.
    pub created_by: UserId,
    /// Their name, when they still belong to the organization.
    pub created_by_name: Option<String>,
    /// When it was last used, to the minute.
    pub last_used_at: Option<DateTime<Utc>>,
    /// From where.
    pub last_used_ip: Option<String>,
    /// Requests let in so far.
    pub usage_count: i64,
    /// For `If-Match`.
    pub version: i32,
    /// When it was made.
    pub created_at: DateTime<Utc>,
}

/// A key just made.
#[derive(Clone, Serialize, ToSchema)]
pub struct MadeKey {
    /// The key, shown this once. Absent when a repeated request is answered again.
    pub token: Option<String>,
    /// What is known of it.
    pub key: KeyView,
}

impl std::fmt::Debug for MadeKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("MadeKey").field("key", &self.key).finish_non_exhaustive()
    }
}

/// A new key: prefix, secret, checksum.
pub(crate) fn new_token(rng: &Rng) -> String {
    let mut token = String::with_capacity(keys::LENGTH);
    token.push_str(keys::PREFIX);
    for _ in 0..SECRET {
        token.push(char::from(ALPHABET[rng.below(62) as usize]));
    }
    let sum = checksum(&token);
    token.push_str(&sum);
    token
}

/// Whether a text is a key that we could have made.
pub(crate) fn is_whole(token: &str) -> bool {
    keys::is_key(token)
        && token.is_ascii()
        && checksum(&token[..token.len() - CHECKSUM]) == token[token.len() - CHECKSUM..]
}

fn checksum(text: &str) -> String {
    let digest = Sha256::digest(text.as_bytes());
    let mut number = u64::from(u32::from_be_bytes([digest[0], digest[1], digest[2], digest[3]]));
    let mut sum = [b'0'; CHECKSUM];
    for place in sum.iter_mut().rev() {
        *place = ALPHABET[(number % 62) as usize];
        number /= 62;
    }
    sum.iter().copied().map(char::from).collect()
}

/// What of a key may be shown for good.
pub(crate) fn visible(token: &str) -> &str {
    token.get(..VISIBLE).unwrap_or_default()
}

/// The network that an address counts for: a /24, or of IPv6 a /48. Whoever moves within it is at the same place.
pub(crate) fn place_of(address: IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V4(v4) => {
            let [a, b, c, _] = v4.octets();
            format!("{a}.{b}.{c}.0/24")
        }
        IpAddr::V6(v6) => {
            let bits = u128::from(v6) >> 80 << 80;
            format!("{}/48", std::net::Ipv6Addr::from(bits))
        }
    }
}

/// The start of the hour that a request counts in, and the seconds until it ends.
pub(crate) fn window(now: Timestamp) -> (Timestamp, u64) {
    let into = now.timestamp().rem_euclid(3600);
    let start =
        now - Duration::seconds(into) - Duration::nanoseconds(i64::from(now.timestamp_subsec_nanos()));
    (start, (3600 - into) as u64)
}

/// The known ones of the words in the database.
pub(crate) fn scopes_of(words: &[String]) -> Permissions {
    words.iter().filter_map(|word| Permission::parse(word)).collect()
}

/// Checks what making a key takes.
pub(crate) fn check_new(new: &NewKey, now: Timestamp) -> Result<(), Problem> {
    let mut faults = Vec::new();
    check(&mut faults, Some(&new.name), Some(&new.scopes), new.hourly_limit, new.expires_at, now);
    located(faults)
}

/// Checks a change.
pub(crate) fn check_change(change: &UpdateKey, now: Timestamp) -> Result<(), Problem> {
    let mut faults = Vec::new();
    let (scopes, end) = (change.scopes.as_deref(), change.expires_at.value().copied());
    check(&mut faults, change.name.as_deref(), scopes, change.hourly_limit, end, now);
    located(faults)
}

fn check(
    faults: &mut Vec<(&'static str, Fault)>,
    name: Option<&str>,
    scopes: Option<&[Permission]>,
    hourly_limit: Option<u32>,
    expires_at: Option<Timestamp>,
    now: Timestamp,
) {
    if let Some(Err(fault)) = name.map(|name| check_name(name, 100)) {
        faults.push(("name", fault));
    }
    if scopes.is_some_and(<[Permission]>::is_empty) {
        faults.push(("scopes", ("empty", "Name at least one scope, e.g. posts.read.".to_owned())));
    }
    if hourly_limit.is_some_and(|limit| !(1..=HOURLY_MOST).contains(&limit)) {
        faults.push((
            "hourly_limit",
            ("out_of_range", format!("Between 1 and {HOURLY_MOST} requests an hour.")),
        ));
    }
    match expires_at {
        Some(end) if end <= now => {
            faults.push(("expires_at", ("in_the_past", "Give a time to come, or leave it out.".to_owned())));
        }
        Some(end) if end > now + LIFE_MOST => {
            faults.push(("expires_at", ("out_of_range", "At most ten years from now.".to_owned())));
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_recognised_and_a_cut_or_changed_one_is_not() {
        let rng = Rng::seeded(1);
        for _ in 0..100 {
            let token = new_token(&rng);
            assert_eq!(token.len(), keys::LENGTH);
            assert!(is_whole(&token) && !is_whole(&token[..51]));
            let mut changed = token.clone().into_bytes();
            changed[10] = if changed[10] == b'x' { b'y' } else { b'x' };
            assert!(!is_whole(&String::from_utf8(changed).unwrap()));
            assert!(token.starts_with(visible(&token)) && visible(&token).len() == VISIBLE);
        }
        assert!(!is_whole(&format!("bw_{}ü", "x".repeat(47))));
    }

    #[test]
    fn places_are_networks() {
        let place = |text: &str| place_of(text.parse().unwrap());
        assert_eq!(place("192.0.2.77"), "192.0.2.0/24");
        assert_eq!(place("::ffff:192.0.2.77"), "192.0.2.0/24");
        assert_eq!(place("2001:db8:1:2:3::4"), "2001:db8:1::/48");
    }

    #[test]
    fn an_hour_begins_on_the_hour() {
        let (start, left) = window("2026-01-01T10:59:59.5Z".parse().unwrap());
        assert_eq!((start.to_rfc3339(), left), ("2026-01-01T10:00:00+00:00".to_owned(), 1));
        let (start, left) = window("2026-01-01T10:00:00Z".parse().unwrap());
        assert_eq!((start.to_rfc3339(), left), ("2026-01-01T10:00:00+00:00".to_owned(), 3600));
    }
}
