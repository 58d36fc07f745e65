//! Signatures of requests.

use bellwether_kernel::{Kind, Problem, Timestamp};
use bellwether_web::keys::SignedRequest;
use chrono::{DateTime, Duration};
use ring::hmac;

/// How far the signer's clock may be off, either way.
pub(crate) const SKEW: Duration = Duration::minutes(5);

/// Why a signed request is refused before anybody looks whether it came before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// Its time can't be read or is too far from ours.
    Time,
    /// Its nonce is none.
    Nonce,
    /// The signature isn't that of this request.
    Signature,
}

impl Refusal {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Time => "time",
            Self::Nonce => "nonce",
            Self::Signature => "signature",
        }
    }

    pub(crate) fn problem(self, now: Timestamp) -> Problem {
        let (code, detail) = match self {
            Self::Time => (
                "signature_time",
                format!(
                    "The request was not signed within five minutes of now, {} by the server's clock (in seconds since \
                     1970). Set your clock, and sign each try anew.",
                    now.timestamp()
                ),
            ),
            Self::Nonce => (
                "signature_nonce",
                "The nonce must be 16 to 128 letters, digits, `-`, `_`, `.` or `~`, new for each request.".to_owned(),
            ),
            Self::Signature => (
                "signature_wrong",
                "The signature isn't that of this request. Sign method, path with query, timestamp, nonce and the SHA-256 \
                 of the body as they are sent; see docs/api.md."
                    .to_owned(),
            ),
        };
        Problem::new(Kind::Unauthenticated, code, detail)
    }
}

/// Checks a signature; gives its bytes and the time until which it could be repeated.
pub(crate) fn verify(
    request: &SignedRequest,
    secret: &[u8],
    now: Timestamp,
) -> Result<([u8; 32], Timestamp), Refusal> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte);
    if !(16..=128).contains(&request.nonce.len()) || !request.nonce.bytes().all(plain) {
        return Err(Refusal::Nonce);
    }
    let digits = !request.timestamp.is_empty() && request.timestamp.bytes().all(|byte| byte.is_ascii_digit());
    let seconds = request.timestamp.parse::<i64>().ok().filter(|_| digits).ok_or(Refusal::Time)?;
    let at = DateTime::from_timestamp(seconds, 0).ok_or(Refusal::Time)?;
    if (now - at).abs() > SKEW {
        return Err(Refusal::Time);
    }
    let signature = unhex(&request.signature).ok_or(Refusal::Signature)?;
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret);
    hmac::verify(&key, request.message().as_bytes(), &signature).map_err(|_| Refusal::Signature)?;
    Ok((signature, at + SKEW + Duration::seconds(1)))
}

/// 32 bytes of lowercase hexadecimal.
fn unhex(text: &str) -> Option<[u8; 32]> {
    let digit = |byte: u8| match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        _ => None,
    };
    let bytes = text.as_bytes();
    if bytes.len() != 64 {
        return None;
    }
    let mut out = [0; 32];
    for (place, pair) in out.iter_mut().zip(bytes.chunks_exact(2)) {
        *place = digit(pair[0])? << 4 | digit(pair[1])?;
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn signed(secret: &[u8], change: impl FnOnce(&mut SignedRequest)) -> SignedRequest {
        let mut request = SignedRequest {
            key: "key_x".into(),
            timestamp: "1764000000".into(),
            nonce: "0123456789abcdef".into(),
            signature: String::new(),
            method: "POST".into(),
            target: "/api/v1/organizations/acme".into(),
            body: "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a".into(),
        };
        let key = hmac::Key::new(hmac::HMAC_SHA256, secret);
        let tag = hmac::sign(&key, request.message().as_bytes());
        request.signature = bellwether_kernel::hex(tag.as_ref());
        change(&mut request);
        request
    }

    #[test]
    fn any_change_voids_the_signature() {
        let now = DateTime::from_timestamp(1_764_000_100, 0).unwrap();
        assert!(verify(&signed(b"s", |_| {}), b"s", now).is_ok());
        let changes: [fn(&mut SignedRequest); 6] = [
            |r| r.method = "PUT".into(),
            |r| r.target.push_str("?x=1"),
            |r| r.timestamp = "1764000001".into(),
            |r| r.nonce = "0123456789abcdeX".into(),
            |r| r.body = "0".repeat(64),
            |r| r.signature = r.signature.to_uppercase(),
        ];
        for change in changes {
            assert_eq!(verify(&signed(b"s", change), b"s", now), Err(Refusal::Signature));
        }
        assert_eq!(verify(&signed(b"s", |_| {}), b"t", now), Err(Refusal::Signature));
    }

    #[test]
    fn clocks_may_be_off_by_five_minutes() {
        let request = signed(b"s", |_| {});
        let at = |seconds: i64| DateTime::from_timestamp(1_764_000_000 + seconds, 0).unwrap();
        assert!(verify(&request, b"s", at(300)).is_ok() && verify(&request, b"s", at(-300)).is_ok());
        assert_eq!(verify(&request, b"s", at(301)), Err(Refusal::Time));
        assert_eq!(verify(&request, b"s", at(-301)), Err(Refusal::Time));
        for bad in ["", "+1764000000", "1764000000.5", "99999999999999999999"] {
            assert_eq!(verify(&signed(b"s", |r| r.timestamp = bad.into()), b"s", at(0)), Err(Refusal::Time));
        }
        for bad in ["short", "with a blank 0123456", &"x".repeat(129)] {
            assert_eq!(verify(&signed(b"s", |r| r.nonce = bad.into()), b"s", at(0)), Err(Refusal::Nonce));
        }
    }
}
