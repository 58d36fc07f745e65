//! Pictures: read within bounds, turned upright, written anew. What they carried besides their pixels and colours (place,
//! camera, anything hidden behind their end) is gone by that.

use std::io::Cursor;

use bellwether_kernel::{Kind, Problem};
use image::{
    DynamicImage, ExtendedColorType, ImageDecoder, ImageEncoder as _, ImageFormat, ImageReader, Limits, Rgb,
    RgbImage,
    codecs::{
        jpeg::JpegEncoder,
        png::{PngDecoder, PngEncoder},
        webp::{WebPDecoder, WebPEncoder},
    },
    imageops::FilterType,
    metadata::Orientation,
};
use tokio::sync::Semaphore;

use super::{fit::Recipe, gif, model::Format};

/// The largest picture taken, in pixels: a phone's is 12 to 50 million.
const PIXELS_MAX: u64 = 60_000_000;
const SIDE_MAX: u32 = 16_384;
/// What decoding one may take.
const MEMORY_MAX: u64 = 320 * 1024 * 1024;
/// The longer side of a thumbnail.
const THUMBNAIL: u32 = 480;
/// Of JPEGs that are kept.
const QUALITY: u8 = 92;
/// A colour profile larger than this holds more than colours.
const PROFILE_MAX: usize = 64 * 1024;

/// One at a time in a process: each may take a third of a gigabyte for a moment.
static TURN: Semaphore = Semaphore::const_new(1);

/// A picture as it is kept.
pub(super) struct Kept {
    pub(super) bytes: Vec<u8>,
    pub(super) content_type: &'static str,
    pub(super) width: u32,
    pub(super) height: u32,
    /// Of an animated one.
    pub(super) seconds: Option<f64>,
    pub(super) thumbnail: Vec<u8>,
    pub(super) thumbnail_type: &'static str,
}

/// A picture as a network takes it.
pub(super) struct Made {
    pub(super) bytes: Vec<u8>,
    pub(super) width: u32,
    pub(super) height: u32,
}

/// Runs work on pictures outside of the async threads, one at a time. The bytes are read when its turn has come, so that
/// those that wait hold none.
pub(super) async fn in_turn<T: Send + 'static>(
    bytes: impl Future<Output = Result<Vec<u8>, crate::Error>>,
    work: impl FnOnce(Vec<u8>) -> Result<T, Problem> + Send + 'static,
) -> Result<T, crate::Error> {
    // it is never closed
    let _turn = TURN.acquire().await.map_err(|_| unreadable())?;
    let bytes = bytes.await?;
    let done = tokio::task::spawn_blocking(move || work(bytes)).await.map_err(|_| unreadable())?;
    Ok(done?)
}

fn unreadable() -> Problem {
    let detail = "This can't be read as a picture. Send a JPEG, PNG, WebP or GIF file that opens elsewhere.";
    Problem::invalid("", "unreadable_picture", detail)
}

fn too_large() -> Problem {
    let detail = format!(
        "The picture has too many pixels. Send one of at most {} megapixels and {SIDE_MAX} pixels a side.",
        PIXELS_MAX / 1_000_000
    );
    Problem::new(Kind::TooLarge, "picture_too_large", detail)
}

fn animated() -> Problem {
    let detail = "Animated PNG and WebP pictures aren't taken by networks. Send a GIF or a video.";
    Problem::new(Kind::UnsupportedMedia, "animated_picture", detail)
}

#[expect(clippy::needless_pass_by_value, reason = "it is what map_err hands over")]
fn fault(error: image::ImageError) -> Problem {
    match error {
        image::ImageError::Limits(_) => too_large(),
        _ => unreadable(),
    }
}

struct Decoded {
    picture: DynamicImage,
    /// The colours that its numbers mean, where it says so.
    profile: Option<Vec<u8>>,
}

