//! The walk: one held indicator after the other, each with its reason, and a letter for what is to be done.

use std::fmt;
use std::io::Write;

use super::super::Context;
use super::{keep_home, no_daemon, share_and_report};
use crate::api::client;
use crate::error::{Result, one_line};
use crate::exit::Exit;
use crate::review::Held;
use crate::style::{Ink, Style};

const QUESTION: &str = "[s]hare, [k]eep home for good, [l]ater, [q]uit? ";

/// Asks about each. What stays home for good does so at once; what is shared leaves at the end, as one report for each
/// that it came from, and waits until then: whoever quits loses nothing.
pub(super) fn walk(context: &Context, held: &[Held]) -> Result<Exit> {
    let style = Style::of(&std::io::stderr());
    let mut share: Vec<Held> = Vec::new();
    let mut keep: Vec<Held> = Vec::new();
    let mut asked_in_vain = false;
    'walk: for (index, each) in held.iter().enumerate() {
        context.out.show(&Shown { style, held: each, number: index + 1, of: held.len() });
        loop {
            match line(QUESTION).as_deref().map(str::trim) {
                Some("s" | "S" | "share") if client::is_running(&context.home) => share.push(each.clone()),
                Some("s" | "S" | "share") => {
                    asked_in_vain = true;
                    context
                        .out
                        .hint("the daemon is not running: it waits; start `watchfire run` and review again");
                }
                Some("k" | "K" | "keep") => {
                    keep_home(context, std::slice::from_ref(each))?;
                    keep.push(each.clone());
                }
                Some("l" | "L" | "later") => {}
                None | Some("q" | "Q" | "quit") => break 'walk,
                Some(_) => continue,
            }
            break;
        }
    }
    let done = share_and_report(context, &share, &keep)?;
    let all_left = done.shared.len() == share.len();
    context.out.document(&done)?;
    if asked_in_vain {
        return Err(no_daemon());
    }
    Ok(if all_left { Exit::Ok } else { Exit::Refused })
}

/// What a person types; `None` at the end of the input.
pub(super) fn line(question: &str) -> Option<String> {
    let mut stderr = std::io::stderr().lock();
    let _ = write!(stderr, "{question}");
    let _ = stderr.flush();
    drop(stderr);
    let mut line = String::new();
    match std::io::stdin().read_line(&mut line) {
        Ok(1..) => Some(line.trim().to_owned()),
        _ => None,
    }
}

struct Shown<'a> {
    style: Style,
    held: &'a Held,
    number: usize,
    of: usize,
}

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "\n{}", self.style.paint(Ink::Bold, &format!("{} of {}", self.number, self.of)))?;
        one(f, self.style, self.held)
    }
}

/// One held indicator with its reason and its report.
pub(super) fn one(f: &mut fmt::Formatter<'_>, style: Style, held: &Held) -> fmt::Result {
    let value = style.paint(Ink::Yellow, &format!("? {:<10} {}", held.kind, one_line(&held.value)));
    writeln!(f, "{value}")?;
    let detail = held.detail.as_ref().map(|detail| format!(" ({})", one_line(detail))).unwrap_or_default();
    writeln!(f, "    {}{detail} (rule {})", one_line(&held.reason), held.rule)?;
    let title =
        held.title.as_ref().map_or_else(|| "a report without a title".to_owned(), |title| one_line(title));
    let marks = format!("[{}, TLP:{}], since {}", held.severity, held.tlp.to_uppercase(), held.since);
    writeln!(f, "    {}", style.paint(Ink::Grey, &format!("of: {title} {marks}")))
}
