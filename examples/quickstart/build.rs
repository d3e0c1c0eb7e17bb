//! Builds the program again when a file is added to the migrations folder by hand.

fn main() {
    println!("cargo::rerun-if-changed=migrations");
}
