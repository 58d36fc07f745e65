//! What the built-in writer keeps together, what it follows of a person's wishes, and how it ends in each language.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail the test")]

#[expect(dead_code, reason = "the articles are read by another test")]
mod judge;

use bellwether_models::{BrandNotes, Brief, BuiltinWriter, Document, Written};
use bellwether_networks::{Content, Target, Tone};
use judge::{brief, judge};

const FRIDAY: &str = "Every Friday at two o'clock I close the workshop door and do the paperwork of the whole week in two hours. I have done it for four years, and I have missed it five times.\n\nBefore that, paperwork was everywhere. I answered customers between two glue-ups. I wrote invoices in bed. A study of my own inbox showed 212 messages in one month, and I had opened some of them nine times before I answered.\n\nThe two hours have a fixed order. First come the people who wait for an answer from me. Then come the invoices, because money that is not asked for does not come. Then I look at the calendar of the next three weeks and move whatever does not fit.\n\nCustomers do not mind. I tell them in the first mail that I answer on Fridays. In four years, one person complained, and he now sends me a joke every Thursday so that it is on top of the pile.\n\nA business does not need all of the owner's attention. It needs all of it for two hours a week.";

fn document(text: &str) -> Document {
    Document { text: text.to_owned(), title: Some("The two-hour Friday".into()), ..Document::default() }
}

fn asked(text: &str, target: Target, wish: Option<&str>) -> Brief {
    let brief = brief(&document(text), target, Tone::Conversational, 0);
    Brief { instructions: wish.map(str::to_owned), ..brief }
}

#[track_caller]
fn written(brief: &Brief) -> Written {
    let written = BuiltinWriter::new().compose(brief).unwrap();
    let faults: Vec<String> =
        judge(brief, &written).into_iter().filter(|fault| !fault.starts_with("advised")).collect();
    assert_eq!(faults, Vec::<String>::new());
    written
}

fn all(content: &Content) -> String {
    content.published_texts().iter().map(|published| published.text).collect::<Vec<_>>().join("\n")
}

/// Where one stands, the other stands right before it.
#[track_caller]
fn stands_on(text: &str, sentence: &str, base: &str, target: Target) {
    let (Some(at), before) = (text.find(sentence), text.find(base)) else { return };
    assert!(before.is_some_and(|before| before < at), "{target}: “{sentence}” without “{base}”:\n{text}");
}

#[test]
fn no_sentence_without_what_it_stands_on() {
    for &target in Target::ALL {
        for variation in 0..4 {
            let brief = Brief { variation, ..asked(FRIDAY, target, None) };
            let Ok(written) = BuiltinWriter::new().compose(&brief) else { continue };
            let text = all(&written.content);
            stands_on(&text, "I answered customers", "Before that, paperwork", target);
            stands_on(&text, "I wrote invoices", "I answered customers", target);
            stands_on(&text, "Then come the invoices", "First come the people", target);
            stands_on(&text, "I tell them in the first mail", "Customers do not mind", target);
            stands_on(&text, "It needs all of it", "A business does not need", target);
            if text.contains("First come the people") {
                assert!(
                    text.contains("Then I look at the calendar"),
                    "{target}: an enumeration cut short:\n{text}"
                );
            }
        }
    }
}

#[test]
fn a_short_text_stays_whole_where_there_is_room() {
    let written = written(&asked(FRIDAY, Target::LinkedinLong, None));
    let text = all(&written.content);
    for sentence in FRIDAY.split("\n\n").flat_map(|paragraph| paragraph.split(". ")) {
        assert!(text.contains(sentence), "“{sentence}” is missing:\n{text}");
    }
}

