//! What a post is put together from: paragraphs, lists and its end.

use super::{
    context::Context,
    flow::Element,
    form::Form,
    select::Said,
    text::{Piece, Text},
};

/// A paragraph, or a list after what announces it.
#[derive(Clone)]
pub struct Paragraph {
    pub pieces: Vec<Piece>,
    pub list: bool,
    pub numbered: bool,
}

impl From<Piece> for Paragraph {
    fn from(piece: Piece) -> Self {
        Self { pieces: vec![piece], list: false, numbered: false }
    }
}

/// Ends of a post.
#[derive(Default, Clone)]
pub struct Ending {
    pub ask: Option<Piece>,
    pub link: Option<Vec<Piece>>,
    pub tags: Vec<String>,
}

impl Ending {
    pub fn of(context: &Context<'_>, form: &Form, said: &Said, ends_itself: bool) -> Self {
        Self {
            ask: context.ask(said, form.asks, ends_itself),
            link: context.link_line(),
            tags: context.tags(),
        }
    }

    /// The same with less and less: what matters least goes first when it does not fit.
    pub fn shrinking(self, ask: bool) -> [Self; 4] {
        let without =
            |ending: &Self| Self { ask: if ask { ending.ask.clone() } else { None }, ..ending.clone() };
        let second = without(&self);
        let third = Self { tags: Vec::new(), ..second.clone() };
        [self, second, third, Self::default()]
    }

    pub fn put(&self, text: &mut Text) {
        if let Some(ask) = &self.ask {
            text.paragraph(vec![ask.clone()]);
        }
        if let Some(link) = &self.link {
            text.paragraph(link.clone());
        }
        text.tags(&self.tags);
    }

    pub fn cta(&self) -> Option<String> {
        let link = self
            .link
            .as_ref()
            .map(|pieces| pieces.iter().map(|piece| piece.text.as_str()).collect::<Vec<_>>().join(" "));
        self.ask.as_ref().map(|ask| ask.text.clone()).or(link)
    }
}

/// An element as a paragraph; what follows what stood before it keeps its connective.
pub fn paragraph(context: &Context<'_>, element: &Element, follows: bool) -> Option<Paragraph> {
    let material = context.material;
    Some(match element {
        Element::Heading(section) => Piece::words(material, material.heading(*section)?).into(),
        Element::Passage(range) => {
            let stands =
                material.analysis.sentences[range.start].footing == bellwether_language::Footing::Before;
            if follows || stands {
                Piece::following(material, range)
            } else {
                Piece::sentences(material, range)
            }
            .into()
        }
        Element::List(list) => {
            let lead = list.lead.map(|lead| Piece::following(material, &(lead..lead + 1)));
            let pieces =
                lead.into_iter().chain(list.items.iter().map(|item| Piece::sentences(material, item)));
            Paragraph { pieces: pieces.collect(), list: true, numbered: list.ordered }
        }
    })
}

pub fn render(hook: &Piece, body: &[Paragraph], ending: &Ending) -> Text {
    let mut text = Text::of(hook.clone());
    for paragraph in body {
        if let [lead, items @ ..] = paragraph.pieces.as_slice() {
            text.paragraph(vec![lead.clone()]);
            for (index, item) in items.iter().enumerate().filter(|_| paragraph.list) {
                let mark = if paragraph.numbered { format!("{}. ", index + 1) } else { "• ".to_owned() };
                text.bullet(&mark, item.clone());
            }
        }
    }
    ending.put(&mut text);
    text
}
