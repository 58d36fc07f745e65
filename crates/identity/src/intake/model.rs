//! Types and rules of the intake.

use bellwether_kernel::{
    Problem,
    id::{OrganizationId, UserId},
};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

use crate::people::model::{Fault, check_email, check_name, located};

bellwether_kernel::id!(ApplicationId, "appl", "An application to be let in.");
bellwether_kernel::id!(WaitlistEntryId, "wait", "A place on the waitlist.");
bellwether_kernel::id!(DemoId, "demo", "A request for a demo.");
bellwether_kernel::id!(NotificationSettingId, "notify", "Who hears by mail of what comes in.");

/// Who may sign up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SignUpMode {
    /// Anybody.
    #[default]
    Open,
    /// Whoever an operator or an organization invites.
    Invite,
    /// Whoever applied and was approved.
    Application,
    /// Whoever's turn has come on the waitlist.
    Waitlist,
}

/// What the browser app needs to know before anybody signs in.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct InstanceView {
    /// Who may sign up.
    pub sign_up: SignUpMode,
    /// The program's version.
    pub version: String,
}

/// What kind of customer somebody is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AccountType {
    /// A person or business with a public.
    Creator,
    /// One that works for clients.
    Agency,
}

/// What became of an application.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ApplicationStatus {
    /// Nobody has decided.
    Pending,
    /// Let in.
    Approved,
    /// Turned down.
    Rejected,
}

/// What became of a request for a demo.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DemoStatus {
    /// Asked for.
    Requested,
    /// It has a date.
    Scheduled,
    /// It was held.
    Done,
    /// It won't be.
    Cancelled,
}

/// What an operator can hear of by mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum NotificationType {
    /// A creator applies.
    CreatorApplications,
    /// An agency applies.
    AgencyApplications,
    /// Somebody joins the waitlist.
    Waitlist,
    /// Somebody asks for a demo.
    Demos,
}

macro_rules! words {
    ($($kind:ident { $($name:ident = $text:literal),+ })+) => {$(
        impl $kind {
            /// As the database writes it.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text),+ }
            }

            /// Reads what the database writes.
            pub fn parse(text: &str) -> Option<Self> {
                [$(Self::$name),+].into_iter().find(|one| one.as_str() == text)
            }
        }
    )+};
}

words! {
    AccountType { Creator = "creator", Agency = "agency" }
    ApplicationStatus { Pending = "pending", Approved = "approved", Rejected = "rejected" }
    DemoStatus { Requested = "requested", Scheduled = "scheduled", Done = "done", Cancelled = "cancelled" }
    NotificationType {
        CreatorApplications = "creator_applications", AgencyApplications = "agency_applications",
        Waitlist = "waitlist", Demos = "demos"
    }
}

/// An application.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewApplication {
    /// As what.
    pub account_type: AccountType,
    /// The applicant's name.
    pub name: String,
    /// Where the answer goes.
    pub email: String,
    /// The company's or the creator's public name.
    #[serde(default)]
    pub company_name: Option<String>,
    /// Website or best-known profile.
    #[serde(default)]
    pub website: Option<String>,
    /// Networks they publish on.
    #[serde(default)]
    pub networks: Vec<String>,
    /// How many people they reach, in their own words.
    #[serde(default)]
    pub audience: Option<String>,
    /// For an agency: how many clients.
    #[serde(default)]
    pub clients: Option<u32>,
    /// What they use now.
    #[serde(default)]
    pub current_solution: Option<String>,
    /// What they want to do with it.
    #[serde(default)]
    pub goals: Option<String>,
    /// Leave empty: people don't see this field, programs that fill in forms do.
    #[serde(default)]
    pub fax: Option<String>,
}

/// A wish to be let in later.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewWaitlistEntry {
    /// Where the news go.
    pub email: String,
    /// Name.
    #[serde(default)]
    pub name: Option<String>,
    /// As what.
    #[serde(default)]
    pub account_type: Option<AccountType>,
    /// Leave empty: people don't see this field, programs that fill in forms do.
    #[serde(default)]
    pub fax: Option<String>,
}

/// A wish to be shown it.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewDemo {
    /// Name.
    pub name: String,
    /// Where the date goes.
    pub email: String,
    /// What they want to see.
    #[serde(default)]
    pub message: Option<String>,
    /// `1`, `2-10`, `11-50`, `51-200` or `201+` people.
    #[serde(default)]
    pub company_size: Option<String>,
    /// What they use now.
    #[serde(default)]
    pub current_solution: Option<String>,
    /// Leave empty: people don't see this field, programs that fill in forms do.
    #[serde(default)]
    pub fax: Option<String>,
}

/// An application as operators see it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ApplicationView {
    /// Id.
    pub id: ApplicationId,
    /// As what.
    pub account_type: AccountType,
    /// Name.
    pub name: String,
    /// E-mail address.
    pub email: String,
    /// The rest of the form.
    #[schema(value_type = Object)]
    pub data: Value,
    /// What became of it.
    pub status: ApplicationStatus,
    /// When it came.
    pub submitted_at: DateTime<Utc>,
    /// When it was decided.
    pub reviewed_at: Option<DateTime<Utc>>,
    /// By whom.
    pub reviewed_by: Option<UserId>,
    /// Why it was turned down, as the applicant was told.
    pub rejection_reason: Option<String>,
    /// Notes of the operators.
    pub admin_notes: String,
    /// The account that came of it.
    pub user_id: Option<UserId>,
    /// Made by the program to show itself; never real.
    pub demo: bool,
}

