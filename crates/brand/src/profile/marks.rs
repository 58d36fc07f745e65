//! How complete a profile is: of each section how many of its fields say something. Every field weighs the same, so that
//! the number can be checked by counting. Pure.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Profile;
use crate::{audiences::Audience, fields::Fill as _, offers::Filled as OfferFilled};

/// A part of the profile.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Section {
    /// The business.
    Business,
    /// Whom it speaks to.
    Audiences,
    /// What it sells.
    Offers,
    /// The market.
    Market,
    /// Topics and words.
    Topics,
    /// Goals.
    Goals,
    /// Calls to action.
    Calls,
    /// Posts on networks.
    Posts,
    /// Articles on a blog.
    Blog,
    /// Mail to subscribers.
    Email,
}

impl Section {
    /// Why it helps to fill it.
    const fn why(self) -> &'static str {
        match self {
            Self::Business => {
                "Language models are told who speaks. Without it a draft fits any business, and yours is not in it."
            }
            Self::Audiences => {
                "Language models are told who reads, what troubles them and what they hope for, and write to them."
            }
            Self::Offers => "Language models are told what you sell, so that a draft leads there.",
            Self::Market => {
                "Language models are told where your customers are. The rest is kept for you; no writer reads it yet."
            }
            Self::Topics => {
                "Pillars are proposed from your topics, and words that you avoid are kept out of every draft."
            }
            Self::Goals => "Language models are told what your content is for: a reply, a visit, a sale.",
            Self::Calls => "Language models end drafts with your own call to action.",
            Self::Posts => {
                "Language models mind what you said of each network. Writers are told when you want no hashtags."
            }
            Self::Blog => "Language models keep articles in one style.",
            Self::Email => "Language models keep newsletters in one tone.",
        }
    }
}

/// How complete a section is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct SectionMark {
    /// Which.
    pub section: Section,
    /// Filled fields of all its fields, in percent, rounded down. 100 only when none is missing.
    pub completeness: u8,
    /// The fields that say nothing yet. For audiences and offers: that none of them says.
    pub missing: Vec<&'static str>,
    /// Why it helps.
    pub why: &'static str,
}

fn percent(filled: usize, all: usize) -> u8 {
    (filled * 100).checked_div(all).map_or(100, |part| part as u8)
}

/// Each section's mark, and the percentage of all fields together.
pub(super) fn marks(
    profile: &Profile,
    audiences: &[Audience],
    offers: &OfferFilled,
) -> (u8, Vec<SectionMark>) {
    let sections = [
        (Section::Business, profile.business.filled()),
        (Section::Audiences, of_audiences(audiences)),
        (Section::Offers, offers.fields()),
        (Section::Market, profile.market.filled()),
        (Section::Topics, profile.topics.filled()),
        (Section::Goals, profile.goals.filled()),
        (Section::Calls, profile.calls.filled()),
        (Section::Posts, profile.posts.filled()),
        (Section::Blog, profile.blog.filled()),
        (Section::Email, profile.email.filled()),
    ];
    let count = |fields: &[(&str, bool)]| fields.iter().filter(|(_, filled)| *filled).count();
    let all: usize = sections.iter().map(|(_, fields)| fields.len()).sum();
    let filled: usize = sections.iter().map(|(_, fields)| count(fields)).sum();
    let marks = sections.into_iter().map(|(section, fields)| SectionMark {
        section,
        completeness: percent(count(&fields), fields.len()),
        missing: fields.iter().filter(|(_, filled)| !filled).map(|(name, _)| *name).collect(),
        why: section.why(),
    });
    (percent(filled, all), marks.collect())
}

/// A field is filled when any audience fills it.
fn of_audiences(audiences: &[Audience]) -> Vec<(&'static str, bool)> {
    let mut fields = Audience::default().filled();
    for audience in audiences {
        for (field, other) in fields.iter_mut().zip(audience.filled()) {
            field.1 |= other.1;
        }
    }
    fields
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_counts_the_same() {
        let mut profile = Profile::default();
        profile.business.industry = Some("Furniture".into());
        profile.business.description = Some("A workshop".into());
        profile.goals.primary_goal = Some("Replies".into());
        profile.goals.revenue_targets = Some("Enough".into());
        let (all, marks) = marks(&profile, &[], &OfferFilled::default());
        let find = |section| marks.iter().find(|mark| mark.section == section).unwrap();
        let business = find(Section::Business);
        assert_eq!(business.completeness, 40);
        assert_eq!(business.missing, ["business_type", "differentiators", "opportunities"]);
        assert_eq!((find(Section::Goals).completeness, find(Section::Goals).missing.len()), (100, 0));
        assert_eq!((find(Section::Audiences).completeness, find(Section::Offers).completeness), (0, 0));
        let fields: usize = marks.iter().map(|mark| mark.missing.len()).sum::<usize>() + 4;
        assert_eq!(usize::from(all), 400 / fields);
        // a switch says something either way, so it is not counted
        assert!(!find(Section::Posts).missing.contains(&"hashtags_enabled"));
    }

    #[test]
    fn several_audiences_fill_the_section_together() {
        let one = Audience { pain_points: vec!["Dust".into()], ..Audience::default() };
        let two = Audience { description: Some("Owners".into()), ..Audience::default() };
        let (_, marks) = marks(&Profile::default(), &[one, two], &OfferFilled::default());
        let mark = marks.iter().find(|mark| mark.section == Section::Audiences).unwrap();
        assert!(!mark.missing.contains(&"pain_points") && !mark.missing.contains(&"description"));
        assert!(mark.missing.contains(&"objections"));
    }
}