/// Unpacks a picture within bounds and turns it upright.
fn decode(bytes: &[u8], format: ImageFormat) -> Result<Decoded, Problem> {
    let mut limits = Limits::default();
    limits.max_image_width = Some(SIDE_MAX);
    limits.max_image_height = Some(SIDE_MAX);
    limits.max_alloc = Some(MEMORY_MAX);
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(fault)?;
    // what the head says, before a pixel is unpacked
    let (width, height) = decoder.dimensions();
    if u64::from(width) * u64::from(height) > PIXELS_MAX || decoder.total_bytes() > MEMORY_MAX {
        return Err(too_large());
    }
    if width == 0 || height == 0 {
        return Err(unreadable());
    }
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let profile = decoder.icc_profile().ok().flatten().filter(|profile| profile.len() <= PROFILE_MAX);
    let mut picture = DynamicImage::from_decoder(decoder).map_err(fault)?;
    picture.apply_orientation(orientation);
    // a profile of another kind of colours (a printer's) says nothing of the ones that we have now
    let space = if picture.color().has_color() { b"RGB " } else { b"GRAY" };
    let profile = profile.filter(|profile| profile.get(16..20) == Some(space));
    Ok(Decoded { picture, profile })
}

/// Checks a picture and writes it anew in its own format where that can be written well.
pub(super) fn keep(bytes: &[u8], format: Format) -> Result<Kept, Problem> {
    let decoded = match format {
        Format::Jpeg => decode(bytes, ImageFormat::Jpeg)?,
        Format::Png => {
            if PngDecoder::new(Cursor::new(bytes)).and_then(|png| png.is_apng()).map_err(fault)? {
                return Err(animated());
            }
            decode(bytes, ImageFormat::Png)?
        }
        Format::Webp => {
            if WebPDecoder::new(Cursor::new(bytes)).map_err(fault)?.has_animation() {
                return Err(animated());
            }
            decode(bytes, ImageFormat::WebP)?
        }
        Format::Gif => return keep_gif(bytes),
        Format::Movie | Format::Pdf => return Err(unreadable()),
    };
    let (width, height) = (decoded.picture.width(), decoded.picture.height());
    let (thumbnail, thumbnail_type) = thumbnail(&decoded)?;
    let opaque = is_opaque(&decoded.picture);
    let (kept, content_type) = match format {
        Format::Jpeg => (jpeg(&decoded, QUALITY)?, "image/jpeg"),
        Format::Webp => {
            let lossless = webp(&decoded)?;
            // WebP is written without loss only, which makes a photograph several times as large
            if opaque && lossless.len() > bytes.len() {
                (jpeg(&decoded, QUALITY)?, "image/jpeg")
            } else {
                (lossless, "image/webp")
            }
        }
        _ => (png(&decoded)?, "image/png"),
    };
    Ok(Kept { bytes: kept, content_type, width, height, seconds: None, thumbnail, thumbnail_type })
}

fn keep_gif(bytes: &[u8]) -> Result<Kept, Problem> {
    let clean = gif::clean(bytes).ok_or_else(unreadable)?;
    let first = decode(&clean.bytes, ImageFormat::Gif)?;
    let (width, height) = (first.picture.width(), first.picture.height());
    let (thumbnail, thumbnail_type) = thumbnail(&first)?;
    let seconds = (clean.frames > 1).then_some(clean.seconds);
    Ok(Kept {
        bytes: clean.bytes,
        content_type: "image/gif",
        width,
        height,
        seconds,
        thumbnail,
        thumbnail_type,
    })
}

fn thumbnail(decoded: &Decoded) -> Result<(Vec<u8>, &'static str), Problem> {
    let picture = &decoded.picture;
    let small = if picture.width().max(picture.height()) > THUMBNAIL {
        picture.thumbnail(THUMBNAIL, THUMBNAIL)
    } else {
        picture.clone()
    };
    let small = Decoded { picture: small, profile: decoded.profile.clone() };
    if is_opaque(&small.picture) {
        Ok((jpeg(&small, 82)?, "image/jpeg"))
    } else {
        Ok((webp(&small)?, "image/webp"))
    }
}

/// Makes of a kept picture what a network takes.
pub(super) fn make(bytes: &[u8], recipe: &Recipe) -> Result<Made, Problem> {
    let format = image::guess_format(bytes).map_err(fault)?;
    let Decoded { picture, profile } = decode(bytes, format)?;
    let (mut width, mut height) = (recipe.width, recipe.height);
    loop {
        let inner = picture.width().max(1);
        let factor =
            (f64::from(width) / f64::from(inner)).min(f64::from(height) / f64::from(picture.height()));
        let drawn = if factor < 1.0 {
            picture.resize(width, height, FilterType::CatmullRom)
        } else {
            picture.clone()
        };
        let drawn = Decoded { picture: framed(drawn, width, height), profile: profile.clone() };
        if recipe.content_type == "image/png" {
            let bytes = png(&drawn)?;
            if recipe.max_bytes.is_none_or(|most| bytes.len() as u64 <= most) {
                return Ok(Made { bytes, width, height });
            }
        } else {
            for quality in [QUALITY, 85, 78, 70] {
                let bytes = jpeg(&drawn, quality)?;
                if recipe.max_bytes.is_none_or(|most| bytes.len() as u64 <= most) {
                    return Ok(Made { bytes, width, height });
                }
            }
        }
        (width, height) = (width * 4 / 5, height * 4 / 5);
        if width.min(height) < 64 {
            return Err(unreadable());
        }
    }
}

