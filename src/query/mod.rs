//! From text to table.

mod table;

pub use table::Answer;
pub use table::Column;
pub use table::ColumnType;
pub use table::Table;
