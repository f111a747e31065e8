//! A disk that refuses: full, read-only, or gone for a while. What could not be written waits together with everything
//! that may only happen after it, and the node takes in nothing new until it was written. Questions are answered
//! meanwhile, so that a person sees what is the matter; links stay, and wait.

use std::time::{Duration, Instant};

use watchfire_protocol::engine::{Input, Output};

use super::keep;
use super::node::CircleNode;
use super::peer::Peer;
use crate::control::{Answer, FailureDoc};
use crate::error::{Error, Result};
use crate::exit::Exit;
use crate::store::{Batch, StoreError};

/// How often the disk is tried again.
const TRY_EVERY: Duration = Duration::from_secs(2);

/// What waits for the disk.
pub(super) struct Stall {
    batch: Batch,
    later: Vec<Output<Peer>>,
    /// What the disk said last.
    fault: Error,
    next: Instant,
}

impl Stall {
    /// When the disk is tried again.
    pub(super) fn next(&self) -> Instant {
        self.next
    }

    /// What a person is told.
    pub(super) fn fault(&self) -> &Error {
        &self.fault
    }
}

impl CircleNode {
    /// Writes a batch and carries out what may happen after it, or has both wait. Takes in so many network events while
    /// it is written.
    pub(super) async fn write_first(
        &mut self,
        batch: Batch,
        later: Vec<Output<Peer>>,
        ahead: usize,
    ) -> Result<()> {
        let mut written = self.write(batch.clone(), ahead).await?;
        if let Err(StoreError::Damaged(_)) = written {
            // Perhaps not the files, but what was made of them in memory. Opening them tells.
            written = self.write_again(batch.clone()).await?;
        }
        let fault = match written {
            Ok(()) => return self.act_on_all(later),
            Err(fault @ (StoreError::Disk(_) | StoreError::InUse)) => fault,
            Err(fault) => return Err(self.described(&fault)),
        };
        let fault = self.described(&fault);
        for output in &later {
            if let Output::Published { token, .. }
            | Output::Acted { token, .. }
            | Output::Dealt { token, .. } = output
            {
                self.waiting.answer(*token, not_yet(&fault));
            }
        }
        self.wait_for_disk(batch, later, fault);
        Ok(())
    }

    fn wait_for_disk(&mut self, batch: Batch, later: Vec<Output<Peer>>, fault: Error) {
        tracing::error!(
            fault = fault.text(),
            "the store refuses; nothing is sent or received until it can be read and written"
        );
        self.stall = Some(Stall { batch, later, fault, next: Instant::now() + TRY_EVERY });
    }

    /// Carries out what the disk has allowed. What needs to read and cannot waits with everything after it, as if it had to
    /// be written.
    fn act_on_all(&mut self, later: Vec<Output<Peer>>) -> Result<()> {
        let mut later = later.into_iter();
        while let Some(output) = later.next() {
            let found = match &output {
                Output::Load { peer, records } => keep::load(&*self.store, records)
                    .map(|records| Some(Input::Loaded { peer: *peer, records })),
                Output::Cut(signers) => {
                    keep::of_signers(&*self.store, signers).map(|records| Some(Input::CutFound { records }))
                }
                _ => Ok(None),
            };
            match found {
                Ok(Some(found)) => self.feed(found),
                Ok(None) => self.act_on(output)?,
                Err(fault @ (StoreError::Disk(_) | StoreError::InUse)) => {
                    let fault = self.described(&fault);
                    self.wait_for_disk(Batch::new(), std::iter::once(output).chain(later).collect(), fault);
                    return Ok(());
                }
                Err(fault) => return Err(self.described(&fault)),
            }
        }
        Ok(())
    }

    /// Tries the disk again if it is time, or at once when `now`. Whether nothing waits any more.
    pub(super) async fn go_on(&mut self, now: bool) -> Result<bool> {
        let Some(mut stall) = self.stall.take_if(|stall| now || stall.next <= Instant::now()) else {
            return Ok(self.stall.is_none());
        };
        match self.write_again(stall.batch.clone()).await? {
            Ok(()) => {
                tracing::warn!("the store can write again");
                self.act_on_all(stall.later)?;
                Ok(self.stall.is_none())
            }
            Err(fault @ (StoreError::Disk(_) | StoreError::InUse)) => {
                stall.fault = self.described(&fault);
                stall.next = Instant::now() + TRY_EVERY;
                self.stall = Some(stall);
                Ok(false)
            }
            // Something that was acknowledged is gone, and only a start finds out what.
            Err(fault) => Err(self.described(&fault)),
        }
    }

    /// Whether nothing waits at the end of the node.
    pub(super) async fn settle(&mut self) -> Result<()> {
        self.taken_ahead = 0;
        self.carry_out().await?;
        self.go_on(true).await?;
        match self.stall.take() {
            None => Ok(()),
            Some(stall) => Err(stall.fault),
        }
    }

    fn described(&self, fault: &StoreError) -> Error {
        fault.describe(&self.home.store_path())
    }
}

/// For whoever waits for an answer: neither done nor undone.
fn not_yet(fault: &Error) -> Answer {
    Answer::Failed(FailureDoc::from(&Error::new(
        Exit::Failed,
        "not-written",
        format!("{}; this is not on the disk yet, and nobody has it", fault.text()),
        "make room on the disk and leave the daemon running: then it is done by itself; watchfire status says when",
    )))
}
