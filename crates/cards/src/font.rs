//! The fonts: which letters they have and how wide those are.

use std::sync::{Arc, LazyLock};

use resvg::usvg::fontdb::Database;
use skrifa::{
    FontRef, MetadataProvider as _,
    charmap::Charmap,
    instance::{LocationRef, Size},
    metrics::GlyphMetrics,
};

static INTER: &[u8] = include_bytes!("../fonts/Inter_400Regular.ttf");
static INTER_BOLD: &[u8] = include_bytes!("../fonts/Inter_700Bold.ttf");
static SERIF: &[u8] = include_bytes!("../fonts/SourceSerif4_600SemiBold.ttf");

/// All of them, for drawing.
pub(crate) static DATABASE: LazyLock<Arc<Database>> = LazyLock::new(|| {
    let mut database = Database::new();
    for font in [INTER, INTER_BOLD, SERIF] {
        database.load_font_data(font.to_vec());
    }
    Arc::new(database)
});

/// A font of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Font {
    Plain,
    Bold,
    Serif,
}

impl Font {
    /// Family and weight as SVG names them.
    pub(crate) const fn svg(self) -> (&'static str, u16) {
        match self {
            Self::Plain => ("Inter", 400),
            Self::Bold => ("Inter", 700),
            Self::Serif => ("Source Serif 4", 600),
        }
    }

    /// None when a font of ours can't be read, which a test rules out.
    pub(crate) fn metrics(self) -> Option<Metrics> {
        let bytes = match self {
            Self::Plain => INTER,
            Self::Bold => INTER_BOLD,
            Self::Serif => SERIF,
        };
        let font = FontRef::new(bytes).ok()?;
        let units = f32::from(font.metrics(Size::unscaled(), LocationRef::default()).units_per_em);
        let glyphs = font.glyph_metrics(Size::unscaled(), LocationRef::default());
        Some(Metrics { letters: font.charmap(), glyphs, units })
    }
}

/// Letters of a font.
pub(crate) struct Metrics {
    letters: Charmap<'static>,
    glyphs: GlyphMetrics<'static>,
    units: f32,
}

impl Metrics {
    pub(crate) fn has(&self, letter: char) -> bool {
        self.letters.map(letter).is_some()
    }

    /// How wide a text is at a size. Pairs that stand closer or wider are left out: about a hundredth.
    pub(crate) fn width(&self, text: &str, size: f32) -> f32 {
        let units: f32 = text
            .chars()
            .filter_map(|letter| self.letters.map(letter))
            .filter_map(|glyph| self.glyphs.advance_width(glyph))
            .sum();
        units / self.units * size
    }
}
