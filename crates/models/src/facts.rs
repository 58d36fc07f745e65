//! The guard of facts: numbers, links, mentions and quotations in a draft must stand in what the writer was given.
//! Names and claims in words are beyond a program; the person who reviews sees the source beside the draft.

mod numbers;

use std::{collections::HashSet, ops::Range, sync::LazyLock};

use bellwether_networks::{Content, Network, hashtags, urls};
use regex::Regex;

use crate::{
    check::Fault,
    writer::{Brief, Origin, Trace},
};

#[expect(clippy::unwrap_used, reason = "constant patterns, compiled by the tests")]
mod patterns {
    use super::{LazyLock, Regex};

    // whatever host it has: a network may not link it, and it is a claim all the same
    pub static LINK: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r#"(?i)\bhttps?://[^\s<>"'“”«»\[\]{}|\\^`]*[^\s<>"'“”«»\[\]{}|\\^`.,;:!?)]"#).unwrap()
    });
    pub static EMAIL: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r"(?i)\b[a-z0-9._%+-]+@[a-z0-9-]+(?:\.[a-z0-9-]+)+\b").unwrap());
    pub static MENTION: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r"(?:^|[^\w@/.])(@[\w](?:[\w.-]*\w)?(?:@[\w.-]+\w)?)").unwrap());
    pub static QUOTATION: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r#"“([^“”]{1,2000})”|„([^„“”]{1,2000})[“”]|«\s?([^«»]{1,2000}?)\s?»|"([^"\n]{1,2000})""#)
            .unwrap()
    });
    pub static LIST_NUMBER: LazyLock<Regex> = LazyLock::new(|| {
        // “1.”, “2)”, “(3/7)”, “4/” where a line begins or ends: the writer's own numbering
        Regex::new(
            r"(?m)^\s*(?:\*\*)?\(?\d{1,2}(?:[.):]|️⃣|\s?/\s?\d{0,2}\)?)(?:\*\*)?(?:\s|$)|\(?\b\d{1,2}\s?/\s?\d{1,2}\)?\s*$",
        )
        .unwrap()
    });
    pub static LIST_ITEM: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r"(?m)^\s*(?:[-*•→▸✅☑✔–]|\d{1,2}[.)])\s*\S").unwrap());
}

/// Quotations shorter than this many words are words used with distance, not somebody's speech.
const QUOTED_WORDS: usize = 4;

/// What a brief knows, prepared once for the answer and its repair.
pub struct Known<'a> {
    brief: &'a Brief,
    /// Everything that may be cited, folded for comparison.
    folded: String,
    numbers: HashSet<i128>,
    links: HashSet<String>,
}

/// What the guard found.
#[derive(Debug, Default)]
pub struct Found {
    /// What stands nowhere in the brief.
    pub faults: Vec<Fault>,
    /// What does, and where.
    pub trace: Vec<Trace>,
}

impl<'a> Known<'a> {
    /// Reads the brief.
    pub fn of(brief: &'a Brief) -> Self {
        let mut all = brief.document.text.clone();
        let extras =
            [&brief.document.title, &brief.document.source_url, &brief.instructions, &brief.brand.name];
        for extra in extras.into_iter().flatten() {
            all.push('\n');
            all.push_str(extra);
        }
        let brand = &brief.brand;
        let cited = brand.citations.iter().flat_map(|citation| {
            [Some(&citation.text), citation.source.as_ref(), citation.url.as_ref()].into_iter().flatten()
        });
        for note in brand.voice.iter().chain(&brand.about).chain(&brand.calls_to_action).chain(cited) {
            all.push('\n');
            all.push_str(note);
        }
        Self {
            brief,
            folded: fold(&all),
            numbers: numbers::known(&all),
            links: links(&all).into_iter().map(|range| bare(&all[range])).collect(),
        }
    }

    /// Checks all that readers will see.
    pub fn check(&self, content: &Content) -> Found {
        let mut found = Found::default();
        let own_counts = own_counts(content);
        for published in content.published_texts() {
            self.check_text(&published.path, published.text, &own_counts, &mut found);
        }
        found
    }

