//! PDFs, in a thread and in a child process.
#![expect(clippy::unwrap_used, reason = "a test that can't be set up has failed")]

mod support;

use std::{path::PathBuf, time::Duration};

use bellwether_ingest::{IngestError, Ingested, Input, Isolation, Kind, Limits, Reader};
use bellwether_language::BlockKind;
use flate2::{Compress, Compression, FlushCompress};
use proptest::prelude::*;
use support::{page, reader, stream};

const ARTICLE: &[u8] = include_bytes!("fixtures/article.pdf");
const LOCKED: &[u8] = include_bytes!("fixtures/locked.pdf");
const PICTURE: &[u8] = include_bytes!("fixtures/picture.pdf");
const TEXT: &[u8] = b"BT /F1 12 Tf 72 700 Td (Rye bread keeps for a week.) Tj ET ";

fn input(bytes: &[u8]) -> Input {
    Input::File { name: "a.pdf".to_owned(), bytes: bytes.to_vec().into() }
}

async fn in_thread(bytes: &[u8]) -> Result<Ingested, IngestError> {
    reader().read(input(bytes)).await
}

/// With the example `read_pdf`, which cargo builds with the tests.
fn child_reader() -> Reader {
    let test = std::env::current_exe().unwrap();
    let program: PathBuf = test.parent().unwrap().parent().unwrap().join("examples/read_pdf");
    assert!(program.exists(), "build it: cargo build -p bellwether-ingest --examples");
    reader().with_isolation(Isolation::Process { program, arguments: Vec::new() })
}

async fn in_child(bytes: &[u8]) -> Result<Ingested, IngestError> {
    child_reader().read(input(bytes)).await
}

#[tokio::test]
async fn an_article() {
    for read in [in_thread(ARTICLE).await.unwrap(), in_child(ARTICLE).await.unwrap()] {
        assert_eq!(read.kind, Kind::Pdf);
        assert_eq!(read.title.as_deref(), Some("Why rye bread keeps"));
        assert_eq!(read.author.as_deref(), Some("Ada Miller"));
        assert_eq!(read.language.code(), "en");
        let blocks: Vec<_> =
            read.document.blocks.iter().map(|block| (block.kind, block.text.as_str())).collect();
        assert!(blocks.contains(&(BlockKind::Heading(2), "What the study found")), "{blocks:#?}");
        assert!(
            blocks.contains(&(BlockKind::Item { depth: 0, ordered: false }, "Cut it on the second day.")),
            "{blocks:#?}"
        );
        // lines of the page are joined to sentences
        assert!(
            read.text.contains("best on the third day. Bakers in the north have known this"),
            "{}",
            read.text
        );
        assert!(read.text.contains("Naïve bakers “don’t know” this."), "{}", read.text);
        assert!(!blocks.iter().any(|(_, text)| text.contains(['#', '*', '•', '\u{fffd}'])), "{blocks:#?}");
    }
}

#[tokio::test]
async fn what_has_no_text() {
    for (bytes, hint) in [(LOCKED, "password"), (PICTURE, "text recognition")] {
        for error in [in_thread(bytes).await.unwrap_err(), in_child(bytes).await.unwrap_err()] {
            assert_eq!(error.code(), "no_text");
            assert!(error.to_string().contains(hint), "{error}");
        }
    }
}

#[tokio::test]
async fn what_is_damaged() {
    for bytes in [&ARTICLE[..ARTICLE.len() / 2], b"%PDF-1.7\nand then nothing".as_slice()] {
        assert_eq!(in_thread(bytes).await.unwrap_err().code(), "damaged");
        assert_eq!(in_child(bytes).await.unwrap_err().code(), "damaged");
    }
}

#[tokio::test]
async fn pages_that_contain_themselves() {
    let form =
        "/Type/XObject/Subtype/Form/BBox[0 0 600 800]/Resources<</Font<</F1 5 0 R>>/XObject<</X 6 0 R>>>>";
    let content = [TEXT, b"/X Do"].concat();
    let own = page(stream("", &content), "", vec![stream(form, &content)]);
    assert!(in_child(&own).await.unwrap().text.contains("Rye bread keeps"));
    let tree = support::pdf(&[
        b"<</Type/Catalog/Pages 2 0 R>>".to_vec(),
        b"<</Type/Pages/Kids[2 0 R 2 0 R]/Count 2>>".to_vec(),
    ]);
    assert_eq!(in_child(&tree).await.unwrap_err().code(), "damaged");
}

#[tokio::test]
async fn nesting_without_end() {
    let nested = "[".repeat(100_000) + &"]".repeat(100_000);
    let catalogue = page(stream("", TEXT), &format!("/X {nested}"), Vec::new());
    assert_eq!(in_child(&catalogue).await.unwrap_err().code(), "damaged");
    let content = page(stream("", nested.as_bytes()), "", Vec::new());
    assert!(matches!(in_child(&content).await.unwrap_err().code(), "damaged" | "no_text"));
}

#[tokio::test]
async fn a_bomb_ends_its_child_only() {
    // a flushed block stands alone, so one megabyte packed once can be said three thousand times
    let mut packer = Compress::new(Compression::best(), false);
    let mut block = Vec::with_capacity(10_000);
    packer.compress_vec(&vec![b' '; 1_000_000], &mut block, FlushCompress::Full).unwrap();
    let data = [b"\x78\xda".as_slice(), &block.repeat(3_000), b"\x03\x00"].concat();
    let bomb = page(stream("/Filter/FlateDecode", &data), "", Vec::new());
    assert!(bomb.len() < 10_000_000);
    let limits = Limits { time: Duration::from_secs(3), ..Limits::default() };
    let read = child_reader().with_limits(limits).read(input(&bomb)).await;
    // out of memory or out of time, whichever comes first here
    assert!(matches!(read.unwrap_err().code(), "damaged" | "too_complex"));
    assert!(in_child(ARTICLE).await.is_ok());
}

#[tokio::test]
async fn a_child_that_is_no_reader() {
    let silent =
        reader().with_isolation(Isolation::Process { program: "/bin/true".into(), arguments: Vec::new() });
    let error = silent.read(input(ARTICLE)).await.unwrap_err();
    assert_eq!(error.code(), "internal");
    let missing =
        reader().with_isolation(Isolation::Process { program: "/nonexistent".into(), arguments: Vec::new() });
    let error = missing.read(input(ARTICLE)).await.unwrap_err();
    assert_eq!(error.code(), "internal");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn no_damage_ends_the_process(changes in prop::collection::vec((0_usize..2_000, any::<u8>()), 1..6)) {
        let mut bytes = ARTICLE.to_vec();
        let length = bytes.len();
        for (at, with) in changes {
            bytes[at % length] = with;
        }
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let _ = runtime.block_on(in_thread(&bytes));
    }
}
