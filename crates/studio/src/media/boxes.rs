//! Reads the boxes of MP4 and QuickTime files (ISO/IEC 14496-12, QuickTime File Format): how long, how large, which codec,
//! and where they say where they were filmed. Only boxes that are asked for are read; nothing is decoded.

use std::ops::Range;

use async_trait::async_trait;
use bytes::Bytes;

use crate::Error;

/// Most boxes at the top: a long fragmented recording has a few thousand.
const TOP_MAX: usize = 20_000;
/// Most boxes below `moov` that are looked at.
const INNER_MAX: usize = 50_000;
/// The largest `moov` that is read: an hour's is a few megabytes.
const MOOV_MAX: u64 = 64 * 1024 * 1024;
/// Boxes that say where: Apple's and Android's coordinates, 3GPP's, XMP, GoPro's, and cameras' own.
const PLACES: [&[u8; 4]; 6] = [b"\xa9xyz", b"loci", b"XMP_", b"GPMF", b"GPS ", b"gps "];
/// The `uuid` of XMP.
const XMP: [u8; 16] =
    [0xbe, 0x7a, 0xcf, 0xcb, 0x97, 0xa9, 0x42, 0xe8, 0x9c, 0x71, 0x99, 0x94, 0x91, 0xe3, 0xaf, 0xac];

/// Something that can be read at any place.
#[async_trait]
pub(super) trait Source: Send + Sync {
    fn size(&self) -> u64;
    /// Some bytes; fewer at the end.
    async fn read(&self, offset: u64, length: usize) -> Result<Bytes, Error>;
}

/// What a film says of itself.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Movie {
    pub(super) content_type: &'static str,
    pub(super) seconds: Option<f64>,
    /// As it is shown: turned when the film says so.
    pub(super) width: u32,
    pub(super) height: u32,
    pub(super) codec: Option<String>,
    pub(super) blanks: Vec<Blank>,
}

/// A box to be made empty, its size kept so that nothing else moves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Blank {
    /// Where its four letters are.
    name: u64,
    /// What it holds.
    body: Range<u64>,
}

/// Makes boxes empty in some bytes that begin at `offset` of the file.
pub(super) fn blank(blanks: &[Blank], offset: u64, bytes: &mut [u8]) {
    let mut put = |at: u64, value: u8| {
        if let Some(byte) =
            at.checked_sub(offset).and_then(|at| usize::try_from(at).ok()).and_then(|at| bytes.get_mut(at))
        {
            *byte = value;
        }
    };
    for blank in blanks {
        for (at, letter) in (blank.name..).zip(*b"free") {
            put(at, letter);
        }
    }
    let end = offset + bytes.len() as u64;
    for blank in blanks {
        let (from, to) = (blank.body.start.max(offset), blank.body.end.min(end));
        if from < to {
            bytes[(from - offset) as usize..(to - offset) as usize].fill(0);
        }
    }
}

/// What a film says of itself; none when it can't be read or shows nothing.
pub(super) async fn read(source: &dyn Source) -> Result<Option<Movie>, Error> {
    let size = source.size();
    let (mut at, mut found) = (0_u64, Found::default());
    let mut content_type = "video/quicktime";
    let mut has_moov = false;
    for _ in 0..TOP_MAX {
        if at + 8 > size {
            break;
        }
        let head = source.read(at, 32).await?;
        let Some(it) = Head::of(&head, size - at) else { return Ok(None) };
        let body = at + it.header;
        match &it.name {
            b"ftyp" => {
                let brand = source.read(body, 4).await?;
                if brand.as_ref() != b"qt  " {
                    content_type = "video/mp4";
                }
            }
            b"moov" if !has_moov => {
                if it.size - it.header > MOOV_MAX {
                    return Ok(None);
                }
                let length = usize::try_from(it.size - it.header).unwrap_or(usize::MAX);
                let moov = source.read(body, length).await?;
                if moov.len() < length || found.movie(&moov, body).is_none() {
                    return Ok(None);
                }
                has_moov = true;
            }
            b"uuid" if source.read(body, 16).await?.as_ref() == XMP => found.blank(at, it),
            _ => {}
        }
        at += it.size;
    }
    if at + 8 <= size || !has_moov {
        return Ok(None);
    }
    let Some((width, height, codec)) = found.picture.take() else { return Ok(None) };
    let seconds = found.seconds();
    Ok(Some(Movie { content_type, seconds, width, height, codec, blanks: found.blanks }))
}

