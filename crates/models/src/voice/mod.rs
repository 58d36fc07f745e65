//! Writing in somebody's voice: how sure a trained voice is of a draft, and what a writer may do to come nearer to it.

mod additions;
mod contract;
mod draft;
mod lines;
mod marks;
mod moves;
mod sentences;
mod wording;

use std::{
    hash::{DefaultHasher, Hash, Hasher},
    sync::Arc,
};

use bellwether_language::Language;
use bellwether_networks::Content;
use bellwether_voice::{Confidence, Guide, LONGEST, Moves, Voice};

pub(crate) use self::moves::{Heard, Keep, voiced};

/// A trained voice as writers use it. Two are equal when they were made from the same voice and guide.
#[derive(Clone)]
pub struct VoiceEar {
    voice: Voice,
    notes: Vec<String>,
    moves: Moves,
    mark: u64,
}

impl VoiceEar {
    /// From a voice and its guide.
    pub fn new(voice: Voice, guide: &Guide) -> Self {
        let mut hasher = DefaultHasher::new();
        // neither has a map in it, so the same gives the same
        serde_json::to_string(&voice).unwrap_or_default().hash(&mut hasher);
        let notes = guide.notes();
        notes.hash(&mut hasher);
        Self { notes, moves: guide.moves.clone(), mark: hasher.finish(), voice }
    }

    /// The same, to be shared between briefs.
    pub fn shared(voice: Voice, guide: &Guide) -> Arc<Self> {
        Arc::new(Self::new(voice, guide))
    }

    /// How sure the voice is of a draft, from 0 to 1, with reasons; none when the draft is too short or too long to tell, or
    /// in another language.
    pub fn hear(&self, content: &Content) -> Option<Confidence> {
        let text = spoken(content);
        (text.chars().count() <= LONGEST).then(|| self.voice.confidence(&text).ok())?
    }

    /// How sure it is, without reasons.
    pub(crate) fn value(&self, text: &str) -> Option<f32> {
        self.voice.value(text).ok()
    }

    /// How near a text of any length is, to be held against others.
    pub(crate) fn nearness(&self, text: &str) -> f32 {
        self.voice.nearness(text)
    }

    /// The mean confidence in the author's own texts, each held out when it was asked about.
    pub fn usual(&self) -> f32 {
        self.voice.validation.mean_own
    }

    /// Whether it tells its author well enough from others to judge drafts by: trained on a dozen samples and right in
    /// three of four comparisons.
    pub fn can_tell(&self) -> bool {
        self.voice.samples >= 12 && self.voice.validation.area >= 0.75
    }

    /// The language of the voice.
    pub fn language(&self) -> Language {
        self.voice.language()
    }

    /// What its author does, in short lines. Their own words are in them: data that a prompt has to fence.
    pub fn notes(&self) -> &[String] {
        &self.notes
    }

    /// Which changes of form come nearer to the author.
    pub fn moves(&self) -> &Moves {
        &self.moves
    }

    /// For the key of a cache: another voice writes anew.
    pub fn mark(&self) -> u64 {
        self.mark
    }
}

/// What of a draft is heard: the running text, not titles and subjects. The web app's `spokenText` says the same.
pub(crate) fn spoken(content: &Content) -> String {
    match content {
        Content::Post { post, .. } => post.clone(),
        Content::Thread { thread, .. } => thread.join("\n\n"),
        Content::Script { script, .. } => script.clone(),
        Content::Carousel { slides, caption, .. } => {
            let mut texts: Vec<&str> = slides.iter().map(|slide| slide.body.as_str()).collect();
            texts.push(caption);
            texts.join("\n\n")
        }
        Content::Email { body, .. } | Content::Article { body, .. } => body.clone(),
    }
}

impl PartialEq for VoiceEar {
    fn eq(&self, other: &Self) -> bool {
        self.mark == other.mark
    }
}

impl Eq for VoiceEar {}

impl std::fmt::Debug for VoiceEar {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("VoiceEar").field("mark", &self.mark).finish_non_exhaustive()
    }
}

#[cfg(test)]
pub(crate) mod tests;
