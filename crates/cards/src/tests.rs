use image::RgbaImage;
use proptest::prelude::*;

use super::*;
use crate::{
    draw::{parse, svg, texts, within},
    layout::lay_out,
};

const LOUD: Colours =
    Colours { background: Colour([12, 34, 56]), ink: Colour([255, 250, 240]), accent: Colour([255, 90, 0]) };

fn card(text: &str) -> Card<'_> {
    Card { heading: "A heading", text, author: "Ada Lovelace", source: "Notes, 1843", ..Card::default() }
}

fn pixels(drawn: &Drawn) -> RgbaImage {
    image::load_from_memory(&drawn.png).unwrap().to_rgba8()
}

fn has(picture: &RgbaImage, colour: Colour) -> usize {
    picture.pixels().filter(|pixel| pixel.0[..3] == colour.0 && pixel.0[3] == 255).count()
}

/// Every line within the card's side margins, none above another, and as many as were laid out.
fn check(template: Template, size: Size, card: &Card<'_>) -> Result<(), Fault> {
    let layout = lay_out(template, size, &LOUD, card)?;
    let tree = parse(&svg(size, &LOUD, &layout, card)?)?;
    let found = texts(&tree);
    let drawn = layout.lines.iter().filter(|line| !line.text.trim().is_empty()).count();
    assert_eq!(found.len(), drawn, "a font was not found, or a line is empty");
    let (width, height) = size.pixels();
    let side = width.min(height) as f32 * 0.07;
    for text in &found {
        assert!(within(*text, width as f32, height as f32), "{template:?} {size:?} {text:?}");
        assert!(text.left() >= side && text.right() <= width as f32 - side, "{template:?} {size:?} {text:?}");
    }
    Ok(())
}

#[test]
fn every_template_in_every_size_has_its_colours() {
    for template in Template::ALL {
        for size in Size::ALL {
            let drawn = draw(template, size, &LOUD, &card("The engine weaves algebraic patterns.")).unwrap();
            let picture = pixels(&drawn);
            assert_eq!(picture.dimensions(), size.pixels());
            let all = (size.pixels().0 * size.pixels().1) as usize;
            assert!(has(&picture, LOUD.background) > all / 2, "{template:?} {size:?}");
            assert!(has(&picture, LOUD.accent) > 500, "{template:?} {size:?}");
            assert!(has(&picture, LOUD.ink) > 1_000, "{template:?} {size:?}");
            // the margin is free: only the statement's band may reach the edge
            let (width, height) = picture.dimensions();
            let right = (0..height).all(|y| picture.get_pixel(width - 1, y).0[..3] == LOUD.background.0);
            assert!(right, "{template:?} {size:?}");
            check(template, size, &card("The engine weaves algebraic patterns.")).unwrap();
            // the same again is the same to the byte: a library keeps it once
            assert_eq!(
                drawn.png,
                draw(template, size, &LOUD, &card("The engine weaves algebraic patterns.")).unwrap().png
            );
        }
    }
}

#[test]
fn letters_shrink_and_words_break_until_it_is_too_long() {
    for template in Template::ALL {
        for size in Size::ALL {
            let mut fitted = 0;
            for words in [1, 10, 30, 60, 120, 400] {
                let text = "wonderful ".repeat(words);
                match check(template, size, &card(&text)) {
                    Ok(()) => fitted = words,
                    Err(fault) => {
                        assert_eq!(fault, Fault::TooLong { at: "text" });
                        break;
                    }
                }
            }
            assert!((10..400).contains(&fitted), "{template:?} {size:?}: {fitted}");
            check(template, size, &card(&"Donaudampfschiff".repeat(6))).unwrap();
        }
    }
}

#[test]
fn other_scripts_are_written_or_refused_by_name() {
    for text in [
        "Đừng bao giờ bỏ cuộc.",
        "Никогда не сдавайся — ёж.",
        "Ποτέ μην τα παρατάς.",
        "Þú ert æði „svo“ ağaç ß",
    ] {
        for template in Template::ALL {
            check(template, Size::Square, &card(text)).unwrap();
        }
    }
    for (text, letter) in
        [("永不放弃", "永"), ("لا تستسلم", "ل"), ("לעולם אל תוותר", "ל"), ("हार मत", "ह"), ("ไม่", "ไ")]
    {
        let fault = draw(Template::Quote, Size::Square, &LOUD, &card(text)).unwrap_err();
        let Fault::NoGlyphs { at: "text", letters } = &fault else { panic!("{text}: {fault}") };
        assert!(letters.contains(letter), "{letters}");
    }
    let fault =
        draw(Template::Quote, Size::Square, &LOUD, &Card { author: "李白", ..card("x") }).unwrap_err();
    assert_eq!((fault.at(), fault.code()), ("author", "no_glyphs"));
}

#[test]
fn emoji_are_left_out_and_told() {
    let drawn =
        draw(Template::Statement, Size::Square, &LOUD, &card("Go 🚀 on 👩‍👩‍👧 and 5️⃣ on ♥\u{fe0f}🚀")).unwrap();
    assert!(drawn.left_out.contains(&"🚀".to_owned()) && drawn.left_out.contains(&"👩‍👩‍👧".to_owned()));
    assert_eq!(drawn.left_out.iter().filter(|emoji| *emoji == "🚀").count(), 1);
    let plain = draw(Template::Statement, Size::Square, &LOUD, &card("Go on and on")).unwrap();
    assert!(!plain.png.is_empty() && plain.left_out.is_empty());
    assert_eq!(draw(Template::Quote, Size::Square, &LOUD, &card(" 🚀 \n")).unwrap_err(), Fault::Empty);
}

