//! What every kind of draft needs: openings, endings, hashtags.

use std::ops::Range;

use bellwether_networks::{Network, Part, Target, TargetRules, Tone, rules, rules_of};

use super::{
    material::Material,
    patterns::{self, Kind, Pattern},
    select::{self, Said, Wish},
    text::{Piece, Text, fits},
};

/// One draft to write.
pub struct Context<'a> {
    pub material: &'a Material,
    pub target: Target,
    pub tone: Tone,
    pub variation: u32,
    pub rules: &'static TargetRules,
    /// The person asked for no hashtags.
    pub without_tags: bool,
}

/// What opens a draft.
#[derive(Debug, Clone)]
pub struct Opening {
    pub piece: Piece,
    /// The sentences that it is made of; none for a title or a phrase.
    pub sentences: Option<Range<usize>>,
}

impl<'a> Context<'a> {
    pub fn new(
        material: &'a Material,
        target: Target,
        tone: Tone,
        variation: u32,
        without_tags: bool,
    ) -> Self {
        Self { material, target, tone, variation, rules: rules_of(target), without_tags }
    }

    /// A declared phrase of this language and tone.
    pub fn phrase(&self, kind: Kind) -> Option<&'static Pattern> {
        // networks take turns, so that ten drafts of one text don't all end alike
        let turn = self.variation.wrapping_add(self.target as u32);
        patterns::pick(kind, self.material.analysis.language, self.tone, self.material.register, turn)
    }

    /// The same as a piece; nothing to fill in.
    pub fn phrase_piece(&self, kind: Kind) -> Option<Piece> {
        self.phrase(kind).map(|pattern| Piece::pattern(&pattern.id, pattern.text.clone()))
    }

    /// A few words that name what the text is about and read well within a phrase.
    pub fn topic(&self) -> Option<&'a str> {
        let phrase = self.material.analysis.keyphrases.first()?;
        let length = phrase.text.chars().count();
        ((3..=28).contains(&length) && (phrase.in_title || phrase.name)).then_some(phrase.text.as_str())
    }

    /// “5 things to know about sourdough:” when the language has such a phrase and the topic is clear.
    pub fn count_hook(&self, count: usize) -> Option<Piece> {
        let pattern = self.phrase(Kind::HookCount)?;
        let topic = self.topic()?;
        // a bare noun such as “flood” wants an article that a phrase can't know
        let name = self
            .material
            .analysis
            .keyphrases
            .first()
            .is_some_and(|phrase| phrase.name || phrase.text.contains(' '));
        if count < 2 || !(name || self.material.analysis.language == bellwether_language::Language::GERMAN) {
            return None;
        }
        let text = pattern.text.replace("{count}", &count.to_string()).replace("{topic}", topic);
        Some(Piece::pattern(&pattern.id, capital_first(&text)))
    }

    /// Openings to choose from, the best first: sentences, then the title. Never empty unless nothing fits.
    pub fn openings(&self, bytes: usize) -> Vec<Opening> {
        let material = self.material;
        // a short form opens otherwise than the long one of the same network
        let short = matches!(
            self.target,
            Target::XPost
                | Target::LinkedinShort
                | Target::InstagramCaption
                | Target::ThreadsPost
                | Target::BlueskyPost
                | Target::MastodonPost
        );
        let turn = self.variation as usize + usize::from(short);
        let mut out: Vec<Opening> =
            select::openings(material, self.tone, bytes, turn, self.variation > 0, &|index| {
                self.speakable(index)
            })
            .into_iter()
            .map(|index| Opening {
                piece: Piece::sentences(material, &(index..index + 1)),
                sentences: Some(index..index + 1),
            })
            .collect();
        if let Some(title) = self.title_opening(bytes) {
            // a title that says something was written to open
            let place = if self.title_claims() {
                usize::from(self.variation % 2 == 1 || (short && self.variation == 0))
            } else {
                2
            };
            out.insert(place.min(out.len()), title);
        }
        // the title and the sentence that says it again are one opening
        let mut index = 1;
        while index < out.len() {
            let again = out[..index].iter().any(|other| {
                bellwether_language::similarity(&other.piece.text, &out[index].piece.text) > 0.7
            });
            if again {
                out.remove(index);
            } else {
                index += 1;
            }
        }
        if out.is_empty() {
            let mut rest: Vec<&super::material::Passage> = material.passages.iter().collect();
            rest.sort_by(|a, b| {
                let score = |passage: &super::material::Passage| {
                    material.analysis.sentences[passage.sentences.start].score
                };
                score(b).total_cmp(&score(a))
            });
            out.extend(rest.into_iter().take(12).map(|passage| {
                let range = passage.sentences.start..passage.sentences.start + 1;
                Opening { piece: Piece::sentences(material, &range), sentences: Some(range) }
            }));
        }
        out
    }

    /// The title when it is fit to open a text.
    pub fn title_opening(&self, bytes: usize) -> Option<Opening> {
        let title = self.material.title.as_deref()?;
        (title.len() <= bytes && bellwether_language::count_words(title) >= 2 && !self.has_forbidden(title))
            .then(|| Opening { piece: Piece::title(self.material, title), sentences: None })
    }

    /// Whether the title is a statement or a question rather than a label.
    pub fn title_claims(&self) -> bool {
        self.material.title.as_deref().is_some_and(claims)
    }

    /// What the text itself asks its reader near its end.
    pub fn own_question(&self, said: &dyn Fn(usize) -> bool) -> Option<Piece> {
        let analysis = &self.material.analysis;
        let from = analysis.sentences.len() * 17 / 20;
        let index = analysis.questions.iter().rev().copied().find(|index| {
            let sentence = &analysis.sentences[*index];
            let near = bellwether_language::words(&sentence.text).any(|word| {
                matches!(
                    word.to_lowercase().as_str(),
                    "you" | "your" | "you're" | "you’re" | "du" | "dein" | "deine" | "ihr" | "euch" | "vous" | "votre" | "tu" | "tú" | "usted" | "te"
                )
            });
            *index >= from
                && near
                && sentence.words <= 20
                && !sentence.faults.has_any(bellwether_language::Faults::EARLY_PRONOUN.with(bellwether_language::Faults::DEMONSTRATIVE))
                // answered at once, it is no question to the reader
                && self.material.continuation(*index, 1).is_empty()
                && self.speakable(*index)
                && !said(*index)
        })?;
        Some(Piece::sentences(self.material, &(index..index + 1)))
    }

    /// Whether a sentence may be used here at all.
    pub fn speakable(&self, index: usize) -> bool {
        let text = &self.material.analysis.sentences[index].text;
        !self.has_forbidden(text) && (!self.is_spoken() || !technical(text))
    }

    fn has_forbidden(&self, text: &str) -> bool {
        text.chars().any(|c| self.rules.forbidden.contains(&c))
            || (self.target.network() != Network::Email
                && self.target.network() != Network::Blog
                && would_link_up(text))
    }

    fn is_spoken(&self) -> bool {
        matches!(
            self.target.shape(),
            bellwether_networks::Shape::Script | bellwether_networks::Shape::Carousel
        )
    }

    /// Hashtags for this target.
    pub fn tags(&self) -> Vec<String> {
        if self.without_tags {
            return Vec::new();
        }
        let most = self.rules.recommended_hashtags.min(self.rules.max_hashtags.unwrap_or(u32::MAX)) as usize;
        let all = &self.material.analysis.hashtags;
        all.iter()
            .filter(|tag| !tag.chars().any(|c| self.rules.forbidden.contains(&c)))
            .take(most)
            .cloned()
            .collect()
    }

    /// A heading that says something away from its page.
    pub fn heading(&self, section: usize) -> Option<&'a str> {
        use bellwether_language::Faults;
        let heading = self.material.heading(section)?;
        let faults = bellwether_language::faults(heading, self.material.analysis.language);
        (!self.has_forbidden(heading)
            && !faults.has_any(Faults::REFERENCE.with(Faults::LEAD).with(Faults::UNBALANCED)))
        .then_some(heading)
    }

    /// The link, where readers can click it.
    pub fn url(&self) -> Option<&'a str> {
        let clickable = rules(self.target.network()).links.clickable;
        self.material.url.as_deref().filter(|_| clickable)
    }

    /// The line that leads to the whole text.
    pub fn link_line(&self) -> Option<Vec<Piece>> {
        let url = self.url()?;
        Some(match self.phrase_piece(Kind::CtaRead) {
            Some(lead) => vec![lead, Piece::brief(url)],
            None => vec![Piece::brief(url)],
        })
    }

    /// What a picture would show.
    pub fn media_prompt(&self) -> Option<String> {
        let pattern = self.phrase(Kind::Media)?;
        let about = self.material.title.as_deref().or_else(|| self.topic())?;
        Some(pattern.text.replace("{topic}", about))
    }

    /// Passages for the body.
    pub fn passages(&self, said: &Said, wish: &Wish<'_>) -> Vec<Range<usize>> {
        select::passages(self.material, said, wish)
    }

    /// Whether a text fits a part of this target.
    pub fn text_fits(&self, text: &Text, part: Part, most: Option<u32>) -> bool {
        text.fits(self.target, part, most)
    }

    /// The same for a piece of text.
    pub fn fits(&self, text: &str, part: Part) -> bool {
        fits(text, self.target, part, None)
    }
}