/// A place on the waitlist as operators see it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct WaitlistView {
    /// Id.
    pub id: WaitlistEntryId,
    /// E-mail address.
    pub email: String,
    /// Name.
    pub name: Option<String>,
    /// As what.
    pub account_type: Option<AccountType>,
    /// Since when they wait.
    pub created_at: DateTime<Utc>,
    /// When their turn came.
    pub early_access_granted_at: Option<DateTime<Utc>>,
    /// The account that came of it.
    pub user_id: Option<UserId>,
    /// Made by the program to show itself; never real.
    pub demo: bool,
}

/// A request for a demo as operators see it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DemoView {
    /// Id.
    pub id: DemoId,
    /// Name.
    pub name: String,
    /// E-mail address.
    pub email: String,
    /// What they want to see.
    pub message: String,
    /// How many people they are.
    pub company_size: Option<String>,
    /// What they use now.
    pub current_solution: Option<String>,
    /// Whether it fits.
    pub qualification_notes: String,
    /// What to prepare.
    pub prep_notes: String,
    /// What to do after.
    pub follow_up_reminders: String,
    /// What became of it.
    pub status: DemoStatus,
    /// When it was asked for.
    pub requested_at: DateTime<Utc>,
    /// Its date.
    pub scheduled_at: Option<DateTime<Utc>>,
    /// When it was held.
    pub completed_at: Option<DateTime<Utc>>,
    /// The demo organization in which they may look around.
    pub demo_organization_id: Option<OrganizationId>,
    /// From when.
    pub enabled_at: Option<DateTime<Utc>>,
    /// Until when.
    pub disabled_at: Option<DateTime<Utc>>,
    /// Made by the program to show itself; never real.
    pub demo: bool,
}

/// Whether a form was filled in by a program: it gets the usual answer, and nothing is kept.
pub(crate) fn is_spam(fax: Option<&str>) -> bool {
    fax.is_some_and(|text| !text.is_empty())
}

fn text(faults: &mut Vec<(&'static str, Fault)>, path: &'static str, value: Option<&str>, most: usize) {
    if value.is_some_and(|value| value.chars().count() > most) {
        faults.push((path, ("too_long", format!("Use at most {most} characters."))));
    }
}

fn person(faults: &mut Vec<(&'static str, Fault)>, name: Option<&str>, email: &str) {
    if let Some(Err(fault)) = name.map(|name| check_name(name, 200)) {
        faults.push(("name", fault));
    }
    if let Err(fault) = check_email(email.trim()) {
        faults.push(("email", fault));
    }
}

pub(crate) fn check_application(new: &NewApplication) -> Result<(), Problem> {
    let mut faults = Vec::new();
    person(&mut faults, Some(&new.name), &new.email);
    text(&mut faults, "company_name", new.company_name.as_deref(), 200);
    text(&mut faults, "website", new.website.as_deref(), 500);
    text(&mut faults, "audience", new.audience.as_deref(), 500);
    text(&mut faults, "current_solution", new.current_solution.as_deref(), 500);
    text(&mut faults, "goals", new.goals.as_deref(), 5000);
    if new.networks.len() > 30 || new.networks.iter().any(|network| network.chars().count() > 50) {
        faults.push(("networks", ("too_long", "At most 30, of at most 50 characters each.".to_owned())));
    }
    located(faults)
}

/// All of the form that has no column.
pub(crate) fn data_of(new: &NewApplication) -> Value {
    json!({
        "company_name": new.company_name, "website": new.website, "networks": new.networks, "audience": new.audience,
        "clients": new.clients, "current_solution": new.current_solution, "goals": new.goals,
    })
}

pub(crate) fn check_waitlist(new: &NewWaitlistEntry) -> Result<(), Problem> {
    let mut faults = Vec::new();
    person(&mut faults, new.name.as_deref(), &new.email);
    located(faults)
}

/// People in a company that asks for a demo.
const SIZES: [&str; 5] = ["1", "2-10", "11-50", "51-200", "201+"];

pub(crate) fn check_demo(new: &NewDemo) -> Result<(), Problem> {
    let mut faults = Vec::new();
    person(&mut faults, Some(&new.name), &new.email);
    text(&mut faults, "message", new.message.as_deref(), 5000);
    text(&mut faults, "current_solution", new.current_solution.as_deref(), 500);
    if new.company_size.as_deref().is_some_and(|size| !SIZES.contains(&size)) {
        faults.push(("company_size", ("unknown_value", format!("One of {}.", SIZES.join(", ")))));
    }
    located(faults)
}

/// Notes of operators.
pub(crate) fn check_notes(notes: &[(&'static str, Option<&str>)]) -> Result<(), Problem> {
    let mut faults = Vec::new();
    for (path, value) in notes {
        text(&mut faults, path, *value, 5000);
    }
    located(faults)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_tell_all_their_faults() {
        let new = NewDemo {
            name: " ".into(),
            email: "no".into(),
            message: Some("x".repeat(5001)),
            company_size: Some("many".into()),
            current_solution: None,
            fax: None,
        };
        let problem = check_demo(&new).unwrap_err();
        let paths: Vec<_> = problem.errors.iter().map(|fault| fault.path.as_str()).collect();
        assert_eq!(paths, ["name", "email", "message", "company_size"]);
    }

    #[test]
    fn only_programs_fill_in_what_nobody_sees() {
        assert!(!is_spam(None) && !is_spam(Some("")) && is_spam(Some("555")));
    }
}
