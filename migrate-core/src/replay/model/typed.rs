//! Operators, casts, operator classes and families.

use super::{ObjectReference, TypeName};

/// What makes one of them.
#[derive(Debug, Clone)]
pub(crate) struct CreateTyped {
    pub(crate) target: ObjectReference,
    /// Types beside those that tell it.
    pub(crate) types: Vec<TypeName>,
    /// Functions that it needs: just those where arguments are written, any of the name else.
    pub(crate) functions: Vec<ObjectReference>,
    /// Operators that need not be there: they are held a place.
    pub(crate) shells: Vec<ObjectReference>,
    /// Operators and families that must be there.
    pub(crate) needs: Vec<ObjectReference>,
}

impl CreateTyped {
    /// One that is made of nothing else.
    pub(crate) fn of(target: ObjectReference) -> Self {
        CreateTyped {
            target,
            types: Vec::new(),
            functions: Vec::new(),
            shells: Vec::new(),
            needs: Vec::new(),
        }
    }
}
