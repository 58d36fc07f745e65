//! HTML of entries to plain text, in one pass over it.

use std::{collections::HashMap, sync::LazyLock};

/// The named characters of HTML, by the standard's own list: name, and code points in hexadecimal. (That of quick-xml has
/// `;` for `&alpha;`.)
static NAMED: LazyLock<HashMap<&'static str, String>> = LazyLock::new(|| {
    include_str!("entities.tsv")
        .lines()
        .filter_map(|line| {
            let (name, codes) = line.split_once('\t')?;
            let text = codes
                .split(' ')
                .filter_map(|code| char::from_u32(u32::from_str_radix(code, 16).ok()?))
                .collect();
            Some((name, text))
        })
        .collect()
});

/// What a named character of HTML stands for.
pub(super) fn named(name: &str) -> Option<&'static str> {
    NAMED.get(name).map(String::as_str)
}

/// Elements whose content nobody reads.
const HIDDEN: [&str; 13] = [
    "script", "style", "head", "noscript", "template", "iframe", "object", "svg", "math", "applet", "button",
    "select", "textarea",
];
/// Elements that begin a new line.
const BLOCKS: [&str; 27] = [
    "p",
    "div",
    "li",
    "ul",
    "ol",
    "tr",
    "table",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "blockquote",
    "section",
    "article",
    "header",
    "footer",
    "figure",
    "figcaption",
    "hr",
    "dl",
    "dt",
    "dd",
    "aside",
    "nav",
    "main",
];

/// The text of a piece of HTML: without tags, comments and what is hidden, entities read, one space between words, a blank
/// line between blocks. Of what is written line by line (`pre`) the lines stay, with what they begin with.
pub fn plain(html: &str) -> String {
    let mut out = Lines::default();
    let mut rest = html;
    while let Some(at) = rest.find(['<', '&']) {
        out.text(&rest[..at]);
        let from = &rest[at..];
        if from.starts_with('&') {
            let (read, length) = entity(from);
            out.text(&read);
            rest = &from[length..];
            continue;
        }
        if let Some(comment) = from.strip_prefix("<!--") {
            rest = comment.find("-->").map_or("", |end| &comment[end + 3..]);
            continue;
        }
        let Some(tag) = tag(from) else {
            out.text("<");
            rest = &from[1..];
            continue;
        };
        rest = &from[tag.length..];
        if tag.name == "pre" {
            out.set_lines(!tag.closing && !tag.empty);
        } else if tag.name == "br" {
            out.line();
        } else if BLOCKS.contains(&tag.name.as_str()) {
            out.block();
        } else if matches!(tag.name.as_str(), "td" | "th" | "dt" | "dd" | "option") {
            out.space = true;
        }
        if !tag.closing && !tag.empty && HIDDEN.contains(&tag.name.as_str()) {
            // one that is never closed hides nothing but itself, unless it is no text at all
            rest = match after_close(rest, &tag.name) {
                Some(after) => after,
                None if matches!(tag.name.as_str(), "script" | "style") => "",
                None => rest,
            };
        }
    }
    out.text(rest);
    out.finish()
}

struct Tag {
    name: String,
    closing: bool,
    empty: bool,
    length: usize,
}

/// The tag at the beginning; none when `<` is only a sign.
fn tag(from: &str) -> Option<Tag> {
    let bytes = from.as_bytes();
    let closing = bytes.get(1) == Some(&b'/');
    let start = if closing { 2 } else { 1 };
    match bytes.get(start) {
        Some(b'!' | b'?') if !closing => {
            let end = from.find('>')?;
            return Some(Tag { name: String::new(), closing: false, empty: true, length: end + 1 });
        }
        Some(letter) if letter.is_ascii_alphabetic() => {}
        _ => return None,
    }
    let name_end = from[start..]
        .find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '-' | ':' | '_')))
        .map_or(from.len(), |end| end + start);
    // a `>` within quotes ends nothing
    let (mut quote, mut end) = (None, None);
    for (index, byte) in bytes.iter().enumerate().skip(name_end) {
        match (quote, byte) {
            (None, b'>') => {
                end = Some(index);
                break;
            }
            (None, b'"' | b'\'') if bytes[index - 1] == b'=' => quote = Some(*byte),
            (Some(open), byte) if open == *byte => quote = None,
            _ => {}
        }
    }
    // a quote that never closes
    let end = end.or_else(|| from.find('>')).unwrap_or(from.len() - 1);
    Some(Tag {
        name: from[start..name_end].to_ascii_lowercase(),
        closing,
        empty: bytes.get(end.wrapping_sub(1)) == Some(&b'/'),
        length: end + 1,
    })
}

/// What stands after the closing tag of an element.
fn after_close<'a>(rest: &'a str, name: &str) -> Option<&'a str> {
    let mut from = 0;
    while let Some(at) = rest[from..].find("</") {
        let start = from + at + 2;
        if rest.get(start..start + name.len()).is_some_and(|found| found.eq_ignore_ascii_case(name)) {
            return Some(rest[start..].find('>').map_or("", |end| &rest[start + end + 1..]));
        }
        from = start;
    }
    None
}

