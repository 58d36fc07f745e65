//! From any picture to a small one of ours: decoded within limits, turned upright, cut square, written anew. What it
//! carried besides its pixels (place, camera, anything hidden behind its end) is gone by that.

use std::io::Cursor;

use bellwether_kernel::{Kind, Problem};
use image::{
    DynamicImage, ImageDecoder as _, ImageFormat, ImageReader, Limits, RgbImage,
    codecs::{jpeg::JpegEncoder, png::PngEncoder},
    imageops::FilterType,
};
use tokio::sync::Semaphore;

/// The largest file taken.
const UPLOAD_MAX: usize = 5 * 1024 * 1024;
/// The largest picture taken, in pixels: a phone's is 12 to 50 million.
const PIXELS_MAX: u64 = 50_000_000;
const SIDE_MAX: u32 = 12_000;
/// What decoding one may take.
const MEMORY_MAX: u64 = 256 * 1024 * 1024;
/// The side of ours.
const SIDE: u32 = 256;
/// The most that the database takes.
const BYTES_MAX: usize = 64 * 1024;

/// One at a time in a process: each may take a quarter of a gigabyte for a moment.
static TURN: Semaphore = Semaphore::const_new(1);

/// A picture of ours.
pub struct Avatar {
    /// `image/png` or `image/jpeg`.
    pub content_type: &'static str,
    /// Its bytes, at most 64 KiB.
    pub content: Vec<u8>,
}

/// Makes a picture of ours of an uploaded file, of a person or of a brand.
pub async fn take(bytes: Vec<u8>) -> Result<Avatar, Problem> {
    if bytes.len() > UPLOAD_MAX {
        let detail = format!("Send a file of at most {} MB.", UPLOAD_MAX / 1024 / 1024);
        return Err(Problem::new(Kind::TooLarge, "too_large", detail));
    }
    // it is never closed
    let _turn = TURN.acquire().await.map_err(|_| unreadable())?;
    tokio::task::spawn_blocking(move || make(&bytes)).await.map_err(|_| unreadable())?
}

fn unreadable() -> Problem {
    let detail = "This can't be read as a picture. Send a PNG, JPEG, WebP or GIF file that opens elsewhere.";
    Problem::invalid("", "unreadable_picture", detail)
}

fn too_large() -> Problem {
    let detail = format!(
        "The picture has too many pixels. Send one of at most {} megapixels.",
        PIXELS_MAX / 1_000_000
    );
    Problem::new(Kind::TooLarge, "picture_too_large", detail)
}

/// Makes an avatar of an uploaded file. Takes processor time and memory: not for an async thread.
fn make(bytes: &[u8]) -> Result<Avatar, Problem> {
    let format = image::guess_format(bytes).ok().filter(|format| {
        matches!(format, ImageFormat::Png | ImageFormat::Jpeg | ImageFormat::WebP | ImageFormat::Gif)
    });
    let Some(format) = format else {
        let detail = "Send a PNG, JPEG, WebP or GIF file.";
        return Err(Problem::new(Kind::UnsupportedMedia, "unsupported_media_type", detail));
    };
    let mut limits = Limits::default();
    limits.max_image_width = Some(SIDE_MAX);
    limits.max_image_height = Some(SIDE_MAX);
    limits.max_alloc = Some(MEMORY_MAX);
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(fault)?;
    // what the head says, before a pixel is unpacked
    let (width, height) = decoder.dimensions();
    if u64::from(width) * u64::from(height) > PIXELS_MAX {
        return Err(too_large());
    }
    if decoder.total_bytes() > MEMORY_MAX {
        return Err(too_large());
    }
    if width == 0 || height == 0 {
        return Err(unreadable());
    }
    let upright = decoder.orientation().map_err(fault)?;
    let mut picture = DynamicImage::from_decoder(decoder).map_err(fault)?;
    picture.apply_orientation(upright);
    write(&square(&picture)).ok_or_else(unreadable)
}

#[expect(clippy::needless_pass_by_value, reason = "it is what map_err hands over")]
fn fault(error: image::ImageError) -> Problem {
    match error {
        image::ImageError::Limits(_) => too_large(),
        _ => unreadable(),
    }
}

/// The middle of it, at most 256 by 256; a smaller one is not blown up.
fn square(picture: &DynamicImage) -> DynamicImage {
    let side = picture.width().min(picture.height());
    let (x, y) = ((picture.width() - side) / 2, (picture.height() - side) / 2);
    let cut = picture.crop_imm(x, y, side, side);
    if side > SIDE { cut.resize_exact(SIDE, SIDE, FilterType::CatmullRom) } else { cut }
}

