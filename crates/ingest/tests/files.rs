//! Every kind of file, good and bad.
#![expect(clippy::unwrap_used, reason = "a test that can't be set up has failed")]

mod support;

use bellwether_ingest::{Kind, Limits};
use bellwether_language::BlockKind;
use proptest::prelude::*;
use support::{SENTENCE, docx, file, reader, text, zip};

async fn code(name: &str, bytes: impl Into<Vec<u8>>) -> &'static str {
    match file(name, bytes).await {
        Ok(read) => panic!("{name} was read as {:?}: {}", read.kind, read.text),
        Err(error) => {
            assert!(error.to_string().ends_with(['.', '!']), "{error} is a sentence");
            error.code()
        }
    }
}

#[tokio::test]
async fn markdown() {
    let source = format!(
        "---\ntitle: Rye\nauthor: Ada Miller\ndate: 2025-03-01\n---\n# Rye\n\n{SENTENCE}{SENTENCE}\n\n```rust\nlet x = 1;\n```\n"
    );
    let read = file("rye.md", source).await.unwrap();
    assert_eq!(read.kind, Kind::Markdown);
    assert_eq!(read.title.as_deref(), Some("Rye"));
    assert_eq!(read.author.as_deref(), Some("Ada Miller"));
    assert_eq!(read.date.as_deref(), Some("2025-03-01"));
    assert_eq!(read.language.code(), "en");
    assert_eq!(read.words, 40);
    assert!(read.warnings.is_empty() && read.source_url.is_none());
    assert!(!read.text.contains("let x"));
}

#[tokio::test]
async fn the_same_text_has_the_same_hash_whatever_file_it_came_in() {
    let body = SENTENCE.trim();
    let plain = file("a.txt", body).await.unwrap();
    let page = file("a.html", format!("<p>{}</p>", body.replace("rye", "<b>rye</b>"))).await.unwrap();
    let word = file("a.docx", docx(&format!("<w:p><w:r><w:t>{body}</w:t></w:r></w:p>"))).await.unwrap();
    assert_eq!(plain.hash, page.hash);
    assert_eq!(plain.hash, word.hash);
    assert_eq!(plain.hash.len(), 64);
    assert_ne!(plain.hash, file("a.txt", body.to_uppercase()).await.unwrap().hash);
}

#[tokio::test]
async fn subtitles() {
    let srt = "1\n00:00:01,000 --> 00:00:03,000\nANNA: Welcome to the show.\n\n2\n00:00:03,100 --> 00:00:05,000\nToday we talk about bread.\n";
    for (name, source) in
        [("a.srt", srt.to_owned()), ("a.vtt", format!("WEBVTT\n\n{}", srt.replace(',', ".")))]
    {
        let read = file(name, source).await.unwrap();
        assert_eq!(
            (read.kind, read.text.as_str()),
            (Kind::Subtitles, "Welcome to the show. Today we talk about bread.")
        );
    }
    assert_eq!(code("a.srt", SENTENCE).await, "wrong_extension");
}

