//! SubRip and WebVTT to the speech that they write down.

use crate::{
    document::{BlockKind, Builder},
    tidy,
};

/// Whether the text begins with a numbered or timed cue.
pub(crate) fn looks_like(start: &str) -> bool {
    start.lines().filter(|line| !line.trim().is_empty()).take(3).any(|line| times(line).is_some())
}

/// A pause after which a new paragraph begins.
const PARAGRAPH_PAUSE: u64 = 2_500;
/// A pause that ends a sentence when the subtitles have no punctuation.
const SENTENCE_PAUSE: u64 = 700;
/// A paragraph of speech is not longer than this, in bytes.
const PARAGRAPH: usize = 700;

pub(crate) fn read(text: &str, builder: &mut Builder) {
    let cues = cues(text);
    let words: usize = cues.iter().map(|cue| cue.text.split(' ').count()).sum();
    let stops = cues
        .iter()
        .flat_map(|cue| cue.text.chars())
        .filter(|c| matches!(c, '.' | '!' | '?' | '。' | '…'))
        .count();
    let punctuated = stops * 60 >= words;
    let mut last_end = None;
    for cue in cues {
        let pause = last_end.map_or(0, |end| cue.start.saturating_sub(end));
        let closed = !punctuated || builder_ends_sentence(builder);
        if pause >= PARAGRAPH_PAUSE
            || cue.new_speaker
            || (!punctuated && pause >= SENTENCE_PAUSE)
            || (closed && punctuated && builder.position() > PARAGRAPH)
        {
            builder.end(BlockKind::Paragraph);
        }
        builder.space();
        builder.push(&cue.text);
        last_end = Some(cue.end);
    }
    builder.end(BlockKind::Paragraph);
}

fn builder_ends_sentence(builder: &Builder) -> bool {
    builder.current().trim_end().ends_with(['.', '!', '?', '…', '。', '！', '？', '"', '”'])
}

struct Cue {
    start: u64,
    end: u64,
    text: String,
    new_speaker: bool,
}

fn cues(text: &str) -> Vec<Cue> {
    let mut cues: Vec<Cue> = Vec::new();
    let mut open: Option<Cue> = None;
    let mut recent: Vec<String> = Vec::new();
    let mut in_note = false;
    for line in text.trim_start_matches('\u{feff}').lines().map(str::trim).chain([""]) {
        if line.is_empty() {
            in_note = false;
            cues.extend(open.take().filter(|cue| !cue.text.is_empty()));
        } else if let Some((start, end)) = times(line) {
            cues.extend(open.take().filter(|cue| !cue.text.is_empty()));
            open = Some(Cue { start, end, text: String::new(), new_speaker: false });
        } else if line.starts_with("NOTE") || line.starts_with("STYLE") || line.starts_with("REGION") {
            in_note = open.is_none();
        } else if !in_note && let Some(cue) = open.as_mut() {
            let (said, new_speaker) = spoken(line);
            // rolling captions show each line twice
            if said.is_empty() || recent.contains(&said) {
                continue;
            }
            cue.new_speaker |= new_speaker;
            if !cue.text.is_empty() {
                cue.text.push(' ');
            }
            cue.text.push_str(&said);
            recent.push(said);
            if recent.len() > 2 {
                recent.remove(0);
            }
        }
    }
    cues
}

/// What is said in a line, without tags, sounds and speakers' names; and whether somebody else begins to speak.
fn spoken(line: &str) -> (String, bool) {
    let mut out = String::with_capacity(line.len());
    let (mut depth, mut close) = (false, ' ');
    let mut voice = false;
    for c in line.chars() {
        match c {
            _ if depth => depth = c != close,
            '<' | '[' | '{' => {
                depth = true;
                close = match c {
                    '<' => '>',
                    '[' => ']',
                    _ => '}',
                };
            }
            '♪' | '♫' => {}
            c => out.push(c),
        }
    }
    voice |= line.contains("<v ");
    let mut said = out.trim();
    for prefix in [">>", "- ", "– ", "— "] {
        if let Some(rest) = said.strip_prefix(prefix) {
            said = rest.trim_start_matches('>').trim_start();
            voice = true;
        }
    }
    // “ANNA:” or “Anna Berg:” at the start is who speaks
    if let Some((name, rest)) = said.split_once(": ")
        && name.len() <= 30
        && name.split(' ').count() <= 3
        && name.split(' ').all(|word| word.starts_with(char::is_uppercase))
    {
        said = rest;
        voice = true;
    }
    (tidy::line(said), voice)
}

/// Start and end in milliseconds of a line such as `00:01:02,500 --> 00:01:04,000`.
fn times(line: &str) -> Option<(u64, u64)> {
    let (start, rest) = line.split_once("-->")?;
    Some((time(start.trim())?, time(rest.split_whitespace().next()?)?))
}

fn time(text: &str) -> Option<u64> {
    let (clock, fraction) = text.split_once([',', '.']).unwrap_or((text, "0"));
    let mut seconds = 0_u64;
    for part in clock.split(':') {
        seconds = seconds.checked_mul(60)?.checked_add(part.trim().parse().ok()?)?;
    }
    seconds.checked_mul(1_000)?.checked_add(fraction.get(..3).unwrap_or("0").parse().unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use crate::{Document, Format};

    #[test]
    fn speech_without_times_tags_and_speakers() {
        let srt = "1\n00:00:01,000 --> 00:00:03,000\n<i>ANNA: Welcome to the show.</i>\n\n2\n00:00:03,100 --> 00:00:05,000\nToday we talk [laughs]\nabout bread.\n\n3\n00:00:09,000 --> 00:00:10,000\n>> So, why rye?\n";
        assert_eq!(Format::guess(srt), Format::Subtitles);
        let blocks: Vec<_> =
            Document::from_subtitles(srt).blocks.into_iter().map(|block| block.text).collect();
        assert_eq!(blocks, ["Welcome to the show. Today we talk about bread.", "So, why rye?"]);
    }

    #[test]
    fn rolling_captions_are_said_once() {
        let vtt = "WEBVTT\nKind: captions\n\n00:01.000 --> 00:02.000 align:start\nhello there\n\n00:02.000 --> 00:03.000\nhello there\nmy friends\n";
        assert_eq!(Document::from_subtitles(vtt).to_text(), "hello there my friends");
    }
}
