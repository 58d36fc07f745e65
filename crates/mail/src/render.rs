//! From a template to subject, HTML and plain text.
//!
//! A file is a subject line, a preview line, an empty line and MJML for the inside of the one layout. The plain text is
//! made of the same MJML before the parameters go in, so the two can't differ and no parameter can change either's
//! structure.

use std::collections::HashMap;

use mrml::prelude::{parser::ParserOptions, render::RenderOptions};
use quick_xml::{Reader, events::Event};
use serde_json::{Map, Value};

use crate::Template;

const LAYOUT: &str = include_str!("../templates/base.mjml");
/// Where the layout takes a template in.
const INSIDE: &str = "<!-- inside -->";
/// The longest subject, in characters; parameters such as names are not ours.
const SUBJECT_MAX: usize = 150;
const FOOTER: &str = "--\nBellwether. This address reads no answers.";

/// Why a template could not be rendered. Always a fault in the template; the test of all of them finds it first.
#[derive(Debug, thiserror::Error)]
#[error("the mail template {template} can't be rendered: {fault}")]
pub struct RenderError {
    template: &'static str,
    fault: String,
}

/// A mail ready to be sent.
#[derive(Clone, PartialEq, Eq)]
pub struct Rendered {
    /// One line.
    pub subject: String,
    /// A whole document.
    pub html: String,
    /// The same in plain text.
    pub text: String,
}

fn source(template: &Template) -> &'static str {
    macro_rules! file {
        ($name:literal) => {
            include_str!(concat!("../templates/", $name, ".mjml"))
        };
    }
    match template {
        Template::MagicLink { .. } => file!("magic_link"),
        Template::ConfirmSignUp { .. } => file!("confirm_sign_up"),
        Template::AlreadySignedUp { .. } => file!("already_signed_up"),
        Template::VerifyEmail { .. } => file!("verify_email"),
        Template::ChangeEmail { .. } => file!("change_email"),
        Template::EmailChanged { .. } => file!("email_changed"),
        Template::ResetPassword { .. } => file!("reset_password"),
        Template::PasswordChanged { .. } => file!("password_changed"),
        Template::Invitation { .. } => file!("invitation"),
        Template::ApplicationReceived { .. } => file!("application_received"),
        Template::ApplicationApproved { .. } => file!("application_approved"),
        Template::ApplicationRejected { .. } => file!("application_rejected"),
        Template::WaitlistJoined => file!("waitlist_joined"),
        Template::EarlyAccess { .. } => file!("early_access"),
        Template::DemoScheduled { .. } => file!("demo_scheduled"),
        Template::AgencyInvitation { .. } => file!("agency_invitation"),
        Template::AdminNotice { .. } => file!("admin_notice"),
        Template::SecurityNotice { .. } => file!("security_notice"),
        Template::Notices { .. } => file!("notices"),
        Template::Countdown { .. } => file!("countdown"),
        Template::Morning { .. } => file!("morning"),
        Template::Brought { .. } => file!("brought"),
        Template::OrganizationDeleted { .. } => file!("organization_deleted"),
        Template::AccountDeleted { .. } => file!("account_deleted"),
    }
}

