//! What a list offers beside its rows: saved views, a choice of columns, many records at once, exports, and a look at one
//! record beside the list.

mod all;
pub mod bulk;
pub mod cell;
pub mod columns;
pub mod exports;
pub mod peek;
pub mod save;
pub mod views;
pub mod words;
