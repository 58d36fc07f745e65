//! Why people leave.

use bellwether_kernel::{
    Problem,
    id::{OrganizationId, UserId},
};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

bellwether_kernel::id!(CancellationId, "cancellation", "Somebody's leave.");

/// The longest feedback, in characters.
const FEEDBACK_MAX: usize = 2000;

/// Why, in one word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = CancellationReason)]
pub enum Reason {
    /// It costs too much.
    TooExpensive,
    /// It lacks something.
    MissingFeatures,
    /// It is hard to use.
    HardToUse,
    /// What it writes is not good enough.
    Quality,
    /// They use something else now.
    Switched,
    /// They no longer need it.
    NoNeed,
    /// They only wanted to look.
    OnlyTesting,
    /// Something else.
    Other,
}

impl Reason {
    /// As the database writes it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::TooExpensive => "too_expensive",
            Self::MissingFeatures => "missing_features",
            Self::HardToUse => "hard_to_use",
            Self::Quality => "quality",
            Self::Switched => "switched",
            Self::NoNeed => "no_need",
            Self::OnlyTesting => "only_testing",
            Self::Other => "other",
        }
    }
}

/// Why somebody leaves.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Leaving {
    /// In one word.
    pub reason: Reason,
    /// In their own words, at most 2000 characters.
    #[serde(default)]
    pub feedback: Option<String>,
}

impl Leaving {
    /// The feedback without space around it; none when there is none.
    pub(super) fn feedback(&self) -> Result<Option<&str>, Problem> {
        let text = self.feedback.as_deref().map(str::trim).filter(|text| !text.is_empty());
        if text.is_some_and(|text| text.chars().count() > FEEDBACK_MAX) {
            let message = format!("Say it in at most {FEEDBACK_MAX} characters.");
            return Err(Problem::invalid("feedback", "too_long", message));
        }
        if text.is_some_and(|text| text.contains('\0')) {
            return Err(Problem::invalid("feedback", "control_character", "Leave out the zero character."));
        }
        Ok(text)
    }
}

/// A plan that was left.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct PlanLeft {
    /// The plan that is left.
    pub plan: String,
    /// Until when it still counts; absent when it ended at once.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<DateTime<Utc>>,
}

/// A leave as operators see it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CancellationView {
    /// Id.
    pub id: CancellationId,
    /// What was left: `account` or `plan`.
    pub kind: String,
    /// Who left, as long as the account exists.
    pub user_id: Option<UserId>,
    /// Whose plan it was, as long as the organization exists.
    pub organization_id: Option<OrganizationId>,
    /// The plan that was left.
    pub plan: Option<String>,
    /// Why, in one word.
    #[schema(value_type = Reason)]
    pub reason: String,
    /// In their own words.
    pub feedback: Option<String>,
    /// When.
    pub created_at: DateTime<Utc>,
}