#[tokio::test]
async fn word() {
    let paragraph = |style: &str, text: &str| {
        format!("<w:p><w:pPr>{style}</w:pPr><w:r><w:t xml:space='preserve'>{text}</w:t></w:r></w:p>")
    };
    let style = |id: &str| format!("<w:pStyle w:val='{id}'/>");
    let list = |id: u8| format!("<w:numPr><w:ilvl w:val='0'/><w:numId w:val='{id}'/></w:numPr>");
    let body = [
        paragraph(&style("Titel"), "Why rye keeps"),
        paragraph("", "Gr&#252;&#xDF;e &amp; 5 &lt; 6 from &unknown;here."),
        paragraph(&style("berschrift1"), "The study"),
        paragraph(&list(1), "First this."),
        paragraph(&list(2), "Then that."),
        "<w:tbl><w:tr><w:tc><w:p><w:r><w:t>cell</w:t></w:r></w:p></w:tc></w:tr></w:tbl>".to_owned(),
        paragraph(&style("Zitat"), "Bread is patience."),
        paragraph(&style("Mine"), "Small heading"),
        "<w:p><w:del><w:r><w:delText>gone</w:delText></w:r></w:del><w:r><w:t>Split</w:t></w:r><w:r><w:t>ted</w:t><w:br/><w:t>line.</w:t></w:r><w:r><w:drawing><w:txbxContent><w:p><w:r><w:t>box</w:t></w:r></w:p></w:txbxContent></w:drawing></w:r></w:p>".to_owned(),
    ]
    .concat();
    let read = file("a.DOCX", docx(&body)).await.unwrap();
    assert_eq!(read.title.as_deref(), Some("Why rye keeps"));
    assert_eq!(read.author.as_deref(), Some("Ada & Ben"));
    assert_eq!(read.date.as_deref(), Some("2025-03-01T10:00:00Z"));
    let blocks: Vec<_> = read.document.blocks.iter().map(|block| (block.kind, block.text.as_str())).collect();
    assert_eq!(
        blocks,
        [
            (BlockKind::Paragraph, "Grüße & 5 < 6 from here."),
            (BlockKind::Heading(1), "The study"),
            (BlockKind::Item { depth: 0, ordered: true }, "First this."),
            (BlockKind::Item { depth: 0, ordered: false }, "Then that."),
            (BlockKind::Quote, "Bread is patience."),
            (BlockKind::Heading(3), "Small heading"),
            (BlockKind::Paragraph, "Splitted line."),
        ]
    );
}

#[tokio::test]
async fn opendocument() {
    let content = format!(
        r#"<office:document-content xmlns:office="o" xmlns:text="t" xmlns:table="b"><office:automatic-styles><text:p>no</text:p></office:automatic-styles><office:body><office:text><text:h text:outline-level="1">Why rye keeps</text:h><text:p>{SENTENCE}<text:note><text:p>a note</text:p></text:note><text:s text:c="2"/>Yes.</text:p><table:table><text:p>cell</text:p></table:table><text:list><text:list-item><text:p>Cut it late.</text:p></text:list-item></text:list></office:text></office:body></office:document-content>"#
    );
    let meta = "<m xmlns:dc='d'><dc:creator>Ada</dc:creator><dc:date>2025-03-01</dc:date></m>";
    let bytes = zip(&[
        ("mimetype", b"application/vnd.oasis.opendocument.text"),
        ("content.xml", content.as_bytes()),
        ("meta.xml", meta.as_bytes()),
    ]);
    let read = file("a.odt", bytes.clone()).await.unwrap();
    assert_eq!(read.title.as_deref(), Some("Why rye keeps"));
    assert_eq!(read.author.as_deref(), Some("Ada"));
    assert_eq!(read.text, format!("{SENTENCE}Yes.\n\n- Cut it late."));
    assert_eq!(code("a.docx", bytes).await, "wrong_extension");
    let locked = zip(&[
        ("mimetype", b"application/vnd.oasis.opendocument.text"),
        ("META-INF/manifest.xml", b"<m><encryption-data/></m>"),
        ("content.xml", b"\x01\x02\x03"),
    ]);
    assert_eq!(code("a.odt", locked).await, "no_text");
}

