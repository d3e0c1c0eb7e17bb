//! Values that certainly are of one type, whatever they are.

use super::{Group, Resolver, group, place};
use crate::replay::model::{Call, Expression, Place};

/// A value of a known type.
pub(crate) struct KnownValue {
    pub(crate) group: Group,
    pub(crate) place: Place,
    /// What it is called in a message.
    pub(crate) shown: String,
}

impl Resolver<'_> {
    /// A value whose type is said, or that a function of the server makes.
    pub(crate) fn known_value(&self, value: &Expression) -> Option<KnownValue> {
        match value {
            Expression::Cast(_, type_name) if !type_name.is_array && !type_name.is_borrowed => {
                let found = self.catalog.find_type(self.dialect, type_name).present();
                let is_built_in = matches!(found, Some((_, None)));
                Some(KnownValue {
                    group: group(&type_name.written).filter(|_| is_built_in)?,
                    place: type_name.name.place(),
                    shown: format!("a value of type `{}`", type_name.written),
                })
            }
            Expression::Call(call) => self.made(call),
            Expression::Named("exists", _) => Some(KnownValue {
                group: Group::Boolean,
                place: place::of_expression(value)?,
                shown: "what `EXISTS` makes".to_owned(),
            }),
            _ => None,
        }
    }

    /// What a call makes, where no other function of the name can be meant.
    fn made(&self, call: &Call) -> Option<KnownValue> {
        let name = &call.name;
        let group = group(self.dialect.result_of(&name.name.text)?)?;
        let is_theirs =
            self.catalog.is_only_built_in(self.dialect, name) && !self.is_conversion(name, call);
        is_theirs.then(|| KnownValue {
            group,
            place: name.place(),
            shown: format!("what `{}` makes", name.display()),
        })
    }
}
