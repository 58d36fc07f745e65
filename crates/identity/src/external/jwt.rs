//! JSON Web Tokens: read, their signature checked with a key that fits, their claims held to what is expected.
//!
//! The algorithm is chosen by the key, never by the token: a token that names another family than its key's is refused,
//! so neither `none` nor a public key taken for a shared secret gets through.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use bellwether_kernel::Timestamp;
use jsonwebtoken::{
    Algorithm,
    jwk::{AlgorithmParameters, EllipticCurve, Jwk, PublicKeyUse},
};
use ring::{hmac, signature};
use serde_json::Value;

/// Longer tokens are taken for an attack on whoever reads them.
const LONGEST: usize = 16_384;

/// Why a token is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error, strum::IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum Refused {
    /// Not three parts of base64url JSON.
    #[error("The token is no JSON Web Token.")]
    Malformed,
    /// Unsigned, or signed in a way that its issuer's keys don't.
    #[error("The token's algorithm is not one of its issuer's keys.")]
    Algorithm,
    /// No key of the issuer has its `kid`.
    #[error("The token is signed with a key that its issuer does not publish.")]
    Key,
    /// The signature does not hold.
    #[error("The token's signature does not hold.")]
    Signature,
    /// `iss`.
    #[error("The token's issuer (iss) is not one that this Bellwether trusts.")]
    Issuer,
    /// `aud`.
    #[error("The token was made for another application (aud).")]
    Audience,
    /// `azp`.
    #[error("The token was asked for by another application (azp).")]
    Party,
    /// `exp`.
    #[error("The token has expired (exp). Get a new one.")]
    Expired,
    /// `nbf` or `iat`.
    #[error("The token is not valid yet (nbf, iat). Check the clocks.")]
    NotYet,
    /// `nonce`.
    #[error("The token belongs to another sign-in (nonce).")]
    Nonce,
    /// `sub`.
    #[error("The token does not say whose it is (sub).")]
    Subject,
}

/// What a signature is checked with.
#[derive(Debug, Clone)]
pub(crate) enum Key {
    /// Shared with the issuer: HS256 only.
    Secret(Vec<u8>),
    /// Published by the issuer.
    Public(Box<Jwk>),
}

/// A token that was read, and not yet believed.
pub(crate) struct Token<'a> {
    pub(crate) algorithm: Algorithm,
    pub(crate) key_id: Option<String>,
    pub(crate) claims: Value,
    signed: &'a str,
    signature: Vec<u8>,
}

/// What a token must say.
pub(crate) struct Expected<'a> {
    pub(crate) issuer: &'a str,
    /// One of them; none of them is no demand.
    pub(crate) audience: &'a [String],
    /// One of them; none of them is no demand.
    pub(crate) parties: &'a [String],
    pub(crate) nonce: Option<&'a str>,
    pub(crate) leeway: i64,
    pub(crate) now: Timestamp,
}

/// Whether a bearer token is one of these: our own have no dots.
pub(crate) fn looks_like_one(token: &str) -> bool {
    token.starts_with("ey") && token.bytes().filter(|byte| *byte == b'.').count() == 2
}

impl<'a> Token<'a> {
    pub(crate) fn read(token: &'a str) -> Result<Self, Refused> {
        if token.len() > LONGEST {
            return Err(Refused::Malformed);
        }
        let (signed, signature) = token.rsplit_once('.').ok_or(Refused::Malformed)?;
        let (header, claims) = signed.split_once('.').ok_or(Refused::Malformed)?;
        let decoded = |part: &str| URL_SAFE_NO_PAD.decode(part).map_err(|_| Refused::Malformed);
        let json = |part: &str| serde_json::from_slice(&decoded(part)?).map_err(|_| Refused::Malformed);
        let header: Value = json(header)?;
        let claims: Value = json(claims)?;
        // what the token calls critical we would have to understand
        if !header.is_object() || !claims.is_object() || header.get("crit").is_some() {
            return Err(Refused::Malformed);
        }
        let algorithm =
            header["alg"].as_str().and_then(|name| name.parse().ok()).ok_or(Refused::Algorithm)?;
        let key_id = header["kid"].as_str().map(str::to_owned);
        Ok(Self { algorithm, key_id, claims, signed, signature: decoded(signature)? })
    }

