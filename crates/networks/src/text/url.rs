//! Finding links. The grammar is that of X's own extraction, which finds bare domains too; Mastodon's is the same with
//! a wider path and without bare domains. One pass over stretches of text that can hold a domain; each stretch is read
//! a constant number of times.

use std::ops::Range;

use super::{
    chars::{before, is_directional, is_domain_char, is_latin_accent, is_refused},
    tld,
};

/// Which grammar to read links by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Grammar {
    /// X: `https://…` and bare domains.
    X,
    /// Mastodon: with a scheme only, wider paths.
    Mastodon,
}

/// In characters; X does not link longer ones.
const LONGEST_URL: usize = 4096;
/// In bytes, of a label as the domain name system sees it.
const LONGEST_LABEL: usize = 63;
/// In bytes, of what follows `t.co/`.
const LONGEST_TCO_SLUG: usize = 40;

/// Links in reading order, as byte ranges.
pub fn urls(text: &str, grammar: Grammar) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    if may_hold_url(text.as_bytes()) {
        Scanner { text, grammar, consumed: 0, found: &mut found }.run();
    }
    found
}

/// Whether a dot is followed by what could be a domain. Most posts have none and are done here.
pub(crate) fn may_hold_url(bytes: &[u8]) -> bool {
    memchr::memchr_iter(b'.', bytes)
        .any(|dot| bytes.get(dot + 1).is_some_and(|next| next.is_ascii_alphabetic() || !next.is_ascii()))
}

/// A stretch between dots.
struct Label {
    start: usize,
    end: usize,
    /// First character is no `-` or `_`, nor is the last one.
    opens: bool,
    closes: bool,
    /// After its last underscore.
    last_underscore: Option<usize>,
    /// End of the top-level domain that follows the dot after this label.
    tld: Option<usize>,
    /// Where a domain that begins with this label ends, at the furthest.
    best: Option<usize>,
}

impl Label {
    /// Ends the domain that starts at `from` inside this label, given where a domain from the next label on would end.
    fn domain_end(&self, from: usize, opens: bool, next: Option<usize>) -> Option<usize> {
        if from >= self.end || !opens || !self.closes {
            return None;
        }
        let name = self.last_underscore.is_none_or(|underscore| underscore < from);
        next.or(if name { self.tld } else { None })
    }
}

struct Scanner<'t, 'f> {
    text: &'t str,
    grammar: Grammar,
    /// Up to here everything belongs to an earlier match.
    consumed: usize,
    found: &'f mut Vec<Range<usize>>,
}

impl Scanner<'_, '_> {
    fn run(&mut self) {
        let mut at = 0;
        while let Some((start, end)) = self.stretch(at) {
            at = self.stretch_urls(start, end).max(start + 1);
            while !self.text.is_char_boundary(at) {
                at += 1;
            }
        }
    }

    /// The next run of characters that domains are made of.
    fn stretch(&self, at: usize) -> Option<(usize, usize)> {
        let rest = &self.text[at..];
        let in_stretch = |ch: char| is_domain_char(ch) || matches!(ch, '.' | '-' | '_');
        let start = at + rest.find(in_stretch)?;
        let end =
            self.text[start..].find(|ch| !in_stretch(ch)).map_or(self.text.len(), |length| start + length);
        Some((start, end))
    }

    fn labels(&self, start: usize, end: usize) -> Vec<Label> {
        let mut labels: Vec<Label> = Vec::new();
        let mut from = start;
        for part in self.text[start..end].split('.') {
            let (label_start, label_end) = (from, from + part.len());
            from = label_end + 1;
            let joins = |ch: char| ch == '-' || ch == '_';
            labels.push(Label {
                start: label_start,
                end: label_end,
                opens: part.chars().next().is_some_and(|ch| !joins(ch)),
                closes: part.chars().next_back().is_some_and(|ch| !joins(ch)),
                last_underscore: part.rfind('_').map(|index| label_start + index),
                tld: if label_end < end { tld::end_at(self.text, label_end + 1) } else { None },
                best: None,
            });
        }
        let mut next = None;
        for label in labels.iter_mut().rev() {
            label.best = label.domain_end(label.start, label.opens, next);
            next = label.best;
        }
        labels
    }

    /// Reads one stretch; says where to go on.
    fn stretch_urls(&mut self, start: usize, end: usize) -> usize {
        let stretch = &self.text.as_bytes()[start..end];
        if memchr::memchr(b'.', stretch).is_none() {
            return end;
        }
        let labels = self.labels(start, end);
        if let Some(scheme) = self.scheme_before(start)
            && let Some(domain_end) = labels[0].best
        {
            return self.take(scheme, start..domain_end, true);
        }
        for (index, label) in labels.iter().enumerate() {
            let next = labels.get(index + 1).and_then(|label| label.best);
            if next.is_none() && label.tld.is_none() {
                continue;
            }
            if let Some((from, domain_end)) = self.bare_domain(label, next) {
                return self.take(from, from..domain_end, false);
            }
        }
        end
    }

