//! The deterministic world in which the protocol's own behaviour is tested.
//!
//! [`World`] runs any number of real protocol engines under virtual time, over links that delay, lose, double, cut and
//! keep silent as a scenario says. It decides nothing that the protocol decides. From one seed follows everything: two
//! runs of one scenario are the same run, byte for byte of their [`trace`].
//!
//! ```
//! use std::time::Duration;
//! use watchfire_simulations::{Latency, Workload, World};
//!
//! let mut world = World::builder()
//!     .seed(7)
//!     .members(8)
//!     .latency(Latency::Constant(Duration::from_millis(30)))
//!     .loss_per_mille(50)
//!     .build();
//! world.run_for(Duration::from_secs(5));
//! let author = world.of_side("democratic")[0];
//! let report = Workload::new(world.seeds()).report(3);
//! world.publish(author, report).expect("a member may publish");
//! assert!(world.run_until(Duration::from_secs(60), World::is_settled));
//! ```

#![forbid(unsafe_code)]
#![deny(missing_docs)]

pub mod adversary;
mod builder;
mod circle;
mod disk;
pub mod draw;
pub mod frame_kind;
pub mod handover;
pub mod invariants;
mod link;
pub mod node;
pub mod queue;
pub mod seeds;
pub mod stats;
mod time;
pub mod trace;
mod workload;
mod world;

pub use builder::Builder;
pub use link::{Latency, Links};
pub use node::NodeName;
pub use time::Time;
pub use workload::Workload;
pub use world::{Publication, World};
