//! What the security log tells of. The one table: the API's description of kinds and the docs page are made of it.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// How much it should worry whoever reads it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = SecuritySeverity)]
pub enum Severity {
    /// As it should be.
    Info,
    /// Look whether it was meant.
    Warning,
    /// Somebody tried what nobody should.
    Critical,
}

impl Severity {
    /// As the database writes it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Critical => "critical",
        }
    }

    pub(crate) fn parse(text: &str) -> Option<Self> {
        [Self::Info, Self::Warning, Self::Critical].into_iter().find(|one| one.as_str() == text)
    }
}

/// A kind of entry: `subject.what_happened`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SecurityKind {
    /// As the database and the API write it.
    pub name: &'static str,
    /// How much it should worry.
    pub severity: Severity,
    /// What it means, in a sentence.
    pub about: &'static str,
}

macro_rules! kinds {
    ($($name:ident = $text:literal $severity:ident $about:literal),+ $(,)?) => {
        /// Every kind by name.
        pub mod kind {
            use super::{SecurityKind, Severity};
            $(
                #[doc = $about]
                pub const $name: SecurityKind =
                    SecurityKind { name: $text, severity: Severity::$severity, about: $about };
            )+
        }

        /// Every kind, in the order of the table.
        pub const ALL: &[SecurityKind] = &[$(kind::$name),+];
    };
}

kinds! {
    SIGN_IN_SUCCEEDED = "sign_in.succeeded" Info "Somebody signed in.",
    SIGN_IN_FAILED = "sign_in.failed" Warning "Somebody failed to sign in: a wrong password, code, key or link.",
    SIGN_IN_THROTTLED = "sign_in.throttled" Warning "Too many failed tries: further ones are slowed down.",
    SIGN_UP_SUCCEEDED = "sign_up.succeeded" Info "An account was made.",
    SIGN_UP_REFUSED = "sign_up.refused" Warning "An outside account whose person nobody invited was refused.",
    SESSION_ENDED = "session.ended" Info "A session was ended.",
    SESSIONS_ENDED = "session.all_ended" Info "All other sessions were ended.",
    PASSWORD_CHANGED = "password.changed" Warning "The password was changed.",
    PASSWORD_RESET_REQUESTED = "password.reset_requested" Info "A link to set a new password was asked for.",
    EMAIL_CHANGED = "email.changed" Warning "The e-mail address was changed.",
    EMAIL_VERIFIED = "email.verified" Info "The e-mail address was confirmed.",
    PASSKEY_ADDED = "passkey.added" Warning "A passkey was added.",
    PASSKEY_REMOVED = "passkey.removed" Warning "A passkey was removed.",
    SECOND_FACTOR_ENABLED = "second_factor.enabled" Info "The second factor was switched on.",
    SECOND_FACTOR_DISABLED = "second_factor.disabled" Warning "The second factor was switched off.",
    SECOND_FACTOR_FAILED = "second_factor.failed" Warning "A wrong second factor was given.",
    RECOVERY_CODES_MADE = "recovery_codes.made" Info "New recovery codes were made; the old ones are void.",
    RECOVERY_CODE_USED = "recovery_code.used" Warning "A recovery code was used instead of the second factor.",
    IDENTITY_LINKED = "identity.linked" Warning "An outside account was linked.",
    IDENTITY_UNLINKED = "identity.unlinked" Warning "An outside account was unlinked.",
    TOKEN_REFUSED = "token.refused" Critical "A forged, expired or foreign token was shown.",
    ACCOUNT_SUSPENDED = "account.suspended" Critical "The account was suspended by an operator.",
    ACCOUNT_RESTORED = "account.restored" Warning "The account was let in again.",
    ACCOUNT_DELETED = "account.deleted" Warning "The account was deleted.",
    ACCOUNT_EXPORTED = "account.exported" Warning "The account's data were exported.",
    MEMBER_INVITED = "member.invited" Info "Somebody was invited.",
    MEMBER_JOINED = "member.joined" Info "Somebody joined the organization.",
    MEMBER_REMOVED = "member.removed" Warning "Somebody was removed or left.",
    PERMISSION_CHANGED = "permission.changed" Warning "A role or permission was changed.",
    ORGANIZATION_TRANSFERRED = "organization.transferred" Critical "The organization was given to somebody else.",
    ORGANIZATION_DELETED = "organization.deleted" Critical "The organization was deleted.",
    AGENCY_LINKED = "agency.linked" Warning "An agency was let in.",
    AGENCY_UNLINKED = "agency.unlinked" Warning "An agency's access was ended.",
    KEY_CREATED = "key.created" Warning "An API key was made.",
    KEY_CHANGED = "key.changed" Warning "An API key's name, scopes or limits were changed.",
    KEY_REVOKED = "key.revoked" Warning "An API key was revoked.",
    KEY_NEW_PLACE = "key.new_place" Warning "An API key was used from an address not seen before.",
    KEY_REFUSED = "key.refused" Warning "A revoked, expired or stopped API key was shown.",
    KEY_LIMITED = "key.limited" Warning "An API key used up its hourly limit.",
    SIGNATURE_REFUSED = "signature.refused" Critical "A signed request carried a wrong signature or time.",
    REPLAY_REFUSED = "replay.refused" Critical "A signed request or message came a second time and was refused.",
    WEBHOOK_REFUSED = "webhook.refused" Critical "A webhook carried a wrong signature or time.",
    ACCESS_DENIED = "access.denied" Warning "Somebody tried what their role or key doesn't permit.",
    APPLICATION_APPROVED = "application.approved" Info "An operator approved an application.",
    APPLICATION_REJECTED = "application.rejected" Info "An operator rejected an application.",
    EARLY_ACCESS_GRANTED = "early_access.granted" Info "An operator let somebody in from the waitlist.",
    SIGN_UP_INVITED = "sign_up.invited" Info "An operator invited somebody to sign up.",
    OPERATOR_GRANTED = "operator.granted" Critical "Somebody was made an operator.",
    OPERATOR_REVOKED = "operator.revoked" Critical "Somebody is no longer an operator.",
}

impl SecurityKind {
    /// The kind of a name; none for one that an earlier version wrote.
    pub fn find(name: &str) -> Option<Self> {
        ALL.iter().copied().find(|kind| kind.name == name)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn names_are_distinct_and_explain_themselves() {
        let names: HashSet<_> = ALL.iter().map(|kind| kind.name).collect();
        assert_eq!(names.len(), ALL.len());
        for kind in ALL {
            assert_eq!(SecurityKind::find(kind.name), Some(*kind));
            assert!(kind.name.contains('.') && kind.about.ends_with('.'), "{kind:?}");
            assert_eq!(Severity::parse(kind.severity.as_str()), Some(kind.severity));
        }
    }
}