/// The picture in the middle of a white canvas; itself when it has that size.
fn framed(picture: DynamicImage, width: u32, height: u32) -> DynamicImage {
    if (picture.width(), picture.height()) == (width, height) {
        return picture;
    }
    let mut canvas = RgbImage::from_pixel(width, height, Rgb([255; 3]));
    let (x, y) = (width.saturating_sub(picture.width()) / 2, height.saturating_sub(picture.height()) / 2);
    image::imageops::overlay(&mut canvas, &flat(&picture), i64::from(x), i64::from(y));
    DynamicImage::ImageRgb8(canvas)
}

fn is_opaque(picture: &DynamicImage) -> bool {
    !picture.color().has_alpha() || picture.to_rgba8().pixels().all(|pixel| pixel.0[3] == 255)
}

/// On white, where it is see-through.
fn flat(picture: &DynamicImage) -> RgbImage {
    if !picture.color().has_alpha() {
        return picture.to_rgb8();
    }
    let rgba = picture.to_rgba8();
    RgbImage::from_fn(rgba.width(), rgba.height(), |x, y| {
        let [r, g, b, a] = rgba.get_pixel(x, y).0;
        let over = |c: u8| ((u32::from(c) * u32::from(a) + 255 * (255 - u32::from(a))) / 255) as u8;
        Rgb([over(r), over(g), over(b)])
    })
}

fn jpeg(decoded: &Decoded, quality: u8) -> Result<Vec<u8>, Problem> {
    let mut bytes = Vec::new();
    let mut encoder = JpegEncoder::new_with_quality(&mut bytes, quality);
    if let Some(profile) = &decoded.profile {
        // a picture without its profile is still that picture
        let _ = encoder.set_icc_profile(profile.clone());
    }
    let picture = &decoded.picture;
    let (width, height) = (picture.width(), picture.height());
    if picture.color().has_color() {
        encoder.write_image(flat(picture).as_raw(), width, height, ExtendedColorType::Rgb8)
    } else if picture.color().has_alpha() {
        let grey = DynamicImage::ImageRgb8(flat(picture)).to_luma8();
        encoder.write_image(grey.as_raw(), width, height, ExtendedColorType::L8)
    } else {
        encoder.write_image(picture.to_luma8().as_raw(), width, height, ExtendedColorType::L8)
    }
    .map_err(fault)?;
    Ok(bytes)
}

fn png(decoded: &Decoded) -> Result<Vec<u8>, Problem> {
    let mut bytes = Vec::new();
    let mut encoder = PngEncoder::new(&mut bytes);
    if let Some(profile) = &decoded.profile {
        let _ = encoder.set_icc_profile(profile.clone());
    }
    decoded.picture.write_with_encoder(encoder).map_err(fault)?;
    Ok(bytes)
}

