//! Walks through a GIF block by block: counts its pictures and leaves out what is no picture (comments, XMP). Its
//! pictures are kept as they are: to write them anew would choose their colours anew.

/// Most pictures of one file.
const FRAMES_MAX: u32 = 3_000;

/// A GIF without anything but its pictures.
pub(super) struct Clean {
    pub(super) bytes: Vec<u8>,
    pub(super) frames: u32,
    /// How long one round takes.
    pub(super) seconds: f64,
}

/// None when it is not built as a GIF is, or has more pictures than anybody needs.
pub(super) fn clean(bytes: &[u8]) -> Option<Clean> {
    let mut reader = Reader { bytes, at: 0 };
    let mut out = Vec::with_capacity(bytes.len());
    let head = reader.take(13)?;
    out.extend_from_slice(head);
    out.extend_from_slice(reader.take(table(head[10]))?);
    let (mut frames, mut hundredths) = (0_u32, 0_u64);
    loop {
        let start = reader.at;
        // a file that ends without its trailer is shown by every reader
        let Some(introducer) = reader.take(1) else { break };
        match introducer[0] {
            0x3b => break,
            0x2c => {
                let descriptor = reader.take(9)?;
                reader.take(table(descriptor[8]))?;
                reader.take(1)?;
                reader.blocks()?;
                frames += 1;
                if frames > FRAMES_MAX {
                    return None;
                }
                out.extend_from_slice(&bytes[start..reader.at]);
            }
            0x21 => {
                let label = reader.take(1)?[0];
                let body = reader.at;
                reader.blocks()?;
                let looping = label == 0xff
                    && matches!(bytes.get(body + 1..body + 12), Some(b"NETSCAPE2.0" | b"ANIMEXTS1.0"));
                if label == 0xf9 {
                    let delay = bytes.get(body + 2..body + 4)?;
                    hundredths += u64::from(u16::from_le_bytes([delay[0], delay[1]]));
                }
                if label == 0xf9 || looping {
                    out.extend_from_slice(&bytes[start..reader.at]);
                }
            }
            _ => return None,
        }
    }
    if frames == 0 {
        return None;
    }
    out.push(0x3b);
    Some(Clean { bytes: out, frames, seconds: hundredths as f64 / 100.0 })
}

/// The length of the colour table that a packed field announces.
fn table(packed: u8) -> usize {
    if packed & 0x80 == 0 { 0 } else { 3 << ((packed & 7) + 1) }
}

struct Reader<'b> {
    bytes: &'b [u8],
    at: usize,
}

impl<'b> Reader<'b> {
    fn take(&mut self, length: usize) -> Option<&'b [u8]> {
        let taken = self.bytes.get(self.at..self.at.checked_add(length)?)?;
        self.at += length;
        Some(taken)
    }

    /// Skips data blocks up to the empty one.
    fn blocks(&mut self) -> Option<()> {
        loop {
            match self.take(1)?[0] {
                0 => return Some(()),
                length => self.take(usize::from(length)).map(|_| ())?,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use image::{Delay, Frame, Rgba, RgbaImage, codecs::gif::GifEncoder};

    use super::*;

    fn animated(frames: u8) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut encoder = GifEncoder::new(&mut bytes);
        for shade in 0..frames {
            let picture = RgbaImage::from_pixel(4, 4, Rgba([shade * 40, 0, 0, 255]));
            let delay = Delay::from_numer_denom_ms(500, 1);
            encoder.encode_frame(Frame::from_parts(picture, 0, 0, delay)).unwrap();
        }
        drop(encoder);
        bytes
    }

    #[test]
    fn comments_go_and_pictures_stay() {
        let plain = animated(3);
        let mut said = plain[..plain.len() - 1].to_vec();
        said.extend_from_slice(b"\x21\xfe\x0b48.13,11.57\0;");
        let clean = clean(&said).unwrap();
        assert_eq!((clean.frames, clean.seconds), (3, 1.5));
        assert!(!clean.bytes.windows(5).any(|part| part == b"48.13"));
        assert!(image::load_from_memory(&clean.bytes).is_ok());
    }

    #[test]
    fn what_is_cut_off_is_refused() {
        let plain = animated(2);
        assert!(clean(&plain[..plain.len() / 2]).is_none());
        assert!(clean(b"GIF89a").is_none());
        assert!(clean(b"GIF89a\x01\0\x01\0\0\0\0;").is_none());
    }
}
