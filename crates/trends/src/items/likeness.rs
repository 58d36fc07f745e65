//! Whether two texts say nearly the same.
//!
//! The measure is the simhash of Charikar (2002): every pair of neighbouring words of the title and of the first 300 words
//! is hashed to 64 bits, and each bit of the result is the majority of all. Texts whose pairs differ by an angle differ in
//! that angle's share of the bits: 8 of 64 is a cosine of about 0.92, while strangers differ in 32 ± 4. Titles alone have
//! too few pairs for that; of two sources they are the same when their words are.

/// Bits in which two texts may differ.
const NEAR: u32 = 8;
/// Pairs below which a simhash says nothing.
const LEAST: usize = 16;
/// Words of the text that count.
const WORDS: usize = 300;
/// Words below which equal titles are chance.
const TITLE: usize = 4;

/// What texts are compared by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Likeness {
    /// 64 bits; 0 where the text is too short for them.
    pub(crate) simhash: u64,
    /// The words of the title; empty where they are too few.
    pub(crate) title: String,
}

impl Likeness {
    pub(crate) fn of(title: &str, text: &str) -> Self {
        let words: Vec<String> = bellwether_language::words(title)
            .chain(bellwether_language::words(text).take(WORDS))
            .map(str::to_lowercase)
            .collect();
        let key = title_key(title);
        let simhash = if words.len() <= LEAST { 0 } else { simhash(&words) };
        Self { simhash, title: key }
    }

    /// The same from what is kept of an item.
    pub(crate) fn kept(simhash: u64, title: &str) -> Self {
        Self { simhash, title: title_key(title) }
    }

    /// Whether they say nearly the same; `elsewhere` when they come from different sources.
    pub(crate) fn is_near(&self, other: &Self, elsewhere: bool) -> bool {
        let texts =
            self.simhash != 0 && other.simhash != 0 && (self.simhash ^ other.simhash).count_ones() <= NEAR;
        texts || elsewhere && !self.title.is_empty() && self.title == other.title
    }
}

fn title_key(title: &str) -> String {
    let words: Vec<String> = bellwether_language::words(title).map(str::to_lowercase).collect();
    if words.len() < TITLE { String::new() } else { words.join(" ") }
}

fn simhash(words: &[String]) -> u64 {
    let mut votes = [0_i32; 64];
    for pair in words.windows(2) {
        let hash = hash(&pair[0], &pair[1]);
        for (bit, vote) in votes.iter_mut().enumerate() {
            *vote += if hash >> bit & 1 == 1 { 1 } else { -1 };
        }
    }
    votes.iter().enumerate().fold(0, |all, (bit, vote)| if *vote > 0 { all | 1 << bit } else { all })
}

/// FNV-1a with the finish of MurmurHash3, so that all bits depend on all letters. Kept in the database: never change it.
fn hash(a: &str, b: &str) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for byte in a.bytes().chain([b' ']).chain(b.bytes()) {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    }
    hash = (hash ^ hash >> 33).wrapping_mul(0xff51_afd7_ed55_8ccd);
    hash = (hash ^ hash >> 33).wrapping_mul(0xc4ce_b9fe_1a85_ec53);
    hash ^ hash >> 33
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: &str = "The workshop in Leipzig closes on Friday afternoons from now on. Its owner says that nobody has \
                     complained, and that the orders have not become fewer. Three other workshops of the street want to \
                     follow in spring, when the apprentices are back from school and the days are longer again.";

    #[test]
    fn a_copy_with_a_remark_is_near_and_another_text_is_not() {
        let original = Likeness::of("Workshop closes on Fridays", A);
        let copy =
            Likeness::of("Workshop closes on Fridays", &format!("{A} First published by the city paper."));
        assert!(original.is_near(&copy, false));
        let other = Likeness::of(
            "Workshop opens a second shop",
            "A second shop opens in Halle next week. It sells what the workshop made in winter, and repairs what people \
             bring. The owner hopes for visitors from the university, which lies only two streets away from there.",
        );
        assert!(!original.is_near(&other, true));
    }

    #[test]
    fn short_ones_are_told_by_their_titles_across_sources() {
        let title = "Rust 1.95 is released today";
        let (a, b) = (Likeness::of(title, ""), Likeness::of("Rust 1.95 Is Released Today!", ""));
        assert!(a.is_near(&b, true));
        // the weekly thread of one source is another one each week
        assert!(!a.is_near(&b, false));
        assert!(!Likeness::of("Open thread", "").is_near(&Likeness::of("Open thread", ""), true));
    }
}