    fn check_text(&self, path: &str, text: &str, own_counts: &HashSet<usize>, found: &mut Found) {
        // what is dealt with is blanked, so that the host of an address is no link and a date in a link no number
        let mut rest = text.to_owned();
        for hit in patterns::EMAIL.find_iter(text) {
            self.expect(path, hit.as_str(), "invented_address", "The address", found);
            blank(&mut rest, hit.range());
        }
        for range in links(&rest) {
            let link = &text[range.clone()];
            if self.links.contains(&bare(link)) {
                self.trace(path, link, found);
            } else {
                self.expect(path, link, "invented_link", "The link", found);
            }
            blank(&mut rest, range);
        }
        for hit in patterns::MENTION.captures_iter(&rest.clone()).filter_map(|captures| captures.get(1)) {
            self.expect(path, hit.as_str(), "invented_mention", "The mention", found);
            blank(&mut rest, hit.range());
        }
        for captures in patterns::QUOTATION.captures_iter(text) {
            let Some(quoted) = captures.iter().skip(1).flatten().next() else { continue };
            if quoted.as_str().split_whitespace().count() >= QUOTED_WORDS {
                self.expect(path, quoted.as_str(), "invented_quotation", "The quotation", found);
            }
        }
        for range in hashtags(Network::X, &rest) {
            blank(&mut rest, range);
        }
        for hit in patterns::LIST_NUMBER.find_iter(&rest.clone()) {
            blank(&mut rest, hit.range());
        }
        for number in numbers::find(&rest) {
            let literal = &rest[number.range.clone()];
            let counts_itself = literal.parse().is_ok_and(|count: usize| own_counts.contains(&count));
            let known = number.readings.iter().any(|reading| self.numbers.contains(reading));
            if known || counts_itself {
                self.trace(path, literal, found);
            } else {
                self.expect(path, literal, "invented_number", "The number", found);
            }
        }
    }

    fn expect(&self, path: &str, literal: &str, code: &str, what: &str, found: &mut Found) {
        let folded = fold(literal);
        let piece = folded.trim_end_matches(['.', ',', '!', '?', ' ']);
        if piece.is_empty() || contains_whole(&self.folded, piece) {
            self.trace(path, literal, found);
        } else {
            let shown: String = literal.chars().take(120).collect();
            found.faults.push(Fault::error(
                path,
                code,
                format!("{what} “{shown}” is not in the source: leave it out or use what the source says."),
            ));
        }
    }

    fn trace(&self, path: &str, literal: &str, found: &mut Found) {
        let origin = self
            .brief
            .document
            .text
            .find(literal)
            .map_or(Origin::Brief, |start| Origin::Input { start, end: start + literal.len() });
        found.trace.push(Trace { path: path.to_owned(), text: literal.to_owned(), origin });
    }
}

/// Links with a scheme, and bare hosts with a known ending, as the network reads them that links the most.
fn links(text: &str) -> Vec<Range<usize>> {
    let mut links: Vec<Range<usize>> = patterns::LINK.find_iter(text).map(|link| link.range()).collect();
    for bare in urls(Network::X, text) {
        if !links.iter().any(|link| link.start < bare.end && bare.start < link.end) {
            links.push(bare);
        }
    }
    links
}

/// Lower case, plain quotation marks, single spaces.
fn fold(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut space = true;
    for c in text.chars() {
        let c = match c {
            '‘' | '’' | 'ʼ' => '\'',
            '“' | '”' | '„' | '«' | '»' => '"',
            '–' | '—' => '-',
            c if c.is_whitespace() => ' ',
            c => c,
        };
        if c == ' ' && space {
            continue;
        }
        space = c == ' ';
        out.extend(c.to_lowercase());
    }
    out.truncate(out.trim_end().len());
    out
}

/// Whether a text contains another that does not begin or end inside a word or number. Scripts without spaces have no
/// such inside.
fn contains_whole(text: &str, piece: &str) -> bool {
    text.match_indices(piece).any(|(at, _)| {
        let letter = |c: char| c.is_alphabetic() && c < '\u{2e80}';
        let inside = |outer: Option<char>, inner: Option<char>| {
            outer.zip(inner).is_some_and(|(outer, inner)| {
                (letter(outer) && letter(inner)) || (outer.is_numeric() && inner.is_numeric())
            })
        };
        !inside(text[..at].chars().next_back(), piece.chars().next())
            && !inside(text[at + piece.len()..].chars().next(), piece.chars().next_back())
    })
}

/// A link without what makes no other page of it.
fn bare(link: &str) -> String {
    let link = link.trim_end_matches(['.', ',', ';', ':', '!', '?', ')', '/']).to_lowercase();
    let link = link.trim_start_matches("https://").trim_start_matches("http://").trim_start_matches("www.");
    link.to_owned()
}

