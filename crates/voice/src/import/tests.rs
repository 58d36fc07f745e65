use std::io::{Cursor, Write as _};

use proptest::prelude::*;
use zip::{ZipWriter, write::SimpleFileOptions};

use super::*;

fn zipped(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in members {
        zip.start_file(*name, SimpleFileOptions::default()).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

const TWEETS: &str = r#"window.YTD.tweets.part0 = [
 {"tweet": {"full_text": "Baking at four in the morning &amp; loving it https://t.co/abc", "created_at": "Wed Oct 10 20:19:24 +0000 2018", "favorite_count": "12", "retweet_count": "3"}},
 {"tweet": {"full_text": "RT @other: not mine at all"}},
 {"tweet": {"full_text": "@friend yes!"}},
 {"tweet": {"full_text": "https://t.co/only"}},
 {"tweet": {"full_text": "@friend I think that the second oven was the better buy by far"}},
 {"tweet": {"full_text": "This is a long one that goes on and on and says more than fits in here…"}},
 {"no": 1}, 7
]"#;

#[test]
fn an_archive_of_x_is_read_and_its_junk_named() {
    let notes = br#"window.YTD.note_tweet.part0 = [{"noteTweet": {"core": {"text": "This is a long one that goes on and on and says more than fits in here, and then some."}, "createdAt": "2023-01-02T03:04:05.000Z"}}]"#;
    let bytes = zipped(&[
        ("data/tweets.js", TWEETS.as_bytes()),
        ("data/note-tweet.js", notes),
        ("data/media/x.jpg", b"\xff\xd8\xff"),
    ]);
    let read = read("twitter.zip", &bytes);
    assert_eq!(read.kind, FileKind::XArchive);
    let texts: Vec<&str> = read.samples.iter().map(|found| found.text.as_str()).collect();
    assert_eq!(
        texts,
        [
            "Baking at four in the morning & loving it",
            "I think that the second oven was the better buy by far",
            "This is a long one that goes on and on and says more than fits in here, and then some."
        ]
    );
    let first = &read.samples[0];
    assert_eq!(first.published_at.as_deref(), Some("2018-10-10T20:19:24Z"));
    assert_eq!((first.engagement["likes"], first.engagement["shares"]), (12, 3));
    assert_eq!((first.network.as_deref(), first.place.as_str()), (Some("x"), "tweets.js item 1"));
    assert_eq!(read.refused.len(), 5, "{:?}", read.refused);
    let alone = super::read("tweets.js", TWEETS.as_bytes());
    assert_eq!((alone.kind, alone.samples.len()), (FileKind::XArchive, 3));
}

#[test]
fn tables_are_read_by_their_names_or_their_words() {
    let read = |text: &str| super::read("posts.csv", text.as_bytes());
    let named = read(
        "date;platform;text;likes\n2024-05-01;LinkedIn;\"Two lines;\nof it\";1,204\n2024-05-02;x;Another one here;\n;;;\n",
    );
    assert_eq!(named.samples.len(), 2);
    assert_eq!(named.samples[0].text, "Two lines;\nof it");
    assert_eq!(named.samples[0].network.as_deref(), Some("linkedin"));
    assert_eq!(named.samples[0].engagement["likes"], 1204);
    assert_eq!(named.samples[1].place, "line 4");
    assert_eq!(named.refused[0].place, "line 5");
    let bare = read("1,We opened the shop at nine today\n2,Nobody came before noon but that is fine\n");
    assert_eq!(bare.samples.len(), 2);
    let none = read("1,2\n3,4\n");
    assert!(none.samples.is_empty() && none.refused[0].reason.contains("text"));
    let linkedin = super::read(
        "export.zip",
        &zipped(&[
            ("Profile.csv", b"a,b\n"),
            ("Shares.csv", b"Date,ShareLink,ShareCommentary\n2024-01-02 10:00:00,https://l,\"First line\"\"\n\"\"\"\"\n\"\"Second line\"\n"),
        ]),
    );
    assert_eq!(linkedin.kind, FileKind::LinkedIn);
    assert_eq!(linkedin.samples[0].text, "First line\n\nSecond line");
    assert_eq!(linkedin.samples[0].network.as_deref(), Some("linkedin"));
}

#[test]
fn a_table_of_a_million_lines_stops_with_a_message() {
    let mut table = String::from("text\n");
    for _ in 0..1_000_000 {
        table.push_str("The same short line of text\n");
    }
    let read = super::read("posts.csv", table.as_bytes());
    assert_eq!(read.samples.len(), MOST_SAMPLES);
    assert!(read.stopped.unwrap().contains("5000 samples"));
    let empty =
        super::read("posts.csv", format!("text,likes\n{}", "https://a.b,1\n".repeat(80_000)).as_bytes());
    assert!(empty.stopped.unwrap().contains("50000 rows"));
    assert_eq!(empty.refused.len() + empty.more_refused, MOST_ITEMS - 1);
    let json = format!("[{}\"end\"]", "\"Some words in here\",".repeat(20_000));
    assert_eq!(super::read("a.json", json.as_bytes()).samples.len(), MOST_SAMPLES);
}

#[test]
fn json_in_its_forms_is_read() {
    let read = |text: &str| super::read("a.json", text.as_bytes());
    assert_eq!(read(r#"["One text here", {"text": "Another", "likes": 2}, 5, {"x": 1}]"#).samples.len(), 2);
    let held = read(
        r#"{"name": "me", "posts": [{"content": "A text", "network": "X", "date": "2024-01-01"}], "n": {"a": [1]}}"#,
    );
    assert_eq!(held.samples[0].network.as_deref(), Some("x"));
    assert_eq!(read("{\"text\": \"One\"}\n{\"text\": \"Two\"}\n{broken}\n").samples.len(), 2);
    let broken = read(r#"["One text here", {"text": "#);
    assert_eq!((broken.samples.len(), broken.refused.len()), (1, 1));
    assert!(broken.refused[0].place.contains("after item 1"), "{:?}", broken.refused);
    assert!(read(&"[".repeat(100_000)).samples.is_empty());
}

#[test]
fn texts_are_parted_by_rules() {
    let plain = super::read("a.txt", b"First text\n---\nSecond text\nof two lines\n\n=====\n\nThird");
    let texts: Vec<&str> = plain.samples.iter().map(|found| found.text.as_str()).collect();
    assert_eq!(texts, ["First text", "Second text\nof two lines", "Third"]);
    assert_eq!(plain.samples[1].place, "line 3");
    let marked = super::read(
        "a.md",
        "---\ntitle: X\n---\nA *small* thing\n\n---\n\nHeading\n---\nwith [a link](https://a.b) in it"
            .as_bytes(),
    );
    assert_eq!(marked.samples.len(), 2, "{:?}", marked.samples);
    assert_eq!(marked.samples[0].text, "A small thing");
    assert!(marked.samples[1].text.contains("with a link") && !marked.samples[1].text.contains("https"));
}

#[test]
fn what_is_no_text_is_refused_and_other_encodings_are_read() {
    for bytes in [&b"%PDF-1.7"[..], b"\x89PNG\r\n", b"ab\0\0cd", b"PK\x03\x04broken", b"", b"  \n"] {
        let read = super::read("a.txt", bytes);
        assert!(read.samples.is_empty() && read.refused.len() == 1, "{read:?}");
    }
    assert_eq!(super::read("a.txt", b"caf\xe9 au lait").samples[0].text, "café au lait");
    let wide: Vec<u8> = "\u{feff}Wide text".encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert_eq!(super::read("a.txt", &wide).samples[0].text, "Wide text");
}

#[test]
fn a_bomb_is_not_unpacked() {
    let zeros = vec![b'a'; MOST_BYTES + 10];
    let read =
        super::read("a.zip", &zipped(&[("good.txt", b"A good text"), ("bomb.txt", &zeros), ("b.txt", b"x")]));
    assert!(read.stopped.unwrap().contains("64 MB"));
    assert_eq!(read.samples.len(), 1);
    assert!(super::read("a.txt", &zeros).stopped.is_some());
    let junk =
        super::read("a.zip", &zipped(&[("a/b.exe", b"MZ"), ("c.json", b"{]"), ("d.md", b"Words here")]));
    assert_eq!((junk.samples.len(), junk.refused.len()), (1, 2), "{junk:?}");
}

#[test]
fn a_long_text_is_cut_at_a_word() {
    let read = super::read("a.txt", "word ".repeat(20_000).as_bytes());
    assert!(
        read.samples[0].text.chars().count() <= MOST_CHARACTERS && read.samples[0].text.ends_with("word")
    );
    assert_eq!(read.refused.len(), 1);
}

proptest! {
    #[test]
    fn nothing_panics(bytes in prop::collection::vec(any::<u8>(), 0..400), name in "(a\\.(csv|json|md|txt|js|zip))|[a-z/]{0,9}") {
        let read = super::read(&name, &bytes);
        prop_assert!(!read.samples.is_empty() || !read.refused.is_empty() || read.stopped.is_some());
        let mut zip = b"PK\x03\x04".to_vec();
        zip.extend(&bytes);
        super::read(&name, &zip);
    }

    #[test]
    fn nothing_that_looks_right_panics(text in "[\\[\\]{}\":,;a-z0-9@#\n\t€=-]{0,200}", head in "(window\\.YTD\\.tweets\\.part0 = )|(text,date,likes\n)|()|\\[|\\{\"a\":\\[") {
        for name in ["a.csv", "a.json", "a.md", "a.txt", "tweets.js"] {
            super::read(name, format!("{head}{text}").as_bytes());
        }
    }
}