#[test]
fn hostile_text_is_only_text() {
    let hostile = r#"</text><image href="file:///etc/passwd" width="99"/><rect width="9999" height="9999" fill="red"/>&xxe; ]]> "' <style>*{fill:red}</style>"#;
    for template in Template::ALL {
        let card = Card { heading: hostile, author: r#""><script>"#, source: "&lt;", ..card(hostile) };
        let layout = lay_out(template, Size::Portrait, &LOUD, &card).unwrap();
        let svg = svg(Size::Portrait, &LOUD, &layout, &card).unwrap();
        assert!(!svg.contains("<image") && !svg.contains("<style") && !svg.contains("<script"), "{svg}");
        check(template, Size::Portrait, &card).unwrap();
        let drawn = draw(template, Size::Portrait, &LOUD, &card).unwrap();
        assert_eq!(has(&pixels(&drawn), Colour([255, 0, 0])), 0);
    }
}

#[test]
fn the_logo_stands_in_its_corner() {
    let mut logo = RgbaImage::new(40, 20);
    logo.pixels_mut().for_each(|pixel| *pixel = image::Rgba([0, 200, 0, 255]));
    let mut png = std::io::Cursor::new(Vec::new());
    logo.write_to(&mut png, image::ImageFormat::Png).unwrap();
    for size in Size::ALL {
        let with = Card { logo: Some(png.get_ref()), page: Some((2, 12)), ..card("Words") };
        let picture = pixels(&draw(Template::Slide, size, &LOUD, &with).unwrap());
        let green: Vec<(u32, u32)> = picture
            .enumerate_pixels()
            .filter(|(_, _, p)| p.0 == [0, 200, 0, 255])
            .map(|(x, y, _)| (x, y))
            .collect();
        let (width, height) = picture.dimensions();
        assert!(green.len() > 1_000, "{size:?}");
        assert!(green.iter().all(|(x, y)| *x > width / 2 && *y > height / 2 && *x < width && *y < height));
        check(Template::Slide, size, &with).unwrap();
    }
    let broken = Card { logo: Some(b"<svg/>"), ..card("Words") };
    assert_eq!(draw(Template::Slide, Size::Square, &LOUD, &broken).unwrap_err(), Fault::Logo);
}

#[test]
fn what_nobody_could_read_is_refused() {
    let pale = Colours { ink: Colour([0x99, 0x99, 0x99]), background: Colour([255, 255, 255]), ..LOUD };
    let fault = draw(Template::Quote, Size::Square, &pale, &card("Words")).unwrap_err();
    assert_eq!((fault.at(), fault.code()), ("colours", "low_contrast"));
    assert_eq!("#1a2B3c".parse(), Ok(Colour([0x1a, 0x2b, 0x3c])));
    assert_eq!("#abc".parse(), Ok(Colour([0xaa, 0xbb, 0xcc])));
    for bad in ["1a2b3c", "#12", "#12345g", "red", "#", "#ééé", "url(#x)"] {
        assert_eq!(bad.parse::<Colour>(), Err(()), "{bad}");
    }
    let white = Colour([255, 255, 255]);
    assert!((white.contrast(Colour([0, 0, 0])) - 21.0).abs() < 0.01);
    let usual = Colours::default();
    assert!(usual.ink.contrast(usual.background) > 7.0);
}

#[test]
fn a_pdf_has_a_page_for_each_card() {
    let cards: Vec<Drawn> = ["One", "Two", "Three"]
        .map(|text| draw(Template::Slide, Size::Portrait, &LOUD, &card(text)).unwrap())
        .into();
    let pdf = pdf("Three (slides) \\ “so”", &cards).unwrap();
    assert!(pdf.starts_with(b"%PDF-1."));
    let count = |needle: &[u8]| pdf.windows(needle.len()).filter(|at| *at == needle).count();
    assert_eq!(count(b"/Type /Page\n"), 3);
    assert_eq!(count(b"/MediaBox [0 0 810 1012.5]"), 3);
    // the pixels are in it as they were drawn
    let start = pdf.windows(7).position(|at| at == b"stream\n").unwrap() + 7;
    let mut unpacked = Vec::new();
    std::io::Read::read_to_end(&mut flate2::read::ZlibDecoder::new(&pdf[start..]), &mut unpacked).unwrap();
    assert_eq!(unpacked, cards[0].rgb);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Whatever is written: it is drawn within the card, or refused with a reason that is not our fault.
    #[test]
    fn nothing_runs_out_of_a_card(
        text in "[ -~à-ÿЀ-я\n🚀<&\u{200d}\u{301}]{0,220}", heading in ".{0,60}", which in 0..12_usize,
    ) {
        let (template, size) = (Template::ALL[which % 4], Size::ALL[which % 3]);
        let card = Card { heading: &heading, ..card(&text) };
        match check(template, size, &card) {
            Ok(()) => {}
            Err(fault) => prop_assert!(!matches!(fault, Fault::Broken(_) | Fault::Logo), "{}", fault),
        }
    }
}
