//! What a trend is to those who read of it, and the rules that need nothing but numbers.

use bellwether_brand::PillarId;
use bellwether_kernel::{Problem, Timestamp, id::PostId, text};
use bellwether_web::Patch;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use strum::{EnumString, IntoStaticStr};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{ItemId, TrendId, detect, items::ItemSource};

/// Hours in which what is said of a trend loses half its freshness.
const HALF_LIFE: f64 = 24.0;
/// What a trend counts as where the brand says nothing that it could be compared with.
const NEUTRAL: f64 = 0.5;
/// A fast riser has at least this confidence, momentum and relevance, and so many items that were heard as they came.
const RISING: (f64, f64, f64, usize) = (0.85, 0.3, 0.25, 3);
/// Letters of a name.
const NAME: usize = 120;
/// Letters of a category.
const CATEGORY: usize = 40;

/// Where a trend stands.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema, EnumString, IntoStaticStr,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum TrendState {
    /// It goes on.
    Active,
    /// It loses pace.
    Declining,
    /// It is over.
    Expired,
}

impl TrendState {
    /// As the database writes it.
    pub fn as_str(self) -> &'static str {
        self.into()
    }
}

impl From<detect::State> for TrendState {
    fn from(state: detect::State) -> Self {
        match state {
            detect::State::Active => Self::Active,
            detect::State::Declining => Self::Declining,
            detect::State::Expired => Self::Expired,
        }
    }
}

/// A time with its uncertainty: a tenth of the cases lies before `low`, half before `likely`, nine tenths before `high`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = TrendRange)]
pub struct TimeRange {
    /// One of ten lies before it.
    pub low: DateTime<Utc>,
    /// Five of ten.
    pub likely: DateTime<Utc>,
    /// Nine of ten.
    pub high: DateTime<Utc>,
}

/// A number of items with its uncertainty, as [`TimeRange`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = TrendSize)]
pub struct SizeRange {
    /// One of ten lies below it.
    pub low: i32,
    /// Five of ten.
    pub likely: i32,
    /// Nine of ten.
    pub high: i32,
}

pub(super) fn time(seconds: i64) -> Timestamp {
    DateTime::from_timestamp(seconds, 0).unwrap_or_default()
}

fn int(number: i64) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}

impl From<&detect::Range> for TimeRange {
    fn from(range: &detect::Range) -> Self {
        // of few items the tables may cross
        let likely = range.likely.max(range.low);
        Self { low: time(range.low), likely: time(likely), high: time(range.high.max(likely)) }
    }
}

impl From<&detect::Range> for SizeRange {
    fn from(range: &detect::Range) -> Self {
        let likely = range.likely.max(range.low);
        Self { low: int(range.low), likely: int(likely), high: int(range.high.max(likely)) }
    }
}

/// How many items an hour brought.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = TrendCourse)]
pub struct Course {
    /// The beginning of the hour.
    pub at: DateTime<Utc>,
    /// Items.
    pub items: u32,
}

/// A phrase that its titles share.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = TrendPhrase)]
pub struct Phrase {
    /// As titles write it.
    pub text: String,
    /// Share of the last titles that have it, 0 to 1.
    pub share: f64,
}

/// One of the numbers that the confidence is made of.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = TrendContribution)]
pub struct Contribution {
    /// Stable name: `surprise`, `cohesion`, `young` and others.
    pub what: String,
    /// The number itself.
    pub value: f64,
    /// What it adds to the logarithm of the odds; below 0 it speaks against.
    pub effect: f64,
    /// The same in words.
    pub words: String,
}

/// Why it is a trend, in numbers against what is usual.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = TrendWhy)]
pub struct Why {
    /// In words.
    pub sentences: Vec<String>,
    /// The numbers below are of the last so many hours.
    pub window_hours: u32,
    /// How often its most telling words came, repetitions by one source counting less.
    pub seen: f64,
    /// How often they usually do in such a time.
    pub usual: f64,
    /// The chance of as many if nothing were happening is 1 in 10 to the power of this.
    pub surprise: f64,
    /// In how many different wordings it is told.
    pub wordings: u32,
    /// Share of the items from the busiest source, 0 to 1.
    pub top_source: f64,
    /// The phrases that hold it together, the most telling first.
    pub phrases: Vec<Phrase>,
    /// What raised and lowered the confidence, the strongest first.
    pub contributions: Vec<Contribution>,
}

