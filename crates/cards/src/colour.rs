//! Colours, and whether letters in them can be read.

use std::{fmt, str::FromStr};

/// An opaque colour in sRGB.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Colour(pub [u8; 3]);

impl FromStr for Colour {
    type Err = ();

    /// Reads `#1a2b3c`, and `#abc` as `#aabbcc`.
    fn from_str(text: &str) -> Result<Self, ()> {
        let digits = text.strip_prefix('#').filter(|digits| digits.bytes().all(|b| b.is_ascii_hexdigit()));
        let digits = match digits.ok_or(())? {
            long if long.len() == 6 => long.to_owned(),
            short if short.len() == 3 => short.chars().flat_map(|digit| [digit, digit]).collect(),
            _ => return Err(()),
        };
        let part = |at: usize| u8::from_str_radix(&digits[at..at + 2], 16).map_err(|_| ());
        Ok(Self([part(0)?, part(2)?, part(4)?]))
    }
}

impl fmt::Display for Colour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [red, green, blue] = self.0;
        write!(f, "#{red:02x}{green:02x}{blue:02x}")
    }
}

impl Colour {
    /// Relative luminance by WCAG 2.2.
    fn luminance(self) -> f64 {
        let linear = self.0.map(|part| {
            let part = f64::from(part) / 255.0;
            if part <= 0.04045 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
        });
        0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    }

    /// Contrast of two colours by WCAG 2.2: 1 to 21.
    pub fn contrast(self, other: Self) -> f64 {
        let (one, two) = (self.luminance(), other.luminance());
        (one.max(two) + 0.05) / (one.min(two) + 0.05)
    }
}

/// The colours of a card.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Colours {
    /// Behind everything.
    pub background: Colour,
    /// Of letters; contrasts with the background by at least 4.5 to 1.
    pub ink: Colour,
    /// Of bands and marks.
    pub accent: Colour,
}

impl Default for Colours {
    fn default() -> Self {
        Self {
            background: Colour([0xfa, 0xf7, 0xf0]),
            ink: Colour([0x1f, 0x1c, 0x17]),
            accent: Colour([0x9a, 0x6b, 0x1f]),
        }
    }
}
