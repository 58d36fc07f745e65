//! Whether a network takes a file as it is, what would be made of it, and what only its owner can mend.

use bellwether_networks::{
    Instance, Issue, Network, Severity, Target,
    rules::{Limit, MediaKind, MediaRules, Ratio, rules, rules_of},
};
use serde::Serialize;
use utoipa::ToSchema;

use super::model::Facts;

/// A picture that a network takes, to be made of one that it doesn't.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Recipe {
    /// `image/jpeg` or `image/png`.
    pub content_type: &'static str,
    /// In pixels. The picture is made smaller to fit, never larger, and stands on white where its shape is another.
    pub width: u32,
    /// In pixels.
    pub height: u32,
    /// At most.
    pub max_bytes: Option<u64>,
}

impl Recipe {
    /// Written out: the same text is the same picture.
    pub fn key(&self) -> String {
        let most = self.max_bytes.map_or_else(|| "any".to_owned(), |bytes| bytes.to_string());
        format!("{} {}x{} {most}", self.content_type, self.width, self.height)
    }
}

/// Something to know about a file on a network.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = MediaFinding)]
pub struct Finding {
    /// Stable, such as `too_long`.
    #[schema(value_type = String)]
    pub code: &'static str,
    /// What it is and how to mend it.
    pub message: String,
    /// Whether the network would refuse the file.
    pub severity: Severity,
}

/// What a network says of a file.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Verdict {
    /// What stands against it or will be done about it.
    pub findings: Vec<Finding>,
    /// What is made of it when it is published; none when it goes as it is, or not at all.
    pub recipe: Option<Recipe>,
}

impl Verdict {
    /// Whether it can go out.
    pub fn fits(&self) -> bool {
        !self.findings.iter().any(|finding| finding.severity == Severity::Error)
    }

    fn error(&mut self, code: &'static str, message: String) {
        self.findings.push(Finding { code, message, severity: Severity::Error });
    }

    fn warning(&mut self, code: &'static str, message: String) {
        self.findings.push(Finding { code, message, severity: Severity::Warning });
    }
}

/// Which of a network's rules a file goes by.
fn rules_for(network: Network, file: &Facts) -> Option<&'static MediaRules> {
    let all = rules(network).media;
    let of = |kind: MediaKind| all.iter().find(|rules| rules.kind == kind);
    match file.kind {
        // where there are no rules of their own, animated ones go as pictures
        MediaKind::Gif => of(MediaKind::Gif).or_else(|| of(MediaKind::Image)),
        kind => of(kind),
    }
}

/// What a network says of a file.
pub fn fit(network: Network, file: &Facts) -> Verdict {
    let mut verdict = Verdict::default();
    let name = network.name();
    let Some(rules) = rules_for(network, file) else {
        let kinds: Vec<&str> = rules(network).media.iter().map(|rules| rules.kind.name()).collect();
        let message = if kinds.is_empty() {
            format!("{name} takes no media. Take this out.")
        } else {
            format!("{name} takes no {}, but: {}.", file.kind.name(), kinds.join(", "))
        };
        verdict.error("kind_refused", message);
        return verdict;
    };
    match file.kind {
        MediaKind::Image => picture(name, rules, file, &mut verdict),
        MediaKind::Gif if rules.kind == MediaKind::Image && !rules.types.contains(&"image/gif") => {
            verdict.warning(
                "goes_still",
                format!("{name} takes no animated pictures: the first one goes out. A video would move."),
            );
            picture(name, rules, file, &mut verdict);
        }
        MediaKind::Gif | MediaKind::Video | MediaKind::Document => whole(name, rules, file, &mut verdict),
    }
    verdict
}