#[tokio::test]
async fn a_book() {
    let package = r#"<package xmlns:dc="d"><metadata><dc:title>The Bread Book</dc:title><dc:creator>Ada Miller</dc:creator></metadata><manifest><item id="n" href="nav.xhtml" media-type="application/xhtml+xml" properties="nav"/><item id="b" href="two.xhtml" media-type="application/xhtml+xml"/><item id="a" href="one.xhtml" media-type="application/xhtml+xml"/></manifest><spine><itemref idref="n"/><itemref idref="a"/><itemref idref="b"/></spine></package>"#;
    let chapter = |title: &str| {
        format!(
            "<html><head><title>x</title></head><body class='c'><h1>{title}</h1><p>{SENTENCE}</p></body></html>"
        )
    };
    let bytes = zip(&[
        ("mimetype", b"application/epub+zip"),
        (
            "META-INF/container.xml",
            b"<container><rootfiles><rootfile full-path='OEBPS/book.opf'/></rootfiles></container>",
        ),
        ("OEBPS/book.opf", package.as_bytes()),
        ("OEBPS/nav.xhtml", b"<html><body><p>Contents</p></body></html>"),
        ("OEBPS/one.xhtml", chapter("One").as_bytes()),
        ("OEBPS/two.xhtml", chapter("Two").as_bytes()),
    ]);
    let read = file("a.epub", bytes).await.unwrap();
    assert_eq!((read.title.as_deref(), read.author.as_deref()), (Some("The Bread Book"), Some("Ada Miller")));
    let sentence = SENTENCE.trim();
    assert_eq!(read.text, format!("# One\n\n{sentence}\n\n# Two\n\n{sentence}"));
}

#[tokio::test]
async fn rich_text() {
    let read =
        file("a.rtf", br"{\rtf1\ansi{\fonttbl{\f0 Arial;}}Gr\'fc\'dfe aus K\'f6ln.\par Bis bald.}".to_vec())
            .await
            .unwrap();
    assert_eq!(read.text, "Grüße aus Köln.\n\nBis bald.");
    assert_eq!(code("a.rtf", br"{\rtf1 cut".to_vec()).await, "damaged");
}

#[tokio::test]
async fn letters_of_other_machines() {
    let read = file("a.txt", b"Gr\xfc\xdfe aus K\xf6ln, wo das Brot noch nach Brot schmeckt.".to_vec())
        .await
        .unwrap();
    assert!(read.text.starts_with("Grüße aus Köln"));
    assert_eq!(read.warnings[0].code, "encoding_guessed");
    let wide: Vec<u8> = "\u{feff}Grüße aus Köln.".encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert_eq!(file("a.txt", wide).await.unwrap().text, "Grüße aus Köln.");
    let mut broken = "Grüße aus Köln und schöne Tage".as_bytes().to_vec();
    broken.push(0xff);
    assert_eq!(file("a.md", broken).await.unwrap().warnings[0].code, "invalid_characters");
}

#[tokio::test]
async fn nothing() {
    for name in ["a.txt", "a.md", "a.html", "a.pdf", "a.docx", "a.srt", "a"] {
        assert_eq!(code(name, b"".to_vec()).await, "empty", "{name}");
        assert_eq!(code(name, b" \r\n\t ".to_vec()).await, "empty", "{name}");
    }
    assert_eq!(code("a.txt", b"\xef\xbb\xbf \n".to_vec()).await, "empty");
    assert_eq!(text(" \n\u{feff}\0 ").await.unwrap_err().code(), "empty");
}

#[tokio::test]
async fn too_much() {
    assert_eq!(code("a.txt", vec![b'a'; 10_000_001]).await, "too_large");
    assert_eq!(text("a".repeat(10_000_001)).await.unwrap_err().code(), "too_large");
    let limits = Limits { characters: 50, ..Limits::default() };
    let input = bellwether_ingest::Input::Text { text: SENTENCE.to_owned(), title: None };
    let error = reader().with_limits(limits).read(input).await.unwrap_err();
    let problem = error.to_problem("input/text");
    assert_eq!(
        (problem.errors[0].path.as_str(), problem.errors[0].code.as_str()),
        ("input/text", "too_large")
    );
}

#[tokio::test]
async fn ten_megabytes_of_text_are_an_answer() {
    assert_eq!(code("a.md", SENTENCE.repeat(10_000_000 / SENTENCE.len())).await, "too_large");
}

