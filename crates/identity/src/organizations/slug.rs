//! Names in addresses.

use bellwether_kernel::Rng;
use bellwether_store::ServiceTx;

use super::sql;
use crate::{Error, people::model::Fault};

/// Names in addresses that would hide a page of the app or the API.
const RESERVED: &[&str] = &[
    "account",
    "admin",
    "api",
    "app",
    "apply",
    "assets",
    "auth",
    "confirm-email",
    "docs",
    "finish-sign-up",
    "fonts",
    "forgot-password",
    "health",
    "healthz",
    "help",
    "invitation",
    "invitations",
    "login",
    "logout",
    "me",
    "metrics",
    "new",
    "oauth",
    "onboarding",
    "readyz",
    "reset-password",
    "restore-account",
    "settings",
    "sign-in",
    "sign-out",
    "sign-up",
    "signed-in",
    "static",
    "undo-email",
    "webhooks",
    "www",
];

/// A free name in addresses made of a name: `ada-lovelace`, `ada-lovelace-2`, …
pub(crate) async fn free_slug(tx: &mut ServiceTx, name: &str, rng: &Rng) -> Result<String, Error> {
    let base = slug_of(name);
    let candidates: Vec<String> = std::iter::once(base.clone())
        .filter(|slug| !RESERVED.contains(&slug.as_str()))
        .chain((2..=9).map(|n| format!("{base}-{n}")))
        .collect();
    let taken = sql::taken_slugs(tx.conn(), &candidates).await?;
    Ok(candidates
        .into_iter()
        .find(|slug| !taken.contains(slug))
        .unwrap_or_else(|| format!("{base}-{:06x}", rng.below(1 << 24))))
}

/// What of a name can stand in an address, 1 to 48 characters.
pub fn slug_of(name: &str) -> String {
    let slug: String = slug::slugify(name).chars().take(48).collect();
    let slug = slug.trim_matches('-');
    if slug.is_empty() { "organization".to_owned() } else { slug.to_owned() }
}

/// An address that somebody chose: 2 to 48 small letters, digits and hyphens.
pub fn check_slug(slug: &str) -> Result<(), Fault> {
    let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    if !(2..=48).contains(&slug.len())
        || !slug.bytes().all(plain)
        || slug.starts_with('-')
        || slug.ends_with('-')
        || slug.contains("--")
    {
        let message = "Use 2 to 48 small letters, digits and single hyphens, beginning and ending with a letter or \
                       digit, e.g. ada-studio.";
        return Err(("invalid_slug", message.to_owned()));
    }
    Ok(())
}

/// The same for an organization, whose address stands first: it may hide no page.
pub fn check_organization_slug(slug: &str) -> Result<(), Fault> {
    check_slug(slug)?;
    if RESERVED.contains(&slug) {
        return Err(("reserved", format!("`{slug}` is an address of the program itself; choose another.")));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_addresses() {
        assert_eq!(slug_of("Ada Lovelace & Söhne"), "ada-lovelace-sohne");
        assert_eq!(slug_of("…"), "organization");
        assert_eq!(slug_of(&"a".repeat(200)).len(), 48);
    }

    #[test]
    fn chosen_addresses() {
        assert!(check_organization_slug("ada-studio-2").is_ok());
        for (slug, code) in [
            ("a", "invalid_slug"),
            ("Ada", "invalid_slug"),
            ("-ada", "invalid_slug"),
            ("a--b", "invalid_slug"),
            ("ada studio", "invalid_slug"),
            ("sign-in", "reserved"),
            ("reset-password", "reserved"),
            ("undo-email", "reserved"),
        ] {
            assert_eq!(check_organization_slug(slug).unwrap_err().0, code, "{slug}");
        }
    }
}
