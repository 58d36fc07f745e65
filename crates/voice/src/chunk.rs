//! Long samples are read in pieces of the length of a post: a model that has only seen articles knows little of posts.

use std::ops::Range;

use bellwether_language::{Language, count_words, sentences};

/// Sentences of a text of several lines; no sentence goes over a line's end.
pub(crate) fn all_sentences(text: &str, language: Language) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        found.extend(sentences(line, language).into_iter().map(|range| at + range.start..at + range.end));
        at += line.len();
    }
    found
}

/// Pieces of `least` to `most` words, cut at the ends of sentences; line breaks stay as they are. What is shorter than
/// `least` at the end joins the piece before; a text shorter than that is one piece.
pub fn chunks(text: &str, language: Language, least: usize, most: usize) -> Vec<&str> {
    let mut pieces: Vec<(usize, usize, usize)> = Vec::new();
    let (mut start, mut end, mut words) = (0, 0, 0);
    for range in all_sentences(text, language) {
        let more = count_words(&text[range.clone()]);
        if words >= least && words + more > most {
            pieces.push((start, end, words));
            (start, words) = (range.start, 0);
        } else if words == 0 {
            start = range.start;
        }
        end = range.end;
        words += more;
    }
    if words > 0 {
        match pieces.last_mut() {
            Some(last) if words < least => {
                last.1 = end;
                last.2 += words;
            }
            _ => pieces.push((start, end, words)),
        }
    }
    pieces
        .into_iter()
        .map(|(start, end, _)| text[start..end].trim())
        .filter(|piece| !piece.is_empty())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_lost_and_pieces_have_their_length() {
        let text = "One two three four. Five six seven eight nine.\n\nTen eleven. Twelve thirteen fourteen fifteen. End.";
        let pieces = chunks(text, Language::ENGLISH, 6, 9);
        assert_eq!(pieces.len(), 2, "{pieces:?}");
        assert!(pieces[0].starts_with("One") && pieces[1].ends_with("End."));
        let words: usize = pieces.iter().map(|piece| count_words(piece)).sum();
        assert_eq!(words, count_words(text));
        assert_eq!(chunks("Short.", Language::ENGLISH, 40, 80), ["Short."]);
        assert!(chunks("  \n ", Language::ENGLISH, 40, 80).is_empty());
    }
}