/// How many things the content itself has: “5 lessons” over five lines is a count, not a claim.
fn own_counts(content: &Content) -> HashSet<usize> {
    let mut counts = HashSet::new();
    match content {
        Content::Thread { thread, .. } => {
            // with and without opening and closing entries
            counts.extend(thread.len().saturating_sub(2)..=thread.len());
        }
        Content::Carousel { slides, .. } => counts.extend(slides.len().saturating_sub(2)..=slides.len()),
        Content::Script { talking_points, .. } => {
            counts.insert(talking_points.len());
        }
        Content::Post { .. } | Content::Email { .. } | Content::Article { .. } => {}
    }
    for published in content.published_texts() {
        counts.insert(patterns::LIST_ITEM.find_iter(published.text).count());
    }
    counts.remove(&0);
    counts
}

/// Puts spaces over what was dealt with, so that the places of the rest stay.
fn blank(text: &mut String, range: Range<usize>) {
    let spaces = " ".repeat(range.len());
    text.replace_range(range, &spaces);
}

#[cfg(test)]
mod tests {
    use bellwether_networks::{Target, Tone};
    use proptest::prelude::*;

    use super::*;
    use crate::writer::{BrandNotes, Document};

    fn brief(text: &str) -> Brief {
        Brief {
            document: Document {
                text: text.into(),
                title: Some("The 2024 report".into()),
                source_url: Some("https://example.org/report?id=7".into()),
                language: Some("en".into()),
                tags: Vec::new(),
                reported: None,
            },
            target: Target::XPost,
            tone: Tone::Educational,
            instructions: None,
            brand: BrandNotes { name: Some("Studio 54".into()), ..BrandNotes::default() },
            analysis: None,
            voice: None,
            variation: 0,
        }
    }

    fn post(text: &str) -> Content {
        Content::Post {
            post: text.into(),
            opening_hook: String::new(),
            cta: None,
            hashtags: vec![],
            mentions: vec![],
            media_prompt: None,
        }
    }

    const SOURCE: &str = "Sales rose 12% to $1.5 million, said @anna. “We never planned for this at all,” she said. \
        Write to team@acme.io or see docs.acme.io/start. Version 1.85.0 has three parts.";

    fn codes(text: &str) -> Vec<String> {
        let brief = brief(SOURCE);
        Known::of(&brief).check(&post(text)).faults.into_iter().map(|fault| fault.code).collect()
    }

    #[test]
    fn what_is_in_the_source_passes() {
        for text in [
            "Sales rose 12 % to 1,500,000 dollars. #web3",
            "1. Up 12%\n2. $1.5M\n3. Done. That makes 3 parts.",
            "“We never planned for this at all”: @anna",
            "Ask team@acme.io or https://docs.acme.io/start.",
            "From the 2024 report (https://example.org/report?id=7) by Studio 54",
            "Version 1.85.0 is \"out\" (1/3)",
            "4 lessons:\n• a\n• b\n• c\n• d",
        ] {
            assert_eq!(codes(text), Vec::<String>::new(), "{text}");
        }
    }

    #[test]
    fn what_is_not_is_named() {
        for (text, code) in [
            ("Sales rose 13%.", "invented_number"),
            ("Founded in 1998.", "invented_number"),
            ("Version 1.85.1 is out.", "invented_number"),
            ("See https://acme.example/start", "invented_link"),
            ("See acme.com for more", "invented_link"),
            ("Write to sales@acme.io", "invented_address"),
            ("Thanks @bob!", "invented_mention"),
            ("“We always planned for this,” she said.", "invented_quotation"),
            ("«Tout était prévu depuis longtemps»", "invented_quotation"),
        ] {
            assert_eq!(codes(text), [code], "{text}");
        }
    }

    #[test]
    fn what_passes_is_traced_to_its_place() {
        let brief = brief(SOURCE);
        let found = Known::of(&brief).check(&post("Up 12%, by Studio 54."));
        assert_eq!(
            found.trace,
            [
                Trace {
                    path: "post".into(),
                    text: "12".into(),
                    origin: Origin::Input { start: 11, end: 13 }
                },
                Trace { path: "post".into(), text: "54".into(), origin: Origin::Brief },
            ]
        );
    }

    #[test]
    fn a_piece_of_a_longer_number_or_word_is_not_it() {
        assert!(!contains_whole("since 1998", "199"));
        assert!(contains_whole("since 1998.", "1998"));
        assert!(!contains_whole("@annabel", "@anna"));
    }

    proptest! {
        #[test]
        fn anything_is_read_without_panic(text in "[a-z0-9@#.:/“”\"« »€日-]{0,120}|.{0,80}") {
            let brief = brief(&text);
            // what is said word for word is never invented
            prop_assert!(Known::of(&brief).check(&post(&text)).faults.is_empty(), "{:?}", text);
        }
    }
}