/// Renders a mail.
pub fn render(template: &Template) -> Result<Rendered, RenderError> {
    let fault = |fault: String| RenderError { template: template.name(), fault };
    let params = match serde_json::to_value(template).map_err(|error| fault(error.to_string()))? {
        Value::Object(params) => params,
        _ => Map::new(),
    };
    let mut lines = source(template).splitn(3, '\n');
    let mut header = |name: &str| {
        let line = lines.next().and_then(|line| line.strip_prefix(name)?.strip_prefix(": "));
        line.ok_or_else(|| fault(format!("it has no {name} line")))
    };
    let (subject, preview) = (header("subject")?, header("preview")?);
    let inside = lines.next().unwrap_or_default();

    let subject = one_line(&fill(subject, &params, &plain).map_err(fault)?);
    let preview = one_line(&fill(preview, &params, &plain).map_err(fault)?);
    let (mut paragraphs, mut mjml) = (Vec::new(), String::new());
    for part in parts(inside).map_err(fault)? {
        let text = to_text(part.source).map_err(fault)?;
        for params in part.params(&params).map_err(fault)? {
            paragraphs.push(fill(&text, params, &plain).map_err(fault)?);
            mjml.push_str(&fill(part.source, params, &escaped).map_err(fault)?);
        }
    }
    paragraphs.retain(|text| !text.is_empty());
    let text = paragraphs.join("\n\n");

    let mut frame = Map::new();
    frame.insert("subject".into(), subject.clone().into());
    frame.insert("preview".into(), preview.into());
    let layout = fill(LAYOUT, &frame, &escaped).map_err(fault)?.replacen(INSIDE, &mjml, 1);
    let html = mrml::parse_with_options(&layout, &ParserOptions::default())
        .map_err(|error| fault(error.to_string()))?
        .element
        // no fonts: a mail loads nothing from outside
        .render(&RenderOptions { fonts: HashMap::default(), ..RenderOptions::default() })
        .map_err(|error| fault(error.to_string()))?;
    Ok(Rendered { subject, html, text: format!("{text}\n\n{FOOTER}\n") })
}

/// A piece of a template: written once, or between `{{#name}}` and `{{/name}}` once for each thing of a list.
struct Part<'a> {
    list: Option<&'a str>,
    source: &'a str,
}

impl Part<'_> {
    /// What it is filled with, each time that it is written.
    fn params<'p>(&self, all: &'p Map<String, Value>) -> Result<Vec<&'p Map<String, Value>>, String> {
        let Some(name) = self.list else { return Ok(vec![all]) };
        let things = all.get(name).and_then(Value::as_array).ok_or(format!("it has no list {name}"))?;
        Ok(things.iter().filter_map(Value::as_object).collect())
    }
}

/// The pieces of a template in order. Lists don't stand in lists.
fn parts(source: &str) -> Result<Vec<Part<'_>>, String> {
    let mut parts = Vec::new();
    let mut rest = source;
    while let Some((before, after)) = rest.split_once("{{#") {
        let (name, after) = after.split_once("}}").ok_or("a list is not opened whole")?;
        let (inside, after) =
            after.split_once(&format!("{{{{/{name}}}}}")).ok_or(format!("the list {name} is not closed"))?;
        parts.push(Part { list: None, source: before });
        parts.push(Part { list: Some(name), source: inside });
        rest = after;
    }
    parts.push(Part { list: None, source: rest });
    Ok(parts)
}

/// Puts parameters in for `{{name}}`, once: what a parameter brings is never filled again. Several lines become lines.
fn fill(
    source: &str,
    params: &Map<String, Value>,
    write: &dyn Fn(&[String]) -> String,
) -> Result<String, String> {
    let mut out = String::with_capacity(source.len() + 256);
    let mut rest = source;
    while let Some((before, after)) = rest.split_once("{{") {
        let (name, after) = after.split_once("}}").ok_or("a parameter is not closed")?;
        let lines = match params.get(name) {
            Some(Value::String(text)) => vec![text.clone()],
            Some(Value::Number(number)) => vec![number.to_string()],
            Some(Value::Array(lines)) => lines.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
            _ => return Err(format!("it has no parameter {name}")),
        };
        out.push_str(before);
        out.push_str(&write(&lines));
        rest = after;
    }
    out.push_str(rest);
    Ok(out)
}

fn plain(lines: &[String]) -> String {
    lines.join("\n")
}

fn escaped(lines: &[String]) -> String {
    let mut out = String::new();
    for (index, line) in lines.iter().enumerate() {
        if index > 0 {
            out.push_str("<br />");
        }
        for letter in line.chars() {
            match letter {
                '&' => out.push_str("&amp;"),
                '<' => out.push_str("&lt;"),
                '>' => out.push_str("&gt;"),
                '"' => out.push_str("&quot;"),
                '\'' => out.push_str("&#39;"),
                // XML has no other control characters
                letter if letter.is_control() => out.push(' '),
                letter => out.push(letter),
            }
        }
    }
    out
}

