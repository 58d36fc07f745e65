//! Cards: pictures of words in a brand's colours, drawn by the crate `cards` and kept in the library as any other file.

pub(crate) mod http;
mod service;
mod sql;
mod style;

use bellwether_cards::{Size, Template};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::MediaView;

pub use style::{CardStyle, UpdateCardStyle};

bellwether_kernel::id!(CardStyleId, "style", "How a brand's cards look.");

/// How a card is laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CardTemplate {
    /// Somebody's words with a quotation mark above and their name below.
    Quote,
    /// One sentence, large, beside a band.
    Statement,
    /// A large heading and a line below it.
    Cover,
    /// A heading and a text below it.
    Slide,
}

impl From<CardTemplate> for Template {
    fn from(template: CardTemplate) -> Self {
        match template {
            CardTemplate::Quote => Self::Quote,
            CardTemplate::Statement => Self::Statement,
            CardTemplate::Cover => Self::Cover,
            CardTemplate::Slide => Self::Slide,
        }
    }
}

/// How large a card is, in pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CardSize {
    /// 1080 × 1080.
    Square,
    /// 1080 × 1350.
    Portrait,
    /// 1200 × 675.
    Landscape,
}

impl From<CardSize> for Size {
    fn from(size: CardSize) -> Self {
        match size {
            CardSize::Square => Self::Square,
            CardSize::Portrait => Self::Portrait,
            CardSize::Landscape => Self::Landscape,
        }
    }
}

/// Colours instead of the brand's, as `#rrggbb`; absent ones are the brand's.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CardColours {
    /// Behind everything.
    #[serde(default)]
    pub background: Option<String>,
    /// Of letters: contrasts with the background by at least 4.5 to 1.
    #[serde(default)]
    pub ink: Option<String>,
    /// Of bands and marks.
    #[serde(default)]
    pub accent: Option<String>,
}

/// A card to draw.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateCard {
    /// How it is laid out.
    pub template: CardTemplate,
    /// How large it is.
    pub size: CardSize,
    /// The words, up to 2,000 characters; line breaks are kept. What does not fit even in small letters is refused.
    #[serde(default)]
    pub text: String,
    /// Above the words, on covers and slides: up to 300 characters.
    #[serde(default)]
    pub heading: String,
    /// Who said it, up to 200 characters; absent is the brand's signature.
    #[serde(default)]
    pub author: Option<String>,
    /// Where it was said, up to 200 characters.
    #[serde(default)]
    pub source: String,
    /// Colours instead of the brand's.
    #[serde(default)]
    pub colours: CardColours,
    /// The file's folder.
    #[serde(default)]
    pub folder: String,
}

/// What a carousel becomes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CarouselForm {
    /// A picture for each slide.
    Pictures,
    /// One PDF with a page for each slide; its pages are pictures.
    Document,
}

/// How a post's slides are drawn.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateCarousel {
    /// How large the slides are; portrait when absent.
    #[serde(default)]
    pub size: Option<CardSize>,
    /// What they become; when absent a document for LinkedIn, pictures for others.
    #[serde(default)]
    pub form: Option<CarouselForm>,
    /// Colours instead of the brand's.
    #[serde(default)]
    pub colours: CardColours,
}

/// What was drawn.
#[derive(Debug, Serialize, ToSchema)]
pub struct DrawnCards {
    /// The files, in order. The same words in the same style are the same file.
    pub items: Vec<MediaView>,
    /// Emoji that cards can't show and that were left out.
    pub left_out: Vec<String>,
}
