//! What every kind of draft needs: openings, endings, hashtags.

use std::ops::Range;

use bellwether_networks::{Network, Part, Target, TargetRules, Tone, rules, rules_of};

use super::{
    flow::{self, Element},
    material::Material,
    openings,
    patterns::{self, Choice, Genre, Kind, Pattern},
    select::{Said, Wish},
    spoken::Lean,
    text::{Piece, Text, fits},
    wishes::Wishes,
};

/// A text of fewer words is a note: nobody asks “what’s your take?” under one.
const NOTE: usize = 70;

/// One draft to write.
pub struct Context<'a> {
    pub material: &'a Material,
    pub target: Target,
    pub tone: Tone,
    pub variation: u32,
    pub rules: &'static TargetRules,
    /// What the person asked for.
    pub wishes: &'a Wishes,
    /// A voice that is written in.
    pub lean: Option<Lean<'a>>,
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
        wishes: &'a Wishes,
    ) -> Self {
        Self { material, target, tone, variation, rules: rules_of(target), wishes, lean: None }
    }

    /// The same, leaning towards what a voice hears as near.
    #[must_use]
    pub fn leaning(mut self, lean: Option<Lean<'a>>) -> Self {
        self.lean = lean;
        self
    }

    /// Networks take turns, so that ten drafts of one text don't all begin and end alike.
    pub fn turn(&self) -> usize {
        (self.variation as usize).wrapping_add(self.target as usize)
    }

    /// A declared phrase of this language, tone and kind of text.
    pub fn phrase(&self, kind: Kind) -> Option<&'static Pattern> {
        let choice = Choice {
            language: self.material.analysis.language,
            tone: self.tone,
            register: self.material.register,
            genre: self.material.genre,
            topic: self.topic().is_some(),
            turn: self.turn() as u32,
        };
        patterns::pick(kind, choice)
    }

    /// The same as a piece, filled in.
    pub fn phrase_piece(&self, kind: Kind) -> Option<Piece> {
        let pattern = self.phrase(kind)?;
        let text = match self.topic() {
            Some(topic) if pattern.text.starts_with("{topic}") => {
                capital_first(&pattern.text.replace("{topic}", topic))
            }
            Some(topic) => pattern.text.replace("{topic}", topic),
            None => pattern.text.clone(),
        };
        (!self.wishes.forbids(&text)).then(|| Piece::pattern(&pattern.id, text))
    }

    /// A few words that name what the text is about and read well within a phrase.
    pub fn topic(&self) -> Option<&'a str> {
        let subject = self.material.analysis.subject.as_deref()?;
        ((3..=28).contains(&subject.chars().count()) && !self.wishes.forbids(subject)).then_some(subject)
    }

    /// “5 things to know about sourdough:” when the language has such a phrase and the topic is clear.
    pub fn count_hook(&self, count: usize) -> Option<Piece> {
        let pattern = self.phrase(Kind::HookCount)?;
        let topic = self.topic()?;
        if count < 2 {
            return None;
        }
        let text = pattern.text.replace("{count}", &count.to_string()).replace("{topic}", topic);
        Some(Piece::pattern(&pattern.id, capital_first(&text)))
    }

    /// What the reader is asked: the text's own question, else a declared phrase; nothing under a note, and nothing
    /// where what is said ends by speaking to the reader, unless a question was asked for.
    pub fn ask(&self, said: &Said, kinds: &[Kind], ends_itself: bool) -> Option<Piece> {
        if self.wishes.no_ask {
            return None;
        }
        let question = self.wishes.ask || kinds.contains(&Kind::CtaQuestion);
        let open = matches!(self.tone, Tone::Conversational | Tone::Opinionated) || self.wishes.ask;
        let own =
            (question && open).then(|| self.own_question(&|index| said.has(self.material, index))).flatten();
        if own.is_some() {
            return own;
        }
        if self.wishes.ask {
            return self.phrase_piece(Kind::CtaQuestion);
        }
        if ends_itself || self.material.analysis.words < NOTE {
            return None;
        }
        // “how do you see it?” under news asks for nothing that anybody could answer
        let news = self.material.genre == Genre::Other && self.tone != Tone::Opinionated;
        kinds
            .iter()
            .filter(|kind| !(news && **kind == Kind::CtaQuestion))
            .find_map(|kind| self.phrase_piece(*kind))
    }

    /// Whether the text's last sentence speaks to the reader: an advice or a question needs no other one after it.
    pub fn ends_itself(&self, last: usize) -> bool {
        let analysis = &self.material.analysis;
        let sentence = &analysis.sentences[last];
        if !self.material.concludes(last) {
            return false;
        }
        let Some(lexicon) = analysis.language.lexicon() else { return false };
        let block =
            analysis.sentences[..=last].iter().rev().take_while(|other| other.block == sentence.block);
        sentence.question
            || (self.material.genre != Genre::Guide
                && block.take(3).any(|other| {
                    let lower = other.text.to_lowercase();
                    bellwether_language::words(&lower).any(|word| lexicon.second_person.contains(word))
                }))
    }

    /// What of the text can be said here in its own order; empty when it is too long for that.
    pub fn flow(&self, headings: bool) -> Vec<Element> {
        let material = self.material;
        let mut keep = material.sayable.clone();
        let mut whole = true;
        for (index, keep) in keep.iter_mut().enumerate() {
            // without its question an answer is none
            let section = material.analysis.sentences[index].section;
            let unasked = material
                .heading(section)
                .is_some_and(|heading| flow::asks(heading) && self.wishes.forbids(heading));
            if *keep && (unasked || !self.speakable(index)) {
                *keep = false;
                whole = false;
            }
        }
        if !whole {
            flow::settle(&material.analysis, &material.lists, &mut keep);
        }
        flow::elements(material, &keep, headings)
    }

    /// A wish for passages, to be narrowed.
    pub fn wish<'w>(
        &'w self,
        allowed: &'w dyn Fn(usize) -> bool,
        fits: &'w dyn Fn(&[Range<usize>]) -> bool,
    ) -> Wish<'w> {
        Wish {
            tone: self.tone,
            most: 3,
            sentences: 2,
            per_section: 2,
            bytes: 300,
            allowed,
            fits,
            section: None,
            variation: self.variation,
            extend: false,
            wishes: self.wishes,
            lean: self.lean,
        }
    }

    /// Openings to choose from, the best first: sentences, then the title. Never empty unless nothing fits.
    pub fn openings(&self, bytes: usize) -> Vec<Opening> {
        let material = self.material;
        // a short form has no room for a title and what follows it
        let short = matches!(
            self.target,
            Target::XPost
                | Target::LinkedinShort
                | Target::InstagramCaption
                | Target::ThreadsPost
                | Target::BlueskyPost
                | Target::MastodonPost
        );
        let mut out: Vec<Opening> = openings::openings(
            material,
            self.tone,
            bytes,
            self.turn(),
            self.variation > 0,
            self.lean,
            &|index| self.speakable(index),
        )
        .into_iter()
        .map(|range| Opening { piece: Piece::sentences(material, &range), sentences: Some(range) })
        .collect();
        // what was to be mentioned is best mentioned at once
        out.sort_by_key(|opening| !self.wishes.wants(&opening.piece.text));
        if let Some(title) = self.title_opening(bytes) {
            // a title that says something was written to open
            let place = if self.title_claims() {
                usize::from(self.turn() % 2 == 1 || (short && self.variation == 0))
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
            let mut rest: Vec<&flow::Passage> = material.passages.iter().collect();
            rest.retain(|passage| self.speakable(passage.sentences.start));
            rest.sort_by(|a, b| {
                let score =
                    |passage: &flow::Passage| material.analysis.sentences[passage.sentences.start].score;
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
        (title.len() <= bytes
            && bellwether_language::count_words(title) >= 2
            && !self.has_forbidden(title)
            && !self.wishes.forbids(title))
        .then(|| Opening { piece: Piece::title(self.material, title), sentences: None })
    }

    /// Whether the title is a statement or a question rather than a label.
    pub fn title_claims(&self) -> bool {
        self.material
            .title
            .as_deref()
            .is_some_and(|title| super::title::claims(title, self.material.analysis.language))
    }

    /// What the text itself asks its reader near its end.
    pub fn own_question(&self, said: &dyn Fn(usize) -> bool) -> Option<Piece> {
        let analysis = &self.material.analysis;
        let from = analysis.sentences.len() * 17 / 20;
        let lexicon = analysis.language.lexicon()?;
        let index = analysis.questions.iter().rev().copied().find(|index| {
            let sentence = &analysis.sentences[*index];
            let lower = sentence.text.to_lowercase();
            let near = bellwether_language::words(&lower).any(|word| lexicon.second_person.contains(word));
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
        !self.lean.is_some_and(|lean| lean.avoids(index))
            && !self.has_forbidden(text)
            && !self.wishes.forbids(text)
            && (!self.wishes.no_link || !text.contains("://"))
            && (!self.is_spoken() || !technical(text))
    }

    /// Whether it has signs that this target refuses or makes a link of.
    pub fn has_forbidden(&self, text: &str) -> bool {
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
        if self.wishes.no_tags {
            return Vec::new();
        }
        let allowed = self.rules.max_hashtags.unwrap_or(u32::MAX);
        let usual = self.rules.recommended_hashtags as usize;
        let most = self.wishes.most_tags.unwrap_or(usual.max(self.wishes.tags.len())).min(allowed as usize);
        let found = self
            .material
            .analysis
            .hashtags
            .iter()
            .filter(|tag| !self.wishes.forbids(tag.trim_start_matches('#')));
        let mut out: Vec<String> = Vec::new();
        for tag in self.wishes.tags.iter().chain(found) {
            let fits = !tag.chars().any(|c| self.rules.forbidden.contains(&c));
            if fits && !out.iter().any(|other| other.to_lowercase() == tag.to_lowercase()) {
                out.push(tag.clone());
            }
        }
        out.truncate(most);
        out
    }

    /// A heading that says something away from its page.
    pub fn heading(&self, section: usize) -> Option<&'a str> {
        use bellwether_language::Faults;
        let heading = self.material.heading(section)?;
        let faults = bellwether_language::faults(heading, self.material.analysis.language);
        (!self.has_forbidden(heading)
            && !self.wishes.forbids(heading)
            && !faults.has_any(Faults::REFERENCE.with(Faults::LEAD).with(Faults::UNBALANCED)))
        .then_some(heading)
    }

    /// The link, where readers can click it.
    pub fn url(&self) -> Option<&'a str> {
        let clickable = rules(self.target.network()).links.clickable && !self.wishes.no_link;
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
        let title = self.material.title.as_deref().filter(|title| !self.wishes.forbids(title));
        let about = title.or_else(|| self.topic())?;
        Some(pattern.text.replace("{topic}", about))
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

fn capital_first(text: &str) -> String {
    let first_word = text.split(' ').next().unwrap_or_default();
    if first_word.chars().skip(1).any(char::is_uppercase) {
        return text.to_owned();
    }
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}
