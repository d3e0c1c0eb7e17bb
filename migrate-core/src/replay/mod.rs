//! Static replay.
mod adapter;
mod model;
