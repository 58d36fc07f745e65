//! Keeps secrets that must be read again (a second factor's seed, an account's tokens) unreadable to whoever reads the
//! database. What only has to be recognised is hashed instead, and needs none of this.
//!
//! A sealed secret is a [Fernet](https://github.com/fernet/spec) token and the version of how it was sealed; both are
//! stored. The key ring comes from the operator (`[secrets] keys`): the first key seals, all of them open, so a key is
//! replaced by putting a new one in front and taking the old one out once nothing is sealed with it any more.

use std::{fmt, sync::Arc};

use base64::{Engine as _, engine::general_purpose::URL_SAFE};
use bellwether_kernel::{Kind, Problem, Rng};
use fernet::{Fernet, MultiFernet};
use secrecy::{ExposeSecret as _, SecretString};

/// How secrets are sealed now.
pub const CURRENT: i16 = 1;
/// Not at all: what an older system left behind. Read once and sealed anew.
pub const PLAIN: i16 = 0;

/// Why a secret can't be sealed or opened.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum VaultError {
    /// The operator has given no key.
    #[error(
        "There is no key to keep secrets with. The operator sets `[secrets] keys`; `bellwether new-key` makes one."
    )]
    NoKeys,
    /// A key of the ring is none.
    #[error(
        "secrets.keys: number {0} is no key. A key is 32 random bytes in URL-safe base64: `bellwether new-key`"
    )]
    BadKey(usize),
    /// Sealed with a key that is not in the ring, or not whole.
    #[error("a stored secret was sealed with a key that is not in secrets.keys")]
    Unreadable,
    /// Sealed in a way that this program does not know.
    #[error("a stored secret has the unknown version {0}")]
    Version(i16),
}

impl From<VaultError> for Problem {
    fn from(error: VaultError) -> Self {
        let detail = error.to_string();
        match error {
            VaultError::NoKeys => Self::new(Kind::Unavailable, "secrets_missing", detail),
            _ => Self::new(Kind::Internal, "internal", detail),
        }
    }
}

/// A sealed secret, as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sealed {
    /// The token.
    pub text: String,
    /// How it was sealed.
    pub version: i16,
}

/// What sealing the secrets of a kind anew came to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Resealed {
    /// Looked at.
    pub seen: usize,
    /// Sealed anew; the others were sealed with the newest key already.
    pub sealed: usize,
    /// Sealed with a key that is not in the ring: left as they are.
    pub unreadable: usize,
}

/// The key ring. Cheap to clone; [`Default`] has no key and refuses to work.
#[derive(Clone, Default)]
pub struct Vault(Option<Arc<Ring>>);

struct Ring {
    first: Fernet,
    all: MultiFernet,
}

impl Vault {
    /// A ring of keys, the newest first. Without keys everything is refused with [`VaultError::NoKeys`].
    pub fn new(keys: &[SecretString]) -> Result<Self, VaultError> {
        let read = |(at, key): (usize, &SecretString)| {
            Fernet::new(key.expose_secret().trim()).ok_or(VaultError::BadKey(at + 1))
        };
        let all: Vec<Fernet> = keys.iter().enumerate().map(read).collect::<Result<_, _>>()?;
        let Some(first) = all.first().cloned() else { return Ok(Self(None)) };
        Ok(Self(Some(Arc::new(Ring { first, all: MultiFernet::new(all) }))))
    }

    /// A new key for the ring.
    pub fn new_key(rng: &Rng) -> String {
        URL_SAFE.encode(rng.bytes::<32>())
    }

    /// Whether there is a key.
    pub fn is_ready(&self) -> bool {
        self.0.is_some()
    }

    /// Seals a secret with the newest key.
    pub fn seal(&self, secret: &[u8]) -> Result<Sealed, VaultError> {
        let ring = self.0.as_ref().ok_or(VaultError::NoKeys)?;
        Ok(Sealed { text: ring.first.encrypt(secret), version: CURRENT })
    }

