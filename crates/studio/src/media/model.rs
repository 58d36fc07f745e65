//! Types and pure rules of the library.

use bellwether_kernel::Problem;
use bellwether_networks::rules::{GIGABYTE, MEGABYTE, MediaKind, all};

/// Most bytes of an organization, originals only.
pub const ORGANIZATION_BYTES: i64 = 50_000_000_000;
/// Most parts of an upload.
pub const PARTS_MAX: usize = 4_096;
/// Most files of one post.
pub const POST_MEDIA_MAX: usize = 35;

/// As the database writes a kind.
pub const fn kind_str(kind: MediaKind) -> &'static str {
    match kind {
        MediaKind::Image => "image",
        MediaKind::Gif => "gif",
        MediaKind::Video => "video",
        MediaKind::Document => "document",
    }
}

/// Reads what the database writes.
pub fn parse_kind(text: &str) -> Option<MediaKind> {
    [MediaKind::Image, MediaKind::Gif, MediaKind::Video, MediaKind::Document]
        .into_iter()
        .find(|kind| kind_str(*kind) == text)
}

/// The largest file of a kind: what the most generous network takes, at most 100 MB, of a video 1 GB.
pub fn most_bytes(kind: MediaKind) -> u64 {
    let ours = if kind == MediaKind::Video { GIGABYTE } else { 100 * MEGABYTE };
    let theirs = all()
        .flat_map(|rules| rules.media)
        .filter(|rules| rules.kind == kind)
        .filter_map(|rules| rules.max_bytes)
        .max();
    theirs.unwrap_or(ours).min(ours)
}

/// The largest file of any kind.
pub fn most_bytes_of_all() -> u64 {
    [MediaKind::Image, MediaKind::Gif, MediaKind::Video, MediaKind::Document]
        .map(most_bytes)
        .into_iter()
        .max()
        .unwrap_or(GIGABYTE)
}

/// What is known of a file's contents.
#[derive(Debug, Clone, PartialEq)]
pub struct Facts {
    /// What it is.
    pub kind: MediaKind,
    /// Media type.
    pub content_type: String,
    /// Its size.
    pub bytes: u64,
    /// In pixels.
    pub width: Option<u32>,
    /// In pixels.
    pub height: Option<u32>,
    /// How long it runs.
    pub seconds: Option<f64>,
    /// The four letters of a video's codec.
    pub codec: Option<String>,
}

/// What a file is by its first bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    Jpeg,
    Png,
    Webp,
    Gif,
    Movie,
    Pdf,
}

/// Where the head of a file ends that [`sniff`] looks at.
pub(super) const HEAD: usize = 1024;

/// What a file is, whatever its name says; none for what isn't taken.
pub(super) fn sniff(head: &[u8]) -> Option<Format> {
    let boxed = head.get(4..8);
    let brand = head.get(8..12);
    if head.starts_with(&[0xff, 0xd8, 0xff]) {
        Some(Format::Jpeg)
    } else if head.starts_with(b"\x89PNG\r\n\x1a\n") {
        Some(Format::Png)
    } else if head.starts_with(b"RIFF") && brand == Some(b"WEBP") {
        Some(Format::Webp)
    } else if head.starts_with(b"GIF87a") || head.starts_with(b"GIF89a") {
        Some(Format::Gif)
    } else if boxed == Some(b"ftyp") {
        // AVIF and HEIC pictures have the same box with other brands
        let picture =
            matches!(brand, Some(b"avif" | b"avis" | b"heic" | b"heix" | b"heim" | b"mif1" | b"msf1"));
        (!picture).then_some(Format::Movie)
    } else if matches!(boxed, Some(b"moov" | b"mdat" | b"wide" | b"free" | b"skip")) {
        Some(Format::Movie)
    } else if head.starts_with(b"%PDF-") {
        Some(Format::Pdf)
    } else {
        None
    }
}

impl Format {
    pub(super) const fn kind(self) -> MediaKind {
        match self {
            Self::Jpeg | Self::Png | Self::Webp => MediaKind::Image,
            Self::Gif => MediaKind::Gif,
            Self::Movie => MediaKind::Video,
            Self::Pdf => MediaKind::Document,
        }
    }
}

/// What people say of a file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Label {
    /// Its name.
    pub name: String,
    /// Its folder.
    pub folder: String,
    /// For who can't see it.
    pub alt_text: String,
    /// Words to find it by.
    pub tags: Vec<String>,
}

