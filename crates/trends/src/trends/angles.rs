//! Three ways to write about a trend, each of another kind and each naming what it stands on: made by rules from the items
//! themselves, so that nothing is in them that no source says.

use std::fmt::Write as _;

use bellwether_brand::Interests;
use bellwether_language::words;

use super::{
    material::Told,
    model::{Angle, Format, WhyYou},
    words::counted,
};
use crate::ItemId;

/// Words with which titles promise to show how something is done.
const HOW: &[&str] = &[
    "how",
    "guide",
    "tips",
    "steps",
    "ways",
    "checklist",
    "wie",
    "anleitung",
    "comment",
    "cómo",
    "tutorial",
];

/// `“Title” (Source)`.
fn named(told: &Told) -> String {
    format!("“{}” ({})", told.title, told.source)
}

/// The items of as many sources as there are, those that say most of it first.
fn spread(told: &[Told], most: usize) -> Vec<&Told> {
    let mut sources: Vec<&str> = Vec::new();
    let (mut first, mut rest) = (Vec::new(), Vec::new());
    for one in told {
        if sources.contains(&one.source.as_str()) {
            rest.push(one);
        } else {
            sources.push(&one.source);
            first.push(one);
        }
    }
    first.into_iter().chain(rest).take(most).collect()
}

fn ids(told: &[&Told]) -> Vec<ItemId> {
    told.iter().map(|one| one.id).collect()
}

/// Three angles; none where there is no item to name. `told` comes with those first that say most of it.
pub(super) fn angles(name: &str, told: &[Told], why_you: &WhyYou, interests: &Interests) -> Vec<Angle> {
    if told.is_empty() {
        return Vec::new();
    }
    vec![explain(name, told), meaning(name, told, why_you, interests), third(name, told)]
}

/// What happened, in order of time.
fn explain(name: &str, told: &[Told]) -> Angle {
    let mut chosen = spread(told, 3);
    chosen.sort_by_key(|one| one.at);
    let angle = match chosen.as_slice() {
        [only] => format!("Say what happened, as {} tells it, and where to read on.", named(only)),
        [first, rest @ ..] => {
            let others: Vec<String> = rest.iter().map(|one| named(one)).collect();
            format!(
                "Tell it in order: how it began in {}, then what {} added. One post for each, with its source.",
                named(first),
                others.join(" and ")
            )
        }
        [] => String::new(),
    };
    Angle {
        id: "explain".to_owned(),
        title: format!("{name}: what happened so far"),
        angle,
        format: Format::Thread,
        evidence: ids(&chosen),
        writer: None,
    }
}

/// What it means for those to whom the brand speaks.
fn meaning(name: &str, told: &[Told], why_you: &WhyYou, interests: &Interests) -> Angle {
    // in quotes, as a pillar is: a name is written as the brand writes it
    let first = interests.audiences.first();
    let audience = first.map_or_else(|| "your readers".to_owned(), |first| format!("“{}”", first.name));
    let best = &told[0];
    let point = why_you.pillars.first().map_or_else(
        || format!("say in one example what changes for {audience}, and what does not"),
        |pillar| format!("say what it means for {audience} from where you stand on “{}”", pillar.name),
    );
    Angle {
        id: "meaning".to_owned(),
        title: format!("{name}: what it means for {audience}"),
        angle: format!("Take the one point of {} and {point}.", named(best)),
        format: Format::Post,
        evidence: vec![best.id],
        writer: None,
    }
}