    /// Opens what was sealed with any key of the ring.
    pub fn open(&self, text: &str, version: i16) -> Result<Vec<u8>, VaultError> {
        match version {
            PLAIN => Ok(text.as_bytes().to_vec()),
            CURRENT => {
                let ring = self.0.as_ref().ok_or(VaultError::NoKeys)?;
                ring.all.decrypt(text).map_err(|_| VaultError::Unreadable)
            }
            other => Err(VaultError::Version(other)),
        }
    }

    /// The same secret sealed with the newest key; None when it is so already, or empty, which is no secret.
    pub fn reseal(&self, text: &str, version: i16) -> Result<Option<Sealed>, VaultError> {
        if text.is_empty() || self.is_current(text, version) {
            return Ok(None);
        }
        self.seal(&self.open(text, version)?).map(Some)
    }

    /// Whether a secret is sealed as one would be now. If not, it is sealed anew when it is next at hand.
    pub fn is_current(&self, text: &str, version: i16) -> bool {
        version == CURRENT && self.0.as_ref().is_some_and(|ring| ring.first.decrypt(text).is_ok())
    }
}

impl fmt::Debug for Vault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.is_ready() { "Vault(…)" } else { "Vault(no keys)" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ring(seeds: &[u64]) -> Vault {
        let keys: Vec<SecretString> =
            seeds.iter().map(|seed| Vault::new_key(&Rng::seeded(*seed)).into()).collect();
        Vault::new(&keys).unwrap()
    }

    #[test]
    fn a_key_is_replaced_without_losing_what_it_sealed() {
        let old = ring(&[1]);
        let sealed = old.seal(b"seed").unwrap();
        assert!(!sealed.text.contains("seed") && old.is_current(&sealed.text, sealed.version));
        let rotated = ring(&[2, 1]);
        assert_eq!(rotated.open(&sealed.text, sealed.version).unwrap(), b"seed");
        assert!(!rotated.is_current(&sealed.text, sealed.version));
        let anew = rotated.reseal(&sealed.text, sealed.version).unwrap().unwrap();
        assert_eq!(ring(&[2]).open(&anew.text, anew.version).unwrap(), b"seed");
        assert_eq!(rotated.reseal(&anew.text, anew.version), Ok(None));
        assert_eq!(rotated.reseal("", PLAIN), Ok(None), "nothing is no secret");
        assert_eq!(ring(&[3]).reseal(&sealed.text, CURRENT), Err(VaultError::Unreadable));
        assert_eq!(ring(&[2]).open(&sealed.text, sealed.version), Err(VaultError::Unreadable));
    }

    #[test]
    fn what_was_never_sealed_is_read_and_known_as_such() {
        let vault = ring(&[1]);
        assert_eq!(vault.open("old token", PLAIN).unwrap(), b"old token");
        assert!(!vault.is_current("old token", PLAIN));
        assert_eq!(vault.open("x", 9), Err(VaultError::Version(9)));
    }

    #[test]
    fn without_a_key_nothing_is_kept() {
        assert_eq!(Vault::default().seal(b"x"), Err(VaultError::NoKeys));
        let bad: SecretString = "short".into();
        assert_eq!(Vault::new(&[bad]).err(), Some(VaultError::BadKey(1)));
        assert_eq!(format!("{:?}", ring(&[1])), "Vault(…)");
    }

    #[test]
    fn the_vector_of_the_specification_opens() {
        let key: SecretString = "cw_0x689RpI-jtRR7oE8h_eQsKImvJapLeSbXpwF4e4=".into();
        let token = "gAAAAAAdwJ6wAAECAwQFBgcICQoLDA0ODy021cpGVWKZ_eEwCGM4BLLF_5CV9dOPmrhuVUPgJobwOz7JcbmrR64jVmpU4IwqDA==";
        assert_eq!(Vault::new(&[key]).unwrap().open(token, CURRENT).unwrap(), b"hello");
    }
}
