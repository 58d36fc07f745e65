//! Steps and their states.

use bellwether_kernel::Problem;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// One step, in the order in which they make sense.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = OnboardingStep)]
pub enum Step {
    /// Say who the brand is: its profile and tone.
    Profile,
    /// Give the voice something to learn from.
    Voice,
    /// Connect the account of a network.
    ConnectNetwork,
    /// Make drafts of something.
    FirstDraft,
    /// Approve or reject a draft.
    Review,
    /// Bring somebody in.
    Invite,
}

impl Step {
    /// All, in order.
    pub const ALL: [Self; 6] =
        [Self::Profile, Self::Voice, Self::ConnectNetwork, Self::FirstDraft, Self::Review, Self::Invite];

    /// As the database writes it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Profile => "profile",
            Self::Voice => "voice",
            Self::ConnectNetwork => "connect_network",
            Self::FirstDraft => "first_draft",
            Self::Review => "review",
            Self::Invite => "invite",
        }
    }

    pub(super) fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|step| step.as_str() == text)
    }

    /// Events that show that it was done; one is enough.
    pub(super) const fn shown_by(self) -> &'static [&'static str] {
        match self {
            Self::Profile => &["brand.updated"],
            Self::Voice => &["voice_sample.added", "voice_model.completed"],
            Self::ConnectNetwork => &["connection.created"],
            Self::FirstDraft => &["post.created", "generation.completed"],
            Self::Review => &["post.approved", "post.rejected"],
            Self::Invite => &["invitation.created", "membership.added"],
        }
    }

    /// Whether it concerns the brand; else the whole organization.
    pub(super) const fn of_brand(self) -> bool {
        !matches!(self, Self::Invite)
    }
}

/// How far a step is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = OnboardingStepState)]
pub enum StepState {
    /// To do.
    Pending,
    /// Done.
    Done,
    /// Put aside.
    Skipped,
}

/// A step and how far it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct StepView {
    /// Which.
    pub step: Step,
    /// How far.
    pub state: StepState,
    /// Whether what happened shows it; then it can't be set back.
    pub shown: bool,
}

/// First steps in a brand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct OnboardingView {
    /// All steps, in order.
    pub steps: Vec<StepView>,
    /// Where the person left off; else the first that is to do.
    pub current_step: Option<Step>,
    /// Whether the checklist should be shown.
    pub needed: bool,
    /// When it was finished or put away.
    pub completed_at: Option<DateTime<Utc>>,
    /// For `If-Match`.
    pub version: i32,
}

/// A step that the person sets.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SetStep {
    /// Which.
    pub step: Step,
    /// To what.
    pub state: StepState,
}

/// What may be changed; absent fields stay.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UpdateOnboarding {
    /// Steps to set.
    #[serde(default)]
    pub steps: Vec<SetStep>,
    /// Where the person is now.
    #[serde(default)]
    pub current_step: Option<Step>,
    /// `true` puts the checklist away, `false` brings it back.
    #[serde(default)]
    pub completed: Option<bool>,
}

/// What a person decided.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Decided {
    pub(super) current_step: Option<String>,
    pub(super) done: Vec<String>,
    pub(super) skipped: Vec<String>,
    pub(super) completed_at: Option<DateTime<Utc>>,
    pub(super) version: i32,
}

impl Decided {
    /// Applies a change to what was decided, given what the facts show.
    pub(super) fn change(
        &mut self,
        change: &UpdateOnboarding,
        shown: &[Step],
        now: DateTime<Utc>,
    ) -> Result<(), Problem> {
        for (at, set) in change.steps.iter().enumerate() {
            if set.state != StepState::Done && shown.contains(&set.step) {
                let message = "What happened shows that it is done.";
                return Err(Problem::invalid(format!("steps/{at}/state"), "done_already", message));
            }
            let word = set.step.as_str();
            self.done.retain(|step| step != word);
            self.skipped.retain(|step| step != word);
            match set.state {
                StepState::Pending => {}
                StepState::Done => self.done.push(word.to_owned()),
                StepState::Skipped => self.skipped.push(word.to_owned()),
            }
        }
        if let Some(step) = change.current_step {
            self.current_step = Some(step.as_str().to_owned());
        }
        match change.completed {
            Some(true) => self.completed_at = self.completed_at.or(Some(now)),
            Some(false) => self.completed_at = None,
            None if self.view(shown).steps.iter().all(|step| step.state != StepState::Pending) => {
                self.completed_at = self.completed_at.or(Some(now));
            }
            None => {}
        }
        Ok(())
    }

    /// As people see it.
    pub(super) fn view(&self, shown: &[Step]) -> OnboardingView {
        let has = |steps: &[String], step: Step| steps.iter().any(|word| word == step.as_str());
        let steps: Vec<StepView> = Step::ALL
            .into_iter()
            .map(|step| {
                let by_facts = shown.contains(&step);
                let state = if by_facts || has(&self.done, step) {
                    StepState::Done
                } else if has(&self.skipped, step) {
                    StepState::Skipped
                } else {
                    StepState::Pending
                };
                StepView { step, state, shown: by_facts }
            })
            .collect();
        let pending = |step: &StepView| step.state == StepState::Pending;
        let first = steps.iter().find(|step| pending(step)).map(|step| step.step);
        let left_off = self.current_step.as_deref().and_then(Step::parse);
        let current =
            left_off.filter(|step| steps.iter().any(|view| view.step == *step && pending(view))).or(first);
        OnboardingView {
            needed: self.completed_at.is_none() && first.is_some(),
            current_step: current,
            completed_at: self.completed_at,
            version: self.version,
            steps,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(step: Step, state: StepState) -> UpdateOnboarding {
        UpdateOnboarding { steps: vec![SetStep { step, state }], ..Default::default() }
    }

    #[test]
    fn facts_count_and_can_not_be_talked_away() {
        let now = "2026-01-01T00:00:00Z".parse().unwrap();
        let mut decided = Decided::default();
        let shown = [Step::FirstDraft];
        let view = decided.view(&shown);
        assert_eq!(view.steps[3], StepView { step: Step::FirstDraft, state: StepState::Done, shown: true });
        assert_eq!((view.needed, view.current_step), (true, Some(Step::Profile)));
        assert!(decided.change(&set(Step::FirstDraft, StepState::Skipped), &shown, now).is_err());
        decided.change(&set(Step::Profile, StepState::Skipped), &shown, now).unwrap();
        decided.change(&set(Step::Review, StepState::Done), &shown, now).unwrap();
        assert_eq!(decided.view(&shown).current_step, Some(Step::Voice));
        decided.change(&set(Step::Voice, StepState::Skipped), &shown, now).unwrap();
        decided.change(&set(Step::ConnectNetwork, StepState::Skipped), &shown, now).unwrap();
        assert_eq!(decided.view(&shown).current_step, Some(Step::Invite));
        decided.change(&set(Step::Invite, StepState::Skipped), &shown, now).unwrap();
        let view = decided.view(&shown);
        assert_eq!((view.needed, view.completed_at), (false, Some(now)));
        // and back
        decided.change(&set(Step::Invite, StepState::Pending), &shown, now).unwrap();
        decided
            .change(&UpdateOnboarding { completed: Some(false), ..Default::default() }, &shown, now)
            .unwrap();
        assert!(decided.view(&shown).needed);
    }

    #[test]
    fn somebody_takes_up_where_they_left_off() {
        let decided = Decided { current_step: Some("review".into()), ..Default::default() };
        assert_eq!(decided.view(&[]).current_step, Some(Step::Review));
        assert_eq!(decided.view(&[Step::Review]).current_step, Some(Step::Profile));
    }
}