/// A picture is made to fit.
fn picture(name: &str, rules: &MediaRules, file: &Facts, verdict: &mut Verdict) {
    let (Some(width), Some(height)) = (file.width, file.height) else {
        verdict.error("size_unknown", "The size of this picture isn't known. Upload it again.".to_owned());
        return;
    };
    let (mut canvas_width, mut canvas_height) = (f64::from(width), f64::from(height));
    let mut done: Vec<String> = Vec::new();
    if let Some((narrow, wide)) = rules.ratios {
        let ratio = canvas_width / canvas_height;
        if ratio < value(narrow) {
            canvas_width = (canvas_height * value(narrow)).ceil();
        } else if ratio > value(wide) {
            canvas_height = (canvas_width / value(wide)).ceil();
        }
        if ratio < value(narrow) || ratio > value(wide) {
            done.push(format!(
                "set on white, since it must be between {}:{} and {}:{}",
                narrow.0, narrow.1, wide.0, wide.1
            ));
        }
    }
    let shrink = [(rules.max_width, canvas_width), (rules.max_height, canvas_height)]
        .into_iter()
        .filter_map(|(most, is)| most.map(|most| f64::from(most) / is))
        .fold(1.0, f64::min);
    let (made_width, made_height) = ((canvas_width * shrink).floor(), (canvas_height * shrink).floor());
    if shrink < 1.0 {
        done.push(format!("made smaller, to {made_width} by {made_height} pixels"));
    }
    if rules.min_width.is_some_and(|least| made_width < f64::from(least))
        || rules.min_height.is_some_and(|least| made_height < f64::from(least))
    {
        let (least_width, least_height) = (rules.min_width.unwrap_or(1), rules.min_height.unwrap_or(1));
        verdict.error(
            "too_small",
            format!(
                "{name} wants at least {least_width} by {least_height} pixels; this has {width} by {height}. \
                 Upload a larger one."
            ),
        );
        return;
    }
    let is_taken = rules.types.contains(&file.content_type.as_str()) && file.kind == MediaKind::Image;
    let too_heavy = rules.max_bytes.is_some_and(|most| file.bytes > most);
    let jpeg = rules.types.contains(&"image/jpeg");
    let content_type = match file.content_type.as_str() {
        "image/png" if rules.types.contains(&"image/png") && !(too_heavy && jpeg) => "image/png",
        _ if jpeg => "image/jpeg",
        _ => "image/png",
    };
    if !is_taken {
        done.push(format!("written as {}", content_type.trim_start_matches("image/").to_uppercase()));
    }
    if too_heavy {
        done.push(format!("made lighter, to {}", size(rules.max_bytes.unwrap_or_default())));
    }
    if done.is_empty() {
        return;
    }
    verdict.warning("is_changed", format!("For {name} it is {}.", done.join("; ")));
    verdict.recipe = Some(Recipe {
        content_type,
        width: made_width.max(1.0) as u32,
        height: made_height.max(1.0) as u32,
        max_bytes: rules.max_bytes,
    });
}

/// What can't be changed here has to be right.
fn whole(name: &str, rules: &MediaRules, file: &Facts, verdict: &mut Verdict) {
    let what = file.kind.name();
    if !rules.types.contains(&file.content_type.as_str()) {
        let types = rules.types.join(", ");
        verdict.error(
            "type_refused",
            format!("{name} takes no {}. Save the {what} as one of: {types}.", file.content_type),
        );
    }
    if let Some(most) = rules.max_bytes.filter(|most| file.bytes > *most) {
        verdict.error(
            "too_heavy",
            format!("{name} takes a {what} of at most {}; this has {}.", size(most), size(file.bytes)),
        );
    }
    if let (Some(width), Some(height)) = (file.width, file.height) {
        sides(name, rules, (width, height), verdict);
    }
    if let Some(seconds) = file.seconds.filter(|_| file.kind == MediaKind::Video) {
        if let Some(most) = rules.max_seconds.filter(|most| seconds > f64::from(*most) + 0.5) {
            verdict.error(
                "too_long",
                format!("{name} takes a {what} of at most {most} s; this runs {seconds:.0} s. Cut it."),
            );
        }
        if let Some(least) = rules.min_seconds.filter(|least| seconds + 0.05 < f64::from(*least)) {
            verdict.error(
                "too_short",
                format!("{name} wants a {what} of at least {least} s; this runs {seconds:.1} s."),
            );
        }
    }
    let known = ["avc1", "avc3", "hvc1", "hev1"];
    if let Some(codec) = file.codec.as_deref().filter(|codec| !known.contains(codec)) {
        verdict.warning(
            "unusual_codec",
            format!("The video's codec is `{codec}`; networks are sure to play H.264 (`avc1`)."),
        );
    }
}

