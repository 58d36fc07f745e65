//! How long to wait before trying again.

use std::time::Duration;

use bellwether_kernel::{Rng, Timestamp};

use crate::config::Retry;

/// The wait before call `attempt + 1`: doubling from the base, half of it by chance so that callers who failed
/// together don't come back together. What the provider asked for is the least.
/// `None`: it asks for longer than we are willing to wait.
pub fn wait(retry: Retry, attempt: u32, asked: Option<Duration>, rng: &Rng) -> Option<Duration> {
    let longest = Duration::from_millis(retry.max_ms);
    if asked.is_some_and(|asked| asked > longest) {
        return None;
    }
    let full = retry.base_ms.saturating_mul(1 << attempt.saturating_sub(1).min(20)).min(retry.max_ms);
    let half = full / 2;
    let own = Duration::from_millis(half + rng.below(full - half + 1));
    Some(own.max(asked.unwrap_or_default()))
}

/// Reads `Retry-After` in seconds or as an HTTP date (RFC 9110, 10.2.3) and `retry-after-ms` in milliseconds.
pub fn retry_after(headers: &http::HeaderMap, now: Timestamp) -> Option<Duration> {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).map(str::trim);
    if let Some(ms) = text("retry-after-ms").and_then(|value| value.parse().ok()) {
        return Some(Duration::from_millis(ms));
    }
    let value = text("retry-after")?;
    if let Ok(seconds) = value.parse::<u64>() {
        return Some(Duration::from_secs(seconds));
    }
    let at = chrono::DateTime::parse_from_rfc2822(value).ok()?;
    Some((at.to_utc() - now).to_std().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use proptest::{prop_assert, proptest};

    use super::*;

    const RETRY: Retry = Retry { max_attempts: 3, base_ms: 500, max_ms: 20_000 };

    proptest! {
        #[test]
        fn waits_grow_within_bounds(seed: u64, attempt in 1_u32..40) {
            let full = 500_u64.saturating_mul(1 << (attempt - 1).min(20)).min(20_000);
            let wait = wait(RETRY, attempt, None, &Rng::seeded(seed)).unwrap().as_millis() as u64;
            prop_assert!(wait >= full / 2 && wait <= full);
        }
    }

    #[test]
    fn what_the_provider_asks_for_is_the_least_and_too_much_is_too_much() {
        let rng = Rng::seeded(1);
        let asked = |seconds| wait(RETRY, 1, Some(Duration::from_secs(seconds)), &rng);
        assert_eq!(asked(7), Some(Duration::from_secs(7)));
        assert!(asked(0).unwrap() >= Duration::from_millis(250));
        assert_eq!(asked(21), None);
    }

    #[test]
    fn reads_all_three_forms() {
        let now = "2015-10-21T07:28:00Z".parse().unwrap();
        let read = |name: &'static str, value: &'static str| {
            retry_after(&http::HeaderMap::from_iter([(name.parse().unwrap(), value.parse().unwrap())]), now)
        };
        assert_eq!(read("retry-after", "120"), Some(Duration::from_mins(2)));
        assert_eq!(read("retry-after-ms", "250"), Some(Duration::from_millis(250)));
        assert_eq!(read("retry-after", "Wed, 21 Oct 2015 07:28:30 GMT"), Some(Duration::from_secs(30)));
        assert_eq!(read("retry-after", "Wed, 21 Oct 2015 07:00:00 GMT"), Some(Duration::ZERO));
        assert_eq!(read("retry-after", "soon"), None);
        assert_eq!(read("x", "1"), None);
    }
}