/// Signs of programs, which nobody says aloud or puts on a slide.
pub fn technical(text: &str) -> bool {
    text.contains("::")
        || text.contains("()")
        || text.contains(['<', '>', '{', '}', '\\', '|', '=', '_', '~'])
        || text.contains("->")
}

/// Whether a network would make a mention or hashtag of something in the text that is none: “@ben” as well as “#123”.
fn would_link_up(text: &str) -> bool {
    text.contains('@')
        || text.split_whitespace().any(|word| {
            let bare = word.trim_start_matches(['(', '“', '"', '\'']);
            bare.len() > 1 && (bare.starts_with('@') || bare.starts_with('#'))
        })
}

/// Titles such as “We deleted 40% of our product” or “Why I closed on Saturdays”, not “Announcing version 2”.
fn claims(title: &str) -> bool {
    if title.ends_with(['?', '!']) {
        return true;
    }
    let lower = title.to_lowercase().replace('’', "'");
    let words: Vec<&str> = bellwether_language::words(&lower).collect();
    let counted = words.first().is_some_and(|first| {
        (first.chars().all(|c| c.is_ascii_digit()) && first.len() <= 2)
            || matches!(
                *first,
                "three"
                    | "four"
                    | "five"
                    | "six"
                    | "seven"
                    | "eight"
                    | "nine"
                    | "ten"
                    | "drei"
                    | "vier"
                    | "fünf"
                    | "sechs"
                    | "sieben"
                    | "trois"
                    | "quatre"
                    | "cinq"
                    | "tres"
                    | "cuatro"
                    | "cinco"
            )
    });
    let says = words.iter().any(|word| {
        matches!(
            *word,
            "we" | "i"
                | "you"
                | "your"
                | "our"
                | "my"
                | "is"
                | "are"
                | "was"
                | "were"
                | "do"
                | "does"
                | "did"
                | "don't"
                | "can't"
                | "can"
                | "should"
                | "must"
                | "how"
                | "why"
                | "what"
                | "stop"
                | "never"
                | "won't"
                | "isn't"
                | "will"
                | "wir"
                | "ich"
                | "du"
                | "sie"
                | "unser"
                | "unsere"
                | "mein"
                | "meine"
                | "ist"
                | "sind"
                | "war"
                | "wie"
                | "warum"
                | "nie"
                | "hat"
                | "haben"
                | "nous"
                | "je"
                | "j'ai"
                | "vous"
                | "votre"
                | "notre"
                | "ma"
                | "mon"
                | "est"
                | "sont"
                | "pourquoi"
                | "comment"
                | "cómo"
                | "qué"
                | "mi"
                | "tu"
                | "nuestro"
                | "nuestra"
                | "nunca"
                | "somos"
                | "perdimos"
        )
    });
    words.len() >= 4 && (counted || says)
}

fn capital_first(text: &str) -> String {
    let first_word = text.split(' ').next().unwrap_or_default();
    if first_word.chars().skip(1).any(char::is_uppercase) {
        return text.to_owned();
    }
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}