/// A pillar and how much of it the trend touches.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = TrendPillar)]
pub struct PillarShare {
    /// Id.
    pub id: PillarId,
    /// Name.
    pub name: String,
    /// 0 to 1.
    pub share: f64,
}

/// What it has to do with the brand.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = TrendWhyYou)]
pub struct WhyYou {
    /// In words.
    pub sentences: Vec<String>,
    /// Pillars that it touches, the most first.
    pub pillars: Vec<PillarShare>,
    /// Words of the brand's pillars, profile and audiences that it says.
    pub matched: Vec<String>,
}

/// What would end it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = TrendEnds)]
pub struct Ends {
    /// In words.
    pub sentences: Vec<String>,
    /// Without another item it declines after so many hours since the last one.
    pub declines_after_hours: f64,
    /// And is over after so many.
    pub over_after_hours: f64,
    /// Which is then.
    pub over_at: DateTime<Utc>,
    /// Hours between its items at present.
    pub gap_hours: f64,
}

/// What kind of post an angle is for.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema, EnumString, IntoStaticStr,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
#[schema(as = TrendFormat)]
pub enum Format {
    /// Several posts, each an answer to the one before; one long post where there are none.
    Thread,
    /// One post.
    Post,
    /// Slides; a script or caption where there are none.
    Carousel,
}

/// A way to write about it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = TrendAngle)]
pub struct Angle {
    /// Stable within the trend: `explain`, `meaning`, `number`, `sides` or `steps`.
    pub id: String,
    /// A working title.
    pub title: String,
    /// What to say and from which sources, in a sentence or two.
    pub angle: String,
    /// What it is made for.
    pub format: Format,
    /// The items that it names.
    pub evidence: Vec<ItemId>,
    /// Which language model wrote it, by its name in the configuration; null where our own rules did.
    #[serde(default)]
    pub writer: Option<String>,
}

/// What was expected when it was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = TrendPrediction)]
pub struct Predicted {
    /// When this was said.
    pub made_at: DateTime<Utc>,
    /// Its first item.
    pub onset_at: DateTime<Utc>,
    /// Items that it had then.
    pub items: i32,
    /// When most of it comes at once.
    pub peak: TimeRange,
    /// Items that it will have in the end.
    pub size: SizeRange,
}

impl From<&detect::Prediction> for Predicted {
    fn from(made: &detect::Prediction) -> Self {
        Self {
            made_at: time(made.made_at),
            onset_at: time(made.onset),
            items: int(made.items.into()),
            peak: (&made.peak).into(),
            size: (&made.size).into(),
        }
    }
}

impl Predicted {
    /// The same as the detector writes it.
    pub(super) fn detected(&self) -> detect::Prediction {
        let (peak, size) = (&self.peak, &self.size);
        detect::Prediction {
            made_at: self.made_at.timestamp(),
            onset: self.onset_at.timestamp(),
            items: self.items.unsigned_abs(),
            peak: detect::Range {
                low: peak.low.timestamp(),
                likely: peak.likely.timestamp(),
                high: peak.high.timestamp(),
            },
            size: detect::Range { low: size.low.into(), likely: size.likely.into(), high: size.high.into() },
        }
    }
}

/// How it went against what was expected when it was found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = TrendEvaluation)]
pub struct Evaluation {
    /// When most of it came at once.
    pub peak_at: DateTime<Utc>,
    /// Whether that was within the range predicted.
    pub peak_hit: bool,
    /// Hours later (above 0) or earlier than the likely time.
    pub peak_late_hours: f64,
    /// Its items in the end.
    pub items: i32,
    /// Whether that was within the range predicted.
    pub size_hit: bool,
    /// Items in the end over those predicted.
    pub size_ratio: f64,
    /// Whether it went on after it was found, by at least half as many items again.
    pub held: bool,
}

impl From<detect::Outcome> for Evaluation {
    fn from(outcome: detect::Outcome) -> Self {
        Self {
            peak_at: time(outcome.peak_at),
            peak_hit: outcome.peak_hit,
            peak_late_hours: round(outcome.peak_late_hours, 1),
            items: int(outcome.items.into()),
            size_hit: outcome.size_hit,
            size_ratio: round(outcome.size_ratio, 2),
            held: outcome.held,
        }
    }
}