impl Label {
    /// Checks and tidies what people said.
    pub fn checked(self) -> Result<Self, Problem> {
        let label = Self {
            name: check_name(&self.name)?,
            folder: check_folder(&self.folder)?,
            alt_text: check_alt_text("alt_text", &self.alt_text)?,
            tags: check_tags(&self.tags)?,
        };
        Ok(label)
    }

    /// What the file is found by.
    pub fn search_text(&self) -> String {
        format!("{}\n{}\n{}\n{}", self.name, self.folder, self.alt_text, self.tags.join(" "))
    }
}

/// A name: 1 to 200 characters; of a path only what is after the last slash.
pub fn check_name(name: &str) -> Result<String, Problem> {
    let name = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let name: String = name.chars().filter(|c| !c.is_control()).collect::<String>().trim().to_owned();
    if name.is_empty() || name.chars().count() > 200 {
        return Err(Problem::invalid("name", "length", "Give a name of 1 to 200 characters."));
    }
    Ok(name)
}

/// A folder: up to 8 names with slashes between them, 200 characters in all; empty is the top.
pub fn check_folder(folder: &str) -> Result<String, Problem> {
    let names: Vec<&str> = folder.split('/').map(str::trim).filter(|name| !name.is_empty()).collect();
    let folder = names.join("/");
    let bad = names.iter().any(|name| matches!(*name, "." | "..")) || folder.chars().any(char::is_control);
    if bad || names.len() > 8 || folder.chars().count() > 200 {
        let message = "Give up to 8 names with slashes between them, 200 characters in all.";
        return Err(Problem::invalid("folder", "bad_folder", message));
    }
    Ok(folder)
}

/// Alternative text: up to 2,000 characters, as many as the most generous network takes.
pub fn check_alt_text(path: &str, text: &str) -> Result<String, Problem> {
    if text.chars().count() > 2_000 {
        return Err(Problem::invalid(path, "too_long", "Use at most 2,000 characters."));
    }
    Ok(text.trim().to_owned())
}

/// Tags: up to 20 of 1 to 50 characters, without `#`, each once, in small letters.
pub fn check_tags(tags: &[String]) -> Result<Vec<String>, Problem> {
    let mut tidy: Vec<String> = Vec::new();
    for (at, tag) in tags.iter().enumerate() {
        let tag = tag.trim().trim_start_matches('#').to_lowercase();
        if tag.is_empty() || tag.chars().count() > 50 || tag.chars().any(char::is_control) {
            return Err(Problem::invalid(format!("tags/{at}"), "length", "Use 1 to 50 characters."));
        }
        if !tidy.contains(&tag) {
            tidy.push(tag);
        }
    }
    if tidy.len() > 20 {
        return Err(Problem::invalid("tags", "too_many", "Use at most 20 tags."));
    }
    Ok(tidy)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_what_its_bytes_say() {
        assert_eq!(sniff(b"\xff\xd8\xff\xe0...."), Some(Format::Jpeg));
        assert_eq!(sniff(b"RIFF\0\0\0\0WEBPVP8 "), Some(Format::Webp));
        assert_eq!(sniff(b"RIFF\0\0\0\0WAVEfmt "), None);
        assert_eq!(sniff(b"\0\0\0\x18ftypmp42"), Some(Format::Movie));
        assert_eq!(sniff(b"\0\0\0\x18ftypheic"), None);
        assert_eq!(sniff(b"<svg xmlns='x'>"), None);
        assert_eq!(sniff(b"<!doctype html>"), None);
        assert_eq!(sniff(b""), None);
    }

    #[test]
    fn bounds_come_from_the_networks() {
        assert_eq!(most_bytes(MediaKind::Video), GIGABYTE);
        assert_eq!(most_bytes(MediaKind::Document), 100 * MEGABYTE);
        assert_eq!(most_bytes(MediaKind::Image), 20 * MEGABYTE);
        assert_eq!(most_bytes_of_all(), GIGABYTE);
    }

    #[test]
    fn labels_are_tidied() {
        assert_eq!(check_name("C:\\pictures\\door.jpg").unwrap(), "door.jpg");
        assert_eq!(check_name("../../etc/passwd").unwrap(), "passwd");
        assert!(check_name(" / ").is_err());
        assert_eq!(check_folder("/spring// doors /").unwrap(), "spring/doors");
        assert!(check_folder("a/../b").is_err());
        assert_eq!(check_tags(&["#Oak".into(), "oak".into(), "door".into()]).unwrap(), ["oak", "door"]);
        assert!(check_tags(&[" ".into()]).is_err());
    }
}
