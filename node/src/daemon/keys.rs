//! What a person wants of the member's own keys, as the engine is asked for it.

use watchfire_keys::delegation::Delegation;
use watchfire_keys::{PublicKey, RecordId, SealingKey, codec};
use watchfire_protocol::engine::{OwnAct, Request, Standing};
use watchfire_protocol::limits::MAX_RECORD_BYTES;
use watchfire_protocol::record::SignedRecord;

use crate::control::{KeyAsk, Stands, unhex};
use crate::error::{Error, Result};
use crate::exit::Exit;

/// Bytes of a delegation, at most; one has some 200.
const MAX_DELEGATION_BYTES: usize = 1024;

/// The engine's form of a member's own act.
pub(super) fn own_act(ask: KeyAsk) -> Result<Request> {
    let act = match ask {
        KeyAsk::Delegate { delegation } => {
            let bytes = unhex(&delegation).ok_or_else(|| bad("delegation"))?;
            let delegation: Delegation =
                codec::decode(&bytes, MAX_DELEGATION_BYTES).map_err(|_| bad("delegation"))?;
            OwnAct::Delegate(Box::new(delegation))
        }
        KeyAsk::Revoke { key, stands } => {
            let key: PublicKey = key.parse().map_err(|_| bad("key"))?;
            let stands = match stands {
                Stands::Known => Standing::Known,
                Stands::UpTo(id) => Standing::UpTo(id.parse::<RecordId>().map_err(|_| bad("record"))?),
                Stands::Nothing => Standing::Nothing,
            };
            OwnAct::Revoke { key, stands }
        }
        KeyAsk::Rotate { sealing } => {
            let seed = sealing.seed().ok_or_else(|| bad("sealing key"))?;
            OwnAct::RotateSealing(Box::new(SealingKey::from_seed(&seed)))
        }
    };
    Ok(Request::Own(act))
}

/// The engine's form of a submission. Whether each record holds is for the engine to check.
pub(super) fn submission(records: &[String]) -> Result<Request> {
    let read = |text: &String| {
        let fits = text.len() <= 2 * MAX_RECORD_BYTES;
        let bytes = Some(text).filter(|_| fits).and_then(|text| unhex(text)).ok_or_else(|| bad("record"))?;
        SignedRecord::from_bytes(&bytes).map_err(|_| bad("record"))
    };
    Ok(Request::Submit(records.iter().map(read).collect::<Result<_>>()?))
}

fn bad(what: &str) -> Error {
    Error::new(
        Exit::Refused,
        "bad-request",
        format!("the {what} cannot be used"),
        "the same with `watchfire` of this version",
    )
}
