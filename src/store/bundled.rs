//! The graph that comes with kin. The build script made its bytes of `graph-data/`; it compiles
//! this floor too, without this file.

use crate::model::Snapshot;
use crate::store::snapshot::decode;

/// The graph that comes with kin.
pub fn bundled() -> Snapshot {
    let bytes = include_bytes!(concat!(env!("OUT_DIR"), "/bundled.kin"));
    decode(bytes).expect("the build script wrote a snapshot of this version")
}