#[tokio::test]
async fn no_text_in_it() {
    assert_eq!(code("a.md", "```rust\nfn main() {}\n```\n").await, "no_text");
    assert_eq!(code("a.md", "![](a.png)\n\n---\n").await, "no_text");
    assert_eq!(code("a.html", "<html><body><img src=a.png></body></html>").await, "no_text");
    assert_eq!(
        code("a.html", "<html><body><div id=app></div><script>render()</script></body></html>").await,
        "no_text"
    );
    assert_eq!(code("a.docx", docx("")).await, "no_text");
    assert_eq!(text("… — !!!").await.unwrap_err().code(), "no_text");
}

#[tokio::test]
async fn little_is_an_honest_small_result() {
    let read = text("Bread is patience.").await.unwrap();
    assert_eq!((read.words, read.text.as_str()), (3, "Bread is patience."));
    assert_eq!(read.warnings[0].code, "little_text");
}

#[tokio::test]
async fn a_given_title_wins() {
    let input = bellwether_ingest::Input::Text {
        text: format!("# Mine\n\n{SENTENCE}"),
        title: Some("  Yours\n ".to_owned()),
    };
    assert_eq!(reader().read(input).await.unwrap().title.as_deref(), Some("Yours"));
}

#[tokio::test]
async fn names_that_lie() {
    let pdf = b"%PDF-1.7\n".to_vec();
    assert_eq!(code("a.md", pdf.clone()).await, "wrong_extension");
    assert_eq!(code("a.docx", pdf).await, "wrong_extension");
    assert_eq!(code("a.pdf", SENTENCE).await, "wrong_extension");
    assert_eq!(code("a.docx", SENTENCE).await, "wrong_extension");
    assert_eq!(code("a.txt", docx("")).await, "wrong_extension");
    assert_eq!(code("a.pdf", docx("")).await, "wrong_extension");
    assert_eq!(code("a.docx", b"{\\rtf1 hi}".to_vec()).await, "wrong_extension");
    // a page under a text's name is no lie that hurts
    let read = file("a.txt", format!("<!doctype html><p>{SENTENCE}</p>")).await.unwrap();
    assert_eq!((read.kind, read.warnings[0].code), (Kind::Html, "format_differs"));
}

#[tokio::test]
async fn what_is_not_read() {
    assert_eq!(code("a.png", b"\x89PNG\r\n\x1a\n0000".to_vec()).await, "unsupported_format");
    assert_eq!(code("a.txt", b"\x89PNG\r\n\x1a\n0000".to_vec()).await, "unsupported_format");
    assert_eq!(code("a.xlsx", zip(&[("xl/workbook.xml", b"<a/>")])).await, "unsupported_format");
    assert_eq!(code("a.docx", zip(&[("xl/workbook.xml", b"<a/>")])).await, "unsupported_format");
    assert_eq!(code("a.doc", b"\xd0\xcf\x11\xe0".to_vec()).await, "unsupported_format");
    assert_eq!(code("a.rs", "fn main() {}").await, "unsupported_format");
    let noise: Vec<u8> = (0..=255_u8).map(|byte| byte.wrapping_mul(167)).cycle().take(5_000).collect();
    assert_eq!(code("a.txt", noise).await, "unsupported_format");
    // without an ending its look decides
    assert_eq!(file("README", format!("# Rye\n\n{SENTENCE}")).await.unwrap().kind, Kind::Markdown);
}

#[tokio::test]
async fn hostile_pages() {
    let deep = format!("<html><body>{}{SENTENCE}", "<div>".repeat(100_000));
    assert_eq!(file("a.html", deep).await.unwrap().text, SENTENCE.trim());
    let unclosed = format!("<p>{SENTENCE}<b><i><!-- <a href='").repeat(3_000);
    assert!(file("a.html", unclosed).await.unwrap().text.contains("Sourdough"));
    let svg = format!(
        "<html><body><svg><script>alert('evil')</script></svg><p onclick=steal()>{SENTENCE}</p><iframe srcdoc='evil'></iframe><style>evil</style></body></html>"
    );
    assert_eq!(file("a.html", svg).await.unwrap().text, SENTENCE.trim());
    let metas = "<meta property=og:title content=x><title>".repeat(20_000) + SENTENCE;
    assert!(file("a.html", metas).await.is_ok());
}

