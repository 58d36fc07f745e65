//! Sessions with the mail server (RFC 5321), in two steps: it says that it will take a mail, then it gets the mail. What must
//! not come twice is noted in between; lettre's own transport leaves no room for that.

use std::{
    future::Future,
    iter,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use lettre::{
    address::Envelope,
    transport::smtp::{
        Error,
        authentication::{Credentials, DEFAULT_MECHANISMS},
        client::{AsyncSmtpConnection, Tls},
        commands::{Data, Mail, Rcpt},
        extension::{ClientId, Extension, MailBodyParameter, MailParameter},
    },
};
use tokio::{task::AbortHandle, time};

use crate::plainly::{Reply, Trouble, unreached};

/// How long a session waits for the next mail; servers end them after a few minutes.
pub(crate) const REST: Duration = Duration::from_secs(15);
/// Sessions that wait at once.
const RESTING: usize = 10;

/// Why a mail did not leave.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Refused {
    /// It may at another time.
    Later(Trouble),
    /// It never will.
    Never(Trouble),
    /// All of it went out, and what the server said to it was lost: it may have left.
    Unclear(Trouble),
}

impl Refused {
    /// What no server can take.
    pub(crate) fn never(why: impl Into<String>) -> Self {
        Self::Never(Trouble { error: why.into(), reply: None })
    }
}

/// A mail server, and the sessions with it that wait for the next mail.
pub(crate) struct Server {
    pub(crate) host: String,
    pub(crate) port: u16,
    pub(crate) tls: Tls,
    /// How we call ourselves.
    pub(crate) hello: ClientId,
    pub(crate) credentials: Option<Credentials>,
    /// How long it may take to greet, from the first packet on.
    pub(crate) patience_to_connect: Duration,
    /// How long it may take to answer a command.
    pub(crate) patience: Duration,
    /// How long it may take to get a mail and to say that it has it.
    pub(crate) patience_at_end: Duration,
    /// How long a session waits for the next mail.
    pub(crate) rest: Duration,
    pub(crate) resting: Mutex<Resting>,
}

/// Sessions between two mails, the latest last.
#[derive(Default)]
pub(crate) struct Resting {
    sessions: Vec<Rested>,
    /// How many there ever were.
    count: u64,
}

struct Rested {
    number: u64,
    connection: Box<AsyncSmtpConnection>,
    /// Ends it when its rest is over.
    end: AbortHandle,
}

/// A mail that the server is about to take. Dropped, it breaks the connection off: then the server has nothing of it.
pub(crate) struct Offered<'a> {
    server: &'a Arc<Server>,
    connection: Box<AsyncSmtpConnection>,
    mail: Vec<u8>,
}