/// A trend in a list.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = Trend)]
pub struct TrendView {
    /// Id; it stays for as long as the trend is talked about.
    pub id: TrendId,
    /// The words of its own titles that tell most, or the name that somebody gave it.
    pub name: String,
    /// Further phrases that its items share, the most telling first.
    pub keywords: Vec<String>,
    /// What it belongs to, such as `technology`, where its words tell.
    pub category: Option<String>,
    /// Places that its items name, as they write them.
    pub geography: Vec<String>,
    /// The language of most of its items, `und` where that can't be told.
    pub language: String,
    /// Where it stands.
    pub state: TrendState,
    /// How likely it is a trend, 0 to 1.
    pub confidence: f64,
    /// −1 (it stops) to 1 (all of it came just now).
    pub momentum: f64,
    /// What it has to do with the brand, 0 to 1; null where the brand has neither pillars nor a profile to compare with.
    pub relevance: Option<f64>,
    /// Confidence × relevance × pace and freshness, 0 to 1.
    pub rank: f64,
    /// Its items.
    pub item_count: i32,
    /// Their sources.
    pub source_count: i32,
    /// Its first item.
    pub onset_at: DateTime<Utc>,
    /// When it was recognised.
    pub found_at: DateTime<Utc>,
    /// Its latest item.
    pub last_item_at: DateTime<Utc>,
    /// Without another item it is over then.
    pub expires_at: DateTime<Utc>,
    /// When most of it is expected at once.
    pub peak: TimeRange,
    /// How many items it is expected to have in the end.
    pub size: SizeRange,
    /// Items by the hour; hours without any are left out.
    pub course: Vec<Course>,
    /// Why it is a trend, in a sentence.
    pub summary: String,
    /// Name of the pillar that it fits best.
    pub pillar: Option<String>,
    /// Posts made of it.
    pub drafts: i64,
    /// When somebody put it aside.
    pub dismissed_at: Option<DateTime<Utc>>,
    /// When it was told as a fast riser.
    pub alerted_at: Option<DateTime<Utc>>,
    /// For `If-Match`; grows with what people change.
    pub version: i32,
}

/// An item that speaks of a trend.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = TrendEvidence)]
pub struct EvidenceView {
    /// Id of the item.
    pub item_id: ItemId,
    /// Its title.
    pub title: String,
    /// Where it is; the source's own address where it has none.
    pub url: String,
    /// Who said it first.
    pub source: ItemSource,
    /// When.
    pub at: DateTime<Utc>,
    /// How much of what holds the trend together it says, 0 to 1.
    pub likeness: f64,
}

/// A post made of a trend.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = TrendPost)]
pub struct TrendPostView {
    /// Id.
    pub post_id: PostId,
    /// The network.
    pub network: String,
    /// The content type.
    pub content_type: String,
    /// Where it stands.
    pub status: String,
    /// How much of what holds the trend together it says, 0 to 1.
    pub relevance: f64,
}

/// A trend with why it is one, why it matters to the brand, what would end it, and how to write about it.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct TrendDetail {
    /// The trend.
    #[serde(flatten)]
    pub trend: TrendView,
    /// Why it is a trend.
    pub why: Why,
    /// What it has to do with the brand.
    pub why_you: WhyYou,
    /// What would end it.
    pub ends: Ends,
    /// Three ways to write about it.
    pub angles: Vec<Angle>,
    /// Its newest items, at most 20; all of them have a list of their own.
    pub evidence: Vec<EvidenceView>,
    /// Posts made of it, the newest first.
    pub posts: Vec<TrendPostView>,
    /// What was expected when it was found.
    pub predicted: Predicted,
    /// How it went; once it is over.
    pub evaluation: Option<Evaluation>,
}

/// How often what was predicted came true.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = TrendAccuracy)]
pub struct Accuracy {
    /// Trends that are over.
    pub trends: u32,
    /// Of them, with the peak in the range predicted.
    pub peaks: u32,
    /// With a size in the range predicted.
    pub sizes: u32,
    /// That went on after they were found.
    pub held: u32,
    /// Share of the peaks, 0 to 1; null without trends. The ranges are made for 0.8.
    pub peak_rate: Option<f64>,
    /// Share of the sizes, 0 to 1.
    pub size_rate: Option<f64>,
    /// Share of those that went on, 0 to 1.
    pub held_rate: Option<f64>,
    /// The first of them was found then.
    pub from: Option<DateTime<Utc>>,
    /// The last of them was over then.
    pub to: Option<DateTime<Utc>>,
    /// In words.
    pub sentences: Vec<String>,
}