/// A number, if a title has one; the steps, if several show how; else what sources see differently.
fn third(name: &str, told: &[Told]) -> Angle {
    let asks_how = |one: &&Told| words(&one.title).any(|word| HOW.contains(&word.to_lowercase().as_str()));
    let how: Vec<&Told> = told.iter().filter(asks_how).take(3).collect();
    if how.len() >= 2 {
        let list: Vec<String> = how.iter().map(|one| named(one)).collect();
        return Angle {
            id: "steps".to_owned(),
            title: format!("{name}, step by step"),
            angle: format!(
                "Collect the steps that {} name, one slide each, and credit each slide.",
                list.join(" and ")
            ),
            format: Format::Carousel,
            evidence: ids(&how),
            writer: None,
        };
    }
    let number = told.iter().find_map(|one| Some((one, telling_number(&one.title)?)));
    if let Some((one, number)) = number {
        return Angle {
            id: "number".to_owned(),
            title: format!("{name}: the number behind it"),
            angle: format!(
                "Put “{number}” from {} on the first slide, then what it counts, where it comes from and what it leaves out.",
                named(one)
            ),
            format: Format::Carousel,
            evidence: vec![one.id],
            writer: None,
        };
    }
    let sides = far_apart(told);
    let angle = match sides.as_slice() {
        [a, b] => format!(
            "Put {} beside {}: what both say, what only one says, and what you would do.",
            named(a),
            named(b)
        ),
        _ => format!("Ask what {} leaves open, and answer it from what you know yourself.", named(&told[0])),
    };
    Angle {
        id: "sides".to_owned(),
        title: format!("{name}: what is left out"),
        angle,
        format: Format::Carousel,
        evidence: ids(&sides),
        writer: None,
    }
}

/// A number with its sign or unit that is no year and no count of a list.
fn telling_number(title: &str) -> Option<String> {
    let list: Vec<&str> = title.split_whitespace().collect();
    list.iter().enumerate().find_map(|(index, word)| {
        let bare = word.trim_matches(|c: char| !c.is_alphanumeric() && !matches!(c, '%' | '€' | '$' | '£'));
        let digits: String = bare.chars().filter(char::is_ascii_digit).collect();
        let marked = bare.contains(['%', '€', '$', '£']);
        let spelled = list.get(index + 1).map(|next| {
            next.trim_matches(|c: char| !c.is_alphanumeric() && !matches!(c, '%' | '€' | '$' | '£'))
                .to_lowercase()
        });
        let unit = spelled.as_deref().is_some_and(|next| {
            matches!(
                next,
                "%" | "€"
                    | "percent"
                    | "per"
                    | "euros"
                    | "dollars"
                    | "million"
                    | "billion"
                    | "prozent"
                    | "euro"
            )
        });
        if digits.is_empty() || digits.len() != bare.chars().filter(|c| c.is_alphanumeric()).count() {
            return None;
        }
        match (marked, unit) {
            (true, _) => Some(bare.to_owned()),
            (false, true) => {
                Some(format!("{bare} {}", list.get(index + 1)?.trim_end_matches([',', '.', ':', ';'])))
            }
            (false, false) => None,
        }
    })
}

/// Of two sources, the two items whose titles share least; the only one where there is one.
fn far_apart(told: &[Told]) -> Vec<&Told> {
    let chosen = spread(told, 8);
    let mut best: Option<(f32, &Told, &Told)> = None;
    for (index, a) in chosen.iter().enumerate() {
        for b in &chosen[index + 1..] {
            if a.source == b.source {
                continue;
            }
            let near = bellwether_language::similarity(&a.title, &b.title);
            if best.is_none_or(|(other, ..)| near < other) {
                best = Some((near, *a, *b));
            }
        }
    }
    best.map_or_else(|| chosen.into_iter().take(1).collect(), |(_, a, b)| vec![a, b])
}

/// What stands over drafts: the angle as its reader is told it, for whom the brand's names for them are none. Ours are
/// told in English, so that over another language's trend its name stands.
pub(super) fn heading(name: &str, angle: Option<&Angle>, language: &str) -> String {
    let english = language.is_empty() || language == "en" || language.starts_with("en-");
    let told = angle.and_then(|angle| match angle.id.as_str() {
        // a model tells its own in the trend's language
        _ if angle.writer.is_some() => Some(angle.title.clone()),
        // what sources see differently is for a person to say
        _ if !english || angle.id == "sides" => None,
        "meaning" => Some(format!("{name}: what it means for you")),
        _ => Some(angle.title.clone()),
    });
    told.unwrap_or_else(|| name.to_owned())
}