impl Server {
    /// Asks the server to take a mail, up to its word that it may come.
    pub(crate) async fn offer(
        self: &Arc<Self>,
        envelope: &Envelope,
        mail: Vec<u8>,
    ) -> Result<Offered<'_>, Refused> {
        if let Some(mut rested) = self.take() {
            match self.begin(&mut rested, envelope, &mail).await {
                Ok(()) => return Ok(Offered { server: self, connection: rested, mail }),
                Err(refused) => self.leave(rested, refused)?,
            }
        }
        let mut connection = self.connect().await?;
        match self.begin(&mut connection, envelope, &mail).await {
            Ok(()) => Ok(Offered { server: self, connection, mail }),
            Err(refused) => {
                self.quit(connection);
                Err(refused)
            }
        }
    }

    /// Leaves a session that has rested. That it would not go on is no word on the mail: servers end sessions after a while or
    /// after a number of mails, each in its own words, and a fresh one is asked.
    fn leave(&self, rested: Box<AsyncSmtpConnection>, refused: Refused) -> Result<(), Refused> {
        self.quit(rested);
        match refused {
            Refused::Never(_) => Err(refused),
            Refused::Later(_) | Refused::Unclear(_) => Ok(()),
        }
    }

    async fn connect(&self) -> Result<Box<AsyncSmtpConnection>, Refused> {
        let from_the_start = match &self.tls {
            Tls::Wrapper(parameters) => Some(parameters.clone()),
            _ => None,
        };
        let to = (self.host.as_str(), self.port);
        let patience = self.patience_to_connect;
        // a third for each address of the name; all of it with TLS, the greeting and EHLO
        let connecting =
            AsyncSmtpConnection::connect_tokio1(to, Some(patience / 3), &self.hello, from_the_start, None);
        let mut connection = in_time(patience, connecting).await?;
        match &self.tls {
            Tls::Required(parameters) => {
                in_time(self.patience, connection.starttls(parameters.clone(), &self.hello)).await?;
            }
            Tls::Opportunistic(parameters) if connection.can_starttls() => {
                in_time(self.patience, connection.starttls(parameters.clone(), &self.hello)).await?;
            }
            _ => {}
        }
        if let Some(credentials) = &self.credentials {
            in_time(self.patience, connection.auth(DEFAULT_MECHANISMS, credentials)).await?;
        }
        Ok(Box::new(connection))
    }

    /// From `MAIL` to the answer to `DATA`.
    async fn begin(
        &self,
        connection: &mut AsyncSmtpConnection,
        envelope: &Envelope,
        mail: &[u8],
    ) -> Result<(), Refused> {
        let can = |extension| connection.server_info().supports_feature(extension);
        let mut options = Vec::new();
        // RFC 6531 and RFC 6152: only to who says that it can
        let addresses = envelope.to().iter().chain(envelope.from());
        if addresses.map(AsRef::<str>::as_ref).any(|address: &str| !address.is_ascii()) {
            if !can(Extension::SmtpUtfEight) {
                return Err(Refused::never("the server takes no addresses beyond ASCII (SMTPUTF8)"));
            }
            options.push(MailParameter::SmtpUtfEight);
        }
        if !mail.is_ascii() {
            if !can(Extension::EightBitMime) {
                return Err(Refused::never("the server takes no text beyond ASCII (8BITMIME)"));
            }
            options.push(MailParameter::Body(MailBodyParameter::EightBitMime));
        }
        in_time(self.patience, connection.command(Mail::new(envelope.from().cloned(), options))).await?;
        for to in envelope.to() {
            in_time(self.patience, connection.command(Rcpt::new(to.clone(), Vec::new()))).await?;
        }
        in_time(self.patience, connection.command(Data)).await?;
        Ok(())
    }

    fn resting(&self) -> MutexGuard<'_, Resting> {
        self.resting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn take(&self) -> Option<Box<AsyncSmtpConnection>> {
        let rested = self.resting().sessions.pop()?;
        rested.end.abort();
        Some(rested.connection)
    }

    /// Keeps a session for the next mail, for a while.
    fn rest(self: &Arc<Self>, connection: Box<AsyncSmtpConnection>) {
        let mut resting = self.resting();
        if resting.sessions.len() >= RESTING {
            drop(resting);
            self.quit(connection);
            return;
        }
        let number = resting.count;
        resting.count += 1;
        let (server, rest) = (Arc::downgrade(self), self.rest);
        let end = tokio::spawn(async move {
            time::sleep(rest).await;
            let Some(server) = server.upgrade() else { return };
            let mut resting = server.resting();
            let found = resting.sessions.iter().position(|rested| rested.number == number);
            let rested = found.map(|at| resting.sessions.remove(at));
            drop(resting);
            if let Some(rested) = rested {
                server.quit(rested.connection);
            }
        });
        resting.sessions.push(Rested { number, connection, end: end.abort_handle() });
    }

    /// Says goodbye. Nobody waits for the answer.
    fn quit(&self, mut connection: Box<AsyncSmtpConnection>) {
        let patience = self.patience;
        tokio::spawn(async move {
            // whatever it says, it is over
            let _ = time::timeout(patience, connection.abort()).await;
        });
    }
}

impl Offered<'_> {
    /// Gives the mail to the server.
    pub(crate) async fn write(self) -> Result<(), Refused> {
        let Self { server, mut connection, mail } = self;
        // lettre asks for more once all is written, and ends the mail when there is no more. Without its end a server has no
        // mail (RFC 5321, 4.1.1.4)
        let ended = AtomicBool::new(false);
        let mut whole = Some(mail.as_slice());
        let parts = iter::from_fn(|| {
            let part = whole.take();
            ended.store(part.is_none(), Ordering::Relaxed);
            part
        });
        let why = match time::timeout(server.patience_at_end, connection.message_iter(parts)).await {
            Ok(Ok(_)) => {
                server.rest(connection);
                return Ok(());
            }
            Ok(Err(error)) if error.status().is_some() => {
                server.quit(connection);
                return Err(refused(&error));
            }
            Ok(Err(error)) => trouble(&error),
            Err(_) => silent(),
        };
        Err(if ended.into_inner() { Refused::Unclear(why) } else { Refused::Later(why) })
    }
}

