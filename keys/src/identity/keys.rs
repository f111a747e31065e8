//! The keys that one machine of a member holds: all of them, or those that it needs.

use super::{Identity, SigningKey};
use crate::delegation::Scopes;
use crate::ids::MemberId;
use crate::sealing::SealingKey;
use core::fmt;
use zeroize::Zeroizing;

/// One of a member's keys, by what it is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum KeyName {
    /// Is the member.
    Organisation,
    /// Signs records.
    Publisher,
    /// Signs acts and approvals, deals epochs.
    Steward,
    /// Signs presence and acknowledgements.
    Daemon,
    /// Kept on paper.
    Recovery,
    /// Receives what is sealed to the member.
    Sealing,
}

impl KeyName {
    /// Every one.
    pub const ALL: [Self; 6] =
        [Self::Organisation, Self::Publisher, Self::Steward, Self::Daemon, Self::Recovery, Self::Sealing];

    /// Its name, lower case.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Organisation => "organisation",
            Self::Publisher => "publisher",
            Self::Steward => "steward",
            Self::Daemon => "daemon",
            Self::Recovery => "recovery",
            Self::Sealing => "sealing",
        }
    }

    /// The key that a scope is delegated to in an ordinary home; `None` for no scope and for several.
    #[must_use]
    pub fn of_scope(scope: Scopes) -> Option<Self> {
        match scope {
            Scopes::PUBLISH => Some(Self::Publisher),
            Scopes::STEWARD => Some(Self::Steward),
            Scopes::DAEMON => Some(Self::Daemon),
            _ => None,
        }
    }
}

/// The secrets in a key file. Wiped when dropped, printed as `***`.
///
/// The home that `init` makes holds all of a member's ([`Identity`]); the organisation and the recovery key can be
/// taken to a safe place, and a laptop that only signs holds a publisher key and nothing else of the member.
#[derive(Clone)]
pub struct Keys {
    /// Is the member.
    pub organisation: Option<SigningKey>,
    /// Signs records.
    pub publisher: Option<SigningKey>,
    /// Signs acts and approvals, deals epochs.
    pub steward: Option<SigningKey>,
    /// Signs presence and acknowledgements.
    pub daemon: Option<SigningKey>,
    /// Can replace its side's lost steward.
    pub recovery: Option<SigningKey>,
    /// Receives epoch secrets, tickets and what is for named readers.
    pub sealing: Option<SealingKey>,
    /// The sealing key before the last change of it: what was sealed to it and has not been opened yet still opens.
    pub former_sealing: Option<SealingKey>,
    /// From which the keys of this machine's store are derived.
    pub storage: Zeroizing<[u8; 32]>,
}

impl Keys {
    /// No key of a member, and the secret of a store.
    #[must_use]
    pub const fn none(storage: Zeroizing<[u8; 32]>) -> Self {
        Self {
            organisation: None,
            publisher: None,
            steward: None,
            daemon: None,
            recovery: None,
            sealing: None,
            former_sealing: None,
            storage,
        }
    }

    /// The member, if its organisation key is here.
    #[must_use]
    pub fn member(&self) -> Option<MemberId> {
        self.organisation.as_ref().map(|key| key.public().member())
    }

    /// Whether this key is here.
    #[must_use]
    pub fn has(&self, name: KeyName) -> bool {
        match name {
            KeyName::Organisation => self.organisation.is_some(),
            KeyName::Publisher => self.publisher.is_some(),
            KeyName::Steward => self.steward.is_some(),
            KeyName::Daemon => self.daemon.is_some(),
            KeyName::Recovery => self.recovery.is_some(),
            KeyName::Sealing => self.sealing.is_some(),
        }
    }

    /// Drops this key from what is held here.
    pub fn forget(&mut self, name: KeyName) {
        match name {
            KeyName::Organisation => self.organisation = None,
            KeyName::Publisher => self.publisher = None,
            KeyName::Steward => self.steward = None,
            KeyName::Daemon => self.daemon = None,
            KeyName::Recovery => self.recovery = None,
            KeyName::Sealing => self.sealing = None,
        }
    }

    /// From now on the member receives under this key; the one before is kept for what is under way.
    pub fn receive_under(&mut self, sealing: SealingKey) {
        self.former_sealing = self.sealing.replace(sealing);
    }

    /// All of a member's keys and nothing else, if that is what is here.
    #[must_use]
    pub fn to_identity(&self) -> Option<Identity> {
        if self.former_sealing.is_some() {
            return None;
        }
        Some(Identity {
            organisation: self.organisation.clone()?,
            publisher: self.publisher.clone()?,
            steward: self.steward.clone()?,
            daemon: self.daemon.clone()?,
            recovery: self.recovery.clone()?,
            sealing: self.sealing.clone()?,
            storage: self.storage.clone(),
        })
    }
}

impl From<&Identity> for Keys {
    fn from(identity: &Identity) -> Self {
        Self {
            organisation: Some(identity.organisation.clone()),
            publisher: Some(identity.publisher.clone()),
            steward: Some(identity.steward.clone()),
            daemon: Some(identity.daemon.clone()),
            recovery: Some(identity.recovery.clone()),
            sealing: Some(identity.sealing.clone()),
            former_sealing: None,
            storage: identity.storage.clone(),
        }
    }
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Keys(***)")
    }
}