/// PNG when it is see-through somewhere and small enough, else JPEG on white.
fn write(picture: &DynamicImage) -> Option<Avatar> {
    let rgba = picture.to_rgba8();
    if rgba.pixels().any(|pixel| pixel.0[3] < 255) {
        let mut content = Vec::new();
        rgba.write_with_encoder(PngEncoder::new(&mut content)).ok()?;
        if content.len() <= BYTES_MAX {
            return Some(Avatar { content_type: "image/png", content });
        }
    }
    let flat = RgbImage::from_fn(rgba.width(), rgba.height(), |x, y| {
        let [r, g, b, a] = rgba.get_pixel(x, y).0;
        let over = |c: u8| ((u32::from(c) * u32::from(a) + 255 * (255 - u32::from(a))) / 255) as u8;
        image::Rgb([over(r), over(g), over(b)])
    });
    for quality in [88, 75, 50] {
        let mut content = Vec::new();
        flat.write_with_encoder(JpegEncoder::new_with_quality(&mut content, quality)).ok()?;
        if content.len() <= BYTES_MAX {
            return Some(Avatar { content_type: "image/jpeg", content });
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use image::{Rgba, RgbaImage};

    use super::*;

    fn picture(width: u32, height: u32, alpha: u8) -> DynamicImage {
        DynamicImage::ImageRgba8(RgbaImage::from_fn(width, height, |x, y| {
            Rgba([(x * 7 % 256) as u8, (y * 13 % 256) as u8, ((x ^ y) % 256) as u8, alpha])
        }))
    }

    fn encoded(picture: &DynamicImage, format: ImageFormat) -> Vec<u8> {
        let mut bytes = Cursor::new(Vec::new());
        let picture = if format == ImageFormat::Jpeg { picture.to_rgb8().into() } else { picture.clone() };
        picture.write_to(&mut bytes, format).unwrap();
        bytes.into_inner()
    }

    #[test]
    fn every_kind_becomes_a_small_square() {
        for format in [ImageFormat::Png, ImageFormat::Jpeg, ImageFormat::WebP, ImageFormat::Gif] {
            for (width, height, side) in [(600, 400, 256), (300, 1000, 256), (40, 30, 30), (1, 1, 1)] {
                let made = make(&encoded(&picture(width, height, 255), format)).unwrap();
                let read = image::load_from_memory(&made.content).unwrap();
                assert_eq!((read.width(), read.height()), (side, side), "{format:?}");
                assert!(made.content.len() <= BYTES_MAX);
                assert_eq!(made.content_type, "image/jpeg");
            }
        }
        let see_through = make(&encoded(&picture(64, 64, 100), ImageFormat::Png)).unwrap();
        assert_eq!(see_through.content_type, "image/png");
    }

    #[test]
    fn what_a_file_carries_besides_its_pixels_is_gone() {
        // a comment in the head (0xFFFE) and something behind the end
        let mut jpeg = encoded(&picture(300, 300, 255), ImageFormat::Jpeg);
        let secret = b"GPS 52.5200 13.4050";
        let mut comment = vec![0xFF, 0xFE, 0, secret.len() as u8 + 2];
        comment.extend_from_slice(secret);
        jpeg.splice(2..2, comment);
        jpeg.extend_from_slice(b"<script>alert(1)</script>");
        let made = make(&jpeg).unwrap();
        let has = |needle: &[u8]| made.content.windows(needle.len()).any(|window| window == needle);
        assert!(!has(secret) && !has(b"<script>"));
    }

    /// A PNG whose head promises more than its file could hold.
    fn bomb(width: u32, height: u32) -> Vec<u8> {
        let mut png = encoded(&picture(1, 1, 255), ImageFormat::Png);
        png[16..20].copy_from_slice(&width.to_be_bytes());
        png[20..24].copy_from_slice(&height.to_be_bytes());
        // the checksum over kind and data of the head's chunk
        let mut crc = 0xFFFF_FFFF_u32;
        for byte in &png[12..29] {
            crc ^= u32::from(*byte);
            for _ in 0..8 {
                crc = if crc & 1 == 1 { crc >> 1 ^ 0xEDB8_8320 } else { crc >> 1 };
            }
        }
        png[29..33].copy_from_slice(&(!crc).to_be_bytes());
        png
    }

    #[test]
    fn bombs_are_refused_by_their_head() {
        for (width, height) in [(60_000, 60_000), (12_000, 12_000), (100_000, 1), (u32::MAX, 1)] {
            let problem = make(&bomb(width, height)).err().unwrap();
            assert!(
                ["picture_too_large", "invalid"].contains(&problem.code),
                "{width}x{height}: {problem:?}"
            );
        }
        // a real one: 40 million pixels of nothing in a few kilobytes are still taken, in bounded memory
        assert_eq!(make(&bomb(12_001, 10)).err().unwrap().code, "picture_too_large");
    }

    #[test]
    fn what_is_no_picture_is_told_so() {
        for (bytes, code) in [
            (&b""[..], "unsupported_media_type"),
            (b"hello", "unsupported_media_type"),
            (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "unsupported_media_type"),
            (b"BM\0\0\0\0\0\0\0\0\0\0\0\0", "unsupported_media_type"),
            (b"\x89PNG\r\n\x1a\nnonsense", "invalid"),
            (b"GIF89a", "invalid"),
            (b"\xFF\xD8\xFF\xE0", "invalid"),
            (b"RIFF\0\0\0\0WEBPVP8 ", "invalid"),
        ] {
            let problem = make(bytes).err().unwrap();
            assert_eq!(problem.code, code, "{}", String::from_utf8_lossy(bytes));
        }
        let whole = encoded(&picture(300, 300, 255), ImageFormat::Png);
        assert_eq!(make(&whole[..whole.len() / 2]).err().unwrap().code, "invalid");
    }
}
