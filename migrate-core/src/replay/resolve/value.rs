//! Values that certainly are of one type, whatever they are.

use super::{Group, Resolver, group, place};
use crate::replay::model::{Call, Expression, Place, QualifiedName};

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

    /// What a call makes, where it is certain which function is meant.
    fn made(&self, call: &Call) -> Option<KnownValue> {
        let name = &call.name;
        let group = self.made_by_own(name).or_else(|| self.made_by_theirs(name))?;
        (!self.is_conversion(name, call)).then(|| KnownValue {
            group,
            place: name.place(),
            shown: format!("what `{}` makes", name.display()),
        })
    }

    /// What the only function of the name makes that the history has.
    fn made_by_own(&self, name: &QualifiedName) -> Option<Group> {
        let candidates = self.catalog.functions_named(name);
        let [(_, function)] = candidates.as_slice() else { return None };
        let [returned] = function.signature.as_ref()?.returns.as_slice() else { return None };
        let is_sure = function.is_certain && !self.catalog.may_have_function(self.dialect, name);
        group(returned).filter(|_| is_sure)
    }

    /// What all functions of the name make that the server brings.
    fn made_by_theirs(&self, name: &QualifiedName) -> Option<Group> {
        let made = group(self.dialect.result_of(&name.name.text)?);
        made.filter(|_| self.catalog.is_only_built_in(self.dialect, name))
    }
}
