//! Rules of profiles.

use crate::people::model::Fault;

/// Handles that would pass for the house or hide a page.
const RESERVED: &[&str] = &[
    "about",
    "account",
    "admin",
    "administrator",
    "anonymous",
    "api",
    "app",
    "bellwether",
    "billing",
    "everyone",
    "help",
    "here",
    "login",
    "me",
    "moderator",
    "nobody",
    "null",
    "official",
    "operator",
    "root",
    "security",
    "settings",
    "staff",
    "support",
    "system",
    "team",
    "undefined",
    "you",
];

/// The longest bio, in characters.
pub const BIO_MAX: usize = 500;

/// A handle as it is kept: lower case, without the `@` that people write before it.
pub fn tidy_handle(handle: &str) -> String {
    let handle = handle.trim();
    handle.strip_prefix('@').unwrap_or(handle).to_lowercase()
}

/// A handle: 3 to 30 of a–z, 0–9 and `_`, not at the ends.
pub fn check_handle(handle: &str) -> Result<(), Fault> {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    let good = (3..=30).contains(&handle.len())
        && handle.chars().all(|c| plain(c) || c == '_')
        && handle.starts_with(plain)
        && handle.ends_with(plain);
    if !good {
        let message = "Use 3 to 30 of the letters a to z, digits and underscores; no underscore at the ends.";
        return Err(("invalid_handle", message.to_owned()));
    }
    if RESERVED.contains(&handle) {
        return Err(("reserved", format!("`{handle}` is kept for the house. Choose another one.")));
    }
    Ok(())
}

/// A bio: not too long; line breaks are fine, other control characters are not.
pub fn check_bio(bio: &str) -> Result<(), Fault> {
    if bio.chars().count() > BIO_MAX {
        return Err(("too_long", format!("Use at most {BIO_MAX} characters.")));
    }
    if bio.chars().any(|c| c.is_control() && c != '\n') {
        return Err((
            "control_characters",
            "Leave out control characters other than line breaks.".to_owned(),
        ));
    }
    Ok(())
}

/// A telephone number in the international form (E.164).
pub fn check_phone(phone: &str) -> Result<(), Fault> {
    let digits = phone.strip_prefix('+').unwrap_or_default();
    if (6..=15).contains(&digits.len()) && digits.chars().all(|c| c.is_ascii_digit()) {
        return Ok(());
    }
    Err(("invalid_phone", "Give the number in the international form, such as +4930123456.".to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn handles() {
        assert_eq!(tidy_handle(" @Ada_Lovelace "), "ada_lovelace");
        for good in ["ada", "ada_lovelace", "a1b", "007", &"x".repeat(30)] {
            assert!(check_handle(good).is_ok(), "{good}");
        }
        for bad in ["", "ab", "_ada", "ada_", "Ada", "ad a", "ada-l", "ädä", &"x".repeat(31), "admin", "аda"]
        {
            assert!(check_handle(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn phones_and_bios() {
        assert!(check_phone("+4930123456").is_ok());
        for bad in ["", "+", "030123456", "+49 30", "+123", "+1234567890123456"] {
            assert!(check_phone(bad).is_err(), "{bad}");
        }
        assert!(check_bio("Two\nlines").is_ok() && check_bio("").is_ok());
        assert!(check_bio(&"x".repeat(501)).is_err() && check_bio("a\u{7}").is_err());
    }
}