fn silent() -> Trouble {
    Trouble { error: unreached("it did not answer in time"), reply: None }
}

async fn in_time<T>(patience: Duration, asked: impl Future<Output = Result<T, Error>>) -> Result<T, Refused> {
    match time::timeout(patience, asked).await {
        Ok(answer) => answer.map_err(|error| refused(&error)),
        Err(_) => Err(Refused::Later(silent())),
    }
}

/// RFC 5321, 4.2.1: 4yz may pass later, 5yz will not. What the operator has to mend (credentials, TLS, an unreachable
/// server) may pass as well: the mail waits for it.
fn refused(error: &Error) -> Refused {
    let why = trouble(error);
    let code = error.status().map(u16::from);
    let to_mend = matches!(code, Some(530 | 534 | 535 | 538));
    if (error.is_permanent() && !to_mend) || error.is_client() {
        Refused::Never(why)
    } else {
        Refused::Later(why)
    }
}

/// What the server answered, or why there was no answer.
fn trouble(error: &Error) -> Trouble {
    let causes = causes(error);
    if let Some(code) = error.status().map(u16::from) {
        let reply = Reply::of(code, &causes);
        return Trouble {
            error: format!("{code} {}", reply.own()).trim_end().to_owned(),
            reply: Some(reply),
        };
    }
    let error = if error.is_client() || error.is_response() {
        if causes.is_empty() { error.to_string() } else { causes }
    } else {
        unreached(&causes)
    };
    Trouble { error, reply: None }
}

/// What is behind an error of the mail library, without its own words for it.
fn causes(error: &Error) -> String {
    let mut words = String::new();
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        let said = cause.to_string();
        if words.is_empty() {
            words = said;
        } else if !words.contains(&said) {
            words = format!("{words}: {said}");
        }
        source = cause.source();
    }
    words
}

#[cfg(test)]
mod tests {
    use lettre::Address;
    use tokio::{
        io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader},
        net::{TcpListener, TcpStream},
        sync::mpsc,
    };

    use super::*;

    /// Takes everything, and tells the commands.
    async fn talk(stream: TcpStream, said: mpsc::UnboundedSender<String>) -> std::io::Result<()> {
        let (read, mut write) = stream.into_split();
        let mut lines = BufReader::new(read).lines();
        write.write_all(b"220 here\r\n").await?;
        let mut inside = false;
        while let Some(line) = lines.next_line().await? {
            inside = line == "DATA" || inside && line != ".";
            if !inside || line == "DATA" {
                said.send(line.split([' ', ':']).next().unwrap_or_default().to_owned()).unwrap();
                write.write_all(if inside { b"354 go on\r\n" } else { b"250 fine\r\n" }).await?;
            }
        }
        Ok(())
    }

    async fn send(server: &Arc<Server>) {
        let ada: Address = "ada@example.org".parse().unwrap();
        let envelope = Envelope::new(Some(ada.clone()), vec![ada]).unwrap();
        server.offer(&envelope, b"Subject: A\r\n\r\nB".to_vec()).await.unwrap().write().await.unwrap();
    }

    #[tokio::test]
    async fn a_session_whose_rest_is_over_says_goodbye() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let (said, mut heard) = mpsc::unbounded_channel();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(talk(stream, said.clone()));
            }
        });
        let server = |rest| {
            Arc::new(Server {
                host: "127.0.0.1".into(),
                port,
                tls: Tls::None,
                hello: ClientId::Domain("bell.example".into()),
                credentials: None,
                patience_to_connect: Duration::from_secs(30),
                patience: Duration::from_secs(30),
                patience_at_end: Duration::from_secs(30),
                rest,
                resting: Mutex::default(),
            })
        };
        let mut until = async |last: &str| {
            let mut all = Vec::new();
            while all.last().is_none_or(|one| one != last) {
                all.push(heard.recv().await.unwrap());
            }
            all
        };
        let hasty = server(Duration::ZERO);
        send(&hasty).await;
        assert_eq!(until("QUIT").await, ["EHLO", "MAIL", "RCPT", "DATA", ".", "QUIT"]);
        assert!(hasty.resting().sessions.is_empty());

        let patient = server(Duration::from_hours(1));
        send(&patient).await;
        send(&patient).await;
        assert_eq!(until(".").await, ["EHLO", "MAIL", "RCPT", "DATA", "."]);
        assert_eq!(until(".").await, ["MAIL", "RCPT", "DATA", "."], "the same session");
        assert_eq!(patient.resting().sessions.len(), 1);
    }
}
