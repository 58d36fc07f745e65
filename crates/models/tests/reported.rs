//! Drafts of what several sources say: each is named where its words are taken, and can be read where links are.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail the test")]

mod support;

use bellwether_models::{Brief, BuiltinWriter, Document, Origin, Report, Reported, Written};
use bellwether_networks::{Content, Target, is_valid};

fn report(name: &str, title: &str, text: &str) -> Report {
    let slug: String = name.to_lowercase().chars().filter(char::is_ascii_alphanumeric).collect();
    Report {
        name: name.into(),
        title: title.into(),
        url: format!("https://{slug}.example/1"),
        text: text.into(),
    }
}

fn label() -> Vec<Report> {
    vec![
        report(
            "Northern Makers' Review",
            "Parliament votes for a repair label on furniture",
            "From 2028 furniture must carry a repair label that says whether it can be taken apart. Parliament voted with a \
             large majority last night.",
        ),
        report(
            "City Craft News",
            "Repair label: what changes for local workshops",
            "Workshops that build with joints instead of glue get the best grade of the new label without doing anything. \
             Chains have two years to follow.",
        ),
        report(
            "City Craft News",
            "Questions and answers on the furniture repair label",
            "The chamber of crafts answers eleven questions about the repair label.",
        ),
        report(
            "The Joinery Letter",
            "Does your furniture earn the repair label?",
            "We tried the repair label with eleven pieces from our own workshop. A drawer that comes out without a tool \
             earns half of the points.",
        ),
        report(
            "Bench and Market",
            "Furniture chains call the repair label a burden",
            "Large sellers warn that the repair label will make furniture dearer by four percent.",
        ),
        report("Old Wood", "A repair label for beds?", ""),
    ]
}

fn brief(target: Target, reports: Vec<Report>, title: &str) -> Brief {
    let parts = reports
        .iter()
        .map(|one| format!("## {}\n\n{}\n\nSource: {} ({})", one.title, one.text, one.name, one.url));
    let text = parts.collect::<Vec<_>>().join("\n\n");
    Brief {
        document: Document {
            text,
            title: Some(title.into()),
            source_url: Some(reports[0].url.clone()),
            language: None,
            tags: Vec::new(),
            reported: Some(Reported { about: "Repair label".into(), sources: reports }),
        },
        target,
        ..support::brief()
    }
}

fn write(brief: &Brief) -> Written {
    BuiltinWriter::new().compose(brief).unwrap()
}

/// Published words that are long enough to be a text of their own.
fn texts(content: &Content) -> Vec<String> {
    content.published_texts().iter().map(|one| one.text.to_owned()).collect()
}

#[test]
fn every_target_gets_a_draft_in_which_all_that_is_taken_is_named() {
    for &target in Target::ALL {
        for variation in 0..4 {
            let brief = Brief { variation, ..brief(target, label(), "Repair label") };
            let written = write(&brief);
            assert!(is_valid(target, &written.content), "{target} {variation}: {:?}", written.content);
            let all = texts(&written.content).join("\n");
            for report in label() {
                let sentences =
                    report.text.split_inclusive(". ").map(str::trim).filter(|one| !one.is_empty());
                for sentence in sentences {
                    let taken = texts(&written.content).iter().any(|text| text.contains(sentence));
                    assert!(
                        !taken || all.contains(&report.name),
                        "{target} {variation}: {sentence} in {all}"
                    );
                }
            }
            for name in ["NorthernMakers", "CityCraft", "JoineryLetter", "OldWood"] {
                assert!(!all.contains(&format!("#{name}")), "{target}: {all}");
            }
            assert!(!all.contains("reports:") && !all.contains("(City Craft News)"), "{target}: {all}");
        }
    }
}

#[test]
fn a_passage_says_whose_it_is_once_and_before_it_is_said() {
    let written = write(&brief(Target::XThread, label(), "Repair label: what happened so far"));
    let Content::Thread { thread, hashtags, .. } = &written.content else { panic!("{:?}", written.content) };
    assert_eq!(
        thread.as_slice(),
        [
            "Repair label: what happened so far",
            "Northern Makers' Review: From 2028 furniture must carry a repair label that says whether it can be taken apart.\n\
             https://northernmakersreview.example/1",
            "City Craft News: Workshops that build with joints instead of glue get the best grade of the new label without \
             doing anything. Chains have two years to follow.\nhttps://citycraftnews.example/1",
            "The Joinery Letter: A drawer that comes out without a tool earns half of the points.\n\
             https://thejoineryletter.example/1",
            "Bench and Market: Large sellers warn that the repair label will make furniture dearer by four percent.\n\
             https://benchandmarket.example/1",
            thread.last().unwrap().as_str(),
        ]
    );
    assert!(thread.last().unwrap().contains('?') && !hashtags.is_empty(), "{thread:?}");
}

