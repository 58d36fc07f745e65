//! Draws every template in every size into a folder, to be looked at: `cargo run -p bellwether-cards --example cards DIR`.

use std::{error::Error, path::PathBuf};

use bellwether_cards::{Card, Colours, Size, Template, draw};

fn main() -> Result<(), Box<dyn Error>> {
    let dir: PathBuf = std::env::args().nth(1).ok_or("name a folder")?.into();
    for template in Template::ALL {
        for size in Size::ALL {
            let (heading, text, page) = match template {
                Template::Cover => (
                    "Raising prices without losing customers",
                    "Five things we learned the hard way",
                    Some((1, 6)),
                ),
                Template::Slide => (
                    "Say it early",
                    "Nobody likes a surprise on an invoice. We wrote eight weeks ahead, named the new price, and said why.",
                    Some((2, 6)),
                ),
                _ => ("", "Nobody left because of the price. They left because nobody had told them.", None),
            };
            let card = Card {
                heading,
                text,
                author: "Ada Lovelace",
                source: "Notes on pricing, 2026",
                page,
                logo: None,
            };
            let drawn = draw(template, size, &Colours::default(), &card)?;
            std::fs::write(dir.join(format!("{template:?}-{size:?}.png")), drawn.png)?;
        }
    }
    Ok(())
}
