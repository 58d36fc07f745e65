//! On what a sentence stands, and what it leaves open.
//!
//! The paragraph is the unit of context. Its first sentence stands on the topic unless it ties itself to the paragraph
//! before; every other one stands on the sentence before it, unless it is plainly general: a pronoun, a connective, a
//! definite noun that was introduced there, “I” in the middle of a story all need what stood before. And some sentences
//! need the next one: a question its answer, “three reasons” the reasons, a concession its “but”, “not this” its “but
//! that”.

use std::collections::HashSet;

use crate::{
    BlockKind, Faults, Language, Lexicon, Section, Sentence,
    look::{
        Looks, announces_several, bare_that, dangles, ends_with_any, is_definite, joins_clauses, look,
        modified, noun_stems, other_of_two, parallel,
    },
    standing::starts_with,
    word::Stems,
};

/// On what a sentence stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Footing {
    /// On nothing: it may open a text.
    Alone,
    /// On the topic: it reads well once the reader knows what the text is about.
    Topic,
    /// On the sentence before it.
    #[default]
    Before,
}

/// A following sentence of so few words is a piece of the one before.
const PIECE: usize = 4;

/// Works out footing and openness of every sentence. `known` are the stems of title and leading keyphrases, `headings`
/// those of each section's heading.
pub(crate) fn settle(
    sentences: &mut [Sentence],
    stemmed: &[Vec<u32>],
    known: &HashSet<u32>,
    headings: &[Vec<u32>],
    sections: &[Section],
    language: Language,
    stems: &mut Stems,
) {
    let lexicon = language.lexicon();
    let looks: Vec<Looks<'_>> =
        sentences.iter().zip(stemmed).map(|(sentence, stems)| look(&sentence.text, stems)).collect();
    for index in 0..sentences.len() {
        sentences[index].footing = match lexicon {
            Some(lexicon) => {
                let heading = &headings[sentences[index].section];
                let known = |stem: u32| known.contains(&stem) || heading.contains(&stem);
                footing(sentences, index, &looks, &known, lexicon, language, stems)
            }
            // nothing is known about the language: only the start of a paragraph is safe
            None if sentences[index].index == 0 => Footing::Alone,
            None => Footing::Before,
        };
        // what stands under a heading that asks answers it
        let section = &sections[sentences[index].section];
        let asked =
            section.heading.as_deref().is_some_and(|heading| heading.trim_end().ends_with(['?', '？', '؟']));
        if asked && section.sentences.start == index && sentences[index].words <= 2 * PIECE {
            sentences[index].footing = Footing::Before;
        }
        sentences[index].holds = holds(sentences, index, &looks, lexicon);
    }
    // who counts “three things” is not done before the paragraph ends
    if let Some(lexicon) = lexicon {
        for index in 0..sentences.len() {
            if announces_several(&looks[index].tokens, lexicon) && !sentences[index].text.contains(": ") {
                let mut at = index;
                while same_block(sentences, at, at + 1) {
                    sentences[at].holds = true;
                    at += 1;
                }
                // the last of its paragraph: what it announces comes in the next ones
                if at == index && index + 1 < sentences.len() {
                    sentences[index].holds = true;
                }
            }
        }
    }
}

fn same_block(sentences: &[Sentence], a: usize, b: usize) -> bool {
    b < sentences.len() && sentences[a].block == sentences[b].block
}

