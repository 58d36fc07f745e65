//! How long a post of each target is and what it may hold.

use bellwether_networks::{Target, Tone};

use super::{context::Context, patterns::Kind};

/// What a post of a target is like.
pub struct Form {
    /// Length in the target's unit that it should not pass.
    pub length: u32,
    /// A text that can be kept whole may be this long.
    pub whole: u32,
    /// Bytes of the opening.
    pub opening: usize,
    /// Passages after it.
    pub passages: usize,
    /// Sentences to a passage.
    pub sentences: usize,
    /// Bytes to a passage.
    pub bytes: usize,
    /// What is asked of the reader, in the order of preference.
    pub asks: &'static [Kind],
    /// A list may be shown.
    pub list: bool,
}

/// What a post of the context's target is like, with what was asked for.
pub fn form(context: &Context<'_>) -> Form {
    const ASK: &[Kind] = &[Kind::CtaQuestion];
    let base = Form {
        length: 280,
        whole: 280,
        opening: 170,
        passages: 1,
        sentences: 2,
        bytes: 220,
        asks: &[],
        list: false,
    };
    let (target, tone) = (context.target, context.tone);
    let mut form = match target {
        Target::XPost | Target::XQuote => base,
        Target::BlueskyPost => Form { length: 300, whole: 300, ..base },
        Target::ThreadsPost | Target::SandboxPost => {
            Form { length: 440, whole: 490, passages: 2, asks: ASK, bytes: 260, ..base }
        }
        Target::MastodonPost => Form { length: 480, whole: 490, passages: 2, bytes: 280, ..base },
        Target::LinkedinShort => {
            Form { length: 620, whole: 690, passages: 3, bytes: 260, asks: ASK, list: true, ..base }
        }
        Target::LinkedinLong => Form {
            length: 1_700,
            whole: 2_500,
            opening: 200,
            passages: 8,
            sentences: 4,
            bytes: 480,
            asks: ASK,
            list: true,
        },
        Target::InstagramCaption => Form {
            length: 900,
            whole: 1_300,
            opening: 125,
            passages: 4,
            bytes: 300,
            asks: if matches!(tone, Tone::Educational | Tone::Authority) { &[Kind::CtaSave] } else { ASK },
            list: true,
            ..base
        },
        Target::FacebookPost => {
            Form { length: 800, whole: 1_300, passages: 4, bytes: 320, asks: ASK, list: true, ..base }
        }
        Target::YoutubeCommunity => {
            Form { length: 560, whole: 800, passages: 2, bytes: 280, asks: ASK, ..base }
        }
        Target::GoogleBusinessPost => {
            Form { length: 700, whole: 1_000, passages: 3, bytes: 320, list: true, ..base }
        }
        _ => Form { length: 500, whole: 700, passages: 2, ..base },
    };
    if context.wishes.shorter {
        // shorter than it would be, also when the text itself is short
        let all: usize =
            context.material.analysis.sentences.iter().map(|sentence| sentence.text.len() + 1).sum();
        form.length = (form.length * 11 / 20).min(u32::try_from(all * 3 / 5).unwrap_or(u32::MAX)).max(140);
        form.whole = form.length;
        form.passages = form.passages.div_ceil(2);
    } else if context.wishes.longer {
        form.length = form.length * 3 / 2;
        form.whole = form.whole.max(form.length * 3 / 2);
        form.passages += 2;
        form.sentences += 1;
    }
    form.list &= !context.wishes.no_list;
    form
}
