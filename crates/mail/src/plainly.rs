//! What a mail server said, for the person whose mail it was: plain words first, the server's own after them.

/// Answers that speak of the address, where the server gives no closer code (RFC 3463).
const OF_ADDRESS: [&str; 4] = ["550", "551", "553", "556"];
/// Answers to how Bellwether signs in there.
const OF_SIGNING_IN: [&str; 4] = ["530", "534", "535", "538"];

/// Says in plain words why a mail did not leave, as the outbox notes it; what is none of a server's answers stays as it is.
pub fn plainly(error: &str) -> String {
    let (plain, own) = if let Some((code, own)) = answer(error, "permanent error (") {
        let closer = own.split_whitespace().next().filter(|code| code.starts_with("5.") && code.len() > 4);
        let of_address = closer.map_or(OF_ADDRESS.contains(&code), |closer| {
            closer.starts_with("5.1.") || closer.starts_with("5.2.1")
        });
        let plain = if OF_SIGNING_IN.contains(&code) {
            "The mail server does not let Bellwether in, which its operator has to mend"
        } else if of_address {
            "The mail server refuses this address"
        } else {
            "The mail server refuses this mail"
        };
        (plain, own)
    } else if let Some((_, own)) = answer(error, "transient error (") {
        ("The mail server takes nothing at the moment", own)
    } else if let Some(own) = UNREACHED.iter().find_map(|start| error.strip_prefix(start)) {
        ("The mail server can’t be reached", own.trim_start_matches(": "))
    } else {
        return error.to_owned();
    };
    let own = own.trim().trim_end_matches('.');
    if own.is_empty() { format!("{plain}.") } else { format!("{plain}: {own}.") }
}

/// How the words begin of a server that could not be spoken with.
const UNREACHED: [&str; 4] = ["Connection error", "network error", "tls error", crate::session::SILENT];

/// The code of an answer and the server's own words.
fn answer<'a>(error: &'a str, start: &str) -> Option<(&'a str, &'a str)> {
    let (code, own) = error.strip_prefix(start)?.split_once(')')?;
    Some((code, own.trim_start_matches(": ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_words_stand_first() {
        for (error, words) in [
            (
                "permanent error (550): 5.1.1 no such user here",
                "The mail server refuses this address: 5.1.1 no such user here.",
            ),
            ("permanent error (550): no such user.", "The mail server refuses this address: no such user."),
            (
                "permanent error (550): 5.7.1 looks like spam",
                "The mail server refuses this mail: 5.7.1 looks like spam.",
            ),
            ("permanent error (554)", "The mail server refuses this mail."),
            (
                "permanent error (535): 5.7.8 bad credentials",
                "The mail server does not let Bellwether in, which its operator has to mend: 5.7.8 bad credentials.",
            ),
            (
                "transient error (451): 4.7.1 try later",
                "The mail server takes nothing at the moment: 4.7.1 try later.",
            ),
            (
                "Connection error: Connection refused (os error 111)",
                "The mail server can’t be reached: Connection refused (os error 111).",
            ),
            ("the server did not answer in time", "The mail server can’t be reached."),
            (
                "Handed to the mail server; its answer was lost.",
                "Handed to the mail server; its answer was lost.",
            ),
        ] {
            assert_eq!(plainly(error), words);
        }
    }
}
