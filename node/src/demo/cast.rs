//! Who takes part.

/// A member of the story.
#[derive(Clone, Copy, Debug)]
pub(super) struct Role {
    /// The folder of its home.
    pub(super) folder: &'static str,
    /// Its name.
    pub(super) name: &'static str,
    /// Its side.
    pub(super) side: &'static str,
}

const fn role(folder: &'static str, name: &'static str, side: &'static str) -> Role {
    Role { folder, name, side }
}

/// Those who found the circle, one of each side; the first one publishes.
pub(super) const FOUNDERS: [Role; 3] = [
    role("smith", "Smith for State", "democratic"),
    role("jones", "Jones 2028", "republican"),
    role("board", "Franklin County Election Board", "nonpartisan"),
];

/// Those who join with the approval of every side, and the founder of their own side who invites them.
pub(super) const JOINERS: [(Role, usize); 4] = [
    (role("rivera", "Rivera for Senate", "democratic"), 0),
    (role("okafor", "Okafor for Mayor", "democratic"), 0),
    (role("miller", "Miller for Senate", "republican"), 1),
    (role("walsh", "Walsh for Mayor", "republican"), 1),
];

/// The one whom at first a single side approves, whom all take out again, and the founder who invites it.
pub(super) const OUTSIDER: (Role, usize) = (role("quick", "Quick PAC", "republican"), 1);