/// The head of a box.
#[derive(Clone, Copy)]
struct Head {
    name: [u8; 4],
    /// Bytes of the head itself.
    header: u64,
    /// Bytes of all of it.
    size: u64,
}

impl Head {
    /// None when it is none, or reaches beyond the bytes that are left.
    fn of(bytes: &[u8], left: u64) -> Option<Self> {
        let name = [*bytes.get(4)?, *bytes.get(5)?, *bytes.get(6)?, *bytes.get(7)?];
        let (header, size) = match u64::from(number(bytes, 0)?) {
            // to the end of the file
            0 => (8, left),
            1 => (16, long(bytes, 8)?),
            size => (8, size),
        };
        (size >= header && size <= left).then_some(Self { name, header, size })
    }
}

fn number(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_be_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}

fn long(bytes: &[u8], at: usize) -> Option<u64> {
    Some(u64::from_be_bytes(bytes.get(at..at + 8)?.try_into().ok()?))
}

/// A field that is a number of four bytes in version 0 and of eight in version 1.
fn either(bytes: &[u8], short_at: usize, long_at: usize) -> Option<u64> {
    if bytes.first()? == &1 { long(bytes, long_at) } else { number(bytes, short_at).map(u64::from) }
}

#[derive(Default)]
struct Found {
    seen: usize,
    time_scale: u64,
    duration: u64,
    picture: Option<(u32, u32, Option<String>)>,
    blanks: Vec<Blank>,
}

#[derive(Default)]
struct Track {
    depth: usize,
    handler: Option<[u8; 4]>,
    size: Option<(u32, u32)>,
    codec: Option<String>,
}

impl Found {
    fn seconds(&self) -> Option<f64> {
        (self.time_scale > 0 && self.duration > 0 && self.duration != u64::from(u32::MAX))
            .then(|| self.duration as f64 / self.time_scale as f64)
    }

    fn blank(&mut self, at: u64, it: Head) {
        self.blanks.push(Blank { name: at + 4, body: at + it.header..at + it.size });
    }

