//! The page `docs/networks.md`, made from the rules.

use std::fmt::Write as _;

use crate::{
    Part,
    options::{Need, OptionKind},
    rules::{self, ContentTypeRules, Limit, MEGABYTE, MediaRules, Ratio, Rules, TargetRules, Unit},
};

/// The whole page, as it lies in the repository.
pub fn documentation() -> String {
    let mut page = String::from(
        "# Networks and their rules\n\n\
         This page is made from the rules in `crates/networks`; a test holds it to them. The same rules check every draft\n\
         in the editor and on the server and tell the writer how long a text may be.\n\n\
         ## At a glance\n\n\
         | Target | Length | Hashtags | Mentions | Links |\n|---|---|---|---|---|\n",
    );
    // writing to a String does not fail
    for network in rules::all() {
        for known in network.content_types {
            let links =
                if network.links.clickable && !known.rules.plain_links { "clickable" } else { "plain text" };
            let _ = writeln!(
                page,
                "| `{}` {} | {} | {} | {} | {links} |",
                known.target,
                known.name.to_lowercase(),
                limit(&Limit::hard(known.rules.max_length, known.rules.unit)),
                most(known.rules.max_hashtags),
                most(known.rules.max_mentions),
            );
        }
    }
    page.push_str("\n## How lengths are counted\n\n| Counting | What it means |\n|---|---|\n");
    for unit in [
        Unit::Weighted,
        Unit::Graphemes,
        Unit::Mastodon,
        Unit::CodePoints,
        Unit::Utf16,
        Unit::Threads,
        Unit::Bytes,
        Unit::Words,
    ] {
        let _ = writeln!(page, "| {} | {} |", unit.as_str(), unit.explanation());
    }
    for network in rules::all() {
        section(&mut page, network);
    }
    page.push_str(
        "\n## Ways out\n\nHow posts reach these networks, and what each client was tested against. “Reads others” is what a \
         source can listen to through a connected account.\n\n\
         | Way | Reaches | Reads back | Reads others | Tested |\n|---|---|---|---|---|\n",
    );
    for publisher in crate::publish::publishers() {
        let provider = publisher.provider();
        let reaches: Vec<&str> = provider.networks().iter().map(|network| network.name()).collect();
        let reaches =
            if reaches.len() == crate::Network::ALL.len() { "any".to_owned() } else { reaches.join(", ") };
        let can = publisher.abilities();
        let back = if can.read_back { "yes" } else { "no" };
        let others = match (can.reads_accounts, can.reads_hashtags) {
            (true, true) => "accounts, hashtags",
            (true, false) => "accounts",
            (false, true) => "hashtags",
            (false, false) => "no",
        };
        let _ = writeln!(
            page,
            "| {} | {reaches} | {back} | {others} | {} |",
            provider.name(),
            publisher.tested()
        );
    }
    page
}

fn section(page: &mut String, network: &Rules) {
    let _ = write!(page, "\n## {}\n\n{}\n\n", network.name, network.about);
    for known in network.content_types {
        content_type(page, known);
    }
    let clickable = if network.links.clickable { "clickable" } else { "not clickable" };
    let _ = writeln!(page, "- **Links**: {clickable}. {}", network.links.note);
    if let Some(alt) = &network.alt_text {
        let _ = writeln!(page, "- **Alternative text**: {}", limit(&Limit::hard(alt.max, alt.unit)));
    }
    for media in network.media {
        let _ = writeln!(page, "- **{}**: {}", capitalised(media.kind.name()), media_line(media));
    }
    let sources: Vec<String> =
        network.sources.iter().map(|source| format!("[{}]({})", source.what, source.url)).collect();
    let _ = writeln!(page, "- **Sources**: {}", sources.join(", "));
}

fn content_type(page: &mut String, known: &ContentTypeRules) {
    let default = if known.is_default { ", the default" } else { "" };
    let _ =
        writeln!(page, "- **{}** (`{}`{default}): {}", known.name, known.target, target_line(&known.rules));
    for option in known.rules.options {
        let needs: Vec<String> = option.needs.iter().map(need).collect();
        let needs = if needs.is_empty() { String::new() } else { format!(" Needs {}.", needs.join("; ")) };
        let _ = writeln!(
            page,
            "  - `{}` {}: {}. {}{needs}",
            option.name,
            option.label,
            option_line(&option.kind),
            option.help
        );
    }
}

fn need(need: &Need) -> String {
    let list =
        |values: &[&str]| values.iter().map(|value| format!("`{value}`")).collect::<Vec<_>>().join(", ");
    let with = if need.when.is_empty() { String::new() } else { format!(" with {}", list(need.when)) };
    let of = if need.values.is_empty() { String::new() } else { format!(" one of {}", list(need.values)) };
    format!("`{}`{of}{with}", need.option)
}

fn option_line(kind: &OptionKind) -> String {
    match kind {
        OptionKind::Choice { values, default } => {
            let values: Vec<String> = values
                .iter()
                .map(|known| {
                    let default = if *default == Some(known.value) { ", the default" } else { "" };
                    format!("`{}` ({}{default})", known.value, known.label)
                })
                .collect();
            values.join(", ")
        }
        OptionKind::Text { max, unit } => format!("up to {}", limit(&Limit::hard(*max, *unit))),
        OptionKind::Url => "an address".into(),
        OptionKind::Number { min, max } => {
            format!("{} to {}", number(u64::from(*min)), number(u64::from(*max)))
        }
        OptionKind::Language => "a language's code".into(),
        OptionKind::Time { after } => {
            let later = after.map(|before| format!(", later than `{before}`")).unwrap_or_default();
            format!("a time on the wall clock, `2026-12-24T18:00`{later}")
        }
        OptionKind::Flag { default } => format!("`true` or `false`, {default} by default"),
    }
}

