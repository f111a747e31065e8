//! Rules for detection engines, kept as text.
//!
//! Decides that a text has the outline of its language; never whether it compiles: the receiver's engine says that.

use alloc::string::String;

use super::Reason;
use super::text::is_deceptive;

/// Trimmed, with LF as the only line end and no character that shows otherwise than it reads.
fn lines(text: &str) -> Result<String, Reason> {
    let mut lines = String::with_capacity(text.len());
    let mut characters = text.trim().chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '\r' => {
                if characters.peek() != Some(&'\n') {
                    lines.push('\n');
                }
            }
            '\n' | '\t' => lines.push(character),
            other if is_deceptive(other) => return Err("it holds control or text-direction characters"),
            other => lines.push(other),
        }
    }
    Ok(lines)
}

/// A STIX 2 pattern: observation expressions in brackets, with a comparison and closed quotes.
pub(super) fn stix(text: &str) -> Result<String, Reason> {
    let pattern = lines(text)?;
    if !pattern.starts_with(['[', '(']) {
        return Err("a STIX pattern starts with a bracket");
    }
    let mut depth = 0_usize;
    let mut quoted = false;
    let mut observations = 0_usize;
    let mut characters = pattern.chars();
    while let Some(character) = characters.next() {
        match character {
            '\\' if quoted => drop(characters.next()),
            '\'' => quoted = !quoted,
            '[' if !quoted => {
                depth = depth.saturating_add(1);
                observations = observations.saturating_add(1);
            }
            ']' if !quoted => depth = depth.checked_sub(1).ok_or("a bracket that was never opened")?,
            _ => {}
        }
    }
    if quoted || depth != 0 {
        return Err("a bracket or quote that is never closed");
    }
    if observations == 0 || !pattern.contains(':') {
        return Err("no observation in it");
    }
    Ok(pattern)
}

/// One or more YARA rules, perhaps after `import` and `include`.
pub(super) fn yara(text: &str) -> Result<String, Reason> {
    let rule = lines(text)?;
    let mut words = rule.split(|c: char| c.is_whitespace() || c == '{');
    let named = words.any(|word| word == "rule") && words.find(|word| !word.is_empty()).is_some();
    if !named || !rule.contains('{') || !rule.contains("condition") || !rule.contains('}') {
        return Err("no `rule name { condition: ... }` in it");
    }
    Ok(rule)
}

/// A Sigma rule in YAML: `detection:` and `logsource:` at the start of a line.
pub(super) fn sigma(text: &str) -> Result<String, Reason> {
    let rule = lines(text)?;
    let has = |key: &str| rule.lines().any(|line| line.starts_with(key));
    if !has("detection:") || !has("logsource:") {
        return Err("no `logsource:` and `detection:` in it");
    }
    Ok(rule)
}

/// Suricata or Snort rules: an action, a header, options in parentheses with a `sid`.
pub(super) fn suricata(text: &str) -> Result<String, Reason> {
    const ACTIONS: [&str; 9] =
        ["alert", "pass", "drop", "reject", "rejectsrc", "rejectdst", "rejectboth", "log", "block"];
    let rule = lines(text)?;
    let first = rule.lines().find(|line| !line.trim_start().starts_with('#')).unwrap_or_default();
    let action = first.split_whitespace().next().unwrap_or_default();
    if !ACTIONS.contains(&action) {
        return Err("it does not start with an action such as alert");
    }
    if !rule.contains('(') || !rule.ends_with(')') || !rule.contains("sid:") {
        return Err("no options in parentheses with a sid");
    }
    Ok(rule)
}