fn footing(
    sentences: &[Sentence],
    index: usize,
    looks: &[Looks<'_>],
    known: &dyn Fn(u32) -> bool,
    lexicon: &Lexicon,
    language: Language,
    stems: &mut Stems,
) -> Footing {
    let sentence = &sentences[index];
    let look = &looks[index];
    // what is said in brackets is said aside
    if sentence.faults.has_any(Faults::PRONOUN.with(Faults::BOUND).with(Faults::LOWER))
        || sentence.text.starts_with('(') && sentence.text.ends_with(')')
    {
        return Footing::Before;
    }
    let points_back = sentence.faults.has(Faults::DEMONSTRATIVE)
        // “told me the same thing: …” says it at once
        || (!look.start.contains(": ")
            && lexicon.pointing.iter().any(|entry| look.start.contains(entry.as_str())))
        || bare_that(&look.tokens);
    let ends_open = ends_with_any(&look.start, &lexicon.elliptic);
    let before = index.checked_sub(1).filter(|before| sentences[*before].block == sentence.block);
    let Some(before) = before else {
        return first_of_paragraph(sentences, index, look, points_back || ends_open, known, lexicon, stems);
    };
    // “Not stolen, not wasted.”
    if points_back || ends_open || sentence.words <= PIECE || sentence.question {
        return Footing::Before;
    }
    // the paragraph goes on from the one before, and so does all that is in it
    let first = index - sentence.index;
    if sentences.get(first).is_some_and(|first| first.footing == Footing::Before)
        || sentences[before].question
        || sentences[before].raw_faults.has(Faults::LEAD)
        || announces_several(&looks[before].tokens, lexicon)
    {
        return Footing::Before;
    }
    // somebody’s words go on from what was said of them; “one client” is one of those told of
    if sentence.text.starts_with(['"', '“', '«', '„'])
        || look.tokens.first().is_some_and(|opener| opener == "one")
    {
        return Footing::Before;
    }
    let pointing = look.tokens.iter().any(|token| lexicon.pronouns.contains(token) && !joins_clauses(token));
    if pointing && !lexicon.expletives.iter().any(|entry| starts_with(&look.start, entry)) {
        return Footing::Before;
    }
    let Some(opener) = look.tokens.first() else { return Footing::Before };
    if lexicon.first_person.contains(opener) {
        return Footing::Before;
    }
    let general = lexicon.starters.iter().any(|entry| starts_with(&look.start, entry));
    // where verbs carry their subject, “pensaba que” is “I thought”
    let drops_subject = matches!(language.code(), "es" | "it" | "pt");
    let bare = !drops_subject && !language.is_stop_word(opener);
    let article = is_definite(&look.start, opener, lexicon);
    if !(general || bare || article) {
        return Footing::Before;
    }
    // what was introduced a moment ago is spoken of here
    if other_of_two(look, lexicon) {
        return Footing::Before;
    }
    let again = noun_stems(look, article, stems)
        .iter()
        .any(|stem| looks[before].stems.contains(stem) && !known(*stem));
    if again || parallel(&looks[before], look, lexicon) {
        return Footing::Before;
    }
    if article && matches!(language.code(), "en" | "de" | "nl") {
        let told = noun_stems(look, true, stems).into_iter().any(known);
        return if told || modified(look, lexicon) { Footing::Topic } else { Footing::Before };
    }
    // a story is told in order; only what holds in general is safe in the middle of one
    let tells = look.tokens.iter().any(|token| lexicon.first_person.contains(token));
    if tells { Footing::Topic } else { Footing::Alone }
}

fn first_of_paragraph(
    sentences: &[Sentence],
    index: usize,
    look: &Looks<'_>,
    open: bool,
    known: &dyn Fn(u32) -> bool,
    lexicon: &Lexicon,
    stems: &mut Stems,
) -> Footing {
    let sentence = &sentences[index];
    let last = index.checked_sub(1).map(|last| &sentences[last]);
    // an answer stands on its question, a list on what announces it
    let answers = last.is_some_and(|last| {
        last.section == sentence.section
            && ((last.raw_faults.has(Faults::LEAD) && last.text.trim_end().ends_with([':', '：', '…']))
                || (last.question && last.index == 0))
    });
    if answers || open && index > 0 {
        return Footing::Before;
    }
    if dangles(look, lexicon, stems) {
        return Footing::Before;
    }
    if sentence.kind.is_item() {
        return Footing::Topic;
    }
    let Some(opener) = look.tokens.first() else { return Footing::Before };
    if index > 0 && is_definite(&look.start, opener, lexicon) {
        let told = noun_stems(look, true, stems).into_iter().any(known);
        // “the two who left”
        let counted = look.tokens.get(1).is_some_and(|token| lexicon.numerals.contains(token));
        if counted || (!told && !modified(look, lexicon)) {
            return Footing::Topic;
        }
    }
    let pointing = sentence.faults.has(Faults::EARLY_PRONOUN);
    if pointing && index > 0 { Footing::Topic } else { Footing::Alone }
}

/// Whether a sentence needs the next one.
fn holds(sentences: &[Sentence], index: usize, looks: &[Looks<'_>], lexicon: Option<&Lexicon>) -> bool {
    let sentence = &sentences[index];
    if sentence.raw_faults.has(Faults::LEAD) {
        return true;
    }
    let next = index + 1;
    if sentence.question {
        return next < sentences.len() && sentences[next].section == sentence.section;
    }
    if !same_block(sentences, index, next) {
        return false;
    }
    let Some(lexicon) = lexicon else { return false };
    let (here, there) = (&looks[index], &looks[next]);
    let opens = |look: &Looks<'_>, list: &[String]| list.iter().any(|entry| starts_with(&look.start, entry));
    if opens(there, &lexicon.contrasts) || opens(there, &lexicon.firsts) {
        return true;
    }
    let rest = || (next..sentences.len()).take_while(|other| same_block(sentences, index, *other)).take(6);
    // “First … Then … Finally …” stays together
    let counting = opens(here, &lexicon.firsts) || opens(here, &lexicon.nexts);
    if counting && rest().any(|other| opens(&looks[other], &lexicon.nexts)) {
        return true;
    }
    if opens(here, &lexicon.concessions)
        && rest().take(3).any(|other| opens(&looks[other], &lexicon.contrasts))
    {
        return true;
    }
    // “A chart is not … It is …”
    let denies = here
        .tokens
        .iter()
        .any(|token| lexicon.negations.iter().any(|entry| entry == token) || token.ends_with("n't"));
    let corrects = there
        .tokens
        .first()
        .is_some_and(|token| lexicon.pronouns.contains(token) || here.tokens.first() == Some(token));
    (denies && corrects && sentence.words <= 16)
        || parallel(here, there, lexicon)
        || other_of_two(there, lexicon)
}

impl Sentence {
    /// Whether it may open a text: it stands on nothing and is whole.
    pub fn opens(&self) -> bool {
        self.footing == Footing::Alone && self.stands_alone() && !self.holds
    }

    /// Whether a passage may begin with it where the topic is known.
    pub fn starts_passage(&self) -> bool {
        self.footing != Footing::Before
            && self.stands_alone()
            && !matches!(self.kind, BlockKind::Item { ordered: true, .. })
    }
}