#[test]
fn a_post_has_a_headline_its_words_and_where_they_can_be_read() {
    let written = write(&brief(Target::XPost, label(), "Repair label"));
    let Content::Post { post, opening_hook, .. } = &written.content else { panic!("{:?}", written.content) };
    assert_eq!(opening_hook, "Parliament votes for a repair label on furniture");
    assert!(
        post.starts_with(
            "Parliament votes for a repair label on furniture\n\nNorthern Makers' Review: From 2028 furniture must carry a \
             repair label that says whether it can be taken apart.\n\nhttps://northernmakersreview.example/1"
        ),
        "{post}"
    );
    // where nothing can be clicked no address stands
    let written = write(&brief(Target::InstagramCaption, label(), "Repair label"));
    let all = texts(&written.content).join("\n");
    assert!(!all.contains("https://") && all.contains("City Craft News: Workshops"), "{all}");
    let written = write(&brief(Target::LinkedinLong, label(), "Repair label"));
    let all = texts(&written.content).join("\n");
    assert!(
        all.contains("Sources:\n• Northern Makers' Review: https://northernmakersreview.example/1\n"),
        "{all}"
    );
}

#[test]
fn slides_have_one_source_each_and_the_cover_says_how_many_there_are() {
    let written = write(&brief(Target::LinkedinCarousel, label(), "Repair label"));
    let Content::Carousel { slides, .. } = &written.content else { panic!("{:?}", written.content) };
    assert_eq!(slides[0].title, "Repair label: what 4 sources say");
    assert_eq!(slides[1].title, "Parliament votes for a repair label on furniture");
    assert!(slides[1].body.starts_with("Northern Makers' Review: From 2028"), "{slides:?}");
    // a bed without a text has nothing to tell beside four that do
    assert!(slides.iter().all(|slide| !slide.body.contains("beds")), "{slides:?}");
}

#[test]
fn everything_is_a_source_s_or_a_declared_phrase() {
    for &target in Target::ALL {
        let brief = brief(target, label(), "Repair label");
        for trace in write(&brief).trace {
            if let Origin::Input { start, end } = trace.origin {
                let there = &brief.document.text[start..end];
                let bare = |text: &str| text.chars().filter(|c| c.is_alphanumeric()).collect::<String>();
                assert_eq!(bare(there), bare(&trace.text), "{target}");
            }
        }
    }
}

#[test]
fn other_languages_have_their_own_frame_or_none() {
    let german = || {
        vec![
            report(
                "Werkbank",
                "Das Parlament stimmt für ein Reparaturlabel",
                "Ab 2028 müssen Möbel ein Reparaturlabel tragen, das zeigt, ob man sie zerlegen kann.",
            ),
            report(
                "Holz und Leim",
                "Handelsketten nennen das Reparaturlabel eine Last",
                "Große Händler warnen, dass das Reparaturlabel Möbel um vier Prozent teurer macht.",
            ),
            report(
                "Der Hobel",
                "Ein Siegel für Möbel",
                "Kleine Werkstätten bekommen die beste Note ohne Aufwand.",
            ),
        ]
    };
    let written = write(&brief(Target::XThread, german(), "Repair label"));
    let Content::Thread { thread, .. } = &written.content else { panic!("{:?}", written.content) };
    assert_eq!(thread[0], "Repair label: was 3 Quellen dazu sagen");
    assert!(thread[1].starts_with("Werkbank: Ab 2028 müssen Möbel"), "{thread:?}");
    let swedish = vec![
        report(
            "Verkstaden",
            "Riksdagen röstar om märkning",
            "Möbler ska bära en märkning från 2028 och framåt.",
        ),
        report(
            "Hyveln",
            "Kedjorna varnar för priset",
            "Stora kedjor varnar för att möblerna blir fyra procent dyrare.",
        ),
    ];
    let all = texts(&write(&brief(Target::FacebookPost, swedish, "Repair label")).content).join("\n");
    assert!(all.contains("Verkstaden: Möbler ska") && !all.contains("Sources"), "{all}");
}

#[test]
fn a_single_source_and_headlines_alone_are_enough() {
    let one = vec![report("Old Wood", "A repair label for beds is planned", "")];
    for target in [Target::XPost, Target::BlogArticle, Target::LinkedinShort] {
        let all = texts(&write(&brief(target, one.clone(), "Repair label")).content).join("\n");
        assert!(
            all.contains("Old Wood") && all.contains("A repair label for beds is planned"),
            "{target}: {all}"
        );
    }
}