#[test]
fn slides_have_titles_in_words() {
    for target in [Target::LinkedinCarousel, Target::InstagramCarousel] {
        for variation in 0..3 {
            let brief = Brief { variation, ..asked(FRIDAY, target, None) };
            let Content::Carousel { slides, .. } = written(&brief).content else { panic!("no carousel") };
            assert!(slides.len() >= 3, "{slides:?}");
            for slide in slides {
                assert!(slide.title.chars().any(char::is_alphabetic), "{slide:?}");
            }
        }
    }
}

#[test]
fn wishes_are_followed_or_told() {
    let plain = all(&written(&asked(FRIDAY, Target::LinkedinLong, None)).content);
    let shorter = all(&written(&asked(FRIDAY, Target::LinkedinLong, Some("shorter, please"))).content);
    assert!(shorter.len() * 4 < plain.len() * 3, "{} of {}", shorter.len(), plain.len());

    let avoided = all(&written(&asked(FRIDAY, Target::LinkedinLong, Some("never say invoice"))).content);
    assert!(!avoided.contains("invoice"), "{avoided}");

    let mention = written(&asked(FRIDAY, Target::XPost, Some("Mention the customers")));
    assert!(all(&mention.content).to_lowercase().contains("customers"), "{}", all(&mention.content));
    let absent = written(&asked(FRIDAY, Target::XPost, Some("Mention Lisbon and write like a pirate")));
    assert!(absent.notes.iter().any(|note| note.contains("lisbon")), "{:?}", absent.notes);
    assert!(absent.notes.iter().any(|note| note.contains("write like a pirate")), "{:?}", absent.notes);

    let question = all(&written(&asked(FRIDAY, Target::MastodonPost, Some("End with a question"))).content);
    assert!(question.contains('?'), "{question}");
    let none = written(&asked(FRIDAY, Target::LinkedinShort, Some("no question, no hashtags")));
    assert!(!all(&none.content).contains(['?', '#']), "{}", all(&none.content));
    assert!(none.notes.is_empty(), "{:?}", none.notes);
}

/// In sentences, titles, headings, lists and hashtags, in every form and every draft.
#[test]
fn a_brands_words_to_avoid_are_avoided() {
    const HEADED: &str = "# Invoices\n\nMost invoices are paid within a week when they are sent on the day of the work.\n\n# What does paperwork cost?\n\nIt costs us two hours a week and no more than that.\n\n# Mail\n\nThree kinds of mail come in:\n\n- questions from customers\n- paperwork from the town hall\n- greetings\n\nA short answer on the same day saves a long one later. Nobody ever complained about a short answer. Mail that needs no answer goes to the archive at once.";
    for text in [FRIDAY, HEADED] {
        for words in [&["paperwork", "friday"][..], &["invoice", "customers", "answer"]] {
            let avoid = words.iter().map(|word| (*word).to_owned()).collect();
            let brand = BrandNotes { avoid, ..BrandNotes::default() };
            for &target in Target::ALL {
                for variation in 0..3 {
                    let tagged =
                        Document { tags: vec!["paperwork".into(), "answers".into()], ..document(text) };
                    let asked = brief(&tagged, target, Tone::ALL[variation as usize], variation);
                    let brief = Brief { brand: brand.clone(), ..asked };
                    // a text that speaks of nothing else gives nothing
                    let Ok(written) = BuiltinWriter::new().compose(&brief) else { continue };
                    let whole = serde_json::to_string(&written.content).unwrap().to_lowercase();
                    for word in words {
                        assert!(!whole.contains(word), "{target}: “{word}” in {whole}");
                    }
                }
            }
        }
    }
    let plain = Brief { brand: BrandNotes::default(), ..asked(FRIDAY, Target::FacebookPost, None) };
    assert!(all(&written(&plain).content).contains("paperwork"));
    let brand = BrandNotes { avoid: vec!["paperwork".into()], ..BrandNotes::default() };
    assert!(!all(&written(&Brief { brand, ..plain }).content).contains("paperwork"));
}

