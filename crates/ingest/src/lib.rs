//! What comes in from outside: pages of the web and files, guarded and read down to clean text. Owns no tables,
//! writes no events; every context that takes an address or a file from somebody goes through here.
//!
//! - [`Fetcher`] gets what an address names, if all the internet could get it, in bounded time and size.
//! - [`Reader`] turns a pasted text, an address or a file into a [`Document`](bellwether_language::Document) with
//!   what it says about itself, and [`Reader::read_site`] a few pages of a website, politely.
//!
//! Both answer with errors that have a stable code and a sentence for the one who gave the input; `to_problem` puts
//! them at a place in the request.
//!
//! To read one more kind of file, name it in [`Kind`], tell it by its bytes and its ending in `read/sniff.rs`, and
//! give it a module beside `read/office.rs` that makes a document of it.

pub mod fetch;
mod markup;
pub mod read;
pub mod site;

pub use fetch::{
    Accept, Answer, Ask, Call, CallError, FetchError, FetchPolicy, Fetched, Fetcher, Reply, Step, Validators,
    parse_url,
};
pub use read::{IngestError, Ingested, Input, Isolation, Kind, Limits, Reader, Warning, decode_page};
pub use site::{Robots, Site, SiteError, SitePolicy};