    /// Holds the signature to a key, which says how it is made.
    pub(crate) fn check_signature(&self, key: &Key) -> Result<(), Refused> {
        let (message, signature) = (self.signed.as_bytes(), self.signature.as_slice());
        let holds = match key {
            Key::Secret(secret) => {
                if self.algorithm != Algorithm::HS256 {
                    return Err(Refused::Algorithm);
                }
                hmac::verify(&hmac::Key::new(hmac::HMAC_SHA256, secret), message, signature).is_ok()
            }
            Key::Public(key) => {
                let named = key.common.key_algorithm.as_ref().map(ToString::to_string);
                if named.is_some_and(|named| named != format!("{:?}", self.algorithm))
                    || key
                        .common
                        .public_key_use
                        .as_ref()
                        .is_some_and(|usage| *usage != PublicKeyUse::Signature)
                {
                    return Err(Refused::Algorithm);
                }
                holds(key, self.algorithm, message, signature)?
            }
        };
        if holds { Ok(()) } else { Err(Refused::Signature) }
    }

    /// Holds the claims to what is expected; gives the subject.
    pub(crate) fn check_claims(&self, expected: &Expected<'_>) -> Result<&str, Refused> {
        let claims = &self.claims;
        if claims["iss"].as_str() != Some(expected.issuer) {
            return Err(Refused::Issuer);
        }
        let names = |claim: &Value, wanted: &[String]| match claim {
            Value::String(one) => wanted.contains(one),
            Value::Array(many) => {
                many.iter().filter_map(Value::as_str).any(|one| wanted.iter().any(|wanted| wanted == one))
            }
            _ => false,
        };
        if !expected.audience.is_empty() && !names(&claims["aud"], expected.audience) {
            return Err(Refused::Audience);
        }
        if !expected.parties.is_empty() && !names(&claims["azp"], expected.parties) {
            return Err(Refused::Party);
        }
        let now = expected.now.timestamp();
        // NumericDate may have a fraction
        let time = |name: &str| claims[name].as_f64().map(|at| at.floor() as i64);
        if time("exp").is_none_or(|at| now.saturating_sub(expected.leeway) >= at) {
            return Err(Refused::Expired);
        }
        if ["nbf", "iat"].into_iter().filter_map(time).any(|at| now.saturating_add(expected.leeway) < at) {
            return Err(Refused::NotYet);
        }
        if expected.nonce.is_some_and(|nonce| claims["nonce"].as_str() != Some(nonce)) {
            return Err(Refused::Nonce);
        }
        claims["sub"]
            .as_str()
            .filter(|subject| (1..=255).contains(&subject.len()) && !subject.contains('\0'))
            .ok_or(Refused::Subject)
    }

    /// When it ends, as it says itself.
    pub(crate) fn expires_at(&self) -> Option<Timestamp> {
        chrono::DateTime::from_timestamp(self.claims["exp"].as_f64()?.floor() as i64, 0)
    }
}

