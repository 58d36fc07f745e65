//! Small repairs of text: folded spaces, and no leftovers of any markup.

/// The first `bytes` of a text, cut at a character.
pub(crate) fn head(text: &str, bytes: usize) -> &str {
    let mut end = bytes.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

/// Appends with every run of white space folded into one space, invisible characters left out.
pub(crate) fn append(out: &mut String, piece: &str) {
    for c in piece.chars() {
        match c {
            c if c.is_whitespace() || c == '\u{a0}' => {
                if !out.is_empty() && !out.ends_with(' ') {
                    out.push(' ');
                }
            }
            // joiners hold emoji together; the other invisible ones hold nothing
            '\u{200d}' | '\u{fe0f}' => out.push(c),
            c if matches!(
                c,
                '\u{ad}' | '\u{200b}' | '\u{200c}' | '\u{2060}' | '\u{feff}' | '\u{fffd}' | '`'
            ) || c.is_control()
                || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}') => {}
            ',' | '.' | ';' | ')' if out.ends_with(' ') && !out.ends_with(". ") && follows_word(out, c) => {
                out.pop();
                out.push(c);
            }
            c => out.push(c),
        }
    }
}

/// Whether the space before this mark was left by something taken out (“see  , or” for a picture). Before a dot it may
/// as well begin a name such as “.NET”, so only the comma and its like are pulled up.
fn follows_word(out: &str, mark: char) -> bool {
    mark != '.' && out.trim_end().ends_with(|c: char| c.is_alphanumeric() || c == '"' || c == '”')
}

/// One line without folded space.
pub(crate) fn line(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    append(&mut out, text);
    let trimmed = out.trim_end().len();
    out.truncate(trimmed);
    leftovers(&out).unwrap_or(out)
}

/// The text without what is left of shortcodes, references, entities and tags; `None` when it has nothing such.
pub(crate) fn leftovers(text: &str) -> Option<String> {
    let suspicious = text.contains("{{")
        || text.contains("{%")
        || text.contains("](")
        || text.contains("][")
        || text.contains("[^")
        || text.contains("[[")
        || text.contains("[!")
        || text.contains("**")
        || text.contains("__")
        || text.contains(" ()")
        || text.contains("( )")
        || text.contains("{#")
        || text.contains("{:")
        || (text.contains('&') && text.contains(';'))
        || (text.contains('<') && text.contains('>'));
    if !suspicious {
        return None;
    }
    let mut out = text.to_owned();
    for (open, close) in [("{{", "}}"), ("{%", "%}"), ("[^", "]"), ("[!", "]"), ("{#", "}"), ("{:", "}")] {
        out = without(&out, open, close);
    }
    out = entities(&out);
    out = without_tags(&out);
    out = links(&out);
    for noise in ["**", "[[", "]]", " ()", "( )"] {
        if out.contains(noise) {
            out = out.replace(noise, "");
        }
    }
    // emphasis that was not closed; names such as __init__ keep theirs
    if out.contains("__") {
        out = out
            .split(' ')
            .map(|word| if word.len() > 4 { word } else { word.trim_matches('_') })
            .collect::<Vec<_>>()
            .join(" ");
    }
    let mut folded = String::with_capacity(out.len());
    append(&mut folded, &out);
    let trimmed = folded.trim_end().len();
    folded.truncate(trimmed);
    Some(folded)
}

