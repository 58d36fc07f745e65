//! Articles as HTML, and HTML as the words that readers read.

use std::fmt::Write as _;

use pulldown_cmark::{Alignment, CodeBlockKind, Event, Options, Parser, Tag, TagEnd};

/// An article's Markdown as HTML. HTML in the Markdown is shown as text: what a model or a person pasted into a draft
/// becomes no markup on somebody's site.
pub fn html(markdown: &str) -> String {
    let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH;
    let mut writer = Writer::default();
    for event in Parser::new_ext(markdown, options) {
        writer.event(event);
    }
    writer.out
}

#[derive(Default)]
struct Writer {
    out: String,
    /// The alternative text of a picture while it is read.
    picture: Option<(String, String)>,
    columns: Vec<Alignment>,
    column: usize,
    head: bool,
}

impl Writer {
    fn event(&mut self, event: Event<'_>) {
        if let Some((_, alt)) = &mut self.picture {
            match event {
                Event::Text(text) | Event::Code(text) => alt.push_str(&text),
                Event::SoftBreak | Event::HardBreak => alt.push(' '),
                Event::End(TagEnd::Image) => {
                    if let Some((address, alt)) = self.picture.take() {
                        // writing to a String does not fail
                        let _ =
                            write!(self.out, "<img src=\"{}\" alt=\"{}\">", escaped(&address), escaped(&alt));
                    }
                }
                _ => {}
            }
            return;
        }
        match event {
            Event::Start(tag) => self.start(tag),
            Event::End(tag) => self.end(tag),
            Event::Text(text) | Event::Html(text) | Event::InlineHtml(text) => {
                self.out.push_str(&escaped(&text));
            }
            Event::Code(code) => {
                let _ = write!(self.out, "<code>{}</code>", escaped(&code));
            }
            Event::SoftBreak => self.out.push('\n'),
            Event::HardBreak => self.out.push_str("<br>\n"),
            Event::Rule => self.out.push_str("<hr>\n"),
            _ => {}
        }
    }

    fn start(&mut self, tag: Tag<'_>) {
        match tag {
            Tag::Paragraph => self.out.push_str("<p>"),
            Tag::Heading { level, .. } => {
                let _ = write!(self.out, "<{level}>");
            }
            Tag::BlockQuote(_) => self.out.push_str("<blockquote>\n"),
            Tag::CodeBlock(kind) => match kind {
                CodeBlockKind::Fenced(language) if !language.is_empty() => {
                    let language = language.split([' ', ',']).next().unwrap_or_default();
                    let _ = write!(self.out, "<pre><code class=\"language-{}\">", escaped(language));
                }
                _ => self.out.push_str("<pre><code>"),
            },
            Tag::List(Some(1)) => self.out.push_str("<ol>\n"),
            Tag::List(Some(first)) => {
                let _ = writeln!(self.out, "<ol start=\"{first}\">");
            }
            Tag::List(None) => self.out.push_str("<ul>\n"),
            Tag::Item => self.out.push_str("<li>"),
            Tag::Emphasis => self.out.push_str("<em>"),
            Tag::Strong => self.out.push_str("<strong>"),
            Tag::Strikethrough => self.out.push_str("<del>"),
            Tag::Link { dest_url, .. } => {
                let _ = write!(self.out, "<a href=\"{}\">", escaped(safe(&dest_url)));
            }
            Tag::Image { dest_url, .. } => self.picture = Some((safe(&dest_url).to_owned(), String::new())),
            Tag::Table(columns) => {
                self.columns = columns;
                self.out.push_str("<table>\n");
            }
            Tag::TableHead => {
                (self.head, self.column) = (true, 0);
                self.out.push_str("<thead><tr>");
            }
            Tag::TableRow => {
                self.column = 0;
                self.out.push_str("<tr>");
            }
            Tag::TableCell => {
                let style = match self.columns.get(self.column) {
                    Some(Alignment::Left) => " style=\"text-align:left\"",
                    Some(Alignment::Center) => " style=\"text-align:center\"",
                    Some(Alignment::Right) => " style=\"text-align:right\"",
                    _ => "",
                };
                let cell = if self.head { "th" } else { "td" };
                let _ = write!(self.out, "<{cell}{style}>");
                self.column += 1;
            }
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Paragraph => self.out.push_str("</p>\n"),
            TagEnd::Heading(level) => {
                let _ = writeln!(self.out, "</{level}>");
            }
            TagEnd::BlockQuote(_) => self.out.push_str("</blockquote>\n"),
            TagEnd::CodeBlock => self.out.push_str("</code></pre>\n"),
            TagEnd::List(true) => self.out.push_str("</ol>\n"),
            TagEnd::List(false) => self.out.push_str("</ul>\n"),
            TagEnd::Item => self.out.push_str("</li>\n"),
            TagEnd::Emphasis => self.out.push_str("</em>"),
            TagEnd::Strong => self.out.push_str("</strong>"),
            TagEnd::Strikethrough => self.out.push_str("</del>"),
            TagEnd::Link => self.out.push_str("</a>"),
            TagEnd::Table => self.out.push_str("</tbody></table>\n"),
            TagEnd::TableHead => {
                self.head = false;
                self.out.push_str("</tr></thead><tbody>\n");
            }
            TagEnd::TableRow => self.out.push_str("</tr>\n"),
            TagEnd::TableCell => self.out.push_str(if self.head { "</th>" } else { "</td>" }),
            _ => {}
        }
    }
}