/// A change of a trend; absent fields stay.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UpdateTrend {
    /// A name of one's own, up to 120 characters; it stays whatever is found later.
    #[serde(default)]
    pub name: Option<String>,
    /// What it belongs to, up to 40 characters; null lets its words tell again.
    #[serde(default)]
    pub category: Patch<String>,
    /// Whether it is put aside.
    #[serde(default)]
    pub dismissed: Option<bool>,
}

/// A trend for the morning's delivery.
#[derive(Debug, Clone, PartialEq)]
pub struct MorningTrend {
    /// Id.
    pub id: TrendId,
    /// Name.
    pub name: String,
    /// Why it is a trend, in a sentence.
    pub summary: String,
    /// −1 to 1.
    pub momentum: f64,
    /// When most of it is expected at once.
    pub peak_likely: Timestamp,
    /// What it has to do with the brand, 0 to 1.
    pub relevance: Option<f64>,
    /// Where it is in the browser, below the brand's own address: `trends?trend=…`.
    pub url_path: String,
}

impl MorningTrend {
    /// Whether it goes up: it gains pace, and its likely height is still to come.
    pub fn rises(&self, now: Timestamp) -> bool {
        self.momentum > 0.0 && self.peak_likely > now
    }

    /// Whether it may be told without anything else beside it: it goes up, and is known to have as much to do with the brand as
    /// a fast riser needs.
    pub fn stands_alone(&self, now: Timestamp) -> bool {
        self.rises(now) && self.relevance.is_some_and(|relevance| relevance >= RISING.2)
    }
}

/// The trend of which a post was made.
#[derive(Debug, Clone, PartialEq)]
pub struct TrendOfPost {
    /// The post.
    pub post: PostId,
    /// The trend.
    pub trend: TrendId,
    /// Its name.
    pub name: String,
    /// When most of it is expected at once.
    pub peak_likely: Timestamp,
    /// How much of what holds the trend together the post says, 0 to 1.
    pub relevance: f64,
}

pub(super) fn round(number: f64, digits: i32) -> f64 {
    let factor = 10_f64.powi(digits);
    (number * factor).round() / factor
}

/// Where a trend stands among others: confidence × relevance × liveliness, 0 to 1. Relevance counts from a tenth up, so
/// that what has nothing to do with the brand still has an order. Liveliness is the pace (a quarter at momentum −1, 1 at
/// momentum 1) by freshness, which halves in a day without an item.
pub(super) fn rank(
    confidence: f64,
    relevance: Option<f64>,
    momentum: f64,
    last: Timestamp,
    now: Timestamp,
) -> f64 {
    let relevance = 0.1 + 0.9 * relevance.unwrap_or(NEUTRAL);
    let hours = (now - last).num_minutes().max(0) as f64 / 60.0;
    let freshness = 0.5_f64.powf(hours / HALF_LIFE);
    let pace = 0.25 + 0.75 * f64::midpoint(1.0, momentum);
    round((confidence * relevance * pace * freshness).clamp(0.0, 1.0), 4)
}

/// What decides whether a trend is told of at once.
#[derive(Debug, Clone, Copy)]
pub(super) struct Riser {
    pub(super) state: TrendState,
    pub(super) confidence: f64,
    pub(super) momentum: f64,
    pub(super) relevance: Option<f64>,
    pub(super) peak_likely: Timestamp,
    /// Items that came while the brand was listening to their source: the first look at a source brings old news.
    pub(super) heard: usize,
    pub(super) dismissed: bool,
}

/// Whether it is a fast riser: sure enough, gaining pace, to do with the brand, its peak ahead, and heard as it happened.
pub(super) fn rises(riser: &Riser, now: Timestamp) -> bool {
    let (confidence, momentum, relevance, heard) = RISING;
    riser.state == TrendState::Active
        && !riser.dismissed
        && riser.confidence >= confidence
        && riser.momentum >= momentum
        && riser.relevance.unwrap_or(NEUTRAL) >= relevance
        && riser.peak_likely > now
        && riser.heard >= heard
}

/// A name as somebody may give it.
pub(super) fn check_name(name: &str) -> Result<String, Problem> {
    let name = text::one_line(name);
    match name.chars().count() {
        0 => Err(Problem::invalid("name", "blank", "Give the trend a name.")),
        length if length > NAME => {
            Err(Problem::invalid("name", "too_long", format!("Use at most {NAME} characters.")))
        }
        _ => Ok(name),
    }
}