fn one_line(text: &str) -> String {
    let words: Vec<&str> = text.split(|c: char| c.is_whitespace() || c.is_control()).collect();
    let words: Vec<&str> = words.into_iter().filter(|word| !word.is_empty()).collect();
    words.join(" ").chars().take(SUBJECT_MAX).collect()
}

/// The plain text of a template: paragraphs apart by an empty line, a button or a link as its words and its address.
fn to_text(inside: &str) -> Result<String, String> {
    let mut reader = Reader::from_str(inside);
    let mut paragraphs: Vec<String> = Vec::new();
    let mut text = String::new();
    let mut address: Option<String> = None;
    loop {
        match reader.read_event().map_err(|error| error.to_string())? {
            Event::Eof => break,
            Event::Start(start) => match start.name().as_ref() {
                "mj-text" => text.clear(),
                "mj-button" => {
                    text.clear();
                    let href = start.try_get_attribute("href").map_err(|error| error.to_string())?;
                    let href = href.ok_or("a button without an address")?;
                    address = Some(href.value.into_owned());
                }
                "a" => {
                    let href = start.try_get_attribute("href").map_err(|error| error.to_string())?;
                    address = Some(href.ok_or("a link without an address")?.value.into_owned());
                }
                "strong" | "em" => {}
                other => return Err(format!("plain text can't show <{other}>")),
            },
            Event::Empty(empty) if empty.name().as_ref() == "br" => text.push(BREAK),
            // nothing to be read
            Event::Empty(empty) if matches!(empty.name().as_ref(), "mj-image" | "mj-divider") => {}
            Event::Text(piece) => text.push_str(&piece),
            Event::End(end) => match end.name().as_ref() {
                "mj-text" => paragraphs.push(tidy(&text)),
                "a" => {
                    text.push_str(": ");
                    text.push_str(&address.take().unwrap_or_default());
                }
                "mj-button" => {
                    let address = address.take().unwrap_or_default();
                    paragraphs.push(format!("{}:\n{address}", tidy(&text)));
                }
                _ => {}
            },
            other => return Err(format!("plain text can't show {other:?}")),
        }
    }
    Ok(paragraphs.join("\n\n"))
}

/// Stands for `<br />` until lines are put together.
const BREAK: char = '\u{b}';