fn webp(decoded: &Decoded) -> Result<Vec<u8>, Problem> {
    let mut bytes = Vec::new();
    let mut encoder = WebPEncoder::new_lossless(&mut bytes);
    if let Some(profile) = decoded.profile.as_ref().filter(|_| decoded.picture.color().has_color()) {
        let _ = encoder.set_icc_profile(profile.clone());
    }
    let picture = &decoded.picture;
    let eight = if picture.color().has_alpha() {
        DynamicImage::ImageRgba8(picture.to_rgba8())
    } else {
        DynamicImage::ImageRgb8(picture.to_rgb8())
    };
    eight.write_with_encoder(encoder).map_err(fault)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use image::{Rgba, RgbaImage};

    use super::*;

    fn photo(width: u32, height: u32) -> DynamicImage {
        DynamicImage::ImageRgb8(RgbImage::from_fn(width, height, |x, y| {
            Rgb([(x * 7 % 256) as u8, (y * 13 % 256) as u8, ((x ^ y) % 256) as u8])
        }))
    }

    fn encoded(picture: &DynamicImage, format: ImageFormat) -> Vec<u8> {
        let mut bytes = Cursor::new(Vec::new());
        picture.write_to(&mut bytes, format).unwrap();
        bytes.into_inner()
    }

    /// A JPEG with an EXIF part that says "turn by a quarter" and, in its copyright, a place.
    fn with_exif(jpeg: &[u8]) -> Vec<u8> {
        let mut tiff = b"MM\0\x2a\0\0\0\x08\0\x02".to_vec();
        tiff.extend_from_slice(b"\x01\x12\0\x03\0\0\0\x01\0\x06\0\0");
        tiff.extend_from_slice(b"\x82\x98\0\x02\0\0\0\x0c\0\0\0\x26\0\0\0\0");
        tiff.extend_from_slice(b"GPS48.13711\0");
        let exif = [b"Exif\0\0".as_slice(), &tiff].concat();
        let length = (exif.len() as u16 + 2).to_be_bytes();
        [&jpeg[..2], &[0xff, 0xe1], &length, &exif, &jpeg[2..]].concat()
    }

    #[test]
    fn places_go_and_pictures_stand_upright() {
        let bytes = with_exif(&encoded(&photo(60, 40), ImageFormat::Jpeg));
        assert!(bytes.windows(8).any(|part| part == b"GPS48.13"));
        let kept = keep(&bytes, Format::Jpeg).unwrap();
        assert_eq!((kept.width, kept.height, kept.content_type), (40, 60, "image/jpeg"));
        assert!(!kept.bytes.windows(8).any(|part| part == b"GPS48.13"));
        let shown = image::load_from_memory(&kept.bytes).unwrap();
        assert_eq!((shown.width(), shown.height()), (40, 60));
        assert!(image::load_from_memory(&kept.thumbnail).is_ok());
    }

    #[test]
    fn formats_are_kept() {
        let see_through = DynamicImage::ImageRgba8(RgbaImage::from_pixel(700, 500, Rgba([10, 20, 30, 100])));
        for (format, as_format, content_type) in
            [(ImageFormat::Png, Format::Png, "image/png"), (ImageFormat::WebP, Format::Webp, "image/webp")]
        {
            let kept = keep(&encoded(&see_through, format), as_format).unwrap();
            assert_eq!((kept.content_type, kept.thumbnail_type), (content_type, "image/webp"));
            let small = image::load_from_memory(&kept.thumbnail).unwrap();
            assert_eq!((small.width(), small.height()), (480, 343));
        }
        let gif = keep(&encoded(&photo(30, 20), ImageFormat::Gif), Format::Gif).unwrap();
        assert_eq!((gif.content_type, gif.seconds), ("image/gif", None));
    }

    #[test]
    fn bombs_and_broken_files_are_refused() {
        // the head of a PNG that says 60,000 by 60,000
        let mut bomb = encoded(&photo(8, 8), ImageFormat::Png);
        bomb[16..20].copy_from_slice(&60_000_u32.to_be_bytes());
        bomb[20..24].copy_from_slice(&60_000_u32.to_be_bytes());
        let refused = keep(&bomb, Format::Png).err().unwrap();
        assert!(["picture_too_large", "invalid"].contains(&refused.code), "{refused:?}");
        let half = encoded(&photo(80, 80), ImageFormat::Jpeg);
        assert!(keep(&half[..100], Format::Jpeg).is_err());
    }

    #[test]
    fn renditions_have_the_size_and_weight_that_was_asked_for() {
        let bytes = encoded(&photo(300, 900), ImageFormat::Png);
        let recipe = Recipe { content_type: "image/jpeg", width: 720, height: 900, max_bytes: Some(40_000) };
        let made = make(&bytes, &recipe).unwrap();
        assert!(made.bytes.len() <= 40_000 && image::guess_format(&made.bytes).unwrap() == ImageFormat::Jpeg);
        let shown = image::load_from_memory(&made.bytes).unwrap().to_rgb8();
        assert_eq!((shown.width(), shown.height()), (made.width, made.height));
        assert!((f64::from(made.width) / f64::from(made.height) - 0.8).abs() < 0.01);
        assert!(shown.get_pixel(2, made.height / 2).0.iter().all(|shade| *shade > 240), "white at the side");
    }
}
