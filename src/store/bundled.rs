//! The graph that comes with kin. The build script made its bytes of `graph-data/`; it compiles
//! this floor too, without this file.

use bytes::Bytes;

use crate::model::Snapshot;
use crate::store::snapshot::open_own;

/// Bytes that begin where a number of eight bytes may lie.
#[repr(C, align(8))]
struct Aligned<T: ?Sized>(T);

static BUNDLED: &Aligned<[u8]> =
    &Aligned(*include_bytes!(concat!(env!("OUT_DIR"), "/bundled.kin")));

/// The graph that comes with kin.
pub fn bundled() -> Snapshot {
    open_own(&Bytes::from_static(&BUNDLED.0)).expect("the build script wrote a snapshot")
}