/// Lines as the file broke them are one; lines broken by `<br />` stay.
fn tidy(text: &str) -> String {
    let line = |line: &str| line.split_whitespace().collect::<Vec<_>>().join(" ");
    text.split(BREAK).map(line).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use strum::IntoEnumIterator as _;

    use super::*;
    use crate::{MorningDraft, MorningTrend, SeenMark};

    /// One of each, every text the same.
    fn all(text: &str) -> Vec<Template> {
        let s = || text.to_owned();
        let made: Vec<Template> = Template::iter()
            .map(|kind| match kind {
                Template::MagicLink { .. } => Template::MagicLink { link: s(), minutes: 15 },
                Template::ConfirmSignUp { .. } => Template::ConfirmSignUp { link: s(), hours: 24 },
                Template::AlreadySignedUp { .. } => Template::AlreadySignedUp { sign_in: s(), reset: s() },
                Template::VerifyEmail { .. } => Template::VerifyEmail { link: s() },
                Template::ChangeEmail { .. } => Template::ChangeEmail { link: s(), address: s() },
                Template::EmailChanged { .. } => Template::EmailChanged { address: s(), link: s(), days: 7 },
                Template::ResetPassword { .. } => Template::ResetPassword { link: s(), minutes: 30 },
                Template::PasswordChanged { .. } => Template::PasswordChanged { when: s(), device: s() },
                Template::Invitation { .. } => {
                    Template::Invitation { organization: s(), inviter: s(), role: s(), link: s() }
                }
                Template::ApplicationReceived { .. } => Template::ApplicationReceived { name: s() },
                Template::ApplicationApproved { .. } => Template::ApplicationApproved { link: s() },
                Template::ApplicationRejected { .. } => Template::ApplicationRejected { reason: s() },
                Template::WaitlistJoined => Template::WaitlistJoined,
                Template::EarlyAccess { .. } => Template::EarlyAccess { link: s() },
                Template::DemoScheduled { .. } => Template::DemoScheduled { when: s() },
                Template::AgencyInvitation { .. } => {
                    Template::AgencyInvitation { agency: s(), inviter: s(), link: s() }
                }
                Template::AdminNotice { .. } => Template::AdminNotice { subject: s(), lines: vec![s(), s()] },
                Template::SecurityNotice { .. } => {
                    Template::SecurityNotice { what: s(), when: s(), device: s() }
                }
                Template::Notices { .. } => {
                    Template::Notices { subject: s(), lines: vec![s(), s()], link: s(), settings: s() }
                }
                Template::Countdown { .. } => Template::Countdown {
                    subject: s(),
                    preview: s(),
                    lines: vec![s()],
                    link: s(),
                    why: s(),
                    unsubscribe: s(),
                },
                Template::Morning { .. } => Template::Morning {
                    subject: s(),
                    title: s(),
                    intro: s(),
                    approvable: vec![draft(text), draft(text)],
                    readable: vec![],
                    trends: vec![MorningTrend { name: s(), lines: vec![s(), s()], open: s() }],
                    all: s(),
                    link: s(),
                    unsubscribe: s(),
                    seen: vec![],
                },
                Template::Brought { .. } => {
                    let (label, link) = (s(), s());
                    Template::Brought {
                        subject: s(),
                        preview: s(),
                        lines: vec![s()],
                        label,
                        link,
                        unsubscribe: s(),
                    }
                }
                Template::OrganizationDeleted { .. } => {
                    Template::OrganizationDeleted { organization: s(), until: s(), link: s() }
                }
                Template::AccountDeleted { .. } => Template::AccountDeleted { until: s(), link: s() },
            })
            .collect();
        assert_eq!(made.len(), 24);
        made
    }

    fn draft(text: &str) -> MorningDraft {
        let s = || text.to_owned();
        MorningDraft { place: s(), lines: vec![s()], why: s(), approve: s(), open: s() }
    }

    #[test]
    fn a_list_is_written_for_each_of_its_things() {
        let of = |approvable: Vec<MorningDraft>, readable: Vec<MorningDraft>, seen: Vec<SeenMark>| {
            let s = || "x".to_owned();
            let (link, unsubscribe) = (s(), s());
            let mail = Template::Morning {
                subject: s(),
                title: s(),
                intro: s(),
                approvable,
                readable,
                trends: vec![],
                all: s(),
                link,
                unsubscribe,
                seen,
            };
            render(&mail).unwrap()
        };
        let two = of(vec![draft("FIRST"), draft("SECOND")], vec![], vec![]);
        let (first, second) = (two.text.find("FIRST").unwrap(), two.text.find("SECOND").unwrap());
        assert!(first < second && two.html.find("FIRST") < two.html.find("SECOND"), "{}", two.text);
        assert_eq!(two.text.matches("Approve:").count(), 2, "{}", two.text);
        assert!(!two.html.contains("<img"));
        let readable =
            of(vec![], vec![draft("ONLY")], vec![SeenMark { address: "https://b.example/s".into() }]);
        assert!(readable.text.contains("ONLY") && !readable.text.contains("Approve:"), "{}", readable.text);
        assert!(readable.html.contains("src=\"https://b.example/s\"") && !readable.text.contains("/s\n"));
    }

    #[test]
    fn every_template_renders_with_all_its_parameters() {
        for template in all("MARK-1") {
            let mail = render(&template).unwrap();
            let name = template.name();
            assert!(mail.subject.len() > 5 && !mail.subject.contains('\n'), "{name}");
            let params = serde_json::to_value(&template).unwrap();
            if params.is_object() {
                assert!(mail.html.contains("MARK-1") && mail.text.contains("MARK-1"), "{name}");
            }
            for (part, text) in [("html", &mail.html), ("text", &mail.text)] {
                assert!(!text.contains("{{") && !text.contains("}}"), "{name} {part}");
            }
            assert!(!mail.text.contains('<'), "{name}: {}", mail.text);
            // light and dark, the accent, and nothing from outside
            assert!(mail.html.contains("prefers-color-scheme: dark"), "{name}");
            assert!(mail.html.contains("color-scheme\" content=\"light dark"), "{name}");
            assert!(mail.html.contains("#d9a94e"), "{name}");
            for outside in ["<img", "<script", "fonts.googleapis", "@import", "url(", "<link"] {
                assert!(!mail.html.contains(outside), "{name}: {outside}");
            }
        }
    }

    #[test]
    fn no_parameter_can_change_the_mail() {
        let hostile = "\"'><script>alert(1)</script><mj-raw>{{link}}{{subject}}&amp;\r\nBcc: eve@example.org";
        for template in all(hostile) {
            let mail = render(&template).unwrap();
            let name = template.name();
            assert!(!mail.html.contains("<script") && !mail.html.contains("<mj-raw"), "{name}");
            assert!(!mail.subject.contains('\n') && !mail.subject.contains('\r'), "{name}");
            if serde_json::to_value(&template).unwrap().is_object() {
                // written as it was given, and not filled again
                assert!(mail.html.contains("&lt;script&gt;") && mail.html.contains("{{link}}"), "{name}");
                assert!(mail.html.contains("&amp;amp;"), "{name}");
                assert!(mail.text.contains("<script>alert(1)</script>"), "{name}");
            }
        }
    }

    #[test]
    fn a_link_arrives_whole_in_both_parts() {
        let link = "https://bell.example/sign-in/link?a=1&b=2#token=A-b_C";
        let mail = render(&Template::MagicLink { link: link.into(), minutes: 15 }).unwrap();
        assert!(mail.html.contains("href=\"https://bell.example/sign-in/link?a=1&amp;b=2#token=A-b_C\""));
        assert!(mail.text.lines().any(|line| line == link), "{}", mail.text);
        assert!(mail.text.contains("15 minutes"));
    }

    #[test]
    fn what_is_no_button_is_a_short_link_and_stands_whole_in_the_text() {
        let long = format!("https://bell.example/api/v1/deliveries/unsubscribe/{}", "x".repeat(200));
        let s = || "x".to_owned();
        let mails = [
            Template::Morning {
                subject: s(),
                title: s(),
                intro: s(),
                approvable: vec![],
                readable: vec![],
                trends: vec![],
                all: "See all that wait".into(),
                link: format!("{long}?all"),
                unsubscribe: long.clone(),
                seen: vec![],
            },
            Template::Brought {
                subject: s(),
                preview: s(),
                lines: vec![],
                label: s(),
                link: s(),
                unsubscribe: long.clone(),
            },
            Template::Countdown {
                subject: s(),
                preview: s(),
                lines: vec![],
                link: s(),
                why: s(),
                unsubscribe: long.clone(),
            },
            Template::Notices { subject: s(), lines: vec![], link: s(), settings: long.clone() },
        ];
        for template in mails {
            let (name, mail) = (template.name(), render(&template).unwrap());
            assert!(mail.html.contains(&format!("href=\"{long}\"")), "{name}: {}", mail.html);
            // an address is no word for people: it stands in tags alone
            let shown: String = mail
                .html
                .split('<')
                .filter_map(|piece| piece.split_once('>'))
                .map(|(_, text)| text)
                .collect();
            assert!(!shown.contains("https://"), "{name}: {shown}");
            assert!(mail.text.contains(&format!(": {long}")), "{name}: {}", mail.text);
        }
        let mail = render(&Template::Countdown {
            subject: s(),
            preview: s(),
            lines: vec![],
            link: s(),
            why: s(),
            unsubscribe: long,
        })
        .unwrap();
        assert!(mail.html.contains(">Unsubscribe from all news of Bellwether</a>"), "{}", mail.html);
    }

    #[test]
    fn long_names_leave_a_subject() {
        let template = Template::Invitation {
            organization: "x".repeat(500),
            inviter: "Ada".into(),
            role: "an admin".into(),
            link: "https://bell.example".into(),
        };
        assert!(render(&template).unwrap().subject.chars().count() <= SUBJECT_MAX);
    }
}
