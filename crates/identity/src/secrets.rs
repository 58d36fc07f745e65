//! Password hashes and the hashes of tokens.

use std::{num::NonZero, sync::LazyLock};

use argon2::{
    Argon2, PasswordHash, PasswordHasher as _, PasswordVerifier as _,
    password_hash::{self, SaltString},
};
use bellwether_kernel::Rng;
use sha2::{Digest as _, Sha256};
use tokio::sync::Semaphore;

use crate::Error;

/// A valid argon2id hash of no known password: checking against it takes as long as a real check, so that nobody
/// learns from the time whether an address has an account.
const NOBODY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$aGFzaG9mbm9ib2R5MTIzNA$7kIvlPdSNxXQVVhNWQgRTEdhtTpQcg8uS0b7+Q/IUlw";

/// What is kept of a token.
pub(crate) fn token_hash(token: &str) -> Vec<u8> {
    Sha256::digest(token.as_bytes()).to_vec()
}

/// Hashes a password with argon2id (19 MiB, 2 rounds: OWASP's first choice), off the async threads.
pub(crate) async fn hash_password(password: String, rng: &Rng) -> Result<String, Error> {
    let salt =
        SaltString::encode_b64(&rng.bytes::<16>()).map_err(|error| Error::Hashing(error.to_string()))?;
    blocking(move || Argon2::default().hash_password(password.as_bytes(), &salt).map(|hash| hash.to_string()))
        .await
}

/// Checks a password; without a stored hash the answer is no, after the same time.
pub(crate) async fn verify_password(password: String, stored: Option<String>) -> Result<bool, Error> {
    let known = stored.is_some();
    let stored = stored.unwrap_or_else(|| NOBODY.to_owned());
    let matches = blocking(move || {
        let hash = PasswordHash::new(&stored)?;
        match Argon2::default().verify_password(password.as_bytes(), &hash) {
            Ok(()) => Ok(true),
            Err(password_hash::Error::Password) => Ok(false),
            Err(error) => Err(error),
        }
    })
    .await?;
    Ok(matches && known)
}

/// As many at once as there are cores: each takes 19 MiB, and more would only wait for a core with them in hand.
static TURNS: LazyLock<Semaphore> =
    LazyLock::new(|| Semaphore::new(std::thread::available_parallelism().map_or(1, NonZero::get)));

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> password_hash::Result<T> + Send + 'static,
) -> Result<T, Error> {
    let turn = TURNS.acquire().await.map_err(|error| Error::Hashing(error.to_string()))?;
    // the turn goes along: work whose asker has left goes on to its end
    let work = move || {
        let done = work();
        drop(turn);
        done
    };
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|error| Error::Hashing(error.to_string()))?
        .map_err(|error| Error::Hashing(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn only_the_right_password_of_somebody_passes() {
        let hash = hash_password("correct horse".into(), &Rng::seeded(1)).await.unwrap();
        assert!(hash.starts_with("$argon2id$"));
        assert!(verify_password("correct horse".into(), Some(hash.clone())).await.unwrap());
        assert!(!verify_password("wrong horse".into(), Some(hash)).await.unwrap());
        assert!(!verify_password("anything".into(), None).await.unwrap());
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn no_more_hashes_run_at_once_than_there_are_cores() {
        use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
        static INSIDE: AtomicUsize = AtomicUsize::new(0);
        static MOST: AtomicUsize = AtomicUsize::new(0);
        let cores = std::thread::available_parallelism().map_or(1, NonZero::get);
        let work = || {
            MOST.fetch_max(INSIDE.fetch_add(1, SeqCst) + 1, SeqCst);
            // long enough for every other thread to come in, if it were let
            for _ in 0..10_000 {
                std::thread::yield_now();
            }
            INSIDE.fetch_sub(1, SeqCst);
            Ok(())
        };
        let tasks: Vec<_> = (0..cores * 8).map(|_| tokio::spawn(blocking(work))).collect();
        // who asked and left gives their turn back when the work is done, not before
        for task in tasks.iter().skip(cores * 6) {
            task.abort();
        }
        for task in tasks {
            if let Ok(done) = task.await {
                done.unwrap();
            }
        }
        assert!((1..=cores).contains(&MOST.load(SeqCst)), "{MOST:?} of {cores}");
        let all = TURNS.acquire_many(u32::try_from(cores).unwrap()).await.unwrap();
        assert_eq!(INSIDE.load(SeqCst), 0);
        drop(all);
    }
}
