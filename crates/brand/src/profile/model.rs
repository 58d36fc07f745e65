//! The sections of a profile, how they change and what they hold at most. Pure.

use std::collections::BTreeMap;

use bellwether_kernel::Problem;
use bellwether_networks::Network;
use bellwether_web::Patch;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::fields::{Change as _, Faults, Field, Most, characters, check_text, items, section};

section! {
    /// The business.
    Business,
    /// A change of the business.
    UpdateBusiness {
        /// What it is and does, in the brand's own words, up to 2,000 characters. The same as the brand's `description`.
        description: Option<String>, Patch<String>, characters(2000);
        /// What kind of business, such as “workshop” or “consultancy”, up to 120 characters.
        business_type: Option<String>, Patch<String>, characters(120);
        /// Industry, up to 120 characters.
        industry: Option<String>, Patch<String>, characters(120);
        /// What sets it apart, up to 20 of 300 characters.
        differentiators: Vec<String>, Option<Vec<String>>, items(20, 300);
        /// Where it could grow, up to 20 of 300 characters.
        opportunities: Vec<String>, Option<Vec<String>>, items(20, 300);
    }
}

section! {
    /// The market.
    Market,
    /// A change of the market.
    UpdateMarket {
        /// Where its customers are, such as “Berlin and around” or “worldwide”, up to 300 characters.
        geographic_focus: Option<String>, Patch<String>, characters(300);
        /// Who sells the same, up to 50 of 200 characters.
        competitors: Vec<String>, Option<Vec<String>>, items(50, 200);
        /// Whom the industry listens to, up to 50 of 200 characters.
        industry_leaders: Vec<String>, Option<Vec<String>>, items(50, 200);
        /// Accounts of competitors on networks, up to 50 of 300 characters.
        competitor_social_accounts: Vec<String>, Option<Vec<String>>, items(50, 300);
    }
}

section! {
    /// Topics and words.
    Topics,
    /// A change of topics and words.
    UpdateTopics {
        /// What it speaks about, up to 30 of 120 characters.
        key_topics: Vec<String>, Option<Vec<String>>, items(30, 120);
        /// Words that it wants to be found by, up to 50 of 80 characters.
        keywords: Vec<String>, Option<Vec<String>>, items(50, 80);
        /// Words that it never uses, up to 100 of 80 characters. Drafts avoid them.
        avoid_words: Vec<String>, Option<Vec<String>>, items(100, 80);
    }
}

section! {
    /// Goals.
    Goals,
    /// A change of goals.
    UpdateGoals {
        /// What its content is to achieve first of all, up to 500 characters.
        primary_goal: Option<String>, Patch<String>, characters(500);
        /// What it wants to earn, in words, up to 500 characters.
        revenue_targets: Option<String>, Patch<String>, characters(500);
    }
}

section! {
    /// Calls to action.
    Calls,
    /// A change of calls to action.
    UpdateCalls {
        /// What readers are to do most of all, up to 300 characters.
        primary_cta: Option<String>, Patch<String>, characters(300);
        /// What else they may be asked, up to 20 of 300 characters.
        calls_to_action: Vec<String>, Option<Vec<String>>, items(20, 300);
    }
}

section! {
    /// Posts on networks.
    Posts,
    /// A change of what holds for posts.
    UpdatePosts {
        /// Where it posts.
        networks: Vec<Network>, Option<Vec<Network>>, items(13, 0);
        /// What to mind on a network, up to 500 characters each; replaced as a whole.
        network_preferences: BTreeMap<Network, String>, Option<BTreeMap<Network, String>>, items(13, 500);
        /// Whether drafts carry hashtags. Without, only those that somebody asks for by name.
        hashtags_enabled: bool, Option<bool>, items(0, 0);
    }
}

section! {
    /// Articles on a blog.
    Blog,
    /// A change of what holds for articles.
    UpdateBlog {
        /// How articles are written, up to 500 characters.
        blog_style: Option<String>, Patch<String>, characters(500);
        /// What readers get for their address, such as “checklist”, up to 300 characters.
        lead_magnet_type: Option<String>, Patch<String>, characters(300);
    }
}

section! {
    /// Mail to subscribers.
    Email,
    /// A change of what holds for mail.
    UpdateEmail {
        /// How mail sounds, up to 300 characters.
        email_tone: Option<String>, Patch<String>, characters(300);
        /// How often it goes out.
        email_frequency: Option<Frequency>, Patch<Frequency>, characters(0);
        /// What the list is for, up to 20 of 300 characters.
        list_building_goals: Vec<String>, Option<Vec<String>>, items(20, 300);
    }
}

/// How often mail goes out.
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
pub enum Frequency {
    /// Every day.
    Daily,
    /// Several times a week.
    SeveralAWeek,
    /// Once a week.
    Weekly,
    /// Every other week.
    EveryTwoWeeks,
    /// Once a month.
    Monthly,
    /// When there is something to say.
    Irregular,
}

impl Field for Option<Frequency> {
    fn check(&self, _: Most, _: &str, _: &mut Faults) {}

    fn is_filled(&self) -> Option<bool> {
        Some(self.is_some())
    }
}

impl Field for Vec<Network> {
    fn tidy(&mut self) {
        let mut seen = Self::new();
        self.retain(|network| !seen.contains(network) && (seen.push(*network), true).1);
    }

    fn check(&self, _: Most, _: &str, _: &mut Faults) {}

