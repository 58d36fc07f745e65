//! Where things stand on a card, by template. All lengths grow with the shorter side: 1080 pixels are 1.

use crate::{
    Card, Colour, Colours, Fault, Size, Template,
    font::Font,
    text::{Block, LEADING, Room, clean, fit},
};

/// A line of text: where its baseline begins.
pub(crate) struct Line {
    pub(crate) x: f32,
    pub(crate) y: f32,
    pub(crate) size: f32,
    pub(crate) font: Font,
    pub(crate) text: String,
    pub(crate) colour: Colour,
    /// It ends at `x` instead.
    pub(crate) at_end: bool,
}

/// A filled rectangle.
pub(crate) struct Bar {
    pub(crate) x: f32,
    pub(crate) y: f32,
    pub(crate) width: f32,
    pub(crate) height: f32,
    pub(crate) colour: Colour,
}

/// A card with everything at its place.
#[derive(Default)]
pub(crate) struct Layout {
    pub(crate) bars: Vec<Bar>,
    pub(crate) lines: Vec<Line>,
    /// x, y, width, height of the logo.
    pub(crate) logo: Option<[f32; 4]>,
    pub(crate) left_out: Vec<String>,
}

/// The measures of a size.
struct Page {
    width: f32,
    height: f32,
    unit: f32,
    margin: f32,
}

impl Page {
    fn of(size: Size) -> Self {
        let (width, height) = size.pixels();
        let (width, height) = (width as f32, height as f32);
        let unit = width.min(height) / 1080.0;
        Self { width, height, unit, margin: 96.0 * unit }
    }
}

/// Letters from `largest` to `smallest`, in pixels of a square card.
struct Letters(Font, f32, f32);

