use bellwether_networks::{Target, Tone, is_valid};
use bellwether_voice::{Lean, Marks, Sample, Settings, plain, reference};

use super::{draft::quotations, *};
use crate::{BrandNotes, Brief, BuiltinWriter, Document, Origin, writer::Trace};

/// Somebody who writes short, warm lines with a greeting, an emoji and a last line.
pub(crate) fn chatty() -> VoiceEar {
    let things =
        ["bread", "the oven", "our cellar", "the rye", "a new mill", "the early shift", "salt", "our jars"];
    let texts: Vec<String> = (0..20)
        .map(|i| {
            let day = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"][i % 7];
            let (a, b, c) = (things[i % 8], things[(i + 3) % 8], things[(i * 5 + 1) % 8]);
            format!(
                "Hey neighbours,\n\nIt's {a} day on {day}. We don't do it for the money. We can't wait to show you {b}!\n\nYou're \
                 all invited. And we're glad. So bring the kids. We've got {c} and we won't run out. But don't be late!\n\nThat's it. \
                 You'll find us at the counter. 🥐\n\nSee you there"
            )
        })
        .collect();
    let samples: Vec<Sample<'_>> = texts.iter().map(|text| Sample { text, weight: 1.0 }).collect();
    let voice =
        Voice::train(&samples, reference(Language::ENGLISH), Language::ENGLISH, Settings::default()).unwrap();
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    let guide = voice.guide(&texts);
    VoiceEar::new(voice, &guide)
}

const TEXT: &str = "Good bread does not need much. Our dough rests for 18 hours before anyone touches it; most bakeries are done in two. \
    It is the long rest that breaks down what many stomachs cannot handle. “We do not add anything,” says Anna Berg, who has baked here since 1998. \
    Customers drive 30 kilometres for the taste.\n\nWe bake 240 loaves a day, and we do not bake more. Every oven load is sold before noon. \
    A second oven would double our sales and it would ruin our bread. Growth is not the only way to run a bakery.\n\n\
    Flour is never the same twice. Every harvest needs its own amount of water. My father taught me to feel the dough instead of reading the scale.";

fn brief(target: Target, ear: Option<&Arc<VoiceEar>>) -> Brief {
    Brief {
        document: Document {
            text: TEXT.to_owned(),
            title: Some("Good bread takes time".to_owned()),
            language: Some("en".to_owned()),
            ..Document::default()
        },
        target,
        tone: Tone::Conversational,
        instructions: None,
        brand: BrandNotes::default(),
        analysis: None,
        voice: ear.cloned(),
        variation: 0,
    }
}

#[test]
fn a_draft_comes_nearer_to_the_voice_and_says_the_same() {
    let ear = Arc::new(chatty());
    let source = plain(&format!("Good bread takes time\n{TEXT}"));
    for target in [Target::LinkedinShort, Target::FacebookPost, Target::ThreadsThread] {
        let writer = BuiltinWriter::new();
        let off = writer.compose(&brief(target, None)).unwrap();
        let on = writer.compose(&brief(target, Some(&ear))).unwrap();
        let value = |content| ear.hear(content).unwrap().value;
        assert!(value(&on.content) > value(&off.content), "{target} {on:?}");
        assert!(is_valid(target, &on.content));
        assert_eq!(writer.compose(&brief(target, Some(&ear))).unwrap().content, on.content, "the same again");
        for piece in &on.trace {
            if let Origin::Input { .. } = piece.origin {
                assert!(source.contains(plain(&piece.text).as_str()), "{}", piece.text);
            }
        }
        assert!(on.notes.iter().any(|note| note.contains("voice")), "{:?}", on.notes);
    }
    let text =
        spoken(&BuiltinWriter::new().compose(&brief(Target::FacebookPost, Some(&ear))).unwrap().content);
    assert!(text.contains("See you there") && text.starts_with("Hey neighbours,"), "{text}");
    assert!(!text.contains("is not the only") || text.contains("“We do not add"), "{text}");
}

#[test]
fn what_is_quoted_named_and_counted_stays() {
    let ear = chatty();
    let text = "“We do not stop; it is late,” said Ivo. Do not ask me. It is 5 o'clock; she does not know what it is. I am NOT HERE!";
    let content = Content::Post {
        post: text.to_owned(),
        opening_hook: String::new(),
        cta: None,
        hashtags: Vec::new(),
        mentions: Vec::new(),
        media_prompt: None,
    };
    let trace = [Trace {
        path: "post".into(),
        text: text.to_owned(),
        origin: Origin::Input { start: 0, end: text.len() },
    }];
    let heard = voiced(&ear, Target::FacebookPost, &content, &trace, Keep::default()).unwrap();
    let said = spoken(&heard.content);
    assert_eq!(quotations(&said), ["We do not stop; it is late,"]);
    for kept in ["Ivo", "5 o'clock", "what it is", "NOT HERE"] {
        assert!(said.contains(kept), "{said}");
    }
}

#[test]
fn a_foreign_text_is_left_as_it_is() {
    let ear = Arc::new(chatty());
    let german = "Gutes Brot braucht nicht viel. Unser Teig ruht achtzehn Stunden, bevor ihn jemand anfasst. Die meisten Bäckereien sind \
        nach zwei Stunden fertig. Die lange Ruhe baut ab, was viele Mägen nicht vertragen. Wir backen 240 Brote am Tag.";
    let mut brief = brief(Target::FacebookPost, Some(&ear));
    brief.document = Document { text: german.to_owned(), ..Document::default() };
    let on = BuiltinWriter::new().compose(&brief).unwrap();
    let off = BuiltinWriter::new().compose(&Brief { voice: None, ..brief }).unwrap();
    assert_eq!(on.content, off.content);
    assert!(on.notes.iter().any(|note| note.contains("another language")), "{:?}", on.notes);
}

