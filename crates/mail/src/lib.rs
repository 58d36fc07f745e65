//! Mail to people: typed templates, an outbox in the database, and the way out by SMTP.
//!
//! [`queue`] renders a [`Template`] and puts it into the outbox in the caller's own transaction, together with the job
//! that sends it: the mail goes out exactly when the change that caused it was committed. Every attempt carries the
//! same `Message-ID`, so a mail that is sent a second time after a crash is recognised by the receiver.
//!
//! What comes by itself ([`queue_marketing`], [`queue_written`]) must not come twice: that it is handed over is committed
//! between the server's word that it may come and the mail, and a mail whose answer was lost is not sent again. What became
//! of it is told at once to who [`Settles`] it.
//!
//! A mail that has a reader ([`mark_reader`]) rests in the quiet hours that [`Rests`] knows of, each of its tries; and what somebody
//! does not want any more is taken back ([`recall`]), as long as no server has it.
//!
//! What the demonstration makes, or what is for its people, is kept and goes to no server: its addresses are made up. A trigger
//! of identity marks such mails when they are queued, whoever queues them.
//!
//! Without an SMTP server mails are *kept*: operators read them under `GET /api/v1/admin/mails`, and their links are in
//! the log. With one, nothing of a mail's content is logged, and its body is removed once it is sent or given up,
//! since it may hold a link that signs somebody in.
//!
//! Owns the table `operations.mails` (no tenant: it is people's mail). Writes no events: what causes a mail does.
//!
//! # One more template
//! A variant of [`Template`] with its parameters, a file `templates/<variant>.mjml` beside the others, and the line in
//! `render::source`. The plain text is made of the same file. A test renders all of them.

mod config;
mod error;
pub mod http;
mod jobs;
mod plainly;
mod queue;
mod render;
mod service;
mod session;
mod sql;
mod template;
mod transport;

pub use config::{ConfigError, MailConfig};
pub use error::Error;
pub use jobs::{Rests, Retain, SendMail, Settle, Settles, Wake};
pub use plainly::{Reply, Trouble, plainly};
pub use queue::{
    Known, NewMail, Outcome, Written, forget, last_to, mark_demo, mark_reader, outcomes, queue,
    queue_marketing, queue_written, recall, recall_of, sent_to, withdraw,
};
pub use render::{RenderError, Rendered, render};
pub use service::{MailSummary, MailView, Mailer, Status};
pub use template::{MorningDraft, MorningTrend, SeenMark, Template};
