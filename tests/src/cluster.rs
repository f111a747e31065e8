//! Several homes with their daemons: circles founded and joined the way people do it.

use std::collections::BTreeSet;
use std::ops::Deref;

use serde_json::Value;

use crate::client::Home;
use crate::daemon::Daemon;
use crate::wait::wait_until;

/// The draft as it went from founder to founder, in the drafter's folder.
const PASSED_AROUND: &str = "passed-around.draft";

/// A home whose daemon can be started and stopped.
#[derive(Debug)]
pub struct Node {
    home: Home,
    daemon: Option<Daemon>,
}

impl Deref for Node {
    type Target = Home;

    fn deref(&self) -> &Home {
        &self.home
    }
}

impl Node {
    /// A new member, not running.
    pub fn init(name: &str, side: &str) -> Self {
        Self { home: Home::init(name, side), daemon: None }
    }

    /// A place for a home that is not there yet.
    pub fn empty() -> Self {
        Self { home: Home::empty(), daemon: None }
    }

    /// Another machine with the same files, as whoever takes them has it; not running.
    pub fn copy(&self) -> Self {
        Self { home: self.home.copy(), daemon: None }
    }

    /// Another machine with this founder's keys, from a backup, that knows the circle by its draft; not running.
    pub fn from_backup(&self) -> Self {
        let backup = self.folder().join("second-machine.backup").display().to_string();
        self.ok(&["key", "backup", &backup, "--no-passphrase"]);
        let home = Home::empty();
        home.ok(&["key", "restore", &backup]);
        home.ok(&["circle", "sign", &self.folder().join(PASSED_AROUND).display().to_string()]);
        Self { home, daemon: None }
    }

    /// Starts the daemon, calling these nodes.
    pub fn start(&mut self, peers: &[&Self]) {
        let mut arguments = Vec::new();
        for peer in peers {
            arguments.extend(["--connect".to_owned(), peer.address()]);
        }
        self.start_with(&arguments);
    }

    /// Starts the daemon with these arguments.
    pub fn start_with<A: AsRef<str>>(&mut self, arguments: &[A]) {
        self.start_as(|home| home.run(arguments));
    }

    /// Starts the daemon in another way.
    pub fn start_as(&mut self, start: impl FnOnce(&Home) -> Daemon) {
        self.daemon = None;
        self.daemon = Some(start(&self.home));
    }

    /// Starts the daemon, calling these nodes; its files can be [limited](Daemon::limit_files).
    pub fn start_with_file_limits(&mut self, peers: &[&Self]) {
        let calls: Vec<String> =
            peers.iter().flat_map(|peer| ["--connect".to_owned(), peer.address()]).collect();
        self.daemon = None;
        self.daemon = Some(self.home.run_with_file_limits(&calls));
    }

    /// Stops the daemon, which cannot end well; gives the document with its error.
    pub fn stop_with_failure(&mut self, code: i32) -> Value {
        self.daemon.take().unwrap().stop_with_failure(code)
    }

    /// Where the running daemon listens.
    pub fn address(&self) -> String {
        self.daemon().address()
    }

    /// The running daemon.
    pub fn daemon(&self) -> &Daemon {
        self.daemon.as_ref().unwrap()
    }

    /// Stops the daemon in an orderly way.
    pub fn stop(&mut self) {
        self.daemon.take().unwrap().stop();
    }

    /// Kills the daemon.
    pub fn kill(&mut self) {
        self.daemon.take().unwrap().kill();
    }

    /// `status`, whatever its exit code.
    pub fn status(&self) -> Value {
        self.cmd(&["status"]).json()
    }

    /// How many members this node is linked to.
    pub fn linked(&self) -> usize {
        let status = self.status();
        let peers = status["peers"].as_array().cloned().unwrap_or_default();
        peers.iter().filter(|peer| peer["direct"] == true).count()
    }

    /// Whether this node could publish in one of its circles, and is linked to a member of it.
    pub fn is_linked_in(&self, circle: &str) -> bool {
        let status = self.ok(&["status", "--circle", circle]);
        status["epoch"].is_string()
            && status["peers"].as_array().unwrap().iter().any(|peer| peer["direct"] == true)
    }

    /// How many members this node is linked to through a relay.
    pub fn relayed(&self) -> usize {
        let status = self.status();
        let peers = status["peers"].as_array().cloned().unwrap_or_default();
        peers.iter().filter(|peer| peer["direct"] == true && peer["relayed"] == true).count()
    }

    /// Whether `status` has a note of this code for a person.
    pub fn notes(&self, code: &str) -> bool {
        let health = self.status()["health"].as_array().cloned().unwrap_or_default();
        health.iter().any(|note| note["code"] == code)
    }

    /// How many callers this node has turned away in the greeting.
    pub fn turned_away(&self) -> u64 {
        let refused = self.status()["refused"].as_array().cloned().unwrap_or_default();
        let greeting = refused.iter().filter(|row| row["rule"] == "frame.greeting-failed");
        greeting.map(|row| row["count"].as_u64().unwrap()).sum()
    }

    /// The titles of the alerts, sorted.
    pub fn titles(&self) -> Vec<String> {
        let alerts = self.ok(&["alerts"])["alerts"].as_array().unwrap().clone();
        let mut titles: Vec<String> = alerts.iter().map(|alert| as_str(&alert["title"])).collect();
        titles.sort();
        titles
    }

    /// The alerts, once there are so many.
    pub fn alerts(&self, count: usize) -> Vec<Value> {
        let mut alerts = Vec::new();
        let complete = |alert: &Value| alert["complete"] == true;
        wait_until(&format!("{count} alerts"), || {
            alerts = self.ok(&["alerts"])["alerts"].as_array().unwrap().clone();
            alerts.len() >= count && alerts.iter().all(complete)
        });
        assert_eq!(alerts.len(), count, "{alerts:?}");
        alerts
    }
}

