//! Numbers in a text, read so that `1,000`, `1.000`, `1 000` and `1k` are found to be the same.

use std::{collections::HashSet, ops::Range, sync::LazyLock};

use regex::Regex;

/// A number as it stands in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Number {
    /// Where.
    pub range: Range<usize>,
    /// What it may mean, in millionths: the reading with a comma for thousands, that with a point, each with and
    /// without the word of magnitude behind it. Empty for versions and dates, which are no amounts.
    pub readings: Vec<i128>,
}

#[expect(clippy::unwrap_used, reason = "a constant pattern, compiled by the tests")]
static NUMBER: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?x)
        (?: \d{1,3} (?: [\x20\u{a0}\u{202f}\u{2009}'’] \d{3} \b )+ (?: [.,] \d+ )? | \d+ (?: [.,] \d+ )* )
        (?: \s? (?P<magnitude> (?i: k | m | mn | mio | bn | b | tr | thousand | million | billion | trillion |
            tausend | millionen | milliarden | mille | millions | milliards | mil | millones | mila | milioni | miliardi
        ) ) \b )?",
    )
    .unwrap()
});

const MILLION: i128 = 1_000_000;

/// Every number, in order. A number within a word (`web3`, `COVID-19` too) counts: it must have come from somewhere.
pub fn find(text: &str) -> Vec<Number> {
    NUMBER
        .captures_iter(text)
        .filter_map(|captures| {
            let whole = captures.get(0)?;
            let magnitude = captures.name("magnitude");
            let digits_end = magnitude.map_or(whole.end(), |magnitude| magnitude.start());
            let digits = text[whole.start()..digits_end].trim_end();
            let mut readings = plain(digits);
            if let Some(factor) = magnitude.and_then(|magnitude| factor(magnitude.as_str())) {
                let scaled: Vec<i128> =
                    readings.iter().filter_map(|value| value.checked_mul(factor)).collect();
                readings.extend(scaled);
            }
            readings.sort_unstable();
            readings.dedup();
            Some(Number { range: whole.range(), readings })
        })
        .collect()
}

fn factor(word: &str) -> Option<i128> {
    Some(match word.to_lowercase().as_str() {
        "k" | "thousand" | "tausend" | "mille" | "mil" | "mila" => 1_000,
        "m" | "mn" | "mio" | "million" | "millionen" | "millions" | "millones" | "milioni" => 1_000_000,
        "b" | "bn" | "billion" | "milliarden" | "milliards" | "miliardi" => 1_000_000_000,
        "tr" | "trillion" => 1_000_000_000_000,
        _ => return None,
    })
}

/// Both readings of digits with separators.
fn plain(digits: &str) -> Vec<i128> {
    let is_space = |c: char| c.is_whitespace() || c == '\'' || c == '’';
    let digits: String = digits.chars().filter(|c| !is_space(*c)).collect();
    let mut readings = Vec::new();
    for (thousands, decimal) in [(',', '.'), ('.', ',')] {
        let (whole, fraction) = digits.split_once(decimal).unwrap_or((&digits, ""));
        // a version, a date or an address has points in other places, and is no amount
        if !is_grouped(whole, thousands) || !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
            continue;
        }
        let whole = whole.replace(thousands, "");
        let fraction: String = fraction.chars().chain("000000".chars()).take(6).collect();
        if let (Ok(whole), Ok(fraction)) = (whole.parse::<i128>(), fraction.parse::<i128>())
            && let Some(value) = whole.checked_mul(MILLION)
        {
            readings.push(value + fraction);
        }
    }
    readings
}

/// Whether digits are plain, or in threes behind the first one to three.
fn is_grouped(digits: &str, separator: char) -> bool {
    let mut groups = digits.split(separator);
    let first = groups.next().unwrap_or("");
    let plain = |group: &str| !group.is_empty() && group.bytes().all(|byte| byte.is_ascii_digit());
    let mut rest = groups.peekable();
    plain(first)
        && (rest.peek().is_none() || first.len() <= 3)
        && rest.all(|group| plain(group) && group.len() == 3)
}