/// Cuts everything from `open` to the next `close`, at most a few hundred bytes apart.
fn without(text: &str, open: &str, close: &str) -> String {
    if !text.contains(open) {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find(open) {
        let (before, from) = rest.split_at(start);
        out.push_str(before);
        match head(from, 400).find(close) {
            Some(end) => rest = &from[end + close.len()..],
            None => {
                // never closed: only the opening is noise
                rest = &from[open.len()..];
            }
        }
    }
    out.push_str(rest);
    out
}

/// `[text](url)` and `[text][ref]` become `text`.
fn links(text: &str) -> String {
    if !text.contains("](") && !text.contains("][") {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(middle) = rest.find(']') {
        let (before, from) = rest.split_at(middle);
        let close = match from.as_bytes().get(1) {
            Some(b'(') => ')',
            Some(b'[') => ']',
            _ => {
                out.push_str(before);
                out.push(']');
                rest = &from[1..];
                continue;
            }
        };
        if let (Some(open), Some(end)) = (before.rfind('['), head(&from[2..], 2_000).find(close)) {
            out.push_str(before[..open].trim_end_matches('!'));
            out.push_str(&before[open + 1..]);
            rest = &from[2 + end + 1..];
        } else {
            out.push_str(before);
            rest = &from[1..];
        }
    }
    out.push_str(rest);
    out
}

/// Whether what stands before `rest` opens something that is never closed there, as in “put it into the <head>”: words
/// of the author, no markup. Tags with attributes and those that need no end are markup.
pub(crate) fn is_word(tag: &str, rest: &str) -> bool {
    let Some(name) = tag.strip_prefix('<').and_then(|tag| tag.strip_suffix('>')) else { return false };
    let plain = !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    let lower = name.to_ascii_lowercase();
    plain
        && !NEED_NO_END.contains(&lower.as_str())
        && !head(rest, FAR).to_ascii_lowercase().contains(&format!("</{lower}"))
}

/// Bytes within which a tag's end is looked for.
pub(crate) const FAR: usize = 2_000;
const NEED_NO_END: &[&str] = &[
    "br", "hr", "img", "wbr", "source", "meta", "link", "input", "p", "li", "dt", "dd", "tr", "td", "th",
    "tbody", "thead", "option",
];

/// Tags such as `<br/>` go; comparisons such as `a < b`, generics such as `Vec<T>` and tags that somebody writes about
/// stay.
fn without_tags(text: &str) -> String {
    if !text.contains('<') {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    let mut comments = true;
    while let Some(start) = rest.find('<') {
        let (before, from) = rest.split_at(start);
        out.push_str(before);
        let name: String = from[1..]
            .trim_start_matches('/')
            .chars()
            .take_while(char::is_ascii_alphanumeric)
            .take(12)
            .collect();
        let lower = name.to_ascii_lowercase();
        if from.starts_with("<!--") {
            let end = if comments { from.find("-->") } else { None };
            comments = end.is_some();
            // one that never ends hides nothing
            if end.is_none() {
                out.push_str("<!--");
            }
            rest = &from[end.map_or(4, |end| end + 3)..];
        } else if KNOWN_TAGS.contains(&lower.as_str())
            && name == lower
            && let Some(end) = head(from, 1_000).find('>')
        {
            if is_word(&from[..=end], &from[end + 1..]) {
                out.push_str(&from[..=end]);
                rest = &from[end + 1..];
                continue;
            }
            if matches!(lower.as_str(), "br" | "p" | "div" | "li" | "hr" | "td" | "tr") {
                out.push(' ');
            }
            rest = &from[end + 1..];
        } else {
            out.push('<');
            rest = &from[1..];
        }
    }
    out.push_str(rest);
    out
}

const KNOWN_TAGS: &[&str] = &[
    "a",
    "abbr",
    "article",
    "aside",
    "b",
    "blockquote",
    "body",
    "br",
    "center",
    "cite",
    "code",
    "dd",
    "del",
    "details",
    "div",
    "dl",
    "dt",
    "em",
    "figcaption",
    "figure",
    "font",
    "footer",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "head",
    "header",
    "hr",
    "html",
    "i",
    "iframe",
    "img",
    "ins",
    "kbd",
    "li",
    "link",
    "main",
    "mark",
    "meta",
    "nav",
    "noscript",
    "ol",
    "p",
    "picture",
    "pre",
    "q",
    "s",
    "samp",
    "script",
    "section",
    "small",
    "source",
    "span",
    "strong",
    "style",
    "sub",
    "summary",
    "sup",
    "svg",
    "table",
    "tbody",
    "td",
    "th",
    "thead",
    "tr",
    "tt",
    "u",
    "ul",
    "var",
    "video",
    "wbr",
];

/// Decodes the entities that people meet; unknown ones stay.
fn entities(text: &str) -> String {
    if !text.contains('&') {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find('&') {
        let (before, from) = rest.split_at(start);
        out.push_str(before);
        let end = head(from, 12).find(';');
        if let Some((end, c)) = end.and_then(|end| decode(&from[1..end]).map(|c| (end, c))) {
            out.push(c);
            rest = &from[end + 1..];
        } else {
            out.push('&');
            rest = &from[1..];
        }
    }
    out.push_str(rest);
    out
}

fn decode(name: &str) -> Option<char> {
    if let Some(number) = name.strip_prefix('#') {
        let code = match number.strip_prefix(['x', 'X']) {
            Some(hex) => u32::from_str_radix(hex, 16).ok()?,
            None => number.parse().ok()?,
        };
        return char::from_u32(code);
    }
    Some(match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        "nbsp" | "ensp" | "emsp" | "thinsp" => ' ',
        "ndash" => '–',
        "mdash" => '—',
        "hellip" => '…',
        "lsquo" => '‘',
        "rsquo" => '’',
        "ldquo" => '“',
        "rdquo" => '”',
        "laquo" => '«',
        "raquo" => '»',
        "bull" => '•',
        "middot" => '·',
        "copy" => '©',
        "reg" => '®',
        "trade" => '™',
        "euro" => '€',
        "pound" => '£',
        "times" => '×',
        "deg" => '°',
        "auml" => 'ä',
        "ouml" => 'ö',
        "uuml" => 'ü',
        "Auml" => 'Ä',
        "Ouml" => 'Ö',
        "Uuml" => 'Ü',
        "szlig" => 'ß',
        "eacute" => 'é',
        "egrave" => 'è',
        "agrave" => 'à',
        "ccedil" => 'ç',
        "ntilde" => 'ñ',
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_of_markup_is_left() {
        for (raw, clean) in [
            ("Tom &amp; Jerry&nbsp;run", "Tom & Jerry run"),
            ("a {{< figure src=\"x\" >}} b", "a b"),
            ("see [the docs](https://e.org/a) now", "see the docs now"),
            ("see [the docs][d] now", "see the docs now"),
            ("It rose.[^1] Then fell.[^note]", "It rose. Then fell."),
            ("line<br/>break and <b>bold</b>", "line break and bold"),
            ("a Vec<T> where a < b and b > c", "a Vec<T> where a < b and b > c"),
            ("**open emphasis", "open emphasis"),
            ("a <!-- hidden --> b", "a b"),
            // what somebody writes about is no markup
            (
                "Put a <script> into the <head>, never a <style>.",
                "Put a <script> into the <head>, never a <style>.",
            ),
            ("It begins with <!-- and hides nothing", "It begins with <!-- and hides nothing"),
        ] {
            assert_eq!(line(raw), clean);
        }
    }

    #[test]
    fn odd_ends_do_not_panic() {
        for raw in
            ["&", "&#;", "&#x110000;", "<", "<a", "[", "](", "][", "[a](", "{{", "[^", "<!--", "é&é;<é>"]
        {
            line(raw);
        }
    }
}