/// A category as somebody may give it: in lower case, as those that are found.
pub(super) fn check_category(category: &str) -> Result<String, Problem> {
    let category = text::one_line(category).to_lowercase();
    match category.chars().count() {
        0 => Err(Problem::invalid("category", "blank", "Name a category, or give null.")),
        length if length > CATEGORY => {
            Err(Problem::invalid("category", "too_long", format!("Use at most {CATEGORY} characters.")))
        }
        _ => Ok(category),
    }
}

/// What a person may have been told, for judging it: the trend as it ended with what was said when it was found.
pub(super) fn evaluate(trend: &detect::Trend, predicted: &Predicted) -> Evaluation {
    let told = detect::Trend { predicted: predicted.detected(), ..trend.clone() };
    detect::evaluate(&told).into()
}

/// An item that speaks of a trend, with how much.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Speaking {
    pub(super) item: Uuid,
    pub(super) at: Timestamp,
    pub(super) likeness: f64,
}

#[cfg(test)]
mod tests {
    use chrono::Duration;

    use super::*;

    fn now() -> Timestamp {
        "2026-11-16T09:00:00Z".parse().unwrap()
    }

    #[test]
    fn what_is_sure_near_and_lively_comes_first() {
        let last = now() - Duration::hours(1);
        let best = rank(0.9, Some(0.8), 0.6, last, now());
        for worse in [
            rank(0.6, Some(0.8), 0.6, last, now()),
            rank(0.9, Some(0.3), 0.6, last, now()),
            rank(0.9, Some(0.8), -0.5, last, now()),
            rank(0.9, Some(0.8), 0.6, now() - Duration::hours(25), now()),
        ] {
            assert!(worse < best, "{worse} {best}");
        }
        // nothing to do with the brand: last, but not nothing
        assert!(rank(0.9, Some(0.0), 0.6, last, now()) > 0.0);
        // and nothing to compare with is neither for nor against
        let unknown = rank(0.9, None, 0.6, last, now());
        assert!(unknown > rank(0.9, Some(0.1), 0.6, last, now()) && unknown < best);
        assert!((0.0..=1.0).contains(&rank(1.0, Some(1.0), 1.0, now() + Duration::hours(3), now())));
    }

    #[test]
    fn a_fast_riser_lacks_nothing() {
        let riser = Riser {
            state: TrendState::Active,
            confidence: 0.9,
            momentum: 0.6,
            relevance: Some(0.5),
            peak_likely: now() + Duration::hours(5),
            heard: 4,
            dismissed: false,
        };
        assert!(rises(&riser, now()));
        assert!(rises(&Riser { relevance: None, ..riser }, now()));
        for lacking in [
            Riser { state: TrendState::Declining, ..riser },
            Riser { confidence: 0.8, ..riser },
            Riser { momentum: 0.1, ..riser },
            Riser { relevance: Some(0.1), ..riser },
            Riser { peak_likely: now() - Duration::hours(1), ..riser },
            // what the first look at a source brings
            Riser { heard: 2, ..riser },
            Riser { dismissed: true, ..riser },
        ] {
            assert!(!rises(&lacking, now()), "{lacking:?}");
        }
    }

    #[test]
    fn alone_stands_only_what_goes_up_and_is_known_to_concern_the_brand() {
        let trend = MorningTrend {
            id: Uuid::from_u128(1).into(),
            name: "Oak prices".into(),
            summary: String::new(),
            momentum: 0.2,
            peak_likely: now() + Duration::hours(5),
            relevance: Some(0.5),
            url_path: String::new(),
        };
        assert!(trend.rises(now()) && trend.stands_alone(now()));
        for over in [
            MorningTrend { momentum: 0.0, ..trend.clone() },
            MorningTrend { peak_likely: now(), ..trend.clone() },
        ] {
            assert!(!over.rises(now()) && !over.stands_alone(now()), "{over:?}");
        }
        for foreign in [Some(0.1), None] {
            let trend = MorningTrend { relevance: foreign, ..trend.clone() };
            assert!(trend.rises(now()) && !trend.stands_alone(now()), "{foreign:?}");
        }
    }

    #[test]
    fn names_and_categories() {
        assert_eq!(check_name("  The  X200 recall ").unwrap(), "The X200 recall");
        for nothing in [" ", "\u{202e}", "\u{200b}"] {
            assert_eq!(check_name(nothing).unwrap_err().errors[0].code, "blank");
        }
        assert!(check_category("\u{202e}").is_err());
        assert_eq!(check_name(&"x".repeat(121)).unwrap_err().errors[0].code, "too_long");
        assert_eq!(check_category("Craft").unwrap(), "craft");
    }
}
