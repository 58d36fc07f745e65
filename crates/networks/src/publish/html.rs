//! Reading the little HTML that networks answer with.

/// `&amp;` and the like as what they stand for; what is none stays.
pub(crate) fn unescape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        // the longest name that matters is shorter than ten
        let end = rest.char_indices().take(10).find(|(_, ch)| *ch == ';').map(|(end, _)| end);
        if let Some((ch, end)) = end.and_then(|end| Some((character(&rest[1..end])?, end))) {
            out.push(ch);
            rest = &rest[end + 1..];
        } else {
            out.push('&');
            rest = &rest[1..];
        }
    }
    out.push_str(rest);
    out
}

fn character(name: &str) -> Option<char> {
    Some(match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        "nbsp" => ' ',
        _ => {
            let number = name.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(code)?
        }
    })
}

/// What a reader sees: breaks and paragraphs as lines, everything else without its tags.
pub(crate) fn plain(html: &str) -> String {
    let mut out = String::with_capacity(html.len());
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        out.push_str(&rest[..at]);
        let Some(end) = rest[at..].find('>') else {
            rest = &rest[at..];
            break;
        };
        let tag = &rest[at + 1..at + end];
        let name = tag.split([' ', '/']).find(|part| !part.is_empty()).unwrap_or_default();
        if name.eq_ignore_ascii_case("br") {
            out.push('\n');
        } else if name.eq_ignore_ascii_case("p") && tag.starts_with('/') {
            out.push_str("\n\n");
        }
        rest = &rest[at + end + 1..];
    }
    out.push_str(rest);
    unescape(out.trim_end())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn entities() {
        for (html, text) in [
            ("a &amp; b", "a & b"),
            ("&lt;b&gt; &quot;c&quot; &#39;d&#x27; &#128075;", "<b> \"c\" 'd' 👋"),
            ("&amp;lt;", "&lt;"),
            ("AT&T; & &unknown; &#xFFFFFFF; &", "AT&T; & &unknown; &#xFFFFFFF; &"),
        ] {
            assert_eq!(unescape(html), text);
        }
    }

    #[test]
    fn paragraphs_and_links() {
        let html = "<p>One<br />two &lt;3</p><p>See <a href=\"https://example.com/long\"><span \
            class=\"invisible\">https://</span><span>example.com/</span><span class=\"invisible\">long</span></a></p>";
        assert_eq!(plain(html), "One\ntwo <3\n\nSee https://example.com/long");
        assert_eq!(plain("a <unclosed"), "a <unclosed");
    }

    proptest! {
        #[test]
        fn anything_can_be_read(text in "\\PC{0,60}") {
            let _ = plain(&text);
            let escaped = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
            prop_assert_eq!(unescape(&escaped), text);
        }
    }
}
