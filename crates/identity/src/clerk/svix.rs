//! Signatures of webhooks, after the description of Svix and of Standard Webhooks, which name their headers otherwise
//! and agree on the rest: HMAC-SHA256 over `id.timestamp.body`, any of several signatures, no older than five minutes.

use axum::http::HeaderMap;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use bellwether_kernel::{Kind, Problem, Timestamp};
use ring::hmac;

/// How far a webhook's time may be from ours, either way.
const TOLERANCE: i64 = 5 * 60;

/// Why a webhook is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error, strum::IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum SignatureFault {
    /// Id, time or signature is missing or unreadable.
    #[error("The headers svix-id, svix-timestamp and svix-signature are needed.")]
    Missing,
    /// Too old, or from the future: a replay, or a clock that is wrong.
    #[error("The webhook's time is more than five minutes from ours.")]
    Time,
    /// No signature holds with any of the secrets.
    #[error("The webhook's signature does not hold.")]
    Signature,
}

impl From<SignatureFault> for Problem {
    fn from(fault: SignatureFault) -> Self {
        let (kind, code) = match fault {
            SignatureFault::Missing => (Kind::Malformed, "signature_missing"),
            SignatureFault::Time => (Kind::Unauthenticated, "signature_expired"),
            SignatureFault::Signature => (Kind::Unauthenticated, "signature_refused"),
        };
        Self::new(kind, code, fault.to_string())
    }
}

/// The endpoint's secrets.
#[derive(Debug, Clone, Default)]
pub struct Verifier {
    keys: Vec<hmac::Key>,
}

/// A webhook whose signature holds.
#[derive(Debug, PartialEq, Eq)]
pub struct Signed {
    /// The sender's id of it.
    pub id: String,
    /// When it was sent, in seconds.
    pub timestamp: i64,
}

impl Verifier {
    /// Of secrets as the sender shows them: `whsec_` and base64.
    pub fn new(secrets: &[String]) -> Result<Self, Problem> {
        let key = |secret: &String| {
            let encoded = secret.trim();
            let encoded = encoded.strip_prefix("whsec_").unwrap_or(encoded);
            match STANDARD.decode(encoded) {
                Ok(bytes) if bytes.len() >= 16 => Ok(hmac::Key::new(hmac::HMAC_SHA256, &bytes)),
                _ => {
                    let detail =
                        "identity.clerk.webhook_secrets: a secret is whsec_ and base64, as Clerk shows it";
                    Err(Problem::new(Kind::Internal, "internal", detail))
                }
            }
        };
        Ok(Self { keys: secrets.iter().map(key).collect::<Result<_, _>>()? })
    }

    /// Whether there is a secret at all.
    pub fn is_ready(&self) -> bool {
        !self.keys.is_empty()
    }

    /// Holds a webhook to its signatures.
    pub fn check(&self, headers: &HeaderMap, body: &[u8], now: Timestamp) -> Result<Signed, SignatureFault> {
        let header = |name: &str| {
            [format!("svix-{name}"), format!("webhook-{name}")]
                .iter()
                .find_map(|name| headers.get(name.as_str())?.to_str().ok())
                .ok_or(SignatureFault::Missing)
        };
        let (id, time, signatures) = (header("id")?, header("timestamp")?, header("signature")?);
        if id.is_empty() || id.len() > 255 {
            return Err(SignatureFault::Missing);
        }
        let timestamp: i64 = time.parse().map_err(|_| SignatureFault::Missing)?;
        let message = [id.as_bytes(), b".", time.as_bytes(), b".", body].concat();
        let holds = signatures
            .split(' ')
            .filter_map(|signature| STANDARD.decode(signature.strip_prefix("v1,")?).ok())
            .any(|signature| self.keys.iter().any(|key| hmac::verify(key, &message, &signature).is_ok()));
        // the signature first: who can't sign learns nothing about clocks
        if !holds {
            return Err(SignatureFault::Signature);
        }
        if now.timestamp().abs_diff(timestamp) > TOLERANCE.unsigned_abs() {
            return Err(SignatureFault::Time);
        }
        Ok(Signed { id: id.to_owned(), timestamp })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    const BODY: &[u8] = br#"{"test": 2432232314}"#;
    const TIME: i64 = 1_614_265_330;
    const SIGNATURE: &str = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";

    fn check(
        secrets: &[&str],
        id: &str,
        signature: &str,
        body: &[u8],
        now: i64,
    ) -> Result<Signed, SignatureFault> {
        let secrets: Vec<String> = secrets.iter().map(|secret| (*secret).to_owned()).collect();
        let mut headers = HeaderMap::new();
        headers.insert("svix-id", id.parse().unwrap());
        headers.insert("svix-timestamp", TIME.to_string().parse().unwrap());
        headers.insert("svix-signature", signature.parse().unwrap());
        let now = chrono::DateTime::from_timestamp(now, 0).unwrap();
        Verifier::new(&secrets).unwrap().check(&headers, body, now)
    }

    #[test]
    fn the_example_of_the_description_holds() {
        let id = "msg_p5jXN8AQM9LWM0D4loKWxJek";
        assert_eq!(check(&[SECRET], id, SIGNATURE, BODY, TIME).unwrap().id, id);
        let several = format!("v1,bm90IHRoaXM= v2,x v1a,{SIGNATURE} {SIGNATURE}");
        assert!(check(&[SECRET], id, &several, BODY, TIME).is_ok());
        // while a secret is being replaced
        let other = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";
        assert!(check(&[other, SECRET], id, SIGNATURE, BODY, TIME + 300).is_ok());
        for (secrets, id, signature, body, now, why) in [
            (&[other][..], id, SIGNATURE, BODY, TIME, SignatureFault::Signature),
            (&[][..], id, SIGNATURE, BODY, TIME, SignatureFault::Signature),
            (&[SECRET][..], "msg_other", SIGNATURE, BODY, TIME, SignatureFault::Signature),
            (&[SECRET][..], id, SIGNATURE, &b"{}"[..], TIME, SignatureFault::Signature),
            (&[SECRET][..], id, "v1,", BODY, TIME, SignatureFault::Signature),
            (&[SECRET][..], id, "", BODY, TIME, SignatureFault::Signature),
            (&[SECRET][..], id, SIGNATURE, BODY, TIME + 301, SignatureFault::Time),
            (&[SECRET][..], id, SIGNATURE, BODY, TIME - 301, SignatureFault::Time),
        ] {
            assert_eq!(check(secrets, id, signature, body, now), Err(why));
        }
        assert!(Verifier::new(&["whsec_short".into()]).is_err());
    }
}
