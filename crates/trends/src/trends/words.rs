//! What a trend says of itself, in sentences that are put together from its numbers.

use bellwether_kernel::Timestamp;

use super::model::{Accuracy, Contribution, Ends, Phrase, Why, round};
use crate::detect;

/// “1 item”, “12 items”.
pub(super) fn counted(number: i64, one: &str, many: &str) -> String {
    if number == 1 { format!("1 {one}") } else { format!("{number} {many}") }
}

/// Hours as people say them: hours up to two days, then days.
pub(super) fn hours(hours: f64) -> String {
    let whole = hours.round().max(1.0) as i64;
    if whole < 48 {
        return counted(whole, "hour", "hours");
    }
    counted((hours / 24.0).round() as i64, "day", "days")
}

/// “every hour”, “every 3 hours”.
fn every(gap: f64) -> String {
    let told = hours(gap);
    told.strip_prefix("1 ").map_or(format!("every {told}"), |one| format!("every {one}"))
}

/// What comes less often than this in a window hardly ever comes: nobody counts tenths.
const RARE: f64 = 0.5;

fn number(number: f64) -> String {
    if number < 10.0 { format!("{}", round(number, 1)) } else { format!("{}", number.round()) }
}

/// Why it is a trend, in a sentence.
pub(super) fn summary(trend: &detect::Trend) -> String {
    let why = &trend.why;
    let items = counted(trend.items.into(), "item", "items");
    let sources = counted(trend.sources.into(), "source", "sources");
    let span = (trend.last - trend.onset).num_minutes() as f64 / 60.0;
    let in_time = hours(span);
    let usual = if why.usual < RARE {
        "although its words hardly ever come up".to_owned()
    } else {
        let window = hours(f64::from(why.window_hours));
        format!("although its words usually come up only {} in {window}", times(why.usual))
    };
    format!("{items} from {sources} within {in_time}, {usual}.")
}

fn times(usual: f64) -> String {
    match number(usual).as_str() {
        "1" => "once".to_owned(),
        "2" => "twice".to_owned(),
        other => format!("{other} times"),
    }
}

/// Why it is a trend.
pub(super) fn why(trend: &detect::Trend) -> Why {
    let own = &trend.why;
    let window = hours(f64::from(own.window_hours));
    let mut sentences = vec![summary(trend)];
    let leading = own.phrases.first().map(|phrase| format!("“{}”", phrase.text));
    if let Some(leading) = leading.filter(|_| own.seen > own.usual) {
        let usual = if own.usual < RARE { "hardly ever".to_owned() } else { times(own.usual) };
        // what one source repeats counts as a half, a third and so on, which leaves a fraction
        let repeated = if own.seen.fract() == 0.0 { "" } else { ", repetitions by one source counting less" };
        sentences.push(format!(
            "In the busiest {window} {leading} came up {}{repeated}; usually it does so {usual}. By chance that would happen {}.",
            times(own.seen),
            chance(own.surprise)
        ));
    }
    sentences.push(format!(
        "It is told in {}, and {} % of it comes from the busiest source.",
        counted(own.wordings.into(), "wording", "different wordings"),
        (own.top_source * 100.0).round()
    ));
    let phrases = own
        .phrases
        .iter()
        .map(|phrase| Phrase { text: phrase.text.clone(), share: round(phrase.share.clamp(0.0, 1.0), 3) })
        .collect();
    let contributions = own
        .contributions
        .iter()
        .map(|one| Contribution {
            what: one.what.to_owned(),
            value: round(one.value, 3),
            effect: round(one.effect, 3),
            words: contribution(one.what, one.value),
        })
        .collect();
    Why {
        sentences,
        window_hours: own.window_hours,
        seen: round(own.seen, 2),
        usual: round(own.usual, 3),
        surprise: round(own.surprise, 2),
        wordings: own.wordings,
        top_source: round(own.top_source, 3),
        phrases,
        contributions,
    }
}

fn chance(surprise: f64) -> String {
    let power = surprise.floor().clamp(0.0, 15.0) as u32;
    match power {
        0 => "often".to_owned(),
        1..=6 => format!("once in {} times", grouped(10_u64.pow(power))),
        7..=8 => "once in tens of millions of times".to_owned(),
        _ => "less than once in a billion times".to_owned(),
    }
}

/// A number as people write it: 12,000.
pub(crate) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