/// Addresses that run something are left out.
fn safe(address: &str) -> &str {
    let scheme: String = address
        .chars()
        .filter(|c| !c.is_whitespace() && !c.is_control())
        .take(11)
        .collect::<String>()
        .to_lowercase();
    if ["javascript:", "vbscript:", "data:"].iter().any(|bad| scheme.starts_with(bad)) {
        "#"
    } else {
        address
    }
}

/// A text as HTML shows it.
pub fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            _ => out.push(c),
        }
    }
    out
}

/// The words of an article, be it Markdown as it was written or HTML as a site gives it back.
pub fn words(text: &str) -> String {
    if text.trim_start().starts_with('<') { stripped(text) } else { stripped(&html(text)) }
}

/// HTML without its tags; the end of a block parts words.
fn stripped(html: &str) -> String {
    let mut out = String::with_capacity(html.len());
    let mut rest = html;
    while let Some(open) = rest.find('<') {
        out.push_str(&rest[..open]);
        let Some(close) = rest[open..].find('>') else {
            rest = "";
            break;
        };
        let name = rest[open + 1..open + close].trim_start_matches('/');
        let name = name.split([' ', '/', '\n']).next().unwrap_or_default();
        if !matches!(name, "a" | "em" | "strong" | "b" | "i" | "code" | "del" | "s" | "span" | "mark" | "u") {
            out.push(' ');
        }
        rest = &rest[open + close + 1..];
    }
    out.push_str(rest);
    unescaped(&out)
}

/// A text without HTML's names of characters.
pub fn unescaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let end = rest.find(';').filter(|end| *end <= 10);
        let (character, end) = end.and_then(|end| Some((character(&rest[1..end])?, end))).unwrap_or(('&', 0));
        out.push(character);
        rest = &rest[end + 1..];
    }
    out.push_str(rest);
    out
}

fn character(entity: &str) -> Option<char> {
    Some(match entity {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        "nbsp" => ' ',
        "hellip" => '…',
        "ndash" => '–',
        "mdash" => '—',
        "lsquo" => '‘',
        "rsquo" => '’',
        "ldquo" => '“',
        "rdquo" => '”',
        _ => {
            let code = entity.strip_prefix('#')?;
            let code = match code.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                None => code.parse().ok()?,
            };
            char::from_u32(code)?
        }
    })
}

/// The last part of an article's address: its title in letters that every site takes, and a mark of the publication, the
/// same on every try, by which it is found again.
pub fn slug(title: &str, key: &str) -> String {
    let mut out = String::new();
    for c in title.chars().flat_map(char::to_lowercase) {
        if c.is_ascii_alphanumeric() {
            out.push(c);
        } else if !out.is_empty() && !out.ends_with('-') && c != '\'' && c != '’' {
            out.push('-');
        }
        if out.len() >= 60 {
            break;
        }
    }
    let mark = crate::http::short_hash(key, 10);
    let out = out.trim_end_matches('-');
    if out.is_empty() { mark } else { format!("{out}-{mark}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markdown_becomes_html() {
        let article = "# Title\n\nA *word* & a **strong** [link](https://a.com/?a=1&b=2).\n\n- one\n- two\n\n3. three\n\n\
                       > said\n\n```rust\nif a < b {}\n```\n\n![A *cat*](https://a.com/c.jpg)\n\n| a | b |\n|--:|---|\n| 1 | 2 |\n\n---\n";
        assert_eq!(
            html(article),
            "<h1>Title</h1>\n<p>A <em>word</em> &amp; a <strong>strong</strong> \
             <a href=\"https://a.com/?a=1&amp;b=2\">link</a>.</p>\n<ul>\n<li>one</li>\n<li>two</li>\n</ul>\n\
             <ol start=\"3\">\n<li>three</li>\n</ol>\n<blockquote>\n<p>said</p>\n</blockquote>\n\
             <pre><code class=\"language-rust\">if a &lt; b {}\n</code></pre>\n\
             <p><img src=\"https://a.com/c.jpg\" alt=\"A cat\"></p>\n\
             <table>\n<thead><tr><th style=\"text-align:right\">a</th><th>b</th></tr></thead><tbody>\n\
             <tr><td style=\"text-align:right\">1</td><td>2</td></tr>\n</tbody></table>\n<hr>\n"
        );
    }

    #[test]
    fn nothing_in_a_draft_runs_on_a_site() {
        let article = "<script>alert(1)</script>\n\nHi <b onclick=x>you</b> [go](javascript:alert(1)) [j]( java\tscript:x)";
        let html = html(article);
        assert!(
            !html.contains("<script") && !html.contains("<b ") && !html.contains("href=\"javascript"),
            "{html}"
        );
    }

    #[test]
    fn the_words_are_the_same_before_and_after() {
        for markdown in [
            "# Title\n\nA *word* & a **strong** [link](https://a.com).\n\n- one\n- two",
            "a < b, \"quoted\" — and 1. no list\n\n```\ncode <x>\n\nmore\n```",
        ] {
            let normal = |text: &str| crate::publish::normalised(&words(text));
            assert_eq!(normal(&html(markdown)), normal(markdown));
        }
        assert_eq!(words("<p>It&#8217;s &lt;here&gt;&hellip; R&D</p>").trim(), "It’s <here>… R&D");
    }

    #[test]
    fn slugs_are_readable_and_marked() {
        let mark = crate::http::short_hash("key-1", 10);
        assert_eq!(slug("It’s a Cat's life: 10 ways!", "key-1"), format!("its-a-cats-life-10-ways-{mark}"));
        assert_eq!(slug("猫", "key-1"), mark);
        assert_eq!(slug("猫", "key-1"), slug("猫", "key-1"));
        assert_ne!(slug("猫", "key-1"), slug("猫", "key-2"));
    }
}
