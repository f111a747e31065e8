//! Colour on a terminal, plain text everywhere else.
//!
//! Decides when there is colour (a terminal, `NO_COLOR` unset, `TERM` not `dumb`) and which sequence each has. What is
//! painted has to be clean already: see [`one_line`](crate::error::one_line).

use std::io::IsTerminal;

/// What a stretch of text is shown as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ink {
    /// Leaves.
    Green,
    /// Is taken away.
    Red,
    /// Waits for a person.
    Yellow,
    /// Is beside the point.
    Grey,
    /// A heading.
    Bold,
    /// The part of a red text that is taken away.
    RedMark,
    /// The part of a green text that was put in.
    GreenMark,
}

/// Whether to paint at all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Style {
    colour: bool,
}

impl Style {
    /// No colour.
    pub const PLAIN: Style = Style { colour: false };
    /// Colour, whatever the surroundings say.
    pub const COLOUR: Style = Style { colour: true };

    /// What suits this stream.
    pub fn of(stream: &impl IsTerminal) -> Style {
        let is_set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
        let is_dumb = std::env::var_os("TERM").is_none_or(|term| term == "dumb");
        Style { colour: stream.is_terminal() && !is_set("NO_COLOR") && !is_dumb }
    }

    /// `text` in this colour.
    pub fn paint(self, ink: Ink, text: &str) -> String {
        if !self.colour || text.is_empty() {
            return text.to_owned();
        }
        let code = match ink {
            Ink::Green => "32",
            Ink::Red => "31",
            Ink::Yellow => "33",
            Ink::Grey => "90",
            Ink::Bold => "1",
            Ink::RedMark => "1;97;41",
            Ink::GreenMark => "1;30;42",
        };
        format!("\u{1b}[{code}m{text}\u{1b}[0m")
    }

    /// Whether there is colour.
    pub fn is_colour(self) -> bool {
        self.colour
    }
}

#[cfg(test)]
mod tests {
    use super::{Ink, Style};

    #[test]
    fn plain_text_stays_and_colour_ends_where_it_began() {
        assert_eq!(Style::PLAIN.paint(Ink::Red, "x"), "x");
        assert_eq!(Style::COLOUR.paint(Ink::Red, "x"), "\u{1b}[31mx\u{1b}[0m");
        assert_eq!(Style::COLOUR.paint(Ink::Red, ""), "");
    }
}