/// What the entity at the beginning stands for, and its length; `&` itself where it is none.
pub(super) fn entity(from: &str) -> (String, usize) {
    let nothing = || ("&".to_owned(), 1);
    let name: &str = &from[1..];
    let end = name.find(|c: char| !(c.is_ascii_alphanumeric() || c == '#')).unwrap_or(name.len());
    let (name, closed) = (&name[..end], name[end..].starts_with(';'));
    let length = 1 + end + usize::from(closed);
    if let Some(number) = name.strip_prefix('#') {
        let code = match number.strip_prefix(['x', 'X']) {
            Some(hex) => u32::from_str_radix(hex, 16),
            None => number.parse(),
        };
        let Ok(code) = code else { return nothing() };
        return (character(code).to_string(), length);
    }
    if closed && let Some(read) = named(name) {
        return (read.to_owned(), length);
    }
    if matches!(name, "amp" | "lt" | "gt" | "quot" | "nbsp")
        && let Some(read) = named(name)
    {
        return (read.to_owned(), length);
    }
    nothing()
}

/// A character by its number; what is written as one of Windows-1252 is meant so.
pub(super) fn character(code: u32) -> char {
    if (0x80..=0x9f).contains(&code) {
        let byte = [code as u8];
        let (text, _) = encoding_rs::WINDOWS_1252.decode_without_bom_handling(&byte);
        return text.chars().next().unwrap_or(char::REPLACEMENT_CHARACTER);
    }
    char::from_u32(code).filter(|c| *c != '\0').unwrap_or(char::REPLACEMENT_CHARACTER)
}

/// Text as HTML that says the same.
pub fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// Plain text as HTML that keeps its lines.
pub fn escape_lines(text: &str) -> String {
    if text.trim().contains('\n') { format!("<pre>{}</pre>", escape(text)) } else { escape(text) }
}

/// Text that is gathered in lines.
#[derive(Default)]
struct Lines {
    out: String,
    space: bool,
    block: bool,
    /// Whether lines are kept as they are: then what stands before the next letter, ends of lines and the spaces after them.
    kept: bool,
    ends: usize,
    indent: String,
}

impl Lines {
    fn text(&mut self, text: &str) {
        for c in text.chars() {
            // what isn't there to be read, and PostgreSQL takes no NUL
            if matches!(c, '\u{0}'..='\u{8}' | '\u{e}'..='\u{1f}' | '\u{7f}' | '\u{ad}' | '\u{feff}' | '\u{200b}' | '\u{202a}'..='\u{202e}' | '\u{fffe}' | '\u{ffff}')
            {
                continue;
            }
            if self.kept && c.is_whitespace() {
                match c {
                    '\n' => self.end_line(),
                    '\r' => {}
                    c => self.indent.push(c),
                }
                continue;
            }
            if c.is_whitespace() || ('\u{80}'..='\u{9f}').contains(&c) {
                self.space = true;
                continue;
            }
            if !self.out.is_empty() {
                if self.block {
                    self.out.push_str("\n\n");
                } else if self.ends > 0 {
                    // one blank line says as much as many
                    self.out.push_str(if self.ends > 1 { "\n\n" } else { "\n" });
                } else if self.space {
                    self.out.push(' ');
                }
                self.out.push_str(&self.indent);
            }
            (self.space, self.block, self.ends) = (false, false, 0);
            self.indent.clear();
            self.out.push(c);
        }
    }

    fn block(&mut self) {
        if !self.kept {
            self.block = true;
        } else if self.ends == 0 {
            self.end_line();
        }
    }

    fn line(&mut self) {
        if self.kept {
            self.end_line();
        } else {
            self.block = true;
        }
    }

    fn end_line(&mut self) {
        self.ends += 1;
        self.indent.clear();
    }

    /// From here on lines are kept, or no more.
    fn set_lines(&mut self, kept: bool) {
        (self.kept, self.block, self.ends) = (kept, true, 0);
        self.indent.clear();
    }

    fn finish(self) -> String {
        self.out
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn tags_entities_and_what_is_hidden() {
        for (html, text) in [
            ("Rock &amp; <b>roll</b>", "Rock & roll"),
            ("a<br>b<p>c</p>", "a\n\nb\n\nc"),
            ("1 < 2 && 3 > 2", "1 < 2 && 3 > 2"),
            ("<script>alert('<b>')</script>x<!-- <p>no</p> -->y", "xy"),
            ("<a title=\"a > b\">link</a>", "link"),
            ("caf&eacute; &#8217; &#146; &unknown; AT&T", "café ’ ’ &unknown; AT&T"),
            ("<style>p{}", ""),
            ("&#0;&#xD800;&#99999999999;", "\u{fffd}\u{fffd}&#99999999999;"),
            ("", ""),
            (
                "<p>So:</p><pre><code>\nfn main() {\r\n    <b>run</b>();\n\n\n\tend\n}\n</code></pre> <p>That\nis it.</p>",
                "So:\n\nfn main() {\n    run();\n\n\tend\n}\n\nThat is it.",
            ),
            ("<pre>a<br>b<div>c</div><div>  d</div></pre>", "a\nb\nc\n  d"),
            ("<pre>  one  two </pre>three<pre/>four  five", "one  two\n\nthree\n\nfour five"),
            ("<", "<"),
            ("a <b", "a"),
        ] {
            assert_eq!(plain(html), text, "{html}");
        }
    }

    proptest! {
        #[test]
        fn anything_is_read(html in ".{0,200}") {
            plain(&html);
        }

        #[test]
        fn anything_that_looks_like_html_is_read(html in "[<>&;/!a-c\"'= #x0-9-]{0,80}") {
            plain(&html);
        }

        #[test]
        fn what_is_escaped_comes_back(text in "[a-z<>&;]{1,40}") {
            prop_assert_eq!(plain(&escape(&text)), text);
        }
    }
}
