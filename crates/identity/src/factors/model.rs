//! Codes: how they are made, shown and recognised.

use bellwether_kernel::{Kind, Problem, Rng, Timestamp};
use qrcode::{EcLevel, QrCode, render::svg};
use serde::Serialize;
use totp_rs::{Algorithm, Builder, Secret, Totp};
use utoipa::ToSchema;

/// RFC 6238 as every authenticator app knows it: SHA-1, six digits, a new code each half minute.
const STEP: u64 = 30;
const DIGITS: u8 = 6;
/// Steps before and after the present one that count too: clocks of phones differ.
const SKEW: u16 = 1;
/// What apps show above the code.
const ISSUER: &str = "Bellwether";
/// Letters and digits that can't be mistaken for each other, 5 bits each.
const ALPHABET: &[u8; 32] = b"abcdefghjkmnpqrstuvwxyz023456789";
/// 16 of them: 80 bits, out of reach even for whoever has the hashes.
const RECOVERY_LENGTH: usize = 16;
/// So many recovery codes are made at once.
pub(crate) const RECOVERY_CODES: usize = 10;

/// What was shown first when a second factor is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FirstStep {
    /// E-mail and password.
    Password,
    /// A one-time link.
    Link,
    /// An outside identity.
    External,
}

impl FirstStep {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::Link => "link",
            Self::External => "external",
        }
    }
}

/// What is taken as a second factor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SecondWay {
    /// A code of the authenticator app.
    Totp,
    /// A recovery code.
    RecoveryCode,
    /// A passkey.
    Passkey,
}

/// A code as somebody typed it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Code {
    /// Six digits.
    Totp(String),
    /// A recovery code, without what separates its groups.
    Recovery(String),
}

impl Code {
    /// Reads either kind; people type spaces, dashes and capitals.
    pub(crate) fn read(text: &str) -> Option<Self> {
        if text.len() > 64 {
            return None;
        }
        let bare: String =
            text.chars().filter(|c| !c.is_whitespace() && *c != '-').flat_map(char::to_lowercase).collect();
        if bare.len() == usize::from(DIGITS) && bare.bytes().all(|byte| byte.is_ascii_digit()) {
            return Some(Self::Totp(bare));
        }
        (bare.len() == RECOVERY_LENGTH && bare.bytes().all(|byte| ALPHABET.contains(&byte)))
            .then_some(Self::Recovery(bare))
    }
}

fn totp(seed: &[u8], account: &str) -> Result<Totp, Problem> {
    // the label separates issuer and account by a colon
    let account = account.replace(':', "_");
    Builder::new()
        .with_algorithm(Algorithm::SHA1)
        .with_digits(DIGITS)
        .with_skew(SKEW)
        .with_step_duration(STEP)
        .with_secret(Secret::from(seed.to_vec()))
        .with_account_name(account)
        .with_issuer(Some(ISSUER))
        .build()
        .map_err(|error| Problem::new(Kind::Internal, "internal", error.to_string()))
}

/// The time step whose code this is, when it is one of now.
pub(crate) fn matching_step(seed: &[u8], code: &str, now: Timestamp) -> Result<Option<i64>, Problem> {
    let now = u64::try_from(now.timestamp()).unwrap_or(0);
    Ok(totp(seed, "account")?.check(code, now).and_then(|step| i64::try_from(step).ok()))
}

/// The address that authenticator apps read: `otpauth://totp/…`.
pub(crate) fn uri(seed: &[u8], account: &str) -> Result<String, Problem> {
    totp(seed, account)?.to_url().map_err(|error| Problem::new(Kind::Internal, "internal", error.to_string()))
}

/// The seed as people type it.
pub(crate) fn typed_seed(seed: &[u8]) -> String {
    Secret::from(seed.to_vec()).to_base32()
}

/// A picture of the address, black on white whatever the page's colours are: cameras want it so.
pub(crate) fn qr_svg(uri: &str) -> Result<String, Problem> {
    let code = QrCode::with_error_correction_level(uri, EcLevel::M)
        .map_err(|error| Problem::new(Kind::Internal, "internal", error.to_string()))?;
    Ok(code.render::<svg::Color<'_>>().min_dimensions(220, 220).quiet_zone(true).build())
}

/// A new recovery code in groups of four: `k7fm-29xa-…`.
pub(crate) fn recovery_code(rng: &Rng) -> String {
    let bytes = rng.bytes::<RECOVERY_LENGTH>();
    let letters: Vec<char> = bytes.iter().map(|byte| char::from(ALPHABET[usize::from(byte & 31)])).collect();
    letters.chunks(4).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join("-")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        chrono::DateTime::from_timestamp(seconds, 0).unwrap()
    }

    #[test]
    fn codes_are_those_of_the_specification() {
        // RFC 6238, appendix B, the last six of its eight digits
        let seed = b"12345678901234567890";
        for (time, code) in [(59, "287082"), (1_111_111_109, "081804"), (1_234_567_890, "005924")] {
            assert_eq!(matching_step(seed, code, at(time)).unwrap(), Some(time / 30), "{time}");
            assert_eq!(matching_step(seed, code, at(time + 30)).unwrap(), Some(time / 30), "one step late");
            assert_eq!(matching_step(seed, code, at(time + 90)).unwrap(), None, "too late");
        }
    }

    #[test]
    fn codes_are_read_as_people_type_them() {
        assert_eq!(Code::read(" 123 456"), Some(Code::Totp("123456".into())));
        let code = recovery_code(&Rng::seeded(3));
        assert_eq!(code.len(), 19);
        let Some(Code::Recovery(bare)) = Code::read(&code.to_uppercase().replace('-', " ")) else { panic!() };
        assert_eq!(bare, code.replace('-', ""));
        for wrong in ["", "12345", "1234567", "١٢٣٤٥٦", "abcd-efgh", &"1".repeat(100)] {
            assert_eq!(Code::read(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn apps_get_an_address_and_a_picture() {
        let uri = uri(b"12345678901234567890", "ada:x@example.org").unwrap();
        assert!(uri.starts_with("otpauth://totp/Bellwether:ada_x%40example.org?"), "{uri}");
        assert!(
            uri.contains("secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ") && uri.contains("issuer=Bellwether"),
            "{uri}"
        );
        assert!(qr_svg(&uri).unwrap().contains("<svg"));
    }
}