    /// The first place in a label where a domain can start that has a match.
    fn bare_domain(&self, label: &Label, next: Option<usize>) -> Option<(usize, usize)> {
        let text = &self.text[label.start..label.end];
        let mut first_of_text = None;
        for (offset, ch) in text.char_indices() {
            let from = label.start + offset;
            let end = || label.domain_end(from, ch != '-' && ch != '_', next);
            if from == 0 {
                // X tries to read the very first character as the one before the link, and only then as part of it
                first_of_text = end();
                continue;
            }
            if from == self.consumed && from > 0 {
                continue;
            }
            if let Some(end) = end()
                && before(self.text, from).is_some_and(may_precede)
            {
                return Some((from, end));
            }
            if first_of_text.is_some() {
                break;
            }
        }
        first_of_text.map(|end| (0, end))
    }

    /// Where the scheme starts that ends at `start`, if one does and may.
    fn scheme_before(&self, start: usize) -> Option<usize> {
        let head = self.text.as_bytes()[..start].strip_suffix(b"://")?;
        let scheme = [&b"https"[..], b"http"].into_iter().find(|scheme| {
            head.len() >= scheme.len() && head[head.len() - scheme.len()..].eq_ignore_ascii_case(scheme)
        })?;
        let at = head.len() - scheme.len();
        if at == 0 {
            return Some(0);
        }
        (at > self.consumed && before(self.text, at).is_some_and(may_precede)).then_some(at)
    }

    /// Takes a match: records its links and says where to go on.
    fn take(&mut self, from: usize, domain: Range<usize>, scheme: bool) -> usize {
        let (path_start, end) = self.tail(domain.end);
        self.consumed = end;
        if !is_resolvable(&self.text[domain.clone()], self.text[from..end].len()) {
            return end;
        }
        if scheme {
            match tco(&self.text[from..end]) {
                Tco::Other => self.found.push(from..end),
                Tco::Link(length) => self.found.push(from..from + length),
                Tco::TooLong => {}
            }
            return end;
        }
        let blocked = before(self.text, from).is_some_and(|ch| matches!(ch, '-' | '_' | '.' | '/'));
        if self.grammar == Grammar::X && !blocked {
            let count = self.found.len();
            self.ascii_domains(domain);
            if path_start.is_some()
                && self.found.len() > count
                && let Some(last) = self.found.last_mut()
            {
                last.end = end;
            }
        }
        end
    }

    /// In a bare domain, only the parts in Latin letters are links: Japanese has no space before and after them.
    fn ascii_domains(&mut self, domain: Range<usize>) {
        let is_ascii_domain = |ch: char| ch == '-' || ch.is_ascii_alphanumeric() || is_latin_accent(ch);
        let mut at = domain.start;
        while at < domain.end {
            let Some(offset) = self.text[at..domain.end].find(is_ascii_domain) else { return };
            let start = at + offset;
            let mut best = None;
            let mut label = start;
            loop {
                let rest = &self.text[label..domain.end];
                let length = rest.find(|ch| !is_ascii_domain(ch)).unwrap_or(rest.len());
                let dot = label + length;
                if length == 0 || !self.text[dot..domain.end].starts_with('.') {
                    at = dot.max(start + 1);
                    break;
                }
                if let Some(end) = tld::end_at(self.text, dot + 1).filter(|&end| end <= domain.end) {
                    best = Some(end);
                }
                label = dot + 1;
            }
            if let Some(end) = best {
                self.found.push(start..end);
                at = end;
            }
            while !self.text.is_char_boundary(at) {
                at += 1;
            }
        }
    }

    /// Port, path and query after a domain: where the path starts, if there is one, and where the link ends.
    fn tail(&self, domain_end: usize) -> (Option<usize>, usize) {
        let bytes = self.text.as_bytes();
        let mut end = domain_end;
        if bytes.get(end) == Some(&b':') {
            let digits = bytes[end + 1..].iter().take_while(|byte| byte.is_ascii_digit()).count();
            if digits > 0 {
                end += 1 + digits;
            }
        }
        let mut path_start = None;
        if bytes.get(end) == Some(&b'/') {
            path_start = Some(end);
            end = self.path(end + 1);
        }
        if bytes.get(end) == Some(&b'?') {
            end = self.query(end + 1).unwrap_or(end);
        }
        (path_start, end)
    }

    fn path(&self, start: usize) -> usize {
        let (mut at, mut end) = (start, start);
        while let Some(ch) = self.text[at..].chars().next() {
            if ch == '(' {
                let Some(after) = self.balanced(at) else { break };
                at = after;
                end = after;
            } else if self.is_path(ch) {
                at += ch.len_utf8();
                if self.ends_path(ch) {
                    end = at;
                }
            } else {
                break;
            }
        }
        end
    }