/// What is asked of a writer who follows instructions.
pub(super) fn instructions(angle: Option<&Angle>, sources: &[&str]) -> String {
    let mut names: Vec<&str> = Vec::new();
    for source in sources {
        if !names.contains(source) {
            names.push(source);
        }
    }
    let sources = counted(names.len() as i64, "source", "sources");
    let mut out = angle.map_or_else(String::new, |angle| format!("{}\n{}\n", angle.title, angle.angle));
    let _ = write!(
        out,
        "Say only what the {sources} in the text say, and name each that you use ({}).",
        names.join(", ")
    );
    out.chars().take(1_000).collect()
}

#[cfg(test)]
mod tests {
    use bellwether_brand::AudienceInterest;
    use uuid::Uuid;

    use super::*;

    fn told(number: u128, source: &str, title: &str) -> Told {
        Told {
            id: ItemId::from(Uuid::from_u128(number)),
            title: title.to_owned(),
            url: format!("https://{number}.example/"),
            source: source.to_owned(),
            at: "2026-11-16T09:00:00Z".parse().unwrap(),
            text: String::new(),
        }
    }

    fn brand() -> Interests {
        Interests {
            audiences: vec![AudienceInterest { name: "owners of workshops".to_owned(), words: vec![] }],
            ..Interests::default()
        }
    }

    #[test]
    fn each_is_of_another_kind_and_names_its_sources() {
        let all = [
            told(1, "Hands and Hours", "The free Friday spreads"),
            told(2, "City Craft News", "Seven workshops close on Fridays"),
            told(3, "The Joinery Letter", "A union wants shorter weeks"),
        ];
        let made = angles("Free Friday", &all, &WhyYou::default(), &brand());
        let kinds: Vec<_> = made.iter().map(|one| (one.id.as_str(), one.format)).collect();
        assert_eq!(
            kinds,
            [("explain", Format::Thread), ("meaning", Format::Post), ("sides", Format::Carousel)]
        );
        for angle in &made {
            assert!(!angle.evidence.is_empty());
            for id in &angle.evidence {
                let item = all.iter().find(|item| item.id == *id).unwrap();
                assert!(angle.angle.contains(&item.title) && angle.angle.contains(&item.source), "{angle:?}");
            }
        }
        assert!(made[1].title.contains("owners of workshops"));
        assert!(angles("Nothing", &[], &WhyYou::default(), &brand()).is_empty());
    }

    #[test]
    fn a_heading_speaks_to_the_reader_in_their_language() {
        let all = [told(1, "A", "Oak is dear"), told(2, "B", "Ash is cheap")];
        let made = angles("Oak", &all, &WhyYou::default(), &brand());
        let over = |angle: Option<&Angle>, language: &str| heading("Oak", angle, language);
        assert_eq!(over(made.first(), "en"), "Oak: what happened so far");
        assert_eq!(over(made.get(1), "en"), "Oak: what it means for you");
        assert_eq!(over(made.get(2), "en"), "Oak");
        assert_eq!([over(made.first(), "de"), over(None, "en")], ["Oak", "Oak"]);
    }

    #[test]
    fn the_third_takes_what_there_is() {
        let third = |titles: &[&str]| {
            let all: Vec<Told> =
                titles.iter().zip(1..).map(|(title, n)| told(n, &format!("S{n}"), title)).collect();
            angles("X", &all, &WhyYou::default(), &Interests::default()).remove(2)
        };
        let number = third(&["Oak costs 20 % more", "Oak is dear"]);
        assert_eq!(number.id, "number");
        assert!(number.angle.contains("“20 %”"), "{}", number.angle);
        assert_eq!(third(&["How to oil oak", "A guide to oiling oak"]).id, "steps");
        // a year and a model are no numbers that tell
        assert_eq!(third(&["The year 2026 in wood", "The X200 in use"]).id, "sides");
        assert_eq!(third(&["Only one"]).evidence.len(), 1);
    }
}