/// The readings of all numbers of a text, number words of common languages included: who reads “three reasons” may
/// write “3 reasons”.
pub fn known(text: &str) -> HashSet<i128> {
    let mut known: HashSet<i128> = find(text).into_iter().flat_map(|number| number.readings).collect();
    for word in text.split(|c: char| !c.is_alphabetic()).filter(|word| !word.is_empty()) {
        if let Some(value) = word_value(&word.to_lowercase()) {
            known.insert(value * MILLION);
        }
    }
    known
}

fn word_value(word: &str) -> Option<i128> {
    Some(match word {
        "zero" | "null" | "cero" | "zéro" => 0,
        "one" | "once" | "first" | "eins" | "eine" | "einen" | "un" | "une" | "uno" | "una" | "single" => 1,
        "two" | "twice" | "second" | "zwei" | "deux" | "dos" | "due" | "both" | "double" | "pair" => 2,
        "three" | "third" | "drei" | "trois" | "tres" | "tre" | "triple" => 3,
        "four" | "fourth" | "vier" | "quatre" | "cuatro" | "quattro" => 4,
        "five" | "fifth" | "fünf" | "cinq" | "cinco" | "cinque" => 5,
        "six" | "sixth" | "sechs" | "seis" | "sei" => 6,
        "seven" | "seventh" | "sieben" | "sept" | "siete" | "sette" => 7,
        "eight" | "eighth" | "acht" | "huit" | "ocho" | "otto" => 8,
        "nine" | "ninth" | "neun" | "neuf" | "nueve" | "nove" => 9,
        "ten" | "tenth" | "zehn" | "dix" | "diez" | "dieci" => 10,
        "eleven" | "elf" | "onze" => 11,
        "twelve" | "dozen" | "zwölf" | "douze" | "doce" | "dodici" => 12,
        "fifteen" | "fünfzehn" | "quinze" | "quince" => 15,
        "twenty" | "zwanzig" | "vingt" | "veinte" | "venti" => 20,
        "thirty" | "dreißig" | "trente" | "treinta" | "trenta" => 30,
        "forty" | "vierzig" | "quarante" | "cuarenta" => 40,
        "half" | "fifty" | "hälfte" | "fünfzig" | "moitié" | "cinquante" | "mitad" | "cincuenta" => 50,
        "sixty" | "sechzig" | "soixante" | "sesenta" => 60,
        "hundred" | "hundert" | "cent" | "cien" | "cento" => 100,
        "thousand" | "tausend" | "mille" | "mil" => 1_000,
        "million" | "millón" | "milione" => 1_000_000,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn same(a: &str, b: &str) -> bool {
        let known = known(a);
        find(b).iter().all(|number| number.readings.iter().any(|reading| known.contains(reading)))
    }

    #[test]
    fn one_number_has_many_spellings() {
        for spelling in ["1,000", "1.000", "1 000", "1\u{202f}000", "1'000", "1k", "1 thousand", "1000"] {
            assert!(same("It costs 1000.", spelling), "{spelling}");
            assert!(same(spelling, "1000"), "{spelling}");
        }
        assert!(same("1.5 million", "1,500,000"));
        assert!(same("1,5 Millionen", "1.5M"));
        assert!(same("three reasons and half the people", "3 reasons, 50%"));
        assert!(same("$4.20", "4.2"));
    }

    #[test]
    fn another_number_is_another() {
        for other in ["47", "1,001", "10,000", "0.1", "2024"] {
            assert!(!same("It costs 1000 since 2023.", other), "{other}");
        }
    }

    #[test]
    fn versions_are_no_amounts_and_dates_are_three() {
        assert_eq!(find("1.85.0"), [Number { range: 0..6, readings: vec![] }]);
        assert_eq!(find("2024-05-17").len(), 3);
    }

    proptest! {
        #[test]
        fn anything_is_read_without_panic(text in "[0-9.,kmb ']{0,80}|.{0,60}") {
            for number in find(&text) {
                prop_assert!(text.get(number.range).is_some());
            }
        }
    }
}