    /// `(…)`, or `(…(…)…)`: one level of nesting, as in addresses of encyclopedias.
    fn balanced(&self, open: usize) -> Option<usize> {
        let run = |from: usize| {
            let rest = &self.text[from..];
            from + rest.find(|ch| !self.is_path(ch)).unwrap_or(rest.len())
        };
        let bytes = self.text.as_bytes();
        let first = run(open + 1);
        match bytes.get(first)? {
            b')' if first > open + 1 => Some(first + 1),
            b'(' => {
                let inner = run(first + 1);
                if inner == first + 1 || bytes.get(inner) != Some(&b')') {
                    return None;
                }
                let last = run(inner + 1);
                (bytes.get(last) == Some(&b')')).then_some(last + 1)
            }
            _ => None,
        }
    }

    fn is_path(&self, ch: char) -> bool {
        match self.grammar {
            Grammar::X => {
                ch.is_ascii_alphanumeric()
                    || "!*';:=+,.$/%#[]-_~@|&".contains(ch)
                    || matches!(ch, '\u{400}'..='\u{4FF}' | '\u{2013}')
                    || is_latin_accent(ch)
            }
            Grammar::Mastodon => !ch.is_whitespace() && !"<>()?".contains(ch),
        }
    }

    fn ends_path(&self, ch: char) -> bool {
        match self.grammar {
            Grammar::X => {
                ch.is_ascii_alphanumeric()
                    || "+-=_#/".contains(ch)
                    || matches!(ch, '\u{400}'..='\u{4FF}')
                    || is_latin_accent(ch)
            }
            Grammar::Mastodon => !ch.is_whitespace() && !"()?!*\"'「」<>;:=,.$%[]~&|@".contains(ch),
        }
    }

    fn query(&self, start: usize) -> Option<usize> {
        let mut end = None;
        for (offset, ch) in self.text[start..].char_indices() {
            let wide = self.grammar == Grammar::Mastodon && !ch.is_ascii() && !ch.is_whitespace();
            if !(ch.is_ascii_alphanumeric() || "!?*'@();:&=+$/%#[]-_.,~|".contains(ch) || wide) {
                break;
            }
            if ch.is_ascii_alphanumeric() || "-_&=#/".contains(ch) || wide {
                end = Some(start + offset + ch.len_utf8());
            }
        }
        end
    }
}

/// Whether a link may follow this character.
fn may_precede(ch: char) -> bool {
    !(ch.is_ascii_alphanumeric() || matches!(ch, '@' | '＠' | '$' | '#' | '＃') || is_refused(ch))
        || is_directional(ch)
}

/// Whether the domain name system could hold the domain, and X the link.
fn is_resolvable(domain: &str, length: usize) -> bool {
    if !domain.is_ascii() && domain.starts_with("xn--") && !has_ascii_domain(domain) {
        return false;
    }
    let labels = domain.split('.').all(|label| {
        if label.is_ascii() {
            return (1..=LONGEST_LABEL).contains(&label.len());
        }
        // encoding never takes fewer bytes than characters; this also keeps it off absurd labels
        label.chars().count() < LONGEST_LABEL
            && idna::punycode::encode_str(label).is_some_and(|encoded| encoded.len() + 4 <= LONGEST_LABEL)
    });
    labels && length <= LONGEST_URL
}

fn has_ascii_domain(domain: &str) -> bool {
    domain.match_indices('.').any(|(dot, _)| {
        let latin = |ch: char| ch == '-' || ch.is_ascii_alphanumeric() || is_latin_accent(ch);
        before(domain, dot).is_some_and(latin) && tld::end_at(domain, dot + 1).is_some()
    })
}

/// What X's own shortener makes of a link.
enum Tco {
    /// Not one of its links.
    Other,
    /// One of them, this long: it ends after its slug, or after its query.
    Link(usize),
    /// No slug has so many characters: no link at all.
    TooLong,
}

fn tco(url: &str) -> Tco {
    let bytes = url.as_bytes();
    let prefix = [&b"https://t.co/"[..], b"http://t.co/"]
        .into_iter()
        .find(|prefix| bytes.len() > prefix.len() && bytes[..prefix.len()].eq_ignore_ascii_case(prefix));
    let Some(prefix) = prefix.map(<[u8]>::len) else { return Tco::Other };
    match bytes[prefix..].iter().take_while(|byte| byte.is_ascii_alphanumeric()).count() {
        0 => Tco::Other,
        slug if slug > LONGEST_TCO_SLUG => Tco::TooLong,
        slug if bytes.get(prefix + slug) == Some(&b'?') => Tco::Link(bytes.len()),
        slug => Tco::Link(prefix + slug),
    }
}