fn target_line(rules: &TargetRules) -> String {
    let mut facts: Vec<String> = rules
        .parts
        .iter()
        .map(|part| {
            let limits: Vec<String> = part
                .limits
                .iter()
                .map(|known| if known.hard { limit(known) } else { format!("better {}", limit(known)) })
                .collect();
            let optional = if part.required { "" } else { " (may be empty)" };
            format!("{}{optional} {}", part_name(part.part), limits.join(", "))
        })
        .collect();
    if rules.recommended_length < rules.max_length {
        facts.push(format!("does well at {} {}", number(rules.recommended_length.into()), rules.unit.name()));
    }
    if let Some(thread) = &rules.thread {
        facts.push(format!("{} to {} posts are read", thread.min, thread.max));
    }
    if let Some(slides) = &rules.slides {
        facts.push(format!("{} to {} slides, better about {}", slides.min, slides.max, slides.recommended));
    }
    if let Some(video) = &rules.duration {
        facts.push(format!("{} to {} seconds, better up to {}", video.min, video.max, video.recommended));
    }
    match (rules.max_hashtags, rules.recommended_hashtags) {
        (Some(0), _) => facts.push("no hashtags".into()),
        (_, 0) => {}
        (_, recommended) => facts.push(format!("about {recommended} hashtag{}", plural(recommended))),
    }
    if let Some(links) = rules.max_links {
        facts.push(format!("at most {links} different links"));
    }
    if !rules.needs_media.is_empty() {
        let kinds: Vec<&str> = rules.needs_media.iter().map(|kind| kind.name()).collect();
        facts.push(format!("needs {}", kinds.join(" or ")));
    }
    if let Some(comment) = &rules.first_comment {
        facts.push(format!("first comment {}", limit(&Limit::hard(comment.max, comment.unit))));
    }
    if !rules.forbidden.is_empty() {
        let characters: Vec<String> = rules.forbidden.iter().map(|ch| format!("`{ch}`")).collect();
        facts.push(format!("without {}", characters.join(" ")));
    }
    facts.join("; ")
}

fn media_line(media: &MediaRules) -> String {
    let types: Vec<&str> =
        media.types.iter().map(|known| known.split_once('/').map_or(*known, |(_, name)| name)).collect();
    let mut facts = vec![types.join(", ")];
    if media.max_count > 1 {
        facts.push(format!("up to {}", media.max_count));
    }
    if let Some(bytes) = media.max_bytes {
        facts.push(if bytes >= 1_000 * MEGABYTE {
            format!("{} GB", bytes / (1_000 * MEGABYTE))
        } else {
            format!("{} MB", bytes / MEGABYTE)
        });
    }
    let pixels = |width: Option<u32>, height: Option<u32>| match (width, height) {
        (Some(width), Some(height)) => Some(format!("{width}×{height} pixels")),
        (Some(width), None) => Some(format!("{width} pixels wide")),
        (None, Some(height)) => Some(format!("{height} pixels high")),
        (None, None) => None,
    };
    facts.extend(pixels(media.min_width, media.min_height).map(|pixels| format!("at least {pixels}")));
    facts.extend(pixels(media.max_width, media.max_height).map(|pixels| format!("at most {pixels}")));
    facts.extend(media.ratios.map(|(narrow, wide)| format!("between {} and {}", ratio(narrow), ratio(wide))));
    facts.extend(media.recommended_ratio.map(|best| format!("best {}", ratio(best))));
    match (media.min_seconds, media.max_seconds) {
        (Some(min), Some(max)) => facts.push(format!("{min} to {max} seconds")),
        (None, Some(max)) => facts.push(format!("up to {max} seconds")),
        (Some(min), None) => facts.push(format!("at least {min} seconds")),
        (None, None) => {}
    }
    facts.extend(media.max_pages.map(|pages| format!("up to {pages} pages")));
    facts.join("; ")
}

const fn part_name(part: Part) -> &'static str {
    match part {
        Part::Text => "text",
        Part::Caption => "caption",
        Part::Script => "script",
        Part::SlideTitle => "slide title",
        Part::SlideBody => "slide text",
        Part::Subject => "subject",
        Part::Preheader => "preheader",
        Part::Title => "title",
        Part::Description => "description",
        Part::Body => "body",
    }
}

fn limit(limit: &Limit) -> String {
    let counting = match limit.unit {
        Unit::Bytes | Unit::Words => String::new(),
        other => format!(" ({})", other.as_str()),
    };
    format!("{} {}{counting}", number(limit.max.into()), limit.unit.name())
}

fn most(limit: Option<u32>) -> String {
    match limit {
        None => "any number".into(),
        Some(0) => "none".into(),
        Some(most) => format!("up to {most}"),
    }
}

fn ratio(ratio: Ratio) -> String {
    let Ratio(width, height) = ratio;
    if height == 100 { format!("{}:1", f64::from(width) / 100.0) } else { format!("{width}:{height}") }
}

/// With a comma every three digits.
fn number(value: u64) -> String {
    let digits = value.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.char_indices() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

const fn plural(count: u32) -> &'static str {
    if count == 1 { "" } else { "s" }
}

fn capitalised(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}
