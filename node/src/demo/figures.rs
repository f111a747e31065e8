//! What the demo counted.

use serde::Serialize;

/// The document of `demo --json`.
#[derive(Clone, Debug, Serialize)]
pub struct Figures {
    /// Members of the circle; the relay is none.
    pub members: usize,
    /// Nodes that opened the alert, the publisher's included.
    pub delivered: usize,
    /// From handing it to the publisher's daemon to its admission at each other node.
    pub delivery_ms: Delivery,
    /// What the relay had.
    pub relay: Relay,
    /// Alerts that the member who was removed could open, of those that were published since.
    pub removed_member_opened: usize,
    /// What the sanitizer did.
    pub sanitized: Sanitized,
    /// How long it all took.
    pub seconds: f64,
    /// The scratch folder, if it was kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kept_in: Option<String>,
}

/// Milliseconds.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Delivery {
    /// Half of the nodes had it by then.
    pub p50: u64,
    /// All had it by then.
    pub max: u64,
}

/// What went through the relay.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct Relay {
    /// Envelopes it carried.
    pub envelopes: u64,
    /// Those it could open, or whose content was found in its folder.
    pub opened: u64,
}

/// What the sanitizer did.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct Sanitized {
    /// Indicators that left.
    pub kept: usize,
    /// Values and texts that left changed.
    pub masked: usize,
    /// Values that stayed home.
    pub dropped: usize,
}
