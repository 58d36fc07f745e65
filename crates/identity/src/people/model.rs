//! Types and rules of people.

use bellwether_kernel::{
    Permission, Problem, Role,
    id::{BrandId, OrganizationId, UserId},
    text,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::logos::LogoUrl;

/// The shortest password taken (NIST SP 800-63B: at least 8; length is what counts).
pub const PASSWORD_MIN: usize = 10;
/// The longest, so that hashing costs stay bounded.
pub const PASSWORD_MAX: usize = 256;

/// A person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct UserView {
    /// Id.
    pub id: UserId,
    /// E-mail address.
    pub email: String,
    /// Name as shown.
    pub name: String,
    /// BCP 47 language tag.
    pub locale: String,
    /// IANA time zone, e.g. `Europe/Berlin`.
    pub time_zone: String,
    /// Whether the address was confirmed by a mailed link.
    pub email_verified: bool,
    /// Whether they have a password; otherwise they come in by other ways.
    pub has_password: bool,
    /// A name of their own that nobody else has.
    pub handle: Option<String>,
    /// A few sentences about themselves.
    pub bio: String,
    /// Telephone number in the international form.
    pub phone: Option<String>,
    /// Where their picture is.
    pub avatar_url: Option<String>,
    /// Whether they run the installation and see its admin area.
    pub operator: bool,
}

/// The signed-in person and everywhere they belong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Me {
    /// The person.
    pub user: UserView,
    /// Their organizations, oldest first.
    pub organizations: Vec<MyOrganization>,
}

/// An organization as one of its members sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct MyOrganization {
    /// Id.
    pub id: OrganizationId,
    /// Its name in addresses.
    pub slug: String,
    /// Its name as shown.
    pub name: String,
    /// `creator`, `business` or `agency`.
    pub r#type: String,
    /// Where its logo is; absent when it has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub logo_url: Option<LogoUrl>,
    /// The highest role that the person has in it.
    pub role: Role,
    /// What they may in the organization's own rooms; in a single brand it may be more.
    pub permissions: Vec<Permission>,
    /// The agency as whose member they come: the organization is its client.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub agency: Option<MyAgency>,
    /// Addresses that it had; links to them are led on.
    pub former_slugs: Vec<String>,
    /// Made by the program to show itself; never real.
    pub demo: bool,
    /// Its brands that the person reaches.
    pub brands: Vec<MyBrand>,
}

/// An agency as whose member somebody comes to a client.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct MyAgency {
    /// Id.
    pub id: OrganizationId,
    /// Its name.
    pub name: String,
}

/// A brand in the switcher.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct MyBrand {
    /// Addresses that it had; links to them are led on.
    pub former_slugs: Vec<String>,
    /// Id.
    pub id: BrandId,
    /// Its name in addresses.
    pub slug: String,
    /// Its name as shown.
    pub name: String,
    /// What they may do in it, as the door grants it; in the organization's own rooms it may be less.
    pub permissions: Vec<Permission>,
}

/// What signing up takes.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SignUp {
    /// E-mail address.
    pub email: String,
    /// 10 to 256 characters.
    pub password: String,
    /// The person's name.
    pub name: String,
    /// The organization's name; the first brand has the same.
    pub organization_name: String,
    /// What kind of organization.
    #[serde(default)]
    pub organization_type: OrganizationType,
    /// IANA time zone of the person and the brand; UTC when absent.
    #[serde(default)]
    pub time_zone: Option<String>,
    /// Where not everybody may sign up: what stands behind `#token=` in the link of the invitation.
    #[serde(default)]
    pub token: Option<String>,
}

/// Kinds of organizations.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum OrganizationType {
    /// A person with a public.
    #[default]
    Creator,
    /// A company.
    Business,
    /// One that works for clients.
    Agency,
}

impl OrganizationType {
    /// As the database writes it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Creator => "creator",
            Self::Business => "business",
            Self::Agency => "agency",
        }
    }
}

/// Checks what signing up takes, all faults at once.
pub fn check_sign_up(input: &SignUp) -> Result<(), Problem> {
    let mut faults = Vec::new();
    if let Err(fault) = check_email(&input.email) {
        faults.push(("email", fault));
    }
    if let Err(fault) = check_password(&input.password, &input.email) {
        faults.push(("password", fault));
    }
    if let Err(fault) = check_name(&input.name, 200) {
        faults.push(("name", fault));
    }
    if let Err(fault) = check_name(&input.organization_name, 120) {
        faults.push(("organization_name", fault));
    }
    if let Some(Err(fault)) = input.time_zone.as_deref().map(check_time_zone) {
        faults.push(("time_zone", fault));
    }
    located(faults)
}

