//! Reading a text as a network reads it: links, hashtags, mentions, emoji. Hand-written scanners, each linear in the
//! length of the text whatever it holds; the rules they follow are those of the network that they are named after.

pub(crate) mod chars;
pub mod emoji;
pub mod entity;
pub mod hashtag;
pub mod mention;
pub(crate) mod tld;
pub mod url;
