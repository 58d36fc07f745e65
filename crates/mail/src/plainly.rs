//! Why a mail did not leave, for the person whose mail it was: plain words first, the server's own after them.

/// Answers that speak of the address, where the server gives no closer code (RFC 3463).
const OF_ADDRESS: [i16; 4] = [550, 551, 553, 556];
/// Answers to how Bellwether signs in there.
const OF_SIGNING_IN: [i16; 4] = [530, 534, 535, 538];
/// The longest answer that is kept, in characters.
const LONGEST: usize = 500;

/// What a mail server answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// Three digits (RFC 5321, 4.2): 4yz is "not now", 5yz "no".
    pub code: i16,
    /// The closer code, where the server gives one (RFC 3463): `5.1.1`.
    pub status: Option<String>,
    /// Its words without the two.
    pub text: String,
}

impl Reply {
    pub(crate) fn of(code: u16, text: &str) -> Self {
        let text: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(LONGEST).collect();
        let first = text.split_whitespace().next().filter(|word| is_status(word)).map(str::to_owned);
        let rest = first.as_ref().map_or(text.as_str(), |status| text.trim_start().split_at(status.len()).1);
        Self { code: i16::try_from(code).unwrap_or_default(), text: rest.trim().to_owned(), status: first }
    }

    /// As it came, on one line.
    pub(crate) fn own(&self) -> String {
        match &self.status {
            Some(status) => format!("{status} {}", self.text).trim_end().to_owned(),
            None => self.text.clone(),
        }
    }

    /// Whether it says that there is no such address, or none that takes mail: nothing that is sent there will arrive.
    ///
    /// Not all of 5.1.z: some of it is about the sender (5.1.7 to 5.1.9). Of the codes alone 550 says nothing sure, since what is
    /// refused for its content is answered so too (RFC 5321, 4.2.3): one more mail there is less wrong than none ever.
    fn no_such_address(&self) -> bool {
        const GONE: [&str; 6] = ["5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1"];
        match &self.status {
            Some(closer) => self.code >= 500 && GONE.contains(&closer.as_str()),
            None => [551, 556].contains(&self.code),
        }
    }

    fn plainly(&self) -> &'static str {
        if self.code < 500 {
            return "The mail server takes nothing at the moment";
        }
        let of_address = self.status.as_ref().map_or(OF_ADDRESS.contains(&self.code), |closer| {
            closer.starts_with("5.1.") || closer.starts_with("5.2.1")
        });
        if OF_SIGNING_IN.contains(&self.code) {
            "The mail server does not let Bellwether in, which its operator has to mend"
        } else if of_address {
            "The mail server refuses this address"
        } else {
            "The mail server refuses this mail"
        }
    }
}

/// Whether a word is a closer code: class, subject and detail.
fn is_status(word: &str) -> bool {
    let parts: Vec<&str> = word.split('.').collect();
    let number =
        |part: &&str| (1..=3).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
    parts.len() == 3 && ["2", "4", "5"].contains(&parts[0]) && parts.iter().all(number)
}

/// Why a mail did not leave, or what is not known of one that did, as the outbox has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trouble {
    /// For operators.
    pub error: String,
    /// What the server answered; none where there was no answer.
    pub reply: Option<Reply>,
}

impl Trouble {
    /// Whether a server said that there is no such address, or none that takes mail.
    pub fn no_such_address(&self) -> bool {
        self.reply.as_ref().is_some_and(Reply::no_such_address)
    }
}

/// Says in plain words why a mail did not leave; what is none of a server's answers stays as it is.
pub fn plainly(trouble: &Trouble) -> String {
    let reply = trouble.reply.clone().or_else(|| before::reply(&trouble.error));
    match reply {
        Some(reply) => with_own(reply.plainly(), &reply.own()),
        None => before::unreached(&trouble.error).unwrap_or_else(|| trouble.error.clone()),
    }
}

/// A server that could not be spoken with, and why as far as that is known.
pub(crate) fn unreached(why: &str) -> String {
    with_own("The mail server can’t be reached", why)
}

fn with_own(plain: &str, own: &str) -> String {
    let own = own.trim().trim_end_matches('.');
    if own.is_empty() { format!("{plain}.") } else { format!("{plain}: {own}.") }
}