/// Drafts a circle at the first home, and has all others sign the one file in turn; gives the circle's id.
pub fn found(name: &str, founders: &[&Home]) -> String {
    let (drafter, others) = founders.split_first().unwrap();
    let mut arguments = vec!["circle".to_owned(), "found".into(), "--name".into(), name.into()];
    for other in others {
        arguments.extend(["--card".to_owned(), other.card()]);
    }
    let drafted = drafter.ok(&arguments);
    assert_eq!(drafted["missing"].as_array().unwrap().len(), others.len());
    let passed_around = drafter.file(PASSED_AROUND, std::fs::read(as_str(&drafted["draft"])).unwrap());
    for (signed, other) in others.iter().enumerate() {
        let document = other.ok(&["circle", "sign", &passed_around]);
        assert_eq!(document["missing"].as_array().unwrap().len(), others.len() - signed - 1);
    }
    let back = drafter.ok(&["circle", "sign", &passed_around]);
    assert_eq!(back["missing"], Value::Array(Vec::new()));
    as_str(&back["circle"])
}

/// Starts every node, each calling those before it, and waits until all are members that can publish under one epoch and
/// every one is linked to every other.
pub fn start_all(nodes: &mut [&mut Node]) {
    let mut addresses: Vec<String> = Vec::new();
    for node in nodes.iter_mut() {
        let arguments: Vec<String> =
            addresses.iter().flat_map(|address| ["--connect".to_owned(), address.clone()]).collect();
        node.start_with(&arguments);
        addresses.push(node.address());
    }
    for node in nodes.iter() {
        wait_until("every founder to be a linked member with an epoch", || {
            let status = node.status();
            status["state"] == "member" && status["epoch"].is_string() && node.linked() + 1 == nodes.len()
        });
    }
    // Two founders that are linked late may each have dealt one: they agree in a moment.
    wait_until("every founder to have the same epoch", || {
        let epochs: Vec<Value> = nodes.iter().map(|node| node.status()["epoch"].clone()).collect();
        epochs.iter().all(|epoch| epoch.is_string() && *epoch == epochs[0])
    });
}

/// Publishes so many reports at each of these homes, all homes at once; the records' ids.
pub fn publish_at_all(nodes: &[Node], each: usize) -> BTreeSet<String> {
    std::thread::scope(|scope| {
        let writers: Vec<_> = nodes
            .iter()
            .enumerate()
            .map(|(number, node)| {
                let home: &Home = node;
                let publish = move |one| home.publish(&format!("lure-{number}-{one}"));
                scope.spawn(move || (0..each).map(publish).collect::<Vec<_>>())
            })
            .collect();
        writers.into_iter().flat_map(|writer| writer.join().unwrap()).collect()
    })
}

/// A circle of two rival campaigns, both running and linked.
pub fn two_founders() -> (Node, Node) {
    let mut smith = Node::init("Smith for State", "democratic");
    let mut jones = Node::init("Jones for Ohio", "republican");
    found("Ohio Watch", &[&smith, &jones]);
    start_all(&mut [&mut smith, &mut jones]);
    (smith, jones)
}

/// The text of a JSON string.
pub fn as_str(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("{value} is no string")).to_owned()
}

/// Lets a newcomer in the way people do it: the sponsor proposes it and hands it a ticket, the others approve, and it
/// runs. Comes back once it is a member that can publish, and every node here knows it and is linked to it.
pub fn join(newcomer: &mut Node, role: &str, sponsor: &Node, others: &[&Node]) {
    let card = newcomer.card();
    let proposed = sponsor.ok(&["circle", "invite", "--card", &card, "--role", role]);
    let ticket = sponsor.ok(&["circle", "ticket", &as_str(&proposed["act"])]);
    newcomer.ok(&["join", &as_str(&ticket["ticket"])]);
    for other in others {
        approve(other, &as_str(&proposed["act"]));
    }
    newcomer.start(&[]);
    let member = &newcomer.status()["member"];
    let linked = |status: &Value| {
        let peers = status["peers"].as_array().cloned().unwrap_or_default();
        peers.iter().any(|peer| peer["member"] == *member && peer["direct"] == true)
    };
    wait_until("the newcomer to be a linked member with the others' epoch", || {
        let own = newcomer.status();
        let all: Vec<Value> = [sponsor].into_iter().chain(others.iter().copied()).map(Node::status).collect();
        own["state"] == "member"
            && own["epoch"].is_string()
            && all.iter().all(|status| status["epoch"] == own["epoch"] && linked(status))
    });
}

/// Approves an act, once it has arrived.
pub fn approve(steward: &Node, act: &str) -> Value {
    arrived(steward, act);
    steward.ok(&["circle", "approve", act])
}

/// The proposal as this node lists it, once it does.
pub fn arrived(node: &Node, act: &str) -> Value {
    let mut found = Value::Null;
    wait_until("the proposal to arrive", || {
        let pending = node.ok(&["circle", "pending"])["pending"].as_array().unwrap().clone();
        found = pending.into_iter().find(|row| row["act"] == act).unwrap_or_default();
        found.is_object()
    });
    found
}

/// What `circle show` says of a member.
pub fn shown(node: &Node, name: &str) -> Value {
    let circle = node.ok(&["circle", "show"]);
    let members = circle["members"].as_array().unwrap();
    members.iter().find(|member| member["name"] == name).cloned().unwrap_or_default()
}