#[test]
fn the_authors_tags_reach_the_drafts() {
    let tagged = Document { tags: vec!["time management".into(), "craft".into()], ..document(FRIDAY) };
    let written = written(&brief(&tagged, Target::LinkedinLong, Tone::Conversational, 0));
    let Content::Post { hashtags, .. } = written.content else { panic!("no post") };
    assert_eq!(&hashtags[..2], ["#TimeManagement", "#Craft"]);
    let article = brief(&tagged, Target::BlogArticle, Tone::Conversational, 0);
    let Content::Article { tags, .. } = BuiltinWriter::new().compose(&article).unwrap().content else {
        panic!("no article")
    };
    assert_eq!(&tags[..2], ["time management", "craft"]);
}

#[test]
fn every_language_asks_in_its_own_words() {
    for (text, questions) in [
        (
            "Der Teig ruht bei uns eine ganze Nacht lang. Am Morgen ist das Brot leichter und schmeckt besser. Die Kundschaft hat es nach einer Woche gemerkt. Seit dem Herbst verkaufen wir jeden Tag sechzig Brote mehr. Der Ofen läuft dafür eine Stunde länger. Kein Mensch hat sich bisher über den Preis beschwert, obwohl er um zehn Cent gestiegen ist. Gutes Brot braucht vor allem Zeit und Ruhe.",
            &["Wie siehst du das?"][..],
        ),
        (
            "La pâte repose chez nous une nuit entière. Le matin, le pain est plus léger et meilleur. La clientèle l'a remarqué au bout d'une semaine. Depuis l'automne, la boutique vend soixante pains de plus par jour. Le four tourne une heure de plus. Personne ne s'est plaint du prix, qui a pourtant augmenté de dix centimes. Le bon pain demande surtout du temps et du calme.",
            &["Qu’en pensez-vous ?"],
        ),
        (
            "La masa reposa aquí una noche entera. Por la mañana el pan es más ligero y sabe mejor. La clientela lo notó al cabo de una semana. Desde el otoño la tienda vende sesenta panes más al día. El horno trabaja una hora más. Nadie se ha quejado del precio, aunque ha subido diez céntimos. El buen pan necesita sobre todo tiempo y calma, y la masa lo agradece.",
            &["¿Tú cómo lo ves?"],
        ),
        (
            "L'impasto riposa da noi una notte intera. Al mattino il pane è più leggero e più buono. La clientela se n'è accorta dopo una settimana. Dall'autunno la bottega vende sessanta pani in più al giorno. Il forno lavora un'ora in più. Nessuno si è lamentato del prezzo, anche se è salito di dieci centesimi. Il buon pane chiede soprattutto tempo e calma, e la pasta ringrazia.",
            &["Voi che ne pensate?"],
        ),
        (
            "A massa repousa aqui uma noite inteira. De manhã o pão está mais leve e mais saboroso. A clientela reparou ao fim de uma semana. Desde o outono a loja vende mais sessenta pães por dia. O forno trabalha mais uma hora. Ninguém se queixou do preço, embora tenha subido dez cêntimos. O bom pão precisa sobretudo de tempo e de calma, e a massa agradece.",
            &["O que acham?"],
        ),
        (
            "Het deeg rust in de bakkerij een hele nacht. In de ochtend is het brood lichter en lekkerder. De klanten merkten het na een week. Sinds de herfst verkoopt de winkel elke dag zestig broden meer. De oven draait daarvoor een uur langer. Niemand heeft over de prijs geklaagd, ook al is die met tien cent gestegen. Goed brood vraagt vooral tijd en rust, en dat proeft men.",
            &["Hoe kijk jij hiernaar?"],
        ),
    ] {
        let plain = Document { text: text.to_owned(), ..Document::default() };
        let brief = brief(&plain, Target::LinkedinLong, Tone::Conversational, 0);
        let written = written(&Brief { instructions: Some("End with a question".into()), ..brief });
        let text = all(&written.content);
        assert!(questions.iter().any(|question| text.contains(question)), "{text}");
    }
}
