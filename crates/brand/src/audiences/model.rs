//! What is known of an audience. Pure.

use bellwether_web::Patch;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::fields::{Faults, Field, Most, characters, check_text, items, section};

section! {
    /// People to whom a brand speaks.
    Audience,
    /// A new audience or a change of one: absent fields stay, null clears a text. A new one needs a `name`.
    UpdateAudience {
        /// What the brand calls them, up to 120 characters.
        name: String, Option<String>, characters(120);
        /// Who they are, up to 2,000 characters.
        description: Option<String>, Patch<String>, characters(2000);
        /// Age, gender, place and income; replaced as a whole.
        demographics: Demographics, Option<Demographics>, characters(200);
        /// Goals, values and interests; replaced as a whole.
        psychographics: Psychographics, Option<Psychographics>, items(20, 200);
        /// What they work as, up to 20 of 120 characters.
        job_roles: Vec<String>, Option<Vec<String>>, items(20, 120);
        /// What troubles them, up to 20 of 300 characters.
        pain_points: Vec<String>, Option<Vec<String>>, items(20, 300);
        /// What they wish for, up to 20 of 300 characters.
        desired_outcomes: Vec<String>, Option<Vec<String>>, items(20, 300);
        /// What keeps them from buying, up to 20 of 300 characters.
        objections: Vec<String>, Option<Vec<String>>, items(20, 300);
        /// How much they know already.
        awareness_stage: Option<Awareness>, Patch<Awareness>, characters(0);
    }
}

/// What can be counted of people, each in words of up to 200 characters.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Demographics {
    /// Age, such as “30 to 55”.
    #[serde(default)]
    pub age: Option<String>,
    /// Gender.
    #[serde(default)]
    pub gender: Option<String>,
    /// Where they live.
    #[serde(default)]
    pub location: Option<String>,
    /// What they earn.
    #[serde(default)]
    pub income: Option<String>,
}

/// What moves people, each up to 20 of 200 characters.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Psychographics {
    /// What they are after.
    #[serde(default)]
    pub goals: Vec<String>,
    /// What matters to them.
    #[serde(default)]
    pub values: Vec<String>,
    /// What they like.
    #[serde(default)]
    pub interests: Vec<String>,
}

/// How much people know already, by Eugene Schwartz (Breakthrough Advertising, 1966).
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Serialize,
    Deserialize,
    ToSchema,
    strum::IntoStaticStr,
    strum::EnumString,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Awareness {
    /// Not even of their problem.
    Unaware,
    /// Of the problem.
    ProblemAware,
    /// That it can be solved.
    SolutionAware,
    /// Of what the brand offers.
    ProductAware,
    /// Of all that matters; they only need an occasion.
    MostAware,
}

impl Field for Option<Awareness> {
    fn check(&self, _: Most, _: &str, _: &mut Faults) {}

    fn is_filled(&self) -> Option<bool> {
        Some(self.is_some())
    }
}

impl Demographics {
    fn fields(&self) -> [(&'static str, &Option<String>); 4] {
        [("age", &self.age), ("gender", &self.gender), ("location", &self.location), ("income", &self.income)]
    }
}

impl Field for Demographics {
    fn tidy(&mut self) {
        for field in [&mut self.age, &mut self.gender, &mut self.location, &mut self.income] {
            field.tidy();
        }
    }

    fn check(&self, most: Most, path: &str, faults: &mut Faults) {
        for (name, field) in self.fields() {
            if let Some(text) = field {
                check_text(text, most.characters, &format!("{path}/{name}"), faults);
            }
        }
    }

    fn is_filled(&self) -> Option<bool> {
        Some(self.fields().iter().any(|(_, field)| field.is_some()))
    }
}

impl Field for Psychographics {
    fn tidy(&mut self) {
        for field in [&mut self.goals, &mut self.values, &mut self.interests] {
            field.tidy();
        }
    }

    fn check(&self, most: Most, path: &str, faults: &mut Faults) {
        for (name, field) in
            [("goals", &self.goals), ("values", &self.values), ("interests", &self.interests)]
        {
            field.check(most, &format!("{path}/{name}"), faults);
        }
    }

    fn is_filled(&self) -> Option<bool> {
        Some([&self.goals, &self.values, &self.interests].iter().any(|field| !field.is_empty()))
    }
}