#[tokio::test]
async fn bombs_and_broken_archives() {
    let spaces = vec![b' '; 70_000_000];
    let bomb = zip(&[("word/document.xml", &spaces)]);
    assert!(bomb.len() < 1_000_000);
    assert_eq!(code("a.docx", bomb).await, "too_large");
    let deep = docx(&"<w:p>".repeat(100_000));
    assert_eq!(code("a.docx", deep).await, "damaged");
    let entities = zip(&[("word/document.xml", b"<!DOCTYPE x [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;'>]><w:document><w:body><w:p><w:r><w:t>One &b; two.</w:t></w:r></w:p></w:body></w:document>")]);
    assert_eq!(file("a.docx", entities).await.unwrap().text, "One two.");
    let whole = docx(&format!("<w:p><w:r><w:t>{SENTENCE}</w:t></w:r></w:p>"));
    assert_eq!(code("a.docx", whole[..whole.len() / 2].to_vec()).await, "damaged");
    assert_eq!(
        code("a.docx", zip(&[("word/document.xml", b"<w:document><w:body><w:p><w:r><w:t>cut")])).await,
        "damaged"
    );
    let nested = zip(&[("word/document.xml", &zip(&[("word/document.xml", b"<a/>")]))]);
    assert_eq!(code("a.docx", nested).await, "no_text");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn no_bytes_make_it_fall_over(
        name in prop::sample::select(vec!["a.md", "a.txt", "a.html", "a.srt", "a.vtt", "a.docx", "a.odt", "a.epub", "a.rtf", "a.pdf", "a"]),
        start in prop::sample::select(vec![&b""[..], b"PK\x03\x04", b"{\\rtf1 ", b"<html>", b"WEBVTT\n", b"%PDF-1.4\n", b"\xff\xfe", b"---\n"]),
        bytes in prop::collection::vec(any::<u8>(), 0..2_000),
    ) {
        let bytes = [start, &bytes].concat();
        answers(name, bytes);
    }

    #[test]
    fn no_damage_makes_it_fall_over(at in 0_usize..2_000, with in any::<u8>(), cut in 0_usize..3_000) {
        let mut bytes = docx(&format!("<w:p><w:r><w:t>{SENTENCE}</w:t></w:r></w:p>"));
        let length = bytes.len();
        bytes[at % length] = with;
        bytes.truncate(length.saturating_sub(cut / 2));
        answers("a.docx", bytes);
    }
}

/// Any answer will do, as long as it is one. A panic inside would come back as `damaged`, so the code that catches
/// it is left out here for all but PDFs, by looking at the message of the hook.
fn answers(name: &str, bytes: Vec<u8>) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let before = PANICS.with_current();
    let _ = runtime.block_on(file(name, bytes));
    assert_eq!(before, PANICS.with_current(), "something panicked inside");
}

/// Counts panics of all threads of this process.
struct Panics(std::sync::atomic::AtomicUsize);

static PANICS: Panics = Panics(std::sync::atomic::AtomicUsize::new(0));

impl Panics {
    fn with_current(&self) -> usize {
        static HOOK: std::sync::Once = std::sync::Once::new();
        HOOK.call_once(|| {
            let before = std::panic::take_hook();
            std::panic::set_hook(Box::new(move |info| {
                // what the PDF reader does to itself is caught, and none of our code
                if !info.location().is_some_and(|location| location.file().contains("pdf")) {
                    PANICS.0.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
                }
                before(info);
            }));
        });
        self.0.load(std::sync::atomic::Ordering::SeqCst)
    }
}