fn contribution(what: &str, value: f64) -> String {
    match what {
        "surprise" => {
            "How much more often its words come than usual, with all words that were looked at in mind."
                .into()
        }
        "cohesion" => {
            format!("Its items share {}.", counted((value.exp() - 1.0).round() as i64, "word", "words"))
        }
        "second" => "How much more often its other words come than usual.".into(),
        "together" => format!("{} % of its items have at least two of its words.", (value * 100.0).round()),
        "slow" => "How long it took to become this much: what gathers over days is less sure.".into(),
        "young" if value > 0.0 => {
            "Your sources have not been heard for long: what is usual is not well known yet.".into()
        }
        "young" => "Your sources have been heard long enough to know what is usual.".into(),
        "silence" => format!("Nothing has come for {}: what is chance falls silent.", hours(value)),
        other => format!("{other}."),
    }
}

/// What would end it.
pub(super) fn ends(ends: &detect::Ends, last: Timestamp, now: Timestamp) -> Ends {
    let mut sentences = Vec::new();
    if ends.gap_hours > 0.0 {
        sentences.push(format!("At present an item comes {}.", every(ends.gap_hours)));
    }
    let quiet = (now - last).num_minutes().max(0) as f64 / 60.0;
    if ends.over_at <= now {
        sentences.push(format!("Nothing new came for {}: it is over.", hours(quiet)));
    } else {
        if quiet < ends.declines_after_hours {
            sentences.push(format!(
                "It loses pace when nothing new comes for {}.",
                hours(ends.declines_after_hours)
            ));
        }
        // when that is stands beside it, in the zone of who reads
        sentences.push(format!("It is over when nothing new comes for {}.", hours(ends.over_after_hours)));
    }
    Ends {
        sentences,
        declines_after_hours: round(ends.declines_after_hours, 2),
        over_after_hours: round(ends.over_after_hours, 2),
        over_at: ends.over_at,
        gap_hours: round(ends.gap_hours, 2),
    }
}

/// How often what was predicted came true.
pub(super) fn accuracy(mut accuracy: Accuracy) -> Accuracy {
    if accuracy.trends == 0 {
        accuracy.sentences =
            vec!["No trend is over yet, so nothing can be said of what was predicted.".to_owned()];
        return accuracy;
    }
    let of = |share: Option<f64>| (share.unwrap_or_default() * 100.0).round();
    let trends = counted(accuracy.trends.into(), "trend is", "trends are");
    accuracy.sentences = vec![
        format!(
            "{trends} over. {} % peaked within the time predicted, and {} % ended with as many items as predicted; both aim at 80 %.",
            of(accuracy.peak_rate),
            of(accuracy.size_rate)
        ),
        format!("{} % went on after they were found.", of(accuracy.held_rate)),
    ];
    if accuracy.trends < 10 {
        accuracy.sentences.push("That is too few to rely on.".to_owned());
    }
    accuracy
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_as_people_say_them() {
        assert_eq!(
            (hours(0.2).as_str(), hours(1.4).as_str(), hours(30.0).as_str()),
            ("1 hour", "1 hour", "30 hours")
        );
        assert_eq!(hours(72.0), "3 days");
        assert_eq!((every(0.8).as_str(), every(2.6).as_str()), ("every hour", "every 3 hours"));
        assert_eq!(grouped(1_000_000), "1,000,000");
        assert_eq!(
            (times(1.0).as_str(), times(0.4).as_str(), times(12.3).as_str()),
            ("once", "0.4 times", "12 times")
        );
        assert_eq!(chance(4.7), "once in 10,000 times");
    }

    #[test]
    fn nothing_is_said_of_predictions_before_there_are_any() {
        let none = Accuracy {
            trends: 0,
            peaks: 0,
            sizes: 0,
            held: 0,
            peak_rate: None,
            size_rate: None,
            held_rate: None,
            from: None,
            to: None,
            sentences: vec![],
        };
        assert!(accuracy(none.clone()).sentences[0].contains("No trend is over"));
        let some =
            Accuracy { trends: 4, peak_rate: Some(0.75), size_rate: Some(0.5), held_rate: Some(1.0), ..none };
        let told = accuracy(some).sentences;
        assert!(told[0].starts_with("4 trends are over. 75 % peaked"), "{told:?}");
        assert_eq!(told.len(), 3);
    }
}
