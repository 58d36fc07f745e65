//! What can be written to somebody, with what each needs.

use std::fmt;

use serde::Serialize;

/// A mail's kind and parameters. Texts may be anything: they are escaped where they are put in.
///
/// Times come as text, written for the one who reads them: what zone that is only the caller knows.
#[derive(Clone, PartialEq, Eq, Serialize, strum::IntoStaticStr, strum::EnumIter)]
#[serde(untagged)]
#[strum(serialize_all = "snake_case")]
pub enum Template {
    /// A link that signs in.
    MagicLink {
        /// The link.
        link: String,
        /// How long it can be used.
        minutes: i64,
    },
    /// Make the account that was asked for.
    ConfirmSignUp {
        /// The link.
        link: String,
        /// How long it can be used.
        hours: i64,
    },
    /// Somebody signed up with an address that has an account.
    AlreadySignedUp {
        /// Where to sign in.
        sign_in: String,
        /// Where to ask for a new password.
        reset: String,
    },
    /// Is this address yours?
    VerifyEmail {
        /// The link.
        link: String,
    },
    /// Is this new address yours? To the new one.
    ChangeEmail {
        /// The link.
        link: String,
        /// The new address.
        address: String,
    },
    /// Your address was changed. To the old one.
    EmailChanged {
        /// The new address.
        address: String,
        /// Takes the change back.
        link: String,
        /// For how long.
        days: i64,
    },
    /// A link that sets a new password.
    ResetPassword {
        /// The link.
        link: String,
        /// How long it can be used.
        minutes: i64,
    },
    /// Your password was changed.
    PasswordChanged {
        /// When.
        when: String,
        /// From which browser or program.
        device: String,
    },
    /// Join an organization.
    Invitation {
        /// Which.
        organization: String,
        /// Who asks.
        inviter: String,
        /// As what, in words.
        role: String,
        /// The link.
        link: String,
    },
    /// Your application is here.
    ApplicationReceived {
        /// The applicant's name.
        name: String,
    },
    /// Your application was accepted.
    ApplicationApproved {
        /// Where to begin.
        link: String,
    },
    /// Your application was turned down.
    ApplicationRejected {
        /// Why.
        reason: String,
    },
    /// You are on the waitlist.
    WaitlistJoined,
    /// It is your turn.
    EarlyAccess {
        /// Where to begin.
        link: String,
    },
    /// A demo has its date.
    DemoScheduled {
        /// When.
        when: String,
    },
    /// An agency wants to work for an organization.
    AgencyInvitation {
        /// The agency.
        agency: String,
        /// Who asks.
        inviter: String,
        /// The link.
        link: String,
    },
    /// For operators: something that they should know.
    AdminNotice {
        /// The subject.
        subject: String,
        /// The lines.
        lines: Vec<String>,
    },
    /// Something that concerns the safety of an account.
    SecurityNotice {
        /// What happened, as a sentence.
        what: String,
        /// When.
        when: String,
        /// From which browser or program.
        device: String,
    },
    /// What happened since the last of these, in one mail.
    Notices {
        /// The first of them, or how many there are.
        subject: String,
        /// Each with what it leads to, line by line.
        lines: Vec<String>,
        /// Where to begin.
        link: String,
        /// Where one says what one wants to be told of.
        settings: String,
    },
    /// A step of the countdown to a launch.
    Countdown {
        /// The subject.
        subject: String,
        /// What lists of mails show beside it.
        preview: String,
        /// What there is to say.
        lines: Vec<String>,
        /// What it leads to.
        link: String,
        /// Why the reader gets it, as a sentence.
        why: String,
        /// Where one leaves.
        unsubscribe: String,
    },
    /// The morning's drafts of a brand.
    Morning {
        /// The subject.
        subject: String,
        /// What stands above.
        title: String,
        /// What there is, as a sentence.
        intro: String,
        /// Drafts that the reader may approve.
        approvable: Vec<MorningDraft>,
        /// Drafts of a reader who may not.
        readable: Vec<MorningDraft>,
        /// Trends that concern the brand.
        trends: Vec<MorningTrend>,
        /// What the link below all of it says.
        all: String,
        /// Where to see all of them.
        link: String,
        /// Where one ends these mails.
        unsubscribe: String,
        /// What tells that the mail was opened: one, or none.
        seen: Vec<SeenMark>,
    },
    /// A trend that rises, a post that waits, the report of a week: what is brought by itself beside notices.
    Brought {
        /// The subject.
        subject: String,
        /// What lists of mails show beside it.
        preview: String,
        /// What there is to say.
        lines: Vec<String>,
        /// What the button says.
        label: String,
        /// Where it leads.
        link: String,
        /// Where one ends these mails.
        unsubscribe: String,
    },
    /// An organization was deleted and can be brought back.
    OrganizationDeleted {
        /// Which.
        organization: String,
        /// Until when.
        until: String,
        /// The link that brings it back.
        link: String,
    },
    /// An account was deleted and can be brought back.
    AccountDeleted {
        /// Until when.
        until: String,
        /// The link that brings it back.
        link: String,
    },
}

/// A draft in the morning's mail.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct MorningDraft {
    /// Where it would go, such as `LinkedIn, carousel`.
    pub place: String,
    /// Its text, line by line.
    pub lines: Vec<String>,
    /// Why it is here, in words.
    pub why: String,
    /// Asks whether to approve it.
    pub approve: String,
    /// Opens it in the app.
    pub open: String,
}

/// A trend in the morning's mail.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct MorningTrend {
    /// What it is about.
    pub name: String,
    /// Why it is one, and when it peaks.
    pub lines: Vec<String>,
    /// Opens it in the app.
    pub open: String,
}

/// A picture of nothing whose loading tells that a mail was opened.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct SeenMark {
    /// Its address.
    pub address: String,
}

impl Template {
    /// Its name: of the file, and in the outbox.
    pub fn name(&self) -> &'static str {
        self.into()
    }
}

// by hand: links are secrets
impl fmt::Debug for Template {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Template::{}", self.name())
    }
}
