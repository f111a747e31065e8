//! The sanitizer: what may leave a member's machine.
//!
//! Decides which indicators of an input are shared, which are changed, dropped or held, and why. Runs on the
//! publisher's machine before anything is signed; it never sends, stores or logs anything. Its steps, in the order of a
//! publication:
//!
//! 1. [`extract`](extract::extract): indicators out of prose, tables, lists and AsciiDoc (structured formats bring their own);
//! 2. [`decide`]: each candidate against the table of [`RULES`];
//! 3. [`clean_text`]: titles and summaries;
//! 4. [`guard`]: over every text that would leave, knowing nothing but the member's own list.
//!
//! Fail closed: what cannot be judged is held, and a leak that the guard sees stops the publication.

mod clean_text;
mod decide;
mod encoded;
pub mod extract;
mod guard;
mod own;
mod reserved;
mod rules;
mod special;
mod url_parts;

pub use clean_text::{CleanText, REMOVED, clean_text};
pub use decide::{Change, Decision, decide};
pub use extract::{Extraction, Found, MAX_TEXT_BYTES, Skipped, extract};
pub use guard::{Leak, guard};
pub use own::OwnList;
pub use rules::{ChangeKind, RULES, Rule};