impl Layout {
    /// Fits a text into a room; an empty one is no block.
    fn block(
        &mut self,
        page: &Page,
        (at, text): (&'static str, &str),
        letters: &Letters,
        (width, height): (f32, f32),
    ) -> Result<Option<Block>, Fault> {
        let Letters(font, largest, smallest) = *letters;
        let metrics = font.metrics().ok_or_else(|| Fault::Broken("a font can't be read".to_owned()))?;
        let text = clean(at, text, &metrics, &mut self.left_out)?;
        if text.is_empty() {
            return Ok(None);
        }
        // on the small landscape card letters don't shrink with the side: phones show it as wide as the others
        let (largest, smallest) = (largest * page.unit, smallest * page.unit.max(0.8));
        fit(at, &text, font, &metrics, Room { width, height, largest: largest.max(smallest), smallest })
            .map(Some)
    }

    /// Writes a block from a height on; where it ends.
    fn write(&mut self, block: Block, x: f32, top: f32, colour: Colour) -> f32 {
        let Block { font, size, lines } = block;
        let mut y = top;
        for text in lines {
            if !text.is_empty() {
                // letters stand on the baseline, about four fifths down the line's own height
                let baseline = y + size * (LEADING - 1.0) / 2.0 + size * 0.8;
                self.lines.push(Line { x, y: baseline, size, font, text, colour, at_end: false });
            }
            y += size * LEADING;
        }
        y
    }

    /// Author, source, page number and logo; where the room above them ends.
    fn foot(&mut self, page: &Page, card: &Card<'_>, colours: &Colours, left: f32) -> Result<f32, Fault> {
        let unit = page.unit;
        let bottom = page.height - page.margin;
        let logo = if card.logo.is_some() { 220.0 * unit } else { 0.0 };
        let number = if card.page.is_some() { 140.0 * unit } else { 0.0 };
        let aside = logo + number;
        let width = page.width - left - page.margin - if aside > 0.0 { aside + 32.0 * unit } else { 0.0 };
        let author = ("author", card.author);
        let author = self.block(page, author, &Letters(Font::Bold, 36.0, 26.0), (width, 110.0 * unit))?;
        let source = ("source", card.source);
        let source = self.block(page, source, &Letters(Font::Plain, 30.0, 24.0), (width, 90.0 * unit))?;
        let height = author.as_ref().map_or(0.0, Block::height) + source.as_ref().map_or(0.0, Block::height);
        let mut top = bottom - height;
        let mut above = top;
        if let Some(author) = author {
            top = self.write(author, left, top, colours.ink);
        }
        if let Some(source) = source {
            self.write(source, left, top, colours.ink);
        }
        let right = page.width - page.margin;
        if let Some((at, of)) = card.page {
            let (size, text) = (32.0 * unit.max(0.8), format!("{at}/{of}"));
            let y = bottom - size * 0.25;
            self.lines.push(Line {
                x: right,
                y,
                size,
                font: Font::Bold,
                text,
                colour: colours.ink,
                at_end: true,
            });
            above = above.min(bottom - size);
        }
        if card.logo.is_some() {
            let height = 88.0 * unit;
            self.logo = Some([right - number - logo, bottom - height, logo, height]);
            above = above.min(bottom - height);
        }
        Ok(if above < bottom { above - 40.0 * unit } else { bottom })
    }

    fn quote(&mut self, page: &Page, card: &Card<'_>, colours: &Colours) -> Result<(), Fault> {
        let bottom = self.foot(page, card, colours, page.margin)?;
        let mark = 220.0 * page.unit;
        let text = "\u{201c}".to_owned();
        let (x, y, font) = (page.margin, page.margin + mark * 0.7, Font::Serif);
        self.lines.push(Line { x, y, size: mark, font, text, colour: colours.accent, at_end: false });
        let top = page.margin + mark * 0.5;
        let room = (page.width - 2.0 * page.margin, bottom - top);
        let words = self.block(page, ("text", card.text), &Letters(Font::Serif, 84.0, 32.0), room)?;
        let words = words.ok_or(Fault::Empty)?;
        let start = top + (room.1 - words.height()) / 2.0;
        self.write(words, page.margin, start, colours.ink);
        Ok(())
    }

    fn statement(&mut self, page: &Page, card: &Card<'_>, colours: &Colours) -> Result<(), Fault> {
        let band = 40.0 * page.unit;
        let (height, colour) = (page.height, colours.accent);
        self.bars.push(Bar { x: 0.0, y: 0.0, width: band, height, colour });
        let left = page.margin + band;
        let bottom = self.foot(page, card, colours, left)?;
        let room = (page.width - left - page.margin, bottom - page.margin);
        let words = self.block(page, ("text", card.text), &Letters(Font::Bold, 104.0, 34.0), room)?;
        let words = words.ok_or(Fault::Empty)?;
        let start = page.margin + (room.1 - words.height()) / 2.0;
        self.write(words, left, start, colours.ink);
        Ok(())
    }

    /// A heading, and a text below it; a cover's are larger and stand in the middle.
    fn slide(&mut self, page: &Page, card: &Card<'_>, colours: &Colours, cover: bool) -> Result<(), Fault> {
        let unit = page.unit;
        let bottom = self.foot(page, card, colours, page.margin)?;
        let (width, height, colour) = (120.0 * unit, 14.0 * unit, colours.accent);
        self.bars.push(Bar { x: page.margin, y: page.margin, width, height, colour });
        let top = page.margin + height + 44.0 * unit;
        let (wide, high) = (page.width - 2.0 * page.margin, bottom - top);
        let letters = if cover { Letters(Font::Bold, 112.0, 48.0) } else { Letters(Font::Bold, 76.0, 40.0) };
        // the text keeps at least two fifths of the room
        let share = if card.text.trim().is_empty() { 1.0 } else { 0.6 };
        let heading = self.block(page, ("heading", card.heading), &letters, (wide, high * share))?;
        let gap = if heading.is_some() { 28.0 * unit } else { 0.0 };
        let left = high - heading.as_ref().map_or(0.0, Block::height) - gap;
        let letters = if cover { Letters(Font::Plain, 48.0, 30.0) } else { Letters(Font::Plain, 50.0, 30.0) };
        let text = self.block(page, ("text", card.text), &letters, (wide, left))?;
        if heading.is_none() && text.is_none() {
            return Err(Fault::Empty);
        }
        let used = heading.as_ref().map_or(0.0, Block::height)
            + text.as_ref().map_or(0.0, |text| gap + text.height());
        let mut y = if cover { top + (high - used).max(0.0) / 2.0 } else { top };
        if let Some(heading) = heading {
            y = self.write(heading, page.margin, y, colours.ink) + gap;
        }
        if let Some(text) = text {
            self.write(text, page.margin, y, colours.ink);
        }
        Ok(())
    }
}

pub(crate) fn lay_out(
    template: Template,
    size: Size,
    colours: &Colours,
    card: &Card<'_>,
) -> Result<Layout, Fault> {
    let (page, mut layout) = (Page::of(size), Layout::default());
    match template {
        Template::Quote => layout.quote(&page, card, colours)?,
        Template::Statement => layout.statement(&page, card, colours)?,
        Template::Cover => layout.slide(&page, card, colours, true)?,
        Template::Slide => layout.slide(&page, card, colours, false)?,
    }
    Ok(layout)
}
