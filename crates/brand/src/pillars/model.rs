//! What is known of a pillar. Pure.

use bellwether_web::Patch;

use crate::fields::{characters, items, section};

section! {
    /// Something that a brand writes about again and again.
    Pillar,
    /// A new pillar or a change of one: absent fields stay, null clears. A new one needs a `name`.
    UpdatePillar {
        /// Its name, up to 120 characters; no two of a brand have the same.
        name: String, Option<String>, characters(120);
        /// What belongs to it, up to 2,000 characters.
        description: Option<String>, Patch<String>, characters(2000);
        /// Why it matters to readers, up to 2,000 characters.
        why_important: Option<String>, Patch<String>, characters(2000);
        /// What it can be parted into, up to 30 of 200 characters.
        subtopics: Vec<String>, Option<Vec<String>>, items(30, 200);
    }
}
