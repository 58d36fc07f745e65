//! Cards as the pages of a PDF, for networks that show documents.

use std::io::Write as _;

use flate2::{Compression, write::ZlibEncoder};
use pdf_writer::{Content, Filter, Finish as _, Name, Pdf, Rect, Ref, TextStr};

use crate::{Drawn, Fault};

/// Points in a pixel: 96 pixels are an inch, as are 72 points.
const POINTS: f32 = 0.75;

/// A PDF with a page for each card, each as large as its card. Pages are pictures: their words can't be searched.
pub fn pdf(title: &str, cards: &[Drawn]) -> Result<Vec<u8>, Fault> {
    let broken = |error: std::io::Error| Fault::Broken(error.to_string());
    let (catalog, tree, info) = (Ref::new(1), Ref::new(2), Ref::new(3));
    // a page, its picture and its drawing
    let refs = |at: usize| {
        let first = 4 + 3 * i32::try_from(at).unwrap_or(i32::MAX / 4);
        (Ref::new(first), Ref::new(first + 1), Ref::new(first + 2))
    };
    let mut pdf = Pdf::new();
    pdf.catalog(catalog).pages(tree);
    let count = i32::try_from(cards.len()).unwrap_or(i32::MAX);
    pdf.pages(tree).kids((0..cards.len()).map(|at| refs(at).0)).count(count);
    pdf.document_info(info).title(TextStr(title)).producer(TextStr("Bellwether"));
    let name = Name(b"Card");
    for (at, card) in cards.iter().enumerate() {
        let (page_ref, picture_ref, content_ref) = refs(at);
        let (width, height) = card.pixels;
        let (wide, high) = (width as f32 * POINTS, height as f32 * POINTS);
        let mut page = pdf.page(page_ref);
        page.media_box(Rect::new(0.0, 0.0, wide, high)).parent(tree).contents(content_ref);
        page.resources().x_objects().pair(name, picture_ref);
        page.finish();
        let mut packed = ZlibEncoder::new(Vec::new(), Compression::default());
        packed.write_all(&card.rgb).map_err(broken)?;
        let packed = packed.finish().map_err(broken)?;
        let mut picture = pdf.image_xobject(picture_ref, &packed);
        picture.filter(Filter::FlateDecode);
        picture.width(i32::try_from(width).unwrap_or_default());
        picture.height(i32::try_from(height).unwrap_or_default());
        picture.color_space().device_rgb();
        picture.bits_per_component(8);
        picture.finish();
        let mut content = Content::new();
        content.save_state();
        content.transform([wide, 0.0, 0.0, high, 0.0, 0.0]);
        content.x_object(name);
        content.restore_state();
        pdf.stream(content_ref, &content.finish());
    }
    Ok(pdf.finish())
}