    /// The boxes in some bytes: place in the file, head, body. None when one is broken or there are too many.
    fn inside<'b>(&mut self, bytes: &'b [u8], base: u64) -> Option<Vec<(u64, Head, &'b [u8])>> {
        let (mut at, mut all) = (0_usize, Vec::new());
        // user data may end with four zero bytes
        while bytes.len().saturating_sub(at) >= 8 {
            let it = Head::of(&bytes[at..], (bytes.len() - at) as u64)?;
            self.seen += 1;
            if self.seen > INNER_MAX {
                return None;
            }
            let end = at + it.size as usize;
            all.push((base + at as u64, it, &bytes[at + it.header as usize..end]));
            at = end;
        }
        Some(all)
    }

    fn movie(&mut self, bytes: &[u8], base: u64) -> Option<()> {
        for (at, it, body) in self.inside(bytes, base)? {
            let base = at + it.header;
            match &it.name {
                b"mvhd" => {
                    self.time_scale = u64::from(number(body, if body.first()? == &1 { 20 } else { 12 })?);
                    self.duration = self.duration.max(either(body, 16, 24)?);
                }
                b"mvex" => {
                    for (_, inner, body) in self.inside(body, base)? {
                        if &inner.name == b"mehd" {
                            self.duration = self.duration.max(either(body, 4, 4)?);
                        }
                    }
                }
                b"trak" => {
                    let mut track = Track::default();
                    self.track(body, base, &mut track)?;
                    if let (Some(b"vide"), Some((width, height)), None) =
                        (track.handler.as_ref(), track.size, &self.picture)
                        && width > 0
                        && height > 0
                    {
                        self.picture = Some((width, height, track.codec));
                    }
                }
                b"udta" | b"meta" => self.said(it.name, body, base)?,
                b"uuid" if body.get(..16) == Some(&XMP) => self.blank(at, it),
                _ => {}
            }
        }
        Some(())
    }

    fn track(&mut self, bytes: &[u8], base: u64, track: &mut Track) -> Option<()> {
        track.depth += 1;
        if track.depth > 16 {
            return None;
        }
        for (at, it, body) in self.inside(bytes, base)? {
            let base = at + it.header;
            match &it.name {
                b"tkhd" => {
                    let later = if body.first()? == &1 { 12 } else { 0 };
                    let side = |at: usize| number(body, at + later).map(|fixed| fixed >> 16);
                    let (width, height) = (side(76)?, side(80)?);
                    // turned by a quarter: both numbers of the diagonal are nought
                    let turned = number(body, 40 + later)? == 0 && number(body, 56 + later)? == 0;
                    track.size = Some(if turned { (height, width) } else { (width, height) });
                }
                b"mdia" | b"minf" | b"stbl" => self.track(body, base, track)?,
                // `minf` of QuickTime has another handler; the first one is the medium's
                b"hdlr" if track.handler.is_none() => {
                    track.handler = body.get(8..12).and_then(|name| name.try_into().ok());
                }
                b"stsd" => {
                    let name = body.get(12..16).filter(|name| name.iter().all(u8::is_ascii_graphic));
                    track.codec = name.map(|name| String::from_utf8_lossy(name).into_owned());
                }
                b"udta" | b"meta" => self.said(it.name, body, base)?,
                _ => {}
            }
        }
        Some(())
    }

    /// What a film says beside its pictures.
    fn said(&mut self, name: [u8; 4], bytes: &[u8], base: u64) -> Option<()> {
        // `meta` of MP4 has a version before its boxes, QuickTime's has none
        let skip = if &name == b"meta" && bytes.get(4..8) != Some(b"hdlr") { 4 } else { 0 };
        let mut places = Vec::new();
        for (at, it, body) in self.inside(bytes.get(skip..)?, base + skip as u64)? {
            let base = at + it.header;
            match &it.name {
                b"keys" => places = places_of(body)?,
                b"ilst" => {
                    for (at, it, _) in self.inside(body, base)? {
                        if PLACES.contains(&&it.name) || places.contains(&u32::from_be_bytes(it.name)) {
                            self.blank(at, it);
                        }
                    }
                }
                b"meta" | b"udta" => self.nested(it.name, body, base)?,
                b"uuid" if body.get(..16) == Some(&XMP) => self.blank(at, it),
                name if PLACES.contains(&name) => self.blank(at, it),
                _ => {}
            }
        }
        Some(())
    }

    /// One level further and no more: nobody needs a deeper one.
    fn nested(&mut self, name: [u8; 4], bytes: &[u8], base: u64) -> Option<()> {
        if self.seen > INNER_MAX / 2 {
            return None;
        }
        self.seen += INNER_MAX / 64;
        self.said(name, bytes, base)
    }
}

/// Which numbers of Apple's keys (`com.apple.quicktime.location.ISO6709` …) are about places.
fn places_of(body: &[u8]) -> Option<Vec<u32>> {
    let count = number(body, 4)?;
    let (mut at, mut places) = (8, Vec::new());
    for index in 1..=count {
        let size = number(body, at)? as usize;
        let name = body.get(at + 8..at.checked_add(size.max(8))?)?;
        if name.windows(8).any(|part| part.eq_ignore_ascii_case(b"location")) {
            places.push(index);
        }
        at += size.max(8);
    }
    Some(places)
}

#[cfg(test)]
pub(super) mod tests {
    use proptest::prelude::*;

    use super::*;

    pub(crate) struct Memory(pub(crate) Vec<u8>);

    #[async_trait]
    impl Source for Memory {
        fn size(&self) -> u64 {
            self.0.len() as u64
        }

        async fn read(&self, offset: u64, length: usize) -> Result<Bytes, Error> {
            let from = self.0.len().min(offset as usize);
            let to = self.0.len().min(from.saturating_add(length));
            Ok(Bytes::copy_from_slice(&self.0[from..to]))
        }
    }

    fn boxed(name: [u8; 4], body: &[u8]) -> Vec<u8> {
        let mut bytes = (body.len() as u32 + 8).to_be_bytes().to_vec();
        bytes.extend_from_slice(&name);
        bytes.extend_from_slice(body);
        bytes
    }