    fn is_filled(&self) -> Option<bool> {
        Some(!self.is_empty())
    }
}

impl Field for BTreeMap<Network, String> {
    fn tidy(&mut self) {
        self.retain(|_, text| !text.trim().is_empty());
    }

    fn check(&self, most: Most, path: &str, faults: &mut Faults) {
        for (network, text) in self {
            check_text(text, most.characters, &format!("{path}/{}", network.as_str()), faults);
        }
    }

    fn is_filled(&self) -> Option<bool> {
        Some(!self.is_empty())
    }
}

/// Something that no section foresaw.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct More {
    /// What it is about, up to 80 characters.
    pub label: String,
    /// What there is to say, up to 1,000 characters.
    pub text: String,
}

const MORE_MOST: usize = 30;

/// What a brand says of itself. Audiences and offers are lists of their own.
#[derive(Debug, Clone, Default, PartialEq, Serialize, ToSchema)]
pub struct Profile {
    /// The business.
    pub business: Business,
    /// The market.
    pub market: Market,
    /// Topics and words.
    pub topics: Topics,
    /// Goals.
    pub goals: Goals,
    /// Calls to action.
    pub calls: Calls,
    /// Posts on networks.
    pub posts: Posts,
    /// Articles on a blog.
    pub blog: Blog,
    /// Mail to subscribers.
    pub email: Email,
    /// Whatever else writers should know.
    pub more: Vec<More>,
}

/// A change of a profile; absent sections and fields stay, null clears a field.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UpdateProfile {
    /// The business.
    #[serde(default)]
    pub business: UpdateBusiness,
    /// The market.
    #[serde(default)]
    pub market: UpdateMarket,
    /// Topics and words.
    #[serde(default)]
    pub topics: UpdateTopics,
    /// Goals.
    #[serde(default)]
    pub goals: UpdateGoals,
    /// Calls to action.
    #[serde(default)]
    pub calls: UpdateCalls,
    /// Posts on networks.
    #[serde(default)]
    pub posts: UpdatePosts,
    /// Articles on a blog.
    #[serde(default)]
    pub blog: UpdateBlog,
    /// Mail to subscribers.
    #[serde(default)]
    pub email: UpdateEmail,
    /// Whatever else writers should know, up to 30; replaced as a whole.
    #[serde(default)]
    pub more: Option<Vec<More>>,
}

impl Profile {
    /// Changes what the change names; all faults of the outcome at once.
    pub(super) fn change(&mut self, change: UpdateProfile) -> Result<(), Problem> {
        self.business.change(change.business);
        self.market.change(change.market);
        self.topics.change(change.topics);
        self.goals.change(change.goals);
        self.calls.change(change.calls);
        self.posts.change(change.posts);
        self.blog.change(change.blog);
        self.email.change(change.email);
        change.more.apply(&mut self.more);

        let mut faults = Faults::default();
        self.business.check("business/", &mut faults);
        self.market.check("market/", &mut faults);
        self.topics.check("topics/", &mut faults);
        self.goals.check("goals/", &mut faults);
        self.calls.check("calls/", &mut faults);
        self.posts.check("posts/", &mut faults);
        self.blog.check("blog/", &mut faults);
        self.email.check("email/", &mut faults);
        if self.more.len() > MORE_MOST {
            faults.add("more", "too_many", format!("Name at most {MORE_MOST}."));
        }
        for (index, more) in self.more.iter().enumerate().take(MORE_MOST) {
            faults.text(&format!("more/{index}/label"), &more.label, 80);
            faults.text(&format!("more/{index}/text"), &more.text, 1000);
        }
        faults.into_result()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn change(value: serde_json::Value) -> UpdateProfile {
        serde_json::from_value(value).unwrap()
    }

    #[test]
    fn only_what_is_named_changes() {
        let mut profile = Profile::default();
        profile
            .change(change(json!({
                "business": { "industry": " Furniture ", "differentiators": ["By hand", "by hand", ""] },
                "posts": { "networks": ["linkedin", "x", "linkedin"], "network_preferences": { "x": "No threads" } },
                "email": { "email_frequency": "weekly" },
            })))
            .unwrap();
        assert_eq!(profile.business.industry.as_deref(), Some("Furniture"));
        assert_eq!(profile.business.differentiators, ["By hand"]);
        assert_eq!(profile.posts.networks, [Network::Linkedin, Network::X]);
        let before = profile.clone();
        profile.change(UpdateProfile::default()).unwrap();
        assert_eq!(profile, before);
        profile.change(change(json!({ "business": { "industry": null } }))).unwrap();
        assert_eq!(profile.business.industry, None);
        assert_eq!(profile.email.email_frequency, Some(Frequency::Weekly));
    }

    #[test]
    fn all_faults_are_told_where_they_are() {
        let fault = Profile::default()
            .change(change(json!({
                "business": { "industry": "x".repeat(121) },
                "topics": { "key_topics": ["fine", "x".repeat(121)] },
                "posts": { "network_preferences": { "x": "y".repeat(501) } },
                "more": [{ "label": "", "text": "x" }],
            })))
            .unwrap_err();
        let paths: Vec<&str> = fault.errors.iter().map(|fault| fault.path.as_str()).collect();
        assert_eq!(
            paths,
            ["business/industry", "topics/key_topics/1", "posts/network_preferences/x", "more/0/label"]
        );
        serde_json::from_value::<UpdateProfile>(json!({ "email": { "email_frequency": "hourly" } }))
            .unwrap_err();
    }
}
