//! Of what people are told, and in which words: the one place for both.

use bellwether_networks::Network;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Of what somebody is told.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    Serialize,
    Deserialize,
    ToSchema,
    strum::EnumIter,
    strum::EnumString,
    strum::IntoStaticStr,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
#[schema(as = NotificationKind)]
pub enum Kind {
    /// A network refused a post.
    PublicationFailed,
    /// Nobody knows yet whether a post is out.
    PublicationUnclear,
    /// A post did not go out and waits for a decision.
    PublicationHeld,
    /// A first comment is not below its post, or nobody knows.
    CommentTrouble,
    /// An account has to be connected again.
    ConnectionTrouble,
    /// A source could not be read for long, and is tried once a week from now on.
    SourceTrouble,
    /// Somebody planned a post that waits for a review.
    ReviewRequested,
    /// Somebody wants a post of yours changed, or turned it down.
    ChangesRequested,
    /// Somebody approved a post of yours.
    PostApproved,
    /// Some of the drafts that you asked for could not be written.
    GenerationPartial,
    /// None of the drafts that you asked for could be written.
    GenerationFailed,
    /// Somebody joined the organization.
    MemberJoined,
    /// Somebody took an invitation of yours.
    InvitationAccepted,
    /// The organization's trial ends soon.
    TrialEnding,
    /// A trend of the brand rises fast.
    TrendRising,
    /// A post's time is near, and it won't go out as things stand.
    PostReminder,
    /// What a week brought.
    WeeklyReport,
}

/// What the words of a notice are made of. Names as they were when it happened.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Facts {
    /// What it is about: a post's first words, what drafts were asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// On which network.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub network: Option<String>,
    /// On which account.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
    /// The reason, or what somebody said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub words: Option<String>,
    /// Who did it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub who: Option<String>,
    /// How many days are left.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub days: Option<i64>,
}

/// A notice in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Words {
    /// What happened, a few words without a full stop.
    pub title: String,
    /// To what, and why; may be empty.
    pub detail: String,
}

/// The longest detail, in characters: a list shows two lines of it.
const DETAIL_MAX: usize = 300;

impl Kind {
    /// As the database writes it.
    pub fn as_str(self) -> &'static str {
        self.into()
    }

    /// Whether it is mailed to who has not said otherwise: what waits for somebody, or goes wrong outside.
    pub const fn by_mail(self) -> bool {
        !matches!(
            self,
            Self::SourceTrouble
                | Self::PostApproved
                | Self::GenerationPartial
                | Self::GenerationFailed
                | Self::MemberJoined
                | Self::InvitationAccepted
        )
    }

    /// Whether it leaves the app by the person's ways instead of in the mail of notices.
    pub const fn by_ways(self) -> bool {
        matches!(self, Self::TrendRising | Self::PostReminder | Self::WeeklyReport)
    }

    /// The notice in words.
    pub fn words(self, facts: &Facts) -> Words {
        let who = facts.who.as_deref().unwrap_or("Somebody");
        let title = match self {
            Self::PublicationFailed => "A post was not published".to_owned(),
            Self::PublicationUnclear => "It is unclear whether a post is out".to_owned(),
            Self::PublicationHeld => "A post is held back".to_owned(),
            Self::CommentTrouble => "A first comment needs a look".to_owned(),
            Self::ConnectionTrouble => "An account has to be connected again".to_owned(),
            Self::SourceTrouble => "A source can’t be read any more".to_owned(),
            Self::ReviewRequested => "A post waits for your review".to_owned(),
            Self::ChangesRequested => format!("{who} asks for changes"),
            Self::PostApproved => format!("{who} approved your post"),
            Self::GenerationPartial => "Some drafts could not be written".to_owned(),
            Self::GenerationFailed => "Your drafts could not be written".to_owned(),
            Self::MemberJoined => format!("{who} joined"),
            Self::InvitationAccepted => format!("{who} accepted your invitation"),
            Self::TrialEnding => match facts.days {
                Some(0) => "Your trial ends today".to_owned(),
                Some(1) => "Your trial ends tomorrow".to_owned(),
                Some(days) => format!("Your trial ends in {days} days"),
                None => "Your trial ends soon".to_owned(),
            },
            Self::TrendRising => "A trend is rising".to_owned(),
            Self::PostReminder => "A post won’t go out as things stand".to_owned(),
            Self::WeeklyReport => "Your week is over".to_owned(),
        };
        let place = match (facts.network.as_deref(), facts.account.as_deref()) {
            (Some(network), account) => {
                let name = Network::parse(network).map(Network::name);
                let name = name.map_or_else(|| network.to_owned(), str::to_owned);
                account.map_or_else(|| name.clone(), |account| format!("{name}, {account}"))
            }
            (None, account) => account.unwrap_or_default().to_owned(),
        };
        let about = facts.title.as_deref().map(one_line).filter(|title| !title.is_empty());
        let about = match (about, place.is_empty()) {
            (Some(about), true) => format!("“{about}”"),
            (Some(about), false) => format!("“{about}” ({place})"),
            (None, _) => place,
        };
        let words = facts.words.as_deref().map(one_line).unwrap_or_default();
        let detail = match (about.is_empty(), words.is_empty()) {
            (true, _) => words,
            (false, true) => about,
            (false, false) => format!("{about}: {words}"),
        };
        Words { title: cut(&one_line(&title), 150), detail: cut(&detail, DETAIL_MAX) }
    }
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn cut(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let kept: String = text.chars().take(most - 1).collect();
    format!("{}…", kept.trim_end())
}

#[cfg(test)]
mod tests {
    use strum::IntoEnumIterator as _;

    use super::*;

    #[test]
    fn every_kind_has_words_whatever_is_known() {
        let full = Facts {
            title: Some("Raising\nprices".into()),
            network: Some("linkedin".into()),
            account: Some("@ada".into()),
            words: Some("The network is down.".into()),
            who: Some("Grace".into()),
            days: Some(3),
        };
        for kind in Kind::iter() {
            for facts in [&full, &Facts::default()] {
                let words = kind.words(facts);
                assert!(words.title.len() > 5 && !words.title.ends_with('.'), "{words:?}");
                assert!(!words.detail.contains('\n') && !words.title.contains('{'), "{words:?}");
            }
            assert_eq!(kind.as_str().parse::<Kind>().ok(), Some(kind));
        }
        assert_eq!(
            Kind::PublicationFailed.words(&full).detail,
            "“Raising prices” (LinkedIn, @ada): The network is down."
        );
        assert_eq!(Kind::MemberJoined.words(&full).title, "Grace joined");
        assert_eq!(Kind::TrialEnding.words(&full).title, "Your trial ends in 3 days");
    }

    #[test]
    fn what_is_long_is_cut() {
        let facts = Facts { words: Some("x".repeat(5_000)), ..Facts::default() };
        let detail = Kind::ChangesRequested.words(&facts).detail;
        assert_eq!(detail.chars().count(), DETAIL_MAX);
        assert!(detail.ends_with('…'));
    }
}
