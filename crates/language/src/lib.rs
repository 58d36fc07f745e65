//! Understanding text, without any input or output: clean blocks from Markdown, HTML, plain text and subtitles;
//! sentences and words; language, keyphrases, the sentences that carry a text, what can be cited, hashtags, readability.
//!
//! Everything is deterministic and takes time linear in its input. Nothing is made up: every answer is a piece of the
//! text or a number computed from it, and where a text gives nothing, the answer is empty.
//!
//! To teach it one more language, add `data/<code>.toml` with the lists of `data/en.toml` and name it in `locale.rs`;
//! languages without such a file still have sentences, stop words, stems, keyphrases and ranking.

mod about;
mod analysis;
mod document;
mod fact;
mod footing;
mod foreign;
mod front_matter;
mod hashtag;
mod html;
mod keyphrase;
mod locale;
mod look;
mod markdown;
mod rank;
mod readability;
mod score;
mod segment;
mod sentence;
mod standing;
mod subtitles;
mod text;
mod tidy;
mod topic;
mod word;

pub use about::{Audience, Level};
pub use analysis::{Analysis, List, Section, Sentence, Title, keyphrases_of as keyphrases};
pub use document::{Block, BlockKind, Document, Format, Mark, MarkKind, Metadata};
pub use fact::{Quotation, Statistic};
pub use footing::Footing;
pub use hashtag::from_phrase as hashtag;
pub use keyphrase::Keyphrase;
pub use locale::{Language, Lexicon, Quick, QuickHasher};
pub use rank::{Bag, similarity};
pub use readability::Readability;
pub use sentence::sentences;
pub use standing::{Faults, faults, strippable};
pub use word::{count_words, words};
