//! Which content types are welcome.

/// Which content types are welcome. An answer that names none is let through: its reader looks at the bytes anyway.
#[derive(Debug, Clone)]
pub struct Accept {
    header: String,
    patterns: Vec<String>,
}

impl Accept {
    /// By patterns such as `text/html`, `image/*`, `application/*+xml` or `*/*`, the best first.
    pub fn of(patterns: &[&str]) -> Self {
        // the client's wishes in HTTP know no `application/*+xml`
        let mut header: Vec<&str> =
            patterns.iter().copied().filter(|pattern| !pattern.contains("*+")).collect();
        if header.len() < patterns.len() || header.is_empty() {
            header.push("*/*;q=0.1");
        }
        Self {
            header: header.join(", "),
            patterns: patterns.iter().map(|p| p.to_ascii_lowercase()).collect(),
        }
    }

    /// Everything that [`crate::read`] can read.
    pub fn documents() -> Self {
        Self::of(&[
            "text/html",
            "application/xhtml+xml",
            "text/markdown",
            "text/x-markdown",
            "text/plain",
            "text/vtt",
            "text/srt",
            "application/x-subrip",
            "application/pdf",
            "application/x-pdf",
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            "application/vnd.oasis.opendocument.text",
            "application/epub+zip",
            "application/rtf",
            "text/rtf",
            // what servers say of files that they don't know
            "application/octet-stream",
            "binary/octet-stream",
            "application/zip",
        ])
    }

    /// RSS, Atom and JSON feeds, also under the wrong names that servers give them.
    pub fn feeds() -> Self {
        Self::of(&[
            "application/rss+xml",
            "application/atom+xml",
            "application/feed+json",
            "application/rdf+xml",
            "application/xml",
            "text/xml",
            "application/json",
            "text/plain",
            "text/html",
        ])
    }

    /// Pictures.
    pub fn images() -> Self {
        Self::of(&["image/*"])
    }

    /// Whatever it is.
    pub fn anything() -> Self {
        Self::of(&["*/*"])
    }

    pub(super) fn header(&self) -> &str {
        &self.header
    }

    /// Whether a content type (lower case, no parameters) is welcome.
    pub(super) fn welcomes(&self, content_type: &str) -> bool {
        self.patterns.iter().any(|pattern| {
            if pattern == "*/*" {
                true
            } else if let Some(kind) = pattern.strip_suffix("/*") {
                content_type.split('/').next() == Some(kind)
            } else if let Some((kind, suffix)) = pattern.split_once("/*") {
                content_type.starts_with(kind) && content_type.ends_with(suffix)
            } else {
                pattern == content_type
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns() {
        assert!(Accept::documents().welcomes("text/html"));
        assert!(!Accept::documents().welcomes("image/png"));
        assert!(Accept::images().welcomes("image/png"));
        assert!(!Accept::images().welcomes("imagery/png"));
        assert!(Accept::of(&["application/*+xml"]).welcomes("application/atom+xml"));
        assert!(Accept::anything().welcomes("x/y"));
        assert_eq!(Accept::of(&["application/*+xml"]).header(), "*/*;q=0.1");
    }
}