/// A password: long enough, not endless, and not the address itself. Which kinds of characters it has is not asked.
pub fn check_password(password: &str, email: &str) -> Result<(), Fault> {
    let length = password.chars().count();
    if length < PASSWORD_MIN {
        return Err(("too_short", format!("Use at least {PASSWORD_MIN} characters; this has {length}.")));
    }
    if length > PASSWORD_MAX {
        return Err(("too_long", format!("Use at most {PASSWORD_MAX} characters.")));
    }
    if password.trim().eq_ignore_ascii_case(email.trim()) {
        return Err(("too_obvious", "Don't use your address as your password.".to_owned()));
    }
    Ok(())
}

/// A code and a sentence about one field.
pub type Fault = (&'static str, String);

/// Turns faults by field into one problem.
pub fn located(faults: Vec<(&str, Fault)>) -> Result<(), Problem> {
    let mut faults = faults.into_iter();
    let Some((path, (code, message))) = faults.next() else { return Ok(()) };
    Err(faults.fold(Problem::invalid(path, code, message), |problem, (path, (code, message))| {
        problem.at(path, code, message)
    }))
}

/// An address with one `@`, something before and a domain after it; whether it works only a mail can tell.
pub fn check_email(email: &str) -> Result<(), Fault> {
    let fault = || ("invalid_email", "Give an e-mail address such as ada@example.org.".to_owned());
    let (local, domain) = email.rsplit_once('@').ok_or_else(fault)?;
    // what has a meaning of its own in a mail's headers could send it to another address
    let plain = |c: char| !c.is_whitespace() && !c.is_control() && !"<>()[],;:\"\\".contains(c);
    let good = !local.is_empty()
        && email.len() <= 254
        && email.chars().all(plain)
        && text::hidden(email).is_none()
        && !local.contains('@')
        && domain.split('.').count() >= 2
        && domain.split('.').all(|label| !label.is_empty());
    if good { Ok(()) } else { Err(fault()) }
}

/// A name: something to be seen, not longer than `max` characters, no control characters and nothing else that is not seen.
pub fn check_name(name: &str, max: usize) -> Result<(), Fault> {
    if text::one_line(name).is_empty() {
        return Err(("blank", "Give a name.".to_owned()));
    }
    if name.chars().count() > max {
        return Err(("too_long", format!("Use at most {max} characters.")));
    }
    if name.chars().any(char::is_control) {
        return Err(("control_characters", "Leave out control characters and line breaks.".to_owned()));
    }
    if let Some(c) = text::hidden(name) {
        let words = format!("Leave out the character U+{:04X}, which nobody sees.", u32::from(c));
        return Err(("hidden_characters", words));
    }
    Ok(())
}

/// A zone of the IANA database.
pub fn check_time_zone(name: &str) -> Result<(), Fault> {
    jiff::tz::TimeZone::get(name).map(|_| ()).map_err(|_| {
        ("unknown_time_zone", format!("`{name}` is no IANA time zone; give one such as Europe/Berlin."))
    })
}

/// A BCP 47 language tag in its simple forms (`en`, `pt-BR`, `zh-Hant`).
pub fn check_locale(tag: &str) -> Result<(), Fault> {
    let mut parts = tag.split('-');
    let language = parts.next().unwrap_or_default();
    let good = (2..=3).contains(&language.len())
        && language.chars().all(|c| c.is_ascii_lowercase())
        && parts.all(|part| (2..=8).contains(&part.len()) && part.chars().all(|c| c.is_ascii_alphanumeric()));
    if good && tag.len() <= 35 {
        Ok(())
    } else {
        Err(("unknown_locale", format!("`{tag}` is no language tag; give one such as en or pt-BR.")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses() {
        for good in ["ada@example.org", "a.b+c@sub.example.co.uk", "ünï@exämple.de"] {
            assert!(check_email(good).is_ok(), "{good}");
        }
        let several = ["a<victim@example.org>", "a,b@example.org", "a;b@example.org", "\"a\"@example.org"];
        for bad in
            ["", "ada", "@example.org", "ada@", "ada@host", "a da@example.org", "a@b@example.org", "a@.org"]
                .into_iter()
                .chain(several)
        {
            assert!(check_email(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn all_faults_are_told_at_once() {
        let input = SignUp {
            email: "no".into(),
            password: "short".into(),
            name: " ".into(),
            organization_name: "x".repeat(121),
            organization_type: OrganizationType::Creator,
            time_zone: Some("Mars/Olympus".into()),
            token: None,
        };
        let problem = check_sign_up(&input).unwrap_err();
        let paths: Vec<_> = problem.errors.iter().map(|fault| fault.path.as_str()).collect();
        assert_eq!(paths, ["email", "password", "name", "organization_name", "time_zone"]);
    }

    #[test]
    fn locales() {
        assert!(
            check_locale("en").is_ok() && check_locale("pt-BR").is_ok() && check_locale("zh-Hant").is_ok()
        );
        assert!(
            check_locale("").is_err() && check_locale("English").is_err() && check_locale("en-").is_err()
        );
    }
}