fn sides(name: &str, rules: &MediaRules, (width, height): (u32, u32), verdict: &mut Verdict) {
    if rules.max_width.is_some_and(|most| width > most) || rules.max_height.is_some_and(|most| height > most)
    {
        let side = |most: Option<u32>| most.map_or_else(|| "any".to_owned(), |most| most.to_string());
        let (most_width, most_height) = (side(rules.max_width), side(rules.max_height));
        verdict.error(
            "too_large",
            format!(
                "{name} takes at most {most_width} by {most_height} pixels; this has {width} by {height}."
            ),
        );
    }
    if rules.min_width.is_some_and(|least| width < least)
        || rules.min_height.is_some_and(|least| height < least)
    {
        let (least_width, least_height) = (rules.min_width.unwrap_or(1), rules.min_height.unwrap_or(1));
        verdict.error(
            "too_small",
            format!(
                "{name} wants at least {least_width} by {least_height} pixels; this has {width} by {height}."
            ),
        );
    }
    if let Some((narrow, wide)) = rules.ratios {
        let ratio = f64::from(width) / f64::from(height);
        if ratio < value(narrow) - 0.005 || ratio > value(wide) + 0.005 {
            verdict.error(
                "ratio_refused",
                format!(
                    "{name} wants a shape between {}:{} and {}:{}; this is {width}:{height}. Crop it.",
                    narrow.0, narrow.1, wide.0, wide.1
                ),
            );
        }
    }
}

fn value(ratio: Ratio) -> f64 {
    f64::from(ratio.0) / f64::from(ratio.1)
}

fn size(bytes: u64) -> String {
    format!("{:.1} MB", bytes as f64 / 1e6)
}

/// A file in a post.
#[derive(Debug, Clone, PartialEq)]
pub struct Shown {
    /// What it is.
    pub facts: Facts,
    /// For who can't see it.
    pub alt_text: String,
    /// Removed from the library.
    pub deleted: bool,
}