/// What was noted before replies were kept by themselves (migration 0066): the mail library's words. The outbox keeps a mail for
/// 30 days; the release after that has no use for this.
mod before {
    use super::{Reply, with_own};

    pub(super) fn reply(error: &str) -> Option<Reply> {
        let rest =
            ["permanent error (", "transient error ("].iter().find_map(|start| error.strip_prefix(start))?;
        let (code, own) = rest.split_once(')')?;
        Some(Reply::of(code.parse().ok()?, own.trim_start_matches(": ")))
    }

    pub(super) fn unreached(error: &str) -> Option<String> {
        let starts = ["Connection error", "network error", "tls error", "the server did not answer in time"];
        let own = starts.iter().find_map(|start| error.strip_prefix(start))?;
        Some(with_own("The mail server can’t be reached", own.trim_start_matches(": ")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_words_stand_first() {
        for (code, own, words) in [
            (
                550,
                "5.1.1 no such user here",
                "The mail server refuses this address: 5.1.1 no such user here.",
            ),
            (550, "no such user.", "The mail server refuses this address: no such user."),
            (550, "5.7.1 looks like spam", "The mail server refuses this mail: 5.7.1 looks like spam."),
            (554, "", "The mail server refuses this mail."),
            (552, "5.2.2", "The mail server refuses this mail: 5.2.2."),
            (
                535,
                "5.7.8 bad credentials",
                "The mail server does not let Bellwether in, which its operator has to mend: 5.7.8 bad credentials.",
            ),
            (451, "4.7.1 try later", "The mail server takes nothing at the moment: 4.7.1 try later."),
        ] {
            let trouble = Trouble { error: format!("{code} {own}"), reply: Some(Reply::of(code, own)) };
            assert_eq!(plainly(&trouble), words);
            // and as it was noted before
            let kind = if code < 500 { "transient" } else { "permanent" };
            let colon = if own.is_empty() { "" } else { ": " };
            let error = format!("{kind} error ({code}){colon}{own}");
            assert_eq!(plainly(&Trouble { error, reply: None }), words);
        }
        for (error, words) in [
            (
                "Connection error: Connection refused (os error 111)",
                "The mail server can’t be reached: Connection refused (os error 111).",
            ),
            ("the server did not answer in time", "The mail server can’t be reached."),
            ("The mail server can’t be reached: no route.", "The mail server can’t be reached: no route."),
            (
                "Handed to the mail server; its answer was lost.",
                "Handed to the mail server; its answer was lost.",
            ),
        ] {
            assert_eq!(plainly(&Trouble { error: error.to_owned(), reply: None }), words);
        }
    }

    #[test]
    fn an_address_is_gone_when_the_server_says_so_of_it() {
        let gone = |code, own: &str| {
            Trouble { error: String::new(), reply: Some(Reply::of(code, own)) }.no_such_address()
        };
        for (code, own) in
            [(550, "5.1.1 no such user"), (554, "5.1.10 null MX"), (550, "5.2.1 disabled"), (556, "none")]
        {
            assert!(gone(code, own), "{code} {own}");
        }
        for (code, own) in [
            (550, "no"),
            (550, "5.7.1 looks like spam"),
            (553, "5.1.8 bad sender"),
            (552, "5.2.2 full"),
            (450, "4.1.1 greylisted"),
            (450, "5.1.1 which is it"),
        ] {
            assert!(!gone(code, own), "{code} {own}");
        }
        assert!(!Trouble { error: "550 5.1.1".into(), reply: None }.no_such_address());
    }

    #[test]
    fn an_answer_is_taken_apart() {
        let reply = |text: &str| {
            let Reply { status, text, .. } = Reply::of(550, text);
            (status, text)
        };
        assert_eq!(reply("5.1.1 no such user"), (Some("5.1.1".into()), "no such user".into()));
        // more lines than one, and what only looks like a code
        assert_eq!(reply("5.7.1 no\n5.7.1 never"), (Some("5.7.1".into()), "no 5.7.1 never".into()));
        assert_eq!(reply("10.0.0.1 is blocked"), (None, "10.0.0.1 is blocked".into()));
        assert_eq!(reply("5.1 no"), (None, "5.1 no".into()));
        assert_eq!(reply("x".repeat(600).as_str()).1.len(), LONGEST);
    }
}
