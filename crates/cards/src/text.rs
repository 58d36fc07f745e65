//! Fitting text: what can be written, where lines break, how large letters are.

use unicode_properties::{EmojiStatus, GeneralCategory, UnicodeEmoji as _, UnicodeGeneralCategory as _};
use unicode_segmentation::UnicodeSegmentation as _;

use crate::{
    Fault,
    font::{Font, Metrics},
};

/// Kerning and rounding may make a line wider than its letters' sum.
const SPARE: f32 = 0.98;
/// From one line to the next, in sizes of letters.
pub(crate) const LEADING: f32 = 1.3;

/// A text that fits.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Block {
    pub(crate) font: Font,
    pub(crate) size: f32,
    pub(crate) lines: Vec<String>,
}

impl Block {
    pub(crate) fn height(&self) -> f32 {
        self.lines.len() as f32 * self.size * LEADING
    }
}

/// Where a text has to go.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Room {
    pub(crate) width: f32,
    pub(crate) height: f32,
    pub(crate) largest: f32,
    pub(crate) smallest: f32,
}

fn is_emoji(letter: char) -> bool {
    // U+20E3 makes a key of the digit before it
    letter == '\u{20e3}'
        || letter.is_emoji_char()
            && !matches!(letter.emoji_status(), EmojiStatus::EmojiOther | EmojiStatus::NonEmoji)
}

/// What of a text can be written. Emoji are left out and gathered; a letter that the font does not have is a fault.
pub(crate) fn clean(
    at: &'static str,
    text: &str,
    metrics: &Metrics,
    left_out: &mut Vec<String>,
) -> Result<String, Fault> {
    let (mut clean, mut missing) = (String::with_capacity(text.len()), Vec::<char>::new());
    for cluster in text.replace("\r\n", "\n").replace(['\r', '\u{2028}', '\u{2029}'], "\n").graphemes(true) {
        let written = |letter: &char| {
            !matches!(letter.general_category(), GeneralCategory::Control | GeneralCategory::Format)
                && !('\u{fe00}'..='\u{fe0f}').contains(letter)
        };
        if cluster == "\n" {
            clean.push('\n');
        } else if cluster.chars().all(char::is_whitespace) {
            clean.push(if cluster == "\u{a0}" || cluster == "\u{202f}" { '\u{a0}' } else { ' ' });
        } else if cluster.chars().filter(written).all(|letter| metrics.has(letter)) {
            clean.extend(cluster.chars().filter(written));
        } else if cluster.chars().any(is_emoji) {
            if !left_out.iter().any(|emoji| emoji == cluster) {
                left_out.push(cluster.to_owned());
            }
        } else {
            missing.extend(cluster.chars().filter(written).filter(|letter| !metrics.has(*letter)));
        }
    }
    missing.sort_unstable();
    missing.dedup();
    if missing.is_empty() {
        // what an emoji leaves behind: two spaces, or one at a line's end
        let lines: Vec<String> = clean
            .lines()
            .map(|line| line.split(' ').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" "))
            .collect();
        return Ok(lines.join("\n").trim_matches(['\n', ' ']).to_owned());
    }
    let letters: Vec<String> = missing.iter().take(8).map(|letter| format!("“{letter}”")).collect();
    Err(Fault::NoGlyphs { at, letters: letters.join(", ") })
}

/// The largest letters in which a text fits.
pub(crate) fn fit(
    at: &'static str,
    text: &str,
    font: Font,
    metrics: &Metrics,
    room: Room,
) -> Result<Block, Fault> {
    let mut size = room.largest;
    loop {
        let lines = wrap(text, metrics, size, room.width * SPARE);
        let block = Block { font, size, lines };
        if block.height() <= room.height {
            return Ok(block);
        }
        if size <= room.smallest {
            return Err(Fault::TooLong { at });
        }
        size = (size * 0.96).max(room.smallest);
    }
}

/// Lines no wider than `width`. A word that is wider by itself is broken between letters.
fn wrap(text: &str, metrics: &Metrics, size: f32, width: f32) -> Vec<String> {
    let space = metrics.width(" ", size);
    let mut lines = Vec::new();
    for paragraph in text.split('\n') {
        let (mut line, mut filled) = (String::new(), 0.0);
        for word in paragraph.split(' ').filter(|word| !word.is_empty()) {
            let wide = metrics.width(word, size);
            if !line.is_empty() && filled + space + wide <= width {
                line.push(' ');
                line.push_str(word);
                filled += space + wide;
                continue;
            }
            if !line.is_empty() {
                lines.push(std::mem::take(&mut line));
                filled = 0.0;
            }
            if wide <= width {
                line.push_str(word);
                filled = wide;
                continue;
            }
            for cluster in word.graphemes(true) {
                let wide = metrics.width(cluster, size);
                if !line.is_empty() && filled + wide > width {
                    lines.push(std::mem::take(&mut line));
                    filled = 0.0;
                }
                line.push_str(cluster);
                filled += wide;
            }
        }
        lines.push(line);
    }
    lines
}
