//! Lines as newspapers write them: patterns, and several words for what happened.

use crate::{
    material::{Material, invented},
    random::Random,
};

/// What can happen, each in words that mean the same.
const EVENTS: &[&[&str]] = &[
    &["recalls", "pulls back", "recall", "withdraws", "takes off the market"],
    &["down", "outage", "offline", "unreachable", "disruption"],
    &["buys", "acquisition", "takeover", "deal", "acquires"],
    &["raises prices", "price increase", "more expensive", "price hike", "higher fees"],
    &["sued", "lawsuit", "court", "taken to court", "class action"],
    &["launches", "unveils", "presents", "new release", "announcement"],
    &["bans", "ban", "forbidden", "prohibits", "outlawed"],
    &["strike", "walkout", "workers stop", "industrial action"],
    &["hacked", "breach", "leak", "stolen data", "attack"],
    &["resigns", "steps down", "leaves", "resignation", "departure"],
    &["wins", "victory", "award", "prize", "champion"],
    &["layoffs", "cuts jobs", "dismissals", "fewer staff"],
    &["study", "research shows", "scientists", "new findings", "survey"],
    &["partnership", "together with", "joins forces", "alliance", "cooperation"],
    &["delay", "postponed", "later than planned", "behind schedule"],
];

/// `{s}` is whom it is about, `{e}` what happened, `{x}` a further detail or a word of the material.
const PATTERNS: &[&str] = &[
    "{s} {e}: what we know so far",
    "{e} at {s}, {x} affected",
    "Why the {s} {e} matters",
    "{s}: {e} and {x}",
    "{x}: {s} {e} explained",
    "How {s} came to this: {e}, {x}",
    "Breaking: {s} {e}",
    "What {s} users should know about the {e}",
    "{s} confirms {e}",
    "After {e}: {x} reacts to {s}",
    "Opinion: {s} and the {e} nobody wanted",
    "Is {s} next? {e} and {x}",
    "{s} {e} - live updates",
    "Five questions about {s} and {x}",
    "\u{201c}We did not expect that\u{201d}: {s} on {x}",
    "{s} in the news: {x}",
];

/// Somebody or something that is talked about.
pub fn subject(material: &Material, random: &mut Random) -> String {
    let title = |word: String| -> String {
        let mut chars = word.chars();
        chars.next().map(|c| c.to_uppercase().chain(chars).collect()).unwrap_or(word.clone())
    };
    match random.below(5) {
        0 | 1 => invented(random),
        2 => format!("{} {}", invented(random), title(material.word(random))),
        3 => format!("{} {}", title(material.word(random)), title(material.word(random))),
        _ => format!("{} {}", invented(random), random.range(2, 90)),
    }
}

/// One thing that happened.
#[derive(Clone, Copy)]
pub struct Event(&'static [&'static str]);

impl Event {
    pub fn any(random: &mut Random) -> Self {
        Self(random.pick::<&[&str]>(EVENTS))
    }

    /// A line about it. Without a subject, only what happened is told.
    pub fn line(self, subject: &str, detail: &str, material: &Material, random: &mut Random) -> String {
        let event: &str = random.pick::<&str>(self.0);
        let detail = if detail.is_empty() { material.word(random) } else { detail.to_owned() };
        let pattern = random.pick::<&str>(PATTERNS);
        let subject = if subject.is_empty() { material.word(random) } else { subject.to_owned() };
        pattern.replace("{s}", &subject).replace("{e}", event).replace("{x}", &detail)
    }
}
