//! Pictures of words: quotes, statements and the slides of carousels, drawn from templates in a brand's colours.
//!
//! Computes only. Fonts are part of the program, so a card looks the same on every machine: Inter and Source Serif 4 (SIL
//! Open Font License, `fonts/`), which write Latin with Vietnamese, Greek and Cyrillic. What they can't write is refused
//! and named, never drawn as boxes; emoji are left out, and the answer says which.
//!
//! To add a template, add a variant of [`Template`] and its layout in `layout.rs`; the tests walk all of them.

mod colour;
mod draw;
mod font;
mod layout;
mod pdf;
mod text;

pub use colour::{Colour, Colours};
pub use draw::{CONTRAST, Drawn, draw};
pub use pdf::pdf;

/// How large a card is, in pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Size {
    /// 1080 × 1080.
    Square,
    /// 1080 × 1350.
    Portrait,
    /// 1200 × 675.
    Landscape,
}

impl Size {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Square, Self::Portrait, Self::Landscape];

    /// Width and height in pixels.
    pub const fn pixels(self) -> (u32, u32) {
        match self {
            Self::Square => (1080, 1080),
            Self::Portrait => (1080, 1350),
            Self::Landscape => (1200, 675),
        }
    }
}

/// How a card is laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Template {
    /// Somebody's words with a quotation mark above and their name below.
    Quote,
    /// One sentence, large, beside a band.
    Statement,
    /// The first slide of a carousel: a large heading, a line below it.
    Cover,
    /// A slide: a heading and a text below it.
    Slide,
}

impl Template {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Quote, Self::Statement, Self::Cover, Self::Slide];
}

/// What stands on a card. Empty texts are left out; one of `heading` and `text` has to be there.
#[derive(Debug, Clone, Default)]
pub struct Card<'a> {
    /// Above the text, on covers and slides.
    pub heading: &'a str,
    /// The words; line breaks are kept.
    pub text: &'a str,
    /// Who said it, or whose card it is.
    pub author: &'a str,
    /// Where it was said.
    pub source: &'a str,
    /// Which slide of how many.
    pub page: Option<(usize, usize)>,
    /// A PNG, JPEG or WebP, bounded and checked by whoever gives it.
    pub logo: Option<&'a [u8]>,
}

/// Why a card can't be drawn. `at` is the field that it lies in: `heading`, `text`, `author`, `source`, `colours`, `logo`.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum Fault {
    /// Nothing to draw.
    #[error("Write a text.")]
    Empty,
    /// Too much for the smallest letters that can still be read on a phone.
    #[error("This is too long for a card of this size, even in the smallest letters that can be read.")]
    TooLong {
        /// The field.
        at: &'static str,
    },
    /// Letters that no font of ours has.
    #[error("Cards can't show {letters}: their fonts write Latin, Greek and Cyrillic letters.")]
    NoGlyphs {
        /// The field.
        at: &'static str,
        /// The first few of them.
        letters: String,
    },
    /// Nobody could read it.
    #[error(
        "Letters and background are too much alike: their contrast is {ratio:.1} : 1, and it takes 4.5 : 1 to read them."
    )]
    Contrast {
        /// By WCAG 2.2, 1.4.3.
        ratio: f64,
    },
    /// The logo is no picture that can be drawn.
    #[error("The logo can't be drawn. Use a PNG or JPEG.")]
    Logo,
    /// A fault of ours.
    #[error("the card could not be drawn: {0}")]
    Broken(String),
}

impl Fault {
    /// The field that it lies in.
    pub fn at(&self) -> &'static str {
        match self {
            Self::Empty | Self::Broken(_) => "text",
            Self::TooLong { at } | Self::NoGlyphs { at, .. } => at,
            Self::Contrast { .. } => "colours",
            Self::Logo => "logo",
        }
    }

    /// Stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Empty => "required",
            Self::TooLong { .. } => "too_long",
            Self::NoGlyphs { .. } => "no_glyphs",
            Self::Contrast { .. } => "low_contrast",
            Self::Logo => "unreadable",
            Self::Broken(_) => "internal",
        }
    }
}

#[cfg(test)]
mod tests;