fn holds(key: &Jwk, algorithm: Algorithm, message: &[u8], signature: &[u8]) -> Result<bool, Refused> {
    let bytes = |text: &str| URL_SAFE_NO_PAD.decode(text.trim_end_matches('=')).map_err(|_| Refused::Key);
    match &key.algorithm {
        AlgorithmParameters::RSA(rsa) => {
            let parameters = match algorithm {
                Algorithm::RS256 => &signature::RSA_PKCS1_2048_8192_SHA256,
                Algorithm::RS384 => &signature::RSA_PKCS1_2048_8192_SHA384,
                Algorithm::RS512 => &signature::RSA_PKCS1_2048_8192_SHA512,
                Algorithm::PS256 => &signature::RSA_PSS_2048_8192_SHA256,
                Algorithm::PS384 => &signature::RSA_PSS_2048_8192_SHA384,
                Algorithm::PS512 => &signature::RSA_PSS_2048_8192_SHA512,
                _ => return Err(Refused::Algorithm),
            };
            let key = signature::RsaPublicKeyComponents { n: bytes(&rsa.n)?, e: bytes(&rsa.e)? };
            Ok(key.verify(parameters, message, signature).is_ok())
        }
        AlgorithmParameters::EllipticCurve(ec) => {
            let (parameters, length): (&dyn signature::VerificationAlgorithm, usize) =
                match (&ec.curve, algorithm) {
                    (EllipticCurve::P256, Algorithm::ES256) => (&signature::ECDSA_P256_SHA256_FIXED, 32),
                    (EllipticCurve::P384, Algorithm::ES384) => (&signature::ECDSA_P384_SHA384_FIXED, 48),
                    _ => return Err(Refused::Algorithm),
                };
            let (x, y) = (bytes(&ec.x)?, bytes(&ec.y)?);
            if x.len() != length || y.len() != length {
                return Err(Refused::Key);
            }
            let point = [&[4][..], &x, &y].concat();
            Ok(signature::UnparsedPublicKey::new(parameters, point).verify(message, signature).is_ok())
        }
        AlgorithmParameters::OctetKeyPair(pair) => {
            if (&pair.curve, algorithm) != (&EllipticCurve::Ed25519, Algorithm::EdDSA) {
                return Err(Refused::Algorithm);
            }
            let key = signature::UnparsedPublicKey::new(&signature::ED25519, bytes(&pair.x)?);
            Ok(key.verify(message, signature).is_ok())
        }
        // a shared secret is never published
        _ => Err(Refused::Algorithm),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_examples_of_the_specification_hold() {
        // RFC 7515, appendix A.1 (HS256) and A.3 (ES256)
        let hs = "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly\
                  9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
        let secret = URL_SAFE_NO_PAD
            .decode("AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow")
            .unwrap();
        let token = Token::read(hs).unwrap();
        assert_eq!(token.check_signature(&Key::Secret(secret)), Ok(()));
        assert_eq!(token.check_signature(&Key::Secret(b"another".to_vec())), Err(Refused::Signature));
        let es = "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc1\
                  9yb290Ijp0cnVlfQ.DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";
        let mut key = json!({
            "kty": "EC", "crv": "P-256", "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
            "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
        });
        let public = |key: &Value| Key::Public(Box::new(serde_json::from_value(key.clone()).unwrap()));
        let token = Token::read(es).unwrap();
        assert_eq!(token.check_signature(&public(&key)), Ok(()));
        // a key for something else
        key["alg"] = "ES384".into();
        assert_eq!(token.check_signature(&public(&key)), Err(Refused::Algorithm));
        key["alg"] = "ES256".into();
        key["use"] = "enc".into();
        assert_eq!(token.check_signature(&public(&key)), Err(Refused::Algorithm));
        // the public key taken for a shared secret
        assert_eq!(Token::read(hs).unwrap().check_signature(&public(&key)), Err(Refused::Algorithm));
        assert_eq!(token.check_signature(&Key::Secret(b"x".to_vec())), Err(Refused::Algorithm));
    }

    fn made(header: &Value, claims: &Value) -> String {
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        format!("{}.{}.{}", part(header), part(claims), URL_SAFE_NO_PAD.encode("x"))
    }

    #[test]
    fn what_is_no_token_is_refused_before_any_key() {
        let claims = json!({});
        for (text, why) in [
            (made(&json!({ "alg": "none" }), &claims), Refused::Algorithm),
            (made(&json!({ "alg": "None" }), &claims), Refused::Algorithm),
            (made(&json!({ "typ": "JWT" }), &claims), Refused::Algorithm),
            (made(&json!({ "alg": "ES256", "crit": ["b64"] }), &claims), Refused::Malformed),
            (made(&json!("x"), &claims), Refused::Malformed),
            ("a.b".into(), Refused::Malformed),
            ("!.!.!".into(), Refused::Malformed),
            (format!("{}.e30.e30", "a".repeat(20_000)), Refused::Malformed),
        ] {
            assert_eq!(Token::read(&text).err(), Some(why), "{text:.60}");
        }
    }

    #[test]
    fn claims_are_held_to_what_is_expected() {
        let now = chrono::DateTime::from_timestamp(1_000_000, 0).unwrap();
        let good = json!({ "iss": "i", "aud": ["a", "b"], "azp": "p", "exp": 1_000_100, "nbf": 999_900, "sub": "s", "nonce": "n" });
        let check = |name: &str, value: Value| {
            let mut claims = good.clone();
            claims[name] = value;
            let text = made(&json!({ "alg": "ES256" }), &claims);
            let expected = Expected {
                issuer: "i",
                audience: &["b".into()],
                parties: &["p".into()],
                nonce: Some("n"),
                leeway: 60,
                now,
            };
            Token::read(&text).unwrap().check_claims(&expected).map(str::to_owned)
        };
        assert_eq!(check("x", json!(1)), Ok("s".into()));
        for (name, value, why) in [
            ("iss", json!("j"), Refused::Issuer),
            ("iss", json!(["i"]), Refused::Issuer),
            ("aud", json!("c"), Refused::Audience),
            ("aud", Value::Null, Refused::Audience),
            ("azp", json!("q"), Refused::Party),
            ("exp", json!(999_940), Refused::Expired),
            ("exp", Value::Null, Refused::Expired),
            ("exp", json!("never"), Refused::Expired),
            ("nbf", json!(1_000_061), Refused::NotYet),
            ("iat", json!(1_000_061), Refused::NotYet),
            ("nonce", json!("m"), Refused::Nonce),
            ("sub", json!(""), Refused::Subject),
            ("sub", json!("a".repeat(256)), Refused::Subject),
        ] {
            assert_eq!(check(name, value.clone()), Err(why), "{name} {value}");
        }
        // clocks differ
        assert!(check("exp", json!(999_941)).is_ok() && check("nbf", json!(1_000_060)).is_ok());
        assert!(check("exp", json!(1_000_100.5)).is_ok());
    }
}
