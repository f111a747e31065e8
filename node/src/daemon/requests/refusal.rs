//! Why the engine refused, in words for people.

use watchfire_protocol::circle::ApproveError;
use watchfire_protocol::engine::Refusal;
use watchfire_protocol::publication::SplitError;

use super::CircleNode;
use crate::control::{ONE_KEY_EACH, not_yet};
use crate::error::Error;
use crate::exit::Exit;

impl CircleNode {
    pub(super) fn explain(&self, refusal: &Refusal) -> Error {
        let rule = |text: String, remedy: &str| Error::new(Exit::Refused, "refused", text, remedy);
        match refusal {
            Refusal::NotMember | Refusal::Removed => not_yet(self.engine.phase()),
            Refusal::TooSoon => rule("epochs were dealt too often just now".into(), "try again in a minute"),
            Refusal::Alone => rule(
                "no other member's node is linked, so nobody would hear of it".into(),
                "again when one is: watchfire status",
            ),
            Refusal::NoRecord => rule(
                "there is no such record of that key here".into(),
                "the id of one of its records: watchfire alerts",
            ),
            Refusal::Recovering => Error::new(
                Exit::Waiting,
                "recovering",
                "what this node signed before may be missing here, since its store was damaged or its keys came from a backup, and not every side has shown it yet",
                "keep `watchfire run` going until a member of every side was reached: watchfire status",
            ),
            Refusal::TwoNodes => Error::new(
                Exit::Refused,
                "two-nodes-one-key",
                "another node runs with this home's keys, and both would sign for one place in the chain",
                ONE_KEY_EACH,
            ),
            Refusal::KeyEnded => Error::new(
                Exit::Refused,
                "key-ended",
                "the publisher key of this home was ended: nobody takes what it signs any more",
                "stop watchfire run; watchfire key new --scope publish; start it; watchfire key delegate --scope publish --key publisher --until 90d",
            ),
            Refusal::KeyNotDelegated => Error::new(
                Exit::Refused,
                "key-not-delegated",
                "the publisher key of this home is not delegated, or not any more",
                "where the organisation key is: watchfire key delegate --scope publish --key KEY --until 90d; watchfire key show lists the keys",
            ),
            Refusal::NoKey => {
                rule("this home does not hold the key for that".into(), "use the home that has it")
            }
            Refusal::Role => rule(
                "this member's role does not allow it".into(),
                "watchfire circle show lists the roles; only stewards propose and approve, observers only receive",
            ),
            Refusal::Propose(error) => rule(error.to_string(), error.remedy()),
            Refusal::Approve(ApproveError::WouldVoid { acts }) => {
                let voided: Vec<String> =
                    self.with_facts(|facts| acts.iter().map(|act| facts.in_words(act)).collect());
                Error::new(
                    Exit::Refused,
                    "would-void",
                    format!("its author did not know, and it would end the effect of: {}", voided.join(", ")),
                    "ask its author to propose it again, now that it knows; if you mean it: watchfire circle approve ACT --anyway",
                )
            }
            Refusal::Approve(error) => rule(error.to_string(), error.remedy()),
            Refusal::Report(error @ SplitError::NeedsAudience) => {
                rule(error.to_string(), "--to MEMBER for each of them: watchfire circle show")
            }
            Refusal::Report(error @ (SplitError::NotAMember(_) | SplitError::Named(_))) => rule(
                error.to_string(),
                "fewer readers (at most 31), each of them a member: watchfire circle show",
            ),
            Refusal::Report(error) => rule(error.to_string(), "shorten it, or publish it in several parts"),
            Refusal::Rule(broken) => rule(broken.to_string(), "watchfire status"),
        }
    }
}
