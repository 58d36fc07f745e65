//! A mail server on this machine, written from RFC 5321: it takes what the RFC allows at that point of a session, and
//! fails the session with 503 or 500 for anything else.

use std::{
    collections::VecDeque,
    mem::take,
    net::SocketAddr,
    sync::{Arc, Mutex},
};

use tokio::{
    io::{AsyncBufReadExt as _, AsyncRead, AsyncWrite, AsyncWriteExt as _, BufReader},
    net::TcpListener,
    sync::Notify,
};
use tokio_rustls::TlsAcceptor;

/// A mail as it came in.
#[derive(Debug, Clone)]
pub struct Received {
    pub from: String,
    pub to: Vec<String>,
    /// Header and body, dots unstuffed.
    pub data: String,
}

impl Received {
    /// A header's value, unfolded.
    pub fn header(&self, name: &str) -> Option<String> {
        let (head, _) = self.data.split_once("\r\n\r\n")?;
        let head = head.replace("\r\n ", " ").replace("\r\n\t", " ");
        head.lines()
            .find_map(|line| Some(line.split_once(": ")?).filter(|(key, _)| key.eq_ignore_ascii_case(name)))
            .map(|(_, value)| value.to_owned())
    }

    /// The body with quoted-printable undone (RFC 2045, 6.7).
    pub fn body(&self) -> String {
        let (_, body) = self.data.split_once("\r\n\r\n").unwrap();
        let joined = body.replace("=\r\n", "");
        let mut bytes = Vec::new();
        let mut rest = joined.as_bytes();
        while let Some((&byte, after)) = rest.split_first() {
            let hex = (byte == b'=').then(|| after.get(..2)).flatten();
            let code = hex.and_then(|hex| u8::from_str_radix(std::str::from_utf8(hex).ok()?, 16).ok());
            bytes.push(code.unwrap_or(byte));
            rest = if code.is_some() { &after[2..] } else { after };
        }
        String::from_utf8(bytes).unwrap()
    }
}

/// What is answered instead of what is usual.
#[derive(Debug, Clone)]
struct Answer {
    at: &'static str,
    line: &'static str,
}

/// Instead of an answer: the connection ends.
pub const HANG_UP: &str = "(hangs up)";
/// Instead of an answer: nothing comes.
pub const SILENCE: &str = "(says nothing)";

/// Whether and when a session is encrypted.
#[derive(Clone)]
pub enum Encryption {
    /// Never.
    None,
    /// When the client asks for it (RFC 3207); before that no mail is taken and no password is asked for.
    StartTls(TlsAcceptor),
    /// From the first byte (RFC 8314).
    Implicit(TlsAcceptor),
}

/// A connection, encrypted or not.
trait Wire: AsyncRead + AsyncWrite + Unpin + Send {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send> Wire for T {}

#[derive(Default)]
struct State {
    /// What came with `AUTH PLAIN`, in base64.
    credentials: Vec<String>,
    received: Vec<Received>,
    faults: Vec<String>,
    answers: VecDeque<Answer>,
    sessions: usize,
    /// Sessions wait at `DATA` until this is notified.
    gate: Option<Arc<Notify>>,
}

/// The server.
#[derive(Clone)]
pub struct Sink {
    pub address: SocketAddr,
    state: Arc<Mutex<State>>,
    /// A session has come to a gate.
    at_gate: Arc<Notify>,
    encryption: Encryption,
}

impl Sink {
    pub async fn start() -> Self {
        Self::encrypted(Encryption::None).await
    }