#[test]
fn hostile_habits_break_no_rule() {
    let mut ear = chatty();
    ear.moves.sign_offs = vec!["word ".repeat(900), "x".into()];
    ear.moves.openers = vec!["👾".repeat(300)];
    ear.moves.emoji =
        Marks { lean: Lean::Often, per_text: 99, own: vec!["🔥".repeat(400)], ..Marks::default() };
    let ear = Arc::new(ear);
    for target in [Target::XPost, Target::XThread, Target::ThreadsPost] {
        let on = BuiltinWriter::new().compose(&brief(target, Some(&ear))).unwrap();
        assert!(is_valid(target, &on.content), "{on:?}");
    }
}

/// Somebody who writes plainly: nothing drawn together, brackets and no dashes, “but” and “for example”.
fn sober() -> VoiceEar {
    let things =
        ["bread", "the oven", "our cellar", "the rye", "a new mill", "the early shift", "salt", "our jars"];
    let texts: Vec<String> = (0..20)
        .map(|i| {
            let day = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"][i % 7];
            let (a, b, c) = (things[i % 8], things[(i + 3) % 8], things[(i * 5 + 1) % 8]);
            format!(
                "The report on {a} is complete since {day}. We do not expect changes. But we have asked about {b}, for example in the \
                 valley (which is not far). It is known that {c} does not last. We think the numbers are sound. But the mill \
                 did not confirm them. We are waiting for an answer."
            )
        })
        .collect();
    let samples: Vec<Sample<'_>> = texts.iter().map(|text| Sample { text, weight: 1.0 }).collect();
    let voice =
        Voice::train(&samples, reference(Language::ENGLISH), Language::ENGLISH, Settings::default()).unwrap();
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    let guide = voice.guide(&texts);
    VoiceEar::new(voice, &guide)
}

fn said(ear: &VoiceEar, text: &str) -> String {
    let content = Content::Post {
        post: text.to_owned(),
        opening_hook: String::new(),
        cta: None,
        hashtags: Vec::new(),
        mentions: Vec::new(),
        media_prompt: None,
    };
    let trace = [Trace {
        path: "post".into(),
        text: text.to_owned(),
        origin: Origin::Input { start: 0, end: text.len() },
    }];
    let heard = voiced(ear, Target::FacebookPost, &content, &trace, Keep::default()).unwrap();
    assert_eq!(plain(&spoken(&heard.content)), plain(text), "the same is said");
    assert_eq!(
        heard.trace.iter().map(|piece| piece.text.as_str()).collect::<String>(),
        spoken(&heard.content)
    );
    spoken(&heard.content)
}

#[test]
fn little_words_and_marks_become_the_authors() {
    let ear = sober();
    let text = "However, we don't know it yet. The mill — which is new — isn't in the valley. We can't say more \
        about it today.";
    let heard = said(&ear, text);
    assert_eq!(
        heard,
        "But we do not know it yet. The mill (which is new) is not in the valley. We cannot say more about it \
         today."
    );
}

#[test]
fn what_could_be_read_otherwise_is_left() {
    let ear = sober();
    for kept in [
        "However, in 2015 it was",
        "“However, we don't know,” said Ivo",
        "We, however, went there",
        "So what is next?",
    ] {
        let text =
            format!("{kept}. The mill stands in the valley and the oven stands beside it for many years.");
        let heard = said(&ear, &text);
        assert!(heard.contains(kept), "{heard}");
    }
}

#[test]
fn paragraphs_from_far_apart_stay_apart() {
    use super::draft::{Draft, Segment};
    let piece = |text: &str, start: usize| Trace {
        path: "post".into(),
        text: text.to_owned(),
        origin: Origin::Input { start, end: start + text.len() },
    };
    let (a, b, c) = ("The mill is new this year.", "It stands in the valley.", "Anna Berg: The oven is old.");
    let joined = |trace: &[Trace]| {
        let post = trace.iter().map(|piece| piece.text.as_str()).collect::<Vec<_>>().join("\n\n");
        let content = Content::Post {
            post,
            opening_hook: String::new(),
            cta: None,
            hashtags: Vec::new(),
            mentions: Vec::new(),
            media_prompt: None,
        };
        let mut draft = Draft::of(Target::FacebookPost, &content, trace).unwrap();
        let mut moves = sober().moves;
        moves.paragraph_sentences.high = 9;
        super::lines::join_high(&mut draft, &moves, Language::ENGLISH);
        draft.parts[0]
            .segments
            .iter()
            .filter(|segment| matches!(segment, Segment::Gap(gap) if gap == " "))
            .count()
    };
    assert_eq!(joined(&[piece(a, 0), piece(b, 30)]), 1);
    assert_eq!(joined(&[piece(a, 500), piece(b, 30)]), 0, "another order than the source's");
    assert_eq!(joined(&[piece(a, 0), piece(b, 5_000)]), 0, "far away");
    assert_eq!(joined(&[piece(a, 0), piece(c, 30)]), 0, "somebody else speaks");
}
