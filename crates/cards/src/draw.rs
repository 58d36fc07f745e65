//! From a layout to SVG, and from SVG to pixels.

use std::{fmt::Write as _, sync::Arc};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use resvg::{
    tiny_skia::Pixmap,
    usvg::{ImageHrefResolver, Node, Options, Rect, Transform, Tree},
};

use crate::{
    Card, Colours, Fault, Size, Template,
    font::DATABASE,
    layout::{Layout, lay_out},
};

/// Letters have to contrast with what is behind them by so much: WCAG 2.2, 1.4.3.
pub const CONTRAST: f64 = 4.5;

/// A card that was drawn.
#[derive(Debug, Clone)]
pub struct Drawn {
    /// As PNG.
    pub png: Vec<u8>,
    /// Width and height in pixels.
    pub pixels: (u32, u32),
    /// Its pixels, three bytes each, row after row: what [`pdf`](crate::pdf) takes.
    pub rgb: Vec<u8>,
    /// Emoji that were left out.
    pub left_out: Vec<String>,
}

/// Draws a card.
pub fn draw(template: Template, size: Size, colours: &Colours, card: &Card<'_>) -> Result<Drawn, Fault> {
    let ratio = colours.ink.contrast(colours.background);
    if ratio < CONTRAST {
        return Err(Fault::Contrast { ratio });
    }
    let layout = lay_out(template, size, colours, card)?;
    let tree = parse(&svg(size, colours, &layout, card)?)?;
    let (width, height) = size.pixels();
    if let Some(outside) = texts(&tree).into_iter().find(|text| !within(*text, width as f32, height as f32)) {
        return Err(Fault::Broken(format!("a line runs out of the card: {outside:?}")));
    }
    let mut pixmap = Pixmap::new(width, height).ok_or_else(|| Fault::Broken("no room".to_owned()))?;
    resvg::render(&tree, Transform::identity(), &mut pixmap.as_mut());
    let png = pixmap.encode_png().map_err(|error| Fault::Broken(error.to_string()))?;
    // everything is opaque, since the background is
    let rgb = pixmap.data().chunks_exact(4).flat_map(|pixel| [pixel[0], pixel[1], pixel[2]]).collect();
    Ok(Drawn { png, pixels: (width, height), rgb, left_out: layout.left_out })
}

/// Reads our own SVG. It names no file and no address, and none would be read.
pub(crate) fn parse(svg: &str) -> Result<Tree, Fault> {
    let options = Options {
        fontdb: Arc::clone(&DATABASE),
        image_href_resolver: ImageHrefResolver {
            resolve_data: ImageHrefResolver::default_data_resolver(),
            resolve_string: Box::new(|_, _| None),
        },
        ..Options::default()
    };
    Tree::from_str(svg, &options).map_err(|error| Fault::Broken(error.to_string()))
}

/// The boxes of all lines of text.
pub(crate) fn texts(tree: &Tree) -> Vec<Rect> {
    fn of(nodes: &[Node], found: &mut Vec<Rect>) {
        for node in nodes {
            match node {
                Node::Group(group) => of(group.children(), found),
                // of the outlines: what is drawn
                Node::Text(text) => found.push(text.flattened().abs_bounding_box()),
                _ => {}
            }
        }
    }
    let mut found = Vec::new();
    of(tree.root().children(), &mut found);
    found
}

pub(crate) fn within(text: Rect, width: f32, height: f32) -> bool {
    text.left() >= 0.0 && text.top() >= 0.0 && text.right() <= width && text.bottom() <= height
}

fn escape(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            other => safe.push(other),
        }
    }
    safe
}

pub(crate) fn svg(size: Size, colours: &Colours, layout: &Layout, card: &Card<'_>) -> Result<String, Fault> {
    let (width, height) = size.pixels();
    let mut svg = format!(
        r#"<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}"><rect width="{width}" height="{height}" fill="{}"/>"#,
        colours.background
    );
    // writing into a string does not fail
    for bar in &layout.bars {
        let _ = write!(
            svg,
            r#"<rect x="{}" y="{}" width="{}" height="{}" fill="{}"/>"#,
            bar.x, bar.y, bar.width, bar.height, bar.colour
        );
    }
    for line in &layout.lines {
        let (family, weight) = line.font.svg();
        let anchor = if line.at_end { "end" } else { "start" };
        let _ = write!(
            svg,
            r#"<text xml:space="preserve" x="{}" y="{}" font-family="'{family}'" font-weight="{weight}" font-size="{}" text-anchor="{anchor}" fill="{}">{}</text>"#,
            line.x,
            line.y,
            line.size,
            line.colour,
            escape(&line.text)
        );
    }
    if let (Some([x, y, width, height]), Some(logo)) = (layout.logo, card.logo) {
        let kind = if logo.starts_with(b"\x89PNG") {
            "image/png"
        } else if logo.starts_with(&[0xff, 0xd8, 0xff]) {
            "image/jpeg"
        } else if logo.get(8..12) == Some(b"WEBP") {
            "image/webp"
        } else {
            return Err(Fault::Logo);
        };
        let _ = write!(
            svg,
            r#"<image x="{x}" y="{y}" width="{width}" height="{height}" preserveAspectRatio="xMaxYMax meet" href="data:{kind};base64,{}"/>"#,
            STANDARD.encode(logo)
        );
    }
    svg.push_str("</svg>");
    Ok(svg)
}