/// What a post's network says of its files; each at `media/0` …
pub fn check(target: Target, shown: &[Shown]) -> Vec<Issue> {
    let network = target.network();
    let (name, own) = (network.name(), rules(network));
    let mut issues = Vec::new();
    let mut say = |path: String, code: &'static str, severity: Severity, message: String| {
        issues.push(Issue { path, code, message, severity });
    };
    for (at, file) in shown.iter().enumerate() {
        let path = format!("media/{at}");
        if file.deleted {
            let message = "This file was deleted: restore it in the library, or take it out.".to_owned();
            say(path, "media_deleted", Severity::Error, message);
            continue;
        }
        for finding in fit(network, &file.facts).findings {
            say(path.clone(), finding.code, finding.severity, finding.message);
        }
        let Some(limit) = &own.alt_text else { continue };
        let seen = matches!(file.facts.kind, MediaKind::Image | MediaKind::Gif);
        if file.alt_text.is_empty() && seen {
            let message = "Say what it shows, for those who can't see it.".to_owned();
            say(format!("{path}/alt_text"), "no_alt_text", Severity::Warning, message);
        }
        let count = Instance::default().count(&file.alt_text, &Limit::hard(limit.max, limit.unit));
        if !count.fits() {
            let message = format!("{name} takes {} {} here.", limit.max, limit.unit.name());
            say(format!("{path}/alt_text"), "too_long", Severity::Error, message);
        }
    }
    for kind in own.media {
        let count = shown.iter().filter(|file| rules_for(network, &file.facts) == Some(kind)).count();
        if count > kind.max_count as usize {
            let (most, what) = (kind.max_count, kind.kind.name());
            let message = format!("{name} takes {most} of the kind “{what}” in one post; there are {count}.");
            say("media".to_owned(), "too_many_media", Severity::Error, message);
        }
    }
    let needs = rules_of(target).needs_media;
    let has_needed =
        shown.iter().any(|file| rules_for(network, &file.facts).is_some_and(|r| needs.contains(&r.kind)));
    if !shown.is_empty() && !needs.is_empty() && !has_needed {
        let kinds: Vec<&str> = needs.iter().map(|kind| kind.name()).collect();
        let message = format!("{name} wants one of: {}.", kinds.join(", "));
        say("media".to_owned(), "needs_media", Severity::Error, message);
    }
    issues
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn image(content_type: &str, bytes: u64, width: u32, height: u32) -> Facts {
        Facts {
            kind: MediaKind::Image,
            content_type: content_type.to_owned(),
            bytes,
            width: Some(width),
            height: Some(height),
            seconds: None,
            codec: None,
        }
    }

    fn video(seconds: f64) -> Facts {
        Facts {
            kind: MediaKind::Video,
            content_type: "video/mp4".to_owned(),
            bytes: 5_000_000,
            width: Some(1080),
            height: Some(1920),
            seconds: Some(seconds),
            codec: Some("avc1".to_owned()),
        }
    }

    #[test]
    fn pictures_are_made_to_fit() {
        assert_eq!(fit(Network::X, &image("image/png", 1_000_000, 2000, 1000)), Verdict::default());
        let verdict = fit(Network::Instagram, &image("image/png", 1_000_000, 2880, 960));
        assert!(verdict.fits());
        // 3:1 on a canvas of 1.91:1, at most 1440 wide
        let recipe = verdict.recipe.unwrap();
        assert_eq!((recipe.content_type, recipe.width, recipe.height), ("image/jpeg", 1440, 754));
        let heavy = fit(Network::X, &image("image/png", 9_000_000, 2000, 1000)).recipe.unwrap();
        assert_eq!((heavy.content_type, heavy.width), ("image/jpeg", 2000));
        let small = fit(Network::GoogleBusiness, &image("image/jpeg", 9_000, 200, 100));
        assert_eq!(small.findings[0].code, "too_small");
    }

    #[test]
    fn videos_have_to_fit() {
        assert!(fit(Network::X, &video(100.0)).fits());
        assert_eq!(fit(Network::X, &video(200.0)).findings[0].code, "too_long");
        assert_eq!(fit(Network::Email, &video(100.0)).findings[0].code, "kind_refused");
    }

    #[test]
    fn a_post_is_checked_as_a_whole() {
        let shown = |deleted| Shown {
            facts: image("image/jpeg", 1_000, 800, 800),
            alt_text: "A door".to_owned(),
            deleted,
        };
        assert_eq!(check(Target::XPost, &[shown(false)]), []);
        assert_eq!(check(Target::XPost, &[shown(true)])[0].code, "media_deleted");
        let many: Vec<Shown> = (0..5).map(|_| shown(false)).collect();
        assert_eq!(check(Target::XPost, &many)[0].code, "too_many_media");
        let silent = Shown { alt_text: String::new(), ..shown(false) };
        assert_eq!(check(Target::XPost, &[silent])[0].code, "no_alt_text");
    }

    proptest! {
        /// What is made fits: nothing is made of it again.
        #[test]
        fn renditions_fit(width in 1_u32..9000, height in 1_u32..9000, bytes in 1_u64..50_000_000, of in 0..Network::ALL.len()) {
            let network = Network::ALL[of];
            let verdict = fit(network, &image("image/webp", bytes, width, height));
            if let Some(recipe) = verdict.recipe.filter(|_| verdict.findings.iter().all(|f| f.severity != Severity::Error)) {
                let made = image(recipe.content_type, 1_000, recipe.width, recipe.height);
                let again = fit(network, &made);
                prop_assert!(again.fits(), "{network:?} {recipe:?} {again:?}");
            }
        }
    }
}
