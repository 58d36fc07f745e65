//! What a sentence stands on, and what it leaves open.

use bellwether_language::{Analysis, Document, Footing};

fn analysed(text: &str) -> Analysis {
    Analysis::of(&Document::from_text(text))
}

#[track_caller]
fn footing(text: &str, sentence: &str) -> Footing {
    let analysis = analysed(text);
    let found = analysis.sentences.iter().find(|other| other.text.starts_with(sentence));
    found.map_or_else(|| panic!("“{sentence}” is no sentence of it"), |found| found.footing)
}

#[track_caller]
fn holds(text: &str, sentence: &str) -> bool {
    let analysis = analysed(text);
    let found = analysis.sentences.iter().find(|other| other.text.starts_with(sentence));
    found.map_or_else(|| panic!("“{sentence}” is no sentence of it"), |found| found.holds)
}

const FRIDAY: &str = "Every Friday I close the workshop door and do the paperwork of the week in two hours.\n\nBefore that, paperwork was everywhere. I answered customers between two glue-ups. I wrote invoices in bed. A study of my inbox showed 212 messages in one month.\n\nThe two hours have a fixed order. First come the people who wait for an answer from me. Then come the invoices, because money that is not asked for does not come. Then I look at the calendar.\n\nA business does not need all of your attention. It needs all of it for two hours a week.";

#[test]
fn a_scene_is_not_left_behind() {
    assert_eq!(footing(FRIDAY, "Every Friday"), Footing::Alone);
    assert_eq!(footing(FRIDAY, "Before that"), Footing::Before);
    assert_eq!(footing(FRIDAY, "I answered"), Footing::Before);
    assert_eq!(footing(FRIDAY, "A study"), Footing::Before);
    assert_eq!(footing(FRIDAY, "A business"), Footing::Alone);
}

#[test]
fn what_is_announced_comes_too() {
    assert!(holds(FRIDAY, "The two hours"));
    assert!(holds(FRIDAY, "First come"));
    assert!(holds(FRIDAY, "Then come"));
    assert!(!holds(FRIDAY, "Then I look"));
    assert!(holds(FRIDAY, "A business"));
    let letters = "Three things made the letters work. I gave a date. I showed the sum. I did not apologise.";
    assert!(holds(letters, "Three things") && holds(letters, "I gave") && holds(letters, "I showed"));
    assert!(!holds(letters, "I did"));
}

#[test]
fn contrasts_and_concessions_stay_whole() {
    let text = "Walking costs time. Of course it is about six hours a week. But most of the hours were never work anyway.\n\nAt 900 euros people asked about the date. At 1,260 euros they ask where the tree stood.";
    assert!(holds(text, "Of course"));
    assert_eq!(footing(text, "But most"), Footing::Before);
    assert!(holds(text, "At 900"));
    assert_eq!(footing(text, "At 1,260"), Footing::Before);
}

#[test]
fn questions_hold_their_answers() {
    let text = "How did you become the boss?\n\n“The owner had a stroke, and for three months nobody decided anything.”";
    assert!(holds(text, "How did"));
    assert_eq!(footing(text, "“The owner"), Footing::Before);
}

#[test]
fn general_statements_stand_in_the_middle_too() {
    let text = "A wall in Lyon was painted black last year. Fear is a bad adviser in such cases as these. Light from two sides cancels your own shadow.";
    assert_eq!(footing(text, "Light from"), Footing::Alone);
}

#[test]
fn other_languages() {
    let german = "Zehn Jahre lang haben wir jedem Kunden Rabatt gegeben. Das fühlte sich großzügig an. Zwei Kunden haben sich beschwert. Einer davon ist gegangen.\n\nSeit Januar bekommt jeder Kunde einmal im Jahr eine kostenlose Wartung.";
    assert_eq!(footing(german, "Das fühlte"), Footing::Before);
    assert_eq!(footing(german, "Einer davon"), Footing::Before);
    assert_eq!(footing(german, "Seit Januar"), Footing::Alone);
    let spanish = "En 2019 vendíamos 41 libros al día. En 2023 eran 17. Yo lo sabía y aun así firmé otro contrato de alquiler.";
    assert!(holds(spanish, "En 2019"));
    assert_eq!(footing(spanish, "Yo lo"), Footing::Before);
    let french = "Les premières semaines ont été difficiles. Certains trouvaient l'exercice froid. D'autres écrivaient des romans.";
    assert_eq!(footing(french, "D'autres"), Footing::Before);
    let italian = "A gennaio ho segnato ogni visita su un quaderno. Di queste, solo sei persone hanno ordinato qualcosa.";
    assert_eq!(footing(italian, "Di queste"), Footing::Before);
    let dutch = "In januari regende het 22 dagen in de stad. Daarna kocht ik een goede regenbroek. Die kostte negentig euro.";
    assert_eq!(footing(dutch, "Daarna"), Footing::Before);
    assert_eq!(footing(dutch, "Die kostte"), Footing::Before);
    let portuguese =
        "O meu primeiro cliente pagou 80 euros por um casamento inteiro. Ele ficou com doze imagens.";
    assert_eq!(footing(portuguese, "Ele ficou"), Footing::Before);
}
