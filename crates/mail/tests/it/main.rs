//! The outbox on a real database, and mails on a real connection.

mod outbox;
mod sink;
