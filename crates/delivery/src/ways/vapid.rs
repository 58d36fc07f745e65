//! The keys by which push services know this installation, and what is signed with them (RFC 8292).

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
use bellwether_kernel::Timestamp;
use ring::{
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _},
};
use serde_json::json;

/// How long a signature is good; the standard allows a day.
const GOOD_FOR: chrono::Duration = chrono::Duration::hours(12);

/// A pair of keys. ring draws its own randomness: it takes no other source.
pub struct Keys {
    pair: EcdsaKeyPair,
}

impl std::fmt::Debug for Keys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Keys({})", self.public())
    }
}

impl Keys {
    /// Makes a pair, as PKCS #8. None when the machine gives no randomness.
    pub fn make() -> Option<Vec<u8>> {
        let made = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &SystemRandom::new());
        made.ok().map(|document| document.as_ref().to_vec())
    }

    /// Reads what [`Keys::make`] made.
    pub fn read(pkcs8: &[u8]) -> Option<Self> {
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, pkcs8, &SystemRandom::new());
        pair.ok().map(|pair| Self { pair })
    }

    /// Reads keys as every VAPID tool writes them: the bare numbers in base64url.
    pub fn of_operator(public: &str, private: &str) -> Option<Self> {
        let read = |text: &str| BASE64.decode(text.trim().trim_end_matches('=')).ok();
        let pair = EcdsaKeyPair::from_private_key_and_public_key(
            &ECDSA_P256_SHA256_FIXED_SIGNING,
            &read(private)?,
            &read(public)?,
            &SystemRandom::new(),
        );
        pair.ok().map(|pair| Self { pair })
    }

    /// The public key as browsers take it.
    pub fn public(&self) -> String {
        BASE64.encode(self.pair.public_key().as_ref())
    }

    /// The header that says who sends, for one push service.
    pub(super) fn authorization(&self, origin: &str, contact: &str, now: Timestamp) -> Option<String> {
        let part = |value: serde_json::Value| BASE64.encode(value.to_string());
        let claims = json!({ "aud": origin, "exp": (now + GOOD_FOR).timestamp(), "sub": contact });
        let signed = format!("{}.{}", part(json!({ "typ": "JWT", "alg": "ES256" })), part(claims));
        let signature = self.pair.sign(&SystemRandom::new(), signed.as_bytes()).ok()?;
        Some(format!("vapid t={signed}.{}, k={}", BASE64.encode(signature.as_ref()), self.public()))
    }
}

#[cfg(test)]
mod tests {
    use ring::signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey};

    use super::*;

    #[test]
    fn what_is_signed_can_be_checked_with_the_public_key() {
        let keys = Keys::read(&Keys::make().unwrap()).unwrap();
        let now = "2026-11-16T09:00:00Z".parse().unwrap();
        let header = keys.authorization("https://push.example", "mailto:o@example.org", now).unwrap();
        let token = header.strip_prefix("vapid t=").unwrap().split(',').next().unwrap();
        let (signed, signature) = token.rsplit_once('.').unwrap();
        let public = BASE64.decode(keys.public()).unwrap();
        assert_eq!((public.len(), public[0]), (65, 4));
        UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, public)
            .verify(signed.as_bytes(), &BASE64.decode(signature).unwrap())
            .unwrap();
        let claims = BASE64.decode(signed.split_once('.').unwrap().1).unwrap();
        let claims: serde_json::Value = serde_json::from_slice(&claims).unwrap();
        assert_eq!(claims["exp"], "2026-11-16T21:00:00Z".parse::<Timestamp>().unwrap().timestamp());
        assert_eq!(claims["aud"], "https://push.example");
    }

    #[test]
    fn keys_of_an_operator_are_read() {
        // RFC 8291, appendix A: any pair on the curve will do
        let public =
            "BP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A8";
        let keys = Keys::of_operator(public, "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw").unwrap();
        assert_eq!(keys.public(), public);
        assert!(Keys::of_operator(public, "AAAA").is_none());
    }
}
