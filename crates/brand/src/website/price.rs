//! Prices in running text. Pure.

use crate::offers::Price;

/// Marks of currencies that leave no doubt which is meant; `$` and `kr` do only together with a country.
const MARKS: [(&str, &str); 12] = [
    ("€", "eur"),
    ("£", "gbp"),
    ("EUR", "eur"),
    ("GBP", "gbp"),
    ("USD", "usd"),
    ("US$", "usd"),
    ("CHF", "chf"),
    ("CAD", "cad"),
    ("AUD", "aud"),
    ("R$", "brl"),
    ("zł", "pln"),
    ("₹", "inr"),
];

/// The first price that a text names, with its bytes in it. A bare `$` is read as US dollars, as most who write it mean.
pub(super) fn find(text: &str) -> Option<(Price, std::ops::Range<usize>)> {
    let mut best: Option<(Price, std::ops::Range<usize>)> = None;
    for (mark, currency) in MARKS.iter().copied().chain([("$", "usd")]) {
        for (at, _) in text.match_indices(mark) {
            let letters = mark.chars().all(char::is_alphabetic);
            let (before, after) = (&text[..at], &text[at + mark.len()..]);
            if letters && (before.ends_with(char::is_alphabetic) || after.starts_with(char::is_alphabetic)) {
                continue;
            }
            // US$ and R$ were looked for by themselves
            if mark == "$" && before.ends_with(char::is_alphabetic) {
                continue;
            }
            let found = number_at_start(after)
                .map(|(amount, length)| (amount, at..at + mark.len() + length))
                .or_else(|| {
                    number_at_end(before).map(|(amount, length)| (amount, at - length..at + mark.len()))
                });
            let Some((amount_minor, range)) = found else { continue };
            if best.as_ref().is_none_or(|(_, known)| range.start < known.start) {
                best = Some((Price { amount_minor, currency: currency.to_owned(), unit: None }, range));
            }
        }
    }
    best
}

fn number_at_start(text: &str) -> Option<(i64, usize)> {
    let space = text.len() - text.trim_start_matches([' ', '\u{a0}', '\u{202f}']).len();
    let digits = text[space..].find(|c: char| !(c.is_ascii_digit() || matches!(c, '.' | ',' | '\'' | '’')));
    let number = &text[space..space + digits.unwrap_or(text.len() - space)];
    let number = number.trim_end_matches(['.', ',', '\'', '’']);
    Some((minor(number)?, space + number.len()))
}

fn number_at_end(text: &str) -> Option<(i64, usize)> {
    let trimmed = text.trim_end_matches([' ', '\u{a0}', '\u{202f}']);
    let start = trimmed
        .char_indices()
        .rev()
        .take_while(|(_, c)| c.is_ascii_digit() || matches!(c, '.' | ',' | '\'' | '’'))
        .last()
        .map(|(at, _)| at)?;
    let number = trimmed[start..].trim_start_matches(['.', ',', '\'', '’']);
    Some((minor(number)?, text.len() - (trimmed.len() - number.len())))
}

/// Hundredths: the last separator with one or two digits behind it parts them, every other parts thousands.
fn minor(number: &str) -> Option<i64> {
    if !number.starts_with(|c: char| c.is_ascii_digit()) || number.len() > 15 {
        return None;
    }
    let (whole, part) = match number.rfind(['.', ',']) {
        Some(at) if (1..=2).contains(&(number.len() - at - 1)) => (&number[..at], &number[at + 1..]),
        _ => (number, ""),
    };
    let whole: String = whole.chars().filter(char::is_ascii_digit).collect();
    let part: i64 = match part.len() {
        0 => 0,
        1 => part.parse::<i64>().ok()? * 10,
        _ => part.parse().ok()?,
    };
    whole.parse::<i64>().ok()?.checked_mul(100)?.checked_add(part)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prices_as_people_write_them() {
        for (text, amount, currency) in [
            ("It costs $49 a month.", 4_900, "usd"),
            ("Nur 1.234,50 € inkl. MwSt.", 123_450, "eur"),
            ("£12.5 each", 1_250, "gbp"),
            ("from EUR 1,200 per year", 120_000, "eur"),
            ("CHF 1'200.–", 120_000, "chf"),
            ("US$ 9.99", 999, "usd"),
            ("ab 89\u{a0}€", 8_900, "eur"),
        ] {
            let (price, range) = find(text).unwrap_or_else(|| panic!("{text}"));
            assert_eq!((price.amount_minor, price.currency.as_str()), (amount, currency), "{text}");
            assert!(text.get(range).is_some(), "{text}");
        }
        for text in ["Europe 2024", "no price", "€", "$", "USDA 12", "$$$", "12 %", "€ and more"] {
            assert_eq!(find(text), None, "{text}");
        }
    }

    #[test]
    fn the_first_of_several() {
        assert_eq!(find("Either €5 or $3").unwrap().0.amount_minor, 500);
        assert_eq!(find("Either $3 or €5").unwrap().0.amount_minor, 300);
    }
}
