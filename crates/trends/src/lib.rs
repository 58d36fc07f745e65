//! What an audience is about to talk about: the sources that a brand listens to, what they said, and what rises in it.

pub mod detect;