    pub async fn encrypted(encryption: Encryption) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let sink = Self {
            address: listener.local_addr().unwrap(),
            state: Arc::default(),
            at_gate: Arc::default(),
            encryption,
        };
        let serving = sink.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let serving = serving.clone();
                tokio::spawn(async move {
                    serving.state.lock().unwrap().sessions += 1;
                    if let Err(fault) = serving.session(Box::new(stream)).await {
                        serving.state.lock().unwrap().faults.push(fault);
                    }
                });
            }
        });
        sink
    }

    /// The next time that a session is there, this is the answer: after those that were asked for before. Beside commands a
    /// session is at `connect`, `after DATA` (it has the mail if it hangs up or says nothing, and not if it answers) and
    /// `rest` (the mail before was taken).
    pub fn fail_next(&self, at: &'static str, line: &'static str) {
        self.state.lock().unwrap().answers.push_back(Answer { at, line });
    }

    /// Lets the next session that comes to `DATA` wait; gives what lets it go on.
    pub fn close_gate(&self) -> Arc<Notify> {
        self.state.lock().unwrap().gate.insert(Arc::default()).clone()
    }

    /// Until a session waits at the gate.
    pub async fn at_gate(&self) {
        self.at_gate.notified().await;
    }

    fn fails(&self, at: &str) -> Option<&'static str> {
        let answers = &mut self.state.lock().unwrap().answers;
        answers.pop_front_if(|answer| answer.at == at).map(|answer| answer.line)
    }

    pub fn received(&self) -> Vec<Received> {
        let state = self.state.lock().unwrap();
        assert_eq!(state.faults, Vec::<String>::new(), "the client broke the protocol");
        state.received.clone()
    }

    pub fn sessions(&self) -> usize {
        self.state.lock().unwrap().sessions
    }

    pub fn credentials(&self) -> Vec<String> {
        self.state.lock().unwrap().credentials.clone()
    }

    async fn session(&self, stream: Box<dyn Wire>) -> Result<(), String> {
        let io = |error: std::io::Error| error.to_string();
        let (mut wire, mut secured) = match &self.encryption {
            // a client that does not believe the certificate leaves: that is no fault of it
            Encryption::Implicit(acceptor) => match acceptor.accept(stream).await {
                Ok(stream) => (BufReader::new(Box::new(stream) as Box<dyn Wire>), true),
                Err(_) => return Ok(()),
            },
            _ => (BufReader::new(stream), false),
        };
        if let Some(line) = self.fails("connect") {
            if line == SILENCE {
                std::future::pending::<()>().await;
            }
            wire.write_all(format!("{line}\r\n").as_bytes()).await.map_err(io)?;
        } else {
            wire.write_all(b"220 sink.example ESMTP\r\n").await.map_err(io)?;
        }
        let (mut hello, mut from, mut to) = (false, None::<String>, Vec::<String>::new());
        loop {
            let mut line = Vec::new();
            // a client may break off between commands, also without a goodbye of TLS
            if !matches!(wire.read_until(b'\n', &mut line).await, Ok(1..)) {
                return Ok(());
            }
            // 2.3.8: lines end with CRLF and nothing else; 4.5.3.1.4: 512 octets at most
            let Some(text) = line.strip_suffix(b"\r\n") else { return Err("a line without CRLF".into()) };
            if line.len() > 512 {
                return Err("a command longer than 512 octets".into());
            }
            let text = std::str::from_utf8(text).map_err(|_| "a command that is no text")?.to_owned();
            let verb = text.split([' ', ':']).next().unwrap_or_default().to_ascii_uppercase();
            let path = |prefix: &str| -> Result<String, String> {
                // no space after the colon (3.3)
                let rest = text.get(..prefix.len()).filter(|start| start.eq_ignore_ascii_case(prefix));
                let rest = rest.map(|_| &text[prefix.len()..]).ok_or(format!("not a path: {text}"))?;
                let (path, _) =
                    rest.strip_prefix('<').and_then(|rest| rest.split_once('>')).ok_or(text.clone())?;
                Ok(path.to_owned())
            };
            let failing = self.fails(&verb);
            if failing == Some(HANG_UP) {
                return Ok(());
            }
            if let Some(line) = failing {
                if line == SILENCE {
                    std::future::pending::<()>().await;
                }
                wire.write_all(format!("{line}\r\n").as_bytes()).await.map_err(io)?;
                continue;
            }
            let reply = match verb.as_str() {
                "EHLO" => {
                    let name = text.split_once(' ').map(|(_, name)| name).unwrap_or_default();
                    if !name.contains('.') {
                        return Err(format!("EHLO needs a name or an address literal: {text}"));
                    }
                    (hello, from, to) = (true, None, Vec::new());
                    let more = match (&self.encryption, secured) {
                        (Encryption::StartTls(_), false) => "250-STARTTLS\r\n",
                        (_, true) => "250-AUTH PLAIN\r\n",
                        _ => "",
                    };
                    format!("250-sink.example\r\n250-8BITMIME\r\n{more}250 SIZE 1000000")
                }
                "STARTTLS" if hello && !secured => {
                    let Encryption::StartTls(acceptor) = &self.encryption else {
                        return Err("STARTTLS was not offered".into());
                    };
                    wire.write_all(b"220 go ahead\r\n").await.map_err(io)?;
                    // 4.2: what was sent along in the clear must not count as encrypted
                    if !wire.buffer().is_empty() {
                        return Err("commands behind STARTTLS".into());
                    }
                    let Ok(stream) = acceptor.accept(wire.into_inner()).await else { return Ok(()) };
                    wire = BufReader::new(Box::new(stream));
                    // nothing that was said before counts
                    (secured, hello, from, to) = (true, false, None, Vec::new());
                    continue;
                }
                "AUTH" if hello && secured => {
                    let plain = text.strip_prefix("AUTH PLAIN ").ok_or(format!("not offered: {text}"))?;
                    self.state.lock().unwrap().credentials.push(plain.to_owned());
                    "235 fine".to_owned()
                }
                _ if matches!(self.encryption, Encryption::StartTls(_)) && !secured && verb != "QUIT" => {
                    wire.write_all(b"530 STARTTLS first\r\n").await.map_err(io)?;
                    return Err(format!("in the clear: {text}"));
                }
                "MAIL" if hello && from.is_none() => {
                    from = Some(path("MAIL FROM:")?);
                    "250 fine".to_owned()
                }
                "RCPT" if from.is_some() => {
                    to.push(path("RCPT TO:")?);
                    "250 fine".to_owned()
                }
                "DATA" if from.is_some() && !to.is_empty() => {
                    let gate = self.state.lock().unwrap().gate.take();
                    if let Some(gate) = gate {
                        self.at_gate.notify_one();
                        gate.notified().await;
                    }
                    if let Some(line) = self.fails("after the gate") {
                        wire.write_all(format!("{line}\r\n").as_bytes()).await.map_err(io)?;
                        continue;
                    }
                    wire.write_all(b"354 go on\r\n").await.map_err(io)?;
                    // 4.1.1.4: a mail without its end is none
                    let Some(data) = Self::data(&mut wire).await? else { return Ok(()) };
                    let mail = Received { from: from.take().unwrap_or_default(), to: take(&mut to), data };
                    match self.fails("after DATA") {
                        Some(line) if line != HANG_UP && line != SILENCE => line.to_owned(),
                        failing => {
                            self.state.lock().unwrap().received.push(mail);
                            match failing {
                                Some(HANG_UP) => return Ok(()),
                                Some(_) => std::future::pending().await,
                                None => "250 taken".to_owned(),
                            }
                        }
                    }
                }
                "RSET" => {
                    (from, to) = (None, Vec::new());
                    "250 fine".to_owned()
                }
                "NOOP" => "250 fine".to_owned(),
                "QUIT" => {
                    wire.write_all(b"221 bye\r\n").await.map_err(io)?;
                    return Ok(());
                }
                _ => {
                    let fault = format!("not here: {text}");
                    wire.write_all(b"503 not here\r\n").await.map_err(io)?;
                    return Err(fault);
                }
            };
            wire.write_all(format!("{reply}\r\n").as_bytes()).await.map_err(io)?;
            if reply == "250 taken" && self.fails("rest").is_some() {
                return Ok(());
            }
        }
    }

    /// A mail's data; none when the client breaks off before its end.
    async fn data(read: &mut (impl tokio::io::AsyncBufRead + Unpin)) -> Result<Option<String>, String> {
        let mut data = String::new();
        loop {
            let mut line = Vec::new();
            if !matches!(read.read_until(b'\n', &mut line).await, Ok(1..)) {
                return Ok(None);
            }
            // 4.5.3.1.6: 1000 octets with CRLF
            if line.len() > 1000 || !line.ends_with(b"\r\n") || line[..line.len() - 2].contains(&b'\r') {
                return Err("a line of the data that is too long or ends wrongly".into());
            }
            if line == b".\r\n" {
                return Ok(Some(data));
            }
            let line = String::from_utf8(line).map_err(|_| "8-bit data that is no UTF-8")?;
            // 4.5.2: a dot at the beginning was doubled
            data.push_str(line.strip_prefix('.').unwrap_or(&line));
        }
    }
}
