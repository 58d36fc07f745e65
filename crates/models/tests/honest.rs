//! What every draft of the built-in writer must hold, checked over real articles: see `judge` for the rules.

mod judge;

use bellwether_models::{Brief, BuiltinWriter, Document, WriteError};
use bellwether_networks::{Target, Tone};
use judge::{articles, brief, judge};

/// A deterministic sample of the articles in every target and all tones in turn.
#[test]
fn drafts_of_real_articles_are_whole_traceable_and_within_the_rules() {
    let Some(files) = articles() else {
        println!("skipped: the articles of ../shared/vectors are not here");
        return;
    };
    let step = (files.len() / 60).max(1);
    let mut faults = Vec::new();
    let mut drafts = 0;
    for (index, file) in files.iter().step_by(step).enumerate() {
        let document = judge::document(file);
        let writer = BuiltinWriter::new();
        for &target in Target::ALL {
            let tone = Tone::ALL[(index + target as usize) % Tone::ALL.len()];
            let brief = brief(&document, target, tone, (index % 3) as u32);
            match writer.compose(&brief) {
                Ok(written) => {
                    drafts += 1;
                    // what a network only advises, such as a shorter subject than the title, is no fault
                    let found =
                        judge(&brief, &written).into_iter().filter(|fault| !fault.starts_with("advised"));
                    faults.extend(found.map(|fault| format!("{}: {fault}", file.display())));
                    assert_eq!(
                        writer.compose(&brief).map(|again| again.content),
                        Ok(written.content),
                        "the same brief, the same draft"
                    );
                }
                Err(WriteError::NothingToWrite(_)) => {}
                Err(error) => panic!("{}: {target}: {error}", file.display()),
            }
        }
    }
    assert!(drafts > 1_000, "{drafts}");
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
}

/// Odd inputs give an honest small draft or say that there is nothing to write from.
#[test]
fn odd_inputs() {
    let code = "```rust\nfn main() {}\n```\n";
    let long = "A sentence that goes on about nothing much at all. ".repeat(4_000);
    let endless = "word ".repeat(3_000);
    for text in [
        "",
        "   \n\t",
        code,
        "Hello.",
        "One sentence only, and it says little.",
        "###",
        "- \n- \n",
        "🎉🎉🎉",
        &long,
        &endless,
        "\u{0}\u{1}\u{2}",
    ] {
        let writer = BuiltinWriter::new();
        for &target in Target::ALL {
            let document = Document { text: text.to_owned(), ..Document::default() };
            let brief = brief(&document, target, Tone::Conversational, 0);
            match writer.compose(&brief) {
                Ok(written) => {
                    let found: Vec<String> = judge(&brief, &written)
                        .into_iter()
                        .filter(|fault| !fault.starts_with("advised"))
                        .collect();
                    assert_eq!(found, Vec::<String>::new(), "{target} {:?}", written.content);
                }
                Err(WriteError::NothingToWrite(_)) => {}
                Err(error) => panic!("{target}: {error}"),
            }
        }
    }
}

/// A note is said whole and in its own order, its address with it.
#[test]
fn a_short_text_keeps_its_links_and_its_order() {
    let writer = BuiltinWriter::new();
    let written = |text: &str, target| {
        let document = Document { text: text.to_owned(), ..Document::default() };
        writer.compose(&brief(&document, target, Tone::Conversational, 0)).unwrap().content
    };
    let note = "New on the blog: why we fire twice. Read it here: https://example.com/kiln";
    let order = "Our mugs are back in the shop. Order at https://example.com/mugs before Friday.";
    for target in [Target::XPost, Target::LinkedinShort, Target::BlueskyPost] {
        for (text, address) in [(note, "https://example.com/kiln"), (order, "https://example.com/mugs")] {
            let said = written(text, target)
                .published_texts()
                .iter()
                .map(|text| text.text.to_owned())
                .collect::<String>();
            assert!(said.contains(address), "{target}: {said}");
        }
    }
    let open = "Our workshop is open this Saturday from 10 to 4. Come and see how a chair is made. Bring the children.";
    for target in [Target::XThread, Target::BlueskyThread] {
        let said: Vec<String> =
            written(open, target).published_texts().iter().map(|text| text.text.to_owned()).collect();
        let said = said.join("\n");
        let places = ["Our workshop", "Come and see", "Bring the"].map(|begins| said.find(begins));
        assert!(places.iter().all(Option::is_some) && places.is_sorted(), "{target}: {said}");
    }
}

/// Another variation is another draft, and just as honest.
#[test]
fn variations_differ() {
    let text = "Good bread takes time. Our dough rests for eighteen hours before anyone touches it. Most bakeries add yeast to be done in two. The long rest breaks down what many stomachs can't handle. It also brings the taste that our customers drive thirty kilometres for.\n\nWe bake 240 loaves a day and never more. Every oven load is sold before noon. A second oven would double our sales and ruin our bread. Growth is not the only way to run a bakery.\n\nFlour is never the same twice. Every harvest needs its own amount of water. My father taught me to feel the dough instead of reading the scale.";
    let document = Document { text: text.to_owned(), ..Document::default() };
    let writer = BuiltinWriter::new();
    for target in [Target::XPost, Target::LinkedinShort, Target::ThreadsThread] {
        let drafts: Vec<_> = (0..3)
            .map(|variation| {
                writer.compose(&brief(&document, target, Tone::Opinionated, variation)).unwrap().content
            })
            .collect();
        assert!(drafts[0] != drafts[1] || drafts[0] != drafts[2], "{target}");
    }
    let brief = Brief {
        instructions: Some("Please no hashtags".into()),
        ..brief(&document, Target::XPost, Tone::Authority, 0)
    };
    let written = writer.compose(&brief).unwrap();
    assert!(!written.content.published_texts()[0].text.contains('#'));
}