    /// A film of 12.5 s, 640 by 360, turned by a quarter.
    fn film() -> Vec<u8> {
        let mut mvhd = vec![0; 100];
        mvhd[12..16].copy_from_slice(&1000_u32.to_be_bytes());
        mvhd[16..20].copy_from_slice(&12_500_u32.to_be_bytes());
        let mut tkhd = vec![0; 84];
        tkhd[44..48].copy_from_slice(&0x0001_0000_u32.to_be_bytes());
        tkhd[76..80].copy_from_slice(&(640_u32 << 16).to_be_bytes());
        tkhd[80..84].copy_from_slice(&(360_u32 << 16).to_be_bytes());
        let mut hdlr = vec![0; 24];
        hdlr[8..12].copy_from_slice(b"vide");
        let stsd = [&[0; 7][..], &[1], &16_u32.to_be_bytes(), b"avc1", &[0; 8]].concat();
        let stbl = boxed(*b"stbl", &boxed(*b"stsd", &stsd));
        let mdia = boxed(*b"mdia", &[boxed(*b"hdlr", &hdlr), boxed(*b"minf", &stbl)].concat());
        let trak = boxed(*b"trak", &[boxed(*b"tkhd", &tkhd), mdia].concat());
        let udta =
            boxed(*b"udta", &[boxed(*b"\xa9xyz", b"\0\x12\x15\xc7+48.1371+011.5754/"), vec![0; 4]].concat());
        let key = b"com.apple.quicktime.location.ISO6709";
        let keys = [&[0; 7][..], &[1], &(key.len() as u32 + 8).to_be_bytes(), b"mdta", key].concat();
        let item = boxed([0, 0, 0, 1], b"\0\0\0\x20data\0\0\0\x01\0\0\0\0+48.1371+011.5754/");
        let inner = [boxed(*b"hdlr", &[0; 24]), boxed(*b"keys", &keys), boxed(*b"ilst", &item)].concat();
        let meta = boxed(*b"meta", &inner);
        let moov = boxed(*b"moov", &[boxed(*b"mvhd", &mvhd), trak, udta, meta].concat());
        [boxed(*b"ftyp", b"isom\0\0\x02\0isomavc1"), boxed(*b"mdat", &[7; 40]), moov].concat()
    }

    #[tokio::test]
    async fn a_film_says_how_it_is_and_no_longer_where() {
        let bytes = film();
        let movie = read(&Memory(bytes.clone())).await.unwrap().unwrap();
        assert_eq!((movie.width, movie.height, movie.seconds), (360, 640, Some(12.5)));
        assert_eq!((movie.content_type, movie.codec.as_deref()), ("video/mp4", Some("avc1")));
        assert_eq!(movie.blanks.len(), 2);
        // in pieces of any size the result is the same
        for size in [1, 7, 64, bytes.len()] {
            let mut blanked = bytes.clone();
            for (at, part) in blanked.chunks_mut(size).enumerate() {
                blank(&movie.blanks, (at * size) as u64, part);
            }
            assert_eq!(blanked.len(), bytes.len());
            assert!(!blanked.windows(7).any(|part| part == b"48.1371"), "{size}");
            let again = read(&Memory(blanked)).await.unwrap().unwrap();
            assert_eq!(again, Movie { blanks: Vec::new(), ..movie.clone() });
        }
    }

    #[tokio::test]
    async fn what_is_cut_off_is_refused() {
        let bytes = film();
        for end in [4, 20, 60, bytes.len() - 1] {
            assert_eq!(read(&Memory(bytes[..end].to_vec())).await.unwrap(), None, "{end}");
        }
    }

    proptest! {
        /// Nothing in a file makes the reader panic.
        #[test]
        fn broken_films_are_read_without_harm(at in 0_usize..600, value: u8, length in 0_usize..700) {
            let mut bytes = film();
            let end = bytes.len();
            bytes[at % end] = value;
            bytes.truncate(length);
            let read = async { read(&Memory(bytes)).await.map(|_| ()).is_ok() };
            prop_assert!(futures::executor::block_on(read));
        }
    }
}
